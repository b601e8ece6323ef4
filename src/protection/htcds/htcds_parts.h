// htcds_parts.h - what the files of this room share; no other room includes it.
#pragma once
#include "htcds/htcds.h"

typedef enum { SHEET_PERSON, SHEET_CASE, SHEET_EVENT, SHEET_CONSENT, SHEET_PLAN, SHEET__N } Sheet;
extern const Str htcds_sheet_form[SHEET__N]; // of the pack
extern const Str htcds_sheet_list[SHEET__N]; // in which records have it; empty: stands alone

Str htcds_ask_name(Arena *a, const PackForm *f, const PackAsk *ask); // empty: the question does not travel
bool htcds_ask_is_truth(const PackAsk *ask); // yes or no, and nothing else
PackAnswers htcds_no_answers(Cx *cx, const PackForm *f);
MUST_USE Err htcds_form(Cx *cx, Sheet s, const PackForm **out);

// htcds_take.c: one field into its question, or a line in the report.
typedef struct {
	Cx *cx;
	const HtcdsRecord *record;
	HtcdsReport *report;
} HtcdsTaker;
// Into the sheets first .. first+n-1, which all have forms.
void htcds_take(const HtcdsTaker *t, const HtcdsField *f, PackAnswers *sheet, int n);
void htcds_refuse(const HtcdsTaker *t, Str field, Str why);

// What the hub has already, by reference.
struct HtcdsSeen {
	struct {
		Str ref;
		CaseId id;
		bool before; // this import
	} * at;
	ptrdiff_t n, cap; // cap: a power of two
};
void htcds_seen_put(Arena *a, HtcdsSeen *s, Str ref, CaseId id, bool before);
bool htcds_seen_get(const HtcdsSeen *s, Str ref, CaseId *id, bool *before);
