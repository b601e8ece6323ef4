// report_parts.h - shared by the files of the room report; nobody else includes it.
#pragma once
#include "report/report.h"
#include "vault/vault.h"

// Where sealed values of the room stand.
static inline Place place_told(ReportId id) { return (Place){"report", "told", id.n}; }
static inline Place place_said(int64_t message) { return (Place){"report_message", "said", message}; }
static inline Place place_name(int64_t file) { return (Place){"report_file", "name", file}; }
static inline Place place_blob(int64_t file) { return (Place){"blob", "sealed", file}; }

extern const EntryKind report_kind_received, report_kind_message, report_kind_acknowledged,
	report_kind_routed, report_kind_screened, report_kind_case, report_kind_closed;

// Seals the bytes into `blob`, and puts what the projector needs of each file into the body.
MUST_USE Err report_files_put(Cx *cx, Body *b, KeyId key, const ReportFile *file, int n);

typedef struct {
	Str text; // as the reporter keeps it
	Str locator, salt, secret; // as the table keeps it
} ReportReceipt;
ReportReceipt report_receipt_new(Cx *cx);
// The row of report_by_locator that the receipt opens; ERR_NOT_FOUND after the same work for whatever is
// wrong.
MUST_USE Err report_receipt_row(Cx *cx, Str receipt, Row *out);

// True for who came first with this token; else *kept is what the first one left. An empty token is always
// first.
MUST_USE Err report_once_take(Cx *cx, Str once, Str keep, bool *first, Str *kept);

MUST_USE Err report_receiver(Cx *cx, Str area, StakeholderId *out);
// After the walls stand: the first above `usual` that works and is free of them, else what the pack has for a
// conflict; 0 for none.
MUST_USE Err report_receiver_beyond(Cx *cx, ReportId id, StakeholderId usual, Str area, StakeholderId *out);
MUST_USE Err report_free_of_walls(Cx *cx, Object on, StakeholderId who, bool *out);

// Reports that nobody holds, or only an agency that works no more, go to who may have them by now. What
// cannot go is asked again at the next tick. Costs one indexed question when there is none.
MUST_USE Err report_place_unheld(Cx *cx);
// Sends it on without a word, as the program does; the new receiver owes its own acknowledgement.
MUST_USE Err report_hand_over(Cx *cx, const Report *r, StakeholderId to);

Err report_of_row(Cx *cx, const Row *r, Report *out);
Str report_row_told(const Row *r);
enum { REPORT_COL_SALT = 14, REPORT_COL_SECRET = 15, REPORT_COL_TOLD = 16 };
