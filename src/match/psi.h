// psi.h - two agencies find the persons that both of them know, without showing each other their files.
//
// A record is a set of features (pairs of letters of names, parts of a birth date). 40 bands of 3 MinHash
// rows make 40 tokens of it; two records that are alike share many of them. Tokens travel only as points of
// ristretto255, blinded by a key of this session that its side alone has:
//
//     asker                                            holder
//     psi_start    own tokens, blinded       ->
//                                            <-        psi_answer   those blinded once more; its own, blinded
//     psi_ask      which of the holder's     ->
//                  were also its own, for each record that has enough
//                                            <-        psi_reveal   which are one record of it
//     psi_learn
//
// What a message tells beyond the number of records, which is told in steps (psi_step): start and answer
// nothing (each token stands once whatever the number of records that have it, filled up with random points
// to 40 a record, in random order).
// From the answer the asker learns, of each own record, how many of its tokens the other file has somewhere.
// In files of thousands most records share that many tokens with some records or other, so `ask` then names
// most of the tokens that both files have: the holder learns which of its tokens the asker has too, and how
// they stand together, without names. The asker is not told pairs with fewer collisions than agreed. Both
// sides are taken to follow the protocol; a side that invents records can ask about anybody, which is why
// size, rate, purpose and both sides' consent are settled before, by whoever calls: nothing is sent from
// here. docs/decisions/0011-psi.md has the measure of it.
//
// `terms` are the same bytes on both sides (parties, purpose, project, expiry, session number); messages made
// under other terms are refused. Keys live in the PsiSide; psi_end wipes them.
#pragma once
#include "base/base.h"
#include "vault/point.h"

enum { PSI_BANDS = 40, PSI_ROWS = 3, PSI_RECORDS = 200000, PSI_THREADS = 64 };
enum {
	PSI_COMMON = 10
}; // a token that more records of one file have says little of whom it is, and much of
   // what the file holds: it is left out

typedef struct {
	const Str *feature;
	const uint8_t *weight; // how often each counts; NULL: once
	int n; // 0: a record of which nothing is known; it is found by nobody
} PsiRecord;
typedef struct {
	Str bytes;
	int collisions; // 1 to 40; least number of shared tokens
	int64_t most; // records of one side
	bool one_each; // a record is told in one pair at most, the one with most collisions
} PsiTerms;
typedef struct {
	uint8_t token[16];
	int32_t record; // the first of the run of equal tokens has place >= 0
	int32_t place; // in the message
} PsiToken;
typedef struct {
	Arena *arena;
	PsiTerms terms;
	uint8_t key[POINT_BYTES], about[32];
	PsiToken *token; // sorted by token, then record
	int32_t ntoken, nrecord, npoint; // nrecord: as told, with those made up
	int32_t *first; // of each place: index in token, or -1 for filling
	int32_t *asked; // of each asked record: own record
	int32_t nasked;
	int32_t *handle; // of each record: what the other side may call it
	int32_t npeer, npeer_point;
	bool answered;
	int threads; // that do the blinding; 1 unless the caller sets more. The messages do not depend on it
} PsiSide;
typedef struct {
	int32_t own; // record of this side
	int32_t other; // what the other side calls its record: meaningless but for this session
	int32_t collisions;
} PsiPair;

MUST_USE Err psi_begin(Arena *a, Why *why, const PsiTerms *terms, const PsiRecord *record, int32_t n,
		       PsiSide *out);
void psi_end(PsiSide *s); // wipes key and tokens, and what the arithmetic left on this thread's stack
// The number of records that is told instead of n: the next with one digit and zeros, at least 100.
int64_t psi_step(int64_t n);

// Each takes the message before it (ERR_INVALID: altered, cut short, of another session or kind;
// ERR_TOO_LARGE: more records than agreed) and appends its own.
void psi_start(PsiSide *s, Buf *message);
MUST_USE Err psi_answer(PsiSide *s, Why *why, Str start, Buf *message);
MUST_USE Err psi_ask(PsiSide *s, Why *why, Str answer, Buf *message);
// *pairs: what is revealed, also for the holder itself.
MUST_USE Err psi_reveal(PsiSide *s, Why *why, Str ask, Buf *message, PsiPair **pairs, int32_t *npairs);
MUST_USE Err psi_learn(PsiSide *s, Why *why, Str reveal, PsiPair **pairs, int32_t *npairs);
