// Any bytes as a linkage schema and, behind the first zero, a file under it; what can be read is made bits
// of.
#include "match/clk.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
	static Arena arena;
	if (!arena.beg) arena = arena_new((ptrdiff_t)1 << 28);
	arena_reset(&arena);
	if (size > 1 << 14) return 0;
	Str json = {(const char *)data, (ptrdiff_t)size}, csv = {0};
	ptrdiff_t zero = str_find_char(json, '\0');
	if (zero >= 0) {
		csv = str_slice(json, zero + 1, json.n);
		json = str_slice(json, 0, zero);
	}
	Why why = {0};
	ClkSchema *schema = NEW(&arena, ClkSchema, 1);
	ClkKeys *keys = NEW(&arena, ClkKeys, 1);
	Faults faults = {0};
	uint8_t *clk;
	int32_t n;
	if (clk_schema_read(&arena, &why, json, schema) != OK) {
		ASSERT(why.msg[0]);
		return 0;
	}
	clk_keys(&arena, schema, S("an invented secret"), S("fuzz"), keys);
	if (clk_export(&arena, &why, keys, true, csv, &faults, &clk, &n) != OK) ASSERT(why.msg[0]);
	return 0;
}
