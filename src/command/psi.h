// psi.h - what the ledger of a hub keeps of sessions of match psi and of files of match clk: with whom, for
// what, how many; nobody's id.
#pragma once
#include "ledger/ledger.h"

extern const EntryKind KIND_clk_made;
extern const EntryKind *const psi_kinds[];
