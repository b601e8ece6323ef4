#include "duty/duty.h"
#include "report/report.h"
#include "stakeholder/stakeholder.h"
#include "tests/fixture.h"
#include <time.h>

// Ids sort by the millisecond they were made in.
static void a_moment_passes(void) { nanosleep(&(struct timespec){.tv_nsec = 2000000}, NULL); }

typedef struct {
	StakeholderId hub, state, district, ngo;
} Agencies;

static StakeholderId agency(Cx *cx, const char *code, const char *kind, const char *area,
			    StakeholderId above) {
	StakeholderId id;
	StakeholderIn in = {.code = str_of(code),
			    .kind = str_of(kind),
			    .area = str_of(area),
			    .above = above,
			    .listed = true};
	in.name[LANG_EN] = str_fmt(cx->arena, "Test %s", code);
	ok(stakeholder_add(cx, &in, &id));
	return id;
}

static Agencies agencies(Cx *cx) {
	Agencies a;
	a.hub = agency(cx, "HUB", "hub", "IN", (StakeholderId){0});
	a.state = agency(cx, "UDPOL", "police", "IN-UD", (StakeholderId){0});
	a.district = agency(cx, "RMPPOL", "police", "IN-UD-RMP", a.state);
	a.ngo = agency(cx, "NGO", "ngo", "IN-UD", (StakeholderId){0});
	return a;
}

static PackAnswers *answers(Cx *cx, const char *about, const char *area) {
	PackAnswers *v = NEW(cx->arena, PackAnswers, 1);
	*v = pack_answers_on(cx->arena, pack_form(cx->pack, S("tell")));
	assert_true(pack_answer_set(v, S("about"), str_of(about)));
	assert_true(
		pack_answer_set(v, S("what"), S("Girls are locked in a house behind the invented mill.")));
	assert_true(pack_answer_set(v, S("area"), str_of(area)));
	assert_true(pack_answer_set(v, S("children"), S("yes")));
	assert_true(pack_answer_set(v, S("official"), S("no")));
	assert_true(pack_answer_set(v, S("anonymous"), S("no")));
	assert_true(pack_answer_set(v, S("reporter_name"), S("Testperson Neighbour")));
	pack_form_check(cx, v);
	assert_int_equal(v->nerror, 0);
	return v;
}

static ReportTaken told(Cx *cx, ReportIn in) {
	ReportTaken t;
	if (!in.told) in.told = answers(cx, "person", "IN-UD-RMP-02");
	if (!in.channel.n) in.channel = S("web");
	ok(report_receive(cx, &in, &t));
	return t;
}

static Report got(Cx *cx, ReportId id) {
	Report r;
	ok(report_get(cx, id, &r));
	return r;
}

static bool may_read(Cx *cx, StakeholderId who, const char *posts, ReportId id) {
	Verdict v;
	fixture_act(cx, who, (MemberId){7}, posts);
	ok(policy_may(cx, ACT_report_read, (Object){ABOUT_REPORT, id.n}, &v));
	return v.yes;
}

static ptrdiff_t listed(Cx *cx, StakeholderId who, const char *posts) {
	Reports l;
	fixture_act(cx, who, (MemberId){7}, posts);
	ok(report_list(cx, &(ReportFilter){.state = -1}, &l));
	return l.n;
}

static void a_report_reaches_the_nearest_police_and_its_clock_runs(Cx *cx) {
	Agencies a = agencies(cx);
	ReportTaken t = told(cx, (ReportIn){0});
	Report r = got(cx, t.id);
	assert_int_equal(r.state, REPORT_RECEIVED);
	assert_int_equal(r.receiver.n, a.district.n);
	assert_true(str_eq(r.area, S("IN-UD-RMP"))); // the block stays sealed
	assert_true(str_starts(r.number, S("R-")) && r.number.n == 7);
	for (ptrdiff_t i = 0; i < r.number.n; i++) assert_false(r.number.p[i] >= 'a' && r.number.p[i] <= 'z');
	assert_int_equal(t.receipt.n, 29);
	Duties d;
	ok(duty_of(cx, (Object){ABOUT_REPORT, r.id.n}, 10, &d));
	assert_true(d.n >= 1);
	assert_int_equal(d.duty[0].owner.n, a.district.n);
	assert_int_equal(listed(cx, a.district, "duty_officer"), 1);
	assert_int_equal(listed(cx, a.state, "supervisor"), 1); // stands above
	assert_int_equal(listed(cx, a.ngo, "caseworker"), 0);
	assert_false(may_read(cx, a.ngo, "caseworker", r.id));
	assert_false(may_read(cx, a.hub, "hub_admin", r.id));
}

static void no_police_means_the_ngo_and_nobody_means_the_hub(Cx *cx) {
	StakeholderId hub = agency(cx, "HUB", "hub", "IN", (StakeholderId){0});
	assert_int_equal(got(cx, told(cx, (ReportIn){0}).id).receiver.n, hub.n);
	StakeholderId ngo = agency(cx, "NGO", "ngo", "IN", (StakeholderId){0});
	assert_int_equal(got(cx, told(cx, (ReportIn){0}).id).receiver.n, ngo.n);
}

static ReportUnheldList unheld(Cx *cx, StakeholderId who) {
	ReportUnheldList l;
	fixture_act(cx, who, (MemberId){7}, "hub_admin");
	ok(report_unheld(cx, &l));
	return l;
}

// The duty to acknowledge it, and its one owner.
static Duty acknowledgement(Cx *cx, ReportId id) {
	Duties d;
	ok(duty_of(cx, (Object){ABOUT_REPORT, id.n}, 50, &d));
	ptrdiff_t found = -1;
	for (ptrdiff_t i = 0; i < d.n; i++)
		if (d.duty[i].row && str_eq(d.duty[i].row->who, S("receiver"))) found = i;
	assert_true(found >= 0);
	return d.duty[found];
}

static void without_any_agency_a_report_is_kept_and_goes_to_the_first_that_comes(Cx *cx) {
	ReportTaken t = told(cx, (ReportIn){0});
	Report r = got(cx, t.id);
	assert_int_equal(r.receiver.n, 0);
	assert_int_equal(r.state, REPORT_RECEIVED);
	assert_true(acknowledgement(cx, t.id).due > cx->now); // its clock runs all the same
	ReportUnheldList l = unheld(cx, (StakeholderId){0});
	assert_int_equal(l.n, 1);
	assert_true(str_eq(l.at[0].area, S("IN-UD-RMP")) && l.at[0].n == 1 && l.at[0].since == r.received);
	fixture_act_program(cx);
	ok(report_tick(cx)); // still nobody
	assert_int_equal(got(cx, t.id).version, r.version);
	StakeholderId ngo = agency(cx, "NGO", "ngo", "IN-UD", (StakeholderId){0});
	cx->now += 60;
	fixture_act_program(cx);
	ok(report_tick(cx));
	assert_int_equal(got(cx, t.id).receiver.n, ngo.n);
	assert_int_equal(acknowledgement(cx, t.id).owner.n, ngo.n);
	assert_int_equal(listed(cx, ngo, "caseworker"), 1);
	assert_int_equal(unheld(cx, (StakeholderId){0}).n, 0);
}

static void when_everybody_near_is_named_the_packs_table_says_who_then(Cx *cx) {
	Agencies a = agencies(cx);
	StakeholderId legal = agency(cx, "LEGAL", "legal_aid", "IN-UD", (StakeholderId){0});
	ReportIn in = {.named = {a.district, a.state, a.hub, a.ngo}, .nnamed = 4};
	Report r = got(cx, told(cx, in).id);
	assert_int_equal(r.receiver.n, legal.n);
	assert_int_equal(acknowledgement(cx, r.id).owner.n, legal.n);
	assert_int_equal(unheld(cx, a.hub).n, 0);
}

static void an_agency_under_a_named_one_is_passed_over_for_the_next_of_its_kind(Cx *cx) {
	Agencies a = agencies(cx);
	StakeholderId under = agency(cx, "NGO-1", "ngo", "IN-UD-RMP", a.hub);
	Report r = got(cx, told(cx, (ReportIn){.named = {a.state, a.hub}, .nnamed = 2}).id);
	assert_int_not_equal(r.receiver.n, under.n); // nearer, but the named hub stands above it
	assert_int_equal(r.receiver.n, a.ngo.n);
}

static void what_nobody_may_have_is_counted_and_the_named_learn_no_place(Cx *cx) {
	Agencies a = agencies(cx);
	ReportIn in = {.named = {a.district, a.state, a.hub, a.ngo}, .nnamed = 4};
	ReportTaken t = told(cx, in);
	assert_int_equal(got(cx, t.id).receiver.n, 0);
	Duty owed = acknowledgement(cx, t.id);
	assert_true(owed.owner.n == 0 && duty_state_live(owed.state));
	ReportUnheldList l = unheld(cx, a.hub);
	assert_true(l.n == 1 && l.at[0].n == 1 && l.at[0].area.n == 0); // named: the count, not the place
	l = unheld(cx, (StakeholderId){0});
	assert_true(l.n == 1 && str_eq(l.at[0].area, S("IN-UD-RMP")));
	fixture_rebuild_same(cx);
	fixture_act_program(cx);
	ok(report_tick(cx));
	StakeholderId named[] = {a.district, a.state, a.hub, a.ngo};
	for (ptrdiff_t i = 0; i < COUNT(named); i++) {
		assert_int_equal(listed(cx, named[i], "supervisor duty_officer"), 0);
		assert_false(may_read(cx, named[i], "supervisor duty_officer", t.id));
	}
	StakeholderId state = agency(cx, "HOME", "state_government", "IN", (StakeholderId){0});
	cx->now += 60;
	fixture_act_program(cx);
	ok(report_tick(cx));
	assert_int_equal(got(cx, t.id).receiver.n, state.n);
	assert_int_equal(acknowledgement(cx, t.id).owner.n, state.n);
}

static void out_of_every_area_the_hubs_office_has_it(Cx *cx) {
	StakeholderId hub = agency(cx, "HUB", "hub", "IN-UD", (StakeholderId){0});
	Report r = got(cx, told(cx, (ReportIn){.told = answers(cx, "person", "IN-PB")}).id);
	assert_int_equal(r.receiver.n, hub.n);
}

static void what_waits_at_an_agency_that_ends_its_work_goes_on(Cx *cx) {
	Agencies a = agencies(cx);
	ReportTaken t = told(cx, (ReportIn){0});
	Stakeholder s;
	StakeholderChange to = {0};
	ok(stakeholder_get(cx, a.district, &s));
	to.version = s.version;
	ok(stakeholder_names(cx, a.district, to.name));
	ok(stakeholder_change(cx, a.district, &to)); // no longer active
	cx->now += 60;
	fixture_act_program(cx);
	ok(report_tick(cx));
	assert_int_equal(got(cx, t.id).receiver.n, a.state.n);
	assert_int_equal(acknowledgement(cx, t.id).owner.n, a.state.n);
	assert_false(may_read(cx, a.district, "duty_officer", t.id));
}

static void the_same_form_twice_is_one_report_and_one_receipt(Cx *cx) {
	Agencies a = agencies(cx);
	ReportTaken one = told(cx, (ReportIn){.once = S("an-invented-token")});
	ReportTaken two = told(cx, (ReportIn){.once = S("an-invented-token")});
	assert_true(!one.again && two.again);
	assert_true(str_eq(one.receipt, two.receipt) && str_eq(one.number, two.number) &&
		    one.id.n == two.id.n);
	assert_int_equal(listed(cx, a.district, "duty_officer"), 1);
	fixture_act_program(cx);
	ok(report_tick(cx)); // too early: still kept
	assert_true(told(cx, (ReportIn){.once = S("an-invented-token")}).again);
	cx->now += 3601;
	ok(report_tick(cx));
	assert_false(told(cx, (ReportIn){.once = S("an-invented-token")}).again);
}

static void a_receipt_opens_and_forgives_and_a_wrong_one_does_neither(Cx *cx) {
	agencies(cx);
	ReportTaken t = told(cx, (ReportIn){0});
	Report r;
	ok(report_by_receipt(cx, t.receipt, &r));
	assert_int_equal(r.id.n, t.id.n);
	Buf b = {.a = cx->arena};
	for (ptrdiff_t i = 0; i < t.receipt.n; i++) { // as somebody types it from paper
		char c = t.receipt.p[i];
		buf_char(&b, c == '-'	? ' '
			     : c == '0' ? 'o'
			     : c == '1' ? 'l'
			     : c >= 'A' ? (char)(c + 32)
					: c);
	}
	ok(report_by_receipt(cx, buf_str(&b), &r));
	char *wrong = str_z(cx->arena, t.receipt);
	wrong[28] = wrong[28] == '7' ? '8' : '7'; // the secret
	assert_int_equal(report_by_receipt(cx, str_of(wrong), &r), ERR_NOT_FOUND);
	wrong = str_z(cx->arena, t.receipt);
	wrong[0] = wrong[0] == '7' ? '8' : '7'; // the locator
	assert_int_equal(report_by_receipt(cx, str_of(wrong), &r), ERR_NOT_FOUND);
	assert_int_equal(report_by_receipt(cx, S(""), &r), ERR_NOT_FOUND);
	assert_int_equal(report_by_receipt(cx, str_fmt(cx->arena, "%s7", str_z(cx->arena, t.receipt)), &r),
			 ERR_NOT_FOUND);
	ReportTaken none = told(cx, (ReportIn){.no_receipt = true});
	assert_int_equal(none.receipt.n, 0);
	assert_false(got(cx, none.id).receipt);
}

static void who_is_named_never_gets_or_sees_it(Cx *cx) {
	Agencies a = agencies(cx);
	ReportTaken t = told(cx, (ReportIn){.named = {a.district}, .nnamed = 1});
	Report r = got(cx, t.id);
	assert_int_equal(r.receiver.n, a.state.n); // the one above
	assert_int_equal(listed(cx, a.district, "duty_officer supervisor"), 0);
	assert_false(may_read(cx, a.district, "duty_officer supervisor", r.id));
	assert_true(may_read(cx, a.state, "duty_officer", r.id));
	fixture_act(cx, a.state, (MemberId){7}, "duty_officer");
	assert_int_equal(report_route(cx, &r, a.district, S("nearer")), ERR_NOT_FOUND);
	Duties d;
	ok(duty_of(cx, (Object){ABOUT_REPORT, r.id.n}, 50, &d));
	for (ptrdiff_t i = 0; i < d.n; i++) assert_int_not_equal(d.duty[i].owner.n, a.district.n);
}

static void an_agency_under_a_named_one_does_not_get_it(Cx *cx) {
	Agencies a = agencies(cx);
	Report r = got(cx, told(cx, (ReportIn){.named = {a.state}, .nnamed = 1}).id);
	assert_int_equal(r.receiver.n, a.hub.n);
	assert_int_equal(listed(cx, a.state, "supervisor"), 0);
	assert_int_equal(listed(cx, a.district, "duty_officer"), 0);
	fixture_act(cx, a.hub, (MemberId){7}, "duty_officer");
	assert_int_equal(report_route(cx, &r, a.district, S("nearer")), ERR_NOT_FOUND);
}

static void an_official_nobody_named_walls_the_usual_receiver(Cx *cx) {
	Agencies a = agencies(cx);
	Report r = got(cx, told(cx, (ReportIn){.official_unknown = true}).id);
	assert_int_equal(r.receiver.n, a.state.n);
	assert_false(may_read(cx, a.district, "duty_officer", r.id));
}

static void a_duty_officer_who_names_her_own_agency_hands_it_up(Cx *cx) {
	Agencies a = agencies(cx);
	fixture_act(cx, a.district, (MemberId){7}, "duty_officer");
	ReportTaken mine = told(cx, (ReportIn){.taken_by = a.district, .channel = S("phone")});
	ReportTaken theirs = told(cx, (ReportIn){.taken_by = a.district,
						 .channel = S("phone"),
						 .named = {a.district},
						 .nnamed = 1});
	assert_int_equal(got(cx, mine.id).receiver.n, a.district.n);
	assert_int_equal(got(cx, theirs.id).receiver.n, a.state.n);
	assert_false(may_read(cx, a.district, "duty_officer", theirs.id));
}

static DutyState state_of(Cx *cx, ReportId id, const char *output) {
	Duties d;
	ok(duty_of(cx, (Object){ABOUT_REPORT, id.n}, 50, &d));
	for (ptrdiff_t i = 0; i < d.n; i++)
		if (d.duty[i].row && str_eq(d.duty[i].row->output, str_of(output))) return d.duty[i].state;
	return 0;
}

static void who_takes_charge_decides_or_answers_owes_it_no_more(Cx *cx) {
	Agencies a = agencies(cx);
	ReportTaken t = told(cx, (ReportIn){0}), other = told(cx, (ReportIn){0});
	assert_int_equal(state_of(cx, t.id, "acknowledgement"), DUTY_OPEN);
	fixture_act(cx, a.district, (MemberId){7}, "duty_officer");
	cx->now += 60;
	Report r = got(cx, t.id);
	ok(report_acknowledge(cx, &r));
	assert_int_equal(state_of(cx, t.id, "acknowledgement"), DUTY_DONE);
	assert_int_equal(state_of(cx, t.id, "screening"), DUTY_OPEN); // what follows begins
	r = got(cx, other.id);
	ok(report_close(cx, &r, S("duplicate"), S("Told an hour before."))); // takes charge, too
	assert_int_equal(state_of(cx, other.id, "acknowledgement"), DUTY_DONE);
}

static void an_acknowledged_report_is_no_longer_as_it_was_seen(Cx *cx) {
	Agencies a = agencies(cx);
	ReportTaken t = told(cx, (ReportIn){0});
	Report seen = got(cx, t.id);
	fixture_act(cx, a.district, (MemberId){7}, "duty_officer");
	ok(report_acknowledge(cx, &seen));
	assert_int_equal(got(cx, t.id).state, REPORT_ACKNOWLEDGED);
	LedgerMark mark; // the worker does the same around each request
	ok(db_savepoint(cx->db, cx->why));
	ledger_mark(cx, &mark);
	assert_int_equal(report_close(cx, &seen, S("other"), S("late")),
			 ERR_CONFLICT); // as it was seen, it is no more
	ledger_back(cx, &mark);
	ok(db_rollback_to(cx->db, cx->why));
	assert_int_equal(got(cx, t.id).state, REPORT_ACKNOWLEDGED);
}

static void the_reporter_and_the_agency_talk(Cx *cx) {
	Agencies a = agencies(cx);
	ReportTaken t = told(cx, (ReportIn){0});
	Report r;
	ok(report_by_receipt(cx, t.receipt, &r));
	assert_int_equal(report_add(cx, &r, S("  "), NULL, 0, S("t0")), ERR_INVALID);
	ReportFile f = {S("invented.txt"), S("text/plain"), S("a plate number that does not exist")};
	ok(report_add(cx, &r, S("They have a white van."), &f, 1, S("t1")));
	assert_int_equal(report_add(cx, &r, S("They have a white van."), &f, 1, S("t1")), ERR_CONFLICT);
	fixture_act(cx, a.district, (MemberId){7}, "duty_officer");
	a_moment_passes();
	ok(report_answer(cx, &r, S("Thank you. Somebody is on the way.")));
	assert_int_equal(got(cx, t.id).state, REPORT_ACKNOWLEDGED); // who answers has taken charge
	ReportMessages m;
	ok(report_messages(cx, &r, &m));
	assert_int_equal(m.n, 2);
	assert_true(str_eq(m.message[0].kind, S("reporter")) &&
		    str_eq(m.message[0].text, S("They have a white van.")));
	assert_true(str_eq(m.message[1].kind, S("answer")) && m.message[1].stakeholder.n == a.district.n);
	ReportAttachments files;
	ReportAttachment one;
	Str bytes;
	ok(report_attachments(cx, &r, &files));
	assert_int_equal(files.n, 1);
	assert_int_equal(files.file[0].message, m.message[0].id);
	ok(report_attachment(cx, &r, files.file[0].id, "own_work", &one, &bytes));
	assert_true(str_eq(bytes, f.bytes) && str_eq(one.name, f.name));
	assert_non_null(cx->readings); // opening it is on record
	Report other = got(cx, told(cx, (ReportIn){0}).id);
	assert_int_equal(report_attachment(cx, &other, files.file[0].id, "own_work", &one, &bytes),
			 ERR_NOT_FOUND);
}

static void files_of_wrong_kind_or_size_are_refused(Cx *cx) {
	agencies(cx);
	ReportTaken t;
	ReportFile file[REPORT_FILES + 1];
	for (int i = 0; i <= REPORT_FILES; i++) file[i] = (ReportFile){S("a.txt"), S("text/plain"), S("x")};
	ReportIn in = {.told = answers(cx, "person", ""),
		       .channel = S("web"),
		       .file = file,
		       .nfile = REPORT_FILES + 1};
	assert_int_equal(report_receive(cx, &in, &t), ERR_TOO_LARGE);
	file[0].type = S("text/html");
	in.nfile = 1;
	assert_int_equal(report_receive(cx, &in, &t), ERR_INVALID);
	file[0] = (ReportFile){S("a.png"),
			       S("image/png"),
			       {NEW(cx->arena, char, REPORT_FILE_BYTES + 1), REPORT_FILE_BYTES + 1}};
	assert_int_equal(report_receive(cx, &in, &t), ERR_TOO_LARGE);
}

static void a_reader_gets_what_her_classes_hold(Cx *cx) {
	agencies(cx);
	Report r = got(cx, told(cx, (ReportIn){0}).id);
	ReportTold all, part;
	ok(report_told(cx, &r, CLASS_BIT(CLASS_OPEN) | CLASS_BIT(CLASS_CASE), "own_work", &part));
	assert_true(pack_answer(&part.answers, "what").n > 0);
	assert_int_equal(pack_answer(&part.answers, "reporter_name").n, 0);
	assert_null(cx->readings);
	ok(report_told(cx, &r, CLASS_BIT(CLASS_OPEN) | CLASS_BIT(CLASS_CASE) | CLASS_BIT(CLASS_SOURCE),
		       "own_work", &all));
	assert_true(str_eq(pack_answer(&all.answers, "reporter_name"), S("Testperson Neighbour")));
	assert_non_null(cx->readings);
	assert_true(cx->readings->classes & CLASS_BIT(CLASS_SOURCE));
}

static void sent_on_it_leaves_one_agency_and_waits_at_the_other(Cx *cx) {
	Agencies a = agencies(cx);
	ReportTaken t = told(cx, (ReportIn){0});
	Report r = got(cx, t.id);
	fixture_act(cx, a.district, (MemberId){7}, "duty_officer");
	assert_int_equal(report_route(cx, &r, a.ngo, S(" ")), ERR_INVALID);
	assert_int_equal(report_route(cx, &r, a.district, S("to myself")), ERR_CONFLICT);
	ok(report_acknowledge(cx, &r));
	r = got(cx, t.id);
	cx->now += 600;
	ok(report_route(cx, &r, a.ngo, S("They know the family.")));
	r = got(cx, t.id);
	assert_int_equal(r.state, REPORT_RECEIVED);
	assert_int_equal(r.receiver.n, a.ngo.n);
	assert_false(may_read(cx, a.district, "duty_officer", r.id));
	assert_true(may_read(cx, a.ngo, "caseworker", r.id));
	Duties d;
	bool owes = false;
	ok(duty_of(cx, (Object){ABOUT_REPORT, r.id.n}, 50, &d));
	for (ptrdiff_t i = 0; i < d.n; i++)
		owes |= d.duty[i].owner.n == a.ngo.n && d.duty[i].state == DUTY_OPEN;
	assert_true(owes);
}

static void it_is_closed_once_and_with_a_reason(Cx *cx) {
	Agencies a = agencies(cx);
	ReportTaken t = told(cx, (ReportIn){0});
	Report r = got(cx, t.id);
	fixture_act(cx, a.district, (MemberId){7}, "duty_officer");
	assert_int_equal(report_close(cx, &r, S("because"), S("words")), ERR_INVALID);
	assert_int_equal(report_close(cx, &r, S("duplicate"), S("")), ERR_INVALID);
	ok(report_close(cx, &r, S("duplicate"), S("The same house was told of an hour before.")));
	r = got(cx, t.id);
	assert_int_equal(r.state, REPORT_CLOSED);
	assert_true(str_eq(r.closed_why, S("duplicate")));
	assert_int_equal(report_close(cx, &r, S("other"), S("again")), ERR_CONFLICT);
	assert_int_equal(report_mark_case(cx, r.id, (CaseId){9}), ERR_CONFLICT);
	ok(report_add(cx, &r, S("It still goes on."), NULL, 0, S(""))); // nothing told is lost, closed or not
}

static void a_case_and_a_screening_move_it_on(Cx *cx) {
	agencies(cx);
	ReportTaken t = told(cx, (ReportIn){0});
	ok(report_mark_screened(cx, t.id));
	assert_int_equal(got(cx, t.id).state, REPORT_SCREENED);
	ok(report_mark_case(cx, t.id, (CaseId){9}));
	assert_int_equal(got(cx, t.id).kase.n, 9);
	assert_int_equal(report_mark_case(cx, t.id, (CaseId){10}), ERR_CONFLICT);
	ok(report_mark_screened(cx, t.id)); // later states stay
	assert_int_equal(got(cx, t.id).state, REPORT_CASE_OPENED);
}

static void lists_go_by_page_state_and_lateness(Cx *cx) {
	Agencies a = agencies(cx);
	Reports l;
	ReportTaken t[3];
	for (int i = 0; i < 3; i++) t[i] = told(cx, (ReportIn){0});
	fixture_act(cx, a.district, (MemberId){7}, "duty_officer");
	Report r = got(cx, t[1].id);
	ok(report_acknowledge(cx, &r));
	ok(report_list(cx, &(ReportFilter){.state = -1, .limit = 2}, &l));
	assert_int_equal(l.n, 2);
	ok(report_list(cx, &(ReportFilter){.state = -1, .limit = 2, .before = l.report[1].id.n}, &l));
	assert_int_equal(l.n, 1);
	ok(report_list(cx, &(ReportFilter){.state = REPORT_RECEIVED}, &l));
	assert_int_equal(l.n, 2);
	ok(report_list(cx, &(ReportFilter){.state = -1, .about = S("place")}, &l));
	assert_int_equal(l.n, 0);
	ok(report_list(cx, &(ReportFilter){.state = -1, .late = true}, &l));
	assert_int_equal(l.n, 0);
	cx->now += 2 * 3600;
	ok(report_list(cx, &(ReportFilter){.state = -1, .late = true}, &l));
	assert_int_equal(l.n, 2);
}

// clang-format 14 does not come to rest on a list of this kind.
// clang-format off
#define TESTS(X) \
	X(a_report_reaches_the_nearest_police_and_its_clock_runs) \
	X(no_police_means_the_ngo_and_nobody_means_the_hub) \
	X(without_any_agency_a_report_is_kept_and_goes_to_the_first_that_comes) \
	X(when_everybody_near_is_named_the_packs_table_says_who_then) \
	X(an_agency_under_a_named_one_is_passed_over_for_the_next_of_its_kind) \
	X(what_nobody_may_have_is_counted_and_the_named_learn_no_place) \
	X(out_of_every_area_the_hubs_office_has_it) X(what_waits_at_an_agency_that_ends_its_work_goes_on) \
	X(the_same_form_twice_is_one_report_and_one_receipt) \
	X(a_receipt_opens_and_forgives_and_a_wrong_one_does_neither) \
	X(who_is_named_never_gets_or_sees_it) X(an_agency_under_a_named_one_does_not_get_it) \
	X(an_official_nobody_named_walls_the_usual_receiver) \
	X(a_duty_officer_who_names_her_own_agency_hands_it_up) \
	X(who_takes_charge_decides_or_answers_owes_it_no_more) \
	X(an_acknowledged_report_is_no_longer_as_it_was_seen) X(the_reporter_and_the_agency_talk) \
	X(files_of_wrong_kind_or_size_are_refused) X(a_reader_gets_what_her_classes_hold) \
	X(sent_on_it_leaves_one_agency_and_waits_at_the_other) X(it_is_closed_once_and_with_a_reason) \
	X(a_case_and_a_screening_move_it_on) X(lists_go_by_page_state_and_lateness)
// clang-format on
FIXTURE_MAIN(TESTS)
