#include "account/account_inside.h"
#include "account_sql.h"
#include "base/utf8.h"
#include "vault/vault.h"

enum {
	PASSWORD_LEAST = 12,
	PASSWORD_MOST = 200,
	LOGIN_LEAST = 3,
	LOGIN_MOST = 64,
	WINDOW = 15 * 60,
	WINDOW_TRIES = 10,
	DAY = 86400,
	DAY_TRIES = 100,
	ALL_TRIES = 600,
	SETUP_BITS = 120,
	SESSION_BITS = 128,
	TOUCH = 60,
};

// Recorded only: what they change is enduring, and never says what was typed.
static const EntryKind KIND_made = {"account.made", NULL};
static const EntryKind KIND_link = {"account.link", NULL};
static const EntryKind KIND_in = {"account.signed_in", NULL};
static const EntryKind KIND_out = {"account.signed_out", NULL};
static const EntryKind KIND_password = {"account.password", NULL};
static const EntryKind KIND_ended = {"account.sessions_ended", NULL};
const EntryKind *const account_kinds[] = {&KIND_made,	  &KIND_link,  &KIND_in, &KIND_out,
					  &KIND_password, &KIND_ended, NULL};

typedef struct {
	KeyId key;
	int64_t rights;
	bool may; // an active member of an active agency
} Standing;

static Err standing_of(Cx *cx, MemberId member, Standing *out) {
	Row r;
	TRY(db_one(cx, &SQL_account_standing, &r, INT(member.n)));
	*out = (Standing){{row_int(&r, 0)}, row_int(&r, 1), row_int(&r, 2)};
	return OK;
}

static Err record(Cx *cx, const EntryKind *kind, MemberId member, KeyId key) {
	return ledger_append(cx, &(Entry){.kind = kind,
					  .about = ABOUT_MEMBER,
					  .id = member.n,
					  .key = key,
					  .body = body_on(cx)});
}

// ---- fingerprints
// ----------------------------------------------------------------------------------------------

static Str fold_login(Arena *a, Str login) {
	char *p = NEW(a, char, login.n + 1);
	for (ptrdiff_t i = 0; i < login.n; i++)
		p[i] = (char)(login.p[i] >= 'A' && login.p[i] <= 'Z' ? login.p[i] + 32 : login.p[i]);
	return (Str){p, login.n};
}
static Str login_print(Cx *cx, Str login) {
	return vault_fingerprint(cx, "login", fold_login(cx->arena, str_trim(login)));
}
static Str session_print(Cx *cx, Str token) { return vault_fingerprint(cx, "session", token); }
static Str setup_print(Cx *cx, Str token) { return vault_fingerprint(cx, "setup", token); }

// ---- what may be chosen
// ------------------------------------------------------------------------------------------

static bool login_right(Str login) {
	if (login.n < LOGIN_LEAST || login.n > LOGIN_MOST) return false;
	for (ptrdiff_t i = 0; i < login.n; i++) {
		char c = login.p[i];
		bool sign = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
		if (!sign && c != '.' && c != '_' && c != '-' && c != '@') return false;
	}
	return true;
}

AccountFault account_fault(Cx *cx, Str login, Str password) {
	Str name = fold_login(cx->arena, str_trim(login)), low = fold_login(cx->arena, password);
	if (login.n && !login_right(name)) return LOGIN_SHAPE;
	if (!utf8_valid(password) || utf8_length(password) < PASSWORD_LEAST) return PASSWORD_SHORT;
	if (utf8_length(password) > PASSWORD_MOST) return PASSWORD_LONG;
	if (name.n && str_find(low, name) >= 0) return PASSWORD_HAS_LOGIN;
	return account_password_common(cx->arena, password) ? PASSWORD_COMMON : ACCOUNT_RIGHT;
}

// ---- making and changing an account
// ------------------------------------------------------------------------------

static Err end_sessions(Cx *cx, MemberId member, Str keep_print) {
	return db_do(cx, &SQL_account_session_end_others, INT(member.n), BYTES(keep_print), INT(cx->now));
}

// `login` empty: the one there is stays; then there has to be one.
static Err write_account(Cx *cx, MemberId member, Str login, Str hash) {
	Rows had, other;
	Str print = login.n ? login_print(cx, login) : (Str){0};
	TRY(db_run(cx, &SQL_account_of_member, &had, INT(member.n)));
	if (!login.n && !had.n) return fail(cx->why, ERR_INVALID, "account without a login");
	if (!login.n) print = row_str(&had.row[0], 0);
	TRY(db_run(cx, &SQL_account_get, &other, BYTES(print)));
	if (other.n && row_int(&other.row[0], 0) != member.n)
		return fail(cx->why, ERR_CONFLICT, "login is taken");
	if (had.n)
		TRY(db_do(cx, &SQL_account_update, INT(member.n), BYTES(print), STR(hash), INT(cx->now)));
	else
		TRY(db_do(cx, &SQL_account_insert, INT(member.n), BYTES(print), STR(hash), INT(cx->now)));
	TRY(db_do(cx, &SQL_account_try_clear, BYTES(print)));
	TRY(db_do(cx, &SQL_account_setup_clear, INT(member.n)));
	return end_sessions(cx, member, S(""));
}

Err account_make(Cx *cx, MemberId member, Str login, Str password) {
	Standing s;
	Str hash;
	AccountFault fault = login.n ? account_fault(cx, login, password) : LOGIN_SHAPE;
	if (fault != ACCOUNT_RIGHT) return fail(cx->why, ERR_INVALID, "account: fault %d", (int)fault);
	TRY(standing_of(cx, member, &s));
	TRY(vault_password_hash(cx, password, &hash));
	TRY(write_account(cx, member, login, hash));
	return record(cx, &KIND_made, member, s.key);
}

Err account_setup_link(Cx *cx, MemberId member, Str *token) {
	Standing s;
	TRY(standing_of(cx, member, &s));
	if (!s.may) return fail(cx->why, ERR_CONFLICT, "member is suspended");
	Str made = token_new(cx->arena, SETUP_BITS);
	TRY(db_do(cx, &SQL_account_setup_clear, INT(member.n)));
	TRY(db_do(cx, &SQL_account_setup_insert, BYTES(setup_print(cx, made)), INT(member.n),
		  INT(cx->now + SETUP_LASTS)));
	TRY(record(cx, &KIND_link, member, s.key));
	*token = made;
	return OK;
}

Url account_setup_url(Arena *a, Str token) { return (Url){str_fmt(a, "/setup/%.*s", (int)token.n, token.p)}; }

Err account_setup_get(Cx *cx, Str token, Setup *out) {
	Rows rs;
	TRY(db_run(cx, &SQL_account_setup_one, &rs, BYTES(setup_print(cx, token)), INT(cx->now)));
	if (!rs.n || !row_int(&rs.row[0], 1)) return fail(cx->why, ERR_GONE, "link is used, over or unknown");
	*out = (Setup){{row_int(&rs.row[0], 0)}, row_int(&rs.row[0], 2)};
	return OK;
}

Err account_setup_use(Cx *cx, Str token, Str login, Str hash) {
	Setup setup;
	Standing s;
	Rows rs;
	TRY(account_setup_get(cx, token, &setup));
	TRY(db_run(cx, &SQL_account_setup_take, &rs, BYTES(setup_print(cx, token)), INT(cx->now)));
	if (rs.changed != 1) return fail(cx->why, ERR_GONE, "link was used meanwhile");
	if (login.n && !login_right(fold_login(cx->arena, str_trim(login))))
		return fail(cx->why, ERR_INVALID, "login: shape");
	TRY(standing_of(cx, setup.member, &s));
	TRY(write_account(cx, setup.member, login, hash));
	return record(cx, &KIND_made, setup.member, s.key);
}

// ---- signing in
// --------------------------------------------------------------------------------------------------

static Err tries_of(Cx *cx, Str who, int64_t since, int64_t *out) {
	Row r;
	TRY(db_one(cx, &SQL_account_try_get, &r, BYTES(who), INT(since)));
	*out = row_int(&r, 0);
	return OK;
}

static Err must_wait(Cx *cx, Str who, int window_most, bool *out) {
	int64_t in_window, in_day;
	TRY(tries_of(cx, who, cx->now - WINDOW + 1, &in_window));
	TRY(tries_of(cx, who, cx->now - DAY + 1, &in_day));
	*out = in_window >= window_most || (window_most == WINDOW_TRIES && in_day >= DAY_TRIES);
	return OK;
}

static Str all_print(Cx *cx) { return vault_fingerprint(cx, "tries", S("")); }

// Everybody who guesses at this login from a device that never signed in with it counts together; a known
// device counts on its own, so that no stranger's guessing shuts the owner out.
Err account_sign_in_ask(Cx *cx, Str login, Str device_token, SignIn *out) {
	SignIn s = {.login = login_print(cx, login)};
	Rows rs;
	bool wait_login, wait_all;
	TRY(db_run(cx, &SQL_account_get, &rs, BYTES(s.login)));
	if (rs.n) {
		Standing standing;
		int64_t oldest = cx->now - SESSION_COOKIE;
		s.member.n = row_int(&rs.row[0], 0);
		Str hash = row_str(&rs.row[0], 1);
		TRY(standing_of(cx, s.member, &standing));
		if (standing.may) s.hash = hash;
		Str print = session_print(cx, device_token);
		TRY(db_run(cx, &SQL_account_session_device, &rs, BYTES(print), INT(s.member.n), INT(oldest)));
		if (device_token.n && rs.n) s.device = print;
	}
	TRY(must_wait(cx, s.device.n ? s.device : s.login, WINDOW_TRIES, &wait_login));
	TRY(must_wait(cx, all_print(cx), ALL_TRIES, &wait_all));
	if (wait_login || (wait_all && !s.device.n)) return fail(cx->why, ERR_LIMIT, "too many wrong tries");
	*out = s;
	return OK;
}

Err account_sign_in_wrong(Cx *cx, const SignIn *s) {
	TRY(db_do(cx, &SQL_account_try_add, BYTES(s->device.n ? s->device : s->login), INT(cx->now)));
	return db_do(cx, &SQL_account_try_add, BYTES(all_print(cx)), INT(cx->now / TOUCH * TOUCH));
}

Err account_sign_in_right(Cx *cx, const SignIn *s, Str *token) {
	Standing standing;
	Rows rs;
	TRY(db_run(cx, &SQL_account_get, &rs, BYTES(s->login)));
	if (!rs.n || row_int(&rs.row[0], 0) != s->member.n || !str_eq(row_str(&rs.row[0], 1), s->hash))
		return fail(cx->why, ERR_DENIED, "account changed between asking and signing in");
	TRY(standing_of(cx, s->member, &standing));
	if (!standing.may)
		return fail(cx->why, ERR_DENIED, "member was suspended between asking and signing in");
	Str made = token_new(cx->arena, SESSION_BITS);
	TRY(db_do(cx, &SQL_account_try_clear, BYTES(s->device.n ? s->device : s->login)));
	TRY(db_do(cx, &SQL_account_session_insert, INT(id_new()), BYTES(session_print(cx, made)),
		  INT(s->member.n), INT(standing.rights), INT(cx->now)));
	// Until now a visitor acted; what the ledger keeps is who signed in.
	Member m;
	TRY(member_get(cx, s->member, &m));
	Actor actor = {.member = m.id, .stakeholder = m.stakeholder, .posts = m.posts};
	Cx as = *cx;
	as.actor = &actor;
	TRY(record(&as, &KIND_in, m.id, standing.key));
	*token = made;
	return OK;
}

Err account_sign_out(Cx *cx, Str token) {
	Rows rs;
	Str print = session_print(cx, token);
	TRY(db_run(cx, &SQL_account_session_member, &rs, BYTES(print)));
	if (!rs.n) return OK;
	TRY(db_do(cx, &SQL_account_session_end, BYTES(print), INT(cx->now)));
	return record(cx, &KIND_out, (MemberId){row_int(&rs.row[0], 0)}, (KeyId){row_int(&rs.row[0], 1)});
}

// ---- sessions
// ----------------------------------------------------------------------------------------------------

Err account_session_actor(Cx *cx, Str token, Actor *out, int *lang, bool *touch) {
	Rows rs;
	Lang own = LANG_EN;
	Str name;
	if (!token.n) return fail(cx->why, ERR_DENIED, "no session");
	TRY(db_run(cx, &SQL_account_session_who, &rs, BYTES(session_print(cx, token))));
	if (!rs.n) return fail(cx->why, ERR_DENIED, "session is unknown or ended");
	const Row *r = &rs.row[0];
	int64_t made = row_int(r, 1), used = row_int(r, 2), member = row_int(r, 3);
	if (cx->now - used >= SESSION_IDLE || cx->now - made >= SESSION_WHOLE)
		return fail(cx->why, ERR_DENIED, "session is over");
	TRY(vault_unseal(cx, (KeyId){row_int(r, 8)}, (Place){"member", "name", member}, row_str(r, 4),
			 &name));
	if (lang_from_code(row_str(r, 6), &own)) *lang = own;
	*touch = cx->now - used >= TOUCH;
	*out = (Actor){
		.member = {member},
		.stakeholder = {row_int(r, 7)},
		.posts = posts_from_text(cx->pack, row_str(r, 5)),
		.name = name,
		.stakeholder_name = row_str(r, 9),
		.login_code = id_text(cx->arena, row_int(r, 0)),
	};
	return OK;
}

Err account_session_was(Cx *cx, Str token, MemberId *out) {
	Rows rs = {0};
	if (token.n) TRY(db_run(cx, &SQL_account_session_was, &rs, BYTES(session_print(cx, token))));
	out->n = rs.n ? row_int(&rs.row[0], 0) : 0;
	return OK;
}

Err account_session_touch(Cx *cx, Str token) {
	return db_send(cx, &SQL_account_session_use, BYTES(session_print(cx, token)), INT(cx->now),
		       INT(cx->now - TOUCH));
}

Err account_tick(Cx *cx) {
	TRY(db_do(cx, &SQL_account_setup_forget, INT(cx->now)));
	TRY(db_do(cx, &SQL_account_try_forget, INT(cx->now - DAY)));
	return db_do(cx, &SQL_account_session_forget, INT(cx->now - SESSION_COOKIE));
}

// ---- one's own
// ---------------------------------------------------------------------------------------------------

Err account_exists(Cx *cx, MemberId member, bool *out) {
	Rows rs;
	TRY(db_run(cx, &SQL_account_of_member, &rs, INT(member.n)));
	*out = rs.n > 0;
	return OK;
}

Err account_hash_of(Cx *cx, MemberId member, Str *hash) {
	Row r;
	TRY(db_one(cx, &SQL_account_of_member, &r, INT(member.n)));
	*hash = row_str(&r, 1);
	return OK;
}

// Counted apart from signing in: by member, not by login.
static Str own_print(Cx *cx) {
	return vault_fingerprint(cx, "tries", id_text(cx->arena, cx->actor->member.n));
}

Err account_own_ask(Cx *cx) {
	bool wait;
	TRY(must_wait(cx, own_print(cx), WINDOW_TRIES, &wait));
	return wait ? fail(cx->why, ERR_LIMIT, "too many wrong tries at the present password") : OK;
}

Err account_own_wrong(Cx *cx) { return db_do(cx, &SQL_account_try_add, BYTES(own_print(cx)), INT(cx->now)); }

Err account_set_password(Cx *cx, Str hash, Str keep_token) {
	Standing s;
	Row r;
	MemberId me = cx->actor->member;
	TRY(db_one(cx, &SQL_account_of_member, &r, INT(me.n)));
	TRY(standing_of(cx, me, &s));
	TRY(db_do(cx, &SQL_account_update, INT(me.n), BYTES(row_str(&r, 0)), STR(hash), INT(cx->now)));
	TRY(end_sessions(cx, me, session_print(cx, keep_token)));
	return record(cx, &KIND_password, me, s.key);
}

Err account_sessions(Cx *cx, Sessions *out) {
	Rows rs;
	TRY(db_run(cx, &SQL_account_session_list, &rs, INT(cx->actor->member.n), INT(cx->now - SESSION_IDLE),
		   INT(cx->now - SESSION_WHOLE)));
	*out = (Sessions){NEW(cx->arena, Session, rs.n), rs.n};
	for (ptrdiff_t i = 0; i < rs.n; i++)
		out->at[i] =
			(Session){row_int(&rs.row[i], 0), row_int(&rs.row[i], 1), row_int(&rs.row[i], 2)};
	return OK;
}

static Err record_ended(Cx *cx) {
	Standing s;
	TRY(standing_of(cx, cx->actor->member, &s));
	return record(cx, &KIND_ended, cx->actor->member, s.key);
}

Err account_end_session(Cx *cx, int64_t session) {
	Rows rs;
	TRY(db_run(cx, &SQL_account_session_end_one, &rs, INT(session), INT(cx->actor->member.n),
		   INT(cx->now)));
	if (rs.changed != 1) return fail(cx->why, ERR_NOT_FOUND, "no such living session of this member");
	return record_ended(cx);
}

Err account_end_others(Cx *cx, Str keep_token) {
	TRY(end_sessions(cx, cx->actor->member, session_print(cx, keep_token)));
	return record_ended(cx);
}

Err account_last_here(Cx *cx, int64_t *out) {
	int64_t session = 0;
	Row r;
	if (!id_parse(cx->actor->login_code, &session)) return *out = 0, OK;
	TRY(db_one(cx, &SQL_account_session_before, &r, INT(cx->actor->member.n), INT(session)));
	*out = row_int(&r, 0);
	return OK;
}

Str account_local_path(Str next) {
	if (next.n < 1 || next.p[0] != '/' || (next.n > 1 && next.p[1] == '/')) return (Str){0};
	for (ptrdiff_t i = 0; i < next.n; i++)
		if (next.p[i] == '\\' || (unsigned char)next.p[i] <= 0x20 || next.p[i] == 0x7f)
			return (Str){0};
	return str_find(next, S("//")) >= 0 ? (Str){0} : next;
}
