// Any bytes as a privacy ledger: read, or refused with a sentence; what is spent is never more than the cap.
#include "release/spend.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
	static Arena a;
	if (!a.beg) a = arena_new((ptrdiff_t)16 << 20);
	arena_reset(&a);
	Why why = {0};
	Spent s;
	ptrdiff_t whole;
	Err e = spend_read(&a, &why, (Str){(const char *)data, (ptrdiff_t)size}, &s, &whole);
	ASSERT(e == OK || e == ERR_INVALID);
	if (e == OK) ASSERT(s.spent <= s.cap && whole <= (ptrdiff_t)size);
	return 0;
}
