// One request, stage by stage: right, fields, page; then what it writes and what it read, in the ledger; then
// the reply.
#include "account/account.h"
#include "serve/job.h"
#include "serve/kept.h"
#include "serve_sql.h"
#include "text.h"
#include <magic.h>

// ---- who asks, and for what
// ------------------------------------------------------------------------------------

static bool right_again(Job *j) {
	Req *rq = &j->rq;
	policy_forget(&j->cx);
	vault_forget(&j->cx);
	return policy_may(&j->cx, rq->route->act, rq->object, &rq->verdict) == OK && rq->verdict.yes;
}

static Err read_session(Job *j) {
	Req *rq = &j->rq;
	int lang = -1;
	j->actor = (Actor){0};
	if (!rq->session.n) return OK;
	Err e = account_session_actor(&j->cx, rq->session, &j->actor, &lang, &j->touch);
	if (e == ERR_DENIED || e == ERR_NOT_FOUND) {
		j->actor = (Actor){0};
		rq->device = rq->session; // opens nothing, but says that this device was here before
		rq->session = (Str){0};
		return OK;
	}
	if (e == OK && lang >= 0 && !req_query(rq, "lang").n) j->cx.lang = lang;
	return e;
}

// The session was over while somebody wrote. What she typed waits sealed in the page where she signs in; when
// nobody knows whose it was, or it is too much, the form is shown again, to be sent after signing in
// elsewhere.
static Err kept_page(Job *j, Url sign_in) {
	Cx *cx = &j->cx;
	Req *rq = &j->rq;
	MemberId of = {0};
	Str kept = {0};
	KeptPage v = {0};
	if (rq->route->again) TRY(account_session_was(cx, rq->device, &of));
	if (of.n) TRY(kept_seal(cx, rq, of, &kept));
	if (kept.n) {
		v.files = rq->nfile > 0;
		v.form = account_sign_in_form(cx, rq, rq->path, kept);
	} else {
		rq->checked = true; // so that the form shows what was typed
		v.sign_in = sign_in;
		v.form = form_view(cx, rq, rq->route, (Url){rq->path}, NULL, 0);
	}
	j->reply.status = 401;
	return reply_page(cx, rq, &j->reply, &TEMPLATE_kept_page, &v, text_in(cx->lang, T_web_kept_title),
			  ACT_none);
}

// Nobody is signed in and somebody should be. A page is asked for again after signing in; what was typed is
// kept.
static Stage ask_to_sign_in(Job *j) {
	Cx *cx = &j->cx;
	Req *rq = &j->rq;
	Url sign_in = url_of_(cx->arena, "/sign-in", NULL, 0);
	if (rq->json)
		j->err = reply_error(cx, rq, &j->reply, ERR_DENIED);
	else if (str_eq(rq->method, S("POST")))
		j->err = kept_page(j, sign_in);
	else
		j->err = reply_see(cx, &j->reply, url_with(cx->arena, sign_in, "next", rq->path));
	return STAGE_REPLY;
}

static void close_magic(magic_t *m) {
	if (*m) magic_close(*m);
}

// What a file is, is what its bytes say; what the sender said is not asked.
static Err look_into_files(Job *j) {
	if (!j->rq.nfile) return OK;
	__attribute__((cleanup(close_magic))) magic_t m =
		magic_open(MAGIC_MIME_TYPE | MAGIC_NO_CHECK_COMPRESS | MAGIC_ERROR);
	if (!m || magic_load(m, NULL) != 0) return fail(&j->why, ERR_BUG, "libmagic has no database");
	for (int i = 0; i < j->rq.nfile; i++) {
		Upload *u = &j->rq.file[i].file;
		u->type = str_dup(&j->arena, str_of(magic_buffer(m, u->bytes.p, (size_t)u->bytes.n)));
	}
	return OK;
}

static bool writes(const Job *j) { return (j->rq.route->flags & ROUTE_WRITES) != 0; }

static Stage show_again(Job *j) { return j->rq.route->again ? STAGE_AGAIN : STAGE_REPLY; }

static Stage after_run(Job *j, Err e) {
	if ((e == ERR_INVALID || e == ERR_CONFLICT) && j->rq.route->again && req_wrong(&j->rq))
		return STAGE_AGAIN;
	if (e != OK) j->err = e;
	return STAGE_REPLY;
}

static Stage run_read(Job *j) {
	Err e = j->rq.route->run(&j->cx, &j->rq, &j->reply);
	if (e != OK)
		return after_run(j,
				 e); // a form that only reads may be wrong too: a receipt that opens nothing
	return j->cx.readings || j->touch ? STAGE_RECORD : STAGE_REPLY;
}

static bool from_elsewhere(Job *j) { return str_eq(j->rq.method, S("POST")) && !j->rq.secure_site; }

static Stage refuse_elsewhere(Job *j) {
	Cx *cx = &j->cx;
	ErrorPage v = {
		.title = text_in(cx->lang, T_web_err_elsewhere_title),
		.sentence = text_in(cx->lang, T_web_err_elsewhere),
		.what_now = text_in(cx->lang, T_web_err_elsewhere_now),
		.href = url_of_(cx->arena, "/", NULL, 0),
	};
	j->err = j->rq.json ? reply_error(cx, &j->rq, &j->reply, ERR_DENIED)
			    : reply_page(cx, &j->rq, &j->reply, &TEMPLATE_error_page, &v, v.title, ACT_none);
	reply_status(&j->reply, 403);
	return STAGE_REPLY;
}

// She has signed in again: the form as she left it, to be looked over and sent. Nothing is written.
static Stage show_kept(Job *j) {
	Cx *cx = &j->cx;
	Req *rq = &j->rq;
	bool same = false;
	Str files;
	j->err = rq->route->again ? kept_open(cx, rq, &same, &files)
				  : fail(&j->why, ERR_INVALID, "%s shows no form again", rq->route->path);
	if (j->err != OK) return STAGE_REPLY;
	if (same) req_check_fields(cx, rq);
	rq->nerror = 0; // what is wrong is said when it is sent
	rq->note = !same     ? text_in(cx->lang, T_web_kept_not_yours)
		   : files.n ? say(cx, T_web_kept_back_files, files)
			     : text_in(cx->lang, T_web_kept_back);
	return STAGE_AGAIN;
}

static Stage check_form(Job *j) {
	Req *rq = &j->rq;
	if (rq->route->form) {
		const PackForm *f = pack_form(j->cx.pack, str_of(rq->route->form));
		if (f && str_eq(rq->method, S("POST"))) {
			rq->answers = pack_answers_on(&j->arena, f);
			rq->has_answers = true;
		}
	}
	if (!str_eq(rq->method, S("POST"))) return STAGE_WORK;
	if (kept_given(rq) && !(rq->route->flags & ROUTE_PUBLIC)) return show_kept(j);
	req_check_fields(&j->cx, rq);
	if (!rq->json && !form_token_right(&j->cx, rq))
		req_error(&j->cx, rq, "", text_in(j->cx.lang, T_web_form_stale));
	if (!req_wrong(rq)) return STAGE_WORK;
	if (!rq->route->again) j->err = fail(&j->why, ERR_INVALID, "fields of %s", rq->route->path);
	return show_again(j);
}

static Stage work(Job *j) {
	Req *rq = &j->rq;
	Err e = read_session(j);
	if (e == OK && from_elsewhere(j)) return refuse_elsewhere(j);
	if (e == OK) e = policy_may(&j->cx, rq->route->act, rq->object, &rq->verdict);
	if (e != OK) {
		j->err = e;
		return STAGE_REPLY;
	}
	bool public = (rq->route->flags & ROUTE_PUBLIC) != 0;
	if (!rq->verdict.yes && !public && !j->actor.member.n) return ask_to_sign_in(j);
	if (!rq->verdict.yes) {
		j->err = fail(&j->why, ERR_NOT_FOUND, "no right to %s", act_name(rq->route->act));
		return STAGE_REPLY;
	}
	e = look_into_files(j);
	if (e == OK) {
		Stage next = check_form(j);
		if (next != STAGE_WORK) return next;
	}
	if (e == OK && rq->route->before) e = rq->route->before(&j->cx, rq, &j->reply);
	if (e != OK) return after_run(j, e);
	return writes(j) ? STAGE_WRITE : run_read(j);
}

// Who asks, what she may and what she sees are of one moment.
Stage request_work(Serve *s, Job *j, Db *db) {
	(void)s;
	j->cx.db = db;
	body_end(j);
	Stage next = STAGE_REPLY;
	j->err = db_begin(db, &j->why);
	if (j->err == OK) next = work(j);
	db_rollback(db); // nothing to keep: a reader's transaction is its snapshot
	return next;
}

bool request_anew(Job *j) {
	if (j->rq.checked) return false;
	j->err = OK;
	j->reply = (Reply){0};
	j->actor = (Actor){0};
	j->cx.readings = NULL;
	policy_forget(&j->cx);
	vault_forget(&j->cx);
	j->touch = false;
	return true;
}

Stage request_again(Serve *s, Job *j, Db *db) {
	(void)s;
	j->cx.db = db;
	j->reply = (Reply){0};
	j->cx.readings = NULL;
	policy_forget(&j->cx);
	vault_forget(&j->cx);
	Err e = db_begin(db, &j->why);
	if (e == OK) e = j->rq.route->again(&j->cx, &j->rq, &j->reply);
	db_rollback(db);
	j->err = e;
	return e == OK && j->cx.readings ? STAGE_RECORD : STAGE_REPLY;
}

// ---- on the writer
// ------------------------------------------------------------------------------------------------

static Str once_key(Job *j) {
	Str part[] = {j->rq.once, str_fmt(&j->arena, " %lld ", (long long)j->actor.member.n), j->rq.path};
	return vault_fingerprint(&j->cx, "once", str_join(&j->arena, (Str){0}, part, COUNT(part)));
}

// True when this very form was taken before; the reply is then the first one's.
static Err taken_before(Job *j, bool *yes) {
	Rows rs;
	*yes = false;
	if (!j->rq.once.n || !j->actor.member.n) return OK;
	TRY(db_run(&j->cx, &SQL_serve_once_get, &rs, BYTES(once_key(j))));
	*yes = rs.n > 0;
	return *yes ? reply_see(&j->cx, &j->reply, (Url){row_str(&rs.row[0], 0)}) : OK;
}

static Err remember(Job *j) {
	if (!j->rq.once.n || !j->actor.member.n || !j->reply.location.n) return OK;
	return db_send(&j->cx, &SQL_serve_once_add, BYTES(once_key(j)), INT(j->cx.now),
		       STR(j->reply.location));
}

Err request_record(Job *j) {
	if (j->cx.readings) TRY(ledger_flush_readings(&j->cx, j->cx.readings));
	return j->touch && j->rq.session.n ? account_session_touch(&j->cx, j->rq.session) : OK;
}

Stage request_write(Serve *s, Job *j) {
	bool before = false;
	(void)s;
	// Rights may have changed since the reader looked; they are asked again where the change is made.
	if (!right_again(j)) {
		j->err = fail(&j->why, ERR_NOT_FOUND, "right withdrawn meanwhile");
		return STAGE_REPLY;
	}
	Err e = taken_before(j, &before);
	if (e == OK && before) return STAGE_REPLY;
	if (e == OK) e = j->rq.route->run(&j->cx, &j->rq, &j->reply);
	if (e == OK) e = remember(j);
	if (e == OK) e = request_record(j);
	if (e == OK && !req_wrong(&j->rq)) return STAGE_REPLY;
	return after_run(j, e == OK ? ERR_INVALID : e);
}
