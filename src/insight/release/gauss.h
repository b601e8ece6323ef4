// gauss.h - exact noise: draws from the discrete Gaussian over the integers, with no floating point on the
// way.
//
// P(x) is proportional to exp(-x^2 / (2 sigma^2)), sigma^2 = num / den. Source: C. L. Canonne, G. Kamath, T.
// Steinke, The Discrete Gaussian for Differential Privacy (2020), algorithms 1 to 3; many draws at once are
// made faster from strips (gauss_strip.c), by the same law: there nothing beyond 24 sigma is drawn, which has
// a probability below 2^-410. A check of the object files shows that they hold no floating point arithmetic
// (tools/check_house --objects).
#pragma once
#include "base/base.h"

// Where random bits come from. draws_system is the only one a release may use; tests bring their own. Bits
// are taken from the last word to the first, the lowest of a word first, and each is used once.
enum { DRAWS_WORDS = 1024 };
typedef struct {
	bool (*more)(void *with, uint8_t *bytes, ptrdiff_t n); // false: there are none
	void *with;
	uint64_t word[DRAWS_WORDS];
	int left;
	uint64_t spare; // bits of a word that was begun
	int spares;
	bool dry; // `more` failed; everything drawn since is worth nothing
} Draws;
Draws draws_system(void); // getrandom(2)

#define GAUSS_DEN_MOST ((uint64_t)1 << 10)
#define GAUSS_NUM_MOST ((uint64_t)1 << 44)
// So many draws or more are made from strips; fewer are not worth their table.
#define GAUSS_MANY 64
// ERR_STORE when the bits run dry; then nothing in `out` may be used. num and den are above 0 and within the
// bounds. How long it takes depends on what is drawn: nobody else may be able to time it.
MUST_USE Err gauss_draw(Draws *d, Why *why, uint64_t num, uint64_t den, int64_t *out, ptrdiff_t n);
