#include "release/table.h"
#include "base/csv.h"
#include "vault/vault.h"
#include <stdlib.h>

enum { COLUMNS = 4096 };

typedef struct {
	int column[CODEBOOK_ATTRIBUTES]; // of the file, for each attribute; -1: it has none
	int unit; // column, or -1
	ptrdiff_t n;
} Head;

static bool known(const Codebook *book, Str name) {
	if (book->unit.n && str_eq(book->unit, name)) return true;
	for (int i = 0; i < book->nignored; i++)
		if (str_eq(book->ignored[i], name) || str_eq(book->ignored[i], S("*"))) return true;
	for (int i = 0; i < book->n; i++)
		if (str_eq(codebook_column(&book->attribute[i]), name)) return true;
	return false;
}

static int column_named(const CsvRow *row, Str name) {
	for (ptrdiff_t i = 0; i < row->n; i++)
		if (str_eq(str_trim(row->cell[i]), name)) return (int)i;
	return -1;
}

static Err read_head(Why *why, const CsvRow *row, const Codebook *book, Head *head) {
	if (row->n > COLUMNS)
		return fail(why, ERR_INVALID, "line %d: more columns than the codebook", row->line);
	for (ptrdiff_t i = 0; i < row->n; i++) {
		Str name = str_trim(row->cell[i]);
		if (!known(book, name))
			return fail(why, ERR_INVALID, "line %d, column %td: the codebook has no such column",
				    row->line, i + 1);
		if (column_named(row, name) != i)
			return fail(why, ERR_INVALID, "line %d, column %td: this column is there twice",
				    row->line, i + 1);
	}
	for (int i = 0; i < book->n; i++) {
		Str name = codebook_column(&book->attribute[i]);
		head->column[i] = column_named(row, name);
		if (head->column[i] < 0 && !book->attribute[i].optional)
			return fail(why, ERR_INVALID, "line %d: column %.*s of the codebook is not there",
				    row->line, (int)name.n, name.p);
	}
	head->unit = book->unit.n ? column_named(row, book->unit) : -1;
	if (book->unit.n && head->unit < 0)
		return fail(why, ERR_INVALID, "line %d: the unit's column %.*s is not there", row->line,
			    (int)book->unit.n, book->unit.p);
	head->n = row->n;
	return OK;
}

static Err read_who(Why *why, const CsvRow *row, const Head *head, Who *who) {
	Str cell = str_trim(row->cell[head->unit]);
	uint8_t hash[32];
	if (cell.n == 0)
		return fail(why, ERR_INVALID, "line %d, column %d: the row is nobody's", row->line,
			    head->unit + 1);
	sha256_of(&cell, 1, hash);
	memcpy(who->hash, hash, sizeof who->hash);
	return OK;
}

// Only its names are said: the values are somebody's.
static Err may_be(Why *why, const CsvRow *row, const Codebook *book, uint8_t *const value[], ptrdiff_t at) {
	uint8_t one[CODEBOOK_ATTRIBUTES];
	for (int i = 0; i < book->n; i++) one[i] = value[i][at];
	uint64_t all = book->n == 64 ? ~(uint64_t)0 : ((uint64_t)1 << book->n) - 1;
	if (!book->nimpossible || !codebook_impossible(book, all, one)) return OK;
	return fail(why, ERR_INVALID, "line %d: values that cannot go together, says the codebook",
		    row->line);
}

static Err read_row(Why *why, const CsvRow *row, const Codebook *book, const Head *head,
		    uint8_t *const value[], ptrdiff_t at) {
	if (row->n != head->n)
		return fail(why, ERR_INVALID, "line %d: %td columns, the first line has %td", row->line,
			    row->n, head->n);
	for (int i = 0; i < book->n; i++) {
		const Attribute *attribute = &book->attribute[i];
		Str cell = head->column[i] < 0 ? S("") : str_trim(row->cell[head->column[i]]);
		int v = codebook_value(attribute, cell);
		if (v < 0)
			return fail(why, ERR_INVALID, "line %d, column %d (%.*s): %s", row->line,
				    head->column[i] + 1, (int)attribute->name.n, attribute->name.p,
				    cell.n ? "a value the codebook does not have" : "an empty cell");
		value[i][at] = (uint8_t)v;
	}
	return may_be(why, row, book, value, at);
}

Err table_read(Arena *a, Why *why, Str csv, const Codebook *book, Table *out) {
	ptrdiff_t most = 1, n = 0;
	for (ptrdiff_t i = 0; i < csv.n; i++) most += csv.p[i] == '\n';
	uint8_t *value[CODEBOOK_ATTRIBUTES] = {0};
	for (int i = 0; i < book->n; i++) value[i] = NEW(a, uint8_t, most);
	Who *who = book->unit.n ? NEW(a, Who, most) : NULL;
	int *line = book->unit.n ? NEW(a, int, most) : NULL;
	Csv in = csv_on(csv);
	CsvRow row = {0};
	Head head = {0};
	Arena scratch = *a; // what is needed while reading a line only
	if (!csv_next(&in, &scratch, &row))
		return fail(why, ERR_INVALID, "line 1: the names of the columns are missing");
	TRY(read_head(why, &row, book, &head));
	for (scratch = *a; csv_next(&in, &scratch, &row); scratch = *a, n++) {
		TRY(read_row(why, &row, book, &head, value, n));
		if (!who || !line) continue;
		TRY(read_who(why, &row, &head, &who[n]));
		line[n] = row.line;
	}
	if (in.broken) return fail(why, ERR_INVALID, "line %d: a quote that is not closed", in.line);
	*out = (Table){.rows = n, .who = who, .line = line};
	for (int i = 0; i < book->n; i++) out->column[i] = value[i];
	return OK;
}

Table table_coarser(Arena *a, const Codebook *book, const Table *people) {
	Table coarse = *people;
	for (int i = 0; i < book->n; i++) {
		const uint8_t *to = book->attribute[i].coarse;
		if (!to) continue;
		uint8_t *column = NEW(a, uint8_t, people->rows + 1);
		for (ptrdiff_t r = 0; r < people->rows; r++) column[r] = to[people->column[i][r]];
		coarse.column[i] = column;
	}
	return coarse;
}
