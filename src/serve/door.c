#include "serve/door.h"

// Somewhere harmless that anybody may have open; nothing of ours stays in the way back.
#define ELSEWHERE "https://mausam.imd.gov.in/"

static Err leave(Cx *cx, Req *rq, Reply *out) {
	(void)rq;
	return reply_see(cx, out, (Url){S(ELSEWHERE)});
}

// The newest signed head, C2SP tlog-checkpoint: a partner keeps it, and no history before it can change
// unnoticed.
static Err checkpoint(Cx *cx, Req *rq, Reply *out) {
	Str text;
	(void)rq;
	TRY(ledger_checkpoint(cx, &text));
	return reply_text(cx, out, S("text/plain; charset=utf-8"), text);
}

static const Route routes[] = {
	ROUTE("GET", PATH_leave, ACT_visit, .flags = ROUTE_PUBLIC, .run = leave),
	ROUTE("GET", PATH_checkpoint, ACT_checkpoint_read, .flags = ROUTE_PUBLIC | ROUTE_WRITES,
	      .run = checkpoint),
};
const Routes door_routes = {routes, (int)COUNT(routes)};
