#include "html/html.h"
#include "base/id.h"
#include "text.h"

void html_lit_(Html *h, Str literal) { buf_put(&h->b, literal); }

static Str escape_of(char c) {
	switch (c) {
	case '&':
		return S("&amp;");
	case '<':
		return S("&lt;");
	case '>':
		return S("&gt;");
	case '"':
		return S("&quot;");
	case '\'':
		return S("&#39;");
	default:
		return (Str){0};
	}
}

void html_text(Html *h, Str s) {
	ptrdiff_t from = 0;
	for (ptrdiff_t i = 0; i < s.n; i++) {
		Str escape = escape_of(s.p[i]);
		if (!escape.n) continue;
		buf_put(&h->b, str_slice(s, from, i));
		buf_put(&h->b, escape);
		from = i + 1;
	}
	buf_put(&h->b, str_slice(s, from, s.n));
}

// One paragraph: lines up to an empty one.
static void html_paragraph(Html *h, Str lines) {
	Str line;
	bool first = true;
	html_lit(h, "<p>");
	while (str_cut(&lines, '\n', &line)) {
		if (!first) html_lit(h, "<br>");
		html_text(h, str_trim(line));
		first = false;
	}
	html_lit(h, "</p>");
}

void html_long(Html *h, Str s) {
	Str rest = str_trim(s), line;
	const char *from = NULL, *to = NULL; // of the paragraph being gathered
	while (str_cut(&rest, '\n', &line)) {
		bool empty = str_trim(line).n == 0;
		if (empty && from) html_paragraph(h, (Str){from, to - from}), from = NULL;
		if (empty) continue;
		if (!from) from = line.p;
		to = line.p + line.n;
	}
	if (from) html_paragraph(h, (Str){from, to - from});
}

void html_int(Html *h, int64_t i) { buf_int(&h->b, i); }
// Visitors have no cookie to keep their language in; it travels in the addresses instead.
void html_url(Html *h, Url u) {
	bool ours =
		str_starts(u.s, S("/")) && !str_starts(u.s, S("/static/")) && str_find(u.s, S("lang=")) < 0;
	html_text(h, (h->carry_lang && ours ? url_with(h->b.a, u, "lang", lang_info[h->lang].code) : u).s);
}
Str html_digits(Html *h, int64_t i) { return str_fmt(h->b.a, "%lld", (long long)i); }

void html_say(Html *h, Text t, const Str *arg, int n) {
	html_text(h, n ? text_say(h->b.a, h->lang, t, arg, n) : text_in(h->lang, t));
}

void html_plural(Html *h, Text t, int64_t count, const Str *arg, int n) {
	html_text(h, text_plural(h->b.a, h->lang, t, count, arg, n));
}

// ---- addresses -----------------------------------------------------------------------------------

static ptrdiff_t parameter_length(const char *p) {
	ptrdiff_t n = 0;
	while ((p[n] >= 'a' && p[n] <= 'z') || p[n] == '_') n++;
	return n;
}

Url url_of_(Arena *a, const char *path, const int64_t *id, int n) {
	Buf b = {.a = a};
	int used = 0;
	for (const char *p = path; *p; p++) {
		if (*p != ':') {
			buf_char(&b, *p);
			continue;
		}
		ASSERT(used < n);
		buf_put(&b, id_text(a, id[used++]));
		p += parameter_length(p + 1);
	}
	ASSERT(used == n);
	return (Url){buf_str(&b)};
}

static void put_percent(Buf *b, Str s) {
	static const char hex[] = "0123456789ABCDEF";
	for (ptrdiff_t i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];
		bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
			     (c && strchr("-._~", c));
		if (plain)
			buf_char(b, (char)c);
		else
			buf_char(b, '%'), buf_char(b, hex[c >> 4]), buf_char(b, hex[c & 15]);
	}
}

Url url_tel(Arena *a, Str number) {
	Buf b = {.a = a};
	buf_put(&b, S("tel:"));
	for (ptrdiff_t i = 0; i < number.n; i++) {
		char c = number.p[i];
		if ((c >= '0' && c <= '9') || c == '*' || (c == '+' && b.n == 4))
			buf_char(&b, c);
		else if (c == '#')
			buf_put(&b, S("%23"));
	}
	return (Url){buf_str(&b)};
}

Url url_with(Arena *a, Url u, const char *name, Str value) {
	Buf b = {.a = a};
	ptrdiff_t hash = str_find_char(u.s, '#');
	Str before = hash < 0 ? u.s : str_slice(u.s, 0, hash);
	buf_put(&b, before);
	buf_char(&b, str_find_char(before, '?') < 0 ? '?' : '&');
	put_percent(&b, str_of(name));
	buf_char(&b, '=');
	put_percent(&b, value);
	if (hash >= 0) buf_put(&b, str_slice(u.s, hash, u.s.n));
	return (Url){buf_str(&b)};
}
