#include "duty/duty_parts.h"
#include "stakeholder/stakeholder.h"

enum { STEPS_UP_MAX = 16 };

// An agency that works no more gets nothing new: it is of no kind.
static Err kind_of(Cx *cx, StakeholderId who, Str *kind) {
	Stakeholder s;
	TRY(stakeholder_get(cx, who, &s));
	*kind = s.active ? s.kind : (Str){0};
	return OK;
}

Err duty_finder(Cx *cx, const DutyEvent *e, DutyFinder *out) {
	*out = (DutyFinder){.e = e};
	out->matter = e->kase.n ? (Object){ABOUT_CASE, e->kase.n} : (Object){ABOUT_REPORT, e->report.n};
	RelatedList related;
	TRY(policy_related(cx, out->matter, &related)); // lead first, then by how long they take part
	out->near = NEW(cx->arena, DutyCandidate, related.n + 1);
	for (ptrdiff_t i = 0; i < related.n; i++) {
		const Related *r = &related.at[i];
		if (r->member.n || (r->relation != RELATION_LEAD && r->relation != RELATION_PARTICIPANT))
			continue;
		DutyCandidate *c = &out->near[out->nnear++];
		c->who = r->stakeholder;
		TRY(kind_of(cx, r->stakeholder, &c->kind));
	}
	return OK;
}

// A wall on the report holds for the case that was opened from it.
static Err walled(Cx *cx, Object matter, ReportId report, StakeholderId who, bool *out) {
	TRY(policy_is_walled(cx, matter, who, out));
	bool same = matter.about == ABOUT_REPORT && matter.id == report.n;
	if (*out || !report.n || same) return OK;
	return policy_is_walled(cx, (Object){ABOUT_REPORT, report.n}, who, out);
}

static Err take_unless_walled(Cx *cx, const DutyFinder *f, StakeholderId who, StakeholderId *out) {
	bool wall = false;
	if (!who.n) return OK;
	TRY(walled(cx, f->matter, f->e->report, who, &wall));
	if (!wall) *out = who;
	return OK;
}

static Err nearest(Cx *cx, Object matter, ReportId report, Str kind, Str area, StakeholderId *out) {
	StakeholderId who = {0};
	TRY(stakeholder_nearest(cx, kind, area, matter, &who));
	if (!who.n) return OK;
	bool wall;
	TRY(walled(cx, matter, report, who, &wall));
	if (!wall) *out = who;
	return OK;
}

Err duty_find_above(Cx *cx, Object matter, ReportId report, StakeholderId from, StakeholderId *out) {
	*out = (StakeholderId){0};
	for (int i = 0; i < STEPS_UP_MAX && from.n; i++) {
		StakeholderId above = {0};
		TRY(stakeholder_above(cx, from, &above));
		if (!above.n) return OK;
		bool wall;
		TRY(walled(cx, matter, report, above, &wall));
		if (!wall) {
			*out = above;
			return OK;
		}
		from = above;
	}
	return OK;
}

Err duty_find_hub(Cx *cx, Object matter, ReportId report, Str area, StakeholderId *out) {
	*out = (StakeholderId){0};
	return nearest(cx, matter, report, S("hub"), area, out);
}

// Roles that name one agency of the matter instead of a kind.
static bool special_role(const DutyEvent *e, Str who, StakeholderId *out) {
	*out = (StakeholderId){0};
	if (str_eq(who, S("receiver")))
		*out = e->receiver.n ? e->receiver : e->lead;
	else if (str_eq(who, S("lead")))
		*out = e->lead.n ? e->lead : e->receiver;
	else if (str_eq(who, S("receiving_agency")))
		*out = e->receiving;
	else
		return false;
	return true;
}

static Err find_of_kind(Cx *cx, const DutyFinder *f, Str kind, StakeholderId *out) {
	for (ptrdiff_t i = 0; i < f->nnear && !out->n; i++)
		if (str_eq(f->near[i].kind, kind)) TRY(take_unless_walled(cx, f, f->near[i].who, out));
	if (out->n) return OK;
	return nearest(cx, f->matter, f->e->report, kind, f->e->area, out);
}

Err duty_find_owner(Cx *cx, const DutyFinder *f, const PackRule *r, StakeholderId *out, Str *missing) {
	const DutyEvent *e = f->e;
	StakeholderId who;
	*out = (StakeholderId){0};
	*missing = (Str){0};
	if (special_role(e, r->who, &who)) {
		*missing = r->who;
		TRY(take_unless_walled(cx, f, who, out));
	} else {
		const PackRole *role = pack_role(cx->pack, r->who);
		*missing = role && role->kind.n ? role->kind : r->who;
		TRY(find_of_kind(cx, f, *missing, out));
	}
	if (out->n) {
		*missing = (Str){0};
		return OK;
	}
	StakeholderId first = e->lead.n ? e->lead : e->receiver;
	TRY(duty_find_above(cx, f->matter, e->report, first, out));
	if (!out->n) TRY(duty_find_hub(cx, f->matter, e->report, e->area, out));
	return out->n ? OK : take_unless_walled(cx, f, first, out); // better hers than nobody's
}
