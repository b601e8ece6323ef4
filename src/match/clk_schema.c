// clkhash's linkage schema, version 3. A key that we do not know is refused and not passed over: clkhash
// would have made other bits of it, and nobody would see why nothing fits.
#include "base/utf8.h"
#include "match/clk.h"
#include "vault/vault.h"
#include <jansson.h>

enum { MOST_BYTES = 1 << 20, MOST_GRAM = 8, MOST_BITS = 4096, MOST_FOLDS = 4, LEAST_BITS = 64 };

typedef struct {
	Arena *a;
	Why *why;
	int at; // feature, from 1; 0: clkConfig
} Reader;

static Str text_of(const json_t *v) {
	return json_is_string(v) ? (Str){json_string_value(v), (ptrdiff_t)json_string_length(v)} : (Str){0};
}

static Err wrong(const Reader *r, const char *what) {
	return r->at ? fail(r->why, ERR_INVALID, "schema: feature %d: %s", r->at, what)
		     : fail(r->why, ERR_INVALID, "schema: %s", what);
}

// Each key of the object stands in `known`, words with a blank between.
static Err only(const Reader *r, json_t *object, const char *what, const char *known) {
	const char *key;
	json_t *v;
	if (!json_is_object(object)) return wrong(r, str_z(r->a, str_fmt(r->a, "\"%s\" is missing", what)));
	json_object_foreach(object, key, v) {
		Str rest = str_of(known), word;
		bool found = false;
		while (!found && str_cut(&rest, ' ', &word)) found = str_eq(word, str_of(key));
		if (!found)
			return wrong(
				r,
				str_z(r->a, str_fmt(r->a, "a key in \"%s\" is not known here; known are: %s",
						    what, known)));
	}
	return OK;
}

// A whole number when it is there.
static Err number(const Reader *r, const json_t *object, const char *name, int64_t least, int64_t most,
		  int64_t *out) {
	const json_t *v = json_object_get(object, name);
	if (!v) return OK;
	if (!json_is_integer(v) || json_integer_value(v) < least || json_integer_value(v) > most)
		return wrong(r, str_z(r->a, str_fmt(r->a, "\"%s\" is a number from %lld to %lld", name,
						    (long long)least, (long long)most)));
	*out = json_integer_value(v);
	return OK;
}

static Err flag(const Reader *r, const json_t *object, const char *name, bool *out) {
	const json_t *v = json_object_get(object, name);
	if (v && !json_is_boolean(v))
		return wrong(r, str_z(r->a, str_fmt(r->a, "\"%s\" is true or false", name)));
	*out = json_is_true(v);
	return OK;
}

static Err bytes(const Reader *r, const json_t *object, const char *name, Str *out) {
	const json_t *v = json_object_get(object, name);
	if (v && (!json_is_string(v) || !base64_parse(r->a, text_of(v), out)))
		return wrong(r, str_z(r->a, str_fmt(r->a, "\"%s\" is base 64", name)));
	return OK;
}

// ---- format -----------------------------------------------------------------------------------------------

static Err read_string(const Reader *r, json_t *v, ClkFeature *f) {
	Str encoding = text_of(json_object_get(v, "encoding")), letters = text_of(json_object_get(v, "case"));
	if (json_object_get(v, "pattern"))
		return wrong(r, "\"pattern\" is not checked here: say case, minLength and maxLength instead; "
				"the bits do not change by it");
	TRY(only(r, v, "format", "type encoding case minLength maxLength description"));
	if (encoding.n && !str_eq(encoding, S("utf-8")) && !str_eq(encoding, S("ascii")))
		return wrong(r, "\"encoding\" is utf-8 or ascii");
	f->ascii = str_eq(encoding, S("ascii"));
	if (letters.n && !str_eq(letters, S("mixed")) && !str_eq(letters, S("upper")) &&
	    !str_eq(letters, S("lower")))
		return wrong(r, "\"case\" is upper, lower or mixed");
	f->letters = str_eq(letters, S("upper"))   ? CLK_UPPER
		     : str_eq(letters, S("lower")) ? CLK_LOWER
						   : CLK_MIXED;
	f->most = TABLE_CELL;
	TRY(number(r, v, "minLength", 0, TABLE_CELL, &f->least));
	return number(r, v, "maxLength", 1, INT32_MAX, &f->most);
}

static Err read_integer(const Reader *r, json_t *v, ClkFeature *f) {
	TRY(only(r, v, "format", "type minimum maximum description"));
	f->least = INT64_MIN;
	f->most = INT64_MAX;
	TRY(number(r, v, "minimum", INT64_MIN, INT64_MAX, &f->least));
	return number(r, v, "maximum", INT64_MIN, INT64_MAX, &f->most);
}

static Err read_date(const Reader *r, json_t *v, ClkFeature *f) {
	int seen[3] = {0};
	TRY(only(r, v, "format", "type format description"));
	f->date = str_dup(r->a, text_of(json_object_get(v, "format")));
	for (ptrdiff_t i = 0; i < f->date.n; i++) {
		if (f->date.p[i] != '%') continue;
		char c = ++i < f->date.n ? f->date.p[i] : 0;
		if (c != 'Y' && c != 'm' && c != 'd')
			return wrong(r, "\"format\" of a date is made of %Y, %m, %d and what stands between");
		seen[c == 'Y' ? 0 : c == 'm' ? 1 : 2]++;
	}
	if (seen[0] != 1 || seen[1] != 1 || seen[2] != 1)
		return wrong(r, "\"format\" of a date has %Y, %m and %d once each");
	return OK;
}

static Err read_enum(const Reader *r, json_t *v, ClkFeature *f) {
	TRY(only(r, v, "format", "type values description"));
	const json_t *values = json_object_get(v, "values");
	size_t n = json_array_size(values);
	if (!n || n > CLK_VALUES) return wrong(r, "\"values\" is a list of 1 to 1024 texts");
	f->value = NEW(r->a, Str, (ptrdiff_t)n);
	for (size_t i = 0; i < n; i++) {
		if (!json_is_string(json_array_get(values, i))) return wrong(r, "\"values\" are texts");
		f->value[f->nvalue++] = str_dup(r->a, text_of(json_array_get(values, i)));
	}
	return OK;
}

static Err read_format(const Reader *r, json_t *v, ClkFeature *f) {
	static const struct {
		const char *name;
		Err (*read)(const Reader *, json_t *, ClkFeature *);
	} of[] = {[CLK_STRING] = {"string", read_string},
		  [CLK_INTEGER] = {"integer", read_integer},
		  [CLK_DATE] = {"date", read_date},
		  [CLK_ENUM] = {"enum", read_enum}};
	_Static_assert(COUNT(of) == CLK__N, "one a format");
	Str type = text_of(json_object_get(v, "type"));
	for (int i = 0; i < CLK__N; i++)
		if (str_eq(type, str_of(of[i].name))) {
			f->format = (ClkFormat)i;
			return of[i].read(r, v, f);
		}
	return wrong(r, "\"format\" has a \"type\": string, integer, date or enum");
}

// ---- hashing ----------------------------------------------------------------------------------------------

static Err read_comparison(const Reader *r, json_t *v, ClkFeature *f) {
	int64_t n = 0;
	Str type = text_of(json_object_get(v, "type"));
	if (str_eq(type, S("exact"))) return only(r, v, "comparison", "type");
	if (str_eq(type, S("numeric")))
		return wrong(r, "\"comparison\" numeric is not made here: use ngram or exact");
	if (!str_eq(type, S("ngram"))) return wrong(r, "\"comparison\" has a \"type\": ngram or exact");
	TRY(only(r, v, "comparison", "type n positional"));
	TRY(number(r, v, "n", 1, MOST_GRAM, &n));
	if (!n) return wrong(r, "\"comparison\" ngram has \"n\"");
	f->ngram = (int)n;
	return flag(r, v, "positional", &f->positional);
}

static Err read_strategy(const Reader *r, json_t *v, ClkFeature *f) {
	int64_t token = 0, feature = 0;
	TRY(only(r, v, "strategy", "bitsPerToken bitsPerFeature"));
	TRY(number(r, v, "bitsPerToken", 1, MOST_BITS, &token));
	TRY(number(r, v, "bitsPerFeature", 1, MOST_BITS, &feature));
	if ((token > 0) == (feature > 0))
		return wrong(r, "\"strategy\" has one of bitsPerToken and bitsPerFeature");
	f->per_feature = feature > 0;
	f->bits = (int)(feature ? feature : token);
	return OK;
}

static Err read_hash(const Reader *r, json_t *v) {
	if (!v) return OK; // blakeHash, as clkhash takes it
	if (str_eq(text_of(json_object_get(v, "type")), S("doubleHash")))
		return wrong(r, "\"hash\" doubleHash (SHA-1 and MD5) is not made here: use blakeHash");
	if (!str_eq(text_of(json_object_get(v, "type")), S("blakeHash")))
		return wrong(r, "\"hash\" has the \"type\" blakeHash");
	if (json_object_get(v, "prevent_singularity"))
		return wrong(r, "\"prevent_singularity\" belongs to doubleHash alone: take it out");
	return only(r, v, "hash", "type");
}

static Err read_missing(const Reader *r, json_t *v, ClkFeature *f) {
	const json_t *with = json_object_get(v, "replaceWith");
	if (!v) return OK;
	TRY(only(r, v, "missingValue", "sentinel replaceWith"));
	if (!json_is_string(json_object_get(v, "sentinel")) || (with && !json_is_string(with)))
		return wrong(r,
			     "\"missingValue\" has a text \"sentinel\", and perhaps a text \"replaceWith\"");
	f->has_sentinel = true;
	f->sentinel = str_dup(r->a, text_of(json_object_get(v, "sentinel")));
	f->instead = with ? str_dup(r->a, text_of(with)) : f->sentinel;
	return OK;
}

static Err read_hashing(const Reader *r, json_t *v, ClkFeature *f) {
	TRY(only(r, v, "hashing", "comparison strategy hash missingValue"));
	TRY(read_comparison(r, json_object_get(v, "comparison"), f));
	TRY(read_strategy(r, json_object_get(v, "strategy"), f));
	TRY(read_hash(r, json_object_get(v, "hash")));
	return read_missing(r, json_object_get(v, "missingValue"), f);
}

// ---- the whole --------------------------------------------------------------------------------------------

static Err read_feature(const Reader *r, json_t *v, ClkFeature *f) {
	TRY(only(r, v, "features", "identifier ignored description format hashing"));
	f->column = str_dup(r->a, str_trim(text_of(json_object_get(v, "identifier"))));
	if (!f->column.n) return wrong(r, "\"identifier\" is the name of a column");
	TRY(flag(r, v, "ignored", &f->ignored));
	if (f->ignored) return OK;
	TRY(read_format(r, json_object_get(v, "format"), f));
	return read_hashing(r, json_object_get(v, "hashing"), f);
}

static Err read_kdf(const Reader *r, json_t *v, ClkSchema *s) {
	int64_t size = 64;
	Str hash = text_of(json_object_get(v, "hash"));
	TRY(only(r, v, "kdf", "type hash info salt keySize"));
	if (!str_eq(text_of(json_object_get(v, "type")), S("HKDF")))
		return wrong(r, "\"kdf\" is of type HKDF");
	s->sha512 = str_eq(hash, S("SHA512"));
	if (json_object_get(v, "hash") && !s->sha512 && !str_eq(hash, S("SHA256")))
		return wrong(r, "\"hash\" of the kdf is SHA256 or SHA512");
	TRY(bytes(r, v, "info", &s->info));
	TRY(bytes(r, v, "salt", &s->salt));
	TRY(number(r, v, "keySize", 16, 64, &size));
	s->key_size = (int)size;
	return OK;
}

static Err read_config(const Reader *r, json_t *v, ClkSchema *s) {
	int64_t bits = 0, folds = 0;
	TRY(only(r, v, "clkConfig", "l kdf xor_folds"));
	TRY(number(r, v, "l", LEAST_BITS, CLK_BITS, &bits));
	TRY(number(r, v, "xor_folds", 0, MOST_FOLDS, &folds));
	if (!bits || (bits & (bits - 1)) || bits << folds > CLK_BITS)
		return wrong(r, "\"l\" is a power of two from 64 on, and unfolded at most 16384");
	s->bits = (int)bits;
	s->folds = (int)folds;
	return read_kdf(r, json_object_get(v, "kdf"), s);
}

static Err read_root(Reader *r, json_t *root, ClkSchema *s) {
	json_t *v;
	size_t i;
	TRY(only(r, root, "schema", "version clkConfig features"));
	if (!json_is_integer(json_object_get(root, "version")) ||
	    json_integer_value(json_object_get(root, "version")) != 3)
		return wrong(r, "a linkage schema of \"version\" 3 is needed");
	TRY(read_config(r, json_object_get(root, "clkConfig"), s));
	json_t *features = json_object_get(root, "features");
	if (!json_array_size(features) || json_array_size(features) > CLK_FEATURES)
		return wrong(r, "\"features\" is a list of 1 to 48");
	int used = 0;
	json_array_foreach(features, i, v) {
		r->at = (int)i + 1;
		TRY(read_feature(r, v, &s->feature[s->n]));
		used += !s->feature[s->n++].ignored;
	}
	r->at = 0;
	return used ? OK : wrong(r, "each of the features is ignored");
}

Err clk_schema_read(Arena *a, Why *why, Str json, ClkSchema *out) {
	json_error_t e;
	Reader r = {.a = a, .why = why};
	ClkSchema *s = NEW(a, ClkSchema, 1);
	if (json.n > MOST_BYTES) return fail(why, ERR_TOO_LARGE, "schema: larger than 1 MiB");
	if (str_starts(json, S("\xEF\xBB\xBF"))) json = str_slice(json, 3, json.n);
	json_t *root = json_loadb(json.p ? json.p : "", (size_t)json.n, JSON_REJECT_DUPLICATES, &e);
	if (!root) return fail(why, ERR_INVALID, "schema: line %d, column %d: not JSON", e.line, e.column);
	Err err = read_root(&r, root, s);
	json_decref(root);
	if (err == OK) *out = *s;
	return err;
}
