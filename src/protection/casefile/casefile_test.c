#include "base/actor.h"
#include "casefile/casefile.h"
#include "fixture.h"
#include "report/report.h"
#include "stakeholder/stakeholder.h"

typedef struct {
	StakeholderId police, ngo, shelter, above;
	MemberId officer, worker, doctor, counsellor;
} Town;

static Town town(Cx *cx) {
	Town t = {.above = fixture_agency(cx, "STATE", "police", "IN-UD-RMP", (StakeholderId){0})};
	t.police = fixture_agency(cx, "AHTU", "police", "IN-UD-RMP", t.above);
	t.ngo = fixture_agency(cx, "SAATHI", "ngo", "IN-UD-RMP", (StakeholderId){0});
	t.shelter = fixture_agency(cx, "HOME", "shelter", "IN-UD-RMP", (StakeholderId){0});
	t.officer = fixture_member(cx, t.police, "investigator");
	t.worker = fixture_member(cx, t.ngo, "caseworker");
	t.doctor = fixture_member(cx, t.ngo, "medical");
	t.counsellor = fixture_member(cx, t.ngo, "counsellor");
	return t;
}

static Case open_case(Cx *cx, const Town *t) {
	CaseId id;
	Case c;
	ok(casefile_open(cx, &(CaseIn){.lead = t->police, .area = S("IN-UD-RMP-01"), .at = cx->now - 3600},
			 &id));
	ok(casefile_get(cx, id, &c));
	return c;
}

static void again(Cx *cx, Case *c) { ok(casefile_get(cx, c->id, c)); }

static PackAnswers answers(Cx *cx, const char *form) {
	const PackForm *f = pack_form(cx->pack, str_of(form));
	assert_non_null(f);
	return pack_answers_on(cx->arena, f);
}

static void set(PackAnswers *v, const char *name, const char *value) {
	assert_true(pack_answer_set(v, str_of(name), str_of(value)));
}

static PackAnswers girl(Cx *cx) {
	PackAnswers v = answers(cx, "person");
	set(&v, "capacity", "victim");
	set(&v, "child", "yes");
	set(&v, "found", "yes");
	set(&v, "given", "Invented-Rupa");
	set(&v, "exploitation", "SexualExploitation");
	set(&v, "safe_contact", "Only through the invented teacher");
	pack_form_check(cx, &v);
	assert_int_equal(v.nerror, 0);
	return v;
}

static Person add(Cx *cx, Case *c, const PackAnswers *v) {
	PersonId id;
	Person p;
	ok(casefile_person_add(cx, c, v, 0, &id));
	ok(casefile_person(cx, c, id, &p));
	again(cx, c);
	return p;
}

static bool same(Str a, const char *b) { return str_eq(a, str_of(b)); }

// ---- opening -------------------------------------------------------------------------------------------

static void numbers_follow_one_another(Cx *cx) {
	Town t = town(cx);
	Case a = open_case(cx, &t), b = open_case(cx, &t), other;
	CaseId id;
	assert_true(same(a.number, "IN-RMP-2026-001"));
	assert_true(same(b.number, "IN-RMP-2026-002"));
	assert_true(same(a.area, "IN-UD-RMP")); // the block it was opened with is nobody's business
	ok(casefile_open(cx, &(CaseIn){.lead = t.police, .area = S("IN-UD-SNP"), .at = cx->now - 400 * 86400},
			 &id));
	ok(casefile_get(cx, id, &other));
	assert_true(same(other.number, "IN-SNP-2025-001"));
	fixture_rebuild_same(cx);
	assert_true(same(open_case(cx, &t).number, "IN-RMP-2026-003"));
	assert_int_equal(casefile_open(cx, &(CaseIn){.lead = t.police, .at = cx->now + 1}, &id), ERR_INVALID);
	assert_int_equal(casefile_open(cx, &(CaseIn){.at = cx->now}, &id), ERR_INVALID);
	assert_int_equal(casefile_get(cx, (CaseId){4711}, &other), ERR_NOT_FOUND);
}

static ReportId report_naming(Cx *cx, StakeholderId named) {
	PackAnswers v = answers(cx, "tell");
	pack_form_check(cx, &v);
	ReportIn in = {.told = &v, .channel = S("web"), .no_receipt = true};
	if (named.n) in.named[in.nnamed++] = named;
	ReportTaken taken;
	ok(report_receive(cx, &in, &taken));
	return taken.id;
}

static void a_report_becomes_one_case_with_its_walls(Cx *cx) {
	Town t = town(cx);
	ReportId report = report_naming(cx, t.shelter);
	CaseId id, twice;
	Case c;
	Report r;
	bool walled;
	fixture_act(cx, t.police, t.officer, "investigator");
	ok(casefile_open_report(cx, report, &id));
	ok(casefile_get(cx, id, &c));
	assert_int_equal(c.lead.n, t.police.n);
	assert_int_equal(c.report.n, report.n);
	ok(report_get(cx, report, &r));
	assert_int_equal(r.kase.n, id.n);
	assert_int_equal(r.state, REPORT_CASE_OPENED);
	ok(policy_is_walled(cx, (Object){ABOUT_CASE, id.n}, t.shelter, &walled));
	assert_true(walled);
	assert_int_equal(casefile_join(cx, &c, t.shelter, S("legal_duty")), ERR_NOT_FOUND);
	assert_int_equal(casefile_open_report(cx, report, &twice), ERR_CONFLICT);
	Str *event;
	int n;
	bool received = false;
	ok(casefile_events_so_far(cx, &c, &event, &n));
	for (int i = 0; i < n; i++) received = received || same(event[i], "information_received");
	assert_true(received);
}

static void closing_and_opening_again_need_a_reason(Cx *cx) {
	Town t = town(cx);
	Case c = open_case(cx, &t), stale = c;
	assert_int_equal(casefile_close(cx, &c, S("completed"), S("  ")), ERR_INVALID);
	assert_int_equal(casefile_close(cx, &c, S("bored"), S("why")), ERR_INVALID);
	assert_int_equal(casefile_reopen(cx, &c, S("why")), ERR_CONFLICT);
	ok(casefile_close(cx, &c, S("completed"), S("Invented reason")));
	again(cx, &c);
	assert_int_equal(c.state, CASE_CLOSED);
	assert_true(same(c.closed_why, "completed"));
	assert_true(c.sealed_closed.n > 0 && str_find(c.sealed_closed, S("Invented")) < 0);
	assert_int_equal(casefile_close(cx, &c, S("completed"), S("again")), ERR_CONFLICT);
	fixture_rebuild_same(cx);
	ok(casefile_reopen(cx, &c, S("Invented new facts")));
	again(cx, &c);
	assert_int_equal(c.state, CASE_OPEN);
	assert_int_equal(c.version, stale.version + 2);
}

static void two_who_close_at_once_do_not_both_succeed(Cx *cx) {
	Town t = town(cx);
	Case c = open_case(cx, &t), seen = c;
	ok(casefile_close(cx, &c, S("completed"), S("first")));
	again(cx, &c);
	ok(casefile_reopen(cx, &c, S("open")));
	LedgerMark mark;
	ok(db_savepoint(cx->db, cx->why));
	ledger_mark(cx, &mark);
	assert_int_equal(casefile_close(cx, &seen, S("completed"), S("second, from an old page")),
			 ERR_CONFLICT);
	ok(db_rollback_to(cx->db, cx->why));
	ledger_back(cx, &mark);
}

// ---- people ----------------------------------------------------------------------------------------------

static void a_person_is_cut_to_the_classes_of_her_reader(Cx *cx) {
	Town t = town(cx);
	Case c = open_case(cx, &t);
	PackAnswers v = girl(cx), seen;
	Person p = add(cx, &c, &v);
	uint32_t read;
	assert_true(same(p.label, "A"));
	assert_true(same(p.child, "yes"));
	assert_true(same(c.child, "yes"));
	assert_true(same(c.exploitation, "SexualExploitation"));
	fixture_act(cx, t.police, t.officer, "investigator");
	cx->readings = NULL;
	ok(casefile_person_answers(cx, &p, CLASS_BIT(CLASS_CASE), "own_work", &seen, &read));
	assert_int_equal(pack_answer(&seen, "given").n, 0);
	assert_true(same(pack_answer(&seen, "exploitation"), "SexualExploitation"));
	assert_null(cx->readings);
	ok(casefile_person_answers(cx, &p, CLASS_BIT(CLASS_CASE) | CLASS_BIT(CLASS_IDENTITY), "own_work",
				   &seen, &read));
	assert_true(same(pack_answer(&seen, "given"), "Invented-Rupa"));
	assert_int_equal(pack_answer(&seen, "safe_contact").n, 0);
	assert_non_null(cx->readings);
	assert_int_equal(cx->readings->id, p.id.n);
	assert_int_equal(cx->readings->classes, CLASS_BIT(CLASS_IDENTITY));
	cx->readings = NULL;
}

static void a_suspect_is_intelligence(Cx *cx) {
	Town t = town(cx);
	Case c = open_case(cx, &t);
	PackAnswers v = answers(cx, "person"), seen;
	set(&v, "capacity", "suspect");
	set(&v, "child", "no");
	set(&v, "found", "no");
	set(&v, "given", "Invented-Boss");
	pack_form_check(cx, &v);
	Person p = add(cx, &c, &v);
	uint32_t read, without = CLASS_BIT(CLASS_CASE) | CLASS_BIT(CLASS_IDENTITY);
	assert_false(casefile_person_seen(&p, without));
	ok(casefile_person_answers(cx, &p, without, "own_work", &seen, &read));
	assert_int_equal(read, 0);
	assert_int_equal(pack_answer(&seen, "given").n, 0);
	ok(casefile_person_answers(cx, &p, without | CLASS_BIT(CLASS_INTELLIGENCE), "own_work", &seen,
				   &read));
	assert_true(same(pack_answer(&seen, "given"), "Invented-Boss"));
	assert_true(same(c.child, "unknown")); // suspects say nothing about the victims
}

static void of_two_editors_the_second_is_told(Cx *cx) {
	Town t = town(cx);
	Case c = open_case(cx, &t);
	PackAnswers v = girl(cx), seen;
	Person p = add(cx, &c, &v);
	uint32_t read, all = (1U << CLASS__N) - 1;
	set(&v, "given", "Invented-Rupali");
	ok(casefile_person_change(cx, &c, &p, p.version, &v,
				  CLASS_BIT(CLASS_CASE) | CLASS_BIT(CLASS_IDENTITY)));
	assert_int_equal(casefile_person_change(cx, &c, &p, p.version + 7, &v, all), ERR_CONFLICT);
	Person now;
	ok(casefile_person(cx, &c, p.id, &now));
	assert_int_equal(now.version, 2);
	set(&v, "safe_contact", "");
	set(&v, "given", "");
	ok(casefile_person_change(cx, &c, &now, now.version, &v,
				  CLASS_BIT(CLASS_CASE))); // may not touch identity and safety
	ok(casefile_person(cx, &c, p.id, &now));
	ok(casefile_person_answers(cx, &now, all, "own_work", &seen, &read));
	assert_true(same(pack_answer(&seen, "given"), "Invented-Rupali"));
	assert_true(same(pack_answer(&seen, "safe_contact"), "Only through the invented teacher"));
}

static void people_are_of_their_own_case(Cx *cx) {
	Town t = town(cx);
	Case c = open_case(cx, &t), other = open_case(cx, &t);
	PackAnswers v = girl(cx), seen[2];
	Person p = add(cx, &c, &v), q = add(cx, &c, &v);
	assert_true(same(q.label, "B"));
	assert_int_equal(casefile_person(cx, &other, p.id, &q), ERR_NOT_FOUND);
	People all;
	ok(casefile_people(cx, &c, &all));
	assert_int_equal(all.n, 2);
	ok(casefile_people_answers(cx, &c, &all, CLASS_BIT(CLASS_IDENTITY), "own_work", seen));
	assert_true(same(pack_answer(&seen[1], "given"), "Invented-Rupa"));
}

static void a_child_found_starts_clocks(Cx *cx) {
	Town t = town(cx);
	Case c = open_case(cx, &t);
	PackAnswers v = girl(cx);
	Person p = add(cx, &c, &v);
	Duties d;
	bool child = false;
	ok(duty_of(cx, (Object){ABOUT_CASE, c.id.n}, 100, &d));
	for (ptrdiff_t i = 0; i < d.n; i++)
		child = child || (same(d.duty[i].event, "child_found") && d.duty[i].person.n == p.id.n);
	assert_true(child);
}

static void records_come_back_as_they_went_in(Cx *cx) {
	Town t = town(cx);
	Case c = open_case(cx, &t);
	PackAnswers v = answers(cx, "event"), seen;
	CaseRecords list;
	int64_t id;
	set(&v, "city", "Invented town");
	set(&v, "description", "Two\nlines\twith a tab");
	assert_true(pack_answer_set(&v, S("type"), v.form->ask[0].choice[0].code));
	ok(casefile_record_add(cx, &c, NULL, &v, cx->now - 100, &id));
	ok(casefile_records(cx, &c, S("event"), &list));
	assert_int_equal(list.n, 1);
	ok(casefile_record_answers(cx, &c, &list.at[0], (1U << CLASS__N) - 1, "own_work", &seen));
	for (ptrdiff_t i = 0; i < v.form->nask; i++)
		assert_true(str_eq(seen.value[i], v.value[i]) || !v.value[i].n);
	ok(casefile_record_answers(cx, &c, &list.at[0], CLASS_BIT(CLASS_CASE), "own_work", &seen));
	assert_int_equal(pack_answer(&seen, "city").n, 0);
	ok(casefile_records(cx, &c, S("consent"), &list));
	assert_int_equal(list.n, 0);
}

// ---- notes, documents -----------------------------------------------------------------------------------

static void notes_are_seen_by_class(Cx *cx) {
	Town t = town(cx);
	Case c = open_case(cx, &t);
	PackAnswers v = girl(cx);
	Person p = add(cx, &c, &v);
	NoteId id;
	Notes n;
	fixture_act(cx, t.ngo, t.counsellor, "counsellor");
	ok(casefile_note_add(cx, &c, &(NoteIn){.klass = CLASS_CASE, .text = S("Invented case note")}, &id));
	ok(casefile_note_add(cx, &c,
			     &(NoteIn){.person = &p, .klass = CLASS_COUNSELLING, .text = S("Invented talk")},
			     &id));
	assert_int_equal(casefile_note_add(cx, &c, &(NoteIn){.klass = CLASS_CASE, .text = S(" \n")}, &id),
			 ERR_INVALID);
	assert_int_equal(casefile_note_add(cx, &c, &(NoteIn){.klass = CLASS_OPEN, .text = S("x")}, &id),
			 ERR_INVALID);
	cx->readings = NULL;
	ok(casefile_notes(cx, &c, CLASS_BIT(CLASS_CASE), "own_work", 0, &n));
	assert_int_equal(n.n, 1);
	assert_null(cx->readings);
	ok(casefile_notes(cx, &c, CLASS_BIT(CLASS_CASE) | CLASS_BIT(CLASS_COUNSELLING), "own_work", 0, &n));
	assert_int_equal(n.n, 2);
	bool first = n.at[0].klass == CLASS_COUNSELLING; // ids of one millisecond have no order
	assert_true(same(n.at[first ? 0 : 1].text, "Invented talk"));
	assert_int_equal(n.at[0].member.n, t.counsellor.n);
	assert_int_equal(cx->readings->classes, CLASS_BIT(CLASS_COUNSELLING));
	cx->readings = NULL;
}

static void an_hiv_note_is_for_named_members_only(Cx *cx) {
	Town t = town(cx);
	Case c = open_case(cx, &t);
	PackAnswers v = girl(cx);
	Person p = add(cx, &c, &v);
	MemberId other = fixture_member(cx, t.ngo, "counsellor");
	NoteId id;
	Notes n;
	fixture_act(cx, t.ngo, t.doctor, "medical");
	assert_int_equal(casefile_note_add(cx, &c, &(NoteIn){.klass = CLASS_HIV, .text = S("x")}, &id),
			 ERR_INVALID);
	ok(casefile_note_add(cx, &c,
			     &(NoteIn){.person = &p,
				       .klass = CLASS_HIV,
				       .text = S("Invented status"),
				       .named = &t.counsellor,
				       .nnamed = 1},
			     &id));
	ok(casefile_named_notes(cx, &p, &n));
	assert_int_equal(n.n, 1);
	fixture_act(cx, t.ngo, t.counsellor, "counsellor");
	ok(casefile_named_notes(cx, &p, &n));
	assert_int_equal(n.n, 1);
	ok(casefile_notes(cx, &c, (1U << CLASS__N) - 1, "own_work", 0, &n)); // never among the others
	assert_int_equal(n.n, 0);
	fixture_act(cx, t.ngo, other, "counsellor"); // the same post in the same agency
	ok(casefile_named_notes(cx, &p, &n));
	assert_int_equal(n.n, 0);
	fixture_act(cx, t.police, t.officer, "investigator supervisor");
	ok(casefile_named_notes(cx, &p, &n));
	assert_int_equal(n.n, 0);
	cx->readings = NULL;
}

static void a_document_is_opened_with_a_basis(Cx *cx) {
	Town t = town(cx);
	Case c = open_case(cx, &t);
	DocumentId id;
	Documents list;
	Document d;
	Str bytes;
	DocumentIn in = {.klass = CLASS_LEGAL,
			 .title = S("Invented order"),
			 .type = S("application/pdf"),
			 .bytes = S("%PDF-1.4 invented")};
	fixture_act(cx, t.police, t.officer, "investigator");
	ok(casefile_document_add(cx, &c, &in, &id));
	ok(casefile_documents(cx, &c, CLASS_BIT(CLASS_CASE), &list));
	assert_int_equal(list.n, 0);
	assert_int_equal(casefile_document(cx, &c, id, CLASS_BIT(CLASS_CASE), &d), ERR_NOT_FOUND);
	ok(casefile_documents(cx, &c, CLASS_BIT(CLASS_LEGAL), &list));
	assert_int_equal(list.n, 1);
	d = list.at[0];
	assert_true(same(d.title, "Invented order"));
	assert_int_equal(casefile_document_open(cx, &c, &d, "curiosity", S(""), &bytes), ERR_INVALID);
	assert_int_equal(casefile_document_open(cx, &c, &d, "emergency", S(" "), &bytes), ERR_INVALID);
	ok(casefile_document_open(cx, &c, &d, "emergency", S("Invented: she was unconscious."), &bytes));
	Duties owed;
	bool review = false;
	ok(duty_of(cx, (Object){ABOUT_CASE, c.id.n}, 0, &owed));
	for (ptrdiff_t i = 0; i < owed.n; i++) review = review || str_eq(owed.duty[i].rule, S("POL-A8"));
	assert_true(review);
	ok(casefile_document_open(cx, &c, &d, "own_work", S(""), &bytes));
	assert_true(same(bytes, "%PDF-1.4 invented"));
	assert_int_equal(cx->readings->classes, CLASS_BIT(CLASS_LEGAL));
	in.type = S("application/x-dosexec");
	assert_int_equal(casefile_document_add(cx, &c, &in, &id), ERR_INVALID);
	in.type = S("application/pdf");
	in.bytes = (Str){NEW(cx->arena, char, DOCUMENT_BYTES + 1), DOCUMENT_BYTES + 1};
	assert_int_equal(casefile_document_add(cx, &c, &in, &id), ERR_TOO_LARGE);
	Case other = open_case(cx, &t);
	assert_int_equal(casefile_document(cx, &other, d.id, CLASS_BIT(CLASS_LEGAL), &d), ERR_NOT_FOUND);
	cx->readings = NULL;
}

// ---- who takes part, what happened
// -------------------------------------------------------------------------

static Relation relation_of(Cx *cx, const Case *c, StakeholderId who) {
	RelatedList list;
	ok(policy_related(cx, (Object){ABOUT_CASE, c->id.n}, &list));
	for (ptrdiff_t i = 0; i < list.n; i++)
		if (list.at[i].stakeholder.n == who.n) return list.at[i].relation;
	return RELATION_NOBODY;
}

static void agencies_join_and_leave_with_those_above_them(Cx *cx) {
	Town t = town(cx);
	StakeholderId head = fixture_agency(cx, "HEAD", "ngo", "IN-UD-RMP", (StakeholderId){0}),
		      branch = fixture_agency(cx, "BRANCH", "ngo", "IN-UD-RMP", head);
	Case c = open_case(cx, &t);
	Participants p;
	ok(casefile_participants(cx, &c, &p));
	ptrdiff_t before = p.n; // the lead, and whoever owes a duty from the start
	assert_int_equal(p.at[0].stakeholder.n, t.police.n);
	ok(casefile_join(cx, &c, branch, S("consent")));
	assert_int_equal(casefile_join(cx, &c, branch, S("consent")), ERR_CONFLICT);
	assert_int_equal(casefile_join(cx, &c, (StakeholderId){99}, S("consent")), ERR_NOT_FOUND);
	assert_int_equal(casefile_join(cx, &c, t.shelter, S("curiosity")), ERR_INVALID);
	assert_int_equal(relation_of(cx, &c, head), RELATION_OVERSIGHT);
	ok(casefile_participants(cx, &c, &p));
	assert_int_equal(p.n, before + 1); // who only oversees does not take part
	assert_int_equal(casefile_leave(cx, &c, branch, S(" ")), ERR_INVALID);
	assert_int_equal(casefile_leave(cx, &c, t.police, S("tired")), ERR_INVALID);
	ok(casefile_leave(cx, &c, branch, S("Invented reason")));
	assert_int_equal(relation_of(cx, &c, branch), RELATION_NOBODY);
	assert_int_equal(relation_of(cx, &c, head), RELATION_NOBODY);
	assert_int_equal(relation_of(cx, &c, t.above), RELATION_OVERSIGHT); // of the police, who stay
	assert_int_equal(casefile_leave(cx, &c, branch, S("twice")), ERR_NOT_FOUND);
}

static void members_record_what_their_kind_may(Cx *cx) {
	Town t = town(cx);
	Case c = open_case(cx, &t);
	PackAnswers v = girl(cx);
	Person p = add(cx, &c, &v);
	fixture_act(cx, t.ngo, t.worker, "caseworker");
	assert_int_equal(casefile_event(cx, &c, &(CaseEvent){S("fir_registered"), NULL, cx->now}),
			 ERR_INVALID); // the police's
	assert_int_equal(casefile_event(cx, &c, &(CaseEvent){S("case_opened"), NULL, cx->now}),
			 ERR_INVALID); // by itself
	assert_int_equal(casefile_event(cx, &c, &(CaseEvent){S("first_contact"), NULL, cx->now}),
			 ERR_INVALID); // with whom?
	assert_int_equal(casefile_event(cx, &c, &(CaseEvent){S("rescue"), NULL, cx->now + 1}), ERR_INVALID);
	assert_int_equal(casefile_event(cx, &c, &(CaseEvent){S("no_such"), NULL, cx->now}), ERR_INVALID);
	ok(casefile_event(cx, &c, &(CaseEvent){S("rescue"), NULL, cx->now - 60}));
	ok(casefile_event(cx, &c, &(CaseEvent){S("first_contact"), &p, cx->now - 30}));
	Happenings h;
	ok(casefile_timeline(cx, &c, 20, &h));
	assert_int_equal(h.n, 4);
	assert_true(same(h.at[0].event, "child_found"));
	assert_true(same(h.at[1].event, "first_contact") && h.at[1].person.n == p.id.n);
	assert_true(same(h.at[2].event, "rescue"));
	assert_true(same(h.at[3].what, "opened"));
}

static void the_list_shows_only_cases_of_the_reader(Cx *cx) {
	Town t = town(cx);
	Case a = open_case(cx, &t), b = open_case(cx, &t);
	CaseId far;
	Cases list;
	ok(casefile_open(cx,
			 &(CaseIn){.lead = t.ngo,
				   .area = S("IN-PS-BSN"),
				   .at = cx->now,
				   .exploitation = S("ForcedLabour Begging"),
				   .child = S("yes")},
			 &far));
	fixture_act(cx, t.police, t.officer, "investigator");
	ok(casefile_list(cx, &(CaseFilter){0}, &list));
	assert_int_equal(list.n, 2);
	assert_true(list.at[0].id.n > list.at[1].id.n);
	ok(casefile_list(cx, &(CaseFilter){.limit = 1}, &list));
	assert_true(list.n == 1 && list.more);
	ok(casefile_list(cx, &(CaseFilter){.before = list.at[0].id.n}, &list));
	assert_true(list.n == 1 && !list.more);
	ok(casefile_list(cx, &(CaseFilter){.search = S(" rmp 2026-002 ")}, &list));
	assert_true(list.n == 1 && list.at[0].id.n == b.id.n);
	ok(casefile_list(cx, &(CaseFilter){.search = S("%")}, &list));
	assert_int_equal(list.n, 0);
	ok(casefile_close(cx, &a, S("completed"), S("done")));
	ok(casefile_list(cx, &(CaseFilter){.state = CASE_CLOSED}, &list));
	assert_true(list.n == 1 && list.at[0].id.n == a.id.n);
	ok(casefile_list(cx, &(CaseFilter){.area = S("IN-UD")}, &list));
	assert_int_equal(list.n, 2);
	ok(casefile_list(cx, &(CaseFilter){.area = S("IN-PS")}, &list));
	assert_int_equal(list.n, 0);
	fixture_act(cx, t.ngo, t.worker, "caseworker");
	ok(casefile_list(cx,
			 &(CaseFilter){.exploitation = S("Begging"), .child = true, .area = S("IN-PS-BSN")},
			 &list));
	assert_true(list.n == 1 && list.at[0].id.n == far.n);
	ok(casefile_list(cx, &(CaseFilter){.exploitation = S("Beg")}, &list));
	assert_int_equal(list.n, 0);
}

static void playbooks_are_told_what_is_known(Cx *cx) {
	Town t = town(cx);
	Case c = open_case(cx, &t);
	PackAnswers v = girl(cx);
	Person p = add(cx, &c, &v);
	CaseFacts facts;
	ok(casefile_screened(cx, &c, &p, S("presumed")));
	again(cx, &c);
	assert_true(same(c.screening, "presumed"));
	ok(casefile_facts(cx, &c, &v, &facts));
	const char *want[][2] = {{"child", "yes"},
				 {"exploitation", "SexualExploitation"},
				 {"screening", "presumed"},
				 {"capacity", "victim"}};
	for (ptrdiff_t k = 0; k < COUNT(want); k++) {
		Str value = {0};
		for (int i = 0; i < facts.n; i++)
			if (same(facts.at[i].name, want[k][0])) value = facts.at[i].value;
		assert_true(same(value, want[k][1]));
	}
	for (int i = 0; i < facts.n; i++) assert_false(same(facts.at[i].value, "Invented-Rupa"));
}

// clang-format 14 does not come to rest on a list of this kind.
// clang-format off
#define TESTS(X) \
	X(numbers_follow_one_another) X(a_report_becomes_one_case_with_its_walls) \
	X(closing_and_opening_again_need_a_reason) X(two_who_close_at_once_do_not_both_succeed) \
	X(a_person_is_cut_to_the_classes_of_her_reader) X(a_suspect_is_intelligence) \
	X(of_two_editors_the_second_is_told) X(people_are_of_their_own_case) \
	X(a_child_found_starts_clocks) X(records_come_back_as_they_went_in) X(notes_are_seen_by_class) \
	X(an_hiv_note_is_for_named_members_only) X(a_document_is_opened_with_a_basis) \
	X(agencies_join_and_leave_with_those_above_them) X(members_record_what_their_kind_may) \
	X(the_list_shows_only_cases_of_the_reader) X(playbooks_are_told_what_is_known)
// clang-format on
FIXTURE_MAIN(TESTS)
