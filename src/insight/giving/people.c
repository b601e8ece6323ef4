// Who is in a release, and what of her: coded answers only.
#include "base/csv.h"
#include "base/when.h"
#include "casefile/casefile.h"
#include "giving/giving_parts.h"
#include "giving_sql.h"
#include "statistics/statistics.h"

// Columns that are no question of the form.
typedef enum { COLUMN_PERSON, COLUMN_YEAR, COLUMN_AREA, COLUMN_CHILD, COLUMN_ASK, COLUMN_ONE } ColumnKind;
typedef struct {
	ColumnKind kind;
	ptrdiff_t ask;
} Column;
static const struct {
	Str name;
	ColumnKind kind;
} own[] = {{SLIT("year"), COLUMN_YEAR}, {SLIT("area"), COLUMN_AREA}, {SLIT("child"), COLUMN_CHILD}};

static bool is_coded(const PackAsk *a) {
	if (!str_eq(a->klass, S("case")) || a->match.n > 0) return false;
	switch (a->kind) {
	case ASK_ONE:
	case ASK_MANY:
	case ASK_INTEGER:
	case ASK_YES:
	case ASK_CALCULATE:
		return true;
	case ASK_TEXT:
	case ASK_LONG:
	case ASK_DECIMAL:
	case ASK_DATE:
	case ASK_DATETIME:
	case ASK_NOTE:
	case ASK_FILE:
	case ASK_GEOPOINT:
	case ASK_GROUP:
	case ASK_END:
		break;
	}
	return false;
}

// NAME_one of a question with several answers: that one, or the word `several`.
static bool find_column(const Pack *pack, Str name, Column *out) {
	const PackForm *f = pack_form(pack, S("person"));
	for (ptrdiff_t i = 0; i < COUNT(own); i++)
		if (str_eq(own[i].name, name)) return *out = (Column){own[i].kind, 0}, true;
	bool one = str_ends(name, S("_one"));
	Str ask = one ? str_slice(name, 0, name.n - 4) : name;
	for (ptrdiff_t i = 0; f && i < f->nask; i++)
		if (str_eq(f->ask[i].name, ask) && is_coded(&f->ask[i]))
			return *out = (Column){one ? COLUMN_ONE : COLUMN_ASK, i}, true;
	return false;
}

bool giving_column_may(const Pack *pack, Str column) {
	Column c;
	return find_column(pack, column, &c);
}

typedef struct {
	Cx *cx;
	const Codebook *book;
	Column column[CODEBOOK_ATTRIBUTES];
	Str name[CODEBOOK_ATTRIBUTES]; // of the columns, each once
	int n;
	Buf csv;
} Take;

static Str area_of(const Pack *pack, Str code) {
	const PackArea *a = pack_area(pack, code), *above;
	while (a && a->parent.n && (above = pack_area(pack, a->parent)) && above->parent.n) a = above;
	return a ? a->code : (Str){0};
}

static Str value_of(const Take *t, const Column *c, const Row *r, const PackAnswers *said) {
	switch (c->kind) {
	case COLUMN_PERSON:
		return id_text(t->cx->arena, row_int(r, 0));
	case COLUMN_YEAR:
		return str_fmt(t->cx->arena, "%d", zone_civil(t->cx->zone, row_int(r, 4)).year);
	case COLUMN_AREA:
		return area_of(t->cx->pack, row_str(r, 5));
	case COLUMN_CHILD:
		return row_str(r, 3);
	case COLUMN_ASK:
		return said ? said->value[c->ask] : (Str){0};
	case COLUMN_ONE:
		break;
	}
	Str codes = said ? str_trim(said->value[c->ask]) : (Str){0};
	return str_find_char(codes, ' ') >= 0 ? S("several") : codes;
}

// What was opened of one person ends with her: cx is her own.
static Err put_person(Take *t, const Row *r) {
	PackAnswers said;
	uint32_t read;
	Person p = {.id = {row_int(r, 0)}, .kase = {row_int(r, 1)}, .key = {row_int(r, 2)}};
	Err e = casefile_person_answers(t->cx, &p, CLASS_BIT(CLASS_CASE), "own_work", &said, &read);
	if (e == ERR_GONE) return OK; // erased people are not given out
	TRY(e);
	csv_put(&t->csv, value_of(t, &(Column){COLUMN_PERSON, 0}, r, NULL), true, false);
	for (int i = 0; i < t->n; i++) csv_put(&t->csv, value_of(t, &t->column[i], r, &said), false, false);
	buf_char(&t->csv, '\n');
	return OK;
}

static bool has_column(const Take *t, Str name) {
	for (int i = 0; i < t->n; i++)
		if (str_eq(t->name[i], name)) return true;
	return false;
}

static Err put_head(Take *t) {
	if (!t->book->unit.n)
		return fail(t->cx->why, ERR_INVALID, "the codebook names no unit: it must say \"person\"");
	csv_put(&t->csv, t->book->unit, true, false);
	for (int i = 0; i < t->book->n; i++) {
		Str name = codebook_column(&t->book->attribute[i]);
		if (has_column(t, name)) continue; // several attributes of one column
		if (!find_column(t->cx->pack, name, &t->column[t->n]))
			return fail(t->cx->why, ERR_INVALID,
				    "the codebook asks for %.*s, which is no coded answer", (int)name.n,
				    name.p);
		t->name[t->n++] = name;
		csv_put(&t->csv, name, false, false);
	}
	buf_char(&t->csv, '\n');
	return OK;
}

Err giving_people(Cx *cx, Arena *into, const Codebook *book, Str *csv) {
	Rows rs;
	Take *t = NEW(cx->arena, Take, 1);
	*t = (Take){.cx = cx, .book = book, .csv = {.a = into}};
	TRY(put_head(t));
	TRY(db_run(cx, &SQL_giving_people, &rs));
	int64_t *id = NEW(cx->arena, int64_t, rs.n);
	ptrdiff_t *first = NEW(cx->arena, ptrdiff_t, rs.n);
	for (ptrdiff_t i = 0; i < rs.n; i++) id[i] = row_int(&rs.row[i], 0);
	TRY(statistics_same_people(cx, id, rs.n, first));
	for (ptrdiff_t i = 0; i < rs.n; i++) {
		Arena scratch = *cx->arena;
		Cx her = *cx;
		her.arena = &scratch;
		t->cx = &her;
		if (first[i] == i) TRY(put_person(t, &rs.row[i]));
	}
	*csv = buf_str(&t->csv);
	return OK;
}
