// duty.h - what one agency owes on a case or a report, by when, and why. Everything that must happen is a
// duty.
//
//   open > acknowledged > done | refused | waived          (closed duties never open again)
//
// A playbook row of the pack becomes a duty when its event happens and its condition holds over the facts. A
// duty has one owner, an agency. When the agency the row names is not registered for the area, the duty goes
// to who stands above the lead, else to the hub, else to the lead itself, and says which kind is missing. An
// agency that is walled off never gets one.
//
// Refused is the person's own answer ("she said no"): only rows with consent=yes offer it, and it is no
// failure. Waived needs a reason and the agreement of another member than the one who asked. Done needs
// evidence. A duty that is late climbs its rungs (supervisor, the agency above, the hub's published count),
// each once.
//
// What happened meets the duties that were waiting for it: an event closes the open duties of the same matter
// whose row says then=<event>, and a duty that is done makes its `then` event happen. So one production
// before the committee closes the duty of everyone who owed it, and starts the committee's own clock.
//
// Every change carries the version its reader saw; another's change in between is ERR_CONFLICT and nothing is
// written. Text (evidence, reasons, facts) is sealed under the key of the case or report. Never here: rights
// (policy), the rows themselves (pack), a legal opinion: rows with confidence P or K are shown as
// unconfirmed.
#pragma once
#include "base/base.h"
#include "base/id.h"
#include "duty_html.h" // DutyRow, DutyObservedRow: shared by the pages of report, casefile and inbox
#include "html/html.h"
#include "ledger/ledger.h"
#include "pack/pack.h"
#include "policy/policy.h"
#include "web/web.h"

#define PATH_duties "/duties"
#define PATH_duty "/duties/:duty"
#define PATH_duty_ack "/duties/:duty/acknowledge"
#define PATH_duty_done "/duties/:duty/done"
#define PATH_duty_refused "/duties/:duty/refused"
#define PATH_duty_travel "/duties/:duty/travel"
#define PATH_duty_waiver "/duties/:duty/waiver"
#define PATH_duty_decide "/duties/:duty/waiver/decision"
#define PATH_playbook "/playbook"

// The last second of 9999: `due` of a duty without a clock, so that one index serves every list.
#define DUTY_NO_CLOCK INT64_C(253402300799)

typedef enum { DUTY_OPEN = 1, DUTY_ACKNOWLEDGED, DUTY_DONE, DUTY_REFUSED, DUTY_WAIVED, DUTY__N } DutyState;
Str duty_state_code(DutyState s); // "open" …
static inline bool duty_state_live(DutyState s) { return s == DUTY_OPEN || s == DUTY_ACKNOWLEDGED; }

// ---- what happened -------------------------------------------------------------------------------
typedef struct {
	Str name, value; // child=yes; select_multiple values have one space between codes
} DutyFact;
typedef struct {
	Str event; // code of events.csv
	ReportId report; // 0: none. A case opened from a report names both
	CaseId kase; // 0: the matter is still a report
	PersonId person; // 0: the matter as a whole
	KeyId key; // of the case, or of the report when there is no case
	StakeholderId receiver, lead; // of the report, of the case; 0: none
	StakeholderId receiving; // role receiving_agency: whom a referral went to; 0: none
	Str area, number; // number: as people call the case or report, shown with the duty
	int64_t at; // when it happened; clocks start here. Not later than now
	int64_t occurrence; // id of this very event, where one kind of event may happen again (a message, a
			    // row of events, a visit); 0: counts once a matter and person
	const DutyFact *facts;
	int nfacts;
} DutyEvent;
// Meets the waiting duties, then raises what the playbook says. The same event told twice does nothing the
// second time. ERR_INVALID: no such event in the pack, no report and no case, or `at` in the future. Inside a
// write transaction.
MUST_USE Err duty_event(Cx *cx, const DutyEvent *e);
// Work recorded elsewhere fulfils a duty: closes the live duties of the matter (and person) whose row has
// this code in its `output` column (a saved screening: "screening"; an answer sent: "answer"), and lets what
// follows follow. event: as for duty_event; its .event is not read.
MUST_USE Err duty_fulfil(Cx *cx, const DutyEvent *e, Str output);

// ---- a duty ----------------------------------------------------------------------------------------
typedef struct {
	DutyId id;
	Object about; // the case, or the report
	ReportId report;
	CaseId kase;
	PersonId person;
	KeyId key;
	Str rule, event, number, area;
	Str unassigned_kind; // kind of agency that is not registered for the area; empty: the right one owes
			     // it
	StakeholderId owner, lead, receiver; // owner 0: nobody may have it; only the hub's count shows it
	DutyState state;
	int64_t occurrence, version, at, due, warn_at, closed,
		late; // late: seconds past due when it was closed
	int rungs; // how many rungs it has climbed
	bool warned, published, travel_added;
	int travel_hours;
	MemberId waiver_by; // who asks for a waiver; 0: nobody does now
	bool waiver_declined;
	Str met_by; // event that closed it, when not by hand
	Str sealed_facts;
	const PackRule *row; // NULL: the row left the pack since
} Duty;
typedef struct {
	Duty *duty;
	ptrdiff_t n;
	bool more; // there are more than `limit`
} Duties;
MUST_USE Err duty_get(Cx *cx, DutyId id, Duty *out);

// One entry of a duty's own history.
typedef struct {
	Str what; // raised acknowledged warned escalated moved travel waiver_asked waiver_declined waived
		  // done refused met
	Str rung; // escalated: supervisor up hub
	int64_t at, did,
		hours; // did: done: when it was done; escalated: when the rung fell due; hours: travel
	StakeholderId stakeholder, to;
	MemberId member;
	Str sealed_text, sealed_reference;
	int64_t id;
} DutyStep;
typedef struct {
	DutyStep *step;
	ptrdiff_t n;
} DutySteps;
MUST_USE Err duty_history(Cx *cx, DutyId id, DutySteps *out); // oldest first

// ---- what can be done with it -----------------------------------------------------------------------
// Rights are the route's (duty_act, duty_waive, duty_approve). ERR_CONFLICT: the version is no longer that,
// or it is closed.
MUST_USE Err duty_acknowledge(Cx *cx, DutyId id, int64_t version);
typedef struct {
	int64_t version;
	Str text, reference; // what was done; number of a document, may be empty
	int64_t when; // not in the future, not before the event: ERR_INVALID
} DutyDone;
MUST_USE Err duty_done(Cx *cx, DutyId id, const DutyDone *d);
MUST_USE Err duty_refused(Cx *cx, DutyId id, int64_t version,
			  Str text); // ERR_INVALID: the row has no consent
MUST_USE Err duty_add_travel(Cx *cx, DutyId id, int64_t version, int hours,
			     Str reason); // 1..240 in all; ERR_INVALID: row without travel
MUST_USE Err duty_ask_waiver(Cx *cx, DutyId id, int64_t version, Str reason);
MUST_USE Err duty_decide_waiver(Cx *cx, DutyId id, int64_t version, bool approve,
				Str reason); // ERR_DENIED: by who asked

// Warns and escalates what is due, at most `limit` (0: 200) entries, oldest first; *left: 1 when more are
// due, else 0. On a timer, as the program, in a write transaction. One indexed question when nothing is due.
MUST_USE Err duty_tick(Cx *cx, int limit, int64_t *left);

// ---- lists -------------------------------------------------------------------------------------------
// Live duties of an agency, overdue first, then by clock, those without clock last. limit 0: 25.
MUST_USE Err duty_owed(Cx *cx, StakeholderId who, int limit, Duties *out);
typedef struct {
	int64_t live, late, today; // today: due before the end of this day in the hub's zone
} DutyCount;
enum { DUTY_COUNTED = 1000 }; // as far as pages count: that many or more
// Each is counted to `most` and no further, so that it costs the same whatever an agency has left undone.
MUST_USE Err duty_count(Cx *cx, StakeholderId who, int most, DutyCount *out);
MUST_USE Err duty_escalated_to(Cx *cx, StakeholderId who, int limit,
			       Duties *out); // late ones of agencies below that reached this one
MUST_USE Err duty_waivers(Cx *cx, StakeholderId who, int limit,
			  Duties *out); // asked for by this agency or one that escalated to it
MUST_USE Err duty_of(Cx *cx, Object about, int limit,
		     Duties *out); // of a case or report: live by clock, then closed, newest first
typedef struct {
	StakeholderId owner;
	DutyState state; // 0: live ones
	bool late; // live and late, or closed late
	Str event;
	int64_t before; // keyset by id; 0: from the newest
	int limit; // 0: 25
} DutyFilter;
MUST_USE Err duty_list(Cx *cx, const DutyFilter *f, Duties *out); // newest first
// The hub's published figure; no names, no cases.
typedef struct {
	int64_t live, late, published, unassigned; // published: late ones that climbed to the hub
} DutyPublished;
MUST_USE Err duty_published_counts(Cx *cx, DutyPublished *out);

// Conditions, prohibitions and rights to be observed now: rows whose event has happened and whose condition
// holds. Nothing is stored. `event`: codes of what happened in the matter so far, each counts once.
typedef struct {
	const PackRule **rule;
	ptrdiff_t n;
} DutyObserved;
DutyObserved duty_observe(Cx *cx, const Str *event, int nevent, const DutyFact *fact, int nfact);

// ---- what pages show --------------------------------------------------------------------------------
// Rows for {each d in duties}{duty_row d}{end}; the list is in the order given.
MUST_USE Err duty_rows(Cx *cx, const Duties *d, const DutyRow **at);
// Rows for {each o in observed}{duty_observed o}{end}.
const DutyObservedRow *duty_observed_rows(Cx *cx, const DutyObserved *o);
Str duty_confidence_said(Cx *cx, Str letter); // V P K POLICY, spelled out

extern const EntryKind *const duty_kinds[]; // NULL-terminated
extern const Routes duty_routes;
