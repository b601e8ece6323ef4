#include "db/db_engine.h"
#include <endian.h>
#include <libpq-fe.h>
#include <stdio.h>
#include <stdlib.h>

// Oids of the types we meet (pg_type.dat; they never change).
enum {
	PG_BOOL = 16,
	PG_BYTEA = 17,
	PG_NAME = 19,
	PG_INT8 = 20,
	PG_INT2 = 21,
	PG_INT4 = 23,
	PG_TEXT = 25,
	PG_VARCHAR = 1043,
	PG_NUMERIC = 1700
};

typedef struct {
	bool ready;
	Oid type[DB_MOST_VALUES]; // of the parameters, as the server understood them
} Known;

static PGconn *conn(const Db *db) { return db->conn; }
static void result_end(PGresult **r) { PQclear(*r); }
#define RESULT __attribute__((cleanup(result_end))) PGresult

// ---- errors: the state and the constraint's name; the server's sentences may hold values -----------
static Err err_of(const char *state) {
	static const struct {
		const char *state;
		Err err;
	} known[] = {
		{"23", ERR_CONFLICT}, {"40", ERR_BUSY}, {"55P03", ERR_BUSY}, {"57014", ERR_BUSY},
		{"53100", ERR_FULL},  {"22", ERR_BUG},	{"42", ERR_BUG},     {"25", ERR_BUG},
	};
	for (ptrdiff_t i = 0; state && i < COUNT(known); i++)
		if (!strncmp(state, known[i].state, strlen(known[i].state))) return known[i].err;
	return ERR_STORE;
}
static const char *or_dash(const char *z) { return z ? z : "-"; }
static Err bad(Db *db, Why *why, const char *what, const PGresult *r) {
	const char *state = PQresultErrorField(r, PG_DIAG_SQLSTATE);
	if (PQstatus(conn(db)) != CONNECTION_OK) return fail(why, ERR_STORE, "%s: PostgreSQL is gone", what);
	return fail(why, err_of(state), "%s: PostgreSQL says %s (table %s, constraint %s)", what,
		    or_dash(state), or_dash(PQresultErrorField(r, PG_DIAG_TABLE_NAME)),
		    or_dash(PQresultErrorField(r, PG_DIAG_CONSTRAINT_NAME)));
}

// ---- opening --------------------------------------------------------------------------------------
static void keep_quiet(void *with, const PGresult *r) { (void)with, (void)r; }

static Err pg_connect(Db *db, Why *why, const DbOptions *o) {
	char where[4096], settings[512];
	if (o->where.n >= (ptrdiff_t)sizeof where)
		return fail(why, ERR_INVALID, "the connection string is too long");
	memcpy(where, o->where.p, (size_t)o->where.n);
	where[o->where.n] = 0;
	// What stands before dbname can be overruled by the operator's string, what stands after it cannot.
	const char *const key[] = {"connect_timeout", "application_name", "dbname", "client_encoding", 0};
	const char *const value[] = {"10", "sangam", where, "UTF8", 0};
	db->conn = PQconnectdbParams(key, value, 1);
	if (!db->conn || PQstatus(conn(db)) != CONNECTION_OK)
		return fail(why, ERR_STORE, "PostgreSQL cannot be reached");
	(void)PQsetNoticeReceiver(conn(db), keep_quiet, NULL);
	if (PQserverVersion(conn(db)) < 150000)
		return fail(why, ERR_STORE, "PostgreSQL 15 or newer is needed");
	// Every statement is written to be answered from an index, in its order, a few rows at a time,
	// and joined in the order written. Before it has looked, the server guesses otherwise of filters it
	// cannot weigh, and sorts a whole table.
	int n = snprintf(
		settings, sizeof settings,
		"SET lock_timeout = %d; SET default_transaction_read_only = %s; SET "
		"standard_conforming_strings = on; SET plan_cache_mode = force_generic_plan; "
		"SET enable_hashjoin = off; SET enable_mergejoin = off; SET enable_bitmapscan = off; "
		"SET enable_seqscan = off; "
		"SET join_collapse_limit = 1",
		db->busy_ms, db->read_only ? "on" : "off");
	ASSERT(n > 0 && n < (int)sizeof settings);
	return db->engine->script(db, why, settings);
}

// ---- preparing ------------------------------------------------------------------------------------
static bool column_known(Oid t) {
	static const Oid known[] = {PG_BOOL, PG_BYTEA, PG_NAME,	   PG_INT8,   PG_INT2,
				    PG_INT4, PG_TEXT,  PG_VARCHAR, PG_NUMERIC};
	for (ptrdiff_t i = 0; i < COUNT(known); i++)
		if (known[i] == t) return true;
	return false;
}
static Err describe(Db *db, Why *why, const Stmt *s, const PGresult *r, Known *k) {
	if (PQresultStatus(r) != PGRES_COMMAND_OK) return bad(db, why, s->name, r);
	if (PQnparams(r) != s->nparam) return fail(why, ERR_BUG, "%s: count of parameters", s->name);
	for (int i = 0; i < s->nparam; i++) k->type[i] = PQparamtype(r, i);
	for (int c = 0; c < PQnfields(r); c++)
		if (!column_known(PQftype(r, c)))
			return fail(why, ERR_BUG, "%s: column %d is neither whole number, text nor bytes",
				    s->name, c);
	k->ready = true;
	return OK;
}
// Beside a literal ("$1 = 0") the server takes a parameter for an int4, too narrow for an id. Such a
// statement is made again with int8; where a function insists on int4, it stays as it was.
static Err widen(Db *db, Why *why, const Stmt *s, Known *k) {
	Oid type[DB_MOST_VALUES];
	bool narrow = false;
	for (int i = 0; i < s->nparam; i++) {
		bool small = k->type[i] == PG_INT4 || k->type[i] == PG_INT2;
		type[i] = small ? PG_INT8 : k->type[i];
		narrow |= small;
	}
	if (!narrow) return OK;
	char name[128];
	int n = snprintf(name, sizeof name, "DEALLOCATE %s", s->name);
	ASSERT(n > 0 && n < (int)sizeof name);
	TRY(db->engine->script(db, why, name));
	RESULT *wide = PQprepare(conn(db), s->name, s->sql, s->nparam, type);
	if (PQresultStatus(wide) == PGRES_COMMAND_OK) {
		memcpy(k->type, type, sizeof type);
		return OK;
	}
	RESULT *again = PQprepare(conn(db), s->name, s->sql, s->nparam, k->type);
	return PQresultStatus(again) == PGRES_COMMAND_OK ? OK : bad(db, why, s->name, again);
}
static Err next_result(Db *db, Why *why, const char *what, PGresult **r) {
	*r = PQgetResult(conn(db));
	if (!*r) return fail(why, ERR_STORE, "%s: PostgreSQL is gone", what);
	PGresult *end = PQgetResult(conn(db)); // each answer ends with an empty one
	if (end) PQclear(end);
	return OK;
}
static Err gather(Db *db, Why *why, Known *all) {
	for (int i = 0; i < db_nstatements; i++) {
		const Stmt *s = db_statements[i];
		RESULT *made = NULL, *described = NULL;
		TRY(next_result(db, why, s->name, &made));
		if (PQresultStatus(made) != PGRES_COMMAND_OK) return bad(db, why, s->name, made);
		TRY(next_result(db, why, s->name, &described));
		TRY(describe(db, why, s, described, &all[i]));
	}
	PGresult *sync = PQgetResult(conn(db));
	bool well = PQresultStatus(sync) == PGRES_PIPELINE_SYNC;
	PQclear(sync);
	return well ? OK : fail(why, ERR_STORE, "preparing: PostgreSQL is out of step");
}
// All statements in one round trip, and the pipeline stays; a failure leaves the connection to be closed by
// db_open.
static Err pg_prepare(Db *db, Arena *a, Why *why) {
	Known *all = NEW(a, Known, db_nstatements + 1);
	db->prepared = all;
	if (!PQenterPipelineMode(conn(db)))
		return fail(why, ERR_STORE, "PostgreSQL does not take a pipeline");
	for (int i = 0; i < db_nstatements; i++) {
		const Stmt *s = db_statements[i];
		if (!PQsendPrepare(conn(db), s->name, s->sql, 0, NULL) ||
		    !PQsendDescribePrepared(conn(db), s->name))
			return fail(why, ERR_STORE, "%s: PostgreSQL is gone", s->name);
	}
	if (!PQpipelineSync(conn(db))) return fail(why, ERR_STORE, "preparing: PostgreSQL is gone");
	TRY(gather(db, why, all));
	if (!PQexitPipelineMode(conn(db)))
		return fail(why, ERR_STORE, "preparing: PostgreSQL is out of step");
	for (int i = 0; i < db_nstatements; i++) TRY(widen(db, why, db_statements[i], &all[i]));
	db->piped = PQenterPipelineMode(conn(db));
	return db->piped ? OK : fail(why, ERR_STORE, "PostgreSQL does not take a pipeline");
}

// ---- values in ------------------------------------------------------------------------------------
typedef struct {
	const char *at[DB_MOST_VALUES];
	int n[DB_MOST_VALUES], binary[DB_MOST_VALUES];
	Oid type[DB_MOST_VALUES];
	uint64_t number[DB_MOST_VALUES]; // in the order of the network
} Values;

static int put_int(uint64_t *at, Oid type, int64_t i) {
	bool fits = type == PG_INT4 ? i == (int32_t)i : type == PG_INT2 ? i == (int16_t)i : true;
	int n = type == PG_INT8 ? 8 : type == PG_INT4 ? 4 : type == PG_INT2 ? 2 : type == PG_BOOL ? 1 : 0;
	if (!n || !fits) return 0;
	uint64_t shifted =
		htobe64(n == 8 ? (uint64_t)i : (uint64_t)(type == PG_BOOL ? i != 0 : i) << (64 - 8 * n));
	memcpy(at, &shifted, sizeof shifted);
	return n;
}
static Err put_value(Why *why, const Stmt *s, Values *x, int i, Oid type, const Val *v) {
	bool text = type == PG_TEXT || type == PG_VARCHAR || type == PG_NAME;
	x->binary[i] = 1;
	x->type[i] = type;
	x->at[i] = v->s.p ? v->s.p : "";
	x->n[i] = (int)v->s.n;
	if (v->kind == VAL_NULL) x->at[i] = NULL;
	if (v->s.n > INT32_MAX / 2)
		return fail(why, ERR_TOO_LARGE, "%s: value %d is over a gigabyte", s->name, i + 1);
	if (v->kind == VAL_INT) {
		x->at[i] = (const char *)&x->number[i];
		x->n[i] = put_int(&x->number[i], type, v->i);
		if (!x->n[i]) return fail(why, ERR_BUG, "%s: $%d takes no such whole number", s->name, i + 1);
	}
	if ((v->kind == VAL_STR && !text) || (v->kind == VAL_BYTES && type != PG_BYTEA))
		return fail(why, ERR_BUG, "%s: $%d is of another type", s->name, i + 1);
	return OK;
}
// NULL is of no type, and the server decides.
static Oid natural(const Val *v) {
	static const Oid type[] = {
		[VAL_NULL] = 0, [VAL_INT] = PG_INT8, [VAL_STR] = PG_TEXT, [VAL_BYTES] = PG_BYTEA};
	return type[v->kind];
}
static Err put_values(Db *db, Why *why, const Stmt *s, const Val *v, Values *x) {
	const Known *all = db->prepared, *k = all && s->index >= 0 ? &all[s->index] : NULL;
	for (int i = 0; i < s->nparam; i++)
		TRY(put_value(why, s, x, i, k ? k->type[i] : natural(&v[i]), &v[i]));
	return OK;
}

// ---- rows out -------------------------------------------------------------------------------------
// A sum of int8 comes as numeric: int16 digits, weight, sign, scale, then digits to the base 10000.
static bool whole_numeric(const char *p, int n, int64_t *out) {
	int16_t head[4], digit;
	if (n < 8) return false;
	memcpy(head, p, 8);
	int ndigit = (int16_t)be16toh((uint16_t)head[0]), weight = (int16_t)be16toh((uint16_t)head[1]);
	int sign = (uint16_t)be16toh((uint16_t)head[2]);
	if (n != 8 + 2 * ndigit || (sign != 0 && sign != 0x4000) || weight > 4) return false;
	int64_t v = 0;
	for (int i = 0; i <= (ndigit - 1 > weight ? ndigit - 1 : weight); i++) {
		digit = 0;
		if (i < ndigit) memcpy(&digit, p + 8 + 2 * i, 2);
		int d = (int16_t)be16toh((uint16_t)digit);
		if (i > weight && d) return false;
		if (i <= weight && (__builtin_mul_overflow(v, 10000, &v) || __builtin_add_overflow(v, d, &v)))
			return false;
	}
	*out = sign ? -v : v;
	return true;
}
static bool int_of(Oid type, const char *p, int n, int64_t *out) {
	uint64_t v8;
	uint32_t v4;
	uint16_t v2;
	switch (type) {
	case PG_INT8:
		memcpy(&v8, p, 8);
		*out = (int64_t)be64toh(v8);
		return true;
	case PG_INT4:
		memcpy(&v4, p, 4);
		*out = (int32_t)be32toh(v4);
		return true;
	case PG_INT2:
		memcpy(&v2, p, 2);
		*out = (int16_t)be16toh(v2);
		return true;
	case PG_BOOL:
		*out = *p != 0;
		return true;
	default:
		return type == PG_NUMERIC && whole_numeric(p, n, out);
	}
}
static Err value_of(Arena *a, Why *why, const Stmt *s, const PGresult *r, int i, int c, Val *v) {
	if (PQgetisnull(r, i, c)) return OK;
	Oid type = PQftype(r, c);
	Str s_of = {PQgetvalue(r, i, c), PQgetlength(r, i, c)};
	if (type == PG_BYTEA)
		*v = BYTES(str_dup(a, s_of));
	else if (type == PG_TEXT || type == PG_VARCHAR || type == PG_NAME)
		*v = STR(str_dup(a, s_of));
	else if (int_of(type, s_of.p, (int)s_of.n, &v->i))
		v->kind = VAL_INT;
	else
		return fail(why, ERR_BUG, "%s: column %d is neither whole number, text nor bytes", s->name,
			    c);
	return OK;
}
static Err row_of(Arena *a, Why *why, const Stmt *s, const PGresult *r, int i, Row *row) {
	row->n = PQnfields(r);
	row->v = NEW(a, Val, row->n);
	for (int c = 0; c < row->n; c++) TRY(value_of(a, why, s, r, i, c, &row->v[c]));
	return OK;
}

// ---- running --------------------------------------------------------------------------------------
static bool is_prepared(const Db *db, const Stmt *s) {
	const Known *all = db->prepared;
	return all && s->index >= 0 && all[s->index].ready;
}
// ---- the pipeline -----------------------------------------------------------------------------------
// What is sent is answered in its order, and each round trip answers all of it. A failure makes the server
// pass over what follows until the next mark (Sync), so the first failure is the one that counts.
static Err gone(Why *why, const char *what) { return fail(why, ERR_STORE, "%s: PostgreSQL is gone", what); }

static Err sent_note(Db *db, Why *why, const char *name, int sent) {
	if (!sent) return gone(why, name);
	ASSERT(db->nsent < DB_MOST_SENT);
	db->sent[db->nsent++] = name;
	return OK;
}
static Err mark(Db *db, Why *why) {
	ASSERT(db->nsent < DB_MOST_SENT);
	if (!PQpipelineSync(conn(db))) return gone(why, "mark");
	db->sent[db->nsent++] = NULL;
	return OK;
}
static bool well(const PGresult *r) {
	ExecStatusType t = PQresultStatus(r);
	return t == PGRES_TUPLES_OK || t == PGRES_COMMAND_OK || t == PGRES_EMPTY_QUERY;
}
// The next answer; that of a statement is followed by an empty one.
static PGresult *answer_of(Db *db, const char *name) {
	PGresult *r = PQgetResult(conn(db)), *end = r && name ? PQgetResult(conn(db)) : NULL;
	if (end) PQclear(end);
	return r;
}
// Reads the answers of all that was sent. `last` (NULL: nobody wants it): the answer of the last statement.
static Err settle(Db *db, Why *why, PGresult **last) {
	int n = db->nsent, newest = n - 1;
	Err e = OK;
	while (newest >= 0 && !db->sent[newest]) newest--;
	if (n && db->sent[n - 1]) {
		TRY(mark(db, why));
		n++;
	}
	db->nsent = 0;
	for (int i = 0; i < n; i++) {
		const char *name = db->sent[i];
		RESULT *r = answer_of(db, name);
		bool good = name ? well(r) : PQresultStatus(r) == PGRES_PIPELINE_SYNC;
		if (!good && e == OK) e = name && r ? bad(db, why, name, r) : gone(why, name ? name : "mark");
		if (i != newest || !last || !good) continue;
		*last = r;
		r = NULL;
	}
	return e;
}
static Err make_room(Db *db, Why *why) { return db->nsent < DB_MOST_SENT - 2 ? OK : settle(db, why, NULL); }

// An answer is of `name`; statements without a name of their own on the server are known by their text.
static Err put_in(Db *db, Why *why, const Stmt *s, const Val *v) {
	Values x;
	TRY(put_values(db, why, s, v, &x));
	TRY(make_room(db, why));
	return sent_note(
		db, why, s->name,
		is_prepared(db, s)
			? PQsendQueryPrepared(conn(db), s->name, s->nparam, x.at, x.n, x.binary, 1)
			: PQsendQueryParams(conn(db), s->sql, s->nparam, x.type, x.at, x.n, x.binary, 1));
}
static Err ask(Db *db, Why *why, const Stmt *s, const Val *v, PGresult **out) {
	if (db->piped) {
		TRY(put_in(db, why, s, v));
		return settle(db, why, out);
	}
	Values x;
	TRY(put_values(db, why, s, v, &x));
	*out = PQexecParams(conn(db), s->sql, s->nparam, x.type, x.at, x.n, x.binary, 1);
	return well(*out) ? OK : bad(db, why, s->name, *out);
}
static Err pg_send(Db *db, Why *why, const Stmt *s, const Val *v) { return put_in(db, why, s, v); }

static Err pg_run(Db *db, Arena *a, Why *why, const Stmt *s, const Val *v, Rows *out) {
	RESULT *r = NULL;
	TRY(ask(db, why, s, v, &r));
	out->n = PQntuples(r);
	out->row = NEW(a, Row, out->n);
	for (int i = 0; i < out->n; i++) TRY(row_of(a, why, s, r, i, &out->row[i]));
	out->changed = s->writes ? strtoll(PQcmdTuples(r), NULL, 10) : 0;
	return OK;
}

// BEGIN and ROLLBACK say what will be, as long as nothing has answered.
static Err pg_order(Db *db, Why *why, const char *sql, bool wait) {
	const Stmt order = {.index = -1, .name = "order", .sql = sql};
	bool ends = strcmp(sql, "ROLLBACK") == 0;
	if (!db->piped) return db->engine->script(db, why, sql);
	TRY(put_in(db, why, &order, NULL));
	if (*sql == 'B') db->in = true;
	if (ends) db->in = false;
	if (ends && !wait) return mark(db, why); // on its way: no snapshot stays open for long
	return wait ? settle(db, why, NULL) : OK;
}
static Err order_now(Db *db, Why *why, const char *sql) { return pg_order(db, why, sql, true); }

// Results are never held whole: a cursor hands out some rows at a time, and between them the connection is
// free.
static Err pass_on(Cx *cx, const Stmt *s, const PGresult *r, DbEach *each, void *with) {
	for (int i = 0; i < PQntuples(r); i++) {
		Arena scratch = *cx->arena;
		Cx inner = *cx;
		inner.arena = &scratch;
		Row row;
		TRY(row_of(&scratch, cx->why, s, r, i, &row));
		TRY(each(with, &inner, &row));
	}
	return OK;
}
static Err fetch_all(Db *db, Cx *cx, const Stmt *s, DbEach *each, void *with) {
	char sql[64];
	(void)snprintf(sql, sizeof sql, "FETCH 500 FROM walk_%d", db->walks);
	const Stmt fetch = {.index = -1, .name = s->name, .sql = sql};
	for (;;) {
		RESULT *r = NULL;
		TRY(ask(db, cx->why, &fetch, NULL, &r));
		if (!PQntuples(r)) return OK;
		TRY(pass_on(cx, s, r, each, with));
	}
}
static Err walk_in_transaction(Db *db, Cx *cx, const Stmt *s, const Val *v, DbEach *each, void *with) {
	char close[64];
	Arena scratch = *cx->arena;
	Stmt declare = {.index = -1, .name = s->name, .nparam = s->nparam};
	declare.sql = str_z(&scratch,
			    str_fmt(&scratch, "DECLARE walk_%d NO SCROLL CURSOR FOR %s", db->walks, s->sql));
	RESULT *r = NULL;
	TRY(ask(db, cx->why, &declare, v, &r));
	Err e = fetch_all(db, cx, s, each, with);
	(void)snprintf(close, sizeof close, "CLOSE walk_%d", db->walks);
	Why ignored;
	Err closed = order_now(db, e == OK ? cx->why : &ignored, close);
	return e == OK ? closed : e;
}
static Err pg_walk(Db *db, Cx *cx, const Stmt *s, const Val *v, DbEach *each, void *with) {
	if (db->engine->in_transaction(db)) return walk_in_transaction(db, cx, s, v, each, with);
	TRY(order_now(db, cx->why, "BEGIN READ ONLY"));
	Err e = walk_in_transaction(db, cx, s, v, each, with);
	Why ignored;
	Err ended = order_now(db, e == OK ? cx->why : &ignored, "ROLLBACK");
	return e == OK ? ended : e;
}

// Several statements at once go past the pipeline.
static Err pg_script(Db *db, Why *why, const char *sql) {
	if (db->piped) {
		TRY(settle(db, why, NULL));
		if (!PQexitPipelineMode(conn(db))) return gone(why, "order");
	}
	RESULT *r = PQexec(conn(db), sql);
	Err e = well(r) ? OK : bad(db, why, "order", r);
	if (db->piped && !PQenterPipelineMode(conn(db)) && e == OK) e = gone(why, "order");
	return e;
}
static bool pg_in_transaction(const Db *db) {
	if (PQstatus(conn(db)) != CONNECTION_OK) return false;
	if (db->nsent) return db->in;
	PGTransactionStatusType t = PQtransactionStatus(conn(db));
	return t == PQTRANS_INTRANS || t == PQTRANS_INERROR;
}
static bool pg_ok(Db *db) { // answered even in a failed transaction
	Why ignored;
	return pg_order(db, &ignored, "", true) == OK && PQstatus(conn(db)) == CONNECTION_OK;
}
static void pg_quiet(Db *db) {
	Why ignored;
	if (db->nsent)
		(void)!settle(db, &ignored, NULL); // whoever goes back knows of the failure, or need not
}
static void pg_close(Db *db) {
	PQfinish(conn(db));
	db->conn = NULL;
}

// The numbers of the locks are "sangam" and what is locked, as bytes.
const DbEngine db_pg = {
	.name = "PostgreSQL",
	.connect = pg_connect,
	.prepare = pg_prepare,
	.run = pg_run,
	.send = pg_send,
	.walk = pg_walk,
	.script = pg_script,
	.order = pg_order,
	.quiet = pg_quiet,
	.in_transaction = pg_in_transaction,
	.ok = pg_ok,
	.close = pg_close,
	.begin_write = "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE",
	.begin_read = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
	.lock_ledger = "SELECT pg_advisory_xact_lock(8314037903217453164)",
	.lock_schema = "SELECT pg_advisory_xact_lock(8314037903217453171)",
	.int_type = "BIGINT",
	.bytes_type = "BYTEA",
	.text_type = "TEXT COLLATE \"C\"",
	.strict = "",
};
