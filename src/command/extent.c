// extent: how many are never seen. docs/extent.md
#include "extent/extent.h"
#include "base/json.h"
#include "command/command.h"
#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum { FILE_MOST = 1 << 20 };
typedef struct {
	Arena arena;
	Why why;
	Lists lists;
	ExtentAsk ask;
	Extent extent;
} Run;

static const char *const assumed[] = {
	"People neither came into the situation nor left it while the lists were made, or few did.",
	"Whoever stands on two lists was recognised as one person, and nobody was taken for somebody else.",
	"Within what the models hold, who is met by one agency is met by another as likely as anybody else.",
	"Whoever could be met by no list at all is not counted: the range is of those who could have been.",
};
static const char *const never[] = {
	"to say where people are, or who: it knows neither",
	"for a part of the table with only a few people on two lists",
	"to compare two years or places whose ranges overlap",
	"with lists that were made from each other, unless put together first: a referral is no sighting",
	"as one number: what may be quoted is the range, with its assumptions",
};

static void close_fd(const int *fd) {
	if (*fd >= 0) (void)close(*fd);
}

static Err read_lists(Run *r, Str path) {
	__attribute__((cleanup(close_fd))) int fd = open(str_z(&r->arena, path), O_RDONLY | O_CLOEXEC);
	char *text = NEW(&r->arena, char, FILE_MOST + 1);
	ssize_t n = -1;
	ptrdiff_t at = 0;
	while (fd >= 0 && at <= FILE_MOST && (n = read(fd, text + at, (size_t)(FILE_MOST + 1 - at))) > 0)
		at += n;
	if (n < 0)
		return fail(&r->why, ERR_NOT_FOUND, "cannot read %.*s: %s", (int)path.n, path.p,
			    strerror(errno));
	if (at > FILE_MOST)
		return fail(&r->why, ERR_TOO_LARGE, "%.*s is larger than 1 MiB: a table of counts is not",
			    (int)path.n, path.p);
	Why inner = {0};
	Err e = lists_read(&r->arena, &inner, (Str){text, at}, &r->lists);
	return e == OK ? OK : fail(&r->why, e, "%.*s: %s", (int)path.n, path.p, inner.msg);
}

static Err number_of(Run *r, const char *option, Str text, double least, double most, double *out) {
	char *end;
	if (!text.n) return OK;
	const char *z = str_z(&r->arena, text);
	double v = strtod(z, &end);
	if (*end || !(v >= least) || !(v <= most))
		return fail(&r->why, ERR_INVALID, "%s is a number from %g to %g", option, least, most);
	*out = v;
	return OK;
}

static void progress(int64_t done, int64_t of) {
	if (isatty(STDERR_FILENO)) command_progress(done, of);
}

static Err take_options(Run *r, const Args *a) {
	double resamples = 1000, level = 95, seed = 1;
	TRY(number_of(r, "--bootstrap", a->bootstrap, 200, 100000, &resamples));
	TRY(number_of(r, "--level", a->level, 50, 99.9, &level));
	TRY(number_of(r, "--seed", a->seed, 0, 9e15, &seed));
	r->ask = (ExtentAsk){(int)resamples, level / 100, (uint64_t)seed, progress};
	return OK;
}

static Str pairs_said(Run *r, PairSet pairs, const char *between) {
	Buf b = {.a = &r->arena};
	for (int j = 1; j < r->lists.lists; j++)
		for (int i = 0; i < j; i++) {
			if (!(pairs >> extent_pair(i, j) & 1)) continue;
			if (b.n) buf_put(&b, str_of(between));
			buf_put(&b, r->lists.name[i]);
			buf_char(&b, '+');
			buf_put(&b, r->lists.name[j]);
		}
	return buf_str(&b);
}

static void print_model(Run *r, Rule rule) {
	const LogLinear *m = &r->extent.chosen.model[rule];
	const Interval *v = &r->extent.interval[rule];
	Str pairs = pairs_said(r, m->pairs, " ");
	(void)printf("  %-18s %9.0f   %.0f to %.0f   (BCa %.0f to %.0f)\n", extent_rule[rule],
		     r->lists.seen + m->hidden, v->low, v->high, v->bca_low, v->bca_high);
	if (pairs.n) (void)printf("      lists that go together: %.*s\n", (int)pairs.n, pairs.p);
}

static void print_all(Run *r) {
	const Extent *e = &r->extent;
	const Chosen *c = &e->chosen;
	double l = c->least, h = c->most;
	for (Rule rule = RULE_BIC; rule < RULE__N; rule++) {
		l = fmin(l, r->lists.seen + c->model[rule].hidden);
		h = fmax(h, r->lists.seen + c->model[rule].hidden);
	}
	(void)printf("%.0f people stand on %d lists, %.0f of them on two or more.\n\n", r->lists.seen,
		     r->lists.lists, r->lists.shared);
	(void)printf("Between %.0f and %.0f people in all, by the models and intervals below (%g %%).\n",
		     extent_rough(e->least, false), extent_rough(e->most, true), r->ask.level * 100);
	(void)printf("Quote this range, never one number out of it. The models alone, without what chance "
		     "would have\n"
		     "changed, lie between %.0f and %.0f.\n\n",
		     extent_rough(l, false), extent_rough(h, true));
	(void)printf(
		"People in all, by model, and what chance would have changed (%d tables drawn, %d without an "
		"estimate):\n",
		e->resampled, e->failed);
	for (Rule rule = RULE_NONE; rule < RULE__N; rule++) print_model(r, rule);
	(void)printf("\nOf %d models looked at on the way, %d have no estimate in this table and were not "
		     "used; the %d "
		     "that fit nearly as\nwell as the best give from %.0f to %.0f.\n",
		     c->tried + 1, c->refused, c->near, c->least, c->most);
	(void)printf("\nWhat is assumed:\n");
	for (ptrdiff_t i = 0; i < COUNT(assumed); i++) (void)printf("  - %s\n", assumed[i]);
	(void)printf("\nDo not use it:\n");
	for (ptrdiff_t i = 0; i < COUNT(never); i++) (void)printf("  - %s\n", never[i]);
}

// ---- for programs
// -----------------------------------------------------------------------------------------------------

static void put_model(Run *r, Json *j, Rule rule) {
	const LogLinear *m = &r->extent.chosen.model[rule];
	const Interval *v = &r->extent.interval[rule];
	Str rest = pairs_said(r, m->pairs, " "), one;
	json_open(j, '{');
	json_key(j, S("model"));
	json_str(j, str_of(extent_rule[rule]));
	json_key(j, S("lists that go together"));
	json_open(j, '[');
	while (str_cut(&rest, ' ', &one)) json_str(j, one);
	json_close(j, ']');
	json_put_real(j, "parameters", m->parameters);
	json_put_real(j, "aic", loglinear_aic(m));
	json_put_real(j, "bic", loglinear_bic(m, r->lists.seen));
	json_put_real(j, "people", round(r->lists.seen + m->hidden));
	json_put_real(j, "at least", round(v->low));
	json_put_real(j, "at most", round(v->high));
	json_put_real(j, "at least, BCa", round(v->bca_low));
	json_put_real(j, "at most, BCa", round(v->bca_high));
	json_close(j, '}');
}

static void put_sentences(Json *j, const char *key, const char *const *sentence, ptrdiff_t n) {
	json_key(j, str_of(key));
	json_open(j, '[');
	for (ptrdiff_t i = 0; i < n; i++) json_str(j, str_of(sentence[i]));
	json_close(j, ']');
}

static Str json_of(Run *r) {
	Json j = json_on(&r->arena);
	const Extent *e = &r->extent;
	json_open(&j, '{');
	json_key(&j, S("lists"));
	json_open(&j, '[');
	for (int i = 0; i < r->lists.lists; i++) json_str(&j, r->lists.name[i]);
	json_close(&j, ']');
	json_put_real(&j, "seen", r->lists.seen);
	json_put_real(&j, "seen on two lists or more", r->lists.shared);
	json_put_real(&j, "at least", extent_rough(e->least, false));
	json_put_real(&j, "at most", extent_rough(e->most, true));
	json_put_real(&j, "level", r->ask.level);
	json_put_real(&j, "tables drawn", e->resampled);
	json_put_real(&j, "tables without an estimate", e->failed);
	json_key(&j, S("models"));
	json_open(&j, '[');
	for (Rule rule = RULE_NONE; rule < RULE__N; rule++) put_model(r, &j, rule);
	json_close(&j, ']');
	json_put_real(&j, "models without an estimate", e->chosen.refused);
	json_put_real(&j, "models near the best", e->chosen.near);
	json_put_real(&j, "near the best, at least", round(e->chosen.least));
	json_put_real(&j, "near the best, at most", round(e->chosen.most));
	put_sentences(&j, "assumed", assumed, COUNT(assumed));
	put_sentences(&j, "do not use", never, COUNT(never));
	json_close(&j, '}');
	buf_char(&j.b, '\n');
	return buf_str(&j.b);
}

// Under another name first: it is whole or not there.
static Err write_out(Run *r, Str path, Str text) {
	const char *to = str_z(&r->arena, path);
	const char *part = str_z(&r->arena, str_fmt(&r->arena, "%.*s.part", (int)path.n, path.p));
	__attribute__((cleanup(close_fd))) int fd =
		open(part, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	ssize_t n = fd < 0 ? -1 : 1;
	while (n > 0 && text.n) {
		n = write(fd, text.p, (size_t)text.n);
		if (n > 0) text = str_slice(text, n, text.n);
	}
	if (n < 0 || fsync(fd) != 0 || rename(part, to) != 0) {
		int why = errno;
		if (fd >= 0) (void)unlink(part);
		return fail(&r->why, ERR_STORE, "cannot write %.*s: %s", (int)path.n, path.p, strerror(why));
	}
	return OK;
}

int command_extent(const Args *a) {
	Arena arena = arena_new((ptrdiff_t)1 << 30);
	Run *r = NEW(&arena, Run, 1);
	r->arena = arena;
	Err e = take_options(r, a);
	if (e == OK) e = read_lists(r, a->lists);
	if (e == OK) e = extent_of(&r->arena, &r->why, &r->lists, &r->ask, &r->extent);
	if (e == OK && a->out.n) e = write_out(r, a->out, json_of(r));
	if (e == OK) print_all(r);
	int status = e == OK ? 0 : command_failed("extent", &r->why);
	arena = r->arena;
	arena_free(&arena);
	return status;
}
