// match clk: a file of people as bit strings for an agency that already runs anonlink. docs/matching.md
#include "match/clk.h"
#include "base/when.h"
#include "command/hub.h"
#include "command/match_run.h"
#include "command/psi.h"
#include "vault/mac.h"
#include "vault/vault.h"
#include <stdio.h>
#include <sys/stat.h>
#include <time.h>

enum { LEAST_SECRET = 16, MOST_SECRET = 4096, MOST_DAYS = 30, MOST_NAME = 64, DAY = 86400 };

const EntryKind KIND_clk_made = {"match.made", NULL};

typedef struct {
	MatchRun in;
	ClkSchema schema;
	ClkKeys keys;
	uint8_t sign[MATCH_SECRET];
	Str project, schema_hash, secret, hub, partner, purpose;
	int64_t now, days;
	bool plain;
	uint8_t *clk;
	int32_t n;
} Export;

static const char warning[] =
	"warning: this file is not anonymous, and no salt or key makes it so.\n"
	"  Whoever has the secret can try every name and date and read off who is in it.\n"
	"  Whoever has only the file and a list of the population can find people in it: matching graphs "
	"found\n"
	"  98 % of 20,000 people again in such plain bits, without the secret. Diffusion makes that harder; "
	"newer\n"
	"  attacks found up to 92 % of people again in diffused bits too.\n"
	"  Give it to nobody but the linkage unit agreed on, and have it destroyed on the day in its "
	"header.\n"
	"  sangam match psi compares two files without giving either away.\n";
static const char warning_plain[] =
	"warning: --plain: without diffusion the matching of graphs works at its best. Do it only when the "
	"partner\n"
	"  cannot take diffused bits, and never for a small file out of a population whose list is known.\n";

static bool is_project(Str s) {
	for (ptrdiff_t i = 0; i < s.n; i++) {
		char c = s.p[i];
		bool good = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
			    c == '-' || c == '_' || c == '.';
		if (!good) return false;
	}
	return s.n > 0 && s.n <= MOST_NAME;
}

static bool is_name(Str s) {
	for (ptrdiff_t i = 0; i < s.n; i++)
		if ((unsigned char)s.p[i] < ' ' || s.p[i] == 127) return false;
	return s.n > 0 && s.n <= MOST_NAME;
}

static Err read_options(Export *x, const Args *a) {
	Why *why = &x->in.why;
	if (!a->reveals_people)
		return fail(why, ERR_INVALID,
			    "who gets such a file can find out who is in it, with a salt or without: say "
			    "--reveals-people if that was decided. sangam match psi tells less");
	if (a->nrest != 1) return fail(why, ERR_INVALID, "name one file");
	if (!is_project(a->project))
		return fail(why, ERR_INVALID, "--project is letters, digits, - _ and ., up to %d", MOST_NAME);
	if (!str_to_int(a->days, &x->days) || x->days < 1 || x->days > MOST_DAYS)
		return fail(why, ERR_INVALID, "--days is a number from 1 to %d", MOST_DAYS);
	if (a->hub_given && (!is_project(a->purpose) || !is_name(a->partner)))
		return fail(
			why, ERR_INVALID,
			"with --hub its ledger says for whom and for what: --partner, a name, and --purpose, "
			"a word of letters, digits, - _ and ., up to %d each",
			MOST_NAME);
	x->hub = a->hub_given ? a->hub : (Str){0};
	x->partner = a->partner;
	x->purpose = a->purpose;
	x->project = a->project;
	x->plain = a->plain;
	x->now = (int64_t)time(NULL);
	return OK;
}

static Err read_secret(Export *x, Str path) {
	struct stat st;
	Str text;
	TRY(match_read_file(&x->in, path, &text));
	if (stat(str_z(&x->in.arena, path), &st) != 0 || st.st_mode & 077)
		return fail(&x->in.why, ERR_INVALID,
			    "%.*s may be read by others than its owner: chmod 600 it", (int)path.n, path.p);
	x->secret = str_trim(text);
	if (x->secret.n < LEAST_SECRET || x->secret.n > MOST_SECRET)
		return fail(&x->in.why, ERR_INVALID,
			    "--secret: from %d to %d bytes, drawn at random, not thought out", LEAST_SECRET,
			    MOST_SECRET);
	return OK;
}

static Err read_all(Export *x, const Args *a) {
	Str schema, csv;
	Why inner = {0};
	TRY(match_read_file(&x->in, a->schema, &schema));
	TRY(clk_schema_read(&x->in.arena, &x->in.why, schema, &x->schema));
	x->schema_hash = sha256(&x->in.arena, schema);
	TRY(read_secret(x, a->secret));
	TRY(match_take_key(&x->in, &x->in.arena, a->key, false, x->sign));
	TRY(match_read_file(&x->in, a->rest[0], &csv));
	x->in.file = a->rest[0];
	clk_keys(&x->in.arena, &x->schema, x->secret, x->project, &x->keys);
	Err e = clk_export(&x->in.arena, &inner, &x->keys, !x->plain, csv, &x->in.faults, &x->clk, &x->n);
	return e == OK ? OK : fail(&x->in.why, e, "%.*s: %s", (int)a->rest[0].n, a->rest[0].p, inner.msg);
}

// The file with this signature in it, or with none: signed is what stands there with the empty signature.
static Str file_text(const Export *x, Arena *a, Str signature) {
	Buf b = {.a = a};
	uint8_t public_key[32];
	int bytes = x->schema.bits / 8;
	signing_public(x->sign, public_key);
	Str made = when_rfc3339(a, x->now), expires = when_rfc3339(a, x->now + x->days * DAY);
	Str hash = str_hex(a, x->schema_hash.p, 32), id = str_hex(a, x->keys.id, sizeof x->keys.id);
	Str own = str_hex(a, public_key, 32);
	buf_fmt(&b, "{\"header\":{\"project\":\"%.*s\",\"schema\":\"%.*s\",\"key\":\"%.*s\",",
		(int)x->project.n, x->project.p, (int)hash.n, hash.p, (int)id.n, id.p);
	buf_fmt(&b, "\"made\":\"%.*s\",\"expires\":\"%.*s\",\"rows\":%d,\"diffusion\":%d,", (int)made.n,
		made.p, (int)expires.n, expires.p, x->n, x->plain ? 0 : CLK_MIXED_FROM);
	buf_fmt(&b, "\"anonymous\":false,\"public_key\":\"%.*s\",\"signature\":\"%.*s\"},\"clks\":[",
		(int)own.n, own.p, (int)signature.n, signature.p);
	Arena row = arena_new(1 << 16);
	for (int32_t i = 0; i < x->n; i++) {
		Arena scratch = row;
		Str text = base64_text(&scratch, (Str){(const char *)x->clk + (ptrdiff_t)i * bytes, bytes});
		buf_put(&b, i ? S(",\n\"") : S("\n\""));
		buf_put(&b, text);
		buf_char(&b, '"');
	}
	arena_free(&row);
	buf_put(&b, S("\n]}\n"));
	return buf_str(&b);
}

static Err write_file(void *with, int fd) {
	Export *x = with;
	Arena *a = &x->in.arena;
	Str signature = sign_with(a, x->sign, file_text(x, a, S("")));
	return match_write_text(&x->in.why, fd, file_text(x, a, base64_text(a, signature)));
}

// ---- what is written down, before anything of it leaves --------------------------------------------------

static Err note_entry(Cx *cx, void *with) {
	const Export *x = with;
	Entry e = {.kind = &KIND_clk_made,
		   .about = ABOUT_HUB,
		   .key = vault_hub_key(cx->vault),
		   .body = body_on(cx)};
	body_str(&e.body, "with", x->partner);
	body_str(&e.body, "purpose", x->purpose);
	body_str(&e.body, "project", x->project);
	body_bytes(&e.body, "schema", x->schema_hash);
	body_str(&e.body, "diffusion", x->plain ? S("none") : S("three"));
	body_int(&e.body, "until", x->now + x->days * DAY);
	body_int(&e.body, "records", x->n);
	return ledger_append(cx, &e);
}

static Err note_in_hub(Export *x) {
	HUB_CLOSED h = {0};
	if (!x->hub.n) return OK;
	Err e = hub_read(&h, x->hub);
	if (e == OK) e = hub_open(&h, false, false);
	if (e == OK) e = hub_write_in(&h, note_entry, x);
	return e == OK ? OK : fail(&x->in.why, e, "the hub's ledger: %s", h.why.msg);
}

static Err run_export(Export *x, const Args *a) {
	TRY(read_options(x, a));
	TRY(match_keep_to_ourselves(&x->in.why));
	TRY(read_all(x, a));
	TRY(note_in_hub(x));
	TRY(match_write_out(&x->in, a->out, write_file, x));
	(void)fputs(warning, stderr);
	if (x->plain) (void)fputs(warning_plain, stderr);
	return OK;
}

int command_match_clk(const Args *a) {
	Export x = {0};
	match_begin(&x.in, (ptrdiff_t)8 << 30);
	Err e = run_export(&x, a);
	mac_wipe(x.sign, sizeof x.sign);
	mac_wipe(&x.keys, sizeof x.keys);
	if (x.secret.n) mac_wipe((char *)(uintptr_t)x.secret.p, x.secret.n);
	return match_end(&x.in, "match clk", e);
}
