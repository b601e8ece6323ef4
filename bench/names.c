// Finds names typed in Latin letters among names stored in another script: bench_names DIR [tune|report].
//
// Rank of the right stored name among all stored names; every other name that is as like counts as before it.
// The hundred best by pairs of letters of the hard form and by the light form are ranked by name_likeness, as
// a search does; a right name that is not among them is not found. ICU's Any-Latin; Latin-ASCII with pairs of
// letters is measured the same way, for comparison. Queries are parted by a hash of the line: `tune` is the
// half that rules were tried on, `report` the other; stored names are always all of them.
#include "base/base.h"
#include "match/name.h"
#include <stdio.h>
#include <stdlib.h>
#include <unicode/uchar.h>
#include <unicode/ustring.h>
#include <unicode/utrans.h>

#define BEST 100
#define PAIRS 729 // 27 x 27
typedef struct {
	Str text;
	NameForm form[NAME_WORDS];
	int nform;
	uint16_t *pair[3]; // sorted: hard and light of all words, and ICU's reading
	int npair[3];
} Name;
typedef struct {
	Name latin;
	int right; // index of the stored name
} Query;
typedef struct {
	Arena *arena;
	Name *stored;
	Query *query;
	int nstored, nquery;
	UTransliterator *icu;
} Set;
typedef struct {
	int n, first, ten;
	double *own, *other; // likeness to the right name, and to the best wrong one
} Score;

static int code(char c) { return c >= 'a' && c <= 'z' ? c - 'a' + 1 : 0; }
static int by_number(const void *x, const void *y) { return *(const uint16_t *)x - *(const uint16_t *)y; }

static void put_pairs(Arena *a, Name *n, int which, Str *part, int nparts) {
	ptrdiff_t all = 0;
	for (int i = 0; i < nparts; i++) all += part[i].n + 1;
	n->pair[which] = NEW(a, uint16_t, all + 1);
	for (int i = 0; i < nparts; i++)
		for (ptrdiff_t k = 0; k <= part[i].n; k++)
			n->pair[which][n->npair[which]++] =
				(uint16_t)(27 * (k ? code(part[i].p[k - 1]) : 0) +
					   (k < part[i].n ? code(part[i].p[k]) : 0));
	qsort(n->pair[which], (size_t)n->npair[which], sizeof(uint16_t), by_number);
}

static double dice(const Name *x, const Name *y, int which) {
	int i = 0, k = 0, both = 0;
	while (i < x->npair[which] && k < y->npair[which]) {
		if (x->pair[which][i] == y->pair[which][k])
			both++, i++, k++;
		else if (x->pair[which][i] < y->pair[which][k])
			i++;
		else
			k++;
	}
	return x->npair[which] + y->npair[which] ? 2.0 * both / (x->npair[which] + y->npair[which]) : 0;
}

static Str icu_reading(Set *s, Str text) {
	UChar in[512];
	char out[2048];
	int32_t n = 0, bytes = 0;
	UErrorCode e = U_ZERO_ERROR;
	u_strFromUTF8(in, 300, &n, text.p, (int32_t)text.n, &e);
	int32_t limit = n;
	utrans_transUChars(s->icu, in, &n, 512, 0, &limit, &e);
	u_strToUTF8(out, sizeof out, &bytes, in, n, &e);
	if (U_FAILURE(e)) return (Str){0};
	for (int32_t i = 0; i < bytes; i++)
		if (out[i] >= 'A' && out[i] <= 'Z') out[i] = (char)(out[i] + 32);
	return str_dup(s->arena, (Str){out, bytes});
}

static void read_name(Set *s, Str text, Name *n) {
	Str part[2][NAME_WORDS];
	*n = (Name){.text = text};
	n->nform = name_forms(s->arena, text, n->form, NAME_WORDS);
	for (int i = 0; i < n->nform; i++) part[0][i] = n->form[i].hard, part[1][i] = n->form[i].light;
	put_pairs(s->arena, n, 0, part[0], n->nform);
	put_pairs(s->arena, n, 1, part[1], n->nform);
	Str reading = icu_reading(s, text), word, rest = reading, words[32];
	int nwords = 0;
	while (nwords < 32 && str_cut(&rest, ' ', &word))
		if (word.n) words[nwords++] = word;
	put_pairs(s->arena, n, 2, words, nwords);
}

static uint64_t hash(Str s) {
	uint64_t h = 1469598103934665603u;
	for (ptrdiff_t i = 0; i < s.n; i++) h = (h ^ (uint8_t)s.p[i]) * 1099511628211u;
	return h ^ h >> 29;
}

static int stored_at(Set *s, int *table, int size, Str text) {
	int at = (int)(hash(text) % (uint64_t)size);
	for (; table[at]; at = (at + 1) % size)
		if (str_eq(s->stored[table[at] - 1].text, text)) return table[at] - 1;
	table[at] = s->nstored + 1;
	read_name(s, text, &s->stored[s->nstored]);
	return s->nstored++;
}

static Str file_text(Arena *a, const char *dir, const char *name) {
	char path[1024];
	(void)snprintf(path, sizeof path, "%s/%s", dir, name);
	FILE *f = fopen(path, "rb");
	if (!f) {
		perror(path);
		exit(2);
	}
	char *p = NEW(a, char, 8 << 20);
	ptrdiff_t n = (ptrdiff_t)fread(p, 1, 8 << 20, f);
	(void)fclose(f);
	return (Str){p, n};
}

typedef struct {
	const char *file, *name;
	int latin, native; // columns
	bool header;
} Source;

static void load(Set *s, const char *dir, const Source *from, const char *half) {
	Str text = file_text(s->arena, dir, from->file), line;
	int size = 1 << 16, *table = NEW(s->arena, int, size);
	s->stored = NEW(s->arena, Name, 20000);
	s->query = NEW(s->arena, Query, 20000);
	for (bool first = true; str_cut(&text, '\n', &line) && s->nquery < 20000; first = false) {
		Str column[8] = {{0}}, cell;
		if (first && from->header) continue;
		line = str_trim(line);
		Str rest = line;
		for (int i = 0; i < 8 && str_cut(&rest, '\t', &cell); i++) column[i] = cell;
		if (!column[from->latin].n || !column[from->native].n) continue;
		int right = stored_at(s, table, size, column[from->native]);
		// By the stored name, so that its spellings stay in one half.
		bool tune = hash(column[from->native]) >> 7 & 1;
		if (half && tune != (strcmp(half, "tune") == 0)) continue;
		read_name(s, column[from->latin], &s->query[s->nquery].latin);
		s->query[s->nquery++].right = right;
	}
}

static int by_double_down(const void *x, const void *y) {
	double a = *(const double *)x, b = *(const double *)y;
	return a < b ? 1 : a > b ? -1 : 0;
}

static void rank_in(Score *score, const double *like, int n, int right) {
	int before = 0;
	double other = 0;
	for (int i = 0; i < n; i++) {
		if (i == right) continue;
		before += like[i] >= like[right];
		if (like[i] > other) other = like[i];
	}
	score->first += before == 0 && like[right] > 0;
	score->ten += before < 10 && like[right] > 0;
	score->own[score->n] = like[right];
	score->other[score->n++] = other;
}

// The threshold that is best for "right pairs found, and each query's likest wrong name not taken".
static double best_f1(const Score *s) {
	double best = 0;
	for (double at = 0.3; at < 1.0; at += 0.005) {
		int right = 0, wrong = 0;
		for (int i = 0; i < s->n; i++) right += s->own[i] >= at, wrong += s->other[i] >= at;
		double f1 = 2.0 * right / (right + wrong + s->n);
		if (f1 > best) best = f1;
	}
	return best;
}

static void measure(Set *s, Score *icu, Score *ours) {
	double *like = NEW(s->arena, double, s->nstored), *sorted = NEW(s->arena, double, s->nstored);
	for (int q = 0; q < s->nquery; q++) {
		const Query *query = &s->query[q];
		for (int i = 0; i < s->nstored; i++) like[i] = dice(&query->latin, &s->stored[i], 2);
		rank_in(icu, like, s->nstored, query->right);
		for (int i = 0; i < s->nstored; i++)
			like[i] =
				dice(&query->latin, &s->stored[i], 0) + dice(&query->latin, &s->stored[i], 1);
		memcpy(sorted, like, sizeof *like * (size_t)s->nstored);
		qsort(sorted, (size_t)s->nstored, sizeof *sorted, by_double_down);
		double bound = sorted[s->nstored > BEST ? BEST - 1 : s->nstored - 1];
		for (int i = 0; i < s->nstored; i++)
			like[i] = like[i] < bound || like[i] <= 0
					  ? 0
					  : name_likeness(query->latin.form, query->latin.nform,
							  s->stored[i].form, s->stored[i].nform);
		rank_in(ours, like, s->nstored, query->right);
	}
}

int main(int argc, char **argv) {
	static const Source source[] = {
		{"hi_affidavits_even.tsv", "hi_affidavits_even", 0, 1, true},
		{"hi_affidavits_even.tsv", "hi_affidavits_even, fathers", 2, 3, true},
		{"hi_firstnames_parlikar.tsv", "hi_firstnames", 0, 1, true},
		{"bn.dev.tsv", "bn_dakshina_dev (words)", 1, 0, false},
	};
	if (argc < 2) return 2;
	const char *half = argc > 2 ? argv[2] : NULL;
	(void)printf("| set (%s) | queries | stored | ICU R@1 / R@10 | Sangam R@1 / R@10 | F1, hardest wrong "
		     "name: ICU | Sangam |\n"
		     "|---|---|---|---|---|---|---|\n",
		     half ? half : "all");
	UErrorCode e = U_ZERO_ERROR;
	UChar id[64];
	u_uastrcpy(id, "Any-Latin; Latin-ASCII; Lower");
	for (ptrdiff_t i = 0; i < COUNT(source); i++) {
		Arena arena = arena_new((ptrdiff_t)1 << 30);
		Set s = {.arena = &arena, .icu = utrans_openU(id, -1, UTRANS_FORWARD, NULL, 0, NULL, &e)};
		if (U_FAILURE(e)) return 2;
		load(&s, argv[1], &source[i], half);
		Score icu = {.own = NEW(&arena, double, s.nquery + 1),
			     .other = NEW(&arena, double, s.nquery + 1)},
		      ours = icu;
		ours.own = NEW(&arena, double, s.nquery + 1), ours.other = NEW(&arena, double, s.nquery + 1);
		measure(&s, &icu, &ours);
		double n = s.nquery ? s.nquery : 1;
		(void)printf("| %s | %d | %d | %.3f / %.3f | **%.3f / %.3f** | %.3f | %.3f |\n",
			     source[i].name, s.nquery, s.nstored, icu.first / n, icu.ten / n, ours.first / n,
			     ours.ten / n, best_f1(&icu), best_f1(&ours));
		(void)fflush(stdout);
		utrans_close(s.icu);
		arena_free(&arena);
	}
	return 0;
}
