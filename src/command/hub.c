#include "command/hub.h"
#include "command/house.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

static const Actor program = {.program = true, .name = SLIT("Sangam")};

void hub_clock(Hub *h, int64_t now) { h->cx.now = now ? now : (int64_t)time(NULL); }

static void begin(Hub *h) {
	if (h->arena.beg) return;
	h->arena = arena_new((ptrdiff_t)64 << 20);
	h->scratch = arena_new((ptrdiff_t)1 << 30);
	h->cx = (Cx){.arena = &h->scratch, .why = &h->why, .actor = &program, .lang = LANG_EN};
	hub_clock(h, 0);
}

static Str conf_path(Hub *h) { return str_fmt(&h->arena, "%.*s/hub.conf", (int)h->dir.n, h->dir.p); }

static void take_setting(Hub *h, Str key, Str value) {
	const struct {
		Str key;
		Str *to;
	} text[] = {
		{SLIT("database"), &h->database},
		{SLIT("pack"), &h->pack_dir},
		{SLIT("origin"), &h->origin},
		{SLIT("key_file"), &h->key.key_file},
		{SLIT("credential"), &h->key.credential},
	};
	for (ptrdiff_t i = 0; i < COUNT(text); i++)
		if (str_eq(key, text[i].key)) *text[i].to = value;
	if (str_eq(key, S("demo"))) h->demo = str_eq(value, S("yes"));
}

static void close_file(FILE **f) {
	if (*f) (void)fclose(*f);
}

Err hub_read(Hub *h, Str dir) {
	begin(h);
	h->dir = str_dup(&h->arena, dir);
	__attribute__((cleanup(close_file))) FILE *f = fopen(str_z(&h->arena, conf_path(h)), "re");
	if (!f)
		return fail(&h->why, ERR_NOT_FOUND,
			    "there is no hub in %.*s. Make one: sangam init --hub %.*s", (int)dir.n, dir.p,
			    (int)dir.n, dir.p);
	char line[1024];
	while (fgets(line, sizeof line, f)) {
		Str s = str_trim(str_of(line));
		ptrdiff_t at = str_find_char(s, '=');
		if (!s.n || s.p[0] == '#' || at < 0) continue;
		take_setting(h, str_trim(str_slice(s, 0, at)),
			     str_dup(&h->arena, str_trim(str_slice(s, at + 1, s.n))));
	}
	h->key.credential_directory = str_of(getenv("CREDENTIALS_DIRECTORY"));
	return OK;
}

static Err put(Hub *h, int fd, Str text) {
	while (text.n) {
		ssize_t n = write(fd, text.p, (size_t)text.n);
		if (n < 0)
			return fail(&h->why, errno == ENOSPC ? ERR_FULL : ERR_STORE, "cannot write hub.conf");
		text = str_slice(text, n, text.n);
	}
	return OK;
}

static void close_fd(const int *fd) {
	if (*fd >= 0) (void)close(*fd);
}

Err hub_write(Hub *h) {
	__attribute__((cleanup(close_fd))) int fd =
		open(str_z(&h->arena, conf_path(h)), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd < 0)
		return fail(&h->why, ERR_CONFLICT, "there is a hub in %.*s already", (int)h->dir.n, h->dir.p);
	const struct {
		const char *key;
		Str value;
	} row[] = {
		{"database", h->database},
		{"pack", h->pack_dir},
		{"origin", h->origin},
		{"key_file", h->key.key_file},
		{"credential", h->key.credential},
		{"demo", h->demo ? S("yes") : S("no")},
	};
	Buf b = {.a = &h->arena};
	for (ptrdiff_t i = 0; i < COUNT(row); i++)
		if (row[i].value.n) buf_fmt(&b, "%s=%.*s\n", row[i].key, (int)row[i].value.n, row[i].value.p);
	TRY(put(h, fd, buf_str(&b)));
	return fsync(fd) == 0 ? OK : fail(&h->why, ERR_STORE, "cannot keep hub.conf");
}

// ---- opening
// ----------------------------------------------------------------------------------------------------

static void print_problems(Hub *h, const PackProblems *ps) {
	for (ptrdiff_t i = 0; i < ps->n; i++) {
		Str text;
		if (ps->problem[i].warning) continue;
		pack_problem_text(&h->scratch, &ps->problem[i], &text);
		(void)fprintf(stderr, "%.*s\n", (int)text.n, text.p);
	}
}

static Err open_pack(Hub *h) {
	PackProblems ps = {0};
	Err e = pack_open(&h->why, h->pack_dir, &ps, &h->pack);
	if (e == OK) e = policy_compile(&h->why, h->pack, &ps);
	print_problems(h, &ps);
	pack_problems_free(&ps);
	if (e != OK) return e;
	h->cx.pack = h->pack;
	h->cx.zone = h->pack->zone;
	return OK;
}

static Str located(Hub *h) {
	bool file = !str_starts(h->database, S("postgres")) && str_find_char(h->database, '=') < 0 &&
		    h->database.p[0] != '/';
	if (!file) return h->database;
	return str_fmt(&h->arena, "%.*s/%.*s", (int)h->dir.n, h->dir.p, (int)h->database.n, h->database.p);
}

static Err make_keys(Hub *h) {
	TRY(db_begin(h->cx.db, &h->why));
	Err e = vault_make(&h->cx, &h->key, &h->vault);
	if (e == OK) return db_commit(h->cx.db, &h->why);
	db_rollback(h->cx.db);
	return e;
}

Err hub_open(Hub *h, bool migrate, bool make_vault) {
	begin(h);
	h->database = located(h);
	// A key file without a path lies in the hub's folder.
	if (h->key.key_file.n && str_find_char(h->key.key_file, '/') < 0)
		h->key.key_file = str_fmt(&h->arena, "%.*s/%.*s", (int)h->dir.n, h->dir.p,
					  (int)h->key.key_file.n, h->key.key_file.p);
	TRY(open_pack(h));
	if (migrate) {
		int applied;
		TRY(db_migrate(&h->arena, &h->why, h->database, &applied));
	}
	TRY(db_open(&h->arena, &h->why, &(DbOptions){.where = h->database}, &h->cx.db));
	h->cx.arena = &h->arena; // vault and ledger outlive whatever the scratch arena holds
	TRY(make_vault ? make_keys(h) : vault_open(&h->cx, &h->key, &h->vault));
	h->cx.vault = h->vault;
	TRY(ledger_open(&h->cx, house_kinds(&h->arena), h->origin, &h->ledger));
	h->cx.ledger = h->ledger;
	h->cx.arena = &h->scratch;
	return OK;
}

void hub_close(Hub *h) {
	db_close(h->cx.db);
	if (h->vault) vault_close(h->vault);
	if (h->pack) pack_close(h->pack);
	h->cx.db = NULL;
	h->vault = NULL;
	h->pack = NULL;
	arena_free(&h->scratch);
	arena_free(&h->arena);
}

Err hub_write_in(Hub *h, Err (*work)(Cx *cx, void *with), void *with) {
	TRY(db_begin(h->cx.db, &h->why));
	Err e = ledger_begin(&h->cx);
	if (e == OK) e = work(&h->cx, with);
	if (e == OK) e = ledger_end(&h->cx);
	if (e == OK) e = db_commit(h->cx.db, &h->why);
	if (e != OK) db_rollback(h->cx.db);
	return e;
}
