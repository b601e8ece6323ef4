// statistics.h - how many reports, cases, people and duties there were: ordinary counts, for members who may.
//
// Contract: the questions are a fixed list (statistics_asked) and the periods are quarters that are over.
// Each
//           is counted once, SETTLING days after its end, protected (protect.h), and written to the ledger;
//           what is shown is always that. So the same question on the same quarter has the same answer for
//           ever, whoever asks and whatever is corrected later; quarters do not overlap, areas are one
//           partition, and there is no free choice of who is counted: no two answers can be subtracted.
//           Questions about the same things share their whole and no other sum.
// Unit:     of people the person: those whom both agencies said to be one are counted once a quarter, as the
//           record says that was added first. Victims and survivors only. Duplicate cases are left out.
// Seen:     coded answers of the class `case` (form of exploitation, sex), whether a child, areas, times and
//           states. Never what identifies a person.
// Shown:    each showing to a member is an entry of the ledger, written before the page leaves.
// Public:   how many duties that nobody did in time reached the hub, by kind of agency.
#pragma once
#include "base/base.h"
#include "extent/extent.h"
#include "ledger/ledger.h"
#include "policy/policy.h"
#include "statistics/protect.h"
#include "web/web.h"

#define PATH_statistics "/statistics"
#define PATH_statistics_reports "/statistics/reports"
#define PATH_statistics_cases "/statistics/cases"
#define PATH_statistics_people "/statistics/people"
#define PATH_statistics_duties "/statistics/duties"
#define PATH_statistics_unseen "/statistics/unseen"
#define PATH_statistics_shown "/statistics/shown"
#define PATH_published "/published"

typedef enum { UNIT_REPORTS, UNIT_CASES, UNIT_PEOPLE, UNIT_DUTIES, UNIT_HUB, UNIT__N } Unit;
typedef enum {
	BY_NOTHING,
	BY_AREA, // those next below the country, and elsewhere
	BY_MONTH,
	BY_REPORT_STATE,
	BY_CASE_STATE,
	BY_EXPLOITATION, // several: more than one form
	BY_AGE, // child or not
	BY_SEX,
	BY_KIND, // of agency
	BY_DONE, // duties: in time, late, not yet, excused
	BY_LISTS, // which lists of the pack a person is on (unseen.c)
	BY_TAKEN, // acknowledged or acted on: in time, late, never
	BY__N
} By;
typedef enum {
	ASKED_REPORTS_AREA,
	ASKED_REPORTS_STATE,
	ASKED_REPORTS_MONTH,
	ASKED_CASES_EXPLOITATION,
	ASKED_CASES_STATE,
	ASKED_CASES_MONTH,
	ASKED_PEOPLE_EXPLOITATION,
	ASKED_PEOPLE_AREA,
	ASKED_PEOPLE_MONTH,
	ASKED_PEOPLE_LISTS,
	ASKED_DUTIES_KIND,
	ASKED_DUTIES_TAKEN,
	ASKED_HUB_KIND,
	ASKED__N
} Asked;
typedef struct {
	const char *code;
	Unit unit;
	By row, column;
	bool apart; // has a page of its own
} AskedRow;
extern const AskedRow statistics_asked[ASKED__N];

typedef int Quarter; // year * 4, and 0 to 3
Quarter quarter_of(Cx *cx, int64_t t); // in the hub's zone
int64_t quarter_start(Cx *cx, Quarter q);
Str quarter_code(Arena *a, Quarter q); // 2026-3
bool quarter_parse(Str code, Quarter *out);

// Counts the oldest quarter that is due and not counted yet; *more: there may be another. In a write
// transaction.
MUST_USE Err statistics_count(Cx *cx, bool *more);
MUST_USE Err statistics_tick(Cx *cx); // one quarter, if any is due

#define NOT_SHOWN INT64_C(-1)
typedef struct {
	int64_t id;
	Quarter quarter;
	Asked asked;
	int64_t made;
	const Str *row, *column; // codes
	int rows, columns;
	const int64_t *cell; // (rows + 1) * (columns + 1) as in protect.h, or NOT_SHOWN
} Figure;
// ERR_NOT_FOUND: not counted, or counted before there was this question.
MUST_USE Err statistics_figure(Cx *cx, Quarter q, Asked asked, Figure *out);
int64_t figure_cell(const Figure *f, int row, int column);
int64_t figure_whole(const Figure *f);
MUST_USE Err statistics_quarters(Cx *cx, int limit, Quarter *out, int *n); // newest first
// How many are never seen, of a quarter: a range, made of what may be shown and of nothing else (extent.h).
// A person is on the list of the agency whose case she is in. A second agency's list counts only when it met
// her apart: before its record of her was made, neither had had a part in the other's case, nor held the
// report that it came from. Two records are one person when both agencies said so. Seconds at most, and the
// same figure has the same range.
typedef enum {
	UNSEEN_NOT_MADE, // counted without lists
	UNSEEN_TOO_FEW, // not every combination of lists could be shown
	UNSEEN_NO_ANSWER, // no model has an estimate
	UNSEEN_RANGE
} UnseenState;
typedef struct {
	UnseenState state;
	Figure figure; // but for UNSEEN_NOT_MADE
	int patterns, shown; // combinations of lists, and how many of them could be shown
	Lists lists; // name: codes of the pack
	int64_t least, most; // people in all
} Unseen;
MUST_USE Err statistics_unseen(Cx *cx, Quarter q, Unseen *out);

// Notes that cx->actor is shown this.
void statistics_note_shown(Cx *cx, const Figure *f);

// Of records of people, the place of the first one that is the same person: whom both agencies said to be
// one, through others too.
MUST_USE Err statistics_same_people(Cx *cx, const int64_t *id, ptrdiff_t n, ptrdiff_t *first);

extern const EntryKind *const statistics_kinds[];
extern const Routes statistics_routes;
