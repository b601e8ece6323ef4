// casefile.h - one matter that several agencies answer together: people, notes, documents, who takes part,
// what happened.
//
// States:   open > closed (with a reason) > open again (with a reason).
// Contract: what a person says, is or suffers is sealed under her own key, one value a class of information,
// so that a
//           reader is given her classes and nothing else is even opened. Notes and titles are sealed under
//           the case's key, notes on somebody's health or counselling under hers. In clear: codes, states,
//           times, areas, counts.
// Classes:  every function that opens something takes the classes its caller may have, and notes the
// sensitive ones it
//           really opened as read, with the basis. What lies outside them is not mentioned, not counted and
//           not told apart from what was never there.
// HIV:      a note of this class belongs to a person and to members named one by one. No post sees it.
// Versions: a person is changed from the version the writer saw; another's change in between is ERR_CONFLICT.
// Takes part: rows of policy's `relation`. The agency of the opener leads. Walls of the report are the case's
// walls. Not here: duties (they follow from what is recorded here, through duty_event), rights (policy),
// forms (pack).
#pragma once
#include "base/base.h"
#include "base/id.h"
#include "duty/duty.h"
#include "identity/identity.h"
#include "ledger/ledger.h"
#include "pack/pack.h"
#include "policy/policy.h"
#include "web/web.h"

#define PATH_cases "/cases"
#define PATH_case "/cases/:case"
#define PATH_case_from_report "/reports/:report/case"
#define PATH_case_close "/cases/:case/close"
#define PATH_case_reopen "/cases/:case/reopen"
#define PATH_case_event "/cases/:case/events/new"
#define PATH_case_note "/cases/:case/notes/new"
#define PATH_case_documents "/cases/:case/documents/new"
#define PATH_case_document "/cases/:case/documents/:document"
#define PATH_case_join "/cases/:case/participants/new"
#define PATH_case_leave "/cases/:case/participants/:stakeholder"
#define PATH_person_new "/cases/:case/people/new"
#define PATH_person "/cases/:case/people/:person"
#define PATH_person_change "/cases/:case/people/:person/change"
#define PATH_person_named "/cases/:case/people/:person/named-note"
#define PATH_person_screening "/cases/:case/people/:person/screening"

typedef enum { CASE_OPEN = 1, CASE_CLOSED, CASE__N } CaseState;
Str case_state_code(CaseState s); // "open" "closed"

typedef struct {
	CaseId id;
	KeyId key;
	Str number; // IN-RMP-2026-031: for talking about it; gives no right
	CaseState state;
	StakeholderId lead;
	Str area; // as the report had it
	int64_t opened, closed, changed, version;
	ReportId report; // 0: none
	Str report_number;
	Str exploitation; // codes of the form `person`, one space between
	Str child; // yes no unknown: whether a child is among the victims
	Str screening; // code of the latest decision, or empty
	Str closed_why; // code of casefile_close_reasons
	Str sealed_closed, sealed_facts;
} Case;
extern const Str casefile_close_reasons[6]; // completed no_indication transferred withdrawn duplicate other

// ---- opening ---------------------------------------------------------------------------------------
// From a report the actor's agency received: that agency leads. Carries the report's walls and facts, and
// raises information_received and case_opened. ERR_CONFLICT: the report has a case already, or is closed.
MUST_USE Err casefile_open_report(Cx *cx, ReportId report, CaseId *out);
typedef struct {
	StakeholderId lead;
	Str area;
	int64_t at; // when it was opened; not in the future
	Str exploitation, child; // as known; may be empty
} CaseIn;
// Without a report, for the importer. Raises case_opened at `at`.
MUST_USE Err casefile_open(Cx *cx, const CaseIn *in, CaseId *out);
MUST_USE Err casefile_get(Cx *cx, CaseId id, Case *out); // ERR_NOT_FOUND

// `why`: one of casefile_close_reasons, `text` in words. ERR_CONFLICT: somebody else was faster. Open duties
// stay open: the page shows them before it asks.
MUST_USE Err casefile_close(Cx *cx, const Case *c, Str why, Str text);
// The words it was closed with; empty while it is open, and when the key is gone.
MUST_USE Err casefile_closing_words(Cx *cx, const Case *c, Str *out);
MUST_USE Err casefile_reopen(Cx *cx, const Case *c, Str text);

typedef struct {
	int state; // CaseState, 0: any
	Str area; // and everything below it
	Str exploitation; // one code
	bool child; // only those with a child
	Str search; // part of a case or report number, whatever its case, spaces and dashes
	int64_t before; // id; 0: from the newest
	int limit; // 0: 25
} CaseFilter;
typedef struct {
	Case *at; // without sealed values
	ptrdiff_t n;
	bool more;
} Cases;
// Those to which cx->actor's agency stands in a relation that is not a wall; newest first.
MUST_USE Err casefile_list(Cx *cx, const CaseFilter *f, Cases *out);
// Every case, oldest id first, whoever asks: for the program's own import and export.
MUST_USE Err casefile_all(Cx *cx, CaseId after, int limit, Cases *out);

// ---- people ------------------------------------------------------------------------------------------
typedef struct {
	PersonId id;
	CaseId kase;
	KeyId key;
	Str label; // A, B … Z, AA: how she is called where her name is not shown
	Str capacity; // victim suspect witness informant relative
	Str child; // yes no unknown
	int64_t added, changed, version;
} Person;
typedef struct {
	Person *at; // in the order they were added
	ptrdiff_t n;
} People;
// `answers`: of the pack form `person`, checked. Raises person_added and, for a child who was found,
// child_found. `at`: when, for the importer; 0: now.
MUST_USE Err casefile_person_add(Cx *cx, const Case *c, const PackAnswers *answers, int64_t at,
				 PersonId *out);
// ERR_CONFLICT when `version` is no longer hers. Only answers of `classes` are taken; the others stay as they
// are.
MUST_USE Err casefile_person_change(Cx *cx, const Case *c, const Person *p, int64_t version,
				    const PackAnswers *answers, uint32_t classes);
MUST_USE Err casefile_person(Cx *cx, const Case *c, PersonId id,
			     Person *out); // ERR_NOT_FOUND, also when of another case
MUST_USE Err casefile_people(Cx *cx, const Case *c, People *out);
// Her answers, cut to `classes`; `read`: those that came out, noted as read.
MUST_USE Err casefile_person_answers(Cx *cx, const Person *p, uint32_t classes, const char *basis,
				     PackAnswers *out, uint32_t *read);
// The same for all people of a case, in the order of the list, with one question to the database.
MUST_USE Err casefile_people_answers(Cx *cx, const Case *c, const People *people, uint32_t classes,
				     const char *basis, PackAnswers *out);
// A suspect is intelligence: whoever may not see that class does not see that there is one.
bool casefile_person_seen(const Person *p, uint32_t classes);

// ---- other forms of the pack: one place where it happened (`event`), the case's referrals (`case`), a
// consent … --------
typedef struct {
	int64_t id;
	PersonId person; // 0: the case
	Str form;
	int64_t at;
} CaseRecord;
typedef struct {
	CaseRecord *at; // in the order they were added
	ptrdiff_t n;
} CaseRecords;
// person may be NULL. `at`: 0 for now.
MUST_USE Err casefile_record_add(Cx *cx, const Case *c, const Person *person, const PackAnswers *answers,
				 int64_t at, int64_t *out);
MUST_USE Err casefile_records(Cx *cx, const Case *c, Str form, CaseRecords *out); // form empty: all
MUST_USE Err casefile_record_answers(Cx *cx, const Case *c, const CaseRecord *r, uint32_t classes,
				     const char *basis, PackAnswers *out);

// ---- notes -------------------------------------------------------------------------------------------
typedef struct {
	NoteId id;
	PersonId person; // 0: the case
	Class klass;
	StakeholderId stakeholder;
	MemberId member;
	int64_t at;
	Str text; // opened
} Note;
typedef struct {
	Note *at; // newest first
	ptrdiff_t n;
	bool more;
} Notes;
typedef struct {
	const Person *person; // NULL: the case; hiv needs one
	Class klass;
	Str text;
	const MemberId *named; // hiv: who may read it beside the writer
	int nnamed;
	int64_t at; // for the importer: when it was written, 0: now
	StakeholderId by; // for the importer: by which agency; 0: the actor's
} NoteIn;
// ERR_INVALID: no text, hiv without a person, open. The right to the class is the caller's to check.
MUST_USE Err casefile_note_add(Cx *cx, const Case *c, const NoteIn *in, NoteId *out);
// Notes of the case and its people in `classes` (hiv is never among them), newest first. limit 0: 50.
MUST_USE Err casefile_notes(Cx *cx, const Case *c, uint32_t classes, const char *basis, int limit,
			    Notes *out);
// How many notes of a class the case and its people have; nothing of them is read.
MUST_USE Err casefile_note_count(Cx *cx, const Case *c, Class k, int64_t *out);
// HIV notes of a person, for a member who is named on her; else nothing.
MUST_USE Err casefile_named_notes(Cx *cx, const Person *p, Notes *out);

// ---- documents ------------------------------------------------------------------------------------------
#define DOCUMENT_BYTES (10 << 20)
bool casefile_document_type_ok(Str type); // pictures, PDF, sound, MP4, plain text, DOCX
typedef struct {
	DocumentId id;
	PersonId person;
	BlobId blob;
	KeyId key;
	Class klass;
	Str type, title;
	int64_t size, at;
	StakeholderId stakeholder;
	MemberId member;
	Str hash; // SHA-256 of the content
} Document;
typedef struct {
	Document *at; // newest first
	ptrdiff_t n;
} Documents;
typedef struct {
	const Person *person; // NULL: the case
	Class klass;
	Str title, type, bytes; // type as found in the content
} DocumentIn;
// ERR_INVALID: no title, empty, a type that is not taken; ERR_TOO_LARGE.
MUST_USE Err casefile_document_add(Cx *cx, const Case *c, const DocumentIn *in, DocumentId *out);
MUST_USE Err casefile_documents(Cx *cx, const Case *c, uint32_t classes, Documents *out);
// ERR_NOT_FOUND also when it is of another case or outside `classes`.
MUST_USE Err casefile_document(Cx *cx, const Case *c, DocumentId id, uint32_t classes, Document *out);
// Opens it, and records who did and why: basis own_work, consent, legal_duty or emergency; an emergency needs
// words.
MUST_USE Err casefile_document_open(Cx *cx, const Case *c, const Document *d, const char *basis, Str reason,
				    Str *bytes);

// ---- who takes part -------------------------------------------------------------------------------------
typedef struct {
	StakeholderId stakeholder;
	Relation relation; // lead or participant
	Str basis;
	int64_t since;
} Participant;
typedef struct {
	Participant *at; // lead first
	ptrdiff_t n;
} Participants;
MUST_USE Err casefile_participants(Cx *cx, const Case *c, Participants *out);
// ERR_NOT_FOUND: no such active agency, or one that is walled off: the two look alike. ERR_CONFLICT: takes
// part already.
MUST_USE Err casefile_join(Cx *cx, const Case *c, StakeholderId who, Str basis);
MUST_USE Err casefile_leave(Cx *cx, const Case *c, StakeholderId who,
			    Str reason); // ERR_INVALID: the lead; ERR_NOT_FOUND

// ---- what happened ---------------------------------------------------------------------------------------
typedef struct {
	Str event; // of events.csv, about case or person
	const Person *person;
	int64_t at; // not in the future
} CaseEvent;
// Whether members of the kind may record it by hand: `who` of events.csv, and not one the program records
// itself.
bool casefile_event_by_hand(const PackEvent *e, Str kind);
MUST_USE Err casefile_event(Cx *cx, const Case *c, const CaseEvent *e);
typedef struct {
	Str what; // opened person_added person_changed note document document_opened joined left closed
		  // reopened event screened record
	Str event; // code, where what is `event`
	PersonId person;
	Class klass;
	int64_t at, recorded;
	StakeholderId stakeholder, other; // other: who joined or left
} Happening;
typedef struct {
	Happening *at; // newest first
	ptrdiff_t n;
} Happenings;
MUST_USE Err casefile_timeline(Cx *cx, const Case *c, int limit, Happenings *out);
// Codes of what happened so far, each once: for duty_observe.
MUST_USE Err casefile_events_so_far(Cx *cx, const Case *c, Str **out, int *n);
// What is known of the case as playbooks ask for it; with a person, her answers first.
typedef struct {
	DutyFact *at;
	int n;
} CaseFacts;
MUST_USE Err casefile_facts(Cx *cx, const Case *c, const PackAnswers *person, CaseFacts *out);
// A decision on one of its people; the case shows the latest.
MUST_USE Err casefile_screened(Cx *cx, const Case *c, const Person *p, Str result);

extern const EntryKind *const casefile_kinds[];
extern const Routes casefile_routes;
