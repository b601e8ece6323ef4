#include "release/aim.h"
#include "release/across.h"
#include <math.h>

#define LEAVES 0.5 // of the noise, in plans: what is measured twice or follows from others loses more of it

// All pairs that fit, each with what the model of the noisy tables so far says of it, in whole people.
static Err guesses(Measuring *m, Candidate *pair, ptrdiff_t *n) {
	const Codebook *book = m->ask->book;
	Attributes of[AIM_ATTRIBUTES * AIM_ATTRIBUTES];
	int64_t *guess[AIM_ATTRIBUTES * AIM_ATTRIBUTES];
	*n = 0;
	for (int i = 0; i < book->n; i++)
		for (int j = i + 1; j < book->n; j++) {
			Attributes both = (Attributes)1 << i | (Attributes)1 << j;
			double cells = tree_cells(book, both);
			if (cells > m->ask->cells_most) continue;
			of[*n] = both;
			guess[(*n)++] = NEW(m->a, int64_t, (ptrdiff_t)cells);
		}
	Arena scratch = *m->a; // the model is used up here
	Merged *merged = NEW(&scratch, Merged, 1);
	Model *model = NEW(&scratch, Model, 1);
	merge(&scratch, book, m->out->at, m->out->n, merged);
	FitAsk ask = {.book = &merged->book,
		      .measured = merged->at,
		      .nmeasured = m->out->n,
		      .total = fmax(1, m->out->total)};
	TRY(fit(&scratch, m->why, &ask, model));
	const Across *says = across_whole(&scratch, merged, model);
	for (ptrdiff_t p = 0; p < *n; p++) {
		int i = __builtin_ctzll(of[p]), j = 63 - __builtin_clzll(of[p]);
		for (ptrdiff_t k = 0; k < (ptrdiff_t)tree_cells(book, of[p]); k++)
			guess[p][k] = llround(says->pair[i][j][k]);
		pair[p] = (Candidate){.of = of[p], .guess = guess[p]};
	}
	return OK;
}

static Attributes *measured_pairs(const Measuring *m, ptrdiff_t *n) {
	Attributes *held = NEW(m->a, Attributes, m->out->n + 1);
	*n = 0;
	for (ptrdiff_t t = 0; t < m->out->n; t++)
		if (__builtin_popcountll(m->out->at[t].of) > 1) held[(*n)++] = m->out->at[t].of;
	return held;
}

// Of `budget` each has its share, or, when they are to spend it all, its part of all their shares.
static Err spend(Measuring *m, const Plan *plan, Rho budget, bool all) {
	double sum = 0;
	for (ptrdiff_t p = 0; p < plan->n; p++) sum += plan->share[p];
	for (ptrdiff_t p = 0; p < plan->n; p++) {
		double share = all ? plan->share[p] / sum : plan->share[p];
		TRY(measuring_table(m, plan->group[p], (Rho)floor(share * (1 - 1e-9) * (double)budget)));
	}
	return OK;
}

Err aim_pairs(Measuring *m, Rho choice) {
	const Codebook *book = m->ask->book;
	ptrdiff_t most = (ptrdiff_t)book->n * (book->n - 1) / 2, n = 0;
	Rho look = choice / AIM_ROUNDS;
	Candidate *pair = NEW(m->a, Candidate, AIM_ROUNDS * most + 1);
	Plan before = {0};
	ASSERT(book->n <= AIM_ATTRIBUTES);
	m->out->pair = pair;
	for (int round = 1; round <= AIM_ROUNDS; round++, pair += n) {
		TRY(guesses(m, pair, &n));
		for (ptrdiff_t p = 0; p < n; p++) TRY(measuring_distance(m, &pair[p], look / n));
		m->out->npair += n;
		Rho left = m->ask->rho - m->out->spent, later = look * (AIM_ROUNDS - round);
		PlanAsk ask = {.book = book,
			       .candidate = pair,
			       .n = n,
			       .rho = (double)(left - later) / RHO_ONE,
			       .leaves = LEAVES,
			       .cells_most = m->ask->cells_most};
		ask.held = measured_pairs(m, &ask.nheld);
		Plan plan = plan_pairs(m->a, &ask), first = plan_forest(m->a, &plan, book->n);
		// A forest is never more than is worth it: when that is all, nothing is left to follow.
		bool last = round == AIM_ROUNDS || (plan.n && first.n == plan.n);
		if (m->ask->round) m->ask->round(round, AIM_ROUNDS, last ? plan.n : first.n);
		if (last && !plan.n) plan = before; // nothing more is worth it: the same, more exactly
		if (last) return spend(m, &plan, left, true);
		TRY(spend(m, &first, left - later, false));
		before = first;
	}
	return OK;
}
