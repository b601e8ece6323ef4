// What the ticked signs suggest. Every weight and every rule is a row of the pack; this only counts and asks.
#include "expr/expr.h"
#include "screening/screening.h"

static const Str profiles[] = {SLIT("adult_labour"), SLIT("child_labour"), SLIT("adult_sexual"),
			       SLIT("child_sexual")};
_Static_assert(COUNT(profiles) == COUNT(((PackIndicator){0}).strength), "a strength for each profile");

static char strength_in(const PackIndicator *i, Str profile) {
	for (ptrdiff_t p = 0; p < COUNT(profiles); p++)
		if (str_eq(profiles[p], profile) && i->strength[p]) return i->strength[p];
	return '0';
}

static bool has_code(Str codes, Str code) {
	Str one;
	while (str_cut(&codes, ' ', &one))
		if (str_eq(one, code)) return true;
	return false;
}

typedef struct {
	const PackAnswers *answers;
	const Suggestion *s;
	const ScreeningDimension *dimension; // while one dimension is judged
	Cx *cx;
} Scope;

static Str yes_no(bool yes) { return yes ? S("yes") : S("no"); }

static bool number(const Scope *c, int64_t n, Str *value) {
	*value = str_fmt(c->cx->arena, "%lld", (long long)n);
	return true;
}

// Names a rule may use: strong, medium, weak of one dimension; then noted, act, means, purpose, every
// dimension, every answer.
static bool get(void *with, Str name, Str *value) {
	const Scope *c = with;
	const ScreeningDimension *d = c->dimension;
	if (d && str_eq(name, S("strong"))) return number(c, d->strong, value);
	if (d && str_eq(name, S("medium"))) return number(c, d->medium, value);
	if (d && str_eq(name, S("weak"))) return number(c, d->weak, value);
	if (str_eq(name, S("noted"))) return number(c, c->s->ticked, value);
	const struct {
		Str name;
		bool is;
	} shown[] = {{S("act"), c->s->act}, {S("means"), c->s->means}, {S("purpose"), c->s->purpose}};
	for (ptrdiff_t i = 0; i < COUNT(shown); i++)
		if (str_eq(shown[i].name, name)) return *value = yes_no(shown[i].is), true;
	const Pack *p = c->cx->pack;
	for (ptrdiff_t i = 0; i < p->ndimension; i++) {
		if (!str_eq(p->dimension[i].code, name)) continue;
		bool positive = false;
		for (ptrdiff_t k = 0; k < c->s->ndimension; k++)
			positive |= c->s->dimension[k].dimension == &p->dimension[i] &&
				    c->s->dimension[k].positive;
		return *value = yes_no(positive), true;
	}
	*value = pack_answer(c->answers, str_z(c->cx->arena, name));
	return true;
}

static const PackScoring *first_rule(Scope *c, Str profile) {
	const Pack *p = c->cx->pack;
	const ExprScope scope = {.with = c, .get = get};
	for (ptrdiff_t i = 0; i < p->nscoring; i++) {
		const PackScoring *row = &p->scoring[i];
		if (str_eq(row->profile, profile) &&
		    (!row->condition || expr_true(c->cx, row->condition, &scope)))
			return row;
	}
	return NULL;
}

static void count(ScreeningDimension *d, const PackIndicator *i, char strength) {
	d->sign[d->nsign++] = (ScreeningSign){i, strength};
	d->strong += strength == 'S';
	d->medium += strength == 'M';
	d->weak += strength == 'W';
}

// The ticked signs of one dimension, asked for by the question ind_<dimension>.
static void look_at(Cx *cx, const PackAnswers *answers, const PackDimension *dimension, Suggestion *s) {
	Str codes = pack_answer(
		answers, str_z(cx->arena, str_fmt(cx->arena, "ind_%s", str_z(cx->arena, dimension->code))));
	if (!codes.n) return;
	ScreeningDimension d = {.dimension = dimension,
				.sign = NEW(cx->arena, ScreeningSign, cx->pack->nindicator)};
	for (ptrdiff_t i = 0; i < cx->pack->nindicator; i++) {
		const PackIndicator *sign = &cx->pack->indicator[i];
		if (str_eq(sign->dimension, dimension->code) && has_code(codes, sign->code))
			count(&d, sign, strength_in(sign, s->profile));
	}
	if (!d.nsign) return;
	s->ticked += d.nsign;
	s->dimension[s->ndimension++] = d;
}

Err screening_suggest(Cx *cx, const PackAnswers *answers, Suggestion *out) {
	Suggestion s = {.profile = pack_answer(answers, "profile"),
			.act = pack_answer(answers, "act").n > 0,
			.means = pack_answer(answers, "means").n > 0,
			.purpose = pack_answer(answers, "purpose").n > 0};
	// A person whose age is not known is treated as a child until it is.
	s.means_needed = str_eq(pack_answer(answers, "child"), S("no"));
	s.dimension = NEW(cx->arena, ScreeningDimension, cx->pack->ndimension);
	for (ptrdiff_t i = 0; i < cx->pack->ndimension; i++)
		look_at(cx, answers, &cx->pack->dimension[i], &s);
	for (ptrdiff_t i = 0; i < s.ndimension; i++) {
		Scope one = {answers, &s, &s.dimension[i], cx};
		s.dimension[i].positive = first_rule(&one, S("dimension")) != NULL;
	}
	Scope all = {answers, &s, NULL, cx};
	const PackScoring *row = first_rule(&all, s.profile);
	s.review = !row || row->review; // a profile without a rule is for people alone
	if (row) {
		s.rule = row->rule;
		s.result = row->result;
		(void)screening_from_code(row->suggests, &s.suggests); // empty: nothing is suggested
	}
	*out = s;
	return OK;
}
