#include "duty/duty_parts.h"
#include "duty_sql.h"

enum { LIST_LIMIT = 25 };

Duty duty_from_row(Cx *cx, const Row *r) {
	Duty d = {
		.id = {row_int(r, DUTY_ID)},
		.about = {(About)row_int(r, DUTY_ABOUT), row_int(r, DUTY_OBJECT)},
		.report = {row_int(r, DUTY_REPORT)},
		.kase = {row_int(r, DUTY_KASE)},
		.person = {row_int(r, DUTY_PERSON)},
		.key = {row_int(r, DUTY_KEY_ID)},
		.rule = row_str(r, DUTY_RULE),
		.event = row_str(r, DUTY_EVENT),
		.number = row_str(r, DUTY_NUMBER),
		.area = row_str(r, DUTY_AREA),
		.unassigned_kind = row_str(r, DUTY_UNASSIGNED_KIND),
		.owner = {row_int(r, DUTY_OWNER)},
		.lead = {row_int(r, DUTY_LEAD)},
		.receiver = {row_int(r, DUTY_RECEIVER)},
		.state = (DutyState)row_int(r, DUTY_STATE),
		.occurrence = row_int(r, DUTY_OCCURRENCE),
		.version = row_int(r, DUTY_VERSION),
		.at = row_int(r, DUTY_AT),
		.due = row_int(r, DUTY_DUE),
		.warn_at = row_int(r, DUTY_WARN_AT),
		.closed = row_int(r, DUTY_CLOSED),
		.late = row_int(r, DUTY_LATE),
		.rungs = (int)row_int(r, DUTY_RUNGS),
		.warned = row_int(r, DUTY_WARNED) != 0,
		.published = row_int(r, DUTY_PUBLISHED) != 0,
		.travel_hours = (int)row_int(r, DUTY_TRAVEL_HOURS),
		.waiver_by = {row_int(r, DUTY_WAIVER_BY)},
		.waiver_declined = row_int(r, DUTY_WAIVER_DECLINED) != 0,
		.met_by = row_str(r, DUTY_MET_BY),
		.sealed_facts = row_str(r, DUTY_FACTS),
	};
	d.row = pack_rule(cx->pack, d.rule);
	return d;
}

Err duty_from_rows(Cx *cx, const Rows *rs, int limit, Duties *out) {
	ptrdiff_t n = rs->n < limit ? rs->n : limit;
	out->duty = NEW(cx->arena, Duty, n);
	for (ptrdiff_t i = 0; i < n; i++) out->duty[i] = duty_from_row(cx, &rs->row[i]);
	out->n = n;
	out->more = rs->n > limit;
	return OK;
}

static int limit_or(int limit) { return limit > 0 ? limit : LIST_LIMIT; }

Err duty_get(Cx *cx, DutyId id, Duty *out) {
	Row r;
	TRY(db_one(cx, &SQL_duty_get, &r, INT(id.n)));
	*out = duty_from_row(cx, &r);
	return OK;
}

Err duty_owed(Cx *cx, StakeholderId who, int limit, Duties *out) {
	Rows rs;
	limit = limit_or(limit);
	TRY(db_run(cx, &SQL_duty_owed, &rs, INT(who.n), INT(limit + 1)));
	return duty_from_rows(cx, &rs, limit, out);
}

Err duty_count(Cx *cx, StakeholderId who, int most, DutyCount *out) {
	Civil c = zone_civil(cx->zone, cx->now);
	c.hour = c.minute = c.second = 0;
	int year, month, day;
	civil_from_days(days_from_civil(c.year, c.month, c.day) + 1, &year, &month, &day);
	c.year = year, c.month = month, c.day = day;
	Row r;
	TRY(db_one(cx, &SQL_duty_count, &r, INT(who.n), INT(cx->now), INT(zone_instant(cx->zone, &c)),
		   INT(most)));
	*out = (DutyCount){row_int(&r, 0), row_int(&r, 1), row_int(&r, 2)};
	return OK;
}

Err duty_escalated_to(Cx *cx, StakeholderId who, int limit, Duties *out) {
	Rows rs;
	limit = limit_or(limit);
	TRY(db_run(cx, &SQL_duty_escalated_to, &rs, INT(who.n), INT(limit + 1)));
	return duty_from_rows(cx, &rs, limit, out);
}

Err duty_waivers(Cx *cx, StakeholderId who, int limit, Duties *out) {
	Rows rs;
	limit = limit_or(limit);
	TRY(db_run(cx, &SQL_duty_waivers, &rs, INT(who.n), INT(ABOUT_DUTY), INT(RELATION_LEAD),
		   INT(RELATION_OVERSIGHT), INT(limit + 1)));
	return duty_from_rows(cx, &rs, limit, out);
}

Err duty_of(Cx *cx, Object about, int limit, Duties *out) {
	Rows rs;
	limit = limit_or(limit);
	TRY(db_run(cx, &SQL_duty_of, &rs, INT(about.about), INT(about.id), INT(limit + 1)));
	return duty_from_rows(cx, &rs, limit, out);
}

Err duty_list(Cx *cx, const DutyFilter *f, Duties *out) {
	Rows rs;
	int limit = limit_or(f->limit);
	TRY(db_run(cx, &SQL_duty_list, &rs, INT(f->owner.n), INT(f->before ? f->before : INT64_MAX),
		   INT(f->state), STR(f->event), INT(cx->now), INT(f->late), INT(limit + 1)));
	return duty_from_rows(cx, &rs, limit, out);
}

Err duty_published_counts(Cx *cx, DutyPublished *out) {
	Row r;
	TRY(db_one(cx, &SQL_duty_published_counts, &r, INT(cx->now)));
	*out = (DutyPublished){row_int(&r, 0), row_int(&r, 1), row_int(&r, 2), row_int(&r, 3)};
	return OK;
}

Err duty_history(Cx *cx, DutyId id, DutySteps *out) {
	Rows rs;
	TRY(db_run(cx, &SQL_duty_steps, &rs, INT(id.n)));
	out->step = NEW(cx->arena, DutyStep, rs.n);
	out->n = rs.n;
	for (ptrdiff_t i = 0; i < rs.n; i++) {
		const Row *r = &rs.row[i];
		out->step[i] = (DutyStep){
			.id = row_int(r, 0),
			.what = row_str(r, 1),
			.rung = row_str(r, 2),
			.at = row_int(r, 3),
			.did = row_int(r, 4),
			.hours = row_int(r, 5),
			.stakeholder = {row_int(r, 6)},
			.member = {row_int(r, 7)},
			.to = {row_int(r, 8)},
			.sealed_text = row_str(r, 9),
			.sealed_reference = row_str(r, 10),
		};
	}
	return OK;
}

static bool is_observed(const PackRule *r) {
	return str_eq(r->kind, S("condition")) || str_eq(r->kind, S("prohibition")) ||
	       str_eq(r->kind, S("right"));
}

DutyObserved duty_observe(Cx *cx, const Str *event, int nevent, const DutyFact *fact, int nfact) {
	DutyObserved out = {NEW(cx->arena, const PackRule *, cx->pack->nrule), 0};
	for (ptrdiff_t i = 0; i < cx->pack->nrule; i++) {
		const PackRule *r = &cx->pack->rule[i];
		if (!r->active || !is_observed(r)) continue;
		bool happened = false;
		for (int k = 0; k < nevent && !happened; k++) happened = str_eq(r->on, event[k]);
		if (happened && duty_holds(cx, r, fact, nfact)) out.rule[out.n++] = r;
	}
	return out;
}
