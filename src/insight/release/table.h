// table.h - the people of a release as columns of small integers, read from CSV by the names in its first
// row.
//
// Every attribute of the codebook must have its column and every column its attribute, unless the codebook
// ignores it; the unit's column, when the codebook names one, must be there. Mistakes are named by line and
// column, never by the value, which may be personal. Whose row it is stays as a hash only; person.h makes of
// several rows of one person what is promised.
#pragma once
#include "release/codebook.h"

typedef struct {
	uint8_t hash[16];
} Who;
typedef struct {
	const uint8_t *column[CODEBOOK_ATTRIBUTES]; // in the codebook's order, `rows` long
	ptrdiff_t rows;
	const Who *who; // of each row as read; NULL when the codebook names no unit
	const int *line; // of the file, likewise
} Table;

// ERR_INVALID with the place.
MUST_USE Err table_read(Arena *a, Why *why, Str csv, const Codebook *book, Table *out);
// The same people by codebook_coarser(book).
Table table_coarser(Arena *a, const Codebook *book, const Table *people);
