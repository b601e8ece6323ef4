// What one table says of another, looked at when all of them are read.
#include "pack/pack_load.h"

static bool has(const PackLoader *l, PackTableKind kind, Str key) {
	return pack_index_find(l->pack->index, kind, key) != NULL;
}
static PackPlace at(const PackEntry *e, Str column) { return (PackPlace){e->file, e->row, column, false}; }

static void check_each(PackLoader *l, const PackEntry *e, Str column, Str words, PackTableKind kind,
		       const char *file) {
	for (Str word; pack_word(&words, &word);) {
		if (has(l, kind, word) || (str_eq(word, S("*")) && e->table == TABLE_EVENT)) continue;
		Str mend = str_fmt(&l->work, "Mend its spelling, or add it to %s.", file);
		pack_say(l, at(e, column), str_z(&l->work, mend), "\"%.*s\" is not in %s.", SHOW(word), file);
	}
}
static void check_rule(PackLoader *l, const PackEntry *e) {
	const PackRule *rule = &l->pack->rule[e->at];
	check_each(l, e, S("on"), rule->on, TABLE_EVENT, "events.csv");
	check_each(l, e, S("then"), rule->then, TABLE_EVENT, "events.csv");
	check_each(l, e, S("who"), rule->who, TABLE_ROLE, "roles.csv");
}
static void check_area(PackLoader *l, const PackEntry *e) {
	const PackArea *area = &l->pack->area[e->at], *up = area;
	check_each(l, e, S("parent"), area->parent, TABLE_AREA, "areas.csv");
	for (int steps = 0; up && up->parent.n; steps++) {
		const PackEntry *parent = pack_index_find(l->pack->index, TABLE_AREA, up->parent);
		up = parent ? &l->pack->area[parent->at] : NULL;
		if (up != area && steps < 32) continue;
		pack_say(l, at(e, S("parent")), "Name the area above; at the top the cell is empty.",
			 "The area lies in itself, by way of its parents.");
		return;
	}
}
static void check_indicator(PackLoader *l, const PackEntry *e) {
	const PackIndicator *i = &l->pack->indicator[e->at];
	check_each(l, e, S("dimension"), i->dimension, TABLE_DIMENSION, "dimensions.csv");
	if (!i->dimension.n)
		pack_say(l, at(e, S("dimension")), "Write one of dimensions.csv.", "The cell is empty.");
}
static bool knows_scored(const void *with, Str name) {
	return pack_word_in(S("strong medium weak act noted profile"), name) ||
	       has(with, TABLE_DIMENSION, name);
}
// Whether any rule of this pack has an id that begins so: IN in IN-CHD-01.
static bool has_rules_of(const PackLoader *l, Str id) {
	ptrdiff_t dash = str_find_char(id, '-');
	Str country = str_slice(id, 0, dash < 0 ? id.n : dash + 1);
	for (ptrdiff_t i = 0; i < l->pack->nrule; i++)
		if (str_starts(l->pack->rule[i].id, country)) return true;
	return false;
}
static void check_right(PackLoader *l, const PackEntry *e) {
	// A right may rest on rules of countries whose pack is not loaded.
	for (Str rest = l->pack->right[e->at].rules, id; pack_word(&rest, &id);) {
		if (!has(l, TABLE_RULE, id) && has_rules_of(l, id))
			pack_say(l, at(e, S("rules")), "Mend the id, or leave it out.",
				 "No playbook of this pack has the row \"%.*s\".", SHOW(id));
	}
}
static void check_grant(PackLoader *l, const PackEntry *e) {
	Str post = l->pack->grant[e->at].post, relation = l->pack->grant[e->at].relation,
	    basis = l->pack->grant[e->at].basis;
	if (!pack_word_in(S("* visitor"), post)) check_each(l, e, S("post"), post, TABLE_POST, "posts.csv");
	for (Str rest = relation, word; pack_word(&rest, &word);)
		if (!pack_word_in(S("* nobody lead participant referred oversight named"), word))
			pack_say(l, at(e, S("relation")),
				 "Write nobody, lead, participant, referred, oversight or named.",
				 "\"%.*s\" is no relation.", SHOW(word));
	for (Str rest = l->pack->grant[e->at].classes, word; pack_word(&rest, &word);)
		if (!pack_word_in(
			    S("* open case identity safety health hiv counselling legal source intelligence"),
			    word))
			pack_say(l, at(e, S("classes")), "docs/packs.md lists the classes of information.",
				 "\"%.*s\" is no class.", SHOW(word));
	if (basis.n && !pack_word_in(S("own_work legal_duty consent emergency"), basis))
		pack_say(l, at(e, S("basis")), "Write own_work, legal_duty, consent or emergency.",
			 "\"%.*s\" is no basis.", SHOW(basis));
}
// A person on two lists must have been met by two kinds of agencies, so no kind makes two lists.
static void check_list(PackLoader *l, const PackEntry *e) {
	const PackList *list = &l->pack->list[e->at];
	for (Str rest = list->kinds, kind; pack_word(&rest, &kind);) {
		if (!str_eq(kind, S("*"))) check_each(l, e, S("kinds"), kind, TABLE_KIND, "kinds.csv");
		for (ptrdiff_t i = 0; i < e->at; i++)
			if (pack_word_in(l->pack->list[i].kinds, kind))
				pack_say(l, at(e, S("kinds")), "Leave it in one of them.",
					 "The list %.*s has \"%.*s\" already.", SHOW(l->pack->list[i].code),
					 SHOW(kind));
	}
	if (e->at == PACK_LISTS)
		pack_say(l, at(e, S("list")), "Put together those that are alike.",
			 "There are more than %d lists.", PACK_LISTS);
	if (l->pack->nlist < PACK_LISTS_LEAST && e->at == l->pack->nlist - 1)
		pack_say(l, at(e, S("list")), "Add one, or delete all rows: then no range is made.",
			 "There are fewer than %d lists, and from two nothing can be told.",
			 PACK_LISTS_LEAST);
}
static void check_entry(PackLoader *l, const PackEntry *e) {
	const Pack *p = l->pack;
	switch (e->table) {
	case TABLE_ROLE:
		check_each(l, e, S("kind"), p->role[e->at].kind, TABLE_KIND, "kinds.csv");
		return;
	case TABLE_RECEIVER:
		check_each(l, e, S("kind"), p->receiver[e->at].kind, TABLE_KIND, "kinds.csv");
		return;
	case TABLE_AREA:
		check_area(l, e);
		return;
	case TABLE_EVENT:
		check_each(l, e, S("who"), p->event[e->at].who, TABLE_KIND, "kinds.csv");
		return;
	case TABLE_RULE:
		check_rule(l, e);
		return;
	case TABLE_INDICATOR:
		check_indicator(l, e);
		return;
	case TABLE_SCORING:
		pack_check_names(l, p->scoring[e->at].condition, at(e, S("condition")), knows_scored, l);
		return;
	case TABLE_RIGHT:
		check_right(l, e);
		return;
	case TABLE_GRANT:
		check_grant(l, e);
		return;
	case TABLE_LIST:
		check_list(l, e);
		return;
	case TABLE_KIND:
	case TABLE_POST:
	case TABLE_DAY:
	case TABLE_EMERGENCY:
	case TABLE_DIMENSION:
	case TABLE_COUNTRY:
	case TABLE_LANGUAGE:
	case TABLE_OFFENCE:
	case TABLE_COMPENSATION:
	case TABLE_ALIAS:
	case TABLE_FORM:
	case TABLE__N:
		return;
	}
}
void pack_check_all(PackLoader *l) {
	for (ptrdiff_t i = 0; i < l->pack->index->n; i++) check_entry(l, &l->pack->index->entry[i]);
}
