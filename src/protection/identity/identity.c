// What a person is found by: read from the pack's form, sealed together, opened again.
#include "base/when.h"
#include "identity/identity_parts.h"
#include "identity_sql.h"
#include "match/name.h"
#include "vault/vault.h"

const char *const identity_field[IDENTITY_FIELDS] = {
	"given", "family",   "name",	 "guardian", "birth_date", "birth_year", "age",	       "sex",
	"place", "district", "postcode", "street",   "phone",	   "email",	 "identifier",
};
static const MatchKind kinds[] = {
	KIND_GIVEN,	 KIND_FAMILY, KIND_NAME,  KIND_GUARDIAN, KIND_BIRTH_DATE,
	KIND_BIRTH_YEAR, KIND_AGE,    KIND_SEX,	  KIND_PLACE,	 KIND_PLACE,
	KIND_POSTCODE,	 KIND_STREET, KIND_PHONE, KIND_EMAIL,	 KIND_IDENTIFIER,
};
_Static_assert(COUNT(kinds) == IDENTITY_FIELDS, "a kind for each field");

void identity_schema(MatchSchema *out) {
	*out = (MatchSchema){.id = {S("id")}, .nid = 1, .n = IDENTITY_FIELDS};
	for (int i = 0; i < out->n; i++)
		out->field[i] =
			(SchemaField){.column = {str_of(identity_field[i])}, .ncolumn = 1, .kind = kinds[i]};
}

static int32_t year_of(const Cx *cx) {
	Civil c = zone_civil(cx->zone, cx->now);
	return (int32_t)c.year;
}

static void put_word(Arena *a, Str *to, Str more) {
	*to = to->n ? str_fmt(a, "%.*s %.*s", (int)to->n, to->p, (int)more.n, more.p) : more;
}

static int field_named(Str column) {
	for (int i = 0; i < IDENTITY_FIELDS; i++)
		if (str_eq(str_of(identity_field[i]), column)) return i;
	return -1;
}

Err identity_facts(Cx *cx, const PackAnswers *v, IdentityFacts *out) {
	*out = (IdentityFacts){.year = year_of(cx)};
	for (ptrdiff_t i = 0; i < v->form->nask; i++) {
		const PackAsk *ask = &v->form->ask[i];
		Str said = str_trim(v->value[i]);
		if (!ask->match.n || !said.n) continue;
		int at = field_named(ask->match);
		if (at >= 0)
			put_word(cx->arena, &out->value[at], said);
		else if (str_eq(ask->match, S("alias")))
			out->alias = said;
		else
			return fail(cx->why, ERR_BUG, "form %.*s: a question is matched by no field",
				    (int)v->form->name.n, v->form->name.p);
	}
	return OK;
}

bool identity_facts_any(const IdentityFacts *f) {
	for (int i = 0; i < IDENTITY_FIELDS; i++)
		if (f->value[i].n) return true;
	return f->alias.n > 0 || f->number.n > 0;
}

Str identity_name(Cx *cx, const IdentityFacts *f) {
	Str name = f->value[FACT_GIVEN];
	if (f->value[FACT_FAMILY].n) put_word(cx->arena, &name, f->value[FACT_FAMILY]);
	if (!name.n) name = f->value[FACT_NAME];
	Str rest = f->alias, line = {0};
	while (!name.n && str_cut(&rest, '\n', &line)) name = str_trim(line);
	return name;
}

// ---- sealed
// ---------------------------------------------------------------------------------------------------

static Place place_of(PersonId person) { return (Place){"identity", "sealed", person.n}; }

Err identity_seal(Cx *cx, PersonId person, KeyId key, const IdentityFacts *f, Str *out) {
	Body b = body_on(cx);
	for (int i = 0; i < IDENTITY_FIELDS; i++)
		if (f->value[i].n) body_str(&b, identity_field[i], f->value[i]);
	if (f->alias.n) body_str(&b, "alias", f->alias);
	body_int(&b, "year", f->year);
	return vault_seal(cx, key, place_of(person), buf_str(&b.b), out);
}

Err identity_unseal(Cx *cx, const IdentityRow *r, IdentityFacts *out) {
	Str plain;
	*out = (IdentityFacts){0};
	TRY(vault_unseal(cx, r->key, place_of(r->person), r->sealed, &plain));
	for (int i = 0; i < IDENTITY_FIELDS; i++) out->value[i] = body_get_str(plain, identity_field[i]);
	out->alias = body_get_str(plain, "alias");
	out->year = (int32_t)body_get_int(plain, "year");
	return OK;
}

Err identity_project(Cx *cx, const IdentityRow *r) {
	return db_send(cx, &SQL_identity_put, INT(r->person.n), INT(r->on.id), INT(r->key.n), INT(r->suspect),
		       INT(r->seq), BYTES(r->sealed), INT(r->on.about));
}

Err identity_became(Cx *cx, ReportId report, CaseId kase) {
	return db_do(cx, &SQL_identity_became, INT(ABOUT_REPORT), INT(report.n), INT(kase.n));
}

Err identity_missed(Cx *cx, ReportId report, PersonId *out) {
	Row r;
	TRY(db_one(cx, &SQL_identity_of, &r, INT(ABOUT_REPORT), INT(report.n)));
	*out = (PersonId){row_int(&r, 0)};
	return OK;
}

IdentityRow identity_row_of(Row r) {
	return (IdentityRow){.person = {row_int(&r, 0)},
			     .on = {(About)row_int(&r, 7), row_int(&r, 1)},
			     .kase = {row_int(&r, 8)},
			     .key = {row_int(&r, 2)},
			     .suspect = row_int(&r, 3) != 0,
			     .seq = row_int(&r, 5),
			     .sealed = row_str(&r, 6)};
}

void identity_know_key(Cx *cx, const Row *r) {
	vault_know(cx, (KeyId){row_int(r, 2)}, row_int(r, 9), row_str(r, 10));
}

Err identity_get(Cx *cx, PersonId id, IdentityRow *out) {
	Row r;
	TRY(db_one(cx, &SQL_identity_get, &r, INT(id.n)));
	*out = identity_row_of(r);
	return OK;
}

Err identity_hit_of(Cx *cx, const IdentityRow *r, IdentityHit *out) {
	*out = (IdentityHit){
		.person = r->person, .on = r->on, .kase = r->kase, .key = r->key, .suspect = r->suspect};
	return identity_unseal(cx, r, &out->facts);
}

Err identity_number(Cx *cx, Object on, Str *number) {
	Row r;
	TRY(db_one(cx, on.about == ABOUT_REPORT ? &SQL_identity_report_shown : &SQL_identity_case_shown, &r,
		   INT(on.id)));
	*number = row_str(&r, 0);
	return OK;
}

// ---- as matching sees her
// -------------------------------------------------------------------------------------

int identity_rows(People *p, const MatchSchema *s, const IdentityFacts *f) {
	Str value[IDENTITY_FIELDS], alias[NAME_ALIASES], rest = f->alias, line;
	int n = 1;
	p->year = f->year;
	memcpy(value, f->value, sizeof value);
	identity_compared(p->arena, value);
	people_put(p, s, (Str){0}, value);
	value[FACT_GIVEN] = value[FACT_FAMILY] = (Str){0};
	while (str_cut(&rest, '\n', &line)) {
		int parts = name_aliases(line, alias, NAME_ALIASES);
		for (int i = 0; i < parts && n <= NAME_ALIASES; i++, n++) {
			value[FACT_NAME] = alias[i];
			people_put(p, s, (Str){0}, value);
		}
	}
	return n;
}
