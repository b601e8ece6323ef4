// match: who of one or two files of people is likely one person. docs/matching.md
#include "base/csv.h"
#include "command/match_run.h"
#include "match/link.h"
#include <stdio.h>
#include <stdlib.h>

typedef struct {
	MatchRun in;
	LinkOptions how;
	People people;
	Links links;
} Run;

static Err read_options(Run *r, const Args *a) {
	r->how.threshold = WEIGHT_POSSIBLE;
	if (a->threshold.n) {
		char *end;
		const char *z = str_z(&r->in.arena, a->threshold);
		r->how.threshold = strtod(z, &end);
		if (*end || !(r->how.threshold >= 0 && r->how.threshold < 1000))
			return fail(&r->in.why, ERR_INVALID, "--threshold is a weight in bits, 0 or more");
	}
	int64_t n = 0;
	if (a->threads.n && (!str_to_int(a->threads, &n) || n < 1 || n > 64))
		return fail(&r->in.why, ERR_INVALID, "--threads is a number from 1 to 64");
	r->how.threads = (int)n;
	if (!a->assign.n || str_eq(a->assign, S("best")))
		r->how.assign = ASSIGN_BEST;
	else if (str_eq(a->assign, S("greedy")))
		r->how.assign = ASSIGN_GREEDY;
	else if (str_eq(a->assign, S("all")))
		r->how.assign = ASSIGN_ALL;
	else
		return fail(&r->in.why, ERR_INVALID, "--assign is best, greedy or all");
	return OK;
}

// ---- the list ---------------------------------------------------------------------------------------------

static void put_pair(const Run *r, const Pair *pair, Buf *out) {
	const Person *a = &r->people.person[pair->left], *b = &r->people.person[pair->right];
	Buf evidence = {.a = out->a};
	Weighed v;
	char weight[32];
	weigh(&r->links.weights, a, b, &v);
	weigh_say(&r->links.weights, &v, &evidence);
	if (pair->through >= 0)
		buf_fmt(&evidence, "; joined through %.*s", (int)r->people.person[pair->through].id.n,
			r->people.person[pair->through].id.p);
	(void)snprintf(weight, sizeof weight, "%.2f", pair->evidence);
	csv_put(out, a->id, true, false);
	csv_put(out, b->id, false, false);
	csv_put(out, str_of(weight), false, false);
	csv_put(out, str_of(link_decision(pair->weight)), false, false);
	csv_put(out, buf_str(&evidence), false, false);
	buf_char(out, '\n');
}

static Err write_list(void *with, int fd) {
	Run *r = with;
	TRY(match_write_text(&r->in.why, fd, S("left,right,weight,decision,evidence\n")));
	for (ptrdiff_t i = 0; i < r->links.pairs.n;) {
		Arena scratch = r->in.arena;
		Buf b = {.a = &scratch};
		for (; i < r->links.pairs.n && b.n < 1 << 20; i++) put_pair(r, &r->links.pairs.at[i], &b);
		TRY(match_write_text(&r->in.why, fd, buf_str(&b)));
	}
	return OK;
}

// ---- the commands
// -------------------------------------------------------------------------------------------

static Err run_match(Run *r, const Args *a, int files) {
	if (a->nrest != files)
		return fail(&r->in.why, ERR_INVALID, files == 1 ? "name one file" : "name two files");
	TRY(read_options(r, a));
	TRY(match_read_schema(&r->in, a->schema));
	people_begin(&r->people, &r->in.arena, match_year_now(), &r->in.schema);
	for (int i = 0; i < files; i++) TRY(match_read_people(&r->in, a->rest[i], &r->people));
	if (files == 1)
		r->people.second = r->people.n;
	else
		r->people.two = true;
	r->how.progress = command_progress; // on a terminal alone
	TRY(link_people(&r->people, &r->in.why, &r->how, &r->links));
	return match_write_out(&r->in, a->out, write_list, r);
}

static int command_match(const Args *a, int files) {
	Run r = {0};
	match_begin(&r.in, (ptrdiff_t)64 << 30);
	return match_end(&r.in, "match", run_match(&r, a, files));
}

int command_match_dedupe(const Args *a) { return command_match(a, 1); }
int command_match_link(const Args *a) { return command_match(a, 2); }
