// person.h - several rows of one person: made into one by the codebook's rules, or at most so many kept.
//
// The unit is the person, so what one person can change must be bounded before anything is counted. Either
// her rows collapse into one, attribute by attribute, as the codebook declares; or at most `most` of them
// count, and the noise is made for that: in each table one person then changes counts by at most `most`
// together, so the same noise costs `most` squared as much. Which rows are kept is decided by a fresh random
// key, who she is and the order of her rows, never by a value and never by another person's rows.
#pragma once
#include "release/account.h"
#include "release/table.h"

enum { PERSON_ROWS = 16 }; // at most, of one person
typedef struct {
	bool collapse;
	int most; // rows a person when they do not collapse; 1: twice is a mistake
} PersonRule;

// `table` as read, with `who` when the codebook has a unit. ERR_INVALID, with the lines, when a person is
// there twice and may not be; with the attribute, when the codebook does not say how it collapses.
MUST_USE Err person_rows(Arena *a, Why *why, const Codebook *book, const PersonRule *rule, Table *table);
// What may be spent on counts in which one person is one, so that `most` rows of her cost no more than `rho`.
Rho person_budget(Rho rho, int most);
