#include "base/actor.h"
#include "casefile/casefile.h"
#include "giving/giving_parts.h"
#include "release/manifest.h"
#include "stakeholder/stakeholder.h"
#include "tests/fixture.h"
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define BOOK \
	"{\"name\":\"test people\",\"version\":\"1\",\"unit\":\"person\",\"attributes\":[{\"name\":\"sex\"," \
	"\"values\":[\"female\",\"male\",\"unknown\"],\"missing\":\"unknown\",\"other\":\"unknown\"}]}"
#define OTHER_BOOK \
	"{\"name\":\"test " \
	"people\",\"version\":\"2\",\"unit\":\"person\",\"attributes\":[{\"name\":\"given\"," \
	"\"values\":[\"x\"],\"missing\":\"x\",\"other\":\"x\"}]}"

typedef struct {
	StakeholderId university, police, ngo;
	char dir[32];
} Town;

static StakeholderId agency(Cx *cx, const char *code, const char *kind) {
	StakeholderId id = {0};
	StakeholderIn in = {.code = str_of(code), .kind = str_of(kind), .area = S("IN-UD"), .listed = true};
	in.name[LANG_EN] = str_of(code);
	ok(stakeholder_add(cx, &in, &id));
	return id;
}

static void new_desk(Cx *cx, const Town *t, const char *book) { // as after a start
	Str text = str_of(book);
	ok(giving_begin(cx, str_of(t->dir), &text, 1, &cx->desk));
}

static Town town(Cx *cx) {
	Town t = {.dir = "/tmp/sangam-giving-XXXXXX"};
	assert_non_null(mkdtemp(t.dir));
	t.university = agency(cx, "UNIV", "academia");
	t.police = agency(cx, "POL", "police");
	t.ngo = agency(cx, "NGO", "ngo");
	new_desk(cx, &t, BOOK);
	return t;
}

static Str spend_file(Cx *cx, const Town *t) { return str_fmt(cx->arena, "%s/people.spend", t->dir); }

static void leave_town(Cx *cx, const Town *t) {
	desk_free(cx->desk);
	cx->desk = NULL;
	(void)unlink(str_z(cx->arena, spend_file(cx, t)));
	assert_int_equal(rmdir(t->dir), 0);
	fixture_act_program(cx);
}

static GivingId asked(Cx *cx, const Town *t, int64_t epsilon) {
	GivingId id = {0};
	fixture_act(cx, t->university, (MemberId){1}, "researcher");
	ok(giving_ask(cx, &(GivingAsk){.epsilon = epsilon, .purpose = S("An invented question.")}, &id));
	return id;
}

static Err refused_ask(Cx *cx, int64_t epsilon) {
	GivingId id;
	return giving_ask(cx, &(GivingAsk){.epsilon = epsilon, .purpose = S("An invented question.")}, &id);
}

static Giving got(Cx *cx, GivingId id) {
	Giving g = {0};
	ok(giving_get(cx, id, &g));
	return g;
}

static Err answer_as(Cx *cx, StakeholderId who, int64_t member, GivingId id, bool yes) {
	Giving g = got(cx, id);
	fixture_act(cx, who, (MemberId){member}, "supervisor");
	Err e = giving_answer(cx, &g, yes);
	fixture_act_program(cx);
	return e;
}

static GivingId approved(Cx *cx, const Town *t, int64_t epsilon) {
	GivingId id = asked(cx, t, epsilon);
	ok(answer_as(cx, t->police, 2, id, true));
	ok(answer_as(cx, t->ngo, 3, id, true));
	assert_int_equal(got(cx, id).state, GIVING_APPROVED);
	return id;
}

// One step of the work, and the tick after it. What is made on its own thread is waited for.
static void step(Cx *cx) {
	bool more;
	fixture_act_program(cx);
	ok(giving_work(cx, &more));
	for (int i = 0; cx->desk->making.running; i++) {
		assert_true(i < 60000);
		(void)usleep(1000);
		ok(giving_work(cx, &more));
	}
	ok(giving_tick(cx));
}

static int64_t spend_entries(Cx *cx, const Town *t) {
	char text[65536];
	int64_t n = 0;
	FILE *f = fopen(str_z(cx->arena, spend_file(cx, t)), "re");
	if (!f) return -1;
	size_t size = fread(text, 1, sizeof text, f);
	assert_int_equal(fclose(f), 0);
	for (size_t i = 0; i < size; i++) n += text[i] == '\n';
	return n - 1;
}

// ---- who agrees
// ---------------------------------------------------------------------------------------------------

static void two_agencies_other_than_the_askers_must_agree(Cx *cx) {
	Town t = town(cx);
	GivingId id = asked(cx, &t, 1000);
	assert_int_equal(answer_as(cx, t.university, 9, id, true), ERR_DENIED); // a colleague
	ok(answer_as(cx, t.police, 2, id, true));
	assert_int_equal(answer_as(cx, t.police, 4, id, true), ERR_DENIED); // the same agency
	assert_int_equal(got(cx, id).state, GIVING_ASKED);
	ok(answer_as(cx, t.ngo, 3, id, true));
	assert_int_equal(got(cx, id).state, GIVING_APPROVED);
	assert_int_equal(answer_as(cx, agency(cx, "LATE", "ngo"), 5, id, false), ERR_CONFLICT);
	leave_town(cx, &t);
}

static void one_no_ends_it_and_nothing_is_spent(Cx *cx) {
	Town t = town(cx);
	GivingId id = asked(cx, &t, 1000);
	ok(answer_as(cx, t.police, 2, id, true));
	ok(answer_as(cx, t.ngo, 3, id, false));
	assert_int_equal(got(cx, id).state, GIVING_DECLINED);
	step(cx);
	assert_int_equal(spend_entries(cx, &t), -1);
	leave_town(cx, &t);
}

// ---- what it costs is down before anything is drawn
// --------------------------------------------------------------------

static void nothing_is_drawn_before_the_debit_is_in_both_ledgers(Cx *cx) {
	bool more;
	Town t = town(cx);
	GivingId id = approved(cx, &t, 1000);
	ok(giving_work(cx, &more));
	assert_int_equal(spend_entries(cx, &t), 1);
	for (int i = 0; i < 3; i++) { // without the tick it goes no further
		ok(giving_work(cx, &more));
		assert_int_equal(cx->desk->outcome.kind, OUTCOME_DEBITED);
	}
	ok(giving_tick(cx));
	Giving g = got(cx, id);
	assert_int_equal(g.state, GIVING_DEBITED);
	assert_int_equal(g.entry, 1);
	assert_int_equal(g.spent, g.rho);
	step(cx);
	// Nobody is in this hub: too few, and what was measured is spent.
	g = got(cx, id);
	assert_int_equal(g.state, GIVING_REFUSED);
	assert_true(str_eq(g.why, S("few")));
	int64_t spent;
	ok(giving_spent(cx, &spent));
	assert_int_equal(spent, g.rho);
	leave_town(cx, &t);
}

static void who_ends_between_debit_and_end_has_spent_and_given_nothing(Cx *cx) {
	GivingFiles files;
	Town t = town(cx);
	GivingId id = approved(cx, &t, 1000);
	step(cx);
	assert_int_equal(got(cx, id).state, GIVING_DEBITED);
	desk_free(cx->desk);
	new_desk(cx, &t, BOOK);
	step(cx);
	assert_int_equal(got(cx, id).state, GIVING_LOST);
	ok(giving_files(cx, id, &files));
	assert_int_equal(files.n, 0);
	assert_int_equal(spend_entries(cx, &t), 1);
	leave_town(cx, &t);
}

static void who_ends_between_the_two_ledgers_does_not_pay_twice(Cx *cx) {
	bool more;
	Town t = town(cx);
	GivingId id = approved(cx, &t, 1000);
	ok(giving_work(cx, &more)); // in the file, not in the hub's ledger
	desk_free(cx->desk);
	new_desk(cx, &t, BOOK);
	step(cx);
	assert_int_equal(got(cx, id).state, GIVING_DEBITED);
	assert_int_equal(spend_entries(cx, &t), 1);
	leave_town(cx, &t);
}

static void refused_because_set_back(Cx *cx, const Town *t) {
	GivingId id = approved(cx, t, 250);
	step(cx);
	Giving g = got(cx, id);
	assert_int_equal(g.state, GIVING_REFUSED);
	assert_true(str_eq(g.why, S("set_back")));
	assert_int_equal(g.entry, 0);
	step(cx); // the desk is free again
}

static void an_older_copy_of_either_ledger_is_seen(Cx *cx) {
	Spent after;
	Town t = town(cx);
	approved(cx, &t, 250);
	for (int i = 0; i < 3; i++) step(cx); // debited, measured, refused: too few
	assert_int_equal(spend_entries(cx, &t), 1);
	// The hub's ledger is older than the file: it does not know of a debit.
	ok(spend_debit(cx->arena, cx->why, spend_file(cx, &t), RHO_ONE / 1000, S("release-7"), cx->now,
		       &after));
	refused_because_set_back(cx, &t);
	// The file is older than the hub's ledger.
	assert_int_equal(unlink(str_z(cx->arena, spend_file(cx, &t))), 0);
	refused_because_set_back(cx, &t);
	assert_int_equal(spend_entries(cx, &t), -1);
	// Another file with as many debits of the same size.
	Giving first;
	Givings all;
	ok(giving_list(cx, 10, &all));
	first = all.at[all.n - 1];
	ok(spend_debit(cx->arena, cx->why, spend_file(cx, &t), first.rho, S("release-8"), cx->now, &after));
	refused_because_set_back(cx, &t);
	leave_town(cx, &t);
}

static void more_than_the_cap_is_not_even_asked_for(Cx *cx) {
	Town t = town(cx);
	approved(cx, &t, 4000);
	step(cx);
	fixture_act(cx, t.university, (MemberId){1}, "researcher");
	assert_int_equal(refused_ask(cx, 250), ERR_LIMIT);
	assert_int_equal(refused_ask(cx, 4001), ERR_INVALID);
	leave_town(cx, &t);
}

// ---- who is in it, and what of her
// ---------------------------------------------------------------------------------------

static void only_coded_answers_of_the_class_case_may_be_in_a_codebook(Cx *cx) {
	Town t = town(cx);
	const PackForm *f = pack_form(cx->pack, S("person"));
	int may = 0;
	for (ptrdiff_t i = 0; i < f->nask; i++)
		// `area` is that of the case, whatever the form asks.
		if (giving_column_may(cx->pack, f->ask[i].name) && !str_eq(f->ask[i].name, S("area"))) {
			may++;
			assert_true(str_eq(f->ask[i].klass, S("case")));
			assert_true(f->ask[i].kind != ASK_TEXT && f->ask[i].kind != ASK_LONG);
		}
	assert_true(may > 10);
	assert_false(giving_column_may(cx->pack, S("given")));
	assert_false(giving_column_may(cx->pack, S("birth_date")));
	desk_free(cx->desk);
	new_desk(cx, &t, OTHER_BOOK);
	fixture_act(cx, t.university, (MemberId){1}, "researcher");
	assert_int_equal(refused_ask(cx, 1000), ERR_INVALID);
	leave_town(cx, &t);
}

#define FAULTY \
	"{\"name\":\"x\",\"version\":\"1\",\"unit\":\"person\",\"attributes\":[\n" \
	"{\"name\":\"foreign\",\"values\":[\"yes\",\"maybe\",\"none\"],\"missing\":\"none\"},\n" \
	"{\"name\":\"exploitation_one\",\"values\":[\"ForcedLabour\",\"several\",\"x\"],\"other\":\"x\"},\n" \
	"{\"name\":\"area\",\"values\":[\"IN-UD\",\"IN-UD-RMP\"]},\n" \
	"{\"name\":\"given\",\"values\":[\"x\"]}]}"

static void values_that_no_form_can_answer_are_named_with_their_line(Cx *cx) {
	GivingFaults f;
	giving_book_check(cx->arena, cx->pack, S(FAULTY), true, &f);
	assert_int_equal(f.n, 3);
	static const struct {
		int line;
		const char *said;
	} want[] = {{2, "\"maybe\" is no option of the question foreign"},
		    {4, "\"IN-UD-RMP\" is no area next below"},
		    {5, "the column given may not leave"}};
	for (int i = 0; i < 3; i++) {
		assert_int_equal(f.at[i].line, want[i].line);
		assert_true(str_find(f.at[i].said, str_of(want[i].said)) >= 0);
	}
	giving_book_check(cx->arena, cx->pack, S(FAULTY), false,
			  &f); // of somebody's file, whose columns are its own
	assert_int_equal(f.n, 0);
	giving_book_check(cx->arena, cx->pack, S(BOOK), true, &f);
	assert_int_equal(f.n, 0);
}

static void add_people(Cx *cx, const Town *t, int n) {
	CaseId id = {0};
	Case c = {0};
	ok(casefile_open(cx,
			 &(CaseIn){.lead = t->police,
				   .area = S("IN-UD-RMP"),
				   .at = cx->now,
				   .exploitation = S("ForcedLabour"),
				   .child = S("no")},
			 &id));
	ok(casefile_get(cx, id, &c));
	for (int i = 0; i < n; i++) {
		PackAnswers v = pack_answers_on(cx->arena, pack_form(cx->pack, S("person")));
		PersonId person = {0};
		assert_true(pack_answer_set(&v, S("capacity"), S("victim")));
		assert_true(pack_answer_set(&v, S("child"), S("no")));
		assert_true(pack_answer_set(&v, S("found"), S("no")));
		assert_true(pack_answer_set(&v, S("gender"), i % 4 ? S("Feminine") : S("Masculine")));
		pack_form_check(cx, &v);
		ok(casefile_person_add(cx, &c, &v, 0, &person));
	}
}

static void check_files(Cx *cx, GivingId id) {
	Str text, rows;
	Manifest m;
	uint8_t hash[32];
	Str key = giving_public_key(cx);
	ok(giving_bytes(cx, id, S("manifest"), &text));
	ok(manifest_read(cx->arena, cx->why, text, &m));
	for (int i = 0; i < 32; i++)
		assert_true(
			str_starts(str_slice(key, 2 * i, 2 * i + 2), str_fmt(cx->arena, "%02x", m.key[i])));
	ok(giving_bytes(cx, id, S("rows"), &rows));
	sha256_of(&rows, 1, hash);
	assert_int_equal(m.nfile, GIVING_FILES - 1);
	assert_memory_equal(hash, m.file[0].hash, sizeof hash);
	assert_memory_equal(got(cx, id).head.p, m.head, 32);
	assert_true(str_starts(rows, S("sex,synthetic\n")));
	int64_t lines = 0;
	for (ptrdiff_t i = 0; i < rows.n; i++) lines += rows.p[i] == '\n';
	assert_int_equal(lines - 1, got(cx, id).people);
}

// 320 people, and numbers of one attribute off by 14 at most: twenty times that is 280.
static void what_was_approved_is_made_signed_and_given(Cx *cx) {
	GivingFiles files;
	Town t = town(cx);
	add_people(cx, &t, 320);
	GivingId id = approved(cx, &t, 4000);
	step(cx); // debited
	step(cx); // drawn and made
	Giving g = got(cx, id);
	assert_int_equal(g.state, GIVING_GIVEN);
	assert_true(g.people > 320 - 3 * g.half && g.people < 320 + 3 * g.half);
	ok(giving_files(cx, id, &files));
	assert_int_equal(files.n, GIVING_FILES);
	check_files(cx, id);
	step(cx); // and the desk is free
	assert_int_equal(cx->desk->id.n, 0);
	leave_town(cx, &t);
}

#define SMALL_BOOK \
	"{\"name\":\"test people\",\"version\":\"3\",\"unit\":\"person\",\"attributes\":[{\"name\":\"sex\"," \
	"\"values\":[\"female\",\"male\",\"unknown\"],\"missing\":\"unknown\",\"other\":\"unknown\"," \
	"\"coarser\":{\"female\":[\"female\"],\"other\":[\"male\",\"unknown\"]}}]}"

// 110 people, and numbers off by 8 at most: more than eight times that, and less than twenty times.
static void few_people_are_given_out_by_coarser_values(Cx *cx) {
	Str rows, report;
	Town t = town(cx);
	add_people(cx, &t, 110);
	desk_free(cx->desk);
	new_desk(cx, &t, SMALL_BOOK);
	fixture_act(cx, t.university, (MemberId){1}, "researcher");
	GivingId id;
	ok(giving_ask(cx, &(GivingAsk){4000, 0, S("mst"), S("An invented question.")}, &id));
	ok(answer_as(cx, t.police, 2, id, true));
	ok(answer_as(cx, t.ngo, 3, id, true));
	step(cx);
	step(cx);
	assert_int_equal(got(cx, id).state, GIVING_GIVEN);
	ok(giving_bytes(cx, id, S("rows"), &rows));
	assert_true(str_find(rows, S("\nother,1\n")) >= 0 && str_find(rows, S("male,1\nmale")) < 0);
	ok(giving_bytes(cx, id, S("report"), &report));
	assert_true(str_find(report, S("\"method\":\"mst\"")) >= 0);
	assert_true(str_find(report, S("\"coarser values, because people are few\":true")) >= 0);
	assert_int_equal(spend_entries(cx, &t), 1);
	leave_town(cx, &t);
}

static void a_method_or_codebook_that_is_not_there_is_not_asked_for(Cx *cx) {
	Town t = town(cx);
	GivingId id;
	fixture_act(cx, t.university, (MemberId){1}, "researcher");
	assert_int_equal(giving_ask(cx, &(GivingAsk){1000, 0, S("magic"), S("x")}, &id), ERR_INVALID);
	assert_int_equal(giving_ask(cx, &(GivingAsk){1000, 1, S(""), S("x")}, &id), ERR_INVALID);
	assert_int_equal(giving_ask(cx, &(GivingAsk){1000, -1, S(""), S("x")}, &id), ERR_INVALID);
	leave_town(cx, &t);
}

#define TESTS(X) \
	X(two_agencies_other_than_the_askers_must_agree) \
	X(one_no_ends_it_and_nothing_is_spent) \
	X(nothing_is_drawn_before_the_debit_is_in_both_ledgers) \
	X(who_ends_between_debit_and_end_has_spent_and_given_nothing) \
	X(who_ends_between_the_two_ledgers_does_not_pay_twice) \
	X(an_older_copy_of_either_ledger_is_seen) \
	X(more_than_the_cap_is_not_even_asked_for) \
	X(only_coded_answers_of_the_class_case_may_be_in_a_codebook) \
	X(values_that_no_form_can_answer_are_named_with_their_line) \
	X(what_was_approved_is_made_signed_and_given) \
	X(few_people_are_given_out_by_coarser_values) \
	X(a_method_or_codebook_that_is_not_there_is_not_asked_for)
#define X(name) \
	static void test_##name(void **s) { \
		(void)s; \
		fixture_both(name); \
	}
TESTS(X)
#undef X
int main(void) {
	const struct CMUnitTest tests[] = {
#define X(name) cmocka_unit_test(test_##name),
		TESTS(X)
#undef X
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
