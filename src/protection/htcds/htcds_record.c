#include "htcds/htcds_record.h"
#include "base/utf8.h"
#include <stdarg.h>
#include <stdio.h>

Str htcds_list_of(Str name) {
	static const struct {
		Str start, list;
	} of[] = {
		{SLIT("hte_"), SLIT("events")},
		{SLIT("sangam_event_"), SLIT("events")},
		{SLIT("con_"), SLIT("consents")},
		{SLIT("vic_AgreementToManagePersonalData"), SLIT("consents")},
		{SLIT("sangam_consent_"), SLIT("consents")},
		{SLIT("spl_"), SLIT("support_plans")},
		{SLIT("sangam_support_plan_"), SLIT("support_plans")},
		{SLIT("sangam_note_"), SLIT("sangam_notes")},
	};
	for (ptrdiff_t i = 0; i < COUNT(of); i++)
		if (str_starts(name, of[i].start)) return of[i].list;
	return (Str){0};
}

// Twice the room, with what was there.
static void *grown(Arena *a, const void *old, ptrdiff_t n, ptrdiff_t size, ptrdiff_t *cap) {
	*cap = *cap ? *cap * 2 : 8;
	void *more = arena_get(a, size, *cap);
	if (n) memcpy(more, old, (size_t)(n * size));
	return more;
}

HtcdsRecord *htcds_record_new(Arena *a, HtcdsRecords *to) {
	if (to->n == to->cap) to->at = grown(a, to->at, to->n, (ptrdiff_t)sizeof *to->at, &to->cap);
	return &to->at[to->n++];
}

HtcdsFields *htcds_group_new(Arena *a, HtcdsRecord *to, Str list) {
	if (to->ngroup == to->capgroup)
		to->group = grown(a, to->group, to->ngroup, (ptrdiff_t)sizeof *to->group, &to->capgroup);
	to->group[to->ngroup] = (HtcdsGroup){.list = list};
	return &to->group[to->ngroup++].fields;
}

void htcds_put(Arena *a, HtcdsFields *to, HtcdsField field) {
	if (!field.value.n) return;
	if (to->n == to->cap) to->at = grown(a, to->at, to->n, (ptrdiff_t)sizeof *to->at, &to->cap);
	to->at[to->n++] = field;
}

const HtcdsField *htcds_field(const HtcdsFields *of, const char *name) {
	for (ptrdiff_t i = 0; i < of->n; i++)
		if (str_eq(of->at[i].name, str_of(name))) return &of->at[i];
	return NULL;
}

void htcds_say(HtcdsReport *r, const char *fmt, ...) {
	char line[600];
	va_list args;
	va_start(args, fmt);
	(void)vsnprintf(line, sizeof line, fmt, args);
	va_end(args);
	buf_put(&r->text, str_of(line));
	buf_char(&r->text, '\n');
	r->n++;
}

// Where the first byte stands that is no UTF-8.
static Err bad_encoding(Why *why, Str text, HtcdsReport *r) {
	int64_t line = 1, column = 1;
	for (ptrdiff_t at = 0; at < text.n;) {
		ptrdiff_t from = at;
		if (utf8_next(text, &at) == 0xFFFD && !utf8_valid(str_slice(text, from, at))) break;
		column++;
		if (text.p[from] != '\n') continue;
		line++;
		column = 1;
	}
	htcds_say(r,
		  "line %lld, column %lld: this is not UTF-8; nothing was imported. Save the file as UTF-8",
		  (long long)line, (long long)column);
	return fail(why, ERR_INVALID, "the file is not UTF-8");
}

Err htcds_read(Arena *a, Why *why, HtcdsFormat format, Str text, HtcdsReport *r, HtcdsRecords *out) {
	*out = (HtcdsRecords){0};
	if (text.n > HTCDS_BYTES) return fail(why, ERR_TOO_LARGE, "the file is larger than 256 MB");
	if (str_starts(text, S("\xEF\xBB\xBF"))) text = str_slice(text, 3, text.n);
	if (!utf8_valid(text)) return bad_encoding(why, text, r);
	return format == HTCDS_JSON ? htcds_read_json(a, why, text, r, out)
				    : htcds_read_csv(a, why, text, r, out);
}

Str htcds_write(Arena *a, HtcdsFormat format, const HtcdsRecords *records) {
	return format == HTCDS_JSON ? htcds_write_json(a, records) : htcds_write_csv(a, records);
}
