// AVX2: a carry-save adder of 16 words and one look-up of nibbles in the registers (Mula, Kurz and Lemire,
// "Faster population counts using AVX2 instructions", 2018); four records of a block to a register.
#include "kernel/wide.h"
#if defined __x86_64__
#include <immintrin.h>
#define WITH_AVX2 __attribute__((target("avx2,popcnt")))

WITH_AVX2 static inline __m256i bytes_of(__m256i v) {
	const __m256i table = _mm256_setr_epi8(0, 1, 1, 2, 1, 2, 2, 3, 1, 2, 2, 3, 2, 3, 3, 4, 0, 1, 1, 2, 1,
					       2, 2, 3, 1, 2, 2, 3, 2, 3, 3, 4);
	const __m256i low = _mm256_set1_epi8(15);
	return _mm256_add_epi8(_mm256_shuffle_epi8(table, _mm256_and_si256(v, low)),
			       _mm256_shuffle_epi8(table, _mm256_and_si256(_mm256_srli_epi16(v, 4), low)));
}

// a + b + c = 2 * high + *low, bit by bit.
WITH_AVX2 static inline __m256i add3(__m256i a, __m256i b, __m256i c, __m256i *low) {
	__m256i u = _mm256_xor_si256(a, b);
	*low = _mm256_xor_si256(u, c);
	return _mm256_or_si256(_mm256_and_si256(a, b), _mm256_and_si256(u, c));
}

WITH_AVX2 static inline __m256i both(const uint64_t *p, uint64_t q) {
	return _mm256_and_si256(_mm256_loadu_si256((const __m256i *)(const void *)p),
				_mm256_set1_epi64x((long long)q));
}

// Four records, words w and on: eight words into ones, twos, fours (kept) and eights (given back).
WITH_AVX2 static inline __m256i eight(const uint64_t *p, const uint64_t *q, __m256i *one, __m256i *two,
				      __m256i *four) {
	__m256i t[4], f[2];
	for (int i = 0; i < 4; i++)
		t[i] = add3(*one, both(p + 16 * i, q[2 * i]), both(p + 16 * i + 8, q[2 * i + 1]), one);
	f[0] = add3(*two, t[0], t[1], two);
	f[1] = add3(*two, t[2], t[3], two);
	return add3(*four, f[0], f[1], four);
}

// The sums of four records, each in its 64 bits.
WITH_AVX2 static inline __m256i sums16(const uint64_t *p, const uint64_t *q) {
	__m256i zero = _mm256_setzero_si256(), one = zero, two = zero, four = zero, eights;
	__m256i a = eight(p, q, &one, &two, &four), b = eight(p + 64, q + 8, &one, &two, &four);
	__m256i sixteen = add3(zero, a, b, &eights);
	// Counts of bytes are at most 8 * 16 = 128: they do not run over.
	__m256i sum = _mm256_add_epi8(bytes_of(sixteen), bytes_of(sixteen));
	sum = _mm256_add_epi8(sum, bytes_of(eights));
	sum = _mm256_add_epi8(_mm256_add_epi8(sum, sum), bytes_of(four));
	sum = _mm256_add_epi8(_mm256_add_epi8(sum, sum), bytes_of(two));
	sum = _mm256_add_epi8(_mm256_add_epi8(sum, sum), bytes_of(one));
	return _mm256_sad_epu8(sum, zero);
}

WITH_AVX2 static inline __m256i sums4(const uint64_t *p, const uint64_t *q) {
	__m256i one, two, zero = _mm256_setzero_si256();
	two = add3(both(p, q[0]), both(p + 8, q[1]), both(p + 16, q[2]), &one);
	__m256i sum = bytes_of(two);
	sum = _mm256_add_epi8(_mm256_add_epi8(sum, sum), bytes_of(one));
	return _mm256_sad_epu8(_mm256_add_epi8(sum, bytes_of(both(p + 24, q[3]))), zero);
}

WITH_AVX2 static uint32_t common(const uint64_t *a, const uint64_t *b, ptrdiff_t n) {
	uint64_t sum = 0;
	for (ptrdiff_t i = 0; i < n; i++) sum += (uint64_t)_mm_popcnt_u64(a[i] & b[i]);
	return (uint32_t)sum;
}

// The records of a half block whose sign bit in `yes` is set.
WITH_AVX2 static inline ptrdiff_t put(Hit *out, ptrdiff_t n, __m256i yes, __m256i sum, ptrdiff_t record) {
	unsigned mask = (unsigned)_mm256_movemask_pd(_mm256_castsi256_pd(yes));
	if (__builtin_expect(mask == 0, 1)) return n;
	uint64_t each[4];
	_mm256_storeu_si256((__m256i *)(void *)each, sum);
	for (int i = 0; i < 4; i++)
		if (mask >> i & 1) out[n++] = (Hit){(uint32_t)(record + i), (uint32_t)each[i]};
	return n;
}

WITH_AVX2 static ptrdiff_t hits(const uint64_t *block, ptrdiff_t nblock, const uint64_t *q, uint32_t least,
				Hit *out) {
	ptrdiff_t n = 0;
	__m256i below = _mm256_set1_epi64x((long long)least - 1);
	for (ptrdiff_t i = 0; i < 2 * nblock; i++) {
		__m256i sum = sums16(block + i / 2 * KERNEL_WORDS * KERNEL_LANES + i % 2 * 4, q);
		n = put(out, n, _mm256_cmpgt_epi64(sum, below), sum, i * 4);
	}
	return n;
}

WITH_AVX2 static ptrdiff_t sketches(const uint64_t *plane, const uint8_t *count, ptrdiff_t nblock,
				    const uint64_t *q, uint32_t qn, uint32_t floor256, Hit *out) {
	ptrdiff_t n = 0;
	__m256i bits = _mm256_set1_epi64x((long long)qn), floor = _mm256_set1_epi64x((long long)floor256);
	for (ptrdiff_t i = 0; i < 2 * nblock; i++) {
		int four;
		memcpy(&four, count + i * 4, sizeof four);
		__m256i sum = sums4(plane + i / 2 * KERNEL_SKETCH * KERNEL_LANES + i % 2 * 4, q);
		__m256i all = _mm256_add_epi64(bits, _mm256_cvtepu8_epi64(_mm_cvtsi32_si128(four)));
		__m256i less = _mm256_cmpgt_epi64(_mm256_mul_epu32(floor, all), _mm256_slli_epi64(sum, 9));
		n = put(out, n, _mm256_xor_si256(less, _mm256_set1_epi64x(-1)), sum, i * 4);
	}
	return n;
}

const Kernel kernel_avx2 = {"AVX2", common, hits, sketches};
#endif
