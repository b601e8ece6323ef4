// Reading JSON is jansson's work: it keeps to RFC 8259 and says where a file is broken.
#include "base/utf8.h"
#include "htcds/htcds_record.h"
#include <jansson.h>

static void close_json(json_t **v) { json_decref(*v); }

static Str clean(Arena *a, const json_t *v) {
	Str out = {0};
	(void)utf8_clean(a, (Str){json_string_value(v), (ptrdiff_t)json_string_length(v)}, &out);
	return out;
}

// False: a value that no field has, such as an object.
static bool one_value(Arena *a, const json_t *v, HtcdsField *f) {
	f->kind = HTCDS_TEXT;
	switch (json_typeof(v)) {
	case JSON_STRING:
		f->value = clean(a, v);
		return true;
	case JSON_INTEGER:
		f->kind = HTCDS_NUMBER;
		f->value = str_fmt(a, "%lld", (long long)json_integer_value(v));
		return true;
	case JSON_REAL:
		f->kind = HTCDS_NUMBER;
		f->value = str_fmt(a, "%.15g", json_real_value(v));
		return true;
	case JSON_TRUE:
	case JSON_FALSE:
		f->kind = HTCDS_TRUTH;
		f->value = json_is_true(v) ? S("true") : S("false");
		return true;
	case JSON_NULL:
		f->value = (Str){0};
		return true;
	case JSON_OBJECT:
	case JSON_ARRAY:
		return false;
	}
	return false;
}

static bool list_value(Arena *a, const json_t *v, HtcdsField *f) {
	Buf b = {.a = a};
	size_t i;
	json_t *one;
	json_array_foreach(v, i, one) {
		HtcdsField part;
		if (!one_value(a, one, &part)) return false;
		if (b.n && part.value.n) buf_char(&b, ';');
		buf_put(&b, part.value);
	}
	f->kind = HTCDS_LIST;
	f->value = buf_str(&b);
	return true;
}

typedef struct {
	Arena *a;
	HtcdsReport *r;
	int64_t place;
} Reader;

// Those fields whose list is `list`; {0}: those that stand alone. `others`: more than these is a mistake.
static void read_fields(const Reader *rd, json_t *from, Str list, bool others, HtcdsFields *to) {
	const char *key;
	json_t *v;
	json_object_foreach(from, key, v) {
		HtcdsField f = {0};
		bool named = utf8_clean(rd->a, str_of(key), &f.name) && str_eq(f.name, str_of(key));
		bool ours = str_eq(htcds_list_of(f.name), list);
		if (!ours && !others) continue;
		if (named && ours && (json_is_array(v) ? list_value(rd->a, v, &f) : one_value(rd->a, v, &f)))
			htcds_put(rd->a, to, f);
		else
			htcds_say(rd->r,
				  "record %lld: a field that does not belong here, or that holds an object; "
				  "not taken",
				  (long long)rd->place);
	}
}

// Arrays of objects are lists of events, consents or support plans; they are taken out of the record, so that
// what is left are its fields. One that stands flat in the record (con_Consent) is the last of its list.
static void read_groups(const Reader *rd, json_t *from, HtcdsRecord *to) {
	static const char *const lists[] = {"events", "consents", "support_plans", "sangam_notes"};
	for (ptrdiff_t k = 0; k < COUNT(lists); k++) {
		json_t *list = json_object_get(from, lists[k]), *one;
		size_t i;
		if (list && !json_is_array(list))
			htcds_say(rd->r, "record %lld, %s: this is no list; not taken", (long long)rd->place,
				  lists[k]);
		json_array_foreach(list, i, one) {
			HtcdsFields fields = {0};
			if (json_is_object(one)) read_fields(rd, one, str_of(lists[k]), true, &fields);
			if (fields.n)
				*htcds_group_new(rd->a, to, str_of(lists[k])) = fields;
			else
				htcds_say(rd->r,
					  "record %lld, %s %d: this is no object, or it is empty; not taken",
					  (long long)rd->place, lists[k], (int)i + 1);
		}
		(void)json_object_del(from, lists[k]);
		HtcdsFields flat = {0};
		read_fields(rd, from, str_of(lists[k]), false, &flat);
		if (flat.n) *htcds_group_new(rd->a, to, str_of(lists[k])) = flat;
	}
}

static void read_record(const Reader *rd, json_t *from, HtcdsRecords *out) {
	HtcdsRecord one = {.place = rd->place};
	if (json_is_object(from)) {
		read_groups(rd, from, &one);
		read_fields(rd, from, (Str){0}, false, &one.fields);
	}
	if (!one.fields.n && !one.ngroup) {
		htcds_say(rd->r, "record %lld: this is no object, or it is empty; not taken",
			  (long long)rd->place);
		return;
	}
	const HtcdsField *ref = htcds_field(&one.fields, "case_ref");
	if (ref) one.ref = ref->value;
	*htcds_record_new(rd->a, out) = one;
}

Err htcds_read_json(Arena *a, Why *why, Str text, HtcdsReport *r, HtcdsRecords *out) {
	json_error_t e;
	__attribute__((cleanup(close_json))) json_t *root =
		json_loadb(text.p ? text.p : "", (size_t)text.n, JSON_REJECT_DUPLICATES, &e);
	if (!root) {
		// Not the library's words: they quote what it read, and that may be a name.
		htcds_say(r, "line %d, column %d: the JSON is broken here; nothing was imported", e.line,
			  e.column);
		return fail(why, ERR_INVALID, "broken JSON at line %d, column %d", e.line, e.column);
	}
	if (!json_is_array(root)) {
		htcds_say(r, "line 1, column 1: a file of records is a JSON array; nothing was imported");
		return fail(why, ERR_INVALID, "the JSON is no array");
	}
	size_t i;
	json_t *one;
	json_array_foreach(root, i, one) read_record(&(Reader){a, r, (int64_t)i + 1}, one, out);
	return OK;
}
