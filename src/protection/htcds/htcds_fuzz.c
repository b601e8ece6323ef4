// Any bytes as a file of records: the first says the notation. What was read is written, read again and
// written once more: the same bytes.
#include "htcds/htcds_record.h"

static Str round_trip(Arena *a, HtcdsFormat format, Str text) {
	HtcdsReport r = {.text = {.a = a}};
	HtcdsRecords out;
	Why why = {0};
	return htcds_read(a, &why, format, text, &r, &out) == OK ? htcds_write(a, format, &out) : (Str){0};
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
	static Arena a;
	if (!a.beg) a = arena_new((ptrdiff_t)256 << 20);
	arena_reset(&a);
	if (!size || size > 65536) return 0;
	HtcdsFormat format = data[0] & 1 ? HTCDS_CSV : HTCDS_JSON;
	Str once = round_trip(&a, format, (Str){(const char *)data + 1, (ptrdiff_t)size - 1});
	if (once.n) ASSERT(str_eq(round_trip(&a, format, once), once));
	return 0;
}
