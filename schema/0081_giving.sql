-- Releases asked for in the hub, and what became of them. Projections of the ledger's release.* entries; the files' bytes
-- are in `blob`, which endures: nobody could draw the same again.
CREATE TABLE giving (
	id          @int PRIMARY KEY,
	state       @int NOT NULL, -- 1 asked, 2 approved, 3 debited, 4 given, 5 declined, 6 refused, 7 lost
	member      @int NOT NULL, -- who asks
	stakeholder @int NOT NULL,
	at          @int NOT NULL,
	changed     @int NOT NULL,
	epsilon     @int NOT NULL, -- thousandths
	rho         @int NOT NULL, -- 1e-12
	codebook    @bytes NOT NULL, -- SHA-256
	named       TEXT NOT NULL, -- name and version of the codebook
	purpose     @bytes NOT NULL, -- sealed
	why         TEXT NOT NULL, -- refused: cap few set_back codebook store
	entry       @int NOT NULL, -- of the privacy ledger; 0: nothing was debited
	spent       @int NOT NULL, -- with this one, of all that was ever released about these people
	head        @bytes NOT NULL, -- of the privacy ledger, with this one
	people      @int NOT NULL, -- noisy
	half        @int NOT NULL -- 95 of 100 numbers of one attribute are no more than this off
) @strict;
CREATE INDEX giving_state ON giving (state, id);

CREATE TABLE giving_answer (
	giving      @int NOT NULL,
	stakeholder @int NOT NULL,
	member      @int NOT NULL,
	at          @int NOT NULL,
	yes         @int NOT NULL,
	PRIMARY KEY (giving, stakeholder)
) @strict;

CREATE TABLE giving_file (
	giving @int NOT NULL,
	name   TEXT NOT NULL, -- rows tables report manifest
	size   @int NOT NULL,
	hash   @bytes NOT NULL,
	blob   @int NOT NULL,
	PRIMARY KEY (giving, name)
) @strict;
