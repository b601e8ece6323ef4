// audit_parts.h - what the files of the audit share; nothing of a release includes it.
#pragma once
#include "release/audit.h"
#include "release/measure.h"

enum { AUDIT_ATTRIBUTES = 5, AUDIT_ROWS = 64 };
// The same Table in room that can be changed.
typedef struct {
	uint8_t value[AUDIT_ATTRIBUTES][AUDIT_ROWS];
	int rows;
	int hers; // the last of them, of one person; the others are one row each
} People;
Table audit_table(const People *p);

// What is audited: the honest one is measure() behind spend_debit().
typedef struct {
	const Codebook *book;
	const People *people;
	Rho rho;
	Method method;
} Audited;
typedef struct Mechanism Mechanism;
struct Mechanism {
	const char *name;
	Err (*debit)(Arena *a, Why *why, Str ledger, Rho rho);
	Err (*measure)(Arena *a, Why *why, Draws *draws, const Audited *ask, Measures *out);
	int kept, given; // rows a person counts with at most, and has in the data
};
extern const Mechanism audit_honest, audit_several, audit_bugs[AUDIT_BUGS];
double audit_count(const Codebook *book, const People *p, Attributes of, ptrdiff_t cell);
