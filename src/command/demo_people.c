// Sixty invented people, brought in by the same importer as real ones, with a past of half a year: what was
// done in time, what is late, what is due soon. Nothing here is left to chance, so that two demonstrations
// made at the same time are the same.
#include "casefile/casefile.h"
#include "command/demo_parts.h"
#include "htcds/htcds.h"
#include "report/report.h"
#include "screening/screening.h"
#include "stakeholder/stakeholder.h"

#define MINUTE INT64_C(60)
#define HOUR INT64_C(3600)
#define DAY (24 * HOUR)
#define PEOPLE 60

static const Actor program = {.program = true};
static const Actor visitor = {0};

typedef struct {
	HtcdsRecord *record;
	int64_t opened;
	int64_t told; // when the hub hears of it: a closed case comes in with its past
	bool closed, follow_up;
	int place; // in the file
} Life;

typedef struct {
	HtcdsImport im;
	HtcdsReport report;
	Life life[PEOPLE];
	const Life *of; // who is being brought in
	DemoTable reports;
	int64_t today; // the hub's present
	Actor actor; // a member who acts
} Demo;

// ---- who and when
// ------------------------------------------------------------------------------------------

static void set_field(Arena *a, HtcdsRecord *r, const char *name, Str value) {
	for (ptrdiff_t i = 0; i < r->fields.n; i++)
		if (str_eq(r->fields.at[i].name, str_of(name))) {
			r->fields.at[i].value = value;
			return;
		}
	htcds_put(a, &r->fields, (HtcdsField){str_of(name), value, HTCDS_TEXT});
}

static Str status_of(const HtcdsRecord *r) {
	const HtcdsField *f = htcds_field(&r->fields, "cas_Status");
	return f ? f->value : S("");
}

// Names in the person's own script stand in people.csv, in the place of "Test Person001".
static void name_person(Arena *a, HtcdsRecord *r, const DemoTable *t) {
	static const struct {
		const char *field, *column;
	} from[] = {
		{"prs_FirstName", "given"},	     {"prs_SecondName", "family"},
		{"prs_PrimaryLanguage", "language"}, {"sangam_person_alias", "alias"},
		{"sangam_person_area", "area"},	     {"sangam_case_area", "area"},
	};
	for (ptrdiff_t row = 0; row < t->n; row++) {
		if (!str_eq(demo_cell(t, row, "case_ref"), r->ref)) continue;
		for (ptrdiff_t i = 0; i < COUNT(from); i++) {
			Str value = demo_cell(t, row, from[i].column);
			if (value.n) set_field(a, r, from[i].field, value);
		}
	}
}

// Active cases are of the last days, those followed up of the last weeks, closed ones of the half year
// before.
static void date_life(Demo *d, Life *l, int active, int follow_up, int closed) {
	static const int hours[] = {1, 3, 7, 14, 19, 22, 30, 44, 66, 90, 120, 160, 210};
	Str status = status_of(l->record);
	l->follow_up = str_eq(status, S("FollowUp"));
	l->closed = str_starts(status, S("Closed"));
	int64_t ago = l->closed	     ? 30 * DAY + closed * 132 * HOUR
		      : l->follow_up ? 10 * DAY + follow_up * 29 * HOUR
				     : hours[active % COUNT(hours)] * HOUR;
	l->opened = d->today - ago - l->place * 7 * MINUTE;
	l->told = l->closed ? l->opened + (9 + closed % 12) * DAY : l->opened;
}

static void sort_lives(Life *l, int n) { // the oldest first, as their numbers run
	for (int i = 1; i < n; i++)
		for (int k = i; k > 0 && l[k].opened < l[k - 1].opened; k--) {
			Life keep = l[k];
			l[k] = l[k - 1];
			l[k - 1] = keep;
		}
}

static Err read_lives(Hub *h, Str folder, Demo *d) {
	Str text;
	DemoTable people;
	HtcdsRecords all;
	int count[3] = {0};
	TRY(demo_table(h, folder, "people.csv", &people));
	TRY(demo_file(h, folder, "htcds_demo_fictional_60.json", &text));
	TRY(htcds_read(&h->arena, &h->why, HTCDS_JSON, text, &d->report, &all));
	if (all.n != PEOPLE) return fail(&h->why, ERR_INVALID, "%td people, not sixty", all.n);
	for (int i = 0; i < PEOPLE; i++) {
		Life *l = &d->life[i];
		*l = (Life){.record = &all.at[i], .place = i};
		date_life(d, l, count[0], count[1], count[2]);
		count[l->closed ? 2 : l->follow_up ? 1 : 0]++;
		name_person(&h->arena, l->record, &people);
		set_field(&h->arena, l->record, "sangam_case_opened", when_rfc3339(&h->arena, l->opened));
	}
	sort_lives(d->life, PEOPLE);
	return OK;
}

// ---- acting
// ---------------------------------------------------------------------------------------------------

// The first member of an agency acts from here on; nobody does when it has none.
static Err act_as(Cx *cx, Demo *d, StakeholderId agency, bool *somebody) {
	Members m;
	*somebody = false;
	if (!agency.n) return OK;
	TRY(member_list(cx, agency, &m));
	if (!m.n) return OK;
	d->actor = (Actor){.member = m.at[0].id, .stakeholder = agency, .posts = m.at[0].posts};
	cx->actor = &d->actor;
	*somebody = true;
	return OK;
}

// A number that stays the same for the same row of the same person.
static unsigned lot(Str rule, int place) {
	unsigned h = 2166136261U + (unsigned)place * 40503U;
	for (ptrdiff_t i = 0; i < rule.n; i++) h = (h ^ (uint8_t)rule.p[i]) * 16777619U;
	return h >> 7;
}

// Who leads: a police unit of the area, sometimes an NGO. Where the hub has neither, the person was found in
// Rampur.
static Err choose_lead(Cx *cx, Demo *d) {
	HtcdsRecord *r = d->of->record;
	const HtcdsField *area = htcds_field(&r->fields, "sangam_case_area");
	Str kind = d->of->place % 5 == 4 ? S("ngo") : S("police");
	d->im.area = area ? area->value : S("IN-UD-RMP");
	TRY(stakeholder_nearest(cx, kind, d->im.area, (Object){0}, &d->im.lead));
	if (d->im.lead.n) return OK;
	d->im.area = S("IN-UD-RMP");
	set_field(d->im.arena, r, "sangam_case_area", d->im.area);
	return stakeholder_nearest(cx, S("police"), d->im.area, (Object){0}, &d->im.lead);
}

static Err bring_in(Cx *cx, Demo *d, Case *c, Person *p) {
	CaseId id;
	People people;
	cx->actor = &program;
	cx->now = d->of->told;
	TRY(choose_lead(cx, d));
	TRY(htcds_import_record(cx, &d->im, d->of->record, &d->report, &id));
	if (!id.n)
		return fail(cx->why, ERR_INVALID, "person %d of the demonstration was not taken",
			    d->of->place);
	TRY(casefile_get(cx, id, c));
	TRY(casefile_people(cx, c, &people));
	*p = people.at[0];
	return OK;
}

// What members recorded after the case was opened, as far as it has happened by now.
static Err record_events(Cx *cx, const Demo *d, const Case *c, const Person *p) {
	static const struct {
		const char *event;
		int64_t after;
		int every; // n-th case
		bool of_person;
	} told[] = {
		{"information_received", 5 * MINUTE, 1, false},
		{"first_contact", 50 * MINUTE, 1, true},
		{"rescue", 2 * HOUR, 4, false},
		{"hospital_visit", 5 * HOUR, 6, true},
		{"shelter_admission", 9 * HOUR, 3, true},
		{"statement_scheduled", 30 * HOUR, 5, true},
		{"compensation_applied", 5 * DAY, 4, true},
		{"foreign_national_found", 3 * HOUR, 7, true},
	};
	cx->actor = &program;
	for (ptrdiff_t i = 0; i < COUNT(told); i++) {
		int64_t at = d->of->opened + told[i].after;
		if (d->of->place % told[i].every || at > (d->of->closed ? d->of->told : d->today)) continue;
		if (at > cx->now) cx->now = at;
		TRY(casefile_event(cx, c,
				   &(CaseEvent){str_of(told[i].event), told[i].of_person ? p : NULL, at}));
	}
	return OK;
}

// Agencies that answer together.
static Err invite(Cx *cx, Demo *d, const Case *c, const Person *p) {
	const struct {
		Str kind, basis;
		bool asked;
	} who[] = {
		{S("child_committee"), S("legal_duty"), str_eq(p->child, S("yes"))},
		{S("ngo"), S("consent"), d->of->place % 2 == 0},
		{S("prosecution"), S("legal_duty"), d->of->follow_up},
	};
	bool somebody;
	TRY(act_as(cx, d, c->lead, &somebody));
	for (ptrdiff_t i = 0; i < COUNT(who) && somebody; i++) {
		StakeholderId found;
		TRY(stakeholder_nearest(cx, who[i].kind, c->area, (Object){ABOUT_CASE, c->id.n}, &found));
		if (!who[i].asked || !found.n) continue;
		Err e = casefile_join(cx, c, found, who[i].basis);
		if (e != ERR_CONFLICT) TRY(e); // takes part already, by a duty
	}
	return OK;
}

static void tick_signs(Arena *a, PackAnswers *v, const char *ask, int n) {
	Buf b = {.a = a};
	for (ptrdiff_t i = 0; i < v->form->nask; i++) {
		if (!str_eq(v->form->ask[i].name, str_of(ask))) continue;
		for (ptrdiff_t k = 0; k < v->form->ask[i].nchoice && k < n; k++) {
			if (k) buf_char(&b, ' ');
			buf_put(&b, v->form->ask[i].choice[k].code);
		}
	}
	(void)pack_answer_set(v, str_of(ask), buf_str(&b));
}

static Err screen(Cx *cx, Demo *d, const Case *c, const Person *p) {
	const PackForm *form = pack_form(cx->pack, S("screening"));
	bool somebody, child = str_eq(p->child, S("yes")),
		       sexual = str_find(c->exploitation, S("Sexual")) >= 0;
	TRY(act_as(cx, d, c->lead, &somebody));
	if (d->of->place % 3 == 2 || !form || !somebody) return OK;
	PackAnswers v = pack_answers_on(cx->arena, form);
	(void)pack_answer_set(&v, S("exploitation"), c->exploitation);
	(void)pack_answer_set(&v, S("child"), p->child);
	(void)pack_answer_set(&v, S("profile"),
			      sexual ? (child ? S("child_sexual") : S("adult_sexual"))
				     : (child ? S("child_labour") : S("adult_labour")));
	(void)pack_answer_set(&v, S("act"), S("recruitment"));
	tick_signs(cx->arena, &v, "ind_deceptive_recruitment", 2);
	tick_signs(cx->arena, &v, "ind_exploitation", 2 + d->of->place % 3);
	tick_signs(cx->arena, &v, "ind_coercion_destination", d->of->place % 4);
	pack_form_check(cx, &v);
	ScreeningOf of = {.kase = c->id,
			  .person = p->id,
			  .key = p->key,
			  .area = c->area,
			  .lead = c->lead,
			  .number = c->number};
	ScreeningId id;
	ScreeningResult decided = d->of->place % 4 == 1 ? SCREENING_CONFIRMED : SCREENING_PRESUMED;
	TRY(screening_save(cx, &of, &v, decided, S("Talked with her at length. (Invented.)"), &id));
	return casefile_screened(cx, c, p, screening_code[decided]);
}

// Every duty of a closed case was met; of the others some were left, and those of today mostly still wait.
static bool is_left(const Demo *d, const Duty *duty) {
	unsigned n = lot(duty->rule, d->of->place);
	if (d->of->closed) return false;
	return d->of->follow_up ? n % 11 == 0 : n % 5 < 2;
}

static Err settle(Cx *cx, Demo *d, const Duty *duty, bool *settled) {
	int64_t span = duty->due >= DUTY_NO_CLOCK ? 20 * HOUR : duty->due - duty->at;
	int64_t when = duty->at + span / 3 + (int64_t)(lot(duty->rule, d->of->place) % 7) * span / 12;
	int64_t end = d->of->closed ? d->of->told : d->today;
	*settled = false;
	if (!duty_state_live(duty->state) || is_left(d, duty)) return OK;
	if (when > end && !d->of->closed) return OK;
	if (when > end) when = end;
	TRY(act_as(cx, d, duty->owner, settled));
	if (!*settled) return OK;
	cx->now = d->of->closed ? end : when;
	if (duty->row && duty->row->consent && lot(duty->rule, d->of->place + 1) % 9 == 0)
		return duty_refused(cx, duty->id, duty->version, S("She did not want it now. (Invented.)"));
	return duty_done(cx, duty->id,
			 &(DutyDone){.version = duty->version,
				     .text = S("Done as the playbook says. (Invented.)"),
				     .when = when});
}

// What is done lets other duties follow: a few rounds.
static Err settle_all(Cx *cx, Demo *d, const Case *c) {
	for (int round = 0; round < 4; round++) {
		Duties all;
		bool any = false;
		TRY(duty_of(cx, (Object){ABOUT_CASE, c->id.n}, 100, &all));
		for (ptrdiff_t i = 0; i < all.n; i++) {
			Duty now; // another one may have met it meanwhile
			bool settled;
			TRY(duty_get(cx, all.duty[i].id, &now));
			TRY(settle(cx, d, &now, &settled));
			any |= settled;
		}
		if (!any) break;
	}
	return OK;
}

static Err live(Cx *cx, void *with) {
	Demo *d = with;
	Case c;
	Person p;
	TRY(bring_in(cx, d, &c, &p));
	TRY(record_events(cx, d, &c, &p));
	TRY(invite(cx, d, &c, &p));
	TRY(screen(cx, d, &c, &p));
	return settle_all(cx, d, &c);
}

// ---- reports of today
// -------------------------------------------------------------------------------------------------

static int64_t number_of(const DemoTable *t, ptrdiff_t row, const char *column) {
	int64_t n = 0;
	(void)str_to_int(demo_cell(t, row, column), &n);
	return n;
}

// The columns of reports.csv are questions of the form `tell`, but for the minutes.
static Err tell(Cx *cx, Demo *d, ptrdiff_t row) {
	const DemoTable *t = &d->reports;
	PackAnswers v = pack_answers_on(cx->arena, pack_form(cx->pack, S("tell")));
	int64_t acknowledged = number_of(t, row, "acknowledged_after");
	ReportTaken taken;
	Report r;
	bool somebody;
	for (ptrdiff_t i = 0; i < t->head.n && i < t->row[row].n; i++)
		(void)pack_answer_set(&v, t->head.cell[i], t->row[row].cell[i]);
	cx->actor = &visitor;
	cx->now = d->today - number_of(t, row, "minutes_ago") * MINUTE;
	pack_form_check(cx, &v);
	TRY(report_receive(cx, &(ReportIn){.told = &v, .channel = S("web")}, &taken));
	if (!acknowledged) return OK;
	cx->now += acknowledged * MINUTE;
	TRY(report_get(cx, taken.id, &r));
	TRY(act_as(cx, d, r.receiver, &somebody));
	return somebody ? report_acknowledge(cx, &r) : OK;
}

static Err tell_all(Cx *cx, void *with) {
	Demo *d = with;
	for (ptrdiff_t i = 0; i < d->reports.n; i++) TRY(tell(cx, d, i));
	return OK;
}

// What is late climbs to where it stands by now.
static Err escalate(Cx *cx, void *with) {
	Demo *d = with;
	cx->actor = &program;
	cx->now = d->today;
	for (int64_t left = 1; left;) TRY(duty_tick(cx, 0, &left));
	return OK;
}

Err demo_people(Hub *h, Str folder) {
	Demo *d = NEW(&h->arena, Demo, 1);
	const Actor *before = h->cx.actor;
	hub_clock(h, 0);
	d->today = h->cx.now;
	d->report.text.a = d->im.arena = &h->arena;
	TRY(read_lives(h, folder, d));
	TRY(demo_table(h, folder, "reports.csv", &d->reports));
	TRY(htcds_import_begin(&h->cx, &d->im));
	Err e = OK;
	for (int i = 0; i < PEOPLE && e == OK; i++) {
		d->of = &d->life[i];
		e = hub_write_in(h, live, d);
		arena_reset(&h->scratch);
	}
	if (e == OK) e = hub_write_in(h, tell_all, d);
	if (e == OK) e = hub_write_in(h, escalate, d);
	h->cx.actor = before;
	h->cx.readings = NULL;
	hub_clock(h, 0);
	if (e == OK && d->report.n)
		return fail(&h->why, ERR_INVALID, "the demonstration was not taken whole: %.*s",
			    (int)d->report.text.n, d->report.text.p);
	return e;
}
