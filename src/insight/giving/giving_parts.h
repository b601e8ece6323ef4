// giving_parts.h - what the files of this room share; no other room includes it.
#pragma once
#include "giving/giving.h"
#include "release/codebook.h"
#include "release/measure.h"
#include "release/spend.h"
#include <pthread.h>
#include <stdatomic.h>

enum {
	FILE_ROWS,
	FILE_TABLES,
	FILE_WORKBOOK,
	FILE_REPORT,
	FILE_PAGE,
	FILE_MANIFEST, // last: it names the others
	GIVING_FILES
};
extern const char *const giving_file_name[GIVING_FILES]; // in the ledger and in addresses
extern const char *const giving_file_called[GIVING_FILES]; // as it leaves
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

// make.c: noise, model, rows and what is said of them. The debit was made before.
typedef struct {
	const Codebook *book;
	Method method;
	Str csv; // the people, as giving_people made them
	int64_t epsilon, now;
	Rho rho;
	Spent spent;
	Str dir; // where the workbook is put together
	int lang; // of the reader's page
	uint8_t secret[64], key[32]; // who signs
} MakeAsk;
// ERR_LIMIT: too few people for such noise. Needs no database.
MUST_USE Err giving_make(Arena *a, Why *why, const MakeAsk *ask, Made *out);
double giving_half(const Codebook *book, Method method, Rho rho); // of one attribute's own table
void giving_signs(Cx *cx, uint8_t secret[64], uint8_t public_key[32]);

// A release on its thread.
typedef struct {
	pthread_t thread;
	bool running; // the thread is there, until it is joined
	atomic_bool done;
	Err e;
	Why why;
	MakeAsk ask;
	Made made;
} Making;

struct Desk {
	pthread_mutex_t lock; // of what stands below
	Arena arena; // of what was made; the making thread's own while it runs
	GivingId id; // in hand; 0: none
	Outcome outcome; // what the tick has to write
	Making making;
	Str dir;
	Codebook book[GIVING_BOOKS]; // as read at the start
	int nbook;
};
const Codebook *giving_book(const Desk *d, Str hash); // NULL: none of that text

// people.c: the rows of all people, as CSV with the codebook's columns. Lives in `into`, which is not
// cx->arena.
MUST_USE Err giving_people(Cx *cx, Arena *into, const Codebook *book, Str *csv);
