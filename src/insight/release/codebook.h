// codebook.h - the declared domain of a release: which attributes there are and which values each may have.
//
// Nothing here is ever taken from the data. Two forms are read (docs/release.md tells all of the richer one):
//   the simple one     {"AGE": 19, "SEX": 2}: values are the numbers 0 to n - 1
//   the richer one     {"name": "...", "version": "...", "unit": "person_id", "attributes": [...],
//                       "ignore": ["notes"], "impossible": [{"adult": "no", "married": "yes"}]}
// An attribute has a name, the column it is read from, and values: listed, as bands of whole numbers
// ("bands":
// ["0-8", "9-17", "18+"]), or as years of a date ("years": [2002, 2026]). `missing` is the value of an empty
// cell, `other` that of one the codebook does not have; without them such cells are mistakes. A cell with
// several values ("split": ";") becomes an attribute of 0 and 1 for each value, named NAME.VALUE. `collapse`
// says which of a person's several rows counts, `coarser` into what values flow together when people are few.
// At most 60 attributes of 1 to 256 values. The hash is of the text as it was read, byte for byte.
#pragma once
#include "base/base.h"
#include "base/lang.h"

enum { CODEBOOK_ATTRIBUTES = 60, CODEBOOK_VALUES = 256, CODEBOOK_IMPOSSIBLE = 256, CODEBOOK_IGNORED = 256 };

typedef enum { // which of several rows of one person counts
	COLLAPSE_NONE, // not declared: then a person may have one row only
	COLLAPSE_FIRST, // in the order of the file
	COLLAPSE_LAST,
	COLLAPSE_MAX, // the value that stands last in the codebook; what is missing comes before all
	COLLAPSE_SPECIFIC, // the first that is neither `missing` nor `other`, else the first `other`
	COLLAPSE_ANY, // of 0 and 1: 1 when any row has it
	COLLAPSE__N
} Collapse;
typedef struct {
	Str cell; // another spelling
	int value;
} Spelling;
typedef struct {
	int64_t low, high; // both within
} Band;
typedef struct Attribute Attribute;
struct Attribute {
	Str name, column; // column: of the data; empty: the name
	Label title; // for readers; may be empty
	int size;
	const Str *label; // NULL: the values are their own numbers
	const Label *said; // of each value, for readers; NULL or empty: as `label`
	const Spelling *spelling;
	int spellings;
	const Band *band; // of the first `bands` values
	int bands;
	bool dates; // only the year of the cell is looked at
	bool optional; // a file without the column has empty cells there
	char split; // of a cell with several values; 0: it has one
	const Attribute *whole; // of an attribute of 0 and 1: what it is a value of
	int bit; // which value
	int missing, other; // a value, or -1
	Collapse collapse;
	const uint8_t *coarse; // the coarser value of each; NULL: it stays as it is
	const Str *coarse_label;
	int coarse_size;
};
// One value of each attribute named: `is[a]` is NULL where it does not matter, else true for what cannot go
// together with the others.
typedef struct {
	uint64_t of; // bit i: attribute i is named
	const bool *is[CODEBOOK_ATTRIBUTES];
} Impossible;
typedef struct {
	Str name, version, unit; // empty in the simple form
	Attribute attribute[CODEBOOK_ATTRIBUTES];
	int n;
	Str ignored[CODEBOOK_IGNORED]; // columns of the data that are not read; "*": all others
	int nignored;
	const Impossible *impossible;
	int nimpossible;
	Str hash; // 32 bytes
} Codebook;

// ERR_INVALID, and a sentence with the place, when the text is no codebook. Texts live in the arena.
MUST_USE Err codebook_read(Arena *a, Why *why, Str json, Codebook *out);
// The value of a cell, or -1 when the codebook has none for it.
int codebook_value(const Attribute *attribute, Str cell);
Str codebook_column(const Attribute *attribute);
Str codebook_label(Arena *a, const Attribute *attribute, int value);
// As a reader should see them; lang: LANG_EN and so on.
Str codebook_title(const Attribute *attribute, int lang);
Str codebook_said(Arena *a, const Attribute *attribute, int value, int lang);
// Whether these values of the attributes `of` (bit i: attribute i) are declared never to go together. `value`
// has one for each of them, ascending. False when the codebook says nothing of it.
bool codebook_impossible(const Codebook *book, uint64_t of, const uint8_t *value);

// The same attributes with what flows together flown together; false, and *out as it was, when the codebook
// declares nothing coarser. What is impossible stays so where all of its parts are.
bool codebook_coarser(Arena *a, const Codebook *book, Codebook *out);
