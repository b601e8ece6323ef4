#include "command/psi_log.h"
#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

// A line: time, begun|ended|broken, partner's key, session, purpose, asks|answers, who, with whom, records,
// pairs.
enum { COLUMNS = 10, LOG_BYTES = 64 << 20 };
#define DAY ((int64_t)86400)

static void close_fd(const int *fd) {
	if (*fd >= 0) (void)close(*fd);
}

// Open and locked against others of this machine until it is closed.
static int open_log(Arena *a, Why *why, Str path) {
	struct stat st;
	int fd = open(str_z(a, path), O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	bool open_now = fd >= 0 && flock(fd, LOCK_EX) == 0 && fstat(fd, &st) == 0;
	if (open_now && st.st_size < LOG_BYTES) return fd;
	(void)fail(why, ERR_STORE, "cannot keep the list of sessions %.*s: %s", (int)path.n, path.p,
		   open_now ? "it is too large" : strerror(errno));
	if (fd >= 0) (void)close(fd);
	return -1;
}

static Err read_log(Arena *a, Why *why, int fd, Str path, Str *out) {
	Buf b = {.a = a};
	char part[4096];
	ssize_t n;
	while ((n = read(fd, part, sizeof part)) > 0) buf_put(&b, (Str){part, n});
	if (n < 0) return fail(why, ERR_STORE, "cannot read %.*s: %s", (int)path.n, path.p, strerror(errno));
	*out = buf_str(&b);
	return OK;
}

static Err look(Why *why, Str text, const PsiLogged *s, Str partner, int64_t now, int64_t a_day) {
	Str line, cell[COLUMNS];
	int64_t lately = 0, number = 0, at = 0;
	while (str_cut(&text, '\n', &line)) {
		int n = 0;
		number++;
		while (n < COLUMNS && str_cut(&line, '\t', &cell[n])) n++;
		if (n != COLUMNS || line.n || !str_to_int(cell[0], &at))
			return fail(why, ERR_INVALID, "%.*s: line %lld is none of this program's",
				    (int)s->path.n, s->path.p, (long long)number);
		if (!str_eq(cell[1], S("begun")) || !str_eq(cell[2], partner)) continue;
		if (str_eq(cell[3], s->session))
			return fail(why, ERR_CONFLICT,
				    "session %.*s was begun before with this partner: agree on another name",
				    (int)s->session.n, s->session.p);
		lately += at > now - DAY;
	}
	return lately < a_day ? OK
			      : fail(why, ERR_LIMIT,
				     "%lld sessions with this partner in 24 hours, and %lld are allowed "
				     "(--a-day): each question tells both sides something",
				     (long long)lately, (long long)a_day);
}

static Err put_line(Arena *a, Why *why, int fd, const PsiLogged *s, const char *what, int64_t now,
		    int64_t pairs) {
	Str partner = str_hex(a, s->partner, sizeof s->partner);
	Str line = str_fmt(a, "%lld\t%s\t%.*s\t%.*s\t%.*s\t%s\t%.*s\t%.*s\t%lld\t%lld\n", (long long)now,
			   what, (int)partner.n, partner.p, (int)s->session.n, s->session.p,
			   (int)s->purpose.n, s->purpose.p, s->asks ? "asks" : "answers", (int)s->me.n,
			   s->me.p, (int)s->other.n, s->other.p, (long long)s->records, (long long)pairs);
	if (write(fd, line.p, (size_t)line.n) != (ssize_t)line.n || fsync(fd) != 0)
		return fail(why, ERR_STORE, "cannot keep %.*s: %s", (int)s->path.n, s->path.p,
			    strerror(errno));
	return OK;
}

Err psi_log_begin(Arena *a, Why *why, const PsiLogged *s, int64_t now, int64_t a_day) {
	Str text;
	__attribute__((cleanup(close_fd))) int fd = open_log(a, why, s->path);
	if (fd < 0) return ERR_STORE;
	TRY(read_log(a, why, fd, s->path, &text));
	TRY(look(why, text, s, str_hex(a, s->partner, sizeof s->partner), now, a_day));
	return put_line(a, why, fd, s, "begun", now, 0);
}

Err psi_log_end(Arena *a, Why *why, const PsiLogged *s, int64_t now, int64_t pairs) {
	__attribute__((cleanup(close_fd))) int fd = open_log(a, why, s->path);
	if (fd < 0) return ERR_STORE;
	return put_line(a, why, fd, s, pairs < 0 ? "broken" : "ended", now, pairs < 0 ? 0 : pairs);
}
