// across.h - what a model says of any two attributes, whether or not one clique holds both.
//
// Where no clique holds both, the model is asked what follows from each value of the one that has fewer: the
// sums along the tree (belief.h) with that value alone. Only a model comes in, so it costs no privacy.
#pragma once
#include "release/fit.h"
#include "release/merge.h"

typedef struct {
	// Expected people in each cell of the table over attributes i < j, in the order of marginals.h.
	double *pair[CODEBOOK_ATTRIBUTES][CODEBOOK_ATTRIBUTES];
} Across;

// By the model's own codebook.
Across *across(Arena *a, const Model *model);
// The same by the codebook as it was before values were merged: a merged value's people are shared out among
// those it stands for as the attribute's own table has them. `model` is of `merged->book`.
Across *across_whole(Arena *a, const Merged *merged, const Model *model);
