#include "duty/duty_parts.h"
#include "duty_sql.h"
#include "vault/vault.h"

// ---- projectors: everything comes from the entry ---------------------------------------------------

static Val sealed_or_nil(Str body, const char *name) {
	Str sealed = body_get_str(body, name);
	return sealed.n ? BYTES(sealed) : NIL;
}

static Err add_step(Cx *cx, const Entry *e, Str what) {
	Str b = e->plain;
	int64_t to = body_get_int(b, "to");
	return db_send(cx, &SQL_duty_step_add, INT(body_get_int(b, "step")), INT(body_get_int(b, "duty")),
		       INT(e->seq), STR(what), STR(body_get_str(b, "rung")), INT(e->time),
		       INT(body_get_int(b, "did")), INT(body_get_int(b, "hours")), INT(e->stakeholder),
		       INT(e->actor), INT(to), INT(to && str_eq(what, S("escalated"))),
		       sealed_or_nil(b, "said"), sealed_or_nil(b, "reference"));
}

// The agency that owes may see the matter, because the law asks it to act there.
static Err relate_owner(Cx *cx, Object duty, Object matter, int64_t owner, bool assigned, int64_t at) {
	if (!owner) return OK;
	TRY(policy_relate(cx, duty, (StakeholderId){owner}, (MemberId){0}, RELATION_LEAD, S("legal_duty"),
			  at));
	if (!assigned) return OK; // it answers for a missing agency; that opens no case to it
	return policy_relate(cx, matter, (StakeholderId){owner}, (MemberId){0}, RELATION_PARTICIPANT,
			     S("legal_duty"), at);
}

static Err project_raised(Cx *cx, const Entry *e) {
	Str b = e->plain;
	ASSERT(body_has(b, "duty") && body_has(b, "rule") && body_has(b, "facts"));
	int64_t id = body_get_int(b, "duty"), owner = body_get_int(b, "owner"),
		next = body_get_int(b, "next");
	int64_t report = body_get_int(b, "report"), lead = body_get_int(b, "lead");
	if (!lead) lead = body_get_int(b, "receiver");
	Object duty = {ABOUT_DUTY, id}, matter = {e->about, e->id};
	TRY(db_send(cx, &SQL_duty_add, INT(id), STR(body_get_str(b, "rule")), STR(body_get_str(b, "event")),
		    INT(e->about), INT(e->id), INT(report), INT(body_get_int(b, "kase")),
		    INT(body_get_int(b, "person")), INT(body_get_int(b, "occurrence")), INT(e->key.n),
		    STR(body_get_str(b, "number")), STR(body_get_str(b, "area")), INT(owner),
		    INT(body_get_int(b, "lead")), INT(body_get_int(b, "receiver")),
		    STR(body_get_str(b, "missing")), BYTES(body_get_str(b, "facts")),
		    INT(body_get_int(b, "at")), INT(body_get_int(b, "due")), INT(body_get_int(b, "warn")),
		    INT_OR_NIL(next)));
	TRY(policy_carry_walls(cx, matter, duty, e->time));
	if (report && e->about != ABOUT_REPORT)
		TRY(policy_carry_walls(cx, (Object){ABOUT_REPORT, report}, duty, e->time));
	TRY(relate_owner(cx, duty, matter, owner, body_get_str(b, "missing").n == 0, e->time));
	if (lead && lead != owner)
		TRY(policy_relate(cx, duty, (StakeholderId){lead}, (MemberId){0}, RELATION_PARTICIPANT,
				  S("own_work"), e->time));
	return add_step(cx, e, S("raised"));
}

static Err project_change(Cx *cx, const Entry *e);

static const EntryKind KIND_raised = {"duty.raised", project_raised};
static const EntryKind KIND_step[STEP__N] = {
	[STEP_ACKNOWLEDGED] = {"duty.acknowledged", project_change},
	[STEP_WARNED] = {"duty.warned", project_change},
	[STEP_ESCALATED] = {"duty.escalated", project_change},
	[STEP_MOVED] = {"duty.moved", project_change},
	[STEP_TRAVEL] = {"duty.travel", project_change},
	[STEP_WAIVER_ASKED] = {"duty.waiver_asked", project_change},
	[STEP_WAIVER_DECLINED] = {"duty.waiver_declined", project_change},
	[STEP_WAIVED] = {"duty.waived", project_change},
	[STEP_DONE] = {"duty.done", project_change},
	[STEP_REFUSED] = {"duty.refused", project_change},
	[STEP_MET] = {"duty.met", project_change},
};
const EntryKind *const duty_kinds[] = {
	&KIND_raised,
	&KIND_step[STEP_ACKNOWLEDGED],
	&KIND_step[STEP_WARNED],
	&KIND_step[STEP_ESCALATED],
	&KIND_step[STEP_MOVED],
	&KIND_step[STEP_TRAVEL],
	&KIND_step[STEP_WAIVER_ASKED],
	&KIND_step[STEP_WAIVER_DECLINED],
	&KIND_step[STEP_WAIVED],
	&KIND_step[STEP_DONE],
	&KIND_step[STEP_REFUSED],
	&KIND_step[STEP_MET],
	NULL,
};
_Static_assert(COUNT(duty_kinds) == STEP__N + 2, "every kind is listed");

// Who may see the duty now, and whether it still waits at those it climbed to.
static Err project_relations(Cx *cx, const Entry *e) {
	Str b = e->plain;
	int64_t id = body_get_int(b, "duty"), to = body_get_int(b, "to");
	Object duty = {ABOUT_DUTY, id};
	if (e->kind == &KIND_step[STEP_ESCALATED] && to)
		return policy_relate(cx, duty, (StakeholderId){to}, (MemberId){0}, RELATION_OVERSIGHT,
				     S("own_work"), e->time);
	if (e->kind != &KIND_step[STEP_MOVED]) return OK;
	if (body_get_int(b, "was_owner"))
		TRY(policy_unrelate(cx, duty, (StakeholderId){body_get_int(b, "was_owner")}));
	TRY(relate_owner(cx, duty, (Object){e->about, e->id}, body_get_int(b, "owner"),
			 body_get_str(b, "missing").n == 0, e->time));
	return db_send(cx, &SQL_duty_step_settle, INT(id));
}

static Err project_change(Cx *cx, const Entry *e) {
	Str b = e->plain;
	ASSERT(body_has(b, "duty") && body_has(b, "version") && body_has(b, "state"));
	int64_t id = body_get_int(b, "duty"), state = body_get_int(b, "state");
	Rows rs;
	TRY(db_run(cx, &SQL_duty_change, &rs, INT(id), INT(body_get_int(b, "version")),
		   INT(body_get_int(b, "bump")), INT(body_get_int(b, "owner")),
		   INT(body_get_int(b, "occurrence")), INT(body_get_int(b, "at")),
		   INT(body_get_int(b, "due")), INT(body_get_int(b, "warn")),
		   INT_OR_NIL(body_get_int(b, "next")), INT(state), INT(body_get_int(b, "closed")),
		   INT(body_get_int(b, "late")), INT(body_get_int(b, "rungs")),
		   INT(body_get_int(b, "warned")), INT(body_get_int(b, "published")),
		   INT(body_get_int(b, "travel")), INT(body_get_int(b, "waiver_by")),
		   INT(body_get_int(b, "waiver_declined")), STR(body_get_str(b, "met_by")),
		   STR(body_get_str(b, "missing"))));
	if (rs.changed != 1) return fail(cx->why, ERR_CONFLICT, "duty %lld moved meanwhile", (long long)id);
	TRY(project_relations(cx, e));
	if (!duty_state_live((DutyState)state)) TRY(db_send(cx, &SQL_duty_step_settle, INT(id)));
	return add_step(cx, e, str_slice(str_of(e->kind->name), 5, (ptrdiff_t)strlen(e->kind->name)));
}

// ---- writing -----------------------------------------------------------------------------------------

Err duty_write_new(Cx *cx, const Duty *d, Str facts_text) {
	Str facts;
	TRY(vault_seal(cx, d->key, (Place){"duty", "facts", d->id.n}, facts_text, &facts));
	Body b = body_on(cx);
	body_int(&b, "duty", d->id.n);
	body_int(&b, "step", id_new());
	body_str(&b, "rule", d->rule);
	body_str(&b, "event", d->event);
	body_int(&b, "report", d->report.n);
	body_int(&b, "kase", d->kase.n);
	body_int(&b, "person", d->person.n);
	body_int(&b, "occurrence", d->occurrence);
	body_str(&b, "number", d->number);
	body_str(&b, "area", d->area);
	body_int(&b, "owner", d->owner.n);
	body_int(&b, "lead", d->lead.n);
	body_int(&b, "receiver", d->receiver.n);
	body_str(&b, "missing", d->unassigned_kind);
	body_bytes(&b, "facts", facts);
	body_int(&b, "at", d->at);
	body_int(&b, "due", d->due);
	body_int(&b, "warn", d->warn_at);
	body_int(&b, "next", duty_next(cx, d));
	return ledger_append(cx, &(Entry){.kind = &KIND_raised,
					  .about = d->about.about,
					  .id = d->about.id,
					  .key = d->key,
					  .body = b});
}

// Seals a step's text, when there is one, and puts it into the body.
static Err put_sealed(Cx *cx, Body *b, const Duty *d, int64_t step, const char *name, Str plain) {
	Str sealed;
	if (!plain.n) return OK;
	TRY(vault_seal(cx, d->key, (Place){"duty_step", name, step}, plain, &sealed));
	body_bytes(b, name, sealed);
	return OK;
}

Err duty_write(Cx *cx, const Duty *was, const Duty *now, const DutyChange *c) {
	bool by_itself = c->kind == STEP_WARNED || c->kind == STEP_ESCALATED;
	int64_t step = id_new();
	Body b = body_on(cx);
	body_int(&b, "duty", was->id.n);
	body_int(&b, "version", was->version);
	body_int(&b, "bump", !by_itself);
	body_int(&b, "was_owner", was->owner.n);
	body_int(&b, "owner", now->owner.n);
	body_int(&b, "occurrence", now->occurrence);
	body_int(&b, "at", now->at);
	body_int(&b, "due", now->due);
	body_int(&b, "warn", now->warn_at);
	body_int(&b, "next", duty_next(cx, now));
	body_int(&b, "state", now->state);
	body_int(&b, "closed", now->closed);
	body_int(&b, "late", now->late);
	body_int(&b, "rungs", now->rungs);
	body_int(&b, "warned", now->warned);
	body_int(&b, "published", now->published);
	body_int(&b, "travel", now->travel_hours);
	body_int(&b, "waiver_by", now->waiver_by.n);
	body_int(&b, "waiver_declined", now->waiver_declined);
	body_str(&b, "met_by", now->met_by);
	body_str(&b, "missing", now->unassigned_kind);
	body_int(&b, "step", step);
	body_str(&b, "rung", c->rung);
	body_int(&b, "did", c->did);
	body_int(&b, "hours", c->hours);
	body_int(&b, "to", c->to.n);
	TRY(put_sealed(cx, &b, was, step, "said", c->text));
	TRY(put_sealed(cx, &b, was, step, "reference", c->reference));
	return ledger_append(cx, &(Entry){.kind = &KIND_step[c->kind],
					  .about = was->about.about,
					  .id = was->about.id,
					  .key = was->key,
					  .body = b});
}
