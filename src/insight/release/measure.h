// measure.h - the only step that looks at people: everything that leaves it is noisy.
//
// After SWIFT (dpsynth, 2026): a tenth of the budget for the total and each attribute's own
// table, a twenty-fifth for how far each pair of attributes is from independence, and the rest for the pairs
// worth it (plan.h), all with exact noise. One person changes each table in one cell by one, and each
// distance by at most one, because what it is a distance from are whole numbers made of noisy ones.
#pragma once
#include "release/account.h"
#include "release/fit.h"
#include "release/gauss.h"
#include "release/plan.h"
#include "release/table.h"

typedef struct {
	const Codebook *book;
	const Table *people;
	Rho rho; // all that may be spent, debited already
	double cells_most; // of a clique of the model
} MeasureAsk;
typedef struct {
	Measured *at; // the attributes' own tables in the codebook's order, then pairs
	ptrdiff_t n;
	double total, total_sigma; // people, noisy
	double counted, counted_sigma; // the same by its own measurement alone
	const Candidate *pair; // what was chosen from, each with its noisy distance
	ptrdiff_t npair;
	double pair_sigma; // of each distance
	Rho spent; // at most what was asked
} Measures;
Rho measure_least(Rho rho, int attributes); // the smallest share that is spent of it on one number or table
// ERR_STORE: no random bits. ERR_INVALID: the budget is too small for so many attributes.
MUST_USE Err measure(Arena *a, Why *why, Draws *draws, const MeasureAsk *ask, Measures *out);
