// numbers.h - who has a phone or a paper of this number: a table in memory from a number's keyed hash
// (finger_number of match/finger.h) to persons, for a search that knows nothing else of her.
//
// A number is found when it is the same; one digit off is the fingerprint's to find. Whoever is found is
// opened and compared before she is shown, so that two numbers of one hash harm nobody. One writer, any
// number of readers, a lock that is held for a look-up. Who is taken away leaves no bit. 48 bytes a number.
#pragma once
#include "match/index.h"

typedef struct Numbers Numbers;
Numbers *numbers_make(Arena *a);
void numbers_free(Numbers *x); // wipes; NULL is fine
// `group` is the caller's, as in index.h. false: no room any more.
bool numbers_add(Numbers *x, uint64_t hash, int64_t person, int64_t group);
int numbers_remove(Numbers *x, int64_t person); // how many of hers there were
// Everybody who has it, once each, by id; in `a`. How many.
int numbers_find(Numbers *x, Arena *a, uint64_t hash, Found **out);
int32_t numbers_here(Numbers *x); // how many there are; of who was taken away no bit is left
