#include "match/finger.h"
#include "vault/mac.h"
#include <endian.h>

// ---- SipHash-2-4
// --------------------------------------------------------------------------------------------

static inline uint64_t turn(uint64_t x, int n) { return x << n | x >> (64 - n); }

static inline void sip_round(uint64_t v[4]) {
	v[0] += v[1];
	v[1] = turn(v[1], 13) ^ v[0];
	v[0] = turn(v[0], 32);
	v[2] += v[3];
	v[3] = turn(v[3], 16) ^ v[2];
	v[0] += v[3];
	v[3] = turn(v[3], 21) ^ v[0];
	v[2] += v[1];
	v[1] = turn(v[1], 17) ^ v[2];
	v[2] = turn(v[2], 32);
}

static inline uint64_t little64(const uint8_t *p, ptrdiff_t n) {
	uint64_t x = 0;
	memcpy(&x, p, (size_t)n);
	return le64toh(x);
}

uint64_t siphash(const FingerKey *key, const void *bytes, ptrdiff_t n) {
	const uint8_t *p = bytes;
	uint64_t k0 = little64(key->key, 8), k1 = little64(key->key + 8, 8);
	uint64_t v[4] = {k0 ^ 0x736f6d6570736575u, k1 ^ 0x646f72616e646f6du, k0 ^ 0x6c7967656e657261u,
			 k1 ^ 0x7465646279746573u};
	ptrdiff_t left = n;
	for (; left >= 8; left -= 8, p += 8) {
		uint64_t m = little64(p, 8);
		v[3] ^= m;
		sip_round(v);
		sip_round(v);
		v[0] ^= m;
	}
	uint64_t last = little64(p, left) | (uint64_t)n << 56;
	v[3] ^= last;
	sip_round(v);
	sip_round(v);
	v[0] ^= last;
	v[2] ^= 255;
	for (int i = 0; i < 4; i++) sip_round(v);
	return v[0] ^ v[1] ^ v[2] ^ v[3];
}

// ---- keys
// -----------------------------------------------------------------------------------------------------

static const char signs[] = "^abcdefghijklmnopqrstuvwxyz0123456789";
_Static_assert(sizeof signs == FINGER_SIGNS + 1, "each sign once");

// 0: an end; -1: none of them.
static inline int sign_of(char c) {
	return c >= 'a' && c <= 'z' ? c - 'a' + 1 : c >= '0' && c <= '9' ? c - '0' + 27 : -1;
}

FingerKeys *finger_keys(Arena *a, Str instance, int64_t epoch) {
	FingerKeys *k = NEW(a, FingerKeys, 1);
	Str salt = str_fmt(a, "%lld", (long long)epoch);
	for (int f = 0; f < FINGER_KEYS; f++) {
		FingerKey *key = &k->field[f];
		mac_hkdf(false, instance, salt, str_fmt(a, "sangam fingerprint %d", f), key->key,
			 sizeof key->key);
		for (int i = 0; i < FINGER_SIGNS; i++)
			for (int j = 0; j < FINGER_SIGNS; j++) {
				char pair[2] = {signs[i], j ? signs[j] : '$'};
				k->pair[f][i * FINGER_SIGNS + j] = siphash(key, pair, 2);
			}
	}
	return k;
}

uint64_t finger_number(const FingerKeys *keys, MatchKind kind, Str plain) {
	ASSERT(kind >= KIND_PLACE && kind <= KIND_TEXT);
	FingerKey key = keys->field[FINGER_EXACT];
	key.key[0] ^= (uint8_t)kind;
	return siphash(&key, plain.p, plain.n);
}

// ---- tokens
// ---------------------------------------------------------------------------------------------------

enum { TOKENS = 96, TOKEN_BYTES = 63 };
typedef struct {
	uint64_t hash[TOKENS];
	int n;
} Tokens;
#define NO_TOKENS ((Tokens){.n = 0})

// What stands twice counts once.
static inline void put_hash(Tokens *t, uint64_t hash) {
	bool had = false;
	for (int i = 0; i < t->n; i++) had |= t->hash[i] == hash;
	if (!had && t->n < TOKENS) t->hash[t->n++] = hash;
}

// `space` tells tokens of one key apart; longer ones are cut.
static void put_token(Tokens *t, const FingerKey *key, int space, const char *p, ptrdiff_t n) {
	char token[TOKEN_BYTES + 1] = {(char)space};
	if (n > TOKEN_BYTES) n = TOKEN_BYTES;
	if (n > 0) memcpy(token + 1, p, (size_t)n);
	put_hash(t, siphash(key, token, n + 1));
}

// Pairs of letters, with a mark at both ends; what is in the table is what siphash would say.
static void put_pairs(Tokens *t, const FingerKeys *keys, int field, Str s) {
	char pair[2] = {'^', 0};
	int before = 0;
	for (ptrdiff_t i = 0; i <= s.n && t->n < TOKENS; i++) {
		int sign = i < s.n ? sign_of(s.p[i]) : 0;
		pair[1] = i < s.n ? s.p[i] : '$';
		put_hash(t, before >= 0 && sign >= 0 ? keys->pair[field][before * FINGER_SIGNS + sign]
						     : siphash(&keys->field[field], pair, 2));
		pair[0] = pair[1];
		before = sign;
	}
}

// More positions from a hash that is secret already (the finish of SplitMix64, Steele and others 2014).
static inline uint64_t mixed(uint64_t x) {
	x += 0x9e3779b97f4a7c15u;
	x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9u;
	x = (x ^ x >> 27) * 0x94d049bb133111ebu;
	return x ^ x >> 31;
}

static inline void set_positions(Finger *f, uint64_t h, int n) {
	for (int i = 0; i < n; i++, h >>= 10) f->word[h >> 6 & 15] |= 1ull << (h & 63);
}

// `bits` shared among the tokens: each sets bits / n, and by its own hash one more for the rest. Six
// positions are in a hash.
static void set_field(Finger *f, const Tokens *t, int group, int bits) {
	if (!t->n || !bits) return;
	int each = bits / t->n, rest = bits % t->n;
	for (int i = 0; i < t->n; i++) {
		uint64_t h = t->hash[i];
		int n = each + ((int)(h >> 60) * t->n < rest * 16);
		for (; n > 6; n -= 6, h = mixed(h)) set_positions(f, h, 6);
		set_positions(f, h, n);
	}
	f->field[group] = (uint8_t)(f->field[group] + bits);
}

// ---- fields
// ---------------------------------------------------------------------------------------------------

// What one record has and another lacks is left out of the comparison by these groups.
enum {
	GROUP_NAMES,
	GROUP_OWN,
	GROUP_YEAR,
	GROUP_DAY,
	GROUP_GUARDIAN,
	GROUP_PLACE,
	GROUP_PHONE,
	GROUP_REST,
	GROUPS
};
_Static_assert((int)GROUPS <= (int)FINGER_FIELDS, "a place for each group");

// What fields are worth was tried on the public sets (docs/bench-match.md). Names get little: two people of a
// family or a town share much of them, and one person's are written in many ways.
enum {
	BITS_NAMES = 24, // pairs of how it sounds, of all names together
	BITS_BONES = 4, // consonants, the same
	BITS_OWN = 13, // pairs of letters, of given and family name each for itself
	BITS_FIRST = 5, // first letters of the words of each
	BITS_GUARDIAN = 35,
	BITS_DAY = 55,
	BITS_YEAR = 10,
	BITS_TEXTS = 110
};

enum { SPACE_WHOLE, SPACE_FIRST };

static void own_into(Finger *f, const FingerKeys *keys, int field, const Value *v) {
	Tokens pairs = NO_TOKENS, first = NO_TOKENS;
	for (int i = 0; i < v->ntoken; i++) {
		put_pairs(&pairs, keys, field, v->token[i]);
		put_token(&first, &keys->field[field], SPACE_FIRST, v->token[i].p, v->token[i].n > 0);
	}
	set_field(f, &pairs, GROUP_OWN, BITS_OWN);
	set_field(f, &first, GROUP_OWN, BITS_FIRST);
}

static void names_into(Finger *f, const FingerKeys *keys, const People *p, const Person *of) {
	const int32_t id[] = {of->given, of->family, of->name};
	Tokens shared = NO_TOKENS, bones = NO_TOKENS;
	for (int i = 0; i < COUNT(id); i++) {
		if (!id[i] || (i == 2 && (id[0] || id[1]))) continue;
		const Value *v = &p->names.at[id[i]];
		for (int j = 0; j < v->ntoken; j++) put_pairs(&shared, keys, FINGER_NAMES, v->hard_token[j]);
		put_pairs(&bones, keys, FINGER_BONES, v->skeleton);
		put_token(&bones, &keys->field[FINGER_BONES], SPACE_WHOLE, v->skeleton.p, v->skeleton.n);
		if (i < 2) own_into(f, keys, FINGER_GIVEN + i, v);
	}
	set_field(f, &shared, GROUP_NAMES, BITS_NAMES);
	set_field(f, &bones, GROUP_NAMES, BITS_BONES);
}

static void guardian_into(Finger *f, const FingerKeys *keys, const Value *v) {
	Tokens t = NO_TOKENS;
	for (int i = 0; i < v->ntoken; i++) put_pairs(&t, keys, FINGER_GUARDIAN, v->hard_token[i]);
	set_field(f, &t, GROUP_GUARDIAN, BITS_GUARDIAN);
}

enum { SPACE_YEAR = 8, SPACE_MONTH, SPACE_DAY, SPACE_EITHER }; // below: the place of a digit

static void birth_into(Finger *f, const FingerKeys *keys, const Birth *b) {
	const FingerKey *key = &keys->field[FINGER_BIRTH];
	Tokens years = NO_TOKENS, day = NO_TOKENS;
	if (!b->year) return;
	// Two years either way, of an age and of a date alike: what is a year off shares most.
	for (int off = -2; off <= 2; off++) {
		uint16_t year = (uint16_t)(b->year + off);
		put_token(&years, key, SPACE_YEAR, (char[2]){(char)(year & 255), (char)(year >> 8)}, 2);
	}
	set_field(f, &years, GROUP_YEAR, BITS_YEAR);
	if (!b->whole) return;
	const char *m = b->digit + 4, *d = b->digit + 6;
	for (int i = 0; i < 8; i++) put_token(&day, key, i, &b->digit[i], 1);
	put_token(&day, key, SPACE_MONTH, m, 2);
	put_token(&day, key, SPACE_DAY, d, 2);
	// Day and month in the order of their size: changed about, the token stays.
	bool turned = memcmp(m, d, 2) > 0;
	const char *less = turned ? d : m, *more = turned ? m : d;
	put_token(&day, key, SPACE_EITHER, (char[4]){less[0], less[1], more[0], more[1]}, 4);
	set_field(f, &day, GROUP_DAY, BITS_DAY);
}

typedef struct {
	uint8_t bits, group;
} TextShare;
static const TextShare text_of[KIND__N] = {
	[KIND_PLACE] = {20, GROUP_PLACE},     [KIND_POSTCODE] = {15, GROUP_PLACE},
	[KIND_STREET] = {20, GROUP_REST},     [KIND_HOUSE] = {6, GROUP_REST},
	[KIND_PHONE] = {30, GROUP_PHONE},     [KIND_EMAIL] = {40, GROUP_REST},
	[KIND_IDENTIFIER] = {40, GROUP_REST}, [KIND_CODE] = {8, GROUP_REST},
	[KIND_TEXT] = {15, GROUP_REST},
};
_Static_assert(COUNT(text_of) == KIND__N, "bits for each kind");

static int text_share(const People *p, int track) {
	int all = 0, most = BITS_TEXTS;
	for (int i = 0; i < p->ntrack; i++) all += text_of[p->track[i].kind].bits;
	int bits = text_of[p->track[track].kind].bits;
	return all > most ? bits * most / all : bits;
}

// Pairs of digits, each at its place: numbers of ten digits have most of their pairs of digits by chance.
static void put_placed(Tokens *t, const FingerKey *key, Str s) {
	for (ptrdiff_t i = 0; i + 1 < s.n && i < TOKENS; i++) put_token(t, key, (int)i + 1, s.p + i, 2);
}

static void text_into(Finger *f, const FingerKeys *keys, const People *p, const Person *of, int track) {
	Tokens t = NO_TOKENS;
	if (!of->text[track]) return;
	const Value *v = &p->track[track].values.at[of->text[track]];
	MatchKind kind = p->track[track].kind;
	// Places and streets under one key each: columns of one kind get changed about.
	int field = FINGER_TEXTS + (int)kind - KIND_PLACE;
	for (int i = 0; i < v->ntoken; i++)
		if (kind == KIND_CODE)
			put_token(&t, &keys->field[field], track, v->token[i].p, v->token[i].n);
		else if (kind == KIND_PHONE)
			put_placed(&t, &keys->field[field], v->token[i]);
		else
			put_pairs(&t, keys, field, v->token[i]);
	set_field(f, &t, text_of[kind].group, text_share(p, track));
}

void finger_make(const People *p, const Person *of, const FingerKeys *keys, Finger *out) {
	*out = (Finger){0};
	names_into(out, keys, p, of);
	birth_into(out, keys, &of->birth);
	if (of->guardian) guardian_into(out, keys, &p->names.at[of->guardian]);
	for (int i = 0; i < p->ntrack; i++) text_into(out, keys, p, of, i);
	for (int i = 0; i < FINGER_WORDS; i++)
		out->total = (uint16_t)(out->total + __builtin_popcountll(out->word[i]));
}

double finger_dice(const Finger *a, const Finger *b, uint32_t common) {
	// The usual case, and the same number: nothing is missing, or the same on both sides.
	if (memcmp(a->field, b->field, sizeof a->field) == 0)
		return a->total + b->total ? 2. * common / (a->total + b->total) : 0;
	double asked_a = 0, asked_b = 0, both_a = 0, both_b = 0;
	for (int i = 0; i < FINGER_FIELDS; i++) {
		asked_a += a->field[i];
		asked_b += b->field[i];
		if (!a->field[i] || !b->field[i]) continue;
		both_a += a->field[i];
		both_b += b->field[i];
	}
	if (asked_a == 0 || asked_b == 0) return 0;
	double of = a->total * both_a / asked_a + b->total * both_b / asked_b;
	double dice = of > 0 ? 2 * common / of : 0;
	return dice > 1 ? 1 : dice;
}
