// The members' pages of the room, and the route table of all its pages.
#include "duty/duty.h"
#include "identity/identity.h"
#include "report/report_views.h"
#include "report_html.h"
#include "stakeholder/stakeholder.h"
#include "text.h"

enum { PAGE = 25, DUTIES = 50, AGENCIES = 400 };

static const Choice channels[] = {
	{SLIT("phone"), T_report_channel_phone, {0}},
	{SLIT("walk_in"), T_report_channel_walk_in, {0}},
	{SLIT("letter"), T_report_channel_letter, {0}},
	{SLIT("field"), T_report_channel_field, {0}},
};
static const Choice reasons[REPORT_CLOSE_REASONS] = {
	{SLIT("no_indication"), T_report_close_no_indication, {0}},
	{SLIT("outside"), T_report_close_outside, {0}},
	{SLIT("duplicate"), T_report_close_duplicate, {0}},
	{SLIT("withdrawn"), T_report_close_withdrawn, {0}},
	{SLIT("other"), T_report_close_other, {0}},
};
static const Field receipt_fields[] = {
	{.name = "receipt",
	 .kind = FIELD_TEXT,
	 .required = true,
	 .max = 80,
	 .label = T_report_field_receipt,
	 .hint = T_report_field_receipt_hint},
};
static const Field add_fields[] = {
	{.name = "receipt", .kind = FIELD_HIDDEN, .required = true, .max = 80},
	{.name = "text", .kind = FIELD_LONG, .max = 10000, .label = T_report_field_add},
	{.name = "file", .kind = FIELD_FILE, .label = T_report_field_file, .hint = T_report_field_file_hint},
};
static const Field new_fields[] = {
	{.name = "channel",
	 .kind = FIELD_ONE,
	 .required = true,
	 .label = T_report_field_channel,
	 .choice = channels,
	 .nchoice = (int)COUNT(channels)},
	{.name = "agency",
	 .kind = FIELD_ONE,
	 .label = T_report_field_agency,
	 .hint = T_report_field_agency_hint},
	{.name = "file", .kind = FIELD_FILE, .label = T_report_field_file, .hint = T_report_field_file_hint},
	{.name = "no_receipt",
	 .kind = FIELD_CHECK,
	 .label = T_report_field_no_receipt,
	 .hint = T_report_field_no_receipt_hint},
};
static const Field answer_fields[] = {
	{.name = "text",
	 .kind = FIELD_LONG,
	 .required = true,
	 .max = 10000,
	 .label = T_report_field_answer,
	 .hint = T_report_field_answer_hint},
};
static const Field route_fields[] = {
	{.name = "to", .kind = FIELD_ONE, .required = true, .label = T_report_field_to},
	{.name = "why",
	 .kind = FIELD_LONG,
	 .required = true,
	 .max = 4000,
	 .label = T_report_field_why,
	 .hint = T_report_field_why_hint},
};
static const Field close_fields[] = {
	{.name = "reason",
	 .kind = FIELD_ONE,
	 .required = true,
	 .label = T_report_field_reason,
	 .choice = reasons,
	 .nchoice = (int)COUNT(reasons)},
	{.name = "text",
	 .kind = FIELD_LONG,
	 .required = true,
	 .max = 4000,
	 .label = T_report_field_close,
	 .hint = T_report_field_close_hint},
};

static Page show_list, show_new, run_new, show_report, run_acknowledge, show_answer, run_answer, show_route,
	run_route, show_close, run_close, run_file;

#define FORM(path, act, fields, show, run_it) \
	ROUTE("GET", path, act, FIELDS(fields), .run = (show)), \
		ROUTE("POST", path, act, .flags = ROUTE_WRITES, FIELDS(fields), .run = (run_it), \
		      .again = (show))
#define TELL_FIELDS .form = "tell", .field = report_tell_fields, .nfield = REPORT_TELL_FIELDS
static const Route routes[] = {
	ROUTE("GET", PATH_report_door, ACT_visit, .flags = ROUTE_PUBLIC, .run = report_show_door),
	ROUTE("GET", PATH_report_tell, ACT_report_send, .flags = ROUTE_PUBLIC, TELL_FIELDS,
	      .run = report_show_tell),
	ROUTE("POST", PATH_report_tell, ACT_report_send, .flags = ROUTE_PUBLIC | ROUTE_WRITES | ROUTE_UPLOAD,
	      TELL_FIELDS, .run = report_run_tell, .again = report_show_tell),
	ROUTE("GET", PATH_report_back, ACT_report_return, .flags = ROUTE_PUBLIC, FIELDS(receipt_fields),
	      .run = report_show_back),
	ROUTE("POST", PATH_report_back, ACT_report_return, .flags = ROUTE_PUBLIC, FIELDS(receipt_fields),
	      .run = report_run_back, .again = report_show_back),
	ROUTE("POST", PATH_report_back_add, ACT_report_return,
	      .flags = ROUTE_PUBLIC | ROUTE_WRITES | ROUTE_UPLOAD, FIELDS(add_fields), .run = report_run_add,
	      .again = report_again_add),
	ROUTE("GET", PATH_reports, ACT_report_list, .run = show_list),
	ROUTE("GET", PATH_report_new, ACT_report_take, .form = "tell", FIELDS(new_fields), .run = show_new),
	ROUTE("POST", PATH_report_new, ACT_report_take, .flags = ROUTE_WRITES | ROUTE_UPLOAD, .form = "tell",
	      FIELDS(new_fields), .run = run_new, .again = show_new),
	ROUTE("GET", PATH_report, ACT_report_read, .run = show_report),
	ROUTE("POST", PATH_report_acknowledge, ACT_report_answer, .flags = ROUTE_WRITES,
	      .run = run_acknowledge, .again = show_report),
	FORM(PATH_report_answer, ACT_report_answer, answer_fields, show_answer, run_answer),
	FORM(PATH_report_route, ACT_report_route, route_fields, show_route, run_route),
	FORM(PATH_report_close, ACT_report_close, close_fields, show_close, run_close),
	ROUTE("GET", PATH_report_file, ACT_report_read, .run = run_file),
};
const Routes report_routes = {routes, (int)COUNT(routes)};

static const Route *route_to(const char *path) {
	for (ptrdiff_t i = 0; i < COUNT(routes); i++)
		if (!strcmp(routes[i].path, path) && !strcmp(routes[i].method, "POST")) return &routes[i];
	ASSERT(false);
	return NULL;
}

static Err asked(Cx *cx, const Req *rq, Report *r) { return report_get(cx, (ReportId){req_param(rq, 0)}, r); }

static Str version_text(Cx *cx, const Report *r) { return str_fmt(cx->arena, "%lld", (long long)r->version); }

// The report as its reader saw it. Somebody was faster: the form comes back with what stands there now.
static Err asked_unchanged(Cx *cx, Req *rq, Report *r) {
	int64_t seen = 0;
	TRY(asked(cx, rq, r));
	(void)str_to_int(req_str(rq, "_version"), &seen);
	if (seen == r->version) return OK;
	req_error(cx, rq, "", say(cx, T_report_changed, report_state_said(cx, r->state)));
	return fail(cx->why, ERR_CONFLICT, "report %lld is not as its reader saw it", (long long)r->id.n);
}

// ---- the list
// ----------------------------------------------------------------------------------------------------

static bool waits_long(const Cx *cx, const Report *r) {
	return r->state == REPORT_RECEIVED &&
	       duration_after(cx->zone, &cx->pack->calendar, r->changed, &cx->pack->immediate) < cx->now;
}

static Err row_of(Cx *cx, const Report *r, ReportRow *v) {
	*v = (ReportRow){.number = r->number,
			 .address = url_of(cx->arena, PATH_report, r->id.n),
			 .state = report_state_said(cx, r->state),
			 .state_code = report_state_code[r->state],
			 .about = report_about_said(cx, r->about),
			 .area = report_area_said(cx, r->area),
			 .channel = report_channel_said(cx, r->channel),
			 .received = say_when(cx, r->received),
			 .late = waits_long(cx, r)};
	return r->receiver.n == cx->actor->stakeholder.n ? OK
							 : stakeholder_name(cx, r->receiver, &v->receiver);
}

static void set_filters(Cx *cx, const ReportFilter *f, ReportListPage *v) {
	const PackForm *tell = pack_form(cx->pack, S("tell"));
	ChoiceView *state = NEW(cx->arena, ChoiceView, REPORT__N + 1), *about = NULL;
	state[0] = (ChoiceView){.label = text_in(cx->lang, T_report_list_any), .chosen = f->state < 0};
	for (int s = 0; s < REPORT__N; s++)
		state[s + 1] = (ChoiceView){.value = report_state_code[s],
					    .label = report_state_said(cx, (ReportState)s),
					    .chosen = f->state == s};
	v->states.at = state;
	v->states.n = REPORT__N + 1;
	for (ptrdiff_t i = 0; tell && i < tell->nask; i++) {
		const PackAsk *ask = &tell->ask[i];
		if (!str_eq(ask->name, S("about"))) continue;
		about = NEW(cx->arena, ChoiceView, ask->nchoice + 1);
		about[0] = (ChoiceView){.label = text_in(cx->lang, T_report_list_any), .chosen = !f->about.n};
		for (ptrdiff_t k = 0; k < ask->nchoice; k++)
			about[k + 1] = (ChoiceView){.value = ask->choice[k].code,
						    .label = label_in(&ask->choice[k].label, cx->lang),
						    .chosen = str_eq(ask->choice[k].code, f->about)};
		v->abouts.at = about;
		v->abouts.n = ask->nchoice + 1;
	}
}

static Url list_url(Cx *cx, const ReportFilter *f, int64_t before) {
	Url u = url_of(cx->arena, PATH_reports);
	if (f->state >= 0) u = url_with(cx->arena, u, "state", report_state_code[f->state]);
	if (f->about.n) u = url_with(cx->arena, u, "about", f->about);
	if (f->late) u = url_with(cx->arena, u, "late", S("1"));
	return before ? url_with(cx->arena, u, "before", id_text(cx->arena, before)) : u;
}

static Err show_list(Cx *cx, Req *rq, Reply *out) {
	ReportFilter f = {.state = -1,
			  .about = req_query(rq, "about"),
			  .late = req_query(rq, "late").n > 0,
			  .limit = PAGE + 1};
	ReportState state;
	if (report_state_from_code(req_query(rq, "state"), &state)) f.state = (int)state;
	if (!id_parse(req_query(rq, "before"), &f.before)) f.before = 0;
	Reports all;
	TRY(report_list(cx, &f, &all));
	ReportListPage *v = NEW(cx->arena, ReportListPage, 1);
	*v = (ReportListPage){.here = url_of(cx->arena, PATH_reports),
			      .late_only = f.late,
			      .filtered = f.state >= 0 || f.about.n || f.late || f.before};
	if (req_may(cx, rq, ACT_report_take)) v->add = url_of(cx->arena, PATH_report_new);
	set_filters(cx, &f, v);
	ptrdiff_t n = all.n > PAGE ? PAGE : all.n;
	ReportRow *row = NEW(cx->arena, ReportRow, n);
	for (ptrdiff_t i = 0; i < n; i++) TRY(row_of(cx, &all.report[i], &row[i]));
	v->reports.at = row;
	v->reports.n = n;
	if (all.n > PAGE || f.before) {
		Pager *p = NEW(cx->arena, Pager, 1);
		if (all.n > PAGE) p->older = list_url(cx, &f, all.report[PAGE - 1].id.n);
		if (f.before) p->newer = list_url(cx, &f, 0);
		v->pages = p;
	}
	return reply_page(cx, rq, out, &TEMPLATE_report_list, v, text_in(cx->lang, T_report_list_title),
			  ACT_report_list);
}

// ---- writing one down
// --------------------------------------------------------------------------------------------

// Who writes down what she is told knows first how it reaches her.
static void channel_first(Cx *cx, FormView *f) {
	FieldView *at = NEW(cx->arena, FieldView, f->fields.n);
	ptrdiff_t n = 0;
	for (int rest = 0; rest < 2; rest++)
		for (ptrdiff_t i = 0; i < f->fields.n; i++)
			if (str_eq(f->fields.at[i].name, S("channel")) != (rest == 1))
				at[n++] = f->fields.at[i];
	f->fields.at = at;
}

static Err show_new(Cx *cx, Req *rq, Reply *out) {
	ReportNewPage *v = NEW(cx->arena, ReportNewPage, 1);
	FormView *f =
		form_view(cx, rq, route_to(PATH_report_new), url_of(cx->arena, PATH_report_new), NULL, 0);
	TRY(report_fill_tell(cx, rq, f));
	channel_first(cx, f);
	f->submit = text_in(cx->lang, T_report_new_send);
	f->cancel = url_of(cx->arena, PATH_reports);
	v->form = f;
	return reply_page(cx, rq, out, &TEMPLATE_report_new, v, text_in(cx->lang, T_report_new_title),
			  ACT_report_list);
}

static Err run_new(Cx *cx, Req *rq, Reply *out) {
	ReportIn in = {.channel = req_str(rq, "channel"),
		       .taken_by = cx->actor->stakeholder,
		       .no_receipt = req_check(rq, "no_receipt")};
	ReportTaken taken;
	Verdict v;
	TRY(report_in_of(cx, rq, &in));
	TRY(report_receive(cx, &in, &taken));
	ReportTakenPage *page = NEW(cx->arena, ReportTakenPage, 1);
	*page = (ReportTakenPage){.number = taken.number,
				  .receipt = taken.receipt,
				  .again = taken.again,
				  .staff = true,
				  .back = url_of(cx->arena, PATH_report_back)};
	TRY(policy_may(cx, ACT_report_read, (Object){ABOUT_REPORT, taken.id.n},
		       &v)); // not when it went past her own agency
	if (v.yes) page->report = url_of(cx->arena, PATH_report, taken.id.n);
	return reply_page(cx, rq, out, &TEMPLATE_report_taken, page, text_in(cx->lang, T_report_taken_title),
			  ACT_report_list);
}

// ---- the report's own page
// ---------------------------------------------------------------------------------------

static Str said_value(Cx *cx, const PackForm *f, const PackAsk *ask, Str value) {
	if (str_eq(ask->name, S("area"))) return report_area_said(cx, value);
	return ask->nchoice ? pack_choice_label(f, ask->name, value, cx->lang) : value;
}

static Err set_told(Cx *cx, const Req *rq, const Report *r, uint32_t classes, ReportPage *v) {
	ReportTold told;
	TRY(report_told(cx, r, classes, req_verdict(rq).basis, &told));
	const PackForm *f = told.answers.form;
	ReportToldRow *at = NEW(cx->arena, ReportToldRow, f->nask);
	ptrdiff_t n = 0;
	for (ptrdiff_t i = 0; i < f->nask; i++)
		if (told.answers.value[i].n)
			at[n++] = (ReportToldRow){label_in(&f->ask[i].label, cx->lang),
						  said_value(cx, f, &f->ask[i], told.answers.value[i])};
	v->told.at = at;
	v->told.n = n;
	return OK;
}

static Str size_said(Cx *cx, int64_t bytes) {
	int64_t kib = (bytes + 1023) / 1024;
	return kib < 1024 ? str_fmt(cx->arena, "%lld KiB", (long long)kib)
			  : str_fmt(cx->arena, "%.1f MiB", (double)kib / 1024);
}

// A picture or a recording may show who sent it: class source.
static Err set_files(Cx *cx, const Report *r, uint32_t classes, ReportPage *v) {
	if (!(classes & CLASS_BIT(CLASS_SOURCE))) return OK;
	ReportAttachments all;
	TRY(report_attachments(cx, r, &all));
	ReportFileRow *at = NEW(cx->arena, ReportFileRow, all.n);
	for (ptrdiff_t i = 0; i < all.n; i++)
		at[i] = (ReportFileRow){all.file[i].name, size_said(cx, all.file[i].size),
					url_of(cx->arena, PATH_report_file, r->id.n, all.file[i].id.n)};
	v->files.at = at;
	v->files.n = all.n;
	return OK;
}

static Err said_by(Cx *cx, const ReportMessage *m, Str *out) {
	Str agency;
	*out = text_in(cx->lang, T_report_by_reporter);
	if (str_eq(m->kind, S("reporter"))) return OK;
	TRY(stakeholder_name(cx, m->stakeholder, &agency));
	*out = str_eq(m->kind, S("routed"))   ? say(cx, T_report_by_routed, agency)
	       : str_eq(m->kind, S("closed")) ? say(cx, T_report_by_closed, agency)
					      : agency;
	return OK;
}

static Err set_messages(Cx *cx, const Report *r, ReportPage *v) {
	ReportMessages all;
	TRY(report_messages(cx, r, &all));
	ReportLine *at = NEW(cx->arena, ReportLine, all.n);
	for (ptrdiff_t i = 0; i < all.n; i++) {
		at[i] = (ReportLine){.when = say_when(cx, all.message[i].at), .text = all.message[i].text};
		TRY(said_by(cx, &all.message[i], &at[i].by));
	}
	v->messages.at = at;
	v->messages.n = all.n;
	return OK;
}

static Err set_duties(Cx *cx, const Report *r, ReportPage *v) {
	Duties all;
	const DutyRow *row;
	TRY(duty_of(cx, (Object){ABOUT_REPORT, r->id.n}, DUTIES, &all));
	TRY(duty_rows(cx, &all, &row));
	v->duties.at = row;
	v->duties.n = all.n;
	return OK;
}

// Who she may be that is missed: for those who may read who she is.
static Err set_findings(Cx *cx, const Report *r, uint32_t classes, ReportPage *v) {
	PersonId who;
	if (!(classes & CLASS_BIT(CLASS_IDENTITY))) return OK;
	Err e = identity_missed(cx, r->id, &who);
	if (e == ERR_NOT_FOUND) return OK;
	TRY(e);
	return identity_links(cx, (Object){ABOUT_REPORT, r->id.n}, who, &v->findings.at, &v->findings.n);
}

static void set_acts(Cx *cx, Req *rq, const Report *r, ReportPage *v) {
	int64_t id = r->id.n;
	bool live = r->state != REPORT_CLOSED && r->state != REPORT_CASE_OPENED;
	bool answers = req_may(cx, rq, ACT_report_answer);
	if (r->state == REPORT_RECEIVED && answers) {
		FormView *f = form_view(cx, rq, route_to(PATH_report_acknowledge),
					url_of(cx->arena, PATH_report_acknowledge, id), NULL, 0);
		f->version = version_text(cx, r);
		f->submit = text_in(cx->lang, T_report_act_acknowledge);
		v->acknowledge = f;
	}
	if (answers && r->receipt) v->answer = url_of(cx->arena, PATH_report_answer, id);
	if (req_may(cx, rq, ACT_screening_read)) v->screening = url_of(cx->arena, PATH_report_screening, id);
	if (live && req_may(cx, rq, ACT_case_open)) v->open_case = url_of(cx->arena, PATH_report_case, id);
	if (live && req_may(cx, rq, ACT_report_route)) v->route = url_of(cx->arena, PATH_report_route, id);
	if (live && req_may(cx, rq, ACT_report_close)) v->close = url_of(cx->arena, PATH_report_close, id);
	v->screen_now = r->state == REPORT_ACKNOWLEDGED && req_may(cx, rq, ACT_screening_write);
	v->open_now = r->state == REPORT_SCREENED;
	v->acts = v->acknowledge || v->answer.s.n || v->screening.s.n || v->open_case.s.n || v->route.s.n ||
		  v->close.s.n || v->kase.s.n;
}

static Text closed_said(Str reason) {
	for (ptrdiff_t i = 0; i < COUNT(reasons); i++)
		if (str_eq(reasons[i].code, reason)) return reasons[i].label;
	return T_report_close_other;
}

static Err show_report(Cx *cx, Req *rq, Reply *out) {
	Report r;
	Str receiver;
	Verdict on_case = {0};
	TRY(asked(cx, rq, &r));
	uint32_t classes = req_classes(cx, rq, ACT_report_read);
	TRY(stakeholder_name(cx, r.receiver, &receiver));
	ReportPage *v = NEW(cx->arena, ReportPage, 1);
	*v = (ReportPage){.number = r.number,
			  .state = report_state_said(cx, r.state),
			  .state_code = report_state_code[r.state],
			  .receiver = receiver,
			  .received = say_when(cx, r.received),
			  .channel = report_channel_said(cx, r.channel),
			  .area = report_area_said(cx, r.area),
			  .receipt = r.receipt};
	if (r.state == REPORT_CLOSED)
		v->closed = say(cx, T_report_page_closed, text_in(cx->lang, closed_said(r.closed_why)));
	if (r.kase.n) TRY(policy_may(cx, ACT_case_read, (Object){ABOUT_CASE, r.kase.n}, &on_case));
	if (on_case.yes) v->kase = url_of(cx->arena, "/cases/:case", r.kase.n);
	TRY(set_told(cx, rq, &r, classes, v));
	TRY(set_files(cx, &r, classes, v));
	TRY(set_findings(cx, &r, classes, v));
	TRY(set_messages(cx, &r, v));
	TRY(set_duties(cx, &r, v));
	set_acts(cx, rq, &r, v);
	return reply_page(cx, rq, out, &TEMPLATE_report_page, v, text_in(cx->lang, T_report_page_title),
			  ACT_report_list);
}

static Err run_file(Cx *cx, Req *rq, Reply *out) {
	Report r;
	ReportAttachment about;
	Str bytes;
	TRY(asked(cx, rq, &r));
	if (!(req_classes(cx, rq, ACT_report_read) & CLASS_BIT(CLASS_SOURCE)))
		return fail(cx->why, ERR_NOT_FOUND, "no right to files of report %lld", (long long)r.id.n);
	TRY(report_attachment(cx, &r, (BlobId){req_param(rq, 1)}, req_verdict(rq).basis, &about, &bytes));
	return reply_file(cx, out, about.type, about.name, bytes);
}

// ---- doing something
// ---------------------------------------------------------------------------------------------

typedef struct {
	const char *path;
	Text heading, sentence, submit;
} ActWords;

static Err act_form(Cx *cx, Req *rq, const ActWords *w, ReportActPage **out) {
	Report r;
	TRY(asked(cx, rq, &r));
	ReportActPage *v = NEW(cx->arena, ReportActPage, 1);
	*v = (ReportActPage){.heading = text_in(cx->lang, w->heading),
			     .number = r.number,
			     .sentence = text_in(cx->lang, w->sentence),
			     .address = url_of(cx->arena, PATH_report, r.id.n)};
	FormView *f = form_view(cx, rq, route_to(w->path), url_of(cx->arena, w->path, r.id.n), NULL, 0);
	f->version = version_text(cx, &r);
	f->submit = text_in(cx->lang, w->submit);
	f->cancel = v->address;
	v->form = f;
	*out = v;
	return OK;
}

static Err reply_act(Cx *cx, Req *rq, Reply *out, const ReportActPage *v) {
	return reply_page(cx, rq, out, &TEMPLATE_report_act, v, v->heading, ACT_report_list);
}

static Err see_report(Cx *cx, Req *rq, Reply *out, Text said) {
	reply_flash(cx, out, said);
	return reply_see(cx, out, url_of(cx->arena, PATH_report, req_param(rq, 0)));
}

static Err run_acknowledge(Cx *cx, Req *rq, Reply *out) {
	Report r;
	TRY(asked_unchanged(cx, rq, &r));
	TRY(report_acknowledge(cx, &r));
	return see_report(cx, rq, out, T_report_said_acknowledged);
}

static Err show_answer(Cx *cx, Req *rq, Reply *out) {
	static const ActWords w = {PATH_report_answer, T_report_answer_heading, T_report_answer_sentence,
				   T_report_answer_send};
	ReportActPage *v;
	TRY(act_form(cx, rq, &w, &v));
	return reply_act(cx, rq, out, v);
}

static Err run_answer(Cx *cx, Req *rq, Reply *out) {
	Report r; // answers do not undo one another: no version
	TRY(asked(cx, rq, &r));
	TRY(report_answer(cx, &r, req_str(rq, "text")));
	return see_report(cx, rq, out, T_report_said_answered);
}

static Err show_route(Cx *cx, Req *rq, Reply *out) {
	static const ActWords w = {PATH_report_route, T_report_route_heading, T_report_route_sentence,
				   T_report_route_send};
	ReportActPage *v;
	Stakeholders all;
	Report r;
	TRY(asked(cx, rq, &r));
	TRY(act_form(cx, rq, &w, &v));
	TRY(stakeholder_list(
		cx,
		&(StakeholderFilter){.active_only = true, .mine = cx->actor->stakeholder, .limit = AGENCIES},
		&all));
	ChoiceView *at = NEW(cx->arena, ChoiceView, all.n);
	ptrdiff_t n = 0;
	Str now = req_str(rq, "to");
	for (ptrdiff_t i = 0; i < all.n;
	     i++) { // walled ones stand in the list like any other, and are refused like no such agency
		if (all.at[i].id.n == r.receiver.n) continue;
		Str id = id_text(cx->arena, all.at[i].id.n);
		at[n] = (ChoiceView){.id = str_fmt(cx->arena, "to-%td", n),
				     .value = id,
				     .label = all.at[i].name,
				     .chosen = str_eq(id, now)};
		n++;
	}
	report_choose(cx, (FormView *)v->form, "to", at, n);
	return reply_act(cx, rq, out, v);
}

static Err run_route(Cx *cx, Req *rq, Reply *out) {
	Report r;
	Verdict v;
	int64_t to = 0;
	TRY(asked_unchanged(cx, rq, &r));
	Err e = id_parse(req_str(rq, "to"), &to)
			? report_route(cx, &r, (StakeholderId){to}, req_str(rq, "why"))
			: ERR_NOT_FOUND;
	if (e == ERR_NOT_FOUND) {
		req_error(cx, rq, "to", text_in(cx->lang, T_report_route_wrong));
		return fail(cx->why, ERR_INVALID, "report %lld cannot go there", (long long)r.id.n);
	}
	TRY(e);
	TRY(policy_may(cx, ACT_report_read, (Object){ABOUT_REPORT, r.id.n}, &v));
	if (v.yes) return see_report(cx, rq, out, T_report_said_routed);
	reply_flash(cx, out, T_report_said_routed); // it is no longer hers to see
	return reply_see(cx, out, url_of(cx->arena, PATH_reports));
}

static Err show_close(Cx *cx, Req *rq, Reply *out) {
	static const ActWords w = {PATH_report_close, T_report_close_heading, T_report_close_sentence,
				   T_report_close_send};
	ReportActPage *v;
	TRY(act_form(cx, rq, &w, &v));
	return reply_act(cx, rq, out, v);
}

static Err run_close(Cx *cx, Req *rq, Reply *out) {
	Report r;
	TRY(asked_unchanged(cx, rq, &r));
	TRY(report_close(cx, &r, req_str(rq, "reason"), req_str(rq, "text")));
	return see_report(cx, rq, out, T_report_said_closed);
}
