#include "release/gauss.h"
#include <errno.h>
#include <sys/random.h>

__extension__ typedef unsigned __int128 U128;

static bool from_system(void *with, uint8_t *bytes, ptrdiff_t n) {
	(void)with;
	for (ptrdiff_t got = 0; got < n;) {
		ssize_t more = getrandom(bytes + got, (size_t)(n - got), 0);
		if (more < 0 && errno != EINTR) return false;
		if (more > 0) got += more;
	}
	return true;
}
Draws draws_system(void) { return (Draws){.more = from_system}; }

static uint8_t next_byte(Draws *d) {
	if (d->left == 0) {
		if (d->dry || !d->more(d->with, d->byte, (ptrdiff_t)sizeof d->byte)) d->dry = true;
		d->left = (int)sizeof d->byte;
	}
	// A byte is used once and then gone from memory.
	uint8_t b = d->byte[--d->left];
	d->byte[d->left] = 0;
	return b;
}

// Uniform below n: as many bits as n - 1 has, again while they are too many.
static U128 below(Draws *d, U128 n) {
	int bits = 0;
	for (U128 m = n - 1; m; m >>= 1) bits++;
	for (;;) {
		U128 x = 0;
		for (int got = 0; got < bits; got += 8) x = x << 8 | next_byte(d);
		if (bits % 8) x &= ((U128)1 << bits) - 1;
		if (x < n || d->dry) return x < n ? x : 0;
	}
}

// True with probability exp(-a / b), for a <= b: algorithm 1.
static bool exp_fraction(Draws *d, U128 a, U128 b) {
	unsigned k = 1;
	while (!d->dry && below(d, b * k) < a) k++;
	return k % 2 == 1;
}

static bool exp_of(Draws *d, U128 a, U128 b) {
	for (U128 whole = a / b; whole && !d->dry; whole--)
		if (!exp_fraction(d, 1, 1)) return false;
	return exp_fraction(d, a % b, b);
}

// The discrete Laplace of scale t: algorithm 2, with s = 1. *far: beyond 2^18 scales, which happens with a
// probability below exp(-2^18).
static int64_t laplace(Draws *d, uint64_t t, bool *far) {
	while (!d->dry) {
		uint64_t u = (uint64_t)below(d, t), v = 0;
		if (!exp_fraction(d, u, t)) continue;
		while (!d->dry && exp_fraction(d, 1, 1)) v++;
		if (v >> 18) *far = true;
		uint64_t x = u + t * v;
		bool minus = below(d, 2) == 1;
		if (minus && x == 0) continue;
		return minus ? -(int64_t)x : (int64_t)x;
	}
	return 0;
}

static uint64_t root_below(uint64_t num, uint64_t den) { // the greatest r with r^2 <= num / den
	uint64_t low = 0, high = (uint64_t)1 << 23;
	while (high - low > 1) {
		uint64_t middle = low + (high - low) / 2;
		if ((U128)middle * middle * den <= num)
			low = middle;
		else
			high = middle;
	}
	return low;
}

// Algorithm 3: y from the Laplace of scale t is kept with probability exp(-(|y| - sigma^2/t)^2 / (2
// sigma^2)). Over integers the exponent is (|y| den t - num)^2 / (2 num den t^2): below 2^124 over below
// 2^100.
static int64_t one(Draws *d, uint64_t num, uint64_t den, uint64_t t, bool *far) {
	while (!d->dry && !*far) {
		int64_t y = laplace(d, t, far);
		if (*far) break;
		U128 size = (U128)(uint64_t)(y < 0 ? -y : y) * den * t;
		U128 off = size > num ? size - num : num - size;
		if (off >> 62) {
			*far = true;
			break;
		}
		if (exp_of(d, off * off, (U128)2 * num * den * t * t)) return y;
	}
	return 0;
}

Err gauss_draw(Draws *d, Why *why, uint64_t num, uint64_t den, int64_t *out, ptrdiff_t n) {
	ASSERT(num > 0 && den > 0 && num <= GAUSS_NUM_MOST && den <= GAUSS_DEN_MOST);
	uint64_t t = root_below(num, den) + 1;
	bool far = false;
	for (ptrdiff_t i = 0; i < n; i++) out[i] = one(d, num, den, t, &far);
	if (d->dry)
		return fail(why, ERR_STORE,
			    "the system gives no random bits: nothing was drawn that may be used");
	return far ? fail(why, ERR_BUG, "a draw of noise left its bounds") : OK;
}
