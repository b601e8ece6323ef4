#include "match/clk_file.h"
#include "base/when.h"
#include "match/clk.h"
#include "vault/vault.h"
#include <jansson.h>

enum { DAY = 86400, CLOCKS_DIFFER = 600, SIGNATURE = 64 };

static Str text_of(const json_t *object, const char *name) {
	const json_t *v = json_object_get(object, name);
	return json_is_string(v) ? (Str){json_string_value(v), (ptrdiff_t)json_string_length(v)} : (Str){0};
}

static bool hex_of(Str s, ptrdiff_t n) {
	for (ptrdiff_t i = 0; i < s.n; i++)
		if (!((s.p[i] >= '0' && s.p[i] <= '9') || (s.p[i] >= 'a' && s.p[i] <= 'f'))) return false;
	return s.n == n;
}

static void bytes_of(Str hex, uint8_t *out) {
	for (ptrdiff_t i = 0; i < hex.n; i++) {
		int v = hex.p[i] <= '9' ? hex.p[i] - '0' : hex.p[i] - 'a' + 10;
		out[i / 2] = (uint8_t)(i % 2 ? out[i / 2] << 4 | v : v);
	}
}

static bool whole(const json_t *object, const char *name, int64_t most, int64_t *out) {
	const json_t *v = json_object_get(object, name);
	*out = json_is_integer(v) ? json_integer_value(v) : -1;
	return *out >= 0 && *out <= most;
}

// In UTC: without a "Z" it would be the wall's time, and of no place.
static bool instant(const json_t *object, const char *name, int64_t *out) {
	Str s = text_of(object, name);
	return str_ends(s, S("Z")) && when_parse(NULL, s, out);
}

static bool is_project(Str s) {
	for (ptrdiff_t i = 0; i < s.n; i++) {
		char c = s.p[i];
		if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
		      c == '-' || c == '_' || c == '.'))
			return false;
	}
	return s.n > 0 && s.n <= CLK_FILE_PROJECT;
}

static Err read_header(Arena *a, Why *why, const json_t *h, ClkFile *f) {
	int64_t rows, diffusion;
	Str key = text_of(h, "public_key");
	f->project = str_dup(a, text_of(h, "project"));
	f->schema = str_dup(a, text_of(h, "schema"));
	f->key = str_dup(a, text_of(h, "key"));
	// All that is there is known: a second word of the kind of "signature" cannot hide among others.
	if (json_object_size(h) != 10 || !is_project(f->project) || !hex_of(f->schema, 64) ||
	    !hex_of(f->key, 16) || !hex_of(key, 64) || !whole(h, "rows", CLK_ROWS, &rows) ||
	    !whole(h, "diffusion", CLK_MIXED_FROM, &diffusion) ||
	    !json_is_false(json_object_get(h, "anonymous")) || !instant(h, "made", &f->made) ||
	    !instant(h, "expires", &f->expires))
		return fail(why, ERR_INVALID, "its header is none that sangam match clk writes");
	bytes_of(key, f->public_key);
	f->rows = (int32_t)rows;
	f->diffusion = (int)diffusion;
	return OK;
}

// Signed is what stands there with the empty signature.
static Err check_signature(Arena *a, Why *why, const json_t *h, Str text, const ClkFile *f) {
	Str said = text_of(h, "signature"), signature = {0};
	if (said.n > 100 || !base64_parse(a, said, &signature) || signature.n != SIGNATURE)
		return fail(why, ERR_INVALID, "it has no signature");
	Buf mark = {.a = a};
	buf_put(&mark, S("\"signature\":\""));
	buf_put(&mark, said);
	ptrdiff_t at = str_find(text, buf_str(&mark));
	if (at < 0)
		return fail(why, ERR_INVALID, "its signature does not stand as sangam match clk writes it");
	ptrdiff_t from = at + S("\"signature\":\"").n;
	Buf b = {.a = a};
	buf_put(&b, str_slice(text, 0, from));
	buf_put(&b, str_slice(text, from + said.n, text.n));
	if (!signature_right((Str){(const char *)f->public_key, 32}, buf_str(&b), signature))
		return fail(why, ERR_INVALID,
			    "its signature is wrong: it was changed on its way, or is not of who it says");
	return OK;
}

static Err check_strings(Arena a, Why *why, const json_t *clks, ClkFile *f) {
	size_t i;
	json_t *v;
	if (!json_is_array(clks) || json_array_size(clks) != (size_t)f->rows)
		return fail(why, ERR_INVALID, "it has not as many rows as its header says");
	json_array_foreach(clks, i, v) {
		Arena scratch = a;
		Str one;
		if (!json_is_string(v) ||
		    !base64_parse(&scratch, (Str){json_string_value(v), (ptrdiff_t)json_string_length(v)},
				  &one) ||
		    one.n > CLK_BITS / 8)
			return fail(why, ERR_INVALID, "row %zu is no bit string", i + 1);
		if (i == 0) f->bits = (int)one.n * 8;
		if (one.n * 8 != f->bits)
			return fail(why, ERR_INVALID, "row %zu is of another length than the first", i + 1);
	}
	return OK;
}

static Err check_times(Arena *a, Why *why, const ClkFile *f, int64_t now) {
	if (f->expires <= f->made || f->expires - f->made > (int64_t)CLK_FILE_DAYS * DAY ||
	    f->made > now + CLOCKS_DIFFER)
		return fail(why, ERR_INVALID, "it is made in the future, or for more than %d days",
			    CLK_FILE_DAYS);
	Str end = when_rfc3339(a, f->expires);
	return now < f->expires
		       ? OK
		       : fail(why, ERR_GONE, "its end was %.*s: it is not used, and is to be destroyed",
			      (int)end.n, end.p);
}

static Err read_root(Arena *a, Why *why, const json_t *root, Str text, int64_t now, ClkFile *f) {
	const json_t *header = json_object_get(root, "header");
	if (json_object_size(root) != 2 || !json_is_object(header))
		return fail(why, ERR_INVALID, "it is no file of sangam match clk");
	TRY(read_header(a, why, header, f));
	TRY(check_signature(a, why, header, text, f));
	TRY(check_strings(*a, why, json_object_get(root, "clks"), f));
	return check_times(a, why, f, now);
}

Err clk_file_read(Arena *a, Why *why, Str text, int64_t now, ClkFile *out) {
	json_error_t e;
	ClkFile f = {0};
	if (text.n > CLK_FILE_BYTES) return fail(why, ERR_TOO_LARGE, "it is larger than 512 MiB");
	json_t *root = json_loadb(text.p ? text.p : "", (size_t)text.n, JSON_REJECT_DUPLICATES, &e);
	if (!root) return fail(why, ERR_INVALID, "line %d, column %d: not JSON", e.line, e.column);
	Err err = read_root(a, why, root, text, now, &f);
	json_decref(root);
	if (err == OK) *out = f;
	return err;
}
