// Any bytes as people, read by the codebook that stands before the first zero, or by a fixed one.
#include "release/table.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
	static Arena arena;
	if (!arena.beg) arena = arena_new((ptrdiff_t)1 << 28);
	arena_reset(&arena);
	Str csv = {(const char *)data, (ptrdiff_t)size};
	Str json = S("{\"unit\":\"who\",\"attributes\":[{\"name\":\"a\",\"values\":[\"x\",\"y\"],\"other\":"
		     "\"y\"}]}");
	ptrdiff_t zero = str_find_char(csv, '\0');
	if (zero >= 0) {
		json = str_slice(csv, 0, zero);
		csv = str_slice(csv, zero + 1, csv.n);
	}
	Why why = {0};
	Codebook book;
	Table table;
	if (codebook_read(&arena, &why, json, &book) != OK ||
	    table_read(&arena, &why, csv, &book, &table) != OK) {
		ASSERT(why.msg[0]);
		return 0;
	}
	for (int i = 0; i < book.n; i++)
		for (ptrdiff_t r = 0; r < table.rows; r++)
			ASSERT(table.column[i][r] < book.attribute[i].size);
	return 0;
}
