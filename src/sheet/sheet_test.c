#include "sheet/sheet.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

static Arena arena;
static Why why;
static char path[] = "/tmp/sheet-XXXXXX";

static int setup(void **state) {
	(void)state;
	arena = arena_new((ptrdiff_t)64 << 20);
	int fd = mkstemp(path);
	return fd < 0 || close(fd) != 0;
}
static int teardown(void **state) {
	(void)state;
	arena_free(&arena);
	return unlink(path);
}

// What the workbook holds is looked at from outside, in tests/run_release.
static void a_page_becomes_a_workbook(void **state) {
	(void)state;
	const SheetPage page[] = {{S("rows"), S("a,b\n1,=1+1\n\"x, y\",007\n")},
				  {S("about"), S("what\nthis\n")}};
	char start[4] = {0};
	assert_int_equal(sheet_write(&arena, &why, str_of(path), page, 2, 1795408200), OK);
	FILE *f = fopen(path, "rbe");
	assert_non_null(f);
	assert_int_equal(fread(start, 1, 2, f), 2);
	assert_int_equal(fclose(f), 0);
	assert_string_equal(start, "PK");
}

static void what_no_workbook_can_hold_is_refused(void **state) {
	(void)state;
	const SheetPage open[] = {{S("rows"), S("a\n\"x\n")}}, none[] = {{S("rows"), S("")}};
	const SheetPage badly_named[] = {{S("a/b"), S("a\n1\n")}};
	char *big = NEW(&arena, char, 32769);
	memset(big, 'x', 32768);
	const SheetPage large[] = {{S("rows"), str_fmt(&arena, "a\n%s\n", big)}};
	assert_int_equal(sheet_write(&arena, &why, str_of(path), open, 1, 0), ERR_INVALID);
	assert_int_equal(sheet_write(&arena, &why, str_of(path), none, 1, 0), ERR_INVALID);
	assert_int_equal(sheet_write(&arena, &why, str_of(path), badly_named, 1, 0), ERR_INVALID);
	assert_int_equal(sheet_write(&arena, &why, str_of(path), large, 1, 0), ERR_INVALID);
	const SheetPage good[] = {{S("rows"), S("a\n1\n")}};
	assert_int_not_equal(sheet_write(&arena, &why, S("/nowhere/at/all.xlsx"), good, 1, 0), OK);
}

int main(void) {
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_page_becomes_a_workbook),
		cmocka_unit_test(what_no_workbook_can_hold_is_refused),
	};
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, setup, teardown);
}
