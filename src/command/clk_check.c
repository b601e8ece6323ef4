// match clk-check: a file of bit strings that another agency gave, before anything is done with it: is it
// whole, theirs, of what was agreed, and has its end not come. docs/matching.md
#include "base/when.h"
#include "command/match_run.h"
#include "match/clk.h"
#include "match/clk_file.h"
#include "vault/mac.h"
#include "vault/vault.h"
#include <stdio.h>
#include <time.h>

// The linkage schema is the same bytes as theirs.
static Err check_schema(MatchRun *r, const Args *a, const ClkFile *f, ClkSchema *schema) {
	Str text;
	TRY(match_read_file(r, a->schema, &text));
	TRY(clk_schema_read(&r->arena, &r->why, text, schema));
	Str sum = sha256(&r->arena, text);
	if (!str_eq(str_hex(&r->arena, sum.p, sum.n), f->schema))
		return fail(&r->why, ERR_INVALID, "it was made by another schema than --schema");
	if (f->rows && f->bits != schema->bits)
		return fail(&r->why, ERR_INVALID, "its strings have %d bits, the schema says %d", f->bits,
			    schema->bits);
	return OK;
}

// Made with our secret and for our project: else no two rows would fit, and nobody would see why.
static Err check_secret(MatchRun *r, const Args *a, const ClkFile *f, const ClkSchema *schema) {
	Str text;
	ClkKeys keys;
	TRY(match_read_file(r, a->secret, &text));
	clk_keys(&r->arena, schema, str_trim(text), a->project, &keys);
	bool same = str_eq(str_hex(&r->arena, keys.id, sizeof keys.id), f->key);
	mac_wipe(&keys, sizeof keys);
	if (text.n) mac_wipe((char *)(uintptr_t)text.p, text.n);
	return same ? OK : fail(&r->why, ERR_INVALID, "it was made with another secret than --secret");
}

static Err check(MatchRun *r, const Args *a, ClkFile *f) {
	Str text;
	Why inner = {0};
	ClkSchema *schema = NEW(&r->arena, ClkSchema, 1);
	if (a->nrest != 1) return fail(&r->why, ERR_INVALID, "name one file");
	TRY(match_keep_to_ourselves(&r->why));
	TRY(match_read_file(r, a->rest[0], &text));
	Err e = clk_file_read(&r->arena, &inner, text, (int64_t)time(NULL), f);
	if (e != OK) return fail(&r->why, e, "%.*s: %s", (int)a->rest[0].n, a->rest[0].p, inner.msg);
	if (!str_eq(str_hex(&r->arena, f->public_key, sizeof f->public_key), a->partner_key))
		return fail(&r->why, ERR_INVALID, "it is signed by another key than --partner-key");
	if (!str_eq(f->project, a->project))
		return fail(&r->why, ERR_INVALID, "it is for another project: %.*s", (int)f->project.n,
			    f->project.p);
	TRY(check_schema(r, a, f, schema));
	return a->secret.n ? check_secret(r, a, f, schema) : OK;
}

int command_match_clk_check(const Args *a) {
	MatchRun r;
	ClkFile f = {0};
	match_begin(&r, (ptrdiff_t)8 << 30);
	Err e = check(&r, a, &f);
	if (e == OK) {
		Str made = when_rfc3339(&r.arena, f.made), end = when_rfc3339(&r.arena, f.expires);
		(void)printf("project %.*s, %d rows, %s\nmade %.*s, to be destroyed %.*s\n", (int)f.project.n,
			     f.project.p, f.rows, f.diffusion ? "diffused" : "plain bits", (int)made.n,
			     made.p, (int)end.n, end.p);
	}
	return match_end(&r, "match clk-check", e);
}
