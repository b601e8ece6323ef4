#include "base/csv.h"

Csv csv_on(Str text) {
	if (str_starts(text, S("\xEF\xBB\xBF"))) text = str_slice(text, 3, text.n);
	return (Csv){.rest = text, .line = 1};
}

// One quoted cell; the opening quote is already taken off.
static Str quoted(Csv *c, Arena *a) {
	Buf b = {.a = a};
	for (;;) {
		ptrdiff_t at = str_find_char(c->rest, '"');
		if (at < 0) {
			c->broken = true;
			return buf_str(&b);
		}
		Str part = str_slice(c->rest, 0, at);
		for (ptrdiff_t i = 0; i < part.n; i++) c->line += part.p[i] == '\n';
		buf_put(&b, part);
		c->rest = str_slice(c->rest, at + 1, c->rest.n);
		if (!str_starts(c->rest, S("\""))) return buf_str(&b);
		buf_char(&b, '"');
		c->rest = str_slice(c->rest, 1, c->rest.n);
	}
}

static Str plain(Csv *c) {
	ptrdiff_t n = 0;
	while (n < c->rest.n && c->rest.p[n] != ',' && c->rest.p[n] != '\n') n++;
	Str s = str_slice(c->rest, 0, n);
	c->rest = str_slice(c->rest, n, c->rest.n);
	if (str_ends(s, S("\r"))) s.n--;
	return s;
}

static void push(Arena *a, CsvRow *row, Str cell, ptrdiff_t *cap) {
	if (row->n == *cap) {
		*cap = *cap ? *cap * 2 : 16;
		Str *more = NEW(a, Str, *cap);
		if (row->n) memcpy(more, row->cell, (size_t)row->n * sizeof *more);
		row->cell = more;
	}
	row->cell[row->n++] = cell;
}

bool csv_next(Csv *c, Arena *a, CsvRow *row) {
	while (str_starts(c->rest, S("\n")) || str_starts(c->rest, S("\r\n"))) {
		c->rest = str_slice(c->rest, c->rest.p[0] == '\r' ? 2 : 1, c->rest.n);
		c->line++;
	}
	*row = (CsvRow){.line = c->line};
	if (c->broken || c->rest.n == 0) return false;
	for (ptrdiff_t cap = 0;;) {
		bool quote = str_starts(c->rest, S("\""));
		if (quote) c->rest = str_slice(c->rest, 1, c->rest.n);
		Str cell = quote ? quoted(c, a) : plain(c);
		push(a, row, cell, &cap);
		if (str_starts(c->rest, S("\r\n"))) c->rest = str_slice(c->rest, 1, c->rest.n);
		if (c->broken || (c->rest.n && c->rest.p[0] != ',' && c->rest.p[0] != '\n')) {
			c->broken = true;
			return false;
		}
		bool more = c->rest.n && c->rest.p[0] == ',';
		if (c->rest.n) c->rest = str_slice(c->rest, 1, c->rest.n);
		if (!more) break;
	}
	c->line++;
	return true;
}

static bool formula(Str s) { return s.n && strchr("=+-@\t\r", s.p[0]) && s.p[0]; }

void csv_put(Buf *b, Str cell, bool first, bool guard) {
	if (!first) buf_char(b, ',');
	bool shield = guard && formula(cell), quote = shield;
	for (ptrdiff_t i = 0; i < cell.n && !quote; i++) quote = memchr("\",\r\n", cell.p[i], 4) != NULL;
	if (!quote) {
		buf_put(b, cell);
		return;
	}
	buf_char(b, '"');
	if (shield) buf_char(b, '\'');
	for (ptrdiff_t i = 0; i < cell.n; i++) {
		if (cell.p[i] == '"') buf_char(b, '"');
		buf_char(b, cell.p[i]);
	}
	buf_char(b, '"');
}
