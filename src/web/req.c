#include "web/req.h"
#include "base/utf8.h"
#include "base/when.h"
#include "text.h"

#define TEXT_MAX 200
#define LONG_MAX 20000

Object req_object(const Req *rq) { return rq->object; }
int64_t req_param(const Req *rq, int n) { return n < rq->nparam ? rq->param[n] : 0; }
Str req_param_text(const Req *rq, int n) { return n == 0 ? rq->param_text : (Str){0}; }
Verdict req_verdict(const Req *rq) { return rq->verdict; }
bool req_json(const Req *rq) { return rq->json; }
Str req_once(const Req *rq) { return rq->once; }
Str req_session(const Req *rq) { return rq->session; }
Str req_device(const Req *rq) { return rq->session.n ? rq->session : rq->device; }
bool req_wrong(const Req *rq) { return rq->nerror > 0; }

static Str find(const Named *list, ptrdiff_t n, Str name) {
	for (ptrdiff_t i = 0; i < n; i++)
		if (str_eq(list[i].name, name)) return list[i].value;
	return (Str){0};
}

Str req_str(const Req *rq, const char *field) { return find(rq->value, rq->nvalue, str_of(field)); }

Str req_query(const Req *rq, const char *name) {
	return str_slice(find(rq->query, rq->nquery, str_of(name)), 0, TEXT_MAX * 4);
}

int64_t req_int(const Req *rq, const char *field) {
	int64_t v = 0;
	return str_to_int(req_str(rq, field), &v) ? v : 0;
}

int64_t req_id(const Req *rq, const char *field) {
	int64_t v = 0;
	return id_parse(req_str(rq, field), &v) ? v : 0;
}

// FIELD_WHEN values were turned into seconds by the check.
int64_t req_when(const Req *rq, const char *field) { return req_int(rq, field); }
bool req_check(const Req *rq, const char *field) { return req_str(rq, field).n > 0; }

bool req_has(const Req *rq, const char *field, Str code) {
	for (ptrdiff_t i = 0; i < rq->nvalue; i++)
		if (str_eq(rq->value[i].name, str_of(field)) && str_eq(rq->value[i].value, code)) return true;
	return false;
}

bool req_may(Cx *cx, const Req *rq, Act act) { return req_classes(cx, rq, act) != 0; }

uint32_t req_classes(Cx *cx, const Req *rq, Act act) {
	Verdict v;
	if (policy_may(cx, act, rq->object, &v) != OK || !v.yes) return 0;
	return v.classes;
}

PackAnswers *req_answers(Req *rq) { return rq->has_answers ? &rq->answers : NULL; }

int req_uploads(const Req *rq, const char *field, const Upload **out) {
	Req *own = (Req *)(uintptr_t)rq; // the list handed out is scratch of the request itself
	int n = 0;
	for (int i = 0; i < rq->nfile; i++)
		if (str_eq(rq->file[i].field, str_of(field))) own->upload[n++] = rq->file[i].file;
	*out = rq->upload;
	return n;
}

void req_keep(Req *rq, const char *name, void *value) {
	ASSERT(rq->nkept < COUNT(rq->kept));
	rq->kept[rq->nkept++] = (Kept){name, value};
}

void *req_kept(const Req *rq, const char *name) {
	for (int i = 0; i < rq->nkept; i++)
		if (strcmp(rq->kept[i].name, name) == 0) return rq->kept[i].value;
	return NULL;
}

void req_error(Cx *cx, Req *rq, const char *field, Str sentence) {
	if (rq->nerror == rq->cap_error) {
		ptrdiff_t cap = rq->cap_error ? rq->cap_error * 2 : 16;
		Named *more = NEW(cx->arena, Named, cap);
		if (rq->nerror) memcpy(more, rq->error, (size_t)rq->nerror * sizeof *more);
		rq->error = more;
		rq->cap_error = cap;
	}
	rq->error[rq->nerror++] = (Named){str_of(field), sentence};
}

// ---- the check
// --------------------------------------------------------------------------------------------------

static bool offered(const Field *f, Str code) {
	for (int i = 0; i < f->nchoice; i++)
		if (str_eq(f->choice[i].code, code)) return true;
	return f->choice == NULL;
}

static void check_number(Cx *cx, Req *rq, const Field *f, Str v) {
	int64_t n;
	if (!str_to_int(v, &n))
		req_error(cx, rq, f->name, say(cx, T_web_field_int));
	else if (f->max && n > f->max)
		req_error(cx, rq, f->name,
			  say(cx, T_web_field_number_large, str_fmt(cx->arena, "%d", f->max)));
	else if (n < 0)
		req_error(cx, rq, f->name, say(cx, T_web_field_int));
}

static void check_when(Cx *cx, Req *rq, const Field *f, Named *v) {
	int64_t t;
	if (!when_parse(cx->zone, v->value, &t))
		req_error(cx, rq, f->name, say(cx, T_web_field_when));
	else
		v->value = str_fmt(cx->arena, "%lld", (long long)t);
}

static void check_length(Cx *cx, Req *rq, const Field *f, Str v, int usual) {
	int max = f->max ? f->max : usual;
	if (utf8_length(v) > max)
		req_error(cx, rq, f->name, say(cx, T_web_field_too_long, str_fmt(cx->arena, "%d", max)));
}

static void check_value(Cx *cx, Req *rq, const Field *f, Named *v) {
	int64_t n;
	switch (f->kind) {
	case FIELD_TEXT:
	case FIELD_HIDDEN:
	case FIELD_SECRET:
		check_length(cx, rq, f, v->value, TEXT_MAX);
		break;
	case FIELD_LONG:
		check_length(cx, rq, f, v->value, LONG_MAX);
		break;
	case FIELD_INT:
		check_number(cx, rq, f, v->value);
		break;
	case FIELD_DATE:
		if (!when_parse_date(v->value, &n)) req_error(cx, rq, f->name, say(cx, T_web_field_date));
		break;
	case FIELD_WHEN:
		check_when(cx, rq, f, v);
		break;
	case FIELD_ONE:
	case FIELD_MANY:
		if (!offered(f, v->value)) req_error(cx, rq, f->name, say(cx, T_web_field_unknown_choice));
		break;
	case FIELD_ID:
		if (!id_parse(v->value, &n)) req_error(cx, rq, f->name, say(cx, T_web_field_unknown_choice));
		break;
	case FIELD_CHECK:
	case FIELD_FILE:
		break;
	}
}

static void check_field(Cx *cx, Req *rq, const Field *f) {
	bool any = false;
	for (ptrdiff_t i = 0; i < rq->nvalue; i++) {
		if (!str_eq(rq->value[i].name, str_of(f->name)) || rq->value[i].value.n == 0) continue;
		any = true;
		check_value(cx, rq, f, &rq->value[i]);
	}
	const Upload *up;
	if (f->kind == FIELD_FILE) any = req_uploads(rq, f->name, &up) > 0;
	if (f->required && !any) req_error(cx, rq, f->name, say(cx, T_web_field_required));
}

// The pack loader cannot see the catalogues, so it leaves codes; docs in pack.h.
static Str pack_error(Cx *cx, Str e) {
	static const struct {
		Str code;
		Text say;
	} known[] = {
		{SLIT("@required"), T_web_field_required},     {SLIT("@integer"), T_web_field_int},
		{SLIT("@decimal"), T_web_field_int},	       {SLIT("@date"), T_web_field_date},
		{SLIT("@choice"), T_web_field_unknown_choice}, {SLIT("@constraint"), T_web_field_constraint},
		{SLIT("@too_long"), T_web_field_bad_length},
	};
	for (ptrdiff_t i = 0; i < COUNT(known); i++)
		if (str_eq(known[i].code, e)) return say(cx, known[i].say);
	return e;
}

// Codes of one field, sent as repeated values, with one space between.
static Str gathered(Cx *cx, const Req *rq, Str name) {
	Buf b = {.a = cx->arena};
	for (ptrdiff_t i = 0; i < rq->nvalue; i++) {
		if (!str_eq(rq->value[i].name, name) || !rq->value[i].value.n) continue;
		if (b.n) buf_char(&b, ' ');
		buf_put(&b, rq->value[i].value);
	}
	return buf_str(&b);
}

static void check_form(Cx *cx, Req *rq) {
	PackAnswers *v = &rq->answers;
	for (ptrdiff_t i = 0; i < v->form->nask; i++) {
		const PackAsk *ask = &v->form->ask[i];
		Str name = ask->name;
		v->value[i] =
			ask->kind == ASK_MANY ? gathered(cx, rq, name) : find(rq->value, rq->nvalue, name);
		if (written_asked(ask)) v->value[i] = written_codes(cx, ask, v->value[i]);
	}
	pack_form_check(cx, v);
	for (ptrdiff_t i = 0; i < v->form->nask; i++)
		if (v->error[i].n)
			req_error(cx, rq, str_z(cx->arena, v->form->ask[i].name),
				  pack_error(cx, v->error[i]));
}

void req_check_fields(Cx *cx, Req *rq) {
	if (rq->checked) return;
	rq->checked = true;
	for (int i = 0; i < rq->route->nfield; i++) check_field(cx, rq, &rq->route->field[i]);
	if (rq->has_answers) check_form(cx, rq);
	if (rq->dirty) req_error(cx, rq, "", say(cx, T_web_field_bad_text));
	if (rq->too_many_files)
		req_error(cx, rq, "", say(cx, T_web_field_many_files, str_fmt(cx->arena, "%d", REQ_UPLOADS)));
}
