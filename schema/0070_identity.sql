-- What a person is found by again, sealed under her own key, one row a person; and who may be one with whom.
-- Projections of the ledger's case.person_* and finding.* entries.
CREATE TABLE identity (
	person  @int PRIMARY KEY,
	kase    @int NOT NULL,
	key_id  @int NOT NULL,
	suspect @int NOT NULL, -- 1: found by who may see intelligence, and compared with suspects only
	first   @int NOT NULL, -- entry of the ledger that brought her
	seq     @int NOT NULL, -- and the latest that changed her
	sealed  @bytes NOT NULL
) @strict;
CREATE UNIQUE INDEX identity_seq ON identity (seq);

-- Two persons who may be one. Each side answers for itself; neither answer touches the other's case.
CREATE TABLE finding (
	id       @int PRIMARY KEY,
	one      @int NOT NULL, -- the smaller id of a person
	two      @int NOT NULL,
	one_case @int NOT NULL,
	two_case @int NOT NULL,
	one_lead @int NOT NULL, -- agency that leads the case
	two_lead @int NOT NULL,
	weight   @int NOT NULL, -- hundredths of a bit
	at       @int NOT NULL,
	version  @int NOT NULL,
	one_said TEXT NOT NULL, -- same, other, or empty
	two_said TEXT NOT NULL,
	one_open @int NOT NULL, -- 1: this side agrees to be known to the other
	two_open @int NOT NULL
) @strict;
CREATE UNIQUE INDEX finding_pair ON finding (one, two);
CREATE INDEX finding_one ON finding (one_lead, one_said, weight);
CREATE INDEX finding_two ON finding (two_lead, two_said, weight);
CREATE INDEX finding_of_two ON finding (two);

-- enduring
CREATE TABLE identity_looked (
	id  @int PRIMARY KEY, -- 1
	seq @int NOT NULL -- up to this entry everybody has been compared with all others
) @strict;
