#include "base/csv.h"
#include "base/id.h"
#include "base/json.h"
#include "base/lang.h"
#include "base/utf8.h"
#include "base/when.h"
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static Arena arena;
static int setup(void **s) {
	(void)s;
	arena = arena_new((ptrdiff_t)32 << 20);
	return 0;
}
static int teardown(void **s) {
	(void)s;
	arena_free(&arena);
	return 0;
}
#define is(str, lit) assert_true(str_eq((str), S(lit)))

static void strings_are_slices(void **s) {
	(void)s;
	int64_t v = 7;
	assert_true(str_to_int(S("-9223372036854775808"), &v) && v == INT64_MIN);
	assert_false(str_to_int(S("9223372036854775808"), &v));
	assert_false(str_to_int(S(""), &v) || str_to_int(S("-"), &v) || str_to_int(S("1x"), &v));
	assert_int_equal(v, INT64_MIN);
	is(str_trim(S(" \t a b\r\n")), "a b");
	assert_int_equal(str_find(S("abcabd"), S("abd")), 3);
	Str rest = S("a,,b"), part;
	assert_true(str_cut(&rest, ',', &part) && part.n == 1);
	assert_true(str_cut(&rest, ',', &part) && part.n == 0);
	assert_true(str_cut(&rest, ',', &part) && part.p[0] == 'b');
	assert_false(str_cut(&rest, ',', &part));
	is(str_fmt(&arena, "%d-%s", 7, "x"), "7-x");
	is(str_hex(&arena, "\x00\x0f\xa9\xff", 4), "000fa9ff");
}

static void an_arena_gives_zeroed_memory_and_forgets(void **s) {
	(void)s;
	arena_reset(&arena);
	char *p = NEW(&arena, char, 5 << 20);
	memset(p, 'x', 5 << 20);
	arena_reset(&arena);
	char *q = NEW(&arena, char, 5 << 20);
	assert_ptr_equal(p, q);
	for (int i = 0; i < 5 << 20; i += 997) assert_int_equal(q[i], 0);
}

static void an_id_is_thirteen_signs_and_forgives_look_alikes(void **s) {
	(void)s;
	int64_t a = id_new(), b = id_new(), got = 0;
	assert_true(a > 0 && b > 0 && a != b);
	Str t = id_text(&arena, a);
	assert_int_equal(t.n, ID_SIGNS);
	assert_true(id_parse(t, &got) && got == a);
	assert_true(id_parse(S("OOOOOOOOOOOIL"), &got) && got == 33);
	assert_false(id_parse(S("0000000000000"), &got));
	assert_false(id_parse(S("8000000000000"), &got));
	assert_false(id_parse(S("000000000000U"), &got) || id_parse(S("1"), &got));
}

static void dates_agree_with_the_calendar_over_eight_centuries(void **s) {
	(void)s;
	int64_t day = days_from_civil(1600, 1, 1);
	assert_int_equal(days_from_civil(1970, 1, 1), 0);
	for (int y = 1600; y < 2400; y++)
		for (int m = 1; m <= 12; m++)
			for (int d = 1; date_valid(y, m, d); d++, day++) {
				int yy, mm, dd;
				civil_from_days(day, &yy, &mm, &dd);
				assert_true(days_from_civil(y, m, d) == day && yy == y && mm == m && dd == d);
			}
	assert_int_equal(weekday_of(days_from_civil(2026, 11, 23)), 1);
}

static void wall_times_of_zones_are_right(void **s) {
	(void)s;
	Zone *india = zone_load(&arena, S("Asia/Kolkata")), *berlin = zone_load(&arena, S("Europe/Berlin"));
	assert_non_null(india);
	assert_non_null(berlin);
	assert_null(zone_load(&arena, S("Nowhere/At_all")));
	int64_t t;
	assert_true(when_parse(india, S("2026-11-23T14:05"), &t));
	is(when_rfc3339(&arena, t), "2026-11-23T08:35:00Z");
	assert_true(when_parse(berlin, S("2026-03-29T02:30"), &t)); // does not exist: moves forward
	is(when_rfc3339(&arena, t), "2026-03-29T01:30:00Z");
	assert_true(when_parse(berlin, S("2026-10-25T02:30"), &t)); // twice: the first
	is(when_rfc3339(&arena, t), "2026-10-25T00:30:00Z");
	assert_true(when_parse(india, S("2026-11-23T10:00:00+05:30"), &t));
	is(when_rfc3339(&arena, t), "2026-11-23T04:30:00Z");
	assert_false(when_parse(india, S("2026-02-29"), &t) || when_parse(india, S("2026-11-23T25:00"), &t));
}

static int64_t at(const Zone *z, const char *text) {
	int64_t t = 0;
	assert_true(when_parse(z, str_of(text), &t));
	return t;
}

static void clocks_run_in_hours_days_months_and_working_days(void **s) {
	(void)s;
	Zone *z = zone_load(&arena, S("Asia/Kolkata"));
	int64_t holiday[] = {days_from_civil(2026, 1, 26)};
	Calendar c = {.days_off = 1, .holiday = holiday, .nholiday = 1};
	static const struct {
		const char *span, *from, *to;
	} row[] = {
		{"PT24H", "2026-11-23T14:05", "2026-11-24T14:05"},
		{"P15D", "2026-11-23T14:05", "2026-12-08T14:05"},
		{"P1M", "2026-01-31T09:00", "2026-02-28T09:00"},
		{"P2M", "2026-12-31T09:00", "2027-02-28T09:00"},
		{"P1Y", "2024-02-29T09:00", "2025-02-28T09:00"},
		{"P5WD", "2026-01-23T10:00", "2026-01-30T10:00"},
		{"P1DT12H", "2026-11-23T00:00", "2026-11-24T12:00"},
		{"P2W", "2026-11-23T00:00", "2026-12-07T00:00"},
		{"PT0H", "2026-11-23T00:00", "2026-11-23T00:00"},
	};
	for (ptrdiff_t i = 0; i < COUNT(row); i++) {
		Duration d;
		assert_true(duration_parse(str_of(row[i].span), &d));
		assert_int_equal(duration_after(z, &c, at(z, row[i].from), &d), at(z, row[i].to));
	}
	Duration d;
	static const char *const bad[] = {"",	"P",	   "PT",    "24H", "PT24",
					  "P5", "PT24M3H", "P1D1D", "PTH", "P-1D"};
	for (ptrdiff_t i = 0; i < COUNT(bad); i++) assert_false(duration_parse(str_of(bad[i]), &d));
}

static void text_from_outside_is_cleaned_or_refused(void **s) {
	(void)s;
	Str out;
	static const char *const bad[] = {"\xC0\x80", "\xED\xA0\x80", "\xF4\x90\x80\x80",
					  "\xE2\x82", "\x80",	      "\xFF"};
	for (ptrdiff_t i = 0; i < COUNT(bad); i++) assert_false(utf8_clean(&arena, str_of(bad[i]), &out));
	assert_true(utf8_clean(&arena, S("a\r\nb\x01\x7f\tc\rd"), &out));
	is(out, "a\nb\tc\nd");
	assert_true(utf8_clean(&arena, S("e\xCC\x81"), &out));
	is(out, "\xC3\xA9");
	assert_true(utf8_clean(&arena, S("\xE0\xA4\x9C\xE0\xA4\xBC"), &out)); // nukta stays apart in NFC
	assert_int_equal(utf8_length(out), 2);
}

static void csv_reads_what_spreadsheets_write(void **s) {
	(void)s;
	Csv c = csv_on(S("\xEF\xBB\xBF"
			 "a,\"b \"\"q\"\"\nsecond\",\r\n\r\n1,,3"));
	CsvRow r;
	assert_true(csv_next(&c, &arena, &r) && r.n == 3 && r.line == 1);
	is(r.cell[1], "b \"q\"\nsecond");
	assert_true(csv_next(&c, &arena, &r) && r.n == 3 && r.line == 4);
	assert_false(csv_next(&c, &arena, &r) || c.broken);
	c = csv_on(S("a\n\"never closed"));
	assert_true(csv_next(&c, &arena, &r));
	assert_false(csv_next(&c, &arena, &r));
	assert_true(c.broken && r.line == 2);
	Buf b = {.a = &arena};
	csv_put(&b, S("=1+1"), true, true);
	csv_put(&b, S("x\"y"), false, true);
	csv_put(&b, S("-5"), false, false);
	is(buf_str(&b), "\"'=1+1\",\"x\"\"y\",-5");
}

static void json_is_escaped(void **s) {
	(void)s;
	Json j = json_on(&arena);
	json_open(&j, '{');
	json_key(&j, S("a"));
	json_str(&j, S("\"\\\n\x01</\xFFé"));
	json_key(&j, S("b"));
	json_open(&j, '[');
	json_int(&j, -1);
	json_bool(&j, true);
	json_nil(&j);
	json_close(&j, ']');
	json_close(&j, '}');
	is(buf_str(&j.b), "{\"a\":\"\\\"\\\\\\n\\u0001\\u003c/\xEF\xBF\xBDé\",\"b\":[-1,true,null]}");
}

static void languages_are_known_by_code(void **s) {
	(void)s;
	Lang l = LANG_EN;
	assert_true(lang_from_code(S("hi-IN"), &l) && l == LANG_HI);
	assert_false(lang_from_code(S("xx"), &l));
	assert_int_equal(lang_plural(LANG_HI, 0), 0);
	assert_int_equal(lang_plural(LANG_EN, 0), 1);
}

int main(void) {
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(strings_are_slices),
		cmocka_unit_test(an_arena_gives_zeroed_memory_and_forgets),
		cmocka_unit_test(an_id_is_thirteen_signs_and_forgives_look_alikes),
		cmocka_unit_test(dates_agree_with_the_calendar_over_eight_centuries),
		cmocka_unit_test(wall_times_of_zones_are_right),
		cmocka_unit_test(clocks_run_in_hours_days_months_and_working_days),
		cmocka_unit_test(text_from_outside_is_cleaned_or_refused),
		cmocka_unit_test(csv_reads_what_spreadsheets_write),
		cmocka_unit_test(json_is_escaped),
		cmocka_unit_test(languages_are_known_by_code),
	};
	return cmocka_run_group_tests(tests, setup, teardown);
}
