#include "duty/duty_parts.h"
#include "duty_sql.h"

enum { TICK_LIMIT = 200, RUNGS_DEFAULT = 3 };

// For duties whose row has left the pack since: they still owe, and still climb.
static const PackRung ladder_default[RUNGS_DEFAULT] = {
	{SLIT("supervisor"), {0}},
	{SLIT("up"), {.days = 1}},
	{SLIT("hub"), {.days = 7}},
};

static int64_t after(Cx *cx, int64_t from, const Duration *d) {
	return duration_after(cx->zone, &cx->pack->calendar, from, d);
}

void duty_start_clock(Cx *cx, Duty *d) {
	const PackRule *r = d->row;
	d->due = DUTY_NO_CLOCK;
	d->warn_at = 0;
	if (r->at_once)
		d->due = after(cx, d->at, &cx->pack->immediate);
	else if (r->has_clock)
		d->due = after(cx, d->at, &r->within);
	if (d->due == DUTY_NO_CLOCK || !r->has_warn) return;
	int64_t warn = after(cx, d->at, &r->warn);
	if (warn < d->due) d->warn_at = warn;
}

int duty_rung_count(const Duty *d) { return d->row ? d->row->nrung : RUNGS_DEFAULT; }

static const PackRung *rung(const Duty *d, int i) { return d->row ? &d->row->rung[i] : &ladder_default[i]; }

Str duty_rung_step(const Duty *d, int i) { return rung(d, i)->step; }

int64_t duty_rung_at(Cx *cx, const Duty *d, int i) { return after(cx, d->due, &rung(d, i)->after); }

int64_t duty_next(Cx *cx, const Duty *d) {
	if (!duty_state_live(d->state) || d->due == DUTY_NO_CLOCK) return 0;
	if (!d->warned && d->warn_at && d->rungs == 0) return d->warn_at;
	return d->rungs < duty_rung_count(d) ? duty_rung_at(cx, d, d->rungs) : 0;
}

// Where a rung leads; 0: stays within the agency, or nobody may be told.
static Err rung_leads_to(Cx *cx, const Duty *d, Str step, StakeholderId *to) {
	*to = (StakeholderId){0};
	if (str_eq(step, S("supervisor"))) return OK;
	if (str_eq(step, S("up")) && d->owner.n) TRY(duty_find_above(cx, d->about, d->report, d->owner, to));
	return to->n ? OK : duty_find_hub(cx, d->about, d->report, d->area, to);
}

// Climbs every rung that is due, each once, up to *room entries; *d is the duty afterwards.
static Err climb(Cx *cx, Duty *d, int *room) {
	while (*room > 0 && d->rungs < duty_rung_count(d)) {
		int64_t due = duty_rung_at(cx, d, d->rungs);
		if (due > cx->now) return OK;
		DutyChange c = {.kind = STEP_ESCALATED, .rung = duty_rung_step(d, d->rungs), .did = due};
		TRY(rung_leads_to(cx, d, c.rung, &c.to));
		Duty next = *d;
		next.rungs++;
		next.published = d->published || str_eq(c.rung, S("hub"));
		TRY(duty_write(cx, d, &next, &c));
		*d = next;
		--*room;
	}
	return OK;
}

static Err tick_one(Cx *cx, Duty *d, int *room) {
	bool late = cx->now >= d->due;
	if (!late && !d->warned && d->warn_at && d->warn_at <= cx->now) {
		Duty next = *d;
		next.warned = true;
		--*room;
		return duty_write(cx, d, &next, &(DutyChange){.kind = STEP_WARNED});
	}
	return climb(cx, d,
		     room); // a warning that comes after the deadline says nothing: the first rung does
}

Err duty_tick(Cx *cx, int limit, int64_t *left) {
	int room = limit > 0 ? limit : TICK_LIMIT;
	int64_t from = 0, id = 0;
	*left = 0;
	while (room > 0) {
		Rows rs;
		TRY(db_run(cx, &SQL_duty_due_steps, &rs, INT(cx->now), INT(from), INT(id), INT(room)));
		if (!rs.n) return OK;
		for (ptrdiff_t i = 0; i < rs.n && room > 0; i++) {
			Duty d = duty_from_row(cx, &rs.row[i]);
			id = d.id.n;
			from = row_int(&rs.row[i], DUTY_NEXT_AT);
			Err e = tick_one(cx, &d, &room);
			if (e != OK && e != ERR_GONE)
				return e; // ERR_GONE: the matter was erased; it must not stop the others
		}
	}
	Rows rs;
	TRY(db_run(cx, &SQL_duty_due_steps, &rs, INT(cx->now), INT(0), INT(0), INT(1)));
	*left = rs.n;
	return OK;
}
