// table.h - the people of a release as columns of small integers, read from CSV by the names in its first
// row.
//
// Every attribute of the codebook must have its column and every column its attribute; the unit's column,
// when the codebook names one, must be there, and nobody may be in it twice. Mistakes are named by line and
// column, never by the value, which may be personal.
#pragma once
#include "release/codebook.h"

typedef struct {
	const uint8_t *column[CODEBOOK_ATTRIBUTES]; // in the codebook's order, `rows` long
	ptrdiff_t rows;
} Table;

// ERR_INVALID with the place.
MUST_USE Err table_read(Arena *a, Why *why, Str csv, const Codebook *book, Table *out);
