// import and export: cases from and to other programs, as JSON and CSV of the Human Trafficking Case Data
// Standard.
#include "command/command.h"
#include "command/hub.h"
#include "htcds/htcds.h"
#include "stakeholder/stakeholder.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

// What is read or written as a whole.
#define KEPT __attribute__((cleanup(arena_free))) Arena

static Err open_hub(Hub *h, const Args *a) {
	TRY(hub_read(h, a->hub));
	if (a->key_file.n) h->key.key_file = a->key_file;
	if (a->credential.n) h->key.credential = a->credential;
	return hub_open(h, false, false);
}

static Err format_of(Hub *h, Str said, Str file, HtcdsFormat *out) {
	bool csv = said.n ? str_eq(said, S("csv")) : str_ends(file, S(".csv"));
	bool json = said.n ? str_eq(said, S("json")) : str_ends(file, S(".json"));
	*out = csv ? HTCDS_CSV : HTCDS_JSON;
	return csv || json ? OK
			   : fail(&h->why, ERR_INVALID, "say which it is: --format json or --format csv");
}

// ---- import -----------------------------------------------------------------------------------------------

static void close_file(FILE **f) {
	if (*f && *f != stdin) (void)fclose(*f);
}

static Err read_file(Hub *h, Arena *keep, Str path, Str *out) {
	Buf b = {.a = keep};
	char part[65536];
	bool in = str_eq(path, S("-"));
	__attribute__((cleanup(close_file))) FILE *f = in ? stdin : fopen(str_z(keep, path), "re");
	if (!f) return fail(&h->why, ERR_NOT_FOUND, "cannot read the file: %s", strerror(errno));
	for (size_t n; (n = fread(part, 1, sizeof part, f)) > 0 && b.n <= HTCDS_BYTES;)
		buf_put(&b, (Str){part, (ptrdiff_t)n});
	if (ferror(f)) return fail(&h->why, ERR_STORE, "cannot read the file to its end");
	*out = buf_str(&b);
	return OK;
}

typedef struct {
	HtcdsImport im;
	HtcdsReport report;
	const HtcdsRecord *record;
	int64_t taken, left_out;
} Import;

static Err who_leads(Hub *h, const Args *a, HtcdsImport *im) {
	Stakeholder s;
	im->area = a->area;
	if (a->area.n && !pack_area(h->pack, a->area))
		return fail(&h->why, ERR_INVALID, "--area: the pack has no area %.*s", (int)a->area.n,
			    a->area.p);
	if (!a->agency.n) return OK;
	Err e = stakeholder_by_code(&h->cx, a->agency, &s);
	if (e == ERR_NOT_FOUND)
		return fail(&h->why, e, "there is no agency with the code %.*s", (int)a->agency.n,
			    a->agency.p);
	TRY(e);
	im->lead = s.id;
	if (!im->area.n) im->area = str_dup(&h->arena, s.area);
	return OK;
}

static Err take_record(Cx *cx, void *with) {
	Import *i = with;
	CaseId id;
	TRY(htcds_import_record(cx, &i->im, i->record, &i->report, &id));
	*(id.n ? &i->taken : &i->left_out) += 1;
	return OK;
}

// What is wrong with one record stops that one; what is wrong with the hub stops the import.
static bool of_the_record(Err e) {
	return e == ERR_INVALID || e == ERR_NOT_FOUND || e == ERR_CONFLICT || e == ERR_TOO_LARGE;
}

static Err take_all(Hub *h, Import *i, const HtcdsRecords *all) {
	for (ptrdiff_t n = 0; n < all->n; n++) {
		i->record = &all->at[n];
		Err e = hub_write_in(h, take_record, i);
		if (e != OK && !of_the_record(e)) return e;
		if (e != OK) {
			htcds_say(&i->report, "record %lld: %s; not taken", (long long)i->record->place,
				  i->im.lead.n ? "it cannot be made a case"
					       : "no agency leads it: name one with --agency");
			i->left_out++;
		}
		h->cx.readings = NULL;
		arena_reset(&h->scratch);
		command_progress(n + 1, all->n);
	}
	return OK;
}

int command_import(const Args *a) {
	HUB_CLOSED h = {0};
	HtcdsFormat format;
	HtcdsRecords all;
	Str text;
	KEPT keep = arena_new((ptrdiff_t)4 << 30);
	Import i = {.im = {.arena = &keep}, .report = {.text = {.a = &keep}}};
	Err e = a->nrest == 1 ? open_hub(&h, a) : fail(&h.why, ERR_INVALID, "name one file");
	if (e == OK) e = format_of(&h, a->format, a->rest[0], &format);
	if (e == OK) e = who_leads(&h, a, &i.im);
	if (e == OK) e = read_file(&h, &keep, a->rest[0], &text);
	if (e != OK) return command_failed("import", &h.why);
	e = htcds_read(&keep, &h.why, format, text, &i.report, &all);
	if (e == OK) e = htcds_import_begin(&h.cx, &i.im);
	if (e == OK) e = take_all(&h, &i, &all);
	if (i.report.text.n) (void)fwrite(i.report.text.p, 1, (size_t)i.report.text.n, stdout);
	(void)printf("%lld records taken, %lld not; %lld lines above say what was not taken and why\n",
		     (long long)i.taken, (long long)i.left_out, (long long)i.report.n);
	(void)fflush(stdout);
	if (e != OK && !i.report.n) return command_failed("import", &h.why);
	return e != OK ? 2 : i.report.n ? 1 : 0;
}

// ---- export -----------------------------------------------------------------------------------------------

static Err put_some(Cx *cx, void *with) { return htcds_export_some(cx, with); }

static void close_fd(const int *fd) {
	if (*fd > STDERR_FILENO) (void)close(*fd);
}

// Everything in it is in clear: nobody but its owner may read the file, and none is written over.
static Err write_out(Hub *h, Str path, Str text) {
	__attribute__((cleanup(close_fd))) int fd =
		path.n ? open(str_z(&h->arena, path), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600)
		       : STDOUT_FILENO;
	if (fd < 0)
		return fail(&h->why, ERR_STORE, "cannot make %.*s: %s", (int)path.n, path.p, strerror(errno));
	while (text.n) {
		ssize_t n = write(fd, text.p, (size_t)text.n);
		if (n < 0 && errno == EINTR) continue;
		if (n < 0)
			return fail(&h->why, errno == ENOSPC ? ERR_FULL : ERR_STORE, "cannot write: %s",
				    strerror(errno));
		text = str_slice(text, n, text.n);
	}
	return !path.n || fsync(fd) == 0 ? OK : fail(&h->why, ERR_STORE, "cannot keep the file");
}

int command_export(const Args *a) {
	HUB_CLOSED h = {0};
	HtcdsFormat format;
	KEPT keep = arena_new((ptrdiff_t)8 << 30);
	HtcdsExport x = {.arena = &keep, .more = true, .report = {.text = {.a = &keep}}};
	Err e = a->nrest == 0 ? open_hub(&h, a) : fail(&h.why, ERR_INVALID, "use --out FILE");
	if (e == OK) e = format_of(&h, a->format, a->out, &format);
	while (e == OK && x.more) {
		e = hub_write_in(&h, put_some, &x);
		h.cx.readings = NULL;
		arena_reset(&h.scratch);
	}
	if (e == OK) e = write_out(&h, a->out, htcds_write(&keep, format, &x.records));
	if (e != OK) return command_failed("export", &h.why);
	(void)fwrite(x.report.text.p, 1, (size_t)x.report.text.n, stderr);
	(void)fprintf(
		stderr,
		"%td records; each reading is in the ledger. %lld lines above say what of a case was left "
		"out; duties and what happened stay in the hub\n",
		x.records.n, (long long)x.report.n);
	return 0;
}
