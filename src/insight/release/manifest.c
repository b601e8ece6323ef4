// A manifest, written and signed.
#include "release/manifest.h"
#include "base/json.h"
#include "vault/vault.h"

static void put_cost(Json *j, const char *key, Composition c, Rho rho) {
	json_key(j, str_of(key));
	json_open(j, '{');
	json_put_int(j, "rho 1e-12", rho);
	json_put_real(j, "epsilon at delta 1e-6", account_epsilon_by(c, rho, 1e-6));
	json_put_real(j, "epsilon at delta 1e-9", account_epsilon_by(c, rho, 1e-9));
	json_close(j, '}');
}

static void put_files(Json *j, const Manifest *m) {
	json_key(j, S("files"));
	json_open(j, '[');
	for (int i = 0; i < m->nfile; i++) {
		json_open(j, '{');
		json_put_str(j, "name", m->file[i].name);
		json_put_int(j, "bytes", m->file[i].size);
		json_put_str(j, "sha256", str_hex(j->b.a, m->file[i].hash, 32));
		json_close(j, '}');
	}
	json_close(j, ']');
}

Str manifest_write(Arena *a, const Manifest *m, const uint8_t secret[SECRET_BYTES]) {
	Json j = json_on(a);
	uint8_t hash[32];
	json_open(&j, '{');
	json_put_int(&j, "sangam release", MANIFEST_FORMAT);
	json_put_str(&j, "what", m->what);
	json_put_str(&j, "program", m->version);
	json_put_int(&j, "time", m->time);
	json_put_str(&j, "unit", m->unit);
	json_put_int(&j, "rows a person at most", m->rows_each);
	json_put_str(&j, "neighbours", S("one person more or less"));
	json_put_str(&j, "codebook", m->book);
	json_put_str(&j, "codebook version", m->book_version);
	json_put_str(&j, "codebook sha256", str_hex(a, m->codebook, 32));
	json_put_real(&j, "epsilon", m->epsilon);
	json_put_real(&j, "delta", m->delta);
	json_put_str(&j, "composition", str_of(account_composition(m->composition)));
	put_cost(&j, "this release", m->composition, m->rho);
	put_cost(&j, "two people together", m->composition, 4 * m->rho);
	put_cost(&j, "five people together", m->composition, 25 * m->rho);
	put_cost(&j, "all releases of these people", COMPOSITION_ZCDP, m->spent);
	json_put_int(&j, "may ever be spent, rho 1e-12", m->cap);
	json_put_int(&j, "entry of the privacy ledger", m->entry);
	json_put_str(&j, "privacy ledger head", str_hex(a, m->head, 32));
	put_files(&j, m);
	json_put_str(&j, "key", str_hex(a, m->key, 32));
	Str body = buf_str(&j.b); // still open: the signature closes it
	sha256_of(&body, 1, hash);
	Str signature = sign_with(a, secret, (Str){(const char *)hash, 32});
	return str_fmt(a, "%.*s" MANIFEST_MARK "%s\"}\n", (int)body.n, body.p,
		       str_z(a, base64_text(a, signature)));
}
