// Who gets a report, and who never does.
#include "report/report_parts.h"
#include "stakeholder/stakeholder.h"

enum { LADDER = 16 }; // no country has more agencies one above the other

static const Str kinds[] = {SLIT("police"), SLIT("ngo"), SLIT("hub")};

// An agency under a walled one is not free of it: its superiors ask, and it answers.
Err report_free_of_walls(Cx *cx, Object on, StakeholderId who, bool *out) {
	bool walled = false;
	for (int step = 0; who.n && !walled && step < LADDER; step++) {
		TRY(policy_is_walled(cx, on, who, &walled));
		TRY(stakeholder_above(cx, who, &who));
	}
	*out = !walled;
	return OK;
}

Err report_receiver(Cx *cx, Str area, StakeholderId *out) {
	*out = (StakeholderId){0};
	for (ptrdiff_t i = 0; i < COUNT(kinds) && !out->n; i++)
		TRY(stakeholder_nearest(cx, kinds[i], area, (Object){0}, out));
	return OK;
}

Err report_receiver_beyond(Cx *cx, ReportId id, StakeholderId usual, Str area, StakeholderId *out) {
	Object on = {ABOUT_REPORT, id.n};
	StakeholderId who = usual;
	bool is_free = false;
	for (int step = 0; who.n && step < LADDER; step++) {
		TRY(report_free_of_walls(cx, on, who, &is_free));
		if (is_free) {
			*out = who;
			return OK;
		}
		TRY(stakeholder_above(cx, who, &who));
	}
	for (ptrdiff_t i = COUNT(kinds) - 1; i >= 0; i--) { // the hub's office, then whoever else is near
		TRY(stakeholder_nearest(cx, kinds[i], area, on, &who));
		if (who.n) TRY(report_free_of_walls(cx, on, who, &is_free));
		if (who.n && is_free) {
			*out = who;
			return OK;
		}
	}
	*out = (StakeholderId){0};
	return OK;
}
