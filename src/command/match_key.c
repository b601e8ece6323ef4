// match key: the key by which an agency's messages and exports are known.
#include "command/match_run.h"
#include "vault/vault.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

static void close_fd(const int *fd) {
	if (*fd >= 0) (void)close(*fd);
}

Err match_keep_to_ourselves(Why *why) {
	const struct rlimit none = {0, 0};
	if (prctl(PR_SET_DUMPABLE, 0) != 0 || setrlimit(RLIMIT_CORE, &none) != 0)
		return fail(why, ERR_STORE, "this system lets others look into the program's memory");
	return OK;
}

static Err make_key(Why *why, Arena *a, const char *path, uint8_t secret[MATCH_SECRET]) {
	uint8_t public_key[32];
	__attribute__((cleanup(close_fd))) int fd =
		open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd < 0) return fail(why, ERR_STORE, "cannot make the key %s: %s", path, strerror(errno));
	signing_pair(secret, public_key);
	Str text = base64_text(a, (Str){(const char *)secret, MATCH_SECRET});
	TRY(match_write_text(why, fd, text));
	return fsync(fd) == 0 ? OK : fail(why, ERR_STORE, "cannot keep the key %s", path);
}

Err match_take_key(MatchRun *r, Arena *a, Str path, bool make, uint8_t secret[MATCH_SECRET]) {
	const char *z = str_z(a, path);
	struct stat st;
	Str text, bytes;
	if (stat(z, &st) != 0 && errno == ENOENT && make) return make_key(&r->why, a, z, secret);
	TRY(match_read_file(r, path, &text));
	if (stat(z, &st) != 0 || st.st_mode & 077)
		return fail(&r->why, ERR_INVALID, "%s may be read by others than its owner: chmod 600 it", z);
	if (!base64_parse(a, str_trim(text), &bytes) || bytes.n != MATCH_SECRET)
		return fail(&r->why, ERR_INVALID, "%s is no key of match psi", z);
	memcpy(secret, bytes.p, MATCH_SECRET);
	return OK;
}

int command_match_key(const Args *a) {
	MatchRun r;
	uint8_t secret[MATCH_SECRET], public_key[32];
	match_begin(&r, (ptrdiff_t)64 << 20);
	Err e = match_take_key(&r, &r.arena, a->key, true, secret);
	if (e == OK) {
		signing_public(secret, public_key);
		for (int i = 0; i < 32; i++) (void)printf("%02x", public_key[i]);
		(void)putchar('\n');
	}
	explicit_bzero(secret, sizeof secret);
	return match_end(&r, "match key", e);
}
