#include "release/belief.h"
#include <math.h>

// ---- rows of numbers
// ------------------------------------------------------------------------------------------

// Four at a time by hand, so that every compiler adds in the same order.
typedef double Four __attribute__((vector_size(32), aligned(8), may_alias));
#define FOUR(p) (*(Four *)(p))
#define FOUR_OF(p) (*(const Four *)(p))

static void row_is(double *row, double each, const double *factor, int n) {
	int i = 0;
	for (; i + 4 <= n; i += 4) FOUR(row + i) = FOUR_OF(factor + i) * each;
	for (; i < n; i++) row[i] = factor[i] * each;
}
static void row_fill(double *row, double each, int n) {
	for (int i = 0; i < n; i++) row[i] = each;
}
static void row_times(double *row, const double *factor, int n) {
	int i = 0;
	for (; i + 4 <= n; i += 4) FOUR(row + i) *= FOUR_OF(factor + i);
	for (; i < n; i++) row[i] *= factor[i];
}
static void row_scale(double *row, double each, int n) {
	int i = 0;
	for (; i + 4 <= n; i += 4) FOUR(row + i) *= each;
	for (; i < n; i++) row[i] *= each;
}
static void row_onto(double *to, const double *row, int n) {
	int i = 0;
	for (; i + 4 <= n; i += 4) FOUR(to + i) += FOUR_OF(row + i);
	for (; i < n; i++) to[i] += row[i];
}
static double row_sum(const double *row, int n) {
	Four four = {0, 0, 0, 0};
	double rest = 0;
	int i = 0;
	for (; i + 4 <= n; i += 4) four += FOUR_OF(row + i);
	for (; i < n; i++) rest += row[i];
	return (four[0] + four[1]) + (four[2] + four[3]) + rest;
}

// ---- a table's cells within a larger table
// --------------------------------------------------------------------

// The larger table is walked in runs of its last attribute; `start` of a run is its place in the smaller
// table, and `whole` whether the smaller one has that last attribute too.
typedef struct {
	const int32_t *start;
	ptrdiff_t runs, cells;
	int run;
	bool whole;
} Within;

static Within within(Arena *a, const Codebook *book, Attributes large, Attributes small) {
	int size[CODEBOOK_ATTRIBUTES] = {0}, at[CODEBOOK_ATTRIBUTES] = {0}, n = 0;
	int32_t stride[CODEBOOK_ATTRIBUTES] = {0}, next = 1;
	Attributes member[CODEBOOK_ATTRIBUTES];
	for (Attributes l = large; l; l &= l - 1) {
		member[n] = l & -l;
		size[n++] = book->attribute[__builtin_ctzll(l)].size;
	}
	for (int i = n - 1; i >= 0; i--) {
		stride[i] = member[i] & small ? next : 0;
		if (stride[i]) next *= size[i];
	}
	Within w = {.run = n ? size[n - 1] : 1, .whole = n && stride[n - 1], .runs = 1, .cells = next};
	for (int i = 0; i < n - 1; i++) w.runs *= size[i];
	int32_t *start = NEW(a, int32_t, w.runs), place = 0;
	for (ptrdiff_t r = 0; r < w.runs; r++) {
		start[r] = place;
		for (int i = n - 2; i >= 0; i--) {
			place += stride[i];
			if (++at[i] < size[i]) break;
			place -= stride[i] * size[i];
			at[i] = 0;
		}
	}
	w.start = start;
	return w;
}

// Adds a run of the larger table where it belongs in the smaller one.
static void run_onto(const Within *w, ptrdiff_t r, const double *row, double sum, double *small) {
	if (w->whole)
		row_onto(small + w->start[r], row, w->run);
	else
		small[w->start[r]] += sum;
}

// ---- cliques
// --------------------------------------------------------------------------------------------------

// A group of attributes as a clique meets it: its own, or one shared with a child.
typedef struct {
	Within in;
	ptrdiff_t number; // of the group, or of the child
	bool child;
} Face;
typedef struct {
	ptrdiff_t cells, runs;
	int run;
	double *cell;
	Face *face;
	int nface;
	Within up; // what is shared with the parent
	double *sent, *back; // the message to the parent, and what comes back less what was sent
} Clique;
struct Belief {
	const Codebook *book;
	const Tree *tree;
	ptrdiff_t groups;
	Clique clique[CODEBOOK_ATTRIBUTES];
	double sum[CODEBOOK_ATTRIBUTES]; // of each clique's cells
};

static Face *new_face(Clique *c) { return &c->face[c->nface++]; }

Belief *belief_on(Arena *a, const Codebook *book, const Tree *tree, const Attributes *group,
		  ptrdiff_t groups) {
	Belief *b = NEW(a, Belief, 1);
	*b = (Belief){.book = book, .tree = tree, .groups = groups};
	for (int i = 0; i < tree->n; i++) {
		Clique *c = &b->clique[i];
		int faces = 0;
		for (ptrdiff_t g = 0; g < groups; g++) faces += tree_holding(tree, group[g]) == i;
		for (int child = i + 1; child < tree->n; child++) faces += tree->parent[child] == i;
		c->face = NEW(a, Face, faces + 1);
		c->cells = (ptrdiff_t)tree_cells(book, tree->clique[i]);
		c->run = book->attribute[63 - __builtin_clzll(tree->clique[i])].size;
		c->runs = c->cells / c->run;
		c->cell = NEW(a, double, c->cells);
		for (ptrdiff_t g = 0; g < groups; g++)
			if (tree_holding(tree, group[g]) == i)
				*new_face(c) = (Face){within(a, book, tree->clique[i], group[g]), g, false};
		for (int child = i + 1; child < tree->n; child++)
			if (tree->parent[child] == i)
				*new_face(c) = (Face){within(a, book, tree->clique[i],
							     tree->clique[i] & tree->clique[child]),
						      child, true};
		if (tree->parent[i] < 0) continue;
		c->up = within(a, book, tree->clique[i], tree->clique[i] & tree->clique[tree->parent[i]]);
		c->sent = NEW(a, double, c->up.cells);
		c->back = NEW(a, double, c->up.cells);
	}
	return b;
}

static double to_greatest_one(double *value, ptrdiff_t n) {
	double most = 0;
	for (ptrdiff_t i = 0; i < n; i++)
		if (value[i] > most) most = value[i];
	for (ptrdiff_t i = 0; i < n && most > 0; i++) value[i] /= most;
	return most;
}

static const double *factor_of(const Belief *b, const Face *f, const double *const *factor) {
	return f->child ? b->clique[f->number].sent : factor[f->number];
}

static double *sum_of(const Belief *b, const Face *f, double *const *marginal) {
	return f->child ? b->clique[f->number].back : marginal[f->number];
}

// The clique's product, row by row, and its sum over what the parent shares. Gives back the sum of all.
static double collect(Belief *b, Clique *c, const double *const *factor) {
	double all = 0;
	if (c->sent) memset(c->sent, 0, (size_t)c->up.cells * sizeof *c->sent);
	for (ptrdiff_t r = 0; r < c->runs; r++) {
		double *row = c->cell + r * c->run, each = 1;
		for (int f = 0; f < c->nface; f++)
			if (!c->face[f].in.whole)
				each *= factor_of(b, &c->face[f], factor)[c->face[f].in.start[r]];
		bool begun = false;
		for (int f = 0; f < c->nface; f++) {
			const Face *face = &c->face[f];
			if (!face->in.whole) continue;
			const double *from = factor_of(b, face, factor) + face->in.start[r];
			if (begun)
				row_times(row, from, c->run);
			else
				row_is(row, each, from, c->run);
			begun = true;
		}
		if (!begun) row_fill(row, each, c->run);
		double sum = row_sum(row, c->run);
		all += sum;
		if (c->sent) run_onto(&c->up, r, row, sum, c->sent);
	}
	return all;
}

// The clique's belief from its product and what the parent says; its sums over every face.
static double distribute(Belief *b, Clique *c, double *const *marginal) {
	double all = 0;
	for (int f = 0; f < c->nface; f++) {
		double *to = sum_of(b, &c->face[f], marginal);
		if (to) memset(to, 0, (size_t)c->face[f].in.cells * sizeof *to);
	}
	for (ptrdiff_t r = 0; r < c->runs; r++) {
		double *row = c->cell + r * c->run;
		if (c->back && c->up.whole) row_times(row, c->back + c->up.start[r], c->run);
		if (c->back && !c->up.whole) row_scale(row, c->back[c->up.start[r]], c->run);
		double sum = row_sum(row, c->run);
		all += sum;
		for (int f = 0; f < c->nface; f++) {
			double *to = sum_of(b, &c->face[f], marginal);
			if (to) run_onto(&c->face[f].in, r, row, sum, to);
		}
	}
	return all;
}

double belief_spread(Belief *b, const double *const *factor, double *const *marginal) {
	double log_sum = 0;
	for (int i = b->tree->n - 1; i >= 0; i--) {
		Clique *c = &b->clique[i];
		double sum = collect(b, c, factor);
		if (!(sum > 0)) return -HUGE_VAL;
		log_sum += log(c->sent ? to_greatest_one(c->sent, c->up.cells) : sum);
	}
	for (int i = 0; i < b->tree->n; i++) {
		Clique *c = &b->clique[i];
		for (ptrdiff_t s = 0; c->back && s < c->up.cells; s++)
			c->back[s] = c->sent[s] > 0 ? c->back[s] / c->sent[s] : 0;
		if (c->back) (void)to_greatest_one(c->back, c->up.cells);
		b->sum[i] = distribute(b, c, marginal);
		for (int f = 0; f < c->nface; f++) {
			double *to = c->face[f].child ? NULL : marginal[c->face[f].number];
			for (ptrdiff_t k = 0; to && k < c->face[f].in.cells; k++) to[k] /= b->sum[i];
		}
	}
	return log_sum;
}

void belief_cells(const Belief *b, int clique, double total, double *out) {
	const Clique *c = &b->clique[clique];
	double each = total / b->sum[clique];
	for (ptrdiff_t k = 0; k < c->cells; k++) out[k] = c->cell[k] * each;
}

void belief_sum(Arena scratch, const Codebook *book, Attributes clique, const double *cell, Attributes onto,
		double *out) {
	Within w = within(&scratch, book, clique, onto);
	memset(out, 0, (size_t)w.cells * sizeof *out);
	for (ptrdiff_t r = 0; r < w.runs; r++, cell += w.run)
		run_onto(&w, r, cell, row_sum(cell, w.run), out);
}
