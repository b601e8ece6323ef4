// Every projection is walked and its rows are kept as digests, then all are cleared, filled again from the
// entries, walked again and compared with the digests by primary key. All in one transaction on one
// connection, so that both engines show the same to every step, and nobody ever sees a table half filled.
#include "ledger/ledger_inside.h"
#include "ledger_sql.h"
#include <stdlib.h>

#define DIGESTS_ROOM ((ptrdiff_t)8 << 30) // address space, not memory

typedef struct {
	uint8_t key[16], row[16];
	// The first bit of `row` is given up to note that a row was met again.
} Digest;
typedef struct {
	const DbTable *table;
	Arena own;
	Buf digests;
	RebuildTable *report;
} Old;
typedef struct {
	Old *old;
	ptrdiff_t nold;
	RebuildReport *out;
	void (*progress)(int64_t done, int64_t of);
	int64_t of;
} Rebuild;

// ---- digests
// -------------------------------------------------------------------------------------------------
static void put_value(Buf *b, const Val *v) {
	Str s = v->kind == VAL_INT ? (Str){(const char *)&v->i, sizeof v->i} : v->s;
	buf_char(b, (char)v->kind);
	buf_put(b, (Str){(const char *)&s.n, sizeof s.n});
	buf_put(b, s);
}
static void digest(Buf *b, uint8_t out[16]) {
	uint8_t whole[32];
	Str s = buf_str(b);
	sha256_of(&s, 1, whole);
	memcpy(out, whole, 16);
}
static Digest digest_of(Arena *a, const DbTable *t, const Row *r) {
	Digest d;
	Buf key = {.a = a}, row = {.a = a};
	for (int i = 0; i < t->nkey; i++) put_value(&key, &r->v[t->key_at[i]]);
	digest(&key, d.key);
	for (int c = 0; c < r->n; c++) put_value(&row, &r->v[c]);
	digest(&row, d.row);
	d.row[0] &= 0x7f;
	return d;
}
static int by_key(const void *a, const void *b) {
	return memcmp(((const Digest *)a)->key, ((const Digest *)b)->key, 16);
}

static Err keep_digest(void *with, Cx *cx, const Row *row) {
	Old *old = with;
	Digest d = digest_of(cx->arena, old->table, row);
	buf_put(&old->digests, (Str){(const char *)&d, sizeof d});
	old->report->before++;
	return OK;
}
static Err compare_row(void *with, Cx *cx, const Row *row) {
	Old *old = with;
	Digest d = digest_of(cx->arena, old->table, row);
	Digest *was = old->report->before
			      ? bsearch(&d, old->digests.p, (size_t)old->report->before, sizeof d, by_key)
			      : NULL;
	old->report->after++;
	if (!was || memcmp(was->row, d.row, 16) != 0) old->report->differ++;
	if (was) was->row[0] |= 0x80;
	return OK;
}
static void count_lost(Old *old) {
	const Digest *d = (const Digest *)old->digests.p;
	for (int64_t i = 0; i < old->report->before; i++) old->report->differ += !(d[i].row[0] & 0x80);
}

// ---- steps
// ---------------------------------------------------------------------------------------------------
static Err remember(Cx *cx, Rebuild *b) {
	for (ptrdiff_t i = 0; i < cx->ledger->ntable; i++) {
		const DbTable *t = &cx->ledger->table[i];
		if (t->enduring) continue;
		Old *old = &b->old[b->nold];
		if (b->nold == COUNT(b->out->table))
			return fail(cx->why, ERR_BUG, "more projections than rebuild has room for");
		*old = (Old){.table = t, .own = arena_new(DIGESTS_ROOM), .report = &b->out->table[b->nold]};
		old->digests.a = &old->own;
		old->report->table = t->name;
		b->out->ntable = ++b->nold;
		TRY(db_each(cx, t, keep_digest, old));
		if (old->report->before)
			qsort(old->digests.p, (size_t)old->report->before, sizeof(Digest), by_key);
	}
	return OK;
}
static Err clear(Cx *cx, const Rebuild *b) {
	for (ptrdiff_t i = b->nold - 1; i >= 0; i--)
		TRY(db_clear(cx, b->old[i].table)); // later tables refer to earlier ones
	return OK;
}
static Err project(void *with, Cx *cx, const Row *row) {
	Rebuild *b = with;
	Record r = record_of(row);
	const EntryKind *kind = kind_named(cx->ledger, r.kind);
	if (!kind)
		return fail(cx->why, ERR_INVALID, "entry %lld is of a kind this program does not know",
			    (long long)r.seq);
	b->out->entries++;
	if (b->progress && (b->out->entries & 1023) == 0) b->progress(b->out->entries, b->of);
	if (!kind->project) return OK;
	Entry e = {.kind = kind,
		   .about = (About)r.about,
		   .id = r.about_id,
		   .key = {r.key},
		   .seq = r.seq,
		   .time = r.time,
		   .actor = r.actor,
		   .stakeholder = r.stakeholder};
	Err err = record_unseal(cx, &r, &e.plain);
	if (err == ERR_GONE) {
		b->out->skipped++;
		return OK;
	}
	TRY(err);
	Cx then = *cx;
	then.now = r.time;
	return kind->project(&then, &e);
}
static Err compare(Cx *cx, Rebuild *b) {
	b->out->same = true;
	for (ptrdiff_t i = 0; i < b->nold; i++) {
		TRY(db_each(cx, b->old[i].table, compare_row, &b->old[i]));
		count_lost(&b->old[i]);
		if (b->old[i].report->differ) b->out->same = false;
	}
	return OK;
}
static Err in_transaction(Cx *cx, Rebuild *b) {
	Frontier f;
	Str root, origin;
	TRY(db_lock_ledger(cx->db, cx->why));
	TRY(ledger_state(cx, &f, &root, &origin));
	b->of = f.size;
	TRY(remember(cx, b));
	TRY(clear(cx, b));
	TRY(db_walk(cx, &SQL_ledger_entries, project, b));
	return compare(cx, b);
}
Err ledger_rebuild(Cx *cx, bool keep, void (*progress)(int64_t done, int64_t of), RebuildReport *out) {
	*out = (RebuildReport){0};
	Rebuild b = {.old = NEW(cx->arena, Old, COUNT(out->table)), .out = out, .progress = progress};
	cx->ledger->begun = NULL; // a projector that appends is refused
	TRY(db_begin(cx->db, cx->why));
	Err e = in_transaction(cx, &b);
	if (e == OK && keep)
		e = db_commit(cx->db, cx->why);
	else
		db_rollback(cx->db);
	for (ptrdiff_t i = 0; i < b.nold; i++) arena_free(&b.old[i].own);
	return e;
}
