#include "base/base.h"
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#if defined(__SANITIZE_ADDRESS__)
#define POISONING 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define POISONING 1
#endif
#endif
#ifdef POISONING
#include <sanitizer/asan_interface.h>
#endif

#define KEEP_BYTES ((ptrdiff_t)1 << 20) // a reset arena keeps this much of its pages
#define GAP 16 // poisoned bytes between two objects, under AddressSanitizer only

// Poisoning costs an eighth of the address space in real memory, so arenas that reserve very much go without.
#define WATCHED_BYTES ((ptrdiff_t)64 << 20)

static void poison(const Arena *a, const char *p, ptrdiff_t n) {
#ifdef POISONING
	if (a->end - a->beg <= WATCHED_BYTES) __asan_poison_memory_region(p, (size_t)n);
#endif
	(void)a, (void)p, (void)n;
}

static void unpoison(const Arena *a, const char *p, ptrdiff_t n) {
#ifdef POISONING
	if (a->end - a->beg <= WATCHED_BYTES) __asan_unpoison_memory_region(p, (size_t)n);
#endif
	(void)a, (void)p, (void)n;
}

_Noreturn void assert_failed_(const char *file, int line) {
	(void)fprintf(stderr, "sangam: broken invariant at %s:%d\n", file, line);
	abort();
}

bool str_eq(Str a, Str b) { return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, (size_t)a.n) == 0); }

static char lower(char c) { return c >= 'A' && c <= 'Z' ? (char)(c + 32) : c; }

bool str_eq_nocase(Str a, Str b) {
	if (a.n != b.n) return false;
	for (ptrdiff_t i = 0; i < a.n; i++)
		if (lower(a.p[i]) != lower(b.p[i])) return false;
	return true;
}

int str_cmp(Str a, Str b) {
	ptrdiff_t n = a.n < b.n ? a.n : b.n;
	int c = n ? memcmp(a.p, b.p, (size_t)n) : 0;
	return c ? c : (a.n > b.n) - (a.n < b.n);
}

bool str_starts(Str s, Str prefix) { return s.n >= prefix.n && str_eq((Str){s.p, prefix.n}, prefix); }
bool str_ends(Str s, Str suffix) {
	return s.n >= suffix.n && str_eq((Str){s.p + s.n - suffix.n, suffix.n}, suffix);
}

ptrdiff_t str_find(Str s, Str what) {
	if (what.n == 0) return 0;
	const char *at = s.n ? memmem(s.p, (size_t)s.n, what.p, (size_t)what.n) : NULL;
	return at ? at - s.p : -1;
}

ptrdiff_t str_find_char(Str s, char c) {
	const char *at = s.n ? memchr(s.p, c, (size_t)s.n) : NULL;
	return at ? at - s.p : -1;
}

Str str_slice(Str s, ptrdiff_t from, ptrdiff_t to) {
	from = from < 0 ? 0 : from > s.n ? s.n : from;
	to = to < from ? from : to > s.n ? s.n : to;
	return (Str){s.p ? s.p + from : s.p, to - from};
}

static bool blank(char c) {
	return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f' || c == '\v';
}

Str str_trim(Str s) {
	while (s.n && blank(s.p[0])) s = str_slice(s, 1, s.n);
	while (s.n && blank(s.p[s.n - 1])) s.n--;
	return s;
}

Str str_of(const char *z) { return z ? (Str){z, (ptrdiff_t)strlen(z)} : (Str){0}; }

bool str_to_int(Str s, int64_t *out) {
	bool minus = s.n && s.p[0] == '-';
	ptrdiff_t i = minus;
	int64_t v = 0; // gathered negative, because INT64_MIN has no positive twin
	if (i == s.n) return false;
	for (; i < s.n; i++) {
		if (s.p[i] < '0' || s.p[i] > '9') return false;
		if (__builtin_mul_overflow(v, 10, &v) || __builtin_sub_overflow(v, s.p[i] - '0', &v))
			return false;
	}
	if (!minus && v == INT64_MIN) return false;
	*out = minus ? v : -v;
	return true;
}

bool str_cut(Str *rest, char sep, Str *part) {
	if (rest->p == NULL || rest->n < 0) return false;
	if (rest->n == 0) {
		rest->p = NULL;
		return false;
	}
	ptrdiff_t at = str_find_char(*rest, sep);
	*part = str_slice(*rest, 0, at < 0 ? rest->n : at);
	*rest = at < 0 ? (Str){0} : str_slice(*rest, at + 1, rest->n);
	return true;
}

Arena arena_new(ptrdiff_t bytes) {
	// NORESERVE: address space is not memory; a request that uses little costs little.
	char *p = mmap(NULL, (size_t)bytes, PROT_READ | PROT_WRITE,
		       MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	ASSERT(p != MAP_FAILED);
	(void)madvise(p, (size_t)bytes, MADV_DONTDUMP); // what people told us is in here
	Arena a = {p, p, p + bytes};
	poison(&a, p, bytes);
	return a;
}

void arena_reset(Arena *a) {
	ptrdiff_t used = a->at - a->beg;
	unpoison(a, a->beg, used);
	if (used > KEEP_BYTES) {
		// Fresh pages are zero pages, so only what is kept needs wiping.
		(void)madvise(a->beg + KEEP_BYTES, (size_t)(used - KEEP_BYTES), MADV_DONTNEED);
		used = KEEP_BYTES;
	}
	memset(a->beg, 0, (size_t)used);
	poison(a, a->beg, a->end - a->beg);
	a->at = a->beg;
}

void arena_free(Arena *a) {
	if (!a->beg) return;
	unpoison(a, a->beg, a->end - a->beg);
	(void)munmap(a->beg, (size_t)(a->end - a->beg));
	*a = (Arena){0};
}

void *arena_get(Arena *a, ptrdiff_t size, ptrdiff_t count) {
	ptrdiff_t pad = (ptrdiff_t)(-(uintptr_t)a->at & 15);
#ifdef POISONING
	pad += GAP;
#endif
	ASSERT(size > 0 && count >= 0 && a->end - a->at > pad && count <= (a->end - a->at - pad) / size);
	char *p = a->at + pad;
	a->at = p + size * count;
	unpoison(a, p, size * count);
	return memset(p, 0, (size_t)(size * count));
}

Str str_dup(Arena *a, Str s) {
	char *p = NEW(a, char, s.n);
	if (s.n) memcpy(p, s.p, (size_t)s.n);
	return (Str){p, s.n};
}

char *str_z(Arena *a, Str s) {
	char *p = NEW(a, char, s.n + 1);
	if (s.n) memcpy(p, s.p, (size_t)s.n);
	return p;
}

static PRINTF(2, 0) Str format(Arena *a, const char *fmt, va_list ap) {
	va_list again;
	va_copy(again, ap);
	int n = vsnprintf(NULL, 0, fmt, ap);
	ASSERT(n >= 0);
	char *p = NEW(a, char, n + 1);
	(void)vsnprintf(p, (size_t)n + 1, fmt, again);
	va_end(again);
	return (Str){p, n};
}

Str str_hex(Arena *a, const void *bytes, ptrdiff_t n) {
	static const char digit[] = "0123456789abcdef";
	const uint8_t *p = bytes;
	char *out = NEW(a, char, 2 * n);
	for (ptrdiff_t i = 0; i < n; i++) {
		out[2 * i] = digit[p[i] >> 4];
		out[2 * i + 1] = digit[p[i] & 15];
	}
	return (Str){out, 2 * n};
}

Str str_fmt(Arena *a, const char *fmt, ...) {
	va_list ap;
	va_start(ap, fmt);
	Str s = format(a, fmt, ap);
	va_end(ap);
	return s;
}

Str str_join(Arena *a, Str sep, const Str *part, ptrdiff_t n) {
	Buf b = {.a = a};
	for (ptrdiff_t i = 0; i < n; i++) {
		if (i) buf_put(&b, sep);
		buf_put(&b, part[i]);
	}
	return buf_str(&b);
}

void buf_put(Buf *b, Str s) {
	if (s.n > b->cap - b->n) {
		ptrdiff_t cap = (b->cap + s.n) * 2 < 256 ? 256 : (b->cap + s.n) * 2;
		char *p = NEW(b->a, char, cap);
		if (b->n) memcpy(p, b->p, (size_t)b->n);
		b->p = p;
		b->cap = cap;
	}
	if (!s.n) return;
	ASSERT(b->p && s.n <= b->cap - b->n);
	memcpy(b->p + b->n, s.p, (size_t)s.n);
	b->n += s.n;
}

void buf_char(Buf *b, char c) { buf_put(b, (Str){&c, 1}); }

void buf_int(Buf *b, int64_t i) {
	char z[24];
	buf_put(b, (Str){z, snprintf(z, sizeof z, "%lld", (long long)i)});
}

void buf_fmt(Buf *b, const char *fmt, ...) {
	va_list ap;
	va_start(ap, fmt);
	Str s = format(b->a, fmt, ap);
	va_end(ap);
	buf_put(b, s);
}

void fail_(Why *w, Err e, const char *file, int line, const char *fmt, ...) {
	va_list ap;
	w->err = e;
	w->file = file;
	w->line = line;
	va_start(ap, fmt);
	(void)vsnprintf(w->msg, sizeof w->msg, fmt, ap);
	va_end(ap);
}
