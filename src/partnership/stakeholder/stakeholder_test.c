#include "fixture.h"
#include "stakeholder/stakeholder.h"

static StakeholderId add(Cx *cx, const char *code, const char *kind, const char *area, StakeholderId above) {
	StakeholderId id = {0};
	StakeholderIn in = {
		.code = str_of(code),
		.kind = str_of(kind),
		.area = str_of(area),
		.above = above,
		.listed = true,
		.name = {[LANG_EN] = str_fmt(cx->arena, "%s (demo)", code), [LANG_HI] = S("परीक्षण")},
	};
	ok(stakeholder_add(cx, &in, &id));
	return id;
}

static MemberId join(Cx *cx, StakeholderId of, const char *posts) {
	MemberId id = {0};
	ok(member_add(cx,
		      &(MemberIn){.stakeholder = of,
				  .name = S("Nobody Namoona (demo)"),
				  .posts = posts_from_text(cx->pack, str_of(posts))},
		      &id));
	return id;
}

// A state, a district in it, another state: whatever the pack calls them.
typedef struct {
	const char *country, *state, *district, *elsewhere;
} Places;
static Places places(Cx *cx) {
	Places p = {.country = str_z(cx->arena, cx->pack->country)};
	for (ptrdiff_t i = 0; i < cx->pack->narea; i++) {
		const PackArea *a = &cx->pack->area[i];
		const PackArea *in = a->parent.n ? pack_area(cx->pack, a->parent) : NULL;
		if (!in) continue;
		if (!p.district && in->parent.n) {
			p.district = str_z(cx->arena, a->code);
			p.state = str_z(cx->arena, in->code);
		}
	}
	for (ptrdiff_t i = 0; i < cx->pack->narea; i++) {
		const PackArea *a = &cx->pack->area[i];
		if (str_eq(a->parent, cx->pack->country) && !str_eq(a->code, str_of(p.state)))
			p.elsewhere = str_z(cx->arena, a->code);
	}
	assert_non_null(p.district);
	assert_non_null(p.elsewhere);
	return p;
}

static void an_agency_is_added_once_and_read_back(Cx *cx) {
	Places p = places(cx);
	Stakeholder s;
	StakeholderId hub = add(cx, "HUB-T", "hub", p.country, (StakeholderId){0}),
		      id = add(cx, "POL-1", "police", p.district, hub), above;
	ok(stakeholder_get(cx, id, &s));
	assert_true(str_eq(s.code, S("POL-1")) && str_eq(s.kind, S("police")) && s.above.n == hub.n &&
		    s.active && s.listed);
	assert_true(str_eq(s.name, S("POL-1 (demo)")));
	cx->lang = LANG_HI;
	ok(stakeholder_get(cx, id, &s));
	assert_true(str_eq(s.name, S("परीक्षण")));
	cx->lang = LANG_BN; // a language it has no name in
	ok(stakeholder_name(cx, id, &s.name));
	assert_true(str_eq(s.name, S("POL-1 (demo)")));
	cx->lang = LANG_EN;
	ok(stakeholder_above(cx, id, &above));
	assert_int_equal(above.n, hub.n);
	ok(stakeholder_by_code(cx, S("POL-1"), &s));
	assert_int_equal(s.id.n, id.n);
	assert_int_equal(stakeholder_by_code(cx, S("POL-2"), &s), ERR_NOT_FOUND);
	assert_int_equal(stakeholder_get(cx, (StakeholderId){7}, &s), ERR_NOT_FOUND);
	ok(stakeholder_name(cx, (StakeholderId){0}, &s.name));
	assert_int_equal(s.name.n, 0);
}

static void what_is_wrong_with_an_agency_is_said_by_field(Cx *cx) {
	Places p = places(cx);
	StakeholderId hub = add(cx, "HUB-T", "hub", p.country, (StakeholderId){0});
	static const char long_phone[] = "0123456789012345678901234567890";
	StakeholderIn good = {.code = S("NGO-1"),
			      .kind = S("ngo"),
			      .area = str_of(p.state),
			      .above = hub,
			      .name = {[LANG_EN] = S("A (demo)")}};
	struct {
		StakeholderIn in;
		AgencyFault fault;
	} tries[] = {
		{good, AGENCY_RIGHT},	   {good, AGENCY_CODE},	 {good, AGENCY_CODE},  {good, AGENCY_CODE},
		{good, AGENCY_CODE_TAKEN}, {good, AGENCY_KIND},	 {good, AGENCY_AREA},  {good, AGENCY_ABOVE},
		{good, AGENCY_NAME},	   {good, AGENCY_PHONE}, {good, AGENCY_PHONE},
	};
	tries[1].in.code = S("ngo-1");
	tries[2].in.code = S("-NGO");
	tries[3].in.code = S("N");
	tries[4].in.code = S("HUB-T");
	for (ptrdiff_t i = 5; i < COUNT(tries); i++) tries[i].in.code = S("NGO-2");
	tries[5].in.kind = S("gang");
	tries[6].in.area = S("XX");
	tries[7].in.above = (StakeholderId){99};
	tries[8].in.name[LANG_EN] = S("");
	tries[9].in.phone = S("call me");
	tries[10].in.phone = str_of(long_phone);
	for (ptrdiff_t i = 0; i < COUNT(tries); i++) {
		AgencyFault f;
		StakeholderId id;
		ok(stakeholder_fault(cx, &tries[i].in, true, &f));
		assert_int_equal(f, tries[i].fault);
		assert_int_equal(stakeholder_add(cx, &tries[i].in, &id), i ? ERR_INVALID : OK);
	}
}

static void two_editors_never_overwrite_each_other(Cx *cx) {
	Places p = places(cx);
	Stakeholder s;
	StakeholderId id = add(cx, "NGO-1", "ngo", p.state, (StakeholderId){0});
	ok(stakeholder_get(cx, id, &s));
	StakeholderChange to = {.version = s.version,
				.name = {[LANG_EN] = S("New name (demo)")},
				.phone = S("+91 00 0000"),
				.active = true};
	ok(stakeholder_change(cx, id, &to));
	assert_int_equal(stakeholder_change(cx, id, &to), ERR_CONFLICT);
	ok(stakeholder_get(cx, id, &s));
	assert_true(str_eq(s.name, S("New name (demo)")) && !s.listed && str_eq(s.phone, S("+91 00 0000")));
	to.version = s.version;
	to.name[LANG_EN] = S("");
	assert_int_equal(stakeholder_change(cx, id, &to), ERR_INVALID);
}

static void the_nearest_agency_is_the_lowest_one_that_is_not_walled(Cx *cx) {
	Places p = places(cx);
	StakeholderId none = {0}, got;
	Object report = {ABOUT_REPORT, 4711};
	StakeholderId country = add(cx, "POL-C", "police", p.country, none),
		      state = add(cx, "POL-S", "police", p.state, country);
	StakeholderId first = add(cx, "POL-D1", "police", p.district, state),
		      second = add(cx, "POL-D2", "police", p.district, state);
	struct {
		const char *area;
		StakeholderId is;
	} tries[] = {{p.district, first},
		     {p.state, state},
		     {p.elsewhere, country},
		     {"", country},
		     {"XX", country}};
	for (ptrdiff_t i = 0; i < COUNT(tries); i++) {
		ok(stakeholder_nearest(cx, S("police"), str_of(tries[i].area), (Object){0}, &got));
		assert_int_equal(got.n, tries[i].is.n);
	}
	ok(stakeholder_nearest(cx, S("shelter"), str_of(p.district), (Object){0}, &got));
	assert_int_equal(got.n, 0);
	// A wall is made by an entry of its own in the program; here the rows alone are looked at, and taken
	// away again.
	ok(db_savepoint(cx->db, cx->why));
	ok(policy_relate(cx, report, first, (MemberId){0}, RELATION_WALLED, S("own_work"), cx->now));
	ok(stakeholder_nearest(cx, S("police"), str_of(p.district), report, &got));
	assert_int_equal(got.n, second.n);
	ok(policy_relate(cx, report, second, (MemberId){0}, RELATION_WALLED, S("own_work"), cx->now));
	ok(stakeholder_nearest(cx, S("police"), str_of(p.district), report, &got));
	assert_int_equal(got.n, state.n);
	ok(db_rollback_to(cx->db, cx->why));
	ok(stakeholder_change(cx, first,
			      &(StakeholderChange){.version = 1,
						   .name = {[LANG_EN] = S("Closed (demo)")},
						   .active = false}));
	ok(stakeholder_nearest(cx, S("police"), str_of(p.district), (Object){0}, &got));
	assert_int_equal(got.n, second.n);
}

static void spellings_of_one_name_find_each_other(Cx *cx) {
	static const struct {
		const char *a, *b;
	} same[] = {{"Saathi", "sathi"}, {"Rampoor", "Rampur"}, {"Sewa", "Seva"},
		    {"Azad", "Ajad"},	 {"  A--B ", "a b"},	{"Shakti", "Sakti"}};
	for (ptrdiff_t i = 0; i < COUNT(same); i++)
		assert_true(str_eq(stakeholder_fold(cx->arena, str_of(same[i].a)),
				   stakeholder_fold(cx->arena, str_of(same[i].b))));
	assert_false(
		str_eq(stakeholder_fold(cx->arena, S("Rampur")), stakeholder_fold(cx->arena, S("Sampur"))));
	assert_true(str_eq(stakeholder_fold(cx->arena, S("Unit 100")),
			   S("unit 100"))); // digits are not spellings
	assert_true(str_eq(stakeholder_fold(cx->arena, S("100%_")), S("100"))); // nothing of it is a pattern
}

static void the_directory_filters_and_pages_by_name(Cx *cx) {
	Places p = places(cx);
	Stakeholders list;
	StakeholderId none = {0};
	add(cx, "AA-1", "police", p.country, none);
	add(cx, "BB-1", "ngo", p.district, none);
	add(cx, "CC-1", "ngo", p.elsewhere, none);
	ok(stakeholder_list(cx, &(StakeholderFilter){.limit = 2}, &list));
	assert_true(list.n == 2 && list.more && str_eq(list.at[0].code, S("AA-1")));
	ok(stakeholder_list(cx, &(StakeholderFilter){.limit = 2, .after = list.at[1].id}, &list));
	assert_true(list.n == 1 && !list.more && str_eq(list.at[0].code, S("CC-1")));
	ok(stakeholder_list(cx, &(StakeholderFilter){.kind = S("ngo")}, &list));
	assert_int_equal(list.n, 2);
	ok(stakeholder_list(cx, &(StakeholderFilter){.area = str_of(p.state)},
			    &list)); // the country's, and the district's inside it
	assert_true(list.n == 2 && str_eq(list.at[1].code, S("BB-1")));
	ok(stakeholder_list(cx, &(StakeholderFilter){.search = S("cc DEEMO")}, &list));
	assert_int_equal(list.n, 0);
	ok(stakeholder_list(cx, &(StakeholderFilter){.search = S("CC-1 (demo")}, &list));
	assert_int_equal(list.n, 1);
	ok(stakeholder_list(cx, &(StakeholderFilter){.search = S("परी")}, &list));
	assert_int_equal(list.n, 3);
}

static void a_shelter_is_never_listed_and_unseen_by_strangers(Cx *cx) {
	Places p = places(cx);
	Stakeholders list;
	Stakeholder s;
	bool seen;
	StakeholderId none = {0}, dept = add(cx, "DEPT", "social_welfare", p.state, none);
	StakeholderId shelter = add(cx, "HOME-1", "shelter", p.district, dept),
		      other = add(cx, "NGO-1", "ngo", p.district, none);
	MemberId m = join(cx, other, "caseworker");
	ok(stakeholder_get(cx, shelter, &s));
	assert_false(s.listed);
	ok(stakeholder_change(cx, shelter,
			      &(StakeholderChange){.version = 1,
						   .name = {[LANG_EN] = S("Home (demo)")},
						   .listed = true,
						   .active = true}));
	ok(stakeholder_get(cx, shelter, &s));
	assert_false(s.listed);
	struct {
		StakeholderId agency;
		const char *posts;
		bool sees;
	} tries[] = {
		{other, "caseworker supervisor", false},
		{shelter, "shelter_warden", true},
		{dept, "caseworker", true},
		{other, "hub_admin", true},
	};
	for (ptrdiff_t i = 0; i < COUNT(tries); i++) {
		fixture_act(cx, tries[i].agency, m, tries[i].posts);
		ok(stakeholder_seen(cx, &s, &seen));
		assert_int_equal(seen, tries[i].sees);
	}
	ok(stakeholder_list(cx, &(StakeholderFilter){.mine = other}, &list));
	assert_int_equal(list.n, 2);
	ok(stakeholder_list(cx, &(StakeholderFilter){.mine = dept}, &list));
	assert_int_equal(list.n, 3);
	ok(stakeholder_list(cx, &(StakeholderFilter){.unlisted = true}, &list));
	assert_int_equal(list.n, 3);
}

static void posts_follow_the_rules_of_the_hub(Cx *cx) {
	Places p = places(cx);
	StakeholderId agency = add(cx, "NGO-1", "ngo", p.district, (StakeholderId){0});
	MemberId boss = join(cx, agency, "supervisor"), other = join(cx, agency, "caseworker"),
		 admin = join(cx, agency, "hub_admin");
	uint32_t sup = posts_from_text(cx->pack, S("supervisor")),
		 adm = posts_from_text(cx->pack, S("hub_admin"));
	uint32_t aud = posts_from_text(cx->pack, S("auditor")),
		 cas = posts_from_text(cx->pack, S("caseworker"));
	uint32_t dir = posts_from_text(cx->pack, S("directory_editor"));
	assert_true(sup && adm && aud && cas && dir);
	fixture_act(cx, agency, boss, "supervisor");
	assert_int_equal(posts_fault(cx, other, cas, cas | sup), POSTS_RIGHT);
	assert_int_equal(posts_fault(cx, other, cas, 0), POSTS_NONE);
	assert_int_equal(posts_fault(cx, other, cas, aud), POSTS_HUB_ONLY);
	assert_int_equal(posts_fault(cx, other, aud, cas), POSTS_HUB_ONLY);
	assert_int_equal(posts_fault(cx, other, cas, adm), POSTS_HUB_ONLY);
	assert_int_equal(posts_fault(cx, boss, sup, sup | cas), POSTS_OWN);
	fixture_act(cx, agency, admin, "hub_admin");
	assert_int_equal(posts_fault(cx, other, cas, aud), POSTS_RIGHT);
	assert_int_equal(posts_fault(cx, other, cas, adm | dir), POSTS_RIGHT);
	assert_int_equal(posts_fault(cx, other, cas, adm | cas), POSTS_ALONE);
	assert_int_equal(posts_fault(cx, admin, adm, cas), POSTS_OWN);
	assert_true(str_eq(posts_text(cx->arena, cx->pack, cas | sup), S("caseworker supervisor")));
	assert_true(str_eq(posts_said(cx, cas | sup), S("Caseworker, Supervisor")));
	assert_int_equal(posts_from_text(cx->pack, S("nonsense")), 0);
}

static void a_member_changes_only_from_what_was_seen(Cx *cx) {
	Places p = places(cx);
	Member m;
	Members list;
	MemberId found;
	StakeholderId agency = add(cx, "NGO-1", "ngo", p.district, (StakeholderId){0});
	MemberId boss = join(cx, agency, "supervisor"), id = join(cx, agency, "caseworker");
	uint32_t both_posts = posts_from_text(cx->pack, S("caseworker counsellor"));
	ok(member_get(cx, id, &m));
	assert_true(str_eq(m.name, S("Nobody Namoona (demo)")) && m.active && m.rights == 1 &&
		    m.lang == LANG_EN);
	fixture_act(cx, agency, boss, "supervisor");
	ok(member_set_posts(cx, id, 1, both_posts));
	assert_int_equal(member_set_posts(cx, id, 1, both_posts), ERR_CONFLICT);
	assert_int_equal(member_set_posts(cx, id, 2, posts_from_text(cx->pack, S("auditor"))), ERR_INVALID);
	assert_int_equal(member_suspend(cx, id, 2, S("")), ERR_INVALID);
	assert_int_equal(member_suspend(cx, boss, 1, S("mine")), ERR_INVALID);
	assert_int_equal(member_restore(cx, id, 2), ERR_CONFLICT);
	ok(member_suspend(cx, id, 2, S("left the agency")));
	assert_int_equal(member_suspend(cx, id, 3, S("again")), ERR_CONFLICT);
	assert_int_equal(member_set_posts(cx, id, 3, both_posts), ERR_CONFLICT);
	ok(member_with_post(cx, agency, S("caseworker"), &found));
	assert_int_equal(found.n, 0);
	fixture_rebuild_same(cx);
	fixture_act(cx, agency, boss, "supervisor");
	ok(member_restore(cx, id, 3));
	ok(member_set_lang(cx, id, LANG_HI));
	assert_int_equal(member_set_lang(cx, id, LANG__N), ERR_INVALID);
	ok(member_get(cx, id, &m));
	assert_true(m.active && m.rights == 4 && m.lang == LANG_HI && m.posts == both_posts);
	ok(member_with_post(cx, agency, S("counsellor"), &found));
	assert_int_equal(found.n, id.n);
	ok(member_with_post(cx, agency, S("counsel"), &found)); // part of a code is not the code
	assert_int_equal(found.n, 0);
	ok(member_list(cx, agency, &list));
	assert_true(list.n == 2 && list.at[0].id.n == boss.n);
}

static void nobody_joins_what_is_not_active(Cx *cx) {
	Places p = places(cx);
	MemberId id;
	StakeholderCounts counts;
	Stakeholders empty;
	StakeholderId agency = add(cx, "NGO-1", "ngo", p.district, (StakeholderId){0}),
		      other = add(cx, "NGO-2", "ngo", p.district, agency);
	MemberIn in = {
		.stakeholder = agency, .name = S("  "), .posts = posts_from_text(cx->pack, S("caseworker"))};
	assert_int_equal(member_add(cx, &in, &id), ERR_INVALID);
	in.name = S("Nobody Namoona (demo)");
	in.posts = 0;
	assert_int_equal(member_add(cx, &in, &id), ERR_INVALID);
	join(cx, agency, "caseworker");
	ok(stakeholder_counts(cx, &counts));
	assert_true(counts.n == 1 && counts.at[0].agencies == 2 && counts.at[0].without_members == 1);
	ok(stakeholder_empty(cx, 5, &empty));
	assert_true(empty.n == 1 && empty.at[0].id.n == other.n && !empty.more);
	ok(stakeholder_change(cx, agency,
			      &(StakeholderChange){.version = 1, .name = {[LANG_EN] = S("Closed (demo)")}}));
	in.posts = posts_from_text(cx->pack, S("caseworker"));
	assert_int_equal(member_add(cx, &in, &id), ERR_NOT_FOUND);
}

// clang-format 14 does not come to rest on a list of this kind.
// clang-format off
#define TESTS(X) \
	X(an_agency_is_added_once_and_read_back) \
	X(what_is_wrong_with_an_agency_is_said_by_field) \
	X(two_editors_never_overwrite_each_other) \
	X(the_nearest_agency_is_the_lowest_one_that_is_not_walled) \
	X(spellings_of_one_name_find_each_other) \
	X(the_directory_filters_and_pages_by_name) \
	X(a_shelter_is_never_listed_and_unseen_by_strangers) \
	X(posts_follow_the_rules_of_the_hub) \
	X(a_member_changes_only_from_what_was_seen) \
	X(nobody_joins_what_is_not_active)
// clang-format on
FIXTURE_MAIN(TESTS)
