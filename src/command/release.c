// release: numbers about people in which nobody is found. docs/release.md
//
// Order matters here: everything that can be wrong is looked at first, then the files that will be written
// are made, then the budget is debited on the disk, and only then is the first noise drawn. Results stand
// under a name of their own until they are whole.
#include "release/release.h"
#include "base/csv.h"
#include "base/json.h"
#include "command/command.h"
#include "release/manifest.h"
#include "release/measure.h"
#include "release/person.h"
#include "release/spend.h"
#include "vault/vault.h"
#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <stdarg.h>
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
	PersonRule persons;
	double epsilon, delta;
	Rho rho;
	Spent spent;
	Measures measures;
	OutFile out, report, manifest;
	uint8_t secret[SECRET_BYTES];
	Manifest signs;
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
	if (account_variance(&inner, budget / 10 / (r->book.n + 1), &num, &den) == OK &&
	    account_variance(&inner, budget / 100 * 9 / (r->book.n * (r->book.n - 1) / 2 + 1), &num, &den) ==
		    OK)
		return OK;
	return fail(&r->why, ERR_INVALID, "--epsilon is too small to measure anything with");
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
	TRY(take_unit(r, a->person));
	TRY(persons_of(r, a->rows_per_person));
	TRY(read_file(r, a->data, &csv));
	TRY(in_file(r, a->data, table_read(&r->arena, &inner, csv, &r->book, &r->people), &inner));
	TRY(in_file(r, a->data, person_rows(&r->arena, &inner, &r->book, &r->persons, &r->people), &inner));
	r->rho = account_rho(r->epsilon, r->delta);
	return budget_of(r);
}

static Err make_file(Release *r, Str path, OutFile *f) {
	*f = (OutFile){path, str_fmt(&r->arena, "%.*s.part", (int)path.n, path.p), -1};
	f->fd = open(str_z(&r->arena, f->part), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	if (f->fd < 0)
		return fail(&r->why, ERR_STORE, "cannot write %.*s: %s. Nothing was spent", (int)path.n,
			    path.p, strerror(errno));
	return OK;
}

static Str name_in_folder(Str path) {
	ptrdiff_t at = path.n;
	while (at && path.p[at - 1] != '/') at--;
	return str_slice(path, at, path.n);
}

static void sign_for(Release *r, const OutFile *f, Str text) {
	ManifestFile *m = &r->signs.file[r->signs.nfile++];
	*m = (ManifestFile){.name = name_in_folder(f->path), .size = text.n};
	sha256_of(&text, 1, m->hash);
}

static Err fill(Release *r, OutFile *f, Str text) {
	if (f != &r->manifest) sign_for(r, f, text);
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

// The key that signs releases of these people: beside their ledger unless named; made when it is not there.
static Err make_key(Release *r, const char *path) {
	__attribute__((cleanup(close_fd))) int fd =
		open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd < 0)
		return fail(&r->why, ERR_STORE, "cannot make the key %s: %s. Nothing was spent", path,
			    strerror(errno));
	signing_pair(r->secret, r->signs.key);
	Str text = base64_text(&r->arena, (Str){(const char *)r->secret, SECRET_BYTES});
	if (write(fd, text.p, (size_t)text.n) != (ssize_t)text.n || fsync(fd) != 0)
		return fail(&r->why, ERR_STORE, "cannot keep the key %s: %s. Nothing was spent", path,
			    strerror(errno));
	return OK;
}

static Err take_key(Release *r, const Args *a) {
	Str path = a->key.n ? a->key : str_fmt(&r->arena, "%.*s.key", (int)a->ledger.n, a->ledger.p), text,
	    secret;
	const char *z = str_z(&r->arena, path);
	struct stat st;
	if (stat(z, &st) != 0 && errno == ENOENT) return make_key(r, z);
	TRY(read_file(r, path, &text));
	if (st.st_mode & 077)
		return fail(&r->why, ERR_INVALID, "%s may be read by others than its owner: chmod 600 it", z);
	if (!base64_parse(&r->arena, str_trim(text), &secret) || secret.n != SECRET_BYTES)
		return fail(&r->why, ERR_INVALID, "%s is no key of a release", z);
	memcpy(r->secret, secret.p, SECRET_BYTES);
	signing_public(r->secret, r->signs.key);
	return OK;
}

static Str unit_of(Release *r) {
	if (r->persons.collapse) return S("one person, her rows made into one as the codebook says");
	if (r->persons.most == 1) return S("one person, one row");
	return str_fmt(&r->arena, "one person, at most %d rows; rows are counted", r->persons.most);
}

static Err sign(Release *r, const char *what) {
	Manifest *m = &r->signs;
	m->what = str_of(what);
	m->version = S(SANGAM_VERSION);
	m->unit = unit_of(r);
	m->book = r->book.name;
	m->book_version = r->book.version;
	m->rows_each = r->persons.most;
	m->time = (int64_t)time(NULL);
	m->entry = r->spent.entries;
	m->rho = r->rho;
	m->spent = r->spent.spent;
	m->cap = r->spent.cap;
	m->epsilon = r->epsilon;
	m->delta = r->delta;
	memcpy(m->codebook, r->book.hash.p, 32);
	memcpy(m->head, r->spent.head, 32);
	return fill(r, &r->manifest, manifest_write(&r->arena, m, r->secret));
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
	Str manifest = a->manifest.n ? a->manifest
				     : str_fmt(&r->arena, "%.*s.manifest.json", (int)a->out.n, a->out.p);
	TRY(make_file(r, manifest, &r->manifest));
	TRY(take_key(r, a));
	(void)fprintf(stderr, "%lld people, %d attributes; measuring\n", (long long)r->people.rows,
		      r->book.n);
	TRY(spend_debit(&r->arena, &r->why, a->ledger, r->rho, buf_str(&name), (int64_t)time(NULL),
			&r->spent));
	TRY(measure(&r->arena, &r->why, &draws,
		    &(MeasureAsk){&r->book, &r->people, person_budget(r->rho, r->persons.most), CELLS_MOST},
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
	put_text(&j, "unit", unit_of(r));
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
	TRY(fill(r, &r->report, report_of(r, "invented rows", rows.rows, model.settled)));
	return sign(r, "invented rows");
}

// ---- tables -----------------------------------------------------------------------------------------------

static void put_cell(Release *r, Buf *b, const Measured *m, ptrdiff_t cell) {
	int at[2], n = 0;
	uint8_t value[2];
	for (Attributes left = m->of; left; left &= left - 1) at[n++] = __builtin_ctzll(left);
	ptrdiff_t rest = cell;
	for (int i = n - 1; i >= 0; i--) {
		value[i] = (uint8_t)(rest % r->book.attribute[at[i]].size);
		rest /= r->book.attribute[at[i]].size;
	}
	for (int i = 0; i < 2; i++) {
		csv_put(b, i < n ? r->book.attribute[at[i]].name : S(""), i == 0, false);
		csv_put(b, i < n ? codebook_label(&r->arena, &r->book.attribute[at[i]], value[i]) : S(""),
			false, false);
	}
	if (codebook_impossible(&r->book, m->of, value)) {
		buf_put(b, S(",0,0,0,impossible\n"));
		return;
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
	TRY(fill(r, &r->report, report_of(r, "noisy tables", 0, false)));
	return sign(r, "noisy tables");
}

static int run(const Args *a, const char *what, Err (*make)(Release *r)) {
	Release release = {0}, *r = &release;
	r->arena = arena_new((ptrdiff_t)16 << 30);
	Err e = look(r, a);
	if (e == OK) e = take(r, a, what);
	if (e == OK) e = make(r);
	leave(r, &r->out);
	leave(r, &r->report);
	leave(r, &r->manifest);
	explicit_bzero(r->secret, sizeof r->secret);
	int status =
		e == OK ? 0
			: command_failed(str_z(&r->arena, str_fmt(&r->arena, "release %s", what)), &r->why);
	arena_free(&r->arena);
	return status;
}

int command_release_synth(const Args *a) { return run(a, "synth", synth); }
int command_release_tables(const Args *a) { return run(a, "tables", tables); }

// ---- is it as it was signed?
// --------------------------------------------------------------------------------------

typedef struct {
	Release r;
	Manifest m;
	int wrong;
} Check;

PRINTF(2, 3) static void found(Check *c, const char *fmt, ...) {
	va_list args;
	va_start(args, fmt);
	(void)vprintf(fmt, args);
	va_end(args);
	(void)putchar('\n');
	c->wrong++;
}

static Str hex_of(Arena *a, const uint8_t *p) {
	Buf b = {.a = a};
	for (int i = 0; i < 32; i++) buf_fmt(&b, "%02x", p[i]);
	return buf_str(&b);
}

static void check_file(Check *c, Str folder, const ManifestFile *f) {
	Str text;
	uint8_t hash[32];
	Str path = str_fmt(&c->r.arena, "%.*s%.*s", (int)folder.n, folder.p, (int)f->name.n, f->name.p);
	if (read_file(&c->r, path, &text) != OK) {
		found(c, "%.*s: not there beside the manifest", (int)f->name.n, f->name.p);
		return;
	}
	sha256_of(&text, 1, hash);
	if (text.n != f->size || memcmp(hash, f->hash, 32) != 0)
		found(c, "%.*s: altered (%td bytes, %lld were signed)", (int)f->name.n, f->name.p, text.n,
		      (long long)f->size);
	else
		(void)printf("%.*s: as signed\n", (int)f->name.n, f->name.p);
}

// The line of the ledger with the number of this release ends with the head that the manifest has.
static Err check_ledger(Check *c, Str path) {
	Str text, line = {0}, rest;
	Spent s;
	ptrdiff_t whole;
	Why inner = {0};
	TRY(read_file(&c->r, path, &text));
	if (spend_read(&c->r.arena, &inner, text, &s, &whole) != OK) {
		found(c, "%.*s: %s", (int)path.n, path.p, inner.msg);
		return OK;
	}
	rest = text;
	bool there = true;
	for (int64_t i = 0; i <= c->m.entry && there; i++) there = str_cut(&rest, '\n', &line);
	if (!there || !str_ends(line, hex_of(&c->r.arena, c->m.head)))
		found(c, "%.*s: has no entry %lld of this release: it is another ledger, or an older copy",
		      (int)path.n, path.p, (long long)c->m.entry);
	else
		(void)printf("%.*s: has this release as entry %lld\n", (int)path.n, path.p,
			     (long long)c->m.entry);
	return OK;
}

static void check_key(Check *c, Str given) {
	Str hex = hex_of(&c->r.arena, c->m.key), text;
	(void)printf("signed with the key %.*s\n", (int)hex.n, hex.p);
	if (!given.n) {
		(void)printf(
			"  compare it with the one its publisher names elsewhere, or give it with --key\n");
		return;
	}
	if (given.n != 64 && read_file(&c->r, given, &text) == OK) given = str_trim(text);
	if (!str_eq_nocase(given, hex)) found(c, "that is not the key that was asked for");
}

static Err verify(Check *c, const Args *a) {
	Str text, path = a->rest[0];
	Why inner = {0};
	if (a->nrest != 1) return fail(&c->r.why, ERR_INVALID, "name one manifest");
	TRY(read_file(&c->r, path, &text));
	if (manifest_read(&c->r.arena, &inner, text, &c->m) != OK) {
		found(c, "%.*s: %s", (int)path.n, path.p, inner.msg);
		return OK;
	}
	const Manifest *m = &c->m;
	check_key(c, a->key);
	(void)printf("%.*s; epsilon %g at delta %g; all releases of these people together: epsilon %.3g at "
		     "delta 1e-9\n",
		     (int)m->what.n, m->what.p, m->epsilon, m->delta, account_epsilon(m->spent, 1e-9));
	Str folder = str_slice(path, 0, path.n - name_in_folder(path).n);
	for (int i = 0; i < m->nfile; i++) check_file(c, folder, &m->file[i]);
	return a->ledger.n ? check_ledger(c, a->ledger) : OK;
}

int command_release_verify(const Args *a) {
	Arena arena = arena_new((ptrdiff_t)16 << 30);
	Check *c = NEW(&arena, Check, 1);
	c->r.arena = arena;
	Err e = verify(c, a);
	int status = e != OK ? command_failed("release verify", &c->r.why) : c->wrong > 0;
	arena = c->r.arena;
	arena_free(&arena);
	return status;
}
