#include "release/spend.h"
#include "vault/vault.h"
#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#define TITLE "sangam-spend 1 "

static void head_of(const uint8_t before[32], Str line, uint8_t out[32]) {
	Str part[] = {{(const char *)before, 32}, line};
	sha256_of(part, 2, out);
}

static void put_hex(Buf *b, const uint8_t head[32]) {
	for (int i = 0; i < 32; i++) buf_fmt(b, "%02x", head[i]);
}

static bool positive(Str s, int64_t *out) { return str_to_int(s, out) && *out > 0; }

static Err read_entry(Arena scratch, Why *why, Str line, Spent *s) {
	Str rest = line, word[5];
	int n = 0;
	int64_t number, amount, time;
	while (n < 5 && str_cut(&rest, ' ', &word[n])) n++;
	bool right = n == 5 && !rest.n && positive(word[0], &number) && number == s->entries + 1 &&
		     positive(word[1], &amount) && amount <= s->cap - s->spent && positive(word[2], &time) &&
		     word[4].n == 64;
	if (right) {
		Buf hex = {.a = &scratch};
		head_of(s->head, str_slice(line, 0, line.n - 65), s->head);
		put_hex(&hex, s->head);
		right = str_eq(buf_str(&hex), word[4]);
	}
	if (!right)
		return fail(why, ERR_INVALID,
			    "line %lld was altered, or one before it was taken out or put in",
			    (long long)s->entries + 2);
	s->entries++;
	s->spent += amount;
	return OK;
}

Err spend_read(Arena *a, Why *why, Str text, Spent *out, ptrdiff_t *whole) {
	*out = (Spent){0};
	*whole = 0;
	for (ptrdiff_t end; (end = str_find_char(str_slice(text, *whole, text.n), '\n')) >= 0;
	     *whole += end + 1) {
		Str line = str_slice(text, *whole, *whole + end);
		if (*whole) {
			TRY(read_entry(*a, why, line, out));
			continue;
		}
		Str title = S(TITLE);
		if (!str_starts(line, title) || !positive(str_slice(line, title.n, line.n), &out->cap))
			return fail(why, ERR_INVALID, "line 1 is not that of a privacy ledger");
		sha256_of(&line, 1, out->head);
	}
	return OK;
}

static void close_fd(const int *fd) {
	if (*fd >= 0) (void)close(*fd);
}

static Err not_kept(Why *why, Str path) {
	return fail(why, errno == ENOSPC || errno == EDQUOT ? ERR_FULL : ERR_STORE, "%.*s cannot be kept: %s",
		    (int)path.n, path.p, strerror(errno));
}

static Err read_all(Arena *a, Why *why, int fd, Str path, Str *out) {
	Buf b = {.a = a};
	char part[16384];
	ssize_t n;
	while ((n = read(fd, part, sizeof part)) > 0) {
		buf_put(&b, (Str){part, n});
		if (b.n > 64 << 20)
			return fail(why, ERR_TOO_LARGE, "%.*s is no privacy ledger", (int)path.n, path.p);
	}
	*out = buf_str(&b);
	return n < 0 ? not_kept(why, path) : OK;
}

// The name of a new file is on the disk only when its folder is.
static Err keep_name(Arena scratch, Why *why, Str path) {
	ptrdiff_t end = path.n;
	while (end > 0 && path.p[end - 1] != '/') end--;
	Str folder = end > 1 ? str_slice(path, 0, end - 1) : end ? S("/") : S(".");
	__attribute__((cleanup(close_fd))) int fd =
		open(str_z(&scratch, folder), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return fd >= 0 && fsync(fd) == 0 ? OK : not_kept(why, path);
}

static Err append(Why *why, int fd, Str path, ptrdiff_t at, Str text) {
	if (ftruncate(fd, at) != 0) return not_kept(why, path);
	for (ptrdiff_t done = 0; done < text.n;) {
		ssize_t n = pwrite(fd, text.p + done, (size_t)(text.n - done), at + done);
		if (n < 0 && errno == EINTR) continue;
		if (n <= 0) {
			Err e = not_kept(why, path);
			(void)!ftruncate(fd, at); // the next reader takes a torn line away anyhow
			return e;
		}
		done += n;
	}
	return fsync(fd) == 0 ? OK : not_kept(why, path);
}

static Err debit(Arena *a, Why *why, int fd, Str path, const uint8_t *head, Rho amount, Str what, int64_t now,
		 Spent *s) {
	Str text;
	ptrdiff_t whole;
	TRY(read_all(a, why, fd, path, &text));
	Why inner = {0};
	Err e = spend_read(a, &inner, text, s, &whole);
	if (e != OK) return fail(why, e, "%.*s: %s", (int)path.n, path.p, inner.msg);
	Buf b = {.a = a};
	if (!whole) {
		s->cap = account_rho(SPEND_CAP_EPSILON, SPEND_CAP_DELTA);
		buf_fmt(&b, TITLE "%lld", (long long)s->cap);
		Str line = buf_str(&b);
		sha256_of(&line, 1, s->head);
		buf_char(&b, '\n');
	}
	if (head && memcmp(head, s->head, 32) != 0)
		return fail(why, ERR_CONFLICT,
			    "%.*s does not end with the head that was given: it is an older copy, or "
			    "somebody released "
			    "since. Nothing was spent",
			    (int)path.n, path.p);
	if (amount > s->cap - s->spent)
		return fail(why, ERR_LIMIT,
			    "%.*s: of %.4f that may ever be spent on these people, %.4f is spent and %.4f "
			    "was asked for. "
			    "Nothing more of them can be released at this precision",
			    (int)path.n, path.p, (double)s->cap / RHO_ONE, (double)s->spent / RHO_ONE,
			    (double)amount / RHO_ONE);
	ptrdiff_t start = b.n;
	buf_fmt(&b, "%lld %lld %lld %.*s", (long long)s->entries + 1, (long long)amount, (long long)now,
		(int)what.n, what.p);
	head_of(s->head, str_slice(buf_str(&b), start, b.n), s->head);
	buf_char(&b, ' ');
	put_hex(&b, s->head);
	buf_char(&b, '\n');
	TRY(append(why, fd, path, whole, buf_str(&b)));
	s->entries++;
	s->spent += amount;
	return keep_name(*a, why, path);
}

// Whoever puts back a copy while we wait would leave us with a file that has no name any more.
static Err still_there(Arena scratch, Why *why, int fd, Str path) {
	struct stat held, named;
	if (fstat(fd, &held) == 0 && stat(str_z(&scratch, path), &named) == 0 &&
	    held.st_ino == named.st_ino && held.st_dev == named.st_dev)
		return OK;
	return fail(why, ERR_BUSY, "%.*s was replaced meanwhile. Nothing was spent", (int)path.n, path.p);
}

Err spend_debit(Arena *a, Why *why, Str path, Rho amount, Str what, int64_t now, Spent *after) {
	return spend_debit_after(a, why, path, NULL, amount, what, now, after);
}

Err spend_debit_after(Arena *a, Why *why, Str path, const uint8_t *head, Rho amount, Str what, int64_t now,
		      Spent *after) {
	ASSERT(amount > 0 && now > 0);
	__attribute__((cleanup(close_fd))) int fd =
		open(str_z(a, path), O_RDWR | (head ? 0 : O_CREAT) | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd < 0) return not_kept(why, path);
	while (flock(fd, LOCK_EX) != 0)
		if (errno != EINTR)
			return fail(why, ERR_BUSY, "%.*s is held by another", (int)path.n, path.p);
	TRY(still_there(*a, why, fd, path));
	return debit(a, why, fd, path, head, amount, what, now, after);
}
