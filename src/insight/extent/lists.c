// The table of overlaps, read from a file.
#include "base/csv.h"
#include "extent/extent.h"

enum { SHARED_LEAST = 10, COUNT_MOST = 100000000 };

typedef struct {
	Arena *arena;
	Why *why;
	Lists *l;
	int column[EXTENT_LISTS], count;
	int line[EXTENT_CELLS]; // where a pattern stood; 0: not yet
} Reader;

static Err read_head(Reader *r, const CsvRow *head) {
	r->count = -1;
	for (ptrdiff_t i = 0; i < head->n; i++) {
		Str name = str_trim(head->cell[i]);
		if (str_eq_nocase(name, S("count"))) {
			if (r->count >= 0)
				return fail(r->why, ERR_INVALID,
					    "line 1, column %td: a second column count. Keep one", i + 1);
			r->count = (int)i;
			continue;
		}
		if (!name.n)
			return fail(r->why, ERR_INVALID, "line 1, column %td: no name. Name the list", i + 1);
		for (int k = 0; k < r->l->lists; k++)
			if (str_eq(r->l->name[k], name))
				return fail(r->why, ERR_INVALID,
					    "line 1, column %td: a list of this name stood before. Name each "
					    "once",
					    i + 1);
		if (r->l->lists == EXTENT_LISTS)
			return fail(r->why, ERR_TOO_LARGE,
				    "line 1: more than %d lists. Put together those that are alike",
				    EXTENT_LISTS);
		r->column[r->l->lists] = (int)i;
		r->l->name[r->l->lists++] = str_dup(r->arena, name);
	}
	return r->count >= 0 ? OK
			     : fail(r->why, ERR_INVALID,
				    "line 1: no column count. Write in it how many people have each pattern");
}

static Err read_row(Reader *r, const CsvRow *row, ptrdiff_t columns) {
	unsigned pattern = 0;
	int64_t n;
	if (row->n != columns)
		return fail(r->why, ERR_INVALID, "line %d: %td cells where the first line has %td", row->line,
			    row->n, columns);
	for (int k = 0; k < r->l->lists; k++) {
		Str cell = str_trim(row->cell[r->column[k]]);
		if (!str_eq(cell, S("0")) && !str_eq(cell, S("1")))
			return fail(r->why, ERR_INVALID,
				    "line %d, column %d: write 0 (not on the list) or 1 (on it)", row->line,
				    r->column[k] + 1);
		if (cell.p[0] == '1') pattern |= 1U << k;
	}
	if (!str_to_int(str_trim(row->cell[r->count]), &n) || n < 0 || n > COUNT_MOST)
		return fail(r->why, ERR_INVALID, "line %d, column %d: count is a whole number from 0 to %d",
			    row->line, r->count + 1, COUNT_MOST);
	if (!pattern)
		return fail(r->why, ERR_INVALID,
			    "line %d: people on no list. How many they are is what is asked for: leave the "
			    "line out",
			    row->line);
	if (r->line[pattern])
		return fail(r->why, ERR_INVALID, "line %d: the pattern of line %d again. Add the two counts",
			    row->line, r->line[pattern]);
	r->line[pattern] = row->line;
	r->l->count[pattern] = (double)n;
	r->l->seen += (double)n;
	if (pattern & (pattern - 1)) r->l->shared += (double)n;
	return OK;
}

Err lists_enough(Why *why, const Lists *l) {
	if (l->lists < 3)
		return fail(why, ERR_INVALID,
			    "fewer than three lists: with two, nothing tells whether being on one makes "
			    "being on the "
			    "other likelier, and any number could be right. Find a third list");
	for (int k = 0; k < l->lists; k++) {
		double on = 0;
		for (unsigned p = 1; p < 1U << l->lists; p++)
			if (p >> k & 1) on += l->count[p];
		if (on == 0)
			return fail(why, ERR_INVALID,
				    "nobody is on the list in column %d of lists. Leave it out", k + 1);
	}
	if (l->shared < SHARED_LEAST)
		return fail(why, ERR_INVALID,
			    "only %.0f people are on two lists or more; under %d no number can be given. "
			    "Link the lists "
			    "better, or take lists that meet the same people",
			    l->shared, SHARED_LEAST);
	return OK;
}

Err lists_read(Arena *a, Why *why, Str text, Lists *out) {
	Csv csv = csv_on(text);
	CsvRow row;
	Reader *r = NEW(a, Reader, 1);
	*r = (Reader){.arena = a, .why = why, .l = out};
	*out = (Lists){0};
	if (!csv_next(&csv, a, &row)) return fail(why, ERR_INVALID, "line 1: the file is empty or no CSV");
	ptrdiff_t columns = row.n;
	TRY(read_head(r, &row));
	while (csv_next(&csv, a, &row)) TRY(read_row(r, &row, columns));
	if (csv.broken) return fail(why, ERR_INVALID, "line %d: a quote that is not closed", row.line);
	return lists_enough(why, out);
}
