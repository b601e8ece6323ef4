// The pages of releases.
#include "giving/giving_parts.h"
#include "giving_html.h"
#include "stakeholder/stakeholder.h"
#include "statistics/statistics.h"
#include "text.h"

enum { LISTED = 50, BAR = 1000 };

static const Choice epsilons[] = {
	{SLIT("250"), T_giving_epsilon_250, {0}},
	{SLIT("500"), T_giving_epsilon_500, {0}},
	{SLIT("1000"), T_giving_epsilon_1000, {0}},
	{SLIT("2000"), T_giving_epsilon_2000, {0}},
};
static const Choice methods[] = {
	{SLIT("swift"), T_giving_method_swift, {0}},
	{SLIT("mst"), T_giving_method_mst, {0}},
	{SLIT("thorough"), T_giving_method_thorough, {0}},
};
_Static_assert(COUNT(methods) == METHOD__N, "every method may be asked for");
static const Choice yes_no[] = {{SLIT("yes"), T_giving_yes, {0}}, {SLIT("no"), T_giving_no, {0}}};
static const Field new_fields[] = {
	{.name = "purpose",
	 .kind = FIELD_LONG,
	 .required = true,
	 .max = 2000,
	 .label = T_giving_purpose,
	 .hint = T_giving_purpose_hint},
	{.name = "epsilon",
	 .kind = FIELD_ONE,
	 .required = true,
	 .label = T_giving_epsilon,
	 .hint = T_giving_epsilon_hint,
	 .choice = epsilons,
	 .nchoice = (int)COUNT(epsilons)},
	{.name = "codebook",
	 .kind = FIELD_ONE,
	 .required = true,
	 .label = T_giving_codebook,
	 .hint = T_giving_codebook_hint},
	{.name = "method",
	 .kind = FIELD_ONE,
	 .required = true,
	 .label = T_giving_method,
	 .hint = T_giving_method_hint,
	 .choice = methods,
	 .nchoice = (int)COUNT(methods)},
};
static const Field answer_fields[] = {
	{.name = "said",
	 .kind = FIELD_ONE,
	 .required = true,
	 .label = T_giving_said,
	 .hint = T_giving_said_hint,
	 .choice = yes_no,
	 .nchoice = (int)COUNT(yes_no)},
};

static Page list_page, new_page, run_new, one_page, run_answer, file_page, given_page, manifest_page,
	report_page, reader_page;
static const Route routes[] = {
	ROUTE("GET", PATH_givings, ACT_release_list, .run = list_page),
	ROUTE("GET", PATH_giving_new, ACT_release_ask, FIELDS(new_fields), .run = new_page),
	ROUTE("POST", PATH_giving_new, ACT_release_ask, .flags = ROUTE_WRITES | ROUTE_KEEPS,
	      FIELDS(new_fields), .run = run_new, .again = new_page),
	ROUTE("GET", PATH_giving, ACT_release_list, .run = one_page),
	ROUTE("POST", PATH_giving_answer, ACT_release_answer, .flags = ROUTE_WRITES | ROUTE_KEEPS,
	      FIELDS(answer_fields), .run = run_answer, .again = one_page),
	ROUTE("GET", PATH_giving_file, ACT_release_file, .run = file_page),
	ROUTE("GET", PATH_given, ACT_published_read, .flags = ROUTE_PUBLIC, .run = given_page),
	ROUTE("GET", PATH_given_manifest, ACT_published_read, .flags = ROUTE_PUBLIC, .run = manifest_page),
	ROUTE("GET", PATH_given_report, ACT_published_read, .flags = ROUTE_PUBLIC, .run = report_page),
	ROUTE("GET", PATH_given_page, ACT_published_read, .flags = ROUTE_PUBLIC, .run = reader_page),
};
const Routes giving_routes = {routes, (int)COUNT(routes)};
static const Route *const to_new = &routes[2], *const to_answer = &routes[4];

static const struct {
	Text state, story;
} states[GIVING__N] = {
	[GIVING_ASKED] = {T_giving_state_asked, T_giving_story_asked},
	[GIVING_APPROVED] = {T_giving_state_approved, T_giving_story_approved},
	[GIVING_DEBITED] = {T_giving_state_debited, T_giving_story_debited},
	[GIVING_GIVEN] = {T_giving_state_given, T_giving_story_given},
	[GIVING_DECLINED] = {T_giving_state_declined, T_giving_story_declined},
	[GIVING_REFUSED] = {T_giving_state_refused, T_giving_why_store},
	[GIVING_LOST] = {T_giving_state_lost, T_giving_story_lost},
};
static const struct {
	const char *why;
	Text say;
} refusals[] = {
	{"few", T_giving_why_few},	     {"cap", T_giving_why_cap},
	{"set_back", T_giving_why_set_back}, {"codebook", T_giving_why_codebook},
	{"store", T_giving_why_store},
};
static const struct {
	Text said;
	const char *type;
} files[GIVING_FILES] = {
	[FILE_ROWS] = {T_giving_rows, "text/csv; charset=utf-8"},
	[FILE_TABLES] = {T_giving_tables, "text/csv; charset=utf-8"},
	[FILE_WORKBOOK] = {T_giving_workbook,
			   "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"},
	[FILE_REPORT] = {T_giving_report, "application/json"},
	[FILE_PAGE] = {T_giving_page, "text/html; charset=utf-8"},
	[FILE_MANIFEST] = {T_giving_manifest, "application/json"},
};

// ---- in words
// ---------------------------------------------------------------------------------------------------

static Str story_of(Cx *cx, const Giving *g) {
	Text say = states[g->state].story;
	for (ptrdiff_t i = 0; i < COUNT(refusals) && g->state == GIVING_REFUSED; i++)
		if (str_eq(g->why, str_of(refusals[i].why))) say = refusals[i].say;
	return text_in(cx->lang, say);
}

static Str title_of(Cx *cx, const Giving *g) { return say(cx, T_giving_of, say_date(cx, g->at)); }

static Str epsilon_said(Cx *cx, int64_t thousandths) {
	return str_fmt(cx->arena, "%g", (double)thousandths / 1000);
}

static Str cost_said(Cx *cx, const Giving *g) {
	return g->entry ? say(cx, T_giving_cost_said, epsilon_said(cx, g->epsilon),
			      str_fmt(cx->arena, "%.2f", account_epsilon(g->spent, GIVING_DELTA)))
			: (Str){0};
}

static Str method_said(Cx *cx, const Giving *g) {
	for (ptrdiff_t i = 0; i < COUNT(methods); i++)
		if (str_eq(methods[i].code, g->method)) return text_in(cx->lang, methods[i].label);
	return g->method;
}

static Str people_said(Cx *cx, const Giving *g) {
	return g->state == GIVING_GIVEN
		       ? say(cx, T_giving_people_said, str_fmt(cx->arena, "%lld", (long long)g->people),
			     str_fmt(cx->arena, "%lld", (long long)g->half))
		       : (Str){0};
}

static Err agency_said(Cx *cx, StakeholderId who, Str *out) {
	TRY(stakeholder_name(cx, who, out));
	if (!out->n) *out = text_in(cx->lang, T_giving_hub);
	return OK;
}

// ---- lists
// ------------------------------------------------------------------------------------------------------

static Err list_page(Cx *cx, Req *rq, Reply *out) {
	Givings all;
	int64_t spent;
	TRY(giving_list(cx, LISTED, &all));
	TRY(giving_spent(cx, &spent));
	int64_t left = giving_left(cx, spent), cap = left + spent;
	GivingRow *row = NEW(cx->arena, GivingRow, all.n);
	for (ptrdiff_t i = 0; i < all.n; i++) {
		const Giving *g = &all.at[i];
		Str by;
		TRY(agency_said(cx, g->stakeholder, &by));
		row[i] = (GivingRow){url_of(cx->arena, PATH_giving, g->id.n), title_of(cx, g),
				     text_in(cx->lang, states[g->state].state), by};
	}
	GivingList v = {
		.rows = {row, all.n},
		.left = say(cx, T_giving_left,
			    str_fmt(cx->arena, "%.2f", account_epsilon(spent, GIVING_DELTA)),
			    str_fmt(cx->arena, "%.2f", account_epsilon(cap, GIVING_DELTA))),
		.used = spent * BAR / cap,
		.rest = left * BAR / cap,
		.given = url_of(cx->arena, PATH_given),
	};
	if (req_may(cx, rq, ACT_release_ask)) v.ask = url_of(cx->arena, PATH_giving_new);
	return reply_page(cx, rq, out, &TEMPLATE_giving_list, &v, text_in(cx->lang, T_giving_title),
			  ACT_statistics_read);
}

// Of the addresses that end in a text of their own.
static Url giving_url(Arena *a, const char *start, Str id) {
	return (Url){str_fmt(a, "%s%.*s", start, (int)id.n, id.p)};
}

static bool has_file(const GivingFiles *all, int which) {
	for (ptrdiff_t i = 0; i < all->n; i++)
		if (str_eq(all->at[i].name, str_of(giving_file_name[which]))) return true;
	return false;
}

static Err given_page(Cx *cx, Req *rq, Reply *out) {
	Givings all;
	TRY(giving_list(cx, LISTED, &all));
	GivenRow *row = NEW(cx->arena, GivenRow, all.n);
	GivenPage v = {.key = giving_public_key(cx), .back = url_of(cx->arena, PATH_published)};
	for (ptrdiff_t i = 0; i < all.n; i++) {
		const Giving *g = &all.at[i];
		if (g->state != GIVING_GIVEN) continue;
		Str id = id_text(cx->arena, g->id.n);
		GivingFiles files_of;
		Url page = {0};
		TRY(giving_files(cx, g->id, &files_of));
		if (has_file(&files_of, FILE_PAGE)) page = giving_url(cx->arena, "/published/pages/", id);
		row[v.rows.n++] = (GivenRow){
			title_of(cx, g),
			say_date(cx, g->changed),
			people_said(cx, g),
			cost_said(cx, g),
			giving_url(cx->arena, "/published/manifests/", id),
			giving_url(cx->arena, "/published/reports/", id),
			page,
		};
	}
	v.rows.at = row;
	return reply_page(cx, rq, out, &TEMPLATE_given, &v, text_in(cx->lang, T_giving_given_title),
			  ACT_none);
}

// ---- asking
// -------------------------------------------------------------------------------------------------------

static Err new_page(Cx *cx, Req *rq, Reply *out) {
	FormView *form =
		form_view(cx, rq, to_new, url_of(cx->arena, PATH_giving_new),
			  GIVEN({"epsilon", S("1000")}, {"codebook", S("0")}, {"method", S("swift")}));
	Choice book[GIVING_BOOKS];
	int n = 0;
	for (Str name; n < GIVING_BOOKS && (name = giving_book_name(cx, n)).n; n++)
		book[n] = (Choice){.code = str_fmt(cx->arena, "%d", n), .said = name};
	form_choices(cx, form, "codebook", book, n);
	form->submit = text_in(cx->lang, T_giving_ask);
	form->cancel = url_of(cx->arena, PATH_givings);
	int64_t needed = giving_people_needed(cx, 0, 1000);
	GivingNew v = {.form = form, .back = url_of(cx->arena, PATH_givings)};
	v.needed = needed ? say(cx, T_giving_needed, str_fmt(cx->arena, "%lld", (long long)needed))
			  : text_in(cx->lang, T_giving_why_codebook);
	return reply_page(cx, rq, out, &TEMPLATE_giving_new, &v, text_in(cx->lang, T_giving_new_title),
			  ACT_statistics_read);
}

static Err run_new(Cx *cx, Req *rq, Reply *out) {
	GivingId id;
	int64_t epsilon = 0, book = -1;
	(void)str_to_int(req_str(rq, "epsilon"), &epsilon);
	(void)str_to_int(req_str(rq, "codebook"), &book);
	GivingAsk ask = {epsilon, book < GIVING_BOOKS ? (int)book : -1, req_str(rq, "method"),
			 req_str(rq, "purpose")};
	Err e = giving_ask(cx, &ask, &id);
	if (e == ERR_LIMIT || e == ERR_INVALID) {
		Text say = e == ERR_LIMIT ? T_giving_why_cap : T_giving_why_codebook;
		req_error(cx, rq, e == ERR_LIMIT ? "epsilon" : "codebook", text_in(cx->lang, say));
		return fail(cx->why, ERR_INVALID, "the release cannot be asked for");
	}
	if (e == ERR_TOO_LARGE) {
		req_error(cx, rq, "method", text_in(cx->lang, T_giving_why_method));
		return fail(cx->why, ERR_INVALID, "the release cannot be asked for");
	}
	TRY(e);
	reply_flash(cx, out, T_giving_was_asked);
	return reply_see(cx, out, url_of(cx->arena, PATH_giving, id.n));
}

// ---- one release
// --------------------------------------------------------------------------------------------------

static Err set_answers(Cx *cx, const Giving *g, GivingPage *v) {
	GivingAnswers all;
	TRY(giving_answers(cx, g->id, &all));
	GivingSaid *at = NEW(cx->arena, GivingSaid, all.n);
	for (ptrdiff_t i = 0; i < all.n; i++) {
		TRY(agency_said(cx, all.at[i].stakeholder, &at[i].who));
		at[i].said = text_in(cx->lang, all.at[i].yes ? T_giving_yes : T_giving_no);
		at[i].when = say_when(cx, all.at[i].at);
	}
	v->answers.at = at;
	v->answers.n = all.n;
	return OK;
}

static Err set_form(Cx *cx, Req *rq, const Giving *g, GivingPage *v) {
	GivingMay may;
	if (!req_may(cx, rq, ACT_release_answer)) return OK;
	TRY(giving_may_answer(cx, g, &may));
	switch (may) {
	case ANSWER_OVER:
		return OK;
	case ANSWER_OWN:
		v->hint = text_in(cx->lang, T_giving_own);
		return OK;
	case ANSWER_GIVEN:
		v->hint = text_in(cx->lang, T_giving_answered);
		return OK;
	case ANSWER_MAY:
		break;
	}
	FormView *form =
		form_view(cx, rq, to_answer, url_of(cx->arena, PATH_giving_answer, g->id.n), NULL, 0);
	form->submit = text_in(cx->lang, T_giving_answer);
	v->form = form;
	return OK;
}

static Err set_files(Cx *cx, Req *rq, const Giving *g, GivingPage *v) {
	GivingFiles all;
	if (!req_may(cx, rq, ACT_release_file)) return OK;
	TRY(giving_files(cx, g->id, &all));
	GivingDownload *at = NEW(cx->arena, GivingDownload, all.n);
	for (int k = 0; k < GIVING_FILES; k++)
		for (ptrdiff_t i = 0; i < all.n; i++)
			if (str_eq(all.at[i].name, str_of(giving_file_name[k])))
				at[v->files.n++] = (GivingDownload){
					url_of(cx->arena, PATH_giving_file, g->id.n, all.at[i].id),
					text_in(cx->lang, files[k].said)};
	v->files.at = at;
	return OK;
}

static Err one_page(Cx *cx, Req *rq, Reply *out) {
	Giving g;
	TRY(giving_get(cx, (GivingId){req_param(rq, 0)}, &g));
	GivingPage v = {.title = title_of(cx, &g),
			.state = text_in(cx->lang, states[g.state].state),
			.story = story_of(cx, &g),
			.when = say_when(cx, g.at),
			.epsilon = epsilon_said(cx, g.epsilon),
			.codebook = g.named,
			.method = method_said(cx, &g),
			.cost = cost_said(cx, &g),
			.people = people_said(cx, &g),
			.key = giving_public_key(cx),
			.back = url_of(cx->arena, PATH_givings)};
	static const char *const codes[GIVING__N] = {"",      "asked",	  "approved", "debited",
						     "given", "declined", "refused",  "lost"};
	v.state_code = str_of(codes[g.state]);
	TRY(agency_said(cx, g.stakeholder, &v.by));
	TRY(giving_purpose(cx, &g, &v.purpose));
	TRY(set_answers(cx, &g, &v));
	TRY(set_form(cx, rq, &g, &v));
	TRY(set_files(cx, rq, &g, &v));
	if (g.state == GIVING_APPROVED || g.state == GIVING_DEBITED)
		v.again = url_of(cx->arena, PATH_giving, g.id.n);
	return reply_page(cx, rq, out, &TEMPLATE_giving_page, &v, text_in(cx->lang, T_giving_title),
			  ACT_statistics_read);
}

static Err run_answer(Cx *cx, Req *rq, Reply *out) {
	Giving g;
	TRY(giving_get(cx, (GivingId){req_param(rq, 0)}, &g));
	Err e = giving_answer(cx, &g, str_eq(req_str(rq, "said"), S("yes")));
	if (e == ERR_DENIED || e == ERR_CONFLICT) {
		req_error(cx, rq, "", text_in(cx->lang, T_giving_not_yours));
		return fail(cx->why, ERR_INVALID, "this answer is not to be given");
	}
	TRY(e);
	reply_flash(cx, out, T_giving_was_answered);
	return reply_see(cx, out, url_of(cx->arena, PATH_giving, g.id.n));
}

// ---- files
// -----------------------------------------------------------------------------------------------------

static Err send_file(Cx *cx, Reply *out, GivingId id, int which) {
	Str bytes;
	TRY(giving_bytes(cx, id, str_of(giving_file_name[which]), &bytes));
	return reply_file(cx, out, str_of(files[which].type), str_of(giving_file_called[which]), bytes);
}

static Err file_page(Cx *cx, Req *rq, Reply *out) {
	GivingFiles all;
	GivingId id = {req_param(rq, 0)};
	TRY(giving_files(cx, id, &all));
	for (ptrdiff_t i = 0; i < all.n; i++)
		for (int k = 0; k < GIVING_FILES; k++)
			if (all.at[i].id == req_param(rq, 1) &&
			    str_eq(all.at[i].name, str_of(giving_file_name[k])))
				return send_file(cx, out, id, k);
	return fail(cx->why, ERR_NOT_FOUND, "no such file of this release");
}

static Err public_file(Cx *cx, Req *rq, Reply *out, int which) {
	GivingId id;
	if (!id_parse(req_param_text(rq, 0), &id.n)) return fail(cx->why, ERR_NOT_FOUND, "no release");
	return send_file(cx, out, id, which);
}
static Err manifest_page(Cx *cx, Req *rq, Reply *out) { return public_file(cx, rq, out, FILE_MANIFEST); }
static Err report_page(Cx *cx, Req *rq, Reply *out) { return public_file(cx, rq, out, FILE_REPORT); }
static Err reader_page(Cx *cx, Req *rq, Reply *out) { return public_file(cx, rq, out, FILE_PAGE); }
