#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>
#undef fail // cmocka's; base.h has its own

#include "release/measure.h"
#include "release/spend.h"

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

// splitmix64, so that what is tested here is the same each time. Never for a release.
static bool scripted(void *with, uint8_t *bytes, ptrdiff_t n) {
	uint64_t *s = with;
	for (ptrdiff_t i = 0; i < n; i++) {
		uint64_t z = *s += 0x9e3779b97f4a7c15U;
		z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9U;
		bytes[i] = (uint8_t)(z >> 56);
	}
	return true;
}
static bool none(void *with, uint8_t *bytes, ptrdiff_t n) {
	(void)with, (void)n;
	bytes[0] = 0;
	return false;
}

// ---- noise

static void noise_is_of_its_distribution(void **state) {
	(void)state;
	static const struct {
		uint64_t num, den;
	} variance[] = {{1, 2}, {1, 1}, {7, 3}, {100, 1}, {81234567, 1024}, {1000000, 1}};
	enum { N = 200000, CELLS = 41 };
	int64_t *x = NEW(&arena, int64_t, N);
	for (ptrdiff_t v = 0; v < COUNT(variance); v++) {
		uint64_t seed = 7;
		Draws d = {.more = scripted, .with = &seed};
		double s2 = (double)variance[v].num / (double)variance[v].den, sum = 0, squares = 0, z = 0,
		       chi = 0;
		assert_int_equal(gauss_draw(&d, &why, variance[v].num, variance[v].den, x, N), OK);
		for (int i = 0; i < N; i++) {
			sum += (double)x[i];
			squares += (double)x[i] * (double)x[i];
		}
		assert_true(fabs(sum / N) < 5 * sqrt(s2 / N) + 1e-9);
		if (s2 >= 2) assert_true(fabs(squares / N / s2 - 1) < 0.02);
		// By cells of about a fifth of sigma, the tails together.
		int64_t width = (int64_t)(sqrt(s2) / 5) + 1;
		double expected[CELLS] = {0};
		int64_t got[CELLS] = {0};
		for (int64_t k = -(int64_t)(12 * sqrt(s2)) - 20; k <= (int64_t)(12 * sqrt(s2)) + 20; k++) {
			double p = exp(-(double)(k * k) / (2 * s2));
			int64_t c = (k + width * CELLS / 2) / width;
			expected[c < 0 ? 0 : c >= CELLS ? CELLS - 1 : c] += p;
			z += p;
		}
		for (int i = 0; i < N; i++) {
			int64_t c = (x[i] + width * CELLS / 2) / width;
			got[c < 0 ? 0 : c >= CELLS ? CELLS - 1 : c]++;
		}
		for (int c = 0; c < CELLS; c++) {
			double e = expected[c] / z * N;
			if (e > 5) chi += ((double)got[c] - e) * ((double)got[c] - e) / e;
		}
		if (chi > 100) print_error("variance %g: chi square %g\n", s2, chi);
		assert_true(chi < 100); // 40 degrees: one in four hundred thousand
	}
}

static void without_random_bits_nothing_is_drawn(void **state) {
	(void)state;
	Draws d = {.more = none};
	int64_t x[4];
	assert_int_equal(gauss_draw(&d, &why, 100, 1, x, 4), ERR_STORE);
	Draws real = draws_system();
	assert_int_equal(gauss_draw(&real, &why, 100, 1, x, 4), OK);
}

// ---- the account

static void near(double got, double want, double by) {
	if (fabs(got - want) > by) print_error("%.9g, not %.9g\n", got, want);
	assert_true(fabs(got - want) <= by);
}

static void budgets_are_those_of_the_paper(void **state) {
	(void)state;
	static const struct {
		double epsilon, delta, rho;
	} known[] = {{1, 1e-6, .02436},	 {1, 1e-9, .01497}, {.25, 1e-6, .00180},
		     {.5, 1e-6, .00664}, {4, 1e-6, .31106}, {4, 1e-9, .2063}};
	for (ptrdiff_t i = 0; i < COUNT(known); i++) {
		Rho rho = account_rho(known[i].epsilon, known[i].delta);
		near((double)rho / RHO_ONE, known[i].rho, 6e-6 + 5e-5 * (known[i].rho > .2));
		// Back again, rounded against us both times.
		double epsilon = account_epsilon(rho, known[i].delta);
		assert_true(epsilon <= known[i].epsilon * (1 + 1e-8) &&
			    epsilon >= known[i].epsilon * (1 - 1e-6));
	}
	assert_true(account_rho(1, 1e-9) < account_rho(1, 1e-6) &&
		    account_rho(1, 1e-6) < account_rho(2, 1e-6));
}

static void a_variance_costs_no_more_than_its_share(void **state) {
	(void)state;
	for (Rho share = 3; share < RHO_ONE; share = share * 7 / 3 + 1) {
		uint64_t num, den;
		if (account_variance(&why, share, &num, &den) != OK) {
			assert_true(share < 100);
			continue;
		}
		// 1 / (2 num / den) <= share, in whole numbers
		assert_true((long double)den * RHO_ONE <=
			    (long double)2 * (long double)num * (long double)share);
	}
	uint64_t num, den;
	assert_int_equal(account_variance(&why, 0, &num, &den), ERR_INVALID);
}

// ---- the privacy ledger

static Str ledger_path(const char *name) {
	const char *tmp = getenv("TMPDIR");
	Str path = str_fmt(&arena, "%s/spend-%d-%s", tmp && *tmp ? tmp : "/tmp", (int)getpid(), name);
	(void)unlink(str_z(&arena, path));
	return path;
}
static Str whole_file(Str path) {
	FILE *f = fopen(str_z(&arena, path), "re");
	assert_non_null(f);
	char *p = NEW(&arena, char, 1 << 20);
	size_t n = fread(p, 1, 1 << 20, f);
	assert_int_equal(fclose(f), 0);
	return (Str){p, (ptrdiff_t)n};
}
static void put_file(Str path, Str text) {
	FILE *f = fopen(str_z(&arena, path), "we");
	assert_non_null(f);
	assert_int_equal(fwrite(text.p, 1, (size_t)text.n, f), text.n);
	assert_int_equal(fclose(f), 0);
}

static void what_is_spent_adds_up_and_ends_at_the_cap(void **state) {
	(void)state;
	Str path = ledger_path("cap");
	Spent s;
	Rho third = account_rho(SPEND_CAP_EPSILON, SPEND_CAP_DELTA) / 3;
	for (int i = 1; i <= 3; i++) {
		assert_int_equal(spend_debit(&arena, &why, path, third, S("synth"), 1000, &s), OK);
		assert_true(s.entries == i && s.spent == i * third);
	}
	Str before = whole_file(path);
	assert_int_equal(spend_debit(&arena, &why, path, third, S("synth"), 1000, &s), ERR_LIMIT);
	assert_true(str_eq(before, whole_file(path)));
	assert_int_equal(unlink(str_z(&arena, path)), 0);
}

static void an_altered_ledger_is_refused_and_a_torn_line_is_taken_away(void **state) {
	(void)state;
	Str path = ledger_path("torn");
	Spent s;
	for (int i = 0; i < 3; i++)
		assert_int_equal(spend_debit(&arena, &why, path, 1000 + i, S("synth"), 1000, &s), OK);
	Str text = whole_file(path);
	// Each byte in turn, another one: never read as less spent.
	for (ptrdiff_t i = 0; i < text.n; i++) {
		Str other = str_dup(&arena, text);
		((char *)(uintptr_t)other.p)[i] = other.p[i] == '1' ? '2' : '1';
		ptrdiff_t whole;
		Err e = spend_read(&arena, &why, other, &s, &whole);
		assert_true(e == ERR_INVALID || (i == text.n - 1 && s.entries == 2));
	}
	put_file(path, str_slice(text, 0, text.n - 20)); // killed while it wrote the third
	assert_int_equal(spend_debit(&arena, &why, path, 5000, S("synth"), 1000, &s), OK);
	assert_true(s.entries == 3 && s.spent == 1000 + 1001 + 5000);
	ptrdiff_t whole;
	assert_int_equal(spend_read(&arena, &why, whole_file(path), &s, &whole), OK);
	assert_int_equal(unlink(str_z(&arena, path)), 0);
}

static void many_at_once_lose_no_debit(void **state) {
	(void)state;
	enum { WHO = 4, TIMES = 15 };
	Str path = ledger_path("race");
	for (int w = 0; w < WHO; w++) {
		pid_t child = fork();
		assert_true(child >= 0);
		if (child) continue;
		Spent s;
		for (int i = 0; i < TIMES; i++)
			if (spend_debit(&arena, &why, path, 7, S("synth"), 1000, &s) != OK) _exit(1);
		_exit(0);
	}
	for (int w = 0; w < WHO; w++) {
		int status;
		assert_true(wait(&status) > 0);
		assert_int_equal(status, 0);
	}
	Spent s;
	ptrdiff_t whole;
	assert_int_equal(spend_read(&arena, &why, whole_file(path), &s, &whole), OK);
	assert_true(s.entries == WHO * TIMES && s.spent == 7L * WHO * TIMES);
	assert_int_equal(unlink(str_z(&arena, path)), 0);
}

static void what_the_ledger_ends_with_can_be_asked_for(void **state) {
	(void)state;
	Str path = ledger_path("head");
	Spent one, two;
	assert_int_equal(
		spend_debit_after(&arena, &why, path, (const uint8_t[32]){0}, 7, S("synth"), 1000, &one),
		ERR_STORE);
	assert_int_not_equal(access(str_z(&arena, path), F_OK), 0); // and none is begun
	assert_int_equal(spend_debit(&arena, &why, path, 7, S("synth"), 1000, &one), OK);
	Str older = whole_file(path);
	assert_int_equal(spend_debit_after(&arena, &why, path, one.head, 7, S("synth"), 1000, &two), OK);
	FILE *f = fopen(str_z(&arena, path), "wbe");
	assert_non_null(f);
	assert_int_equal(fwrite(older.p, 1, (size_t)older.n, f), older.n);
	assert_int_equal(fclose(f), 0);
	Spent after;
	assert_int_equal(spend_debit_after(&arena, &why, path, two.head, 7, S("synth"), 1000, &after),
			 ERR_CONFLICT);
	assert_true(str_eq(whole_file(path), older));
	assert_int_equal(unlink(str_z(&arena, path)), 0);
}

// ---- the measurement

static void nothing_true_leaves_the_measurement(void **state) {
	(void)state;
	Codebook book;
	assert_int_equal(codebook_read(&arena, &why, S("{\"a\":2,\"b\":3,\"c\":4}"), &book), OK);
	enum { N = 6000 };
	Table people = {.rows = N};
	for (int i = 0; i < 3; i++) {
		uint8_t *column = NEW(&arena, uint8_t, N);
		for (int r = 0; r < N; r++) column[r] = (uint8_t)(i == 2 ? (r % 2) * 2 : r % (i + 2));
		people.column[i] = column;
	}
	Rho rho = account_rho(1, 1e-6);
	int same = 0, n = 0;
	for (uint64_t seed = 1; seed <= 40; seed++) {
		uint64_t s = seed;
		Draws d = {.more = scripted, .with = &s};
		Measures m;
		MeasureAsk ask = {&book, &people, rho, 1000, (Method)(seed % METHOD__N)};
		assert_int_equal(measure(&arena, &why, &d, &ask, &m), OK);
		assert_true(m.spent > rho * 9 / 10 && m.spent <= rho);
		near(m.total, N, 6 * m.total_sigma);
		// "a" and "c" hang together, and the pair is found; each table is off by noise of its own
		// size.
		bool found = false;
		for (ptrdiff_t t = 0; t < m.n; t++) {
			found = found || m.at[t].of == 5;
			near(m.at[t].count[0],
			     m.at[t].of == 2			  ? N / 3.0
			     : m.at[t].of == 3 || m.at[t].of == 6 ? N / 6.0
								  : N / 2.0,
			     6 * m.at[t].sigma);
			same += m.at[t].count[0] == round(m.at[t].count[0]) && m.at[t].count[0] == N / 2.0;
			n++;
		}
		assert_true(found);
	}
	assert_true(same * 4 < n); // noise of this size is seldom 0
}

int main(void) {
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(noise_is_of_its_distribution),
		cmocka_unit_test(without_random_bits_nothing_is_drawn),
		cmocka_unit_test(budgets_are_those_of_the_paper),
		cmocka_unit_test(a_variance_costs_no_more_than_its_share),
		cmocka_unit_test(what_is_spent_adds_up_and_ends_at_the_cap),
		cmocka_unit_test(an_altered_ledger_is_refused_and_a_torn_line_is_taken_away),
		cmocka_unit_test(many_at_once_lose_no_debit),
		cmocka_unit_test(what_the_ledger_ends_with_can_be_asked_for),
		cmocka_unit_test(nothing_true_leaves_the_measurement),
	};
	return cmocka_run_group_tests(tests, setup, teardown);
}
