// index.h - fingerprints of many people in memory, searched while they are added to and taken away.
//
// Lies in address space reserved once, so nothing moves: one writer at a time, readers without a lock. A
// sketch of 32 bytes is read of every record; only what passes it is looked at whole. 156 bytes a record.
// Never written to disk; left out of core dumps where the system can.
#pragma once
#include "kernel/kernel.h"
#include "match/finger.h"

typedef struct Index Index;
typedef struct {
	int64_t id;
	double dice;
	int64_t group;
} Found;
// Room for `most` records; NULL when the system gives no address space. Pages are used as records come.
Index *index_make(int32_t most);
void index_free(Index *x); // wiped first
// false: full. Seen by every search that begins after it.
// `group` is the caller's: what a search may be narrowed by.
bool index_add(Index *x, int64_t id, int64_t group, const Finger *f);
// Takes every record of this id away from later searches; how many there were. The place is
// wiped and not used again.
int32_t index_remove(Index *x, int64_t id);
int32_t index_size(const Index *x);
int32_t index_here(const Index *x); // those that were not taken away
bool index_is_wiped(const Index *x); // of who was taken away no bit is left
typedef struct {
	double least; // Dice
	bool (*may)(const void *with, int64_t id, int64_t group); // NULL: all; asked of what is alike enough
	const void *with;
} IndexScope;
// The best `most` records, best first, then by id. A record whose sketch shares more than .14 less than the
// whole does is missed; a record that lacks fields may be.
int index_find(const Index *x, const Kernel *k, const Finger *f, const IndexScope *in, Found *out, int most);
