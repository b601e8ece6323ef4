// RFC 9162 section 2.1: leaf = SHA-256(0x00 data), node = SHA-256(0x01 left right).
#include "ledger/ledger_inside.h"

static Str hash_str(const uint8_t h[32]) { return (Str){(const char *)h, 32}; }

void merkle_leaf(Str data, uint8_t out[32]) { sha256_of((const Str[]){{"\0", 1}, data}, 2, out); }

static void node(const uint8_t left[32], const uint8_t right[32], uint8_t out[32]) {
	sha256_of((const Str[]){{"\1", 1}, hash_str(left), hash_str(right)}, 3, out);
}

void merkle_root(const uint8_t (*leaf)[32], ptrdiff_t n, uint8_t out[32]) {
	uint8_t left[32], right[32];
	ptrdiff_t k = 1;
	if (n == 0) {
		sha256_of(NULL, 0, out);
		return;
	}
	if (n == 1) {
		memcpy(out, leaf[0], 32);
		return;
	}
	while (k * 2 < n) k *= 2; // the largest power of two smaller than n
	merkle_root(leaf, k, left);
	merkle_root(leaf + k, n - k, right);
	node(left, right, out);
}

void frontier_push(Frontier *f, const uint8_t leaf[32]) {
	uint8_t h[32];
	int level = 0;
	memcpy(h, leaf, 32);
	for (; f->size >> level & 1; level++) node(f->hash[level], h, h);
	ASSERT(level < FRONTIER_LEVELS);
	memcpy(f->hash[level], h, 32);
	f->size++;
}

void frontier_root(const Frontier *f, uint8_t out[32]) {
	bool begun = false;
	for (int level = 0; level < FRONTIER_LEVELS; level++) {
		if (!(f->size >> level & 1)) continue;
		if (begun)
			node(f->hash[level], out, out);
		else
			memcpy(out, f->hash[level], 32);
		begun = true;
	}
	if (!begun) sha256_of(NULL, 0, out);
}

Str frontier_text(Arena *a, const Frontier *f) {
	Buf b = {.a = a};
	for (int level = 0; level < FRONTIER_LEVELS; level++)
		if (f->size >> level & 1) buf_put(&b, hash_str(f->hash[level]));
	return buf_str(&b);
}

bool frontier_parse(int64_t size, Str text, Frontier *f) {
	if (size < 0 || size >> FRONTIER_LEVELS ||
	    text.n != 32 * (ptrdiff_t)__builtin_popcountll((uint64_t)size))
		return false;
	*f = (Frontier){.size = size};
	for (int level = 0; level < FRONTIER_LEVELS; level++) {
		if (!(size >> level & 1)) continue;
		memcpy(f->hash[level], text.p, 32);
		text = str_slice(text, 32, text.n);
	}
	return true;
}
