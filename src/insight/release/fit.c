#include "release/fit.h"
#include "release/belief.h"
#include "release/descent.h"
#include <math.h>

#define CELLS_MOST (1 << 24)
#define ROUNDS 500
#define GUESS 0.9 // of a step's potentials, where the next one's search begins: steps grow smaller
#define NEAR 0.03 // of a sigma, root of the mean square over all cells

typedef struct {
	ptrdiff_t from, cells; // where its potentials stand among all
	double *base; // logarithms
	double *factor, *met; // as belief.h takes and gives them
} Term;
typedef struct {
	double total, prior;
	Belief *belief;
	Term *term;
	ptrdiff_t nterm, n;
	double *count, *variance; // of all terms' cells; counts moved so that each term's sum to the total
	const double **factor;
	double **met;
} Fit;

// Factors from potentials, the greatest of each term 1. Gives back the logarithm of what was taken out.
static double set_factors(Fit *f, const double *potential) {
	double taken = 0;
	for (ptrdiff_t t = 0; t < f->nterm; t++) {
		Term *term = &f->term[t];
		double most = -HUGE_VAL;
		for (ptrdiff_t k = 0; k < term->cells; k++) {
			term->factor[k] = potential[term->from + k] + term->base[k];
			if (term->factor[k] > most) most = term->factor[k];
		}
		for (ptrdiff_t k = 0; k < term->cells; k++) term->factor[k] = exp(term->factor[k] - most);
		taken += most;
	}
	return taken;
}

// total log Z - <noisy, potentials> + prior / 2 sum variance potential^2
static double dual(void *with, const double *potential, double *slope, double *curvature, double *far) {
	Fit *f = with;
	double taken = set_factors(f, potential);
	double value = (taken + belief_spread(f->belief, f->factor, f->met)) * f->total, off = 0;
	if (!isfinite(value)) return HUGE_VAL;
	for (ptrdiff_t t = 0; t < f->nterm; t++)
		for (ptrdiff_t k = 0, i = f->term[t].from; k < f->term[t].cells; k++, i++) {
			double people = f->met[t][k] * f->total, pull = f->prior * f->variance[i];
			slope[i] = people - f->count[i] + pull * potential[i];
			curvature[i] = people + pull;
			value += potential[i] * (pull * potential[i] / 2 - f->count[i]);
			off += slope[i] * slope[i] / f->variance[i];
		}
	*far = sqrt(off / (double)f->n);
	return value;
}

// The attribute's own noisy shares; what is hardly there keeps a little.
static void set_base(double *base, const double *count, const double *variance, ptrdiff_t n) {
	for (ptrdiff_t k = 0; k < n; k++) base[k] = log(fmax(count[k], sqrt(variance[k]) / 4));
}

static void set_term(Fit *f, Arena *a, const FitAsk *ask, ptrdiff_t t, bool based) {
	const Measured *m = &ask->measured[t];
	Term *term = &f->term[t];
	double *count = f->count + term->from, *variance = f->variance + term->from, sum = 0, all = 0;
	for (ptrdiff_t k = 0; k < term->cells; k++) {
		count[k] = m->count[k];
		variance[k] = m->sigma * m->sigma * (m->times ? m->times[k] : 1);
		sum += count[k];
		all += variance[k];
	}
	for (ptrdiff_t k = 0; k < term->cells; k++) count[k] += (ask->total - sum) * variance[k] / all;
	term->factor = NEW(a, double, term->cells);
	term->met = NEW(a, double, term->cells);
	f->factor[t] = term->factor;
	f->met[t] = term->met;
	term->base = NEW(a, double, term->cells);
	if (based) set_base(term->base, count, variance, term->cells);
}

static void set_terms(Fit *f, Arena *a, const FitAsk *ask) {
	Attributes based = 0;
	f->term = NEW(a, Term, ask->nmeasured + 1);
	f->factor = NEW(a, const double *, ask->nmeasured + CODEBOOK_IMPOSSIBLE);
	f->met = NEW(a, double *, ask->nmeasured + CODEBOOK_IMPOSSIBLE); // NULL for the rules
	f->nterm = ask->nmeasured;
	for (ptrdiff_t t = 0; t < f->nterm; t++) {
		f->term[t].from = f->n;
		f->term[t].cells = (ptrdiff_t)tree_cells(ask->book, ask->measured[t].of);
		f->n += f->term[t].cells;
	}
	f->count = NEW(a, double, f->n + 1);
	f->variance = NEW(a, double, f->n + 1);
	for (ptrdiff_t t = 0; t < f->nterm; t++) {
		Attributes of = ask->measured[t].of;
		bool first = __builtin_popcountll(of) == 1 && !(based & of);
		set_term(f, a, ask, t, first);
		if (first) based |= of;
	}
}

// What the last step found is where the next begins. The potentials of the last are a good first guess.
static void next_base(Fit *f, double *potential) {
	for (ptrdiff_t t = 0; t < f->nterm; t++)
		for (ptrdiff_t k = 0, i = f->term[t].from; k < f->term[t].cells; k++, i++) {
			f->term[t].base[k] += potential[i];
			potential[i] *= GUESS;
		}
}

// Tables of 1 and 0 over what the codebook says cannot go together, as far as cliques hold it.
static void set_rules(Fit *f, Arena *a, const Codebook *book, const Attributes *rule, ptrdiff_t rules) {
	for (ptrdiff_t i = 0; i < rules; i++) {
		ptrdiff_t cells = (ptrdiff_t)tree_cells(book, rule[i]);
		double *may = NEW(a, double, cells);
		for (ptrdiff_t k = 0; k < cells; k++) {
			uint8_t value[CODEBOOK_ATTRIBUTES];
			tree_values(book, rule[i], k, value);
			may[k] = !codebook_impossible(book, rule[i], value);
		}
		f->factor[f->nterm + i] = may;
	}
}

Err fit(Arena *a, Why *why, const FitAsk *ask, Model *out) {
	ASSERT(ask->total > 0);
	Attributes *group = NEW(a, Attributes, ask->nmeasured + CODEBOOK_IMPOSSIBLE);
	for (ptrdiff_t t = 0; t < ask->nmeasured; t++) group[t] = ask->measured[t].of;
	ptrdiff_t rules = tree_rules(ask->book, group + ask->nmeasured), groups = ask->nmeasured + rules;
	*out = (Model){.book = ask->book, .tree = tree_over(ask->book, group, groups), .total = ask->total};
	if (tree_largest(ask->book, &out->tree) > CELLS_MOST)
		return fail(why, ERR_TOO_LARGE, "a clique of the model has more than %d cells", CELLS_MOST);
	Fit f = {.total = ask->total, .prior = ask->prior > 0 ? ask->prior : FIT_PRIOR};
	set_terms(&f, a, ask);
	set_rules(&f, a, ask->book, group + ask->nmeasured, rules);
	f.belief = belief_on(a, ask->book, &out->tree, group, groups);
	double *potential = NEW(a, double, f.n + 1);
	out->settled = true;
	for (int step = 0; step < (ask->steps ? ask->steps : FIT_STEPS); step++) {
		if (step) next_base(&f, potential);
		Descended d = descend(*a, &(Descent){dual, &f, f.n, NEAR, ask->rounds ? ask->rounds : ROUNDS},
				      potential);
		out->rounds += d.rounds;
		out->settled = out->settled && d.settled;
	}
	for (ptrdiff_t t = 0; t < f.nterm; t++)
		for (ptrdiff_t k = 0, i = f.term[t].from; k < f.term[t].cells; k++, i++) {
			double off = f.met[t][k] * f.total - f.count[i];
			out->loss += off * off / f.variance[i] / 2;
		}
	for (int i = 0; i < out->tree.n; i++) {
		out->cell[i] = NEW(a, double, (ptrdiff_t)tree_cells(ask->book, out->tree.clique[i]));
		belief_cells(f.belief, i, ask->total, out->cell[i]);
	}
	return OK;
}

void fit_project(Arena scratch, const Model *model, Attributes onto, double *out) {
	int i = tree_holding(&model->tree, onto);
	ASSERT(i >= 0);
	belief_sum(scratch, model->book, model->tree.clique[i], model->cell[i], onto, out);
}
