// merge.h - values that nobody seems to have, put together before the model is made.
//
// A value whose own noisy count is not above 0 would cost the model cells in every clique. Such values are
// one value there, and rows that have it are given one of them by the attribute's own table. Only noisy
// counts decide. (To merge more, all below one sigma or three, makes the rows worse: pairs say more of rare
// values than the attribute's own table does.) Attributes that a rule of what is impossible names keep their
// values. Attributes are put in the order of how many values are left, which makes the innermost runs of
// tables long.
#pragma once
#include "release/fit.h"
#include "release/table.h"

typedef struct {
	Codebook book; // sizes as merged, without labels
	int from[CODEBOOK_ATTRIBUTES]; // which attribute of the codebook each is
	uint8_t to[CODEBOOK_ATTRIBUTES][CODEBOOK_VALUES]; // of each of `book`: where a value went
	Measured *at; // the noisy tables, as given, of the merged attributes and values
	int size[CODEBOOK_ATTRIBUTES]; // of each of `book`: values as they were
	const double
		*share[CODEBOOK_ATTRIBUTES]; // of each of `book`: of the values as they were; they sum to 1
} Merged;

// at: the attributes' own tables in the codebook's order, then tables of two attributes.
void merge(Arena *a, const Codebook *book, const Measured *at, ptrdiff_t n, Merged *out);
// Rows of the merged attributes as rows of the codebook's. The seed is public, as in rows.h.
Table merge_undo(Arena *a, const Merged *m, const Table *rows, uint64_t seed);
