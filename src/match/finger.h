// finger.h - keyed fingerprints of people: 1024 bits, in memory only, never written or sent. Who has the key
// can guess names by trying them, so a key is of one instance and one epoch.
//
// Each field sets a fixed number of bits, shared among its tokens, so that long names do not dominate; about
// a fifth of the bits are set. Given and family names share a namespace, so that changed about they still
// match.
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
void finger_make(const People *p, const Person *of, const FingerKey *key, Finger *out);
// Dice of what both have, 0 to 1, from the bits in common. Fields that one of the two lacks are left out.
double finger_dice(const Finger *a, const Finger *b, uint32_t common);
