// html.h - pages from typed views. Templates are <room>/*.html, compiled by tools/htmlgen into <room>_html.h:
// one view struct, one HTML writer and one JSON writer each, so that page and API show the same fields. A
// misspelt field does not compile.
//
// Values are always escaped; there is no raw form. Addresses (href, action, src) take a Url and nothing else,
// and a Url is made only by url_of from a route's path. Sentences come from the catalogues (tools/textgen,
// text.h): T_room_key.
#pragma once
#include "base/base.h"
#include "base/json.h"
#include "base/lang.h"

typedef struct {
	Str s;
} Url;
// path with :params, each replaced by the next id in base 32: url_of(a, "/cases/:case/people/:person",
// case.n, person.n).
Url url_of_(Arena *a, const char *path, const int64_t *id, int n);
#define url_of(a, path, ...) \
	url_of_((a), (path), (const int64_t[]){0, ##__VA_ARGS__} + 1, \
		(int)(sizeof((const int64_t[]){0, ##__VA_ARGS__}) / sizeof(int64_t)) - 1)
Url url_with(Arena *a, Url u, const char *name, Str value); // adds ?name=value, percent-encoded
Url url_tel(Arena *a, Str number); // for a link that calls: only digits, # * and a + in front are kept

typedef uint16_t Text; // index of a sentence; T_none is 0 and empty
typedef struct Html {
	Buf b;
	int lang;
	const void *frame; // for the page templates of web
	bool carry_lang; // the reader chose a language in the address: every link of the page takes it along
} Html;
void html_lit_(Html *h, Str literal);
#define html_lit(h, lit) html_lit_((h), S(lit))
void html_text(Html *h, Str s); // escapes & < > " '
void html_long(Html *h, Str s); // as html_text; blank lines make paragraphs, single line ends <br>
void html_int(Html *h, int64_t i);
void html_url(Html *h, Url u);
// For compiled templates: a sentence, escaped.
void html_say(Html *h, Text t, const Str *arg, int n);
void html_plural(Html *h, Text t, int64_t count, const Str *arg, int n);
Str html_digits(Html *h, int64_t i);

// A sentence with {1} {2} … filled, escaped where the template puts it. Missing in a language: English.
Str text_in(int lang, Text t);
Str text_say(Arena *a, int lang, Text t, const Str *arg, int n);
Str text_plural(Arena *a, int lang, Text t, int64_t count, const Str *arg, int n); // {n} is the count
#define say(cx, t, ...) \
	text_say((cx)->arena, (cx)->lang, (t), (const Str[]){{0}, ##__VA_ARGS__} + 1, \
		 (int)(sizeof((const Str[]){{0}, ##__VA_ARGS__}) / sizeof(Str)) - 1)
bool lang_offered(int lang); // its catalogue is complete

typedef struct {
	const char *name;
	void (*html)(Html *h, const void *view);
	void (*json)(Json *j, const void *view);
} Template; // generated: TEMPLATE_<file name>

// Times as people say them, in the hub's zone and the reader's language.
Str say_date(Cx *cx, int64_t t); // 23 November 2026
Str say_when(Cx *cx, int64_t t); // 23 Nov, 14:05; with the year when it is another year
Str say_span(Cx *cx, int64_t seconds); // 40 minutes; 5 h 10 min; 6 days
Str say_left(Cx *cx, int64_t due); // "5 h 10 min left", "late by 40 minutes", "in 6 days"
