// Reading reports: what there is, and what of it a reader may see.
#include "report/report_parts.h"
#include "report_sql.h"
#include "vault/vault.h"

const Str report_state_code[REPORT__N] = {
	[REPORT_RECEIVED] = SLIT("received"), [REPORT_ACKNOWLEDGED] = SLIT("acknowledged"),
	[REPORT_SCREENED] = SLIT("screened"), [REPORT_CASE_OPENED] = SLIT("case_opened"),
	[REPORT_CLOSED] = SLIT("closed"),
};

bool report_state_from_code(Str code, ReportState *out) {
	for (int s = 0; s < REPORT__N; s++)
		if (str_eq(report_state_code[s], code)) {
			*out = (ReportState)s;
			return true;
		}
	return false;
}

Err report_of_row(Cx *cx, const Row *r, Report *out) {
	*out = (Report){
		.id = {row_int(r, 0)},
		.key = {row_int(r, 1)},
		.number = row_str(r, 2),
		.channel = row_str(r, 4),
		.about = row_str(r, 5),
		.area = row_str(r, 6),
		.receiver = {row_int(r, 7)},
		.received = row_int(r, 8),
		.changed = row_int(r, 9),
		.version = row_int(r, 10),
		.kase = {row_int(r, 11)},
		.closed_why = row_str(r, 12),
		.receipt = !row_null(r, 13),
		.told = row_str(r, REPORT_COL_TOLD),
	};
	if (!report_state_from_code(row_str(r, 3), &out->state))
		return fail(cx->why, ERR_BUG, "report %lld: unknown state", (long long)out->id.n);
	return OK;
}

Err report_get(Cx *cx, ReportId id, Report *out) {
	Row row;
	TRY(db_one(cx, &SQL_report_get, &row, INT(id.n)));
	return report_of_row(cx, &row, out);
}

Err report_by_receipt(Cx *cx, Str receipt, Report *out) {
	Row row;
	TRY(report_receipt_row(cx, receipt, &row));
	return report_of_row(cx, &row, out);
}

static uint32_t class_of(const PackAsk *ask) {
	Class c = CLASS_CASE;
	if (ask->klass.n) (void)class_from_name(ask->klass, &c); // the pack's check knows all names
	return CLASS_BIT(c);
}

Err report_told(Cx *cx, const Report *r, uint32_t classes, const char *basis, ReportTold *out) {
	const PackForm *form = pack_form(cx->pack, S("tell"));
	if (!form) return fail(cx->why, ERR_BUG, "the pack has no form tell");
	Str body;
	TRY(vault_unseal(cx, r->key, place_told(r->id), r->told, &body));
	ReportTold told = {.answers = pack_answers_on(cx->arena, form)};
	for (ptrdiff_t i = 0; i < form->nask; i++) {
		const PackAsk *ask = &form->ask[i];
		uint32_t c = class_of(ask);
		if (!ask->name.n || !(classes & c)) continue;
		told.answers.value[i] = body_get_str(body, str_z(cx->arena, ask->name));
		if (told.answers.value[i].n) told.classes_read |= c;
	}
	uint32_t sensitive = told.classes_read & CLASS_SENSITIVE;
	if (sensitive && basis) ledger_read(cx, ABOUT_REPORT, r->id.n, r->key, sensitive, basis);
	*out = told;
	return OK;
}

Err report_facts(Cx *cx, const Report *r, ReportFacts *out) {
	Str body;
	TRY(vault_unseal(cx, r->key, place_told(r->id), r->told, &body));
	const ReportFact all[] = {
		{S("about"), r->about},
		{S("channel"), r->channel},
		{S("child"), body_get_str(body, "children")},
		{S("danger"), body_get_str(body, "danger")},
	};
	out->fact = NEW(cx->arena, ReportFact, COUNT(all));
	out->n = 0;
	for (ptrdiff_t i = 0; i < COUNT(all); i++)
		if (all[i].value.n) out->fact[out->n++] = all[i];
	return OK;
}

Err report_messages(Cx *cx, const Report *r, ReportMessages *out) {
	Rows rs;
	TRY(db_run(cx, &SQL_report_messages, &rs, INT(r->id.n)));
	ReportMessage *m = NEW(cx->arena, ReportMessage, rs.n);
	for (ptrdiff_t i = 0; i < rs.n; i++) {
		const Row *row = &rs.row[i];
		m[i] = (ReportMessage){.id = row_int(row, 0),
				       .at = row_int(row, 1),
				       .kind = row_str(row, 2),
				       .member = {row_int(row, 3)},
				       .stakeholder = {row_int(row, 4)}};
		TRY(vault_unseal(cx, r->key, place_said(m[i].id), row_str(row, 5), &m[i].text));
	}
	*out = (ReportMessages){m, rs.n};
	return OK;
}

static Err attachment_of_row(Cx *cx, const Report *r, const Row *row, ReportAttachment *out) {
	*out = (ReportAttachment){.id = {row_int(row, 0)},
				  .message = row_int(row, 1),
				  .at = row_int(row, 2),
				  .type = row_str(row, 3),
				  .size = row_int(row, 4)};
	return vault_unseal(cx, r->key, place_name(out->id.n), row_str(row, 5), &out->name);
}

Err report_attachments(Cx *cx, const Report *r, ReportAttachments *out) {
	Rows rs;
	TRY(db_run(cx, &SQL_report_files, &rs, INT(r->id.n)));
	ReportAttachment *f = NEW(cx->arena, ReportAttachment, rs.n);
	for (ptrdiff_t i = 0; i < rs.n; i++) TRY(attachment_of_row(cx, r, &rs.row[i], &f[i]));
	*out = (ReportAttachments){f, rs.n};
	return OK;
}

Err report_attachment(Cx *cx, const Report *r, BlobId file, const char *basis, ReportAttachment *about,
		      Str *bytes) {
	Row row;
	TRY(db_one(cx, &SQL_report_file_get, &row, INT(file.n), INT(r->id.n)));
	TRY(attachment_of_row(cx, r, &row, about));
	TRY(vault_unseal(cx, r->key, place_blob(file.n), row_str(&row, 7), bytes));
	if (!vault_same(vault_fingerprint(cx, "file", *bytes), row_str(&row, 6)))
		return fail(cx->why, ERR_STORE, "file %lld of report %lld is not what was sent",
			    (long long)file.n, (long long)r->id.n);
	ledger_read(cx, ABOUT_REPORT, r->id.n, r->key, CLASS_BIT(CLASS_SOURCE), basis);
	return OK;
}

Err report_list(Cx *cx, const ReportFilter *f, Reports *out) {
	int64_t waiting = 0;
	if (f->late) { // acknowledgements are owed within what the pack calls immediate
		int64_t span = duration_after(cx->zone, &cx->pack->calendar, cx->now, &cx->pack->immediate) -
			       cx->now;
		waiting = cx->now - span;
	}
	bool live =
		f->state == REPORT_RECEIVED || f->state == REPORT_ACKNOWLEDGED || f->state == REPORT_SCREENED;
	Rows rs;
	TRY(db_run(cx, live ? &SQL_report_list_live : &SQL_report_list, &rs, INT(cx->actor->stakeholder.n),
		   INT(f->before ? f->before : INT64_MAX),
		   STR(f->state < 0 ? (Str){0} : report_state_code[f->state]), STR(f->about), INT(waiting),
		   STR(policy_relations_with(cx, ACT_report_read)), INT(ABOUT_REPORT),
		   INT(f->limit ? f->limit : 25)));
	Report *at = NEW(cx->arena, Report, rs.n);
	for (ptrdiff_t i = 0; i < rs.n; i++) TRY(report_of_row(cx, &rs.row[i], &at[i]));
	*out = (Reports){at, rs.n};
	return OK;
}

Err report_unheld(Cx *cx, ReportUnheldList *out) {
	Rows rs;
	TRY(db_run(cx, &SQL_report_unheld_counts, &rs, INT(cx->actor->stakeholder.n), INT(RELATION_WALLED),
		   INT(ABOUT_REPORT)));
	*out = (ReportUnheldList){NEW(cx->arena, ReportUnheld, rs.n), rs.n};
	for (ptrdiff_t i = 0; i < rs.n; i++)
		out->at[i] = (ReportUnheld){row_str(&rs.row[i], 0), row_int(&rs.row[i], 1),
					    row_int(&rs.row[i], 2)};
	return OK;
}
