// One field of a record into its question of the pack.
#include "htcds/htcds_parts.h"
#include "policy/policy.h"

// ---- what may stand in a report
// -------------------------------------------------------------------------------

static bool of_signs(Str s, const char *more, ptrdiff_t most) {
	for (ptrdiff_t i = 0; i < s.n; i++) {
		char c = s.p[i];
		bool sign = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
		if (!sign && !memchr(more, c, strlen(more))) return false;
	}
	return s.n > 0 && s.n <= most;
}
static bool has_digit(Str s) {
	for (ptrdiff_t i = 0; i < s.n; i++)
		if (s.p[i] >= '0' && s.p[i] <= '9') return true;
	return false;
}
// A heading may be anything, a person's name too, when a file lacks its first row.
static Str safe_field(Str name) {
	return of_signs(name, "_.:-", 60) && (has_digit(name) || str_find_char(name, '_') > 0)
		       ? name
		       : S("a field with a name of its own");
}

void htcds_refuse(const HtcdsTaker *t, Str field, Str what) {
	Str ref = t->record->ref;
	bool show = of_signs(ref, "-_/.", 40) && has_digit(ref);
	field = safe_field(field);
	htcds_say(t->report, "record %lld%s%.*s%s, %.*s: %.*s; not taken", (long long)t->record->place,
		  show ? " (" : "", show ? (int)ref.n : 0, show ? ref.p : "", show ? ")" : "", (int)field.n,
		  field.p, (int)what.n, what.p);
}

// A value is shown where nobody can be known by it and it is short and plain. Never one of a field that
// describes the person: when the columns of a file have slipped, her name stands there.
static bool shown(const PackAsk *ask, Str value) {
	Class k = CLASS_CASE;
	if (str_starts(ask->htcds, S("prs_"))) return false;
	bool known = !ask->klass.n || class_from_name(ask->klass, &k);
	bool coded = ask->kind != ASK_TEXT && ask->kind != ASK_LONG;
	return known && coded && (k == CLASS_CASE || k == CLASS_OPEN) && of_signs(value, "_.:-+", 60);
}

typedef struct {
	Str field;
	const PackAsk *ask;
	Str value;
} Wrong;

static void say_wrong(const HtcdsTaker *t, const Wrong *w, Str fault) {
	static const struct {
		Str fault;
		const char *words;
	} said[] = {
		{SLIT("@integer"), "is no whole number"},
		{SLIT("@decimal"), "is no number"},
		{SLIT("@date"), "is no date (YYYY-MM-DD)"},
		{SLIT("@datetime"), "is no time"},
		{SLIT("@choice"), "is no code of this field"},
		{SLIT("@too_long"), "is too long"},
		{SLIT("@geopoint"), "is no latitude and longitude"},
	};
	const char *words = "does not fit this field";
	for (ptrdiff_t i = 0; i < COUNT(said); i++)
		if (str_eq(said[i].fault, fault)) words = said[i].words;
	Arena *a = t->cx->arena;
	Str value = shown(w->ask, w->value) ? str_fmt(a, "\"%.*s\"", (int)w->value.n, w->value.p)
					    : S("the value");
	bool own = fault.n && fault.p[0] != '@'; // the pack's own sentence about its constraint
	htcds_refuse(t, w->field,
		     str_fmt(a, "%.*s %s%s%.*s%s", (int)value.n, value.p,
			     own ? "does not fit this field" : words, own ? " (" : "", own ? (int)fault.n : 0,
			     own ? fault.p : "", own ? ")" : ""));
}

// ---- names and codes of others
// ------------------------------------------------------------------------------------

static Str alias_of(const Pack *p, Str name) {
	for (ptrdiff_t i = 0; i < p->nalias; i++)
		if (str_eq(p->alias[i].alias, name)) return p->alias[i].field;
	return name;
}

static bool is_choice(const PackAsk *ask, Str code) {
	for (ptrdiff_t i = 0; i < ask->nchoice; i++)
		if (str_eq(ask->choice[i].code, code)) return true;
	return false;
}

static Str yes_or_no(Str v) {
	static const struct {
		Str said, code;
	} truth[] = {
		{SLIT("true"), SLIT("yes")}, {SLIT("false"), SLIT("no")}, {SLIT("yes"), SLIT("yes")},
		{SLIT("no"), SLIT("no")},    {SLIT("1"), SLIT("yes")},	  {SLIT("0"), SLIT("no")},
	};
	for (ptrdiff_t i = 0; i < COUNT(truth); i++)
		if (str_eq_nocase(truth[i].said, v)) return truth[i].code;
	return v;
}

// Our code for one of theirs, as the pack's aliases, country codes and yes and no have it; itself when there
// is none. Empty: theirs may be any of several of ours (*several), and a person must say which.
static Str code_of(const HtcdsTaker *t, const PackAsk *ask, Str field, Str code, Str *several) {
	const Pack *p = t->cx->pack;
	if (is_choice(ask, code)) return code;
	Str ours =
		alias_of(p, str_fmt(t->cx->arena, "%.*s:%.*s", (int)field.n, field.p, (int)code.n, code.p));
	ours = str_slice(ours, str_find_char(ours, ':') + 1, ours.n);
	if (str_find_char(ours, ' ') > 0) {
		*several = ours;
		return (Str){0};
	}
	for (ptrdiff_t i = 0; i < p->ncountry && !is_choice(ask, ours); i++)
		if (str_eq_nocase(p->country_list[i].alpha3, ours)) ours = p->country_list[i].alpha2;
	return is_choice(ask, S("yes")) || ask->kind == ASK_CALCULATE ? yes_or_no(ours) : ours;
}

// The codes that are ours, with one space between; a line in the report for each other one.
static Str codes_of(const HtcdsTaker *t, const PackAsk *ask, const HtcdsField *f) {
	Buf b = {.a = t->cx->arena};
	for (ptrdiff_t from = 0, at = 0; at <= f->value.n; at++) {
		if (at < f->value.n && !memchr("; ,\n", f->value.p[at], 4)) continue;
		Str code = str_slice(f->value, from, at), several = {0};
		from = at + 1;
		if (!code.n) continue;
		Str ours = code_of(t, ask, f->name, code, &several);
		if (several.n) {
			htcds_refuse(t, f->name,
				     str_fmt(t->cx->arena, "\"%.*s\" may mean any of %.*s: say which",
					     (int)code.n, code.p, (int)several.n, several.p));
		} else if (!is_choice(ask, ours)) {
			say_wrong(t, &(Wrong){f->name, ask, code}, S("@choice"));
		} else {
			if (b.n) buf_char(&b, ' ');
			buf_put(&b, ours);
		}
	}
	return buf_str(&b);
}

// ---- taking
// -------------------------------------------------------------------------------------------------------------

static void take_one(const HtcdsTaker *t, const HtcdsField *f, PackAnswers *v, ptrdiff_t at) {
	const PackAsk *ask = &v->form->ask[at];
	Str several = {0};
	if (ask->kind == ASK_MANY) {
		v->value[at] = codes_of(t, ask, f);
		(void)pack_answer_fault(t->cx, v, at); // in the pack's order, each once
		return;
	}
	if (f->kind == HTCDS_LIST && str_find_char(f->value, ';') >= 0) {
		htcds_refuse(t, f->name, S("this field has one value, not several"));
		return;
	}
	Str value = str_trim(f->value);
	bool coded = ask->kind == ASK_ONE || ask->kind == ASK_CALCULATE;
	v->value[at] = coded ? code_of(t, ask, f->name, value, &several) : value;
	bool truth = str_eq(v->value[at], S("yes")) || str_eq(v->value[at], S("no"));
	Str fault =
		ask->kind == ASK_CALCULATE ? (truth ? S("") : S("@choice")) : pack_answer_fault(t->cx, v, at);
	if (!fault.n) return;
	say_wrong(t, &(Wrong){f->name, ask, value}, fault);
	v->value[at] = S("");
}

void htcds_take(const HtcdsTaker *t, const HtcdsField *f, PackAnswers *sheet, int n) {
	HtcdsField ours = *f;
	ours.name = alias_of(t->cx->pack, f->name);
	for (int s = 0; s < n; s++)
		for (ptrdiff_t i = 0; i < sheet[s].form->nask; i++) {
			Str name = htcds_ask_name(t->cx->arena, sheet[s].form, &sheet[s].form->ask[i]);
			if (!name.n || !str_eq(name, ours.name)) continue;
			take_one(t, &ours, &sheet[s], i);
			return;
		}
	htcds_refuse(t, f->name, S("the pack has no question for it"));
}
