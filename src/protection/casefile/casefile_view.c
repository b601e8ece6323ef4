// The case's own page and a person's, each cut to the classes of its reader.
#include "base/actor.h"
#include "casefile/casefile_say.h"
#include "screening/screening.h"
#include "stakeholder/stakeholder.h"
#include "vault/vault.h"

enum { DUTIES = 60, NOTES = 50, LINES = 20, NAMES = 64 };

// What one page says about agencies and members again and again is asked for once.
typedef struct {
	int64_t id;
	Str name;
} Name;
typedef struct {
	Cx *cx;
	Req *rq;
	Case c;
	People people;
	uint32_t person, note, document; // classes of the reader
	Name name[NAMES];
	int nname;
} Shown;

static Err agency_name(Shown *s, StakeholderId who, Str *out) {
	for (int i = 0; i < s->nname; i++)
		if (s->name[i].id == who.n) {
			*out = s->name[i].name;
			return OK;
		}
	*out = (Str){0};
	if (who.n) TRY(stakeholder_name(s->cx, who, out));
	if (s->nname < NAMES) s->name[s->nname++] = (Name){who.n, *out};
	return OK;
}

// "Person B", or nothing when the reader does not see that there is one.
static Str person_word(const Shown *s, PersonId id) {
	for (ptrdiff_t i = 0; i < s->people.n; i++) {
		const Person *p = &s->people.at[i];
		if (p->id.n == id.n && s->person && casefile_person_seen(p, s->person))
			return casefile_person_said(s->cx, p->label);
	}
	return (Str){0};
}

static Url in_case(const Shown *s, const char *path) { return url_of_(s->cx->arena, path, &s->c.id.n, 1); }

// ---- people
// ------------------------------------------------------------------------------------------------

// As what the reader sees it, and that it is written down that she did.
static Str shown_as(Cx *cx, const Verdict *v) {
	Text as = v->relation == RELATION_LEAD ? T_casefile_shown_lead : T_casefile_shown_participant;
	return text_in(cx->lang, as);
}

static void card(const Shown *s, const Person *p, const PackAnswers *v, CasePersonCard *out) {
	Cx *cx = s->cx;
	CaseFactView *at = NEW(cx->arena, CaseFactView, 4);
	ptrdiff_t n = 0;
	*out = (CasePersonCard){
		.label = casefile_person_said(cx, p->label),
		.address = url_of(cx->arena, PATH_person, s->c.id.n, p->id.n),
		.capacity = casefile_capacity_said(cx, p->capacity),
		.child = casefile_child_said(cx, p->child),
		.name = casefile_name_said(cx, v),
	};
	Str language = pack_answer(v, "language"), age = pack_answer(v, "age");
	if (out->name.n) at[n++] = (CaseFactView){text_in(cx->lang, T_casefile_fact_name), out->name};
	if (age.n) at[n++] = (CaseFactView){text_in(cx->lang, T_casefile_fact_age), age};
	if (language.n)
		at[n++] = (CaseFactView){text_in(cx->lang, T_casefile_fact_language),
					 casefile_codes_said(cx, "language", language)};
	out->facts.at = at;
	out->facts.n = n;
}

static Err set_people(Shown *s, CasePage *v) {
	Cx *cx = s->cx;
	Verdict verdict;
	v->people_seen = s->person != 0;
	if (!s->person) return OK;
	TRY(policy_may(cx, ACT_person_read, (Object){ABOUT_CASE, s->c.id.n}, &verdict));
	PackAnswers *answers = NEW(cx->arena, PackAnswers, s->people.n);
	// A card needs no more than these two; the rest is opened, and noted as read, on her own page.
	uint32_t needed = CLASS_BIT(CLASS_CASE) | CLASS_BIT(CLASS_IDENTITY) | CLASS_BIT(CLASS_INTELLIGENCE);
	TRY(casefile_people_answers(cx, &s->c, &s->people, s->person & needed, verdict.basis, answers));
	CasePersonCard *at = NEW(cx->arena, CasePersonCard, s->people.n);
	ptrdiff_t n = 0;
	for (ptrdiff_t i = 0; i < s->people.n; i++) {
		if (!casefile_person_seen(&s->people.at[i], s->person)) continue;
		card(s, &s->people.at[i], &answers[i], &at[n]);
		if (at[n++].name.n) v->shown_as = shown_as(cx, &verdict);
	}
	v->people.at = at;
	v->people.n = n;
	if (s->c.state == CASE_OPEN && req_may(cx, s->rq, ACT_person_write))
		v->add_person = in_case(s, PATH_person_new);
	return OK;
}

// ---- notes and documents
// -------------------------------------------------------------------------------------

static Err note_view(Shown *s, const Note *n, CaseNoteView *out) {
	*out = (CaseNoteView){
		.class_said = casefile_class_said(s->cx, n->klass),
		.when = say_when(s->cx, n->at),
		.about = person_word(s, n->person),
		.text = n->text,
	};
	return agency_name(s, n->stakeholder, &out->by);
}

static Err set_notes(Shown *s, CasePage *v) {
	Verdict verdict;
	Notes notes;
	v->notes_seen = s->note != 0;
	if (!s->note) return OK;
	TRY(policy_may(s->cx, ACT_note_read, (Object){ABOUT_CASE, s->c.id.n}, &verdict));
	TRY(casefile_notes(s->cx, &s->c, s->note, verdict.basis, NOTES, &notes));
	CaseNoteView *at = NEW(s->cx->arena, CaseNoteView, notes.n);
	for (ptrdiff_t i = 0; i < notes.n; i++) TRY(note_view(s, &notes.at[i], &at[i]));
	v->notes.at = at;
	v->notes.n = notes.n;
	v->notes_more = notes.more;
	if (s->c.state == CASE_OPEN && req_may(s->cx, s->rq, ACT_note_write))
		v->add_note = in_case(s, PATH_case_note);
	return OK;
}

static Str size_said(Cx *cx, int64_t bytes) {
	return str_fmt(cx->arena, bytes >= 1 << 20 ? "%lld MB" : "%lld kB",
		       (long long)(bytes >= 1 << 20 ? bytes >> 20 : (bytes + 1023) >> 10));
}

static Err set_documents(Shown *s, CasePage *v) {
	Cx *cx = s->cx;
	Documents list;
	v->documents_seen = s->document != 0;
	if (!s->document) return OK;
	TRY(casefile_documents(cx, &s->c, s->document, &list));
	CaseDocumentView *at = NEW(cx->arena, CaseDocumentView, list.n);
	for (ptrdiff_t i = 0; i < list.n; i++) {
		const Document *d = &list.at[i];
		at[i] = (CaseDocumentView){
			.title = d->title,
			.address = url_of(cx->arena, PATH_case_document, s->c.id.n, d->id.n),
			.class_said = casefile_class_said(cx, d->klass),
			.size = size_said(cx, d->size),
			.when = say_when(cx, d->at),
			.about = person_word(s, d->person),
		};
		TRY(agency_name(s, d->stakeholder, &at[i].by));
	}
	v->documents.at = at;
	v->documents.n = list.n;
	if (s->c.state == CASE_OPEN && req_may(cx, s->rq, ACT_document_write))
		v->add_document = in_case(s, PATH_case_documents);
	return OK;
}

// ---- duties, agencies, what happened
// ---------------------------------------------------------------------------

static Err set_observed(Shown *s, const Duties *duties, CasePage *v) {
	Cx *cx = s->cx;
	CaseFacts facts;
	Str *far;
	int n;
	TRY(casefile_facts(cx, &s->c, NULL, &facts));
	TRY(casefile_events_so_far(cx, &s->c, &far, &n));
	Str *event = NEW(cx->arena, Str, n + duties->n);
	if (n) memcpy(event, far, (size_t)n * sizeof *event);
	for (ptrdiff_t i = 0; i < duties->n; i++) event[n++] = duties->duty[i].event;
	DutyObserved o = duty_observe(cx, event, n, facts.at, facts.n);
	v->observed.at = duty_observed_rows(cx, &o);
	v->observed.n = o.n;
	v->nobserved = o.n;
	return OK;
}

static Err set_duties(Shown *s, CasePage *v) {
	Duties duties;
	const DutyRow *row;
	TRY(duty_of(s->cx, (Object){ABOUT_CASE, s->c.id.n}, DUTIES, &duties));
	TRY(duty_rows(s->cx, &duties, &row));
	v->duties.at = row;
	v->duties.n = duties.n;
	return set_observed(s, &duties, v);
}

static Err set_agencies(Shown *s, CasePage *v) {
	Cx *cx = s->cx;
	Participants list;
	bool write = s->c.state == CASE_OPEN && req_may(cx, s->rq, ACT_participant_write);
	TRY(casefile_participants(cx, &s->c, &list));
	CaseAgencyView *at = NEW(cx->arena, CaseAgencyView, list.n);
	for (ptrdiff_t i = 0; i < list.n; i++) {
		const Participant *p = &list.at[i];
		bool lead = p->relation == RELATION_LEAD;
		at[i] = (CaseAgencyView){.lead = lead,
					 .basis = casefile_basis_said(cx, p->basis),
					 .since = say_date(cx, p->since)};
		TRY(agency_name(s, p->stakeholder, &at[i].name));
		if (write && !lead)
			at[i].leave = url_of(cx->arena, PATH_case_leave, s->c.id.n, p->stakeholder.n);
	}
	v->agencies.at = at;
	v->agencies.n = list.n;
	if (write) v->add_agency = in_case(s, PATH_case_join);
	return OK;
}

// A line about what the reader may not see is not there.
static bool line_seen(const Shown *s, const Happening *h) {
	uint32_t bit = CLASS_BIT(h->klass);
	if (str_eq(h->what, S("note"))) return (s->note & bit) && h->klass != CLASS_HIV;
	if (str_starts(h->what, S("document"))) return (s->document & bit) != 0;
	if (str_starts(h->what, S("person"))) return person_word(s, h->person).n > 0;
	return h->klass == CLASS_CASE || (s->person & bit);
}

static Err line_said(Shown *s, const Happening *h, Str *out) {
	static const struct {
		Str what;
		Text said;
	} word[] = {
		{SLIT("opened"), T_casefile_happened_opened},
		{SLIT("closed"), T_casefile_happened_closed},
		{SLIT("reopened"), T_casefile_happened_reopened},
		{SLIT("person_added"), T_casefile_happened_person_added},
		{SLIT("person_changed"), T_casefile_happened_person_changed},
		{SLIT("record"), T_casefile_happened_record},
		{SLIT("note"), T_casefile_happened_note},
		{SLIT("document"), T_casefile_happened_document},
		{SLIT("document_opened"), T_casefile_happened_document_opened},
		{SLIT("joined"), T_casefile_happened_joined},
		{SLIT("left"), T_casefile_happened_left},
		{SLIT("screened"), T_casefile_happened_screened},
	};
	Cx *cx = s->cx;
	Str about = person_word(s, h->person);
	if (h->other.n) TRY(agency_name(s, h->other, &about));
	for (ptrdiff_t i = 0; i < COUNT(word); i++)
		if (str_eq(word[i].what, h->what)) {
			*out = say(cx, word[i].said, about);
			return OK;
		}
	const PackEvent *e = pack_event(cx->pack, h->event);
	*out = e ? label_in(&e->label, cx->lang) : h->event;
	if (about.n) *out = str_fmt(cx->arena, "%.*s: %.*s", (int)about.n, about.p, (int)out->n, out->p);
	return OK;
}

static Err set_happened(Shown *s, CasePage *v) {
	Happenings list;
	TRY(casefile_timeline(s->cx, &s->c, LINES, &list));
	CaseTimeView *at = NEW(s->cx->arena, CaseTimeView, list.n);
	ptrdiff_t n = 0;
	for (ptrdiff_t i = 0; i < list.n; i++) {
		const Happening *h = &list.at[i];
		if (!line_seen(s, h)) continue;
		at[n].when = say_when(s->cx, h->at);
		TRY(line_said(s, h, &at[n].said));
		TRY(agency_name(s, h->stakeholder, &at[n++].by));
	}
	v->happened.at = at;
	v->happened.n = n;
	return OK;
}

// ---- the page
// ------------------------------------------------------------------------------------------------

static Err set_closed(Shown *s, CasePage *v) {
	if (s->c.state != CASE_CLOSED) return OK;
	v->closed = say(s->cx, T_casefile_page_closed, say_date(s->cx, s->c.closed),
			casefile_reason_said(s->cx, s->c.closed_why));
	return casefile_closing_words(s->cx, &s->c, &v->closed_text);
}

static Err set_links(Shown *s, CasePage *v) {
	Cx *cx = s->cx;
	Verdict report;
	v->report_number = s->c.report_number;
	if (s->c.report.n) {
		TRY(policy_may(cx, ACT_report_read, (Object){ABOUT_REPORT, s->c.report.n}, &report));
		if (report.yes) v->report = url_of_(cx->arena, "/reports/:report", &s->c.report.n, 1);
	}
	bool open = s->c.state == CASE_OPEN;
	if (open && req_may(cx, s->rq, ACT_event_write)) v->record = in_case(s, PATH_case_event);
	if (open && req_may(cx, s->rq, ACT_case_close)) v->close = in_case(s, PATH_case_close);
	if (!open && req_may(cx, s->rq, ACT_case_reopen)) v->reopen = in_case(s, PATH_case_reopen);
	return OK;
}

static Err begin(Cx *cx, Req *rq, Shown *s) {
	*s = (Shown){.cx = cx, .rq = rq};
	TRY(casefile_get(cx, (CaseId){req_param(rq, 0)}, &s->c));
	TRY(casefile_people(cx, &s->c, &s->people));
	s->person = req_classes(cx, rq, ACT_person_read);
	s->note = req_classes(cx, rq, ACT_note_read) & ~CLASS_BIT(CLASS_HIV);
	s->document = req_classes(cx, rq, ACT_document_read);
	return OK;
}

Err casefile_show(Cx *cx, Req *rq, Reply *out) {
	Shown *s = NEW(cx->arena, Shown, 1);
	TRY(begin(cx, rq, s));
	CasePage *v = NEW(cx->arena, CasePage, 1);
	*v = (CasePage){
		.number = s->c.number,
		.state = casefile_state_said(cx, s->c.state),
		.open = s->c.state == CASE_OPEN,
		.screening = casefile_screening_said(cx, s->c.screening),
		.child = str_eq(s->c.child, S("yes")),
		.exploitation = casefile_codes_said(cx, "exploitation", s->c.exploitation),
		.opened = say_date(cx, s->c.opened),
		.area = casefile_area_said(cx, s->c.area),
		.cases = url_of(cx->arena, PATH_cases),
	};
	TRY(agency_name(s, s->c.lead, &v->lead));
	TRY(set_closed(s, v));
	TRY(set_people(s, v));
	TRY(set_duties(s, v));
	TRY(set_notes(s, v));
	TRY(set_documents(s, v));
	TRY(set_agencies(s, v));
	TRY(set_happened(s, v));
	TRY(set_links(s, v));
	return reply_page(cx, rq, out, &TEMPLATE_casefile_page, v, s->c.number, ACT_case_list);
}

// ---- a person
// --------------------------------------------------------------------------------------------------

// Who else she may be: for those who may read who she is.
static Err set_findings(Shown *s, const Person *p, CasePersonPage *v) {
	if (!(s->person & CLASS_BIT(CLASS_IDENTITY))) return OK;
	return identity_links(s->cx, (Object){ABOUT_CASE, s->c.id.n}, p->id, &v->findings.at, &v->findings.n);
}

static Err set_screenings(Shown *s, const Person *p, CasePersonPage *v) {
	Cx *cx = s->cx;
	Screenings list;
	if (!req_may(cx, s->rq, ACT_screening_read)) return OK;
	ScreeningOf of = {
		.kase = s->c.id, .person = p->id, .key = p->key, .area = s->c.area, .lead = s->c.lead};
	TRY(screening_list(cx, &of, &list));
	CaseScreeningView *at = NEW(cx->arena, CaseScreeningView, list.n);
	for (ptrdiff_t i = 0; i < list.n; i++) {
		const Screening *one = &list.screening[i];
		Str suggested = casefile_screening_said(cx, screening_code[one->suggested]);
		at[i] = (CaseScreeningView){
			.when = say_when(cx, one->at),
			.suggested = suggested.n ? suggested : text_in(cx->lang, T_casefile_screening_review),
			.decided = casefile_screening_said(cx, screening_code[one->decided]),
		};
		TRY(agency_name(s, one->stakeholder, &at[i].by));
		if (one->sealed_why.n) TRY(screening_why(cx, one, req_verdict(s->rq).basis, &at[i].why));
	}
	v->screenings.at = at;
	v->screenings.n = list.n;
	v->disputed = list.disputed;
	return OK;
}

static Err set_named(Shown *s, const Person *p, CasePersonPage *v) {
	Notes notes;
	TRY(casefile_named_notes(s->cx, p, &notes));
	CaseNoteView *at = NEW(s->cx->arena, CaseNoteView, notes.n);
	for (ptrdiff_t i = 0; i < notes.n; i++) TRY(note_view(s, &notes.at[i], &at[i]));
	v->named.at = at;
	v->named.n = notes.n;
	return OK;
}

static void set_person_acts(Shown *s, const Person *p, CasePersonPage *v) {
	Cx *cx = s->cx;
	if (s->c.state != CASE_OPEN) return;
	uint32_t note = req_classes(cx, s->rq, ACT_note_write);
	if (req_may(cx, s->rq, ACT_person_write))
		v->change = url_of(cx->arena, PATH_person_change, s->c.id.n, p->id.n);
	if (str_eq(p->capacity, S("victim")) && req_may(cx, s->rq, ACT_screening_write))
		v->screen = url_of(cx->arena, PATH_person_screening, s->c.id.n, p->id.n);
	if (note & ~CLASS_BIT(CLASS_HIV))
		v->add_note = url_with(cx->arena, in_case(s, PATH_case_note), "person",
				       id_text(cx->arena, p->id.n));
	if (note & CLASS_BIT(CLASS_HIV))
		v->add_named = url_of(cx->arena, PATH_person_named, s->c.id.n, p->id.n);
}

Err casefile_show_person(Cx *cx, Req *rq, Reply *out) {
	Shown *s = NEW(cx->arena, Shown, 1);
	Person p;
	PackAnswers answers;
	uint32_t read;
	TRY(begin(cx, rq, s));
	TRY(casefile_person(cx, &s->c, (PersonId){req_param(rq, 1)}, &p));
	if (!casefile_person_seen(&p, s->person))
		return fail(cx->why, ERR_NOT_FOUND, "person %lld: not for this reader", (long long)p.id.n);
	Verdict verdict = req_verdict(rq);
	TRY(casefile_person_answers(cx, &p, s->person, verdict.basis, &answers, &read));
	CasePersonPage *v = NEW(cx->arena, CasePersonPage, 1);
	*v = (CasePersonPage){
		.number = s->c.number,
		.address = in_case(s, PATH_case),
		.label = casefile_person_said(cx, p.label),
		.capacity = casefile_capacity_said(cx, p.capacity),
		.child = casefile_child_said(cx, p.child),
		.added = say(cx, T_casefile_person_added, say_date(cx, p.added)),
	};
	if (read & CLASS_SENSITIVE) v->shown_as = shown_as(cx, &verdict);
	const CaseFactView *fact;
	v->facts.n = casefile_facts_view(cx, &answers, &fact);
	v->facts.at = fact;
	TRY(set_screenings(s, &p, v));
	TRY(set_findings(s, &p, v));
	TRY(set_named(s, &p, v));
	set_person_acts(s, &p, v);
	return reply_page(cx, rq, out, &TEMPLATE_casefile_person, v, s->c.number, ACT_case_list);
}
