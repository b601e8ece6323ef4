#include "match/schema.h"
#include <jansson.h>

static const struct {
	const char *name;
	MatchKind kind;
} names[] = {
	{"given", KIND_GIVEN},
	{"family", KIND_FAMILY},
	{"name", KIND_NAME},
	{"guardian", KIND_GUARDIAN},
	{"birth_date", KIND_BIRTH_DATE},
	{"birth_year", KIND_BIRTH_YEAR},
	{"birth_month", KIND_BIRTH_MONTH},
	{"birth_day", KIND_BIRTH_DAY},
	{"age", KIND_AGE},
	{"sex", KIND_SEX},
	{"place", KIND_PLACE},
	{"postcode", KIND_POSTCODE},
	{"street", KIND_STREET},
	{"house", KIND_HOUSE},
	{"phone", KIND_PHONE},
	{"email", KIND_EMAIL},
	{"identifier", KIND_IDENTIFIER},
	{"code", KIND_CODE},
	{"text", KIND_TEXT},
	{"ignore", KIND_IGNORE},
	// What other programs call them.
	{"given_name", KIND_GIVEN},
	{"first_name", KIND_GIVEN},
	{"forename", KIND_GIVEN},
	{"middle_name", KIND_GIVEN},
	{"family_name", KIND_FAMILY},
	{"surname", KIND_FAMILY},
	{"last_name", KIND_FAMILY},
	{"full_name", KIND_NAME},
	{"father", KIND_GUARDIAN},
	{"mother", KIND_GUARDIAN},
	{"date", KIND_BIRTH_DATE},
	{"dob", KIND_BIRTH_DATE},
	{"date_of_birth", KIND_BIRTH_DATE},
	{"year", KIND_BIRTH_YEAR},
	{"year_of_birth", KIND_BIRTH_YEAR},
	{"month", KIND_BIRTH_MONTH},
	{"day", KIND_BIRTH_DAY},
	{"gender", KIND_SEX},
	{"city", KIND_PLACE},
	{"suburb", KIND_PLACE},
	{"district", KIND_PLACE},
	{"state", KIND_PLACE},
	{"zip", KIND_POSTCODE},
	{"postal_code", KIND_POSTCODE},
	{"address", KIND_STREET},
	{"street_number", KIND_HOUSE},
	{"house_number", KIND_HOUSE},
	{"telephone", KIND_PHONE},
	{"mobile", KIND_PHONE},
	{"number", KIND_IDENTIFIER},
	{"exact", KIND_CODE},
	{"other", KIND_TEXT},
};

const char *schema_kind_name(MatchKind kind) {
	for (ptrdiff_t i = 0; i < COUNT(names); i++)
		if (names[i].kind == kind) return names[i].name;
	return "";
}

Str schema_ready(Str name) {
	for (ptrdiff_t i = 0; i < ready_schemas; i++)
		if (str_eq(str_of(ready_schema[i].name), name)) return str_of(ready_schema[i].json);
	return (Str){0};
}

static Str text_of(const json_t *v) {
	return json_is_string(v) ? (Str){json_string_value(v), (ptrdiff_t)json_string_length(v)} : (Str){0};
}

// "a" or ["a", "b"]: the names a column may have.
static int read_names(Arena *a, const json_t *v, Str out[SCHEMA_NAMES]) {
	if (json_is_string(v)) {
		out[0] = str_dup(a, str_trim(text_of(v)));
		return out[0].n > 0;
	}
	size_t n = json_array_size(v);
	if (n > SCHEMA_NAMES) return 0;
	for (size_t i = 0; i < n; i++) {
		out[i] = str_dup(a, str_trim(text_of(json_array_get(v, i))));
		if (!out[i].n) return 0;
	}
	return (int)n;
}

static bool read_kind(Str s, MatchKind *out) {
	for (ptrdiff_t i = 0; i < COUNT(names); i++)
		if (str_eq_nocase(str_of(names[i].name), s)) {
			*out = names[i].kind;
			return true;
		}
	return false;
}

// The order of year, month and day, whatever stands between: yyyymmdd, dd/mm/yyyy, %Y-%m-%d, iso.
static bool read_format(Str s, DateOrder *out) {
	char seen[4] = {0};
	int n = 0;
	*out = DATE_ANY;
	if (!s.n || str_eq_nocase(s, S("any"))) return true;
	if (str_eq_nocase(s, S("iso"))) {
		*out = DATE_YMD;
		return true;
	}
	for (ptrdiff_t i = 0; i < s.n && n < 4; i++) {
		char c = (char)(s.p[i] | 0x20);
		if ((c == 'y' || c == 'm' || c == 'd') && (n == 0 || seen[n - 1] != c)) seen[n++] = c;
	}
	if (n != 3) return false;
	*out = !memcmp(seen, "ymd", 3) ? DATE_YMD : !memcmp(seen, "dmy", 3) ? DATE_DMY : DATE_MDY;
	return *out != DATE_MDY || !memcmp(seen, "mdy", 3);
}

static Err read_field(Arena *a, Why *why, Str column, const json_t *v, MatchSchema *s) {
	SchemaField f = {0};
	int at = s->n + 1;
	if (s->n == SCHEMA_FIELDS)
		return fail(why, ERR_TOO_LARGE, "schema: more than %d fields", SCHEMA_FIELDS);
	const json_t *named = json_object_get(v, "column");
	if (!named) named = json_object_get(v, "name");
	if (column.n) {
		f.column[0] = str_dup(a, str_trim(column));
		f.ncolumn = f.column[0].n > 0;
	} else
		f.ncolumn = read_names(a, named, f.column);
	if (!f.ncolumn)
		return fail(why, ERR_INVALID, "schema: field %d: \"column\" is a name or up to %d names", at,
			    SCHEMA_NAMES);
	Str kind = text_of(v);
	if (!kind.n) kind = text_of(json_object_get(v, "kind"));
	if (!kind.n) kind = text_of(json_object_get(v, "type"));
	if (!read_kind(str_trim(kind), &f.kind))
		return fail(
			why, ERR_INVALID,
			"schema: field %d: no such \"kind\". One of: given family name guardian birth_date "
			"birth_year birth_month birth_day age sex place postcode street house phone email "
			"identifier code text ignore",
			at);
	if (!read_format(text_of(json_object_get(v, "format")), &f.order))
		return fail(why, ERR_INVALID,
			    "schema: field %d: \"format\" is like yyyymmdd, dd/mm/yyyy, mm-dd-yyyy or iso",
			    at);
	s->field[s->n++] = f;
	return OK;
}

// "fields" as a list of objects, or as an object from column to kind.
static Err read_fields(Arena *a, Why *why, json_t *fields, MatchSchema *s) {
	const char *key;
	json_t *v;
	size_t i;
	if (json_is_array(fields)) {
		json_array_foreach(fields, i, v) TRY(read_field(a, why, (Str){0}, v, s));
	} else {
		json_object_foreach(fields, key, v) TRY(read_field(a, why, str_of(key), v, s));
	}
	return s->n ? OK : fail(why, ERR_INVALID, "schema: \"fields\" names no column");
}

static Err read_root(Arena *a, Why *why, json_t *root, MatchSchema *s) {
	if (!json_is_object(root)) return fail(why, ERR_INVALID, "schema: not a JSON object");
	const json_t *id = json_object_get(root, "id");
	if (!id) id = json_object_get(root, "id_column");
	s->nid = read_names(a, id, s->id);
	if (!s->nid)
		return fail(why, ERR_INVALID, "schema: \"id\" names the column that has the id of a row");
	json_t *fields = json_object_get(root, "fields");
	if (!fields) fields = json_object_get(root, "columns");
	return read_fields(a, why, fields, s);
}

Err schema_read(Arena *a, Why *why, Str json, MatchSchema *out) {
	json_error_t e;
	MatchSchema s = {0};
	if (json.n > SCHEMA_BYTES) return fail(why, ERR_TOO_LARGE, "schema: larger than 1 MiB");
	if (str_starts(json, S("\xEF\xBB\xBF"))) json = str_slice(json, 3, json.n);
	json_t *root = json_loadb(json.p ? json.p : "", (size_t)json.n, JSON_REJECT_DUPLICATES, &e);
	if (!root) return fail(why, ERR_INVALID, "schema: line %d, column %d: not JSON", e.line, e.column);
	Err err = read_root(a, why, root, &s);
	json_decref(root);
	if (err == OK) *out = s;
	return err;
}
