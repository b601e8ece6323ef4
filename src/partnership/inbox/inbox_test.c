#include "casefile/casefile.h"
#include "duty/duty.h"
#include "inbox/inbox.h"
#include "report/report.h"
#include "screening/screening.h"
#include "stakeholder/stakeholder.h"
#include "tests/fixture.h"
#include <time.h>

#define ME ((MemberId){7})
#define COLLEAGUE ((MemberId){8})

// Ids sort by the millisecond they were made in.
static void a_moment_passes(void) { nanosleep(&(struct timespec){.tv_nsec = 2000000}, NULL); }

typedef struct {
	StakeholderId state, police, ngo;
	ReportId report;
} Hub;

static StakeholderId agency(Cx *cx, const char *code, const char *kind, const char *area,
			    StakeholderId above) {
	StakeholderId id = {0};
	StakeholderIn in = {.code = str_of(code),
			    .kind = str_of(kind),
			    .area = str_of(area),
			    .above = above,
			    .listed = true};
	in.name[LANG_EN] = str_fmt(cx->arena, "Test %s", code);
	ok(stakeholder_add(cx, &in, &id));
	return id;
}

static ReportId told(Cx *cx) {
	PackAnswers *v = NEW(cx->arena, PackAnswers, 1);
	ReportTaken t = {0};
	*v = pack_answers_on(cx->arena, pack_form(cx->pack, S("tell")));
	assert_true(pack_answer_set(v, S("about"), S("person")));
	assert_true(pack_answer_set(v, S("what"), S("Something invented behind the invented mill.")));
	assert_true(pack_answer_set(v, S("area"), S("IN-UD-RMP-02")));
	assert_true(pack_answer_set(v, S("children"), S("yes")));
	assert_true(pack_answer_set(v, S("official"), S("no")));
	assert_true(pack_answer_set(v, S("anonymous"), S("yes")));
	pack_form_check(cx, v);
	assert_int_equal(v->nerror, 0);
	ok(report_receive(cx, &(ReportIn){.told = v, .channel = S("web")}, &t));
	a_moment_passes();
	return t.id;
}

static Hub hub(Cx *cx) {
	Hub h;
	agency(cx, "HUB", "hub", "IN", (StakeholderId){0});
	h.state = agency(cx, "UDPOL", "police", "IN-UD", (StakeholderId){0});
	h.police = agency(cx, "RMPPOL", "police", "IN-UD-RMP", h.state);
	h.ngo = agency(cx, "NGO", "ngo", "IN-UD", (StakeholderId){0});
	h.report = told(cx);
	return h;
}

static Report got(Cx *cx, ReportId id) {
	Report r = {0};
	ok(report_get(cx, id, &r));
	return r;
}

static int waits(Cx *cx, WaitKind kind, int64_t id) {
	Waits w;
	int n = 0;
	ok(inbox_waiting(cx, 5, &w));
	for (ptrdiff_t i = 0; i < w.n; i++)
		n += w.at[i].kind == kind && w.at[i].id == id && w.at[i].number.n > 0;
	return n;
}

static ptrdiff_t changed(Cx *cx, const char *kind) {
	Changes c;
	ptrdiff_t n = 0;
	ok(inbox_changes(cx, cx->now - 86400, 10, &c));
	for (ptrdiff_t i = 0; i < c.n; i++) n += str_eq(c.at[i].kind, str_of(kind));
	return n;
}

static void a_report_waits_until_it_is_acknowledged(Cx *cx) {
	Hub h = hub(cx);
	Report r = got(cx, h.report);
	static const struct {
		const char *posts;
		int waits;
	} readers[] = {{"duty_officer", 1}, {"supervisor", 1}, {"hub_admin", 0}, {"journalist", 0}};
	for (ptrdiff_t i = 0; i < COUNT(readers); i++) {
		fixture_act(cx, h.police, ME, readers[i].posts);
		assert_int_equal(waits(cx, WAIT_REPORT, h.report.n), readers[i].waits);
	}
	fixture_act(cx, h.ngo, ME, "caseworker"); // another agency's
	assert_int_equal(waits(cx, WAIT_REPORT, h.report.n), 0);
	fixture_act(cx, h.police, ME, "duty_officer");
	ok(report_acknowledge(cx, &r));
	assert_int_equal(waits(cx, WAIT_REPORT, h.report.n), 0);
}

static void a_reporter_who_wrote_last_waits_for_an_answer(Cx *cx) {
	Hub h = hub(cx);
	Report r = got(cx, h.report);
	fixture_act(cx, h.police, ME, "duty_officer");
	ok(report_acknowledge(cx, &r));
	fixture_act_program(cx);
	r = got(cx, h.report);
	ok(report_add(cx, &r, S("They are still there."), NULL, 0, S("an invented token")));
	a_moment_passes();
	fixture_act(cx, h.police, ME, "duty_officer");
	assert_int_equal(waits(cx, WAIT_MESSAGE, h.report.n), 1);
	r = got(cx, h.report);
	ok(report_answer(cx, &r, S("Thank you, somebody is on the way.")));
	assert_int_equal(waits(cx, WAIT_MESSAGE, h.report.n), 0);
}

static void a_waiver_waits_for_somebody_else_than_who_asked(Cx *cx) {
	Hub h = hub(cx);
	Duties d;
	ok(duty_of(cx, (Object){ABOUT_REPORT, h.report.n}, 5, &d));
	assert_true(d.n > 0);
	DutyId id = d.duty[0].id;
	fixture_act(cx, h.police, ME, "supervisor duty_officer");
	ok(duty_ask_waiver(cx, id, d.duty[0].version, S("Answered by another unit.")));
	assert_int_equal(waits(cx, WAIT_WAIVER, id.n), 0);
	fixture_act(cx, h.police, COLLEAGUE, "duty_officer"); // may not agree
	assert_int_equal(waits(cx, WAIT_WAIVER, id.n), 0);
	fixture_act(cx, h.police, COLLEAGUE, "supervisor");
	assert_int_equal(waits(cx, WAIT_WAIVER, id.n), 1);
	fixture_act(cx, h.ngo, COLLEAGUE, "supervisor");
	assert_int_equal(waits(cx, WAIT_WAIVER, id.n), 0);
}

static void judge(Cx *cx, const ScreeningOf *of, ScreeningResult r) {
	ScreeningId id;
	PackAnswers v = pack_answers_on(cx->arena, pack_form(cx->pack, S("screening")));
	pack_form_check(cx, &v);
	ok(screening_save(cx, of, &v, r, S("As we see it."), &id));
	a_moment_passes();
}

static void another_agencys_other_judgement_waits_until_one_looks_again(Cx *cx) {
	Hub h = hub(cx);
	ScreeningOf of;
	ok(screening_of_report(cx, h.report, &of));
	fixture_act(cx, h.police, ME, "investigator");
	judge(cx, &of, SCREENING_PRESUMED);
	fixture_act(cx, h.ngo, COLLEAGUE, "caseworker");
	judge(cx, &of, SCREENING_PRESUMED);
	fixture_act(cx, h.police, ME, "investigator");
	assert_int_equal(waits(cx, WAIT_SCREENING, h.report.n), 0); // the same is no conflict
	fixture_act(cx, h.ngo, COLLEAGUE, "caseworker");
	judge(cx, &of, SCREENING_POSSIBLE);
	assert_int_equal(waits(cx, WAIT_SCREENING, h.report.n), 0); // who judged last is not asked
	fixture_act(cx, h.police, ME, "investigator");
	assert_int_equal(waits(cx, WAIT_SCREENING, h.report.n), 1);
	judge(cx, &of, SCREENING_PRESUMED);
	assert_int_equal(waits(cx, WAIT_SCREENING, h.report.n), 0);
}

static ptrdiff_t people_waiting(Cx *cx, PersonId who) {
	Waits w;
	ptrdiff_t n = 0;
	ok(inbox_waiting(cx, 10, &w));
	for (ptrdiff_t i = 0; i < w.n; i++) n += w.at[i].kind == WAIT_PERSON && w.at[i].person == who.n;
	return n;
}

static void another_judgement_of_a_person_waits_for_who_judged_and_may_read_her(Cx *cx) {
	Hub h = hub(cx);
	CaseId kase;
	Case c;
	Person p = {0};
	fixture_act(cx, h.police, ME, "investigator");
	ok(casefile_open_report(cx, h.report, &kase));
	PackAnswers who = pack_answers_on(cx->arena, pack_form(cx->pack, S("person")));
	assert_true(pack_answer_set(&who, S("capacity"), S("victim")));
	pack_form_check(cx, &who);
	ok(casefile_get(cx, kase, &c));
	ok(casefile_person_add(cx, &c, &who, 0, &p.id));
	ok(casefile_get(cx, kase, &c));
	ok(casefile_person(cx, &c, p.id, &p));
	ok(casefile_join(cx, &c, h.ngo, S("legal_duty")));
	ok(casefile_get(cx, kase, &c));
	ScreeningOf of = {.kase = kase,
			  .person = p.id,
			  .key = p.key,
			  .area = c.area,
			  .lead = c.lead,
			  .number = c.number};
	judge(cx, &of, SCREENING_PRESUMED);
	fixture_act(cx, h.ngo, COLLEAGUE, "caseworker");
	judge(cx, &of, SCREENING_POSSIBLE);
	assert_int_equal(people_waiting(cx, p.id), 0); // who judged last is not asked
	fixture_act(cx, h.police, ME, "investigator");
	assert_int_equal(people_waiting(cx, p.id), 1);
	fixture_act(cx, h.police, ME, "journalist"); // no post that may know
	assert_int_equal(people_waiting(cx, p.id), 0);
	fixture_act(cx, h.state, ME, "supervisor"); // has not judged
	assert_int_equal(people_waiting(cx, p.id), 0);
	fixture_act(cx, h.police, ME, "investigator");
	judge(cx, &of, SCREENING_POSSIBLE); // having talked
	assert_int_equal(people_waiting(cx, p.id), 0);
	judge(cx, &of, SCREENING_PRESUMED);
	fixture_act(cx, h.ngo, COLLEAGUE, "caseworker");
	assert_int_equal(people_waiting(cx, p.id), 1);
	fixture_act(cx, h.police, ME, "investigator");
	ok(casefile_get(cx, kase, &c));
	ok(casefile_leave(cx, &c, h.ngo, S("Their part is done.")));
	fixture_act(cx, h.ngo, COLLEAGUE, "caseworker");
	assert_int_equal(people_waiting(cx, p.id), 0); // takes part no more
}

static void what_others_did_is_told_to_who_may_open_it(Cx *cx) {
	Hub h = hub(cx);
	CaseId kase;
	Report r = got(cx, h.report);
	fixture_act(cx, h.police, ME, "investigator duty_officer");
	ok(report_acknowledge(cx, &r));
	ok(casefile_open_report(cx, h.report, &kase));
	fixture_rebuild_same(cx); // writes the head, from which the walk begins
	fixture_act(cx, h.police, ME, "investigator");
	assert_int_equal(changed(cx, "report.received"), 1); // by a visitor
	assert_int_equal(changed(cx, "report.acknowledged"), 0); // one's own
	fixture_act(cx, h.state, ME, "supervisor"); // stands above
	assert_int_equal(changed(cx, "report.acknowledged"), 1);
	assert_int_equal(changed(cx, "case.opened"), 1);
	static const char *const others[] = {"hub_admin", "journalist", "counsellor", "auditor"};
	for (ptrdiff_t i = 0; i < COUNT(others); i++) {
		fixture_act(cx, h.state, ME, others[i]);
		assert_int_equal(changed(cx, "report.acknowledged"), 0);
		assert_int_equal(changed(cx, "case.opened"), 0);
	}
	fixture_act(cx, h.ngo, ME, "caseworker supervisor");
	assert_int_equal(changed(cx, "report.received"), 0);
	fixture_act(cx, h.state, ME, "supervisor");
	cx->now += 2 * 86400;
	assert_int_equal(changed(cx, "report.acknowledged"), 0); // before she was last here
	cx->now -= 2 * 86400;
}

static void only_posts_that_owe_get_the_list(Cx *cx) {
	static const struct {
		const char *posts;
		bool owes;
	} tries[] = {{"duty_officer", true},
		     {"medical", true},
		     {"hub_admin", false},
		     {"journalist", false},
		     {"auditor", false}};
	for (ptrdiff_t i = 0; i < COUNT(tries); i++) {
		fixture_act(cx, (StakeholderId){5}, ME, tries[i].posts);
		assert_int_equal(inbox_owes(cx), tries[i].owes);
	}
	fixture_act_program(cx);
}

// clang-format 14 does not come to rest on a list of this kind.
// clang-format off
#define TESTS(X) \
	X(a_report_waits_until_it_is_acknowledged) \
	X(a_reporter_who_wrote_last_waits_for_an_answer) \
	X(a_waiver_waits_for_somebody_else_than_who_asked) \
	X(another_agencys_other_judgement_waits_until_one_looks_again) \
	X(another_judgement_of_a_person_waits_for_who_judged_and_may_read_her) \
	X(what_others_did_is_told_to_who_may_open_it) \
	X(only_posts_that_owe_get_the_list)
// clang-format on
FIXTURE_MAIN(TESTS)
