// match psi: two agencies find the persons that both know, without showing each other their files.
// docs/matching.md
//
// Names are in memory only until the tokens are made; while the other side is waited for there are ids,
// tokens under this session and a key of this session. Nothing of them is written. What leaves is written
// down first: in the list beside the key, and in the hub's ledger when one is named.
#include "command/psi.h"
#include "base/csv.h"
#include "base/when.h"
#include "command/hub.h"
#include "command/match_run.h"
#include "command/psi_log.h"
#include "command/psi_wire.h"
#include "match/psi_channel.h"
#include <signal.h>
#include <stdio.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

// Measured in docs/bench-match.md: from ten collisions on few pairs are wrong.
enum { PROBABLE = 10, MOST = 100000, A_DAY = 5, DAYS_AHEAD = 30 };

static const EntryKind KIND_psi_begun = {"match.begun", NULL}, KIND_psi_ended = {"match.ended", NULL};
const EntryKind *const psi_kinds[] = {&KIND_psi_begun, &KIND_psi_ended, &KIND_clk_made, NULL};

typedef struct {
	MatchRun in;
	Arena keep; // what lives as long as the session
	PsiAgreed agreed;
	bool asks;
	int threads;
	int64_t a_day;
	Str *id; // of each own record
	int32_t n;
	PsiLogged log;
	Str hub;
	bool begun;
	PsiWire wire;
	PsiPair *pair;
	int32_t npairs;
	PsiChannel channel;
	PsiSide side;
} Session;

// ---- keys and memory --------------------------------------------------------------------------------------

// Keys in memory that is not swapped out.
static Err keep_to_ourselves(Session *s) {
	TRY(match_keep_to_ourselves(&s->in.why));
	if (mlock(&s->channel, sizeof s->channel) != 0 || mlock(&s->side, sizeof s->side) != 0)
		return fail(&s->in.why, ERR_STORE,
			    "memory cannot be locked (ulimit -l): no keys without that");
	(void)signal(SIGPIPE, SIG_IGN);
	return OK;
}

// What reading and comparing left on the stack, names among it.
static __attribute__((noinline)) void wipe_stack(void) {
	uint8_t below[1 << 19];
	explicit_bzero(below, sizeof below);
}

static bool read_hex(Str hex, uint8_t out[32]) {
	if (hex.n != 64) return false;
	for (int i = 0; i < 64; i++) {
		char c = hex.p[i];
		int v = c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
		if (v < 0) return false;
		out[i / 2] = (uint8_t)(i % 2 ? out[i / 2] << 4 | v : v);
	}
	return true;
}

// ---- what was agreed --------------------------------------------------------------------------------------

static Err number_of(Session *s, const char *option, Str text, int64_t usual, int64_t most, int64_t *out) {
	*out = usual;
	if (text.n && (!str_to_int(text, out) || *out < 1 || *out > most))
		return fail(&s->in.why, ERR_INVALID, "%s is a number from 1 to %lld", option,
			    (long long)most);
	return OK;
}

// A day counts until its end in UTC.
static Err read_until(Session *s, Str text) {
	int64_t days, now = (int64_t)time(NULL), until = 0;
	if (when_parse_date(text, &days))
		until = (days + 1) * 86400;
	else if (!str_ends(text, S("Z")) || !when_parse(NULL, text, &until))
		return fail(&s->in.why, ERR_INVALID,
			    "--until is a day or an instant in UTC: 2026-11-30, "
			    "2026-11-30T12:00:00Z");
	if (until <= now) return fail(&s->in.why, ERR_GONE, "the agreement ended: --until is past");
	if (until > now + (int64_t)(DAYS_AHEAD + 1) * 86400)
		return fail(&s->in.why, ERR_INVALID, "--until is at most %d days ahead", DAYS_AHEAD);
	s->agreed.until = s->wire.until = until;
	return OK;
}

static Err read_role(Session *s, const Args *a) {
	s->asks = str_eq(a->role, S("ask"));
	if (!s->asks && !str_eq(a->role, S("answer")))
		return fail(&s->in.why, ERR_INVALID,
			    "--role is ask or answer: one side asks, the other answers");
	s->agreed.asker = s->asks ? a->me : a->partner;
	s->agreed.holder = s->asks ? a->partner : a->me;
	if ((a->folder.n > 0) + (a->listen.n > 0) + (a->connect.n > 0) + a->pipe != 1)
		return fail(&s->in.why, ERR_INVALID,
			    "one of --folder, --listen, --connect and --pipe is needed");
	if (a->pipe && (!a->out.n || str_eq(a->out, S("-"))))
		return fail(&s->in.why, ERR_INVALID, "--pipe needs --out: standard output is the partner's");
	return OK;
}

static Err read_agreed(Session *s, const Args *a) {
	int64_t threads;
	s->agreed.purpose = a->purpose;
	s->agreed.session = a->session;
	TRY(read_role(s, a));
	TRY(number_of(s, "--most", a->most, MOST, PSI_RECORDS, &s->agreed.most));
	TRY(number_of(s, "--a-day", a->a_day, A_DAY, 1000, &s->a_day));
	TRY(number_of(s, "--threads", a->threads, sysconf(_SC_NPROCESSORS_ONLN), PSI_THREADS, &threads));
	s->threads = (int)threads;
	TRY(read_until(s, a->until));
	if (!read_hex(a->partner_key, s->channel.partner))
		return fail(&s->in.why, ERR_INVALID,
			    "--partner-key is the partner's public key, 64 signs, as its sangam match key "
			    "prints it");
	TRY(match_take_key(&s->in, &s->keep, a->key, false, s->channel.secret));
	return OK;
}

// ---- the file of people -----------------------------------------------------------------------------------

static Err make_tokens(Session *s, const People *p) {
	PsiTerms terms = {.bytes = psi_agreed_text(&s->keep, &s->agreed),
			  .collisions = s->agreed.collisions,
			  .most = s->agreed.most,
			  .one_each = true};
	PsiRecord *record = NEW(&s->in.arena, PsiRecord, p->n + 1);
	s->id = NEW(&s->keep, Str, p->n + 1);
	for (int32_t i = 0; i < p->n; i++) {
		record[i] = psi_record(&s->in.arena, p, &p->person[i], s->agreed.fields);
		s->id[i] = str_dup(&s->keep, p->person[i].id);
	}
	s->n = p->n;
	TRY(psi_begin(&s->keep, &s->in.why, &terms, record, p->n, &s->side));
	s->side.threads = s->threads;
	return OK;
}

static Err read_people(Session *s, const Args *a) {
	int64_t c;
	People people;
	TRY(match_read_schema(&s->in, a->schema));
	PsiFields has = psi_fields_of(&s->in.schema);
	s->agreed.fields = has;
	if (a->fields.n) TRY(psi_fields_read(&s->in.why, a->fields, has, &s->agreed.fields));
	TRY(number_of(s, "--collisions", a->collisions, psi_collisions_usual(s->agreed.fields), PSI_BANDS,
		      &c));
	s->agreed.collisions = (int)c;
	TRY(psi_agreed_check(&s->in.why, &s->agreed));
	people_begin(&people, &s->in.arena, match_year_now(), &s->in.schema);
	TRY(match_read_people(&s->in, a->rest[0], &people));
	if (people.n > s->agreed.most)
		return fail(&s->in.why, ERR_TOO_LARGE, "%d people, %lld are agreed (--most)", people.n,
			    (long long)s->agreed.most);
	return make_tokens(s, &people);
}

// Everything of the file but ids and tokens is forgotten; what follows needs little memory of its own.
static Err take_people(Session *s, const Args *a) {
	Err e = read_people(s, a);
	arena_free(&s->in.arena);
	s->in.arena = arena_new((ptrdiff_t)1 << 30);
	wipe_stack();
	return e;
}

// ---- what is written down ---------------------------------------------------------------------------------

typedef struct {
	const Session *s;
	const EntryKind *kind;
	int64_t pairs;
} Noted;

static Err note_entry(Cx *cx, void *with) {
	const Noted *n = with;
	const PsiLogged *l = &n->s->log;
	Entry e = {.kind = n->kind, .about = ABOUT_HUB, .key = vault_hub_key(cx->vault), .body = body_on(cx)};
	body_str(&e.body, "who", l->me);
	body_str(&e.body, "with", l->other);
	body_str(&e.body, "role", l->asks ? S("asks") : S("answers"));
	body_str(&e.body, "purpose", l->purpose);
	body_str(&e.body, "session", l->session);
	body_bytes(&e.body, "partner key", (Str){(const char *)l->partner, sizeof l->partner});
	body_int(&e.body, "until", n->s->agreed.until);
	body_int(&e.body, "records", l->records);
	body_int(&e.body, "pairs", n->pairs);
	return ledger_append(cx, &e);
}

static Err note_in_hub(Session *s, const EntryKind *kind, int64_t pairs) {
	HUB_CLOSED h = {0};
	Noted n = {s, kind, pairs};
	if (!s->hub.n) return OK;
	Err e = hub_read(&h, s->hub);
	if (e == OK) e = hub_open(&h, false, false);
	if (e == OK) e = hub_write_in(&h, note_entry, &n);
	return e == OK ? OK : fail(&s->in.why, e, "the hub's ledger: %s", h.why.msg);
}

static Err write_down_begin(Session *s) {
	TRY(psi_log_begin(&s->keep, &s->in.why, &s->log, (int64_t)time(NULL), s->a_day));
	s->begun = true;
	return note_in_hub(s, &KIND_psi_begun, 0);
}

static Err write_down_end(Session *s, int64_t pairs) {
	if (!s->begun) return OK;
	s->begun = false;
	Err e = psi_log_end(&s->keep, &s->in.why, &s->log, (int64_t)time(NULL), pairs);
	Err hub = note_in_hub(s, &KIND_psi_ended, pairs);
	return e != OK ? e : hub;
}

// ---- the four messages ------------------------------------------------------------------------------------

static Err send(Session *s, int step, Str payload) {
	Buf out = {.a = &s->keep};
	psi_channel_wrap(&s->channel, &s->keep, payload, &out);
	TRY(wire_send(&s->wire, &s->in.why, &s->keep, step, buf_str(&out)));
	(void)fprintf(stderr, "message %d of 4 is out (%td bytes)\n", step, out.n);
	return OK;
}

static Err take(Session *s, int step, Str *payload) {
	Str message;
	(void)fprintf(stderr, "waiting for message %d of 4\n", step);
	TRY(wire_take(&s->wire, &s->in.why, &s->keep, step, &message));
	if ((int64_t)time(NULL) >= s->agreed.until)
		return fail(&s->in.why, ERR_GONE, "the time agreed on is over; message %d is not looked at",
			    step);
	Why inner = {0};
	Err e = psi_channel_open(&s->channel, &inner, &s->keep, message, payload);
	return e == OK ? OK : fail(&s->in.why, e, "message %d is refused: %s", step, inner.msg);
}

static Err ask(Session *s) {
	Buf start = {.a = &s->keep}, ask = {.a = &s->keep};
	Str answer, reveal;
	TRY(write_down_begin(s));
	psi_start(&s->side, &start);
	TRY(send(s, 1, buf_str(&start)));
	TRY(take(s, 2, &answer));
	TRY(psi_ask(&s->side, &s->in.why, answer, &ask));
	TRY(send(s, 3, buf_str(&ask)));
	TRY(take(s, 4, &reveal));
	return psi_learn(&s->side, &s->in.why, reveal, &s->pair, &s->npairs);
}

static Err answer(Session *s) {
	Buf answer = {.a = &s->keep}, reveal = {.a = &s->keep};
	Str start, ask;
	TRY(take(s, 1, &start));
	TRY(write_down_begin(s));
	TRY(psi_answer(&s->side, &s->in.why, start, &answer));
	TRY(send(s, 2, buf_str(&answer)));
	TRY(take(s, 3, &ask));
	TRY(psi_reveal(&s->side, &s->in.why, ask, &reveal, &s->pair, &s->npairs));
	return send(s, 4, buf_str(&reveal));
}

static Err open_wire(Session *s, const Args *a) {
	// The largest is the answer: both sides' points.
	s->wire.most = 2 * (ptrdiff_t)s->agreed.most * PSI_BANDS * POINT_BYTES + 4096;
	s->wire.session = s->agreed.session;
	if (a->listen.n) return wire_listen(&s->wire, &s->in.why, &s->keep, a->listen);
	if (a->connect.n) return wire_connect(&s->wire, &s->in.why, &s->keep, a->connect);
	if (a->pipe) {
		s->wire.in = STDIN_FILENO;
		s->wire.out = STDOUT_FILENO;
	}
	s->wire.folder = a->folder;
	return OK;
}

static Err write_pairs(void *with, int fd) {
	Session *s = with;
	Buf b = {.a = &s->keep};
	buf_put(&b, S("pair,id,collisions,decision\n"));
	for (int32_t i = 0; i < s->npairs; i++) {
		const PsiPair *p = &s->pair[i];
		ASSERT(p->own >= 0 && p->own < s->n);
		buf_fmt(&b, "%d", i + 1);
		csv_put(&b, s->id[p->own], false, false);
		buf_fmt(&b, ",%d,%s\n", p->collisions, p->collisions >= PROBABLE ? "probable" : "possible");
	}
	return match_write_text(&s->in.why, fd, buf_str(&b));
}

// Pairs name records that are there: those made up to fill the number have no tokens.
static Err check_pairs(Session *s) {
	for (int32_t i = 0; i < s->npairs; i++)
		if (s->pair[i].own < 0 || s->pair[i].own >= s->n)
			return fail(&s->in.why, ERR_INVALID, "pair %d names no record", i + 1);
	return OK;
}

static Err exchange(Session *s, const Args *a) {
	TRY(open_wire(s, a));
	TRY(s->asks ? ask(s) : answer(s));
	TRY(check_pairs(s));
	return match_write_out(&s->in, a->out, write_pairs, s);
}

static Err run_session(Session *s, const Args *a) {
	if (a->nrest != 1) return fail(&s->in.why, ERR_INVALID, "name one file");
	TRY(keep_to_ourselves(s));
	TRY(read_agreed(s, a));
	TRY(take_people(s, a));
	psi_channel_begin(&s->keep, &s->agreed, s->asks, &s->channel);
	s->hub = a->hub_given ? a->hub : (Str){0};
	s->log = (PsiLogged){.path = str_fmt(&s->keep, "%.*s.sessions", (int)a->key.n, a->key.p),
			     .session = s->agreed.session,
			     .purpose = s->agreed.purpose,
			     .me = a->me,
			     .other = a->partner,
			     .asks = s->asks,
			     .records = s->side.nrecord};
	memcpy(s->log.partner, s->channel.partner, sizeof s->log.partner);
	Str fields = psi_fields_say(&s->keep, s->agreed.fields);
	(void)fprintf(stderr, "%d people, told as %d; compared by %.*s; pairs from %d collisions on\n", s->n,
		      s->side.nrecord, (int)fields.n, fields.p, s->agreed.collisions);
	Err e = exchange(s, a);
	if (e == OK) {
		(void)fprintf(stderr, "%d pairs; a pair is a question for people, not an answer\n",
			      s->npairs);
		return write_down_end(s, s->npairs);
	}
	Why first = s->in.why; // what follows must not hide it
	(void)write_down_end(s, -1);
	s->in.why = first;
	return e;
}

int command_match_psi(const Args *a) {
	Session s = {.wire = {.in = -1, .out = -1}};
	match_begin(&s.in, (ptrdiff_t)16 << 30);
	s.keep = arena_new((ptrdiff_t)16 << 30);
	Err e = run_session(&s, a);
	wire_close(&s.wire);
	if (s.side.token) psi_end(&s.side);
	explicit_bzero(&s.channel, sizeof s.channel);
	arena_free(&s.keep);
	return match_end(&s.in, "match psi", e);
}
