#include "release/measure.h"
#include "kernel/marginals.h"
#include "release/aim.h"
#include "release/measure_parts.h"
#include "release/plan.h"
#include <math.h>
#include <stdlib.h>

static int members_of(const Measuring *m, Attributes of, const uint8_t **column, int *size) {
	int n = 0;
	for (Attributes left = of; left; left &= left - 1) {
		int i = __builtin_ctzll(left);
		column[n] = m->ask->people->column[i];
		size[n++] = m->ask->book->attribute[i].size;
	}
	return n;
}

// True counts; they stay in this file.
static int64_t *count(Arena *a, const Measuring *m, Attributes of, ptrdiff_t *cells) {
	const uint8_t *column[2];
	int size[2], ways = members_of(m, of, column, size);
	*cells = marginal_cells(size, ways);
	ASSERT(*cells > 0);
	int64_t *cell = NEW(a, int64_t, *cells);
	marginal_count(&(MarginalOf){column, size, ways}, m->ask->people->rows, cell);
	return cell;
}

// Adds noise that costs `share` to each of them: together they may differ by one for one person.
static Err blur(Measuring *m, Rho share, int64_t *value, ptrdiff_t n, double *sigma) {
	uint64_t num, den;
	TRY(account_variance_by(m->ask->composition, m->why, share, &num, &den));
	int64_t *noise = NEW(m->a, int64_t, n);
	TRY(gauss_draw(m->draws, m->why, num, den, noise, n));
	for (ptrdiff_t i = 0; i < n; i++) value[i] += noise[i];
	*sigma = sqrt((double)num / (double)den);
	m->out->spent += share;
	return OK;
}

// `count` as it came, and what was measured of the same before: both as one, in whole people again, which
// are off by a twelfth of one more.
static void join(Measured *before, double *count, double sigma, ptrdiff_t cells) {
	double one = 1 / (before->sigma * before->sigma), two = 1 / (sigma * sigma);
	for (ptrdiff_t i = 0; i < cells; i++)
		count[i] = round((before->count[i] * one + count[i] * two) / (one + two));
	before->count = count;
	before->sigma = sqrt(1 / (one + two) + 1.0 / 12);
}

Err measuring_table(Measuring *m, Attributes of, Rho share) {
	ptrdiff_t cells;
	double sigma;
	int64_t *cell = count(m->a, m, of, &cells);
	TRY(blur(m, share, cell, cells, &sigma));
	double *noisy = NEW(m->a, double, cells);
	for (ptrdiff_t i = 0; i < cells; i++) noisy[i] = (double)cell[i];
	for (ptrdiff_t t = 0; t < m->out->n; t++) {
		if (m->out->at[t].of != of) continue;
		join(&m->out->at[t], noisy, sigma, cells);
		return OK;
	}
	m->out->at[m->out->n++] = (Measured){.of = of, .count = noisy, .sigma = sigma};
	return OK;
}

Err measuring_distance(Measuring *m, Candidate *candidate, Rho share) {
	Arena scratch = *m->a;
	ptrdiff_t cells;
	const int64_t *cell = count(&scratch, m, candidate->of, &cells);
	int64_t off = 0;
	for (ptrdiff_t k = 0; k < cells; k++) off += llabs(cell[k] - candidate->guess[k]);
	TRY(blur(m, share, &off, 1, &m->out->pair_sigma));
	candidate->off = (double)off;
	return OK;
}

// The total from its own measurement and from every table's sum, each weighed by how exact it is.
static Err total_of(Measuring *m, Rho share) {
	int64_t people = m->ask->people->rows;
	double sigma;
	TRY(blur(m, share, &people, 1, &sigma));
	m->out->counted = (double)people;
	m->out->counted_sigma = sigma;
	double weights = 1 / (sigma * sigma), sum = (double)people * weights;
	for (ptrdiff_t t = 0; t < m->out->n; t++) {
		double cells = tree_cells(m->ask->book, m->out->at[t].of), all = 0;
		for (ptrdiff_t k = 0; k < (ptrdiff_t)cells; k++) all += m->out->at[t].count[k];
		double weight = 1 / (cells * m->out->at[t].sigma * m->out->at[t].sigma);
		weights += weight;
		sum += all * weight;
	}
	m->out->total = sum / weights;
	m->out->total_sigma = sqrt(1 / weights);
	return OK;
}

// Shares of the values of each attribute, as the noisy table has them; nothing below 0.
static const double *shares_of(Measuring *m, int attribute) {
	int size = m->ask->book->attribute[attribute].size;
	double *share = NEW(m->a, double, size), sum = 0;
	for (int v = 0; v < size; v++) {
		double c = m->out->at[attribute].count[v];
		share[v] = c > 0 ? c : 0;
		sum += share[v];
	}
	for (int v = 0; v < size; v++) share[v] = sum > 0 ? share[v] / sum : 1.0 / size;
	return share;
}

static int64_t distance_of(Measuring *m, int i, int j, const double *pi, const double *pj) {
	Arena scratch = *m->a;
	ptrdiff_t cells, k = 0;
	const int64_t *cell = count(&scratch, m, (Attributes)1 << i | (Attributes)1 << j, &cells);
	int64_t off = 0;
	for (int v = 0; v < m->ask->book->attribute[i].size; v++)
		for (int w = 0; w < m->ask->book->attribute[j].size; w++, k++)
			off += llabs(cell[k] - llround(m->out->total * pi[v] * pj[w]));
	return off;
}

static Err pairs_of(Measuring *m, Rho budget, Candidate *candidate, ptrdiff_t *n) {
	const Codebook *book = m->ask->book;
	const double *share[CODEBOOK_ATTRIBUTES];
	*n = 0;
	for (int i = 0; i < book->n; i++) share[i] = shares_of(m, i);
	for (int i = 0; i < book->n; i++)
		for (int j = i + 1; j < book->n; j++) {
			Attributes of = (Attributes)1 << i | (Attributes)1 << j;
			if (tree_cells(book, of) <= m->ask->cells_most) candidate[(*n)++].of = of;
		}
	for (ptrdiff_t c = 0; c < *n; c++) {
		int i = __builtin_ctzll(candidate[c].of), j = 63 - __builtin_clzll(candidate[c].of);
		int64_t off = distance_of(m, i, j, share[i], share[j]);
		double sigma;
		TRY(blur(m, budget / *n, &off, 1, &sigma));
		candidate[c].off = (double)off;
		m->out->pair_sigma = sigma;
	}
	return OK;
}

// ---- methods
// ---------------------------------------------------------------------------------------------------------

typedef struct {
	const char *name;
	int ones, choice, of; // parts of the budget, for attributes with the total, and for the choice of
			      // pairs; the pairs have the rest
	int looks, most; // at all pairs; attributes
	Plan (*plan)(Arena *a, const PlanAsk *ask); // NULL: in rounds
} Way;
static const Way ways_to_measure[] = {
	[METHOD_SWIFT] = {"swift", 10, 4, 100, 1, CODEBOOK_ATTRIBUTES, plan_pairs},
	[METHOD_MST] = {"mst", 1, 1, 3, 1, CODEBOOK_ATTRIBUTES, plan_tree},
	[METHOD_THOROUGH] = {"thorough", 8, 4, 100, AIM_ROUNDS, AIM_ATTRIBUTES, NULL},
};
_Static_assert(COUNT(ways_to_measure) == METHOD__N, "each method has its row");

const char *measure_name(Method method) { return ways_to_measure[method].name; }

bool measure_method(Str name, Method *out) {
	for (int i = 0; i < METHOD__N; i++) {
		if (!str_eq(name, str_of(ways_to_measure[i].name))) continue;
		*out = (Method)i;
		return true;
	}
	return false;
}

int measure_most(Method method) { return ways_to_measure[method].most; }

Rho measure_one(Method method, Rho rho, int attributes) {
	const Way *way = &ways_to_measure[method];
	return rho / way->of * way->ones / (attributes + 1);
}

Rho measure_least(Method method, Rho rho, int attributes) {
	const Way *way = &ways_to_measure[method];
	Rho one = measure_one(method, rho, attributes),
	    pair = rho / way->of * way->choice / way->looks / (attributes * (attributes - 1) / 2 + 1);
	return one < pair ? one : pair;
}

// Which pairs are worth it is seen once, from how far each is from independence.
static Err pairs_at_once(Measuring *m, Plan (*plan_of)(Arena *a, const PlanAsk *ask), Rho choice) {
	const MeasureAsk *ask = m->ask;
	Candidate *candidate = NEW(m->a, Candidate, (ptrdiff_t)ask->book->n * (ask->book->n - 1) / 2 + 1);
	TRY(pairs_of(m, choice, candidate, &m->out->npair));
	m->out->pair = candidate;
	Rho left = ask->rho - m->out->spent;
	Plan plan = plan_of(m->a, &(PlanAsk){.book = ask->book,
					     .candidate = candidate,
					     .n = m->out->npair,
					     .rho = (double)left / RHO_ONE,
					     .cells_most = ask->cells_most});
	for (ptrdiff_t p = 0; p < plan.n; p++)
		TRY(measuring_table(m, plan.group[p], (Rho)floor(plan.share[p] * (1 - 1e-9) * (double)left)));
	return OK;
}

Err measure(Arena *a, Why *why, Draws *draws, const MeasureAsk *ask, Measures *out) {
	const Codebook *book = ask->book;
	const Way *way = &ways_to_measure[ask->method];
	if (book->n > way->most)
		return fail(why, ERR_LIMIT, "the method %s takes at most %d attributes; there are %d",
			    way->name, way->most, book->n);
	*out = (Measures){.at = NEW(a, Measured, (ptrdiff_t)book->n * (book->n + 1) / 2)};
	Rho one = measure_one(ask->method, ask->rho, book->n), choice = ask->rho / way->of * way->choice;
	Measuring m = {a, why, draws, ask, out};
	for (int i = 0; i < book->n; i++) TRY(measuring_table(&m, (Attributes)1 << i, one));
	TRY(total_of(&m, one));
	TRY(way->plan ? pairs_at_once(&m, way->plan, choice) : aim_pairs(&m, choice));
	ASSERT(out->spent <= ask->rho);
	return OK;
}
