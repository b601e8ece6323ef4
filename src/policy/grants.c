// Compiling grants.csv: post x relation x acts x classes, as the pack has it, into one array.
#include "policy/policy.h"

static void problem(Pack *pack, PackProblems *ps, int row, const char *column, Str say, const char *mend) {
	if (ps->n == ps->cap) {
		ptrdiff_t cap = ps->cap ? ps->cap * 2 : 16;
		PackProblem *more = NEW(&pack->arena, PackProblem, cap);
		if (ps->n) memcpy(more, ps->problem, (size_t)ps->n * sizeof *more);
		ps->problem = more;
		ps->cap = cap;
	}
	ps->problem[ps->n++] = (PackProblem){.file = pack->grants_file,
					     .row = row,
					     .column = str_of(column),
					     .say = say,
					     .mend = str_of(mend)};
	ps->errors++;
}

static Act act_from_name(Str name) {
	for (int a = 1; a < ACT__N; a++)
		if (str_eq(str_of(act_name((Act)a)), name)) return (Act)a;
	return ACT_none;
}

static int relation_from_name(Str name) {
	for (int r = 0; r < RELATION_WALLED; r++)
		if (str_eq(str_of(relation_name((Relation)r)), name)) return r;
	return -1;
}

static uint32_t classes_of(Pack *pack, PackProblems *ps, int row, Str classes) {
	uint32_t bits = CLASS_BIT(CLASS_OPEN);
	for (Str name; str_cut(&classes, ' ', &name);) {
		Class c;
		if (!name.n) continue;
		if (class_from_name(name, &c))
			bits |= CLASS_BIT(c);
		else
			problem(pack, ps, row, "classes",
				str_fmt(&pack->arena, "\"%.*s\" is no class of information", (int)name.n,
					name.p),
				"Write open, case, identity, safety, health, hiv, counselling, legal, source "
				"or intelligence.");
	}
	return bits;
}

typedef struct {
	int first, last; // posts
	int relation, row;
	uint32_t classes;
} Line;

static void grant_act(Pack *pack, Grants *g, PackProblems *ps, const Line *l, Str name) {
	Act act = act_from_name(name);
	if (act == ACT_none) {
		problem(pack, ps, l->row, "acts",
			str_fmt(&pack->arena, "\"%.*s\" is no act.", (int)name.n, name.p),
			"The acts are listed in docs/packs.md.");
		return;
	}
	for (int p = l->first; p <= l->last; p++) g->grant[p][l->relation][act] |= (uint16_t)l->classes;
}

// A post by name; "visitor" is the last row, "*" every post that members hold.
static bool posts_of(const Grants *g, Str post, Line *l) {
	int p = grants_post(g, post);
	if (str_eq(post, S("visitor"))) p = POSTS_MAX;
	*l = (Line){.first = p, .last = p};
	if (str_eq(post, S("*"))) *l = (Line){.first = 0, .last = g->npost - 1};
	return l->first >= 0;
}

// HIV status is for named persons, never for a whole post (DOMAIN, classes): reading it at another relation
// is refused.
static bool hiv_to_a_post(const Line *l, Str acts) {
	bool reads = str_find(acts, S("_read")) >= 0;
	return reads && (l->classes & CLASS_BIT(CLASS_HIV)) && l->relation != RELATION_NAMED;
}

Err policy_compile(Why *why, Pack *pack, PackProblems *ps) {
	ptrdiff_t before = ps->errors;
	Grants *g = NEW(&pack->arena, Grants, 1);
	if (pack->npost > POSTS_MAX)
		return fail(why, ERR_INVALID, "posts.csv has more than %d posts", POSTS_MAX);
	for (ptrdiff_t i = 0; i < pack->npost; i++) {
		g->post[i] = pack->post[i].code;
		g->post_label[i] = pack->post[i].label;
	}
	g->npost = (int)pack->npost;
	for (ptrdiff_t i = 0; i < pack->ngrant; i++) {
		Line l;
		Str acts = pack->grant[i].acts;
		int row = pack->grant[i].row, relation = relation_from_name(pack->grant[i].relation);
		if (!posts_of(g, pack->grant[i].post, &l)) {
			problem(pack, ps, row, "post", S("no such post"),
				"Write a post of posts.csv, visitor, or * for every member.");
			continue;
		}
		if (relation < 0) {
			problem(pack, ps, row, "relation", S("no such relation"),
				"Write nobody, lead, participant, referred, oversight or named.");
			continue;
		}
		l.relation = relation;
		l.row = row;
		l.classes = classes_of(pack, ps, row, pack->grant[i].classes);
		if (hiv_to_a_post(&l, acts)) {
			problem(pack, ps, row, "classes", S("reading hiv is given to a whole post"),
				"Give it at the relation named only.");
			continue;
		}
		for (Str name; str_cut(&acts, ' ', &name);)
			if (name.n) grant_act(pack, g, ps, &l, name);
	}
	pack->grants = g;
	return ps->errors == before
		       ? OK
		       : fail(why, ERR_INVALID, "grants.csv has %td mistakes", ps->errors - before);
}

static void matrix_cell(Buf *b, uint32_t classes) {
	static const char letter[] = "ocisxhulrn"; // open case identity safety health(x) hiv counselling(u)
						   // legal source(r) intelligence(n)
	if (!classes) buf_char(b, '.');
	for (int c = 0; c < CLASS__N; c++)
		if (classes & CLASS_BIT(c)) buf_char(b, letter[c]);
}

Str policy_matrix(Arena *a, const Pack *pack) {
	const Grants *g = pack->grants;
	Buf b = {.a = a};
	buf_put(&b, S("# post x relation x act: classes (o open, c case, i identity, s safety, x health, h "
		      "hiv, u counselling, l legal,\n"
		      "# r source, n intelligence); acts not listed are denied. Generated from grants.csv; a "
		      "change is read by a human.\n"));
	for (int p = 0; p <= g->npost; p++) {
		int row = p == g->npost ? POSTS_MAX : p;
		for (int r = 0; r < RELATION__N; r++)
			for (int act = 1; act < ACT__N; act++) {
				if (!g->grant[row][r][act]) continue;
				buf_put(&b, row == POSTS_MAX ? S("visitor") : g->post[p]);
				buf_fmt(&b, " %s %s ", relation_name((Relation)r), act_name((Act)act));
				matrix_cell(&b, g->grant[row][r][act]);
				buf_char(&b, '\n');
			}
	}
	return buf_str(&b);
}
