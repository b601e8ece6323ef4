#include "release/person.h"
#include "vault/vault.h"
#include <stdlib.h>

typedef struct {
	Who who;
	ptrdiff_t row;
	uint64_t draw; // decides which of her rows are kept
} Owned;

static int by_who(const void *a, const void *b) {
	const Owned *one = a, *two = b;
	int order = memcmp(one->who.hash, two->who.hash, sizeof one->who.hash);
	return order ? order : (one->row > two->row) - (one->row < two->row);
}
static int by_draw(const void *a, const void *b) {
	const Owned *one = a, *two = b;
	if (one->draw != two->draw) return one->draw > two->draw ? 1 : -1;
	return (one->row > two->row) - (one->row < two->row);
}
static int by_row(const void *a, const void *b) {
	const ptrdiff_t *one = a, *two = b;
	return (*one > *two) - (*one < *two);
}

static bool same(const Owned *one, const Owned *two) {
	return memcmp(one->who.hash, two->who.hash, sizeof one->who.hash) == 0;
}

static ptrdiff_t end_of(const Owned *owned, ptrdiff_t from, ptrdiff_t n) {
	ptrdiff_t end = from + 1;
	while (end < n && same(&owned[end], &owned[from])) end++;
	return end;
}

// ---- one row of several
// --------------------------------------------------------------------------------------------

static bool known(const Attribute *at, int v) { return v != at->missing && v != at->other; }

static uint8_t first_specific(const Attribute *at, const uint8_t *column, const Owned *her, ptrdiff_t n) {
	for (ptrdiff_t i = 0; i < n; i++)
		if (known(at, column[her[i].row])) return column[her[i].row];
	for (ptrdiff_t i = 0; i < n; i++)
		if (column[her[i].row] != at->missing) return column[her[i].row];
	return column[her[0].row];
}

static uint8_t greatest(const Attribute *at, const uint8_t *column, const Owned *her, ptrdiff_t n) {
	uint8_t most = column[her[0].row];
	for (ptrdiff_t i = 1; i < n; i++) {
		uint8_t v = column[her[i].row];
		if (v != at->missing && (most == at->missing || v > most)) most = v;
	}
	return most;
}

static uint8_t collapsed(const Attribute *at, const uint8_t *column, const Owned *her, ptrdiff_t n) {
	switch (at->collapse) {
	case COLLAPSE_FIRST:
		return column[her[0].row];
	case COLLAPSE_LAST:
		return column[her[n - 1].row];
	case COLLAPSE_MAX:
	case COLLAPSE_ANY: // 1 comes after 0
		return greatest(at, column, her, n);
	case COLLAPSE_SPECIFIC:
		return first_specific(at, column, her, n);
	case COLLAPSE_NONE:
	case COLLAPSE__N:
		break;
	}
	ASSERT(false); // person_rows has looked
	return 0;
}

static Err all_declared(Why *why, const Codebook *book) {
	for (int i = 0; i < book->n; i++)
		if (book->attribute[i].collapse == COLLAPSE_NONE)
			return fail(
				why, ERR_INVALID,
				"the codebook does not say how several rows of a person become one in %.*s: "
				"\"collapse\" is first, last, max or specific",
				(int)book->attribute[i].name.n, book->attribute[i].name.p);
	return OK;
}

static void collapse(Arena *a, const Codebook *book, const Owned *owned, Table *table) {
	Table one = {.rows = 0};
	uint8_t *column[CODEBOOK_ATTRIBUTES] = {0};
	for (int i = 0; i < book->n; i++) one.column[i] = column[i] = NEW(a, uint8_t, table->rows + 1);
	for (ptrdiff_t from = 0, end; from < table->rows; from = end, one.rows++) {
		end = end_of(owned, from, table->rows);
		for (int i = 0; i < book->n; i++)
			column[i][one.rows] =
				collapsed(&book->attribute[i], table->column[i], owned + from, end - from);
	}
	*table = one;
}

// ---- some of several rows
// ------------------------------------------------------------------------------------------

// Fresh for each release. A person's rows get their numbers from nothing but her and their order.
static void draw_each(Owned *owned, ptrdiff_t n) {
	uint8_t key[32], hash[32];
	random_bytes(key, sizeof key);
	for (ptrdiff_t from = 0, end; from < n; from = end) {
		end = end_of(owned, from, n);
		for (ptrdiff_t i = from; i < end; i++) {
			int64_t turn = i - from;
			Str part[] = {{(const char *)key, sizeof key},
				      {(const char *)&turn, sizeof turn},
				      {(const char *)owned[i].who.hash, sizeof owned[i].who.hash}};
			sha256_of(part, 3, hash);
			memcpy(&owned[i].draw, hash, sizeof owned[i].draw);
		}
	}
}

static void limit(Arena *a, const Codebook *book, Owned *owned, int most, Table *table) {
	ptrdiff_t n = table->rows, kept = 0, *row = NEW(a, ptrdiff_t, n + 1);
	draw_each(owned, n);
	for (ptrdiff_t from = 0, end; from < n; from = end) {
		end = end_of(owned, from, n);
		if (end - from > most) qsort(owned + from, (size_t)(end - from), sizeof *owned, by_draw);
		for (ptrdiff_t i = from; i < end && i < from + most; i++) row[kept++] = owned[i].row;
	}
	qsort(row, (size_t)kept, sizeof *row, by_row);
	Table some = {.rows = kept};
	for (int i = 0; i < book->n; i++) {
		uint8_t *column = NEW(a, uint8_t, kept + 1);
		for (ptrdiff_t r = 0; r < kept; r++) column[r] = table->column[i][row[r]];
		some.column[i] = column;
	}
	*table = some;
}

static Err nobody_twice(Why *why, const Owned *owned, const Table *table) {
	ptrdiff_t first = -1; // of the second rows, the one that stands first in the file
	for (ptrdiff_t i = 1; i < table->rows; i++)
		if (same(&owned[i - 1], &owned[i]) && (first < 0 || owned[i].row < owned[first].row))
			first = i;
	if (first < 0) return OK;
	return fail(why, ERR_INVALID,
		    "line %d: the same person as in line %d; one row for each person is needed",
		    table->line[owned[first].row], table->line[owned[first - 1].row]);
}

Err person_rows(Arena *a, Why *why, const Codebook *book, const PersonRule *rule, Table *table) {
	if (!table->who)
		return rule->collapse || rule->most > 1
			       ? fail(why, ERR_INVALID,
				      "which column says whose row it is? Name it with --person")
			       : OK;
	if (rule->collapse) TRY(all_declared(why, book));
	Arena scratch = *a;
	Owned *owned = NEW(&scratch, Owned, table->rows + 1);
	for (ptrdiff_t r = 0; r < table->rows; r++) owned[r] = (Owned){.who = table->who[r], .row = r};
	qsort(owned, (size_t)table->rows, sizeof *owned, by_who);
	if (!rule->collapse && rule->most == 1) return nobody_twice(why, owned, table);
	*a = scratch; // the new columns stand behind
	if (rule->collapse)
		collapse(a, book, owned, table);
	else
		limit(a, book, owned, rule->most, table);
	return OK;
}

Rho person_budget(Rho rho, int most) { return rho / ((Rho)most * most); }
