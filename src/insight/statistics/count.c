// Counting: the one place that sees how many there really are.
#include "casefile/casefile.h"
#include "report/report.h"
#include "statistics/statistics_parts.h"
#include "statistics_sql.h"
#include <stdlib.h>

// ---- the values of each dimension
// --------------------------------------------------------------------------------

static void put_value(Values *v, Str code) {
	if (v->n < PROTECT_ROWS) v->code[v->n++] = code;
}

static void put_words(Values *v, const char *words) {
	Str rest = str_of(words), word;
	while (str_cut(&rest, ' ', &word)) put_value(v, word);
}

static bool is_root(const PackArea *a) { return !a->parent.n; }

// The areas next below the country; where the pack has nothing below, the countries themselves.
static void put_areas(const Pack *p, Values *v) {
	for (ptrdiff_t i = 0; i < p->narea && v->n < PROTECT_ROWS - 1; i++) {
		const PackArea *above = p->area[i].parent.n ? pack_area(p, p->area[i].parent) : NULL;
		if (above && is_root(above)) put_value(v, p->area[i].code);
	}
	for (ptrdiff_t i = 0; i < p->narea && !v->n; i++)
		if (is_root(&p->area[i])) put_value(v, p->area[i].code);
	put_value(v, S("elsewhere"));
}

// The choices of the pack's own question; room is left for what is none of them.
static void put_exploitation(const Pack *p, Values *v) {
	const PackForm *f = pack_form(p, S("person"));
	for (ptrdiff_t i = 0; f && i < f->nask; i++)
		for (ptrdiff_t k = 0; str_eq(f->ask[i].name, S("exploitation")) && k < f->ask[i].nchoice; k++)
			if (v->n < PROTECT_COLUMNS - 2) put_value(v, f->ask[i].choice[k].code);
	put_words(v, "several unlisted");
}

// Everybody can see in the directory which kinds there are: the others would protect nobody.
static Err put_kinds(Cx *cx, Values *v) {
	Rows rs;
	TRY(db_run(cx, &SQL_statistics_kinds, &rs));
	for (ptrdiff_t i = 0; i < rs.n && v->n < PROTECT_ROWS - 1; i++) put_value(v, row_str(&rs.row[i], 0));
	put_value(v, S("unlisted"));
	return OK;
}

Err statistics_values(Cx *cx, By by, Quarter q, Values *out) {
	*out = (Values){0};
	switch (by) {
	case BY_NOTHING:
		put_words(out, "all");
		break;
	case BY_AREA:
		put_areas(cx->pack, out);
		break;
	case BY_MONTH:
		for (int m = 0; m < 3; m++)
			put_value(out, str_fmt(cx->arena, "%04d-%02d", q / 4, q % 4 * 3 + m + 1));
		break;
	case BY_REPORT_STATE:
		for (int s = 0; s < REPORT__N; s++) put_value(out, report_state_code[s]);
		break;
	case BY_CASE_STATE:
		put_words(out, "open closed");
		break;
	case BY_EXPLOITATION:
		put_exploitation(cx->pack, out);
		break;
	case BY_AGE:
		put_words(out, "child adult unlisted");
		break;
	case BY_SEX:
		put_words(out, "female male trans other unlisted");
		break;
	case BY_KIND:
		return put_kinds(cx, out);
	case BY_DONE:
		put_words(out, "in_time late not_yet excused");
		break;
	case BY_TAKEN:
		put_words(out, "in_time late never");
		break;
	case BY_LISTS:
		unseen_values(cx->arena, cx->pack, out);
		break;
	case BY__N:
		break;
	}
	return OK;
}

// What is none of them is the last one.
static int value_at(const Values *v, Str code) {
	for (int i = 0; i < v->n; i++)
		if (str_eq(v->code[i], code)) return i;
	return v->n - 1;
}

// ---- things and how they are counted
// -------------------------------------------------------------------------------

typedef struct {
	Cx *cx;
	Quarter q;
	int64_t from, to;
	const Values *values;
	Counts *out;
} Take;
typedef struct {
	int at[BY__N];
} Thing;

static void put(const Take *t, Unit unit, const Thing *thing) {
	for (int i = 0; i < ASKED__N; i++) {
		const AskedRow *a = &statistics_asked[i];
		if (a->unit == unit && t->out[i].rows)
			counts_add(&t->out[i], thing->at[a->row], thing->at[a->column]);
	}
}

static int value_of(const Take *t, By by, Str code) { return value_at(&t->values[by], code); }

static int area_of(const Take *t, Str area) {
	const Values *v = &t->values[BY_AREA];
	for (int i = 0; i < v->n - 1; i++)
		if (pack_area(t->cx->pack, v->code[i]) && pack_area_within(t->cx->pack, area, v->code[i]))
			return i;
	return v->n - 1;
}

static int month_of(const Take *t, int64_t when) {
	Civil c = zone_civil(t->cx->zone, when);
	return value_of(t, BY_MONTH, str_fmt(t->cx->arena, "%04d-%02d", c.year, c.month));
}

static int exploitation_of(const Take *t, Str codes) {
	codes = str_trim(codes);
	bool several = str_find_char(codes, ' ') >= 0;
	return value_of(t, BY_EXPLOITATION, several ? S("several") : codes);
}

static int age_of(const Take *t, Str child) {
	return value_of(t, BY_AGE,
			str_eq(child, S("yes"))	 ? S("child")
			: str_eq(child, S("no")) ? S("adult")
						 : S("unlisted"));
}

static Err take_reports(const Take *t) {
	Rows rs;
	TRY(db_run(t->cx, &SQL_statistics_reports, &rs, INT(t->from), INT(t->to)));
	for (ptrdiff_t i = 0; i < rs.n; i++) {
		const Row *r = &rs.row[i];
		Thing x = {0};
		x.at[BY_REPORT_STATE] = value_of(t, BY_REPORT_STATE, row_str(r, 0));
		x.at[BY_AREA] = area_of(t, row_str(r, 1));
		x.at[BY_MONTH] = month_of(t, row_int(r, 2));
		put(t, UNIT_REPORTS, &x);
	}
	return OK;
}

static Err take_cases(const Take *t) {
	Rows rs;
	TRY(db_run(t->cx, &SQL_statistics_cases, &rs, INT(t->from), INT(t->to)));
	for (ptrdiff_t i = 0; i < rs.n; i++) {
		const Row *r = &rs.row[i];
		Thing x = {0};
		x.at[BY_CASE_STATE] = value_of(t, BY_CASE_STATE, case_state_code((CaseState)row_int(r, 0)));
		x.at[BY_AREA] = area_of(t, row_str(r, 1));
		x.at[BY_EXPLOITATION] = exploitation_of(t, row_str(r, 2));
		x.at[BY_MONTH] = month_of(t, row_int(r, 3));
		put(t, UNIT_CASES, &x);
	}
	return OK;
}

// ---- people: whom both sides call one is one
// -----------------------------------------------------------------------

typedef struct {
	int64_t id;
	ptrdiff_t first; // the record she is counted as, in this quarter
} OnePerson;

static ptrdiff_t person_at(const OnePerson *p, ptrdiff_t n, int64_t id) {
	ptrdiff_t low = 0, high = n;
	while (low < high) {
		ptrdiff_t mid = (low + high) / 2;
		if (p[mid].id < id)
			low = mid + 1;
		else
			high = mid;
	}
	return low < n && p[low].id == id ? low : -1;
}

static int by_id(const void *a, const void *b) {
	int64_t x = ((const OnePerson *)a)->id, y = ((const OnePerson *)b)->id;
	return (x > y) - (x < y);
}

static ptrdiff_t root_of(ptrdiff_t *up, ptrdiff_t i) {
	while (up[i] != i) i = up[i] = up[up[i]];
	return i;
}

Err statistics_same_people(Cx *cx, const int64_t *id, ptrdiff_t n, ptrdiff_t *first) {
	Rows same;
	OnePerson *by = NEW(cx->arena, OnePerson, n);
	for (ptrdiff_t i = 0; i < n; i++) {
		by[i] = (OnePerson){id[i], i};
		first[i] = i;
	}
	qsort(by, (size_t)n, sizeof *by, by_id);
	TRY(db_run(cx, &SQL_statistics_same, &same));
	for (ptrdiff_t i = 0; i < same.n; i++) {
		ptrdiff_t one = person_at(by, n, row_int(&same.row[i], 0)),
			  two = person_at(by, n, row_int(&same.row[i], 1));
		if (one < 0 || two < 0) continue;
		ptrdiff_t a = root_of(first, by[one].first), b = root_of(first, by[two].first);
		first[a > b ? a : b] = a > b ? b : a;
	}
	for (ptrdiff_t i = 0; i < n; i++) first[i] = root_of(first, i);
	return OK;
}

// Only what is coded in the class `case` is opened. Of somebody erased nothing is left but that she was.
static Err take_person(const Take *t, const Row *r, unsigned pattern) {
	PackAnswers said;
	uint32_t read;
	Person p = {.id = {row_int(r, 0)}, .kase = {row_int(r, 1)}, .key = {row_int(r, 2)}};
	Err e = casefile_person_answers(t->cx, &p, CLASS_BIT(CLASS_CASE), "own_work", &said, &read);
	if (e != OK && e != ERR_GONE) return e;
	Thing x = {0};
	x.at[BY_AGE] = age_of(t, row_str(r, 3));
	x.at[BY_MONTH] = month_of(t, row_int(r, 4));
	x.at[BY_AREA] = area_of(t, row_str(r, 5));
	x.at[BY_EXPLOITATION] = exploitation_of(t, e == OK ? pack_answer(&said, "exploitation") : S(""));
	x.at[BY_SEX] = value_of(t, BY_SEX, e == OK ? pack_answer(&said, "sex") : S(""));
	if (t->values[BY_LISTS].n) x.at[BY_LISTS] = unseen_value(&t->values[BY_LISTS], pattern);
	put(t, UNIT_PEOPLE, &x);
	return OK;
}

static Err take_people(const Take *t) {
	Rows rs;
	TRY(db_run(t->cx, &SQL_statistics_people, &rs, INT(t->from), INT(t->to)));
	int64_t *id = NEW(t->cx->arena, int64_t, rs.n);
	ptrdiff_t *first = NEW(t->cx->arena, ptrdiff_t, rs.n);
	for (ptrdiff_t i = 0; i < rs.n; i++) id[i] = row_int(&rs.row[i], 0);
	unsigned *pattern = NEW(t->cx->arena, unsigned, rs.n);
	TRY(statistics_same_people(t->cx, id, rs.n, first));
	TRY(unseen_patterns(t->cx, &rs, first, pattern));
	for (ptrdiff_t i = 0; i < rs.n; i++)
		if (first[i] == i) {
			Take part = *t;
			Cx cx = *t->cx;
			Arena scratch = *cx.arena; // what was opened of one person ends with her
			cx.arena = &scratch;
			part.cx = &cx;
			TRY(take_person(&part, &rs.row[i], pattern[i]));
		}
	return OK;
}

// ---- duties
// --------------------------------------------------------------------------------------------------------

static Str done_of(DutyState state, int64_t late) {
	switch (state) {
	case DUTY_DONE:
		return late > 0 ? S("late") : S("in_time");
	case DUTY_REFUSED:
	case DUTY_WAIVED:
		return S("excused");
	case DUTY_OPEN:
	case DUTY_ACKNOWLEDGED:
	case DUTY__N:
		break;
	}
	return S("not_yet");
}

static Err take_duties(const Take *t) {
	Rows done, taken, hub;
	static const char *const taken_code[] = {"never", "in_time", "late"};
	TRY(db_run(t->cx, &SQL_statistics_duties, &done, INT(t->from), INT(t->to)));
	TRY(db_run(t->cx, &SQL_statistics_duties_taken, &taken, INT(t->from), INT(t->to)));
	TRY(db_run(t->cx, &SQL_statistics_hub, &hub, INT(t->from), INT(t->to)));
	for (ptrdiff_t i = 0; i < done.n; i++) {
		const Row *r = &done.row[i];
		counts_add(&t->out[ASKED_DUTIES_KIND], value_of(t, BY_KIND, row_str(r, 0)),
			   value_of(t, BY_DONE, done_of((DutyState)row_int(r, 1), row_int(r, 2))));
	}
	for (ptrdiff_t i = 0; i < taken.n; i++)
		counts_add(&t->out[ASKED_DUTIES_TAKEN],
			   value_of(t, BY_TAKEN, str_of(taken_code[row_int(&taken.row[i], 0)])), 0);
	for (ptrdiff_t i = 0; i < hub.n; i++)
		counts_add(&t->out[ASKED_HUB_KIND], value_of(t, BY_KIND, row_str(&hub.row[i], 0)), 0);
	return OK;
}

Err statistics_take(Cx *cx, Quarter q, const Values values[BY__N], Counts out[ASKED__N]) {
	Take t = {cx, q, quarter_start(cx, q), quarter_start(cx, q + 1), values, out};
	for (int i = 0; i < ASKED__N; i++) {
		const AskedRow *a = &statistics_asked[i];
		out[i] = (Counts){0};
		if (values[a->row].n) out[i] = counts_on(cx->arena, values[a->row].n, values[a->column].n);
	}
	TRY(take_reports(&t));
	TRY(take_cases(&t));
	TRY(take_people(&t));
	return take_duties(&t);
}
