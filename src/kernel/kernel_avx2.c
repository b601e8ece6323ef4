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
	for (int i = 0; i < 4; i++) { // written in any case: what is none is written over
		out[n] = (Hit){(uint32_t)(record + i), (uint32_t)each[i]};
		n += mask >> i & 1;
	}
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

WITH_AVX2 static ptrdiff_t sketches(const uint64_t *plane, const uint8_t *need, ptrdiff_t nblock,
				    const uint64_t *q, Hit *out) {
	ptrdiff_t n = 0;
	for (ptrdiff_t i = 0; i < 2 * nblock; i++) {
		int four;
		memcpy(&four, need + i * 4, sizeof four);
		__m256i sum = sums4(plane + i / 2 * KERNEL_SKETCH * KERNEL_LANES + i % 2 * 4, q);
		__m256i less = _mm256_cmpgt_epi64(_mm256_cvtepu8_epi64(_mm_cvtsi32_si128(four)), sum);
		n = put(out, n, _mm256_xor_si256(less, _mm256_set1_epi64x(-1)), sum, i * 4);
	}
	return n;
}

WITH_AVX2 static ptrdiff_t narrow(const uint64_t *more, const uint8_t *need, const uint64_t *q, Hit *hit,
				  ptrdiff_t n) {
	enum { AHEAD = 12 };
	ptrdiff_t left = 0;
	for (ptrdiff_t i = 0; i < n; i++) {
		Hit h = hit[i];
		const uint64_t *of = more + (ptrdiff_t)h.record * KERNEL_SKETCH;
		__builtin_prefetch(more +
				   (ptrdiff_t)hit[i + AHEAD < n ? i + AHEAD : i].record * KERNEL_SKETCH);
		h.common += (uint32_t)(_mm_popcnt_u64(of[0] & q[0]) + _mm_popcnt_u64(of[1] & q[1]) +
				       _mm_popcnt_u64(of[2] & q[2]) + _mm_popcnt_u64(of[3] & q[3]));
		hit[left] = h;
		left += h.common >= need[h.record];
	}
	return left;
}

// ---- batches
// -------------------------------------------------------------------------------------------------
//
// The query is a table: for each of its 256 runs of four bits, how many bits each of the 16 values has in
// common with it. Records are turned so that a register holds the same four bits of 32 of them, a byte each;
// then one look-up and one addition count four bits of 32 records.

enum { NIBBLES = 256, TOGETHER = 32, GROUPS = 16, AT_ONCE = 4 };
typedef struct {
	uint8_t record[GROUPS][NIBBLES][TOGETHER];
	uint8_t table[KERNEL_BATCH][NIBBLES][16];
} Room;
_Static_assert(sizeof(Room) <= KERNEL_ROOM, "the room that callers give");

// Which record of a group stands in byte `at`, as `turn` lays them.
static int record_at(int at) { return at % 16 / 2 * 4 + at % 2 + at / 16 * 2; }

WITH_AVX2 static void make_tables(Room *room, const uint64_t *q, ptrdiff_t nq) {
	__m128i in_common[16];
	for (int of = 0; of < 16; of++) {
		uint8_t bits[16];
		for (int with = 0; with < 16; with++)
			bits[with] = (uint8_t)__builtin_popcount((unsigned)(of & with));
		in_common[of] = _mm_loadu_si128((const __m128i *)(const void *)bits);
	}
	for (ptrdiff_t i = 0; i < nq; i++)
		for (int k = 0; k < NIBBLES; k++)
			_mm_storeu_si128((__m128i *)(void *)room->table[i][k],
					 in_common[q[i * KERNEL_WORDS + k / 16] >> (k % 16 * 4) & 15]);
}

// Word w of 32 records, eight registers of four, into its 16 runs of four bits.
WITH_AVX2 static void turn(__m256i v[8], uint8_t (*to)[TOGETHER]) {
	const __m256i by_byte = _mm256_setr_epi8(0, 8, 1, 9, 2, 10, 3, 11, 4, 12, 5, 13, 6, 14, 7, 15, 0, 8,
						 1, 9, 2, 10, 3, 11, 4, 12, 5, 13, 6, 14, 7, 15);
	const __m256i low = _mm256_set1_epi8(15);
	__m256i t[8];
	for (int i = 0; i < 8; i++) v[i] = _mm256_shuffle_epi8(v[i], by_byte);
	for (int i = 0; i < 4; i++) {
		t[i] = _mm256_unpacklo_epi16(v[2 * i], v[2 * i + 1]);
		t[i + 4] = _mm256_unpackhi_epi16(v[2 * i], v[2 * i + 1]);
	}
	for (int i = 0; i < 8; i += 4) { // bytes i to i + 3
		v[i] = _mm256_unpacklo_epi32(t[i], t[i + 1]);
		v[i + 1] = _mm256_unpackhi_epi32(t[i], t[i + 1]);
		v[i + 2] = _mm256_unpacklo_epi32(t[i + 2], t[i + 3]);
		v[i + 3] = _mm256_unpackhi_epi32(t[i + 2], t[i + 3]);
	}
	for (int i = 0; i < 8; i++) {
		int from = i / 4 * 4 + i % 4 / 2;
		__m256i byte = i % 2 ? _mm256_unpackhi_epi64(v[from], v[from + 2])
				     : _mm256_unpacklo_epi64(v[from], v[from + 2]);
		_mm256_storeu_si256((__m256i *)(void *)to[2 * i], _mm256_and_si256(byte, low));
		_mm256_storeu_si256((__m256i *)(void *)to[2 * i + 1],
				    _mm256_and_si256(_mm256_srli_epi16(byte, 4), low));
	}
}

// Up to four blocks; places behind them are empty.
WITH_AVX2 static void turn_group(const uint64_t *block, ptrdiff_t blocks, uint8_t (*to)[TOGETHER]) {
	for (int w = 0; w < KERNEL_WORDS; w++) {
		__m256i v[8];
		for (int i = 0; i < 8; i++) {
			const uint64_t *from =
				block + (i / 2 * KERNEL_WORDS + w) * (ptrdiff_t)KERNEL_LANES + i % 2 * 4;
			v[i] = i / 2 < blocks ? _mm256_loadu_si256((const __m256i *)(const void *)from)
					      : _mm256_setzero_si256();
		}
		turn(v, to + w * 16);
	}
}

typedef struct {
	__m256i even, odd; // sums of bytes 0, 2, 4, ... and 1, 3, 5, ..., 16 bits each
} Sums;

WITH_AVX2 static inline __m256i looked_up(const uint8_t *table, __m256i four_bits) {
	__m256i t = _mm256_broadcastsi128_si256(_mm_loadu_si128((const __m128i *)(const void *)table));
	return _mm256_shuffle_epi8(t, four_bits);
}

WITH_AVX2 static inline void widen(Sums *s, __m256i bytes) {
	s->even = _mm256_add_epi16(s->even, _mm256_and_si256(bytes, _mm256_set1_epi16(255)));
	s->odd = _mm256_add_epi16(s->odd, _mm256_srli_epi16(bytes, 8));
}

// Four queries over 32 records. A byte holds the sums of 52 look-ups: 208 at most.
WITH_AVX2 static void count_group(const uint8_t (*record)[TOGETHER], const uint8_t (*table)[NIBBLES][16],
				  Sums out[AT_ONCE]) {
	enum { RUN = 52 };
	const __m256i zero = _mm256_setzero_si256();
	for (int i = 0; i < AT_ONCE; i++) out[i] = (Sums){zero, zero};
	for (int from = 0; from < NIBBLES; from += RUN) {
		int to = from + RUN < NIBBLES ? from + RUN : NIBBLES;
		__m256i a = zero, b = zero, c = zero, d = zero;
		for (int k = from; k < to; k++) {
			__m256i of = _mm256_loadu_si256((const __m256i *)(const void *)record[k]);
			a = _mm256_add_epi8(a, looked_up(table[0][k], of));
			b = _mm256_add_epi8(b, looked_up(table[1][k], of));
			c = _mm256_add_epi8(c, looked_up(table[2][k], of));
			d = _mm256_add_epi8(d, looked_up(table[3][k], of));
		}
		widen(&out[0], a);
		widen(&out[1], b);
		widen(&out[2], c);
		widen(&out[3], d);
	}
}

// The hits of one query among 32 records, in the order of the records.
WITH_AVX2 static inline ptrdiff_t put_group(Hit *out, ptrdiff_t n, const Sums *s, uint32_t least,
					    ptrdiff_t record, ptrdiff_t records) {
	__m256i below = _mm256_set1_epi16((short)(least > 1024 ? 1024 : (int)least - 1));
	__m256i yes = _mm256_or_si256(_mm256_cmpgt_epi16(s->even, below), _mm256_cmpgt_epi16(s->odd, below));
	if (__builtin_expect(_mm256_testz_si256(yes, yes), 1)) return n;
	uint16_t sum[2][16];
	uint32_t each[TOGETHER];
	_mm256_storeu_si256((__m256i *)(void *)sum[0], s->even);
	_mm256_storeu_si256((__m256i *)(void *)sum[1], s->odd);
	for (int i = 0; i < TOGETHER; i++) each[record_at(i)] = sum[i % 2][i / 2];
	for (int i = 0; i < TOGETHER && record + i < records; i++)
		if (each[i] >= least) out[n++] = (Hit){(uint32_t)(record + i), each[i]};
	return n;
}

WITH_AVX2 static void batch(const uint64_t *block, ptrdiff_t nblock, const uint64_t *q, const uint32_t *least,
			    ptrdiff_t nq, void *in, Hit *out, ptrdiff_t *n) {
	enum { BLOCKS = TOGETHER / KERNEL_LANES };
	Room *room = in;
	ptrdiff_t records = nblock * KERNEL_LANES;
	for (ptrdiff_t i = 0; i < nq; i++) n[i] = 0;
	make_tables(room, q, nq);
	for (ptrdiff_t b = 0; b < nblock; b += (ptrdiff_t)GROUPS * BLOCKS) {
		int groups = 0;
		for (ptrdiff_t from = b; groups < GROUPS && from < nblock; groups++, from += BLOCKS)
			turn_group(block + from * KERNEL_WORDS * KERNEL_LANES, nblock - from,
				   room->record[groups]);
		for (ptrdiff_t i = 0; i < nq; i += AT_ONCE)
			for (int g = 0; g < groups; g++) {
				Sums sum[AT_ONCE];
				// Behind the last query stands what stood there: counted, and not looked at.
				count_group((const uint8_t(*)[TOGETHER])room->record[g],
					    (const uint8_t(*)[NIBBLES][16])room->table + i, sum);
				for (int k = 0; k < AT_ONCE && i + k < nq; k++)
					n[i + k] = put_group(
						out + (i + k) * records, n[i + k], &sum[k], least[i + k],
						(b + (ptrdiff_t)g * BLOCKS) * KERNEL_LANES, records);
			}
	}
}

const Kernel kernel_avx2 = {"AVX2", common, hits, sketches, narrow, batch};
#endif
