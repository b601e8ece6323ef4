#include "sheet/sheet.h"
#include "base/csv.h"
#include <errno.h>
#include <xlsxwriter.h>

typedef struct {
	Arena *a;
	Why *why;
	lxw_workbook *book;
	lxw_format *head;
} Writing;

static Err wrong(Why *why, lxw_error e) {
	bool full = errno == ENOSPC || errno == EDQUOT;
	return fail(why, full ? ERR_FULL : ERR_STORE, "the workbook cannot be written: %s", lxw_strerror(e));
}

// Fifteen digits are what a spreadsheet keeps exactly; 007 is no number.
static bool number(Str cell, int64_t *out) {
	Str digits = str_starts(cell, S("-")) ? str_slice(cell, 1, cell.n) : cell;
	bool padded = digits.n > 1 && digits.p[0] == '0';
	return digits.n <= 15 && !padded && str_to_int(cell, out);
}

static Err put_row(Writing *w, lxw_worksheet *sheet, lxw_row_t at, const CsvRow *row, lxw_format *format) {
	for (ptrdiff_t i = 0; i < row->n; i++) {
		int64_t n;
		lxw_error e = LXW_NO_ERROR;
		if (number(row->cell[i], &n))
			e = worksheet_write_number(sheet, at, (lxw_col_t)i, (double)n, format);
		else if (row->cell[i].n)
			e = worksheet_write_string(sheet, at, (lxw_col_t)i, str_z(w->a, row->cell[i]),
						   format);
		if (e != LXW_NO_ERROR)
			return fail(w->why, ERR_INVALID, "line %d, column %td: %s", row->line, i + 1,
				    lxw_strerror(e));
	}
	return OK;
}

static Err add_page(Writing *w, Str name, int number, const CsvRow *head, lxw_worksheet **out) {
	Str full = number > 1 ? str_fmt(w->a, "%.*s %d", (int)name.n, name.p, number) : name;
	lxw_worksheet *sheet = workbook_add_worksheet(w->book, str_z(w->a, full));
	if (!sheet) return fail(w->why, ERR_INVALID, "no page of a workbook may be called so");
	worksheet_freeze_panes(sheet, 1, 0);
	*out = sheet;
	return put_row(w, sheet, 0, head, w->head);
}

static Err put_page(Writing *w, const SheetPage *page) {
	Csv in = csv_on(page->csv);
	CsvRow head, row;
	lxw_worksheet *sheet;
	int number = 1;
	Arena keep = *w->a;
	if (!csv_next(&in, &keep, &head)) return fail(w->why, ERR_INVALID, "a page has no head");
	*w->a = keep;
	TRY(add_page(w, page->name, number, &head, &sheet));
	lxw_row_t at = 1;
	for (keep = *w->a; csv_next(&in, w->a, &row); *w->a = keep) {
		if (at == SHEET_ROWS) {
			TRY(add_page(w, page->name, ++number, &head, &sheet));
			at = 1;
		}
		TRY(put_row(w, sheet, at++, &row, NULL));
	}
	return in.broken ? fail(w->why, ERR_INVALID, "line %d: a quote that is not closed", in.line) : OK;
}

static Err put_all(Writing *w, const SheetPage *page, int n, int64_t created) {
	lxw_doc_properties about = {.created = (time_t)created};
	w->head = workbook_add_format(w->book);
	if (!w->head) return wrong(w->why, LXW_ERROR_MEMORY_MALLOC_FAILED);
	format_set_bold(w->head);
	lxw_error e = workbook_set_properties(w->book, &about);
	if (e != LXW_NO_ERROR) return wrong(w->why, e);
	for (int i = 0; i < n; i++) TRY(put_page(w, &page[i]));
	return OK;
}

Err sheet_write(Arena *a, Why *why, Str path, const SheetPage *page, int n, int64_t created) {
	// Rows go to the disk as they come: a million of them do not fit in memory.
	lxw_workbook_options options = {.constant_memory = LXW_TRUE};
	Arena scratch = *a;
	Writing w = {.a = &scratch, .why = why};
	w.book = workbook_new_opt(str_z(&scratch, path), &options);
	if (!w.book) return wrong(why, LXW_ERROR_MEMORY_MALLOC_FAILED);
	Err e = put_all(&w, page, n, created);
	errno = 0;
	lxw_error closed = workbook_close(w.book); // always: it frees what it has
	if (e != OK) return e;
	return closed == LXW_NO_ERROR ? OK : wrong(why, closed);
}
