// said.h - what leaves of a release: rows, tables, a report for programs, a page for readers, a workbook.
//
// The command and the hub write their files by this alone, so that the same release says the same. Only noisy
// numbers come in, so nothing here costs privacy. Texts live in the arena; the same Said gives the same
// texts.
#pragma once
#include "release/measure.h"
#include "release/person.h"
#include "release/small.h"
#include "release/spend.h"

typedef struct {
	const char *what; // in the words of the manifest
	const Codebook *book; // by which it was measured: the coarser one where people were few
	const Measures *measures;
	Method method;
	PersonRule persons;
	Str unit; // what one person is, in words; empty: by `persons`
	double epsilon, delta; // as asked for
	Rho rho; // of the release, all of it debited
	Composition composition; // by which it means that epsilon
	Spent spent; // with it
	bool coarser; // values flowed together, because people are few
	const Table *rows; // of invented people; NULL: tables alone
	bool settled; // the model they come from has
	int lang; // of the page
} Said;

Str said_unit(Arena *a, const Said *s);
// Cells of all measured tables, and those of them that cannot be told from zero.
void said_cells(const Said *s, double *all, double *unsure);
// CSV. `marked`: a last column says in every row that it is invented.
Str said_rows(Arena *a, const Said *s, bool marked);
// CSV: the number of people first, then every cell of every measured table with its interval.
Str said_tables(Arena *a, const Said *s);
Str said_report(Arena *a, const Said *s); // JSON
Str said_page(Arena *a, const Said *s); // HTML that stands on its own: no script, nothing loaded
// A workbook of one of the CSV texts, with a page that says what it is. Written over `path`; what stands
// there after an error is worth nothing.
MUST_USE Err said_sheet(Arena *a, Why *why, Str path, Str csv, int64_t now);
