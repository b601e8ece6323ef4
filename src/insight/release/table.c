#include "release/table.h"
#include "base/csv.h"
#include <stdlib.h>

enum { NOWHERE = -1, UNIT = -2 };
#define COLUMNS (CODEBOOK_ATTRIBUTES + 1)

typedef struct {
	int attribute[COLUMNS]; // of each column of the file, or UNIT
	ptrdiff_t n;
} Head;
typedef struct {
	Str who;
	int line;
} Unit;

static int attribute_named(const Codebook *book, Str name) {
	if (book->unit.n && str_eq(book->unit, name)) return UNIT;
	for (int i = 0; i < book->n; i++)
		if (str_eq(book->attribute[i].name, name)) return i;
	return NOWHERE;
}

static Err read_head(Why *why, const CsvRow *row, const Codebook *book, Head *head) {
	bool met[COLUMNS] = {0}; // the last one is the unit's
	if (row->n > COLUMNS)
		return fail(why, ERR_INVALID, "line %d: more columns than the codebook", row->line);
	for (ptrdiff_t i = 0; i < row->n; i++) {
		int at = attribute_named(book, str_trim(row->cell[i]));
		if (at == NOWHERE)
			return fail(why, ERR_INVALID, "line %d, column %td: the codebook has no such column",
				    row->line, i + 1);
		int slot = at == UNIT ? CODEBOOK_ATTRIBUTES : at;
		if (met[slot])
			return fail(why, ERR_INVALID, "line %d, column %td: this column is there twice",
				    row->line, i + 1);
		met[slot] = true;
		head->attribute[i] = at;
	}
	for (int i = 0; i < book->n; i++)
		if (!met[i])
			return fail(why, ERR_INVALID, "line %d: column %.*s of the codebook is not there",
				    row->line, (int)book->attribute[i].name.n, book->attribute[i].name.p);
	if (book->unit.n && !met[CODEBOOK_ATTRIBUTES])
		return fail(why, ERR_INVALID, "line %d: the unit's column %.*s is not there", row->line,
			    (int)book->unit.n, book->unit.p);
	head->n = row->n;
	return OK;
}

static int by_who(const void *a, const void *b) {
	const Unit *one = a, *two = b;
	int order = str_cmp(one->who, two->who);
	return order ? order : (one->line > two->line) - (one->line < two->line);
}

static Err nobody_twice(Why *why, Unit *unit, ptrdiff_t n) {
	qsort(unit, (size_t)n, sizeof *unit, by_who);
	for (ptrdiff_t i = 1; i < n; i++)
		if (str_eq(unit[i - 1].who, unit[i].who))
			return fail(
				why, ERR_INVALID,
				"line %d: the same person as in line %d; one row for each person is needed",
				unit[i].line, unit[i - 1].line);
	return OK;
}

static Err read_row(Why *why, const CsvRow *row, const Codebook *book, const Head *head, uint8_t *value[],
		    ptrdiff_t at, Unit *unit) {
	if (row->n != head->n)
		return fail(why, ERR_INVALID, "line %d: %td columns, the first line has %td", row->line,
			    row->n, head->n);
	for (ptrdiff_t i = 0; i < row->n; i++) {
		Str cell = str_trim(row->cell[i]);
		if (head->attribute[i] == UNIT) {
			if (cell.n == 0)
				return fail(why, ERR_INVALID, "line %d, column %td: the row is nobody's",
					    row->line, i + 1);
			*unit = (Unit){cell, row->line};
			continue;
		}
		const Attribute *attribute = &book->attribute[head->attribute[i]];
		int v = codebook_value(attribute, cell);
		if (v < 0)
			return fail(why, ERR_INVALID, "line %d, column %td (%.*s): %s", row->line, i + 1,
				    (int)attribute->name.n, attribute->name.p,
				    cell.n ? "a value the codebook does not have" : "an empty cell");
		value[head->attribute[i]][at] = (uint8_t)v;
	}
	return OK;
}

Err table_read(Arena *a, Why *why, Str csv, const Codebook *book, Table *out) {
	ptrdiff_t most = 1;
	for (ptrdiff_t i = 0; i < csv.n; i++) most += csv.p[i] == '\n';
	uint8_t *value[CODEBOOK_ATTRIBUTES] = {0};
	for (int i = 0; i < book->n; i++) value[i] = NEW(a, uint8_t, most);
	Arena scratch = *a; // what is needed while reading only
	Unit *unit = book->unit.n ? NEW(&scratch, Unit, most) : NULL;
	Csv in = csv_on(csv);
	CsvRow row = {0};
	Head head = {0};
	Arena line = scratch;
	if (!csv_next(&in, &line, &row))
		return fail(why, ERR_INVALID, "line 1: the names of the columns are missing");
	TRY(read_head(why, &row, book, &head));
	ptrdiff_t n = 0;
	for (;;) {
		// Who a row is about is kept to the end, so its text must stay; everything else is forgotten.
		if (!unit) line = scratch;
		if (!csv_next(&in, &line, &row)) break;
		Unit one = {0};
		TRY(read_row(why, &row, book, &head, value, n, &one));
		if (unit) unit[n] = one;
		n++;
	}
	if (in.broken) return fail(why, ERR_INVALID, "line %d: a quote that is not closed", in.line);
	if (unit) TRY(nobody_twice(why, unit, n));
	*out = (Table){.rows = n};
	for (int i = 0; i < book->n; i++) out->column[i] = value[i];
	return OK;
}
