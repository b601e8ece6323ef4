// The pages of counts. Nothing is counted here: a page shows what was counted once, and notes that it did.
#include "account/account.h"
#include "stakeholder/stakeholder.h"
#include "statistics/statistics_parts.h"
#include "statistics_html.h"
#include "text.h"
#include "vault/vault.h"

enum { QUARTERS = 12, PUBLISHED = 4, SHOWN = 100, FIGURES_A_PAGE = 3, BAR = 1000 };

static Page home_page, reports_page, cases_page, people_page, duties_page, unseen_page, shown_page,
	published_page;
static const Route routes[] = {
	ROUTE("GET", PATH_statistics, ACT_statistics_read, .run = home_page),
	ROUTE("GET", PATH_statistics_reports, ACT_statistics_read, .run = reports_page),
	ROUTE("GET", PATH_statistics_cases, ACT_statistics_read, .run = cases_page),
	ROUTE("GET", PATH_statistics_people, ACT_statistics_read, .run = people_page),
	ROUTE("GET", PATH_statistics_duties, ACT_statistics_read, .run = duties_page),
	ROUTE("GET", PATH_statistics_unseen, ACT_statistics_read, .run = unseen_page),
	ROUTE("GET", PATH_statistics_shown, ACT_statistics_audit, .run = shown_page),
	ROUTE("GET", PATH_published, ACT_published_read, .flags = ROUTE_PUBLIC, .run = published_page),
};
const Routes statistics_routes = {routes, (int)COUNT(routes)};

static const struct {
	Text title, lead;
} asked_said[ASKED__N] = {
	[ASKED_REPORTS_AREA] = {T_statistics_by_area, T_statistics_lead_area},
	[ASKED_REPORTS_STATE] = {T_statistics_by_state, T_statistics_lead_state},
	[ASKED_REPORTS_MONTH] = {T_statistics_by_month, T_statistics_lead_reports_month},
	[ASKED_CASES_EXPLOITATION] = {T_statistics_by_area_exploitation,
				      T_statistics_lead_cases_exploitation},
	[ASKED_CASES_STATE] = {T_statistics_by_state, T_statistics_lead_state},
	[ASKED_CASES_MONTH] = {T_statistics_by_month, T_statistics_lead_cases_month},
	[ASKED_PEOPLE_EXPLOITATION] = {T_statistics_by_exploitation_sex,
				       T_statistics_lead_people_exploitation},
	[ASKED_PEOPLE_AREA] = {T_statistics_by_area_age, T_statistics_lead_people_area},
	[ASKED_PEOPLE_MONTH] = {T_statistics_by_month, T_statistics_lead_people_month},
	[ASKED_PEOPLE_LISTS] = {T_statistics_by_lists, T_statistics_lead_people_lists},
	[ASKED_DUTIES_KIND] = {T_statistics_by_kind_done, T_statistics_lead_duties_kind},
	[ASKED_DUTIES_TAKEN] = {T_statistics_by_taken, T_statistics_lead_duties_taken},
	[ASKED_HUB_KIND] = {T_statistics_by_kind, T_statistics_lead_hub},
};
static const struct {
	Text said;
	const char *path;
} units[UNIT__N] = {
	[UNIT_REPORTS] = {T_statistics_reports, PATH_statistics_reports},
	[UNIT_CASES] = {T_statistics_cases, PATH_statistics_cases},
	[UNIT_PEOPLE] = {T_statistics_people, PATH_statistics_people},
	[UNIT_DUTIES] = {T_statistics_duties, PATH_statistics_duties},
	[UNIT_HUB] = {T_statistics_duties, PATH_published},
};
static const Text quarter_names[] = {T_statistics_quarter_1, T_statistics_quarter_2, T_statistics_quarter_3,
				     T_statistics_quarter_4};

static Str quarter_said(Cx *cx, Quarter q) {
	return say(cx, quarter_names[q % 4], str_fmt(cx->arena, "%d", q / 4));
}

// ---- one figure
// --------------------------------------------------------------------------------------------------

static Str number_said(Cx *cx, int64_t n) {
	return n == NOT_SHOWN ? text_in(cx->lang, T_statistics_not_shown)
			      : str_fmt(cx->arena, "%lld", (long long)n);
}

static bool anything_in_row(const Figure *f, int row) {
	for (int k = 0; k <= f->columns; k++)
		if (figure_cell(f, row, k) != NOT_SHOWN) return true;
	return false;
}

static bool anything_in_column(const Figure *f, int column) {
	for (int r = 0; r <= f->rows; r++)
		if (figure_cell(f, r, column) != NOT_SHOWN) return true;
	return false;
}

typedef struct {
	Cx *cx;
	const Figure *f;
	const AskedRow *asked;
	bool one_way;
	int column[PROTECT_COLUMNS + 1], ncolumn; // those that are shown, sums last
	Buf left_out;
} Show;

static void leave_out(Show *s, Str said) {
	if (s->left_out.n) buf_put(&s->left_out, S("; "));
	buf_put(&s->left_out, said);
}

static void choose_columns(Show *s) {
	const Figure *f = s->f;
	for (int k = 0; k < f->columns; k++)
		if (s->one_way || anything_in_column(f, k))
			s->column[s->ncolumn++] = k;
		else
			leave_out(s, statistics_value_said(s->cx, s->asked->column, f->column[k]));
	if (!s->one_way) s->column[s->ncolumn++] = f->columns;
}

static Str column_said(const Show *s, int k) {
	if (s->one_way) return text_in(s->cx->lang, T_statistics_number);
	if (k == s->f->columns) return text_in(s->cx->lang, T_statistics_together);
	return statistics_value_said(s->cx, s->asked->column, s->f->column[k]);
}

static FigureRow row_view(const Show *s, int row, Str label) {
	FigureCell *cell = NEW(s->cx->arena, FigureCell, s->ncolumn);
	for (int i = 0; i < s->ncolumn; i++)
		cell[i] = (FigureCell){number_said(s->cx, figure_cell(s->f, row, s->column[i])),
				       column_said(s, s->column[i])};
	FigureRow r = {.label = label};
	r.cells.at = cell;
	r.cells.n = s->ncolumn;
	return r;
}

static void set_rows(Show *s, FigureView *v) {
	const Figure *f = s->f;
	FigureRow *row = NEW(s->cx->arena, FigureRow, f->rows + 1);
	FigureBar *bar = NEW(s->cx->arena, FigureBar, f->rows);
	ptrdiff_t n = 0;
	int64_t most = 1;
	int sum = s->one_way ? 0 : f->columns;
	for (int r = 0; r < f->rows; r++)
		if (figure_cell(f, r, sum) > most) most = figure_cell(f, r, sum);
	for (int r = 0; r < f->rows; r++) {
		Str label = statistics_value_said(s->cx, s->asked->row, f->row[r]);
		int64_t count = figure_cell(f, r, sum);
		if (!anything_in_row(f, r)) {
			leave_out(s, label);
			continue;
		}
		bar[n] = (FigureBar){label, number_said(s->cx, count),
				     count == NOT_SHOWN ? 0 : count * BAR / most, count == NOT_SHOWN};
		row[n++] = row_view(s, r, label);
	}
	v->bars.at = bar;
	v->bars.n = n;
	if (n && !s->one_way) row[n++] = row_view(s, f->rows, text_in(s->cx->lang, T_statistics_together));
	v->rows.at = row;
	v->rows.n = n;
}

static void figure_view(Cx *cx, const Figure *f, FigureView *v) {
	Show s = {.cx = cx,
		  .f = f,
		  .asked = &statistics_asked[f->asked],
		  .one_way = statistics_asked[f->asked].column == BY_NOTHING,
		  .left_out = {.a = cx->arena}};
	*v = (FigureView){.title = text_in(cx->lang, asked_said[f->asked].title),
			  .lead = text_in(cx->lang, asked_said[f->asked].lead),
			  .whole = number_said(cx, figure_whole(f)),
			  .nothing = figure_whole(f) == NOT_SHOWN};
	if (v->nothing) return;
	choose_columns(&s);
	Str *columns = NEW(cx->arena, Str, s.ncolumn);
	for (int i = 0; i < s.ncolumn; i++) columns[i] = column_said(&s, s.column[i]);
	v->columns.at = columns;
	v->columns.n = s.ncolumn;
	set_rows(&s, v);
	v->left_out = buf_str(&s.left_out);
}

// ---- pages
// -------------------------------------------------------------------------------------------------------

static Url at_quarter(Cx *cx, const char *path, Quarter q) {
	return url_with(cx->arena, url_of_(cx->arena, path, NULL, 0), "quarter", quarter_code(cx->arena, q));
}

static Err total_said(Cx *cx, Quarter q, Asked asked, Str *out) {
	Figure f;
	TRY(statistics_figure(cx, q, asked, &f));
	statistics_note_shown(cx, &f);
	*out = figure_whole(&f) == NOT_SHOWN ? S("–") : number_said(cx, figure_whole(&f));
	return OK;
}

static Err home_page(Cx *cx, Req *rq, Reply *out) {
	Quarter q[QUARTERS];
	int n;
	TRY(statistics_quarters(cx, QUARTERS, q, &n));
	StatisticsTotal *total = NEW(cx->arena, StatisticsTotal, n);
	StatisticsLink *of = NEW(cx->arena, StatisticsLink, UNIT_HUB);
	for (int i = 0; i < n; i++) {
		total[i].quarter = quarter_said(cx, q[i]);
		total[i].address = at_quarter(cx, PATH_statistics_reports, q[i]);
		TRY(total_said(cx, q[i], ASKED_REPORTS_MONTH, &total[i].reports));
		TRY(total_said(cx, q[i], ASKED_CASES_MONTH, &total[i].cases));
		TRY(total_said(cx, q[i], ASKED_PEOPLE_MONTH, &total[i].people));
	}
	for (int u = 0; u < UNIT_HUB; u++)
		of[u] = (StatisticsLink){.said = text_in(cx->lang, units[u].said),
					 .address = url_of_(cx->arena, units[u].path, NULL, 0)};
	StatisticsHome v = {.of = {of, UNIT_HUB},
			    .totals = {total, n},
			    .unseen = url_of(cx->arena, PATH_statistics_unseen)};
	if (req_may(cx, rq, ACT_release_list)) v.releases = url_of_(cx->arena, "/releases", NULL, 0);
	if (req_may(cx, rq, ACT_statistics_audit)) v.shown = url_of(cx->arena, PATH_statistics_shown);
	return reply_page(cx, rq, out, &TEMPLATE_statistics, &v, text_in(cx->lang, T_statistics_title),
			  ACT_statistics_read);
}

// The quarter asked for, or the newest; false: nothing was counted, or not that.
static bool chosen_quarter(const Req *rq, const Quarter *q, int n, Quarter *out) {
	Str asked = req_query(rq, "quarter");
	if (n) *out = q[0];
	if (!asked.n) return n > 0;
	if (!quarter_parse(asked, out)) return false;
	for (int i = 0; i < n; i++)
		if (q[i] == *out) return true;
	return false;
}

static Err figures_of(Cx *cx, Unit unit, Quarter q, StatisticsOf *v) {
	FigureView *at = NEW(cx->arena, FigureView, FIGURES_A_PAGE);
	for (int i = 0; i < ASKED__N; i++) {
		Figure f;
		if (statistics_asked[i].unit != unit || statistics_asked[i].apart) continue;
		ASSERT(v->figures.n < FIGURES_A_PAGE);
		TRY(statistics_figure(cx, q, (Asked)i, &f));
		statistics_note_shown(cx, &f);
		figure_view(cx, &f, &at[v->figures.n++]);
		v->counted = say_date(cx, f.made);
	}
	v->figures.at = at;
	return OK;
}

static StatisticsLink *quarter_links(Cx *cx, const char *path, const Quarter *q, int n, Quarter here) {
	StatisticsLink *links = NEW(cx->arena, StatisticsLink, n);
	for (int i = 0; i < n; i++)
		links[i] = (StatisticsLink){quarter_said(cx, q[i]), at_quarter(cx, path, q[i]), q[i] == here};
	return links;
}

static Err unit_page(Cx *cx, Req *rq, Reply *out, Unit unit) {
	Quarter q[QUARTERS], of = 0;
	int n;
	TRY(statistics_quarters(cx, QUARTERS, q, &n));
	StatisticsOf v = {.title = text_in(cx->lang, units[unit].said),
			  .back = url_of(cx->arena, PATH_statistics)};
	bool there = chosen_quarter(rq, q, n, &of);
	if (!there && req_query(rq, "quarter").n)
		return fail(cx->why, ERR_NOT_FOUND, "no such quarter was counted");
	v.quarters.at = quarter_links(cx, units[unit].path, q, n, of);
	v.quarters.n = n > 1 ? n : 0;
	if (there) {
		v.quarter = quarter_said(cx, of);
		TRY(figures_of(cx, unit, of, &v));
	}
	return reply_page(cx, rq, out, &TEMPLATE_statistics_of, &v, text_in(cx->lang, T_statistics_title),
			  ACT_statistics_read);
}

static Err reports_page(Cx *cx, Req *rq, Reply *out) { return unit_page(cx, rq, out, UNIT_REPORTS); }
static Err cases_page(Cx *cx, Req *rq, Reply *out) { return unit_page(cx, rq, out, UNIT_CASES); }
static Err people_page(Cx *cx, Req *rq, Reply *out) { return unit_page(cx, rq, out, UNIT_PEOPLE); }
static Err duties_page(Cx *cx, Req *rq, Reply *out) { return unit_page(cx, rq, out, UNIT_DUTIES); }

// ---- how many are never seen
// ---------------------------------------------------------------------------------------------

static Str count_said(Cx *cx, double n) { return str_fmt(cx->arena, "%.0f", n); }

static void unseen_said(Cx *cx, const Unseen *u, StatisticsUnseen *v) {
	switch (u->state) {
	case UNSEEN_NOT_MADE:
		v->why = text_in(cx->lang, T_statistics_unseen_not_made);
		return;
	case UNSEEN_TOO_FEW:
		v->why = say(cx, T_statistics_unseen_too_few, count_said(cx, u->shown),
			     count_said(cx, u->patterns));
		v->few = true;
		return;
	case UNSEEN_NO_ANSWER:
		v->why = text_in(cx->lang, T_statistics_unseen_no_answer);
		v->few = true;
		return;
	case UNSEEN_RANGE:
		break;
	}
	v->range = say(cx, T_statistics_unseen_range, count_said(cx, (double)u->least),
		       count_said(cx, (double)u->most));
	v->seen = say(cx, T_statistics_unseen_seen, count_said(cx, u->lists.seen),
		      count_said(cx, u->lists.shared));
}

static Err unseen_page(Cx *cx, Req *rq, Reply *out) {
	Quarter q[QUARTERS], of = 0;
	int n;
	TRY(statistics_quarters(cx, QUARTERS, q, &n));
	StatisticsUnseen v = {.back = url_of(cx->arena, PATH_statistics)};
	bool there = chosen_quarter(rq, q, n, &of);
	if (!there && req_query(rq, "quarter").n)
		return fail(cx->why, ERR_NOT_FOUND, "no such quarter was counted");
	v.quarters.at = quarter_links(cx, PATH_statistics_unseen, q, n, of);
	v.quarters.n = n > 1 ? n : 0;
	if (there) {
		Unseen *u = NEW(cx->arena, Unseen, 1);
		v.quarter = quarter_said(cx, of);
		TRY(statistics_unseen(cx, of, u));
		unseen_said(cx, u, &v);
		if (u->state != UNSEEN_NOT_MADE) {
			statistics_note_shown(cx, &u->figure);
			FigureView *f = NEW(cx->arena, FigureView, 1);
			figure_view(cx, &u->figure, f);
			v.figure = f;
		}
	}
	return reply_page(cx, rq, out, &TEMPLATE_statistics_unseen, &v, text_in(cx->lang, T_statistics_title),
			  ACT_statistics_read);
}

// ---- what was shown, to whom
// ----------------------------------------------------------------------------------------

static Err shown_of(Cx *cx, Quarter q, Asked asked, ShownRow *at, ptrdiff_t *n) {
	Figure f;
	Pasts past;
	Err e = statistics_figure(cx, q, asked, &f);
	if (e == ERR_NOT_FOUND) return OK; // of before there was this question
	TRY(e);
	TRY(ledger_about(cx, ABOUT_FIGURE, f.id, 0, SHOWN / ASKED__N, false, &past));
	Str what =
		say(cx, T_statistics_shown_one, text_in(cx->lang, units[statistics_asked[asked].unit].said),
		    text_in(cx->lang, asked_said[asked].title), quarter_said(cx, q));
	for (ptrdiff_t i = 0; i < past.n; i++) {
		const Past *p = &past.past[i];
		Str who = {0};
		if (p->stakeholder) TRY(stakeholder_name(cx, (StakeholderId){p->stakeholder}, &who));
		bool counted = !strcmp(p->kind, statistics_kinds[0]->name);
		if (!who.n || counted) who = text_in(cx->lang, T_statistics_counted_here);
		at[(*n)++] = (ShownRow){what, who, say_when(cx, p->time)};
	}
	return OK;
}

static Err shown_page(Cx *cx, Req *rq, Reply *out) {
	Quarter q[1];
	int n;
	StatisticsShown v = {.back = url_of(cx->arena, PATH_statistics)};
	ShownRow *at = NEW(cx->arena, ShownRow, SHOWN);
	TRY(statistics_quarters(cx, 1, q, &n));
	for (int i = 0; i < ASKED__N && n; i++) TRY(shown_of(cx, q[0], (Asked)i, at, &v.rows.n));
	v.rows.at = at;
	return reply_page(cx, rq, out, &TEMPLATE_statistics_shown, &v, text_in(cx->lang, T_statistics_title),
			  ACT_statistics_read);
}

// ---- what anybody may know
// --------------------------------------------------------------------------------------------

static Err published_page(Cx *cx, Req *rq, Reply *out) {
	Quarter q[PUBLISHED];
	int n;
	TRY(statistics_quarters(cx, PUBLISHED, q, &n));
	PublishedQuarter *at = NEW(cx->arena, PublishedQuarter, n);
	for (int i = 0; i < n; i++) {
		Figure f;
		FigureView *v = NEW(cx->arena, FigureView, 1);
		TRY(statistics_figure(cx, q[i], ASKED_HUB_KIND, &f));
		figure_view(cx, &f, v);
		v->title = quarter_said(cx, q[i]);
		at[i] = (PublishedQuarter){v->title, v};
	}
	PublishedPage v = {.quarters = {at, n}, .given = url_of_(cx->arena, "/published/releases", NULL, 0)};
	return reply_page(cx, rq, out, &TEMPLATE_published, &v,
			  text_in(cx->lang, T_statistics_published_title), ACT_none);
}
