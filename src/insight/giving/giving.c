// Asking, answering, and what the ledger keeps of a release.
#include "giving/giving_parts.h"
#include "giving_sql.h"
#include "vault/vault.h"

enum { NEEDED = 2 }; // agencies that say yes
typedef enum {
	G_ID,
	G_STATE,
	G_MEMBER,
	G_STAKEHOLDER,
	G_AT,
	G_CHANGED,
	G_EPSILON,
	G_RHO,
	G_CODEBOOK,
	G_NAMED,
	G_PURPOSE,
	G_WHY,
	G_ENTRY,
	G_SPENT,
	G_HEAD,
	G_PEOPLE,
	G_HALF,
	G_METHOD
} GivingColumn;

// ---- reading
// -------------------------------------------------------------------------------------------------------

static Giving giving_of(const Row *r) {
	return (Giving){
		.id = {row_int(r, G_ID)},
		.state = (GivingState)row_int(r, G_STATE),
		.member = {row_int(r, G_MEMBER)},
		.stakeholder = {row_int(r, G_STAKEHOLDER)},
		.at = row_int(r, G_AT),
		.changed = row_int(r, G_CHANGED),
		.epsilon = row_int(r, G_EPSILON),
		.rho = row_int(r, G_RHO),
		.entry = row_int(r, G_ENTRY),
		.spent = row_int(r, G_SPENT),
		.people = row_int(r, G_PEOPLE),
		.half = row_int(r, G_HALF),
		.codebook = row_str(r, G_CODEBOOK),
		.named = row_str(r, G_NAMED),
		.sealed_purpose = row_str(r, G_PURPOSE),
		.why = row_str(r, G_WHY),
		.head = row_str(r, G_HEAD),
		.method = row_str(r, G_METHOD),
	};
}

Err giving_get(Cx *cx, GivingId id, Giving *out) {
	Row r;
	TRY(db_one(cx, &SQL_giving_get, &r, INT(id.n)));
	*out = giving_of(&r);
	return OK;
}

Err giving_list(Cx *cx, int limit, Givings *out) {
	Rows rs;
	TRY(db_run(cx, &SQL_giving_list, &rs, INT(limit)));
	*out = (Givings){NEW(cx->arena, Giving, rs.n), rs.n};
	for (ptrdiff_t i = 0; i < rs.n; i++) out->at[i] = giving_of(&rs.row[i]);
	return OK;
}

Err giving_answers(Cx *cx, GivingId id, GivingAnswers *out) {
	Rows rs;
	TRY(db_run(cx, &SQL_giving_answers, &rs, INT(id.n)));
	*out = (GivingAnswers){NEW(cx->arena, GivingAnswer, rs.n), rs.n};
	for (ptrdiff_t i = 0; i < rs.n; i++) {
		const Row *r = &rs.row[i];
		out->at[i] =
			(GivingAnswer){{row_int(r, 0)}, {row_int(r, 1)}, row_int(r, 2), row_int(r, 3) != 0};
	}
	return OK;
}

static Place purpose_place(int64_t id) { return (Place){"giving", "purpose", id}; }
static Place blob_place(int64_t id) { return (Place){"blob", "sealed", id}; }

Err giving_purpose(Cx *cx, const Giving *g, Str *out) {
	return vault_unseal(cx, vault_hub_key(cx->vault), purpose_place(g->id.n), g->sealed_purpose, out);
}

Err giving_files(Cx *cx, GivingId id, GivingFiles *out) {
	Rows rs;
	TRY(db_run(cx, &SQL_giving_files, &rs, INT(id.n)));
	*out = (GivingFiles){NEW(cx->arena, GivingFile, rs.n), rs.n};
	for (ptrdiff_t i = 0; i < rs.n; i++) {
		const Row *r = &rs.row[i];
		out->at[i] = (GivingFile){row_int(r, 0), row_str(r, 1), row_int(r, 2)};
	}
	return OK;
}

Err giving_bytes(Cx *cx, GivingId id, Str name, Str *out) {
	Row r;
	TRY(db_one(cx, &SQL_giving_file_get, &r, INT(id.n), STR(name)));
	return vault_unseal(cx, vault_hub_key(cx->vault), blob_place(row_int(&r, 0)), row_str(&r, 1), out);
}

Err giving_spent(Cx *cx, int64_t *out) {
	Row r;
	TRY(db_one(cx, &SQL_giving_total, &r));
	*out = row_int(&r, 1);
	return OK;
}

int64_t giving_left(Cx *cx, int64_t spent) {
	(void)cx;
	return account_rho(SPEND_CAP_EPSILON, SPEND_CAP_DELTA) - spent;
}

// ---- what the ledger keeps
// ---------------------------------------------------------------------------------------------

static Err project_asked(Cx *cx, const Entry *e) {
	Str method = body_get_str(e->plain, "method"); // entries of before there was a choice have none
	return db_do(cx, &SQL_giving_add, INT(e->id), INT(e->actor), INT(e->stakeholder), INT(e->time),
		     INT(body_get_int(e->plain, "epsilon")), INT(body_get_int(e->plain, "rho")),
		     BYTES(body_get_str(e->plain, "codebook")), STR(body_get_str(e->plain, "named")),
		     BYTES(body_get_str(e->plain, "purpose")), BYTES(S("")),
		     STR(method.n ? method : str_of(measure_name(METHOD_SWIFT))));
}

static Err guarded(Cx *cx, const Rows *rs) {
	return rs->changed ? OK : fail(cx->why, ERR_CONFLICT, "the release is in another state by now");
}

static Err becomes(Cx *cx, const Entry *e, GivingState from, GivingState to, Str why) {
	Rows rs;
	TRY(db_run(cx, &SQL_giving_becomes, &rs, INT(e->id), INT(to), INT(e->time), STR(why), INT(from)));
	return guarded(cx, &rs);
}

static Err project_answered(Cx *cx, const Entry *e) {
	GivingAnswers all;
	bool yes = body_get_int(e->plain, "yes") != 0;
	TRY(db_do(cx, &SQL_giving_answer_add, INT(e->id), INT(e->stakeholder), INT(e->actor), INT(e->time),
		  INT(yes)));
	if (!yes) return becomes(cx, e, GIVING_ASKED, GIVING_DECLINED, S(""));
	TRY(giving_answers(cx, (GivingId){e->id}, &all));
	return all.n < NEEDED ? OK : becomes(cx, e, GIVING_ASKED, GIVING_APPROVED, S(""));
}

static Err project_debited(Cx *cx, const Entry *e) {
	Rows rs;
	TRY(db_run(cx, &SQL_giving_debit, &rs, INT(e->id), INT(e->time), INT(body_get_int(e->plain, "entry")),
		   INT(body_get_int(e->plain, "spent")), BYTES(body_get_str(e->plain, "head"))));
	return guarded(cx, &rs);
}

static Err project_given(Cx *cx, const Entry *e) {
	Rows rs;
	for (int i = 0; i < GIVING_FILES; i++) {
		Str body = body_get_str(e->plain, giving_file_name[i]);
		if (!body.n) continue; // given out before there was such a file
		TRY(db_do(cx, &SQL_giving_file_add, INT(e->id), STR(str_of(giving_file_name[i])),
			  INT(body_get_int(body, "size")), BYTES(body_get_str(body, "hash")),
			  INT(body_get_int(body, "blob"))));
	}
	TRY(db_run(cx, &SQL_giving_made, &rs, INT(e->id), INT(e->time), INT(body_get_int(e->plain, "people")),
		   INT(body_get_int(e->plain, "half"))));
	return guarded(cx, &rs);
}

static Err project_refused(Cx *cx, const Entry *e) {
	GivingState from = body_get_int(e->plain, "debited") ? GIVING_DEBITED : GIVING_APPROVED;
	return becomes(cx, e, from, GIVING_REFUSED, body_get_str(e->plain, "why"));
}

static Err project_lost(Cx *cx, const Entry *e) { return becomes(cx, e, GIVING_DEBITED, GIVING_LOST, S("")); }

static const EntryKind KIND_asked = {"release.asked", project_asked},
		       KIND_answered = {"release.answered", project_answered},
		       KIND_debited = {"release.debited", project_debited},
		       KIND_given = {"release.given", project_given},
		       KIND_refused = {"release.refused", project_refused},
		       KIND_lost = {"release.lost", project_lost};
const EntryKind *const giving_kinds[] = {&KIND_asked,	&KIND_answered, &KIND_debited, &KIND_given,
					 &KIND_refused, &KIND_lost,	NULL};

static Err append(Cx *cx, const EntryKind *kind, GivingId id, Body b) {
	return ledger_append(cx, &(Entry){.kind = kind,
					  .about = ABOUT_RELEASE,
					  .id = id.n,
					  .key = vault_hub_key(cx->vault),
					  .body = b});
}

// ---- asking and answering
// -----------------------------------------------------------------------------------------------

static Err book_of(Cx *cx, int which, const Codebook **out) {
	if (!cx->desk) return fail(cx->why, ERR_NOT_FOUND, "this process makes no releases");
	if (which < 0 || which >= cx->desk->nbook)
		return fail(cx->why, ERR_INVALID,
			    "the pack has no such codebook of people: release/people*.json");
	const Codebook *book = &cx->desk->book[which];
	for (int i = 0; i < book->n; i++)
		if (!giving_column_may(cx->pack, codebook_column(&book->attribute[i])))
			return fail(cx->why, ERR_INVALID,
				    "the codebook asks for %.*s, which is no coded answer",
				    (int)book->attribute[i].name.n, book->attribute[i].name.p);
	*out = book;
	return OK;
}

static Str name_of(Cx *cx, const Codebook *book) {
	return str_fmt(cx->arena, "%.*s %.*s", (int)book->name.n, book->name.p, (int)book->version.n,
		       book->version.p);
}

Str giving_book_name(Cx *cx, int book) {
	return cx->desk && book < cx->desk->nbook ? name_of(cx, &cx->desk->book[book]) : (Str){0};
}

int64_t giving_people_needed(Cx *cx, int which, int64_t epsilon) {
	const Codebook *book;
	if (book_of(cx, which, &book) != OK) return 0;
	Rho rho = account_rho((double)epsilon / 1000, GIVING_DELTA);
	return (int64_t)(20 * giving_half(book, METHOD_SWIFT, rho));
}

Err giving_ask(Cx *cx, const GivingAsk *ask, GivingId *out) {
	const Codebook *book;
	int64_t spent, epsilon = ask->epsilon;
	Method method = METHOD_SWIFT;
	Str sealed;
	GivingId id = {id_new()};
	TRY(book_of(cx, ask->book, &book));
	if (epsilon <= 0 || epsilon > GIVING_EPSILON_MOST)
		return fail(cx->why, ERR_INVALID, "epsilon is above 0 and at most 4");
	if (ask->method.n && !measure_method(ask->method, &method))
		return fail(cx->why, ERR_INVALID, "there is no such method");
	if (book->n > measure_most(method))
		return fail(cx->why, ERR_TOO_LARGE, "the codebook has more attributes than the method takes");
	Rho rho = account_rho((double)epsilon / 1000, GIVING_DELTA);
	TRY(giving_spent(cx, &spent));
	if (rho <= 0 || rho > giving_left(cx, spent))
		return fail(cx->why, ERR_LIMIT, "more than may still be spent on these people");
	TRY(vault_seal(cx, vault_hub_key(cx->vault), purpose_place(id.n), ask->purpose, &sealed));
	Body b = body_on(cx);
	body_int(&b, "epsilon", epsilon);
	body_int(&b, "rho", rho);
	body_bytes(&b, "codebook", book->hash);
	body_str(&b, "named", name_of(cx, book));
	body_str(&b, "method", str_of(measure_name(method)));
	body_bytes(&b, "purpose", sealed);
	TRY(append(cx, &KIND_asked, id, b));
	*out = id;
	return OK;
}

Err giving_may_answer(Cx *cx, const Giving *g, GivingMay *out) {
	GivingAnswers all;
	*out = ANSWER_OVER;
	if (g->state != GIVING_ASKED) return OK;
	*out = ANSWER_OWN;
	if (g->stakeholder.n == cx->actor->stakeholder.n || g->member.n == cx->actor->member.n) return OK;
	TRY(giving_answers(cx, g->id, &all));
	*out = ANSWER_MAY;
	for (ptrdiff_t i = 0; i < all.n; i++)
		if (all.at[i].stakeholder.n == cx->actor->stakeholder.n) *out = ANSWER_GIVEN;
	return OK;
}

Err giving_answer(Cx *cx, const Giving *g, bool yes) {
	GivingMay may;
	TRY(giving_may_answer(cx, g, &may));
	if (may == ANSWER_OVER)
		return fail(cx->why, ERR_CONFLICT, "the release waits for no answer any more");
	if (may != ANSWER_MAY)
		return fail(cx->why, ERR_DENIED, "not the asker's agency, and each agency once");
	Body b = body_on(cx);
	body_int(&b, "yes", yes);
	return append(cx, &KIND_answered, g->id, b);
}

// ---- what the work came to
// ---------------------------------------------------------------------------------------------

static Err write_debit(Cx *cx, GivingId id, const Spent *s) {
	Body b = body_on(cx);
	body_int(&b, "entry", s->entries);
	body_int(&b, "spent", s->spent);
	body_bytes(&b, "head", (Str){(const char *)s->head, sizeof s->head});
	return append(cx, &KIND_debited, id, b);
}

static Err write_refusal(Cx *cx, const Giving *g, const char *why) {
	Body b = body_on(cx);
	body_str(&b, "why", str_of(why));
	body_int(&b, "debited", g->state == GIVING_DEBITED);
	return append(cx, &KIND_refused, g->id, b);
}

static Err write_given(Cx *cx, GivingId id, const Made *made) {
	Body b = body_on(cx);
	KeyId key = vault_hub_key(cx->vault);
	body_int(&b, "people", made->people);
	body_int(&b, "half", made->half);
	for (int i = 0; i < GIVING_FILES; i++) {
		Str sealed;
		BlobId blob = {id_new()};
		TRY(vault_seal(cx, key, blob_place(blob.n), made->file[i], &sealed));
		TRY(db_do(cx, &SQL_giving_blob_add, INT(blob.n), INT(key.n), INT(made->file[i].n),
			  BYTES(sealed)));
		Body f = body_on(cx);
		body_int(&f, "size", made->file[i].n);
		body_bytes(&f, "hash", sha256(cx->arena, made->file[i]));
		body_int(&f, "blob", blob.n);
		body_bytes(&b, giving_file_name[i], buf_str(&f.b));
	}
	return append(cx, &KIND_given, id, b);
}

// Debited, and nobody is at it: the program ended in between.
static Err write_lost(Cx *cx, GivingId in_hand) {
	Rows rs;
	TRY(db_run(cx, &SQL_giving_of_state, &rs, INT(GIVING_DEBITED), INT(10)));
	for (ptrdiff_t i = 0; i < rs.n; i++) {
		GivingId id = {row_int(&rs.row[i], 0)};
		if (id.n != in_hand.n) TRY(append(cx, &KIND_lost, id, body_on(cx)));
	}
	return OK;
}

static Err write_outcome(Cx *cx, GivingId id, const Outcome *o) {
	Giving g;
	TRY(giving_get(cx, id, &g));
	bool open = g.state == GIVING_APPROVED || g.state == GIVING_DEBITED;
	switch (o->kind) {
	case OUTCOME_NONE:
		return OK;
	case OUTCOME_DEBITED:
		return g.state == GIVING_APPROVED ? write_debit(cx, id, &o->spent) : OK;
	case OUTCOME_MADE:
		return g.state == GIVING_DEBITED ? write_given(cx, id, &o->made) : OK;
	case OUTCOME_REFUSED:
		return open ? write_refusal(cx, &g, o->why) : OK;
	}
	return OK;
}

// What stands in the outcome stays until the work has seen it in the database (desk.c).
Err giving_tick(Cx *cx) {
	Desk *d = cx->desk;
	if (!d) return OK;
	(void)pthread_mutex_lock(&d->lock);
	GivingId id = d->id;
	Outcome o = d->outcome;
	(void)pthread_mutex_unlock(&d->lock);
	TRY(write_lost(cx, id));
	return id.n ? write_outcome(cx, id, &o) : OK;
}

Str giving_public_key(Cx *cx) {
	uint8_t secret[64], key[32];
	giving_signs(cx, secret, key);
	explicit_bzero(secret, sizeof secret);
	return str_hex(cx->arena, key, sizeof key);
}
