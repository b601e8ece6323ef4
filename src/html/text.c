#include "text.h"
#include "html/html.h"

_Static_assert(T__N <= UINT16_MAX, "Text is 16 bits wide");

static const Sentence *sentence(int lang, Text t) {
	ASSERT(lang >= 0 && lang < LANG__N && t < T__N);
	const Sentence *s = &sentence_table[lang][t];
	return s->one.n ? s : &sentence_table[LANG_EN][t];
}

Str text_in(int lang, Text t) { return sentence(lang, t)->one; }

// {1} … {9} become the arguments, {n} the count; anything else in braces stays, and so does a number without
// argument.
static Str fill(Arena *a, Str text, Str count, const Str *arg, int n) {
	if (str_find_char(text, '{') < 0) return text;
	Buf b = {.a = a};
	for (ptrdiff_t i = 0; i < text.n; i++) {
		bool brace = text.p[i] == '{' && i + 2 < text.n && text.p[i + 2] == '}';
		char which = brace ? text.p[i + 1] : 0;
		bool is_arg = which >= '1' && which <= '9' && which - '1' < n;
		if (is_arg)
			buf_put(&b, arg[which - '1']);
		else if (which == 'n' && count.n)
			buf_put(&b, count);
		else {
			buf_char(&b, text.p[i]);
			continue;
		}
		i += 2;
	}
	return buf_str(&b);
}

Str text_say(Arena *a, int lang, Text t, const Str *arg, int n) {
	return fill(a, text_in(lang, t), (Str){0}, arg, n);
}

Str text_plural(Arena *a, int lang, Text t, int64_t count, const Str *arg, int n) {
	const Sentence *s = sentence(lang, t);
	bool english = s == &sentence_table[LANG_EN][t];
	bool other = lang_plural(english ? LANG_EN : (Lang)lang, count) != 0 && s->other.n;
	return fill(a, other ? s->other : s->one, str_fmt(a, "%lld", (long long)count), arg, n);
}

bool lang_offered(int lang) { return lang >= 0 && lang < LANG__N && sentence_complete[lang]; }
