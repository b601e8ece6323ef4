#include "command/match_run.h"
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

static void close_fd(const int *fd) {
	if (*fd >= 0) (void)close(*fd);
}

enum { FAULTS_SAID = 1000 };
static void say_fault(void *with, int64_t line, int column, const char *what) {
	const MatchRun *r = with;
	if (r->faults.faults > FAULTS_SAID) return;
	if (column)
		(void)fprintf(stderr, "%.*s:%lld:%d: %s\n", (int)r->file.n, r->file.p, (long long)line,
			      column, what);
	else
		(void)fprintf(stderr, "%.*s:%lld: %s\n", (int)r->file.n, r->file.p, (long long)line, what);
}

void match_begin(MatchRun *r, ptrdiff_t memory) {
	*r = (MatchRun){.arena = arena_new(memory)};
	r->faults = (Faults){.say = say_fault, .with = r};
}

int match_end(MatchRun *r, const char *doing, Err e) {
	if (r->faults.faults > FAULTS_SAID)
		(void)fprintf(stderr, "and %lld more\n", (long long)(r->faults.faults - FAULTS_SAID));
	if (e != OK) return command_failed(doing, &r->why);
	arena_free(&r->arena);
	return r->faults.faults ? 1 : 0;
}

Err match_read_file(MatchRun *r, Str path, Str *out) {
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

Err match_read_schema(MatchRun *r, Str given) {
	Str json = schema_ready(given);
	if (access(str_z(&r->arena, given), F_OK) == 0 || !json.n) {
		if (!json.n && access(str_z(&r->arena, given), F_OK) != 0)
			return fail(&r->why, ERR_NOT_FOUND,
				    "--schema: no file %.*s, and no ready-made schema of that name (febrl, "
				    "htcds, sangam)",
				    (int)given.n, given.p);
		struct stat st;
		if (!json.n || (stat(str_z(&r->arena, given), &st) == 0 && S_ISREG(st.st_mode)))
			TRY(match_read_file(r, given, &json));
	}
	return schema_read(&r->arena, &r->why, json, &r->schema);
}

Err match_read_people(MatchRun *r, Str path, People *into) {
	Str text;
	TRY(match_read_file(r, path, &text));
	r->file = path;
	Why inner = {0};
	Err e = people_add(into, &inner, &r->schema, text, &r->faults);
	return e == OK ? OK : fail(&r->why, e, "%.*s: %s", (int)path.n, path.p, inner.msg);
}

int32_t match_year_now(void) {
	struct tm tm;
	time_t now = time(NULL);
	return gmtime_r(&now, &tm) ? tm.tm_year + 1900 : 2026;
}

// Signals that end the program. They wait while a file is written, and the next piece finds them waiting: a
// file under its other name is taken away before the program ends of them.
static const int ends[] = {SIGINT, SIGTERM, SIGHUP};

static void endings(sigset_t *set) {
	(void)sigemptyset(set);
	for (int i = 0; i < COUNT(ends); i++) (void)sigaddset(set, ends[i]);
}

static bool ending(void) {
	sigset_t wait, held;
	if (sigpending(&wait) != 0 || pthread_sigmask(SIG_BLOCK, NULL, &held) != 0) return false;
	for (int i = 0; i < COUNT(ends); i++)
		if (sigismember(&wait, ends[i]) == 1 && sigismember(&held, ends[i]) == 1) return true;
	return false;
}

Err match_write_text(Why *why, int fd, Str text) {
	while (text.n) {
		if (ending()) return fail(why, ERR_GONE, "stopped; nothing was written");
		ssize_t n = write(fd, text.p, (size_t)text.n);
		if (n < 0 && errno == EINTR) continue;
		if (n < 0)
			return fail(why, errno == ENOSPC ? ERR_FULL : ERR_STORE, "cannot write: %s",
				    strerror(errno));
		text = str_slice(text, n, text.n);
	}
	return OK;
}

static Err write_beside(MatchRun *r, const char *z, char *part, Err (*fill)(void *with, int fd), void *with) {
	__attribute__((cleanup(close_fd))) int fd = mkostemp(part, O_CLOEXEC);
	if (fd < 0) return fail(&r->why, ERR_STORE, "cannot make a file beside %s: %s", z, strerror(errno));
	Err e = fill(with, fd);
	if (e == OK && fsync(fd) != 0) e = fail(&r->why, ERR_STORE, "cannot keep %s: %s", z, strerror(errno));
	if (e == OK && rename(part, z) != 0)
		e = fail(&r->why, ERR_STORE, "cannot name %s: %s", z, strerror(errno));
	if (e != OK) (void)unlink(part);
	return e;
}

Err match_write_out(MatchRun *r, Str path, Err (*fill)(void *with, int fd), void *with) {
	char *z = str_z(&r->arena, path);
	char *part = str_z(&r->arena, str_fmt(&r->arena, "%s.XXXXXX", z));
	struct stat st;
	if (!path.n || str_eq(path, S("-"))) return fill(with, STDOUT_FILENO);
	// A pipe or a terminal cannot be half a file.
	if (stat(z, &st) == 0 && !S_ISREG(st.st_mode)) {
		__attribute__((cleanup(close_fd))) int to = open(z, O_WRONLY | O_CLOEXEC);
		return to < 0 ? fail(&r->why, ERR_STORE, "cannot write %s: %s", z, strerror(errno))
			      : fill(with, to);
	}
	sigset_t held, before;
	endings(&held);
	(void)pthread_sigmask(SIG_BLOCK, &held, &before);
	Err e = write_beside(r, z, part, fill, with);
	(void)pthread_sigmask(SIG_SETMASK, &before, NULL); // what waited ends the program here
	return e;
}
