#include "kernel/kernel.h"
#include "kernel/wide.h"

// ---- the definition -----------------------------------------------------------------------------------

static uint32_t ones(uint64_t x) {
	x -= x >> 1 & 0x5555555555555555u;
	x = (x & 0x3333333333333333u) + (x >> 2 & 0x3333333333333333u);
	x = (x + (x >> 4)) & 0x0f0f0f0f0f0f0f0fu;
	return (uint32_t)(x * 0x0101010101010101u >> 56);
}

uint32_t kernel_popcount(const uint64_t *a, ptrdiff_t n) {
	uint32_t sum = 0;
	for (ptrdiff_t i = 0; i < n; i++) sum += ones(a[i]);
	return sum;
}

static uint32_t common(const uint64_t *a, const uint64_t *b, ptrdiff_t n) {
	uint32_t sum = 0;
	for (ptrdiff_t i = 0; i < n; i++) sum += ones(a[i] & b[i]);
	return sum;
}

static ptrdiff_t hits(const uint64_t *block, ptrdiff_t nblock, const uint64_t *q, uint32_t least, Hit *out) {
	ptrdiff_t n = 0;
	for (ptrdiff_t i = 0; i < nblock; i++, block += KERNEL_WORDS * KERNEL_LANES)
		for (int lane = 0; lane < KERNEL_LANES; lane++) {
			uint32_t sum = 0;
			for (int w = 0; w < KERNEL_WORDS; w++)
				sum += ones(block[w * KERNEL_LANES + lane] & q[w]);
			if (sum >= least) out[n++] = (Hit){(uint32_t)(i * KERNEL_LANES + lane), sum};
		}
	return n;
}

static ptrdiff_t sketches(const uint64_t *plane, const uint8_t *need, ptrdiff_t nblock, const uint64_t *q,
			  Hit *out) {
	ptrdiff_t n = 0;
	for (ptrdiff_t i = 0; i < nblock; i++, plane += KERNEL_SKETCH * KERNEL_LANES)
		for (int lane = 0; lane < KERNEL_LANES; lane++) {
			uint32_t sum = 0;
			for (int w = 0; w < KERNEL_SKETCH; w++)
				sum += ones(plane[w * KERNEL_LANES + lane] & q[w]);
			ptrdiff_t at = i * KERNEL_LANES + lane;
			if (sum >= need[at]) out[n++] = (Hit){(uint32_t)at, sum};
		}
	return n;
}

static ptrdiff_t narrow(const uint64_t *more, const uint8_t *need, const uint64_t *q, Hit *hit, ptrdiff_t n) {
	ptrdiff_t left = 0;
	for (ptrdiff_t i = 0; i < n; i++) {
		Hit h = hit[i];
		h.common += common(more + (ptrdiff_t)h.record * KERNEL_SKETCH, q, KERNEL_SKETCH);
		if (h.common >= need[h.record]) hit[left++] = h;
	}
	return left;
}

static void batch(const uint64_t *block, ptrdiff_t nblock, const uint64_t *q, const uint32_t *least,
		  ptrdiff_t nq, void *room, Hit *out, ptrdiff_t *n) {
	(void)room;
	for (ptrdiff_t i = 0; i < nq; i++)
		n[i] = hits(block, nblock, q + i * KERNEL_WORDS, least[i], out + i * nblock * KERNEL_LANES);
}

const Kernel kernel_portable = {"portable", common, hits, sketches, narrow, batch};

void kernel_put(uint64_t *block, int lane, const uint64_t *words, int nword) {
	for (int w = 0; w < nword; w++) block[w * KERNEL_LANES + lane] = words[w];
}

// ---- which one ----------------------------------------------------------------------------------------

const Kernel *const kernel_all[] = {
#if defined __x86_64__
	&kernel_amx,
	&kernel_avx512,
	&kernel_avx2,
#endif
	&kernel_portable,
};
const ptrdiff_t kernel_alls = COUNT(kernel_all);

bool kernel_has(const Kernel *k) {
	if (k == &kernel_portable) return true;
#if defined __x86_64__
	if (k == &kernel_avx2) return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("popcnt");
	if (k == &kernel_avx512)
		return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vpopcntdq") &&
		       __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("popcnt");
	if (k == &kernel_amx) return kernel_has(&kernel_avx512) && kernel_amx_allowed();
#endif
	return false;
}

// Made-up words (SplitMix64, Steele and others 2014), thinned to the fill of fingerprints, with the ends of
// the range among them.
static uint64_t made_up(uint64_t *state) {
	uint64_t z = *state += 0x9e3779b97f4a7c15u;
	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
	z = (z ^ z >> 27) * 0x94d049bb133111ebu;
	return z ^ z >> 31;
}

static bool same_hits(const Hit *a, ptrdiff_t na, const Hit *b, ptrdiff_t nb) {
	if (na != nb) return false;
	for (ptrdiff_t i = 0; i < na; i++)
		if (a[i].record != b[i].record || a[i].common != b[i].common) return false;
	return true;
}

enum { TRIED = 5 }; // blocks: more than any unrolling, and an odd number
enum { ASKED = 37 }; // queries: more than two tiles have, and an odd number
typedef struct {
	_Alignas(64) uint8_t room[KERNEL_ROOM];
	Hit mine[ASKED * TRIED * KERNEL_LANES], theirs[ASKED * TRIED * KERNEL_LANES];
	uint64_t q[ASKED][KERNEL_WORDS];
	uint32_t least[ASKED];
	ptrdiff_t n[ASKED], m[ASKED];
} Trial;

// The first queries have bounds that are always and never reached.
static bool batch_right(const Kernel *k, const uint64_t *block, uint64_t *seed) {
	Arena a = arena_new((ptrdiff_t)sizeof(Trial) + 4096);
	char *at = NEW(&a, char, (ptrdiff_t)sizeof(Trial) + 64);
	Trial *t = (Trial *)(void *)(at + (64 - (uintptr_t)at % 64));
	bool right = true;
	for (int i = 0; i < ASKED; i++) {
		for (int w = 0; w < KERNEL_WORDS; w++) t->q[i][w] = made_up(seed) & made_up(seed);
		t->least[i] = i == 0 ? 0 : i == 1 ? UINT32_MAX : 40 + (uint32_t)i;
	}
	for (int w = 0; w < KERNEL_WORDS; w++) t->q[2][w] = UINT64_MAX;
	for (ptrdiff_t nblock = 0; nblock <= TRIED; nblock++) {
		batch(block, nblock, t->q[0], t->least, ASKED, t->room, t->mine, t->n);
		k->batch(block, nblock, t->q[0], t->least, ASKED, t->room, t->theirs, t->m);
		for (int i = 0; i < ASKED; i++)
			right = right && same_hits(t->mine + i * nblock * KERNEL_LANES, t->n[i],
						   t->theirs + i * nblock * KERNEL_LANES, t->m[i]);
	}
	arena_free(&a);
	return right;
}

bool kernel_right(const Kernel *k) {
	uint64_t seed = 3, block[TRIED * KERNEL_WORDS * KERNEL_LANES], q[3][KERNEL_WORDS];
	uint8_t need[TRIED * KERNEL_LANES + 1];
	Hit mine[TRIED * KERNEL_LANES], theirs[TRIED * KERNEL_LANES];
	for (ptrdiff_t i = 0; i < COUNT(block); i++) block[i] = made_up(&seed) & made_up(&seed);
	for (int w = 0; w < KERNEL_WORDS; w++) {
		q[0][w] = made_up(&seed) & made_up(&seed);
		q[1][w] = UINT64_MAX;
		q[2][w] = 0;
		block[w * KERNEL_LANES + 1] = UINT64_MAX;
		block[w * KERNEL_LANES + 2] = 0;
	}
	for (int i = 0; i < 3; i++) {
		for (ptrdiff_t n = 0; n <= KERNEL_WORDS; n++)
			if (k->common(block + n, q[i], n) != common(block + n, q[i], n)) return false;
		for (uint32_t least = 0; least <= 1024; least += 16)
			if (!same_hits(mine, hits(block, TRIED, q[i], least, mine), theirs,
				       k->hits(block, TRIED, q[i], least, theirs)))
				return false;
		// Bounds near what such sketches share, and the least and the greatest.
		for (int shift = 0; shift <= 6; shift += 2) {
			for (ptrdiff_t r = 0; r < COUNT(need); r++)
				need[r] = (uint8_t)(r % 8 == 7	 ? 255
						    : r % 8 == 6 ? 0
								 : (made_up(&seed) & 255) >> shift);
			ptrdiff_t m = sketches(block, need, TRIED, q[i], mine);
			ptrdiff_t n = k->sketches(block, need, TRIED, q[i], theirs);
			if (!same_hits(mine, m, theirs, n)) return false;
			const uint64_t *more = block + TRIED * KERNEL_SKETCH * KERNEL_LANES;
			m = narrow(more, need + 1, q[i] + 4, mine, m);
			if (!same_hits(mine, m, theirs, k->narrow(more, need + 1, q[i] + 4, theirs, n)))
				return false;
		}
	}
	return batch_right(k, block, &seed);
}

const Kernel *kernel_best(void) {
	for (ptrdiff_t i = 0; i < kernel_alls; i++)
		if (kernel_has(kernel_all[i]) && kernel_right(kernel_all[i])) return kernel_all[i];
	return &kernel_portable;
}
