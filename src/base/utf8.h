// utf8.h - text that came from outside. Everything stored is valid UTF-8 in NFC without control characters.
#pragma once
#include "base/base.h"
bool utf8_valid(Str s); // RFC 3629: no surrogates, no overlong forms
ptrdiff_t utf8_length(Str s); // code points; s must be valid
int32_t utf8_next(Str s,
		  ptrdiff_t *at); // code point at *at, which moves on; U+FFFD and one byte for a bad one
void utf8_put(Buf *b, int32_t code_point);
// NFC, line ends to \n, C0 controls but \n and \t dropped. false when it is not valid UTF-8.
bool utf8_clean(Arena *a, Str s, Str *out);
int32_t utf8_upper(int32_t code_point), utf8_lower(int32_t code_point); // itself when it has no other case
