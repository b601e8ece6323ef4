#include "report/report.h"
#include "screening/screening.h"
#include "screening_html.h"
#include "stakeholder/stakeholder.h"
#include "text.h"

static const Choice decisions[] = {
	{SLIT("no_indication"), T_screening_code_no_indication, {0}},
	{SLIT("possible"), T_screening_code_possible, {0}},
	{SLIT("presumed"), T_screening_code_presumed, {0}},
	{SLIT("confirmed"), T_screening_code_confirmed, {0}},
};
static const Field form_fields[] = {
	{.name = "decision",
	 .kind = FIELD_ONE,
	 .label = T_screening_field_decision,
	 .hint = T_screening_field_decision_hint,
	 .choice = decisions,
	 .nchoice = (int)COUNT(decisions)},
	{.name = "why",
	 .kind = FIELD_LONG,
	 .max = 10000,
	 .label = T_screening_field_why,
	 .hint = T_screening_field_why_hint},
};
static const Field decide_fields[] = {
	{.name = "decision",
	 .kind = FIELD_ONE,
	 .required = true,
	 .label = T_screening_field_decision,
	 .choice = decisions,
	 .nchoice = (int)COUNT(decisions)},
	{.name = "why",
	 .kind = FIELD_LONG,
	 .max = 10000,
	 .label = T_screening_field_why,
	 .hint = T_screening_field_why_hint},
};

static Page show_form, run_form, show_one, run_decide;
static const Route routes[] = {
	ROUTE("GET", PATH_screening_report, ACT_screening_read, .form = "screening", FIELDS(form_fields),
	      .run = show_form),
	ROUTE("POST", PATH_screening_report, ACT_screening_write, .flags = ROUTE_WRITES, .form = "screening",
	      FIELDS(form_fields), .run = run_form, .again = show_form),
	ROUTE("GET", PATH_screening, ACT_screening_read, FIELDS(decide_fields), .run = show_one),
	ROUTE("POST", PATH_screening, ACT_screening_decide, .flags = ROUTE_WRITES, FIELDS(decide_fields),
	      .run = run_decide, .again = show_one),
};
const Routes screening_routes = {routes, (int)COUNT(routes)};
enum { ROUTE_SAVE = 1, ROUTE_DECIDE = 3 };

// ---- words
// -------------------------------------------------------------------------------------------------------

static Str code_said(Cx *cx, ScreeningResult r) {
	static const Text said[SCREENING__N] = {
		[SCREENING_NONE] = T_screening_code_none,
		[SCREENING_NO_INDICATION] = T_screening_code_no_indication,
		[SCREENING_POSSIBLE] = T_screening_code_possible,
		[SCREENING_PRESUMED] = T_screening_code_presumed,
		[SCREENING_CONFIRMED] = T_screening_code_confirmed,
	};
	return text_in(cx->lang, said[r]);
}

// What the pack's rule calls it; a code the program has no words for is shown as it is.
static Str result_said(Cx *cx, Str code) {
	static const struct {
		Str code;
		Text said;
	} word[] = {
		{SLIT("trafficking_for_forced_labour"), T_screening_result_forced_labour},
		{SLIT("deception_and_exploitation"), T_screening_result_deception},
		{SLIT("labour_rights_case"), T_screening_result_labour_rights},
		{SLIT("child_trafficking_indicated"), T_screening_result_child},
		{SLIT("review"), T_screening_result_review},
		{SLIT("no_indication"), T_screening_result_no_indication},
	};
	for (ptrdiff_t i = 0; i < COUNT(word); i++)
		if (str_eq(word[i].code, code)) return text_in(cx->lang, word[i].said);
	return code;
}

static Str strength_said(Cx *cx, char s) {
	return text_in(cx->lang, s == 'S'   ? T_screening_strong
				 : s == 'M' ? T_screening_medium
				 : s == 'W' ? T_screening_weak
					    : T_screening_unweighted);
}

static Str shown_said(Cx *cx, bool shown) {
	return text_in(cx->lang, shown ? T_screening_shown : T_screening_not_shown);
}

// ---- parts of pages
// ----------------------------------------------------------------------------------------------

static ScreeningGroupView group_view(Cx *cx, const ScreeningDimension *d) {
	ScreeningSignView *at = NEW(cx->arena, ScreeningSignView, d->nsign);
	for (ptrdiff_t i = 0; i < d->nsign; i++)
		at[i] = (ScreeningSignView){label_in(&d->sign[i].indicator->label, cx->lang),
					    strength_said(cx, d->sign[i].strength)};
	bool weighed = d->strong + d->medium + d->weak > 0;
	Text verdict = d->positive ? T_screening_positive
		       : weighed   ? T_screening_not_positive
				   : T_screening_unweighted;
	ScreeningGroupView v = {.label = label_in(&d->dimension->label, cx->lang),
				.positive = d->positive,
				.verdict = text_in(cx->lang, verdict)};
	v.signs.at = at;
	v.signs.n = d->nsign;
	return v;
}

static ScreeningSuggestView *suggest_view(Cx *cx, const Suggestion *s) {
	ScreeningGroupView *group = NEW(cx->arena, ScreeningGroupView, s->ndimension);
	for (ptrdiff_t i = 0; i < s->ndimension; i++) group[i] = group_view(cx, &s->dimension[i]);
	ScreeningSuggestView *v = NEW(cx->arena, ScreeningSuggestView, 1);
	*v = (ScreeningSuggestView){.said = code_said(cx, s->suggests),
				    .result = result_said(cx, s->result),
				    .review = s->review,
				    .act = shown_said(cx, s->act),
				    .purpose = shown_said(cx, s->purpose),
				    .means = s->means || s->means_needed
						     ? shown_said(cx, s->means)
						     : text_in(cx->lang, T_screening_not_needed)};
	if (s->rule.n) v->rule = say(cx, T_screening_rule, s->rule);
	v->groups.at = group;
	v->groups.n = s->ndimension;
	return v;
}

static Err history_rows(Cx *cx, const Screenings *l, const ScreeningRow **out) {
	ScreeningRow *at = NEW(cx->arena, ScreeningRow, l->n);
	for (ptrdiff_t i = 0; i < l->n; i++) {
		const Screening *s = &l->screening[i];
		at[i] = (ScreeningRow){.when = say_when(cx, s->at),
				       .suggested = code_said(cx, s->suggested),
				       .review = s->review,
				       .address = url_of(cx->arena, PATH_screening, s->of.report.n, s->id.n)};
		if (s->decided != SCREENING_NONE) at[i].decided = code_said(cx, s->decided);
		TRY(stakeholder_name(cx, s->stakeholder, &at[i].agency));
		TRY(member_name(cx, s->member, &at[i].by));
	}
	*out = at;
	return OK;
}

// ---- the form
// ----------------------------------------------------------------------------------------------------

static Err asked(Cx *cx, const Req *rq, ScreeningOf *of) {
	return screening_of_report(cx, (ReportId){req_param(rq, 0)}, of);
}

// Who may not decide is not asked to.
static void leave_out_decision(Cx *cx, FormView *f) {
	FieldView *at = NEW(cx->arena, FieldView, f->fields.n);
	ptrdiff_t n = 0;
	for (ptrdiff_t i = 0; i < f->fields.n; i++)
		if (!str_eq(f->fields.at[i].name, S("decision")) && !str_eq(f->fields.at[i].name, S("why")))
			at[n++] = f->fields.at[i];
	f->fields.at = at;
	f->fields.n = n;
}

static Err form_page(Cx *cx, Req *rq, Reply *out, const Suggestion *s) {
	ScreeningOf of;
	Screenings past;
	const ScreeningRow *rows;
	TRY(asked(cx, rq, &of));
	TRY(screening_list(cx, &of, &past));
	TRY(history_rows(cx, &past, &rows));
	ScreeningFormPage *v = NEW(cx->arena, ScreeningFormPage, 1);
	*v = (ScreeningFormPage){.number = of.number,
				 .report = url_of(cx->arena, PATH_report, of.report.n),
				 .disputed = past.disputed};
	v->history.at = rows;
	v->history.n = past.n;
	if (s) v->suggestion = suggest_view(cx, s);
	if (req_may(cx, rq, ACT_screening_write)) {
		FormView *f = form_view(cx, rq, &routes[ROUTE_SAVE],
					url_of(cx->arena, PATH_screening_report, of.report.n), NULL, 0);
		if (!req_may(cx, rq, ACT_screening_decide)) leave_out_decision(cx, f);
		f->submit = text_in(cx->lang, T_screening_save);
		v->form = f;
	}
	return reply_page(cx, rq, out, &TEMPLATE_screening_form, v, text_in(cx->lang, T_screening_title),
			  ACT_report_list);
}

static Err show_form(Cx *cx, Req *rq, Reply *out) {
	Suggestion s;
	const PackAnswers *typed = req_answers(rq);
	if (!typed || !pack_answer(typed, "profile").n) return form_page(cx, rq, out, NULL);
	TRY(screening_suggest(cx, typed, &s)); // shown again: what was typed already suggests something
	return form_page(cx, rq, out, &s);
}

static Err why_needed(Cx *cx, Req *rq, Err e) {
	if (e == ERR_INVALID) req_error(cx, rq, "why", text_in(cx->lang, T_screening_why_needed));
	return e;
}

static Err run_form(Cx *cx, Req *rq, Reply *out) {
	if (req_str(rq, "look").n) return show_form(cx, rq, out); // the other button: nothing is saved
	ScreeningOf of;
	ScreeningId id;
	ScreeningResult decided = SCREENING_NONE;
	TRY(asked(cx, rq, &of));
	if (req_may(cx, rq, ACT_screening_decide))
		(void)screening_from_code(req_str(rq, "decision"), &decided);
	TRY(why_needed(cx, rq, screening_save(cx, &of, req_answers(rq), decided, req_str(rq, "why"), &id)));
	reply_flash(cx, out, T_screening_said_saved);
	return reply_see(cx, out, url_of(cx->arena, PATH_screening, of.report.n, id.n));
}

// ---- one screening
// -----------------------------------------------------------------------------------------------

// Several codes of one question, in words.
static Str said_value(Cx *cx, const PackForm *f, const PackAsk *ask, Str value) {
	if (!ask->nchoice) return value;
	Buf b = {.a = cx->arena};
	Str code;
	while (str_cut(&value, ' ', &code)) {
		if (b.n) buf_put(&b, S(", "));
		buf_put(&b, pack_choice_label(f, ask->name, code, cx->lang));
	}
	return buf_str(&b);
}

static void set_answers(Cx *cx, const PackAnswers *a, ScreeningPage *v) {
	const PackForm *f = a->form;
	ScreeningAnswerView *at = NEW(cx->arena, ScreeningAnswerView, f->nask);
	ptrdiff_t n = 0;
	for (ptrdiff_t i = 0; i < f->nask; i++) // the signs stand among the reasons
		if (a->value[i].n && !str_starts(f->ask[i].name, S("ind_")))
			at[n++] = (ScreeningAnswerView){label_in(&f->ask[i].label, cx->lang),
							said_value(cx, f, &f->ask[i], a->value[i])};
	v->answers.at = at;
	v->answers.n = n;
}

static Err set_screening(Cx *cx, const Req *rq, const Screening *s, ScreeningPage *v) {
	PackAnswers answers;
	Suggestion suggestion;
	TRY(screening_answers(cx, s, req_verdict(rq).basis, &answers, &v->why));
	TRY(screening_suggest(cx, &answers, &suggestion));
	// What was suggested then is what stands; the pack may have changed since.
	suggestion.suggests = s->suggested;
	suggestion.rule = s->rule;
	suggestion.result = s->result;
	suggestion.review = s->review;
	v->suggestion = suggest_view(cx, &suggestion);
	set_answers(cx, &answers, v);
	v->when = say_when(cx, s->at);
	if (s->decided != SCREENING_NONE) v->decided = code_said(cx, s->decided);
	TRY(stakeholder_name(cx, s->stakeholder, &v->agency));
	TRY(member_name(cx, s->member, &v->by));
	return member_name(cx, s->decided_by, &v->decided_by);
}

static Err show_one(Cx *cx, Req *rq, Reply *out) {
	ScreeningOf of;
	Screening s;
	Screenings past;
	const ScreeningRow *rows;
	TRY(asked(cx, rq, &of));
	TRY(screening_get(cx, (ScreeningId){req_param(rq, 1)}, &of, &s));
	TRY(screening_list(cx, &of, &past));
	TRY(history_rows(cx, &past, &rows));
	ScreeningPage *v = NEW(cx->arena, ScreeningPage, 1);
	v->report = url_of(cx->arena, PATH_report, of.report.n);
	v->disputed = past.disputed;
	v->history.at = rows;
	v->history.n = past.n;
	TRY(set_screening(cx, rq, &s, v));
	if (req_may(cx, rq, ACT_screening_write))
		v->again = url_of(cx->arena, PATH_screening_report, of.report.n);
	if (s.decided == SCREENING_NONE && req_may(cx, rq, ACT_screening_decide)) {
		FormView *f = form_view(cx, rq, &routes[ROUTE_DECIDE],
					url_of(cx->arena, PATH_screening, of.report.n, s.id.n), NULL, 0);
		f->submit = text_in(cx->lang, T_screening_decide);
		v->form = f;
	}
	return reply_page(cx, rq, out, &TEMPLATE_screening_page, v, text_in(cx->lang, T_screening_page_title),
			  ACT_report_list);
}

static Err run_decide(Cx *cx, Req *rq, Reply *out) {
	ScreeningOf of;
	ScreeningResult decided = SCREENING_NONE;
	ScreeningId id = {req_param(rq, 1)};
	TRY(asked(cx, rq, &of));
	(void)screening_from_code(req_str(rq, "decision"), &decided);
	Err e = why_needed(cx, rq, screening_decide(cx, id, &of, decided, req_str(rq, "why")));
	if (e == ERR_CONFLICT) req_error(cx, rq, "", text_in(cx->lang, T_screening_decided_already));
	TRY(e);
	reply_flash(cx, out, T_screening_said_decided);
	return reply_see(cx, out, url_of(cx->arena, PATH_screening, of.report.n, id.n));
}
