// attacks.c - can anybody tell from invented people who was in the data? script/bench release attacks
//
// People are halved by chance. One half is released by the program as anybody would run it, the other is held
// out. Each attack is made on people of both halves: what it gains on those who were in beyond those who were
// not is the advantage. A match means nothing without this control: many people share their values with
// others.
//   membership   how many invented rows are at most 0, 1, 2 values away; the threshold is chosen on every
//   second target and the
//                advantage measured on the others
//   attribute    each attribute is guessed from the invented rows nearest in all others
//   unique       of people who are alone with their values in their half: is there an invented row just like
//   them?
#include "release/table.h"
#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

enum { TARGETS = 4000, SPLITS = 5, NEAR = 3, ATTACKS = 3 };
typedef struct {
	const char *name, *data, *domain, *delta;
} Set;
static const Set sets[] = {
	{"acsma", "tests/data/release/acsma.csv", "tests/data/release/acsma-domain.json", "1e-6"},
	{"adult", "tests/data/release/adult_pgm.csv", "tests/data/release/adult-domain.json", "1e-9"},
};
typedef struct {
	const Codebook *book;
	const Table *people, *made;
	const uint8_t *in; // 1: in the released half
	const ptrdiff_t *target;
	ptrdiff_t targets;
} Game;

static void stop(const char *why) {
	perror(why);
	exit(1);
}

static uint64_t any(uint64_t *s, uint64_t below) { // splitmix64
	uint64_t z = *s += 0x9e3779b97f4a7c15u;
	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
	z = (z ^ z >> 27) * 0x94d049bb133111ebu;
	return (z ^ z >> 31) % below;
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

static Table read_people(Arena *a, const Codebook *book, const char *path) {
	Why why = {0};
	Table t;
	if (table_read(a, &why, whole(a, path), book, &t) == OK) return t;
	(void)fprintf(stderr, "%s: %s\n", path, why.msg);
	exit(1);
}

// ---- release one half
// ------------------------------------------------------------------------------------------------

static void write_half(const Codebook *book, const Table *people, const uint8_t *in, const char *path) {
	FILE *f = fopen(path, "we");
	if (!f) stop(path);
	for (int i = 0; i < book->n; i++)
		(void)fprintf(f, "%s%.*s", i ? "," : "", (int)book->attribute[i].name.n,
			      book->attribute[i].name.p);
	for (ptrdiff_t r = 0; r < people->rows; r++)
		for (int i = 0; i < book->n && in[r]; i++)
			(void)fprintf(f, "%s%d", i ? "," : "\n", people->column[i][r]);
	if (fputc('\n', f) == EOF || fclose(f) != 0) stop(path);
}

static void run_release(Arena *a, const char *program, const Set *set, Str folder) {
#define IN_FOLDER(name) str_z(a, str_fmt(a, "%.*s/" name, (int)folder.n, folder.p))
	const char *argv[] = {program,
			      "release",
			      "synth",
			      "--data",
			      IN_FOLDER("half.csv"),
			      "--domain",
			      set->domain,
			      "--delta",
			      set->delta,
			      "--ledger",
			      IN_FOLDER("ledger"),
			      "--out",
			      IN_FOLDER("rows.csv"),
			      "--report",
			      IN_FOLDER("report.json"),
			      NULL};
	(void)unlink(IN_FOLDER("ledger"));
	pid_t child = fork();
	if (child < 0) stop("fork");
	if (child == 0) {
		int quiet = open("/dev/null", O_WRONLY | O_CLOEXEC);
		if (quiet >= 0) (void)dup2(quiet, STDERR_FILENO);
		(void)execv(program, (char **)(uintptr_t)argv);
		_exit(127);
	}
	int status;
	while (waitpid(child, &status, 0) < 0 && errno == EINTR) {}
	if (status != 0) {
		(void)fprintf(stderr, "the release did not work\n");
		exit(1);
	}
}

// ---- attacks
// ---------------------------------------------------------------------------------------------------------

// Of one target: invented rows at most 0, 1, 2 values away, and for each attribute whether the guess is
// right.
typedef struct {
	double near[NEAR], right;
} Seen;

static Seen look(const Game *g, ptrdiff_t who) {
	int n = g->book->n, best[CODEBOOK_ATTRIBUTES];
	static int votes[CODEBOOK_ATTRIBUTES][CODEBOOK_VALUES];
	Seen s = {0};
	memset(votes, 0, sizeof votes);
	for (int i = 0; i < n; i++) best[i] = n + 1;
	for (ptrdiff_t r = 0; r < g->made->rows; r++) {
		bool differs[CODEBOOK_ATTRIBUTES];
		int far = 0;
		for (int i = 0; i < n; i++)
			far += differs[i] = g->made->column[i][r] != g->people->column[i][who];
		for (int k = far; k < NEAR; k++) s.near[k]++;
		for (int i = 0; i < n; i++) {
			int others = far - differs[i];
			if (others > best[i]) continue;
			if (others < best[i]) memset(votes[i], 0, sizeof votes[i]);
			best[i] = others;
			votes[i][g->made->column[i][r]]++;
		}
	}
	for (int i = 0; i < n; i++) {
		int guess = 0;
		for (int v = 1; v < g->book->attribute[i].size; v++)
			if (votes[i][v] > votes[i][guess]) guess = v;
		s.right += guess == g->people->column[i][who];
	}
	s.right /= n;
	return s;
}

// Share of those who were in that are above the threshold, less that of those who were not; every second
// target.
static double gain(const Game *g, const Seen *seen, int near, double above, ptrdiff_t from) {
	double hit[2] = {0}, all[2] = {0};
	for (ptrdiff_t t = from; t < g->targets; t += 2) {
		unsigned in = g->in[g->target[t]];
		all[in]++;
		hit[in] += seen[t].near[near] > above;
	}
	return hit[1] / all[1] - hit[0] / all[0];
}

static double membership(const Game *g, const Seen *seen) {
	double best = -1, above = 0, most = 0;
	int near = 0;
	for (int k = 0; k < NEAR; k++) {
		for (ptrdiff_t t = 0; t < g->targets; t++) most = fmax(most, seen[t].near[k]);
		for (int64_t limit = 0; limit <= (int64_t)most; limit += limit < 32 ? 1 : limit / 16) {
			double got = gain(g, seen, k, (double)limit, 0);
			if (got > best) best = got, above = (double)limit, near = k;
		}
	}
	return gain(g, seen, near, above, 1);
}

static double attribute(const Game *g, const Seen *seen) {
	double right[2] = {0}, all[2] = {0};
	for (ptrdiff_t t = 0; t < g->targets; t++) {
		right[g->in[g->target[t]]] += seen[t].right;
		all[g->in[g->target[t]]]++;
	}
	return right[1] / all[1] - right[0] / all[0];
}

static bool alone(const Game *g, ptrdiff_t who) {
	for (ptrdiff_t r = 0; r < g->people->rows; r++) {
		if (r == who || g->in[r] != g->in[who]) continue;
		int i = 0;
		while (i < g->book->n && g->people->column[i][r] == g->people->column[i][who]) i++;
		if (i == g->book->n) return false;
	}
	return true;
}

static double unique(const Game *g, const Seen *seen) {
	double met[2] = {0}, all[2] = {0};
	for (ptrdiff_t t = 0; t < g->targets; t++) {
		if (!alone(g, g->target[t])) continue;
		met[g->in[g->target[t]]] += seen[t].near[0] > 0;
		all[g->in[g->target[t]]]++;
	}
	return all[0] > 0 && all[1] > 0 ? met[1] / all[1] - met[0] / all[0] : 0;
}

// ---- the whole
// -------------------------------------------------------------------------------------------------------

static void play(Arena *a, const char *program, const Set *set, Str folder, uint64_t seed,
		 double out[ATTACKS]) {
	Why why = {0};
	Codebook book;
	if (codebook_read(a, &why, whole(a, set->domain), &book) != OK) stop(set->domain);
	Table people = read_people(a, &book, set->data);
	ptrdiff_t n = people.rows, *order = NEW(a, ptrdiff_t, n);
	uint8_t *in = NEW(a, uint8_t, n);
	for (ptrdiff_t i = 0; i < n; i++) order[i] = i;
	for (ptrdiff_t i = n - 1; i > 0; i--) {
		ptrdiff_t j = (ptrdiff_t)any(&seed, (uint64_t)i + 1), kept = order[i];
		order[i] = order[j];
		order[j] = kept;
	}
	for (ptrdiff_t i = 0; i < n / 2; i++) in[order[i]] = 1;
	for (ptrdiff_t i = n - 1; i > 0; i--) { // targets: another order
		ptrdiff_t j = (ptrdiff_t)any(&seed, (uint64_t)i + 1), kept = order[i];
		order[i] = order[j];
		order[j] = kept;
	}
	write_half(&book, &people, in, IN_FOLDER("half.csv"));
	run_release(a, program, set, folder);
	Table made = read_people(a, &book, IN_FOLDER("rows.csv"));
	Game g = {&book, &people, &made, in, order, n < TARGETS ? n : TARGETS};
	Seen *seen = NEW(a, Seen, g.targets);
	for (ptrdiff_t t = 0; t < g.targets; t++) seen[t] = look(&g, order[t]);
	out[0] = membership(&g, seen);
	out[1] = attribute(&g, seen);
	out[2] = unique(&g, seen);
}

int main(int argc, char **argv) {
	static const char *const names[ATTACKS] = {"membership", "attribute", "unique match"};
	char folder[] = "/tmp/attacks-XXXXXX";
	if (argc != 2 || !mkdtemp(folder)) {
		(void)fprintf(stderr, "bench_attacks PROGRAM\n");
		return 2;
	}
	(void)printf(
		"| people | attack | advantage, mean of %d halvings | standard error |\n|---|---|---|---|\n",
		SPLITS);
	for (ptrdiff_t s = 0; s < COUNT(sets); s++) {
		double got[SPLITS][ATTACKS];
		for (int k = 0; k < SPLITS; k++) {
			Arena a = arena_new((ptrdiff_t)2 << 30);
			play(&a, argv[1], &sets[s], str_of(folder), (uint64_t)k + 1, got[k]);
			arena_free(&a);
		}
		for (int t = 0; t < ATTACKS; t++) {
			double mean = 0, squares = 0;
			for (int k = 0; k < SPLITS; k++) mean += got[k][t] / SPLITS;
			for (int k = 0; k < SPLITS; k++) squares += (got[k][t] - mean) * (got[k][t] - mean);
			(void)printf("| %s | %s | %+.4f | %.4f |\n", sets[s].name, names[t], mean,
				     sqrt(squares / (SPLITS - 1) / SPLITS));
			(void)fflush(stdout);
		}
	}
	return 0;
}
