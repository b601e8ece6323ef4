// Finding a person, and answering whether two are one.
#include "identity/identity_parts.h"
#include "identity_html.h"
#include "identity_sql.h"
#include "stakeholder/stakeholder.h"
#include "text.h"

// Where casefile shows them; this room stands below it.
#define TO_PERSON "/cases/:case/people/:person"
#define TO_REPORT "/reports/:report"
#define TO_CASES "/cases"
enum { FOUND = 20, LISTED = 50, PAST = 100 };

static Page show_search, run_search, show_links, show_link, run_link, show_report_link, run_report_link;
static const Field search_fields[] = {
	{"q", FIELD_TEXT, .max = 120, .label = T_identity_q, .hint = T_identity_q_hint},
	{"guardian", FIELD_TEXT, .max = 120, .label = T_identity_guardian},
	{"place", FIELD_TEXT, .max = 120, .label = T_identity_place},
	{"phone", FIELD_TEXT, .max = 40, .label = T_identity_phone, .hint = T_identity_phone_hint},
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
	ROUTE("GET", PATH_report_finding, ACT_report_read, .run = show_report_link),
	ROUTE("POST", PATH_report_finding, ACT_report_answer, .flags = ROUTE_WRITES | ROUTE_KEEPS,
	      FIELDS(link_fields), .run = run_report_link, .again = show_report_link),
};
enum { TO_SEARCH = 1, TO_LINK = 4, TO_REPORT_LINK = 6 };
const Routes identity_routes = {routes, (int)COUNT(routes)};

void identity_note_read(Cx *cx, const IdentityHit *h, const char *basis) {
	uint32_t classes = CLASS_BIT(CLASS_IDENTITY) | (h->suspect ? CLASS_BIT(CLASS_INTELLIGENCE) : 0);
	bool missed = h->on.about == ABOUT_REPORT;
	ledger_read(cx, missed ? ABOUT_REPORT : ABOUT_PERSON, missed ? h->on.id : h->person.n, h->key,
		    classes, basis);
}

static Url address_of(Cx *cx, Object on, PersonId person) {
	return on.about == ABOUT_REPORT ? url_of(cx->arena, TO_REPORT, on.id)
					: url_of(cx->arena, TO_PERSON, on.id, person.n);
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
	static const int shown[] = {FACT_BIRTH_DATE, FACT_BIRTH_YEAR, FACT_AGE, FACT_PLACE};
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

static Err hit_row(Cx *cx, const IdentityHit *h, PersonHit *out) {
	Str number;
	TRY(identity_number(cx, h->on, &number));
	identity_note_read(cx, h, h->basis);
	*out = (PersonHit){.name = name_or_not(cx, &h->facts),
			   .address = address_of(cx, h->on, h->person),
			   .number = number,
			   .facts = facts_line(cx, &h->facts),
			   .why = identity_why(cx, h),
			   .likely = identity_probable(h->weight)};
	if (h->on.about == ABOUT_REPORT) out->missing = text_in(cx->lang, T_identity_missing);
	return OK;
}

static Err put_hits(Cx *cx, const IdentityFacts *f, bool suspects, PersonHit *row, ptrdiff_t *n) {
	IdentityHits hits;
	TRY(identity_find(cx, f, &(IdentityScope){.suspects = suspects, .least = 0, .most = FOUND}, &hits));
	for (ptrdiff_t i = 0; i < hits.n; i++) TRY(hit_row(cx, &hits.at[i], &row[(*n)++]));
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
	f.value[FACT_GUARDIAN] = req_str(rq, "guardian");
	f.value[FACT_PLACE] = req_str(rq, "place");
	f.value[FACT_PHONE] = req_str(rq, "phone");
	if (!identity_facts_any(&f)) {
		req_error(cx, rq, "q", text_in(cx->lang, T_identity_q_missing));
		return fail(cx->why, ERR_INVALID, "nothing to look for");
	}
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

// Who is missed, or that somebody like her is.
static Str missing_said(Cx *cx, const Finding *f) {
	if (f->on.about == ABOUT_REPORT) return text_in(cx->lang, T_identity_missing);
	return f->other_on.about == ABOUT_REPORT ? text_in(cx->lang, T_identity_sought) : (Str){0};
}

static Err link_row(Cx *cx, const Finding *f, bool *shown, FindingRow *out) {
	IdentityRow r;
	IdentityHit h;
	const char *basis;
	*shown = false;
	Err e = identity_get(cx, f->person, &r);
	if (e == ERR_NOT_FOUND) return OK;
	TRY(e);
	TRY(identity_may_read(cx, f->on, r.suspect, shown, &basis));
	if (*shown) e = identity_hit_of(cx, &r, &h);
	if (e == ERR_GONE) *shown = false;
	if (!*shown) return OK;
	TRY(e);
	Str number;
	TRY(identity_number(cx, f->on, &number));
	identity_note_read(cx, &h, basis);
	*out = (FindingRow){
		.name = name_or_not(cx, &h.facts),
		.address = identity_finding_url(cx, f),
		.number = number,
		.say = strength(cx, f->weight),
		.missing = missing_said(cx, f),
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

Err identity_links(Cx *cx, Object on, PersonId person, const FindingLink **out, ptrdiff_t *n) {
	Findings list;
	TRY(identity_findings_of(cx, on, person, &list));
	FindingLink *at = NEW(cx->arena, FindingLink, list.n);
	for (ptrdiff_t i = 0; i < list.n; i++)
		at[i] = (FindingLink){strength(cx, list.at[i].weight), identity_finding_url(cx, &list.at[i])};
	*out = at;
	*n = list.n;
	return OK;
}

// ---- one of them
// ------------------------------------------------------------------------------------------------

static Err link_asked(Cx *cx, const Req *rq, Finding *f) {
	return identity_finding(cx, (Object){ABOUT_CASE, req_param(rq, 0)}, (PersonId){req_param(rq, 1)},
				req_param(rq, 2), f);
}

static Err report_link_asked(Cx *cx, const Req *rq, Finding *f) {
	ReportId report = {req_param(rq, 0)};
	PersonId person;
	TRY(identity_missed(cx, report, &person));
	return identity_finding(cx, (Object){ABOUT_REPORT, report.n}, person, req_param(rq, 1), f);
}

// Which word speaks of the field: births come in three fields and are one.
static const IdentityWord *word_of(const IdentityHit *h, int field) {
	Str name = str_of(field >= 4 && field <= 6 ? "birth_date" : identity_field[field]);
	for (int i = 0; i < h->nword; i++)
		if (str_eq(h->word[i].field, name)) return &h->word[i];
	return NULL;
}

// What is shown of the other: nothing, what fits and what does not in words, or all.
typedef enum { OTHER_HIDDEN, OTHER_WORDS, OTHER_SHOWN } OtherSide;

static void put_word(Cx *cx, const IdentityWord *w, OtherSide side, FindingField *row) {
	row->say = identity_word(cx, w);
	if (side != OTHER_SHOWN) return; // figures would let one guess closer and closer
	row->weight = str_fmt(cx->arena, "%+.1f", w->bits);
	row->speaks = text_in(cx->lang, w->bits >= 0 ? T_identity_for : T_identity_against);
}

// Where one side has a whole name and the other its parts, the two names were compared whole.
static ptrdiff_t put_whole_name(Cx *cx, const IdentityHit *mine, const IdentityHit *other, OtherSide side,
				FindingField *row) {
	const IdentityWord *w = side != OTHER_HIDDEN ? word_of(other, FACT_NAME) : NULL;
	if (!w || mine->facts.value[FACT_NAME].n) return 0;
	*row = (FindingField){.label = text_in(cx->lang, T_identity_name),
			      .mine = name_or_not(cx, &mine->facts),
			      .other = side == OTHER_SHOWN ? name_or_not(cx, &other->facts) : S("")};
	put_word(cx, w, side, row);
	return 1;
}

static ptrdiff_t put_fields(Cx *cx, const IdentityHit *mine, const IdentityHit *other, OtherSide side,
			    FindingField *row) {
	bool all = side == OTHER_SHOWN;
	ptrdiff_t n = put_whole_name(cx, mine, other, side, row);
	const IdentityWord *last = NULL;
	for (int i = 0; i < IDENTITY_FIELDS; i++) {
		Str a = mine->facts.value[i], b = all ? other->facts.value[i] : S("");
		const IdentityWord *w = side != OTHER_HIDDEN ? word_of(other, i) : NULL;
		if (!a.n && !b.n) continue;
		row[n] = (FindingField){.label = identity_field_said(cx, str_of(identity_field[i])),
					.mine = value_said(cx, i, a),
					.other = value_said(cx, i, b)};
		if (w && w != last) put_word(cx, w, side, &row[n]);
		if (w) last = w;
		n++;
	}
	if (mine->facts.alias.n || (all && other->facts.alias.n))
		row[n++] = (FindingField){.label = text_in(cx->lang, T_identity_alias),
					  .mine = mine->facts.alias,
					  .other = all ? other->facts.alias : S("")};
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
	FormView *form = form_view(cx, rq, &routes[f->on.about == ABOUT_REPORT ? TO_REPORT_LINK : TO_LINK],
				   identity_finding_url(cx, f), NULL, 0);
	form_choices(cx, form, "answer", choice, n);
	form->submit = text_in(cx->lang, T_identity_answer_submit);
	v->form = form;
}

// Both agreed: each is told who the other is, and may call. Nothing else of the case is told.
static Err put_known(Cx *cx, const Finding *f, FindingPage *v) {
	Str number, agency;
	if (v->both || !f->open || !f->other_open) return OK;
	TRY(identity_number(cx, f->other_on, &number));
	TRY(stakeholder_name(cx, f->other_lead, &agency));
	v->known = say(cx, f->other_on.about == ABOUT_REPORT ? T_identity_known_report : T_identity_known,
		       agency, number);
	return OK;
}

// The state in which she is missed; empty when the report names no area.
static Err state_of(Cx *cx, Object report, Str *out) {
	Row r;
	*out = (Str){0};
	TRY(db_one(cx, &SQL_identity_report_shown, &r, INT(report.id)));
	const PackArea *a = pack_area(cx->pack, row_str(&r, 1));
	while (a && !str_eq(a->level, S("state"))) a = a->parent.n ? pack_area(cx->pack, a->parent) : NULL;
	if (a) *out = label_in(&a->label, cx->lang);
	return OK;
}

// What this side is told of another that it may not read.
static Err put_elsewhere(Cx *cx, const Finding *f, FindingPage *v) {
	Str state;
	bool missed = f->on.about == ABOUT_REPORT, sought = f->other_on.about == ABOUT_REPORT;
	if (missed || !sought) {
		v->elsewhere = text_in(cx->lang, missed && sought ? T_identity_elsewhere_report
						 : missed	  ? T_identity_elsewhere_found
								  : T_identity_link_elsewhere);
		return OK;
	}
	TRY(state_of(cx, f->other_on, &state));
	v->elsewhere = state.n ? say(cx, T_identity_elsewhere_missing_in, state)
			       : text_in(cx->lang, T_identity_elsewhere_missing);
	return OK;
}

static Err put_sides(Cx *cx, const Finding *f, const IdentityHit *mine, const IdentityHit *other,
		     FindingPage *v) {
	Str number;
	FindingField *row = NEW(cx->arena, FindingField, IDENTITY_FIELDS + 2);
	bool cares = f->on.about == ABOUT_CASE && f->other_on.about == ABOUT_REPORT;
	OtherSide side = v->both						   ? OTHER_SHOWN
			 : cares && !mine->suspect && identity_probable(f->weight) ? OTHER_WORDS
										   : OTHER_HIDDEN;
	v->fields.n = put_fields(cx, mine, other, side, row);
	v->fields.at = row;
	v->words = side == OTHER_WORDS;
	if (!v->both) return put_elsewhere(cx, f, v);
	TRY(identity_number(cx, f->other_on, &number));
	Str name = name_or_not(cx, &other->facts);
	v->other = str_fmt(cx->arena, "%.*s · %.*s", (int)name.n, name.p, (int)number.n, number.p);
	v->other_at = address_of(cx, f->other_on, f->other);
	put_notes(cx, other, v);
	return OK;
}

static Err show_finding(Cx *cx, Req *rq, Reply *out, const Finding *f, Act writes) {
	IdentityHit mine, other;
	bool may_mine;
	const char *basis, *other_basis;
	FindingPage *v = NEW(cx->arena, FindingPage, 1);
	Err e = identity_compare(cx, f, &mine, &other);
	if (e == ERR_GONE) return fail(cx->why, ERR_NOT_FOUND, "one of the two was erased");
	TRY(e);
	TRY(identity_may_read(cx, f->on, mine.suspect, &may_mine, &basis));
	if (!may_mine) return fail(cx->why, ERR_NOT_FOUND, "who the person is, is not for this reader");
	TRY(identity_may_read(cx, f->other_on, other.suspect, &v->both, &other_basis));
	identity_note_read(cx, &mine, basis);
	if (v->both) identity_note_read(cx, &other, other_basis);
	TRY(identity_number(cx, f->on, &v->number));
	v->name = name_or_not(cx, &mine.facts);
	v->person = address_of(cx, f->on, f->person);
	v->back = url_of(cx->arena, PATH_findings);
	v->say = strength(cx, f->weight);
	v->missing = missing_said(cx, f);
	TRY(put_sides(cx, f, &mine, &other, v));
	TRY(put_known(cx, f, v));
	put_answers(cx, f, v);
	TRY(put_past(cx, f, v));
	if (req_may(cx, rq, writes)) put_form(cx, rq, f, v);
	return reply_page(cx, rq, out, &TEMPLATE_finding, v, text_in(cx->lang, T_identity_link_heading),
			  ACT_person_search);
}

static Err show_link(Cx *cx, Req *rq, Reply *out) {
	Finding f;
	TRY(link_asked(cx, rq, &f));
	return show_finding(cx, rq, out, &f, ACT_person_write);
}

static Err show_report_link(Cx *cx, Req *rq, Reply *out) {
	Finding f;
	TRY(report_link_asked(cx, rq, &f));
	return show_finding(cx, rq, out, &f, ACT_report_answer);
}

static Err take_answer(Cx *cx, Req *rq, Reply *out, const Finding *f) {
	Str answer = req_str(rq, "answer");
	IdentityRow r;
	bool yes;
	const char *basis;
	TRY(identity_get(cx, f->person, &r));
	TRY(identity_may_read(cx, f->on, r.suspect, &yes, &basis));
	if (!yes) return fail(cx->why, ERR_NOT_FOUND, "who the person is, is not for this reader");
	bool says = str_eq(answer, S("same")) || str_eq(answer, S("other")) || str_eq(answer, S("back"));
	if (!says && !str_eq(answer, S("open")) && !str_eq(answer, S("shut"))) {
		req_error(cx, rq, "answer", text_in(cx->lang, T_identity_answer_wrong));
		return fail(cx->why, ERR_INVALID, "no such answer to a finding");
	}
	Err e = says ? identity_answer(cx, f, str_eq(answer, S("back")) ? S("") : answer)
		     : identity_open(cx, f, str_eq(answer, S("open")));
	if (e == ERR_CONFLICT) req_error(cx, rq, "", text_in(cx->lang, T_identity_faster));
	TRY(e);
	reply_flash(cx, out, T_identity_kept);
	return reply_see(cx, out, identity_finding_url(cx, f));
}

static Err run_link(Cx *cx, Req *rq, Reply *out) {
	Finding f;
	TRY(link_asked(cx, rq, &f));
	return take_answer(cx, rq, out, &f);
}

static Err run_report_link(Cx *cx, Req *rq, Reply *out) {
	Finding f;
	TRY(report_link_asked(cx, rq, &f));
	return take_answer(cx, rq, out, &f);
}
