// Any bytes as a manifest: refused with a sentence. None is taken: nobody can make a signature by chance.
#include "release/manifest.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
	static Arena a;
	if (!a.beg) a = arena_new((ptrdiff_t)64 << 20);
	arena_reset(&a);
	Why why = {0};
	Manifest m;
	ASSERT(manifest_read(&a, &why, (Str){(const char *)data, (ptrdiff_t)size}, &m) == ERR_INVALID);
	ASSERT(why.msg[0]);
	return 0;
}
