// codebook.h - the declared domain of a release: which attributes there are and which values each may have.
//
// Nothing here is ever taken from the data. Two forms are read:
//   the simple one     {"AGE": 19, "SEX": 2}: values are the numbers 0 to n - 1
//   the richer one     {"name": "...", "version": "...", "unit": "person_id", "attributes": [
//                        {"name": "sex", "values": ["f", "m", "unknown"], "missing": "unknown", "other":
//                        "m"}]}
// In the richer one `unit` names the column that says who a row is about; `missing` is the value of an empty
// cell, `other` that of a value the codebook does not have. Without them such cells are mistakes.
// At most 60 attributes of 1 to 256 values. The hash is of the text as it was read, byte for byte.
#pragma once
#include "base/base.h"

#define CODEBOOK_ATTRIBUTES 60
#define CODEBOOK_VALUES 256

typedef struct {
	Str name;
	int size;
	const Str *label; // NULL: the values are their own numbers
	int missing, other; // a value, or -1
} Attribute;
typedef struct {
	Str name, version, unit; // empty in the simple form
	Attribute attribute[CODEBOOK_ATTRIBUTES];
	int n;
	Str hash; // 32 bytes
} Codebook;

// ERR_INVALID, and a sentence with the place, when the text is no codebook. Texts live in the arena.
MUST_USE Err codebook_read(Arena *a, Why *why, Str json, Codebook *out);
// The value of a cell, or -1 when the codebook has none for it.
int codebook_value(const Attribute *attribute, Str cell);
Str codebook_label(Arena *a, const Attribute *attribute, int value);
