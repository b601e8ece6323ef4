// The directory and the pages of an agency. Members have their pages in account, which lets them in.
#include "stakeholder/stakeholder.h"
#include "stakeholder_html.h"
#include "text.h"

// A form has a field for each language a pack is likely to bring; those of no catalogue are not asked.
static const Choice yes_no[] = {{SLIT("yes"), T_stakeholder_listed_yes, {0}},
				{SLIT("no"), T_stakeholder_listed_no, {0}}};
static const Choice active[] = {{SLIT("yes"), T_stakeholder_active_yes, {0}},
				{SLIT("no"), T_stakeholder_active_no, {0}}};
#define CHOICES(table) .choice = (table), .nchoice = (int)COUNT(table)

#define NAMES_AND_PHONE \
	{.name = "name_en", .kind = FIELD_TEXT, .required = true, .label = T_stakeholder_name_en}, \
		{.name = "name_hi", .kind = FIELD_TEXT, .label = T_stakeholder_name_hi}, \
		{.name = "phone", \
		 .kind = FIELD_TEXT, \
		 .max = 30, \
		 .label = T_stakeholder_phone, \
		 .hint = T_stakeholder_phone_hint}, \
	{ \
		.name = "listed", .kind = FIELD_ONE, .required = true, .label = T_stakeholder_listed, \
		.hint = T_stakeholder_listed_hint, CHOICES(yes_no) \
	}
static const Field new_fields[] = {
	{.name = "kind", .kind = FIELD_ONE, .required = true, .label = T_stakeholder_kind},
	{.name = "area",
	 .kind = FIELD_ONE,
	 .required = true,
	 .label = T_stakeholder_area,
	 .hint = T_stakeholder_area_hint},
	{.name = "code",
	 .kind = FIELD_TEXT,
	 .required = true,
	 .max = 16,
	 .label = T_stakeholder_code,
	 .hint = T_stakeholder_code_hint},
	{.name = "above",
	 .kind = FIELD_TEXT,
	 .max = 16,
	 .label = T_stakeholder_above,
	 .hint = T_stakeholder_above_hint},
	NAMES_AND_PHONE,
};
static const Field change_fields[] = {
	NAMES_AND_PHONE,
	{.name = "active",
	 .kind = FIELD_ONE,
	 .required = true,
	 .label = T_stakeholder_active,
	 .hint = T_stakeholder_active_hint,
	 CHOICES(active)},
};

static Page show_directory, show_agency, show_new, run_new, show_change, run_change;
static const Route routes[] = {
	ROUTE("GET", PATH_directory, ACT_directory_read, .run = show_directory),
	ROUTE("GET", PATH_agency_new, ACT_agency_write, FIELDS(new_fields), .run = show_new),
	ROUTE("POST", PATH_agency_new, ACT_agency_write, .flags = ROUTE_WRITES | ROUTE_KEEPS,
	      FIELDS(new_fields), .run = run_new, .again = show_new),
	ROUTE("GET", PATH_agency, ACT_directory_read, .run = show_agency),
	ROUTE("GET", PATH_agency_edit, ACT_agency_write, FIELDS(change_fields), .run = show_change),
	ROUTE("POST", PATH_agency_edit, ACT_agency_write, .flags = ROUTE_WRITES, FIELDS(change_fields),
	      .run = run_change, .again = show_change),
};
const Routes stakeholder_routes = {routes, (int)COUNT(routes)};
static const Route *const to_new = &routes[2], *const to_change = &routes[5];

static Str kind_said(Cx *cx, Str code) {
	const PackCode *k = pack_kind(cx->pack, code);
	return k ? label_in(&k->label, cx->lang) : code;
}
static Str area_said(Cx *cx, Str code) {
	const PackArea *a = pack_area(cx->pack, code);
	return a ? label_in(&a->label, cx->lang) : code;
}

// ---- choices from the pack
// -------------------------------------------------------------------------------------

static Choice *kind_choices(Cx *cx) {
	Choice *at = NEW(cx->arena, Choice, cx->pack->nkind);
	for (ptrdiff_t i = 0; i < cx->pack->nkind; i++)
		at[i] = (Choice){.code = cx->pack->kind[i].code,
				 .said = label_in(&cx->pack->kind[i].label, cx->lang)};
	return at;
}

// Agencies are for districts and above; a name says what it lies in, since two districts may share one.
static int area_choices(Cx *cx, Choice **out) {
	const Pack *p = cx->pack;
	int n = 0;
	*out = NEW(cx->arena, Choice, p->narea);
	for (ptrdiff_t i = 0; i < p->narea; i++) {
		const PackArea *a = &p->area[i], *in = a->parent.n ? pack_area(p, a->parent) : NULL;
		Str name = label_in(&a->label, cx->lang),
		    whole = in ? label_in(&in->label, cx->lang) : (Str){0};
		if (in && in->parent.n)
			name = str_fmt(cx->arena, "%.*s (%.*s)", (int)name.n, name.p, (int)whole.n, whole.p);
		(*out)[n++] = (Choice){.code = a->code, .said = name};
	}
	return n;
}

static const ChoiceView *filter_choices(Cx *cx, const Choice *c, int n, Str chosen) {
	ChoiceView *at = NEW(cx->arena, ChoiceView, n + 1);
	at[0] = (ChoiceView){.label = text_in(cx->lang, T_stakeholder_any), .chosen = !chosen.n};
	for (int i = 0; i < n; i++)
		at[i + 1] = (ChoiceView){
			.value = c[i].code, .label = c[i].said, .chosen = str_eq(c[i].code, chosen)};
	return at;
}

// ---- the directory
// ---------------------------------------------------------------------------------------------

static bool writes(Cx *cx) {
	return cx->actor->program ||
	       policy_grant(cx->pack, cx->actor->posts, false, RELATION_NOBODY, ACT_agency_write);
}

static Url directory_with(Cx *cx, const StakeholderFilter *f, StakeholderId after) {
	Url u = url_of(cx->arena, PATH_directory);
	if (f->kind.n) u = url_with(cx->arena, u, "kind", f->kind);
	if (f->area.n) u = url_with(cx->arena, u, "area", f->area);
	if (f->search.n) u = url_with(cx->arena, u, "search", f->search);
	if (after.n) u = url_with(cx->arena, u, "after", id_text(cx->arena, after.n));
	return u;
}

static AgencyRow row_of(Cx *cx, const Stakeholder *s) {
	return (AgencyRow){
		.name = s->name,
		.address = url_of(cx->arena, PATH_agency, s->id.n),
		.code = s->code,
		.kind = kind_said(cx, s->kind),
		.area = area_said(cx, s->area),
		.phone = s->phone,
		.inactive = !s->active,
		.unlisted = !s->listed,
	};
}

static Err show_directory(Cx *cx, Req *rq, Reply *out) {
	StakeholderFilter f = {
		.kind = req_query(rq, "kind"),
		.area = req_query(rq, "area"),
		.search = req_query(rq, "search"),
		.unlisted = writes(cx),
		.mine = cx->actor->stakeholder,
		.active_only = !writes(cx),
	};
	Stakeholders list;
	Choice *areas;
	(void)id_parse(req_query(rq, "after"), &f.after.n); // anything else begins at the beginning
	TRY(stakeholder_list(cx, &f, &list));
	int nareas = area_choices(cx, &areas), nkinds = (int)cx->pack->nkind;
	AgencyRow *rows = NEW(cx->arena, AgencyRow, list.n);
	for (ptrdiff_t i = 0; i < list.n; i++) rows[i] = row_of(cx, &list.at[i]);
	DirectoryPage v = {
		.here = url_of(cx->arena, PATH_directory),
		.search = f.search,
		.kinds = {filter_choices(cx, kind_choices(cx), nkinds, f.kind), nkinds + 1},
		.areas = {filter_choices(cx, areas, nareas, f.area), nareas + 1},
		.agencies = {rows, list.n},
		.filtered = f.kind.n || f.area.n || f.search.n,
	};
	if (list.more) v.next = directory_with(cx, &f, list.at[list.n - 1].id);
	if (f.after.n) v.first = directory_with(cx, &f, (StakeholderId){0});
	if (writes(cx)) v.add = url_of(cx->arena, PATH_agency_new);
	return reply_page(cx, rq, out, &TEMPLATE_directory, &v,
			  text_in(cx->lang, T_stakeholder_directory_title), ACT_directory_read);
}

// ---- one agency
// ------------------------------------------------------------------------------------------------

static Err set_members(Cx *cx, StakeholderId of, AgencyPage *v) {
	Members list;
	TRY(member_list(cx, of, &list));
	MemberRow *rows = NEW(cx->arena, MemberRow, list.n);
	for (ptrdiff_t i = 0; i < list.n; i++)
		rows[i] = (MemberRow){list.at[i].name, url_of(cx->arena, "/members/:member", list.at[i].id.n),
				      posts_said(cx, list.at[i].posts), !list.at[i].active};
	v->members.at = rows;
	v->members.n = list.n;
	v->shows_members = true;
	return OK;
}

static Err set_above(Cx *cx, const Stakeholder *s, AgencyPage *v) {
	Stakeholder above;
	bool seen;
	if (!s->above.n) return OK;
	TRY(stakeholder_get(cx, s->above, &above));
	TRY(stakeholder_seen(cx, &above, &seen));
	v->above_name = above.name;
	if (seen) v->above = url_of(cx->arena, PATH_agency, above.id.n);
	return OK;
}

static Err show_agency(Cx *cx, Req *rq, Reply *out) {
	Stakeholder s;
	bool seen;
	TRY(stakeholder_get(cx, (StakeholderId){req_param(rq, 0)}, &s));
	TRY(stakeholder_seen(cx, &s, &seen));
	if (!seen) return fail(cx->why, ERR_NOT_FOUND, "agency is not listed");
	AgencyPage v = {
		.name = s.name,
		.code = s.code,
		.kind = kind_said(cx, s.kind),
		.area = area_said(cx, s.area),
		.phone = s.phone,
		.inactive = !s.active,
		.unlisted = !s.listed,
		.back = url_of(cx->arena, PATH_directory),
	};
	TRY(set_above(cx, &s, &v));
	if (req_may(cx, rq, ACT_member_read)) TRY(set_members(cx, s.id, &v));
	if (s.active && req_may(cx, rq, ACT_member_write))
		v.add_member = url_of(cx->arena, "/directory/:stakeholder/members/new", s.id.n);
	if (req_may(cx, rq, ACT_agency_write)) v.change = url_of(cx->arena, PATH_agency_edit, s.id.n);
	return reply_page(cx, rq, out, &TEMPLATE_agency, &v, text_in(cx->lang, T_stakeholder_agency_title),
			  ACT_directory_read);
}

// ---- adding and changing
// ---------------------------------------------------------------------------------------

static const struct {
	const char *field;
	Text say;
} faults[] = {
	[AGENCY_RIGHT] = {"", T_none},
	[AGENCY_CODE] = {"code", T_stakeholder_fault_code},
	[AGENCY_CODE_TAKEN] = {"code", T_stakeholder_fault_taken},
	[AGENCY_KIND] = {"kind", T_stakeholder_fault_kind},
	[AGENCY_AREA] = {"area", T_stakeholder_fault_area},
	[AGENCY_ABOVE] = {"above", T_stakeholder_fault_above},
	[AGENCY_NAME] = {"name_en", T_stakeholder_fault_name},
	[AGENCY_PHONE] = {"phone", T_stakeholder_fault_phone},
};

static Err fault_on(Cx *cx, Req *rq, AgencyFault f) {
	req_error(cx, rq, faults[f].field, text_in(cx->lang, faults[f].say));
	return fail(cx->why, ERR_INVALID, "agency form: fault %d", (int)f);
}

static Err show_new(Cx *cx, Req *rq, Reply *out) {
	Choice *areas;
	int n = area_choices(cx, &areas);
	FormView *form =
		form_view(cx, rq, to_new, url_of(cx->arena, PATH_agency_new), GIVEN({"listed", S("yes")}));
	form_choices(cx, form, "kind", kind_choices(cx), (int)cx->pack->nkind);
	form_choices(cx, form, "area", areas, n);
	form->submit = text_in(cx->lang, T_stakeholder_add);
	form->cancel = url_of(cx->arena, PATH_directory);
	AgencyForm v = {text_in(cx->lang, T_stakeholder_new_title), text_in(cx->lang, T_stakeholder_new_lead),
			form};
	return reply_page(cx, rq, out, &TEMPLATE_agency_form, &v, v.title, ACT_directory_read);
}

static Err run_new(Cx *cx, Req *rq, Reply *out) {
	Stakeholder above;
	StakeholderId id;
	AgencyFault fault;
	StakeholderIn in = {
		.code = req_str(rq, "code"),
		.kind = req_str(rq, "kind"),
		.area = req_str(rq, "area"),
		.phone = req_str(rq, "phone"),
		.name = {[LANG_EN] = req_str(rq, "name_en"), [LANG_HI] = req_str(rq, "name_hi")},
		.listed = str_eq(req_str(rq, "listed"), S("yes")),
	};
	if (req_str(rq, "above").n) {
		Err e = stakeholder_by_code(cx, req_str(rq, "above"), &above);
		if (e == ERR_NOT_FOUND) return fault_on(cx, rq, AGENCY_ABOVE);
		TRY(e);
		in.above = above.id;
	}
	TRY(stakeholder_fault(cx, &in, true, &fault));
	if (fault != AGENCY_RIGHT) return fault_on(cx, rq, fault);
	TRY(stakeholder_add(cx, &in, &id));
	reply_flash(cx, out, T_stakeholder_added);
	return reply_see(cx, out, url_of(cx->arena, PATH_agency, id.n));
}

static Str yes_or_no(bool yes) { return yes ? S("yes") : S("no"); }

static int64_t version_seen(const Req *rq) {
	int64_t v = 0;
	(void)str_to_int(req_str(rq, "_version"), &v); // none: 0, which is no version
	return v;
}

static Err show_change(Cx *cx, Req *rq, Reply *out) {
	Stakeholder s;
	Str name[LANG__N];
	TRY(stakeholder_get(cx, (StakeholderId){req_param(rq, 0)}, &s));
	TRY(stakeholder_names(cx, s.id, name));
	FormView *form =
		form_view(cx, rq, to_change, url_of(cx->arena, PATH_agency_edit, s.id.n),
			  GIVEN({"name_en", name[LANG_EN]}, {"name_hi", name[LANG_HI]}, {"phone", s.phone},
				{"listed", yes_or_no(s.listed)}, {"active", yes_or_no(s.active)}));
	// What was typed stands beside what stands there now; sending it again is then the reader's choice.
	if (version_seen(rq) && version_seen(rq) != s.version)
		form->problem =
			say(cx, T_stakeholder_changed_meanwhile, name[LANG_EN], name[LANG_HI], s.phone);
	form->version = str_fmt(cx->arena, "%lld", (long long)s.version);
	form->submit = text_in(cx->lang, T_stakeholder_save);
	form->cancel = url_of(cx->arena, PATH_agency, s.id.n);
	AgencyForm v = {text_in(cx->lang, T_stakeholder_change), text_in(cx->lang, T_stakeholder_change_lead),
			form};
	return reply_page(cx, rq, out, &TEMPLATE_agency_form, &v, v.title, ACT_directory_read);
}

static Err run_change(Cx *cx, Req *rq, Reply *out) {
	StakeholderId id = {req_param(rq, 0)};
	AgencyFault fault;
	StakeholderChange to = {
		.version = version_seen(rq),
		.phone = req_str(rq, "phone"),
		.listed = str_eq(req_str(rq, "listed"), S("yes")),
		.active = str_eq(req_str(rq, "active"), S("yes")),
	};
	TRY(stakeholder_names(cx, id, to.name)); // languages the form does not ask for stay
	to.name[LANG_EN] = req_str(rq, "name_en");
	to.name[LANG_HI] = req_str(rq, "name_hi");
	StakeholderIn in = {.phone = to.phone};
	memcpy(in.name, to.name, sizeof in.name);
	TRY(stakeholder_fault(cx, &in, false, &fault));
	if (fault != AGENCY_RIGHT) return fault_on(cx, rq, fault);
	TRY(stakeholder_change(cx, id, &to));
	reply_flash(cx, out, T_stakeholder_saved);
	return reply_see(cx, out, url_of(cx->arena, PATH_agency, id.n));
}
