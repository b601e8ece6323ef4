// ledger_inside.h - what the files of this room (and its tests) share; nobody else includes it.
#pragma once
#include "ledger/ledger.h"
#include "vault/vault.h"

// The roots of the perfect subtrees that make up a tree of `size` leaves, at the level of each bit set in
// size.
#define FRONTIER_LEVELS 48
typedef struct {
	int64_t size;
	uint8_t hash[FRONTIER_LEVELS][32];
} Frontier;
void frontier_push(Frontier *f, const uint8_t leaf[32]);
void frontier_root(const Frontier *f, uint8_t out[32]);
Str frontier_text(Arena *a, const Frontier *f); // the hashes one after another, lowest level first
bool frontier_parse(int64_t size, Str text, Frontier *f);

struct Ledger {
	const EntryKind *const *kinds;
	Str origin;
	const DbTable *table; // of rebuild
	ptrdiff_t ntable;
	_Atomic int turn; // passes the head from one thread's transaction to the next one's
	Db *begun; // the connection between ledger_begin and ledger_end, else NULL
	bool moved; // something was appended
	Frontier head;
};

// One row of `entry`.
typedef struct {
	int64_t seq, time, actor, stakeholder, about, about_id, key;
	Str kind, body, leaf, mark;
} Record;
Record record_of(const Row *r);
Str record_header(Arena *a, const Record *r);
void record_leaf(Arena *a, const Record *r, uint8_t out[32]);
Err record_unseal(Cx *cx, const Record *r, Str *plain);
#define MARK_BYTES 24
Str mark_of(Cx *cx, int64_t seq, Str leaf);
int64_t mark_seq(Cx *cx, Str mark, Str leaf); // of which entry this is the mark; 0: of none

const EntryKind *kind_named(const Ledger *l, Str name); // NULL: unknown
Err ledger_state(Cx *cx, Frontier *f, Str *root, Str *origin); // an empty ledger has no state yet

typedef struct {
	int64_t size;
	Str root;
} Checkpoint;
Str checkpoint_text(Cx *cx, Str origin, int64_t size, Str root);
bool checkpoint_parse(Cx *cx, Str origin, Str text,
		      Checkpoint *out); // false: not of this ledger, or not signed by this hub
