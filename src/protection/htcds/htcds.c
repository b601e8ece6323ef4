#include "htcds/htcds.h"
#include "htcds/htcds_parts.h"
#include "screening/screening.h"
#include "stakeholder/stakeholder.h"
#include "vault/vault.h"

const Str htcds_sheet_form[SHEET__N] = {
	SLIT("person"), SLIT("case"), SLIT("event"), SLIT("consent"), SLIT("support_plan"),
};
const Str htcds_sheet_list[SHEET__N] = {
	SLIT(""), SLIT(""), SLIT("events"), SLIT("consents"), SLIT("support_plans"),
};

Err htcds_form(Cx *cx, Sheet s, const PackForm **out) {
	Str name = htcds_sheet_form[s];
	*out = pack_form(cx->pack, name);
	return *out ? OK : fail(cx->why, ERR_INVALID, "the pack has no form %.*s", (int)name.n, name.p);
}

Str htcds_ask_name(Arena *a, const PackForm *f, const PackAsk *ask) {
	bool asks = ask->kind != ASK_NOTE && ask->kind != ASK_GROUP && ask->kind != ASK_END;
	if (!asks || ask->htcds.n) return asks ? ask->htcds : (Str){0};
	if (ask->kind == ASK_CALCULATE) return (Str){0}; // follows from the others
	return str_fmt(a, "sangam_%.*s_%.*s", (int)f->name.n, f->name.p, (int)ask->name.n, ask->name.p);
}

bool htcds_ask_is_truth(const PackAsk *ask) {
	if (ask->kind == ASK_CALCULATE || ask->kind == ASK_YES) return true;
	if (ask->kind != ASK_ONE || ask->nchoice != 2) return false;
	bool yes = false, no = false;
	for (ptrdiff_t i = 0; i < ask->nchoice; i++) {
		yes |= str_eq(ask->choice[i].code, S("yes"));
		no |= str_eq(ask->choice[i].code, S("no"));
	}
	return yes && no;
}

PackAnswers htcds_no_answers(Cx *cx, const PackForm *f) {
	PackAnswers v = pack_answers_on(cx->arena, f);
	for (ptrdiff_t i = 0; i < f->nask; i++) v.value[i] = S(""); // what is not told is not known
	return v;
}

// ---- what is here already
// ------------------------------------------------------------------------------------------

static ptrdiff_t slot_of(const HtcdsSeen *s, Str ref) {
	uint64_t h = 14695981039346656037U; // FNV-1a
	for (ptrdiff_t i = 0; i < ref.n; i++) h = (h ^ (uint8_t)ref.p[i]) * 1099511628211U;
	ptrdiff_t at = (ptrdiff_t)(h & (uint64_t)(s->cap - 1));
	while (s->at[at].ref.n && !str_eq(s->at[at].ref, ref)) at = (at + 1) & (s->cap - 1);
	return at;
}

void htcds_seen_put(Arena *a, HtcdsSeen *s, Str ref, CaseId id, bool before) {
	if (!ref.n) return;
	if (s->n * 2 >= s->cap) {
		HtcdsSeen old = *s;
		s->cap = old.cap ? old.cap * 2 : 256;
		s->at = arena_get(a, (ptrdiff_t)sizeof *s->at, s->cap);
		for (ptrdiff_t i = 0; i < old.cap; i++)
			if (old.at[i].ref.n) s->at[slot_of(s, old.at[i].ref)] = old.at[i];
	}
	ptrdiff_t at = slot_of(s, ref);
	if (!s->at[at].ref.n) {
		s->n++;
		s->at[at].ref = str_dup(a, ref);
	}
	s->at[at].id = id;
	s->at[at].before = before;
}

bool htcds_seen_get(const HtcdsSeen *s, Str ref, CaseId *id, bool *before) {
	if (!ref.n || !s->cap) return false;
	ptrdiff_t at = slot_of(s, ref);
	if (!s->at[at].ref.n) return false;
	*id = s->at[at].id;
	*before = s->at[at].before;
	return true;
}

#define ALL_CLASSES ((1U << CLASS__N) - 1)
#define BATCH 100
#define NOTES_MAX 100000 // of one case

// The latest of the form `case`: how the case stands in the terms of the standard.
static Err case_answers(Cx *cx, const Case *c, PackAnswers *out) {
	const PackForm *form;
	CaseRecords rs;
	TRY(htcds_form(cx, SHEET_CASE, &form));
	TRY(casefile_records(cx, c, form->name, &rs));
	*out = htcds_no_answers(cx, form);
	if (rs.n) TRY(casefile_record_answers(cx, c, &rs.at[rs.n - 1], ALL_CLASSES, "own_work", out));
	return OK;
}

Err htcds_import_begin(Cx *cx, HtcdsImport *im) {
	Cases cases = {.more = true};
	im->seen = NEW(im->arena, HtcdsSeen, 1);
	for (CaseId after = {0}; cases.more;) {
		TRY(casefile_all(cx, after, BATCH, &cases));
		for (ptrdiff_t i = 0; i < cases.n; i++) {
			const Case *c = &cases.at[i];
			PackAnswers v;
			TRY(case_answers(cx, c, &v));
			htcds_seen_put(im->arena, im->seen, c->number, c->id, true);
			htcds_seen_put(im->arena, im->seen, pack_answer(&v, "ref"), c->id, true);
			after = c->id;
		}
	}
	return OK;
}

// ---- import
// --------------------------------------------------------------------------------------------------------------

typedef struct {
	HtcdsTaker taker;
	PackAnswers sheet[2]; // person, case
	bool person; // something was told of one
	CaseIn open;
	Str closed_why;
} Taken;

static bool is(const PackAnswers *v, const char *ask, const char *code) {
	return str_eq(pack_answer(v, ask), str_of(code));
}

// Fields of the case that are no question of a form. False: it is none of them.
static Err take_own(Cx *cx, Taken *k, const HtcdsField *f, bool *taken) {
	Stakeholder lead;
	*taken = true;
	if (str_eq(f->name, S("case_ref"))) {
		(void)pack_answer_set(&k->sheet[SHEET_CASE], S("ref"), f->value);
	} else if (str_eq(f->name, S("fictional"))) { // of invented data: says nothing of the case
	} else if (str_eq(f->name, S("sangam_case_area"))) {
		if (pack_area(cx->pack, f->value))
			k->open.area = f->value;
		else
			htcds_refuse(&k->taker, f->name, S("the pack has no such area"));
	} else if (str_eq(f->name, S("sangam_case_opened"))) {
		int64_t at;
		if (when_parse(cx->zone, f->value, &at) && at > 0 && at <= cx->now)
			k->open.at = at;
		else
			htcds_refuse(&k->taker, f->name, S("this is no time in the past"));
	} else if (str_eq(f->name, S("sangam_case_lead"))) {
		Err e = stakeholder_by_code(cx, f->value, &lead);
		if (e == ERR_NOT_FOUND)
			htcds_refuse(&k->taker, f->name, S("the hub has no such agency"));
		else
			TRY(e);
		if (e == OK) k->open.lead = lead.id;
	} else if (str_eq(f->name, S("sangam_case_closed_why"))) {
		k->closed_why = f->value;
	} else {
		*taken = false;
	}
	return OK;
}

static bool closed(const Taken *k) {
	return is(&k->sheet[SHEET_CASE], "status", "Closed") ||
	       is(&k->sheet[SHEET_CASE], "status", "ClosedReferred");
}

static int age_at(Cx *cx, Str born, int64_t at) {
	int64_t days;
	Civil on = zone_civil(cx->zone, at);
	int year, month, day;
	if (!when_parse_date(born, &days)) return -1;
	civil_from_days(days, &year, &month, &day);
	return on.year - year - (on.month < month || (on.month == month && on.day < day));
}

static void guess(PackAnswers *v, const char *ask, Str code) {
	if (!pack_answer(v, ask).n && code.n) (void)pack_answer_set(v, str_of(ask), code);
}

static bool has_code(Str codes, Str code) {
	for (Str one; str_cut(&codes, ' ', &one);)
		if (str_eq(one, code)) return true;
	return false;
}

static bool only_suspect(const PackAnswers *v) {
	bool victim = false, suspect = false;
	for (ptrdiff_t i = 0; i < v->form->nask; i++) {
		if (!v->value[i].n) continue;
		victim |= str_starts(v->form->ask[i].htcds, S("vic_"));
		suspect |= str_starts(v->form->ask[i].htcds, S("per_"));
	}
	return suspect && !victim;
}

static void guess_person(Cx *cx, Taken *k) {
	PackAnswers *v = &k->sheet[SHEET_PERSON];
	Str citizen = pack_answer(v, "citizenship");
	int64_t years;
	int age = age_at(cx, pack_answer(v, "birth_date"), k->open.at);
	if (age < 0 && str_to_int(pack_answer(v, "age"), &years)) age = (int)years;
	guess(v, "capacity", only_suspect(v) ? S("suspect") : S("victim"));
	guess(v, "child", age < 0 ? S("unknown") : age < 18 ? S("yes") : S("no"));
	guess(v, "foreign", !citizen.n ? S("") : has_code(citizen, cx->pack->country) ? S("no") : S("yes"));
	if (is(v, "capacity", "victim") && !closed(k)) guess(v, "found", S("yes"));
}

// What follows from the answers (`sex`), worked out beside them: the check would also drop what the form does
// not ask after these answers.
static void calculate(Cx *cx, PackAnswers *v) {
	PackAnswers copy = pack_answers_on(cx->arena, v->form);
	memcpy(copy.value, v->value, (size_t)v->form->nask * sizeof *v->value);
	pack_form_check(cx, &copy);
	for (ptrdiff_t i = 0; i < v->form->nask; i++)
		if (v->form->ask[i].kind == ASK_CALCULATE && !v->value[i].n && !v->form->ask[i].htcds.n)
			v->value[i] = copy.value[i];
}

static Err take_fields(Cx *cx, Taken *k, const HtcdsRecord *r) {
	for (int s = 0; s < COUNT(k->sheet); s++) {
		const PackForm *form;
		TRY(htcds_form(cx, (Sheet)s, &form));
		k->sheet[s] = htcds_no_answers(cx, form);
	}
	for (ptrdiff_t i = 0; i < r->fields.n; i++) {
		bool taken;
		TRY(take_own(cx, k, &r->fields.at[i], &taken));
		if (!taken) htcds_take(&k->taker, &r->fields.at[i], k->sheet, COUNT(k->sheet));
	}
	for (ptrdiff_t i = 0; i < k->sheet[SHEET_PERSON].form->nask; i++)
		k->person |= k->sheet[SHEET_PERSON].value[i].n > 0;
	if (!k->person) return OK;
	guess_person(cx, k);
	calculate(cx, &k->sheet[SHEET_PERSON]);
	return OK;
}

static Str group_value(const HtcdsGroup *g, const char *name) {
	const HtcdsField *f = htcds_field(&g->fields, name);
	return f ? f->value : (Str){0};
}

// A note as another hub gave it out. What is wrong beside its text costs that alone.
static Err take_note(Cx *cx, const Taken *k, const HtcdsGroup *g, const Case *c, const Person *p) {
	NoteIn in = {.person = p,
		     .klass = CLASS_CASE,
		     .text = group_value(g, "sangam_note_text"),
		     .at = k->open.at};
	Str klass = group_value(g, "sangam_note_class"), at = group_value(g, "sangam_note_at"),
	    agency = group_value(g, "sangam_note_agency");
	int64_t when;
	Stakeholder by;
	NoteId id;
	for (ptrdiff_t i = 0; i < g->fields.n; i++) {
		Str name = g->fields.at[i].name;
		if (!str_eq(name, S("sangam_note_text")) && !str_eq(name, S("sangam_note_class")) &&
		    !str_eq(name, S("sangam_note_at")) && !str_eq(name, S("sangam_note_agency")))
			htcds_refuse(&k->taker, name, S("a note has no such field"));
	}
	bool known = !klass.n || class_from_name(klass, &in.klass);
	if (!known || in.klass == CLASS_OPEN || in.klass == CLASS_HIV)
		return htcds_refuse(&k->taker, S("sangam_note_class"),
				    S("a note of this class cannot be brought in")),
		       OK;
	if (!str_trim(in.text).n)
		return htcds_refuse(&k->taker, S("sangam_note_text"), S("the note has no text")), OK;
	if (at.n && when_parse(cx->zone, at, &when) && when > 0 && when <= cx->now)
		in.at = when;
	else if (at.n)
		htcds_refuse(&k->taker, S("sangam_note_at"), S("this is no time in the past"));
	Err e = agency.n ? stakeholder_by_code(cx, agency, &by) : ERR_NOT_FOUND;
	if (e != OK && e != ERR_NOT_FOUND) return e;
	if (e == OK)
		in.by = by.id;
	else if (agency.n)
		htcds_refuse(&k->taker, S("sangam_note_agency"), S("the hub has no such agency"));
	return casefile_note_add(cx, c, &in, &id);
}

static bool any(const PackAnswers *v) {
	for (ptrdiff_t i = 0; i < v->form->nask; i++)
		if (v->value[i].n) return true;
	return false;
}

static Err take_groups(Cx *cx, const Taken *k, const HtcdsRecord *r, const Case *c, const Person *p) {
	for (ptrdiff_t g = 0; g < r->ngroup; g++) {
		if (str_eq(r->group[g].list, S("sangam_notes"))) TRY(take_note(cx, k, &r->group[g], c, p));
		for (int s = 0; s < SHEET__N; s++) {
			const PackForm *form;
			int64_t id;
			if (!str_eq(htcds_sheet_list[s], r->group[g].list)) continue;
			TRY(htcds_form(cx, (Sheet)s, &form));
			PackAnswers v = htcds_no_answers(cx, form);
			for (ptrdiff_t i = 0; i < r->group[g].fields.n; i++)
				htcds_take(&k->taker, &r->group[g].fields.at[i], &v, 1);
			if (any(&v)) TRY(casefile_record_add(cx, c, p, &v, k->open.at, &id));
		}
	}
	return OK;
}

static const Str closed_elsewhere = SLIT("It was closed before it was brought in.");

static Err close_case(Cx *cx, const Taken *k, CaseId id) {
	Case c;
	const PackAnswers *v = &k->sheet[SHEET_CASE];
	Str why = is(v, "status", "ClosedReferred") ? S("transferred") : S("completed"),
	    text = pack_answer(v, "closure");
	for (ptrdiff_t i = 0; i < COUNT(casefile_close_reasons); i++)
		if (str_eq(casefile_close_reasons[i], k->closed_why)) why = k->closed_why;
	TRY(casefile_get(cx, id, &c));
	return casefile_close(cx, &c, why, text.n ? text : closed_elsewhere);
}

static Err open_case(Cx *cx, Taken *k, Case *out) {
	CaseId id;
	int64_t record;
	const PackAnswers *p = &k->sheet[SHEET_PERSON];
	if (is(p, "capacity", "victim")) {
		k->open.exploitation = pack_answer(p, "exploitation");
		k->open.child = pack_answer(p, "child");
	}
	TRY(casefile_open(cx, &k->open, &id));
	TRY(casefile_get(cx, id, out));
	if (any(&k->sheet[SHEET_CASE]))
		TRY(casefile_record_add(cx, out, NULL, &k->sheet[SHEET_CASE], k->open.at, &record));
	return OK;
}

Err htcds_import_record(Cx *cx, HtcdsImport *im, const HtcdsRecord *r, HtcdsReport *report, CaseId *out) {
	Taken k = {.taker = {cx, r, report}, .open = {.lead = im->lead, .area = im->area, .at = cx->now}};
	Case c;
	Person person = {0};
	CaseId id = {0};
	bool before = false, again = htcds_seen_get(im->seen, r->ref, &id, &before);
	*out = (CaseId){0};
	if (again && before) {
		htcds_refuse(&k.taker, S("case_ref"), S("this case is in the hub already"));
		return OK;
	}
	TRY(take_fields(cx, &k, r));
	if (again)
		TRY(casefile_get(cx, id, &c));
	else
		TRY(open_case(cx, &k, &c));
	if (k.person) {
		TRY(casefile_person_add(cx, &c, &k.sheet[SHEET_PERSON], again ? 0 : k.open.at, &person.id));
		TRY(casefile_person(cx, &c, person.id, &person));
	}
	TRY(take_groups(cx, &k, r, &c, k.person ? &person : NULL));
	if (!again && closed(&k)) TRY(close_case(cx, &k, c.id));
	htcds_seen_put(im->arena, im->seen, r->ref, c.id, false);
	*out = c.id;
	return OK;
}

// ---- export
// --------------------------------------------------------------------------------------------------------------

static HtcdsField field_of(Arena *a, const PackAsk *ask, Str name, Str value) {
	HtcdsField f = {str_dup(a, name), str_dup(a, value), HTCDS_TEXT};
	if (ask->kind == ASK_MANY) {
		f.kind = HTCDS_LIST;
		char *p = NEW(a, char, value.n + 1);
		for (ptrdiff_t i = 0; i < value.n; i++) p[i] = value.p[i] == ' ' ? ';' : value.p[i];
		f.value = (Str){p, value.n};
	} else if (ask->kind == ASK_INTEGER || ask->kind == ASK_DECIMAL) {
		f.kind = HTCDS_NUMBER;
	} else if (htcds_ask_is_truth(ask)) {
		f.kind = HTCDS_TRUTH;
		f.value = str_eq(value, S("yes")) ? S("true") : S("false");
	}
	return f;
}

static void put_answers(Cx *cx, Arena *a, const PackAnswers *v, HtcdsFields *to) {
	for (ptrdiff_t i = 0; i < v->form->nask; i++) {
		Str name = htcds_ask_name(cx->arena, v->form, &v->form->ask[i]);
		if (!name.n || !v->value[i].n || str_eq(name, S("case_ref"))) continue;
		htcds_put(a, to, field_of(a, &v->form->ask[i], name, v->value[i]));
	}
}

static void put_text(Arena *a, HtcdsFields *to, const char *name, Str value) {
	htcds_put(a, to, (HtcdsField){str_of(name), str_dup(a, value), HTCDS_TEXT});
}

// How it stands now counts more than how it stood when it came.
static Err put_case(Cx *cx, const HtcdsExport *x, const Case *c, PackAnswers *v, HtcdsFields *to) {
	Stakeholder lead;
	bool over = c->state == CASE_CLOSED,
	     said = is(v, "status", "Closed") || is(v, "status", "ClosedReferred");
	if (over && !said)
		(void)pack_answer_set(v, S("status"),
				      str_eq(c->closed_why, S("transferred")) ? S("ClosedReferred")
									      : S("Closed"));
	if (!over && (said || !pack_answer(v, "status").n))
		(void)pack_answer_set(v, S("status"), S("Active"));
	Str words;
	TRY(casefile_closing_words(cx, c, &words));
	if (words.n && !str_eq(words, closed_elsewhere)) (void)pack_answer_set(v, S("closure"), words);
	put_answers(cx, x->arena, v, to);
	TRY(stakeholder_get(cx, c->lead, &lead));
	put_text(x->arena, to, "sangam_case_area", c->area);
	put_text(x->arena, to, "sangam_case_lead", lead.code);
	put_text(x->arena, to, "sangam_case_opened", when_rfc3339(cx->arena, c->opened));
	put_text(x->arena, to, "sangam_case_closed_why", over ? c->closed_why : S(""));
	return OK;
}

typedef struct {
	HtcdsExport *x;
	const Case *c;
	const Notes *notes; // of the case and its people, newest first
	PersonId person;
	const PackAnswers *hers; // NULL: a case without people
	bool first; // carries what is of the case as a whole
} Putting;

static Err put_groups(Cx *cx, const Putting *p, HtcdsRecord *to) {
	for (int s = SHEET_EVENT; s < SHEET__N; s++) {
		CaseRecords rs;
		TRY(casefile_records(cx, p->c, htcds_sheet_form[s], &rs));
		for (ptrdiff_t i = 0; i < rs.n; i++) {
			PackAnswers v;
			PersonId of = rs.at[i].person;
			if (of.n != p->person.n && !(p->first && !of.n)) continue;
			TRY(casefile_record_answers(cx, p->c, &rs.at[i], ALL_CLASSES, "own_work", &v));
			put_answers(cx, p->x->arena, &v,
				    htcds_group_new(p->x->arena, to, htcds_sheet_list[s]));
		}
	}
	return OK;
}

// Oldest first, so that they are brought in in the order they were written.
static Err put_notes(Cx *cx, const Putting *p, HtcdsRecord *to) {
	ptrdiff_t put = 0, left = 0;
	for (ptrdiff_t i = p->notes->n - 1; i >= 0; i--) {
		const Note *n = &p->notes->at[i];
		Stakeholder by;
		if (n->person.n != p->person.n && !(p->first && !n->person.n)) continue;
		if (put == HTCDS_PARTS) {
			left++;
			continue;
		}
		HtcdsFields *f = htcds_group_new(p->x->arena, to, S("sangam_notes"));
		put_text(p->x->arena, f, "sangam_note_class", str_of(class_name(n->klass)));
		put_text(p->x->arena, f, "sangam_note_at", when_rfc3339(cx->arena, n->at));
		if (n->stakeholder.n) {
			TRY(stakeholder_get(cx, n->stakeholder, &by));
			put_text(p->x->arena, f, "sangam_note_agency", by.code);
		}
		put_text(p->x->arena, f, "sangam_note_text", n->text);
		put++;
	}
	if (left)
		htcds_say(&p->x->report, "case %.*s: %td notes beyond the first %d of a record; not exported",
			  (int)p->c->number.n, p->c->number.p, left, HTCDS_PARTS);
	return OK;
}

static Err put_record(Cx *cx, const Putting *p) {
	PackAnswers v;
	HtcdsRecord r = {0};
	TRY(case_answers(cx, p->c, &v));
	Str ref = pack_answer(&v, "ref");
	put_text(p->x->arena, &r.fields, "case_ref", ref.n ? ref : p->c->number);
	if (p->hers) put_answers(cx, p->x->arena, p->hers, &r.fields);
	if (p->first) TRY(put_case(cx, p->x, p->c, &v, &r.fields));
	TRY(put_groups(cx, p, &r));
	TRY(put_notes(cx, p, &r));
	*htcds_record_new(p->x->arena, &p->x->records) = r;
	return OK;
}

// What this notation has no place for, a line for each kind.
static Err say_left_out(Cx *cx, HtcdsExport *x, const Case *c, const People *people) {
	Documents documents;
	Participants agencies;
	int64_t named, screenings = 0;
	TRY(casefile_documents(cx, c, ALL_CLASSES, &documents));
	TRY(casefile_note_count(cx, c, CLASS_HIV, &named));
	TRY(casefile_participants(cx, c, &agencies));
	for (ptrdiff_t i = 0; i < people->n; i++) {
		Screenings list;
		TRY(screening_list(cx, &(ScreeningOf){.kase = c->id, .person = people->at[i].id}, &list));
		screenings += list.n;
	}
	const struct {
		int64_t n;
		const char *what;
	} left[] = {
		{documents.n, "documents"},
		{screenings, "screenings of people"},
		{named, "notes that only named members may read"},
		{agencies.n - 1, "agencies beside the lead"},
	};
	for (ptrdiff_t i = 0; i < COUNT(left); i++)
		if (left[i].n > 0)
			htcds_say(&x->report, "case %.*s, %s: %lld; not exported", (int)c->number.n,
				  c->number.p, left[i].what, (long long)left[i].n);
	return OK;
}

static Err export_case(Cx *cx, HtcdsExport *x, const Case *c) {
	People people;
	Notes notes;
	TRY(casefile_people(cx, c, &people));
	TRY(casefile_notes(cx, c, ALL_CLASSES, "own_work", NOTES_MAX, &notes));
	TRY(say_left_out(cx, x, c, &people));
	PackAnswers *v = NEW(cx->arena, PackAnswers, people.n + 1);
	TRY(casefile_people_answers(cx, c, &people, ALL_CLASSES, "own_work", v));
	for (ptrdiff_t i = 0; i < people.n; i++)
		TRY(put_record(cx, &(Putting){x, c, &notes, people.at[i].id, &v[i], i == 0}));
	return people.n ? OK : put_record(cx, &(Putting){x, c, &notes, {0}, NULL, true});
}

Err htcds_export_some(Cx *cx, HtcdsExport *x) {
	Cases cases;
	TRY(casefile_all(cx, x->after, BATCH, &cases));
	for (ptrdiff_t i = 0; i < cases.n; i++) {
		TRY(export_case(cx, x, &cases.at[i]));
		x->after = cases.at[i].id;
	}
	TRY(ledger_flush_readings(cx, cx->readings));
	cx->readings = NULL;
	x->more = cases.more;
	return OK;
}
