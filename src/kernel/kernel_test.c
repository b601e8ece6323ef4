#include "kernel/kernel.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

static uint64_t next(uint64_t *s) {
	*s = *s * 6364136223846793005u + 1442695040888963407u;
	uint64_t high = *s >> 32;
	*s = *s * 6364136223846793005u + 1442695040888963407u;
	return high << 32 | *s >> 32;
}

static uint32_t naive(const uint64_t *a, const uint64_t *b, ptrdiff_t n) {
	uint32_t sum = 0;
	for (ptrdiff_t i = 0; i < n; i++)
		for (int bit = 0; bit < 64; bit++) sum += (a[i] & b[i]) >> bit & 1;
	return sum;
}

static void the_portable_code_counts_bits(void **s) {
	uint64_t a[257], b[257], seed = 1;
	(void)s;
	for (int i = 0; i < 257; i++) {
		a[i] = next(&seed);
		b[i] = next(&seed);
	}
	for (int n = 0; n <= 257; n++) {
		assert_int_equal(kernel_portable.common(a, b, n), naive(a, b, n));
		assert_int_equal(kernel_popcount(a, n), naive(a, a, n));
	}
}

// Every set of instructions this processor has, on all sizes and at every misalignment.
static void every_kernel_counts_as_the_portable_one(void **s) {
	enum { MOST = 257 };
	uint64_t *a = malloc((MOST * 16 * 8 + 8) * sizeof *a);
	Hit *mine = malloc(MOST * 8 * sizeof *mine), *theirs = malloc(MOST * 8 * sizeof *theirs);
	uint8_t *need = malloc(MOST * 8), *twice = malloc(MOST * 8);
	uint64_t q[16], seed = 7;
	(void)s;
	assert_non_null(a);
	assert_non_null(mine);
	assert_non_null(theirs);
	assert_non_null(need);
	assert_non_null(twice);
	for (int i = 0; i < MOST * 8; i++) twice[i] = (uint8_t)(i % 5 == 4 ? 255 : 24 + i % 20);
	for (int i = 0; i < MOST * 16 * 8; i++) a[i] = next(&seed) & next(&seed);
	for (int i = 0; i < 16; i++) q[i] = next(&seed) & next(&seed);
	// Sketches made like this share sixteen bits or so.
	for (int i = 0; i < MOST * 8; i++)
		need[i] = (uint8_t)(i % 7 == 6 ? next(&seed) : 8 + next(&seed) % 16);
	int ran = 0;
	for (ptrdiff_t k = 0; k < kernel_alls; k++) {
		const Kernel *it = kernel_all[k];
		if (!kernel_has(it)) {
			print_message("%s: not on this machine, not tested\n", it->name);
			continue;
		}
		ran++;
		assert_true(kernel_right(it));
		for (ptrdiff_t n = 0; n <= MOST; n++) {
			// Off by 0 to 7 words: never a multiple of the register.
			const uint64_t *from = a + n % 8;
			ptrdiff_t blocks = n < MOST ? n : MOST - 1;
			assert_int_equal(it->common(from, a, n), kernel_portable.common(from, a, n));
			ptrdiff_t x = kernel_portable.hits(from, blocks, q, 60, mine);
			assert_int_equal(it->hits(from, blocks, q, 60, theirs), x);
			if (x) assert_memory_equal(mine, theirs, (size_t)x * sizeof *mine);
			x = kernel_portable.sketches(from, need + n % 3, blocks, q, mine);
			assert_int_equal(it->sketches(from, need + n % 3, blocks, q, theirs), x);
			assert_true(blocks < 8 || (x > 0 && x < blocks * 8));
			if (x) assert_memory_equal(mine, theirs, (size_t)x * sizeof *mine);
			ptrdiff_t y = kernel_portable.narrow(from + 31, twice, q + 4, mine, x);
			assert_int_equal(it->narrow(from + 31, twice, q + 4, theirs, x), y);
			assert_true(blocks < 16 || (y > 0 && y < x));
			if (y) assert_memory_equal(mine, theirs, (size_t)y * sizeof *mine);
		}
	}
	assert_true(ran >= 1);
	free(a);
	free(mine);
	free(theirs);
	free(need);
	free(twice);
}

// All numbers of queries and of blocks up to 257, at every misalignment, with bounds that are met, always met
// and never met.
static void every_batch_finds_what_the_portable_one_finds(void **s) {
	enum { MOST = 257, BLOCKS = KERNEL_TILE + 1, LIST = MOST * BLOCKS * KERNEL_LANES };
	uint64_t *block = malloc((BLOCKS * 128 + 8) * sizeof *block), *q = malloc(MOST * 16 * sizeof *q),
		 seed = 9;
	Hit *mine = malloc(LIST * sizeof *mine), *theirs = malloc(LIST * sizeof *theirs);
	uint32_t least[MOST];
	ptrdiff_t n[MOST], m[MOST];
	char *room = aligned_alloc(64, KERNEL_ROOM);
	(void)s;
	assert_true(block && q && mine && theirs && room);
	memset(room, 255, KERNEL_ROOM); // what an earlier batch left
	for (int i = 0; i < BLOCKS * 128 + 8; i++) block[i] = next(&seed) & next(&seed);
	for (int i = 0; i < MOST * 16; i++) q[i] = next(&seed) & next(&seed);
	for (int w = 0; w < 16; w++) {
		block[w * 8 + 11] = q[3 * 16 + w] = UINT64_MAX;
		block[w * 8 + 12] = q[4 * 16 + w] = 0;
	}
	for (int i = 0; i < MOST; i++)
		least[i] = i % 16 == 15	  ? 0
			   : i % 16 == 14 ? 1024
			   : i % 16 == 13 ? 1025
			   : i % 16 == 12 ? UINT32_MAX
					  : 75;
	for (ptrdiff_t k = 0; k < kernel_alls; k++) {
		const Kernel *it = kernel_all[k];
		if (!kernel_has(it) || it == &kernel_portable) continue;
		for (ptrdiff_t step = 0; step <= 2 * MOST; step++) {
			// First each number of blocks with few queries, then each number of queries with few
			// blocks.
			ptrdiff_t nblock = step <= MOST ? step : step % 7,
				  nq = step <= MOST ? step % 7 : step - MOST;
			if (nblock > KERNEL_TILE) nblock = KERNEL_TILE;
			const uint64_t *from = block + step % 8;
			kernel_portable.batch(from, nblock, q, least, nq, room, mine, n);
			it->batch(from, nblock, q, least, nq, room, theirs, m);
			for (ptrdiff_t i = 0; i < nq; i++) {
				assert_int_equal(n[i], m[i]);
				if (n[i])
					assert_memory_equal(mine + i * nblock * 8, theirs + i * nblock * 8,
							    (size_t)n[i] * sizeof *mine);
			}
		}
	}
	free(block);
	free(q);
	free(mine);
	free(theirs);
	free(room);
}

static ptrdiff_t forgets_the_last(const uint64_t *block, ptrdiff_t nblock, const uint64_t *q, uint32_t least,
				  Hit *out) {
	ptrdiff_t n = kernel_portable.hits(block, nblock, q, least, out);
	return n > 0 ? n - 1 : 0;
}

static void forgets_the_last_of_all(const uint64_t *block, ptrdiff_t nblock, const uint64_t *q,
				    const uint32_t *least, ptrdiff_t nq, void *room, Hit *out, ptrdiff_t *n) {
	kernel_portable.batch(block, nblock, q, least, nq, room, out, n);
	if (nq && n[nq - 1]) n[nq - 1]--;
}

static void a_kernel_that_answers_otherwise_is_not_right(void **s) {
	(void)s;
	Kernel wrong = kernel_portable;
	wrong.hits = forgets_the_last;
	assert_true(kernel_right(&kernel_portable));
	assert_false(kernel_right(&wrong));
	wrong = kernel_portable;
	wrong.batch = forgets_the_last_of_all;
	assert_false(kernel_right(&wrong));
	assert_true(kernel_has(kernel_best()));
}

int main(void) {
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_portable_code_counts_bits),
		cmocka_unit_test(every_kernel_counts_as_the_portable_one),
		cmocka_unit_test(every_batch_finds_what_the_portable_one_finds),
		cmocka_unit_test(a_kernel_that_answers_otherwise_is_not_right),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
