// match.c - how fast fingerprints are made, counted and searched: script/bench match prints the table;
// bench_match encode makes fingerprints and nothing else. Bits are made up at the fill that people have;
// records for the making are invented.
#include "kernel/kernel.h"
#include "match/index.h"
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

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

static void search(const Kernel *k, const Index *x, const Finger *q, double least) {
	enum { TRIES = 101 };
	double took[TRIES];
	Found found[50];
	int n = 0;
	for (int i = 0; i < TRIES; i++) {
		double from = now();
		n += index_find(x, k, &q[i], &(IndexScope){.least = least}, found, 50);
		took[i] = (now() - from) * 1e3;
	}
	qsort(took, TRIES, sizeof *took, up);
	printf("| one search among %d at %.2f, %s, one thread | p50 %.2f ms, p95 %.2f ms | %d found |\n",
	       index_here(x), least, k->name, took[TRIES / 2], took[TRIES * 95 / 100], n);
}

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
	Arena a = arena_new((ptrdiff_t)4 << 30);
	if (argc > 1 && strcmp(argv[1], "encode") == 0) {
		encode(&a);
		arena_free(&a);
		return 0;
	}
	uint64_t *block = NEW(&a, uint64_t, (ptrdiff_t)N * KERNEL_WORDS);
	Finger *q = NEW(&a, Finger, Q);
	Index *x = index_make(N);
	if (!x) return 1;
	double adding = 0;
	for (int i = 0; i < N; i++) {
		Finger f = made_up();
		if (i % (N / Q) == 0) q[i / (N / Q)] = f;
		kernel_put(block + (ptrdiff_t)i / 8 * 128, i % 8, f.word, KERNEL_WORDS);
		double from = now();
		if (!index_add(x, i, 0, &f)) return 1;
		adding += now() - from;
	}
	printf("| what | measured | |\n|---|---|---|\n");
	for (ptrdiff_t i = 0; i < kernel_alls; i++) {
		const Kernel *k = kernel_all[i];
		if (!kernel_has(k)) {
			printf("| %s | not on this machine: not measured | |\n", k->name);
			continue;
		}
		batch(a, k, block, N / KERNEL_LANES, q, k == &kernel_portable ? 50 : Q);
		search(k, x, q, .65);
		search(k, x, q, .55);
	}
	printf("| put into the index, seen by the next search | %.2f us | |\n", adding / N * 1e6);
	encode(&a);
	printf("| memory of the index | 156 bytes a record | without the keys of sealed records |\n");
	index_free(x);
	arena_free(&a);
	return 0;
}
