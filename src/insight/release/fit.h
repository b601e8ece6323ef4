// fit.h - the one distribution that agrees best with all noisy tables at once (after Private-PGM).
//
// The model is the product of one potential for each measured table, held as tables over the cliques of a
// junction tree. It begins with attributes that are independent and moves in steps; each step minimises
//     sum over cells (expected - noisy)^2 / (2 variance)  +  prior * people * KL(model, where the step
//     began),
// and there are so few steps that what is sure has been taken in and noise that no other table bears out has
// not (Bregman iterations: Osher, Burger, Goldfarb, Xu, Yin 2005). One step with a small prior would go as
// far, but leaves too many people in cells that are empty; many more steps would follow the noise. The
// potentials of a step solve its dual, which is smooth and well conditioned, by L-BFGS (descent.h). Only
// noisy numbers come in, so nothing here costs privacy, and doubles are fine. The same measurements give the
// same model, bit for bit. What the codebook says cannot go together has no weight (tree_rules says how far).
#pragma once
#include "release/tree.h"

typedef struct {
	Attributes of;
	const double *count; // noisy, in the order of marginals.h with attributes ascending; may be negative
	double sigma; // of the noise, above 0
	const double *times; // NULL, or of each cell: how many noisy counts were added up in it
} Measured;
typedef struct {
	const Codebook *book;
	const Measured *measured;
	ptrdiff_t nmeasured;
	double total; // people, above 0
	double prior; // of one step; 0 for the usual FIT_PRIOR
	int steps; // 0 for the usual FIT_STEPS
	int rounds; // at most, of one step; 0 for the usual 500
} FitAsk;
#define FIT_PRIOR 2.0
#define FIT_STEPS 32
typedef struct {
	const Codebook *book;
	Tree tree;
	double *cell[CODEBOOK_ATTRIBUTES]; // expected people in each cell of each clique; cliques agree
	double total, loss; // loss: the weighted squares alone
	int rounds; // of all steps
	bool settled; // each step ended before its rounds were over
} Model;

// The model lives in `a`. ERR_TOO_LARGE when a clique would have more than 2^24 cells.
MUST_USE Err fit(Arena *a, Why *why, const FitAsk *ask, Model *out);
// Expected people over attributes that one clique holds.
void fit_project(Arena scratch, const Model *model, Attributes onto, double *out);
