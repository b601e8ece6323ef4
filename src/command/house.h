// house.h - the list of rooms: whose pages are served, whose entries the ledger knows, what the timer calls.
// A new room is three lines in house.c.
#pragma once
#include "ledger/ledger.h"
#include "web/web.h"

extern const Routes *const house_routes[]; // NULL-terminated
extern const EntryKind *const *house_kinds(Arena *a); // of all rooms, NULL-terminated
extern Err (*const house_ticks[])(Cx *cx); // NULL-terminated
extern Err (*const house_asides[])(Cx *cx, bool *more); // NULL-terminated
