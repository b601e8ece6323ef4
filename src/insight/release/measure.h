// measure.h - the only step that looks at people: everything that leaves it is noisy.
//
// The total and each attribute's own table, then how far each pair of attributes is from independence, then
// tables of the pairs that were chosen by that (plan.h), all with exact noise. One person changes each table
// in one cell by one, and each distance by at most one, because what it is a distance from are whole numbers
// made of noisy ones. Methods differ in who gets how much of the budget, and in which pairs are chosen.
#pragma once
#include "release/account.h"
#include "release/fit.h"
#include "release/gauss.h"
#include "release/plan.h"
#include "release/table.h"

typedef enum {
	METHOD_SWIFT, // after dpsynth, 2026: a tenth, a twenty-fifth and the rest; pairs worth their noise
	METHOD_MST, // after McKenna, Miklau, Sheldon 2021: a third each; a tree that spans all attributes
	METHOD_THOROUGH, // after AIM (McKenna, Mullins, Sheldon, Miklau 2022): rounds against a model (aim.h)
	METHOD__N
} Method;
typedef struct {
	const Codebook *book;
	const Table *people;
	Rho rho; // all that may be spent, debited already
	double cells_most; // of a clique of the model
	Method method;
	Composition composition;
	void (*round)(int round, int of, ptrdiff_t tables); // may be NULL: of a method that has rounds
} MeasureAsk;
typedef struct {
	Measured *at; // the attributes' own tables in the codebook's order, then pairs
	ptrdiff_t n;
	double total, total_sigma; // people, noisy
	double counted, counted_sigma; // the same by its own measurement alone
	const Candidate
		*pair; // what was chosen from, each with its noisy distance; one round after the other
	ptrdiff_t npair;
	double pair_sigma; // of each distance
	Rho spent; // at most what was asked
} Measures;
const char *measure_name(Method method);
bool measure_method(Str name, Method *out); // false: there is none of that name
int measure_most(Method method); // attributes that it takes
Rho measure_one(Method method, Rho rho, int attributes); // what each attribute's own table has of it
Rho measure_least(Method method, Rho rho, int attributes); // the smallest share of one number or table
// ERR_STORE: no random bits. ERR_INVALID: the budget is too small for so many attributes. ERR_LIMIT: there
// are more than measure_most.
MUST_USE Err measure(Arena *a, Why *why, Draws *draws, const MeasureAsk *ask, Measures *out);
