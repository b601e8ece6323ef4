// A codebook, read. What it says of cells is in codebook_use.c.
#include "release/codebook.h"
#include "vault/vault.h"
#include <jansson.h>

static const char *const book_keys[] = {"name",	      "version", "unit",  "attributes",
					"impossible", "ignore",	 "about", NULL};
static const char *const attribute_keys[] = {"name",  "column",	  "label",   "values",	"bands",
					     "years", "split",	  "other",   "missing", "optional",
					     "about", "collapse", "coarser", NULL};
static const char *const value_keys[] = {"value", "label", "of", NULL};
static const char *const collapses[COLLAPSE__N] = {NULL, "first", "last", "max", "specific", "any"};
_Static_assert(COUNT(collapses) == COLLAPSE__N, "a word for each");

static void forget(json_t **j) { json_decref(*j); }

// Everything that is wrong with an attribute is said with its name.
static Err wrong_at(Why *why, Str name, const char *what) {
	return fail(why, ERR_INVALID, "attribute %.*s: %s", (int)name.n, name.p, what);
}

static Str text_of(Arena *a, const json_t *j) {
	if (!json_is_string(j)) return (Str){0};
	return str_dup(a, (Str){json_string_value(j), (ptrdiff_t)json_string_length(j)});
}

static Err known_keys(Why *why, json_t *of, const char *const *keys, Str where) {
	const char *key;
	json_t *value;
	json_object_foreach(of, key, value) {
		int i = 0;
		while (keys[i] && strcmp(keys[i], key) != 0) i++;
		if (!keys[i])
			return fail(why, ERR_INVALID, "%.*s: \"%.40s\" means nothing here", (int)where.n,
				    where.p, key);
	}
	return OK;
}

// "Age", or {"en": "Age", "hi": "..."}.
static Err label_of(Arena *a, Why *why, json_t *from, Str where, Label *out) {
	const char *key;
	json_t *value;
	*out = (Label){0};
	if (!from) return OK;
	if (json_is_string(from)) {
		out->in[LANG_EN] = text_of(a, from);
		return OK;
	}
	json_object_foreach(from, key, value) {
		Lang lang;
		if (!json_is_string(value) || !lang_from_code(str_of(key), &lang))
			return fail(why, ERR_INVALID, "%.*s: a label is a text, or a text for each language",
				    (int)where.n, where.p);
		out->in[lang] = text_of(a, value);
	}
	return json_is_object(from) && out->in[LANG_EN].n
		       ? OK
		       : fail(why, ERR_INVALID, "%.*s: its label has no English", (int)where.n, where.p);
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

static Err wrong_size(Why *why, Str name) {
	return fail(why, ERR_INVALID, "attribute %.*s: the number of values must be 1 to %d", (int)name.n,
		    name.p, CODEBOOK_VALUES);
}

static Err read_simple(Arena *a, Why *why, json_t *root, Codebook *out) {
	const char *key;
	json_t *value;
	json_object_foreach(root, key, value) {
		Str name = str_dup(a, str_of(key));
		TRY(name_taken(why, out, name));
		json_int_t size = json_is_integer(value) ? json_integer_value(value) : 0;
		if (size < 1 || size > CODEBOOK_VALUES) return wrong_size(why, name);
		out->attribute[out->n++] =
			(Attribute){.name = name, .size = (int)size, .missing = -1, .other = -1};
	}
	return OK;
}

// ---- values
// ---------------------------------------------------------------------------------------------------------

// An attribute while it is read: its arrays have room for all it may have.
typedef struct {
	Attribute at;
	Str *label;
	Label *said;
	Spelling *spelling;
	Band *band;
} Draft;

static int label_at(const Attribute *attribute, Str label) {
	for (int v = 0; v < attribute->size; v++)
		if (str_eq(attribute->label[v], label)) return v;
	return -1;
}

static Err add_value(Why *why, Draft *r, Str label) {
	if (r->at.size == CODEBOOK_VALUES) return wrong_size(why, r->at.name);
	if (label.n == 0 || label_at(&r->at, label) >= 0)
		return fail(why, ERR_INVALID, "attribute %.*s: value %d is empty, no text or there twice",
			    (int)r->at.name.n, r->at.name.p, r->at.size + 1);
	r->label[r->at.size++] = label;
	return OK;
}

// "0-8", "0--8", "48+".
static bool band_of(Str text, Band *out) {
	if (str_ends(text, S("+"))) {
		out->high = INT64_MAX;
		return str_to_int(str_slice(text, 0, text.n - 1), &out->low) && out->low >= 0;
	}
	ptrdiff_t dash = str_find_char(text, '-');
	if (dash <= 0) return false;
	Str high = str_slice(text, dash + 1, text.n);
	if (str_starts(high, S("-"))) high = str_slice(high, 1, high.n);
	return str_to_int(str_slice(text, 0, dash), &out->low) && str_to_int(high, &out->high) &&
	       out->low >= 0 && out->low <= out->high;
}

static Err add_band(Why *why, Draft *r, Str label, Band band) {
	for (int i = 0; i < r->at.bands; i++)
		if (band.low <= r->band[i].high && r->band[i].low <= band.high)
			return fail(why, ERR_INVALID, "attribute %.*s: bands %d and %d overlap",
				    (int)r->at.name.n, r->at.name.p, i + 1, r->at.bands + 1);
	TRY(add_value(why, r, label));
	r->band[r->at.bands++] = band;
	return OK;
}

static Err read_bands(Arena *a, Why *why, const json_t *from, Draft *r) {
	const json_t *bands = json_object_get(from, "bands"), *years = json_object_get(from, "years");
	for (size_t i = 0; i < json_array_size(bands); i++) {
		Str label = text_of(a, json_array_get(bands, i));
		Band band;
		if (!band_of(label, &band))
			return fail(why, ERR_INVALID,
				    "attribute %.*s: band %zu is none, as 0-8 or 48+ would be",
				    (int)r->at.name.n, r->at.name.p, i + 1);
		TRY(add_band(why, r, label, band));
	}
	if (!years) return bands && r->at.bands == 0 ? wrong_at(why, r->at.name, "bands is a list") : OK;
	json_int_t first = json_integer_value(json_array_get(years, 0)),
		   last = json_integer_value(json_array_get(years, 1));
	if (bands || json_array_size(years) != 2 || first < 1 || first > last || last > 9999)
		return wrong_at(why, r->at.name,
				"years is a first and a last one, and there are no bands then");
	r->at.dates = true;
	for (json_int_t y = first; y <= last; y++)
		TRY(add_band(why, r, str_fmt(a, "%lld", (long long)y), (Band){y, y}));
	return OK;
}

static Err read_spellings(Arena *a, Why *why, const json_t *of, Draft *r) {
	for (size_t i = 0; i < json_array_size(of); i++) {
		Str cell = text_of(a, json_array_get(of, i));
		if (cell.n == 0 || r->at.spellings == CODEBOOK_VALUES * 2)
			return wrong_at(why, r->at.name, "another spelling is empty, or there are too many");
		r->spelling[r->at.spellings++] = (Spelling){cell, r->at.size - 1};
	}
	return OK;
}

static Err read_value(Arena *a, Why *why, json_t *from, Draft *r) {
	if (!json_is_object(from)) return add_value(why, r, text_of(a, from));
	TRY(known_keys(why, from, value_keys, r->at.name));
	TRY(add_value(why, r, text_of(a, json_object_get(from, "value"))));
	TRY(label_of(a, why, json_object_get(from, "label"), r->at.name, &r->said[r->at.size - 1]));
	return read_spellings(a, why, json_object_get(from, "of"), r);
}

static Err read_values(Arena *a, Why *why, const json_t *from, Draft *r) {
	const json_t *values = json_object_get(from, "values");
	TRY(read_bands(a, why, from, r));
	if (r->at.size + json_array_size(values) > CODEBOOK_VALUES) return wrong_size(why, r->at.name);
	for (size_t v = 0; v < json_array_size(values); v++)
		TRY(read_value(a, why, json_array_get(values, v), r));
	if (r->at.size == 0) return wrong_size(why, r->at.name);
	for (int i = 0; i < r->at.spellings; i++) {
		bool twice = label_at(&r->at, r->spelling[i].cell) >= 0;
		for (int k = 0; k < i; k++) twice = twice || str_eq(r->spelling[i].cell, r->spelling[k].cell);
		if (twice) return wrong_at(why, r->at.name, "one spelling stands for two values");
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

// ---- what else an attribute says
// ------------------------------------------------------------------------------------

static Err read_collapse(Why *why, const json_t *from, Attribute *at) {
	const json_t *named = json_object_get(from, "collapse");
	if (!named) return OK;
	const char *word = json_is_string(named) ? json_string_value(named) : "";
	for (int c = COLLAPSE_FIRST; c < COLLAPSE__N; c++)
		if (strcmp(word, collapses[c]) == 0) at->collapse = (Collapse)c;
	if (at->collapse == COLLAPSE_NONE)
		return wrong_at(why, at->name, "collapse is first, last, max, specific or any");
	if (at->collapse == COLLAPSE_ANY && !at->split)
		return wrong_at(why, at->name, "any is for cells with several values: it needs split");
	return OK;
}

// {"minor": ["0-8", "9-17"], "adult": ["18+"]}: every value in one of them.
static Err read_coarser(Arena *a, Why *why, const json_t *from, Attribute *at) {
	json_t *coarser = json_object_get(from, "coarser"), *values;
	const char *key;
	if (!coarser) return OK;
	uint8_t *to = NEW(a, uint8_t, at->size);
	bool *met = NEW(a, bool, at->size);
	Str *label = NEW(a, Str, at->size);
	json_object_foreach(coarser, key, values) {
		if (at->coarse_size == at->size)
			return wrong_at(why, at->name, "coarser has too many values");
		label[at->coarse_size] = str_dup(a, str_of(key));
		for (size_t i = 0; i < json_array_size(values); i++) {
			int v = label_at(at, text_of(a, json_array_get(values, i)));
			if (v < 0 || met[v])
				return wrong_at(why, at->name,
						"coarser names what is none of its values, or one twice");
			met[v] = true;
			to[v] = (uint8_t)at->coarse_size;
		}
		at->coarse_size++;
	}
	for (int v = 0; v < at->size; v++)
		if (!met[v]) return wrong_at(why, at->name, "coarser leaves out one of its values");
	if (at->split) return wrong_at(why, at->name, "coarser and split do not go together");
	at->coarse = to;
	at->coarse_label = label;
	return OK;
}

static Err add_bits(Arena *a, Why *why, const Attribute *whole, Codebook *out) {
	static const Str no_yes[] = {SLIT("0"), SLIT("1")};
	Attribute *kept = NEW(a, Attribute, 1);
	*kept = *whole;
	for (int v = 0; v < whole->size; v++) {
		Str name = str_fmt(a, "%.*s.%.*s", (int)whole->name.n, whole->name.p, (int)whole->label[v].n,
				   whole->label[v].p);
		TRY(name_taken(why, out, name));
		Attribute bit = {.name = name,
				 .column = codebook_column(whole),
				 .size = 2,
				 .label = no_yes,
				 .optional = whole->optional,
				 .whole = kept,
				 .bit = v,
				 .missing = -1,
				 .other = -1,
				 .collapse = whole->collapse ? whole->collapse : COLLAPSE_ANY};
		for (int l = 0; l < LANG__N; l++) {
			Str said = codebook_said(a, whole, v, l), title = codebook_title(whole, l);
			bit.title.in[l] =
				str_fmt(a, "%.*s: %.*s", (int)title.n, title.p, (int)said.n, said.p);
		}
		out->attribute[out->n++] = bit;
	}
	return OK;
}

static Err read_split(Why *why, const json_t *from, Attribute *at) {
	const json_t *split = json_object_get(from, "split");
	if (!split) return OK;
	const char *mark = json_is_string(split) ? json_string_value(split) : "";
	if (strlen(mark) != 1 || !strchr(" ;|,/", *mark))
		return wrong_at(why, at->name, "split is one of ; | , / or a space");
	at->split = *mark;
	return OK;
}

static Err read_attribute(Arena *a, Why *why, json_t *from, Codebook *out) {
	Draft r = {.label = NEW(a, Str, CODEBOOK_VALUES),
		   .said = NEW(a, Label, CODEBOOK_VALUES),
		   .spelling = NEW(a, Spelling, (ptrdiff_t)CODEBOOK_VALUES * 2),
		   .band = NEW(a, Band, CODEBOOK_VALUES)};
	r.at = (Attribute){.name = text_of(a, json_object_get(from, "name")),
			   .column = text_of(a, json_object_get(from, "column")),
			   .label = r.label,
			   .said = r.said,
			   .spelling = r.spelling,
			   .band = r.band};
	TRY(name_taken(why, out, r.at.name));
	TRY(known_keys(why, from, attribute_keys, r.at.name));
	TRY(label_of(a, why, json_object_get(from, "label"), r.at.name, &r.at.title));
	r.at.optional = json_is_true(json_object_get(from, "optional"));
	TRY(read_split(why, from, &r.at));
	TRY(read_values(a, why, from, &r));
	TRY(named_value(why, from, "missing", &r.at, &r.at.missing));
	TRY(named_value(why, from, "other", &r.at, &r.at.other));
	TRY(read_collapse(why, from, &r.at));
	TRY(read_coarser(a, why, from, &r.at));
	if (r.at.split) return add_bits(a, why, &r.at, out);
	out->attribute[out->n++] = r.at;
	return OK;
}

// ---- the book
// ---------------------------------------------------------------------------------------------------------

static Err impossible_value(Arena *a, Why *why, const Attribute *at, const json_t *from, bool *is) {
	Str label = text_of(a, from);
	int v = at->label ? label_at(at, label) : codebook_value(at, label);
	if (v < 0 || is[v])
		return wrong_at(why, at->name, "what is impossible names none of its values, or one twice");
	is[v] = true;
	return OK;
}

static Err read_impossible_one(Arena *a, Why *why, json_t *from, const Codebook *book, size_t number,
			       Impossible *out) {
	const char *key;
	json_t *value;
	*out = (Impossible){0};
	json_object_foreach(from, key, value) {
		int i = 0;
		while (i < book->n && !str_eq(book->attribute[i].name, str_of(key))) i++;
		if (i == book->n)
			return fail(why, ERR_INVALID, "impossible %zu: \"%.60s\" is no attribute", number,
				    key);
		const Attribute *at = &book->attribute[i];
		bool *is = NEW(a, bool, at->size);
		if (!json_is_array(value)) TRY(impossible_value(a, why, at, value, is));
		for (size_t k = 0; k < json_array_size(value); k++)
			TRY(impossible_value(a, why, at, json_array_get(value, k), is));
		out->of |= (uint64_t)1 << i;
		out->is[i] = is;
	}
	if (__builtin_popcountll(out->of) < 2)
		return fail(
			why, ERR_INVALID,
			"impossible %zu: two attributes or more cannot go together; one alone is left out of "
			"its values",
			number);
	return OK;
}

static Err read_impossible(Arena *a, Why *why, const json_t *list, Codebook *out) {
	size_t n = json_array_size(list);
	if (n > CODEBOOK_IMPOSSIBLE)
		return fail(why, ERR_TOO_LARGE, "more than %d impossible combinations", CODEBOOK_IMPOSSIBLE);
	if (list && !json_is_array(list)) return fail(why, ERR_INVALID, "impossible is a list");
	Impossible *rule = NEW(a, Impossible, (ptrdiff_t)n + 1);
	for (size_t i = 0; i < n; i++)
		TRY(read_impossible_one(a, why, json_array_get(list, i), out, i + 1, &rule[i]));
	out->impossible = rule;
	out->nimpossible = (int)n;
	return OK;
}

static bool column_read(const Codebook *book, Str column) {
	for (int i = 0; i < book->n; i++)
		if (str_eq(codebook_column(&book->attribute[i]), column)) return true;
	return false;
}

static Err read_ignored(Arena *a, Why *why, const json_t *list, Codebook *out) {
	for (size_t i = 0; i < json_array_size(list); i++) {
		Str column = text_of(a, json_array_get(list, i));
		if (i == CODEBOOK_IGNORED || column.n == 0 || column_read(out, column) ||
		    str_eq(column, out->unit))
			return fail(why, ERR_INVALID, "ignore %zu is empty, or a column that is read", i + 1);
		out->ignored[out->nignored++] = column;
	}
	return OK;
}

static Err read_rich(Arena *a, Why *why, json_t *root, Codebook *out) {
	TRY(known_keys(why, root, book_keys, S("the codebook")));
	out->name = text_of(a, json_object_get(root, "name"));
	out->version = text_of(a, json_object_get(root, "version"));
	out->unit = text_of(a, json_object_get(root, "unit"));
	const json_t *list = json_object_get(root, "attributes");
	for (size_t i = 0; i < json_array_size(list); i++)
		TRY(read_attribute(a, why, json_array_get(list, i), out));
	TRY(read_impossible(a, why, json_object_get(root, "impossible"), out));
	if (out->unit.n && column_read(out, out->unit))
		return fail(why, ERR_INVALID, "the unit's column cannot be an attribute");
	return read_ignored(a, why, json_object_get(root, "ignore"), out);
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
