// base.h - arena, string slice, error, context. Includes nothing of ours.
//
// Memory: every request owns one Arena; everything a request allocates dies
//         with it. Nothing in a room calls malloc or free.
// Errors: a function that can fail returns Err and is MUST_USE; the reason is
//         written once, where it is first known, with fail(). The reason is
//         for the log: it names places and ids, never a person, and no user
//         ever reads it.
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define MUST_USE __attribute__((warn_unused_result))
#define PRINTF(f, a) __attribute__((format(printf, f, a)))
#define COUNT(a) ((ptrdiff_t)(sizeof(a) / sizeof *(a)))

// Ends the process, naming the place only: for what cannot happen.
#define ASSERT(x) ((x) ? (void)0 : assert_failed_(__FILE__, __LINE__))
_Noreturn void assert_failed_(const char *file, int line);

// ---- strings: a slice, never NUL-terminated by promise ----------------------------------------
typedef struct {
	const char *p;
	ptrdiff_t n; // bytes
} Str;
#define SLIT(lit) \
	{ "" lit, (ptrdiff_t)sizeof(lit) - 1 } // "" lit: accepts a literal only
#define S(lit) ((Str)SLIT(lit)) // S in code, SLIT in static tables

bool str_eq(Str a, Str b);
bool str_eq_nocase(Str a, Str b); // ASCII letters only
int str_cmp(Str a, Str b); // bytewise, as memcmp, shorter first
bool str_starts(Str s, Str prefix);
bool str_ends(Str s, Str suffix);
ptrdiff_t str_find(Str s, Str what); // offset, or -1
ptrdiff_t str_find_char(Str s, char c);
Str str_slice(Str s, ptrdiff_t from, ptrdiff_t to); // clamped to the string
Str str_trim(Str s); // ASCII white space at both ends
Str str_of(const char *z); // borrows; NULL gives the empty string
bool str_to_int(Str s, int64_t *out); // whole string, decimal, optional '-'; false leaves *out alone
// Takes the part before the next `sep` off the front of *rest; false when *rest is used up.
// "a,,b" gives "a", "", "b"; the empty string gives nothing.
bool str_cut(Str *rest, char sep, Str *part);

// ---- arena ------------------------------------------------------------------------------------
// One reserved stretch of address space; pages are touched as they are used. Handed-out memory is zeroed,
// aligned to 16, and poisoned for AddressSanitizer until handed out. Passing an Arena by value makes scratch
// space.
typedef struct {
	char *beg, *at, *end;
} Arena;
Arena arena_new(ptrdiff_t bytes); // from the system; long-lived owners only (serve, db, pack, command, tests)
void arena_reset(Arena *a); // forgets everything; gives pages above 1 MiB back to the system
void arena_free(Arena *a);
void *arena_get(Arena *a, ptrdiff_t size, ptrdiff_t count); // zeroed; ends the process when full
#define NEW(a, T, n) ((T *)arena_get((a), (ptrdiff_t)sizeof(T), (n)))
Str str_dup(Arena *a, Str s);
char *str_z(Arena *a, Str s); // for C APIs only
Str str_fmt(Arena *a, const char *fmt, ...) PRINTF(2, 3);
Str str_hex(Arena *a, const void *bytes, ptrdiff_t n); // two small digits a byte
Str str_join(Arena *a, Str sep, const Str *part, ptrdiff_t n);

// ---- a growing run of bytes in an arena -------------------------------------------------------
typedef struct {
	Arena *a;
	char *p;
	ptrdiff_t n, cap;
} Buf;
void buf_put(Buf *b, Str s);
void buf_char(Buf *b, char c);
void buf_int(Buf *b, int64_t i);
void buf_fmt(Buf *b, const char *fmt, ...) PRINTF(2, 3);
static inline Str buf_str(const Buf *b) { return (Str){b->p, b->n}; }

// ---- errors -----------------------------------------------------------------------------------
typedef enum {
	OK,
	ERR_NOT_FOUND, // no such thing, or no right to know of it: the two look the same
	ERR_DENIED, // not signed in, or the act itself is not for this post
	ERR_INVALID, // input that cannot be taken; the form says where
	ERR_CONFLICT, // somebody was faster; both versions are shown
	ERR_BUSY, // locked, or serialisation failed twice: try again
	ERR_GONE, // erased, expired, withdrawn
	ERR_TOO_LARGE, // over a stated limit
	ERR_LIMIT, // too many tries
	ERR_FULL, // no space left on the disk
	ERR_STORE, // the database is away or broken
	ERR_BUG, // ours
	ERR__N
} Err;
typedef struct {
	Err err;
	const char *file;
	int line;
	char msg[240];
} Why;
void fail_(Why *w, Err e, const char *file, int line, const char *fmt, ...) PRINTF(5, 6);
// The constant stays visible to analysers. w is a Why*; `fail(cx->why, ERR_X, "…")`.
#define fail(w, e, ...) (fail_((w), (e), __FILE__, __LINE__, __VA_ARGS__), (e))
// The only macro that hides a return; it is bearable because nothing needs clean-up by hand.
#define TRY(x) \
	do { \
		Err try_e_ = (x); \
		if (try_e_ != OK) return try_e_; \
	} while (0)

// ---- the one context, always first -------------------------------------------------------------
// Filled by whoever runs the work (serve, command, tests); rooms only read it. Not for keeping beyond the
// request.
typedef struct Db Db; // db/db.h
typedef struct Vault Vault; // vault/vault.h
typedef struct Ledger Ledger; // ledger/ledger.h
typedef struct Pack Pack; // pack/pack.h
typedef struct Zone Zone; // base/when.h
typedef struct Actor Actor; // policy/policy.h: who acts; never NULL, a visitor is an actor too
typedef struct Reading Reading; // ledger/ledger.h: sensitive readings of this request, not yet in the ledger
typedef struct PolicyMemo PolicyMemo;
typedef struct Desk Desk; // giving/giving.h: the release that is being made
typedef struct Finder Finder; // identity/identity.h: everybody's fingerprints, in memory
typedef struct { // the key used last, sealed, as its table has it
	int64_t key, what;
	uint64_t since; // how many keys had been destroyed then
	char wrapped[80];
	int n; // bytes of it; 0: none
} KeyMemo;
typedef struct Cx {
	Arena *arena; // dies with the request
	Why *why;
	Db *db;
	Vault *vault;
	Ledger *ledger;
	const Pack *pack;
	const Zone *zone;
	const Actor *actor;
	int64_t now; // seconds since 1970-01-01 UTC; tests choose it
	int lang; // html/text.h Lang
	Finder *finder; // NULL where nobody is searched for
	Desk *desk; // NULL where no release is made
	Reading *readings;
	const PolicyMemo *memo; // policy's: the relations to the thing looked at last
	KeyMemo key_memo; // vault's
} Cx;
