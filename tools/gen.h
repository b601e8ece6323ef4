// gen.h - what the generators of tools/ share: reading a file, growing text, ending with file:line.
// They run while building, on our own files, one after another: memory is never given back.
#pragma once
#include <ctype.h>
#include <errno.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define GEN_PRINTF(f, a) __attribute__((unused, format(printf, f, a)))
#define GEN_UNUSED __attribute__((unused))

typedef struct {
	char *p; // always ends in NUL, which n does not count
	size_t n, cap;
} Bytes;

_Noreturn static void gen_die(const char *path, int line, const char *fmt, ...) GEN_PRINTF(3, 4);
_Noreturn static void gen_die(const char *path, int line, const char *fmt, ...) {
	va_list ap;
	if (line > 0)
		fprintf(stderr, "%s:%d: ", path, line);
	else
		fprintf(stderr, "%s: ", path);
	va_start(ap, fmt);
	vfprintf(stderr, fmt, ap);
	va_end(ap);
	fputc('\n', stderr);
	exit(1);
}

GEN_UNUSED static void *gen_grow(void *p, size_t bytes) {
	p = realloc(p, bytes);
	if (!p) gen_die("generator", 0, "out of memory");
	return p;
}

GEN_UNUSED static void bytes_put(Bytes *b, const char *p, size_t n) {
	if (b->n + n + 1 > b->cap) b->p = gen_grow(b->p, b->cap = 2 * (b->n + n + 1));
	if (n) memcpy(b->p + b->n, p, n);
	b->n += n;
	b->p[b->n] = 0;
}

static void bytes_fmt(Bytes *b, const char *fmt, ...) GEN_PRINTF(2, 3);
static void bytes_fmt(Bytes *b, const char *fmt, ...) {
	va_list ap, again;
	va_start(ap, fmt);
	va_copy(again, ap);
	int n = vsnprintf(NULL, 0, fmt, ap);
	va_end(ap);
	bytes_put(b, "", 0);
	b->p = gen_grow(b->p, b->cap += (size_t)n + 1);
	vsnprintf(b->p + b->n, (size_t)n + 1, fmt, again);
	b->n += (size_t)n;
	va_end(again);
}

GEN_UNUSED static char *gen_copy(const char *p, size_t n) {
	Bytes b = {0};
	bytes_put(&b, p, n);
	return b.p;
}

GEN_UNUSED static Bytes gen_read(const char *path) {
	Bytes b = {0};
	char part[1 << 14];
	size_t n;
	FILE *f = fopen(path, "rb");
	if (!f) gen_die(path, 0, "%s", strerror(errno));
	while ((n = fread(part, 1, sizeof part, f)) > 0) bytes_put(&b, part, n);
	if (ferror(f)) gen_die(path, 0, "cannot be read");
	fclose(f);
	bytes_put(&b, "", 0);
	return b;
}

GEN_UNUSED static void gen_write(const char *dir, const char *name, const Bytes *b) {
	Bytes path = {0};
	bytes_fmt(&path, "%s/%s", dir, name);
	FILE *f = fopen(path.p, "wb");
	if (!f) gen_die(path.p, 0, "%s", strerror(errno));
	bool written = fwrite(b->p, 1, b->n, f) == b->n;
	if (fclose(f) || !written) gen_die(path.p, 0, "cannot be written");
	free(path.p);
}

// "src/wing/room/page.html" has the parent "room" and the stem "page".
GEN_UNUSED static char *gen_parent(const char *path) {
	const char *end = strrchr(path, '/');
	if (!end) gen_die(path, 0, "is in no folder");
	const char *from = end;
	while (from > path && from[-1] != '/') from--;
	return gen_copy(from, (size_t)(end - from));
}

GEN_UNUSED static char *gen_stem(const char *path) {
	const char *from = strrchr(path, '/');
	from = from ? from + 1 : path;
	const char *dot = strrchr(from, '.');
	return gen_copy(from, dot ? (size_t)(dot - from) : strlen(from));
}

// Puts text as the inside of a C string literal. Octal with three digits, as a hex escape would swallow what
// follows.
GEN_UNUSED static void gen_quote(Bytes *b, const char *p, size_t n) {
	for (size_t i = 0; i < n; i++) {
		unsigned char c = (unsigned char)p[i];
		if (c == '"' || c == '\\')
			bytes_fmt(b, "\\%c", c);
		else if (c == '\n')
			bytes_put(b, "\\n", 2);
		else if (c < 0x20 || c >= 0x7f || c == '?')
			bytes_fmt(b, "\\%03o", c);
		else
			bytes_put(b, p + i, 1);
	}
}
