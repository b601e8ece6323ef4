#include "release/rows.h"

// xoshiro256** of Blackman and Vigna, filled by splitmix64.
typedef struct {
	uint64_t s[4];
} Seeded;

static Seeded seeded_by(uint64_t seed) {
	Seeded g;
	for (int i = 0; i < 4; i++) {
		uint64_t z = seed += 0x9e3779b97f4a7c15;
		z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
		z = (z ^ z >> 27) * 0x94d049bb133111eb;
		g.s[i] = z ^ z >> 31;
	}
	return g;
}

static uint64_t turned(uint64_t x, int by) { return x << by | x >> (64 - by); }

static uint64_t next(Seeded *g) {
	uint64_t out = turned(g->s[1] * 5, 7) * 9, t = g->s[1] << 17;
	g->s[2] ^= g->s[0];
	g->s[3] ^= g->s[1];
	g->s[1] ^= g->s[2];
	g->s[0] ^= g->s[3];
	g->s[2] ^= t;
	g->s[3] = turned(g->s[3], 45);
	return out;
}

static double fraction(Seeded *g) { return (double)(next(g) >> 11) * 0x1p-53; }

static ptrdiff_t below(Seeded *g, ptrdiff_t n) {
	return (ptrdiff_t)((unsigned __int128)next(g) * (unsigned __int128)n >> 64);
}

static void shuffle(Seeded *g, int32_t *list, ptrdiff_t n) {
	for (ptrdiff_t i = n - 1; i > 0; i--) {
		ptrdiff_t j = below(g, i + 1);
		int32_t kept = list[i];
		list[i] = list[j];
		list[j] = kept;
	}
}

// Fills `pick` with n numbers of cells: of each the whole part of its share, and what is left by systematic
// sampling over the fractions, which gives each exactly its chance. `share` sums to n, but for rounding.
static void round_shares(Seeded *g, const double *share, ptrdiff_t cells, int32_t *pick, ptrdiff_t n) {
	ptrdiff_t given = 0, last = 0;
	double sum = 0;
	for (ptrdiff_t k = 0; k < cells; k++) {
		ptrdiff_t whole = (ptrdiff_t)share[k];
		if (share[k] > share[last]) last = k;
		for (; whole > 0 && given < n; whole--) pick[given++] = (int32_t)k;
	}
	double mark = fraction(g);
	for (ptrdiff_t k = 0; k < cells && given < n; k++) {
		sum += share[k] - (double)(ptrdiff_t)share[k];
		if (sum <= mark) continue;
		pick[given++] = (int32_t)k;
		mark += 1;
	}
	// Rounding of the sums can leave one row over: it goes where most are.
	while (given < n) pick[given++] = (int32_t)last;
	shuffle(g, pick, n);
}

typedef struct {
	const Codebook *book;
	uint8_t **column;
	ptrdiff_t rows;
	int32_t *order, *sorted; // of the rows, and again, grouped by what is known
	Seeded g;
} Maker;

// For each cell of the clique: its number among the shared attributes, and among the new ones.
static void split_cells(const Codebook *book, Attributes clique, Attributes shared, int32_t *old,
			int32_t *fresh) {
	ptrdiff_t cells = (ptrdiff_t)tree_cells(book, clique);
	memset(old, 0, (size_t)cells * sizeof *old);
	memset(fresh, 0, (size_t)cells * sizeof *fresh);
	ptrdiff_t inner = cells;
	for (Attributes l = clique; l; l &= l - 1) {
		int size = book->attribute[__builtin_ctzll(l)].size;
		int32_t *part = l & -l & shared ? old : fresh;
		inner /= size;
		for (ptrdiff_t k = 0; k < cells; k++) part[k] = part[k] * size + (int32_t)(k / inner % size);
	}
}

// Groups the rows by their values of the shared attributes; start[s] is where group s begins.
static void group_rows(Maker *m, Attributes shared, int32_t *start, ptrdiff_t groups, int32_t *of_row) {
	memset(of_row, 0, (size_t)m->rows * sizeof *of_row);
	for (Attributes l = shared; l; l &= l - 1) {
		int i = __builtin_ctzll(l);
		for (ptrdiff_t r = 0; r < m->rows; r++)
			of_row[r] = of_row[r] * m->book->attribute[i].size + m->column[i][r];
	}
	memset(start, 0, (size_t)(groups + 1) * sizeof *start);
	for (ptrdiff_t r = 0; r < m->rows; r++) start[of_row[r] + 1]++;
	for (ptrdiff_t s = 0; s < groups; s++) start[s + 1] += start[s];
	for (ptrdiff_t r = 0; r < m->rows; r++) m->sorted[start[of_row[r]]++] = (int32_t)r;
	for (ptrdiff_t s = groups; s > 0; s--) start[s] = start[s - 1];
	start[0] = 0;
}

static void put_values(Maker *m, Attributes fresh, ptrdiff_t row, int32_t cell) {
	while (fresh) {
		int i = 63 - __builtin_clzll(fresh), size = m->book->attribute[i].size;
		m->column[i][row] = (uint8_t)(cell % size);
		cell /= size;
		fresh &= ~((Attributes)1 << i);
	}
}

static void make_clique(Maker *m, Arena scratch, Attributes clique, Attributes shared, const double *people) {
	ptrdiff_t cells = (ptrdiff_t)tree_cells(m->book, clique),
		  groups = (ptrdiff_t)tree_cells(m->book, shared);
	ptrdiff_t each = cells / groups;
	int32_t *old = NEW(&scratch, int32_t, cells), *fresh = NEW(&scratch, int32_t, cells);
	int32_t *start = NEW(&scratch, int32_t, groups + 1);
	double *share = NEW(&scratch, double, cells);
	split_cells(m->book, clique, shared, old, fresh);
	for (ptrdiff_t k = 0; k < cells; k++) share[(ptrdiff_t)old[k] * each + fresh[k]] = people[k];
	group_rows(m, shared, start, groups, m->order);
	for (ptrdiff_t s = 0; s < groups; s++) {
		ptrdiff_t n = start[s + 1] - start[s];
		if (n == 0) continue;
		double *of = share + s * each, sum = 0;
		for (ptrdiff_t k = 0; k < each; k++) sum += of[k];
		for (ptrdiff_t k = 0; k < each; k++)
			of[k] = sum > 0 ? of[k] * (double)n / sum : (double)n / (double)each;
		round_shares(&m->g, of, each, m->order, n);
		for (ptrdiff_t i = 0; i < n; i++)
			put_values(m, clique & ~shared, m->sorted[start[s] + i], m->order[i]);
	}
}

Table rows_make(Arena *a, const Model *model, ptrdiff_t rows, uint64_t seed) {
	uint8_t *column[CODEBOOK_ATTRIBUTES] = {0};
	Table table = {.rows = rows};
	for (int i = 0; i < model->book->n; i++) table.column[i] = column[i] = NEW(a, uint8_t, rows + 1);
	Arena scratch = *a;
	Maker m = {.book = model->book, .column = column, .rows = rows, .g = seeded_by(seed)};
	m.order = NEW(&scratch, int32_t, rows + 1);
	m.sorted = NEW(&scratch, int32_t, rows + 1);
	for (int i = 0; i < model->tree.n; i++) {
		Attributes clique = model->tree.clique[i];
		Attributes shared =
			model->tree.parent[i] < 0 ? 0 : clique & model->tree.clique[model->tree.parent[i]];
		make_clique(&m, scratch, clique, shared, model->cell[i]);
	}
	return table;
}

const uint8_t *rows_split(Arena *a, const uint8_t *column, ptrdiff_t rows, const RowsSplit *split,
			  uint64_t seed) {
	uint8_t *out = NEW(a, uint8_t, rows + 1);
	Arena scratch = *a;
	Seeded g = seeded_by(seed);
	int32_t *of = NEW(&scratch, int32_t, rows + 1), *pick = NEW(&scratch, int32_t, rows + 1);
	for (int whole = 0; whole < split->size; whole++) {
		uint8_t part[CODEBOOK_VALUES] = {0};
		double share[CODEBOOK_VALUES] = {0}, sum = 0;
		ptrdiff_t parts = 0, n = 0;
		for (int v = 0; v < split->size; v++)
			if (split->to[v] == whole) {
				part[parts] = (uint8_t)v;
				share[parts++] = split->share[v];
				sum += split->share[v];
			}
		for (ptrdiff_t r = 0; r < rows; r++)
			if (column[r] == whole) of[n++] = (int32_t)r;
		if (n == 0) continue;
		for (ptrdiff_t k = 0; k < parts; k++)
			share[k] = sum > 0 ? share[k] * (double)n / sum : (double)n / (double)parts;
		round_shares(&g, share, parts, pick, n);
		for (ptrdiff_t i = 0; i < n; i++) out[of[i]] = part[pick[i]];
	}
	return out;
}
