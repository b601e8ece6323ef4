// schema.h - what the columns of a file of people are: read from JSON, described in docs/matching.md.
#pragma once
#include "base/base.h"

typedef enum {
	KIND_GIVEN,
	KIND_FAMILY,
	KIND_NAME, // given and family in one column, in any order
	KIND_GUARDIAN, // father's, mother's or husband's name
	KIND_BIRTH_DATE,
	KIND_BIRTH_YEAR,
	KIND_BIRTH_MONTH,
	KIND_BIRTH_DAY,
	KIND_AGE,
	KIND_SEX,
	KIND_PLACE, // village, suburb, city, district, state
	KIND_POSTCODE,
	KIND_STREET,
	KIND_HOUSE, // number of the house
	KIND_PHONE,
	KIND_EMAIL,
	KIND_IDENTIFIER, // a number that one person has
	KIND_CODE, // short; the same or not
	KIND_TEXT,
	KIND_IGNORE,
	KIND__N
} MatchKind;

typedef enum { DATE_ANY, DATE_YMD, DATE_DMY, DATE_MDY } DateOrder;
enum { SCHEMA_FIELDS = 48, SCHEMA_NAMES = 6, SCHEMA_BYTES = 1 << 20 };
typedef struct {
	Str column[SCHEMA_NAMES]; // the first that the file has
	int ncolumn;
	MatchKind kind;
	DateOrder order;
} SchemaField;
typedef struct {
	Str id[SCHEMA_NAMES];
	int nid;
	SchemaField field[SCHEMA_FIELDS];
	int n;
} MatchSchema;

// ERR_INVALID with the place and what would be right. Strings are in the arena.
MUST_USE Err schema_read(Arena *a, Why *why, Str json, MatchSchema *out);
// The text of a ready-made one ("febrl", "htcds", "sangam"); empty when there is none of that name.
Str schema_ready(Str name);
const char *schema_kind_name(MatchKind kind);

// Made from schemas/*.json by the build.
typedef struct {
	const char *name, *json;
} ReadySchema;
extern const ReadySchema ready_schema[];
extern const ptrdiff_t ready_schemas;
