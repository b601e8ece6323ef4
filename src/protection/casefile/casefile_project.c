// Projectors: everything comes from the entry. Each entry about a case is also one line of what happened.
#include "casefile/casefile_parts.h"
#include "casefile_sql.h"

const char *const casefile_part_name[CLASS__N] = {
	"part_open", "part_case",	 "part_identity", "part_safety", "part_health",
	"part_hiv",  "part_counselling", "part_legal",	  "part_source", "part_intelligence",
};

typedef struct {
	Str event;
	int64_t person, at, other;
	Class klass;
} Line;

static Err happen(Cx *cx, const Entry *e, const Line *l) {
	Str what = str_slice(str_of(e->kind->name), 5, (ptrdiff_t)strlen(e->kind->name)); // after "case."
	return db_send(cx, &SQL_happening_add, INT(e->seq), INT(e->id), STR(what), STR(l->event),
		       INT(l->person), INT(l->klass), INT(l->at ? l->at : e->time), INT(e->time),
		       INT(e->stakeholder), INT(l->other));
}

static Object case_of(const Entry *e) { return (Object){ABOUT_CASE, e->id}; }

static Err changed_one(Cx *cx, const Rows *rs, const Entry *e) {
	return rs->changed == 1 ? OK
				: fail(cx->why, ERR_CONFLICT, "case %lld moved meanwhile", (long long)e->id);
}

static Err project_opened(Cx *cx, const Entry *e) {
	Str b = e->plain;
	ASSERT(body_has(b, "number") && body_has(b, "lead"));
	int64_t lead = body_get_int(b, "lead"), report = body_get_int(b, "report"),
		at = body_get_int(b, "at");
	TRY(db_send(cx, &SQL_casefile_add, INT(e->id), INT(e->key.n), STR(body_get_str(b, "number")),
		    INT(lead), STR(body_get_str(b, "area")), INT(at), INT(e->time), INT(report),
		    STR(body_get_str(b, "report_number")), STR(body_get_str(b, "exploitation")),
		    STR(body_get_str(b, "child")), STR(body_get_str(b, "screening")), BYTES(S("")),
		    BYTES(body_get_str(b, "facts")), STR(body_get_str(b, "find"))));
	TRY(db_send(cx, &SQL_casefile_series_set, STR(body_get_str(b, "series")),
		    INT(body_get_int(b, "serial"))));
	if (report) TRY(policy_carry_walls(cx, (Object){ABOUT_REPORT, report}, case_of(e), e->time));
	TRY(policy_relate(cx, case_of(e), (StakeholderId){lead}, (MemberId){0}, RELATION_LEAD, S("own_work"),
			  e->time));
	return happen(cx, e, &(Line){.event = S("case_opened"), .at = at, .klass = CLASS_CASE});
}

static Err project_closed(Cx *cx, const Entry *e) {
	Rows rs;
	TRY(db_run(cx, &SQL_casefile_close, &rs, INT(e->id), INT(body_get_int(e->plain, "version")),
		   INT(e->time), STR(body_get_str(e->plain, "why")), BYTES(body_get_str(e->plain, "text"))));
	TRY(changed_one(cx, &rs, e));
	return happen(cx, e, &(Line){.event = S("case_closed"), .klass = CLASS_CASE});
}

static Err project_reopened(Cx *cx, const Entry *e) {
	Rows rs;
	TRY(db_run(cx, &SQL_casefile_reopen, &rs, INT(e->id), INT(body_get_int(e->plain, "version")),
		   INT(e->time), BYTES(S(""))));
	TRY(changed_one(cx, &rs, e));
	return happen(cx, e, &(Line){.event = S("case_reopened"), .klass = CLASS_CASE});
}

static Err put_parts(Cx *cx, const Entry *e, int64_t owner) {
	for (Class k = CLASS_OPEN; k < CLASS__N; k++) {
		Str sealed = body_get_str(e->plain, casefile_part_name[k]);
		if (sealed.n)
			TRY(db_send(cx, &SQL_part_put, INT(owner), INT(k), INT(e->id), BYTES(sealed)));
		else
			TRY(db_send(cx, &SQL_part_drop, INT(owner), INT(k)));
	}
	return OK;
}

static Class person_class(Str capacity) {
	return str_eq(capacity, S("suspect")) ? CLASS_INTELLIGENCE : CLASS_CASE;
}

// Entries of before people were searched for carry nothing to find them by.
static Err put_identity(Cx *cx, const Entry *e, int64_t key) {
	Str b = e->plain, sealed = body_get_str(b, "known");
	if (!sealed.n) return OK;
	return identity_project(cx,
				&(IdentityRow){.person = {body_get_int(b, "person")},
					       .on = case_of(e),
					       .key = {key},
					       .suspect = str_eq(body_get_str(b, "capacity"), S("suspect")),
					       .seq = e->seq,
					       .sealed = sealed});
}

static Err case_known(Cx *cx, const Entry *e) {
	return db_send(cx, &SQL_casefile_known, INT(e->id), INT(e->time),
		       STR(body_get_str(e->plain, "exploitation")),
		       STR(body_get_str(e->plain, "case_child")));
}

static Err project_person_added(Cx *cx, const Entry *e) {
	Str b = e->plain, capacity = body_get_str(b, "capacity");
	ASSERT(body_has(b, "person") && body_has(b, "place"));
	int64_t id = body_get_int(b, "person"), place = body_get_int(b, "place");
	Rows rs;
	TRY(db_run(cx, &SQL_casefile_people_count, &rs, INT(e->id), INT(place)));
	TRY(changed_one(cx, &rs, e));
	TRY(db_send(cx, &SQL_person_add, INT(id), INT(e->id), INT(body_get_int(b, "key")), INT(place),
		    STR(capacity), STR(body_get_str(b, "child")), INT(body_get_int(b, "at")), INT(e->time)));
	TRY(put_parts(cx, e, id));
	TRY(put_identity(cx, e, body_get_int(b, "key")));
	TRY(case_known(cx, e));
	TRY(policy_carry_walls(cx, case_of(e), (Object){ABOUT_PERSON, id}, e->time));
	return happen(cx, e,
		      &(Line){.event = body_get_int(b, "found") ? S("child_found") : S("person_added"),
			      .person = id,
			      .at = body_get_int(b, "at"),
			      .klass = person_class(capacity)});
}

static Err project_person_changed(Cx *cx, const Entry *e) {
	Str b = e->plain, capacity = body_get_str(b, "capacity");
	int64_t id = body_get_int(b, "person");
	Rows rs;
	TRY(db_run(cx, &SQL_person_change, &rs, INT(id), INT(body_get_int(b, "version")), STR(capacity),
		   STR(body_get_str(b, "child")), INT(e->time)));
	TRY(changed_one(cx, &rs, e));
	TRY(put_parts(cx, e, id));
	TRY(put_identity(cx, e, body_get_int(b, "key")));
	TRY(case_known(cx, e));
	return happen(cx, e,
		      &(Line){.event = body_get_int(b, "found") ? S("child_found") : S(""),
			      .person = id,
			      .klass = person_class(capacity)});
}

static Err project_record(Cx *cx, const Entry *e) {
	Str b = e->plain;
	int64_t id = body_get_int(b, "record"), person = body_get_int(b, "person");
	TRY(db_send(cx, &SQL_record_add, INT(id), INT(e->id), INT(person), INT(body_get_int(b, "key")),
		    STR(body_get_str(b, "form")), INT(body_get_int(b, "at"))));
	TRY(put_parts(cx, e, id));
	return happen(cx, e, &(Line){.person = person, .klass = CLASS_CASE, .at = body_get_int(b, "at")});
}

// A note that only named members may read names them in its own entry, with the agency each belonged to.
static Err relate_named(Cx *cx, const Entry *e, int64_t person) {
	Str rest = body_get_str(e->plain, "named"), one;
	while (str_cut(&rest, ' ', &one)) {
		Str member = {0}, agency = {0};
		int64_t m, s;
		(void)str_cut(&one, '@', &member);
		(void)str_cut(&one, '@', &agency);
		ASSERT(str_to_int(member, &m) && str_to_int(agency, &s));
		TRY(policy_relate(cx, (Object){ABOUT_PERSON, person}, (StakeholderId){s}, (MemberId){m},
				  RELATION_NAMED, S("consent"), e->time));
	}
	return OK;
}

static Err project_note(Cx *cx, const Entry *e) {
	Str b = e->plain;
	ASSERT(body_has(b, "note") && body_has(b, "sealed"));
	Class k = (Class)body_get_int(b, "klass");
	// What was brought in from another program carries when and by whom it was written there.
	int64_t person = body_get_int(b, "person"), by = body_get_int(b, "by"), at = body_get_int(b, "at");
	TRY(db_send(cx, &SQL_note_add, INT(body_get_int(b, "note")), INT(e->id), INT(person),
		    INT(body_get_int(b, "key")), INT(k), INT(by ? by : e->stakeholder), INT(e->actor),
		    INT(at ? at : e->time), BYTES(body_get_str(b, "sealed"))));
	TRY(relate_named(cx, e, person));
	TRY(db_send(cx, &SQL_casefile_touch, INT(e->id), INT(e->time)));
	return happen(cx, e, &(Line){.person = person, .klass = k, .at = at});
}

static Err project_document(Cx *cx, const Entry *e) {
	Str b = e->plain;
	ASSERT(body_has(b, "document") && body_has(b, "blob") && body_has(b, "hash"));
	Class k = (Class)body_get_int(b, "klass");
	int64_t person = body_get_int(b, "person");
	TRY(db_send(cx, &SQL_document_add, INT(body_get_int(b, "document")), INT(e->id), INT(person),
		    INT(body_get_int(b, "blob")), INT(body_get_int(b, "key")), INT(k),
		    STR(body_get_str(b, "type")), INT(body_get_int(b, "size")),
		    BYTES(body_get_str(b, "hash")), BYTES(body_get_str(b, "title")), INT(e->stakeholder),
		    INT(e->actor), INT(e->time)));
	TRY(db_send(cx, &SQL_casefile_touch, INT(e->id), INT(e->time)));
	return happen(cx, e, &(Line){.person = person, .klass = k});
}

static Err project_document_opened(Cx *cx, const Entry *e) {
	return happen(cx, e,
		      &(Line){.person = body_get_int(e->plain, "person"),
			      .klass = (Class)body_get_int(e->plain, "klass")});
}

static Err project_joined(Cx *cx, const Entry *e) {
	int64_t who = body_get_int(e->plain, "who");
	TRY(policy_relate(cx, case_of(e), (StakeholderId){who}, (MemberId){0}, RELATION_PARTICIPANT,
			  body_get_str(e->plain, "basis"), e->time));
	return happen(cx, e, &(Line){.other = who, .klass = CLASS_CASE});
}

// Who stood above the agency that leaves has nothing to oversee here any more, unless another takes part
// below it.
static Err project_left(Cx *cx, const Entry *e) {
	int64_t who = body_get_int(e->plain, "who");
	RelatedList list;
	TRY(policy_related(cx, case_of(e), &list));
	for (ptrdiff_t i = 0; i < list.n; i++)
		if (list.at[i].stakeholder.n == who || list.at[i].relation == RELATION_OVERSIGHT)
			TRY(policy_unrelate(cx, case_of(e), list.at[i].stakeholder));
	for (ptrdiff_t i = 0; i < list.n; i++) {
		const Related *r = &list.at[i];
		if (r->stakeholder.n == who ||
		    (r->relation != RELATION_LEAD && r->relation != RELATION_PARTICIPANT))
			continue;
		TRY(policy_relate(cx, case_of(e), r->stakeholder, r->member, r->relation, r->basis, e->time));
	}
	return happen(cx, e, &(Line){.other = who, .klass = CLASS_CASE});
}

static Err project_event(Cx *cx, const Entry *e) {
	Str b = e->plain;
	TRY(db_send(cx, &SQL_casefile_touch, INT(e->id), INT(e->time)));
	return happen(cx, e,
		      &(Line){.event = body_get_str(b, "event"),
			      .person = body_get_int(b, "person"),
			      .at = body_get_int(b, "at"),
			      .klass = (Class)body_get_int(b, "klass")});
}

static Err project_screened(Cx *cx, const Entry *e) {
	TRY(db_send(cx, &SQL_casefile_screening_set, INT(e->id), INT(e->time),
		    STR(body_get_str(e->plain, "result"))));
	return happen(cx, e, &(Line){.person = body_get_int(e->plain, "person"), .klass = CLASS_CASE});
}

static const EntryKind kinds[WHAT__N] = {
	[WHAT_OPENED] = {"case.opened", project_opened},
	[WHAT_CLOSED] = {"case.closed", project_closed},
	[WHAT_REOPENED] = {"case.reopened", project_reopened},
	[WHAT_PERSON_ADDED] = {"case.person_added", project_person_added},
	[WHAT_PERSON_CHANGED] = {"case.person_changed", project_person_changed},
	[WHAT_RECORD] = {"case.record", project_record},
	[WHAT_NOTE] = {"case.note", project_note},
	[WHAT_DOCUMENT] = {"case.document", project_document},
	[WHAT_DOCUMENT_OPENED] = {"case.document_opened", project_document_opened},
	[WHAT_JOINED] = {"case.joined", project_joined},
	[WHAT_LEFT] = {"case.left", project_left},
	[WHAT_EVENT] = {"case.event", project_event},
	[WHAT_SCREENED] = {"case.screened", project_screened},
};
const EntryKind *const casefile_kinds[] = {
	&kinds[WHAT_OPENED],
	&kinds[WHAT_CLOSED],
	&kinds[WHAT_REOPENED],
	&kinds[WHAT_PERSON_ADDED],
	&kinds[WHAT_PERSON_CHANGED],
	&kinds[WHAT_RECORD],
	&kinds[WHAT_NOTE],
	&kinds[WHAT_DOCUMENT],
	&kinds[WHAT_DOCUMENT_OPENED],
	&kinds[WHAT_JOINED],
	&kinds[WHAT_LEFT],
	&kinds[WHAT_EVENT],
	&kinds[WHAT_SCREENED],
	NULL,
};
_Static_assert(COUNT(casefile_kinds) == WHAT__N + 1, "every kind is listed");

Err casefile_append(Cx *cx, CaseWhat what, CaseId id, KeyId key, const Body *b) {
	return ledger_append(
		cx, &(Entry){.kind = &kinds[what], .about = ABOUT_CASE, .id = id.n, .key = key, .body = *b});
}
