// inbox.h - the home of every member: what her agency owes today, what waits for its answer, what changed.
//
// Contract: shows only what the reader's posts may read at her agency's relation; rows of duties come from
// duty. The hub's
//           administrators see no case: their page shows agencies without members, and whole counts.
// Cost:     a fixed number of statements, each from an index and with a limit, whatever the hub holds.
// Not here: any change. Every row leads to the room where one can act.
#pragma once
#include "base/base.h"
#include "ledger/ledger.h"
#include "policy/policy.h"
#include "web/web.h"

#define PATH_today "/today"

// What others did on cases and reports of cx->actor's agency since `since`, newest first.
typedef struct {
	int64_t seq, at;
	Object on;
	StakeholderId by;
	Str kind; // of the ledger entry
	Str number; // of the case or report
} Change;
typedef struct {
	Change *at;
	ptrdiff_t n;
} Changes;
MUST_USE Err inbox_changes(Cx *cx, int64_t since, int limit, Changes *out);

// What waits for an answer of cx->actor's agency.
typedef enum {
	WAIT_REPORT,
	WAIT_MESSAGE,
	WAIT_WAIVER,
	WAIT_SCREENING,
	WAIT_PERSON,
	WAIT_FINDING,
	WAIT__N
} WaitKind;
typedef struct {
	WaitKind kind;
	int64_t id, at; // of the report, the case, or the duty whose waiver is asked for; none for findings
	int64_t person; // WAIT_PERSON: who of the case was screened otherwise
	Str number;
} Wait;
typedef struct {
	Wait *at;
	ptrdiff_t n;
} Waits;
MUST_USE Err inbox_waiting(Cx *cx, int limit, Waits *out); // of each kind at most `limit`

// Whether the reader's posts owe anything at all: others get a page of their own.
bool inbox_owes(Cx *cx);

extern const Routes inbox_routes;
