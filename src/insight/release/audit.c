#include "release/audit_parts.h"
#include "release/spend.h"
#include <fcntl.h>
#include <math.h>
#include <unistd.h>

static const Rho audited = 1 * RHO_ONE; // a large budget: what is wrong shows sooner
enum { FEW = 400, PLAIN = 60 };

// ---- chance
// -----------------------------------------------------------------------------------------------------

static double phi(double z) { return erfc(-z / sqrt(2)) / 2; }

static double bisect(double low, double high, double want, double (*of)(double x, const void *with),
		     const void *with) {
	for (int i = 0; i < 100; i++) {
		double middle = (low + high) / 2;
		if (of(middle, with) < want)
			low = middle;
		else
			high = middle;
	}
	return (low + high) / 2;
}
static double phi_with(double x, const void *with) { return (void)with, phi(x); }
static double phi_inverse(double p) { return bisect(-9, 9, p, phi_with, NULL); }

// The continued fraction of the incomplete beta function (Abramowitz and Stegun 26.5.8), by Lentz's method.
static double fraction(double a, double b, double x) {
	double c = 1, d = 1 / fmax(1 - (a + b) * x / (a + 1), 1e-300), h = d;
	for (int m = 1; m < 500; m++) {
		double even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m));
		d = 1 / (1 + even * d);
		c = 1 + even / c;
		h *= d * c;
		double odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1));
		d = 1 / (1 + odd * d);
		c = 1 + odd / c;
		h *= d * c;
		if (fabs(d * c - 1) < 1e-13) break;
	}
	return h;
}
typedef struct {
	double a, b;
} Beta;
static double beta_of(double x, const void *with) {
	const Beta *s = with;
	if (x <= 0 || x >= 1) return x >= 1;
	double front =
		exp(lgamma(s->a + s->b) - lgamma(s->a) - lgamma(s->b) + s->a * log(x) + s->b * log1p(-x));
	if (x < (s->a + 1) / (s->a + s->b + 2)) return front * fraction(s->a, s->b, x) / s->a;
	return 1 - front * fraction(s->b, s->a, 1 - x) / s->b;
}

double audit_upper(int64_t hits, int64_t n, double alpha) {
	if (hits >= n) return 1;
	return bisect(0, 1, 1 - alpha, beta_of, &(Beta){(double)hits + 1, (double)(n - hits)});
}

// ---- people
// -----------------------------------------------------------------------------------------------------

static Codebook book_of(Arena *a) {
	static const char *const names[AUDIT_ATTRIBUTES] = {"a", "b", "c", "d", "e"};
	static const int sizes[AUDIT_ATTRIBUTES] = {2, 3, 4, 5, 3};
	Codebook b = {.n = AUDIT_ATTRIBUTES};
	(void)a;
	for (int i = 0; i < AUDIT_ATTRIBUTES; i++)
		b.attribute[i] =
			(Attribute){.name = str_of(names[i]), .size = sizes[i], .missing = -1, .other = -1};
	return b;
}

Table audit_table(const People *p) {
	Table t = {.rows = p->rows};
	for (int i = 0; i < AUDIT_ATTRIBUTES; i++) t.column[i] = p->value[i];
	return t;
}

// The cell a row falls in: the last attribute turns fastest.
static ptrdiff_t cell_of(const Codebook *book, const People *p, int row, Attributes of) {
	ptrdiff_t at = 0;
	for (Attributes left = of; left; left &= left - 1) {
		int i = __builtin_ctzll(left);
		at = at * book->attribute[i].size + p->value[i][row];
	}
	return at;
}

double audit_count(const Codebook *book, const People *p, Attributes of, ptrdiff_t cell) {
	double n = 0;
	for (int r = 0; r < p->rows; r++) n += cell_of(book, p, r, of) == cell;
	return n;
}

typedef struct {
	const char *name;
	int others; // how many people beside the one
	bool alike; // all of them the same
	int value; // of the one: -1 like the first, else this in every attribute, as far as it goes
	bool several; // she has more rows than count
} PairOf;
static const PairOf pairs[AUDIT_PAIRS] = {
	{"a rare value in every attribute", 40, false, 9},
	{"like many others", 40, false, 0},
	{"like the first", 40, false, -1},
	{"the only person", 0, true, 9},
	{"one of two siblings", 1, true, -1},
	{"one of six siblings", 5, true, -1},
	{"alone among people who are all alike", 30, true, 9},
	{"one of people who are all alike", 30, true, -1},
	{"the last of sixty", 59, false, 1},
	{"five rows of one, three of which count", 40, false, 9, true},
};

static void put_row(const Codebook *book, People *p, int value, bool alike) {
	int r = p->rows++;
	for (int i = 0; i < AUDIT_ATTRIBUTES; i++) {
		int size = book->attribute[i].size;
		int v = value >= 0 ? value : alike ? 0 : (r * (i + 3) + r / 7) % (size - 1);
		p->value[i][r] = (uint8_t)(v < size ? v : size - 1);
	}
}

// without: the others alone; with: and the one, in as many rows as the mechanism lets her have.
static void make_pair(const Codebook *book, const PairOf *of, int rows, People *without, People *with) {
	*without = (People){0};
	for (int r = 0; r < of->others; r++) put_row(book, without, -1, of->alike);
	*with = *without;
	for (int k = 0; k < rows; k++) {
		if (of->value >= 0 || !of->others) {
			put_row(book, with, of->value < 0 ? 0 : of->value, of->alike);
			continue;
		}
		int r = with->rows++;
		for (int i = 0; i < AUDIT_ATTRIBUTES; i++) with->value[i][r] = with->value[i][0];
	}
	with->hers = rows;
	without->hers = 1;
}

// ---- telling two apart
// ----------------------------------------------------------------------------------------------

typedef struct {
	Arena *arena;
	Why *why;
	const Codebook *book;
	Str ledger;
	Method method;
	Draws draws;
} Auditing;

// How surely the results come from the data with her: the logarithm of the one chance over the other, for
// Gaussian noise.
typedef struct {
	double got, with; // of this result; of the result that is expected with her
} Score;

static void add_score(Score *s, double noisy, double without, double change, double sigma) {
	// A cell that is left out tells much.
	s->got += ((isnan(noisy) ? -1e6 : noisy) - without) * change / (sigma * sigma);
	s->with += change * change / (sigma * sigma);
}

// As the measurement makes them of the noisy table of an attribute; what is not exactly so costs sharpness
// alone.
static void shares_of(const Codebook *book, const Measured *at, int attribute, double share[]) {
	double sum = 0;
	int size = book->attribute[attribute].size;
	for (int v = 0; v < size; v++) sum += share[v] = fmax(0, at->count[v]);
	for (int v = 0; v < size; v++) share[v] = sum > 0 ? share[v] / sum : 1.0 / size;
}

// The noisy choice of pairs is seen too: how far each pair is from independence moves by one row for one row.
static void score_choice(const Auditing *x, const Measures *m, const Candidate *pair, const People *without,
			 double change, ptrdiff_t hers, Score *s) {
	double one[CODEBOOK_VALUES], two[CODEBOOK_VALUES], off = 0, moved = 0;
	int i = __builtin_ctzll(pair->of), j = 63 - __builtin_clzll(pair->of),
	    width = x->book->attribute[j].size;
	shares_of(x->book, &m->at[i], i, one);
	shares_of(x->book, &m->at[j], j, two);
	for (ptrdiff_t k = 0; k < (ptrdiff_t)tree_cells(x->book, pair->of); k++) {
		double count = audit_count(x->book, without, pair->of, k);
		double expected = pair->guess ? (double)pair->guess[k]
					      : round(m->total * one[k / width] * two[k % width]);
		off += fabs(count - expected);
		if (k == hers) moved = fabs(count + change - expected) - fabs(count - expected);
	}
	add_score(s, pair->off, off, moved, m->pair_sigma);
}

static Score score(const Auditing *x, const Mechanism *mechanism, const Measures *m, const People pair[2]) {
	Score s = {0};
	double change = mechanism->kept;
	const People *without = &pair[0], *with = &pair[1];
	for (ptrdiff_t t = 0; t < m->n; t++) {
		const Measured *at = &m->at[t];
		ptrdiff_t cell = cell_of(x->book, with, with->rows - 1, at->of);
		add_score(&s, at->count[cell], audit_count(x->book, without, at->of, cell), change,
			  at->sigma);
	}
	add_score(&s, m->counted, without->rows, change, m->counted_sigma);
	for (ptrdiff_t p = 0; p < m->npair; p++)
		score_choice(x, m, &m->pair[p], without, change,
			     cell_of(x->book, with, with->rows - 1, m->pair[p].of), &s);
	return s;
}

static Err one_run(Auditing *x, const Mechanism *mechanism, const People *p, Measures *out) {
	return mechanism->measure(x->arena, x->why, &x->draws, &(Audited){x->book, p, audited, x->method},
				  out);
}

static Err guess(Auditing *x, const Mechanism *mechanism, const People pair[2], int which, int runs,
		 int64_t *wrong) {
	Arena keep = *x->arena;
	*wrong = 0;
	for (int i = 0; i < runs; i++) {
		Measures m;
		*x->arena = keep;
		TRY(one_run(x, mechanism, &pair[which], &m));
		Score s = score(x, mechanism, &m, pair);
		*wrong += which ? s.got <= s.with / 2 : s.got > s.with / 2;
	}
	*x->arena = keep;
	return OK;
}

// A lower bound on mu, sure but for alpha.
static Err bound(Auditing *x, const Mechanism *mechanism, const PairOf *of, int runs, double alpha,
		 double *mu) {
	People pair[2];
	int64_t false_alarm, missed;
	make_pair(x->book, of, mechanism->given, &pair[0], &pair[1]);
	TRY(guess(x, mechanism, pair, 0, runs, &false_alarm));
	TRY(guess(x, mechanism, pair, 1, runs, &missed));
	double one = audit_upper(false_alarm, runs, alpha / 2), two = audit_upper(missed, runs, alpha / 2);
	*mu = one + two >= 1 ? 0 : phi_inverse(1 - one) - phi_inverse(two);
	return OK;
}

static double promised(void) { return sqrt(2 * (double)audited / RHO_ONE); }

// ---- plain looks
// -------------------------------------------------------------------------------------------------

typedef struct {
	double squares, cells; // of noise over sigma
	double zero, zeros; // cells whose true count is 0, and those of them that are said to be 0
	double exact; // runs whose total is the true one
	bool missing, broken;
} Looked;

static void look_at_table(const Auditing *x, const Measured *at, const People *p, Looked *l) {
	for (ptrdiff_t k = 0; k < (ptrdiff_t)tree_cells(x->book, at->of); k++) {
		double truth = audit_count(x->book, p, at->of, k), noise = at->count[k] - truth;
		if (isnan(at->count[k])) {
			l->missing = true;
			continue;
		}
		l->broken = l->broken || at->count[k] != round(at->count[k]);
		l->squares += noise * noise / (at->sigma * at->sigma);
		l->cells++;
		if (truth == 0) {
			l->zeros++;
			l->zero += at->count[k] == 0;
		}
	}
}

static bool same_noise(const Auditing *x, const Measured *one, const Measured *two, const People *p) {
	ptrdiff_t cells = (ptrdiff_t)tree_cells(x->book, one->of),
		  others = (ptrdiff_t)tree_cells(x->book, two->of);
	for (ptrdiff_t k = 0; k < others; k++)
		if (one->count[k % cells] - audit_count(x->book, p, one->of, k % cells) !=
		    two->count[k] - audit_count(x->book, p, two->of, k))
			return false;
	return true;
}

static bool same_run(const Auditing *x, const Measures *one, const Measures *two) {
	for (int i = 0; i < x->book->n; i++)
		for (int v = 0; v < x->book->attribute[i].size; v++)
			if (one->at[i].count[v] != two->at[i].count[v]) return false;
	return true;
}

// A file of debits of its own, with one more entry each time before anything is drawn.
static Err debits(Auditing *x, const Mechanism *mechanism, bool *right) {
	Str text = {0};
	Spent before = {0}, after = {0};
	ptrdiff_t whole;
	char *room = NEW(x->arena, char, 1 << 16);
	for (int turn = 0; turn < 2; turn++) {
		if (turn) TRY(mechanism->debit(x->arena, x->why, x->ledger, RHO_ONE / 1000000));
		int fd = open(str_z(x->arena, x->ledger), O_RDONLY | O_CLOEXEC);
		ssize_t n = fd < 0 ? 0 : read(fd, room, 1 << 16);
		if (fd >= 0) (void)close(fd);
		text = (Str){room, n < 0 ? 0 : n};
		TRY(spend_read(x->arena, x->why, text, turn ? &after : &before, &whole));
	}
	*right = after.entries == before.entries + 1 && after.spent == before.spent + RHO_ONE / 1000000;
	return OK;
}

// *by: what is wrong, or NULL.
static Err look(Auditing *x, const Mechanism *mechanism, const char **by) {
	People both[2];
	Looked l = {0};
	Measures last[2] = {0}, m;
	bool paid, same = true, twin = true;
	make_pair(x->book, &pairs[0], 1, &both[0], &both[1]);
	for (int i = 0; i < PLAIN; i++) {
		const People *p = &both[i & 1];
		TRY(one_run(x, mechanism, p, &m));
		for (ptrdiff_t t = 0; t < m.n; t++) look_at_table(x, &m.at[t], p, &l);
		l.exact += m.total == p->rows;
		same = same && (i < 2 || same_run(x, &last[i & 1], &m));
		twin = twin && same_noise(x, &m.at[0], &m.at[1], p);
		last[i & 1] = m;
	}
	TRY(debits(x, mechanism, &paid));
	// The sum of squares of fresh noise is chi-squared: six of its own deviations away is no chance.
	double off = (l.squares - l.cells) / sqrt(2 * l.cells);
	*by = !paid		      ? "nothing was debited"
	      : l.missing	      ? "a cell of the codebook is missing"
	      : l.broken	      ? "a count is not whole"
	      : same		      ? "the same noise in every run"
	      : twin		      ? "the same noise in two tables"
	      : l.exact > .5 * PLAIN  ? "the number of people is exact"
	      : l.zero > .5 * l.zeros ? "true zeros are said to be zero"
	      : fabs(off) > 6	      ? "noise is not of the size it says"
				      : NULL;
	return OK;
}

// ---- the whole
// -----------------------------------------------------------------------------------------------------

static Err try_bug(Auditing *x, const Mechanism *bug, double alpha, AuditBug *out) {
	static const int telling[] = {0, 3, 8};
	*out = (AuditBug){bug->name, NULL};
	TRY(look(x, bug, &out->by));
	for (int i = 0; i < COUNT(telling) && !out->by; i++) {
		double mu;
		TRY(bound(x, bug, &pairs[telling[i]], FEW, alpha, &mu));
		if (mu > promised()) out->by = "two neighbours are told apart too often";
	}
	return OK;
}

Err audit(Arena *a, Why *why, const AuditAsk *how, Audit *out) {
	Codebook book = book_of(a);
	Arena scratch = arena_new((ptrdiff_t)256 << 20);
	Auditing x = {&scratch, why, &book, how->ledger, how->method, draws_system()};
	double alpha = (1 - how->confidence) / (AUDIT_PAIRS + AUDIT_BUGS);
	Err e = OK;
	*out = (Audit){.least_ratio = INFINITY};
	for (int i = 0; i < AUDIT_PAIRS && e == OK; i++) {
		AuditPair *p = &out->pair[i];
		if (how->progress) how->progress(i, AUDIT_PAIRS + AUDIT_BUGS);
		arena_reset(&scratch);
		*p = (AuditPair){.name = pairs[i].name, .mu = promised()};
		e = bound(&x, pairs[i].several ? &audit_several : &audit_honest, &pairs[i], how->runs, alpha,
			  &p->found);
		p->violated = p->found > p->mu;
		out->violations += p->violated;
		out->least_ratio = fmin(out->least_ratio, p->found / p->mu);
	}
	arena_reset(&scratch);
	if (e == OK) e = look(&x, &audit_honest, &out->looks);
	for (int i = 0; i < AUDIT_BUGS && e == OK; i++) {
		if (how->progress) how->progress(AUDIT_PAIRS + i, AUDIT_PAIRS + AUDIT_BUGS);
		arena_reset(&scratch);
		e = try_bug(&x, &audit_bugs[i], alpha, &out->bug[i]);
		out->caught += out->bug[i].by != NULL;
	}
	arena_free(&scratch);
	return e;
}
