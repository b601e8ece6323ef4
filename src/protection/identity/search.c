// Who is likely meant: taken from memory, opened, weighed.
#include "identity/finder.h"
#include "identity_sql.h"

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

// Her spellings as they are, and once more with the number that was typed as a phone's and as a paper's.
typedef struct {
	int32_t from[MEETS__N];
	int n;
} Asked;

static Asked asked_rows(People *p, const MatchSchema *s, const IdentityFacts *her) {
	static const int field[MEETS__N] = {0, FACT_PHONE, FACT_IDENTIFIER};
	Asked a = {.n = identity_rows(p, s, her)};
	for (int i = MEETS_PHONE; i < MEETS__N && her->number.n; i++) {
		IdentityFacts as = *her;
		as.value[field[i]] = her->number;
		a.from[i] = p->n;
		(void)identity_rows(p, s, &as);
	}
	return a;
}

void identity_weigh(Cx *cx, const IdentityFacts *her, IdentityHit *them, ptrdiff_t n) {
	const Finder *f = cx->finder;
	People p;
	people_begin(&p, cx->arena, her->year, &f->schema);
	Asked own = asked_rows(&p, &f->schema, her);
	struct {
		int32_t from[2];
		int n[2];
	} *rows = arena_get(cx->arena, sizeof *rows, n);
	for (ptrdiff_t i = 0; i < n; i++) {
		IdentityFacts as = them[i].facts;
		NumberMeets meets = identity_meet(cx->arena, her, &as);
		them[i].number = meets != MEETS_NOTHING;
		rows[i].from[0] = own.from[meets];
		rows[i].from[1] = p.n;
		rows[i].n[0] = own.n;
		rows[i].n[1] = identity_rows(&p, &f->schema, &as);
	}
	finder_count_out(f, &p);
	Weights w;
	weigh_with(&w, &p, (double)atomic_load(&f->spellings), atomic_load(&f->learnt));
	for (ptrdiff_t i = 0; i < n; i++) weigh_best(&w, &p, rows[i].from, rows[i].n, &them[i]);
}

// Dice at which somebody is opened and weighed. One name against a person who has two shares half of its bits
// at the best.
static const double alike = .34, alike_one_name = .20;

// ---- finding
// -----------------------------------------------------------------------------------------------------

// Cases and reports in which the reader may read who people are. A short list is made at once. Where an
// agency has more than are worth listing, the likest of all are asked about by the dozen, so that the cost
// follows who is alike and not how much the agency has; only when too few of these may be seen is the whole
// list made.
enum { KINDS = 2, SHORT = 200, DEEP = 1024, ASKED = 50, SEARCHERS = 2 };
static const About kinds[KINDS] = {ABOUT_CASE, ABOUT_REPORT};
typedef struct {
	const int64_t *id; // of cases and reports, sorted; NULL: of all, or too many to list
	ptrdiff_t n;
	int64_t not_her;
	bool all, ask;
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
	*out = (Seen){.not_her = in->not_her.n, .all = in->all};
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
	for (; !s->ask && *kept < n && *kept < IDENTITY_MOST; ++*kept) out[*kept] = some[*kept];
	if (!s->ask) return OK;
	for (int from = 0; from < n && *kept < IDENTITY_MOST; from += ASKED) {
		bool yes[ASKED];
		int part = n - from < ASKED ? n - from : ASKED;
		TRY(ask_some(cx, s, some + from, part, yes));
		for (int i = 0; i < part && *kept < IDENTITY_MOST; i++)
			if (yes[i]) out[(*kept)++] = some[from + i];
	}
	return OK;
}

// The likest whom the reader may see, looked for among the very like first: where these are enough, the many
// who are barely alike need not be looked at. Nobody who may be seen is lost because of others who are liker
// and may not: then the list is made after all.
static Err likest_by_finger(Cx *cx, Seen *s, const Index *x, const Finger *finger, double least, Found *out,
			    int *n) {
	static const double steps[] = {.5, .4, 0};
	IndexScope scope = {.may = may, .with = s, .threads = s->all ? 1 : SEARCHERS};
	Found some[DEEP];
	for (int i = 0; i < COUNT(steps);) {
		int most = s->ask ? DEEP : IDENTITY_MOST;
		scope.least = steps[i] > least ? steps[i] : least;
		int found = index_find(x, cx->finder->kernel, finger, &scope, some, most);
		TRY(keep_seen(cx, s, some, found, out, n));
		if (*n == IDENTITY_MOST) return OK;
		if (found == most)
			TRY(list_seen(cx, INT32_MAX, s));
		else if (scope.least > least)
			i++;
		else
			return OK;
	}
	return OK;
}

static void put_found(Found *out, int *n, int most, const Found *it) {
	int at = 0;
	while (at < *n && out[at].id != it->id) at++;
	if (at == *n && *n < most)
		out[(*n)++] = *it;
	else if (at < *n && it->dice > out[at].dice)
		out[at].dice = it->dice;
}

// Who has a number of hers and may be seen. Of a number that hundreds share, as a home's, the first that were
// entered.
static Err likest_by_number(Cx *cx, const Seen *s, const IdentityFacts *her, bool suspects, Found *out,
			    int *n) {
	const Finder *f = cx->finder;
	Str key[IDENTITY_NUMBERS];
	*n = 0;
	for (int i = 0, keys = identity_numbers(cx->arena, her, key); i < keys && *n < IDENTITY_MOST; i++) {
		Found *some, kept[IDENTITY_MOST];
		int all = numbers_find(f->numbers, cx->arena, finder_number(f, key[i], suspects), &some),
		    can = 0;
		for (int k = 0; k < all; k++)
			if (may(s, some[k].id, some[k].group)) some[can++] = some[k];
		TRY(keep_seen(cx, s, some, can, kept, &can));
		for (int k = 0; k < can; k++) put_found(out, n, IDENTITY_MOST, &kept[k]);
	}
	return OK;
}

// The whole name, however it was given.
static bool one_name(const People *p, const Person *q) { return q->name && p->names.at[q->name].ntoken == 1; }

// Candidates of all numbers and spellings, each person once.
Err identity_likest(Cx *cx, const IdentityFacts *her, const IdentityScope *in, Found *out, int *n) {
	const Finder *f = cx->finder;
	Found some[IDENTITY_MOST];
	Seen seen;
	People p;
	int found;
	TRY(seen_by(cx, in, &seen));
	TRY(likest_by_number(cx, &seen, her, in->suspects, out, n));
	people_begin(&p, cx->arena, her->year, &f->schema);
	(void)identity_rows(&p, &f->schema, her);
	for (int32_t i = 0; i < p.n; i++) {
		Finger finger;
		double least = one_name(&p, &p.person[i]) ? alike_one_name : alike;
		finger_make(&p, &p.person[i], f->keys, &finger);
		if (!finger.total) continue;
		TRY(likest_by_finger(cx, &seen, f->index[in->suspects], &finger, least, some, &found));
		for (int k = 0; k < found; k++) put_found(out, n, IDENTITY_LIKEST, &some[k]);
	}
	return OK;
}

// A statement for all of them: their rows with the keys that these are sealed under.
static Err open_some(Cx *cx, const Found *some, int n, IdentityHit *out, ptrdiff_t *opened) {
	Val v[1 + IDENTITY_MOST] = {{0}};
	Rows rs;
	for (int i = 0; i < IDENTITY_MOST; i++) v[1 + i] = INT(i < n ? some[i].id : 0);
	TRY(db_run_(cx, &SQL_identity_opened, v, IDENTITY_MOST, &rs));
	for (ptrdiff_t i = 0; i < rs.n; i++) {
		IdentityRow r = identity_row_of(rs.row[i]);
		identity_know_key(cx, &rs.row[i]);
		Err e = identity_hit_of(cx, &r, &out[*opened]);
		if (e == ERR_GONE) finder_forget(cx->finder, r.person.n);
		if (e == ERR_GONE) continue; // erased
		TRY(e);
		++*opened;
	}
	return OK;
}

Err identity_open_likest(Cx *cx, const Found *some, int n, IdentityHit *out, ptrdiff_t *opened) {
	*opened = 0;
	for (int from = 0; from < n; from += IDENTITY_MOST)
		TRY(open_some(cx, some + from, n - from < IDENTITY_MOST ? n - from : IDENTITY_MOST, out,
			      opened));
	return OK;
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

// The policy has the last word on each.
Err identity_keep_readable(Cx *cx, IdentityHits *out) {
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

static Err open_alike(Cx *cx, const IdentityFacts *her, const IdentityScope *in, IdentityHit *out,
		      ptrdiff_t *n) {
	Found some[IDENTITY_LIKEST];
	int found;
	TRY(identity_likest(cx, her, in, some, &found));
	return identity_open_likest(cx, some, found, out, n);
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
	IdentityHit *all = NEW(cx->arena, IdentityHit, IDENTITY_LIKEST);
	ptrdiff_t n = 0;
	int most = in->most > 0 && in->most < IDENTITY_MOST ? in->most : IDENTITY_MOST;
	double least = in->probable && in->least < WEIGHT_PROBABLE ? WEIGHT_PROBABLE : in->least;
	*out = (IdentityHits){.at = NEW(cx->arena, IdentityHit, most)};
	if (!cx->finder || !identity_facts_any(her)) return OK;
	TRY(finder_catch_up(cx));
	out->seq = atomic_load(&cx->finder->last);
	TRY(in->fresh ? open_fresh(cx, in, all, &n) : open_alike(cx, her, in, all, &n));
	identity_weigh(cx, her, all, n);
	for (ptrdiff_t i = 0; i < n; i++)
		if (all[i].weight >= least || (all[i].number && !in->probable))
			put_sorted(out, &all[i], most);
	return in->all ? OK : identity_keep_readable(cx, out);
}
