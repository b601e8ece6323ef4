#include "db/db_engine.h"
#include "db/db_fault.h"
#include <stdio.h>

bool db_is_memory(Str where) { return str_eq(where, S(":memory:")); }

static bool is_postgres(Str where) {
	return str_starts(where, S("postgresql://")) || str_starts(where, S("postgres://")) ||
	       (str_find_char(where, '=') >= 0 && str_find_char(where, '/') != 0);
}

Err db_connect(Arena *a, Why *why, const DbOptions *o, Db **out) {
	Db *db = NEW(a, Db, 1);
	db->engine = is_postgres(o->where) ? &db_pg : &db_sqlite;
	db->read_only = o->read_only;
	db->busy_ms = o->busy_ms ? o->busy_ms : 5000;
	Err e = db->engine->connect(db, why, o);
	if (e != OK) {
		db->engine->close(db);
		return e;
	}
	*out = db;
	return OK;
}

static Err make_ready(Db *db, Arena *a, Why *why, bool memory) {
	int applied;
	// Nobody else can reach a database in memory, so whoever opens it must also set it up.
	if (memory) TRY(db_apply_migrations(db, a, why, &applied));
	TRY(db_check_schema(db, a, why));
	return db->engine->prepare(db, a, why);
}

Err db_open(Arena *a, Why *why, const DbOptions *o, Db **out) {
	Db *db;
	TRY(db_connect(a, why, o, &db));
	Err e = make_ready(db, a, why, db_is_memory(o->where));
	if (e != OK) {
		db_close(db);
		return e;
	}
	*out = db;
	return OK;
}

void db_close(Db *db) {
	if (!db || !db->conn) return;
	if (db->begun) db_rollback(db);
	db->engine->close(db);
	db->conn = NULL;
}

bool db_ok(Db *db) { return db->conn && db->engine->ok(db); }
bool db_read_only(const Db *db) { return db->read_only; }

bool db_is_postgres(const Db *db) { return db->engine == &db_pg; }

void db_checkpoint(Db *db) {
	if (db->engine->checkpoint) db->engine->checkpoint(db);
}

// ---- the guards before every call -----------------------------------------------------------------
static Err fault_due(Db *db, Why *why) {
	if (db->fault_in == 0 || --db->fault_in > 0) return OK;
	return fail(why, db->fault, "fault asked for by a test");
}

static Err may_run(Db *db, Why *why, const Stmt *s, int n) {
	if (n != s->nparam) return fail(why, ERR_BUG, "%s wants %d values, got %d", s->name, s->nparam, n);
	if (s->writes && db->read_only)
		return fail(why, ERR_BUG, "%s writes on a read-only connection", s->name);
	if (db->broken)
		return fail(why, ERR_BUG, "%s after a failed statement: go back to the savepoint first",
			    s->name);
	// An engine may end a transaction by itself (full disk, lost connection). What follows must not run
	// outside one.
	if (db->begun && !db->engine->in_transaction(db))
		return fail(why, ERR_STORE, "%s: the transaction is gone", s->name);
	return fault_due(db, why);
}

static Err noted(Db *db, Err e) {
	if (e != OK && db->begun) db->broken = true;
	return e;
}

Err db_run_(Cx *cx, const Stmt *s, const Val *v_from_1, int n, Rows *out) {
	Rows rows = {0};
	Err e = may_run(cx->db, cx->why, s, n);
	if (e == ERR_BUG) return e; // refused before anything was tried
	if (e == OK) e = cx->db->engine->run(cx->db, cx->arena, cx->why, s, v_from_1 + 1, &rows);
	TRY(noted(cx->db, e));
	*out = rows;
	return OK;
}

Err db_do_(Cx *cx, const Stmt *s, const Val *v_from_1, int n) {
	Arena scratch = *cx->arena;
	Cx inner = *cx;
	inner.arena = &scratch;
	Rows unused;
	return db_run_(&inner, s, v_from_1, n, &unused);
}

Err db_send_(Cx *cx, const Stmt *s, const Val *v_from_1, int n) {
	Db *db = cx->db;
	if (!db->engine->send || !db->begun || !s->writes) return db_do_(cx, s, v_from_1, n);
	Err e = may_run(db, cx->why, s, n);
	if (e == ERR_BUG) return e;
	if (e == OK) e = db->engine->send(db, cx->why, s, v_from_1 + 1);
	return noted(db, e);
}

Err db_one_(Cx *cx, const Stmt *s, const Val *v_from_1, int n, Row *out) {
	Rows rows;
	TRY(db_run_(cx, s, v_from_1, n, &rows));
	if (!rows.n) return fail(cx->why, ERR_NOT_FOUND, "%s: no row", s->name);
	*out = rows.row[0];
	return OK;
}

Err db_walk_(Cx *cx, const Stmt *s, const Val *v_from_1, int n, DbEach *each, void *with) {
	Db *db = cx->db;
	if (s->writes) return fail(cx->why, ERR_BUG, "%s writes: it cannot be walked", s->name);
	Err e = may_run(db, cx->why, s, n);
	if (e != OK) return e == ERR_BUG ? e : noted(db, e);
	db->walks++;
	e = db->engine->walk(db, cx, s, v_from_1 + 1, each, with);
	db->walks--;
	return e;
}

// ---- transactions ---------------------------------------------------------------------------------
static Err order(Db *db, Why *why, const char *sql, bool wait) {
	TRY(fault_due(db, why));
	return db->engine->order ? db->engine->order(db, why, sql, wait) : db->engine->script(db, why, sql);
}

Err db_begin(Db *db, Why *why) {
	if (db->begun) return fail(why, ERR_BUG, "a transaction within a transaction");
	TRY(order(db, why, db->read_only ? db->engine->begin_read : db->engine->begin_write, false));
	db->begun = true;
	db->broken = false;
	return OK;
}

Err db_commit(Db *db, Why *why) {
	Err e = !db->begun			  ? fail(why, ERR_BUG, "commit without a transaction")
		: db->broken			  ? fail(why, ERR_BUG, "commit after a failed statement")
		: !db->engine->in_transaction(db) ? fail(why, ERR_STORE, "commit: the transaction is gone")
						  : order(db, why, "COMMIT", true);
	if (e != OK) db_rollback(db);
	db->begun = false;
	return e;
}

void db_rollback(Db *db) {
	Why ignored;
	if (db->engine->quiet) db->engine->quiet(db);
	// Nothing can be done when this fails: the connection is gone, and the transaction with it.
	if (db->engine->in_transaction(db))
		(void)!(db->engine->order ? db->engine->order(db, &ignored, "ROLLBACK", false)
					  : db->engine->script(db, &ignored, "ROLLBACK"));
	db->begun = db->broken = false;
}

static Err step(Db *db, Why *why, const char *what, const char *sql, bool wait) {
	if (!db->begun) return fail(why, ERR_BUG, "%s without a transaction", what);
	if (!db->engine->in_transaction(db)) return fail(why, ERR_STORE, "%s: the transaction is gone", what);
	return noted(db, order(db, why, sql, wait));
}

Err db_savepoint(Db *db, Why *why) {
	if (db->broken) return fail(why, ERR_BUG, "savepoint after a failed statement");
	return step(db, why, "savepoint", "SAVEPOINT s", false);
}

Err db_release(Db *db, Why *why) {
	if (db->broken) return fail(why, ERR_BUG, "release after a failed statement");
	return step(db, why, "release", "RELEASE SAVEPOINT s", true);
}

Err db_rollback_to(Db *db, Why *why) {
	if (db->engine->quiet) db->engine->quiet(db);
	TRY(step(db, why, "going back", "ROLLBACK TO SAVEPOINT s", false));
	TRY(step(db, why, "going back", "RELEASE SAVEPOINT s", true));
	db->broken = false;
	return OK;
}

Err db_lock_ledger(Db *db, Why *why) {
	if (!db->begun || db->read_only)
		return fail(why, ERR_BUG, "the ledger is locked in a write transaction only");
	return db->engine->lock_ledger ? step(db, why, "ledger lock", db->engine->lock_ledger, true) : OK;
}

// ---- whole tables ---------------------------------------------------------------------------------
// The text is put together here, of names that must look like names.
static bool plain(const char *z, const char *also) {
	for (; *z; z++)
		if (!(*z >= 'a' && *z <= 'z') && !(*z >= '0' && *z <= '9') && *z != '_' && !strchr(also, *z))
			return false;
	return true;
}

Err db_each(Cx *cx, const DbTable *t, DbEach *each, void *with) {
	if (!plain(t->name, "") || !plain(t->key, ", ")) return fail(cx->why, ERR_BUG, "not a table's name");
	char sql[512];
	int n = snprintf(sql, sizeof sql, "SELECT * FROM %s ORDER BY %s", t->name, t->key);
	ASSERT(n > 0 && n < (int)sizeof sql);
	Stmt s = {.index = -1, .name = t->name, .sql = sql};
	return db_walk_(cx, &s, (const Val[]){{0}}, 0, each, with);
}

Err db_clear(Cx *cx, const DbTable *t) {
	if (t->enduring || !plain(t->name, ""))
		return fail(cx->why, ERR_BUG, "%s is not a projection", t->name);
	char sql[256];
	int n = snprintf(sql, sizeof sql, "DELETE FROM %s", t->name);
	ASSERT(n > 0 && n < (int)sizeof sql);
	Stmt s = {.index = -1, .name = t->name, .sql = sql, .writes = true};
	return db_do_(cx, &s, (const Val[]){{0}}, 0);
}
