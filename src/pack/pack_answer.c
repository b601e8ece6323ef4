#include "base/utf8.h"
#include "pack/pack.h"

#define TEXT_MAX 1000 // characters
#define LONG_MAX 20000

static ptrdiff_t ask_at(const PackForm *f, Str name) {
	for (ptrdiff_t i = 0; i < f->nask; i++)
		if (f->ask[i].kind != ASK_END && str_eq(f->ask[i].name, name)) return i;
	return -1;
}
PackAnswers pack_answers_on(Arena *a, const PackForm *f) {
	PackAnswers v = {.form = f,
			 .value = NEW(a, Str, f->nask),
			 .error = NEW(a, Str, f->nask),
			 .relevant = NEW(a, bool, f->nask)};
	for (ptrdiff_t i = 0; i < f->nask; i++)
		if (f->ask[i].fallback.n) v.value[i] = f->ask[i].fallback;
	return v;
}
Str pack_answer(const PackAnswers *v, const char *name) {
	ptrdiff_t i = ask_at(v->form, str_of(name));
	return i < 0 || !v->value[i].p ? S("") : v->value[i];
}
bool pack_answer_set(const PackAnswers *v, Str name, Str value) {
	ptrdiff_t i = ask_at(v->form, name);
	if (i < 0) return false;
	v->value[i] = value.n ? value : S(""); // with a place, so that it counts as answered
	return true;
}

// ---- the check -----------------------------------------------------------------------------------
typedef struct {
	Cx *cx;
	PackAnswers *v;
	ptrdiff_t i;
	const PackAsk *ask;
} Check;

static bool get_value(void *with, Str name, Str *value) {
	const PackAnswers *v = with;
	ptrdiff_t i = ask_at(v->form, name);
	if (i < 0) return false;
	*value = v->value[i];
	return true;
}
static ExprScope scope_of(const Check *c) {
	return (ExprScope){
		.with = c->v, .get = get_value, .self = c->v->value[c->i], .once = c->v->value[c->i]};
}
static bool holds(const Check *c, const Expr *e) {
	ExprScope scope = scope_of(c);
	return expr_true(c->cx, e, &scope);
}
static void compute(const Check *c, const Expr *e) {
	ExprScope scope = scope_of(c);
	Str s = expr_text(c->cx, e, &scope);
	c->v->value[c->i] = str_eq(s, S("NaN")) ? S("") : s; // nothing to show where the parts are missing
}
static void wrong(const Check *c, Str error) {
	c->v->error[c->i] = error;
	c->v->nerror++;
}

static bool is_integer(Str s) {
	int64_t n;
	return s.n <= 15 && str_to_int(s, &n);
}
static bool is_decimal(Str s) {
	ptrdiff_t digits = 0, points = 0;
	for (ptrdiff_t i = 0; i < s.n; i++) {
		bool digit = s.p[i] >= '0' && s.p[i] <= '9';
		digits += digit;
		points += s.p[i] == '.';
		if (!digit && s.p[i] != '.' && !(i == 0 && s.p[i] == '-')) return false;
	}
	return digits > 0 && digits <= 15 && points <= 1;
}
static bool is_datetime(const Check *c, Str s) {
	int64_t t;
	return when_parse(c->cx->zone, s, &t);
}
// "latitude longitude", and maybe altitude and accuracy, as ODK writes a place.
static bool is_geopoint(Str s) {
	Str part;
	int n = 0;
	while (str_cut(&s, ' ', &part)) {
		int64_t whole = 0;
		ptrdiff_t point = str_find_char(part, '.');
		if (!is_decimal(part)) return false;
		(void)str_to_int(str_slice(part, 0, point < 0 ? part.n : point), &whole);
		int64_t most = n == 0 ? 90 : n == 1 ? 180 : INT64_MAX;
		if (whole > most || whole < -most) return false;
		n++;
	}
	return n >= 2 && n <= 4;
}
static const PackChoice *choice_of(const PackAsk *ask, Str code) {
	for (ptrdiff_t i = 0; i < ask->nchoice; i++)
		if (str_eq(ask->choice[i].code, code)) return &ask->choice[i];
	return NULL;
}
static bool list_has(Str list, Str code) {
	Str part;
	while (str_cut(&list, ' ', &part))
		if (str_eq(part, code)) return true;
	return false;
}
// The codes in the list's order, each once; false when one of them is not in the list.
static bool put_in_order(const Check *c) {
	Str given = c->v->value[c->i], part;
	for (Str rest = given; str_cut(&rest, ' ', &part);)
		if (part.n && !choice_of(c->ask, part)) return false;
	Buf b = {.a = c->cx->arena};
	for (ptrdiff_t i = 0; i < c->ask->nchoice; i++) {
		if (!list_has(given, c->ask->choice[i].code)) continue;
		if (b.n) buf_char(&b, ' ');
		buf_put(&b, c->ask->choice[i].code);
	}
	c->v->value[c->i] = b.n ? buf_str(&b) : S("");
	return true;
}
static bool is_yes(const Check *c) {
	static const Str yes[] = {SLIT("yes"), SLIT("true"), SLIT("on"), SLIT("ok"), SLIT("1")};
	static const Str no[] = {SLIT("no"), SLIT("false"), SLIT("off"), SLIT("0")};
	Str *value = &c->v->value[c->i];
	for (ptrdiff_t i = 0; i < COUNT(yes); i++) {
		if (!str_eq_nocase(*value, yes[i])) continue;
		*value = S("yes");
		return true;
	}
	for (ptrdiff_t i = 0; i < COUNT(no); i++) {
		if (!str_eq_nocase(*value, no[i])) continue;
		*value = S("");
		return true;
	}
	return false;
}
static bool fits(Str s, ptrdiff_t most) { return s.n <= 4 * most && utf8_valid(s) && utf8_length(s) <= most; }
// What is wrong with a value that is there, by its type; empty when nothing.
static Str type_error(const Check *c) {
	int64_t days;
	Str s = c->v->value[c->i];
	switch (c->ask->kind) {
	case ASK_TEXT:
		return fits(s, TEXT_MAX) ? S("") : S("@too_long");
	case ASK_LONG:
		return fits(s, LONG_MAX) ? S("") : S("@too_long");
	case ASK_INTEGER:
		return is_integer(s) ? S("") : S("@integer");
	case ASK_DECIMAL:
		return is_decimal(s) ? S("") : S("@decimal");
	case ASK_DATE:
		return when_parse_date(s, &days) ? S("") : S("@date");
	case ASK_DATETIME:
		return is_datetime(c, s) ? S("") : S("@datetime");
	case ASK_ONE:
		return choice_of(c->ask, s) ? S("") : S("@choice");
	case ASK_MANY:
		return put_in_order(c) ? S("") : S("@choice");
	case ASK_YES:
		return is_yes(c) ? S("") : S("@choice");
	case ASK_GEOPOINT:
		return is_geopoint(s) ? S("") : S("@geopoint");
	case ASK_FILE:
		return fits(s, TEXT_MAX) ? S("") : S("@too_long");
	case ASK_NOTE:
	case ASK_CALCULATE:
	case ASK_GROUP:
	case ASK_END:
		return S("");
	}
	return S("");
}
static Str message(const Check *c, const Label *own, Str word) {
	Str s = label_in(own, c->cx->lang);
	return s.n ? s : word;
}
static void check_value(const Check *c) {
	Str *value = &c->v->value[c->i];
	// A long text keeps its own spaces, unless they are all there is.
	if (value->n && (c->ask->kind != ASK_LONG || !str_trim(*value).n)) *value = str_trim(*value);
	Str error = value->n ? type_error(c) : S("");
	if (error.n) {
		wrong(c, error);
		return;
	}
	bool needed = c->ask->required || (c->ask->required_if && holds(c, c->ask->required_if));
	if (!value->n && needed)
		wrong(c, message(c, &c->ask->required_message, S("@required")));
	else if (value->n && c->ask->constraint && !holds(c, c->ask->constraint))
		wrong(c, message(c, &c->ask->constraint_message, S("@constraint")));
}
Str pack_answer_fault(Cx *cx, PackAnswers *v, ptrdiff_t ask) {
	const Check c = {cx, v, ask, &v->form->ask[ask]};
	if (!v->value[ask].n) return S("");
	Str error = type_error(&c);
	if (!error.n && c.ask->constraint && !holds(&c, c.ask->constraint))
		error = message(&c, &c.ask->constraint_message, S("@constraint"));
	return error;
}
static void check_ask(const Check *c) {
	Str *value = &c->v->value[c->i];
	if (c->ask->calculation)
		compute(c, c->ask->calculation);
	else if (!value->p && c->ask->fallback_expr)
		compute(c, c->ask->fallback_expr);
	bool asks = c->ask->kind != ASK_NOTE && c->ask->kind != ASK_CALCULATE && c->ask->kind != ASK_GROUP &&
		    c->ask->kind != ASK_END;
	if (asks)
		check_value(c);
	else if (c->ask->kind != ASK_CALCULATE)
		*value = S("");
}
void pack_form_check(Cx *cx, PackAnswers *v) {
	int depth = 0, dark = 0; // dark: depth of the outermost group that is not relevant
	v->nerror = 0;
	for (ptrdiff_t i = 0; i < v->form->nask; i++) {
		Check c = {cx, v, i, &v->form->ask[i]};
		v->error[i] = S("");
		if (c.ask->kind == ASK_END) {
			if (dark == depth) dark = 0;
			depth -= depth > 0;
		}
		v->relevant[i] = !dark && (!c.ask->relevant || holds(&c, c.ask->relevant));
		if (c.ask->kind == ASK_GROUP) {
			depth++;
			if (!v->relevant[i] && !dark) dark = depth;
		}
		if (v->relevant[i])
			check_ask(&c);
		else
			v->value[i] = S("");
	}
}
Str pack_choice_label(const PackForm *f, Str ask, Str code, int lang) {
	ptrdiff_t i = ask_at(f, ask);
	const PackChoice *c = i < 0 ? NULL : choice_of(&f->ask[i], code);
	Str s = c ? label_in(&c->label, lang) : S("");
	return s.n ? s : code;
}
