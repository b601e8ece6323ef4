#include "base/json.h"
#include "htcds/htcds_record.h"

static void put_value(Json *j, const HtcdsField *f) {
	int64_t n;
	switch (f->kind) {
	case HTCDS_TEXT:
		json_str(j, f->value);
		return;
	case HTCDS_NUMBER: // with a point: as text, so that no digit changes on the way
		if (str_to_int(f->value, &n))
			json_int(j, n);
		else
			json_str(j, f->value);
		return;
	case HTCDS_TRUTH:
		json_bool(j, str_eq(f->value, S("true")));
		return;
	case HTCDS_LIST:
		json_open(j, '[');
		for (Str rest = f->value, one; str_cut(&rest, ';', &one);)
			if (one.n) json_str(j, one);
		json_close(j, ']');
		return;
	}
}

static void put_fields(Json *j, const HtcdsFields *of) {
	for (ptrdiff_t i = 0; i < of->n; i++) {
		json_key(j, of->at[i].name);
		put_value(j, &of->at[i]);
	}
}

// A single consent stands flat in its record, where the standard has it.
static bool flat(const HtcdsRecord *r, ptrdiff_t i) {
	Str list = r->group[i].list;
	bool before = i > 0 && str_eq(r->group[i - 1].list, list);
	bool after = i + 1 < r->ngroup && str_eq(r->group[i + 1].list, list);
	return str_eq(list, S("consents")) && !before && !after;
}

// Groups of one list stand together.
static void put_groups(Json *j, const HtcdsRecord *r) {
	for (ptrdiff_t i = 0; i < r->ngroup; i++) {
		bool first = i == 0 || !str_eq(r->group[i].list, r->group[i - 1].list);
		bool last = i + 1 == r->ngroup || !str_eq(r->group[i].list, r->group[i + 1].list);
		if (flat(r, i)) {
			put_fields(j, &r->group[i].fields);
			continue;
		}
		if (first) {
			json_key(j, r->group[i].list);
			json_open(j, '[');
		}
		json_open(j, '{');
		put_fields(j, &r->group[i].fields);
		json_close(j, '}');
		if (last) json_close(j, ']');
	}
}

Str htcds_write_json(Arena *a, const HtcdsRecords *records) {
	Json j = json_on(a);
	json_open(&j, '[');
	for (ptrdiff_t i = 0; i < records->n; i++) {
		json_open(&j, '{');
		put_fields(&j, &records->at[i].fields);
		put_groups(&j, &records->at[i]);
		json_close(&j, '}');
		buf_char(&j.b, '\n'); // a line each, for people who compare two files
	}
	json_close(&j, ']');
	buf_char(&j.b, '\n');
	return buf_str(&j.b);
}
