// A choice from a long list is written, not looked for: the page offers the words of the list once, however
// many questions use it, and what comes back is recognised by its word in any language, or by its code.
#include "web/req.h"

#define PIECES 60

bool written_asked(const PackAsk *k) {
	return (k->kind == ASK_ONE || k->kind == ASK_MANY) && str_find(k->appearance, S("search")) >= 0;
}

static const PackChoice *choice_of(const PackAsk *k, Str word) {
	for (ptrdiff_t i = 0; i < k->nchoice; i++) {
		const PackChoice *c = &k->choice[i];
		if (str_eq_nocase(c->code, word)) return c;
		for (int lang = 0; lang < LANG__N; lang++)
			if (str_eq_nocase(c->label.in[lang], word)) return c;
	}
	return NULL;
}

Str written_words(Cx *cx, const PackAsk *k, Str codes) {
	Buf b = {.a = cx->arena};
	for (Str code; str_cut(&codes, ' ', &code);) {
		const PackChoice *c = choice_of(k, code);
		if (!code.n) continue;
		if (b.n) buf_put(&b, S(", "));
		buf_put(&b, c ? label_in(&c->label, cx->lang) : code);
	}
	return buf_str(&b);
}

// A word may hold a comma itself ("Korea, Republic of"): of what begins here, the longest that is known.
static const PackChoice *longest(const PackAsk *k, Str text, const ptrdiff_t *end, int from, int n,
				 int *next) {
	ptrdiff_t start = from ? end[from - 1] + 1 : 0;
	for (int to = n - 1; to >= from; to--) {
		const PackChoice *c = choice_of(k, str_trim(str_slice(text, start, end[to])));
		*next = to + 1;
		if (c) return c;
	}
	return NULL;
}

static Str codes_of(Cx *cx, const PackAsk *k, Str text) {
	ptrdiff_t end[PIECES];
	int n = 0;
	for (ptrdiff_t i = 0; i <= text.n; i++) {
		if (i < text.n && text.p[i] != ',' && text.p[i] != ';') continue;
		if (n == PIECES) return text;
		end[n++] = i;
	}
	Buf b = {.a = cx->arena};
	for (int at = 0, next; at < n; at = next) {
		ptrdiff_t start = at ? end[at - 1] + 1 : 0;
		const PackChoice *c = longest(k, text, end, at, n, &next);
		if (!c && str_trim(str_slice(text, start, end[at])).n)
			return text; // the form's check says that it is no choice
		if (!c) {
			next = at + 1;
			continue;
		}
		if (b.n) buf_char(&b, ' ');
		buf_put(&b, c->code);
	}
	return buf_str(&b);
}

static bool all_codes(const PackAsk *k, Str text) {
	for (Str code; str_cut(&text, ' ', &code);) {
		const PackChoice *c = choice_of(k, code);
		if (code.n && (!c || !str_eq(c->code, code))) return false;
	}
	return true;
}

Str written_codes(Cx *cx, const PackAsk *k, Str text) {
	text = str_trim(text);
	if (!text.n || all_codes(k, text)) return text;
	if (k->kind == ASK_MANY) return codes_of(cx, k, text);
	const PackChoice *c = choice_of(k, text);
	return c ? c->code : text;
}
