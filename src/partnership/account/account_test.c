#include "account/account.h"
#include "fixture.h"

#define GOOD "quiet lamps under rivers"

static MemberId join(Cx *cx) {
	StakeholderId agency = {0};
	MemberId id = {0};
	StakeholderIn in = {.code = S("NGO-1"),
			    .kind = S("ngo"),
			    .area = cx->pack->country,
			    .name = {[LANG_EN] = S("Agency (demo)")}};
	ok(stakeholder_add(cx, &in, &agency));
	ok(member_add(cx,
		      &(MemberIn){agency, S("Nobody Namoona (demo)"),
				  posts_from_text(cx->pack, S("caseworker")), LANG_HI},
		      &id));
	return id;
}

static MemberId account(Cx *cx, const char *login) {
	MemberId id = join(cx);
	ok(account_make(cx, id, str_of(login), S(GOOD)));
	return id;
}

static Str sign_in(Cx *cx, const char *login, Str device) {
	SignIn s;
	Str token = {0};
	ok(account_sign_in_ask(cx, str_of(login), device, &s));
	assert_true(vault_password_right(cx, s.hash, S(GOOD)));
	ok(account_sign_in_right(cx, &s, &token));
	return token;
}

static Err who(Cx *cx, Str token) {
	Actor a;
	int lang;
	bool touch;
	return account_session_actor(cx, token, &a, &lang, &touch);
}

static void passwords_that_would_be_guessed_are_refused(Cx *cx) {
	static const struct {
		const char *login, *password;
		AccountFault fault;
	} tries[] = {
		{"asha", GOOD, ACCOUNT_RIGHT},
		{"a", GOOD, LOGIN_SHAPE},
		{"asha devi", GOOD, LOGIN_SHAPE},
		{"आशा", GOOD, LOGIN_SHAPE},
		{"asha", "short", PASSWORD_SHORT},
		{"asha", "elevenchars", PASSWORD_SHORT},
		{"asha", "password1234", PASSWORD_COMMON},
		{"asha", "P@ssword123456", PASSWORD_COMMON},
		{"asha", "aaaaaaaaaaaaaa", PASSWORD_COMMON},
		{"asha", "123456789012345", PASSWORD_COMMON},
		{"asha", "abcdefghijklmnop", PASSWORD_COMMON},
		{"asha", "qwertyuiop1234", PASSWORD_COMMON},
		{"asha", "iloveyoumumbai", PASSWORD_COMMON},
		{"asha", "quiet Asha under rivers", PASSWORD_HAS_LOGIN},
		{"", GOOD, ACCOUNT_RIGHT},
		{"asha", "नदी के पार दीपक", ACCOUNT_RIGHT},
	};
	for (ptrdiff_t i = 0; i < COUNT(tries); i++)
		assert_int_equal(account_fault(cx, str_of(tries[i].login), str_of(tries[i].password)),
				 tries[i].fault);
	char *big = NEW(cx->arena, char, 302);
	for (int i = 0; i < 301; i++) big[i] = (char)('a' + i * 7 % 26);
	assert_int_equal(account_fault(cx, S("asha"), str_of(big)), PASSWORD_LONG);
}

static void a_member_signs_in_and_out(Cx *cx) {
	MemberId id = account(cx, "asha.demo");
	Actor a;
	int lang = LANG_EN;
	bool touch = true;
	Str token = sign_in(cx, "ASHA.demo", S("")); // case does not matter
	ok(account_session_actor(cx, token, &a, &lang, &touch));
	assert_true(a.member.n == id.n && lang == LANG_HI && !touch &&
		    a.posts == posts_from_text(cx->pack, S("caseworker")));
	assert_true(str_eq(a.name, S("Nobody Namoona (demo)")) &&
		    str_eq(a.stakeholder_name, S("Agency (demo)")));
	assert_int_equal(who(cx, S("")), ERR_DENIED);
	assert_int_equal(who(cx, S("0123456789ABCDEFGHJKMNPQRS")), ERR_DENIED);
	ok(account_sign_out(cx, token));
	assert_int_equal(who(cx, token), ERR_DENIED);
	ok(account_sign_out(cx, token));
	ok(account_sign_out(cx, S("nonsense")));
}

static void a_session_ends_when_idle_and_in_any_case(Cx *cx) {
	Actor a;
	int lang;
	bool touch;
	account(cx, "asha");
	Str token = sign_in(cx, "asha", S(""));
	int64_t began = cx->now;
	cx->now = began + SESSION_IDLE - 1;
	ok(account_session_actor(cx, token, &a, &lang, &touch));
	assert_true(touch);
	ok(account_session_touch(cx, token));
	ok(account_session_actor(cx, token, &a, &lang, &touch));
	assert_false(touch); // once a minute is enough
	cx->now += SESSION_IDLE;
	assert_int_equal(who(cx, token), ERR_DENIED);
	token = sign_in(cx, "asha", token);
	began = cx->now;
	while (cx->now + 1500 < began + SESSION_WHOLE) {
		cx->now += 1500;
		ok(who(cx, token));
		ok(account_session_touch(cx, token));
	}
	cx->now = began + SESSION_WHOLE;
	assert_int_equal(who(cx, token), ERR_DENIED);
}

static void changed_rights_end_every_session(Cx *cx) {
	Member m;
	SignIn s;
	MemberId id = account(cx, "asha");
	Str token = sign_in(cx, "asha", S(""));
	ok(member_set_posts(cx, id, 1, posts_from_text(cx->pack, S("counsellor"))));
	assert_int_equal(who(cx, token), ERR_DENIED);
	token = sign_in(cx, "asha", token);
	ok(member_suspend(cx, id, 2, S("left")));
	assert_int_equal(who(cx, token), ERR_DENIED);
	ok(account_sign_in_ask(cx, S("asha"), token, &s));
	assert_int_equal(s.hash.n, 0); // nobody who could sign in, as for an unknown login
	assert_int_equal(account_setup_link(cx, id, &token), ERR_CONFLICT);
	ok(member_restore(cx, id, 3));
	assert_int_equal(who(cx, token), ERR_DENIED);
	token = sign_in(cx, "asha", S(""));
	ok(member_get(cx, id, &m));
	ok(member_set_lang(cx, id, LANG_EN)); // no right changes with the language
	ok(who(cx, token));
	ok(stakeholder_change(cx, m.stakeholder,
			      &(StakeholderChange){.version = 1, .name = {[LANG_EN] = S("Closed (demo)")}}));
	assert_int_equal(who(cx, token), ERR_DENIED);
}

static void what_changed_between_asking_and_signing_in_counts(Cx *cx) {
	SignIn s;
	Str token;
	MemberId id = account(cx, "asha");
	ok(account_sign_in_ask(cx, S("asha"), S(""), &s));
	ok(member_suspend(cx, id, 1, S("left")));
	assert_int_equal(account_sign_in_right(cx, &s, &token), ERR_DENIED);
	ok(member_restore(cx, id, 2));
	ok(account_make(cx, id, S("asha"), S("other lamps over rivers")));
	assert_int_equal(account_sign_in_right(cx, &s, &token), ERR_DENIED);
}

static void guessing_has_to_wait_and_never_locks_out_the_owner(Cx *cx) {
	SignIn s;
	account(cx, "asha");
	Str here = sign_in(cx, "asha", S(""));
	ok(account_sign_out(cx, here));
	static const char *const logins[] = {"asha", "nobody"}; // known or not: the same
	for (ptrdiff_t l = 0; l < COUNT(logins); l++) {
		for (int i = 0; i < 10; i++) {
			ok(account_sign_in_ask(cx, str_of(logins[l]), S(""), &s));
			ok(account_sign_in_wrong(cx, &s));
		}
		assert_int_equal(account_sign_in_ask(cx, str_of(logins[l]), S(""), &s), ERR_LIMIT);
	}
	ok(account_sign_in_ask(cx, S("asha"), here, &s)); // the device that was here before
	assert_true(s.device.n > 0);
	for (int i = 0; i < 10; i++) ok(account_sign_in_wrong(cx, &s));
	assert_int_equal(account_sign_in_ask(cx, S("asha"), here, &s), ERR_LIMIT);
	cx->now += 15 * 60;
	ok(account_sign_in_ask(cx, S("asha"), S(""), &s));
	ok(account_sign_in_ask(cx, S("asha"), here, &s));
}

static void a_hundred_tries_a_day_are_enough_for_anybody(Cx *cx) {
	SignIn s;
	int tries = 0;
	account(cx, "asha");
	for (int window = 0; window < 20; window++, cx->now += 15 * 60)
		while (account_sign_in_ask(cx, S("asha"), S(""), &s) == OK) {
			ok(account_sign_in_wrong(cx, &s));
			tries++;
		}
	assert_int_equal(tries, 100);
	cx->now += 86400;
	ok(account_sign_in_ask(cx, S("asha"), S(""), &s));
	ok(account_tick(cx));
}

static void tries_on_many_logins_count_together(Cx *cx) {
	SignIn s;
	int tries = 0;
	account(cx, "asha");
	Str here = sign_in(cx, "asha", S(""));
	while (tries < 1000 &&
	       account_sign_in_ask(cx, str_fmt(cx->arena, "nobody%d", tries), S(""), &s) == OK) {
		ok(account_sign_in_wrong(cx, &s));
		tries++;
	}
	assert_int_equal(tries, 600);
	assert_int_equal(account_sign_in_ask(cx, S("asha"), S(""), &s), ERR_LIMIT);
	ok(account_sign_in_ask(cx, S("asha"), here, &s));
}

static void a_link_works_once_and_for_three_days(Cx *cx) {
	Setup u;
	Str first, second, hash;
	MemberId id = join(cx);
	bool has;
	ok(vault_password_hash(cx, S(GOOD), &hash));
	ok(account_setup_link(cx, id, &first));
	assert_int_equal(first.n, 24);
	ok(account_setup_link(cx, id, &second)); // the new one ends the old one
	assert_int_equal(account_setup_get(cx, first, &u), ERR_GONE);
	assert_int_equal(account_setup_get(cx, S("0000"), &u), ERR_GONE);
	ok(account_setup_get(cx, second, &u));
	assert_true(u.member.n == id.n && !u.has_account);
	ok(account_setup_use(cx, second, S("asha"), hash));
	ok(account_exists(cx, id, &has));
	assert_true(has);
	assert_int_equal(account_setup_use(cx, second, S("asha"), hash), ERR_GONE);
	Str session = sign_in(cx, "asha", S(""));
	ok(account_setup_link(cx, id, &first));
	ok(account_setup_get(cx, first, &u));
	assert_true(u.has_account);
	ok(who(cx, session)); // until it is used nothing changes
	ok(account_setup_use(cx, first, S(""), hash));
	assert_int_equal(who(cx, session), ERR_DENIED);
	session = sign_in(cx, "asha", S(""));
	ok(account_setup_link(cx, id, &first));
	cx->now += SETUP_LASTS;
	assert_int_equal(account_setup_get(cx, first, &u), ERR_GONE);
	ok(account_tick(cx));
}

static void a_login_belongs_to_one_member(Cx *cx) {
	Member m;
	MemberId id = account(cx, "asha"), other;
	Str token;
	ok(member_get(cx, id, &m));
	ok(member_add(cx, &(MemberIn){m.stakeholder, S("Second Namoona (demo)"), m.posts, LANG_EN}, &other));
	assert_int_equal(account_make(cx, other, S("Asha"), S(GOOD)), ERR_CONFLICT);
	assert_int_equal(account_make(cx, other, S(""), S(GOOD)), ERR_INVALID);
	assert_int_equal(account_make(cx, other, S("usha"), S("too short")), ERR_INVALID);
	ok(account_make(cx, other, S("usha"), S(GOOD)));
	ok(account_setup_link(cx, id, &token));
	ok(db_savepoint(cx->db, cx->why));
	assert_int_equal(account_setup_use(cx, token, S("usha"), S("x")), ERR_CONFLICT);
	ok(db_rollback_to(cx->db, cx->why));
}

static void one_sees_and_ends_ones_own_sessions(Cx *cx) {
	Actor a;
	Sessions list;
	Str hash;
	int lang;
	bool touch;
	int64_t before;
	account(cx, "asha");
	Str first = sign_in(cx, "asha", S(""));
	cx->now += 60;
	Str second = sign_in(cx, "asha", S("")), third = sign_in(cx, "asha", S(""));
	ok(account_session_actor(cx, third, &a, &lang, &touch));
	cx->actor = &a;
	ok(account_sessions(cx, &list));
	assert_int_equal(list.n, 3);
	ok(account_last_here(cx, &before));
	assert_true(before == cx->now || before == cx->now - 60);
	ok(account_end_session(cx, list.at[2].id)); // the one not used for longest
	assert_int_equal(account_end_session(cx, list.at[2].id), ERR_NOT_FOUND);
	assert_int_equal(account_end_session(cx, 12345), ERR_NOT_FOUND);
	assert_int_equal(who(cx, first), ERR_DENIED);
	ok(account_end_others(cx, third));
	assert_int_equal(who(cx, second), ERR_DENIED);
	ok(who(cx, third));
	second = sign_in(cx, "asha", S(""));
	for (int i = 0; i < 10; i++) {
		ok(account_own_ask(cx));
		ok(account_own_wrong(cx));
	}
	assert_int_equal(account_own_ask(cx), ERR_LIMIT);
	ok(vault_password_hash(cx, S("other lamps over rivers"), &hash));
	ok(account_set_password(cx, hash, third));
	assert_int_equal(who(cx, second), ERR_DENIED);
	ok(who(cx, third));
	fixture_act_program(cx);
}

static Err no_mark(void *with, Cx *cx, const Row *row) {
	const Str *marks = with;
	(void)cx;
	for (int c = 0; c < row->n; c++)
		for (int m = 0; m < 5; m++) assert_true(str_find(row_str(row, c), marks[m]) < 0);
	return OK;
}

static void nothing_that_opens_a_door_stands_in_clear(Cx *cx) {
	MemberId id = account(cx, "asha.secret");
	Str session = sign_in(cx, "asha.secret", S("")), link;
	ok(account_setup_link(cx, id, &link));
	ptrdiff_t n;
	const DbTable *t = db_tables(&n);
	Str marks[] = {S("asha.secret"), session, link, S("Nobody Namoona"), S(GOOD)};
	for (ptrdiff_t i = 0; i < n; i++) ok(db_each(cx, &t[i], no_mark, marks));
}

static void after_signing_in_one_stays_in_the_house(Cx *cx) {
	(void)cx;
	static const struct {
		const char *next;
		bool good;
	} tries[] = {
		{"/today", true},
		{"/cases/0123456789ABC?part=notes", true},
		{"", false},
		{"//evil.example", false},
		{"/\\evil.example", false},
		{"https://evil.example", false},
		{"/a//b", false},
		{"/a\nb", false},
		{"today", false},
		{"/a b", false},
	};
	for (ptrdiff_t i = 0; i < COUNT(tries); i++)
		assert_int_equal(account_local_path(str_of(tries[i].next)).n > 0, tries[i].good);
}

// clang-format 14 does not come to rest on a list of this kind.
// clang-format off
#define TESTS(X) \
	X(passwords_that_would_be_guessed_are_refused) \
	X(a_member_signs_in_and_out) \
	X(a_session_ends_when_idle_and_in_any_case) \
	X(changed_rights_end_every_session) \
	X(what_changed_between_asking_and_signing_in_counts) \
	X(guessing_has_to_wait_and_never_locks_out_the_owner) \
	X(a_hundred_tries_a_day_are_enough_for_anybody) \
	X(tries_on_many_logins_count_together) \
	X(a_link_works_once_and_for_three_days) \
	X(a_login_belongs_to_one_member) \
	X(one_sees_and_ends_ones_own_sessions) \
	X(nothing_that_opens_a_door_stands_in_clear) \
	X(after_signing_in_one_stays_in_the_house)
// clang-format on
FIXTURE_MAIN(TESTS)
