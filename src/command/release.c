// release: numbers about people in which nobody is found. docs/release.md
//
// Order matters here: everything that can be wrong is looked at first, then the files that will be written
// are made, then the budget is debited on the disk, and only then is the first noise drawn. Results stand
// under a name of their own until they are whole.
#include "release/release.h"
#include "base/csv.h"
#include "base/json.h"
#include "command/command.h"
#include "release/measure.h"
#include "release/spend.h"
#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define CELLS_MOST 100000.0
#define EPSILON_MOST 4.0
#define DELTA_MOST 1e-6
#define SURE 1.96 // 95 % of a Gaussian lie within so many sigma

typedef struct {
	Str path, part; // the name it will have, and has until it is whole
	int fd;
} OutFile;
typedef struct {
	Arena arena;
	Why why;
	Codebook book;
	Table people;
	double epsilon, delta;
	Rho rho;
	Spent spent;
	Measures measures;
	OutFile out, report;
} Release;

static void close_fd(const int *fd) {
	if (*fd >= 0) (void)close(*fd);
}

static Err read_file(Release *r, Str path, Str *out) {
	__attribute__((cleanup(close_fd))) int fd = open(str_z(&r->arena, path), O_RDONLY | O_CLOEXEC);
	Buf b = {.a = &r->arena};
	char part[65536];
	ssize_t n = fd < 0 ? -1 : 1;
	while (fd >= 0 && (n = read(fd, part, sizeof part)) > 0) {
		if (b.n > (ptrdiff_t)2 << 30)
			return fail(&r->why, ERR_TOO_LARGE, "%.*s is larger than 2 GiB", (int)path.n, path.p);
		buf_put(&b, (Str){part, n});
	}
	if (n < 0)
		return fail(&r->why, ERR_NOT_FOUND, "cannot read %.*s: %s", (int)path.n, path.p,
			    strerror(errno));
	*out = buf_str(&b);
	return OK;
}

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

static Err in_file(Release *r, Str path, Err e, const Why *inner) {
	return e == OK ? OK : fail(&r->why, e, "%.*s: %s", (int)path.n, path.p, inner->msg);
}

static Err look(Release *r, const Args *a) {
	Str json, csv;
	Why inner = {0};
	TRY(number_of(r, "--epsilon", a->epsilon, 1, EPSILON_MOST, &r->epsilon));
	TRY(number_of(r, "--delta", a->delta, 1e-9, DELTA_MOST, &r->delta));
	TRY(read_file(r, a->domain, &json));
	TRY(in_file(r, a->domain, codebook_read(&r->arena, &inner, json, &r->book), &inner));
	TRY(read_file(r, a->data, &csv));
	TRY(in_file(r, a->data, table_read(&r->arena, &inner, csv, &r->book, &r->people), &inner));
	r->rho = account_rho(r->epsilon, r->delta);
	return r->rho > 0 ? OK
			  : fail(&r->why, ERR_INVALID, "--epsilon is too small to measure anything with");
}

static Err make_file(Release *r, Str path, OutFile *f) {
	*f = (OutFile){path, str_fmt(&r->arena, "%.*s.part", (int)path.n, path.p), -1};
	f->fd = open(str_z(&r->arena, f->part), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	if (f->fd < 0)
		return fail(&r->why, ERR_STORE, "cannot write %.*s: %s. Nothing was spent", (int)path.n,
			    path.p, strerror(errno));
	return OK;
}

static Err fill(Release *r, OutFile *f, Str text) {
	while (text.n) {
		ssize_t n = write(f->fd, text.p, (size_t)text.n);
		if (n < 0 && errno == EINTR) continue;
		if (n < 0)
			return fail(&r->why, errno == ENOSPC ? ERR_FULL : ERR_STORE, "cannot write %.*s: %s",
				    (int)f->path.n, f->path.p, strerror(errno));
		text = str_slice(text, n, text.n);
	}
	if (fsync(f->fd) != 0 || rename(str_z(&r->arena, f->part), str_z(&r->arena, f->path)) != 0)
		return fail(&r->why, ERR_STORE, "cannot keep %.*s: %s", (int)f->path.n, f->path.p,
			    strerror(errno));
	(void)close(f->fd);
	f->fd = -1;
	return OK;
}

static void leave(Release *r, OutFile *f) {
	if (!f->path.n || f->fd < 0) return;
	(void)close(f->fd);
	(void)unlink(str_z(&r->arena, f->part));
}

// ---- what may be said -------------------------------------------------------------------------------------

// Numbers about a few people would be mostly noise, and noise looks like news.
static Err enough(Release *r) {
	const Measures *m = &r->measures;
	double half = SURE * m->at[0].sigma;
	if (m->total >= 20 * half) return OK;
	return fail(&r->why, ERR_LIMIT,
		    "about %.0f people are too few for this precision: each number could be off by %.0f. "
		    "Gather more years or "
		    "areas into one release; what was measured is spent and nothing was written",
		    m->total > 0 ? m->total : 0, half);
}

static Err take(Release *r, const Args *a, const char *what) {
	Draws draws = draws_system();
	Buf name = {.a = &r->arena};
	buf_fmt(&name, "%s-", what);
	for (ptrdiff_t i = 0; i < 8; i++) buf_fmt(&name, "%02x", (unsigned char)r->book.hash.p[i]);
	TRY(make_file(r, a->out, &r->out));
	TRY(make_file(r, a->report, &r->report));
	(void)fprintf(stderr, "%lld people, %d attributes; measuring\n", (long long)r->people.rows,
		      r->book.n);
	TRY(spend_debit(&r->arena, &r->why, a->ledger, r->rho, buf_str(&name), (int64_t)time(NULL),
			&r->spent));
	TRY(measure(&r->arena, &r->why, &draws, &(MeasureAsk){&r->book, &r->people, r->rho, CELLS_MOST},
		    &r->measures));
	return enough(r);
}

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
		put_real(j, "95 % within", SURE * m->sigma);
		json_close(j, '}');
	}
	json_close(j, ']');
}

static Str report_of(Release *r, const char *what, ptrdiff_t rows, bool settled) {
	Json j = json_on(&r->arena);
	json_open(&j, '{');
	put_text(&j, "what", str_of(what));
	put_hex(&j, "codebook sha256", r->book.hash);
	put_text(&j, "unit", S("one person, one row"));
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
	put_real(&j, "people, 95 % within", SURE * r->measures.total_sigma);
	if (rows) put_real(&j, "rows", (double)rows);
	if (rows) {
		json_key(&j, S("the model has settled"));
		json_bool(&j, settled);
	}
	put_text(&j, "in words",
		 S("Whoever takes part or not, no conclusion drawn from this release becomes more than "
		   "e^epsilon times as "
		   "likely, except with probability delta. Rows are invented: nobody is in them. Ask of them "
		   "how many, and "
		   "how two things go together; do not ask about few people, about three things at once that "
		   "no table "
		   "measured, or about anybody."));
	put_tables(r, &j);
	json_close(&j, '}');
	buf_char(&j.b, '\n');
	return buf_str(&j.b);
}

// ---- rows
// -----------------------------------------------------------------------------------------------------

static Str rows_text(Release *r, const Table *rows) {
	Buf b = {.a = &r->arena};
	for (int i = 0; i < r->book.n; i++) csv_put(&b, r->book.attribute[i].name, i == 0, false);
	buf_char(&b, '\n');
	for (ptrdiff_t row = 0; row < rows->rows; row++) {
		for (int i = 0; i < r->book.n; i++) {
			const Attribute *at = &r->book.attribute[i];
			if (i) buf_char(&b, ',');
			if (at->label)
				csv_put(&b, codebook_label(&r->arena, at, rows->column[i][row]), true, false);
			else
				buf_fmt(&b, "%d", rows->column[i][row]);
		}
		buf_char(&b, '\n');
	}
	return buf_str(&b);
}

static Err synth(Release *r) {
	Model model;
	uint64_t seed; // of rows, which come from numbers that are noisy already
	const Measures *m = &r->measures;
	(void)fprintf(stderr, "fitting a model to %lld noisy tables\n", (long long)m->n);
	TRY(fit(&r->arena, &r->why, &(FitAsk){&r->book, m->at, m->n, m->total, 0}, &model));
	if (getrandom(&seed, sizeof seed, 0) != (ssize_t)sizeof seed)
		return fail(&r->why, ERR_STORE, "the system gives no random bits");
	Table rows = rows_make(&r->arena, &model, (ptrdiff_t)llround(m->total), seed);
	TRY(fill(r, &r->out, rows_text(r, &rows)));
	return fill(r, &r->report, report_of(r, "invented rows", rows.rows, model.settled));
}

// ---- tables -----------------------------------------------------------------------------------------------

static void put_cell(Release *r, Buf *b, const Measured *m, ptrdiff_t cell) {
	int at[2], n = 0, value[2];
	for (Attributes left = m->of; left; left &= left - 1) at[n++] = __builtin_ctzll(left);
	ptrdiff_t rest = cell;
	for (int i = n - 1; i >= 0; i--) {
		value[i] = (int)(rest % r->book.attribute[at[i]].size);
		rest /= r->book.attribute[at[i]].size;
	}
	for (int i = 0; i < 2; i++) {
		csv_put(b, i < n ? r->book.attribute[at[i]].name : S(""), i == 0, false);
		csv_put(b, i < n ? codebook_label(&r->arena, &r->book.attribute[at[i]], value[i]) : S(""),
			false, false);
	}
	double low = m->count[cell] - SURE * m->sigma, high = m->count[cell] + SURE * m->sigma;
	buf_fmt(b, ",%.0f,%.0f,%.0f,%s\n", fmax(0, m->count[cell]), fmax(0, floor(low)), fmax(0, ceil(high)),
		low > 0 ? "yes" : "no");
}

static Err tables(Release *r) {
	Buf b = {.a = &r->arena};
	const Measures *m = &r->measures;
	buf_put(&b, S("attribute,value,attribute_2,value_2,people,at_least,at_most,told_from_zero\n"));
	buf_fmt(&b, ",,,,%.0f,%.0f,%.0f,yes\n", m->total, floor(m->total - SURE * m->total_sigma),
		ceil(m->total + SURE * m->total_sigma));
	for (ptrdiff_t t = 0; t < m->n; t++)
		for (ptrdiff_t k = 0; k < (ptrdiff_t)tree_cells(&r->book, m->at[t].of); k++)
			put_cell(r, &b, &m->at[t], k);
	TRY(fill(r, &r->out, buf_str(&b)));
	return fill(r, &r->report, report_of(r, "noisy tables", 0, false));
}

static int run(const Args *a, const char *what, Err (*make)(Release *r)) {
	Release release = {0}, *r = &release;
	r->arena = arena_new((ptrdiff_t)16 << 30);
	Err e = look(r, a);
	if (e == OK) e = take(r, a, what);
	if (e == OK) e = make(r);
	leave(r, &r->out);
	leave(r, &r->report);
	int status =
		e == OK ? 0
			: command_failed(str_z(&r->arena, str_fmt(&r->arena, "release %s", what)), &r->why);
	arena_free(&r->arena);
	return status;
}

int command_release_synth(const Args *a) { return run(a, "synth", synth); }
int command_release_tables(const Args *a) { return run(a, "tables", tables); }
