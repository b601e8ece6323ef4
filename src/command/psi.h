// psi.h - what the ledger of a hub keeps of sessions of match psi: with whom, for what, how many; nobody's
// id.
#pragma once
#include "ledger/ledger.h"

extern const EntryKind *const psi_kinds[];
