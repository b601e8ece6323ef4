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

// Chi square of draws made `at_once`, by cells of about a fifth of sigma, the tails together.
enum { CELLS = 41 };
static double chi_square(double s2, const int64_t x[], int n) {
	double expected[CELLS] = {0}, z = 0, chi = 0;
	int64_t got[CELLS] = {0}, width = (int64_t)(sqrt(s2) / 5) + 1, reach = (int64_t)(12 * sqrt(s2)) + 20;
	for (int64_t k = -reach; k <= reach; k++) {
		double p = exp(-(double)(k * k) / (2 * s2));
		int64_t c = (k + width * CELLS / 2) / width;
		expected[c < 0 ? 0 : c >= CELLS ? CELLS - 1 : c] += p;
		z += p;
	}
	for (int i = 0; i < n; i++) {
		int64_t c = (x[i] + width * CELLS / 2) / width;
		got[c < 0 ? 0 : c >= CELLS ? CELLS - 1 : c]++;
	}
	for (int c = 0; c < CELLS; c++) {
		double e = expected[c] / z * n;
		if (e > 5) chi += ((double)got[c] - e) * ((double)got[c] - e) / e;
	}
	return chi;
}

static void noise_is_of_its_distribution(void **state) {
	(void)state;
	static const struct {
		uint64_t num, den;
	} variance[] = {{1, 1024},	  {1, 2},	{1, 1},	      {7, 3},
			{100, 1},	  {255, 1},	{257, 1},     {8100, 1},
			{81234567, 1024}, {1000000, 1}, {4194303, 2}, {(uint64_t)1 << 36, 1}};
	enum { N = 400000 };
	static const ptrdiff_t at_once[] = {GAUSS_MANY / 2, N}; // by the one way and by the other
	int64_t *x = NEW(&arena, int64_t, N);
	for (ptrdiff_t v = 0; v < COUNT(variance) * 2; v++) {
		uint64_t seed = 7 + (uint64_t)v, num = variance[v / 2].num, den = variance[v / 2].den;
		Draws d = {.more = scripted, .with = &seed};
		double s2 = (double)num / (double)den, sum = 0, squares = 0;
		if (s2 > 1e8 && v % 2 == 0) continue; // the sum of the law would take long, twice
		for (ptrdiff_t i = 0; i < N; i += at_once[v % 2])
			assert_int_equal(gauss_draw(&d, &why, num, den, x + i, at_once[v % 2]), OK);
		for (int i = 0; i < N; i++) {
			sum += (double)x[i];
			squares += (double)x[i] * (double)x[i];
		}
		assert_true(fabs(sum / N) < 5 * sqrt(s2 / N) + 1e-9);
		if (s2 >= 2) assert_true(fabs(squares / N / s2 - 1) < 0.012);
		double chi = chi_square(s2, x, N);
		if (chi > 100) print_error("variance %g: chi square %g\n", s2, chi);
		assert_true(chi < 100); // 40 degrees: one in four hundred thousand
	}
}

// ---- what the bits say: the first draw of many, from bits that are chosen

typedef struct {
	uint64_t bit[DRAWS_WORDS]; // in the order in which they are taken
	ptrdiff_t n;
} Tape;
static void put_bits(Tape *t, uint64_t value, int n) {
	for (int i = 0; i < n; i++, t->n++) t->bit[t->n / 64] |= (value >> i & 1) << (t->n % 64);
}
static bool from_tape(void *with, uint8_t *bytes, ptrdiff_t n) {
	const Tape *t = with;
	uint64_t word[DRAWS_WORDS];
	assert_int_equal(n, sizeof word);
	for (int i = 0; i < DRAWS_WORDS; i++) word[i] = t->bit[DRAWS_WORDS - 1 - i];
	memcpy(bytes, word, sizeof word);
	return true;
}
static void put_pick(Tape *t, uint64_t pick, bool minus, uint64_t first) {
	put_bits(t, pick | (uint64_t)minus << 28 | first << 29, 42);
}
// What the tape gives first; after it, whatever `then` picks (the wide way: nought).
static int64_t drawn(uint64_t num, const Tape *tape, uint64_t then) {
	Tape whole = *tape;
	int64_t x[GAUSS_MANY];
	while (whole.n < 64 * DRAWS_WORDS - 64) put_pick(&whole, then, then > 0, 0);
	Draws d = {.more = from_tape, .with = &whole};
	Err e = gauss_draw(&d, &why, num, 1, x, GAUSS_MANY);
	assert_true(e == OK || e == ERR_BUG); // V = 0 is known to be below nothing that is under 2^-205
	return e == OK ? x[0] : INT64_MIN;
}
static bool picks(uint64_t num, uint64_t pick, int64_t k) {
	Tape t = {0};
	put_pick(&t, pick, true, 0);
	return drawn(num, &t, 0) == -k;
}
// Whether strip k, picked by `pick`, is kept at V = (first + next / 2^64) / 2^13.
static bool keeps(uint64_t num, uint64_t pick, int64_t k, uint64_t first, uint64_t next, uint64_t other) {
	Tape t = {0};
	put_pick(&t, pick, k > 0, first);
	for (int i = 0; i < 4; i++) put_bits(&t, 0, 32);
	put_bits(&t, next >> 32, 32);
	put_bits(&t, next & 0xffffffff, 32);
	return drawn(num, &t, k > 0 ? 0 : other) == -k;
}
// The chance with which k is kept once it is picked, to 2^-77.
static long double chance(uint64_t num, uint64_t pick, int64_t k, uint64_t other) {
	uint64_t first = 0, next = 0;
	for (uint64_t bit = 1 << 12; bit; bit >>= 1)
		if (keeps(num, pick, k, first | bit, 0, other)) first |= bit;
	for (uint64_t bit = (uint64_t)1 << 63; bit; bit >>= 1)
		if (keeps(num, pick, k, first, next | bit, other)) next |= bit;
	return ldexpl((long double)first, -13) + ldexpl((long double)next, -77);
}

static void each_number_has_the_chance_of_the_formula(void **state) {
	(void)state;
	static const uint64_t variance[] = {1, 7, 100};
	for (ptrdiff_t v = 0; v < COUNT(variance); v++) {
		uint64_t num = variance[v], from[400] = {0}, sum;
		int n = (int)ceil(16 * sqrt((double)num)); // further out they are below 2^-180
		for (int k = 0; k < n; k++) { // where the strip ends: numbers that pick k are one run
			uint64_t low = from[k], high = (uint64_t)1 << 28;
			while (high - low > 1) {
				uint64_t middle = low + (high - low) / 2;
				// 0 is refused with a minus; here that is 0 too.
				*(picks(num, middle, k) ? &low : &high) = middle;
			}
			assert_true(picks(num, low, k));
			from[k + 1] = high;
		}
		sum = from[n];
		assert_true(sum <= (uint64_t)1 << 28 && sum + 3 * (uint64_t)n >= (uint64_t)1 << 28);
		Tape far = {0};
		put_pick(&far, sum + (uint64_t)n / 2 - 1, true, 0);
		assert_true(drawn(num, &far, 0) == INT64_MIN);
		long double of_one = (long double)(from[2] - from[1]) * chance(num, from[1], 1, from[1]);
		for (int k = 0; k < n; k++) {
			long double got = (long double)(from[k + 1] - from[k]) *
					  chance(num, from[k], k, from[1]) / of_one;
			long double want = expl(-(long double)(k * k - 1) / (2 * (long double)num));
			// To all the bits that are looked at.
			assert_true(fabsl(got - want) <= want * 0x1p-58L + ldexpl(1, -77) / of_one * 2);
		}
	}
}

enum { WIDE = 8100, SHIFT = 3, STRIP = 17 }; // strips of 8; one that is far out, so that much is refused
static uint64_t wide_pick(void) {
	uint64_t low = 0, high = (uint64_t)1 << 28;
	while (high - low > 1) {
		uint64_t middle = low + (high - low) / 2;
		Tape t = {0};
		put_pick(&t, middle, true, 0);
		put_bits(&t, 0xffff, SHIFT + 16);
		int64_t x = -drawn(WIDE, &t, 0);
		*(x && x < (int64_t)STRIP << SHIFT ? &low : &high) = middle;
	}
	return high;
}
// Whether the place j of the strip is kept, when the digits of 16 bits are these and all ones after them.
static bool place_kept(uint64_t pick, uint64_t j, const uint64_t digit[], int n) {
	Tape t = {0};
	put_pick(&t, pick, true, 0);
	put_bits(&t, digit[0] | j << 16, SHIFT + 16);
	for (int i = 1; i < n; i++) put_bits(&t, digit[i], 16);
	for (int i = 0; i < 4; i++) put_bits(&t, 0xffff, 16);
	return drawn(WIDE, &t, 0) == -(int64_t)(((uint64_t)STRIP << SHIFT) + j);
}
static void each_place_in_a_strip_is_compared_digit_by_digit(void **state) {
	(void)state;
	uint64_t pick = wide_pick();
	for (uint64_t j = 1; j < 1 << SHIFT; j++) {
		uint64_t a = (((uint64_t)2 * STRIP << SHIFT) + j) * j, b = (uint64_t)2 * WIDE, digit[4] = {0},
			 rest = a;
		for (int n = 0; n < 4; n++) { // the least that is kept is the next digit of a / b
			uint64_t low = 0, high = 0xffff;
			while (low < high) {
				digit[n] = (low + high) / 2;
				if (place_kept(pick, j, digit, n + 1))
					high = digit[n];
				else
					low = digit[n] + 1;
			}
			digit[n] = low;
			assert_int_equal(digit[n], (rest << 16) / b);
			rest = (rest << 16) % b;
		}
		// Below a / b: the next is compared with a / 2b, and kept when it is below that too and no
		// more.
		uint64_t below[2] = {0, (a << 16) / (2 * b) - 1};
		assert_true(place_kept(pick, j, below, 2));
		below[1] += 2;
		assert_false(place_kept(pick, j, below, 2));
	}
}

static void without_random_bits_nothing_is_drawn(void **state) {
	(void)state;
	int64_t x[GAUSS_MANY];
	for (ptrdiff_t n = 4; n <= GAUSS_MANY; n += GAUSS_MANY - 4) {
		Draws d = {.more = none}, real = draws_system();
		assert_int_equal(gauss_draw(&d, &why, 10000, 1, x, n), ERR_STORE);
		assert_int_equal(gauss_draw(&real, &why, 10000, 1, x, n), OK);
	}
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

// ---- the tight way

static void tight_budgets_are_those_of_the_gaussian(void **state) {
	(void)state;
	static const struct { // computed elsewhere, with 40 digits
		double epsilon, delta, rho;
	} known[] = {{1, 1e-6, .0280144819126303}, {1, 1e-9, .0165574152450867}, {4, 1e-9, .225880504405445}};
	for (ptrdiff_t i = 0; i < COUNT(known); i++) {
		double epsilon = known[i].epsilon, delta = known[i].delta;
		Rho rho = account_rho_by(COMPOSITION_TIGHT, epsilon, delta);
		near((double)rho / RHO_ONE, known[i].rho, known[i].rho * 4e-9);
		assert_true((double)rho / RHO_ONE < known[i].rho);
		double back = account_epsilon_by(COMPOSITION_TIGHT, rho, delta);
		assert_true(back <= epsilon * (1 + 1e-8) && back >= epsilon * (1 - 1e-6));
		assert_true(account_epsilon(rho, delta) > back * 1.04);
	}
	// Never less than by zCDP; no budget where delta is of the size of what the proof leaves open.
	static const double epsilons[] = {.01, .05, .3, 1, 2.5, 9}, deltas[] = {1e-3, 1e-6, 1e-9, 1e-14};
	for (ptrdiff_t i = 0; i < COUNT(epsilons); i++)
		for (ptrdiff_t k = 0; k < COUNT(deltas); k++)
			assert_true(account_rho_by(COMPOSITION_TIGHT, epsilons[i], deltas[k]) >=
				    account_rho(epsilons[i], deltas[k]));
	assert_int_equal(account_rho_by(COMPOSITION_TIGHT, 1, 1e-19), 0);
	assert_true(account_epsilon_by(COMPOSITION_TIGHT, RHO_ONE, 1e-19) == account_epsilon(RHO_ONE, 1e-19));
	assert_true(isfinite(account_epsilon_by(COMPOSITION_TIGHT, INT64_MAX, 1e-9)));
}

static void a_smooth_variance_has_room_above_its_share(void **state) {
	(void)state;
	for (Rho share = 97; share < RHO_ONE; share = share * 7 / 3 + 1) {
		uint64_t num, den;
		assert_int_equal(account_variance_by(COMPOSITION_TIGHT, &why, share, &num, &den), OK);
		assert_true((long double)den * RHO_ONE <=
			    (long double)2 * ((long double)num - ACCOUNT_SMOOTH * (long double)den) *
				    (long double)share);
		int64_t x;
		Draws d = draws_system();
		assert_int_equal(gauss_draw(&d, &why, num, den, &x, 1), OK); // within its bounds
	}
}

// The lemma of docs/decisions/0012-composition.md where its error is large enough to be seen: noise of
// variance s2 - t2, made whole by noise of variance t2 around it, against the discrete Gaussian of variance
// s2.
static void smooth_noise_is_almost_made_from_a_gaussian(void **state) {
	(void)state;
	static const long double t2[] = {.4L, .6L};
	const long double s2 = 12;
	for (ptrdiff_t i = 0; i < COUNT(t2); i++) {
		long double omega = 0, most = 0, z = 0, pi = acosl(-1);
		for (int k = 1; k < 9; k++) omega += 2 * expl(-2 * pi * pi * t2[i] * k * k);
		for (int x = -100; x <= 100; x++) z += expl(-x * x / (2 * s2));
		for (int x = 0; x < 24; x++) {
			long double made = 0;
			for (int i64 = -48 * 64; i64 <= 48 * 64; i64++) {
				long double y = i64 / 64.0L;
				long double whole = 0;
				for (int w = (int)y - 24; w <= (int)y + 24; w++)
					whole += expl(-(w - y) * (w - y) / (2 * t2[i]));
				made += expl(-y * y / (2 * (s2 - t2[i])) - (x - y) * (x - y) / (2 * t2[i])) /
					whole;
			}
			made /= 64 * sqrtl(2 * pi * (s2 - t2[i]));
			most = fmaxl(most, fabsl(logl(made / (expl(-x * x / (2 * s2)) / z))));
		}
		long double bound = logl((1 + omega) / (1 - omega));
		assert_true(most <= bound && most > bound * bound / 10); // it is about its square
	}
}

// What many measurements tell, exactly: their sum says all there is to be told from equal ones, and has the
// law of a sum of discrete Gaussians.
static long double exact_delta(double variance, int times, double epsilon) {
	enum { WIDE_SUM = 6000 };
	static long double law[2 * WIDE_SUM + 1], next[2 * WIDE_SUM + 1];
	int reach = (int)(11 * sqrt(variance)) + 2, most = 0;
	long double z = 0, delta = 0;
	for (int x = -reach; x <= reach; x++) z += expl(-x * x / (2 * (long double)variance));
	memset(law, 0, sizeof law);
	law[WIDE_SUM] = 1;
	for (int i = 0; i < times; i++, most += reach) {
		assert_true(most + reach <= WIDE_SUM);
		memset(next, 0, sizeof next);
		for (int x = -reach; x <= reach; x++) {
			long double p = expl(-x * x / (2 * (long double)variance)) / z;
			for (int y = -most; y <= most; y++) next[WIDE_SUM + x + y] += p * law[WIDE_SUM + y];
		}
		memcpy(law, next, sizeof law);
	}
	for (int x = -most; x <= most; x++) { // each measurement is one more with her
		long double loss = (2 * (long double)x + times) / (2 * (long double)variance);
		if (loss > epsilon) delta += law[WIDE_SUM + x] * (1 - expl(epsilon - loss));
	}
	return delta;
}
static void exact_sums_of_losses_stay_within_the_tight_bound(void **state) {
	(void)state;
	static const struct {
		double epsilon, delta;
		int times;
	} asked[] = {{1, 1e-6, 1}, {1, 1e-6, 4}, {1, 1e-9, 6}, {.5, 1e-6, 3}, {4, 1e-9, 2}, {4, 1e-9, 9}};
	for (ptrdiff_t i = 0; i < COUNT(asked); i++) {
		uint64_t num, den;
		Rho rho = account_rho_by(COMPOSITION_TIGHT, asked[i].epsilon, asked[i].delta);
		Rho share = rho / asked[i].times;
		assert_int_equal(account_variance_by(COMPOSITION_TIGHT, &why, share, &num, &den), OK);
		double variance = (double)num / (double)den, gap = ACCOUNT_SMOOTH / variance;
		long double delta = exact_delta(variance, asked[i].times, asked[i].epsilon);
		// Below, and by no more than the variance that is added explains: d log delta / d log rho
		// < 40.
		assert_true(delta <= asked[i].delta && delta > asked[i].delta * exp(-40 * gap) * .8);
		// Noise of zCDP's size with the tight budget is told apart further: the test sees a little.
		assert_true(exact_delta(variance * .97 - ACCOUNT_SMOOTH, asked[i].times, asked[i].epsilon) >
			    asked[i].delta);
	}
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

// Every variance of a tight measurement is greater by so much than that of the same share.
static void a_tight_measurement_is_smooth_throughout(void **state) {
	(void)state;
	Codebook book;
	assert_int_equal(codebook_read(&arena, &why, S("{\"a\":2,\"b\":3}"), &book), OK);
	uint8_t *column = NEW(&arena, uint8_t, 500);
	Table people = {.rows = 500, .column = {column, column}};
	MeasureAsk ask = {.book = &book,
			  .people = &people,
			  .rho = RHO_ONE / 10,
			  .cells_most = 100,
			  .method = METHOD_MST};
	double sigma[2][4];
	for (int c = 0; c < 2; c++) {
		Draws d = draws_system();
		Measures m;
		ask.composition = (Composition)c;
		assert_int_equal(measure(&arena, &why, &d, &ask, &m), OK);
		assert_int_equal(m.n, 3);
		double each[] = {m.at[0].sigma, m.at[2].sigma, m.counted_sigma, m.pair_sigma};
		memcpy(sigma[c], each, sizeof each);
	}
	for (int i = 0; i < 4; i++)
		near(sigma[1][i] * sigma[1][i] - sigma[0][i] * sigma[0][i], ACCOUNT_SMOOTH, 1e-3);
}

int main(void) {
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(noise_is_of_its_distribution),
		cmocka_unit_test(each_number_has_the_chance_of_the_formula),
		cmocka_unit_test(each_place_in_a_strip_is_compared_digit_by_digit),
		cmocka_unit_test(without_random_bits_nothing_is_drawn),
		cmocka_unit_test(budgets_are_those_of_the_paper),
		cmocka_unit_test(a_variance_costs_no_more_than_its_share),
		cmocka_unit_test(tight_budgets_are_those_of_the_gaussian),
		cmocka_unit_test(a_smooth_variance_has_room_above_its_share),
		cmocka_unit_test(smooth_noise_is_almost_made_from_a_gaussian),
		cmocka_unit_test(exact_sums_of_losses_stay_within_the_tight_bound),
		cmocka_unit_test(what_is_spent_adds_up_and_ends_at_the_cap),
		cmocka_unit_test(an_altered_ledger_is_refused_and_a_torn_line_is_taken_away),
		cmocka_unit_test(many_at_once_lose_no_debit),
		cmocka_unit_test(what_the_ledger_ends_with_can_be_asked_for),
		cmocka_unit_test(a_tight_measurement_is_smooth_throughout),
		cmocka_unit_test(nothing_true_leaves_the_measurement),
	};
	return cmocka_run_group_tests(tests, setup, teardown);
}
