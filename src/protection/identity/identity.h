// identity.h - who a person is, so that she is found again: sealed on disk, searched in memory, compared with
// everybody the hub knows.
//
// Contract: what a person is found by (names, birth, sex, places, numbers: the questions of the pack's form
//           that say so in their column `match`) is sealed a second time, together, under her own key. In
//           memory stand keyed fingerprints of it, never on disk and in no core. What is alike there is
//           opened and weighed field by field (match/weigh.h); the words for it say why.
// Nobody is merged: the program proposes that two persons may be one (a finding), people answer, each side
// for
//           itself, and may take it back. Neither answer touches the other's case.
// Missing:  who is missed in a report takes part as if she were of a case; what one may know of her hangs on
//           the report. Who looks after a person is told that she may be missed, in which state, and what
//           fits; who misses her is told that there may be one, and nothing else: she decides who is told.
// Seen:     a search finds persons whom the reader may read, in cases and reports, and of others nothing: no
//           hit, no count. An agency is told of a finding about a person of its own; who the other is only
//           when it may read her anyway. Until both sides agree, neither learns which agency the other is.
//           An agency walled off from one side, or standing under one that is, is not told of findings with
//           it. Suspects are compared with suspects, for those who may read intelligence.
// Duty:     what is shown of a person is noted as read by whoever shows it: the pages here do.
// Cost:     memory for each spelling and number of a person, and time for a search: docs/bench-people.md.
// Sources:  Fellegi and Sunter 1969; docs/matching.md.
#pragma once
#include "base/base.h"
#include "base/id.h"
#include "html/html.h"
#include "identity_html.h" // FindingLink: shared by the pages of report and casefile
#include "ledger/ledger.h"
#include "pack/pack.h"
#include "policy/policy.h"
#include "web/web.h"

#define PATH_identity "/people"
#define PATH_findings "/links"
#define PATH_finding "/cases/:case/people/:person/links/:link"
#define PATH_report_finding "/reports/:report/links/:link"

// ---- what a person is found by ----------------------------------------------------------------------------
enum { IDENTITY_FIELDS = 15 };
// Values in the order of identity_field, as typed; `alias`: other names, one a line.
typedef struct {
	Str value[IDENTITY_FIELDS];
	Str alias;
	int32_t year; // in which an age was given
	Str number; // typed without saying of what: a phone's or a paper's. Never sealed
} IdentityFacts;
extern const char *const identity_field[IDENTITY_FIELDS]; // columns of schemas/sangam.json
MUST_USE Err identity_facts(Cx *cx, const PackAnswers *answers, IdentityFacts *out);
// From what somebody types to find a person, digits of any script: words are names, four digits a year of
// birth, fewer an age, what birth_read (match/person.h) takes a date of birth; any other number, in groups or
// with a country before it, is a phone's or a paper's. Of several numbers the first.
MUST_USE Err identity_facts_typed(Cx *cx, Str typed, IdentityFacts *out);
bool identity_facts_any(const IdentityFacts *f); // something to search by

// For casefile: sealed in the entry that adds or changes a person, kept by its projector.
MUST_USE Err identity_seal(Cx *cx, PersonId person, KeyId key, const IdentityFacts *f, Str *out);
typedef struct {
	PersonId person;
	Object on; // the case she is in, or the report that misses her
	CaseId kase; // that the report became; 0: none, or she is of a case
	KeyId key;
	bool suspect;
	int64_t seq;
	Str sealed;
} IdentityRow;
// For projectors. `kase` is not taken from the row: identity_became sets it.
MUST_USE Err identity_project(Cx *cx, const IdentityRow *r);
// The report became a case: who is missed in it and who is in the case are not proposed to each other.
MUST_USE Err identity_became(Cx *cx, ReportId report, CaseId kase);
// Another agency has the matter: findings wait for it now.
MUST_USE Err identity_moved(Cx *cx, Object on, StakeholderId lead);
MUST_USE Err identity_missed(Cx *cx, ReportId report, PersonId *out); // ERR_NOT_FOUND: nobody is missed in it

// ---- in memory --------------------------------------------------------------------------------------------
// One a process. cx->finder is NULL in commands that do not serve; searches then find nobody.
// Goes on comparing where the last one left off.
MUST_USE Err identity_begin(Cx *cx, Finder **out);
void finder_free(Finder *f); // wipes
// Takes in who came since, and compares them with the others: on a connection that sees what is committed.
// Does a part; *more says whether another call would find work.
MUST_USE Err identity_work(Cx *cx, bool *more);
bool identity_pending(Cx *cx); // something that was found waits for the tick
// 0 to 100: how much of the hub has been taken in since the start.
int identity_ready(Cx *cx);

// ---- searching --------------------------------------------------------------------------------------------
enum { IDENTITY_WORDS = 16 };
typedef struct {
	Str field; // of identity_field
	int level; // Level of match/weigh.h
	double bits;
} IdentityWord;
typedef struct {
	PersonId person;
	Object on;
	CaseId kase; // see IdentityRow
	KeyId key;
	bool suspect;
	const char *basis; // why the reader may read her; NULL with the program's own eyes
	IdentityFacts facts;
	double weight; // bits of evidence
	IdentityWord word[IDENTITY_WORDS];
	int nword;
	bool swapped, twins, names_alone;
	bool number; // has the number that was typed: shown whatever else speaks against it
} IdentityHit;
typedef struct {
	IdentityHit *at; // best first
	ptrdiff_t n;
	int64_t seq; // who was entered up to this entry of the ledger was looked at
} IdentityHits;
typedef struct {
	bool all; // the program's own eyes; else what cx->actor may read
	bool suspects; // look among suspects, not among the others
	PersonId not_her;
	double least; // weight
	bool probable; // only who is very likely the same
	int most; // at most 50
	// Only who was entered or changed after this entry, at most 64: on the writer, for what two members
	// do at once.
	bool fresh;
	int64_t since;
} IdentityScope;
MUST_USE Err identity_find(Cx *cx, const IdentityFacts *f, const IdentityScope *in, IdentityHits *out);
bool identity_probable(double weight); // very likely one person; else it is possible
// "names the same, rare; birth date one digit off": what a person would say.
Str identity_why(Cx *cx, const IdentityHit *h);
Str identity_word(Cx *cx, const IdentityWord *w); // one of them
Str identity_field_said(Cx *cx, Str field); // "family name"
Str identity_name(Cx *cx, const IdentityFacts *f); // as typed; empty when none is known

// ---- findings ---------------------------------------------------------------------------------------------
typedef struct {
	int64_t id, at, version;
	double weight;
	PersonId person, other; // of the reader's side, and of the other
	Object on, other_on;
	StakeholderId lead, other_lead;
	bool one; // the reader's side is the first
	Str said, other_said; // same other or empty
	bool open, other_open; // agrees to be known to the other side
} Finding;
typedef struct {
	Finding *at;
	ptrdiff_t n;
} Findings;
// What waits for an answer of cx->actor's agency, strongest first.
MUST_USE Err identity_waiting(Cx *cx, int limit, Findings *out);
MUST_USE Err identity_findings_of(Cx *cx, Object on, PersonId person, Findings *out);
// ERR_NOT_FOUND: none such, none of this person, or with a side that the reader's agency is walled off from.
MUST_USE Err identity_finding(Cx *cx, Object on, PersonId person, int64_t id, Finding *out);
// For the page of the person: one line each.
MUST_USE Err identity_links(Cx *cx, Object on, PersonId person, const FindingLink **out, ptrdiff_t *n);
Url identity_finding_url(Cx *cx, const Finding *f); // as the side of f->person sees it
// `said`: same, other, or empty to take it back. ERR_CONFLICT: somebody was faster.
MUST_USE Err identity_answer(Cx *cx, const Finding *f, Str said);
MUST_USE Err identity_open(Cx *cx, const Finding *f, bool open); // agrees, or takes it back
// Weighs the two again, as they are now. ERR_GONE: one of them was erased.
MUST_USE Err identity_compare(Cx *cx, const Finding *f, IdentityHit *mine, IdentityHit *other);
// Both facts are the program's to compare; whether the reader may read the other is asked with this.
MUST_USE Err identity_may_read(Cx *cx, Object on, bool suspect, bool *yes, const char **basis);
// What stands beside a name in a list: the number of the case or report.
MUST_USE Err identity_number(Cx *cx, Object on, Str *number);
// Her reading is noted as read: of the case's person, or of the report that misses her.
void identity_note_read(Cx *cx, const IdentityHit *h, const char *basis);
// Whether the side of `person` has answered whether the other is the same.
MUST_USE Err identity_said(Cx *cx, PersonId person, PersonId other, bool *said);
// What was answered before saving is not asked again. `same`: the one of them that she is; 0: none of them.
// Beside casefile's own entry.
MUST_USE Err identity_answered(Cx *cx, PersonId person, Object on, const IdentityHits *others, PersonId same);
// Proposes what the comparing found: on the writer, at each tick.
MUST_USE Err identity_tick(Cx *cx);

extern const EntryKind *const identity_kinds[];
extern const Routes identity_routes;
