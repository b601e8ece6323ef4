-- Cases, and what belongs to them. Projections of the ledger's case.* entries. Columns named sealed… and `sealed` are
-- sealed under the key of the case or the person; everything else is a code, a state, a time or a count.
CREATE TABLE casefile (
	id            @int PRIMARY KEY,
	key_id        @int NOT NULL,
	number        TEXT NOT NULL,
	state         @int NOT NULL, -- 1 open, 2 closed
	lead          @int NOT NULL,
	area          TEXT NOT NULL,
	opened        @int NOT NULL,
	closed        @int NOT NULL, -- 0: open
	changed       @int NOT NULL,
	version       @int NOT NULL,
	report        @int NOT NULL, -- 0: none
	report_number TEXT NOT NULL,
	exploitation  TEXT NOT NULL, -- codes, one space between
	child         TEXT NOT NULL, -- yes no unknown
	screening     TEXT NOT NULL,
	closed_why    TEXT NOT NULL,
	sealed_closed @bytes NOT NULL, -- why it was closed, in words; empty while open
	sealed_facts  @bytes NOT NULL, -- what was known at the opening, as playbooks ask for it
	find          TEXT NOT NULL, -- the numbers without signs, in capitals: "INRMP2026031 R4K7QX"
	people        @int NOT NULL  -- how many were ever added: gives the next label
) @strict;
CREATE UNIQUE INDEX casefile_number ON casefile (number);

-- The last number given out in a series (IN-RMP-2026).
CREATE TABLE casefile_series (
	series TEXT PRIMARY KEY,
	last   @int NOT NULL
) @strict;

CREATE TABLE person (
	id       @int PRIMARY KEY,
	kase     @int NOT NULL,
	key_id   @int NOT NULL,
	place    @int NOT NULL, -- 1: Person A
	capacity TEXT NOT NULL,
	child    TEXT NOT NULL,
	added    @int NOT NULL,
	changed  @int NOT NULL,
	version  @int NOT NULL
) @strict;
CREATE UNIQUE INDEX person_of ON person (kase, place);

-- Another form of the pack, filled in for a case or a person.
CREATE TABLE record (
	id     @int PRIMARY KEY,
	kase   @int NOT NULL,
	person @int NOT NULL, -- 0: the case
	key_id @int NOT NULL,
	form   TEXT NOT NULL,
	at     @int NOT NULL
) @strict;
CREATE INDEX record_of ON record (kase, id);

-- Answers of a person or a record: one sealed value a class of information.
CREATE TABLE part (
	owner  @int NOT NULL, -- id of the person or the record
	klass  @int NOT NULL,
	kase   @int NOT NULL,
	sealed @bytes NOT NULL,
	PRIMARY KEY (owner, klass)
) @strict;
CREATE INDEX part_of ON part (kase, owner, klass);

CREATE TABLE note (
	id          @int PRIMARY KEY,
	kase        @int NOT NULL,
	person      @int NOT NULL, -- 0: the case
	key_id      @int NOT NULL,
	klass       @int NOT NULL,
	stakeholder @int NOT NULL,
	member      @int NOT NULL,
	at          @int NOT NULL,
	sealed      @bytes NOT NULL
) @strict;
CREATE INDEX note_of ON note (kase, id);

CREATE TABLE document (
	id          @int PRIMARY KEY,
	kase        @int NOT NULL,
	person      @int NOT NULL,
	blob        @int NOT NULL,
	key_id      @int NOT NULL,
	klass       @int NOT NULL,
	type        TEXT NOT NULL,
	size        @int NOT NULL,
	hash        @bytes NOT NULL,
	sealed      @bytes NOT NULL, -- title
	stakeholder @int NOT NULL,
	member      @int NOT NULL,
	at          @int NOT NULL
) @strict;
CREATE INDEX document_of ON document (kase, id);

-- What happened with a case, one row an entry: the timeline, and what playbooks take as having happened.
CREATE TABLE happening (
	seq         @int PRIMARY KEY,
	kase        @int NOT NULL,
	what        TEXT NOT NULL,
	event       TEXT NOT NULL,
	person      @int NOT NULL,
	klass       @int NOT NULL,
	at          @int NOT NULL,
	recorded    @int NOT NULL,
	stakeholder @int NOT NULL,
	other       @int NOT NULL
) @strict;
CREATE INDEX happening_of ON happening (kase, at, seq);
