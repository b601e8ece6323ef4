#include "base/actor.h"
#include "fixture.h"
#include "identity/identity_parts.h"
#include "identity_sql.h"
#include "match/schema.h"
#include "stakeholder/stakeholder.h"

// A wall on a case, as a report about an official of the agency would have it.
static Err project_wall(Cx *cx, const Entry *e) {
	return policy_relate(cx, (Object){ABOUT_CASE, e->id}, (StakeholderId){body_get_int(e->plain, "who")},
			     (MemberId){0}, RELATION_WALLED, S("own_work"), e->time);
}
// Cases and people as casefile's entries bring them: this room stands below it.
static Err project_case(Cx *cx, const Entry *e) {
	return policy_relate(cx, (Object){ABOUT_CASE, e->id}, (StakeholderId){body_get_int(e->plain, "lead")},
			     (MemberId){0}, RELATION_LEAD, S("own_work"), e->time);
}
static Err project_person(Cx *cx, const Entry *e) {
	return identity_project(cx, &(IdentityRow){.person = {body_get_int(e->plain, "person")},
						   .on = {ABOUT_CASE, e->id},
						   .key = {body_get_int(e->plain, "key")},
						   .suspect = body_get_int(e->plain, "suspect") != 0,
						   .seq = e->seq,
						   .sealed = body_get_str(e->plain, "known")});
}
static const EntryKind KIND_wall = {"test.wall", project_wall}, KIND_case = {"test.case", project_case},
		       KIND_person = {"test.person", project_person};
static const EntryKind *const own_kinds[] = {&KIND_wall, &KIND_case, &KIND_person, NULL};
const EntryKind *const *fixture_kinds(void) { return own_kinds; }

typedef struct {
	CaseId id;
	KeyId key;
} Case;
typedef struct {
	PersonId id;
	KeyId key;
} Known;

typedef struct {
	StakeholderId police, ngo, other;
	MemberId officer, worker, third;
} Town;

static StakeholderId agency(Cx *cx, const char *code, const char *kind) {
	StakeholderIn in = {
		.code = str_of(code), .kind = str_of(kind), .area = S("IN-UD-RMP"), .listed = true};
	in.name[LANG_EN] = str_of(code);
	StakeholderId id;
	ok(stakeholder_add(cx, &in, &id));
	return id;
}

static MemberId member(Cx *cx, StakeholderId of, const char *posts) {
	MemberId id;
	ok(member_add(cx,
		      &(MemberIn){.stakeholder = of,
				  .name = S("Invented Member"),
				  .posts = posts_from_text(cx->pack, str_of(posts)),
				  .lang = LANG_EN},
		      &id));
	return id;
}

static Town town(Cx *cx) {
	Town t = {.police = agency(cx, "AHTU", "police"),
		  .ngo = agency(cx, "SAATHI", "ngo"),
		  .other = agency(cx, "MITRA", "ngo")};
	t.officer = member(cx, t.police, "investigator");
	t.worker = member(cx, t.ngo, "caseworker");
	t.third = member(cx, t.other, "caseworker");
	return t;
}

static Case case_of(Cx *cx, StakeholderId lead) {
	Case c = {.id = {id_new()}};
	Body b = body_on(cx);
	ok(vault_key_new(cx, KEY_CASE, &c.key));
	body_int(&b, "lead", lead.n);
	ok(ledger_append(
		cx,
		&(Entry){.kind = &KIND_case, .about = ABOUT_CASE, .id = c.id.n, .key = c.key, .body = b}));
	return c;
}

static void put_facts(Cx *cx, const Case *c, const Known *who, const char *capacity,
		      const IdentityFacts *facts) {
	Str known;
	Body b = body_on(cx);
	ok(identity_seal(cx, who->id, who->key, facts, &known));
	body_int(&b, "person", who->id.n);
	body_int(&b, "key", who->key.n);
	body_int(&b, "suspect", strcmp(capacity, "suspect") == 0);
	body_bytes(&b, "known", known);
	ok(ledger_append(
		cx,
		&(Entry){
			.kind = &KIND_person, .about = ABOUT_CASE, .id = c->id.n, .key = c->key, .body = b}));
}

static void put_person(Cx *cx, const Case *c, const Known *who, const char *capacity, const char *given,
		       const char *family, const char *birth) {
	const PackForm *f = pack_form(cx->pack, S("person"));
	PackAnswers v = pack_answers_on(cx->arena, f);
	IdentityFacts facts;
	assert_true(pack_answer_set(&v, S("given"), str_of(given)));
	assert_true(pack_answer_set(&v, S("family"), str_of(family)));
	assert_true(pack_answer_set(&v, S("birth_date"), str_of(birth)));
	ok(identity_facts(cx, &v, &facts));
	put_facts(cx, c, who, capacity, &facts);
}

// Of whom one field more is known.
static PersonId person_with(Cx *cx, const Case *c, const char *capacity, const char *name, int field,
			    const char *value) {
	Known who = {.id = {id_new()}};
	IdentityFacts f = {.year = 2026};
	f.value[FACT_NAME] = str_of(name);
	f.value[field] = str_of(value);
	ok(vault_key_new(cx, KEY_PERSON, &who.key));
	put_facts(cx, c, &who, capacity, &f);
	return who.id;
}

static PersonId person(Cx *cx, const Case *c, const char *capacity, const char *given, const char *family,
		       const char *birth) {
	Known who = {.id = {id_new()}};
	ok(vault_key_new(cx, KEY_PERSON, &who.key));
	put_person(cx, c, &who, capacity, given, family, birth);
	return who.id;
}

static void begin(Cx *cx) {
	cx->finder = NULL;
	ok(identity_begin(cx, &cx->finder));
}

static void work(Cx *cx) {
	for (bool more = true; more;) ok(identity_work(cx, &more));
}

static void end(Cx *cx) {
	finder_free(cx->finder);
	cx->finder = NULL;
}

static IdentityHits found(Cx *cx, const char *typed, bool suspects) {
	IdentityFacts f;
	IdentityHits hits;
	ok(identity_facts_typed(cx, str_of(typed), &f));
	ok(identity_find(cx, &f, &(IdentityScope){.suspects = suspects, .least = 0}, &hits));
	return hits;
}

static void fields_are_those_of_the_schema(Cx *cx) {
	MatchSchema file;
	ok(schema_read(cx->arena, cx->why, schema_ready(S("sangam")), &file));
	assert_int_equal(file.n, IDENTITY_FIELDS);
	for (int i = 0; i < file.n; i++)
		assert_true(str_eq(file.field[i].column[0], str_of(identity_field[i])));
}

static void typed_words_become_facts(Cx *cx) {
	IdentityFacts f;
	ok(identity_facts_typed(cx, S("  রুখসানা খাতুন ১৪  2012"), &f));
	assert_true(str_eq(f.value[2], S("রুখসানা খাতুন")));
	assert_true(str_eq(f.value[6], S("14")));
	assert_true(str_eq(f.value[5], S("2012")));
	ok(identity_facts_typed(cx, S(""), &f));
	assert_false(identity_facts_any(&f));
}

// What is typed, and what becomes of it: name, age, year, date, number.
static void numbers_that_are_typed_are_told_apart(Cx *cx) {
	static const char *const said[][6] = {
		{"Rukhsana 14 2012 9876543210", "Rukhsana", "14", "2012", "", "9876543210"},
		{"+91 98765 43210", "", "", "", "", "+919876543210"},
		{"Sita 91 9876543210", "Sita", "91", "", "", "9876543210"},
		{"91 9876543210", "", "", "", "", "919876543210"},
		{"Sita +91 9876543210 14", "Sita", "14", "", "", "+919876543210"},
		{"९८७६५ ४३२१०", "", "", "", "", "9876543210"},
		{"(011) 2345 6789", "", "", "", "", "(011)23456789"},
		{"Sita 05422 2223334", "Sita", "", "", "", "054222223334"},
		{"987-654-3210", "", "", "", "", "987-654-3210"},
		{"Sita 14 2012", "Sita", "14", "2012", "", ""},
		{"Sita 2012-03-04", "Sita", "", "", "2012-03-04", ""},
		{"Sita 04/03/2012 9876543210", "Sita", "", "", "04/03/2012", "9876543210"},
		{"Sita 04 03 2012", "Sita", "", "", "04-03-2012", ""},
		{"1234-5678-9012", "", "", "", "", "1234-5678-9012"},
		{"1234 5678 9012", "", "", "", "", "123456789012"},
		{"AB1234567 Sita", "Sita", "", "", "", "AB1234567"},
		{"Sita 14yrs", "Sita 14yrs", "", "", "", ""},
		{"99999999999999999999999", "", "", "", "", "99999999999999999999999"},
	};
	for (ptrdiff_t i = 0; i < COUNT(said); i++) {
		IdentityFacts f;
		ok(identity_facts_typed(cx, str_of(said[i][0]), &f));
		const Str is[] = {f.value[FACT_NAME], f.value[FACT_AGE], f.value[FACT_BIRTH_YEAR],
				  f.value[FACT_BIRTH_DATE], f.number};
		for (int k = 0; k < 5; k++)
			if (!str_eq(is[k], str_of(said[i][k + 1])))
				fail_msg("%s: %d is %.*s", said[i][0], k, (int)is[k].n, is[k].p);
	}
}

static void a_number_alone_finds_who_has_it(Cx *cx) {
	static const char *const phones[] = {"9876543210",	"98765 43210",	 "+91 98765-43210",
					     "0091 9876543210", "0 98765 43210", "৯৮৭৬৫ ৪৩২১০",
					     "919876543210"};
	Town t = town(cx);
	Case c = case_of(cx, t.police), theirs = case_of(cx, t.ngo);
	begin(cx);
	PersonId hers =
		person_with(cx, &c, "victim", "Kalpanik Naam", FACT_PHONE, "+91 98765 43210, 0111 2223334");
	PersonId paper = person_with(cx, &c, "victim", "Doosra Naam", FACT_IDENTIFIER, "ud-0012/3456");
	PersonId digits = person_with(cx, &c, "victim", "Teesra Naam", FACT_IDENTIFIER, "0012 3456 7890");
	PersonId suspect = person_with(cx, &c, "suspect", "Chautha Naam", FACT_PHONE, "9876543210");
	(void)person_with(cx, &theirs, "victim", "Paanchva Naam", FACT_PHONE, "9876543210");
	work(cx);
	fixture_act(cx, t.police, t.officer, "investigator");
	for (ptrdiff_t i = 0; i < COUNT(phones); i++) {
		IdentityHits hits = found(cx, phones[i], false);
		assert_int_equal(hits.n, 1);
		assert_int_equal(hits.at[0].person.n, hers.n);
		assert_int_equal(hits.at[0].nword, 1);
		assert_true(str_eq(hits.at[0].word[0].field, S("phone")));
		assert_int_equal(hits.at[0].word[0].level, LEVEL_SAME);
	}
	assert_int_equal(found(cx, "0111 2223334", false).at[0].person.n, hers.n);
	assert_int_equal(found(cx, "UD 0012 3456", false).n, 0); // in pieces it is not known to be one
	assert_int_equal(found(cx, "UD-00123456", false).at[0].person.n, paper.n);
	assert_int_equal(found(cx, "001234567890", false).at[0].person.n, digits.n);
	assert_int_equal(found(cx, "9876543211", false).n, 0);
	assert_int_equal(found(cx, "9876543210", true).at[0].person.n, suspect.n);
	// Her name beside it, quite other than it is kept: the number still finds her.
	assert_int_equal(found(cx, "Zzyzx Qwerty 9876543210", false).at[0].person.n, hers.n);
	fixture_act(cx, t.other, t.third, "caseworker");
	assert_int_equal(found(cx, "9876543210", false).n, 0);
	end(cx);
}

// Of a big agency, and behind more who have the number and may not be seen than are asked about at once.
static void a_number_that_many_share_hides_nobody(Cx *cx) {
	enum { BIG = 201, HIDDEN = 130 };
	Town t = town(cx);
	Case mine = case_of(cx, t.police), theirs = case_of(cx, t.ngo);
	for (int i = 0; i < BIG; i++) (void)case_of(cx, t.police);
	begin(cx);
	for (int i = 0; i < HIDDEN; i++)
		(void)person_with(cx, &theirs, "victim", "Kalpanik Naam", FACT_PHONE, "9876543210");
	PersonId hers = person_with(cx, &mine, "victim", "Kalpanik Naam", FACT_PHONE, "9876543210");
	work(cx);
	fixture_act(cx, t.police, t.officer, "investigator");
	IdentityHits hits = found(cx, "9876543210", false);
	assert_int_equal(hits.n, 1);
	assert_int_equal(hits.at[0].person.n, hers.n);
	end(cx);
}

static void a_place_meets_itself_in_another_script(Cx *cx) {
	static const char *const same[][2] = {{"रामपुर", "Rampur"},
					      {"উদাহরণপুর", "udaharanpur"},
					      {"वार्ड १२, रामपुर", "Ward 12 (Rampur)"},
					      {"ਲੁਧਿਆਣਾ", "Ludhiana"},
					      {"رامپور", "RAMPUR"}};
	Town t = town(cx);
	Case c = case_of(cx, t.police);
	begin(cx);
	for (ptrdiff_t i = 0; i < COUNT(same); i++)
		(void)person_with(cx, &c, "victim", "Rukhsana Khatun", FACT_PLACE, same[i][0]);
	work(cx);
	fixture_act(cx, t.police, t.officer, "investigator");
	for (ptrdiff_t i = 0; i < COUNT(same); i++) {
		IdentityFacts f;
		IdentityHits hits;
		bool there = false;
		ok(identity_facts_typed(cx, S("Rukhsana Khatun"), &f));
		f.value[FACT_PLACE] = str_of(same[i][1]);
		ok(identity_find(cx, &f, &(IdentityScope){.most = 5}, &hits));
		for (ptrdiff_t k = 0; k < hits.n; k++)
			for (int w = 0; w < hits.at[k].nword; w++)
				there = there ||
					(str_eq(hits.at[k].facts.value[FACT_PLACE], str_of(same[i][0])) &&
					 str_eq(hits.at[k].word[w].field, S("place")) &&
					 hits.at[k].word[w].level <= LEVEL_ONE);
		if (!there) fail_msg("%s is not %s", same[i][0], same[i][1]);
	}
	end(cx);
}

static void a_person_is_found_in_another_script(Cx *cx) {
	Town t = town(cx);
	Case c = case_of(cx, t.police);
	begin(cx);
	PersonId hers = person(cx, &c, "victim", "রুখসানা", "খাতুন", "2012-03-04");
	(void)person(cx, &c, "victim", "Invented", "Somebody", "1990-01-01");
	fixture_act(cx, t.police, t.officer, "investigator");
	work(cx);
	IdentityHits hits = found(cx, "Ruksana Khatun", false);
	assert_true(hits.n >= 1);
	assert_int_equal(hits.at[0].person.n, hers.n);
	assert_true(hits.at[0].names_alone);
	assert_false(identity_probable(hits.at[0].weight));
	assert_true(identity_why(cx, &hits.at[0]).n > 0);
	assert_int_equal(found(cx, "Zzyzx Qwerty", false).n, 0);
	end(cx);
}

static void who_may_not_read_finds_nobody(Cx *cx) {
	Town t = town(cx);
	Case c = case_of(cx, t.police);
	begin(cx);
	(void)person(cx, &c, "victim", "Rukhsana", "Khatun", "2012-03-04");
	(void)person(cx, &c, "suspect", "Kalpanik", "Naam", "1980-01-01");
	work(cx);
	fixture_act(cx, t.ngo, t.worker, "caseworker");
	assert_int_equal(found(cx, "Rukhsana Khatun", false).n, 0);
	fixture_act(cx, t.police, t.officer, "investigator");
	assert_int_equal(found(cx, "Rukhsana Khatun", false).n, 1);
	assert_int_equal(found(cx, "Kalpanik Naam", false).n, 0);
	assert_int_equal(found(cx, "Kalpanik Naam", true).n, 1);
	// Suspects are intelligence: a duty officer of the same agency is not told that there is one.
	fixture_act(cx, t.police, t.officer, "duty_officer");
	assert_int_equal(found(cx, "Rukhsana Khatun", false).n, 1);
	assert_int_equal(found(cx, "Kalpanik Naam", true).n, 0);
	end(cx);
}

// What a reply shows: who, in which order, and why.
static Str shown(Cx *cx, const char *typed) {
	IdentityHits hits = found(cx, typed, false);
	Buf b = {.a = cx->arena};
	for (ptrdiff_t i = 0; i < hits.n; i++) {
		buf_fmt(&b, "%lld ", (long long)hits.at[i].person.n);
		buf_put(&b, identity_why(cx, &hits.at[i]));
		buf_char(&b, '\n');
	}
	return buf_str(&b);
}

// The agency that asks has its list made, or is too big for one and is asked about the likest.
static void hidden_people_change_nothing(Cx *cx, bool big) {
	enum { BIG = 201 };
	static const char *const asked = "Rukhsana Khatun 2012";
	Town t = town(cx);
	Case mine = case_of(cx, t.police), theirs = case_of(cx, t.ngo);
	for (int i = 0; big && i < BIG; i++) (void)case_of(cx, t.police);
	begin(cx);
	(void)person(cx, &mine, "victim", "Ruksana", "Khatun", "2012-03-04");
	(void)person(cx, &mine, "victim", "Rukhsana", "Khatun", "2012-05-06");
	work(cx);
	fixture_act(cx, t.police, t.officer, "investigator");
	Str before = shown(cx, asked);
	assert_int_equal(found(cx, asked, false).n, 2);
	fixture_act_program(cx);
	(void)person(cx, &theirs, "victim", "Rukhsana", "Khatun", "2012-03-04");
	work(cx);
	fixture_act(cx, t.police, t.officer, "investigator");
	assert_true(str_eq(shown(cx, asked), before));
	fixture_act(cx, t.ngo, t.worker, "caseworker");
	assert_int_equal(found(cx, asked, false).n, 1);
	end(cx);
}

static void who_may_not_be_seen_changes_neither_count_nor_bytes_nor_order(Cx *cx) {
	hidden_people_change_nothing(cx, false);
}

static void nor_where_the_asking_agency_is_big(Cx *cx) { hidden_people_change_nothing(cx, true); }

// More who are liker and hidden than are asked about: who may be seen is found all the same.
static void many_hidden_people_hide_nobody(Cx *cx) {
	enum { BIG = 201, HIDDEN = 1030 };
	Town t = town(cx);
	Case mine = case_of(cx, t.police), theirs = case_of(cx, t.ngo);
	for (int i = 0; i < BIG; i++) (void)case_of(cx, t.police);
	begin(cx);
	PersonId first = person(cx, &mine, "victim", "Ruksana", "Khatun", "2012-03-04");
	PersonId second = person(cx, &mine, "victim", "Ruksana", "Khatoon", "2012-05-06");
	Known hidden = {.id = {id_new()}};
	ok(vault_key_new(cx, KEY_PERSON, &hidden.key));
	for (int i = 0; i < HIDDEN; i++, hidden.id.n = id_new())
		put_person(cx, &theirs, &hidden, "victim", "Rukhsana", "Khatun", "2012-03-04");
	work(cx);
	fixture_act(cx, t.police, t.officer, "investigator");
	IdentityHits hits = found(cx, "Rukhsana Khatun 2012", false);
	assert_int_equal(hits.n, 2);
	assert_int_equal(hits.at[0].person.n, first.n);
	assert_int_equal(hits.at[1].person.n, second.n);
	end(cx);
}

static void who_changed_is_found_as_she_is_now(Cx *cx) {
	Town t = town(cx);
	Case c = case_of(cx, t.police);
	begin(cx);
	PersonId id = person(cx, &c, "victim", "Before", "Invented", "2001-01-01");
	fixture_act(cx, t.police, t.officer, "investigator");
	work(cx);
	IdentityHits hits = found(cx, "Before Invented", false);
	assert_int_equal(hits.n, 1);
	assert_int_equal(hits.at[0].person.n, id.n);
	put_person(cx, &c, &(Known){id, hits.at[0].key}, "victim", "Meenakshi", "Udaharan", "");
	work(cx);
	assert_int_equal(found(cx, "minakshi udaharan", false).n, 1);
	assert_int_equal(found(cx, "Before Invented", false).n, 0);
	end(cx);
}

static void a_search_that_is_not_ready_says_so(Cx *cx) {
	Town t = town(cx);
	Case c = case_of(cx, t.police);
	begin(cx);
	assert_int_equal(identity_ready(cx), 100); // there is nobody
	end(cx);
	(void)person(cx, &c, "victim", "Meenakshi", "Udaharan", "2001-01-01");
	begin(cx);
	assert_true(identity_ready(cx) < 100);
	work(cx);
	assert_int_equal(identity_ready(cx), 100);
	end(cx);
}

// One name shares half of a whole one's bits: it must not hang on the key of the hub.
static void one_name_finds_who_has_two(Cx *cx) {
	Town t = town(cx);
	Case c = case_of(cx, t.police);
	begin(cx);
	static const char *const given[] = {"रुख़साना", "मीनाक्षी", "জরিনা", "Jorina", "সুনীতা", "Phulmoni"};
	static const char *const asked[] = {"rukhsana 2011", "minakshi 2011", "jorina 2011",
					    "জরিনা ২০১১",    "sunita 2011",   "phulmani 2011"};
	for (ptrdiff_t i = 0; i < COUNT(given); i++)
		(void)person(cx, &c, "victim", given[i], "Kalpanik", "2011-05-06");
	fixture_act(cx, t.police, t.officer, "investigator");
	work(cx);
	for (ptrdiff_t i = 0; i < COUNT(asked); i++) {
		IdentityHits hits = found(cx, asked[i], false);
		bool there = false;
		for (ptrdiff_t k = 0; k < hits.n; k++)
			there = there || str_eq(hits.at[k].facts.value[0], str_of(given[i]));
		assert_true(there);
	}
	end(cx);
}

static void erased_people_are_found_no_more(Cx *cx) {
	Town t = town(cx);
	Case c = case_of(cx, t.police);
	begin(cx);
	PersonId id = person(cx, &c, "victim", "Meenakshi", "Udaharan", "2001-01-01");
	fixture_act(cx, t.police, t.officer, "investigator");
	work(cx);
	IdentityHits hits = found(cx, "Meenakshi Udaharan", false);
	assert_int_equal(hits.n, 1);
	assert_int_equal(hits.at[0].person.n, id.n);
	KeyId key = hits.at[0].key;
	ok(vault_key_destroy(cx, key));
	assert_int_equal(identity_in_memory(cx), 1);
	assert_int_equal(found(cx, "Meenakshi Udaharan", false).n, 0);
	assert_int_equal(identity_in_memory(cx), 0); // nor does her fingerprint stay
	end(cx);
}

// Nobody looks for her any more, and still nothing of her stays: neither her spellings nor her numbers.
static void erased_people_leave_memory_unasked(Cx *cx) {
	Town t = town(cx);
	Case c = case_of(cx, t.police);
	begin(cx);
	for (int i = 0; i < 3; i++) {
		PersonId id = person_with(cx, &c, "victim", "Meenakshi Udaharan", FACT_PHONE, "98765 43210");
		work(cx);
		assert_int_equal(identity_in_memory(cx), 1);
		assert_int_equal(identity_numbers_in_memory(cx), 1);
		IdentityRow r;
		ok(identity_get(cx, id, &r));
		ok(vault_key_destroy(cx, r.key));
		work(cx);
		assert_int_equal(identity_in_memory(cx), 0);
		assert_int_equal(identity_numbers_in_memory(cx), 0);
		if (i == 1) cx->now += 10000; // another day's come after
	}
	PersonId stays = person_with(cx, &c, "victim", "Meenakshi Udaharan", FACT_PHONE, "98765 43210");
	fixture_act(cx, t.police, t.officer, "investigator");
	work(cx);
	assert_int_equal(found(cx, "9876543210", false).at[0].person.n, stays.n);
	end(cx);
}

// Two agencies enter one girl; the program tells each about its own side, and no more.
static Finding proposed(Cx *cx, Town *t, Case *mine, Case *theirs) {
	Findings list;
	*mine = case_of(cx, t->police);
	*theirs = case_of(cx, t->ngo);
	begin(cx);
	(void)person(cx, mine, "victim", "Rukhsana", "Khatun", "2012-03-04");
	(void)person(cx, theirs, "victim", "রুখসানা", "খাতুন", "2012-03-04");
	work(cx);
	ok(identity_tick(cx));
	fixture_act(cx, t->police, t->officer, "investigator");
	ok(identity_waiting(cx, 10, &list));
	assert_int_equal(list.n, 1);
	return list.at[0];
}

static void a_girl_entered_twice_is_proposed_to_both(Cx *cx) {
	Town t = town(cx);
	Case mine, theirs;
	Findings list;
	Finding f = proposed(cx, &t, &mine, &theirs);
	assert_int_equal(f.on.id, mine.id.n);
	assert_true(identity_probable(f.weight));
	fixture_act(cx, t.ngo, t.worker, "caseworker");
	ok(identity_waiting(cx, 10, &list));
	assert_int_equal(list.n, 1);
	assert_int_equal(list.at[0].on.id, theirs.id.n);
	fixture_act(cx, t.other, t.third, "caseworker");
	ok(identity_waiting(cx, 10, &list));
	assert_int_equal(list.n, 0);
	// Nobody is proposed twice, and comparing goes on where it was after a start.
	fixture_act_program(cx);
	end(cx);
	begin(cx);
	work(cx);
	ok(identity_tick(cx));
	Row looked;
	ok(db_one(cx, &SQL_identity_looked, &looked));
	assert_true(row_int(&looked, 0) > 0);
	fixture_act(cx, t.police, t.officer, "investigator");
	ok(identity_waiting(cx, 10, &list));
	assert_int_equal(list.n, 1);
	end(cx);
}

static void each_side_answers_for_itself_and_takes_back(Cx *cx) {
	Town t = town(cx);
	Case mine, theirs;
	Findings list;
	Finding f = proposed(cx, &t, &mine, &theirs), again;
	ok(identity_answer(cx, &f, S("same")));
	assert_int_equal(identity_answer(cx, &f, S("other")), ERR_CONFLICT); // of a version that is over
	ok(identity_waiting(cx, 10, &list));
	assert_int_equal(list.n, 0);
	fixture_act(cx, t.ngo, t.worker, "caseworker");
	ok(identity_waiting(cx, 10, &list));
	assert_int_equal(list.n, 1); // the other side has not answered
	assert_true(str_eq(list.at[0].other_said, S("same")));
	ok(identity_open(cx, &list.at[0], true));
	fixture_act(cx, t.police, t.officer, "investigator");
	ok(identity_finding(cx, f.on, f.person, f.id, &again));
	assert_true(again.other_open && !again.open);
	ok(identity_answer(cx, &again, S("")));
	ok(identity_waiting(cx, 10, &list));
	assert_int_equal(list.n, 1);
	assert_int_equal(identity_finding(cx, (Object){ABOUT_CASE, theirs.id.n}, f.person, f.id, &again),
			 ERR_NOT_FOUND);
	end(cx);
}

static void a_walled_agency_is_not_told(Cx *cx) {
	Town t = town(cx);
	Case mine, theirs;
	Findings list;
	Finding f = proposed(cx, &t, &mine, &theirs), again;
	fixture_act_program(cx);
	Body b = body_on(cx);
	body_int(&b, "who", t.police.n);
	ok(ledger_append(cx, &(Entry){.kind = &KIND_wall,
				      .about = ABOUT_CASE,
				      .id = theirs.id.n,
				      .key = theirs.key,
				      .body = b}));
	fixture_act(cx, t.police, t.officer, "investigator");
	ok(identity_waiting(cx, 10, &list));
	assert_int_equal(list.n, 0);
	assert_int_equal(identity_finding(cx, f.on, f.person, f.id, &again), ERR_NOT_FOUND);
	ok(identity_findings_of(cx, f.on, f.person, &list));
	assert_int_equal(list.n, 0);
	end(cx);
}

static void twins_are_not_probable(Cx *cx) {
	Town t = town(cx);
	Case c = case_of(cx, t.police);
	begin(cx);
	(void)person(cx, &c, "victim", "Seeta", "Kalpanik", "2010-05-06");
	(void)person(cx, &c, "victim", "Geetika", "Kalpanik", "2010-05-06");
	work(cx);
	ok(identity_tick(cx));
	fixture_act(cx, t.police, t.officer, "investigator");
	Findings list;
	ok(identity_waiting(cx, 10, &list));
	for (ptrdiff_t i = 0; i < list.n; i++) assert_false(identity_probable(list.at[i].weight));
	end(cx);
}

static void what_was_answered_before_saving_is_not_asked_again(Cx *cx) {
	Town t = town(cx);
	Case c = case_of(cx, t.police);
	begin(cx);
	PersonId first = person(cx, &c, "victim", "Rukhsana", "Khatun", "2012-03-04");
	work(cx);
	fixture_act(cx, t.police, t.officer, "investigator");
	IdentityHits hits = found(cx, "Rukhsana Khatun", false);
	assert_int_equal(hits.n, 1);
	PersonId second = person(cx, &c, "victim", "Rukhsana", "Khatun", "2012-03-04");
	ok(identity_answered(cx, second, (Object){ABOUT_CASE, c.id.n}, &hits, (PersonId){0}));
	fixture_act_program(cx);
	work(cx);
	ok(identity_tick(cx));
	fixture_act(cx, t.police, t.officer, "investigator");
	Findings list;
	ok(identity_waiting(cx, 10, &list));
	assert_int_equal(list.n, 0);
	ok(identity_findings_of(cx, (Object){ABOUT_CASE, c.id.n}, first, &list));
	assert_int_equal(list.n, 1);
	assert_true(str_eq(list.at[0].said, S("other")) && str_eq(list.at[0].other_said, S("other")));
	end(cx);
}

// clang-format 14 does not come to rest on a list of this kind.
// clang-format off
#define TESTS(X) \
	X(fields_are_those_of_the_schema) \
	X(typed_words_become_facts) \
	X(numbers_that_are_typed_are_told_apart) \
	X(a_number_alone_finds_who_has_it) \
	X(a_number_that_many_share_hides_nobody) \
	X(a_place_meets_itself_in_another_script) \
	X(a_person_is_found_in_another_script) \
	X(who_may_not_read_finds_nobody) \
	X(who_may_not_be_seen_changes_neither_count_nor_bytes_nor_order) \
	X(nor_where_the_asking_agency_is_big) \
	X(many_hidden_people_hide_nobody) \
	X(who_changed_is_found_as_she_is_now) \
	X(a_search_that_is_not_ready_says_so) \
	X(one_name_finds_who_has_two) \
	X(erased_people_are_found_no_more) \
	X(erased_people_leave_memory_unasked) \
	X(a_girl_entered_twice_is_proposed_to_both) \
	X(each_side_answers_for_itself_and_takes_back) \
	X(a_walled_agency_is_not_told) \
	X(twins_are_not_probable) \
	X(what_was_answered_before_saving_is_not_asked_again)
// clang-format on
FIXTURE_MAIN(TESTS)
