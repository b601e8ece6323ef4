-- What was told to us. A projection of the ledger's report.* entries.
CREATE TABLE report (
	id         @int PRIMARY KEY,
	key_id     @int NOT NULL,
	number     TEXT NOT NULL,
	state      TEXT NOT NULL CHECK (state IN ('received', 'acknowledged', 'screened', 'case_opened', 'closed')),
	channel    TEXT NOT NULL,
	about      TEXT NOT NULL,
	area       TEXT NOT NULL, -- a district or above; the finer place is in `told`
	receiver   @int NOT NULL, -- 0: no agency fits
	received   @int NOT NULL,
	changed    @int NOT NULL,
	version    @int NOT NULL,
	kase       @int NOT NULL, -- 0: none
	closed_why TEXT NOT NULL,
	locator    @bytes,          -- fingerprint; NULL: no receipt was given
	salt       @bytes NOT NULL,
	secret     @bytes NOT NULL, -- keyed hash of salt and secret
	told       @bytes NOT NULL  -- sealed
) @strict;
CREATE UNIQUE INDEX report_number ON report (number);
CREATE UNIQUE INDEX report_locator ON report (locator);

-- What was said since: by the reporter, to the reporter, and among agencies when it was sent on or closed.
CREATE TABLE report_message (
	id          @int PRIMARY KEY,
	report      @int NOT NULL,
	at          @int NOT NULL,
	kind        TEXT NOT NULL CHECK (kind IN ('reporter', 'answer', 'routed', 'closed')),
	member      @int NOT NULL,
	stakeholder @int NOT NULL,
	said        @bytes NOT NULL -- sealed
) @strict;
CREATE INDEX report_message_of ON report_message (report, id);

-- The bytes are in `blob`, under the same id.
CREATE TABLE report_file (
	id      @int PRIMARY KEY,
	report  @int NOT NULL,
	message @int NOT NULL, -- 0: came with the report itself
	at      @int NOT NULL,
	type    TEXT NOT NULL,
	size    @int NOT NULL,
	mark    @bytes NOT NULL, -- keyed hash of the content
	name    @bytes NOT NULL  -- sealed
) @strict;
CREATE INDEX report_file_of ON report_file (report, id);

-- enduring: answers to forms, for an hour, sealed under a key that only the form's own token opens.
CREATE TABLE report_once (
	token  @bytes PRIMARY KEY,
	made   @int NOT NULL,
	sealed @bytes NOT NULL
) @strict;
CREATE INDEX report_once_made ON report_once (made);
