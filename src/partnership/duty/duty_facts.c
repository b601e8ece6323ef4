#include "duty/duty_parts.h"
#include "vault/vault.h"

Str duty_facts_text(Arena *a, const DutyFact *fact, int n) {
	Buf b = {.a = a};
	for (int i = 0; i < n; i++) {
		if (!fact[i].value.n) continue;
		// A tab or a line end inside a value would make another fact of it; codes have neither.
		if (str_find_char(fact[i].value, '\n') >= 0 || str_find_char(fact[i].value, '\t') >= 0)
			continue;
		buf_put(&b, fact[i].name);
		buf_char(&b, '\t');
		buf_put(&b, fact[i].value);
		buf_char(&b, '\n');
	}
	return buf_str(&b);
}

Err duty_facts_of(Cx *cx, const Duty *d, DutyFacts *out) {
	*out = (DutyFacts){0};
	Str text;
	Err e = vault_unseal(cx, d->key, (Place){"duty", "facts", d->id.n}, d->sealed_facts, &text);
	if (e == ERR_GONE) return OK;
	TRY(e);
	ptrdiff_t lines = 0;
	for (ptrdiff_t i = 0; i < text.n; i++) lines += text.p[i] == '\n';
	DutyFact *at = NEW(cx->arena, DutyFact, lines + 1);
	Str line;
	while (str_cut(&text, '\n', &line)) {
		ptrdiff_t tab = str_find_char(line, '\t');
		if (tab > 0)
			at[out->n++] = (DutyFact){str_slice(line, 0, tab), str_slice(line, tab + 1, line.n)};
	}
	out->at = at;
	return OK;
}

Str duty_fact(const DutyFacts *f, Str name) {
	for (int i = 0; i < f->n; i++)
		if (str_eq(f->at[i].name, name)) return f->at[i].value;
	return (Str){0};
}

// A fact nobody told is an empty field, not a mistake: most events know only some of them.
static bool get_fact(void *with, Str name, Str *value) {
	*value = duty_fact(with, name);
	return true;
}

bool duty_holds(Cx *cx, const PackRule *r, const DutyFact *fact, int n) {
	if (!r->when) return true;
	DutyFacts f = {fact, n};
	return expr_true(cx, r->when, &(ExprScope){.with = &f, .get = get_fact});
}
