// A manifest, read and checked. Reading JSON is jansson's work, whose names are those of base/json.h: hence a
// file of its own.
#include "release/manifest.h"
#include "vault/vault.h"
#include <jansson.h>
#include <math.h>

static void forget(json_t **j) { json_decref(*j); }

static Err wrong(Why *why, const char *what) { return fail(why, ERR_INVALID, "%s", what); }

static bool text_at(Arena *a, const json_t *j, const char *key, Str *out) {
	const json_t *v = json_object_get(j, key);
	if (!json_is_string(v)) return false;
	*out = str_dup(a, (Str){json_string_value(v), (ptrdiff_t)json_string_length(v)});
	return true;
}

static bool int_at(const json_t *j, const char *key, int64_t *out) {
	const json_t *v = json_object_get(j, key);
	if (!json_is_integer(v) || json_integer_value(v) < 0) return false;
	*out = json_integer_value(v);
	return true;
}

static bool real_at(const json_t *j, const char *key, double *out) {
	const json_t *v = json_object_get(j, key);
	if (!json_is_number(v)) return false;
	*out = json_number_value(v);
	return true;
}

static int digit_of(char c) {
	if (c >= '0' && c <= '9') return c - '0';
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static bool hash_at(const json_t *j, const char *key, uint8_t out[32]) {
	const json_t *v = json_object_get(j, key);
	if (!json_is_string(v) || json_string_length(v) != 64) return false;
	const char *s = json_string_value(v);
	for (int i = 0; i < 32; i++) {
		int high = digit_of(s[(ptrdiff_t)2 * i]), low = digit_of(s[(ptrdiff_t)2 * i + 1]);
		if (high < 0 || low < 0) return false;
		out[i] = (uint8_t)(high * 16 + low);
	}
	return true;
}

// A name and nothing else: what is checked lies beside the manifest, wherever that lies.
static bool plain_name(Str s) {
	if (!s.n || s.n > 255 || s.p[0] == '.') return false;
	for (ptrdiff_t i = 0; i < s.n; i++)
		if (s.p[i] == '/' || (unsigned char)s.p[i] < 32) return false;
	return true;
}

static Err read_files(Arena *a, Why *why, const json_t *root, Manifest *m) {
	const json_t *list = json_object_get(root, "files");
	size_t n = json_is_array(list) ? json_array_size(list) : 0;
	if (n < 1 || n > MANIFEST_FILES) return wrong(why, "the manifest does not say which files it is of");
	for (size_t i = 0; i < n; i++) {
		const json_t *v = json_array_get(list, i);
		ManifestFile *f = &m->file[m->nfile++];
		if (!text_at(a, v, "name", &f->name) || !plain_name(f->name) ||
		    !int_at(v, "bytes", &f->size) || !hash_at(v, "sha256", f->hash))
			return wrong(why, "a file of the manifest has no plain name, size and SHA-256");
	}
	return OK;
}

static bool cost_at(const json_t *root, const char *key, Composition c, Rho *rho) {
	const json_t *v = json_object_get(root, key);
	double six, nine;
	// What a cost means follows from the cost: who changed one without the other is seen, even by a wrong
	// key.
	return json_is_object(v) && int_at(v, "rho 1e-12", rho) &&
	       real_at(v, "epsilon at delta 1e-6", &six) && real_at(v, "epsilon at delta 1e-9", &nine) &&
	       fabs(six - account_epsilon_by(c, *rho, 1e-6)) < 1e-6 * (1 + six) &&
	       fabs(nine - account_epsilon_by(c, *rho, 1e-9)) < 1e-6 * (1 + nine);
}

// Manifests that do not say it are older than there was a choice.
static bool composition_at(Arena *a, const json_t *root, Composition *out) {
	Str name;
	*out = COMPOSITION_ZCDP;
	if (!json_object_get(root, "composition")) return true;
	return text_at(a, root, "composition", &name) && account_composition_of(name, out);
}

static Err read_costs(Arena *a, Why *why, const json_t *root, Manifest *m) {
	Rho two, five;
	if (!composition_at(a, root, &m->composition))
		return wrong(why, "the composition is one that this program does not know");
	if (!real_at(root, "epsilon", &m->epsilon) || !real_at(root, "delta", &m->delta) ||
	    !cost_at(root, "this release", m->composition, &m->rho) ||
	    !cost_at(root, "two people together", m->composition, &two) ||
	    !cost_at(root, "five people together", m->composition, &five) ||
	    !cost_at(root, "all releases of these people", COMPOSITION_ZCDP, &m->spent) ||
	    !int_at(root, "may ever be spent, rho 1e-12", &m->cap))
		return wrong(why, "a cost is missing, or does not mean what the manifest says it means");
	if (m->rho < 1 || two != 4 * m->rho || five != 25 * m->rho)
		return wrong(why, "the costs of two and five people do not follow from that of one");
	if (m->rho > m->spent || m->spent > m->cap)
		return wrong(why, "what is spent is less than this release, or more than may ever be spent");
	if (!(m->delta > 0) || !(m->delta < 1) ||
	    account_epsilon_by(m->composition, m->rho, m->delta) > m->epsilon * (1 + 1e-9))
		return wrong(why, "this release cost more than the epsilon and delta it says");
	return OK;
}

static Err read_all(Arena *a, Why *why, const json_t *root, Manifest *m) {
	int64_t format;
	if (!int_at(root, "sangam release", &format)) return wrong(why, "this is no manifest of a release");
	if (format != MANIFEST_FORMAT) return wrong(why, "the manifest is of another version of the format");
	if (!text_at(a, root, "what", &m->what) || !text_at(a, root, "program", &m->version) ||
	    !int_at(root, "time", &m->time) || !text_at(a, root, "unit", &m->unit) ||
	    !text_at(a, root, "codebook", &m->book) ||
	    !text_at(a, root, "codebook version", &m->book_version) ||
	    !int_at(root, "rows a person at most", &m->rows_each) ||
	    !hash_at(root, "codebook sha256", m->codebook) ||
	    !int_at(root, "entry of the privacy ledger", &m->entry) ||
	    !hash_at(root, "privacy ledger head", m->head) || !hash_at(root, "key", m->key))
		return wrong(why, "something that every manifest says is missing");
	TRY(read_files(a, why, root, m));
	return read_costs(a, why, root, m);
}

// The bytes that were signed, and the signature; false: it does not end as a manifest does.
static bool part(Arena *a, Str text, Str *body, Str *signature) {
	Str mark = S(MANIFEST_MARK), end = S("\"}\n");
	ptrdiff_t at = -1;
	for (ptrdiff_t i = text.n - mark.n; i >= 0 && at < 0; i--)
		if (str_starts(str_slice(text, i, text.n), mark)) at = i;
	if (at < 0 || !str_ends(text, end)) return false;
	*body = str_slice(text, 0, at);
	return base64_parse(a, str_slice(text, at + mark.n, text.n - end.n), signature);
}

Err manifest_read(Arena *a, Why *why, Str text, Manifest *out) {
	Str body, signature;
	uint8_t hash[32];
	*out = (Manifest){0};
	if (text.n > MANIFEST_BYTES || !part(a, text, &body, &signature))
		return wrong(why, "this is no manifest of a release: it does not end with a signature");
	__attribute__((cleanup(forget))) json_t *root =
		json_loadb(text.p, (size_t)text.n, JSON_REJECT_DUPLICATES, NULL);
	if (!json_is_object(root)) return wrong(why, "this is no manifest of a release: it is no JSON");
	TRY(read_all(a, why, root, out));
	sha256_of(&body, 1, hash);
	if (!signature_right((Str){(const char *)out->key, 32}, (Str){(const char *)hash, 32}, signature))
		return wrong(why, "the manifest was altered after it was signed, or signed with another key");
	return OK;
}
