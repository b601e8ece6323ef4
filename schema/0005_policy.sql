-- Relations of stakeholders, and of named members, to what the program holds. A projection: rooms feed it from the ledger.
CREATE TABLE relation (
	about       @int NOT NULL,
	object      @int NOT NULL,
	stakeholder @int NOT NULL,
	member      @int NOT NULL, -- 0: the whole agency
	relation    @int NOT NULL,
	basis       TEXT NOT NULL,
	since       @int NOT NULL,
	PRIMARY KEY (about, object, stakeholder, member)
) @strict;
-- Lists ("the cases of my agency, newest first") are read straight from this index.
CREATE INDEX relation_mine ON relation (stakeholder, about, object);

-- Who stands above whom, through all steps.
CREATE TABLE stands (
	below    @int NOT NULL,
	above    @int NOT NULL,
	distance @int NOT NULL,
	PRIMARY KEY (below, above)
) @strict;
