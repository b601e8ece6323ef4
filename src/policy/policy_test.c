#include "fixture.h"
#include <stdio.h>
#include <stdlib.h>

#define POLICE ((StakeholderId){11})
#define ABOVE ((StakeholderId){12})
#define TOP ((StakeholderId){13})
#define NGO ((StakeholderId){14})
#define ANY ((MemberId){21})
#define NAMED ((MemberId){22})
#define A_CASE ((Object){ABOUT_CASE, 31})

// Relations come from projectors only; this kind writes those the test wants, so that rebuild finds them
// again.
static Err project_relate(Cx *cx, const Entry *e) {
	return policy_relate(
		cx, (Object){(About)body_get_int(e->plain, "about"), body_get_int(e->plain, "object")},
		(StakeholderId){body_get_int(e->plain, "who")}, (MemberId){body_get_int(e->plain, "member")},
		(Relation)body_get_int(e->plain, "relation"), body_get_str(e->plain, "basis"), e->time);
}
static Err project_place(Cx *cx, const Entry *e) {
	return policy_place(cx, (StakeholderId){body_get_int(e->plain, "who")},
			    (StakeholderId){body_get_int(e->plain, "above")});
}
static Err project_unrelate(Cx *cx, const Entry *e) {
	return policy_unrelate(cx, A_CASE, (StakeholderId){body_get_int(e->plain, "who")});
}
static const EntryKind RELATE = {"test.relate", project_relate}, PLACE = {"test.place", project_place},
		       UNRELATE = {"test.unrelate", project_unrelate};
static const EntryKind *const own_kinds[] = {&RELATE, &PLACE, &UNRELATE, NULL};
const EntryKind *const *fixture_kinds(void) { return own_kinds; }

static void relate(Cx *cx, Object on, StakeholderId who, MemberId member, Relation r) {
	Entry e = {.kind = &RELATE, .about = ABOUT_HUB, .key = vault_hub_key(cx->vault), .body = body_on(cx)};
	body_int(&e.body, "about", on.about);
	body_int(&e.body, "object", on.id);
	body_int(&e.body, "who", who.n);
	body_int(&e.body, "member", member.n);
	body_int(&e.body, "relation", r);
	body_str(&e.body, "basis", S("legal_duty"));
	ok(ledger_append(cx, &e));
}
static void place(Cx *cx, StakeholderId who, StakeholderId above) {
	Entry e = {.kind = &PLACE, .about = ABOUT_HUB, .key = vault_hub_key(cx->vault), .body = body_on(cx)};
	body_int(&e.body, "who", who.n);
	body_int(&e.body, "above", above.n);
	ok(ledger_append(cx, &e));
}
static void unrelate(Cx *cx, StakeholderId who) {
	Entry e = {
		.kind = &UNRELATE, .about = ABOUT_HUB, .key = vault_hub_key(cx->vault), .body = body_on(cx)};
	body_int(&e.body, "who", who.n);
	ok(ledger_append(cx, &e));
}

static Verdict may(Cx *cx, Act act, Object on) {
	Verdict v;
	ok(policy_may(cx, act, on, &v));
	return v;
}

static void rights_follow_post_and_relation(Cx *cx) {
	relate(cx, A_CASE, POLICE, (MemberId){0}, RELATION_LEAD);
	fixture_act(cx, POLICE, ANY, "investigator");
	Verdict v = may(cx, ACT_case_read, A_CASE);
	assert_true(v.yes && v.relation == RELATION_LEAD && (v.classes & CLASS_BIT(CLASS_INTELLIGENCE)));
	assert_false(v.classes &
		     (CLASS_BIT(CLASS_HEALTH) | CLASS_BIT(CLASS_COUNSELLING) | CLASS_BIT(CLASS_HIV)));
	assert_false(may(cx, ACT_case_read, (Object){ABOUT_CASE, 32})
			     .yes); // no such case, no such right: the same
	fixture_act(cx, NGO, ANY, "investigator");
	assert_false(may(cx, ACT_case_read, A_CASE).yes);
	fixture_act(cx, POLICE, ANY, "hub_admin");
	assert_false(may(cx, ACT_case_read, A_CASE).yes);
	fixture_act(cx, (StakeholderId){0}, (MemberId){0}, "");
	assert_false(may(cx, ACT_case_read, A_CASE).yes || may(cx, ACT_today, (Object){0}).yes);
	assert_true(may(cx, ACT_report_send, (Object){0}).yes);
}

static void who_stands_above_oversees(Cx *cx) {
	place(cx, ABOVE, TOP);
	place(cx, POLICE, ABOVE);
	relate(cx, A_CASE, POLICE, (MemberId){0}, RELATION_PARTICIPANT);
	fixture_act(cx, TOP, ANY, "supervisor");
	assert_true(may(cx, ACT_case_read, A_CASE).relation == RELATION_OVERSIGHT);
	fixture_act(cx, TOP, ANY, "investigator");
	assert_false(may(cx, ACT_case_read, A_CASE).yes);
}

static void a_wall_beats_everything_and_stays(Cx *cx) {
	relate(cx, A_CASE, POLICE, (MemberId){0}, RELATION_WALLED);
	relate(cx, A_CASE, POLICE, (MemberId){0}, RELATION_LEAD);
	unrelate(cx, POLICE);
	fixture_act(cx, POLICE, ANY, "investigator supervisor duty_officer");
	for (int a = 1; a < ACT__N; a++) assert_false(may(cx, (Act)a, A_CASE).yes);
	bool walled;
	ok(policy_is_walled(cx, A_CASE, POLICE, &walled));
	assert_true(walled);
}

static void the_stronger_relation_stays_and_can_be_taken(Cx *cx) {
	relate(cx, A_CASE, NGO, (MemberId){0}, RELATION_LEAD);
	relate(cx, A_CASE, NGO, (MemberId){0}, RELATION_PARTICIPANT);
	fixture_act(cx, NGO, ANY, "caseworker");
	assert_true(may(cx, ACT_case_close, A_CASE).yes);
	fixture_act_program(cx);
	unrelate(cx, NGO);
	fixture_act(cx, NGO, ANY, "caseworker");
	assert_false(may(cx, ACT_case_read, A_CASE).yes);
}

static void hiv_is_for_the_named_member_alone(Cx *cx) {
	Object person = {ABOUT_PERSON, 41};
	relate(cx, person, NGO, NAMED, RELATION_NAMED);
	fixture_act(cx, NGO, NAMED, "counsellor");
	assert_true(may(cx, ACT_note_read, person).classes & CLASS_BIT(CLASS_HIV));
	fixture_act(cx, NGO, ANY, "counsellor");
	assert_false(may(cx, ACT_note_read, person).yes);
}

// Nobody who runs the machine, writes for a paper, studies or sells has an act on a case, report or duty.
static void outsiders_have_no_act_on_what_people_told(Cx *cx) {
	static const char *const outsider[] = {"hub_admin",	   "journalist",       "researcher",
					       "business_partner", "directory_editor", "auditor"};
	for (ptrdiff_t i = 0; i < COUNT(outsider); i++)
		for (int r = 0; r < RELATION__N; r++)
			for (int a = ACT_report_list; a < ACT__N; a++) {
				int p = grants_post(cx->pack->grants, str_of(outsider[i]));
				assert_true(p >= 0);
				assert_int_equal(policy_grant(cx->pack, 1U << p, false, (Relation)r, (Act)a),
						 0);
			}
}

static void the_matrix_is_the_committed_one(Cx *cx) {
	char path[4096];
	Str now = policy_matrix(cx->arena, cx->pack);
	(void)snprintf(path, sizeof path, "%s/tests/policy_matrix.txt", getenv("SANGAM_ROOT"));
	if (getenv("SANGAM_WRITE_MATRIX")) {
		FILE *w = fopen(path, "we");
		assert_non_null(w);
		assert_int_equal(fwrite(now.p, 1, (size_t)now.n, w), now.n);
		assert_int_equal(fclose(w), 0);
	}
	FILE *f = fopen(path, "re");
	assert_non_null(f);
	char *text = NEW(cx->arena, char, now.n + 1);
	size_t n = fread(text, 1, (size_t)now.n + 1, f);
	assert_int_equal(fclose(f), 0);
	if (!str_eq(now, (Str){text, (ptrdiff_t)n}))
		fail_msg("grants.csv gives other rights than tests/policy_matrix.txt. If that is meant, "
			 "write it again "
			 "(SANGAM_WRITE_MATRIX=1) and let somebody read the difference.");
}

#define BOTH(f) \
	static void test_##f(void **s) { \
		(void)s; \
		fixture_both(f); \
	}
BOTH(rights_follow_post_and_relation)
BOTH(who_stands_above_oversees)
BOTH(a_wall_beats_everything_and_stays)
BOTH(the_stronger_relation_stays_and_can_be_taken)
BOTH(hiv_is_for_the_named_member_alone)
BOTH(outsiders_have_no_act_on_what_people_told)
BOTH(the_matrix_is_the_committed_one)

int main(void) {
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rights_follow_post_and_relation),
		cmocka_unit_test(test_who_stands_above_oversees),
		cmocka_unit_test(test_a_wall_beats_everything_and_stays),
		cmocka_unit_test(test_the_stronger_relation_stays_and_can_be_taken),
		cmocka_unit_test(test_hiv_is_for_the_named_member_alone),
		cmocka_unit_test(test_outsiders_have_no_act_on_what_people_told),
		cmocka_unit_test(test_the_matrix_is_the_committed_one),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
