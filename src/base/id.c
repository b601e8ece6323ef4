#include "base/id.h"
#include <sys/random.h>
#include <time.h>

#define RANDOM_BITS 22
#define EPOCH_2020 1577836800000LL // milliseconds since 1970

static const char sign[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

int64_t id_new(void) {
	uint32_t noise = 0;
	ASSERT(getrandom(&noise, sizeof noise, 0) == (ssize_t)sizeof noise);
	struct timespec t;
	ASSERT(clock_gettime(CLOCK_REALTIME, &t) == 0);
	int64_t us = (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000 - EPOCH_2020;
	return (int64_t)(((uint64_t)us << RANDOM_BITS) & INT64_MAX) |
	       (int64_t)(noise & ((1U << RANDOM_BITS) - 1));
}

Str id_text(Arena *a, int64_t id) {
	char *p = NEW(a, char, ID_SIGNS);
	uint64_t v = (uint64_t)id;
	for (int i = ID_SIGNS - 1; i >= 0; i--, v >>= 5) p[i] = sign[v & 31];
	return (Str){p, ID_SIGNS};
}

static int value_of(char c) {
	if (c >= 'a' && c <= 'z') c = (char)(c - 32);
	if (c == 'O') return 0;
	if (c == 'I' || c == 'L') return 1;
	const char *at = c ? strchr(sign, c) : NULL;
	return at ? (int)(at - sign) : -1;
}

bool id_parse(Str s, int64_t *out) {
	if (s.n != ID_SIGNS) return false;
	uint64_t v = 0;
	for (ptrdiff_t i = 0; i < s.n; i++) {
		int x = value_of(s.p[i]);
		if (x < 0 || (i == 0 && x > 7)) return false; // 13 signs hold 65 bits; an id has 63
		v = v << 5 | (uint64_t)x;
	}
	if (v == 0 || v > INT64_MAX) return false;
	*out = (int64_t)v;
	return true;
}
