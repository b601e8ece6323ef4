// The home of every member.
#include "account/account.h"
#include "casefile/casefile.h"
#include "duty/duty.h"
#include "identity/identity.h"
#include "inbox/inbox.h"
#include "inbox_html.h"
#include "report/report.h"
#include "screening/screening.h"
#include "stakeholder/stakeholder.h"
#include "text.h"

enum {
	SHOWN_DUTIES = 10,
	SHOWN_WAITING = 5,
	SHOWN_CHANGES = 10,
	READ_CHANGES = 40,
	SHOWN_AGENCIES = 10,
	DAY = 86400
};

static Page show_today;
static const Route routes[] = {ROUTE("GET", PATH_today, ACT_today, .run = show_today)};
const Routes inbox_routes = {routes, (int)COUNT(routes)};

static bool may(Cx *cx, Act act) {
	return policy_grant(cx->pack, cx->actor->posts, false, RELATION_NOBODY, act) != 0;
}

// ---- what changed
// --------------------------------------------------------------------------------------------------

// {1} number of the report or case, {2} the agency that acted.
static const struct {
	Str kind;
	Text say;
} changes_said[] = {
	{SLIT("report.received"), T_inbox_said_report_received},
	{SLIT("report.message"), T_inbox_said_report_message},
	{SLIT("report.acknowledged"), T_inbox_said_report_acknowledged},
	{SLIT("report.routed"), T_inbox_said_report_routed},
	{SLIT("report.case_opened"), T_inbox_said_report_case},
	{SLIT("report.closed"), T_inbox_said_report_closed},
	{SLIT("screening.decided"), T_inbox_said_screening},
	{SLIT("case.opened"), T_inbox_said_case_opened},
	{SLIT("case.closed"), T_inbox_said_case_closed},
	{SLIT("case.reopened"), T_inbox_said_case_reopened},
	{SLIT("case.joined"), T_inbox_said_case_joined},
	{SLIT("case.event"), T_inbox_said_case_event},
	{SLIT("duty.done"), T_inbox_said_duty_done},
	{SLIT("duty.refused"), T_inbox_said_duty_refused},
	{SLIT("duty.waived"), T_inbox_said_duty_waived},
	{SLIT("duty.escalated"), T_inbox_said_duty_escalated},
};

static Err change_row(Cx *cx, const Change *c, ChangeRow *out) {
	Str by;
	Text sentence = T_none;
	TRY(stakeholder_name(cx, c->by, &by));
	if (!by.n) by = text_in(cx->lang, T_inbox_the_hub);
	for (ptrdiff_t i = 0; i < COUNT(changes_said); i++)
		if (str_eq(changes_said[i].kind, c->kind)) sentence = changes_said[i].say;
	ASSERT(sentence != T_none); // inbox_changes tells these kinds only
	const char *path = c->on.about == ABOUT_REPORT ? PATH_report : PATH_case;
	*out = (ChangeRow){.when = say_when(cx, c->at),
			   .say = say(cx, sentence, c->number, by),
			   .address = url_of(cx->arena, path, c->on.id),
			   .times = 1};
	return OK;
}

// The same done again in the same matter is one row, at its latest: three duties of a case that are late at
// once say no more than one, but how many. Place among the first n, or n.
static ptrdiff_t said_before(const Change *all, const ptrdiff_t *first, ptrdiff_t n, const Change *c) {
	ptrdiff_t i = 0;
	for (; i < n; i++) {
		const Change *f = &all[first[i]];
		if (f->on.about == c->on.about && f->on.id == c->on.id && f->by.n == c->by.n &&
		    str_eq(f->kind, c->kind))
			break;
	}
	return i;
}

static Err set_changes(Cx *cx, TodayPage *v) {
	Changes list;
	int64_t last;
	TRY(account_last_here(cx, &last));
	int64_t since = last ? last : cx->now - DAY;
	v->since = last ? say(cx, T_inbox_since, say_when(cx, since))
			: text_in(cx->lang, T_inbox_since_yesterday);
	TRY(inbox_changes(cx, since, READ_CHANGES, &list));
	ChangeRow *rows = NEW(cx->arena, ChangeRow, list.n);
	ptrdiff_t first[SHOWN_CHANGES], n = 0;
	for (ptrdiff_t i = 0; i < list.n; i++) {
		ptrdiff_t at = said_before(list.at, first, n, &list.at[i]);
		if (at == SHOWN_CHANGES) continue;
		if (at < n) {
			rows[at].again = true;
			rows[at].times++;
			continue;
		}
		TRY(change_row(cx, &list.at[i], &rows[n]));
		first[n++] = i;
	}
	v->changes.at = rows;
	v->changes.n = n;
	return OK;
}

// ---- what waits
// ----------------------------------------------------------------------------------------------------

static const struct {
	Text say;
	const char *path;
} waits_said[] = {
	[WAIT_REPORT] = {T_inbox_wait_report, PATH_report},
	[WAIT_MESSAGE] = {T_inbox_wait_message, PATH_report},
	[WAIT_WAIVER] = {T_inbox_wait_waiver, PATH_duty},
	[WAIT_SCREENING] = {T_inbox_wait_screening, PATH_screening_report},
	[WAIT_PERSON] = {T_inbox_wait_person, PATH_person},
	[WAIT_FINDING] = {T_identity_wait, PATH_findings},
};
_Static_assert(COUNT(waits_said) == WAIT__N, "every kind has its sentence");

static Err set_waiting(Cx *cx, TodayPage *v) {
	Waits list;
	TRY(inbox_waiting(cx, SHOWN_WAITING, &list));
	WaitRow *rows = NEW(cx->arena, WaitRow, list.n);
	for (ptrdiff_t i = 0; i < list.n; i++) {
		const Wait *w = &list.at[i];
		rows[i] = (WaitRow){
			.say = text_in(cx->lang, waits_said[w->kind].say),
			.number = w->number,
			.address = url_of_(cx->arena, waits_said[w->kind].path, (int64_t[]){w->id, w->person},
					   (w->id != 0) + (w->person != 0)),
			// A waiver has no time of its own here: what counts is by when the duty is owed.
			.since = w->kind == WAIT_WAIVER
					 ? (w->at == DUTY_NO_CLOCK ? text_in(cx->lang, T_inbox_no_clock)
								   : say_left(cx, w->at))
					 : say(cx, T_inbox_wait_since, say_when(cx, w->at)),
		};
	}
	v->waiting.at = rows;
	v->waiting.n = list.n;
	return OK;
}

// ---- what is owed
// --------------------------------------------------------------------------------------------------

// Past what duty_count counts, the sentence says so.
static Str number_said(Cx *cx, int64_t n, Text exact, Text many) {
	return n < DUTY_COUNTED ? text_plural(cx->arena, cx->lang, exact, n, NULL, 0)
				: say(cx, many, str_fmt(cx->arena, "%d", DUTY_COUNTED - 1));
}

static Str count_said(Cx *cx, const DutyCount *n) {
	if (!n->live) return (Str){0};
	if (n->late && n->today)
		return say(cx, T_inbox_count_both, number_said(cx, n->late, T_inbox_late, T_inbox_late_many),
			   number_said(cx, n->today, T_inbox_ends_today, T_inbox_ends_today_many));
	if (n->late) return number_said(cx, n->late, T_inbox_late_only, T_inbox_late_only_many);
	if (n->today) return number_said(cx, n->today, T_inbox_ends_today_only, T_inbox_ends_today_only_many);
	return text_in(cx->lang, T_inbox_none_late);
}

static Err set_duties(Cx *cx, TodayPage *v) {
	Duties owed, up;
	DutyCount count;
	StakeholderId me = cx->actor->stakeholder;
	TRY(duty_count(cx, me, DUTY_COUNTED, &count));
	TRY(duty_owed(cx, me, SHOWN_DUTIES, &owed));
	TRY(duty_rows(cx, &owed, &v->duties.at));
	v->duties.n = owed.n;
	v->more = owed.more;
	v->count = count_said(cx, &count);
	if (!policy_grant(cx->pack, cx->actor->posts, false, RELATION_OVERSIGHT, ACT_duty_read)) return OK;
	TRY(duty_escalated_to(cx, me, SHOWN_WAITING, &up));
	TRY(duty_rows(cx, &up, &v->escalated.at));
	v->escalated.n = up.n;
	return OK;
}

static Err today_page(Cx *cx, Req *rq, Reply *out) {
	TodayPage v = {.day = say(cx, T_inbox_day, say_date(cx, cx->now)),
		       .all_duties = url_of(cx->arena, PATH_duties)};
	TRY(set_duties(cx, &v));
	TRY(set_waiting(cx, &v));
	TRY(set_changes(cx, &v));
	if (may(cx, ACT_report_take)) v.new_report = url_of(cx->arena, PATH_report_new);
	if (may(cx, ACT_case_list)) v.cases = url_of(cx->arena, PATH_cases);
	return reply_page(cx, rq, out, &TEMPLATE_today, &v, text_in(cx->lang, T_inbox_title), ACT_today);
}

// ---- those who run the hub, and those who owe nothing
// ----------------------------------------------------------------

static Str kind_said(Cx *cx, Str code) {
	const PackCode *k = pack_kind(cx->pack, code);
	return k ? label_in(&k->label, cx->lang) : code;
}

static Err set_unheld(Cx *cx, HubPage *v) {
	ReportUnheldList list;
	TRY(report_unheld(cx, &list));
	UnheldRow *rows = NEW(cx->arena, UnheldRow, list.n);
	for (ptrdiff_t i = 0; i < list.n; i++) {
		const PackArea *area = pack_area(cx->pack, list.at[i].area);
		rows[i] = (UnheldRow){area ? label_in(&area->label, cx->lang)
					   : text_in(cx->lang, T_inbox_hub_unheld_anywhere),
				      list.at[i].n, say_date(cx, list.at[i].since)};
	}
	v->unheld.at = rows;
	v->unheld.n = list.n;
	return OK;
}

static Err hub_page(Cx *cx, Req *rq, Reply *out) {
	Stakeholders empty;
	DutyPublished all;
	TRY(stakeholder_empty(cx, SHOWN_AGENCIES, &empty));
	TRY(duty_published_counts(cx, &all));
	EmptyAgency *agencies = NEW(cx->arena, EmptyAgency, empty.n);
	for (ptrdiff_t i = 0; i < empty.n; i++)
		agencies[i] = (EmptyAgency){empty.at[i].name, kind_said(cx, empty.at[i].kind),
					    url_of(cx->arena, PATH_agency, empty.at[i].id.n)};
	HubPage v = {
		.agencies = {agencies, empty.n},
		.more = empty.more,
		.published = url_of_(cx->arena, "/published", NULL, 0),
		.live = all.live,
		.late = all.late,
		.unassigned = all.unassigned,
		.add_agency = url_of(cx->arena, PATH_agency_new),
		.directory = url_of(cx->arena, PATH_directory),
	};
	TRY(set_unheld(cx, &v));
	return reply_page(cx, rq, out, &TEMPLATE_hub_today, &v, text_in(cx->lang, T_inbox_hub_title),
			  ACT_today);
}

static Err calm_page(Cx *cx, Req *rq, Reply *out) {
	CalmPage v = {url_of(cx->arena, PATH_directory), url_of(cx->arena, PATH_account)};
	return reply_page(cx, rq, out, &TEMPLATE_calm_today, &v, text_in(cx->lang, T_inbox_calm_title),
			  ACT_today);
}

static Err show_today(Cx *cx, Req *rq, Reply *out) {
	if (inbox_owes(cx)) return today_page(cx, rq, out);
	return may(cx, ACT_agency_write) ? hub_page(cx, rq, out) : calm_page(cx, rq, out);
}
