// Noise, a model, invented people, and what is said of them: everything after the debit.
#include "base/csv.h"
#include "base/json.h"
#include "giving/giving_parts.h"
#include "release/invent.h"
#include "release/manifest.h"
#include "release/person.h"
#include "release/release.h"
#include "vault/vault.h"
#include <math.h>

#define CELLS_MOST 100000.0
#define SURE 1.96 // 95 % of a Gaussian lie within so many sigma
#define ENOUGH 20 // so many times as many people as a number may be off

const char *const giving_file_name[GIVING_FILES] = {"rows", "tables", "report", "manifest"};

typedef struct {
	Cx *cx;
	const MakeAsk *ask;
	Table people;
	Measures measures;
	Invented made;
} Make;

// A tenth of the budget is for the total and each attribute's own table (measure.h).
double giving_half(const Codebook *book, Rho rho) {
	double share = (double)rho / RHO_ONE / 10 / (book->n + 1);
	return share > 0 ? SURE * sqrt(1 / (2 * share)) : 0;
}

void giving_signs(Cx *cx, uint8_t secret[64], uint8_t public_key[32]) {
	Str seed = vault_fingerprint(cx, "release", S("signs"));
	signing_from((const uint8_t *)seed.p, secret, public_key);
}

static Err draw(Make *m) {
	const MakeAsk *ask = m->ask;
	Arena *a = m->cx->arena;
	Why *why = m->cx->why;
	Draws draws = draws_system();
	uint64_t seed; // of rows, which come from numbers that are noisy already
	TRY(table_read(a, why, ask->csv, ask->book, &m->people));
	TRY(person_rows(a, why, ask->book, &(PersonRule){.most = 1}, &m->people));
	TRY(measure(a, why, &draws, &(MeasureAsk){ask->book, &m->people, ask->rho, CELLS_MOST},
		    &m->measures));
	double half = SURE * m->measures.at[0].sigma;
	if (m->measures.total < ENOUGH * half)
		return fail(why, ERR_LIMIT, "too few people: each number could be off by %.0f", half);
	random_bytes(&seed, sizeof seed);
	return invent(a, why, ask->book, &m->measures, seed, &m->made);
}

// ---- what is written
// --------------------------------------------------------------------------------------------------

static Str rows_csv(const Make *m) {
	const Codebook *book = m->ask->book;
	Arena *a = m->cx->arena;
	Buf b = {.a = a};
	for (int i = 0; i < book->n; i++) csv_put(&b, book->attribute[i].name, i == 0, false);
	buf_put(&b, S(",synthetic\n")); // nobody takes a row for a person
	for (ptrdiff_t r = 0; r < m->made.rows.rows; r++) {
		for (int i = 0; i < book->n; i++)
			csv_put(&b, codebook_label(a, &book->attribute[i], m->made.rows.column[i][r]), i == 0,
				false);
		buf_put(&b, S(",1\n"));
	}
	return buf_str(&b);
}

static void put_cell(const Make *m, Buf *b, const Measured *t, ptrdiff_t cell) {
	const Codebook *book = m->ask->book;
	int at[2] = {0}, value[2] = {0}, n = 0;
	for (Attributes left = t->of; left && n < 2; left &= left - 1) at[n++] = __builtin_ctzll(left);
	for (int i = n - 1; i >= 0; i--) {
		value[i] = (int)(cell % book->attribute[at[i]].size);
		cell /= book->attribute[at[i]].size;
	}
	for (int i = 0; i < 2; i++) {
		csv_put(b, i < n ? book->attribute[at[i]].name : S(""), i == 0, false);
		csv_put(b, i < n ? codebook_label(m->cx->arena, &book->attribute[at[i]], value[i]) : S(""),
			false, false);
	}
}

static Str tables_csv(const Make *m) {
	Buf b = {.a = m->cx->arena};
	buf_put(&b, S("attribute,value,attribute_2,value_2,people,at_least,at_most,told_from_zero\n"));
	for (ptrdiff_t i = 0; i < m->measures.n; i++) {
		const Measured *t = &m->measures.at[i];
		double half = SURE * t->sigma;
		for (ptrdiff_t k = 0; k < (ptrdiff_t)tree_cells(m->ask->book, t->of); k++) {
			put_cell(m, &b, t, k);
			buf_fmt(&b, ",%.0f,%.0f,%.0f,%s\n", fmax(0, t->count[k]),
				fmax(0, floor(t->count[k] - half)), fmax(0, ceil(t->count[k] + half)),
				t->count[k] > half ? "yes" : "no");
		}
	}
	return buf_str(&b);
}

static void put_number(Json *j, const char *key, double v) {
	json_key(j, str_of(key));
	json_real(j, v);
}
static void put_words(Json *j, const char *key, Str v) {
	json_key(j, str_of(key));
	json_str(j, v);
}

static void put_meaning(Json *j, const char *key, Rho rho) {
	json_key(j, str_of(key));
	json_open(j, '{');
	put_number(j, "rho", (double)rho / RHO_ONE);
	put_number(j, "epsilon at delta 1e-6", account_epsilon(rho, 1e-6));
	put_number(j, "epsilon at delta 1e-9", account_epsilon(rho, 1e-9));
	json_close(j, '}');
}

static void put_exactness(const Make *m, Json *j) {
	json_key(j, S("measured tables"));
	json_open(j, '[');
	for (ptrdiff_t i = 0; i < m->measures.n; i++) {
		const Measured *t = &m->measures.at[i];
		json_open(j, '{');
		json_key(j, S("of"));
		json_open(j, '[');
		for (Attributes left = t->of; left; left &= left - 1)
			json_str(j, m->ask->book->attribute[__builtin_ctzll(left)].name);
		json_close(j, ']');
		put_number(j, "95 of 100 numbers are off by at most", ceil(SURE * t->sigma));
		json_close(j, '}');
	}
	json_close(j, ']');
}

static Str report_json(const Make *m) {
	const MakeAsk *ask = m->ask;
	Json j = json_on(m->cx->arena);
	json_open(&j, '{');
	put_words(&j, "unit",
		  S("one person, one row; several records are one person where both agencies said so"));
	put_words(&j, "codebook", ask->book->name);
	put_words(&j, "version of the codebook", ask->book->version);
	put_number(&j, "epsilon", (double)ask->epsilon / 1000);
	put_number(&j, "delta", GIVING_DELTA);
	put_meaning(&j, "this release", ask->rho);
	put_meaning(&j, "two people together", 4 * ask->rho);
	put_meaning(&j, "five people together", 25 * ask->rho);
	put_meaning(&j, "all releases of these people", ask->spent->spent);
	put_number(&j, "people", round(m->measures.total));
	put_number(&j, "people, off by at most", ceil(SURE * m->measures.total_sigma));
	json_key(&j, S("the model has settled"));
	json_bool(&j, m->made.settled);
	put_words(&j, "in words",
		  S("Whether somebody takes part or not, no conclusion from these files becomes more than "
		    "e^epsilon "
		    "times as likely, except with probability delta. The rows are invented: nobody is in "
		    "them. Ask "
		    "how many there are, and how two things go together. Do not ask about few people, about "
		    "three "
		    "things at once, or about anybody."));
	put_exactness(m, &j);
	json_close(&j, '}');
	buf_char(&j.b, '\n');
	return buf_str(&j.b);
}

static Str manifest_json(const Make *m, const Made *made) {
	static const char *const named[GIVING_FILES] = {"rows.csv", "tables.csv", "report.json"};
	const MakeAsk *ask = m->ask;
	uint8_t secret[SECRET_BYTES];
	Manifest *out = NEW(m->cx->arena, Manifest, 1);
	*out = (Manifest){.what = S("invented rows"),
			  .version = S(SANGAM_VERSION),
			  .unit = S("one person, one row"),
			  .book = ask->book->name,
			  .book_version = ask->book->version,
			  .rows_each = 1,
			  .time = ask->now,
			  .entry = ask->spent->entries,
			  .rho = ask->rho,
			  .spent = ask->spent->spent,
			  .cap = ask->spent->cap,
			  .epsilon = (double)ask->epsilon / 1000,
			  .delta = GIVING_DELTA,
			  .nfile = FILE_MANIFEST};
	memcpy(out->codebook, ask->book->hash.p, 32);
	memcpy(out->head, ask->spent->head, 32);
	for (int i = 0; i < FILE_MANIFEST; i++) {
		out->file[i] = (ManifestFile){.name = str_of(named[i]), .size = made->file[i].n};
		sha256_of(&made->file[i], 1, out->file[i].hash);
	}
	giving_signs(m->cx, secret, out->key);
	Str text = manifest_write(m->cx->arena, out, secret);
	explicit_bzero(secret, sizeof secret);
	return text;
}

Err giving_make(Cx *cx, const MakeAsk *ask, Made *out) {
	Make *m = NEW(cx->arena, Make, 1);
	*m = (Make){.cx = cx, .ask = ask};
	TRY(draw(m));
	out->people = llround(m->measures.total);
	out->half = (int64_t)ceil(SURE * m->measures.at[0].sigma);
	out->file[FILE_ROWS] = rows_csv(m);
	out->file[FILE_TABLES] = tables_csv(m);
	out->file[FILE_REPORT] = report_json(m);
	out->file[FILE_MANIFEST] = manifest_json(m, out);
	return OK;
}
