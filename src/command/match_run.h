// match_run.h - what the commands that read files of people share: files, schemas, faults, lists that are
// whole or not there.
#pragma once
#include "command/command.h"
#include "match/person.h"

typedef struct {
	Why why;
	Arena arena;
	MatchSchema schema;
	Str file; // looked at now, for faults
	Faults faults;
} MatchRun;

void match_begin(MatchRun *r, ptrdiff_t memory); // r stays where it is: faults are said through it
// 2 after a sentence when e is not OK, 1 when something in the files was wrong, 0.
int match_end(MatchRun *r, const char *doing, Err e);
MUST_USE Err match_read_file(MatchRun *r, Str path, Str *out); // up to 2 GiB
// A file when there is one of that name, or a ready-made schema.
MUST_USE Err match_read_schema(MatchRun *r, Str given);
MUST_USE Err match_read_people(MatchRun *r, Str path, People *into);
int32_t match_year_now(void);
MUST_USE Err match_write_text(Why *why, int fd, Str text);
// Calls `fill` with a file under another name first: what stands under the name is whole, or what stood there
// before. "-" and the empty name are standard output.
MUST_USE Err match_write_out(MatchRun *r, Str path, Err (*fill)(void *with, int fd), void *with);

// The agency's signing key, made when it is not there and `make`. A key that others may read is refused.
enum { MATCH_SECRET = 64 };
MUST_USE Err match_take_key(MatchRun *r, Arena *a, Str path, bool make, uint8_t secret[MATCH_SECRET]);
MUST_USE Err match_keep_to_ourselves(Why *why); // no core, no debugger of the same user
