#include "duty/duty.h"
#include "report/report.h"
#include "screening/screening.h"
#include "stakeholder/stakeholder.h"
#include "tests/fixture.h"
#include <time.h>

// The reference vectors of the Delphi combination rule, T1 to T8, then the gap in its table: coercive
// recruitment and exploitation without coercion at the destination goes to human review here.
static const struct {
	const char *name, *codes, *profile, *child, *act, *result;
	ScreeningResult suggests;
	bool review;
} vectors[] = {
	{"T1", "dr_job dr_wage ex_hours ex_salary cd_docs cd_debt", "adult_labour", "no", "",
	 "trafficking_for_forced_labour", SCREENING_PRESUMED, false},
	{"T2", "dr_job dr_wage ex_hours ex_salary", "adult_labour", "no", "", "deception_and_exploitation",
	 SCREENING_POSSIBLE, false},
	{"T3", "ex_hours ex_salary", "adult_labour", "no", "", "labour_rights_case", SCREENING_POSSIBLE,
	 false},
	{"T4", "dr_job", "adult_labour", "no", "", "no_indication", SCREENING_NO_INDICATION, false},
	{"T5", "ex_salary ex_living ex_hazard", "child_labour", "yes", "harbouring",
	 "child_trafficking_indicated", SCREENING_PRESUMED, false},
	{"T5 without an act", "ex_salary ex_living ex_hazard", "child_labour", "yes", "",
	 "child_trafficking_indicated", SCREENING_POSSIBLE, true},
	{"T6", "dr_wage dr_contract dr_edu ex_salary ex_wage ex_edu cd_wages cd_denounce cd_inform",
	 "adult_labour", "no", "", "trafficking_for_forced_labour", SCREENING_PRESUMED, false},
	{"T7", "dr_wage dr_contract ex_salary ex_wage", "adult_labour", "no", "", "no_indication",
	 SCREENING_NO_INDICATION, false},
	{"T8", "cr_violence cr_debt ex_hours ex_living cd_isol cd_threat", "adult_labour", "no", "",
	 "trafficking_for_forced_labour", SCREENING_PRESUMED, false},
	{"the gap", "cr_violence cr_debt ex_hours ex_living", "adult_labour", "no", "", "review",
	 SCREENING_POSSIBLE, true},
};

static const PackIndicator *indicator(const Pack *p, Str code) {
	for (ptrdiff_t i = 0; i < p->nindicator; i++)
		if (str_eq(p->indicator[i].code, code)) return &p->indicator[i];
	fail_msg("no indicator %.*s", (int)code.n, code.p);
	return NULL;
}

// Each code is put where the form asks for it: ind_<dimension>.
static PackAnswers form(Cx *cx, const char *profile, const char *child, const char *act, const char *codes) {
	PackAnswers v = pack_answers_on(cx->arena, pack_form(cx->pack, S("screening")));
	assert_true(pack_answer_set(&v, S("profile"), str_of(profile)));
	assert_true(pack_answer_set(&v, S("child"), str_of(child)));
	if (*act) assert_true(pack_answer_set(&v, S("act"), str_of(act)));
	Str rest = str_of(codes), code;
	while (str_cut(&rest, ' ', &code)) {
		Str ask =
			str_fmt(cx->arena, "ind_%s", str_z(cx->arena, indicator(cx->pack, code)->dimension));
		Str before = pack_answer(&v, str_z(cx->arena, ask));
		Str part[] = {before, code};
		assert_true(pack_answer_set(&v, ask, before.n ? str_join(cx->arena, S(" "), part, 2) : code));
	}
	pack_form_check(cx, &v);
	assert_int_equal(v.nerror, 0);
	return v;
}

static void the_delphi_vectors_come_out_as_computed_elsewhere(Cx *cx) {
	for (ptrdiff_t i = 0; i < COUNT(vectors); i++) {
		PackAnswers v =
			form(cx, vectors[i].profile, vectors[i].child, vectors[i].act, vectors[i].codes);
		Suggestion s;
		ok(screening_suggest(cx, &v, &s));
		if (!str_eq(s.result, str_of(vectors[i].result)) || s.suggests != vectors[i].suggests ||
		    s.review != vectors[i].review)
			fail_msg("%s gives %.*s", vectors[i].name, (int)s.result.n, s.result.p);
	}
}

static const ScreeningDimension *dimension(const Suggestion *s, const char *code) {
	for (ptrdiff_t i = 0; i < s->ndimension; i++)
		if (str_eq(s->dimension[i].dimension->code, str_of(code))) return &s->dimension[i];
	return NULL;
}

static void a_suggestion_says_its_reasons(Cx *cx) {
	PackAnswers v = form(cx, "adult_labour", "no", "recruitment", "dr_job dr_wage ex_edu");
	Suggestion s;
	ok(screening_suggest(cx, &v, &s));
	assert_int_equal(s.ticked, 3);
	const ScreeningDimension *d = dimension(&s, "deceptive_recruitment"),
				 *e = dimension(&s, "exploitation");
	assert_non_null(d);
	assert_non_null(e);
	assert_true(d->positive && d->strong == 1 && d->medium == 1 && d->nsign == 2);
	assert_true(!e->positive && e->weak == 1);
	assert_true(s.rule.n > 0 && s.act && !s.means && s.means_needed);
}

static void sexual_exploitation_is_for_people_and_has_no_weights(Cx *cx) {
	static const char *const profile[] = {"adult_sexual", "child_sexual"};
	const PackForm *f = pack_form(cx->pack, S("screening"));
	for (ptrdiff_t i = 0; i < COUNT(profile); i++) {
		PackAnswers v = pack_answers_on(cx->arena, f);
		const PackIndicator *sign = NULL;
		for (ptrdiff_t k = 0; k < cx->pack->nindicator && !sign; k++)
			if (str_eq(cx->pack->indicator[k].dimension, S("sexual_exploitation")))
				sign = &cx->pack->indicator[k];
		assert_non_null(sign);
		assert_true(pack_answer_set(&v, S("profile"), str_of(profile[i])));
		assert_true(pack_answer_set(&v, S("child"), i ? S("yes") : S("no")));
		assert_true(pack_answer_set(&v, S("ind_sexual_exploitation"), sign->code));
		pack_form_check(cx, &v);
		Suggestion s;
		ok(screening_suggest(cx, &v, &s));
		assert_true(s.review);
		assert_int_equal(s.suggests, SCREENING_POSSIBLE);
		assert_int_equal(s.dimension[0].strong + s.dimension[0].medium + s.dimension[0].weak, 0);
	}
}

static void means_are_not_needed_for_a_child_or_an_unknown_age(Cx *cx) {
	static const char *const child[] = {"yes", "unknown", "no"};
	for (ptrdiff_t i = 0; i < COUNT(child); i++) {
		PackAnswers v = form(cx, "other", child[i], "", "");
		Suggestion s;
		ok(screening_suggest(cx, &v, &s));
		assert_int_equal(s.means_needed, i == 2);
	}
}

// Ids sort by the millisecond they were made in.
static void a_moment_passes(void) { nanosleep(&(struct timespec){.tv_nsec = 2000000}, NULL); }

// ---- decisions
// ---------------------------------------------------------------------------------------------------

typedef struct {
	StakeholderId police, ngo;
	ScreeningOf of;
} Matter;

static StakeholderId agency(Cx *cx, const char *code, const char *kind) {
	StakeholderId id;
	StakeholderIn in = {
		.code = str_of(code), .kind = str_of(kind), .area = S("IN-UD-RMP"), .listed = true};
	in.name[LANG_EN] = str_fmt(cx->arena, "Test %s", code);
	ok(stakeholder_add(cx, &in, &id));
	return id;
}

static Matter matter(Cx *cx) {
	Matter m = {.police = agency(cx, "POL", "police"), .ngo = agency(cx, "NGO", "ngo")};
	PackAnswers v = pack_answers_on(cx->arena, pack_form(cx->pack, S("tell")));
	ReportTaken t;
	assert_true(pack_answer_set(&v, S("about"), S("person")));
	assert_true(pack_answer_set(&v, S("what"), S("An invented worry.")));
	assert_true(pack_answer_set(&v, S("area"), S("IN-UD-RMP")));
	pack_form_check(cx, &v);
	ok(report_receive(cx, &(ReportIn){.told = &v, .channel = S("web")}, &t));
	ok(screening_of_report(cx, t.id, &m.of));
	fixture_act(cx, m.police, (MemberId){7}, "duty_officer");
	return m;
}

static void a_decision_stands_with_its_suggestion(Cx *cx) {
	Matter m = matter(cx);
	PackAnswers v = form(cx, "adult_labour", "no", "recruitment", vectors[0].codes), again;
	ScreeningId id;
	Screening s;
	Report r;
	Str why;
	ok(screening_save(cx, &m.of, &v, SCREENING_PRESUMED, S(""), &id));
	ok(screening_get(cx, id, &m.of, &s));
	assert_true(s.suggested == SCREENING_PRESUMED && s.decided == SCREENING_PRESUMED &&
		    s.decided_by.n == 7);
	ok(screening_answers(cx, &s, "own_work", &again, &why));
	assert_true(str_eq(pack_answer(&again, "ind_exploitation"), pack_answer(&v, "ind_exploitation")));
	ok(report_get(cx, m.of.report, &r));
	assert_int_equal(r.state, REPORT_SCREENED);
	assert_int_equal(screening_decide(cx, id, &m.of, SCREENING_POSSIBLE, S("later thought")),
			 ERR_CONFLICT);
	ScreeningOf other = m.of;
	other.report.n++;
	assert_int_equal(screening_get(cx, id, &other, &s), ERR_NOT_FOUND);
}

static void a_decision_against_the_suggestion_needs_a_reason(Cx *cx) {
	Matter m = matter(cx);
	PackAnswers v = form(cx, "adult_labour", "no", "", "dr_job"), again;
	ScreeningId id;
	Screening s;
	Str why;
	ok(screening_save(cx, &m.of, &v, SCREENING_NONE, S(""), &id));
	ok(screening_get(cx, id, &m.of, &s));
	assert_int_equal(s.decided, SCREENING_NONE);
	assert_int_equal(screening_decide(cx, id, &m.of, SCREENING_CONFIRMED, S(" ")), ERR_INVALID);
	assert_int_equal(screening_decide(cx, id, &m.of, SCREENING_NONE, S("x")), ERR_INVALID);
	ok(screening_decide(cx, id, &m.of, SCREENING_POSSIBLE, S("She would not look up.")));
	ok(screening_get(cx, id, &m.of, &s));
	ok(screening_answers(cx, &s, "own_work", &again, &why));
	assert_true(str_eq(why, S("She would not look up.")));
}

static void no_indication_closes_nothing(Cx *cx) {
	Matter m = matter(cx);
	PackAnswers v = form(cx, "adult_labour", "no", "", "dr_job");
	ScreeningId id;
	Report r;
	ok(screening_save(cx, &m.of, &v, SCREENING_NO_INDICATION, S(""), &id));
	ok(report_get(cx, m.of.report, &r));
	assert_int_equal(r.state, REPORT_SCREENED);
}

static int live(Cx *cx, const Matter *m, const char *output) {
	Duties d;
	int n = 0;
	ok(duty_of(cx, (Object){ABOUT_REPORT, m->of.report.n}, 100, &d));
	for (ptrdiff_t i = 0; i < d.n; i++)
		n += d.duty[i].row && str_eq(d.duty[i].row->output, str_of(output)) &&
		     duty_state_live(d.duty[i].state);
	return n;
}

static bool raised(Cx *cx, const Matter *m, const char *event) {
	Duties d;
	bool yes = false;
	ok(duty_of(cx, (Object){ABOUT_REPORT, m->of.report.n}, 100, &d));
	for (ptrdiff_t i = 0; i < d.n; i++) yes |= str_eq(d.duty[i].event, str_of(event));
	return yes;
}

static void agencies_that_judge_differently_both_stay_and_it_is_said(Cx *cx) {
	Matter m = matter(cx);
	PackAnswers v = form(cx, "adult_labour", "no", "recruitment", vectors[0].codes);
	ScreeningId id;
	Screenings l;
	ok(screening_save(cx, &m.of, &v, SCREENING_PRESUMED, S(""), &id));
	assert_true(raised(cx, &m, "screening_presumed"));
	ok(screening_list(cx, &m.of, &l));
	assert_false(l.disputed);
	a_moment_passes();
	fixture_act(cx, m.ngo, (MemberId){8}, "caseworker");
	ok(screening_save(cx, &m.of, &v, SCREENING_POSSIBLE, S("The account is thin."), &id));
	ok(screening_list(cx, &m.of, &l));
	assert_true(l.n == 2 && l.disputed && l.latest == SCREENING_POSSIBLE);
	assert_true(raised(cx, &m, "screening_disputed"));
	assert_int_equal(live(cx, &m, "joint_view"), 1);
	a_moment_passes();
	ok(screening_save(cx, &m.of, &v, SCREENING_PRESUMED, S(""), &id)); // having talked
	ok(screening_list(cx, &m.of, &l));
	assert_true(l.n == 3 && !l.disputed);
	assert_int_equal(live(cx, &m, "joint_view"), 0); // which was what was owed
}

#define TESTS(X) \
	X(the_delphi_vectors_come_out_as_computed_elsewhere) \
	X(a_suggestion_says_its_reasons) \
	X(sexual_exploitation_is_for_people_and_has_no_weights) \
	X(means_are_not_needed_for_a_child_or_an_unknown_age) \
	X(a_decision_stands_with_its_suggestion) \
	X(a_decision_against_the_suggestion_needs_a_reason) \
	X(no_indication_closes_nothing) \
	X(agencies_that_judge_differently_both_stay_and_it_is_said)
FIXTURE_MAIN(TESTS)
