#include "serve/kept.h"
#include "tests/fixture.h"

const EntryKind *const *fixture_kinds(void) {
	static const EntryKind *const *none[] = {NULL};
	return (const EntryKind *const *)none;
}

static const Field fields[] = {
	{.name = "what", .kind = FIELD_LONG},
	{.name = "current", .kind = FIELD_SECRET},
	{.name = "who", .kind = FIELD_MANY},
};
static const Route route = {.method = "POST", .path = "/cases/:case/notes/new", FIELDS(fields)};
static const MemberId ME = {7}, OTHER = {8};

static Req typed(Cx *cx, const char *path) {
	static const Named sent[] = {
		{SLIT("_token"), SLIT("of the old session")},
		{SLIT("_once"), SLIT("0NCE")},
		{SLIT("what"), SLIT("typed for an hour")},
		{SLIT("current"), SLIT("an invented password")},
		{SLIT("who"), SLIT("one")},
		{SLIT("who"), SLIT("two")},
	};
	Req rq = {.route = &route,
		  .method = S("POST"),
		  .path = str_of(path),
		  .nvalue = COUNT(sent),
		  .nfile = 2};
	rq.value = NEW(cx->arena, Named, COUNT(sent));
	memcpy(rq.value, sent, sizeof sent);
	rq.file[0].file.name = S("invented-one.png");
	rq.file[1].file.name = S("invented-two.png");
	return rq;
}

static Str sealed_by_me(Cx *cx) {
	Str kept;
	Req rq = typed(cx, "/cases/1/notes/new");
	ok(kept_seal(cx, &rq, ME, &kept));
	assert_true(kept.n > 0);
	return kept;
}

// The form that comes back when `who` sends it on to `path`.
static Req sent_on(Cx *cx, MemberId who, const char *path, Str kept, bool *same, Str *files) {
	Req rq = {.route = &route, .method = S("POST"), .path = str_of(path), .nvalue = 2};
	rq.value = NEW(cx->arena, Named, 2);
	rq.value[0] = (Named){S("login"), S("x")};
	rq.value[1] = (Named){S("_kept"), kept};
	fixture_act(cx, (StakeholderId){5}, who, "caseworker");
	assert_true(kept_given(&rq));
	ok(kept_open(cx, &rq, same, files));
	return rq;
}

static void what_was_typed_comes_back_to_who_typed_it(Cx *cx) {
	bool same;
	Str files, kept = sealed_by_me(cx);
	assert_true(str_find(kept, S("typed for an hour")) < 0);
	for (int twice = 0; twice < 2; twice++) { // with the same `once`, so that it still counts once
		Req rq = sent_on(cx, ME, "/cases/1/notes/new", kept, &same, &files);
		assert_true(same && rq.nfile == 0 && rq.nvalue == 4);
		assert_true(str_eq(rq.once, S("0NCE")));
		assert_true(str_eq(files, S("invented-one.png, invented-two.png")));
		assert_true(str_eq(rq.value[1].name, S("what")) &&
			    str_eq(rq.value[1].value, S("typed for an hour")));
		assert_true(str_eq(rq.value[3].value, S("two")));
	}
}

static void nobody_else_gets_it_and_nowhere_else(Cx *cx) {
	const struct {
		MemberId who;
		const char *path;
	} wrong[] = {{OTHER, "/cases/1/notes/new"}, {ME, "/cases/2/notes/new"}};
	bool same;
	Str files, kept = sealed_by_me(cx);
	for (ptrdiff_t i = 0; i < COUNT(wrong); i++) {
		Req rq = sent_on(cx, wrong[i].who, wrong[i].path, kept, &same, &files);
		assert_true(!same && rq.nvalue == 0 && files.n == 0 && rq.once.n == 0);
	}
	char *altered = str_z(cx->arena, kept);
	altered[kept.n / 2] = altered[kept.n / 2] == 'A' ? 'B' : 'A';
	static const char *const nonsense[] = {"AAAA", "not base 64"};
	(void)sent_on(cx, ME, "/cases/1/notes/new", str_of(altered), &same, &files);
	assert_false(same);
	for (ptrdiff_t i = 0; i < COUNT(nonsense); i++) {
		(void)sent_on(cx, ME, "/cases/1/notes/new", str_of(nonsense[i]), &same, &files);
		assert_false(same);
	}
}

static void after_a_day_it_is_gone(Cx *cx) {
	bool same;
	Str files, kept = sealed_by_me(cx);
	cx->now += KEPT_LASTS;
	(void)sent_on(cx, ME, "/cases/1/notes/new", kept, &same, &files);
	assert_true(same);
	cx->now += 1;
	Req rq = sent_on(cx, ME, "/cases/1/notes/new", kept, &same, &files);
	assert_true(!same && rq.nvalue == 0);
}

static void what_is_too_large_is_not_sealed(Cx *cx) {
	Str kept;
	Req rq = typed(cx, "/cases/1/notes/new");
	rq.value[2].value = (Str){NEW(cx->arena, char, KEPT_BYTES), KEPT_BYTES};
	memset((char *)(uintptr_t)rq.value[2].value.p, 'a', KEPT_BYTES);
	ok(kept_seal(cx, &rq, ME, &kept));
	assert_int_equal(kept.n, 0);
}

#define TESTS(X) \
	X(what_was_typed_comes_back_to_who_typed_it) \
	X(nobody_else_gets_it_and_nowhere_else) \
	X(after_a_day_it_is_gone) \
	X(what_is_too_large_is_not_sealed)
FIXTURE_MAIN(TESTS)
