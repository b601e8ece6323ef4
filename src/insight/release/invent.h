// invent.h - from noisy tables to invented people: values merged, the model, its rows, values as they were.
//
// Only noisy numbers come in, so it costs no privacy. The command and the hub make rows by this alone.
#pragma once
#include "release/measure.h"

typedef struct {
	Table rows; // as many as the noisy total says
	bool settled; // the model has
} Invented;
// The seed is public, as in rows.h: the same measures and seed give the same rows. ERR_TOO_LARGE as fit().
MUST_USE Err invent(Arena *a, Why *why, const Codebook *book, const Measures *from, uint64_t seed,
		    Invented *out);
