// people.c - how long it takes to find a person in a hub of many, sealed, weighed and explained.
// bench_people seed HUB PEOPLE [SEED]: invented people in three scripts, put beside a demonstration as the
// projectors would put them (there are no entries of the ledger for them: such a hub measures and is thrown
// away). bench_people ask HUB PEOPLE QUERIES [SEED]: takes them in as the server does and asks for some of
// them, spelt otherwise.
#include "casefile_sql.h"
#include "command/hub.h"
#include "identity/identity_parts.h"
#include "identity_sql.h"
#include "stakeholder/stakeholder.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

enum { PER_COMMIT = 20000, PER_CASE = 3, GIVEN = 4000, FAMILY = 2500, PLACES = 3000, SCRIPTS = 3, KINDS = 6 };

// splitmix64: small, and the same everywhere.
static uint64_t mixed(uint64_t z) {
	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9U;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebU;
	return z ^ (z >> 31);
}
static uint64_t draw(uint64_t *s, uint64_t below) { return mixed(*s += 0x9e3779b97f4a7c15U) % below; }

// ---- invented people
// ---------------------------------------------------------------------------------------------------

static const char *const consonant[][SCRIPTS] = {
	{"k", "क", "ক"}, {"kh", "ख", "খ"}, {"g", "ग", "গ"}, {"ch", "च", "চ"}, {"j", "ज", "জ"},
	{"t", "त", "ত"}, {"d", "द", "দ"},  {"n", "न", "ন"}, {"p", "प", "প"},  {"ph", "फ", "ফ"},
	{"b", "ब", "ব"}, {"bh", "भ", "ভ"}, {"m", "म", "ম"}, {"r", "र", "র"},  {"l", "ल", "ল"},
	{"s", "स", "স"}, {"sh", "श", "শ"}, {"h", "ह", "হ"}};
static const char *const vowel[][SCRIPTS] = {{"a", "ा", "া"}, {"i", "ि", "ি"}, {"ee", "ी", "ী"},
					     {"u", "ु", "ু"},   {"e", "े", "ে"},  {"o", "ो", "ো"}};

// The name of this number: two to four syllables; the same in each script as far as scripts have it.
static Str name_of(Arena *a, int kind, int64_t number, int script) {
	uint64_t s = mixed((uint64_t)(number * 8 + kind + 1));
	Buf b = {.a = a};
	for (uint64_t n = 2 + draw(&s, 3); n; n--) {
		buf_put(&b, str_of(consonant[draw(&s, COUNT(consonant))][script]));
		buf_put(&b, str_of(vowel[draw(&s, COUNT(vowel))][script]));
	}
	Str out = buf_str(&b);
	if (script == 0 && out.n) ((char *)(uintptr_t)out.p)[0] -= 32;
	return out;
}

// Common names are common: the square of a fair draw.
static int64_t common(uint64_t *s, int64_t of) {
	int64_t x = (int64_t)draw(s, (uint64_t)of);
	return x * (x + 1) / of;
}

typedef struct {
	int64_t given, family, guardian, place;
	int year, month, day, script;
	bool has_date, has_age, has_guardian, has_place, has_phone, woman;
	int64_t phone;
} Somebody;

// The same seed and number give the same person.
static Somebody somebody(uint64_t seed, int64_t number) {
	uint64_t s = mixed(seed * 0x2545f4914f6cdd1dU + (uint64_t)number);
	Somebody p = {.given = common(&s, GIVEN),
		      .family = common(&s, FAMILY),
		      .guardian = common(&s, GIVEN),
		      .place = common(&s, PLACES),
		      .year = 1960 + (int)draw(&s, 58),
		      .month = 1 + (int)draw(&s, 12),
		      .day = 1 + (int)draw(&s, 28),
		      .script = (int)draw(&s, SCRIPTS)};
	uint64_t birth = draw(&s, 10);
	p.has_date = birth < 6;
	p.has_age = birth >= 6 && birth < 9;
	p.has_guardian = draw(&s, 2) == 0;
	p.has_place = draw(&s, 10) < 7;
	p.woman = draw(&s, 3) != 0;
	p.has_phone = draw(&s, 2) == 0;
	p.phone = 6000000000 + (int64_t)draw(&s, 4000000000);
	return p;
}

static IdentityFacts facts_of(Arena *a, const Somebody *p, int year) {
	IdentityFacts f = {.year = year};
	f.value[FACT_GIVEN] = name_of(a, 0, p->given, p->script);
	f.value[FACT_FAMILY] = name_of(a, 1, p->family, p->script);
	f.value[FACT_SEX] = p->woman ? S("Feminine") : S("Masculine");
	if (p->has_date) f.value[FACT_BIRTH_DATE] = str_fmt(a, "%04d-%02d-%02d", p->year, p->month, p->day);
	if (p->has_age) f.value[FACT_AGE] = str_fmt(a, "%d", year - p->year);
	if (p->has_guardian) f.value[FACT_GUARDIAN] = name_of(a, 0, p->guardian, p->script);
	if (p->has_phone) f.value[FACT_PHONE] = str_fmt(a, "+91 %lld", (long long)p->phone);
	if (p->has_place) f.value[FACT_PLACE] = name_of(a, 2, p->place, p->script);
	return f;
}

// ---- putting them in
// ------------------------------------------------------------------------------------------------

typedef struct {
	uint64_t seed;
	int64_t people, done, seq;
	CaseId kase;
	StakeholderId lead[2]; // of one case in five, and of the others
	int year;
} Seed;

static Err new_case(Cx *cx, Seed *s) {
	KeyId key;
	StakeholderId lead = s->lead[s->done / PER_CASE % 5 != 0];
	Str number = str_fmt(cx->arena, "IN-BNC-%lld", (long long)s->done);
	s->kase = (CaseId){id_new()};
	TRY(vault_key_new(cx, KEY_CASE, &key));
	TRY(db_do(cx, &SQL_casefile_add, INT(s->kase.n), INT(key.n), STR(number), INT(lead.n),
		  STR(S("IN-UD-RMP")), INT(cx->now), INT(cx->now), INT(0), STR(S("")), STR(S("")),
		  STR(S("unknown")), STR(S("")), BYTES(S("")), BYTES(S("")), STR(number)));
	return policy_relate(cx, (Object){ABOUT_CASE, s->kase.n}, lead, (MemberId){0}, RELATION_LEAD,
			     S("own_work"), cx->now);
}

static Err put_person(Cx *cx, Seed *s, const IdentityFacts *f) {
	KeyId key;
	Str sealed;
	PersonId id = {id_new()};
	TRY(vault_key_new(cx, KEY_PERSON, &key));
	TRY(identity_seal(cx, id, key, f, &sealed));
	return identity_project(cx, &(IdentityRow){.person = id,
						   .on = {ABOUT_CASE, s->kase.n},
						   .key = key,
						   .seq = ++s->seq,
						   .sealed = sealed});
}

static Err put_some(Cx *cx, void *with) {
	Seed *s = with;
	for (int i = 0; i < PER_COMMIT && s->done < s->people; i++, s->done++) {
		Somebody p = somebody(s->seed, s->done);
		IdentityFacts f = facts_of(cx->arena, &p, s->year);
		if (s->done % PER_CASE == 0) TRY(new_case(cx, s));
		TRY(put_person(cx, s, &f));
	}
	return OK;
}

static Err nobody_waits(Cx *cx, void *with) {
	Seed *s = with;
	return db_do(cx, &SQL_identity_looked_set, INT(s->seq));
}

static double now(void) {
	struct timespec t;
	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static double cpu(void) {
	struct rusage u;
	(void)getrusage(RUSAGE_SELF, &u);
	return (double)(u.ru_utime.tv_sec + u.ru_stime.tv_sec) +
	       (double)(u.ru_utime.tv_usec + u.ru_stime.tv_usec) / 1e6;
}

static double resident(void) { // MiB
	FILE *f = fopen("/proc/self/status", "re");
	char line[256];
	double kib = 0;
	while (f && fgets(line, sizeof line, f))
		if (sscanf(line, "RssAnon: %lf", &kib) == 1) break;
	if (f) (void)fclose(f);
	return kib / 1024;
}

static int failed(const Hub *h) {
	(void)fprintf(stderr, "bench_people: %s (%s:%d)\n", h->why.msg, h->why.file ? h->why.file : "?",
		      h->why.line);
	return 1;
}

static Err lead_named(Cx *cx, Str code, StakeholderId *out) {
	Stakeholder s;
	TRY(stakeholder_by_code(cx, code, &s));
	*out = s.id;
	return OK;
}

static int seed(Hub *h, Seed *s) {
	double from = now();
	Row last;
	if (lead_named(&h->cx, S("AHTU-RMP"), &s->lead[0]) != OK ||
	    lead_named(&h->cx, S("NODAL-UD"), &s->lead[1]) != OK ||
	    db_one(&h->cx, &SQL_identity_last, &last) != OK)
		return failed(h);
	s->seq = row_int(&last, 0) + 1000000;
	while (s->done < s->people) {
		if (hub_write_in(h, put_some, s) != OK) return failed(h);
		arena_reset(&h->scratch);
	}
	if (hub_write_in(h, nobody_waits, s) != OK) return failed(h);
	(void)printf("%lld people sealed in %.0f s\n", (long long)s->people, now() - from);
	return 0;
}

// ---- asking
// ----------------------------------------------------------------------------------------------------

static Str one_letter_off(Arena *a, Str name, uint64_t *s) {
	char *p = NEW(a, char, name.n + 1);
	memcpy(p, name.p, (size_t)name.n);
	ptrdiff_t at = 1 + (ptrdiff_t)draw(s, (uint64_t)(name.n > 2 ? name.n - 1 : 1));
	if (at < name.n) p[at] = "aeioubdgklmnprst"[draw(s, 16)];
	return (Str){p, name.n};
}

static const char *const kind_said[KINDS] = {"both names and year, another script",
					     "both names alone",
					     "both names, one letter off, and year",
					     "one name and year",
					     "one name alone",
					     "a telephone number alone"};

static Str question(Arena *a, int kind, const Somebody *p, uint64_t *s) {
	int script = kind == 0 ? (p->script + 1) % SCRIPTS : 0;
	Str given = name_of(a, 0, p->given, script), family = name_of(a, 1, p->family, script);
	if (kind == 2) given = one_letter_off(a, given, s);
	if (kind == 1) return str_fmt(a, "%.*s %.*s", (int)given.n, given.p, (int)family.n, family.p);
	if (kind == 3) return str_fmt(a, "%.*s %d", (int)given.n, given.p, p->year);
	if (kind == 4) return given;
	if (kind == 5) return str_fmt(a, "%lld", (long long)p->phone);
	return str_fmt(a, "%.*s %.*s %d", (int)given.n, given.p, (int)family.n, family.p, p->year);
}

static int up(const void *a, const void *b) {
	double x = *(const double *)a, y = *(const double *)b;
	return (x > y) - (x < y);
}

// As good as the one who was meant: her very names, and her year where it was asked for.
static bool as_meant(const IdentityHit *h, const IdentityFacts *her, int kind) {
	bool given = str_eq(h->facts.value[FACT_GIVEN], her->value[FACT_GIVEN]);
	return given &&
	       ((kind > 2 && kind < 5) || str_eq(h->facts.value[FACT_FAMILY], her->value[FACT_FAMILY]));
}

// Of a search: rights and memory, opening, weighing, the policy's last word with the words for why.
enum { STAGES = 4 };
static const char *const stage_said[STAGES] = {"rights and index", "opened", "weighed", "policy and words"};
typedef struct {
	double *took;
	int n, first, listed;
	double used; // s of CPU
	double stage[STAGES]; // ms of CPU, all together
} Asked;

static Err by_stages(Cx *cx, const IdentityFacts *f, Asked *out) {
	Found some[IDENTITY_LIKEST];
	IdentityHit *at = NEW(cx->arena, IdentityHit, IDENTITY_LIKEST);
	IdentityScope in = {.most = 20};
	ptrdiff_t n, said = 0;
	int found;
	double t[STAGES + 1] = {cpu()};
	TRY(identity_likest(cx, f, &in, some, &found));
	t[1] = cpu();
	TRY(identity_open_likest(cx, some, found, at, &n));
	t[2] = cpu();
	identity_weigh(cx, f, at, n);
	t[3] = cpu();
	IdentityHits hits = {.at = at, .n = n < 20 ? n : 20};
	TRY(identity_keep_readable(cx, &hits));
	for (ptrdiff_t i = 0; i < hits.n; i++) said += identity_why(cx, &hits.at[i]).n;
	t[4] = said ? cpu() : t[3];
	for (int i = 0; i < STAGES; i++) out->stage[i] += (t[i + 1] - t[i]) * 1e3;
	return OK;
}

// `own`: in a case of the first agency, which leads every fifth; else of the second.
static Err ask_one(Cx *cx, const Seed *s, int kind, bool own, uint64_t *chance, Asked *out) {
	int64_t number;
	Somebody p;
	do { // one who can be found by this
		int64_t kase = (int64_t)draw(chance, (uint64_t)s->people / PER_CASE / 5) * 5;
		number = (kase + (own ? 0 : 1 + (int64_t)draw(chance, 4))) * PER_CASE +
			 (int64_t)draw(chance, PER_CASE);
		p = somebody(s->seed, number);
	} while (!p.has_date || (kind == 5 && !p.has_phone));
	IdentityFacts her = facts_of(cx->arena, &p, s->year), f;
	IdentityHits hits;
	Str typed = question(cx->arena, kind, &p, chance);
	double from = now(), used = cpu();
	TRY(identity_facts_typed(cx, typed, &f));
	TRY(identity_find(cx, &f, &(IdentityScope){.most = 20}, &hits));
	ptrdiff_t said = 0;
	for (ptrdiff_t i = 0; i < hits.n; i++) said += identity_why(cx, &hits.at[i]).n;
	out->used += cpu() - used;
	out->took[out->n++] = (now() - from) * 1e3;
	bool listed = false;
	for (ptrdiff_t i = 0; i < hits.n; i++) listed = listed || as_meant(&hits.at[i], &her, kind);
	TRY(by_stages(cx, &f, out));
	out->first += hits.n && said && as_meant(&hits.at[0], &her, kind);
	out->listed += listed;
	return OK;
}

static Err ask_kind(Cx *cx, const Seed *s, int kind, bool own, int queries) {
	uint64_t chance = s->seed + 7;
	Asked a = {.took = NEW(cx->arena, double, queries)};
	for (int i = 0; i < queries; i++) {
		Arena part = *cx->arena;
		Cx one = *cx;
		one.arena = &part;
		TRY(ask_one(&one, s, kind, own, &chance, &a));
	}
	qsort(a.took, (size_t)a.n, sizeof *a.took, up);
	(void)printf("| %s | %s | %.1f | %.1f | %.1f | %.1f | %.3f | %.3f |",
		     own ? "one case in five" : "four in five", kind_said[kind], a.took[a.n / 2],
		     a.took[a.n * 95 / 100], a.took[a.n * 99 / 100], a.used * 1e3 / a.n,
		     (double)a.first / a.n, (double)a.listed / a.n);
	for (int i = 0; i < STAGES; i++) (void)printf(" %.1f |", a.stage[i] / a.n);
	(void)puts("");
	return OK;
}

static Err take_in(Cx *cx, int64_t people) {
	double from = now(), used = cpu(), before = resident();
	TRY(identity_begin(cx, &cx->finder));
	for (bool more = true; more;) {
		Arena part = *cx->arena;
		Cx one = *cx;
		one.arena = &part;
		TRY(identity_work(&one, &more));
	}
	(void)printf("%lld people taken in: %.1f s, %.1f s of CPU, %.0f MiB (%.0f bytes a person)\n",
		     (long long)people, now() - from, cpu() - used, resident() - before,
		     (resident() - before) * 1048576 / (double)people);
	return OK;
}

// ---- whether one can measure that somebody is there whom one may not see
// ------------------------------------------------------------------------------------------------------

static Err put_hidden(Cx *cx, void *with) {
	Seed *s = with;
	IdentityFacts f = {.year = s->year};
	f.value[FACT_NAME] = S("Zhuzhaka Wixyova");
	for (int64_t to = s->done + s->people; s->done < to; s->done++) {
		if (s->done % PER_CASE == 0 || !s->kase.n) TRY(new_case(cx, s));
		TRY(put_person(cx, s, &f));
	}
	return OK;
}

static Err ask_hidden(Cx *cx, int64_t hidden, int queries) {
	double *took = NEW(cx->arena, double, queries), *used = NEW(cx->arena, double, queries);
	for (int i = 0; i < queries; i++) {
		Arena part = *cx->arena;
		Cx one = *cx;
		one.arena = &part;
		IdentityFacts f;
		IdentityHits hits;
		double from = now(), began = cpu();
		TRY(identity_facts_typed(&one, S("Zhuzhaka Wixyova"), &f));
		TRY(identity_find(&one, &f, &(IdentityScope){.most = 20}, &hits));
		took[i] = (now() - from) * 1e3;
		used[i] = (cpu() - began) * 1e3;
	}
	qsort(took, (size_t)queries, sizeof *took, up);
	qsort(used, (size_t)queries, sizeof *used, up);
	(void)printf("%lld hidden who are alike: least %.2f ms, p50 %.2f; CPU least %.2f ms, p50 %.2f\n",
		     (long long)hidden, took[0], took[queries / 2], used[0], used[queries / 2]);
	return OK;
}

// Asked by the first agency; hidden in cases of the second.
static Err hide_and_ask(Hub *h, const Seed *seed, int queries) {
	static const int64_t more[] = {0, 1, 49, 450};
	Seed s = *seed;
	Row last;
	const Actor *asks = h->cx.actor;
	int64_t hidden = 0;
	TRY(db_one(&h->cx, &SQL_identity_last, &last));
	s.seq = row_int(&last, 0);
	for (ptrdiff_t i = 0; i < COUNT(more); i++) {
		bool left = true;
		s.people = more[i];
		hidden += more[i];
		if (more[i]) TRY(hub_write_in(h, put_hidden, &s));
		while (left) TRY(identity_work(&h->cx, &left));
		h->cx.actor = asks;
		TRY(ask_hidden(&h->cx, hidden, queries));
	}
	return OK;
}

static int ask(Hub *h, const Seed *s, int queries) {
	static const char *const posts = "investigator duty_officer";
	StakeholderId of[2];
	Arena work = arena_new((ptrdiff_t)1 << 30);
	h->cx.arena = &work;
	if (take_in(&h->cx, s->people) != OK || lead_named(&h->cx, S("AHTU-RMP"), &of[0]) != OK ||
	    lead_named(&h->cx, S("NODAL-UD"), &of[1]) != OK)
		return failed(h);
	(void)printf(
		"\n| who asks leads | asked for | p50 ms | p95 ms | p99 ms | CPU ms | first | among 20 |");
	for (int i = 0; i < STAGES; i++) (void)printf(" %s |", stage_said[i]);
	(void)puts("\n|---|---|---|---|---|---|---|---|---|---|---|---|");
	for (int a = 0; a < 2; a++) {
		Actor actor = {.stakeholder = of[a],
			       .member = {1},
			       .posts = posts_from_text(h->cx.pack, str_of(posts))};
		h->cx.actor = &actor;
		for (int kind = 0; kind < (a ? 1 : KINDS); kind++)
			if (ask_kind(&h->cx, s, kind, a == 0, queries) != OK) return failed(h);
	}
	Actor first = {
		.stakeholder = of[0], .member = {1}, .posts = posts_from_text(h->cx.pack, str_of(posts))};
	h->cx.actor = &first;
	(void)puts("");
	Seed hides = {.seed = s->seed, .done = s->people, .lead = {of[1], of[1]}, .year = s->year};
	if (hide_and_ask(h, &hides, queries) != OK) return failed(h);
	finder_free(h->cx.finder);
	arena_free(&work);
	return 0;
}

int main(int argc, char **argv) {
	(void)setvbuf(stdout, NULL, _IOLBF, 0);
	Hub h = {0};
	Seed s = {.seed = 1, .year = 2026};
	int64_t queries = 0, chance = 1;
	bool seeds = argc > 1 && !strcmp(argv[1], "seed"), asks = argc > 1 && !strcmp(argv[1], "ask");
	int last = asks ? 5 : 4;
	if ((!seeds && !asks) || argc < last || !str_to_int(str_of(argv[3]), &s.people) || s.people < 100 ||
	    (asks && (!str_to_int(str_of(argv[4]), &queries) || queries < 1 || queries > 100000)) ||
	    (argc > last && !str_to_int(str_of(argv[last]), &chance))) {
		(void)fputs(
			"bench_people seed HUB PEOPLE [SEED]\nbench_people ask HUB PEOPLE QUERIES [SEED]\n",
			stderr);
		return 2;
	}
	s.seed = (uint64_t)chance;
	if (hub_read(&h, str_of(argv[2])) != OK || hub_open(&h, false, false) != OK) return failed(&h);
	int status = seeds ? seed(&h, &s) : ask(&h, &s, (int)queries);
	hub_close(&h);
	return status;
}
