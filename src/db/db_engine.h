// db_engine.h - what an engine must do. For the files of src/db, and for what tools/sqlgen makes; nobody else
// includes it.
//
// An engine reports every failure through `why` with the Err that db.h promises, and never puts a value into
// it.
#pragma once
#include "db/db.h"

typedef struct {
	int number;
	const char *name, *checksum, *text;
} DbMigration;
extern const DbMigration db_migrations[]; // generated, in the order of their numbers
extern const int db_nmigrations;
extern const Stmt *const db_statements[]; // generated
extern const int db_nstatements;

#define DB_MOST_VALUES 64 // parameters of one statement; sqlgen refuses more
#define DB_MOST_SENT 128 // statements sent before their answers are read

typedef struct DbEngine {
	const char *name;
	Err (*connect)(Db *db, Why *why, const DbOptions *o);
	Err (*prepare)(Db *db, Arena *a, Why *why); // all statements
	// A statement that was not prepared (index -1, or before prepare) is prepared for this one time.
	Err (*run)(Db *db, Arena *a, Why *why, const Stmt *s, const Val *v, Rows *out);
	// A statement whose answer may come with that of a later one. NULL: run does.
	Err (*send)(Db *db, Why *why, const Stmt *s, const Val *v);
	Err (*walk)(Db *db, Cx *cx, const Stmt *s, const Val *v, DbEach *each, void *with);
	Err (*script)(Db *db, Why *why, const char *sql); // several statements, no values
	// One statement that begins, ends or marks a transaction; answered at once when `wait`. NULL: script
	// does.
	Err (*order)(Db *db, Why *why, const char *sql, bool wait);
	// Nothing is under way any more, whatever became of it. NULL: nothing ever is.
	void (*quiet)(Db *db);
	bool (*in_transaction)(const Db *db);
	bool (*ok)(Db *db);
	void (*checkpoint)(Db *db);
	void (*close)(Db *db);
	const char *begin_write, *begin_read;
	const char *lock_ledger, *lock_schema; // NULL: not needed
	const char *int_type, *bytes_type, *text_type,
		*strict; // what @int, @bytes, TEXT and @strict become in migrations
} DbEngine;
extern const DbEngine db_sqlite, db_pg;

struct Db {
	const DbEngine *engine;
	void *conn;
	void *prepared; // the engine's, by Stmt.index; NULL before prepare
	int busy_ms;
	bool read_only;
	bool begun; // between db_begin and db_commit or db_rollback
	bool broken; // a statement failed in this transaction: only going back is possible
	int walks; // walks under way, one within another
	bool piped; // statements may be sent before earlier ones are answered
	bool in; // a transaction, when all that was sent is well
	const char *sent[DB_MOST_SENT]; // names of what was sent and not answered; NULL: a mark (Sync)
	int nsent;
	int fault_in; // db_fault.h
	Err fault;
};

// A connection without the check that migrations have run and without prepared statements.
Err db_connect(Arena *a, Why *why, const DbOptions *o, Db **out);
Err db_check_schema(Db *db, Arena *a, Why *why);
Err db_apply_migrations(Db *db, Arena *a, Why *why, int *applied);
bool db_is_memory(Str where);
