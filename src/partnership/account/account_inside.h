// account_inside.h - what the files of this room share and nobody else needs.
#pragma once
#include "account/account.h"

bool account_password_common(Arena *a, Str password); // hardly more than common words, digits and runs
extern const Route account_member_route[]; // pages about other members: account_member_page.c
