// seed.c - fills a hub for measuring: reports and cases of invented people, through the rules, as the program
// would. bench_seed HUB REPORTS CASES [SEED]: the same seed gives the same reports (ids and keys differ). 500
// to a commit.
#include "casefile/casefile.h"
#include "command/hub.h"
#include "duty/duty.h"
#include "identity_sql.h"
#include "report/report.h"
#include "stakeholder/stakeholder.h"
#include <stdio.h>
#include <time.h>

enum { PER_COMMIT = 500, DAYS = 180, AGENCIES = 16 };

typedef struct {
	uint64_t chance;
	int64_t reports, cases, done, begun;
	struct {
		StakeholderId of;
		Actor actor;
	} known[AGENCIES];
	int nknown;
} Seed;

// splitmix64: small, and the same everywhere.
static uint64_t draw(Seed *s, uint64_t below) {
	uint64_t z = s->chance += 0x9e3779b97f4a7c15U;
	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9U;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebU;
	return (z ^ (z >> 31)) % below;
}
#define PICK(s, list) (list)[draw((s), COUNT(list))]

static const char *const areas[] = {"IN-UD-RMP", "IN-UD-RMP", "IN-UD-SNP", "IN-UD-NDG",
				    "IN-PS-BSN", "IN-PB-KML", ""};
static const char *const words[] = {"kiln",    "hotel",	 "road",   "station", "shop",	 "factory",
				    "village", "office", "night",  "letter",  "promise", "money",
				    "bus",     "field",	 "market", "phone"};

static void tell(Cx *cx, Seed *s, PackAnswers *told) {
	static const char *const about[] = {"person", "person", "place", "work_offer"};
	static const char *const known[] = {"self", "family", "saw", "told", "online"};
	static const char *const yes_no[] = {"yes", "no", "unknown"};
	Buf what = {.a = cx->arena};
	for (uint64_t n = 20 + draw(s, 80); n; n--) buf_fmt(&what, "%s ", PICK(s, words));
	*told = pack_answers_on(cx->arena, pack_form(cx->pack, S("tell")));
	const struct {
		const char *name;
		Str value;
	} row[] = {
		{"about", str_of(PICK(s, about))},
		{"what", buf_str(&what)},
		{"where", str_fmt(cx->arena, "Invented %s %d", PICK(s, words), (int)draw(s, 1000))},
		{"area", str_of(PICK(s, areas))},
		{"people", str_fmt(cx->arena, "%d", (int)draw(s, 9))},
		{"children", str_of(PICK(s, yes_no))},
		{"danger", str_of(PICK(s, yes_no))},
		{"how_known", str_of(PICK(s, known))},
		{"anonymous", S("no")},
		{"reporter_name", str_fmt(cx->arena, "Kalpanik %d", (int)draw(s, 100000))},
		{"reporter_contact", str_fmt(cx->arena, "00000 %05d", (int)draw(s, 100000))},
	};
	for (ptrdiff_t i = 0; i < COUNT(row); i++)
		ASSERT(pack_answer_set(told, str_of(row[i].name), row[i].value));
	pack_form_check(cx, told);
}

// The first member of an agency, who acts for it.
static Err somebody_of(Cx *cx, Seed *s, StakeholderId of, const Actor **out) {
	for (int i = 0; i < s->nknown; i++) {
		*out = &s->known[i].actor;
		if (s->known[i].of.n == of.n) return OK;
	}
	Members all;
	ASSERT(s->nknown < AGENCIES);
	TRY(member_list(cx, of, &all));
	s->known[s->nknown].of = of;
	s->known[s->nknown].actor = (Actor){.stakeholder = of, .program = all.n == 0};
	if (all.n) s->known[s->nknown].actor.member = all.at[0].id;
	if (all.n) s->known[s->nknown].actor.posts = all.at[0].posts;
	*out = &s->known[s->nknown++].actor;
	return OK;
}

// Whoever received it does what is owed for it, as most do; one in ten leaves it to become late.
static Err do_what_is_owed(Cx *cx, Seed *s, ReportId id) {
	Duties owed;
	if (draw(s, 10) == 0) return OK;
	TRY(duty_of(cx, (Object){ABOUT_REPORT, id.n}, 0, &owed));
	for (ptrdiff_t i = 0; i < owed.n; i++) {
		const Duty *d = &owed.duty[i];
		if (d->state >= DUTY_DONE || d->owner.n != cx->actor->stakeholder.n) continue;
		TRY(duty_done(cx, d->id,
			      &(DutyDone){.version = d->version,
					  .text = S("Done, for measuring."),
					  .when = cx->now}));
	}
	return OK;
}

// Somebody is named in each case, so that whoever reads it reads an identity, which the ledger records.
static Err name_somebody(Cx *cx, Seed *s, CaseId id) {
	static const char *const yes_no[] = {"yes", "no"};
	static const char *const sign[] = {"ka", "lo", "mi", "ra", "tu", "ve", "so", "ni"};
	Case c;
	PersonId person;
	TRY(casefile_get(cx, id, &c));
	PackAnswers v = pack_answers_on(cx->arena, pack_form(cx->pack, S("person")));
	Buf given = {.a = cx->arena};
	buf_put(&given, S("Kalpanik"));
	for (int i = 0; i < 3; i++) buf_put(&given, str_of(PICK(s, sign)));
	const struct {
		const char *name;
		Str value;
	} row[] = {
		{"capacity", S("victim")},
		{"child", str_of(PICK(s, yes_no))},
		{"found", S("yes")},
		{"given", buf_str(&given)},
		{"family", str_fmt(cx->arena, "Invented-%d", (int)draw(s, 100000))},
		{"exploitation", S("ForcedLabour")},
	};
	for (ptrdiff_t i = 0; i < COUNT(row); i++)
		ASSERT(pack_answer_set(&v, str_of(row[i].name), row[i].value));
	pack_form_check(cx, &v);
	return casefile_person_add(cx, &c, &v, 0, &person);
}

// What became of it: most are closed, some became cases, the newest still wait.
static Err go_on(Cx *cx, Seed *s, ReportId id, bool is_case) {
	Report r;
	TRY(report_get(cx, id, &r));
	if (!r.receiver.n) return OK;
	TRY(somebody_of(cx, s, r.receiver, &cx->actor));
	if (s->done * 50 > s->reports * 49 && !is_case) return OK;
	cx->now += 1800;
	TRY(report_acknowledge(cx, &r));
	TRY(do_what_is_owed(cx, s, id));
	TRY(report_get(cx, id, &r));
	if (is_case) {
		CaseId kase;
		TRY(casefile_open_report(cx, id, &kase));
		return name_somebody(cx, s, kase);
	}
	return report_close(cx, &r, S("no_indication"), S("Looked at and closed, for measuring."));
}

static Err one(Cx *cx, Seed *s) {
	static const Actor visitor;
	PackAnswers told;
	ReportTaken taken;
	bool is_case = s->done * s->cases / s->reports != (s->done + 1) * s->cases / s->reports;
	cx->actor = &visitor;
	cx->now = s->begun - (int64_t)DAYS * 86400 + (int64_t)DAYS * 86400 * s->done / s->reports;
	tell(cx, s, &told);
	TRY(report_receive(cx, &(ReportIn){.told = &told, .channel = S("web")}, &taken));
	return go_on(cx, s, taken.id, is_case);
}

static Err some(Cx *cx, void *with) {
	Seed *s = with;
	for (int n = 0; n < PER_COMMIT && s->done < s->reports; n++, s->done++) TRY(one(cx, s));
	return OK;
}

static int failed(const Hub *h) {
	(void)fprintf(stderr, "bench_seed: %s (%s:%d)\n", h->why.msg, h->why.file ? h->why.file : "?",
		      h->why.line);
	return 1;
}

static Err nobody_waits(Cx *cx, void *with) {
	Row last;
	(void)with;
	TRY(db_one(cx, &SQL_identity_last, &last));
	return db_do(cx, &SQL_identity_looked_set, INT(row_int(&last, 0)));
}

int main(int argc, char **argv) {
	Hub h = {0};
	Seed s = {.chance = 1};
	int64_t chance = 1;
	if (argc < 4 || !str_to_int(str_of(argv[2]), &s.reports) || !str_to_int(str_of(argv[3]), &s.cases) ||
	    (argc > 4 && !str_to_int(str_of(argv[4]), &chance)) || s.reports < 1 || s.cases > s.reports) {
		(void)fputs("bench_seed HUB REPORTS CASES [SEED]\n", stderr);
		return 2;
	}
	s.chance = (uint64_t)chance;
	s.begun = (int64_t)time(NULL);
	if (hub_read(&h, str_of(argv[1])) != OK || hub_open(&h, false, false) != OK) return failed(&h);
	const Actor *program = h.cx.actor;
	Arena work = arena_new((ptrdiff_t)256 << 20); // the hub's own holds the ledger
	h.cx.arena = &work;
	while (s.done < s.reports) {
		h.cx.actor = program;
		if (hub_write_in(&h, some, &s) != OK) return failed(&h);
		arena_reset(&work);
	}
	// People of a benchmark are not compared with each other: that is measured elsewhere.
	if (hub_write_in(&h, nobody_waits, NULL) != OK) return failed(&h);
	hub_close(&h);
	arena_free(&work);
	return 0;
}
