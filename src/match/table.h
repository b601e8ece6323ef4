// table.h - a CSV file from outside, row by row, whatever is wrong with single rows. What is wrong is said
// with line and column, without the text that is wrong: it may be somebody's name.
#pragma once
#include "base/base.h"

enum { TABLE_COLUMNS = 512, TABLE_CELL = 4096 };
typedef struct {
	// `column` from 1, or 0 for the whole row.
	void (*say)(void *with, int64_t line, int column, const char *what);
	void *with;
	int64_t faults;
} Faults;
void table_fault(Faults *f, int64_t line, int column, const char *what);

typedef struct {
	Str rest;
	int64_t line; // of the next row
	char separator;
	Str *head;
	int nhead;
	Faults *faults;
} Table;
typedef struct {
	Str *cell; // trimmed; as many as the head has
	int64_t line;
} TableRow;
// Reads the head. ERR_INVALID: no head, UTF-16, too many columns. A byte order mark is passed over; the
// separator is the comma, or semicolon, tab or bar when the head has that and no comma.
MUST_USE Err table_open(Arena *a, Why *why, Str text, Faults *faults, Table *out);
// The next good row. Rows with a quote that is never closed or with other than the head's number of cells are
// reported and passed over; cells that are not UTF-8 or are too long are reported and left empty.
bool table_next(Table *t, Arena *a, TableRow *out);
int table_column(const Table *t, Str name); // letter case aside; -1: not there
