// Words and form parts that several pages of the room use.
#include "report/report_views.h"
#include "stakeholder/stakeholder.h"
#include "text.h"

enum { AGENCIES = 400 };

const Field report_tell_fields[REPORT_TELL_FIELDS] = {
	{.name = "agency",
	 .kind = FIELD_ONE,
	 .label = T_report_field_agency,
	 .hint = T_report_field_agency_hint},
	{.name = "file", .kind = FIELD_FILE, .label = T_report_field_file, .hint = T_report_field_file_hint},
};

static const Text states[REPORT__N] = {
	[REPORT_RECEIVED] = T_report_state_received, [REPORT_ACKNOWLEDGED] = T_report_state_acknowledged,
	[REPORT_SCREENED] = T_report_state_screened, [REPORT_CASE_OPENED] = T_report_state_case_opened,
	[REPORT_CLOSED] = T_report_state_closed,
};

Str report_state_said(Cx *cx, ReportState s) { return text_in(cx->lang, states[s]); }

Str report_channel_said(Cx *cx, Str code) {
	static const struct {
		Str code;
		Text said;
	} word[] = {
		{SLIT("web"), T_report_channel_web},	     {SLIT("phone"), T_report_channel_phone},
		{SLIT("walk_in"), T_report_channel_walk_in}, {SLIT("letter"), T_report_channel_letter},
		{SLIT("field"), T_report_channel_field},     {SLIT("api"), T_report_channel_api},
		{SLIT("import"), T_report_channel_import},
	};
	for (ptrdiff_t i = 0; i < COUNT(word); i++)
		if (str_eq(word[i].code, code)) return text_in(cx->lang, word[i].said);
	return code;
}

Str report_about_said(Cx *cx, Str code) {
	const PackForm *f = pack_form(cx->pack, S("tell"));
	return f && code.n ? pack_choice_label(f, S("about"), code, cx->lang) : code;
}

Str report_area_said(Cx *cx, Str code) {
	const PackArea *a = code.n ? pack_area(cx->pack, code) : NULL;
	return a ? label_in(&a->label, cx->lang) : code;
}

// ---- forms
// -------------------------------------------------------------------------------------------------------

static FieldView *field_in(Cx *cx, FormView *f, const char *name) {
	for (ptrdiff_t i = 0; i < f->fields.n; i++) {
		if (!str_eq(f->fields.at[i].name, str_of(name))) continue;
		FieldView *copy = NEW(cx->arena, FieldView, f->fields.n);
		memcpy(copy, f->fields.at, (size_t)f->fields.n * sizeof *copy);
		f->fields.at = copy;
		return &copy[i];
	}
	return NULL;
}

void report_choose(Cx *cx, FormView *f, const char *field, const ChoiceView *at, ptrdiff_t n) {
	FieldView *v = field_in(cx, f, field);
	if (!v) return;
	v->is_text = v->is_one = false;
	v->is_select = true;
	v->choices.at = at;
	v->choices.n = n;
}

void report_set_value(Cx *cx, FormView *f, const char *field, Str value) {
	FieldView *v = field_in(cx, f, field);
	if (v) v->value = value;
}

// "Rampur, Udaypradesh": the districts of the pack, as it lists them.
static void choose_area(Cx *cx, Req *rq, FormView *f) {
	const Pack *p = cx->pack;
	ChoiceView *at = NEW(cx->arena, ChoiceView, p->narea);
	ptrdiff_t n = 0;
	Str now = req_str(rq, "area");
	for (ptrdiff_t i = 0; i < p->narea; i++) {
		const PackArea *a = &p->area[i];
		if (!str_eq(a->level, S("district"))) continue;
		Str part[] = {label_in(&a->label, cx->lang), report_area_said(cx, a->parent)};
		at[n] = (ChoiceView){.id = str_fmt(cx->arena, "area-%td", n),
				     .value = a->code,
				     .label = str_join(cx->arena, S(", "), part, a->parent.n ? 2 : 1),
				     .chosen = str_eq(a->code, now)};
		n++;
	}
	if (n) report_choose(cx, f, "area", at, n);
}

Err report_fill_tell(Cx *cx, Req *rq, FormView *f) {
	choose_area(cx, rq, f);
	Stakeholders all;
	TRY(stakeholder_list(cx, &(StakeholderFilter){.active_only = true, .limit = AGENCIES}, &all));
	ChoiceView *at = NEW(cx->arena, ChoiceView, all.n + 1);
	Str now = req_str(rq, "agency");
	for (ptrdiff_t i = 0; i < all.n; i++) {
		Str id = id_text(cx->arena, all.at[i].id.n);
		at[i] = (ChoiceView){.id = str_fmt(cx->arena, "agency-%td", i),
				     .value = id,
				     .label = all.at[i].name,
				     .chosen = str_eq(id, now)};
	}
	at[all.n] = (ChoiceView){.id = S("agency-other"),
				 .value = S("other"),
				 .label = text_in(cx->lang, T_report_agency_other),
				 .chosen = str_eq(now, S("other"))};
	report_choose(cx, f, "agency", at, all.n + 1);
	return OK;
}

// ---- what was sent
// -----------------------------------------------------------------------------------------------

Err report_files_of(Cx *cx, Req *rq, const ReportFile **file, int *n) {
	const Upload *up;
	int64_t bytes = 0;
	bool wrong = false;
	int sent = req_uploads(rq, "file", &up);
	ReportFile *at = NEW(cx->arena, ReportFile, sent);
	for (int i = 0; i < sent; i++) {
		at[i] = (ReportFile){up[i].name, up[i].type, up[i].bytes};
		bytes += up[i].bytes.n;
		if (report_file_type_ok(up[i].type)) continue;
		req_error(cx, rq, "file", say(cx, T_report_file_type, up[i].name));
		wrong = true;
	}
	if (sent > REPORT_FILES || bytes > REPORT_FILE_BYTES) {
		req_error(cx, rq, "file", text_in(cx->lang, T_report_file_size));
		wrong = true;
	}
	*file = at;
	*n = sent;
	return wrong ? fail(cx->why, ERR_INVALID, "files that are not taken") : OK;
}

static Err named_agency(Cx *cx, Req *rq, ReportIn *in) {
	Str code = req_str(rq, "agency");
	int64_t id;
	in->official_unknown = str_eq(pack_answer(in->told, "official"), S("yes")) ||
			       str_eq(pack_answer(in->told, "about"), S("official")) ||
			       str_eq(code, S("other"));
	if (!code.n || str_eq(code, S("other"))) return OK;
	Stakeholder s;
	Err e = id_parse(code, &id) ? stakeholder_get(cx, (StakeholderId){id}, &s) : ERR_NOT_FOUND;
	if (e == ERR_NOT_FOUND || (e == OK && !s.listed)) {
		req_error(cx, rq, "agency", text_in(cx->lang, T_report_agency_wrong));
		return fail(cx->why, ERR_INVALID, "an agency that is not listed");
	}
	TRY(e);
	in->named[in->nnamed++] = s.id;
	in->official_unknown = false;
	return OK;
}

Err report_in_of(Cx *cx, Req *rq, ReportIn *in) {
	in->told = req_answers(rq);
	in->once = req_once(rq);
	Str area = in->told ? pack_answer(in->told, "area") : S("");
	if (area.n && !pack_area(cx->pack, area)) {
		req_error(cx, rq, "area", text_in(cx->lang, T_web_field_unknown_choice));
		return fail(cx->why, ERR_INVALID, "no area %.*s", (int)area.n, area.p);
	}
	TRY(report_files_of(cx, rq, &in->file, &in->nfile));
	return named_agency(cx, rq, in);
}
