// release_parts.h - what the files of the release commands share.
#pragma once
#include "command/command.h"
#include "release/manifest.h"
#include "release/person.h"
#include "release/release.h"
#include "release/said.h"

// What leaves. Each has a name of its own until all of them are whole.
typedef enum { LEAVES_DATA, LEAVES_SHEET, LEAVES_REPORT, LEAVES_PAGE, LEAVES_MANIFEST, LEAVES__N } Leaves;
typedef struct {
	Str path, part; // the name it will have, and has until it is whole; empty: not asked for
	int fd; // of the part, or -1
	bool whole;
} OutFile;
typedef struct {
	Arena arena, data; // data: of the people alone, who are gone once they are measured
	Why why;
	Codebook book;
	Table people;
	PersonRule persons;
	Method method;
	double epsilon, delta;
	Composition composition;
	Rho rho; // of the release, all of it debited
	Spent spent;
	Measures measures;
	bool coarser; // values flowed together, because people are few
	const uint8_t *head; // the ledger must end so; NULL: however it ends
	int lang;
	OutFile out[LEAVES__N];
	uint8_t secret[SECRET_BYTES];
	Manifest signs;
} Release;

// ---- files
Err release_read(Arena *a, Why *why, Str path, Str *out); // at most 2 GiB
Str release_name(Str path); // without its folder
Err release_files_make(Release *r, const Args *a); // nothing is spent yet when one of them cannot be made
Err release_file_fill(Release *r, Leaves which, Str text); // written and on the disk, under its first name
Err release_sheet_fill(Release *r, Str csv);
Err release_files_keep(Release *r); // all of them get their names
void release_files_leave(Release *r); // what has no name yet goes
Err release_key(Release *r, const Args *a);
Err release_sign(Release *r, const Said *s);
