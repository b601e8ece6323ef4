// psi_channel.h - what two agencies have agreed before they compare (psi.h), and messages that only the other
// side of that agreement can have made, in their order, once.
//
// Each side states the whole agreement for itself. A message carries, of every term, a short hash mixed with
// both public keys, so that the other side can say which term differs and whoever finds the message cannot
// guess the purpose from it; then the payload; then an Ed25519 signature over all of that and over every
// message before it. The public keys are in no message: each side got the other's by another way. A message
// of another session, repeated, altered or cut short does not open. What is inside is not hidden from who
// carries it: psi.h says what it shows.
#pragma once
#include "match/psi_person.h"

typedef struct {
	Str purpose; // a short code
	Str session; // a name that both agreed on, used once
	Str asker, holder; // the two agencies
	int64_t until; // after this nothing is answered
	PsiFields fields;
	int collisions;
	int64_t most; // records of one side
} PsiAgreed;
enum { PSI_AGREED_TERMS = 8, PSI_WORD = 40, PSI_NAME = 80 };
typedef struct {
	uint8_t secret[64], partner[32]; // the caller wipes
	uint8_t term[PSI_AGREED_TERMS][8], chain[32];
	int step; // of the last message, 0 before the first
} PsiChannel;

// ERR_INVALID: a term that cannot be: empty, too long, with signs that do not belong.
MUST_USE Err psi_agreed_check(Why *why, const PsiAgreed *a);
// For PsiTerms: the same bytes on both sides.
Str psi_agreed_text(Arena *a, const PsiAgreed *g);
// `asks`: whether this side sends the first message.
void psi_channel_begin(Arena *a, const PsiAgreed *g, bool asks, PsiChannel *c);
// The next message, appended to *out.
void psi_channel_wrap(PsiChannel *c, Arena *a, Str payload, Buf *out);
// The next message of the other side: ERR_INVALID with a sentence that says what to do, and then it counts as
// not seen. The payload is part of `message`.
MUST_USE Err psi_channel_open(PsiChannel *c, Why *why, Arena *a, Str message, Str *payload);
