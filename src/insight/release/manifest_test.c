#include "release/manifest.h"
#include "vault/vault.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static Arena arena;
static Why why;

static Manifest good(uint8_t secret[SECRET_BYTES]) {
	Manifest m = {.what = S("invented rows"),
		      .version = S("0"),
		      .time = 1795408200,
		      .unit = S("one person, one row"),
		      .rows_each = 1,
		      .entry = 1,
		      .epsilon = 1,
		      .delta = 1e-9};
	signing_pair(secret, m.key);
	m.rho = m.spent = account_rho(1, 1e-9);
	m.cap = account_rho(4, 1e-9);
	m.file[0] = (ManifestFile){.name = S("rows.csv"), .size = 12};
	m.nfile = 1;
	return m;
}

static void what_was_written_is_read(void **s) {
	uint8_t secret[SECRET_BYTES];
	Manifest m = good(secret), back;
	(void)s;
	Str text = manifest_write(&arena, &m, secret);
	assert_int_equal(manifest_read(&arena, &why, text, &back), OK);
	assert_int_equal(back.rho, m.rho);
	assert_int_equal(back.nfile, 1);
	assert_int_equal(back.rows_each, 1);
	assert_true(str_eq(back.unit, m.unit));
	assert_true(str_eq(back.file[0].name, S("rows.csv")));
	assert_memory_equal(back.key, m.key, 32);
}

static void every_altered_byte_is_seen(void **s) {
	uint8_t secret[SECRET_BYTES];
	Manifest m = good(secret), back;
	(void)s;
	Str text = manifest_write(&arena, &m, secret);
	for (ptrdiff_t i = 0; i < text.n; i++) {
		Arena scratch = arena;
		Str other = str_dup(&scratch, text);
		((char *)(uintptr_t)other.p)[i] ^= 1;
		assert_int_equal(manifest_read(&scratch, &why, other, &back), ERR_INVALID);
		assert_int_equal(manifest_read(&scratch, &why, str_slice(text, 0, i), &back), ERR_INVALID);
	}
}

// Signed all the same: whoever holds the key cannot say of a cost what it is not.
static void figures_that_do_not_agree_are_refused(void **s) {
	uint8_t secret[SECRET_BYTES];
	Manifest m = good(secret), back, bad;
	(void)s;
	bad = m;
	bad.spent = bad.rho - 1;
	assert_int_equal(manifest_read(&arena, &why, manifest_write(&arena, &bad, secret), &back),
			 ERR_INVALID);
	bad = m;
	bad.cap = bad.rho - 1;
	assert_int_equal(manifest_read(&arena, &why, manifest_write(&arena, &bad, secret), &back),
			 ERR_INVALID);
	bad = m;
	bad.epsilon = .5;
	assert_int_equal(manifest_read(&arena, &why, manifest_write(&arena, &bad, secret), &back),
			 ERR_INVALID);
	bad = m;
	bad.file[0].name = S("../rows.csv");
	assert_int_equal(manifest_read(&arena, &why, manifest_write(&arena, &bad, secret), &back),
			 ERR_INVALID);
	bad = m;
	bad.key[0] ^= 1;
	assert_int_equal(manifest_read(&arena, &why, manifest_write(&arena, &bad, secret), &back),
			 ERR_INVALID);
}

// More was spent than zCDP allows for its epsilon: good by the tight composition, and by no other word.
static void a_tight_cost_is_good_under_its_own_name_alone(void **s) {
	uint8_t secret[SECRET_BYTES];
	Manifest m = good(secret), back;
	(void)s;
	m.rho = m.spent = account_rho_by(COMPOSITION_TIGHT, 1, 1e-9);
	assert_int_equal(manifest_read(&arena, &why, manifest_write(&arena, &m, secret), &back), ERR_INVALID);
	m.composition = COMPOSITION_TIGHT;
	Str text = manifest_write(&arena, &m, secret);
	assert_int_equal(manifest_read(&arena, &why, text, &back), OK);
	assert_int_equal(back.composition, COMPOSITION_TIGHT);
	m.rho = m.spent += RHO_ONE / 1000;
	assert_int_equal(manifest_read(&arena, &why, manifest_write(&arena, &m, secret), &back), ERR_INVALID);
}

static int begin(void **s) {
	(void)s;
	arena = arena_new((ptrdiff_t)256 << 20);
	return 0;
}
static int end(void **s) {
	(void)s;
	arena_free(&arena);
	return 0;
}

int main(void) {
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(what_was_written_is_read, begin, end),
		cmocka_unit_test_setup_teardown(every_altered_byte_is_seen, begin, end),
		cmocka_unit_test_setup_teardown(a_tight_cost_is_good_under_its_own_name_alone, begin, end),
		cmocka_unit_test_setup_teardown(figures_that_do_not_agree_are_refused, begin, end),
	};
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
