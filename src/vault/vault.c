#include "vault/vault.h"
#include "db/db.h"
#include "vault_sql.h"
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <semaphore.h>
#include <sodium.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define KEY_BYTES 32
#define NONCE_BYTES crypto_aead_xchacha20poly1305_ietf_NPUBBYTES
#define TAG_BYTES crypto_aead_xchacha20poly1305_ietf_ABYTES
#define SEAL_FORM 1 // first byte of every sealed value
#define SLOTS 64
#define HASHERS 2 // 64 MiB each

// Lives, whole, in locked memory. Constant after opening but for the slots, the count and the semaphore.
struct Vault {
	_Alignas(64) uint8_t master[KEY_BYTES];
	uint8_t wrapping[KEY_BYTES], fingerprints[KEY_BYTES], secrets[KEY_BYTES]; // derived from the master
	uint8_t signing[crypto_sign_SECRETKEYBYTES], public_key[crypto_sign_PUBLICKEYBYTES];
	uint8_t slot[SLOTS][KEY_BYTES]; // where a thread holds a key while it uses it
	_Atomic uint64_t taken, destroyed; // slots in use; keys destroyed since opening
	KeyId hub;
	sem_t hashers;
	bool weak;
};

// ---- a key in use: a slot of locked memory, wiped and given back at the end of the scope -------------
typedef struct {
	Vault *v;
	uint8_t *key;
	int slot;
} Held;
static Held hold(Vault *v) {
	for (;;) {
		uint64_t taken = atomic_load(&v->taken);
		if (~taken) {
			int i = __builtin_ctzll(~taken);
			if (atomic_compare_exchange_weak(&v->taken, &taken, taken | (uint64_t)1 << i))
				return (Held){v, v->slot[i], i};
		} else
			(void)sched_yield();
	}
}
static void let_go(Held *h) {
	sodium_memzero(h->key, KEY_BYTES);
	atomic_fetch_and(&h->v->taken, ~((uint64_t)1 << h->slot));
}
#define HELD __attribute__((cleanup(let_go))) Held

// ---- sealing ------------------------------------------------------------------------------------------
static void put_be64(uint8_t *p, uint64_t v) {
	for (int i = 7; i >= 0; i--, v >>= 8) p[i] = (uint8_t)v;
}
// docs/crypto.md: "sangam 1", table, column, each ended by a zero byte, row, key, and what the caller adds
static Str bound_to(Arena *a, Place at, int64_t key) {
	uint8_t n[16];
	Buf b = {.a = a};
	put_be64(n, (uint64_t)at.row);
	put_be64(n + 8, (uint64_t)key);
	buf_put(&b, (Str){"sangam 1", 9});
	buf_put(&b, (Str){at.table, (ptrdiff_t)strlen(at.table) + 1});
	buf_put(&b, (Str){at.column, (ptrdiff_t)strlen(at.column) + 1});
	buf_put(&b, (Str){(char *)n, sizeof n});
	buf_put(&b, at.also);
	return buf_str(&b);
}
static const uint8_t *bytes(Str s) { return (const uint8_t *)(s.p ? s.p : ""); }

static Str seal(Arena *a, const uint8_t *key, Str bound, Str plain) {
	ptrdiff_t n = 1 + NONCE_BYTES + plain.n + TAG_BYTES;
	uint8_t *p = NEW(a, uint8_t, n);
	p[0] = SEAL_FORM;
	randombytes_buf(p + 1, NONCE_BYTES);
	int rc = crypto_aead_xchacha20poly1305_ietf_encrypt(p + 1 + NONCE_BYTES, NULL, bytes(plain),
							    (size_t)plain.n, bytes(bound), (size_t)bound.n,
							    NULL, p + 1, key);
	ASSERT(rc == 0);
	return (Str){(char *)p, n};
}
static bool unseal(Arena *a, const uint8_t *key, Str bound, Str sealed, Str *plain) {
	ptrdiff_t n = sealed.n - 1 - NONCE_BYTES - TAG_BYTES;
	const uint8_t *p = bytes(sealed);
	if (n < 0 || p[0] != SEAL_FORM) return false;
	uint8_t *out = NEW(a, uint8_t, n + 1);
	if (crypto_aead_xchacha20poly1305_ietf_decrypt(out, NULL, NULL, p + 1 + NONCE_BYTES,
						       (size_t)(n + TAG_BYTES), bytes(bound), (size_t)bound.n,
						       p + 1, key) != 0)
		return false;
	*plain = (Str){(char *)out, n};
	return true;
}

// ---- the secret from outside ----------------------------------------------------------------------------
static void close_file(int *fd) {
	if (*fd >= 0) (void)close(*fd);
}
// `loose`: permission bits that nobody may have. systemd shows a credential's access list in the group's
// bits.
static Err read_secret(Cx *cx, const char *path, mode_t loose, ptrdiff_t least, ptrdiff_t most, uint8_t *out,
		       ptrdiff_t *n) {
	__attribute__((cleanup(close_file))) int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	struct stat st;
	if (fd < 0 || fstat(fd, &st) != 0)
		return fail(cx->why, ERR_DENIED, "the key file cannot be read: %s", strerror(errno));
	if (!S_ISREG(st.st_mode)) return fail(cx->why, ERR_DENIED, "the key file is not a plain file");
	if (st.st_mode & loose)
		return fail(cx->why, ERR_DENIED,
			    "others may read the key file: its mode must be 0600 or stricter");
	if (st.st_uid != geteuid() && st.st_uid != 0)
		return fail(cx->why, ERR_DENIED, "the key file belongs to somebody else");
	if (st.st_size < least || st.st_size > most)
		return fail(cx->why, ERR_DENIED, "the key file is not of the right length");
	*n = read(fd, out, (size_t)st.st_size);
	return *n == st.st_size ? OK : fail(cx->why, ERR_DENIED, "the key file cannot be read whole");
}
#define SECRET_MOST 4096
static Err secret_of(Cx *cx, const VaultSource *from, uint8_t *out, ptrdiff_t *n) {
	Arena scratch = *cx->arena;
	if (from->key_file.n)
		return read_secret(cx, str_z(&scratch, from->key_file), 077, KEY_BYTES, KEY_BYTES, out, n);
	if (str_find_char(from->credential, '/') >= 0)
		return fail(cx->why, ERR_INVALID, "a credential's name has no slash");
	Str path = str_fmt(&scratch, "%.*s/%.*s", (int)from->credential_directory.n,
			   from->credential_directory.p, (int)from->credential.n, from->credential.p);
	return read_secret(cx, str_z(&scratch, path), 007, KEY_BYTES, SECRET_MOST, out, n);
}
typedef struct {
	bool passphrase;
	uint8_t salt[crypto_pwhash_SALTBYTES];
	int64_t operations, memory;
} Derivation;
static Err stretch(Cx *cx, Str passphrase, const Derivation *d, uint8_t *kek) {
	if (d->operations < 1 || d->memory < (int64_t)crypto_pwhash_MEMLIMIT_MIN ||
	    d->memory > (int64_t)1 << 32)
		return fail(cx->why, ERR_INVALID, "the costs kept with the master key make no sense");
	if (crypto_pwhash(kek, KEY_BYTES, passphrase.p, (size_t)passphrase.n, d->salt, (size_t)d->operations,
			  (size_t)d->memory, crypto_pwhash_ALG_ARGON2ID13) != 0)
		return fail(cx->why, ERR_STORE, "not enough memory for the passphrase");
	return OK;
}
static void wipe_secret(uint8_t **p) { sodium_free(*p); }
static Err wrapping_secret(Cx *cx, const VaultSource *from, const Derivation *d, uint8_t *kek) {
	if (d->passphrase != (from->passphrase.n > 0))
		return fail(cx->why, ERR_DENIED,
			    d->passphrase ? "this hub is opened with a passphrase"
					  : "this hub is opened with a key file");
	if (d->passphrase) return stretch(cx, from->passphrase, d, kek);
	__attribute__((cleanup(wipe_secret))) uint8_t *secret = sodium_malloc(SECRET_MOST);
	ptrdiff_t n;
	if (!secret) return fail(cx->why, ERR_STORE, "no locked memory");
	TRY(secret_of(cx, from, secret, &n));
	crypto_generichash_state st;
	(void)crypto_generichash_init(&st, d->salt, sizeof d->salt, KEY_BYTES);
	(void)crypto_generichash_update(&st, secret, (size_t)n);
	(void)crypto_generichash_final(&st, kek, KEY_BYTES);
	sodium_memzero(&st, sizeof st);
	return OK;
}

// ---- making and opening -----------------------------------------------------------------------------------
static Err new_vault(Cx *cx, const VaultSource *from, Vault **out) {
	int given = (from->passphrase.n > 0) + (from->key_file.n > 0) + (from->credential.n > 0);
	if (given != 1)
		return fail(cx->why, ERR_INVALID, "one of passphrase, key file and credential is needed");
	if (sodium_init() < 0) return fail(cx->why, ERR_STORE, "libsodium does not start");
	Vault *v = sodium_malloc(sizeof *v);
	if (!v) return fail(cx->why, ERR_STORE, "no memory for keys");
	// sodium_malloc goes on without the lock when the limit is too low; we do not: keys must never reach
	// the swap.
	if (sodium_mlock(v, sizeof *v) != 0) {
		sodium_free(v);
		return fail(cx->why, ERR_STORE,
			    "keys cannot be locked in memory: raise the limit of locked memory (ulimit -l, "
			    "LimitMEMLOCK=)");
	}
	memset(v, 0, sizeof *v);
	(void)sem_init(&v->hashers, 0, HASHERS);
	v->weak = from->weak_kdf;
	*out = v;
	return OK;
}
static void derive(Vault *v) {
	(void)crypto_kdf_derive_from_key(v->wrapping, KEY_BYTES, 1, "wrapping", v->master);
	(void)crypto_kdf_derive_from_key(v->fingerprints, KEY_BYTES, 2, "fingerpr", v->master);
	(void)crypto_kdf_derive_from_key(v->secrets, KEY_BYTES, 3, "secretsx", v->master);
}
static const Place master_place = {.table = "vault_meta", .column = "master", .row = 1},
		   signing_place = {.table = "vault_meta", .column = "signing_key", .row = 1};

static Err make_key_file(Cx *cx, Str key_file) {
	Arena scratch = *cx->arena;
	__attribute__((cleanup(close_file))) int fd =
		open(str_z(&scratch, key_file), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd < 0)
		return errno == EEXIST
			       ? OK
			       : fail(cx->why, ERR_STORE, "the key file cannot be made: %s", strerror(errno));
	uint8_t key[KEY_BYTES];
	randombytes_buf(key, sizeof key);
	bool well = write(fd, key, sizeof key) == (ssize_t)sizeof key && fsync(fd) == 0;
	sodium_memzero(key, sizeof key);
	return well ? OK : fail(cx->why, ERR_STORE, "the key file cannot be written");
}
static Str bytes_of(const void *p, ptrdiff_t n) { return (Str){p, n}; }

static Err store_meta(Cx *cx, Vault *v, const Derivation *d, const uint8_t *kek) {
	Arena *a = cx->arena;
	Str master = seal(a, kek, bound_to(a, master_place, 0), bytes_of(v->master, KEY_BYTES));
	Str signing =
		seal(a, v->wrapping, bound_to(a, signing_place, 0), bytes_of(v->signing, sizeof v->signing));
	return db_do(cx, &SQL_vault_meta_put, STR(d->passphrase ? S("passphrase") : S("key")),
		     BYTES(bytes_of(d->salt, sizeof d->salt)), INT(d->operations), INT(d->memory),
		     BYTES(master), INT(v->hub.n), BYTES(bytes_of(v->public_key, sizeof v->public_key)),
		     BYTES(signing));
}
static Err new_key(Cx *cx, Vault *v, KeyFor what, KeyId *out);
static Err make_in(Cx *cx, Vault *v, const VaultSource *from) {
	Derivation d = {.passphrase = from->passphrase.n > 0};
	HELD kek = hold(v);
	d.operations = v->weak ? (int64_t)crypto_pwhash_OPSLIMIT_MIN : 4;
	d.memory = v->weak ? (int64_t)crypto_pwhash_MEMLIMIT_MIN : (int64_t)64 << 20;
	randombytes_buf(d.salt, sizeof d.salt);
	randombytes_buf(v->master, sizeof v->master);
	(void)crypto_sign_keypair(v->public_key, v->signing);
	derive(v);
	if (from->key_file.n) TRY(make_key_file(cx, from->key_file));
	TRY(wrapping_secret(cx, from, &d, kek.key));
	TRY(new_key(cx, v, KEY_HUB, &v->hub));
	return store_meta(cx, v, &d, kek.key);
}
Err vault_make(Cx *cx, const VaultSource *from, Vault **out) {
	Vault *v;
	TRY(new_vault(cx, from, &v));
	Err e = make_in(cx, v, from);
	if (e != OK) {
		vault_close(v);
		return e;
	}
	*out = v;
	return OK;
}

static Err read_meta(Cx *cx, Row *row, Derivation *d) {
	Err e = db_one(cx, &SQL_vault_meta_get, row);
	if (e == ERR_NOT_FOUND) return fail(cx->why, ERR_DENIED, "this hub has no keys yet");
	TRY(e);
	if (row_str(row, 1).n != (ptrdiff_t)sizeof d->salt)
		return fail(cx->why, ERR_INVALID, "the salt kept with the master key is damaged");
	d->passphrase = str_eq(row_str(row, 0), S("passphrase"));
	memcpy(d->salt, row_str(row, 1).p, sizeof d->salt);
	d->operations = row_int(row, 2);
	d->memory = row_int(row, 3);
	return OK;
}
static bool take_sealed(Arena scratch, const uint8_t *key, Place at, Str sealed, uint8_t *out, ptrdiff_t n) {
	Str plain;
	if (!unseal(&scratch, key, bound_to(&scratch, at, 0), sealed, &plain)) return false;
	bool well = plain.n == n;
	if (well) memcpy(out, plain.p, (size_t)n);
	sodium_memzero((char *)plain.p, (size_t)plain.n);
	return well;
}
static Err open_in(Cx *cx, Vault *v, const VaultSource *from) {
	Derivation d;
	Row row;
	TRY(read_meta(cx, &row, &d));
	HELD kek = hold(v);
	TRY(wrapping_secret(cx, from, &d, kek.key));
	if (!take_sealed(*cx->arena, kek.key, master_place, row_str(&row, 4), v->master, KEY_BYTES))
		return fail(cx->why, ERR_DENIED,
			    d.passphrase ? "this is not the passphrase of this hub"
					 : "this is not the key of this hub");
	derive(v);
	v->hub.n = row_int(&row, 5);
	if (!take_sealed(*cx->arena, v->wrapping, signing_place, row_str(&row, 7), v->signing,
			 sizeof v->signing))
		return fail(cx->why, ERR_INVALID, "the signing key in the database is damaged");
	(void)crypto_sign_ed25519_sk_to_pk(v->public_key,
					   v->signing); // what stands in the table is for others
	return OK;
}
Err vault_open(Cx *cx, const VaultSource *from, Vault **out) {
	Vault *v;
	TRY(new_vault(cx, from, &v));
	Err e = open_in(cx, v, from);
	if (e != OK) {
		vault_close(v);
		return e;
	}
	*out = v;
	return OK;
}
void vault_close(Vault *v) {
	if (!v) return;
	(void)sem_destroy(&v->hashers);
	sodium_free(v); // wipes
}

// ---- keys -------------------------------------------------------------------------------------------------
static Place key_place(int64_t id) { return (Place){.table = "vault_key", .column = "wrapped", .row = id}; }

// One request seals a dozen values under one key. What its table has is kept until another key is asked for,
// or any is destroyed; never the key itself.
static void memo_put(Cx *cx, const Vault *v, KeyId id, int64_t what, Str wrapped) {
	KeyMemo *m = &cx->key_memo;
	m->n = 0;
	if (wrapped.n > (ptrdiff_t)sizeof m->wrapped) return;
	m->key = id.n;
	m->what = what;
	m->since = atomic_load(&v->destroyed);
	m->n = (int)wrapped.n;
	memcpy(m->wrapped, wrapped.p, (size_t)wrapped.n);
}
void vault_forget(Cx *cx) { cx->key_memo.n = 0; }
void vault_know(Cx *cx, KeyId key, int64_t what, Str wrapped) { memo_put(cx, cx->vault, key, what, wrapped); }

static Err new_key(Cx *cx, Vault *v, KeyFor what, KeyId *out) {
	Arena scratch = *cx->arena;
	KeyId id = {id_new()};
	HELD key = hold(v);
	randombytes_buf(key.key, KEY_BYTES);
	Str wrapped = seal(&scratch, v->wrapping, bound_to(&scratch, key_place(id.n), what),
			   bytes_of(key.key, KEY_BYTES));
	Cx inner = *cx;
	inner.arena = &scratch;
	TRY(db_send(&inner, &SQL_vault_key_put, INT(id.n), INT(what), BYTES(wrapped), INT(cx->now)));
	memo_put(cx, v, id, what, wrapped);
	*out = id;
	return OK;
}
Err vault_key_new(Cx *cx, KeyFor what, KeyId *out) { return new_key(cx, cx->vault, what, out); }

Err vault_key_destroy(Cx *cx, KeyId key) {
	Rows rows;
	Row row;
	if (key.n == cx->vault->hub.n) return fail(cx->why, ERR_BUG, "the hub's own key is never destroyed");
	atomic_fetch_add(&cx->vault->destroyed, 1);
	vault_forget(cx);
	TRY(db_run(cx, &SQL_vault_key_wipe, &rows, INT(key.n), BYTES((Str){0}), INT(cx->now ? cx->now : 1)));
	return rows.changed ? OK : db_one(cx, &SQL_vault_key_get, &row, INT(key.n)); // destroyed before: fine
}
KeyId vault_hub_key(const Vault *v) { return v->hub; }

static Err read_key(Cx *cx, KeyId id) {
	Arena scratch = *cx->arena;
	Cx inner = *cx;
	inner.arena = &scratch;
	Row row;
	Err e = db_one(&inner, &SQL_vault_key_get, &row, INT(id.n));
	if (e == ERR_NOT_FOUND) return fail(cx->why, ERR_INVALID, "no key %lld", (long long)id.n);
	TRY(e);
	if (row_int(&row, 2)) return fail(cx->why, ERR_GONE, "key %lld was destroyed", (long long)id.n);
	memo_put(cx, cx->vault, id, row_int(&row, 0), row_str(&row, 1));
	return OK;
}
static Err unwrap(Cx *cx, KeyId id, uint8_t *key) {
	const KeyMemo *m = &cx->key_memo;
	if (!m->n || m->key != id.n || m->since != atomic_load(&cx->vault->destroyed)) TRY(read_key(cx, id));
	Arena scratch = *cx->arena;
	Str plain, bound = bound_to(&scratch, key_place(id.n), m->what);
	if (!unseal(&scratch, cx->vault->wrapping, bound, (Str){m->wrapped, m->n}, &plain) ||
	    plain.n != KEY_BYTES)
		return fail(cx->why, ERR_INVALID, "key %lld was altered", (long long)id.n);
	memcpy(key, plain.p, KEY_BYTES);
	sodium_memzero((char *)plain.p, KEY_BYTES);
	return OK;
}

// ---- values
// -------------------------------------------------------------------------------------------------
Err vault_seal(Cx *cx, KeyId key, Place at, Str plain, Str *sealed) {
	HELD k = hold(cx->vault);
	TRY(unwrap(cx, key, k.key));
	Str bound = bound_to(cx->arena, at, key.n);
	*sealed = seal(cx->arena, k.key, bound, plain);
	return OK;
}
static Err not_right(Cx *cx, Place at) {
	return fail(cx->why, ERR_INVALID, "%s.%s of %lld was altered or moved", at.table, at.column,
		    (long long)at.row);
}
Err vault_unseal(Cx *cx, KeyId key, Place at, Str sealed, Str *plain) {
	HELD k = hold(cx->vault);
	TRY(unwrap(cx, key, k.key));
	return unseal(cx->arena, k.key, bound_to(cx->arena, at, key.n), sealed, plain) ? OK
										       : not_right(cx, at);
}
// The hub's part keeps a stolen database from being tried out against guessed secrets.
static void key_from(const Vault *v, Str secret, uint8_t *key) {
	(void)crypto_generichash(key, KEY_BYTES, bytes(secret), (size_t)secret.n, v->secrets, KEY_BYTES);
}
Err vault_seal_with(Cx *cx, Str secret, Place at, Str plain, Str *sealed) {
	HELD k = hold(cx->vault);
	if (!secret.n) return fail(cx->why, ERR_BUG, "sealing with an empty secret");
	key_from(cx->vault, secret, k.key);
	*sealed = seal(cx->arena, k.key, bound_to(cx->arena, at, 0), plain);
	return OK;
}
Err vault_unseal_with(Cx *cx, Str secret, Place at, Str sealed, Str *plain) {
	HELD k = hold(cx->vault);
	key_from(cx->vault, secret, k.key);
	return unseal(cx->arena, k.key, bound_to(cx->arena, at, 0), sealed, plain) ? OK : not_right(cx, at);
}

Str vault_fingerprint(Cx *cx, const char *purpose, Str of) {
	char context[crypto_kdf_CONTEXTBYTES] = {0};
	size_t n = strlen(purpose);
	ASSERT(n > 0 && n <= sizeof context);
	memcpy(context, purpose, n);
	HELD k = hold(cx->vault);
	(void)crypto_kdf_derive_from_key(k.key, KEY_BYTES, 1, context, cx->vault->fingerprints);
	uint8_t *out = NEW(cx->arena, uint8_t, 32);
	(void)crypto_generichash(out, 32, bytes(of), (size_t)of.n, k.key, KEY_BYTES);
	return (Str){(char *)out, 32};
}
bool vault_same(Str a, Str b) { return a.n == b.n && sodium_memcmp(bytes(a), bytes(b), (size_t)a.n) == 0; }

// ---- passwords
// ------------------------------------------------------------------------------------------------
static void leave_pool(sem_t **s) { (void)sem_post(*s); }
static sem_t *enter_pool(Vault *v) {
	while (sem_wait(&v->hashers) != 0) {} // interrupted by a signal: wait on
	return &v->hashers;
}
#define IN_POOL(v) __attribute__((cleanup(leave_pool), unused)) sem_t *pool_ = enter_pool(v)

static int hash(const Vault *v, Str password, char out[crypto_pwhash_STRBYTES]) {
	size_t operations = v->weak ? crypto_pwhash_OPSLIMIT_MIN : 3;
	size_t memory = v->weak ? crypto_pwhash_MEMLIMIT_MIN : (size_t)64 << 20;
	return crypto_pwhash_str(out, password.p ? password.p : "", (size_t)password.n, operations, memory);
}
Err vault_password_hash(Cx *cx, Str password, Str *out) {
	char text[crypto_pwhash_STRBYTES];
	IN_POOL(cx->vault);
	if (hash(cx->vault, password, text) != 0)
		return fail(cx->why, ERR_STORE, "not enough memory for a password");
	*out = str_dup(cx->arena, str_of(text));
	return OK;
}
bool vault_password_right(Cx *cx, Str hashed, Str password) {
	char text[crypto_pwhash_STRBYTES] = {0};
	if (hashed.n <= 0 || hashed.n >= (ptrdiff_t)sizeof text) return false;
	memcpy(text, hashed.p, (size_t)hashed.n);
	IN_POOL(cx->vault);
	return crypto_pwhash_str_verify(text, password.p ? password.p : "", (size_t)password.n) == 0;
}
void vault_password_burn(Cx *cx) {
	char text[crypto_pwhash_STRBYTES];
	IN_POOL(cx->vault);
	(void)hash(cx->vault, S("nobody"), text);
}

// ---- tokens, hashes, signatures
// ---------------------------------------------------------------------------------
void random_bytes(void *out, ptrdiff_t n) { randombytes_buf(out, (size_t)n); }

Str token_new(Arena *a, int bits) {
	static const char sign[] = "0123456789abcdefghjkmnpqrstvwxyz";
	ptrdiff_t n = (bits + 4) / 5;
	char *p = NEW(a, char, n);
	randombytes_buf(p, (size_t)n);
	for (ptrdiff_t i = 0; i < n; i++)
		p[i] = sign[p[i] & 31]; // 256 is a multiple of 32: every sign is as likely
	return (Str){p, n};
}

Str sha256(Arena *a, Str of) {
	uint8_t *out = NEW(a, uint8_t, 32);
	sha256_of(&of, 1, out);
	return (Str){(char *)out, 32};
}
void sha256_of(const Str *part, ptrdiff_t n, uint8_t out[32]) {
	crypto_hash_sha256_state st;
	(void)crypto_hash_sha256_init(&st);
	for (ptrdiff_t i = 0; i < n; i++)
		(void)crypto_hash_sha256_update(&st, bytes(part[i]), (size_t)part[i].n);
	(void)crypto_hash_sha256_final(&st, out);
}

Str base64_text(Arena *a, Str of) {
	size_t n = sodium_base64_encoded_len((size_t)of.n, sodium_base64_VARIANT_ORIGINAL);
	char *p = NEW(a, char, (ptrdiff_t)n);
	(void)sodium_bin2base64(p, n, bytes(of), (size_t)of.n, sodium_base64_VARIANT_ORIGINAL);
	return (Str){p, (ptrdiff_t)n - 1};
}
bool base64_parse(Arena *a, Str text, Str *out) {
	uint8_t *p = NEW(a, uint8_t, text.n + 1);
	size_t n;
	const char *end;
	if (sodium_base642bin(p, (size_t)text.n + 1, (const char *)bytes(text), (size_t)text.n, NULL, &n,
			      &end, sodium_base64_VARIANT_ORIGINAL) != 0 ||
	    end != (const char *)bytes(text) + text.n)
		return false;
	*out = (Str){(char *)p, (ptrdiff_t)n};
	return true;
}

Str vault_sign(Cx *cx, Str what) {
	uint8_t *out = NEW(cx->arena, uint8_t, crypto_sign_BYTES);
	(void)crypto_sign_detached(out, NULL, bytes(what), (size_t)what.n, cx->vault->signing);
	return (Str){(char *)out, crypto_sign_BYTES};
}
Str vault_public_key(const Vault *v) { return (Str){(const char *)v->public_key, sizeof v->public_key}; }
void signing_pair(uint8_t secret[64], uint8_t public_key[32]) {
	ASSERT(sodium_init() >= 0);
	(void)crypto_sign_keypair(public_key, secret);
}
void signing_from(const uint8_t seed[32], uint8_t secret[64], uint8_t public_key[32]) {
	ASSERT(sodium_init() >= 0);
	(void)crypto_sign_seed_keypair(public_key, secret, seed);
}
void signing_public(const uint8_t secret[64], uint8_t public_key[32]) {
	(void)crypto_sign_ed25519_sk_to_pk(public_key, secret);
}
Str sign_with(Arena *a, const uint8_t secret[64], Str what) {
	uint8_t *out = NEW(a, uint8_t, crypto_sign_BYTES);
	(void)crypto_sign_detached(out, NULL, bytes(what), (size_t)what.n, secret);
	return (Str){(char *)out, crypto_sign_BYTES};
}
bool signature_right(Str public_key, Str what, Str signature) {
	return public_key.n == crypto_sign_PUBLICKEYBYTES && signature.n == crypto_sign_BYTES &&
	       crypto_sign_verify_detached(bytes(signature), bytes(what), (size_t)what.n,
					   bytes(public_key)) == 0;
}
