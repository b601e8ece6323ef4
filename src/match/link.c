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

static void pairs_sort(Pairs *p) {
	if (p->n) qsort(p->at, (size_t)p->n, sizeof *p->at, by_weight);
}

const char *link_decision(double weight) { return weight >= WEIGHT_PROBABLE ? "probable" : "possible"; }

// ---- candidates
// -----------------------------------------------------------------------------------------------

// Blocks of a tile stay in the second cache while a run of queries goes over them.
enum { TILE = 256, RUN = 256, THREADS = 16 };
// Shares of the query's bits and of Dice below which records are not weighed.
static const double least_common = .30, least_dice = .40;

typedef struct {
	const People *people;
	const Weights *weights;
	const Kernel *kernel;
	const Finger *finger;
	const uint64_t *block;
	int32_t first; // person of block 0, lane 0
	ptrdiff_t nblock;
	int32_t queries;
	int32_t step, from; // this worker takes runs from, from + step, ...
	Arena arena;
	Pairs found;
	bool full;
} Scan;

static void scan_tile(Scan *s, int32_t query, ptrdiff_t tile, Hit *hit) {
	const Finger *q = &s->finger[query];
	bool two = s->people->two;
	// One file: each pair once, so only what stands behind the query.
	ptrdiff_t from = tile, to = tile + TILE < s->nblock ? tile + TILE : s->nblock;
	if (!two && from < query / KERNEL_LANES) from = query / KERNEL_LANES;
	if (from >= to || !q->total) return;
	uint32_t least = (uint32_t)(least_common * q->total);
	ptrdiff_t n = s->kernel->hits(s->block + from * KERNEL_WORDS * KERNEL_LANES, to - from, q->word,
				      least ? least : 1, hit);
	for (ptrdiff_t i = 0; i < n; i++) {
		int32_t other = s->first + (int32_t)(from * KERNEL_LANES) + (int32_t)hit[i].record;
		Weighed v;
		if ((!two && other <= query) || other >= s->people->n) continue;
		if (finger_dice(q, &s->finger[other], hit[i].common) < least_dice) continue;
		weigh(s->weights, &s->people->person[query], &s->people->person[other], &v);
		if (v.weight < 0) continue;
		if (!pairs_put(&s->arena, &s->found, (Pair){query, other, v.weight, -1})) s->full = true;
	}
}

static void *scan_runs(void *with) {
	Scan *s = with;
	Hit hit[TILE * KERNEL_LANES];
	for (int32_t run = s->from * RUN; run < s->queries && !s->full; run += s->step * RUN)
		for (ptrdiff_t tile = 0; tile < s->nblock; tile += TILE)
			for (int32_t q = run; q < run + RUN && q < s->queries; q++)
				scan_tile(s, q, tile, hit);
	return NULL;
}

static int threads_of(int asked) {
	long n = asked > 0 ? asked : sysconf(_SC_NPROCESSORS_ONLN);
	return n < 1 ? 1 : n > THREADS ? THREADS : (int)n;
}

static Err find_candidates(const People *p, Why *why, const Weights *w, int threads, Arena *scratch,
			   Pairs *out) {
	// In memory of this run only, so any key does; one that does not change keeps results the same.
	static const FingerKey key = {"sangam match run"};
	bool two = p->two;
	int32_t first = two ? p->second : 0, count = p->n - first;
	ptrdiff_t nblock = (count + KERNEL_LANES - 1) / KERNEL_LANES;
	Finger *finger = NEW(scratch, Finger, p->n + 1);
	uint64_t *block = NEW(scratch, uint64_t, (nblock + 1) * KERNEL_WORDS * KERNEL_LANES);
	for (int32_t i = 0; i < p->n; i++) finger_make(p, &p->person[i], &key, &finger[i]);
	for (int32_t i = 0; i < count; i++)
		kernel_put(block + i / KERNEL_LANES * KERNEL_WORDS * KERNEL_LANES, i % KERNEL_LANES,
			   finger[first + i].word, KERNEL_WORDS);
	Scan scan[THREADS];
	pthread_t thread[THREADS];
	bool started[THREADS];
	for (int i = 0; i < threads; i++) {
		scan[i] = (Scan){.people = p,
				 .weights = w,
				 .kernel = kernel_best(),
				 .finger = finger,
				 .block = block,
				 .first = first,
				 .nblock = nblock,
				 .queries = two ? first : p->n,
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
				if (!pairs_put(scratch, &more, (Pair){l, r, by.weight, third})) return false;
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
	TRY(find_candidates(p, why, &out->weights, threads_of(how->threads), p->arena, &pairs));
	if (!two && how->assign != ASSIGN_ALL) {
		if (!close_groups(p, &out->weights, p->arena, &pairs))
			return fail(why, ERR_TOO_LARGE, "the groups of people that are alike are too large");
		keep_once(&pairs);
	}
	if (two && how->assign == ASSIGN_GREEDY) keep_greedy(*p->arena, p->n, &pairs);
	if (two && how->assign == ASSIGN_BEST) keep_partners(*p->arena, p->n, &pairs);
	while (pairs.n && pairs.at[pairs.n - 1].weight < how->threshold) pairs.n--;
	out->pairs = pairs;
	return OK;
}
