// Any bytes as people, read by the codebook that stands before the first zero, or by a fixed one.
#include "release/person.h"

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
	// Whatever can be read twice can be made one of, or is refused with a sentence.
	for (int most = 0; most < 3; most++) {
		Table persons = table;
		if (person_rows(&arena, &why, &book, &(PersonRule){most == 0, most ? most : 1}, &persons) !=
		    OK)
			ASSERT(why.msg[0]);
		ASSERT(persons.rows <= table.rows);
	}
	Codebook coarse;
	if (codebook_coarser(&arena, &book, &coarse)) {
		Table fewer = table_coarser(&arena, &book, &table);
		for (int i = 0; i < coarse.n; i++)
			for (ptrdiff_t r = 0; r < fewer.rows; r++)
				ASSERT(fewer.column[i][r] < coarse.attribute[i].size);
	}
	for (int i = 0; i < book.n; i++)
		for (ptrdiff_t r = 0; r < table.rows; r++)
			ASSERT(table.column[i][r] < book.attribute[i].size);
	return 0;
}
