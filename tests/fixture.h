// fixture.h - a hub for tests of rooms: both engines, the real pack, a vault, a ledger with every room's
// kinds.
//
//     static void a_report_is_received_once(Cx *cx) { … assert_true(…); }
//     #define TESTS(X) X(a_report_is_received_once)
//     FIXTURE_MAIN(TESTS)
//
// The test runs inside one write transaction (ledger_begin done), as the program, at 2026-11-23 10:00 in
// Asia/Kolkata. When it returns, the ledger is ended, the transaction committed, verify must find nothing and
// rebuild must give every row as it stood. PostgreSQL is used when SANGAM_TEST_PG holds a connection string;
// script/test sets it.
#pragma once
#include "db/db.h"
#include "ledger/ledger.h"
#include "pack/pack.h"
#include "policy/policy.h"
#include "vault/vault.h"
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

// A test of a room without kinds of its own defines this (NULL-terminated); it is empty otherwise.
const EntryKind *const *fixture_kinds(void);

#define FIXTURE_NOW 1795408200 // 2026-11-23T10:00 in Asia/Kolkata

void fixture_both(void (*run)(Cx *cx));
// The program of a test: each in the list runs on both engines.
#define FIXTURE_MAIN(TESTS) \
	TESTS(FIXTURE_TEST_) \
	int main(void) { \
		const struct CMUnitTest tests[] = {TESTS(FIXTURE_UNIT_)}; \
		return cmocka_run_group_tests(tests, NULL, NULL); \
	}
#define FIXTURE_TEST_(name) \
	static void test_##name(void **s) { \
		(void)s; \
		fixture_both(name); \
	}
#define FIXTURE_UNIT_(name) cmocka_unit_test(test_##name),

// An agency of this kind that serves the area; a shelter is never listed. above: {0} for none.
StakeholderId fixture_agency(Cx *cx, const char *code, const char *kind, const char *area,
			     StakeholderId above);
MemberId fixture_member(Cx *cx, StakeholderId of, const char *posts); // names with spaces
// Acts as somebody from here on. posts: names with spaces, of the pack.
void fixture_act(Cx *cx, StakeholderId agency, MemberId member, const char *posts);
void fixture_act_program(Cx *cx);
void fixture_at(Cx *cx, const char *local); // "2026-11-24T09:00"
// In the middle of a test: everything so far is committed, verified and rebuilt, and a new transaction begun.
void fixture_rebuild_same(Cx *cx);
#define ok(x) assert_int_equal(fixture_err_(cx, (x), #x, __FILE__, __LINE__), OK)
Err fixture_err_(Cx *cx, Err e, const char *what, const char *file, int line);
