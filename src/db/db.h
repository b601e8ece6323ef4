// db.h - the one door to storage: SQLite and PostgreSQL behind one table of functions.
//
// Contract: SQL text lives in <room>.sql files and schema/ and nowhere else; tools/sqlgen makes one `const
// Stmt SQL_name` of each "-- name: x" block (build/…/<room>_sql.h). A room names a statement and passes typed
// values. No function takes SQL text at run time. All statements are prepared when a connection opens, on
// every configured engine.
//
// One Db is one connection, used by one thread at a time. A read-only connection refuses statements that
// write. Rows live in cx->arena. Nothing here opens a transaction by itself: the worker does, because the
// route says so.
//
// Errors: ERR_CONFLICT for a violated constraint, ERR_BUSY for lock time-outs and serialisation failures
// (SQLITE_BUSY, 40001, 40P01), ERR_FULL for a full disk (SQLITE_FULL, 53100), ERR_STORE for a lost connection
// and the rest, ERR_BUG for a wrong count of values. After ERR_STORE the connection must be checked with
// db_ok and reopened by its owner.
#pragma once
#include "base/base.h"

typedef enum { VAL_NULL, VAL_INT, VAL_STR, VAL_BYTES } ValKind;
typedef struct {
	ValKind kind;
	int64_t i;
	Str s; // text, or bytes
} Val;
#define INT(x) ((Val){VAL_INT, (x), {0}})
#define STR(x) ((Val){VAL_STR, 0, (x)})
#define BYTES(x) ((Val){VAL_BYTES, 0, (x)})
#define NIL ((Val){VAL_NULL, 0, {0}})
#define INT_OR_NIL(x) ((x) ? INT(x) : NIL) // 0 is no id
#define STR_OR_NIL(x) ((x).n ? STR(x) : NIL)

typedef struct {
	int index; // into the table of all statements
	const char *name, *sql;
	int nparam;
	bool writes; // not a SELECT (a WITH … SELECT counts as SELECT)
} Stmt; // generated
typedef struct {
	Val *v;
	int n;
} Row;
typedef struct {
	Row *row;
	ptrdiff_t n; // rows
	int64_t changed; // rows inserted, updated or deleted
} Rows;
static inline int64_t row_int(const Row *r, int column) { return r->v[column].i; } // 0 for NULL
static inline Str row_str(const Row *r, int column) { return r->v[column].s; } // empty for NULL
static inline bool row_null(const Row *r, int column) { return r->v[column].kind == VAL_NULL; }

typedef struct {
	Str where; // path of an SQLite file, ":memory:" (tests), or a libpq "postgresql://…" / "host=… …"
		   // string
	bool read_only;
	bool make; // creates the SQLite file when there is none (mode 0600); db_migrate does
	int busy_ms; // how long to wait for a lock; 0: 5000
} DbOptions;
// The Db lives in the arena. Prepares every statement. Migrations must have run (db_migrate), else ERR_STORE;
// only a
// ":memory:" database is set up by db_open itself, because nobody else could reach it.
MUST_USE Err db_open(Arena *a, Why *why, const DbOptions *o, Db **out);
void db_close(Db *db); // NULL is fine
bool db_ok(Db *db); // the connection still answers
bool db_is_postgres(const Db *db);
bool db_read_only(const Db *db);
// SQLite: moves the write-ahead log into the file as far as readers allow; the writer calls it when it is
// idle, and only the writer's connection ever does it. db_close of the writer empties the log. Nothing to do
// on PostgreSQL.
void db_checkpoint(Db *db);

// Applies schema/NNNN_*.sql (compiled in, checksummed) that are missing, each in its transaction, under a
// lock. A changed or unknown migration is ERR_INVALID and nothing is touched. Creates the SQLite file (mode
// 0600).
MUST_USE Err db_migrate(Arena *a, Why *why, Str where, int *applied);

#define db_run(cx, stmt, out, ...) \
	db_run_((cx), (stmt), (const Val[]){{0}, __VA_ARGS__}, \
		(int)(sizeof((const Val[]){{0}, __VA_ARGS__}) / sizeof(Val)) - 1, (out))
#define db_do(cx, stmt, ...) \
	db_do_((cx), (stmt), (const Val[]){{0}, __VA_ARGS__}, \
	       (int)(sizeof((const Val[]){{0}, __VA_ARGS__}) / sizeof(Val)) - 1)
#define db_one(cx, stmt, row, ...) \
	db_one_((cx), (stmt), (const Val[]){{0}, __VA_ARGS__}, \
		(int)(sizeof((const Val[]){{0}, __VA_ARGS__}) / sizeof(Val)) - 1, (row))
MUST_USE Err db_run_(Cx *cx, const Stmt *s, const Val *v_from_1, int n, Rows *out);
MUST_USE Err db_do_(Cx *cx, const Stmt *s, const Val *v_from_1, int n); // result thrown away
MUST_USE Err db_one_(Cx *cx, const Stmt *s, const Val *v_from_1, int n,
		     Row *out); // ERR_NOT_FOUND for no row; the first of many
// As db_do, for what no rule expects to fail: entries and projections. In a write transaction PostgreSQL need
// not have answered yet; what went wrong is then said by the next call that waits, which is every one of db.h
// but db_send, db_savepoint and db_lock_ledger. On SQLite it is db_do.
#define db_send(cx, stmt, ...) \
	db_send_((cx), (stmt), (const Val[]){{0}, __VA_ARGS__}, \
		 (int)(sizeof((const Val[]){{0}, __VA_ARGS__}) / sizeof(Val)) - 1)
MUST_USE Err db_send_(Cx *cx, const Stmt *s, const Val *v_from_1, int n);

// Transactions. A writer begins, then for each request: savepoint, work, release or roll back to it; then
// commits. After a failed statement only db_rollback_to or db_rollback are possible, on both engines
// (PostgreSQL insists on it): a room that expects a conflict says so in its SQL (ON CONFLICT DO NOTHING) and
// looks at `changed`. A failed commit is a rollback. SQLite: BEGIN IMMEDIATE, or a snapshot for a read-only
// connection. PostgreSQL: a read-only connection has a repeatable snapshot. A write transaction is READ
// COMMITTED, which suffices because its first statement is the ledger's lock (ledger_begin, db_lock_ledger),
// held until commit: write transactions follow one another, each statement after the lock sees all that was
// committed before it, and nothing has to be tried twice. What is read before the lock proves nothing.
MUST_USE Err db_begin(Db *db, Why *why);
MUST_USE Err db_commit(Db *db, Why *why);
void db_rollback(Db *db);
MUST_USE Err db_savepoint(Db *db, Why *why);
MUST_USE Err db_release(Db *db, Why *why);
MUST_USE Err db_rollback_to(Db *db, Why *why); // and forgets the savepoint
// Held until commit, so that one process at a time gives out the ledger's order; nothing to do on SQLite.
MUST_USE Err db_lock_ledger(Db *db, Why *why);

// For rebuild, verify and tests: rows of a whole table in primary-key order, one after another. Tables are
// those of db_tables(), from the compiled migrations; names never come from outside. Text sorts by bytes on
// both engines.
typedef struct {
	const char *name;
	bool enduring; // "-- enduring" stands before its CREATE TABLE; everything else is a projection
	const char *key; // column list of the primary key
	int nkey, key_at[4]; // the same as places in a row
} DbTable;
const DbTable *db_tables(ptrdiff_t *n); // in the order they were made
typedef Err DbEach(void *with, Cx *cx, const Row *row);
// The row, and all that `each` takes from the arena of the cx it is given, dies after each call; other
// statements may run.
MUST_USE Err db_each(Cx *cx, const DbTable *t, DbEach *each, void *with);
MUST_USE Err db_clear(Cx *cx, const DbTable *t); // projections only: ERR_BUG for an enduring one
// Walks the result of a statement without holding it in memory; for verify and exports.
#define db_walk(cx, stmt, each, with, ...) \
	db_walk_((cx), (stmt), (const Val[]){{0}, __VA_ARGS__}, \
		 (int)(sizeof((const Val[]){{0}, __VA_ARGS__}) / sizeof(Val)) - 1, (each), (with))
MUST_USE Err db_walk_(Cx *cx, const Stmt *s, const Val *v_from_1, int n, DbEach *each, void *with);
