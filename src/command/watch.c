// verify, rebuild, pack check: looking at what stands.
#include "command/command.h"
#include "command/hub.h"
#include "command/release_parts.h"
#include "giving/giving.h"
#include <dirent.h>
#include <stdio.h>

// Opens the hub named by the options; keys given on the command line win over those of hub.conf.
static int opened(const Args *a, Hub *h) {
	Err e = hub_read(h, a->hub);
	if (a->key_file.n) h->key.key_file = a->key_file;
	if (a->credential.n) h->key.credential = a->credential;
	if (e == OK) e = hub_open(h, false, false);
	return e == OK ? 0 : command_failed("opening the hub", &h->why);
}

static Str read_all(Arena *a, Str path) {
	Buf b = {.a = a};
	char part[4096];
	FILE *f = fopen(str_z(a, path), "re");
	for (size_t n; f && (n = fread(part, 1, sizeof part, f)) > 0;) buf_put(&b, (Str){part, (ptrdiff_t)n});
	if (f) (void)fclose(f);
	return buf_str(&b);
}

int command_verify(const Args *a) {
	HUB_CLOSED h = {0};
	if (opened(a, &h)) return 2;
	LedgerReport *r = NEW(&h.arena, LedgerReport, 1);
	Str against = {0};
	if (a->against.n) {
		against = read_all(&h.arena, a->against);
		if (!against.n) {
			(void)fail(&h.why, ERR_NOT_FOUND, "cannot read %.*s", (int)a->against.n,
				   a->against.p);
			return command_failed("verify", &h.why);
		}
	}
	if (ledger_verify(&h.cx, against, command_progress, r) != OK) return command_failed("verify", &h.why);
	for (ptrdiff_t i = 0; i < r->nfault; i++)
		(void)printf("entry %lld: %.*s\n", (long long)r->fault[i].seq, (int)r->fault[i].detail.n,
			     r->fault[i].detail.p);
	(void)printf("%lld entries, %lld faults, %lld whose key was destroyed\n", (long long)r->entries,
		     (long long)r->faults, (long long)r->sealed_gone);
	return r->faults ? 1 : 0;
}

int command_rebuild(const Args *a) {
	HUB_CLOSED h = {0};
	if (opened(a, &h)) return 2;
	RebuildReport *r = NEW(&h.arena, RebuildReport, 1);
	if (ledger_rebuild(&h.cx, !a->check, command_progress, r) != OK)
		return command_failed("rebuild", &h.why);
	for (ptrdiff_t i = 0; i < r->ntable; i++)
		(void)printf("%-24s %8lld rows, %8lld rebuilt, %lld differ\n", r->table[i].table,
			     (long long)r->table[i].before, (long long)r->table[i].after,
			     (long long)r->table[i].differ);
	(void)printf("%lld entries; rebuilt %s what stood\n", (long long)r->entries,
		     r->same ? "is the same as" : "DIFFERS from");
	return r->same ? 0 : 1;
}

static void close_pack(Pack **p) {
	if (*p) pack_close(*p);
}

// The codebooks of releases lie in the pack's folder release; each is read as a release would.
static void close_folder(DIR **d) {
	if (*d) (void)closedir(*d);
}

// What no form can answer; a pack that could not be read says more important things.
static void check_values(Arena *arena, const Pack *pack, Str path, Str text, int *wrong) {
	GivingFaults *faults = NEW(arena, GivingFaults, 1);
	bool hub = str_starts(release_name(path), S("people"));
	if (pack) giving_book_check(arena, pack, text, hub, faults);
	for (int i = 0; i < faults->n; i++)
		(void)printf("%.*s: line %d: %.*s.\n", (int)path.n, path.p, faults->at[i].line,
			     (int)faults->at[i].said.n, faults->at[i].said.p);
	*wrong += faults->n;
}

static int check_codebooks(Arena *arena, const Pack *pack, Str dir, int *wrong) {
	Str folder = str_fmt(arena, "%.*s/release", (int)dir.n, dir.p);
	__attribute__((cleanup(close_folder))) DIR *in = opendir(str_z(arena, folder));
	int read = 0;
	for (const struct dirent *at; in && (at = readdir(in));) {
		Str file = str_of(at->d_name), text;
		Why why = {0};
		Codebook book;
		if (!str_ends(file, S(".json"))) continue;
		Str path = str_fmt(arena, "%.*s/%.*s", (int)folder.n, folder.p, (int)file.n, file.p);
		Err e = release_read(arena, &why, path, &text);
		if (e == OK) e = codebook_read(arena, &why, text, &book);
		if (e != OK)
			(void)printf("%.*s: %s\n", (int)path.n, path.p, why.msg);
		else
			check_values(arena, pack, path, text, wrong);
		*wrong += e != OK;
		read += e == OK;
	}
	return read;
}

int command_pack_check(const Args *a) {
	__attribute__((cleanup(arena_free))) Arena arena = arena_new((ptrdiff_t)16 << 20);
	__attribute__((cleanup(close_pack))) Pack *pack = NULL;
	__attribute__((cleanup(pack_problems_free))) PackProblems ps = {0};
	Why why = {0};
	Str dir = command_pack_dir(&arena, a->nrest ? a->rest[0] : (Str){0});
	if (pack_open(&why, dir, &ps, &pack) == OK && policy_compile(&why, pack, &ps) != OK && !ps.errors)
		return command_failed("pack check", &why);
	for (ptrdiff_t i = 0; i < ps.n; i++) {
		Str text;
		pack_problem_text(&arena, &ps.problem[i], &text);
		(void)printf("%s%.*s\n", ps.problem[i].warning ? "note: " : "", (int)text.n, text.p);
	}
	if (!pack && !ps.errors) return command_failed("pack check", &why);
	int wrong = 0, books = check_codebooks(&arena, pack, dir, &wrong);
	ptrdiff_t all = ps.errors + wrong, notes = ps.n - ps.errors;
	(void)printf("%.*s: %td mistake%s, %td note%s", (int)dir.n, dir.p, all, all == 1 ? "" : "s", notes,
		     notes == 1 ? "" : "s");
	if (books) (void)printf(", %d codebooks of releases", books);
	(void)printf("\n");
	return ps.errors + wrong ? 1 : 0;
}
