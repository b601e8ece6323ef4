// rows.h - people who never were, made from a model: clique by clique, by randomised rounding.
//
// Within a group of rows that are alike so far, each new combination of values is given the whole part of its
// share and at most one row more, so that tables of the rows stay nearer to the model than independent draws
// would. The order of the rows says nothing. The generator is seeded and is for this alone: a model is
// public, and making rows from it costs no privacy. Never for noise.
#pragma once
#include "release/fit.h"
#include "release/table.h"

// `rows` is declared or noisy, never a count of the people. The table lives in the arena.
Table rows_make(Arena *a, const Model *model, ptrdiff_t rows, uint64_t seed);

// Values that stand for several: `to` says which one each of `size` went into, `share` how much there is of
// each.
typedef struct {
	const uint8_t *to;
	const double *share;
	int size;
} RowsSplit;
// A column with such values as one with the values that they stand for.
const uint8_t *rows_split(Arena *a, const uint8_t *column, ptrdiff_t rows, const RowsSplit *split,
			  uint64_t seed);
