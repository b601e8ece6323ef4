// htcds_record.h - a record of the Human Trafficking Case Data Standard (HTCDS 2.0, IOM, CC BY 4.0) as a file
// has it: names and values, before anybody asked what they mean. Reading and writing the two notations ends
// here; htcds.h brings records into the hub and out of it.
//
// JSON: an array of objects. A field is text, a number, true or false, or an array of codes; null and the
// empty
//       array are nothing. What a person has several of stands in an array of objects: events, consents,
//       support_plans, and our own sangam_notes.
// CSV:  the first row has the names. Codes are separated by ';'. The second event's fields are hte_Type.2,
// the
//       third's hte_Type.3. A cell that a spreadsheet would run as a formula begins with an apostrophe, which
//       is taken off again.
// Text is cleaned (NFC, no control characters). A file that is not whole is not read at all: the fault says
// line and column. A record that is no object is left out, with a line that says so.
#pragma once
#include "base/base.h"

typedef enum { HTCDS_JSON = 1, HTCDS_CSV } HtcdsFormat;
typedef enum { HTCDS_TEXT, HTCDS_LIST, HTCDS_NUMBER, HTCDS_TRUTH } HtcdsKind;
typedef struct {
	Str name, value; // HTCDS_LIST: with ';' between; HTCDS_TRUTH: true or false
	HtcdsKind kind; // CSV has only text
} HtcdsField;
typedef struct {
	HtcdsField *at;
	ptrdiff_t n, cap;
} HtcdsFields;
typedef struct {
	Str list; // "events"
	HtcdsFields fields;
} HtcdsGroup;
typedef struct {
	int64_t place; // in the file, from 1
	Str ref; // case_ref: the same in several records of a file makes them people of one case
	HtcdsFields fields;
	HtcdsGroup *group;
	ptrdiff_t ngroup, capgroup;
} HtcdsRecord;
typedef struct {
	HtcdsRecord *at;
	ptrdiff_t n, cap;
} HtcdsRecords;

// Which list a field belongs to in CSV, by its name: "hte_Type" is of "events"; empty when it stands alone.
Str htcds_list_of(Str name);
HtcdsRecord *htcds_record_new(Arena *a, HtcdsRecords *to);
HtcdsFields *htcds_group_new(Arena *a, HtcdsRecord *to, Str list);
void htcds_put(Arena *a, HtcdsFields *to, HtcdsField field); // an empty value is not put
const HtcdsField *htcds_field(const HtcdsFields *of, const char *name); // NULL when absent

// What was not taken and why, a line each. Names fields and codes, never a person.
typedef struct {
	Buf text;
	int64_t n;
} HtcdsReport;
void htcds_say(HtcdsReport *r, const char *fmt, ...) PRINTF(2, 3);

#define HTCDS_PARTS 99 // of one list in a record: the notation of CSV ends there

// ERR_INVALID with one line in the report when the file is not whole; ERR_TOO_LARGE over HTCDS_BYTES.
#define HTCDS_BYTES ((ptrdiff_t)256 << 20)
MUST_USE Err htcds_read(Arena *a, Why *why, HtcdsFormat format, Str text, HtcdsReport *r, HtcdsRecords *out);
Str htcds_write(Arena *a, HtcdsFormat format, const HtcdsRecords *records);

// The parts, a file each.
MUST_USE Err htcds_read_json(Arena *a, Why *why, Str text, HtcdsReport *r, HtcdsRecords *out);
MUST_USE Err htcds_read_csv(Arena *a, Why *why, Str text, HtcdsReport *r, HtcdsRecords *out);
Str htcds_write_json(Arena *a, const HtcdsRecords *records);
Str htcds_write_csv(Arena *a, const HtcdsRecords *records);
