#include "command/command.h"
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define HUB \
	{ "--hub", "DIR", "the hub's folder (default: hub)", false }
#define KEYS \
	{"--key-file", "FILE", "the master key is opened by this file; made when it is not there", false}, \
		{"--passphrase-file", "FILE", \
		 "the master key is opened by the first line of this file; - reads standard input", false}, \
	{ \
		"--credential", "NAME", "the master key is opened by this systemd credential", false \
	}

static const Option init_options[] = {
	HUB,
	KEYS,
	{"--database", "URL", "a postgresql:// address, or a file name in the folder (default: sangam.db)",
	 false},
	{"--pack", "DIR", "the pack of the country (default: packs/india)", false},
	{"--origin", "NAME", "the ledger's name for partners, like a host name (default: sangam.local)",
	 false},
	{"--demo", NULL, "invented agencies, members and people, and a banner that says so", false},
};
static const Option serve_options[] = {
	HUB,
	KEYS,
	{"--listen", "ADDRESS:PORT", "where to listen (default: 127.0.0.1:8080)", false},
	{"--secure-cookie", NULL, "browsers send the cookie over TLS only: for a hub behind a TLS proxy",
	 false},
	{"--clock", "TIME",
	 "start the hub's clock at this time (2026-11-23T22:00): for demonstrations and tests", false},
};
static const Option verify_options[] = {
	HUB,
	KEYS,
	{"--against", "FILE", "a checkpoint that a partner kept: nothing before it may have changed", false}};
static const Option rebuild_options[] = {
	HUB, KEYS, {"--check", NULL, "only compare, keep what stands", false}};
static const Option member_options[] = {
	HUB,
	KEYS,
	{"--agency", "CODE", "short code of the agency", true},
	{"--name", "NAME", "the member's name", true},
	{"--posts", "POSTS", "posts of the pack, with spaces between", true},
};
static const Option import_options[] = {
	HUB,
	KEYS,
	{"--agency", "CODE", "leads the cases whose record names no agency of the hub", false},
	{"--area", "CODE", "of cases whose record names none (default: the agency's)", false},
	{"--format", "json|csv", "when the file's name does not say it", false},
};
static const Option export_options[] = {
	HUB,
	KEYS,
	{"--out", "FILE", "a new file, readable to you alone (default: standard output)", false},
	{"--format", "json|csv", "when the file's name does not say it", false},
};
static const Option match_options[] = {
	{"--schema", "NAME|FILE", "what the columns are: febrl, htcds, sangam, or a file (docs/matching.md)",
	 true},
	{"--out", "FILE", "left,right,weight,decision,evidence (default: standard output)", false},
	{"--threshold", "BITS", "least weight of a pair (default: 6; probable from 14)", false},
	{"--assign", "best|greedy|all",
	 "of two files: the best partner for each, the strongest first, or every pair; of one: all leaves "
	 "groups open",
	 false},
	{"--threads", "N", "default: one for each processor; the answer is the same", false},
};
static const Option psi_options[] = {
	{"--schema", "NAME|FILE", "what the columns are: febrl, htcds, sangam, or a file (docs/matching.md)",
	 true},
	{"--key", "FILE", "this agency's key, made by sangam match key; sessions are listed beside it", true},
	{"--partner-key", "HEX", "the partner's public key, had by another way than the messages", true},
	{"--me", "NAME", "this agency, as both sides write it", true},
	{"--partner", "NAME", "the other agency, as both sides write it", true},
	{"--purpose", "CODE", "what for; both sides state the same", true},
	{"--session", "NAME", "both sides state the same; each is used once", true},
	{"--until", "DAY|INSTANT", "nothing is answered after it (UTC; at most 30 days ahead)", true},
	{"--role", "ask|answer", "one side asks, the other answers; both learn the pairs", true},
	{"--folder", "DIR", "messages are files there, to be carried", false},
	{"--listen", "ADDRESS", "ADDRESS:PORT or unix:PATH: the partner connects there", false},
	{"--connect", "ADDRESS", "ADDRESS:PORT or unix:PATH: the partner listens there", false},
	{"--pipe", NULL, "messages go over standard input and output", false},
	{"--out", "FILE", "pair,id,collisions,decision (default: standard output)", false},
	{"--fields", "LIST", "compare by these kinds of columns alone, when the partner has no others",
	 false},
	{"--collisions", "N",
	 "of 40; pairs with fewer are not told (default: 4 to 10, by the fields; probable from 10)", false},
	{"--most", "N", "people in one file, 1 to 200000 (default: 100000)", false},
	{"--a-day", "N", "sessions with one partner in 24 hours (default: 5)", false},
	{"--hub", "DIR", "the hub in whose ledger the session is recorded", false},
	{"--threads", "N", "default: one for each processor", false},
};
static const Option clk_options[] = {
	{"--reveals-people", NULL, "says that you know it: who gets this file can find out who is in it",
	 false},
	{"--schema", "FILE", "clkhash's linkage schema, version 3, with blakeHash (docs/matching.md)", true},
	{"--secret", "FILE", "what both agencies share; who has it can try every name", true},
	{"--key", "FILE", "this agency's key, made by sangam match key; signs the file", true},
	{"--project", "NAME", "what it is for; another project gives other bits", true},
	{"--days", "N", "after which it is to be destroyed, 1 to 30", true},
	{"--out", "FILE", "for anonlink: clks, and a header", true},
	{"--plain", NULL,
	 "without diffusion, for an anonlink partner that uses clkhash: easier still to undo", false},
	{"--hub", "DIR", "the hub in whose ledger it is recorded before it is written", false},
	{"--partner", "NAME", "with --hub: for whom it is", false},
	{"--purpose", "CODE", "with --hub: what for", false},
};
static const Option clk_check_options[] = {
	{"--schema", "FILE", "the linkage schema that was agreed on", true},
	{"--partner-key", "HEX", "the partner's public key, had by another way than the file", true},
	{"--project", "NAME", "what it is for, as agreed", true},
	{"--secret", "FILE", "what both agencies share: also asks whether the file was made with it", false},
};
static const Option key_options[] = {
	{"--key", "FILE", "the key; made when it is not there", true},
};
static const Option release_options[] = {
	{"--data", "F.csv", "the people, a row each", true},
	{"--domain", "F.json", "the codebook: which attributes there are, and which values", true},
	{"--person", "COLUMN", "says whose row it is (default: the codebook's unit); it is never released",
	 false},
	{"--rows-per-person", "collapse|M",
	 "made into one as the codebook says, or at most M kept and the noise made for it (default: 1)",
	 false},
	{"--ledger", "FILE", "the privacy ledger of these people; made when it is not there", true},
	{"--out", "FILE", "what may be given away", true},
	{"--report", "R.json", "what it cost and how wrong it can be", true},
	{"--xlsx", "F.xlsx", "the same as --out, for a spreadsheet", false},
	{"--page", "F.html", "a report for readers (default: the name of --out and .html)", false},
	{"--lang", "en|hi", "of that report (default: en)", false},
	{"--head", "HEX", "what the ledger must end with: an older copy of it is refused", false},
	{"--key", "FILE",
	 "signs the manifest; made when it is not there (default: the ledger's name and .key)", false},
	{"--manifest", "FILE", "what was released, signed (default: the name of --out and .manifest.json)",
	 false},
	{"--epsilon", "E", "how much one person may matter (default: 1; at most 4)", false},
	{"--delta", "D", "with what probability that may fail (default: 1e-9; at most 1e-6)", false},
	{"--composition", "zcdp|tight",
	 "how noise adds up; tight measures more exactly for the same epsilon (default: zcdp; "
	 "docs/release.md)",
	 false},
	{"--method", "swift|mst|thorough",
	 "which pairs of attributes are measured (default: swift; docs/release.md)", false},
	{"--thorough", NULL,
	 "--method thorough: pairs are looked at again when a model stands; at most 15 attributes", false},
};
static const Option extent_options[] = {
	{"--lists", "F.csv", "a column of 0 and 1 for each list, and a column count (docs/extent.md)", true},
	{"--out", "R.json", "the same for a program", false},
	{"--bootstrap", "N", "tables drawn for the intervals, 200 to 100000 (default: 1000)", false},
	{"--level", "PERCENT", "of the intervals, 50 to 99.9 (default: 95)", false},
	{"--seed", "N", "of the drawing (default: 1); the same gives the same", false},
};
static const Option release_verify_options[] = {
	{"--key", "HEX|FILE", "the public key it must be signed with", false},
	{"--ledger", "FILE", "the privacy ledger in which it must stand", false},
};
static const Option release_audit_options[] = {
	{"--runs", "N", "of each side of a pair, 1000 to 10000000 (default: 10000; 100000 tells more)",
	 false},
	{"--method", "NAME", "whose releases are looked at, as in release synth (default: swift)", false},
	{"--out", "R.json", "the same for a program", false},
};
static const Option no_options[] = {{NULL, NULL, NULL, false}};
static const char release_cannot[] =
	"What a release cannot do:\n"
	"  say anything about few people: below a few thousand it takes coarser values or refuses;\n"
	"  say how three things go together, or two that were not measured: there it is a guess;\n"
	"  say anything about people who were never recorded (see: sangam extent), or why;\n"
	"  protect a large group: what is true of thousands is meant to be seen;\n"
	"  take back what was given away before, or elsewhere, about the same people;\n"
	"  be repeated for nothing: to run it again is to draw and to pay again.\n"
	"How near it is to the real data is computed nowhere, since that would be a release too. "
	"docs/release.md";
#define OPTIONS(t) .option = (t), .noption = (int)COUNT(t)

const Command commands[] = {
	{"init", "make a hub", "", OPTIONS(init_options), command_init},
	{"serve", "serve a hub", "", OPTIONS(serve_options), command_serve},
	{"verify", "check that the ledger is whole, and name what is not", "", OPTIONS(verify_options),
	 command_verify},
	{"rebuild", "make every table again from the ledger and compare", "", OPTIONS(rebuild_options),
	 command_rebuild},
	{"member add", "add a member; prints a one-time link to choose a password", "",
	 OPTIONS(member_options), command_member_add},
	{"import", "bring in cases as the HTCDS has them; says what was not taken and why", "FILE",
	 OPTIONS(import_options), command_import},
	{"export", "every case as the HTCDS has them, in clear: for another hub or a backup", "",
	 OPTIONS(export_options), command_export},
	{"match dedupe", "who stands in one file of people more than once, and why", "A.csv",
	 OPTIONS(match_options), command_match_dedupe},
	{"match link", "who of one file of people stands in another, and why", "A.csv B.csv",
	 OPTIONS(match_options), command_match_link},
	{"match psi", "who of a file stands in another agency's, and neither shows its file", "A.csv",
	 OPTIONS(psi_options), command_match_psi},
	{"match clk", "rows as bits that anonlink compares: reveals people to who gets them", "A.csv",
	 OPTIONS(clk_options), command_match_clk},
	{"match clk-check", "is a file of bits whole, the partner's, and its end not come", "F.json",
	 OPTIONS(clk_check_options), command_match_clk_check},
	{"match key", "this agency's public key for match psi", "", OPTIONS(key_options), command_match_key},
	{"release synth", "invented people that stand for real ones, in whom nobody is found", "",
	 OPTIONS(release_options), command_release_synth, release_cannot},
	{"release tables", "noisy tables, each number with the interval it is sure to lie in", "",
	 OPTIONS(release_options), command_release_tables, release_cannot},
	{"release verify", "whether a release is as it was signed; names what is not", "MANIFEST",
	 OPTIONS(release_verify_options), command_release_verify},
	{"release audit", "whether releases keep their promise, and whether known bugs would be seen", "",
	 OPTIONS(release_audit_options), command_release_audit},
	{"extent", "how many are never seen, from the overlap of lists: always a range", "",
	 OPTIONS(extent_options), command_extent},
	{"pack check", "name every mistake in a pack, with file, row, column and mend", "DIR",
	 OPTIONS(no_options), command_pack_check},
	{"routes", "every address the program answers, and the act that is asked of the policy there", "",
	 OPTIONS(no_options), command_routes},
};
const ptrdiff_t ncommands = COUNT(commands);

// ---- help
// ---------------------------------------------------------------------------------------------------------

static void help_all(FILE *to) {
	(void)fputs("sangam - one place in which many agencies answer trafficking together\n\n", to);
	for (ptrdiff_t i = 0; i < ncommands; i++)
		(void)fprintf(to, "  sangam %-12s %s\n", commands[i].name, commands[i].line);
	(void)fputs("\nsangam COMMAND --help tells more about one.\n", to);
}

static void help_one(const Command *c) {
	(void)printf("sangam %s [options] %s\n%s\n\n", c->name, c->rest, c->line);
	for (int i = 0; i < c->noption; i++) {
		const Option *o = &c->option[i];
		if (!o->name) continue;
		char left[48];
		(void)snprintf(left, sizeof left, "%s %s", o->name, o->value ? o->value : "");
		(void)printf("  %-24s %s%s\n", left, o->help, o->required ? " (needed)" : "");
	}
	if (c->about) (void)printf("\n%s\n", c->about);
}

// ---- reading
// ------------------------------------------------------------------------------------------------------

static bool put_option(Args *a, const char *name, const char *value) {
	const struct {
		const char *name;
		Str *text;
		bool *on;
	} where[] = {
		{"--hub", &a->hub, NULL},
		{"--database", &a->database, NULL},
		{"--pack", &a->pack, NULL},
		{"--origin", &a->origin, NULL},
		{"--key-file", &a->key_file, NULL},
		{"--passphrase-file", &a->passphrase_file, NULL},
		{"--credential", &a->credential, NULL},
		{"--listen", &a->listen, NULL},
		{"--against", &a->against, NULL},
		{"--agency", &a->agency, NULL},
		{"--area", &a->area, NULL},
		{"--name", &a->name, NULL},
		{"--posts", &a->posts, NULL},
		{"--out", &a->out, NULL},
		{"--clock", &a->clock, NULL},
		{"--format", &a->format, NULL},
		{"--schema", &a->schema, NULL},
		{"--threshold", &a->threshold, NULL},
		{"--threads", &a->threads, NULL},
		{"--assign", &a->assign, NULL},
		{"--data", &a->data, NULL},
		{"--domain", &a->domain, NULL},
		{"--epsilon", &a->epsilon, NULL},
		{"--delta", &a->delta, NULL},
		{"--person", &a->person, NULL},
		{"--rows-per-person", &a->rows_per_person, NULL},
		{"--method", &a->method, NULL},
		{"--composition", &a->composition, NULL},
		{"--head", &a->head, NULL},
		{"--lang", &a->lang, NULL},
		{"--page", &a->page, NULL},
		{"--xlsx", &a->xlsx, NULL},
		{"--ledger", &a->ledger, NULL},
		{"--report", &a->report, NULL},
		{"--lists", &a->lists, NULL},
		{"--key", &a->key, NULL},
		{"--runs", &a->runs, NULL},
		{"--manifest", &a->manifest, NULL},
		{"--bootstrap", &a->bootstrap, NULL},
		{"--level", &a->level, NULL},
		{"--seed", &a->seed, NULL},
		{"--me", &a->me, NULL},
		{"--partner", &a->partner, NULL},
		{"--partner-key", &a->partner_key, NULL},
		{"--purpose", &a->purpose, NULL},
		{"--session", &a->session, NULL},
		{"--until", &a->until, NULL},
		{"--role", &a->role, NULL},
		{"--folder", &a->folder, NULL},
		{"--connect", &a->connect, NULL},
		{"--fields", &a->fields, NULL},
		{"--collisions", &a->collisions, NULL},
		{"--most", &a->most, NULL},
		{"--a-day", &a->a_day, NULL},
		{"--secret", &a->secret, NULL},
		{"--project", &a->project, NULL},
		{"--days", &a->days, NULL},
		{"--reveals-people", NULL, &a->reveals_people},
		{"--plain", NULL, &a->plain},
		{"--thorough", NULL, &a->thorough},
		{"--pipe", NULL, &a->pipe},
		{"--demo", NULL, &a->demo},
		{"--check", NULL, &a->check},
		{"--secure-cookie", NULL, &a->secure_cookie},
	};
	for (ptrdiff_t i = 0; i < COUNT(where); i++) {
		if (strcmp(where[i].name, name) != 0) continue;
		if (where[i].text)
			*where[i].text = str_of(value);
		else
			*where[i].on = true;
		return true;
	}
	return false;
}

static const Option *option_of(const Command *c, const char *name) {
	for (int i = 0; i < c->noption; i++)
		if (c->option[i].name && strcmp(c->option[i].name, name) == 0) return &c->option[i];
	return NULL;
}

static bool read_args(const Command *c, char **argv, Args *a) {
	for (; *argv; argv++) {
		if (strcmp(*argv, "--help") == 0 || strcmp(*argv, "-h") == 0) {
			a->help = true;
			return true;
		}
		if (strncmp(*argv, "--", 2) != 0) {
			if (a->nrest == COUNT(a->rest)) return false;
			a->rest[a->nrest++] = str_of(*argv);
			continue;
		}
		const Option *o = option_of(c, *argv);
		if (!o || (o->value && !argv[1])) {
			(void)fprintf(stderr, "sangam %s: %s %s\n", c->name, *argv,
				      o ? "needs a value" : "is no option here. Try --help");
			return false;
		}
		ASSERT(put_option(a, o->name, o->value ? argv[1] : NULL));
		if (o->value) argv++;
	}
	return true;
}

static Str text_of(const Args *a, const char *name) {
	const struct {
		const char *name;
		Str value;
	} needed[] = {{"--agency", a->agency},	 {"--schema", a->schema},   {"--name", a->name},
		      {"--posts", a->posts},	 {"--data", a->data},	    {"--domain", a->domain},
		      {"--ledger", a->ledger},	 {"--out", a->out},	    {"--report", a->report},
		      {"--lists", a->lists},	 {"--key", a->key},	    {"--partner-key", a->partner_key},
		      {"--me", a->me},		 {"--partner", a->partner}, {"--purpose", a->purpose},
		      {"--session", a->session}, {"--until", a->until},	    {"--role", a->role},
		      {"--secret", a->secret},	 {"--project", a->project}, {"--days", a->days}};
	for (ptrdiff_t i = 0; i < COUNT(needed); i++)
		if (strcmp(name, needed[i].name) == 0) return needed[i].value;
	return S("");
}

static bool all_there(const Command *c, const Args *a) {
	for (int i = 0; i < c->noption; i++)
		if (c->option[i].required && !text_of(a, c->option[i].name).n) {
			(void)fprintf(stderr, "sangam %s: %s is needed. Try --help\n", c->name,
				      c->option[i].name);
			return false;
		}
	return true;
}

// "member add" takes two words.
static int words_matched(const Command *c, char **argv) {
	Str want = str_of(c->name), word;
	int n = 0;
	for (; str_cut(&want, ' ', &word); n++)
		if (!argv[n] || !str_eq(word, str_of(argv[n]))) return 0;
	return n;
}

int command_main(int argc, char **argv) {
	if (argc < 2 || strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0 ||
	    strcmp(argv[1], "help") == 0) {
		help_all(argc < 2 ? stderr : stdout);
		return argc < 2 ? 2 : 0;
	}
	for (ptrdiff_t i = 0; i < ncommands; i++) {
		int n = words_matched(&commands[i], argv + 1);
		Args a = {0};
		if (!n) continue;
		if (!read_args(&commands[i], argv + 1 + n, &a)) return 2;
		a.hub_given = a.hub.n > 0;
		if (!a.hub_given) a.hub = S("hub");
		if (a.help) {
			help_one(&commands[i]);
			return 0;
		}
		return all_there(&commands[i], &a) ? commands[i].run(&a) : 2;
	}
	(void)fprintf(stderr, "sangam: '%s' is no command. Try sangam --help\n", argv[1]);
	return 2;
}

int command_failed(const char *doing, const Why *why) {
	(void)fprintf(stderr, "sangam: %s: %s\n", doing, why->msg[0] ? why->msg : "it did not work");
	return 2;
}

void command_progress(int64_t done, int64_t of) {
	if (!isatty(STDERR_FILENO) || of == 0) return;
	(void)fprintf(stderr, "\r%lld of %lld%s", (long long)done, (long long)of, done >= of ? "\n" : "");
}

// The folder `up` levels above the program, or empty.
static Str above_program(Arena *a, int up) {
	char here[4096];
	ssize_t n = readlink("/proc/self/exe", here, sizeof here);
	Str dir = {here, n < 0 ? 0 : n};
	for (; up >= 0 && dir.n; up--) {
		while (dir.n && dir.p[dir.n - 1] != '/') dir.n--;
		if (dir.n) dir.n--;
	}
	return str_dup(a, dir);
}

Str command_pack_dir(Arena *a, Str given) {
	char here[4096];
	if (given.n) return given;
	if (access("packs/india/pack.csv", R_OK) == 0 && getcwd(here, sizeof here))
		return str_fmt(a, "%s/packs/india", here);
	for (int up = 1; up < 5; up++) {
		Str dir = above_program(a, up), pack = str_fmt(a, "%.*s/packs/india", (int)dir.n, dir.p);
		if (access(str_z(a, str_fmt(a, "%.*s/pack.csv", (int)pack.n, pack.p)), R_OK) == 0)
			return pack;
	}
	return S("packs/india");
}
