#include "db/db_engine.h"
#include "db_sql.h"
#include <ctype.h>

// Runs before the statements are prepared, on a connection only this file holds.
static Err run(Db *db, Arena *a, Why *why, const Stmt *s, const Val *v, Rows *out) {
	*out = (Rows){0};
	return db->engine->run(db, a, why, s, v, out);
}

// ---- the words that each engine spells in its own way -----------------------------------------------
static const char *spelt(const DbEngine *e, Str word) {
	if (str_eq(word, S("@int"))) return e->int_type;
	if (str_eq(word, S("@bytes"))) return e->bytes_type;
	if (str_eq(word, S("@strict"))) return e->strict;
	if (str_eq(word, S("TEXT"))) return e->text_type; // sorted by bytes on both engines
	return NULL;
}
static ptrdiff_t word_end(const char *z) {
	if (*z == '\'' || *z == '"') { // a quoted text is one word
		const char *end = strchr(z + 1, *z);
		return end ? end - z + 1 : (ptrdiff_t)strlen(z);
	}
	if (z[0] == '-' && z[1] == '-') return (ptrdiff_t)strcspn(z, "\n");
	ptrdiff_t n = 1;
	if (*z != '@' && !isalnum((unsigned char)*z) && *z != '_') return n;
	while (isalnum((unsigned char)z[n]) || z[n] == '_') n++;
	return n;
}
static char *dialect(Arena *a, const DbEngine *e, const char *text) {
	Buf b = {.a = a};
	while (*text) {
		Str word = {text, word_end(text)};
		const char *other = spelt(e, word);
		buf_put(&b, other ? str_of(other) : word);
		text += word.n;
	}
	return str_z(a, buf_str(&b));
}

// ---- what has been applied, against what is compiled in ----------------------------------------------
static Err compare(Db *db, Arena *a, Why *why, int *applied) {
	Rows rows;
	TRY(run(db, a, why, &SQL_db_migration_list, NULL, &rows));
	for (ptrdiff_t i = 0; i < rows.n; i++) {
		const DbMigration *m = &db_migrations[i];
		int number = (int)row_int(&rows.row[i], 0);
		if (i >= db_nmigrations || m->number != number)
			return fail(why, ERR_INVALID,
				    "the database has migration %04d, which this program does not know",
				    number);
		if (!str_eq(row_str(&rows.row[i], 2), str_of(m->checksum)))
			return fail(why, ERR_INVALID,
				    "migration %s is not the one that was applied to the database", m->name);
	}
	*applied = (int)rows.n;
	return OK;
}

Err db_check_schema(Db *db, Arena *a, Why *why) {
	int applied = 0;
	Err e = compare(db, a, why, &applied);
	if (e == ERR_BUG) return fail(why, ERR_STORE, "the database has not been set up");
	if (e != OK) return fail(why, ERR_STORE, "the database is not of this program's version");
	return applied == db_nmigrations ? OK
					 : fail(why, ERR_STORE, "the database waits for %d migrations",
						db_nmigrations - applied);
}

// ---- applying -----------------------------------------------------------------------------------------
static Err begin(Db *db, Why *why) {
	TRY(db_begin(db, why));
	return db->engine->lock_schema ? db->engine->script(db, why, db->engine->lock_schema) : OK;
}
static Err make_bookkeeping(Db *db, Arena *a, Why *why) {
	Rows unused;
	TRY(begin(db, why));
	TRY(run(db, a, why, &SQL_db_migration_table, NULL, &unused));
	return db_commit(db, why);
}
static Err apply_next(Db *db, Arena *a, Why *why, bool *more) {
	Rows unused;
	int done;
	TRY(begin(db, why));
	TRY(compare(db, a, why, &done)); // under the lock: another process may have been faster
	*more = done < db_nmigrations;
	if (!*more) return db_commit(db, why);
	const DbMigration *m = &db_migrations[done];
	Err e = db->engine->script(db, why, dialect(a, db->engine, m->text));
	if (e != OK) return fail(why, e, "migration %s cannot be applied", m->name);
	const Val v[] = {INT(m->number), STR(str_of(m->name)), STR(str_of(m->checksum))};
	TRY(run(db, a, why, &SQL_db_migration_add, v, &unused));
	return db_commit(db, why);
}
Err db_apply_migrations(Db *db, Arena *a, Why *why, int *applied) {
	bool more = true;
	Err e = make_bookkeeping(db, a, why);
	*applied = 0;
	while (e == OK && more) {
		Arena scratch = *a;
		e = apply_next(db, &scratch, why, &more);
		*applied += e == OK && more;
	}
	if (db->begun) db_rollback(db);
	return e;
}

Err db_migrate(Arena *a, Why *why, Str where, int *applied) {
	Arena scratch = *a;
	Db *db;
	int n = 0;
	TRY(db_connect(&scratch, why, &(DbOptions){.where = where, .make = true}, &db));
	Err e = db_apply_migrations(db, &scratch, why, &n);
	db_close(db);
	if (e == OK) *applied = n;
	return e;
}
