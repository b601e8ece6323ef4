// manifest.h - what leaves with a release: which files, what they cost, who signed.
//
// JSON whose last field is the signature: an Ed25519 signature (RFC 8032) of the SHA-256 of all bytes before
// `,"signature":"`. So it is one plain JSON file, and nothing has to be put in order before it is checked.
// Amounts stand as whole numbers of 1e-12 rho, which add up exactly, and beside them what they mean.
#pragma once
#include "release/account.h"

#define MANIFEST_MARK ",\"signature\":\""
enum { MANIFEST_FORMAT = 2, MANIFEST_FILES = 8, MANIFEST_BYTES = 1 << 20, SECRET_BYTES = 64 };
typedef struct {
	Str name; // without a folder: files lie beside the manifest
	int64_t size;
	uint8_t hash[32]; // SHA-256
} ManifestFile;
typedef struct {
	Str what, version; // "invented rows", "noisy tables"; of the program
	Str unit; // what one person is, in words
	Str book, book_version; // of the codebook; empty in the simple form
	int64_t rows_each; // rows a person at most, which the noise is made for
	uint8_t codebook[32], head[32], key[32]; // head: of the privacy ledger, with this release
	int64_t time, entry; // entry: number of the debit
	Rho rho, spent, cap;
	double epsilon, delta; // as asked for
	Composition composition; // by which `rho` means them; of all releases together it is zCDP
	ManifestFile file[MANIFEST_FILES];
	int nfile;
} Manifest;

// `secret` of signing_pair; m->key is its public half.
Str manifest_write(Arena *a, const Manifest *m, const uint8_t secret[SECRET_BYTES]);
// ERR_INVALID, with what is wrong: no manifest, an altered one, figures that do not agree with each other. A
// good one was signed by the holder of out->key; whether that is the right one the caller must know from
// elsewhere.
MUST_USE Err manifest_read(Arena *a, Why *why, Str text, Manifest *out);
