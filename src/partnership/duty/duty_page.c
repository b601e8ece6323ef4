#include "duty/duty_say.h"
#include "stakeholder/stakeholder.h"
#include "text.h"
#include "vault/vault.h"

enum { PAGE = 25, BOOK_PAGE = 30 };

static const Field done_fields[] = {
	{.name = "text",
	 .kind = FIELD_LONG,
	 .required = true,
	 .max = 4000,
	 .label = T_duty_field_text,
	 .hint = T_duty_field_text_hint},
	{.name = "when", .kind = FIELD_WHEN, .required = true, .label = T_duty_field_when},
	{.name = "reference",
	 .kind = FIELD_TEXT,
	 .max = 120,
	 .label = T_duty_field_reference,
	 .hint = T_duty_field_reference_hint},
};
static const Field refused_fields[] = {
	{.name = "text",
	 .kind = FIELD_LONG,
	 .required = true,
	 .max = 4000,
	 .label = T_duty_field_refused,
	 .hint = T_duty_field_refused_hint},
};
static const Field travel_fields[] = {
	{.name = "hours", .kind = FIELD_INT, .required = true, .max = 240, .label = T_duty_field_hours},
	{.name = "text",
	 .kind = FIELD_TEXT,
	 .required = true,
	 .max = 200,
	 .label = T_duty_field_travel,
	 .hint = T_duty_field_travel_hint},
};
static const Field waiver_fields[] = {
	{.name = "text",
	 .kind = FIELD_LONG,
	 .required = true,
	 .max = 4000,
	 .label = T_duty_field_waiver,
	 .hint = T_duty_field_waiver_hint},
};
static const Choice decisions[] = {
	{SLIT("decline"), T_duty_decline, {0}},
	{SLIT("approve"), T_duty_approve, {0}},
};
static const Field decide_fields[] = {
	{.name = "decision",
	 .kind = FIELD_ONE,
	 .required = true,
	 .label = T_duty_field_decision,
	 .choice = decisions,
	 .nchoice = (int)COUNT(decisions)},
	{.name = "text", .kind = FIELD_LONG, .required = true, .max = 4000, .label = T_duty_field_reason},
};

static Page show_duty, show_list, show_book, run_ack;
static Page show_done, show_refused, show_travel, show_waiver, show_decide;
static Page run_done, run_refused, run_travel, run_waiver, run_decide;

#define FORM(path, act, fields, show, run_it) \
	ROUTE("GET", path, act, .run = (show)), ROUTE("POST", path, act, .flags = ROUTE_WRITES, \
						      FIELDS(fields), .run = (run_it), .again = (show))
static const Route routes[] = {
	ROUTE("GET", PATH_duties, ACT_duty_list, .run = show_list),
	ROUTE("GET", PATH_playbook, ACT_directory_read, .run = show_book),
	ROUTE("GET", PATH_duty, ACT_duty_read, .run = show_duty),
	ROUTE("POST", PATH_duty_ack, ACT_duty_act, .flags = ROUTE_WRITES, .run = run_ack, .again = show_duty),
	FORM(PATH_duty_done, ACT_duty_act, done_fields, show_done, run_done),
	FORM(PATH_duty_refused, ACT_duty_act, refused_fields, show_refused, run_refused),
	FORM(PATH_duty_travel, ACT_duty_act, travel_fields, show_travel, run_travel),
	FORM(PATH_duty_waiver, ACT_duty_waive, waiver_fields, show_waiver, run_waiver),
	FORM(PATH_duty_decide, ACT_duty_approve, decide_fields, show_decide, run_decide),
};
const Routes duty_routes = {routes, (int)COUNT(routes)};

static const Route *route_to(const char *path, const char *method) {
	for (ptrdiff_t i = 0; i < COUNT(routes); i++)
		if (!strcmp(routes[i].path, path) && !strcmp(routes[i].method, method)) return &routes[i];
	ASSERT(false);
	return NULL;
}

// ---- what the reader saw --------------------------------------------------------------------------

static DutyId duty_asked(const Req *rq) { return (DutyId){req_param(rq, 0)}; }

static int64_t version_seen(const Req *rq) {
	int64_t v = 0;
	(void)str_to_int(req_str(rq, "_version"), &v); // none: no version is 0, which conflicts
	return v;
}

// After somebody else's change the reader's own words stay in the form, and this says what stands there now.
static Str notice(Cx *cx, const Req *rq, const Duty *d) {
	if (!req_str(rq, "_version").n || version_seen(rq) == d->version) return (Str){0};
	return say(cx, T_duty_changed, duty_state_said(cx, d->state), duty_tag(cx, d));
}

// A conflict is shown with the form, not as a page of its own: what was typed must not be lost.
static Err answered(Cx *cx, Req *rq, Err e) {
	if (e == ERR_CONFLICT) req_error(cx, rq, "", text_in(cx->lang, T_duty_conflict));
	return e;
}

static Str version_text(Cx *cx, const Duty *d) { return str_fmt(cx->arena, "%lld", (long long)d->version); }

static bool may(Cx *cx, const Req *rq, Act act) { return req_may(cx, rq, act); }

// ---- the duty's own page ----------------------------------------------------------------------------

typedef struct {
	Cx *cx;
	const DutyFacts *facts;
	DutyFactView *at;
	ptrdiff_t n, cap;
} FactNames;

// Words for a fact: those of the form that asks for it, else the code.
static Str fact_value(Cx *cx, Str name, Str codes) {
	Buf b = {.a = cx->arena};
	Str code;
	while (str_cut(&codes, ' ', &code)) {
		Str said = code;
		for (ptrdiff_t i = 0; i < cx->pack->nform && str_eq(said, code); i++)
			said = pack_choice_label(&cx->pack->form[i], name, code, cx->lang);
		if (b.n) buf_put(&b, S(", "));
		buf_put(&b, said);
	}
	return buf_str(&b);
}

static Str yes_no(Cx *cx, Str name, Str value) {
	if (!value.n) return text_in(cx->lang, T_duty_fact_unknown);
	if (str_eq(value, S("yes"))) return text_in(cx->lang, T_duty_fact_yes);
	if (str_eq(value, S("no"))) return text_in(cx->lang, T_duty_fact_no);
	if (str_eq(value, S("unknown"))) return text_in(cx->lang, T_duty_fact_unknown);
	return fact_value(cx, name, value);
}

static Str fact_label(Cx *cx, Str name) {
	static const struct {
		Str name;
		Text said;
	} word[] = {
		{SLIT("child"), T_duty_fact_child},
		{SLIT("sex"), T_duty_fact_sex},
		{SLIT("exploitation"), T_duty_fact_exploitation},
		{SLIT("foreign"), T_duty_fact_foreign},
		{SLIT("disability"), T_duty_fact_disability},
		{SLIT("capacity"), T_duty_fact_capacity},
		{SLIT("about"), T_duty_fact_about},
		{SLIT("screening"), T_duty_fact_screening},
		{SLIT("bonded"), T_duty_fact_bonded},
		{SLIT("missing"), T_duty_fact_missing},
		{SLIT("channel"), T_duty_fact_channel},
		{SLIT("in_case"), T_duty_fact_in_case},
	};
	for (ptrdiff_t i = 0; i < COUNT(word); i++)
		if (str_eq(word[i].name, name)) return text_in(cx->lang, word[i].said);
	return name;
}

static void add_fact(void *with, Str name, int column) {
	FactNames *f = with;
	(void)column;
	Str label = fact_label(f->cx, name);
	for (ptrdiff_t i = 0; i < f->n; i++)
		if (str_eq(f->at[i].label, label)) return; // asked for twice in one condition
	if (f->n < f->cap)
		f->at[f->n++] = (DutyFactView){label, yes_no(f->cx, name, duty_fact(f->facts, name))};
}

// The condition in the words of the facts that made it true.
static Err set_condition(Cx *cx, const Duty *d, DutyPage *v) {
	v->always = !d->row || !d->row->when;
	if (v->always) return OK;
	DutyFacts facts;
	TRY(duty_facts_of(cx, d, &facts));
	FactNames f = {.cx = cx, .facts = &facts, .at = NEW(cx->arena, DutyFactView, 12), .cap = 12};
	expr_names(d->row->when, add_fact, &f);
	v->facts.at = f.at;
	v->facts.n = f.n;
	return OK;
}

static void set_rungs(Cx *cx, const Duty *d, DutyPage *v) {
	if (d->due == DUTY_NO_CLOCK) return;
	int n = duty_rung_count(d);
	DutyRungView *at = NEW(cx->arena, DutyRungView, n);
	for (int i = 0; i < n; i++)
		at[i] = (DutyRungView){duty_rung_said(cx, duty_rung_step(d, i)),
				       say_when(cx, duty_rung_at(cx, d, i)), i < d->rungs};
	v->rungs.at = at;
	v->rungs.n = n;
}

static const struct {
	Str what;
	Text said;
} step_words[] = {
	{SLIT("raised"), T_duty_step_raised},
	{SLIT("acknowledged"), T_duty_step_acknowledged},
	{SLIT("warned"), T_duty_step_warned},
	{SLIT("escalated"), T_duty_step_escalated},
	{SLIT("moved"), T_duty_step_moved},
	{SLIT("travel"), T_duty_step_travel},
	{SLIT("waiver_asked"), T_duty_step_waiver_asked},
	{SLIT("waiver_declined"), T_duty_step_waiver_declined},
	{SLIT("waived"), T_duty_step_waived},
	{SLIT("done"), T_duty_step_done},
	{SLIT("refused"), T_duty_step_refused},
	{SLIT("met"), T_duty_step_met},
};

// The one word each sentence may have in it: where it went, how long, since when.
static Err step_word(Cx *cx, const Duty *d, const DutyStep *s, Str *out) {
	*out = (Str){0};
	if (str_eq(s->what, S("escalated")))
		*out = duty_rung_said(cx, s->rung);
	else if (str_eq(s->what, S("moved")))
		return duty_agency(cx, s->to, out);
	else if (str_eq(s->what, S("travel")))
		*out = text_plural(cx->arena, cx->lang, T_duty_hours, s->hours, NULL, 0);
	else if (str_eq(s->what, S("done")))
		*out = say_when(cx, s->did);
	else if (str_eq(s->what, S("met")))
		*out = duty_event_said(cx, d->met_by);
	return OK;
}

static Err opened(Cx *cx, const Duty *d, const DutyStep *s, const char *column, Str sealed, Str *out) {
	*out = (Str){0};
	if (!sealed.n) return OK;
	Err e = vault_unseal(cx, d->key, (Place){"duty_step", column, s->id}, sealed, out);
	return e == ERR_GONE ? OK : e;
}

static Err step_view(Cx *cx, const Duty *d, const DutyStep *s, DutyStepView *v) {
	Str word;
	TRY(step_word(cx, d, s, &word));
	v->when = say_when(cx, s->at);
	v->said = s->what;
	for (ptrdiff_t i = 0; i < COUNT(step_words); i++)
		if (str_eq(step_words[i].what, s->what)) v->said = say(cx, step_words[i].said, word);
	if (s->stakeholder.n) TRY(stakeholder_name(cx, s->stakeholder, &v->by));
	TRY(opened(cx, d, s, "said", s->sealed_text, &v->text));
	return opened(cx, d, s, "reference", s->sealed_reference, &v->reference);
}

static Err set_history(Cx *cx, const Duty *d, DutyPage *v) {
	DutySteps steps;
	TRY(duty_history(cx, d->id, &steps));
	DutyStepView *at = NEW(cx->arena, DutyStepView, steps.n);
	for (ptrdiff_t i = 0; i < steps.n; i++)
		TRY(step_view(cx, d, &steps.step[steps.n - 1 - i], &at[i])); // newest first
	v->history.at = at;
	v->history.n = steps.n;
	return OK;
}

static void set_acts(Cx *cx, Req *rq, const Duty *d, DutyPage *v) {
	int64_t id = d->id.n;
	if (!duty_state_live(d->state)) return;
	if (may(cx, rq, ACT_duty_act)) {
		v->done = url_of(cx->arena, PATH_duty_done, id);
		if (v->consent) v->refused = url_of(cx->arena, PATH_duty_refused, id);
		if (v->travel) v->add_travel = url_of(cx->arena, PATH_duty_travel, id);
		if (d->state == DUTY_OPEN) {
			FormView *f = form_view(cx, rq, route_to(PATH_duty_ack, "POST"),
						url_of(cx->arena, PATH_duty_ack, id), NULL, 0);
			f->version = version_text(cx, d);
			f->submit = text_in(cx->lang, T_duty_act_acknowledge);
			f->problem = (Str){0}; // the notice above says it
			v->acknowledge = f;
		}
	}
	if (!d->waiver_by.n && may(cx, rq, ACT_duty_waive))
		v->ask_waiver = url_of(cx->arena, PATH_duty_waiver, id);
	if (d->waiver_by.n && d->waiver_by.n != cx->actor->member.n && may(cx, rq, ACT_duty_approve))
		v->decide = url_of(cx->arena, PATH_duty_decide, id);
	v->acts = v->done.s.n || v->ask_waiver.s.n || v->decide.s.n;
}

// A link only for those who may open what it leads to.
static Err matter_url(Cx *cx, const Duty *d, Url *out) {
	Verdict v;
	bool kase = d->about.about == ABOUT_CASE;
	TRY(policy_may(cx, kase ? ACT_case_read : ACT_report_read, d->about, &v));
	if (v.yes) *out = url_of_(cx->arena, kase ? "/cases/:case" : "/reports/:report", &d->about.id, 1);
	return OK;
}

static void set_reasons(Cx *cx, const Duty *d, DutyPage *v) {
	const PackRule *r = d->row;
	v->confidence_said = text_in(cx->lang, T_duty_row_gone);
	if (!r) return;
	v->hint = label_in(&r->hint, cx->lang);
	v->within = duty_within(cx, r);
	v->confidence = r->confidence;
	v->confidence_said = duty_confidence_said(cx, r->confidence);
	if (!duty_house_rule(r)) {
		v->instrument = r->instrument;
		v->provision = r->provision;
		v->source = r->source;
	}
	v->travel = r->travel && d->due != DUTY_NO_CLOCK;
	v->consent = r->consent;
}

static Err show_duty(Cx *cx, Req *rq, Reply *out) {
	Duty d;
	TRY(duty_get(cx, duty_asked(rq), &d));
	DutyPage *v = NEW(cx->arena, DutyPage, 1);
	*v = (DutyPage){
		.title = duty_title(cx, &d),
		.notice = notice(cx, rq, &d),
		.number = d.number,
		.tone = duty_tone(cx, &d),
		.tag = duty_tag(cx, &d),
		.state = duty_state_said(cx, d.state),
		.state_code = duty_state_code(d.state),
		.unassigned = duty_unassigned_said(cx, &d),
		.event = duty_event_said(cx, d.event),
		.happened = say_when(cx, d.at),
		.due = d.due == DUTY_NO_CLOCK ? (Str){0} : say_when(cx, d.due),
		.rule = d.rule,
		.playbook = url_with(cx->arena, url_of(cx->arena, PATH_playbook), "q", d.rule),
		.waiver = d.waiver_by.n != 0,
		.version = d.version,
	};
	set_reasons(cx, &d, v);
	TRY(duty_agency(cx, d.owner, &v->owes));
	TRY(matter_url(cx, &d, &v->matter));
	set_rungs(cx, &d, v);
	if (req_classes(cx, rq, ACT_duty_read) &
	    CLASS_BIT(CLASS_CASE)) { // without it the reader sees that it is owed, not why
		TRY(set_condition(cx, &d, v));
		TRY(set_history(cx, &d, v));
	}
	set_acts(cx, rq, &d, v);
	if (v->notice.n) reply_status(out, 409);
	return reply_page(cx, rq, out, &TEMPLATE_duty_page, v, text_in(cx->lang, T_duty_page_title),
			  ACT_today);
}

// ---- doing something ----------------------------------------------------------------------------------

typedef struct {
	const char *path;
	Text heading, sentence, submit;
} ActWords;

static Err show_act(Cx *cx, Req *rq, Reply *out, const ActWords *w, const Given *given, int ngiven) {
	Duty d;
	TRY(duty_get(cx, duty_asked(rq), &d));
	Url here = url_of(cx->arena, PATH_duty, d.id.n);
	DutyActPage *v = NEW(cx->arena, DutyActPage, 1);
	*v = (DutyActPage){
		.heading = text_in(cx->lang, w->heading),
		.title = duty_title(cx, &d),
		.number = d.number,
		.address = here,
		.tone = duty_tone(cx, &d),
		.tag = duty_tag(cx, &d),
		.provision = duty_provision(cx, d.row),
		.sentence = text_in(cx->lang, w->sentence),
		.notice = notice(cx, rq, &d),
	};
	if (duty_state_live(d.state)) {
		FormView *f = form_view(cx, rq, route_to(w->path, "POST"), url_of(cx->arena, w->path, d.id.n),
					given, ngiven);
		f->version = version_text(cx, &d);
		f->submit = text_in(cx->lang, w->submit);
		f->cancel = here;
		if (v->notice.n) { // says more than the form's own sentence
			f->problem = (Str){0};
			f->has_errors = false;
		}
		v->form = f;
	} else {
		v->state = text_in(cx->lang, T_duty_closed_already);
	}
	if (v->notice.n) reply_status(out, 409);
	return reply_page(cx, rq, out, &TEMPLATE_duty_act, v, v->heading, ACT_today);
}

static Err see_duty(Cx *cx, Req *rq, Reply *out, Text said) {
	reply_flash(cx, out, said);
	return reply_see(cx, out, url_of(cx->arena, PATH_duty, duty_asked(rq).n));
}

static Err run_ack(Cx *cx, Req *rq, Reply *out) {
	TRY(answered(cx, rq, duty_acknowledge(cx, duty_asked(rq), version_seen(rq))));
	return see_duty(cx, rq, out, T_duty_said_acknowledged);
}

static Err show_done(Cx *cx, Req *rq, Reply *out) {
	static const ActWords w = {PATH_duty_done, T_duty_done_heading, T_duty_done_sentence,
				   T_duty_act_done};
	Civil c = zone_civil(cx->zone, cx->now);
	Given now = {"when", str_fmt(cx->arena, "%04d-%02d-%02dT%02d:%02d", c.year, c.month, c.day, c.hour,
				     c.minute)};
	return show_act(cx, rq, out, &w, &now, 1);
}

static Err run_done(Cx *cx, Req *rq, Reply *out) {
	Err e = duty_done(cx, duty_asked(rq),
			  &(DutyDone){version_seen(rq), req_str(rq, "text"), req_str(rq, "reference"),
				      req_when(rq, "when")});
	if (e == ERR_INVALID) req_error(cx, rq, "when", text_in(cx->lang, T_duty_when_wrong));
	TRY(answered(cx, rq, e));
	return see_duty(cx, rq, out, T_duty_said_done);
}

static Err show_refused(Cx *cx, Req *rq, Reply *out) {
	static const ActWords w = {PATH_duty_refused, T_duty_refused_heading, T_duty_refused_sentence,
				   T_duty_refused_submit};
	return show_act(cx, rq, out, &w, NULL, 0);
}

static Err run_refused(Cx *cx, Req *rq, Reply *out) {
	Err e = duty_refused(cx, duty_asked(rq), version_seen(rq), req_str(rq, "text"));
	if (e == ERR_INVALID) req_error(cx, rq, "text", text_in(cx->lang, T_duty_refused_wrong));
	TRY(answered(cx, rq, e));
	return see_duty(cx, rq, out, T_duty_said_refused);
}

static Err show_travel(Cx *cx, Req *rq, Reply *out) {
	static const ActWords w = {PATH_duty_travel, T_duty_travel_heading, T_duty_travel_sentence,
				   T_duty_travel_submit};
	return show_act(cx, rq, out, &w, NULL, 0);
}

static Err run_travel(Cx *cx, Req *rq, Reply *out) {
	Err e = duty_add_travel(cx, duty_asked(rq), version_seen(rq), (int)req_int(rq, "hours"),
				req_str(rq, "text"));
	if (e == ERR_INVALID) req_error(cx, rq, "hours", text_in(cx->lang, T_duty_travel_wrong));
	TRY(answered(cx, rq, e));
	return see_duty(cx, rq, out, T_duty_said_travel);
}

static Err show_waiver(Cx *cx, Req *rq, Reply *out) {
	static const ActWords w = {PATH_duty_waiver, T_duty_waiver_heading, T_duty_waiver_sentence,
				   T_duty_waiver_submit};
	return show_act(cx, rq, out, &w, NULL, 0);
}

static Err run_waiver(Cx *cx, Req *rq, Reply *out) {
	TRY(answered(cx, rq, duty_ask_waiver(cx, duty_asked(rq), version_seen(rq), req_str(rq, "text"))));
	return see_duty(cx, rq, out, T_duty_said_waiver);
}

static Err show_decide(Cx *cx, Req *rq, Reply *out) {
	static const ActWords w = {PATH_duty_decide, T_duty_decide_heading, T_duty_decide_sentence,
				   T_duty_decide_submit};
	return show_act(cx, rq, out, &w, NULL, 0);
}

static Err run_decide(Cx *cx, Req *rq, Reply *out) {
	bool approve = str_eq(req_str(rq, "decision"), S("approve"));
	Err e = duty_decide_waiver(cx, duty_asked(rq), version_seen(rq), approve, req_str(rq, "text"));
	if (e == ERR_DENIED) { // signed in and of the right post, but the one who asked: a sentence, not a
			       // sign-in page
		req_error(cx, rq, "decision", text_in(cx->lang, T_duty_decide_own));
		return fail(cx->why, ERR_INVALID, "waiver decided by who asked");
	}
	TRY(answered(cx, rq, e));
	return see_duty(cx, rq, out, approve ? T_duty_said_waived : T_duty_said_declined);
}

// ---- the agency's list ----------------------------------------------------------------------------------

// Forgiving: what is no state or no event filters nothing.
static DutyState state_asked(const Req *rq) {
	Str s = req_query(rq, "state");
	for (int i = DUTY_OPEN; i < DUTY__N; i++)
		if (str_eq_nocase(s, duty_state_code((DutyState)i))) return (DutyState)i;
	return (DutyState)0;
}

static Str event_asked(Cx *cx, const Req *rq) {
	const PackEvent *e = pack_event(cx->pack, req_query(rq, "event"));
	return e ? e->code : (Str){0};
}

static void set_filters(Cx *cx, const DutyFilter *f, DutyListPage *v) {
	ChoiceView *state = NEW(cx->arena, ChoiceView, DUTY__N);
	ptrdiff_t n = 0;
	state[n++] = (ChoiceView){.label = text_in(cx->lang, T_duty_list_live), .chosen = !f->state};
	for (int i = DUTY_OPEN; i < DUTY__N; i++)
		state[n++] = (ChoiceView){.value = duty_state_code((DutyState)i),
					  .label = duty_state_said(cx, (DutyState)i),
					  .chosen = (int)f->state == i};
	v->states.at = state;
	v->states.n = n;
	ChoiceView *event = NEW(cx->arena, ChoiceView, cx->pack->nevent + 1);
	n = 0;
	event[n++] = (ChoiceView){.label = text_in(cx->lang, T_duty_list_any_event), .chosen = !f->event.n};
	for (ptrdiff_t i = 0; i < cx->pack->nevent; i++) {
		const PackEvent *e = &cx->pack->event[i];
		event[n++] = (ChoiceView){.value = e->code,
					  .label = label_in(&e->label, cx->lang),
					  .chosen = str_eq(e->code, f->event)};
	}
	v->events.at = event;
	v->events.n = n;
}

static Url list_url(Cx *cx, const DutyFilter *f, int64_t before) {
	Url u = url_of(cx->arena, PATH_duties);
	if (f->state) u = url_with(cx->arena, u, "state", duty_state_code(f->state));
	if (f->event.n) u = url_with(cx->arena, u, "event", f->event);
	if (f->late) u = url_with(cx->arena, u, "late", S("1"));
	return before ? url_with(cx->arena, u, "before", id_text(cx->arena, before)) : u;
}

static Str number_said(Cx *cx, int64_t n) {
	return n < DUTY_COUNTED ? str_fmt(cx->arena, "%lld", (long long)n)
				: str_fmt(cx->arena, "%d+", DUTY_COUNTED - 1);
}

static Err show_list(Cx *cx, Req *rq, Reply *out) {
	int64_t before = 0;
	(void)id_parse(req_query(rq, "before"), &before); // nonsense: from the newest
	DutyFilter f = {
		.owner = cx->actor->stakeholder,
		.state = state_asked(rq),
		.late = str_eq(req_query(rq, "late"), S("1")),
		.event = event_asked(cx, rq),
		.before = before,
		.limit = PAGE,
	};
	Duties duties;
	DutyCount count;
	const DutyRow *row;
	bool narrowed = f.state || f.late || f.event.n || before;
	// Without a filter the list is what is owed now, by its clock; with one it is what there was, newest
	// first.
	TRY(narrowed ? duty_list(cx, &f, &duties) : duty_owed(cx, f.owner, PAGE, &duties));
	TRY(duty_count(cx, f.owner, DUTY_COUNTED, &count));
	TRY(duty_rows(cx, &duties, &row));
	DutyListPage *v = NEW(cx->arena, DutyListPage, 1);
	*v = (DutyListPage){
		.count = say(cx, T_duty_list_count, number_said(cx, count.live), number_said(cx, count.late),
			     number_said(cx, count.today)),
		.late_only = f.late,
		.here = url_of(cx->arena, PATH_duties),
		.empty = text_in(cx->lang, narrowed ? T_duty_list_none : T_duty_list_nothing_owed),
		.playbook = url_of(cx->arena, PATH_playbook),
	};
	v->duties.at = row;
	v->duties.n = duties.n;
	set_filters(cx, &f, v);
	if (duties.more || before) {
		Pager *p = NEW(cx->arena, Pager, 1);
		if (duties.more)
			p->older = list_url(cx, &f, narrowed ? duties.duty[duties.n - 1].id.n : INT64_MAX);
		if (before) p->newer = list_url(cx, &f, 0);
		v->pages = p;
	}
	return reply_page(cx, rq, out, &TEMPLATE_duty_list, v, text_in(cx->lang, T_duty_list_title),
			  ACT_today);
}

// ---- the playbook
// ------------------------------------------------------------------------------------------

static bool holds_nocase(Str in, Str what) {
	for (ptrdiff_t i = 0; i + what.n <= in.n; i++)
		if (str_eq_nocase(str_slice(in, i, i + what.n), what)) return true;
	return false;
}

static bool found(Cx *cx, const PackRule *r, Str q) {
	return !q.n || holds_nocase(r->id, q) || holds_nocase(duty_provision(cx, r), q) ||
	       holds_nocase(r->on, q) || holds_nocase(label_in(&r->owes, cx->lang), q);
}

static PlaybookRow book_row(Cx *cx, const PackRule *r) {
	return (PlaybookRow){
		.id = r->id,
		.active = r->active,
		.kind = duty_kind_said(cx, r->kind),
		.owes = label_in(&r->owes, cx->lang),
		.hint = label_in(&r->hint, cx->lang),
		.event = duty_event_said(cx, r->on),
		.who = duty_role_said(cx, r->who),
		.within = duty_within(cx, r),
		.instrument = duty_house_rule(r) ? (Str){0} : r->instrument,
		.provision = duty_house_rule(r) ? (Str){0} : r->provision,
		.confidence = r->confidence,
		.confidence_said = duty_confidence_said(cx, r->confidence),
		.source = duty_house_rule(r) ? (Str){0} : r->source,
	};
}

static Url book_url(Cx *cx, Str q, int64_t from) {
	Url u = url_of(cx->arena, PATH_playbook);
	if (q.n) u = url_with(cx->arena, u, "q", q);
	return from > 0 ? url_with(cx->arena, u, "from", str_fmt(cx->arena, "%lld", (long long)from)) : u;
}

static Err show_book(Cx *cx, Req *rq, Reply *out) {
	Str q = str_trim(req_query(rq, "q"));
	int64_t from = 0;
	(void)str_to_int(req_query(rq, "from"), &from); // nonsense: from the first
	if (from < 0) from = 0;
	PlaybookPage *v = NEW(cx->arena, PlaybookPage, 1);
	PlaybookRow *row = NEW(cx->arena, PlaybookRow, BOOK_PAGE);
	for (ptrdiff_t i = 0; i < cx->pack->nrule; i++) {
		if (!found(cx, &cx->pack->rule[i], q)) continue;
		if (v->total >= from && v->rows.n < BOOK_PAGE)
			row[v->rows.n++] = book_row(cx, &cx->pack->rule[i]);
		v->total++;
	}
	v->rows.at = row;
	v->here = url_of(cx->arena, PATH_playbook);
	v->asked = q;
	if (from > 0 || from + BOOK_PAGE < v->total) {
		Pager *p = NEW(cx->arena, Pager, 1);
		if (from > 0) p->newer = book_url(cx, q, from - BOOK_PAGE);
		if (from + BOOK_PAGE < v->total) p->older = book_url(cx, q, from + BOOK_PAGE);
		v->pages = p;
	}
	return reply_page(cx, rq, out, &TEMPLATE_playbook, v, text_in(cx->lang, T_duty_book_title),
			  ACT_directory_read);
}
