// Findings: proposed by the program, answered by people.
#include "identity/identity_parts.h"
#include "identity_sql.h"
#include <math.h>

enum { // columns of finding, in the order of schema/0070_identity.sql
	F_ID,
	F_ONE,
	F_TWO,
	F_ONE_CASE,
	F_TWO_CASE,
	F_ONE_LEAD,
	F_TWO_LEAD,
	F_WEIGHT,
	F_AT,
	F_VERSION,
	F_ONE_SAID,
	F_TWO_SAID,
	F_ONE_OPEN,
	F_TWO_OPEN
};
enum { TICKED = 50 };

// ---- entries
// -----------------------------------------------------------------------------------------------------

static Err project_proposed(Cx *cx, const Entry *e) {
	Str b = e->plain;
	ASSERT(body_has(b, "finding") && body_has(b, "two"));
	return db_do(cx, &SQL_finding_add, INT(body_get_int(b, "finding")), INT(e->id),
		     INT(body_get_int(b, "two")), INT(body_get_int(b, "one_case")),
		     INT(body_get_int(b, "two_case")), INT(body_get_int(b, "one_lead")),
		     INT(body_get_int(b, "two_lead")), INT(body_get_int(b, "weight")), INT(e->time),
		     STR(S("")));
}

static Err changed_one(Cx *cx, const Rows *rs, const Entry *e) {
	return rs->changed == 1 ? OK
				: fail(cx->why, ERR_CONFLICT, "a finding on person %lld moved meanwhile",
				       (long long)e->id);
}

static Err project_said(Cx *cx, const Entry *e) {
	Rows rs;
	Str b = e->plain;
	const Stmt *s = body_get_int(b, "side") == 1 ? &SQL_finding_one_says : &SQL_finding_two_says;
	TRY(db_run(cx, s, &rs, INT(body_get_int(b, "finding")), STR(body_get_str(b, "said")),
		   INT(body_get_int(b, "version"))));
	return changed_one(cx, &rs, e);
}

static Err project_opened(Cx *cx, const Entry *e) {
	Rows rs;
	Str b = e->plain;
	const Stmt *s = body_get_int(b, "side") == 1 ? &SQL_finding_one_opens : &SQL_finding_two_opens;
	TRY(db_run(cx, s, &rs, INT(body_get_int(b, "finding")), INT(body_get_int(b, "open")),
		   INT(body_get_int(b, "version"))));
	return changed_one(cx, &rs, e);
}

static const EntryKind KIND_proposed = {"finding.proposed", project_proposed},
		       KIND_said = {"finding.said", project_said},
		       KIND_opened = {"finding.opened", project_opened};
const EntryKind *const identity_kinds[] = {&KIND_proposed, &KIND_said, &KIND_opened, NULL};

// ---- reading
// -----------------------------------------------------------------------------------------------------

// As the side of `person` sees it.
static Finding finding_of(const Row *r, int64_t person) {
	bool one = row_int(r, F_ONE) == person;
	return (Finding){
		.id = row_int(r, F_ID),
		.at = row_int(r, F_AT),
		.version = row_int(r, F_VERSION),
		.weight = (double)row_int(r, F_WEIGHT) / 100,
		.person = {person},
		.other = {row_int(r, one ? F_TWO : F_ONE)},
		.kase = {row_int(r, one ? F_ONE_CASE : F_TWO_CASE)},
		.other_case = {row_int(r, one ? F_TWO_CASE : F_ONE_CASE)},
		.lead = {row_int(r, one ? F_ONE_LEAD : F_TWO_LEAD)},
		.other_lead = {row_int(r, one ? F_TWO_LEAD : F_ONE_LEAD)},
		.one = one,
		.said = row_str(r, one ? F_ONE_SAID : F_TWO_SAID),
		.other_said = row_str(r, one ? F_TWO_SAID : F_ONE_SAID),
		.open = row_int(r, one ? F_ONE_OPEN : F_TWO_OPEN) != 0,
		.other_open = row_int(r, one ? F_TWO_OPEN : F_ONE_OPEN) != 0,
	};
}

Err identity_waiting(Cx *cx, int limit, Findings *out) {
	Rows rs;
	int64_t me = cx->actor->stakeholder.n;
	*out = (Findings){0};
	if (!me) return OK;
	TRY(db_run(cx, &SQL_finding_waiting, &rs, INT(me), INT(ABOUT_CASE), INT(RELATION_WALLED),
		   INT(limit)));
	out->at = NEW(cx->arena, Finding, rs.n);
	for (ptrdiff_t i = 0; i < rs.n; i++) {
		const Row *r = &rs.row[i];
		bool one = row_int(r, F_ONE_LEAD) == me && !row_str(r, F_ONE_SAID).n;
		out->at[out->n++] = finding_of(r, row_int(r, one ? F_ONE : F_TWO));
	}
	return OK;
}

static Err may_know(Cx *cx, const Finding *f, bool *yes) {
	bool walled = false;
	TRY(policy_is_walled(cx, (Object){ABOUT_CASE, f->other_case.n}, cx->actor->stakeholder, &walled));
	*yes = !walled;
	return OK;
}

Err identity_findings_of(Cx *cx, CaseId kase, PersonId person, Findings *out) {
	Rows rs;
	TRY(db_run(cx, &SQL_finding_of, &rs, INT(person.n)));
	*out = (Findings){.at = NEW(cx->arena, Finding, rs.n)};
	for (ptrdiff_t i = 0; i < rs.n; i++) {
		bool yes;
		Finding f = finding_of(&rs.row[i], person.n);
		TRY(may_know(cx, &f, &yes));
		if (yes && f.kase.n == kase.n) out->at[out->n++] = f;
	}
	return OK;
}

Err identity_finding(Cx *cx, CaseId kase, PersonId person, int64_t id, Finding *out) {
	Row r;
	bool yes;
	TRY(db_one(cx, &SQL_finding_get, &r, INT(id)));
	*out = finding_of(&r, person.n);
	bool hers = row_int(&r, F_ONE) == person.n || row_int(&r, F_TWO) == person.n;
	TRY(may_know(cx, out, &yes));
	if (!hers || out->kase.n != kase.n || !yes)
		return fail(cx->why, ERR_NOT_FOUND, "finding %lld is not of this person", (long long)id);
	return OK;
}

Err identity_may_read(Cx *cx, CaseId kase, bool suspect, bool *yes, const char **basis) {
	Verdict v;
	uint32_t needs = CLASS_BIT(CLASS_IDENTITY) | (suspect ? CLASS_BIT(CLASS_INTELLIGENCE) : 0);
	TRY(policy_may(cx, ACT_person_read, (Object){ABOUT_CASE, kase.n}, &v));
	*yes = v.yes && (v.classes & needs) == needs;
	*basis = v.basis;
	return OK;
}

static Err open_one(Cx *cx, PersonId id, IdentityHit *out) {
	IdentityRow r;
	Err e = identity_get(cx, id, &r);
	if (e == ERR_NOT_FOUND) return fail(cx->why, ERR_GONE, "a person of a finding is gone");
	TRY(e);
	*out = (IdentityHit){.person = r.person, .kase = r.kase, .key = r.key, .suspect = r.suspect};
	return identity_unseal(cx, &r, &out->facts);
}

Err identity_compare(Cx *cx, const Finding *f, IdentityHit *mine, IdentityHit *other) {
	TRY(open_one(cx, f->person, mine));
	TRY(open_one(cx, f->other, other));
	if (cx->finder) identity_weigh(cx, &mine->facts, other, 1);
	return OK;
}

// ---- writing
// -----------------------------------------------------------------------------------------------------

static Err lead_of(Cx *cx, int64_t kase, int64_t *out) {
	Row r;
	TRY(db_one(cx, &SQL_identity_lead, &r, INT(ABOUT_CASE), INT(kase), INT(RELATION_LEAD)));
	*out = row_int(&r, 0);
	return OK;
}

// *id: of the finding that is there now.
static Err propose(Cx *cx, const Likely *l, int64_t *id) {
	Row there;
	IdentityRow one, two;
	int64_t one_lead, two_lead;
	bool turned = l->one.n > l->two.n;
	PersonId first = turned ? l->two : l->one, second = turned ? l->one : l->two;
	Err e = db_one(cx, &SQL_finding_pair, &there, INT(first.n), INT(second.n));
	*id = e == OK ? row_int(&there, 0) : 0;
	if (e != ERR_NOT_FOUND) return e;
	TRY(identity_get(cx, first, &one));
	TRY(identity_get(cx, second, &two));
	TRY(lead_of(cx, one.kase.n, &one_lead));
	TRY(lead_of(cx, two.kase.n, &two_lead));
	*id = id_new();
	Body b = body_on(cx);
	body_int(&b, "finding", *id);
	body_int(&b, "two", second.n);
	body_int(&b, "one_case", one.kase.n);
	body_int(&b, "two_case", two.kase.n);
	body_int(&b, "one_lead", one_lead);
	body_int(&b, "two_lead", two_lead);
	body_int(&b, "weight", llround(l->weight * 100));
	return ledger_append(cx, &(Entry){.kind = &KIND_proposed,
					  .about = ABOUT_PERSON,
					  .id = first.n,
					  .key = one.key,
					  .body = b});
}

static Err put_entry(Cx *cx, const Finding *f, const EntryKind *kind, int side, int64_t version, Body *b) {
	IdentityRow one;
	Row now;
	TRY(db_one(cx, &SQL_finding_get, &now, INT(f->id)));
	if (row_int(&now, F_VERSION) != version)
		return fail(cx->why, ERR_CONFLICT, "finding %lld is not as the writer saw it",
			    (long long)f->id);
	TRY(identity_get(cx, f->one ? f->person : f->other, &one));
	body_int(b, "finding", f->id);
	body_int(b, "side", side);
	body_int(b, "version", version);
	return ledger_append(
		cx,
		&(Entry){
			.kind = kind, .about = ABOUT_PERSON, .id = one.person.n, .key = one.key, .body = *b});
}

static bool both_sides(const Finding *f) { return f->lead.n == f->other_lead.n; }

// An agency that leads both cases answers for both.
Err identity_answer(Cx *cx, const Finding *f, Str said) {
	for (int turn = 0; turn < 1 + both_sides(f); turn++) {
		Body b = body_on(cx);
		body_str(&b, "said", said);
		TRY(put_entry(cx, f, &KIND_said, (turn == 0) == f->one ? 1 : 2, f->version + turn, &b));
	}
	return OK;
}

Err identity_open(Cx *cx, const Finding *f, bool open) {
	Body b = body_on(cx);
	body_int(&b, "open", open);
	return put_entry(cx, f, &KIND_opened, f->one ? 1 : 2, f->version, &b);
}

Err identity_not_same(Cx *cx, PersonId person, CaseId kase, const IdentityHits *others) {
	for (ptrdiff_t i = 0; i < others->n; i++) {
		const IdentityHit *h = &others->at[i];
		int64_t id;
		Finding f;
		TRY(propose(cx, &(Likely){person, h->person, h->weight}, &id));
		TRY(identity_finding(cx, kase, person, id, &f));
		TRY(identity_answer(cx, &f, S("other")));
	}
	return OK;
}

// What is lost with a transaction that fails is found again after the next start: identity_looked stands
// where the last one that was kept left it.
Err identity_tick(Cx *cx) {
	Likely some[TICKED];
	Row looked;
	int64_t compared, id;
	if (!cx->finder) return OK;
	int n = finder_take(cx->finder, some, TICKED, &compared);
	for (int i = 0; i < n; i++) {
		Err e = propose(cx, &some[i], &id);
		if (e != ERR_NOT_FOUND) TRY(e); // gone since
	}
	Err e = db_one(cx, &SQL_identity_looked, &looked);
	if (e != ERR_NOT_FOUND) TRY(e);
	return compared > (e == OK ? row_int(&looked, 0) : 0)
		       ? db_do(cx, &SQL_identity_looked_set, INT(compared))
		       : OK;
}
