#include "html/static.h"
#include "text.h"
#include "vault/vault.h"
#include "web/req.h"

void reply_status(Reply *out, int status) { out->status = status; }

void reply_cookie(Reply *out, Str token, int64_t seconds) {
	out->has_cookie = true;
	out->cookie = token;
	out->cookie_seconds = seconds;
}

void reply_flash(Cx *cx, Reply *out, Text what) {
	(void)cx;
	out->flash = what;
}

Err reply_see(Cx *cx, Reply *out, Url to) {
	if (out->flash) to = url_with(cx->arena, to, "said", str_fmt(cx->arena, "%d", out->flash));
	out->status = 303;
	out->location = to.s;
	return OK;
}

Err reply_send_on(Cx *cx, Reply *out, Url to) {
	(void)cx;
	out->status = 307;
	out->location = to.s;
	return OK;
}

Err reply_text(Cx *cx, Reply *out, Str type, Str bytes) {
	(void)cx;
	out->type = type;
	out->body = bytes;
	return OK;
}

Err reply_file(Cx *cx, Reply *out, Str type, Str name, Str bytes) {
	out->file_name = name.n ? name : S("file");
	return reply_text(cx, out, type, bytes);
}

// Bound to the session, so that no other site can make a signed-in browser send a form.
Str form_token(Cx *cx, const Req *rq) {
	if (!rq->session.n) return (Str){0};
	Str mac = vault_fingerprint(cx, "formtokn", rq->session);
	return str_hex(cx->arena, mac.p, 16);
}

bool form_token_right(Cx *cx, const Req *rq) {
	if (!rq->session.n) return true; // nothing rides on a request that carries no session
	return vault_same(form_token(cx, rq), req_str(rq, "_token"));
}

// ---- the frame
// ----------------------------------------------------------------------------------------------------

static const struct {
	Act act;
	const char *path;
	Text label;
} menu[] = {
	{ACT_today, "/today", T_web_today},
	{ACT_report_list, "/reports", T_web_reports},
	{ACT_case_list, "/cases", T_web_cases},
	{ACT_person_search, "/people", T_web_people},
	{ACT_statistics_read, "/statistics", T_web_statistics},
	{ACT_directory_read, "/directory", T_web_directory},
};

static void set_menu(Cx *cx, Frame *f, Act nav) {
	NavItem *at = NEW(cx->arena, NavItem, COUNT(menu));
	ptrdiff_t n = 0;
	for (ptrdiff_t i = 0; i < COUNT(menu); i++) {
		if (!policy_grant(cx->pack, cx->actor->posts, false, RELATION_NOBODY, menu[i].act)) continue;
		at[n++] = (NavItem){url_of_(cx->arena, menu[i].path, NULL, 0),
				    text_in(cx->lang, menu[i].label), menu[i].act == nav};
	}
	f->nav.at = at;
	f->nav.n = n;
}

// The same address in another language; the answer of a form leads to the form's own page.
static void set_languages(Cx *cx, const Req *rq, Frame *f) {
	LangItem *at = NEW(cx->arena, LangItem, LANG__N);
	ptrdiff_t n = 0;
	Url here = {rq->path};
	for (int l = 0; l < LANG__N; l++)
		if (lang_offered(l))
			at[n++] = (LangItem){url_with(cx->arena, here, "lang", lang_info[l].code),
					     lang_info[l].code, lang_info[l].own, l == cx->lang};
	f->languages.at = at;
	f->languages.n = n;
}

static Str flash_of(Cx *cx, const Req *rq) {
	int64_t t = 0;
	if (!str_to_int(req_query(rq, "said"), &t) || t <= 0 || t >= T__N) return (Str){0};
	return text_in(cx->lang, (Text)t);
}

static Frame frame_of(Cx *cx, const Req *rq, Str title, Act nav) {
	bool in = cx->actor->member.n != 0, public = rq->route && (rq->route->flags & ROUTE_PUBLIC);
	Frame f = {
		.lang = lang_info[cx->lang].code,
		.dir = lang_info[cx->lang].right_to_left ? S("rtl") : S("ltr"),
		.title = title,
		.style = static_url("style.css"),
		.home = url_of_(cx->arena, in ? "/today" : "/", NULL, 0),
		.demo = rq->demo,
		.signed_in = in,
		.public = public && !in,
		.leave = public && !in,
		.leave_to = url_of_(cx->arena, "/leave", NULL, 0),
		.published = url_of_(cx->arena, "/published", NULL, 0),
		.flash = flash_of(cx, rq),
	};
	if (!in) f.sign_in = url_of_(cx->arena, "/sign-in", NULL, 0);
	if (in) {
		set_menu(cx, &f, nav);
		f.who = str_fmt(cx->arena, "%.*s · %.*s", (int)cx->actor->name.n, cx->actor->name.p,
				(int)cx->actor->stakeholder_name.n, cx->actor->stakeholder_name.p);
		f.account = url_of_(cx->arena, "/account", NULL, 0);
		f.sign_out = url_of_(cx->arena, "/sign-out", NULL, 0);
		f.token = form_token(cx, rq);
		// The page of the search itself has the field larger.
		if (nav != ACT_person_search &&
		    policy_grant(cx->pack, cx->actor->posts, false, RELATION_NOBODY, ACT_person_search))
			f.search = url_of_(cx->arena, "/people", NULL, 0);
	}
	set_languages(cx, rq, &f);
	return f;
}

static void put_page(Cx *cx, const Req *rq, Reply *out, const Template *t, const void *view, Str title,
		     Act nav) {
	if (rq->json) {
		Json j = json_on(cx->arena);
		t->json(&j, view);
		out->type = S("application/json");
		out->body = buf_str(&j.b);
		return;
	}
	Frame f = frame_of(cx, rq, title, nav);
	Html h = {.b = {.a = cx->arena}, .lang = cx->lang, .frame = &f, .carry_lang = rq->lang_chosen};
	html_frame_top(&h, &f);
	t->html(&h, view);
	html_frame_end(&h, &f);
	out->type = S("text/html; charset=utf-8");
	out->body = buf_str(&h.b);
}

// A form that was not right is answered with its sentences; a program gets the fields by name.
static void put_errors(Cx *cx, const Req *rq, Reply *out) {
	Json j = json_on(cx->arena);
	json_open(&j, '{');
	json_key(&j, S("error"));
	json_str(&j, S("invalid"));
	json_key(&j, S("fields"));
	json_open(&j, '{');
	for (ptrdiff_t i = 0; i < rq->nerror; i++) {
		json_key(&j, rq->error[i].name.n ? rq->error[i].name : S("form"));
		json_str(&j, rq->error[i].value);
	}
	json_close(&j, '}');
	json_close(&j, '}');
	out->type = S("application/json");
	out->body = buf_str(&j.b);
}

Err reply_page(Cx *cx, Req *rq, Reply *out, const Template *t, const void *view, Str title, Act nav) {
	if (rq->json && rq->nerror)
		put_errors(cx, rq, out);
	else
		put_page(cx, rq, out, t, view, title, nav);
	if (rq->nerror && !out->status) out->status = 422;
	return OK;
}

// ---- errors
// ---------------------------------------------------------------------------------------------------------

static const struct {
	int status;
	const char *code;
	Text title, say, now;
} errors[ERR__N] = {
	[OK] = {500, "bug", T_web_err_bug_title, T_web_err_bug, T_web_err_bug_now},
	[ERR_NOT_FOUND] = {404, "not_found", T_web_err_not_found_title, T_web_err_not_found,
			   T_web_err_not_found_now},
	[ERR_DENIED] = {401, "denied", T_web_err_denied_title, T_web_err_denied, T_web_err_denied_now},
	[ERR_INVALID] = {422, "invalid", T_web_err_invalid_title, T_web_err_invalid, T_web_err_invalid_now},
	[ERR_CONFLICT] = {409, "conflict", T_web_err_conflict_title, T_web_err_conflict,
			  T_web_err_conflict_now},
	[ERR_BUSY] = {503, "busy", T_web_err_busy_title, T_web_err_busy, T_web_err_busy_now},
	[ERR_GONE] = {410, "gone", T_web_err_gone_title, T_web_err_gone, T_web_err_gone_now},
	[ERR_TOO_LARGE] = {413, "too_large", T_web_err_too_large_title, T_web_err_too_large,
			   T_web_err_too_large_now},
	[ERR_LIMIT] = {429, "limit", T_web_err_limit_title, T_web_err_limit, T_web_err_limit_now},
	[ERR_FULL] = {507, "full", T_web_err_full_title, T_web_err_full, T_web_err_full_now},
	[ERR_STORE] = {503, "store", T_web_err_store_title, T_web_err_store, T_web_err_store_now},
	[ERR_BUG] = {500, "bug", T_web_err_bug_title, T_web_err_bug, T_web_err_bug_now},
};

int status_of(Err e) { return errors[e].status; }

Err reply_error(Cx *cx, Req *rq, Reply *out, Err e) {
	*out = (Reply){.status = errors[e].status};
	if (rq->json) {
		Json j = json_on(cx->arena);
		json_open(&j, '{');
		json_key(&j, S("error"));
		json_str(&j, str_of(errors[e].code));
		json_key(&j, S("sentence"));
		json_str(&j, text_in(cx->lang, errors[e].say));
		json_close(&j, '}');
		return reply_text(cx, out, S("application/json"), buf_str(&j.b));
	}
	ErrorPage v = {
		.title = text_in(cx->lang, errors[e].title),
		.sentence = text_in(cx->lang, errors[e].say),
		.what_now = text_in(cx->lang, errors[e].now),
		.href = url_of_(cx->arena, cx->actor->member.n ? "/today" : "/", NULL, 0),
	};
	rq->nerror = 0; // the page is about the error, not about a form
	put_page(cx, rq, out, &TEMPLATE_error_page, &v, v.title, ACT_none);
	return OK;
}
