// A log-linear model with pairs, fitted by iterated weighted least squares (Nelder and Wedderburn 1972).
#include "extent/design.h"
#include <math.h>

enum { ROUNDS = 60 };
static const double settled = 1e-10;

int extent_pair(int i, int j) { return j * (j - 1) / 2 + i; }

static double on_both(const Lists *l, int i, int j) {
	double n = 0;
	for (unsigned p = 1; p < 1U << l->lists; p++)
		if (p >> i & p >> j & 1) n += l->count[p];
	return n;
}

// *empty: pairs of the model with nobody on both.
static void make_design(const Lists *l, PairSet pairs, Design *d, PairSet *empty) {
	int at[EXTENT_PAIRS];
	ASSERT(l->lists > 0 && l->lists <= EXTENT_LISTS);
	d->n = 1 + l->lists;
	for (int i = 0; i < d->n; i++) d->place[i] = i;
	d->cells = 0;
	*empty = 0;
	for (int j = 1; j < l->lists; j++)
		for (int i = 0; i < j; i++) {
			int k = extent_pair(i, j);
			at[k] = -1;
			if (!(pairs >> k & 1)) continue;
			if (on_both(l, i, j) > 0) {
				d->place[d->n] = 1 + EXTENT_LISTS + k;
				at[k] = d->n++;
			} else
				*empty |= (PairSet)1 << k;
		}
	for (unsigned p = 1; p < 1U << l->lists; p++) {
		uint8_t *with = d->with[d->cells];
		int n = 0;
		bool held = false;
		with[n++] = 0;
		for (int j = 0; j < l->lists; j++) {
			if (!(p >> j & 1)) continue;
			with[n++] = (uint8_t)(1 + j);
			for (int i = 0; i < j; i++) {
				int k = extent_pair(i, j);
				if (!(p >> i & 1) || !(pairs >> k & 1)) continue;
				if (at[k] >= 0)
					with[n++] = (uint8_t)at[k];
				else
					held = true; // holds nobody, whatever the rest
			}
		}
		if (held) continue;
		d->nwith[d->cells] = (uint8_t)n;
		d->y[d->cells++] = l->count[p];
	}
}

typedef struct {
	double a[EXTENT_PARAMETERS][EXTENT_PARAMETERS], b[EXTENT_PARAMETERS];
} Normal;

// Solves in place by Cholesky; false: the columns do not stand apart.
static bool solve(Normal *s, int n) {
	for (int i = 0; i < n; i++) {
		double own = s->a[i][i];
		for (int j = 0; j <= i; j++) {
			double sum = s->a[i][j];
			for (int k = 0; k < j; k++) sum -= s->a[i][k] * s->a[j][k];
			if (i != j)
				s->a[i][j] = sum / s->a[j][j];
			else if (sum <= own * 1e-11)
				return false;
			else
				s->a[i][i] = sqrt(sum);
		}
	}
	for (int i = 0; i < n; i++) {
		for (int k = 0; k < i; k++) s->b[i] -= s->a[i][k] * s->b[k];
		s->b[i] /= s->a[i][i];
	}
	for (int i = n - 1; i >= 0; i--) {
		for (int k = i + 1; k < n; k++) s->b[i] -= s->a[k][i] * s->b[k];
		s->b[i] /= s->a[i][i];
	}
	return true;
}

static void add_cell(Normal *s, const Design *d, int c, double weight, double z) {
	const uint8_t *with = d->with[c];
	for (int i = 0; i < d->nwith[c]; i++) {
		s->b[with[i]] += weight * z;
		for (int j = 0; j < d->nwith[c]; j++)
			if (with[j] <= with[i]) s->a[with[i]][with[j]] += weight;
	}
}

static double eta_of(const Design *d, int c, const double *beta) {
	double eta = 0;
	for (int i = 0; i < d->nwith[c]; i++) eta += beta[d->with[c][i]];
	return eta;
}

static double loglik_of(const Design *d, const double *beta) {
	double sum = 0;
	for (int c = 0; c < d->cells; c++) {
		double eta = eta_of(d, c, beta);
		sum += d->y[c] * eta - exp(eta);
	}
	return sum;
}

// One step from beta, or with `first` from the counts themselves.
static bool step(const Design *d, bool first, double *beta) {
	Normal s = {0};
	for (int c = 0; c < d->cells; c++) {
		double eta = first ? log(d->y[c] + .1) : eta_of(d, c, beta), mu = exp(eta);
		add_cell(&s, d, c, mu, eta + (d->y[c] - mu) / mu);
	}
	if (!solve(&s, d->n)) return false;
	memcpy(beta, s.b, sizeof *beta * (size_t)d->n);
	return true;
}

// The estimate is there (design_state), so this ends at it; a table so steep that doubles do not reach it is
// taken for one without.
static FitState climb(const Design *d, bool first, double *beta, double *loglik) {
	double before = -INFINITY;
	for (int i = 0; i < ROUNDS; i++) {
		if (!step(d, first, beta)) return FIT_NOT_THERE;
		first = false;
		*loglik = loglik_of(d, beta);
		if (!isfinite(*loglik)) return FIT_NOT_THERE;
		if (fabs(*loglik - before) <= settled * (fabs(*loglik) + 1)) return FIT_GOOD;
		before = *loglik;
	}
	return FIT_NOT_THERE;
}

void loglinear_fit(const Lists *l, PairSet pairs, const LogLinear *from, LogLinear *out) {
	Design d;
	PairSet empty;
	double beta[EXTENT_PARAMETERS] = {0};
	make_design(l, pairs, &d, &empty);
	for (int i = 0; from && i < d.n; i++) beta[i] = from->at[d.place[i]];
	*out = (LogLinear){.pairs = pairs, .parameters = 1 + l->lists + __builtin_popcountll(pairs)};
	out->state = design_state(&d);
	if (out->state == FIT_GOOD) out->state = climb(&d, !from, beta, &out->loglik);
	out->hidden = exp(beta[0]);
	for (int i = 0; i < d.n; i++) out->at[d.place[i]] = beta[i];
}

double loglinear_aic(const LogLinear *m) { return 2 * m->parameters - 2 * m->loglik; }
double loglinear_bic(const LogLinear *m, double seen) { return m->parameters * log(seen) - 2 * m->loglik; }
