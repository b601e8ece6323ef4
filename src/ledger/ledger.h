// ledger.h - the append-only, hash-chained record from which every projection can be rebuilt.
//
// Entry = cleartext header (seq, time, actor, stakeholder, about, kind, key: nothing that identifies a
// person) + body, sealed under the key of what it is about, header as associated data. Leaves and tree are
// RFC 9162 section 2.1 exactly. Each entry also carries a keyed check over (seq, leaf), so that verify can
// *name* what was altered, dropped, reordered or inserted and not only say that the root is wrong. Heads are
// Ed25519-signed C2SP checkpoints.
//
// A room writes like this, in a transaction that its route opened:
//     ReportId id = {id_new()};
//     Body b = body_on(cx); body_int(&b, "area", area); body_bytes(&b, "text", sealed_text); …
//     TRY(ledger_append(cx, &(Entry){.kind = &KIND_report_received, .about = ABOUT_REPORT, .id = id.n, .key =
//     key, .body = b}));
// append writes the entry and then calls the kind's projector, which alone touches the room's tables. Rebuild
// clears the projections and calls the same projectors again: so a projector takes everything from the entry
// (ids, time from entry->time, values already sealed by the caller with the person's own key) and nothing
// from the clock, chance or other engines' state. What follows from an entry (a duty raised by a report) is
// an entry of its own, appended by the rule.
#pragma once
#include "base/base.h"
#include "base/id.h"
#include "db/db.h"

// ---- bodies: named values, in the order they were put ------------------------------------------
typedef struct {
	Buf b;
} Body;
Body body_on(Cx *cx);
void body_int(Body *b, const char *name, int64_t v);
void body_str(Body *b, const char *name, Str v);
void body_bytes(Body *b, const char *name, Str v);
// Absent: 0 / empty. A projector that needs a field asserts on body_has.
bool body_has(Str body, const char *name);
int64_t body_get_int(Str body, const char *name);
Str body_get_str(Str body, const char *name); // also bytes

// ---- entries -----------------------------------------------------------------------------------
typedef enum {
	ABOUT_HUB = 1,
	ABOUT_STAKEHOLDER,
	ABOUT_MEMBER,
	ABOUT_REPORT,
	ABOUT_CASE,
	ABOUT_PERSON,
	ABOUT_DUTY,
	ABOUT_FIGURE, // numbers of a quarter
	ABOUT_RELEASE, // data about people, given out with noise
	ABOUT__N
} About;
typedef struct Entry Entry;
typedef struct {
	const char *name; // "report.received": stays for ever
	Err (*project)(Cx *cx, const Entry *e); // NULL: only recorded (readings, sign-ins)
} EntryKind;
struct Entry {
	const EntryKind *kind;
	About about;
	int64_t id; // of what it is about: a case's notes, people and duties are about the case
	KeyId key; // seals the body
	Body body;
	// filled by append, and by rebuild:
	int64_t seq, time, actor, stakeholder;
	Str plain; // the body, readable with body_get_*
};
// Fills e->seq/time/actor/stakeholder (from cx), seals, writes, projects. Only inside a write transaction.
MUST_USE Err ledger_append(Cx *cx, Entry *e);

// ---- reading is recorded too --------------------------------------------------------------------
extern const EntryKind KIND_read; // body: classes, basis; every ledger knows it
// Notes that cx->actor reads `classes` (bits of policy Class) of something; written by ledger_flush_readings,
// which the worker calls on the writer's connection before the reply leaves: no entry, no page. Repeats in
// one request are one entry.
struct Reading {
	Reading *next;
	About about;
	int64_t id;
	KeyId key;
	uint32_t classes;
	const char *basis; // own_work, consent, legal_duty, emergency
};
void ledger_read(Cx *cx, About about, int64_t id, KeyId key, uint32_t classes, const char *basis);
MUST_USE Err ledger_flush_readings(Cx *cx, const Reading *first);

// ---- opening, heads, verify, rebuild -------------------------------------------------------------
// `kinds`: every kind of every room, NULL-terminated, listed by main.c. `origin`: the ledger's name in
// checkpoints, like "sangam.example.org/hub", without blank or plus; kept with the first entry, and empty
// afterwards means that one. One Ledger per process, in cx->arena, shared by its threads. Its head belongs to
// whoever holds the write transaction: it is read by ledger_begin, under the ledger's lock, and touched by
// nobody else until that transaction ends.
MUST_USE Err ledger_open(Cx *cx, const EntryKind *const *kinds, Str origin, Ledger **out);
MUST_USE Err
ledger_begin(Cx *cx); // once per write transaction, before any append: takes the lock, reads the head
MUST_USE Err
ledger_end(Cx *cx); // before commit: writes the new head (size, frontier, root) once for the batch
// The head as it stands, and back to it: after db_rollback_to, forgets what was appended since the mark.
typedef struct {
	char opaque[1600];
} LedgerMark;
void ledger_mark(Cx *cx, LedgerMark *m);
void ledger_back(Cx *cx, const LedgerMark *m);

// Signs the present head and keeps it (table ledger_head, enduring): C2SP checkpoint text. On a timer, at
// stop, on request. In a write transaction, after ledger_begin and before the first append, or after
// ledger_end. Refuses (ERR_INVALID) to sign a head that does not fit its own frontier.
MUST_USE Err ledger_checkpoint(Cx *cx, Str *text);

typedef struct {
	int64_t seq;
	enum {
		FAULT_ALTERED = 1,
		FAULT_DROPPED,
		FAULT_REORDERED,
		FAULT_INSERTED,
		FAULT_HEAD,
		FAULT_TRUNCATED
	} what;
	Str detail; // one plain sentence
} LedgerFault;
typedef struct {
	int64_t entries, faults, sealed_gone; // gone: bodies whose key was destroyed; the tree still verifies
	LedgerFault fault[200]; // the first ones
	ptrdiff_t nfault;
	Str root; // 32 bytes
} LedgerReport;
// `against`: checkpoint text a partner kept, or empty. Returns OK also when faults were found; out->faults
// tells. Needs one snapshot: call it in a transaction (read-only will do).
MUST_USE Err ledger_verify(Cx *cx, Str against, void (*progress)(int64_t done, int64_t of),
			   LedgerReport *out);

typedef struct {
	const char *table;
	int64_t before, after, differ; // rows
} RebuildTable;
typedef struct {
	RebuildTable table[96];
	ptrdiff_t ntable;
	int64_t entries, skipped; // skipped: key destroyed
	bool same;
} RebuildReport;
// Clears and refills every projection in one transaction and compares row for row with what stood there;
// keeps the new rows when `keep`, else rolls back. Begins and ends its transaction itself, on a connection
// that may write; holds 32 bytes for each row that stood there.
MUST_USE Err ledger_rebuild(Cx *cx, bool keep, void (*progress)(int64_t done, int64_t of),
			    RebuildReport *out);

// Who looked, who did: entries about one thing, newest first, headers only. For timelines and the survivor's
// own view.
typedef struct {
	int64_t seq, time, actor, stakeholder;
	const char *kind;
	Str plain; // body, empty when `bodies` was false or the key is gone
} Past;
typedef struct {
	Past *past;
	ptrdiff_t n;
} Pasts;
MUST_USE Err ledger_about(Cx *cx, About about, int64_t id, int64_t before_seq, int limit, bool bodies,
			  Pasts *out);

// RFC 9162, on arrays: the definition the tests check everything else against.
void merkle_leaf(Str data, uint8_t out[32]);
void merkle_root(const uint8_t (*leaf)[32], ptrdiff_t n, uint8_t out[32]);
