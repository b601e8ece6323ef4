// demo_parts.h - what demo.c and demo_people.c share.
#pragma once
#include "base/csv.h"
#include "command/hub.h"

typedef struct {
	CsvRow head;
	CsvRow *row;
	ptrdiff_t n;
} DemoTable;
MUST_USE Err demo_file(Hub *h, Str folder, const char *name, Str *out);
MUST_USE Err demo_table(Hub *h, Str folder, const char *name, DemoTable *out);
Str demo_cell(const DemoTable *t, ptrdiff_t row, const char *column); // empty when absent

// The sixty people as cases of the last two months, and three reports of today.
MUST_USE Err demo_people(Hub *h, Str folder);
