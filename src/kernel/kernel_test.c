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
	uint8_t *count = malloc(MOST * 8);
	uint64_t q[16], seed = 7;
	(void)s;
	assert_non_null(a);
	assert_non_null(mine);
	assert_non_null(theirs);
	assert_non_null(count);
	for (int i = 0; i < MOST * 16 * 8; i++) a[i] = next(&seed) & next(&seed);
	for (int i = 0; i < 16; i++) q[i] = next(&seed) & next(&seed);
	for (int i = 0; i < MOST * 8; i++) count[i] = (uint8_t)next(&seed);
	int ran = 0;
	for (ptrdiff_t k = 0; k < kernel_alls; k++) {
		const Kernel *it = kernel_all[k];
		if (!kernel_has(it)) continue;
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
			x = kernel_portable.sketches(from, count + n % 3, blocks, q, 64, 70, mine);
			assert_int_equal(it->sketches(from, count + n % 3, blocks, q, 64, 70, theirs), x);
			if (x) assert_memory_equal(mine, theirs, (size_t)x * sizeof *mine);
		}
	}
	assert_true(ran >= 1);
	free(a);
	free(mine);
	free(theirs);
	free(count);
}

static ptrdiff_t forgets_the_last(const uint64_t *block, ptrdiff_t nblock, const uint64_t *q, uint32_t least,
				  Hit *out) {
	ptrdiff_t n = kernel_portable.hits(block, nblock, q, least, out);
	return n > 0 ? n - 1 : 0;
}

static void a_kernel_that_answers_otherwise_is_not_right(void **s) {
	(void)s;
	Kernel wrong = kernel_portable;
	wrong.hits = forgets_the_last;
	assert_true(kernel_right(&kernel_portable));
	assert_false(kernel_right(&wrong));
	assert_true(kernel_has(kernel_best()));
}

int main(void) {
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_portable_code_counts_bits),
		cmocka_unit_test(every_kernel_counts_as_the_portable_one),
		cmocka_unit_test(a_kernel_that_answers_otherwise_is_not_right),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
