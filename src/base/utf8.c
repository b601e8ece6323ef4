#include "base/utf8.h"
#include <unicode/uchar.h>
#include <unicode/unorm2.h>
#include <unicode/ustring.h>

// Length of the well-formed sequence at s, or 0. RFC 3629, table of section 4.
static int sequence(const unsigned char *s, ptrdiff_t n) {
	if (s[0] < 0x80) return 1;
	int len = s[0] >= 0xC2 && s[0] <= 0xDF	 ? 2
		  : (s[0] & 0xF0) == 0xE0	 ? 3
		  : s[0] >= 0xF0 && s[0] <= 0xF4 ? 4
						 : 0;
	if (len == 0 || len > n) return 0;
	for (int i = 1; i < len; i++)
		if ((s[i] & 0xC0) != 0x80) return 0;
	if (s[0] == 0xE0 && s[1] < 0xA0) return 0; // overlong
	if (s[0] == 0xED && s[1] > 0x9F) return 0; // surrogate
	if (s[0] == 0xF0 && s[1] < 0x90) return 0; // overlong
	if (s[0] == 0xF4 && s[1] > 0x8F) return 0; // above U+10FFFF
	return len;
}

bool utf8_valid(Str s) {
	for (ptrdiff_t at = 0; at < s.n;) {
		int len = sequence((const unsigned char *)s.p + at, s.n - at);
		if (!len) return false;
		at += len;
	}
	return true;
}

ptrdiff_t utf8_length(Str s) {
	ptrdiff_t n = 0;
	for (ptrdiff_t i = 0; i < s.n; i++) n += ((unsigned char)s.p[i] & 0xC0) != 0x80;
	return n;
}

int32_t utf8_next(Str s, ptrdiff_t *at) {
	const unsigned char *p = (const unsigned char *)s.p + *at;
	int len = sequence(p, s.n - *at);
	*at += len ? len : 1;
	switch (len) {
	case 1:
		return p[0];
	case 2:
		return (p[0] & 31) << 6 | (p[1] & 63);
	case 3:
		return (p[0] & 15) << 12 | (p[1] & 63) << 6 | (p[2] & 63);
	case 4:
		return (p[0] & 7) << 18 | (p[1] & 63) << 12 | (p[2] & 63) << 6 | (p[3] & 63);
	default:
		return 0xFFFD;
	}
}

void utf8_put(Buf *b, int32_t c) {
	if (c < 0x80) {
		buf_char(b, (char)c);
	} else if (c < 0x800) {
		buf_char(b, (char)(0xC0 | c >> 6));
		buf_char(b, (char)(0x80 | (c & 63)));
	} else if (c < 0x10000) {
		buf_char(b, (char)(0xE0 | c >> 12));
		buf_char(b, (char)(0x80 | (c >> 6 & 63)));
		buf_char(b, (char)(0x80 | (c & 63)));
	} else {
		buf_char(b, (char)(0xF0 | c >> 18));
		buf_char(b, (char)(0x80 | (c >> 12 & 63)));
		buf_char(b, (char)(0x80 | (c >> 6 & 63)));
		buf_char(b, (char)(0x80 | (c & 63)));
	}
}

static Str without_controls(Arena *a, Str s) {
	char *p = NEW(a, char, s.n);
	ptrdiff_t n = 0;
	for (ptrdiff_t i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];
		if (c == '\r') c = i + 1 < s.n && s.p[i + 1] == '\n' ? 0 : '\n';
		if (c == '\n' || c == '\t' || (c >= 0x20 && c != 0x7f)) p[n++] = (char)c;
	}
	return (Str){p, n};
}

static bool ascii(Str s) {
	for (ptrdiff_t i = 0; i < s.n; i++)
		if ((unsigned char)s.p[i] >= 0x80) return false;
	return true;
}

static bool composed(Arena *a, Str s, Str *out) {
	UErrorCode e = U_ZERO_ERROR;
	const UNormalizer2 *nfc = unorm2_getNFCInstance(&e);
	int32_t n16 = 0, cap = (int32_t)(s.n + 1);
	UChar *in = NEW(a, UChar, cap),
	      *done = NEW(a, UChar, (ptrdiff_t)cap * 3); // NFC grows by at most three
	u_strFromUTF8(in, cap, &n16, s.p, (int32_t)s.n, &e);
	int32_t got = unorm2_normalize(nfc, in, n16, done, cap * 3, &e);
	char *p = NEW(a, char, (ptrdiff_t)got * 3 + 1);
	int32_t bytes = 0;
	u_strToUTF8(p, got * 3 + 1, &bytes, done, got, &e);
	if (U_FAILURE(e)) return false;
	*out = (Str){p, bytes};
	return true;
}

bool utf8_clean(Arena *a, Str s, Str *out) {
	if (!utf8_valid(s) || s.n > (ptrdiff_t)64 << 20) return false;
	Str t = without_controls(a, s);
	if (!ascii(t)) return composed(a, t, out);
	*out = t;
	return true;
}

int32_t utf8_upper(int32_t code_point) { return u_toupper(code_point); }
int32_t utf8_lower(int32_t code_point) { return u_tolower(code_point); }
