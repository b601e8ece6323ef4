#include "screening/screening.h"
#include "duty/duty.h"
#include "report/report.h"
#include "screening_sql.h"
#include "vault/vault.h"

const Str screening_code[SCREENING__N] = {
	[SCREENING_NO_INDICATION] = SLIT("no_indication"),
	[SCREENING_POSSIBLE] = SLIT("possible"),
	[SCREENING_PRESUMED] = SLIT("presumed"),
	[SCREENING_CONFIRMED] = SLIT("confirmed"),
};

bool screening_from_code(Str code, ScreeningResult *out) {
	for (int i = SCREENING_NONE + 1; i < SCREENING__N; i++)
		if (str_eq(screening_code[i], code)) {
			*out = (ScreeningResult)i;
			return true;
		}
	return false;
}

static Object object_of(const ScreeningOf *of) {
	return of->person.n ? (Object){ABOUT_PERSON, of->person.n} : (Object){ABOUT_REPORT, of->report.n};
}
static Place place_answers(ScreeningId id) { return (Place){"screening", "answers", id.n}; }
static Place place_why(ScreeningId id) { return (Place){"screening", "why", id.n}; }

Err screening_of_report(Cx *cx, ReportId id, ScreeningOf *out) {
	Report r;
	TRY(report_get(cx, id, &r));
	*out = (ScreeningOf){
		.report = id, .key = r.key, .area = r.area, .receiver = r.receiver, .number = r.number};
	return OK;
}

// ---- entries
// -----------------------------------------------------------------------------------------------------

static Err project_made(Cx *cx, const Entry *e) {
	Str b = e->plain;
	ASSERT(body_has(b, "answers"));
	return db_send(cx, &SQL_screening_put, INT(body_get_int(b, "screening")), INT(e->about), INT(e->id),
		       INT(body_get_int(b, "kase")), INT(e->key.n), INT(e->stakeholder), INT(e->actor),
		       INT(e->time), STR(body_get_str(b, "profile")), STR(body_get_str(b, "rule")),
		       STR(body_get_str(b, "result")), INT(body_get_int(b, "suggested")),
		       INT(body_get_int(b, "review")), BYTES(body_get_str(b, "answers")), BYTES(S("")));
}

static Err project_decided(Cx *cx, const Entry *e) {
	int64_t id = body_get_int(e->plain, "screening");
	Rows rs;
	TRY(db_run(cx, &SQL_screening_settle, &rs, INT(id), INT(body_get_int(e->plain, "decided")),
		   INT(e->time), INT(e->actor), BYTES(body_get_str(e->plain, "why"))));
	return rs.changed == 1
		       ? OK
		       : fail(cx->why, ERR_CONFLICT, "screening %lld is decided already", (long long)id);
}

static const EntryKind kind_made = {"screening.made", project_made};
static const EntryKind kind_decided = {"screening.decided", project_decided};
const EntryKind *const screening_kinds[] = {&kind_made, &kind_decided, NULL};

// ---- reading
// -----------------------------------------------------------------------------------------------------

static Screening of_row(const Row *r, const ScreeningOf *of) {
	return (Screening){
		.id = {row_int(r, 0)},
		.of = *of,
		.stakeholder = {row_int(r, 5)},
		.member = {row_int(r, 6)},
		.at = row_int(r, 7),
		.profile = row_str(r, 8),
		.rule = row_str(r, 9),
		.result = row_str(r, 10),
		.suggested = (ScreeningResult)row_int(r, 11),
		.review = row_int(r, 12) != 0,
		.decided = (ScreeningResult)row_int(r, 13),
		.decided_at = row_int(r, 14),
		.decided_by = {row_int(r, 15)},
		.sealed_answers = row_str(r, 16),
		.sealed_why = row_str(r, 17),
	};
}

Err screening_get(Cx *cx, ScreeningId id, const ScreeningOf *of, Screening *out) {
	Row row;
	Object on = object_of(of);
	TRY(db_one(cx, &SQL_screening_get, &row, INT(id.n), INT(on.about), INT(on.id)));
	*out = of_row(&row, of);
	return OK;
}

Err screening_why(Cx *cx, const Screening *s, const char *basis, Str *out) {
	*out = (Str){0};
	if (s->sealed_why.n) TRY(vault_unseal(cx, s->of.key, place_why(s->id), s->sealed_why, out));
	Object on = object_of(&s->of);
	if (on.about == ABOUT_PERSON && basis)
		ledger_read(cx, on.about, on.id, s->of.key, CLASS_BIT(CLASS_IDENTITY), basis);
	return OK;
}

Err screening_answers(Cx *cx, const Screening *s, const char *basis, PackAnswers *answers, Str *why) {
	const PackForm *form = pack_form(cx->pack, S("screening"));
	if (!form) return fail(cx->why, ERR_BUG, "the pack has no form screening");
	Str body;
	TRY(vault_unseal(cx, s->of.key, place_answers(s->id), s->sealed_answers, &body));
	*answers = pack_answers_on(cx->arena, form);
	for (ptrdiff_t i = 0; i < form->nask; i++)
		if (form->ask[i].name.n)
			answers->value[i] = body_get_str(body, str_z(cx->arena, form->ask[i].name));
	return screening_why(cx, s, basis, why);
}

// The newest decision of the other agencies, each against `mine`.
static bool others_differ(const Screenings *l, StakeholderId me, ScreeningResult mine) {
	for (ptrdiff_t i = 0; i < l->n; i++) {
		const Screening *s = &l->screening[i];
		if (s->stakeholder.n == me.n || s->decided == SCREENING_NONE) continue;
		bool newer = false;
		for (ptrdiff_t k = 0; k < i; k++)
			newer |= l->screening[k].stakeholder.n == s->stakeholder.n &&
				 l->screening[k].decided != SCREENING_NONE;
		if (!newer && s->decided != mine) return true;
	}
	return false;
}

Err screening_list(Cx *cx, const ScreeningOf *of, Screenings *out) {
	Rows rs;
	Object on = object_of(of);
	TRY(db_run(cx, &SQL_screening_list, &rs, INT(on.about), INT(on.id)));
	Screenings l = {NEW(cx->arena, Screening, rs.n), rs.n, false, SCREENING_NONE};
	const Screening *newest = NULL;
	for (ptrdiff_t i = 0; i < rs.n; i++) {
		l.screening[i] = of_row(&rs.row[i], of);
		if (!newest && l.screening[i].decided != SCREENING_NONE) newest = &l.screening[i];
	}
	if (newest) {
		l.latest = newest->decided;
		l.disputed = others_differ(&l, newest->stakeholder, newest->decided);
	}
	*out = l;
	return OK;
}

// ---- writing
// -----------------------------------------------------------------------------------------------------

static Str answers_body(Cx *cx, const PackAnswers *v) {
	Body b = body_on(cx);
	for (ptrdiff_t i = 0; i < v->form->nask; i++)
		if (v->form->ask[i].name.n && v->value[i].n)
			body_str(&b, str_z(cx->arena, v->form->ask[i].name), v->value[i]);
	return buf_str(&b.b);
}

static Err event_of(Cx *cx, const Screening *s, const PackAnswers *v, DutyEvent *e) {
	static const char *const asked[] = {"exploitation", "child", "bonded", "missing"};
	enum { TOLD = 8 };
	DutyFact *fact = NEW(cx->arena, DutyFact, COUNT(asked) + TOLD + 2);
	int n = 0;
	if (s->of.report.n) { // what was told when it was reported; what the screening found counts more, and
			      // comes first
		Report r;
		ReportFacts told;
		TRY(report_get(cx, s->of.report, &r));
		TRY(report_facts(cx, &r, &told));
		for (ptrdiff_t i = 0; i < told.n && n < TOLD; i++)
			if (!str_eq(told.fact[i].name, S("child")))
				fact[n++] = (DutyFact){told.fact[i].name, told.fact[i].value};
	}
	for (ptrdiff_t i = 0; i < COUNT(asked); i++) {
		Str value = pack_answer(v, asked[i]);
		if (value.n) fact[n++] = (DutyFact){str_of(asked[i]), value};
	}
	fact[n++] = (DutyFact){S("screening"), screening_code[s->decided]};
	if (s->of.kase.n) fact[n++] = (DutyFact){S("in_case"), S("yes")};
	*e = (DutyEvent){.report = s->of.report,
			 .kase = s->of.kase,
			 .person = s->of.person,
			 .key = s->of.key,
			 .receiver = s->of.receiver,
			 .lead = s->of.lead,
			 .area = s->of.area,
			 .number = s->of.number,
			 .at = cx->now,
			 .facts = fact,
			 .nfacts = n};
	return OK;
}

static Err happens(Cx *cx, DutyEvent *e, Str code, int64_t occurrence) {
	if (!pack_event(cx->pack, code)) return OK; // a pack need not know it
	e->event = code;
	e->occurrence = occurrence;
	return duty_event(cx, e);
}

// What a decision sets going: the duty to screen is met, the event of its result happens, and a dispute is
// said aloud.
static Err follow(Cx *cx, const Screening *s, const PackAnswers *v) {
	static const Str event[SCREENING__N] = {
		[SCREENING_NO_INDICATION] = SLIT("screening_no_indication"),
		[SCREENING_POSSIBLE] = SLIT("screening_possible"),
		[SCREENING_PRESUMED] = SLIT("screening_presumed"),
		[SCREENING_CONFIRMED] = SLIT("screening_confirmed"),
	};
	if (s->of.report.n) TRY(report_mark_screened(cx, s->of.report));
	DutyEvent e;
	TRY(event_of(cx, s, v, &e));
	TRY(duty_fulfil(cx, &e, S("screening")));
	TRY(happens(cx, &e, event[s->decided], 0));
	Screenings all;
	TRY(screening_list(cx, &s->of, &all));
	if (others_differ(&all, cx->actor->stakeholder, s->decided))
		return happens(cx, &e, S("screening_disputed"), s->id.n);
	return all.n > 1 ? duty_fulfil(cx, &e, S("joint_view")) : OK; // having talked, they agree
}

static Err settle(Cx *cx, Screening *s, const PackAnswers *v, ScreeningResult decided, Str why) {
	if (decided <= SCREENING_NONE || decided >= SCREENING__N)
		return fail(cx->why, ERR_INVALID, "no such decision");
	if (decided != s->suggested && !str_trim(why).n)
		return fail(cx->why, ERR_INVALID, "decided otherwise without a reason");
	Object on = object_of(&s->of);
	Str sealed;
	TRY(vault_seal(cx, s->of.key, place_why(s->id), why, &sealed));
	Body b = body_on(cx);
	body_int(&b, "screening", s->id.n);
	body_int(&b, "decided", decided);
	body_bytes(&b, "why", sealed);
	TRY(ledger_append(
		cx,
		&(Entry){
			.kind = &kind_decided, .about = on.about, .id = on.id, .key = s->of.key, .body = b}));
	s->decided = decided;
	return follow(cx, s, v);
}

Err screening_save(Cx *cx, const ScreeningOf *of, const PackAnswers *answers, ScreeningResult decided,
		   Str why, ScreeningId *out) {
	Suggestion g;
	TRY(screening_suggest(cx, answers, &g));
	Screening s = {.id = {id_new()}, .of = *of, .suggested = g.suggests};
	Object on = object_of(of);
	Str sealed;
	TRY(vault_seal(cx, of->key, place_answers(s.id), answers_body(cx, answers), &sealed));
	Body b = body_on(cx);
	body_int(&b, "screening", s.id.n);
	body_int(&b, "kase", of->kase.n);
	body_str(&b, "profile", g.profile);
	body_str(&b, "rule", g.rule);
	body_str(&b, "result", g.result);
	body_int(&b, "suggested", g.suggests);
	body_int(&b, "review", g.review);
	body_bytes(&b, "answers", sealed);
	TRY(ledger_append(
		cx, &(Entry){.kind = &kind_made, .about = on.about, .id = on.id, .key = of->key, .body = b}));
	if (decided != SCREENING_NONE) TRY(settle(cx, &s, answers, decided, why));
	*out = s.id;
	return OK;
}

Err screening_decide(Cx *cx, ScreeningId id, const ScreeningOf *of, ScreeningResult decided, Str why) {
	Screening s;
	PackAnswers answers;
	Str before;
	TRY(screening_get(cx, id, of, &s));
	if (s.decided != SCREENING_NONE)
		return fail(cx->why, ERR_CONFLICT, "screening %lld is decided already", (long long)id.n);
	TRY(screening_answers(cx, &s, NULL, &answers, &before));
	return settle(cx, &s, &answers, decided, why);
}
