// door.h - the few addresses that belong to no room: leaving quickly, and the ledger's signed head for
// partners.
#pragma once
#include "web/web.h"
#define PATH_leave "/leave"
#define PATH_checkpoint "/checkpoint"
extern const Routes door_routes;
