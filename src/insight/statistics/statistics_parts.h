// statistics_parts.h - what the files of this room share; no other room includes it.
#pragma once
#include "statistics/statistics.h"

// The codes of a dimension in a quarter, in the order they are shown.
typedef struct {
	Str code[PROTECT_ROWS];
	int n;
} Values;
MUST_USE Err statistics_values(Cx *cx, By by, Quarter q, Values *out);

// count.c: everything that happened in a quarter, by all questions, not protected yet. For this room alone.
MUST_USE Err statistics_take(Cx *cx, Quarter q, const Values values[BY__N], Counts out[ASKED__N]);

// statistics_say.c
Str statistics_value_said(Cx *cx, By by, Str code);
