// Any bytes as two names: forms are letters, aliases are slices of what was typed, likeness is between 0
// and 1.
#include "match/name.h"

static int checked(Arena *a, Str typed, NameForm *f) {
	int n = name_forms(a, typed, f, NAME_WORDS);
	for (int i = 0; i < n; i++) {
		const Str form[] = {f[i].light, f[i].hard, f[i].skeleton};
		for (ptrdiff_t k = 0; k < COUNT(form); k++) {
			ASSERT(form[k].n > 0 && form[k].n <= NAME_LETTERS);
			for (ptrdiff_t at = 0; at < form[k].n; at++)
				ASSERT(form[k].p[at] >= 'a' && form[k].p[at] <= 'z');
		}
	}
	return n;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
	static Arena arena;
	if (!arena.beg) arena = arena_new(16 << 20);
	arena_reset(&arena);
	if (size > 1 << 16) return 0;
	Str one = {(const char *)data, (ptrdiff_t)size}, two = {0};
	ptrdiff_t zero = str_find_char(one, '\0');
	if (zero >= 0) {
		two = str_slice(one, zero + 1, one.n);
		one = str_slice(one, 0, zero);
	}
	NameForm x[NAME_WORDS], y[NAME_WORDS];
	int nx = checked(&arena, one, x), ny = checked(&arena, two, y);
	double like = name_likeness(x, nx, y, ny);
	ASSERT(like >= 0 && like <= 1.0000001);
	Str part[NAME_ALIASES];
	int n = name_aliases(one, part, NAME_ALIASES);
	for (int i = 0; i < n; i++)
		ASSERT(part[i].n > 0 && part[i].p >= one.p && part[i].p + part[i].n <= one.p + one.n);
	ASSERT(name_digits(&arena, one).n <= one.n);
	return 0;
}
