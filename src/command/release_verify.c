// release verify: is it as it was signed? docs/release.md
#include "command/release_parts.h"
#include "vault/vault.h"
#include <stdarg.h>
#include <stdio.h>

typedef struct {
	Release r;
	Manifest m;
	int wrong;
} Check;

PRINTF(2, 3) static void found(Check *c, const char *fmt, ...) {
	va_list args;
	va_start(args, fmt);
	(void)vprintf(fmt, args);
	va_end(args);
	(void)putchar('\n');
	c->wrong++;
}

static void check_file(Check *c, Str folder, const ManifestFile *f) {
	Str text;
	uint8_t hash[32];
	Str path = str_fmt(&c->r.arena, "%.*s%.*s", (int)folder.n, folder.p, (int)f->name.n, f->name.p);
	if (release_read(&c->r.arena, &c->r.why, path, &text) != OK) {
		found(c, "%.*s: not there beside the manifest", (int)f->name.n, f->name.p);
		return;
	}
	sha256_of(&text, 1, hash);
	if (text.n != f->size || memcmp(hash, f->hash, 32) != 0)
		found(c, "%.*s: altered (%td bytes, %lld were signed)", (int)f->name.n, f->name.p, text.n,
		      (long long)f->size);
	else
		(void)printf("%.*s: as signed\n", (int)f->name.n, f->name.p);
}

// The line of the ledger with the number of this release ends with the head that the manifest has.
static Err check_ledger(Check *c, Str path) {
	Str text, line = {0}, rest;
	Spent s;
	ptrdiff_t whole;
	Why inner = {0};
	TRY(release_read(&c->r.arena, &c->r.why, path, &text));
	if (spend_read(&c->r.arena, &inner, text, &s, &whole) != OK) {
		found(c, "%.*s: %s", (int)path.n, path.p, inner.msg);
		return OK;
	}
	rest = text;
	bool there = true;
	for (int64_t i = 0; i <= c->m.entry && there; i++) there = str_cut(&rest, '\n', &line);
	if (!there || !str_ends(line, str_hex(&c->r.arena, c->m.head, sizeof c->m.head)))
		found(c, "%.*s: has no entry %lld of this release: it is another ledger, or an older copy",
		      (int)path.n, path.p, (long long)c->m.entry);
	else
		(void)printf("%.*s: has this release as entry %lld\n", (int)path.n, path.p,
			     (long long)c->m.entry);
	return OK;
}

static void check_key(Check *c, Str given) {
	Str hex = str_hex(&c->r.arena, c->m.key, sizeof c->m.key), text;
	(void)printf("signed with the key %.*s\n", (int)hex.n, hex.p);
	if (!given.n) {
		(void)printf(
			"  compare it with the one its publisher names elsewhere, or give it with --key\n");
		return;
	}
	if (given.n != 64 && release_read(&c->r.arena, &c->r.why, given, &text) == OK) given = str_trim(text);
	if (!str_eq_nocase(given, hex)) found(c, "that is not the key that was asked for");
}

static Err verify(Check *c, const Args *a) {
	Str text, path = a->rest[0];
	Why inner = {0};
	if (a->nrest != 1) return fail(&c->r.why, ERR_INVALID, "name one manifest");
	TRY(release_read(&c->r.arena, &c->r.why, path, &text));
	if (manifest_read(&c->r.arena, &inner, text, &c->m) != OK) {
		found(c, "%.*s: %s", (int)path.n, path.p, inner.msg);
		return OK;
	}
	const Manifest *m = &c->m;
	check_key(c, a->key);
	(void)printf("%.*s; epsilon %g at delta %g; all releases of these people together: epsilon %.3g at "
		     "delta 1e-9\n",
		     (int)m->what.n, m->what.p, m->epsilon, m->delta, account_epsilon(m->spent, 1e-9));
	Str folder = str_slice(path, 0, path.n - release_name(path).n);
	for (int i = 0; i < m->nfile; i++) check_file(c, folder, &m->file[i]);
	return a->ledger.n ? check_ledger(c, a->ledger) : OK;
}

int command_release_verify(const Args *a) {
	Arena arena = arena_new((ptrdiff_t)16 << 30);
	Check *c = NEW(&arena, Check, 1);
	c->r.arena = arena;
	Err e = verify(c, a);
	int status = e != OK ? command_failed("release verify", &c->r.why) : c->wrong > 0;
	arena = c->r.arena;
	arena_free(&arena);
	return status;
}
