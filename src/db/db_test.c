// Runs on SQLite and, when SANGAM_TEST_PG names one, on PostgreSQL.
#include "db/db_engine.h"
#include "db/db_fault.h"
#include "db_sql.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cmocka.h>

static Arena arena;
static Why why;
static DbScratch scratch;
static const char *conninfo; // of the engine under test; NULL: SQLite

static const DbTable thing = {.name = "thing", .key = "id", .nkey = 1};
static const Stmt add = {.index = -1,
			 .name = "add",
			 .sql = "INSERT INTO thing (id, word, data, far) VALUES ($1, $2, $3, $4)",
			 .nparam = 4,
			 .writes = true};
static const Stmt all = {
	.index = -1, .name = "all", .sql = "SELECT id, word, data, far FROM thing ORDER BY id"};
static const Stmt by_word = {.index = -1,
			     .name = "by_word",
			     .sql = "SELECT id FROM thing WHERE far = $2 AND word = $1 ORDER BY id",
			     .nparam = 2};
static const Stmt sum = {.index = -1, .name = "sum", .sql = "SELECT SUM(far), COUNT(*) FROM thing"};

static Cx on(Db *db) { return (Cx){.arena = &arena, .why = &why, .db = db}; }
static Db *open_db(bool read_only, int busy_ms) {
	Db *db = NULL;
	Err e = db_open(&arena, &why,
			&(DbOptions){.where = scratch.where, .read_only = read_only, .busy_ms = busy_ms},
			&db);
	if (e != OK) fail_msg("%s", why.msg);
	return db;
}
static Db *writer(void) { return open_db(false, 200); }
static void ok(Err e) {
	if (e != OK) fail_msg("%d: %s", e, why.msg);
}
#define stopped(e, expected) assert_int_equal((e), (expected))

static int make(void **s) {
	int n;
	(void)s;
	arena = arena_new((ptrdiff_t)64 << 20);
	if (db_scratch_make(&arena, &why, str_of(conninfo), &scratch) != OK) return -1;
	return db_migrate(&arena, &why, scratch.where, &n) == OK && n == db_nmigrations ? 0 : -1;
}
static int make_thing(void **s) {
	if (make(s)) return -1;
	Db *db = writer();
	char *sql = str_z(&arena, str_fmt(&arena,
					  "CREATE TABLE thing (id %s PRIMARY KEY, word %s NOT NULL CHECK "
					  "(word <> 'bad'), data %s, far %s) %s",
					  db->engine->int_type, db->engine->text_type, db->engine->bytes_type,
					  db->engine->int_type, db->engine->strict));
	ok(db_fault_script(db, &why, sql));
	db_close(db);
	return 0;
}
static int drop(void **s) {
	(void)s;
	db_scratch_drop(&arena, &scratch);
	arena_free(&arena);
	return 0;
}
static Err put(Cx *cx, int64_t id, const char *word) {
	return db_do(cx, &add, INT(id), STR(str_of(word)), NIL, INT(id * 2));
}
static int64_t count(Cx *cx) {
	Row r;
	ok(db_one(cx, &sum, &r));
	return row_int(&r, 1);
}

// ---- values
// -------------------------------------------------------------------------------------------------
static void values_come_back_as_they_went(void **s) {
	(void)s;
	static const char bytes[] = "a\0b\xff'";
	Db *db = writer();
	Cx cx = on(db);
	Rows rows;
	Str odd = S("O'Brien \xe0\xa4\xa8\xe0\xa5\x87\xe0\xa4\xaa\xe0\xa4\xbe\xe0\xa4\xb2 \"; DROP TABLE "
		    "thing;--");
	ok(db_do(&cx, &add, INT(1), STR(odd), BYTES(((Str){bytes, 5})), INT(INT64_MIN)));
	ok(db_do(&cx, &add, INT(INT64_MAX), STR((Str){0}), BYTES((Str){0}), NIL));
	ok(db_run(&cx, &all, &rows));
	assert_int_equal(rows.n, 2);
	assert_int_equal(rows.changed, 0);
	assert_true(str_eq(row_str(&rows.row[0], 1), odd) && rows.row[0].v[1].kind == VAL_STR);
	assert_true(str_eq(row_str(&rows.row[0], 2), (Str){bytes, 5}) && rows.row[0].v[2].kind == VAL_BYTES);
	assert_true(row_int(&rows.row[0], 3) == INT64_MIN);
	assert_true(row_int(&rows.row[1], 0) == INT64_MAX);
	assert_true(!row_null(&rows.row[1], 1) && !row_null(&rows.row[1], 2) && row_null(&rows.row[1], 3));
	db_close(db);
}
static void parameters_are_numbered_not_counted(void **s) {
	(void)s;
	Db *db = writer();
	Cx cx = on(db);
	Rows rows;
	ok(put(&cx, 7, "seven"));
	ok(db_run(&cx, &by_word, &rows, STR(S("seven")), INT(14)));
	assert_int_equal(rows.n, 1);
	stopped(db_run(&cx, &by_word, &rows, STR(S("seven"))), ERR_BUG);
	db_close(db);
}
static void a_value_of_the_wrong_kind_is_a_bug(void **s) {
	(void)s;
	Db *db = writer();
	Cx cx = on(db);
	// Beside a prepared statement the types of PostgreSQL are known exactly.
	if (conninfo)
		stopped(db_do(&cx, &SQL_db_migration_add, INT(1), BYTES(S("x")), STR(S("y"))), ERR_BUG);
	else
		stopped(db_do(&cx, &add, INT(1), BYTES(S("x")), NIL, NIL), ERR_BUG);
	stopped(db_do(&cx, &add, INT(1), STR(S("x")), STR(S("y")), NIL), ERR_BUG);
	stopped(db_do(&cx, &add, INT(1), STR(S("x")), NIL, STR(S("y"))), ERR_BUG);
	db_close(db);
}
static void sums_are_whole_numbers(void **s) {
	(void)s;
	Db *db = writer();
	Cx cx = on(db);
	Row r;
	static const int64_t far[] = {9999, 10000, 123456789012345678, -42, 100000000};
	int64_t want = 0;
	for (ptrdiff_t i = 0; i < COUNT(far); i++) {
		ok(db_do(&cx, &add, INT(i + 1), STR(S("x")), NIL, INT(far[i])));
		want += far[i];
		ok(db_one(&cx, &sum, &r));
		assert_true(row_int(&r, 0) == want);
	}
	ok(db_do(&cx, &add, INT(9), STR(S("x")), NIL, INT(-want - 50000000)));
	ok(db_one(&cx, &sum, &r));
	assert_true(row_int(&r, 0) == -50000000);
	db_close(db);
}
static void text_sorts_by_bytes(void **s) {
	(void)s;
	static const char *const word[] = {"b", "a", "B", "\xc3\xa4", "A b", "Ab"};
	static const Stmt sorted = {
		.index = -1, .name = "sorted", .sql = "SELECT word FROM thing ORDER BY word"};
	Db *db = writer();
	Cx cx = on(db);
	Rows rows;
	for (int i = 0; i < COUNT(word); i++) ok(put(&cx, i + 1, word[i]));
	ok(db_run(&cx, &sorted, &rows));
	for (ptrdiff_t i = 1; i < rows.n; i++)
		assert_true(str_cmp(row_str(&rows.row[i - 1], 0), row_str(&rows.row[i], 0)) < 0);
	db_close(db);
}

// ---- errors
// ---------------------------------------------------------------------------------------------------
static void a_violated_constraint_is_a_conflict_without_values(void **s) {
	(void)s;
	Db *db = writer();
	Cx cx = on(db);
	ok(put(&cx, 4711, "Zzyzx"));
	stopped(put(&cx, 4711, "Zzyzx"), ERR_CONFLICT);
	assert_null(strstr(why.msg, "Zzyzx"));
	assert_null(strstr(why.msg, "4711"));
	stopped(put(&cx, 4712, "bad"), ERR_CONFLICT);
	assert_null(strstr(why.msg, "4712"));
	db_close(db);
}
static void a_failed_statement_bars_the_transaction_until_it_goes_back(void **s) {
	(void)s;
	Db *db = writer();
	Cx cx = on(db);
	ok(db_begin(db, &why));
	ok(put(&cx, 1, "kept"));
	ok(db_savepoint(db, &why));
	ok(put(&cx, 2, "lost"));
	stopped(put(&cx, 1, "again"), ERR_CONFLICT);
	stopped(put(&cx, 3, "barred"), ERR_BUG);
	stopped(db_release(db, &why), ERR_BUG);
	ok(db_rollback_to(db, &why));
	ok(db_savepoint(db, &why));
	ok(put(&cx, 3, "kept"));
	ok(db_release(db, &why));
	ok(db_commit(db, &why));
	assert_int_equal(count(&cx), 2);
	ok(db_begin(db, &why));
	stopped(put(&cx, 1, "again"), ERR_CONFLICT);
	stopped(db_commit(db, &why), ERR_BUG);
	ok(put(&cx, 4, "after"));
	db_close(db);
}
static void a_missing_row_is_not_found(void **s) {
	(void)s;
	Db *db = writer();
	Cx cx = on(db);
	Row r;
	stopped(db_one(&cx, &by_word, &r, STR(S("none")), INT(1)), ERR_NOT_FOUND);
	ok(db_begin(db, &why));
	stopped(db_one(&cx, &by_word, &r, STR(S("none")), INT(1)), ERR_NOT_FOUND);
	ok(put(&cx, 1, "goes on"));
	ok(db_commit(db, &why));
	db_close(db);
}
static void a_reader_cannot_write_and_sees_one_moment(void **s) {
	(void)s;
	Db *w = writer(), *r = open_db(true, 200);
	Cx wx = on(w), rx = on(r);
	stopped(put(&rx, 1, "no"), ERR_BUG);
	assert_int_not_equal(db_fault_script(r, &why, "DELETE FROM thing"), OK);
	ok(put(&wx, 1, "one"));
	ok(db_begin(r, &why));
	assert_int_equal(count(&rx), 1);
	ok(put(&wx, 2, "two"));
	assert_int_equal(count(&rx), 1);
	ok(db_commit(r, &why));
	assert_int_equal(count(&rx), 2);
	stopped(db_lock_ledger(r, &why), ERR_BUG);
	db_close(r);
	db_close(w);
}
static void two_writers_of_the_ledger_wait_then_give_up_as_busy(void **s) {
	(void)s;
	Db *one = writer(), *two = writer();
	ok(db_begin(one, &why));
	ok(db_lock_ledger(one, &why));
	Err e = db_begin(two, &why);
	if (e == OK) e = db_lock_ledger(two, &why);
	stopped(e, ERR_BUSY);
	db_rollback(two);
	ok(db_commit(one, &why));
	ok(db_begin(two, &why));
	ok(db_lock_ledger(two, &why));
	ok(db_commit(two, &why));
	db_close(two);
	db_close(one);
}
static void a_lost_transaction_takes_nothing_more(void **s) {
	(void)s;
	Db *db = writer();
	Cx cx = on(db);
	ok(db_begin(db, &why));
	ok(put(&cx, 1, "lost"));
	ok(db_fault_script(db, &why, "ROLLBACK")); // as a full disk or a lost connection does
	stopped(put(&cx, 2, "must not stand alone"), ERR_STORE);
	stopped(db_commit(db, &why), ERR_BUG);
	assert_int_equal(count(&cx), 0);
	db_close(db);
}
static void faults_come_when_asked_for(void **s) {
	(void)s;
	Db *db = writer();
	Cx cx = on(db);
	for (int n = 1; n <= 4; n++) {
		db_fault_after(db, n, ERR_FULL);
		Err e = db_begin(db, &why);
		if (e == OK) e = put(&cx, 1, "one");
		if (e == OK) e = put(&cx, 2, "two");
		if (e == OK)
			e = db_commit(db, &why);
		else
			db_rollback(db);
		stopped(e, ERR_FULL);
		assert_int_equal(count(&cx), 0);
	}
	db_close(db);
}
static void a_full_disk_is_told_apart(void **s) {
	(void)s;
	if (conninfo) return; // a server's disk cannot be filled from here
	static char big[100000];
	Db *db = writer();
	Cx cx = on(db);
	ok(db_fault_script(db, &why, "PRAGMA max_page_count=60"));
	ok(db_begin(db, &why));
	Err e = OK;
	for (int i = 1; e == OK && i < 100; i++)
		e = db_do(&cx, &add, INT(i), STR(S("x")), BYTES(((Str){big, sizeof big})), NIL);
	stopped(e, ERR_FULL);
	db_rollback(db);
	assert_int_equal(count(&cx), 0);
	assert_true(db_ok(db));
	db_close(db);
}
static void a_lost_connection_is_noticed(void **s) {
	(void)s;
	if (!conninfo) return;
	Db *db = writer(), *other = writer();
	Cx cx = on(db);
	assert_true(db_ok(db));
	static const Stmt pid = {.index = -1, .name = "pid", .sql = "SELECT pg_backend_pid()"};
	Row r;
	ok(db_one(&cx, &pid, &r));
	ok(db_fault_script(
		other, &why,
		str_z(&arena, str_fmt(&arena, "SELECT pg_terminate_backend(%d)", (int)row_int(&r, 0)))));
	stopped(db_one(&cx, &sum, &r), ERR_STORE);
	assert_false(db_ok(db));
	db_close(db);
	db_close(other);
}

// ---- sent, and answered later
// -----------------------------------------------------------------------------------
static Err toss(Cx *cx, int64_t id, const char *word) {
	return db_send(cx, &add, INT(id), STR(str_of(word)), NIL, INT(id * 2));
}
static void what_was_sent_is_there_when_asked_for(void **s) {
	(void)s;
	Db *db = writer();
	Cx cx = on(db);
	ok(db_begin(db, &why));
	for (int i = 1; i <= 3 * DB_MOST_SENT; i++) ok(toss(&cx, i, "sent"));
	assert_int_equal(count(&cx), 3 * DB_MOST_SENT);
	ok(toss(&cx, 1000, "last"));
	ok(db_commit(db, &why));
	assert_int_equal(count(&cx), 3 * DB_MOST_SENT + 1);
	ok(toss(&cx, 1001, "outside a transaction it is answered at once"));
	stopped(toss(&cx, 1001, "again"), ERR_CONFLICT);
	db_close(db);
}
// The failure of something sent is said by whatever waits next, and bars the transaction like any other.
static void what_was_sent_and_failed_is_said_by_the_next_that_waits(void **s) {
	(void)s;
	Db *db = writer();
	Cx cx = on(db);
	Row r;
	ok(db_begin(db, &why));
	ok(toss(&cx, 1, "one"));
	ok(db_savepoint(db, &why));
	Err e = toss(&cx, 1, "once more");
	if (e == OK) e = toss(&cx, 2, "passed over");
	if (e == OK) e = db_one(&cx, &sum, &r);
	stopped(e, ERR_CONFLICT);
	assert_null(strstr(why.msg, "once more"));
	stopped(db_release(db, &why), ERR_BUG);
	stopped(db_one(&cx, &sum, &r), ERR_BUG);
	ok(db_rollback_to(db, &why));
	ok(toss(&cx, 3, "three"));
	ok(db_commit(db, &why));
	assert_int_equal(count(&cx), 2);
	db_close(db);
}
static void a_release_answers_for_all_that_was_sent_since_the_savepoint(void **s) {
	(void)s;
	Db *db = writer();
	Cx cx = on(db);
	ok(db_begin(db, &why));
	ok(db_savepoint(db, &why));
	ok(toss(&cx, 1, "kept"));
	ok(db_release(db, &why));
	ok(db_savepoint(db, &why));
	Err e = toss(&cx, 2, "bad"); // the table refuses this word
	stopped(e == OK ? db_release(db, &why) : e, ERR_CONFLICT);
	ok(db_rollback_to(db, &why));
	ok(db_savepoint(db, &why));
	ok(toss(&cx, 3, "undone by its own rule")); // not answered when its rule goes back
	ok(db_rollback_to(db, &why));
	ok(db_commit(db, &why));
	assert_int_equal(count(&cx), 1);
	db_close(db);
}
static void what_was_sent_and_failed_is_not_committed(void **s) {
	(void)s;
	Db *db = writer();
	Cx cx = on(db);
	ok(db_begin(db, &why));
	ok(toss(&cx, 1, "one"));
	Err e = toss(&cx, 1, "again");
	stopped(e == OK ? db_commit(db, &why) : e, ERR_CONFLICT);
	if (e != OK) db_rollback(db);
	assert_int_equal(count(&cx), 0);
	ok(db_begin(db, &why));
	ok(toss(&cx, 1, "one"));
	ok(db_commit(db, &why));
	assert_int_equal(count(&cx), 1);
	db_close(db);
}
// PostgreSQL goes while statements are under way: the commit says so, and nothing of them stands.
static void a_connection_lost_under_way_loses_the_whole_transaction(void **s) {
	(void)s;
	if (!conninfo) return;
	static const Stmt pid = {.index = -1, .name = "pid", .sql = "SELECT pg_backend_pid()"};
	for (int answered = 0; answered < 2; answered++) {
		Db *db = writer(), *other = writer();
		Cx cx = on(db), ox = on(other);
		Row r;
		ok(db_begin(db, &why));
		ok(db_savepoint(db, &why));
		ok(db_one(&cx, &pid, &r));
		ok(toss(&cx, 1, "lost"));
		if (answered) ok(db_release(db, &why));
		ok(db_fault_script(other, &why,
				   str_z(&arena, str_fmt(&arena, "SELECT pg_terminate_backend(%d)",
							 (int)row_int(&r, 0)))));
		Err e = toss(&cx, 2, "lost too");
		if (e == OK) e = db_commit(db, &why);
		stopped(e, ERR_STORE);
		db_rollback(db);
		assert_false(db_ok(db));
		assert_int_equal(count(&ox), 0);
		db_close(db);
		db_close(other);
	}
}
static void a_reader_that_is_done_keeps_no_snapshot_open(void **s) {
	(void)s;
	if (!conninfo) return;
	static const Stmt open = {
		.index = -1,
		.name = "open",
		.sql = "SELECT COUNT(*) FROM pg_stat_activity WHERE state LIKE 'idle in transaction%' AND "
		       "application_name = 'sangam' AND datname = current_database()"};
	Db *r = open_db(true, 0), *other = writer();
	Cx rx = on(r), ox = on(other);
	Row row;
	ok(db_begin(r, &why));
	assert_int_equal(count(&rx), 0);
	ok(db_one(&ox, &open, &row));
	int64_t before = row_int(&row, 0);
	db_rollback(r);
	for (int i = 0; i < 500; i++) {
		ok(db_one(&ox, &open, &row));
		if (row_int(&row, 0) < before) break;
		(void)usleep(10000);
	}
	assert_true(row_int(&row, 0) < before);
	db_close(r);
	db_close(other);
}

// ---- walks and whole tables
// --------------------------------------------------------------------------------------
typedef struct {
	int64_t last, n;
	Db *db;
} Walk;
static Err walked(void *with, Cx *cx, const Row *row) {
	Walk *w = with;
	Row inner;
	assert_true(row_int(row, 0) > w->last);
	w->last = row_int(row, 0);
	w->n++;
	memset(NEW(cx->arena, char, 1 << 20), 1, 1 << 20); // forgotten before the next row
	ok(db_one(cx, &by_word, &inner, STR(S("w")), INT(w->last * 2)));
	assert_true(row_int(&inner, 0) == w->last);
	return w->last == 1500 ? ERR_LIMIT : OK;
}
static void walks_hold_one_row_and_let_other_statements_run(void **s) {
	(void)s;
	Db *db = writer();
	Cx cx = on(db);
	ok(db_begin(db, &why));
	for (int i = 1; i <= 1499; i++) ok(put(&cx, i, "w"));
	ok(db_commit(db, &why));
	Walk w = {.db = db};
	ok(db_walk(&cx, &all, walked, &w));
	assert_int_equal(w.n, 1499);
	w = (Walk){0};
	ok(db_each(&cx, &thing, walked, &w));
	assert_int_equal(w.n, 1499);
	ok(db_begin(db, &why));
	ok(put(&cx, 1500, "w"));
	w = (Walk){0};
	stopped(db_walk(&cx, &all, walked, &w), ERR_LIMIT); // what the function answers, ends the walk
	ok(db_commit(db, &why));
	stopped(db_walk(&cx, &add, walked, &w, INT(1), NIL, NIL, NIL), ERR_BUG);
	db_close(db);
}
static void only_projections_are_cleared(void **s) {
	(void)s;
	ptrdiff_t n;
	const DbTable *t = db_tables(&n);
	Db *db = writer();
	Cx cx = on(db);
	for (ptrdiff_t i = 0; i < n; i++) {
		Walk w = {0};
		ok(db_each(&cx, &t[i], walked, &w)); // every table can be read by its key
		if (t[i].enduring) stopped(db_clear(&cx, &t[i]), ERR_BUG);
	}
	ok(put(&cx, 1, "x"));
	ok(db_clear(&cx, &thing));
	assert_int_equal(count(&cx), 0);
	DbTable evil = {.name = "thing; DROP TABLE thing", .key = "id"};
	stopped(db_clear(&cx, &evil), ERR_BUG);
	stopped(db_each(&cx, &evil, walked, NULL), ERR_BUG);
	db_close(db);
}

// ---- migrations
// -----------------------------------------------------------------------------------------------------
static void migrations_run_once_and_are_remembered(void **s) {
	(void)s;
	int n = -1;
	ok(db_migrate(&arena, &why, scratch.where, &n));
	assert_int_equal(n, 0);
	Db *db = writer();
	ok(db_fault_script(db, &why, "UPDATE schema_migration SET checksum = 'other' WHERE number = 1"));
	db_close(db);
	stopped(db_migrate(&arena, &why, scratch.where, &n), ERR_INVALID);
	stopped(db_open(&arena, &why, &(DbOptions){.where = scratch.where}, &db), ERR_STORE);
}
static void an_unknown_migration_stops_the_program(void **s) {
	(void)s;
	int n;
	Db *db = writer();
	ok(db_fault_script(
		db, &why,
		"INSERT INTO schema_migration (number, name, checksum) VALUES (9999, 'later', 'x')"));
	db_close(db);
	stopped(db_migrate(&arena, &why, scratch.where, &n), ERR_INVALID);
	stopped(db_open(&arena, &why, &(DbOptions){.where = scratch.where}, &db), ERR_STORE);
}
static void an_empty_database_is_not_opened(void **s) {
	(void)s;
	DbScratch empty;
	Db *db;
	ok(db_scratch_make(&arena, &why, str_of(conninfo), &empty));
	stopped(db_open(&arena, &why, &(DbOptions){.where = empty.where}, &db), ERR_STORE);
	db_scratch_drop(&arena, &empty);
}
static void the_file_is_its_owners_alone(void **s) {
	(void)s;
	struct stat st;
	if (conninfo) return;
	Db *db = writer();
	Cx cx = on(db);
	ok(put(&cx, 1, "x"));
	static const char *const suffix[] = {"", "-wal", "-shm"};
	for (ptrdiff_t i = 0; i < COUNT(suffix); i++) {
		char *path = str_z(
			&arena, str_fmt(&arena, "%.*s%s", (int)scratch.where.n, scratch.where.p, suffix[i]));
		assert_int_equal(stat(path, &st), 0);
		assert_int_equal(st.st_mode & 0777, 0600);
	}
	db_checkpoint(db);
	db_close(db);
	assert_int_not_equal(
		stat(str_z(&arena, str_fmt(&arena, "%.*s-wal", (int)scratch.where.n, scratch.where.p)), &st),
		0);
}
static void a_database_in_memory_sets_itself_up(void **s) {
	(void)s;
	Db *db;
	ok(db_open(&arena, &why, &(DbOptions){.where = S(":memory:")}, &db));
	assert_false(db_is_postgres(db));
	db_close(db);
	db_close(NULL);
}

#define T(f) cmocka_unit_test_setup_teardown(f, make_thing, drop)
static const struct CMUnitTest tests[] = {
	T(values_come_back_as_they_went),
	T(parameters_are_numbered_not_counted),
	T(a_value_of_the_wrong_kind_is_a_bug),
	T(sums_are_whole_numbers),
	T(text_sorts_by_bytes),
	T(a_violated_constraint_is_a_conflict_without_values),
	T(a_failed_statement_bars_the_transaction_until_it_goes_back),
	T(a_missing_row_is_not_found),
	T(a_reader_cannot_write_and_sees_one_moment),
	T(two_writers_of_the_ledger_wait_then_give_up_as_busy),
	T(a_lost_transaction_takes_nothing_more),
	T(faults_come_when_asked_for),
	T(a_full_disk_is_told_apart),
	T(a_lost_connection_is_noticed),
	T(what_was_sent_is_there_when_asked_for),
	T(what_was_sent_and_failed_is_said_by_the_next_that_waits),
	T(a_release_answers_for_all_that_was_sent_since_the_savepoint),
	T(what_was_sent_and_failed_is_not_committed),
	T(a_connection_lost_under_way_loses_the_whole_transaction),
	T(a_reader_that_is_done_keeps_no_snapshot_open),
	T(walks_hold_one_row_and_let_other_statements_run),
	T(only_projections_are_cleared),
	T(migrations_run_once_and_are_remembered),
	T(an_unknown_migration_stops_the_program),
	T(an_empty_database_is_not_opened),
	T(the_file_is_its_owners_alone),
	T(a_database_in_memory_sets_itself_up),
};
int main(void) {
	int failed = cmocka_run_group_tests_name("db on SQLite", tests, NULL, NULL);
	conninfo = getenv("SANGAM_TEST_PG");
	if (conninfo && *conninfo)
		failed += cmocka_run_group_tests_name("db on PostgreSQL", tests, NULL, NULL);
	return failed;
}
