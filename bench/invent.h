// invent.h - people with errors, made from public lists of names by a fixed seed: sets on which nothing was
// tried while the program's constants were chosen.
#pragma once
#include "base/base.h"

// COPIES: one file in which two of five people stand twice or three times, after the manner of FEBRL: at most
// three errors a copy. AGES: a register with dates of birth, and reports with an age, a father's name and a
// village. SCRIPTS: the same people in Latin letters and in Devanagari, as candidates wrote themselves.
typedef enum { INVENT_COPIES, INVENT_AGES, INVENT_SCRIPTS } Invent;
bool invent_file(Arena *a, const char *dir, const char *name, Str *out); // false: it cannot be read
// CSV, of two files or one; the first digits of an id are the person. false: `names` has not the lists.
bool invent(Arena *a, const char *names, Invent what, Str text[2]);
