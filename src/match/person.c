#include "match/person.h"
#include "match/name.h"

// ---- values, each kept once -----------------------------------------------------------------------------

static uint32_t hash_of(Str s) {
	// FNV-1a; the tables are of one run, and their order shows nowhere.
	uint32_t h = 2166136261u;
	for (ptrdiff_t i = 0; i < s.n; i++) h = (h ^ (uint8_t)s.p[i]) * 16777619u;
	return h;
}

static void *grown(Arena *a, const void *old, ptrdiff_t n, ptrdiff_t *cap, ptrdiff_t size) {
	*cap = *cap ? *cap * 2 : 64;
	char *more = arena_get(a, size, *cap);
	if (old) memcpy(more, old, (size_t)(n * size));
	return more;
}

static int32_t *slot_of(const Values *v, Str light) {
	uint32_t at = hash_of(light) & (uint32_t)(v->nslot - 1);
	while (v->slot[at] && !str_eq(v->at[v->slot[at]].light, light))
		at = (at + 1) & (uint32_t)(v->nslot - 1);
	return &v->slot[at];
}

// The id of a light form; *fresh when it was not there before.
static int32_t intern(Arena *a, Values *v, Str light, bool *fresh) {
	if (v->n >= v->cap) {
		ptrdiff_t cap = v->cap;
		v->at = grown(a, v->at, v->n, &cap, sizeof *v->at);
		v->cap = (int32_t)cap;
		if (!v->n) v->n = 1; // no value has the id 0
	}
	if (v->n + 1 >= v->nslot / 2) {
		v->nslot = v->nslot ? v->nslot * 2 : 256;
		v->slot = NEW(a, int32_t, v->nslot);
		for (int32_t i = 1; i < v->n; i++) *slot_of(v, v->at[i].light) = i;
	}
	int32_t *slot = slot_of(v, light);
	*fresh = *slot == 0;
	if (!*slot) {
		*slot = v->n++;
		v->at[*slot] = (Value){.light = str_dup(a, light)};
	}
	return *slot;
}

// Lower case; what is neither letter nor digit parts tokens. Other scripts stay as they are.
static Str folded(Arena *a, Str s) {
	char *p = NEW(a, char, s.n + 1);
	ptrdiff_t n = 0;
	for (ptrdiff_t i = 0; i < s.n; i++) {
		char c = s.p[i];
		if (c >= 'A' && c <= 'Z') c = (char)(c + 32);
		bool word = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || (unsigned char)c >= 0x80;
		if (word)
			p[n++] = c;
		else if (n && p[n - 1] != ' ' && c != '\'')
			p[n++] = ' ';
	}
	while (n && p[n - 1] == ' ') n--;
	return (Str){p, n};
}

enum { PHONE_DIGITS = 10 };
Str number_plain(Arena *a, MatchKind kind, Str typed) {
	Str s = folded(a, name_digits(a, typed));
	char *p = NEW(a, char, s.n + 1);
	ptrdiff_t n = 0;
	for (ptrdiff_t i = 0; i < s.n; i++)
		if (s.p[i] != ' ') p[n++] = s.p[i];
	Str all = {p, n};
	return kind == KIND_PHONE && n > PHONE_DIGITS ? str_slice(all, n - PHONE_DIGITS, n) : all;
}

// What people and programs write where nothing is known.
static bool says_nothing(Str s) {
	static const Str words[] = {SLIT("na"),	 SLIT("n/a"),	  SLIT("null"),	     SLIT("none"),
				    SLIT("nan"), SLIT("unknown"), SLIT("not known"), SLIT("missing"),
				    SLIT("-"),	 SLIT("?"),	  SLIT("nil")};
	for (ptrdiff_t i = 0; i < COUNT(words); i++)
		if (str_eq_nocase(s, words[i])) return true;
	return s.n == 0;
}

static int name_tokens(Arena *a, Str typed, NameForm form[VALUE_TOKENS]) {
	int n = name_forms(a, typed, form, VALUE_TOKENS);
	return n < 0 ? 0 : n;
}

static int text_tokens(Str light, NameForm form[VALUE_TOKENS]) {
	Str part;
	int n = 0;
	while (n < VALUE_TOKENS && str_cut(&light, ' ', &part)) form[n++] = (NameForm){.light = part};
	return n;
}

int32_t values_take(Arena *a, Values *v, Values *tokens, Str typed, bool names) {
	NameForm form[VALUE_TOKENS];
	bool fresh;
	Str light = folded(a, typed);
	int n = names ? name_tokens(a, typed, form) : text_tokens(light, form);
	Buf joined = {.a = a}, hard = {.a = a}, skeleton = {.a = a};
	for (int i = 0; i < n; i++) {
		if (i) buf_char(&joined, ' ');
		buf_put(&joined, form[i].light);
		buf_put(&hard, form[i].hard);
		buf_put(&skeleton, form[i].skeleton);
	}
	if (names) light = buf_str(&joined);
	if (!light.n) return 0;
	int32_t id = intern(a, v, light, &fresh);
	Value *is = &v->at[id];
	is->count++;
	if (fresh) {
		is->hard = buf_str(&hard);
		is->skeleton = buf_str(&skeleton);
		is->ntoken = n;
	}
	for (int i = 0; i < n && i < is->ntoken; i++) {
		if (fresh) {
			is->token[i] = str_dup(a, form[i].light);
			is->hard_token[i] = form[i].hard;
			if (tokens) is->token_id[i] = intern(a, tokens, form[i].light, &(bool){0});
		}
		if (tokens) tokens->at[is->token_id[i]].count++;
	}
	return id;
}

static int32_t date_take(Arena *a, Values *v, Str digits) {
	bool fresh;
	int32_t id = intern(a, v, digits, &fresh);
	v->at[id].count++;
	return id;
}

// ---- dates ------------------------------------------------------------------------------------------------

static int number(const char *p, int n) {
	int v = 0;
	for (int i = 0; i < n; i++) v = v * 10 + (p[i] >= '0' && p[i] <= '9' ? p[i] - '0' : 0);
	return v;
}

static bool in_calendar(int y, int m, int d) {
	static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
	bool leap = (y % 4 == 0 && y % 100 != 0) || y % 400 == 0;
	return m >= 1 && m <= 12 && d >= 1 && d <= days[m - 1] + (m == 2 && leap);
}

static bool separates(char c) { return c == '-' || c == '/' || c == '.' || c == ' ' || c == ','; }

// The parts of a date between separators, at most three; a time behind it is passed over.
static int parts_of(Str s, Str part[3]) {
	int n = 0;
	ptrdiff_t time = str_find_char(s, 'T');
	if (time >= 8) s = str_slice(s, 0, time);
	for (ptrdiff_t i = 0; i < s.n && n < 3;) {
		ptrdiff_t from = i;
		while (i < s.n && !separates(s.p[i])) i++;
		if (i > from)
			part[n++] = str_slice(s, from, i);
		else
			i++;
	}
	return n;
}

// 1 to 12 of "Mar" or "march"; 0: not a month's name.
static int month_named(Str s) {
	static const Str months[] = {SLIT("jan"), SLIT("feb"), SLIT("mar"), SLIT("apr"),
				     SLIT("may"), SLIT("jun"), SLIT("jul"), SLIT("aug"),
				     SLIT("sep"), SLIT("oct"), SLIT("nov"), SLIT("dec")};
	for (int i = 0; i < COUNT(months); i++)
		if (s.n >= 3 && str_eq_nocase(str_slice(s, 0, 3), months[i])) return i + 1;
	return 0;
}

// A run of eight without separators.
static void cut_eight(Str s, DateOrder *order, int32_t year_now, Str part[3]) {
	int first = number(s.p, 4);
	bool year_first = *order == DATE_YMD || (*order == DATE_ANY && first >= 1850 && first <= year_now);
	if (*order == DATE_ANY) *order = year_first ? DATE_YMD : DATE_DMY;
	for (int i = 0, at = 0; i < 3; i++) {
		int wide = i == (year_first ? 0 : 2) ? 4 : 2;
		part[i] = str_slice(s, at, at + wide);
		at += wide;
	}
}

// Right-aligned among zeros. What is no digit stays as it is: a misread digit is one sign wrong, no more.
static bool put_digits(char *to, int wide, Str s) {
	bool good = true;
	for (int i = 0; i < wide; i++) {
		ptrdiff_t at = s.n - wide + i;
		char c = at < 0 ? '0' : s.p[at];
		good = good && c >= '0' && c <= '9';
		to[i] = c;
	}
	return good;
}

DateRead birth_read(Str s, DateOrder order, int32_t year_now, Birth *out) {
	Str part[3], name = {0};
	char century[4];
	*out = (Birth){0};
	s = str_trim(s);
	if (says_nothing(s)) return DATE_MISSING;
	int n = parts_of(s, part);
	if (n == 1 && part[0].n == 8) {
		cut_eight(part[0], &order, year_now, part);
	} else if (n == 3) {
		// A year of four digits and a month by its name tell their own places.
		int named = month_named(part[0]) ? 0 : month_named(part[1]) ? 1 : -1;
		if (part[0].n == 4)
			order = DATE_YMD;
		else if (named == 0)
			order = DATE_MDY;
		else if (order == DATE_ANY || order == DATE_YMD || named == 1)
			order = order == DATE_YMD && part[2].n != 4 ? DATE_YMD : DATE_DMY;
		if (named >= 0) name = part[named];
	} else
		return DATE_BAD;
	Str y = part[order == DATE_YMD ? 0 : 2], m = part[order == DATE_MDY ? 0 : 1],
	    d = part[order == DATE_YMD	 ? 2
		     : order == DATE_DMY ? 0
					 : 1];
	char named_digits[2] = {(char)('0' + month_named(name) / 10), (char)('0' + month_named(name) % 10)};
	if (name.n) m = (Str){named_digits, 2};
	if (y.n > 4 || m.n > 2 || d.n > 2) return DATE_BAD;
	if (y.n == 2) {
		bool last = number(y.p, 2) + 2000 > year_now;
		memcpy(century, last ? "19" : "20", 2);
		memcpy(century + 2, y.p, 2);
		y = (Str){century, 4};
	}
	bool digits = put_digits(out->digit, 4, y);
	digits = put_digits(out->digit + 4, 2, m) && digits;
	digits = put_digits(out->digit + 6, 2, d) && digits;
	int year = number(out->digit, 4), month = number(out->digit + 4, 2), day = number(out->digit + 6, 2);
	out->whole = true;
	out->year = (int16_t)(year > 0 ? year : 1);
	out->month = (int8_t)month;
	out->day = (int8_t)day;
	return digits && in_calendar(year, month, day) && year >= 1850 && year <= year_now ? DATE_GOOD
											   : DATE_BAD;
}

// ---- rows -------------------------------------------------------------------------------------------------

static char sex_of(Str s) {
	char c = s.n ? (char)(s.p[0] | 0x20) : 0;
	// m, man, male, boy; f, woman, female, girl; anything else that is said counts as a third.
	if (c == 'm' || c == 'b') return 'm';
	if (c == 'f' || c == 'w' || c == 'g') return 'f';
	return c >= 'a' && c <= 'z' ? 'x' : 0;
}

static bool is_text(MatchKind k) {
	return k == KIND_PLACE || k == KIND_POSTCODE || k == KIND_STREET || k == KIND_HOUSE ||
	       k == KIND_PHONE || k == KIND_EMAIL || k == KIND_IDENTIFIER || k == KIND_CODE || k == KIND_TEXT;
}

void people_begin(People *p, Arena *a, int32_t year_now, const MatchSchema *s) {
	*p = (People){.arena = a, .year = year_now};
	for (int i = 0; i < s->n; i++) {
		const SchemaField *f = &s->field[i];
		if (f->kind == KIND_NAME) p->whole_names = true;
		if (is_text(f->kind) && p->ntrack < TEXT_TRACKS)
			p->track[p->ntrack++] = (TextTrack){.kind = f->kind, .label = f->column[0]};
	}
}

typedef struct {
	Buf given, family, name, guardian;
	Person person;
	int64_t part[3]; // year, month, day in columns of their own
	int64_t age;
} Row;

static void put_part(Buf *b, Str s) {
	if (!s.n) return;
	if (b->n) buf_char(b, ' ');
	buf_put(b, s);
}

static void read_date(People *p, Row *r, const SchemaField *f, Str cell, int column, Faults *faults) {
	Birth b;
	int64_t n = 0;
	switch (f->kind) {
	case KIND_BIRTH_DATE:
		if (birth_read(cell, f->order, p->year, &b) == DATE_BAD)
			table_fault(faults, r->person.line, column, "not a date of birth");
		if (b.whole)
			r->person.birth = b;
		else if (str_to_int(cell, &n) && n >= 1850 && n <= p->year)
			r->part[0] = n;
		return;
	case KIND_AGE:
		if (!str_to_int(cell, &n) || n < 0 || n > 150)
			table_fault(faults, r->person.line, column, "not an age");
		else
			r->age = n + 1;
		return;
	default:
		if (!str_to_int(cell, &n) || n < 1 || n > 9999)
			table_fault(faults, r->person.line, column, "not a part of a date");
		else
			r->part[f->kind == KIND_BIRTH_YEAR ? 0 : f->kind == KIND_BIRTH_MONTH ? 1 : 2] = n;
	}
}

static void read_cell(People *p, Row *r, const SchemaField *f, Str cell, int column, int track,
		      Faults *faults) {
	if (says_nothing(cell)) return;
	switch (f->kind) {
	case KIND_GIVEN:
		put_part(&r->given, cell);
		return;
	case KIND_FAMILY:
		put_part(&r->family, cell);
		return;
	case KIND_NAME:
		put_part(&r->name, cell);
		return;
	case KIND_GUARDIAN:
		put_part(&r->guardian, cell);
		return;
	case KIND_SEX:
		r->person.sex = sex_of(cell);
		return;
	case KIND_BIRTH_DATE:
	case KIND_BIRTH_YEAR:
	case KIND_BIRTH_MONTH:
	case KIND_BIRTH_DAY:
	case KIND_AGE:
		read_date(p, r, f, cell, column, faults);
		return;
	case KIND_POSTCODE:
	case KIND_PHONE:
	case KIND_IDENTIFIER:
		if (track >= 0)
			r->person.text[track] = values_take(p->arena, &p->track[track].values, NULL,
							    number_plain(p->arena, f->kind, cell), false);
		return;
	case KIND_PLACE:
	case KIND_STREET:
	case KIND_HOUSE:
	case KIND_EMAIL:
	case KIND_CODE:
	case KIND_TEXT:
		if (track >= 0)
			r->person.text[track] =
				values_take(p->arena, &p->track[track].values, NULL, cell, false);
		return;
	case KIND_IGNORE:
	case KIND__N:
		return;
	}
}

static void finish_birth(Row *r, int32_t year_now) {
	Birth *b = &r->person.birth;
	if (b->whole) return;
	if (r->part[0] && r->part[1] && r->part[2] && r->part[1] < 100 && r->part[2] < 100) {
		int64_t digits = r->part[0] * 10000 + r->part[1] * 100 + r->part[2];
		*b = (Birth){.year = (int16_t)r->part[0],
			     .month = (int8_t)r->part[1],
			     .day = (int8_t)r->part[2],
			     .whole = true};
		for (int i = 7; i >= 0; i--, digits /= 10) b->digit[i] = (char)('0' + digits % 10);
	} else if (r->part[0])
		b->year = (int16_t)r->part[0];
	else if (r->age)
		*b = (Birth){.year = (int16_t)(year_now - (int32_t)r->age + 1), .within = 1};
}

static void finish_row(People *p, Row *r) {
	Person *at = &r->person;
	Arena *a = p->arena;
	at->given = values_take(a, &p->names, &p->tokens, buf_str(&r->given), true);
	at->family = values_take(a, &p->names, &p->tokens, buf_str(&r->family), true);
	// The other file may have whole names only.
	if (p->whole_names) {
		put_part(&r->name, buf_str(&r->given));
		put_part(&r->name, buf_str(&r->family));
		at->name = values_take(a, &p->names, &p->tokens, buf_str(&r->name), true);
	}
	at->guardian = values_take(a, &p->names, &p->tokens, buf_str(&r->guardian), true);
	finish_birth(r, p->year);
	if (at->birth.whole) at->birth_id = date_take(a, &p->dates, (Str){at->birth.digit, 8});
	if (p->n == p->cap) {
		ptrdiff_t cap = p->cap;
		p->person = grown(a, p->person, p->n, &cap, sizeof *p->person);
		p->cap = (int32_t)cap;
	}
	p->person[p->n++] = *at;
}

static int first_of(const Table *t, const Str *name, int n) {
	for (int i = 0; i < n; i++) {
		int c = table_column(t, name[i]);
		if (c >= 0) return c;
	}
	return -1;
}

typedef struct {
	Str text;
	int column; // from 1, for what is said of it
} Cell;

static void take_row(People *p, const MatchSchema *s, Str id, int64_t line, const Cell *cell,
		     Faults *faults) {
	Row r = {.given = {.a = p->arena},
		 .family = {.a = p->arena},
		 .name = {.a = p->arena},
		 .guardian = {.a = p->arena}};
	r.person.line = line;
	r.person.id = id;
	for (int i = 0, track = 0; i < s->n; i++) {
		bool text = is_text(s->field[i].kind);
		if (cell[i].text.n)
			read_cell(p, &r, &s->field[i], cell[i].text, cell[i].column,
				  text && track < TEXT_TRACKS ? track : -1, faults);
		track += text;
	}
	finish_row(p, &r);
}

Err people_add(People *p, Why *why, const MatchSchema *s, Str csv, Faults *faults) {
	Table t;
	TableRow row;
	int column[SCHEMA_FIELDS], found = 0;
	TRY(table_open(p->arena, why, csv, faults, &t));
	int id = first_of(&t, s->id, s->nid);
	if (id < 0)
		return fail(why, ERR_INVALID,
			    "line 1: there is no column %.*s, which the schema says is the id",
			    (int)s->id[0].n, s->id[0].p);
	for (int i = 0; i < s->n; i++) {
		column[i] = first_of(&t, s->field[i].column, s->field[i].ncolumn);
		found += column[i] >= 0 && s->field[i].kind != KIND_IGNORE;
	}
	if (!found) return fail(why, ERR_INVALID, "line 1: none of the schema's columns is there");
	p->second = p->n;
	Values ids = {0};
	while (table_next(&t, p->arena, &row)) {
		Cell cell[SCHEMA_FIELDS];
		bool fresh;
		Str name_of = row.cell[id];
		if (!name_of.n) {
			table_fault(faults, row.line, id + 1, "no id; row not taken");
			continue;
		}
		(void)intern(p->arena, &ids, name_of, &fresh);
		if (!fresh) table_fault(faults, row.line, id + 1, "an id that stood before");
		for (int i = 0; i < s->n; i++)
			cell[i] = (Cell){column[i] < 0 ? (Str){0} : row.cell[column[i]], column[i] + 1};
		take_row(p, s, name_of, row.line, cell, faults);
	}
	return OK;
}

void people_put(People *p, const MatchSchema *s, Str id, const Str *value) {
	Cell cell[SCHEMA_FIELDS];
	Faults unheard = {0}; // what is no date is no date; whoever asks has been told elsewhere
	for (int i = 0; i < s->n; i++) cell[i] = (Cell){value[i], i + 1};
	take_row(p, s, id, 0, cell, &unheard);
}
