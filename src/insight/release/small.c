#include "release/small.h"
#include "release/person.h"
#include <math.h>

enum { PEOPLE_MOST_OFF = 20, PEOPLE_MOST_OFF_COARSER = 8 };

// A noisy number of rows for `rho`, in which one person is one row.
static Err count_rows(Why *why, Draws *draws, const SmallAsk *ask, Rho rho, double *count) {
	uint64_t num, den;
	int64_t noise;
	TRY(account_variance_by(ask->composition, why, rho, &num, &den));
	TRY(gauss_draw(draws, why, num, den, &noise, 1));
	*count = (double)(ask->people->rows + noise);
	return OK;
}

double small_within(Rho share) { return SMALL_SURE * sqrt(RHO_ONE / (2 * (double)share)); }

Small small_judge(double count, double within, bool coarser) {
	if (count >= PEOPLE_MOST_OFF * within) return SMALL_ENOUGH;
	return coarser && count >= PEOPLE_MOST_OFF_COARSER * within ? SMALL_COARSER : SMALL_TOO_FEW;
}

Err small_settle(Arena *a, Why *why, Draws *draws, const SmallAsk *ask, Settled *out) {
	Rho share = ask->rho / SMALL_SHARE;
	*out = (Settled){.book = *ask->book, .people = *ask->people, .left = ask->rho - share};
	TRY(count_rows(why, draws, ask, person_budget(share, ask->rows_each), &out->count));
	out->within = small_within(
		measure_one(ask->method, person_budget(out->left, ask->rows_each), ask->book->n));
	out->how = small_judge(out->count, out->within, true);
	if (out->how != SMALL_COARSER) return OK;
	out->people = table_coarser(a, ask->book, ask->people);
	out->book = *ask->coarse;
	return OK;
}
