// What a release says of itself to readers: one page on its own, pictures drawn here, no script.
#include "html/static.h"
#include "release/said.h"
#include "release/worst.h"
#include "release_html.h"
#include "text.h"
#include "vault/vault.h"
#include <math.h>

enum { WIDE = 300, SHADES = 8, GRIDS = 3, GRID_SIDE = 12 };

typedef struct {
	const Said *r;
	Arena *a;
	int lang;
} Paging;

static Str number(Paging *p, double v) { return str_fmt(p->a, "%.0f", v); }
static Str figures(Paging *p, double v) { return str_fmt(p->a, "%.3g", v); }
static Str sentence(Paging *p, Text t, Str with) { return text_say(p->a, p->lang, t, &with, 1); }

static Str title_of(Paging *p, Attributes of) {
	Buf b = {.a = p->a};
	for (Attributes left = of; left; left &= left - 1) {
		if (b.n) buf_put(&b, S(" × "));
		buf_put(&b, codebook_title(&p->r->book->attribute[__builtin_ctzll(left)], p->lang));
	}
	return buf_str(&b);
}

// ---- one attribute
// ---------------------------------------------------------------------------------------------------

static int64_t scaled(double v, double most) {
	return most > 0 ? (int64_t)llround(fmin(fmax(v, 0), most) / most * WIDE) : 0;
}

static ReleaseTable table_of(Paging *p, const Measured *m) {
	int i = __builtin_ctzll(m->of);
	const Attribute *at = &p->r->book->attribute[i];
	double within = SMALL_SURE * m->sigma, most = 0;
	ReleaseCell *cell = NEW(p->a, ReleaseCell, at->size);
	for (int v = 0; v < at->size; v++) most = fmax(most, m->count[v] + within);
	for (int v = 0; v < at->size; v++) {
		double n = m->count[v], low = fmax(0, floor(n - within)), high = fmax(0, ceil(n + within));
		cell[v] = (ReleaseCell){.value = codebook_said(p->a, at, v, p->lang),
					.people = (int64_t)fmax(0, n),
					.low = (int64_t)low,
					.high = (int64_t)high,
					.bar = scaled(n, most),
					.start = scaled(low, most),
					.line = scaled(high, most) - scaled(low, most),
					.unsure = n <= within};
	}
	return (ReleaseTable){
		.title = title_of(p, m->of), .within = (int64_t)ceil(within), .cells = {cell, at->size}};
}

// ---- two attributes
// --------------------------------------------------------------------------------------------------

static ReleaseGrid grid_of(Paging *p, const Measured *m, int one, int two) {
	static const Str shade[SHADES] = {SLIT("s0"), SLIT("s1"), SLIT("s2"), SLIT("s3"),
					  SLIT("s4"), SLIT("s5"), SLIT("s6"), SLIT("s7")};
	const Attribute *down = &p->r->book->attribute[one], *across = &p->r->book->attribute[two];
	Str *head = NEW(p->a, Str, across->size);
	ReleaseLine *line = NEW(p->a, ReleaseLine, down->size);
	double most = 1;
	for (int k = 0; k < down->size * across->size; k++) most = fmax(most, m->count[k]);
	for (int w = 0; w < across->size; w++) head[w] = codebook_said(p->a, across, w, p->lang);
	for (int v = 0; v < down->size; v++) {
		ReleaseSquare *square = NEW(p->a, ReleaseSquare, across->size);
		for (int w = 0; w < across->size; w++) {
			double n = fmax(0, m->count[v * across->size + w]);
			square[w] = (ReleaseSquare){.people = (int64_t)n,
						    .shade = shade[(int)(n / most * (SHADES - 1))],
						    .unsure = n <= SMALL_SURE * m->sigma};
		}
		line[v] = (ReleaseLine){.value = codebook_said(p->a, down, v, p->lang),
					.squares = {square, across->size}};
	}
	return (ReleaseGrid){
		.title = title_of(p, m->of), .heads = {head, across->size}, .lines = {line, down->size}};
}

static void add_pair(Paging *p, const Measured *m, ReleasePair *pair, ptrdiff_t at, ReleaseGrid *grid,
		     ptrdiff_t *grids) {
	int one = __builtin_ctzll(m->of), two = 63 - __builtin_clzll(m->of);
	const Attribute *attribute = p->r->book->attribute;
	pair[at] = (ReleasePair){title_of(p, m->of), (int64_t)ceil(SMALL_SURE * m->sigma)};
	if (*grids < GRIDS && attribute[one].size <= GRID_SIDE && attribute[two].size <= GRID_SIDE)
		grid[(*grids)++] = grid_of(p, m, one, two);
}

static void put_worst(Paging *p, ReleasePage *v) {
	Worst worst[WORST_MOST];
	ptrdiff_t n = worst_pairs(p->r->measures, worst);
	ReleaseWorst *row = NEW(p->a, ReleaseWorst, n + 1);
	for (ptrdiff_t i = 0; i < n; i++)
		row[i] = (ReleaseWorst){title_of(p, worst[i].of), (int64_t)llround(worst[i].people),
					(int64_t)ceil(worst[i].within)};
	v->worst.at = row, v->worst.n = n;
}

static void put_tables(Paging *p, ReleasePage *v) {
	const Measures *all = p->r->measures;
	ReleaseTable *table = NEW(p->a, ReleaseTable, all->n + 1);
	ReleasePair *pair = NEW(p->a, ReleasePair, all->n + 1);
	ReleaseGrid *grid = NEW(p->a, ReleaseGrid, GRIDS);
	ptrdiff_t tables = 0, pairs = 0, grids = 0;
	for (ptrdiff_t t = 0; t < all->n; t++) {
		const Measured *m = &all->at[t];
		int ways = __builtin_popcountll(m->of);
		if (ways == 1) table[tables++] = table_of(p, m);
		if (ways == 2) add_pair(p, m, pair, pairs++, grid, &grids);
	}
	double possible = p->r->book->n * (p->r->book->n - 1) / 2.0;
	v->tables.at = table, v->tables.n = tables;
	v->pairs.at = pair, v->pairs.n = pairs;
	v->grids.at = grid, v->grids.n = grids;
	put_worst(p, v);
	v->singles = number(p, (double)tables);
	v->measured = number(p, (double)pairs);
	v->modelled = number(p, fmax(0, possible - (double)pairs));
}

// ---- the page
// ---------------------------------------------------------------------------------------------------------

static const Text method_said[] = {
	[METHOD_SWIFT] = T_release_method_swift,
	[METHOD_MST] = T_release_method_mst,
	[METHOD_THOROUGH] = T_release_method_thorough,
};
_Static_assert(COUNT(method_said) == METHOD__N, "every method is named in words");

static Str unit_said(Paging *p) {
	const PersonRule *rule = &p->r->persons;
	if (rule->collapse) return text_in(p->lang, T_release_unit_collapse);
	if (rule->most == 1) return text_in(p->lang, T_release_unit_one);
	return sentence(p, T_release_unit_several, number(p, rule->most));
}

static ReleasePage view_of(Paging *p) {
	const Said *r = p->r;
	double all, unsure;
	said_cells(r, &all, &unsure);
	ReleasePage v = {
		.rows = r->rows != NULL,
		.several = r->persons.most > 1,
		.coarser = r->coarser,
		.people = number(p, fmax(0, r->measures->total)),
		.within = number(p, ceil(SMALL_SURE * r->measures->total_sigma)),
		.unit = unit_said(p),
		.method = text_in(p->lang, method_said[r->method]),
		.codebook = str_fmt(p->a, "%.*s %.*s", (int)r->book->name.n, r->book->name.p,
				    (int)r->book->version.n, r->book->version.p),
		.hash = str_hex(p->a, r->book->hash.p, r->book->hash.n),
		.unsure = number(p, all > 0 ? 100 * unsure / all : 0),
		.odds = str_fmt(p->a, "%.1f", ceil(exp(r->epsilon) * 10) / 10),
		.chance = figures(p, r->delta),
		.two = figures(p, account_epsilon_by(r->composition, 4 * r->rho, r->delta)),
		.five = figures(p, account_epsilon_by(r->composition, 25 * r->rho, r->delta)),
		.epsilon = figures(p, r->epsilon),
		.delta = figures(p, r->delta),
		.rho = str_fmt(p->a, "%.6f", (double)r->rho / RHO_ONE),
		.spent = figures(p, account_epsilon(r->spent.spent, 1e-9)),
		.cap = figures(p, account_epsilon(r->spent.cap, 1e-9)),
		.program = S(SANGAM_VERSION),
	};
	put_tables(p, &v);
	return v;
}

// What stands in the frame up to a mark; *rest: what comes after it.
static Str up_to(Str *rest, Str mark) {
	ptrdiff_t at = str_find(*rest, mark);
	ASSERT(at >= 0);
	Str before = str_slice(*rest, 0, at);
	*rest = str_slice(*rest, at + mark.n, rest->n);
	return before;
}

Str said_page(Arena *a, const Said *s) {
	Paging p = {s, a, s->lang};
	Html h = {.b = {.a = a}, .lang = s->lang};
	ReleasePage v = view_of(&p);
	Str frame = static_find(static_url("release_frame.html").s)->bytes;
	html_lit_(&h, up_to(&frame, S("@lang@")));
	html_text(&h, lang_info[s->lang].code);
	html_lit_(&h, up_to(&frame, S("@title@")));
	html_say(&h, v.rows ? T_release_title_rows : T_release_title_tables, NULL, 0);
	html_lit_(&h, up_to(&frame, S("@style@")));
	html_lit_(&h, base64_text(a, static_find(static_url("release.css").s)->bytes));
	html_lit_(&h, up_to(&frame, S("@page@")));
	html_release_page(&h, &v);
	html_lit_(&h, frame);
	return buf_str(&h.b);
}
