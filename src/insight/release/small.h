// small.h - few people: coarser values of the codebook, or nothing.
//
// Numbers about a few people would be mostly noise, and noise looks like news. How many there are is itself
// measured, with a hundredth of the budget, before it is decided; never by looking.
#pragma once
#include "release/account.h"
#include "release/gauss.h"
#include "release/measure.h"
#include "release/table.h"

#define SMALL_SURE 1.96 // 95 % of a Gaussian lie within so many sigma
#define SMALL_SHARE 100 // a hundredth of the budget is for the count

typedef enum { SMALL_ENOUGH, SMALL_COARSER, SMALL_TOO_FEW } Small;
// Half of the interval of a number in a table that has this share (measure_one).
double small_within(Rho share);
// Whether so many people bear numbers that are off by `within`: twenty times `within`, or eight times when
// values are coarser.
Small small_judge(double count, double within, bool coarser);

// Where a codebook has coarser values: counts, and takes them when people are few. What was debited before is
// the share (SMALL_SHARE) of `rho` for this and, by then or later, the rest for what is measured after.
typedef struct {
	const Codebook *book, *coarse; // coarse: as codebook_coarser made it
	const Table *people;
	Method method;
	Rho rho; // of the whole release
	int rows_each; // rows a person at most
	Composition composition;
} SmallAsk;
typedef struct {
	Small how;
	double count, within;
	Codebook book; // to measure by
	Table people;
	Rho left;
} Settled;
// ERR_STORE, ERR_INVALID as measure().
MUST_USE Err small_settle(Arena *a, Why *why, Draws *draws, const SmallAsk *ask, Settled *out);
