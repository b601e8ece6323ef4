#include "vault/point.h"
#include <sodium.h>

void point_scalar_new(uint8_t out[POINT_BYTES]) { crypto_core_ristretto255_scalar_random(out); }

void point_of(Str text, uint8_t out[POINT_BYTES]) {
	uint8_t wide[crypto_core_ristretto255_HASHBYTES];
	crypto_generichash(wide, sizeof wide, (const uint8_t *)text.p, (unsigned long long)text.n,
			   (const uint8_t *)"sangam psi point 1", 18);
	ASSERT(crypto_core_ristretto255_from_hash(out, wide) == 0);
}

void point_any(uint8_t out[POINT_BYTES]) { crypto_core_ristretto255_random(out); }

bool point_times(const uint8_t scalar[POINT_BYTES], const uint8_t in[POINT_BYTES], uint8_t out[POINT_BYTES]) {
	if (crypto_scalarmult_ristretto255(out, scalar, in) == 0) return true;
	memset(out, 0, POINT_BYTES);
	return false;
}

void point_wipe(uint8_t scalar[POINT_BYTES]) { sodium_memzero(scalar, POINT_BYTES); }
