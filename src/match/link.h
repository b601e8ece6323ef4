// link.h - who of one or two files is likely one person: candidates by fingerprint, weight by weigh.h, then
// whole groups (one file) or one partner each (two files).
//
// The same files give the same pairs whatever the threads and the kernel. A higher threshold gives a part of
// what a lower one gives: partners and groups are decided once, over all pairs, and the threshold is put on
// the result.
#pragma once
#include "match/finger.h"
#include "match/weigh.h"

typedef enum { ASSIGN_BEST, ASSIGN_GREEDY, ASSIGN_ALL } Assign;
typedef struct {
	int threads; // 0: as many as there are processors, at most 16
	double threshold; // least weight, 0 or more; not of the evidence
	Assign assign; // of two files: Hungarian within groups up to 512, greedy beyond; greedy; no
		       // assignment
	bool fingers; // the Dice of fingerprints, 0 to 1, stands for the weight; no groups are joined
	// Asked by one thread, now and then: so many of the rows are looked at. NULL: nobody wants to know.
	void (*progress)(int64_t done, int64_t of);
} LinkOptions;
typedef struct {
	int32_t left, right; // in people->person; of one file, left stands first in it
	double weight, evidence; // decides, and orders: see Weighed
	int32_t through; // joined because of this third record, or -1
} Pair;
typedef struct {
	Pair *at;
	ptrdiff_t n, cap;
} Pairs;
typedef struct {
	Weights weights;
	Pairs pairs; // by evidence falling, then by place in the files
} Links;
// ERR_TOO_LARGE when a thread finds more pairs than its memory takes.
MUST_USE Err link_people(const People *p, Why *why, const LinkOptions *how, Links *out);
// "probable" or "possible".
const char *link_decision(double weight);

// Each row's best partner so that the sum of `gain[row * n + column]` is largest (Kuhn 1955; the n^3 form by
// shortest paths). rows <= columns; partner[row] is the column.
void assign_best(Arena scratch, const double *gain, int rows, int columns, int *partner);
