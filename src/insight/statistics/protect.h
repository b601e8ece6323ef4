// protect.h - a table of counts from which nobody finds out a small number.
//
// In:       counts in rows and columns with their sums: all sums belong to the table.
// Out:      which of them may be shown. A count under PROTECT_LEAST never is; nor are enough others, so that
//           whoever adds and subtracts what is shown finds each hidden small count possible at every value
//           from 0 to PROTECT_LEAST - 1, all other small ones staying small (complementary suppression;
//           Hundepool and others 2012, Statistical Disclosure Control, chapter 4). What hides is chosen by
//           lot, so that knowing these rules does not tell which of the hidden ones are the small ones.
// The whole: is shown if it is at least PROTECT_LEAST, else nothing is. Tables of the same people may share
//           it, and nothing else: then what holds for each holds for all together.
// One way:  a table of one column has its rows' sums left out; they are the cells.
#pragma once
#include "base/base.h"

enum { PROTECT_LEAST = 11, PROTECT_ROWS = 64, PROTECT_COLUMNS = 16 };
typedef enum {
	CELL_SHOWN,
	CELL_SMALL, // under PROTECT_LEAST
	CELL_COVER, // hidden for another's sake
	CELL_TWICE // says the same as another; not part of what is shown
} CellState;
typedef struct {
	int rows, columns;
	int64_t *count; // (rows + 1) * (columns + 1): the last column and the last row are sums
	uint8_t *state; // CellState, the same
} Counts;

Counts counts_on(Arena *a, int rows, int columns); // zeros; within PROTECT_ROWS and PROTECT_COLUMNS
void counts_add(Counts *c, int row, int column); // one more, in the cell and its three sums
static inline int counts_at(const Counts *c, int row, int column) { return row * (c->columns + 1) + column; }
// Fills `state`. The same table and lot give the same.
void counts_protect(Counts *c, uint64_t lot);
