// match.c - how fast fingerprints are made, counted and searched, and what the sketch hides: script/bench
// match prints the table. bench_match [RECORDS]: that many made-up ones are searched too. bench_match encode
// makes fingerprints and nothing else. Counted are bits
// made up at the fill that people have; searched are invented people, some of them with fields missing, for
// whom is asked as another clerk would write them.
#include "kernel/kernel.h"
#include "match/index.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static double now(void) {
	struct timespec t;
	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

// Of this thread: what others do meanwhile does not count.
static double cpu(void) {
	struct timespec t;
	(void)clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static uint64_t seed = 5;
static uint64_t next(void) {
	uint64_t z = seed += 0x9e3779b97f4a7c15u;
	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
	return z ^ z >> 31;
}

static Finger made_up(void) {
	Finger f = {.field = {60, 25, 25, 0, 50}};
	// 1/8 + 1/16: near a fifth of the bits.
	for (int w = 0; w < FINGER_WORDS; w++)
		f.word[w] = (next() & next() & next()) | (next() & next() & next() & next());
	f.total = (uint16_t)kernel_popcount(f.word, FINGER_WORDS);
	return f;
}

static int up(const void *a, const void *b) {
	double x = *(const double *)a, y = *(const double *)b;
	return (x > y) - (x < y);
}

static void batch(Arena scratch, const Kernel *k, const uint64_t *block, ptrdiff_t nblock, const Finger *q,
		  int nq) {
	enum { TRIES = 3 };
	uint64_t *word = NEW(&scratch, uint64_t, (ptrdiff_t)nq * KERNEL_WORDS);
	uint32_t *least = NEW(&scratch, uint32_t, nq);
	ptrdiff_t *n = NEW(&scratch, ptrdiff_t, nq), hits = 0;
	Hit *hit = NEW(&scratch, Hit, (ptrdiff_t)KERNEL_BATCH * KERNEL_TILE * KERNEL_LANES);
	char *room = NEW(&scratch, char, KERNEL_ROOM + 64);
	double best = 1e9;
	room += 64 - (uintptr_t)room % 64;
	for (int i = 0; i < nq; i++) {
		memcpy(word + (ptrdiff_t)i * KERNEL_WORDS, q[i].word, sizeof q[i].word);
		least[i] = 120;
	}
	for (int try = 0; try < (k == &kernel_portable ? 1 : TRIES); try++) {
		double from = cpu();
		hits = 0;
		for (ptrdiff_t t = 0; t < nblock; t += KERNEL_TILE)
			for (int i = 0; i < nq; i += KERNEL_BATCH) {
				int some = nq - i < KERNEL_BATCH ? nq - i : KERNEL_BATCH;
				ptrdiff_t blocks = nblock - t < KERNEL_TILE ? nblock - t : KERNEL_TILE;
				k->batch(block + t * KERNEL_WORDS * KERNEL_LANES, blocks,
					 word + (ptrdiff_t)i * KERNEL_WORDS, least + i, some, room, hit, n);
				for (int j = 0; j < some; j++) hits += n[j];
			}
		if (cpu() - from < best) best = cpu() - from;
	}
	printf("| batch Dice, %td x %d, %s, one core | %.0f M comparisons/s | %td over the bound |\n",
	       nblock * KERNEL_LANES, nq, k->name, (double)nblock * KERNEL_LANES * nq / best / 1e6, hits);
}

// ---- one search at a time
// ------------------------------------------------------------------------------------------------------------

enum { QUERIES = 101 };

static void search(const Kernel *k, const Index *x, const Finger *q, double least, int threads,
		   const char *what) {
	double took[QUERIES], busy = cpu();
	Found found[50];
	int n = 0;
	for (int i = 0; i < QUERIES; i++) {
		double from = now();
		n += index_find(x, k, &q[i], &(IndexScope){.least = least, .threads = threads}, found, 50);
		took[i] = (now() - from) * 1e3;
	}
	busy = (cpu() - busy) * 1e3 / QUERIES;
	qsort(took, QUERIES, sizeof *took, up);
	printf("| one search among %d, %s, at %.2f, %s, %s | p50 %.2f ms, least %.2f, p95 %.2f | ",
	       index_here(x), what, least, k->name, threads == 1 ? "one thread" : "two threads",
	       took[QUERIES / 2], took[0], took[QUERIES * 95 / 100]);
	printf("%.2f ms of the processor in the caller's thread, %d found |\n", busy, n);
	(void)fflush(stdout);
}

// What this process has in memory, in bytes.
static double resident(void) {
	char line[128], *second;
	FILE *f = fopen("/proc/self/statm", "r");
	if (!f || !fgets(line, sizeof line, f) || !(second = strchr(line, ' '))) exit(1);
	long pages = strtol(second, NULL, 10);
	(void)fclose(f);
	return (double)pages * (double)sysconf(_SC_PAGESIZE);
}

// ---- invented people
// -----------------------------------------------------------------------------------------------------------------

static const char schema_json[] =
	"{\"id\":\"id\",\"fields\":{\"g\":\"given\",\"f\":\"family\",\"u\":\"guardian\","
	"\"b\":\"birth_date\",\"p\":\"place\"}}";
enum { GIVEN, FAMILY, GUARDIAN, BIRTH, PLACE, FIELDS };

static unsigned below(unsigned n) { return (unsigned)(next() >> 33) % n; }

// The name of this number, of two to four syllables; small numbers are common, as names are.
static Str name(Arena *a, unsigned kind, unsigned most) {
	static const char *const onset[] = {"k", "kh", "g", "ch", "j", "t",  "d", "n", "p",
					    "b", "bh", "m", "r",  "l", "sh", "s", "v", "h"};
	static const char *const vowel[] = {"a", "aa", "i", "ee", "u", "e", "o"};
	unsigned x = below(most);
	uint64_t keep = seed;
	seed = (uint64_t)x * x / most * 8 + kind;
	Buf b = {.a = a};
	for (unsigned n = 2 + below(3); n; n--) {
		buf_put(&b, str_of(onset[below(COUNT(onset))]));
		buf_put(&b, str_of(vowel[below(COUNT(vowel))]));
	}
	seed = keep;
	return buf_str(&b);
}

static void invent(Arena *a, Str *v) {
	v[GIVEN] = name(a, 0, 8000);
	v[FAMILY] = name(a, 1, 5000);
	v[GUARDIAN] = name(a, 0, 8000);
	v[PLACE] = name(a, 2, 3000);
	unsigned year = 1950 + below(70), month = 1 + below(12), day = 1 + below(28);
	v[BIRTH] = str_fmt(a, "%u-%02u-%02u", year, month, day);
}

static void lose(Str *v, unsigned fields) {
	for (int i = 0; i < FIELDS; i++)
		if (fields >> i & 1) v[i] = (Str){0};
}

// As another clerk writes it: by ear, or with a letter too few, too many or another.
static Str misspelt(Arena *a, Str s) {
	static const char *const ear[][2] = {{"aa", "a"}, {"ee", "i"}, {"sh", "s"},
					     {"bh", "b"}, {"v", "w"},  {"u", "oo"}};
	ptrdiff_t at = 1 + (ptrdiff_t)below((unsigned)s.n - 1);
	unsigned how = below(6);
	if (how >= 3) {
		unsigned of = below(COUNT(ear));
		Str from = str_of(ear[of][0]);
		for (ptrdiff_t i = 0; i + from.n <= s.n; i++)
			if (memcmp(s.p + i, from.p, (size_t)from.n) == 0)
				return str_fmt(a, "%.*s%s%.*s", (int)i, s.p, ear[of][1],
					       (int)(s.n - i - from.n), s.p + i + from.n);
		return s;
	}
	return str_fmt(a, "%.*s%s%.*s", (int)at, s.p, how ? "n" : "", (int)(s.n - at - (how != 1)),
		       s.p + at + (how != 1));
}

static void spoil(Arena *a, Str *v) {
	for (int i = 0; i < FIELDS; i++)
		if (i != BIRTH && below(3) == 0) v[i] = misspelt(a, v[i]);
	if (below(12) == 0) {
		Str given = v[GIVEN];
		v[GIVEN] = v[FAMILY];
		v[FAMILY] = given;
	}
	if (below(6) == 0) { // day and month
		Str b = v[BIRTH];
		v[BIRTH] = str_fmt(a, "%.*s-%.*s-%.*s", 4, b.p, 2, b.p + 8, 2, b.p + 5);
	}
	if (below(10) == 0) {
		unsigned year = 1950 + below(70);
		v[BIRTH] = str_fmt(a, "%u%.*s", year, (int)v[BIRTH].n - 4, v[BIRTH].p + 4);
	}
	if (below(6) == 0) v[PLACE] = name(a, 2, 3000);
}

static Finger finger_of(const MatchSchema *s, const FingerKeys *keys, Arena scratch, const Str *v) {
	People p;
	Finger f;
	people_begin(&p, &scratch, 2026, s);
	people_put(&p, s, S("1"), v);
	finger_make(&p, &p.person[0], keys, &f);
	return f;
}

// ---- what the sketch hides
// -----------------------------------------------------------------------------------------------------------

typedef struct {
	const char *what;
	unsigned lost; // by the query
	double least;
} Asked;
static const Asked asked[] = {
	{"all fields", 0, .55},
	{"all fields", 0, .34},
	{"without birth", 1 << BIRTH, .55},
	{"names alone", 1 << BIRTH | 1 << GUARDIAN | 1 << PLACE, .55},
	{"names alone", 1 << BIRTH | 1 << GUARDIAN | 1 << PLACE, .34},
	{"one name alone", 1 << FAMILY | 1 << BIRTH | 1 << GUARDIAN | 1 << PLACE, .55},
	{"one name alone", 1 << FAMILY | 1 << BIRTH | 1 << GUARDIAN | 1 << PLACE, .20},
};

typedef struct {
	Finger *all;
	int n;
	Str (*who)[FIELDS]; // those who are asked for
	Finger *q;
} Town;

typedef struct {
	int64_t her, there, hers;
} Counted;
// Counts who is alike enough, and keeps none.
static bool count(const void *with, int64_t id, int64_t group) {
	Counted *c = (Counted *)(uintptr_t)with;
	(void)group;
	c->there++;
	c->hers += id == c->her;
	return false;
}

// A look at all of them against the index, pair by pair over the bound.
static void hidden(const Kernel *k, const Index *x, const Town *t, const Asked *as) {
	Counted all = {0}, got = {0};
	Found none;
	for (int i = 0; i < QUERIES; i++) {
		const Finger *q = &t->q[i];
		got.her = (int64_t)i * t->n / QUERIES;
		(void)index_find(x, k, q, &(IndexScope){.least = as->least, .may = count, .with = &got},
				 &none, 1);
		for (int32_t r = 0; r < t->n; r++) {
			uint32_t common = k->common(q->word, t->all[r].word, FINGER_WORDS);
			bool over = finger_dice(q, &t->all[r], common) >= as->least;
			all.there += over;
			all.hers += over && r == got.her;
		}
	}
	printf("| hidden by the sketch, %s, at %.2f | %.4f %% of %lld pairs | the right one seen %lld of "
	       "%lld times |\n",
	       as->what, as->least,
	       all.there ? 100. * (double)(all.there - got.there) / (double)all.there : 0,
	       (long long)all.there, (long long)got.hers, (long long)all.hers);
	(void)fflush(stdout);
}

// A third of the town lacks something.
static void town(Arena *a, const Kernel *k, int n) {
	MatchSchema s;
	Why why = {0};
	Index *x = index_make(n);
	Town t = {NEW(a, Finger, n), n, (Str(*)[FIELDS])(void *)NEW(a, Str, (ptrdiff_t)QUERIES * FIELDS),
		  NEW(a, Finger, QUERIES)};
	const FingerKeys *keys = finger_keys(a, S("bench match"), 0);
	double busy = 0;
	if (!x || schema_read(a, &why, str_of(schema_json), &s) != OK) exit(1);
	for (int i = 0, asking = 0; i < n; i++) {
		Arena scratch = *a;
		Str v[FIELDS];
		bool one = asking < QUERIES && i == (int64_t)asking * n / QUERIES;
		invent(one ? a : &scratch, v);
		if (one) memcpy(t.who[asking++], v, sizeof v);
		if (one) scratch = *a;
		if (below(3) == 0) lose(v, 1 + below((1 << FIELDS) - 2));
		t.all[i] = finger_of(&s, keys, scratch, v);
		double from = cpu();
		if (!index_add(x, i, 0, &t.all[i])) exit(1);
		busy += cpu() - from;
	}
	printf("| put into the index, seen by the next search | %.2f us of the processor | |\n",
	       busy / n * 1e6);
	for (ptrdiff_t j = 0; j < COUNT(asked); j++) {
		for (int i = 0; i < QUERIES; i++) {
			Arena scratch = *a;
			Str v[FIELDS];
			memcpy(v, t.who[i], sizeof v);
			spoil(&scratch, v);
			lose(v, asked[j].lost);
			t.q[i] = finger_of(&s, keys, scratch, v);
		}
		for (ptrdiff_t m = 0; m < kernel_alls; m++)
			if (kernel_has(kernel_all[m]) && (j == 0 || kernel_all[m] == k))
				search(kernel_all[m], x, t.q, asked[j].least, 1, asked[j].what);
		search(k, x, t.q, asked[j].least, 2, asked[j].what);
		hidden(k, x, &t, &asked[j]);
	}
	double from = cpu();
	for (int i = 0; i < QUERIES; i++) (void)index_remove(x, (int64_t)i * n / QUERIES);
	printf("| taken out of the index and wiped | %.2f ms of the processor | |\n",
	       (cpu() - from) / QUERIES * 1e3);
	index_free(x);
}

// ---- many
// ------------------------------------------------------------------------------------------------------------------------------

// Bits made up from a number, and the same with some of them elsewhere.
static Finger made_up_of(uint64_t number) {
	uint64_t keep = seed;
	seed = number * 0x2545f4914f6cdd1du;
	Finger f = made_up();
	seed = keep;
	return f;
}

static Finger altered(Finger f, unsigned moves) {
	for (; moves; moves--) {
		unsigned out, in;
		do out = below(1024);
		while (!(f.word[out / 64] >> (out % 64) & 1));
		do in = below(1024);
		while (f.word[in / 64] >> (in % 64) & 1);
		f.word[out / 64] ^= 1ull << out % 64;
		f.word[in / 64] ^= 1ull << in % 64;
	}
	return f;
}

static void many(const Kernel *k, int n) {
	enum { ASKED = 1000 };
	static const double least = .55;
	double before = resident();
	Index *x = index_make(n);
	Finger q[QUERIES];
	int over = 0, found = 0;
	if (!x) exit(1);
	for (int i = 0; i < n; i++) {
		Finger f = made_up_of((uint64_t)i);
		if (!index_add(x, i, 0, &f)) exit(1);
	}
	printf("| memory of %d records | %.1f bytes a record in memory | %.2f GB |\n", n,
	       (resident() - before) / n, (resident() - before) / 1e9);
	for (int i = 0; i < QUERIES; i++) q[i] = altered(made_up_of((uint64_t)i * (uint64_t)n / QUERIES), 40);
	search(k, x, q, least, 1, "bits made up");
	search(k, x, q, least, 2, "bits made up");
	for (int i = 0; i < ASKED; i++) {
		uint64_t her = (uint64_t)i * (uint64_t)n / ASKED;
		Finger f = made_up_of(her), g = altered(f, 20 + below(60));
		Found one;
		if (finger_dice(&f, &g, k->common(f.word, g.word, FINGER_WORDS)) < least) continue;
		over++;
		found += index_find(x, k, &g, &(IndexScope){.least = least, .threads = 2}, &one, 1) == 1 &&
			 one.id == (int64_t)her;
	}
	printf("| found again among %d of %d whose Dice is %.2f or more | %d | |\n", n, over, least, found);
	index_free(x);
}

// ---- making
// --------------------------------------------------------------------------------------------------------------------------

static void encode(Arena *a) {
	static const char json[] = "{\"id\":\"id\",\"fields\":{\"g\":\"given\",\"f\":\"family\",\"b\":"
				   "\"birth_date\",\"p\":\"place\"}}";
	enum { PEOPLE = 50000, TRIES = 3 };
	MatchSchema s;
	Why why = {0};
	People p;
	Faults faults = {0};
	Buf b = {.a = a};
	const FingerKeys *keys = finger_keys(a, S("bench match"), 0);
	uint64_t sum = 0;
	buf_put(&b, S("id,g,f,b,p\n"));
	for (int i = 0; i < PEOPLE; i++)
		buf_fmt(&b, "%d,Namuna%c,Udaharan%c%c,%d-%02d-%02d,Gaon%d\n", i, 'a' + i % 26,
			'a' + i / 26 % 26, 'a' + i % 7, 1950 + i % 60, 1 + i % 12, 1 + i % 28, i % 97);
	if (schema_read(a, &why, str_of(json), &s) != OK) exit(1);
	double read = 1e9, took = 1e9;
	for (int try = 0; try < TRIES; try++) {
		Arena scratch = *a;
		double from = cpu();
		people_begin(&p, &scratch, 2026, &s);
		if (people_add(&p, &why, &s, buf_str(&b), &faults) != OK) exit(1);
		if (cpu() - from < read) read = cpu() - from;
		from = cpu();
		sum = 0;
		for (int32_t i = 0; i < p.n; i++) {
			Finger f;
			finger_make(&p, &p.person[i], keys, &f);
			sum += f.total;
		}
		if (cpu() - from < took) took = cpu() - from;
	}
	printf("| rows read and normalised | %.0f k records/s | one core |\n", PEOPLE / read / 1e3);
	printf("| fingerprints made | %.0f k records/s | one core; fill %.1f %% |\n", PEOPLE / took / 1e3,
	       (double)sum / PEOPLE / 10.24);
}

int main(int argc, char **argv) {
	enum { N = 1000000, Q = 1000 };
	bool encoding = argc > 1 && strcmp(argv[1], "encode") == 0;
	long most = argc > 1 ? strtol(argv[1], NULL, 10) : 0;
	Arena a = arena_new((ptrdiff_t)4 << 30);
	if (encoding) encode(&a);
	if (encoding || most < 0 || most > INT32_MAX) return encoding ? 0 : 2;
	Arena scratch = a;
	uint64_t *block = NEW(&scratch, uint64_t, (ptrdiff_t)N * KERNEL_WORDS);
	Finger *q = NEW(&scratch, Finger, Q);
	for (int i = 0; i < N; i++) {
		Finger f = made_up();
		if (i % (N / Q) == 0) q[i / (N / Q)] = f;
		kernel_put(block + (ptrdiff_t)i / 8 * 128, i % 8, f.word, KERNEL_WORDS);
	}
	printf("| what | measured | |\n|---|---|---|\n");
	for (ptrdiff_t i = 0; i < kernel_alls; i++) {
		const Kernel *k = kernel_all[i];
		if (!kernel_has(k))
			printf("| %s | not on this machine: not measured | |\n", k->name);
		else
			batch(scratch, k, block, N / KERNEL_LANES, q, k == &kernel_portable ? 50 : Q);
	}
	encode(&scratch);
	town(&scratch, kernel_best(), N);
	arena_free(&a);
	if (most) many(kernel_best(), (int)most);
	return 0;
}
