#include "release/descent.h"
#include <math.h>

enum { KEPT = 10, HALVINGS = 40 };

typedef struct {
	double *step[KEPT], *turn[KEPT], rate[KEPT]; // differences of places and slopes; 1 / their product
	int n, next;
} Memory;

static double dot(const double *a, const double *b, ptrdiff_t n) {
	double sum[4] = {0};
	ptrdiff_t i = 0;
	for (; i + 4 <= n; i += 4)
		for (int lane = 0; lane < 4; lane++) sum[lane] += a[i + lane] * b[i + lane];
	for (; i < n; i++) sum[0] += a[i] * b[i];
	return (sum[0] + sum[1]) + (sum[2] + sum[3]);
}
static void add(double *to, double times, const double *what, ptrdiff_t n) {
	for (ptrdiff_t i = 0; i < n; i++) to[i] += times * what[i];
}

// The two loops of the method: `way` becomes the slope as seen through what is remembered, turned round.
static void direction(const Memory *m, const double *slope, const double *curvature, ptrdiff_t n,
		      double *way) {
	double alpha[KEPT] = {0}, scale = 1;
	memcpy(way, slope, (size_t)n * sizeof *way);
	for (int i = 0; i < m->n; i++) {
		int k = (m->next + KEPT - 1 - i) % KEPT;
		alpha[k] = dot(m->step[k], way, n) * m->rate[k];
		add(way, -alpha[k], m->turn[k], n);
	}
	if (m->n) {
		int k = (m->next + KEPT - 1) % KEPT;
		double sum = 0;
		for (ptrdiff_t i = 0; i < n; i++) sum += m->turn[k][i] * m->turn[k][i] / curvature[i];
		scale = 1 / (m->rate[k] * sum);
	}
	for (ptrdiff_t i = 0; i < n; i++) way[i] *= scale / curvature[i];
	for (int i = m->n - 1; i >= 0; i--) {
		int k = (m->next + KEPT - 1 - i) % KEPT;
		add(way, alpha[k] - dot(m->turn[k], way, n) * m->rate[k], m->step[k], n);
	}
	for (ptrdiff_t i = 0; i < n; i++) way[i] = -way[i];
}

static void remember(Memory *m, const double *x, const double *next, const double *slope,
		     const double *next_slope, ptrdiff_t n) {
	double *step = m->step[m->next], *turn = m->turn[m->next];
	for (ptrdiff_t i = 0; i < n; i++) {
		step[i] = next[i] - x[i];
		turn[i] = next_slope[i] - slope[i];
	}
	double product = dot(step, turn, n);
	if (!(product > 0)) return;
	m->rate[m->next] = 1 / product;
	m->next = (m->next + 1) % KEPT;
	if (m->n < KEPT) m->n++;
}

Descended descend(Arena scratch, const Descent *d, double *x) {
	ptrdiff_t n = d->n;
	double *slope = NEW(&scratch, double, n), *curvature = NEW(&scratch, double, n),
	       *way = NEW(&scratch, double, n);
	double *next = NEW(&scratch, double, n), *next_slope = NEW(&scratch, double, n), far;
	Memory m = {0};
	for (int k = 0; k < KEPT; k++) {
		m.step[k] = NEW(&scratch, double, n);
		m.turn[k] = NEW(&scratch, double, n);
	}
	Descended out = {.least = d->at(d->with, x, slope, curvature, &far)};
	if (!isfinite(out.least)) { // the guess was too bold
		memset(x, 0, (size_t)n * sizeof *x);
		out.least = d->at(d->with, x, slope, curvature, &far);
		ASSERT(isfinite(out.least));
	}
	for (; out.rounds < d->rounds && far > d->near; out.rounds++) {
		direction(&m, slope, curvature, n, way);
		double down = dot(way, slope, n), length = 1, value = out.least;
		int halved = 0;
		for (; halved < HALVINGS; length /= 2, halved++) {
			for (ptrdiff_t i = 0; i < n; i++) next[i] = x[i] + length * way[i];
			value = d->at(d->with, next, next_slope, curvature, &far);
			if (value <= out.least + 1e-4 * length * down) break;
		}
		if (halved == HALVINGS) break; // nothing is to be gained that a double can tell
		remember(&m, x, next, slope, next_slope, n);
		memcpy(x, next, (size_t)n * sizeof *x);
		memcpy(slope, next_slope, (size_t)n * sizeof *slope);
		out.least = value;
	}
	out.settled = far <= d->near;
	(void)d->at(d->with, x, slope, curvature, &far);
	return out;
}
