#include "base/actor.h"
#include "casefile/casefile.h"
#include "duty/duty.h"
#include "identity_sql.h"
#include "report/report.h"
#include "stakeholder/stakeholder.h"
#include "statistics/statistics_parts.h"
#include "statistics_sql.h"
#include "tests/fixture.h"

// That two are one, as both sides' answers would have it.
static Err project_same(Cx *cx, const Entry *e) {
	int64_t one = body_get_int(e->plain, "one"), two = body_get_int(e->plain, "two");
	TRY(db_do(cx, &SQL_finding_add, INT(e->id), INT(one), INT(two), INT(ABOUT_CASE), INT(ABOUT_CASE),
		  INT(1), INT(2), INT(1), INT(2), INT(2000), INT(e->time), STR(S(""))));
	if (!body_get_int(e->plain, "both")) return OK;
	TRY(db_do(cx, &SQL_finding_one_says, INT(e->id), STR(S("same")), INT(1)));
	return db_do(cx, &SQL_finding_two_says, INT(e->id), STR(S("same")), INT(2));
}
static const EntryKind KIND_same = {"test.same", project_same};
const EntryKind *const *fixture_kinds(void) {
	static const EntryKind *const own[] = {&KIND_same, NULL};
	return own;
}

#define AUGUST "2026-08-10T09:00"
static const Quarter summer = 2026 * 4 + 2;

static int64_t instant(Cx *cx, const char *local) {
	int64_t t = 0;
	assert_true(when_parse(cx->zone, str_of(local), &t));
	return t;
}

static StakeholderId police(Cx *cx) {
	StakeholderId id = {0};
	StakeholderIn in = {.code = S("RMPPOL"), .kind = S("police"), .area = S("IN-UD-RMP"), .listed = true};
	in.name[LANG_EN] = S("Test Police");
	ok(stakeholder_add(cx, &in, &id));
	return id;
}

static Case matter(Cx *cx, StakeholderId lead, const char *at) {
	CaseId id = {0};
	Case c = {0};
	ok(casefile_open(cx,
			 &(CaseIn){.lead = lead,
				   .area = S("IN-UD-RMP"),
				   .at = instant(cx, at),
				   .exploitation = S("ForcedLabour"),
				   .child = S("yes")},
			 &id));
	ok(casefile_get(cx, id, &c));
	return c;
}

static PersonId somebody(Cx *cx, const Case *c, const char *at, const char *gender) {
	PackAnswers *v = NEW(cx->arena, PackAnswers, 1);
	PersonId id = {0};
	*v = pack_answers_on(cx->arena, pack_form(cx->pack, S("person")));
	assert_true(pack_answer_set(v, S("capacity"), S("victim")));
	assert_true(pack_answer_set(v, S("child"), S("yes")));
	assert_true(pack_answer_set(v, S("found"), S("no")));
	assert_true(pack_answer_set(v, S("gender"), str_of(gender)));
	assert_true(pack_answer_set(v, S("exploitation"), S("ForcedLabour")));
	pack_form_check(cx, v);
	assert_int_equal(v->nerror, 0);
	ok(casefile_person_add(cx, c, v, instant(cx, at), &id));
	return id;
}

static Case people_in_august(Cx *cx, int women, int men) {
	Case c = matter(cx, police(cx), AUGUST);
	for (int i = 0; i < women; i++) somebody(cx, &c, AUGUST, "Feminine");
	for (int i = 0; i < men; i++) somebody(cx, &c, AUGUST, "Masculine");
	return c;
}

static void count_all(Cx *cx) {
	for (bool more = true; more;) ok(statistics_count(cx, &more));
}

static Figure figure(Cx *cx, Asked asked) {
	Figure f = {0};
	ok(statistics_figure(cx, summer, asked, &f));
	return f;
}

static int64_t cell_named(const Figure *f, const char *row, const char *column) {
	for (int r = 0; r < f->rows; r++)
		for (int k = 0; k < f->columns; k++)
			if (str_eq(f->row[r], str_of(row)) && str_eq(f->column[k], str_of(column)))
				return figure_cell(f, r, k);
	fail_msg("no cell %s %s", row, column);
	return 0;
}

static void people_are_counted_by_what_is_coded_of_them(Cx *cx) {
	people_in_august(cx, 24, 13);
	count_all(cx);
	Figure by_sex = figure(cx, ASKED_PEOPLE_EXPLOITATION), by_area = figure(cx, ASKED_PEOPLE_AREA),
	       by_month = figure(cx, ASKED_PEOPLE_MONTH), cases = figure(cx, ASKED_CASES_MONTH);
	assert_int_equal(figure_whole(&by_sex), 37);
	assert_int_equal(figure_whole(&by_area), 37);
	assert_int_equal(figure_whole(&by_month), 37);
	// One case: fewer than eleven.
	assert_int_equal(figure_whole(&cases), NOT_SHOWN);
	for (int i = 0; i < (by_sex.rows + 1) * (by_sex.columns + 1); i++)
		assert_true(by_sex.cell[i] == NOT_SHOWN || by_sex.cell[i] >= PROTECT_LEAST);
	assert_true(cell_named(&by_sex, "ForcedLabour", "female") == 24 ||
		    cell_named(&by_sex, "ForcedLabour", "female") == NOT_SHOWN);
}

static void ten_are_not_shown(Cx *cx) {
	Case c = people_in_august(cx, 10, 0);
	somebody(cx, &c, "2026-04-10T09:00", "Feminine"); // another quarter
	count_all(cx);
	Figure f = figure(cx, ASKED_PEOPLE_MONTH);
	assert_int_equal(figure_whole(&f), NOT_SHOWN);
}

static void a_quarter_is_counted_once_and_stays(Cx *cx) {
	Figure before, after;
	bool more;
	Case c = people_in_august(cx, 12, 0);
	count_all(cx);
	before = figure(cx, ASKED_PEOPLE_MONTH);
	assert_int_equal(figure_whole(&before), 12);
	somebody(cx, &c, AUGUST, "Feminine"); // entered late
	ok(statistics_count(cx, &more));
	assert_false(more);
	after = figure(cx, ASKED_PEOPLE_MONTH);
	assert_int_equal(before.id, after.id);
	assert_int_equal(before.rows, after.rows);
	assert_memory_equal(before.cell, after.cell,
			    sizeof *before.cell * (size_t)((before.rows + 1) * (before.columns + 1)));
}

static void a_quarter_rests_two_weeks_before_it_is_counted(Cx *cx) {
	bool more;
	Figure f;
	people_in_august(cx, 12, 0);
	fixture_at(cx, "2026-10-14T23:59");
	ok(statistics_count(cx, &more));
	assert_false(more);
	assert_int_equal(statistics_figure(cx, summer, ASKED_PEOPLE_MONTH, &f), ERR_NOT_FOUND);
	fixture_at(cx, "2026-10-15T00:00");
	ok(statistics_count(cx, &more));
	assert_true(more);
	ok(statistics_figure(cx, summer, ASKED_PEOPLE_MONTH, &f));
}

static void say_same(Cx *cx, PersonId one, PersonId two, bool both) {
	Body b = body_on(cx);
	body_int(&b, "one", one.n);
	body_int(&b, "two", two.n);
	body_int(&b, "both", both);
	ok(ledger_append(cx, &(Entry){.kind = &KIND_same,
				      .about = ABOUT_HUB,
				      .id = id_new(),
				      .key = vault_hub_key(cx->vault),
				      .body = b}));
}

static void whom_both_agencies_call_one_is_counted_once(Cx *cx) {
	Case c = people_in_august(cx, 12, 0);
	PersonId a = somebody(cx, &c, AUGUST, "Feminine"), b = somebody(cx, &c, AUGUST, "Feminine"),
		 d = somebody(cx, &c, AUGUST, "Feminine"), e = somebody(cx, &c, AUGUST, "Feminine");
	say_same(cx, a, b, true);
	say_same(cx, b, d, true); // and so a and d
	say_same(cx, d, e, false); // one side has not answered
	count_all(cx);
	Figure f = figure(cx, ASKED_PEOPLE_MONTH);
	assert_int_equal(figure_whole(&f), 14);
}

static void somebody_erased_is_still_counted_and_nothing_of_her_is_opened(Cx *cx) {
	Person p;
	Case c = people_in_august(cx, 11, 0);
	PersonId her = somebody(cx, &c, AUGUST, "Feminine");
	ok(casefile_person(cx, &c, her, &p));
	ok(vault_key_destroy(cx, p.key));
	count_all(cx);
	Figure f = figure(cx, ASKED_PEOPLE_MONTH);
	assert_int_equal(figure_whole(&f), 12);
}

static void who_was_shown_which_numbers_is_in_the_ledger(Cx *cx) {
	Pasts past;
	people_in_august(cx, 12, 0);
	count_all(cx);
	Figure f = figure(cx, ASKED_PEOPLE_MONTH);
	fixture_act(cx, (StakeholderId){42}, (MemberId){7}, "supervisor");
	statistics_note_shown(cx, &f);
	ok(ledger_flush_readings(cx, cx->readings));
	ok(ledger_about(cx, ABOUT_FIGURE, f.id, 0, 10, true, &past));
	assert_int_equal(past.n, 2);
	assert_string_equal(past.past[0].kind, "read");
	assert_int_equal(past.past[0].actor, 7);
	assert_string_equal(past.past[1].kind, "figure.counted");
	assert_true(str_eq(body_get_str(past.past[1].plain, "question"), S("people_month")));
}

// ---- how many are never seen

typedef struct {
	StakeholderId agency[3];
	Case kase[3]; // of each its own
} Ground;

static StakeholderId agency(Cx *cx, const char *code, const char *kind) {
	StakeholderId id = {0};
	StakeholderIn in = {
		.code = str_of(code), .kind = str_of(kind), .area = S("IN-UD-RMP"), .listed = true};
	in.name[LANG_EN] = str_of(code);
	ok(stakeholder_add(cx, &in, &id));
	return id;
}

static Ground ground(Cx *cx) {
	static const char *const kind[] = {"police", "social_welfare", "ngo"}, *const code[] = {"ONE", "TWO",
												"THREE"};
	Ground f = {0};
	for (int i = 0; i < 3; i++) {
		f.agency[i] = agency(cx, code[i], kind[i]);
		f.kase[i] = matter(cx, f.agency[i], AUGUST);
	}
	return f;
}

// People whom the agencies of this pattern met, each by itself.
static void met_by(Cx *cx, const Ground *f, unsigned pattern, int n) {
	for (int k = 0; k < n; k++) {
		PersonId before = {0};
		for (int i = 0; i < 3; i++) {
			if (!(pattern >> i & 1)) continue;
			PersonId now = somebody(cx, &f->kase[i], AUGUST, "Feminine");
			if (before.n) say_same(cx, before, now, true);
			before = now;
		}
	}
}

static Unseen unseen(Cx *cx) {
	Unseen u;
	ok(statistics_unseen(cx, summer, &u));
	return u;
}

static void who_was_met_apart_by_several_makes_a_range(Cx *cx) {
	static const int people[8] = {0, 40, 36, 16, 33, 14, 13, 12};
	Ground f = ground(cx);
	int all = 0;
	for (unsigned p = 1; p < 8; p++) {
		met_by(cx, &f, p, people[p]);
		all += people[p];
	}
	count_all(cx);
	Unseen u = unseen(cx);
	assert_int_equal(u.state, UNSEEN_RANGE);
	assert_int_equal(u.patterns, 7);
	assert_int_equal(u.lists.lists, 3);
	for (unsigned p = 1; p < 8; p++) assert_int_equal((int)u.lists.count[p], people[p]);
	assert_int_equal((int)u.lists.seen, all);
	assert_int_equal((int)u.lists.shared, 16 + 14 + 13 + 12);
	assert_true(u.least >= all && u.most > u.least);
	// The whole is that of all other questions about people: nothing is left over to be subtracted.
	Figure by_month = figure(cx, ASKED_PEOPLE_MONTH);
	assert_int_equal(figure_whole(&u.figure), figure_whole(&by_month));
	assert_int_equal(figure_whole(&by_month), all);
	Unseen again = unseen(cx);
	assert_int_equal(again.least, u.least);
	assert_int_equal(again.most, u.most);
}

static void no_range_is_said_when_one_combination_is_small(Cx *cx) {
	static const int people[8] = {0, 40, 36, 16, 33, 14, 13, 10};
	Ground f = ground(cx);
	for (unsigned p = 1; p < 8; p++) met_by(cx, &f, p, people[p]);
	count_all(cx);
	Unseen u = unseen(cx);
	assert_int_equal(u.state, UNSEEN_TOO_FEW);
	assert_true(u.shown < 7 && u.least == 0 && u.most == 0);
	for (int i = 0; i < u.figure.rows; i++)
		assert_true(figure_cell(&u.figure, i, 0) == NOT_SHOWN ||
			    figure_cell(&u.figure, i, 0) >= PROTECT_LEAST);
}

// Which lists the two records of one person are on together, by what came before the second.
static unsigned lists_of_two(Cx *cx) {
	Rows rs;
	ok(db_run(cx, &SQL_statistics_people, &rs, INT(quarter_start(cx, summer)),
		  INT(quarter_start(cx, summer + 1))));
	ptrdiff_t first[2] = {0, 0};
	unsigned pattern[2] = {0};
	assert_int_equal(rs.n, 2);
	ok(unseen_patterns(cx, &rs, first, pattern));
	assert_int_equal(pattern[1], 0);
	return pattern[0];
}

static void who_was_brought_into_the_case_is_no_second_sighting(Cx *cx) {
	fixture_at(cx, AUGUST);
	Ground f = ground(cx);
	ok(casefile_join(cx, &f.kase[0], f.agency[1], S("legal_duty")));
	met_by(cx, &f, 3, 1);
	assert_int_equal(lists_of_two(cx), 1); // the police alone: the other knew of her by them
}

static void who_was_brought_in_afterwards_had_met_her_apart(Cx *cx) {
	Ground f = ground(cx);
	met_by(cx, &f, 3, 1);
	fixture_at(cx, "2026-09-01T09:00");
	ok(casefile_join(cx, &f.kase[0], f.agency[1], S("legal_duty")));
	assert_int_equal(lists_of_two(cx), 3);
}

static void two_cases_of_one_agency_are_one_list(Cx *cx) {
	Ground f = ground(cx);
	f.kase[1] = matter(cx, f.agency[0], AUGUST);
	met_by(cx, &f, 3, 1);
	assert_int_equal(lists_of_two(cx), 1);
}

static void a_quarter_that_was_counted_without_lists_says_so(Cx *cx) {
	Ground f = ground(cx);
	ptrdiff_t lists = cx->pack->nlist;
	Pack *pack = (Pack *)(uintptr_t)cx->pack; // a pack of before
	met_by(cx, &f, 1, 12);
	pack->nlist = 0;
	count_all(cx);
	pack->nlist = lists;
	assert_int_equal(unseen(cx).state, UNSEEN_NOT_MADE);
	Figure by_month = figure(cx, ASKED_PEOPLE_MONTH);
	assert_int_equal(figure_whole(&by_month), 12);
}

static void told(Cx *cx) {
	PackAnswers *v = NEW(cx->arena, PackAnswers, 1);
	ReportTaken t = {0};
	*v = pack_answers_on(cx->arena, pack_form(cx->pack, S("tell")));
	assert_true(pack_answer_set(v, S("about"), S("person")));
	assert_true(pack_answer_set(v, S("what"), S("Something invented.")));
	assert_true(pack_answer_set(v, S("area"), S("IN-UD-RMP")));
	assert_true(pack_answer_set(v, S("official"), S("no")));
	assert_true(pack_answer_set(v, S("anonymous"), S("yes")));
	pack_form_check(cx, v);
	assert_int_equal(v->nerror, 0);
	ok(report_receive(cx, &(ReportIn){.told = v, .channel = S("web")}, &t));
}

static void duties_that_reached_the_hub_are_published(Cx *cx) {
	int64_t left;
	Figure f;
	police(cx);
	for (int i = 0; i < 12; i++) told(cx);
	cx->now += 400 * INT64_C(86400);
	do ok(duty_tick(cx, 0, &left));
	while (left);
	Quarter then = quarter_of(cx, cx->now);
	cx->now += 120 * INT64_C(86400);
	count_all(cx);
	ok(statistics_figure(cx, then, ASKED_HUB_KIND, &f));
	assert_true(figure_whole(&f) >= 12);
}

// Questions about the same things may have their whole in common, and nothing else.
static void questions_about_the_same_things_share_no_dimension(Cx *cx) {
	(void)cx;
	for (int i = 0; i < ASKED__N; i++)
		for (int k = i + 1; k < ASKED__N; k++) {
			const AskedRow *a = &statistics_asked[i], *b = &statistics_asked[k];
			if (a->unit != b->unit) continue;
			assert_int_not_equal(a->row, b->row);
			assert_true(a->column != b->row && a->row != b->column);
			assert_true(a->column == BY_NOTHING || a->column != b->column);
		}
}

static void quarters_are_of_the_hubs_zone_and_do_not_overlap(Cx *cx) {
	Quarter q;
	assert_int_equal(quarter_of(cx, instant(cx, "2026-09-30T23:59")), summer);
	assert_int_equal(quarter_of(cx, instant(cx, "2026-10-01T00:00")), summer + 1);
	assert_int_equal(quarter_start(cx, summer + 1), instant(cx, "2026-10-01T00:00"));
	assert_true(quarter_parse(quarter_code(cx->arena, summer), &q));
	assert_int_equal(q, summer);
	assert_false(quarter_parse(S("2026-5"), &q));
	assert_false(quarter_parse(S("2026-0"), &q));
	assert_false(quarter_parse(S("20263"), &q));
}

#define TESTS(X) \
	X(people_are_counted_by_what_is_coded_of_them) \
	X(ten_are_not_shown) \
	X(a_quarter_is_counted_once_and_stays) \
	X(a_quarter_rests_two_weeks_before_it_is_counted) \
	X(whom_both_agencies_call_one_is_counted_once) \
	X(somebody_erased_is_still_counted_and_nothing_of_her_is_opened) \
	X(who_was_shown_which_numbers_is_in_the_ledger) \
	X(who_was_met_apart_by_several_makes_a_range) \
	X(no_range_is_said_when_one_combination_is_small) \
	X(who_was_brought_into_the_case_is_no_second_sighting) \
	X(who_was_brought_in_afterwards_had_met_her_apart) \
	X(two_cases_of_one_agency_are_one_list) \
	X(a_quarter_that_was_counted_without_lists_says_so) \
	X(duties_that_reached_the_hub_are_published) \
	X(questions_about_the_same_things_share_no_dimension) \
	X(quarters_are_of_the_hubs_zone_and_do_not_overlap)
#define X(name) \
	static void test_##name(void **s) { \
		(void)s; \
		fixture_both(name); \
	}
TESTS(X)
#undef X
int main(void) {
	const struct CMUnitTest tests[] = {
#define X(name) cmocka_unit_test(test_##name),
		TESTS(X)
#undef X
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
