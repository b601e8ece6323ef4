#include "command/demo.h"
#include "account/account.h"
#include "command/demo_parts.h"
#include "stakeholder/stakeholder.h"
#include <stdio.h>

static void close_file(FILE **f) {
	if (*f) (void)fclose(*f);
}

Err demo_file(Hub *h, Str folder, const char *name, Str *out) {
	Str path = str_fmt(&h->arena, "%.*s/%s", (int)folder.n, folder.p, name);
	__attribute__((cleanup(close_file))) FILE *f = fopen(str_z(&h->arena, path), "re");
	if (!f) return fail(&h->why, ERR_NOT_FOUND, "cannot read %.*s", (int)path.n, path.p);
	Buf b = {.a = &h->arena};
	char part[8192];
	for (size_t n; (n = fread(part, 1, sizeof part, f)) > 0;) buf_put(&b, (Str){part, (ptrdiff_t)n});
	*out = buf_str(&b);
	return OK;
}

Err demo_table(Hub *h, Str folder, const char *name, DemoTable *out) {
	Str text;
	TRY(demo_file(h, folder, name, &text));
	Csv c = csv_on(text);
	*out = (DemoTable){.row = NEW(&h->arena, CsvRow, 1000)};
	if (!csv_next(&c, &h->arena, &out->head)) return fail(&h->why, ERR_INVALID, "%s is empty", name);
	while (out->n < 1000 && csv_next(&c, &h->arena, &out->row[out->n])) out->n++;
	return OK;
}

Str demo_cell(const DemoTable *t, ptrdiff_t row, const char *column) {
	for (ptrdiff_t i = 0; i < t->head.n && i < t->row[row].n; i++)
		if (str_eq(t->head.cell[i], str_of(column))) return t->row[row].cell[i];
	return (Str){0};
}

typedef struct {
	Hub *h;
	DemoTable agencies, members;
} Demo;

static Err add_agency(Cx *cx, const Demo *d, ptrdiff_t i) {
	Stakeholder above = {0};
	Str to = demo_cell(&d->agencies, i, "reports_to");
	if (to.n) TRY(stakeholder_by_code(cx, to, &above));
	StakeholderIn in = {
		.code = demo_cell(&d->agencies, i, "code"),
		.kind = demo_cell(&d->agencies, i, "kind"),
		.area = demo_cell(&d->agencies, i, "area"),
		.above = above.id,
		.name = {[LANG_EN] = demo_cell(&d->agencies, i, "label::English (en)"),
			 [LANG_HI] = demo_cell(&d->agencies, i, "label::Hindi (hi)")},
		.listed = !str_eq(demo_cell(&d->agencies, i, "kind"), S("shelter")),
	};
	StakeholderId id;
	return stakeholder_add(cx, &in, &id);
}

// An agency comes after the one it stands under, whatever the order of the rows.
static Err add_agencies(Cx *cx, const Demo *d) {
	bool *done = NEW(cx->arena, bool, d->agencies.n);
	for (ptrdiff_t left = d->agencies.n, before = -1; left && left != before;) {
		before = left;
		for (ptrdiff_t i = 0; i < d->agencies.n; i++) {
			Stakeholder s;
			Str to = demo_cell(&d->agencies, i, "reports_to");
			if (done[i] || (to.n && stakeholder_by_code(cx, to, &s) != OK)) continue;
			TRY(add_agency(cx, d, i));
			done[i] = true;
			left--;
		}
		if (left == before)
			return fail(cx->why, ERR_INVALID,
				    "agencies.csv: reports_to names an agency that is not there");
	}
	return OK;
}

static Err add_member(Cx *cx, const Demo *d, ptrdiff_t i, Str hash) {
	Stakeholder s;
	MemberId id;
	Str token;
	TRY(stakeholder_by_code(cx, demo_cell(&d->members, i, "agency"), &s));
	MemberIn in = {.stakeholder = s.id,
		       .name = demo_cell(&d->members, i, "name"),
		       .posts = posts_from_text(cx->pack, demo_cell(&d->members, i, "posts")),
		       .lang = LANG_EN};
	TRY(member_add(cx, &in, &id));
	TRY(account_setup_link(cx, id, &token));
	return account_setup_use(cx, token, demo_cell(&d->members, i, "login"), hash);
}

static Err fill(Cx *cx, void *with) {
	const Demo *d = with;
	Str hash;
	TRY(add_agencies(cx, d));
	// One password, hashed once: thirty hashes would be most of the time a demonstration takes to make.
	TRY(vault_password_hash(cx, S(DEMO_PASSWORD), &hash));
	for (ptrdiff_t i = 0; i < d->members.n; i++) TRY(add_member(cx, d, i, hash));
	return OK;
}

Err demo_fill(Hub *h, Str folder) {
	Demo d = {.h = h};
	TRY(demo_table(h, folder, "agencies.csv", &d.agencies));
	TRY(demo_table(h, folder, "members.csv", &d.members));
	TRY(hub_write_in(h, fill, &d));
	return demo_people(h, folder);
}

void demo_print_logins(Hub *h) {
	DemoTable t;
	Str pack = h->pack_dir;
	while (pack.n && pack.p[pack.n - 1] != '/') pack.n--;
	if (demo_table(h, str_fmt(&h->arena, "%.*sdemo", (int)pack.n, pack.p), "members.csv", &t) != OK)
		return;
	(void)printf(
		"\nThis is a demonstration: every person in it is invented. Logins (password of all: %s)\n",
		DEMO_PASSWORD);
	for (ptrdiff_t i = 0; i < t.n; i++) {
		Str login = demo_cell(&t, i, "login"), name = demo_cell(&t, i, "name"),
		    agency = demo_cell(&t, i, "agency"), posts = demo_cell(&t, i, "posts");
		(void)printf("  %-12.*s %.*s, %.*s: %.*s\n", (int)login.n, login.p, (int)name.n, name.p,
			     (int)agency.n, agency.p, (int)posts.n, posts.p);
	}
}
