// sheet.h - tables as a workbook (.xlsx, ECMA-376), from the same CSV text that leaves beside it.
//
// The first row of a page is its head. Whole numbers of at most 15 digits are numbers, everything else is a
// text, never a formula. A page of more than SHEET_ROWS rows goes on in pages named "NAME 2" and so on, each
// with the head.
#pragma once
#include "base/base.h"

enum { SHEET_ROWS = 1048576 }; // of one page, by the format
typedef struct {
	Str name; // at most 28 signs, without [ ] : * ? / and the other stroke
	Str csv;
} SheetPage;
// Writes over `path`. `created`: seconds since 1970, UTC. ERR_INVALID: the text is no CSV, or a cell has more
// than 32,767 signs; ERR_FULL, ERR_STORE: not written; what stands at `path` then is worth nothing.
MUST_USE Err sheet_write(Arena *a, Why *why, Str path, const SheetPage *page, int n, int64_t created);
