// Findings: proposed by the program, answered by people.
#include "identity/identity_parts.h"
#include "identity_sql.h"
#include "stakeholder/stakeholder.h"
#include <math.h>

enum { // columns of finding, in the order of schema/0070 and 0071
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
	F_TWO_OPEN,
	F_ONE_ABOUT,
	F_TWO_ABOUT
};
enum { TICKED = 50, LADDER = 16 }; // no country has more agencies one above the other

// ---- entries
// -----------------------------------------------------------------------------------------------------

static Err project_proposed(Cx *cx, const Entry *e) {
	Str b = e->plain;
	ASSERT(body_has(b, "finding") && body_has(b, "two"));
	// Entries of before reports took part say cases.
	int64_t one_about = body_has(b, "one_about") ? body_get_int(b, "one_about") : ABOUT_CASE;
	int64_t two_about = body_has(b, "two_about") ? body_get_int(b, "two_about") : ABOUT_CASE;
	return db_do(cx, &SQL_finding_add, INT(body_get_int(b, "finding")), INT(e->id),
		     INT(body_get_int(b, "two")), INT(one_about), INT(two_about),
		     INT(body_get_int(b, "one_case")), INT(body_get_int(b, "two_case")),
		     INT(body_get_int(b, "one_lead")), INT(body_get_int(b, "two_lead")),
		     INT(body_get_int(b, "weight")), INT(e->time), STR(S("")));
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
		.on = {(About)row_int(r, one ? F_ONE_ABOUT : F_TWO_ABOUT),
		       row_int(r, one ? F_ONE_CASE : F_TWO_CASE)},
		.other_on = {(About)row_int(r, one ? F_TWO_ABOUT : F_ONE_ABOUT),
			     row_int(r, one ? F_TWO_CASE : F_ONE_CASE)},
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
	TRY(db_run(cx, &SQL_finding_waiting, &rs, INT(me), INT(RELATION_WALLED), INT(limit)));
	out->at = NEW(cx->arena, Finding, rs.n);
	for (ptrdiff_t i = 0; i < rs.n; i++) {
		const Row *r = &rs.row[i];
		bool one = row_int(r, F_ONE_LEAD) == me && !row_str(r, F_ONE_SAID).n;
		out->at[out->n++] = finding_of(r, row_int(r, one ? F_ONE : F_TWO));
	}
	return OK;
}

// As finding_waiting has it: an agency under a walled one answers to it.
static Err may_know(Cx *cx, const Finding *f, bool *yes) {
	bool walled = false;
	StakeholderId who = cx->actor->stakeholder;
	for (int step = 0; who.n && !walled && step < LADDER; step++) {
		TRY(policy_is_walled(cx, f->other_on, who, &walled));
		TRY(stakeholder_above(cx, who, &who));
	}
	*yes = !walled;
	return OK;
}

static bool same_matter(Object a, Object b) { return a.about == b.about && a.id == b.id; }

Err identity_findings_of(Cx *cx, Object on, PersonId person, Findings *out) {
	Rows rs;
	TRY(db_run(cx, &SQL_finding_of, &rs, INT(person.n)));
	*out = (Findings){.at = NEW(cx->arena, Finding, rs.n)};
	for (ptrdiff_t i = 0; i < rs.n; i++) {
		bool yes;
		Finding f = finding_of(&rs.row[i], person.n);
		TRY(may_know(cx, &f, &yes));
		if (yes && same_matter(f.on, on)) out->at[out->n++] = f;
	}
	return OK;
}

Err identity_finding(Cx *cx, Object on, PersonId person, int64_t id, Finding *out) {
	Row r;
	bool yes;
	TRY(db_one(cx, &SQL_finding_get, &r, INT(id)));
	*out = finding_of(&r, person.n);
	bool hers = row_int(&r, F_ONE) == person.n || row_int(&r, F_TWO) == person.n;
	TRY(may_know(cx, out, &yes));
	if (!hers || !same_matter(out->on, on) || !yes)
		return fail(cx->why, ERR_NOT_FOUND, "finding %lld is not of this person", (long long)id);
	return OK;
}

Url identity_finding_url(Cx *cx, const Finding *f) {
	return f->on.about == ABOUT_REPORT ? url_of(cx->arena, PATH_report_finding, f->on.id, f->id)
					   : url_of(cx->arena, PATH_finding, f->on.id, f->person.n, f->id);
}

Err identity_may_read(Cx *cx, Object on, bool suspect, bool *yes, const char **basis) {
	Verdict v;
	uint32_t needs = CLASS_BIT(CLASS_IDENTITY) | (suspect ? CLASS_BIT(CLASS_INTELLIGENCE) : 0);
	TRY(policy_may(cx, on.about == ABOUT_REPORT ? ACT_report_read : ACT_person_read, on, &v));
	*yes = v.yes && (v.classes & needs) == needs;
	*basis = v.basis;
	return OK;
}

static Err open_one(Cx *cx, PersonId id, IdentityHit *out) {
	IdentityRow r;
	Err e = identity_get(cx, id, &r);
	if (e == ERR_NOT_FOUND) return fail(cx->why, ERR_GONE, "a person of a finding is gone");
	TRY(e);
	return identity_hit_of(cx, &r, out);
}

Err identity_compare(Cx *cx, const Finding *f, IdentityHit *mine, IdentityHit *other) {
	TRY(open_one(cx, f->person, mine));
	TRY(open_one(cx, f->other, other));
	if (cx->finder) identity_weigh(cx, &mine->facts, other, 1);
	return OK;
}

// ---- writing
// -----------------------------------------------------------------------------------------------------

// 0: nobody leads it yet, as a report for which no agency was found.
static Err lead_of(Cx *cx, Object on, int64_t *out) {
	Rows rs;
	TRY(db_run(cx, &SQL_identity_lead, &rs, INT(on.about), INT(on.id), INT(RELATION_LEAD)));
	*out = rs.n ? row_int(&rs.row[0], 0) : 0;
	return OK;
}

// Who is missed in a report and who is in the case that it became: nobody needs to be told.
static bool of_one_story(const IdentityRow *a, const IdentityRow *b) {
	return a->kase.n && ((b->on.about == ABOUT_CASE && b->on.id == a->kase.n) || b->kase.n == a->kase.n);
}

static Err put_proposed(Cx *cx, const IdentityRow *one, const IdentityRow *two, double weight, int64_t id) {
	int64_t one_lead, two_lead;
	TRY(lead_of(cx, one->on, &one_lead));
	TRY(lead_of(cx, two->on, &two_lead));
	Body b = body_on(cx);
	body_int(&b, "finding", id);
	body_int(&b, "two", two->person.n);
	body_int(&b, "one_about", one->on.about);
	body_int(&b, "two_about", two->on.about);
	body_int(&b, "one_case", one->on.id);
	body_int(&b, "two_case", two->on.id);
	body_int(&b, "one_lead", one_lead);
	body_int(&b, "two_lead", two_lead);
	body_int(&b, "weight", llround(weight * 100));
	return ledger_append(cx, &(Entry){.kind = &KIND_proposed,
					  .about = ABOUT_PERSON,
					  .id = one->person.n,
					  .key = one->key,
					  .body = b});
}

// *id: of the finding that is there now; 0: they are of one story.
static Err propose(Cx *cx, const Likely *l, int64_t *id) {
	Row there;
	IdentityRow one, two;
	bool turned = l->one.n > l->two.n;
	PersonId first = turned ? l->two : l->one, second = turned ? l->one : l->two;
	Err e = db_one(cx, &SQL_finding_pair, &there, INT(first.n), INT(second.n));
	*id = e == OK ? row_int(&there, 0) : 0;
	if (e != ERR_NOT_FOUND) return e;
	TRY(identity_get(cx, first, &one));
	TRY(identity_get(cx, second, &two));
	if (of_one_story(&one, &two) || of_one_story(&two, &one)) return OK;
	*id = id_new();
	return put_proposed(cx, &one, &two, l->weight, *id);
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

Err identity_said(Cx *cx, PersonId person, PersonId other, bool *said) {
	Rows rs;
	bool turned = person.n > other.n;
	TRY(db_run(cx, &SQL_finding_said, &rs, INT(turned ? other.n : person.n),
		   INT(turned ? person.n : other.n)));
	*said = rs.n && row_str(&rs.row[0], turned ? 2 : 1).n;
	return OK;
}

Err identity_answered(Cx *cx, PersonId person, Object on, const IdentityHits *others, PersonId same) {
	for (ptrdiff_t i = 0; i < others->n; i++) {
		const IdentityHit *h = &others->at[i];
		int64_t id;
		Finding f;
		if (same.n && h->person.n != same.n) continue; // of the others nothing was said
		TRY(propose(cx, &(Likely){person, h->person, h->weight}, &id));
		if (!id) continue;
		TRY(identity_finding(cx, on, person, id, &f));
		TRY(identity_answer(cx, &f, same.n ? S("same") : S("other")));
	}
	return OK;
}

Err identity_moved(Cx *cx, Object on, StakeholderId lead) {
	TRY(db_do(cx, &SQL_finding_one_moves, INT(on.about), INT(on.id), INT(lead.n)));
	return db_do(cx, &SQL_finding_two_moves, INT(on.about), INT(on.id), INT(lead.n));
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
