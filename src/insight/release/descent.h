// descent.h - the least value of a smooth convex function of many numbers, by L-BFGS (Liu and Nocedal 1989).
//
// The function gives its own curvature in each direction alone, roughly; that and the last few steps stand
// for the whole. A step is halved until it gains enough (Armijo).
#pragma once
#include "base/base.h"

typedef struct {
	// Value, slope and curvature (above 0) at x; HUGE_VAL where there is none. *far: how far from the
	// end, in whatever unit `near` is in.
	double (*at)(void *with, const double *x, double *slope, double *curvature, double *far);
	void *with;
	ptrdiff_t n;
	double near; // it is over when *far is at most this
	int rounds; // at most
} Descent;
typedef struct {
	double least;
	int rounds;
	bool settled;
} Descended;

// Starts at x, or at 0 where x has no value, and ends in x. The last call of `at` was at the x that is left.
Descended descend(Arena scratch, const Descent *d, double *x);
