#include "command/psi_wire.h"
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <poll.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

enum { FRAME = 8, LOOK_MS = 100, STILL_MS = 5000 };

static void close_fd(const int *fd) {
	if (*fd >= 0) (void)close(*fd);
}

static Err too_late(Why *why) {
	return fail(why, ERR_GONE, "the time agreed on ended before the other side answered");
}
static bool late(const PsiWire *w) { return (int64_t)time(NULL) >= w->until; }
static void rest(int ms) {
	const struct timespec t = {ms / 1000, ms % 1000 * 1000000L};
	(void)nanosleep(&t, NULL);
}

// ---- addresses ------------------------------------------------------------------------------------------

typedef union {
	struct sockaddr any;
	struct sockaddr_un path;
	struct sockaddr_storage room;
} Address;

static Err find_host(Why *why, Arena *a, Str at, Address *out, socklen_t *n) {
	ptrdiff_t colon = at.n;
	while (colon && at.p[colon - 1] != ':') colon--;
	if (colon < 2 || colon == at.n)
		return fail(why, ERR_INVALID, "an address is ADDRESS:PORT or unix:PATH");
	Str host = str_slice(at, 0, colon - 1);
	if (host.n > 2 && host.p[0] == '[') host = str_slice(host, 1, host.n - 1);
	struct addrinfo *found = NULL, want = {.ai_socktype = SOCK_STREAM};
	int bad = getaddrinfo(str_z(a, host), str_z(a, str_slice(at, colon, at.n)), &want, &found);
	if (bad) return fail(why, ERR_INVALID, "no such address: %s", gai_strerror(bad));
	memcpy(out, found->ai_addr, found->ai_addrlen);
	*n = found->ai_addrlen;
	freeaddrinfo(found);
	return OK;
}

static Err find_address(Why *why, Arena *a, Str at, Address *out, socklen_t *n) {
	*out = (Address){0};
	if (!str_starts(at, S("unix:"))) return find_host(why, a, at, out, n);
	Str path = str_slice(at, 5, at.n);
	if (!path.n || path.n >= (ptrdiff_t)sizeof out->path.sun_path)
		return fail(why, ERR_INVALID, "unix: needs a path shorter than %zu bytes",
			    sizeof out->path.sun_path);
	out->path.sun_family = AF_UNIX;
	memcpy(out->path.sun_path, path.p, (size_t)path.n);
	*n = sizeof out->path;
	return OK;
}

// 1: ready; 0: too late; -1: broken.
static int wait_for(const PsiWire *w, int fd, short what) {
	for (;;) {
		struct pollfd p = {.fd = fd, .events = what};
		int64_t left = w->until - (int64_t)time(NULL);
		if (left <= 0) return 0;
		int n = poll(&p, 1, left > 60 ? 60000 : (int)left * 1000);
		if (n > 0) return 1;
		if (n < 0 && errno != EINTR) return -1;
	}
}

Err wire_listen(PsiWire *w, Why *why, Arena *a, Str at) {
	Address where;
	socklen_t n = 0;
	int on = 1;
	TRY(find_address(why, a, at, &where, &n));
	__attribute__((cleanup(close_fd))) int fd =
		socket(where.any.sa_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd >= 0) (void)setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
	if (fd < 0 || bind(fd, &where.any, n) != 0 || listen(fd, 1) != 0)
		return fail(why, ERR_STORE, "cannot listen there: %s", strerror(errno));
	int ready = wait_for(w, fd, POLLIN);
	if (ready == 1) w->in = w->out = accept4(fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
	if (where.any.sa_family == AF_UNIX) (void)unlink(where.path.sun_path);
	if (ready == 0) return too_late(why);
	return w->in >= 0 ? OK : fail(why, ERR_STORE, "cannot take the connection: %s", strerror(errno));
}

Err wire_connect(PsiWire *w, Why *why, Arena *a, Str at) {
	Address where;
	socklen_t n = 0;
	TRY(find_address(why, a, at, &where, &n));
	for (; !late(w); rest(LOOK_MS)) {
		int fd = socket(where.any.sa_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
		if (fd < 0) return fail(why, ERR_STORE, "cannot connect: %s", strerror(errno));
		if (connect(fd, &where.any, n) == 0 && fcntl(fd, F_SETFL, O_NONBLOCK) == 0) {
			w->in = w->out = fd;
			return OK;
		}
		(void)close(fd);
		if (errno != ECONNREFUSED && errno != ENOENT && errno != EINTR)
			return fail(why, ERR_STORE, "cannot connect: %s", strerror(errno));
	}
	return too_late(why);
}

void wire_close(PsiWire *w) {
	if (w->in >= 0) (void)close(w->in);
	if (w->out >= 0 && w->out != w->in) (void)close(w->out);
	w->in = w->out = -1;
}

// ---- frames ---------------------------------------------------------------------------------------------

static void put_length(char out[FRAME], ptrdiff_t n) {
	for (int i = 0; i < FRAME; i++) out[i] = (char)((uint64_t)n >> (8 * (FRAME - 1 - i)) & 255);
}
static Err get_length(const PsiWire *w, Why *why, const char in[FRAME], ptrdiff_t *out) {
	uint64_t n = 0;
	for (int i = 0; i < FRAME; i++) n = n << 8 | (uint8_t)in[i];
	if (n == 0 || n > (uint64_t)w->most)
		return fail(why, ERR_TOO_LARGE, "what came is no message, or larger than agreed");
	*out = (ptrdiff_t)n;
	return OK;
}

static Err push(const PsiWire *w, Why *why, Str bytes) {
	while (bytes.n) {
		int ready = wait_for(w, w->out, POLLOUT);
		if (ready == 0) return too_late(why);
		ssize_t n = write(w->out, bytes.p, (size_t)bytes.n);
		if (n < 0 && (errno == EINTR || errno == EAGAIN)) continue;
		if (n < 0) return fail(why, ERR_STORE, "the other side is gone: %s", strerror(errno));
		bytes = str_slice(bytes, n, bytes.n);
	}
	return OK;
}

static Err pull(const PsiWire *w, Why *why, char *into, ptrdiff_t n) {
	for (ptrdiff_t at = 0; at < n;) {
		int ready = wait_for(w, w->in, POLLIN);
		if (ready == 0) return too_late(why);
		ssize_t got = read(w->in, into + at, (size_t)(n - at));
		if (got < 0 && (errno == EINTR || errno == EAGAIN)) continue;
		if (got <= 0)
			return fail(why, ERR_STORE,
				    "the other side ended the connection; what was wrong stands there");
		at += got;
	}
	return OK;
}

// ---- files ----------------------------------------------------------------------------------------------

static Str file_of(const PsiWire *w, Arena *a, int step) {
	return str_fmt(a, "%.*s/%.*s.%d.psi", (int)w->folder.n, w->folder.p, (int)w->session.n, w->session.p,
		       step);
}

static Err send_file(PsiWire *w, Why *why, Arena *a, int step, Str head, Str message) {
	char *path = str_z(a, file_of(w, a, step)), *part = str_z(a, str_fmt(a, "%s.part", path));
	__attribute__((cleanup(close_fd))) int fd =
		open(part, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd < 0) return fail(why, ERR_STORE, "cannot write %s: %s", part, strerror(errno));
	w->out = fd;
	Err e = push(w, why, head);
	if (e == OK) e = push(w, why, message);
	w->out = -1;
	// link does not put itself in the place of what is there.
	if (e == OK && (fsync(fd) != 0 || link(part, path) != 0))
		e = fail(why, ERR_STORE, "cannot write %s: %s", path,
			 errno == EEXIST ? "a file of that name is there; is this session new?"
					 : strerror(errno));
	(void)unlink(part);
	return e;
}

// The file may still be on its way: what is shorter than its length says is waited for while it grows.
static Err take_file(PsiWire *w, Why *why, Arena *a, int step, Str *out) {
	char *path = str_z(a, file_of(w, a, step));
	struct stat st;
	off_t before = -1;
	for (int still = 0; !late(w); rest(LOOK_MS)) {
		char head[FRAME];
		ptrdiff_t n;
		__attribute__((cleanup(close_fd))) int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
		if (fd < 0 && errno == ENOENT) continue;
		if (fd < 0 || fstat(fd, &st) != 0 || !S_ISREG(st.st_mode))
			return fail(why, ERR_STORE, "cannot read %s: %s", path,
				    fd < 0 ? strerror(errno) : "no file");
		still = st.st_size == before ? still + LOOK_MS : 0;
		before = st.st_size;
		if (st.st_size >= FRAME) {
			if (pread(fd, head, FRAME, 0) != FRAME) continue;
			TRY(get_length(w, why, head, &n));
			if (st.st_size > n + FRAME) return fail(why, ERR_INVALID, "%s is too long", path);
			if (st.st_size == n + FRAME) {
				char *p = NEW(a, char, n);
				if (pread(fd, p, (size_t)n, FRAME) != n) continue;
				*out = (Str){p, n};
				return OK;
			}
		}
		if (still >= STILL_MS) return fail(why, ERR_INVALID, "%s is cut short", path);
	}
	return too_late(why);
}

Err wire_send(PsiWire *w, Why *why, Arena *a, int step, Str message) {
	char head[FRAME];
	put_length(head, message.n);
	if (w->folder.n) return send_file(w, why, a, step, (Str){head, FRAME}, message);
	TRY(push(w, why, (Str){head, FRAME}));
	return push(w, why, message);
}

Err wire_take(PsiWire *w, Why *why, Arena *a, int step, Str *message) {
	char head[FRAME];
	ptrdiff_t n;
	if (w->folder.n) return take_file(w, why, a, step, message);
	TRY(pull(w, why, head, FRAME));
	TRY(get_length(w, why, head, &n));
	char *p = NEW(a, char, n);
	TRY(pull(w, why, p, n));
	*message = (Str){p, n};
	return OK;
}
