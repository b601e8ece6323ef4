// Any bytes as a table of lists; what is taken is fitted too, when it is small.
#include "extent/extent.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
	Arena a = arena_new((ptrdiff_t)64 << 20);
	Lists *l = NEW(&a, Lists, 1);
	Chosen *c = NEW(&a, Chosen, 1);
	Why why = {0};
	Err e = lists_read(&a, &why, (Str){(const char *)data, (ptrdiff_t)size}, l);
	ASSERT(e == OK || why.msg[0]);
	if (e == OK && l->lists <= 4 && extent_choose(l, c))
		for (Rule r = RULE_NONE; r < RULE__N; r++) ASSERT(c->model[r].hidden >= 0);
	arena_free(&a);
	return 0;
}
