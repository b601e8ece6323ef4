// account.h - how a member gets in and out: login, password, one-time link, sessions.
//
// Login:     kept as a keyed fingerprint only. Letters, digits and . _ - @, 3 to 64, case does not matter.
// Password:  Argon2id; 12 to 200 characters; refused when it is hardly more than one of the 200 commonest or
// holds the login. Link:      a token of 120 bits, good once and for 72 hours, kept as a fingerprint. A new
// one ends the old one. With it
//            a member chooses login and password for the first time, or a new password when the old one is
//            forgotten.
// Session:   a token of 128 bits in a cookie, kept as a fingerprint. Over after 30 minutes without use, after
// 12 hours, when it
//            is ended, when the password changes, and when the member's posts change or she is suspended
//            (member.rights). Use is written down once a minute at most, so that reading does not write.
// Guessing:  more than 10 wrong tries for a login in 15 minutes, 100 in a day, or 600 for all logins in 15
// minutes, and a
//            device that was never signed in with it has to wait (ERR_LIMIT); one that was is counted on its
//            own and still gets in. Signing out therefore leaves the dead token with the browser: it opens
//            nothing and only says "this device was here". Unknown login, wrong password, suspended member:
//            same words, same work.
// Not here:  who may be a member and in which posts (stakeholder); cookies and form tokens (serve).
#pragma once
#include "base/base.h"
#include "base/id.h"
#include "ledger/ledger.h"
#include "policy/policy.h"
#include "stakeholder/stakeholder.h"
#include "web/web.h"

#define PATH_sign_in "/sign-in"
#define PATH_sign_out "/sign-out"
#define PATH_setup "/setup/*token"
#define PATH_account "/account"
#define PATH_account_password "/account/password"
#define PATH_account_language "/account/language"
#define PATH_account_end "/account/sessions/end"
#define PATH_account_others "/account/sessions/others"
#define PATH_member_new "/directory/:stakeholder/members/new"
#define PATH_member "/members/:member"
#define PATH_member_posts "/members/:member/posts"
#define PATH_member_suspend "/members/:member/suspend"
#define PATH_member_restore "/members/:member/restore"
#define PATH_member_link "/members/:member/link"

enum {
	SESSION_IDLE = 30 * 60,
	SESSION_WHOLE = 12 * 3600,
	SESSION_COOKIE = 90 * 86400, // the cookie outlives the session: see "Guessing"
	SETUP_LASTS = 72 * 3600,
};

// ---- for serve -----------------------------------------------------------------------------------------
// Who a cookie's token is. ERR_DENIED when there is no such session or it is over. One statement, nothing is
// written. *lang is the member's own. *touch: account_session_touch is due. out->login_code is the session's
// id in base 32.
MUST_USE Err account_session_actor(Cx *cx, Str token, Actor *out, int *lang, bool *touch);
// Whose session this token was, living or over; 0 for nobody's.
MUST_USE Err account_session_was(Cx *cx, Str token, MemberId *out);
// The form of the door, for a page of serve's. `kept`: what was typed before, sealed; it is sent on to
// `next`.
FormView *account_sign_in_form(Cx *cx, Req *rq, Str next, Str kept);
MUST_USE Err account_session_touch(Cx *cx,
				   Str token); // in a write transaction; does nothing when another was faster
// Forgets links, sessions and counts of tries that are of no more use. On a timer, in a write transaction.
MUST_USE Err account_tick(Cx *cx);

// ---- logins ----------------------------------------------------------------------------------------------
typedef enum {
	ACCOUNT_RIGHT,
	LOGIN_SHAPE,
	LOGIN_TAKEN,
	PASSWORD_SHORT,
	PASSWORD_LONG,
	PASSWORD_COMMON,
	PASSWORD_HAS_LOGIN
} AccountFault;
// The shape only: login and password as typed. An empty login is not looked at.
AccountFault account_fault(Cx *cx, Str login, Str password);
// A member's account, or a new login and password for it; ends her sessions. For the command line and the
// demonstration.
MUST_USE Err account_make(Cx *cx, MemberId member, Str login,
			  Str password); // ERR_INVALID: account_fault; ERR_CONFLICT: taken
MUST_USE Err account_setup_link(Cx *cx, MemberId member, Str *token); // the address is /setup/TOKEN
MUST_USE Err account_exists(Cx *cx, MemberId member, bool *out); // she has chosen a password
Url account_setup_url(Arena *a, Str token);

typedef struct {
	MemberId member;
	bool has_account; // she chooses a new password, and may keep her login
} Setup;
MUST_USE Err account_setup_get(Cx *cx, Str token,
			       Setup *out); // ERR_GONE: unknown, used, over, or the member is suspended
// `hash` of the new password (made before the transaction). An empty login keeps the one there is. Uses the
// link up.
MUST_USE Err account_setup_use(Cx *cx, Str token, Str login, Str hash); // ERR_GONE, ERR_CONFLICT: login taken

// ---- signing in
// -------------------------------------------------------------------------------------------- Asked before
// any hashing: ERR_LIMIT when this login has to wait on this device. Else fills *out, for known and unknown
// logins alike; out->hash is empty when there is nobody who could sign in.
typedef struct {
	Str login; // fingerprint
	Str device; // fingerprint of the token when the device is known, else empty
	MemberId member;
	Str hash;
} SignIn;
MUST_USE Err account_sign_in_ask(Cx *cx, Str login, Str device_token, SignIn *out);
MUST_USE Err account_sign_in_wrong(Cx *cx, const SignIn *s); // counts the try
MUST_USE Err account_sign_in_right(Cx *cx, const SignIn *s,
				   Str *token); // makes the session; ERR_DENIED: changed meanwhile
MUST_USE Err account_sign_out(Cx *cx, Str token); // OK also when there was none

// ---- one's own
// ---------------------------------------------------------------------------------------------
MUST_USE Err account_hash_of(Cx *cx, MemberId member, Str *hash);
MUST_USE Err
account_own_ask(Cx *cx); // before the present password is tried: ERR_LIMIT after too many wrong ones
MUST_USE Err account_own_wrong(Cx *cx); // it was not the right one
MUST_USE Err account_set_password(Cx *cx, Str hash, Str keep_token); // cx->actor's; ends her other sessions
typedef struct {
	int64_t id, made, used;
} Session;
typedef struct {
	Session *at;
	ptrdiff_t n;
} Sessions;
MUST_USE Err account_sessions(Cx *cx, Sessions *out); // cx->actor's living ones, last used first
MUST_USE Err account_end_session(Cx *cx, int64_t session); // ERR_NOT_FOUND when it is not hers, or over
MUST_USE Err account_end_others(Cx *cx, Str keep_token);
// When cx->actor was last here before this session; 0: never.
MUST_USE Err account_last_here(Cx *cx, int64_t *out);

// A path of this hub to go on to after signing in, or empty: one '/' first, no second one, no backslash, no
// control sign.
Str account_local_path(Str next);

extern const EntryKind *const account_kinds[];
extern const Routes account_routes;
