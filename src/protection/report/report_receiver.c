// Who gets a report, and who never does. The kinds, and the order in which they are asked, are the pack's.
#include "report/report_parts.h"
#include "report_sql.h"
#include "stakeholder/stakeholder.h"

enum {
	LADDER = 16, // no country has more agencies one above the other
	PLACED_AT_ONCE = 50, // in one tick: the next takes the rest
	LOOKED_AT = 200, // in one question
};

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

// The first of them that may have it; on.id 0: nobody is walled. *out stays when there is none.
static Err first_free(Cx *cx, Object on, const StakeholderIds *of, StakeholderId *out) {
	for (ptrdiff_t i = 0; i < of->n && !out->n; i++) {
		bool is_free = true;
		if (on.id) TRY(report_free_of_walls(cx, on, of->at[i], &is_free));
		if (is_free) *out = of->at[i];
	}
	return OK;
}

static Err asked(Cx *cx, const PackReceiver *row, Str area, Object on, StakeholderId *out) {
	StakeholderIds of;
	if (row->anywhere) {
		TRY(stakeholder_of_kind(cx, row->kind, S(""), &of));
		return first_free(cx, on, &of, out);
	}
	const PackArea *at = pack_area(cx->pack, area);
	if (!at) at = pack_area(cx->pack, cx->pack->country); // nobody said where: the whole country
	for (; at && !out->n; at = at->parent.n ? pack_area(cx->pack, at->parent) : NULL) {
		TRY(stakeholder_of_kind(cx, row->kind, at->code, &of));
		TRY(first_free(cx, on, &of, out));
	}
	return OK;
}

static Err ask_all(Cx *cx, bool conflict, Str area, Object on, StakeholderId *out) {
	*out = (StakeholderId){0};
	for (ptrdiff_t i = 0; i < cx->pack->nreceiver && !out->n; i++)
		if (cx->pack->receiver[i].conflict == conflict)
			TRY(asked(cx, &cx->pack->receiver[i], area, on, out));
	return OK;
}

Err report_receiver(Cx *cx, Str area, StakeholderId *out) {
	return ask_all(cx, false, area, (Object){0}, out);
}

// Whoever stands above, as far as it works and is free of walls.
static Err up_from(Cx *cx, Object on, StakeholderId who, StakeholderId *out) {
	*out = (StakeholderId){0};
	for (int step = 0; who.n && !out->n && step < LADDER; step++) {
		Stakeholder s;
		bool is_free;
		TRY(stakeholder_get(cx, who, &s));
		TRY(report_free_of_walls(cx, on, who, &is_free));
		if (s.active && is_free) *out = who;
		who = s.above;
	}
	return OK;
}

Err report_receiver_beyond(Cx *cx, ReportId id, StakeholderId usual, Str area, StakeholderId *out) {
	Object on = {ABOUT_REPORT, id.n};
	TRY(up_from(cx, on, usual, out));
	return out->n ? OK : ask_all(cx, true, area, on, out);
}

// Gives one report to whoever may have it by now. *placed: it went somewhere.
static Err place(Cx *cx, ReportId id, bool *placed) {
	Report r;
	StakeholderId usual, to;
	TRY(report_get(cx, id, &r));
	TRY(report_receiver(cx, r.area, &usual));
	TRY(report_receiver_beyond(cx, id, usual, r.area, &to));
	*placed = to.n && to.n != r.receiver.n;
	return *placed ? report_hand_over(cx, &r, to) : OK;
}

Err report_place_unheld(Cx *cx) {
	int placed = 0;
	for (int64_t after = 0, more = 1; more && placed < PLACED_AT_ONCE;) {
		Rows rs;
		TRY(db_run(cx, &SQL_report_unheld, &rs, INT(after), INT(LOOKED_AT)));
		for (ptrdiff_t i = 0; i < rs.n && placed < PLACED_AT_ONCE; i++) {
			bool now;
			after = row_int(&rs.row[i], 0);
			TRY(place(cx, (ReportId){after}, &now));
			placed += now;
		}
		more = rs.n == LOOKED_AT;
	}
	return OK;
}
