#include "match/finger.h"
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

// ---- tokens
// ---------------------------------------------------------------------------------------------------

// A token is up to 8 letters behind the number of its namespace; longer runs are cut, they are whole words.
enum { TOKENS = 96 };
typedef struct {
	uint64_t low[TOKENS];
	uint8_t space[TOKENS];
	int n;
} Tokens;

static void put_token(Tokens *t, int space, const char *p, ptrdiff_t n) {
	uint64_t x = 0;
	if (t->n == TOKENS) return;
	memcpy(&x, p, (size_t)(n > 8 ? 8 : n));
	t->low[t->n] = x;
	t->space[t->n++] = (uint8_t)space;
}

// Pairs of letters, with a mark at both ends.
static void put_bigrams(Tokens *t, int space, Str s) {
	char pair[2] = {'^', 0};
	for (ptrdiff_t i = 0; i <= s.n; i++) {
		pair[1] = i < s.n ? s.p[i] : '$';
		put_token(t, space, pair, 2);
		pair[0] = pair[1];
	}
}

// `bits` shared among the tokens: each sets bits / n, and by its own hash one more for the rest.
static void set_bits(Finger *f, const FingerKey *key, const Tokens *t, int bits) {
	if (!t->n) return;
	int each = bits / t->n, rest = bits % t->n;
	for (int i = 0; i < t->n; i++) {
		struct {
			uint64_t low, space;
		} of = {t->low[i], t->space[i]};
		uint64_t h = siphash(key, &of, sizeof of);
		int n = each + ((int)(h >> 60) * t->n < rest * 16);
		for (int done = 0; done < n; done++) {
			if (done && done % 6 == 0) {
				of.space += 256;
				h = siphash(key, &of, sizeof of);
			}
			unsigned at = (unsigned)(h >> (10 * (done % 6))) & 1023;
			f->word[at / 64] |= 1ull << at % 64;
		}
	}
}

// ---- fields
// ---------------------------------------------------------------------------------------------------

enum { SPACE_NAME = 1, SPACE_BONES = 4, SPACE_GUARDIAN, SPACE_BIRTH, SPACE_TEXT = 32 };

static void set_field(Finger *f, const FingerKey *key, const Tokens *t, int group, int bits) {
	if (!t->n) return;
	set_bits(f, key, t, bits);
	f->field[group] = (uint8_t)(f->field[group] + bits);
}

// What fields are worth was tried on the public sets (docs/bench-match.md). Names get little: two people of a
// family or a town share much of them, and one person's are written in many ways.
enum {
	BITS_NAMES = 60,
	BITS_BONES = 10,
	BITS_GUARDIAN = 35,
	BITS_BIRTH = 60,
	BITS_YEAR = 30,
	BITS_TEXTS = 110
};

static void names_into(Finger *f, const FingerKey *key, const People *p, const Person *of) {
	const int32_t id[] = {of->given, of->family, of->name};
	Tokens shared = {0}, bones = {0};
	for (int i = 0; i < COUNT(id); i++) {
		if (!id[i] || (i == 2 && (id[0] || id[1]))) continue;
		const Value *v = &p->names.at[id[i]];
		for (int j = 0; j < v->ntoken; j++) put_bigrams(&shared, SPACE_NAME, v->hard_token[j]);
		put_bigrams(&bones, SPACE_BONES, v->skeleton);
		put_token(&bones, SPACE_BONES, v->skeleton.p, v->skeleton.n);
	}
	set_field(f, key, &shared, 0, BITS_NAMES);
	set_field(f, key, &bones, 0, BITS_BONES);
}

static void birth_into(Finger *f, const FingerKey *key, const Birth *b) {
	Tokens t = {0};
	char s[8];
	if (!b->year) return;
	if (!b->whole) {
		// Two years either way: what may be a year off still shares most.
		for (int off = -2; off <= 2; off++) {
			int16_t year = (int16_t)(b->year + off);
			memcpy(s, &year, 2);
			put_token(&t, SPACE_BIRTH + 1, s, 2);
		}
		set_field(f, key, &t, 4, BITS_YEAR);
		return;
	}
	for (int i = 0; i < 8; i++) {
		s[0] = (char)i;
		s[1] = b->digit[i];
		put_token(&t, SPACE_BIRTH, s, 2);
	}
	memcpy(s, b->digit, 8);
	put_token(&t, SPACE_BIRTH + 2, s, 4); // year
	put_token(&t, SPACE_BIRTH + 3, s + 4, 2); // month
	put_token(&t, SPACE_BIRTH + 4, s + 6, 2); // day
	// Day and month in the order of their size: changed about, the token stays.
	bool turned = memcmp(s + 4, s + 6, 2) > 0;
	char both[4] = {s[turned ? 6 : 4], s[turned ? 7 : 5], s[turned ? 4 : 6], s[turned ? 5 : 7]};
	put_token(&t, SPACE_BIRTH + 5, both, 4);
	set_field(f, key, &t, 4, BITS_BIRTH);
}

static const uint8_t text_bits[KIND__N] = {
	[KIND_PLACE] = 20, [KIND_POSTCODE] = 15,   [KIND_STREET] = 20, [KIND_HOUSE] = 6, [KIND_PHONE] = 30,
	[KIND_EMAIL] = 40, [KIND_IDENTIFIER] = 40, [KIND_CODE] = 8,    [KIND_TEXT] = 15,
};
_Static_assert(COUNT(text_bits) == KIND__N, "bits for each kind");

static int text_share(const People *p, int track) {
	int all = 0, most = BITS_TEXTS;
	for (int i = 0; i < p->ntrack; i++) all += text_bits[p->track[i].kind];
	int bits = text_bits[p->track[track].kind];
	return all > most ? bits * most / all : bits;
}

static void text_into(Finger *f, const FingerKey *key, const People *p, const Person *of, int track) {
	Tokens t = {0};
	if (!of->text[track]) return;
	const Value *v = &p->track[track].values.at[of->text[track]];
	MatchKind kind = p->track[track].kind;
	// Places and streets in one namespace each: columns of one kind get changed about.
	int space = SPACE_TEXT + (int)kind;
	if (kind == KIND_CODE || kind == KIND_TEXT) space += 64 + track;
	for (int i = 0; i < v->ntoken; i++)
		if (kind == KIND_CODE)
			put_token(&t, space, v->token[i].p, v->token[i].n);
		else
			put_bigrams(&t, space, v->token[i]);
	// Texts share the last groups.
	set_field(f, key, &t, 5 + track % 2, text_share(p, track));
}

void finger_make(const People *p, const Person *of, const FingerKey *key, Finger *out) {
	*out = (Finger){0};
	names_into(out, key, p, of);
	birth_into(out, key, &of->birth);
	if (of->guardian) {
		Tokens t = {0};
		const Value *v = &p->names.at[of->guardian];
		for (int j = 0; j < v->ntoken; j++) put_bigrams(&t, SPACE_GUARDIAN, v->hard_token[j]);
		set_field(out, key, &t, 3, 35);
	}
	for (int i = 0; i < p->ntrack; i++) text_into(out, key, p, of, i);
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
