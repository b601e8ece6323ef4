// clk.h - rows of a file as the bit strings (CLK) that clkhash makes and anonlink compares, by clkhash's
// linkage schema of version 3: bit for bit what clkhash 0.16 makes of blakeHash, and after that, unless it is
// told otherwise, a diffusion that clkhash has not. docs/matching.md says what was checked against what.
//
// These bit strings are people, not anonymous data: whoever has the secret can try every name, and whoever
// has none can align them with a list of names. Whoever calls says so and has somebody agree.
#pragma once
#include "match/table.h"

typedef enum { CLK_STRING, CLK_INTEGER, CLK_DATE, CLK_ENUM, CLK__N } ClkFormat;
typedef enum { CLK_MIXED, CLK_UPPER, CLK_LOWER } ClkCase;
enum {
	CLK_FEATURES = 48,
	CLK_VALUES = 1024, // of an enumeration
	CLK_BITS = 1 << 14, // before it is folded
	CLK_ROWS = 100000,
	CLK_MIXED_FROM = 3, // bits of the diffusion
};
typedef struct {
	Str column;
	bool ignored;
	ClkFormat format;
	bool ascii;
	ClkCase letters;
	int64_t least, most; // letters of a string, value of an integer
	Str date; // %Y, %m and %d once each, other signs as they are
	Str *value;
	int nvalue;
	int ngram; // 0: the whole value
	bool positional;
	int bits;
	bool per_feature; // bits of all tokens together; else of each
	bool has_sentinel;
	Str sentinel, instead;
} ClkFeature;
typedef struct {
	int bits, folds; // bits: after folding; a power of two from 64 on
	bool sha512;
	Str salt, info;
	int key_size;
	ClkFeature feature[CLK_FEATURES];
	int n;
} ClkSchema;
typedef struct {
	const ClkSchema *schema;
	uint8_t key[CLK_FEATURES][64];
	uint8_t id[8]; // tells two secrets or projects apart and does not show them
	uint16_t (*from)[CLK_MIXED_FROM]; // of each bit
} ClkKeys;

// ERR_INVALID with the place and the mend, also for what clkhash knows and we do not: nothing is passed over
// that would change a bit. Strings are in the arena.
MUST_USE Err clk_schema_read(Arena *a, Why *why, Str json, ClkSchema *out);
// The caller wipes what comes out. Diffusion and id depend on the project too, the keys as clkhash has them
// do not.
void clk_keys(Arena *a, const ClkSchema *s, Str secret, Str project, ClkKeys *out);
// What is hashed of a cell. NULL: it fits; else what is wrong, without the text.
const char *clk_value(Arena *a, const ClkFeature *f, Str cell, Str *out);
// `value` of each feature as clk_value gives it (none for ignored ones); `out` has schema->bits / 8 bytes.
void clk_bits(const ClkKeys *k, Arena scratch, const Str *value, uint8_t *out);
// Each bit becomes the exclusive or of three others, chosen by the secret and the project.
void clk_diffuse(const ClkKeys *k, const uint8_t *in, uint8_t *out);

// One string a row, in the order of the rows, schema->bits / 8 bytes each. A cell that does not fit is
// reported and sets no bits. ERR_INVALID: a column is missing, or a row cannot be read: rows are known by
// their number to whoever compares, so that none may be passed over. ERR_TOO_LARGE: more than CLK_ROWS.
MUST_USE Err clk_export(Arena *a, Why *why, const ClkKeys *k, bool diffuse, Str csv, Faults *faults,
			uint8_t **out, int32_t *n);
