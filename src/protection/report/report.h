// report.h - what anybody tells us: received, acknowledged, screened, answered, and never lost.
//
// States:    received > acknowledged > screened > case_opened | closed (with a reason). Sent on to another
// agency, a
//            report is `received` again: the new one owes its own acknowledgement.
// Contract:  what was told is one sealed value under the report's own key, in the terms of the pack form
// `tell`; what a
//            reader sees of it is cut to her classes here and nowhere else (report_told), and noted in the
//            ledger.
// Receiver:  the nearest agency of the kinds that the pack's receivers.csv names, in its order. An agency
// that is named
//            in the report is walled off it for good in the entry that receives it; then the report goes to
//            the first agency above that neither is walled nor stands under a walled one, else to whom the
//            table names for a conflict. An official whose agency nobody named: the usual receiver is walled,
//            since the official may be his.
// Unheld:    a report that nobody may have is kept, with its duty and clock, counted by report_unheld on the
// hub's
//            page, and tried again at every tick; so is one whose receiver works no more and never
//            acknowledged it.
// Receipt:   a locator of 40 bits, kept as a fingerprint, and a secret of 80 bits, kept as a salted keyed
// hash. Both
//            are seen once, on the answer to the form. An unknown locator costs the same work as a wrong
//            secret.
// Twice:     a form's `once` token gives the same receipt for an hour, sealed under a key that only the token
// opens. Not here:  addresses of machines, sessions of reporters, times finer than a day towards the public.
#pragma once
#include "base/base.h"
#include "base/id.h"
#include "ledger/ledger.h"
#include "pack/pack.h"
#include "policy/policy.h"
#include "web/web.h"

typedef enum {
	REPORT_RECEIVED,
	REPORT_ACKNOWLEDGED,
	REPORT_SCREENED,
	REPORT_CASE_OPENED,
	REPORT_CLOSED,
	REPORT__N
} ReportState;
extern const Str report_state_code[REPORT__N]; // received acknowledged screened case_opened closed
bool report_state_from_code(Str code, ReportState *out);

typedef struct {
	ReportId id;
	KeyId key;
	Str number; // R-4K7QX: for talking about it; gives no right
	ReportState state;
	Str channel; // web phone walk_in letter field api import
	Str about; // person place offer official, as the pack's form has it; may be empty
	Str area; // district or above
	StakeholderId receiver; // 0: nobody fits; report_unheld counts it
	int64_t received, changed, version;
	CaseId kase;
	Str closed_why; // code of the reason
	bool receipt; // the reporter can come back
	Str told; // sealed: report_told opens it
} Report;

// ---- receiving -----------------------------------------------------------------------------------
typedef struct {
	Str name, type, bytes; // type as found in the content
} ReportFile;
#define REPORT_FILES 5
#define REPORT_WALLS 4
#define REPORT_FILE_BYTES (12 << 20) // all of one submit together
// Whether files of this type are taken: pictures, PDF, sound, MP4, plain text, DOCX.
bool report_file_type_ok(Str type);

typedef struct {
	const PackAnswers *told; // of the form `tell`, checked
	Str channel;
	StakeholderId named[REPORT_WALLS]; // agencies the report is about: walled at once
	int nnamed;
	bool official_unknown; // about an official whose agency nobody named
	StakeholderId taken_by; // a duty officer who writes it down receives it herself; 0: by area
	bool no_receipt;
	const ReportFile *file;
	int nfile;
	Str once;
} ReportIn;
typedef struct {
	ReportId id;
	Str number;
	Str receipt; // "K7Q2-9XWM-…", in groups of four; empty without one
	bool again; // it was taken before, by the same form
} ReportTaken;
// Raises the event report_received, so that the clock of the acknowledgement runs from here.
MUST_USE Err report_receive(Cx *cx, const ReportIn *in, ReportTaken *out);

// ---- the reporter ---------------------------------------------------------------------------------
// Forgives spaces, dashes, case, O for 0, I and L for 1. ERR_NOT_FOUND for a wrong locator and a wrong secret
// alike.
MUST_USE Err report_by_receipt(Cx *cx, Str receipt, Report *out);
// More from the reporter; raises message_received. ERR_INVALID when there is neither text nor file,
// ERR_CONFLICT when the same once token was used before (nothing is written again).
MUST_USE Err report_add(Cx *cx, const Report *r, Str text, const ReportFile *file, int nfile, Str once);

// ---- reading ---------------------------------------------------------------------------------------
MUST_USE Err report_get(Cx *cx, ReportId id, Report *out); // ERR_NOT_FOUND
// What was told, cut to `classes` (an ask's class in the form; none is `case`): the rest is empty as if never
// said. `classes_read`: those that came out non-empty; the caller's reading of the sensitive ones is noted
// with `basis`.
typedef struct {
	PackAnswers answers;
	uint32_t classes_read;
} ReportTold;
MUST_USE Err report_told(Cx *cx, const Report *r, uint32_t classes, const char *basis, ReportTold *out);
typedef struct {
	int64_t at;
	Str kind; // reporter, answer; routed, closed: among agencies, never for the reporter
	MemberId member; // who answered
	StakeholderId stakeholder;
	Str text;
	int64_t id;
} ReportMessage;
typedef struct {
	ReportMessage *message;
	ptrdiff_t n;
} ReportMessages;
MUST_USE Err report_messages(Cx *cx, const Report *r, ReportMessages *out); // oldest first
typedef struct {
	BlobId id;
	int64_t message; // 0: came with the report itself
	Str name, type;
	int64_t size, at;
} ReportAttachment;
typedef struct {
	ReportAttachment *file;
	ptrdiff_t n;
} ReportAttachments;
MUST_USE Err report_attachments(Cx *cx, const Report *r, ReportAttachments *out);
// Notes the reading (class source) with `basis`; checks the bytes against the hash that is in the ledger.
MUST_USE Err report_attachment(Cx *cx, const Report *r, BlobId file, const char *basis,
			       ReportAttachment *about, Str *bytes);

typedef struct {
	int state; // a ReportState, or -1
	Str about; // empty: any
	bool late; // only those waiting longer than the pack's `immediate` for an acknowledgement
	int64_t before; // id; 0: from the newest
	int limit;
} ReportFilter;
typedef struct {
	Report *report;
	ptrdiff_t n;
} Reports;
// Those to which cx->actor's stakeholder stands in a relation that is not a wall.
MUST_USE Err report_list(Cx *cx, const ReportFilter *f, Reports *out);

// ---- working on it: each is guarded by the state read before (ERR_CONFLICT when somebody was faster)
// ----------
MUST_USE Err report_acknowledge(Cx *cx, const Report *r);
MUST_USE Err report_answer(Cx *cx, const Report *r, Str text);
MUST_USE Err report_route(Cx *cx, const Report *r, StakeholderId to,
			  Str why); // ERR_NOT_FOUND: walled, or no such agency
MUST_USE Err report_close(Cx *cx, const Report *r, Str reason,
			  Str text); // reason: a code of report_close_reasons
MUST_USE Err report_mark_screened(Cx *cx, ReportId id); // by screening; later states stay
MUST_USE Err report_mark_case(Cx *cx, ReportId id, CaseId kase); // by casefile; walls it carries itself
#define REPORT_CLOSE_REASONS 5
extern const Str
	report_close_reasons[REPORT_CLOSE_REASONS]; // no_indication outside duplicate withdrawn other
// What playbooks may ask about: about, channel, child, danger. The same on every event of the report.
typedef struct {
	Str name, value;
} ReportFact;
typedef struct {
	ReportFact *fact;
	ptrdiff_t n;
} ReportFacts;
MUST_USE Err report_facts(Cx *cx, const Report *r, ReportFacts *out);

// Live reports that no agency may receive, by area; the longest-waiting area first.
typedef struct {
	Str area; // empty: the areas are all of those that cx->actor's agency is walled off
	int64_t n, since;
} ReportUnheld;
typedef struct {
	ReportUnheld *at;
	ptrdiff_t n;
} ReportUnheldList;
MUST_USE Err report_unheld(Cx *cx, ReportUnheldList *out);

// Timer: forgets kept receipts older than an hour, and gives what nobody holds to who may have it by now.
MUST_USE Err report_tick(Cx *cx);

#define PATH_report_door "/"
#define PATH_report_tell "/tell"
#define PATH_report_back "/back"
#define PATH_report_back_add "/back/add"
#define PATH_reports "/reports"
#define PATH_report_new "/reports/new"
#define PATH_report "/reports/:report"
#define PATH_report_acknowledge "/reports/:report/acknowledge"
#define PATH_report_answer "/reports/:report/answer"
#define PATH_report_route "/reports/:report/route"
#define PATH_report_close "/reports/:report/close"
#define PATH_report_file "/reports/:report/files/:file"
#define PATH_report_screening "/reports/:report/screening" // screening's
#define PATH_report_case "/reports/:report/case" // casefile's

extern const EntryKind *const report_kinds[];
extern const Routes report_routes;
