// extent.h - how many are never seen: multiple-systems estimation from the overlap of agencies' lists.
//
// A person who stands on some lists has a pattern (which lists, a bit each); the counts of all patterns but
// the one of nobody's list are known. A log-linear model of the counts (each list, and pairs of lists that go
// together) says how many the missing pattern holds. The answer depends on the model, so it is a range: over
// models, and over what chance would have changed.
//
// Sparse tables: a pair of lists without anybody on both, when it is taken into a model, has minus infinity
// for a parameter: its patterns hold nobody, and are left out (Chan, Silverman and Vincent 2021, section 3).
// A model whose estimate does not exist or is not told by the table is not used, and counted. Intervals: the
// choice of the model is made again in each of the resampled tables (the same, section 5); percentile, and
// BCa with a jackknife (Efron 1987). Same answer: same table, same seed. No threads, no clock.
#pragma once
#include "base/base.h"

enum { EXTENT_LISTS = 10, EXTENT_CELLS = 1 << EXTENT_LISTS, EXTENT_PAIRS = 45, EXTENT_PARAMETERS = 56 };
typedef struct {
	Str name[EXTENT_LISTS];
	int lists;
	double count[EXTENT_CELLS]; // by pattern; [0] is what is asked for
	double seen, shared; // people; those on two lists or more
} Lists;
// CSV: a column of 0 and 1 for each list and a column `count`. ERR_INVALID with line, column and mend; also
// when the table is not enough for any answer: two lists, nobody on two, a list with nobody.
MUST_USE Err lists_read(Arena *a, Why *why, Str csv, Lists *out);
// Whether they are enough for any answer; ERR_INVALID as lists_read.
MUST_USE Err lists_enough(Why *why, const Lists *l);

typedef uint64_t PairSet; // bit extent_pair(i, j)
int extent_pair(int i, int j); // i < j
typedef enum { FIT_GOOD, FIT_NOT_THERE, FIT_NOT_TOLD } FitState; // no estimate exists; several fit alike
typedef struct {
	PairSet pairs;
	FitState state;
	int parameters; // with those that are minus infinity
	double loglik; // but for a constant of the table
	double hidden; // people on no list
	double at[EXTENT_PARAMETERS]; // one, the lists, all pairs: those not in the model are 0
} LogLinear;
// `from`: a model to begin at, which it does not depend on but for the time it takes; NULL.
void loglinear_fit(const Lists *l, PairSet pairs, const LogLinear *from, LogLinear *out);
double loglinear_aic(const LogLinear *m);
double loglinear_bic(const LogLinear *m, double seen);

// Pairs are taken in one by one, each time the one that gains most, until the gain is not worth it any more:
// all three rules walk the same way and stop at other places.
typedef enum { RULE_NONE, RULE_BIC, RULE_P, RULE_AIC, RULE__N } Rule;
extern const char *const extent_rule[RULE__N]; // in words
typedef struct {
	LogLinear model[RULE__N];
	int tried, refused; // models on the way; those without an estimate
	double least, most; // people in all, of models within 10 of the best AIC or BIC
	int near; // how many such models
} Chosen;
// false: not even the model without pairs has an estimate.
bool extent_choose(const Lists *l, Chosen *out);

typedef struct {
	double low, high, bca_low, bca_high; // people in all
	bool sure; // enough of the resampled tables had an estimate
} Interval;
typedef struct {
	Chosen chosen;
	Interval interval[RULE__N];
	int resampled, failed;
	double least, most; // what may be said: over the rules that choose, the widest of their BCa intervals
} Extent;
typedef struct {
	int resamples; // 200 to 100,000
	double level; // .5 to .999
	uint64_t seed;
	void (*progress)(int64_t done, int64_t of); // may be NULL
} ExtentAsk;
// ERR_INVALID: the table has no estimate, or too few of the resampled ones have.
MUST_USE Err extent_of(Arena *a, Why *why, const Lists *l, const ExtentAsk *how, Extent *out);
double extent_rough(double v, bool up); // to three figures: more would look surer than it is
