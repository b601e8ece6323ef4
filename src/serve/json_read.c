#include "serve/json_read.h"
#include <jansson.h>

static Str text_of(Arena *a, const json_t *v) {
	if (json_is_string(v))
		return str_dup(a, (Str){json_string_value(v), (ptrdiff_t)json_string_length(v)});
	if (json_is_integer(v)) return str_fmt(a, "%lld", (long long)json_integer_value(v));
	return json_is_true(v) ? S("1") : (Str){0};
}

static void close_json(json_t **v) { json_decref(*v); }

bool json_read(Arena *a, Str text, void (*each)(void *with, Str name, Str value), void *with) {
	__attribute__((cleanup(close_json))) json_t *root =
		json_loadb(text.p, (size_t)text.n, JSON_REJECT_DUPLICATES, NULL);
	const char *key;
	json_t *v, *one;
	size_t i;
	if (!json_is_object(root)) return false;
	json_object_foreach(root, key, v) {
		if (json_is_object(v)) return false;
		if (!json_is_array(v))
			each(with, str_of(key), text_of(a, v));
		else
			json_array_foreach(v, i, one) each(with, str_of(key), text_of(a, one));
	}
	return true;
}
