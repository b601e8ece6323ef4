// Who has a phone or a paper of this number, by its keyed hash: in memory only, gone with her.
#include "identity/numbers.h"
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

enum { FIRST_ROOM = 1024, SPACE_MIB = 2048 }; // address space, not memory

typedef struct {
	uint64_t hash;
	int64_t person, group;
	int32_t by_hash, by_person; // the next with the same head; 0: none
} Entry;
struct Numbers {
	Arena arena;
	pthread_mutex_t lock; // held for a look-up
	Entry *at; // [0] is none
	int32_t n, room, free; // `free`: places of who was taken away, chained
	int32_t *hashes, *persons; // heads, 2 * room of each
};

Numbers *numbers_make(Arena *a) {
	Numbers *x = NEW(a, Numbers, 1);
	x->arena = arena_new((ptrdiff_t)SPACE_MIB << 20);
	ASSERT(pthread_mutex_init(&x->lock, NULL) == 0);
	return x;
}

void numbers_free(Numbers *x) {
	if (!x) return;
	if (x->at) explicit_bzero(x->at, (size_t)x->room * sizeof *x->at);
	(void)pthread_mutex_destroy(&x->lock);
	arena_free(&x->arena);
}

static int32_t *hash_head(const Numbers *x, uint64_t hash) {
	return &x->hashes[hash & (uint64_t)(2 * (int64_t)x->room - 1)];
}

static int32_t *person_head(const Numbers *x, int64_t person) {
	uint64_t spread = (uint64_t)person * 0x9e3779b97f4a7c15U; // ids of one second are neighbours
	return &x->persons[spread >> 32 & (uint64_t)(2 * (int64_t)x->room - 1)];
}

static void link_in(Numbers *x, int32_t i) {
	Entry *e = &x->at[i];
	int32_t *hash = hash_head(x, e->hash), *person = person_head(x, e->person);
	e->by_hash = *hash;
	e->by_person = *person;
	*hash = *person = i;
}

// Twice the room, everybody linked anew; what the old one held is wiped.
static bool grow(Numbers *x) {
	int64_t room = x->room ? 2 * (int64_t)x->room : FIRST_ROOM;
	int64_t needs = room * (int64_t)(sizeof *x->at + 4 * sizeof *x->hashes) + 64;
	if (needs > x->arena.end - x->arena.at) return false;
	Entry *old = x->at;
	x->at = NEW(&x->arena, Entry, room);
	x->hashes = NEW(&x->arena, int32_t, 2 * room);
	x->persons = NEW(&x->arena, int32_t, 2 * room);
	if (old) memcpy(x->at, old, (size_t)x->n * sizeof *old);
	if (old) explicit_bzero(old, (size_t)x->n * sizeof *old);
	x->room = (int32_t)room;
	if (!x->n) x->n = 1;
	for (int32_t i = 1; i < x->n; i++) link_in(x, i); // nobody is free: that place was used first
	return true;
}

bool numbers_add(Numbers *x, uint64_t hash, int64_t person, int64_t group) {
	(void)pthread_mutex_lock(&x->lock);
	int32_t i = x->free;
	bool room = i || x->n < x->room || grow(x);
	if (i)
		x->free = x->at[i].by_hash;
	else if (room)
		i = x->n++;
	if (room) {
		x->at[i] = (Entry){.hash = hash, .person = person, .group = group};
		link_in(x, i);
	}
	(void)pthread_mutex_unlock(&x->lock);
	return room;
}

static void unlink_hash(Numbers *x, int32_t i) {
	int32_t *at = hash_head(x, x->at[i].hash);
	while (*at != i) at = &x->at[*at].by_hash;
	*at = x->at[i].by_hash;
}

static int remove_of(Numbers *x, int64_t person) {
	int n = 0;
	for (int32_t *at = person_head(x, person); *at;) {
		int32_t i = *at;
		Entry *e = &x->at[i];
		if (e->person != person) {
			at = &e->by_person;
			continue;
		}
		*at = e->by_person;
		unlink_hash(x, i);
		explicit_bzero(e, sizeof *e);
		e->by_hash = x->free;
		x->free = i;
		n++;
	}
	return n;
}

int numbers_remove(Numbers *x, int64_t person) {
	(void)pthread_mutex_lock(&x->lock);
	int n = x->room ? remove_of(x, person) : 0;
	(void)pthread_mutex_unlock(&x->lock);
	return n;
}

static int of_id(const Found *a, const Found *b) { return (a->id > b->id) - (a->id < b->id); }

static int by_id(const void *a, const void *b) { return of_id(a, b); }

int numbers_find(Numbers *x, Arena *a, uint64_t hash, Found **out) {
	int n = 0, one = 0;
	(void)pthread_mutex_lock(&x->lock);
	int32_t first = x->room ? *hash_head(x, hash) : 0;
	for (int32_t i = first; i; i = x->at[i].by_hash) n += x->at[i].hash == hash;
	*out = NEW(a, Found, n + 1);
	n = 0;
	for (int32_t i = first; i; i = x->at[i].by_hash)
		if (x->at[i].hash == hash) (*out)[n++] = (Found){x->at[i].person, 1, x->at[i].group};
	(void)pthread_mutex_unlock(&x->lock);
	qsort(*out, (size_t)n, sizeof **out, by_id);
	for (int i = 0; i < n; i++) // a person once
		if (!one || (*out)[one - 1].id != (*out)[i].id) (*out)[one++] = (*out)[i];
	return one;
}

int32_t numbers_here(Numbers *x) {
	int32_t n = 0;
	(void)pthread_mutex_lock(&x->lock);
	for (int32_t i = 1; i < x->n; i++) {
		const Entry *e = &x->at[i];
		n += e->person != 0;
		ASSERT(e->person || (!e->hash && !e->group && !e->by_person));
	}
	(void)pthread_mutex_unlock(&x->lock);
	return n;
}
