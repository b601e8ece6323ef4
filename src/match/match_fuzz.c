// Any bytes as a schema and, behind the first zero, a file under it; what can be read is matched.
#include "match/link.h"

static const char fixed[] =
	"{\"id\":\"id\",\"fields\":{\"a\":\"given\",\"b\":\"family\",\"c\":\"birth_date\",\"d\":\"name\","
	"\"e\":\"place\",\"f\":\"age\",\"g\":\"guardian\",\"h\":\"sex\"}}";
static void told(void *with, int64_t line, int column, const char *what) {
	ASSERT(line > 0 && column >= 0 && what[0]);
	(void)with;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
	static Arena arena;
	if (!arena.beg) arena = arena_new((ptrdiff_t)1 << 30);
	arena_reset(&arena);
	Str json = {(const char *)data, (ptrdiff_t)size}, csv = json;
	ptrdiff_t zero = str_find_char(json, '\0');
	if (zero >= 0) {
		csv = str_slice(json, zero + 1, json.n);
		json = str_slice(json, 0, zero);
	} else
		json = str_of(fixed);
	Why why = {0};
	MatchSchema schema;
	if (schema_read(&arena, &why, json, &schema) != OK) {
		ASSERT(why.msg[0]);
		return 0;
	}
	People p;
	Faults faults = {.say = told};
	people_begin(&p, &arena, 2026, &schema);
	if (people_add(&p, &why, &schema, csv, &faults) != OK || p.n > 40) return 0;
	p.second = p.n;
	Links *links = NEW(&arena, Links, 1);
	LinkOptions how = {.threads = 1};
	ASSERT(link_people(&p, &why, &how, links) == OK);
	for (ptrdiff_t i = 0; i < links->pairs.n; i++) {
		Weighed v;
		Buf b = {.a = &arena};
		const Pair *pair = &links->pairs.at[i];
		ASSERT(pair->left < pair->right && pair->right < p.n);
		weigh(&links->weights, &p.person[pair->left], &p.person[pair->right], &v);
		weigh_say(&links->weights, &v, &b);
	}
	return 0;
}
