// audit.h - does the release keep its promise? Asked of the program itself, from outside, many times.
//
// Ten pairs of neighbouring data are measured again and again by the same code as a release, one of them with
// several rows a person. Tables, the number of people and the noisy choice of pairs are all looked at.
// Whoever tries to tell from the result which of the two it was, with the best test there is for Gaussian
// noise, must not succeed more often than the privacy promised allows. What is sure of it (Clopper and
// Pearson 1934, shared out over the pairs by Bonferroni) is a lower bound on mu: above sqrt(2 rho) it is a
// violation. Plain looks come beside it: that noise is whole, fresh, of the size it says, in every cell of
// the codebook, and debited first.
//
// And does the audit see anything? Twelve known bugs are put in, one at a time, and each must be caught. They
// are made here from results of the honest code: nothing of them can be reached by a release.
//
// Sources: Dong, Roth and Su 2022 (mu); Jagielski, Ullman and Oprea 2020 (auditing by neighbours).
#pragma once
#include "release/measure.h"

enum { AUDIT_PAIRS = 10, AUDIT_BUGS = 12 };
typedef struct {
	const char *name;
	double mu, found; // promised; lower bound of what was found
	bool violated;
} AuditPair;
typedef struct {
	const char *name, *by; // which look caught it; NULL: none
} AuditBug;
typedef struct {
	AuditPair pair[AUDIT_PAIRS];
	AuditBug bug[AUDIT_BUGS];
	const char *looks; // which plain look the honest code did not pass; NULL: it passed all
	int violations, caught;
	double least_ratio; // found / promised, the least of the pairs
} Audit;
typedef struct {
	int runs; // of each of the two of a pair, 1000 to 10,000,000
	double confidence; // that no violation is found where there is none
	Str ledger; // a file for the debits, made and left behind
	Method method;
	void (*progress)(int64_t done, int64_t of); // may be NULL
} AuditAsk;
MUST_USE Err audit(Arena *a, Why *why, const AuditAsk *how, Audit *out);
// The largest chance that is not ruled out by `hits` of `n`, at 1 - alpha (Clopper and Pearson 1934).
double audit_upper(int64_t hits, int64_t n, double alpha);
