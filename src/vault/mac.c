#include "vault/mac.h"
#include <sodium.h>

// Of three parts one after another, since HKDF chains blocks so. Returns the bytes of the hash.
static ptrdiff_t hmac(bool sha512, Str key, const Str part[3], uint8_t out[64]) {
	crypto_auth_hmacsha512_state wide;
	crypto_auth_hmacsha256_state st;
	const uint8_t *k = (const uint8_t *)key.p;
	if (sha512)
		(void)crypto_auth_hmacsha512_init(&wide, k, (size_t)key.n);
	else
		(void)crypto_auth_hmacsha256_init(&st, k, (size_t)key.n);
	for (int i = 0; i < 3; i++) {
		const uint8_t *p = (const uint8_t *)part[i].p;
		if (sha512)
			(void)crypto_auth_hmacsha512_update(&wide, p, (unsigned long long)part[i].n);
		else
			(void)crypto_auth_hmacsha256_update(&st, p, (unsigned long long)part[i].n);
	}
	if (sha512)
		(void)crypto_auth_hmacsha512_final(&wide, out);
	else
		(void)crypto_auth_hmacsha256_final(&st, out);
	sodium_memzero(&wide, sizeof wide);
	sodium_memzero(&st, sizeof st);
	return sha512 ? crypto_auth_hmacsha512_BYTES : crypto_auth_hmacsha256_BYTES;
}

void mac_hkdf(bool sha512, Str secret, Str salt, Str info, uint8_t *out, ptrdiff_t n) {
	uint8_t extracted[64], block[64] = {0}, count = 0;
	// A missing salt is zeros, which is the same as an empty key for HMAC.
	const Str first[3] = {secret};
	ptrdiff_t size = hmac(sha512, salt.n ? salt : S(""), first, extracted), had = 0;
	ASSERT(n >= 0 && n <= 255 * size);
	for (ptrdiff_t at = 0; at < n; at += size) {
		count++;
		const Str part[3] = {{(const char *)block, had}, info, {(const char *)&count, 1}};
		had = hmac(sha512, (Str){(const char *)extracted, size}, part, block);
		memcpy(out + at, block, (size_t)(n - at < size ? n - at : size));
	}
	sodium_memzero(extracted, sizeof extracted);
	sodium_memzero(block, sizeof block);
}

void mac_blake2b(Str key, const uint8_t salt[MAC_SALT], Str what, uint8_t out[MAC_BYTES]) {
	ASSERT(key.n > 0 && key.n <= MAC_KEY);
	ASSERT(crypto_generichash_blake2b_salt_personal(out, MAC_BYTES, (const uint8_t *)what.p,
							(unsigned long long)what.n, (const uint8_t *)key.p,
							(size_t)key.n, salt, NULL) == 0);
}

void mac_wipe(void *secret, ptrdiff_t n) { sodium_memzero(secret, (size_t)n); }
