// What somebody types to find a person, as facts; and what is compared of numbers and places, however they
// are written.
#include "base/when.h"
#include "identity/identity_parts.h"
#include "match/name.h"
#include "match/person.h"

enum { SIGNIFICANT = 9, TYPED_MOST = 40 };

// ---- numbers
// ---------------------------------------------------------------------------------------------------

static bool is_digit(char c) { return c >= '0' && c <= '9'; }

static bool all_digits(Str s) {
	for (ptrdiff_t i = 0; i < s.n; i++)
		if (!is_digit(s.p[i])) return false;
	return s.n > 0;
}

static Str without_zeros(Str s) {
	while (s.n && s.p[0] == '0') s = str_slice(s, 1, s.n);
	return s;
}

static Str phone_plain(Arena *a, Str typed) {
	Str s = name_digits(a, typed);
	Buf b = {.a = a};
	for (ptrdiff_t i = 0; i < s.n; i++)
		if (is_digit(s.p[i])) buf_char(&b, s.p[i]);
	return without_zeros(buf_str(&b));
}

// Of telephone numbers of any country the last nine digits are the subscriber's, whatever stands before them:
// a plus or zeros, a country, a zero for the trunk.
static Str number_key(Str plain) {
	if (!all_digits(plain)) return plain;
	plain = without_zeros(plain);
	return plain.n > SIGNIFICANT ? str_slice(plain, plain.n - SIGNIFICANT, plain.n) : plain;
}

// The next telephone number of a field that may hold several.
static bool next_phone(Arena *a, Str *rest, Str *plain) {
	while (rest->n) {
		ptrdiff_t to = 0;
		while (to < rest->n && !memchr(",;/\n", rest->p[to], 4)) to++;
		*plain = phone_plain(a, str_slice(*rest, 0, to));
		*rest = str_slice(*rest, to + 1, rest->n);
		if (plain->n) return true;
	}
	return false;
}

int identity_numbers(Arena *a, const IdentityFacts *f, Str out[IDENTITY_NUMBERS]) {
	Str rest = f->value[FACT_PHONE];
	int n = 0;
	while (n < IDENTITY_NUMBERS - 2 && next_phone(a, &rest, &out[n])) n++;
	const Str more[] = {f->value[FACT_IDENTIFIER], f->number};
	for (int i = 0; i < COUNT(more); i++) {
		Str plain = number_plain(a, KIND_IDENTIFIER, more[i]);
		if (plain.n) out[n++] = plain;
	}
	for (int i = 0; i < n; i++) out[i] = number_key(out[i]);
	return n;
}

// One telephone, with its country or without.
static bool same_phone(Str a, Str b) {
	return a.n && (str_eq(a, b) || (a.n >= SIGNIFICANT && b.n >= SIGNIFICANT && all_digits(a) &&
					all_digits(b) && (str_ends(a, b) || str_ends(b, a))));
}

static Str first_phone(Arena *a, Str typed) {
	Str plain = {0};
	(void)next_phone(a, &typed, &plain);
	return plain;
}

// Whether her telephone is among theirs; where it is, theirs is written as hers.
static bool meet_phone(Arena *a, Str hers, Str *theirs) {
	Str rest = *theirs, plain;
	while (next_phone(a, &rest, &plain))
		if (same_phone(hers, plain)) {
			*theirs = hers;
			return true;
		}
	return false;
}

NumberMeets identity_meet(Arena *a, const IdentityFacts *her, IdentityFacts *them) {
	Str *phone = &them->value[FACT_PHONE];
	Str typed = number_plain(a, KIND_IDENTIFIER, her->number);
	if (all_digits(typed) && meet_phone(a, without_zeros(typed), phone)) return MEETS_PHONE;
	if (typed.n && str_eq(typed, number_plain(a, KIND_IDENTIFIER, them->value[FACT_IDENTIFIER])))
		return MEETS_PAPER;
	(void)meet_phone(a, first_phone(a, her->value[FACT_PHONE]), phone);
	return MEETS_NOTHING;
}

// ---- places
// ----------------------------------------------------------------------------------------------------

static bool parts_place(char c) {
	return c == ' ' || c == ',' || c == ';' || c == '\n' || c == '(' || c == ')';
}

// Word by word as names are heard, so that a village in one script meets itself in another; what the tables
// of names know nothing of (numbers of wards, other scripts) stays as typed.
static Str place_plain(Arena *a, Str typed) {
	Str s = name_digits(a, typed);
	Buf b = {.a = a};
	for (ptrdiff_t at = 0; at < s.n;) {
		ptrdiff_t from = at;
		bool digit = false;
		NameForm form[NAME_WORDS];
		for (; at < s.n && !parts_place(s.p[at]); at++) digit = digit || is_digit(s.p[at]);
		Str word = str_slice(s, from, at++);
		int n = digit ? 0 : name_forms(a, word, form, NAME_WORDS);
		for (int i = 0; i < n; i++) {
			if (b.n) buf_char(&b, ' ');
			buf_put(&b, form[i].hard);
		}
		if (n || !word.n) continue;
		if (b.n) buf_char(&b, ' ');
		buf_put(&b, word);
	}
	return buf_str(&b);
}

void identity_compared(Arena *a, Str value[IDENTITY_FIELDS]) {
	static const int places[] = {FACT_PLACE, FACT_DISTRICT, FACT_STREET};
	for (int i = 0; i < COUNT(places); i++)
		if (value[places[i]].n) value[places[i]] = place_plain(a, value[places[i]]);
	if (value[FACT_PHONE].n) value[FACT_PHONE] = first_phone(a, value[FACT_PHONE]);
}

// ---- what is typed
// -------------------------------------------------------------------------------------------------

typedef enum { TYPED_WORD, TYPED_DATE, TYPED_PAPER, TYPED_DIGITS } Kind;
typedef struct {
	Str text;
	Kind kind;
	int digits;
	int64_t n; // of digits alone; 0: of more than a number has
} Token;

static bool is_date(Str s, int32_t year) {
	Birth b;
	return s.n > 4 && birth_read(s, DATE_ANY, year, &b) == DATE_GOOD;
}

static Token token_of(Str s, int32_t year) {
	Token t = {.text = s};
	bool letter = false, sign = false;
	for (ptrdiff_t i = 0; i < s.n; i++) {
		char c = s.p[i];
		t.digits += is_digit(c);
		letter = letter || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
			 (unsigned char)c >= 0x80;
		sign = sign || !is_digit(c);
	}
	if (!t.digits || (letter && t.digits < 4))
		t.kind = TYPED_WORD;
	else if (letter)
		t.kind = is_date(s, year) ? TYPED_DATE : TYPED_PAPER;
	else
		t.kind = sign && is_date(s, year) ? TYPED_DATE : TYPED_DIGITS;
	if (t.kind == TYPED_DIGITS && (!str_to_int(s, &t.n) || t.n < 0)) t.n = 0;
	return t;
}

static bool is_year(const Token *t, int32_t now) {
	return t->digits == 4 && t->text.n == 4 && t->n >= 1850 && t->n <= now;
}
static bool is_age(const Token *t) {
	return t->n > 0 && t->n <= 120 && t->text.n == t->digits && t->digits <= 3;
}

static Str joined(Arena *a, const Token *t, int n, char between) {
	Buf b = {.a = a};
	for (int i = 0; i < n; i++) {
		if (i && between) buf_char(&b, between);
		buf_put(&b, t[i].text);
	}
	return buf_str(&b);
}

static void put_number(IdentityFacts *out, Str number) {
	if (!out->number.n) out->number = number;
}

static void put_each(IdentityFacts *out, const Token *t, int n) {
	for (int i = 0; i < n; i++)
		if (is_year(&t[i], out->year))
			out->value[FACT_BIRTH_YEAR] = t[i].text;
		else if (is_age(&t[i]))
			out->value[FACT_AGE] = t[i].text;
		else
			put_number(out, t[i].text);
}

// Before a whole number what is short belongs to it where it has a plus or a zero, or no name is there that
// could have an age.
static bool goes_before(const Token *t, bool names) {
	enum { AREA_CODE = 5 };
	return t->digits <= AREA_CODE && (!names || t->text.p[0] == '+' || t->text.p[0] == '0');
}

// Numbers beside each other: a date, a telephone in groups, or each for itself.
static void put_digits(Arena *a, IdentityFacts *out, const Token *t, int n, bool names) {
	enum { WHOLE = 7 };
	int all = 0, whole = -1;
	bool apart = true;
	for (int i = 0; i < n; i++) {
		all += t[i].digits;
		if (whole < 0 && t[i].digits >= WHOLE) whole = i;
		apart = apart && (is_year(&t[i], out->year) || is_age(&t[i]));
	}
	Str date = joined(a, t, n, '-');
	if (n == 3 && is_date(date, out->year)) {
		out->value[FACT_BIRTH_DATE] = date;
		return;
	}
	if (whole > 0 && goes_before(&t[whole - 1], names)) {
		put_number(out, joined(a, t + whole - 1, 2, 0));
		put_each(out, t, whole - 1);
		put_each(out, t + whole + 1, n - whole - 1);
	} else if (whole < 0 && all >= WHOLE && !apart)
		put_number(out, joined(a, t, n, 0));
	else
		put_each(out, t, n);
}

static int tokens_of(Arena *a, Str typed, int32_t year, Token t[TYPED_MOST]) {
	Str rest = name_digits(a, typed), word;
	int n = 0;
	while (n < TYPED_MOST && str_cut(&rest, ' ', &word))
		if ((word = str_trim(word)).n) t[n++] = token_of(word, year);
	return n;
}

Err identity_facts_typed(Cx *cx, Str typed, IdentityFacts *out) {
	Token t[TYPED_MOST];
	Buf name = {.a = cx->arena};
	*out = (IdentityFacts){.year = (int32_t)zone_civil(cx->zone, cx->now).year};
	int n = tokens_of(cx->arena, typed, out->year, t);
	for (int i = 0; i < n; i++) {
		if (t[i].kind != TYPED_WORD) continue;
		if (name.n) buf_char(&name, ' ');
		buf_put(&name, t[i].text);
	}
	out->value[FACT_NAME] = buf_str(&name);
	for (int i = 0, to; i<n; i = to> i ? to : i + 1) {
		for (to = i; to < n && t[to].kind == TYPED_DIGITS; to++) {}
		if (to > i) put_digits(cx->arena, out, t + i, to - i, name.n > 0);
		if (to == i && t[i].kind == TYPED_DATE) out->value[FACT_BIRTH_DATE] = t[i].text;
		if (to == i && t[i].kind == TYPED_PAPER) put_number(out, t[i].text);
	}
	return OK;
}
