// Who is missed in a report and who is in a case of somebody else: found, and each told only its part.
#include "base/actor.h"
#include "casefile/casefile.h"
#include "fixture.h"
#include "identity/identity.h"
#include "report/report.h"
#include "stakeholder/stakeholder.h"

typedef struct {
	StakeholderId state, police, under, ngo;
	MemberId officer, worker, constable;
} Town;

static Town town(Cx *cx) {
	Town t = {.state = fixture_agency(cx, "STATE", "police", "IN-PB", (StakeholderId){0})};
	t.police = fixture_agency(cx, "AHTU", "police", "IN-PB-KML", t.state);
	t.ngo = fixture_agency(cx, "SAATHI", "ngo", "IN-UD-RMP", (StakeholderId){0});
	t.under = fixture_agency(cx, "BRANCH", "ngo", "IN-UD-RMP", t.ngo);
	t.officer = fixture_member(cx, t.police, "investigator");
	t.worker = fixture_member(cx, t.ngo, "caseworker");
	t.constable = fixture_member(cx, t.under, "caseworker");
	return t;
}

static void set(PackAnswers *v, const char *name, const char *value) {
	assert_true(pack_answer_set(v, str_of(name), str_of(value)));
}

static ReportId missed(Cx *cx, StakeholderId named) {
	PackAnswers v = pack_answers_on(cx->arena, pack_form(cx->pack, S("tell")));
	set(&v, "about", "missing");
	set(&v, "what", "She went to the market and did not come back. (Invented.)");
	set(&v, "area", "IN-PB-KML");
	set(&v, "missing_name", "Ruksana Khatoon");
	set(&v, "missing_birth", "2012-03-04");
	set(&v, "missing_guardian", "Abdul Kalponik");
	set(&v, "missing_place", "Udaharanpur");
	pack_form_check(cx, &v);
	assert_int_equal(v.nerror, 0);
	ReportIn in = {.told = &v, .channel = S("web"), .no_receipt = true};
	if (named.n) in.named[in.nnamed++] = named;
	ReportTaken taken;
	ok(report_receive(cx, &in, &taken));
	return taken.id;
}

static Case case_led_by(Cx *cx, StakeholderId lead) {
	CaseId id;
	Case c;
	ok(casefile_open(cx, &(CaseIn){.lead = lead, .area = S("IN-UD-RMP"), .at = cx->now - 3600}, &id));
	ok(casefile_get(cx, id, &c));
	return c;
}

static PersonId rescued(Cx *cx, const Case *c) {
	PackAnswers v = pack_answers_on(cx->arena, pack_form(cx->pack, S("person")));
	set(&v, "capacity", "victim");
	set(&v, "child", "yes");
	set(&v, "found", "yes");
	set(&v, "given", "রুখসানা");
	set(&v, "family", "খাতুন");
	set(&v, "birth_date", "2012-03-04");
	set(&v, "guardian", "আব্দুল কাল্পনিক");
	set(&v, "city", "উদাহরণপুর");
	pack_form_check(cx, &v);
	PersonId id;
	ok(casefile_person_add(cx, c, &v, 0, &id));
	return id;
}

static void compare(Cx *cx) {
	const Actor *was = cx->actor;
	fixture_act_program(cx);
	ok(identity_begin(cx, &cx->finder));
	for (bool more = true; more;) ok(identity_work(cx, &more));
	ok(identity_tick(cx));
	cx->actor = was;
}

static void end(Cx *cx) {
	finder_free(cx->finder);
	cx->finder = NULL;
}

static Findings waiting(Cx *cx, StakeholderId of, MemberId who, const char *posts) {
	Findings list;
	fixture_act(cx, of, who, posts);
	ok(identity_waiting(cx, 10, &list));
	return list;
}

static void who_is_missed_is_found_elsewhere_in_another_script(Cx *cx) {
	Town t = town(cx);
	ReportId report = missed(cx, (StakeholderId){0});
	Case c = case_led_by(cx, t.ngo);
	PersonId her = rescued(cx, &c), who;
	compare(cx);
	Findings ours = waiting(cx, t.police, t.officer, "investigator");
	assert_int_equal(ours.n, 1);
	assert_int_equal(ours.at[0].on.about, ABOUT_REPORT);
	assert_int_equal(ours.at[0].on.id, report.n);
	assert_true(identity_probable(ours.at[0].weight));
	ok(identity_missed(cx, report, &who));
	assert_int_equal(ours.at[0].person.n, who.n);
	Findings theirs = waiting(cx, t.ngo, t.worker, "caseworker");
	assert_int_equal(theirs.n, 1);
	assert_int_equal(theirs.at[0].person.n, her.n);
	assert_int_equal(theirs.at[0].other_on.about, ABOUT_REPORT);
	bool yes;
	const char *basis;
	ok(identity_may_read(cx, theirs.at[0].other_on, false, &yes, &basis));
	assert_false(yes);
	end(cx);
}

static IdentityHits found(Cx *cx, const char *typed) {
	IdentityFacts f;
	IdentityHits hits;
	ok(identity_facts_typed(cx, str_of(typed), &f));
	ok(identity_find(cx, &f, &(IdentityScope){.least = -1000}, &hits));
	return hits;
}

static void who_is_missed_is_searched_by_who_may_read_the_report(Cx *cx) {
	Town t = town(cx);
	ReportId report = missed(cx, (StakeholderId){0});
	compare(cx);
	fixture_act(cx, t.police, t.officer, "investigator");
	IdentityHits hits = found(cx, "रुख़साना ख़ातून 2012");
	assert_int_equal(hits.n, 1);
	assert_int_equal(hits.at[0].on.id, report.n);
	assert_non_null(hits.at[0].basis);
	fixture_act(cx, t.ngo, t.worker, "caseworker");
	assert_int_equal(found(cx, "Ruksana Khatoon 2012").n, 0);
	end(cx);
}

// Conflict of interest: not even that there is somebody.
static void an_agency_that_the_report_names_is_told_nothing(Cx *cx) {
	Town t = town(cx);
	Finding none;
	Findings list;
	(void)missed(cx, t.ngo);
	Case c = case_led_by(cx, t.ngo), below = case_led_by(cx, t.under);
	PersonId her = rescued(cx, &c), again = rescued(cx, &below);
	compare(cx);
	Findings ours = waiting(cx, t.police, t.officer, "investigator");
	assert_int_equal(ours.n, 2);
	list = waiting(cx, t.ngo, t.worker, "caseworker");
	for (ptrdiff_t i = 0; i < list.n; i++) assert_int_equal(list.at[i].other_on.about, ABOUT_CASE);
	ok(identity_findings_of(cx, (Object){ABOUT_CASE, c.id.n}, her, &list));
	for (ptrdiff_t i = 0; i < list.n; i++) assert_int_equal(list.at[i].other_on.about, ABOUT_CASE);
	for (ptrdiff_t i = 0; i < ours.n; i++)
		assert_int_equal(
			identity_finding(cx, ours.at[i].other_on, ours.at[i].other, ours.at[i].id, &none),
			ERR_NOT_FOUND);
	// Who stands under it answers to it.
	list = waiting(cx, t.under, t.constable, "caseworker");
	for (ptrdiff_t i = 0; i < list.n; i++) assert_int_equal(list.at[i].other_on.about, ABOUT_CASE);
	ok(identity_findings_of(cx, (Object){ABOUT_CASE, below.id.n}, again, &list));
	for (ptrdiff_t i = 0; i < list.n; i++) assert_int_equal(list.at[i].other_on.about, ABOUT_CASE);
	end(cx);
}

static void a_report_and_its_own_case_are_one_story(Cx *cx) {
	Town t = town(cx);
	ReportId report = missed(cx, (StakeholderId){0});
	CaseId id;
	Case c;
	fixture_act(cx, t.police, t.officer, "investigator");
	ok(casefile_open_report(cx, report, &id));
	ok(casefile_get(cx, id, &c));
	(void)rescued(cx, &c);
	compare(cx);
	assert_int_equal(waiting(cx, t.police, t.officer, "investigator").n, 0);
	end(cx);
}

static void who_gets_the_report_gets_the_finding_and_is_not_bound(Cx *cx) {
	Town t = town(cx);
	Report r;
	Finding f;
	ReportId report = missed(cx, (StakeholderId){0});
	Case c = case_led_by(cx, t.ngo);
	(void)rescued(cx, &c);
	compare(cx);
	Findings ours = waiting(cx, t.police, t.officer, "investigator");
	ok(identity_open(cx, &ours.at[0], true));
	ok(identity_finding(cx, ours.at[0].on, ours.at[0].person, ours.at[0].id, &f));
	assert_true(f.open);
	ok(report_get(cx, report, &r));
	ok(report_route(cx, &r, t.state, S("It is for the whole state. (Invented.)")));
	assert_int_equal(waiting(cx, t.police, t.officer, "investigator").n, 0);
	Findings now = waiting(cx, t.state, t.officer, "investigator");
	assert_int_equal(now.n, 1);
	assert_false(now.at[0].open);
	assert_int_equal(now.at[0].lead.n, t.state.n);
	end(cx);
}

static void of_two_members_at_once_the_second_is_asked(Cx *cx) {
	Town t = town(cx);
	Case c = case_led_by(cx, t.ngo);
	compare(cx);
	fixture_act(cx, t.ngo, t.worker, "caseworker");
	PackAnswers v = pack_answers_on(cx->arena, pack_form(cx->pack, S("person")));
	set(&v, "given", "Rukhsana");
	set(&v, "family", "Khatun");
	set(&v, "birth_date", "2012-03-04");
	IdentityFacts facts;
	IdentityHits looked, again;
	ok(identity_facts(cx, &v, &facts));
	ok(identity_find(cx, &facts, &(IdentityScope){.probable = true}, &looked));
	assert_int_equal(looked.n, 0);
	PersonId first = rescued(cx, &c); // of the other member, a moment ago: in no index yet
	ok(identity_find(cx, &facts, &(IdentityScope){.probable = true, .fresh = true, .since = looked.seq},
			 &again));
	assert_int_equal(again.n, 1);
	assert_int_equal(again.at[0].person.n, first.n);
	// Nor is anything told of a case that the second may not read.
	fixture_act(cx, t.under, t.constable, "caseworker");
	ok(identity_find(cx, &facts, &(IdentityScope){.probable = true, .fresh = true, .since = looked.seq},
			 &again));
	assert_int_equal(again.n, 0);
	end(cx);
}

static void what_was_answered_before_saving_stands(Cx *cx) {
	Town t = town(cx);
	Case c = case_led_by(cx, t.ngo), other = case_led_by(cx, t.ngo);
	PersonId first = rescued(cx, &c);
	compare(cx);
	fixture_act(cx, t.ngo, t.worker, "caseworker");
	IdentityHits hits = found(cx, "Rukhsana Khatun 2012");
	assert_true(hits.n == 1 && hits.at[0].person.n == first.n);
	PersonId second = rescued(cx, &other);
	bool said;
	ok(identity_said(cx, second, first, &said));
	assert_false(said);
	ok(identity_answered(cx, second, (Object){ABOUT_CASE, other.id.n}, &hits, first));
	ok(identity_said(cx, second, first, &said));
	assert_true(said);
	Findings list;
	ok(identity_findings_of(cx, (Object){ABOUT_CASE, c.id.n}, first, &list));
	assert_int_equal(list.n, 1);
	assert_true(str_eq(list.at[0].said, S("same")) && str_eq(list.at[0].other_said, S("same")));
	end(cx);
}

// clang-format 14 does not come to rest on a list of this kind.
// clang-format off
#define TESTS(X) \
	X(who_is_missed_is_found_elsewhere_in_another_script) \
	X(who_is_missed_is_searched_by_who_may_read_the_report) \
	X(an_agency_that_the_report_names_is_told_nothing) X(a_report_and_its_own_case_are_one_story) \
	X(who_gets_the_report_gets_the_finding_and_is_not_bound) \
	X(of_two_members_at_once_the_second_is_asked) X(what_was_answered_before_saving_stands)
// clang-format on
FIXTURE_MAIN(TESTS)
