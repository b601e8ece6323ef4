// psi_log.h - which sessions of match psi one key took part in: lines beside the key, without anything of a
// file of people. A session stands here, on the disk, before anything of it leaves; a session that stands
// here is not begun again, and with one partner no more than so many are begun in a day.
#pragma once
#include "base/base.h"

typedef struct {
	Str path;
	uint8_t partner[32];
	Str session, purpose, me, other;
	bool asks;
	int64_t records; // as told
} PsiLogged;

// ERR_CONFLICT: begun before; ERR_LIMIT: too many in 24 hours; ERR_INVALID: the log was altered.
MUST_USE Err psi_log_begin(Arena *a, Why *why, const PsiLogged *s, int64_t now, int64_t a_day);
// `pairs` < 0: it broke off.
MUST_USE Err psi_log_end(Arena *a, Why *why, const PsiLogged *s, int64_t now, int64_t pairs);
