#include "release/small.h"
#include <math.h>

enum { PEOPLE_MOST_OFF = 20, PEOPLE_MOST_OFF_COARSER = 8 };

Err small_count(Why *why, Draws *draws, const Table *people, Rho rho, double *count) {
	uint64_t num, den;
	int64_t noise;
	TRY(account_variance(why, rho, &num, &den));
	TRY(gauss_draw(draws, why, num, den, &noise, 1));
	*count = (double)(people->rows + noise);
	return OK;
}

double small_within(Rho share) { return SMALL_SURE * sqrt(RHO_ONE / (2 * (double)share)); }

Small small_judge(double count, double within, bool coarser) {
	if (count >= PEOPLE_MOST_OFF * within) return SMALL_ENOUGH;
	return coarser && count >= PEOPLE_MOST_OFF_COARSER * within ? SMALL_COARSER : SMALL_TOO_FEW;
}
