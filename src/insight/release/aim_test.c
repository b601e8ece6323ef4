#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>
#undef fail // cmocka's; base.h has its own

#include "release/across.h"
#include "release/aim.h"
#include "release/invent.h"

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

// ---- what a model says of two attributes

// The product of the cliques over what they share, in one cell of the table over everything.
static double model_at(const Model *m, const uint8_t *value) {
	double product = m->total;
	for (int i = 0; i < m->tree.n; i++) {
		Attributes clique = m->tree.clique[i],
			   above = m->tree.parent[i] < 0 ? 0 : m->tree.clique[m->tree.parent[i]];
		double shared[64];
		ptrdiff_t at = 0, of = 0;
		fit_project(arena, m, clique & above, shared);
		for (Attributes l = clique; l; l &= l - 1) {
			int a = __builtin_ctzll(l), size = m->book->attribute[a].size;
			at = at * size + value[a];
			if (l & -l & above) of = of * size + value[a];
		}
		if (!(m->cell[i][at] > 0)) return 0;
		product *= m->cell[i][at] / shared[of];
	}
	return product;
}

static void a_model_tells_of_pairs_that_no_clique_holds(void **state) {
	(void)state;
	Codebook book = book_of("{\"a\":4,\"b\":3,\"c\":2,\"d\":5,\"e\":3}");
	static const Attributes measured[] = {3, 6, 12, 24, 16}; // a chain
	uint64_t s = 11;
	Measured m[5];
	for (int t = 0; t < 5; t++) {
		ptrdiff_t cells = (ptrdiff_t)tree_cells(&book, measured[t]);
		double *count = NEW(&arena, double, cells);
		for (ptrdiff_t k = 0; k < cells; k++) count[k] = 900 * chance(&s) * chance(&s);
		m[t] = (Measured){.of = measured[t], .count = count, .sigma = 5};
	}
	Model model;
	FitAsk ask = {.book = &book, .measured = m, .nmeasured = 5, .total = 1000};
	assert_int_equal(fit(&arena, &why, &ask, &model), OK);
	const Across *says = across(&arena, &model);
	double want[5][5][25] = {0};
	for (ptrdiff_t k = 0; k < 4 * 3 * 2 * 5 * 3; k++) {
		uint8_t value[5];
		tree_values(&book, 31, k, value);
		for (int i = 0; i < 5; i++)
			for (int j = i + 1; j < 5; j++)
				want[i][j][value[i] * book.attribute[j].size + value[j]] +=
					model_at(&model, value);
	}
	int apart = 0;
	for (int i = 0; i < 5; i++)
		for (int j = i + 1; j < 5; j++) {
			Attributes both = (Attributes)1 << i | (Attributes)1 << j;
			apart += tree_holding(&model.tree, both) < 0;
			for (ptrdiff_t k = 0; k < (ptrdiff_t)tree_cells(&book, both); k++)
				assert_true(fabs(says->pair[i][j][k] - want[i][j][k]) < 1e-6);
		}
	assert_true(apart >= 5);
}

static void merged_values_share_what_the_model_says_of_them(void **state) {
	(void)state;
	Codebook book = book_of("{\"a\":5,\"b\":3}");
	const double a[] = {600, -4, 400, -1, -2}, b[] = {200, 300, 500};
	const Measured m[] = {{.of = 1, .count = a, .sigma = 5}, {.of = 2, .count = b, .sigma = 5}};
	Merged merged;
	Model model;
	merge(&arena, &book, m, 2, &merged);
	assert_true(merged.book.attribute[0].size == 3 && merged.book.attribute[1].size == 3);
	FitAsk ask = {.book = &merged.book, .measured = merged.at, .nmeasured = 2, .total = 1000};
	assert_int_equal(fit(&arena, &why, &ask, &model), OK);
	const Across *says = across_whole(&arena, &merged, &model);
	double all = 0;
	for (int v = 0; v < 5; v++) {
		double row = 0;
		for (int w = 0; w < 3; w++) row += says->pair[0][1][v * 3 + w];
		assert_true(a[v] > 0 ? fabs(row - a[v]) < 15 : row < 5);
		all += row;
	}
	assert_true(fabs(all - 1000) < 1e-6);
}

// ---- one person

enum { KINDS = 8, FEW = 4 };
// People with three attributes of 0 and 1, by how many there are of each kind.
static Table people_of(const int *times) {
	Table t = {0};
	uint8_t *column[3];
	for (int i = 0; i < 3; i++) t.column[i] = column[i] = NEW(&arena, uint8_t, FEW + 1);
	for (int k = 0; k < KINDS; k++)
		for (int n = 0; n < times[k]; n++, t.rows++)
			for (int i = 0; i < 3; i++) column[i][t.rows] = (uint8_t)(k >> i & 1);
	return t;
}

static double distance_with(const Codebook *book, const Table *people, const int64_t *guess, Attributes of,
			    uint64_t seed) {
	Draws d = {.more = scripted, .with = &seed}; // the same noise for both neighbours
	Measures out = {0};
	MeasureAsk ask = {.book = book, .people = people, .rho = RHO_ONE / 2};
	Measuring m = {&arena, &why, &d, &ask, &out};
	Candidate c = {.of = of, .guess = guess};
	assert_int_equal(measuring_distance(&m, &c, RHO_ONE / 4), OK);
	return c.off;
}

static void add_each_kind(const Codebook *book, int *times, int64_t *pairs) {
	static const int64_t guesses[][4] = {{0, 0, 0, 0}, {1, 2, 0, 1}, {4, 0, 0, -1}, {1, 1, 1, 1}};
	static const Attributes of[] = {3, 5, 6};
	for (int g = 0; g < COUNT(guesses); g++)
		for (int p = 0; p < COUNT(of); p++) {
			Arena keep = arena;
			Table before = people_of(times);
			double one = distance_with(book, &before, guesses[g], of[p], 5);
			for (int k = 0; k < KINDS; k++) {
				times[k]++;
				Table after = people_of(times);
				double two = distance_with(book, &after, guesses[g], of[p], 5);
				times[k]--;
				assert_true(fabs(one - two) == 1); // the parity turns: never 0, never 2
				++*pairs;
			}
			arena = keep;
		}
}

static void one_person_changes_each_score_by_one_at_most(void **state) {
	(void)state;
	Codebook book = book_of("{\"a\":2,\"b\":2,\"c\":2}");
	int64_t pairs = 0;
	// All data of up to three people, and of each all with one more.
	for (int code = 0; code < (KINDS + 1) * (KINDS + 1) * (KINDS + 1); code++) {
		int times[KINDS] = {0}, last = KINDS + 1, left = code;
		bool ordered = true;
		for (int i = 0; i < FEW - 1; i++, left /= KINDS + 1) {
			int kind = left % (KINDS + 1);
			ordered = ordered && kind <= last;
			last = kind;
			if (kind < KINDS) times[kind]++;
		}
		if (ordered) add_each_kind(&book, times, &pairs);
	}
	assert_int_equal(pairs, 165 * 4 * 3 * KINDS);
}

// ---- the rounds

// Each attribute is the one before, but for a few; `sure`: of 100.
static Table chain_of(const Codebook *book, int rows, uint64_t sure, uint64_t *s) {
	Table t = {.rows = rows};
	uint8_t *column[CODEBOOK_ATTRIBUTES];
	for (int i = 0; i < book->n; i++) t.column[i] = column[i] = NEW(&arena, uint8_t, rows);
	for (int r = 0; r < rows; r++)
		for (int i = 0; i < book->n; i++) {
			uint64_t v = i && mixed(s) % 100 < sure ? column[i - 1][r] : mixed(s) >> 8;
			column[i][r] = (uint8_t)(v % (uint64_t)book->attribute[i].size);
		}
	return t;
}

static void measure_by(Method method, const Codebook *book, const Table *people, Rho rho, uint64_t *s,
		       Measures *out) {
	Draws d = {.more = scripted, .with = s};
	MeasureAsk ask = {.book = book, .people = people, .rho = rho, .cells_most = 10000, .method = method};
	assert_int_equal(measure(&arena, &why, &d, &ask, out), OK);
}

static double sigma_of(const Measures *m, Attributes of) { // HUGE_VAL: not measured
	for (ptrdiff_t t = 0; t < m->n; t++)
		if (m->at[t].of == of) return m->at[t].sigma;
	return HUGE_VAL;
}

static void what_follows_from_other_pairs_is_paid_for_less(void **state) {
	(void)state;
	Codebook book = book_of("{\"a\":6,\"b\":6,\"c\":6,\"d\":6}");
	enum { N = 6 * 10 * 10 * 10 * 3 };
	Table people = {.rows = N};
	uint8_t *column[4];
	for (int i = 0; i < 4; i++) people.column[i] = column[i] = NEW(&arena, uint8_t, N);
	for (int r = 0; r < N; r++) { // each like the one before seven times of ten: no other pair tells more
		column[0][r] = (uint8_t)(r % 6);
		for (int i = 1, left = r / 6; i < 4; i++, left /= 10)
			column[i][r] =
				(uint8_t)((column[i - 1][r] + (left % 10 < 7 ? 0 : left % 10 - 6)) % 6);
	}
	uint64_t s = 3;
	Measures usual, rounds;
	measure_by(METHOD_SWIFT, &book, &people, RHO_ONE / 200, &s, &usual);
	measure_by(METHOD_THOROUGH, &book, &people, RHO_ONE / 200, &s, &rounds);
	// b tells how a and c go together.
	for (int i = 0; i < 3; i++) assert_true(sigma_of(&rounds, (Attributes)3 << i) < sigma_of(&usual, 5));
	assert_true(sigma_of(&rounds, 5) > 1.1 * sigma_of(&usual, 5));
	double off_first = 0, off_last = 0;
	for (ptrdiff_t p = 0; p < rounds.npair; p++) {
		if (rounds.pair[p].of != 5) continue;
		off_first = off_first > 0 ? off_first : rounds.pair[p].off;
		off_last = rounds.pair[p].off;
	}
	assert_true(off_first > 5000 && off_last < off_first / 5);
}

// What the noise that came out is worth, by its own sigmas.
static double worth(const Measures *m) {
	double rho = 1 / (2 * m->counted_sigma * m->counted_sigma);
	for (ptrdiff_t t = 0; t < m->n; t++) rho += 1 / (2 * m->at[t].sigma * m->at[t].sigma);
	return rho + (double)m->npair / (2 * m->pair_sigma * m->pair_sigma);
}

static void what_is_measured_is_worth_the_budget_and_no_more(void **state) {
	(void)state;
	Codebook book = book_of("{\"a\":6,\"b\":3,\"c\":2,\"d\":9,\"e\":4,\"f\":2}");
	uint64_t s = 8;
	Rho rho = account_rho(1, 1e-9);
	for (uint64_t sure = 20; sure <= 100; sure += 20)
		for (int rows = 2000; rows <= 50000; rows *= 5) {
			Table people = chain_of(&book, rows, sure, &s);
			Measures m;
			measure_by(METHOD_THOROUGH, &book, &people, rho, &s, &m);
			double share = worth(&m) * RHO_ONE / (double)rho;
			assert_true(m.spent <= rho && share <= 1 + 1e-12);
			// Variances are rounded up, and counts of two measurements to whole people.
			assert_true(fabs(share - (double)m.spent / (double)rho) < .002);
			assert_true(share > .997 || m.n == book.n); // all of it, unless no pair is worth it
			assert_true(m.npair == 15 || m.npair == 30);
		}
}

static void more_attributes_than_it_takes_are_refused(void **state) {
	(void)state;
	Codebook book = book_of("{\"a\":2,\"b\":2,\"c\":2,\"d\":2,\"e\":2,\"f\":2,\"g\":2,\"h\":2,"
				"\"i\":2,\"j\":2,\"k\":2,\"l\":2,\"m\":2,\"n\":2,\"o\":2,\"p\":2}");
	assert_int_equal(book.n, measure_most(METHOD_THOROUGH) + 1);
	assert_true(measure_most(METHOD_SWIFT) == CODEBOOK_ATTRIBUTES);
	uint64_t s = 1;
	Table people = chain_of(&book, 100, 50, &s);
	Draws d = {.more = scripted, .with = &s};
	MeasureAsk ask = {.book = &book,
			  .people = &people,
			  .rho = RHO_ONE / 40,
			  .cells_most = 1000,
			  .method = METHOD_THOROUGH};
	Measures out;
	assert_int_equal(measure(&arena, &why, &d, &ask, &out), ERR_LIMIT);
	assert_non_null(strstr(why.msg, "at most 15"));
	assert_int_equal(d.left, 0); // nothing was drawn
	book.n = 15;
	assert_int_equal(measure(&arena, &why, &d, &ask, &out), OK);
}

static void what_cannot_go_together_is_guessed_nowhere(void **state) {
	(void)state;
	Codebook book = book_of("{\"attributes\": ["
				"{\"name\": \"age\", \"values\": [\"child\", \"adult\"]},"
				"{\"name\": \"married\", \"values\": [\"no\", \"yes\"]},"
				"{\"name\": \"sex\", \"values\": [\"f\", \"m\", \"x\"]}],"
				"\"impossible\": [{\"age\": \"child\", \"married\": \"yes\"}]}");
	enum { N = 4000 };
	Table people = {.rows = N};
	uint8_t *column[3];
	for (int i = 0; i < 3; i++) people.column[i] = column[i] = NEW(&arena, uint8_t, N);
	uint64_t s = 4;
	for (int r = 0; r < N; r++) {
		column[0][r] = mixed(&s) % 2;
		column[1][r] = column[0][r] && mixed(&s) % 3;
		column[2][r] = (uint8_t)(mixed(&s) % 3);
	}
	Measures m;
	measure_by(METHOD_THOROUGH, &book, &people, RHO_ONE / 40, &s, &m);
	int seen = 0;
	for (ptrdiff_t p = 0; p < m.npair; p++) {
		if (m.pair[p].of != 3) continue;
		assert_int_equal(m.pair[p].guess[1], 0);
		assert_true(m.pair[p].guess[0] > 1000);
		seen++;
	}
	assert_true(seen > 0);
	Invented made;
	assert_int_equal(invent(&arena, &why, &book, &m, 1, &made), OK);
	assert_true(made.rows.rows > 3500);
	for (ptrdiff_t r = 0; r < made.rows.rows; r++)
		assert_false(made.rows.column[0][r] == 0 && made.rows.column[1][r] == 1);
}

static void a_forest_of_a_plan_has_no_ring(void **state) {
	(void)state;
	const Attributes group[] = {3, 6, 5, 24, 9, 17};
	const double share[] = {.3, .2, .2, .1, .1, .1};
	Plan forest = plan_forest(&arena, &(Plan){.group = group, .share = share, .n = 6}, 5);
	assert_int_equal(forest.n, 4);
	static const Attributes want[] = {3, 6, 24, 9};
	for (int i = 0; i < 4; i++) assert_true(forest.group[i] == want[i]);
	assert_true(forest.share[2] == .1 && forest.share[1] == .2);
}

// FNV-1a of every row that a fixed stream of noise gives. It changes with the method, never with the
// compiler.
#define ROWS_OF_THE_STREAM 0x67f7356fu
static void the_same_noise_gives_the_same_rows_with_every_compiler(void **state) {
	(void)state;
	Codebook book = book_of("{\"a\":9,\"b\":3,\"c\":2,\"d\":31,\"e\":5,\"f\":4}");
	uint64_t s = 5;
	Table people = chain_of(&book, 5000, 60, &s);
	Measures m;
	Invented made;
	measure_by(METHOD_THOROUGH, &book, &people, RHO_ONE / 40, &s, &m);
	assert_true(m.npair == 30);
	assert_int_equal(invent(&arena, &why, &book, &m, 1, &made), OK);
	uint32_t hash = 2166136261u;
	for (int i = 0; i < 6; i++)
		for (int r = 0; r < made.rows.rows; r++) hash = (hash ^ made.rows.column[i][r]) * 16777619u;
	if (hash != ROWS_OF_THE_STREAM) print_error("0x%xu\n", hash);
	assert_int_equal(hash, ROWS_OF_THE_STREAM);
}

int main(void) {
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_model_tells_of_pairs_that_no_clique_holds),
		cmocka_unit_test(merged_values_share_what_the_model_says_of_them),
		cmocka_unit_test(one_person_changes_each_score_by_one_at_most),
		cmocka_unit_test(what_follows_from_other_pairs_is_paid_for_less),
		cmocka_unit_test(what_is_measured_is_worth_the_budget_and_no_more),
		cmocka_unit_test(more_attributes_than_it_takes_are_refused),
		cmocka_unit_test(what_cannot_go_together_is_guessed_nowhere),
		cmocka_unit_test(a_forest_of_a_plan_has_no_ring),
		cmocka_unit_test(the_same_noise_gives_the_same_rows_with_every_compiler),
	};
	return cmocka_run_group_tests(tests, setup, teardown);
}
