// What a release says of itself to programs.
#include "base/json.h"
#include "command/release_parts.h"
#include <math.h>

static void put_hex(Json *j, const char *key, Str bytes) {
	Buf b = {.a = j->b.a};
	for (ptrdiff_t i = 0; i < bytes.n; i++) buf_fmt(&b, "%02x", (unsigned char)bytes.p[i]);
	json_key(j, str_of(key));
	json_str(j, buf_str(&b));
}
static void put_real(Json *j, const char *key, double v) {
	json_key(j, str_of(key));
	json_real(j, v);
}
static void put_text(Json *j, const char *key, Str v) {
	json_key(j, str_of(key));
	json_str(j, v);
}

static void put_cost(Json *j, const char *key, Rho rho) {
	json_key(j, str_of(key));
	json_open(j, '{');
	put_real(j, "rho", (double)rho / RHO_ONE);
	put_real(j, "epsilon at delta 1e-6", account_epsilon(rho, 1e-6));
	put_real(j, "epsilon at delta 1e-9", account_epsilon(rho, 1e-9));
	json_close(j, '}');
}

static void put_tables(const Release *r, Json *j) {
	json_key(j, S("tables"));
	json_open(j, '[');
	for (ptrdiff_t t = 0; t < r->measures.n; t++) {
		const Measured *m = &r->measures.at[t];
		json_open(j, '{');
		json_key(j, S("of"));
		json_open(j, '[');
		for (Attributes left = m->of; left; left &= left - 1)
			json_str(j, r->book.attribute[__builtin_ctzll(left)].name);
		json_close(j, ']');
		put_real(j, "sigma", m->sigma);
		put_real(j, "95 % within", RELEASE_SURE * m->sigma);
		json_close(j, '}');
	}
	json_close(j, ']');
}

void release_cells(const Release *r, double *all, double *unsure) {
	*all = *unsure = 0;
	for (ptrdiff_t t = 0; t < r->measures.n; t++) {
		const Measured *m = &r->measures.at[t];
		ptrdiff_t cells = (ptrdiff_t)tree_cells(&r->book, m->of);
		for (ptrdiff_t k = 0; k < cells; k++) *unsure += m->count[k] <= RELEASE_SURE * m->sigma;
		*all += (double)cells;
	}
}

Str release_unit(Release *r) {
	if (r->persons.collapse) return S("one person, her rows made into one as the codebook says");
	if (r->persons.most == 1) return S("one person, one row");
	return str_fmt(&r->arena, "one person, at most %d rows; rows are counted", r->persons.most);
}

// How exact the whole is, from the noise alone: the real data are not looked at again.
static void put_exactness(const Release *r, Json *j) {
	double all, unsure, pairs = r->book.n * (r->book.n - 1) / 2.0, measured = 0;
	release_cells(r, &all, &unsure);
	for (ptrdiff_t t = 0; t < r->measures.n; t++)
		measured += __builtin_popcountll(r->measures.at[t].of) == 2;
	put_real(j, "pairs measured", measured);
	put_real(j, "pairs modelled, not measured", fmax(0, pairs - measured));
	put_real(j, "share of cells that can be told from zero", all > 0 ? 1 - unsure / all : 0);
	json_key(j, S("coarser values, because people are few"));
	json_bool(j, r->coarser);
}

Str release_report(Release *r, const Said *said) {
	ptrdiff_t rows = said->rows;
	Json j = json_on(&r->arena);
	json_open(&j, '{');
	put_text(&j, "what", str_of(said->what));
	put_text(&j, "method", str_of(measure_name(r->method)));
	put_text(&j, "codebook", r->book.name);
	put_text(&j, "codebook version", r->book.version);
	put_hex(&j, "codebook sha256", r->book.hash);
	put_text(&j, "unit", release_unit(r));
	put_text(&j, "neighbours", S("one person more or less"));
	put_real(&j, "epsilon", r->epsilon);
	put_real(&j, "delta", r->delta);
	put_cost(&j, "this release", r->rho);
	put_cost(&j, "two people together", 4 * r->rho);
	put_cost(&j, "five people together", 25 * r->rho);
	put_cost(&j, "all releases of these people", r->spent.spent);
	put_real(&j, "may still be spent", (double)(r->spent.cap - r->spent.spent) / RHO_ONE);
	put_hex(&j, "privacy ledger head", (Str){(const char *)r->spent.head, 32});
	put_real(&j, "people", round(r->measures.total));
	put_real(&j, "people, 95 % within", RELEASE_SURE * r->measures.total_sigma);
	if (rows) put_real(&j, "rows", (double)rows);
	if (rows) {
		json_key(&j, S("the model has settled"));
		json_bool(&j, said->settled);
	}
	put_text(&j, "in words",
		 S("Whoever takes part or not, no conclusion drawn from this release becomes more than "
		   "e^epsilon times as "
		   "likely, except with probability delta. Rows are invented: nobody is in them. Ask of them "
		   "how many, and "
		   "how two things go together; do not ask about few people, about three things at once that "
		   "no table "
		   "measured, or about anybody."));
	put_exactness(r, &j);
	put_tables(r, &j);
	json_close(&j, '}');
	buf_char(&j.b, '\n');
	return buf_str(&j.b);
}
