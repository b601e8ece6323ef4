// Files of a release: all are written first, then all get their names, the manifest last.
#include "command/release_parts.h"
#include "vault/vault.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define READ_MOST ((ptrdiff_t)2 << 30)

static void close_fd(const int *fd) {
	if (*fd >= 0) (void)close(*fd);
}

Err release_read(Arena *a, Why *why, Str path, Str *out) {
	__attribute__((cleanup(close_fd))) int fd = open(str_z(a, path), O_RDONLY | O_CLOEXEC);
	Buf b = {.a = a};
	struct stat st;
	char part[65536];
	ssize_t n = fd < 0 ? -1 : 1;
	if (fd >= 0 && fstat(fd, &st) == 0 && st.st_size > 0 && st.st_size <= READ_MOST) // all at once
		b = (Buf){.a = a, .p = NEW(a, char, st.st_size), .cap = st.st_size};
	while (fd >= 0 && (n = read(fd, part, sizeof part)) > 0) {
		if (b.n > READ_MOST)
			return fail(why, ERR_TOO_LARGE, "%.*s is larger than 2 GiB", (int)path.n, path.p);
		buf_put(&b, (Str){part, n});
	}
	if (n < 0)
		return fail(why, ERR_NOT_FOUND, "cannot read %.*s: %s", (int)path.n, path.p, strerror(errno));
	*out = buf_str(&b);
	return OK;
}

Str release_name(Str path) {
	ptrdiff_t at = path.n;
	while (at && path.p[at - 1] != '/') at--;
	return str_slice(path, at, path.n);
}

static Err make_file(Release *r, Str path, OutFile *f) {
	*f = (OutFile){path, str_fmt(&r->arena, "%.*s.part", (int)path.n, path.p), -1, false};
	if (!path.n) return OK;
	f->fd = open(str_z(&r->arena, f->part), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	if (f->fd >= 0) return OK;
	return fail(&r->why, ERR_STORE, "cannot write %.*s: %s. Nothing was spent", (int)path.n, path.p,
		    strerror(errno));
}

Err release_files_make(Release *r, const Args *a) {
	Str beside = a->out;
	Str path[LEAVES__N] = {
		[LEAVES_DATA] = a->out,
		[LEAVES_SHEET] = a->xlsx,
		[LEAVES_REPORT] = a->report,
		[LEAVES_PAGE] =
			a->page.n ? a->page : str_fmt(&r->arena, "%.*s.html", (int)beside.n, beside.p),
		[LEAVES_MANIFEST] =
			a->manifest.n ? a->manifest
				      : str_fmt(&r->arena, "%.*s.manifest.json", (int)beside.n, beside.p),
	};
	for (int i = 0; i < LEAVES__N; i++)
		for (int k = 0; k < i; k++)
			if (path[i].n && str_eq(path[i], path[k]))
				return fail(&r->why, ERR_INVALID, "%.*s is named for two things",
					    (int)path[i].n, path[i].p);
	for (int i = 0; i < LEAVES__N; i++) TRY(make_file(r, path[i], &r->out[i]));
	return OK;
}

static Err not_written(Release *r, const OutFile *f) {
	return fail(&r->why, errno == ENOSPC || errno == EDQUOT ? ERR_FULL : ERR_STORE,
		    "cannot write %.*s: %s. What was measured is spent and nothing was written",
		    (int)f->path.n, f->path.p, strerror(errno));
}

static void will_sign(Release *r, Leaves which, Str text) {
	if (which == LEAVES_MANIFEST) return;
	ManifestFile *m = &r->signs.file[r->signs.nfile++];
	*m = (ManifestFile){.name = release_name(r->out[which].path), .size = text.n};
	sha256_of(&text, 1, m->hash);
}

static Err on_disk(Release *r, OutFile *f) {
	if (fsync(f->fd) != 0) return not_written(r, f);
	f->whole = true;
	return OK;
}

Err release_file_fill(Release *r, Leaves which, Str text) {
	OutFile *f = &r->out[which];
	will_sign(r, which, text);
	while (text.n) {
		ssize_t n = write(f->fd, text.p, (size_t)text.n);
		if (n < 0 && errno == EINTR) continue;
		if (n < 0) return not_written(r, f);
		text = str_slice(text, n, text.n);
	}
	return on_disk(r, f);
}

// The library writes a file by its name; what it wrote is read again, to be signed.
Err release_sheet_fill(Release *r, Str csv) {
	OutFile *f = &r->out[LEAVES_SHEET];
	Str text;
	if (!f->path.n) return OK;
	Why inner = {0};
	Err e = said_sheet(&r->arena, &inner, f->part, csv, (int64_t)time(NULL));
	if (e != OK)
		return fail(&r->why, e, "%.*s: %s. What was measured is spent and nothing was written",
			    (int)f->path.n, f->path.p, inner.msg);
	TRY(release_read(&r->arena, &r->why, f->part, &text));
	will_sign(r, LEAVES_SHEET, text);
	return on_disk(r, f);
}

Err release_files_keep(Release *r) {
	for (int i = 0; i < LEAVES__N; i++) {
		OutFile *f = &r->out[i];
		if (!f->path.n) continue;
		ASSERT(f->whole);
		if (rename(str_z(&r->arena, f->part), str_z(&r->arena, f->path)) != 0)
			return fail(&r->why, ERR_STORE, "cannot keep %.*s: %s", (int)f->path.n, f->path.p,
				    strerror(errno));
		(void)close(f->fd);
		f->fd = -1;
	}
	return OK;
}

void release_files_leave(Release *r) {
	for (int i = 0; i < LEAVES__N; i++) {
		OutFile *f = &r->out[i];
		if (!f->path.n || f->fd < 0) continue;
		(void)close(f->fd);
		(void)unlink(str_z(&r->arena, f->part));
	}
}

// ---- the key that signs releases of these people: beside their ledger unless named; made when it is not
// there

static Err make_key(Release *r, const char *path) {
	__attribute__((cleanup(close_fd))) int fd =
		open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd < 0)
		return fail(&r->why, ERR_STORE, "cannot make the key %s: %s. Nothing was spent", path,
			    strerror(errno));
	signing_pair(r->secret, r->signs.key);
	Str text = base64_text(&r->arena, (Str){(const char *)r->secret, SECRET_BYTES});
	if (write(fd, text.p, (size_t)text.n) == (ssize_t)text.n && fsync(fd) == 0) return OK;
	int why = errno;
	(void)unlink(path); // half a key would stop every later release
	return fail(&r->why, ERR_STORE, "cannot keep the key %s: %s. Nothing was spent", path, strerror(why));
}

Err release_key(Release *r, const Args *a) {
	Str path = a->key.n ? a->key : str_fmt(&r->arena, "%.*s.key", (int)a->ledger.n, a->ledger.p), text,
	    secret;
	const char *z = str_z(&r->arena, path);
	struct stat st;
	if (stat(z, &st) != 0 && errno == ENOENT) return make_key(r, z);
	TRY(release_read(&r->arena, &r->why, path, &text));
	if (st.st_mode & 077)
		return fail(&r->why, ERR_INVALID, "%s may be read by others than its owner: chmod 600 it", z);
	if (!base64_parse(&r->arena, str_trim(text), &secret) || secret.n != SECRET_BYTES)
		return fail(&r->why, ERR_INVALID, "%s is no key of a release", z);
	memcpy(r->secret, secret.p, SECRET_BYTES);
	signing_public(r->secret, r->signs.key);
	return OK;
}

Err release_sign(Release *r, const Said *s) {
	Manifest *m = &r->signs;
	m->what = str_of(s->what);
	m->version = S(SANGAM_VERSION);
	m->unit = said_unit(&r->arena, s);
	m->book = r->book.name;
	m->book_version = r->book.version;
	m->rows_each = r->persons.most;
	m->time = (int64_t)time(NULL);
	m->entry = r->spent.entries;
	m->rho = r->rho;
	m->spent = r->spent.spent;
	m->cap = r->spent.cap;
	m->epsilon = r->epsilon;
	m->composition = r->composition;
	m->delta = r->delta;
	memcpy(m->codebook, r->book.hash.p, 32);
	memcpy(m->head, r->spent.head, 32);
	return release_file_fill(r, LEAVES_MANIFEST, manifest_write(&r->arena, m, r->secret));
}
