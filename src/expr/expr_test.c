#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>
#undef fail // cmocka's; base.h has its own

#include "base/when.h"
#include "expr/expr.h"
#include "expr/expr_regex.h"

static Arena arena;
static Cx cx;

static int setup(void **state) {
	(void)state;
	arena = arena_new(16 << 20);
	cx = (Cx){.arena = &arena};
	cx.zone = zone_load(&arena, S("Asia/Kolkata"));
	ASSERT(when_parse(cx.zone, S("2026-11-23T20:00:00Z"), &cx.now)); // 01:30 of the 24th in Kolkata
	return 0;
}
static int teardown(void **state) {
	(void)state;
	arena_free(&arena);
	return 0;
}

#define WRONG(...) (print_error(__VA_ARGS__), print_error("\n"), assert_true(!"see the line above"))

static bool get(void *with, Str name, Str *value) {
	static const struct {
		Str name, value;
	} field[] = {
		{SLIT("age"), SLIT("17")},
		{SLIT("empty"), SLIT("")},
		{SLIT("many"), SLIT("beds locks cash")},
		{SLIT("born"), SLIT("2010-02-28")},
		{SLIT("met"), SLIT("2026-11-23T20:00:00Z")},
		{SLIT("no"), SLIT("false")},
		{SLIT("name"), SLIT("सुनीता")},
	};
	(void)with;
	for (ptrdiff_t i = 0; i < COUNT(field); i++) {
		if (!str_eq(field[i].name, name)) continue;
		*value = field[i].value;
		return true;
	}
	return false;
}
static const ExprScope scope = {.get = get, .self = SLIT("98765"), .once = SLIT("")};

static void gives(const char *source, const char *want) {
	ExprError error;
	const Expr *e = expr_compile(&arena, str_of(source), true, &error);
	if (!e) WRONG("%s: column %d: %s", source, error.column, error.say);
	Str got = expr_text(&cx, e, &scope);
	if (!str_eq(got, str_of(want))) WRONG("%s gives %.*s, not %s", source, (int)got.n, got.p, want);
}
static void refused(const char *source, int column, const char *part) {
	ExprError error;
	const Expr *e = expr_compile(&arena, str_of(source), false, &error);
	if (e) WRONG("%s should be refused", source);
	if (error.column != column)
		WRONG("%s: column %d, not %d (%s)", source, error.column, column, error.say);
	if (str_find(str_of(error.say), str_of(part)) < 0)
		WRONG("%s: \"%s\" does not say \"%s\"", source, error.say, part);
}

static void arithmetic_follows_precedence(void **state) {
	(void)state;
	gives("1 + 2 * 3", "7");
	gives("(1 + 2) * 3", "9");
	gives("10 - 3 - 2", "5");
	gives("7 div 2", "3.5");
	gives("7 mod 3", "1");
	gives("-7 mod 3", "-1");
	gives("- - 3", "3");
	gives("2 * -3", "-6");
	gives("1 div 3", "0.333333333333333");
	gives("1 div 0", "Infinity");
	gives("-1 div 0", "-Infinity");
	gives("0 div 0", "NaN");
	gives("'abc' + 1", "NaN");
	gives("1 div 1000000000", "0.000000001");
	gives("1000000 * 1000000 * 1000000", "1000000000000000000");
	gives(".5 + 0.25", "0.75");
}
static void logic_follows_precedence(void **state) {
	(void)state;
	gives("true() or true() and false()", "true");
	gives("(true() or true()) and false()", "false");
	gives("1 < 2 and 2 <= 2 and 3 > 2 and 3 >= 3", "true");
	gives("1 + 1 = 2", "true");
	gives("1 != 1", "false");
	gives("not(1 = 2)", "true");
	gives("not('')", "true");
	gives("not('x')", "false");
	gives("'' or 0", "false");
	gives("1 = 1 = true()", "true");
}
static void texts_numbers_and_booleans_convert(void **state) {
	(void)state;
	gives("'10' = 10", "true");
	gives("'10' = '10.0'", "false");
	gives("'10' < '9'", "false");
	gives("'a' < 'b'", "false"); // no numbers: NaN compares false
	gives("${no} = false()", "true");
	gives("${no} = true()", "false");
	gives("'x' = true()", "true");
	gives("string-length(12)", "2");
	gives("concat(1 = 1, 2.50, 'x')", "true2.5x");
}
static void an_empty_field_equals_only_the_empty_text(void **state) {
	(void)state;
	gives("${empty} = ''", "true");
	gives("${empty} = 0", "false");
	gives("${empty} = false()", "false");
	gives("${empty} != 'x'", "true");
	gives("${empty} < 5", "false");
	gives("${empty} >= 0", "false");
	gives("${never_heard_of} = ''", "true");
}
static void functions_work(void **state) {
	(void)state;
	gives("selected(${many}, 'locks')", "true");
	gives("selected(${many}, 'lock')", "false");
	gives("selected(${many}, '')", "false");
	gives("count-selected(${many})", "3");
	gives("count-selected(${empty})", "0");
	gives("if(${age} < 18, 'child', 'adult')", "child");
	gives("if('', 'child', 'adult')", "adult");
	gives("coalesce(${empty}, 'unknown')", "unknown");
	gives("coalesce(${age}, 'unknown')", "17");
	gives("string-length(${name})", "6");
	gives("concat('a', \"b\", ${age})", "ab17");
	gives("int(3.9)", "3");
	gives("int(-3.9)", "-3");
	gives("int('x')", "NaN");
	gives("number('12.5')", "12.5");
	gives("number('1e3')", "NaN");
	gives("number(' 4 ')", "4");
	gives("once(1 + 1)", "2");
	gives("true()", "true");
	gives("false()", "false");
	gives(".", "98765");
	gives("string-length(.) = 5", "true");
}
static void once_keeps_what_is_there(void **state) {
	(void)state;
	ExprError error;
	const Expr *e = expr_compile(&arena, S("once(now())"), false, &error);
	ExprScope kept = {.once = SLIT("first")};
	assert_true(str_eq(expr_text(&cx, e, &kept), S("first")));
}
static void dates_are_days_on_the_wall(void **state) {
	(void)state;
	gives("today()", "2026-11-24");
	gives("now()", "2026-11-23T20:00:00Z");
	gives("${born} < today()", "true");
	gives("today() >= '2026-11-24'", "true");
	gives("today() = '2026-11-24'", "true");
	gives("${met} > today()", "true");
	gives("date(${met})", "2026-11-24");
	gives("date('2026-11-24') - 1 = '2026-11-23'", "true");
	gives("date(today() - 1)", "2026-11-23");
	gives("int((today() - ${born}) div 365.25)", "16");
	gives("date('2026-02-30')", "");
	gives("date('nonsense')", "");
	gives("date(1000000000000)", "");
}
static void regular_expressions_match_the_whole_text(void **state) {
	(void)state;
	gives("regex('9876543210', '[6-9][0-9]{9}')", "true");
	gives("regex('98765432101', '[6-9][0-9]{9}')", "false");
	gives("regex('x9876543210', '[6-9][0-9]{9}')", "false");
	gives("regex(., '^\\d+$')", "true");
	gives("regex('', 'a*')", "true");
	gives("regex('abab', '(ab)+')", "true");
	gives("regex('cat', 'dog|cat|cow')", "true");
	gives("regex('a.b', 'a\\.b')", "true");
	gives("regex('axb', 'a\\.b')", "false");
	gives("regex('a-b', '[a\\-b]+')", "true");
	gives("regex('x]', '[]x]+')", "true");
	gives("regex(']', '[^]]')", "false");
	gives("regex('AB12', '[[:alpha:]]{2}[[:digit:]]{2}')", "true");
	gives("regex(${name}, '.{6}')", "true");
	gives("regex(${name}, '\\w+')", "true");
	gives("regex('a b', '\\w+\\s\\w+')", "true");
	gives("regex('aaaa', 'a{2,3}')", "false");
	gives("regex('aaaa', 'a{2,}')", "true");
	gives("regex('a', concat('[', 'a'))",
	      "false"); // a pattern that is put together is wrong only when it is run
	gives("regex('aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab', '(a*)*(a*)*(a|a)*c')", "false");
}
static void bad_patterns_are_refused(void **state) {
	(void)state;
	refused("regex('x', '(a{1,255}){1,255}')", 12, "more than 64");
	refused("regex('x', '(a{1,64}){1,64}')", 12, "inside another");
	refused("regex('x', '(abcdefghijklmnopqrstuvwxyz){64}')", 12, "too large");
	refused("regex('x', '(ab')", 12, "( has no )");
	refused("regex('x', 'ab)')", 12, ") has no (");
	refused("regex('x', '[ab')", 12, "[ has no ]");
	refused("regex('x', '[ab\\')", 12, "[ has no ]");
	refused("regex('x', '*a')", 12, "nothing before it");
	refused("regex('x', 'a{x}')", 12, "{3}");
	refused("regex('x', 'a{5,2}')", 12, "backwards");
	refused("regex('x', '[z-a]')", 12, "backwards");
	refused("regex('x', '[[:nothing:]]')", 12, "class");
	refused("regex('x', '(?=a)')", 12, "(?");
	refused("regex('x', 'a\\')", 12, "backslash");
	refused("regex('x', '\\1')", 12, "backslash");
}
static void errors_name_the_column_in_characters(void **state) {
	(void)state;
	refused("", 1, "empty");
	refused("1 +", 4, "ends where a value");
	refused("1 + * 2", 5, "before *");
	refused("'abc", 1, "closing quote");
	refused("${a", 1, "${name}");
	refused("${ a}", 1, "${name}");
	refused("${9a}", 1, "begin with a letter");
	refused("$a = 1", 1, "${name}");
	refused("'दो' = = 1", 8, "before =");
	refused("1 == 1", 4, "before =");
	refused("1 2", 3, "expected an operator");
	refused("(1", 3, "close the parenthesis");
	refused("foo(1)", 1, "no function foo");
	refused("yes = 1", 1, "'yes'");
	refused("not(1, 2)", 1, "takes 1 value, not 2");
	refused("today(1)", 1, "takes 0 values");
	refused("concat()", 1, "from 1 to 100");
	refused(". > 1", 1, "constraint");
	refused("1 / 2", 3, "div");
	refused("1 && 2", 3, "and");
	refused("${a} = \xE2\x80\x98x\xE2\x80\x99", 8, "curly");
	refused("12ab", 1, "letter");
	refused("and 1", 1, "before and");
	refused("\xff", 1, "UTF-8");
	refused("not 1", 1, "stands alone");
	refused("1 # 2", 3, "#");
}
static void size_and_depth_are_bounded(void **state) {
	(void)state;
	Buf deep = {.a = &arena}, wide = {.a = &arena}, minus = {.a = &arena}, heavy = {.a = &arena},
	    lengthy = {.a = &arena};
	for (int i = 0; i < 80; i++) buf_char(&deep, '(');
	for (int i = 0; i < 80; i++) buf_char(&minus, '-');
	for (int i = 0; i < 400; i++) buf_put(&wide, S("1 or "));
	for (int i = 0; i < 1999; i++) buf_put(&heavy, S("1+"));
	for (int i = 0; i < 4001; i++) buf_char(&lengthy, ' ');
	buf_char(&wide, '1');
	buf_char(&heavy, '1');
	gives(str_z(&arena, buf_str(&wide)), "true");
	refused(str_z(&arena, buf_str(&deep)), 65, "64 deep");
	refused(str_z(&arena, buf_str(&minus)), 65, "64 deep");
	refused(str_z(&arena, buf_str(&lengthy)), 1, "4,000");
	refused(str_z(&arena, buf_str(&heavy)), 3999, "2,000");
}
static void each_name(void *with, Str name, int column) {
	buf_fmt(with, "%.*s@%d ", (int)name.n, name.p, column);
}
static void names_are_told_with_their_columns(void **state) {
	(void)state;
	ExprError error;
	const Expr *e =
		expr_compile(&arena, S("'हाँ' = ${one} or if(${two} > 1, ${one}, -${three})"), false, &error);
	assert_non_null(e);
	Buf b = {.a = &arena};
	expr_names(e, each_name, &b);
	assert_true(str_eq(buf_str(&b), S("one@9 two@22 one@34 three@43 ")));
}
static void truth_leaves_no_memory_behind(void **state) {
	(void)state;
	ExprError error;
	const Expr *e =
		expr_compile(&arena, S("string-length(concat(${many}, ${many})) > 10"), false, &error);
	char *before = arena.at;
	assert_true(expr_true(&cx, e, &scope));
	assert_ptr_equal(before, arena.at);
}

int main(void) {
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(arithmetic_follows_precedence),
		cmocka_unit_test(logic_follows_precedence),
		cmocka_unit_test(texts_numbers_and_booleans_convert),
		cmocka_unit_test(an_empty_field_equals_only_the_empty_text),
		cmocka_unit_test(functions_work),
		cmocka_unit_test(once_keeps_what_is_there),
		cmocka_unit_test(dates_are_days_on_the_wall),
		cmocka_unit_test(regular_expressions_match_the_whole_text),
		cmocka_unit_test(bad_patterns_are_refused),
		cmocka_unit_test(errors_name_the_column_in_characters),
		cmocka_unit_test(size_and_depth_are_bounded),
		cmocka_unit_test(names_are_told_with_their_columns),
		cmocka_unit_test(truth_leaves_no_memory_behind),
	};
	return cmocka_run_group_tests(tests, setup, teardown);
}
