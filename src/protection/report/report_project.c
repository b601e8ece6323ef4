// What the ledger's entries make of the tables. Everything comes from the entry: rebuild calls these again.
#include "identity/identity.h"
#include "report/report_parts.h"
#include "report_sql.h"
#include "vault/vault.h"

static Object object_of(const Entry *e) { return (Object){ABOUT_REPORT, e->id}; }

static const char *numbered(Cx *cx, const char *name, int i) {
	return str_z(cx->arena, str_fmt(cx->arena, "%s%d", name, i));
}

static Err put_files(Cx *cx, const Entry *e, int64_t message) {
	int n = (int)body_get_int(e->plain, "files");
	for (int i = 0; i < n; i++) {
		int64_t id = body_get_int(e->plain, numbered(cx, "file", i));
		TRY(db_send(cx, &SQL_report_file_put, INT(id), INT(e->id), INT(message), INT(e->time),
			    STR(body_get_str(e->plain, numbered(cx, "type", i))),
			    INT(body_get_int(e->plain, numbered(cx, "size", i))),
			    BYTES(body_get_str(e->plain, numbered(cx, "mark", i))),
			    BYTES(body_get_str(e->plain, numbered(cx, "name", i)))));
	}
	return OK;
}

static Err relate(Cx *cx, const Entry *e, int64_t who, Relation r, Str basis) {
	return who ? policy_relate(cx, object_of(e), (StakeholderId){who}, (MemberId){0}, r, basis, e->time)
		   : OK;
}

static Err put_missing(Cx *cx, const Entry *e) {
	int64_t who = body_get_int(e->plain, "missing");
	if (!who) return OK;
	return identity_project(cx, &(IdentityRow){.person = {who},
						   .on = object_of(e),
						   .key = e->key,
						   .seq = e->seq,
						   .sealed = body_get_str(e->plain, "known")});
}

static Err project_received(Cx *cx, const Entry *e) {
	Str b = e->plain, locator = body_get_str(b, "locator");
	ASSERT(body_has(b, "told"));
	TRY(db_send(cx, &SQL_report_put, INT(e->id), INT(e->key.n), STR(body_get_str(b, "number")),
		    STR(body_get_str(b, "channel")), STR(body_get_str(b, "about")),
		    STR(body_get_str(b, "area")), INT(body_get_int(b, "receiver")), INT(e->time),
		    locator.n ? BYTES(locator) : NIL, BYTES(body_get_str(b, "salt")),
		    BYTES(body_get_str(b, "secret")), BYTES(body_get_str(b, "told"))));
	int walls = (int)body_get_int(b, "walls"); // before the receiver, so that nobody above him slips past
	for (int i = 0; i < walls; i++)
		TRY(relate(cx, e, body_get_int(b, numbered(cx, "wall", i)), RELATION_WALLED,
			   S("legal_duty")));
	TRY(relate(cx, e, body_get_int(b, "receiver"), RELATION_LEAD, S("own_work")));
	TRY(put_missing(cx, e));
	return put_files(cx, e, 0);
}

static Err put_message(Cx *cx, const Entry *e) {
	int64_t id = body_get_int(e->plain, "message");
	if (!id) return OK;
	return db_send(cx, &SQL_report_message_put, INT(id), INT(e->id), INT(e->time),
		       STR(body_get_str(e->plain, "kind")), INT(e->actor), INT(e->stakeholder),
		       BYTES(body_get_str(e->plain, "said")));
}

static Err project_message(Cx *cx, const Entry *e) {
	TRY(put_message(cx, e));
	return put_files(cx, e, body_get_int(e->plain, "message"));
}

static Err project_moved(Cx *cx, const Entry *e) {
	Str b = e->plain;
	int64_t before = body_get_int(b, "before"), receiver = body_get_int(b, "receiver");
	Rows rs;
	TRY(db_run(cx, &SQL_report_move, &rs, INT(e->id), INT(body_get_int(b, "version")),
		   STR(body_get_str(b, "from")), STR(body_get_str(b, "to")), INT(receiver),
		   INT(body_get_int(b, "kase")), STR(body_get_str(b, "closed_why")), INT(e->time)));
	if (rs.changed != 1)
		return fail(cx->why, ERR_CONFLICT, "report %lld moved meanwhile", (long long)e->id);
	if (before != receiver) {
		if (before) TRY(policy_unrelate(cx, object_of(e), (StakeholderId){before}));
		TRY(relate(cx, e, receiver, RELATION_LEAD, S("own_work")));
		TRY(identity_moved(cx, object_of(e), (StakeholderId){receiver}));
	}
	if (body_get_int(b, "kase"))
		TRY(identity_became(cx, (ReportId){e->id}, (CaseId){body_get_int(b, "kase")}));
	return put_message(cx, e);
}

const EntryKind report_kind_received = {"report.received", project_received};
const EntryKind report_kind_message = {"report.message", project_message};
const EntryKind report_kind_acknowledged = {"report.acknowledged", project_moved};
const EntryKind report_kind_routed = {"report.routed", project_moved};
const EntryKind report_kind_screened = {"report.screened", project_moved};
const EntryKind report_kind_case = {"report.case_opened", project_moved};
const EntryKind report_kind_closed = {"report.closed", project_moved};
const EntryKind *const report_kinds[] = {
	&report_kind_received, &report_kind_message, &report_kind_acknowledged, &report_kind_routed,
	&report_kind_screened, &report_kind_case,    &report_kind_closed,	NULL,
};

Err report_files_put(Cx *cx, Body *b, KeyId key, const ReportFile *file, int n) {
	body_int(b, "files", n);
	for (int i = 0; i < n; i++) {
		int64_t id = id_new();
		Str name, bytes;
		TRY(vault_seal(cx, key, place_name(id), file[i].name, &name));
		TRY(vault_seal(cx, key, place_blob(id), file[i].bytes, &bytes));
		TRY(db_send(cx, &SQL_report_blob_put, INT(id), INT(key.n), INT(file[i].bytes.n),
			    BYTES(bytes)));
		body_int(b, numbered(cx, "file", i), id);
		body_str(b, numbered(cx, "type", i), file[i].type);
		body_int(b, numbered(cx, "size", i), file[i].bytes.n);
		body_bytes(b, numbered(cx, "mark", i), vault_fingerprint(cx, "file", file[i].bytes));
		body_bytes(b, numbered(cx, "name", i), name);
	}
	return OK;
}
