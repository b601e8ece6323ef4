#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>
#undef fail // cmocka's; base.h has its own

#include "match/psi_person.h"

static Arena arena;
static Why why;
static const PsiTerms terms = {
	.bytes = SLIT("test: two invented agencies, 2026-11-24, session 1"), .collisions = 5, .most = 50};

static int setup(void **state) {
	(void)state;
	arena = arena_new(64 << 20);
	return 0;
}
static int teardown(void **state) {
	(void)state;
	arena_free(&arena);
	return 0;
}

// Pairs of letters of a text, as features.
static PsiRecord record_of(const char *text) {
	Str s = str_of(text);
	Str *f = NEW(&arena, Str, s.n);
	for (ptrdiff_t i = 0; i + 1 < s.n; i++) f[i] = str_slice(s, i, i + 2);
	return (PsiRecord){.feature = f, .n = s.n > 1 ? (int)(s.n - 1) : 0};
}
static PsiSide side(const char *const *text, int n, const PsiTerms *t) {
	PsiRecord r[50];
	PsiSide s;
	for (int i = 0; i < n; i++) r[i] = record_of(text[i]);
	assert_int_equal(psi_begin(&arena, &why, t, r, n, &s), OK);
	return s;
}
static Buf message(void) { return (Buf){.a = &arena}; }

static const char *const asker_file[] = {"sunita devi 2009-04-11", "rekha das 2001-01-30",
					 "rekha das 2001-01-30", ""};
static const char *const holder_file[] = {"abdul karim 1970-12-01", "suneeta devi 2009-04-11", "",
					  "nobody at all", "rekha das 2001-01-30"};

typedef struct {
	PsiPair *told, *learnt;
	int32_t ntold, nlearnt;
} Both;
static Both session(PsiSide *a, PsiSide *b) {
	Both x;
	Buf start = message(), answer = message(), ask = message(), reveal = message();
	psi_start(a, &start);
	assert_int_equal(psi_answer(b, &why, buf_str(&start), &answer), OK);
	assert_int_equal(psi_ask(a, &why, buf_str(&answer), &ask), OK);
	assert_int_equal(psi_reveal(b, &why, buf_str(&ask), &reveal, &x.told, &x.ntold), OK);
	assert_int_equal(psi_learn(a, &why, buf_str(&reveal), &x.learnt, &x.nlearnt), OK);
	return x;
}

static void both_learn_the_pairs_that_are_alike_and_no_other(void **s) {
	(void)s;
	PsiSide a = side(asker_file, 4, &terms), b = side(holder_file, 5, &terms);
	a.threads = 3;
	b.threads = 2;
	Both x = session(&a, &b);
	assert_int_equal(x.nlearnt, 3);
	assert_int_equal(x.ntold, 3);
	for (int i = 0; i < x.nlearnt; i++) {
		const PsiPair *told = &x.told[i], *learnt = &x.learnt[i];
		assert_int_equal(told->own, learnt->own == 0 ? 1 : 4);
		assert_int_equal(learnt->other, b.handle[told->own]);
		assert_int_equal(learnt->collisions, learnt->own == 0 ? told->collisions : PSI_BANDS);
	}
	psi_end(&a);
	psi_end(&b);
	for (int i = 0; i < POINT_BYTES; i++) assert_int_equal(a.key[i], 0);
}

// All messages of one session are as long as those of any other of as many records, and hold nothing of the
// files.
static void messages_show_sizes_and_nothing_else(void **s) {
	(void)s;
	static const char *const same[] = {"rekha das", "rekha das", "rekha das", "rekha das"};
	PsiSide a = side(asker_file, 4, &terms), b = side(same, 4, &terms);
	Buf one = message(), two = message(), again = message();
	psi_start(&a, &one);
	psi_start(&b, &two);
	assert_int_equal(one.n, two.n);
	PsiSide c = side(asker_file, 4, &terms);
	psi_start(&c, &again);
	const char *x = one.p + 46, *y = again.p + 46, *z = two.p + 46;
	for (int i = 0; i < 4 * PSI_BANDS; i++)
		for (int k = 0; k < 4 * PSI_BANDS; k++) {
			assert_true(memcmp(x + i * 32, y + k * 32, 32) != 0); // another session, other points
			if (i != k)
				assert_true(memcmp(z + i * 32, z + k * 32, 32) !=
					    0); // equal records do not show
		}
	for (int32_t t = 0; t < a.ntoken; t++)
		assert_int_equal(str_find(buf_str(&one), (Str){(const char *)a.token[t].token, 16}), -1);
	assert_int_equal(str_find(buf_str(&one), S("sunita")), -1);
}

static void altered_messages_are_refused(void **s) {
	(void)s;
	PsiTerms other = terms;
	other.collisions = 6;
	PsiSide a = side(asker_file, 4, &terms), b = side(holder_file, 5, &terms),
		c = side(holder_file, 5, &other);
	Buf start = message(), answer = message(), out = message();
	PsiPair *pairs;
	int32_t n;
	psi_start(&a, &start);
	assert_int_equal(psi_answer(&c, &why, buf_str(&start), &out), ERR_INVALID); // other terms
	for (ptrdiff_t cut = 0; cut < start.n; cut += 31)
		assert_int_equal(psi_answer(&b, &why, str_slice(buf_str(&start), 0, cut), &out), ERR_INVALID);
	assert_int_equal(psi_reveal(&b, &why, buf_str(&start), &out, &pairs, &n), ERR_INVALID);
	Str bad = str_dup(&arena, buf_str(&start));
	memset((char *)bad.p + 46 + 32 * 7, 0,
	       32); // the neutral point would show the key's side nothing, and us all
	assert_int_equal(psi_answer(&b, &why, bad, &out), ERR_INVALID);
	assert_int_equal(out.n, 0);
	assert_int_equal(psi_answer(&b, &why, buf_str(&start), &answer), OK);
	assert_int_equal(psi_answer(&b, &why, buf_str(&start), &answer), ERR_CONFLICT); // once
	PsiRecord none = {0};
	PsiTerms small = terms;
	small.most = 1;
	PsiRecord two[] = {none, none};
	PsiSide d;
	assert_int_equal(psi_begin(&arena, &why, &small, two, 2, &d), ERR_TOO_LARGE);
}

// A holder does not tell what nobody proved to share, below the agreed number.
static void asking_for_too_little_is_refused(void **s) {
	(void)s;
	PsiSide a = side(asker_file, 4, &terms), b = side(holder_file, 5, &terms);
	Buf start = message(), answer = message(), ask = message(), out = message();
	PsiPair *pairs;
	int32_t n;
	psi_start(&a, &start);
	assert_int_equal(psi_answer(&b, &why, buf_str(&start), &answer), OK);
	assert_int_equal(psi_ask(&a, &why, buf_str(&answer), &ask), OK);
	char *p = NEW(&arena, char, ask.n);
	memcpy(p, ask.p, (size_t)ask.n);
	p[46] = 2;
	assert_int_equal(psi_reveal(&b, &why, (Str){p, ask.n}, &out, &pairs, &n), ERR_INVALID);
	p[46] = ask.p[46];
	memcpy(p + 47, p + 51, 4); // the same token twice
	assert_int_equal(psi_reveal(&b, &why, (Str){p, ask.n}, &out, &pairs, &n), ERR_INVALID);
	assert_int_equal(psi_reveal(&b, &why, buf_str(&ask), &out, &pairs, &n), OK);
}

// The number is told in steps; what fills it up is found by nobody.
static void sizes_are_told_in_steps(void **s) {
	(void)s;
	static const int64_t row[][2] = {{0, 100},	 {1, 100},	{100, 100},   {101, 200},
					 {999, 1000},	 {1000, 1000},	{1001, 2000}, {9001, 10000},
					 {10000, 10000}, {10001, 20000}};
	for (int i = 0; i < COUNT(row); i++) assert_int_equal(psi_step(row[i][0]), row[i][1]);
	PsiTerms wide = terms;
	wide.most = 1000;
	PsiSide a = side(asker_file, 4, &wide), b = side(asker_file, 1, &wide);
	assert_int_equal(a.nrecord, 100);
	assert_int_equal(a.npoint, b.npoint);
}

static void what_many_records_have_is_left_out(void **s) {
	(void)s;
	const char *same[PSI_COMMON + 1];
	for (int i = 0; i < COUNT(same); i++) same[i] = "rekha das";
	PsiSide few = side(same, PSI_COMMON, &terms), many = side(same, PSI_COMMON + 1, &terms);
	assert_int_equal(few.ntoken, PSI_COMMON * PSI_BANDS);
	assert_int_equal(many.ntoken, 0);
}

// Of two records that are both alike to one, the likelier is told, and only that.
static void a_record_is_told_once_where_that_is_agreed(void **s) {
	(void)s;
	PsiTerms once = terms;
	once.one_each = true;
	PsiSide a = side(asker_file, 4, &once), b = side(holder_file, 5, &once);
	Both x = session(&a, &b);
	assert_int_equal(x.ntold, 2);
	assert_int_equal(x.nlearnt, 2);
	assert_int_equal(x.told[0].collisions, PSI_BANDS);
	assert_int_equal(x.told[0].own, 4);
	assert_true(x.learnt[0].own == 1 || x.learnt[0].own == 2);
	assert_int_equal(x.told[1].own, 1);
	assert_int_equal(x.learnt[1].own, 0);
}

// How often the mirrored bytes stand, mirrored back, in what this process may write to.
static int times_in_memory(const uint8_t mirrored[POINT_BYTES]) {
	FILE *maps = fopen("/proc/self/maps", "re");
	char line[512];
	int n = 0;
	assert_non_null(maps);
	while (fgets(line, sizeof line, maps)) {
		char *end;
		unsigned long long from = strtoull(line, &end, 16),
				   to = strtoull(end + (*end == '-'), &end, 16);
		if (strncmp(end, " rw", 3) != 0) continue;
		if (to - from > (512ull << 20) || strstr(line, "[v")) continue; // shadow of the sanitizer
		int fd = open("/proc/self/mem", O_RDONLY | O_CLOEXEC);
		static uint8_t part[(1 << 16) + POINT_BYTES];
		assert_true(fd >= 0);
		for (unsigned long long at = from; at < to; at += 1 << 16) {
			ssize_t got = pread(fd, part, sizeof part, (off_t)at);
			for (ssize_t i = 0; i + POINT_BYTES <= got; i++) {
				int same = 0;
				while (same < POINT_BYTES && (part[i + same] ^ 0x5a) == mirrored[same])
					same++;
				if (same == POINT_BYTES && (i < 1 << 16)) n++;
			}
		}
		explicit_bzero(part, sizeof part);
		(void)close(fd);
	}
	(void)fclose(maps);
	return n;
}

static void after_the_end_no_key_is_left_in_memory(void **s) {
	(void)s;
	PsiSide a = side(asker_file, 4, &terms);
	Buf start = message();
	uint8_t mirrored[POINT_BYTES];
	a.threads = 2;
	for (int i = 0; i < POINT_BYTES; i++) mirrored[i] = a.key[i] ^ 0x5a;
	psi_start(&a, &start);
	assert_true(times_in_memory(mirrored) >= 1); // the search finds it while it is there
	psi_end(&a);
	assert_int_equal(times_in_memory(mirrored), 0);
	for (int32_t i = 0; i < a.ntoken; i++) assert_int_equal(a.token[i].record, 0);
}

#define FIELD(kind) ((PsiFields)1 << (kind))
// Without a birth date relatives at one address look alike: then more is asked for.
static void the_usual_bound_follows_the_fields(void **s) {
	(void)s;
	PsiFields names = FIELD(KIND_GIVEN) | FIELD(KIND_FAMILY), birth = FIELD(KIND_BIRTH_DATE);
	PsiFields home = FIELD(KIND_PLACE) | FIELD(KIND_POSTCODE);
	assert_int_equal(psi_collisions_usual(names), 4);
	assert_int_equal(psi_collisions_usual(names | birth), 4);
	assert_int_equal(psi_collisions_usual(names | birth | FIELD(KIND_PHONE)), 4);
	assert_int_equal(psi_collisions_usual(names | home | birth), 4);
	assert_int_equal(psi_collisions_usual(names | home), 7);
	assert_true(psi_collisions_usual(names | home | FIELD(KIND_GUARDIAN)) > 7);
	for (PsiFields f = 1; f < FIELD(KIND__N); f++) {
		int c = psi_collisions_usual(f);
		assert_in_range(c, 4, PSI_BANDS);
		assert_true(c >= psi_collisions_usual(f | birth));
	}
}

int main(void) {
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(both_learn_the_pairs_that_are_alike_and_no_other),
		cmocka_unit_test(messages_show_sizes_and_nothing_else),
		cmocka_unit_test(altered_messages_are_refused),
		cmocka_unit_test(asking_for_too_little_is_refused),
		cmocka_unit_test(sizes_are_told_in_steps),
		cmocka_unit_test(what_many_records_have_is_left_out),
		cmocka_unit_test(a_record_is_told_once_where_that_is_agreed),
		cmocka_unit_test(the_usual_bound_follows_the_fields),
		cmocka_unit_test(after_the_end_no_key_is_left_in_memory),
	};
	return cmocka_run_group_tests(tests, setup, teardown);
}
