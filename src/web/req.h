// req.h - the insides of a request and a reply. For web and serve only; rooms use web.h.
#pragma once
#include "web/web.h"

#define REQ_PARAMS 4
#define REQ_UPLOADS 5
#define REQ_VALUES 400

typedef struct {
	Str name, value;
} Named;
typedef struct {
	Str field;
	Upload file;
} SentFile;
typedef struct {
	const char *name;
	void *value;
} Kept;
struct Req {
	const Route *route;
	Str method, path, query_text; // as asked for; the query already decoded into `query`
	int64_t param[REQ_PARAMS];
	int nparam;
	Str param_text; // of a *param at the end
	Object object;
	Verdict verdict;
	bool json, tls, demo, lang_chosen,
		secure_site; // secure_site: sent by our own page (Sec-Fetch-Site, Origin)
	Str session, device; // token of the cookie; device: of a session that is over
	Named *query;
	ptrdiff_t nquery;
	Named *value; // of the body, cleaned; repeated names stay repeated
	ptrdiff_t nvalue;
	Named *error; // field, sentence
	ptrdiff_t nerror, cap_error;
	SentFile file[REQ_UPLOADS];
	Upload upload[REQ_UPLOADS];
	int nfile;
	bool too_many_files, dirty; // dirty: something in the body was not UTF-8
	PackAnswers answers;
	bool has_answers, checked;
	Kept kept[8];
	int nkept;
	Str once;
	Str note; // said above the form that is shown
};
struct Reply {
	int status; // 0: 200
	Str type, body;
	Str location; // 303
	Str cookie; // token to set
	int64_t cookie_seconds;
	bool has_cookie;
	Str file_name; // a download
	Text flash;
	bool keep_private; // no-store
};

// One pass over the body: values against the route's field table, or the pack form. Fills errors.
void req_check_fields(Cx *cx, Req *rq);
// The token that proves a form came from a page of this session.
Str form_token(Cx *cx, const Req *rq);
bool form_token_right(Cx *cx, const Req *rq);
// The page for an error, in the user's language, with its status. Never shows why->msg.
Err reply_error(Cx *cx, Req *rq, Reply *out, Err e);
// A sign-in that came in the middle of a form: shows what was typed, ready to be sent again.
int status_of(Err e);

// written.c: questions of the appearance "search". Words for codes (one space between), and codes for what
// was written; what is no choice stays as it is, and the form's check refuses it.
bool written_asked(const PackAsk *k);
Str written_words(Cx *cx, const PackAsk *k, Str codes);
Str written_codes(Cx *cx, const PackAsk *k, Str text);
