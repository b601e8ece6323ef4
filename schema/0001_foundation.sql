-- What can never be made again from anything else: keys, the ledger, uploads. All enduring.
-- @int, @bytes and @strict are replaced for each engine (docs/decisions/0001-storage.md).

-- enduring: how the secret from outside opens the master key, and the master key and the signing key, wrapped.
CREATE TABLE vault_meta (
	id          @int PRIMARY KEY CHECK (id = 1),
	source      TEXT NOT NULL CHECK (source IN ('passphrase', 'key')),
	salt        @bytes NOT NULL,
	operations  @int NOT NULL,
	memory      @int NOT NULL,
	master      @bytes NOT NULL,
	hub_key     @int NOT NULL,
	public_key  @bytes NOT NULL,
	signing_key @bytes NOT NULL
) @strict;

-- enduring: one key per person, case, report, stakeholder and hub, wrapped by the master key; empty once destroyed.
CREATE TABLE vault_key (
	id        @int PRIMARY KEY,
	what      @int NOT NULL,
	wrapped   @bytes NOT NULL,
	made      @int NOT NULL,
	destroyed @int NOT NULL
) @strict;

-- enduring: the ledger (docs/decisions/0003-ledger.md).
CREATE TABLE entry (
	seq         @int PRIMARY KEY,
	time        @int NOT NULL,
	actor       @int NOT NULL,
	stakeholder @int NOT NULL,
	about       @int NOT NULL,
	about_id    @int NOT NULL,
	kind        TEXT NOT NULL,
	key         @int NOT NULL,
	body        @bytes NOT NULL,
	leaf        @bytes NOT NULL,
	mark        @bytes NOT NULL
) @strict;
CREATE INDEX entry_about ON entry (about, about_id, seq);

-- enduring: the present head: how many entries, the roots of the perfect subtrees, the root of all, the origin line.
CREATE TABLE ledger_state (
	id       @int PRIMARY KEY CHECK (id = 1),
	size     @int NOT NULL,
	frontier @bytes NOT NULL,
	root     @bytes NOT NULL,
	origin   TEXT NOT NULL
) @strict;

-- enduring: signed checkpoints.
CREATE TABLE ledger_head (
	size @int PRIMARY KEY,
	time @int NOT NULL,
	text TEXT NOT NULL
) @strict;

-- enduring: uploads, sealed under the key of the report or case they belong to.
CREATE TABLE blob (
	id     @int PRIMARY KEY,
	key    @int NOT NULL,
	size   @int NOT NULL,
	sealed @bytes NOT NULL
) @strict;
