// expr_regex.h - regular expressions for expr: POSIX extended syntax, matched against the whole text.
//
// No back-references and no memory outside the arena: the pattern becomes a small machine whose every state
// is followed at once, so that the time is (pattern x text) whatever the pattern is. \d \w \s and their
// capitals are known because ODK's authors write them; letters of all scripts count as \w and [[:alpha:]].
// One sign is one code point. Limits: 200 signs of pattern, counts up to 64 and not nested, 1,000 states,
// 4,000 signs of text.
#pragma once
#include "base/base.h"

typedef struct ExprRegex ExprRegex;
// NULL when the pattern cannot be taken; *say then tells why, in plain English.
const ExprRegex *expr_regex_compile(Arena *a, Str pattern, const char **say);
bool expr_regex_match(Arena scratch, const ExprRegex *r, Str text);
