-- Agencies and their members. Projections of the ledger's stakeholder.* and member.* entries.
CREATE TABLE stakeholder (
	id      @int PRIMARY KEY,
	code    TEXT NOT NULL UNIQUE,
	kind    TEXT NOT NULL,
	area    TEXT NOT NULL,
	above   @int NOT NULL, -- 0: nobody
	key_id  @int NOT NULL,
	phone   TEXT NOT NULL, -- public
	listed  @int NOT NULL,
	active  @int NOT NULL,
	version @int NOT NULL,
	made    @int NOT NULL,
	sort    TEXT NOT NULL, -- folded name and code: the directory's order
	search  TEXT NOT NULL  -- folded names in all languages, and the code
) @strict;
CREATE INDEX stakeholder_where ON stakeholder (kind, area, id);
CREATE INDEX stakeholder_order ON stakeholder (sort);

CREATE TABLE stakeholder_name (
	stakeholder @int NOT NULL,
	lang        TEXT NOT NULL,
	name        TEXT NOT NULL,
	PRIMARY KEY (stakeholder, lang)
) @strict;

CREATE TABLE member (
	id          @int PRIMARY KEY,
	stakeholder @int NOT NULL,
	name        @bytes NOT NULL, -- sealed under the agency's key
	posts       TEXT NOT NULL,   -- codes with one space between: a pack may put posts in another order
	active      @int NOT NULL,
	lang        TEXT NOT NULL,
	rights      @int NOT NULL,   -- goes up when posts change, and at suspending and restoring
	made        @int NOT NULL
) @strict;
CREATE INDEX member_of ON member (stakeholder, id);
