#include "match/table.h"
#include "base/utf8.h"

void table_fault(Faults *f, int64_t line, int column, const char *what) {
	f->faults++;
	if (f->say) f->say(f->with, line, column, what);
}

// A quoted cell whose opening quote is taken off. false: never closed, or more text behind the end.
static bool quoted(Table *t, Arena *a, Str *out) {
	ptrdiff_t i = 0, twice = 0;
	Str s = t->rest;
	for (;; i++) {
		if (i >= s.n) return false;
		if (s.p[i] == '\n') t->line++;
		if (s.p[i] != '"') continue;
		if (i + 1 >= s.n || s.p[i + 1] != '"') break;
		twice++;
		i++;
	}
	*out = str_slice(s, 0, i);
	t->rest = str_slice(s, i + 1, s.n);
	if (twice) {
		char *to = NEW(a, char, i - twice);
		for (ptrdiff_t from = 0, n = 0; from < i; from++) {
			to[n++] = s.p[from];
			from += s.p[from] == '"';
		}
		*out = (Str){to, i - twice};
	}
	while (t->rest.n && t->rest.p[0] == ' ') t->rest = str_slice(t->rest, 1, t->rest.n);
	return !t->rest.n || t->rest.p[0] == t->separator || t->rest.p[0] == '\n' ||
	       str_starts(t->rest, S("\r\n")) || str_eq(t->rest, S("\r"));
}

static bool plain(Table *t, Str *out) {
	ptrdiff_t n = 0;
	while (n < t->rest.n && t->rest.p[n] != t->separator && t->rest.p[n] != '\n') n++;
	*out = str_slice(t->rest, 0, n);
	t->rest = str_slice(t->rest, n, t->rest.n);
	return true;
}

// Takes one row off; `n` is the number of cells it has, of which at most `most` are kept. false: broken.
static bool take_row(Table *t, Arena *a, Str *cell, int most, int *n) {
	for (*n = 0;;) {
		Str s, lead = t->rest;
		while (lead.n && lead.p[0] == ' ') lead = str_slice(lead, 1, lead.n);
		bool quote = str_starts(lead, S("\""));
		if (quote) t->rest = str_slice(lead, 1, lead.n);
		if (!(quote ? quoted(t, a, &s) : plain(t, &s))) return false;
		if (*n < most) cell[*n] = str_trim(s);
		++*n;
		if (str_starts(t->rest, S("\r"))) t->rest = str_slice(t->rest, 1, t->rest.n);
		bool more = t->rest.n && t->rest.p[0] == t->separator;
		if (t->rest.n) t->rest = str_slice(t->rest, 1, t->rest.n);
		if (!more) break;
	}
	t->line++;
	return true;
}

static char separator_of(Str text) {
	ptrdiff_t end = str_find_char(text, '\n');
	Str head = str_slice(text, 0, end < 0 ? text.n : end);
	if (str_find_char(head, ',') >= 0) return ',';
	return str_find_char(head, '\t') >= 0  ? '\t'
	       : str_find_char(head, ';') >= 0 ? ';'
	       : str_find_char(head, '|') >= 0 ? '|'
					       : ',';
}

Err table_open(Arena *a, Why *why, Str text, Faults *faults, Table *out) {
	if (str_starts(text, S("\xFF\xFE")) || str_starts(text, S("\xFE\xFF")))
		return fail(why, ERR_INVALID, "line 1: the file is UTF-16; save it as UTF-8");
	if (str_starts(text, S("\xEF\xBB\xBF"))) text = str_slice(text, 3, text.n);
	*out = (Table){.rest = text, .line = 1, .separator = separator_of(text), .faults = faults};
	out->head = NEW(a, Str, TABLE_COLUMNS);
	if (!text.n) return fail(why, ERR_INVALID, "line 1: the file is empty");
	if (!take_row(out, a, out->head, TABLE_COLUMNS, &out->nhead))
		return fail(why, ERR_INVALID, "line 1: a quote in the head is never closed");
	if (out->nhead > TABLE_COLUMNS)
		return fail(why, ERR_TOO_LARGE, "line 1: more than %d columns", TABLE_COLUMNS);
	return OK;
}

int table_column(const Table *t, Str name) {
	for (int i = 0; i < t->nhead; i++)
		if (str_eq(t->head[i], name)) return i;
	for (int i = 0; i < t->nhead; i++)
		if (str_eq_nocase(t->head[i], name)) return i;
	return -1;
}

static bool skip_empty(Table *t) {
	for (; t->rest.n; t->line++) {
		ptrdiff_t n = t->rest.p[0] == '\n' ? 1 : str_starts(t->rest, S("\r\n")) ? 2 : 0;
		if (!n) return true;
		t->rest = str_slice(t->rest, n, t->rest.n);
	}
	return false;
}

static void check_cells(Table *t, TableRow *row) {
	for (int i = 0; i < t->nhead; i++) {
		const char *what = row->cell[i].n > TABLE_CELL ? "longer than 4096 bytes; left out"
				   : utf8_valid(row->cell[i])  ? NULL
							       : "not UTF-8; left out";
		if (!what) continue;
		table_fault(t->faults, row->line, i + 1, what);
		row->cell[i] = (Str){0};
	}
}

bool table_next(Table *t, Arena *a, TableRow *out) {
	while (skip_empty(t)) {
		Table before = *t;
		int n = 0;
		*out = (TableRow){.cell = NEW(a, Str, t->nhead), .line = t->line};
		if (!take_row(t, a, out->cell, t->nhead, &n)) {
			// Goes on behind the line in which the row began: one stray quote costs one line.
			table_fault(t->faults, before.line, n + 1,
				    "a quote that is not closed; row not taken");
			ptrdiff_t end = str_find_char(before.rest, '\n');
			t->rest = end < 0 ? (Str){0} : str_slice(before.rest, end + 1, before.rest.n);
			t->line = before.line + 1;
			continue;
		}
		if (n != t->nhead) {
			table_fault(t->faults, out->line, n < t->nhead ? n : t->nhead + 1,
				    n < t->nhead ? "too few cells; row not taken"
						 : "too many cells; row not taken");
			continue;
		}
		check_cells(t, out);
		return true;
	}
	return false;
}
