#include "invent.h"
#include <stdio.h>

#define STR_ARG(s) (int)(s).n, (s).p // twice: a value without effects
enum { PEOPLE = 3000, LISTED = 20000, PLACES = 400, LETTERS = 48 };
typedef struct {
	Arena *a;
	uint64_t state;
	Str given[LISTED], family[LISTED],
		place[PLACES]; // family names and fathers as the affidavits have them
	Str row[LISTED][4];
	int ngiven, nrow;
} Made;
enum { LATIN, DEVANAGARI, FATHER_LATIN, FATHER_DEVANAGARI };
enum { GIVEN, FAMILY, FATHER, PLACE, POSTCODE, PHONE, SEX, NAMED };
typedef struct {
	Str value[NAMED];
	int year, month, day;
} One;

static uint64_t next(Made *m) {
	uint64_t z = m->state += 0x9e3779b97f4a7c15u;
	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
	z = (z ^ z >> 27) * 0x94d049bb133111ebu;
	return z ^ z >> 31;
}
static int below(Made *m, int n) { return (int)(next(m) % (uint64_t)n); }
static bool one_in(Made *m, int n) { return below(m, n) == 0; }
// Few are common and many rare.
static int uneven(Made *m, int n) {
	double u = (double)(next(m) >> 11) / 9007199254740992.;
	return (int)(u * u * u * n);
}

// ---- lists ------------------------------------------------------------------------------------------------

bool invent_file(Arena *a, const char *dir, const char *name, Str *out) {
	FILE *f = fopen(str_z(a, str_fmt(a, "%s/%s", dir, name)), "rb");
	char part[65536];
	Buf b = {.a = a};
	if (!f) return false;
	for (size_t n; (n = fread(part, 1, sizeof part, f)) > 0;) buf_put(&b, (Str){part, (ptrdiff_t)n});
	(void)fclose(f);
	*out = buf_str(&b);
	return true;
}

static Str last_word(Str s) {
	ptrdiff_t from = s.n;
	while (from > 0 && s.p[from - 1] != ' ') from--;
	return str_slice(s, from, s.n);
}

static Str made_place(Made *m) {
	static const char *const part[] = {"ban", "dhar", "gopal", "khed", "lal", "mau",   "nag", "pal",
					   "raj", "sar",  "tal",   "ud",   "bel", "chand", "dev", "jam"};
	static const char *const end[] = {"pur", "garh", "gaon", "nagar", "wadi", "khurd", "ganj", "palli"};
	// One draw after another: the order of arguments is the compiler's.
	const char *first = part[below(m, 16)], *second = one_in(m, 2) ? part[below(m, 16)] : "";
	return str_fmt(m->a, "%s%s%s", first, second, end[below(m, 8)]);
}

static bool read_lists(Made *m, const char *names) {
	Str text, line, cell;
	if (!invent_file(m->a, names, "hi_firstnames_parlikar.tsv", &text)) return false;
	(void)str_cut(&text, '\n', &line);
	while (m->ngiven < LISTED && str_cut(&text, '\n', &line))
		if (str_cut(&line, '\t', &cell) && cell.n > 2) m->given[m->ngiven++] = cell;
	if (!invent_file(m->a, names, "hi_affidavits_even.tsv", &text)) return false;
	(void)str_cut(&text, '\n', &line);
	while (m->nrow < LISTED && str_cut(&text, '\n', &line)) {
		int n = 0;
		while (n < 4 && str_cut(&line, '\t', &cell)) m->row[m->nrow][n++] = str_trim(cell);
		m->family[m->nrow] = last_word(m->row[m->nrow][LATIN]);
		if (n == 4 && m->family[m->nrow].n > 2) m->nrow++;
	}
	for (int i = 0; i < PLACES; i++) m->place[i] = made_place(m);
	return m->ngiven > 1000 && m->nrow > 1000;
}

// ---- people -----------------------------------------------------------------------------------------------

static One made_one(Made *m) {
	int place = uneven(m, PLACES);
	Str given = m->given[uneven(m, m->ngiven)];
	Str family = m->family[uneven(m, m->nrow)];
	Str father = m->given[uneven(m, m->ngiven)];
	One one = {.value = {[GIVEN] = given,
			     [FAMILY] = family,
			     [FATHER] = str_fmt(m->a, "%.*s %.*s", STR_ARG(father), STR_ARG(family)),
			     [PLACE] = m->place[place],
			     [POSTCODE] = str_fmt(m->a, "%06d", 110000 + place / 3 * 7)}};
	int network = 6 + below(m, 4);
	one.value[PHONE] = str_fmt(m->a, "%d%09d", network, below(m, 1000000000));
	one.value[SEX] = one_in(m, 2) ? S("f") : S("m");
	one.year = 1960 + below(m, 55);
	one.month = 1 + below(m, 12);
	one.day = 1 + below(m, 28);
	return one;
}

// A letter or digit put in, left out, changed, or two changed about.
static Str misspelt(Made *m, Str s) {
	char out[LETTERS + 1];
	if (s.n < 2 || s.n > LETTERS - 1) return s;
	ptrdiff_t at = below(m, (int)s.n), n = 0;
	bool digit = s.p[at] >= '0' && s.p[at] <= '9';
	char other = (char)(digit ? '0' + below(m, 10) : 'a' + below(m, 26));
	int how = below(m, 4);
	for (ptrdiff_t i = 0; i < s.n; i++) {
		if (i == at && how == 0) out[n++] = other;
		if (i == at && how == 1) continue;
		out[n++] = i == at && how == 2 ? other : s.p[i];
	}
	if (how == 3 && at > 0) {
		char t = out[at];
		out[at] = out[at - 1];
		out[at - 1] = t;
	}
	return str_dup(m->a, (Str){out, n});
}

static void spoil(Made *m, One *one) {
	int field = below(m, NAMED + 1);
	if (field == NAMED) { // the birth
		int *part = one_in(m, 3) ? &one->year : one_in(m, 2) ? &one->month : &one->day;
		int month = one->month;
		if (one_in(m, 4) && one->day <= 12) {
			one->month = one->day;
			one->day = month;
		} else
			*part += one_in(m, 2) || *part == 1 ? 1 : -1;
		return;
	}
	Str *v = &one->value[field];
	One other = made_one(m);
	switch (below(m, 12)) {
	case 0: // left out
		*v = (Str){0};
		return;
	case 1: // quite another: moved, married, a new number
		if (field != GIVEN && field != SEX) *v = other.value[field];
		return;
	case 2: // changed about
		if (field == GIVEN || field == FAMILY) {
			Str given = one->value[GIVEN];
			one->value[GIVEN] = one->value[FAMILY];
			one->value[FAMILY] = given;
			return;
		}
		break;
	default:
		break;
	}
	if (field != SEX) *v = misspelt(m, *v);
}

// ---- files ------------------------------------------------------------------------------------------------

static void put_one(Buf *b, int person, int copy, const One *one) {
	buf_fmt(b, "p%d-%d", person, copy);
	for (int f = 0; f < NAMED; f++) buf_fmt(b, ",%.*s", STR_ARG(one->value[f]));
	buf_fmt(b, ",%04d-%02d-%02d,%d\n", one->year, one->month, one->day, 2026 - one->year);
}

static const char head[] = "id,given,family,father,place,postcode,phone,sex,born,age\n";

static void copies(Made *m, Str text[2]) {
	Buf b = {.a = m->a};
	buf_put(&b, str_of(head));
	for (int i = 0; i < PEOPLE; i++) {
		One one = made_one(m);
		put_one(&b, i, 0, &one);
		for (int k = below(m, 5) - 2; k > 0; k--) {
			One copy = one;
			for (int n = 1 + below(m, 3); n > 0; n--) spoil(m, &copy);
			put_one(&b, i, k, &copy);
		}
	}
	text[0] = buf_str(&b);
}

// Half of the reports are about people of the register.
static void ages(Made *m, Str text[2]) {
	Buf b = {.a = m->a}, r = {.a = m->a};
	buf_put(&b, str_of(head));
	buf_put(&r, str_of(head));
	for (int i = 0; i < PEOPLE; i++) {
		One one = made_one(m);
		One told = i % 2 ? made_one(m) : one;
		put_one(&b, i, 0, &one);
		for (int n = below(m, 3); n > 0; n--) spoil(m, &told);
		told.value[PHONE] = one_in(m, 4) ? told.value[PHONE] : (Str){0};
		told.year += below(m, 3) - 1;
		put_one(&r, i % 2 ? PEOPLE + i : i, 1, &told);
	}
	text[0] = buf_str(&b);
	text[1] = buf_str(&r);
}

static void scripts(Made *m, Str text[2]) {
	static const int column[2][2] = {{LATIN, FATHER_LATIN}, {DEVANAGARI, FATHER_DEVANAGARI}};
	for (int side = 0; side < 2; side++) {
		Buf b = {.a = m->a};
		buf_put(&b, S("id,name,father\n"));
		for (int i = 0; i < m->nrow; i++) {
			Str name = m->row[i][column[side][0]], father = m->row[i][column[side][1]];
			if (str_find_char(name, ',') >= 0 || str_find_char(father, ',') >= 0) continue;
			if (str_find_char(name, '"') >= 0 || str_find_char(father, '"') >= 0) continue;
			buf_fmt(&b, "p%d,%.*s,%.*s\n", i, STR_ARG(name), STR_ARG(father));
		}
		text[side] = buf_str(&b);
	}
}

bool invent(Arena *a, const char *names, Invent what, Str text[2]) {
	static void (*const make[])(Made *, Str[2]) = {copies, ages, scripts};
	Made *m = NEW(a, Made, 1);
	m->a = a;
	m->state = 20261126;
	if (!read_lists(m, names)) return false;
	make[what](m, text);
	return true;
}
