#include "release/account.h"
#include "release/gauss.h"
#include <math.h>

// Doubles err by less than this over the few hundred steps below.
#define AGAINST_US 1e-9

// The logarithm of the least delta, over alpha, that rho-zCDP gives at epsilon.
static double log_delta(double rho, double epsilon) {
	double low = 1 + 1e-6, high = (epsilon + 1) / (2 * rho) + 2;
	for (int i = 0; i < 200; i++) { // where the slope over alpha is 0
		double alpha = (low + high) / 2;
		if ((2 * alpha - 1) * rho - epsilon + log1p(-1 / alpha) < 0)
			low = alpha;
		else
			high = alpha;
	}
	double alpha = (low + high) / 2;
	return (alpha - 1) * (alpha * rho - epsilon) - log(alpha - 1) + alpha * log1p(-1 / alpha);
}

Rho account_rho(double epsilon, double delta) {
	double low = 0, high = epsilon + 1;
	for (int i = 0; i < 200; i++) {
		double rho = (low + high) / 2;
		if (log_delta(rho, epsilon) <= log(delta))
			low = rho;
		else
			high = rho;
	}
	return (Rho)floor(low * (1 - AGAINST_US) * (double)RHO_ONE);
}

double account_epsilon(Rho rho, double delta) {
	if (rho <= 0) return 0;
	double r = (double)rho / (double)RHO_ONE, low = 0, high = r + 2 * sqrt(r * -log(delta)) + 1;
	for (int i = 0; i < 200; i++) {
		double epsilon = (low + high) / 2;
		if (log_delta(r, epsilon) <= log(delta))
			high = epsilon;
		else
			low = epsilon;
	}
	return high * (1 + AGAINST_US);
}

Err account_variance(Why *why, Rho share, uint64_t *num, uint64_t *den) {
	*den = GAUSS_DEN_MOST;
	uint64_t most = GAUSS_NUM_MOST;
	// num / den >= RHO_ONE / (2 share)
	if (share > 0 && share < RHO_ONE)
		*num = ((uint64_t)RHO_ONE * GAUSS_DEN_MOST + 2 * (uint64_t)share - 1) / (2 * (uint64_t)share);
	if (share <= 0 || share >= RHO_ONE || *num > most)
		return fail(why, ERR_INVALID, "the budget is too small, or too large, to measure with");
	return OK;
}
