// What a release says of itself to programs.
#include "release/said.h"
#include "base/json.h"
#include "release/worst.h"
#include <math.h>

static void put_cost(Json *j, const char *key, Composition c, Rho rho) {
	json_key(j, str_of(key));
	json_open(j, '{');
	json_put_real(j, "rho", (double)rho / RHO_ONE);
	json_put_real(j, "epsilon at delta 1e-6", account_epsilon_by(c, rho, 1e-6));
	json_put_real(j, "epsilon at delta 1e-9", account_epsilon_by(c, rho, 1e-9));
	json_close(j, '}');
}

static void put_names(const Said *s, Json *j, Attributes of) {
	json_key(j, S("of"));
	json_open(j, '[');
	for (Attributes left = of; left; left &= left - 1)
		json_str(j, s->book->attribute[__builtin_ctzll(left)].name);
	json_close(j, ']');
}

static void put_worst(const Said *s, Json *j) {
	Worst worst[WORST_MOST];
	ptrdiff_t n = worst_pairs(s->measures, worst);
	json_key(j, S("pairs not measured, least to be trusted"));
	json_open(j, '[');
	for (ptrdiff_t i = 0; i < n; i++) {
		json_open(j, '{');
		put_names(s, j, worst[i].of);
		json_put_real(j, "people who stand elsewhere than was thought", round(worst[i].people));
		json_put_real(j, "95 % within", worst[i].within);
		json_close(j, '}');
	}
	json_close(j, ']');
}

static void put_tables(const Said *s, Json *j) {
	json_key(j, S("tables"));
	json_open(j, '[');
	for (ptrdiff_t t = 0; t < s->measures->n; t++) {
		const Measured *m = &s->measures->at[t];
		json_open(j, '{');
		put_names(s, j, m->of);
		json_put_real(j, "sigma", m->sigma);
		json_put_real(j, "95 % within", SMALL_SURE * m->sigma);
		json_close(j, '}');
	}
	json_close(j, ']');
}

void said_cells(const Said *s, double *all, double *unsure) {
	*all = *unsure = 0;
	for (ptrdiff_t t = 0; t < s->measures->n; t++) {
		const Measured *m = &s->measures->at[t];
		ptrdiff_t cells = (ptrdiff_t)tree_cells(s->book, m->of);
		for (ptrdiff_t k = 0; k < cells; k++) *unsure += m->count[k] <= SMALL_SURE * m->sigma;
		*all += (double)cells;
	}
}

Str said_unit(Arena *a, const Said *s) {
	if (s->unit.n) return s->unit;
	if (s->persons.collapse) return S("one person, her rows made into one as the codebook says");
	if (s->persons.most == 1) return S("one person, one row");
	return str_fmt(a, "one person, at most %d rows; rows are counted", s->persons.most);
}

// How exact the whole is, from the noise alone: the real data are not looked at again.
static void put_exactness(const Said *s, Json *j) {
	double all, unsure, pairs = s->book->n * (s->book->n - 1) / 2.0, measured = 0;
	said_cells(s, &all, &unsure);
	for (ptrdiff_t t = 0; t < s->measures->n; t++)
		measured += __builtin_popcountll(s->measures->at[t].of) == 2;
	json_put_real(j, "pairs measured", measured);
	json_put_real(j, "pairs modelled, not measured", fmax(0, pairs - measured));
	json_put_real(j, "share of cells that can be told from zero", all > 0 ? 1 - unsure / all : 0);
	json_key(j, S("coarser values, because people are few"));
	json_bool(j, s->coarser);
}

Str said_report(Arena *a, const Said *s) {
	Json j = json_on(a);
	json_open(&j, '{');
	json_put_str(&j, "what", str_of(s->what));
	json_put_str(&j, "method", str_of(measure_name(s->method)));
	json_put_str(&j, "codebook", s->book->name);
	json_put_str(&j, "codebook version", s->book->version);
	json_put_str(&j, "codebook sha256", str_hex(a, s->book->hash.p, s->book->hash.n));
	json_put_str(&j, "unit", said_unit(a, s));
	json_put_str(&j, "neighbours", S("one person more or less"));
	json_put_real(&j, "epsilon", s->epsilon);
	json_put_real(&j, "delta", s->delta);
	json_put_str(&j, "composition", str_of(account_composition(s->composition)));
	put_cost(&j, "this release", s->composition, s->rho);
	put_cost(&j, "two people together", s->composition, 4 * s->rho);
	put_cost(&j, "five people together", s->composition, 25 * s->rho);
	put_cost(&j, "all releases of these people", COMPOSITION_ZCDP, s->spent.spent);
	json_put_real(&j, "may still be spent", (double)(s->spent.cap - s->spent.spent) / RHO_ONE);
	json_put_str(&j, "privacy ledger head", str_hex(a, s->spent.head, sizeof s->spent.head));
	json_put_real(&j, "people", round(s->measures->total));
	json_put_real(&j, "people, 95 % within", SMALL_SURE * s->measures->total_sigma);
	if (s->rows) {
		json_put_int(&j, "rows", s->rows->rows);
		json_key(&j, S("the model has settled"));
		json_bool(&j, s->settled);
	}
	json_put_str(
		&j, "in words",
		S("Whoever takes part or not, no conclusion drawn from this release becomes more than "
		  "e^epsilon times as "
		  "likely, except with probability delta. Rows are invented: nobody is in them. Ask of them "
		  "how many, and "
		  "how two things go together; do not ask about few people, about three things at once that "
		  "no table "
		  "measured, or about anybody."));
	put_exactness(s, &j);
	put_worst(s, &j);
	put_tables(s, &j);
	json_close(&j, '}');
	buf_char(&j.b, '\n');
	return buf_str(&j.b);
}
