// giving.h - a release asked for in the hub, approved by two agencies, made, and given out.
//
// States:   asked > approved > debited > given; or declined (somebody said no), refused (by the program, with
//           the reason), lost (the program ended between the debit and the end: it is spent, and nothing was
//           given).
// Contract: two members of two agencies, neither of them the asker's, must say yes; one no ends it. What it
//           costs is on the disk twice before the first random number is drawn: in the privacy ledger, a file
//           beside the hub (release/spend.h), and as an entry of the hub's ledger that holds the file's head.
//           When the two disagree, one of them was set back to an older copy, and nothing is released.
// Unit:     a person, all that the hub knows of her in any year; those whom both agencies said to be one are
//           one, as the oldest record says. Victims and survivors, not of duplicate cases.
// Seen:     only columns that the pack's codebook (release/people*.json) names, and of these only coded
// answers
//           of the class `case`, whether a child, the year and the area. A codebook that asks for anything
//           else is refused.
// Where:    debit and reading run on the program's thread for what takes long, drawing, fitting and writing
// on
//           one of their own, so that nothing else waits for them; one release at a time.
// Anybody:  sees the list of what was given, with manifest and report. Rows and tables are for members who
// may.
#pragma once
#include "base/base.h"
#include "ledger/ledger.h"
#include "policy/policy.h"
#include "web/web.h"

#define PATH_givings "/releases"
#define PATH_giving_new "/releases/new"
#define PATH_giving "/releases/:release"
#define PATH_giving_answer "/releases/:release/answer"
#define PATH_giving_file "/releases/:release/files/:file"
#define PATH_given "/published/releases"
#define PATH_given_manifest "/published/manifests/*release"
#define PATH_given_report "/published/reports/*release"
#define PATH_given_page "/published/pages/*release"

ID_TYPE(GivingId);
typedef enum {
	GIVING_ASKED = 1,
	GIVING_APPROVED,
	GIVING_DEBITED,
	GIVING_GIVEN,
	GIVING_DECLINED,
	GIVING_REFUSED,
	GIVING_LOST,
	GIVING__N
} GivingState;
typedef struct {
	GivingId id;
	GivingState state;
	MemberId member;
	StakeholderId stakeholder;
	int64_t at, changed;
	int64_t epsilon; // thousandths
	int64_t rho, entry, spent; // as in release/account.h
	int64_t people, half;
	Str codebook, named, sealed_purpose, why, head, method;
} Giving;
typedef struct {
	Giving *at; // newest first
	ptrdiff_t n;
} Givings;
typedef struct {
	StakeholderId stakeholder;
	MemberId member;
	int64_t at;
	bool yes;
} GivingAnswer;
typedef struct {
	GivingAnswer *at;
	ptrdiff_t n;
} GivingAnswers;

#define GIVING_EPSILON_MOST 4000
#define GIVING_DELTA 1e-9
enum { GIVING_BOOKS = 8 }; // of a pack
typedef struct {
	int64_t epsilon;
	int book; // which of giving_books
	Str method; // as measure_name has it; empty: the usual one
	Str purpose;
} GivingAsk;
// ERR_LIMIT: more than may still be spent on these people, ever. ERR_INVALID: the pack has no such codebook,
// or one that asks for what may not be given; no such method. ERR_NOT_FOUND: this process makes no releases.
MUST_USE Err giving_ask(Cx *cx, const GivingAsk *ask, GivingId *out);
Str giving_book_name(Cx *cx, int book); // empty: there are no more
typedef enum { ANSWER_MAY, ANSWER_OWN, ANSWER_GIVEN, ANSWER_OVER } GivingMay; // why not
MUST_USE Err giving_may_answer(Cx *cx, const Giving *g, GivingMay *out);
// ERR_DENIED: may not. ERR_CONFLICT: somebody was faster.
MUST_USE Err giving_answer(Cx *cx, const Giving *g, bool yes);

MUST_USE Err giving_get(Cx *cx, GivingId id, Giving *out);
MUST_USE Err giving_list(Cx *cx, int limit, Givings *out);
MUST_USE Err giving_answers(Cx *cx, GivingId id, GivingAnswers *out);
MUST_USE Err giving_purpose(Cx *cx, const Giving *g, Str *out);
typedef struct {
	int64_t id;
	Str name; // rows tables workbook report page manifest
	int64_t size;
} GivingFile;
typedef struct {
	GivingFile *at;
	ptrdiff_t n; // 0: not given
} GivingFiles;
MUST_USE Err giving_files(Cx *cx, GivingId id, GivingFiles *out);
// The one of that name. ERR_NOT_FOUND: not given.
MUST_USE Err giving_bytes(Cx *cx, GivingId id, Str name, Str *out);
int64_t giving_left(Cx *cx, int64_t spent); // rho that may still be spent
MUST_USE Err giving_spent(Cx *cx, int64_t *out);
// For about how many people a release by this codebook says something at this epsilon.
int64_t giving_people_needed(Cx *cx, int book, int64_t epsilon);
Str giving_public_key(Cx *cx); // 64 hex digits: who signs

// ---- the desk: what is being made, in memory; one a process ----------------------------------------
// `dir`: the hub's folder, for the privacy ledger. `codebook`: texts of the pack's codebooks of people; at
// most GIVING_BOOKS are taken.
MUST_USE Err giving_begin(Cx *cx, Str dir, const Str *codebook, int n, Desk **out);
// What a codebook (its text, which codebook_read takes) asks for that the pack's forms never answer. `hub`:
// it is one of the hub's own (release/people*.json), so its columns must be ones that may leave.
enum { GIVING_FAULTS = 64 };
typedef struct {
	int line;
	Str said; // what is wrong and what to do; for who writes packs
} GivingFault;
typedef struct {
	GivingFault at[GIVING_FAULTS];
	int n;
} GivingFaults;
void giving_book_check(Arena *a, const Pack *pack, Str text, bool hub, GivingFaults *out);
// Whether a codebook may name this column (people.c).
bool giving_column_may(const Pack *pack, Str column);
void desk_free(Desk *d); // waits for what is being made
MUST_USE Err giving_work(Cx *cx, bool *more); // beside the writer, on a connection that reads
MUST_USE Err giving_tick(Cx *cx); // on the writer: what the work came to; and what was lost

extern const EntryKind *const giving_kinds[];
extern const Routes giving_routes;
