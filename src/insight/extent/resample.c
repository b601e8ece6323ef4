// What chance would have changed: tables drawn from the table, the choice made again in each.
#include "extent/extent.h"
#include <math.h>
#include <stdlib.h>

enum { ONE_BY_ONE = 200000 }; // people drawn one by one; in larger tables each count is drawn as a Gaussian

typedef struct {
	uint64_t s;
} Chance;
static uint64_t draw(Chance *c) { // splitmix64
	uint64_t z = c->s += 0x9e3779b97f4a7c15u;
	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
	z = (z ^ z >> 27) * 0x94d049bb133111ebu;
	return z ^ z >> 31;
}
static double unit(Chance *c) { return ((double)(draw(c) >> 11) + .5) * 0x1p-53; }

static void recount(Lists *l) {
	l->seen = l->shared = 0;
	for (unsigned p = 1; p < 1U << l->lists; p++) {
		l->seen += l->count[p];
		if (p & (p - 1)) l->shared += l->count[p];
	}
}

static unsigned pattern_at(const double *upto, unsigned cells, double x) {
	unsigned low = 1, high = cells - 1;
	while (low < high) {
		unsigned middle = low + (high - low) / 2;
		if (upto[middle] > x)
			high = middle;
		else
			low = middle + 1;
	}
	return low;
}

static void resample(const Lists *l, Chance *c, Lists *out) {
	unsigned cells = 1U << l->lists;
	double upto[EXTENT_CELLS] = {0};
	*out = *l;
	for (unsigned p = 1; p < cells; p++) {
		upto[p] = upto[p - 1] + l->count[p];
		out->count[p] = 0;
	}
	if (l->seen > ONE_BY_ONE) {
		for (unsigned p = 1; p < cells; p++) {
			double gauss = sqrt(-2 * log(unit(c))) * cos(6.283185307179586 * unit(c));
			double share = l->count[p] / l->seen;
			out->count[p] = fmax(0, round(l->count[p] + gauss * sqrt(l->count[p] * (1 - share))));
		}
	} else
		for (int64_t n = (int64_t)l->seen; n > 0; n--)
			out->count[pattern_at(upto, cells, unit(c) * l->seen)]++;
	recount(out);
}

// ---- BCa
// -----------------------------------------------------------------------------------------------------

static double phi(double z) { return erfc(-z / sqrt(2)) / 2; }
static double phi_inverse(double p) {
	double low = -9, high = 9;
	for (int i = 0; i < 80; i++) {
		double middle = (low + high) / 2;
		if (phi(middle) < p)
			low = middle;
		else
			high = middle;
	}
	return (low + high) / 2;
}

static int by_size(const void *a, const void *b) {
	double x = *(const double *)a, y = *(const double *)b;
	return (x > y) - (x < y);
}

static double quantile(const double *sorted, int n, double p) {
	double at = p * (n - 1);
	int i = (int)floor(at);
	if (i < 0) return sorted[0];
	if (i >= n - 1) return sorted[n - 1];
	return sorted[i] + (at - i) * (sorted[i + 1] - sorted[i]);
}

static double acceleration(const Lists *l, const double *less) {
	double n = 0, sum = 0, two = 0, three = 0;
	for (unsigned p = 1; p < 1U << l->lists; p++)
		if (l->count[p] > 0 && !isnan(less[p])) {
			n += l->count[p];
			sum += l->count[p] * less[p];
		}
	for (unsigned p = 1; p < 1U << l->lists && n > 0; p++)
		if (l->count[p] > 0 && !isnan(less[p])) {
			double d = sum / n - less[p];
			two += l->count[p] * d * d;
			three += l->count[p] * d * d * d;
		}
	return two > 0 ? three / (6 * pow(two, 1.5)) : 0;
}

static double shifted(double z0, double a, double z) {
	double s = z0 + z;
	return phi(z0 + s / (1 - a * s));
}

static void interval_of(const Lists *l, const ExtentAsk *how, double *v, int n, const double *less,
			double point, Interval *out) {
	double tail = (1 - how->level) / 2;
	int below = 0;
	for (int i = 0; i < n; i++) below += v[i] < point;
	qsort(v, (size_t)n, sizeof *v, by_size);
	out->low = quantile(v, n, tail);
	out->high = quantile(v, n, 1 - tail);
	double share = fmin(fmax((double)below / n, .5 / n), 1 - .5 / n);
	double z0 = phi_inverse(share), a = acceleration(l, less);
	out->bca_low = quantile(v, n, shifted(z0, a, phi_inverse(tail)));
	out->bca_high = quantile(v, n, shifted(z0, a, phi_inverse(1 - tail)));
	out->sure = true;
}

typedef struct {
	double *drawn[RULE__N], *less[RULE__N];
	int n;
} Totals;

static void jackknife(Arena *a, const Lists *l, Totals *t) {
	unsigned cells = 1U << l->lists;
	Lists *one = NEW(a, Lists, 1);
	Chosen *c = NEW(a, Chosen, 1);
	for (Rule r = RULE_NONE; r < RULE__N; r++) t->less[r] = NEW(a, double, cells);
	for (unsigned p = 1; p < cells; p++) {
		if (l->count[p] <= 0) continue;
		*one = *l;
		one->count[p]--;
		recount(one);
		bool good = extent_choose(one, c);
		for (Rule r = RULE_NONE; r < RULE__N; r++)
			t->less[r][p] = good ? one->seen + c->model[r].hidden : NAN;
	}
}

Err extent_of(Arena *a, Why *why, const Lists *l, const ExtentAsk *how, Extent *out) {
	Totals t = {0};
	Chance chance = {how->seed};
	Lists *again = NEW(a, Lists, 1);
	Chosen *c = NEW(a, Chosen, 1);
	*out = (Extent){.resampled = how->resamples, .least = INFINITY};
	if (!extent_choose(l, &out->chosen))
		return fail(why, ERR_INVALID,
			    "not even the model of independent lists has an estimate for this table");
	for (Rule r = RULE_NONE; r < RULE__N; r++) t.drawn[r] = NEW(a, double, how->resamples);
	jackknife(a, l, &t);
	for (int i = 0; i < how->resamples; i++) {
		if (how->progress && i % 50 == 0) how->progress(i, how->resamples);
		resample(l, &chance, again);
		if (!extent_choose(again, c)) continue;
		for (Rule r = RULE_NONE; r < RULE__N; r++) t.drawn[r][t.n] = again->seen + c->model[r].hidden;
		t.n++;
	}
	if (how->progress) how->progress(how->resamples, how->resamples);
	out->failed = how->resamples - t.n;
	if (t.n < how->resamples * 9 / 10)
		return fail(why, ERR_INVALID,
			    "%d of %d resampled tables have no estimate: too few people for any answer",
			    out->failed, how->resamples);
	for (Rule r = RULE_NONE; r < RULE__N; r++) {
		const LogLinear *m = &out->chosen.model[r];
		interval_of(l, how, t.drawn[r], t.n, t.less[r], l->seen + m->hidden, &out->interval[r]);
		if (r == RULE_NONE) continue; // shown, not said: lists are hardly ever independent
		const Interval *v = &out->interval[r];
		out->least = fmin(out->least, v->bca_low);
		out->most = fmax(out->most, v->bca_high);
	}
	return OK;
}

double extent_rough(double v, bool up) {
	double unit = pow(10, floor(log10(fmax(v, 1))) - 2);
	if (unit < 1) unit = 1;
	return (up ? ceil(v / unit) : floor(v / unit)) * unit;
}
