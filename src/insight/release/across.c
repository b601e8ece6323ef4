#include "release/across.h"
#include "release/belief.h"
#include <math.h>

// The model as a product of tables: what each clique adds to its parent, and a table of 1 for each attribute,
// of which all but one value can be struck out.
typedef struct {
	const Model *model;
	Belief *belief;
	const double **factor;
	double **met;
	double *own[CODEBOOK_ATTRIBUTES]; // the factors of the attributes alone
	double *given[CODEBOOK_ATTRIBUTES]; // and what is met there
} Asking;

static int size_of(const Model *m, int attribute) { return m->book->attribute[attribute].size; }

// The clique's cells over those of what it shares with its parent, the greatest 1.
static double *added_by(Arena *a, const Model *m, int i) {
	Attributes clique = m->tree.clique[i],
		   above = m->tree.parent[i] < 0 ? 0 : m->tree.clique[m->tree.parent[i]];
	ptrdiff_t cells = (ptrdiff_t)tree_cells(m->book, clique);
	double *out = NEW(a, double, cells), most = 0;
	double *shared = NEW(a, double, (ptrdiff_t)tree_cells(m->book, clique & above));
	belief_sum(*a, m->book, clique, m->cell[i], clique & above, shared);
	for (ptrdiff_t k = 0; k < cells; k++) {
		uint8_t value[CODEBOOK_ATTRIBUTES];
		ptrdiff_t at = 0;
		int n = 0;
		tree_values(m->book, clique, k, value);
		for (Attributes l = clique; l; l &= l - 1, n++)
			if (l & -l & above) at = at * size_of(m, __builtin_ctzll(l)) + value[n];
		out[k] = shared[at] > 0 ? m->cell[i][k] / shared[at] : 0;
		most = fmax(most, out[k]);
	}
	for (ptrdiff_t k = 0; k < cells && most > 0; k++) out[k] /= most;
	return out;
}

static Asking asking(Arena *a, const Model *m) {
	int n = m->book->n, cliques = m->tree.n;
	Attributes *group = NEW(a, Attributes, cliques + n);
	Asking q = {.model = m,
		    .factor = NEW(a, const double *, cliques + n),
		    .met = NEW(a, double *, cliques + n)};
	for (int i = 0; i < cliques; i++) {
		group[i] = m->tree.clique[i];
		q.factor[i] = added_by(a, m, i);
	}
	for (int i = 0; i < n; i++) {
		group[cliques + i] = (Attributes)1 << i;
		q.own[i] = NEW(a, double, size_of(m, i));
		q.given[i] = NEW(a, double, size_of(m, i));
		for (int v = 0; v < size_of(m, i); v++) q.own[i][v] = 1;
		q.factor[cliques + i] = q.own[i];
		q.met[cliques + i] = q.given[i];
	}
	q.belief = belief_on(a, m->book, &m->tree, group, cliques + n);
	return q;
}

// One row of each table over `i` and an attribute in `with`: those who have this value of it.
static void ask_value(Asking *q, int i, int value, double people, Attributes with, Across *out) {
	for (int v = 0; v < size_of(q->model, i); v++) q->own[i][v] = v == value;
	bool any = belief_spread(q->belief, q->factor, q->met) > -HUGE_VAL;
	for (Attributes l = with; l && any; l &= l - 1) {
		int j = __builtin_ctzll(l), size = size_of(q->model, j);
		int low = i < j ? i : j, high = i < j ? j : i;
		for (int w = 0; w < size; w++) {
			ptrdiff_t at = i < j ? (ptrdiff_t)value * size + w
					     : (ptrdiff_t)w * size_of(q->model, i) + value;
			out->pair[low][high][at] = people * q->given[j][w];
		}
	}
	for (int v = 0; v < size_of(q->model, i); v++) q->own[i][v] = 1;
}

Across *across(Arena *a, const Model *model) {
	int n = model->book->n;
	Across *out = NEW(a, Across, 1);
	Attributes apart[CODEBOOK_ATTRIBUTES] = {0};
	for (int i = 0; i < n; i++)
		for (int j = i + 1; j < n; j++) {
			Attributes both = (Attributes)1 << i | (Attributes)1 << j;
			out->pair[i][j] = NEW(a, double, (ptrdiff_t)tree_cells(model->book, both));
			int fewer = size_of(model, j) < size_of(model, i) ? j : i;
			if (tree_holding(&model->tree, both) < 0)
				apart[fewer] |= both & ~((Attributes)1 << fewer);
			else
				fit_project(*a, model, both, out->pair[i][j]);
		}
	Arena scratch = *a;
	Asking q = asking(&scratch, model);
	for (int i = 0; i < n; i++) {
		double people[CODEBOOK_VALUES];
		if (!apart[i]) continue;
		fit_project(scratch, model, (Attributes)1 << i, people);
		for (int v = 0; v < size_of(model, i); v++) ask_value(&q, i, v, people[v], apart[i], out);
	}
	return out;
}

// What part of the merged value's people each value has.
static double *parts(Arena *a, const Merged *m, int i) {
	double all[CODEBOOK_VALUES] = {0}, *part = NEW(a, double, m->size[i]);
	int times[CODEBOOK_VALUES] = {0};
	for (int v = 0; v < m->size[i]; v++) {
		all[m->to[i][v]] += m->share[i][v];
		times[m->to[i][v]]++;
	}
	for (int v = 0; v < m->size[i]; v++) {
		int to = m->to[i][v];
		part[v] = all[to] > 0 ? m->share[i][v] / all[to] : 1.0 / times[to];
	}
	return part;
}

Across *across_whole(Arena *a, const Merged *merged, const Model *model) {
	Across *out = NEW(a, Across, 1), *few;
	const Merged *m = merged;
	int n = m->book.n;
	for (int i = 0; i < n; i++)
		for (int j = i + 1; j < n; j++) {
			int one = m->from[i], two = m->from[j];
			out->pair[one < two ? one : two][one < two ? two : one] =
				NEW(a, double, (ptrdiff_t)m->size[i] * m->size[j]);
		}
	Arena scratch = *a;
	double *part[CODEBOOK_ATTRIBUTES];
	few = across(&scratch, model);
	for (int i = 0; i < n; i++) part[i] = parts(&scratch, m, i);
	for (int i = 0; i < n; i++)
		for (int j = i + 1; j < n; j++) {
			int one = m->from[i], two = m->from[j];
			double *to = out->pair[one < two ? one : two][one < two ? two : one];
			for (int v = 0; v < m->size[i]; v++)
				for (int w = 0; w < m->size[j]; w++)
					to[one < two ? v * m->size[j] + w : w * m->size[i] + v] =
						few->pair[i][j][m->to[i][v] * m->book.attribute[j].size +
								m->to[j][w]] *
						part[i][v] * part[j][w];
		}
	return out;
}
