// gauss.h - exact noise: draws from the discrete Gaussian over the integers, with no floating point on the
// way.
//
// P(x) is proportional to exp(-x^2 / (2 sigma^2)), sigma^2 = num / den. Source: C. L. Canonne, G. Kamath, T.
// Steinke, The Discrete Gaussian for Differential Privacy (2020), algorithms 1 to 3. A check of the object
// file shows that it holds no floating point arithmetic (tools/check_house --objects).
#pragma once
#include "base/base.h"

// Where random bits come from. draws_system is the only one a release may use; tests bring their own.
typedef struct {
	bool (*more)(void *with, uint8_t *bytes, ptrdiff_t n); // false: there are none
	void *with;
	uint8_t byte[2048];
	int left;
	bool dry; // `more` failed; everything drawn since is worth nothing
} Draws;
Draws draws_system(void); // getrandom(2)

#define GAUSS_DEN_MOST ((uint64_t)1 << 10)
#define GAUSS_NUM_MOST ((uint64_t)1 << 44)
// ERR_STORE when the bits run dry; then nothing in `out` may be used. num and den are above 0 and within the
// bounds.
MUST_USE Err gauss_draw(Draws *d, Why *why, uint64_t num, uint64_t den, int64_t *out, ptrdiff_t n);
