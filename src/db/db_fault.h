// db_fault.h - for tests only: makes storage fail on purpose, and does to it what nobody should be able to
// do.
#pragma once
#include "db/db.h"

// The n-th call from now that goes to storage (statement, begin, savepoint, commit …) answers `e` and does
// nothing; 0 ends it.
void db_fault_after(Db *db, int n, Err e);

// Any SQL, past every guard: for tables of a test's own, and to tamper with the ledger.
MUST_USE Err db_fault_script(Db *db, Why *why, const char *sql);

// A throw-away database for one test: on SQLite a file in a new folder, on PostgreSQL a schema of its own in
// the database that `conninfo` names. db_scratch_drop removes it; connections to it must be closed before.
typedef struct {
	Str where; // for DbOptions and db_migrate
	Str conninfo, name;
} DbScratch;
MUST_USE Err db_scratch_make(Arena *a, Why *why, Str conninfo, DbScratch *out); // empty conninfo: SQLite
void db_scratch_drop(Arena *a, DbScratch *s);
