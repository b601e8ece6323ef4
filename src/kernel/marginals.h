// marginals.h - counting: how many rows there are for each combination of values of some columns.
//
// Columns are bytes, at most 256 values each. Cells lie with the last column's values next to each other.
#pragma once
#include "base/base.h"

typedef struct {
	const uint8_t *const *column; // `ways` of them
	const int *size; // values are below it; the caller has made sure
	int ways; // 0 gives the number of rows
} MarginalOf;

ptrdiff_t marginal_cells(const int *size, int ways); // -1 when there are more than 2^31
void marginal_count(const MarginalOf *of, ptrdiff_t rows, int64_t *cell); // adds to what stands in `cell`
