#include "db/db_engine.h"
#include <errno.h>
#include <fcntl.h>
#include <sqlite3.h>
#include <stdio.h>
#include <unistd.h>

static sqlite3 *conn(const Db *db) { return db->conn; }

static Err err_of(sqlite3 *c) {
	int rc = sqlite3_extended_errcode(c), disk = sqlite3_system_errno(c);
	switch (rc & 0xff) {
	case SQLITE_CONSTRAINT:
		return rc == SQLITE_CONSTRAINT_DATATYPE ? ERR_BUG : ERR_CONFLICT;
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
		return ERR_BUSY;
	case SQLITE_FULL:
		return ERR_FULL;
	case SQLITE_IOERR:
		return disk == ENOSPC || disk == EDQUOT ? ERR_FULL : ERR_STORE;
	case SQLITE_ERROR:
	case SQLITE_MISMATCH:
	case SQLITE_RANGE:
	case SQLITE_MISUSE:
	case SQLITE_READONLY:
		return ERR_BUG;
	default:
		return ERR_STORE;
	}
}

// SQLite's messages name tables and columns, never values.
static Err bad(Db *db, Why *why, const char *what) {
	return fail(why, err_of(conn(db)), "%s: %s", what, sqlite3_errmsg(conn(db)));
}

// ---- opening --------------------------------------------------------------------------------------
// The file is made by hand so that it is never, not even for a moment, readable by others. A file that is
// there is not opened: closing it would drop every lock that this process's other connections hold on it
// (POSIX), and another program that ends would take itself for the last one and delete the log under a
// running hub.
static Err make_file(Why *why, const char *path, const DbOptions *o) {
	if (db_is_memory(o->where) || !o->make) return OK;
	int fd = open(path, O_RDWR | O_CLOEXEC | O_CREAT | O_EXCL, 0600);
	if (fd < 0 && errno == EEXIST) return OK;
	if (fd < 0) {
		Err e = errno == ENOSPC || errno == EDQUOT ? ERR_FULL : ERR_STORE;
		return fail(why, e, "the database file cannot be made: %s", strerror(errno));
	}
	(void)close(fd);
	return OK;
}

static Err settle(Db *db, Why *why) {
	// secure_delete overwrites what is deleted; trusted_schema and the defensive mode distrust a file
	// that was tampered with; the checkpoint rule is in docs/decisions/0001-storage.md.
	static const char both[] =
		"PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA secure_delete=ON;"
		"PRAGMA trusted_schema=OFF; PRAGMA foreign_keys=ON; PRAGMA temp_store=MEMORY;"
		"PRAGMA mmap_size=1073741824; PRAGMA cache_size=-8192;";
	// Every cell of a page is looked at when it is loaded. A reader loads its pages again after each
	// commit, and would spend a tenth of its time on that; the writer sees a damaged page as well.
	static const char writer[] = "PRAGMA cell_size_check=ON; PRAGMA wal_autocheckpoint=1000; PRAGMA "
				     "journal_size_limit=67108864;";
	static const char reader[] = "PRAGMA wal_autocheckpoint=0; PRAGMA query_only=ON;";
	(void)sqlite3_busy_timeout(conn(db), db->busy_ms);
	(void)sqlite3_db_config(conn(db), SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
	(void)sqlite3_db_config(conn(db), SQLITE_DBCONFIG_DQS_DML, 0, NULL);
	(void)sqlite3_db_config(conn(db), SQLITE_DBCONFIG_DQS_DDL, 0, NULL);
	(void)sqlite3_db_config(conn(db), SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, db->read_only, NULL);
	(void)sqlite3_limit(conn(db), SQLITE_LIMIT_ATTACHED, 0);
	TRY(db->engine->script(db, why, both));
	return db->engine->script(db, why, db->read_only ? reader : writer);
}

static Err lite_connect(Db *db, Why *why, const DbOptions *o) {
	char path[4096];
	if (o->where.n <= 0 || o->where.n >= (ptrdiff_t)sizeof path ||
	    memchr(o->where.p, 0, (size_t)o->where.n))
		return fail(why, ERR_INVALID, "the path of the database is empty or too long");
	memcpy(path, o->where.p, (size_t)o->where.n);
	path[o->where.n] = 0;
	TRY(make_file(why, path, o));
	// Counting the bytes of every allocation takes a lock that all threads share. Refused, and without
	// effect, once SQLite has started.
	(void)sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
	sqlite3 *c = NULL;
	int rc = sqlite3_open_v2(path, &c, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL);
	db->conn = c;
	if (!c) return fail(why, ERR_STORE, "SQLite has no memory");
	(void)sqlite3_extended_result_codes(c, 1);
	return rc == SQLITE_OK ? settle(db, why) : bad(db, why, "open");
}

// ---- statements -----------------------------------------------------------------------------------
// $1 is a *named* parameter to SQLite, numbered by first appearance; ?1 is not.
static char *numbered(Arena *a, const char *sql) {
	char *z = str_z(a, str_of(sql)), quote = 0;
	for (char *p = z; *p; p++) {
		if (quote)
			quote = *p == quote ? 0 : quote;
		else if (*p == '\'' || *p == '"')
			quote = *p;
		else if (*p == '$')
			*p = '?';
	}
	return z;
}

static Err prepare_one(Db *db, Arena scratch, Why *why, const Stmt *s, bool lasting, sqlite3_stmt **out) {
	unsigned flags = lasting ? SQLITE_PREPARE_PERSISTENT : 0;
	if (sqlite3_prepare_v3(conn(db), numbered(&scratch, s->sql), -1, flags, out, NULL) != SQLITE_OK) {
		Err e = err_of(conn(db));
		return fail(why, e == ERR_CONFLICT ? ERR_BUG : e, "%s: %s", s->name,
			    sqlite3_errmsg(conn(db)));
	}
	if (sqlite3_bind_parameter_count(*out) != s->nparam)
		return fail(why, ERR_BUG, "%s: count of parameters", s->name);
	return OK;
}

static Err lite_prepare(Db *db, Arena *a, Why *why) {
	sqlite3_stmt **all = NEW(a, sqlite3_stmt *, db_nstatements + 1);
	db->prepared = all;
	for (int i = 0; i < db_nstatements; i++)
		TRY(prepare_one(db, *a, why, db_statements[i], true, &all[i]));
	return OK;
}

typedef struct {
	sqlite3_stmt *st;
	bool lasting;
} Use;
static void use_end(Use *u) {
	if (!u->st) return;
	if (!u->lasting) {
		(void)sqlite3_finalize(u->st);
		return;
	}
	(void)sqlite3_reset(u->st);
	(void)sqlite3_clear_bindings(u->st);
}
#define USE __attribute__((cleanup(use_end))) Use

static Err use_begin(Db *db, Arena *a, Why *why, const Stmt *s, Use *u) {
	sqlite3_stmt **all = db->prepared, *ready = all && s->index >= 0 ? all[s->index] : NULL;
	// A walk's own function may run the statement that is being walked.
	if (ready && !sqlite3_stmt_busy(ready)) {
		*u = (Use){ready, true};
		return OK;
	}
	return prepare_one(db, *a, why, s, false, &u->st);
}

static Err bind(Db *db, Why *why, const Stmt *s, sqlite3_stmt *st, const Val *v) {
	for (int i = 0; i < s->nparam; i++) {
		const char *p = v[i].s.p ? v[i].s.p : "";
		int rc = SQLITE_OK;
		switch (v[i].kind) {
		case VAL_NULL:
			rc = sqlite3_bind_null(st, i + 1);
			break;
		case VAL_INT:
			rc = sqlite3_bind_int64(st, i + 1, v[i].i);
			break;
		case VAL_STR:
			rc = sqlite3_bind_text64(st, i + 1, p, (sqlite3_uint64)v[i].s.n, SQLITE_STATIC,
						 SQLITE_UTF8);
			break;
		case VAL_BYTES:
			rc = sqlite3_bind_blob64(st, i + 1, p, (sqlite3_uint64)v[i].s.n, SQLITE_STATIC);
			break;
		}
		if (rc != SQLITE_OK) return bad(db, why, s->name);
	}
	return OK;
}

static Err row_of(Arena *a, Why *why, const Stmt *s, sqlite3_stmt *st, Row *r) {
	r->n = sqlite3_column_count(st);
	r->v = NEW(a, Val, r->n);
	for (int c = 0; c < r->n; c++) {
		switch (sqlite3_column_type(st, c)) {
		case SQLITE_NULL:
			break;
		case SQLITE_INTEGER:
			r->v[c] = INT(sqlite3_column_int64(st, c));
			break;
		case SQLITE_TEXT:
			r->v[c] = STR(str_dup(a, (Str){(const char *)sqlite3_column_text(st, c),
						       sqlite3_column_bytes(st, c)}));
			break;
		case SQLITE_BLOB:
			r->v[c] = BYTES(
				str_dup(a, (Str){sqlite3_column_blob(st, c), sqlite3_column_bytes(st, c)}));
			break;
		default:
			return fail(why, ERR_BUG, "%s: column %d is neither whole number, text nor bytes",
				    s->name, c);
		}
	}
	return OK;
}

static Row *next_row(Arena *a, Rows *rows, ptrdiff_t *cap) {
	if (rows->n == *cap) {
		Row *old = rows->row;
		*cap = *cap ? *cap * 2 : 4;
		rows->row = NEW(a, Row, *cap);
		if (old) memcpy(rows->row, old, (size_t)rows->n * sizeof *old);
	}
	return &rows->row[rows->n++];
}

static Err lite_run(Db *db, Arena *a, Why *why, const Stmt *s, const Val *v, Rows *out) {
	USE u = {0};
	TRY(use_begin(db, a, why, s, &u));
	TRY(bind(db, why, s, u.st, v));
	ptrdiff_t cap = 0;
	int rc;
	while ((rc = sqlite3_step(u.st)) == SQLITE_ROW) TRY(row_of(a, why, s, u.st, next_row(a, out, &cap)));
	if (rc != SQLITE_DONE) return bad(db, why, s->name);
	out->changed = s->writes ? sqlite3_changes64(conn(db)) : 0;
	return OK;
}

static Err lite_walk(Db *db, Cx *cx, const Stmt *s, const Val *v, DbEach *each, void *with) {
	USE u = {0};
	TRY(use_begin(db, cx->arena, cx->why, s, &u));
	TRY(bind(db, cx->why, s, u.st, v));
	int rc;
	while ((rc = sqlite3_step(u.st)) == SQLITE_ROW) {
		Arena scratch = *cx->arena;
		Cx inner = *cx;
		inner.arena = &scratch;
		Row row;
		TRY(row_of(&scratch, cx->why, s, u.st, &row));
		TRY(each(with, &inner, &row));
	}
	return rc == SQLITE_DONE ? OK : bad(db, cx->why, s->name);
}

static Err lite_script(Db *db, Why *why, const char *sql) {
	return sqlite3_exec(conn(db), sql, NULL, NULL, NULL) == SQLITE_OK ? OK : bad(db, why, "order");
}

static bool lite_in_transaction(const Db *db) { return !sqlite3_get_autocommit(conn(db)); }
static bool lite_ok(Db *db) {
	Why ignored;
	return lite_script(db, &ignored, "SELECT 1") == OK;
}

static void checkpoint(Db *db, int mode) {
	// BUSY only means that a reader still needs the log: the next time will do.
	if (!db->read_only) (void)sqlite3_wal_checkpoint_v2(conn(db), NULL, mode, NULL, NULL);
}
static void lite_checkpoint(Db *db) { checkpoint(db, SQLITE_CHECKPOINT_PASSIVE); }

static void lite_close(Db *db) {
	sqlite3_stmt **all = db->prepared;
	for (int i = 0; all && i < db_nstatements; i++) (void)sqlite3_finalize(all[i]);
	if (!db->conn) return;
	(void)sqlite3_busy_timeout(conn(db), 0); // a last checkpoint waits for nobody
	checkpoint(db, SQLITE_CHECKPOINT_TRUNCATE);
	(void)sqlite3_close(conn(db));
	db->conn = NULL;
}

const DbEngine db_sqlite = {
	.name = "SQLite",
	.connect = lite_connect,
	.prepare = lite_prepare,
	.run = lite_run,
	.walk = lite_walk,
	.script = lite_script,
	.in_transaction = lite_in_transaction,
	.ok = lite_ok,
	.checkpoint = lite_checkpoint,
	.close = lite_close,
	.begin_write = "BEGIN IMMEDIATE",
	.begin_read = "BEGIN",
	.int_type = "INTEGER",
	.bytes_type = "BLOB",
	.text_type = "TEXT",
	.strict = "STRICT",
};
