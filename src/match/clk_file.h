// clk_file.h - a file of bit strings as `match clk` writes it, read by who got it: nothing of it is used
// unless all of it is what was signed and its end has not come. docs/matching.md says what stands in it.
#pragma once
#include "base/base.h"

enum { CLK_FILE_BYTES = 512 << 20, CLK_FILE_DAYS = 30, CLK_FILE_PROJECT = 64 };
typedef struct {
	Str project; // letters, digits, - _ and .
	Str schema, key; // hexadecimal: SHA-256 of the linkage schema, id of secret and project
	int64_t made, expires;
	int32_t rows;
	int bits; // of each string; 0 when there are no rows
	int diffusion; // 3, or 0: plain bits
	uint8_t public_key[32]; // whose signature it is; whether that is the partner's, the caller asks
} ClkFile;

// ERR_INVALID: not such a file, or a byte of it was changed; ERR_GONE: its end has come; ERR_TOO_LARGE.
// Strings are in the arena.
MUST_USE Err clk_file_read(Arena *a, Why *why, Str text, int64_t now, ClkFile *out);
