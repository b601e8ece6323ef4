// command.h - the command line: a table of subcommands, their options as tables, one help text made of both.
//
// Exit status: 0 done; 1 done, and something is wrong with what was looked at (faults, mistakes, rows not
// taken); 2 not done, with one clear line on standard error.
#pragma once
#include "base/base.h"

typedef struct {
	const char *name; // "--hub"
	const char *value; // "DIR"; NULL for a switch
	const char *help;
	bool required;
} Option;
typedef struct {
	Str hub, database, pack, origin, key_file, passphrase_file, credential, listen, against, agency,
		login, name, posts, out, clock, format, password_file, area, schema, threshold, threads,
		assign, data, domain, epsilon, delta, ledger, report, lists, bootstrap, level, seed, key,
		manifest, runs, person, rows_per_person, head, lang, page, xlsx, me, partner, partner_key,
		purpose, session, until, role, folder, connect, fields, collisions, most, a_day, method,
		secret, project, days, composition;
	bool demo, check, secure_cookie, help, pipe, hub_given, reveals_people, plain, thorough;
	Str rest[8]; // what is no option
	int nrest;
} Args;
typedef struct {
	const char *name; // "pack check"
	const char *line; // one line of help
	const char *rest; // what follows the options, for the help
	const Option *option;
	int noption;
	int (*run)(const Args *a);
	const char *about; // what the help says besides; may be NULL
} Command;

extern const Command commands[];
extern const ptrdiff_t ncommands;
int command_main(int argc, char **argv);

int command_init(const Args *a);
int command_serve(const Args *a);
int command_verify(const Args *a);
int command_rebuild(const Args *a);
int command_member_add(const Args *a);
int command_pack_check(const Args *a);
int command_routes(const Args *a);
int command_import(const Args *a);
int command_export(const Args *a);
int command_match_dedupe(const Args *a);
int command_match_link(const Args *a);
int command_match_psi(const Args *a);
int command_match_clk(const Args *a);
int command_match_clk_check(const Args *a);
int command_match_key(const Args *a);
int command_release_synth(const Args *a);
int command_release_tables(const Args *a);
int command_release_verify(const Args *a);
int command_release_audit(const Args *a);
int command_extent(const Args *a);

// Says in one line what went wrong and what to do; returns 2.
int command_failed(const char *doing, const Why *why);
Str command_pack_dir(Arena *a,
		     Str given); // the given one, or packs/india beside the program or the current folder
void command_progress(int64_t done, int64_t of);
