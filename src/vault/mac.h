// mac.h - keys from a secret by HKDF (RFC 5869), and keyed BLAKE2b (RFC 7693) with a salt: what other
// programs' formats ask for. Our own sealed values do not use it.
#pragma once
#include "base/base.h"

enum { MAC_SALT = 16, MAC_BYTES = 64, MAC_KEY = 64 };
// `n` bytes, at most 255 times the length of the hash (32 bytes, or 64 with sha512).
void mac_hkdf(bool sha512, Str secret, Str salt, Str info, uint8_t *out, ptrdiff_t n);
// `key` of 1 to MAC_KEY bytes.
void mac_blake2b(Str key, const uint8_t salt[MAC_SALT], Str what, uint8_t out[MAC_BYTES]);
void mac_wipe(void *secret, ptrdiff_t n);
