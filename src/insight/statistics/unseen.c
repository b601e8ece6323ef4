// How many are never seen: who found whom first, and the range that follows from what may be shown.
#include "statistics/statistics_parts.h"
#include "statistics_sql.h"
#include <stdlib.h>

enum { RESAMPLES = 1000, NOT_LISTED = -1 };
#define LEVEL .95

// ---- the lists of the pack
// ------------------------------------------------------------------------------------------------

bool unseen_words_have(Str words, Str word) {
	Str one;
	while (str_cut(&words, ' ', &one))
		if (str_eq(one, word)) return true;
	return false;
}

static int list_of(const Pack *p, Str kind) {
	int others = NOT_LISTED;
	for (ptrdiff_t i = 0; i < p->nlist; i++) {
		if (unseen_words_have(p->list[i].kinds, kind)) return (int)i;
		if (unseen_words_have(p->list[i].kinds, S("*"))) others = (int)i;
	}
	return others;
}

static bool holds_everybody(const Pack *p) {
	for (ptrdiff_t i = 0; i < p->nlist; i++)
		if (unseen_words_have(p->list[i].kinds, S("*"))) return true;
	return false;
}

// Each combination of lists, in the order of its bits; and people on none, where that can be.
void unseen_values(Arena *a, const Pack *p, Values *out) {
	if (p->nlist < PACK_LISTS_LEAST || p->nlist > PACK_LISTS) return;
	for (unsigned pattern = 1; pattern < 1U << p->nlist; pattern++) {
		Buf b = {.a = a};
		for (ptrdiff_t i = 0; i < p->nlist; i++) {
			if (!(pattern >> i & 1)) continue;
			if (b.n) buf_char(&b, '+');
			buf_put(&b, p->list[i].code);
		}
		out->code[out->n++] = buf_str(&b);
	}
	if (!holds_everybody(p)) out->code[out->n++] = S("none");
}

int unseen_value(const Values *v, unsigned pattern) {
	return pattern ? (int)pattern - 1 : v->n - 1; // none is the last
}

// ---- who met her apart from the others
// ----------------------------------------------------------------------------------------

typedef struct {
	int64_t kase, lead, added;
	int list;
	ptrdiff_t next; // of the same person, earlier and counted; -1: none
} Sighting;

// Whether an agency had a part in a case, or held the report that it came from, by then.
static Err was_there(Cx *cx, int64_t kase, int64_t stakeholder, int64_t by, bool *out) {
	Rows rs;
	Arena scratch = *cx->arena;
	Cx part = *cx;
	part.arena = &scratch;
	TRY(db_run(&part, &SQL_statistics_tie, &rs, INT(kase), INT(stakeholder), INT(by)));
	*out = rs.n > 0;
	return OK;
}

// The later of two sightings is one of its own when neither agency was in the other's case before it.
static Err stands_apart(Cx *cx, const Sighting *earlier, const Sighting *later, bool *out) {
	bool there = earlier->lead == later->lead, here = false;
	if (!there) TRY(was_there(cx, earlier->kase, later->lead, later->added, &there));
	if (!there) TRY(was_there(cx, later->kase, earlier->lead, later->added, &here));
	*out = !there && !here;
	return OK;
}

Err unseen_patterns(Cx *cx, const Rows *people, const ptrdiff_t *first, unsigned *pattern) {
	Sighting *s = NEW(cx->arena, Sighting, people->n);
	ptrdiff_t *last = NEW(cx->arena, ptrdiff_t, people->n); // of whom counts as i, the latest counted
	for (ptrdiff_t i = 0; i < people->n; i++) {
		const Row *r = &people->row[i];
		ptrdiff_t one = first[i];
		s[i] = (Sighting){row_int(r, 1), row_int(r, 6), row_int(r, 4),
				  list_of(cx->pack, row_str(r, 7)), one == i ? -1 : last[one]};
		if (one == i) last[i] = -1;
		bool apart = s[i].list != NOT_LISTED;
		for (ptrdiff_t k = one == i ? -1 : last[one]; k >= 0 && apart; k = s[k].next)
			TRY(stands_apart(cx, &s[k], &s[i], &apart));
		if (!apart) continue;
		last[one] = i;
		pattern[one] |= 1U << s[i].list;
	}
	return OK;
}

// ---- the range
// ----------------------------------------------------------------------------------------------------------

// Which list a code stands for; those of the figure, since the pack may have others by now.
static int list_named(const Unseen *u, Str code) {
	for (int i = 0; i < u->lists.lists; i++)
		if (str_eq(u->lists.name[i], code)) return i;
	return NOT_LISTED;
}

static bool read_figure(Unseen *u) {
	const Figure *f = &u->figure;
	u->lists = (Lists){0};
	for (int r = 0; r < f->rows; r++)
		if (str_find_char(f->row[r], '+') < 0 && !str_eq(f->row[r], S("none")) &&
		    u->lists.lists < PACK_LISTS)
			u->lists.name[u->lists.lists++] = f->row[r];
	for (int r = 0; r < f->rows; r++) {
		Str rest = f->row[r], code;
		unsigned pattern = 0;
		if (str_eq(rest, S("none"))) continue;
		for (int i; str_cut(&rest, '+', &code); pattern |= 1U << i)
			if ((i = list_named(u, code)) == NOT_LISTED) return false;
		u->patterns++;
		int64_t n = figure_cell(f, r, 0);
		if (n == NOT_SHOWN) continue;
		u->shown++;
		u->lists.count[pattern] = (double)n;
		u->lists.seen += (double)n;
		if (pattern & (pattern - 1)) u->lists.shared += (double)n;
	}
	return true;
}

Err statistics_unseen(Cx *cx, Quarter q, Unseen *out) {
	*out = (Unseen){.state = UNSEEN_NOT_MADE};
	Err e = statistics_figure(cx, q, ASKED_PEOPLE_LISTS, &out->figure);
	if (e == ERR_NOT_FOUND) return OK;
	TRY(e);
	if (!read_figure(out))
		return fail(cx->why, ERR_BUG, "a figure of lists has a list that is not in it");
	out->state = UNSEEN_TOO_FEW;
	if (out->shown < out->patterns) return OK;
	out->state = UNSEEN_NO_ANSWER;
	Why why = {0};
	Extent *x = NEW(cx->arena, Extent, 1);
	const ExtentAsk ask = {RESAMPLES, LEVEL, 1, NULL};
	if (lists_enough(&why, &out->lists) != OK || extent_of(cx->arena, &why, &out->lists, &ask, x) != OK)
		return OK;
	out->state = UNSEEN_RANGE;
	out->least = (int64_t)extent_rough(x->least, false);
	out->most = (int64_t)extent_rough(x->most, true);
	return OK;
}
