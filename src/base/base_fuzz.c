// Any bytes as CSV, as text, as a duration and as an id. What was read of a CSV is written and read again:
// the same cells; what was cleaned is clean; an id that is one is written as it was read.
#include "base/csv.h"
#include "base/id.h"
#include "base/utf8.h"
#include "base/when.h"

static void csv_comes_back(Arena *a, Str text) {
	Csv c = csv_on(text);
	for (CsvRow row; csv_next(&c, a, &row);) {
		// A mark of byte order at the very start is no text.
		if (str_starts(row.cell[0], S("\xEF\xBB\xBF"))) continue;
		Buf line = {.a = a};
		for (ptrdiff_t i = 0; i < row.n; i++) csv_put(&line, row.cell[i], i == 0, false);
		buf_put(&line, S("\r\n"));
		Csv again = csv_on(buf_str(&line));
		CsvRow same;
		bool has = csv_next(&again, a, &same);
		if (!has) {
			// A row of one empty cell is an empty line, which is skipped.
			ASSERT(!again.broken && row.n == 1 && !row.cell[0].n);
			continue;
		}
		ASSERT(same.n == row.n);
		for (ptrdiff_t i = 0; i < row.n; i++) ASSERT(str_eq(same.cell[i], row.cell[i]));
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
	static Arena a;
	if (!a.beg) a = arena_new((ptrdiff_t)64 << 20);
	arena_reset(&a);
	if (size > 16384) return 0;
	Str text = {(const char *)data, (ptrdiff_t)size};
	csv_comes_back(&a, text);
	Str once, twice;
	if (utf8_clean(&a, text, &once)) ASSERT(utf8_clean(&a, once, &twice) && str_eq(once, twice));
	Duration d;
	(void)duration_parse(text, &d);
	int64_t n;
	(void)str_to_int(text, &n);
	(void)id_parse(text, &n);
	return 0;
}
