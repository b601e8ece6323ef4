// release audit: does the release keep its promise? docs/release.md
#include "release/audit.h"
#include "base/json.h"
#include "command/command.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const double confidence = .999;

static void progress(int64_t done, int64_t of) {
	if (isatty(STDERR_FILENO)) command_progress(done, of);
}

static void print_all(const Audit *a, const AuditAsk *ask) {
	(void)printf("Can anybody tell from a release (method %s) whether one person is in it? %d runs of "
		     "each, two\nneighbours a line; mu: how well two may be told apart at most, and how well "
		     "they surely were.\n\n",
		     measure_name(ask->method), ask->runs);
	for (int i = 0; i < AUDIT_PAIRS; i++)
		(void)printf("  %-38s promised %.3f  found %.3f  %s\n", a->pair[i].name, a->pair[i].mu,
			     a->pair[i].found, a->pair[i].violated ? "VIOLATED" : "kept");
	(void)printf(
		"\n%d violations; the least of what was found is %.2f of what is promised (the nearer to 1, "
		"the\n"
		"sharper the audit).\n",
		a->violations, a->least_ratio);
	(void)printf("Plain looks: %s.\n\nBugs put in, and what caught them:\n",
		     a->looks ? a->looks : "nothing found");
	for (int i = 0; i < AUDIT_BUGS; i++)
		(void)printf("  %-38s %s\n", a->bug[i].name, a->bug[i].by ? a->bug[i].by : "NOT CAUGHT");
	(void)printf("\n%d of %d caught.\n", a->caught, AUDIT_BUGS);
}

// ---- for programs
// -----------------------------------------------------------------------------------------------------

static void put_words(Json *j, const char *key, const char *words) {
	json_key(j, str_of(key));
	if (words)
		json_str(j, str_of(words));
	else
		json_nil(j);
}
static void put_real(Json *j, const char *key, double v) {
	json_key(j, str_of(key));
	json_real(j, v);
}

static void put_pairs(Json *j, const Audit *a) {
	json_key(j, S("pairs"));
	json_open(j, '[');
	for (int i = 0; i < AUDIT_PAIRS; i++) {
		json_open(j, '{');
		put_words(j, "pair", a->pair[i].name);
		put_real(j, "mu promised", a->pair[i].mu);
		put_real(j, "mu found", a->pair[i].found);
		json_key(j, S("violated"));
		json_bool(j, a->pair[i].violated);
		json_close(j, '}');
	}
	json_close(j, ']');
}

static void put_bugs(Json *j, const Audit *a) {
	json_key(j, S("bugs"));
	json_open(j, '[');
	for (int i = 0; i < AUDIT_BUGS; i++) {
		json_open(j, '{');
		put_words(j, "bug", a->bug[i].name);
		put_words(j, "caught by", a->bug[i].by);
		json_close(j, '}');
	}
	json_close(j, ']');
}

static Str json_of(Arena *arena, const Audit *a, const AuditAsk *ask) {
	Json j = json_on(arena);
	json_open(&j, '{');
	put_words(&j, "method", measure_name(ask->method));
	put_real(&j, "runs", ask->runs);
	put_real(&j, "confidence", confidence);
	put_real(&j, "violations", a->violations);
	put_real(&j, "least found of promised", a->least_ratio);
	put_words(&j, "plain looks", a->looks);
	put_pairs(&j, a);
	put_real(&j, "bugs caught", a->caught);
	put_bugs(&j, a);
	json_close(&j, '}');
	buf_char(&j.b, '\n');
	return buf_str(&j.b);
}

static Err write_out(Arena *a, Why *why, Str path, Str text) {
	const char *to = str_z(a, path);
	FILE *f = fopen(to, "we");
	bool good = f && fwrite(text.p, 1, (size_t)text.n, f) == (size_t)text.n;
	if (f && fclose(f) != 0) good = false;
	return good ? OK : fail(why, ERR_STORE, "cannot write %s: %s", to, strerror(errno));
}

// A privacy ledger of nobody: the audit's people are made up.
static Err run(Arena *arena, Why *why, const Args *args, AuditAsk *ask, Audit *a) {
	char ledger[] = "/tmp/sangam-audit-XXXXXX";
	int fd = mkstemp(ledger);
	if (fd < 0) return fail(why, ERR_STORE, "cannot make a file in /tmp: %s", strerror(errno));
	(void)close(fd);
	ask->ledger = str_of(ledger);
	Err e = audit(arena, why, ask, a);
	(void)unlink(ledger);
	if (e == OK && args->out.n) e = write_out(arena, why, args->out, json_of(arena, a, ask));
	return e;
}

int command_release_audit(const Args *args) {
	Arena arena = arena_new((ptrdiff_t)64 << 20);
	Why why = {0};
	Audit a;
	int64_t runs = 10000;
	AuditAsk ask = {.confidence = confidence, .progress = progress};
	Err e = OK;
	if (args->runs.n && (!str_to_int(args->runs, &runs) || runs < 1000 || runs > 10000000))
		e = fail(&why, ERR_INVALID, "--runs is a whole number from 1000 to 10000000");
	if (e == OK && args->method.n && !measure_method(args->method, &ask.method))
		e = fail(&why, ERR_INVALID,
			 "--method: there is none of that name; sangam release synth --help names them");
	ask.runs = (int)runs;
	if (e == OK) e = run(&arena, &why, args, &ask, &a);
	if (e == OK) print_all(&a, &ask);
	int status = e != OK ? command_failed("release audit", &why)
			     : a.violations || a.looks || a.caught < AUDIT_BUGS;
	arena_free(&arena);
	return status;
}
