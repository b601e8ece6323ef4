// match: who of one or two files of people is likely one person. docs/matching.md
#include "base/csv.h"
#include "command/command.h"
#include "match/link.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

typedef struct {
	Why why;
	Arena arena;
	MatchSchema schema;
	LinkOptions how;
	Str file; // looked at now, for faults
	Faults faults;
	People people;
	Links links;
} Run;

static void close_fd(const int *fd) {
	if (*fd >= 0) (void)close(*fd);
}

static Err read_whole(Run *r, Str path, Str *out) {
	struct stat st;
	__attribute__((cleanup(close_fd))) int fd = open(str_z(&r->arena, path), O_RDONLY | O_CLOEXEC);
	if (fd < 0 || fstat(fd, &st) != 0)
		return fail(&r->why, ERR_NOT_FOUND, "cannot read %.*s: %s", (int)path.n, path.p,
			    strerror(errno));
	if (S_ISDIR(st.st_mode)) return fail(&r->why, ERR_INVALID, "%.*s is a folder", (int)path.n, path.p);
	Buf b = {.a = &r->arena};
	char part[65536];
	for (ssize_t n; (n = read(fd, part, sizeof part)) != 0;) {
		if (n < 0 && errno == EINTR) continue;
		if (n < 0)
			return fail(&r->why, ERR_STORE, "cannot read %.*s: %s", (int)path.n, path.p,
				    strerror(errno));
		if (b.n > (ptrdiff_t)2 << 30)
			return fail(&r->why, ERR_TOO_LARGE, "%.*s is larger than 2 GiB", (int)path.n, path.p);
		buf_put(&b, (Str){part, n});
	}
	*out = buf_str(&b);
	return OK;
}

enum { FAULTS_SAID = 1000 };
static void say_fault(void *with, int64_t line, int column, const char *what) {
	const Run *r = with;
	if (r->faults.faults > FAULTS_SAID) return;
	if (column)
		(void)fprintf(stderr, "%.*s:%lld:%d: %s\n", (int)r->file.n, r->file.p, (long long)line,
			      column, what);
	else
		(void)fprintf(stderr, "%.*s:%lld: %s\n", (int)r->file.n, r->file.p, (long long)line, what);
}

// A file when there is one of that name, or a ready-made schema.
static Err read_schema(Run *r, Str given) {
	Str json = schema_ready(given);
	if (access(str_z(&r->arena, given), F_OK) == 0 || !json.n) {
		if (!json.n && access(str_z(&r->arena, given), F_OK) != 0)
			return fail(&r->why, ERR_NOT_FOUND,
				    "--schema: no file %.*s, and no ready-made schema of that name (febrl, "
				    "htcds, sangam)",
				    (int)given.n, given.p);
		struct stat st;
		if (!json.n || (stat(str_z(&r->arena, given), &st) == 0 && S_ISREG(st.st_mode)))
			TRY(read_whole(r, given, &json));
	}
	return schema_read(&r->arena, &r->why, json, &r->schema);
}

static Err read_options(Run *r, const Args *a) {
	r->how.threshold = WEIGHT_POSSIBLE;
	if (a->threshold.n) {
		char *end;
		const char *z = str_z(&r->arena, a->threshold);
		r->how.threshold = strtod(z, &end);
		if (*end || !(r->how.threshold >= 0 && r->how.threshold < 1000))
			return fail(&r->why, ERR_INVALID, "--threshold is a weight in bits, 0 or more");
	}
	int64_t n = 0;
	if (a->threads.n && (!str_to_int(a->threads, &n) || n < 1 || n > 64))
		return fail(&r->why, ERR_INVALID, "--threads is a number from 1 to 64");
	r->how.threads = (int)n;
	if (!a->assign.n || str_eq(a->assign, S("best")))
		r->how.assign = ASSIGN_BEST;
	else if (str_eq(a->assign, S("greedy")))
		r->how.assign = ASSIGN_GREEDY;
	else if (str_eq(a->assign, S("all")))
		r->how.assign = ASSIGN_ALL;
	else
		return fail(&r->why, ERR_INVALID, "--assign is best, greedy or all");
	return OK;
}

static Err add_file(Run *r, Str path) {
	Str text;
	TRY(read_whole(r, path, &text));
	r->file = path;
	Why inner = {0};
	Err e = people_add(&r->people, &inner, &r->schema, text, &r->faults);
	return e == OK ? OK : fail(&r->why, e, "%.*s: %s", (int)path.n, path.p, inner.msg);
}

// ---- the list ---------------------------------------------------------------------------------------------

static void put_pair(const Run *r, const Pair *pair, Buf *out) {
	const Person *a = &r->people.person[pair->left], *b = &r->people.person[pair->right];
	Buf evidence = {.a = out->a};
	Weighed v;
	char weight[32];
	weigh(&r->links.weights, a, b, &v);
	weigh_say(&r->links.weights, &v, &evidence);
	if (pair->through >= 0)
		buf_fmt(&evidence, "; joined through %.*s", (int)r->people.person[pair->through].id.n,
			r->people.person[pair->through].id.p);
	(void)snprintf(weight, sizeof weight, "%.2f", pair->weight);
	csv_put(out, a->id, true, false);
	csv_put(out, b->id, false, false);
	csv_put(out, str_of(weight), false, false);
	csv_put(out, str_of(link_decision(pair->weight)), false, false);
	csv_put(out, buf_str(&evidence), false, false);
	buf_char(out, '\n');
}

static Err write_text(Run *r, int fd, Str text) {
	while (text.n) {
		ssize_t n = write(fd, text.p, (size_t)text.n);
		if (n < 0 && errno == EINTR) continue;
		if (n < 0)
			return fail(&r->why, errno == ENOSPC ? ERR_FULL : ERR_STORE, "cannot write: %s",
				    strerror(errno));
		text = str_slice(text, n, text.n);
	}
	return OK;
}

static Err write_list(Run *r, int fd) {
	TRY(write_text(r, fd, S("left,right,weight,decision,evidence\n")));
	for (ptrdiff_t i = 0; i < r->links.pairs.n;) {
		Arena scratch = r->arena;
		Buf b = {.a = &scratch};
		for (; i < r->links.pairs.n && b.n < 1 << 20; i++) put_pair(r, &r->links.pairs.at[i], &b);
		TRY(write_text(r, fd, buf_str(&b)));
	}
	return OK;
}

// Under another name beside it first: what stands under the name is whole, or what stood there before.
static Err write_out(Run *r, Str path) {
	char *z = str_z(&r->arena, path);
	char *part = str_z(&r->arena, str_fmt(&r->arena, "%s.XXXXXX", z));
	struct stat st;
	if (!path.n || str_eq(path, S("-"))) return write_list(r, STDOUT_FILENO);
	// A pipe or a terminal cannot be half a file.
	if (stat(z, &st) == 0 && !S_ISREG(st.st_mode)) {
		__attribute__((cleanup(close_fd))) int to = open(z, O_WRONLY | O_CLOEXEC);
		return to < 0 ? fail(&r->why, ERR_STORE, "cannot write %s: %s", z, strerror(errno))
			      : write_list(r, to);
	}
	__attribute__((cleanup(close_fd))) int fd = mkostemp(part, O_CLOEXEC);
	if (fd < 0) return fail(&r->why, ERR_STORE, "cannot make a file beside %s: %s", z, strerror(errno));
	Err e = write_list(r, fd);
	if (e == OK && fsync(fd) != 0) e = fail(&r->why, ERR_STORE, "cannot keep %s: %s", z, strerror(errno));
	if (e == OK && rename(part, z) != 0)
		e = fail(&r->why, ERR_STORE, "cannot name %s: %s", z, strerror(errno));
	if (e != OK) (void)unlink(part);
	return e;
}

// ---- the commands
// -------------------------------------------------------------------------------------------

static int32_t year_of_now(void) {
	struct tm tm;
	time_t now = time(NULL);
	return gmtime_r(&now, &tm) ? tm.tm_year + 1900 : 2026;
}

static Err run_match(Run *r, const Args *a, int files) {
	if (a->nrest != files)
		return fail(&r->why, ERR_INVALID, files == 1 ? "name one file" : "name two files");
	TRY(read_options(r, a));
	TRY(read_schema(r, a->schema));
	people_begin(&r->people, &r->arena, year_of_now(), &r->schema);
	for (int i = 0; i < files; i++) TRY(add_file(r, a->rest[i]));
	if (files == 1)
		r->people.second = r->people.n;
	else
		r->people.two = true;
	TRY(link_people(&r->people, &r->why, &r->how, &r->links));
	return write_out(r, a->out);
}

static int command_match(const Args *a, int files) {
	Run r = {.arena = arena_new((ptrdiff_t)64 << 30)};
	r.faults = (Faults){.say = say_fault, .with = &r};
	Err e = run_match(&r, a, files);
	if (r.faults.faults > FAULTS_SAID)
		(void)fprintf(stderr, "and %lld more\n", (long long)(r.faults.faults - FAULTS_SAID));
	if (e != OK) return command_failed("match", &r.why);
	arena_free(&r.arena);
	return r.faults.faults ? 1 : 0;
}

int command_match_dedupe(const Args *a) { return command_match(a, 1); }
int command_match_link(const Args *a) { return command_match(a, 2); }
