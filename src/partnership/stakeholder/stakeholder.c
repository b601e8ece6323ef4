#include "stakeholder/stakeholder.h"
#include "base/utf8.h"
#include "stakeholder_sql.h"
#include "vault/vault.h"

enum { CODE_MOST = 16, NAME_MOST = 200, PHONE_MOST = 30, STRETCH = 100 };

// The directory's own name of a language in an entry: "name_en".
static const char *const name_field[LANG__N] = {
	[LANG_EN] = "name_en", [LANG_HI] = "name_hi", [LANG_BN] = "name_bn",
	[LANG_NE] = "name_ne", [LANG_AR] = "name_ar",
};
_Static_assert(COUNT(name_field) == LANG__N, "every language has its field");

// ---- names as they are searched
// ------------------------------------------------------------------------------

// Spellings of one sound in Latin script that people mix; the longer ones first.
static const struct {
	Str from, to;
} one_sound[] = {
	{SLIT("ee"), SLIT("i")}, {SLIT("oo"), SLIT("u")}, {SLIT("ph"), SLIT("f")}, {SLIT("w"), SLIT("v")},
	{SLIT("z"), SLIT("j")},	 {SLIT("sh"), SLIT("s")}, {SLIT("th"), SLIT("t")}, {SLIT("dh"), SLIT("d")},
	{SLIT("bh"), SLIT("b")}, {SLIT("kh"), SLIT("k")}, {SLIT("gh"), SLIT("g")},
};

static Str lower(Arena *a, Str s) {
	char *p = NEW(a, char, s.n + 1);
	for (ptrdiff_t i = 0; i < s.n; i++)
		p[i] = (char)(s.p[i] >= 'A' && s.p[i] <= 'Z' ? s.p[i] + 32 : s.p[i]);
	return (Str){p, s.n};
}

static bool is_word_sign(char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || (c & 0x80); }

Str stakeholder_fold(Arena *a, Str name) {
	Buf b = {.a = a};
	Str low = lower(a, name);
	for (ptrdiff_t i = 0; i < low.n; i++) {
		Str rest = str_slice(low, i, low.n), put = str_slice(low, i, i + 1);
		for (ptrdiff_t k = 0; k < COUNT(one_sound); k++)
			if (str_starts(rest, one_sound[k].from)) {
				put = one_sound[k].to;
				i += one_sound[k].from.n - 1;
				break;
			}
		char c = is_word_sign(*put.p) ? *put.p : ' ';
		bool again = b.n && b.p[b.n - 1] == c && !(c & 0x80) &&
			     !(c >= '0' && c <= '9'); // aa is a, and one space is enough
		if (!again && (c != ' ' || b.n)) buf_char(&b, c);
	}
	return str_trim(buf_str(&b));
}

// What the directory is sorted and searched by.
static void fold_names(Cx *cx, Str code, const Str name[LANG__N], Str *sort, Str *search) {
	Buf b = {.a = cx->arena};
	Str first = {0};
	for (int l = 0; l < LANG__N; l++) {
		if (!name[l].n) continue;
		Str folded = stakeholder_fold(cx->arena, name[l]);
		if (!first.n) first = folded;
		buf_put(&b, folded);
		buf_char(&b, ' ');
	}
	buf_put(&b, stakeholder_fold(cx->arena, code));
	*search = buf_str(&b);
	*sort = str_fmt(cx->arena, "%.*s %.*s", (int)first.n, first.p, (int)code.n, code.p);
}

// ---- entries and what they write
// -------------------------------------------------------------------------------

static Object agency(int64_t id) { return (Object){ABOUT_STAKEHOLDER, id}; }
static Object member_object(int64_t id) { return (Object){ABOUT_MEMBER, id}; }

static void put_names(Body *b, const Str name[LANG__N]) {
	for (int l = 0; l < LANG__N; l++)
		if (name[l].n) body_str(b, name_field[l], name[l]);
}

static void names_of_body(Str body, Str name[LANG__N]) {
	for (int l = 0; l < LANG__N; l++) name[l] = body_get_str(body, name_field[l]);
}

static Err write_names(Cx *cx, int64_t id, const Str name[LANG__N]) {
	TRY(db_do(cx, &SQL_stakeholder_name_clear, INT(id)));
	for (int l = 0; l < LANG__N; l++)
		if (name[l].n)
			TRY(db_do(cx, &SQL_stakeholder_name_add, INT(id), STR(lang_info[l].code),
				  STR(name[l])));
	return OK;
}

static Err project_added(Cx *cx, const Entry *e) {
	Str name[LANG__N], sort, search, code = body_get_str(e->plain, "code");
	ASSERT(code.n && body_has(e->plain, "kind") && body_has(e->plain, "area"));
	names_of_body(e->plain, name);
	fold_names(cx, code, name, &sort, &search);
	int64_t above = body_get_int(e->plain, "above");
	TRY(db_do(cx, &SQL_stakeholder_insert, INT(e->id), STR(code), STR(body_get_str(e->plain, "kind")),
		  STR(body_get_str(e->plain, "area")), INT(above), INT(e->key.n),
		  STR(body_get_str(e->plain, "phone")), INT(body_get_int(e->plain, "listed")), INT(e->time),
		  STR(sort), STR(search)));
	TRY(write_names(cx, e->id, name));
	TRY(policy_place(cx, (StakeholderId){e->id}, (StakeholderId){above}));
	return policy_relate(cx, agency(e->id), (StakeholderId){e->id}, (MemberId){0}, RELATION_LEAD,
			     S("own_work"), e->time);
}

static Err one_row(Cx *cx, const Rows *rs, const char *what) {
	return rs->changed == 1 ? OK : fail(cx->why, ERR_CONFLICT, "%s: somebody was faster", what);
}

static Err project_changed(Cx *cx, const Entry *e) {
	Rows rs;
	Str name[LANG__N], sort, search;
	names_of_body(e->plain, name);
	fold_names(cx, body_get_str(e->plain, "code"), name, &sort, &search);
	TRY(db_run(cx, &SQL_stakeholder_update, &rs, INT(e->id), INT(body_get_int(e->plain, "version")),
		   STR(body_get_str(e->plain, "phone")), INT(body_get_int(e->plain, "listed")),
		   INT(body_get_int(e->plain, "active")), STR(sort), STR(search)));
	TRY(one_row(cx, &rs, "agency"));
	return write_names(cx, e->id, name);
}

static Err project_member_added(Cx *cx, const Entry *e) {
	int64_t of = body_get_int(e->plain, "stakeholder");
	ASSERT(of && body_has(e->plain, "name"));
	TRY(db_do(cx, &SQL_member_insert, INT(e->id), INT(of), BYTES(body_get_str(e->plain, "name")),
		  STR(body_get_str(e->plain, "posts")), STR(body_get_str(e->plain, "lang")), INT(e->time)));
	return policy_relate(cx, member_object(e->id), (StakeholderId){of}, (MemberId){0}, RELATION_LEAD,
			     S("own_work"), e->time);
}

static Err project_posts(Cx *cx, const Entry *e) {
	Rows rs;
	TRY(db_run(cx, &SQL_member_posts_update, &rs, INT(e->id), INT(body_get_int(e->plain, "rights")),
		   STR(body_get_str(e->plain, "posts"))));
	return one_row(cx, &rs, "posts");
}

static Err set_active(Cx *cx, const Entry *e, int active) {
	Rows rs;
	TRY(db_run(cx, &SQL_member_active_update, &rs, INT(e->id), INT(body_get_int(e->plain, "rights")),
		   INT(active)));
	return one_row(cx, &rs, "member");
}
static Err project_suspended(Cx *cx, const Entry *e) { return set_active(cx, e, 0); }
static Err project_restored(Cx *cx, const Entry *e) { return set_active(cx, e, 1); }

static Err project_lang(Cx *cx, const Entry *e) {
	return db_do(cx, &SQL_member_lang_update, INT(e->id), STR(body_get_str(e->plain, "lang")));
}

static const EntryKind KIND_added = {"stakeholder.added", project_added};
static const EntryKind KIND_changed = {"stakeholder.changed", project_changed};
static const EntryKind KIND_member_added = {"member.added", project_member_added};
static const EntryKind KIND_posts = {"member.posts", project_posts};
static const EntryKind KIND_suspended = {"member.suspended", project_suspended};
static const EntryKind KIND_restored = {"member.restored", project_restored};
static const EntryKind KIND_lang = {"member.language", project_lang};
const EntryKind *const stakeholder_kinds[] = {
	&KIND_added,	 &KIND_changed,	 &KIND_member_added, &KIND_posts,
	&KIND_suspended, &KIND_restored, &KIND_lang,	     NULL};

// ---- agencies
// --------------------------------------------------------------------------------------------------

static bool code_right(Str code) {
	if (code.n < 2 || code.n > CODE_MOST) return false;
	for (ptrdiff_t i = 0; i < code.n; i++) {
		char c = code.p[i];
		bool sign = (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
		if (!sign && !(c == '-' && i > 0 && i < code.n - 1)) return false;
	}
	return true;
}

static bool names_right(const Str name[LANG__N]) {
	bool any = false;
	for (int l = 0; l < LANG__N; l++) {
		if (name[l].n && (!utf8_valid(name[l]) || utf8_length(name[l]) > NAME_MOST)) return false;
		any |= name[l].n > 0;
	}
	return any;
}

static bool phone_right(Str phone) {
	for (ptrdiff_t i = 0; i < phone.n; i++) {
		char c = phone.p[i];
		if (!(c >= '0' && c <= '9') && c != ' ' && c != '-' && c != '(' && c != ')' &&
		    !(c == '+' && i == 0))
			return false;
	}
	return phone.n <= PHONE_MOST;
}

Err stakeholder_fault(Cx *cx, const StakeholderIn *in, bool added, AgencyFault *out) {
	Rows rs;
	*out = AGENCY_RIGHT;
	if (!names_right(in->name)) return *out = AGENCY_NAME, OK;
	if (!phone_right(in->phone)) return *out = AGENCY_PHONE, OK;
	if (!added) return OK;
	if (!code_right(in->code)) return *out = AGENCY_CODE, OK;
	if (!pack_kind(cx->pack, in->kind)) return *out = AGENCY_KIND, OK;
	if (!pack_area(cx->pack, in->area)) return *out = AGENCY_AREA, OK;
	TRY(db_run(cx, &SQL_stakeholder_with_code, &rs, STR(in->code)));
	if (rs.n) return *out = AGENCY_CODE_TAKEN, OK;
	if (!in->above.n) return OK;
	TRY(db_run(cx, &SQL_stakeholder_above_of, &rs, INT(in->above.n)));
	if (!rs.n) *out = AGENCY_ABOVE;
	return OK;
}

// A shelter's being there is part of where it is.
static bool may_be_listed(Str kind) { return !str_eq(kind, S("shelter")); }

Err stakeholder_add(Cx *cx, const StakeholderIn *in, StakeholderId *out) {
	AgencyFault fault;
	KeyId key;
	StakeholderId id = {id_new()};
	TRY(stakeholder_fault(cx, in, true, &fault));
	if (fault != AGENCY_RIGHT) return fail(cx->why, ERR_INVALID, "agency: fault %d", (int)fault);
	TRY(vault_key_new(cx, KEY_STAKEHOLDER, &key));
	Body b = body_on(cx);
	body_str(&b, "code", in->code);
	body_str(&b, "kind", in->kind);
	body_str(&b, "area", in->area);
	body_int(&b, "above", in->above.n);
	body_str(&b, "phone", in->phone);
	body_int(&b, "listed", in->listed && may_be_listed(in->kind));
	put_names(&b, in->name);
	TRY(ledger_append(
		cx,
		&(Entry){
			.kind = &KIND_added, .about = ABOUT_STAKEHOLDER, .id = id.n, .key = key, .body = b}));
	*out = id;
	return OK;
}

Err stakeholder_change(Cx *cx, StakeholderId id, const StakeholderChange *to) {
	Stakeholder s;
	AgencyFault fault;
	StakeholderIn in = {.phone = to->phone};
	memcpy(in.name, to->name, sizeof in.name);
	TRY(stakeholder_get(cx, id, &s));
	TRY(stakeholder_fault(cx, &in, false, &fault));
	if (fault != AGENCY_RIGHT) return fail(cx->why, ERR_INVALID, "agency: fault %d", (int)fault);
	if (s.version != to->version)
		return fail(cx->why, ERR_CONFLICT, "agency: version %lld", (long long)s.version);
	Body b = body_on(cx);
	body_str(&b, "code", s.code);
	body_int(&b, "version", to->version);
	body_str(&b, "phone", to->phone);
	body_int(&b, "listed", to->listed && may_be_listed(s.kind));
	body_int(&b, "active", to->active);
	put_names(&b, to->name);
	return ledger_append(cx, &(Entry){.kind = &KIND_changed,
					  .about = ABOUT_STAKEHOLDER,
					  .id = id.n,
					  .key = s.key,
					  .body = b});
}

static Stakeholder agency_of(const Row *r) {
	return (Stakeholder){
		.id = {row_int(r, 0)},
		.code = row_str(r, 1),
		.kind = row_str(r, 2),
		.area = row_str(r, 3),
		.above = {row_int(r, 4)},
		.key = {row_int(r, 5)},
		.phone = row_str(r, 6),
		.listed = row_int(r, 7),
		.active = row_int(r, 8),
		.version = row_int(r, 9),
		.made = row_int(r, 10),
		.name = row_str(r, 11),
	};
}

Err stakeholder_get(Cx *cx, StakeholderId id, Stakeholder *out) {
	Row r;
	TRY(db_one(cx, &SQL_stakeholder_one, &r, INT(id.n), STR(lang_info[cx->lang].code)));
	*out = agency_of(&r);
	return OK;
}

Err stakeholder_by_code(Cx *cx, Str code, Stakeholder *out) {
	Row r;
	TRY(db_one(cx, &SQL_stakeholder_with_code, &r, STR(code)));
	return stakeholder_get(cx, (StakeholderId){row_int(&r, 0)}, out);
}

Err stakeholder_names(Cx *cx, StakeholderId id, Str name[LANG__N]) {
	Rows rs;
	TRY(db_run(cx, &SQL_stakeholder_names_of, &rs, INT(id.n)));
	for (int l = 0; l < LANG__N; l++) name[l] = (Str){0};
	for (ptrdiff_t i = 0; i < rs.n; i++) {
		Lang l;
		if (lang_from_code(row_str(&rs.row[i], 0), &l)) name[l] = row_str(&rs.row[i], 1);
	}
	return OK;
}

Err stakeholder_name(Cx *cx, StakeholderId id, Str *out) {
	Rows rs = {0};
	if (id.n) TRY(db_run(cx, &SQL_stakeholder_name_of, &rs, INT(id.n), STR(lang_info[cx->lang].code)));
	*out = rs.n ? row_str(&rs.row[0], 0) : (Str){0};
	return OK;
}

Err stakeholder_above(Cx *cx, StakeholderId id, StakeholderId *out) {
	Row r;
	TRY(db_one(cx, &SQL_stakeholder_above_of, &r, INT(id.n)));
	out->n = row_int(&r, 0);
	return OK;
}

Err stakeholder_of_kind(Cx *cx, Str kind, Str area, StakeholderIds *out) {
	Rows rs;
	if (area.n)
		TRY(db_run(cx, &SQL_stakeholder_of_kind_in, &rs, STR(kind), STR(area)));
	else
		TRY(db_run(cx, &SQL_stakeholder_of_kind_anywhere, &rs, STR(kind)));
	*out = (StakeholderIds){NEW(cx->arena, StakeholderId, rs.n), rs.n};
	for (ptrdiff_t i = 0; i < rs.n; i++) out->at[i].n = row_int(&rs.row[i], 0);
	return OK;
}

Err stakeholder_nearest(Cx *cx, Str kind, Str area, Object wall_of, StakeholderId *out) {
	const PackArea *at = pack_area(cx->pack, area);
	*out = (StakeholderId){0};
	if (!at) at = pack_area(cx->pack, cx->pack->country);
	for (; at; at = at->parent.n ? pack_area(cx->pack, at->parent) : NULL) {
		StakeholderIds here;
		TRY(stakeholder_of_kind(cx, kind, at->code, &here));
		for (ptrdiff_t i = 0; i < here.n; i++) {
			bool walled;
			TRY(policy_is_walled(cx, wall_of, here.at[i], &walled));
			if (walled) continue;
			*out = here.at[i];
			return OK;
		}
	}
	return OK;
}

// ---- the directory
// ---------------------------------------------------------------------------------------------

// Responsible for the place asked about, or inside it.
static bool area_fits(const Pack *pack, Str of_agency, Str asked) {
	return !asked.n || pack_area_within(pack, asked, of_agency) ||
	       pack_area_within(pack, of_agency, asked);
}

Err stakeholder_list(Cx *cx, const StakeholderFilter *f, Stakeholders *out) {
	int limit = f->limit ? f->limit : 25;
	Str folded = stakeholder_fold(cx->arena, f->search), from = {0};
	Rows rs;
	*out = (Stakeholders){.at = NEW(cx->arena, Stakeholder, limit)};
	if (f->after.n) {
		TRY(db_run(cx, &SQL_stakeholder_sort_of, &rs, INT(f->after.n)));
		if (rs.n) from = row_str(&rs.row[0], 0);
	}
	do {
		TRY(db_run(cx, &SQL_stakeholder_page, &rs, STR(lang_info[cx->lang].code), STR(from),
			   STR(f->kind), STR(folded), INT(f->active_only), INT(f->unlisted), INT(f->mine.n),
			   INT(STRETCH)));
		for (ptrdiff_t i = 0; i < rs.n; i++) {
			Stakeholder s = agency_of(&rs.row[i]);
			if (!area_fits(cx->pack, s.area, f->area)) continue;
			if (out->n == limit) return out->more = true, OK;
			out->at[out->n++] = s;
		}
		if (rs.n) from = row_str(&rs.row[rs.n - 1], 12);
	} while (rs.n == STRETCH);
	return OK;
}

// Writes everywhere: has the act without standing in any relation. That is the hub.
static bool everywhere(Cx *cx, Act act) {
	const Actor *who = cx->actor;
	return who->program ||
	       policy_grant(cx->pack, who->posts, who->member.n == 0, RELATION_NOBODY, act) != 0;
}

Err stakeholder_seen(Cx *cx, const Stakeholder *s, bool *out) {
	Rows rs;
	*out = s->listed || s->id.n == cx->actor->stakeholder.n || everywhere(cx, ACT_agency_write);
	if (*out) return OK;
	TRY(db_run(cx, &SQL_stakeholder_stands, &rs, INT(s->id.n), INT(cx->actor->stakeholder.n)));
	*out = rs.n > 0;
	return OK;
}

Err stakeholder_counts(Cx *cx, StakeholderCounts *out) {
	Rows rs;
	TRY(db_run(cx, &SQL_stakeholder_count_kinds, &rs));
	*out = (StakeholderCounts){NEW(cx->arena, StakeholderCount, rs.n), rs.n};
	for (ptrdiff_t i = 0; i < rs.n; i++)
		out->at[i] = (StakeholderCount){row_str(&rs.row[i], 0), row_int(&rs.row[i], 1),
						row_int(&rs.row[i], 2)};
	return OK;
}

Err stakeholder_empty(Cx *cx, int limit, Stakeholders *out) {
	Rows rs;
	TRY(db_run(cx, &SQL_stakeholder_without_members, &rs, STR(lang_info[cx->lang].code), INT(limit + 1)));
	*out = (Stakeholders){.at = NEW(cx->arena, Stakeholder, rs.n),
			      .n = rs.n > limit ? limit : rs.n,
			      .more = rs.n > limit};
	for (ptrdiff_t i = 0; i < out->n; i++) out->at[i] = agency_of(&rs.row[i]);
	return OK;
}

// ---- posts
// -----------------------------------------------------------------------------------------------------

uint32_t posts_from_text(const Pack *pack, Str codes) {
	uint32_t posts = 0;
	for (Str code; str_cut(&codes, ' ', &code);)
		for (ptrdiff_t i = 0; i < pack->npost && i < POSTS_MAX; i++)
			if (str_eq(pack->post[i].code, code)) posts |= UINT32_C(1) << i;
	return posts;
}

static Str join_posts(Arena *a, const Pack *pack, uint32_t posts, Str between, int lang) {
	Buf b = {.a = a};
	for (ptrdiff_t i = 0; i < pack->npost && i < POSTS_MAX; i++) {
		if (!(posts & UINT32_C(1) << i)) continue;
		if (b.n) buf_put(&b, between);
		buf_put(&b, lang < 0 ? pack->post[i].code : label_in(&pack->post[i].label, lang));
	}
	return buf_str(&b);
}
Str posts_text(Arena *a, const Pack *pack, uint32_t posts) { return join_posts(a, pack, posts, S(" "), -1); }
Str posts_said(Cx *cx, uint32_t posts) { return join_posts(cx->arena, cx->pack, posts, S(", "), cx->lang); }

PostsFault posts_fault(Cx *cx, MemberId whose, uint32_t from, uint32_t to) {
	uint32_t admin = posts_from_text(cx->pack, S("hub_admin")),
		 hub = admin | posts_from_text(cx->pack, S("auditor"));
	uint32_t beside_admin = posts_from_text(cx->pack, S("directory_editor"));
	if (!to) return POSTS_NONE;
	if (whose.n && whose.n == cx->actor->member.n) return POSTS_OWN;
	if ((to & admin) && (to & ~(admin | beside_admin))) return POSTS_ALONE;
	if (((from | to) & hub) && !everywhere(cx, ACT_member_write)) return POSTS_HUB_ONLY;
	return POSTS_RIGHT;
}

// ---- members
// ---------------------------------------------------------------------------------------------------

static Place name_place(int64_t member) { return (Place){"member", "name", member}; }

static Err member_of(Cx *cx, const Row *r, Member *out) {
	Lang lang = LANG_EN;
	Member m = {
		.id = {row_int(r, 0)},
		.stakeholder = {row_int(r, 1)},
		.key = {row_int(r, 2)},
		.posts = posts_from_text(cx->pack, row_str(r, 4)),
		.active = row_int(r, 5),
		.rights = row_int(r, 7),
		.made = row_int(r, 8),
	};
	if (lang_from_code(row_str(r, 6), &lang)) m.lang = lang;
	TRY(vault_unseal(cx, m.key, name_place(m.id.n), row_str(r, 3), &m.name));
	*out = m;
	return OK;
}

Err member_get(Cx *cx, MemberId id, Member *out) {
	Row r;
	TRY(db_one(cx, &SQL_member_one, &r, INT(id.n)));
	return member_of(cx, &r, out);
}

Err member_name(Cx *cx, MemberId id, Str *out) {
	Rows rs = {0};
	Member m = {0};
	if (id.n) TRY(db_run(cx, &SQL_member_one, &rs, INT(id.n)));
	if (rs.n) TRY(member_of(cx, &rs.row[0], &m));
	*out = m.name;
	return OK;
}

Err member_list(Cx *cx, StakeholderId of, Members *out) {
	Rows rs;
	TRY(db_run(cx, &SQL_member_all, &rs, INT(of.n)));
	*out = (Members){NEW(cx->arena, Member, rs.n), rs.n};
	for (ptrdiff_t i = 0; i < rs.n; i++) TRY(member_of(cx, &rs.row[i], &out->at[i]));
	return OK;
}

Err member_with_post(Cx *cx, StakeholderId of, Str post, MemberId *out) {
	Rows rs;
	TRY(db_run(cx, &SQL_member_holding, &rs, INT(of.n), STR(post)));
	out->n = rs.n ? row_int(&rs.row[0], 0) : 0;
	return OK;
}

static Err posts_checked(Cx *cx, MemberId whose, uint32_t from, uint32_t to) {
	PostsFault fault = posts_fault(cx, whose, from, to);
	return fault == POSTS_RIGHT ? OK : fail(cx->why, ERR_INVALID, "posts: fault %d", (int)fault);
}

Err member_add(Cx *cx, const MemberIn *in, MemberId *out) {
	Stakeholder s;
	MemberId id = {id_new()};
	Str sealed, name = str_trim(in->name);
	TRY(stakeholder_get(cx, in->stakeholder, &s));
	if (!s.active) return fail(cx->why, ERR_NOT_FOUND, "agency is not active");
	if (!name.n || !utf8_valid(name) || utf8_length(name) > NAME_MOST)
		return fail(cx->why, ERR_INVALID, "member without a name");
	TRY(posts_checked(cx, (MemberId){0}, 0, in->posts));
	TRY(vault_seal(cx, s.key, name_place(id.n), name, &sealed));
	Body b = body_on(cx);
	body_int(&b, "stakeholder", s.id.n);
	body_bytes(&b, "name", sealed);
	body_str(&b, "posts", posts_text(cx->arena, cx->pack, in->posts));
	body_str(&b, "lang", lang_info[in->lang].code);
	TRY(ledger_append(cx, &(Entry){.kind = &KIND_member_added,
				       .about = ABOUT_MEMBER,
				       .id = id.n,
				       .key = s.key,
				       .body = b}));
	*out = id;
	return OK;
}

static Err member_entry(Cx *cx, const EntryKind *kind, const Member *m, Body b) {
	return ledger_append(
		cx, &(Entry){.kind = kind, .about = ABOUT_MEMBER, .id = m->id.n, .key = m->key, .body = b});
}

// The member as the reader saw her, not changed meanwhile, and not oneself.
static Err get_unchanged(Cx *cx, MemberId id, int64_t rights, bool active, Member *m) {
	TRY(member_get(cx, id, m));
	if (m->rights != rights || m->active != active)
		return fail(cx->why, ERR_CONFLICT, "member: changed meanwhile");
	return OK;
}

Err member_set_posts(Cx *cx, MemberId id, int64_t rights, uint32_t posts) {
	Member m;
	TRY(get_unchanged(cx, id, rights, true, &m));
	TRY(posts_checked(cx, id, m.posts, posts));
	Body b = body_on(cx);
	body_int(&b, "rights", rights);
	body_str(&b, "before", posts_text(cx->arena, cx->pack, m.posts));
	body_str(&b, "posts", posts_text(cx->arena, cx->pack, posts));
	return member_entry(cx, &KIND_posts, &m, b);
}

Err member_suspend(Cx *cx, MemberId id, int64_t rights, Str reason) {
	Member m;
	TRY(get_unchanged(cx, id, rights, true, &m));
	TRY(posts_checked(cx, id, m.posts,
			  m.posts ? m.posts
				  : 1)); // a member all of whose posts left the pack can be suspended
	if (!reason.n) return fail(cx->why, ERR_INVALID, "suspending needs a reason");
	Body b = body_on(cx);
	body_int(&b, "rights", rights);
	body_str(&b, "reason", reason);
	return member_entry(cx, &KIND_suspended, &m, b);
}

Err member_restore(Cx *cx, MemberId id, int64_t rights) {
	Member m;
	TRY(get_unchanged(cx, id, rights, false, &m));
	TRY(posts_checked(cx, id, m.posts, m.posts));
	Body b = body_on(cx);
	body_int(&b, "rights", rights);
	return member_entry(cx, &KIND_restored, &m, b);
}

Err member_set_lang(Cx *cx, MemberId id, int lang) {
	Member m;
	if (lang < 0 || lang >= LANG__N || !lang_offered(lang))
		return fail(cx->why, ERR_INVALID, "language %d is not offered", lang);
	TRY(member_get(cx, id, &m));
	Body b = body_on(cx);
	body_str(&b, "lang", lang_info[lang].code);
	return member_entry(cx, &KIND_lang, &m, b);
}
