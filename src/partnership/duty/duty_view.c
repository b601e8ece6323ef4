// What pages say about duties: times, reasons and confidence in words.
#include "duty/duty_parts.h"
#include "duty/duty_say.h"
#include "stakeholder/stakeholder.h"
#include "text.h"

enum { SOON = 24 * 3600 };

Str duty_title(Cx *cx, const Duty *d) { return d->row ? label_in(&d->row->owes, cx->lang) : d->rule; }

Str duty_event_said(Cx *cx, Str event) {
	const PackEvent *e = pack_event(cx->pack, event);
	return e ? label_in(&e->label, cx->lang) : event;
}

Str duty_role_said(Cx *cx, Str who) {
	const PackRole *r = pack_role(cx->pack, who);
	if (r) return label_in(&r->label, cx->lang);
	const PackCode *k = pack_kind(cx->pack, who);
	return k ? label_in(&k->label, cx->lang) : who;
}

Err duty_agency(Cx *cx, StakeholderId who, Str *out) {
	if (who.n) return stakeholder_name(cx, who, out);
	*out = text_in(cx->lang, T_duty_nobody);
	return OK;
}

static const struct {
	DutyState state;
	Text said, closed;
} state_words[] = {
	{DUTY_OPEN, T_duty_state_open, T_none},
	{DUTY_ACKNOWLEDGED, T_duty_state_acknowledged, T_none},
	{DUTY_DONE, T_duty_state_done, T_duty_tag_done},
	{DUTY_REFUSED, T_duty_state_refused, T_duty_tag_refused},
	{DUTY_WAIVED, T_duty_state_waived, T_duty_tag_waived},
};
_Static_assert(COUNT(state_words) == DUTY__N - 1, "every state is said");

Str duty_state_said(Cx *cx, DutyState s) { return text_in(cx->lang, state_words[s - 1].said); }

Str duty_tag(Cx *cx, const Duty *d) {
	if (!duty_state_live(d->state))
		return say(cx, state_words[d->state - 1].closed, say_when(cx, d->closed));
	return d->due == DUTY_NO_CLOCK ? text_in(cx->lang, T_duty_no_clock) : say_left(cx, d->due);
}

Str duty_tone(Cx *cx, const Duty *d) {
	if (!duty_state_live(d->state)) return S("done");
	if (d->due < cx->now) return S("late");
	return d->due < cx->now + SOON ? S("soon") : (Str){0};
}

Str duty_within(Cx *cx, const PackRule *r) {
	if (r->at_once) return text_in(cx->lang, T_duty_at_once);
	if (!r->has_clock) return (Str){0};
	const struct {
		int32_t n;
		Text t;
	} part[] = {
		{r->within.years, T_duty_years}, {r->within.months, T_duty_months},
		{r->within.days, T_duty_days},	 {r->within.working_days, T_duty_working_days},
		{r->within.hours, T_duty_hours}, {r->within.minutes, T_duty_minutes},
	};
	Str said[COUNT(part)];
	ptrdiff_t n = 0;
	for (ptrdiff_t i = 0; i < COUNT(part); i++)
		if (part[i].n) said[n++] = text_plural(cx->arena, cx->lang, part[i].t, part[i].n, NULL, 0);
	return say(cx, T_duty_within, str_join(cx->arena, S(" "), said, n));
}

static const struct {
	Str letter;
	Text said, brief; // brief: in lists; what is sure needs no word there
} confidence_words[] = {
	{SLIT("V"), T_duty_sure_v, T_none},
	{SLIT("P"), T_duty_sure_p, T_duty_unconfirmed},
	{SLIT("K"), T_duty_sure_k, T_duty_unconfirmed},
	{SLIT("POLICY"), T_duty_sure_policy, T_duty_house_rule},
};

static Str confidence(Cx *cx, Str letter, bool brief) {
	for (ptrdiff_t i = 0; i < COUNT(confidence_words); i++)
		if (str_eq(confidence_words[i].letter, letter))
			return text_in(cx->lang,
				       brief ? confidence_words[i].brief : confidence_words[i].said);
	return text_in(cx->lang, T_duty_unconfirmed); // a letter we do not know is not a confirmation
}

Str duty_confidence_said(Cx *cx, Str letter) { return confidence(cx, letter, false); }

Str duty_provision(Cx *cx, const PackRule *r) {
	if (!r || duty_house_rule(r)) return (Str){0};
	if (!r->provision.n) return r->instrument;
	return str_fmt(cx->arena, "%.*s %.*s", (int)r->instrument.n, r->instrument.p, (int)r->provision.n,
		       r->provision.p);
}

Str duty_unassigned_said(Cx *cx, const Duty *d) {
	if (!d->unassigned_kind.n) return (Str){0};
	return say(cx, T_duty_unassigned, duty_role_said(cx, d->unassigned_kind));
}

Str duty_rung_said(Cx *cx, Str step) {
	if (str_eq(step, S("supervisor"))) return text_in(cx->lang, T_duty_rung_supervisor);
	return text_in(cx->lang, str_eq(step, S("up")) ? T_duty_rung_up : T_duty_rung_hub);
}

// Who takes part in a case sees what all owe in it; the page of a duty is for who has to do with it.
static Err page_of(Cx *cx, const Duty *d, Url *out) {
	const Actor *who = cx->actor;
	Relation r = d->owner.n == who->stakeholder.n  ? RELATION_LEAD
		     : d->lead.n == who->stakeholder.n ? RELATION_PARTICIPANT
						       : RELATION_NOBODY;
	Verdict v = {.yes = who->member.n &&
			    policy_grant(cx->pack, who->posts, false, r, ACT_duty_read) != 0};
	*out = (Url){0};
	if (!v.yes) TRY(policy_may(cx, ACT_duty_read, (Object){ABOUT_DUTY, d->id.n}, &v));
	if (v.yes) *out = url_of(cx->arena, PATH_duty, d->id.n);
	return OK;
}

static DutyRow row_of(Cx *cx, const Duty *d, Str owes, Url to) {
	bool live = duty_state_live(d->state);
	return (DutyRow){
		.title = duty_title(cx, d),
		.address = to,
		.why = to,
		.number = d->number,
		.tone = duty_tone(cx, d),
		.tag = duty_tag(cx, d),
		.due = d->due == DUTY_NO_CLOCK ? (Str){0} : when_rfc3339(cx->arena, d->due),
		.state = duty_state_said(cx, d->state),
		.state_code = duty_state_code(d->state),
		.owes = owes,
		.within = d->row ? duty_within(cx, d->row) : (Str){0},
		.provision = duty_provision(cx, d->row),
		.confidence = d->row ? d->row->confidence : (Str){0},
		.confidence_said = d->row ? confidence(cx, d->row->confidence, true) : (Str){0},
		.unassigned = duty_unassigned_said(cx, d),
		.also = live && d->rungs
				? say(cx, T_duty_also, duty_rung_said(cx, duty_rung_step(d, d->rungs - 1)))
				: (Str){0},
		.waiver = d->waiver_by.n != 0,
		.event = d->event,
		.rule = d->rule,
		.late = live ? d->due < cx->now : d->late > 0,
		.live = live,
	};
}

Err duty_rows(Cx *cx, const Duties *d, const DutyRow **at) {
	DutyRow *row = NEW(cx->arena, DutyRow, d->n);
	Str owes = {0};
	for (ptrdiff_t i = 0; i < d->n; i++) {
		// Most lists are of one agency, whose name is then asked for once.
		if (i == 0 || d->duty[i].owner.n != d->duty[i - 1].owner.n)
			TRY(duty_agency(cx, d->duty[i].owner, &owes));
		Url to;
		TRY(page_of(cx, &d->duty[i], &to));
		row[i] = row_of(cx, &d->duty[i], owes, to);
	}
	*at = row;
	return OK;
}

Str duty_kind_said(Cx *cx, Str kind) {
	static const struct {
		Str kind;
		Text said;
	} word[] = {
		{SLIT("duty"), T_duty_kind_duty},	  {SLIT("condition"), T_duty_kind_condition},
		{SLIT("right"), T_duty_kind_right},	  {SLIT("prohibition"), T_duty_kind_prohibition},
		{SLIT("sanction"), T_duty_kind_sanction}, {SLIT("definition"), T_duty_kind_definition},
	};
	for (ptrdiff_t i = 0; i < COUNT(word); i++)
		if (str_eq(word[i].kind, kind)) return text_in(cx->lang, word[i].said);
	return kind;
}

const DutyObservedRow *duty_observed_rows(Cx *cx, const DutyObserved *o) {
	DutyObservedRow *row = NEW(cx->arena, DutyObservedRow, o->n);
	for (ptrdiff_t i = 0; i < o->n; i++) {
		const PackRule *r = o->rule[i];
		row[i] = (DutyObservedRow){
			.title = label_in(&r->owes, cx->lang),
			.hint = label_in(&r->hint, cx->lang),
			.kind = r->kind,
			.kind_said = duty_kind_said(cx, r->kind),
			.role = duty_role_said(cx, r->who),
			.provision = duty_provision(cx, r),
			.confidence = r->confidence,
			.confidence_said = confidence(cx, r->confidence, true),
			.rule = r->id,
			.why = url_with(cx->arena, url_of(cx->arena, PATH_playbook), "q", r->id),
		};
	}
	return row;
}
