#include "base/actor.h"
#include "ledger/ledger_inside.h"
#include "ledger_sql.h"
#include <stdatomic.h>

const EntryKind KIND_read = {"read", NULL};

// ---- records: docs/decisions/0003-ledger.md describes every byte ---------------------------------------
static void put_number(Buf *b, int64_t v) {
	for (int i = 56; i >= 0; i -= 8) buf_char(b, (char)((uint64_t)v >> i));
}
Record record_of(const Row *r) {
	return (Record){row_int(r, 0), row_int(r, 1), row_int(r, 2), row_int(r, 3),
			row_int(r, 4), row_int(r, 5), row_int(r, 7), row_str(r, 6),
			row_str(r, 8), row_str(r, 9), row_str(r, 10)};
}
Str record_header(Arena *a, const Record *r) {
	Buf b = {.a = a};
	const int64_t number[] = {r->seq,   r->time,	 r->actor, r->stakeholder,
				  r->about, r->about_id, r->key,   r->kind.n};
	buf_put(&b, (Str){"sangam entry 1", 15}); // with its zero byte
	for (ptrdiff_t i = 0; i < COUNT(number); i++) put_number(&b, number[i]);
	buf_put(&b, r->kind);
	return buf_str(&b);
}
void record_leaf(Arena *a, const Record *r, uint8_t out[32]) {
	Arena scratch = *a;
	Buf b = {.a = &scratch};
	buf_put(&b, record_header(&scratch, r));
	put_number(&b, r->body.n);
	buf_put(&b, r->body);
	merkle_leaf(buf_str(&b), out);
}
static Place body_place(Arena *a, const Record *r) {
	return (Place){.table = "entry", .column = "body", .row = r->seq, .also = record_header(a, r)};
}
Err record_unseal(Cx *cx, const Record *r, Str *plain) {
	return vault_unseal(cx, (KeyId){r->key}, body_place(cx->arena, r), r->body, plain);
}

// A mark is the entry's number, hidden by a keyed hash of the leaf, and a keyed hash of both. So an entry
// that was moved still tells where it stood, and one that was not written by this hub has no mark at all.
static int64_t hidden(Cx *cx, Str leaf) {
	int64_t v;
	memcpy(&v, vault_fingerprint(cx, "ledg_seq", leaf).p, sizeof v);
	return v;
}
Str mark_of(Cx *cx, int64_t seq, Str leaf) {
	Buf number = {.a = cx->arena}, b = {.a = cx->arena}, both = {.a = cx->arena};
	put_number(&number, seq);
	buf_put(&both, buf_str(&number));
	buf_put(&both, leaf);
	put_number(&b, seq ^ hidden(cx, leaf));
	buf_put(&b, str_slice(vault_fingerprint(cx, "ledgmark", buf_str(&both)), 0, MARK_BYTES - 8));
	return buf_str(&b);
}
int64_t mark_seq(Cx *cx, Str mark, Str leaf) {
	uint64_t v = 0;
	if (mark.n != MARK_BYTES || leaf.n != 32) return 0;
	for (int i = 0; i < 8; i++) v = v << 8 | (uint8_t)mark.p[i];
	int64_t seq = (int64_t)v ^ hidden(cx, leaf);
	return seq > 0 && vault_same(mark, mark_of(cx, seq, leaf)) ? seq : 0;
}

// ---- the head ------------------------------------------------------------------------------------------
Err ledger_state(Cx *cx, Frontier *f, Str *root, Str *origin) {
	Rows rows;
	uint8_t *empty = NEW(cx->arena, uint8_t, 32);
	*f = (Frontier){0};
	frontier_root(f, empty);
	*root = (Str){(char *)empty, 32};
	*origin = (Str){0};
	TRY(db_run(cx, &SQL_ledger_state_get, &rows));
	if (!rows.n) return OK;
	*root = row_str(&rows.row[0], 2);
	*origin = row_str(&rows.row[0], 3);
	if (!frontier_parse(row_int(&rows.row[0], 0), row_str(&rows.row[0], 1), f))
		return fail(cx->why, ERR_INVALID, "the head of the ledger is damaged");
	return OK;
}

static bool good_origin(Str s) {
	for (ptrdiff_t i = 0; i < s.n; i++)
		if ((uint8_t)s.p[i] <= ' ' || s.p[i] == '+' || (uint8_t)s.p[i] >= 127) return false;
	return s.n > 0 && s.n <= 200;
}
Err ledger_open(Cx *cx, const EntryKind *const *kinds, Str origin, Ledger **out) {
	Frontier f;
	Str root, kept;
	Err e = ledger_state(cx, &f, &root, &kept);
	if (e != OK && e != ERR_INVALID)
		return e; // a damaged head is for verify to report and for begin to refuse
	if (!origin.n) origin = kept;
	if (!good_origin(origin))
		return fail(cx->why, ERR_INVALID, "the ledger's origin is empty, or holds a blank or a plus");
	if (kept.n && !str_eq(kept, origin))
		return fail(cx->why, ERR_INVALID, "this ledger has another origin");
	Ledger *l = NEW(cx->arena, Ledger, 1);
	l->kinds = kinds;
	l->origin = str_dup(cx->arena, origin);
	l->table = db_tables(&l->ntable);
	*out = l;
	return OK;
}

Err ledger_begin(Cx *cx) {
	Ledger *l = cx->ledger;
	Arena scratch = *cx->arena;
	Cx inner = *cx;
	inner.arena = &scratch;
	Str root, origin;
	TRY(db_lock_ledger(cx->db, cx->why));
	(void)atomic_load_explicit(&l->turn, memory_order_acquire);
	l->begun = NULL;
	TRY(ledger_state(&inner, &l->head, &root, &origin));
	l->begun = cx->db;
	l->moved = false;
	return OK;
}
Err ledger_end(Cx *cx) {
	Ledger *l = cx->ledger;
	uint8_t root[32];
	if (l->begun != cx->db) return fail(cx->why, ERR_BUG, "ledger_end without ledger_begin");
	l->begun = NULL;
	Err e = OK;
	if (l->moved) {
		frontier_root(&l->head, root);
		e = db_send(cx, &SQL_ledger_state_put, INT(l->head.size),
			    BYTES(frontier_text(cx->arena, &l->head)), BYTES(((Str){(char *)root, 32})),
			    STR(l->origin));
	}
	atomic_store_explicit(&l->turn, 0, memory_order_release);
	return e;
}

typedef struct {
	bool moved;
	Frontier head;
} Marked;
_Static_assert(sizeof(Marked) <= sizeof(LedgerMark), "a mark holds a head");
void ledger_mark(Cx *cx, LedgerMark *m) {
	Marked now = {cx->ledger->moved, cx->ledger->head};
	memcpy(m->opaque, &now, sizeof now);
}
void ledger_back(Cx *cx, const LedgerMark *m) {
	Marked then;
	memcpy(&then, m->opaque, sizeof then);
	cx->ledger->moved = then.moved;
	cx->ledger->head = then.head;
}

// ---- appending -----------------------------------------------------------------------------------------
const EntryKind *kind_named(const Ledger *l, Str name) {
	for (const EntryKind *const *k = l->kinds; k && *k; k++)
		if (str_eq(str_of((*k)->name), name)) return *k;
	return str_eq(name, str_of(KIND_read.name)) ? &KIND_read : NULL;
}
static Err may_append(Cx *cx, const Entry *e) {
	if (cx->ledger->begun != cx->db)
		return fail(cx->why, ERR_BUG, "%s: append without ledger_begin", e->kind->name);
	if (kind_named(cx->ledger, str_of(e->kind->name)) != e->kind)
		return fail(cx->why, ERR_BUG, "%s: a kind the ledger was not opened with", e->kind->name);
	if (e->about < ABOUT_HUB || e->about >= ABOUT__N || !e->key.n)
		return fail(cx->why, ERR_BUG, "%s: about nothing, or without key", e->kind->name);
	return OK;
}
static Err write_record(Cx *cx, Record *r, Str plain, uint8_t leaf[32]) {
	TRY(vault_seal(cx, (KeyId){r->key}, body_place(cx->arena, r), plain, &r->body));
	record_leaf(cx->arena, r, leaf);
	r->leaf = (Str){(char *)leaf, 32};
	r->mark = mark_of(cx, r->seq, r->leaf);
	return db_send(cx, &SQL_ledger_entry_add, INT(r->seq), INT(r->time), INT(r->actor),
		       INT(r->stakeholder), INT(r->about), INT(r->about_id), STR(r->kind), INT(r->key),
		       BYTES(r->body), BYTES(r->leaf), BYTES(r->mark));
}
Err ledger_append(Cx *cx, Entry *e) {
	TRY(may_append(cx, e));
	Ledger *l = cx->ledger;
	Arena scratch = *cx->arena;
	Cx inner = *cx;
	inner.arena = &scratch;
	uint8_t leaf[32];
	e->seq = l->head.size + 1;
	e->time = cx->now;
	e->actor = cx->actor ? cx->actor->member.n : 0;
	e->stakeholder = cx->actor ? cx->actor->stakeholder.n : 0;
	e->plain = buf_str(&e->body.b);
	Record r = {.seq = e->seq,
		    .time = e->time,
		    .actor = e->actor,
		    .stakeholder = e->stakeholder,
		    .about = e->about,
		    .about_id = e->id,
		    .key = e->key.n,
		    .kind = str_of(e->kind->name)};
	TRY(write_record(&inner, &r, e->plain, leaf));
	frontier_push(&l->head, leaf);
	l->moved = true;
	return e->kind->project ? e->kind->project(cx, e) : OK;
}

// ---- readings --------------------------------------------------------------------------------------------
void ledger_read(Cx *cx, About about, int64_t id, KeyId key, uint32_t classes, const char *basis) {
	Reading **at = &cx->readings;
	for (; *at; at = &(*at)->next) {
		Reading *r = *at;
		if (r->about != about || r->id != id || r->key.n != key.n || strcmp(r->basis, basis) != 0)
			continue;
		r->classes |= classes;
		return;
	}
	*at = NEW(cx->arena, Reading, 1);
	**at = (Reading){.about = about, .id = id, .key = key, .classes = classes, .basis = basis};
}
Err ledger_flush_readings(Cx *cx, const Reading *first) {
	for (const Reading *r = first; r; r = r->next) {
		Body b = body_on(cx);
		body_int(&b, "classes", r->classes);
		body_str(&b, "basis", str_of(r->basis));
		Entry e = {.kind = &KIND_read, .about = r->about, .id = r->id, .key = r->key, .body = b};
		TRY(ledger_append(cx, &e));
	}
	return OK;
}

// ---- what happened to one thing
// ----------------------------------------------------------------------------
static Err past_of(Cx *cx, const Row *row, bool bodies, Past *p) {
	Record r = record_of(row);
	const EntryKind *kind = kind_named(cx->ledger, r.kind);
	*p = (Past){.seq = r.seq, .time = r.time, .actor = r.actor, .stakeholder = r.stakeholder};
	p->kind = kind ? kind->name : str_z(cx->arena, r.kind);
	if (!bodies) return OK;
	Err e = record_unseal(cx, &r, &p->plain);
	return e == ERR_GONE ? OK : e;
}
Err ledger_about(Cx *cx, About about, int64_t id, int64_t before_seq, int limit, bool bodies, Pasts *out) {
	Rows rows;
	TRY(db_run(cx, &SQL_ledger_entries_about, &rows, INT(about), INT(id),
		   INT(before_seq ? before_seq : INT64_MAX), INT(limit)));
	Past *past = NEW(cx->arena, Past, rows.n);
	for (ptrdiff_t i = 0; i < rows.n; i++) TRY(past_of(cx, &rows.row[i], bodies, &past[i]));
	*out = (Pasts){past, rows.n};
	return OK;
}

// ---- checkpoints: C2SP tlog-checkpoint, a signed note
// ---------------------------------------------------------
static Str key_hash(Arena *a, Str name, Str public_key) {
	Buf b = {.a = a};
	buf_put(&b, name);
	buf_put(&b, S("\n\x01")); // 1: Ed25519
	buf_put(&b, public_key);
	return str_slice(sha256(a, buf_str(&b)), 0, 4);
}
Str checkpoint_text(Cx *cx, Str origin, int64_t size, Str root) {
	Buf b = {.a = cx->arena}, signature = {.a = cx->arena};
	buf_put(&b, origin);
	buf_fmt(&b, "\n%lld\n", (long long)size);
	buf_put(&b, base64_text(cx->arena, root));
	buf_char(&b, '\n');
	buf_put(&signature, key_hash(cx->arena, origin, vault_public_key(cx->vault)));
	buf_put(&signature, vault_sign(cx, buf_str(&b)));
	buf_put(&b, S("\n\xe2\x80\x94 "));
	buf_put(&b, origin);
	buf_char(&b, ' ');
	buf_put(&b, base64_text(cx->arena, buf_str(&signature)));
	buf_char(&b, '\n');
	return buf_str(&b);
}
// A note may bear the signatures of witnesses too; ours is looked for.
static bool signed_by_us(Cx *cx, Str origin, Str note, Str signatures) {
	Str line, raw, hash = key_hash(cx->arena, origin, vault_public_key(cx->vault));
	Str start = str_fmt(cx->arena, "\xe2\x80\x94 %.*s ", (int)origin.n, origin.p);
	while (str_cut(&signatures, '\n', &line)) {
		if (!str_starts(line, start) ||
		    !base64_parse(cx->arena, str_slice(line, start.n, line.n), &raw))
			continue;
		if (!str_eq(str_slice(raw, 0, 4), hash)) continue;
		if (signature_right(vault_public_key(cx->vault), note, str_slice(raw, 4, raw.n))) return true;
	}
	return false;
}
bool checkpoint_parse(Cx *cx, Str origin, Str text, Checkpoint *out) {
	ptrdiff_t end = str_find(text, S("\n\n"));
	if (end < 0) return false;
	Str note = str_slice(text, 0, end + 1), rest = note, line;
	if (!str_cut(&rest, '\n', &line) || !str_eq(line, origin)) return false;
	if (!str_cut(&rest, '\n', &line) || !str_to_int(line, &out->size) || out->size < 0) return false;
	if (!str_cut(&rest, '\n', &line) || !base64_parse(cx->arena, line, &out->root) || out->root.n != 32)
		return false;
	return signed_by_us(cx, origin, note, str_slice(text, end + 2, text.n));
}
Err ledger_checkpoint(Cx *cx, Str *text) {
	Frontier f;
	Str root, origin;
	uint8_t counted[32];
	if (cx->ledger->begun && cx->ledger->moved)
		return fail(cx->why, ERR_BUG, "a checkpoint between append and ledger_end");
	TRY(ledger_state(cx, &f, &root, &origin));
	frontier_root(&f, counted);
	if (!str_eq(root, (Str){(char *)counted, 32}))
		return fail(cx->why, ERR_INVALID, "the head does not fit its frontier: not signed");
	Str signed_text = checkpoint_text(cx, cx->ledger->origin, f.size, root);
	TRY(db_do(cx, &SQL_ledger_head_put, INT(f.size), INT(cx->now), STR(signed_text)));
	*text = signed_text;
	return OK;
}
