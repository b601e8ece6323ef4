// identity_parts.h - what the files of this room share; no other room includes it.
#pragma once
#include "identity/identity.h"
#include "match/index.h"
#include "match/weigh.h"

enum { IDENTITY_MOST = 50, IDENTITY_FRESH = 64 };

// Of identity_field.
enum {
	FACT_GIVEN,
	FACT_FAMILY,
	FACT_NAME,
	FACT_GUARDIAN,
	FACT_BIRTH_DATE,
	FACT_BIRTH_YEAR,
	FACT_AGE,
	FACT_SEX,
	FACT_PLACE,
	FACT_DISTRICT,
	FACT_POSTCODE,
	FACT_STREET,
	FACT_PHONE,
	FACT_EMAIL,
	FACT_IDENTIFIER,
	FACT__N
};
_Static_assert((int)FACT__N == (int)IDENTITY_FIELDS, "a name for each field");

// identity_typed.c
// Places as they are heard, in any script, and the first of several phones: what is compared.
void identity_compared(Arena *a, Str value[IDENTITY_FIELDS]);
// By what the numbers are looked up that somebody has: with a country before it or without, a phone is the
// same. How many.
enum { IDENTITY_NUMBERS = 6 };
int identity_numbers(Arena *a, const IdentityFacts *f, Str out[IDENTITY_NUMBERS]);
// What the number that was typed is of them. Where phones are one, theirs is then written as hers.
typedef enum { MEETS_NOTHING, MEETS_PHONE, MEETS_PAPER, MEETS__N } NumberMeets;
NumberMeets identity_meet(Arena *a, const IdentityFacts *her, IdentityFacts *them);

// identity.c
void identity_schema(MatchSchema *out);
MUST_USE Err identity_unseal(Cx *cx, const IdentityRow *r, IdentityFacts *out); // ERR_GONE: erased
// Her row and one for each of her other names. How many were put.
int identity_rows(People *p, const MatchSchema *s, const IdentityFacts *f);
IdentityRow identity_row_of(Row r);
// The row has its key's too: what it says is not asked again by the next identity_unseal.
void identity_know_key(Cx *cx, const Row *r);
MUST_USE Err identity_get(Cx *cx, PersonId id, IdentityRow *out); // ERR_NOT_FOUND
MUST_USE Err identity_hit_of(Cx *cx, const IdentityRow *r, IdentityHit *out); // ERR_GONE: erased

// finder.c
typedef struct {
	PersonId one, two; // any order
	double weight;
} Likely;
// What comparing found, at most `room`; how many. Once taken they are forgotten here.
int finder_take(Finder *f, Likely *out, int room, int64_t *compared);
// Where comparing goes on after a start.
void finder_go_on(Finder *f, int64_t compared);
// Spellings of people whose fingerprints stand in memory; who was taken away has left no bit there.
int32_t identity_in_memory(Cx *cx);
int32_t identity_numbers_in_memory(Cx *cx); // numbers of people, likewise

// search.c
// Weighs `them` against her with the counts of the hub.
void identity_weigh(Cx *cx, const IdentityFacts *her, IdentityHit *them, ptrdiff_t n);
// What a search is made of, for who measures it: the likest whom the reader may see by rights and memory, the
// likest first, at most IDENTITY_LIKEST; then these opened, in any order; then the policy asked of each.
enum { IDENTITY_LIKEST = 2 * IDENTITY_MOST };
MUST_USE Err identity_likest(Cx *cx, const IdentityFacts *her, const IdentityScope *in, Found *out, int *n);
MUST_USE Err identity_open_likest(Cx *cx, const Found *some, int n, IdentityHit *out, ptrdiff_t *opened);
MUST_USE Err identity_keep_readable(Cx *cx, IdentityHits *hits);
