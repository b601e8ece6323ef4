// From rows to what the contract speaks of, and the lists.
#include "casefile/casefile_parts.h"
#include "casefile_sql.h"
#include "vault/vault.h"

enum { // columns of casefile and person, in the order of schema/0040_casefile.sql
	CASE_ID,
	CASE_KEY,
	CASE_NUMBER,
	CASE_STATE,
	CASE_LEAD,
	CASE_AREA,
	CASE_OPENED_AT,
	CASE_CLOSED_AT,
	CASE_CHANGED,
	CASE_VERSION,
	CASE_REPORT,
	CASE_REPORT_NUMBER,
	CASE_EXPLOITATION,
	CASE_CHILD,
	CASE_SCREENING,
	CASE_CLOSED_WHY,
	CASE_SEALED_CLOSED,
	CASE_SEALED_FACTS,
	CASE_LISTED = CASE_SEALED_CLOSED
};
enum {
	PERSON_ID,
	PERSON_CASE,
	PERSON_KEY,
	PERSON_PLACE,
	PERSON_CAPACITY,
	PERSON_CHILD,
	PERSON_ADDED,
	PERSON_CHANGED,
	PERSON_VERSION
};
enum { PAGE = 25 };

static const Str state_codes[CASE__N] = {[CASE_OPEN] = SLIT("open"), [CASE_CLOSED] = SLIT("closed")};
Str case_state_code(CaseState s) { return state_codes[s]; }

Case casefile_case_of(const Row *r) {
	Case c = {
		.id = {row_int(r, CASE_ID)},
		.key = {row_int(r, CASE_KEY)},
		.number = row_str(r, CASE_NUMBER),
		.state = (CaseState)row_int(r, CASE_STATE),
		.lead = {row_int(r, CASE_LEAD)},
		.area = row_str(r, CASE_AREA),
		.opened = row_int(r, CASE_OPENED_AT),
		.closed = row_int(r, CASE_CLOSED_AT),
		.changed = row_int(r, CASE_CHANGED),
		.version = row_int(r, CASE_VERSION),
		.report = {row_int(r, CASE_REPORT)},
		.report_number = row_str(r, CASE_REPORT_NUMBER),
		.exploitation = row_str(r, CASE_EXPLOITATION),
		.child = row_str(r, CASE_CHILD),
		.screening = row_str(r, CASE_SCREENING),
		.closed_why = row_str(r, CASE_CLOSED_WHY),
	};
	if (r->n > CASE_LISTED) {
		c.sealed_closed = row_str(r, CASE_SEALED_CLOSED);
		c.sealed_facts = row_str(r, CASE_SEALED_FACTS);
	}
	return c;
}

Err casefile_closing_words(Cx *cx, const Case *c, Str *out) {
	*out = (Str){0};
	if (c->state != CASE_CLOSED || !c->sealed_closed.n) return OK;
	Err e = vault_unseal(cx, c->key, (Place){"casefile", "sealed_closed", c->id.n}, c->sealed_closed,
			     out);
	return e == ERR_GONE ? OK : e;
}

Err casefile_get(Cx *cx, CaseId id, Case *out) {
	Row r;
	TRY(db_one(cx, &SQL_casefile_get, &r, INT(id.n)));
	*out = casefile_case_of(&r);
	return OK;
}

// Letters and digits, in capitals: what people keep of a number when they read it out.
static Str fold_number(Arena *a, Str s) {
	Buf b = {.a = a};
	for (ptrdiff_t i = 0; i < s.n; i++) {
		char c = s.p[i];
		if (c >= 'a' && c <= 'z')
			buf_char(&b, (char)(c - 'a' + 'A'));
		else if ((c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'))
			buf_char(&b, c);
	}
	return buf_str(&b);
}

// " IN-UD IN-UD-RMP … ": the area and everything below it; one that nobody knows finds nothing.
static Str areas_below(Cx *cx, Str area) {
	if (!area.n) return (Str){0};
	Buf b = {.a = cx->arena};
	buf_char(&b, ' ');
	for (ptrdiff_t i = 0; i < cx->pack->narea; i++)
		if (pack_area_within(cx->pack, cx->pack->area[i].code, area)) {
			buf_put(&b, cx->pack->area[i].code);
			buf_char(&b, ' ');
		}
	return buf_str(&b);
}

static Str like(Cx *cx, const char *before, Str s, const char *after) {
	return s.n ? str_fmt(cx->arena, "%s%.*s%s", before, (int)s.n, s.p, after) : S("");
}

Err casefile_list(Cx *cx, const CaseFilter *f, Cases *out) {
	int limit = f->limit > 0 ? f->limit : PAGE;
	Str find = fold_number(cx->arena, f->search);
	*out = (Cases){0};
	if (f->search.n && !find.n) return OK; // something was asked for, and no number looks like it
	Rows rs;
	TRY(db_run(cx, &SQL_casefile_list, &rs, INT(cx->actor->stakeholder.n), INT(ABOUT_CASE),
		   INT(f->before ? f->before : INT64_MAX), INT(f->state), STR(areas_below(cx, f->area)),
		   STR(like(cx, "% ", f->exploitation, " %")), INT(f->child), STR(like(cx, "%", find, "%")),
		   INT(limit + 1), STR(policy_relations_with(cx, ACT_case_read))));
	out->more = rs.n > limit;
	out->n = out->more ? limit : rs.n;
	out->at = NEW(cx->arena, Case, out->n);
	for (ptrdiff_t i = 0; i < out->n; i++) out->at[i] = casefile_case_of(&rs.row[i]);
	return OK;
}

Err casefile_all(Cx *cx, CaseId after, int limit, Cases *out) {
	Rows rs;
	TRY(db_run(cx, &SQL_casefile_after, &rs, INT(after.n), INT(limit + 1)));
	*out = (Cases){.n = rs.n > limit ? limit : rs.n, .more = rs.n > limit};
	out->at = NEW(cx->arena, Case, out->n);
	for (ptrdiff_t i = 0; i < out->n; i++) out->at[i] = casefile_case_of(&rs.row[i]);
	return OK;
}

// 1 A, 26 Z, 27 AA: as spreadsheets count columns.
static Str label_of(Arena *a, int64_t place) {
	char sign[8];
	int at = COUNT(sign);
	for (; place > 0 && at > 0; place = (place - 1) / 26) sign[--at] = (char)('A' + (place - 1) % 26);
	return str_dup(a, (Str){sign + at, COUNT(sign) - at});
}

Person casefile_person_of(Cx *cx, const Row *r) {
	return (Person){
		.id = {row_int(r, PERSON_ID)},
		.kase = {row_int(r, PERSON_CASE)},
		.key = {row_int(r, PERSON_KEY)},
		.label = label_of(cx->arena, row_int(r, PERSON_PLACE)),
		.capacity = row_str(r, PERSON_CAPACITY),
		.child = row_str(r, PERSON_CHILD),
		.added = row_int(r, PERSON_ADDED),
		.changed = row_int(r, PERSON_CHANGED),
		.version = row_int(r, PERSON_VERSION),
	};
}

Err casefile_person(Cx *cx, const Case *c, PersonId id, Person *out) {
	Row r;
	TRY(db_one(cx, &SQL_person_get, &r, INT(id.n)));
	if (row_int(&r, PERSON_CASE) != c->id.n)
		return fail(cx->why, ERR_NOT_FOUND, "person %lld is of another case", (long long)id.n);
	*out = casefile_person_of(cx, &r);
	return OK;
}

Err casefile_people(Cx *cx, const Case *c, People *out) {
	Rows rs;
	TRY(db_run(cx, &SQL_person_of, &rs, INT(c->id.n)));
	*out = (People){NEW(cx->arena, Person, rs.n), rs.n};
	for (ptrdiff_t i = 0; i < rs.n; i++) out->at[i] = casefile_person_of(cx, &rs.row[i]);
	return OK;
}

bool casefile_person_seen(const Person *p, uint32_t classes) {
	return !str_eq(p->capacity, S("suspect")) || (classes & CLASS_BIT(CLASS_INTELLIGENCE));
}

Err casefile_records(Cx *cx, const Case *c, Str form, CaseRecords *out) {
	Rows rs;
	TRY(db_run(cx, &SQL_record_of, &rs, INT(c->id.n), STR(form)));
	*out = (CaseRecords){NEW(cx->arena, CaseRecord, rs.n), rs.n};
	for (ptrdiff_t i = 0; i < rs.n; i++) {
		const Row *r = &rs.row[i];
		out->at[i] = (CaseRecord){row_int(r, 0), {row_int(r, 1)}, row_str(r, 3), row_int(r, 4)};
	}
	return OK;
}

Err casefile_timeline(Cx *cx, const Case *c, int limit, Happenings *out) {
	Rows rs;
	TRY(db_run(cx, &SQL_happening_of, &rs, INT(c->id.n), INT(limit > 0 ? limit : 20)));
	*out = (Happenings){NEW(cx->arena, Happening, rs.n), rs.n};
	for (ptrdiff_t i = 0; i < rs.n; i++) {
		const Row *r = &rs.row[i];
		out->at[i] = (Happening){.what = row_str(r, 0),
					 .event = row_str(r, 1),
					 .person = {row_int(r, 2)},
					 .klass = (Class)row_int(r, 3),
					 .at = row_int(r, 4),
					 .recorded = row_int(r, 5),
					 .stakeholder = {row_int(r, 6)},
					 .other = {row_int(r, 7)}};
	}
	return OK;
}

Err casefile_events_so_far(Cx *cx, const Case *c, Str **out, int *n) {
	Rows rs;
	TRY(db_run(cx, &SQL_happening_events, &rs, INT(c->id.n)));
	Str *at = NEW(cx->arena, Str, rs.n + 1);
	int count = 0;
	for (ptrdiff_t i = 0; i < rs.n; i++) at[count++] = row_str(&rs.row[i], 0);
	if (c->report.n) at[count++] = S("information_received");
	*out = at;
	*n = count;
	return OK;
}

Err casefile_participants(Cx *cx, const Case *c, Participants *out) {
	RelatedList list;
	TRY(policy_related(cx, (Object){ABOUT_CASE, c->id.n},
			   &list)); // in the order of the enum: the lead comes first
	*out = (Participants){.at = NEW(cx->arena, Participant, list.n)};
	for (ptrdiff_t i = 0; i < list.n; i++) {
		const Related *r = &list.at[i];
		if (r->member.n || (r->relation != RELATION_LEAD && r->relation != RELATION_PARTICIPANT))
			continue;
		out->at[out->n++] = (Participant){r->stakeholder, r->relation, r->basis, r->since};
	}
	return OK;
}
