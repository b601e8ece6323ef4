// Any bytes as what a stranger sends: the body of a request in JSON, and a path against a table of routes.
#include "serve/job.h"
#include "serve/json_read.h"

static void take(void *with, Str name, Str value) {
	int64_t *sum = with;
	for (ptrdiff_t i = 0; i < name.n; i++) *sum += name.p[i];
	for (ptrdiff_t i = 0; i < value.n; i++) *sum += value.p[i];
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
	static Arena a;
	static const Route table[] = {
		{.method = "GET", .path = "/cases/:case/people/:person"},
		{.method = "POST", .path = "/cases/:case"},
		{.method = "GET", .path = "/static/*file"},
	};
	static const Routes routes = {table, COUNT(table)};
	static const Routes *const all[] = {&routes, NULL};
	if (!a.beg) a = arena_new((ptrdiff_t)64 << 20);
	arena_reset(&a);
	Str text = {(const char *)data, (ptrdiff_t)size};
	int64_t sum = 0;
	(void)json_read(&a, text, take, &sum);
	Req rq = {.method = S("GET"), .path = text};
	bool other;
	const Route *found = route_find(all, &a, &rq, &other);
	ASSERT(!found || found == &table[0] || found == &table[2]);
	(void)route_allowed(all, &a, &rq);
	return sum == INT64_MIN;
}
