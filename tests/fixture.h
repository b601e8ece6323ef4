// fixture.h - a hub for tests of rooms: both engines, the real pack, a vault, a ledger with every room's
// kinds.
//
//     static void a_report_is_received_once(Cx *cx) { … assert_true(…); }
//     static void test(void **s) { (void)s; fixture_both(a_report_is_received_once); }
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
// Acts as somebody from here on. posts: names with spaces, of the pack.
void fixture_act(Cx *cx, StakeholderId agency, MemberId member, const char *posts);
void fixture_act_program(Cx *cx);
void fixture_at(Cx *cx, const char *local); // "2026-11-24T09:00"
// In the middle of a test: everything so far is committed, verified and rebuilt, and a new transaction begun.
void fixture_rebuild_same(Cx *cx);
#define ok(x) assert_int_equal(fixture_err_(cx, (x), #x, __FILE__, __LINE__), OK)
Err fixture_err_(Cx *cx, Err e, const char *what, const char *file, int line);
