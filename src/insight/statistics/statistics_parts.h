// statistics_parts.h - what the files of this room share; no other room includes it.
#pragma once
#include "statistics/statistics.h"

// The codes of a dimension in a quarter, in the order they are shown.
typedef struct {
	Str code[PROTECT_ROWS];
	int n;
} Values;
MUST_USE Err statistics_values(Cx *cx, By by, Quarter q, Values *out);

// unseen.c
void unseen_values(Arena *a, const Pack *p, Values *out); // none when the pack has no lists
int unseen_value(const Values *v, unsigned pattern);
bool unseen_words_have(Str words, Str word);
// Which lists each person is on, a bit each, at the place of her first record. `people`: rows of
// statistics_people; `first`: of statistics_same_people; `pattern`: zeros.
MUST_USE Err unseen_patterns(Cx *cx, const Rows *people, const ptrdiff_t *first, unsigned *pattern);

// count.c: everything that happened in a quarter, by all questions, not protected yet. For this room alone. A
// question without values has no rows and is not counted.
MUST_USE Err statistics_take(Cx *cx, Quarter q, const Values values[BY__N], Counts out[ASKED__N]);

// statistics_say.c
Str statistics_value_said(Cx *cx, By by, Str code);
