// The words for a case.
#include "casefile/casefile_say.h"
#include "casefile/casefile_parts.h"

static Str word(Cx *cx, Text t) { return text_in(cx->lang, t); }

Str casefile_class_said(Cx *cx, Class k) {
	static const Text said[CLASS__N] = {
		[CLASS_OPEN] = T_none,
		[CLASS_CASE] = T_casefile_class_case,
		[CLASS_IDENTITY] = T_casefile_class_identity,
		[CLASS_SAFETY] = T_casefile_class_safety,
		[CLASS_HEALTH] = T_casefile_class_health,
		[CLASS_HIV] = T_casefile_class_hiv,
		[CLASS_COUNSELLING] = T_casefile_class_counselling,
		[CLASS_LEGAL] = T_casefile_class_legal,
		[CLASS_SOURCE] = T_casefile_class_source,
		[CLASS_INTELLIGENCE] = T_casefile_class_intelligence,
	};
	return word(cx, said[k]);
}

typedef struct {
	Str code;
	Text said;
} Word;

static Str said_of(Cx *cx, const Word *w, ptrdiff_t n, Str code) {
	for (ptrdiff_t i = 0; i < n; i++)
		if (str_eq(w[i].code, code)) return word(cx, w[i].said);
	return code;
}

Str casefile_basis_said(Cx *cx, Str basis) {
	static const Word w[] = {
		{SLIT("own_work"), T_casefile_basis_own_work},
		{SLIT("legal_duty"), T_casefile_basis_legal_duty},
		{SLIT("consent"), T_casefile_basis_consent},
		{SLIT("emergency"), T_casefile_basis_emergency},
	};
	return said_of(cx, w, COUNT(w), basis);
}

Str casefile_screening_said(Cx *cx, Str code) {
	static const Word w[] = {
		{SLIT("no_indication"), T_casefile_screening_no_indication},
		{SLIT("possible"), T_casefile_screening_possible},
		{SLIT("presumed"), T_casefile_screening_presumed},
		{SLIT("confirmed"), T_casefile_screening_confirmed},
	};
	return code.n ? said_of(cx, w, COUNT(w), code) : code;
}

Str casefile_state_said(Cx *cx, CaseState s) {
	return word(cx, s == CASE_OPEN ? T_casefile_state_open : T_casefile_state_closed);
}

Str casefile_reason_said(Cx *cx, Str why) {
	static const Word w[] = {
		{SLIT("completed"), T_casefile_why_completed},
		{SLIT("no_indication"), T_casefile_why_no_indication},
		{SLIT("transferred"), T_casefile_why_transferred},
		{SLIT("withdrawn"), T_casefile_why_withdrawn},
		{SLIT("duplicate"), T_casefile_why_duplicate},
		{SLIT("other"), T_casefile_why_other},
	};
	return said_of(cx, w, COUNT(w), why);
}

Str casefile_area_said(Cx *cx, Str area) {
	const PackArea *a = pack_area(cx->pack, area);
	return a ? label_in(&a->label, cx->lang) : area;
}

Str casefile_codes_said(Cx *cx, const char *ask, Str codes) {
	const PackForm *f = pack_form(cx->pack, S("person"));
	Buf b = {.a = cx->arena};
	for (Str one; str_cut(&codes, ' ', &one);) {
		if (!one.n) continue;
		if (b.n) buf_put(&b, S(", "));
		buf_put(&b, f ? pack_choice_label(f, str_of(ask), one, cx->lang) : one);
	}
	return buf_str(&b);
}

Str casefile_capacity_said(Cx *cx, Str capacity) { return casefile_codes_said(cx, "capacity", capacity); }

Str casefile_child_said(Cx *cx, Str child) {
	if (str_eq(child, S("yes"))) return word(cx, T_casefile_child_yes);
	return str_eq(child, S("unknown")) ? word(cx, T_casefile_child_unknown) : (Str){0};
}

Str casefile_person_said(Cx *cx, Str label) { return say(cx, T_casefile_person_label, label); }

// ---- answers
// ------------------------------------------------------------------------------------------------

Str casefile_value_said(Cx *cx, const PackForm *f, const PackAsk *ask, Str value) {
	int64_t days;
	if (ask->kind == ASK_DATE && when_parse_date(value, &days)) return say_date(cx, days * 86400 + 43200);
	if (str_eq(ask->appearance, S("area"))) return casefile_area_said(cx, value);
	if (ask->kind != ASK_ONE && ask->kind != ASK_MANY) return value;
	Buf b = {.a = cx->arena};
	for (Str one; str_cut(&value, ' ', &one);) {
		if (b.n) buf_put(&b, S(", "));
		buf_put(&b, pack_choice_label(f, ask->name, one, cx->lang));
	}
	return buf_str(&b);
}

ptrdiff_t casefile_facts_view(Cx *cx, const PackAnswers *v, const CaseFactView **out) {
	CaseFactView *at = NEW(cx->arena, CaseFactView, v->form->nask);
	ptrdiff_t n = 0;
	for (ptrdiff_t i = 0; i < v->form->nask; i++) {
		const PackAsk *ask = &v->form->ask[i];
		if (!v->value[i].n || ask->kind == ASK_CALCULATE || ask->kind == ASK_GROUP ||
		    ask->kind == ASK_NOTE)
			continue;
		at[n++] = (CaseFactView){label_in(&ask->label, cx->lang),
					 casefile_value_said(cx, v->form, ask, v->value[i])};
	}
	*out = at;
	return n;
}

Str casefile_name_said(Cx *cx, const PackAnswers *v) {
	static const char *const parts[] = {"given", "middle", "family"};
	Buf b = {.a = cx->arena};
	for (ptrdiff_t i = 0; i < COUNT(parts); i++) {
		Str part = pack_answer(v, parts[i]);
		if (part.n && b.n) buf_char(&b, ' ');
		buf_put(&b, part);
	}
	Str alias = pack_answer(v, "alias");
	if (alias.n) {
		Str line = {0};
		(void)str_cut(&alias, '\n', &line);
		if (b.n) buf_put(&b, S(" · "));
		buf_put(&b, line);
	}
	return buf_str(&b);
}
