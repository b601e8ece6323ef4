// What is said of a person, cut by class of information and sealed piece by piece.
#include "casefile/casefile_parts.h"
#include "casefile_sql.h"
#include "vault/vault.h"

Class casefile_ask_class(const PackAsk *ask, bool suspect) {
	Class k = CLASS_CASE;
	(void)class_from_name(ask->klass, &k); // a question without a class is of the case
	return suspect && k == CLASS_CASE ? CLASS_INTELLIGENCE : k;
}

// The class is part of the place, so that a value cannot be moved to a class with more readers.
static Place place_of(int64_t owner, Class k) { return (Place){"part", casefile_part_name[k], owner}; }

// An empty field stands for "there is nothing of this class any more".
Err casefile_seal_answers(Cx *cx, KeyId key, int64_t owner, const PackAnswers *v, bool suspect, Body *b) {
	for (Class k = CLASS_OPEN; k < CLASS__N; k++) {
		Body part = body_on(cx);
		for (ptrdiff_t i = 0; i < v->form->nask; i++)
			if (v->value[i].n && casefile_ask_class(&v->form->ask[i], suspect) == k)
				body_str(&part, str_z(cx->arena, v->form->ask[i].name), v->value[i]);
		Str plain = buf_str(&part.b), sealed = {0};
		if (plain.n) TRY(vault_seal(cx, key, place_of(owner, k), plain, &sealed));
		body_bytes(b, casefile_part_name[k], sealed);
	}
	return OK;
}

PackAnswers casefile_no_answers(Cx *cx, const PackForm *f) {
	PackAnswers v = pack_answers_on(cx->arena, f);
	for (ptrdiff_t i = 0; i < f->nask; i++) v.value[i] = S("");
	return v;
}

Err casefile_open_part(Cx *cx, const CaseOwner *o, Class klass, Str sealed, PackAnswers *v, uint32_t *read) {
	if (!(o->classes & CLASS_BIT(klass))) return OK;
	Str plain;
	Err e = vault_unseal(cx, o->key, place_of(o->owner, klass), sealed, &plain);
	if (e == ERR_GONE) return OK; // erased: as if never said
	TRY(e);
	*read |= CLASS_BIT(klass);
	for (ptrdiff_t i = 0; i < v->form->nask; i++) {
		const PackAsk *ask = &v->form->ask[i];
		if (casefile_ask_class(ask, o->suspect) != klass) continue;
		Str said = body_get_str(plain, str_z(cx->arena, ask->name));
		if (said.n) v->value[i] = said;
	}
	return OK;
}

Err casefile_open_answers(Cx *cx, const CaseOwner *o, PackAnswers *v, uint32_t *read) {
	Rows rs;
	TRY(db_run(cx, &SQL_part_owned, &rs, INT(o->owner)));
	for (ptrdiff_t i = 0; i < rs.n; i++)
		TRY(casefile_open_part(cx, o, (Class)row_int(&rs.row[i], 0), row_str(&rs.row[i], 1), v,
				       read));
	return OK;
}

static CaseOwner owner_of(const Person *p, uint32_t classes) {
	return (CaseOwner){p->id.n, p->key, str_eq(p->capacity, S("suspect")), classes};
}

static Err person_form(Cx *cx, const PackForm **out) {
	*out = pack_form(cx->pack, S("person"));
	return *out ? OK : fail(cx->why, ERR_BUG, "the pack has no form person");
}

static void note_reading(Cx *cx, const Person *p, uint32_t read, const char *basis) {
	if (read & CLASS_SENSITIVE)
		ledger_read(cx, ABOUT_PERSON, p->id.n, p->key, read & CLASS_SENSITIVE, basis);
}

Err casefile_person_answers(Cx *cx, const Person *p, uint32_t classes, const char *basis, PackAnswers *out,
			    uint32_t *read) {
	const PackForm *form;
	TRY(person_form(cx, &form));
	*out = casefile_no_answers(cx, form);
	*read = 0;
	if (!casefile_person_seen(p, classes)) return OK;
	CaseOwner o = owner_of(p, classes);
	TRY(casefile_open_answers(cx, &o, out, read));
	note_reading(cx, p, *read, basis);
	return OK;
}

Err casefile_people_answers(Cx *cx, const Case *c, const People *people, uint32_t classes, const char *basis,
			    PackAnswers *out) {
	const PackForm *form;
	Rows rs;
	TRY(person_form(cx, &form));
	TRY(db_run(cx, &SQL_part_of_people, &rs, INT(c->id.n)));
	for (ptrdiff_t i = 0; i < people->n; i++) {
		const Person *p = &people->at[i];
		uint32_t read = 0;
		out[i] = casefile_no_answers(cx, form);
		CaseOwner o = owner_of(p, casefile_person_seen(p, classes) ? classes : 0);
		for (ptrdiff_t k = 0; k < rs.n; k++)
			if (row_int(&rs.row[k], 0) == p->id.n)
				TRY(casefile_open_part(cx, &o, (Class)row_int(&rs.row[k], 1),
						       row_str(&rs.row[k], 2), &out[i], &read));
		note_reading(cx, p, read, basis);
	}
	return OK;
}

Err casefile_record_answers(Cx *cx, const Case *c, const CaseRecord *r, uint32_t classes, const char *basis,
			    PackAnswers *out) {
	const PackForm *form = pack_form(cx->pack, r->form);
	if (!form)
		return fail(cx->why, ERR_NOT_FOUND, "record %lld: its form left the pack", (long long)r->id);
	Row row;
	TRY(db_one(cx, &SQL_record_key, &row, INT(r->id), INT(c->id.n)));
	uint32_t read = 0;
	*out = casefile_no_answers(cx, form);
	CaseOwner o = {r->id, {row_int(&row, 0)}, false, classes};
	TRY(casefile_open_answers(cx, &o, out, &read));
	Object about = r->person.n ? (Object){ABOUT_PERSON, r->person.n} : (Object){ABOUT_CASE, c->id.n};
	if (read & CLASS_SENSITIVE)
		ledger_read(cx, about.about, about.id, o.key, read & CLASS_SENSITIVE, basis);
	return OK;
}
