// release.c - how near invented people come to real ones, how long that takes and in how much memory:
// script/bench release prints the tables. The program is run whole, as whoever releases runs it, and what it
// wrote is compared with the people. Large sets are made up by a fixed rule. docs/bench-release.md
#include "kernel/marginals.h"
#include "release/gauss.h"
#include "release/table.h"
#include <fcntl.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { TRIPLES = 364, DRAWS = 2000000 };
typedef struct {
	const char *name, *data, *domain, *delta;
	ptrdiff_t rows; // made up when above 0
	int attributes, runs;
} Set;
static const Set sets[] = {
	{"acsma", "tests/data/release/acsma.csv", "tests/data/release/acsma-domain.json", "1e-6", 0, 0, 5},
	{"adult", "tests/data/release/adult_pgm.csv", "tests/data/release/adult-domain.json", "1e-9", 0, 0,
	 5},
	{"made up", NULL, NULL, "1e-9", 20000, 16, 5},
	{"made up", NULL, NULL, "1e-9", 170000, 35, 1},
	{"made up", NULL, NULL, "1e-9", 1000000, 60, 1},
};

typedef struct {
	double wall, cpu, mib;
} Cost;

static double wall(void) {
	struct timespec t;
	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}
static double seconds(struct timeval t) { return (double)t.tv_sec + (double)t.tv_usec / 1e6; }

static double cpu(void) {
	struct rusage used;
	(void)getrusage(RUSAGE_SELF, &used);
	return seconds(used.ru_utime) + seconds(used.ru_stime);
}

static void stop(const char *why) {
	perror(why);
	exit(1);
}

static Str whole(Arena *a, const char *path) {
	FILE *f = fopen(path, "rbe");
	if (!f || fseek(f, 0, SEEK_END) != 0) stop(path);
	long size = ftell(f);
	char *p = NEW(a, char, size + 1);
	rewind(f);
	size_t n = fread(p, 1, (size_t)size, f);
	(void)fclose(f);
	return (Str){p, (ptrdiff_t)n};
}

// ---- people by a rule
// -----------------------------------------------------------------------------------------

static uint64_t mixed(uint64_t *s) { // splitmix64
	uint64_t z = *s += 0x9e3779b97f4a7c15u;
	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
	z = (z ^ z >> 27) * 0x94d049bb133111ebu;
	return z ^ z >> 31;
}

static const int sizes[] = {2, 5, 2, 12, 3, 2, 35, 4, 2, 8, 20, 2, 6, 3, 2, 10, 60, 2, 5, 3};

// A value of attribute j: a kind of person has one that is usual, values hang on the one before, few are
// frequent.
static int value_of(uint64_t *s, int kind, int before, int j) {
	int size = sizes[j % COUNT(sizes)];
	uint64_t chance = mixed(s) % 100, usual = (uint64_t)kind * 1000 + (uint64_t)j;
	if (chance < 40) return (int)(mixed(&usual) % (uint64_t)size);
	if (chance < 65) return (before * 7 + j) % size;
	double u = (double)(mixed(s) >> 11) * 0x1p-53;
	return (int)(u * u * size);
}

static void make_up(const Set *set, const char *data, const char *domain) {
	FILE *csv = fopen(data, "we"), *json = fopen(domain, "we");
	if (!csv || !json) stop(data);
	for (int j = 0; j < set->attributes; j++) {
		(void)fprintf(csv, "%sa%d", j ? "," : "", j);
		(void)fprintf(json, "%s\"a%d\": %d", j ? ", " : "{", j, sizes[j % COUNT(sizes)]);
	}
	(void)fputs("}\n", json);
	(void)fputc('\n', csv);
	uint64_t s = 17;
	for (ptrdiff_t r = 0; r < set->rows; r++) {
		uint64_t k = mixed(&s);
		int kind = (int)((k & 15) * (k >> 4 & 15) / 16), before = kind;
		for (int j = 0; j < set->attributes; j++) {
			before = value_of(&s, kind, before, j);
			(void)fprintf(csv, "%s%d", j ? "," : "", before);
		}
		(void)fputc('\n', csv);
	}
	if (fclose(csv) != 0 || fclose(json) != 0) stop(data);
}

// ---- the score
// ------------------------------------------------------------------------------------------------

static double distance(Arena scratch, const Codebook *book, const Table *one, const Table *two, const int *of,
		       int ways) {
	const uint8_t *a[3], *b[3];
	int size[3];
	for (int i = 0; i < ways; i++) {
		a[i] = one->column[of[i]];
		b[i] = two->column[of[i]];
		size[i] = book->attribute[of[i]].size;
	}
	ptrdiff_t cells = marginal_cells(size, ways);
	int64_t *of_one = NEW(&scratch, int64_t, cells), *of_two = NEW(&scratch, int64_t, cells);
	marginal_count(&(MarginalOf){a, size, ways}, one->rows, of_one);
	marginal_count(&(MarginalOf){b, size, ways}, two->rows, of_two);
	double sum = 0;
	for (ptrdiff_t k = 0; k < cells; k++)
		sum += fabs((double)of_one[k] / (double)one->rows - (double)of_two[k] / (double)two->rows);
	return sum / 2;
}

static double pairs(Arena scratch, const Codebook *book, const Table *one, const Table *two) {
	double sum = 0;
	int n = 0;
	for (int i = 0; i < book->n; i++)
		for (int j = i + 1; j < book->n; j++, n++)
			sum += distance(scratch, book, one, two, (int[]){i, j}, 2);
	return n ? sum / n : 0;
}

// All triples, or as many as the notes of the data say, drawn without repetition by a fixed rule.
static double triples(Arena scratch, const Codebook *book, const Table *one, const Table *two) {
	int n = book->n, all = n * (n - 1) * (n - 2) / 6, left = all < TRIPLES ? all : TRIPLES, want = left;
	double sum = 0;
	uint64_t seed = 364;
	for (int i = 0; i < n; i++)
		for (int j = i + 1; j < n; j++)
			for (int k = j + 1; k < n; k++, all--) {
				if ((int)(mixed(&seed) % (uint64_t)all) >= left) continue;
				left--;
				sum += distance(scratch, book, one, two, (int[]){i, j, k}, 3);
			}
	return want ? sum / want : 0;
}

// ---- one release
// ----------------------------------------------------------------------------------------------

static Cost run(char *const argv[]) {
	double from = wall();
	struct rusage used;
	int status;
	pid_t child = fork();
	if (child < 0) stop("fork");
	if (child == 0) {
		int quiet = open("/dev/null", O_WRONLY | O_CLOEXEC);
		(void)dup2(quiet, STDERR_FILENO);
		(void)execv(argv[0], argv);
		_exit(127);
	}
	if (wait4(child, &status, 0, &used) < 0 || status != 0) {
		(void)fprintf(stderr, "%s release: status %d\n", argv[0], status);
		exit(1);
	}
	return (Cost){wall() - from, seconds(used.ru_utime) + seconds(used.ru_stime),
		      (double)used.ru_maxrss / 1024};
}

static void bench(Arena *a, const char *program, const char *folder, const Set *set,
		  const char *const how[2]) {
	Why why = {0};
	Codebook book;
	Table people, rows;
	const char *made = str_z(a, str_fmt(a, "%s/people.csv", folder)),
		   *made_domain = str_z(a, str_fmt(a, "%s/domain.json", folder));
	const char *data = set->rows ? made : set->data, *domain = set->rows ? made_domain : set->domain;
	if (set->rows) make_up(set, made, made_domain);
	if (codebook_read(a, &why, whole(a, domain), &book) != OK ||
	    table_read(a, &why, whole(a, data), &book, &people) != OK) {
		(void)fprintf(stderr, "%s: %s\n", data, why.msg);
		exit(1);
	}
	Cost all = {0};
	double two = 0, three = 0;
	for (int i = 0; i < set->runs; i++) {
		Arena scratch = *a;
		const char *out = str_z(a, str_fmt(a, "%s/rows.csv", folder)),
			   *report = str_z(a, str_fmt(a, "%s/report.json", folder)),
			   *ledger = str_z(a, str_fmt(a, "%s/ledger", folder));
		(void)unlink(ledger);
		const char *argv[] = {program,	  "release",  "synth",	       "--data",  data,
				      "--domain", domain,     "--ledger",      ledger,	  "--out",
				      out,	  "--report", report,	       "--delta", set->delta,
				      "--method", how[0],     "--composition", how[1],	  NULL};
		Cost one = run((char *const *)(uintptr_t)argv);
		all.wall += one.wall / set->runs;
		all.cpu += one.cpu / set->runs;
		all.mib = fmax(all.mib, one.mib);
		if (table_read(&scratch, &why, whole(&scratch, out), &book, &rows) != OK) stop(out);
		two += pairs(scratch, &book, &people, &rows) / set->runs;
		three += triples(scratch, &book, &people, &rows) / set->runs;
	}
	printf("| %s, %td x %d, %s | %d | %.4f | %.4f | %.2f | %.2f | %.0f |\n", set->name, people.rows,
	       book.n, set->delta, set->runs, two, three, all.wall, all.cpu, all.mib);
	(void)fflush(stdout);
}

static void noise(Arena scratch) {
	static const uint64_t variance[] = {2, 100, 8100, 1000000};
	Why why = {0};
	int64_t *x = NEW(&scratch, int64_t, DRAWS);
	puts("\n| exact discrete Gaussian, variance | million draws a second, one core |\n|---|---|");
	for (ptrdiff_t v = 0; v < COUNT(variance); v++) {
		Draws d = draws_system();
		double from = cpu();
		if (gauss_draw(&d, &why, variance[v], 1, x, DRAWS) != OK) stop("draws");
		printf("| %llu | %.1f |\n", (unsigned long long)variance[v], DRAWS / 1e6 / (cpu() - from));
	}
}

int main(int argc, char **argv) {
	int64_t want = COUNT(sets);
	if (argc < 3 ||
	    (argc > 3 && (!str_to_int(str_of(argv[3]), &want) || want < 1 || want > COUNT(sets)))) {
		(void)fprintf(stderr,
			      "bench_release PROGRAM FOLDER [SETS [METHOD [COMPOSITION]]]: run by "
			      "script/bench release. "
			      "SETS: so many of the %td sets, the small ones first\n",
			      COUNT(sets));
		return 2;
	}
	const char *const how[] = {argc < 5 ? "swift" : argv[4], argc < 6 ? "zcdp" : argv[5]};
	Arena arena = arena_new((ptrdiff_t)16 << 30);
	puts("| people, delta | releases | pairs | triples | seconds | of CPU | MiB "
	     "|\n|---|---|---|---|---|---|---|");
	for (ptrdiff_t i = 0; i < want; i++) {
		Arena scratch = arena;
		bench(&scratch, argv[1], argv[2], &sets[i], how);
	}
	noise(arena);
	arena_free(&arena);
	return 0;
}
