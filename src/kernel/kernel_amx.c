// AMX int8: each bit a byte, 32 records and 32 queries at a time as the product of two matrices in tiles. One
// query alone is searched as AVX-512 does.
#include "kernel/wide.h"
#if defined __x86_64__
#include <cpuid.h>
#include <immintrin.h>
#include <sys/syscall.h>
#include <unistd.h>
#define WITH_AMX __attribute__((target("amx-tile,amx-int8,avx512f,avx512bw")))
// gcc does not know that tiles are loaded from memory and stored to it: what stands there is written by now,
// and read anew behind.
#define SETTLED(p) __asm__ volatile("" ::"r"(p) : "memory")

// Linux, Documentation/arch/x86/xstate.rst: the state of tiles is asked for before its first use.
bool kernel_amx_allowed(void) {
	enum { LEAF = 7, TILE_AND_INT8 = 3 << 24, REQUEST = 0x1023, TILE_DATA = 18 };
	unsigned a, b, c, d;
	if (!__get_cpuid_count(LEAF, 0, &a, &b, &c, &d) || (d & TILE_AND_INT8) != TILE_AND_INT8) return false;
	return syscall(SYS_arch_prctl, REQUEST, TILE_DATA) == 0;
}

// A tile is 16 rows of 64 bytes. Rows of the left matrix are records, 64 bits of each; a row of the right one
// is four bits of each of 16 queries.
enum { ROWS = 16, ROW = 64, TILE = ROWS * ROW, PAIRED = 2 * ROWS, QUERIES = KERNEL_BATCH / ROWS };
typedef struct {
	uint8_t row[2][KERNEL_WORDS][ROWS][ROW];
} Spread;
typedef struct {
	uint8_t query[QUERIES][KERNEL_WORDS][TILE];
	int32_t below[QUERIES][ROWS]; // minus the least: where sums begin, so that hits end at zero or more
	Spread record[2]; // these, and those that come next
	int32_t sum[2][2][ROWS][ROWS]; // records by queries
} Room;
_Static_assert(sizeof(Room) <= KERNEL_ROOM, "the room that callers give");

typedef struct {
	uint8_t palette, start;
	uint8_t unused[14];
	uint16_t bytes[16];
	uint8_t rows[16];
} TileShape; // Intel SDM, LDTILECFG
_Static_assert(sizeof(TileShape) == 64, "as the processor reads it");

WITH_AMX static void shape_tiles(void) {
	TileShape s = {.palette = 1};
	for (int i = 0; i < 8; i++) {
		s.bytes[i] = ROW;
		s.rows[i] = ROWS;
	}
	SETTLED(&s);
	_tile_loadconfig(&s);
}

// Into groups, two and two. Queries that are not there are empty, and no sum reaches their least.
WITH_AMX static void spread_queries(Room *room, const uint64_t *q, const uint32_t *least, ptrdiff_t nq) {
	ptrdiff_t groups = (nq + PAIRED - 1) / PAIRED * 2;
	const __m512i bytes = _mm512_setr_epi32(0, 1, 0x100, 0x101, 0x10000, 0x10001, 0x10100, 0x10101,
						0x1000000, 0x1000001, 0x1000100, 0x1000101, 0x1010000,
						0x1010001, 0x1010100, 0x1010101);
	for (ptrdiff_t g = 0; g < groups; g++) {
		for (int i = 0; i < ROWS; i++)
			room->below[g][i] = g * ROWS + i < nq && least[g * ROWS + i] <= 1024
						    ? -(int32_t)least[g * ROWS + i]
						    : -1025;
		for (int w = 0; w < KERNEL_WORDS; w++) {
			uint32_t low[ROWS] = {0}, high[ROWS] = {0};
			for (int i = 0; i < ROWS && g * ROWS + i < nq; i++) {
				uint64_t x = q[(g * ROWS + i) * KERNEL_WORDS + w];
				low[i] = (uint32_t)x;
				high[i] = (uint32_t)(x >> 32);
			}
			__m512i half[2] = {_mm512_loadu_si512(low), _mm512_loadu_si512(high)};
			for (int r = 0; r < ROWS; r++) {
				__m512i bits = _mm512_and_si512(half[r / 8], _mm512_set1_epi32(15));
				half[r / 8] = _mm512_srli_epi32(half[r / 8], 4);
				_mm512_storeu_si512(room->query[g][w] + (ptrdiff_t)r * ROW,
						    _mm512_permutexvar_epi32(bits, bytes));
			}
		}
	}
}

// Of 32 records from block `b` on, a word of eight: a piece. Those behind the last block are empty.
enum { PIECES = PAIRED / KERNEL_LANES * KERNEL_WORDS };
WITH_AMX static void spread_pieces(Spread *to, const uint64_t *block, ptrdiff_t b, ptrdiff_t nblock,
				   ptrdiff_t piece, ptrdiff_t end) {
	static const uint64_t empty[KERNEL_LANES];
	for (; piece < end; piece++) {
		ptrdiff_t k = piece / KERNEL_WORDS, w = piece % KERNEL_WORDS;
		const uint64_t *from =
			b + k < nblock ? block + ((b + k) * KERNEL_WORDS + w) * (ptrdiff_t)KERNEL_LANES
				       : empty;
		for (int i = 0; i < KERNEL_LANES; i++)
			_mm512_storeu_si512(to->row[k / 2][w][k % 2 * KERNEL_LANES + i],
					    _mm512_maskz_set1_epi8(from[i], 1));
	}
}

// 32 records times the 32 queries of two groups, g and g + 1.
WITH_AMX static void multiply(Room *room, const Spread *record, ptrdiff_t g) {
	SETTLED(room);
	_tile_loadd(0, room->below[g], 0);
	_tile_loadd(1, room->below[g + 1], 0);
	_tile_loadd(2, room->below[g], 0);
	_tile_loadd(3, room->below[g + 1], 0);
	for (int w = 0; w < KERNEL_WORDS; w++) {
		_tile_loadd(4, record->row[0][w], ROW);
		_tile_loadd(6, room->query[g][w], ROW);
		_tile_dpbuud(0, 4, 6);
		_tile_loadd(7, room->query[g + 1][w], ROW);
		_tile_dpbuud(1, 4, 7);
		_tile_loadd(5, record->row[1][w], ROW);
		_tile_dpbuud(2, 5, 6);
		_tile_dpbuud(3, 5, 7);
	}
	_tile_stored(0, room->sum[0][0], ROW);
	_tile_stored(1, room->sum[0][1], ROW);
	_tile_stored(2, room->sum[1][0], ROW);
	_tile_stored(3, room->sum[1][1], ROW);
	SETTLED(room);
}

// Queries of a tile of sums that have a hit: a bit each.
WITH_AMX static unsigned reached(const int32_t (*sum)[ROWS]) {
	__m512i all = _mm512_set1_epi32(-1);
	for (int r = 0; r < ROWS; r++) all = _mm512_and_si512(all, _mm512_loadu_si512(sum[r]));
	return _mm512_cmpge_epi32_mask(all, _mm512_setzero_si512());
}

typedef struct {
	ptrdiff_t nblock, nq;
	const uint32_t *least;
	Hit *out;
	ptrdiff_t *n;
} Lists;

static void put_query(const Lists *to, const Room *room, ptrdiff_t b, ptrdiff_t query, int side, int i) {
	if (query >= to->nq) return;
	for (int r = 0; r < PAIRED; r++) {
		int32_t over = room->sum[r / ROWS][side][r % ROWS][i];
		ptrdiff_t record = b * KERNEL_LANES + r;
		if (over < 0 || record >= to->nblock * KERNEL_LANES) continue;
		to->out[query * to->nblock * KERNEL_LANES + to->n[query]++] =
			(Hit){(uint32_t)record, (uint32_t)over + to->least[query]};
	}
}

WITH_AMX static inline void put_hits(const Lists *to, const Room *room, ptrdiff_t b, ptrdiff_t g) {
	for (int side = 0; side < 2; side++) {
		unsigned yes = reached(room->sum[0][side]) | reached(room->sum[1][side]);
		for (; __builtin_expect(yes != 0, 0); yes &= yes - 1) {
			int i = __builtin_ctz(yes);
			put_query(to, room, b, (g + side) * ROWS + i, side, i);
		}
	}
}

WITH_AMX static void batch(const uint64_t *block, ptrdiff_t nblock, const uint64_t *q, const uint32_t *least,
			   ptrdiff_t nq, void *in, Hit *out, ptrdiff_t *n) {
	enum { BLOCKS = PAIRED / KERNEL_LANES };
	Room *room = in;
	const Lists to = {nblock, nq, least, out, n};
	for (ptrdiff_t i = 0; i < nq; i++) n[i] = 0;
	spread_queries(room, q, least, nq);
	shape_tiles();
	// Records are spread while the tiles are busy with those before them.
	ptrdiff_t steps = (nq + PAIRED - 1) / PAIRED, each = steps ? (PIECES + steps - 1) / steps : 0;
	spread_pieces(&room->record[0], block, 0, nblock, 0, PIECES);
	for (ptrdiff_t b = 0, side = 0; b < nblock; b += BLOCKS, side = !side)
		for (ptrdiff_t step = 0; step < steps; step++) {
			ptrdiff_t piece = step * each, end = piece + each < PIECES ? piece + each : PIECES;
			multiply(room, &room->record[side], 2 * step);
			spread_pieces(&room->record[!side], block, b + BLOCKS, nblock, piece, end);
			put_hits(&to, room, b, 2 * step);
		}
	_tile_release();
}

static uint32_t common(const uint64_t *a, const uint64_t *b, ptrdiff_t n) {
	return kernel_avx512.common(a, b, n);
}
static ptrdiff_t hits(const uint64_t *block, ptrdiff_t nblock, const uint64_t *q, uint32_t least, Hit *out) {
	return kernel_avx512.hits(block, nblock, q, least, out);
}
static ptrdiff_t sketches(const uint64_t *plane, const uint8_t *need, ptrdiff_t nblock, const uint64_t *q,
			  Hit *out) {
	return kernel_avx512.sketches(plane, need, nblock, q, out);
}

static ptrdiff_t narrow(const uint64_t *more, const uint8_t *need, const uint64_t *q, Hit *hit, ptrdiff_t n) {
	return kernel_avx512.narrow(more, need, q, hit, n);
}

const Kernel kernel_amx = {"AMX int8", common, hits, sketches, narrow, batch};
#endif
