// What a codebook says of a cell, of a combination, and of few people.
#include "release/codebook.h"

static int label_at(const Attribute *attribute, Str label) {
	for (int v = 0; v < attribute->size; v++)
		if (str_eq(attribute->label[v], label)) return v;
	for (int i = 0; i < attribute->spellings; i++)
		if (str_eq(attribute->spelling[i].cell, label)) return attribute->spelling[i].value;
	return -1;
}

// A whole number; of a date (2024-03-09 or 2024) the year.
static bool number_of(const Attribute *attribute, Str cell, int64_t *out) {
	if (attribute->dates && cell.n > 4 && cell.p[4] == '-') cell = str_slice(cell, 0, 4);
	return str_to_int(cell, out) && *out >= 0;
}

static int banded(const Attribute *attribute, Str cell) {
	int64_t n;
	if (!attribute->bands || !number_of(attribute, cell, &n)) return -1;
	for (int v = 0; v < attribute->bands; v++)
		if (n >= attribute->band[v].low && n <= attribute->band[v].high) return v;
	return -1;
}

static int one_value(const Attribute *attribute, Str cell) {
	if (cell.n == 0) return attribute->missing;
	int v = label_at(attribute, cell);
	if (v < 0) v = banded(attribute, cell);
	return v >= 0 ? v : attribute->other;
}

// Whether one of a cell's several values is this one; an empty cell has none but `missing`.
static int has_value(const Attribute *whole, int bit, Str cell) {
	int has = cell.n == 0 && whole->missing == bit;
	for (Str part; str_cut(&cell, whole->split, &part);) {
		part = str_trim(part);
		if (part.n == 0) continue;
		int v = one_value(whole, part);
		if (v < 0) return -1;
		has |= v == bit;
	}
	return has;
}

int codebook_value(const Attribute *attribute, Str cell) {
	if (attribute->whole) return has_value(attribute->whole, attribute->bit, cell);
	if (attribute->label) return one_value(attribute, cell);
	// One spelling a number: no sign, no leading zero.
	int64_t v;
	if (!str_to_int(cell, &v) || v < 0 || v >= attribute->size || (cell.p[0] == '0' && cell.n > 1) ||
	    cell.p[0] == '-')
		return -1;
	return (int)v;
}

Str codebook_column(const Attribute *attribute) {
	return attribute->column.n ? attribute->column : attribute->name;
}

Str codebook_label(Arena *a, const Attribute *attribute, int value) {
	ASSERT(value >= 0 && value < attribute->size);
	return attribute->label ? attribute->label[value] : str_fmt(a, "%d", value);
}

Str codebook_title(const Attribute *attribute, int lang) {
	Str title = label_in(&attribute->title, lang);
	return title.n ? title : attribute->name;
}

Str codebook_said(Arena *a, const Attribute *attribute, int value, int lang) {
	Str said = attribute->said ? label_in(&attribute->said[value], lang) : (Str){0};
	return said.n ? said : codebook_label(a, attribute, value);
}

bool codebook_impossible(const Codebook *book, uint64_t of, const uint8_t *value) {
	for (int r = 0; r < book->nimpossible; r++) {
		const Impossible *rule = &book->impossible[r];
		if ((rule->of & of) != rule->of) continue;
		bool all = true;
		int at = 0;
		for (uint64_t left = of; left && all; left &= left - 1, at++) {
			const bool *is = rule->is[__builtin_ctzll(left)];
			all = !is || is[value[at]];
		}
		if (all) return true;
	}
	return false;
}

// ---- few people
// -----------------------------------------------------------------------------------------------------

static bool coarser_rule(Arena *a, const Codebook *book, const Impossible *from, Impossible *to) {
	*to = *from;
	for (uint64_t left = from->of; left; left &= left - 1) {
		int i = __builtin_ctzll(left);
		const Attribute *at = &book->attribute[i];
		if (!at->coarse) continue;
		bool *is = NEW(a, bool, at->coarse_size), any = false;
		for (int c = 0; c < at->coarse_size; c++) is[c] = true;
		for (int v = 0; v < at->size; v++) is[at->coarse[v]] = is[at->coarse[v]] && from->is[i][v];
		for (int c = 0; c < at->coarse_size; c++) any = any || is[c];
		to->is[i] = is;
		if (!any) return false;
	}
	return true;
}

bool codebook_coarser(Arena *a, const Codebook *book, Codebook *out) {
	Codebook coarse = *book;
	Impossible *rule = NEW(a, Impossible, book->nimpossible + 1);
	bool any = false;
	coarse.nimpossible = 0;
	for (int r = 0; r < book->nimpossible; r++)
		coarse.nimpossible += coarser_rule(a, book, &book->impossible[r], &rule[coarse.nimpossible]);
	coarse.impossible = rule;
	for (int i = 0; i < book->n; i++) {
		const Attribute *from = &book->attribute[i];
		if (!from->coarse) continue;
		any = true;
		coarse.attribute[i] = (Attribute){.name = from->name,
						  .column = from->column,
						  .optional = from->optional,
						  .title = from->title,
						  .size = from->coarse_size,
						  .label = from->coarse_label,
						  .missing = -1,
						  .other = -1,
						  .collapse = from->collapse};
	}
	if (any) *out = coarse;
	return any;
}
