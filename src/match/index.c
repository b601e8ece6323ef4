#include "match/index.h"
#include <math.h>
#include <pthread.h>
#include <stdatomic.h>
#include <sys/mman.h>
#include <time.h>

// ---- how it lies
// --------------------------------------------------------------------------------------------------------

enum {
	TAIL = FINGER_WORDS - 2 * KERNEL_SKETCH,
	BLOCK = KERNEL_SKETCH * KERNEL_LANES, // words of a block of sketches
	SEGMENT = 1 << 16,
	PAGE = 2 << 20, // a huge one
};
// A kind is what a sketch is judged by: which fields the record has, and how many bits of the sketch are set.
// Records of more sets of fields than there are classes share the last, and are always looked at whole.
enum { CLASSES = 256, OTHER = CLASSES - 1, BITS = 128, KINDS = CLASSES * BITS, BITS2 = 2 * BITS };

typedef struct {
	uint64_t plane[SEGMENT / KERNEL_LANES][BLOCK]; // word-major
	uint64_t next[SEGMENT][KERNEL_SKETCH], tail[SEGMENT][TAIL]; // the other words, a record after another
	int64_t id[SEGMENT], group[SEGMENT];
	uint16_t total[SEGMENT], kind[SEGMENT];
	uint8_t field[SEGMENT][FINGER_FIELDS], bits[SEGMENT]; // bits: of both sketches
	int64_t first, last; // ids are from `first` to `last`; the writer's
	int32_t high; // places that were ever written; the writer's
	_Atomic int32_t n; // places that readers look at
} Segment;
_Static_assert(sizeof(Segment) <= (size_t)5 * PAGE, "160 bytes a record");

// A list is added to in place, and otherwise made anew beside the one that is read.
typedef struct {
	_Atomic int32_t n;
	Segment **at;
} List;

// Readers between `enter` and `leave`; all that readers of a constant index write.
typedef struct {
	_Atomic int32_t inside[2], side;
} Gate;

struct Index {
	size_t bytes;
	int32_t most, here, lists; // lists: segments that a list has room for
	Segment *spare; // wiped, so that nobody's removal waits for memory
	List list[2];
	List *_Atomic now;
	struct {
		uint8_t field[FINGER_FIELDS];
	} class[CLASSES];
	_Atomic int32_t classes;
	Gate *gate;
};

// Address space at a multiple of a huge page.
static void *map(size_t bytes) {
	size_t all = bytes + PAGE;
	char *p = mmap(NULL, all, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (p == MAP_FAILED) return NULL;
	size_t before = (PAGE - (uintptr_t)p % PAGE) % PAGE;
	if (before) (void)munmap(p, before);
	(void)munmap(p + before + bytes, all - before - bytes);
	// Asked for, not relied on: both may be refused.
	(void)madvise(p + before, bytes, MADV_HUGEPAGE);
	(void)madvise(p + before, bytes, MADV_DONTDUMP);
	return p + before;
}

static Segment *segment_make(void) { return map((size_t)5 * PAGE); }

static void segment_wipe(Segment *s) {
	size_t n = (size_t)s->high;
	explicit_bzero(s->plane, (n + KERNEL_LANES - 1) / KERNEL_LANES * sizeof *s->plane);
	explicit_bzero(s->next, n * sizeof *s->next);
	explicit_bzero(s->tail, n * sizeof *s->tail);
	explicit_bzero(s->id, n * sizeof *s->id);
	explicit_bzero(s->group, n * sizeof *s->group);
	explicit_bzero(s->total, n * sizeof *s->total);
	explicit_bzero(s->kind, n * sizeof *s->kind);
	explicit_bzero(s->field, n * sizeof *s->field);
	explicit_bzero(s->bits, n);
	s->first = s->last = 0;
	atomic_store_explicit(&s->n, 0, memory_order_relaxed);
}

static void segment_free(Segment *s) {
	if (!s) return;
	segment_wipe(s);
	(void)munmap(s, (size_t)5 * PAGE);
}

Index *index_make(int32_t most) {
	if (most < 1) return NULL;
	// Two neighbours hold more than a segment's records, or they would be one.
	size_t lists = 2 * ((size_t)most / SEGMENT + 2);
	size_t bytes = sizeof(Index) + sizeof(Gate) + 2 * lists * sizeof(Segment *);
	Index *x = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (x == MAP_FAILED) return NULL;
	x->bytes = bytes;
	x->most = most;
	x->lists = (int32_t)lists;
	x->list[0].at = (Segment **)(void *)(x + 1);
	x->list[1].at = x->list[0].at + lists;
	x->gate = (Gate *)(void *)(x->list[1].at + lists);
	atomic_store(&x->now, &x->list[0]);
	x->spare = segment_make();
	if (x->spare) return x;
	(void)munmap(x, bytes);
	return NULL;
}

void index_free(Index *x) {
	if (!x) return;
	const List *l = atomic_load(&x->now);
	for (int32_t i = 0; i < atomic_load(&l->n); i++) segment_free(l->at[i]);
	segment_free(x->spare);
	(void)munmap(x, x->bytes);
}

// ---- readers and the writer
// ---------------------------------------------------------------------------------------------
//
// A reader counts itself in, then takes the list. The writer puts another list there, then waits until each
// side was empty once, turning new readers to the other one meanwhile so that the wait ends. Who counted
// itself in after the writer looked has taken the new list: these accesses are in one order (seq_cst).

static int enter(const Index *x, const List **l) {
	int side = atomic_load(&x->gate->side);
	atomic_fetch_add(&x->gate->inside[side], 1);
	*l = atomic_load(&x->now);
	return side;
}

static void leave(const Index *x, int side) { atomic_fetch_sub(&x->gate->inside[side], 1); }

static void wait_for_readers(Index *x) {
	static const struct timespec moment = {.tv_nsec = 20000}; // a search takes a hundred of them
	for (int i = 0; i < 2; i++) {
		int side = atomic_load(&x->gate->side);
		atomic_store(&x->gate->side, !side);
		while (atomic_load(&x->gate->inside[side])) (void)nanosleep(&moment, NULL);
	}
}

// ---- adding
// ----------------------------------------------------------------------------------------------------------

static int32_t class_of(Index *x, const uint8_t *field) {
	int32_t n = atomic_load_explicit(&x->classes, memory_order_relaxed);
	for (int32_t i = 0; i < n; i++)
		if (memcmp(x->class[i].field, field, FINGER_FIELDS) == 0) return i;
	if (n == OTHER) return OTHER;
	memcpy(x->class[n].field, field, FINGER_FIELDS);
	atomic_store_explicit(&x->classes, n + 1, memory_order_release);
	return n;
}

static void segment_put(Segment *s, int64_t id, int64_t group, int32_t class, const Finger *f) {
	int32_t n = atomic_load_explicit(&s->n, memory_order_relaxed);
	uint32_t bits = kernel_popcount(f->word, KERNEL_SKETCH);
	kernel_put(s->plane[n / KERNEL_LANES], n % KERNEL_LANES, f->word, KERNEL_SKETCH);
	memcpy(s->next[n], f->word + KERNEL_SKETCH, sizeof *s->next);
	memcpy(s->tail[n], f->word + 2 * KERNEL_SKETCH, sizeof *s->tail);
	memcpy(s->field[n], f->field, FINGER_FIELDS);
	s->id[n] = id;
	s->group[n] = group;
	s->total[n] = f->total;
	s->kind[n] = (uint16_t)(class * BITS + (int32_t)(bits < BITS ? bits : BITS - 1));
	bits = kernel_popcount(f->word, (ptrdiff_t)2 * KERNEL_SKETCH);
	s->bits[n] = (uint8_t)(bits < BITS2 ? bits : BITS2 - 1);
	s->first = n == 0 || id < s->first ? id : s->first;
	s->last = n == 0 || id > s->last ? id : s->last;
	s->high = s->high > n + 1 ? s->high : n + 1;
	// From here on readers see it whole.
	atomic_store_explicit(&s->n, n + 1, memory_order_release);
}

bool index_add(Index *x, int64_t id, int64_t group, const Finger *f) {
	List *l = atomic_load(&x->now);
	int32_t n = atomic_load(&l->n);
	if (x->here == x->most) return false;
	if (n == 0 || atomic_load(&l->at[n - 1]->n) == SEGMENT) {
		Segment *s = n < x->lists ? segment_make() : NULL;
		if (!s) return false;
		l->at[n] = s;
		atomic_store_explicit(&l->n, n + 1, memory_order_release);
		n++;
	}
	segment_put(l->at[n - 1], id, group, class_of(x, f->field), f);
	x->here++;
	return true;
}

// ---- taking away
// -----------------------------------------------------------------------------------------------------

static bool has(const Segment *s, int64_t id) {
	if (id < s->first || id > s->last) return false;
	for (int32_t i = 0, n = atomic_load(&s->n); i < n; i++)
		if (s->id[i] == id) return true;
	return false;
}

static void copy_others(Segment *to, const Segment *from, int64_t id) {
	Finger f;
	for (int32_t i = 0, n = atomic_load(&from->n); i < n; i++) {
		const uint64_t *block = from->plane[i / KERNEL_LANES];
		if (from->id[i] == id) continue;
		f.total = from->total[i];
		for (int w = 0; w < KERNEL_SKETCH; w++)
			f.word[w] = block[w * KERNEL_LANES + i % KERNEL_LANES];
		memcpy(f.word + KERNEL_SKETCH, from->next[i], sizeof from->next[i]);
		memcpy(f.word + 2 * KERNEL_SKETCH, from->tail[i], sizeof from->tail[i]);
		memcpy(f.field, from->field[i], FINGER_FIELDS);
		segment_put(to, from->id[i], from->group[i], from->kind[i] / BITS, &f);
	}
	explicit_bzero(&f, sizeof f);
}

// Segment i, and the neighbours with which it makes one, are written anew into the spare one without this id.
// How many records of it there were in them.
static int32_t rewrite(Index *x, int32_t i, int64_t id) {
	List *old = atomic_load(&x->now), *made = old == x->list ? x->list + 1 : x->list;
	int32_t n = atomic_load(&old->n), from = i, to = i + 1, all = atomic_load(&old->at[i]->n), m = 0;
	if (from > 0 && all + atomic_load(&old->at[from - 1]->n) <= SEGMENT)
		all += atomic_load(&old->at[--from]->n);
	if (to < n && all + atomic_load(&old->at[to]->n) <= SEGMENT) all += atomic_load(&old->at[to++]->n);
	for (int32_t k = from; k < to; k++) copy_others(x->spare, old->at[k], id);
	int32_t kept = atomic_load(&x->spare->n);
	for (int32_t k = 0; k < from; k++) made->at[m++] = old->at[k];
	if (kept) made->at[m++] = x->spare;
	for (int32_t k = to; k < n; k++) made->at[m++] = old->at[k];
	atomic_store(&made->n, m);
	atomic_store(&x->now, made);
	wait_for_readers(x);
	// Nobody reads the old ones any more. One of them is the next spare one, unless this was not used.
	if (kept) {
		segment_wipe(old->at[from]);
		x->spare = old->at[from++];
	}
	for (int32_t k = from; k < to; k++) segment_free(old->at[k]);
	return all - kept;
}

int32_t index_remove(Index *x, int64_t id) {
	int32_t found = 0;
	for (int32_t i = 0; i < atomic_load(&atomic_load(&x->now)->n);)
		if (!has(atomic_load(&x->now)->at[i], id)) {
			i++;
		} else {
			found += rewrite(x, i, id);
			i = i ? i - 1 : 0; // what stands at the place before may be the new one
		}
	x->here -= found;
	return found;
}

int32_t index_here(const Index *x) { return x->here; }

static bool wiped_from(const Segment *s, int32_t n) {
	uint64_t bits = 0;
	for (int32_t i = n; i < s->high; i++) {
		bits |= s->total[i] | s->kind[i] | s->bits[i] | (uint64_t)s->id[i] | (uint64_t)s->group[i];
		for (int w = 0; w < KERNEL_SKETCH; w++)
			bits |= s->plane[i / KERNEL_LANES][w * KERNEL_LANES + i % KERNEL_LANES] |
				s->next[i][w];
		for (int w = 0; w < TAIL; w++) bits |= s->tail[i][w];
		for (int k = 0; k < FINGER_FIELDS; k++) bits |= s->field[i][k];
	}
	return !bits;
}

bool index_is_wiped(const Index *x) {
	const List *l = atomic_load(&x->now);
	bool wiped = wiped_from(x->spare, 0);
	for (int32_t i = 0; i < atomic_load(&l->n); i++)
		wiped = wiped && wiped_from(l->at[i], atomic_load(&l->at[i]->n));
	return wiped;
}

// ---- what a sketch must share
// -------------------------------------------------------------------------------------
//
// Dice of what both have is 2 * common / (A * u + B * v), with the bits A and B of both and the parts u and v
// of them that are of fields which the other has too (finger.h). At Dice = d, common - d/2 (A u + B v) is
// nought. The sketch is a part p of the places, drawn by the key: the same of its bits has the mean nought
// and the variance of a sample without replacement, p (1 - p) of the sum of the squares of what each place
// adds (Cochran, Sampling Techniques, 3rd ed., theorem 2.2). A record passes within `sure` standard
// deviations: asked of a quarter of the bits, and of who passes of half of them.

static const double sure = 3.2; // one of the normal distribution in 1500 is further below
typedef struct {
	double query, each; // Dice = 2 * common / (query + each * total); 0, 0: not known
} Part;
typedef struct {
	uint8_t need[KINDS], need2[CLASSES][BITS2];
	Part part[CLASSES];
} Plan;

// Which parts of the bits count, of the query and of a record. false: the Dice is 0.
static bool parts_of(const uint8_t *query, const uint8_t *record, double *u, double *v) {
	double asked[2] = {0, 0}, both[2] = {0, 0};
	*u = *v = 1;
	if (memcmp(query, record, FINGER_FIELDS) == 0) return true;
	for (int i = 0; i < FINGER_FIELDS; i++) {
		bool shared = query[i] && record[i];
		asked[0] += query[i];
		asked[1] += record[i];
		both[0] += shared ? query[i] : 0;
		both[1] += shared ? record[i] : 0;
	}
	if (both[0] == 0) return false;
	*u = both[0] / asked[0];
	*v = both[1] / asked[1];
	return true;
}

// `left` and `right` are d/2 u and d/2 v; `whole` of the query's bits are set, `sketch` of those in the part.
static uint8_t need_of(double left, double right, double whole, double sketch, double part, int bits) {
	double middle = 1 - left - right, others = bits / part, common = left * whole + right * others;
	double squares = common * middle * middle + fmax(whole - common, 0) * left * left +
			 fmax(others - common, 0) * right * right;
	// Whole bits: the half is the correction for that.
	double need = floor(left * sketch + right * bits - sure * sqrt(part * (1 - part) * squares) + .5);
	return need < 0 ? 0 : need > UINT8_MAX ? UINT8_MAX : (uint8_t)need;
}

static void plan_make(const Index *x, const Finger *f, double least, Plan *out) {
	double sketch = kernel_popcount(f->word, KERNEL_SKETCH), u, v;
	double both = kernel_popcount(f->word, (ptrdiff_t)2 * KERNEL_SKETCH);
	// Who is of a class that comes meanwhile needs nothing.
	*out = (Plan){0};
	if (least <= 0) return;
	for (int32_t c = 0, n = atomic_load_explicit(&x->classes, memory_order_acquire); c < n; c++) {
		bool some = parts_of(f->field, x->class[c].field, &u, &v);
		if (some) out->part[c] = (Part){f->total * u, v};
		double left = least * u / 2, right = least * v / 2;
		memset(out->need + (ptrdiff_t)c * BITS, UINT8_MAX, BITS);
		for (int b = 0; b < BITS && some; b++)
			out->need[c * BITS + b] = need_of(left, right, f->total, sketch, .25, b);
		for (int b = 0; b < BITS2 && some; b++)
			out->need2[c][b] = need_of(left, right, f->total, both, .5, b);
	}
}

// ---- searching
// ----------------------------------------------------------------------------------------------------

typedef struct {
	const Index *index;
	const Kernel *kernel;
	const Finger *finger;
	const IndexScope *in;
	const List *list;
	const Plan *plan;
	_Atomic int32_t next; // segment
	pthread_mutex_t lock; // of what follows
	Found *out;
	int n, most;
} Search;

static bool better(const Found *a, const Found *b) {
	return a->dice != b->dice ? a->dice > b->dice : a->id != b->id ? a->id < b->id : a->group < b->group;
}

// A heap with the worst on top, while it is searched: hundreds may be kept. `worst` is what the next one must
// be better than.
static void sink(Found *heap, int n, int at, Found it) {
	for (int child; (child = 2 * at + 1) < n; at = child) {
		if (child + 1 < n && better(&heap[child], &heap[child + 1])) child++;
		if (!better(&it, &heap[child])) break;
		heap[at] = heap[child];
	}
	heap[at] = it;
}

static void rise(Found *heap, int at, Found it) {
	for (int above; at > 0 && better(&heap[above = (at - 1) / 2], &it); at = above)
		heap[at] = heap[above];
	heap[at] = it;
}

static void keep(Search *s, const Found *it, Found *worst) {
	(void)pthread_mutex_lock(&s->lock);
	if (s->n < s->most)
		rise(s->out, s->n++, *it);
	else if (better(it, &s->out[0]))
		sink(s->out, s->n, 0, *it);
	if (s->n == s->most) *worst = s->out[0];
	(void)pthread_mutex_unlock(&s->lock);
}

// Best first: the worst goes to the end, one after the other.
static void sort(Found *heap, int n) {
	for (int last = n - 1; last > 0; last--) {
		Found it = heap[last];
		heap[last] = heap[0];
		sink(heap, last, 0, it);
	}
}

// Those whose sketch passes, from record `from` on. What they need is written anew for more of their bits.
static void look_at(Search *s, const Segment *g, int32_t from, Hit *hit, ptrdiff_t hits, uint8_t *need,
		    Found *worst) {
	enum { AHEAD = 8 };
	const Finger *f = s->finger;
	double least = s->in->least;
	for (ptrdiff_t i = 0; i < hits; i++) {
		int32_t r = from + (int32_t)hit[i].record;
		need[hit[i].record] = s->plan->need2[g->kind[r] / BITS][g->bits[r]];
	}
	hits = s->kernel->narrow(g->next[from], need, f->word + KERNEL_SKETCH, hit, hits);
	for (ptrdiff_t i = 0; i < hits; i++) {
		int32_t r = from + (int32_t)hit[i].record;
		__builtin_prefetch(g->tail[from + (int32_t)hit[i + AHEAD < hits ? i + AHEAD : i].record]);
		int32_t class = g->kind[r] / BITS;
		Part part = s->plan->part[class];
		uint32_t common =
			hit[i].common + s->kernel->common(g->tail[r], f->word + 2 * KERNEL_SKETCH, TAIL);
		// Nearly all are far below; who is near is asked exactly.
		if (2 * common < (least - 1e-6) * (part.query + part.each * g->total[r])) continue;
		Finger other;
		other.total = g->total[r];
		// Those of a class are at hand, hers are a wait for memory.
		memcpy(other.field, class == OTHER ? g->field[r] : s->index->class[class].field,
		       FINGER_FIELDS);
		Found it = {g->id[r], finger_dice(f, &other, common), g->group[r]};
		if (it.dice < least || !better(&it, worst)) continue;
		if (!s->in->may || s->in->may(s->in->with, it.id, it.group)) keep(s, &it, worst);
	}
}

static void search_segment(Search *s, const Segment *g, Found *worst) {
	enum { TILE = 256 };
	const uint64_t *q = s->finger->word;
	Hit hit[TILE * KERNEL_LANES];
	uint8_t need[TILE * KERNEL_LANES];
	int32_t n = atomic_load_explicit(&g->n, memory_order_acquire), whole = n / KERNEL_LANES;
	for (int32_t b = 0; b < whole; b += TILE) {
		int32_t some = whole - b < TILE ? whole - b : TILE, from = b * KERNEL_LANES;
		for (int32_t i = 0; i < some * KERNEL_LANES; i++) need[i] = s->plan->need[g->kind[from + i]];
		look_at(s, g, from, hit, s->kernel->sketches(g->plane[b], need, some, q, hit), need, worst);
	}
	// Of the last block what the writer may be at is left alone; what is not there shares nothing.
	uint64_t block[BLOCK] = {0};
	int32_t from = whole * KERNEL_LANES;
	memset(need, UINT8_MAX, KERNEL_LANES);
	for (int32_t i = 0; from + i < n; i++) {
		need[i] = s->plan->need[g->kind[from + i]];
		for (int w = 0; w < BLOCK; w += KERNEL_LANES) block[w + i] = g->plane[whole][w + i];
	}
	if (from < n) look_at(s, g, from, hit, s->kernel->sketches(block, need, 1, q, hit), need, worst);
}

static void *search_some(void *with) {
	Search *s = with;
	Found worst = {.dice = -1};
	for (int32_t i; (i = atomic_fetch_add(&s->next, 1)) < atomic_load(&s->list->n);)
		search_segment(s, s->list->at[i], &worst);
	return NULL;
}

int index_find(const Index *x, const Kernel *k, const Finger *f, const IndexScope *in, Found *out, int most) {
	pthread_t thread[INDEX_THREADS];
	Plan plan;
	Search s = {.index = x, .kernel = k, .finger = f, .in = in, .plan = &plan, .out = out, .most = most};
	if (most < 1) return 0;
	ASSERT(pthread_mutex_init(&s.lock, NULL) == 0);
	plan_make(x, f, in->least, &plan);
	int side = enter(x, &s.list), started = 1;
	int32_t n = atomic_load(&s.list->n);
	int threads = in->threads < n ? in->threads : n;
	for (; started < threads && started < INDEX_THREADS; started++)
		if (pthread_create(&thread[started], NULL, search_some, &s) != 0) break;
	(void)search_some(&s);
	for (int i = 1; i < started; i++) (void)pthread_join(thread[i], NULL);
	leave(x, side);
	(void)pthread_mutex_destroy(&s.lock);
	sort(out, s.n);
	return s.n;
}
