// The public pages: no account, no cookie, no script, no address of a machine kept, no time finer than a day.
#include "report/report_views.h"
#include "report_html.h"
#include "stakeholder/stakeholder.h"
#include "text.h"

enum {
	CALLS_ON_FORM = 3
}; // the door shows every number; above the form stand the first, and the form begins in sight

static const ReportCall *calls(Cx *cx) {
	const Pack *p = cx->pack;
	ReportCall *at = NEW(cx->arena, ReportCall, p->nemergency);
	for (ptrdiff_t i = 0; i < p->nemergency; i++) {
		const PackEmergency *e = &p->emergency[i];
		at[i] = (ReportCall){e->number, url_tel(cx->arena, e->number), label_in(&e->label, cx->lang),
				     label_in(&e->hint, cx->lang)};
	}
	return at;
}

Err report_show_door(Cx *cx, Req *rq, Reply *out) {
	ReportDoorPage *v = NEW(cx->arena, ReportDoorPage, 1);
	v->calls.at = calls(cx);
	v->calls.n = cx->pack->nemergency;
	v->tell = url_of(cx->arena, PATH_report_tell);
	v->back = url_of(cx->arena, PATH_report_back);
	return reply_page(cx, rq, out, &TEMPLATE_report_door, v, text_in(cx->lang, T_report_door_title),
			  ACT_none);
}

static const Route *route_to(const char *path) {
	for (int i = 0; i < report_routes.n; i++)
		if (!strcmp(report_routes.route[i].path, path) &&
		    !strcmp(report_routes.route[i].method, "POST"))
			return &report_routes.route[i];
	ASSERT(false);
	return NULL;
}

Err report_show_tell(Cx *cx, Req *rq, Reply *out) {
	ReportTellPage *v = NEW(cx->arena, ReportTellPage, 1);
	FormView *f =
		form_view(cx, rq, route_to(PATH_report_tell), url_of(cx->arena, PATH_report_tell), NULL, 0);
	f->submit = text_in(cx->lang, T_report_tell_send);
	TRY(report_fill_tell(cx, rq, f));
	v->form = f;
	v->calls.at = calls(cx);
	v->calls.n = cx->pack->nemergency < CALLS_ON_FORM ? cx->pack->nemergency : CALLS_ON_FORM;
	return reply_page(cx, rq, out, &TEMPLATE_report_tell, v, text_in(cx->lang, T_report_tell_title),
			  ACT_none);
}

Err report_run_tell(Cx *cx, Req *rq, Reply *out) {
	ReportIn in = {.channel = req_json(rq) ? S("api") : S("web")};
	ReportTaken taken;
	TRY(report_in_of(cx, rq, &in));
	TRY(report_receive(cx, &in, &taken));
	ReportTakenPage *v = NEW(cx->arena, ReportTakenPage, 1);
	*v = (ReportTakenPage){.number = taken.number,
			       .receipt = taken.receipt,
			       .again = taken.again,
			       .back = url_of(cx->arena, PATH_report_back)};
	return reply_page(cx, rq, out, &TEMPLATE_report_taken, v, text_in(cx->lang, T_report_taken_title),
			  ACT_none);
}

// ---- coming back
// -------------------------------------------------------------------------------------------------

Err report_show_back(Cx *cx, Req *rq, Reply *out) {
	ReportBackPage *v = NEW(cx->arena, ReportBackPage, 1);
	FormView *f =
		form_view(cx, rq, route_to(PATH_report_back), url_of(cx->arena, PATH_report_back), NULL, 0);
	f->submit = text_in(cx->lang, T_report_back_open);
	v->form = f;
	return reply_page(cx, rq, out, &TEMPLATE_report_back, v, text_in(cx->lang, T_report_back_title),
			  ACT_none);
}

static Err opened(Cx *cx, Req *rq, Report *r) {
	Err e = report_by_receipt(cx, req_str(rq, "receipt"), r);
	if (e != ERR_NOT_FOUND) return e;
	req_error(cx, rq, "receipt", text_in(cx->lang, T_report_receipt_wrong));
	return fail(cx->why, ERR_INVALID, "a receipt that opens nothing");
}

static void set_steps(Cx *cx, const Report *r, ReportSeenPage *v) {
	static const struct {
		Text said;
		ReportState from;
	} step[] = {
		{T_report_step_received, REPORT_RECEIVED},
		{T_report_step_acknowledged, REPORT_ACKNOWLEDGED},
		{T_report_step_looked, REPORT_SCREENED},
		{T_report_step_closed, REPORT_CLOSED},
	};
	ReportStepView *at = NEW(cx->arena, ReportStepView, COUNT(step));
	for (ptrdiff_t i = 0; i < COUNT(step); i++)
		at[i] = (ReportStepView){text_in(cx->lang, step[i].said), r->state >= step[i].from};
	v->steps.at = at;
	v->steps.n = COUNT(step);
}

// What passed between the reporter and the agency; nothing of what agencies said to one another.
static Err set_messages(Cx *cx, const Report *r, ReportSeenPage *v) {
	ReportMessages all;
	TRY(report_messages(cx, r, &all));
	ReportLine *at = NEW(cx->arena, ReportLine, all.n);
	ptrdiff_t n = 0;
	for (ptrdiff_t i = 0; i < all.n; i++) {
		const ReportMessage *m = &all.message[i];
		bool mine = str_eq(m->kind, S("reporter"));
		if (!mine && !str_eq(m->kind, S("answer"))) continue;
		Str by = text_in(cx->lang, T_report_by_you);
		if (!mine) TRY(stakeholder_name(cx, m->stakeholder, &by));
		at[n++] = (ReportLine){say_date(cx, m->at), by, m->text, mine};
	}
	v->messages.at = at;
	v->messages.n = n;
	return OK;
}

static Err show_seen(Cx *cx, Req *rq, Reply *out, const Report *r, Text said) {
	ReportSeenPage *v = NEW(cx->arena, ReportSeenPage, 1);
	Str receiver;
	TRY(stakeholder_name(cx, r->receiver, &receiver));
	*v = (ReportSeenPage){
		.number = r->number,
		.said = text_in(cx->lang, said),
		.sentence = receiver.n ? say(cx, T_report_seen_sentence, say_date(cx, r->received), receiver)
				       : say(cx, T_report_seen_nobody, say_date(cx, r->received))};
	set_steps(cx, r, v);
	TRY(set_messages(cx, r, v));
	FormView *f = form_view(cx, rq, route_to(PATH_report_back_add),
				url_of(cx->arena, PATH_report_back_add), NULL, 0);
	report_set_value(cx, f, "receipt", req_str(rq, "receipt"));
	if (said) report_set_value(cx, f, "text", (Str){0}); // it is kept; the box is for the next
	f->submit = text_in(cx->lang, T_report_seen_send);
	v->form = f;
	return reply_page(cx, rq, out, &TEMPLATE_report_seen, v, text_in(cx->lang, T_report_back_title),
			  ACT_none);
}

Err report_run_back(Cx *cx, Req *rq, Reply *out) {
	Report r;
	TRY(opened(cx, rq, &r));
	return show_seen(cx, rq, out, &r, T_none);
}

Err report_run_add(Cx *cx, Req *rq, Reply *out) {
	Report r;
	const ReportFile *file;
	int n;
	TRY(opened(cx, rq, &r));
	TRY(report_files_of(cx, rq, &file, &n));
	Err e = report_add(cx, &r, req_str(rq, "text"), file, n, req_once(rq));
	if (e == ERR_INVALID) req_error(cx, rq, "text", text_in(cx->lang, T_report_add_empty));
	if (e != OK && e != ERR_CONFLICT)
		return e; // a conflict: the same form again, and what it said is kept already
	return show_seen(cx, rq, out, &r, T_report_seen_added);
}

// With a wrong receipt nothing of a report may show, whatever else was wrong in the form.
Err report_again_add(Cx *cx, Req *rq, Reply *out) {
	Report r;
	Err e = report_by_receipt(cx, req_str(rq, "receipt"), &r);
	return e == OK		    ? show_seen(cx, rq, out, &r, T_none)
	       : e == ERR_NOT_FOUND ? report_show_back(cx, rq, out)
				    : e;
}
