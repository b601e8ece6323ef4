// Any bytes as what somebody types to find a person and, behind the first zero, as the phone, the paper and
// the place of somebody else: facts come of it and none is more than was typed; a number meets itself.
#include "base/when.h"
#include "identity/identity_parts.h"

static void try_numbers(Arena *a, const IdentityFacts *her, IdentityFacts them) {
	Str key[IDENTITY_NUMBERS];
	int n = identity_numbers(a, &them, key);
	ASSERT(n >= 0 && n <= IDENTITY_NUMBERS);
	for (int i = 0; i < n; i++) ASSERT(key[i].n >= 0);
	IdentityFacts as = them;
	ASSERT(identity_meet(a, her, &as) < MEETS__N);
	identity_compared(a, as.value);
	// Who typed the number of a paper meets it.
	IdentityFacts own = {.number = them.value[FACT_IDENTIFIER], .year = them.year};
	as = them;
	bool some = identity_numbers(a, &own, key) > 0;
	ASSERT(!some || identity_meet(a, &own, &as) != MEETS_NOTHING);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
	static Arena forever, arena;
	static const Zone *zone;
	if (!arena.beg) {
		forever = arena_new((ptrdiff_t)1 << 20);
		arena = arena_new((ptrdiff_t)64 << 20);
		zone = zone_load(&forever, S("Asia/Kolkata"));
	}
	arena_reset(&arena);
	if (size > 1 << 12) return 0;
	Cx cx = {.arena = &arena, .zone = zone, .now = 1795408200};
	Str typed = {(const char *)data, (ptrdiff_t)size}, rest = {0};
	ptrdiff_t zero = str_find_char(typed, '\0');
	if (zero >= 0) {
		rest = str_slice(typed, zero + 1, typed.n);
		typed = str_slice(typed, 0, zero);
	}
	IdentityFacts her, them = {.year = 2026};
	ASSERT(identity_facts_typed(&cx, typed, &her) == OK);
	for (int i = 0; i < IDENTITY_FIELDS; i++) ASSERT(her.value[i].n >= 0 && her.value[i].n <= typed.n);
	ASSERT(her.number.n <= typed.n);
	them.value[FACT_PHONE] = them.value[FACT_IDENTIFIER] = them.value[FACT_PLACE] = rest;
	try_numbers(&arena, &her, them);
	return 0;
}
