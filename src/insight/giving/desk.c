// The work beside the writer: debit on the disk, the ledger's entry of it, only then the draw.
//
// One step a call. What a step came to waits for the tick, and the next step is taken when the database that
// everybody sees holds it: so nothing is drawn before the debit is in both ledgers, whenever the program
// ends.
#include "giving/giving_parts.h"
#include "giving_sql.h"
#include "vault/vault.h"
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#define DESK_BYTES ((ptrdiff_t)2 << 30) // of addresses; pages are taken as they are used
enum { SPEND_BYTES = 16 << 20 };

static Str spend_path(Arena *a, const Desk *d) {
	return str_fmt(a, "%.*s/people.spend", (int)d->dir.n, d->dir.p);
}

Err giving_begin(Cx *cx, Str dir, const Str *codebook, int n, Desk **out) {
	Desk *d = NEW(cx->arena, Desk, 1);
	(void)pthread_mutex_init(&d->lock, NULL);
	d->dir = str_dup(cx->arena, dir);
	for (int i = 0; i < n && i < GIVING_BOOKS; i++)
		TRY(codebook_read(cx->arena, cx->why, str_dup(cx->arena, codebook[i]), &d->book[d->nbook++]));
	*out = d;
	return OK;
}

void desk_free(Desk *d) {
	if (!d) return;
	if (d->making.running) (void)pthread_join(d->making.thread, NULL);
	(void)pthread_mutex_destroy(&d->lock);
	if (d->arena.beg) arena_free(&d->arena);
}

const Codebook *giving_book(const Desk *d, Str hash) {
	for (int i = 0; i < d->nbook; i++)
		if (str_eq(hash, d->book[i].hash)) return &d->book[i];
	return NULL;
}

static void leave_outcome(Desk *d, GivingId id, const Outcome *o) {
	(void)pthread_mutex_lock(&d->lock);
	d->id = id;
	d->outcome = *o;
	(void)pthread_mutex_unlock(&d->lock);
}

static void clear_desk(Desk *d) {
	leave_outcome(d, (GivingId){0}, &(Outcome){0});
	if (d->arena.beg) arena_free(&d->arena);
	d->arena = (Arena){0};
}

// ---- do the two ledgers agree?
// ------------------------------------------------------------------------------------------

typedef struct {
	bool there;
	Spent s;
	bool last_is_ours; // debited for this very release, before the hub's ledger knew
} SpendFile;

static void close_fd(const int *fd) {
	if (*fd >= 0) (void)close(*fd);
}

static Err read_file(Cx *cx, Str path, Str *out, bool *there) {
	__attribute__((cleanup(close_fd))) int fd =
		open(str_z(cx->arena, path), O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	*there = fd >= 0;
	*out = (Str){0};
	if (fd < 0 && errno == ENOENT) return OK;
	if (fd < 0) return fail(cx->why, ERR_STORE, "the privacy ledger cannot be read: %s", strerror(errno));
	char *at = NEW(cx->arena, char, SPEND_BYTES);
	ptrdiff_t n = 0;
	for (ssize_t got; (got = read(fd, at + n, (size_t)(SPEND_BYTES - n))) != 0; n += got)
		if (got < 0) return fail(cx->why, ERR_STORE, "the privacy ledger cannot be read");
	*out = (Str){at, n};
	return OK;
}

static Str debit_name(Arena *a, GivingId id) { return str_fmt(a, "release-%lld", (long long)id.n); }

static Err read_spend(Cx *cx, GivingId id, SpendFile *out) {
	Str text, last = {0}, line, word = {0};
	ptrdiff_t whole = 0;
	*out = (SpendFile){0};
	TRY(read_file(cx, spend_path(cx->arena, cx->desk), &text, &out->there));
	if (!text.n) return OK;
	TRY(spend_read(cx->arena, cx->why, text, &out->s, &whole));
	for (Str rest = str_slice(text, 0, whole); str_cut(&rest, '\n', &line);)
		if (line.n) last = line;
	for (int i = 0; i < 4 && str_cut(&last, ' ', &word); i++) {}
	out->last_is_ours = out->s.entries && str_eq(word, debit_name(cx->arena, id));
	return OK;
}

// *owed: the debit still has to be made. ERR_DENIED: one of the two was set back or altered.
static Err compare_ledgers(Cx *cx, GivingId id, SpendFile *file, bool *owed) {
	Row total, head;
	TRY(db_one(cx, &SQL_giving_total, &total));
	int64_t entries = row_int(&total, 2), spent = row_int(&total, 1);
	if (read_spend(cx, id, file) == ERR_INVALID)
		return fail(cx->why, ERR_DENIED, "the privacy ledger was altered");
	bool ahead = file->last_is_ours && file->s.entries == entries + 1;
	*owed = !ahead;
	if (!ahead && (file->s.entries != entries || file->s.spent != spent))
		return fail(cx->why, ERR_DENIED, "the privacy ledger is not as the hub's ledger has it");
	if (ahead || !entries) return OK;
	TRY(db_one(cx, &SQL_giving_head, &head, INT(entries)));
	if (!str_eq(row_str(&head, 0), (Str){(const char *)file->s.head, sizeof file->s.head}))
		return fail(cx->why, ERR_DENIED, "the privacy ledger has another head than the hub's ledger");
	return OK;
}

// ---- the steps
// -------------------------------------------------------------------------------------------------------

static const char *why_of(Err e, bool drawn) {
	switch (e) {
	case ERR_DENIED:
		return "set_back";
	case ERR_LIMIT:
		return drawn ? "few" : "cap";
	case ERR_INVALID:
		return "codebook";
	case OK:
	case ERR_NOT_FOUND:
	case ERR_CONFLICT:
	case ERR_BUSY:
	case ERR_GONE:
	case ERR_TOO_LARGE:
	case ERR_FULL:
	case ERR_STORE:
	case ERR_BUG:
	case ERR__N:
		break;
	}
	return "store";
}

static Err debit(Cx *cx, const Giving *g, Spent *out) {
	SpendFile file;
	bool owed;
	if (!giving_book(cx->desk, g->codebook))
		return fail(cx->why, ERR_INVALID, "the pack's codebook is another one by now");
	TRY(compare_ledgers(cx, g->id, &file, &owed));
	*out = file.s;
	return owed ? spend_debit(cx->arena, cx->why, spend_path(cx->arena, cx->desk), g->rho,
				  debit_name(cx->arena, g->id), cx->now, out)
		    : OK;
}

static Err begin_next(Cx *cx, Desk *d) {
	Rows rs;
	Giving g;
	Outcome o = {.kind = OUTCOME_DEBITED};
	TRY(db_run(cx, &SQL_giving_of_state, &rs, INT(GIVING_APPROVED), INT(1)));
	if (!rs.n) return OK;
	TRY(giving_get(cx, (GivingId){row_int(&rs.row[0], 0)}, &g));
	Err e = debit(cx, &g, &o.spent);
	if (e == ERR_BUSY) return OK; // another release is at it; next time
	if (e != OK) o = (Outcome){.kind = OUTCOME_REFUSED, .why = why_of(e, false)};
	leave_outcome(d, g.id, &o);
	return OK;
}

// ---- the making, on its own thread
// -------------------------------------------------------------------------------------------------------------

static void *make_main(void *with) {
	Desk *d = with;
	Making *m = &d->making;
	m->e = giving_make(&d->arena, &m->why, &m->ask, &m->made);
	explicit_bzero(m->ask.secret, sizeof m->ask.secret);
	atomic_store(&m->done, true);
	return NULL;
}

static Err read_people(Cx *cx, Desk *d, const Giving *g, MakeAsk *ask) {
	Cx reads = *cx;
	Arena scratch = arena_new(DESK_BYTES);
	reads.arena = &scratch;
	*ask = (MakeAsk){.book = giving_book(d, g->codebook),
			 .epsilon = g->epsilon,
			 .now = cx->now,
			 .rho = g->rho,
			 .spent = d->outcome.spent,
			 .dir = d->dir,
			 .lang = lang_offered(cx->pack->lang[0]) ? (int)cx->pack->lang[0] : LANG_EN};
	giving_signs(&reads, ask->secret, ask->key);
	Err e = measure_method(g->method, &ask->method)
			? OK
			: fail(cx->why, ERR_INVALID, "this program has no such method");
	if (e == OK) e = giving_people(&reads, &d->arena, ask->book, &ask->csv);
	arena_free(&scratch);
	return e;
}

// Reading is done here, where the database is; what takes long is not.
static void begin_making(Cx *cx, Desk *d, const Giving *g) {
	Making *m = &d->making;
	d->arena = arena_new(DESK_BYTES);
	*m = (Making){0};
	Err e = read_people(cx, d, g, &m->ask);
	if (e == OK && pthread_create(&m->thread, NULL, make_main, d) == 0) {
		m->running = true;
		return;
	}
	explicit_bzero(m->ask.secret, sizeof m->ask.secret);
	leave_outcome(d, g->id, &(Outcome){.kind = OUTCOME_REFUSED, .why = why_of(e, true)});
}

// What was made lasts until the tick has written it.
static void end_making(Desk *d) {
	Making *m = &d->making;
	Outcome o = {.kind = OUTCOME_MADE};
	(void)pthread_join(m->thread, NULL);
	m->running = false;
	o.made = m->made;
	if (m->e != OK) o = (Outcome){.kind = OUTCOME_REFUSED, .why = why_of(m->e, true)};
	leave_outcome(d, d->id, &o);
}

Err giving_work(Cx *cx, bool *more) {
	Desk *d = cx->desk;
	Giving g;
	*more = false;
	if (!d) return OK;
	if (!d->id.n) return begin_next(cx, d); // only this thread writes what it reads here without the lock
	if (d->making.running) {
		if (atomic_load(&d->making.done)) end_making(d);
		return OK;
	}
	TRY(giving_get(cx, d->id, &g));
	if (g.state == GIVING_DEBITED && d->outcome.kind == OUTCOME_DEBITED)
		begin_making(cx, d, &g);
	else if (g.state >= GIVING_GIVEN)
		clear_desk(d);
	return OK;
}
