// textgen - the catalogues become tables. textgen OUTDIR locale/en/web.po locale/hi/web.po … writes
// OUTDIR/text.h and OUTDIR/text_all.c. Files are GNU PO (comments, strings over several lines, msgid_plural
// with msgstr[0] and msgstr[1]); the msgid is the key, the folder the language. English says which keys there
// are; Hindi must have all of them; other languages may be incomplete and are then not offered. What is wrong
// is said as file:line.
#include "gen.h"

typedef struct {
	char *key, *form[2]; // form[1] only when plural
	bool plural, used;
	const char *path;
	int line;
} Entry;
typedef struct {
	char *code;
	Entry *entry;
	int n;
} Catalogue;

enum { CATALOGUES_MAX = 24 };
static Catalogue catalogue[CATALOGUES_MAX];
static int ncatalogues;

static Catalogue *catalogue_named(const char *code) {
	for (int i = 0; i < ncatalogues; i++)
		if (!strcmp(catalogue[i].code, code)) return &catalogue[i];
	return NULL;
}

static Catalogue *catalogue_for(const char *path) {
	char *code = gen_parent(path);
	Catalogue *c = catalogue_named(code);
	if (c) return c;
	if (ncatalogues == CATALOGUES_MAX) gen_die(path, 0, "more than %d languages", CATALOGUES_MAX);
	catalogue[ncatalogues].code = code;
	return &catalogue[ncatalogues++];
}

static Entry *entry_named(const Catalogue *c, const char *key) {
	for (int i = 0; c && i < c->n; i++)
		if (!strcmp(c->entry[i].key, key)) return &c->entry[i];
	return NULL;
}

// ---- reading ---------------------------------------------------------------------------------------

// The quoted string at p, with its escapes undone, is added to what stands there.
static void read_string(const char *path, int line, const char *p, Bytes *to) {
	while (*p == ' ' || *p == '\t') p++;
	if (*p++ != '"') gen_die(path, line, "expected a string in quotes");
	for (; *p != '"'; p++) {
		if (!*p) gen_die(path, line, "a string is not closed");
		if (*p != '\\') {
			bytes_put(to, p, 1);
			continue;
		}
		p++;
		if (*p == 'n')
			bytes_put(to, "\n", 1);
		else if (*p == 't')
			bytes_put(to, "\t", 1);
		else if (*p == '"' || *p == '\\')
			bytes_put(to, p, 1);
		else
			gen_die(path, line, "\\%c is not used here: only \\n \\t \\\" and \\\\", *p);
	}
	for (p++; *p; p++)
		if (!isspace((unsigned char)*p)) gen_die(path, line, "something stands behind the string");
}

static void check_key(const Entry *e) {
	if (!islower((unsigned char)*e->key))
		gen_die(e->path, e->line, "key \"%s\": small letters, digits and _", e->key);
	for (const char *p = e->key; *p; p++)
		if (!islower((unsigned char)*p) && !isdigit((unsigned char)*p) && *p != '_')
			gen_die(e->path, e->line, "key \"%s\": small letters, digits and _", e->key);
	if (!strcmp(e->key, "none")) gen_die(e->path, e->line, "the key \"none\" is taken");
}

// A file is read line by line into the entry being described; `to` is the string that a bare "…" line
// continues.
typedef struct {
	const char *path;
	Catalogue *cat;
	Bytes key, plural, form[2], *to;
	int line, began;
	bool has_plural, open;
} Reader;

static void finish_entry(Reader *r) {
	if (!r->open) return;
	r->open = false;
	if (!r->key.n) return; // the header
	Entry e = {.key = gen_copy(r->key.p, r->key.n),
		   .plural = r->has_plural,
		   .path = r->path,
		   .line = r->began};
	for (int i = 0; i < 2; i++) e.form[i] = gen_copy(r->form[i].p, r->form[i].n);
	check_key(&e);
	const Entry *old = entry_named(r->cat, e.key);
	if (old) gen_die(r->path, r->began, "%s stands already in %s:%d", e.key, old->path, old->line);
	if (e.plural && (!*e.form[0] != !*e.form[1]))
		gen_die(r->path, r->began, "%s: one of msgstr[0] and msgstr[1] is missing", e.key);
	r->cat->entry = gen_grow(r->cat->entry, sizeof e * (size_t)(r->cat->n + 1));
	r->cat->entry[r->cat->n++] = e;
}

static void begin_entry(Reader *r) {
	finish_entry(r);
	r->open = true, r->has_plural = false, r->began = r->line;
	r->key.n = r->plural.n = r->form[0].n = r->form[1].n = 0;
}

static void read_line(Reader *r, const char *p) {
	static const struct {
		const char *word;
		size_t to;
	} words[] = {
		{"msgid_plural", offsetof(Reader, plural)}, {"msgid", offsetof(Reader, key)},
		{"msgstr[0]", offsetof(Reader, form[0])},   {"msgstr[1]", offsetof(Reader, form[1])},
		{"msgstr", offsetof(Reader, form[0])},
	};
	while (*p == ' ' || *p == '\t') p++;
	if (!*p || *p == '#') return;
	if (*p == '"') {
		if (!r->to) gen_die(r->path, r->line, "a string that belongs to nothing");
		read_string(r->path, r->line, p, r->to);
		return;
	}
	for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
		size_t n = strlen(words[i].word);
		if (strncmp(p, words[i].word, n) || (p[n] != ' ' && p[n] != '"')) continue;
		if (!strcmp(words[i].word, "msgid"))
			begin_entry(r);
		else if (!r->open)
			gen_die(r->path, r->line, "%s without msgid", words[i].word);
		if (!strcmp(words[i].word, "msgid_plural")) r->has_plural = true;
		r->to = (Bytes *)(void *)((char *)r + words[i].to);
		read_string(r->path, r->line, p + n, r->to);
		return;
	}
	gen_die(r->path, r->line,
		"expected msgid, msgid_plural, msgstr, msgstr[0], msgstr[1], a string or a comment");
}

static void read_file(const char *path) {
	Bytes text = gen_read(path);
	Reader r = {.path = path, .cat = catalogue_for(path)};
	if (strlen(text.p) != text.n) gen_die(path, 1, "holds a NUL byte");
	for (char *p = text.p; *p;) {
		char *end = p + strcspn(p, "\n");
		bool last = !*end;
		*end = 0;
		r.line++;
		if (end > p && end[-1] == '\r') end[-1] = 0;
		read_line(&r, p);
		p = end + !last;
	}
	finish_entry(&r);
}

// ---- checking --------------------------------------------------------------------------------------

// The placeholders {1} … {9} and {n} of all forms, as bits; a brace that is none of them is an error.
static unsigned placeholders(const Entry *e) {
	unsigned bits = 0;
	for (int i = 0; i < 2; i++)
		for (const char *p = strchr(e->form[i], '{'); p; p = strchr(p + 1, '{')) {
			bool known = p[1] && p[2] == '}' &&
				     ((p[1] >= '1' && p[1] <= '9') || (p[1] == 'n' && e->plural));
			if (!known)
				gen_die(e->path, e->line, "%s: only {1} to {9}%s may stand in braces", e->key,
					e->plural ? " and {n}" : "");
			bits |= p[1] == 'n' ? 1u : 1u << (p[1] - '0');
		}
	return bits;
}

static void check_entry(Entry *e, const Entry *english, const char *code) {
	e->used = *e->form[0] != 0;
	if (!e->used && (!strcmp(code, "en") || !strcmp(code, "hi")))
		gen_die(e->path, e->line, "%s has no text", e->key);
	if (!english) gen_die(e->path, e->line, "%s is not in English", e->key);
	if (e->plural != english->plural)
		gen_die(e->path, e->line, "%s: plural here or in English, not in both", e->key);
	if (e->used && placeholders(e) != placeholders(english))
		gen_die(e->path, e->line, "%s: the placeholders are not those of %s:%d", e->key,
			english->path, english->line);
}

static bool check_catalogue(const Catalogue *c, const Catalogue *english) {
	int used = 0;
	for (int i = 0; i < c->n; i++) {
		check_entry(&c->entry[i], entry_named(english, c->entry[i].key), c->code);
		used += c->entry[i].used;
	}
	for (int i = 0; i < english->n && !strcmp(c->code, "hi"); i++) {
		const Entry *e = &english->entry[i];
		if (!entry_named(c, e->key)) gen_die(e->path, e->line, "%s is not in Hindi", e->key);
	}
	return used == english->n;
}

// ---- writing ---------------------------------------------------------------------------------------

static int by_key(const void *a, const void *b) {
	return strcmp(((const Entry *)a)->key, ((const Entry *)b)->key);
}

static void write_header(const char *dir, const Catalogue *english) {
	Bytes out = {0};
	bytes_fmt(&out, "// Made by textgen from locale/en.\n#pragma once\n#include \"base/lang.h\"\nenum "
			"{\n\tT_none,\n");
	for (int i = 0; i < english->n; i++) bytes_fmt(&out, "\tT_%s,\n", english->entry[i].key);
	bytes_fmt(&out, "\tT__N\n};\ntypedef struct {\n\tStr one, other; // other is empty without plural\n} "
			"Sentence;\n");
	bytes_fmt(&out, "extern const Sentence sentence_table[LANG__N][T__N];\nextern const bool "
			"sentence_complete[LANG__N];\n");
	gen_write(dir, "text.h", &out);
}

static char *upper(const char *code) {
	char *u = gen_copy(code, strlen(code));
	for (char *p = u; *p; p++) *p = (char)toupper((unsigned char)*p);
	return u;
}

static void write_tables(const char *dir, const bool *complete) {
	Bytes out = {0};
	bytes_fmt(&out, "// Made by textgen from locale/.\n#include \"text.h\"\nconst Sentence "
			"sentence_table[LANG__N][T__N] = {\n");
	for (int i = 0; i < ncatalogues; i++) {
		bytes_fmt(&out, "\t[LANG_%s] = {\n", upper(catalogue[i].code));
		for (int k = 0; k < catalogue[i].n; k++) {
			const Entry *e = &catalogue[i].entry[k];
			if (!e->used) continue;
			bytes_fmt(&out, "\t\t[T_%s] = {SLIT(\"", e->key);
			gen_quote(&out, e->form[0], strlen(e->form[0]));
			bytes_fmt(&out, "\"), SLIT(\"");
			gen_quote(&out, e->form[1], strlen(e->form[1]));
			bytes_fmt(&out, "\")},\n");
		}
		bytes_fmt(&out, "\t},\n");
	}
	bytes_fmt(&out, "};\nconst bool sentence_complete[LANG__N] = {\n");
	for (int i = 0; i < ncatalogues; i++)
		bytes_fmt(&out, "\t[LANG_%s] = %s,\n", upper(catalogue[i].code),
			  complete[i] ? "true" : "false");
	bytes_fmt(&out, "};\n");
	gen_write(dir, "text_all.c", &out);
}

int main(int argc, char **argv) {
	if (argc < 3) gen_die("usage", 0, "textgen OUTDIR catalogue.po …");
	for (int i = 2; i < argc; i++) read_file(argv[i]);
	Catalogue *english = catalogue_named("en");
	if (!english || !english->n) gen_die("locale/en", 0, "there are no English sentences");
	if (!catalogue_named("hi")) gen_die("locale/hi", 0, "there are no Hindi sentences");
	bool complete[CATALOGUES_MAX];
	for (int i = 0; i < ncatalogues; i++) complete[i] = check_catalogue(&catalogue[i], english);
	qsort(english->entry, (size_t)english->n, sizeof *english->entry, by_key);
	write_header(argv[1], english);
	write_tables(argv[1], complete);
	return 0;
}
