#include "release/gauss_parts.h"
#include <errno.h>
#include <sys/random.h>

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

static uint64_t next_word(Draws *d) {
	if (d->left == 0) {
		if (d->dry || !d->more(d->with, (uint8_t *)d->word, (ptrdiff_t)sizeof d->word)) {
			d->dry = true;
			memset(d->word, 0, sizeof d->word);
		}
		d->left = DRAWS_WORDS;
	}
	// A word is used once and then gone from memory.
	uint64_t w = d->word[--d->left];
	d->word[d->left] = 0;
	return w;
}

uint64_t gauss_bits(Draws *d, int n) {
	uint64_t x = d->spare;
	if (d->spares >= n) {
		d->spare >>= n;
		d->spares -= n;
	} else {
		uint64_t w = next_word(d);
		x |= w << d->spares;
		d->spare = w >> (n - d->spares);
		d->spares += 64 - n;
	}
	return x & (((uint64_t)1 << n) - 1);
}

// A uniform real number is compared with a / b, digit by digit of 16 bits, until it is known on which side it
// is; what is left of a / b after equal digits is a fraction of the same b.
bool gauss_less(Draws *d, U128 a, U128 b) {
	for (;;) {
		U128 digit = gauss_bits(d, 16) * b;
		a <<= 16;
		if (digit >= a) return false;
		if (digit + b <= a) return true;
		a -= digit;
	}
}

bool gauss_exp_on(Draws *d, U128 a, U128 b, unsigned done) {
	unsigned k = done + 1;
	while (!d->dry && gauss_less(d, a, b * k)) k++;
	return k % 2 == 1;
}

bool gauss_exp(Draws *d, U128 a, U128 b) {
	for (U128 whole = a / b; whole && !d->dry; whole--)
		if (!gauss_exp_on(d, 1, 1, 0)) return false;
	return gauss_exp_on(d, a % b, b, 0);
}

// Uniform below n: as many bits as n - 1 has, again while they are too many.
static uint64_t below(Draws *d, uint64_t n) {
	int bits = 0;
	for (uint64_t m = n - 1; m; m >>= 1) bits++;
	while (bits) {
		uint64_t x = gauss_bits(d, bits);
		if (x < n) return x;
	}
	return 0;
}

// The discrete Laplace of scale t: algorithm 2, with s = 1. *far: beyond 2^18 scales, which happens with a
// probability below exp(-2^18).
static int64_t laplace(Draws *d, uint64_t t, bool *far) {
	while (!d->dry) {
		uint64_t u = below(d, t), v = 0;
		if (!gauss_exp_on(d, u, t, 0)) continue;
		while (!d->dry && gauss_exp_on(d, 1, 1, 0)) v++;
		if (v >> 18) *far = true;
		uint64_t x = u + t * v;
		bool minus = gauss_bits(d, 1) == 1;
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
		if (gauss_exp(d, off * off, (U128)2 * num * den * t * t)) return y;
	}
	return 0;
}

Err gauss_draw(Draws *d, Why *why, uint64_t num, uint64_t den, int64_t *out, ptrdiff_t n) {
	ASSERT(num > 0 && den > 0 && num <= GAUSS_NUM_MOST && den <= GAUSS_DEN_MOST);
	uint64_t root = root_below(num, den);
	bool far = false;
	if (n >= GAUSS_MANY) {
		Strips strips;
		gauss_strips(num, den, root, &strips);
		for (ptrdiff_t i = 0; i < n; i++) out[i] = gauss_strip_draw(d, &strips, &far);
	} else {
		for (ptrdiff_t i = 0; i < n; i++) out[i] = one(d, num, den, root + 1, &far);
	}
	if (d->dry)
		return fail(why, ERR_STORE,
			    "the system gives no random bits: nothing was drawn that may be used");
	return far ? fail(why, ERR_BUG, "a draw of noise left its bounds") : OK;
}
