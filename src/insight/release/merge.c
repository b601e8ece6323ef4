#include "release/merge.h"
#include "release/rows.h"
#include <stdlib.h>

typedef struct {
	int attribute, size;
} Order;

static int by_size(const void *a, const void *b) {
	const Order *one = a, *two = b;
	if (one->size != two->size) return one->size < two->size ? -1 : 1;
	return (one->attribute > two->attribute) - (one->attribute < two->attribute);
}

// Where each value goes: those that stay first, in their order, then one place for the rest. One alone stays.
static int place_values(const Measured *one, int size, bool ruled, uint8_t *to) {
	int kept = 0, rare = 0;
	for (int v = 0; v < size; v++) rare += one->count[v] <= 0;
	bool merges = rare > 1 && !ruled;
	for (int v = 0; v < size; v++)
		if (!merges || one->count[v] > 0) to[v] = (uint8_t)kept++;
	if (!merges) return size;
	for (int v = 0; v < size; v++)
		if (one->count[v] <= 0) to[v] = (uint8_t)kept;
	return kept + 1;
}

// The nearest counts that are not below 0 and have the same sum, if that is above 0 (Duchi and others 2008).
static int up(const void *a, const void *b) {
	double x = *(const double *)a, y = *(const double *)b;
	return (x > y) - (x < y);
}
static void nearest(Arena scratch, double *count, int n) {
	double *sorted = NEW(&scratch, double, n), sum = 0, low = 0;
	memcpy(sorted, count, (size_t)n * sizeof *sorted);
	qsort(sorted, (size_t)n, sizeof *sorted, up);
	for (int i = 0; i < n; i++) sum += sorted[i];
	if (sum <= 0) sum = 1;
	double above = 0;
	for (int i = n - 1; i >= 0; i--) {
		above += sorted[i];
		double cut = (above - sum) / (n - i);
		if (sorted[i] > cut) low = cut;
	}
	for (int i = 0; i < n; i++) count[i] = count[i] > low ? count[i] - low : 0;
}

// What cannot go together, in the numbers of the merged attributes. Attributes named there keep all their
// values.
static void set_rules(Arena *a, const Codebook *book, Merged *out) {
	Impossible *rule = NEW(a, Impossible, book->nimpossible + 1);
	for (int i = 0; i < book->nimpossible; i++)
		for (int m = 0; m < book->n; m++) {
			rule[i].is[m] = book->impossible[i].is[out->from[m]];
			rule[i].of |= (uint64_t)(book->impossible[i].of >> out->from[m] & 1) << m;
		}
	out->book.impossible = rule;
	out->book.nimpossible = book->nimpossible;
}

static uint64_t ruled(const Codebook *book) {
	uint64_t of = 0;
	for (int i = 0; i < book->nimpossible; i++) of |= book->impossible[i].of;
	return of;
}

static const double *shares_of(Arena *a, const Measured *one, int size) {
	double *share = NEW(a, double, size), all = 0;
	memcpy(share, one->count, (size_t)size * sizeof *share);
	nearest(*a, share, size);
	for (int v = 0; v < size; v++) all += share[v];
	for (int v = 0; v < size; v++) share[v] = all > 0 ? share[v] / all : 1.0 / size;
	return share;
}

// Adds the cells of a table up into those of the merged one. `number` is the merged attribute of each of the
// codebook's.
static Measured merged_table(Arena *a, const Codebook *book, const Merged *m, const int *number,
			     const Measured *from) {
	Attributes of = 0;
	for (Attributes l = from->of; l; l &= l - 1) of |= (Attributes)1 << number[__builtin_ctzll(l)];
	ptrdiff_t cells = (ptrdiff_t)tree_cells(&m->book, of);
	double *count = NEW(a, double, cells), *times = NEW(a, double, cells);
	for (ptrdiff_t k = 0; k < (ptrdiff_t)tree_cells(book, from->of); k++) {
		uint8_t value[CODEBOOK_ATTRIBUTES], place[CODEBOOK_ATTRIBUTES] = {0};
		int n = 0;
		tree_values(book, from->of, k, value);
		for (Attributes l = from->of; l; l &= l - 1, n++) {
			int at = number[__builtin_ctzll(l)];
			place[at] = m->to[at][value[n]];
		}
		ptrdiff_t to = 0;
		for (Attributes l = of; l; l &= l - 1) {
			int at = __builtin_ctzll(l);
			to = to * m->book.attribute[at].size + place[at];
		}
		count[to] += from->count[k];
		times[to]++;
	}
	return (Measured){of, count, from->sigma, times};
}

void merge(Arena *a, const Codebook *book, const Measured *at, ptrdiff_t n, Merged *out) {
	Order order[CODEBOOK_ATTRIBUTES] = {0};
	int number[CODEBOOK_ATTRIBUTES] = {0};
	uint8_t(*to)[CODEBOOK_VALUES] =
		(uint8_t(*)[CODEBOOK_VALUES])NEW(a, uint8_t, CODEBOOK_ATTRIBUTES * CODEBOOK_VALUES);
	*out = (Merged){.book = {.n = book->n}, .at = NEW(a, Measured, n + 1)};
	for (int i = 0; i < book->n; i++) {
		int size = book->attribute[i].size;
		order[i] = (Order){i, place_values(&at[i], size, ruled(book) >> i & 1, to[i])};
	}
	qsort(order, (size_t)book->n, sizeof *order, by_size);
	for (int m = 0; m < book->n; m++) {
		int i = order[m].attribute;
		number[i] = m;
		out->from[m] = i;
		out->size[m] = book->attribute[i].size;
		out->book.attribute[m] = (Attribute){
			.name = book->attribute[i].name, .size = order[m].size, .missing = -1, .other = -1};
		memcpy(out->to[m], to[i], sizeof to[i]);
		out->share[m] = shares_of(a, &at[i], out->size[m]);
	}
	set_rules(a, book, out);
	for (ptrdiff_t t = 0; t < n; t++) out->at[t] = merged_table(a, book, out, number, &at[t]);
}

Table merge_undo(Arena *a, const Merged *m, const Table *rows, uint64_t seed) {
	Table t = {.rows = rows->rows};
	for (int i = 0; i < m->book.n; i++)
		t.column[m->from[i]] =
			rows_split(a, rows->column[i], rows->rows,
				   &(RowsSplit){m->to[i], m->share[i], m->size[i]}, seed + (uint64_t)i);
	return t;
}
