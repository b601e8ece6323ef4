#include "duty/duty.h"
#include "duty/duty_parts.h"
#include "duty_sql.h"

enum { TRAVEL_MAX = 240 };

static const Str state_codes[] = {
	[DUTY_OPEN] = SLIT("open"),	[DUTY_ACKNOWLEDGED] = SLIT("acknowledged"),
	[DUTY_DONE] = SLIT("done"),	[DUTY_REFUSED] = SLIT("refused"),
	[DUTY_WAIVED] = SLIT("waived"),
};
_Static_assert(COUNT(state_codes) == DUTY__N, "every state has its word");
Str duty_state_code(DutyState s) { return state_codes[s]; }

// The duty as its reader saw it, or a conflict: somebody was faster, and the page shows both.
static Err get_live(Cx *cx, DutyId id, int64_t version, Duty *d) {
	TRY(duty_get(cx, id, d));
	if (d->version != version || !duty_state_live(d->state))
		return fail(cx->why, ERR_CONFLICT, "duty %lld is not as its reader saw it", (long long)id.n);
	return OK;
}

static Duty close_as(const Duty *d, DutyState state, int64_t now, int64_t happened) {
	Duty c = *d;
	c.state = state;
	c.closed = now;
	c.late = happened > d->due ? happened - d->due : 0;
	c.waiver_by = (MemberId){0};
	return c;
}

static Err need_text(Cx *cx, Str text) {
	return str_trim(text).n ? OK : fail(cx->why, ERR_INVALID, "a duty's text is empty");
}

Err duty_acknowledge(Cx *cx, DutyId id, int64_t version) {
	Duty d;
	TRY(get_live(cx, id, version, &d));
	if (d.state != DUTY_OPEN)
		return fail(cx->why, ERR_CONFLICT, "duty %lld is acknowledged already", (long long)id.n);
	Duty next = d;
	next.state = DUTY_ACKNOWLEDGED;
	return duty_write(cx, &d, &next, &(DutyChange){.kind = STEP_ACKNOWLEDGED});
}

// Who leads now; the duty remembers who led when it was raised.
static Err lead_now(Cx *cx, Object matter, StakeholderId *out) {
	RelatedList list;
	if (!matter.id) return OK;
	TRY(policy_related(cx, matter, &list));
	for (ptrdiff_t i = 0; i < list.n; i++)
		if (list.at[i].relation == RELATION_LEAD && !list.at[i].member.n) {
			*out = list.at[i].stakeholder;
			return OK;
		}
	return OK;
}

// What the row says follows, with the facts that held when the duty began.
static Err then(Cx *cx, const Duty *d, int64_t at) {
	if (!d->row || !d->row->then.n) return OK;
	DutyFacts facts;
	TRY(duty_facts_of(cx, d, &facts));
	DutyEvent e = {
		.event = d->row->then,
		.report = d->report,
		.kase = d->kase,
		.person = d->person,
		.key = d->key,
		.receiver = d->receiver,
		.lead = d->lead,
		.area = d->area,
		.number = d->number,
		.at = at,
		.occurrence = d->id.n,
		.facts = facts.at,
		.nfacts = facts.n,
	};
	TRY(lead_now(cx, (Object){ABOUT_CASE, d->kase.n}, &e.lead));
	TRY(lead_now(cx, (Object){ABOUT_REPORT, d->report.n}, &e.receiver));
	return duty_event(cx, &e);
}

Err duty_done(Cx *cx, DutyId id, const DutyDone *done) {
	Duty d;
	TRY(get_live(cx, id, done->version, &d));
	TRY(need_text(cx, done->text));
	if (done->when > cx->now || done->when < duty_minute(d.at))
		return fail(cx->why, ERR_INVALID, "duty %lld: done in the future or before it began",
			    (long long)id.n);
	Duty closed = close_as(&d, DUTY_DONE, cx->now, done->when);
	TRY(duty_write(cx, &d, &closed,
		       &(DutyChange){.kind = STEP_DONE,
				     .text = done->text,
				     .reference = done->reference,
				     .did = done->when}));
	return then(cx, &d, done->when);
}

Err duty_meet(Cx *cx, const Duty *d, Str by, int64_t at) {
	Duty closed = close_as(d, DUTY_DONE, cx->now, at);
	closed.met_by = by;
	return duty_write(cx, d, &closed, &(DutyChange){.kind = STEP_MET, .did = at});
}

Err duty_refused(Cx *cx, DutyId id, int64_t version, Str text) {
	Duty d;
	TRY(get_live(cx, id, version, &d));
	TRY(need_text(cx, text));
	if (!d.row || !d.row->consent)
		return fail(cx->why, ERR_INVALID, "duty %lld does not wait for consent", (long long)id.n);
	Duty closed = close_as(&d, DUTY_REFUSED, cx->now, cx->now);
	return duty_write(cx, &d, &closed, &(DutyChange){.kind = STEP_REFUSED, .text = text, .did = cx->now});
}

Err duty_add_travel(Cx *cx, DutyId id, int64_t version, int hours, Str reason) {
	Duty d;
	TRY(get_live(cx, id, version, &d));
	TRY(need_text(cx, reason));
	if (!d.row || !d.row->travel || d.due == DUTY_NO_CLOCK)
		return fail(cx->why, ERR_INVALID, "duty %lld does not leave out travel time",
			    (long long)id.n);
	if (hours < 1 || d.travel_hours + hours > TRAVEL_MAX)
		return fail(cx->why, ERR_INVALID, "duty %lld: travel time out of range", (long long)id.n);
	Duty next = d;
	int64_t seconds = (int64_t)hours * 3600;
	next.travel_hours += hours;
	next.due += seconds;
	if (next.warn_at) next.warn_at += seconds;
	if (next.warn_at > cx->now) next.warned = false;
	return duty_write(
		cx, &d, &next,
		&(DutyChange){.kind = STEP_TRAVEL, .text = reason, .hours = hours, .did = next.due});
}

Err duty_ask_waiver(Cx *cx, DutyId id, int64_t version, Str reason) {
	Duty d;
	TRY(get_live(cx, id, version, &d));
	TRY(need_text(cx, reason));
	if (!cx->actor->member.n) return fail(cx->why, ERR_DENIED, "a waiver is asked for by a member");
	if (d.waiver_by.n)
		return fail(cx->why, ERR_CONFLICT, "duty %lld: a waiver is asked for already",
			    (long long)id.n);
	Duty next = d;
	next.waiver_by = cx->actor->member;
	next.waiver_declined = false;
	return duty_write(cx, &d, &next, &(DutyChange){.kind = STEP_WAIVER_ASKED, .text = reason});
}

Err duty_decide_waiver(Cx *cx, DutyId id, int64_t version, bool approve, Str reason) {
	Duty d;
	TRY(get_live(cx, id, version, &d));
	TRY(need_text(cx, reason));
	if (!d.waiver_by.n)
		return fail(cx->why, ERR_CONFLICT, "duty %lld: no waiver is asked for", (long long)id.n);
	if (!cx->actor->member.n || cx->actor->member.n == d.waiver_by.n)
		return fail(cx->why, ERR_DENIED, "duty %lld: who asks for a waiver does not decide it",
			    (long long)id.n);
	Duty next = d;
	if (approve) {
		next = close_as(&d, DUTY_WAIVED, cx->now, cx->now);
	} else {
		next.waiver_by = (MemberId){0};
		next.waiver_declined = true;
	}
	return duty_write(
		cx, &d, &next,
		&(DutyChange){.kind = approve ? STEP_WAIVED : STEP_WAIVER_DECLINED, .text = reason});
}
