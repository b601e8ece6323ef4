// htcds.h - cases from and to other programs, in the terms of the Human Trafficking Case Data Standard.
//
// Which field is which question of which form stands in the pack: column `htcds` of the forms person, case,
// event, consent and support_plan. A question without one travels as sangam_FORM_NAME, so that what one hub
// writes another reads without loss; the case itself adds sangam_case_area, _opened, _lead and _closed_why.
// Other names and codes are made ours by the pack's htcds_aliases.csv.
//
// Import:   a record is a person in a case. What has no home in the pack, or is no value of its field, is
// left
//           out with a line that says where and why; the rest is taken. Values of classes other than open and
//           case are never in that line. A case_ref that stands in the hub already is not taken a second
//           time. Whether a question would be asked after the other answers does not matter: what was known
//           elsewhere is kept.
// Guessed:  capacity (suspect when only per_ fields are there, else victim), child (from the birth date, at
// the
//           time of opening), foreign (from citizenship), found (a victim of a case that is not closed: her
//           clock runs).
// Notes:    travel in the list sangam_notes of a record: sangam_note_class, _at, _agency and _text. Whoever
// reads no
//           more than the standard leaves them out.
// Export:   every case, as the program; each reading is in the ledger. For another hub or a backup, not for
// research.
//           What does not travel has a line in the report: documents, screenings, notes for named members,
//           agencies that take part beside the lead. Duties and what happened are the hub's own.
// Not here: transactions. The caller gives each record one of its own.
#pragma once
#include "casefile/casefile.h"
#include "htcds/htcds_record.h"

typedef struct HtcdsSeen HtcdsSeen;
typedef struct {
	Arena *arena; // outlives the records; the caller's
	StakeholderId lead; // leads what names no agency of the hub
	Str area; // of what names no area; may be empty
	HtcdsSeen *seen; // what was imported, by its reference
} HtcdsImport;
// Reads which references the hub has.
MUST_USE Err htcds_import_begin(Cx *cx, HtcdsImport *im);
// In a write transaction. *out: the case it is in; 0 when nothing of it was taken.
MUST_USE Err htcds_import_record(Cx *cx, HtcdsImport *im, const HtcdsRecord *r, HtcdsReport *report,
				 CaseId *out);

typedef struct {
	Arena *arena; // holds the records; the caller's
	HtcdsRecords records;
	CaseId after;
	bool more; // call again
	HtcdsReport report; // a line for each kind of thing of a case that does not travel
} HtcdsExport;
// The next hundred cases, in a write transaction, because the readings are written there.
MUST_USE Err htcds_export_some(Cx *cx, HtcdsExport *x);
