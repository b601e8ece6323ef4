#include "match/link.h"
#include "kernel/kernel.h"
#include <pthread.h>
#include <stdlib.h>
#include <unistd.h>

// ---- pairs
// --------------------------------------------------------------------------------------------------

static bool pairs_put(Arena *a, Pairs *p, Pair pair) {
	if (p->n == p->cap) {
		ptrdiff_t cap = p->cap ? p->cap * 2 : 1024;
		if (a->end - a->at < cap * (ptrdiff_t)sizeof pair + 64) return false;
		Pair *more = NEW(a, Pair, cap);
		if (p->n) memcpy(more, p->at, (size_t)p->n * sizeof *more);
		p->at = more;
		p->cap = cap;
	}
	p->at[p->n++] = pair;
	return true;
}

static int by_weight(const void *x, const void *y) {
	const Pair *a = x, *b = y;
	if (a->weight != b->weight) return a->weight > b->weight ? -1 : 1;
	if (a->left != b->left) return a->left < b->left ? -1 : 1;
	return (a->right > b->right) - (a->right < b->right);
}

static int by_evidence(const void *x, const void *y) {
	const Pair *a = x, *b = y;
	if (a->evidence != b->evidence) return a->evidence > b->evidence ? -1 : 1;
	return by_weight(x, y);
}

static void pairs_sort(Pairs *p) {
	if (p->n) qsort(p->at, (size_t)p->n, sizeof *p->at, by_weight);
}

const char *link_decision(double weight) { return weight >= WEIGHT_PROBABLE ? "probable" : "possible"; }

// ---- candidates
// -----------------------------------------------------------------------------------------------

// Below this Dice records are not weighed: one bound, and a higher one where there are so many pairs that
// what is alike by chance would take minutes to weigh. What it costs: docs/bench-match.md.
static const double alike = .40, alike_of_many = .50, many_pairs = 1e8;

enum { THREADS = 16 };
typedef struct {
	const People *people;
	const Weights *weights; // NULL: fingerprints alone
	const Kernel *kernel;
	const LinkOptions *how;
	const Finger *finger;
	const uint64_t *block; // of those looked among, by what they lack and by their bits: `order`
	const int32_t *order, *asked; // people: place in the blocks, and as queries
	int32_t norder, nasked;
	ptrdiff_t nblock;
	int32_t run; // queries of a batch
	double alike;
	int32_t step, from; // this worker takes runs from, from + step, ...
	Arena arena;
	Pairs found;
	bool full;
} Scan;

// What one worker's batches are made of and answered with.
typedef struct {
	void *room;
	uint64_t *word;
	uint32_t *least;
	ptrdiff_t *n;
	Hit *hit;
} Batch;

static Batch batch_for(Arena *a, int32_t run) {
	char *room = NEW(a, char, KERNEL_ROOM + 64);
	return (Batch){.room = room + (64 - (uintptr_t)room % 64),
		       .word = NEW(a, uint64_t, (ptrdiff_t)run * KERNEL_WORDS),
		       .least = NEW(a, uint32_t, run),
		       .n = NEW(a, ptrdiff_t, run),
		       .hit = NEW(a, Hit, (ptrdiff_t)run * KERNEL_TILE * KERNEL_LANES)};
}

static void weigh_hit(Scan *s, int32_t asked, int32_t place, uint32_t common) {
	const People *p = s->people;
	// One file: each pair once, so only what stands behind the query.
	if ((!p->two && place <= asked) || place >= s->norder) return;
	int32_t x = s->asked[asked], y = s->order[place];
	double dice = finger_dice(&s->finger[x], &s->finger[y], common);
	Weighed v = {.weight = dice, .evidence = dice};
	if (dice < s->alike) return;
	int32_t left = x < y ? x : y, right = x < y ? y : x;
	if (s->weights) weigh(s->weights, &p->person[left], &p->person[right], &v);
	if (v.weight < 0) return;
	if (!pairs_put(&s->arena, &s->found, (Pair){left, right, v.weight, v.evidence, -1})) s->full = true;
}

// The kinds of records a tile holds, each with the one of fewest bits; they stand sorted, so there are few.
enum { KINDS = 32 };
static int kinds_of(const Scan *s, ptrdiff_t from, ptrdiff_t to, const Finger *kind[KINDS]) {
	int n = 0;
	for (ptrdiff_t i = from; i < to && i < s->norder; i++) {
		const Finger *f = &s->finger[s->order[i]];
		if (n && memcmp(kind[n - 1]->field, f->field, sizeof f->field) == 0) continue;
		if (n == KINDS) return -1;
		kind[n++] = f;
	}
	return n;
}

// The fewest bits in common with which any record of the tile can be alike enough.
static uint32_t least_in(const Scan *s, const Finger *f, const Finger *const *kind, int n) {
	double least = n < 0 ? 1 : 1024;
	for (int i = 0; i < n; i++) {
		double here = s->alike / finger_dice(f, kind[i], 1);
		if (here < least) least = here;
	}
	// A hair less: what is rounded must not be lost.
	return f->total ? (uint32_t)(least * .999) + (least < 1) : UINT32_MAX;
}

static void scan_run(Scan *s, const Batch *b, int32_t from, int32_t n) {
	enum { PLACES = KERNEL_TILE * KERNEL_LANES };
	for (int32_t i = 0; i < n; i++)
		memcpy(b->word + (ptrdiff_t)i * KERNEL_WORDS, s->finger[s->asked[from + i]].word,
		       KERNEL_WORDS * sizeof *b->word);
	ptrdiff_t tile = s->people->two ? 0 : from / KERNEL_LANES;
	for (; tile < s->nblock && !s->full; tile += KERNEL_TILE) {
		const Finger *kind[KINDS];
		ptrdiff_t blocks = s->nblock - tile < KERNEL_TILE ? s->nblock - tile : KERNEL_TILE;
		int kinds = kinds_of(s, tile * KERNEL_LANES, tile * KERNEL_LANES + PLACES, kind);
		for (int32_t i = 0; i < n; i++)
			b->least[i] = least_in(s, &s->finger[s->asked[from + i]], kind, kinds);
		s->kernel->batch(s->block + tile * KERNEL_WORDS * KERNEL_LANES, blocks, b->word, b->least, n,
				 b->room, b->hit, b->n);
		for (int32_t i = 0; i < n; i++)
			for (ptrdiff_t k = 0; k < b->n[i]; k++) {
				Hit hit = b->hit[i * blocks * KERNEL_LANES + k];
				weigh_hit(s, from + i, (int32_t)(tile * KERNEL_LANES) + (int32_t)hit.record,
					  hit.common);
			}
	}
}

static void *scan_runs(void *with) {
	Scan *s = with;
	Batch b = batch_for(&s->arena, s->run);
	for (int64_t at = (int64_t)s->from * s->run; at < s->nasked && !s->full;
	     at += (int64_t)s->step * s->run) {
		int32_t from = (int32_t)at, n = s->nasked - from < s->run ? s->nasked - from : s->run;
		scan_run(s, &b, from, n);
		if (s->from == 0 && s->how->progress) s->how->progress(from + n, s->nasked);
	}
	return NULL;
}

static int threads_of(int asked) {
	long n = asked > 0 ? asked : sysconf(_SC_NPROCESSORS_ONLN);
	return n < 1 ? 1 : n > THREADS ? THREADS : (int)n;
}

// Several runs for each thread, so that none waits long for another; two tiles of queries at least.
static int32_t run_of(int32_t queries, int threads) {
	int32_t run = (queries / (threads * 8) + 31) / 32 * 32;
	return run < 32 ? 32 : run > KERNEL_BATCH ? KERNEL_BATCH : run;
}

typedef struct {
	const Finger *finger;
	int32_t person;
} Ordered;
static int by_kind(const void *x, const void *y) {
	const Ordered *a = x, *b = y;
	int c = memcmp(a->finger->field, b->finger->field, sizeof a->finger->field);
	if (c) return c;
	if (a->finger->total != b->finger->total) return a->finger->total < b->finger->total ? -1 : 1;
	return (a->person > b->person) - (a->person < b->person);
}

// People `first` and on, by what they lack, then by their bits.
static int32_t *order_of(Arena *a, const Finger *finger, int32_t first, int32_t n) {
	Ordered *at = NEW(a, Ordered, n + 1);
	int32_t *order = NEW(a, int32_t, n + 1);
	for (int32_t i = 0; i < n; i++) at[i] = (Ordered){&finger[first + i], first + i};
	if (n) qsort(at, (size_t)n, sizeof *at, by_kind);
	for (int32_t i = 0; i < n; i++) order[i] = at[i].person;
	return order;
}

static int32_t *from_nought(Arena *a, int32_t n) {
	int32_t *at = NEW(a, int32_t, n + 1);
	for (int32_t i = 0; i < n; i++) at[i] = i;
	return at;
}

static Err find_candidates(const People *p, Why *why, const Weights *w, const LinkOptions *how,
			   Arena *scratch, Pairs *out) {
	// In memory of this run only, so any key does; one that does not change keeps results the same.
	const FingerKeys *keys = finger_keys(scratch, S("sangam match run"), 0);
	bool two = p->two;
	int threads = threads_of(how->threads);
	int32_t first = two ? p->second : 0, count = p->n - first;
	ptrdiff_t nblock = (count + KERNEL_LANES - 1) / KERNEL_LANES;
	Finger *finger = NEW(scratch, Finger, p->n + 1);
	uint64_t *block = NEW(scratch, uint64_t, (nblock + 1) * KERNEL_WORDS * KERNEL_LANES);
	for (int32_t i = 0; i < p->n; i++) finger_make(p, &p->person[i], keys, &finger[i]);
	const int32_t *order = order_of(scratch, finger, first, count);
	const int32_t *asked = two ? from_nought(scratch, first) : order;
	for (int32_t i = 0; i < count; i++)
		kernel_put(block + (ptrdiff_t)i / KERNEL_LANES * KERNEL_WORDS * KERNEL_LANES,
			   i % KERNEL_LANES, finger[order[i]].word, KERNEL_WORDS);
	const Kernel *kernel = kernel_best();
	int32_t queries = two ? first : p->n;
	Scan scan[THREADS];
	pthread_t thread[THREADS];
	bool started[THREADS];
	for (int i = 0; i < threads; i++) {
		scan[i] = (Scan){.people = p,
				 .weights = w,
				 .kernel = kernel,
				 .how = how,
				 .finger = finger,
				 .block = block,
				 .order = order,
				 .asked = asked,
				 .norder = count,
				 .nasked = queries,
				 .nblock = nblock,
				 .run = run_of(queries, threads),
				 .alike = (double)queries * count > many_pairs ? alike_of_many : alike,
				 .step = threads,
				 .from = i,
				 .arena = arena_new((ptrdiff_t)2 << 30)};
		started[i] = i > 0 && pthread_create(&thread[i], NULL, scan_runs, &scan[i]) == 0;
	}
	bool full = false;
	for (int i = 0; i < threads; i++) {
		if (started[i])
			(void)pthread_join(thread[i], NULL);
		else
			(void)scan_runs(&scan[i]);
	}
	for (int i = 0; i < threads; i++) {
		full = full || scan[i].full;
		for (ptrdiff_t k = 0; k < scan[i].found.n && !full; k++)
			full = !pairs_put(scratch, out, scan[i].found.at[k]);
		arena_free(&scan[i].arena);
	}
	pairs_sort(out);
	return full ? fail(why, ERR_TOO_LARGE,
			   "too many pairs are alike; the schema tells people apart too little")
		    : OK;
}

// ---- groups
// ---------------------------------------------------------------------------------------------------

static int32_t root_of(int32_t *up, int32_t i) {
	while (up[i] != i) i = up[i] = up[up[i]];
	return i;
}

enum { GROUP = 64 }; // records of a group that is closed; larger ones are held together by common names
// Members of groups as lists; `next` of the last is -1.
typedef struct {
	int32_t *up, *head, *tail, *next, *size;
} Groups;

static Groups groups_of(Arena *a, int32_t n) {
	Groups g = {NEW(a, int32_t, n + 1), NEW(a, int32_t, n + 1), NEW(a, int32_t, n + 1),
		    NEW(a, int32_t, n + 1), NEW(a, int32_t, n + 1)};
	for (int32_t i = 0; i < n; i++) {
		g.up[i] = g.head[i] = g.tail[i] = i;
		g.next[i] = -1;
		g.size[i] = 1;
	}
	return g;
}

static void join(Groups *g, int32_t x, int32_t y) {
	g->up[y] = x;
	g->next[g->tail[x]] = g->head[y];
	g->tail[x] = g->tail[y];
	g->size[x] += g->size[y];
}

// Evidence against, in bits, up to which a pair is still joined through a third record.
static const double joined_floor = -4;

// Single linkage from the strongest pair down: when two groups meet at a pair that is at least possible, each
// pair across them that the evidence does not speak against is joined with at most that weight.
static bool close_groups(const People *p, const Weights *w, Arena *scratch, Pairs *pairs) {
	Groups g = groups_of(scratch, p->n);
	Pairs more = {0};
	for (ptrdiff_t k = 0; k < pairs->n && pairs->at[k].weight >= WEIGHT_POSSIBLE; k++) {
		Pair by = pairs->at[k];
		int32_t x = root_of(g.up, by.left), y = root_of(g.up, by.right);
		if (x == y || g.size[x] + g.size[y] > GROUP) continue;
		for (int32_t i = g.head[x]; i >= 0; i = g.next[i])
			for (int32_t j = g.head[y]; j >= 0; j = g.next[j]) {
				int32_t l = i < j ? i : j, r = i < j ? j : i;
				Weighed v;
				weigh(w, &p->person[l], &p->person[r], &v);
				if (v.weight >= by.weight || v.weight < joined_floor || v.twins ||
				    v.names_alone)
					continue;
				int32_t third = by.left == i || by.left == j ? by.right : by.left;
				if (!pairs_put(scratch, &more, (Pair){l, r, by.weight, by.weight, third}))
					return false;
			}
		join(&g, x, y);
	}
	// A pair that is joined stands there once, with the larger weight.
	for (ptrdiff_t k = 0; k < pairs->n; k++)
		if (!pairs_put(scratch, &more, pairs->at[k])) return false;
	*pairs = more;
	return true;
}

static int by_place(const void *x, const void *y) {
	const Pair *a = x, *b = y;
	if (a->left != b->left) return a->left < b->left ? -1 : 1;
	if (a->right != b->right) return a->right < b->right ? -1 : 1;
	return by_weight(x, y);
}

static void keep_once(Pairs *p) {
	ptrdiff_t n = 0;
	if (!p->n) return;
	qsort(p->at, (size_t)p->n, sizeof *p->at, by_place);
	for (ptrdiff_t i = 0; i < p->n; i++)
		if (n == 0 || p->at[n - 1].left != p->at[i].left || p->at[n - 1].right != p->at[i].right)
			p->at[n++] = p->at[i];
	p->n = n;
	pairs_sort(p);
}

// ---- partners
// ---------------------------------------------------------------------------------------------------

static void keep_greedy(Arena scratch, int32_t people, Pairs *p) {
	bool *taken = NEW(&scratch, bool, people + 1);
	ptrdiff_t n = 0;
	for (ptrdiff_t i = 0; i < p->n; i++) {
		Pair it = p->at[i];
		if (taken[it.left] || taken[it.right]) continue;
		taken[it.left] = taken[it.right] = true;
		p->at[n++] = it;
	}
	p->n = n;
}

enum { HUNGARIAN = 512 };
// What a pair is worth: two middling partners are not better than a strong one and none.
static double worth(double weight) { return weight * weight; }

// One group's pairs, all of one root and together, into the best partners. Gives how many are kept, in front.
static ptrdiff_t keep_best(Arena scratch, Pair *p, ptrdiff_t n, int32_t *place) {
	int rows = 0, columns = 0;
	for (ptrdiff_t i = 0; i < n; i++) place[p[i].left] = place[p[i].right] = -1;
	for (ptrdiff_t i = 0; i < n; i++) {
		if (place[p[i].left] < 0) place[p[i].left] = rows++;
		if (place[p[i].right] < 0) place[p[i].right] = columns++;
	}
	bool turned = rows > columns;
	int r = turned ? columns : rows, c = turned ? rows : columns;
	double *gain = NEW(&scratch, double, (ptrdiff_t)r *c);
	int *partner = NEW(&scratch, int, r);
	for (ptrdiff_t i = 0; i < n; i++) {
		int x = place[turned ? p[i].right : p[i].left], y = place[turned ? p[i].left : p[i].right];
		gain[(ptrdiff_t)x * c + y] = worth(p[i].weight);
	}
	assign_best(scratch, gain, r, c, partner);
	ptrdiff_t kept = 0;
	for (ptrdiff_t i = 0; i < n; i++) {
		int x = place[turned ? p[i].right : p[i].left], y = place[turned ? p[i].left : p[i].right];
		if (partner[x] == y) p[kept++] = p[i];
	}
	return kept;
}

typedef struct {
	int32_t root;
	Pair pair;
} Rooted;
static int by_root(const void *x, const void *y) {
	const Rooted *a = x, *b = y;
	return a->root != b->root ? (a->root < b->root ? -1 : 1) : by_weight(&a->pair, &b->pair);
}

static void keep_partners(Arena scratch, int32_t people, Pairs *p) {
	Groups g = groups_of(&scratch, people);
	int32_t *place = NEW(&scratch, int32_t, people + 1);
	Rooted *all = NEW(&scratch, Rooted, p->n + 1);
	for (ptrdiff_t i = 0; i < p->n; i++) {
		int32_t x = root_of(g.up, p->at[i].left), y = root_of(g.up, p->at[i].right);
		if (x != y) join(&g, x, y);
	}
	for (ptrdiff_t i = 0; i < p->n; i++) all[i] = (Rooted){root_of(g.up, p->at[i].left), p->at[i]};
	if (p->n) qsort(all, (size_t)p->n, sizeof *all, by_root);
	ptrdiff_t kept = 0;
	for (ptrdiff_t i = 0, end; i < p->n; i = end) {
		Pairs group = {.at = p->at + kept};
		for (end = i; end < p->n && all[end].root == all[i].root; end++)
			group.at[group.n++] = all[end].pair;
		if (g.size[all[i].root] <= HUNGARIAN)
			group.n = keep_best(scratch, group.at, group.n, place);
		else
			keep_greedy(scratch, people, &group);
		kept += group.n;
	}
	p->n = kept;
	pairs_sort(p);
}

// ---- all together
// -------------------------------------------------------------------------------------------------

Err link_people(const People *p, Why *why, const LinkOptions *how, Links *out) {
	bool two = p->two;
	Pairs pairs = {0};
	weigh_learn(&out->weights, p);
	TRY(find_candidates(p, why, how->fingers ? NULL : &out->weights, how, p->arena, &pairs));
	if (!two && !how->fingers && how->assign != ASSIGN_ALL) {
		if (!close_groups(p, &out->weights, p->arena, &pairs))
			return fail(why, ERR_TOO_LARGE, "the groups of people that are alike are too large");
		keep_once(&pairs);
	}
	if (two && how->assign == ASSIGN_GREEDY) keep_greedy(*p->arena, p->n, &pairs);
	if (two && how->assign == ASSIGN_BEST) keep_partners(*p->arena, p->n, &pairs);
	while (pairs.n && pairs.at[pairs.n - 1].weight < how->threshold) pairs.n--;
	if (pairs.n) qsort(pairs.at, (size_t)pairs.n, sizeof *pairs.at, by_evidence);
	out->pairs = pairs;
	return OK;
}
