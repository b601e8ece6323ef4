// finger.h - keyed fingerprints of people: 1024 bits, in memory only, never written or sent. Who has the keys
// can guess names by trying them, so they are of one instance and one epoch.
//
// Each field sets a fixed number of bits, shared among its tokens, so that long names do not dominate; about
// a fifth of the bits are set. Given and family names share tokens, so that changed about they still match. A
// whole date and an age meet in the years two either way.
#pragma once
#include "match/person.h"

enum { FINGER_WORDS = 16, FINGER_FIELDS = 8 };
typedef struct {
	uint64_t word[FINGER_WORDS];
	uint16_t total;
	uint8_t field[FINGER_FIELDS]; // bits asked for per group of fields; 0: missing
} Finger;

typedef struct {
	uint8_t key[16];
} FingerKey;
uint64_t siphash(const FingerKey *key, const void *p,
		 ptrdiff_t n); // SipHash-2-4, Aumasson and Bernstein 2012

// A field's tokens are hashed under the field's own key. Under FINGER_COUNTS and FINGER_EXACT whole values
// are hashed, by whoever counts or looks them up; they set no bits.
enum {
	FINGER_NAMES,
	FINGER_BONES,
	FINGER_GIVEN,
	FINGER_FAMILY,
	FINGER_GUARDIAN,
	FINGER_BIRTH,
	FINGER_COUNTS,
	FINGER_EXACT,
	FINGER_TEXTS, // of KIND_PLACE, and on
	FINGER_KEYS = FINGER_TEXTS + KIND_TEXT - KIND_PLACE + 1,
	FINGER_SIGNS = 37 // an end of a word, 26 letters, 10 digits
};
typedef struct {
	FingerKey field[FINGER_KEYS];
	uint64_t pair[FINGER_KEYS][FINGER_SIGNS * FINGER_SIGNS]; // hashes of two signs: all are wanted soon
} FingerKeys;
// HKDF-SHA256 (RFC 5869) of the instance's secret, salted with the epoch, one key a field. An epoch is one
// start of the program: fingerprints of two epochs have nothing in common but chance, so what is left of one
// (a page of memory, a core) cannot be compared with the next. In `a`; wiped or dropped with the
// fingerprints.
FingerKeys *finger_keys(Arena *a, Str instance, int64_t epoch);
// For finding by a number alone, exactly: the keyed hash of a phone number or an identifier of this kind, as
// number_plain (person.h) gives it. The same number has the same hash, two different ones hardly ever.
uint64_t finger_number(const FingerKeys *keys, MatchKind kind, Str plain);

void finger_make(const People *p, const Person *of, const FingerKeys *keys, Finger *out);
// Dice of what both have, 0 to 1, from the bits in common. Groups of fields that one of the two lacks are
// left out: who is asked for by a phone number alone is compared by phone numbers alone.
double finger_dice(const Finger *a, const Finger *b, uint32_t common);
