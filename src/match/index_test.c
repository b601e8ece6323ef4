#include "match/index.h"
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdlib.h>

#include <cmocka.h>

static uint64_t state = 11;
static unsigned dice1024(void) {
	state = state * 6364136223846793005u + 1442695040888963407u;
	return (unsigned)(state >> 40) & 1023;
}

static Finger made_up(int bits) {
	Finger f = {.field = {1}};
	while (bits > f.total) {
		unsigned at = dice1024();
		if (f.word[at / 64] >> (at % 64) & 1) continue;
		f.word[at / 64] |= 1ull << at % 64;
		f.total++;
	}
	return f;
}

// Some of the bits moved elsewhere.
static Finger altered(Finger f, int moves) {
	for (int i = 0; i < moves; i++) {
		unsigned out, in;
		do out = dice1024();
		while (!(f.word[out / 64] >> (out % 64) & 1));
		do in = dice1024();
		while (f.word[in / 64] >> (in % 64) & 1);
		f.word[out / 64] ^= 1ull << out % 64;
		f.word[in / 64] ^= 1ull << in % 64;
	}
	return f;
}

static void everyone_is_found_again_though_altered(void **s) {
	enum { N = 3001 };
	Index *x = index_make(N);
	Finger *all = malloc(N * sizeof *all);
	Found found[5], portable[5];
	(void)s;
	assert_non_null(x);
	assert_non_null(all);
	for (int i = 0; i < N; i++) {
		all[i] = made_up(200);
		assert_true(index_add(x, i, i % 3, &all[i]));
	}
	assert_false(index_add(x, N, 0, &all[0]));
	int first = 0;
	for (int i = 0; i < N; i++) {
		Finger q = altered(all[i], 50);
		int n = index_find(x, kernel_best(), &q, &(IndexScope){.least = .55}, found, 5);
		first += n > 0 && found[0].id == i;
		assert_int_equal(
			index_find(x, &kernel_portable, &q, &(IndexScope){.least = .55}, portable, 5), n);
		for (int k = 0; k < n; k++)
			assert_true(found[k].id == portable[k].id && found[k].dice == portable[k].dice);
	}
	assert_true(first >= N * 998 / 1000);
	free(all);
	index_free(x);
}

static void who_is_removed_is_found_no_more(void **s) {
	Index *x = index_make(20);
	Finger f = made_up(200);
	Found found[20];
	(void)s;
	for (int i = 0; i < 10; i++) assert_true(index_add(x, i % 5, 0, &f));
	assert_int_equal(index_find(x, kernel_best(), &f, &(IndexScope){.least = .9}, found, 20), 10);
	assert_int_equal(index_remove(x, 3), 2);
	assert_int_equal(index_remove(x, 3), 0);
	assert_int_equal(index_here(x), 8);
	assert_int_equal(index_find(x, kernel_best(), &f, &(IndexScope){.least = .9}, found, 20), 8);
	for (int i = 0; i < 8; i++) assert_true(found[i].id != 3);
	assert_int_equal(index_find(x, kernel_best(), &f, &(IndexScope){.least = .9}, found, 3), 3);
	// Nothing of her is left in memory: whoever she was.
	for (int i = 0; i < 5; i++) assert_int_equal(index_remove(x, i), i == 3 ? 0 : 2);
	assert_true(index_is_wiped(x));
	index_free(x);
}

typedef struct {
	Index *x;
	Finger f;
	atomic_bool done;
	int wrong;
} Shared;
static void *search(void *with) {
	Shared *s = with;
	int before = 0;
	do {
		Found found[64];
		int n = index_find(s->x, kernel_best(), &s->f, &(IndexScope){.least = .9}, found, 64);
		s->wrong += n < before;
		before = n;
	} while (!atomic_load(&s->done));
	return NULL;
}

static void readers_see_what_is_added_and_nothing_half(void **s) {
	enum { N = 40 };
	Shared shared = {.x = index_make(N), .f = made_up(200)};
	pthread_t thread;
	Found found[64];
	(void)s;
	assert_int_equal(pthread_create(&thread, NULL, search, &shared), 0);
	for (int i = 0; i < N; i++) {
		assert_true(index_add(shared.x, i, 0, &shared.f));
		assert_int_equal(
			index_find(shared.x, kernel_best(), &shared.f, &(IndexScope){.least = .9}, found, 64),
			i + 1);
	}
	atomic_store(&shared.done, true);
	assert_int_equal(pthread_join(thread, NULL), 0);
	assert_int_equal(shared.wrong, 0);
	index_free(shared.x);
}

int main(void) {
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(everyone_is_found_again_though_altered),
		cmocka_unit_test(who_is_removed_is_found_no_more),
		cmocka_unit_test(readers_see_what_is_added_and_nothing_half),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
