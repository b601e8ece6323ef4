#include "release/audit.h"
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

static void upper_bounds_are_those_of_the_tables(void **s) {
	(void)s;
	// Clopper and Pearson: nothing of 10 at 97.5 %: 1 - .025^(1/10); 5 of 10: .8129; 50 of 100: .6017.
	assert_true(fabs(audit_upper(0, 10, .025) - (1 - pow(.025, .1))) < 1e-9);
	assert_true(fabs(audit_upper(5, 10, .025) - .8129) < 1e-4);
	assert_true(fabs(audit_upper(50, 100, .025) - .6017) < 1e-4);
	assert_true(audit_upper(10, 10, .025) == 1);
}

static void keeps_its_promise(Method method) {
	Arena arena = arena_new((ptrdiff_t)64 << 20);
	char ledger[] = "/tmp/audit-XXXXXX";
	Why why = {0};
	Audit a;
	int fd = mkstemp(ledger);
	assert_true(fd >= 0);
	assert_int_equal(close(fd), 0);
	AuditAsk ask = {.runs = 2000, .confidence = .999, .ledger = str_of(ledger), .method = method};
	assert_int_equal(audit(&arena, &why, &ask, &a), OK);
	for (int i = 0; i < AUDIT_BUGS; i++)
		if (!a.bug[i].by) fail_msg("not caught: %s", a.bug[i].name);
	for (int i = 0; i < AUDIT_PAIRS; i++)
		if (a.pair[i].violated || a.pair[i].found < .65 * a.pair[i].mu)
			fail_msg("%s: %g of %g", a.pair[i].name, a.pair[i].found, a.pair[i].mu);
	if (a.looks) fail_msg("%s", a.looks);
	assert_int_equal(unlink(ledger), 0);
	arena_free(&arena);
}
static void every_method_keeps_its_promise_and_every_bug_is_caught(void **s) {
	(void)s;
	for (int m = 0; m < METHOD__N; m++) keeps_its_promise((Method)m);
}

int main(void) {
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(upper_bounds_are_those_of_the_tables),
		cmocka_unit_test(every_method_keeps_its_promise_and_every_bug_is_caught),
	};
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
