// vault.h - keys, sealing, passwords, tokens. The only caller of libsodium.
//
// Master key (passphrase through Argon2id, key file, or systemd credential) wraps one key per person, case,
// report, stakeholder and one for the hub. Bodies: XChaCha20-Poly1305 with a random nonce; associated data
// binds a sealed value to its place (table, column, row), so that it cannot be moved. Erasure destroys the
// wrapped key: every value under it is gone for good, from backups of the data too, and vault_unseal answers
// ERR_GONE. Key bytes are in locked memory (sodium_malloc), wiped after use, never in a log, a core or the
// database in clear.
#pragma once
#include "base/base.h"
#include "base/id.h"

typedef struct {
	Str passphrase; // one of the three
	Str key_file; // 32 bytes, mode 0600 or stricter, else refused
	Str credential; // name under $CREDENTIALS_DIRECTORY (the directory is passed in)
	Str credential_directory;
	bool weak_kdf; // tests only: least Argon2id cost, for passwords of members too
} VaultSource;
// `vault_make` for init: random master key, wrapped by the secret from outside and kept in vault_meta; a key
// file that is not there is made (mode 0600). Wants a write transaction. ERR_STORE when memory cannot be
// locked: no keys without that. `vault_open`: ERR_DENIED with a plain reason when the secret is not the one.
// Both need an open Db in cx. A Vault is in locked memory of its own, not in an arena; threads may share it.
MUST_USE Err vault_make(Cx *cx, const VaultSource *from, Vault **out);
MUST_USE Err vault_open(Cx *cx, const VaultSource *from, Vault **out);
void vault_close(Vault *v); // wipes

typedef enum { KEY_HUB = 1, KEY_STAKEHOLDER, KEY_REPORT, KEY_CASE, KEY_PERSON } KeyFor;
MUST_USE Err vault_key_new(Cx *cx, KeyFor what,
			   KeyId *out); // random, wrapped, stored (table vault_key, enduring)
// What one Cx has read of keys is not asked again, unless a key was destroyed in this program since;
// vault_forget makes it ask (a request that goes on at another time).
void vault_forget(Cx *cx);
// What a room's own statement read of a key beside what is sealed under it (`what`, `wrapped` of vault_key),
// for the next vault_unseal; empty, as a destroyed key is: it asks for itself.
void vault_know(Cx *cx, KeyId key, int64_t what, Str wrapped);
MUST_USE Err vault_key_destroy(Cx *cx, KeyId key); // the wrapped bytes are overwritten
KeyId vault_hub_key(const Vault *v);

typedef struct {
	const char *table, *column;
	int64_t row;
	Str also; // more it is bound to: the ledger's header; mostly empty
} Place; // what a sealed value is bound to
MUST_USE Err vault_seal(Cx *cx, KeyId key, Place at, Str plain, Str *sealed);
MUST_USE Err vault_unseal(Cx *cx, KeyId key, Place at, Str sealed,
			  Str *plain); // ERR_GONE: key destroyed; ERR_INVALID: altered or moved
// Seal with a key that nobody stores: derived from a secret the other side holds (kept replies, receipts).
MUST_USE Err vault_seal_with(Cx *cx, Str secret, Place at, Str plain, Str *sealed);
MUST_USE Err vault_unseal_with(Cx *cx, Str secret, Place at, Str sealed, Str *plain);

// Keyed hash, 32 bytes, one key per purpose: for look-ups of what must not stand in clear (login names,
// receipts, session tokens). The same input gives the same output on this hub only. `purpose` is a literal of
// up to 8 letters.
Str vault_fingerprint(Cx *cx, const char *purpose, Str of);
bool vault_same(Str a, Str b); // constant time

// Argon2id (64 MiB, 3 passes; at most two at a time, the rest wait). NFC text in, "$argon2id$…" out.
MUST_USE Err vault_password_hash(Cx *cx, Str password, Str *out);
bool vault_password_right(Cx *cx, Str hash, Str password);
void vault_password_burn(Cx *cx); // the same work for nobody, so that an unknown login takes as long

Str token_new(Arena *a, int bits); // random, Crockford base 32 without look-alikes, 5 bits a sign
void random_bytes(void *out, ptrdiff_t n);
Str sha256(Arena *a, Str of); // 32 bytes
void sha256_of(const Str *part, ptrdiff_t n, uint8_t out[32]); // of the parts one after another

Str base64_text(Arena *a, Str of); // RFC 4648, padded
bool base64_parse(Arena *a, Str text, Str *out); // strict; false: not base 64

// Ed25519, for the ledger's checkpoints. The signing key is made at vault_make and kept wrapped.
Str vault_sign(Cx *cx, Str what); // 64 bytes
Str vault_public_key(const Vault *v); // 32 bytes
// The same with a key of its own, for what leaves without a hub. The caller keeps and wipes it.
void signing_pair(uint8_t secret[64], uint8_t public_key[32]);
void signing_from(const uint8_t seed[32], uint8_t secret[64], uint8_t public_key[32]); // always the same
void signing_public(const uint8_t secret[64], uint8_t public_key[32]);
Str sign_with(Arena *a, const uint8_t secret[64], Str what); // 64 bytes
bool signature_right(Str public_key, Str what, Str signature);
