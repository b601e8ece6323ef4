// point.h - the group ristretto255 (RFC 9496), for questions put to another party without showing what is
// asked.
#pragma once
#include "base/base.h"

enum { POINT_BYTES = 32 };
void point_scalar_new(uint8_t out[POINT_BYTES]); // a secret; not zero
void point_of(Str text, uint8_t out[POINT_BYTES]); // nobody knows its logarithm
void point_any(uint8_t out[POINT_BYTES]); // random, not to be told from any other
// false: `in` is no point, or the neutral one; out is then zero.
MUST_USE bool point_times(const uint8_t scalar[POINT_BYTES], const uint8_t in[POINT_BYTES],
			  uint8_t out[POINT_BYTES]);
void point_wipe(uint8_t scalar[POINT_BYTES]);
