#include "release/codebook.h"
#include "vault/vault.h"
#include <jansson.h>

static void forget(json_t **j) { json_decref(*j); }

static Str text_of(Arena *a, const json_t *j) {
	if (!json_is_string(j)) return (Str){0};
	return str_dup(a, (Str){json_string_value(j), (ptrdiff_t)json_string_length(j)});
}

static Err name_taken(Why *why, const Codebook *book, Str name) {
	if (name.n == 0) return fail(why, ERR_INVALID, "attribute %d has no name", book->n + 1);
	if (book->n == CODEBOOK_ATTRIBUTES)
		return fail(why, ERR_TOO_LARGE, "more than %d attributes", CODEBOOK_ATTRIBUTES);
	for (int i = 0; i < book->n; i++)
		if (str_eq(book->attribute[i].name, name))
			return fail(why, ERR_INVALID, "attribute %.*s stands there twice", (int)name.n,
				    name.p);
	return OK;
}

static int label_at(const Attribute *attribute, Str label) {
	for (int v = 0; v < attribute->size; v++)
		if (str_eq(attribute->label[v], label)) return v;
	return -1;
}

static Err read_simple(Arena *a, Why *why, json_t *root, Codebook *out) {
	const char *key;
	json_t *value;
	json_object_foreach(root, key, value) {
		Str name = str_dup(a, str_of(key));
		TRY(name_taken(why, out, name));
		json_int_t size = json_is_integer(value) ? json_integer_value(value) : 0;
		if (size < 1 || size > CODEBOOK_VALUES)
			return fail(why, ERR_INVALID, "attribute %.*s: the number of values must be 1 to %d",
				    (int)name.n, name.p, CODEBOOK_VALUES);
		out->attribute[out->n++] =
			(Attribute){.name = name, .size = (int)size, .missing = -1, .other = -1};
	}
	return OK;
}

// The value that `key` names, -1 when the key is absent.
static Err named_value(Why *why, const json_t *of, const char *key, const Attribute *attribute, int *out) {
	const json_t *named = json_object_get(of, key);
	*out = -1;
	if (!named) return OK;
	if (json_is_string(named))
		*out = label_at(attribute,
				(Str){json_string_value(named), (ptrdiff_t)json_string_length(named)});
	if (*out >= 0) return OK;
	return fail(why, ERR_INVALID, "attribute %.*s: %s is none of its values", (int)attribute->name.n,
		    attribute->name.p, key);
}

static Err read_attribute(Arena *a, Why *why, const json_t *from, Codebook *out) {
	Attribute attribute = {.name = text_of(a, json_object_get(from, "name"))};
	TRY(name_taken(why, out, attribute.name));
	const json_t *values = json_object_get(from, "values");
	size_t size = json_array_size(values);
	if (size < 1 || size > CODEBOOK_VALUES)
		return fail(why, ERR_INVALID, "attribute %.*s: the number of values must be 1 to %d",
			    (int)attribute.name.n, attribute.name.p, CODEBOOK_VALUES);
	Str *label = NEW(a, Str, (ptrdiff_t)size);
	attribute.label = label;
	for (size_t v = 0; v < size; v++) {
		label[v] = text_of(a, json_array_get(values, v));
		if (label[v].n == 0 || label_at(&attribute, label[v]) >= 0)
			return fail(why, ERR_INVALID,
				    "attribute %.*s: value %zu is empty, no text or there twice",
				    (int)attribute.name.n, attribute.name.p, v + 1);
		attribute.size++;
	}
	TRY(named_value(why, from, "missing", &attribute, &attribute.missing));
	TRY(named_value(why, from, "other", &attribute, &attribute.other));
	out->attribute[out->n++] = attribute;
	return OK;
}

static Err read_rich(Arena *a, Why *why, const json_t *root, Codebook *out) {
	out->name = text_of(a, json_object_get(root, "name"));
	out->version = text_of(a, json_object_get(root, "version"));
	out->unit = text_of(a, json_object_get(root, "unit"));
	const json_t *list = json_object_get(root, "attributes");
	for (size_t i = 0; i < json_array_size(list); i++)
		TRY(read_attribute(a, why, json_array_get(list, i), out));
	for (int i = 0; i < out->n; i++)
		if (str_eq(out->attribute[i].name, out->unit))
			return fail(why, ERR_INVALID, "the unit's column cannot be an attribute");
	return OK;
}

Err codebook_read(Arena *a, Why *why, Str json, Codebook *out) {
	json_error_t error;
	__attribute__((cleanup(forget))) json_t *root =
		json_loadb(json.p, (size_t)json.n, JSON_REJECT_DUPLICATES, &error);
	if (!root)
		return fail(why, ERR_INVALID, "line %d, column %d: %s", error.line, error.column, error.text);
	if (!json_is_object(root)) return fail(why, ERR_INVALID, "a codebook is an object of attributes");
	Codebook book = {.hash = sha256(a, json)};
	TRY(json_is_array(json_object_get(root, "attributes")) ? read_rich(a, why, root, &book)
							       : read_simple(a, why, root, &book));
	if (book.n == 0) return fail(why, ERR_INVALID, "the codebook has no attributes");
	*out = book;
	return OK;
}

int codebook_value(const Attribute *attribute, Str cell) {
	if (cell.n == 0) return attribute->missing;
	if (attribute->label) {
		int v = label_at(attribute, cell);
		return v >= 0 ? v : attribute->other;
	}
	// One spelling a number: no sign, no leading zero.
	int64_t v;
	if (!str_to_int(cell, &v) || v < 0 || v >= attribute->size || (cell.p[0] == '0' && cell.n > 1) ||
	    cell.p[0] == '-')
		return -1;
	return (int)v;
}

Str codebook_label(Arena *a, const Attribute *attribute, int value) {
	ASSERT(value >= 0 && value < attribute->size);
	return attribute->label ? attribute->label[value] : str_fmt(a, "%d", value);
}
