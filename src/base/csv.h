// csv.h - RFC 4180 with the mercies spreadsheets need: a UTF-8 byte order mark, CRLF or LF, a last line
// without end.
#pragma once
#include "base/base.h"
typedef struct {
	Str *cell;
	ptrdiff_t n;
	int line; // where the row begins, from 1
} CsvRow;
typedef struct {
	Str rest;
	int line;
	bool broken; // a quote that is never closed, or text after a closing quote: row.line says where
} Csv;
Csv csv_on(Str text);
bool csv_next(Csv *c, Arena *a, CsvRow *row); // false at the end or when broken; empty lines are skipped
// Writes one cell with a separator before it unless it is the first. Cells that a spreadsheet would run as a
// formula
// (= + - @ tab CR first) get an apostrophe in front when `guard` is set.
void csv_put(Buf *b, Str cell, bool first, bool guard);
