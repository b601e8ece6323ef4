#include "release/rows.h"
#include "release/belief.h"

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

// Values side by side, four at a time by hand: what is due and what was given needs no more than floats.
typedef float Four __attribute__((vector_size(16), may_alias));
enum { FOURS = CODEBOOK_VALUES / 4 };

typedef struct {
	const Codebook *book;
	uint8_t *person; // rows one after another, with `book->n` values each
	ptrdiff_t rows;
	int32_t *group, *sorted; // of each row; and the rows again, grouped by what is known
	Seeded g;
} Maker;
// One attribute being given to rows that have others already.
typedef struct {
	Attributes known; // what its shares hang on
	int attribute, size, fours;
	int first[CODEBOOK_ATTRIBUTES], nfirst, other[CODEBOOK_ATTRIBUTES],
		nother; // known; what else they have
	double *share; // for each group, of each value
	Four *left[CODEBOOK_ATTRIBUTES]; // for each value of an attribute they have: rows due less rows given
	Four alone[FOURS]; // the same of all rows
	Four due[FOURS]; // of one row of the group at hand
	int32_t times[CODEBOOK_VALUES]; // how many rows of the group at hand get each value
} Step;

static Four *left_of(const Step *s, int attribute, const uint8_t *person) {
	return s->left[attribute] + (ptrdiff_t)person[attribute] * s->fours;
}
static void less_one(Four *left, int value) { ((float *)left)[value] -= 1; }

// Groups the rows by their values of the known attributes; start[s] is where group s begins.
static void group_rows(Maker *m, const Step *s, int32_t *start, ptrdiff_t groups) {
	memset(start, 0, (size_t)(groups + 1) * sizeof *start);
	for (ptrdiff_t r = 0; r < m->rows; r++) {
		const uint8_t *person = m->person + r * m->book->n;
		int32_t group = 0;
		for (int i = 0; i < s->nfirst; i++)
			group = group * m->book->attribute[s->first[i]].size + person[s->first[i]];
		m->group[r] = group;
		start[group + 1]++;
	}
	for (ptrdiff_t g = 0; g < groups; g++) start[g + 1] += start[g];
	for (ptrdiff_t r = 0; r < m->rows; r++) m->sorted[start[m->group[r]]++] = (int32_t)r;
	for (ptrdiff_t g = groups; g > 0; g--) start[g] = start[g - 1];
	start[0] = 0;
}

// The shares of a group's values as rows; they sum to n.
static void scale(double *share, int size, ptrdiff_t n) {
	double sum = 0;
	for (int v = 0; v < size; v++) sum += share[v];
	for (int v = 0; v < size; v++)
		share[v] = sum > 0 ? share[v] * (double)n / sum : (double)n / (double)size;
}

// The value that one more row of the group should get: of those with a part of a row left, the one most in
// arrears. Where rounding left no such part, the most frequent.
static int next_value(const Step *s, const double *share, const float *arrears) {
	int best = -1, most = 0;
	for (int v = 0; v < s->size; v++) {
		if (share[v] > share[most]) most = v;
		if (share[v] <= s->times[v]) continue;
		if (best < 0 || arrears[v] > arrears[best]) best = v;
	}
	return best < 0 ? most : best;
}

// How many of the group's n rows get each value: the whole part of its share, and where parts are left over
// one more, so that no group's rounding goes the way of the last.
static void count_values(Step *s, const double *share, const uint8_t *person, ptrdiff_t n) {
	Four arrears[FOURS] = {0};
	float part[CODEBOOK_VALUES] = {0};
	ptrdiff_t given = 0;
	for (int v = 0; v < s->size; v++) {
		s->times[v] = (int32_t)share[v];
		part[v] = (float)(share[v] - s->times[v]);
		given += s->times[v];
	}
	for (int q = 0; q < s->fours; q++) {
		Four more;
		memcpy(&more, part + (ptrdiff_t)4 * q, sizeof more);
		s->alone[q] += more;
		arrears[q] = more + s->alone[q];
		for (int i = 0; i < s->nfirst; i++) arrears[q] += left_of(s, s->first[i], person)[q] += more;
	}
	for (; given < n; given++) {
		int v = next_value(s, share, (const float *)arrears);
		s->times[v]++;
		less_one(s->alone, v);
		for (int i = 0; i < s->nfirst; i++) less_one(left_of(s, s->first[i], person), v);
	}
}

// A row of the group gets one of the values still to be given: the one most due to rows that are like it in
// what its shares do not hang on.
static int value_for(Step *s, const uint8_t *person) {
	Four due[FOURS], *left[CODEBOOK_ATTRIBUTES];
	memset(due, 0, (size_t)s->fours * sizeof *due);
	for (int i = 0; i < s->nother; i++) {
		left[i] = left_of(s, s->other[i], person);
		for (int q = 0; q < s->fours; q++) due[q] += left[i][q] += s->due[q];
	}
	const float *most = (const float *)due;
	int best = -1;
	for (int v = 0; v < s->size; v++)
		if (s->times[v] > 0 && (best < 0 || most[v] > most[best])) best = v;
	for (int i = 0; i < s->nother; i++) less_one(left[i], best);
	return best;
}

static void give_values(Maker *m, Step *s, int32_t *row, ptrdiff_t n, double *share) {
	const uint8_t *one = m->person + (ptrdiff_t)row[0] * m->book->n;
	scale(share, s->size, n);
	count_values(s, share, one, n);
	for (int v = 0; v < s->size; v++) ((float *)s->due)[v] = (float)(share[v] / (double)n);
	// Later the order is random already, as far as what follows is concerned.
	if (!s->nother) shuffle(&m->g, row, n);
	for (ptrdiff_t i = 0; i < n; i++) {
		uint8_t *person = m->person + (ptrdiff_t)row[i] * m->book->n;
		int v = value_for(s, person);
		s->times[v]--;
		person[s->attribute] = (uint8_t)v;
	}
}

// people: of the known attributes and this one, which may stand anywhere among them.
static void set_shares(const Maker *m, Step *s, const double *people) {
	Attributes all = s->known | (Attributes)1 << s->attribute;
	ptrdiff_t inner = 1, cells = (ptrdiff_t)tree_cells(m->book, all);
	for (Attributes l = all >> s->attribute >> 1; l; l &= l - 1)
		inner *= m->book->attribute[s->attribute + 1 + __builtin_ctzll(l)].size;
	for (ptrdiff_t k = 0; k < cells; k++) {
		ptrdiff_t v = k / inner % s->size, group = k / inner / s->size * inner + k % inner;
		s->share[group * s->size + v] = people[k];
	}
}

static void give_attribute(Maker *m, Arena scratch, Attributes known, Attributes had, int attribute,
			   const double *people) {
	ptrdiff_t groups = (ptrdiff_t)tree_cells(m->book, known);
	int size = m->book->attribute[attribute].size;
	Step *s = NEW(&scratch, Step, 1);
	*s = (Step){.known = known, .attribute = attribute, .size = size, .fours = (size + 3) / 4};
	s->share = NEW(&scratch, double, groups *size);
	for (Attributes l = had; l; l &= l - 1) {
		int i = __builtin_ctzll(l);
		s->left[i] = NEW(&scratch, Four, (ptrdiff_t)m->book->attribute[i].size * s->fours);
		if (known >> i & 1)
			s->first[s->nfirst++] = i;
		else
			s->other[s->nother++] = i;
	}
	set_shares(m, s, people);
	int32_t *start = NEW(&scratch, int32_t, groups + 1);
	group_rows(m, s, start, groups);
	for (ptrdiff_t g = 0; g < groups; g++)
		if (start[g + 1] > start[g])
			give_values(m, s, m->sorted + start[g], start[g + 1] - start[g], s->share + g * size);
}

Table rows_make(Arena *a, const Model *model, ptrdiff_t rows, uint64_t seed) {
	const Codebook *book = model->book;
	const int n = book->n;
	uint8_t *column[CODEBOOK_ATTRIBUTES] = {0};
	Table table = {.rows = rows};
	for (int i = 0; i < n; i++) table.column[i] = column[i] = NEW(a, uint8_t, rows + 1);
	Arena scratch = *a;
	uint8_t *person = NEW(&scratch, uint8_t, rows * n + 1);
	Maker m = {.book = book, .person = person, .rows = rows, .g = seeded_by(seed)};
	m.group = NEW(&scratch, int32_t, rows + 1);
	m.sorted = NEW(&scratch, int32_t, rows + 1);
	Attributes had = 0;
	for (int i = 0; i < model->tree.n; i++) {
		Attributes clique = model->tree.clique[i];
		for (Attributes l = clique & ~had; l; l &= l - 1) {
			Arena inner = scratch;
			Attributes known = clique & had, with = known | (l & -l);
			double *people = NEW(&inner, double, (ptrdiff_t)tree_cells(book, with));
			belief_sum(inner, book, clique, model->cell[i], with, people);
			give_attribute(&m, inner, known, had, __builtin_ctzll(l), people);
			had |= l & -l;
		}
	}
	// Who came late got what was left over, so the order goes.
	for (ptrdiff_t r = 0; r < rows; r++) m.sorted[r] = (int32_t)r;
	shuffle(&m.g, m.sorted, rows);
	for (ptrdiff_t r = 0; r < rows; r++)
		for (int i = 0; i < n; i++) column[i][r] = person[(ptrdiff_t)m.sorted[r] * n + i];
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
