// Whether a codebook's values are what the pack's forms can answer.
#include "giving/giving.h"
#include "release/codebook.h"

typedef struct {
	Arena *a;
	const Pack *pack;
	Str text;
	GivingFaults *out;
} Check;

// Where the attribute's name stands, and from there the value; the place of a JSON text is nowhere kept.
static int line_of(const Check *c, Str name, Str value) {
	Str quoted = str_fmt(c->a, "\"%.*s\"", (int)name.n, name.p);
	ptrdiff_t at = str_find(c->text, quoted), more;
	if (at < 0) at = 0;
	quoted = str_fmt(c->a, "\"%.*s\"", (int)value.n, value.p);
	more = str_find(str_slice(c->text, at, c->text.n), quoted);
	if (more > 0) at += more;
	int line = 1;
	for (ptrdiff_t i = 0; i < at; i++) line += c->text.p[i] == '\n';
	return line;
}

static void fault(Check *c, const Attribute *at, Str value, Str what) {
	if (c->out->n == GIVING_FAULTS) return;
	c->out->at[c->out->n++] = (GivingFault){line_of(c, at->name, value), what};
}

// The question that fills a column of the hub's own releases, by its name.
static const PackAsk *own_ask(const Check *c, Str column, bool *one) {
	const PackForm *f = pack_form(c->pack, S("person"));
	*one = str_ends(column, S("_one"));
	Str name = *one ? str_slice(column, 0, column.n - 4) : column;
	for (ptrdiff_t i = 0; f && i < f->nask; i++)
		if (str_eq(f->ask[i].name, name)) return &f->ask[i];
	return NULL;
}

// Of a file that was exported, by the standard's name or ours. Other columns are of other people's files.
static const PackAsk *exported_ask(const Check *c, Str column) {
	static const char *const forms[] = {"person", "case"};
	for (ptrdiff_t k = 0; k < COUNT(forms); k++) {
		const PackForm *f = pack_form(c->pack, str_of(forms[k]));
		for (ptrdiff_t i = 0; f && i < f->nask; i++) {
			const PackAsk *a = &f->ask[i];
			Str ours = str_fmt(c->a, "sangam_%s_%.*s", forms[k], (int)a->name.n, a->name.p);
			if (str_eq(ours, column) || (a->htcds.n && str_eq(a->htcds, column))) return a;
		}
	}
	return NULL;
}

static bool has_option(const PackAsk *ask, Str code) {
	for (ptrdiff_t i = 0; i < ask->nchoice; i++)
		if (str_eq(ask->choice[i].code, code)) return true;
	return false;
}

static void check_option(Check *c, const Attribute *at, const PackAsk *ask, Str value) {
	if (has_option(ask, value)) return;
	fault(c, at, value,
	      str_fmt(c->a,
		      "attribute %.*s: \"%.*s\" is no option of the question %.*s. Write one of its options",
		      (int)at->name.n, at->name.p, (int)value.n, value.p, (int)ask->name.n, ask->name.p));
}

static bool spelt_otherwise(const Attribute *at, int value) {
	for (int i = 0; i < at->spellings; i++)
		if (at->spelling[i].value == value) return true;
	return false;
}

static void check_options(Check *c, const Attribute *at, const PackAsk *ask, bool one) {
	for (int v = at->bands; at->label && v < at->size; v++)
		if (v != at->missing && v != at->other && !spelt_otherwise(at, v) &&
		    !(one && str_eq(at->label[v], S("several"))))
			check_option(c, at, ask, at->label[v]);
	for (int i = 0; i < at->spellings; i++) check_option(c, at, ask, at->spelling[i].cell);
}

static void check_areas(Check *c, const Attribute *at) {
	for (int v = 0; at->label && v < at->size; v++) {
		const PackArea *a = pack_area(c->pack, at->label[v]);
		const PackArea *above = a && a->parent.n ? pack_area(c->pack, a->parent) : NULL;
		if (v == at->missing || v == at->other || spelt_otherwise(at, v)) continue;
		if (!above || above->parent.n)
			fault(c, at, at->label[v],
			      str_fmt(c->a,
				      "attribute %.*s: \"%.*s\" is no area next below the country. Take one "
				      "of "
				      "areas.csv",
				      (int)at->name.n, at->name.p, (int)at->label[v].n, at->label[v].p));
	}
}

static void check_column(Check *c, const Attribute *at, bool hub) {
	Str column = codebook_column(at);
	bool one = false;
	if (hub && !giving_column_may(c->pack, column)) {
		fault(c, at, column,
		      str_fmt(c->a,
			      "attribute %.*s: the column %.*s may not leave the hub. Take year, area, "
			      "child, or a "
			      "coded question of the class case",
			      (int)at->name.n, at->name.p, (int)column.n, column.p));
		return;
	}
	if (hub && str_eq(column, S("area"))) {
		check_areas(c, at);
		return;
	}
	const PackAsk *ask = hub ? own_ask(c, column, &one) : exported_ask(c, column);
	if (ask && ask->nchoice) check_options(c, at, ask, one);
}

void giving_book_check(Arena *a, const Pack *pack, Str text, bool hub, GivingFaults *out) {
	Codebook *book = NEW(a, Codebook, 1);
	Why why = {0};
	Check c = {a, pack, text, out};
	*out = (GivingFaults){0};
	if (codebook_read(a, &why, text, book) != OK) return; // which its reader says
	if (hub && !str_eq(book->unit, S("person")))
		out->at[out->n++] = (GivingFault){
			1, S("the unit of a codebook of people is person. Write \"unit\": \"person\"")};
	for (int i = 0; i < book->n; i++) {
		const Attribute *at = &book->attribute[i];
		if (at->whole && at->bit > 0) continue; // looked at with its first value
		check_column(&c, at->whole ? at->whole : at, hub);
	}
}
