// What the reporter holds, and what the form's token holds.
#include "report/report_parts.h"
#include "report_sql.h"
#include "vault/vault.h"

enum {
	LOCATOR_SIGNS = 8,
	SECRET_SIGNS = 16,
	SIGNS = LOCATOR_SIGNS + SECRET_SIGNS,
	BITS = 5 * SIGNS,
	SALT = 16,
	KEPT_SECONDS = 3600
};

static Str locator_mark(Cx *cx, Str locator) { return vault_fingerprint(cx, "locator", locator); }

static Str secret_mark(Cx *cx, Str salt, Str secret) {
	const Str part[] = {salt, secret};
	return vault_fingerprint(cx, "receipt", str_join(cx->arena, S(""), part, COUNT(part)));
}

// Only the signs, in capitals; what is typed by hand from paper is forgiven.
static Str signs_of(Arena *a, Str typed) {
	Buf b = {.a = a};
	for (ptrdiff_t i = 0; i < typed.n && b.n <= SIGNS; i++) {
		char c = typed.p[i];
		if (c >= 'a' && c <= 'z') c = (char)(c - 'a' + 'A');
		if (c == 'O') c = '0';
		if (c == 'I' || c == 'L') c = '1';
		if ((c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z')) buf_char(&b, c);
	}
	return buf_str(&b);
}

ReportReceipt report_receipt_new(Cx *cx) {
	Str signs = signs_of(cx->arena, token_new(cx->arena, BITS));
	ASSERT(signs.n == SIGNS);
	Buf text = {.a = cx->arena};
	for (int i = 0; i < SIGNS; i++) {
		if (i && i % 4 == 0) buf_char(&text, '-');
		buf_char(&text, signs.p[i]);
	}
	char *salt = NEW(cx->arena, char, SALT);
	random_bytes(salt, SALT);
	ReportReceipt r = {.text = buf_str(&text), .salt = {salt, SALT}};
	r.locator = locator_mark(cx, str_slice(signs, 0, LOCATOR_SIGNS));
	r.secret = secret_mark(cx, r.salt, str_slice(signs, LOCATOR_SIGNS, SIGNS));
	return r;
}

Err report_receipt_row(Cx *cx, Str receipt, Row *out) {
	static const char nothing[32];
	Str signs = signs_of(cx->arena, receipt);
	bool whole = signs.n == SIGNS;
	if (!whole) signs = S("000000000000000000000000");
	Rows rs;
	TRY(db_run(cx, &SQL_report_by_locator, &rs,
		   BYTES(locator_mark(cx, str_slice(signs, 0, LOCATOR_SIGNS)))));
	Str salt = rs.n ? row_str(&rs.row[0], REPORT_COL_SALT) : (Str){nothing, SALT};
	Str kept = rs.n ? row_str(&rs.row[0], REPORT_COL_SECRET) : (Str){nothing, sizeof nothing};
	bool right = vault_same(secret_mark(cx, salt, str_slice(signs, LOCATOR_SIGNS, SIGNS)), kept);
	if (!right || !whole || !rs.n) return fail(cx->why, ERR_NOT_FOUND, "a receipt that opens nothing");
	*out = rs.row[0];
	return OK;
}

static const Place place_kept = {"report_once", "sealed",
				 0}; // the key is the token's own, so the place need not be

Err report_once_take(Cx *cx, Str once, Str keep, bool *first, Str *kept) {
	*first = true;
	if (!once.n) return OK;
	Str token = vault_fingerprint(cx, "once", once), sealed;
	TRY(vault_seal_with(cx, once, place_kept, keep, &sealed));
	Rows rs;
	TRY(db_run(cx, &SQL_report_once_take, &rs, BYTES(token), INT(cx->now), BYTES(sealed)));
	if (rs.changed) return OK;
	Row row;
	*first = false;
	TRY(db_one(cx, &SQL_report_once_kept, &row, BYTES(token)));
	return vault_unseal_with(cx, once, place_kept, row_str(&row, 0), kept);
}

Err report_tick(Cx *cx) {
	Rows old; // a delete takes the writer's lock for nothing when nothing is old
	TRY(db_run(cx, &SQL_report_once_old, &old, INT(cx->now - KEPT_SECONDS)));
	if (old.n) TRY(db_do(cx, &SQL_report_once_forget, INT(cx->now - KEPT_SECONDS)));
	return report_place_unheld(cx);
}
