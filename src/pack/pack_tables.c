#include <stdlib.h>

#include "pack/pack_load.h"

// ---- index ---------------------------------------------------------------------------------------
static uint64_t hash_of(PackTableKind table, Str key) {
	uint64_t h = 14695981039346656037u ^ (uint64_t)table; // FNV-1a
	for (ptrdiff_t i = 0; i < key.n; i++) h = (h ^ (unsigned char)key.p[i]) * 1099511628211u;
	return h ^ (h >> 29);
}
static int32_t *slot_of(const struct PackIndex *x, PackTableKind table, Str key) {
	for (ptrdiff_t i = (ptrdiff_t)(hash_of(table, key) & (uint64_t)(x->nslot - 1));;
	     i = (i + 1) & (x->nslot - 1)) {
		if (!x->slot[i]) return &x->slot[i];
		const PackEntry *e = &x->entry[x->slot[i] - 1];
		if (e->table == table && str_eq(e->key, key)) return &x->slot[i];
	}
}
const PackEntry *pack_index_find(const struct PackIndex *x, PackTableKind table, Str key) {
	if (!x->nslot) return NULL;
	int32_t at = *slot_of(x, table, key);
	return at ? &x->entry[at - 1] : NULL;
}
PackEntry *pack_index_add(Arena *a, struct PackIndex *x, PackEntry e) {
	if (2 * (x->n + 1) > x->nslot) {
		x->nslot = x->nslot ? 2 * x->nslot : 1024;
		x->slot = NEW(a, int32_t, x->nslot);
		ASSERT(x->entry || !x->n);
		for (ptrdiff_t i = 0; i < x->n; i++)
			*slot_of(x, x->entry[i].table, x->entry[i].key) = (int32_t)i + 1;
	}
	x->entry = pack_grow(a, x->entry, x->n, sizeof e);
	x->entry[x->n++] = e;
	*slot_of(x, e.table, e.key) = (int32_t)x->n;
	return &x->entry[x->n - 1];
}

#define LIST(field) \
	{ offsetof(Pack, field), offsetof(Pack, n##field), sizeof *((Pack *)0)->field }
static const struct {
	size_t array, n, size;
} list_table[] = {
	[TABLE_KIND] = LIST(kind),
	[TABLE_POST] = LIST(post),
	[TABLE_ROLE] = LIST(role),
	[TABLE_RECEIVER] = LIST(receiver),
	[TABLE_AREA] = LIST(area),
	[TABLE_DAY] = LIST(holiday),
	[TABLE_EMERGENCY] = LIST(emergency),
	[TABLE_EVENT] = LIST(event),
	[TABLE_RULE] = LIST(rule),
	[TABLE_INDICATOR] = LIST(indicator),
	[TABLE_DIMENSION] = LIST(dimension),
	[TABLE_SCORING] = LIST(scoring),
	[TABLE_COUNTRY] = {offsetof(Pack, country_list), offsetof(Pack, ncountry), sizeof(PackCountry)},
	[TABLE_LANGUAGE] = LIST(language),
	[TABLE_RIGHT] = LIST(right),
	[TABLE_OFFENCE] = LIST(offence),
	[TABLE_COMPENSATION] = LIST(compensation),
	[TABLE_ALIAS] = LIST(alias),
	[TABLE_FORM] = LIST(form),
	[TABLE_GRANT] = LIST(grant),
	[TABLE_LIST] = LIST(list),
};
_Static_assert(COUNT(list_table) == TABLE__N, "a list for every table");

static void *place_of(Pack *p, PackTableKind kind, ptrdiff_t at) {
	char *array;
	memcpy(&array, (char *)p + list_table[kind].array, sizeof array);
	return array + at * (ptrdiff_t)list_table[kind].size;
}
static ptrdiff_t append(Pack *p, PackTableKind kind) {
	void *array;
	ptrdiff_t n;
	memcpy(&array, (char *)p + list_table[kind].array, sizeof array);
	memcpy(&n, (char *)p + list_table[kind].n, sizeof n);
	array = pack_grow(&p->arena, array, n, (ptrdiff_t)list_table[kind].size);
	memcpy((char *)p + list_table[kind].array, &array, sizeof array);
	n++;
	memcpy((char *)p + list_table[kind].n, &n, sizeof n);
	return n - 1;
}
void *pack_claim(PackLoader *l, PackTableKind kind, const PackTable *t, const PackRow *r, Str key) {
	Str heading = t->ncolumn ? t->column[0].name : S("");
	if (!key.n) {
		pack_say(l, pack_place(t, r, heading), "Give the row its code, or delete it.",
			 "The row has no %.*s.", SHOW(heading));
		return NULL;
	}
	PackEntry *e = (PackEntry *)pack_index_find(l->pack->index, kind, key);
	if (e && e->layer == l->layer) {
		pack_say(l, pack_place(t, r, heading), "Keep one of them, or give this one another name.",
			 "\"%.*s\" is there already, in row %d of %.*s.", SHOW(key), e->row, SHOW(e->file));
		return NULL;
	}
	if (!e)
		e = pack_index_add(l->arena, l->pack->index,
				   (PackEntry){.table = kind, .key = key, .at = append(l->pack, kind)});
	e->layer = l->layer;
	e->file = t->file;
	e->row = r->number;
	void *place = place_of(l->pack, kind, e->at);
	memset(place, 0, list_table[kind].size);
	return place;
}

// ---- one row each --------------------------------------------------------------------------------
typedef struct {
	PackLoader *l;
	const PackTable *t;
	const PackRow *r;
} At;
#define CELL(name) pack_cell(at->t, at->r, S(name))
static void *claim(const At *at, PackTableKind kind, Str key) {
	return pack_claim(at->l, kind, at->t, at->r, key);
}
static Label label(const At *at) { return pack_label(at->l, at->t, at->r, S("label"), true); }
static Label hint(const At *at) { return pack_label(at->l, at->t, at->r, S("hint"), false); }
static void check_word(const At *at, Str column, Str allowed) {
	pack_check_word(at->l, at->t, at->r, column, allowed);
}
static void need(const At *at, Str column) {
	if (pack_cell(at->t, at->r, column).n) return;
	pack_say(at->l, pack_place(at->t, at->r, column), "Fill it in.", "The cell is empty.");
}
static Str confidence(const At *at) {
	need(at, S("confidence"));
	check_word(at, S("confidence"), S("V P K POLICY"));
	return CELL("confidence");
}

static void load_code(const At *at, PackTableKind kind, Str key) {
	PackCode *c = claim(at, kind, key);
	if (c) *c = (PackCode){key, label(at)};
}
static void load_kind(const At *at) { load_code(at, TABLE_KIND, CELL("kind")); }
static void load_post(const At *at) { load_code(at, TABLE_POST, CELL("post")); }
static void load_language(const At *at) { load_code(at, TABLE_LANGUAGE, CELL("code")); }
static void load_role(const At *at) {
	PackRole *role = claim(at, TABLE_ROLE, CELL("role"));
	if (role) *role = (PackRole){CELL("role"), CELL("kind"), label(at)};
}
static void load_area(const At *at) {
	PackArea *area = claim(at, TABLE_AREA, CELL("code"));
	need(at, S("level"));
	if (area) *area = (PackArea){CELL("code"), CELL("parent"), CELL("level"), label(at)};
}
static void load_day(const At *at) {
	int64_t day = 0;
	Str date = CELL("date");
	(void)confidence(at);
	(void)label(at);
	if (date.n && !when_parse_date(date, &day)) {
		pack_say(at->l, pack_place(at->t, at->r, S("date")),
			 "Write a real day as 2026-01-26; set the column to Text in the spreadsheet.",
			 "\"%.*s\" is not a date.", SHOW(date));
		return;
	}
	int64_t *place = claim(at, TABLE_DAY, date);
	if (place) *place = day;
}
static int64_t whole_number(const At *at, Str column) {
	int64_t n = 0;
	Str s = pack_cell(at->t, at->r, column);
	if (s.n && (!str_to_int(s, &n) || n < 0))
		pack_say(at->l, pack_place(at->t, at->r, column), "Write digits only.",
			 "\"%.*s\" is not a whole number.", SHOW(s));
	return n;
}
static void load_receiver(const At *at) {
	int64_t order = whole_number(at, S("order"));
	PackReceiver *r = claim(at, TABLE_RECEIVER, CELL("order"));
	need(at, S("kind"));
	need(at, S("when"));
	need(at, S("reach"));
	check_word(at, S("when"), S("usual conflict"));
	check_word(at, S("reach"), S("area anywhere"));
	if (r)
		*r = (PackReceiver){order, CELL("kind"), str_eq(CELL("when"), S("conflict")),
				    str_eq(CELL("reach"), S("anywhere"))};
}
// What a telephone can dial.
static void check_dialled(const At *at) {
	Str number = CELL("number");
	for (ptrdiff_t i = 0; i < number.n; i++)
		if (!memchr("0123456789+- ", number.p[i], 13)) {
			pack_say(at->l, pack_place(at->t, at->r, S("number")), "Write digits only.",
				 "\"%.*s\" is no number that can be dialled.", SHOW(number));
			return;
		}
}
static void load_emergency(const At *at) {
	check_dialled(at);
	PackEmergency *e = claim(at, TABLE_EMERGENCY, CELL("number"));
	if (!e) return;
	*e = (PackEmergency){CELL("number"), label(at), hint(at), confidence(at),
			     (int)(whole_number(at, S("order")) % 100000)};
}
static void load_event(const At *at) {
	PackEvent *e = claim(at, TABLE_EVENT, CELL("event"));
	need(at, S("who"));
	need(at, S("about"));
	check_word(at, S("about"), S("report case person"));
	check_word(at, S("pillar"), S("protection prosecution prevention partnership"));
	if (e)
		*e = (PackEvent){CELL("event"),	 CELL("who"), CELL("about"),
				 CELL("pillar"), label(at),   hint(at)};
}
static void load_country(const At *at) {
	PackCountry *c = claim(at, TABLE_COUNTRY, CELL("alpha2"));
	if (c) *c = (PackCountry){CELL("alpha2"), CELL("alpha3"), label(at)};
}
static const Str elements = SLIT("act means purpose vulnerability");
static char strength(const At *at, Str column) {
	Str s = pack_cell(at->t, at->r, column);
	check_word(at, column, S("S M W 0"));
	return s.n == 1 && memchr("SMW", s.p[0], 3) ? s.p[0] : '0';
}
static void load_indicator(const At *at) {
	PackIndicator *i = claim(at, TABLE_INDICATOR, CELL("code"));
	need(at, S("list"));
	need(at, S("element"));
	check_word(at, S("element"), elements);
	if (!i) return;
	*i = (PackIndicator){CELL("code"),
			     CELL("list"),
			     CELL("dimension"),
			     CELL("element"),
			     label(at),
			     {strength(at, S("adult_labour")), strength(at, S("child_labour")),
			      strength(at, S("adult_sexual")), strength(at, S("child_sexual"))}};
}
static void load_dimension(const At *at) {
	PackDimension *d = claim(at, TABLE_DIMENSION, CELL("dimension"));
	check_word(at, S("element"), elements);
	if (d) *d = (PackDimension){CELL("dimension"), label(at), CELL("element")};
}
static void load_scoring(const At *at) {
	PackScoring *s = claim(at, TABLE_SCORING, CELL("rule"));
	need(at, S("profile"));
	need(at, S("condition"));
	need(at, S("result"));
	check_word(at, S("suggests"), S("no_indication possible presumed confirmed"));
	if (!s) return;
	*s = (PackScoring){
		CELL("rule"),	CELL("profile"),  pack_expr(at->l, at->t, at->r, S("condition"), false),
		CELL("result"), CELL("suggests"), pack_yes(at->l, at->t, at->r, S("review"))};
}
static void load_right(const At *at) {
	PackRight *r = claim(at, TABLE_RIGHT, pack_has_column(at->t, S("id")) ? CELL("id") : CELL("code"));
	if (r)
		*r = (PackRight){pack_has_column(at->t, S("id")) ? CELL("id") : CELL("code"), CELL("rules"),
				 label(at)};
}
static void load_offence(const At *at) {
	PackOffence *o = claim(at, TABLE_OFFENCE, CELL("provision"));
	if (o)
		*o = (PackOffence){CELL("provision"), confidence(at),	  label(at),
				   hint(at),	      CELL("punishment"), CELL("ipc_equivalent")};
}
static void load_compensation(const At *at) {
	PackCompensation *c = claim(at, TABLE_COMPENSATION, CELL("head"));
	if (!c) return;
	*c = (PackCompensation){CELL("head"), confidence(at), label(at), whole_number(at, S("min_inr")),
				whole_number(at, S("max_inr"))};
	if (CELL("max_inr").n && c->most < c->least)
		pack_say(at->l, pack_place(at->t, at->r, S("max_inr")), "Exchange the two.",
			 "The most is less than the least.");
}
static void load_alias(const At *at) {
	need(at, S("field"));
	Str *alias = claim(at, TABLE_ALIAS, CELL("alias")); // alias, then field
	if (!alias) return;
	alias[0] = CELL("alias");
	alias[1] = CELL("field");
}
static void load_grant(const At *at) {
	Str post = CELL("post"), relation = CELL("relation"), acts = CELL("acts");
	need(at, S("relation"));
	need(at, S("acts"));
	at->l->pack->grants_file = at->t->file;
	// What makes two grants the same is all they give.
	Str key = str_join(at->l->arena, S("\t"), (Str[]){post, relation, acts, CELL("classes")}, 4);
	if (!post.n || !claim(at, TABLE_GRANT, key)) {
		need(at, S("post"));
		return;
	}
	const PackEntry *e = pack_index_find(at->l->pack->index, TABLE_GRANT, key);
	ASSERT(e && e->at < at->l->pack->ngrant);
	at->l->pack->grant[e->at].post = post;
	at->l->pack->grant[e->at].relation = relation;
	at->l->pack->grant[e->at].acts = acts;
	at->l->pack->grant[e->at].classes = CELL("classes");
	at->l->pack->grant[e->at].basis = CELL("basis");
	at->l->pack->grant[e->at].row = at->r->number;
}
static void load_list(const At *at) {
	Str code = CELL("list");
	need(at, S("kinds"));
	if (str_find_char(code, '+') >= 0 || str_find_char(code, ' ') >= 0 || str_eq(code, S("none")))
		pack_say(at->l, pack_place(at->t, at->r, S("list")), "Take small letters, digits and _.",
			 "\"%.*s\" cannot be the code of a list.", SHOW(code));
	PackList *list = claim(at, TABLE_LIST, code);
	if (list) *list = (PackList){code, CELL("kinds"), label(at)};
}

// ---- the files -----------------------------------------------------------------------------------
static const struct {
	Str file, columns;
	void (*row)(const At *at);
	PackTableKind kind;
	bool needed; // by the pack as a whole, with what it extends
} file_table[] = {
	{SLIT("kinds.csv"), SLIT("kind! label!"), load_kind, TABLE_KIND, true},
	{SLIT("posts.csv"), SLIT("post! label!"), load_post, TABLE_POST, true},
	{SLIT("roles.csv"), SLIT("role! kind! label!"), load_role, TABLE_ROLE, true},
	{SLIT("receivers.csv"), SLIT("order! kind! when! reach!"), load_receiver, TABLE_RECEIVER, true},
	{SLIT("areas.csv"), SLIT("code! parent! level! label!"), load_area, TABLE_AREA, true},
	{SLIT("calendar.csv"), SLIT("date! label! confidence!"), load_day, TABLE_DAY, false},
	{SLIT("emergency.csv"), SLIT("number! label! hint order confidence!"), load_emergency,
	 TABLE_EMERGENCY, true},
	{SLIT("events.csv"), SLIT("event! who! about! pillar label! hint"), load_event, TABLE_EVENT, true},
	{SLIT("indicators.csv"),
	 SLIT("code! list! dimension! element! label! adult_labour child_labour adult_sexual child_sexual"),
	 load_indicator, TABLE_INDICATOR, false},
	{SLIT("dimensions.csv"), SLIT("dimension! label! element"), load_dimension, TABLE_DIMENSION, false},
	{SLIT("scoring.csv"), SLIT("rule! profile! condition! result! review! suggests!"), load_scoring,
	 TABLE_SCORING, false},
	{SLIT("countries.csv"), SLIT("alpha2! alpha3! label!"), load_country, TABLE_COUNTRY, false},
	{SLIT("languages.csv"), SLIT("code! alpha2 label!"), load_language, TABLE_LANGUAGE, false},
	{SLIT("rights.csv"), SLIT("code id rules! label!"), load_right, TABLE_RIGHT, false},
	{SLIT("offences.csv"), SLIT("provision! label! hint punishment! ipc_equivalent confidence!"),
	 load_offence, TABLE_OFFENCE, false},
	{SLIT("compensation.csv"), SLIT("head! label! min_inr max_inr confidence!"), load_compensation,
	 TABLE_COMPENSATION, false},
	{SLIT("htcds_aliases.csv"), SLIT("alias! field!"), load_alias, TABLE_ALIAS, false},
	{SLIT("grants.csv"), SLIT("post! relation! acts! classes! basis!"), load_grant, TABLE_GRANT, true},
	{SLIT("lists.csv"), SLIT("list! kinds! label!"), load_list, TABLE_LIST, false},
};

static void load_file(PackLoader *l, ptrdiff_t i) {
	PackTable t;
	if (!pack_read_csv(l, file_table[i].file, &t)) return;
	pack_check_columns(l, &t, file_table[i].columns);
	for (ptrdiff_t k = 0; k < t.nrow; k++) file_table[i].row(&(At){l, &t, &t.row[k]});
}
static void check_file_names(PackLoader *l) {
	Str *name;
	for (ptrdiff_t i = 0, n = pack_list(l, l->folder, S(".csv"), &name); i < n; i++) {
		Str file = str_fmt(&l->work, "%.*s.csv", (int)name[i].n, name[i].p);
		bool known = str_eq(file, S("pack.csv"));
		for (ptrdiff_t k = 0; k < COUNT(file_table) && !known; k++)
			known = str_eq(file, file_table[k].file);
		PackPlace at = {.file = str_fmt(&l->work, "%.*s/%.*s", SHOW(l->folder), SHOW(file)),
				.warning = true};
		if (!known)
			pack_say(l, at, "Mend its name; docs/packs.md lists the files.",
				 "No table of a pack has this name; the file is not read.");
	}
}
// At the end of the chain: what no folder of it has.
static void check_missing(PackLoader *l) {
	for (ptrdiff_t i = 0; i < COUNT(file_table); i++) {
		ptrdiff_t n;
		memcpy(&n, (char *)l->pack + list_table[file_table[i].kind].n, sizeof n);
		PackPlace at = {
			.file = str_fmt(&l->work, "%.*s/%.*s", SHOW(l->folder), SHOW(file_table[i].file))};
		if (file_table[i].needed && n == 0)
			pack_say(l, at, "Add the file, or extend a pack that has it.",
				 "The file is missing or has no rows.");
	}
}

void pack_load_tables(PackLoader *l) {
	check_file_names(l);
	for (ptrdiff_t i = 0; i < COUNT(file_table); i++) load_file(l, i);
}
static int by_day(const void *a, const void *b) {
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
	return (x > y) - (x < y);
}
static int by_order(const void *a, const void *b) {
	const PackEmergency *x = a, *y = b;
	return x->order != y->order ? (x->order > y->order) - (x->order < y->order)
				    : str_cmp(x->number, y->number);
}
static int by_turn(const void *a, const void *b) {
	const PackReceiver *x = a, *y = b;
	return (x->order > y->order) - (x->order < y->order);
}
void pack_settle_tables(PackLoader *l) {
	Pack *p = l->pack;
	check_missing(l);
	int64_t *sorted = NEW(&p->arena, int64_t, p->nholiday);
	if (p->nholiday) {
		memcpy(sorted, p->holiday, (size_t)p->nholiday * sizeof *sorted);
		qsort(sorted, (size_t)p->nholiday, sizeof *sorted, by_day);
	}
	p->calendar.holiday = sorted;
	p->calendar.nholiday = p->nholiday;
	// The index still names the places of before, but nobody looks for the place of these.
	if (p->nreceiver) qsort(p->receiver, (size_t)p->nreceiver, sizeof *p->receiver, by_turn);
	if (p->nemergency) qsort(p->emergency, (size_t)p->nemergency, sizeof *p->emergency, by_order);
}
