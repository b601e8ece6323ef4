// psi.c - how fast and how well two agencies find the persons that both know, by psi.h: script/bench psi
// [FOLDER] prints the tables. Accuracy, for the public sets in the folder, is that of the tokens in clear
// (blinding changes nothing of it), beside that of whole fingerprints on the same records.
#include "kernel/kernel.h"
#include "match/finger.h"
#include "match/psi_person.h"
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

typedef struct {
	Arena arena;
	Why why;
	MatchSchema schema;
	People people;
	int32_t *side[2], n[2]; // persons of each side
	int64_t *truth; // of each person: who she is
	int64_t both; // persons on both sides
} Set;
typedef struct {
	float score;
	int32_t a, b;
} Scored;
typedef struct {
	Scored *at;
	ptrdiff_t n, cap;
} List;

static Str slurp(Arena *a, const char *path) {
	Buf b = {.a = a};
	static char part[1 << 16];
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0) {
		(void)fprintf(stderr, "bench psi: cannot read %s\n", path);
		exit(2);
	}
	for (ssize_t n; (n = read(fd, part, sizeof part)) > 0;) buf_put(&b, (Str){part, n});
	(void)close(fd);
	return buf_str(&b);
}

static int64_t digits_of(Str s) {
	int64_t v = 0;
	for (ptrdiff_t i = 0; i < s.n && !(v && (s.p[i] < '0' || s.p[i] > '9')); i++)
		if (s.p[i] >= '0' && s.p[i] <= '9') v = v * 10 + s.p[i] - '0';
	return v * 2 + 1;
}

static void load(Set *s, const char *const file[2], const char *json) {
	Faults faults = {0};
	ASSERT(schema_read(&s->arena, &s->why, str_of(json), &s->schema) == OK);
	people_begin(&s->people, &s->arena, 2026, &s->schema);
	for (int i = 0; i < 2 && file[i]; i++)
		ASSERT(people_add(&s->people, &s->why, &s->schema, slurp(&s->arena, file[i]), &faults) == OK);
	int32_t n = s->people.n;
	s->truth = NEW(&s->arena, int64_t, n);
	for (int k = 0; k < 2; k++) s->side[k] = NEW(&s->arena, int32_t, n);
	for (int32_t i = 0; i < n; i++) {
		Str id = s->people.person[i].id;
		bool second = file[1] ? i >= s->people.second : str_find(id, S("-dup-")) >= 0;
		s->truth[i] = digits_of(id);
		if (second && !file[1] && !str_ends(id, S("-dup-0"))) continue;
		s->side[second][s->n[second]++] = i;
	}
	for (int32_t i = 0; i < s->n[0]; i++)
		for (int32_t j = 0; j < s->n[1]; j++)
			s->both += s->truth[s->side[0][i]] == s->truth[s->side[1][j]];
}

static void put(Arena *a, List *l, Scored s) {
	if (l->n == l->cap) {
		ptrdiff_t cap = l->cap ? l->cap * 2 : 4096;
		Scored *more = NEW(a, Scored, cap);
		if (l->n) memcpy(more, l->at, (size_t)l->n * sizeof s);
		l->at = more;
		l->cap = cap;
	}
	l->at[l->n++] = s;
}
static int by_score(const void *x, const void *y) {
	const Scored *a = x, *b = y;
	if (a->score != b->score) return a->score > b->score ? -1 : 1;
	return a->a != b->a ? (a->a > b->a) - (a->a < b->a) : (a->b > b->b) - (a->b < b->b);
}

static void fingerprints(Set *s, List *out) {
	Finger *f = NEW(&s->arena, Finger, s->people.n);
	const FingerKeys *keys = finger_keys(&s->arena, S("bench psi"), 0);
	for (int32_t i = 0; i < s->people.n; i++) finger_make(&s->people, &s->people.person[i], keys, &f[i]);
	for (int32_t i = 0; i < s->n[0]; i++)
		for (int32_t j = 0; j < s->n[1]; j++) {
			const Finger *x = &f[s->side[0][i]], *y = &f[s->side[1][j]];
			uint32_t common = 0;
			for (int w = 0; w < FINGER_WORDS; w++)
				common += (uint32_t)__builtin_popcountll(x->word[w] & y->word[w]);
			double d = finger_dice(x, y, common);
			if (d > .5) put(&s->arena, out, (Scored){(float)d, s->side[0][i], s->side[1][j]});
		}
}

// The first place of a token in a sorted list, or where it would be.
static int32_t place_of(const PsiSide *s, const PsiToken *t) {
	int32_t low = 0, high = s->ntoken;
	while (low < high) {
		int32_t mid = (low + high) / 2;
		if (memcmp(s->token[mid].token, t->token, sizeof t->token) < 0)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}
static bool same(const PsiSide *s, int32_t at, const PsiToken *t) {
	return at < s->ntoken && memcmp(s->token[at].token, t->token, sizeof t->token) == 0;
}

static void make_side(Set *s, int k, int64_t most, PsiSide *out) {
	PsiTerms terms = {.bytes = SLIT("bench"), .collisions = 4, .most = most, .one_each = true};
	PsiRecord *r = NEW(&s->arena, PsiRecord, s->n[k] + 1);
	for (int32_t i = 0; i < s->n[k]; i++)
		r[i] = psi_record(&s->arena, &s->people, &s->people.person[s->side[k][i]],
				  psi_fields_of(&s->schema));
	ASSERT(psi_begin(&s->arena, &s->why, &terms, r, s->n[k], out) == OK);
}

// Tokens by record.
static PsiToken **by_record(Set *s, const PsiSide *side, int32_t n, int32_t *count) {
	PsiToken **own = NEW(&s->arena, PsiToken *, n + 1);
	for (int32_t t = 0; t < side->ntoken; t++) {
		int32_t r = side->token[t].record;
		if (!own[r]) own[r] = NEW(&s->arena, PsiToken, PSI_BANDS);
		own[r][count[r]++] = side->token[t];
	}
	return own;
}

static bool known(const Set *s, int32_t i) {
	for (int32_t j = 0; j < s->n[1]; j++)
		if (s->truth[s->side[0][i]] == s->truth[s->side[1][j]]) return true;
	return false;
}

// Collisions of every pair, and how many tokens of those whom the holder does not know the holder has: what
// an asker tells of strangers.
static double collisions(Set *s, List *out) {
	PsiSide side[2];
	for (int k = 0; k < 2; k++) make_side(s, k, PSI_RECORDS, &side[k]);
	uint8_t *count = NEW(&s->arena, uint8_t, s->n[1] + 1);
	int32_t *nown = NEW(&s->arena, int32_t, s->n[0] + 1);
	PsiToken **own = by_record(s, &side[0], s->n[0], nown);
	int64_t told = 0, strangers = 0;
	for (int32_t i = 0; i < s->n[0]; i++) {
		bool stranger = !known(s, i);
		strangers += stranger;
		for (int32_t t = 0; t < nown[i]; t++) {
			int32_t at = place_of(&side[1], &own[i][t]);
			told += stranger && same(&side[1], at, &own[i][t]);
			for (; same(&side[1], at, &own[i][t]); at++) count[side[1].token[at].record]++;
		}
		for (int32_t j = 0; j < s->n[1]; j++) {
			if (count[j]) put(&s->arena, out, (Scored){count[j], s->side[0][i], s->side[1][j]});
			count[j] = 0;
		}
	}
	return strangers ? (double)told / (double)strangers : 0;
}

typedef struct {
	double best, at, precision[2], recall[2]; // at `least`
} Judged;

// One partner each, the highest first.
static Judged judge(Set *s, List *l, const double least[2]) {
	bool *taken = NEW(&s->arena, bool, s->people.n);
	ptrdiff_t kept = 0, right = 0;
	Judged j = {0};
	qsort(l->at, (size_t)l->n, sizeof *l->at, by_score);
	for (ptrdiff_t i = 0; i < l->n; i++) {
		Scored p = l->at[i];
		if (!taken[p.a] && !taken[p.b]) {
			taken[p.a] = taken[p.b] = true;
			kept++;
			right += s->truth[p.a] == s->truth[p.b];
		}
		if (i + 1 < l->n && l->at[i + 1].score == p.score) continue;
		double f = 2.0 * (double)right / (double)(kept + s->both);
		if (f > j.best) {
			j.best = f;
			j.at = p.score;
		}
		for (int k = 0; k < 2; k++) {
			if (p.score < least[k]) continue;
			j.precision[k] = (double)right / (double)kept;
			j.recall[k] = (double)right / (double)s->both;
		}
	}
	return j;
}

static const char febrl[] =
	"{\"id\":\"rec_id\",\"fields\":{\"given_name\":\"given\",\"surname\":\"family\",\"street_number\":"
	"\"house\","
	"\"address_1\":\"street\",\"address_2\":\"street\",\"suburb\":\"place\",\"postcode\":\"postcode\","
	"\"state\":\"place\",\"date_of_birth\":\"birth_date\"}}";
static const char febrl_small[] = "{\"id\":\"rec_id\",\"fields\":{\"given_name\":\"given\",\"surname\":"
				  "\"family\",\"date_of_birth\":\"birth_date\"}}";
static const char ncvr[] = "{\"id\":\"recid\",\"fields\":{\"givenname\":\"given\",\"surname\":\"family\","
			   "\"suburb\":\"place\",\"postcode\":\"postcode\"}}";
static const char alice[] = "{\"id\":\"id\",\"fields\":{\"givenname\":\"given\",\"surname\":\"family\","
			    "\"dob\":\"birth_date\",\"phone number\":\"phone\",\"gender\":\"sex\"}}";

static const struct {
	const char *name, *file[2], *json;
} set[] = {
	{"FEBRL 1, originals and copies", {"dataset1.csv", NULL}, febrl},
	{"FEBRL 2, originals and copies", {"dataset2.csv", NULL}, febrl},
	{"FEBRL 3, originals and copies", {"dataset3.csv", NULL}, febrl},
	{"FEBRL 3, names and birth", {"dataset3.csv", NULL}, febrl_small},
	{"ncvr, a fifth corrupted", {"ncvr20_party0.csv", "ncvr20_party1.csv"}, ncvr},
	{"alice and bob", {"alice.csv", "bob.csv"}, alice},
};

static void accuracy(const char *folder) {
	printf("| set | fingerprints, best F1 | tokens, best F1 | at | from the usual: P / R / F1 | from 10: "
	       "P / R | "
	       "told of "
	       "strangers |\n|---|---|---|---|---|---|---|\n");
	for (ptrdiff_t i = 0; i < COUNT(set); i++) {
		Set s = {.arena = arena_new((ptrdiff_t)16 << 30)};
		const char *file[2] = {0};
		for (int k = 0; k < 2 && set[i].file[k]; k++)
			file[k] = str_z(&s.arena, str_fmt(&s.arena, "%s/%s", folder, set[i].file[k]));
		load(&s, file, set[i].json);
		int usual = psi_collisions_usual(psi_fields_of(&s.schema));
		const double least[2] = {usual, 10};
		List fingers = {0}, tokens = {0};
		fingerprints(&s, &fingers);
		double told = collisions(&s, &tokens);
		Judged f = judge(&s, &fingers, least), t = judge(&s, &tokens, least);
		double p = t.precision[0], r = t.recall[0];
		printf("| %s, %d x %d | %.4f | %.4f | %.0f | %d: %.3f / %.3f / %.4f | %.3f / %.3f | %.1f of "
		       "40 "
		       "|\n",
		       set[i].name, s.n[0], s.n[1], f.best, t.best, t.at, usual, p, r, 2 * p * r / (p + r),
		       t.precision[1], t.recall[1], told);
		arena_free(&s.arena);
	}
}

// ---- speed: invented people, both sides one after the other with all threads, as on two machines of which
// each waits for the other
static const char *const syllable[] = {"ka", "ra",  "mi",  "su", "na", "vi", "ta", "le",
				       "po", "shi", "dha", "ja", "no", "gu", "be", "li",
				       "mo", "ti",  "ru",  "ha", "pa", "ya", "de", "lo"};
static uint64_t seed = 5;
static unsigned draw(unsigned n) {
	uint64_t z = seed += 0x9e3779b97f4a7c15u;
	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
	return (unsigned)((z ^ z >> 31) >> 33) % n;
}
static Str word(Arena *a, int n) {
	Buf b = {.a = a};
	while (n-- > 0) buf_put(&b, str_of(syllable[draw(COUNT(syllable))]));
	return buf_str(&b);
}

// A fifth of the second file are people of the first, with a letter of the given name changed.
static void invent(Set *s, int32_t n) {
	static const char json[] = "{\"id\":\"id\",\"fields\":{\"g\":\"given\",\"f\":\"family\",\"b\":"
				   "\"birth_date\",\"p\":\"place\"}}";
	ASSERT(schema_read(&s->arena, &s->why, str_of(json), &s->schema) == OK);
	people_begin(&s->people, &s->arena, 2026, &s->schema);
	Str(*first)[4] = arena_get(&s->arena, sizeof *first, n);
	for (int k = 0; k < 2; k++) {
		s->side[k] = NEW(&s->arena, int32_t, n);
		for (int32_t i = 0; i < n; i++) {
			Str value[SCHEMA_FIELDS] = {word(&s->arena, 2 + (int)draw(2)), word(&s->arena, 3),
						    str_fmt(&s->arena, "%u-%02u-%02u", 1960 + draw(60),
							    1 + draw(12), 1 + draw(28)),
						    word(&s->arena, 2)};
			if (k && i < n / 5) {
				memcpy(value, first[i], sizeof first[i]);
				value[0] = str_fmt(&s->arena, "x%.*s", (int)value[0].n - 1, value[0].p + 1);
			} else if (!k)
				memcpy(first[i], value, sizeof first[i]);
			s->side[k][s->n[k]++] = s->people.n;
			people_put(&s->people, &s->schema, S("x"), value);
		}
	}
}

static double clock_of(clockid_t which) {
	struct timespec t;
	(void)clock_gettime(which, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void speed(int32_t n) {
	Set s = {.arena = arena_new((ptrdiff_t)16 << 30)};
	PsiSide asker, holder;
	PsiPair *pairs;
	int32_t told, learnt;
	invent(&s, n);
	Buf message[4];
	for (int i = 0; i < 4; i++) message[i] = (Buf){.a = &s.arena};
	double wall = clock_of(CLOCK_MONOTONIC), cpu = clock_of(CLOCK_PROCESS_CPUTIME_ID);
	make_side(&s, 0, PSI_RECORDS, &asker);
	make_side(&s, 1, PSI_RECORDS, &holder);
	double tokens = clock_of(CLOCK_PROCESS_CPUTIME_ID) - cpu;
	asker.threads = holder.threads = (int)sysconf(_SC_NPROCESSORS_ONLN);
	psi_start(&asker, &message[0]);
	ASSERT(psi_answer(&holder, &s.why, buf_str(&message[0]), &message[1]) == OK);
	ASSERT(psi_ask(&asker, &s.why, buf_str(&message[1]), &message[2]) == OK);
	ASSERT(psi_reveal(&holder, &s.why, buf_str(&message[2]), &message[3], &pairs, &told) == OK);
	ASSERT(psi_learn(&asker, &s.why, buf_str(&message[3]), &pairs, &learnt) == OK && told == learnt);
	wall = clock_of(CLOCK_MONOTONIC) - wall;
	cpu = clock_of(CLOCK_PROCESS_CPUTIME_ID) - cpu;
	printf("| %d x %d | %.1f s | %.1f s | %.1f s | %.1f | %td + %td | %d |\n", n, n, cpu, tokens, wall,
	       (double)(message[0].n + message[1].n) / 1e6, message[2].n, message[3].n, told);
	(void)fflush(stdout);
	psi_end(&asker);
	psi_end(&holder);
	arena_free(&s.arena);
}

int main(int argc, char **argv) {
	printf("| invented people | CPU, both sides | of it tokens | wall | MB of points | bytes of ask + "
	       "reveal | pairs "
	       "|\n|---|---|---|---|---|---|---|\n");
	speed(1000);
	speed(10000);
	if (argc < 2) return 0;
	printf("\n");
	accuracy(argv[1]);
	return 0;
}
