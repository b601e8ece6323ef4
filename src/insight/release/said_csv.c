// What leaves of a release as tables.
#include "base/csv.h"
#include "release/said.h"
#include "sheet/sheet.h"
#include <math.h>

// There may be many, so the text has its length from the start.
Str said_rows(Arena *a, const Said *s, bool marked) {
	const Table *rows = s->rows;
	Buf head = {.a = a};
	Str end = marked ? S(",1\n") : S("\n"), *cell[CODEBOOK_ATTRIBUTES] = {0};
	const int n = s->book->n;
	ptrdiff_t length = 0;
	for (int i = 0; i < n; i++) {
		const Attribute *at = &s->book->attribute[i];
		csv_put(&head, at->name, i == 0, false);
		cell[i] = NEW(a, Str, at->size);
		for (int v = 0; v < at->size; v++) {
			Buf b = {.a = a};
			csv_put(&b, codebook_label(a, at, v), i == 0, false);
			cell[i][v] = buf_str(&b);
		}
		for (ptrdiff_t row = 0; row < rows->rows; row++) length += cell[i][rows->column[i][row]].n;
	}
	buf_put(&head, marked ? S(",synthetic\n") : S("\n"));
	length += head.n + rows->rows * end.n;
	Buf all = {.a = a, .p = NEW(a, char, length), .cap = length};
	buf_put(&all, buf_str(&head));
	for (ptrdiff_t row = 0; row < rows->rows; row++) {
		for (int i = 0; i < n; i++) buf_put(&all, cell[i][rows->column[i][row]]);
		buf_put(&all, end);
	}
	return buf_str(&all);
}

static void put_cell(Arena *a, const Said *s, Buf *b, const Measured *m, ptrdiff_t cell) {
	const Codebook *book = s->book;
	int at[2], n = 0;
	uint8_t value[2];
	for (Attributes left = m->of; left && n < 2; left &= left - 1) at[n++] = __builtin_ctzll(left);
	ptrdiff_t rest = cell;
	for (int i = n - 1; i >= 0; i--) {
		value[i] = (uint8_t)(rest % book->attribute[at[i]].size);
		rest /= book->attribute[at[i]].size;
	}
	for (int i = 0; i < 2; i++) {
		csv_put(b, i < n ? book->attribute[at[i]].name : S(""), i == 0, false);
		csv_put(b, i < n ? codebook_label(a, &book->attribute[at[i]], value[i]) : S(""), false,
			false);
	}
	if (codebook_impossible(book, m->of, value)) {
		buf_put(b, S(",0,0,0,impossible\n"));
		return;
	}
	double half = SMALL_SURE * m->sigma, low = m->count[cell] - half, high = m->count[cell] + half;
	buf_fmt(b, ",%.0f,%.0f,%.0f,%s\n", fmax(0, m->count[cell]), fmax(0, floor(low)), fmax(0, ceil(high)),
		low > 0 ? "yes" : "no");
}

Str said_tables(Arena *a, const Said *s) {
	const Measures *m = s->measures;
	Buf b = {.a = a};
	double half = SMALL_SURE * m->total_sigma;
	buf_put(&b, S("attribute,value,attribute_2,value_2,people,at_least,at_most,told_from_zero\n"));
	buf_fmt(&b, ",,,,%.0f,%.0f,%.0f,%s\n", fmax(0, m->total), fmax(0, floor(m->total - half)),
		fmax(0, ceil(m->total + half)), m->total > half ? "yes" : "no");
	for (ptrdiff_t t = 0; t < m->n; t++)
		for (ptrdiff_t k = 0; k < (ptrdiff_t)tree_cells(s->book, m->at[t].of); k++)
			put_cell(a, s, &b, &m->at[t], k);
	return buf_str(&b);
}

Err said_sheet(Arena *a, Why *why, Str path, Str csv, int64_t now) {
	static const char about[] = "what this is\n\"Invented or noisy: nobody is in it, no row is a person. "
				    "The report beside this file "
				    "says what may be asked of it.\"\n";
	const SheetPage page[] = {{S("release"), csv}, {S("about"), str_of(about)}};
	return sheet_write(a, why, path, page, (int)COUNT(page), now);
}
