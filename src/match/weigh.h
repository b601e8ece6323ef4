// weigh.h - how likely it is that two records are one person: the weight of the evidence in bits (Fellegi and
// Sunter 1969), field by field, each of which can be said in words.
//
// A field adds log2(m / u). m, how often the field of one person looks like this in two records, is a table
// of this program (docs/matching.md says how it was reasoned). u, how often it looks like this in records of
// two people, is learnt from the records at hand, and for what is the same, from how rare the value is. A
// field that one of the two lacks says nothing.
#pragma once
#include "match/person.h"

typedef enum {
	LEVEL_SAME,
	LEVEL_SOUND,
	LEVEL_ONE,
	LEVEL_TWO,
	LEVEL_PART,
	LEVEL_LIKE,
	LEVEL_OTHER,
	LEVEL__N
} Level;
typedef enum {
	WEIGH_GIVEN,
	WEIGH_FAMILY,
	WEIGH_NAME,
	WEIGH_GUARDIAN,
	WEIGH_BIRTH,
	WEIGH_SEX,
	WEIGH_TEXT
} WeighField;
enum { WEIGH_FIELDS = WEIGH_TEXT + TEXT_TRACKS };

#define WEIGHT_PROBABLE 14.0
#define WEIGHT_POSSIBLE 6.0
typedef struct {
	const People *people;
	double records; // that the counts of its values are of: people->n, or a whole hub's
	double u[WEIGH_FIELDS][LEVEL__N]; // learnt
	// For a text field given that an earlier one of the address is the same: suburbs go with postcodes.
	double after[TEXT_TRACKS][TEXT_TRACKS]; // bits that remain of 1, 0 to 1
} Weights;
typedef struct {
	double weight; // what decides: the evidence, but for names alone and twins no more than the rules
		       // leave
	double evidence; // the sum of the bits, which orders: among the possible, twins may have the most
	double bits[WEIGH_FIELDS];
	uint8_t level[WEIGH_FIELDS]; // LEVEL__N: says nothing
	bool swapped; // given and family name changed places
	bool twins; // same birth and family, other given name: two people
	bool names_alone; // nothing but names speaks for it; never more than possible
} Weighed;

// u and the frequencies, from a fixed sample of pairs: the same records give the same weights.
void weigh_learn(Weights *w, const People *p);
// For people whose values carry counts of a larger whole, of `records`: u comes from elsewhere, or with NULL
// from a table of this program (docs/matching.md says of what it was counted).
void weigh_with(Weights *w, const People *p, double records, const Weights *u);
void weigh(const Weights *w, const Person *a, const Person *b, Weighed *out);
// "family name same, rare +9.1; birth date day and month swapped +6.0"
void weigh_say(const Weights *w, const Weighed *v, Buf *out);
// Optimal string alignment: letters put in, left out, changed, or two changed about; `most` + 1 when more.
int edit_distance(Str a, Str b, int most);
