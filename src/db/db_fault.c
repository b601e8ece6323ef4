#include "db/db_fault.h"
#include "db/db_engine.h"
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

void db_fault_after(Db *db, int n, Err e) {
	db->fault_in = n;
	db->fault = e;
}

Err db_fault_script(Db *db, Why *why, const char *sql) { return db->engine->script(db, why, sql); }

static Err make_schema(Arena *a, Why *why, Str conninfo, DbScratch *out) {
	Db *db;
	out->conninfo = conninfo;
	out->name = str_fmt(a, "scratch_%lld_%p", (long long)getpid(), (void *)a->at);
	bool url = str_find(conninfo, S("://")) > 0, more = str_find_char(conninfo, '?') > 0;
	out->where = str_fmt(
		a, url ? "%.*s%soptions=-csearch_path%%3D%.*s" : "%.*s%soptions='-c search_path=%.*s'",
		(int)conninfo.n, conninfo.p,
		!url   ? " "
		: more ? "&"
		       : "?",
		(int)out->name.n, out->name.p);
	TRY(db_connect(a, why, &(DbOptions){.where = conninfo}, &db));
	Err e = db->engine->script(db, why,
				   str_z(a, str_fmt(a, "CREATE SCHEMA %.*s", (int)out->name.n, out->name.p)));
	db_close(db);
	return e;
}

Err db_scratch_make(Arena *a, Why *why, Str conninfo, DbScratch *out) {
	*out = (DbScratch){0};
	if (conninfo.n) return make_schema(a, why, conninfo, out);
	char *folder = str_z(a, S("/tmp/sangam-scratch-XXXXXX"));
	if (!mkdtemp(folder)) return fail(why, ERR_STORE, "no folder for a scratch database");
	out->name = str_of(folder);
	out->where = str_fmt(a, "%s/hub.db", folder);
	return OK;
}

void db_scratch_drop(Arena *a, DbScratch *s) {
	static const char *const suffix[] = {"", "-wal", "-shm"};
	Arena scratch = *a;
	Why ignored;
	Db *db;
	if (!s->conninfo.n) {
		for (ptrdiff_t i = 0; i < COUNT(suffix); i++)
			(void)unlink(str_z(&scratch, str_fmt(&scratch, "%.*s%s", (int)s->where.n, s->where.p,
							     suffix[i])));
		(void)rmdir(str_z(&scratch, s->name));
	} else if (db_connect(&scratch, &ignored, &(DbOptions){.where = s->conninfo}, &db) == OK) {
		Str sql = str_fmt(&scratch, "DROP SCHEMA %.*s CASCADE", (int)s->name.n, s->name.p);
		(void)!db->engine->script(db, &ignored, str_z(&scratch, sql));
		db_close(db);
	}
	*s = (DbScratch){0};
}
