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

// The logarithm of the least delta that a Gaussian of mu = sqrt(2 rho) gives at epsilon (Balle and Wang 2018,
// theorem 8), and of what the proof adds.
static double log_delta_tight(double rho, double epsilon) {
	long double mu = sqrtl(2 * (long double)rho), root = sqrtl(2),
		    one = erfcl(((long double)epsilon / mu - mu / 2) / root) / 2, two = 0;
	// Left out where it cannot be computed: then it is more.
	if (epsilon < 1000) two = expl(epsilon) * erfcl(((long double)epsilon / mu + mu / 2) / root) / 2;
	return (double)logl(fmaxl(one - two, 0) + ACCOUNT_SLACK);
}

static const struct {
	const char *name;
	double (*log_delta)(double rho, double epsilon);
	uint64_t smooth;
} ways[] = {
	[COMPOSITION_ZCDP] = {"zcdp", log_delta, 0},
	[COMPOSITION_TIGHT] = {"tight", log_delta_tight, ACCOUNT_SMOOTH},
};
_Static_assert(COUNT(ways) == COMPOSITION__N, "each composition has its row");

const char *account_composition(Composition c) { return ways[c].name; }
bool account_composition_of(Str name, Composition *out) {
	for (int i = 0; i < COMPOSITION__N; i++) {
		if (!str_eq(name, str_of(ways[i].name))) continue;
		*out = (Composition)i;
		return true;
	}
	return false;
}

Rho account_rho_by(Composition c, double epsilon, double delta) {
	double low = 0, high = epsilon + 1;
	for (int i = 0; i < 200; i++) {
		double rho = (low + high) / 2;
		if (ways[c].log_delta(rho, epsilon) <= log(delta))
			low = rho;
		else
			high = rho;
	}
	return (Rho)floor(low * (1 - AGAINST_US) * (double)RHO_ONE);
}

double account_epsilon_by(Composition c, Rho rho, double delta) {
	if (rho <= 0) return 0;
	double r = (double)rho / (double)RHO_ONE, low = 0, high = r + 2 * sqrt(r * -log(delta)) + 1;
	if (delta <= 2 * ACCOUNT_SLACK && c == COMPOSITION_TIGHT) c = COMPOSITION_ZCDP; // which holds too
	for (int i = 0; i < 200; i++) {
		double epsilon = (low + high) / 2;
		if (ways[c].log_delta(r, epsilon) <= log(delta))
			high = epsilon;
		else
			low = epsilon;
	}
	return high * (1 + AGAINST_US);
}

Err account_variance_by(Composition c, Why *why, Rho share, uint64_t *num, uint64_t *den) {
	*den = GAUSS_DEN_MOST;
	uint64_t most = GAUSS_NUM_MOST - ways[c].smooth * GAUSS_DEN_MOST;
	// num / den >= RHO_ONE / (2 share), and what makes it smooth
	if (share > 0 && share < RHO_ONE)
		*num = ((uint64_t)RHO_ONE * GAUSS_DEN_MOST + 2 * (uint64_t)share - 1) / (2 * (uint64_t)share);
	if (share <= 0 || share >= RHO_ONE || *num > most)
		return fail(why, ERR_INVALID, "the budget is too small, or too large, to measure with");
	*num += ways[c].smooth * GAUSS_DEN_MOST;
	return OK;
}

Rho account_rho(double epsilon, double delta) { return account_rho_by(COMPOSITION_ZCDP, epsilon, delta); }
double account_epsilon(Rho rho, double delta) { return account_epsilon_by(COMPOSITION_ZCDP, rho, delta); }
Err account_variance(Why *why, Rho share, uint64_t *num, uint64_t *den) {
	return account_variance_by(COMPOSITION_ZCDP, why, share, num, den);
}
