#include "fixture.h"
#include "base/actor.h"
#include "base/when.h"
#include "command/house.h"
#include "stakeholder/stakeholder.h"
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;
static const Actor program = {.program = true};
static Actor actor;
static Pack *pack;

Err fixture_err_(Cx *cx, Err e, const char *what, const char *file, int line) {
	if (e != OK)
		print_message("%s:%d: %s gave %d: %s (%s:%d)\n", file, line, what, e, cx->why->msg,
			      cx->why->file, cx->why->line);
	return e;
}

static Pack *the_pack(void) {
	if (pack) return pack;
	static Why why;
	PackProblems ps = {0};
	char dir[4096];
	const char *root = getenv("SANGAM_ROOT");
	(void)snprintf(dir, sizeof dir, "%s/packs/india", root ? root : ".");
	if (pack_open(&why, str_of(dir), &ps, &pack) != OK || policy_compile(&why, pack, &ps) != OK) {
		Arena a = arena_new(1 << 20);
		for (ptrdiff_t i = 0; i < ps.n && i < 10; i++) {
			Str text;
			pack_problem_text(&a, &ps.problem[i], &text);
			print_message("%.*s\n", (int)text.n, text.p);
		}
		fail_msg("the pack does not load: %s", why.msg);
	}
	return pack;
}

void fixture_act_program(Cx *cx) { cx->actor = &program; }

void fixture_act(Cx *cx, StakeholderId agency, MemberId member, const char *posts) {
	Str rest = str_of(posts);
	actor = (Actor){.member = member, .stakeholder = agency};
	for (Str one; str_cut(&rest, ' ', &one);) {
		int p = grants_post(cx->pack->grants, one);
		assert_true(p >= 0);
		actor.posts |= 1U << p;
	}
	cx->actor = &actor;
}

StakeholderId fixture_agency(Cx *cx, const char *code, const char *kind, const char *area,
			     StakeholderId above) {
	StakeholderIn in = {.code = str_of(code),
			    .kind = str_of(kind),
			    .area = str_of(area),
			    .above = above,
			    .listed = !str_eq(str_of(kind), S("shelter"))};
	in.name[LANG_EN] = str_of(code);
	StakeholderId id;
	ok(stakeholder_add(cx, &in, &id));
	return id;
}

MemberId fixture_member(Cx *cx, StakeholderId of, const char *posts) {
	MemberIn in = {.stakeholder = of,
		       .name = S("Invented Member"),
		       .posts = posts_from_text(cx->pack, str_of(posts)),
		       .lang = LANG_EN};
	MemberId id;
	ok(member_add(cx, &in, &id));
	return id;
}

void fixture_at(Cx *cx, const char *local) { assert_true(when_parse(cx->zone, str_of(local), &cx->now)); }

static void begin(Cx *cx) {
	ok(db_begin(cx->db, cx->why));
	ok(ledger_begin(cx));
}

static void end(Cx *cx) {
	ok(ledger_end(cx));
	ok(db_commit(cx->db, cx->why));
	LedgerReport *v = NEW(cx->arena, LedgerReport, 1);
	ok(ledger_verify(cx, (Str){0}, NULL, v));
	for (ptrdiff_t i = 0; i < v->nfault; i++)
		print_message("entry %lld: %.*s\n", (long long)v->fault[i].seq, (int)v->fault[i].detail.n,
			      v->fault[i].detail.p);
	assert_int_equal(v->faults, 0);
	RebuildReport *r = NEW(cx->arena, RebuildReport, 1);
	ok(ledger_rebuild(cx, true, NULL, r));
	for (ptrdiff_t i = 0; i < r->ntable; i++)
		if (r->table[i].differ || r->table[i].before != r->table[i].after)
			print_message("%s: %lld rows, %lld rebuilt, %lld differ\n", r->table[i].table,
				      (long long)r->table[i].before, (long long)r->table[i].after,
				      (long long)r->table[i].differ);
	assert_true(r->same);
}

void fixture_rebuild_same(Cx *cx) {
	end(cx);
	begin(cx);
}

// Those of the house and the test's own. A function, because a weak constant may be folded as if no other
// could come.
static const EntryKind *const no_kinds[] = {NULL};
__attribute__((weak)) const EntryKind *const *fixture_kinds(void) { return no_kinds; }
static const EntryKind *const *all_kinds(Arena *a) {
	const EntryKind *const *house = house_kinds(a);
	const EntryKind **all = NEW(a, const EntryKind *, 400);
	ptrdiff_t n = 0;
	for (; *house; house++) all[n++] = *house;
	for (const EntryKind *const *own = fixture_kinds(); *own; own++) all[n++] = *own;
	return all;
}

static void run_on(Str where, void (*run)(Cx *cx)) {
	Arena long_lived = arena_new((ptrdiff_t)64 << 20), arena = arena_new((ptrdiff_t)64 << 20);
	Why why = {0};
	Cx context = {.arena = &arena,
		      .why = &why,
		      .pack = the_pack(),
		      .now = FIXTURE_NOW,
		      .lang = LANG_EN,
		      .actor = &program},
	   *cx = &context;
	int applied;
	cx->zone = cx->pack->zone;
	if (!str_eq(where, S(":memory:"))) ok(db_migrate(&long_lived, &why, where, &applied));
	ok(db_open(&long_lived, &why, &(DbOptions){.where = where}, &cx->db));
	ok(db_begin(cx->db, &why));
	ok(vault_make(cx, &(VaultSource){.passphrase = S("a test's passphrase"), .weak_kdf = true},
		      &cx->vault));
	ok(db_commit(cx->db, &why));
	ok(ledger_open(cx, all_kinds(&long_lived), S("test.invalid/log"), &cx->ledger));
	begin(cx);
	run(cx);
	fixture_act_program(cx);
	end(cx);
	db_close(cx->db);
	vault_close(cx->vault);
	arena_free(&arena);
	arena_free(&long_lived);
}

// A database of its own on the cluster that SANGAM_TEST_PG names.
static void psql(const char *conninfo, const char *statement) {
	char *argv[] = {(char *)"psql",
			(char *)"-qAt",
			(char *)"-v",
			(char *)"ON_ERROR_STOP=1",
			(char *)"-d",
			(char *)(uintptr_t)conninfo,
			(char *)"-c",
			(char *)(uintptr_t)statement,
			NULL};
	pid_t pid;
	int status;
	assert_int_equal(posix_spawnp(&pid, "psql", NULL, NULL, argv, environ), 0);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
}

void fixture_both(void (*run)(Cx *cx)) {
	static int serial;
	const char *pg = getenv("SANGAM_TEST_PG");
	char name[64], where[1024], statement[128];
	run_on(S(":memory:"), run);
	if (!pg || !*pg) return;
	(void)snprintf(name, sizeof name, "t%d_%d", (int)getpid(), ++serial);
	(void)snprintf(statement, sizeof statement, "CREATE DATABASE %s", name);
	psql(pg, statement);
	(void)snprintf(where, sizeof where, "%s dbname=%s", pg, name); // the last dbname counts
	run_on(str_of(where), run);
	(void)snprintf(statement, sizeof statement, "DROP DATABASE %s", name);
	psql(pg, statement);
}
