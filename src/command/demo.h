// demo.h - a hub to try things in: the invented agencies, members, logins and people of
// packs/demo.
#pragma once
#include "command/hub.h"

#define DEMO_PASSWORD \
	"sangam demonstration" // printed at every start of a demonstration, and good for nothing else
MUST_USE Err demo_fill(Hub *h, Str folder); // packs/demo
void demo_print_logins(Hub *h);
