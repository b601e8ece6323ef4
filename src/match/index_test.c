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
	const Kernel *k = kernel_best();
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
		int n = index_find(x, k, &q, &(IndexScope){.least = .55}, found, 5);
		first += n > 0 && found[0].id == i;
		assert_int_equal(
			index_find(x, &kernel_portable, &q, &(IndexScope){.least = .55}, portable, 5), n);
		for (int j = 0; j < n; j++)
			assert_true(found[j].id == portable[j].id && found[j].dice == portable[j].dice);
	}
	assert_true(first >= N * 998 / 1000);
	free(all);
	index_free(x);
}

// ---- invented people
// -----------------------------------------------------------------------------------------------------

static const char schema_json[] = "{\"id\":\"id\",\"fields\":{\"g\":\"given\",\"f\":\"family\","
				  "\"u\":\"guardian\",\"b\":\"birth_date\",\"p\":\"place\"}}";
enum { GIVEN, FAMILY, GUARDIAN, BIRTH, PLACE, FIELDS };

static unsigned below(unsigned n) { return dice1024() % n; }

static Str name(Arena *a, unsigned number) {
	static const char *const part[] = {"ka", "ri",	"mu",  "no", "sha", "de",
					   "li", "pra", "bha", "ta", "ju"};
	Buf b = {.a = a};
	for (unsigned i = 0, n = number + 13; i < 3; i++, n /= COUNT(part))
		buf_put(&b, str_of(part[n % COUNT(part)]));
	return buf_str(&b);
}

// A letter taken out, put in, or made another.
static Str misspelt(Arena *a, Str s) {
	ptrdiff_t at = 1 + (ptrdiff_t)below((unsigned)s.n - 1);
	unsigned how = below(3);
	return str_fmt(a, "%.*s%s%.*s", (int)at, s.p, how ? "o" : "", (int)(s.n - at - (how != 1)),
		       s.p + at + (how != 1));
}

static void invent(Arena *a, Str *v) {
	for (int i = 0; i < FIELDS; i++) v[i] = name(a, i == PLACE ? below(200) + 900 : below(1000));
	unsigned year = 1960 + below(60), month = 1 + below(12), day = 1 + below(28);
	v[BIRTH] = str_fmt(a, "%u-%02u-%02u", year, month, day);
}

static void spoil(Arena *a, Str *v) {
	for (int i = 0; i < FIELDS; i++)
		if (i != BIRTH && below(3) == 0) v[i] = misspelt(a, v[i]);
	if (below(4) == 0) v[BIRTH] = str_fmt(a, "%.*s%02u", (int)v[BIRTH].n - 2, v[BIRTH].p, 1 + below(28));
	if (below(8) == 0) v[BIRTH] = str_slice(v[BIRTH], 0, 4);
}

static void lose(Str *v, unsigned fields) {
	for (int i = 0; i < FIELDS; i++)
		if (fields >> i & 1) v[i] = (Str){0};
}

static Finger finger_of(const MatchSchema *s, const FingerKeys *keys, Arena scratch, const Str *v) {
	People p;
	Finger f;
	people_begin(&p, &scratch, 2026, s);
	people_put(&p, s, S("1"), v);
	finger_make(&p, &p.person[0], keys, &f);
	return f;
}

typedef struct {
	const char *what;
	unsigned lost; // by the query
	double least;
} Asked;
static const Asked asked[] = {
	{"whole", 0, .55},
	{"whole, low", 0, .34},
	{"without birth and guardian", 1 << BIRTH | 1 << GUARDIAN, .55},
	{"name alone", 1 << BIRTH | 1 << GUARDIAN | 1 << PLACE, .55},
	{"given name alone", 1 << FAMILY | 1 << BIRTH | 1 << GUARDIAN | 1 << PLACE, .4},
	{"birth and place", 1 << GIVEN | 1 << FAMILY | 1 << GUARDIAN, .6},
};

// Queries are people of the index, misspelt; half of those in it lack something.
static void the_sketch_hides_one_in_a_thousand_at_most(void **s) {
	enum { N = 6000, Q = 120 };
	Arena a = arena_new(64 << 20);
	const FingerKeys *keys = finger_keys(&a, S("0123456789abcdef"), 1);
	MatchSchema schema;
	Why why = {0};
	Index *x = index_make(N);
	Finger *all = malloc(N * sizeof *all);
	Str(*who)[FIELDS] = malloc(N * sizeof *who);
	Found *found = malloc(N * sizeof *found);
	const Kernel *k = kernel_best();
	(void)s;
	assert_non_null(x);
	assert_non_null(all);
	assert_non_null(who);
	assert_non_null(found);
	assert_int_equal(schema_read(&a, &why, str_of(schema_json), &schema), OK);
	for (int i = 0; i < N; i++) {
		Str v[FIELDS];
		invent(&a, who[i]);
		memcpy(v, who[i], sizeof v);
		if (i % 2) lose(v, 1 + below((1 << FIELDS) - 2));
		all[i] = finger_of(&schema, keys, a, v);
		assert_true(index_add(x, i, 0, &all[i]));
	}
	for (ptrdiff_t j = 0; j < COUNT(asked); j++) {
		int64_t there = 0, got = 0;
		for (int i = 0; i < Q; i++) {
			Str v[FIELDS];
			memcpy(v, who[i * (N / Q)], sizeof v);
			spoil(&a, v);
			lose(v, asked[j].lost);
			Finger q = finger_of(&schema, keys, a, v);
			for (int r = 0; r < N; r++)
				there += finger_dice(&q, &all[r],
						     k->common(q.word, all[r].word, FINGER_WORDS)) >=
					 asked[j].least;
			got += index_find(x, k, &q, &(IndexScope){.least = asked[j].least}, found, N);
		}
		print_message("%s: %lld of %lld\n", asked[j].what, (long long)got, (long long)there);
		assert_true(there >= Q / 2 && got <= there);
		assert_true((there - got) * 1000 <= there);
	}
	free(found);
	free(who);
	free(all);
	index_free(x);
	arena_free(&a);
}

// More sets of fields than there are classes: the others are looked at whole.
static void records_of_any_fields_are_found(void **s) {
	const Kernel *k = kernel_best();
	enum { N = 700 };
	Index *x = index_make(N);
	Found found[3];
	(void)s;
	for (int i = 0; i < N; i++) {
		Finger f = made_up(200);
		f.field[0] = 200;
		f.field[1] = (uint8_t)(i % 256);
		f.field[2] = (uint8_t)(i / 256);
		assert_true(index_add(x, i, 0, &f));
		assert_int_equal(index_find(x, k, &f, &(IndexScope){.least = 1}, found, 3), 1);
		assert_int_equal(found[0].id, i);
	}
	Finger none = made_up(200);
	none.field[0] = 0;
	none.field[5] = 9;
	assert_int_equal(index_find(x, k, &none, &(IndexScope){.least = .01}, found, 3), 0);
	assert_int_equal(index_find(x, k, &none, &(IndexScope){.least = 0}, found, 3), 3);
	index_free(x);
}

// ---- many segments
// -------------------------------------------------------------------------------------------------------

enum { MANY = 150000, SAME = 5000 };

// Every SAME-th has the same bits.
static Index *many(const Finger *same) {
	Index *x = index_make(MANY);
	assert_non_null(x);
	for (int i = 0; i < MANY; i++) {
		Finger f = i % SAME == 7 ? *same : made_up(40);
		assert_true(index_add(x, i / 2, i % 2, &f));
	}
	return x;
}

static bool odd(const void *with, int64_t id, int64_t group) {
	(void)with;
	(void)group;
	return id % 2 == 1;
}

static void threads_and_kernels_find_the_same(void **s) {
	Finger f = made_up(60);
	Index *x = many(&f);
	Found one[40], more[40];
	(void)s;
	f = altered(f, 3); // others are near, with the same Dice
	for (int narrow = 0; narrow < 2; narrow++)
		for (int most = 1; most <= 40; most += 13) {
			IndexScope in = {.least = .15, .may = narrow ? odd : NULL};
			assert_int_equal(index_find(x, &kernel_portable, &f, &in, one, most), most);
			for (ptrdiff_t k = 0; k < kernel_alls; k++)
				for (in.threads = 1; in.threads <= 20 && kernel_has(kernel_all[k]);
				     in.threads += 3) {
					assert_int_equal(index_find(x, kernel_all[k], &f, &in, more, most),
							 most);
					for (int i = 0; i < most; i++)
						assert_true(one[i].id == more[i].id &&
							    one[i].dice == more[i].dice &&
							    one[i].group == more[i].group);
				}
			for (int i = 1; i < most; i++)
				assert_true(
					one[i - 1].dice > one[i].dice ||
					(one[i - 1].dice == one[i].dice &&
					 (one[i - 1].id < one[i].id ||
					  (one[i - 1].id == one[i].id && one[i - 1].group < one[i].group))));
		}
	index_free(x);
}

static void who_is_removed_is_found_no_more(void **s) {
	const Kernel *k = kernel_best();
	Index *x = index_make(20);
	Finger f = made_up(200);
	Found found[20];
	(void)s;
	for (int i = 0; i < 10; i++) assert_true(index_add(x, i % 5, 0, &f));
	assert_int_equal(index_find(x, k, &f, &(IndexScope){.least = .9}, found, 20), 10);
	assert_int_equal(index_remove(x, 3), 2);
	assert_int_equal(index_remove(x, 3), 0);
	assert_int_equal(index_here(x), 8);
	assert_true(index_is_wiped(x));
	assert_int_equal(index_find(x, k, &f, &(IndexScope){.least = .9}, found, 20), 8);
	for (int i = 0; i < 8; i++) assert_true(found[i].id != 3);
	assert_int_equal(index_find(x, k, &f, &(IndexScope){.least = .9}, found, 3), 3);
	for (int i = 0; i < 5; i++) assert_int_equal(index_remove(x, i), i == 3 ? 0 : 2);
	// Nothing is left of them in memory, and there is room for others.
	assert_true(index_is_wiped(x));
	assert_int_equal(index_find(x, k, &f, &(IndexScope){.least = .9}, found, 20), 0);
	for (int i = 0; i < 20; i++) assert_true(index_add(x, i, 0, &f));
	assert_false(index_add(x, 20, 0, &f));
	assert_int_equal(index_find(x, k, &f, &(IndexScope){.least = .9}, found, 20), 20);
	index_free(x);
}

static void segments_shrink_and_join(void **s) {
	const Kernel *k = kernel_best();
	Finger f = made_up(60);
	Index *x = many(&f);
	Found found[MANY / SAME];
	int left = MANY;
	(void)s;
	// Across the border of two segments, in all of them, and one who is not there.
	for (int64_t id = 65536 / 2 - 3; id < 65536 / 2 + 3; id++) {
		assert_int_equal(index_remove(x, id), 2);
		left -= 2;
		assert_int_equal(index_remove(x, id), 0);
		assert_true(index_is_wiped(x));
	}
	for (int i = 0; i < 6; i++) assert_true(index_add(x, -5, i, &f));
	for (int64_t id = 100; id < MANY / 2; id += 1000) left -= index_remove(x, id);
	assert_int_equal(index_here(x), left + 6);
	assert_int_equal(index_remove(x, -5), 6);
	assert_int_equal(index_find(x, k, &f, &(IndexScope){.least = 1}, found, COUNT(found)), MANY / SAME);
	assert_int_equal(index_remove(x, found[3].id), 2);
	assert_int_equal(index_find(x, k, &f, &(IndexScope){.least = 1}, found, COUNT(found)),
			 MANY / SAME - 1);
	assert_true(index_is_wiped(x));
	index_free(x);
}

// ---- readers beside the writer
// -------------------------------------------------------------------------------------------------

typedef struct {
	Index *x;
	const Kernel *kernel;
	Finger f;
	atomic_bool done;
	int wrong, searches, stay;
} Shared;
// Who stays is always found; whoever else is found is whole: the same bits, and a group that fits the id.
static void *search(void *with) {
	Shared *s = with;
	do {
		Found found[64];
		int n = index_find(s->x, s->kernel, &s->f, &(IndexScope){.least = .9, .threads = 2}, found,
				   64);
		int stayed = 0;
		for (int i = 0; i < n; i++) {
			stayed += found[i].id < s->stay;
			s->wrong += found[i].dice != 1 || found[i].group != found[i].id * 7;
		}
		s->wrong += stayed != s->stay;
		s->searches++;
	} while (!atomic_load(&s->done));
	return NULL;
}

static void readers_see_everybody_whole_while_others_come_and_go(void **s) {
	const Kernel *k = kernel_best();
	enum { READERS = 3, STAY = 11, ROUNDS = 150, FEW = 9 };
	Index *x = index_make(200000);
	Shared shared[READERS] = {{.x = x, .kernel = kernel_best(), .f = made_up(200), .stay = STAY}};
	pthread_t thread[READERS];
	Found found[64];
	const Finger *f = &shared[0].f;
	(void)s;
	for (int i = 0; i < STAY; i++) {
		// Two segments, and a third begun.
		for (int j = 0; j < 12000; j++) {
			Finger other = made_up(20);
			assert_true(index_add(x, 1000 + i * 12000 + j, 0, &other));
		}
		assert_true(index_add(x, i, i * 7, f));
	}
	for (int i = 0; i < READERS; i++) {
		shared[i] = shared[0];
		assert_int_equal(pthread_create(&thread[i], NULL, search, &shared[i]), 0);
	}
	for (int round = 0; round < ROUNDS; round++) {
		for (int i = 0; i < FEW; i++) {
			int id = 200 + (round + i) % 20;
			assert_true(index_add(x, id, id * 7, f));
		}
		assert_int_equal(index_find(x, k, f, &(IndexScope){.least = .9}, found, 64), STAY + FEW);
		for (int i = 0; i < FEW; i++) assert_int_equal(index_remove(x, 200 + (round + i) % 20), 1);
		assert_true(index_is_wiped(x));
		if (round % 10 == 0) assert_int_equal(index_remove(x, 1000 + round * 500), 1);
	}
	for (int i = 0; i < READERS; i++) {
		atomic_store(&shared[i].done, true);
		assert_int_equal(pthread_join(thread[i], NULL), 0);
		assert_int_equal(shared[i].wrong, 0);
		assert_true(shared[i].searches > 0);
	}
	index_free(x);
}

int main(void) {
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(everyone_is_found_again_though_altered),
		cmocka_unit_test(the_sketch_hides_one_in_a_thousand_at_most),
		cmocka_unit_test(records_of_any_fields_are_found),
		cmocka_unit_test(threads_and_kernels_find_the_same),
		cmocka_unit_test(who_is_removed_is_found_no_more),
		cmocka_unit_test(segments_shrink_and_join),
		cmocka_unit_test(readers_see_everybody_whole_while_others_come_and_go),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
