#include "serve/kept.h"
#include "vault/vault.h"

static const Place place_kept = {"kept", "form", 0};

// The key is the hub's and this member's; another member's opens nothing.
static Str key_of(Cx *cx, MemberId of) {
	return vault_fingerprint(cx, "keptform", str_fmt(cx->arena, "%lld", (long long)of.n));
}

static bool secret(const Route *r, Str name) {
	for (int i = 0; i < r->nfield; i++)
		if (r->field[i].kind == FIELD_SECRET && str_eq(str_of(r->field[i].name), name)) return true;
	return str_eq(name, S("_token")) || str_eq(name, S("_kept"));
}

static const char *numbered(Cx *cx, const char *name, int64_t i) {
	return str_z(cx->arena, str_fmt(cx->arena, "%s%lld", name, (long long)i));
}

Err kept_seal(Cx *cx, const Req *rq, MemberId of, Str *out) {
	Str sealed;
	Body b = body_on(cx);
	int64_t n = 0;
	body_int(&b, "at", cx->now);
	body_str(&b, "path", rq->path);
	for (ptrdiff_t i = 0; i < rq->nvalue; i++) {
		if (secret(rq->route, rq->value[i].name)) continue;
		body_str(&b, numbered(cx, "name", n), rq->value[i].name);
		body_str(&b, numbered(cx, "value", n), rq->value[i].value);
		n++;
	}
	body_int(&b, "values", n);
	body_int(&b, "files", rq->nfile);
	for (int i = 0; i < rq->nfile; i++) body_str(&b, numbered(cx, "file", i), rq->file[i].file.name);
	TRY(vault_seal_with(cx, key_of(cx, of), place_kept, buf_str(&b.b), &sealed));
	*out = base64_text(cx->arena, sealed);
	if (out->n > KEPT_BYTES) *out = (Str){0};
	return OK;
}

static Str given(const Req *rq) {
	for (ptrdiff_t i = 0; i < rq->nvalue; i++)
		if (str_eq(rq->value[i].name, S("_kept"))) return rq->value[i].value;
	return (Str){0};
}

bool kept_given(const Req *rq) { return given(rq).n > 0; }

static void put_back(Cx *cx, Req *rq, Str body) {
	int64_t n = body_get_int(body, "values");
	rq->value = NEW(cx->arena, Named, n);
	for (int64_t i = 0; i < n; i++) {
		Named v = {body_get_str(body, numbered(cx, "name", i)),
			   body_get_str(body, numbered(cx, "value", i))};
		if (str_eq(v.name, S("_once"))) rq->once = v.value;
		rq->value[i] = v;
	}
	rq->nvalue = n;
}

Err kept_open(Cx *cx, Req *rq, bool *same, Str *files) {
	Str sealed, body, text = given(rq);
	*same = false;
	*files = (Str){0};
	rq->nvalue = 0;
	rq->nfile = 0;
	if (!base64_parse(cx->arena, text, &sealed)) return OK;
	Err e = vault_unseal_with(cx, key_of(cx, cx->actor->member), place_kept, sealed, &body);
	if (e == ERR_INVALID) return OK; // somebody else's, or altered
	TRY(e);
	if (!str_eq(body_get_str(body, "path"), rq->path) || body_get_int(body, "at") < cx->now - KEPT_LASTS)
		return OK;
	put_back(cx, rq, body);
	Buf b = {.a = cx->arena};
	for (int64_t i = 0; i < body_get_int(body, "files"); i++) {
		if (b.n) buf_put(&b, S(", "));
		buf_put(&b, body_get_str(body, numbered(cx, "file", i)));
	}
	*files = buf_str(&b);
	*same = true;
	return OK;
}
