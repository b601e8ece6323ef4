#include "match/psi_person.h"

// What a field may weigh: about a third of the bits that it has in a fingerprint. Names and birth dates have
// several namespaces, see below.
typedef struct {
	const char *name;
	uint8_t weight; // 0: not compared as text
	bool home; // those who live together share it
} FieldRow;
static const FieldRow table[KIND__N] = {
	[KIND_GIVEN] = {"given", 0, false},	 [KIND_FAMILY] = {"family", 0, false},
	[KIND_NAME] = {"name", 0, false},	 [KIND_GUARDIAN] = {"guardian", 0, false},
	[KIND_BIRTH_DATE] = {"birth", 0, false}, [KIND_PLACE] = {"place", 7, true},
	[KIND_POSTCODE] = {"postcode", 5, true}, [KIND_STREET] = {"street", 7, true},
	[KIND_HOUSE] = {"house", 2, true},	 [KIND_PHONE] = {"phone", 10, true},
	[KIND_EMAIL] = {"email", 13, false},	 [KIND_IDENTIFIER] = {"identifier", 13, false},
	[KIND_CODE] = {"code", 3, false},	 [KIND_TEXT] = {"text", 5, false},
};
// A whole birth date tells about as much as a whole name.
enum {
	WEIGHT_NAMES = 20,
	WEIGHT_OWN = 8,
	WEIGHT_BONES = 4,
	WEIGHT_GUARDIAN = 12,
	WEIGHT_BIRTH = 36,
	TEXT_MOST = 25
};

// The kind that a column is compared as; parts of a birth date and an age say one thing. KIND__N: not
// compared.
static MatchKind field_of(MatchKind k) {
	if (k == KIND_BIRTH_YEAR || k == KIND_BIRTH_MONTH || k == KIND_BIRTH_DAY || k == KIND_AGE)
		return KIND_BIRTH_DATE;
	return table[k].name ? k : KIND__N;
}
static bool has(PsiFields f, MatchKind k) { return f >> k & 1; }

PsiFields psi_fields_of(const MatchSchema *s) {
	PsiFields f = 0;
	for (int i = 0; i < s->n; i++) {
		MatchKind k = field_of(s->field[i].kind);
		if (k != KIND__N) f |= (PsiFields)1 << k;
	}
	return f;
}

Str psi_fields_say(Arena *a, PsiFields f) {
	Buf b = {.a = a};
	for (int k = 0; k < KIND__N; k++)
		if (has(f, (MatchKind)k)) buf_fmt(&b, "%s%s", b.n ? " " : "", table[k].name);
	return buf_str(&b);
}

Err psi_fields_read(Why *why, Str words, PsiFields given, PsiFields *out) {
	PsiFields f = 0;
	Str word;
	while (str_cut(&words, ' ', &word)) {
		int k = 0;
		if (!word.n) continue;
		while (k < KIND__N && !(table[k].name && str_eq(word, str_of(table[k].name)))) k++;
		if (k == KIND__N || !has(given, (MatchKind)k))
			return fail(why, ERR_INVALID, "--fields: the schema has no column of the kind '%.*s'",
				    (int)(word.n > 40 ? 40 : word.n), word.p);
		f |= (PsiFields)1 << k;
	}
	if (!f) return fail(why, ERR_INVALID, "--fields names no field");
	*out = f;
	return OK;
}

// Two of one household share the family name, the home and who their guardian is: what of their weights.
static void household(PsiFields f, int64_t *all, int64_t *shared) {
	int text = 0, home = 0;
	bool names = has(f, KIND_GIVEN) || has(f, KIND_FAMILY) || has(f, KIND_NAME);
	int name = names ? WEIGHT_NAMES + WEIGHT_OWN + WEIGHT_BONES : 0;
	int guardian = has(f, KIND_GUARDIAN) ? WEIGHT_GUARDIAN : 0;
	for (int k = 0; k < KIND__N; k++)
		if (has(f, (MatchKind)k)) {
			text += table[k].weight;
			home += table[k].home ? table[k].weight : 0;
		}
	if (text > TEXT_MOST) home = home * TEXT_MOST / text;
	if (text > TEXT_MOST) text = TEXT_MOST;
	*all = name + guardian + (has(f, KIND_BIRTH_DATE) ? WEIGHT_BIRTH : 0) + text;
	*shared = (has(f, KIND_FAMILY) || has(f, KIND_NAME) ? name / 2 : 0) + guardian + home;
}

// By whole numbers, so that both sides come to the same on whatever machine.
int psi_collisions_usual(PsiFields f) {
	int64_t all, shared;
	household(f, &all, &shared);
	// A band collides with (shared / both)^3; of 40 that is e / b with a spread of its root.
	int64_t both = 2 * all - shared, b = both * both * both, e = PSI_BANDS * shared * shared * shared;
	int c = 4;
	while (c < PSI_BANDS && (c * b < e || (c * b - e) * (c * b - e) < e * b)) c++;
	return c;
}

// ---- features: namespace, token ------------------------------------------------------------------------

enum {
	SPACE_NAME = 'n',
	SPACE_GIVEN = 'g',
	SPACE_FAMILY = 'f',
	SPACE_BONES = 'b',
	SPACE_GUARDIAN = 'u',
	SPACE_BIRTH = 'd',
	SPACE_TEXT = 'A'
};
enum { MOST = 512 };
typedef struct {
	Arena *arena;
	Str *feature;
	uint8_t *weight;
	int n;
} Set;

static void put(Set *s, int space, Str token) {
	char *p;
	if (s->n == MOST) return;
	p = NEW(s->arena, char, token.n + 1);
	p[0] = (char)space;
	if (token.n) memcpy(p + 1, token.p, (size_t)token.n);
	s->feature[s->n++] = (Str){p, token.n + 1};
}

// Pairs of letters, with a mark at both ends.
static void put_pairs(Set *s, int space, Str word) {
	char pair[2] = {'^', 0};
	for (ptrdiff_t i = 0; i <= word.n; i++) {
		pair[1] = i < word.n ? word.p[i] : '$';
		put(s, space, (Str){pair, 2});
		pair[0] = pair[1];
	}
}

// The features from `from` on share `weight`; each has at least one.
static void share(Set *s, int from, int weight) {
	int n = s->n - from;
	for (int i = from; i < s->n; i++) {
		int w = (weight + n / 2) / n;
		s->weight[i] = (uint8_t)(w < 1 ? 1 : w);
	}
}

static void put_name(Set *s, const Value *v, int space) {
	for (int i = 0; i < v->ntoken; i++) put_pairs(s, space, v->hard_token[i]);
}

static void put_names(Set *s, const People *p, const Person *of, PsiFields f) {
	const struct {
		int32_t id;
		bool on;
		int own; // namespace of its own, or 0
	} part[] = {{of->given, has(f, KIND_GIVEN), SPACE_GIVEN},
		    {of->family, has(f, KIND_FAMILY), SPACE_FAMILY},
		    {of->name, has(f, KIND_NAME), 0}};
	bool parts = false;
	int from = s->n;
	for (int i = 0; i < COUNT(part); i++) {
		if (!part[i].on || !part[i].id || (i == 2 && parts)) continue;
		parts = true;
		put_name(s, &p->names.at[part[i].id], SPACE_NAME);
	}
	share(s, from, WEIGHT_NAMES);
	for (int i = 0; i < COUNT(part); i++) {
		if (!part[i].on || !part[i].id) continue;
		from = s->n;
		put_pairs(s, SPACE_BONES, p->names.at[part[i].id].skeleton);
		put(s, SPACE_BONES, p->names.at[part[i].id].skeleton);
		share(s, from, WEIGHT_BONES / 2);
		from = s->n;
		if (part[i].own) put_pairs(s, part[i].own, p->names.at[part[i].id].light);
		share(s, from, WEIGHT_OWN / 2);
	}
}

static void put_birth(Set *s, const Birth *b) {
	int from = s->n;
	char digit[3] = {0};
	if (!b->year) return;
	if (!b->whole) {
		for (int off = -2; off <= 2; off++) {
			char year[8] = {'Y'};
			int16_t y = (int16_t)(b->year + off);
			for (int i = 4, v = y; i; i--, v /= 10) year[i] = (char)('0' + v % 10);
			put(s, SPACE_BIRTH, (Str){year, 5});
		}
		share(s, from, WEIGHT_BIRTH / 2);
		return;
	}
	for (int i = 0; i < 8; i++) {
		digit[0] = (char)('0' + i);
		digit[1] = b->digit[i];
		put(s, SPACE_BIRTH, (Str){digit, 2});
	}
	char year[8] = {'y'}, month[4] = {'m'}, day[4] = {'t'}, both[8] = {'s'};
	memcpy(year + 1, b->digit, 4);
	memcpy(month + 1, b->digit + 4, 2);
	memcpy(day + 1, b->digit + 6, 2);
	bool turned = memcmp(month + 1, day + 1, 2) > 0; // changed about, this one stays
	memcpy(both + 1, turned ? day + 1 : month + 1, 2);
	memcpy(both + 3, turned ? month + 1 : day + 1, 2);
	put(s, SPACE_BIRTH, (Str){year, 5});
	put(s, SPACE_BIRTH, (Str){month, 3});
	put(s, SPACE_BIRTH, (Str){day, 3});
	put(s, SPACE_BIRTH, (Str){both, 5});
	share(s, from, WEIGHT_BIRTH);
}

static void put_texts(Set *s, const People *p, const Person *of, PsiFields f) {
	int all = 0;
	for (int i = 0; i < p->ntrack; i++)
		if (has(f, p->track[i].kind)) all += table[p->track[i].kind].weight;
	for (int i = 0; i < p->ntrack; i++) {
		MatchKind k = p->track[i].kind;
		const Value *v = &p->track[i].values.at[of->text[i]];
		int from = s->n, weight = table[k].weight;
		if (!has(f, k) || !of->text[i]) continue;
		for (int t = 0; t < v->ntoken; t++)
			if (k == KIND_CODE)
				put(s, SPACE_TEXT + (int)k, v->token[t]);
			else
				put_pairs(s, SPACE_TEXT + (int)k, v->token[t]);
		share(s, from, all > TEXT_MOST ? weight * TEXT_MOST / all : weight);
	}
}

PsiRecord psi_record(Arena *a, const People *p, const Person *of, PsiFields f) {
	Set s = {a, NEW(a, Str, MOST), NEW(a, uint8_t, MOST), 0};
	put_names(&s, p, of, f);
	if (has(f, KIND_BIRTH_DATE)) put_birth(&s, &of->birth);
	if (has(f, KIND_GUARDIAN) && of->guardian) {
		int from = s.n;
		put_name(&s, &p->names.at[of->guardian], SPACE_GUARDIAN);
		share(&s, from, WEIGHT_GUARDIAN);
	}
	put_texts(&s, p, of, f);
	return (PsiRecord){s.feature, s.weight, s.n};
}
