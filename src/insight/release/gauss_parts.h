// gauss_parts.h - what the two ways of drawing share; nothing else includes it.
#pragma once
#include "release/gauss.h"

__extension__ typedef unsigned __int128 U128;

uint64_t gauss_bits(Draws *d, int n); // n from 1 to 63
bool gauss_less(Draws *d, U128 a, U128 b); // true with probability a / b; b below 2^112
// True with probability exp(-a / b), for b below 2^102; gauss_exp_on: for a <= b, where the first `done`
// steps of algorithm 1 went on.
bool gauss_exp(Draws *d, U128 a, U128 b);
bool gauss_exp_on(Draws *d, U128 a, U128 b, unsigned done);

// ---- strips: gauss_strip.c

enum { STRIP_MOST = 384, STRIP_PICK = 28, STRIP_KEEP = 13, STRIP_FINE = 16, STRIP_GUIDE = 256 };
typedef struct {
	uint64_t num, den;
	int64_t most; // F
	int shift, n; // a strip is 2^shift wide; how many there are
	uint32_t upto[STRIP_MOST]; // sums of the weights m
	uint16_t sure[STRIP_MOST]; // kept whatever follows, when the first bits are below this
	uint16_t guide[STRIP_GUIDE + 1]; // the first strip that may be meant
} Strips;
void gauss_strips(uint64_t num, uint64_t den, uint64_t root, Strips *out); // root: of num / den, rounded down
int64_t gauss_strip_draw(Draws *d, const Strips *s, bool *far);
