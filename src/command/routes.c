// routes: the doors of the house, one a line, for whoever audits it and for the test that knocks at each.
#include "command/command.h"
#include "command/house.h"
#include <stdio.h>

static const struct {
	unsigned flag;
	const char *word;
} words[] = {{ROUTE_PUBLIC, "public"}, {ROUTE_WRITES, "writes"}, {ROUTE_UPLOAD, "upload"}};

int command_routes(const Args *a) {
	(void)a;
	for (const Routes *const *room = house_routes; *room; room++)
		for (int i = 0; i < (*room)->n; i++) {
			const Route *r = &(*room)->route[i];
			(void)printf("%-4s %-48s %-17s", r->method, r->path, act_name(r->act));
			for (ptrdiff_t w = 0; w < COUNT(words); w++)
				if (r->flags & words[w].flag) (void)printf(" %s", words[w].word);
			(void)printf("\n");
		}
	return 0;
}
