// Signing in and out, one-time links, one's own account.
#include "account/account_inside.h"
#include "account_html.h"
#include "stakeholder/stakeholder.h"
#include "text.h"
#include "vault/vault.h"

static const Choice languages[] = {{SLIT("en"), T_none, SLIT("English")},
				   {SLIT("hi"), T_none, SLIT("हिन्दी")}};
static const Field sign_in_fields[] = {
	{.name = "login", .kind = FIELD_TEXT, .required = true, .max = 64, .label = T_account_login},
	{.name = "password", .kind = FIELD_SECRET, .required = true, .max = 200, .label = T_account_password},
	{.name = "next", .kind = FIELD_HIDDEN, .max = 300},
	{.name = "_kept",
	 .kind = FIELD_HIDDEN,
	 .max = 200 << 10}, // what was typed when a session ended, sealed
};
#define NEW_PASSWORD \
	{.name = "password", \
	 .kind = FIELD_SECRET, \
	 .required = true, \
	 .max = 200, \
	 .label = T_account_password_new, \
	 .hint = T_account_password_hint}, \
	{ \
		.name = "again", .kind = FIELD_SECRET, .required = true, .max = 200, \
		.label = T_account_password_again \
	}
static const Field setup_fields[] = {
	{.name = "login",
	 .kind = FIELD_TEXT,
	 .max = 64,
	 .label = T_account_login,
	 .hint = T_account_login_hint},
	NEW_PASSWORD,
};
static const Field password_fields[] = {
	{.name = "current",
	 .kind = FIELD_SECRET,
	 .required = true,
	 .max = 200,
	 .label = T_account_password_current},
	NEW_PASSWORD,
};
static const Field language_fields[] = {
	{.name = "language",
	 .kind = FIELD_ONE,
	 .required = true,
	 .label = T_account_language_field,
	 .choice = languages,
	 .nchoice = (int)COUNT(languages)},
};
static const Field end_fields[] = {{.name = "session", .kind = FIELD_ID, .required = true}};

static Page show_sign_in, ask_sign_in, run_sign_in, run_sign_out, show_setup, ask_setup, run_setup,
	show_account, show_password, ask_password, run_password, run_language, run_end, run_others;
static const Route routes[] = {
	ROUTE("GET", PATH_sign_in, ACT_sign_in, .flags = ROUTE_PUBLIC, FIELDS(sign_in_fields),
	      .run = show_sign_in),
	ROUTE("POST", PATH_sign_in, ACT_sign_in, .flags = ROUTE_PUBLIC | ROUTE_SLOW | ROUTE_WRITES,
	      FIELDS(sign_in_fields), .before = ask_sign_in, .run = run_sign_in, .again = show_sign_in),
	ROUTE("POST", PATH_sign_out, ACT_account_own, .flags = ROUTE_WRITES, .run = run_sign_out),
	ROUTE("GET", PATH_setup, ACT_sign_in, .flags = ROUTE_PUBLIC, FIELDS(setup_fields), .run = show_setup),
	ROUTE("POST", PATH_setup, ACT_sign_in, .flags = ROUTE_PUBLIC | ROUTE_SLOW | ROUTE_WRITES,
	      FIELDS(setup_fields), .before = ask_setup, .run = run_setup, .again = show_setup),
	ROUTE("GET", PATH_account, ACT_account_own, FIELDS(language_fields), .run = show_account),
	ROUTE("GET", PATH_account_password, ACT_account_own, FIELDS(password_fields), .run = show_password),
	ROUTE("POST", PATH_account_password, ACT_account_own, .flags = ROUTE_SLOW | ROUTE_WRITES,
	      FIELDS(password_fields), .before = ask_password, .run = run_password, .again = show_password),
	ROUTE("POST", PATH_account_language, ACT_account_own, .flags = ROUTE_WRITES, FIELDS(language_fields),
	      .run = run_language, .again = show_account),
	ROUTE("POST", PATH_account_end, ACT_account_own, .flags = ROUTE_WRITES, FIELDS(end_fields),
	      .run = run_end, .again = show_account),
	ROUTE("POST", PATH_account_others, ACT_account_own, .flags = ROUTE_WRITES, .run = run_others),
	ACCOUNT_MEMBER_ROUTES,
};
const Routes account_routes = {routes, (int)COUNT(routes)};

const Route *account_route_to(const char *path, const char *method) {
	for (ptrdiff_t i = 0; i < COUNT(routes); i++)
		if (!strcmp(routes[i].path, path) && !strcmp(routes[i].method, method)) return &routes[i];
	ASSERT(false);
	return NULL;
}
static const Route *posts_to(const char *path) { return account_route_to(path, "POST"); }

// Browsers and password managers fill in the right thing when they are told what it is.
void account_autocomplete(Cx *cx, FormView *form) {
	static const struct {
		Str field, is;
	} known[] = {
		{SLIT("login"), SLIT("username")},
		{SLIT("current"), SLIT("current-password")},
		{SLIT("password"), SLIT("new-password")},
		{SLIT("again"), SLIT("new-password")},
	};
	FieldView *at = NEW(cx->arena, FieldView, form->fields.n);
	for (ptrdiff_t i = 0; i < form->fields.n; i++) {
		at[i] = form->fields.at[i];
		for (ptrdiff_t k = 0; k < COUNT(known); k++)
			if (str_eq(at[i].name, known[k].field)) at[i].autocomplete = known[k].is;
	}
	form->fields.at = at;
}

// ---- signing in
// --------------------------------------------------------------------------------------------------

typedef struct {
	SignIn who;
	bool right;
} Asked;

FormView *account_sign_in_form(Cx *cx, Req *rq, Str next, Str kept) {
	FormView *form = form_view(cx, rq, posts_to(PATH_sign_in), url_of(cx->arena, PATH_sign_in),
				   GIVEN({"next", next}, {"_kept", kept}));
	FieldView *at = NEW(cx->arena, FieldView, form->fields.n);
	account_autocomplete(cx, form);
	for (ptrdiff_t i = 0; i < form->fields.n; i++) {
		at[i] = form->fields.at[i];
		if (at[i].is_secret) at[i].autocomplete = S("current-password");
	}
	form->fields.at = at;
	form->submit = text_in(cx->lang, T_account_sign_in);
	return form;
}

static Err sign_in_page(Cx *cx, Req *rq, Reply *out, Str problem) {
	FormView *form = account_sign_in_form(cx, rq, account_local_path(req_query(rq, "next")), (Str){0});
	if (problem.n) form->problem = problem;
	if (req_str(rq, "_kept").n) form->note = text_in(cx->lang, T_web_kept_resume);
	SignInPage v = {.form = form, .home = url_of(cx->arena, "/")};
	return reply_page(cx, rq, out, &TEMPLATE_sign_in, &v, text_in(cx->lang, T_account_sign_in_title),
			  ACT_none);
}

static Err show_sign_in(Cx *cx, Req *rq, Reply *out) {
	if (cx->actor->member.n) return reply_see(cx, out, url_of(cx->arena, "/today"));
	return sign_in_page(cx, rq, out, (Str){0});
}

// Unknown login, wrong password and suspended member cost the same work, and are not told apart.
static Err ask_sign_in(Cx *cx, Req *rq, Reply *out) {
	Asked *a = NEW(cx->arena, Asked, 1);
	(void)out;
	TRY(account_sign_in_ask(cx, req_str(rq, "login"), req_device(rq), &a->who));
	if (a->who.hash.n)
		a->right = vault_password_right(cx, a->who.hash, req_str(rq, "password"));
	else
		vault_password_burn(cx);
	req_keep(rq, "asked", a);
	return OK;
}

// A wrong try is an answer, not a failure: the transaction holds, so that it is counted.
static Err run_sign_in(Cx *cx, Req *rq, Reply *out) {
	const Asked *a = req_kept(rq, "asked");
	Str token, next = account_local_path(req_str(rq, "next"));
	Err e = a->right ? account_sign_in_right(cx, &a->who, &token) : ERR_DENIED;
	if (e == ERR_DENIED) {
		TRY(account_sign_in_wrong(cx, &a->who));
		reply_status(out, 401);
		return sign_in_page(cx, rq, out, text_in(cx->lang, T_account_wrong));
	}
	TRY(e);
	reply_cookie(out, token, SESSION_COOKIE);
	if (next.n && req_str(rq, "_kept").n) return reply_send_on(cx, out, (Url){next});
	return reply_see(cx, out, next.n ? (Url){next} : url_of(cx->arena, "/today"));
}

// The cookie stays: its dead token opens nothing, and tells the next signing in that this device was here
// before.
static Err run_sign_out(Cx *cx, Req *rq, Reply *out) {
	TRY(account_sign_out(cx, req_session(rq)));
	reply_flash(cx, out, T_account_signed_out);
	return reply_see(cx, out, url_of(cx->arena, PATH_sign_in));
}

// ---- a new password
// ----------------------------------------------------------------------------------------------

static const struct {
	const char *field;
	Text say;
} faults[] = {
	[ACCOUNT_RIGHT] = {"", T_none},
	[LOGIN_SHAPE] = {"login", T_account_fault_login},
	[LOGIN_TAKEN] = {"login", T_account_fault_taken},
	[PASSWORD_SHORT] = {"password", T_account_fault_short},
	[PASSWORD_LONG] = {"password", T_account_fault_long},
	[PASSWORD_COMMON] = {"password", T_account_fault_common},
	[PASSWORD_HAS_LOGIN] = {"password", T_account_fault_has_login},
};

static Err fault_on(Cx *cx, Req *rq, AccountFault f) {
	req_error(cx, rq, faults[f].field, text_in(cx->lang, faults[f].say));
	return fail(cx->why, ERR_INVALID, "account form: fault %d", (int)f);
}

// What was typed twice, checked and hashed, for `run`.
static Err hash_new(Cx *cx, Req *rq, Str login) {
	Str password = req_str(rq, "password"), *hash = NEW(cx->arena, Str, 1);
	AccountFault fault = account_fault(cx, login, password);
	if (fault != ACCOUNT_RIGHT) return fault_on(cx, rq, fault);
	if (!str_eq(password, req_str(rq, "again"))) {
		req_error(cx, rq, "again", text_in(cx->lang, T_account_fault_again));
		return fail(cx->why, ERR_INVALID, "the two passwords differ");
	}
	TRY(vault_password_hash(cx, password, hash));
	req_keep(rq, "hash", hash);
	return OK;
}

static Err show_setup(Cx *cx, Req *rq, Reply *out) {
	Setup s;
	Str token = req_param_text(rq, 0);
	TRY(account_setup_get(cx, token, &s));
	FormView *form =
		form_view(cx, rq, posts_to(PATH_setup), account_setup_url(cx->arena, token), NULL, 0);
	account_autocomplete(cx, form);
	form->submit = text_in(cx->lang, T_account_setup_save);
	SetupPage v = {.again = s.has_account, .form = form};
	return reply_page(cx, rq, out, &TEMPLATE_setup, &v, text_in(cx->lang, T_account_setup_title),
			  ACT_none);
}

static Err ask_setup(Cx *cx, Req *rq, Reply *out) {
	Setup s;
	Str login = req_str(rq, "login");
	(void)out;
	TRY(account_setup_get(cx, req_param_text(rq, 0), &s)); // no hashing for a link that is not good
	if (!login.n && !s.has_account) return fault_on(cx, rq, LOGIN_SHAPE);
	return hash_new(cx, rq, login);
}

static Err run_setup(Cx *cx, Req *rq, Reply *out) {
	const Str *hash = req_kept(rq, "hash");
	Err e = account_setup_use(cx, req_param_text(rq, 0), req_str(rq, "login"), *hash);
	if (e == ERR_CONFLICT) return fault_on(cx, rq, LOGIN_TAKEN);
	TRY(e);
	reply_flash(cx, out, T_account_setup_done);
	return reply_see(cx, out, url_of(cx->arena, PATH_sign_in));
}

static Err password_page(Cx *cx, Req *rq, Reply *out, Str problem) {
	FormView *form = form_view(cx, rq, posts_to(PATH_account_password),
				   url_of(cx->arena, PATH_account_password), NULL, 0);
	account_autocomplete(cx, form);
	if (problem.n) form->problem = problem;
	form->submit = text_in(cx->lang, T_account_password_change);
	form->cancel = url_of(cx->arena, PATH_account);
	AccountForm v = {.title = text_in(cx->lang, T_account_password_change),
			 .lead = text_in(cx->lang, T_account_password_lead),
			 .form = form};
	return reply_page(cx, rq, out, &TEMPLATE_account_form, &v, v.title, ACT_none);
}
static Err show_password(Cx *cx, Req *rq, Reply *out) { return password_page(cx, rq, out, (Str){0}); }

static Err ask_password(Cx *cx, Req *rq, Reply *out) {
	bool *right = NEW(cx->arena, bool, 1);
	Str hash;
	(void)out;
	TRY(account_own_ask(cx));
	TRY(account_hash_of(cx, cx->actor->member, &hash));
	TRY(hash_new(cx, rq, (Str){0}));
	*right = vault_password_right(cx, hash, req_str(rq, "current"));
	req_keep(rq, "right", right);
	return OK;
}

static Err run_password(Cx *cx, Req *rq, Reply *out) {
	const bool *right = req_kept(rq, "right");
	const Str *hash = req_kept(rq, "hash");
	if (!*right) {
		TRY(account_own_wrong(cx)); // whoever sits at an open browser cannot guess without end either
		reply_status(out, 422);
		return password_page(cx, rq, out, text_in(cx->lang, T_account_wrong_current));
	}
	TRY(account_set_password(cx, *hash, req_session(rq)));
	reply_flash(cx, out, T_account_password_done);
	return reply_see(cx, out, url_of(cx->arena, PATH_account));
}

// ---- one's own account
// ---------------------------------------------------------------------------------------------

static Err set_sessions(Cx *cx, AccountPage *v) {
	Sessions list;
	TRY(account_sessions(cx, &list));
	SessionRow *rows = NEW(cx->arena, SessionRow, list.n);
	for (ptrdiff_t i = 0; i < list.n; i++) {
		Str id = id_text(cx->arena, list.at[i].id);
		rows[i] = (SessionRow){id, say_when(cx, list.at[i].made), say_when(cx, list.at[i].used),
				       str_eq(id, cx->actor->login_code)};
	}
	v->sessions.at = rows;
	v->sessions.n = list.n;
	v->others = list.n > 1;
	return OK;
}

static Err show_account(Cx *cx, Req *rq, Reply *out) {
	FormView *form =
		form_view(cx, rq, posts_to(PATH_account_language), url_of(cx->arena, PATH_account_language),
			  GIVEN({"language", lang_info[cx->lang].code}));
	form->submit = text_in(cx->lang, T_account_language_save);
	AccountPage v = {
		.name = cx->actor->name,
		.agency = cx->actor->stakeholder_name,
		.posts = posts_said(cx, cx->actor->posts),
		.password = url_of(cx->arena, PATH_account_password),
		.language = form,
		.end_one = url_of(cx->arena, PATH_account_end),
		.end_rest = url_of(cx->arena, PATH_account_others),
		.token = form->token,
	};
	TRY(set_sessions(cx, &v));
	return reply_page(cx, rq, out, &TEMPLATE_account, &v, text_in(cx->lang, T_account_title), ACT_none);
}

static Err run_language(Cx *cx, Req *rq, Reply *out) {
	Lang lang;
	if (!lang_from_code(req_str(rq, "language"), &lang))
		return fail(cx->why, ERR_INVALID, "no such language");
	TRY(member_set_lang(cx, cx->actor->member, lang));
	reply_flash(cx, out, T_account_language_saved);
	return reply_see(cx, out, url_of(cx->arena, PATH_account));
}

static Err run_end(Cx *cx, Req *rq, Reply *out) {
	TRY(account_end_session(cx, req_id(rq, "session")));
	reply_flash(cx, out, T_account_session_ended);
	return reply_see(cx, out, url_of(cx->arena, PATH_account));
}

static Err run_others(Cx *cx, Req *rq, Reply *out) {
	TRY(account_end_others(cx, req_session(rq)));
	reply_flash(cx, out, T_account_others_ended);
	return reply_see(cx, out, url_of(cx->arena, PATH_account));
}
