#include "policy/policy.h"
#include "policy_sql.h"

static const char *const act_names[ACT__N] = {[ACT_none] = "none",
#define X(name) [ACT_##name] = #name,
					      ACTS(X)
#undef X
};
static const char *const class_names[] = {
	[CLASS_OPEN] = "open",
	[CLASS_CASE] = "case",
	[CLASS_IDENTITY] = "identity",
	[CLASS_SAFETY] = "safety",
	[CLASS_HEALTH] = "health",
	[CLASS_HIV] = "hiv",
	[CLASS_LEGAL] = "legal",
	[CLASS_SOURCE] = "source",
	[CLASS_COUNSELLING] = "counselling",
	[CLASS_INTELLIGENCE] = "intelligence",
};
_Static_assert(COUNT(class_names) == CLASS__N, "every class has its name");
static const char *const relation_names[] = {
	[RELATION_NOBODY] = "nobody",	  [RELATION_LEAD] = "lead",   [RELATION_PARTICIPANT] = "participant",
	[RELATION_REFERRED] = "referred", [RELATION_NAMED] = "named", [RELATION_OVERSIGHT] = "oversight",
	[RELATION_WALLED] = "walled",
};
_Static_assert(COUNT(relation_names) == RELATION__N, "every relation has its name");
static const char *const bases[] = {"own_work", "legal_duty", "consent", "emergency"};

const char *act_name(Act a) { return act_names[a]; }
const char *class_name(Class c) { return class_names[c]; }
const char *relation_name(Relation r) { return relation_names[r]; }

// Index of a name in a table of literals, or -1.
static int name_in(const char *const *names, int n, Str name) {
	for (int i = 0; i < n; i++)
		if (str_eq(str_of(names[i]), name)) return i;
	return -1;
}

bool class_from_name(Str name, Class *out) {
	int i = name_in(class_names, CLASS__N, name);
	if (i >= 0) *out = (Class)i;
	return i >= 0;
}

int grants_post(const Grants *g, Str post) {
	for (int i = 0; i < g->npost; i++)
		if (str_eq(g->post[i], post)) return i;
	return -1;
}

// ---- the decision
// ---------------------------------------------------------------------------------------------

// The stronger of two relations; the enum runs from strong to weak between the two ends.
static bool stronger(Relation a, Relation b) {
	if (a == RELATION_WALLED || b == RELATION_WALLED) return a == RELATION_WALLED;
	if (a == RELATION_NOBODY || b == RELATION_NOBODY) return b == RELATION_NOBODY && a != b;
	return a < b;
}

// Class bits that any of the posts gives at this relation; 0 for no right at all.
uint32_t policy_grant(const Pack *pack, uint32_t posts, bool visitor, Relation r, Act act) {
	const Grants *g = pack->grants;
	uint32_t classes = visitor ? g->grant[POSTS_MAX][r][act] : 0;
	for (int p = 0; p < g->npost && !visitor; p++)
		if (posts & (1U << p)) classes |= g->grant[p][r][act];
	return classes;
}

Str policy_relations_with(Cx *cx, Act act) {
	char *word = NEW(cx->arena, char, RELATION__N);
	for (int r = 0; r < RELATION__N; r++) {
		bool open = r != RELATION_WALLED && policy_grant(cx->pack, cx->actor->posts,
								 cx->actor->member.n == 0, (Relation)r, act);
		word[r] = open || cx->actor->program ? 'Y' : 'n';
	}
	return (Str){word, RELATION__N};
}

static void allow(Cx *cx, const Actor *who, Relation r, Act act, const char *basis, Verdict *v) {
	uint32_t classes = policy_grant(cx->pack, who->posts, who->member.n == 0, r, act);
	if (!classes) return;
	if (!v->yes || stronger(r, v->relation)) {
		v->relation = r;
		v->basis = basis;
	}
	v->yes = true;
	v->classes |= classes;
}

static const char *basis_of(Str name) {
	int i = name_in(bases, COUNT(bases), name);
	return bases[i < 0 ? 0 : i];
}

struct PolicyMemo {
	Object on;
	StakeholderId who;
	Rows rows;
};

// What an agency is to a thing is asked a dozen times for one page. The answer is kept until a relation is
// written, or another thing is asked for.
static Err relations_of(Cx *cx, Object on, StakeholderId who, const Rows **out) {
	const PolicyMemo *m = cx->memo;
	if (!m || m->on.about != on.about || m->on.id != on.id || m->who.n != who.n) {
		PolicyMemo *fresh = NEW(cx->arena, PolicyMemo, 1);
		fresh->on = on;
		fresh->who = who;
		TRY(db_run(cx, &SQL_policy_relations_of, &fresh->rows, INT(on.about), INT(on.id),
			   INT(who.n)));
		cx->memo = m = fresh;
	}
	*out = &m->rows;
	return OK;
}

void policy_forget(Cx *cx) { cx->memo = NULL; }

Err policy_may(Cx *cx, Act act, Object on, Verdict *out) {
	const Actor *who = cx->actor;
	*out = (Verdict){.relation = RELATION_NOBODY, .basis = bases[0]};
	if (who->program) {
		*out = (Verdict){.yes = true,
				 .classes = (1U << CLASS__N) - 1,
				 .relation = RELATION_LEAD,
				 .basis = bases[0]};
		return OK;
	}
	Verdict v = *out;
	allow(cx, who, RELATION_NOBODY, act, bases[0], &v);
	if (on.id && who->stakeholder.n) {
		const Rows *rs;
		TRY(relations_of(cx, on, who->stakeholder, &rs));
		for (ptrdiff_t i = 0; i < rs->n; i++) {
			int64_t member = row_int(&rs->row[i], 0);
			Relation r = (Relation)row_int(&rs->row[i], 1);
			if (r == RELATION_WALLED)
				return OK; // as if it did not exist, whatever else would hold
			if (member && member != who->member.n) continue;
			allow(cx, who, r, act, basis_of(row_str(&rs->row[i], 2)), &v);
		}
	}
	*out = v;
	return OK;
}

// ---- relations
// -------------------------------------------------------------------------------------------------

Err policy_relate(Cx *cx, Object on, StakeholderId who, MemberId member, Relation r, Str basis, int64_t at) {
	ASSERT(r > RELATION_NOBODY && r < RELATION__N && on.id && who.n);
	policy_forget(cx);
	TRY(db_send(cx, &SQL_policy_relation_put, INT(on.about), INT(on.id), INT(who.n), INT(member.n),
		    INT(r), STR(basis), INT(at), INT(RELATION_WALLED)));
	if (r != RELATION_LEAD && r != RELATION_PARTICIPANT) return OK;
	return db_send(cx, &SQL_policy_relation_above, INT(on.about), INT(on.id), INT(who.n),
		       INT(RELATION_OVERSIGHT), STR(S("own_work")), INT(at), INT(RELATION_WALLED));
}

Err policy_unrelate(Cx *cx, Object on, StakeholderId who) {
	policy_forget(cx);
	return db_send(cx, &SQL_policy_relation_remove, INT(on.about), INT(on.id), INT(who.n),
		       INT(RELATION_WALLED));
}

Err policy_related(Cx *cx, Object on, RelatedList *out) {
	Rows rs;
	TRY(db_run(cx, &SQL_policy_related, &rs, INT(on.about), INT(on.id)));
	Related *at = NEW(cx->arena, Related, rs.n);
	for (ptrdiff_t i = 0; i < rs.n; i++) {
		const Row *r = &rs.row[i];
		at[i] = (Related){{row_int(r, 0)},
				  {row_int(r, 1)},
				  (Relation)row_int(r, 2),
				  row_str(r, 3),
				  row_int(r, 4)};
	}
	*out = (RelatedList){at, rs.n};
	return OK;
}

Err policy_carry_walls(Cx *cx, Object from, Object to, int64_t at) {
	RelatedList list;
	TRY(policy_related(cx, from, &list));
	for (ptrdiff_t i = 0; i < list.n; i++)
		if (list.at[i].relation == RELATION_WALLED)
			TRY(policy_relate(cx, to, list.at[i].stakeholder, (MemberId){0}, RELATION_WALLED,
					  list.at[i].basis, at));
	return OK;
}

Err policy_is_walled(Cx *cx, Object on, StakeholderId who, bool *out) {
	Rows rs;
	*out = false;
	if (!on.id) return OK;
	TRY(db_run(cx, &SQL_policy_relation_get, &rs, INT(on.about), INT(on.id), INT(who.n), INT(0)));
	*out = rs.n && row_int(&rs.row[0], 0) == RELATION_WALLED;
	return OK;
}

Err policy_place(Cx *cx, StakeholderId who, StakeholderId above) {
	TRY(db_do(cx, &SQL_policy_stands_clear, INT(who.n)));
	if (!above.n) return OK;
	Rows rs;
	TRY(db_run(cx, &SQL_policy_above, &rs, INT(above.n)));
	TRY(db_do(cx, &SQL_policy_stands_add, INT(who.n), INT(above.n), INT(1)));
	for (ptrdiff_t i = 0; i < rs.n; i++)
		TRY(db_do(cx, &SQL_policy_stands_add, INT(who.n), INT(row_int(&rs.row[i], 0)),
			  INT(row_int(&rs.row[i], 1) + 1)));
	return OK;
}
