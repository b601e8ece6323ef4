// Any bytes as an expression, and what can be compiled is run.
#include "base/when.h"
#include "expr/expr.h"

static bool get(void *with, Str name, Str *value) {
	(void)name;
	*value = *(Str *)with;
	return true;
}
static void each_name(void *with, Str name, int column) {
	ASSERT(name.n > 0 && column > 0);
	(void)with;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
	static Arena arena;
	if (!arena.beg) arena = arena_new(64 << 20);
	arena_reset(&arena);
	// What stands before the first zero is the expression, the rest the value of every field.
	Str source = {(const char *)data, (ptrdiff_t)size}, value = {0};
	ptrdiff_t zero = str_find_char(source, '\0');
	if (zero >= 0) {
		value = str_slice(source, zero + 1, source.n);
		source = str_slice(source, 0, zero);
	}
	ExprError error;
	const Expr *e = expr_compile(&arena, source, true, &error);
	if (!e) {
		ASSERT(error.column > 0 && error.say[0]);
		return 0;
	}
	Cx cx = {.arena = &arena, .now = 1795000000};
	cx.zone = zone_load(&arena, S("Asia/Kolkata"));
	ExprScope scope = {.with = &value, .get = get, .self = value};
	expr_names(e, each_name, NULL);
	(void)expr_true(&cx, e, &scope);
	(void)expr_text(&cx, e, &scope);
	return 0;
}
