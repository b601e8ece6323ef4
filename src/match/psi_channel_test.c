#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>
#undef fail // cmocka's; base.h has its own

#include "match/psi_channel.h"
#include "vault/vault.h"

static Arena arena;
static Why why;
static PsiChannel asker, holder;
static const PsiAgreed agreed = {.purpose = SLIT("missing-person"),
				 .session = SLIT("test-1"),
				 .asker = SLIT("Invented Agency One"),
				 .holder = SLIT("Invented Agency Two"),
				 .until = 1800000000,
				 .fields = 1u << KIND_GIVEN | 1u << KIND_BIRTH_DATE,
				 .collisions = 4,
				 .most = 1000};

static int setup(void **state) {
	(void)state;
	arena = arena_new(16 << 20);
	signing_pair(asker.secret, holder.partner);
	signing_pair(holder.secret, asker.partner);
	return 0;
}
static int teardown(void **state) {
	(void)state;
	arena_free(&arena);
	return 0;
}
static void begin(const PsiAgreed *of_holder) {
	psi_channel_begin(&arena, &agreed, true, &asker);
	psi_channel_begin(&arena, of_holder, false, &holder);
}
static Str wrapped(PsiChannel *c, Str payload) {
	Buf b = {.a = &arena};
	psi_channel_wrap(c, &arena, payload, &b);
	return buf_str(&b);
}

static void messages_open_once_and_in_their_order(void **s) {
	(void)s;
	Str got;
	begin(&agreed);
	Str one = wrapped(&asker, S("first"));
	assert_int_equal(psi_channel_open(&holder, &why, &arena, one, &got), OK);
	assert_true(str_eq(got, S("first")));
	assert_int_equal(psi_channel_open(&holder, &why, &arena, one, &got), ERR_INVALID); // again
	Str two = wrapped(&holder, S("")), three;
	assert_int_equal(psi_channel_open(&asker, &why, &arena, two, &got), OK);
	assert_int_equal(got.n, 0);
	three = wrapped(&asker, S("third"));
	assert_int_equal(psi_channel_open(&holder, &why, &arena, three, &got), OK);
	// The second message of an older session does not fit a new one.
	begin(&agreed);
	(void)wrapped(&asker, S("first"));
	assert_int_equal(psi_channel_open(&asker, &why, &arena, two, &got), ERR_INVALID);
}

static void every_altered_byte_and_every_cut_is_refused(void **s) {
	(void)s;
	Str got;
	begin(&agreed);
	Str one = wrapped(&asker, S("what is asked"));
	char *bad = NEW(&arena, char, one.n);
	for (ptrdiff_t i = 0; i < one.n; i++) {
		memcpy(bad, one.p, (size_t)one.n);
		bad[i] = (char)(bad[i] ^ 1);
		assert_int_equal(psi_channel_open(&holder, &why, &arena, (Str){bad, one.n}, &got),
				 ERR_INVALID);
		assert_int_equal(psi_channel_open(&holder, &why, &arena, str_slice(one, 0, i), &got),
				 ERR_INVALID);
	}
	assert_int_equal(psi_channel_open(&holder, &why, &arena, one, &got), OK); // none of them counted
}

static void whoever_states_otherwise_is_told_what(void **s) {
	(void)s;
	const struct {
		PsiAgreed other;
		const char *says;
	} row[] = {
		{agreed, "the purpose"},     {agreed, "the session"},  {agreed, "the end"},
		{agreed, "fields compared"}, {agreed, "--collisions"}, {agreed, "--most"},
	};
	for (int i = 0; i < COUNT(row); i++) {
		PsiAgreed other = row[i].other;
		Str got;
		if (i == 0) other.purpose = S("curiosity");
		if (i == 1) other.session = S("test-2");
		if (i == 2) other.until++;
		if (i == 3) other.fields = 1u << KIND_GIVEN;
		if (i == 4) other.collisions = 1;
		if (i == 5) other.most = 2000;
		begin(&other);
		Str one = wrapped(&asker, S("first"));
		assert_int_equal(psi_channel_open(&holder, &why, &arena, one, &got), ERR_INVALID);
		assert_non_null(strstr(why.msg, row[i].says));
		assert_int_equal(str_find(one, agreed.purpose), -1); // nor does it stand there in clear
		assert_int_equal(str_find(one, agreed.asker), -1);
	}
}

static void another_key_than_the_partners_is_refused(void **s) {
	(void)s;
	PsiChannel stranger = asker;
	uint8_t public_key[32];
	Str got;
	signing_pair(stranger.secret, public_key);
	begin(&agreed);
	psi_channel_begin(&arena, &agreed, true, &stranger);
	assert_int_equal(psi_channel_open(&holder, &why, &arena, wrapped(&stranger, S("first")), &got),
			 ERR_INVALID);
	assert_non_null(strstr(why.msg, "other keys"));
	// Not even with the terms copied from the right one.
	memcpy(stranger.term, asker.term, sizeof asker.term);
	stranger.step = 0;
	memcpy(stranger.chain, asker.chain, sizeof asker.chain);
	assert_int_equal(psi_channel_open(&holder, &why, &arena, wrapped(&stranger, S("first")), &got),
			 ERR_INVALID);
	assert_non_null(strstr(why.msg, "not signed by the partner"));
}

static void terms_that_cannot_be_are_refused(void **s) {
	(void)s;
	PsiAgreed a = agreed;
	assert_int_equal(psi_agreed_check(&why, &a), OK);
	a.session = S("../other");
	assert_int_equal(psi_agreed_check(&why, &a), ERR_INVALID);
	a = agreed;
	a.purpose = S("two words");
	assert_int_equal(psi_agreed_check(&why, &a), ERR_INVALID);
	a = agreed;
	a.holder = a.asker;
	assert_int_equal(psi_agreed_check(&why, &a), ERR_INVALID);
	a.holder = S("a\ttab");
	assert_int_equal(psi_agreed_check(&why, &a), ERR_INVALID);
	a = agreed;
	a.collisions = PSI_BANDS + 1;
	assert_int_equal(psi_agreed_check(&why, &a), ERR_INVALID);
}

// ---- persons as features ----------------------------------------------------------------------------------

static void put_person(People *p, const MatchSchema *s, const char *given, const char *family,
		       const char *birth) {
	Str value[SCHEMA_FIELDS] = {str_of(given), str_of(family), str_of(birth)};
	people_put(p, s, S("x"), value);
}

static void only_fields_agreed_on_are_compared(void **s) {
	(void)s;
	MatchSchema schema;
	People p;
	PsiFields some;
	assert_int_equal(
		schema_read(&arena, &why,
			    S("{\"id\":\"id\",\"fields\":{\"g\":\"given\",\"f\":\"family\",\"b\":\"age\"}}"),
			    &schema),
		OK);
	PsiFields has = psi_fields_of(&schema);
	assert_true(str_eq(psi_fields_say(&arena, has), S("given family birth")));
	assert_int_equal(psi_fields_read(&why, S("birth  given"), has, &some), OK);
	assert_true(str_eq(psi_fields_say(&arena, some), S("given birth")));
	assert_int_equal(psi_fields_read(&why, S("given phone"), has, &some), ERR_INVALID);
	assert_int_equal(psi_fields_read(&why, S(""), has, &some), ERR_INVALID);
	people_begin(&p, &arena, 2026, &schema);
	put_person(&p, &schema, "namuna", "udaharan", "30");
	put_person(&p, &schema, "namuna", "anya", "30");
	PsiRecord a = psi_record(&arena, &p, &p.person[0], 1u << KIND_GIVEN),
		  b = psi_record(&arena, &p, &p.person[1], 1u << KIND_GIVEN),
		  none = psi_record(&arena, &p, &p.person[0], 1u << KIND_PHONE);
	assert_true(a.n > 5);
	assert_int_equal(a.n, b.n);
	for (int i = 0; i < a.n; i++) {
		assert_true(str_eq(a.feature[i], b.feature[i]));
		assert_true(a.weight[i] > 0);
	}
	assert_int_equal(none.n, 0);
}

int main(void) {
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(messages_open_once_and_in_their_order),
		cmocka_unit_test(every_altered_byte_and_every_cut_is_refused),
		cmocka_unit_test(whoever_states_otherwise_is_told_what),
		cmocka_unit_test(another_key_than_the_partners_is_refused),
		cmocka_unit_test(terms_that_cannot_be_are_refused),
		cmocka_unit_test(only_fields_agreed_on_are_compared),
	};
	return cmocka_run_group_tests(tests, setup, teardown);
}
