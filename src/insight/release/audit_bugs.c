// Twelve ways in which releases went wrong elsewhere, made from the honest one's results. For the audit
// alone.
#include "release/audit_parts.h"
#include "release/person.h"
#include "release/spend.h"
#include <math.h>

static Err debit(Arena *a, Why *why, Str ledger, Rho rho) {
	Spent after;
	return spend_debit(a, why, ledger, rho, S("audit"), 1, &after);
}

static Err measured(Arena *a, Why *why, Draws *draws, const Audited *ask, const Table *people, Rho rho,
		    Measures *out) {
	return measure(a, why, draws,
		       &(MeasureAsk){.book = ask->book,
				     .people = people,
				     .rho = rho,
				     .cells_most = 1000,
				     .method = ask->method},
		       out);
}
static Err honest(Arena *a, Why *why, Draws *draws, const Audited *ask, Measures *out) {
	Table t = audit_table(ask->people);
	return measured(a, why, draws, ask, &t, ask->rho, out);
}
// As a release with --rows-per-person: the same two functions.
static Err several(Arena *a, Why *why, Draws *draws, const Audited *ask, Measures *out) {
	const People *people = ask->people;
	Table t = audit_table(people);
	Who *who = NEW(a, Who, people->rows + 1);
	int *line = NEW(a, int, people->rows + 1);
	for (int r = 0; r < people->rows; r++) {
		line[r] = r + 2;
		who[r].hash[0] = (uint8_t)(r < people->rows - people->hers ? r + 1 : 0);
	}
	t.who = who;
	t.line = line;
	TRY(person_rows(a, why, ask->book, &(PersonRule){false, audit_several.kept}, &t));
	return measured(a, why, draws, ask, &t, person_budget(ask->rho, audit_several.kept), out);
}
const Mechanism audit_honest = {"as released", debit, honest, 1, 1};
const Mechanism audit_several = {"as released, several rows a person", debit, several, 3, 5};

// ---- bugs of size: the noise is less than it says
// -------------------------------------------------------------------

typedef double Change(double noise, double sigma);
static double half_of(double noise, double sigma) { return (void)sigma, round(noise / 2); }
static double root_of(double noise, double sigma) { return (void)sigma, round(noise / sqrt(2)); }
static double sigma_for_square(double noise, double sigma) { return round(noise / sqrt(sigma)); }
static double floats(double noise, double sigma) { return noise + .4 * sin(noise / sigma * 1e6); }

static void each_cell(const Audited *ask, Measures *m, Change *change) {
	for (ptrdiff_t t = 0; t < m->n; t++)
		for (ptrdiff_t k = 0; k < (ptrdiff_t)tree_cells(ask->book, m->at[t].of); k++) {
			double *cell = (double *)(uintptr_t)&m->at[t].count[k]; // of our own arena
			double truth = audit_count(ask->book, ask->people, m->at[t].of, k);
			*cell = truth + change(*cell - truth, m->at[t].sigma);
		}
}

#define MEASURE(name) static Err name(Arena *a, Why *why, Draws *draws, const Audited *ask, Measures *out)
#define SIZED(name, change) \
	MEASURE(name) { \
		TRY(honest(a, why, draws, ask, out)); \
		each_cell(ask, out, change); \
		return OK; \
	}
SIZED(half_noise, half_of)
SIZED(root_two, root_of)
SIZED(sigma_squared, sigma_for_square)
SIZED(float_sampler, floats)

// ---- bugs of what is taken from the data
// ----------------------------------------------------------------------------

// Only values that occur have a cell: the rest are left out, which NAN says here.
MEASURE(domain_from_data) {
	TRY(honest(a, why, draws, ask, out));
	for (ptrdiff_t t = 0; t < out->n; t++)
		for (ptrdiff_t k = 0; k < (ptrdiff_t)tree_cells(ask->book, out->at[t].of); k++)
			if (audit_count(ask->book, ask->people, out->at[t].of, k) == 0)
				((double *)(uintptr_t)out->at[t].count)[k] = NAN;
	return OK;
}

MEASURE(exact_n) {
	TRY(honest(a, why, draws, ask, out));
	out->total = ask->people->rows;
	return OK;
}

// Bins are laid over the range that the data has.
MEASURE(range_from_data) {
	const Codebook *book = ask->book;
	const People *people = ask->people;
	People *scaled = NEW(a, People, 1);
	*scaled = *people;
	for (int i = 0; i < AUDIT_ATTRIBUTES; i++) {
		int most = 0;
		for (int r = 0; r < people->rows; r++)
			most = people->value[i][r] > most ? people->value[i][r] : most;
		for (int r = 0; r < people->rows; r++)
			scaled->value[i][r] = (uint8_t)(people->value[i][r] * (book->attribute[i].size - 1) /
							(most ? most : 1));
	}
	return honest(a, why, draws, &(Audited){book, scaled, ask->rho, ask->method}, out);
}

MEASURE(threshold_on_truth) {
	TRY(honest(a, why, draws, ask, out));
	for (ptrdiff_t t = 0; t < out->n; t++)
		for (ptrdiff_t k = 0; k < (ptrdiff_t)tree_cells(ask->book, out->at[t].of); k++)
			if (audit_count(ask->book, ask->people, out->at[t].of, k) < 2)
				((double *)(uintptr_t)out->at[t].count)[k] = 0;
	return OK;
}

// ---- bugs of chance
// -------------------------------------------------------------------------------------------------

MEASURE(noise_reused) {
	TRY(honest(a, why, draws, ask, out));
	const Measured *first = &out->at[0];
	ptrdiff_t cells = (ptrdiff_t)tree_cells(ask->book, first->of);
	for (ptrdiff_t t = 1; t < out->n; t++)
		for (ptrdiff_t k = 0; k < (ptrdiff_t)tree_cells(ask->book, out->at[t].of); k++)
			((double *)(uintptr_t)out->at[t].count)[k] =
				audit_count(ask->book, ask->people, out->at[t].of, k) +
				first->count[k % cells] -
				audit_count(ask->book, ask->people, first->of, k % cells);
	return OK;
}

static bool seeded(void *with, uint8_t *bytes, ptrdiff_t n) {
	uint64_t *s = with;
	for (ptrdiff_t i = 0; i < n; i++) {
		*s = *s * 6364136223846793005u + 1442695040888963407u;
		bytes[i] = (uint8_t)(*s >> 56);
	}
	return true;
}

MEASURE(seeded_generator) {
	uint64_t seed = 1;
	Draws own = {.more = seeded, .with = &seed};
	(void)draws;
	return honest(a, why, &own, ask, out);
}

static Err no_debit(Arena *a, Why *why, Str ledger, Rho rho) {
	(void)a, (void)why, (void)ledger, (void)rho;
	return OK;
}

const Mechanism audit_bugs[AUDIT_BUGS] = {
	{"half the noise", debit, half_noise, 1, 1},
	{"three rows of a person taken for one", debit, honest, 3, 3},
	{"a square root of two too little", debit, root_two, 1, 1},
	{"cells only for values that occur", debit, domain_from_data, 1, 1},
	{"the exact number of people", debit, exact_n, 1, 1},
	{"range from the data", debit, range_from_data, 1, 1},
	{"small true counts put to zero", debit, threshold_on_truth, 1, 1},
	{"one noise for all tables", debit, noise_reused, 1, 1},
	{"noise that is not whole", debit, float_sampler, 1, 1},
	{"a generator with a seed", debit, seeded_generator, 1, 1},
	{"no debit", no_debit, honest, 1, 1},
	{"sigma where sigma squared belongs", debit, sigma_squared, 1, 1},
};
