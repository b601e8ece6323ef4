// measure_parts.h - what the methods of measuring share: noisy tables and noisy distances.
//
// True counts stay in measure.c. A method decides by what has come out noisy, and by nothing else.
#pragma once
#include "release/measure.h"

typedef struct {
	Arena *a;
	Why *why;
	Draws *draws;
	const MeasureAsk *ask;
	Measures *out; // `at` has room for what the method measures
} Measuring;
// The table over one or two attributes, with noise that costs `share`. Measured before, the two become one,
// each weighed by how exact it is.
MUST_USE Err measuring_table(Measuring *m, Attributes of, Rho share);
// How far the candidate's table is from its `guess`, with noise that costs `share`, in ->off; the noise's
// sigma in out->pair_sigma.
MUST_USE Err measuring_distance(Measuring *m, Candidate *candidate, Rho share);
