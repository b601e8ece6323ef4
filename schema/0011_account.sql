-- Logins, one-time links and sessions. Nothing of this is in the ledger but that it happened, so nothing is rebuilt.
-- What opens something is kept as a keyed fingerprint only: this file alone signs nobody in.

-- enduring: one a member who has chosen a password.
CREATE TABLE account (
	member   @int PRIMARY KEY,
	login    @bytes NOT NULL UNIQUE, -- fingerprint
	password TEXT NOT NULL,          -- Argon2id
	made     @int NOT NULL,
	changed  @int NOT NULL
) @strict;

-- enduring: links that are still good; one a member.
CREATE TABLE account_setup (
	token  @bytes PRIMARY KEY, -- fingerprint
	member @int NOT NULL,
	ends   @int NOT NULL
) @strict;
CREATE INDEX account_setup_of ON account_setup (member);

-- enduring: sessions, kept for 90 days after their end: a browser that holds one is a device that was here.
CREATE TABLE account_session (
	id     @int PRIMARY KEY,
	token  @bytes NOT NULL UNIQUE, -- fingerprint
	member @int NOT NULL,
	rights @int NOT NULL, -- member.rights when it began
	made   @int NOT NULL,
	used   @int NOT NULL,
	ended  @int NOT NULL  -- 0: not by hand
) @strict;
CREATE INDEX account_session_of ON account_session (member, id);
CREATE INDEX account_session_made ON account_session (made);

-- enduring: wrong tries, by window of 15 minutes.
CREATE TABLE account_try (
	who   @bytes NOT NULL, -- fingerprint of a login, of a login on a known device, or of nothing: all together
	since @int NOT NULL,
	tries @int NOT NULL,
	PRIMARY KEY (who, since)
) @strict;
