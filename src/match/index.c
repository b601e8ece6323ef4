#include "match/index.h"
#include <stdatomic.h>
#include <sys/mman.h>

enum { TAIL = FINGER_WORDS - KERNEL_SKETCH, FIELDS = FINGER_FIELDS };
struct Index {
	size_t bytes;
	int32_t most;
	_Atomic int32_t n;
	uint64_t *plane; // 4 words of 8 records, word-major
	uint64_t *tail; // the other 12 words, a record after another
	int64_t *id, *group;
	uint16_t *total;
	uint8_t *count; // bits of the sketch
	uint8_t *field;
	_Atomic uint8_t *gone;
};

static size_t rounded(size_t n) { return (n + 4095) & ~(size_t)4095; }

Index *index_make(int32_t most) {
	if (most < 1) return NULL;
	size_t n = ((size_t)most + KERNEL_LANES - 1) / KERNEL_LANES * KERNEL_LANES;
	const size_t part[] = {rounded(sizeof(Index)), rounded(n * KERNEL_SKETCH * 8),
			       rounded(n * TAIL * 8),  rounded(n * 8),
			       rounded(n * 2),	       rounded(n),
			       rounded(n * FIELDS),    rounded(n),
			       rounded(n * 8)};
	size_t at[COUNT(part)], bytes = 0;
	for (ptrdiff_t i = 0; i < COUNT(part); i++) {
		at[i] = bytes;
		bytes += part[i];
	}
	char *p =
		mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (p == MAP_FAILED) return NULL;
	// Asked for, not relied on: both may be refused.
	(void)madvise(p, bytes, MADV_HUGEPAGE);
	(void)madvise(p, bytes, MADV_DONTDUMP);
	Index *x = (Index *)(void *)p;
	x->bytes = bytes;
	x->most = most;
	x->plane = (uint64_t *)(void *)(p + at[1]);
	x->tail = (uint64_t *)(void *)(p + at[2]);
	x->id = (int64_t *)(void *)(p + at[3]);
	x->total = (uint16_t *)(void *)(p + at[4]);
	x->count = (uint8_t *)p + at[5];
	x->field = (uint8_t *)p + at[6];
	x->gone = (_Atomic uint8_t *)(void *)(p + at[7]);
	x->group = (int64_t *)(void *)(p + at[8]);
	return x;
}

void index_free(Index *x) {
	if (!x) return;
	size_t bytes = x->bytes;
	size_t n = (size_t)atomic_load(&x->n);
	explicit_bzero(x->plane, (n + KERNEL_LANES - 1) / KERNEL_LANES * KERNEL_LANES * KERNEL_SKETCH * 8);
	explicit_bzero(x->tail, n * TAIL * 8);
	(void)munmap(x, bytes);
}

bool index_add(Index *x, int64_t id, int64_t group, const Finger *f) {
	int32_t n = atomic_load_explicit(&x->n, memory_order_relaxed);
	if (n == x->most) return false;
	kernel_put(x->plane + (ptrdiff_t)n / KERNEL_LANES * KERNEL_LANES * KERNEL_SKETCH, n % KERNEL_LANES,
		   f->word, KERNEL_SKETCH);
	memcpy(x->tail + (ptrdiff_t)n * TAIL, f->word + KERNEL_SKETCH, TAIL * 8);
	x->id[n] = id;
	x->group[n] = group;
	x->total[n] = f->total;
	uint32_t bits = kernel_popcount(f->word, KERNEL_SKETCH);
	x->count[n] = (uint8_t)(bits > UINT8_MAX ? UINT8_MAX : bits);
	memcpy(x->field + (ptrdiff_t)n * FIELDS, f->field, FIELDS);
	// From here on readers see it whole.
	atomic_store_explicit(&x->n, n + 1, memory_order_release);
	return true;
}

// Who is read at this moment is passed over afterwards, or scored by what is left of her bits: no more alike.
static void wipe(Index *x, int32_t r) {
	static const uint64_t none[KERNEL_SKETCH];
	kernel_put(x->plane + (ptrdiff_t)r / KERNEL_LANES * KERNEL_LANES * KERNEL_SKETCH, r % KERNEL_LANES,
		   none, KERNEL_SKETCH);
	explicit_bzero(x->tail + (ptrdiff_t)r * TAIL, TAIL * 8);
	explicit_bzero(x->field + (ptrdiff_t)r * FIELDS, FIELDS);
	x->total[r] = 0;
	x->count[r] = 0;
}

int32_t index_remove(Index *x, int64_t id) {
	int32_t n = atomic_load(&x->n), found = 0;
	for (int32_t i = 0; i < n; i++)
		if (x->id[i] == id && !atomic_exchange(&x->gone[i], 1)) {
			wipe(x, i);
			found++;
		}
	return found;
}

int32_t index_size(const Index *x) { return atomic_load_explicit(&x->n, memory_order_acquire); }

int32_t index_here(const Index *x) {
	int32_t here = 0;
	for (int32_t i = 0, n = index_size(x); i < n; i++) here += !atomic_load(&x->gone[i]);
	return here;
}

bool index_is_wiped(const Index *x) {
	for (int32_t i = 0, n = index_size(x); i < n; i++) {
		uint64_t bits = x->count[i] | x->total[i];
		if (!atomic_load(&x->gone[i])) continue;
		const uint64_t *block = x->plane + (ptrdiff_t)i / KERNEL_LANES * KERNEL_LANES * KERNEL_SKETCH;
		for (int k = 0; k < KERNEL_SKETCH; k++) bits |= block[k * KERNEL_LANES + i % KERNEL_LANES];
		for (int k = 0; k < TAIL; k++) bits |= x->tail[(ptrdiff_t)i * TAIL + k];
		if (bits) return false;
	}
	return true;
}

static bool better(Found a, Found b) { return a.dice != b.dice ? a.dice > b.dice : a.id < b.id; }

// Sorted by insertion: a few dozen at most are kept.
static int keep(Found *out, int n, int most, Found it) {
	if (n == most && !better(it, out[n - 1])) return n;
	int at = n < most ? n++ : n - 1;
	for (; at > 0 && better(it, out[at - 1]); at--) out[at] = out[at - 1];
	out[at] = it;
	return n;
}

// Sketches are a quarter of the bits, so their Dice strays: this much below the bound still passes. Records
// that lack a field pass by the whole record's.
static const double slack = .14;
enum { TILE = 256 };

int index_find(const Index *x, const Kernel *k, const Finger *f, const IndexScope *in, Found *out, int most) {
	Hit hit[TILE * KERNEL_LANES];
	int32_t n = index_size(x);
	ptrdiff_t blocks = ((ptrdiff_t)n + KERNEL_LANES - 1) / KERNEL_LANES;
	uint32_t bits = kernel_popcount(f->word, KERNEL_SKETCH);
	double least = in->least;
	uint32_t floor256 = least > slack ? (uint32_t)((least - slack) * 256) : 0;
	int kept = 0;
	if (most < 1) return 0;
	for (ptrdiff_t b = 0; b < blocks; b += TILE) {
		ptrdiff_t some = blocks - b < TILE ? blocks - b : TILE;
		ptrdiff_t hits = k->sketches(x->plane + b * KERNEL_LANES * KERNEL_SKETCH,
					     x->count + b * KERNEL_LANES, some, f->word, bits, floor256, hit);
		for (ptrdiff_t i = 0; i < hits; i++) {
			int32_t r = (int32_t)(b * KERNEL_LANES) + (int32_t)hit[i].record;
			if (r >= n || atomic_load_explicit(&x->gone[r], memory_order_relaxed)) continue;
			Finger other = {.total = x->total[r]};
			memcpy(other.field, x->field + (ptrdiff_t)r * FIELDS, FIELDS);
			uint32_t common = hit[i].common + k->common(x->tail + (ptrdiff_t)r * TAIL,
								    f->word + KERNEL_SKETCH, TAIL);
			double dice = finger_dice(f, &other, common);
			if (dice >= least && (!in->may || in->may(in->with, x->id[r], x->group[r])))
				kept = keep(out, kept, most, (Found){x->id[r], dice, x->group[r]});
		}
	}
	return kept;
}
