// person.h - people as matching sees them: the rows of one or two files under one schema, every value
// normalised, counted and kept once.
#pragma once
#include "match/schema.h"
#include "match/table.h"

enum { VALUE_TOKENS = 8, TEXT_TRACKS = 24 };
typedef struct {
	Str light; // lower case, tokens with one space between; what is the same by this is the same
	Str hard; // how it sounds, without spaces; for names alone
	Str skeleton; // its consonants; for names alone
	Str token[VALUE_TOKENS], hard_token[VALUE_TOKENS];
	int32_t token_id[VALUE_TOKENS]; // in `tokens`
	int ntoken;
	int32_t count; // records that have it
} Value;
typedef struct {
	Value *at; // [0] is the missing value
	int32_t n, cap;
	int32_t *slot;
	int32_t nslot;
} Values;

typedef struct {
	char digit[8]; // yyyymmdd as far as known
	int16_t year; // 0: not known
	int8_t month, day; // 0: not known
	bool whole; // a date, even an impossible one; otherwise only the year counts
	int8_t within; // years that the year may be off: 0, or 1 for an age
} Birth;

typedef struct {
	Str id;
	int64_t line;
	int32_t given, family, name, guardian; // in names; 0: missing
	int32_t text[TEXT_TRACKS]; // in track[i].values
	Birth birth;
	int32_t birth_id; // in dates; 0: no whole date
	char sex; // 'f', 'm', 'x' or 0
} Person;

typedef struct {
	MatchKind kind;
	Str label; // the column
	Values values;
} TextTrack;
typedef struct {
	Arena *arena;
	Person *person;
	int32_t n, cap, second; // the second file begins here
	bool two; // there is a second file
	bool whole_names; // the schema has a column of whole names: every record gets one
	Values names, tokens, dates;
	TextTrack track[TEXT_TRACKS];
	int ntrack;
	int32_t year; // of now, for ages
} People;

// `names` = false: plain text, no forms of a name.
int32_t values_take(Arena *a, Values *v, Values *tokens, Str typed, bool names);
void people_begin(People *p, Arena *a, int32_t year_now, const MatchSchema *s);
// Adds a file's rows. Faults are reported and the rest goes on. ERR_INVALID: no id column.
MUST_USE Err people_add(People *p, Why *why, const MatchSchema *s, Str csv, Faults *faults);

// A phone number, postcode or identifier as it is compared: digits of any script as 0-9, Latin letters small,
// nothing between them; of a phone number the last ten, so that a country's code or a leading 0 is nothing.
// One number; empty: there is none in it. In `a`.
Str number_plain(Arena *a, MatchKind kind, Str typed);

// One person, from a value for each of the schema's fields; empty: not known. What cannot be read is left
// out.
void people_put(People *p, const MatchSchema *s, Str id, const Str *value);

typedef enum { DATE_GOOD, DATE_MISSING, DATE_BAD } DateRead;
// DATE_BAD: not a date of the calendar or not within 1850 to year_now; what digits there are, are in *out all
// the same when they make eight.
DateRead birth_read(Str s, DateOrder order, int32_t year_now, Birth *out);
