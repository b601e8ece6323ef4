#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>
#undef fail // cmocka's; base.h has its own

#include "release/belief.h"
#include "release/descent.h"
#include "release/invent.h"
#include "release/merge.h"
#include "release/rows.h"
#include "release/worst.h"

static Arena arena;
static Why why;

static int setup(void **state) {
	(void)state;
	arena = arena_new((ptrdiff_t)1 << 30);
	return 0;
}
static int teardown(void **state) {
	(void)state;
	arena_free(&arena);
	return 0;
}

static Codebook book_of(const char *json) {
	Codebook book;
	assert_int_equal(codebook_read(&arena, &why, str_of(json), &book), OK);
	return book;
}

static uint64_t mixed(uint64_t *s) { // splitmix64
	uint64_t z = *s += 0x9e3779b97f4a7c15u;
	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
	z = (z ^ z >> 27) * 0x94d049bb133111ebu;
	return z ^ z >> 31;
}
static bool scripted(void *with, uint8_t *bytes, ptrdiff_t n) {
	for (ptrdiff_t i = 0; i < n; i++) bytes[i] = (uint8_t)mixed(with);
	return true;
}
static double chance(uint64_t *s) { return (double)(mixed(s) >> 11) * 0x1p-53; }

// ---- sums over a product

// The product of all groups' factors in one cell of the table over everything.
static double product_at(const Codebook *book, const Attributes *group, double *const *factor, int groups,
			 const uint8_t *value) {
	double product = 1;
	for (int g = 0; g < groups; g++) {
		ptrdiff_t k = 0;
		for (Attributes l = group[g]; l; l &= l - 1) {
			int i = __builtin_ctzll(l);
			k = k * book->attribute[i].size + value[i];
		}
		product *= factor[g][k];
	}
	return product;
}

static void sums_along_the_tree_are_those_of_the_whole_table(void **state) {
	(void)state;
	Codebook book = book_of("{\"a\":2,\"b\":3,\"c\":4,\"d\":5,\"e\":7}");
	uint64_t s = 3;
	for (int trial = 0; trial < 200; trial++) {
		enum { GROUPS = 7 };
		Attributes group[GROUPS];
		double *factor[GROUPS], *got[GROUPS], *want[GROUPS], all = 0;
		int groups = 1 + trial % GROUPS;
		for (int g = 0; g < groups; g++) {
			group[g] = (Attributes)1 << mixed(&s) % 5 | (Attributes)1 << mixed(&s) % 5;
			ptrdiff_t cells = (ptrdiff_t)tree_cells(&book, group[g]);
			factor[g] = NEW(&arena, double, cells);
			got[g] = NEW(&arena, double, cells);
			want[g] = NEW(&arena, double, cells);
			for (ptrdiff_t k = 0; k < cells; k++) factor[g][k] = mixed(&s) % 5 ? chance(&s) : 0;
			factor[g][0] = 1;
		}
		for (ptrdiff_t k = 0; k < 2 * 3 * 4 * 5 * 7; k++) {
			uint8_t value[5], part[5];
			tree_values(&book, 31, k, value);
			double p = product_at(&book, group, factor, groups, value);
			all += p;
			for (int g = 0; g < groups; g++) {
				ptrdiff_t at = 0;
				int n = 0;
				for (Attributes l = group[g]; l; l &= l - 1, n++) {
					part[n] = value[__builtin_ctzll(l)];
					at = at * book.attribute[__builtin_ctzll(l)].size + part[n];
				}
				want[g][at] += p;
			}
		}
		Tree tree = tree_over(&book, group, groups);
		Belief *b = belief_on(&arena, &book, &tree, group, groups);
		double log_all = belief_spread(b, (const double *const *)factor, got);
		assert_true(all > 0 ? fabs(log_all - log(all)) < 1e-9 : log_all == -HUGE_VAL);
		for (int g = 0; g < groups && all > 0; g++)
			for (ptrdiff_t k = 0; k < (ptrdiff_t)tree_cells(&book, group[g]); k++)
				assert_true(fabs(got[g][k] - want[g][k] / all) < 1e-9);
	}
}

// ---- the search

typedef struct {
	int calls;
} Valley;
// A long valley: sum of k (x_k - k)^2 / 2 + log cosh of the sum of all x, 20 numbers.
static double valley(void *with, const double *x, double *slope, double *curvature, double *far) {
	Valley *v = with;
	double value = 0, sum = 0, off = 0;
	v->calls++;
	for (int k = 0; k < 20; k++) {
		value += (k + 1) * (x[k] - k) * (x[k] - k) / 2;
		sum += x[k];
	}
	for (int k = 0; k < 20; k++) {
		slope[k] = (k + 1) * (x[k] - k) + tanh(sum);
		curvature[k] = 1;
		off += slope[k] * slope[k];
	}
	*far = sqrt(off);
	return value + log(cosh(sum));
}

static void the_search_ends_where_the_slope_is_nothing(void **state) {
	(void)state;
	double x[20] = {0};
	Valley v = {0};
	Descended d = descend(arena, &(Descent){valley, &v, 20, 1e-8, 200}, x);
	assert_true(d.settled && d.rounds < 60 && v.calls < 80);
	for (int k = 0; k < 20; k++) assert_true(fabs(x[k] - (k - 1.0 / (k + 1))) < 1e-6);
	double y[20] = {0};
	d = descend(arena, &(Descent){valley, &v, 20, 1e-8, 2}, y);
	assert_false(d.settled);
	assert_int_equal(d.rounds, 2);
}

// ---- values that nobody seems to have

static void values_without_people_are_one_and_come_back_by_their_shares(void **state) {
	(void)state;
	Codebook book = book_of("{\"a\":6,\"b\":2}");
	const double a[] = {50, -3, 30, 0, -1, 20}, b[] = {60, 40};
	const double both[] = {30, 20, 1, -4, 20, 10, 0, 0, 2, -3, 10, 10};
	const Measured at[] = {{1, a, 4, NULL}, {2, b, 4, NULL}, {3, both, 4, NULL}};
	Merged m;
	merge(&arena, &book, at, 3, &m);
	// b has fewer values and comes first.
	assert_int_equal(m.from[0], 1);
	assert_int_equal(m.book.attribute[1].size, 4);
	const uint8_t want[] = {0, 3, 1, 3, 3, 2};
	assert_memory_equal(m.to[1], want, sizeof want);
	assert_true(m.at[0].of == 2 && m.at[0].count[3] == -4 && m.at[0].times[3] == 3);
	const double by_b[] = {30, 20, 10, 3, 20, 10, 10, -7};
	assert_memory_equal(m.at[2].count, by_b, sizeof by_b);
	enum { ROWS = 1000 };
	uint8_t x[ROWS], y[ROWS];
	for (int r = 0; r < ROWS; r++) {
		x[r] = (uint8_t)(r % 2);
		y[r] = (uint8_t)(r % 4);
	}
	Table people = merge_undo(&arena, &m, &(Table){.column = {x, y}, .rows = ROWS}, 1);
	int times[6] = {0};
	for (int r = 0; r < ROWS; r++) {
		assert_int_equal(people.column[1][r], x[r]);
		assert_int_equal(m.to[1][people.column[0][r]], y[r]);
		times[people.column[0][r]]++;
	}
	// The nearest table without anything below 0 has none of the three, so they share alike.
	assert_true(abs(times[1] - 83) < 2 && abs(times[3] - 83) < 2 && abs(times[4] - 83) < 2);
}

// ---- what cannot be

static void what_cannot_go_together_is_in_no_row(void **state) {
	(void)state;
	Codebook book = book_of("{\"attributes\": ["
				"{\"name\": \"age\", \"values\": [\"child\", \"adult\"]},"
				"{\"name\": \"married\", \"values\": [\"no\", \"yes\"]},"
				"{\"name\": \"sex\", \"values\": [\"f\", \"m\", \"x\"]}],"
				"\"impossible\": [{\"age\": \"child\", \"married\": \"yes\"}]}");
	// Nobody measured the two together, and alone each is frequent.
	const double age[] = {500, 500}, married[] = {600, 400}, sex[] = {300, 300, 400};
	const Measured one[] = {{1, age, 3, NULL}, {2, married, 3, NULL}, {4, sex, 3, NULL}};
	Model model;
	FitAsk ask = {.book = &book, .measured = one, .nmeasured = 3, .total = 1000};
	assert_int_equal(fit(&arena, &why, &ask, &model), OK);
	double both[4];
	fit_project(arena, &model, 3, both);
	assert_true(both[1] == 0 && fabs(both[0] + both[2] - 600) < 5 && fabs(both[0] - 500) < 5);
	Table rows = rows_make(&arena, &model, 1000, 9);
	int married_adults = 0;
	for (int r = 0; r < 1000; r++) {
		assert_false(rows.column[0][r] == 0 && rows.column[1][r] == 1);
		married_adults += rows.column[1][r];
	}
	assert_true(abs(married_adults - 400) < 10);
}

// ---- rows

// Three attributes of which nothing is known together: independent draws would be off by some 5 in each cell.
static void rows_agree_with_the_model_in_pairs_that_no_table_holds(void **state) {
	(void)state;
	Codebook book = book_of("{\"a\":4,\"b\":5,\"c\":3}");
	enum { ROWS = 600 };
	const double a[] = {240, 180, 120, 60}, b[] = {200, 150, 100, 100, 50}, c[] = {300, 200, 100};
	const double *alone[] = {a, b, c};
	const Measured one[] = {{1, a, 3, NULL}, {2, b, 3, NULL}, {4, c, 3, NULL}};
	Model model;
	FitAsk ask = {.book = &book, .measured = one, .nmeasured = 3, .total = ROWS};
	assert_int_equal(fit(&arena, &why, &ask, &model), OK);
	Table rows = rows_make(&arena, &model, ROWS, 4);
	for (int i = 0; i < 3; i++)
		for (int j = 0; j < i; j++) {
			int both[5][5] = {0};
			for (int r = 0; r < ROWS; r++) both[rows.column[i][r]][rows.column[j][r]]++;
			for (int v = 0; v < book.attribute[i].size; v++)
				for (int w = 0; w < book.attribute[j].size; w++)
					assert_true(fabs(both[v][w] - alone[i][v] * alone[j][w] / ROWS) <
						    2.5);
		}
}

// ---- the same again

// FNV-1a of every row that a fixed stream of noise gives. It changes with the method, never with the
// compiler: then something adds in another order, or rounds once where it should twice.
#define ROWS_OF_THE_STREAM 0xdf5f6931u
static void the_same_noise_gives_the_same_rows_with_every_compiler(void **state) {
	(void)state;
	Codebook book = book_of("{\"a\":9,\"b\":3,\"c\":2,\"d\":31,\"e\":5,\"f\":4}");
	enum { N = 5000 };
	Table people = {.rows = N};
	uint64_t s = 5;
	uint8_t *column[6];
	for (int i = 0; i < 6; i++) people.column[i] = column[i] = NEW(&arena, uint8_t, N);
	for (int r = 0; r < N; r++)
		for (int i = 0; i < 6; i++) {
			uint64_t before =
				i && mixed(&s) % 2 ? column[i - 1][r] : mixed(&s) % 97 * (mixed(&s) % 2);
			column[i][r] = (uint8_t)(before % (uint64_t)book.attribute[i].size);
		}
	Draws d = {.more = scripted, .with = &s};
	Measures m;
	Invented made;
	MeasureAsk ask = {&book, &people, RHO_ONE / 40, 3000};
	assert_int_equal(measure(&arena, &why, &d, &ask, &m), OK);
	Merged merged;
	merge(&arena, &book, m.at, m.n, &merged);
	assert_true(m.n > 8 && merged.book.attribute[5].size < 31);
	assert_int_equal(invent(&arena, &why, &book, &m, 1, &made), OK);
	assert_true(made.settled && made.rows.rows == llround(m.total));
	uint32_t hash = 2166136261u;
	for (int i = 0; i < 6; i++)
		for (int r = 0; r < made.rows.rows; r++) hash = (hash ^ made.rows.column[i][r]) * 16777619u;
	if (hash != ROWS_OF_THE_STREAM) print_error("0x%xu\n", hash);
	assert_int_equal(hash, ROWS_OF_THE_STREAM);
}

static void the_worst_of_what_was_not_measured_is_named(void **state) {
	(void)state;
	// Of four attributes the pair 0, 1 was measured. 0, 2 was looked at twice; 1, 2 cannot be told from
	// nobody.
	const Measured at[] = {{.of = 1}, {.of = 2}, {.of = 3}};
	const Candidate pair[] = {{3, 900}, {5, 800}, {9, 300}, {6, 19}, {10, 500}, {5, 100}};
	Measures m = {
		.at = (Measured *)at, .n = COUNT(at), .pair = pair, .npair = COUNT(pair), .pair_sigma = 10};
	Worst worst[WORST_MOST];
	assert_int_equal(worst_pairs(&m, worst), 3);
	assert_int_equal(worst[0].of, 10);
	assert_true(worst[0].people == 250 && worst[0].within > 9.7 && worst[0].within < 9.9);
	assert_int_equal(worst[1].of, 9);
	assert_true(worst[2].of == 5 && worst[2].people == 50); // as the second look found
	Candidate many[30];
	for (int i = 0; i < 30; i++) many[i] = (Candidate){(Attributes)3 << (i + 3), 100 + i};
	m.pair = many;
	m.npair = COUNT(many);
	assert_int_equal(worst_pairs(&m, worst), WORST_MOST);
	for (int i = 0; i < WORST_MOST; i++) assert_int_equal(worst[i].of, (Attributes)3 << (32 - i));
}

int main(void) {
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sums_along_the_tree_are_those_of_the_whole_table),
		cmocka_unit_test(the_search_ends_where_the_slope_is_nothing),
		cmocka_unit_test(values_without_people_are_one_and_come_back_by_their_shares),
		cmocka_unit_test(what_cannot_go_together_is_in_no_row),
		cmocka_unit_test(rows_agree_with_the_model_in_pairs_that_no_table_holds),
		cmocka_unit_test(the_worst_of_what_was_not_measured_is_named),
		cmocka_unit_test(the_same_noise_gives_the_same_rows_with_every_compiler),
	};
	return cmocka_run_group_tests(tests, setup, teardown);
}
