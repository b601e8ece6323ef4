// AVX-512 with VPOPCNTDQ: a block's eight records are the eight lanes of a register.
#include "kernel/wide.h"
#if defined __x86_64__
#include <immintrin.h>
_Static_assert(sizeof(Hit) == 8 && offsetof(Hit, common) == 4, "a lane of a register");
#define WITH_AVX512 __attribute__((target("avx512f,avx512bw,avx512vpopcntdq,popcnt")))

WITH_AVX512 static inline __m512i sums(const uint64_t *p, const uint64_t *q, int words) {
	__m512i sum = _mm512_setzero_si512();
	for (int w = 0; w < words; w++) {
		__m512i v = _mm512_and_si512(_mm512_loadu_si512(p + w * KERNEL_LANES),
					     _mm512_set1_epi64((long long)q[w]));
		sum = _mm512_add_epi64(sum, _mm512_popcnt_epi64(v));
	}
	return sum;
}

WITH_AVX512 static uint32_t common(const uint64_t *a, const uint64_t *b, ptrdiff_t n) {
	uint64_t sum = 0;
	for (ptrdiff_t i = 0; i < n; i++) sum += (uint64_t)_mm_popcnt_u64(a[i] & b[i]);
	return (uint32_t)sum;
}

// Eight hits are written, of which those of `yes` count: the room of this block is behind out + n.
WITH_AVX512 static inline ptrdiff_t put(Hit *out, ptrdiff_t n, unsigned yes, __m512i sum, ptrdiff_t block) {
	if (__builtin_expect(yes == 0, 1)) return n;
	__m512i record = _mm512_add_epi64(_mm512_set1_epi64(block * KERNEL_LANES),
					  _mm512_setr_epi64(0, 1, 2, 3, 4, 5, 6, 7));
	__m512i hit = _mm512_or_si512(record, _mm512_slli_epi64(sum, 32));
	_mm512_storeu_si512(out + n, _mm512_maskz_compress_epi64((__mmask8)yes, hit));
	return n + __builtin_popcount(yes);
}

WITH_AVX512 static ptrdiff_t hits(const uint64_t *block, ptrdiff_t nblock, const uint64_t *q, uint32_t least,
				  Hit *out) {
	ptrdiff_t n = 0;
	__m512i floor = _mm512_set1_epi64((long long)least);
	for (ptrdiff_t i = 0; i < nblock; i++) {
		__m512i sum = sums(block + i * KERNEL_WORDS * KERNEL_LANES, q, KERNEL_WORDS);
		n = put(out, n, _mm512_cmpge_epu64_mask(sum, floor), sum, i);
	}
	return n;
}

WITH_AVX512 static ptrdiff_t sketches(const uint64_t *plane, const uint8_t *need, ptrdiff_t nblock,
				      const uint64_t *q, Hit *out) {
	ptrdiff_t n = 0;
	for (ptrdiff_t i = 0; i < nblock; i++) {
		long long eight;
		memcpy(&eight, need + i * KERNEL_LANES, sizeof eight);
		__m512i sum = sums(plane + i * KERNEL_SKETCH * KERNEL_LANES, q, KERNEL_SKETCH);
		__m512i floor = _mm512_cvtepu8_epi64(_mm_cvtsi64_si128(eight));
		n = put(out, n, _mm512_cmpge_epu64_mask(sum, floor), sum, i);
	}
	return n;
}

// A few words each: wider registers gain nothing.
static ptrdiff_t narrow(const uint64_t *more, const uint8_t *need, const uint64_t *q, Hit *hit, ptrdiff_t n) {
	return kernel_avx2.narrow(more, need, q, hit, n);
}

// Words w to w + 3 of eight records that stand in registers.
WITH_AVX512 static inline __m512i four(const __m512i *r, const uint64_t *q, int w) {
	__m512i a = _mm512_popcnt_epi64(_mm512_and_si512(r[w], _mm512_set1_epi64((long long)q[w])));
	__m512i b = _mm512_popcnt_epi64(_mm512_and_si512(r[w + 1], _mm512_set1_epi64((long long)q[w + 1])));
	__m512i c = _mm512_popcnt_epi64(_mm512_and_si512(r[w + 2], _mm512_set1_epi64((long long)q[w + 2])));
	__m512i d = _mm512_popcnt_epi64(_mm512_and_si512(r[w + 3], _mm512_set1_epi64((long long)q[w + 3])));
	return _mm512_add_epi64(_mm512_add_epi64(a, b), _mm512_add_epi64(c, d));
}

// A block stays in the registers while all queries go over it.
WITH_AVX512 static void batch(const uint64_t *block, ptrdiff_t nblock, const uint64_t *q,
			      const uint32_t *least, ptrdiff_t nq, void *room, Hit *out, ptrdiff_t *n) {
	(void)room;
	for (ptrdiff_t i = 0; i < nq; i++) n[i] = 0;
	for (ptrdiff_t b = 0; b < nblock; b++, block += KERNEL_WORDS * KERNEL_LANES) {
		__m512i r[KERNEL_WORDS];
		for (int w = 0; w < KERNEL_WORDS; w++) r[w] = _mm512_loadu_si512(block + w * KERNEL_LANES);
		for (ptrdiff_t i = 0; i < nq; i++) {
			const uint64_t *of = q + i * KERNEL_WORDS;
			__m512i sum = _mm512_add_epi64(_mm512_add_epi64(four(r, of, 0), four(r, of, 4)),
						       _mm512_add_epi64(four(r, of, 8), four(r, of, 12)));
			unsigned yes = _mm512_cmpge_epu64_mask(sum, _mm512_set1_epi64((long long)least[i]));
			n[i] = put(out + i * nblock * KERNEL_LANES, n[i], yes, sum, b);
		}
	}
}

const Kernel kernel_avx512 = {"AVX-512 VPOPCNTDQ", common, hits, sketches, narrow, batch};
#endif
