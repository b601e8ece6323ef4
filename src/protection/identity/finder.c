// Everybody's fingerprints in memory: taken in, searched, compared.
#include "identity/identity_parts.h"
#include "identity_sql.h"
#include "match/index.h"
#include "vault/vault.h"
#include <pthread.h>
#include <stdatomic.h>

enum {
	ROOM = 1 << 24, // spellings of people: address space, not memory
	TAKEN = 256, // people at a time
	COMPARED = 16,
	PENDING = 1024,
	SAMPLE = 1000, // people that u is counted from; fewer are no sample
	OFTEN = 1 << 20,
	OFTEN_ROWS = 2,
};
// Dice at which somebody is opened and weighed. One name against a person who has two shares half of its bits
// at the best.
static const double alike = .34, alike_one_name = .20;

struct Finder {
	Arena arena;
	pthread_mutex_t lock; // of all that is not atomic; one takes in at a time, searches do not wait
	Index *index[2]; // suspects in the second
	const Kernel *kernel;
	FingerKeys *keys; // of this instance, and of this start
	MatchSchema schema;
	_Atomic int64_t last, head; // entries of the ledger: taken in, and there
	_Atomic int64_t spellings;
	// How often each value is there, by its keyed hash, in rows of which the smaller counts: too many,
	// never too few.
	_Atomic uint32_t *often[OFTEN_ROWS];
	const Weights *_Atomic learnt;
	int64_t learnt_from;
	Likely pending[PENDING];
	int npending;
	int64_t compared;
};

Err identity_begin(Cx *cx, Finder **out) {
	Row looked, head;
	Arena a = arena_new((ptrdiff_t)64 << 20);
	Finder *f = NEW(&a, Finder, 1);
	f->arena = a;
	f->kernel = kernel_best();
	ASSERT(pthread_mutex_init(&f->lock, NULL) == 0);
	for (int i = 0; i < 2; i++) f->index[i] = index_make(ROOM);
	if (!f->index[0] || !f->index[1]) {
		finder_free(f);
		return fail(cx->why, ERR_STORE, "no address space for the index of people");
	}
	for (int i = 0; i < OFTEN_ROWS; i++) f->often[i] = NEW(&f->arena, _Atomic uint32_t, OFTEN);
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

static void often_at(const Finder *f, int kind, Str value, _Atomic uint32_t *cell[OFTEN_ROWS]) {
	FingerKey key = f->keys->field[FINGER_COUNTS];
	key.key[0] ^= (uint8_t)(kind + 1);
	uint64_t h = siphash(&key, value.p, value.n);
	for (int i = 0; i < OFTEN_ROWS; i++, h >>= 32) cell[i] = &f->often[i][h & (OFTEN - 1)];
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
	_Atomic uint32_t *cell[OFTEN_ROWS];
	often_at(f, kind, v->light, cell);
	for (int i = 0; i < OFTEN_ROWS; i++)
		atomic_fetch_add_explicit(cell[i], (uint32_t)v->count, memory_order_relaxed);
}

static void count_out(const Finder *f, int kind, Value *v) {
	_Atomic uint32_t *cell[OFTEN_ROWS];
	uint32_t least = UINT32_MAX;
	often_at(f, kind, v->light, cell);
	for (int i = 0; i < OFTEN_ROWS; i++) {
		uint32_t n = atomic_load_explicit(cell[i], memory_order_relaxed);
		if (n < least) least = n;
	}
	v->count = least > INT32_MAX ? INT32_MAX : (int32_t)least;
}

// ---- taking in
// -----------------------------------------------------------------------------------------------------

static Err unseal_rows(Cx *cx, const Rows *rs, IdentityRow *row, IdentityFacts *facts, ptrdiff_t *n) {
	*n = 0;
	for (ptrdiff_t i = 0; i < rs->n; i++) {
		row[*n] = identity_row_of(rs->row[i]);
		Err e = identity_unseal(cx, &row[*n], &facts[*n]);
		if (e == ERR_GONE) continue; // erased: found by nobody
		TRY(e);
		++*n;
	}
	return OK;
}

static void add_fingers(Finder *f, People *p, const IdentityRow *row, const IdentityFacts *facts,
			ptrdiff_t n) {
	for (ptrdiff_t i = 0; i < n; i++) {
		int32_t from = p->n;
		int rows = identity_rows(p, &f->schema, &facts[i]);
		for (int k = 0; k < rows; k++) {
			Finger finger;
			finger_make(p, &p->person[from + k], f->keys, &finger);
			if (finger.total &&
			    !index_add(f->index[row[i].suspect], row[i].person.n, row[i].on.id, &finger))
				return; // full: who comes later is found by exact search only
		}
	}
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
		for (int k = 0; k < 2; k++) (void)index_remove(f->index[k], row_int(r, 0));
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

// ---- weighing
// -----------------------------------------------------------------------------------------------------

static Str field_of(const People *p, int f) {
	static const Str named[WEIGH_TEXT] = {SLIT("given"),	SLIT("family"),	    SLIT("name"),
					      SLIT("guardian"), SLIT("birth_date"), SLIT("sex")};
	return f < WEIGH_TEXT ? named[f] : p->track[f - WEIGH_TEXT].label;
}

static void put_verdict(const People *p, const Weighed *v, IdentityHit *h) {
	h->weight = v->weight;
	h->swapped = v->swapped;
	h->twins = v->twins;
	h->names_alone = v->names_alone;
	h->nword = 0;
	for (int f = 0; f < WEIGH_TEXT + p->ntrack; f++)
		if (v->level[f] != LEVEL__N && h->nword < IDENTITY_WORDS)
			h->word[h->nword++] = (IdentityWord){field_of(p, f), v->level[f], v->bits[f]};
}

// The spellings of the one that fit those of the other best.
static void weigh_best(const Weights *w, const People *p, const int32_t from[2], const int n[2],
		       IdentityHit *h) {
	bool first = true;
	for (int i = 0; i < n[0]; i++)
		for (int k = 0; k < n[1]; k++) {
			Weighed v;
			weigh(w, &p->person[from[0] + i], &p->person[from[1] + k], &v);
			if (first || v.weight > h->weight) put_verdict(p, &v, h);
			first = false;
		}
}

void identity_weigh(Cx *cx, const IdentityFacts *her, IdentityHit *them, ptrdiff_t n) {
	const Finder *f = cx->finder;
	People p;
	people_begin(&p, cx->arena, her->year, &f->schema);
	int own = identity_rows(&p, &f->schema, her);
	int32_t *from = NEW(cx->arena, int32_t, n);
	int *rows = NEW(cx->arena, int, n);
	for (ptrdiff_t i = 0; i < n; i++) {
		from[i] = p.n;
		rows[i] = identity_rows(&p, &f->schema, &them[i].facts);
	}
	each_value(f, &p, count_out);
	Weights w;
	weigh_with(&w, &p, (double)atomic_load(&f->spellings), atomic_load(&f->learnt));
	for (ptrdiff_t i = 0; i < n; i++)
		weigh_best(&w, &p, (const int32_t[]){0, from[i]}, (const int[]){own, rows[i]}, &them[i]);
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

// ---- finding
// -----------------------------------------------------------------------------------------------------

// Cases and reports in which the reader may read who people are. A short list is made at once. Where an
// agency has more than are worth listing, the likest of all are asked about by the dozen, so that the cost
// follows who is alike and not how much the agency has; only when too few of these may be seen is the whole
// list made.
enum { KINDS = 2, SHORT = 200, DEEP = 1024, ASKED = 50 };
static const About kinds[KINDS] = {ABOUT_CASE, ABOUT_REPORT};
typedef struct {
	const int64_t *id; // of cases and reports, sorted; NULL: of all, or too many to list
	ptrdiff_t n;
	int64_t not_her;
	bool ask;
	bool relation[KINDS][RELATION__N]; // those in which the reader may
} Seen;

static bool may(const void *with, int64_t id, int64_t on) {
	const Seen *s = with;
	ptrdiff_t low = 0, high = s->n;
	if (id == s->not_her) return false;
	if (!s->id) return true;
	while (low < high) {
		ptrdiff_t middle = low + (high - low) / 2;
		if (s->id[middle] < on)
			low = middle + 1;
		else
			high = middle;
	}
	return low < s->n && s->id[low] == on;
}

// Two sorted lists as one; of the second only where the relation says so.
static int64_t *merged(Arena *a, const int64_t *one, ptrdiff_t *n, const Rows *two, const bool *relation) {
	int64_t *out = NEW(a, int64_t, *n + two->n + 1);
	ptrdiff_t all = 0, i = 0;
	for (ptrdiff_t k = 0; k < two->n; k++) {
		if (!relation[row_int(&two->row[k], 1)]) continue;
		int64_t id = row_int(&two->row[k], 0);
		while (i < *n && one[i] < id) out[all++] = one[i++];
		out[all++] = id;
	}
	while (i < *n) out[all++] = one[i++];
	*n = all;
	return out;
}

static void relations_seen(Cx *cx, About about, bool suspects, bool *relation) {
	Act act = about == ABOUT_REPORT ? ACT_report_read : ACT_person_read;
	uint32_t needs = CLASS_BIT(CLASS_IDENTITY) | (suspects ? CLASS_BIT(CLASS_INTELLIGENCE) : 0);
	for (int r = 0; r < RELATION__N; r++) {
		uint32_t has = policy_grant(cx->pack, cx->actor->posts, false, (Relation)r, act);
		relation[r] = r != RELATION_WALLED && (has & needs) == needs;
	}
}

// A list of more than `most` of a kind is not made: these are asked about.
static Err list_seen(Cx *cx, int64_t most, Seen *s) {
	int64_t *id = NEW(cx->arena, int64_t, 1);
	ptrdiff_t n = 0;
	s->ask = false;
	for (int i = 0; i < KINDS; i++) {
		Rows rs;
		TRY(db_run(cx, &SQL_identity_seen, &rs, INT(cx->actor->stakeholder.n), INT(kinds[i]),
			   INT(most + 1)));
		s->ask = rs.n > most;
		if (s->ask) return OK;
		id = merged(cx->arena, id, &n, &rs, s->relation[i]);
	}
	s->id = id;
	s->n = n;
	return OK;
}

static Err seen_by(Cx *cx, const IdentityScope *in, Seen *out) {
	*out = (Seen){.not_her = in->not_her.n};
	if (in->all) return OK;
	for (int i = 0; i < KINDS && (i == 0 || !in->suspects); i++)
		relations_seen(cx, kinds[i], in->suspects, out->relation[i]);
	return list_seen(cx, SHORT, out);
}

// Which of `n` at most ASKED may be seen.
static Err ask_some(Cx *cx, const Seen *s, const Found *some, int n, bool *yes) {
	Rows rs;
	Val v[1 + 1 + KINDS + ASKED] = {{0}, INT(cx->actor->stakeholder.n), INT(kinds[0]), INT(kinds[1])};
	for (int i = 0; i < ASKED; i++) {
		v[2 + KINDS + i] = INT(i < n ? some[i].group : 0);
		yes[i] = false;
	}
	TRY(db_run_(cx, &SQL_identity_seen_of, v, 1 + KINDS + ASKED, &rs));
	for (ptrdiff_t k = 0; k < rs.n; k++) {
		int kind = row_int(&rs.row[k], 0) == kinds[1];
		if (!s->relation[kind][row_int(&rs.row[k], 2)]) continue;
		for (int i = 0; i < n; i++) yes[i] = yes[i] || some[i].group == row_int(&rs.row[k], 1);
	}
	return OK;
}

// The likest that may be seen, IDENTITY_MOST of them, in their order.
static Err keep_seen(Cx *cx, const Seen *s, const Found *some, int n, Found *out, int *kept) {
	*kept = 0;
	for (int from = 0; from < n && *kept < IDENTITY_MOST; from += ASKED) {
		bool yes[ASKED];
		int part = n - from < ASKED ? n - from : ASKED;
		TRY(ask_some(cx, s, some + from, part, yes));
		for (int i = 0; i < part && *kept < IDENTITY_MOST; i++)
			if (yes[i]) out[(*kept)++] = some[from + i];
	}
	return OK;
}

// Nobody who may be seen is lost because of others who are liker and may not: then the list is made after
// all.
static Err likest(Cx *cx, Seen *s, const Index *x, const Finger *f, double least, Found *out, int *n) {
	const IndexScope scope = {least, may, s};
	if (s->ask) {
		Found some[DEEP];
		int found = index_find(x, cx->finder->kernel, f, &scope, some, DEEP);
		TRY(keep_seen(cx, s, some, found, out, n));
		if (*n == IDENTITY_MOST || found < DEEP) return OK;
		TRY(list_seen(cx, INT32_MAX, s));
	}
	*n = index_find(x, cx->finder->kernel, f, &scope, out, IDENTITY_MOST);
	return OK;
}

// The whole name, however it was given.
static bool one_name(const People *p, const Person *q) { return p->names.at[q->name].ntoken == 1; }

static void put_found(Found *out, int *n, const Found *it) {
	int at = 0;
	while (at < *n && out[at].id != it->id) at++;
	if (at == *n && *n < IDENTITY_MOST)
		out[(*n)++] = *it;
	else if (at < *n && it->dice > out[at].dice)
		out[at].dice = it->dice;
}

// Candidates of all spellings, each person once, the likest first.
static Err candidates(Cx *cx, const IdentityFacts *her, const IdentityScope *in, Found *out, int *n) {
	const Finder *f = cx->finder;
	Found some[IDENTITY_MOST];
	Seen seen;
	People p;
	int found;
	*n = 0;
	TRY(seen_by(cx, in, &seen));
	people_begin(&p, cx->arena, her->year, &f->schema);
	(void)identity_rows(&p, &f->schema, her);
	for (int32_t i = 0; i < p.n; i++) {
		Finger finger;
		double least = one_name(&p, &p.person[i]) ? alike_one_name : alike;
		finger_make(&p, &p.person[i], f->keys, &finger);
		if (!finger.total) continue;
		TRY(likest(cx, &seen, f->index[in->suspects], &finger, least, some, &found));
		for (int k = 0; k < found; k++) put_found(out, n, &some[k]);
	}
	return OK;
}

static Err open_hit(Cx *cx, int64_t person, IdentityHit *h) {
	IdentityRow r;
	TRY(identity_get(cx, (PersonId){person}, &r));
	return identity_hit_of(cx, &r, h);
}

static bool before(const IdentityHit *a, const IdentityHit *b) {
	return a->weight != b->weight ? a->weight > b->weight : a->person.n < b->person.n;
}

static void put_sorted(IdentityHits *out, const IdentityHit *h, int most) {
	if (out->n == most && !before(h, &out->at[most - 1])) return;
	ptrdiff_t at = out->n < most ? out->n++ : most - 1;
	for (; at > 0 && before(h, &out->at[at - 1]); at--) out->at[at] = out->at[at - 1];
	out->at[at] = *h;
}

// What others committed since is seen; not from the writer, whose own work may yet be taken back.
static Err catch_up(Cx *cx) {
	bool more;
	if (!db_read_only(cx->db)) return OK;
	if (pthread_mutex_trylock(&cx->finder->lock) != 0) return OK; // being done
	Err e = take_in(cx, cx->finder, 1, &more);
	(void)pthread_mutex_unlock(&cx->finder->lock);
	return e;
}

// The policy has the last word on each.
static Err keep_readable(Cx *cx, IdentityHits *out) {
	ptrdiff_t n = 0;
	for (ptrdiff_t i = 0; i < out->n; i++) {
		bool yes;
		IdentityHit *h = &out->at[i];
		TRY(identity_may_read(cx, h->on, h->suspect, &yes, &h->basis));
		if (yes) out->at[n++] = *h;
	}
	out->n = n;
	return OK;
}

// Erased: her fingerprint goes too. Where another takes in just now, the next look does it.
static void forget(Finder *f, int64_t person) {
	if (pthread_mutex_trylock(&f->lock) != 0) return;
	for (int i = 0; i < 2; i++) (void)index_remove(f->index[i], person);
	(void)pthread_mutex_unlock(&f->lock);
}

// The likest by their fingerprints, opened.
static Err open_likest(Cx *cx, const IdentityFacts *her, const IdentityScope *in, IdentityHit *out,
		       ptrdiff_t *n) {
	Found found[IDENTITY_MOST];
	int some;
	TRY(candidates(cx, her, in, found, &some));
	for (int i = 0; i < some; i++) {
		Err e = open_hit(cx, found[i].id, &out[*n]);
		if (e == ERR_GONE) forget(cx->finder, found[i].id);
		if (e == ERR_GONE || e == ERR_NOT_FOUND) continue; // erased, or never committed
		TRY(e);
		++*n;
	}
	return OK;
}

// Everybody of after `since`, as this connection sees them, the writer's own batch too. The policy is asked
// of each here, so that who may not be seen takes nobody's place.
static Err open_fresh(Cx *cx, const IdentityScope *in, IdentityHit *out, ptrdiff_t *n) {
	Rows rs;
	TRY(db_run(cx, &SQL_identity_since, &rs, INT(in->since), INT(IDENTITY_FRESH)));
	for (ptrdiff_t i = 0; i < rs.n; i++) {
		IdentityRow r = identity_row_of(rs.row[i]);
		const char *basis;
		bool yes = in->all;
		if (r.suspect != in->suspects || r.person.n == in->not_her.n) continue;
		if (!yes) TRY(identity_may_read(cx, r.on, r.suspect, &yes, &basis));
		if (!yes) continue;
		Err e = identity_hit_of(cx, &r, &out[*n]);
		if (e == ERR_GONE) continue;
		TRY(e);
		++*n;
	}
	return OK;
}

Err identity_find(Cx *cx, const IdentityFacts *her, const IdentityScope *in, IdentityHits *out) {
	IdentityHit *all = NEW(cx->arena, IdentityHit, IDENTITY_FRESH);
	ptrdiff_t n = 0;
	int most = in->most > 0 && in->most < IDENTITY_MOST ? in->most : IDENTITY_MOST;
	double least = in->probable && in->least < WEIGHT_PROBABLE ? WEIGHT_PROBABLE : in->least;
	*out = (IdentityHits){.at = NEW(cx->arena, IdentityHit, most)};
	if (!cx->finder || !identity_facts_any(her)) return OK;
	TRY(catch_up(cx));
	out->seq = atomic_load(&cx->finder->last);
	TRY(in->fresh ? open_fresh(cx, in, all, &n) : open_likest(cx, her, in, all, &n));
	identity_weigh(cx, her, all, n);
	for (ptrdiff_t i = 0; i < n; i++)
		if (all[i].weight >= least) put_sorted(out, &all[i], most);
	return in->all ? OK : keep_readable(cx, out);
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
	if (e == ERR_GONE) forget(f, r->person.n);
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
	for (ptrdiff_t i = 0; i < hits.n && f->npending < PENDING; i++)
		f->pending[f->npending++] = (Likely){r->person, hits.at[i].person, hits.at[i].weight};
	(void)pthread_mutex_unlock(&f->lock);
	return OK;
}

static Err compare_some(Cx *cx, Finder *f, bool *more) {
	Rows rs;
	*more = false;
	(void)pthread_mutex_lock(&f->lock);
	int64_t from = f->compared;
	bool full = f->npending > PENDING - COMPARED * 10;
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

Err identity_work(Cx *cx, bool *more) {
	Finder *f = cx->finder;
	Row head;
	*more = false;
	if (!f) return OK;
	TRY(db_one(cx, &SQL_identity_last, &head));
	atomic_store(&f->head, row_int(&head, 0));
	(void)pthread_mutex_lock(&f->lock);
	Err e = take_in(cx, f, 4, more);
	if (e == OK && !*more) e = learn(cx, f);
	(void)pthread_mutex_unlock(&f->lock);
	if (e != OK || *more) return e;
	return compare_some(cx, f, more);
}
