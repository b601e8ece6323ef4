// release: numbers about people in which nobody is found. docs/release.md
//
// Order matters here: everything that can be wrong is looked at first, then the files that will be written
// are made, then the budget is debited on the disk, and only then is the first noise drawn. Results stand
// under names of their own until all of them are whole.
#include "release/release.h"
#include "command/release_parts.h"
#include "html/html.h"
#include "release/invent.h"
#include "release/small.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/random.h>
#include <time.h>

#define CELLS_MOST 100000.0
#define EPSILON_MOST 4.0
#define DELTA_MOST 1e-6
#define TEXT_MOST ((ptrdiff_t)5 << 30) // twice what release_read takes
#define ARENA_MOST ((ptrdiff_t)16 << 30)

static Err number_of(Release *r, const char *option, Str text, double usual, double most, double *out) {
	char *end;
	*out = usual;
	if (!text.n) return OK;
	const char *z = str_z(&r->arena, text);
	*out = strtod(z, &end);
	if (*end || !(*out > 0) || !(*out <= most))
		return fail(&r->why, ERR_INVALID, "%s is a number above 0 and at most %g", option, most);
	return OK;
}

static Err persons_of(Release *r, Str text) {
	int64_t most = 1;
	r->persons = (PersonRule){.collapse = str_eq(text, S("collapse")), .most = 1};
	if (!text.n || r->persons.collapse) return OK;
	if (!str_to_int(text, &most) || most < 1 || most > PERSON_ROWS)
		return fail(&r->why, ERR_INVALID, "--rows-per-person is collapse, or a number from 1 to %d",
			    PERSON_ROWS);
	r->persons.most = (int)most;
	return OK;
}

// The column that --person names, which a codebook may name too.
static Err take_unit(Release *r, Str column) {
	if (!column.n) return OK;
	if (r->book.unit.n && !str_eq(r->book.unit, column))
		return fail(&r->why, ERR_INVALID, "--person: the codebook names another column, %.*s",
			    (int)r->book.unit.n, r->book.unit.p);
	for (int i = 0; i < r->book.n; i++)
		if (str_eq(codebook_column(&r->book.attribute[i]), column))
			return fail(&r->why, ERR_INVALID,
				    "--person: that column is an attribute of the codebook");
	r->book.unit = column;
	return OK;
}

// Each share must be worth drawing noise for; that is better known before anything is spent.
static Err budget_of(Release *r) {
	Rho budget = person_budget(r->rho, r->persons.most);
	uint64_t num, den;
	Why inner = {0};
	if (account_variance_by(r->composition, &inner, measure_least(r->method, budget, r->book.n), &num,
				&den) == OK)
		return OK;
	return fail(&r->why, ERR_INVALID, "--epsilon is too small to measure anything with");
}

static Err in_file(Release *r, Str path, Err e, const Why *inner) {
	return e == OK ? OK : fail(&r->why, e, "%.*s: %s", (int)path.n, path.p, inner->msg);
}

static int digit_of(char c) {
	if (c >= '0' && c <= '9') return c - '0';
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

// What the last report said the ledger ends with.
static Err take_head(Release *r, Str hex) {
	if (!hex.n) return OK;
	uint8_t *head = NEW(&r->arena, uint8_t, 32);
	bool good = hex.n == 64;
	for (int i = 0; i < 32 && good; i++) {
		int high = digit_of(hex.p[(ptrdiff_t)2 * i]), low = digit_of(hex.p[(ptrdiff_t)2 * i + 1]);
		good = high >= 0 && low >= 0;
		if (good) head[i] = (uint8_t)(high * 16 + low);
	}
	r->head = head;
	return good ? OK
		    : fail(&r->why, ERR_INVALID,
			   "--head is 64 hex digits, the \"privacy ledger head\" of the last report");
}

static Err take_lang(Release *r, Str code) {
	Lang lang = LANG_EN;
	if (code.n && (!lang_from_code(code, &lang) || !lang_offered(lang)))
		return fail(&r->why, ERR_INVALID, "--lang: the report is in en or hi");
	r->lang = lang;
	return OK;
}

static Err take_method(Release *r, const Args *a) {
	Str name = a->thorough && !a->method.n ? str_of(measure_name(METHOD_THOROUGH)) : a->method;
	if (!name.n) return OK;
	if (measure_method(name, &r->method)) {
		if (!a->thorough || r->method == METHOD_THOROUGH) return OK;
		return fail(&r->why, ERR_INVALID, "--thorough is a method of its own: leave --method out");
	}
	Buf b = {.a = &r->arena};
	for (int i = 0; i < METHOD__N; i++) buf_fmt(&b, "%s%s", i ? " or " : "", measure_name((Method)i));
	Str names = buf_str(&b);
	return fail(&r->why, ERR_INVALID, "--method is %.*s", (int)names.n, names.p);
}

static void arena_end(Arena *a) { arena_free(a); }

// The people, by the codebook; the text that they came in is gone afterwards.
static Err look_at_people(Release *r, const Args *a) {
	__attribute__((cleanup(arena_end))) Arena text = arena_new(TEXT_MOST);
	Str csv;
	Why inner = {0};
	TRY(release_read(&text, &r->why, a->data, &csv));
	TRY(in_file(r, a->data, table_read(&r->data, &inner, csv, &r->book, &r->people), &inner));
	return in_file(r, a->data, person_rows(&r->data, &inner, &r->book, &r->persons, &r->people), &inner);
}

static Err method_fits(Release *r) {
	int most = measure_most(r->method);
	if (r->book.n <= most) return OK;
	return fail(
		&r->why, ERR_INVALID,
		"--%s is for at most %d attributes and the codebook has %d: leave it out, or release fewer "
		"attributes",
		measure_name(r->method), most, r->book.n);
}

static Err look(Release *r, const Args *a) {
	Str json;
	Why inner = {0};
	TRY(number_of(r, "--epsilon", a->epsilon, 1, EPSILON_MOST, &r->epsilon));
	TRY(number_of(r, "--delta", a->delta, 1e-9, DELTA_MOST, &r->delta));
	TRY(take_method(r, a));
	if (a->composition.n && !account_composition_of(a->composition, &r->composition))
		return fail(&r->why, ERR_INVALID, "--composition is zcdp or tight");
	TRY(release_read(&r->arena, &r->why, a->domain, &json));
	TRY(in_file(r, a->domain, codebook_read(&r->arena, &inner, json, &r->book), &inner));
	TRY(method_fits(r));
	TRY(take_unit(r, a->person));
	TRY(persons_of(r, a->rows_per_person));
	TRY(look_at_people(r, a));
	TRY(take_head(r, a->head));
	TRY(take_lang(r, a->lang));
	r->rho = account_rho_by(r->composition, r->epsilon, r->delta);
	return budget_of(r);
}

// ---- measuring
// ---------------------------------------------------------------------------------------------------

static Err debit(Release *r, const Args *a, const char *what, Rho rho) {
	Buf name = {.a = &r->arena};
	buf_fmt(&name, "%s-", what);
	for (ptrdiff_t i = 0; i < 8; i++) buf_fmt(&name, "%02x", (unsigned char)r->book.hash.p[i]);
	const uint8_t *head = r->spent.entries ? NULL : r->head; // of the first debit of this release
	return spend_debit_after(&r->arena, &r->why, a->ledger, head, rho, buf_str(&name),
				 (int64_t)time(NULL), &r->spent);
}

static Err too_few(Release *r, double people, double within, const char *spent) {
	return fail(&r->why, ERR_LIMIT,
		    "about %.0f %s are too few for this precision: each number could be off by %.0f. "
		    "Gather more years or "
		    "areas into one release; %s and nothing was written",
		    fmax(0, people), r->persons.most > 1 ? "rows" : "people", within, spent);
}

// Where the codebook has coarser values, a hundredth of the budget says first whether they are needed.
static Err settle_values(Release *r, const Args *a, Draws *draws, Rho *left) {
	Codebook coarse;
	Settled s;
	if (!codebook_coarser(&r->arena, &r->book, &coarse)) return OK;
	TRY(debit(r, a, "count", r->rho / SMALL_SHARE));
	SmallAsk ask = {&r->book, &coarse, &r->people, r->method, r->rho, r->persons.most, r->composition};
	TRY(small_settle(&r->data, &r->why, draws, &ask, &s));
	*left = s.left;
	if (s.how == SMALL_TOO_FEW)
		return too_few(r, s.count, s.within, "a hundredth of the budget is spent");
	r->coarser = s.how == SMALL_COARSER;
	if (r->coarser) (void)fprintf(stderr, "few people: coarser values are taken, as the codebook says\n");
	r->people = s.people;
	r->book = s.book;
	return OK;
}

static void say_round(int round, int of, ptrdiff_t tables) {
	(void)fprintf(stderr, "round %d of at most %d: %lld tables of two attributes\n", round, of,
		      (long long)tables);
}

static Err take(Release *r, const Args *a, const char *what) {
	Draws draws = draws_system();
	Rho left = r->rho;
	TRY(release_files_make(r, a));
	TRY(release_key(r, a));
	(void)fprintf(stderr, "%lld rows, %d attributes; measuring\n", (long long)r->people.rows, r->book.n);
	TRY(settle_values(r, a, &draws, &left));
	TRY(debit(r, a, what, left));
	MeasureAsk ask = {.book = &r->book,
			  .people = &r->people,
			  .rho = person_budget(left, r->persons.most),
			  .cells_most = CELLS_MOST,
			  .method = r->method,
			  .composition = r->composition,
			  .round = say_round};
	TRY(measure(&r->arena, &r->why, &draws, &ask, &r->measures));
	r->people = (Table){0};
	arena_free(&r->data);
	double within = SMALL_SURE * r->measures.at[0].sigma;
	Small how = small_judge(r->measures.total, within, r->coarser);
	return how == SMALL_TOO_FEW ? too_few(r, r->measures.total, within, "what was measured is spent")
				    : OK;
}

static Said said_of(const Release *r, const char *what) {
	return (Said){.what = what,
		      .book = &r->book,
		      .measures = &r->measures,
		      .method = r->method,
		      .persons = r->persons,
		      .epsilon = r->epsilon,
		      .delta = r->delta,
		      .rho = r->rho,
		      .composition = r->composition,
		      .spent = r->spent,
		      .coarser = r->coarser,
		      .lang = r->lang};
}

static Err give(Release *r, const Said *s, Str csv, Str sheet) {
	TRY(release_file_fill(r, LEAVES_DATA, csv));
	TRY(release_sheet_fill(r, sheet));
	TRY(release_file_fill(r, LEAVES_REPORT, said_report(&r->arena, s)));
	TRY(release_file_fill(r, LEAVES_PAGE, said_page(&r->arena, s)));
	TRY(release_sign(r, s));
	return release_files_keep(r);
}

// The simple codebook's files keep the columns they came with; a workbook always says that rows are invented.
static Err synth(Release *r) {
	Invented made;
	uint64_t seed; // of rows, which come from numbers that are noisy already
	const Measures *m = &r->measures;
	Said s = said_of(r, "invented rows");
	(void)fprintf(stderr, "fitting a model to %lld noisy tables\n", (long long)m->n);
	if (getrandom(&seed, sizeof seed, 0) != (ssize_t)sizeof seed)
		return fail(&r->why, ERR_STORE, "the system gives no random bits");
	TRY(invent(&r->arena, &r->why, &r->book, m, seed, &made));
	s.rows = &made.rows;
	s.settled = made.settled;
	bool rich = r->book.attribute[0].label != NULL;
	Str csv = said_rows(&r->arena, &s, rich);
	Str sheet = rich || !r->out[LEAVES_SHEET].path.n ? csv : said_rows(&r->arena, &s, true);
	return give(r, &s, csv, sheet);
}

static Err tables(Release *r) {
	Said s = said_of(r, "noisy tables");
	Str csv = said_tables(&r->arena, &s);
	return give(r, &s, csv, csv);
}

static int run(const Args *a, const char *what, Err (*make)(Release *r)) {
	Release release = {0}, *r = &release;
	r->arena = arena_new(ARENA_MOST);
	r->data = arena_new(ARENA_MOST);
	Err e = look(r, a);
	if (e == OK) e = take(r, a, what);
	if (e == OK) e = make(r);
	release_files_leave(r);
	explicit_bzero(r->secret, sizeof r->secret);
	int status =
		e == OK ? 0
			: command_failed(str_z(&r->arena, str_fmt(&r->arena, "release %s", what)), &r->why);
	arena_free(&r->data);
	arena_free(&r->arena);
	return status;
}

int command_release_synth(const Args *a) { return run(a, "synth", synth); }
int command_release_tables(const Args *a) { return run(a, "tables", tables); }
