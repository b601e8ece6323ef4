#include "pack/pack.h"

#include "base/lang.h"
#include "base/when.h"
#include "pack/pack_load.h"

#define PACK_ARENA ((ptrdiff_t)256 << 20) // address space; pages come as they are used
#define WORK_ARENA ((ptrdiff_t)256 << 20)
#define PROBLEMS_ARENA ((ptrdiff_t)4 << 20)
#define CHAIN_MAX 8

// ---- pack.csv ------------------------------------------------------------------------------------
typedef struct {
	PackTable table;
	Str folder;
} Layer;
static const Str settings = SLIT(
	"name title version extends country timezone languages jurisdictions days_off immediate case_prefix");

static const PackRow *setting_row(const Layer *layer, Str key) {
	for (ptrdiff_t i = 0; i < layer->table.nrow; i++)
		if (str_eq(pack_cell(&layer->table, &layer->table.row[i], S("key")), key))
			return &layer->table.row[i];
	return NULL;
}
static Str setting_of(const Layer *layer, Str key) {
	const PackRow *r = setting_row(layer, key);
	return r ? pack_cell(&layer->table, r, S("value")) : S("");
}
static void check_settings(PackLoader *l, const Layer *layer) {
	const PackTable *t = &layer->table;
	for (ptrdiff_t i = 0; i < t->nrow; i++) {
		Str key = pack_cell(t, &t->row[i], S("key"));
		if (!pack_word_in(settings, key) || str_find_char(key, ' ') >= 0)
			pack_say(l, pack_place(t, &t->row[i], S("key")), "docs/packs.md lists the settings.",
				 "There is no setting \"%.*s\".", SHOW(key));
		else if (setting_row(layer, key) != &t->row[i])
			pack_say(l, pack_place(t, &t->row[i], S("key")), "Keep one of them.",
				 "The setting is there twice.");
	}
}
static bool read_layer(PackLoader *l, Str folder, Layer *out) {
	l->folder = folder;
	*out = (Layer){.folder = folder};
	if (!pack_read_csv(l, S("pack.csv"), &out->table)) {
		pack_say(l, (PackPlace){.file = out->table.file},
			 "Name the folder of a pack; it has a file pack.csv.", "The file is missing.");
		return false;
	}
	pack_check_columns(l, &out->table, S("key! value!"));
	check_settings(l, out);
	return true;
}
static Str sibling(Arena *a, Str folder, Str name) {
	ptrdiff_t slash = folder.n;
	while (slash > 0 && folder.p[slash - 1] != '/') slash--;
	return str_fmt(a, "%.*s%.*s", (int)slash, folder.p, (int)name.n, name.p);
}
// From the pack itself up to the one that extends nothing.
static int read_chain(PackLoader *l, Str dir, Layer *chain) {
	int n = 0;
	for (Str folder = dir; n < CHAIN_MAX;) {
		if (!read_layer(l, folder, &chain[n])) return 0;
		const PackRow *r = setting_row(&chain[n], S("extends"));
		Str parent = setting_of(&chain[n], S("extends"));
		n++;
		if (!parent.n) return n;
		PackPlace at = pack_place(&chain[n - 1].table, r, S("value"));
		if (str_find_char(parent, '/') >= 0 || parent.p[0] == '.') {
			pack_say(l, at, "Write the name of a folder beside this one.",
				 "\"%.*s\" is not the name of a pack.", SHOW(parent));
			return 0;
		}
		folder = sibling(l->arena, folder, parent);
		for (int i = 0; i < n; i++) {
			if (!str_eq(chain[i].folder, folder)) continue;
			pack_say(l, at, "Let one of them extend nothing.",
				 "The packs extend one another in a circle.");
			return 0;
		}
	}
	pack_say(l, (PackPlace){.file = chain[n - 1].table.file}, "Make the chain shorter.",
		 "More than eight packs extend one another.");
	return 0;
}

// ---- settings ------------------------------------------------------------------------------------
typedef struct {
	PackLoader *l;
	const Layer *chain;
	int n;
} Chain;
// The nearest pack that says something; *at is where.
static Str inherited(const Chain *c, Str key, PackPlace *at) {
	for (int i = 0; i < c->n; i++) {
		const PackRow *r = setting_row(&c->chain[i], key);
		*at = (PackPlace){
			.file = c->chain[i].table.file, .row = r ? r->number : 0, .column = S("value")};
		if (setting_of(&c->chain[i], key).n) return setting_of(&c->chain[i], key);
	}
	*at = (PackPlace){.file = c->chain[0].table.file, .column = key};
	return S("");
}
static Str needed(const Chain *c, Str key, PackPlace *at) {
	Str s = inherited(c, key, at);
	if (!s.n) pack_say(c->l, *at, "Add a row with this key and a value.", "The setting is missing.");
	return s;
}
static void set_languages(const Chain *c, Pack *p) {
	PackPlace at;
	for (Str rest = needed(c, S("languages"), &at), word; pack_word(&rest, &word);) {
		Lang lang;
		bool known = word.n == 2 && lang_from_code(word, &lang), twice = false;
		for (int i = 0; known && i < p->nlang; i++) twice = twice || p->lang[i] == lang;
		if (!known)
			pack_say(c->l, at, "The program speaks en, hi, bn, ne, ar.",
				 "The language \"%.*s\" is not known.", SHOW(word));
		else if (!twice)
			p->lang[p->nlang++] = lang;
	}
}
static void set_days_off(const Chain *c, Pack *p) {
	static const Str names[] = {SLIT("sun"), SLIT("mon"), SLIT("tue"), SLIT("wed"),
				    SLIT("thu"), SLIT("fri"), SLIT("sat")};
	PackPlace at;
	for (Str rest = inherited(c, S("days_off"), &at), word; pack_word(&rest, &word);) {
		int day = -1;
		for (int i = 0; i < 7; i++)
			if (str_eq_nocase(names[i], word)) day = i;
		if (day >= 0)
			p->calendar.days_off |= (uint8_t)(1u << day);
		else
			pack_say(c->l, at, "Write sun mon tue wed thu fri sat.",
				 "\"%.*s\" is no day of the week.", SHOW(word));
	}
	if (p->calendar.days_off == 0x7f) {
		pack_say(c->l, at, "Leave at least one.", "No day of the week is a working day.");
		p->calendar.days_off = 0;
	}
}
static void set_clock(const Chain *c, Pack *p) {
	PackPlace at;
	Str s = needed(c, S("immediate"), &at);
	if (s.n && (!duration_parse(s, &p->immediate) || duration_is_zero(&p->immediate)))
		pack_say(c->l, at, "Write it as PT1H.", "\"%.*s\" is not a duration.", SHOW(s));
	s = needed(c, S("timezone"), &at);
	p->zone = s.n ? zone_load(&p->arena, s) : NULL;
	if (s.n && !p->zone)
		pack_say(c->l, at, "Write an IANA name, as Asia/Kolkata.", "\"%.*s\" is not a time zone.",
			 SHOW(s));
}
static void check_prefix(const Chain *c, Str s, PackPlace at) {
	bool good = s.n >= 1 && s.n <= 8;
	for (ptrdiff_t i = 0; i < s.n; i++)
		good = good && ((s.p[i] >= 'A' && s.p[i] <= 'Z') || (s.p[i] >= '0' && s.p[i] <= '9'));
	if (s.n && !good)
		pack_say(c->l, at, "Write one to eight capital letters or digits.",
			 "\"%.*s\" cannot begin a case number.", SHOW(s));
}
static void read_settings(const Chain *c, Pack *p) {
	PackPlace at;
	p->name = needed(c, S("name"), &at);
	p->title = needed(c, S("title"), &at);
	p->version = needed(c, S("version"), &at);
	p->country = inherited(c, S("country"), &at);
	p->extends = setting_of(&c->chain[0], S("extends"));
	p->jurisdictions = needed(c, S("jurisdictions"), &at);
	p->case_prefix = needed(c, S("case_prefix"), &at);
	check_prefix(c, p->case_prefix, at);
	set_languages(c, p);
	set_days_off(c, p);
	set_clock(c, p);
}

// ---- open and close ------------------------------------------------------------------------------
static void load_layer(PackLoader *l, Str folder, int layer) {
	l->folder = folder;
	l->layer = layer;
	pack_load_tables(l);
	pack_load_rules(l);
	pack_load_forms(l);
}
// Whoever does not say where is asked for in the whole country: it must be an area, and a country that there
// is.
static void check_country(const Chain *c) {
	PackPlace at;
	Str code = inherited(c, S("country"), &at);
	if (!code.n) return;
	if (c->l->pack->ncountry && !pack_index_find(c->l->pack->index, TABLE_COUNTRY, code))
		pack_say(c->l, at, "Write its two letters, as IN.", "\"%.*s\" is not in countries.csv.",
			 SHOW(code));
	else if (!pack_index_find(c->l->pack->index, TABLE_AREA, code))
		pack_say(c->l, at, "Add it to areas.csv, at the top.",
			 "The country \"%.*s\" is not in areas.csv.", SHOW(code));
}
static void load(PackLoader *l, Str dir) {
	Layer chain[CHAIN_MAX];
	int n = read_chain(l, dir, chain);
	if (!n) return;
	read_settings(&(Chain){l, chain, n}, l->pack);
	for (int i = n - 1; i >= 0; i--) load_layer(l, chain[i].folder, n - 1 - i);
	check_country(&(Chain){l, chain, n});
	pack_check_all(l);
	pack_settle_tables(l);
}
Err pack_open(Why *why, Str dir, PackProblems *problems, Pack **out) {
	while (dir.n > 1 && str_ends(dir, S("/"))) dir.n--;
	if (!problems->arena.beg) problems->arena = arena_new(PROBLEMS_ARENA);
	Arena arena = arena_new(PACK_ARENA);
	Pack *p = NEW(&arena, Pack, 1);
	p->arena = arena;
	p->index = NEW(&p->arena, struct PackIndex, 1);
	PackLoader l = {.pack = p, .arena = &p->arena, .work = arena_new(WORK_ARENA), .problems = problems};
	load(&l, str_dup(&p->arena, dir));
	arena_free(&l.work);
	if (problems->errors) {
		pack_close(p);
		return fail(why, ERR_INVALID, "the pack has %lld errors", (long long)problems->errors);
	}
	*out = p;
	return OK;
}
void pack_close(Pack *p) {
	if (!p) return;
	Arena arena = p->arena; // the pack lies in it
	arena_free(&arena);
}
void pack_problems_free(PackProblems *p) {
	arena_free(&p->arena);
	*p = (PackProblems){0};
}
void pack_problem_text(Arena *a, const PackProblem *p, Str *out) {
	Buf b = {.a = a};
	buf_put(&b, p->file);
	if (p->row) buf_fmt(&b, ": row %d", p->row);
	if (p->column.n) buf_fmt(&b, "%scolumn %.*s", p->row ? ", " : ": ", (int)p->column.n, p->column.p);
	if (p->warning) buf_put(&b, S(" (warning)"));
	buf_put(&b, S(": "));
	buf_put(&b, p->say);
	buf_char(&b, ' ');
	buf_put(&b, p->mend);
	*out = buf_str(&b);
}

// ---- look up -------------------------------------------------------------------------------------
static ptrdiff_t at(const Pack *p, PackTableKind kind, Str key) {
	const PackEntry *e = pack_index_find(p->index, kind, key);
	return e ? e->at : -1;
}
#define FIND(kind, array, key) \
	ptrdiff_t i = at(p, kind, key); \
	return i < 0 ? NULL : &p->array[i]
const PackForm *pack_form(const Pack *p, Str name) { FIND(TABLE_FORM, form, name); }
const PackArea *pack_area(const Pack *p, Str code) { FIND(TABLE_AREA, area, code); }
const PackRole *pack_role(const Pack *p, Str code) { FIND(TABLE_ROLE, role, code); }
const PackEvent *pack_event(const Pack *p, Str code) { FIND(TABLE_EVENT, event, code); }
const PackRule *pack_rule(const Pack *p, Str id) { FIND(TABLE_RULE, rule, id); }
const PackCode *pack_kind(const Pack *p, Str code) { FIND(TABLE_KIND, kind, code); }
const PackIndicator *pack_indicator(const Pack *p, Str code) { FIND(TABLE_INDICATOR, indicator, code); }
bool pack_area_within(const Pack *p, Str area, Str in) {
	const PackArea *a = pack_area(p, area);
	for (int steps = 0; a && steps < 32; steps++) {
		if (str_eq(a->code, in)) return true;
		a = a->parent.n ? pack_area(p, a->parent) : NULL;
	}
	return false;
}
