// Runs on SQLite and, when SANGAM_TEST_PG names one, on PostgreSQL.
#include "base/actor.h"
#include "db/db_fault.h"
#include "ledger/ledger_inside.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

static Arena arena;
static Why why;
static DbScratch scratch;
static const char *conninfo;
static Cx cx;
static const Actor asha = {.member = {71}, .stakeholder = {7}};

static void ok(Err e) {
	if (e != OK) fail_msg("%d: %s", e, why.msg);
}
#define stopped(e, expected) assert_int_equal((e), (expected))

// A projection of the test's own: one row per thing, counting and keeping the last word.
static const DbTable things[] = {{.name = "thing", .key = "id", .nkey = 1},
				 {.name = "thing_word", .key = "id, word", .nkey = 2, .key_at = {0, 1}}};
static const Stmt thing_made = {.index = -1,
				.name = "thing_made",
				.nparam = 3,
				.writes = true,
				.sql = "INSERT INTO thing (id, n, made) VALUES ($1, $2, $3)"};
static const Stmt thing_changed = {.index = -1,
				   .name = "thing_changed",
				   .nparam = 2,
				   .writes = true,
				   .sql = "UPDATE thing SET n = n + $2 WHERE id = $1"};
static const Stmt thing_said = {
	.index = -1,
	.name = "thing_said",
	.nparam = 2,
	.writes = true,
	.sql = "INSERT INTO thing_word (id, word) VALUES ($1, $2) ON CONFLICT DO NOTHING"};

static Err made(Cx *on, const Entry *e) {
	return db_do(on, &thing_made, INT(e->id), INT(body_get_int(e->plain, "n")), INT(e->time));
}
static Err changed(Cx *on, const Entry *e) {
	Rows rows;
	TRY(db_do(on, &thing_said, INT(e->id), STR(body_get_str(e->plain, "word"))));
	TRY(db_run(on, &thing_changed, &rows, INT(e->id), INT(body_get_int(e->plain, "n"))));
	return rows.changed ? OK : ERR_CONFLICT;
}
static const EntryKind KIND_made = {"thing.made", made}, KIND_changed = {"thing.changed", changed},
		       KIND_noted = {"thing.noted", NULL};
static const EntryKind *const kinds[] = {&KIND_made, &KIND_changed, &KIND_noted, NULL};

static int make(void **s) {
	int n;
	(void)s;
	arena = arena_new((ptrdiff_t)256 << 20);
	cx = (Cx){.arena = &arena, .why = &why, .now = 1795408200, .actor = &asha};
	if (db_scratch_make(&arena, &why, str_of(conninfo), &scratch) != OK) return -1;
	if (db_migrate(&arena, &why, scratch.where, &n) != OK) return -1;
	ok(db_open(&arena, &why, &(DbOptions){.where = scratch.where}, &cx.db));
	bool pg = db_is_postgres(cx.db);
	ok(db_fault_script(
		cx.db, &why,
		pg ? "CREATE TABLE thing (id BIGINT PRIMARY KEY, n BIGINT, made BIGINT);"
		     "CREATE TABLE thing_word (id BIGINT, word TEXT COLLATE \"C\", PRIMARY KEY (id, word))"
		   : "CREATE TABLE thing (id INTEGER PRIMARY KEY, n INTEGER, made INTEGER) STRICT;"
		     "CREATE TABLE thing_word (id INTEGER, word TEXT, PRIMARY KEY (id, word)) STRICT"));
	ok(vault_make(&cx, &(VaultSource){.passphrase = S("a test"), .weak_kdf = true}, &cx.vault));
	ok(ledger_open(&cx, kinds, S("sangam.example/test"), &cx.ledger));
	cx.ledger->table = things;
	cx.ledger->ntable = COUNT(things);
	return 0;
}
static int drop(void **s) {
	(void)s;
	vault_close(cx.vault);
	db_close(cx.db);
	db_scratch_drop(&arena, &scratch);
	arena_free(&arena);
	return 0;
}

// ---- doing things
// -----------------------------------------------------------------------------------------------
static void begin(void) {
	ok(db_begin(cx.db, &why));
	ok(ledger_begin(&cx));
}
static void commit(void) {
	ok(ledger_end(&cx));
	ok(db_commit(cx.db, &why));
}
static Err append(const EntryKind *kind, int64_t id, KeyId key, int64_t n, const char *word) {
	Body b = body_on(&cx);
	body_int(&b, "n", n);
	body_str(&b, "word", str_of(word));
	return ledger_append(&cx,
			     &(Entry){.kind = kind, .about = ABOUT_CASE, .id = id, .key = key, .body = b});
}
// n entries: things 1, 2, … are made, and changed four times each.
static void fill(int n) {
	KeyId hub = vault_hub_key(cx.vault);
	begin();
	for (int i = 0; i < n; i++) {
		Arena before = arena;
		ok(i % 5 ? append(&KIND_changed, i / 5 + 1, hub, i, i % 2 ? "odd" : "even")
			 : append(&KIND_made, i / 5 + 1, hub, i, ""));
		arena.at = before.at;
	}
	commit();
}
static LedgerReport verify_against(Str against) {
	LedgerReport *r = NEW(&arena, LedgerReport, 1);
	ok(ledger_verify(&cx, against, NULL, r));
	return *r;
}
static LedgerReport verify(void) { return verify_against((Str){0}); }
static int64_t number(const char *sql) {
	Stmt s = {.index = -1, .name = "number", .sql = sql};
	Row r;
	ok(db_one(&cx, &s, &r));
	return row_int(&r, 0);
}
static void script(const char *fmt, ...) PRINTF(1, 2);
static void script(const char *fmt, ...) {
	char sql[2000];
	va_list ap;
	va_start(ap, fmt);
	assert_true(vsnprintf(sql, sizeof sql, fmt, ap) < (int)sizeof sql);
	va_end(ap);
	ok(db_fault_script(cx.db, &why, sql));
}

// ---- the tree: RFC 6962 and 9162
// ----------------------------------------------------------------------------------
static Str hex(const char *z) {
	Buf b = {.a = &arena};
	for (; *z; z += 2) {
		char two[3] = {z[0], z[1], 0};
		buf_char(&b, (char)strtol(two, NULL, 16));
	}
	return buf_str(&b);
}
static void the_tree_gives_the_known_roots(
	void **s) { // the reference inputs and roots of Certificate Transparency
	(void)s;
	static const char *const input[] = {"",
					    "00",
					    "10",
					    "2021",
					    "3031",
					    "40414243",
					    "5051525354555657",
					    "606162636465666768696a6b6c6d6e6f"};
	static const char *const root[] = {
		"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
		"6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
		"fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
		"aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
		"d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
		"4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
		"76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
		"ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
		"5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
	};
	uint8_t leaf[8][32], out[32];
	Frontier f = {0};
	for (ptrdiff_t n = 0; n <= COUNT(input); n++) {
		if (n) {
			merkle_leaf(hex(input[n - 1]), leaf[n - 1]);
			frontier_push(&f, leaf[n - 1]);
		}
		merkle_root((const uint8_t(*)[32])leaf, n, out);
		assert_true(str_eq((Str){(char *)out, 32}, hex(root[n])));
		frontier_root(&f, out);
		assert_true(str_eq((Str){(char *)out, 32}, hex(root[n])));
	}
}
static void the_frontier_is_the_tree(void **s) {
	(void)s;
	enum { MOST = 2100 };
	uint8_t(*leaf)[32] = (uint8_t(*)[32])NEW(&arena, uint8_t, MOST * 32), want[32], got[32];
	Frontier f = {0}, back;
	for (int n = 1; n <= MOST; n++) {
		random_bytes(leaf[n - 1], 32);
		frontier_push(&f, leaf[n - 1]);
		if (n > 70 && n % 37) continue;
		merkle_root((const uint8_t(*)[32])leaf, n, want);
		frontier_root(&f, got);
		assert_memory_equal(want, got, 32);
		Str text = frontier_text(&arena, &f);
		assert_true(frontier_parse(n, text, &back));
		frontier_root(&back, got);
		assert_memory_equal(want, got, 32);
		assert_false(frontier_parse(n, str_slice(text, 1, text.n), &back));
	}
	assert_false(frontier_parse(-1, (Str){0}, &back) || frontier_parse((int64_t)1 << 50, hex(""), &back));
}

// ---- bodies
// --------------------------------------------------------------------------------------------------------
static void bodies_give_back_what_was_put(void **s) {
	(void)s;
	Body b = body_on(&cx);
	body_int(&b, "least", INT64_MIN);
	body_str(&b, "text", S("\xe0\xa4\x86"));
	body_bytes(&b, "bytes", (Str){"\0\1", 2});
	body_str(&b, "none", (Str){0});
	body_int(&b, "text", 5);
	Str body = buf_str(&b.b);
	assert_true(body_get_int(body, "least") == INT64_MIN &&
		    str_eq(body_get_str(body, "text"), S("\xe0\xa4\x86")));
	assert_true(str_eq(body_get_str(body, "bytes"), (Str){"\0\1", 2}) && body_has(body, "none") &&
		    !body_has(body, "non"));
	assert_true(body_get_int(body, "text") == 0 && body_get_str(body, "least").n == 0 &&
		    body_get_str(body, "absent").n == 0);
	for (ptrdiff_t cut = 0; cut < body.n; cut++) (void)body_has(str_slice(body, 0, cut), "zzz");
}

// ---- appending
// -------------------------------------------------------------------------------------------------------
static void entries_are_numbered_and_say_who_and_when(void **s) {
	(void)s;
	Pasts past;
	fill(12);
	LedgerReport r = verify();
	assert_true(r.entries == 12 && r.faults == 0 && r.root.n == 32);
	ok(ledger_about(&cx, ABOUT_CASE, 2, 0, 3, true, &past));
	assert_int_equal(past.n, 3);
	assert_true(past.past[0].seq == 10 && past.past[2].seq == 8 && past.past[0].actor == 71 &&
		    past.past[0].stakeholder == 7);
	assert_true(past.past[0].time == cx.now && strcmp(past.past[0].kind, "thing.changed") == 0);
	assert_true(body_get_int(past.past[0].plain, "n") == 9);
	ok(ledger_about(&cx, ABOUT_CASE, 2, 8, 9, false, &past));
	assert_true(past.n == 2 && past.past[1].seq == 6 && past.past[1].plain.n == 0);
	assert_true(number("SELECT size FROM ledger_state") == 12);
}
static void appending_needs_the_lock_and_a_known_kind(void **s) {
	(void)s;
	static const EntryKind stranger = {"thing.made", NULL};
	KeyId hub = vault_hub_key(cx.vault);
	stopped(append(&KIND_noted, 1, hub, 1, ""), ERR_BUG);
	stopped(ledger_begin(&cx), ERR_BUG);
	begin();
	stopped(append(&stranger, 1, hub, 1, ""), ERR_BUG);
	stopped(append(&KIND_noted, 1, (KeyId){0}, 1, ""), ERR_BUG);
	ok(append(&KIND_noted, 1, hub, 1, ""));
	commit();
	stopped(append(&KIND_noted, 1, hub, 1, ""), ERR_BUG);
	assert_int_equal(verify().faults, 0);
}
static void going_back_forgets_entries(void **s) {
	(void)s;
	KeyId hub = vault_hub_key(cx.vault);
	LedgerMark mark;
	begin();
	ok(append(&KIND_made, 1, hub, 1, ""));
	for (int i = 0; i < 20; i++) {
		ledger_mark(&cx, &mark);
		ok(db_savepoint(cx.db, &why));
		ok(append(&KIND_changed, 1, hub, 1, "w"));
		Err e = append(&KIND_changed, i % 3 ? 99 : 1, hub, 1, "w"); // the projector refuses 99
		if (i % 3) {
			stopped(e, ERR_CONFLICT);
			ok(db_rollback_to(cx.db, &why));
			ledger_back(&cx, &mark);
		} else
			ok(db_release(cx.db, &why));
	}
	commit();
	assert_true(verify().faults == 0 && verify().entries == 15);
	begin(); // a transaction given up whole
	ok(append(&KIND_noted, 1, hub, 1, ""));
	db_rollback(cx.db);
	fill(0);
	begin();
	ok(append(&KIND_noted, 1, hub, 1, ""));
	commit();
	assert_true(verify().faults == 0 && verify().entries == 16);
}
static void readings_are_entries_merged_by_what_was_read(void **s) {
	(void)s;
	Pasts past;
	KeyId hub = vault_hub_key(cx.vault);
	ledger_read(&cx, ABOUT_CASE, 5, hub, 4, "own_work");
	ledger_read(&cx, ABOUT_CASE, 5, hub, 8, "own_work");
	ledger_read(&cx, ABOUT_CASE, 5, hub, 8, "emergency");
	ledger_read(&cx, ABOUT_PERSON, 5, hub, 4, "own_work");
	begin();
	ok(ledger_flush_readings(&cx, cx.readings));
	commit();
	assert_int_equal(verify().entries, 3);
	ok(ledger_about(&cx, ABOUT_CASE, 5, 0, 10, true, &past));
	assert_int_equal(past.n, 2);
	assert_true(body_get_int(past.past[1].plain, "classes") == 12 &&
		    str_eq(body_get_str(past.past[0].plain, "basis"), S("emergency")));
}
static void a_failing_store_leaves_nothing_half_written(void **s) {
	(void)s;
	KeyId hub = vault_hub_key(cx.vault);
	fill(10);
	for (int n = 1;; n++) {
		db_fault_after(cx.db, n, ERR_FULL);
		Err e = db_begin(cx.db, &why);
		if (e == OK) e = ledger_begin(&cx);
		if (e == OK) e = append(&KIND_made, 50, hub, 1, "");
		if (e == OK) e = append(&KIND_changed, 50, hub, 1, "w");
		if (e == OK) e = ledger_end(&cx);
		if (e == OK)
			e = db_commit(cx.db, &why);
		else
			db_rollback(cx.db);
		db_fault_after(cx.db, 0, OK);
		assert_int_equal(verify().faults, 0);
		assert_int_equal(verify().entries, e == OK ? 12 : 10);
		if (e == OK) break;
		stopped(e, ERR_FULL);
	}
}

// ---- tampering: each kind at many places
// ---------------------------------------------------------------------------------
static bool named(const LedgerReport *r, int64_t seq, int what) {
	for (ptrdiff_t i = 0; i < r->nfault; i++)
		if (r->fault[i].seq == seq && (int)r->fault[i].what == what) return true;
	return false;
}
static void must_find(int64_t seq, int what, int64_t faults) {
	LedgerReport r = verify();
	if (!named(&r, seq, what) || r.faults != faults)
		fail_msg("wanted %d at %lld (of %lld), got %d at %lld (of %lld)", what, (long long)seq,
			 (long long)faults, r.nfault ? (int)r.fault[0].what : 0,
			 r.nfault ? (long long)r.fault[0].seq : 0, (long long)r.faults);
}
static const char columns[] = "time, actor, stakeholder, about, about_id, kind, key, body, leaf, mark";
static void each_alteration_is_named(void **s) {
	(void)s;
	static const char *const change[] = {
		"time = time + 1",
		"actor = 99",
		"stakeholder = 99",
		"about = 3",
		"about_id = about_id + 1",
		"kind = 'thing.noted'",
		"key = key + 1",
		"body = (SELECT body FROM entry WHERE seq = 40)",
		"mark = (SELECT mark FROM entry WHERE seq = 40)",
		"leaf = (SELECT leaf FROM entry WHERE seq = 40)",
		"body = mark",
		"mark = body",
		"leaf = mark",
	};
	fill(40);
	for (int64_t seq = 1; seq < 40; seq++) {
		for (ptrdiff_t i = 0; i < COUNT(change); i++) {
			Arena before = arena;
			ok(db_begin(cx.db, &why));
			script("UPDATE entry SET %s WHERE seq = %lld", change[i], (long long)seq);
			must_find(seq, FAULT_ALTERED, 1);
			db_rollback(cx.db);
			arena.at = before.at;
		}
	}
	assert_int_equal(verify().faults, 0);
}
static void each_dropped_entry_is_named(void **s) {
	(void)s;
	fill(40);
	for (int64_t seq = 1; seq < 40; seq++) {
		ok(db_begin(cx.db, &why));
		script("DELETE FROM entry WHERE seq = %lld", (long long)seq);
		must_find(seq, FAULT_DROPPED, 1);
		for (int64_t k = seq + 1; k <= 40; k++)
			script("UPDATE entry SET seq = %lld WHERE seq = %lld", (long long)k - 1,
			       (long long)k);
		must_find(seq, FAULT_DROPPED, 1); // the gap was closed
		db_rollback(cx.db);
	}
}
static void each_pair_that_was_swapped_is_named(void **s) {
	(void)s;
	fill(30);
	for (int64_t a = 1; a <= 30; a += 3) {
		for (int64_t b = a + 1; b <= 30; b += 2) {
			ok(db_begin(cx.db, &why));
			script("UPDATE entry SET seq = 1000 WHERE seq = %lld; UPDATE entry SET seq = %lld "
			       "WHERE seq = %lld;"
			       "UPDATE entry SET seq = %lld WHERE seq = 1000",
			       (long long)a, (long long)a, (long long)b, (long long)b);
			must_find(a, FAULT_REORDERED, 2);
			must_find(b, FAULT_REORDERED, 2);
			db_rollback(cx.db);
		}
	}
}
static void each_inserted_entry_is_named(void **s) {
	(void)s;
	fill(30);
	for (int64_t seq = 1; seq <= 31; seq++) {
		ok(db_begin(cx.db, &why));
		for (int64_t k = 30; k >= seq; k--)
			script("UPDATE entry SET seq = %lld WHERE seq = %lld", (long long)k + 1,
			       (long long)k);
		script("INSERT INTO entry (seq, %s) SELECT %lld, time, actor, stakeholder, about, about_id, "
		       "kind, key, body, mark, leaf FROM entry"
		       " WHERE seq = %lld",
		       columns, (long long)seq, (long long)(seq == 1 ? 2 : 1));
		must_find(seq, FAULT_INSERTED, 1);
		db_rollback(cx.db);
	}
	ok(db_begin(cx.db, &why)); // a true entry once more at the end
	script("INSERT INTO entry (seq, %s) SELECT 31, %s FROM entry WHERE seq = 7", columns, columns);
	must_find(31, FAULT_INSERTED, 1);
	db_rollback(cx.db);
}
static void a_cut_end_is_named(void **s) {
	(void)s;
	fill(30);
	for (int64_t seq = 1; seq <= 30; seq++) {
		ok(db_begin(cx.db, &why));
		script("DELETE FROM entry WHERE seq >= %lld", (long long)seq);
		must_find(seq, FAULT_TRUNCATED, 1);
		db_rollback(cx.db);
	}
}
static void the_kept_head_is_checked(void **s) {
	(void)s;
	fill(20);
	static const char *const change[] = {"root = frontier", "frontier = root", "size = 16", "size = -1"};
	for (ptrdiff_t i = 0; i < COUNT(change); i++) {
		ok(db_begin(cx.db, &why));
		script("UPDATE ledger_state SET %s", change[i]);
		LedgerReport r = verify();
		assert_true(r.faults >= 1 && r.fault[0].what == FAULT_HEAD);
		if (i > 0) assert_int_not_equal(ledger_begin(&cx), OK);
		db_rollback(cx.db);
	}
	ok(db_begin(cx.db, &why));
	script("DELETE FROM ledger_state");
	must_find(1, FAULT_HEAD, 1);
	db_rollback(cx.db);
}
// Whoever holds the database sets everything back to an earlier moment; one earlier signed head gives it
// away.
static void a_ledger_set_back_is_seen_by_whoever_holds_a_checkpoint(void **s) {
	(void)s;
	Str kept = {0}, text;
	for (int n = 1; n <= 12; n++) {
		begin();
		ok(append(&KIND_noted, n, vault_hub_key(cx.vault), n, ""));
		ok(ledger_end(&cx));
		if (n == 6) script("CREATE TABLE kept AS SELECT * FROM ledger_state");
		ok(ledger_checkpoint(&cx, &text));
		ok(db_commit(cx.db, &why));
		if (n == 9) kept = text;
	}
	assert_int_equal(verify_against(kept).faults, 0);
	script("DELETE FROM entry WHERE seq > 6; DELETE FROM ledger_state; INSERT INTO ledger_state SELECT * "
	       "FROM kept");
	must_find(7, FAULT_TRUNCATED, 1);
	script("DELETE FROM ledger_head WHERE size > 6");
	assert_int_equal(verify().faults, 0); // nothing left on this side tells
	LedgerReport r = verify_against(kept);
	assert_true(r.faults == 1 && named(&r, 7, FAULT_TRUNCATED));
	begin(); // another past is written
	for (int n = 7; n <= 12; n++) ok(append(&KIND_noted, n, vault_hub_key(cx.vault), -n, ""));
	commit();
	assert_int_equal(verify().faults, 0);
	r = verify_against(kept);
	assert_true(r.faults == 1 && named(&r, 9, FAULT_HEAD));
}
static void checkpoints_are_signed_notes(void **s) {
	(void)s;
	Str text, line, rest;
	Checkpoint c;
	fill(3);
	ok(db_begin(cx.db, &why));
	ok(ledger_checkpoint(&cx, &text));
	ok(db_commit(cx.db, &why));
	rest = text;
	assert_true(str_cut(&rest, '\n', &line) && str_eq(line, S("sangam.example/test")));
	assert_true(str_cut(&rest, '\n', &line) && str_eq(line, S("3")));
	assert_true(str_cut(&rest, '\n', &line) && str_eq(line, base64_text(&arena, verify().root)));
	assert_true(str_starts(rest, S("\n\xe2\x80\x94 sangam.example/test ")) && str_ends(rest, S("\n")));
	assert_true(checkpoint_parse(&cx, S("sangam.example/test"), text, &c) && c.size == 3);
	assert_false(checkpoint_parse(&cx, S("sangam.example/other"), text, &c));
	for (ptrdiff_t i = 0; i < text.n - 1; i++) {
		Arena before = arena;
		Str bad = str_dup(&arena, text);
		((char *)bad.p)[i] ^= 1;
		assert_false(checkpoint_parse(&cx, S("sangam.example/test"), bad, &c));
		arena.at = before.at;
	}
	LedgerReport r = verify_against(S("not a checkpoint"));
	assert_true(named(&r, 0, FAULT_HEAD));
}
static void an_erased_key_still_verifies(void **s) {
	(void)s;
	KeyId key;
	Pasts past;
	ok(vault_key_new(&cx, KEY_PERSON, &key));
	fill(5);
	begin();
	ok(append(&KIND_made, 90, key, 1, ""));
	ok(append(&KIND_noted, 90, key, 1, ""));
	ok(vault_key_destroy(&cx, key));
	commit();
	LedgerReport r = verify();
	assert_true(r.faults == 0 && r.entries == 7 && r.sealed_gone == 2);
	ok(ledger_about(&cx, ABOUT_CASE, 90, 0, 9, true, &past));
	assert_true(past.n == 2 && past.past[0].plain.n == 0);
}
static void the_origin_cannot_change(void **s) {
	(void)s;
	Ledger *other;
	fill(1);
	stopped(ledger_open(&cx, kinds, S("another.example"), &other), ERR_INVALID);
	stopped(ledger_open(&cx, kinds, S("two words"), &other), ERR_INVALID);
	ok(ledger_open(&cx, kinds, (Str){0}, &other));
	assert_true(str_eq(other->origin, S("sangam.example/test")));
}

// ---- rebuilding
// ------------------------------------------------------------------------------------------------------------
static RebuildReport rebuild(bool keep) {
	RebuildReport *r = NEW(&arena, RebuildReport, 1);
	ok(ledger_rebuild(&cx, keep, NULL, r));
	return *r;
}
static void rebuilt_is_live_row_for_row(void **s) {
	(void)s;
	fill(103);
	RebuildReport r = rebuild(false);
	assert_true(r.same && r.entries == 103 && r.skipped == 0 && r.ntable == 2);
	assert_true(r.table[0].before == 21 && r.table[0].after == 21 &&
		    r.table[1].before == r.table[1].after && r.table[1].before > 20);
	script("UPDATE thing SET n = n + 1 WHERE id IN (3, 4); DELETE FROM thing WHERE id = 5; INSERT INTO "
	       "thing (id, n, made) VALUES (500, 1, 1);"
	       "UPDATE thing_word SET word = 'other' WHERE id = 6 AND word = 'odd'");
	r = rebuild(false);
	assert_true(!r.same && r.table[0].differ == 4 && r.table[1].differ == 2);
	assert_int_equal(number("SELECT COUNT(*) FROM thing WHERE id = 500"), 1); // rolled back
	r = rebuild(true);
	assert_true(!r.same);
	assert_int_equal(number("SELECT COUNT(*) FROM thing WHERE id = 500"), 0);
	assert_true(rebuild(false).same);
	assert_int_equal(verify().faults, 0);
}
static void rebuild_skips_what_was_erased_and_stops_at_what_was_altered(void **s) {
	(void)s;
	KeyId key;
	ok(vault_key_new(&cx, KEY_PERSON, &key));
	begin();
	ok(append(&KIND_made, 90, key, 1, ""));
	ok(append(&KIND_made, 91, vault_hub_key(cx.vault), 1, ""));
	commit();
	ok(vault_key_destroy(&cx, key));
	script("DELETE FROM thing WHERE id = 90"); // the room erases its rows together with the key
	RebuildReport r = rebuild(true);
	assert_true(r.same && r.skipped == 1);
	script("UPDATE entry SET actor = 1 WHERE seq = 2");
	RebuildReport *broken = NEW(&arena, RebuildReport, 1);
	stopped(ledger_rebuild(&cx, true, NULL, broken), ERR_INVALID);
	assert_int_equal(number("SELECT COUNT(*) FROM thing WHERE id = 91"), 1); // nothing was kept
}

#define T(f) cmocka_unit_test_setup_teardown(f, make, drop)
static const struct CMUnitTest tests[] = {
	T(the_tree_gives_the_known_roots),
	T(the_frontier_is_the_tree),
	T(bodies_give_back_what_was_put),
	T(entries_are_numbered_and_say_who_and_when),
	T(appending_needs_the_lock_and_a_known_kind),
	T(going_back_forgets_entries),
	T(readings_are_entries_merged_by_what_was_read),
	T(a_failing_store_leaves_nothing_half_written),
	T(each_alteration_is_named),
	T(each_dropped_entry_is_named),
	T(each_pair_that_was_swapped_is_named),
	T(each_inserted_entry_is_named),
	T(a_cut_end_is_named),
	T(the_kept_head_is_checked),
	T(a_ledger_set_back_is_seen_by_whoever_holds_a_checkpoint),
	T(checkpoints_are_signed_notes),
	T(an_erased_key_still_verifies),
	T(the_origin_cannot_change),
	T(rebuilt_is_live_row_for_row),
	T(rebuild_skips_what_was_erased_and_stops_at_what_was_altered),
};
int main(void) {
	int failed = cmocka_run_group_tests_name("ledger on SQLite", tests, NULL, NULL);
	conninfo = getenv("SANGAM_TEST_PG");
	if (conninfo && *conninfo)
		failed += cmocka_run_group_tests_name("ledger on PostgreSQL", tests, NULL, NULL);
	return failed;
}
