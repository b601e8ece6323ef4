// Quarters, the counting of each once, and what was counted read again.
#include "base/when.h"
#include "statistics/statistics_parts.h"
#include "statistics_sql.h"
#include "vault/vault.h"

#define DAY INT64_C(86400)
#define SETTLING (14 * DAY) // for what is entered late

const AskedRow statistics_asked[ASKED__N] = {
	[ASKED_REPORTS_AREA] = {"reports_area", UNIT_REPORTS, BY_AREA, BY_NOTHING},
	[ASKED_REPORTS_STATE] = {"reports_state", UNIT_REPORTS, BY_REPORT_STATE, BY_NOTHING},
	[ASKED_REPORTS_MONTH] = {"reports_month", UNIT_REPORTS, BY_MONTH, BY_NOTHING},
	[ASKED_CASES_EXPLOITATION] = {"cases_exploitation", UNIT_CASES, BY_AREA, BY_EXPLOITATION},
	[ASKED_CASES_STATE] = {"cases_state", UNIT_CASES, BY_CASE_STATE, BY_NOTHING},
	[ASKED_CASES_MONTH] = {"cases_month", UNIT_CASES, BY_MONTH, BY_NOTHING},
	[ASKED_PEOPLE_EXPLOITATION] = {"people_exploitation", UNIT_PEOPLE, BY_EXPLOITATION, BY_SEX},
	[ASKED_PEOPLE_AREA] = {"people_area", UNIT_PEOPLE, BY_AREA, BY_AGE},
	[ASKED_PEOPLE_MONTH] = {"people_month", UNIT_PEOPLE, BY_MONTH, BY_NOTHING},
	[ASKED_PEOPLE_LISTS] = {"people_lists", UNIT_PEOPLE, BY_LISTS, BY_NOTHING, .apart = true},
	[ASKED_DUTIES_KIND] = {"duties_kind", UNIT_DUTIES, BY_KIND, BY_DONE},
	[ASKED_DUTIES_TAKEN] = {"duties_taken", UNIT_DUTIES, BY_TAKEN, BY_NOTHING},
	[ASKED_HUB_KIND] = {"hub_kind", UNIT_HUB, BY_KIND, BY_NOTHING},
};

// ---- quarters
// ----------------------------------------------------------------------------------------------------

Quarter quarter_of(Cx *cx, int64_t t) {
	Civil c = zone_civil(cx->zone, t);
	return c.year * 4 + (c.month - 1) / 3;
}

int64_t quarter_start(Cx *cx, Quarter q) {
	return zone_instant(cx->zone, &(Civil){.year = q / 4, .month = q % 4 * 3 + 1, .day = 1});
}

Str quarter_code(Arena *a, Quarter q) { return str_fmt(a, "%04d-%d", q / 4, q % 4 + 1); }

bool quarter_parse(Str code, Quarter *out) {
	int64_t year, part;
	if (code.n != 6 || code.p[4] != '-' || !str_to_int(str_slice(code, 0, 4), &year) ||
	    !str_to_int(str_slice(code, 5, 6), &part) || year < 1970 || part < 1 || part > 4)
		return false;
	*out = (Quarter)(year * 4 + part - 1);
	return true;
}

// ---- counted once
// ------------------------------------------------------------------------------------------------

static Err project_counted(Cx *cx, const Entry *e);
static const EntryKind KIND_counted = {"figure.counted", project_counted};
const EntryKind *const statistics_kinds[] = {&KIND_counted, NULL};

static Err project_counted(Cx *cx, const Entry *e) {
	return db_do(cx, &SQL_statistics_put, INT(e->id), INT(body_get_int(e->plain, "quarter")),
		     STR(body_get_str(e->plain, "question")), INT(e->time),
		     STR(body_get_str(e->plain, "rows")), STR(body_get_str(e->plain, "columns")),
		     STR(body_get_str(e->plain, "cells")));
}

static Str words(Cx *cx, const Values *v) { return str_join(cx->arena, S(" "), v->code, v->n); }

// What may not be shown is not in the ledger either.
static Str cells(Cx *cx, const Counts *c) {
	Buf b = {.a = cx->arena};
	int n = (c->rows + 1) * (c->columns + 1);
	for (int i = 0; i < n; i++) {
		if (i) buf_char(&b, ' ');
		if (c->state[i] == CELL_SHOWN)
			buf_int(&b, c->count[i]);
		else
			buf_char(&b, '-');
	}
	return buf_str(&b);
}

static Err append(Cx *cx, Quarter q, const AskedRow *asked, const Values values[BY__N], const Counts *c) {
	Body b = body_on(cx);
	body_int(&b, "quarter", q);
	body_str(&b, "question", str_of(asked->code));
	body_str(&b, "rows", words(cx, &values[asked->row]));
	body_str(&b, "columns", words(cx, &values[asked->column]));
	body_str(&b, "cells", cells(cx, c));
	return ledger_append(cx, &(Entry){.kind = &KIND_counted,
					  .about = ABOUT_FIGURE,
					  .id = id_new(),
					  .key = vault_hub_key(cx->vault),
					  .body = b});
}

static Err count_quarter(Cx *cx, Quarter q) {
	Values *values = NEW(cx->arena, Values, BY__N);
	Counts counts[ASKED__N];
	for (int by = 0; by < BY__N; by++) TRY(statistics_values(cx, (By)by, q, &values[by]));
	TRY(statistics_take(cx, q, values, counts));
	for (int i = 0; i < ASKED__N; i++) {
		uint64_t lot;
		if (!counts[i].rows) continue; // the pack has no lists
		random_bytes(&lot, sizeof lot);
		counts_protect(&counts[i], lot);
		TRY(append(cx, q, &statistics_asked[i], values, &counts[i]));
	}
	return OK;
}

Err statistics_count(Cx *cx, bool *more) {
	Row last, first;
	*more = false;
	TRY(db_one(cx, &SQL_statistics_last, &last));
	Quarter next = (Quarter)row_int(&last, 0) + 1;
	if (next == 1) {
		TRY(db_one(cx, &SQL_statistics_first, &first));
		if (!row_int(&first, 0)) return OK; // nothing has happened yet
		next = quarter_of(cx, row_int(&first, 0));
	}
	if (cx->now < quarter_start(cx, next + 1) + SETTLING) return OK;
	*more = true;
	return count_quarter(cx, next);
}

Err statistics_tick(Cx *cx) {
	bool more;
	return statistics_count(cx, &more);
}

// ---- and read again
// ----------------------------------------------------------------------------------------------

static const Str *codes_of(Cx *cx, Str words, int *n) {
	Str *at = NEW(cx->arena, Str, PROTECT_ROWS), rest = words;
	*n = 0;
	while (*n < PROTECT_ROWS && str_cut(&rest, ' ', &at[*n])) ++*n;
	return at;
}

static Err cells_of(Cx *cx, Str text, Figure *f) {
	int n = (f->rows + 1) * (f->columns + 1), i = 0;
	int64_t *at = NEW(cx->arena, int64_t, n);
	Str word;
	for (; i < n && str_cut(&text, ' ', &word); i++)
		if (!str_to_int(word, &at[i])) at[i] = NOT_SHOWN;
	f->cell = at;
	return i == n && !text.n ? OK : fail(cx->why, ERR_BUG, "a figure has another number of cells");
}

Err statistics_figure(Cx *cx, Quarter q, Asked asked, Figure *out) {
	Row r;
	TRY(db_one(cx, &SQL_statistics_get, &r, INT(q), STR(str_of(statistics_asked[asked].code))));
	*out = (Figure){.id = row_int(&r, 0), .quarter = q, .asked = asked, .made = row_int(&r, 3)};
	out->row = codes_of(cx, row_str(&r, 4), &out->rows);
	out->column = codes_of(cx, row_str(&r, 5), &out->columns);
	return cells_of(cx, row_str(&r, 6), out);
}

int64_t figure_cell(const Figure *f, int row, int column) { return f->cell[row * (f->columns + 1) + column]; }
int64_t figure_whole(const Figure *f) { return figure_cell(f, f->rows, f->columns); }

Err statistics_quarters(Cx *cx, int limit, Quarter *out, int *n) {
	Rows rs;
	*n = 0;
	TRY(db_run(cx, &SQL_statistics_periods, &rs, INT(limit)));
	for (ptrdiff_t i = 0; i < rs.n; i++) out[(*n)++] = (Quarter)row_int(&rs.row[i], 0);
	return OK;
}

void statistics_note_shown(Cx *cx, const Figure *f) {
	ledger_read(cx, ABOUT_FIGURE, f->id, vault_hub_key(cx->vault), CLASS_BIT(CLASS_OPEN), "own_work");
}
