#include "match/name.h"
#include "base/utf8.h"
#include "match/name_tables.h"

// ---- reading: one word of one script at a time -------------------------------------------------

#define WORD_SIGNS 64
typedef struct {
	int32_t sign[WORD_SIGNS]; // lower case, dots apart, no joiners
	int n;
} Word;
typedef struct {
	Str text;
	ptrdiff_t at;
} Reader;

static bool is_indic(int32_t c) { return c >= 0x0900 && c <= 0x0A7F; }
static bool is_arabic(int32_t c) { return c >= 0x0620 && c <= 0x06FF; }

// Joiners, marks above Latin letters, stretching lines, apostrophes: between letters they mean nothing.
static bool is_ignored(int32_t c) {
	return (c >= 0x200B && c <= 0x200F) || c == 0x2060 || c == 0xFEFF || c == 0xAD || c == 0x0640 ||
	       c == '\'' || c == 0x2019 || c == 0x2018 || c == 0x02BC || c == 0x0651 || c == 0x0652 ||
	       c == 0x0621 || (c >= 0x0300 && c <= 0x036F);
}

static const char *urdu_roman(int32_t c) {
	for (ptrdiff_t i = 0; i < COUNT(urdu_signs); i++)
		if (urdu_signs[i].at == c) return urdu_signs[i].roman;
	return NULL;
}

static Sign indic_sign(int32_t c) {
	for (ptrdiff_t i = 0; i < COUNT(indic_own); i++)
		if (indic_own[i].at == c) return indic_own[i].sign;
	return indic_signs[c & 0x7F];
}

// The letter as words keep it; 0 for what parts words.
static int32_t letter_of(int32_t c) {
	if (c >= 'A' && c <= 'Z') return c + ('a' - 'A');
	if (c >= 'a' && c <= 'z') return c;
	if (c >= 0xC0 && c <= 0x17F) return latin_plain[c - 0xC0] == ' ' ? 0 : latin_plain[c - 0xC0];
	if (is_indic(c)) return indic_sign(c).kind == SIGN_NONE ? 0 : c;
	if (is_arabic(c)) return urdu_roman(c) || (c >= 0x0653 && c <= 0x0655) ? c : 0;
	return 0;
}

static void word_put(Word *w, int32_t c) {
	for (ptrdiff_t i = 0; w->n && i < COUNT(joined_signs); i++) {
		if (joined_signs[i].second != c || joined_signs[i].first != w->sign[w->n - 1]) continue;
		w->sign[w->n - 1] = joined_signs[i].whole;
		return;
	}
	for (ptrdiff_t i = 0; i < COUNT(composed_signs); i++) {
		if (composed_signs[i].whole != c) continue;
		if (w->n + 2 > WORD_SIGNS) return;
		w->sign[w->n++] = composed_signs[i].letter;
		w->sign[w->n++] = composed_signs[i].mark;
		return;
	}
	if (c >= 0x0653 && c <= 0x0655) return; // a mark with nothing to join
	if (w->n < WORD_SIGNS) w->sign[w->n++] = c;
}

// "s/o" and its like: one Latin letter, a stroke, and an o that ends the word.
static bool skip_kinship(Reader *r, const Word *w) {
	if (w->n != 1 || w->sign[0] > 0x7F || !strchr(kinship_letters, (int)w->sign[0])) return false;
	if (r->at >= r->text.n || (r->text.p[r->at] != 'o' && r->text.p[r->at] != 'O')) return false;
	ptrdiff_t after = r->at + 1;
	if (after < r->text.n && letter_of(utf8_next(r->text, &after))) return false;
	r->at++;
	return true;
}

// The next word; false at the end. A word ends where its script does.
static bool word_next(Reader *r, Word *w) {
	w->n = 0;
	while (r->at < r->text.n) {
		ptrdiff_t before = r->at;
		int32_t c = utf8_next(r->text, &r->at);
		if (is_ignored(c)) continue;
		int32_t letter = letter_of(c);
		if (!letter && c == '/' && skip_kinship(r, w)) {
			w->n = 0;
			continue;
		}
		if (!letter && !w->n) continue;
		if (!letter) return true;
		if (w->n && (is_indic(letter) != is_indic(w->sign[0]) ||
			     is_arabic(letter) != is_arabic(w->sign[0]))) {
			r->at = before;
			return true;
		}
		word_put(w, letter);
	}
	return w->n > 0;
}

// ---- romanising --------------------------------------------------------------------------------

typedef struct {
	char p[NAME_LETTERS + 8]; // room for the roman letters of one sign more
	int n;
} Letters;

static void put_letters(Letters *l, const char *roman) {
	for (; *roman && l->n < NAME_LETTERS; roman++) l->p[l->n++] = *roman;
}
static void put_letter(Letters *l, char c) {
	if (l->n < NAME_LETTERS) l->p[l->n++] = c;
}

typedef struct {
	const char *consonant, *vowel; // "" for none
	bool inherent, nasal, below; // below: under the letter before it
	int place;
} Syllable;

static const char *with_nukta(int place, const char *otherwise) {
	for (ptrdiff_t i = 0; i < COUNT(nukta_signs); i++)
		if (nukta_signs[i].place == place) return nukta_signs[i].roman;
	return otherwise;
}

static int read_syllables(const Word *w, Syllable *s) {
	int n = 0;
	for (int i = 0; i < w->n; i++) {
		Sign sign = indic_sign(w->sign[i]);
		Syllable *last = n ? &s[n - 1] : NULL;
		bool joined = last && last->vowel[0] == '\0' && !last->inherent && last->consonant[0];
		switch (sign.kind) {
		case SIGN_CONSONANT:
			s[n++] = (Syllable){sign.roman, "", true, false, joined, (int)(w->sign[i] & 0x7F)};
			if (w->sign[i] == 0x09AF && joined) s[n - 1].consonant = "y";
			break;
		case SIGN_LETTER:
			s[n++] = (Syllable){sign.roman, "", false, false, false, 0};
			break;
		case SIGN_VOWEL:
			s[n++] = (Syllable){"", sign.roman, false, false, false, 0};
			break;
		case SIGN_MATRA:
			if (last) last->vowel = sign.roman, last->inherent = false;
			break;
		case SIGN_VIRAMA:
			if (last) last->inherent = false;
			break;
		case SIGN_NUKTA:
			if (last) last->consonant = with_nukta(last->place, last->consonant);
			break;
		case SIGN_NASAL:
			if (last) last->nasal = true;
			break;
		case SIGN_SILENT:
		case SIGN_NONE:
			break;
		}
	}
	return n;
}

static bool voiced(const Syllable *s) { return s->inherent || s->vowel[0]; }

// Hindi does not speak every inherent vowel: none at the end unless a cluster that cannot do without it
// stands there, and none between two open syllables. Bengali drops only the last one so surely.
static void drop_schwas(Syllable *s, int n, bool medial) {
	if (n > 1 && s[n - 1].inherent) {
		bool cluster = s[n - 1].below && strchr("yvrlnm", s[n - 1].consonant[0]) &&
			       s[n - 1].consonant[0] && !strchr("nmrl", s[n - 2].consonant[0]);
		bool after_nasal = n > 1 && s[n - 1].below && s[n - 1].consonant[0] == 'y';
		s[n - 1].inherent = cluster || after_nasal;
	}
	for (int i = n - 2; medial && i > 0; i--)
		if (s[i].inherent && !s[i].nasal && voiced(&s[i - 1]) && !s[i].below && voiced(&s[i + 1]) &&
		    s[i + 1].consonant[0] && !(i + 2 < n && s[i + 2].below && !s[i + 1].below && false))
			s[i].inherent = false;
}

static void romanise_indic(const Word *w, Letters *out) {
	Syllable s[WORD_SIGNS];
	int n = read_syllables(w, s);
	drop_schwas(s, n, w->sign[0] < 0x0980 || w->sign[0] >= 0x0A00);
	for (int i = 0; i < n; i++) {
		put_letters(out, s[i].consonant);
		put_letters(out, s[i].inherent ? "a" : s[i].vowel);
		if (!s[i].nasal) continue;
		char next = i + 1 < n ? s[i + 1].consonant[0] : '\0';
		put_letter(out, next && strchr("pbm", next) ? 'm' : 'n');
		if (next == 'h') put_letter(out, 'g'); // singh is written with n and h
	}
}

static void romanise_urdu(const Word *w, Letters *out) {
	for (int i = 0; i < w->n; i++) {
		const char *roman = urdu_roman(w->sign[i]);
		if (!roman) continue;
		bool between = i > 0;
		if (roman[0] == 'v' && between)
			roman = i + 1 < w->n && w->sign[i + 1] == 0x0627 ? "v" : "o";
		else if (roman[0] == 'y' && between)
			roman = i + 1 < w->n && w->sign[i + 1] == 0x0627 ? "y" : "i";
		put_letters(out, roman);
	}
}

static void romanise(const Word *w, Letters *out) {
	out->n = 0;
	if (is_indic(w->sign[0])) {
		romanise_indic(w, out);
	} else if (is_arabic(w->sign[0])) {
		romanise_urdu(w, out);
	} else {
		for (int i = 0; i < w->n; i++) put_letter(out, (char)w->sign[i]);
	}
}

// ---- folding -----------------------------------------------------------------------------------

// A rule takes `from` where it stands to `to`. $ at the end of `from` is the end of the word, ^ at its start
// the beginning. The first that fits is taken; what no rule takes stays.
typedef struct {
	const char *from, *to;
} Rule;

static const Rule light_rules[] = {
	{"aa", "a"},  {"ee", "i"},   {"ii", "i"},    {"oo", "u"},  {"uu", "u"},	  {"ou", "au"},	 {"ow", "au"},
	{"aw", "au"}, {"ay$", "ai"}, {"ey", "e"},    {"ei", "e"},  {"ie$", "i"},  {"ea", "i"},	 {"y$", "i"},
	{"iy", "iy"}, {"x", "ks"},   {"ksh", "ksh"}, {"ck", "k"},  {"chh", "ch"}, {"tch", "ch"}, {"ch", "ch"},
	{"ce", "se"}, {"ci", "si"},  {"cy", "si"},   {"c", "k"},   {"qu", "k"},	  {"q", "k"},	 {"w", "v"},
	{"ph", "f"},  {"z", "j"},    {"gn", "gn"},   {"jn", "gy"}, {"sch", "sh"},
};
static const Rule hard_rules[] = {
	{"ksh", "k"}, {"ks", "k"}, {"kkh", "k"}, {"kh", "k"}, {"gh", "g"}, {"chh", "s"},
	{"ch", "c"},  {"jh", "j"}, {"th", "t"},	 {"dh", "d"}, {"bh", "b"}, {"ph", "p"},
	{"f", "p"},   {"sh", "s"}, {"v", "b"},	 {"z", "j"},  {"rh", "r"}, {"lh", "l"},
	{"mh", "m"},  {"nh", "n"}, {"ai", "e"},	 {"au", "a"}, {"o$", "a"}, {"o", "a"},
	{"e", "e"},   {"y", "i"},  {"ng", "n"},	 {"h$", ""},  {"a$", ""},
};

static bool rule_fits(const Rule *rule, const Letters *in, int at, int *taken) {
	const char *f = rule->from;
	int n = 0;
	for (; *f && *f != '$'; f++, n++)
		if (at + n >= in->n || in->p[at + n] != *f) return false;
	if (*f == '$' && at + n != in->n) return false;
	*taken = n;
	return true;
}

static void fold(const Rule *rule, ptrdiff_t nrule, const Letters *in, Letters *out) {
	out->n = 0;
	for (int i = 0; i < in->n;) {
		int taken = 0;
		const Rule *with = NULL;
		for (ptrdiff_t k = 0; k < nrule && !with; k++)
			if (rule[k].from[0] == in->p[i] && rule_fits(&rule[k], in, i, &taken))
				with = &rule[k];
		if (with) {
			put_letters(out, with->to);
			i += taken;
		} else {
			put_letter(out, in->p[i++]);
		}
	}
}

static void single(Letters *l) {
	int n = 0;
	for (int i = 0; i < l->n; i++)
		if (!n || l->p[i] != l->p[n - 1]) l->p[n++] = l->p[i];
	l->n = n;
}

static bool is_vowel(char c) { return c == 'a' || c == 'e' || c == 'i' || c == 'o' || c == 'u'; }

// A word of a list that has spaces around each.
static bool listed(Str list, Str word) {
	if (!word.n) return false;
	// By the first letter: a search made for long texts takes longer to begin than these are long.
	for (ptrdiff_t at = 1, last = list.n - word.n; at < last; at++) {
		const char *here = memchr(list.p + at, word.p[0], (size_t)(last - at));
		if (!here) return false;
		at = here - list.p;
		if (here[-1] == ' ' && here[word.n] == ' ' && memcmp(here, word.p, (size_t)word.n) == 0)
			return true;
	}
	return false;
}

static Str usual_spelling(Str roman, Str light) {
	for (ptrdiff_t i = 0; i < COUNT(spelling_families); i++)
		if (listed(spelling_families[i].variants, roman) ||
		    listed(spelling_families[i].variants, light))
			return spelling_families[i].usual;
	return light;
}

static Str kept(Arena *a, const Letters *l, const Letters *otherwise) {
	const Letters *from = l->n ? l : otherwise;
	return str_dup(a, (Str){from->p, from->n});
}

// false for a word without a sound, as a lone virama.
static bool form_of(Arena *a, const Letters *roman, NameForm *out) {
	Letters light, hard, skeleton = {.n = 0};
	if (!roman->n) return false;
	fold(light_rules, COUNT(light_rules), roman, &light);
	single(&light);
	if (!light.n) return false;
	Str usual = usual_spelling((Str){roman->p, roman->n}, (Str){light.p, light.n});
	Letters from = {.n = (int)usual.n};
	memcpy(from.p, usual.p, (size_t)usual.n);
	fold(hard_rules, COUNT(hard_rules), &from, &hard);
	single(&hard);
	for (int i = 0; i < hard.n; i++) {
		if (!is_vowel(hard.p[i]))
			put_letter(&skeleton, hard.p[i]);
		else if (i == 0)
			put_letter(&skeleton, 'a');
	}
	single(&skeleton);
	out->light = kept(a, &light, roman);
	out->hard = kept(a, &hard, &light);
	out->skeleton = kept(a, &skeleton, hard.n ? &hard : &light);
	return true;
}

// ---- words of a name ---------------------------------------------------------------------------

// The word as the tables write it.
typedef struct {
	char p[WORD_SIGNS * 4];
	ptrdiff_t n;
} WordText;

static Str word_text(const Word *w, WordText *t) {
	t->n = 0;
	for (int i = 0; i < w->n; i++) {
		int32_t c = w->sign[i];
		if (c < 0x80) {
			t->p[t->n++] = (char)c;
			continue;
		}
		if (c >= 0x800) t->p[t->n++] = (char)(0xE0 | c >> 12);
		t->p[t->n++] = (char)(c >= 0x800 ? 0x80 | (c >> 6 & 63) : 0xC0 | c >> 6);
		t->p[t->n++] = (char)(0x80 | (c & 63));
	}
	return (Str){t->p, t->n};
}

static bool is_marker(Str word) {
	for (ptrdiff_t i = 0; i < COUNT(marker_words); i++)
		if (str_eq(marker_words[i], word)) return true;
	return false;
}

static void read_word(const Word *w, Str typed, Letters *out) {
	for (ptrdiff_t i = 0; i < COUNT(short_words); i++) {
		if (!str_eq(short_words[i].typed, typed)) continue;
		out->n = 0;
		put_letters(out, short_words[i].meant.p);
		return;
	}
	romanise(w, out);
}

int name_forms(Arena *a, Str typed, NameForm out[], int max) {
	Reader r = {.text = typed};
	Word w;
	int n = 0;
	if (max > NAME_WORDS) max = NAME_WORDS;
	while (n < max && word_next(&r, &w)) {
		WordText t;
		Letters roman;
		Str text = word_text(&w, &t);
		if (is_marker(text)) continue;
		read_word(&w, text, &roman);
		if (form_of(a, &roman, &out[n])) n++;
	}
	return n;
}

// ---- aliases -----------------------------------------------------------------------------------

static bool parts_words(Str s, ptrdiff_t at) { return at >= s.n || !letter_of(utf8_next(s, &at)); }

// How many bytes at `at` say "alias"; 0 when none. A word of letters must stand alone.
static ptrdiff_t alias_mark(Str s, ptrdiff_t at, bool stands_alone) {
	for (ptrdiff_t i = 0; i < COUNT(alias_marks); i++) {
		Str mark = alias_marks[i];
		bool sign = mark.n == 1;
		if (at + mark.n > s.n || !str_eq_nocase(str_slice(s, at, at + mark.n), mark)) continue;
		if (sign || (stands_alone && parts_words(s, at + mark.n))) return mark.n;
	}
	return 0;
}

static Str alias_trim(Str s) {
	s = str_trim(s);
	while (s.n && strchr(",;/()", s.p[0])) s = str_trim(str_slice(s, 1, s.n));
	while (s.n && strchr(",;/()", s.p[s.n - 1])) s = str_trim(str_slice(s, 0, s.n - 1));
	return s;
}

int name_aliases(Str typed, Str out[], int max) {
	ptrdiff_t begin = 0;
	int n = 0;
	bool alone = true;
	if (max > NAME_ALIASES) max = NAME_ALIASES;
	for (ptrdiff_t at = 0; at <= typed.n && n < max;) {
		ptrdiff_t mark = at < typed.n ? alias_mark(typed, at, alone) : 0;
		if (at == typed.n || mark) {
			Str part = alias_trim(str_slice(typed, begin, at));
			if (part.n) out[n++] = part;
			at += mark ? mark : 1;
			begin = at;
			alone = true;
			continue;
		}
		alone = !letter_of(utf8_next(typed, &at));
	}
	return n;
}

Str name_digits(Arena *a, Str typed) {
	Buf b = {.a = a};
	for (ptrdiff_t at = 0; at < typed.n;) {
		ptrdiff_t from = at;
		int32_t c = utf8_next(typed, &at);
		int digit = -1;
		for (ptrdiff_t i = 0; i < COUNT(digit_zeros) && digit < 0; i++)
			if (c >= digit_zeros[i] && c <= digit_zeros[i] + 9) digit = (int)(c - digit_zeros[i]);
		if (digit >= 0)
			buf_char(&b, (char)('0' + digit));
		else
			buf_put(&b, str_slice(typed, from, at));
	}
	return buf_str(&b);
}

// ---- likeness ----------------------------------------------------------------------------------

// Dice's coefficient of the pairs of letters, each text between two spaces; a pair counts as often as it
// stands.
static double pairs_alike(Str x, Str y) {
	uint64_t used[(NAME_LETTERS * NAME_WORDS + 64) / 64] = {0};
	ptrdiff_t both = 0;
	for (ptrdiff_t i = 0; i <= x.n; i++) {
		char a = i ? x.p[i - 1] : ' ', b = i < x.n ? x.p[i] : ' ';
		for (ptrdiff_t k = 0; k <= y.n; k++) {
			if ((k ? y.p[k - 1] : ' ') != a || (k < y.n ? y.p[k] : ' ') != b) continue;
			if (used[k / 64] >> (k % 64) & 1) continue;
			used[k / 64] |= (uint64_t)1 << (k % 64);
			both++;
			break;
		}
	}
	return 2.0 * (double)both / (double)(x.n + y.n + 2);
}

// What it costs to take one letter for another, in hundredths; clerks hear these alike.
static int other_letter(char x, char y) {
	static const struct {
		const char *letters;
		int cost;
	} alike[] = {{"ao", 25}, {"ae", 45}, {"ei", 35}, {"ou", 35}, {"iy", 15}, {"bv", 25}, {"pf", 15},
		     {"jz", 15}, {"kg", 55}, {"td", 50}, {"cs", 45}, {"rl", 60}, {"nm", 45}, {"kc", 30},
		     {"lz", 50}, {"bp", 60}, {"jy", 50}, {"sj", 65}, {"au", 50}, {"ai", 55}, {"uv", 35},
		     {"ov", 45}, {"gj", 60}, {"dr", 55}, {"zs", 50}};
	if (x == y) return 0;
	for (ptrdiff_t i = 0; i < COUNT(alike); i++)
		if ((alike[i].letters[0] == x && alike[i].letters[1] == y) ||
		    (alike[i].letters[0] == y && alike[i].letters[1] == x))
			return alike[i].cost;
	return is_vowel(x) && is_vowel(y) ? 65 : 100;
}

static int letter_more(Str s, ptrdiff_t i) {
	char c = s.p[i];
	if (c == 'h') return i ? 25 : 70;
	if (c == 'a') return i ? 30 : 60;
	if (i && s.p[i - 1] == c) return 10;
	if (c == 'y' || c == 'v') return 55;
	if (c == 'n' || c == 'm') return 70;
	return is_vowel(c) ? 55 : 100;
}

// One less the weighted edit distance over the longer one's own weight.
static double letters_alike(Str x, Str y) {
	int row[NAME_LETTERS * NAME_WORDS + 1], longest, wx = 0, wy = 0;
	row[0] = 0;
	for (ptrdiff_t k = 0; k < y.n; k++) row[k + 1] = row[k] + letter_more(y, k);
	wy = row[y.n];
	for (ptrdiff_t i = 0; i < x.n; i++) {
		int corner = row[0], gone = letter_more(x, i);
		wx += gone;
		row[0] += gone;
		for (ptrdiff_t k = 0; k < y.n; k++) {
			int change = corner + other_letter(x.p[i], y.p[k]);
			int less = row[k + 1] + gone, more = row[k] + letter_more(y, k);
			corner = row[k + 1];
			row[k + 1] = change < less ? change : less;
			if (more < row[k + 1]) row[k + 1] = more;
		}
	}
	longest = wx > wy ? wx : wy;
	double left = longest ? 1.0 - (double)row[y.n] / longest : 0;
	return left > 0 ? left : 0;
}

static double texts_alike(const NameForm *x, const NameForm *y) {
	return 0.20 * pairs_alike(x->light, y->light) + 0.15 * pairs_alike(x->hard, y->hard) +
	       0.10 * pairs_alike(x->skeleton, y->skeleton) + 0.35 * letters_alike(x->light, y->light) +
	       0.20 * letters_alike(x->hard, y->hard);
}

double name_word_likeness(const NameForm *one, const NameForm *two) {
	bool initial = one->light.n == 1 || two->light.n == 1;
	if (initial && one->light.n != two->light.n)
		return one->light.p[0] == two->light.p[0] ? 0.7 : one->hard.p[0] == two->hard.p[0] ? 0.6 : 0;
	return texts_alike(one, two);
}

// Words count by their length, as far as six letters: an initial says little.
static double weight_of(const NameForm *f) {
	ptrdiff_t n = f->hard.n < 6 ? f->hard.n : 6;
	return n == 1 ? 0.5 : (double)n;
}

static double paired(const NameForm *one, int none, const NameForm *two, int ntwo) {
	double like[NAME_WORDS][NAME_WORDS], all = 0, got = 0;
	bool done_one[NAME_WORDS] = {0}, done_two[NAME_WORDS] = {0};
	for (int i = 0; i < none; i++) {
		all += weight_of(&one[i]);
		for (int k = 0; k < ntwo; k++) like[i][k] = name_word_likeness(&one[i], &two[k]);
	}
	for (int k = 0; k < ntwo; k++) all += weight_of(&two[k]);
	for (;;) {
		int bi = -1, bk = -1;
		double best = 0;
		for (int i = 0; i < none; i++)
			for (int k = 0; k < ntwo; k++) {
				double w = like[i][k] * (weight_of(&one[i]) + weight_of(&two[k]));
				if (done_one[i] || done_two[k] || w <= best) continue;
				best = w, bi = i, bk = k;
			}
		if (bi < 0) break;
		done_one[bi] = done_two[bk] = true;
		got += best;
	}
	return all > 0 ? got / all : 0;
}

typedef struct {
	char p[3][NAME_LETTERS * NAME_WORDS];
	NameForm form;
} Together;

static void put_together(const NameForm *f, int n, Together *t) {
	t->form = (NameForm){{t->p[0], 0}, {t->p[1], 0}, {t->p[2], 0}};
	for (int i = 0; i < n; i++) {
		const Str from[3] = {f[i].light, f[i].hard, f[i].skeleton};
		Str *to[3] = {&t->form.light, &t->form.hard, &t->form.skeleton};
		for (int k = 0; k < 3; k++) {
			memcpy(t->p[k] + to[k]->n, from[k].p, (size_t)from[k].n);
			to[k]->n += from[k].n;
		}
	}
}

double name_likeness(const NameForm *one, int none, const NameForm *two, int ntwo) {
	if (none > NAME_WORDS) none = NAME_WORDS;
	if (ntwo > NAME_WORDS) ntwo = NAME_WORDS;
	if (none <= 0 || ntwo <= 0) return 0;
	if (none == 1 && ntwo == 1) return name_word_likeness(one, two);
	Together x, y;
	put_together(one, none, &x);
	put_together(two, ntwo, &y);
	double apart = paired(one, none, two, ntwo), together = texts_alike(&x.form, &y.form);
	double more = apart > together ? apart : together;
	return 0.5 * more + 0.25 * (apart + together);
}
