#include "match/clk.h"
#include "base/utf8.h"
#include "base/when.h"
#include "vault/mac.h"

// ---- keys -------------------------------------------------------------------------------------------------

enum { KEYS_EACH = 2 }; // clkhash derives two a feature; blakeHash takes the first

// Three different bits for each bit, from a stream of 16-bit numbers under the key.
static void draw_from(const uint8_t key[32], int bits, uint16_t (*from)[CLK_MIXED_FROM]) {
	const uint8_t salt[MAC_SALT] = {0};
	uint8_t block[MAC_BYTES];
	for (int i = 0; i < bits; i++) {
		int n = 0;
		for (uint8_t round = 0; n < CLK_MIXED_FROM; round++) {
			const char at[3] = {(char)(i & 255), (char)(i >> 8), (char)round};
			mac_blake2b((Str){(const char *)key, 32}, salt, (Str){at, sizeof at}, block);
			for (int j = 0; j < MAC_BYTES && n < CLK_MIXED_FROM; j += 2) {
				uint16_t bit = (uint16_t)((block[j] | block[j + 1] << 8) % bits);
				bool again = false;
				for (int m = 0; m < n; m++) again |= from[i][m] == bit;
				if (!again) from[i][n++] = bit;
			}
		}
	}
}

void clk_keys(Arena *a, const ClkSchema *s, Str secret, Str project, ClkKeys *out) {
	uint8_t keys[KEYS_EACH * CLK_FEATURES * MAC_KEY], mixing[32];
	ptrdiff_t each = s->key_size;
	*out = (ClkKeys){.schema = s, .from = arena_get(a, sizeof *out->from, s->bits)};
	mac_hkdf(s->sha512, secret, s->salt, s->info, keys, each * KEYS_EACH * s->n);
	for (int i = 0; i < s->n; i++) memcpy(out->key[i], keys + i * KEYS_EACH * each, (size_t)each);
	mac_hkdf(false, secret, s->salt, str_fmt(a, "sangam clk diffusion 1 %.*s", (int)project.n, project.p),
		 mixing, sizeof mixing);
	draw_from(mixing, s->bits, out->from);
	mac_hkdf(false, secret, s->salt, str_fmt(a, "sangam clk id 1 %.*s", (int)project.n, project.p),
		 out->id, sizeof out->id);
	mac_wipe(keys, sizeof keys);
	mac_wipe(mixing, sizeof mixing);
}

// ---- values -----------------------------------------------------------------------------------------------

static bool is_digit(char c) { return c >= '0' && c <= '9'; }

static const char *string_value(Arena *a, const ClkFeature *f, Str cell, Str *out) {
	ptrdiff_t n = utf8_length(cell);
	(void)a;
	if (n < f->least) return "shorter than minLength; left out";
	if (n > f->most) return "longer than maxLength; left out";
	for (ptrdiff_t at = 0; at < cell.n;) {
		int32_t c = utf8_next(cell, &at);
		if (f->ascii && c > 127) return "not ASCII; left out";
		if (f->letters == CLK_UPPER && utf8_upper(c) != c) return "not in upper case; left out";
		if (f->letters == CLK_LOWER && utf8_lower(c) != c) return "not in lower case; left out";
	}
	*out = cell;
	return NULL;
}

// "+013" and "13" are one value.
static const char *integer_value(Arena *a, const ClkFeature *f, Str cell, Str *out) {
	int64_t v;
	Str digits = str_starts(cell, S("+")) ? str_slice(cell, 1, cell.n) : cell;
	if (!digits.n || (digits.n < cell.n && !is_digit(digits.p[0])) || !str_to_int(digits, &v))
		return "not a whole number; left out";
	if (v < f->least) return "less than minimum; left out";
	if (v > f->most) return "more than maximum; left out";
	*out = str_fmt(a, "%lld", (long long)v);
	return NULL;
}

// Up to `most` digits, at least `least`.
static bool take_number(Str s, ptrdiff_t *at, int least, int most, int *out) {
	int n = 0;
	for (*out = 0; n < most && *at < s.n && is_digit(s.p[*at]); n++)
		*out = *out * 10 + s.p[(*at)++] - '0';
	return n >= least;
}

static const char *date_value(Arena *a, const ClkFeature *f, Str cell, Str *out) {
	static const char wrong[] = "not a date of that format; left out";
	int year = 0, month = 0, day = 0;
	ptrdiff_t at = 0;
	for (ptrdiff_t i = 0; i < f->date.n; i++) {
		char c = f->date.p[i];
		if (c != '%') {
			if (at >= cell.n || cell.p[at++] != c) return wrong;
			continue;
		}
		c = f->date.p[++i];
		bool good = c == 'Y'   ? take_number(cell, &at, 4, 4, &year)
			    : c == 'm' ? take_number(cell, &at, 1, 2, &month)
				       : take_number(cell, &at, 1, 2, &day);
		if (!good) return wrong;
	}
	if (at != cell.n || year < 1 || !date_valid(year, month, day)) return wrong;
	*out = str_fmt(a, "%04d%02d%02d", year, month, day);
	return NULL;
}

static const char *enum_value(Arena *a, const ClkFeature *f, Str cell, Str *out) {
	(void)a;
	for (int i = 0; i < f->nvalue; i++)
		if (str_eq(f->value[i], cell)) {
			*out = cell;
			return NULL;
		}
	return "none of the values; left out";
}

const char *clk_value(Arena *a, const ClkFeature *f, Str cell, Str *out) {
	static const char *(*const of[])(Arena *, const ClkFeature *, Str,
					 Str *) = {[CLK_STRING] = string_value,
						   [CLK_INTEGER] = integer_value,
						   [CLK_DATE] = date_value,
						   [CLK_ENUM] = enum_value};
	_Static_assert(COUNT(of) == CLK__N, "one a format");
	if (f->has_sentinel && str_eq(cell, f->sentinel)) {
		*out = f->instead;
		return NULL;
	}
	return of[f->format](a, f, cell, out);
}

// ---- bits -------------------------------------------------------------------------------------------------

static void set_bit(uint8_t *bits, int i) { bits[i / 8] |= (uint8_t)(128 >> i % 8); }
static int bit_of(const uint8_t *bits, int i) { return bits[i / 8] >> (7 - i % 8) & 1; }

// The token's first `count` numbers of 16 bits; each 32 come from one hash, whose salt is its number in
// digits.
static void put_token(Str key, Str token, int count, int bits, uint8_t *out) {
	uint8_t block[MAC_BYTES];
	for (int i = 0; i < count; i++) {
		if (i % 32 == 0) {
			char digits[12];
			uint8_t salt[MAC_SALT] = {0};
			int n = 0, v = i / 32;
			do digits[n++] = (char)('0' + v % 10);
			while (v /= 10);
			for (int j = 0; j < n; j++) salt[j] = (uint8_t)digits[n - 1 - j];
			mac_blake2b(key, salt, token, block);
		}
		set_bit(out, (block[i % 32 * 2] | block[i % 32 * 2 + 1] << 8) % bits);
	}
}

// Where each letter of the value begins, with the blanks around it that every n-gram but a single letter has.
static Str padded(Arena *a, Str value, int blanks, ptrdiff_t **at, ptrdiff_t *n) {
	Buf b = {.a = a};
	for (int i = 0; i < blanks; i++) buf_char(&b, ' ');
	buf_put(&b, value);
	for (int i = 0; i < blanks; i++) buf_char(&b, ' ');
	Str s = buf_str(&b);
	*at = NEW(a, ptrdiff_t, s.n + 1);
	*n = 0;
	for (ptrdiff_t i = 0; i < s.n; (void)utf8_next(s, &i)) (*at)[(*n)++] = i;
	(*at)[*n] = s.n;
	return s;
}

static void put_feature(Arena a, const ClkFeature *f, Str key, Str value, int bits, uint8_t *out) {
	ptrdiff_t *at, n;
	if (!value.n) return;
	Str s = padded(&a, value, f->ngram > 1 ? f->ngram - 1 : 0, &at, &n);
	ptrdiff_t length = f->ngram ? f->ngram : n, tokens = n - length + 1;
	for (ptrdiff_t i = 0; i < tokens; i++) {
		Str token = str_slice(s, at[i], at[i + length]);
		Arena scratch = a;
		if (f->positional) token = str_fmt(&scratch, "%td %.*s", i + 1, (int)token.n, token.p);
		int count = f->bits;
		if (f->per_feature) count = (int)(f->bits / tokens + (i < f->bits % tokens));
		put_token(key, token, count, bits, out);
	}
}

void clk_bits(const ClkKeys *k, Arena scratch, const Str *value, uint8_t *out) {
	const ClkSchema *s = k->schema;
	int bits = s->bits << s->folds;
	uint8_t *wide = NEW(&scratch, uint8_t, bits / 8);
	for (int i = 0; i < s->n; i++)
		if (!s->feature[i].ignored)
			put_feature(scratch, &s->feature[i], (Str){(const char *)k->key[i], s->key_size},
				    value[i], bits, wide);
	for (; bits > s->bits; bits /= 2)
		for (int i = 0; i < bits / 16; i++) wide[i] ^= wide[bits / 16 + i];
	memcpy(out, wide, (size_t)s->bits / 8);
}

void clk_diffuse(const ClkKeys *k, const uint8_t *in, uint8_t *out) {
	memset(out, 0, (size_t)k->schema->bits / 8);
	for (int i = 0; i < k->schema->bits; i++) {
		int bit = 0;
		for (int j = 0; j < CLK_MIXED_FROM; j++) bit ^= bit_of(in, k->from[i][j]);
		if (bit) set_bit(out, i);
	}
}

// ---- a file -----------------------------------------------------------------------------------------------

typedef struct {
	Faults *faults;
	int64_t first, last; // lines of what was said about the row at hand
} Heard;

static void hear(void *with, int64_t line, int column, const char *what) {
	Heard *h = with;
	if (!h->first) h->first = line;
	h->last = line;
	table_fault(h->faults, line, column, what);
}

static Err find_columns(Why *why, const ClkSchema *s, const Table *t, int *column) {
	for (int i = 0; i < s->n; i++) {
		const ClkFeature *f = &s->feature[i];
		column[i] = f->ignored ? -1 : table_column(t, f->column);
		if (!f->ignored && column[i] < 0)
			return fail(why, ERR_INVALID, "line 1: no column \"%.*s\", which the schema names",
				    (int)f->column.n, f->column.p);
	}
	return OK;
}

static void put_row(const ClkKeys *k, Arena scratch, bool diffuse, const TableRow *row, const int *column,
		    Faults *faults, uint8_t *out) {
	const ClkSchema *s = k->schema;
	Str value[CLK_FEATURES] = {0};
	uint8_t plain[CLK_BITS / 8];
	for (int i = 0; i < s->n; i++) {
		if (s->feature[i].ignored) continue;
		const char *what = clk_value(&scratch, &s->feature[i], row->cell[column[i]], &value[i]);
		if (what) table_fault(faults, row->line, column[i] + 1, what);
	}
	clk_bits(k, scratch, value, diffuse ? plain : out);
	if (diffuse) clk_diffuse(k, plain, out);
}

Err clk_export(Arena *a, Why *why, const ClkKeys *k, bool diffuse, Str csv, Faults *faults, uint8_t **out,
	       int32_t *n) {
	Table t;
	TableRow row;
	Heard heard = {.faults = faults};
	Faults ours = {.say = hear, .with = &heard};
	int column[CLK_FEATURES] = {0}, bytes = k->schema->bits / 8;
	Buf all = {.a = a};
	int32_t rows = 0;
	TRY(table_open(a, why, csv, &ours, &t));
	TRY(find_columns(why, k->schema, &t, column));
	for (;;) {
		uint8_t clk[CLK_BITS / 8];
		Arena scratch = *a;
		heard.first = heard.last = 0;
		bool more = table_next(&t, &scratch, &row);
		if (heard.first && (!more || heard.first != row.line || heard.last != row.line))
			return fail(why, ERR_INVALID,
				    "line %lld: a row cannot be read, and rows are known by their number: "
				    "mend it",
				    (long long)heard.first);
		if (!more) break;
		if (rows == CLK_ROWS)
			return fail(why, ERR_TOO_LARGE, "more than %d rows in one file", CLK_ROWS);
		put_row(k, scratch, diffuse, &row, column, faults, clk);
		buf_put(&all, (Str){(const char *)clk, bytes});
		rows++;
	}
	*out = (uint8_t *)all.p;
	*n = rows;
	return OK;
}
