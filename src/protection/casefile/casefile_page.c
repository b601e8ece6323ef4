// Routes of the room, the list, and the forms: read, call the rule, show.
#include "base/actor.h"
#include "casefile/casefile_parts.h"
#include "casefile/casefile_say.h"
#include "report/report.h"
#include "screening/screening.h"
#include "stakeholder/stakeholder.h"

enum { PAGE_ROWS = 25, CHOICES = 300, OPEN_DUTIES = 40 };

static const Choice close_reasons[] = {
	{SLIT("completed"), T_casefile_why_completed, {0}},
	{SLIT("no_indication"), T_casefile_why_no_indication, {0}},
	{SLIT("transferred"), T_casefile_why_transferred, {0}},
	{SLIT("withdrawn"), T_casefile_why_withdrawn, {0}},
	{SLIT("duplicate"), T_casefile_why_duplicate, {0}},
	{SLIT("other"), T_casefile_why_other, {0}},
};
static const Choice bases[] = {
	{SLIT("own_work"), T_casefile_open_own_work, {0}},
	{SLIT("consent"), T_casefile_open_consent, {0}},
	{SLIT("legal_duty"), T_casefile_open_legal_duty, {0}},
	{SLIT("emergency"), T_casefile_open_emergency, {0}},
};
static const Choice join_bases[] = {
	{SLIT("legal_duty"), T_casefile_join_legal_duty, {0}},
	{SLIT("consent"), T_casefile_join_consent, {0}},
	{SLIT("own_work"), T_casefile_join_own_work, {0}},
};
static const Choice decisions[] = {
	{SLIT("no_indication"), T_casefile_screening_no_indication, {0}},
	{SLIT("possible"), T_casefile_screening_possible, {0}},
	{SLIT("presumed"), T_casefile_screening_presumed, {0}},
	{SLIT("confirmed"), T_casefile_screening_confirmed, {0}},
};
#define CHOICES_OF(table) .choice = (table), .nchoice = (int)COUNT(table)

static const Field close_fields[] = {
	{.name = "why",
	 .kind = FIELD_ONE,
	 .required = true,
	 .label = T_casefile_field_why,
	 CHOICES_OF(close_reasons)},
	{.name = "text",
	 .kind = FIELD_LONG,
	 .required = true,
	 .max = 4000,
	 .label = T_casefile_field_why_text},
};
static const Field reopen_fields[] = {
	{.name = "text", .kind = FIELD_LONG, .required = true, .max = 4000, .label = T_casefile_field_reopen},
};
static const Field event_fields[] = {
	{.name = "event", .kind = FIELD_ONE, .required = true, .label = T_casefile_field_event},
	{.name = "person",
	 .kind = FIELD_ONE,
	 .label = T_casefile_field_event_person,
	 .hint = T_casefile_field_event_person_hint},
	{.name = "when",
	 .kind = FIELD_WHEN,
	 .required = true,
	 .label = T_casefile_field_when,
	 .hint = T_casefile_field_when_hint},
};
static const Field note_fields[] = {
	{.name = "klass",
	 .kind = FIELD_ONE,
	 .required = true,
	 .label = T_casefile_field_class,
	 .hint = T_casefile_field_class_hint},
	{.name = "person",
	 .kind = FIELD_ONE,
	 .label = T_casefile_field_person,
	 .hint = T_casefile_field_person_hint},
	{.name = "text", .kind = FIELD_LONG, .required = true, .max = 20000, .label = T_casefile_field_note},
};
static const Field named_fields[] = {
	{.name = "named",
	 .kind = FIELD_MANY,
	 .label = T_casefile_field_named,
	 .hint = T_casefile_field_named_hint},
	{.name = "text", .kind = FIELD_LONG, .required = true, .max = 20000, .label = T_casefile_field_note},
};
static const Field document_fields[] = {
	{.name = "title",
	 .kind = FIELD_TEXT,
	 .required = true,
	 .max = 120,
	 .label = T_casefile_field_title,
	 .hint = T_casefile_field_title_hint},
	{.name = "klass",
	 .kind = FIELD_ONE,
	 .required = true,
	 .label = T_casefile_field_class,
	 .hint = T_casefile_field_class_hint},
	{.name = "person",
	 .kind = FIELD_ONE,
	 .label = T_casefile_field_person,
	 .hint = T_casefile_field_person_hint},
	{.name = "file",
	 .kind = FIELD_FILE,
	 .required = true,
	 .label = T_casefile_field_file,
	 .hint = T_casefile_field_file_hint},
};
static const Field open_fields[] = {
	{.name = "basis",
	 .kind = FIELD_ONE,
	 .required = true,
	 .label = T_casefile_field_basis,
	 CHOICES_OF(bases)},
	{.name = "reason",
	 .kind = FIELD_TEXT,
	 .max = 200,
	 .label = T_casefile_field_reason,
	 .hint = T_casefile_field_reason_hint},
};
static const Field join_fields[] = {
	{.name = "agency", .kind = FIELD_ONE, .label = T_casefile_field_agency},
	{.name = "code",
	 .kind = FIELD_TEXT,
	 .max = 16,
	 .label = T_casefile_field_code,
	 .hint = T_casefile_field_code_hint},
	{.name = "basis",
	 .kind = FIELD_ONE,
	 .required = true,
	 .label = T_casefile_field_join_basis,
	 CHOICES_OF(join_bases)},
};
static const Field leave_fields[] = {
	{.name = "text", .kind = FIELD_LONG, .required = true, .max = 4000, .label = T_casefile_field_leave},
};
static const Field screening_fields[] = {
	{.name = "decided",
	 .kind = FIELD_ONE,
	 .label = T_casefile_field_decided,
	 .hint = T_casefile_field_decided_hint,
	 CHOICES_OF(decisions)},
	{.name = "why",
	 .kind = FIELD_LONG,
	 .max = 4000,
	 .label = T_casefile_field_decided_why,
	 .hint = T_casefile_field_decided_why_hint},
};

static Page look_person_new, look_person_change, show_list, show_open, run_open, show_close, run_close,
	show_reopen, run_reopen, show_event, run_event, show_note, run_note;
static Page show_named, run_named, show_document_new, run_document_new, show_document, run_document,
	show_join, run_join, show_leave;
static Page run_leave, show_person_new, run_person_new, show_person_change, run_person_change, show_screening,
	run_screening;

#define FORM(path, act, more, show, run_it, fields) \
	ROUTE("GET", path, act, FIELDS(fields), .run = (show)), \
		ROUTE("POST", path, act, .flags = ROUTE_WRITES | (more), FIELDS(fields), .run = (run_it), \
		      .again = (show))
static const Field person_fields[] = {
	{"not_known", FIELD_TEXT, .max = 200, .label = T_identity_before_ask},
};
enum { KNOWN_SHOWN = 5 };
static const Route routes[] = {
	ROUTE("GET", PATH_cases, ACT_case_list, .run = show_list),
	ROUTE("GET", PATH_case_from_report, ACT_case_open, .run = show_open),
	ROUTE("POST", PATH_case_from_report, ACT_case_open, .flags = ROUTE_WRITES | ROUTE_KEEPS,
	      .run = run_open, .again = show_open),
	ROUTE("GET", PATH_case, ACT_case_read, .run = casefile_show),
	FORM(PATH_case_close, ACT_case_close, 0, show_close, run_close, close_fields),
	FORM(PATH_case_reopen, ACT_case_reopen, 0, show_reopen, run_reopen, reopen_fields),
	FORM(PATH_case_event, ACT_event_write, ROUTE_KEEPS, show_event, run_event, event_fields),
	FORM(PATH_case_note, ACT_note_write, ROUTE_KEEPS, show_note, run_note, note_fields),
	FORM(PATH_case_documents, ACT_document_write, ROUTE_UPLOAD | ROUTE_KEEPS, show_document_new,
	     run_document_new, document_fields),
	FORM(PATH_case_document, ACT_document_read, 0, show_document, run_document, open_fields),
	FORM(PATH_case_join, ACT_participant_write, ROUTE_KEEPS, show_join, run_join, join_fields),
	FORM(PATH_case_leave, ACT_participant_write, ROUTE_KEEPS, show_leave, run_leave, leave_fields),
	ROUTE("GET", PATH_person_new, ACT_person_write, .form = "person", .run = show_person_new),
	ROUTE("POST", PATH_person_new, ACT_person_write, .flags = ROUTE_WRITES | ROUTE_KEEPS,
	      FIELDS(person_fields), .form = "person", .before = look_person_new, .run = run_person_new,
	      .again = show_person_new),
	ROUTE("GET", PATH_person, ACT_person_read, .run = casefile_show_person),
	ROUTE("GET", PATH_person_change, ACT_person_write, .form = "person", .run = show_person_change),
	ROUTE("POST", PATH_person_change, ACT_person_write, .flags = ROUTE_WRITES, FIELDS(person_fields),
	      .form = "person", .before = look_person_change, .run = run_person_change,
	      .again = show_person_change),
	FORM(PATH_person_named, ACT_note_write, ROUTE_KEEPS, show_named, run_named, named_fields),
	ROUTE("GET", PATH_person_screening, ACT_screening_write, FIELDS(screening_fields),
	      .form = "screening", .run = show_screening),
	ROUTE("POST", PATH_person_screening, ACT_screening_write, .flags = ROUTE_WRITES | ROUTE_KEEPS,
	      FIELDS(screening_fields), .form = "screening", .run = run_screening, .again = show_screening),
};
const Routes casefile_routes = {routes, (int)COUNT(routes)};

static const Route *route_to(const char *path) {
	for (ptrdiff_t i = 0; i < COUNT(routes); i++)
		if (!strcmp(routes[i].path, path) && !strcmp(routes[i].method, "POST")) return &routes[i];
	ASSERT(false);
	return NULL;
}

// ---- what all forms have in common
// -----------------------------------------------------------------------------

static Err case_asked(Cx *cx, const Req *rq, Case *c) {
	return casefile_get(cx, (CaseId){req_param(rq, 0)}, c);
}

// A closed case is read; to write in it, it is opened again first.
static Err open_case_asked(Cx *cx, const Req *rq, Case *c) {
	TRY(case_asked(cx, rq, c));
	return c->state == CASE_OPEN ? OK
				     : fail(cx->why, ERR_CONFLICT, "case %lld is closed", (long long)c->id.n);
}

static Err person_asked(Cx *cx, const Req *rq, const Case *c, Person *p) {
	TRY(casefile_person(cx, c, (PersonId){req_param(rq, 1)}, p));
	if (casefile_person_seen(p, req_classes(cx, rq, ACT_person_read))) return OK;
	return fail(cx->why, ERR_NOT_FOUND, "person %lld: not for this reader", (long long)p->id.n);
}

static int64_t version_seen(const Req *rq) {
	int64_t v = 0;
	(void)str_to_int(req_str(rq, "_version"), &v); // none: no version is 0, which conflicts
	return v;
}

static Str word(Cx *cx, Text t) { return text_in(cx->lang, t); }

static Err wrong(Cx *cx, Req *rq, const char *field, Text sentence) {
	req_error(cx, rq, field, word(cx, sentence));
	return fail(cx->why, ERR_INVALID, "field %s", *field ? field : "(form)");
}

typedef struct {
	Text heading, sentence, submit;
} Words;

static CaseActPage *act_page(Cx *cx, const Case *c, const Words *w) {
	CaseActPage *v = NEW(cx->arena, CaseActPage, 1);
	*v = (CaseActPage){
		.heading = word(cx, w->heading),
		.number = c->number,
		.address = url_of(cx->arena, PATH_case, c->id.n),
		.sentence = word(cx, w->sentence),
	};
	return v;
}

static FormView *act_form(Cx *cx, Req *rq, CaseActPage *v, const char *path, Text submit, const Given *given,
			  int ngiven) {
	int64_t id[] = {req_param(rq, 0), req_param(rq, 1)};
	int ids = 0; // those the path has
	for (const char *sign = path; *sign; sign++) ids += *sign == ':';
	FormView *f = form_view(cx, rq, route_to(path), url_of_(cx->arena, path, id, ids), given, ngiven);
	f->submit = word(cx, submit);
	f->cancel = v->address;
	v->form = f;
	return f;
}

static Err show_act(Cx *cx, Req *rq, Reply *out, const CaseActPage *v) {
	return reply_page(cx, rq, out, &TEMPLATE_casefile_act, v, v->heading, ACT_case_list);
}

static Err see_case(Cx *cx, Reply *out, CaseId id, Text said) {
	reply_flash(cx, out, said);
	return reply_see(cx, out, url_of(cx->arena, PATH_case, id.n));
}

// Choices that depend on the case are filled in here; the rule checks what comes back.
typedef struct {
	Str code, label;
} Option;

static FieldView *field_named(const FormView *f, const char *name) {
	for (ptrdiff_t i = 0; i < f->fields.n; i++)
		if (str_eq(f->fields.at[i].name, str_of(name)))
			return (FieldView *)(uintptr_t)&f->fields.at[i]; // of our own arena
	ASSERT(false);
	return NULL;
}

static void set_options(Cx *cx, FieldView *v, const Option *o, ptrdiff_t n) {
	ChoiceView *at = NEW(cx->arena, ChoiceView, n);
	for (ptrdiff_t i = 0; i < n; i++) {
		bool chosen = str_eq(v->value, o[i].code);
		for (Str rest = v->is_many ? v->value : S(""), one; str_cut(&rest, ' ', &one);)
			chosen = chosen || str_eq(one, o[i].code);
		at[i] = (ChoiceView){str_fmt(cx->arena, "%.*s-%td", (int)v->id.n, v->id.p, i + 1), o[i].code,
				     o[i].label, chosen};
	}
	v->choices.at = at;
	v->choices.n = n;
	if (!v->is_many) {
		v->is_one = v->is_text = false;
		v->is_select = true;
	}
}

static Err set_people_options(Cx *cx, const Req *rq, const Case *c, const FormView *f) {
	People people;
	uint32_t classes = req_classes(cx, rq, ACT_person_read);
	TRY(casefile_people(cx, c, &people));
	Option *o = NEW(cx->arena, Option, people.n);
	ptrdiff_t n = 0;
	for (ptrdiff_t i = 0; i < people.n && classes; i++) {
		const Person *p = &people.at[i];
		if (casefile_person_seen(p, classes))
			o[n++] = (Option){id_text(cx->arena, p->id.n), casefile_person_said(cx, p->label)};
	}
	set_options(cx, field_named(f, "person"), o, n);
	return OK;
}

// The person chosen in a form; NULL for none.
static Err person_chosen(Cx *cx, Req *rq, const Case *c, Person *space, const Person **out) {
	int64_t id = 0;
	Str sent = req_str(rq, "person");
	*out = NULL;
	if (!sent.n) return OK;
	if (!id_parse(sent, &id) || casefile_person(cx, c, (PersonId){id}, space) != OK ||
	    !casefile_person_seen(space, req_classes(cx, rq, ACT_person_read)))
		return wrong(cx, rq, "person", T_casefile_wrong_person);
	*out = space;
	return OK;
}

static void set_class_options(Cx *cx, const FormView *f, uint32_t classes) {
	Option o[CLASS__N];
	ptrdiff_t n = 0;
	for (Class k = CLASS_CASE; k < CLASS__N; k++)
		if (k != CLASS_HIV && (classes & CLASS_BIT(k)))
			o[n++] = (Option){str_of(class_name(k)), casefile_class_said(cx, k)};
	set_options(cx, field_named(f, "klass"), o, n);
}

static Err class_chosen(Cx *cx, Req *rq, Act act, Class *out) {
	if (!class_from_name(req_str(rq, "klass"), out) || *out == CLASS_OPEN || *out == CLASS_HIV ||
	    !(req_classes(cx, rq, act) & CLASS_BIT(*out)))
		return wrong(cx, rq, "klass", T_casefile_wrong_class);
	return OK;
}

static Str now_given(Cx *cx) {
	Civil c = zone_civil(cx->zone, cx->now);
	return str_fmt(cx->arena, "%04d-%02d-%02dT%02d:%02d", c.year, c.month, c.day, c.hour, c.minute);
}

// ---- the list
// ------------------------------------------------------------------------------------------------------

typedef struct {
	ChoiceView *at;
	ptrdiff_t n;
} Filters;

static void add_filter(Filters *f, Str code, Str label, Str chosen) {
	f->at[f->n++] = (ChoiceView){.value = code, .label = label, .chosen = str_eq(code, chosen)};
}

static void set_filters(Cx *cx, Req *rq, CaseListPage *v) {
	const PackForm *form = pack_form(cx->pack, S("person"));
	Filters s = {NEW(cx->arena, ChoiceView, 3), 0},
		a = {NEW(cx->arena, ChoiceView, cx->pack->narea + 1), 0};
	Str state = req_query(rq, "state"), area = req_query(rq, "area"),
	    kind = req_query(rq, "exploitation");
	add_filter(&s, S(""), word(cx, T_web_all), state);
	for (CaseState i = CASE_OPEN; i < CASE__N; i++)
		add_filter(&s, case_state_code(i), casefile_state_said(cx, i), state);
	add_filter(&a, S(""), word(cx, T_web_all), area);
	for (ptrdiff_t i = 0; i < cx->pack->narea; i++) {
		const PackArea *one = &cx->pack->area[i];
		if (!str_eq(one->level, S("block")) && !str_eq(one->level, S("community")))
			add_filter(&a, one->code, label_in(&one->label, cx->lang), area);
	}
	v->states.at = s.at;
	v->states.n = s.n;
	v->areas.at = a.at;
	v->areas.n = a.n;
	for (ptrdiff_t i = 0; form && i < form->nask; i++) {
		const PackAsk *ask = &form->ask[i];
		if (!str_eq(ask->name, S("exploitation"))) continue;
		Filters x = {NEW(cx->arena, ChoiceView, ask->nchoice + 1), 0};
		add_filter(&x, S(""), word(cx, T_web_all), kind);
		for (ptrdiff_t k = 0; k < ask->nchoice; k++)
			add_filter(&x, ask->choice[k].code, label_in(&ask->choice[k].label, cx->lang), kind);
		v->exploitations.at = x.at;
		v->exploitations.n = x.n;
	}
}

static Url list_url(Cx *cx, Req *rq, int64_t before) {
	static const char *const kept[] = {"q", "state", "area", "exploitation", "child"};
	Url u = url_of(cx->arena, PATH_cases);
	for (ptrdiff_t i = 0; i < COUNT(kept); i++)
		if (req_query(rq, kept[i]).n) u = url_with(cx->arena, u, kept[i], req_query(rq, kept[i]));
	return before ? url_with(cx->arena, u, "before", id_text(cx->arena, before)) : u;
}

static Err list_rows(Cx *cx, const Cases *list, CaseListPage *v) {
	CaseListRow *at = NEW(cx->arena, CaseListRow, list->n);
	for (ptrdiff_t i = 0; i < list->n; i++) {
		const Case *c = &list->at[i];
		at[i] = (CaseListRow){
			.number = c->number,
			.address = url_of(cx->arena, PATH_case, c->id.n),
			.state = casefile_state_said(cx, c->state),
			.open = c->state == CASE_OPEN,
			.screening = casefile_screening_said(cx, c->screening),
			.child = str_eq(c->child, S("yes")),
			.exploitation = casefile_codes_said(cx, "exploitation", c->exploitation),
			.area = casefile_area_said(cx, c->area),
			.opened = say_date(cx, c->opened),
		};
		for (ptrdiff_t k = 0; k < i && !at[i].lead.n; k++)
			if (list->at[k].lead.n == c->lead.n) at[i].lead = at[k].lead;
		if (!at[i].lead.n) TRY(stakeholder_name(cx, c->lead, &at[i].lead));
	}
	v->cases.at = at;
	v->cases.n = list->n;
	return OK;
}

static Err show_list(Cx *cx, Req *rq, Reply *out) {
	int64_t before = 0;
	(void)id_parse(req_query(rq, "before"), &before); // nonsense: from the newest
	CaseFilter f = {
		.area = req_query(rq, "area"),
		.exploitation = req_query(rq, "exploitation"),
		.search = req_query(rq, "q"),
		.child = str_eq(req_query(rq, "child"), S("1")),
		.before = before,
		.limit = PAGE_ROWS,
	};
	for (CaseState i = CASE_OPEN; i < CASE__N; i++)
		if (str_eq(req_query(rq, "state"), case_state_code(i))) f.state = i;
	bool narrowed = f.state || f.area.n || f.exploitation.n || f.search.n || f.child || before;
	Cases list;
	TRY(casefile_list(cx, &f, &list));
	CaseListPage *v = NEW(cx->arena, CaseListPage, 1);
	*v = (CaseListPage){
		.here = url_of(cx->arena, PATH_cases),
		.search = f.search,
		.child_only = f.child,
		.empty = word(cx, narrowed ? T_casefile_list_none : T_casefile_list_empty),
	};
	Verdict reports;
	TRY(policy_may(cx, ACT_report_list, (Object){0}, &reports));
	if (!narrowed && reports.yes) v->reports = url_of(cx->arena, PATH_reports);
	set_filters(cx, rq, v);
	TRY(list_rows(cx, &list, v));
	if (list.more || before) {
		Pager *p = NEW(cx->arena, Pager, 1);
		if (list.more) p->older = list_url(cx, rq, list.at[list.n - 1].id.n);
		if (before) p->newer = list_url(cx, rq, 0);
		v->pages = p;
	}
	return reply_page(cx, rq, out, &TEMPLATE_casefile_list, v, word(cx, T_casefile_list_heading),
			  ACT_case_list);
}

// ---- opening
// -------------------------------------------------------------------------------------------------------

static Err show_open(Cx *cx, Req *rq, Reply *out) {
	static const Words w = {T_casefile_open_heading, T_casefile_open_sentence, T_casefile_open_submit};
	Report r;
	ScreeningOf of;
	Screenings screened;
	TRY(report_get(cx, (ReportId){req_param(rq, 0)}, &r));
	if (r.kase.n) return reply_see(cx, out, url_of(cx->arena, PATH_case, r.kase.n));
	TRY(screening_of_report(cx, r.id, &of));
	TRY(screening_list(cx, &of, &screened));
	CaseActPage *v = act_page(cx, &(Case){.number = r.number}, &w);
	v->address = url_of(cx->arena, PATH_report, r.id.n);
	CaseFactView *at = NEW(cx->arena, CaseFactView, 5);
	ptrdiff_t n = 0;
	Str screening = casefile_screening_said(cx, screening_code[screened.latest]);
	at[n++] = (CaseFactView){word(cx, T_casefile_open_received), say_when(cx, r.received)};
	if (r.area.n)
		at[n++] = (CaseFactView){word(cx, T_casefile_list_area), casefile_area_said(cx, r.area)};
	at[n++] = (CaseFactView){word(cx, T_casefile_open_screening),
				 screening.n ? screening : word(cx, T_casefile_open_unscreened)};
	at[n++] = (CaseFactView){word(cx, T_casefile_tag_lead), cx->actor->stakeholder_name};
	v->facts.at = at;
	v->facts.n = n;
	(void)act_form(cx, rq, v, PATH_case_from_report, w.submit, NULL, 0);
	return show_act(cx, rq, out, v);
}

static Err run_open(Cx *cx, Req *rq, Reply *out) {
	CaseId id;
	TRY(casefile_open_report(cx, (ReportId){req_param(rq, 0)}, &id));
	return see_case(cx, out, id, T_casefile_said_opened);
}

// ---- closing
// -------------------------------------------------------------------------------------------------------

static Err changed_meanwhile(Cx *cx, Req *rq, const Case *c) {
	if (version_seen(rq) == c->version) return OK;
	req_error(cx, rq, "", word(cx, T_casefile_changed));
	return fail(cx->why, ERR_CONFLICT, "case %lld is not as its reader saw it", (long long)c->id.n);
}

static void set_version(Cx *cx, FormView *f, int64_t version) {
	f->version = str_fmt(cx->arena, "%lld", (long long)version);
}

static Err show_close(Cx *cx, Req *rq, Reply *out) {
	static const Words w = {T_casefile_close_heading, T_casefile_close_sentence, T_casefile_close_submit};
	Case c;
	Duties all, live = {0};
	const DutyRow *row;
	TRY(case_asked(cx, rq, &c));
	if (c.state != CASE_OPEN) return reply_see(cx, out, url_of(cx->arena, PATH_case, c.id.n));
	CaseActPage *v = act_page(cx, &c, &w);
	TRY(duty_of(cx, (Object){ABOUT_CASE, c.id.n}, OPEN_DUTIES, &all)); // live ones come first
	live.duty = all.duty;
	while (live.n < all.n && duty_state_live(all.duty[live.n].state)) live.n++;
	if (live.n) v->warning = text_plural(cx->arena, cx->lang, T_casefile_close_duties, live.n, NULL, 0);
	TRY(duty_rows(cx, &live, &row));
	v->duties.at = row;
	v->duties.n = live.n;
	set_version(cx, act_form(cx, rq, v, PATH_case_close, w.submit, NULL, 0), c.version);
	return show_act(cx, rq, out, v);
}

static Err run_close(Cx *cx, Req *rq, Reply *out) {
	Case c;
	TRY(case_asked(cx, rq, &c));
	TRY(changed_meanwhile(cx, rq, &c));
	TRY(casefile_close(cx, &c, req_str(rq, "why"), req_str(rq, "text")));
	return see_case(cx, out, c.id, T_casefile_said_closed);
}

static Err show_reopen(Cx *cx, Req *rq, Reply *out) {
	static const Words w = {T_casefile_reopen_heading, T_casefile_reopen_sentence,
				T_casefile_reopen_submit};
	Case c;
	TRY(case_asked(cx, rq, &c));
	if (c.state == CASE_OPEN) return reply_see(cx, out, url_of(cx->arena, PATH_case, c.id.n));
	CaseActPage *v = act_page(cx, &c, &w);
	set_version(cx, act_form(cx, rq, v, PATH_case_reopen, w.submit, NULL, 0), c.version);
	return show_act(cx, rq, out, v);
}

static Err run_reopen(Cx *cx, Req *rq, Reply *out) {
	Case c;
	TRY(case_asked(cx, rq, &c));
	TRY(changed_meanwhile(cx, rq, &c));
	TRY(casefile_reopen(cx, &c, req_str(rq, "text")));
	return see_case(cx, out, c.id, T_casefile_said_reopened);
}

// ---- what happened
// ---------------------------------------------------------------------------------------------------

static Err show_event(Cx *cx, Req *rq, Reply *out) {
	static const Words w = {T_casefile_event_heading, T_casefile_event_sentence, T_casefile_event_submit};
	Case c;
	Stakeholder mine;
	TRY(open_case_asked(cx, rq, &c));
	TRY(stakeholder_get(cx, cx->actor->stakeholder, &mine));
	CaseActPage *v = act_page(cx, &c, &w);
	FormView *f = act_form(cx, rq, v, PATH_case_event, w.submit, GIVEN({"when", now_given(cx)}));
	Option *o = NEW(cx->arena, Option, cx->pack->nevent);
	ptrdiff_t n = 0;
	for (ptrdiff_t i = 0; i < cx->pack->nevent; i++) {
		const PackEvent *e = &cx->pack->event[i];
		if (casefile_event_by_hand(e, mine.kind))
			o[n++] = (Option){e->code, label_in(&e->label, cx->lang)};
	}
	set_options(cx, field_named(f, "event"), o, n);
	TRY(set_people_options(cx, rq, &c, f));
	return show_act(cx, rq, out, v);
}

static Err run_event(Cx *cx, Req *rq, Reply *out) {
	Case c;
	Person space;
	const Person *p;
	Stakeholder mine;
	TRY(open_case_asked(cx, rq, &c));
	TRY(stakeholder_get(cx, cx->actor->stakeholder, &mine));
	TRY(person_chosen(cx, rq, &c, &space, &p));
	const PackEvent *e = pack_event(cx->pack, req_str(rq, "event"));
	if (!e || !casefile_event_by_hand(e, mine.kind))
		return wrong(cx, rq, "event", T_casefile_wrong_event);
	bool about_person = str_eq(e->about, S("person"));
	if (about_person && !p) return wrong(cx, rq, "person", T_casefile_wrong_event_person);
	if (req_when(rq, "when") > cx->now) return wrong(cx, rq, "when", T_casefile_wrong_future);
	TRY(casefile_event(cx, &c, &(CaseEvent){e->code, about_person ? p : NULL, req_when(rq, "when")}));
	return see_case(cx, out, c.id, T_casefile_said_event);
}

// ---- notes
// -----------------------------------------------------------------------------------------------------------

static Err show_note(Cx *cx, Req *rq, Reply *out) {
	static const Words w = {T_casefile_note_heading, T_casefile_note_sentence, T_casefile_note_submit};
	Case c;
	TRY(open_case_asked(cx, rq, &c));
	CaseActPage *v = act_page(cx, &c, &w);
	FormView *f = act_form(cx, rq, v, PATH_case_note, w.submit,
			       GIVEN({"klass", S("case")}, {"person", req_query(rq, "person")}));
	set_class_options(cx, f, req_classes(cx, rq, ACT_note_write));
	TRY(set_people_options(cx, rq, &c, f));
	return show_act(cx, rq, out, v);
}

static Err run_note(Cx *cx, Req *rq, Reply *out) {
	Case c;
	Person space;
	NoteIn in = {.text = req_str(rq, "text")};
	NoteId id;
	TRY(open_case_asked(cx, rq, &c));
	TRY(class_chosen(cx, rq, ACT_note_write, &in.klass));
	TRY(person_chosen(cx, rq, &c, &space, &in.person));
	TRY(casefile_note_add(cx, &c, &in, &id));
	return see_case(cx, out, c.id, T_casefile_said_note);
}

// Those who could read such a note if named: members of agencies that take part, in a post that may be named.
static Err named_options(Cx *cx, const Case *c, Option *o, ptrdiff_t *n) {
	Participants all;
	TRY(casefile_participants(cx, c, &all));
	*n = 0;
	for (ptrdiff_t i = 0; i < all.n; i++) {
		Members m;
		Str agency;
		TRY(member_list(cx, all.at[i].stakeholder, &m));
		TRY(stakeholder_name(cx, all.at[i].stakeholder, &agency));
		for (ptrdiff_t k = 0; k < m.n && *n < CHOICES; k++) {
			const Member *one = &m.at[k];
			uint32_t may =
				policy_grant(cx->pack, one->posts, false, RELATION_NAMED, ACT_note_read);
			if (!one->active || one->id.n == cx->actor->member.n || !(may & CLASS_BIT(CLASS_HIV)))
				continue;
			o[(*n)++] = (Option){id_text(cx->arena, one->id.n),
					     str_fmt(cx->arena, "%.*s · %.*s", (int)one->name.n, one->name.p,
						     (int)agency.n, agency.p)};
		}
	}
	return OK;
}

static Err named_asked(Cx *cx, const Req *rq, Case *c, Person *p) {
	TRY(open_case_asked(cx, rq, c));
	TRY(person_asked(cx, rq, c, p));
	if (req_classes(cx, rq, ACT_note_write) & CLASS_BIT(CLASS_HIV)) return OK;
	return fail(cx->why, ERR_NOT_FOUND, "case %lld: notes of this class are not for this writer",
		    (long long)c->id.n);
}

static Err show_named(Cx *cx, Req *rq, Reply *out) {
	static const Words w = {T_casefile_named_heading, T_casefile_named_sentence, T_casefile_named_submit};
	Case c;
	Person p;
	Option *o = NEW(cx->arena, Option, CHOICES);
	ptrdiff_t n;
	TRY(named_asked(cx, rq, &c, &p));
	TRY(named_options(cx, &c, o, &n));
	CaseActPage *v = act_page(cx, &c, &w);
	v->heading = say(cx, w.heading, casefile_person_said(cx, p.label));
	FormView *f = act_form(cx, rq, v, PATH_person_named, w.submit, NULL, 0);
	set_options(cx, field_named(f, "named"), o, n);
	return show_act(cx, rq, out, v);
}

static Err run_named(Cx *cx, Req *rq, Reply *out) {
	Case c;
	Person p;
	Option *o = NEW(cx->arena, Option, CHOICES);
	MemberId *named = NEW(cx->arena, MemberId, CHOICES);
	NoteIn in = {.person = &p, .klass = CLASS_HIV, .text = req_str(rq, "text"), .named = named};
	ptrdiff_t n;
	NoteId id;
	TRY(named_asked(cx, rq, &c, &p));
	TRY(named_options(cx, &c, o, &n));
	for (ptrdiff_t i = 0; i < n; i++) // only those that were offered
		if (req_has(rq, "named", o[i].code) && id_parse(o[i].code, &named[in.nnamed].n)) in.nnamed++;
	TRY(casefile_note_add(cx, &c, &in, &id));
	reply_flash(cx, out, T_casefile_said_note);
	return reply_see(cx, out, url_of(cx->arena, PATH_person, c.id.n, p.id.n));
}

// ---- documents
// -------------------------------------------------------------------------------------------------------

static Err show_document_new(Cx *cx, Req *rq, Reply *out) {
	static const Words w = {T_casefile_document_heading, T_casefile_document_sentence,
				T_casefile_document_submit};
	Case c;
	TRY(open_case_asked(cx, rq, &c));
	CaseActPage *v = act_page(cx, &c, &w);
	FormView *f = act_form(cx, rq, v, PATH_case_documents, w.submit, GIVEN({"klass", S("case")}));
	set_class_options(cx, f, req_classes(cx, rq, ACT_document_write));
	TRY(set_people_options(cx, rq, &c, f));
	field_named(f, "file")->many = false;
	return show_act(cx, rq, out, v);
}

static Err run_document_new(Cx *cx, Req *rq, Reply *out) {
	Case c;
	Person space;
	const Upload *file;
	DocumentId id;
	TRY(open_case_asked(cx, rq, &c));
	DocumentIn in = {.title = req_str(rq, "title")};
	TRY(class_chosen(cx, rq, ACT_document_write, &in.klass));
	TRY(person_chosen(cx, rq, &c, &space, &in.person));
	if (req_uploads(rq, "file", &file) != 1) return wrong(cx, rq, "file", T_casefile_wrong_file_one);
	if (!file[0].bytes.n) return wrong(cx, rq, "file", T_casefile_wrong_file_empty);
	if (file[0].bytes.n > DOCUMENT_BYTES) return wrong(cx, rq, "file", T_casefile_wrong_file_large);
	if (!casefile_document_type_ok(file[0].type))
		return wrong(cx, rq, "file", T_casefile_wrong_file_type);
	in.type = file[0].type;
	in.bytes = file[0].bytes;
	TRY(casefile_document_add(cx, &c, &in, &id));
	return see_case(cx, out, c.id, T_casefile_said_document);
}

static Err document_asked(Cx *cx, const Req *rq, Case *c, Document *d) {
	TRY(case_asked(cx, rq, c));
	return casefile_document(cx, c, (DocumentId){req_param(rq, 1)},
				 req_classes(cx, rq, ACT_document_read), d);
}

static Err show_document(Cx *cx, Req *rq, Reply *out) {
	static const Words w = {T_casefile_open_document_heading, T_casefile_open_document_sentence,
				T_casefile_open_document_submit};
	Case c;
	Document d;
	TRY(document_asked(cx, rq, &c, &d));
	CaseActPage *v = act_page(cx, &c, &w);
	CaseFactView *at = NEW(cx->arena, CaseFactView, 4);
	Str by;
	TRY(stakeholder_name(cx, d.stakeholder, &by));
	at[0] = (CaseFactView){word(cx, T_casefile_field_title), d.title};
	at[1] = (CaseFactView){word(cx, T_casefile_field_class), casefile_class_said(cx, d.klass)};
	at[2] = (CaseFactView){word(cx, T_casefile_document_by), str_fmt(cx->arena, "%.*s", (int)by.n, by.p)};
	at[3] = (CaseFactView){word(cx, T_casefile_document_when), say_when(cx, d.at)};
	v->facts.at = at;
	v->facts.n = 4;
	(void)act_form(cx, rq, v, PATH_case_document, w.submit, NULL, 0);
	return show_act(cx, rq, out, v);
}

// Neutral: a name on a disk is read by whoever uses the machine.
static Str file_name(Cx *cx, const Document *d) {
	static const struct {
		Str type, end;
	} ends[] = {
		{SLIT("image/jpeg"), SLIT(".jpg")},
		{SLIT("image/png"), SLIT(".png")},
		{SLIT("image/webp"), SLIT(".webp")},
		{SLIT("image/gif"), SLIT(".gif")},
		{SLIT("image/heic"), SLIT(".heic")},
		{SLIT("application/pdf"), SLIT(".pdf")},
		{SLIT("audio/mpeg"), SLIT(".mp3")},
		{SLIT("audio/ogg"), SLIT(".ogg")},
		{SLIT("audio/mp4"), SLIT(".m4a")},
		{SLIT("audio/x-m4a"), SLIT(".m4a")},
		{SLIT("audio/x-wav"), SLIT(".wav")},
		{SLIT("video/mp4"), SLIT(".mp4")},
		{SLIT("text/plain"), SLIT(".txt")},
		{SLIT("application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
		 SLIT(".docx")},
	};
	Str end = S("");
	for (ptrdiff_t i = 0; i < COUNT(ends); i++)
		if (str_eq(ends[i].type, d->type)) end = ends[i].end;
	Str id = id_text(cx->arena, d->id.n);
	return str_fmt(cx->arena, "document-%.*s%.*s", (int)id.n, id.p, (int)end.n, end.p);
}

static Err run_document(Cx *cx, Req *rq, Reply *out) {
	Case c;
	Document d;
	Str bytes, basis = req_str(rq, "basis"), reason = req_str(rq, "reason");
	TRY(document_asked(cx, rq, &c, &d));
	if (str_eq(basis, S("emergency")) && !reason.n)
		return wrong(cx, rq, "reason", T_casefile_wrong_reason);
	TRY(casefile_document_open(cx, &c, &d, str_z(cx->arena, basis), reason, &bytes));
	return reply_file(cx, out, d.type, file_name(cx, &d), bytes);
}

// ---- who takes part
// ----------------------------------------------------------------------------------------------------

static Err show_join(Cx *cx, Req *rq, Reply *out) {
	static const Words w = {T_casefile_join_heading, T_casefile_join_sentence, T_casefile_join_submit};
	Case c;
	Stakeholders all;
	RelatedList there;
	TRY(open_case_asked(cx, rq, &c));
	TRY(policy_related(cx, (Object){ABOUT_CASE, c.id.n}, &there));
	TRY(stakeholder_list(
		cx,
		&(StakeholderFilter){.active_only = true, .mine = cx->actor->stakeholder, .limit = CHOICES},
		&all));
	Option *o = NEW(cx->arena, Option, all.n);
	ptrdiff_t n = 0;
	for (ptrdiff_t i = 0; i < all.n; i++) {
		bool offered = true;
		for (ptrdiff_t k = 0; k < there.n; k++) // who takes part already, and who is walled off
			if (there.at[k].stakeholder.n == all.at[i].id.n &&
			    there.at[k].relation != RELATION_OVERSIGHT)
				offered = false;
		if (offered) o[n++] = (Option){id_text(cx->arena, all.at[i].id.n), all.at[i].name};
	}
	CaseActPage *v = act_page(cx, &c, &w);
	set_options(cx, field_named(act_form(cx, rq, v, PATH_case_join, w.submit, NULL, 0), "agency"), o, n);
	return show_act(cx, rq, out, v);
}

static Err run_join(Cx *cx, Req *rq, Reply *out) {
	Case c;
	Stakeholder s = {0};
	TRY(open_case_asked(cx, rq, &c));
	Str code = req_str(rq, "code");
	int64_t id;
	if (code.n && stakeholder_by_code(cx, code, &s) != OK)
		return wrong(cx, rq, "code", T_casefile_wrong_agency);
	if (!code.n && id_parse(req_str(rq, "agency"), &id)) s.id.n = id;
	if (!s.id.n) return wrong(cx, rq, "agency", T_casefile_wrong_agency);
	Err e = casefile_join(cx, &c, s.id, req_str(rq, "basis"));
	if (e == ERR_NOT_FOUND) return wrong(cx, rq, code.n ? "code" : "agency", T_casefile_wrong_agency);
	if (e == ERR_CONFLICT)
		return wrong(cx, rq, code.n ? "code" : "agency", T_casefile_wrong_agency_there);
	TRY(e);
	return see_case(cx, out, c.id, T_casefile_said_joined);
}

static Err show_leave(Cx *cx, Req *rq, Reply *out) {
	static const Words w = {T_casefile_leave_heading, T_casefile_leave_sentence, T_casefile_leave_submit};
	Case c;
	Participants all;
	Str name = {0};
	TRY(open_case_asked(cx, rq, &c));
	TRY(casefile_participants(cx, &c, &all));
	for (ptrdiff_t i = 0; i < all.n; i++)
		if (all.at[i].stakeholder.n == req_param(rq, 1) && all.at[i].relation != RELATION_LEAD)
			TRY(stakeholder_name(cx, all.at[i].stakeholder, &name));
	if (!name.n)
		return fail(cx->why, ERR_NOT_FOUND, "case %lld: nobody of that id takes part",
			    (long long)c.id.n);
	CaseActPage *v = act_page(cx, &c, &w);
	v->heading = say(cx, w.heading, name);
	(void)act_form(cx, rq, v, PATH_case_leave, w.submit, NULL, 0);
	return reply_page(cx, rq, out, &TEMPLATE_casefile_act, v, c.number, ACT_case_list);
}

static Err run_leave(Cx *cx, Req *rq, Reply *out) {
	Case c;
	TRY(open_case_asked(cx, rq, &c));
	TRY(casefile_leave(cx, &c, (StakeholderId){req_param(rq, 1)}, req_str(rq, "text")));
	return see_case(cx, out, c.id, T_casefile_said_left);
}

// ---- people
// ------------------------------------------------------------------------------------------------------------

static const PackAsk *ask_named(const PackForm *f, Str name) {
	for (ptrdiff_t i = 0; i < f->nask; i++)
		if (str_eq(f->ask[i].name, name)) return &f->ask[i];
	return NULL;
}

static void set_area_options(Cx *cx, FieldView *v) {
	Option *o = NEW(cx->arena, Option, cx->pack->narea);
	ptrdiff_t n = 0;
	for (ptrdiff_t i = 0; i < cx->pack->narea; i++)
		if (str_eq(cx->pack->area[i].level, S("district")))
			o[n++] = (Option){cx->pack->area[i].code,
					  label_in(&cx->pack->area[i].label, cx->lang)};
	set_options(cx, v, o, n);
}

// Only what the writer may write is asked, and no heading stands over nothing.
static void cut_form(Cx *cx, const PackForm *form, FormView *f, uint32_t classes) {
	FieldView *at = NEW(cx->arena, FieldView, f->fields.n);
	ptrdiff_t n = 0;
	for (ptrdiff_t i = 0; i < f->fields.n; i++) {
		FieldView v = f->fields.at[i];
		const PackAsk *ask = ask_named(form, v.name);
		if (ask && !v.is_note && !(classes & CLASS_BIT(casefile_ask_class(ask, false)))) continue;
		if (ask && str_eq(ask->appearance, S("area"))) set_area_options(cx, &v);
		if (v.is_note && n && at[n - 1].is_note) n--;
		at[n++] = v;
	}
	if (n && at[n - 1].is_note) n--;
	f->fields.at = at;
	f->fields.n = n;
}

// ---- is she known already?
// -------------------------------------------------------------------------------------------------

static const char known_kept[] = "known";

// The persons of the hits, as the answer carries them: what is answered is answered of these and no others.
static Str known_code(Cx *cx, const IdentityHits *hits) {
	Buf b = {.a = cx->arena};
	for (ptrdiff_t i = 0; i < hits->n; i++) buf_put(&b, id_text(cx->arena, hits->at[i].person.n));
	return buf_str(&b);
}

static Str same_code(Cx *cx, const IdentityHits *hits, PersonId who) {
	Str part[] = {known_code(cx, hits), id_text(cx->arena, who.n)};
	return str_join(cx->arena, S("-"), part, 2);
}

// Very likely ones, among those whom the writer may read: of others nothing is told here. Who is missed in
// the report that this case came from is no news in it.
static Err look_for(Cx *cx, const Req *rq, const PackAnswers *v, IdentityScope in, IdentityHits *out) {
	IdentityFacts facts;
	ptrdiff_t n = 0;
	in.suspects = str_eq(pack_answer(v, "capacity"), S("suspect"));
	in.probable = true;
	in.most = KNOWN_SHOWN;
	TRY(identity_facts(cx, v, &facts));
	TRY(identity_find(cx, &facts, &in, out));
	for (ptrdiff_t i = 0; i < out->n; i++) {
		const IdentityHit *h = &out->at[i];
		bool said = false;
		if (in.not_her.n) TRY(identity_said(cx, in.not_her, h->person, &said));
		if (!said && h->kase.n != req_param(rq, 0)) out->at[n++] = *h;
	}
	out->n = n;
	return OK;
}

static Err look_person_new(Cx *cx, Req *rq, Reply *out) {
	IdentityHits *hits = NEW(cx->arena, IdentityHits, 1);
	(void)out;
	TRY(look_for(cx, rq, req_answers(rq), (IdentityScope){0}, hits));
	req_keep(rq, known_kept, hits);
	return OK;
}

// Who was entered in the meantime, and is not yet among those the look went through: two members at once.
static Err look_again(Cx *cx, Req *rq, const PackAnswers *v, PersonId not_her, IdentityHits **hits) {
	IdentityHits more, *was = req_kept(rq, known_kept);
	TRY(look_for(cx, rq, v,
		     (IdentityScope){.fresh = true, .since = was ? was->seq : 0, .not_her = not_her}, &more));
	IdentityHits *all = NEW(cx->arena, IdentityHits, 1);
	all->at = NEW(cx->arena, IdentityHit, more.n + (was ? was->n : 0));
	for (ptrdiff_t i = 0; was && i < was->n; i++) all->at[all->n++] = was->at[i];
	for (ptrdiff_t i = 0; i < more.n; i++) {
		bool there = false;
		for (ptrdiff_t k = 0; was && k < was->n; k++)
			there = there || was->at[k].person.n == more.at[i].person.n;
		if (!there) all->at[all->n++] = more.at[i];
	}
	req_keep(rq, known_kept, all);
	*hits = all;
	return OK;
}

static Err known_view(Cx *cx, const IdentityHit *h, CaseKnownView *out) {
	Str number;
	TRY(identity_number(cx, h->on, &number));
	identity_note_read(cx, h, h->basis);
	Url at = h->on.about == ABOUT_REPORT ? url_of(cx->arena, PATH_report, h->on.id)
					     : url_of(cx->arena, PATH_person, h->on.id, h->person.n);
	*out = (CaseKnownView){identity_name(cx, &h->facts), number, at, identity_why(cx, h)};
	return OK;
}

static void drop_field(FormView *f, const char *name) {
	FieldView *at = (FieldView *)(uintptr_t)f->fields.at; // of our own arena
	ptrdiff_t n = 0;
	for (ptrdiff_t i = 0; i < f->fields.n; i++)
		if (!str_eq(at[i].name, str_of(name))) at[n++] = at[i];
	f->fields.n = n;
}

static Err set_known(Cx *cx, Req *rq, CaseActPage *v, FormView *f) {
	const IdentityHits *hits = req_kept(rq, known_kept);
	if (!hits || !hits->n) {
		drop_field(f, "not_known");
		return OK;
	}
	CaseKnownView *at = NEW(cx->arena, CaseKnownView, hits->n);
	Option *o = NEW(cx->arena, Option, hits->n + 1);
	for (ptrdiff_t i = 0; i < hits->n; i++) {
		TRY(known_view(cx, &hits->at[i], &at[i]));
		o[i] = (Option){same_code(cx, hits, hits->at[i].person),
				say(cx, T_identity_before_same, at[i].name, at[i].number)};
	}
	o[hits->n] = (Option){known_code(cx, hits), word(cx, T_identity_before_other)};
	v->known.at = at;
	v->known.n = hits->n;
	set_options(cx, field_named(f, "not_known"), o, hits->n + 1);
	return OK;
}

// What was answered of all who are very likely the same: one of them, or none (0).
static Err known_answer(Cx *cx, Req *rq, const IdentityHits *hits, PersonId *same) {
	Str said = req_str(rq, "not_known");
	*same = (PersonId){0};
	if (!hits->n || str_eq(said, known_code(cx, hits))) return OK;
	for (ptrdiff_t i = 0; i < hits->n; i++)
		if (str_eq(said, same_code(cx, hits, hits->at[i].person))) {
			*same = hits->at[i].person;
			return OK;
		}
	return wrong(cx, rq, "not_known", T_identity_before_missing);
}

static Err show_person_new(Cx *cx, Req *rq, Reply *out) {
	static const Words w = {T_casefile_person_heading, T_casefile_person_sentence,
				T_casefile_person_submit};
	Case c;
	TRY(open_case_asked(cx, rq, &c));
	const PackForm *form = pack_form(cx->pack, S("person"));
	if (!form) return fail(cx->why, ERR_BUG, "the pack has no form person");
	PackAnswers first = pack_answers_on(cx->arena, form);
	Given *given = NEW(cx->arena, Given, form->nask);
	for (ptrdiff_t i = 0; i < form->nask; i++)
		given[i] = (Given){str_z(cx->arena, form->ask[i].name), first.value[i]};
	CaseActPage *v = act_page(cx, &c, &w);
	FormView *f = act_form(cx, rq, v, PATH_person_new, w.submit, given, (int)form->nask);
	cut_form(cx, form, f, req_classes(cx, rq, ACT_person_write) | CLASS_BIT(CLASS_INTELLIGENCE));
	TRY(set_known(cx, rq, v, f));
	return show_act(cx, rq, out, v);
}

static Err run_person_new(Cx *cx, Req *rq, Reply *out) {
	Case c;
	PersonId id, same;
	IdentityHits *hits;
	TRY(open_case_asked(cx, rq, &c));
	TRY(look_again(cx, rq, req_answers(rq), (PersonId){0}, &hits));
	TRY(known_answer(cx, rq, hits, &same));
	TRY(casefile_person_add(cx, &c, req_answers(rq), 0, &id));
	TRY(identity_answered(cx, id, (Object){ABOUT_CASE, c.id.n}, hits, same));
	return see_case(cx, out, c.id, T_casefile_said_person);
}

// Both versions of every answer that differs, in the classes of the reader.
static ptrdiff_t differences(Cx *cx, const PackAnswers *now, const PackAnswers *yours, uint32_t classes,
			     const ConflictField **out) {
	ConflictField *at = NEW(cx->arena, ConflictField, now->form->nask);
	ptrdiff_t n = 0;
	for (ptrdiff_t i = 0; i < now->form->nask; i++) {
		const PackAsk *ask = &now->form->ask[i];
		bool asked = ask->kind != ASK_CALCULATE && ask->kind != ASK_GROUP && ask->kind != ASK_NOTE &&
			     ask->kind != ASK_END;
		if (!asked || !(classes & CLASS_BIT(casefile_ask_class(ask, false))) ||
		    str_eq(now->value[i], yours->value[i]))
			continue;
		at[n++] = (ConflictField){label_in(&ask->label, cx->lang),
					  casefile_value_said(cx, now->form, ask, now->value[i]),
					  casefile_value_said(cx, now->form, ask, yours->value[i])};
	}
	*out = at;
	return n;
}

static Err show_person_change(Cx *cx, Req *rq, Reply *out) {
	static const Words w = {T_casefile_change_heading, T_casefile_change_sentence,
				T_casefile_change_submit};
	Case c;
	Person p;
	PackAnswers now;
	uint32_t read, classes = req_classes(cx, rq, ACT_person_write) & req_classes(cx, rq, ACT_person_read);
	TRY(open_case_asked(cx, rq, &c));
	TRY(person_asked(cx, rq, &c, &p));
	TRY(casefile_person_answers(cx, &p, classes, req_verdict(rq).basis, &now, &read));
	Given *given = NEW(cx->arena, Given, now.form->nask);
	for (ptrdiff_t i = 0; i < now.form->nask; i++)
		given[i] = (Given){str_z(cx->arena, now.form->ask[i].name), now.value[i]};
	CaseActPage *v = act_page(cx, &c, &w);
	v->heading = say(cx, w.heading, casefile_person_said(cx, p.label));
	FormView *f = act_form(cx, rq, v, PATH_person_change, w.submit, given, (int)now.form->nask);
	f->cancel = url_of(cx->arena, PATH_person, c.id.n, p.id.n);
	set_version(cx, f, p.version);
	cut_form(cx, now.form, f, classes);
	TRY(set_known(cx, rq, v, f));
	const PackAnswers *yours = req_answers(rq);
	if (!yours || !req_str(rq, "_version").n || version_seen(rq) == p.version)
		return show_act(cx, rq, out, v);
	const ConflictField *field;
	ConflictPage *both = NEW(cx->arena, ConflictPage, 1);
	both->fields.n = differences(cx, &now, yours, classes, &field);
	both->fields.at = field;
	both->form = f;
	reply_status(out, 409);
	return reply_page(cx, rq, out, &TEMPLATE_conflict_page, both, c.number, ACT_case_list);
}

static Err look_person_change(Cx *cx, Req *rq, Reply *out) {
	IdentityHits *hits = NEW(cx->arena, IdentityHits, 1);
	(void)out;
	TRY(look_for(cx, rq, req_answers(rq), (IdentityScope){.not_her = {req_param(rq, 1)}}, hits));
	req_keep(rq, known_kept, hits);
	return OK;
}

static Err run_person_change(Cx *cx, Req *rq, Reply *out) {
	Case c;
	Person p;
	PersonId same;
	IdentityHits *hits;
	uint32_t classes = req_classes(cx, rq, ACT_person_write) & req_classes(cx, rq, ACT_person_read);
	TRY(open_case_asked(cx, rq, &c));
	TRY(person_asked(cx, rq, &c, &p));
	TRY(look_again(cx, rq, req_answers(rq), p.id, &hits));
	TRY(known_answer(cx, rq, hits, &same));
	Err e = casefile_person_change(cx, &c, &p, version_seen(rq), req_answers(rq), classes);
	if (e == ERR_CONFLICT) req_error(cx, rq, "", word(cx, T_casefile_changed));
	TRY(e);
	TRY(identity_answered(cx, p.id, (Object){ABOUT_CASE, c.id.n}, hits, same));
	reply_flash(cx, out, T_casefile_said_changed);
	return reply_see(cx, out, url_of(cx->arena, PATH_person, c.id.n, p.id.n));
}

// ---- screening of a person
// -----------------------------------------------------------------------------------------------

static Err show_screening(Cx *cx, Req *rq, Reply *out) {
	static const Words w = {T_casefile_screen_heading, T_casefile_screen_sentence,
				T_casefile_screen_submit};
	Case c;
	Person p;
	TRY(open_case_asked(cx, rq, &c));
	TRY(person_asked(cx, rq, &c, &p));
	CaseActPage *v = act_page(cx, &c, &w);
	v->heading = say(cx, w.heading, casefile_person_said(cx, p.label));
	bool child = str_eq(p.child, S("yes")),
	     sexual = str_find(c.exploitation, S("SexualExploitation")) >= 0;
	Str profile = child ? (sexual ? S("child_sexual") : S("child_labour"))
			    : (sexual ? S("adult_sexual") : S("adult_labour"));
	FormView *f = act_form(cx, rq, v, PATH_person_screening, w.submit, GIVEN({"profile", profile}));
	f->cancel = url_of(cx->arena, PATH_person, c.id.n, p.id.n);
	// Not the heading: a title is read over one's shoulder.
	return reply_page(cx, rq, out, &TEMPLATE_casefile_act, v, c.number, ACT_case_list);
}

static Err run_screening(Cx *cx, Req *rq, Reply *out) {
	Case c;
	Person p;
	ScreeningResult decided = SCREENING_NONE;
	ScreeningId id;
	TRY(open_case_asked(cx, rq, &c));
	TRY(person_asked(cx, rq, &c, &p));
	if (screening_from_code(req_str(rq, "decided"), &decided) && !req_may(cx, rq, ACT_screening_decide))
		return wrong(cx, rq, "decided", T_casefile_wrong_decide);
	ScreeningOf of = {.kase = c.id,
			  .person = p.id,
			  .key = p.key,
			  .area = c.area,
			  .lead = c.lead,
			  .number = c.number};
	Suggestion s;
	TRY(screening_suggest(cx, req_answers(rq), &s));
	if (decided && decided != s.suggests && !req_str(rq, "why").n) {
		Str suggested = casefile_screening_said(cx, screening_code[s.suggests]);
		req_error(cx, rq, "why",
			  say(cx, T_casefile_wrong_why,
			      suggested.n ? suggested : word(cx, T_casefile_screening_review)));
		return fail(cx->why, ERR_INVALID, "person %lld: a decision without its reason",
			    (long long)p.id.n);
	}
	TRY(screening_save(cx, &of, req_answers(rq), decided, req_str(rq, "why"), &id));
	if (decided) TRY(casefile_screened(cx, &c, &p, screening_code[decided]));
	reply_flash(cx, out, T_casefile_said_screened);
	return reply_see(cx, out, url_of(cx->arena, PATH_person, c.id.n, p.id.n));
}
