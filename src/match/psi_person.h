// psi_person.h - a person as what two agencies compare by psi.h: parts of names, birth date and address, each
// with its weight. Both sides must make the same of the same person, so a change here is another
// PSI_FEATURES.
#pragma once
#include "match/person.h"
#include "match/psi.h"

enum { PSI_FEATURES = 2 }; // number of this way to make features; the terms name it
typedef uint32_t PsiFields; // bit 1 << MatchKind
// The kinds of columns that a schema has and that are compared. Sex and whatever has no letters in common are
// left out.
PsiFields psi_fields_of(const MatchSchema *s);
// "given family birth", in the order of the table; what is said to people and in terms.
Str psi_fields_say(Arena *a, PsiFields f);
// ERR_INVALID: a word that is no field, or one that the schema has not.
MUST_USE Err psi_fields_read(Why *why, Str words, PsiFields has, PsiFields *out);
// The least number of collisions that follows from the fields: one standard deviation more than two people of
// one household come to who share family name, guardian and home and nothing else; 4 at least. With a birth
// date that is 4, as a rule; with names, place and postcode alone 7.
int psi_collisions_usual(PsiFields f);
// Features of one person; empty when nothing is known. Strings are in the arena.
PsiRecord psi_record(Arena *a, const People *p, const Person *of, PsiFields fields);
