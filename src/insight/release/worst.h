// worst.h - pairs of attributes that were not measured, and that one should trust least.
//
// Every pair is looked at with noise before some are chosen (measure.h): how many people stand elsewhere in
// its table than one would think who knows the attributes alone, or the first model. Of a pair that was then
// measured this is mended; of the others the model knows what follows from measured tables. Only noisy
// numbers come in.
#pragma once
#include "release/measure.h"

enum { WORST_MOST = 10 };
typedef struct {
	Attributes of; // two
	double people, within; // who stand elsewhere; 95 of 100 times off by no more
} Worst;
// Those whose number can be told from nobody, most people first, at most WORST_MOST; how many.
ptrdiff_t worst_pairs(const Measures *m, Worst out[WORST_MOST]);
