#include "command/house.h"
#include "account/account.h"
#include "casefile/casefile.h"
#include "command/psi.h"
#include "duty/duty.h"
#include "giving/giving.h"
#include "identity/identity.h"
#include "inbox/inbox.h"
#include "report/report.h"
#include "screening/screening.h"
#include "serve/door.h"
#include "stakeholder/stakeholder.h"
#include "statistics/statistics.h"

const Routes *const house_routes[] = {
	&door_routes,	  &stakeholder_routes, &account_routes,	  &inbox_routes,
	&duty_routes,	  &report_routes,      &screening_routes, &casefile_routes,
	&identity_routes, &statistics_routes,  &giving_routes,	  NULL,
};

static const EntryKind *const *const kinds[] = {
	stakeholder_kinds, account_kinds,  duty_kinds,	     report_kinds, screening_kinds,
	casefile_kinds,	   identity_kinds, statistics_kinds, giving_kinds, psi_kinds,
};

const EntryKind *const *house_kinds(Arena *a) {
	ptrdiff_t n = 0;
	for (ptrdiff_t i = 0; i < COUNT(kinds); i++)
		for (const EntryKind *const *k = kinds[i]; *k; k++) n++;
	const EntryKind **all = NEW(a, const EntryKind *, n + 1);
	n = 0;
	for (ptrdiff_t i = 0; i < COUNT(kinds); i++)
		for (const EntryKind *const *k = kinds[i]; *k; k++) all[n++] = *k;
	return all;
}

// A bounded part of what is due; the next tick takes the rest.
static Err tick_duties(Cx *cx) {
	int64_t left;
	return duty_tick(cx, 0, &left);
}

Err (*const house_ticks[])(Cx *cx) = {tick_duties,     account_tick, report_tick, identity_tick,
				      statistics_tick, giving_tick,  NULL};
Err (*const house_asides[])(Cx *cx, bool *more) = {identity_work, giving_work, NULL};
