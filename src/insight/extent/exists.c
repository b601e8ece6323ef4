// Does a model have an estimate? By the table alone, before any fit.
//
// Along a direction b of the parameters the likelihood of a cell that holds people falls sooner or later on
// both sides, unless b leaves the cell as it is; that of an empty cell rises for ever where b makes the cell
// smaller. So there is no estimate if and only if some b leaves all cells with people alone and makes no
// empty cell larger and at least one smaller (Haberman 1974, The analysis of frequency data, appendix B; as a
// linear programme: Fienberg and Rinaldo 2012, Maximum likelihood estimation in log-linear models, section 3,
// which Chan, Silverman and Vincent 2021 use). If b leaves every cell alone, the table does not tell the
// estimates on that line from each other.
#include "extent/design.h"
#include <math.h>

enum { MOST = EXTENT_PARAMETERS };
// What is 0 but for rounding: the numbers are quotients of small determinants of 0 and 1.
static const double nothing = 1e-9;

// Rows in reduced echelon form, as they come.
typedef struct {
	int n, rank;
	double row[MOST][MOST];
	int pivot[MOST];
} Echelon;

static void take_away(double *from, const double *row, int n, double times) {
	for (int i = 0; i < n; i++) from[i] -= times * row[i];
}

static void echelon_add(Echelon *e, double *row) {
	int at = 0;
	for (int r = 0; r < e->rank; r++) take_away(row, e->row[r], e->n, row[e->pivot[r]]);
	for (int i = 1; i < e->n; i++)
		if (fabs(row[i]) > fabs(row[at])) at = i;
	if (fabs(row[at]) < nothing) return;
	double by = row[at];
	for (int i = 0; i < e->n; i++) row[i] /= by;
	for (int r = 0; r < e->rank; r++) take_away(e->row[r], row, e->n, e->row[r][at]);
	memcpy(e->row[e->rank], row, sizeof *row * (size_t)e->n);
	e->pivot[e->rank++] = at;
}

// free[k]: the columns without a pivot. The k-th direction that all rows leave alone has 1 there.
static int free_columns(const Echelon *e, int *column) {
	bool taken[MOST] = {false};
	int k = 0;
	for (int r = 0; r < e->rank; r++) taken[e->pivot[r]] = true;
	for (int i = 0; i < e->n; i++)
		if (!taken[i]) column[k++] = i;
	return k;
}

// How much a cell grows along each of the free directions.
static void grows(const Echelon *e, const int *column, int k, const double *cell, double *out) {
	for (int f = 0; f < k; f++) {
		out[f] = cell[column[f]];
		for (int r = 0; r < e->rank; r++) out[f] -= cell[e->pivot[r]] * e->row[r][column[f]];
	}
}

static void row_of(const Design *d, int c, double *row) {
	memset(row, 0, sizeof *row * (size_t)d->n);
	for (int i = 0; i < d->nwith[c]; i++) row[d->with[c][i]] = 1;
}

// Directions that leave the cells with people alone, and what each empty cell does along them.
typedef struct {
	int k, n; // directions, empty cells
	double by[EXTENT_CELLS][MOST];
} Open;

static void find_open(const Design *d, Open *open) {
	Echelon e = {.n = d->n};
	int column[MOST];
	double row[MOST];
	*open = (Open){0};
	for (int c = 0; c < d->cells && e.rank < e.n; c++) {
		if (d->y[c] <= 0) continue;
		row_of(d, c, row);
		echelon_add(&e, row);
	}
	open->k = free_columns(&e, column);
	if (!open->k) return;
	for (int c = 0; c < d->cells; c++) {
		if (d->y[c] > 0) continue;
		row_of(d, c, row);
		grows(&e, column, open->k, row, open->by[open->n++]);
	}
}

static int rank_of(const Open *open) {
	Echelon e = {.n = open->k};
	double row[MOST];
	for (int c = 0; c < open->n && e.rank < e.n; c++) {
		memcpy(row, open->by[c], sizeof row);
		echelon_add(&e, row);
	}
	return e.rank;
}

// ---- the linear programme
// Stiemke 1915: no direction makes one empty cell smaller and none larger, if and only if weights above 0,
// one for each empty cell, add up what the cells do to nothing along every direction. With 1 as the least
// weight:
//     sum of extra[c] by[c]  =  - sum of by[c],   extra >= 0,
// is there an answer? Phase one of the simplex method, with Bland's rule, so that it ends.
typedef struct {
	int rows, columns;
	double at[MOST][EXTENT_CELLS + 1]; // the last column: the right side, not below 0
	double cost[EXTENT_CELLS + 1]; // of each column, and of all with what is left at the end
	int basis[MOST]; // columns and more: the row's own artificial variable
} Simplex;

static void set_up(const Open *open, Simplex *s) {
	s->rows = open->k;
	s->columns = open->n;
	memset(s->cost, 0, sizeof s->cost);
	for (int r = 0; r < s->rows; r++) {
		double right = 0;
		for (int c = 0; c < s->columns; c++) right -= open->by[c][r];
		double sign = right < 0 ? -1 : 1;
		for (int c = 0; c < s->columns; c++) s->at[r][c] = sign * open->by[c][r];
		s->at[r][s->columns] = sign * right;
		s->basis[r] = s->columns + r;
		take_away(s->cost, s->at[r], s->columns + 1, 1);
	}
}

static int enters(const Simplex *s) {
	for (int c = 0; c < s->columns; c++)
		if (s->cost[c] < -nothing) return c;
	return -1;
}

static int leaves(const Simplex *s, int c) {
	int best = -1;
	double least = INFINITY;
	for (int r = 0; r < s->rows; r++) {
		if (s->at[r][c] <= nothing) continue;
		double ratio = s->at[r][s->columns] / s->at[r][c];
		bool same = best >= 0 && ratio < least + nothing && s->basis[r] < s->basis[best];
		if (same || ratio < least - nothing) {
			least = ratio;
			best = r;
		}
	}
	return best;
}

static void pivot(Simplex *s, int r, int c) {
	double by = s->at[r][c];
	for (int i = 0; i <= s->columns; i++) s->at[r][i] /= by;
	for (int other = 0; other < s->rows; other++)
		if (other != r) take_away(s->at[other], s->at[r], s->columns + 1, s->at[other][c]);
	take_away(s->cost, s->at[r], s->columns + 1, s->cost[c]);
	s->basis[r] = c;
}

static bool has_answer(const Open *open) {
	Simplex s;
	set_up(open, &s);
	for (int c; (c = enters(&s)) >= 0;) {
		int r = leaves(&s, c);
		if (r < 0) break; // cannot be: the cost is not below 0
		pivot(&s, r, c);
	}
	return -s.cost[s.columns] < 1e-6; // what no weights make up for
}

FitState design_state(const Design *d) {
	Open open;
	if (d->cells < d->n) return FIT_NOT_TOLD;
	find_open(d, &open);
	if (!open.k) return FIT_GOOD;
	if (rank_of(&open) < open.k) return FIT_NOT_TOLD;
	return has_answer(&open) ? FIT_GOOD : FIT_NOT_THERE;
}
