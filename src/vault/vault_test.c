// Runs on SQLite and, when SANGAM_TEST_PG names one, on PostgreSQL.
#include "db/db.h"
#include "db/db_fault.h"
#include "vault/vault.h"
#include <fcntl.h>
#include <pthread.h>
#include <setjmp.h>
#include <sodium.h>
#include <stdarg.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>

static Arena arena;
static Why why;
static DbScratch scratch;
static const char *conninfo;
static Cx cx;
static const VaultSource passphrase = {.passphrase = SLIT("correct horse battery staple"), .weak_kdf = true};

static void ok(Err e) {
	if (e != OK) fail_msg("%d: %s", e, why.msg);
}
#define stopped(e, expected) assert_int_equal((e), (expected))

static int make(void **s) {
	int n;
	(void)s;
	arena = arena_new((ptrdiff_t)64 << 20);
	cx = (Cx){.arena = &arena, .why = &why, .now = 1795408200};
	if (db_scratch_make(&arena, &why, str_of(conninfo), &scratch) != OK) return -1;
	if (db_migrate(&arena, &why, scratch.where, &n) != OK) return -1;
	return db_open(&arena, &why, &(DbOptions){.where = scratch.where}, &cx.db) == OK ? 0 : -1;
}
static int make_vault(void **s) { return make(s) || vault_make(&cx, &passphrase, &cx.vault) != OK ? -1 : 0; }
static int drop(void **s) {
	(void)s;
	vault_close(cx.vault);
	db_close(cx.db);
	db_scratch_drop(&arena, &scratch);
	arena_free(&arena);
	return 0;
}

static Str hex(const char *z) {
	ptrdiff_t n = (ptrdiff_t)strlen(z) / 2;
	uint8_t *p = NEW(&arena, uint8_t, n);
	assert_int_equal(sodium_hex2bin(p, (size_t)n, z, strlen(z), NULL, NULL, NULL), 0);
	return (Str){(char *)p, n};
}

// ---- known answers
// ------------------------------------------------------------------------------------------
static void hashes_give_the_known_answers(void **s) {
	(void)s;
	uint8_t out[32];
	assert_true(str_eq(sha256(&arena, (Str){0}),
			   hex("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")));
	assert_true(str_eq(sha256(&arena, S("abc")),
			   hex("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")));
	sha256_of((const Str[]){S("a"), {0}, S("bc")}, 3, out);
	assert_true(str_eq(sha256(&arena, S("abc")), (Str){(char *)out, 32}));
	// BLAKE2b-256 without a key, of the empty string and of "abc"
	assert_int_equal(crypto_generichash(out, 32, (const uint8_t *)"abc", 3, NULL, 0), 0);
	assert_true(str_eq((Str){(char *)out, 32},
			   hex("bddd813c634239723171ef3fee98579b94964e3bb1cb3e427262c8c068d52319")));
}
static void the_cipher_gives_the_known_answer(void **s) { // draft-irtf-cfrg-xchacha-03, A.3.1
	(void)s;
	Str plain = S(
		"Ladies and Gentlemen of the class of '99: If I could offer you only one tip for the future, "
		"sunscreen would be it.");
	Str aad = hex("50515253c0c1c2c3c4c5c6c7"),
	    nonce = hex("404142434445464748494a4b4c4d4e4f5051525354555657");
	Str key = hex("808182838485868788898a8b8c8d8e8f909192939495969798999a9b9c9d9e9f");
	Str want = hex("bd6d179d3e83d43b9576579493c0e939572a1700252bfaccbed2902c21396cbb731c7f1b0b4aa6440bf3a"
		       "82f4eda7e39"
		       "ae64c6708c54c216cb96b72e1213b4522f8c9ba40db5d945b11b69b982c1bb9e3f3fac2bc369488f76b23"
		       "83565d3fff9"
		       "21f9664c97637da9768812f615c68b13b52ec0875924c1c7987947deafd8780acf49");
	uint8_t out[200];
	unsigned long long n;
	assert_int_equal(crypto_aead_xchacha20poly1305_ietf_encrypt(
				 out, &n, (const uint8_t *)plain.p, (size_t)plain.n, (const uint8_t *)aad.p,
				 (size_t)aad.n, NULL, (const uint8_t *)nonce.p, (const uint8_t *)key.p),
			 0);
	assert_true(str_eq((Str){(char *)out, (ptrdiff_t)n}, want));
}
static void signatures_give_the_known_answer(void **s) { // RFC 8032, 7.1, test 3
	(void)s;
	Str key = hex("fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025");
	Str sig = hex("6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac"
		      "18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a");
	assert_true(signature_right(key, hex("af82"), sig));
	assert_false(signature_right(key, hex("af83"), sig));
	assert_false(signature_right(key, hex("af82"), str_slice(sig, 0, 63)));
	assert_false(signature_right(str_slice(key, 0, 31), hex("af82"), sig));
}
static void passwords_give_the_known_answer(
	void **s) { // the reference implementation's own test: t=2, m=64 MiB, p=1
	(void)s;
	Str hash =
		S("$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc");
	assert_true(vault_password_right(&cx, hash, S("password")));
	assert_false(vault_password_right(&cx, hash, S("passwore")));
}
static void base64_is_strict(void **s) { // RFC 4648, section 10
	(void)s;
	Str back;
	assert_true(str_eq(base64_text(&arena, S("foob")), S("Zm9vYg==")) &&
		    str_eq(base64_text(&arena, (Str){0}), S("")));
	assert_true(base64_parse(&arena, S("Zm9vYmFy"), &back) && str_eq(back, S("foobar")));
	static const char *const wrong[] = {
		"Zm9vYg", "Zm9vYg=", "Zm9v Yg==", "Zm9vYh==", "Zm9vYg==x", "Zm9vY_=="};
	for (ptrdiff_t i = 0; i < COUNT(wrong); i++)
		assert_false(base64_parse(&arena, str_of(wrong[i]), &back));
}

// ---- opening
// ---------------------------------------------------------------------------------------------------
static void only_the_right_secret_opens(void **s) {
	(void)s;
	Vault *v = NULL;
	Str sealed, plain;
	Place at = {.table = "t", .column = "c", .row = 1};
	KeyId hub = vault_hub_key(cx.vault);
	ok(vault_seal(&cx, hub, at, S("kept"), &sealed));
	Str fingerprint = vault_fingerprint(&cx, "login", S("asha")),
	    public_key = str_dup(&arena, vault_public_key(cx.vault));
	vault_close(cx.vault);
	cx.vault = NULL;
	VaultSource other = passphrase;
	other.passphrase = S("correct horse battery stapler");
	stopped(vault_open(&cx, &other, &v), ERR_DENIED);
	assert_null(strstr(why.msg, "stapler"));
	stopped(vault_open(&cx, &(VaultSource){.key_file = S("/etc/hostname")}, &v), ERR_DENIED);
	stopped(vault_open(&cx, &(VaultSource){.passphrase = S("a"), .key_file = S("b")}, &v), ERR_INVALID);
	stopped(vault_open(&cx, &(VaultSource){0}, &v), ERR_INVALID);
	assert_null(v);
	ok(vault_open(&cx, &passphrase, &cx.vault));
	ok(vault_unseal(&cx, hub, at, sealed, &plain));
	assert_true(str_eq(plain, S("kept")) && vault_hub_key(cx.vault).n == hub.n);
	assert_true(vault_same(fingerprint, vault_fingerprint(&cx, "login", S("asha"))));
	assert_true(str_eq(public_key, vault_public_key(cx.vault)));
}
static Str file(const char *name, mode_t mode, ptrdiff_t n) {
	Str path = str_fmt(&arena, "/tmp/sangam-vault-%lld-%s", (long long)getpid(), name);
	int fd = open(str_z(&arena, path), O_WRONLY | O_CREAT | O_TRUNC, 0600);
	char bytes[100] = {7};
	assert_int_equal(write(fd, bytes, (size_t)n), n);
	assert_int_equal(fchmod(fd, mode), 0);
	close(fd);
	return path;
}
static void a_loose_key_file_is_refused(void **s) {
	(void)s;
	static const mode_t loose[] = {0640, 0604, 0620, 0602, 0610, 0601, 0644, 0777};
	Str path = {0};
	for (ptrdiff_t i = 0; i < COUNT(loose); i++) {
		path = file("loose", loose[i], 32);
		stopped(vault_make(&cx, &(VaultSource){.key_file = path}, &cx.vault), ERR_DENIED);
	}
	stopped(vault_make(&cx, &(VaultSource){.key_file = file("loose", 0600, 31)}, &cx.vault), ERR_DENIED);
	stopped(vault_make(&cx, &(VaultSource){.key_file = file("loose", 0600, 33)}, &cx.vault), ERR_DENIED);
	stopped(vault_make(&cx, &(VaultSource){.key_file = S("/tmp")}, &cx.vault), ERR_DENIED);
	ok(vault_make(&cx, &(VaultSource){.key_file = file("loose", 0400, 32)}, &cx.vault));
	unlink(str_z(&arena, path));
}
static void a_missing_key_file_is_made_for_its_owner_alone(void **s) {
	(void)s;
	struct stat st;
	Str path = str_fmt(&arena, "/tmp/sangam-vault-%lld-new", (long long)getpid());
	VaultSource from = {.key_file = path};
	ok(vault_make(&cx, &from, &cx.vault));
	assert_int_equal(stat(str_z(&arena, path), &st), 0);
	assert_true(st.st_size == 32 && (st.st_mode & 0777) == 0600);
	vault_close(cx.vault);
	cx.vault = NULL;
	ok(vault_open(&cx, &from, &cx.vault));
	unlink(str_z(&arena, path));
}
static void a_credential_opens(void **s) {
	(void)s;
	Str path = file("cred", 0440, 64), name = str_slice(path, 5, path.n);
	VaultSource from = {.credential = name, .credential_directory = S("/tmp")};
	ok(vault_make(&cx, &from, &cx.vault));
	from.credential = S("../tmp/x");
	Vault *v;
	stopped(vault_open(&cx, &from, &v), ERR_INVALID);
	unlink(str_z(&arena, path));
}
#ifndef __has_feature
#define __has_feature(x) 0
#endif
static void without_locked_memory_there_are_no_keys(void **s) {
	(void)s;
#if defined(__SANITIZE_ADDRESS__) || __has_feature(address_sanitizer)
	skip(); // the sanitizer turns mlock into nothing
#endif
	pid_t child = fork();
	if (child == 0) {
		struct rlimit none = {0, 0};
		Vault *v;
		if (setrlimit(RLIMIT_MEMLOCK, &none) != 0 || (geteuid() == 0 && setuid(65534) != 0)) _exit(2);
		_exit(vault_make(&cx, &passphrase, &v) == ERR_STORE && strstr(why.msg, "locked") ? 0 : 1);
	}
	int status = -1;
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}
static void an_altered_meta_row_does_not_open(void **s) {
	(void)s;
	static const char *const change[] = {
		"UPDATE vault_meta SET master = signing_key", "UPDATE vault_meta SET memory = 1",
		"UPDATE vault_meta SET operations = 0",	      "UPDATE vault_meta SET memory = 9000000000000",
		"UPDATE vault_meta SET salt = master",	      "UPDATE vault_meta SET signing_key = master",
		"UPDATE vault_meta SET source = 'key'",	      "DELETE FROM vault_meta",
	};
	for (ptrdiff_t i = 0; i < COUNT(change); i++) {
		Vault *v = NULL;
		ok(db_begin(cx.db, &why));
		ok(db_fault_script(cx.db, &why, change[i]));
		Err e = vault_open(&cx, &passphrase, &v);
		assert_true(e == ERR_DENIED || e == ERR_INVALID);
		db_rollback(cx.db);
	}
}

// ---- sealed values
// ------------------------------------------------------------------------------------------------
static void a_sealed_value_cannot_be_moved(void **s) {
	(void)s;
	static const char *const table[] = {"person", "case_note", "perso", "personn"}, *const column[] = {
												"name",
												"phone",
												"nname"};
	KeyId key[3];
	Str sealed, plain;
	Place at[4 * 3 * 3];
	int n = 0;
	for (int i = 0; i < 3; i++) ok(vault_key_new(&cx, KEY_PERSON, &key[i]));
	for (int t = 0; t < 4; t++)
		for (int c = 0; c < 3; c++)
			for (int64_t r = 1; r <= 3; r++)
				at[n++] = (Place){.table = table[t], .column = column[c], .row = r};
	for (int from = 0; from < n; from++) {
		Arena before = arena;
		ok(vault_seal(&cx, key[0], at[from], S("Asha Test"), &sealed));
		for (int to = 0; to < n; to++)
			for (int k = 0; k < 3; k++)
				stopped(vault_unseal(&cx, key[k], at[to], sealed, &plain),
					from == to && k == 0 ? OK : ERR_INVALID);
		Place more = at[from];
		more.also = S("x");
		stopped(vault_unseal(&cx, key[0], more, sealed, &plain), ERR_INVALID);
		arena.at = before.at;
	}
}
static uint32_t chance(void) { // the same on every run
	static uint32_t x = 20261123;
	x = x * 1664525 + 1013904223;
	return x >> 8;
}
static void what_was_altered_is_refused(void **s) {
	(void)s;
	Place at = {.table = "t", .column = "c", .row = 5};
	KeyId key;
	Str sealed, plain, text = S("A sentence about an invented person, long enough to be cut and turned.");
	ok(vault_key_new(&cx, KEY_CASE, &key));
	ok(vault_seal(&cx, key, at, text, &sealed));
	assert_true(str_find(sealed, S("person")) < 0);
	for (int i = 0; i < 10000; i++) {
		Arena before = arena;
		Str copy = str_dup(&arena, sealed);
		char *p = (char *)copy.p;
		ptrdiff_t a = (ptrdiff_t)(chance() % (uint32_t)copy.n),
			  b = (ptrdiff_t)(chance() % (uint32_t)copy.n);
		switch (i % 5) {
		case 0:
			p[a] = (char)(p[a] ^ (1 << (chance() % 8)));
			break; // one bit
		case 1:
			copy.n = a;
			break; // cut at the end
		case 2:
			copy = str_slice(copy, a + 1, copy.n);
			break; // cut at the start
		case 3:
			p[b] = b == a ? p[b] : (char)chance();
			p[a] = (char)(p[a] + 1 + (int)(chance() % 255));
			break;
		case 4:
			copy = str_fmt(&arena, "%.*s%c", (int)1, copy.p, 'x');
			break;
		}
		stopped(vault_unseal(&cx, key, at, copy, &plain), ERR_INVALID);
		arena.at = before.at;
	}
	ok(vault_unseal(&cx, key, at, sealed, &plain));
	assert_true(str_eq(plain, text));
}
static void two_seals_of_one_value_differ(void **s) {
	(void)s;
	Place at = {.table = "t", .column = "c", .row = 5};
	Str one, two, plain;
	ok(vault_seal(&cx, vault_hub_key(cx.vault), at, (Str){0}, &one));
	ok(vault_seal(&cx, vault_hub_key(cx.vault), at, (Str){0}, &two));
	assert_false(str_eq(one, two));
	ok(vault_unseal(&cx, vault_hub_key(cx.vault), at, one, &plain));
	assert_int_equal(plain.n, 0);
}
// Somebody else's request destroyed it after this one had used it.
static void a_key_destroyed_meanwhile_is_not_remembered(void **s) {
	(void)s;
	Place at = {.table = "t", .column = "c", .row = 5};
	Cx other = cx;
	KeyId key;
	Str sealed, plain;
	ok(vault_key_new(&cx, KEY_PERSON, &key));
	ok(vault_seal(&cx, key, at, S("x"), &sealed));
	ok(vault_unseal(&cx, key, at, sealed, &plain));
	ok(vault_key_destroy(&other, key));
	stopped(vault_unseal(&cx, key, at, sealed, &plain), ERR_GONE);
	stopped(vault_seal(&cx, key, at, S("x"), &sealed), ERR_GONE);
}
// Destroyed by another program, of which this one learns when it asks again.
static void a_forgotten_key_is_asked_for_again(void **s) {
	(void)s;
	Place at = {.table = "t", .column = "c", .row = 5};
	KeyId key;
	Str sealed, plain;
	ok(vault_key_new(&cx, KEY_PERSON, &key));
	ok(vault_seal(&cx, key, at, S("x"), &sealed));
	ok(db_fault_script(cx.db, &why,
			   str_z(&arena, str_fmt(&arena, "UPDATE vault_key SET destroyed = 1 WHERE id = %lld",
						 (long long)key.n))));
	vault_forget(&cx);
	stopped(vault_unseal(&cx, key, at, sealed, &plain), ERR_GONE);
}
static void a_destroyed_key_takes_its_values_along(void **s) {
	(void)s;
	Place at = {.table = "t", .column = "c", .row = 5};
	KeyId key, other;
	Str sealed, plain;
	ok(vault_key_new(&cx, KEY_PERSON, &key));
	ok(vault_key_new(&cx, KEY_PERSON, &other));
	ok(vault_seal(&cx, key, at, S("x"), &sealed));
	ok(vault_key_destroy(&cx, key));
	ok(vault_key_destroy(&cx, key)); // twice is once
	stopped(vault_unseal(&cx, key, at, sealed, &plain), ERR_GONE);
	stopped(vault_seal(&cx, key, at, S("x"), &sealed), ERR_GONE);
	stopped(vault_key_destroy(&cx, (KeyId){12345}), ERR_NOT_FOUND);
	stopped(vault_key_destroy(&cx, vault_hub_key(cx.vault)), ERR_BUG);
	stopped(vault_unseal(&cx, (KeyId){12345}, at, sealed, &plain), ERR_INVALID);
	ok(vault_seal(&cx, other, at, S("y"), &sealed));
	// A wrapped key cannot be put under another one's number.
	ok(db_fault_script(
		cx.db, &why,
		str_z(&arena, str_fmt(&arena,
				      "UPDATE vault_key SET destroyed = 0, wrapped ="
				      " (SELECT wrapped FROM vault_key WHERE id = %lld) WHERE id = %lld",
				      (long long)other.n, (long long)key.n))));
	stopped(vault_unseal(&cx, key, at, sealed, &plain), ERR_INVALID);
	ok(vault_unseal(&cx, other, at, sealed, &plain));
}
static void a_secret_seals_without_a_stored_key(void **s) {
	(void)s;
	Place at = {.table = "reply", .column = "text", .row = 9},
	      other = {.table = "reply", .column = "text", .row = 10};
	Str sealed, plain;
	ok(vault_seal_with(&cx, S("receipt secret"), at, S("answer"), &sealed));
	ok(vault_unseal_with(&cx, S("receipt secret"), at, sealed, &plain));
	assert_true(str_eq(plain, S("answer")));
	stopped(vault_unseal_with(&cx, S("receipt secret"), other, sealed, &plain), ERR_INVALID);
	stopped(vault_unseal_with(&cx, S("receipt secreu"), at, sealed, &plain), ERR_INVALID);
	stopped(vault_seal_with(&cx, (Str){0}, at, S("answer"), &sealed), ERR_BUG);
}

// ---- the rest
// -------------------------------------------------------------------------------------------------------
static void fingerprints_differ_by_purpose(void **s) {
	(void)s;
	Str login = vault_fingerprint(&cx, "login", S("asha"));
	assert_int_equal(login.n, 32);
	assert_true(vault_same(login, vault_fingerprint(&cx, "login", S("asha"))));
	assert_false(vault_same(login, vault_fingerprint(&cx, "session", S("asha"))));
	assert_false(vault_same(login, vault_fingerprint(&cx, "login", S("ashb"))));
	assert_false(vault_same(login, str_slice(login, 0, 31)));
}
static void passwords_are_hashed_and_checked(void **s) {
	(void)s;
	Str one, two;
	ok(vault_password_hash(&cx, S("an invented password"), &one));
	ok(vault_password_hash(&cx, S("an invented password"), &two));
	assert_true(str_starts(one, S("$argon2id$")) && !str_eq(one, two));
	assert_true(vault_password_right(&cx, one, S("an invented password")));
	assert_false(vault_password_right(&cx, one, S("another")));
	assert_false(vault_password_right(&cx, (Str){0}, S("x")) ||
		     vault_password_right(&cx, S("$argon2id$x"), S("x")));
	vault_password_burn(&cx);
}
static void *hash_in_thread(void *arg) {
	Arena own = arena_new(1 << 20);
	Cx mine = cx;
	mine.arena = &own;
	Str hash;
	bool well = true;
	for (int i = 0; i < 20; i++)
		well = well && vault_password_hash(&mine, S("x"), &hash) == OK &&
		       vault_password_right(&mine, hash, S("x"));
	for (int i = 0; i < 2000; i++)
		well = well && str_eq(vault_fingerprint(&mine, "login", S("y")), *(Str *)arg),
		arena_reset(&own);
	arena_free(&own);
	return well ? arg : NULL;
}
static void threads_share_a_vault(void **s) {
	(void)s;
	pthread_t t[8];
	Str want = vault_fingerprint(&cx, "login", S("y"));
	for (int i = 0; i < 8; i++) assert_int_equal(pthread_create(&t[i], NULL, hash_in_thread, &want), 0);
	for (int i = 0; i < 8; i++) {
		void *answer;
		assert_int_equal(pthread_join(t[i], &answer), 0);
		assert_ptr_equal(answer, &want);
	}
}
static void tokens_are_long_enough_and_differ(void **s) {
	(void)s;
	Str a = token_new(&arena, 81), b = token_new(&arena, 81);
	assert_int_equal(a.n, 17);
	assert_false(str_eq(a, b));
	for (ptrdiff_t i = 0; i < a.n; i++)
		assert_non_null(strchr("0123456789abcdefghjkmnpqrstvwxyz", a.p[i]));
}
static void the_hub_signs_what_others_can_check(void **s) {
	(void)s;
	Str sig = vault_sign(&cx, S("head"));
	assert_true(signature_right(vault_public_key(cx.vault), S("head"), sig));
	assert_false(signature_right(vault_public_key(cx.vault), S("heae"), sig));
}

#define V(f) cmocka_unit_test_setup_teardown(f, make_vault, drop)
#define D(f) cmocka_unit_test_setup_teardown(f, make, drop)
static const struct CMUnitTest tests[] = {
	D(hashes_give_the_known_answers),
	D(the_cipher_gives_the_known_answer),
	D(signatures_give_the_known_answer),
	V(passwords_give_the_known_answer),
	D(base64_is_strict),
	V(only_the_right_secret_opens),
	D(a_loose_key_file_is_refused),
	D(a_missing_key_file_is_made_for_its_owner_alone),
	D(a_credential_opens),
	D(without_locked_memory_there_are_no_keys),
	V(an_altered_meta_row_does_not_open),
	V(a_sealed_value_cannot_be_moved),
	V(what_was_altered_is_refused),
	V(two_seals_of_one_value_differ),
	V(a_destroyed_key_takes_its_values_along),
	V(a_key_destroyed_meanwhile_is_not_remembered),
	V(a_forgotten_key_is_asked_for_again),
	V(a_secret_seals_without_a_stored_key),
	V(fingerprints_differ_by_purpose),
	V(passwords_are_hashed_and_checked),
	V(threads_share_a_vault),
	V(tokens_are_long_enough_and_differ),
	V(the_hub_signs_what_others_can_check),
};
int main(void) {
	int failed = cmocka_run_group_tests_name("vault on SQLite", tests, NULL, NULL);
	conninfo = getenv("SANGAM_TEST_PG");
	if (conninfo && *conninfo)
		failed += cmocka_run_group_tests_name("vault on PostgreSQL", tests, NULL, NULL);
	return failed;
}
