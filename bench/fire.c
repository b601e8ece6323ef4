// fire.c - the privacy ledger under fire: what was drawn is never more than what is spent. script/bench
// release fire
//
// Children debit by the library's own function and, as a release would, draw only after it has said OK; what
// they drew is counted in memory that outlives them. They are killed at random moments, find a full disk at a
// random byte, debit sixteen at a time, and meet an older copy of the ledger with its last head in hand.
// After every trial the ledger is read.
#include "release/spend.h"
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { AT_ONCE = 16, AMOUNT = 7, LINES_MOST = 400 };
typedef enum { KILL, FULL, RESTORE, RACE, KINDS } Kind;
static const char *const names[KINDS] = {"killed", "disk full", "older copy", "sixteen at once, some killed"};
typedef struct {
	atomic_llong drawn; // in the ledger's own units, since it was begun
	atomic_llong entered; // debits that said OK
	atomic_llong fooled; // debits from an older copy that said OK
} Shared;
typedef struct {
	Shared *shared;
	Str path;
	uint64_t seed;
	long trials[KINDS], wrong[KINDS], debits, refused;
} Fire;

static uint64_t any(Fire *f, uint64_t below) {
	f->seed = f->seed * 6364136223846793005u + 1442695040888963407u;
	return (f->seed >> 33) % below;
}

static void stop(const char *why) {
	perror(why);
	exit(1);
}

static Str whole(Arena *a, Str path) {
	int fd = open(str_z(a, path), O_RDONLY | O_CLOEXEC);
	Buf b = {.a = a};
	char part[4096];
	ssize_t n;
	while (fd >= 0 && (n = read(fd, part, sizeof part)) > 0) buf_put(&b, (Str){part, n});
	if (fd >= 0) (void)close(fd);
	return buf_str(&b);
}

static void put(Arena *a, Str path, Str text) {
	int fd = open(str_z(a, path), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	if (fd < 0 || write(fd, text.p, (size_t)text.n) != text.n || close(fd) != 0)
		stop("the copy of the ledger");
}

// The child: debits, then draws. Never comes back.
static _Noreturn void release(Fire *f, const uint8_t *head, long most) {
	Arena a = arena_new(8 << 20);
	Why why = {0};
	Spent after;
	if (most >= 0) {
		struct rlimit limit = {(rlim_t)most, (rlim_t)most};
		(void)signal(SIGXFSZ, SIG_IGN);
		if (setrlimit(RLIMIT_FSIZE, &limit) != 0) _exit(3);
	}
	if (spend_debit_after(&a, &why, f->path, head, AMOUNT, S("fire"), 1, &after) != OK) _exit(1);
	if (head) atomic_fetch_add(&f->shared->fooled, 1);
	atomic_fetch_add(&f->shared->drawn, AMOUNT);
	atomic_fetch_add(&f->shared->entered, 1);
	_exit(0);
}

static pid_t start(Fire *f, const uint8_t *head, long most) {
	pid_t child = fork();
	if (child < 0) stop("fork");
	if (child == 0) release(f, head, most);
	return child;
}

static void pause_for(uint64_t microseconds) {
	struct timespec t = {0, (long)microseconds * 1000};
	(void)nanosleep(&t, NULL);
}

static void wait_for(pid_t child) {
	int status;
	while (waitpid(child, &status, 0) < 0 && errno == EINTR) {}
}

static bool reads(Fire *f, Arena *a, Spent *s, Str *text) {
	Why why = {0};
	ptrdiff_t end;
	*text = whole(a, f->path);
	return spend_read(a, &why, *text, s, &end) == OK;
}

static void one(Fire *f, Arena *a, Kind kind) {
	pid_t child[AT_ONCE];
	Spent before = {0};
	Str text;
	int n = kind == RACE ? AT_ONCE : 1;
	if (!reads(f, a, &before, &text)) stop("the ledger cannot be read");
	if (kind == RESTORE) {
		if (before.entries < 2) return;
		ptrdiff_t cut = text.n - 1; // an older copy: some lines fewer
		for (uint64_t lines = 1 + any(f, (uint64_t)before.entries - 1); lines; lines--)
			while (cut > 0 && text.p[--cut] != '\n') {}
		put(a, f->path, str_slice(text, 0, cut + 1));
		wait_for(start(f, before.head, -1));
		put(a, f->path, text);
		return;
	}
	for (int i = 0; i < n; i++)
		child[i] = start(f, NULL, kind == FULL ? text.n + (long)any(f, 160) - 10 : -1);
	for (int i = 0; i < n; i++) {
		if (kind == KILL || (kind == RACE && any(f, 2))) {
			pause_for(any(f, 2500));
			(void)kill(child[i], SIGKILL);
		}
		wait_for(child[i]);
	}
}

static void trial(Fire *f, Arena *a, Kind kind) {
	Spent s;
	Str text;
	long long fooled = f->shared->fooled, entered = f->shared->entered;
	one(f, a, kind);
	f->trials[kind]++;
	if (!reads(f, a, &s, &text) || s.spent < f->shared->drawn || f->shared->fooled != fooled)
		f->wrong[kind]++;
	f->debits += (long)(f->shared->entered - entered);
	f->refused += f->shared->entered == entered;
	if (s.entries < LINES_MOST) return;
	if (unlink(str_z(a, f->path)) != 0) stop("the ledger");
	f->shared->drawn = 0;
}

int main(int argc, char **argv) {
	int64_t trials = 10000;
	if (argc > 1 && (!str_to_int(str_of(argv[1]), &trials) || trials < 1)) {
		(void)fprintf(stderr, "bench_fire [TRIALS]\n");
		return 2;
	}
	Arena a = arena_new((ptrdiff_t)64 << 20);
	char folder[] = "/tmp/fire-XXXXXX";
	if (!mkdtemp(folder)) stop("a folder in /tmp");
	Fire f = {.shared = mmap(NULL, sizeof *f.shared, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS,
				 -1, 0),
		  .path = str_fmt(&a, "%s/ledger", folder),
		  .seed = (uint64_t)time(NULL)};
	if (f.shared == MAP_FAILED) stop("shared memory");
	for (int64_t i = 0; i < trials; i++) {
		Arena scratch = a;
		trial(&f, &scratch, (Kind)any(&f, KINDS));
	}
	long wrong = 0;
	(void)printf(
		"| what happened | trials | drawn but not spent, or an older copy taken |\n|---|---|---|\n");
	for (int k = 0; k < KINDS; k++) {
		(void)printf("| %s | %ld | %ld |\n", names[k], f.trials[k], f.wrong[k]);
		wrong += f.wrong[k];
	}
	(void)printf("\n%ld debits said yes; in %ld trials none did. Wrong: %ld.\n", f.debits, f.refused,
		     wrong);
	(void)unlink(str_z(&a, f.path));
	(void)rmdir(folder);
	return wrong > 0;
}
