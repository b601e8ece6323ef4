// Notes, documents, who takes part, and what members record as having happened.
#include "casefile/casefile_parts.h"
#include "casefile_sql.h"
#include "stakeholder/stakeholder.h"
#include "vault/vault.h"

// ---- notes
// -------------------------------------------------------------------------------------------------

// What is about somebody's body or soul dies with her key; the rest with the case's.
static bool under_person(Class k) {
	return k == CLASS_HEALTH || k == CLASS_HIV || k == CLASS_COUNSELLING || k == CLASS_IDENTITY;
}

static KeyId key_for(const Case *c, const Person *p, Class k) {
	return p && under_person(k) ? p->key : c->key;
}

// "member@agency …", the writer first.
static Err named_text(Cx *cx, const NoteIn *in, Str *out) {
	Buf b = {.a = cx->arena};
	*out = S("");
	if (in->klass != CLASS_HIV) return OK;
	buf_fmt(&b, "%lld@%lld", (long long)cx->actor->member.n, (long long)cx->actor->stakeholder.n);
	for (int i = 0; i < in->nnamed; i++) {
		Member m;
		TRY(member_get(cx, in->named[i], &m));
		buf_fmt(&b, " %lld@%lld", (long long)m.id.n, (long long)m.stakeholder.n);
	}
	*out = buf_str(&b);
	return OK;
}

static Err check_note(Cx *cx, const NoteIn *in) {
	if (!str_trim(in->text).n) return fail(cx->why, ERR_INVALID, "a note without text");
	if (in->klass <= CLASS_OPEN || in->klass >= CLASS__N)
		return fail(cx->why, ERR_INVALID, "a note without a class");
	if (in->at > cx->now) return fail(cx->why, ERR_INVALID, "a note from the future");
	if (in->klass == CLASS_HIV && (!in->person || !cx->actor->member.n))
		return fail(cx->why, ERR_INVALID, "a note for named members needs a person and a writer");
	return OK;
}

Err casefile_note_add(Cx *cx, const Case *c, const NoteIn *in, NoteId *out) {
	TRY(check_note(cx, in));
	NoteId id = {id_new()};
	KeyId key = key_for(c, in->person, in->klass);
	Str sealed, named;
	TRY(named_text(cx, in, &named));
	TRY(vault_seal(cx, key, (Place){"note", "sealed", id.n}, str_trim(in->text), &sealed));
	Body b = body_on(cx);
	body_int(&b, "note", id.n);
	body_int(&b, "person", in->person ? in->person->id.n : 0);
	body_int(&b, "key", key.n);
	body_int(&b, "klass", in->klass);
	body_str(&b, "named", named);
	if (in->at) body_int(&b, "at", in->at);
	if (in->by.n) body_int(&b, "by", in->by.n);
	body_bytes(&b, "sealed", sealed);
	TRY(casefile_append(cx, WHAT_NOTE, c->id, c->key, &b));
	*out = id;
	return OK;
}

static Err open_notes(Cx *cx, const Rows *rs, ptrdiff_t n, Object of, const char *basis, Notes *out) {
	*out = (Notes){.at = NEW(cx->arena, Note, n)};
	for (ptrdiff_t i = 0; i < n; i++) {
		const Row *r = &rs->row[i];
		Note note = {{row_int(r, 0)},
			     {row_int(r, 1)},
			     (Class)row_int(r, 3),
			     {row_int(r, 4)},
			     {row_int(r, 5)},
			     row_int(r, 6),
			     {0}};
		KeyId key = {row_int(r, 2)};
		Err e = vault_unseal(cx, key, (Place){"note", "sealed", note.id.n}, row_str(r, 7),
				     &note.text);
		if (e == ERR_GONE) continue;
		TRY(e);
		if (CLASS_BIT(note.klass) & CLASS_SENSITIVE) {
			Object about = note.person.n && under_person(note.klass)
					       ? (Object){ABOUT_PERSON, note.person.n}
					       : of;
			ledger_read(cx, about.about, about.id, key, CLASS_BIT(note.klass), basis);
		}
		out->at[out->n++] = note;
	}
	return OK;
}

Err casefile_notes(Cx *cx, const Case *c, uint32_t classes, const char *basis, int limit, Notes *out) {
	char may[CLASS__N];
	for (Class k = CLASS_OPEN; k < CLASS__N; k++)
		may[k] = k != CLASS_HIV && (classes & CLASS_BIT(k)) ? 'Y' : 'N';
	if (limit <= 0) limit = 50;
	Rows rs;
	TRY(db_run(cx, &SQL_note_of, &rs, INT(c->id.n), INT(limit + 1), STR(((Str){may, CLASS__N}))));
	TRY(open_notes(cx, &rs, rs.n > limit ? limit : rs.n, (Object){ABOUT_CASE, c->id.n}, basis, out));
	out->more = rs.n > limit;
	return OK;
}

Err casefile_note_count(Cx *cx, const Case *c, Class k, int64_t *out) {
	Row r;
	TRY(db_one(cx, &SQL_note_count, &r, INT(c->id.n), INT(k)));
	*out = row_int(&r, 0);
	return OK;
}

Err casefile_named_notes(Cx *cx, const Person *p, Notes *out) {
	Object on = {ABOUT_PERSON, p->id.n};
	Verdict v;
	TRY(policy_may(cx, ACT_note_read, on, &v));
	*out = (Notes){0};
	if (!v.yes || !(v.classes & CLASS_BIT(CLASS_HIV))) return OK;
	Rows rs;
	TRY(db_run(cx, &SQL_note_named, &rs, INT(p->kase.n), INT(p->id.n), INT(CLASS_HIV)));
	return open_notes(cx, &rs, rs.n, on, v.basis, out);
}

// ---- documents
// ---------------------------------------------------------------------------------------------

bool casefile_document_type_ok(Str type) {
	static const char *const taken[] = {
		"image/jpeg",  "image/png",
		"image/webp",  "image/gif",
		"image/heic",  "application/pdf",
		"audio/mpeg",  "audio/ogg",
		"audio/mp4",   "audio/x-m4a",
		"audio/x-wav", "video/mp4",
		"text/plain",  "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
	};
	for (ptrdiff_t i = 0; i < COUNT(taken); i++)
		if (str_eq(type, str_of(taken[i]))) return true;
	return false;
}

static Err check_document(Cx *cx, const DocumentIn *in) {
	if (!str_trim(in->title).n || !in->bytes.n)
		return fail(cx->why, ERR_INVALID, "a document without title or content");
	if (in->bytes.n > DOCUMENT_BYTES)
		return fail(cx->why, ERR_TOO_LARGE, "a document of %lld bytes", (long long)in->bytes.n);
	if (!casefile_document_type_ok(in->type))
		return fail(cx->why, ERR_INVALID, "a document of a type that is not taken");
	if (in->klass <= CLASS_OPEN || in->klass >= CLASS__N || in->klass == CLASS_HIV)
		return fail(cx->why, ERR_INVALID, "a document without a class");
	return OK;
}

Err casefile_document_add(Cx *cx, const Case *c, const DocumentIn *in, DocumentId *out) {
	TRY(check_document(cx, in));
	DocumentId id = {id_new()};
	BlobId blob = {id_new()};
	KeyId key = key_for(c, in->person, in->klass);
	Str title, sealed;
	TRY(vault_seal(cx, key, (Place){"document", "sealed", id.n}, str_trim(in->title), &title));
	TRY(vault_seal(cx, key, (Place){"blob", "sealed", blob.n}, in->bytes, &sealed));
	TRY(db_send(cx, &SQL_casefile_blob_add, INT(blob.n), INT(key.n), INT(in->bytes.n), BYTES(sealed)));
	Body b = body_on(cx);
	body_int(&b, "document", id.n);
	body_int(&b, "blob", blob.n);
	body_int(&b, "person", in->person ? in->person->id.n : 0);
	body_int(&b, "key", key.n);
	body_int(&b, "klass", in->klass);
	body_str(&b, "type", in->type);
	body_int(&b, "size", in->bytes.n);
	body_bytes(&b, "hash", sha256(cx->arena, in->bytes));
	body_bytes(&b, "title", title);
	TRY(casefile_append(cx, WHAT_DOCUMENT, c->id, c->key, &b));
	*out = id;
	return OK;
}

enum {
	DOC_ID,
	DOC_CASE,
	DOC_PERSON,
	DOC_BLOB,
	DOC_KEY,
	DOC_CLASS,
	DOC_TYPE,
	DOC_SIZE,
	DOC_HASH,
	DOC_TITLE,
	DOC_AGENCY,
	DOC_MEMBER,
	DOC_AT
};

static Err document_of(Cx *cx, const Row *r, Document *out) {
	*out = (Document){.id = {row_int(r, DOC_ID)},
			  .person = {row_int(r, DOC_PERSON)},
			  .blob = {row_int(r, DOC_BLOB)},
			  .key = {row_int(r, DOC_KEY)},
			  .klass = (Class)row_int(r, DOC_CLASS),
			  .type = row_str(r, DOC_TYPE),
			  .size = row_int(r, DOC_SIZE),
			  .hash = row_str(r, DOC_HASH),
			  .stakeholder = {row_int(r, DOC_AGENCY)},
			  .member = {row_int(r, DOC_MEMBER)},
			  .at = row_int(r, DOC_AT)};
	return vault_unseal(cx, out->key, (Place){"document", "sealed", out->id.n}, row_str(r, DOC_TITLE),
			    &out->title);
}

Err casefile_documents(Cx *cx, const Case *c, uint32_t classes, Documents *out) {
	Rows rs;
	TRY(db_run(cx, &SQL_document_of, &rs, INT(c->id.n)));
	*out = (Documents){.at = NEW(cx->arena, Document, rs.n)};
	for (ptrdiff_t i = 0; i < rs.n; i++) {
		if (!(classes & CLASS_BIT(row_int(&rs.row[i], DOC_CLASS)))) continue;
		Err e = document_of(cx, &rs.row[i], &out->at[out->n]);
		if (e == ERR_GONE) continue;
		TRY(e);
		out->n++;
	}
	return OK;
}

Err casefile_document(Cx *cx, const Case *c, DocumentId id, uint32_t classes, Document *out) {
	Row r;
	TRY(db_one(cx, &SQL_document_get, &r, INT(id.n), INT(c->id.n)));
	if (!(classes & CLASS_BIT(row_int(&r, DOC_CLASS))))
		return fail(cx->why, ERR_NOT_FOUND, "document %lld is outside the reader's classes",
			    (long long)id.n);
	return document_of(cx, &r, out);
}

Err casefile_document_open(Cx *cx, const Case *c, const Document *d, const char *basis, Str reason,
			   Str *bytes) {
	static const char *const bases[] = {"own_work", "consent", "legal_duty", "emergency"};
	bool known = false;
	for (ptrdiff_t i = 0; i < COUNT(bases); i++) known = known || !strcmp(basis, bases[i]);
	reason = str_trim(reason);
	if (!known || (!strcmp(basis, "emergency") && !reason.n))
		return fail(cx->why, ERR_INVALID, "document %lld: no basis to open it", (long long)d->id.n);
	Row r;
	TRY(db_one(cx, &SQL_casefile_blob_get, &r, INT(d->blob.n)));
	Str plain;
	TRY(vault_unseal(cx, d->key, (Place){"blob", "sealed", d->blob.n}, row_str(&r, 0), &plain));
	if (!str_eq(sha256(cx->arena, plain), d->hash))
		return fail(cx->why, ERR_STORE, "document %lld was altered", (long long)d->id.n);
	Body b = body_on(cx); // sealed as a whole under the case's key, the reason with it
	body_int(&b, "document", d->id.n);
	body_int(&b, "person", d->person.n);
	body_int(&b, "klass", d->klass);
	body_str(&b, "basis", str_of(basis));
	body_str(&b, "reason", reason);
	TRY(casefile_append(cx, WHAT_DOCUMENT_OPENED, c->id, c->key, &b));
	if (!strcmp(basis, "emergency"))
		TRY(casefile_tell(cx, c,
				  &(CaseTelling){.event = S("document_emergency"),
						 .at = cx->now,
						 .occurrence = id_new()}));
	if (CLASS_BIT(d->klass) & CLASS_SENSITIVE)
		ledger_read(cx, d->person.n ? ABOUT_PERSON : ABOUT_CASE, d->person.n ? d->person.n : c->id.n,
			    d->key, CLASS_BIT(d->klass), basis);
	*bytes = plain;
	return OK;
}

// ---- who takes part
// ------------------------------------------------------------------------------------------

static Err takes_part(Cx *cx, const Case *c, StakeholderId who, const Participant **out) {
	Participants all;
	TRY(casefile_participants(cx, c, &all));
	*out = NULL;
	for (ptrdiff_t i = 0; i < all.n; i++)
		if (all.at[i].stakeholder.n == who.n) *out = &all.at[i];
	return OK;
}

Err casefile_join(Cx *cx, const Case *c, StakeholderId who, Str basis) {
	Stakeholder s;
	bool walled;
	const Participant *there;
	if (!str_eq(basis, S("legal_duty")) && !str_eq(basis, S("consent")) && !str_eq(basis, S("own_work")))
		return fail(cx->why, ERR_INVALID, "case %lld: no basis to take part", (long long)c->id.n);
	TRY(stakeholder_get(cx, who, &s));
	TRY(policy_is_walled(cx, (Object){ABOUT_CASE, c->id.n}, who, &walled));
	if (!s.active || walled)
		return fail(cx->why, ERR_NOT_FOUND, "stakeholder %lld cannot take part", (long long)who.n);
	TRY(takes_part(cx, c, who, &there));
	if (there)
		return fail(cx->why, ERR_CONFLICT, "stakeholder %lld takes part already", (long long)who.n);
	Body b = body_on(cx);
	body_int(&b, "who", who.n);
	body_str(&b, "basis", basis);
	return casefile_append(cx, WHAT_JOINED, c->id, c->key, &b);
}

Err casefile_leave(Cx *cx, const Case *c, StakeholderId who, Str reason) {
	const Participant *there;
	reason = str_trim(reason);
	TRY(takes_part(cx, c, who, &there));
	if (!there)
		return fail(cx->why, ERR_NOT_FOUND, "stakeholder %lld does not take part", (long long)who.n);
	if (there->relation == RELATION_LEAD || !reason.n)
		return fail(cx->why, ERR_INVALID, "stakeholder %lld leads, or no reason was given",
			    (long long)who.n);
	Body b = body_on(cx); // sealed as a whole under the case's key
	body_int(&b, "who", who.n);
	body_str(&b, "reason", reason);
	return casefile_append(cx, WHAT_LEFT, c->id, c->key, &b);
}

// ---- what happened
// ---------------------------------------------------------------------------------------------

// Recorded by the program when it happens; by hand they would start clocks twice.
static const Str by_itself[] = {
	SLIT("report_received"),    SLIT("report_acknowledged"),  SLIT("message_received"),
	SLIT("case_opened"),	    SLIT("information_received"), SLIT("person_added"),
	SLIT("child_found"),	    SLIT("case_closed"),	  SLIT("case_reopened"),
	SLIT("document_emergency"),
};

bool casefile_event_by_hand(const PackEvent *e, Str kind) {
	if (str_eq(e->about, S("report")) || str_starts(e->code, S("screening_"))) return false;
	for (ptrdiff_t i = 0; i < COUNT(by_itself); i++)
		if (str_eq(e->code, by_itself[i])) return false;
	Str who = e->who;
	for (Str one; str_cut(&who, ' ', &one);)
		if (str_eq(one, S("*")) || str_eq(one, kind)) return true;
	return false;
}

Err casefile_event(Cx *cx, const Case *c, const CaseEvent *in) {
	const PackEvent *e = pack_event(cx->pack, in->event);
	Stakeholder mine = {.kind = S("*")}; // the program brings in what others recorded
	if (!cx->actor->program) TRY(stakeholder_get(cx, cx->actor->stakeholder, &mine));
	if (!e || !(cx->actor->program || casefile_event_by_hand(e, mine.kind)))
		return fail(cx->why, ERR_INVALID, "case %lld: not an event to record", (long long)c->id.n);
	if (str_eq(e->about, S("person")) != (in->person != NULL) || in->at <= 0 || in->at > cx->now)
		return fail(cx->why, ERR_INVALID, "case %lld: an event of nobody, or of the future",
			    (long long)c->id.n);
	PackAnswers answers;
	uint32_t read = 0;
	if (in->person) { // for the conditions of playbooks; nobody is shown them
		CaseOwner o = {in->person->id.n, in->person->key, str_eq(in->person->capacity, S("suspect")),
			       (1U << CLASS__N) - 1};
		answers = casefile_no_answers(cx, pack_form(cx->pack, S("person")));
		TRY(casefile_open_answers(cx, &o, &answers, &read));
	}
	bool suspect = in->person && str_eq(in->person->capacity, S("suspect"));
	Body b = body_on(cx);
	body_str(&b, "event", in->event);
	body_int(&b, "person", in->person ? in->person->id.n : 0);
	body_int(&b, "at", in->at);
	body_int(&b, "klass", suspect ? CLASS_INTELLIGENCE : CLASS_CASE);
	TRY(casefile_append(cx, WHAT_EVENT, c->id, c->key, &b));
	return casefile_tell(cx, c,
			     &(CaseTelling){in->event, in->person ? in->person->id : (PersonId){0}, in->at,
					    id_new(), in->person ? &answers : NULL});
}

Err casefile_screened(Cx *cx, const Case *c, const Person *p, Str result) {
	Body b = body_on(cx);
	body_int(&b, "person", p->id.n);
	body_str(&b, "result", result);
	return casefile_append(cx, WHAT_SCREENED, c->id, c->key, &b);
}
