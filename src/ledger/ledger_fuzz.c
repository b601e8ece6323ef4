// Bodies and frontiers from anywhere: whatever the bytes are, the answer is a value or "no", within the
// bytes.
#include "ledger/ledger_inside.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void try_body(Str body) {
	static const char *const name[] = {"a", "classes", "text", "n"};
	for (ptrdiff_t i = 0; i < COUNT(name); i++) {
		Str s = body_get_str(body, name[i]);
		ASSERT(!s.n || (s.p >= body.p && s.p + s.n <= body.p + body.n));
		ASSERT(body_has(body, name[i]) || (!s.n && !body_get_int(body, name[i])));
	}
}
// What was put comes back, whatever stands behind it.
static void try_round_trip(Cx *cx, Str value) {
	Body b = body_on(cx);
	body_str(&b, "text", value);
	body_int(&b, "n", value.n);
	buf_put(&b.b, value);
	Str body = buf_str(&b.b);
	ASSERT(str_eq(body_get_str(body, "text"), value) && body_get_int(body, "n") == value.n);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n) {
	static Arena arena;
	Frontier f;
	Str all = {(const char *)data, (ptrdiff_t)n};
	if (!arena.beg) arena = arena_new((ptrdiff_t)64 << 20);
	Cx cx = {.arena = &arena};
	try_body(all);
	try_round_trip(&cx, all);
	if (n > 8) {
		int64_t size;
		memcpy(&size, data, sizeof size);
		Str rest = str_slice(all, 8, all.n);
		ASSERT(!frontier_parse(size, rest, &f) || str_eq(frontier_text(&arena, &f), rest));
	}
	arena_reset(&arena);
	return 0;
}
