#include "base/csv.h"
#include "base/utf8.h"
#include "htcds/htcds_record.h"

// ---- guarding against spreadsheets ----------------------------------------------------------------------
// One apostrophe more in front of whatever would be a formula without its apostrophes, and one less on the
// way back: so a value that itself begins with an apostrophe comes back as it was.
static bool formula(Str s) {
	ptrdiff_t i = 0;
	while (i < s.n && s.p[i] == '\'') i++;
	return i < s.n && memchr("=+-@\t\r", s.p[i], 6) != NULL;
}
static Str guarded(Arena *a, Str s) { return formula(s) ? str_fmt(a, "'%.*s", (int)s.n, s.p) : s; }
static Str unguarded(Str s) { return s.n && s.p[0] == '\'' && formula(s) ? str_slice(s, 1, s.n) : s; }

// ---- reading
// ------------------------------------------------------------------------------------------------
#define PARTS_MAX HTCDS_PARTS

// "hte_Type.3" is the field hte_Type of the third event.
static int split_name(Str *name) {
	int64_t n;
	ptrdiff_t at = str_find_char(*name, '.');
	if (at < 1 || !str_to_int(str_slice(*name, at + 1, name->n), &n) || n < 1 || n > PARTS_MAX) return 1;
	*name = str_trim(str_slice(*name, 0, at));
	return (int)n;
}

typedef struct {
	Arena *a;
	const CsvRow *head;
	int parts; // the highest number of a column
} Reader;

static Str clean(Arena *a, Str s) {
	Str out = {0};
	(void)utf8_clean(a, s, &out);
	return unguarded(out);
}

// A group for each number that has a value, in the order of the numbers.
static void read_parts(const Reader *rd, const CsvRow *row, Str list, HtcdsRecord *to) {
	for (int part = 1; part <= rd->parts; part++) {
		HtcdsFields *group = NULL;
		for (ptrdiff_t i = 0; i < row->n; i++) {
			Str name = rd->head->cell[i], value = clean(rd->a, row->cell[i]);
			if (split_name(&name) != part || !str_eq(htcds_list_of(name), list) || !value.n)
				continue;
			if (!group) group = htcds_group_new(rd->a, to, list);
			htcds_put(rd->a, group, (HtcdsField){name, value, HTCDS_TEXT});
		}
	}
}

static void read_row(const Reader *rd, const CsvRow *row, HtcdsRecord *to) {
	static const Str lists[] = {SLIT("events"), SLIT("consents"), SLIT("support_plans"),
				    SLIT("sangam_notes")};
	for (ptrdiff_t i = 0; i < row->n; i++) {
		Str name = rd->head->cell[i], whole = name;
		int part = split_name(&name);
		if (htcds_list_of(name).n) continue;
		HtcdsField f = {part > 1 ? whole : name, clean(rd->a, row->cell[i]), HTCDS_TEXT};
		if (str_eq(name, S("case_ref"))) to->ref = f.value;
		htcds_put(rd->a, &to->fields, f);
	}
	for (ptrdiff_t i = 0; i < COUNT(lists); i++) read_parts(rd, row, lists[i], to);
}

static bool head_is_right(const CsvRow *head, HtcdsReport *r) {
	for (ptrdiff_t i = 0; i < head->n; i++)
		for (ptrdiff_t k = 0; k < i; k++) {
			if (!str_eq(head->cell[i], head->cell[k])) continue;
			htcds_say(r, "line 1: columns %td and %td have the same name; nothing was imported",
				  k + 1, i + 1);
			return false;
		}
	return true;
}

Err htcds_read_csv(Arena *a, Why *why, Str text, HtcdsReport *r, HtcdsRecords *out) {
	Csv c = csv_on(text);
	CsvRow head, row;
	HtcdsRecords all = {0};
	if (!csv_next(&c, a, &head)) {
		htcds_say(r, "line 1: there are no names of fields; nothing was imported");
		return fail(why, ERR_INVALID, "an empty CSV file");
	}
	int parts = 1;
	for (ptrdiff_t i = 0; i < head.n; i++) {
		Str name = head.cell[i] = str_trim(clean(a, head.cell[i]));
		int part = split_name(&name);
		if (part > parts) parts = part;
	}
	if (!head_is_right(&head, r)) return fail(why, ERR_INVALID, "a CSV file names a column twice");
	const Reader rd = {a, &head, parts};
	for (int64_t place = 1; csv_next(&c, a, &row); place++) {
		if (row.n > head.n) {
			htcds_say(r,
				  "record %lld (line %d): more cells than the first row has names; not taken",
				  (long long)place, row.line);
			continue;
		}
		HtcdsRecord one = {.place = place};
		read_row(&rd, &row, &one);
		if (one.fields.n || one.ngroup) // spreadsheets leave rows of nothing at the end
			*htcds_record_new(a, &all) = one;
	}
	if (c.broken) { // an open quote swallows what follows, so that no row after it, and maybe before, is
			// sure
		htcds_say(r,
			  "line %d: a quote here is never closed, or text follows it; nothing was imported",
			  row.line);
		return fail(why, ERR_INVALID, "broken CSV at line %d", row.line);
	}
	*out = all;
	return OK;
}

// ---- writing
// ------------------------------------------------------------------------------------------------
typedef struct {
	Str *name; // of the columns
	ptrdiff_t n, cap;
} Columns;

static void put_column(Arena *a, Columns *c, Str name) {
	for (ptrdiff_t i = 0; i < c->n; i++)
		if (str_eq(c->name[i], name)) return;
	if (c->n == c->cap) {
		c->cap = c->cap ? c->cap * 2 : 64;
		Str *more = NEW(a, Str, c->cap);
		if (c->n) memcpy(more, c->name, (size_t)c->n * sizeof *more);
		c->name = more;
	}
	c->name[c->n++] = name;
}

static Str part_name(Arena *a, Str name, int part) {
	return part == 1 ? name : str_fmt(a, "%.*s.%d", (int)name.n, name.p, part);
}

typedef void Each(void *with, Str name, const HtcdsField *f);

// Every field of a record under the name of its column.
static void each_field(Arena *a, const HtcdsRecord *r, Each *each, void *with) {
	for (ptrdiff_t i = 0; i < r->fields.n; i++) each(with, r->fields.at[i].name, &r->fields.at[i]);
	for (ptrdiff_t g = 0, part = 1; g < r->ngroup; g++) {
		const HtcdsFields *f = &r->group[g].fields;
		part = g && str_eq(r->group[g].list, r->group[g - 1].list) ? part + 1 : 1;
		for (ptrdiff_t i = 0; i < f->n; i++)
			each(with, part_name(a, f->at[i].name, (int)part), &f->at[i]);
	}
}

typedef struct {
	Arena *a;
	Columns columns;
	Str *cell; // of the row that is being written
} Writer;

static void note_column(void *with, Str name, const HtcdsField *f) {
	Writer *w = with;
	(void)f;
	put_column(w->a, &w->columns, name);
}

static void note_cell(void *with, Str name, const HtcdsField *f) {
	Writer *w = with;
	for (ptrdiff_t i = 0; i < w->columns.n; i++)
		if (str_eq(w->columns.name[i], name)) w->cell[i] = f->value;
}

Str htcds_write_csv(Arena *a, const HtcdsRecords *records) {
	Writer w = {.a = a};
	Buf b = {.a = a};
	put_column(a, &w.columns, S("case_ref"));
	for (ptrdiff_t i = 0; i < records->n; i++) each_field(a, &records->at[i], note_column, &w);
	for (ptrdiff_t i = 0; i < w.columns.n; i++) csv_put(&b, guarded(a, w.columns.name[i]), i == 0, false);
	buf_put(&b, S("\r\n"));
	w.cell = NEW(a, Str, w.columns.n);
	for (ptrdiff_t i = 0; i < records->n; i++) {
		memset(w.cell, 0, (size_t)w.columns.n * sizeof *w.cell);
		each_field(a, &records->at[i], note_cell, &w);
		for (ptrdiff_t k = 0; k < w.columns.n; k++) csv_put(&b, guarded(a, w.cell[k]), k == 0, false);
		buf_put(&b, S("\r\n"));
	}
	return buf_str(&b);
}
