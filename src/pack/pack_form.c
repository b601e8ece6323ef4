// XLSForm (xlsform.org/en/ref-table), as much of it as a page that works without scripts can ask.
#include "pack/pack_load.h"

#define ASKS_MAX 1000
#define NESTED_MAX 16

static const struct {
	Str word;
	AskKind kind;
} type_table[] = {
	{SLIT("text"), ASK_TEXT},	    {SLIT("string"), ASK_TEXT},
	{SLIT("integer"), ASK_INTEGER},	    {SLIT("int"), ASK_INTEGER},
	{SLIT("decimal"), ASK_DECIMAL},	    {SLIT("date"), ASK_DATE},
	{SLIT("datetime"), ASK_DATETIME},   {SLIT("note"), ASK_NOTE},
	{SLIT("calculate"), ASK_CALCULATE}, {SLIT("acknowledge"), ASK_YES},
	{SLIT("trigger"), ASK_YES},	    {SLIT("geopoint"), ASK_GEOPOINT},
	{SLIT("file"), ASK_FILE},	    {SLIT("image"), ASK_FILE},
	{SLIT("audio"), ASK_FILE},	    {SLIT("video"), ASK_FILE},
	{SLIT("select_one"), ASK_ONE},	    {SLIT("select_multiple"), ASK_MANY},
	{SLIT("begin_group"), ASK_GROUP},   {SLIT("begin_repeat"), ASK_GROUP},
	{SLIT("end_group"), ASK_END},	    {SLIT("end_repeat"), ASK_END},
};
// What a phone would fill in by itself: nothing is asked, and here nothing is recorded of a visitor's device.
static const Str silent_types = SLIT(
	"start end today deviceid username phonenumber email audit subscriberid simserial start-geopoint");
static const Str survey_columns =
	SLIT("type! name! label hint required required_message relevant constraint constraint_message "
	     "appearance default calculation class match htcds calendar_note");
static const Str unused_columns =
	SLIT("choice_filter read_only readonly parameters trigger repeat_count guidance_hint image audio "
	     "video big-image autoplay accuracythreshold body bind instance save_to bind::type");
static const Label label_other = {{SLIT("Other"), SLIT("अन्य"), SLIT("অন্যান্য"), SLIT("अन्य"), SLIT("أخرى")}};
static const Label label_specify = {
	{SLIT("Which?"), SLIT("कौन-सा?"), SLIT("কোনটি?"), SLIT("कुन?"), SLIT("ما هو؟")}};

// ---- choices -------------------------------------------------------------------------------------
typedef struct {
	Str name;
	PackChoice *choice;
	ptrdiff_t n;
} List;
typedef struct {
	PackLoader *l;
	const PackTable *survey;
	List *list;
	ptrdiff_t nlist;
	PackAsk *ask;
	ptrdiff_t nask;
	bool open_repeat[NESTED_MAX];
	int open_row[NESTED_MAX], nopen;
	const PackRow *r; // the row that is read
} Form;

static List *list_named(Form *f, Str name) {
	for (ptrdiff_t i = 0; i < f->nlist; i++)
		if (str_eq(f->list[i].name, name)) return &f->list[i];
	return NULL;
}
static bool has_choice(const List *list, Str code) {
	for (ptrdiff_t i = 0; i < list->n; i++)
		if (str_eq(list->choice[i].code, code)) return true;
	return false;
}
static void add_choice(Form *f, List *list, PackChoice c) {
	list->choice = pack_grow(f->l->arena, list->choice, list->n, sizeof c);
	list->choice[list->n++] = c;
}
static void load_choice(Form *f, const PackTable *t, const PackRow *r) {
	Str name = pack_cell(t, r, pack_has_column(t, S("list_name")) ? S("list_name") : S("list")),
	    code = pack_cell(t, r, S("name"));
	if (!name.n || !code.n) {
		pack_say(f->l, pack_place(t, r, name.n ? S("name") : S("list_name")), "Fill it in.",
			 "The cell is empty.");
		return;
	}
	if (str_find_char(code, ' ') >= 0)
		pack_say(f->l, pack_place(t, r, S("name")),
			 "Write it without spaces; what people read stands in the label.",
			 "The code \"%.*s\" has a space in it.", SHOW(code));
	List *list = list_named(f, name);
	if (!list) {
		f->list = pack_grow(f->l->arena, f->list, f->nlist, sizeof *list);
		list = &f->list[f->nlist++];
		*list = (List){.name = name};
	}
	if (has_choice(list, code)) {
		pack_say(f->l, pack_place(t, r, S("name")), "Keep one of them.",
			 "\"%.*s\" is in the list %.*s already.", SHOW(code), SHOW(name));
		return;
	}
	add_choice(f, list, (PackChoice){code, pack_label(f->l, t, r, S("label"), true)});
}
static void load_choices(Form *f, const PackTable *t) {
	if (!t->ncolumn) return;
	PackTable *marked = (PackTable *)t;
	for (ptrdiff_t i = 0; i < marked->ncolumn; i++) { // columns of a list's own serve choice_filter
		Str base = marked->column[i].base;
		if (pack_word_in(S("list_name list name label note"), base)) continue;
		marked->column[i].used = true;
		PackPlace at = {t->file, 1, marked->column[i].name, true};
		if (marked->column[i].name.n)
			pack_say(f->l, at, "It may stay; nothing reads it.",
				 "This column of choices is not used.");
	}
	pack_check_columns(f->l, t, S("list_name list name! label!"));
	for (ptrdiff_t k = 0; k < t->nrow; k++) load_choice(f, t, &t->row[k]);
}

// ---- asks ----------------------------------------------------------------------------------------
static PackPlace here(const Form *f, Str column) { return pack_place(f->survey, f->r, column); }
static Str cell(const Form *f, Str column) { return pack_cell(f->survey, f->r, column); }

// "Select one  genders or_other" -> "select_one", "genders", other. "begin group" and "begin_group" are the
// same.
typedef struct {
	Str word, list;
	bool other;
} Type;
static Str lower(Arena *a, Str s) {
	char *p = NEW(a, char, s.n);
	for (ptrdiff_t i = 0; i < s.n; i++)
		p[i] = (char)(s.p[i] >= 'A' && s.p[i] <= 'Z' ? s.p[i] + 32 : s.p[i]);
	return (Str){p, s.n};
}
static Type read_type(Form *f) {
	Arena *a = f->l->arena;
	Str rest = cell(f, S("type")), word, second;
	Type type = {0};
	if (!pack_word(&rest, &word)) return type;
	type.word = lower(a, word);
	Str after = rest;
	bool two_words = pack_word_in(S("begin end select"), type.word) && pack_word(&after, &second) &&
			 pack_word_in(S("group repeat one multiple"), lower(a, second));
	if (two_words) { // "end" alone is what a phone fills in
		type.word = str_fmt(a, "%.*s_%.*s", SHOW(type.word), SHOW(lower(a, second)));
		rest = after;
	}
	if (pack_word(&rest, &second)) type.list = second;
	while (pack_word(&rest, &second)) type.other = type.other || str_eq(second, S("or_other"));
	return type;
}
static bool good_name(Str s) {
	for (ptrdiff_t i = 0; i < s.n; i++) {
		char c = s.p[i];
		bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
		bool inner = (c >= '0' && c <= '9') || c == '-' || c == '.';
		if (!letter && !(inner && i)) return false;
	}
	return s.n > 0;
}
static void check_name(Form *f, PackAsk *ask) {
	if (!ask->name.n && (ask->kind == ASK_NOTE || ask->kind == ASK_END || ask->kind == ASK_GROUP)) {
		ask->name = str_fmt(f->l->arena, "_row_%d", ask->row);
		return;
	}
	if (!good_name(ask->name))
		pack_say(f->l, here(f, S("name")), "Begin with a letter; then letters, digits, _ and -.",
			 "\"%.*s\" cannot be a name.", SHOW(ask->name));
	for (ptrdiff_t i = 0; i < f->nask && ask->kind != ASK_END; i++) {
		if (!str_eq(f->ask[i].name, ask->name) || f->ask[i].kind == ASK_END) continue;
		pack_say(f->l, here(f, S("name")), "Give this one another name.",
			 "\"%.*s\" is there already, in row %d.", SHOW(ask->name), f->ask[i].row);
		return;
	}
}
static void read_required(Form *f, PackAsk *ask) {
	Str s = cell(f, S("required"));
	if (!s.n || str_eq_nocase(s, S("no")) || str_eq_nocase(s, S("false")) || str_eq(s, S("false()")) ||
	    str_eq(s, S("0")))
		return;
	ask->required = str_eq_nocase(s, S("yes")) || str_eq_nocase(s, S("true")) || str_eq(s, S("true()")) ||
			str_eq(s, S("1"));
	if (!ask->required) ask->required_if = pack_expr(f->l, f->survey, f->r, S("required"), false);
}
static void read_default(Form *f, PackAsk *ask) {
	ask->fallback = cell(f, S("default"));
	bool computed = str_find(ask->fallback, S("${")) >= 0 || str_ends(ask->fallback, S(")"));
	if (!computed) return;
	ask->fallback = S("");
	ask->fallback_expr = pack_expr(f->l, f->survey, f->r, S("default"), false);
}
static void read_list(Form *f, PackAsk *ask, Type type) {
	List *list = list_named(f, type.list);
	ask->list = type.list;
	if (!list) {
		pack_say(f->l, here(f, S("type")), "Mend the name, or add the list to the choices.",
			 "There is no list \"%.*s\".", SHOW(type.list));
		return;
	}
	if (type.other && !has_choice(list, S("other")))
		add_choice(f, list, (PackChoice){S("other"), label_other});
}
static void check_visible(Form *f, const PackAsk *ask) {
	bool silent = ask->kind == ASK_CALCULATE || ask->kind == ASK_GROUP || ask->kind == ASK_END;
	bool labelled = false;
	for (int i = 0; i < LANG__N; i++) labelled = labelled || ask->label.in[i].n || ask->hint.in[i].n;
	if (!silent && !labelled)
		pack_say(f->l, here(f, S("label")), "Write the question.", "The question has no label.");
	if (ask->kind == ASK_CALCULATE && !ask->calculation && !cell(f, S("calculation")).n)
		pack_say(f->l, here(f, S("calculation")), "Write what is calculated.", "The cell is empty.");
	pack_check_word(f->l, f->survey, f->r, S("class"),
			S("open case identity safety health hiv counselling legal source intelligence"));
	pack_check_word(
		f->l, f->survey, f->r, S("match"),
		S("given family name alias guardian birth_date birth_year age sex place district postcode "
		  "street phone email identifier"));
}
static void add_ask(Form *f, PackAsk ask) {
	f->ask = pack_grow(f->l->arena, f->ask, f->nask, sizeof ask);
	f->ask[f->nask++] = ask;
}
static void add_other(Form *f, const PackAsk *ask) {
	ExprError error;
	Str condition = str_fmt(f->l->arena, "selected(${%.*s}, 'other')", (int)ask->name.n, ask->name.p);
	PackAsk other = {.name = str_fmt(f->l->arena, "%.*s_other", (int)ask->name.n, ask->name.p),
			 .kind = ASK_TEXT,
			 .label = label_specify,
			 .row = ask->row,
			 .in_group = ask->in_group,
			 .klass = ask->klass,
			 .relevant = expr_compile(f->l->arena, condition, false, &error)};
	add_ask(f, other);
}
// Groups and repeats close in the order they were opened.
static void nest(Form *f, PackAsk *ask, Str word) {
	bool repeat = str_ends(word, S("_repeat"));
	if (ask->kind == ASK_GROUP) {
		ask->repeats = repeat;
		ask->in_group = f->nopen > 0;
		if (f->nopen == NESTED_MAX) {
			pack_say(f->l, here(f, S("type")), "Make it flatter.",
				 "Groups are nested more than 16 deep.");
			return;
		}
		f->open_row[f->nopen] = ask->row;
		f->open_repeat[f->nopen++] = repeat;
		return;
	}
	if (f->nopen == 0 || f->open_repeat[f->nopen - 1] != repeat)
		pack_say(f->l, here(f, S("type")), "Put a begin for every end, in the right order.",
			 "Nothing that is open is closed by this end.");
	if (f->nopen > 0) f->nopen--;
	ask->in_group = f->nopen > 0;
}
static bool kind_of(Form *f, Type type, AskKind *kind) {
	for (ptrdiff_t i = 0; i < COUNT(type_table); i++) {
		if (!str_eq(type_table[i].word, type.word)) continue;
		*kind = type_table[i].kind;
		return true;
	}
	PackPlace at = here(f, S("type"));
	at.warning = pack_word_in(silent_types, type.word);
	if (at.warning)
		pack_say(f->l, at, "It may stay.", "\"%.*s\" is what a device would fill in; it is left out.",
			 SHOW(type.word));
	else if (!type.word.n)
		pack_say(f->l, at, "Fill it in, or delete the row.", "The row has no type.");
	else
		pack_say(f->l, at, "docs/packs.md lists the types; select_one needs a list.",
			 "\"%.*s\" is no type of question.", SHOW(type.word));
	return false;
}
static void load_ask(Form *f) {
	Type type = read_type(f);
	PackAsk ask = {.name = cell(f, S("name")), .row = f->r->number, .in_group = f->nopen > 0};
	if (!kind_of(f, type, &ask.kind)) return;
	ask.label = pack_label(f->l, f->survey, f->r, S("label"), false);
	ask.hint = pack_label(f->l, f->survey, f->r, S("hint"), false);
	ask.constraint_message = pack_label(f->l, f->survey, f->r, S("constraint_message"), false);
	ask.required_message = pack_label(f->l, f->survey, f->r, S("required_message"), false);
	ask.appearance = cell(f, S("appearance"));
	ask.klass = cell(f, S("class"));
	ask.match = cell(f, S("match"));
	ask.htcds = cell(f, S("htcds"));
	ask.calendar_note = cell(f, S("calendar_note"));
	ask.relevant = pack_expr(f->l, f->survey, f->r, S("relevant"), false);
	ask.constraint = pack_expr(f->l, f->survey, f->r, S("constraint"), true);
	ask.calculation = pack_expr(f->l, f->survey, f->r, S("calculation"), false);
	read_required(f, &ask);
	read_default(f, &ask);
	if (ask.kind == ASK_TEXT && str_find(ask.appearance, S("multiline")) >= 0) ask.kind = ASK_LONG;
	if (ask.kind == ASK_GROUP || ask.kind == ASK_END) nest(f, &ask, type.word);
	if (ask.kind == ASK_ONE || ask.kind == ASK_MANY) read_list(f, &ask, type);
	check_name(f, &ask);
	check_visible(f, &ask);
	add_ask(f, ask);
	if (type.other) add_other(f, &ask);
}
static void warn_unused_columns(Form *f) {
	PackTable *t = (PackTable *)f->survey;
	for (ptrdiff_t i = 0; i < t->ncolumn; i++) {
		Str name = t->column[i].name;
		bool of_odk = pack_word_in(unused_columns, t->column[i].base) ||
			      str_starts(name, S("media::")) || str_starts(name, S("body::")) ||
			      str_starts(name, S("bind::")) || str_starts(name, S("instance::"));
		if (!of_odk) continue;
		t->column[i].used = true;
		pack_say(f->l, (PackPlace){t->file, 1, name, true}, "It may stay; nothing here reads it.",
			 "This column of ODK is not used.");
	}
}

// ---- names in expressions ------------------------------------------------------------------------
static bool knows_ask(const void *with, Str name) {
	const Form *f = with;
	for (ptrdiff_t i = 0; i < f->nask; i++)
		if (str_eq(f->ask[i].name, name) && f->ask[i].kind != ASK_END && f->ask[i].kind != ASK_GROUP)
			return true;
	return false;
}
static void check_expressions(Form *f) {
	for (ptrdiff_t i = 0; i < f->nask; i++) {
		const PackAsk *ask = &f->ask[i];
		PackPlace at = {.file = f->survey->file, .row = ask->row};
		const struct {
			const Expr *e;
			Str column;
		} each[] = {{ask->relevant, S("relevant")},
			    {ask->constraint, S("constraint")},
			    {ask->calculation, S("calculation")},
			    {ask->required_if, S("required")},
			    {ask->fallback_expr, S("default")}};
		for (ptrdiff_t k = 0; k < COUNT(each); k++) {
			at.column = each[k].column;
			pack_check_names(f->l, each[k].e, at, knows_ask, f);
		}
	}
}
// Lists may have grown by "other" after an ask was read, so the asks get them last.
static void give_choices(Form *f) {
	for (ptrdiff_t i = 0; i < f->nask; i++) {
		const List *list = f->ask[i].list.n ? list_named(f, f->ask[i].list) : NULL;
		if (!list) continue;
		f->ask[i].choice = list->choice;
		f->ask[i].nchoice = list->n;
	}
}
static void set_languages(PackForm *form, const PackTable *t) {
	for (int lang = 0; lang < LANG__N; lang++) {
		bool there = false;
		for (ptrdiff_t i = 0; i < t->ncolumn; i++)
			there = there || (t->column[i].lang == lang && str_eq(t->column[i].base, S("label")));
		if (there) form->lang[form->nlang++] = (Lang)lang;
	}
}
static void load_form(PackLoader *l, Str name, PackTable *survey, PackTable *choices,
		      const PackTable *settings) {
	Form f = {.l = l, .survey = survey};
	if (!survey->ncolumn) return;
	warn_unused_columns(&f);
	pack_check_columns(l, survey, survey_columns);
	load_choices(&f, choices);
	for (ptrdiff_t k = 0; k < survey->nrow; k++) {
		if (f.nask >= ASKS_MAX) {
			pack_say(l, pack_place(survey, &survey->row[k], S("")), "Split the form.",
				 "The form has more than 1,000 rows.");
			break;
		}
		f.r = &survey->row[k];
		load_ask(&f);
	}
	if (f.nopen)
		pack_say(l, (PackPlace){survey->file, f.open_row[f.nopen - 1], S("type"), false},
			 "Add the row with end_group or end_repeat.", "The group is never closed.");
	check_expressions(&f);
	give_choices(&f);
	PackForm *form = pack_claim(l, TABLE_FORM, survey, &(PackRow){NULL, 1}, name);
	if (!form) return;
	*form = (PackForm){.name = name, .title = name, .ask = f.ask, .nask = f.nask};
	if (settings->nrow) {
		Str title = pack_cell(settings, &settings->row[0], S("form_title"));
		form->title = title.n ? title : name;
		form->version = pack_cell(settings, &settings->row[0], S("version"));
	}
	set_languages(form, survey);
}
void pack_load_forms(PackLoader *l) {
	Str *name;
	Str folder = str_fmt(&l->work, "%.*s/forms", (int)l->folder.n, l->folder.p);
	for (ptrdiff_t i = 0, n = pack_list(l, folder, S(".survey.csv"), &name); i < n; i++) {
		PackTable survey, choices, settings;
		int len = (int)name[i].n;
		if (!pack_read_csv(l, str_fmt(&l->work, "forms/%.*s.survey.csv", len, name[i].p), &survey))
			continue;
		(void)pack_read_csv(l, str_fmt(&l->work, "forms/%.*s.choices.csv", len, name[i].p), &choices);
		(void)pack_read_csv(l, str_fmt(&l->work, "forms/%.*s.settings.csv", len, name[i].p),
				    &settings);
		load_form(l, name[i], &survey, &choices, &settings);
	}
	for (ptrdiff_t i = 0, n = pack_list(l, folder, S(".xlsx"), &name); i < n; i++) {
		PackTable survey, choices, settings;
		pack_read_xlsx(l, str_fmt(l->arena, "forms/%.*s.xlsx", (int)name[i].n, name[i].p), &survey,
			       &choices, &settings);
		load_form(l, name[i], &survey, &choices, &settings);
	}
}
