// web.h - what a page is: a route, its fields, its request, its reply. serve/ listens and calls; rooms only
// fill in.
//
// A route is a row in its room's x_page.c. Before its run function is called the worker has: matched the
// path, read the session, asked policy_may(act, first :object of the path) - a "no" answers 404 as if the
// thing were not there - checked every field against the field table (or the pack form), checked the form
// token and, for a route that WRITES, opened a transaction (one after another, committed in groups). After
// it: rolls back on any error, or writes the readings to the ledger, commits, sends. A route without an act
// does not compile.
//
// The same route answers a program: `Accept: application/json` gives the view as JSON, errors as
// {"error":…,"fields":…}, and a body in application/json is taken like a form. No rule exists twice.
#pragma once
#include "base/base.h"
#include "base/id.h"
#include "html/html.h"
#include "pack/pack.h"
#include "policy/policy.h"

typedef enum {
	FIELD_TEXT,
	FIELD_LONG,
	FIELD_INT,
	FIELD_DATE,
	FIELD_WHEN, // WHEN: wall time in the hub's zone, read as an instant
	FIELD_ONE,
	FIELD_MANY,
	FIELD_CHECK,
	FIELD_ID,
	FIELD_SECRET,
	FIELD_FILE,
	FIELD_HIDDEN
} FieldKind;
typedef struct {
	Str code;
	Text label;
	Str said; // instead of label, when it comes from a pack or a table
} Choice;
typedef struct {
	const char *name;
	FieldKind kind;
	bool required;
	int max; // characters (text), or largest value; 0: 200 for TEXT, 20000 for LONG
	Text label, hint;
	const Choice *choice; // FIELD_ONE / MANY: codes outside are refused. NULL: the room checks
	int nchoice;
} Field;

typedef struct Req Req;
typedef struct Reply Reply;
typedef enum {
	ROUTE_WRITES = 1, // runs on the writer, in a transaction
	ROUTE_PUBLIC = 2, // no session needed, none read, no cookie set
	ROUTE_UPLOAD = 4, // takes files (up to 12 MiB in all); others take 256 KiB
	ROUTE_SLOW = 8, // `before` hashes passwords: bounded pool
	ROUTE_KEEPS = 16 // not offered to a double submit: the `once` token is consumed and its reply kept
} RouteFlag;
typedef Err Page(Cx *cx, Req *rq, Reply *out);
typedef struct {
	const char *method; // "GET" or "POST"
	const char *path; // "/cases/:case/notes"; the first parameter is the policy object
	Act act;
	unsigned flags;
	const Field *field;
	int nfield;
	const char *form; // pack form whose answers are fields too
	Page *before; // on any thread, read connection, no transaction: hashing, looking into files
	Page *run;
	Page *again; // shows the form again with what was typed, when a field is wrong or run says
		     // ERR_INVALID / ERR_CONFLICT
} Route;
#define ROUTE(m, p, a, ...) \
	{ .method = (m), .path = (p), .act = (a) + 0 * sizeof(char[(a) > ACT_none ? 1 : -1]), __VA_ARGS__ }
#define FIELDS(table) .field = (table), .nfield = (int)COUNT(table)
typedef struct {
	const Route *route;
	int n;
} Routes; // one a room, listed by main.c

// ---- reading the request --------------------------------------------------------------------------
Object req_object(const Req *rq); // the policy object
int64_t req_param(const Req *rq, int n); // the nth :param of the path, from 0
Str req_param_text(const Req *rq, int n); // of a *param: free text (setup tokens)
Verdict req_verdict(const Req *rq); // of the route's own act
bool req_may(Cx *cx, const Req *rq,
	     Act act); // another act on the same object: for showing a button or a part
uint32_t req_classes(Cx *cx, const Req *rq, Act act); // classes of it, 0 for no
Str req_str(const Req *rq, const char *field); // trimmed, clean; empty when absent
int64_t req_int(const Req *rq, const char *field);
int64_t req_when(const Req *rq, const char *field); // 0 when absent
int64_t req_id(const Req *rq, const char *field); // 0 when absent
bool req_check(const Req *rq, const char *field);
bool req_has(const Req *rq, const char *field, Str code); // of FIELD_MANY
Str req_query(const Req *rq, const char *name); // from the address, clean, at most 200 characters
PackAnswers *req_answers(Req *rq); // of the route's pack form
typedef struct {
	Str name, bytes; // name as sent, cleaned; never used as a path
	Str type; // by content (libmagic), not by what was claimed
} Upload;
int req_uploads(const Req *rq, const char *field, const Upload **out);
bool req_json(const Req *rq);
Str req_once(const Req *rq);
Str req_session(const Req *rq); // the token of the living session, empty for none
Str req_device(
	const Req *rq); // the token a browser still has of a session that is over, or of the living one
void req_keep(Req *rq, const char *name, void *value); // from `before` to `run`
void *req_kept(const Req *rq, const char *name);
// Marks a field as wrong, with a sentence of the catalogue; then return fail(cx->why, ERR_INVALID, …).
void req_error(Cx *cx, Req *rq, const char *field, Str sentence);
bool req_wrong(const Req *rq);

// ---- forms as views: templates include {form_fields form} ------------------------------------------
#include "web_html.h" // generated from src/web/*.html: FormView, FieldView, ChoiceView, …
// Fills the view with the route's fields (those named, or all when names is NULL), values typed or given,
// errors, token, once. `value` gives the first values of a form; NULL for an empty one. What was typed wins.
typedef struct {
	const char *field;
	Str value; // FIELD_MANY: codes with one space between
} Given;
FormView *form_view(Cx *cx, Req *rq, const Route *to, Url action, const Given *given, int ngiven);
#define GIVEN(...) (const Given[]){__VA_ARGS__}, (int)(sizeof((const Given[]){__VA_ARGS__}) / sizeof(Given))
// Gives a field the choices that come from a pack or a table, when the field table could not name them.
void form_choices(Cx *cx, FormView *v, const char *field, const Choice *choice, int n);

// ---- replying ----------------------------------------------------------------------------------------
// title: neutral, no name in it. nav: which part of the menu is current (ACT_today, ACT_report_list,
// ACT_case_list, ACT_directory_read).
Err reply_page(Cx *cx, Req *rq, Reply *out, const Template *t, const void *view, Str title, Act nav);
Err reply_see(Cx *cx, Reply *out, Url to); // 303
Err reply_send_on(Cx *cx, Reply *out, Url to); // 307: the browser sends the same form there
Err reply_file(Cx *cx, Reply *out, Str type, Str name, Str bytes); // download only, sandboxed, never inline
Err reply_text(Cx *cx, Reply *out, Str type, Str bytes);
void reply_status(Reply *out, int status);
void reply_cookie(Reply *out, Str token, int64_t seconds); // the session cookie; seconds 0 removes it
void reply_flash(Cx *cx, Reply *out,
		 Text what); // one sentence shown on the next page, in the address (code only)
