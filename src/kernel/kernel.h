// kernel.h - counting common bits of fingerprints: pure functions on arrays, in portable C and in the wider
// instructions of the processor.
//
// The portable functions are the definition. A wider set is only given out when the processor has it and it
// answers as the portable one does on a self-test; so all of them give the same numbers, bit by bit.
// Fingerprints are 1024 bits. A block holds 8 of them word-major: word w of record r is at block[w * 8 + r].
#pragma once
#include "base/base.h"

#define KERNEL_WORDS 16
#define KERNEL_SKETCH 4 // words of the sketch: the first 256 bits
#define KERNEL_LANES 8 // records of a block
enum {
	KERNEL_TILE = 256, // blocks that a batch goes over at most; they stay in the second cache
	KERNEL_BATCH = 1024, // queries of a batch at most
	KERNEL_ROOM = 5 << 20, // bytes that a batch works in
};
typedef struct {
	uint32_t record; // from the beginning of the blocks given
	uint32_t common; // bits set in both
} Hit;
typedef struct {
	const char *name;
	// Bits set in both runs of `n` words.
	uint32_t (*common)(const uint64_t *a, const uint64_t *b, ptrdiff_t n);
	// Records of the blocks with at least `least` bits in common with q[16], in order. `out` has room for
	// all.
	ptrdiff_t (*hits)(const uint64_t *block, ptrdiff_t nblock, const uint64_t *q, uint32_t least,
			  Hit *out);
	// Sketches, 4 words a record in blocks of 8, with at least need[r] bits in common with q[4]: `hits`
	// with a bound for each record.
	ptrdiff_t (*sketches)(const uint64_t *plane, const uint8_t *need, ptrdiff_t nblock, const uint64_t *q,
			      Hit *out);
	// Of `n` hits of sketches those that have, with 4 more words of each record, one record after
	// another, and of q, at least need[r] bits in common; they stay in `hit`, in order, with both counted
	// together.
	ptrdiff_t (*narrow)(const uint64_t *more, const uint8_t *need, const uint64_t *q, Hit *hit,
			    ptrdiff_t n);
	// `hits` of nq queries of 16 words, one behind another, each with its own least[i]: its n[i] hits are
	// from out + i * nblock * KERNEL_LANES on. `room` is KERNEL_ROOM bytes at a multiple of 64, used up;
	// what stays in it is as secret as the fingerprints are.
	void (*batch)(const uint64_t *block, ptrdiff_t nblock, const uint64_t *q, const uint32_t *least,
		      ptrdiff_t nq, void *room, Hit *out, ptrdiff_t *n);
} Kernel;

extern const Kernel kernel_portable;
// All that this program knows, the widest first; the portable one is last. NULL for what is not of this
// architecture.
extern const Kernel *const kernel_all[];
extern const ptrdiff_t kernel_alls;
bool kernel_has(const Kernel *k); // the processor can run it
bool kernel_right(const Kernel *k); // it answers as the portable one on made-up data; only when it can be run
// The widest that is there and right. Asks the self-tests, which take a millisecond: once, not for each
// search.
const Kernel *kernel_best(void);

uint32_t kernel_popcount(const uint64_t *a, ptrdiff_t n);
// A record into its place in a block, and out of it.
void kernel_put(uint64_t *block, int lane, const uint64_t *words, int nword);
