// screening.h - the structured look at a report or a person: indicators, what they suggest and why, what a
// person decides.
//
// Results:   no_indication, possible, presumed, confirmed. The program suggests one of the first three, or
// asks for human
//            review; a member decides. Both are kept, with the reasons. A decision that differs from the
//            suggestion needs a reason in words. Nothing here closes a report or denies anybody anything.
// Contract:  weights and rules are the pack's (indicators.csv, scoring.csv); there is not one weight in this
// room.
//            Answers and reasons are sealed under the key of the report or person.
// History:   a screening is never changed; a later one stands beside it. Different agencies may judge
// differently: both
//            stay, each shown with its agency, and the event screening_disputed is raised.
// Sources:   ILO and European Commission, Operational indicators of trafficking in human beings (2009);
// Palermo Protocol
//            art. 3: for a child, act and purpose are enough.
#pragma once
#include "base/base.h"
#include "base/id.h"
#include "ledger/ledger.h"
#include "pack/pack.h"
#include "policy/policy.h"
#include "web/web.h"

typedef enum {
	SCREENING_NONE, // not decided yet, or nothing to suggest: human review
	SCREENING_NO_INDICATION,
	SCREENING_POSSIBLE,
	SCREENING_PRESUMED,
	SCREENING_CONFIRMED,
	SCREENING__N
} ScreeningResult;
extern const Str screening_code[SCREENING__N]; // "" no_indication possible presumed confirmed
bool screening_from_code(Str code, ScreeningResult *out); // false for "" too

// What is screened. A report, or (with kase and person) a person of a case; then `report` is 0.
typedef struct {
	ReportId report;
	CaseId kase;
	PersonId person;
	KeyId key; // of the report or of the person
	Str area;
	StakeholderId receiver, lead;
	Str number; // of the report or case, as people call it
} ScreeningOf;
MUST_USE Err screening_of_report(Cx *cx, ReportId id, ScreeningOf *out);

typedef struct {
	const PackIndicator *indicator;
	char strength; // 'S' 'M' 'W', or '0': no weight in this profile
} ScreeningSign;
typedef struct {
	const PackDimension *dimension;
	int strong, medium, weak;
	bool positive;
	ScreeningSign *sign; // ticked ones of this dimension
	ptrdiff_t nsign;
} ScreeningDimension;
typedef struct {
	Str profile; // adult_labour child_labour adult_sexual child_sexual
	Str rule, result; // the row of scoring.csv that spoke
	ScreeningResult suggests; // SCREENING_NONE: human review only
	bool review; // a person must look at this closely
	bool act, means, purpose, means_needed;
	ScreeningDimension *dimension;
	ptrdiff_t ndimension; // those with a ticked sign, in the pack's order
	ptrdiff_t ticked;
} Suggestion;
// From answers of the pack form `screening`, checked.
MUST_USE Err screening_suggest(Cx *cx, const PackAnswers *answers, Suggestion *out);

typedef struct {
	ScreeningId id;
	ScreeningOf of;
	StakeholderId stakeholder; // who judged
	MemberId member;
	int64_t at, decided_at;
	Str profile, rule, result; // codes
	ScreeningResult suggested, decided;
	bool review;
	MemberId decided_by;
	Str sealed_answers, sealed_why; // screening_answers opens them
} Screening;
// Saves answers and suggestion; with `decided` other than SCREENING_NONE the decision too. ERR_INVALID: a
// decision that differs from the suggestion without `why`. Who may decide at all is the caller's check
// (ACT_screening_decide).
MUST_USE Err screening_save(Cx *cx, const ScreeningOf *of, const PackAnswers *answers,
			    ScreeningResult decided, Str why, ScreeningId *out);
// Decides one that was saved without; ERR_CONFLICT when it is decided.
MUST_USE Err screening_decide(Cx *cx, ScreeningId id, const ScreeningOf *of, ScreeningResult decided,
			      Str why);
MUST_USE Err screening_get(Cx *cx, ScreeningId id, const ScreeningOf *of,
			   Screening *out); // ERR_NOT_FOUND, also when of something else
// The answers and the reason in words; notes the reading.
MUST_USE Err screening_answers(Cx *cx, const Screening *s, const char *basis, PackAnswers *answers, Str *why);
// The reason alone; empty when there is none. Notes the reading of a person's.
MUST_USE Err screening_why(Cx *cx, const Screening *s, const char *basis, Str *out);

typedef struct {
	Screening *screening; // newest first
	ptrdiff_t n;
	bool disputed; // the latest decisions of two agencies differ
	ScreeningResult latest; // of the newest decision
} Screenings;
MUST_USE Err screening_list(Cx *cx, const ScreeningOf *of, Screenings *out);

#define PATH_screening_report "/reports/:report/screening"
#define PATH_screening "/reports/:report/screening/:screening"

extern const EntryKind *const screening_kinds[];
extern const Routes screening_routes;
