#include "release/fit.h"
#include <math.h>

#define CELLS_MOST (1 << 24)
#define ROUNDS 3000
#define GAIN 1e-6 // relative, over a stretch of rounds
#define STRETCH 20

// ---- a table's cells within a larger table
// --------------------------------------------------------------------------------

// The larger table is walked in runs of its last attribute; `start` of a run is its place in the smaller
// table, and `step` (0 or 1) whether the smaller one has that last attribute too.
typedef struct {
	const int32_t *start;
	ptrdiff_t runs, small;
	int run, step;
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
	Within w = {.run = n ? size[n - 1] : 1, .step = n ? stride[n - 1] : 0, .runs = 1, .small = next};
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

static void gather(const Within *w, const double *large, double *small) {
	ASSERT(small && large);
	memset(small, 0, (size_t)w->small * sizeof *small);
	for (ptrdiff_t r = 0; r < w->runs; r++, large += w->run) {
		double *to = small + w->start[r];
		double sum = 0;
		if (w->step) {
			for (int i = 0; i < w->run; i++) to[i] += large[i];
			continue;
		}
		for (int i = 0; i < w->run; i++) sum += large[i];
		*to += sum;
	}
}

// ---- the model at work
// ---------------------------------------------------------------------------------------------------

typedef struct {
	ptrdiff_t cells;
	double *weight, *people; // product of potentials, then belief, to any scale; expected people
	Within up, down; // the separator within this clique, and within the parent
	double *sent; // the message to the parent
} Clique;
typedef struct {
	const Measured *measured;
	int clique;
	Within in;
	double *log, *tried; // the table's log-potential now, and the next one looked at
	double *slope, *met; // (expected - noisy) / sigma^2; expected people
} Term;
typedef struct {
	const FitAsk *ask;
	Tree tree;
	Clique clique[CODEBOOK_ATTRIBUTES];
	Term *term;
	double *work; // as long as the longest separator or table
} Fit;

// Multiplies `small` into every cell over it. Scales do not matter, so what comes near the smallest number is
// brought up again; cells that vanish beside the greatest stay 0.
#define NEAR_NOTHING 1e-150
static void multiply(const Within *w, const double *small, double *large) {
	ASSERT(small && large);
	double most = 0, *at = large;
	for (ptrdiff_t r = 0; r < w->runs; r++, at += w->run) {
		const double *from = small + w->start[r];
		for (int i = 0; i < w->run; i++) {
			at[i] *= from[i * w->step];
			if (at[i] > most) most = at[i];
		}
	}
	if (most >= NEAR_NOTHING || most == 0) return;
	for (ptrdiff_t k = 0; k < w->runs * w->run; k++) large[k] /= most;
}

static void to_greatest_one(double *value, ptrdiff_t n) {
	double most = 0;
	for (ptrdiff_t i = 0; i < n; i++)
		if (value[i] > most) most = value[i];
	for (ptrdiff_t i = 0; i < n && most > 0; i++) value[i] /= most;
}

// Beliefs from the potentials: messages to the roots, then back; then people.
static void propagate(Fit *f) {
	for (int i = f->tree.n - 1; i >= 0; i--) {
		Clique *c = &f->clique[i];
		if (f->tree.parent[i] < 0) continue;
		gather(&c->up, c->weight, c->sent);
		to_greatest_one(c->sent, c->up.small);
		multiply(&c->down, c->sent, f->clique[f->tree.parent[i]].weight);
	}
	for (int i = 0; i < f->tree.n; i++) {
		Clique *c = &f->clique[i];
		if (f->tree.parent[i] >= 0) {
			double *back = f->work;
			gather(&c->down, f->clique[f->tree.parent[i]].weight, back);
			for (ptrdiff_t s = 0; s < c->up.small; s++)
				back[s] = c->sent[s] > 0 ? back[s] / c->sent[s] : 0;
			to_greatest_one(back, c->up.small);
			multiply(&c->up, back, c->weight);
		}
		double sum = 0;
		for (ptrdiff_t k = 0; k < c->cells; k++) sum += c->weight[k];
		double each = sum > 0 ? f->ask->total / sum : 0;
		for (ptrdiff_t k = 0; k < c->cells; k++) c->people[k] = c->weight[k] * each;
	}
}

// The potentials of a term, the greatest of them 1, multiplied into its clique.
static void put_term(Fit *f, const Term *term) {
	double most = -HUGE_VAL;
	for (ptrdiff_t k = 0; k < term->in.small; k++)
		if (term->tried[k] > most) most = term->tried[k];
	for (ptrdiff_t k = 0; k < term->in.small; k++) f->work[k] = exp(term->tried[k] - most);
	multiply(&term->in, f->work, f->clique[term->clique].weight);
}

static double loss_of(Fit *f) {
	for (int i = 0; i < f->tree.n; i++)
		for (ptrdiff_t k = 0; k < f->clique[i].cells; k++) f->clique[i].weight[k] = 1;
	for (ptrdiff_t t = 0; t < f->ask->nmeasured; t++) put_term(f, &f->term[t]);
	propagate(f);
	double loss = 0;
	for (ptrdiff_t t = 0; t < f->ask->nmeasured; t++) {
		Term *term = &f->term[t];
		gather(&term->in, f->clique[term->clique].people, term->met);
		double weight = 1 / (term->measured->sigma * term->measured->sigma), squares = 0;
		for (ptrdiff_t k = 0; k < term->in.small; k++) {
			double off = term->met[k] - term->measured->count[k];
			squares += off * off;
		}
		loss += squares * weight / 2;
	}
	return loss;
}

// The slope where `met` was last made, and a step down it.
static void take_slope(Fit *f) {
	for (ptrdiff_t t = 0; t < f->ask->nmeasured; t++) {
		Term *term = &f->term[t];
		double weight = 1 / (term->measured->sigma * term->measured->sigma);
		for (ptrdiff_t k = 0; k < term->in.small; k++)
			term->slope[k] = (term->met[k] - term->measured->count[k]) * weight;
	}
}

static void step_from(Fit *f, double length) {
	for (ptrdiff_t t = 0; t < f->ask->nmeasured; t++) {
		Term *term = &f->term[t];
		for (ptrdiff_t k = 0; k < term->in.small; k++)
			term->tried[k] = term->log[k] - length * term->slope[k];
	}
}

static void keep_step(Fit *f) {
	for (ptrdiff_t t = 0; t < f->ask->nmeasured; t++)
		memcpy(f->term[t].log, f->term[t].tried, (size_t)f->term[t].in.small * sizeof(double));
}

// Mirror descent. The step doubles while it helps and is halved until it does.
static void descend(Fit *f, int rounds, Model *out) {
	double loss = loss_of(f), before = loss, length = 1 / f->ask->total;
	take_slope(f);
	for (out->rounds = 0; out->rounds < rounds; out->rounds++) {
		double next = loss;
		int halved = 0;
		for (length *= 2; halved < 60; length /= 2, halved++) {
			step_from(f, length);
			next = loss_of(f);
			if (next <= loss) break;
		}
		if (halved == 60) {
			out->settled = true;
			break;
		}
		keep_step(f);
		take_slope(f);
		loss = next;
		if ((out->rounds + 1) % STRETCH) continue;
		if (before - loss <= GAIN * loss) {
			out->settled = true;
			break;
		}
		before = loss;
	}
	// Also when the last step tried was not taken, the people are those of the step kept.
	step_from(f, 0);
	out->loss = loss_of(f);
}

static ptrdiff_t set_cliques(Fit *f, Arena *a, const Codebook *book) {
	ptrdiff_t longest = 1;
	for (int i = 0; i < f->tree.n; i++) {
		Clique *c = &f->clique[i];
		c->cells = (ptrdiff_t)tree_cells(book, f->tree.clique[i]);
		c->weight = NEW(a, double, c->cells);
		c->people = NEW(a, double, c->cells);
		if (f->tree.parent[i] < 0) continue;
		Attributes parent = f->tree.clique[f->tree.parent[i]], shared = f->tree.clique[i] & parent;
		c->up = within(a, book, f->tree.clique[i], shared);
		c->down = within(a, book, parent, shared);
		c->sent = NEW(a, double, c->up.small);
		if (c->up.small > longest) longest = c->up.small;
	}
	return longest;
}

Err fit(Arena *a, Why *why, const FitAsk *ask, Model *out) {
	ASSERT(ask->total > 0);
	Attributes *group = NEW(a, Attributes, ask->nmeasured + 1);
	for (ptrdiff_t t = 0; t < ask->nmeasured; t++) group[t] = ask->measured[t].of;
	Fit *f = NEW(a, Fit, 1);
	*f = (Fit){.ask = ask, .tree = tree_over(ask->book, group, ask->nmeasured)};
	if (tree_largest(ask->book, &f->tree) > CELLS_MOST)
		return fail(why, ERR_TOO_LARGE, "a clique of the model has more than %d cells", CELLS_MOST);
	ptrdiff_t longest = set_cliques(f, a, ask->book);
	f->term = NEW(a, Term, ask->nmeasured + 1);
	for (ptrdiff_t t = 0; t < ask->nmeasured; t++) {
		Term *term = &f->term[t];
		*term = (Term){.measured = &ask->measured[t], .clique = tree_holding(&f->tree, group[t])};
		ASSERT(term->clique >= 0 && ask->measured[t].sigma > 0);
		term->in = within(a, ask->book, f->tree.clique[term->clique], group[t]);
		term->log = NEW(a, double, term->in.small);
		term->tried = NEW(a, double, term->in.small);
		term->slope = NEW(a, double, term->in.small);
		term->met = NEW(a, double, term->in.small);
		if (term->in.small > longest) longest = term->in.small;
	}
	f->work = NEW(a, double, longest);
	*out = (Model){.book = ask->book, .tree = f->tree, .total = ask->total};
	for (int i = 0; i < f->tree.n; i++) out->cell[i] = f->clique[i].people;
	descend(f, ask->rounds ? ask->rounds : ROUNDS, out);
	return OK;
}

void fit_project(Arena scratch, const Model *model, Attributes onto, double *out) {
	int i = tree_holding(&model->tree, onto);
	ASSERT(i >= 0);
	Within w = within(&scratch, model->book, model->tree.clique[i], onto);
	gather(&w, model->cell[i], out);
}
