// Finding a person, and answering whether two are one.
#include "identity/identity_parts.h"
#include "identity_html.h"
#include "identity_sql.h"
#include "stakeholder/stakeholder.h"
#include "text.h"

// Where casefile shows them; this room stands below it.
#define TO_PERSON "/cases/:case/people/:person"
#define TO_CASES "/cases"
enum { FOUND = 20, LISTED = 50, PAST = 100 };

static Page show_search, run_search, show_links, show_link, run_link;
static const Field search_fields[] = {
	{"q", FIELD_TEXT, .required = true, .max = 120, .label = T_identity_q, .hint = T_identity_q_hint},
};
static const Field link_fields[] = {
	{"answer", FIELD_ONE, .required = true, .label = T_identity_answer},
};
static const Route routes[] = {
	ROUTE("GET", PATH_identity, ACT_person_search, .run = show_search),
	ROUTE("POST", PATH_identity, ACT_person_search, FIELDS(search_fields), .run = run_search,
	      .again = show_search),
	ROUTE("GET", PATH_findings, ACT_person_search, .run = show_links),
	ROUTE("GET", PATH_finding, ACT_person_read, .run = show_link),
	ROUTE("POST", PATH_finding, ACT_person_write, .flags = ROUTE_WRITES | ROUTE_KEEPS,
	      FIELDS(link_fields), .run = run_link, .again = show_link),
};
enum { TO_SEARCH = 1, TO_LINK = 4 };
const Routes identity_routes = {routes, (int)COUNT(routes)};

static void note_read(Cx *cx, const IdentityHit *h, const char *basis) {
	uint32_t classes = CLASS_BIT(CLASS_IDENTITY) | (h->suspect ? CLASS_BIT(CLASS_INTELLIGENCE) : 0);
	ledger_read(cx, ABOUT_PERSON, h->person.n, h->key, classes, basis);
}

static Err number_of(Cx *cx, PersonId person, Str *number) {
	Row r;
	TRY(db_one(cx, &SQL_identity_shown, &r, INT(person.n)));
	*number = row_str(&r, 0);
	return OK;
}

static Str name_or_not(Cx *cx, const IdentityFacts *f) {
	Str name = identity_name(cx, f);
	return name.n ? name : text_in(cx->lang, T_identity_no_name);
}

// Codes as the pack's form says them; everything else as typed.
static Str value_said(Cx *cx, int field, Str value) {
	const PackForm *f = pack_form(cx->pack, S("person"));
	for (ptrdiff_t i = 0; f && i < f->nask; i++) {
		const PackAsk *ask = &f->ask[i];
		if (!str_eq(ask->match, str_of(identity_field[field]))) continue;
		for (ptrdiff_t k = 0; k < ask->nchoice; k++)
			if (str_eq(ask->choice[k].code, value))
				return label_in(&ask->choice[k].label, cx->lang);
	}
	return value;
}

static Str strength(Cx *cx, double weight) {
	return text_in(cx->lang, identity_probable(weight) ? T_identity_likely : T_identity_possible);
}

// ---- search
// ---------------------------------------------------------------------------------------------------

// Birth, place and other names: enough to tell two of one name apart.
static Str facts_line(Cx *cx, const IdentityFacts *f) {
	static const int shown[] = {4, 5, 6, 8};
	Buf b = {.a = cx->arena};
	for (int i = 0; i < COUNT(shown); i++) {
		Str v = f->value[shown[i]];
		if (!v.n) continue;
		if (b.n) buf_put(&b, S(" · "));
		buf_put(&b,
			say(cx, T_identity_fact, identity_field_said(cx, str_of(identity_field[shown[i]])),
			    value_said(cx, shown[i], v)));
	}
	return buf_str(&b);
}

static Err hit_row(Cx *cx, const IdentityHit *h, bool *shown, PersonHit *out) {
	const char *basis;
	TRY(identity_may_read(cx, h->kase, h->suspect, shown, &basis));
	if (!*shown) return OK;
	Str number;
	TRY(number_of(cx, h->person, &number));
	note_read(cx, h, basis);
	*out = (PersonHit){.name = name_or_not(cx, &h->facts),
			   .address = url_of(cx->arena, TO_PERSON, h->kase.n, h->person.n),
			   .number = number,
			   .facts = facts_line(cx, &h->facts),
			   .why = identity_why(cx, h),
			   .likely = identity_probable(h->weight)};
	return OK;
}

static Err put_hits(Cx *cx, const IdentityFacts *f, bool suspects, PersonHit *row, ptrdiff_t *n) {
	IdentityHits hits;
	TRY(identity_find(cx, f, &(IdentityScope){.suspects = suspects, .least = 0, .most = FOUND}, &hits));
	for (ptrdiff_t i = 0; i < hits.n; i++) {
		bool shown;
		TRY(hit_row(cx, &hits.at[i], &shown, &row[*n]));
		*n += shown;
	}
	return OK;
}

static PeoplePage *people_page(Cx *cx, Req *rq) {
	PeoplePage *v = NEW(cx->arena, PeoplePage, 1);
	FormView *f = form_view(cx, rq, &routes[TO_SEARCH], url_of(cx->arena, PATH_identity), NULL, 0);
	f->submit = text_in(cx->lang, T_identity_search);
	int ready = identity_ready(cx);
	*v = (PeoplePage){.form = f, .links = url_of(cx->arena, PATH_findings)};
	if (ready < 100) v->ready = say(cx, T_identity_not_ready, str_fmt(cx->arena, "%d", ready));
	return v;
}

static Err show_search(Cx *cx, Req *rq, Reply *out) {
	return reply_page(cx, rq, out, &TEMPLATE_people, people_page(cx, rq),
			  text_in(cx->lang, T_identity_search_title), ACT_person_search);
}

// A digit beside letters is a number of a case sooner than of a person.
static bool like_a_number(Str q) {
	bool digit = false, letter = false;
	for (ptrdiff_t i = 0; i < q.n; i++) {
		digit = digit || (q.p[i] >= '0' && q.p[i] <= '9');
		letter = letter || q.p[i] == '-';
	}
	return digit && letter;
}

static Err run_search(Cx *cx, Req *rq, Reply *out) {
	IdentityFacts f;
	Str q = req_str(rq, "q");
	PersonHit *row = NEW(cx->arena, PersonHit, 2 * FOUND);
	ptrdiff_t n = 0;
	TRY(identity_facts_typed(cx, q, &f));
	TRY(put_hits(cx, &f, false, row, &n));
	TRY(put_hits(cx, &f, true, row, &n));
	PeoplePage *v = people_page(cx, rq);
	v->asked = true;
	v->hits.at = row;
	v->hits.n = n;
	if (like_a_number(q)) v->number = url_with(cx->arena, url_of(cx->arena, TO_CASES), "q", q);
	return reply_page(cx, rq, out, &TEMPLATE_people, v, text_in(cx->lang, T_identity_search_title),
			  ACT_person_search);
}

// ---- what waits
// -----------------------------------------------------------------------------------------------

static Err link_row(Cx *cx, const Finding *f, bool *shown, FindingRow *out) {
	IdentityRow r;
	IdentityHit h;
	const char *basis;
	*shown = false;
	Err e = identity_get(cx, f->person, &r);
	if (e == ERR_NOT_FOUND) return OK;
	TRY(e);
	h = (IdentityHit){.person = r.person, .kase = r.kase, .key = r.key, .suspect = r.suspect};
	TRY(identity_may_read(cx, f->kase, r.suspect, shown, &basis));
	if (*shown) e = identity_unseal(cx, &r, &h.facts);
	if (e == ERR_GONE) *shown = false;
	if (!*shown) return OK;
	TRY(e);
	Str number;
	TRY(number_of(cx, f->person, &number));
	note_read(cx, &h, basis);
	*out = (FindingRow){
		.name = name_or_not(cx, &h.facts),
		.address = url_of(cx->arena, PATH_finding, f->kase.n, f->person.n, f->id),
		.number = number,
		.say = strength(cx, f->weight),
		.since = say(cx, T_identity_since, say_when(cx, f->at)),
		.likely = identity_probable(f->weight),
	};
	return OK;
}

static Err show_links(Cx *cx, Req *rq, Reply *out) {
	Findings list;
	TRY(identity_waiting(cx, LISTED, &list));
	FindingRow *row = NEW(cx->arena, FindingRow, list.n);
	FindingsPage v = {.search = url_of(cx->arena, PATH_identity), .more = list.n == LISTED};
	for (ptrdiff_t i = 0; i < list.n; i++) {
		bool shown;
		TRY(link_row(cx, &list.at[i], &shown, &row[v.links.n]));
		v.links.n += shown;
	}
	v.links.at = row;
	return reply_page(cx, rq, out, &TEMPLATE_findings, &v, text_in(cx->lang, T_identity_links_title),
			  ACT_person_search);
}

// ---- one of them
// ------------------------------------------------------------------------------------------------

static Err link_asked(Cx *cx, const Req *rq, Finding *f) {
	return identity_finding(cx, (CaseId){req_param(rq, 0)}, (PersonId){req_param(rq, 1)},
				req_param(rq, 2), f);
}

// Which word speaks of the field: births come in three fields and are one.
static const IdentityWord *word_of(const IdentityHit *h, int field) {
	Str name = str_of(field >= 4 && field <= 6 ? "birth_date" : identity_field[field]);
	for (int i = 0; i < h->nword; i++)
		if (str_eq(h->word[i].field, name)) return &h->word[i];
	return NULL;
}

static ptrdiff_t put_fields(Cx *cx, const IdentityHit *mine, const IdentityHit *other, FindingField *row) {
	ptrdiff_t n = 0;
	const IdentityWord *last = NULL;
	for (int i = 0; i < IDENTITY_FIELDS; i++) {
		Str a = mine->facts.value[i], b = other ? other->facts.value[i] : S("");
		if (!a.n && !b.n) continue;
		const IdentityWord *w = other ? word_of(other, i) : NULL;
		row[n] = (FindingField){.label = identity_field_said(cx, str_of(identity_field[i])),
					.mine = value_said(cx, i, a),
					.other = value_said(cx, i, b)};
		if (w && w != last) {
			row[n].say = identity_word(cx, w);
			row[n].weight = str_fmt(cx->arena, "%+.1f", w->bits);
			row[n].speaks = text_in(cx->lang, w->bits >= 0 ? T_identity_for : T_identity_against);
			last = w;
		}
		n++;
	}
	if (mine->facts.alias.n || (other && other->facts.alias.n))
		row[n++] = (FindingField){.label = text_in(cx->lang, T_identity_alias),
					  .mine = mine->facts.alias,
					  .other = other ? other->facts.alias : S("")};
	return n;
}

static void put_notes(Cx *cx, const IdentityHit *h, FindingPage *v) {
	const struct {
		bool is;
		Text say;
	} note[] = {{h->swapped, T_identity_changed_about},
		    {h->twins, T_identity_twins_long},
		    {h->names_alone, T_identity_names_alone_long}};
	FindingPast *at = NEW(cx->arena, FindingPast, COUNT(note));
	for (ptrdiff_t i = 0; i < COUNT(note); i++)
		if (note[i].is) at[v->notes.n++].say = text_in(cx->lang, note[i].say);
	v->notes.at = at;
}

static Text answer_said(bool mine, Str said) {
	if (str_eq(said, S("same"))) return mine ? T_identity_we_same : T_identity_they_same;
	if (str_eq(said, S("other"))) return mine ? T_identity_we_other : T_identity_they_other;
	return mine ? T_identity_we_back : T_identity_they_back;
}

// What each side says now. The other's answer is told where its case may be read, or both agreed.
static void put_answers(Cx *cx, const Finding *f, FindingPage *v) {
	FindingPast *at = NEW(cx->arena, FindingPast, 4);
	bool theirs = v->both || (f->open && f->other_open);
	if (f->said.n) at[v->answers.n++].say = text_in(cx->lang, answer_said(true, f->said));
	if (f->other_said.n && theirs)
		at[v->answers.n++].say = text_in(cx->lang, answer_said(false, f->other_said));
	if (!v->both && f->open && !f->other_open)
		at[v->answers.n++].say = text_in(cx->lang, T_identity_we_wait);
	if (!v->both && f->other_open && !f->open)
		at[v->answers.n++].say = text_in(cx->lang, T_identity_they_wait);
	v->answers.at = at;
}

// Each side's own acts with their times; the other's too where its answers are told.
static Err put_past(Cx *cx, const Finding *f, FindingPage *v) {
	Pasts all;
	bool theirs = v->both || (f->open && f->other_open);
	PersonId one = f->one ? f->person : f->other;
	TRY(ledger_about(cx, ABOUT_PERSON, one.n, 0, PAST, true, &all));
	FindingPast *at = NEW(cx->arena, FindingPast, all.n);
	for (ptrdiff_t i = 0; i < all.n; i++) {
		const Past *p = &all.past[i];
		if (!str_starts(str_of(p->kind), S("finding.")) || body_get_int(p->plain, "finding") != f->id)
			continue;
		bool mine = (body_get_int(p->plain, "side") == 1) == f->one;
		bool proposed = str_eq(str_of(p->kind), S("finding.proposed"));
		bool opened = str_eq(str_of(p->kind), S("finding.opened"));
		if (!proposed && !mine && !theirs) continue;
		Text say = proposed ? T_identity_proposed
			   : opened ? (body_get_int(p->plain, "open")
					       ? (mine ? T_identity_we_open : T_identity_they_open)
					       : (mine ? T_identity_we_shut : T_identity_they_shut))
				    : answer_said(mine, body_get_str(p->plain, "said"));
		at[v->past.n++] = (FindingPast){say_when(cx, p->time), text_in(cx->lang, say)};
	}
	v->past.at = at;
	return OK;
}

static void put_form(Cx *cx, Req *rq, const Finding *f, FindingPage *v) {
	Choice choice[5];
	int n = 0;
	if (!str_eq(f->said, S("same"))) choice[n++] = (Choice){S("same"), T_identity_choose_same, {0}};
	if (!str_eq(f->said, S("other"))) choice[n++] = (Choice){S("other"), T_identity_choose_other, {0}};
	if (f->said.n) choice[n++] = (Choice){S("back"), T_identity_choose_back, {0}};
	if (!v->both && !f->open) choice[n++] = (Choice){S("open"), T_identity_choose_open, {0}};
	if (!v->both && f->open) choice[n++] = (Choice){S("shut"), T_identity_choose_shut, {0}};
	FormView *form = form_view(cx, rq, &routes[TO_LINK],
				   url_of(cx->arena, PATH_finding, f->kase.n, f->person.n, f->id), NULL, 0);
	form_choices(cx, form, "answer", choice, n);
	form->submit = text_in(cx->lang, T_identity_answer_submit);
	v->form = form;
}

// Both agreed: each is told who the other is, and may call. Nothing else of the case is told.
static Err put_known(Cx *cx, const Finding *f, FindingPage *v) {
	Str number, agency;
	if (v->both || !f->open || !f->other_open) return OK;
	TRY(number_of(cx, f->other, &number));
	TRY(stakeholder_name(cx, f->other_lead, &agency));
	v->known = say(cx, T_identity_known, agency, number);
	return OK;
}

static Err show_link(Cx *cx, Req *rq, Reply *out) {
	Finding f;
	IdentityHit mine, other;
	bool may_mine;
	const char *basis, *other_basis;
	FindingPage *v = NEW(cx->arena, FindingPage, 1);
	TRY(link_asked(cx, rq, &f));
	Err e = identity_compare(cx, &f, &mine, &other);
	if (e == ERR_GONE) return fail(cx->why, ERR_NOT_FOUND, "one of the two was erased");
	TRY(e);
	TRY(identity_may_read(cx, f.kase, mine.suspect, &may_mine, &basis));
	if (!may_mine) return fail(cx->why, ERR_NOT_FOUND, "who the person is, is not for this reader");
	TRY(identity_may_read(cx, f.other_case, other.suspect, &v->both, &other_basis));
	note_read(cx, &mine, basis);
	if (v->both) note_read(cx, &other, other_basis);
	TRY(number_of(cx, f.person, &v->number));
	v->name = name_or_not(cx, &mine.facts);
	v->person = url_of(cx->arena, TO_PERSON, f.kase.n, f.person.n);
	v->back = url_of(cx->arena, PATH_findings);
	v->say = strength(cx, f.weight);
	FindingField *row = NEW(cx->arena, FindingField, IDENTITY_FIELDS + 1);
	v->fields.n = put_fields(cx, &mine, v->both ? &other : NULL, row);
	v->fields.at = row;
	if (v->both) {
		Str number;
		TRY(number_of(cx, f.other, &number));
		v->other = str_fmt(cx->arena, "%.*s · %.*s", (int)name_or_not(cx, &other.facts).n,
				   name_or_not(cx, &other.facts).p, (int)number.n, number.p);
		v->other_at = url_of(cx->arena, TO_PERSON, f.other_case.n, f.other.n);
		put_notes(cx, &other, v);
	}
	TRY(put_known(cx, &f, v));
	put_answers(cx, &f, v);
	TRY(put_past(cx, &f, v));
	if (req_may(cx, rq, ACT_person_write)) put_form(cx, rq, &f, v);
	return reply_page(cx, rq, out, &TEMPLATE_finding, v, text_in(cx->lang, T_identity_link_heading),
			  ACT_person_search);
}

static Err run_link(Cx *cx, Req *rq, Reply *out) {
	Finding f;
	Str answer = req_str(rq, "answer");
	IdentityRow r;
	bool yes;
	const char *basis;
	TRY(link_asked(cx, rq, &f));
	TRY(identity_get(cx, f.person, &r));
	TRY(identity_may_read(cx, f.kase, r.suspect, &yes, &basis));
	if (!yes) return fail(cx->why, ERR_NOT_FOUND, "who the person is, is not for this reader");
	bool says = str_eq(answer, S("same")) || str_eq(answer, S("other")) || str_eq(answer, S("back"));
	if (!says && !str_eq(answer, S("open")) && !str_eq(answer, S("shut"))) {
		req_error(cx, rq, "answer", text_in(cx->lang, T_identity_answer_wrong));
		return fail(cx->why, ERR_INVALID, "no such answer to a finding");
	}
	Err e = says ? identity_answer(cx, &f, str_eq(answer, S("back")) ? S("") : answer)
		     : identity_open(cx, &f, str_eq(answer, S("open")));
	if (e == ERR_CONFLICT) req_error(cx, rq, "", text_in(cx->lang, T_identity_faster));
	TRY(e);
	reply_flash(cx, out, T_identity_kept);
	return reply_see(cx, out, url_of(cx->arena, PATH_finding, f.kase.n, f.person.n, f.id));
}
