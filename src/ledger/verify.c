// Verify reads every entry once, in order of its number, and keeps only runs of what is out of place: how
// long the ledger is does not matter for memory. Afterwards the runs are set against one another, to say
// which of altered, dropped, reordered and inserted explains them.
#include "ledger/ledger_inside.h"
#include "ledger_sql.h"

// `n` places from `at` on hold the entries that stood at `from` and after; from is 0 where there is no such
// entry.
typedef struct {
	int64_t at, from, n;
} Run;
#define RUNS_MOST 4096
typedef struct {
	Run *run;
	ptrdiff_t n;
	bool full;
} Runs;

typedef struct {
	LedgerReport *out;
	void (*progress)(int64_t done, int64_t of);
	int64_t size, last,
		beyond; // by the kept head; number of the last row; first good entry behind the kept head
	Frontier tree;
	Runs moved, forged, missing, dropped, inserted;
	Checkpoint check[2];
	uint8_t root_then[2][32];
	int ncheck;
} Verify;

static void fault(Verify *v, int64_t seq, int what, Str detail) {
	LedgerReport *o = v->out;
	o->faults++;
	if (o->nfault == COUNT(o->fault)) return;
	LedgerFault *f = &o->fault[o->nfault++];
	f->seq = seq;
	f->what = what;
	f->detail = detail;
}

static void add(Runs *r, int64_t at, int64_t from, int64_t n) {
	ASSERT(r->run);
	Run *last = r->n ? &r->run[r->n - 1] : NULL;
	if (last && at == last->at + last->n &&
	    (from ? last->from && from == last->from + last->n : !last->from))
		last->n += n;
	else if (r->n < RUNS_MOST)
		r->run[r->n++] = (Run){at, from, n};
	else
		r->full = true;
}

// ---- reading
// -----------------------------------------------------------------------------------------------
static void catch_root(Verify *v) {
	for (int i = 0; i < v->ncheck; i++)
		if (v->check[i].size == v->tree.size) frontier_root(&v->tree, v->root_then[i]);
}
static Err look_at(void *with, Cx *cx, const Row *row) {
	Verify *v = with;
	Record r = record_of(row);
	uint8_t leaf[32];
	record_leaf(cx->arena, &r, leaf);
	frontier_push(&v->tree, leaf);
	catch_root(v);
	if (r.seq > v->last + 1) add(&v->missing, v->last + 1, 0, r.seq - v->last - 1);
	v->last = r.seq;
	int64_t stood = mark_seq(cx, r.mark, r.leaf);
	if (!stood) {
		add(&v->forged, r.seq, 0, 1);
	} else if (stood != r.seq) {
		add(&v->moved, r.seq, stood, 1);
		Record there = r;
		there.seq = stood;
		record_leaf(cx->arena, &there, leaf);
	} else if (r.seq > v->size && !v->beyond)
		v->beyond = r.seq;
	if (stood && memcmp(leaf, r.leaf.p, 32) != 0)
		fault(v, r.seq, FAULT_ALTERED, S("The entry is not what was written."));
	v->out->entries++;
	if (v->progress && (v->out->entries & 4095) == 0) v->progress(v->out->entries, v->size);
	return OK;
}

// ---- explaining
// ----------------------------------------------------------------------------------------------
static bool stands_elsewhere(const Verify *v, int64_t seq) {
	for (ptrdiff_t i = 0; i < v->moved.n; i++)
		if (seq >= v->moved.run[i].from && seq < v->moved.run[i].from + v->moved.run[i].n)
			return true;
	return false;
}
static int64_t count_before(const Runs *r, int64_t seq) {
	int64_t n = 0;
	for (ptrdiff_t i = 0; i < r->n && r->run[i].at < seq; i++)
		n += seq - r->run[i].at < r->run[i].n ? seq - r->run[i].at : r->run[i].n;
	return n;
}
// Something in an entry's place that this hub never wrote: put between if the entry stands elsewhere, else in
// its stead.
static void name_forged(Verify *v) {
	for (ptrdiff_t i = 0; i < v->forged.n; i++) {
		for (int64_t k = v->forged.run[i].at; k < v->forged.run[i].at + v->forged.run[i].n; k++) {
			bool between = k > v->size || stands_elsewhere(v, k);
			if (between) add(&v->inserted, k, 0, 1);
			fault(v, k, between ? FAULT_INSERTED : FAULT_ALTERED,
			      between ? S("The hub never wrote this entry.")
				      : S("Something else stands in place of the entry."));
		}
	}
}
static int by_place(const void *a, const void *b) {
	int64_t x = ((const Run *)a)->at, y = ((const Run *)b)->at;
	return (x > y) - (x < y);
}
static void sort_runs(Runs *r) {
	for (ptrdiff_t i = 1; i < r->n; i++) // nearly sorted: gathered as two sorted lists
		for (ptrdiff_t k = i; k && by_place(&r->run[k - 1], &r->run[k]) > 0; k--) {
			Run t = r->run[k];
			r->run[k] = r->run[k - 1];
			r->run[k - 1] = t;
		}
}
static void gather_dropped(Verify *v, const Runs *places) {
	for (ptrdiff_t i = 0; i < places->n; i++)
		for (int64_t k = places->run[i].at; k < places->run[i].at + places->run[i].n; k++)
			if (k <= v->size && !stands_elsewhere(v, k)) add(&v->dropped, k, 0, 1);
}
static void name_dropped(Verify *v) {
	gather_dropped(v, &v->missing);
	gather_dropped(v, &v->moved); // their places are taken by others
	sort_runs(&v->dropped);
	for (ptrdiff_t i = 0; i < v->dropped.n; i++) {
		const Run *r = &v->dropped.run[i];
		if (r->at > v->last) {
			fault(v, r->at, FAULT_TRUNCATED, S("From here on the end of the ledger is missing."));
			continue;
		}
		for (int64_t k = r->at; k < r->at + r->n; k++)
			fault(v, k, FAULT_DROPPED, S("The entry is missing."));
	}
}
// Entries that only made room for an inserted one, or closed the gap of a dropped one, are not at fault
// themselves.
static void name_moved(Verify *v) {
	for (ptrdiff_t i = 0; i < v->moved.n; i++) {
		const Run *r = &v->moved.run[i];
		if (r->at - r->from == count_before(&v->inserted, r->at) - count_before(&v->dropped, r->from))
			continue;
		for (int64_t k = r->at; k < r->at + r->n; k++)
			fault(v, k, k > v->size ? FAULT_INSERTED : FAULT_REORDERED,
			      k > v->size ? S("The entry is a copy of an older one.")
					  : S("Another entry stands in this place."));
	}
}
// Only what the entries themselves do not explain yet is news.
static void name_checkpoints(Verify *v) {
	int64_t known = v->out->faults;
	for (int i = 0; i < v->ncheck; i++) {
		const Checkpoint *c = &v->check[i];
		int64_t have = v->size > v->tree.size ? v->size : v->tree.size;
		if (c->size > have)
			fault(v, have + 1, FAULT_TRUNCATED, S("A signed checkpoint knows a longer ledger."));
		else if (!known && memcmp(v->root_then[i], c->root.p, 32) != 0)
			fault(v, c->size, FAULT_HEAD,
			      S("The ledger up to here is not the one a signed checkpoint knows."));
	}
}
static void name_head(Verify *v, Str root) {
	uint8_t counted[32];
	frontier_root(&v->tree, counted);
	if (v->beyond)
		fault(v, v->beyond, FAULT_HEAD, S("The kept head is older than this entry."));
	else if (!v->out->faults && !str_eq(root, (Str){(char *)counted, 32}))
		fault(v, v->size, FAULT_HEAD, S("The kept head is not the root of the entries."));
}

// ---- the whole
// -----------------------------------------------------------------------------------------------
static void add_checkpoint(Verify *v, Cx *cx, Str text, Str complaint) {
	Checkpoint c;
	if (!text.n) return;
	if (checkpoint_parse(cx, cx->ledger->origin, text, &c))
		v->check[v->ncheck++] = c;
	else
		fault(v, 0, FAULT_HEAD, complaint);
}
static Err kept_head(Cx *cx, Str *text) {
	Rows rows;
	TRY(db_run(cx, &SQL_ledger_head_last, &rows));
	*text = rows.n ? row_str(&rows.row[0], 0) : (Str){0};
	return OK;
}
static Runs room(Cx *cx) { return (Runs){.run = NEW(cx->arena, Run, RUNS_MOST)}; }

static Err prepare(Cx *cx, Verify *v, Str against, Str *root) {
	Frontier f;
	Str origin, newest;
	Err e = ledger_state(cx, &f, root, &origin);
	if (e == ERR_INVALID)
		fault(v, 0, FAULT_HEAD, S("The kept head is damaged."));
	else
		TRY(e);
	TRY(kept_head(cx, &newest));
	v->size = f.size;
	Runs *all[] = {&v->moved, &v->forged, &v->missing, &v->dropped, &v->inserted};
	for (ptrdiff_t i = 0; i < COUNT(all); i++) *all[i] = room(cx);
	add_checkpoint(v, cx, newest, S("The newest kept checkpoint is not signed by this hub."));
	add_checkpoint(v, cx, against, S("The given checkpoint is not signed by this hub."));
	catch_root(v);
	return OK;
}
static void explain(Verify *v, Str root) {
	if (v->last < v->size) add(&v->missing, v->last + 1, 0, v->size - v->last);
	name_forged(v);
	name_dropped(v);
	name_moved(v);
	name_checkpoints(v);
	name_head(v, root);
	if (v->moved.full || v->forged.full || v->missing.full || v->dropped.full || v->inserted.full)
		fault(v, 0, FAULT_ALTERED, S("There is more wrong than can be named one by one."));
}
Err ledger_verify(Cx *cx, Str against, void (*progress)(int64_t done, int64_t of), LedgerReport *out) {
	*out = (LedgerReport){0};
	Verify v = {.out = out, .progress = progress};
	Str root;
	Row gone;
	TRY(prepare(cx, &v, against, &root));
	TRY(db_walk(cx, &SQL_ledger_entries, look_at, &v));
	explain(&v, root);
	TRY(db_one(cx, &SQL_ledger_entries_gone, &gone));
	out->sealed_gone = row_int(&gone, 0);
	uint8_t *counted = NEW(cx->arena, uint8_t, 32);
	frontier_root(&v.tree, counted);
	out->root = (Str){(char *)counted, 32};
	return OK;
}
