// Noise, a model, invented people, and the files: everything after the debit. No database, so that it may run
// on a thread of its own.
#include "giving/giving_parts.h"
#include "release/invent.h"
#include "release/manifest.h"
#include "release/release.h"
#include "release/said.h"
#include "vault/vault.h"
#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <unistd.h>

#define CELLS_MOST 100000.0

const char *const giving_file_name[GIVING_FILES] = {"rows",   "tables", "workbook",
						    "report", "page",	"manifest"};
const char *const giving_file_called[GIVING_FILES] = {"rows.csv",    "tables.csv", "rows.xlsx",
						      "report.json", "page.html",  "manifest.json"};

typedef struct {
	Arena *a;
	Why *why;
	const MakeAsk *ask;
	Codebook book; // coarser, where people are few
	Table people;
	Measures measures;
	Invented made;
	bool coarser;
} Make;

double giving_half(const Codebook *book, Method method, Rho rho) {
	Rho share = measure_one(method, rho, book->n);
	return share > 0 ? small_within(share) : 0;
}

void giving_signs(Cx *cx, uint8_t secret[64], uint8_t public_key[32]) {
	Str seed = vault_fingerprint(cx, "release", S("signs"));
	signing_from((const uint8_t *)seed.p, secret, public_key);
}

static Err too_few(Make *m, double within) {
	return fail(m->why, ERR_LIMIT, "too few people: each number could be off by %.0f", within);
}

// As the command does, but what the count costs is part of the one debit.
static Err settle_values(Make *m, Draws *draws, Rho *left) {
	Codebook coarse;
	Settled s;
	if (!codebook_coarser(m->a, &m->book, &coarse)) return OK;
	SmallAsk ask = {&m->book, &coarse, &m->people, m->ask->method, m->ask->rho, 1};
	TRY(small_settle(m->a, m->why, draws, &ask, &s));
	if (s.how == SMALL_TOO_FEW) return too_few(m, s.within);
	m->coarser = s.how == SMALL_COARSER;
	m->people = s.people;
	m->book = s.book;
	*left = s.left;
	return OK;
}

static Err draw(Make *m) {
	Draws draws = draws_system();
	Rho left = m->ask->rho;
	uint64_t seed; // of rows, which come from numbers that are noisy already
	m->book = *m->ask->book;
	TRY(table_read(m->a, m->why, m->ask->csv, &m->book, &m->people));
	TRY(person_rows(m->a, m->why, &m->book, &(PersonRule){.most = 1}, &m->people));
	TRY(settle_values(m, &draws, &left));
	MeasureAsk ask = {&m->book, &m->people, left, CELLS_MOST, m->ask->method};
	TRY(measure(m->a, m->why, &draws, &ask, &m->measures));
	double within = SMALL_SURE * m->measures.at[0].sigma;
	if (small_judge(m->measures.total, within, m->coarser) == SMALL_TOO_FEW) return too_few(m, within);
	random_bytes(&seed, sizeof seed);
	return invent(m->a, m->why, &m->book, &m->measures, seed, &m->made);
}

// ---- what is written
// --------------------------------------------------------------------------------------------------

static void close_fd(const int *fd) {
	if (*fd >= 0) (void)close(*fd);
}

static Err read_back(Make *m, const char *path, Str *out) {
	__attribute__((cleanup(close_fd))) int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	Buf b = {.a = m->a};
	char part[16384];
	ssize_t n = fd < 0 ? -1 : 1;
	while (fd >= 0 && (n = read(fd, part, sizeof part)) > 0) buf_put(&b, (Str){part, n});
	if (n < 0) return fail(m->why, ERR_STORE, "the workbook cannot be read: %s", strerror(errno));
	*out = buf_str(&b);
	return OK;
}

// The library writes to a file. What stands in it is what leaves, so it tells nobody more.
static Err workbook(Make *m, Str rows, Str *out) {
	Str path = str_fmt(m->a, "%.*s/people.xlsx.part", (int)m->ask->dir.n, m->ask->dir.p);
	const char *z = str_z(m->a, path);
	Err e = said_sheet(m->a, m->why, path, rows, m->ask->now);
	if (e == OK) e = read_back(m, z, out);
	(void)unlink(z);
	return e;
}

static Str manifest_json(const Make *m, const Said *s, const Made *made) {
	const MakeAsk *ask = m->ask;
	Manifest *out = NEW(m->a, Manifest, 1);
	*out = (Manifest){.what = str_of(s->what),
			  .version = S(SANGAM_VERSION),
			  .unit = said_unit(m->a, s),
			  .book = m->book.name,
			  .book_version = m->book.version,
			  .rows_each = 1,
			  .time = ask->now,
			  .entry = ask->spent.entries,
			  .rho = ask->rho,
			  .spent = ask->spent.spent,
			  .cap = ask->spent.cap,
			  .epsilon = s->epsilon,
			  .delta = s->delta,
			  .nfile = FILE_MANIFEST};
	memcpy(out->codebook, m->book.hash.p, 32);
	memcpy(out->head, ask->spent.head, 32);
	memcpy(out->key, ask->key, 32);
	for (int i = 0; i < FILE_MANIFEST; i++) {
		out->file[i] = (ManifestFile){.name = str_of(giving_file_called[i]), .size = made->file[i].n};
		sha256_of(&made->file[i], 1, out->file[i].hash);
	}
	return manifest_write(m->a, out, ask->secret);
}

Err giving_make(Arena *a, Why *why, const MakeAsk *ask, Made *out) {
	Make *m = NEW(a, Make, 1);
	*m = (Make){.a = a, .why = why, .ask = ask};
	TRY(draw(m));
	Said s = {.what = "invented rows and noisy tables",
		  .book = &m->book,
		  .measures = &m->measures,
		  .method = ask->method,
		  .persons = {.most = 1},
		  .unit = S("one person, one row; several records are one person where both agencies said "
			    "so"),
		  .epsilon = (double)ask->epsilon / 1000,
		  .delta = GIVING_DELTA,
		  .rho = ask->rho,
		  .spent = ask->spent,
		  .coarser = m->coarser,
		  .rows = &m->made.rows,
		  .settled = m->made.settled,
		  .lang = ask->lang};
	out->people = llround(m->measures.total);
	out->half = (int64_t)ceil(SMALL_SURE * m->measures.at[0].sigma);
	out->file[FILE_ROWS] = said_rows(a, &s, true);
	out->file[FILE_TABLES] = said_tables(a, &s);
	TRY(workbook(m, out->file[FILE_ROWS], &out->file[FILE_WORKBOOK]));
	out->file[FILE_REPORT] = said_report(a, &s);
	out->file[FILE_PAGE] = said_page(a, &s);
	out->file[FILE_MANIFEST] = manifest_json(m, &s, out);
	return OK;
}
