// Forms as views: a route's field table, or its pack form, becomes fields to show, with what was typed and
// what was wrong.
#include "text.h"
#include "vault/vault.h"
#include "web/req.h"

#define SELECT_FROM 9 // more choices than this are a list to open, not a column of buttons

static Str error_of(const Req *rq, Str name) {
	for (ptrdiff_t i = 0; i < rq->nerror; i++)
		if (str_eq(rq->error[i].name, name)) return rq->error[i].value;
	return (Str){0};
}

static Str given_value(const Given *g, int n, Str name) {
	for (int i = 0; i < n; i++)
		if (str_eq(str_of(g[i].field), name)) return g[i].value;
	return (Str){0};
}

// Typed values win over given ones, also when somebody emptied a field.
static Str shown(Cx *cx, const Req *rq, Str name, const Given *g, int n) {
	if (!rq->checked) return given_value(g, n, name);
	Buf b = {.a = cx->arena};
	for (ptrdiff_t i = 0; i < rq->nvalue; i++) {
		if (!str_eq(rq->value[i].name, name)) continue;
		if (b.n) buf_char(&b, ' ');
		buf_put(&b, rq->value[i].value);
	}
	return buf_str(&b);
}

static bool among(Str codes, Str code) {
	for (Str one; str_cut(&codes, ' ', &one);)
		if (str_eq(one, code)) return true;
	return false;
}

static ChoiceView choice_view(Cx *cx, FieldView *v, Str code, Str label, ptrdiff_t i) {
	return (ChoiceView){
		.id = str_fmt(cx->arena, "%.*s-%td", (int)v->id.n, v->id.p, i + 1),
		.value = code,
		.label = label,
		.chosen = v->is_many ? among(v->value, code) : str_eq(v->value, code),
	};
}

static void set_choices(Cx *cx, FieldView *v, const Choice *choice, int n) {
	ChoiceView *at = NEW(cx->arena, ChoiceView, n);
	for (int i = 0; i < n; i++) {
		Str label = choice[i].said.n ? choice[i].said : text_in(cx->lang, choice[i].label);
		at[i] = choice_view(cx, v, choice[i].code, label, i);
	}
	v->choices.at = at;
	v->choices.n = n;
	if (v->is_one && n > SELECT_FROM) {
		v->is_one = false;
		v->is_select = true;
	}
}

static void set_kind(FieldView *v, FieldKind k) {
	v->is_text = k == FIELD_TEXT || k == FIELD_ID;
	v->is_long = k == FIELD_LONG;
	v->is_int = k == FIELD_INT;
	v->is_date = k == FIELD_DATE;
	v->is_when = k == FIELD_WHEN;
	v->is_one = k == FIELD_ONE;
	v->is_many = k == FIELD_MANY;
	v->is_check = k == FIELD_CHECK;
	v->is_secret = k == FIELD_SECRET;
	v->is_file = k == FIELD_FILE;
	v->is_hidden = k == FIELD_HIDDEN;
}

static FieldView field_view(Cx *cx, const Req *rq, const Field *f, const Given *g, int n) {
	Str name = str_of(f->name);
	FieldView v = {
		.name = name,
		.id = str_fmt(cx->arena, "f-%s", f->name),
		.label = text_in(cx->lang, f->label),
		.hint = text_in(cx->lang, f->hint),
		.value = f->kind == FIELD_SECRET ? (Str){0} : shown(cx, rq, name, g, n),
		.error = error_of(rq, name),
		.required = f->required,
		.max = f->kind == FIELD_INT ? 0 : f->max,
	};
	set_kind(&v, f->kind);
	if (f->kind == FIELD_FILE) v.many = true;
	if (f->kind == FIELD_WHEN && rq->checked) { // the check made seconds of it; show a wall time again
		int64_t t;
		if (str_to_int(v.value, &t)) {
			Civil c = zone_civil(cx->zone, t);
			v.value = str_fmt(cx->arena, "%04d-%02d-%02dT%02d:%02d", c.year, c.month, c.day,
					  c.hour, c.minute);
		}
	}
	if (f->choice) set_choices(cx, &v, f->choice, f->nchoice);
	return v;
}

static FieldKind kind_of_ask(AskKind k) {
	switch (k) {
	case ASK_LONG:
		return FIELD_LONG;
	case ASK_INTEGER:
		return FIELD_INT;
	case ASK_DATE:
		return FIELD_DATE;
	case ASK_DATETIME:
		return FIELD_WHEN;
	case ASK_ONE:
		return FIELD_ONE;
	case ASK_MANY:
		return FIELD_MANY;
	case ASK_YES:
		return FIELD_CHECK;
	case ASK_FILE:
		return FIELD_FILE;
	case ASK_TEXT:
	case ASK_DECIMAL:
	case ASK_NOTE:
	case ASK_CALCULATE:
	case ASK_GEOPOINT:
	case ASK_GROUP:
	case ASK_END:
		break;
	}
	return FIELD_TEXT;
}

static FieldView ask_view(Cx *cx, const Req *rq, const PackAsk *k, Str value) {
	FieldView v = {
		.name = k->name,
		.id = str_fmt(cx->arena, "f-%.*s", (int)k->name.n, k->name.p),
		.label = label_in(&k->label, cx->lang),
		.hint = label_in(&k->hint, cx->lang),
		.value = value,
		.error = error_of(rq, k->name),
		.required = k->required,
	};
	set_kind(&v, kind_of_ask(k->kind));
	if (k->kind == ASK_NOTE || k->kind == ASK_GROUP) {
		v.is_text = false;
		v.is_note = true;
	}
	if (k->kind == ASK_TEXT && str_find(k->appearance, S("multiline")) >= 0) {
		v.is_text = false;
		v.is_long = true;
	}
	if (written_asked(k)) {
		v.is_one = v.is_many = false;
		v.is_text = v.is_written = true;
		v.list = k->list;
		v.value = rq->checked ? value : written_words(cx, k, value);
		if (!v.hint.n)
			v.hint = text_in(cx->lang,
					 k->kind == ASK_MANY ? T_web_written_many : T_web_written_one);
	}
	ChoiceView *at = NEW(cx->arena, ChoiceView, k->nchoice);
	for (ptrdiff_t i = 0; i < k->nchoice; i++)
		at[i] = choice_view(cx, &v, k->choice[i].code, label_in(&k->choice[i].label, cx->lang), i);
	v.choices.at = at;
	v.choices.n = k->nchoice;
	if (v.is_one && k->nchoice > SELECT_FROM) {
		v.is_one = false;
		v.is_select = true;
	}
	return v;
}

// Without scripts a question that depends on another answer is shown when it is relevant, or not yet decided.
static bool asks(const PackAsk *k) { return k->kind != ASK_CALCULATE && k->kind != ASK_END; }

// A group of the appearance "compact" is folded until somebody opens it. In a form shown again everything is
// open: what was typed, and what is wrong with it, is never out of sight.
static bool folds(const PackAsk *k) {
	return k->kind == ASK_GROUP && !k->in_group && str_find(k->appearance, S("compact")) >= 0;
}

static FieldView fold_view(Cx *cx, const PackAsk *k, bool open) {
	return (FieldView){.name = k->name,
			   .label = label_in(&k->label, cx->lang),
			   .hint = label_in(&k->hint, cx->lang),
			   .is_fold = true,
			   .fold_open = open};
}

// A question with many boxes, of the appearance "minimal", is folded by itself while none of them is ticked.
static ptrdiff_t folded_ask(Cx *cx, const Req *rq, const PackAsk *k, Str value, FieldView *out) {
	out[0] = fold_view(cx, k, value.n || error_of(rq, k->name).n);
	out[1] = ask_view(cx, rq, k, value);
	out[1].hint = (Str){0};
	out[2] = (FieldView){.is_fold_end = true};
	return 3;
}

static ptrdiff_t form_asks(Cx *cx, Req *rq, const PackForm *f, const Given *g, int ngiven, FieldView *out) {
	ptrdiff_t n = 0;
	PackAnswers v = pack_answers_on(cx->arena, f);
	for (ptrdiff_t i = 0; i < f->nask; i++) {
		Str value = shown(cx, rq, f->ask[i].name, g, ngiven);
		if (rq->checked || value.n) v.value[i] = value; // else the form's own default
	}
	pack_form_check(cx, &v);
	bool folded = false;
	int depth = 0; // groups open within the fold
	for (ptrdiff_t i = 0; i < f->nask; i++) {
		const PackAsk *k = &f->ask[i];
		if (folded && k->kind == ASK_END && depth-- == 0) {
			out[n++] = (FieldView){.is_fold_end = true};
			folded = false;
		}
		if (folded && k->kind == ASK_GROUP) depth++;
		if (!asks(k) || (rq->checked && !v.relevant[i])) continue;
		if (!folded && folds(k)) {
			folded = true;
			depth = 0;
			out[n++] = fold_view(cx, k, rq->checked);
		} else if (!folded && k->kind == ASK_MANY && str_find(k->appearance, S("minimal")) >= 0) {
			n += folded_ask(cx, rq, k, v.value[i], &out[n]);
		} else {
			out[n++] = ask_view(cx, rq, k, v.value[i]);
		}
	}
	return n;
}

// The words of each list that is written from, once.
static void set_lists(Cx *cx, FormView *v) {
	WordListView *at = NEW(cx->arena, WordListView, v->fields.n);
	ptrdiff_t n = 0;
	for (ptrdiff_t i = 0; i < v->fields.n; i++) {
		const FieldView *f = &v->fields.at[i];
		bool there = !f->is_written;
		for (ptrdiff_t j = 0; j < n && !there; j++) there = str_eq(at[j].list, f->list);
		if (there) continue;
		at[n].list = f->list;
		at[n].words.at = f->choices.at;
		at[n++].words.n = f->choices.n;
	}
	v->lists.at = at;
	v->lists.n = n;
}

FormView *form_view(Cx *cx, Req *rq, const Route *to, Url action, const Given *given, int ngiven) {
	const PackForm *form = to->form ? pack_form(cx->pack, str_of(to->form)) : NULL;
	FieldView *at = NEW(cx->arena, FieldView,
			    to->nfield + (form ? 3 * form->nask : 0)); // a fold has its two ends
	ptrdiff_t n = form ? form_asks(cx, rq, form, given, ngiven, at) : 0;
	for (int i = 0; i < to->nfield; i++) at[n++] = field_view(cx, rq, &to->field[i], given, ngiven);
	FormView *v = NEW(cx->arena, FormView, 1);
	*v = (FormView){
		.action = action,
		.has_errors = rq->nerror > 0,
		.problem = error_of(rq, S("")),
		.note = rq->note,
		.upload = (to->flags & ROUTE_UPLOAD) != 0,
		.token = form_token(cx, rq),
		.once = rq->once.n && (rq->nerror || rq->note.n) ? rq->once : token_new(cx->arena, 100),
	};
	v->fields.at = at;
	v->fields.n = n;
	set_lists(cx, v);
	return v;
}

void form_choices(Cx *cx, FormView *v, const char *field, const Choice *choice, int n) {
	FieldView *at = NEW(cx->arena, FieldView, v->fields.n);
	for (ptrdiff_t i = 0; i < v->fields.n; i++) {
		at[i] = v->fields.at[i];
		if (str_eq(at[i].name, str_of(field))) set_choices(cx, &at[i], choice, n);
	}
	v->fields.at = at;
}
