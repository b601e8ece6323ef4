// Paths against the route tables. ":name" is an id in base 32; "*name" takes the rest as text.
#include "serve/job.h"

static bool match(const char *pattern, Str path, int64_t *param, int *nparam, Str *text) {
	Str want = str_of(pattern);
	*nparam = 0;
	*text = (Str){0};
	while (want.n && path.n) {
		if (want.p[0] == ':') {
			ptrdiff_t wn = str_find_char(want, '/'), pn = str_find_char(path, '/');
			if (*nparam == REQ_PARAMS ||
			    !id_parse(str_slice(path, 0, pn < 0 ? path.n : pn), &param[*nparam]))
				return false;
			(*nparam)++;
			want = str_slice(want, wn < 0 ? want.n : wn, want.n);
			path = str_slice(path, pn < 0 ? path.n : pn, path.n);
		} else if (want.p[0] == '*') {
			*text = path;
			return str_find_char(path, '/') < 0;
		} else {
			if (want.p[0] != path.p[0]) return false;
			want = str_slice(want, 1, want.n);
			path = str_slice(path, 1, path.n);
		}
	}
	return want.n == 0 && path.n == 0;
}

static const struct {
	const char *start;
	About about;
} objects[] = {
	{"/reports/:", ABOUT_REPORT},	     {"/cases/:", ABOUT_CASE},
	{"/duties/:", ABOUT_DUTY},	     {"/members/:", ABOUT_MEMBER},
	{"/directory/:", ABOUT_STAKEHOLDER}, {"/releases/:", ABOUT_RELEASE},
};

// The first parameter is what the right is asked for.
static Object object_of(const char *pattern, const int64_t *param, int nparam) {
	for (ptrdiff_t i = 0; i < COUNT(objects) && nparam; i++)
		if (str_starts(str_of(pattern), str_of(objects[i].start)))
			return (Object){objects[i].about, param[0]};
	return (Object){0};
}

Str route_allowed(const Routes *const *routes, Arena *a, const Req *rq) {
	Buf b = {.a = a};
	for (; *routes; routes++)
		for (int i = 0; i < (*routes)->n; i++) {
			const Route *r = &(*routes)->route[i];
			int64_t param[REQ_PARAMS];
			int n;
			Str text;
			if (!match(r->path, rq->path, param, &n, &text)) continue;
			Str method = str_eq(str_of(r->method), S("GET")) ? S("GET, HEAD") : str_of(r->method);
			if (str_find(buf_str(&b), method) >= 0) continue;
			if (b.n) buf_put(&b, S(", "));
			buf_put(&b, method);
		}
	return buf_str(&b);
}

const Route *route_find(const Routes *const *routes, Arena *a, Req *rq, bool *other_method) {
	*other_method = false;
	Str method = str_eq(rq->method, S("HEAD")) ? S("GET") : rq->method;
	for (; *routes; routes++)
		for (int i = 0; i < (*routes)->n; i++) {
			const Route *r = &(*routes)->route[i];
			int64_t param[REQ_PARAMS];
			int n;
			Str text;
			if (!match(r->path, rq->path, param, &n, &text)) continue;
			if (!str_eq(str_of(r->method), method)) {
				*other_method = true;
				continue;
			}
			memcpy(rq->param, param, sizeof param);
			rq->nparam = n;
			rq->param_text = str_dup(a, text);
			rq->object = object_of(r->path, param, n);
			return r;
		}
	return NULL;
}
