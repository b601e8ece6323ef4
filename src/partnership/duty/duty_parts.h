// duty_parts.h - what the files of this room share; no other room includes it.
#pragma once
#include "duty/duty.h"

// duty_read.c
Duty duty_from_row(Cx *cx, const Row *r);
Err duty_from_rows(Cx *cx, const Rows *rs, int limit,
		   Duties *out); // one row more than `limit` means there are more

// duty_facts.c: facts are kept with the duty as lines of name, tab, value; sealed.
typedef struct {
	const DutyFact *at;
	int n;
} DutyFacts;
Str duty_facts_text(Arena *a, const DutyFact *fact, int n);
Err duty_facts_of(Cx *cx, const Duty *d, DutyFacts *out); // empty when the key is gone
Str duty_fact(const DutyFacts *f, Str name);
bool duty_holds(Cx *cx, const PackRule *r, const DutyFact *fact, int n);

// duty_clock.c
void duty_start_clock(Cx *cx, Duty *d); // due and warn_at from the row and d->at
int64_t duty_next(Cx *cx, const Duty *d); // when something happens by itself; 0: never
int duty_rung_count(const Duty *d);
Str duty_rung_step(const Duty *d, int rung); // supervisor up hub
int64_t duty_rung_at(Cx *cx, const Duty *d, int rung);
// The minute in which something began: people and forms tell time without seconds.
static inline int64_t duty_minute(int64_t t) { return t - t % 60; }

// duty_change.c: every change is one entry that carries the duty as it is afterwards, and one step of its
// history.
typedef enum {
	STEP_ACKNOWLEDGED,
	STEP_WARNED,
	STEP_ESCALATED,
	STEP_MOVED,
	STEP_TRAVEL,
	STEP_WAIVER_ASKED,
	STEP_WAIVER_DECLINED,
	STEP_WAIVED,
	STEP_DONE,
	STEP_REFUSED,
	STEP_MET,
	STEP__N
} DutyStepKind;
typedef struct {
	DutyStepKind kind;
	Str rung, text, reference; // plain: sealed here
	int64_t did, hours;
	StakeholderId to;
} DutyChange;
// `now` is what `was` becomes; its version moves on unless the program only warned or escalated: what a
// reader may do with the duty is then the same as before.
MUST_USE Err duty_write(Cx *cx, const Duty *was, const Duty *now, const DutyChange *c);
MUST_USE Err duty_write_new(Cx *cx, const Duty *d, Str facts_text);
// Closes a duty for what happened at `at`.
MUST_USE Err duty_meet(Cx *cx, const Duty *d, Str by, int64_t at);

// duty_owner.c
typedef struct {
	StakeholderId who;
	Str kind;
} DutyCandidate;
typedef struct {
	const DutyEvent *e;
	Object matter;
	DutyCandidate *near; // lead and participants of the matter
	ptrdiff_t nnear;
} DutyFinder;
MUST_USE Err duty_finder(Cx *cx, const DutyEvent *e, DutyFinder *out);
// missing: empty, or the kind (or role) of agency that is not there, and *out is who answers instead.
MUST_USE Err duty_find_owner(Cx *cx, const DutyFinder *f, const PackRule *r, StakeholderId *out,
			     Str *missing);
MUST_USE Err duty_find_above(Cx *cx, Object matter, ReportId report, StakeholderId from,
			     StakeholderId *out); // 0: nobody
MUST_USE Err duty_find_hub(Cx *cx, Object matter, ReportId report, Str area, StakeholderId *out); // 0: nobody

// Columns of the table duty, in the order of schema/0020_duty.sql.
enum {
	DUTY_ID,
	DUTY_RULE,
	DUTY_EVENT,
	DUTY_ABOUT,
	DUTY_OBJECT,
	DUTY_REPORT,
	DUTY_KASE,
	DUTY_PERSON,
	DUTY_OCCURRENCE,
	DUTY_KEY_ID,
	DUTY_NUMBER,
	DUTY_AREA,
	DUTY_OWNER,
	DUTY_LEAD,
	DUTY_RECEIVER,
	DUTY_UNASSIGNED_KIND,
	DUTY_FACTS,
	DUTY_AT,
	DUTY_DUE,
	DUTY_WARN_AT,
	DUTY_NEXT_AT,
	DUTY_STATE,
	DUTY_VERSION,
	DUTY_CLOSED,
	DUTY_LATE,
	DUTY_RUNGS,
	DUTY_WARNED,
	DUTY_PUBLISHED,
	DUTY_TRAVEL_HOURS,
	DUTY_WAIVER_BY,
	DUTY_WAIVER_DECLINED,
	DUTY_MET_BY
};
