// Which pairs of lists go together: one way, three places to stop.
#include "extent/extent.h"
#include <math.h>

const char *const extent_rule[RULE__N] = {"lists independent", "chosen by BIC", "chosen by p < .02",
					  "chosen by AIC"};

// The 98 % point of chi-squared with one degree of freedom.
static const double gain_of_p = 5.411894;
static const double near = 10; // Burnham and Anderson 2002, section 2.6

enum { MET = EXTENT_PAIRS * EXTENT_PAIRS };
typedef struct {
	double aic[MET], bic[MET], total[MET];
	int n;
} Met;

static void meet(Met *met, const Lists *l, const LogLinear *m) {
	if (met->n == MET) return;
	met->aic[met->n] = loglinear_aic(m);
	met->bic[met->n] = loglinear_bic(m, l->seen);
	met->total[met->n++] = l->seen + m->hidden;
}

static double least_of(const double *v, int n) {
	double least = INFINITY;
	for (int i = 0; i < n; i++) least = v[i] < least ? v[i] : least;
	return least;
}

static void look_near(const Met *met, Chosen *out) {
	double aic = least_of(met->aic, met->n), bic = least_of(met->bic, met->n);
	out->least = INFINITY;
	out->most = 0;
	for (int i = 0; i < met->n; i++) {
		if (met->aic[i] > aic + near && met->bic[i] > bic + near) continue;
		out->near++;
		out->least = fmin(out->least, met->total[i]);
		out->most = fmax(out->most, met->total[i]);
	}
}

// The pair that gains most; false: none is left that has an estimate.
static bool best_next(const Lists *l, const LogLinear *from, Met *met, Chosen *out, LogLinear *best) {
	bool any = false;
	int pairs = l->lists * (l->lists - 1) / 2;
	for (int k = 0; k < pairs; k++) {
		LogLinear m;
		if (from->pairs >> k & 1) continue;
		loglinear_fit(l, from->pairs | (PairSet)1 << k, from, &m);
		out->tried++;
		if (m.state != FIT_GOOD) {
			out->refused++;
			continue;
		}
		meet(met, l, &m);
		if (!any || m.loglik > best->loglik) *best = m;
		any = true;
	}
	return any;
}

bool extent_choose(const Lists *l, Chosen *out) {
	Met met = {0};
	LogLinear now, next;
	*out = (Chosen){0};
	loglinear_fit(l, 0, NULL, &now);
	if (now.state != FIT_GOOD) return false;
	meet(&met, l, &now);
	const double worth[RULE__N] = {INFINITY, log(l->seen), gain_of_p, 2};
	bool going[RULE__N] = {false, true, true, true};
	for (Rule r = RULE_NONE; r < RULE__N; r++) out->model[r] = now;
	while ((going[RULE_BIC] || going[RULE_P] || going[RULE_AIC]) &&
	       best_next(l, &now, &met, out, &next)) {
		double gain = 2 * (next.loglik - now.loglik);
		for (Rule r = RULE_BIC; r < RULE__N; r++) {
			going[r] = going[r] && gain > worth[r];
			if (going[r]) out->model[r] = next;
		}
		now = next;
	}
	look_near(&met, out);
	return true;
}
