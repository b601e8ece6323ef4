// actor.h - who acts: filled by serve and the command line, read by ledger (who did it) and policy (who may).
#pragma once
#include "base/base.h"
#include "base/id.h"

struct Actor {
	MemberId member; // 0: visitor, or the program itself
	StakeholderId stakeholder; // 0: none
	uint32_t posts; // bits of the pack's posts
	bool program; // timers and the command line: may everything the rule that calls needs
	Str name, stakeholder_name; // for the page frame
	Str login_code; // opaque, for sessions
};
