// How a member is let in, what she may do, and how she is kept out: pages for supervisors and the hub.
#include "account/account_inside.h"
#include "account_html.h"
#include "stakeholder/stakeholder.h"
#include "text.h"

static const Choice languages[] = {{SLIT("en"), T_none, SLIT("English")},
				   {SLIT("hi"), T_none, SLIT("हिन्दी")}};
const Field account_member_fields[MEMBER_FIELDS] = {
	{.name = "name",
	 .kind = FIELD_TEXT,
	 .required = true,
	 .max = 200,
	 .label = T_account_name,
	 .hint = T_account_name_hint},
	{.name = "posts",
	 .kind = FIELD_MANY,
	 .required = true,
	 .label = T_account_posts,
	 .hint = T_account_posts_choose},
	{.name = "language",
	 .kind = FIELD_ONE,
	 .required = true,
	 .label = T_account_language_field,
	 .choice = languages,
	 .nchoice = (int)COUNT(languages)},
};
const Field account_posts_fields[POSTS_FIELDS] = {
	{.name = "posts",
	 .kind = FIELD_MANY,
	 .required = true,
	 .label = T_account_posts,
	 .hint = T_account_posts_choose},
};
const Field account_suspend_fields[SUSPEND_FIELDS] = {
	{.name = "reason",
	 .kind = FIELD_LONG,
	 .required = true,
	 .max = 2000,
	 .label = T_account_suspend_reason,
	 .hint = T_account_suspend_reason_hint},
};

static MemberId asked(const Req *rq) { return (MemberId){req_param(rq, 0)}; }
static Url member_url(Cx *cx, MemberId m) { return url_of(cx->arena, PATH_member, m.n); }
static Str number(Cx *cx, int64_t n) { return str_fmt(cx->arena, "%lld", (long long)n); }

static int64_t version_seen(const Req *rq) {
	int64_t v = 0;
	(void)str_to_int(req_str(rq, "_version"), &v); // none: 0, which is no version
	return v;
}

// ---- posts as choices
// --------------------------------------------------------------------------------------------

// Only what the reader may give is offered; one she may not take away stays ticked, and the rule says so.
static void offer_posts(Cx *cx, FormView *form, uint32_t had) {
	const Pack *p = cx->pack;
	Choice *at = NEW(cx->arena, Choice, p->npost);
	int n = 0;
	for (ptrdiff_t i = 0; i < p->npost && i < POSTS_MAX; i++) {
		uint32_t post = UINT32_C(1) << i;
		if (!(had & post) && posts_fault(cx, (MemberId){0}, 0, post) == POSTS_HUB_ONLY) continue;
		at[n++] = (Choice){.code = p->post[i].code, .said = label_in(&p->post[i].label, cx->lang)};
	}
	form_choices(cx, form, "posts", at, n);
}

static uint32_t chosen_posts(Cx *cx, const Req *rq) {
	uint32_t posts = 0;
	for (ptrdiff_t i = 0; i < cx->pack->npost && i < POSTS_MAX; i++)
		if (req_has(rq, "posts", cx->pack->post[i].code)) posts |= UINT32_C(1) << i;
	return posts;
}

static Err check_posts(Cx *cx, Req *rq, MemberId whose, uint32_t from, uint32_t to) {
	static const Text said[] = {
		[POSTS_RIGHT] = T_none,
		[POSTS_NONE] = T_account_posts_none,
		[POSTS_HUB_ONLY] = T_account_posts_hub_only,
		[POSTS_ALONE] = T_account_posts_alone,
		[POSTS_OWN] = T_account_posts_own,
	};
	PostsFault f = posts_fault(cx, whose, from, to);
	if (f == POSTS_RIGHT) return OK;
	req_error(cx, rq, "posts", text_in(cx->lang, said[f]));
	return fail(cx->why, ERR_INVALID, "posts: fault %d", (int)f);
}

// ---- a new member
// ------------------------------------------------------------------------------------------------

Err account_show_member_new(Cx *cx, Req *rq, Reply *out) {
	Stakeholder s;
	TRY(stakeholder_get(cx, (StakeholderId){req_param(rq, 0)}, &s));
	FormView *form = form_view(cx, rq, account_route_to(PATH_member_new, "POST"),
				   url_of(cx->arena, PATH_member_new, s.id.n),
				   GIVEN({"language", lang_info[cx->lang].code}));
	offer_posts(cx, form, 0);
	form->submit = text_in(cx->lang, T_account_member_add);
	form->cancel = url_of(cx->arena, PATH_agency, s.id.n);
	AccountForm v = {s.name, form->cancel, text_in(cx->lang, T_account_member_new),
			 text_in(cx->lang, T_account_member_new_lead), form};
	return reply_page(cx, rq, out, &TEMPLATE_account_form, &v, v.title, ACT_directory_read);
}

Err account_run_member_new(Cx *cx, Req *rq, Reply *out) {
	Lang lang = LANG_EN;
	MemberId id;
	MemberIn in = {.stakeholder = {req_param(rq, 0)},
		       .name = req_str(rq, "name"),
		       .posts = chosen_posts(cx, rq)};
	if (lang_from_code(req_str(rq, "language"), &lang)) in.lang = lang;
	TRY(check_posts(cx, rq, (MemberId){0}, 0, in.posts));
	TRY(member_add(cx, &in, &id));
	reply_flash(cx, out, T_account_member_added);
	return reply_see(cx, out, member_url(cx, id));
}

// ---- one member
// --------------------------------------------------------------------------------------------------

Err account_show_member(Cx *cx, Req *rq, Reply *out) {
	Member m;
	MemberPage v = {0};
	TRY(member_get(cx, asked(rq), &m));
	TRY(stakeholder_name(cx, m.stakeholder, &v.agency));
	TRY(account_exists(cx, m.id, &v.can_sign_in));
	v.name = m.name;
	v.agency_page = url_of(cx->arena, PATH_agency, m.stakeholder.n);
	v.posts = posts_said(cx, m.posts);
	v.language = lang_info[m.lang].own;
	v.since = say_date(cx, m.made);
	v.suspended = !m.active;
	v.writes = m.id.n != cx->actor->member.n && req_may(cx, rq, ACT_member_write);
	v.make_link = url_of(cx->arena, PATH_member_link, m.id.n);
	v.change = url_of(cx->arena, PATH_member_posts, m.id.n);
	v.suspend = url_of(cx->arena, PATH_member_suspend, m.id.n);
	v.restore = url_of(cx->arena, PATH_member_restore, m.id.n);
	v.version = number(cx, m.rights);
	v.token = form_view(cx, rq, account_route_to(PATH_member_link, "POST"), v.make_link, NULL, 0)->token;
	return reply_page(cx, rq, out, &TEMPLATE_member, &v, text_in(cx->lang, T_account_member_title),
			  ACT_directory_read);
}

// Whoever gives a link could sign in with it: so it follows the same rule as giving the posts.
Err account_run_link(Cx *cx, Req *rq, Reply *out) {
	Member m;
	Str token;
	TRY(member_get(cx, asked(rq), &m));
	if (posts_fault(cx, m.id, m.posts, m.posts) != POSTS_RIGHT)
		return fail(cx->why, ERR_NOT_FOUND, "link: not the reader's to make");
	TRY(account_setup_link(cx, m.id, &token));
	Url link = account_setup_url(cx->arena, token);
	LinkPage v = {.name = m.name,
		      .link = link,
		      .link_text = link.s,
		      .until = say_when(cx, cx->now + SETUP_LASTS),
		      .member = member_url(cx, m.id)};
	return reply_page(cx, rq, out, &TEMPLATE_link, &v, text_in(cx->lang, T_account_link_ready),
			  ACT_directory_read);
}

// ---- posts, suspending, restoring
// ----------------------------------------------------------------------------------

Err account_show_posts(Cx *cx, Req *rq, Reply *out) {
	Member m;
	TRY(member_get(cx, asked(rq), &m));
	FormView *form = form_view(cx, rq, account_route_to(PATH_member_posts, "POST"),
				   url_of(cx->arena, PATH_member_posts, m.id.n),
				   GIVEN({"posts", posts_text(cx->arena, cx->pack, m.posts)}));
	offer_posts(cx, form, m.posts);
	if (version_seen(rq) && version_seen(rq) != m.rights)
		form->problem = say(cx, T_account_changed, posts_said(cx, m.posts));
	form->version = number(cx, m.rights);
	form->submit = text_in(cx->lang, T_account_posts_save);
	form->cancel = member_url(cx, m.id);
	AccountForm v = {m.name, form->cancel, text_in(cx->lang, T_account_posts_change),
			 text_in(cx->lang, T_account_posts_lead), form};
	return reply_page(cx, rq, out, &TEMPLATE_account_form, &v, v.title, ACT_directory_read);
}

Err account_run_posts(Cx *cx, Req *rq, Reply *out) {
	Member m;
	uint32_t posts = chosen_posts(cx, rq);
	TRY(member_get(cx, asked(rq), &m));
	TRY(check_posts(cx, rq, m.id, m.posts, posts));
	TRY(member_set_posts(cx, m.id, version_seen(rq), posts));
	reply_flash(cx, out, T_account_posts_saved);
	return reply_see(cx, out, member_url(cx, m.id));
}

Err account_show_suspend(Cx *cx, Req *rq, Reply *out) {
	Member m;
	TRY(member_get(cx, asked(rq), &m));
	FormView *form = form_view(cx, rq, account_route_to(PATH_member_suspend, "POST"),
				   url_of(cx->arena, PATH_member_suspend, m.id.n), NULL, 0);
	if (version_seen(rq) && version_seen(rq) != m.rights)
		form->problem = say(cx, T_account_changed, posts_said(cx, m.posts));
	form->version = number(cx, m.rights);
	form->submit = text_in(cx->lang, T_account_suspend_now);
	form->cancel = member_url(cx, m.id);
	AccountForm v = {m.name, form->cancel, text_in(cx->lang, T_account_suspend),
			 text_in(cx->lang, T_account_suspend_lead), form};
	return reply_page(cx, rq, out, &TEMPLATE_account_form, &v, v.title, ACT_directory_read);
}

Err account_run_suspend(Cx *cx, Req *rq, Reply *out) {
	MemberId id = asked(rq);
	Member m;
	TRY(member_get(cx, id, &m));
	PostsFault f = posts_fault(cx, id, m.posts, m.posts);
	if (f == POSTS_OWN || f == POSTS_HUB_ONLY) {
		req_error(
			cx, rq, "reason",
			text_in(cx->lang, f == POSTS_OWN ? T_account_suspend_own : T_account_posts_hub_only));
		return fail(cx->why, ERR_INVALID, "suspend: fault %d", (int)f);
	}
	TRY(member_suspend(cx, id, version_seen(rq), req_str(rq, "reason")));
	reply_flash(cx, out, T_account_suspend_done);
	return reply_see(cx, out, member_url(cx, id));
}

Err account_run_restore(Cx *cx, Req *rq, Reply *out) {
	MemberId id = asked(rq);
	Member m;
	TRY(member_get(cx, id, &m));
	if (posts_fault(cx, id, m.posts, m.posts) != POSTS_RIGHT)
		return fail(cx->why, ERR_NOT_FOUND, "restore: not the reader's to do");
	TRY(member_restore(cx, id, version_seen(rq)));
	reply_flash(cx, out, T_account_restored);
	return reply_see(cx, out, member_url(cx, id));
}
