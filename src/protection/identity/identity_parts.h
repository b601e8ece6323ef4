// identity_parts.h - what the files of this room share; no other room includes it.
#pragma once
#include "identity/identity.h"
#include "match/weigh.h"

enum { IDENTITY_MOST = 50, IDENTITY_FRESH = 64 };

// identity.c
void identity_schema(MatchSchema *out);
MUST_USE Err identity_unseal(Cx *cx, const IdentityRow *r, IdentityFacts *out); // ERR_GONE: erased
// Her row and one for each of her other names. How many were put.
int identity_rows(People *p, const MatchSchema *s, const IdentityFacts *f);
IdentityRow identity_row_of(Row r);
MUST_USE Err identity_get(Cx *cx, PersonId id, IdentityRow *out); // ERR_NOT_FOUND
MUST_USE Err identity_hit_of(Cx *cx, const IdentityRow *r, IdentityHit *out); // ERR_GONE: erased

// finder.c
typedef struct {
	PersonId one, two; // any order
	double weight;
} Likely;
// Weighs `them` against her with the counts of the hub.
void identity_weigh(Cx *cx, const IdentityFacts *her, IdentityHit *them, ptrdiff_t n);
// What comparing found, at most `room`; how many. Once taken they are forgotten here.
int finder_take(Finder *f, Likely *out, int room, int64_t *compared);
// Where comparing goes on after a start.
void finder_go_on(Finder *f, int64_t compared);
// Spellings of people whose fingerprints stand in memory; who was taken away has left no bit there.
int32_t identity_in_memory(Cx *cx);
