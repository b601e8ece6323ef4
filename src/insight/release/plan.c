#include "release/plan.h"
#include <math.h>
#include <stdlib.h>

static const double penalties[] = {0, 1, 2, 4, 8, 16, 32};

typedef struct {
	Attributes of;
	double off, cells, rank;
	ptrdiff_t number; // as given, so that equals stay in order
} Pair;

static int by_rank(const void *a, const void *b) {
	const Pair *one = a, *two = b;
	if (one->rank != two->rank) return one->rank > two->rank ? -1 : 1;
	return (one->number > two->number) - (one->number < two->number);
}

// With variance 1 / (2 rho), a table of `cells` has the expected L1 error cells / sqrt(pi rho).
static double weight(double cells) { return pow(cells / sqrt(M_PI), 2.0 / 3); }
static double noise(const PlanAsk *ask, double weights) {
	return (ask->leaves > 0 ? ask->leaves : PLAN_LEAVES) * pow(weights, 1.5) / sqrt(ask->rho);
}

// Before any pair is taken: the rules, and what is held.
static ptrdiff_t begin(const PlanAsk *ask, Attributes *group) {
	ptrdiff_t n = tree_rules(ask->book, group);
	for (ptrdiff_t i = 0; i < ask->nheld; i++) group[n++] = ask->held[i];
	return n;
}

// Takes pairs in their order; `taken` has room for all. Returns the gain.
static double take(const PlanAsk *ask, const Pair *pair, ptrdiff_t n, Pair *taken, ptrdiff_t *ntaken,
		   Attributes *group) {
	double off = 0, weights = 0, gain = 0;
	ptrdiff_t rules = begin(ask, group);
	*ntaken = 0;
	for (ptrdiff_t i = 0; i < n; i++) {
		double more = weights + weight(pair[i].cells), next = off + pair[i].off - noise(ask, more);
		if (next <= gain) continue;
		group[rules + *ntaken] = pair[i].of;
		Tree tree = tree_over(ask->book, group, rules + *ntaken + 1);
		if (tree_largest(ask->book, &tree) > ask->cells_most) continue;
		taken[(*ntaken)++] = pair[i];
		off += pair[i].off;
		weights = more;
		gain = next;
	}
	return gain;
}

// Candidates that fit alone, in their own order.
static ptrdiff_t pairs_that_fit(const PlanAsk *ask, Pair *pair) {
	ptrdiff_t n = 0;
	for (ptrdiff_t i = 0; i < ask->n; i++) {
		const Candidate *c = &ask->candidate[i];
		ASSERT(__builtin_popcountll(c->of) == 2);
		double cells = tree_cells(ask->book, c->of);
		if (cells <= ask->cells_most) pair[n++] = (Pair){c->of, c->off, cells, c->off, i};
	}
	return n;
}

Plan plan_pairs(Arena *a, const PlanAsk *ask) {
	ASSERT(ask->rho > 0);
	Pair *pair = NEW(a, Pair, ask->n + 1), *taken = NEW(a, Pair, ask->n + 1),
	     *best = NEW(a, Pair, ask->n + 1);
	Attributes *group = NEW(a, Attributes, ask->n + ask->nheld + CODEBOOK_IMPOSSIBLE + 1);
	ptrdiff_t n = pairs_that_fit(ask, pair);
	Plan plan = {0};
	for (ptrdiff_t p = 0; p < COUNT(penalties); p++) {
		for (ptrdiff_t i = 0; i < n; i++) pair[i].rank = pair[i].off - penalties[p] * pair[i].cells;
		qsort(pair, (size_t)n, sizeof *pair, by_rank);
		ptrdiff_t ntaken;
		double gain = take(ask, pair, n, taken, &ntaken, group);
		if (gain <= plan.gain) continue;
		plan.gain = gain;
		plan.n = ntaken;
		memcpy(best, taken, (size_t)ntaken * sizeof *best);
	}
	double weights = 0, *share = NEW(a, double, plan.n + 1);
	for (ptrdiff_t i = 0; i < plan.n; i++) weights += weight(best[i].cells);
	for (ptrdiff_t i = 0; i < plan.n; i++) {
		group[i] = best[i].of;
		share[i] = weight(best[i].cells) / weights;
	}
	plan.group = group;
	plan.share = share;
	return plan;
}

// Joins the parts that a pair touches; false when it lies in one already.
static bool join(Attributes *part, int attributes, Attributes pair) {
	Attributes one = part[__builtin_ctzll(pair)];
	if ((one & pair) == pair) return false;
	Attributes both = one | part[63 - __builtin_clzll(pair)];
	for (int i = 0; i < attributes; i++)
		if (part[i] & both) part[i] = both;
	return true;
}

Plan plan_tree(Arena *a, const PlanAsk *ask) {
	Pair *pair = NEW(a, Pair, ask->n + 1);
	Attributes *group = NEW(a, Attributes, ask->n + ask->nheld + CODEBOOK_IMPOSSIBLE + 1),
		   part[CODEBOOK_ATTRIBUTES];
	ptrdiff_t n = pairs_that_fit(ask, pair), rules = begin(ask, group);
	Plan plan = {.group = group + rules};
	for (int i = 0; i < ask->book->n; i++) part[i] = (Attributes)1 << i;
	qsort(pair, (size_t)n, sizeof *pair, by_rank);
	for (ptrdiff_t i = 0; i < n; i++) {
		group[rules + plan.n] = pair[i].of;
		Tree tree = tree_over(ask->book, group, rules + plan.n + 1);
		if (tree_largest(ask->book, &tree) > ask->cells_most) continue;
		if (!join(part, ask->book->n, pair[i].of)) continue;
		plan.n++;
		plan.gain += pair[i].off;
	}
	double *share = NEW(a, double, plan.n + 1);
	for (ptrdiff_t i = 0; i < plan.n; i++) share[i] = 1.0 / (double)plan.n;
	plan.share = share;
	return plan;
}

Plan plan_forest(Arena *a, const Plan *plan, int attributes) {
	Attributes *group = NEW(a, Attributes, plan->n + 1), part[CODEBOOK_ATTRIBUTES];
	double *share = NEW(a, double, plan->n + 1);
	Plan out = {.group = group, .share = share, .gain = plan->gain};
	for (int i = 0; i < attributes; i++) part[i] = (Attributes)1 << i;
	for (ptrdiff_t i = 0; i < plan->n; i++) {
		if (!join(part, attributes, plan->group[i])) continue;
		group[out.n] = plan->group[i];
		share[out.n++] = plan->share[i];
	}
	return out;
}
