#include "extent/design.h"
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static Arena arena;
static Why why;

// Bales, Hesketh and Silverman, Modern slavery in the UK: how many victims? Significance 12 (2015): potential
// victims of 2013, lists of police and National Crime Agency put together.
static const char uk[] = "LA,NG,PFNCA,GO,GP,count\n"
			 "1,0,0,0,0,54\n0,1,0,0,0,463\n0,0,1,0,0,995\n0,0,0,1,0,695\n0,0,0,0,1,316\n"
			 "1,1,0,0,0,15\n1,0,1,0,0,19\n1,0,0,1,0,3\n0,1,1,0,0,62\n0,1,0,1,0,19\n0,1,0,0,1,1\n"
			 "0,0,1,1,0,76\n0,0,1,0,1,11\n0,0,0,1,1,8\n"
			 "1,1,1,0,0,1\n1,1,0,1,0,1\n0,1,1,1,0,4\n1,1,1,1,0,1\n";

// The same with six lists.
static const char uk_six[] =
	"LA,NG,PF,GO,GP,NCA,count\n"
	"1,0,0,0,0,0,54\n0,1,0,0,0,0,463\n0,0,1,0,0,0,907\n0,0,0,1,0,0,695\n0,0,0,0,1,0,316\n"
	"0,0,0,0,0,1,57\n1,1,0,0,0,0,15\n1,0,1,0,0,0,19\n1,0,0,1,0,0,3\n0,1,1,0,0,0,56\n"
	"0,1,0,1,0,0,19\n0,1,0,0,1,0,1\n0,1,0,0,0,1,3\n0,0,1,1,0,0,69\n0,0,1,0,1,0,10\n"
	"0,0,1,0,0,1,31\n0,0,0,1,1,0,8\n0,0,0,1,0,1,6\n0,0,0,0,1,1,1\n1,1,1,0,0,0,1\n"
	"1,1,0,1,0,0,1\n0,1,1,1,0,0,4\n0,1,1,0,0,1,3\n0,0,1,1,0,1,1\n1,1,1,1,0,0,1\n";

static Lists *lists_of(const char *csv) {
	Lists *l = NEW(&arena, Lists, 1);
	assert_int_equal(lists_read(&arena, &why, str_of(csv), l), OK);
	return l;
}

static void the_published_table_gives_the_known_numbers(void **s) {
	(void)s;
	Lists *l = lists_of(uk);
	Chosen c;
	assert_int_equal((int)l->seen, 2744);
	assert_true(extent_choose(l, &c));
	assert_int_equal(lround(l->seen + c.model[RULE_NONE].hidden), 13444);
	assert_int_equal(lround(l->seen + c.model[RULE_AIC].hidden), 11175);
	assert_int_equal(lround(l->seen + c.model[RULE_BIC].hidden), 12262);
	assert_true(c.least <= 11175.5 && c.most >= 12262);
	l = lists_of(uk_six);
	assert_int_equal((int)l->seen, 2744);
	assert_int_equal((int)l->shared, 252);
	assert_true(extent_choose(l, &c));
	assert_int_equal(lround(l->seen + c.model[RULE_NONE].hidden), 12214);
	assert_int_equal(lround(l->seen + c.model[RULE_AIC].hidden), 11252);
	assert_int_equal(__builtin_popcountll(c.model[RULE_AIC].pairs), 9);
	assert_int_equal(lround(l->seen + c.model[RULE_BIC].hidden), 12350);
	assert_int_equal(__builtin_popcountll(c.model[RULE_BIC].pairs), 6);
}

static void the_answer_is_a_range_and_the_same_again(void **s) {
	(void)s;
	Lists *l = lists_of(uk);
	ExtentAsk how = {.resamples = 200, .level = .95, .seed = 7};
	Extent one, two;
	assert_int_equal(extent_of(&arena, &why, l, &how, &one), OK);
	assert_int_equal(extent_of(&arena, &why, l, &how, &two), OK);
	assert_memory_equal(&one.interval, &two.interval, sizeof one.interval);
	assert_true(one.least < 11175 && one.most > 12262 && one.least > 2744);
	for (Rule r = RULE_NONE; r < RULE__N; r++) assert_true(one.interval[r].low < one.interval[r].high);
}

// Counts that a model makes exactly give the model's own number back.
static void independent_lists_give_back_the_truth(void **s) {
	(void)s;
	static const double p[] = {.3, .2, .4, .25};
	Lists *l = NEW(&arena, Lists, 1);
	LogLinear m;
	l->lists = 4;
	for (unsigned k = 1; k < 16; k++) {
		double n = 100000;
		for (int i = 0; i < 4; i++) n *= k >> i & 1 ? p[i] : 1 - p[i];
		l->count[k] = n;
		l->seen += n;
	}
	loglinear_fit(l, 0, NULL, &m);
	assert_int_equal(m.state, FIT_GOOD);
	assert_true(fabs(l->seen + m.hidden - 100000) < 1e-3);
}

static void pairs_that_nobody_shares_leave_their_cells_out(void **s) {
	(void)s;
	// Nobody on A and B: with that pair in the model the rest is as if those cells were not there.
	Lists *l = lists_of("A,B,C,count\n1,0,0,40\n0,1,0,50\n0,0,1,60\n1,0,1,20\n0,1,1,25\n");
	LogLinear with, without;
	loglinear_fit(l, (PairSet)1 << extent_pair(0, 1), NULL, &with);
	loglinear_fit(l, 0, NULL, &without);
	assert_int_equal(with.state, FIT_GOOD);
	assert_int_equal(with.parameters, without.parameters + 1);
	assert_true(with.loglik >= without.loglik);
	// Five counts, four finite parameters; in each of A and B: hidden = alone * C alone / both, pooled.
	assert_true(with.hidden > 110 && with.hidden < 130);
}

static void a_model_that_the_table_does_not_tell_is_refused(void **s) {
	(void)s;
	Lists *l = lists_of("A,B,C,count\n1,0,0,40\n0,1,0,50\n0,0,1,60\n1,0,1,20\n0,1,1,25\n");
	LogLinear m;
	loglinear_fit(l, 7, NULL, &m); // all pairs: five cells, six parameters
	assert_int_not_equal(m.state, FIT_GOOD);
}

// Three lists and every pattern with somebody or nobody, each model: whether there is an estimate is the same
// as when all directions with whole numbers from -2 to 2 are tried one after the other.
typedef struct {
	bool flat, rises; // leaves every cell alone; leaves those with people alone and empties others
} Direction;

static Direction along(const Design *d, const int *by) {
	Direction is = {true, true};
	bool less = false, any = false;
	for (int i = 0; i < d->n; i++) any |= by[i] != 0;
	for (int c = 0; c < d->cells; c++) {
		int grows = 0;
		for (int i = 0; i < d->nwith[c]; i++) grows += by[d->with[c][i]];
		is.flat &= grows == 0;
		is.rises &= d->y[c] > 0 ? grows == 0 : grows <= 0;
		less |= grows < 0;
	}
	return (Direction){is.flat && any, is.rises && less};
}

static FitState state_by_trying(const Design *d) {
	int by[EXTENT_PARAMETERS], tries = 1;
	FitState found = FIT_GOOD;
	for (int i = 0; i < d->n; i++) tries *= 5;
	for (int t = 0; t < tries; t++) {
		for (int i = 0, rest = t; i < d->n; i++, rest /= 5) by[i] = rest % 5 - 2;
		Direction is = along(d, by);
		if (is.flat) return FIT_NOT_TOLD;
		if (is.rises) found = FIT_NOT_THERE;
	}
	return found;
}

static Design design_of(unsigned somebody, unsigned pairs) {
	Design d = {.n = 4};
	for (unsigned p = 1; p < 8; p++) {
		uint8_t *with = d.with[d.cells];
		int n = 0;
		with[n++] = 0;
		for (int j = 0; j < 3; j++)
			if (p >> j & 1) with[n++] = (uint8_t)(1 + j);
		for (int j = 1, at = 4; j < 3; j++)
			for (int i = 0; i < j; i++) {
				if (!(pairs >> extent_pair(i, j) & 1)) continue;
				if (p >> i & p >> j & 1) with[n++] = (uint8_t)at;
				d.n = ++at;
			}
		d.nwith[d.cells] = (uint8_t)n;
		d.y[d.cells++] = somebody >> (p - 1) & 1;
	}
	return d;
}

static void whether_an_estimate_exists_is_known_before_it_is_fitted(void **s) {
	(void)s;
	int seen[3] = {0};
	for (unsigned pairs = 0; pairs < 8; pairs++)
		for (unsigned somebody = 0; somebody < 128; somebody++) {
			Design d = design_of(somebody, pairs);
			FitState is = design_state(&d);
			assert_int_equal(is, state_by_trying(&d));
			seen[is]++;
		}
	assert_true(seen[FIT_GOOD] > 100 && seen[FIT_NOT_THERE] > 100);
}

// A list of millions beside one of a few: a parameter far from nothing is an estimate all the same.
static void a_steep_table_has_its_estimate(void **s) {
	(void)s;
	Lists *l = lists_of("A,B,C,count\n1,0,0,9000000\n0,1,0,900\n0,0,1,3\n1,1,0,90000\n1,0,1,3000\n0,1,"
			    "1,1\n1,1,1,1\n");
	LogLinear m;
	loglinear_fit(l, 1, NULL, &m);
	assert_int_equal(m.state, FIT_GOOD);
	// And everybody of two lists on the third too: that pattern alone tells the pair, and it is empty.
	l = lists_of("A,B,C,count\n1,0,0,40\n0,1,0,50\n0,0,1,60\n1,1,0,10\n1,0,1,20\n0,1,1,25\n");
	loglinear_fit(l, 7, NULL, &m);
	assert_int_equal(m.state, FIT_NOT_THERE);
}

static void what_is_wrong_is_named(void **s) {
	(void)s;
	static const struct {
		const char *csv, *says;
	} bad[] = {
		{"", "empty"},
		{"A,B,C\n1,0,0\n", "no column count"},
		{"A,B,count\n1,0,5\n0,1,6\n1,1,11\n", "third list"},
		{"A,B,C,count\n1,0,0,5\n1,0,0,6\n", "line 3: the pattern of line 2"},
		{"A,B,C,count\n1,0,2,5\n", "line 2, column 3"},
		{"A,B,C,count\n1,0,,5\n", "line 2, column 3"},
		{"A,B,C,count\n1,0,0,-5\n", "line 2, column 4"},
		{"A,B,C,count\n1,0,0,5.5\n", "line 2, column 4"},
		{"A,B,C,count\n0,0,0,5\n", "on no list"},
		{"A,B,C,count\n1,0,5\n", "line 2: 3 cells"},
		{"A,A,C,count\n1,0,0,5\n", "stood before"},
		{"A,,C,count\n1,0,0,5\n", "no name"},
		{"A,B,C,count,count\n1,0,0,5,5\n", "second column count"},
		{"A,B,C,count\n1,0,0,5\n0,1,0,5\n1,1,0,20\n", "nobody is on the list"},
		{"A,B,C,count\n1,0,0,5\n0,1,0,5\n0,0,1,5\n1,1,0,2\n", "on two lists or more"},
	};
	for (ptrdiff_t i = 0; i < COUNT(bad); i++) {
		Lists *l = NEW(&arena, Lists, 1);
		why = (Why){0};
		assert_int_equal(lists_read(&arena, &why, str_of(bad[i].csv), l), ERR_INVALID);
		if (!strstr(why.msg, bad[i].says)) fail_msg("%s: %s", bad[i].says, why.msg);
	}
}

// In tables drawn from a known world the interval of a rule that chooses holds the truth about as often as it
// says.
static void intervals_hold_the_truth(void **s) {
	(void)s;
	static const double p[] = {.2, .15, .25, .1};
	uint64_t seed = 11;
	int held = 0, worlds = 40;
	for (int w = 0; w < worlds; w++) {
		Lists *l = NEW(&arena, Lists, 1);
		l->lists = 4;
		for (int person = 0; person < 3000; person++) {
			unsigned k = 0;
			for (int i = 0; i < 4; i++) {
				seed = seed * 6364136223846793005u + 1442695040888963407u;
				if ((double)(seed >> 33) * 0x1p-31 < p[i]) k |= 1U << i;
			}
			if (k) l->count[k]++, l->seen++;
			if (k & (k - 1)) l->shared++;
		}
		Extent e;
		assert_int_equal(extent_of(&arena, &why, l, &(ExtentAsk){200, .95, 3, NULL}, &e), OK);
		held += e.least <= 3000 && e.most >= 3000;
	}
	assert_true(held >= worlds * 85 / 100);
}

static int begin(void **s) {
	(void)s;
	arena = arena_new((ptrdiff_t)256 << 20);
	return 0;
}
static int end(void **s) {
	(void)s;
	arena_free(&arena);
	return 0;
}

int main(void) {
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(the_published_table_gives_the_known_numbers, begin, end),
		cmocka_unit_test_setup_teardown(the_answer_is_a_range_and_the_same_again, begin, end),
		cmocka_unit_test_setup_teardown(independent_lists_give_back_the_truth, begin, end),
		cmocka_unit_test_setup_teardown(pairs_that_nobody_shares_leave_their_cells_out, begin, end),
		cmocka_unit_test_setup_teardown(a_model_that_the_table_does_not_tell_is_refused, begin, end),
		cmocka_unit_test(whether_an_estimate_exists_is_known_before_it_is_fitted),
		cmocka_unit_test_setup_teardown(a_steep_table_has_its_estimate, begin, end),
		cmocka_unit_test_setup_teardown(what_is_wrong_is_named, begin, end),
		cmocka_unit_test_setup_teardown(intervals_hold_the_truth, begin, end),
	};
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
