#include <dirent.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/csv.h"
#include "base/utf8.h"
#include "pack/pack_load.h"

// ---- problems ------------------------------------------------------------------------------------
void pack_say(PackLoader *l, PackPlace at, const char *mend, const char *fmt, ...) {
	PackProblems *p = l->problems;
	if (!at.warning) p->errors++;
	if (p->n >= PACK_PROBLEMS_MAX) return;
	char say[400];
	va_list args;
	va_start(args, fmt);
	vsnprintf(say, sizeof say, fmt, args);
	va_end(args);
	p->problem = pack_grow(&p->arena, p->problem, p->n, sizeof *p->problem);
	p->problem[p->n++] = (PackProblem){.file = str_dup(&p->arena, at.file),
					   .row = at.row,
					   .column = str_dup(&p->arena, at.column),
					   .say = str_dup(&p->arena, str_of(say)),
					   .mend = str_dup(&p->arena, str_of(mend)),
					   .warning = at.warning};
	p->cap = p->n;
}

void *pack_grow(Arena *a, void *array, ptrdiff_t n, ptrdiff_t size) {
	bool full = n == 0 || (n >= 8 && (n & (n - 1)) == 0);
	if (!full) return array;
	void *more = arena_get(a, size, n ? 2 * n : 8);
	if (n) memcpy(more, array, (size_t)(n * size));
	return more;
}

// ---- words ---------------------------------------------------------------------------------------
static bool separates(char c) { return c == ' ' || c == ',' || c == ';' || c == '\n' || c == '\t'; }
bool pack_word(Str *rest, Str *word) {
	ptrdiff_t from = 0, to;
	while (from < rest->n && separates(rest->p[from])) from++;
	for (to = from; to < rest->n && !separates(rest->p[to]);) to++;
	*word = str_slice(*rest, from, to);
	*rest = str_slice(*rest, to, rest->n);
	return word->n > 0;
}
bool pack_word_in(Str list, Str word) {
	Str one;
	while (pack_word(&list, &one))
		if (str_eq(one, word)) return true;
	return false;
}

// ---- files ---------------------------------------------------------------------------------------
static void close_file(int *fd) {
	if (*fd >= 0) (void)close(*fd);
}
bool pack_read_file(PackLoader *l, Str path, Str *out) {
	__attribute__((cleanup(close_file))) int fd = open(str_z(&l->work, path), O_RDONLY | O_CLOEXEC);
	struct stat st;
	if (fd < 0 || fstat(fd, &st) != 0 || !S_ISREG(st.st_mode)) return false;
	PackPlace at = {.file = path};
	if (st.st_size > PACK_FILE_MAX || l->bytes + st.st_size > PACK_FILES_MAX) {
		pack_say(l, at, "Keep each file under 8 MB and the whole pack under 24 MB.",
			 "The file is too large.");
		return false;
	}
	l->bytes += st.st_size;
	char *text = NEW(l->arena, char, st.st_size);
	ptrdiff_t n = 0;
	while (n < st.st_size) {
		ssize_t got = read(fd, text + n, (size_t)(st.st_size - n));
		if (got <= 0) break;
		n += got;
	}
	*out = (Str){text, n};
	return true;
}
static void close_folder(DIR **d) {
	if (*d) (void)closedir(*d);
}
static int by_text(const void *a, const void *b) { return str_cmp(*(const Str *)a, *(const Str *)b); }
ptrdiff_t pack_list(PackLoader *l, Str folder, Str ending, Str **out) {
	__attribute__((cleanup(close_folder))) DIR *d = opendir(str_z(&l->work, folder));
	ptrdiff_t n = 0;
	*out = NULL;
	for (struct dirent *e; d && (e = readdir(d)) && n < 200;) {
		Str name = str_of(e->d_name);
		bool hidden = name.p[0] == '.' ||
			      name.p[0] == '~'; // ~$ is what office programs leave while a file is open
		if (hidden || !str_ends(name, ending)) continue;
		*out = pack_grow(l->arena, *out, n, sizeof **out);
		(*out)[n++] = str_dup(l->arena, str_slice(name, 0, name.n - ending.n));
	}
	if (n) qsort(*out, (size_t)n, sizeof **out, by_text);
	return n;
}

// ---- rows ----------------------------------------------------------------------------------------
static bool is_plain(Str s) {
	for (ptrdiff_t i = 0; i < s.n; i++)
		if ((unsigned char)s.p[i] < 0x20 || (unsigned char)s.p[i] > 0x7e) return false;
	return true;
}
static Str heading_base(Arena *a, Str s) {
	ptrdiff_t colons = str_find(s, S("::"));
	Str base = str_trim(str_slice(s, 0, colons < 0 ? s.n : colons));
	char *p = NEW(a, char, base.n);
	for (ptrdiff_t i = 0; i < base.n; i++) {
		char c = base.p[i];
		p[i] = (char)(c >= 'A' && c <= 'Z' ? c + 32 : c == ' ' ? '_' : c);
	}
	return (Str){p, base.n};
}
// "Hindi (hi)" or, kindly, "Hindi" alone; -1 when the program does not know it.
static int heading_language(Str s) {
	ptrdiff_t open = str_find_char(s, '(');
	Str code = open < 0 ? S("") : str_slice(s, open + 1, s.n);
	if (str_ends(code, S(")"))) code.n--;
	for (int i = 0; i < LANG__N; i++) {
		if (open >= 0 && str_eq_nocase(str_trim(code), lang_info[i].code)) return i;
		if (open < 0 && str_eq_nocase(s, lang_info[i].english)) return i;
	}
	return -1;
}
static bool has_languages(Str base) {
	return pack_word_in(S("label hint owes constraint_message required_message guidance_hint"), base);
}
static void read_heading(PackRows *w, PackColumn *c, Str name) {
	*c = (PackColumn){.name = name, .base = heading_base(w->l->arena, name), .lang = -1};
	ptrdiff_t colons = str_find(name, S("::"));
	if (!has_languages(c->base)) {
		if (colons >= 0) c->base = name; // media::image and the like: no language
		return;
	}
	if (colons < 0) {
		c->lang = LANG_EN;
		return;
	}
	c->lang = heading_language(str_trim(str_slice(name, colons + 2, name.n)));
	if (c->lang >= 0) return;
	c->used = true;
	PackPlace at = {w->t->file, 1, name, true};
	pack_say(w->l, at, "Write it as label::Hindi (hi); the program speaks en, hi, bn, ne, ar.",
		 "The language of this heading is not known; its texts are left out.");
}
static void read_headings(PackRows *w, PackRow raw, ptrdiff_t n) {
	while (n > 0 && raw.cell[n - 1].n == 0) n--;
	w->t->column = NEW(w->l->arena, PackColumn, n);
	w->t->ncolumn = n;
	w->headed = true;
	for (ptrdiff_t i = 0; i < n; i++) {
		read_heading(w, &w->t->column[i], raw.cell[i]);
		for (ptrdiff_t k = 0; k < i && raw.cell[i].n; k++) {
			if (!str_eq(w->t->column[k].name, raw.cell[i])) continue;
			pack_say(w->l, (PackPlace){w->t->file, raw.number, raw.cell[i], false},
				 "Keep one of them.", "The heading stands there twice.");
		}
	}
}
static Str clean_cell(PackRows *w, PackRow raw, ptrdiff_t i) {
	Str s = raw.cell[i], out;
	if (is_plain(s)) return str_trim(s);
	if (utf8_clean(w->l->arena, s, &out)) {
		// A no-break space at the end is what spreadsheets leave behind.
		while (str_ends(str_trim(out), S("\xC2\xA0")))
			out = str_slice(str_trim(out), 0, str_trim(out).n - 2);
		return str_trim(out);
	}
	Str column = i < w->t->ncolumn ? w->t->column[i].name : S("");
	pack_say(w->l, (PackPlace){w->t->file, raw.number, column, false},
		 "Save the file again as \"CSV UTF-8\".", "The text is not UTF-8.");
	return S("");
}
void pack_rows_add(PackRows *w, PackRow raw, ptrdiff_t n) {
	bool empty = true;
	for (ptrdiff_t i = 0; i < n; i++) {
		raw.cell[i] = clean_cell(w, raw, i);
		empty = empty && raw.cell[i].n == 0;
	}
	if (empty) return;
	if (!w->headed) {
		read_headings(w, raw, n);
		return;
	}
	PackTable *t = w->t;
	if ((t->nrow + 1) * t->ncolumn > PACK_CELLS_MAX) {
		if (t->nrow * t->ncolumn <= PACK_CELLS_MAX)
			pack_say(w->l, (PackPlace){t->file, raw.number, S(""), false}, "Split it.",
				 "The table has more than 200,000 cells.");
		return;
	}
	for (ptrdiff_t i = t->ncolumn; i < n; i++) {
		if (!raw.cell[i].n) continue;
		pack_say(w->l, (PackPlace){t->file, raw.number, S(""), false},
			 "Put the text that holds a comma into quotes, or give the column a heading.",
			 "The row has more cells than there are headings.");
		break;
	}
	PackRow row = {NEW(w->l->arena, Str, t->ncolumn), raw.number};
	for (ptrdiff_t i = 0; i < t->ncolumn && i < n; i++) row.cell[i] = raw.cell[i];
	t->row = pack_grow(w->l->arena, t->row, t->nrow, sizeof row);
	t->row[t->nrow++] = row;
}

static bool few_enough(PackLoader *l, Str text, Str file) {
	ptrdiff_t separators = 0;
	for (ptrdiff_t i = 0; i < text.n; i++) separators += text.p[i] == ',' || text.p[i] == '\n';
	l->separators += separators;
	if (separators <= 2 * PACK_CELLS_MAX && l->separators <= PACK_SEPARATORS_MAX) return true;
	pack_say(l, (PackPlace){.file = file}, "Split it, or leave out what is not needed.",
		 "The table has too many cells.");
	return false;
}
bool pack_read_csv(PackLoader *l, Str relative, PackTable *out) {
	Str text;
	*out = (PackTable){.file = str_fmt(l->arena, "%.*s/%.*s", (int)l->folder.n, l->folder.p,
					   (int)relative.n, relative.p)};
	if (!pack_read_file(l, out->file, &text)) return false;
	if (!few_enough(l, text, out->file)) return true;
	Csv csv = csv_on(text);
	PackRows rows = {.l = l, .t = out};
	CsvRow row;
	int number = 0;
	for (int line = csv.line; csv_next(&csv, l->arena, &row); line = csv.line) {
		number += 1 + row.line - line; // lines that are empty are rows of the spreadsheet too
		pack_rows_add(&rows, (PackRow){row.cell, number}, row.n);
	}
	if (csv.broken)
		pack_say(l, (PackPlace){.file = out->file, .row = number + 1},
			 "Put quotes around the whole cell and write a quote inside it twice.",
			 "A quote is opened and not closed, or text follows a closing quote.");
	else if (!rows.headed)
		pack_say(l, (PackPlace){.file = out->file}, "Begin with a row of headings.",
			 "The table is empty.");
	return true;
}

// ---- cells ---------------------------------------------------------------------------------------
static ptrdiff_t column_at(const PackTable *t, Str base) {
	for (ptrdiff_t i = 0; i < t->ncolumn; i++)
		if (str_eq(t->column[i].base, base) && t->column[i].lang < 0) return i;
	return -1;
}
Str pack_cell(const PackTable *t, const PackRow *r, Str column) {
	ptrdiff_t i = column_at(t, column);
	return i < 0 ? S("") : r->cell[i];
}
bool pack_has_column(const PackTable *t, Str column) {
	for (ptrdiff_t i = 0; i < t->ncolumn; i++)
		if (str_eq(t->column[i].base, column)) return true;
	return false;
}
void pack_check_columns(PackLoader *l, const PackTable *t, Str columns) {
	for (Str rest = columns, word; pack_word(&rest, &word);) {
		bool needed = str_ends(word, S("!"));
		if (needed) word.n--;
		for (ptrdiff_t i = 0; i < t->ncolumn; i++)
			if (str_eq(t->column[i].base, word)) t->column[i].used = true;
		if (needed && t->ncolumn && !pack_has_column(t, word))
			pack_say(l, (PackPlace){t->file, 1, word, false},
				 "Add the column; docs/packs.md lists what belongs here.",
				 "The column is missing.");
	}
	for (ptrdiff_t i = 0; i < t->ncolumn; i++) {
		if (t->column[i].used || str_eq(t->column[i].base, S("note")) || t->column[i].name.n == 0)
			continue;
		pack_say(l, (PackPlace){t->file, 1, t->column[i].name, false},
			 "Mend its spelling, or call it \"note\" when it is only for yourselves.",
			 "This column is not known here.");
	}
	Str warned = S("label");
	for (int k = 0; k < l->pack->nlang && pack_has_column(t, warned); k++) {
		bool there = false;
		for (ptrdiff_t i = 0; i < t->ncolumn; i++)
			there = there || (str_eq(t->column[i].base, warned) &&
					  t->column[i].lang == (int)l->pack->lang[k]);
		const LangInfo *lang = &lang_info[l->pack->lang[k]];
		Str heading = str_fmt(&l->work, "label::%.*s (%.*s)", SHOW(lang->english), SHOW(lang->code));
		if (!there)
			pack_say(l, (PackPlace){t->file, 1, heading, true},
				 "Add the column with the translations.",
				 "The pack names this language, but the table does not have it.");
	}
}
static bool table_speaks(const PackTable *t, Str base, int lang) {
	for (ptrdiff_t i = 0; i < t->ncolumn; i++)
		if (t->column[i].lang == lang && str_eq(t->column[i].base, base)) return true;
	return false;
}
Label pack_label(PackLoader *l, const PackTable *t, const PackRow *r, Str base, bool needed) {
	Label label = {0};
	bool any = false;
	for (ptrdiff_t i = 0; i < t->ncolumn; i++) {
		const PackColumn *c = &t->column[i];
		if (c->lang < 0 || !r->cell[i].n || !str_eq(c->base, base)) continue;
		label.in[c->lang] = r->cell[i];
		any = true;
	}
	if (!any && needed)
		pack_say(l, pack_place(t, r, base), "Write what people shall read.", "The text is missing.");
	else if (any && !label.in[LANG_EN].n)
		pack_say(l, pack_place(t, r, base),
			 "Write it; it stands in where another language has nothing.",
			 "The English text is missing.");
	for (int k = 0; any && k < l->pack->nlang; k++) {
		int lang = (int)l->pack->lang[k];
		if (lang == LANG_EN || label.in[lang].n || !table_speaks(t, base, lang)) continue;
		Str column = str_fmt(&l->work, "%.*s::%.*s (%.*s)", SHOW(base), SHOW(lang_info[lang].english),
				     SHOW(lang_info[lang].code));
		pack_say(l, (PackPlace){t->file, r->number, column, true},
			 "Translate it; until then English is shown.", "The translation is missing.");
	}
	return label;
}
bool pack_duration(PackLoader *l, const PackTable *t, const PackRow *r, Str column, Duration *out) {
	Str s = pack_cell(t, r, column);
	if (!s.n) return false;
	if (duration_parse(s, out)) return true;
	pack_say(l, pack_place(t, r, column), "Write it as PT24H, P15D or P5WD.",
		 "\"%.*s\" is not a duration.", SHOW(s));
	return false;
}
bool pack_yes(PackLoader *l, const PackTable *t, const PackRow *r, Str column) {
	Str s = pack_cell(t, r, column);
	if (str_eq_nocase(s, S("yes"))) return true;
	if (s.n && !str_eq_nocase(s, S("no")))
		pack_say(l, pack_place(t, r, column), "Write yes, no or nothing.",
			 "\"%.*s\" is neither yes nor no.", SHOW(s));
	return false;
}
void pack_check_word(PackLoader *l, const PackTable *t, const PackRow *r, Str column, Str allowed) {
	Str s = pack_cell(t, r, column);
	if (!s.n || (pack_word_in(allowed, s) && str_find_char(s, ' ') < 0)) return;
	Str mend = str_fmt(&l->work, "Write one of: %.*s.", (int)allowed.n, allowed.p);
	pack_say(l, pack_place(t, r, column), str_z(&l->work, mend), "\"%.*s\" is not known.", SHOW(s));
}

// ---- expressions ---------------------------------------------------------------------------------
const Expr *pack_expr(PackLoader *l, const PackTable *t, const PackRow *r, Str column, bool self_ok) {
	Str s = pack_cell(t, r, column);
	if (!s.n) return NULL;
	l->expr_chars += s.n;
	if (l->expr_chars > PACK_EXPR_MAX) {
		pack_say(l, pack_place(t, r, column), "Make them shorter.",
			 "The pack's expressions are too long together.");
		return NULL;
	}
	ExprError error;
	const Expr *e = expr_compile(l->arena, s, self_ok, &error);
	if (e) return e;
	Str where = str_fmt(&l->work, "%.*s (column %d)", SHOW(column), error.column);
	pack_say(l, pack_place(t, r, where), "Mend the expression; docs/packs.md lists what it may hold.",
		 "%s.", error.say);
	return NULL;
}
typedef struct {
	PackLoader *l;
	PackPlace at;
	PackKnows knows;
	const void *with;
} NameCheck;
static void check_name(void *with, Str name, int column) {
	const NameCheck *c = with;
	if (c->knows(c->with, name)) return;
	PackPlace at = c->at;
	at.column = str_fmt(&c->l->work, "%.*s (column %d)", SHOW(at.column), column);
	pack_say(c->l, at, "Mend the name, or add what it refers to.", "There is nothing called ${%.*s}.",
		 SHOW(name));
}
void pack_check_names(PackLoader *l, const Expr *e, PackPlace at, PackKnows knows, const void *with) {
	NameCheck c = {l, at, knows, with};
	if (e) expr_names(e, check_name, &c);
}
