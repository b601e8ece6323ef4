// spend.h - the privacy ledger: what was ever spent on the people of one set of data, in a file of its own.
//
// The debit is on the disk before the first random draw: spend_debit returns only then. One process at a time
// holds the file; what would go over the cap is refused and leaves no trace. Each line is chained to the ones
// before by SHA-256, so that an altered, dropped or inserted line is named. A last line without its end was
// never acknowledged and is taken away. Going back to an older copy cannot be seen from the file alone:
// whoever wants to see it keeps `head` elsewhere and gives it with the next debit.
//
// The file:  sangam-spend 1 CAP          (units of account.h)
//            NUMBER AMOUNT TIME WHAT HEAD   (HEAD: 64 hex digits, of the head before and of this line up to
//            it)
#pragma once
#include "release/account.h"

#define SPEND_CAP_EPSILON 4.0 // for a new file: rho of (4, 1e-9), over the life of the data
#define SPEND_CAP_DELTA 1e-9

typedef struct {
	Rho cap, spent;
	int64_t entries;
	uint8_t head[32];
} Spent;

// What the text of a ledger says. ERR_INVALID names the line. *whole: bytes up to the end of the last whole
// line.
MUST_USE Err spend_read(Arena *a, Why *why, Str text, Spent *out, ptrdiff_t *whole);
// `what`: small letters, digits and -, for the reader. ERR_LIMIT: over the cap; ERR_BUSY: another release is
// at it; ERR_FULL, ERR_STORE: not on the disk. After any error nothing may be drawn. *after is what stands
// then.
MUST_USE Err spend_debit(Arena *a, Why *why, Str path, Rho amount, Str what, int64_t now, Spent *after);
// The same, when the ledger ends with `head` (32 bytes; NULL: whatever it ends with). ERR_CONFLICT: it does
// not, so it is an older copy, a newer one, or another.
MUST_USE Err spend_debit_after(Arena *a, Why *why, Str path, const uint8_t *head, Rho amount, Str what,
			       int64_t now, Spent *after);
