// fit.h - the one distribution that agrees best with all noisy tables at once (Private-PGM).
//
// Each measured table has a log-potential; the model is their product, held as tables over the cliques of a
// junction tree. Mirror descent moves the potentials until the weighted squares no longer fall: the relative
// gain stays below 1e-6, or `rounds` are over. Only noisy numbers come in, so nothing here costs privacy, and
// doubles are fine. The same measurements give the same model, bit for bit.
#pragma once
#include "release/tree.h"

typedef struct {
	Attributes of;
	const double *count; // noisy, in the order of marginals.h with attributes ascending; may be negative
	double sigma; // of the noise, above 0
} Measured;
typedef struct {
	const Codebook *book;
	const Measured *measured;
	ptrdiff_t nmeasured;
	double total; // people, above 0
	int rounds; // at most; 0 for the usual 3,000
} FitAsk;
typedef struct {
	const Codebook *book;
	Tree tree;
	double *cell[CODEBOOK_ATTRIBUTES]; // expected people in each cell of each clique; cliques agree
	double total, loss;
	int rounds; // taken
	bool settled; // the gain fell below the bound before the rounds were over
} Model;

// The model lives in `a`. ERR_TOO_LARGE when a clique would have more than 2^24 cells.
MUST_USE Err fit(Arena *a, Why *why, const FitAsk *ask, Model *out);
// Expected people over attributes that one clique holds.
void fit_project(Arena scratch, const Model *model, Attributes onto, double *out);
