#include "statistics/protect.h"
#include "tests/fixture.h"

const EntryKind *const *fixture_kinds(void) {
	static const EntryKind *const none[] = {NULL};
	return none;
}

static uint64_t next(uint64_t *x) {
	*x = *x * 6364136223846793005U + 1442695040888963407U;
	return *x >> 33;
}

static void fill(Counts *c, int row, int column, int64_t n) {
	for (int64_t i = 0; i < n; i++) counts_add(c, row, column);
}

static bool shown(const Counts *c, int row, int column) {
	return c->state[counts_at(c, row, column)] == CELL_SHOWN;
}

// ---- an adversary who tries every table there could be
// -----------------------------------------------------------

typedef struct {
	const Counts *c; // what is shown is read, the rest is not looked at
	int64_t try[16];
	bool seen[16][PROTECT_LEAST]; // a hidden cell could have this value
	int small[16], nsmall; // places that are under the threshold, told by somebody who knows
} Adversary;

static int64_t sum_of(const Adversary *a, int row, int column) {
	int64_t n = 0;
	for (int r = 0; r < a->c->rows; r++)
		for (int k = 0; k < a->c->columns; k++)
			if ((row < 0 || r == row) && (column < 0 || k == column))
				n += a->try[r * a->c->columns + k];
	return n;
}

// Sums that are shown are met, and the small ones stay small.
static bool fits(const Adversary *a, int row, int column, int64_t n) {
	int at = counts_at(a->c, row, column), state = a->c->state[at];
	if (state == CELL_SHOWN) return n == a->c->count[at];
	return state != CELL_SMALL || n < PROTECT_LEAST;
}

static void note(Adversary *a) {
	for (int r = 0; r < a->c->rows; r++)
		for (int k = 0; k < a->c->columns; k++)
			if (a->try[r * a->c->columns + k] < PROTECT_LEAST)
				a->seen[r * a->c->columns + k][a->try[r * a->c->columns + k]] = true;
}

static void try_from(Adversary *a, int cell, int64_t left) {
	int columns = a->c->columns, cells = a->c->rows * columns;
	if (cell == cells) {
		for (int k = 0; k < columns; k++)
			if (!fits(a, a->c->rows, k, sum_of(a, -1, k))) return;
		if (left == 0) note(a);
		return;
	}
	int row = cell / columns, column = cell % columns;
	for (int64_t n = 0; n <= left; n++) {
		a->try[cell] = n;
		if (!fits(a, row, column, n)) continue;
		bool ends = column == columns - 1;
		if (ends && a->c->state[counts_at(a->c, row, columns)] != CELL_TWICE &&
		    !fits(a, row, columns, sum_of(a, row, -1)))
			continue;
		try_from(a, cell + 1, left - n);
	}
	a->try[cell] = 0;
}

static bool all_hidden(const Counts *c) {
	for (int r = 0; r <= c->rows; r++)
		for (int k = 0; k <= c->columns; k++)
			if (!(r == c->rows && k == c->columns) && shown(c, r, k) &&
			    !(c->columns == 1 && r == c->rows))
				return false;
	return true;
}

static void check_every_table(const Counts *c) {
	Adversary a = {.c = c};
	int64_t whole = c->count[counts_at(c, c->rows, c->columns)];
	if (!shown(c, c->rows, c->columns)) {
		assert_true(whole < PROTECT_LEAST);
		assert_true(all_hidden(c));
		return;
	}
	if (all_hidden(c)) return; // only the whole is known
	try_from(&a, 0, whole);
	for (int r = 0; r < c->rows; r++)
		for (int k = 0; k < c->columns; k++) {
			if (c->count[counts_at(c, r, k)] >= PROTECT_LEAST) continue;
			assert_false(shown(c, r, k));
			for (int n = 0; n < PROTECT_LEAST; n++) assert_true(a.seen[r * c->columns + k][n]);
		}
}

static void every_small_number_stays_possible_whoever_solves_the_table(void **s) {
	(void)s;
	Arena a = arena_new(1 << 24);
	uint64_t x = 1;
	static const int shape[][2] = {{2, 2}, {3, 1}, {4, 1}, {2, 3}, {3, 2}};
	for (int i = 0; i < 150; i++) {
		const int *of = shape[i % COUNT(shape)];
		Counts c = counts_on(&a, of[0], of[1]);
		int most = of[0] * of[1] > 4 ? 12 : 24;
		for (int r = 0; r < of[0]; r++)
			for (int k = 0; k < of[1]; k++) fill(&c, r, k, (int64_t)next(&x) % most);
		counts_protect(&c, next(&x));
		check_every_table(&c);
		arena_reset(&a);
	}
	arena_free(&a);
}

// ---- an adversary who knows these rules as well
// -------------------------------------------------------------------

// Of all small tables that would have been shown alike, one after another.
static void who_knows_the_rules_learns_no_small_number(void **s) {
	(void)s;
	enum { MOST = 15, LOTS = 4, VIEWS = 4 * MOST * MOST * MOST, CELLS = 3 };
	static int64_t view[VIEWS][CELLS + 1];
	static int64_t least[VIEWS][CELLS], most[VIEWS][CELLS];
	int n = 0;
	Arena a = arena_new(1 << 24);
	for (int i = 0; i < MOST * MOST * MOST; i++)
		for (uint64_t lot = 0; lot < LOTS; lot++) {
			Counts c = counts_on(&a, CELLS, 1);
			int64_t v[CELLS + 1];
			for (int r = 0, rest = i; r < CELLS; r++, rest /= MOST) fill(&c, r, 0, rest % MOST);
			counts_protect(&c, lot);
			for (int r = 0; r < CELLS; r++)
				v[r] = shown(&c, r, 0) ? c.count[counts_at(&c, r, 0)] : -1;
			v[CELLS] = shown(&c, CELLS, 1) ? c.count[counts_at(&c, CELLS, 1)] : -1;
			int at = 0;
			while (at < n && memcmp(view[at], v, sizeof v) != 0) at++;
			if (at == n) {
				assert_true(n < VIEWS);
				memcpy(view[n++], v, sizeof v);
				for (int r = 0; r < CELLS; r++) least[at][r] = MOST, most[at][r] = -1;
			}
			for (int r = 0; r < CELLS; r++) {
				int64_t count = c.count[counts_at(&c, r, 0)];
				if (count < least[at][r]) least[at][r] = count;
				if (count > most[at][r]) most[at][r] = count;
			}
			arena_reset(&a);
		}
	for (int at = 0; at < n; at++)
		for (int r = 0; r < CELLS; r++)
			if (view[at][r] < 0 && least[at][r] < PROTECT_LEAST)
				assert_true(most[at][r] - least[at][r] >= 4);
	arena_free(&a);
}

// ---- large tables: no small cell follows from what is shown
// -------------------------------------------------------------

enum { UNKNOWN_MOST = 16 * 13, LINES = 16 + 12 + 1 };

static double size_of(double x) { return x < 0 ? -x : x; }

// Gauss-Jordan; afterwards a line with one number left tells that unknown.
static void solve(double (*m)[UNKNOWN_MOST], int lines, int n) {
	for (int k = 0, line = 0; k < n && line < lines; k++) {
		int best = line;
		for (int i = line; i < lines; i++)
			if (size_of(m[i][k]) > size_of(m[best][k])) best = i;
		if (size_of(m[best][k]) < 1e-9) continue;
		for (int j = 0; j < n; j++) {
			double keep = m[line][j];
			m[line][j] = m[best][j];
			m[best][j] = keep;
		}
		double by = m[line][k];
		for (int j = 0; j < n; j++) m[line][j] /= by;
		for (int i = 0; i < lines; i++) {
			double f = i == line ? 0 : m[i][k];
			for (int j = 0; j < n && size_of(f) > 1e-12; j++) m[i][j] -= f * m[line][j];
		}
		line++;
	}
}

// Unknown: hidden cells and hidden sums. Equations: each row, each column, all sums.
static void check_not_solved(const Counts *c) {
	static double m[LINES][UNKNOWN_MOST];
	int of[UNKNOWN_MOST], n = 0, lines = c->rows + c->columns + 2;
	memset(m, 0, sizeof m);
	for (int r = 0; r <= c->rows; r++)
		for (int k = 0; k <= c->columns; k++) {
			if (shown(c, r, k)) continue;
			double sign = (r == c->rows) != (k == c->columns) ? -1 : 1;
			m[r][n] = sign;
			m[c->rows + 1 + k][n] = sign;
			of[n++] = counts_at(c, r, k);
		}
	solve(m, lines, n);
	for (int i = 0; i < lines; i++) {
		int alone = -1, many = 0;
		for (int j = 0; j < n; j++)
			if (size_of(m[i][j]) > 1e-9) alone = j, many++;
		if (many == 1) assert_true(c->count[of[alone]] >= PROTECT_LEAST);
	}
}

static void no_small_number_follows_from_sums_of_a_large_table(void **s) {
	(void)s;
	Arena a = arena_new(1 << 24);
	uint64_t x = 7;
	int kept = 0, large = 0;
	for (int i = 0; i < 60; i++) {
		int rows = 2 + (int)(next(&x) % 12), columns = 2 + (int)(next(&x) % 9);
		Counts c = counts_on(&a, rows, columns);
		for (int r = 0; r < rows; r++)
			for (int k = 0; k < columns; k++)
				fill(&c, r, k, (int64_t)(next(&x) % 3 ? next(&x) % 60 : next(&x) % 4));
		counts_protect(&c, next(&x));
		check_not_solved(&c);
		for (int r = 0; r < rows; r++)
			for (int k = 0; k < columns; k++) {
				kept += shown(&c, r, k);
				large += c.count[counts_at(&c, r, k)] >= PROTECT_LEAST;
			}
		arena_reset(&a);
	}
	assert_true(kept * 10 >= large * 6); // and most is left to see
	arena_free(&a);
}

static void what_needs_no_protection_is_shown_whole(void **s) {
	(void)s;
	Arena a = arena_new(1 << 20);
	Counts c = counts_on(&a, 2, 2);
	for (int r = 0; r < 2; r++)
		for (int k = 0; k < 2; k++) fill(&c, r, k, PROTECT_LEAST);
	counts_protect(&c, 3);
	for (int r = 0; r <= 2; r++)
		for (int k = 0; k <= 2; k++) assert_true(shown(&c, r, k));
	arena_free(&a);
}

static void one_small_number_takes_one_other_along_in_one_column_and_three_in_two(void **s) {
	(void)s;
	Arena a = arena_new(1 << 20);
	Counts one = counts_on(&a, 4, 1), two = counts_on(&a, 3, 3);
	int hidden = 0;
	for (int r = 0; r < 4; r++) fill(&one, r, 0, r == 2 ? 3 : 50 + r);
	counts_protect(&one, 5);
	for (int r = 0; r < 4; r++) hidden += !shown(&one, r, 0);
	assert_int_equal(hidden, 2);
	for (int r = 0; r < 3; r++)
		for (int k = 0; k < 3; k++) fill(&two, r, k, r == 1 && k == 1 ? 4 : 40 + r + k);
	counts_protect(&two, 5);
	hidden = 0;
	for (int r = 0; r <= 3; r++)
		for (int k = 0; k <= 3; k++) hidden += !shown(&two, r, k);
	assert_int_equal(hidden, 4);
	arena_free(&a);
}

int main(void) {
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_small_number_stays_possible_whoever_solves_the_table),
		cmocka_unit_test(who_knows_the_rules_learns_no_small_number),
		cmocka_unit_test(no_small_number_follows_from_sums_of_a_large_table),
		cmocka_unit_test(what_needs_no_protection_is_shown_whole),
		cmocka_unit_test(one_small_number_takes_one_other_along_in_one_column_and_three_in_two),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
