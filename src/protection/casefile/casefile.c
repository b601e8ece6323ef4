// Opening, closing and opening again; what playbooks may ask about a case.
#include "casefile/casefile.h"
#include "casefile/casefile_parts.h"
#include "casefile_sql.h"
#include "report/report.h"
#include "screening/screening.h"
#include "vault/vault.h"

const Str casefile_close_reasons[6] = {
	SLIT("completed"), SLIT("no_indication"), SLIT("transferred"),
	SLIT("withdrawn"), SLIT("duplicate"),	  SLIT("other"),
};

// What playbooks may ask (docs/packs.md); the case remembers no other answer of the report.
static const char *const fact_names[] = {
	"child", "sex",	      "exploitation", "foreign", "disability", "capacity",
	"about", "screening", "bonded",	      "missing", "channel",    "in_case",
};

// ---- numbers
// -----------------------------------------------------------------------------------------------

// District or above: a block or a village would tell where somebody lives.
static Str district_of(Cx *cx, Str area) {
	const PackArea *a = pack_area(cx->pack, area);
	while (a && (str_eq(a->level, S("block")) || str_eq(a->level, S("community"))))
		a = pack_area(cx->pack, a->parent);
	return a ? a->code : S("");
}

static Str last_part(Str code) {
	for (Str rest = code, part; str_cut(&rest, '-', &part);) code = part;
	return code;
}

typedef struct {
	Str series, number, find;
	int64_t serial;
} Number;

// IN-RMP-2026: prefix of the pack, district, year in the hub's zone. The caller holds the ledger's lock, so
// that no other case can be given the same serial.
static Err next_number(Cx *cx, Str area, int64_t at, Str report_number, Number *out) {
	Str place = last_part(area), prefix = cx->pack->case_prefix;
	int year = zone_civil(cx->zone, at).year;
	if (!place.n || str_eq(place, prefix))
		out->series = str_fmt(cx->arena, "%.*s-%d", (int)prefix.n, prefix.p, year);
	else
		out->series = str_fmt(cx->arena, "%.*s-%.*s-%d", (int)prefix.n, prefix.p, (int)place.n,
				      place.p, year);
	Rows rs;
	TRY(db_run(cx, &SQL_casefile_series_last, &rs, STR(out->series)));
	out->serial = (rs.n ? row_int(&rs.row[0], 0) : 0) + 1;
	out->number =
		str_fmt(cx->arena, "%.*s-%03lld", (int)out->series.n, out->series.p, (long long)out->serial);
	Buf find = {.a = cx->arena};
	for (ptrdiff_t i = 0; i < out->number.n; i++)
		if (out->number.p[i] != '-') buf_char(&find, out->number.p[i]);
	buf_char(&find, ' ');
	for (ptrdiff_t i = 0; i < report_number.n; i++)
		if (report_number.p[i] != '-') buf_char(&find, report_number.p[i]);
	out->find = buf_str(&find);
	return OK;
}

// ---- facts
// ---------------------------------------------------------------------------------------------------

static void set_fact(CaseFacts *f, Str name, Str value) {
	if (!value.n) return;
	for (int i = 0; i < f->n; i++)
		if (str_eq(f->at[i].name, name)) {
			f->at[i].value = value;
			return;
		}
	f->at[f->n++] = (DutyFact){name, value};
}

static CaseFacts no_facts(Cx *cx) { return (CaseFacts){.at = NEW(cx->arena, DutyFact, COUNT(fact_names))}; }

static Str fact_of(const CaseFacts *f, Str name) {
	for (int i = 0; i < f->n; i++)
		if (str_eq(f->at[i].name, name)) return f->at[i].value;
	return S("");
}

static Err seal_facts(Cx *cx, KeyId key, CaseId id, const CaseFacts *f, Str *out) {
	Body b = body_on(cx);
	body_int(&b, "facts", f->n); // never empty
	for (int i = 0; i < f->n; i++) body_str(&b, str_z(cx->arena, f->at[i].name), f->at[i].value);
	return vault_seal(cx, key, (Place){"casefile", "sealed_facts", id.n}, buf_str(&b.b), out);
}

Err casefile_facts(Cx *cx, const Case *c, const PackAnswers *person, CaseFacts *out) {
	Str plain = {0};
	Err e = vault_unseal(cx, c->key, (Place){"casefile", "sealed_facts", c->id.n}, c->sealed_facts,
			     &plain);
	if (e != ERR_GONE) TRY(e);
	*out = no_facts(cx);
	for (ptrdiff_t i = 0; i < COUNT(fact_names); i++)
		set_fact(out, str_of(fact_names[i]), body_get_str(plain, fact_names[i]));
	set_fact(out, S("in_case"), S("yes"));
	set_fact(out, S("child"), c->child);
	set_fact(out, S("exploitation"), c->exploitation);
	set_fact(out, S("screening"), c->screening);
	for (ptrdiff_t i = 0; person && i < COUNT(fact_names); i++)
		set_fact(out, str_of(fact_names[i]), pack_answer(person, fact_names[i]));
	return OK;
}

Err casefile_tell(Cx *cx, const Case *c, const CaseTelling *t) {
	CaseFacts facts;
	TRY(casefile_facts(cx, c, t->answers, &facts));
	DutyEvent e = {
		.event = t->event,
		.report = c->report,
		.kase = c->id,
		.person = t->person,
		.key = c->key,
		.lead = c->lead,
		.area = c->area,
		.number = c->number,
		.at = t->at,
		.occurrence = t->occurrence,
		.facts = facts.at,
		.nfacts = facts.n,
	};
	if (c->report.n) {
		Report r;
		TRY(report_get(cx, c->report, &r));
		e.receiver = r.receiver;
	}
	return duty_event(cx, &e);
}

// ---- opening
// -------------------------------------------------------------------------------------------------

typedef struct {
	StakeholderId lead;
	Str area;
	int64_t at;
	const Report *report; // NULL: none
	CaseFacts facts;
} Opening;

static Err open_case(Cx *cx, const Opening *o, Case *out) {
	CaseId id = {id_new()};
	KeyId key;
	Number number;
	Str area = district_of(cx, o->area), facts;
	TRY(next_number(cx, area, o->at, o->report ? o->report->number : S(""), &number));
	TRY(vault_key_new(cx, KEY_CASE, &key));
	TRY(seal_facts(cx, key, id, &o->facts, &facts));
	Str child = fact_of(&o->facts, S("child"));
	Body b = body_on(cx);
	body_str(&b, "series", number.series);
	body_int(&b, "serial", number.serial);
	body_str(&b, "number", number.number);
	body_str(&b, "find", number.find);
	body_int(&b, "lead", o->lead.n);
	body_str(&b, "area", area);
	body_int(&b, "at", o->at);
	body_int(&b, "report", o->report ? o->report->id.n : 0);
	body_str(&b, "report_number", o->report ? o->report->number : S(""));
	body_str(&b, "exploitation", fact_of(&o->facts, S("exploitation")));
	body_str(&b, "child", child.n ? child : S("unknown"));
	body_str(&b, "screening", fact_of(&o->facts, S("screening")));
	body_bytes(&b, "facts", facts);
	TRY(casefile_append(cx, WHAT_OPENED, id, key, &b));
	TRY(casefile_get(cx, id, out));
	return casefile_tell(cx, out, &(CaseTelling){.event = S("case_opened"), .at = o->at});
}

static Err report_known(Cx *cx, const Report *r, CaseFacts *out) {
	ReportFacts told;
	ScreeningOf of;
	Screenings screened;
	TRY(report_facts(cx, r, &told));
	TRY(screening_of_report(cx, r->id, &of));
	TRY(screening_list(cx, &of, &screened));
	*out = no_facts(cx);
	for (ptrdiff_t i = 0; i < told.n; i++)
		for (ptrdiff_t k = 0; k < COUNT(fact_names); k++)
			if (str_eq(told.fact[i].name, str_of(fact_names[k])))
				set_fact(out, told.fact[i].name, told.fact[i].value);
	set_fact(out, S("channel"), r->channel);
	set_fact(out, S("about"), r->about);
	set_fact(out, S("screening"), screening_code[screened.latest]);
	return OK;
}

Err casefile_open_report(Cx *cx, ReportId report, CaseId *out) {
	Report r;
	TRY(report_get(cx, report, &r));
	if (r.kase.n || r.state == REPORT_CLOSED)
		return fail(cx->why, ERR_CONFLICT, "report %lld has a case, or is closed",
			    (long long)report.n);
	Opening o = {.lead = cx->actor->stakeholder.n ? cx->actor->stakeholder : r.receiver,
		     .area = r.area,
		     .at = cx->now,
		     .report = &r};
	if (!o.lead.n) return fail(cx->why, ERR_INVALID, "report %lld: nobody leads", (long long)report.n);
	TRY(report_known(cx, &r, &o.facts));
	Case c;
	TRY(open_case(cx, &o, &c));
	TRY(report_mark_case(cx, report, c.id));
	TRY(casefile_tell(cx, &c, &(CaseTelling){.event = S("information_received"), .at = cx->now}));
	*out = c.id;
	return OK;
}

Err casefile_open(Cx *cx, const CaseIn *in, CaseId *out) {
	if (!in->lead.n || in->at <= 0 || in->at > cx->now)
		return fail(cx->why, ERR_INVALID, "a case without lead or time");
	Opening o = {.lead = in->lead, .area = in->area, .at = in->at, .facts = no_facts(cx)};
	set_fact(&o.facts, S("exploitation"), in->exploitation);
	set_fact(&o.facts, S("child"), in->child);
	Case c;
	TRY(open_case(cx, &o, &c));
	*out = c.id;
	return OK;
}

// ---- closing
// ---------------------------------------------------------------------------------------------------

static Err said(Cx *cx, const Case *c, Str text, Body *b) {
	Str sealed;
	text = str_trim(text);
	if (!text.n) return fail(cx->why, ERR_INVALID, "case %lld: no reason given", (long long)c->id.n);
	TRY(vault_seal(cx, c->key, (Place){"casefile", "sealed_closed", c->id.n}, text, &sealed));
	body_int(b, "version", c->version);
	body_bytes(b, "text", sealed);
	return OK;
}

Err casefile_close(Cx *cx, const Case *c, Str why, Str text) {
	bool known = false;
	for (ptrdiff_t i = 0; i < COUNT(casefile_close_reasons); i++)
		known = known || str_eq(why, casefile_close_reasons[i]);
	if (!known) return fail(cx->why, ERR_INVALID, "case %lld: not a reason to close", (long long)c->id.n);
	if (c->state != CASE_OPEN)
		return fail(cx->why, ERR_CONFLICT, "case %lld is closed", (long long)c->id.n);
	Body b = body_on(cx);
	body_str(&b, "why", why);
	TRY(said(cx, c, text, &b));
	TRY(casefile_append(cx, WHAT_CLOSED, c->id, c->key, &b));
	return casefile_tell(
		cx, c, &(CaseTelling){.event = S("case_closed"), .at = cx->now, .occurrence = id_new()});
}

Err casefile_reopen(Cx *cx, const Case *c, Str text) {
	if (c->state != CASE_CLOSED)
		return fail(cx->why, ERR_CONFLICT, "case %lld is open", (long long)c->id.n);
	Body b = body_on(cx);
	TRY(said(cx, c, text, &b));
	TRY(casefile_append(cx, WHAT_REOPENED, c->id, c->key, &b));
	return casefile_tell(
		cx, c, &(CaseTelling){.event = S("case_reopened"), .at = cx->now, .occurrence = id_new()});
}
