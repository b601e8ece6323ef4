// rows.h - people who never were, made from a model: attribute by attribute, by rounding that evens out.
//
// Rows that are alike in what an attribute hangs on are a group. In it each value is given to the whole part
// of its share of rows, and where parts are left over to one row more: to the value that so far has fallen
// short most, over all groups, in the tables with each attribute of the clique. Which row of the group gets
// which value is left to what has fallen short in the tables with all other attributes. So tables of any two
// attributes are nearer to the model's than independent draws, or rounding each group for itself, would bring
// them. The order of the rows says nothing. The generator is seeded and is for this alone: a model is
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
