// design.h - the cells of a table and the parameters of a model that each has. For this room alone.
#pragma once
#include "extent/extent.h"

typedef struct {
	int n; // parameters: one, the lists, the pairs that are finite
	int place[EXTENT_PARAMETERS]; // of each in LogLinear.at
	int cells;
	double y[EXTENT_CELLS];
	uint8_t with[EXTENT_CELLS][EXTENT_PARAMETERS]; // the parameters of a cell
	uint8_t nwith[EXTENT_CELLS];
} Design;

// FIT_GOOD: there is one estimate, and it is finite. FIT_NOT_TOLD: several fit alike. FIT_NOT_THERE: the
// likelihood rises for ever in some direction. Known before anything is fitted, by linear algebra and one
// linear programme.
FitState design_state(const Design *d);
