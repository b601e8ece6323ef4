#include "inbox/inbox.h"
#include "casefile/casefile.h"
#include "duty/duty.h"
#include "identity/identity.h"
#include "inbox_sql.h"
#include "report/report.h"
#include "stakeholder/stakeholder.h"

enum {
	LOOK_BACK =
		600, // entries of the ledger that are told at all: an hour of a very busy hub, days of others
	LOOK_MESSAGES = 500,
};

// Whether any of the reader's posts has the act, standing in this relation.
static bool grants(Cx *cx, Relation r, Act act) {
	return cx->actor->member.n && policy_grant(cx->pack, cx->actor->posts, false, r, act) != 0;
}

bool inbox_owes(Cx *cx) { return grants(cx, RELATION_NOBODY, ACT_duty_list); }

Err inbox_changes(Cx *cx, int64_t since, int limit, Changes *out) {
	Rows rs;
	*out = (Changes){.at = NEW(cx->arena, Change, limit)};
	if (!cx->actor->stakeholder.n || !cx->actor->member.n) return OK;
	TRY(db_run(cx, &SQL_inbox_changes, &rs, INT(cx->actor->stakeholder.n), INT(since), INT(ABOUT_REPORT),
		   INT(LOOK_BACK), STR(policy_relations_with(cx, ACT_report_read)), INT(limit),
		   INT(ABOUT_CASE), STR(policy_relations_with(cx, ACT_case_read))));
	for (ptrdiff_t i = 0; i < rs.n; i++) {
		const Row *r = &rs.row[i];
		out->at[out->n++] = (Change){
			.seq = row_int(r, 0),
			.at = row_int(r, 1),
			.on = {(About)row_int(r, 2), row_int(r, 3)},
			.by = {row_int(r, 4)},
			.kind = row_str(r, 5),
			.number = row_str(r, 6),
		};
	}
	return OK;
}

static void put_rows(Waits *w, WaitKind kind, const Rows *rs) {
	for (ptrdiff_t i = 0; i < rs->n; i++) {
		const Row *r = &rs->row[i];
		w->at[w->n++] = (Wait){kind, row_int(r, 0), row_int(r, 1),
				       kind == WAIT_PERSON ? row_int(r, 3) : 0, row_str(r, 2)};
	}
}

// Those the reader may agree to: nobody decides what she asked for herself.
static Err put_waivers(Cx *cx, int limit, Waits *w) {
	Duties d;
	if (!grants(cx, RELATION_LEAD, ACT_duty_approve)) return OK;
	TRY(duty_waivers(cx, cx->actor->stakeholder, limit, &d));
	for (ptrdiff_t i = 0; i < d.n; i++)
		if (d.duty[i].waiver_by.n != cx->actor->member.n)
			w->at[w->n++] =
				(Wait){WAIT_WAIVER, d.duty[i].id.n, d.duty[i].due, 0, d.duty[i].number};
	return OK;
}

// One line for all: their own page has them one by one. Suspects are told of there, to whom may know.
static Err put_findings(Cx *cx, Waits *w) {
	Findings list;
	if (!(policy_grant(cx->pack, cx->actor->posts, false, RELATION_LEAD, ACT_person_write) &
	      CLASS_BIT(CLASS_IDENTITY)))
		return OK;
	TRY(identity_waiting(cx, 1, &list));
	if (list.n) w->at[w->n++] = (Wait){WAIT_FINDING, 0, list.at[0].at, 0, S("")};
	return OK;
}

Err inbox_waiting(Cx *cx, int limit, Waits *out) {
	Rows rs;
	Val me = INT(cx->actor->stakeholder.n);
	*out = (Waits){.at = NEW(cx->arena, Wait, WAIT__N * (ptrdiff_t)limit)};
	if (grants(cx, RELATION_LEAD, ACT_report_read)) {
		TRY(db_run(cx, &SQL_inbox_reports, &rs, me, INT(limit)));
		put_rows(out, WAIT_REPORT, &rs);
		TRY(db_run(cx, &SQL_inbox_messages, &rs, me, INT(LOOK_MESSAGES), INT(limit)));
		put_rows(out, WAIT_MESSAGE, &rs);
	}
	TRY(put_waivers(cx, limit, out));
	TRY(put_findings(cx, out));
	if (!grants(cx, RELATION_LEAD, ACT_screening_read)) return OK;
	TRY(db_run(cx, &SQL_inbox_screenings, &rs, me, INT(ABOUT_REPORT), INT(limit)));
	put_rows(out, WAIT_SCREENING, &rs);
	TRY(db_run(cx, &SQL_inbox_people, &rs, me, INT(ABOUT_PERSON), INT(limit), INT(ABOUT_CASE),
		   STR(policy_relations_with(cx, ACT_person_read)), INT(CASE_OPEN)));
	put_rows(out, WAIT_PERSON, &rs);
	return OK;
}
