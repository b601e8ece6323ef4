#include "match/weigh.h"
#include <math.h>
#include <stdlib.h>

// ---- likeness of two texts ------------------------------------------------------------------------------

// Which bytes there are, 64 kinds of them.
static uint64_t kinds_of(Str s) {
	uint64_t kinds = 0;
	for (ptrdiff_t i = 0; i < s.n; i++) kinds |= (uint64_t)1 << ((uint8_t)s.p[i] & 63);
	return kinds;
}

enum { LONGEST = 64 }; // bytes compared of a text
// A column of the table of distances is two words: where it rises by one, and where it falls (Hyyro 2003, "A
// bit-vector algorithm for computing Levenshtein and Damerau edit distances").
int edit_distance(Str a, Str b, int most) {
	uint64_t at[256]; // where in a each byte stands; only the bytes of the two are made
	if (a.n > LONGEST) a.n = LONGEST;
	if (b.n > LONGEST) b.n = LONGEST;
	if ((a.n > b.n ? a.n - b.n : b.n - a.n) > most) return most + 1;
	// A change takes one kind away and brings one at most: nearly all that is unlike ends here.
	if (__builtin_popcountll(kinds_of(a) ^ kinds_of(b)) > 2 * most) return most + 1;
	if (!a.n) return (int)b.n;
	for (ptrdiff_t i = 0; i < b.n; i++) at[(uint8_t)b.p[i]] = 0;
	for (ptrdiff_t i = 0; i < a.n; i++) at[(uint8_t)a.p[i]] = 0;
	for (ptrdiff_t i = 0; i < a.n; i++) at[(uint8_t)a.p[i]] |= (uint64_t)1 << i;
	uint64_t rise = UINT64_MAX, fall = 0, level = 0, before = 0, last = (uint64_t)1 << (a.n - 1);
	int d = (int)a.n;
	for (ptrdiff_t j = 0; j < b.n; j++) {
		uint64_t here = at[(uint8_t)b.p[j]], swapped = (~level & here) << 1 & before;
		level = (((here & rise) + rise) ^ rise) | here | fall | swapped;
		uint64_t up = fall | ~(level | rise), down = level & rise;
		d += (up & last) != 0;
		d -= (down & last) != 0;
		up = up << 1 | 1;
		down <<= 1;
		rise = down | ~(level | up);
		fall = up & level;
		before = here;
	}
	return d > most ? most + 1 : d;
}

static bool token_shared(const Value *a, const Value *b) {
	for (int i = 0; i < a->ntoken; i++)
		for (int j = 0; j < b->ntoken; j++)
			if (a->token[i].n > 2 && str_eq(a->token[i], b->token[j])) return true;
	return false;
}

static bool begins(Str longer, Str shorter) { return shorter.n >= 3 && str_starts(longer, shorter); }

// Without spaces: "mary ann" and "maryann".
static Str closed(const Value *v, char room[LONGEST]) {
	if (v->ntoken < 2) return v->light;
	ptrdiff_t n = 0;
	for (ptrdiff_t i = 0; i < v->light.n && n < LONGEST; i++)
		if (v->light.p[i] != ' ') room[n++] = v->light.p[i];
	return (Str){room, n};
}

static Level by_letters(Str a, Str b) {
	ptrdiff_t longer = a.n > b.n ? a.n : b.n;
	int most = (int)(longer * 2 / 5);
	if (most < 1) most = 1;
	int d = edit_distance(a, b, most);
	if (d == 0) return LEVEL_SAME;
	if (d == 1 && longer > 1) return LEVEL_ONE;
	if (d == 2 && longer >= 5) return LEVEL_TWO;
	return d <= most && longer >= 5 ? LEVEL_LIKE : LEVEL_OTHER;
}

static Level name_level(const Value *a, const Value *b) {
	char ra[LONGEST], rb[LONGEST];
	if (a == b) return LEVEL_SAME;
	Str x = closed(a, ra), y = closed(b, rb);
	if (!x.n || !y.n) return LEVEL_OTHER; // nothing but spaces
	if (x.n == 1 || y.n == 1) return x.p[0] == y.p[0] ? LEVEL_PART : LEVEL_OTHER;
	if (str_eq(x, y)) return LEVEL_SAME;
	Level l = by_letters(x, y);
	if (a->hard.n > 1 && str_eq(a->hard, b->hard)) return LEVEL_SOUND;
	Level h = by_letters(a->hard, b->hard);
	// The hard form hides a difference already.
	h = h == LEVEL_ONE ? LEVEL_TWO : h == LEVEL_TWO ? LEVEL_LIKE : LEVEL_OTHER;
	if (h < l) l = h;
	if (l == LEVEL_ONE || l == LEVEL_TWO) return l;
	if ((a->ntoken > 1 || b->ntoken > 1) && token_shared(a, b)) return LEVEL_PART;
	if (l == LEVEL_OTHER &&
	    (begins(x, y) || begins(y, x) || (a->skeleton.n >= 3 && str_eq(a->skeleton, b->skeleton))))
		return LEVEL_LIKE;
	return l;
}

static Level text_level(MatchKind kind, const Value *a, const Value *b) {
	char ra[LONGEST], rb[LONGEST];
	if (a == b) return LEVEL_SAME;
	if (kind == KIND_CODE) return LEVEL_OTHER;
	Str x = closed(a, ra), y = closed(b, rb);
	Level l = by_letters(x, y);
	if (l == LEVEL_OTHER && kind != KIND_PHONE && kind != KIND_IDENTIFIER && token_shared(a, b))
		return LEVEL_PART;
	return l;
}

// ---- births ---------------------------------------------------------------------------------------------

static bool digits_swapped(const Birth *a, const Birth *b) {
	return a->year == b->year && a->month == b->day && a->day == b->month;
}

// SAME; SOUND: day and month swapped; ONE, TWO digits off; PART: two of year, month and day the same;
// LIKE: not much more than a year apart.
static Level birth_level(const Birth *a, const Birth *b) {
	if (!a->whole || !b->whole) {
		int off = abs(a->year - b->year), free_years = a->within + b->within;
		return off <= free_years       ? LEVEL_SAME
		       : off <= free_years + 1 ? LEVEL_ONE
		       : off <= free_years + 2 ? LEVEL_TWO
					       : LEVEL_OTHER;
	}
	if (memcmp(a->digit, b->digit, sizeof a->digit) == 0) return LEVEL_SAME;
	if (digits_swapped(a, b)) return LEVEL_SOUND;
	int d = edit_distance((Str){a->digit, 8}, (Str){b->digit, 8}, 2);
	if (d == 1) return LEVEL_ONE;
	int parts = (a->year == b->year) + (a->month == b->month) + (a->day == b->day);
	if (parts == 2) return LEVEL_PART;
	if (d == 2) return LEVEL_TWO;
	int months = (a->year - b->year) * 12 + a->month - b->month;
	return abs(months) <= 13 ? LEVEL_LIKE : LEVEL_OTHER;
}

// ---- the tables of m --------------------------------------------------------------------------------------

// How often the field of one person looks like this in two records. Reasoned from the errors that are known
// of typed and dictated records: about one name in four is written otherwise, most of these by a letter or by
// the ear; addresses change with time; numbers are rarely wrong, and then by a digit.
typedef double MOf[LEVEL__N];
//                           same  sound one   two   part  like  other
static const MOf m_name = {.700, .070, .110, .040, .025, .025, .030};
static const MOf m_token = {.640, .130, .090, .040, .020, .040, .040};
static const MOf m_birth = {.770, .025, .090, .030, .030, .030, .025};
static const MOf m_year = {.700, .010, .150, .070, .010, .010, .050};
static const MOf m_sex = {.970, .001, .001, .001, .001, .001, .025};
static const MOf m_text[KIND__N] = {
	[KIND_PLACE] = {.680, .010, .090, .040, .030, .030, .120},
	[KIND_POSTCODE] = {.720, .010, .120, .030, .010, .010, .100},
	[KIND_STREET] = {.600, .010, .110, .060, .060, .040, .120},
	[KIND_HOUSE] = {.750, .010, .100, .010, .010, .010, .110},
	[KIND_PHONE] = {.650, .010, .130, .060, .010, .030, .110},
	[KIND_EMAIL] = {.600, .010, .110, .060, .020, .060, .140},
	[KIND_IDENTIFIER] = {.850, .010, .090, .020, .005, .005, .020},
	[KIND_CODE] = {.850, .010, .010, .010, .010, .010, .100},
	[KIND_TEXT] = {.600, .010, .110, .060, .060, .040, .120},
};
_Static_assert(COUNT(m_text) == KIND__N, "a row for each kind");

// ---- one field --------------------------------------------------------------------------------------------

// How rare a value is, by the records that have it beside the one that is asked about.
static double share(const Value *v, double records) {
	double others = v->count - .5;
	return (others < .5 ? .5 : others) / (records + 1);
}

// What a field adds: fuzzy agreement is no rarer than the commoner of the two values.
static double bits_of(const double *m, const double *u, Level l, double frequency) {
	double by_chance = u[l];
	if (l == LEVEL_SAME)
		by_chance = frequency;
	else if (l < LEVEL_PART && frequency > by_chance)
		by_chance = frequency;
	double bits = log2(m[l] / by_chance);
	// What is alike never speaks against it more than what is other.
	double other = log2(m[LEVEL_OTHER] / u[LEVEL_OTHER]);
	return bits < other ? other : bits;
}

typedef struct {
	double bits;
	Level level;
} Said;
#define SILENT ((Said){0, LEVEL__N})

static double larger(double a, double b) { return a > b ? a : b; }

static Said say_name(const Weights *w, WeighField f, int32_t x, int32_t y) {
	const People *p = w->people;
	if (!x || !y) return SILENT;
	const Value *a = &p->names.at[x], *b = &p->names.at[y];
	Level l = name_level(a, b);
	return (Said){bits_of(m_name, w->u[f], l, larger(share(a, w->records), share(b, w->records))), l};
}

// Token by token, in any order: the best partner of each.
static Level token_level(const Value *a, int i, const Value *b, int j) {
	Str x = a->token[i], y = b->token[j];
	if (str_eq(x, y)) return LEVEL_SAME;
	if (x.n == 1 || y.n == 1) return x.p[0] == y.p[0] ? LEVEL_PART : LEVEL_OTHER;
	if (a->hard_token[i].n > 1 && str_eq(a->hard_token[i], b->hard_token[j])) return LEVEL_SOUND;
	Level l = by_letters(x, y), h = by_letters(a->hard_token[i], b->hard_token[j]);
	if (h != LEVEL_SAME && h < l) l = h;
	return l == LEVEL_OTHER && (begins(x, y) || begins(y, x)) ? LEVEL_LIKE : l;
}

static int best_partner(const Value *a, int i, const Value *b, unsigned taken, Level *level) {
	int best = -1;
	*level = LEVEL_OTHER;
	for (int j = 0; j < b->ntoken; j++) {
		if (taken >> j & 1) continue;
		Level l = token_level(a, i, b, j);
		if (l < *level) {
			*level = l;
			best = j;
		}
	}
	return best;
}

// *torn: one word of the name is the same and another quite other, as twins' names are.
static Said say_tokens(const Weights *w, WeighField f, int32_t x, int32_t y, bool *torn) {
	const People *p = w->people;
	if (!x || !y) return SILENT;
	const Value *a = &p->names.at[x], *b = &p->names.at[y];
	if (a->ntoken > b->ntoken || (a->ntoken == b->ntoken && x > y)) {
		const Value *t = a;
		a = b;
		b = t;
	}
	unsigned taken = 0;
	double sum = 0;
	Level worst = LEVEL_SAME;
	bool alike = false;
	for (int i = 0; i < a->ntoken; i++) {
		Level l;
		int j = best_partner(a, i, b, taken, &l);
		double often = share(&p->tokens.at[a->token_id[i]], w->records);
		if (j >= 0) {
			taken |= 1u << j;
			often = larger(often, share(&p->tokens.at[b->token_id[j]], w->records));
		}
		sum += bits_of(m_token, w->u[f], l, often);
		if (l > worst) worst = l;
		alike = alike || l <= LEVEL_SOUND;
	}
	*torn = alike && worst == LEVEL_OTHER;
	if (a->ntoken < b->ntoken) {
		sum -= .7 * (b->ntoken - a->ntoken);
		if (worst == LEVEL_SAME) worst = LEVEL_PART;
	}
	if (worst == LEVEL_SAME && x != y) worst = LEVEL_SOUND;
	return (Said){sum, sum < 0 ? LEVEL_OTHER : worst == LEVEL_OTHER ? LEVEL_PART : worst};
}

static bool has_birth(const Birth *b) { return b->year != 0; }

static Said say_birth(const Weights *w, const Person *a, const Person *b) {
	const People *p = w->people;
	if (!has_birth(&a->birth) || !has_birth(&b->birth)) return SILENT;
	Level l = birth_level(&a->birth, &b->birth);
	if (a->birth.whole && b->birth.whole) {
		double often = larger(share(&p->dates.at[a->birth_id], w->records),
				      share(&p->dates.at[b->birth_id], w->records));
		// A day of 60 years: small files hold too few dates to show how rare one is.
		return (Said){bits_of(m_birth, w->u[WEIGH_BIRTH], l, larger(often / 2, 1 / 21915.)), l};
	}
	// Ages are of 50 years or so.
	static const double by_chance[LEVEL__N] = {.03, .03, .06, .06, .06, .06, .85};
	double wide = 1 + 2. * (a->birth.within + b->birth.within);
	double u = l == LEVEL_OTHER ? .85 : larger(by_chance[l] * (l == LEVEL_SAME ? wide : 1), .01);
	return (Said){log2(m_year[l] / u), l};
}

static Said say_sex(const Weights *w, const Person *a, const Person *b) {
	if (!a->sex || !b->sex) return SILENT;
	// What is neither may be said of either.
	if (a->sex != b->sex && (a->sex == 'x' || b->sex == 'x')) return SILENT;
	Level l = a->sex == b->sex ? LEVEL_SAME : LEVEL_OTHER;
	return (Said){log2(m_sex[l] / w->u[WEIGH_SEX][l]), l};
}

static Said say_text(const Weights *w, int track, const Person *a, const Person *b) {
	const TextTrack *t = &w->people->track[track];
	int32_t x = a->text[track], y = b->text[track];
	if (!x || !y) return SILENT;
	const Value *va = &t->values.at[x], *vb = &t->values.at[y];
	Level l = text_level(t->kind, va, vb);
	double n = w->records;
	return (Said){
		bits_of(m_text[t->kind], w->u[WEIGH_TEXT + track], l, larger(share(va, n), share(vb, n))), l};
}

// ---- the whole
// ----------------------------------------------------------------------------------------------

static void keep(Weighed *v, WeighField f, Said s) {
	v->bits[f] = s.bits;
	v->level[f] = (uint8_t)s.level;
}

// One person in twenty has given and family name changed about somewhere.
static const double swap_cost = 4.3;

static void weigh_names(const Weights *w, const Person *a, const Person *b, Weighed *v) {
	if (!(a->given || a->family) || !(b->given || b->family)) {
		keep(v, WEIGH_NAME, say_tokens(w, WEIGH_NAME, a->name, b->name, &v->twins));
		return;
	}
	Said g = say_name(w, WEIGH_GIVEN, a->given, b->given),
	     f = say_name(w, WEIGH_FAMILY, a->family, b->family);
	if (g.level >= LEVEL_PART || f.level >= LEVEL_PART) {
		Said x = say_name(w, WEIGH_GIVEN, a->given, b->family),
		     y = say_name(w, WEIGH_FAMILY, a->family, b->given);
		double swapped = x.bits + y.bits - swap_cost;
		if (swapped > 0 && swapped > g.bits + f.bits) {
			v->swapped = true;
			x.bits -= swap_cost / 2;
			y.bits -= swap_cost / 2;
			g = x;
			f = y;
		}
	}
	keep(v, WEIGH_GIVEN, g);
	keep(v, WEIGH_FAMILY, f);
}

static void weigh_texts(const Weights *w, const Person *a, const Person *b, Weighed *v) {
	for (int i = 0; i < w->people->ntrack; i++) {
		Said s = say_text(w, i, a, b);
		for (int j = 0; j < i && s.bits > 0; j++)
			if (v->level[WEIGH_TEXT + j] <= LEVEL_TWO) s.bits *= w->after[j][i];
		keep(v, (WeighField)(WEIGH_TEXT + i), s);
	}
}

// Twins share their birth, family and home, so none of these tells them apart. Where so much else is the same
// that a wrong given name is as likely, a person may look: possible, never probable.
static const double household_shown = 12;

static void apply_rules(const People *p, Weighed *v) {
	double others = 0, household = 0;
	bool number = false;
	for (int i = WEIGH_BIRTH; i < WEIGH_TEXT + p->ntrack; i++) {
		if (i != WEIGH_SEX && v->bits[i] > 0) others += v->bits[i];
		if (i >= WEIGH_TEXT) household += v->bits[i];
		if (i >= WEIGH_TEXT && p->track[i - WEIGH_TEXT].kind == KIND_IDENTIFIER &&
		    v->level[i] <= LEVEL_ONE)
			number = true;
	}
	bool torn =
		v->twins || (v->level[WEIGH_FAMILY] <= LEVEL_SOUND && v->level[WEIGH_GIVEN] == LEVEL_OTHER);
	v->twins = torn && !number && v->level[WEIGH_BIRTH] == LEVEL_SAME;
	v->names_alone = others <= 0;
	double twins_most = household >= household_shown ? WEIGHT_PROBABLE : WEIGHT_POSSIBLE;
	if (v->twins && v->weight >= twins_most) v->weight = twins_most - .01;
	if (v->names_alone && v->weight >= WEIGHT_PROBABLE) v->weight = WEIGHT_PROBABLE - .01;
}

void weigh(const Weights *w, const Person *a, const Person *b, Weighed *out) {
	Weighed v = {0};
	memset(v.level, LEVEL__N, sizeof v.level);
	weigh_names(w, a, b, &v);
	keep(&v, WEIGH_GUARDIAN, say_tokens(w, WEIGH_GUARDIAN, a->guardian, b->guardian, &(bool){false}));
	keep(&v, WEIGH_BIRTH, say_birth(w, a, b));
	keep(&v, WEIGH_SEX, say_sex(w, a, b));
	weigh_texts(w, a, b, &v);
	for (int i = 0; i < WEIGH_FIELDS; i++) v.weight += v.bits[i];
	// To a hundredth: what is written is what was decided.
	v.weight = v.evidence = round(v.weight * 100) / 100;
	apply_rules(w->people, &v);
	*out = v;
}

// ---- learning
// -------------------------------------------------------------------------------------------------

enum { SAMPLED = 200000 };

static void next_pair(const People *p, uint64_t *seed, const Person **a, const Person **b) {
	int32_t i, j;
	do {
		*seed = *seed * 6364136223846793005u + 1442695040888963407u;
		uint32_t x = (uint32_t)(*seed >> 32);
		*seed = *seed * 6364136223846793005u + 1442695040888963407u;
		uint32_t y = (uint32_t)(*seed >> 32);
		bool two = p->two;
		i = (int32_t)((uint64_t)x * (uint32_t)(two ? p->second : p->n) >> 32);
		j = two ? p->second + (int32_t)((uint64_t)y * (uint32_t)(p->n - p->second) >> 32)
			: (int32_t)((uint64_t)y * (uint32_t)p->n >> 32);
	} while (i == j);
	*a = &p->person[i];
	*b = &p->person[j];
}

typedef struct {
	double seen[WEIGH_FIELDS][LEVEL__N], of[WEIGH_FIELDS];
	double both[TEXT_TRACKS][TEXT_TRACKS], first[TEXT_TRACKS][TEXT_TRACKS];
} Tally;

static void count_level(Tally *t, int field, Level l) {
	t->seen[field][l]++;
	t->of[field]++;
}

static void count_tokens(Tally *t, const People *p, int field, int32_t x, int32_t y) {
	if (!x || !y) return;
	const Value *a = &p->names.at[x], *b = &p->names.at[y];
	for (int i = 0; i < a->ntoken; i++) {
		Level l;
		(void)best_partner(a, i, b, 0, &l);
		count_level(t, field, l);
	}
}

static void count_pair(Tally *t, const People *p, const Person *a, const Person *b) {
	if (a->given && b->given)
		count_level(t, WEIGH_GIVEN, name_level(&p->names.at[a->given], &p->names.at[b->given]));
	if (a->family && b->family)
		count_level(t, WEIGH_FAMILY, name_level(&p->names.at[a->family], &p->names.at[b->family]));
	count_tokens(t, p, WEIGH_NAME, a->name, b->name);
	count_tokens(t, p, WEIGH_GUARDIAN, a->guardian, b->guardian);
	if (a->birth.whole && b->birth.whole) count_level(t, WEIGH_BIRTH, birth_level(&a->birth, &b->birth));
	if (a->sex && b->sex) count_level(t, WEIGH_SEX, a->sex == b->sex ? LEVEL_SAME : LEVEL_OTHER);
	for (int i = 0; i < p->ntrack; i++)
		if (a->text[i] && b->text[i])
			count_level(t, WEIGH_TEXT + i,
				    text_level(p->track[i].kind, &p->track[i].values.at[a->text[i]],
					       &p->track[i].values.at[b->text[i]]));
}

// How much of a text's evidence is left when another is the same already: 1 where the two are independent, 0
// where one follows from the other. Counted on pairs that share the first value but are not one person.
static void count_after(Weights *w, const People *p, Arena scratch) {
	for (int first = 0; first < p->ntrack; first++) {
		const Values *v = &p->track[first].values;
		int32_t *last = NEW(&scratch, int32_t, v->n + 1);
		double pairs[TEXT_TRACKS] = {0}, same[TEXT_TRACKS] = {0};
		for (int32_t i = 0; i < p->n; i++) {
			const Person *b = &p->person[i];
			int32_t x = b->text[first];
			if (!x) continue;
			if (last[x]) {
				const Person *a = &p->person[last[x] - 1];
				// Same names or births: likely one person, who would share the rest anyway.
				bool one = (a->family && a->family == b->family) ||
					   (a->given && a->given == b->given) ||
					   (a->name && a->name == b->name) ||
					   (a->birth_id && a->birth_id == b->birth_id);
				for (int j = 0; j < p->ntrack && !one; j++) {
					if (!a->text[j] || !b->text[j]) continue;
					pairs[j]++;
					same[j] += a->text[j] == b->text[j];
				}
			}
			last[x] = i + 1;
		}
		for (int j = 0; j < p->ntrack; j++) {
			double alone = w->u[WEIGH_TEXT + j][LEVEL_SAME];
			double given = (same[j] + 20 * alone) / (pairs[j] + 20);
			double left = log2(given) / log2(alone);
			w->after[first][j] = given <= alone || alone >= 1 ? 1 : left > 1 ? 1 : left;
		}
	}
}

void weigh_learn(Weights *w, const People *p) {
	Tally t = {0};
	uint64_t seed = 20231;
	*w = (Weights){.people = p, .records = p->n};
	bool two = p->two;
	bool any = two ? p->second > 0 && p->second < p->n : p->n > 1;
	for (int i = 0; any && i < SAMPLED; i++) {
		const Person *a, *b;
		next_pair(p, &seed, &a, &b);
		count_pair(&t, p, a, b);
	}
	for (int f = 0; f < WEIGH_FIELDS; f++)
		for (int l = 0; l < LEVEL__N; l++) {
			double before = l == LEVEL_OTHER ? .9 : .01;
			w->u[f][l] = (t.seen[f][l] + 20 * before) / (t.of[f] + 20);
		}
	Arena scratch = *p->arena;
	count_after(w, p, scratch);
}

// How often two people look like this. Reasoned, for hubs too small to count: in five thousand pairs of
// people some share a name, a third of a hundred are written alike, half are of one sex.
static const double u_name[LEVEL__N] = {.005, .003, .004, .008, .020, .030, .930};
static const double u_birth[LEVEL__N] = {.00005, .0002, .0012, .004, .020, .030, .945};
static const double u_sex[LEVEL__N] = {.500, .001, .001, .001, .001, .001, .495};
static const double u_text[LEVEL__N] = {.010, .001, .004, .008, .030, .020, .927};

static const double *u_reasoned(int field) {
	if (field == WEIGH_BIRTH) return u_birth;
	if (field == WEIGH_SEX) return u_sex;
	return field < WEIGH_TEXT ? u_name : u_text;
}

// A hub of ten people knows little of how common their names are: it is weighed as if a thousand others, of
// other names, were there.
static const double imagined = 1000;

void weigh_with(Weights *w, const People *p, double records, const Weights *u) {
	if (u)
		*w = *u;
	else {
		*w = (Weights){0};
		for (int f = 0; f < WEIGH_FIELDS; f++) memcpy(w->u[f], u_reasoned(f), sizeof w->u[f]);
		for (int i = 0; i < TEXT_TRACKS; i++)
			for (int j = 0; j < TEXT_TRACKS; j++) w->after[i][j] = 1;
	}
	w->people = p;
	w->records = records + imagined;
}

// ---- in words
// ---------------------------------------------------------------------------------------------------

static const char *const said_name[] = {
	"same", "sounds the same", "one letter off", "two letters off", "partly the same", "alike", "other"};
_Static_assert(COUNT(said_name) == LEVEL__N, "words for each level");
static const char *const said_birth[] = {"same",	   "day and month swapped", "one digit off",
					 "two digits off", "two parts the same",    "near",
					 "other"};
_Static_assert(COUNT(said_birth) == LEVEL__N, "words for each level");

static void say_one(Buf *out, Str label, const char *said, double bits, const char *more) {
	if (out->n) buf_put(out, S("; "));
	buf_put(out, label);
	buf_fmt(out, " %s%s %+.1f", said, more, bits);
}

void weigh_say(const Weights *w, const Weighed *v, Buf *out) {
	static const Str labels[WEIGH_TEXT] = {SLIT("given name"),	SLIT("family name"), SLIT("name"),
					       SLIT("guardian's name"), SLIT("birth date"),  SLIT("sex")};
	Buf b = {.a = out->a};
	for (int f = 0; f < WEIGH_TEXT + w->people->ntrack; f++) {
		if (v->level[f] == LEVEL__N) continue;
		bool birth = f == WEIGH_BIRTH;
		Str label = f < WEIGH_TEXT ? labels[f] : w->people->track[f - WEIGH_TEXT].label;
		bool rare = v->level[f] == LEVEL_SAME && v->bits[f] >= 9 && !birth;
		say_one(&b, label, (birth ? said_birth : said_name)[v->level[f]], v->bits[f],
			rare ? ", rare" : "");
	}
	if (v->swapped) buf_put(&b, S("; given and family name changed about"));
	if (v->twins) buf_put(&b, S("; twins: same birth and family name, other given name"));
	if (v->names_alone) buf_put(&b, S("; names alone"));
	buf_put(out, buf_str(&b));
}
