-- The structured look at a report or a person. A projection of the ledger's screening.* entries.
CREATE TABLE screening (
	id          @int PRIMARY KEY,
	about       @int NOT NULL, -- report or person
	object      @int NOT NULL,
	kase        @int NOT NULL, -- 0: a report
	key_id      @int NOT NULL,
	stakeholder @int NOT NULL,
	member      @int NOT NULL,
	at          @int NOT NULL,
	profile     TEXT NOT NULL,
	rule        TEXT NOT NULL,
	result      TEXT NOT NULL,
	suggested   @int NOT NULL,
	review      @int NOT NULL,
	decided     @int NOT NULL, -- 0: not yet
	decided_at  @int NOT NULL,
	decided_by  @int NOT NULL,
	answers     @bytes NOT NULL, -- sealed
	why         @bytes NOT NULL  -- sealed; empty while undecided
) @strict;
CREATE INDEX screening_of ON screening (about, object, id);
