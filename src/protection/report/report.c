#include "report/report.h"
#include "duty/duty.h"
#include "identity/identity.h"
#include "report/report_parts.h"
#include "report_sql.h"
#include "stakeholder/stakeholder.h"
#include "vault/vault.h"

const Str report_close_reasons[REPORT_CLOSE_REASONS] = {
	SLIT("no_indication"), SLIT("outside"), SLIT("duplicate"), SLIT("withdrawn"), SLIT("other"),
};

bool report_file_type_ok(Str type) {
	static const Str taken[] = {
		SLIT("image/jpeg"),
		SLIT("image/png"),
		SLIT("image/webp"),
		SLIT("application/pdf"),
		SLIT("audio/mpeg"),
		SLIT("audio/ogg"),
		SLIT("application/ogg"),
		SLIT("audio/mp4"),
		SLIT("audio/x-m4a"),
		SLIT("video/mp4"),
		SLIT("text/plain"),
		SLIT("application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
	};
	for (ptrdiff_t i = 0; i < COUNT(taken); i++)
		if (str_eq(taken[i], type)) return true;
	return false;
}

static Err files_right(Cx *cx, const ReportFile *file, int n) {
	int64_t bytes = 0;
	if (n > REPORT_FILES) return fail(cx->why, ERR_TOO_LARGE, "%d files at once", n);
	for (int i = 0; i < n; i++) {
		bytes += file[i].bytes.n;
		if (!report_file_type_ok(file[i].type))
			return fail(cx->why, ERR_INVALID, "a file of a type that is not taken");
	}
	return bytes > REPORT_FILE_BYTES
		       ? fail(cx->why, ERR_TOO_LARGE, "%lld bytes of files", (long long)bytes)
		       : OK;
}

// ---- events for the duties
// ---------------------------------------------------------------------------------------

static Err event_of(Cx *cx, const Report *r, Str code, int64_t occurrence, DutyEvent *out) {
	ReportFacts facts;
	TRY(report_facts(cx, r, &facts));
	DutyFact *fact = NEW(cx->arena, DutyFact, facts.n);
	for (ptrdiff_t i = 0; i < facts.n; i++) fact[i] = (DutyFact){facts.fact[i].name, facts.fact[i].value};
	*out = (DutyEvent){.event = code,
			   .report = r->id,
			   .key = r->key,
			   .receiver = r->receiver,
			   .area = r->area,
			   .number = r->number,
			   .at = cx->now,
			   .occurrence = occurrence,
			   .facts = fact,
			   .nfacts = (int)facts.n};
	return OK;
}

static Err happens(Cx *cx, const Report *r, Str code, int64_t occurrence) {
	DutyEvent e;
	if (!pack_event(cx->pack, code)) return OK; // a pack need not know it
	TRY(event_of(cx, r, code, occurrence, &e));
	return duty_event(cx, &e);
}

// What was done is what a duty asked for: who owed it owes it no more.
static Err fulfils(Cx *cx, const Report *r, Str output) {
	DutyEvent e;
	TRY(event_of(cx, r, S(""), 0, &e));
	return duty_fulfil(cx, &e, output);
}

// ---- receiving
// -----------------------------------------------------------------------------------------------------

// The district of an area, or what is above; only that stands in clear. Empty for an area the pack does not
// know.
static Str clear_area(const Pack *p, Str code) {
	const PackArea *a = code.n ? pack_area(p, code) : NULL;
	while (a && a->parent.n && (str_eq(a->level, S("block")) || str_eq(a->level, S("community"))))
		a = pack_area(p, a->parent);
	return a ? a->code : (Str){0};
}

// Five signs say 33 million numbers; a crowded hub gets seven.
static Err new_number(Cx *cx, Str *out) {
	for (int try = 0; try < 12; try++) {
		Buf b = {.a = cx->arena};
		Str signs = token_new(cx->arena, try < 6 ? 25 : 35);
		buf_put(&b, S("R-"));
		for (ptrdiff_t i = 0; i < signs.n; i++) // capitals, as people read it out
			buf_char(&b, signs.p[i] >= 'a' && signs.p[i] <= 'z' ? (char)(signs.p[i] - 'a' + 'A')
									    : signs.p[i]);
		Str number = buf_str(&b);
		Rows rs;
		TRY(db_run(cx, &SQL_report_number_taken, &rs, STR(number)));
		if (rs.n) continue;
		*out = number;
		return OK;
	}
	return fail(cx->why, ERR_BUSY, "no report number is free");
}

static Str told_body(Cx *cx, const PackAnswers *v) {
	Body b = body_on(cx);
	for (ptrdiff_t i = 0; i < v->form->nask; i++)
		if (v->form->ask[i].name.n && v->value[i].n)
			body_str(&b, str_z(cx->arena, v->form->ask[i].name), v->value[i]);
	return buf_str(&b.b);
}

typedef struct {
	StakeholderId usual, receiver, wall[REPORT_WALLS + 1];
	int nwall;
} Path;

static bool is_walled(const Path *p, StakeholderId who) {
	for (int i = 0; i < p->nwall; i++)
		if (p->wall[i].n == who.n) return true;
	return false;
}

// Whom it goes to at once. With a wall anywhere on the way up, nobody yet: the walls must stand first.
static Err find_path(Cx *cx, const ReportIn *in, Str area, Path *p) {
	*p = (Path){.usual = in->taken_by};
	if (!p->usual.n) TRY(report_receiver(cx, area, &p->usual));
	for (int i = 0; i < in->nnamed && i < REPORT_WALLS; i++) p->wall[p->nwall++] = in->named[i];
	// Who wrote it down knows it already, and is no wall to itself; a citizen's usual receiver may be the
	// official's own.
	if (in->official_unknown && !in->taken_by.n && p->usual.n && !is_walled(p, p->usual))
		p->wall[p->nwall++] = p->usual;
	StakeholderId who = p->usual;
	for (int step = 0; who.n && step < 16; step++) {
		if (is_walled(p, who)) return OK;
		if (!p->nwall) break;
		TRY(stakeholder_above(cx, who, &who));
	}
	p->receiver = p->usual;
	return OK;
}

// Who is missed, where the form asks what somebody is found by.
static Err put_missing(Cx *cx, const ReportIn *in, KeyId key, Body *b) {
	IdentityFacts facts;
	Str known;
	PersonId who = {id_new()};
	TRY(identity_facts(cx, in->told, &facts));
	if (!identity_facts_any(&facts)) return OK;
	TRY(identity_seal(cx, who, key, &facts, &known));
	body_int(b, "missing", who.n);
	body_bytes(b, "known", known);
	return OK;
}

static Err append_received(Cx *cx, const ReportIn *in, const Path *p, const ReportReceipt *receipt,
			   Report *r) {
	Str told;
	TRY(vault_key_new(cx, KEY_REPORT, &r->key));
	TRY(vault_seal(cx, r->key, place_told(r->id), told_body(cx, in->told), &told));
	Body b = body_on(cx);
	body_str(&b, "number", r->number);
	body_str(&b, "channel", r->channel);
	body_str(&b, "about", r->about);
	body_str(&b, "area", r->area);
	body_int(&b, "receiver", p->receiver.n);
	if (receipt->text.n) body_bytes(&b, "locator", receipt->locator);
	body_bytes(&b, "salt", receipt->salt);
	body_bytes(&b, "secret", receipt->secret);
	body_bytes(&b, "told", told);
	body_int(&b, "walls", p->nwall);
	for (int i = 0; i < p->nwall; i++)
		body_int(&b, str_z(cx->arena, str_fmt(cx->arena, "wall%d", i)), p->wall[i].n);
	TRY(put_missing(cx, in, r->key, &b));
	TRY(report_files_put(cx, &b, r->key, in->file, in->nfile));
	r->told = told;
	return ledger_append(cx, &(Entry){.kind = &report_kind_received,
					  .about = ABOUT_REPORT,
					  .id = r->id.n,
					  .key = r->key,
					  .body = b});
}

typedef struct {
	const EntryKind *kind;
	Report next;
	Str said, said_as; // a message that goes with it, and its kind
} Move;

static Err move(Cx *cx, const Report *r, const Move *m, Report *out) {
	Body b = body_on(cx);
	body_int(&b, "version", r->version);
	body_str(&b, "from", report_state_code[r->state]);
	body_str(&b, "to", report_state_code[m->next.state]);
	body_int(&b, "before", r->receiver.n);
	body_int(&b, "receiver", m->next.receiver.n);
	body_int(&b, "kase", m->next.kase.n);
	body_str(&b, "closed_why", m->next.closed_why);
	if (m->said.n) {
		int64_t message = id_new();
		Str said;
		TRY(vault_seal(cx, r->key, place_said(message), m->said, &said));
		body_int(&b, "message", message);
		body_str(&b, "kind", m->said_as);
		body_bytes(&b, "said", said);
	}
	TRY(ledger_append(
		cx,
		&(Entry){.kind = m->kind, .about = ABOUT_REPORT, .id = r->id.n, .key = r->key, .body = b}));
	*out = m->next;
	out->version = r->version + 1;
	out->changed = cx->now;
	return OK;
}

static Err route_past_walls(Cx *cx, const Path *p, Report *r) {
	Move m = {.kind = &report_kind_routed, .next = *r};
	TRY(report_receiver_beyond(cx, r->id, p->usual, r->area, &m.next.receiver));
	return m.next.receiver.n ? move(cx, r, &m, r)
				 : OK; // nobody fits: it is kept, counted at the hub, and tried again
}

Err report_hand_over(Cx *cx, const Report *r, StakeholderId to) {
	Report now;
	Move m = {.kind = &report_kind_routed, .next = *r};
	m.next.receiver = to;
	m.next.state = REPORT_RECEIVED;
	TRY(move(cx, r, &m, &now));
	return happens(cx, &now, S("report_received"), now.version);
}

static Str kept_answer(Cx *cx, const ReportTaken *t) {
	Body b = body_on(cx);
	body_int(&b, "id", t->id.n);
	body_str(&b, "number", t->number);
	body_str(&b, "receipt", t->receipt);
	return buf_str(&b.b);
}

Err report_receive(Cx *cx, const ReportIn *in, ReportTaken *out) {
	TRY(files_right(cx, in->file, in->nfile));
	ReportReceipt receipt = report_receipt_new(cx);
	if (in->no_receipt) receipt.text = (Str){0};
	ReportTaken taken = {.id = {id_new()}, .receipt = receipt.text};
	TRY(new_number(cx, &taken.number));
	bool first;
	Str kept;
	TRY(report_once_take(cx, in->once, kept_answer(cx, &taken), &first, &kept));
	if (!first) {
		*out = (ReportTaken){{body_get_int(kept, "id")},
				     body_get_str(kept, "number"),
				     body_get_str(kept, "receipt"),
				     true};
		return OK;
	}
	Report r = {.id = taken.id,
		    .number = taken.number,
		    .state = REPORT_RECEIVED,
		    .channel = in->channel,
		    .version = 1,
		    .about = pack_answer(in->told, "about"),
		    .area = clear_area(cx->pack, pack_answer(in->told, "area"))};
	Path path;
	TRY(find_path(cx, in, r.area, &path));
	r.receiver = path.receiver;
	TRY(append_received(cx, in, &path, &receipt, &r));
	if (!r.receiver.n) TRY(route_past_walls(cx, &path, &r));
	TRY(happens(cx, &r, S("report_received"), 0));
	*out = taken;
	return OK;
}

// ---- talking with the reporter
// -------------------------------------------------------------------------------------

static Err say_on(Cx *cx, const Report *r, Str kind, Str text, const ReportFile *file, int nfile,
		  int64_t *message) {
	int64_t id = id_new();
	Str said;
	Body b = body_on(cx);
	TRY(vault_seal(cx, r->key, place_said(id), text, &said));
	body_int(&b, "message", id);
	body_str(&b, "kind", kind);
	body_bytes(&b, "said", said);
	TRY(report_files_put(cx, &b, r->key, file, nfile));
	*message = id;
	return ledger_append(cx, &(Entry){.kind = &report_kind_message,
					  .about = ABOUT_REPORT,
					  .id = r->id.n,
					  .key = r->key,
					  .body = b});
}

Err report_add(Cx *cx, const Report *r, Str text, const ReportFile *file, int nfile, Str once) {
	if (!str_trim(text).n && !nfile) return fail(cx->why, ERR_INVALID, "nothing to add");
	TRY(files_right(cx, file, nfile));
	bool first;
	Str kept;
	TRY(report_once_take(cx, once, S("added"), &first, &kept));
	if (!first) return fail(cx->why, ERR_CONFLICT, "this was added before");
	int64_t message;
	TRY(say_on(cx, r, S("reporter"), text, file, nfile, &message));
	return happens(cx, r, S("message_received"), message);
}

// Whoever works on a report that nobody acknowledged has taken charge of it.
static Err take_charge(Cx *cx, const Report *r, Report *out) {
	*out = *r;
	if (r->state != REPORT_RECEIVED) return OK;
	Move m = {.kind = &report_kind_acknowledged, .next = *r};
	m.next.state = REPORT_ACKNOWLEDGED;
	TRY(move(cx, r, &m, out));
	TRY(fulfils(cx, out, S("acknowledgement")));
	return happens(cx, out, S("report_acknowledged"), out->version);
}

Err report_acknowledge(Cx *cx, const Report *r) {
	Report next;
	if (r->state != REPORT_RECEIVED)
		return fail(cx->why, ERR_CONFLICT, "report %lld is acknowledged already", (long long)r->id.n);
	return take_charge(cx, r, &next);
}

Err report_answer(Cx *cx, const Report *r, Str text) {
	if (!str_trim(text).n) return fail(cx->why, ERR_INVALID, "an empty answer");
	Report now;
	int64_t message;
	TRY(take_charge(cx, r, &now));
	TRY(say_on(cx, &now, S("answer"), text, NULL, 0, &message));
	return fulfils(cx, &now, S("answer"));
}

Err report_route(Cx *cx, const Report *r, StakeholderId to, Str why) {
	if (!str_trim(why).n) return fail(cx->why, ERR_INVALID, "sent on without a reason");
	if (r->state == REPORT_CASE_OPENED || r->state == REPORT_CLOSED || to.n == r->receiver.n)
		return fail(cx->why, ERR_CONFLICT, "report %lld cannot be sent there now",
			    (long long)r->id.n);
	Stakeholder agency;
	bool is_free;
	TRY(stakeholder_get(cx, to, &agency));
	TRY(report_free_of_walls(cx, (Object){ABOUT_REPORT, r->id.n}, to, &is_free));
	if (!agency.active || !is_free)
		return fail(cx->why, ERR_NOT_FOUND, "agency %lld takes no reports of this kind",
			    (long long)to.n);
	Move m = {.kind = &report_kind_routed, .next = *r, .said = why, .said_as = S("routed")};
	m.next.state = REPORT_RECEIVED;
	m.next.receiver = to;
	Report now;
	TRY(move(cx, r, &m, &now));
	return happens(cx, &now, S("report_received"), now.version);
}

Err report_close(Cx *cx, const Report *r, Str reason, Str text) {
	bool known = false;
	for (ptrdiff_t i = 0; i < COUNT(report_close_reasons); i++)
		known |= str_eq(report_close_reasons[i], reason);
	if (!known || !str_trim(text).n) return fail(cx->why, ERR_INVALID, "closed without a reason");
	if (r->state == REPORT_CASE_OPENED || r->state == REPORT_CLOSED)
		return fail(cx->why, ERR_CONFLICT, "report %lld cannot be closed now", (long long)r->id.n);
	Report now;
	TRY(take_charge(cx, r, &now));
	Move m = {.kind = &report_kind_closed, .next = now, .said = text, .said_as = S("closed")};
	m.next.state = REPORT_CLOSED;
	m.next.closed_why = reason;
	TRY(move(cx, &now, &m, &now));
	return fulfils(cx, &now, S("decision"));
}

Err report_mark_screened(Cx *cx, ReportId id) {
	Report r;
	TRY(report_get(cx, id, &r));
	if (r.state != REPORT_RECEIVED && r.state != REPORT_ACKNOWLEDGED) return OK;
	TRY(take_charge(cx, &r, &r));
	Move m = {.kind = &report_kind_screened, .next = r};
	m.next.state = REPORT_SCREENED;
	return move(cx, &r, &m, &r);
}

Err report_mark_case(Cx *cx, ReportId id, CaseId kase) {
	Report r;
	TRY(report_get(cx, id, &r));
	if (r.state == REPORT_CASE_OPENED || r.state == REPORT_CLOSED)
		return fail(cx->why, ERR_CONFLICT, "report %lld has a case or is closed", (long long)id.n);
	TRY(take_charge(cx, &r, &r));
	Move m = {.kind = &report_kind_case, .next = r};
	m.next.state = REPORT_CASE_OPENED;
	m.next.kase = kase;
	TRY(move(cx, &r, &m, &r));
	return fulfils(cx, &r, S("decision"));
}
