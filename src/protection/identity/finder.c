// Everybody's fingerprints in memory: taken in, counted, compared, taken away.
#include "identity/finder.h"
#include "identity_sql.h"
#include "vault/vault.h"

enum {
	ROOM = 1 << 24, // spellings of people: address space, not memory
	TAKEN = 256, // people at a time
	COMPARED = 16,
	SAMPLE = 1000, // people that u is counted from; fewer are no sample
	OFTEN = 1 << 20,
};

Err identity_begin(Cx *cx, Finder **out) {
	Row looked, head;
	Arena a = arena_new((ptrdiff_t)64 << 20);
	Finder *f = NEW(&a, Finder, 1);
	f->arena = a;
	f->kernel = kernel_best();
	ASSERT(pthread_mutex_init(&f->lock, NULL) == 0);
	for (int i = 0; i < 2; i++) f->index[i] = index_make(ROOM);
	f->numbers = numbers_make(&f->arena);
	if (!f->index[0] || !f->index[1]) {
		finder_free(f);
		return fail(cx->why, ERR_STORE, "no address space for the index of people");
	}
	for (int i = 0; i < FINDER_OFTEN_ROWS; i++) f->often[i] = NEW(&f->arena, _Atomic uint32_t, OFTEN);
	f->keys = finger_keys(&f->arena, vault_fingerprint(cx, "finger", S("1")), cx->now);
	identity_schema(&f->schema);
	*out = f;
	TRY(db_one(cx, &SQL_identity_last, &head)); // until then the search says that it is not ready
	atomic_store(&f->head, row_int(&head, 0));
	Err e = db_one(cx, &SQL_identity_looked, &looked);
	if (e == ERR_NOT_FOUND) return OK; // nobody was ever compared
	if (e == OK) f->compared = row_int(&looked, 0);
	return e;
}

void finder_free(Finder *f) {
	if (!f) return;
	for (int i = 0; i < 2; i++) index_free(f->index[i]);
	numbers_free(f->numbers);
	(void)pthread_mutex_destroy(&f->lock);
	Arena a = f->arena;
	arena_reset(&a);
	arena_free(&a);
}

int identity_ready(Cx *cx) {
	const Finder *f = cx->finder;
	if (!f) return 0;
	int64_t head = atomic_load(&f->head), last = atomic_load(&f->last);
	return head <= last ? 100 : (int)(last * 100 / head);
}

int32_t identity_in_memory(Cx *cx) {
	Finder *f = cx->finder;
	int32_t n = 0;
	(void)pthread_mutex_lock(&f->lock);
	for (int i = 0; i < 2; i++) {
		ASSERT(index_is_wiped(f->index[i]));
		n += index_here(f->index[i]);
	}
	(void)pthread_mutex_unlock(&f->lock);
	return n;
}

int32_t identity_numbers_in_memory(Cx *cx) { return numbers_here(cx->finder->numbers); }

bool identity_pending(Cx *cx) {
	Finder *f = cx->finder;
	if (!f) return false;
	(void)pthread_mutex_lock(&f->lock);
	bool some = f->npending > 0;
	(void)pthread_mutex_unlock(&f->lock);
	return some;
}

// ---- how often a value is there
// ----------------------------------------------------------------------------------

enum { KIND_OF_NAME, KIND_OF_TOKEN, KIND_OF_DATE, KIND_OF_TEXT };

static void often_at(const Finder *f, int kind, Str value, _Atomic uint32_t *cell[FINDER_OFTEN_ROWS]) {
	FingerKey key = f->keys->field[FINGER_COUNTS];
	key.key[0] ^= (uint8_t)(kind + 1);
	uint64_t h = siphash(&key, value.p, value.n);
	for (int i = 0; i < FINDER_OFTEN_ROWS; i++, h >>= 32) cell[i] = &f->often[i][h & (OFTEN - 1)];
}

typedef void EachValue(const Finder *f, int kind, Value *v);

static void each_value(const Finder *f, People *p, EachValue *each) {
	for (int32_t i = 1; i < p->names.n; i++) each(f, KIND_OF_NAME, &p->names.at[i]);
	for (int32_t i = 1; i < p->tokens.n; i++) each(f, KIND_OF_TOKEN, &p->tokens.at[i]);
	for (int32_t i = 1; i < p->dates.n; i++) each(f, KIND_OF_DATE, &p->dates.at[i]);
	for (int t = 0; t < p->ntrack; t++)
		for (int32_t i = 1; i < p->track[t].values.n; i++)
			each(f, KIND_OF_TEXT + t, &p->track[t].values.at[i]);
}

static void count_in(const Finder *f, int kind, Value *v) {
	_Atomic uint32_t *cell[FINDER_OFTEN_ROWS];
	often_at(f, kind, v->light, cell);
	for (int i = 0; i < FINDER_OFTEN_ROWS; i++)
		atomic_fetch_add_explicit(cell[i], (uint32_t)v->count, memory_order_relaxed);
}

static void count_out(const Finder *f, int kind, Value *v) {
	_Atomic uint32_t *cell[FINDER_OFTEN_ROWS];
	uint32_t least = UINT32_MAX;
	often_at(f, kind, v->light, cell);
	for (int i = 0; i < FINDER_OFTEN_ROWS; i++) {
		uint32_t n = atomic_load_explicit(cell[i], memory_order_relaxed);
		if (n < least) least = n;
	}
	v->count = least > INT32_MAX ? INT32_MAX : (int32_t)least;
}

void finder_count_out(const Finder *f, People *p) { each_value(f, p, count_out); }

// ---- taking in
// -----------------------------------------------------------------------------------------------------

static Err unseal_rows(Cx *cx, const Rows *rs, IdentityRow *row, IdentityFacts *facts, ptrdiff_t *n) {
	*n = 0;
	for (ptrdiff_t i = 0; i < rs->n; i++) {
		row[*n] = identity_row_of(rs->row[i]);
		identity_know_key(cx, &rs->row[i]);
		Err e = identity_unseal(cx, &row[*n], &facts[*n]);
		if (e == ERR_GONE) continue; // erased: found by nobody
		TRY(e);
		++*n;
	}
	return OK;
}

// Suspects are looked for apart from others.
uint64_t finder_number(const Finder *f, Str key, bool suspect) {
	uint64_t hash = finger_number(f->keys, KIND_IDENTIFIER, key);
	return suspect ? ~hash : hash;
}

static void add_numbers(Finder *f, Arena *a, const IdentityRow *row, const IdentityFacts *facts) {
	Str key[IDENTITY_NUMBERS];
	int n = identity_numbers(a, facts, key);
	for (int i = 0; i < n; i++)
		if (!numbers_add(f->numbers, finder_number(f, key[i], row->suspect), row->person.n,
				 row->on.id))
			return; // full
}

static void add_fingers(Finder *f, People *p, const IdentityRow *row, const IdentityFacts *facts,
			ptrdiff_t n) {
	for (ptrdiff_t i = 0; i < n; i++) {
		int32_t from = p->n;
		int rows = identity_rows(p, &f->schema, &facts[i]);
		add_numbers(f, p->arena, &row[i], &facts[i]);
		for (int k = 0; k < rows; k++) {
			Finger finger;
			finger_make(p, &p->person[from + k], f->keys, &finger);
			if (finger.total &&
			    !index_add(f->index[row[i].suspect], row[i].person.n, row[i].on.id, &finger))
				return; // full: who comes later is found by exact search only
		}
	}
}

static void take_away(Finder *f, int64_t person) {
	for (int i = 0; i < 2; i++) (void)index_remove(f->index[i], person);
	(void)numbers_remove(f->numbers, person);
}

static Err take_some(Cx *cx, Finder *f, ptrdiff_t *taken) {
	Rows rs;
	ptrdiff_t n;
	TRY(db_run(cx, &SQL_identity_since, &rs, INT(atomic_load(&f->last)), INT(TAKEN)));
	*taken = rs.n;
	if (!rs.n) return OK;
	IdentityRow *row = NEW(cx->arena, IdentityRow, rs.n);
	IdentityFacts *facts = NEW(cx->arena, IdentityFacts, rs.n);
	TRY(unseal_rows(cx, &rs, row, facts, &n));
	for (ptrdiff_t i = 0; i < rs.n; i++) { // changed since: as she was is forgotten
		const Row *r = &rs.row[i];
		if (row_int(r, 4) == row_int(r, 5)) continue;
		take_away(f, row_int(r, 0));
	}
	People p;
	people_begin(&p, cx->arena, facts->year, &f->schema);
	add_fingers(f, &p, row, facts, n);
	each_value(f, &p, count_in);
	atomic_fetch_add(&f->spellings, p.n);
	int64_t last = row_int(&rs.row[rs.n - 1], 5);
	atomic_store(&f->last, last);
	if (last > atomic_load(&f->head)) atomic_store(&f->head, last);
	return OK;
}

// Under the lock. Memory of one part is used again for the next.
static Err take_in(Cx *cx, Finder *f, int parts, bool *more) {
	Arena keep = *cx->arena;
	ptrdiff_t taken = TAKEN;
	Err e = OK;
	for (int i = 0; i < parts && e == OK && taken == TAKEN; i++) {
		Arena scratch = keep;
		Cx part = *cx;
		part.arena = &scratch;
		e = take_some(&part, f, &taken);
	}
	*more = taken == TAKEN;
	return e;
}

void finder_forget(Finder *f, int64_t person) {
	if (pthread_mutex_trylock(&f->lock) != 0) return;
	take_away(f, person);
	(void)pthread_mutex_unlock(&f->lock);
}

// What others committed since is seen; not from the writer, whose own work may yet be taken back.
Err finder_catch_up(Cx *cx) {
	bool more;
	if (!db_read_only(cx->db)) return OK;
	if (pthread_mutex_trylock(&cx->finder->lock) != 0) return OK; // being done
	Err e = take_in(cx, cx->finder, 1, &more);
	(void)pthread_mutex_unlock(&cx->finder->lock);
	return e;
}

// u as this hub's people have it, counted once there are enough and again when they have doubled.
static Err learn(Cx *cx, Finder *f) {
	int64_t people = atomic_load(&f->spellings);
	if (people < SAMPLE || people < 2 * f->learnt_from) return OK;
	Rows rs;
	ptrdiff_t n;
	Arena scratch = *cx->arena;
	Cx part = *cx;
	part.arena = &scratch;
	TRY(db_run(&part, &SQL_identity_newest, &rs, INT(SAMPLE)));
	IdentityRow *row = NEW(&scratch, IdentityRow, rs.n);
	IdentityFacts *facts = NEW(&scratch, IdentityFacts, rs.n);
	TRY(unseal_rows(&part, &rs, row, facts, &n));
	People p;
	Weights w;
	people_begin(&p, &scratch, n ? facts->year : 0, &f->schema);
	for (ptrdiff_t i = 0; i < n; i++) (void)identity_rows(&p, &f->schema, &facts[i]);
	weigh_learn(&w, &p);
	w.people = NULL; // of the sample, which is gone; what stays are rates
	Weights *kept = NEW(&f->arena, Weights, 1);
	*kept = w;
	f->learnt_from = people;
	atomic_store(&f->learnt, kept);
	return OK;
}

// ---- comparing everybody who comes with everybody who is there
// --------------------------------------------------------------

void finder_go_on(Finder *f, int64_t compared) {
	(void)pthread_mutex_lock(&f->lock);
	f->compared = compared;
	(void)pthread_mutex_unlock(&f->lock);
}

int finder_take(Finder *f, Likely *out, int room, int64_t *compared) {
	(void)pthread_mutex_lock(&f->lock);
	int n = f->npending < room ? f->npending : room;
	for (int i = 0; i < n; i++) out[i] = f->pending[f->npending - n + i];
	f->npending -= n;
	*compared = f->npending ? 0 : f->compared;
	(void)pthread_mutex_unlock(&f->lock);
	return n;
}

static Err compare_one(Cx *cx, Finder *f, const IdentityRow *r) {
	IdentityFacts facts;
	IdentityHits hits;
	Err e = identity_unseal(cx, r, &facts);
	if (e == ERR_GONE) finder_forget(f, r->person.n);
	if (e == ERR_GONE) return OK;
	TRY(e);
	TRY(identity_find(cx, &facts,
			  &(IdentityScope){.all = true,
					   .suspects = r->suspect,
					   .not_her = r->person,
					   .least = WEIGHT_POSSIBLE,
					   .most = 10},
			  &hits));
	(void)pthread_mutex_lock(&f->lock);
	for (ptrdiff_t i = 0; i < hits.n && f->npending < FINDER_PENDING; i++)
		f->pending[f->npending++] = (Likely){r->person, hits.at[i].person, hits.at[i].weight};
	(void)pthread_mutex_unlock(&f->lock);
	return OK;
}

static Err compare_some(Cx *cx, Finder *f, bool *more) {
	Rows rs;
	*more = false;
	(void)pthread_mutex_lock(&f->lock);
	int64_t from = f->compared;
	bool full = f->npending > FINDER_PENDING - COMPARED * 10;
	(void)pthread_mutex_unlock(&f->lock);
	if (full) return OK; // the tick makes room
	TRY(db_run(cx, &SQL_identity_since, &rs, INT(from), INT(COMPARED)));
	for (ptrdiff_t i = 0; i < rs.n; i++) {
		IdentityRow r = identity_row_of(rs.row[i]);
		Arena scratch = *cx->arena;
		Cx part = *cx;
		part.arena = &scratch;
		TRY(compare_one(&part, f, &r));
	}
	if (rs.n) finder_go_on(f, row_int(&rs.row[rs.n - 1], 5));
	*more = rs.n == COMPARED;
	return OK;
}

// Whoever was erased, by this program or another, is gone from memory before the next comparing. What is an
// hour old is asked for again: a transaction that destroys a key is committed some time after it began.
static Err take_away_erased(Cx *cx, Finder *f) {
	enum { HOUR = 3600 };
	Rows rs;
	if (cx->now - f->erased_since > 2 * HOUR) {
		f->erased_since = cx->now - HOUR;
		f->erased = 0;
	}
	TRY(db_run(cx, &SQL_identity_erased, &rs, INT(f->erased_since)));
	if (rs.n == f->erased) return OK;
	for (ptrdiff_t i = 0; i < rs.n; i++) take_away(f, row_int(&rs.row[i], 0));
	f->erased = rs.n;
	return OK;
}

Err identity_work(Cx *cx, bool *more) {
	Finder *f = cx->finder;
	Row head;
	*more = false;
	if (!f) return OK;
	TRY(db_one(cx, &SQL_identity_last, &head));
	atomic_store(&f->head, row_int(&head, 0));
	(void)pthread_mutex_lock(&f->lock);
	Err e = take_in(cx, f, 4, more);
	if (e == OK) e = take_away_erased(cx, f);
	if (e == OK && !*more) e = learn(cx, f);
	(void)pthread_mutex_unlock(&f->lock);
	if (e != OK || *more) return e;
	return compare_some(cx, f, more);
}
