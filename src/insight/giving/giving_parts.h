// giving_parts.h - what the files of this room share; no other room includes it.
#pragma once
#include "giving/giving.h"
#include "release/codebook.h"
#include "release/spend.h"
#include <pthread.h>

enum { GIVING_FILES = 4, FILE_ROWS = 0, FILE_TABLES, FILE_REPORT, FILE_MANIFEST };
extern const char *const giving_file_name[GIVING_FILES];
typedef struct {
	Str file[GIVING_FILES];
	int64_t people, half;
} Made;

typedef enum { OUTCOME_NONE, OUTCOME_DEBITED, OUTCOME_MADE, OUTCOME_REFUSED } OutcomeKind;
typedef struct {
	OutcomeKind kind;
	Spent spent;
	Made made;
	const char *why; // refused
} Outcome;
struct Desk {
	pthread_mutex_t lock; // of what stands below
	Arena arena; // of what was made
	GivingId id; // in hand; 0: none
	Outcome outcome; // what the tick has to write
	Str dir;
	Codebook book; // as read at the start
	bool has_book;
};

// people.c: the rows of all people, as CSV with the codebook's columns. Lives in `into`, which is not
// cx->arena.
MUST_USE Err giving_people(Cx *cx, Arena *into, const Codebook *book, Str *csv);
bool giving_column_may(const Pack *pack, Str column);

// make.c: noise, model, rows and what is said of them. The debit was made before.
typedef struct {
	const Codebook *book;
	Str csv;
	int64_t epsilon, now;
	Rho rho;
	const Spent *spent;
} MakeAsk;
// ERR_LIMIT: too few people for such noise.
MUST_USE Err giving_make(Cx *cx, const MakeAsk *ask, Made *out);
double giving_half(const Codebook *book, Rho rho); // of one attribute's own table
void giving_signs(Cx *cx, uint8_t secret[64], uint8_t public_key[32]);
