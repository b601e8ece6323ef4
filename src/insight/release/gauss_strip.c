// The discrete Gaussian by strips, for many draws of one variance. Exact, as a rejection whose every part is:
//
// |x| = k t + j with 0 <= j < t = 2^shift, sigma/16 < t <= sigma/8 or t = 1. With w(k) = exp(-(k t)^2 / (2
// sigma^2)) the wanted weight exp(-x^2 / (2 sigma^2)) is w(k) exp(-(2 k t + j) j / (2 sigma^2)). So:
//   1. k with probability m(k) / 2^28, m(k) whole and above F w(k), F whole; nothing with what is left of
//   2^28;
//   2. kept with probability F w(k) / m(k), just below 1 except far out;
//   3. j uniform, kept with probability exp(-(2 k t + j) j / (2 sigma^2)), a rational exponent: algorithm 1
//      of Canonne, Kamath and Steinke;
//   4. a sign; minus zero is refused.
// Whatever is refused begins anew at 1, so x comes with probability m/2^28 F w/m 1/t exp(...)/2, which is the
// weight times a constant: m cancels, and no rounding is left in the law. Step 2 alone meets an irrational
// number. It compares a uniform real V with it: in all but one of 2^13 cases a lower bound decides; else V
// has 205 bits and exp((k t)^2 / (2 sigma^2)) is enclosed by its series, all terms of which are positive, to
// a relative 2^-240. What that leaves open, with a probability below 2^-190, is an error and no draw.
#include "release/gauss_parts.h"

// ---- long numbers: 64 bits a limb, the lowest first

enum { FRACTION = 4, LIMBS = 12, LONG = LIMBS + 6 }; // exp() is below e^288 < 2^416, times 2^54 below 2^512
typedef struct {
	uint64_t at[LONG];
} Big;

static uint64_t times(Big *x, int n, uint64_t by) { // what is carried out
	uint64_t carry = 0;
	for (int i = 0; i < n; i++) {
		U128 p = (U128)x->at[i] * by + carry;
		x->at[i] = (uint64_t)p;
		carry = (uint64_t)(p >> 64);
	}
	return carry;
}
static bool divide(Big *x, int n, uint64_t by) { // rounded down; whether anything is left
	U128 rest = 0;
	uint64_t any = 0;
	for (int i = n - 1; i >= 0; i--) {
		rest = rest << 64 | x->at[i];
		x->at[i] = (uint64_t)(rest / by);
		rest %= by;
		any |= x->at[i];
	}
	return any != 0;
}
static void add(Big *x, int n, const Big *y) {
	uint64_t carry = 0;
	for (int i = 0; i < n; i++) {
		U128 sum = (U128)x->at[i] + y->at[i] + carry;
		x->at[i] = (uint64_t)sum;
		carry = (uint64_t)(sum >> 64);
	}
}
static int compare(const Big *x, const Big *y) {
	for (int i = LONG - 1; i >= 0; i--)
		if (x->at[i] != y->at[i]) return x->at[i] < y->at[i] ? -1 : 1;
	return 0;
}

// exp(a / b) in 2^-256, from below, for a / b <= 288, a < 2^54 and b < 2^46. Each term is rounded down by
// less than one; an error of a term is passed on as the series passes on terms, so N terms fall short by less
// than N exp(a / b), and N is below 2^12.
static Big exp_below(uint64_t a, uint64_t b) {
	Big sum = {0}, term = {0};
	sum.at[FRACTION] = term.at[FRACTION] = 1;
	for (uint64_t n = 1; n < 4096; n++) {
		(void)times(&term, LIMBS, a);
		bool any = divide(&term, LIMBS, b * n);
		if (!any) break;
		add(&sum, LIMBS, &term);
	}
	return sum;
}
static Big exp_above(const Big *below) { // and 2^-240 of it more
	Big sum = *below, more = {0};
	for (int i = 0; i + 3 < LIMBS; i++) more.at[i] = below->at[i + 3] >> 48 | below->at[i + 4] << 16;
	more.at[0] |= 1;
	add(&sum, LIMBS, &more);
	return sum;
}

// ---- the table

#define ONE ((uint64_t)1 << 62)
static uint64_t up(uint64_t x, uint64_t y) { return (uint64_t)(((U128)x * y + ONE - 1) >> 62); }
static uint64_t down(uint64_t x, uint64_t y) { return (uint64_t)((U128)x * y >> 62); }

// exp(-a / b) in 2^-62, from below and above.
static void enclose(uint64_t a, uint64_t b, uint64_t *low, uint64_t *high) {
	*low = 0;
	*high = 1;
	if (a / b >= 44) return; // exp(-44) < 2^-63
	Big e = exp_below(a, b);
	// exp(a / b) in 2^-62 is at least `whole` and below it by less than two.
	U128 whole = (U128)e.at[5] << 126 | (U128)e.at[4] << 62 | e.at[3] >> 2;
	*low = (uint64_t)(((U128)1 << 124) / (whole + 2));
	*high = (uint64_t)(((U128)1 << 124) / whole) + 1;
}

// w(k) from below and above, by w(k + 1) = w(k) r(k) and r(k + 1) = r(k) r(0)^2.
typedef struct {
	uint64_t low[STRIP_MOST], high[STRIP_MOST];
} Weights;
static U128 weigh(const Strips *s, Weights *w) { // the sum of the upper ones
	uint64_t low, high;
	enclose(s->den << 2 * s->shift, 2 * s->num, &low, &high);
	uint64_t square_low = down(low, low), square_high = up(high, high);
	U128 sum = ONE;
	w->low[0] = w->high[0] = ONE;
	for (int k = 1; k < s->n; k++) {
		w->low[k] = down(w->low[k - 1], low);
		sum += w->high[k] = up(w->high[k - 1], high);
		low = down(low, square_low);
		high = up(high, square_high);
	}
	return sum;
}

void gauss_strips(uint64_t num, uint64_t den, uint64_t root, Strips *out) {
	*out = (Strips){.num = num, .den = den};
	while ((uint64_t)16 << out->shift <= root) out->shift++;
	// All strips that begin below 24 sigma.
	for (uint64_t k = 0; ((U128)(k * k) * den << 2 * out->shift) < (U128)576 * num; k++) out->n++;
	ASSERT(out->n <= STRIP_MOST);
	Weights w;
	U128 sum = weigh(out, &w);
	out->most = (int64_t)((((U128)1 << STRIP_PICK) - (unsigned)out->n) * ONE / sum);
	uint64_t upto = 0;
	for (int k = 0; k < out->n; k++) {
		uint64_t m = down((uint64_t)out->most, w.high[k]) + 1;
		U128 least = ((U128)(uint64_t)out->most * w.low[k] << STRIP_KEEP) / ONE;
		out->upto[k] = (uint32_t)(upto += m);
		out->sure[k] = (uint16_t)(least / m);
	}
	ASSERT(upto <= (uint64_t)1 << STRIP_PICK);
	int k = 0;
	for (uint32_t g = 0; g <= STRIP_GUIDE; g++) {
		while (k < out->n && out->upto[k] <= g * ((1U << STRIP_PICK) / STRIP_GUIDE)) k++;
		out->guide[g] = (uint16_t)k;
	}
}

// ---- a draw

// Step 2 to its end: V < F / (m E), E = exp((k t)^2 / (2 sigma^2)), as V m E < F with all bits whole.
static bool kept(Draws *d, const Strips *s, int k, uint64_t first, bool *far) {
	uint64_t m = s->upto[k] - (k ? s->upto[k - 1] : 0), v[4];
	for (int i = 0; i < 3; i++) v[i] = gauss_bits(d, 32) << 32 | gauss_bits(d, 32);
	v[3] = first;
	Big below = exp_below((uint64_t)k * (uint64_t)k * s->den << 2 * s->shift, 2 * s->num);
	Big above = exp_above(&below), want = {0}, least = {0}, most = above; // most: of V + 1
	for (int i = 0; i < 4; i++) { // V m E, in 2^-(205 + 256)
		Big part = below, moved = {0};
		part.at[LIMBS] = times(&part, LIMBS, v[i]);
		memcpy(&moved.at[i], part.at, (LIMBS + 1) * sizeof *part.at);
		add(&least, LONG, &moved);
		part = above;
		part.at[LIMBS] = times(&part, LIMBS, v[i]);
		memcpy(&moved.at[i], part.at, (LIMBS + 1) * sizeof *part.at);
		add(&most, LONG, &moved);
	}
	(void)times(&least, LONG, m);
	(void)times(&most, LONG, m);
	want.at[(13 + 192 + 256) / 64] = (uint64_t)s->most << (13 + 192 + 256) % 64;
	if (compare(&most, &want) <= 0) return true;
	if (compare(&least, &want) < 0) *far = true;
	return false;
}

// Step 3, where the first digit of the first comparison of algorithm 1 is `fine`.
static bool fits(Draws *d, uint64_t a, uint64_t b, uint64_t fine) {
	if (a >= b) return gauss_exp(d, a, b);
	uint64_t digit = fine * b;
	a <<= STRIP_FINE;
	if (digit >= a) return true;
	if (digit + b > a && !gauss_less(d, a - digit, b)) return true;
	return gauss_exp_on(d, a >> STRIP_FINE, b, 1);
}

int64_t gauss_strip_draw(Draws *d, const Strips *s, bool *far) {
	while (!*far) {
		uint64_t bits = gauss_bits(d, STRIP_PICK + STRIP_KEEP + 1);
		uint64_t pick = bits & ((1U << STRIP_PICK) - 1), first = bits >> (STRIP_PICK + 1);
		int k = s->guide[pick / ((1U << STRIP_PICK) / STRIP_GUIDE)];
		while (k < s->n && pick >= s->upto[k]) k++;
		if (k == s->n || (first >= s->sure[k] && !kept(d, s, k, first, far))) continue;
		uint64_t from = (uint64_t)k << s->shift, x = from;
		if (s->shift) {
			uint64_t more = gauss_bits(d, s->shift + STRIP_FINE), j = more >> STRIP_FINE;
			uint64_t a = (2 * from + j) * j * s->den;
			if (!fits(d, a, 2 * s->num, more & ((1U << STRIP_FINE) - 1))) continue;
			x += j;
		}
		bool minus = bits >> STRIP_PICK & 1;
		if (minus && x == 0) continue;
		return minus ? -(int64_t)x : (int64_t)x;
	}
	return 0;
}
