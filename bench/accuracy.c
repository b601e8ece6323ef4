// accuracy.c - how well people are found again in public sets whose truth is known: bench_accuracy DIR.
// Prints a table for docs/bench-match.md. A set whose files are not in DIR is named and passed over.
// Held-out sets are made by invent.h from tests/data/names, below the folder it is started in.
//
// A pair is right when the truth of both rows is the same: a column, or the first digits of the id. `open`
// leaves half of the first file out, by a hash of the line, so that one partner each cannot rescue a bad
// bound.
#include "invent.h"
#include "match/link.h"
#include <stdio.h>
#include <stdlib.h>

typedef struct {
	const char *name, *left, *right; // right: NULL for one file
	const char *schema; // ready-made, or JSON
	const char *truth; // column; NULL: the first digits of the id
	bool made; // by invent.h, from tests/data/names
	Invent what;
} Set;

#define FIELDS(id, fields) "{\"id\":\"" id "\",\"fields\":{" fields "}}"
static const char names_and_births[] =
	FIELDS("rec_id", "\"given_name\":\"given\",\"surname\":\"family\",\"date_of_birth\":\"birth_date\"");
static const char splink[] =
	FIELDS("unique_id", "\"first_name\":\"given\",\"surname\":\"family\","
			    "\"dob\":\"birth_date\",\"city\":\"place\",\"email\":\"email\"");
static const char r_linkage[] =
	FIELDS("rec_id",
	       "\"fname_c1\":\"given\",\"fname_c2\":\"given\",\"lname_c1\":\"family\","
	       "\"lname_c2\":\"family\",\"by\":\"birth_year\",\"bm\":\"birth_month\",\"bd\":\"birth_day\"");
static const char voters[] = FIELDS("recid", "\"givenname\":\"given\",\"surname\":\"family\","
					     "\"suburb\":\"place\",\"postcode\":\"postcode\"");
static const char alices[] =
	FIELDS("id", "\"givenname\":\"given\",\"surname\":\"family\",\"dob\":\"birth_date\","
		     "\"phone number\":\"phone\",\"gender\":\"sex\",\"city\":\"place\"");
static const char made_copies[] =
	FIELDS("id", "\"given\":\"given\",\"family\":\"family\",\"born\":\"birth_date\",\"place\":\"place\","
		     "\"postcode\":\"postcode\",\"phone\":\"phone\",\"sex\":\"sex\"");
static const char made_few[] = FIELDS(
	"id", "\"given\":\"given\",\"family\":\"family\",\"place\":\"place\",\"postcode\":\"postcode\"");
static const char made_ages[] =
	FIELDS("id", "\"given\":\"given\",\"family\":\"family\",\"father\":\"guardian\",\"age\":\"age\","
		     "\"place\":\"place\",\"phone\":\"phone\",\"sex\":\"sex\"");
static const char made_names[] = FIELDS("id", "\"name\":\"name\",\"father\":\"guardian\"");

static const Set sets[] = {
	{"FEBRL 1", "dataset1.csv", NULL, "febrl", NULL},
	{"FEBRL 2", "dataset2.csv", NULL, "febrl", NULL},
	{"FEBRL 3", "dataset3.csv", NULL, "febrl", NULL},
	{"FEBRL 4", "dataset4a.csv", "dataset4b.csv", "febrl", NULL},
	{"FEBRL 4, names and births", "dataset4a.csv", "dataset4b.csv", names_and_births, NULL},
	{"FEBRL 3, names and births", "dataset3.csv", NULL, names_and_births, NULL},
	{"fake_1000", "fake_1000.csv", NULL, splink, "cluster"},
	{"RLdata500", "RLdata500.csv", NULL, r_linkage, "ent_id"},
	{"RLdata10000", "RLdata10000.csv", NULL, r_linkage, "ent_id"},
	{"ncvr, a fifth corrupted", "ncvr20_party0.csv", "ncvr20_party1.csv", voters, "recid"},
	{"alice and bob", "alice.csv", "bob.csv", alices, "id"},
	{"held out, copies", NULL, NULL, made_copies, NULL, true, INVENT_COPIES},
	{"held out, copies, names and place", NULL, NULL, made_few, NULL, true, INVENT_COPIES},
	{"held out, ages and fathers", NULL, "", made_ages, NULL, true, INVENT_AGES},
	{"held out, Latin and Devanagari", NULL, "", made_names, NULL, true, INVENT_SCRIPTS},
};

// ---- reading ----------------------------------------------------------------------------------------------

static bool left_out(uint64_t line) {
	uint64_t z = line * 0x9e3779b97f4a7c15u + 7;
	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
	return (z ^ z >> 27) >> 40 & 1;
}

// Every other row or so; no cell of these sets has a line end in it.
static Str half_of(Arena *a, Str text) {
	Buf b = {.a = a};
	Str line;
	for (uint64_t n = 0; str_cut(&text, '\n', &line); n++)
		if (n == 0 || !left_out(n)) {
			buf_put(&b, line);
			buf_char(&b, '\n');
		}
	return buf_str(&b);
}

static Str first_digits(Str s) {
	ptrdiff_t from = 0, to;
	while (from < s.n && (s.p[from] < '0' || s.p[from] > '9')) from++;
	for (to = from; to < s.n && s.p[to] >= '0' && s.p[to] <= '9';) to++;
	return str_slice(s, from, to);
}

static int by_text(const void *x, const void *y) {
	return str_cmp(**(const Str *const *)x, **(const Str *const *)y);
}

// The truth of each row as a number: `who[i]` is the same for the same person.
static int32_t number_people(Arena *a, const Str *truth, int32_t n, int32_t *who) {
	const Str **at = NEW(a, const Str *, n);
	int32_t people = 0;
	for (int32_t i = 0; i < n; i++) at[i] = &truth[i];
	qsort(at, (size_t)n, sizeof *at, by_text);
	for (int32_t i = 0; i < n; i++) {
		if (i == 0 || !str_eq(*at[i], *at[i - 1])) people++;
		who[at[i] - truth] = people - 1;
	}
	return people;
}

typedef struct {
	People people;
	int32_t *who;
	double pairs; // true ones
} Data;

static void take_truth(Arena *a, const Set *set, Str text, const People *p, int32_t from, int32_t to,
		       Str *truth) {
	Table t;
	TableRow row;
	Why why = {0};
	Faults quiet = {0};
	if (table_open(a, &why, text, &quiet, &t) != OK) exit(1);
	int column = set->truth ? table_column(&t, str_of(set->truth)) : -1;
	for (int32_t i = from; i < to; i++) {
		if (column < 0) {
			truth[i] = first_digits(p->person[i].id);
			continue;
		}
		do
			if (!table_next(&t, a, &row)) exit(1);
		while (row.line != p->person[i].line);
		truth[i] = row.cell[column];
	}
}

static bool read_set(Arena *a, const char *dir, const Set *set, bool half, Data *out) {
	Str text[2] = {{0}}, ready = schema_ready(str_of(set->schema));
	MatchSchema s;
	Why why = {0};
	Faults quiet = {0};
	People *p = &out->people;
	if (set->made && !invent(a, "tests/data/names", set->what, text)) return false;
	if (!set->made && !invent_file(a, dir, set->left, &text[0])) return false;
	if (!set->made && set->right && !invent_file(a, dir, set->right, &text[1])) return false;
	if (half) text[0] = half_of(a, text[0]);
	if (schema_read(a, &why, ready.n ? ready : str_of(set->schema), &s) != OK) exit(1);
	people_begin(p, a, 2026, &s);
	if (people_add(p, &why, &s, text[0], &quiet) != OK) exit(1);
	int32_t second = p->n;
	if (set->right && people_add(p, &why, &s, text[1], &quiet) != OK) exit(1);
	p->second = second;
	p->two = set->right != NULL;
	Str *truth = NEW(a, Str, p->n);
	for (int i = 0; i < 1 + p->two; i++)
		take_truth(a, set, text[i], p, i ? second : 0, i ? p->n : second, truth);
	out->who = NEW(a, int32_t, p->n);
	int32_t people = number_people(a, truth, p->n, out->who);
	double *seen = NEW(a, double, people), *other = NEW(a, double, people);
	for (int32_t i = 0; i < p->n; i++) (p->two && i >= second ? other : seen)[out->who[i]]++;
	out->pairs = 0;
	for (int32_t i = 0; i < people; i++)
		out->pairs += p->two ? seen[i] * other[i] : seen[i] * (seen[i] - 1) / 2;
	return true;
}

// ---- scoring ----------------------------------------------------------------------------------------------

typedef struct {
	double f1, at, precision, recall;
} Score;

static Score score_at(const Data *d, const Pairs *p, double least) {
	double right = 0;
	ptrdiff_t n = 0;
	for (ptrdiff_t i = 0; i < p->n; i++) {
		if (p->at[i].weight < least) continue;
		right += d->who[p->at[i].left] == d->who[p->at[i].right];
		n++;
	}
	Score s = {.at = least, .precision = n ? right / (double)n : 1, .recall = right / d->pairs};
	s.f1 = n ? 2 * right / ((double)n + d->pairs) : 0;
	return s;
}

// Over all bounds that fall between two sums of evidence.
static Score best_score(const Data *d, const Pairs *p) {
	Score best = {0};
	double right = 0;
	for (ptrdiff_t i = 0; i < p->n; i++) {
		right += d->who[p->at[i].left] == d->who[p->at[i].right];
		if (i + 1 < p->n && p->at[i + 1].evidence == p->at[i].evidence) continue;
		double f1 = 2 * right / ((double)(i + 1) + d->pairs);
		if (f1 > best.f1)
			best = (Score){f1, p->at[i].evidence, right / (double)(i + 1), right / d->pairs};
	}
	return best;
}

static void measure(Arena scratch, const char *dir, const Set *set, bool half) {
	Data d;
	Why why = {0};
	Links full, alone;
	if (!read_set(&scratch, dir, set, half, &d)) {
		if (!half) printf("| %s | not in this folder: not measured | | | | |\n", set->name);
		return;
	}
	d.people.arena = &scratch;
	if (link_people(&d.people, &why, &(LinkOptions){.threshold = 0}, &full) != OK) exit(1);
	if (link_people(&d.people, &why, &(LinkOptions){.fingers = true}, &alone) != OK) exit(1);
	Score best = best_score(&d, &full.pairs), finger = best_score(&d, &alone.pairs);
	Score probable = score_at(&d, &full.pairs, WEIGHT_PROBABLE),
	      listed = score_at(&d, &full.pairs, WEIGHT_POSSIBLE);
	printf("| %s%s | %.4f at %.2f | **%.4f** at %.1f | %.4f / %.4f | %.4f / %.4f |\n", set->name,
	       half ? ", open" : "", finger.f1, finger.at, best.f1, best.at, probable.precision,
	       probable.recall, listed.precision, listed.recall);
	(void)fflush(stdout);
}

int main(int argc, char **argv) {
	Arena a = arena_new((ptrdiff_t)16 << 30);
	if (argc < 2) {
		(void)fprintf(stderr, "bench_accuracy DIR: DIR holds the sets\n");
		return 2;
	}
	printf("| set | fingerprints alone, best F1 | full decision, best F1 | probable P / R | listed P / R "
	       "|\n");
	printf("|---|---|---|---|---|\n");
	for (ptrdiff_t i = 0; i < COUNT(sets); i++) {
		if (argc > 2 && str_find(str_of(sets[i].name), str_of(argv[2])) < 0) continue;
		measure(a, argv[1], &sets[i], false);
		if (sets[i].right) measure(a, argv[1], &sets[i], true);
	}
	arena_free(&a);
	return 0;
}
