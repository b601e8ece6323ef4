#include "base/utf8.h"
#include "fixture.h"
#include "htcds/htcds.h"
#include "screening/screening.h"
#include "stakeholder/stakeholder.h"
#include <stdio.h>
#include <stdlib.h>

// ---- notations -------------------------------------------------------------------------------------------

static Why why;
static HtcdsReport report_on(Arena *a) { return (HtcdsReport){.text = {.a = a}}; }

static HtcdsRecords read_ok(Arena *a, HtcdsFormat format, Str text) {
	HtcdsReport r = report_on(a);
	HtcdsRecords out;
	assert_int_equal(htcds_read(a, &why, format, text, &r, &out), OK);
	assert_int_equal(r.n, 0);
	return out;
}

static void said(const HtcdsReport *r, const char *words) {
	if (str_find(buf_str(&r->text), str_of(words)) >= 0) return;
	fail_msg("\"%s\" is not in: %.*s", words, (int)r->text.n, r->text.p);
}
static void not_said(const HtcdsReport *r, const char *words) {
	if (str_find(buf_str(&r->text), str_of(words)) < 0) return;
	fail_msg("\"%s\" is in: %.*s", words, (int)r->text.n, r->text.p);
}

static void same(Str a, Str b) {
	ptrdiff_t at = 0;
	while (at < a.n && at < b.n && a.p[at] == b.p[at]) at++;
	if (at == a.n && at == b.n) return;
	Str x = str_slice(a, at - 60, at + 60), y = str_slice(b, at - 60, at + 60);
	fail_msg("they differ at %td: …%.*s… and …%.*s…", at, (int)x.n, x.p, (int)y.n, y.p);
}

static void both_notations_carry_the_same(void **state) {
	(void)state;
	Arena a = arena_new(64 << 20);
	Str json = S("[{\"case_ref\":\"X-1\",\"prs_MobilePhone\":\"+911\",\"prs_FirstName\":\"'=A\","
		     "\"prs_Title\":\"two\\nlines, \\\"quoted\\\"\",\"vic_MethodsOfControl\":[\"A\",\"B\"],"
		     "\"con_Consent\":\"true\",\"events\":[{\"hte_City\":\"@x\"},{\"hte_City\":\"y\"}]}]");
	HtcdsRecords first = read_ok(&a, HTCDS_JSON, json);
	Str csv = htcds_write(&a, HTCDS_CSV, &first);
	assert_true(str_find(csv, S(",'+911,")) > 0);
	assert_true(str_find(csv, S(",''=A,")) > 0);
	assert_true(str_find(csv, S("A;B")) > 0);
	HtcdsRecords second = read_ok(&a, HTCDS_CSV, csv);
	same(htcds_write(&a, HTCDS_CSV, &second), csv);
	assert_int_equal(second.at[0].ngroup, 3);
	assert_true(str_eq(htcds_field(&second.at[0].fields, "prs_FirstName")->value, S("'=A")));
	assert_true(str_eq(htcds_field(&second.at[0].fields, "prs_MobilePhone")->value, S("+911")));
	assert_true(str_eq(htcds_field(&second.at[0].group[1].fields, "hte_City")->value, S("y")));
	Str again = htcds_write(&a, HTCDS_JSON, &first);
	HtcdsRecords third = read_ok(&a, HTCDS_JSON, again);
	same(htcds_write(&a, HTCDS_JSON, &third), again);
	arena_free(&a);
}

static void a_broken_file_is_not_read_and_says_where(void **state) {
	(void)state;
	static const struct {
		HtcdsFormat format;
		const char *text, *line;
	} broken[] = {
		{HTCDS_JSON, "[{\"case_ref\":\"Sita\"},\n{\"a\" 1}]", "line 2, column"},
		{HTCDS_JSON, "[{\"case_ref\":\"Sita\"}", "line 1, column"},
		{HTCDS_JSON, "", "line 1, column 0"},
		{HTCDS_JSON, "{\"case_ref\":\"1\"}", "a JSON array"},
		{HTCDS_JSON, "[{\"a\":1,\"a\":2}]", "the JSON is broken"},
		{HTCDS_JSON, "[\n\"\xff\"]", "line 2, column 2: this is not UTF-8"},
		{HTCDS_CSV, "", "no names of fields"},
		{HTCDS_CSV, "case_ref,prs_Gender\n1,\"Masc", "line 2"},
		{HTCDS_CSV, "case_ref,case_ref\n1,2", "columns 1 and 2"},
		{HTCDS_CSV, "case_ref\n\xc0\xaf\n", "line 2, column 1: this is not UTF-8"},
	};
	for (ptrdiff_t i = 0; i < COUNT(broken); i++) {
		Arena a = arena_new(64 << 20);
		HtcdsReport r = report_on(&a);
		HtcdsRecords out;
		assert_int_equal(htcds_read(&a, &why, broken[i].format, str_of(broken[i].text), &r, &out),
				 ERR_INVALID);
		assert_int_equal(out.n, 0);
		assert_int_equal(r.n, 1);
		said(&r, broken[i].line);
		said(&r, "nothing was imported");
		not_said(&r, "Sita");
		arena_free(&a);
	}
}

static void a_record_that_is_none_is_left_out(void **state) {
	(void)state;
	Arena a = arena_new(64 << 20);
	HtcdsReport r = report_on(&a);
	HtcdsRecords out;
	assert_int_equal(
		htcds_read(&a, &why, HTCDS_JSON,
			   S("[7,{\"case_ref\":\"X-2\",\"prs_FirstName\":{\"a\":1},\"events\":[5,{}]}]"), &r,
			   &out),
		OK);
	assert_int_equal(out.n, 1);
	assert_int_equal(out.at[0].place, 2);
	said(&r, "record 1: this is no object, or it is empty; not taken");
	said(&r, "record 2: a field that does not belong here, or that holds an object; not taken");
	said(&r, "record 2, events 1: this is no object, or it is empty; not taken");
	said(&r, "record 2, events 2: this is no object, or it is empty; not taken");
	assert_int_equal(
		htcds_read(&a, &why, HTCDS_CSV, S("case_ref,hte_Type.3\nX-1\nX-2,3,4\nX-3,R\n,\n"), &r, &out),
		OK);
	assert_int_equal(out.n, 2);
	assert_int_equal(out.at[1].ngroup, 1); // numbers may have gaps
	said(&r, "record 2 (line 3): more cells than the first row has names; not taken");
	arena_free(&a);
}

// ---- into the hub
// -------------------------------------------------------------------------------------------

static StakeholderId agency(Cx *cx, const char *code) {
	StakeholderId id;
	StakeholderIn in = {.code = str_of(code),
			    .kind = S("police"),
			    .area = S("IN-UD-RMP"),
			    .name = {[LANG_EN] = S("Unit (invented)")},
			    .listed = true};
	ok(stakeholder_add(cx, &in, &id));
	return id;
}

static HtcdsImport begun(Cx *cx, Arena *keep) {
	HtcdsImport im = {.arena = keep, .lead = agency(cx, "AHTU-X"), .area = S("IN-UD-RMP")};
	ok(htcds_import_begin(cx, &im));
	return im;
}

static CaseId take(Cx *cx, HtcdsImport *im, const HtcdsRecord *r, HtcdsReport *report) {
	CaseId id;
	ok(htcds_import_record(cx, im, r, report, &id));
	return id;
}

static Str exported(Cx *cx, Arena *keep, HtcdsFormat format) {
	HtcdsExport x = {.arena = keep, .more = true, .report = report_on(keep)};
	while (x.more) ok(htcds_export_some(cx, &x));
	return htcds_write(keep, format, &x.records);
}

// The only person of a case.
static PackAnswers person_of(Cx *cx, CaseId id) {
	Case c;
	People people;
	ok(casefile_get(cx, id, &c));
	ok(casefile_people(cx, &c, &people));
	assert_int_equal(people.n, 1);
	PackAnswers v;
	ok(casefile_people_answers(cx, &c, &people, (1U << CLASS__N) - 1, "own_work", &v));
	return v;
}

static void answer(const PackAnswers *v, const char *ask, const char *value) {
	Str is = pack_answer(v, ask);
	if (!str_eq(is, str_of(value))) fail_msg("%s is \"%.*s\", not \"%s\"", ask, (int)is.n, is.p, value);
}

static Str file_text(Arena *a, const char *name) {
	char path[4096];
	const char *root = getenv("SANGAM_ROOT");
	(void)snprintf(path, sizeof path, "%s/%s", root ? root : ".", name);
	FILE *f = fopen(path, "re");
	assert_non_null(f);
	Buf b = {.a = a};
	char part[8192];
	for (size_t n; (n = fread(part, 1, sizeof part, f)) > 0;) buf_put(&b, (Str){part, (ptrdiff_t)n});
	(void)fclose(f);
	return buf_str(&b);
}

// What one hub gives out, by notation; the next hub takes it.
static Arena across;
static Str given[HTCDS_CSV + 1];

static void take_all(Cx *cx, HtcdsFormat format, Str text, ptrdiff_t n) {
	Arena keep = arena_new(256 << 20);
	HtcdsReport r = report_on(&keep);
	HtcdsImport im = begun(cx, &keep);
	HtcdsRecords all = read_ok(&keep, format, text);
	assert_int_equal(all.n, n);
	for (ptrdiff_t i = 0; i < all.n; i++) assert_true(take(cx, &im, &all.at[i], &r).n != 0);
	if (r.n) fail_msg("not all was taken: %.*s", (int)r.text.n, r.text.p);
	for (HtcdsFormat f = HTCDS_JSON; f <= HTCDS_CSV; f++) {
		Str out = exported(cx, &keep, f);
		if (given[f].n)
			same(out, given[f]);
		else
			given[f] = str_dup(&across, out);
	}
	arena_free(&keep);
}

static void import_the_sixty(Cx *cx) {
	Arena a = arena_new(64 << 20);
	take_all(cx, HTCDS_JSON, file_text(&a, "packs/demo/htcds_demo_fictional_60.json"), 60);
	arena_free(&a);
}
static void import_what_was_given_as_json(Cx *cx) { take_all(cx, HTCDS_JSON, given[HTCDS_JSON], 60); }
static void import_what_was_given_as_csv(Cx *cx) { take_all(cx, HTCDS_CSV, given[HTCDS_CSV], 60); }

static void sixty_people_go_round_without_loss(void **state) {
	(void)state;
	across = arena_new(64 << 20);
	given[HTCDS_JSON] = given[HTCDS_CSV] = (Str){0};
	fixture_both(import_the_sixty); // the second engine gives what the first gave
	assert_true(str_find(given[HTCDS_JSON], S("\"case_ref\":\"DEMO-060\"")) > 0);
	assert_true(str_find(given[HTCDS_JSON], S("\"con_Consent\":false")) > 0);
	assert_true(str_find(given[HTCDS_JSON],
			     S("\"vic_ForcedLabourIndustry\":\"H_TransportationAndStorage\"")) > 0);
	fixture_both(import_what_was_given_as_json);
	fixture_both(import_what_was_given_as_csv);
	arena_free(&across);
}

// ---- every field of the standard: tests/data/htcds/every_field.json has one value of each
static void import_every_field(Cx *cx) {
	Arena a = arena_new(64 << 20);
	take_all(cx, HTCDS_JSON, file_text(&a, "tests/data/htcds/every_field.json"), 1);
	arena_free(&a);
}
static void import_every_field_as_json(Cx *cx) { take_all(cx, HTCDS_JSON, given[HTCDS_JSON], 1); }
static void import_every_field_as_csv(Cx *cx) { take_all(cx, HTCDS_CSV, given[HTCDS_CSV], 1); }

static bool of_the_standard(Str name) {
	static const Str starts[] = {SLIT("org_"), SLIT("prs_"), SLIT("vic_"), SLIT("per_"), SLIT("cas_"),
				     SLIT("cco_"), SLIT("hte_"), SLIT("spl_"), SLIT("con_")};
	for (ptrdiff_t i = 0; i < COUNT(starts); i++)
		if (str_starts(name, starts[i])) return true;
	return false;
}

static int came_back(const HtcdsFields *sent, const HtcdsFields *got) {
	int n = 0;
	for (ptrdiff_t i = 0; i < sent->n; i++) {
		const HtcdsField *f = &sent->at[i], *back = NULL;
		if (!of_the_standard(f->name)) continue;
		for (ptrdiff_t k = 0; k < got->n; k++)
			if (str_eq(got->at[k].name, f->name)) back = &got->at[k];
		if (back) {
			same(back->value, f->value);
			n++;
		} else {
			fail_msg("%.*s is lost", (int)f->name.n, f->name.p);
		}
	}
	return n;
}

static void every_field_of_the_standard_goes_round_without_loss(void **state) {
	(void)state;
	across = arena_new(64 << 20);
	given[HTCDS_JSON] = given[HTCDS_CSV] = (Str){0};
	fixture_both(import_every_field);
	HtcdsRecords sent =
		read_ok(&across, HTCDS_JSON, file_text(&across, "tests/data/htcds/every_field.json"));
	for (HtcdsFormat f = HTCDS_JSON; f <= HTCDS_CSV; f++) {
		HtcdsRecords got = read_ok(&across, f, given[f]);
		assert_int_equal(got.n, 1);
		assert_int_equal(got.at[0].ngroup, sent.at[0].ngroup);
		int n = came_back(&sent.at[0].fields, &got.at[0].fields);
		for (ptrdiff_t g = 0; g < sent.at[0].ngroup; g++)
			n += came_back(&sent.at[0].group[g].fields, &got.at[0].group[g].fields);
		assert_int_equal(n, 84 + 2); // two of the second event
	}
	fixture_both(import_every_field_as_json);
	fixture_both(import_every_field_as_csv);
	arena_free(&across);
}

// ---- what the hub holds beyond the standard
static void note(Cx *cx, const Case *c, const Person *p, Class k, const char *text) {
	NoteId id;
	ok(casefile_note_add(cx, c, &(NoteIn){.person = p, .klass = k, .text = str_of(text)}, &id));
}

static void give_a_full_case(Cx *cx) {
	Arena keep = arena_new(64 << 20);
	StakeholderId lead = agency(cx, "AHTU-Y"), other = agency(cx, "AHTU-Z");
	CaseId id;
	Case c;
	Person p;
	DocumentId document;
	ScreeningId screening;
	fixture_act(cx, lead, (MemberId){7}, "investigator");
	ok(casefile_open(cx, &(CaseIn){.lead = lead, .area = S("IN-UD-RMP"), .at = cx->now - 86400}, &id));
	ok(casefile_get(cx, id, &c));
	PackAnswers who = pack_answers_on(cx->arena, pack_form(cx->pack, S("person")));
	assert_true(pack_answer_set(&who, S("capacity"), S("victim")));
	pack_form_check(cx, &who);
	ok(casefile_person_add(cx, &c, &who, 0, &p.id));
	ok(casefile_get(cx, id, &c));
	ok(casefile_person(cx, &c, p.id, &p));
	note(cx, &c, NULL, CLASS_CASE, "First invented note,\nin two lines");
	note(cx, &c, &p, CLASS_HEALTH, "=Invented note on her health");
	note(cx, &c, &p, CLASS_HIV, "Invented, for named members");
	ok(casefile_document_add(cx, &c,
				 &(DocumentIn){.klass = CLASS_CASE,
					       .title = S("Invented"),
					       .type = S("text/plain"),
					       .bytes = S("x")},
				 &document));
	PackAnswers v = pack_answers_on(cx->arena, pack_form(cx->pack, S("screening")));
	pack_form_check(cx, &v);
	ok(screening_save(cx, &(ScreeningOf){.kase = id, .person = p.id, .key = p.key, .lead = lead}, &v,
			  SCREENING_POSSIBLE, S("Invented."), &screening));
	ok(casefile_get(cx, id, &c));
	ok(casefile_join(cx, &c, other, S("legal_duty")));
	ok(casefile_get(cx, id, &c));
	ok(casefile_close(cx, &c, S("completed"), S("Invented closing words.")));
	fixture_act_program(cx);
	HtcdsExport x = {.arena = &keep, .more = true, .report = report_on(&keep)};
	while (x.more) ok(htcds_export_some(cx, &x));
	assert_int_equal(x.report.n, 4);
	said(&x.report, "case IN-RMP-2026-001, documents: 1; not exported\n");
	said(&x.report, ", screenings of people: 1; not exported\n");
	said(&x.report, ", notes that only named members may read: 1; not exported\n");
	said(&x.report, ", agencies beside the lead: 1; not exported\n");
	for (HtcdsFormat f = HTCDS_JSON; f <= HTCDS_CSV; f++) {
		Str text = htcds_write(&keep, f, &x.records);
		assert_true(str_find(text, S("for named members")) < 0);
		given[f] = str_dup(&across, text);
	}
	arena_free(&keep);
}

static void take_the_full_case(Cx *cx, HtcdsFormat format) {
	Arena keep = arena_new(64 << 20);
	HtcdsReport r = report_on(&keep);
	HtcdsImport im = begun(cx, &keep);
	StakeholderId lead = agency(cx, "AHTU-Y");
	HtcdsRecords all = read_ok(&keep, format, given[format]);
	Case c;
	Notes notes;
	Str words;
	cx->now += 3600;
	ok(casefile_get(cx, take(cx, &im, &all.at[0], &r), &c));
	if (r.n) fail_msg("not all was taken: %.*s", (int)r.text.n, r.text.p);
	ok(casefile_notes(cx, &c, (1U << CLASS__N) - 1, "own_work", 0, &notes));
	assert_int_equal(notes.n, 2);
	assert_true(str_eq(notes.at[1].text, S("First invented note,\nin two lines")));
	assert_true(str_eq(notes.at[0].text, S("=Invented note on her health")));
	assert_true(notes.at[0].klass == CLASS_HEALTH && notes.at[0].person.n &&
		    notes.at[1].klass == CLASS_CASE);
	for (ptrdiff_t i = 0; i < 2; i++) {
		assert_int_equal(notes.at[i].stakeholder.n, lead.n);
		assert_int_equal(notes.at[i].at, cx->now - 3600); // when it was written, not when it came
	}
	ok(casefile_closing_words(cx, &c, &words));
	assert_true(str_eq(words, S("Invented closing words.")));
	same(exported(cx, &keep, format), given[format]);
	arena_free(&keep);
}
static void take_the_full_case_as_json(Cx *cx) { take_the_full_case(cx, HTCDS_JSON); }
static void take_the_full_case_as_csv(Cx *cx) { take_the_full_case(cx, HTCDS_CSV); }

static void notes_and_closing_words_travel_and_what_does_not_is_said(void **state) {
	(void)state;
	across = arena_new(64 << 20);
	fixture_both(give_a_full_case);
	fixture_both(take_the_full_case_as_json);
	fixture_both(take_the_full_case_as_csv);
	arena_free(&across);
}

static HtcdsRecord *one_record(Arena *a, Str json) {
	HtcdsRecords all = read_ok(a, HTCDS_JSON, json);
	assert_int_equal(all.n, 1);
	return &all.at[0];
}

static void what_is_not_taken_is_said(Cx *cx) {
	Arena keep = arena_new(64 << 20);
	HtcdsReport r = report_on(&keep);
	HtcdsImport im = begun(cx, &keep);
	CaseId id = take(
		cx, &im,
		one_record(
			&keep,
			S("[{\"case_ref\":\"X-3\",\"prs_First_Name\":\"Namoona\",\"prs_Birthdate\":\"2008-13-"
			  "40\","
			  "\"prs_Gender\":\"Sita\",\"prs_NumberOfChildren\":\"many "
			  "Sitas\",\"org_Owner\":\"Sita Mills\","
			  "\"Sita Kumari\":\"1\",\"prs_MobilePhone\":\"call "
			  "Sita\",\"prs_Citizenship\":[\"NPL\",\"XX\"],"
			  "\"vic_TypeOfExploitation\":[\"ForcedLabour\",\"Slavery\"],\"vic_"
			  "AgeWhenTrafficked\":\"x9\","
			  "\"vic_RelationshipToTrafficker\":\"Unacquainted\",\"vic_TraffickingStatus\":["
			  "\"A\",\"B\"],"
			  "\"vic_Methods_of_Control\":[\"UsesChildren\",\"Threats\",\"RestrictsMovement\"],"
			  "\"sangam_case_area\":\"XX\",\"sangam_case_lead\":\"NOBODY\",\"sangam_case_"
			  "opened\":\"2999-01-01\","
			  "\"con_Consent\":\"perhaps\",\"events\":[{\"hte_Type\":\"Rest\",\"hte_Date\":"
			  "\"2020-02-30\"}]}]")),
		&r);
	said(&r, "record 1 (X-3), prs_Birthdate: the value is no date (YYYY-MM-DD); not taken\n");
	said(&r, "prs_Gender: the value is no code of this field; not taken\n");
	said(&r, "prs_NumberOfChildren: the value is no whole number; not taken\n");
	said(&r, "org_Owner: the pack has no question for it; not taken\n");
	said(&r, "a field with a name of its own: the pack has no question for it; not taken\n");
	said(&r, "prs_MobilePhone: the value does not fit this field (A phone number");
	said(&r, "vic_TypeOfExploitation: \"Slavery\" is no code of this field; not taken\n");
	said(&r, "vic_AgeWhenTrafficked: \"x9\" is no whole number; not taken\n");
	said(&r, "vic_TraffickingStatus: this field has one value, not several; not taken\n");
	said(&r, "\"Threats\" may mean any of PhysicalThreats ThreatsLawEnforcement ThreatensChildrenFamily: "
		 "say which");
	said(&r, "sangam_case_area: the pack has no such area; not taken\n");
	said(&r, "sangam_case_lead: the hub has no such agency; not taken\n");
	said(&r, "sangam_case_opened: this is no time in the past; not taken\n");
	said(&r, "con_Consent: \"perhaps\" is no code of this field; not taken\n");
	said(&r, "hte_Type: \"Rest\" is no code of this field; not taken\n");
	said(&r, "hte_Date: \"2020-02-30\" is no date (YYYY-MM-DD); not taken\n");
	assert_int_equal(r.n, 17);
	not_said(&r, "Sita");
	not_said(&r, "Namoona");
	PackAnswers v = person_of(cx, id);
	answer(&v, "given", "Namoona");
	answer(&v, "citizenship", "NP");
	answer(&v, "exploitation", "ForcedLabour");
	answer(&v, "relationship", "Unaquainted");
	answer(&v, "control", "ThreatensChildrenFamily RestrictsMovement");
	answer(&v, "birth_date", "");
	answer(&v, "foreign", "yes");
	answer(&v, "child", "unknown");
	answer(&v, "found", "yes");
	arena_free(&keep);
}

static void what_is_not_taken(void **state) {
	(void)state;
	fixture_both(what_is_not_taken_is_said);
}

static void a_note_that_is_wrong_is_said(Cx *cx) {
	Arena keep = arena_new(64 << 20);
	HtcdsReport r = report_on(&keep);
	HtcdsImport im = begun(cx, &keep);
	Notes notes;
	Case c;
	CaseId id = take(
		cx, &im,
		one_record(&keep, S("[{\"case_ref\":\"X-7\",\"prs_FirstName\":\"Namoona\",\"sangam_notes\":["
				    "{\"sangam_note_text\":\"Invented\",\"sangam_note_at\":\"2999-01-01\","
				    "\"sangam_note_agency\":\"NOBODY\",\"sangam_note_color\":\"x\"},"
				    "{\"sangam_note_text\":\"Invented\",\"sangam_note_class\":\"hiv\"},"
				    "{\"sangam_note_class\":\"case\"}]}]")),
		&r);
	said(&r, "sangam_note_at: this is no time in the past; not taken\n");
	said(&r, "sangam_note_agency: the hub has no such agency; not taken\n");
	said(&r, "sangam_note_color: a note has no such field; not taken\n");
	said(&r, "sangam_note_class: a note of this class cannot be brought in; not taken\n");
	said(&r, "sangam_note_text: the note has no text; not taken\n");
	assert_int_equal(r.n, 5);
	ok(casefile_get(cx, id, &c));
	ok(casefile_notes(cx, &c, (1U << CLASS__N) - 1, "own_work", 0, &notes));
	assert_int_equal(notes.n, 1);
	arena_free(&keep);
}

static void wrong_notes(void **state) {
	(void)state;
	fixture_both(a_note_that_is_wrong_is_said);
}

static void a_case_stands_as_its_record_says(Cx *cx) {
	Arena keep = arena_new(64 << 20);
	HtcdsReport r = report_on(&keep);
	HtcdsImport im = begun(cx, &keep);
	StakeholderId other = agency(cx, "AHTU-Y");
	HtcdsRecords all =
		read_ok(&keep, HTCDS_CSV,
			S("case_ref,prs_FirstName,prs_Birthdate,prs_Gender,per_RoleInProcess,cas_Status,cas_"
			  "ReasonForCaseClosure,"
			  "sangam_case_lead,sangam_case_opened,sangam_case_area,hte_Type,hte_Type.2\r\n"
			  "C-1,Namoona,2010-01-01,Feminine,,ClosedReferred,Moved away "
			  "(invented),AHTU-Y,2026-10-01T10:00,IN-PB-KML,"
			  "Recruitment,Exploitation\r\n"
			  "C-1,Udaharan,,,Transporter;Exploiter,,,,,,,\r\n"
			  "C-2,Kalpanik,1990-01-01,,,Active,,,,,,\r\n"));
	Case c;
	People people;
	CaseRecords events;
	CaseId first = take(cx, &im, &all.at[0], &r), second = take(cx, &im, &all.at[1], &r);
	assert_int_equal(first.n, second.n);
	ok(casefile_get(cx, first, &c));
	assert_int_equal(c.state, CASE_CLOSED);
	assert_true(str_eq(c.closed_why, S("transferred")));
	assert_int_equal(c.lead.n, other.n);
	assert_true(str_eq(c.area, S("IN-PB-KML")));
	int64_t opened;
	assert_true(when_parse(cx->zone, S("2026-10-01T10:00"), &opened));
	assert_int_equal(c.opened, opened);
	ok(casefile_people(cx, &c, &people));
	assert_int_equal(people.n, 2);
	assert_true(str_eq(people.at[0].capacity, S("victim")) &&
		    str_eq(people.at[1].capacity, S("suspect")));
	assert_true(str_eq(people.at[0].child, S("yes")));
	ok(casefile_records(cx, &c, S("event"), &events));
	assert_int_equal(events.n, 2);
	ok(casefile_get(cx, take(cx, &im, &all.at[2], &r), &c));
	assert_int_equal(c.state, CASE_OPEN);
	assert_true(str_eq(c.child, S("no")));
	assert_int_equal(r.n, 0);
	// The same file a second time: what is here is not taken again, neither by its reference nor by the
	// hub's number.
	HtcdsImport once_more = {.arena = &keep, .lead = other};
	ok(htcds_import_begin(cx, &once_more));
	assert_int_equal(take(cx, &once_more, &all.at[2], &r).n, 0);
	all.at[2].ref = c.number;
	assert_int_equal(take(cx, &once_more, &all.at[2], &r).n, 0);
	said(&r, "record 3 (C-2), case_ref: this case is in the hub already; not taken");
	// What happened since counts more than what was imported.
	ok(casefile_close(cx, &c, S("duplicate"), S("Invented.")));
	Str out = exported(cx, &keep, HTCDS_JSON);
	assert_true(str_find(out, S("\"cas_Status\":\"Closed\"")) > 0);
	assert_true(str_find(out, S("\"sangam_case_closed_why\":\"duplicate\"")) > 0);
	assert_true(str_find(out, S("\"cas_ReasonForCaseClosure\":\"Moved away (invented)\"")) > 0);
	arena_free(&keep);
}

static void a_case_as_its_record_says(void **state) {
	(void)state;
	fixture_both(a_case_stands_as_its_record_says);
}

static void an_export_is_a_reading(Cx *cx) {
	Arena keep = arena_new(64 << 20);
	HtcdsReport r = report_on(&keep);
	HtcdsImport im = begun(cx, &keep);
	CaseId id = take(cx, &im,
			 one_record(&keep, S("[{\"case_ref\":\"X-9\",\"prs_FirstName\":\"Namoona\"}]")), &r);
	Case c;
	People people;
	Pasts before, after;
	ok(casefile_get(cx, id, &c));
	ok(casefile_people(cx, &c, &people));
	ok(ledger_about(cx, ABOUT_PERSON, people.at[0].id.n, 0, 50, true, &before));
	(void)exported(cx, &keep, HTCDS_CSV);
	ok(ledger_about(cx, ABOUT_PERSON, people.at[0].id.n, 0, 50, true, &after));
	assert_int_equal(after.n, before.n + 1);
	assert_string_equal(after.past[0].kind, KIND_read.name);
	assert_true(body_get_int(after.past[0].plain, "classes") & CLASS_BIT(CLASS_IDENTITY));
	assert_null(cx->readings);
	arena_free(&keep);
}

static void exports_are_readings(void **state) {
	(void)state;
	fixture_both(an_export_is_a_reading);
}

int main(void) {
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(both_notations_carry_the_same),
		cmocka_unit_test(a_broken_file_is_not_read_and_says_where),
		cmocka_unit_test(a_record_that_is_none_is_left_out),
		cmocka_unit_test(sixty_people_go_round_without_loss),
		cmocka_unit_test(every_field_of_the_standard_goes_round_without_loss),
		cmocka_unit_test(notes_and_closing_words_travel_and_what_does_not_is_said),
		cmocka_unit_test(wrong_notes),
		cmocka_unit_test(what_is_not_taken),
		cmocka_unit_test(a_case_as_its_record_says),
		cmocka_unit_test(exports_are_readings),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
