// Pages: what is escaped, how sentences are filled, how times are said.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
// cmocka wants the four above first
#include <cmocka.h>
#undef fail // cmocka's; ours is of base.h

#include "base/when.h"
#include "html/html.h"
#include "html/static.h"
#include "text.h"
#include "web_html.h"

enum { MIN = 60, HOUR = 3600, DAY = 86400 };

static Cx context(Arena *a, int lang) {
	return (Cx){.arena = a,
		    .lang = lang,
		    .zone = zone_load(a, S("Asia/Kolkata")),
		    .now = 1795422600}; // 23 November 2026, 14:00 in India
}

static void is(Str got, const char *want) {
	if (str_eq(got, str_of(want))) return;
	print_error("got \"%.*s\"\nwant \"%s\"\n", (int)got.n, got.p, want);
	assert_true(!"the same");
}

static bool holds(Str page, const char *what) { return str_find(page, str_of(what)) >= 0; }

static void text_is_escaped(void **state) {
	(void)state;
	Arena a = arena_new(1 << 20);
	Html h = {.b = {.a = &a}};
	html_text(&h, S("<b title=\"x\">Tom & 'Jo'</b>"));
	is(buf_str(&h.b), "&lt;b title=&quot;x&quot;&gt;Tom &amp; &#39;Jo&#39;&lt;/b&gt;");
	arena_free(&a);
}

static void long_text_becomes_paragraphs(void **state) {
	(void)state;
	Arena a = arena_new(1 << 20);
	Html h = {.b = {.a = &a}};
	html_long(&h, S("\n one\ntwo <2>\n \n\nthree\n"));
	is(buf_str(&h.b), "<p>one<br>two &lt;2&gt;</p><p>three</p>");
	h.b = (Buf){.a = &a};
	html_long(&h, S(" \n "));
	is(buf_str(&h.b), "");
	arena_free(&a);
}

static void addresses_are_made_from_routes(void **state) {
	(void)state;
	Arena a = arena_new(1 << 20);
	Url u = url_of(&a, "/cases/:case/people/:person", 1, 33);
	is(u.s, "/cases/0000000000001/people/0000000000011");
	is(url_of(&a, "/today").s, "/today");
	Url with = url_with(&a, url_with(&a, u, "q", S("a&b c/é")), "p", S("2"));
	is(with.s, "/cases/0000000000001/people/0000000000011?q=a%26b%20c%2F%C3%A9&p=2");
	is(url_with(&a, (Url){S("/x?y=1#part")}, "z", S("2")).s, "/x?y=1&z=2#part");
	arena_free(&a);
}

static void sentences_are_filled(void **state) {
	(void)state;
	Arena a = arena_new(1 << 20);
	Cx cx = context(&a, LANG_EN);
	is(say(&cx, T_none), "");
	is(say(&cx, T_web_field_range, S("1"), S("{1}")), "Write a number between 1 and {1}.");
	is(text_say(&a, LANG_EN, T_web_field_range, (const Str[]){S("1")}, 1),
	   "Write a number between 1 and {2}.");
	is(text_in(LANG_HI, T_web_today), "आज");
	assert_true(lang_offered(LANG_EN) && lang_offered(LANG_HI));
	assert_false(lang_offered(LANG_AR) || lang_offered(-1) || lang_offered(LANG__N));
	is(text_in(LANG_AR, T_web_today), "Today"); // not translated: English
	arena_free(&a);
}

static void spans_are_said_as_people_say_them(void **state) {
	(void)state;
	static const struct {
		int64_t seconds;
		const char *en, *hi;
	} want[] = {
		{0, "less than a minute", "एक मिनट से कम"},
		{MIN, "1 minute", "1 मिनट"},
		{40 * MIN, "40 minutes", "40 मिनट"},
		{HOUR, "1 hour", "1 घंटा"},
		{3 * HOUR, "3 hours", "3 घंटे"},
		{5 * HOUR + 10 * MIN, "5 h 10 min", "5 घं॰ 10 मि॰"},
		{DAY, "1 day", "1 दिन"},
		{6 * DAY + HOUR, "6 days", "6 दिन"},
		{-5, "less than a minute", "एक मिनट से कम"},
	};
	Arena a = arena_new(1 << 20);
	Cx en = context(&a, LANG_EN), hi = context(&a, LANG_HI);
	for (ptrdiff_t i = 0; i < COUNT(want); i++) {
		is(say_span(&en, want[i].seconds), want[i].en);
		is(say_span(&hi, want[i].seconds), want[i].hi);
	}
	arena_free(&a);
}

static void what_is_left_is_said(void **state) {
	(void)state;
	Arena a = arena_new(1 << 20);
	Cx en = context(&a, LANG_EN), hi = context(&a, LANG_HI);
	is(say_left(&en, en.now + 5 * HOUR + 10 * MIN), "5 h 10 min left");
	is(say_left(&en, en.now - 40 * MIN), "late by 40 minutes");
	is(say_left(&en, en.now + 6 * DAY), "in 6 days");
	is(say_left(&en, en.now + DAY), "1 day left");
	is(say_left(&hi, hi.now - 40 * MIN), "40 मिनट की देरी");
	is(say_left(&hi, hi.now + 6 * DAY), "6 दिन में");
	arena_free(&a);
}

static void times_are_said_in_the_zone_of_the_hub(void **state) {
	(void)state;
	Arena a = arena_new(1 << 20);
	Cx en = context(&a, LANG_EN), hi = context(&a, LANG_HI);
	is(say_date(&en, en.now), "23 November 2026");
	is(say_date(&hi, hi.now), "23 नवंबर 2026");
	is(say_when(&en, en.now + 5 * MIN), "23 Nov, 14:05");
	is(say_when(&en, en.now - 365 * (int64_t)DAY), "23 Nov 2025, 14:00");
	is(say_when(&hi, hi.now), "23 नवं॰, 14:00 बजे");
	arena_free(&a);
}

static void static_files_have_lasting_addresses(void **state) {
	(void)state;
	Url u = static_url("style.css");
	const StaticFile *f = static_find(u.s);
	assert_non_null(f);
	is(f->type, "text/css; charset=utf-8");
	assert_true(f->bytes.n > 1000 && f->bytes.n < 16 * 1024);
	assert_true(str_starts(u.s, S("/static/style-")) && str_ends(u.s, S(".css")));
	assert_null(static_find(S("/static/style.css")));
}

// ---- the shared templates --------------------------------------------------------------------------

static const ChoiceView answers[] = {
	{.id = SLIT("f-who-a"), .value = SLIT("a"), .label = SLIT("An \"official\""), .chosen = true},
	{.id = SLIT("f-who-b"), .value = SLIT("b"), .label = SLIT("Somebody else")},
};
static const FieldView some_fields[] = {
	{.name = SLIT("place"),
	 .id = SLIT("f-place"),
	 .label = SLIT("Place"),
	 .value = SLIT("\"><script>"),
	 .hint = SLIT("Where"),
	 .error = SLIT("Fill this in."),
	 .is_text = true,
	 .max = 200},
	{.name = SLIT("who"),
	 .id = SLIT("f-who"),
	 .label = SLIT("Who"),
	 .required = true,
	 .is_one = true,
	 .choices = {answers, 2}},
	{.name = SLIT("words"),
	 .id = SLIT("f-words"),
	 .label = SLIT("Words"),
	 .value = SLIT("\nfirst"),
	 .is_long = true},
};
static const FormView some_form = {.action = {SLIT("/reports")},
				   .fields = {some_fields, 3},
				   .has_errors = true,
				   .token = SLIT("t0"),
				   .once = SLIT("o0")};

static void a_form_points_to_its_errors_and_escapes(void **state) {
	(void)state;
	Arena a = arena_new(1 << 20);
	Html h = {.b = {.a = &a}, .lang = LANG_EN};
	html_form_full(&h, &some_form);
	Str page = buf_str(&h.b);
	assert_true(holds(page, "<a href=\"#f-place\">Place: Fill this in.</a>"));
	assert_true(holds(page, "aria-describedby=\"f-place-error f-place-hint\""));
	assert_true(holds(page, "value=\"&quot;&gt;&lt;script&gt;\""));
	assert_true(holds(page,
			  "<label for=\"f-place\">Place <span class=\"optional\">(optional)</span></label>"));
	assert_true(holds(page, "value=\"a\" checked>"));
	assert_true(holds(page, "An &quot;official&quot;"));
	assert_true(holds(page, ">\n\nfirst</textarea>")); // the first line end is the browser's
	assert_true(holds(page, "name=\"_token\" value=\"t0\""));
	assert_false(holds(page, "_version"));
	assert_false(holds(page, "<script"));
	arena_free(&a);
}

static void page_and_json_show_the_same_fields(void **state) {
	(void)state;
	Arena a = arena_new(1 << 20);
	Json j = json_on(&a);
	const ErrorPage e = {.title = S("Not \"here\""), .sentence = S("s"), .href = {S("/")}};
	TEMPLATE_error_page.json(&j, &e);
	is(buf_str(&j.b), "{\"title\":\"Not \\\"here\\\"\",\"sentence\":\"s\",\"what_now\":\"\"}");
	j = json_on(&a);
	json_confirm(&j, &(const Confirm){.title = S("t")});
	is(buf_str(&j.b), "{\"title\":\"t\",\"sentence\":\"\",\"form\":null}");
	j = json_on(&a);
	json_pager(&j, &(const Pager){.older = {S("/c?p=2")}, .page = 1});
	is(buf_str(&j.b), "{\"newer\":\"\",\"older\":\"/c?p=2\",\"page\":1}");
	arena_free(&a);
}

static void what_is_absent_is_not_written(void **state) {
	(void)state;
	Arena a = arena_new(1 << 20);
	Html h = {.b = {.a = &a}};
	TEMPLATE_pager.html(&h, &(const Pager){0});
	is(buf_str(&h.b), "");
	html_error_page(&h, &(const ErrorPage){.title = S("t"), .sentence = S("s")});
	is(buf_str(&h.b), "<h1>t</h1><p>s</p>");
	arena_free(&a);
}

int main(void) {
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(text_is_escaped),
		cmocka_unit_test(long_text_becomes_paragraphs),
		cmocka_unit_test(addresses_are_made_from_routes),
		cmocka_unit_test(sentences_are_filled),
		cmocka_unit_test(spans_are_said_as_people_say_them),
		cmocka_unit_test(what_is_left_is_said),
		cmocka_unit_test(times_are_said_in_the_zone_of_the_hub),
		cmocka_unit_test(static_files_have_lasting_addresses),
		cmocka_unit_test(a_form_points_to_its_errors_and_escapes),
		cmocka_unit_test(page_and_json_show_the_same_fields),
		cmocka_unit_test(what_is_absent_is_not_written),
	};
	return cmocka_run_group_tests_name("pages", tests, NULL, NULL);
}
