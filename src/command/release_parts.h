// release_parts.h - what the files of the release commands share.
#pragma once
#include "command/command.h"
#include "release/manifest.h"
#include "release/person.h"
#include "release/release.h"

#define RELEASE_SURE 1.96 // 95 % of a Gaussian lie within so many sigma

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
// What a release is about, in its own words, and how many rows of invented people it has (0: tables).
typedef struct {
	const char *what;
	ptrdiff_t rows;
	bool settled;
} Said;

// ---- files
Err release_read(Arena *a, Why *why, Str path, Str *out); // at most 2 GiB
Str release_name(Str path); // without its folder
Err release_files_make(Release *r, const Args *a); // nothing is spent yet when one of them cannot be made
Err release_file_fill(Release *r, Leaves which, Str text); // written and on the disk, under its first name
Err release_sheet_fill(Release *r, Str csv);
Err release_files_keep(Release *r); // all of them get their names
void release_files_leave(Release *r); // what has no name yet goes
Err release_key(Release *r, const Args *a);
Err release_sign(Release *r, const char *what);

// ---- what is said
Str release_hex(Arena *a, const uint8_t *p); // of 32 bytes
Str release_report(Release *r, const Said *said); // for programs
Str release_page(Release *r, const Said *said); // for readers
Str release_unit(Release *r);
// Cells of all measured tables, and those of them that cannot be told from zero.
void release_cells(const Release *r, double *all, double *unsure);
