// index.h - fingerprints of many people in memory, searched while they are added to and taken away.
//
// Lies in segments of 65,536 records that never move. One writer at a time (add, remove); readers take no
// lock and never wait. A segment that somebody is taken from is written anew without her, and the old one is
// wiped when nobody reads in it any more: no reader ever sees half a record, and what is removed is gone.
//
// A sketch of 32 bytes is read of every record, 32 more of what may be alike enough by it, and the whole of
// what may be so still. 160 bytes a record. Never written to disk; left out of core dumps where the system
// can.
#pragma once
#include "kernel/kernel.h"
#include "match/finger.h"

typedef struct Index Index;
typedef struct {
	int64_t id;
	double dice;
	int64_t group;
} Found;
// Room for `most` records; NULL when the system gives no address space. Memory is taken as records come.
Index *index_make(int32_t most);
void index_free(Index *x); // wiped first; nobody searches any more
// false: full, or the system has no memory. Seen by every search that begins after it.
// `group` is the caller's: what a search may be narrowed by.
bool index_add(Index *x, int64_t id, int64_t group, const Finger *f);
// Takes every record of this id away; how many there were. Waits for the searches that began before, so it is
// not called from within one; when it comes back no bit of her is left. Never fails.
int32_t index_remove(Index *x, int64_t id);
int32_t index_here(const Index *x); // records; between two calls of the writer
bool index_is_wiped(const Index *x); // where no record is, no bit is set; as index_here

enum { INDEX_THREADS = 16 };
typedef struct {
	double least; // Dice
	bool (*may)(const void *with, int64_t id, int64_t group); // NULL: all; asked of who would be kept
	const void *with;
	int threads; // 0 or 1: the caller alone; `may` is then called from all of them at once
} IndexScope;
// The best `most` records, best first, then by id, then by group: the same with any kernel and any number of
// threads. Of the records that a look at all would find about one in a thousand is missed at the bound
// itself, and far fewer above it: a sketch is a part of the bits, drawn by chance.
int index_find(const Index *x, const Kernel *k, const Finger *f, const IndexScope *in, Found *out, int most);
