// init, serve, member add.
#include "account/account.h"
#include "base/when.h"
#include "command/command.h"
#include "command/demo.h"
#include "command/house.h"
#include "command/hub.h"
#include "giving/giving.h"
#include "identity/identity.h"
#include "serve/serve.h"
#include "stakeholder/stakeholder.h"
#include "statistics/statistics.h"
#include <dirent.h>
#include <signal.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { CODEBOOK_BYTES = 1 << 20 };

static void close_file(FILE **f) {
	if (*f && *f != stdin) (void)fclose(*f);
}

// The first line of a file, without its end.
static Err read_secret(Hub *h, Str path, Str *out) {
	char line[1024];
	bool in = str_eq(path, S("-"));
	__attribute__((cleanup(close_file))) FILE *f = in ? stdin : fopen(str_z(&h->arena, path), "re");
	if (!f || !fgets(line, sizeof line, f))
		return fail(&h->why, ERR_NOT_FOUND, "cannot read the passphrase file");
	*out = str_dup(&h->arena, str_trim(str_of(line)));
	explicit_bzero(line, sizeof line);
	return OK;
}

// Keys given on the command line win over those of hub.conf.
static Err take_keys(Hub *h, const Args *a) {
	if (a->key_file.n) h->key.key_file = a->key_file;
	if (a->credential.n) h->key.credential = a->credential;
	return a->passphrase_file.n ? read_secret(h, a->passphrase_file, &h->key.passphrase) : OK;
}

static void no_core(void) {
	(void)prctl(PR_SET_DUMPABLE, 0);
	(void)setrlimit(RLIMIT_CORE, &(struct rlimit){0, 0});
}

// ---- init
// ---------------------------------------------------------------------------------------------------------

static Err set_up(Hub *h, const Args *a) {
	h->dir = str_dup(&h->arena, a->hub);
	h->database = a->database.n ? a->database : S("sangam.db");
	h->pack_dir = command_pack_dir(&h->arena, a->pack);
	h->origin = a->origin.n ? a->origin : S("sangam.local");
	h->demo = a->demo;
	TRY(take_keys(h, a));
	if (!h->key.key_file.n && !h->key.credential.n && !h->key.passphrase.n)
		h->key.key_file = S("hub.key");
	if (mkdir(str_z(&h->arena, h->dir), 0700) != 0 && access(str_z(&h->arena, h->dir), W_OK) != 0)
		return fail(&h->why, ERR_STORE, "cannot make the folder %.*s", (int)h->dir.n, h->dir.p);
	return OK;
}

static Err write_findings(Cx *cx, void *with) {
	(void)with;
	return identity_tick(cx);
}

// A demonstration shows from its first page on who may be the same.
static Err compare_everybody(Hub *h) {
	TRY(identity_begin(&h->cx, &h->cx.finder));
	Err e = OK;
	for (bool more = true; e == OK && more;) e = identity_work(&h->cx, &more);
	do
		if (e == OK) e = hub_write_in(h, write_findings, NULL);
	while (e == OK && identity_pending(&h->cx));
	finder_free(h->cx.finder);
	h->cx.finder = NULL;
	return e;
}

static Err count_one(Cx *cx, void *with) { return statistics_count(cx, with); }

// And with the quarters of its past counted.
static Err count_quarters(Hub *h) {
	Err e = OK;
	for (bool more = true; e == OK && more;) e = hub_write_in(h, count_one, &more);
	return e;
}

int command_init(const Args *a) {
	HUB_CLOSED h = {0};
	no_core();
	if (hub_read(&h, a->hub) == OK) { // what should not be there yet
		(void)fail(&h.why, ERR_CONFLICT, "there is a hub in %.*s already; it is left as it is",
			   (int)a->hub.n, a->hub.p);
		return command_failed("init", &h.why);
	}
	Err e = set_up(&h, a);
	// hub.conf comes last: a folder without it is no hub, so what fails before can simply be done again.
	Str database = h.database, key = h.key.key_file;
	if (e == OK) e = hub_open(&h, true, true);
	h.database = database;
	h.key.key_file = key;
	if (e == OK) e = hub_write(&h);
	if (e != OK) return command_failed("init", &h.why);
	(void)printf("sangam: a hub stands in %.*s\n", (int)a->hub.n, a->hub.p);
	if (!a->key_file.n && !a->credential.n && !a->passphrase_file.n)
		(void)printf("sangam: its key is %.*s/hub.key: keep a copy elsewhere, and for real work the "
			     "key itself\n",
			     (int)a->hub.n, a->hub.p);
	Str pack = h.pack_dir;
	while (pack.n && pack.p[pack.n - 1] != '/') pack.n--;
	if (a->demo) e = demo_fill(&h, str_fmt(&h.arena, "%.*sdemo", (int)pack.n, pack.p));
	if (e == OK && a->demo) e = compare_everybody(&h);
	if (e == OK && a->demo) e = count_quarters(&h);
	if (e != OK) return command_failed("init --demo", &h.why);
	return 0;
}

// ---- serve
// --------------------------------------------------------------------------------------------------------

static bool address_of(const Args *a, Str *address, int *port) {
	int64_t n = 8080;
	Str listen = a->listen.n ? a->listen : S("127.0.0.1:8080");
	ptrdiff_t at = str_find_char(listen, ':');
	if (at < 0 || !str_to_int(str_slice(listen, at + 1, listen.n), &n) || n < 0 || n > 65535)
		return false;
	*address = str_slice(listen, 0, at);
	*port = (int)n;
	return true;
}

static Err clock_of(Hub *h, const Args *a, int64_t *offset) {
	int64_t t;
	*offset = 0;
	if (!a->clock.n) return OK;
	if (!when_parse(h->pack->zone, a->clock, &t))
		return fail(&h->why, ERR_INVALID, "--clock: write it as 2026-11-23T22:00");
	*offset = t - (int64_t)time(NULL);
	return OK;
}

// How far the search for people is; the hub serves meanwhile. False: it is ready.
static bool say_progress(Finder *f, int *said) {
	Cx cx = {.finder = f};
	int ready = identity_ready(&cx);
	if (ready != *said && (ready < 100 || *said < 100)) {
		(void)printf("sangam: the search for people is ready to %d per cent\n", ready);
		(void)fflush(stdout);
	}
	*said = ready;
	return ready < 100;
}

// Ends on SIGINT or SIGTERM; the threads have them blocked.
static void wait_for_the_end(Finder *f) {
	static const struct timespec second = {1, 0};
	sigset_t set;
	int got, said = 100;
	(void)sigemptyset(&set);
	(void)sigaddset(&set, SIGINT);
	(void)sigaddset(&set, SIGTERM);
	while (say_progress(f, &said))
		if (sigtimedwait(&set, NULL, &second) > 0) return;
	(void)sigwait(&set, &got);
}

static void block_signals(void) {
	sigset_t set;
	(void)sigemptyset(&set);
	(void)sigaddset(&set, SIGINT);
	(void)sigaddset(&set, SIGTERM);
	(void)sigprocmask(SIG_BLOCK, &set, NULL);
	(void)signal(SIGPIPE, SIG_IGN);
}

static Err sign_head(Cx *cx, void *with) {
	Str text;
	(void)with;
	return ledger_checkpoint(cx, &text);
}

static void close_folder(DIR **d) {
	if (*d) (void)closedir(*d);
}

typedef struct {
	Str name[GIVING_BOOKS], text[GIVING_BOOKS];
	int n;
} Books;

// people.json before people-areas.json.
static int by_name(Str a, Str b) { return str_cmp(str_slice(a, 0, a.n - 5), str_slice(b, 0, b.n - 5)); }

// By name, so that the order is the same everywhere.
static void add_book(Hub *h, Books *b, Str folder, Str name) {
	int at = 0;
	for (; at < b->n && by_name(b->name[at], name) < 0; at++) {}
	bool there =
		at < b->n && str_eq(b->name[at], name); // the pack's own goes before that of the extended
	if (there || b->n == GIVING_BOOKS) return;
	Str path = str_fmt(&h->arena, "%.*s/%.*s", (int)folder.n, folder.p, (int)name.n, name.p);
	__attribute__((cleanup(close_file))) FILE *f = fopen(str_z(&h->arena, path), "re");
	if (!f) return;
	char *text = NEW(&h->arena, char, CODEBOOK_BYTES);
	ptrdiff_t n = (ptrdiff_t)fread(text, 1, CODEBOOK_BYTES, f);
	for (int i = b->n++; i > at; i--) {
		b->name[i] = b->name[i - 1];
		b->text[i] = b->text[i - 1];
	}
	b->name[at] = str_dup(&h->arena, name);
	b->text[at] = (Str){text, n};
}

// The pack's codebooks of people, and those of the pack it extends; none: releases are refused.
static void read_codebooks(Hub *h, Books *out) {
	const Str folder[] = {str_fmt(&h->arena, "%.*s/release", (int)h->pack_dir.n, h->pack_dir.p),
			      str_fmt(&h->arena, "%.*s/../%.*s/release", (int)h->pack_dir.n, h->pack_dir.p,
				      (int)h->pack->extends.n, h->pack->extends.p)};
	for (ptrdiff_t i = 0; i < COUNT(folder); i++) {
		__attribute__((cleanup(close_folder))) DIR *in = opendir(str_z(&h->arena, folder[i]));
		for (const struct dirent *at; in && (at = readdir(in));) {
			Str name = str_of(at->d_name);
			if (str_starts(name, S("people")) && str_ends(name, S(".json")))
				add_book(h, out, folder[i], name);
		}
	}
}

static Err begin_releases(Hub *h, Desk **out) {
	Books books = {0};
	read_codebooks(h, &books);
	h->cx.arena = &h->arena; // it outlives this
	Err e = giving_begin(&h->cx, h->dir, books.text, books.n, out);
	h->cx.arena = &h->scratch;
	return e;
}

int command_serve(const Args *a) {
	HUB_CLOSED h = {0};
	Serve *s = NULL;
	ServeOptions o = {.routes = house_routes,
			  .tick = house_ticks,
			  .aside = house_asides,
			  .secure_cookie = a->secure_cookie};
	int port = 0;
	no_core();
	Err e = hub_read(&h, a->hub);
	if (e == OK) e = take_keys(&h, a);
	if (e == OK) e = hub_open(&h, true, false);
	if (e == OK && !address_of(a, &o.address, &o.port))
		e = fail(&h.why, ERR_INVALID, "--listen: write ADDRESS:PORT");
	if (e == OK) e = clock_of(&h, a, &o.clock_offset);
	if (e == OK) e = identity_begin(&h.cx, &o.finder);
	if (e == OK) e = begin_releases(&h, &o.desk);
	if (e != OK) return command_failed("serve", &h.why);
	o.database = h.database;
	o.demo = h.demo;
	o.vault = h.vault;
	o.ledger = h.ledger;
	o.pack = h.pack;
	db_close(h.cx.db); // the server's writer is the one connection that writes
	h.cx.db = NULL;
	block_signals();
	if (serve_start(&h.why, &o, &s, &port) != OK) return command_failed("serve", &h.why);
	if (h.demo) demo_print_logins(&h);
	(void)printf("\nSangam is at http://%.*s:%d/  (Ctrl-C ends it)\n", (int)o.address.n, o.address.p,
		     port);
	(void)fflush(stdout);
	wait_for_the_end(o.finder);
	serve_stop(s);
	finder_free(o.finder);
	desk_free(o.desk);
	if (db_open(&h.arena, &h.why, &(DbOptions){.where = h.database}, &h.cx.db) == OK)
		if (hub_write_in(&h, sign_head, NULL) != OK)
			return command_failed("signing the ledger's head", &h.why);
	return 0;
}

// ---- member add
// ---------------------------------------------------------------------------------------------------

typedef struct {
	const Args *a;
	Str token;
} NewMember;

static Err add_member(Cx *cx, void *with) {
	NewMember *n = with;
	Stakeholder s;
	MemberId id;
	Err e = stakeholder_by_code(cx, n->a->agency, &s);
	if (e == ERR_NOT_FOUND)
		return fail(cx->why, e, "there is no agency with the code %.*s", (int)n->a->agency.n,
			    n->a->agency.p);
	TRY(e);
	MemberIn in = {.stakeholder = s.id,
		       .name = n->a->name,
		       .posts = posts_from_text(cx->pack, n->a->posts),
		       .lang = (int)cx->pack->lang[0]};
	TRY(member_add(cx, &in, &id));
	return account_setup_link(cx, id, &n->token);
}

int command_member_add(const Args *a) {
	HUB_CLOSED h = {0};
	NewMember n = {.a = a};
	Err e = hub_read(&h, a->hub);
	if (e == OK) e = take_keys(&h, a);
	if (e == OK) e = hub_open(&h, false, false);
	if (e == OK) e = hub_write_in(&h, add_member, &n);
	if (e != OK) return command_failed("member add", &h.why);
	Url u = account_setup_url(&h.arena, n.token);
	(void)printf("Give this one-time address to the member; it is good for 72 hours:\n%.*s\n", (int)u.s.n,
		     u.s.p);
	return 0;
}
