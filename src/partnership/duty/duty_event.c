#include "duty/duty_parts.h"
#include "duty_sql.h"

// Who already owes what because of this very event: two rows of the playbook that put the same work on the
// same agency
// ("police" and "the lead", which here is the police) are one duty.
typedef struct {
	const PackRule *rule;
	StakeholderId owner;
	Str missing;
} Given1;
typedef struct {
	Given1 *at;
	ptrdiff_t n;
} Givens;

static Err check(Cx *cx, const DutyEvent *e) {
	if (!e->report.n && !e->kase.n)
		return fail(cx->why, ERR_INVALID, "duty event without report and case");
	if (e->at > cx->now) return fail(cx->why, ERR_INVALID, "duty event in the future");
	return OK;
}

static bool same_work(const PackRule *a, const PackRule *b) {
	return str_eq(label_in(&a->owes, LANG_EN), label_in(&b->owes, LANG_EN)) &&
	       str_eq(a->instrument, b->instrument) && str_eq(a->provision, b->provision);
}

static bool given(const Givens *g, const Given1 *one) {
	for (ptrdiff_t i = 0; i < g->n; i++)
		if (g->at[i].owner.n == one->owner.n && str_eq(g->at[i].missing, one->missing) &&
		    same_work(g->at[i].rule, one->rule))
			return true;
	return false;
}

static Duty new_duty(Cx *cx, const DutyFinder *f, const Given1 *g) {
	const DutyEvent *e = f->e;
	Duty d = {
		.id = {id_new()},
		.about = f->matter,
		.report = e->report,
		.kase = e->kase,
		.person = e->person,
		.key = e->key,
		.rule = g->rule->id,
		.event = e->event,
		.number = e->number,
		.area = e->area,
		.unassigned_kind = g->missing,
		.owner = g->owner,
		.lead = e->lead,
		.receiver = e->receiver,
		.state = DUTY_OPEN,
		.version = 1,
		.occurrence = e->occurrence,
		.at = e->at,
		.row = g->rule,
	};
	duty_start_clock(cx, &d);
	return d;
}

// A report that is sent on takes its receiver's duty with it; the clock starts again for the new one, and the
// history keeps the first.
static Err move(Cx *cx, const Duty *was, const DutyFinder *f, const Given1 *g) {
	Duty now = new_duty(cx, f, g);
	now.id = was->id;
	now.version = was->version;
	now.travel_hours = 0;
	return duty_write(cx, was, &now, &(DutyChange){.kind = STEP_MOVED, .to = now.owner, .did = was->due});
}

static Err raise(Cx *cx, const DutyFinder *f, Givens *gs, const PackRule *r) {
	const DutyEvent *e = f->e;
	Given1 g = {.rule = r};
	Rows rs;
	TRY(db_run(cx, &SQL_duty_told, &rs, INT(f->matter.about), INT(f->matter.id), STR(r->id),
		   INT(e->person.n), INT(e->occurrence), INT(e->at)));
	if (rs.n) {
		Duty d = duty_from_row(cx, &rs.row[0]);
		gs->at[gs->n++] = (Given1){r, d.owner, d.unassigned_kind};
		return OK;
	}
	TRY(duty_find_owner(cx, f, r, &g.owner, &g.missing));
	if (given(gs, &g)) return OK;
	gs->at[gs->n++] = g;
	if (str_eq(r->who, S("receiver"))) {
		TRY(db_run(cx, &SQL_duty_live_elsewhere, &rs, INT(f->matter.about), INT(f->matter.id),
			   STR(r->id), INT(e->person.n), INT(g.owner.n)));
		if (rs.n) {
			Duty was = duty_from_row(cx, &rs.row[0]);
			return move(cx, &was, f, &g);
		}
	}
	Duty d = new_duty(cx, f, &g);
	return duty_write_new(cx, &d, duty_facts_text(cx->arena, e->facts, e->nfacts));
}

static Err live_of(Cx *cx, Object matter, PersonId person, Duties *out) {
	Rows rs;
	*out = (Duties){0};
	if (!matter.id) return OK;
	TRY(db_run(cx, &SQL_duty_live_of, &rs, INT(matter.about), INT(matter.id), INT(person.n)));
	return duty_from_rows(cx, &rs, (int)rs.n, out);
}

// The duties of one matter that waited for this event are met by it. What happened before a duty began does
// not meet it.
static Err meet(Cx *cx, const DutyEvent *e, Object matter) {
	Duties live;
	TRY(live_of(cx, matter, e->person, &live));
	for (ptrdiff_t i = 0; i < live.n; i++) {
		const Duty *d = &live.duty[i];
		if (!d->row || !str_eq(d->row->then, e->event) || e->at < duty_minute(d->at)) continue;
		if (e->occurrence && e->occurrence == d->occurrence)
			continue; // raised by this very event, which was told again
		TRY(duty_meet(cx, d, e->event, e->at));
	}
	return OK;
}

Err duty_event(Cx *cx, const DutyEvent *e) {
	TRY(check(cx, e));
	if (!pack_event(cx->pack, e->event))
		return fail(cx->why, ERR_INVALID, "no event %.*s in the pack", (int)e->event.n, e->event.p);
	TRY(meet(cx, e, (Object){ABOUT_CASE, e->kase.n}));
	TRY(meet(cx, e, (Object){ABOUT_REPORT, e->report.n}));
	DutyFinder f = {0};
	Givens gs = {0};
	for (ptrdiff_t i = 0; i < cx->pack->nrule; i++) {
		const PackRule *r = &cx->pack->rule[i];
		if (!r->active || !str_eq(r->on, e->event) || !str_eq(r->kind, S("duty"))) continue;
		if (!duty_holds(cx, r, e->facts, e->nfacts)) continue;
		if (!f.e) {
			TRY(duty_finder(cx, e, &f));
			gs.at = NEW(cx->arena, Given1, cx->pack->nrule);
		}
		TRY(raise(cx, &f, &gs, r));
	}
	return OK;
}

// Whether `word` is one of the words of a list with spaces.
static bool has_word(Str list, Str word) {
	Str part;
	while (str_cut(&list, ' ', &part))
		if (str_eq(part, word)) return true;
	return false;
}

static Err fulfil(Cx *cx, const DutyEvent *e, Object matter, Str output, Str *then, int *nthen, int max) {
	Duties live;
	TRY(live_of(cx, matter, e->person, &live));
	for (ptrdiff_t i = 0; i < live.n; i++) {
		const Duty *d = &live.duty[i];
		if (!d->row || !has_word(d->row->output, output) || e->at < duty_minute(d->at)) continue;
		TRY(duty_meet(cx, d, output, e->at));
		bool known = !d->row->then.n;
		for (int k = 0; k < *nthen; k++) known = known || str_eq(then[k], d->row->then);
		if (!known && *nthen < max) then[(*nthen)++] = d->row->then;
	}
	return OK;
}

Err duty_fulfil(Cx *cx, const DutyEvent *e, Str output) {
	Str then[8];
	int nthen = 0;
	TRY(check(cx, e));
	TRY(fulfil(cx, e, (Object){ABOUT_CASE, e->kase.n}, output, then, &nthen, COUNT(then)));
	TRY(fulfil(cx, e, (Object){ABOUT_REPORT, e->report.n}, output, then, &nthen, COUNT(then)));
	for (int i = 0; i < nthen; i++) {
		DutyEvent next = *e;
		next.event = then[i];
		TRY(duty_event(cx, &next));
	}
	return OK;
}
