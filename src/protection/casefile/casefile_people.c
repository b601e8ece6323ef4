// People of a case, and other forms filled in for it.
#include "casefile/casefile_parts.h"
#include "casefile_sql.h"
#include "vault/vault.h"

static bool is(const PackAnswers *v, const char *ask, const char *value) {
	return str_eq(pack_answer(v, ask), str_of(value));
}

static bool found_child(const PackAnswers *v) {
	return is(v, "capacity", "victim") && is(v, "child", "yes") && is(v, "found", "yes");
}

static Str child_code(const PackAnswers *v) {
	Str code = pack_answer(v, "child");
	return code.n ? code : S("unknown");
}

static bool has_code(Str list, Str code) {
	for (Str one; str_cut(&list, ' ', &one);)
		if (str_eq(one, code)) return true;
	return false;
}

// The case is of every kind of exploitation that any of its victims suffered.
static Str join_codes(Arena *a, Str list, Str more) {
	Buf b = {.a = a};
	buf_put(&b, list);
	for (Str one; str_cut(&more, ' ', &one);) {
		if (!one.n || has_code(buf_str(&b), one)) continue;
		if (b.n) buf_char(&b, ' ');
		buf_put(&b, one);
	}
	return buf_str(&b);
}

// A child among the victims makes it a child's case for good; else nobody is a child only when that is known
// of all.
static Err case_child(Cx *cx, const Case *c, PersonId whose, const PackAnswers *v, Str *out) {
	People all;
	TRY(casefile_people(cx, c, &all));
	bool victim = is(v, "capacity", "victim"),
	     yes = str_eq(c->child, S("yes")) || (victim && is(v, "child", "yes"));
	bool unknown = victim && !is(v, "child", "yes") && !is(v, "child", "no"), any = victim;
	for (ptrdiff_t i = 0; i < all.n; i++) {
		const Person *p = &all.at[i];
		if (p->id.n == whose.n || !str_eq(p->capacity, S("victim"))) continue;
		any = true;
		yes = yes || str_eq(p->child, S("yes"));
		unknown = unknown || str_eq(p->child, S("unknown"));
	}
	*out = yes ? S("yes") : !any ? c->child : unknown ? S("unknown") : S("no");
	return OK;
}

static Err put_person(Cx *cx, const Case *c, const Person *p, const PackAnswers *v, Body *b) {
	bool victim = is(v, "capacity", "victim");
	Str child;
	TRY(case_child(cx, c, p->id, v, &child));
	body_int(b, "person", p->id.n);
	body_str(b, "capacity", pack_answer(v, "capacity"));
	body_str(b, "child", child_code(v));
	body_str(b, "case_child", child);
	body_str(b, "exploitation",
		 victim ? join_codes(cx->arena, c->exploitation, pack_answer(v, "exploitation"))
			: c->exploitation);
	IdentityFacts facts;
	Str known;
	TRY(identity_facts(cx, v, &facts));
	TRY(identity_seal(cx, p->id, p->key, &facts, &known));
	body_bytes(b, "known", known);
	return casefile_seal_answers(cx, p->key, p->id.n, v, is(v, "capacity", "suspect"), b);
}

static Err check_form(Cx *cx, const PackAnswers *v, Str name) {
	if (!v->form || !str_eq(v->form->name, name))
		return fail(cx->why, ERR_BUG, "answers of another form");
	return pack_answer(v, "capacity").n ? OK : fail(cx->why, ERR_INVALID, "a person without a capacity");
}

static Err tell_person(Cx *cx, CaseId id, PersonId person, const PackAnswers *v, bool added, bool found,
		       int64_t at) {
	Case now; // with what this person made known of the case
	TRY(casefile_get(cx, id, &now));
	if (added) TRY(casefile_tell(cx, &now, &(CaseTelling){S("person_added"), person, at, 0, v}));
	if (found) TRY(casefile_tell(cx, &now, &(CaseTelling){S("child_found"), person, at, 0, v}));
	return OK;
}

Err casefile_person_add(Cx *cx, const Case *c, const PackAnswers *answers, int64_t at, PersonId *out) {
	TRY(check_form(cx, answers, S("person")));
	if (at > cx->now)
		return fail(cx->why, ERR_INVALID, "case %lld: a person added in the future",
			    (long long)c->id.n);
	if (!at) at = cx->now;
	Row next;
	TRY(db_one(cx, &SQL_casefile_people_next, &next, INT(c->id.n)));
	Person p = {.id = {id_new()}};
	TRY(vault_key_new(cx, KEY_PERSON, &p.key));
	bool found = found_child(answers);
	Body b = body_on(cx);
	body_int(&b, "key", p.key.n);
	body_int(&b, "place", row_int(&next, 0));
	body_int(&b, "at", at);
	body_int(&b, "found", found);
	TRY(put_person(cx, c, &p, answers, &b));
	TRY(casefile_append(cx, WHAT_PERSON_ADDED, c->id, c->key, &b));
	TRY(tell_person(cx, c->id, p.id, answers, true, found, at));
	*out = p.id;
	return OK;
}

Err casefile_person_change(Cx *cx, const Case *c, const Person *p, int64_t version,
			   const PackAnswers *answers, uint32_t classes) {
	TRY(check_form(cx, answers, S("person")));
	if (p->version != version)
		return fail(cx->why, ERR_CONFLICT, "person %lld is not as the writer saw her",
			    (long long)p->id.n);
	bool was_suspect = str_eq(p->capacity, S("suspect")), suspect = is(answers, "capacity", "suspect");
	PackAnswers old = casefile_no_answers(cx, answers->form),
		    all = casefile_no_answers(cx, answers->form);
	uint32_t read = 0;
	CaseOwner o = {p->id.n, p->key, was_suspect, (1U << CLASS__N) - 1};
	TRY(casefile_open_answers(cx, &o, &old, &read)); // to seal them again; nobody is shown them
	for (ptrdiff_t i = 0; i < all.form->nask; i++) {
		Class k = casefile_ask_class(&all.form->ask[i], false);
		bool hers = (classes & CLASS_BIT(k)) || (suspect && k == CLASS_CASE);
		all.value[i] = hers ? answers->value[i] : old.value[i];
	}
	bool found = found_child(&all) && !found_child(&old);
	Body b = body_on(cx);
	body_int(&b, "version", version);
	body_int(&b, "found", found);
	body_int(&b, "key", p->key.n);
	TRY(put_person(cx, c, p, &all, &b));
	TRY(casefile_append(cx, WHAT_PERSON_CHANGED, c->id, c->key, &b));
	return tell_person(cx, c->id, p->id, &all, false, found, cx->now);
}

Err casefile_record_add(Cx *cx, const Case *c, const Person *person, const PackAnswers *answers, int64_t at,
			int64_t *out) {
	if (at > cx->now)
		return fail(cx->why, ERR_INVALID, "case %lld: a record of the future", (long long)c->id.n);
	int64_t id = id_new();
	KeyId key = person ? person->key : c->key;
	Body b = body_on(cx);
	body_int(&b, "record", id);
	body_int(&b, "person", person ? person->id.n : 0);
	body_int(&b, "key", key.n);
	body_str(&b, "form", answers->form->name);
	body_int(&b, "at", at ? at : cx->now);
	TRY(casefile_seal_answers(cx, key, id, answers, false, &b));
	TRY(casefile_append(cx, WHAT_RECORD, c->id, c->key, &b));
	*out = id;
	return OK;
}
