// finder.h - the memory that is searched, as the files of this room share it.
#pragma once
#include "identity/identity_parts.h"
#include "identity/numbers.h"
#include <pthread.h>
#include <stdatomic.h>

enum { FINDER_PENDING = 1024, FINDER_OFTEN_ROWS = 2 };
struct Finder {
	Arena arena;
	pthread_mutex_t lock; // of all that is not atomic; one takes in at a time, searches do not wait
	Index *index[2]; // suspects in the second
	Numbers *numbers;
	const Kernel *kernel;
	FingerKeys *keys; // of this instance, and of this start
	MatchSchema schema;
	_Atomic int64_t last, head; // entries of the ledger: taken in, and there
	_Atomic int64_t spellings;
	// How often each value is there, by its keyed hash, in rows of which the smaller counts: too many,
	// never too few.
	_Atomic uint32_t *often[FINDER_OFTEN_ROWS];
	const Weights *_Atomic learnt;
	int64_t learnt_from;
	Likely pending[FINDER_PENDING];
	int npending;
	int64_t compared;
	int64_t erased_since; // of who was erased after this, `erased` have been taken away
	ptrdiff_t erased;
};

// What a number stands under in `numbers`.
uint64_t finder_number(const Finder *f, Str key, bool suspect);
// Each value of `p` gets the count that it has in the hub.
void finder_count_out(const Finder *f, People *p);
// Takes in who came since, some of them; nothing on a connection that writes or while another does it.
MUST_USE Err finder_catch_up(Cx *cx);
// Wipes what stands of her in memory, at once or with the next look, where another takes in just now.
void finder_forget(Finder *f, int64_t person);
