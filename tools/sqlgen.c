// sqlgen OUTDIR [room.sql | schema/NNNN_name.sql]... - makes C of the project's SQL, so that no statement is
// met for the first time at run time.
//
// A file whose folder is called `schema` is a migration; every other file holds statements, each after a line
// "-- name: x", and belongs to the room its folder is named after.
//   OUTDIR/<room>_sql.h   extern const Stmt SQL_x;
//   OUTDIR/sql_all.c      the statements, and the table of all of them
//   OUTDIR/schema_all.c   the migrations in the order of their numbers, and the tables they leave behind
//
// Refused, as "file:line: what is wrong": a block without a good name, a name given twice, SQL outside a
// block, an empty block or one of several statements, a gap in $1..$n, a bare "?", an unclosed quote; in
// migrations a number given twice or a bad file name, a table without primary key or without @strict.
#include <ctype.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MOST_PARAMETERS 64
#define MOST_KEY_PARTS 4

static _Noreturn void stop(const char *file, int line, const char *what, const char *name) {
	fprintf(stderr, "%s:%d: %s%s%s\n", file, line, what, *name ? " " : "", name);
	exit(1);
}

// Everything lives until the program ends, which is soon; the chain shows leak checkers that this is meant.
typedef struct Block {
	struct Block *before;
	max_align_t bytes[];
} Block;
static Block *newest;
static void *get(size_t n) {
	Block *b = malloc(sizeof *b + n);
	if (!b) stop("sqlgen", 0, "out of memory", "");
	b->before = newest;
	newest = b;
	return b->bytes;
}
// Room for one more at the end of an array; doubles at powers of two.
static void *grow(void *p, int count, size_t size) {
	if (count & (count - 1)) return p;
	void *q = get(size * (size_t)(count ? 2 * count : 1));
	if (count) memcpy(q, p, size * (size_t)count);
	return q;
}
static char *copy(const char *p, size_t n) {
	char *z = get(n + 1);
	memcpy(z, p, n);
	z[n] = 0;
	return z;
}
static char *read_file(const char *path) {
	FILE *f = fopen(path, "rb");
	if (!f) stop(path, 0, "cannot be read", "");
	if (fseek(f, 0, SEEK_END)) stop(path, 0, "is not a file", "");
	long size = ftell(f);
	rewind(f);
	char *z = get((size_t)size + 1);
	size_t n = fread(z, 1, (size_t)size, f);
	fclose(f);
	z[n] = 0;
	if (strlen(z) != n) stop(path, 1, "holds a zero byte", "");
	return z;
}
static FILE *write_file(const char *folder, const char *name, const char *suffix) {
	char path[4096];
	snprintf(path, sizeof path, "%s/%s%s", folder, name, suffix);
	FILE *f = fopen(path, "wb");
	if (!f) stop(path, 0, "cannot be written", "");
	fputs("// Made by tools/sqlgen - do not edit.\n", f);
	return f;
}
static void close_file(FILE *f) {
	if (ferror(f) || fclose(f)) stop("sqlgen", 0, "a result cannot be written", "");
}
static void write_literal(FILE *f, const char *s) {
	fputs("\n\t\"", f);
	for (; *s; s++) {
		if (*s == '\n')
			fputs(s[1] ? "\\n\"\n\t\"" : "\\n", f);
		else if (*s == '\t')
			fputs("\\t", f);
		else if (*s == '"' || *s == '\\')
			fprintf(f, "\\%c", *s);
		else
			fputc(*s, f);
	}
	fputc('"', f);
}

// ---- the words of SQL ---------------------------------------------------------------------------
typedef struct {
	const char *file, *at;
	int line, depth; // of brackets, before the present word
	const char *word; // the present word: a name, a number, a quoted text, "@word", "$1", or one sign
	size_t n;
	bool enduring; // an "-- enduring" comment went by; the reader takes it back
} Words;

static void skip_space(Words *w) {
	for (;;) {
		if (w->at[0] == '-' && w->at[1] == '-') {
			const char *p = w->at + 2 + strspn(w->at + 2, " \t");
			if (!strncmp(p, "enduring", 8) && !isalnum((unsigned char)p[8])) w->enduring = true;
			w->at += strcspn(w->at, "\n");
		} else if (isspace((unsigned char)*w->at)) {
			w->line += *w->at++ == '\n';
		} else
			return;
	}
}
static bool next_word(Words *w) {
	if (w->word && w->n == 1) w->depth += (*w->word == '(') - (*w->word == ')');
	skip_space(w);
	const char *p = w->word = w->at;
	if (!*p) return false;
	if (*p == '\'' || *p == '"') {
		int from = w->line;
		for (p++; *p && *p != *w->word; p++) w->line += *p == '\n';
		if (!*p) stop(w->file, from, "a quote is not closed", "");
		p++;
	} else {
		p += *p == '@' || *p == '$';
		while (isalnum((unsigned char)*p) || *p == '_') p++;
		if (p == w->at) p++;
	}
	w->n = (size_t)(p - w->at);
	w->at = p;
	return true;
}
static bool word_is(const Words *w, const char *z) {
	if (w->n != strlen(z)) return false;
	for (size_t i = 0; i < w->n; i++)
		if (toupper((unsigned char)w->word[i]) != z[i]) return false;
	return true;
}

// ---- statements ----------------------------------------------------------------------------------
typedef struct {
	char *name, *sql, *room;
	const char *file;
	int line, nparam;
	bool writes;
} Statement;
static Statement *statement;
static int nstatement;

static char *folder_of(const char *path) {
	const char *end = strrchr(path, '/'), *beg = end;
	if (!end) return copy("", 0);
	while (beg > path && beg[-1] != '/') beg--;
	return copy(beg, (size_t)(end - beg));
}
static bool good_name(const char *z) {
	if (!islower((unsigned char)*z)) return false;
	for (; *z; z++)
		if (!islower((unsigned char)*z) && !isdigit((unsigned char)*z) && *z != '_') return false;
	return true;
}
static int parameter(const Statement *s, const Words *w) {
	int k = 0;
	for (size_t i = 1; i < w->n; i++) {
		if (!isdigit((unsigned char)w->word[i]) || k > MOST_PARAMETERS)
			stop(s->file, w->line, "not a $n parameter in", s->name);
		k = k * 10 + (w->word[i] - '0');
	}
	if (k < 1 || k > MOST_PARAMETERS) stop(s->file, w->line, "not a $n parameter in", s->name);
	return k;
}
// Comments go, white space is kept as one blank or line end; quotes stay as they are.
static char *without_comments(const Statement *s, const char *body) {
	char *out = get(strlen(body) * 2 + 2);
	size_t n = 0;
	Words w = {.file = s->file, .at = body, .line = s->line};
	const char *end = body;
	while (next_word(&w)) {
		if (n) {
			bool new_line = memchr(end, '\n', (size_t)(w.word - end)) != NULL;
			if (w.word > end) out[n++] = new_line ? '\n' : ' ';
		}
		memcpy(out + n, w.word, w.n);
		n += w.n;
		end = w.at;
	}
	while (n && (out[n - 1] == ';' || isspace((unsigned char)out[n - 1]))) n--;
	out[n] = 0;
	return out;
}
static void check_statement(Statement *s, const char *body) {
	bool seen[MOST_PARAMETERS + 1] = {0}, first = true, ended = false;
	Words w = {.file = s->file, .at = body, .line = s->line};
	while (next_word(&w)) {
		if (ended) stop(s->file, w.line, "more than one statement in", s->name);
		if (first) s->writes = !word_is(&w, "SELECT") && !word_is(&w, "WITH");
		if (*w.word == '?') stop(s->file, w.line, "a bare ? in", s->name);
		if (*w.word == '@') stop(s->file, w.line, "@words belong into migrations, not into", s->name);
		if (*w.word == '$') {
			int k = parameter(s, &w);
			seen[k] = true;
			if (k > s->nparam) s->nparam = k;
		}
		if (!w.depth && (word_is(&w, "INSERT") || word_is(&w, "UPDATE") || word_is(&w, "DELETE")))
			s->writes = true;
		ended = *w.word == ';';
		first = first && ended;
	}
	if (first) stop(s->file, s->line, "nothing in", s->name);
	for (int k = 1; k <= s->nparam; k++)
		if (!seen[k]) stop(s->file, s->line, "a gap in the parameters $1..$n of", s->name);
}
static void add_statement(const char *file, char *name, int line, const char *body, size_t n) {
	if (!good_name(name)) stop(file, line, "a block needs a name of small letters, digits and _:", name);
	for (int i = 0; i < nstatement; i++)
		if (!strcmp(statement[i].name, name)) {
			fprintf(stderr, "%s:%d: first use of the name\n", statement[i].file,
				statement[i].line);
			stop(file, line, "second statement named", name);
		}
	statement = grow(statement, nstatement, sizeof *statement);
	Statement *s = &statement[nstatement++];
	*s = (Statement){.name = name, .file = file, .line = line, .room = folder_of(file)};
	char *text = copy(body, n);
	check_statement(s, text);
	s->sql = without_comments(s, text);
}
static const char *block_name(const char *line) {
	if (strncmp(line, "--", 2)) return NULL;
	line += 2 + strspn(line + 2, " \t");
	return strncmp(line, "name:", 5) ? NULL : line + 5 + strspn(line + 5, " \t");
}
static void read_statements(const char *file) {
	const char *text = read_file(file), *body = NULL;
	char *name = NULL;
	int number = 1, from = 0;
	for (const char *at = text; *at; number++) {
		const char *end = at + strcspn(at, "\n"), *found = block_name(at);
		if (found) {
			if (name) add_statement(file, name, from, body, (size_t)(at - body));
			size_t n = (size_t)(end - found);
			while (n && isspace((unsigned char)found[n - 1])) n--;
			name = copy(found, n);
			from = number;
			body = end;
		} else if (!name) {
			const char *p = at + strspn(at, " \t\r");
			if (p < end && strncmp(p, "--", 2))
				stop(file, number, "SQL before the first \"-- name:\"", "");
		}
		at = *end ? end + 1 : end;
	}
	if (name) add_statement(file, name, from, body, strlen(body));
}
static void write_statements(const char *folder) {
	FILE *all = write_file(folder, "sql_all", ".c");
	fputs("#include \"db/db_engine.h\"\n\n", all);
	for (int i = 0; i < nstatement; i++) {
		const Statement *s = &statement[i];
		fprintf(all, "extern const Stmt SQL_%s;\nconst Stmt SQL_%s = {%d, \"%s\",", s->name, s->name,
			i, s->name);
		write_literal(all, s->sql);
		fprintf(all, ",\n\t%d, %s};\n", s->nparam, s->writes ? "true" : "false");
	}
	fputs("\nconst Stmt *const db_statements[] = {", all);
	for (int i = 0; i < nstatement; i++) fprintf(all, "\n\t&SQL_%s,", statement[i].name);
	fprintf(all, "\n\t0};\nconst int db_nstatements = %d;\n", nstatement);
	close_file(all);
}
static void write_headers(const char *folder) {
	for (int i = 0; i < nstatement; i++) {
		bool done = false;
		for (int k = 0; k < i; k++) done |= !strcmp(statement[k].room, statement[i].room);
		if (done) continue;
		FILE *h = write_file(folder, statement[i].room, "_sql.h");
		fputs("#pragma once\n#include \"db/db.h\"\n\n", h);
		for (int k = i; k < nstatement; k++)
			if (!strcmp(statement[k].room, statement[i].room))
				fprintf(h, "extern const Stmt SQL_%s;\n", statement[k].name);
		close_file(h);
	}
}
// A file without statements still owes its room a header: the build counts on it.
static void write_empty_header(const char *folder, const char *file) {
	char *room = folder_of(file);
	for (int i = 0; i < nstatement; i++)
		if (!strcmp(statement[i].room, room)) return;
	FILE *h = write_file(folder, room, "_sql.h");
	fputs("#pragma once\n", h);
	close_file(h);
}

// ---- migrations ----------------------------------------------------------------------------------
typedef struct {
	int number;
	char *name, *text;
	const char *file;
} Migration;
typedef struct {
	char *name, *part[MOST_KEY_PARTS], *column[256];
	int npart, ncolumn;
	bool enduring, gone;
} Table;
static Migration *migration;
static int nmigration;
static Table *table;
static int ntable;

static char *word_copy(const Words *w) { return copy(w->word, w->n); }
static void need(Words *w, const char *z, const char *what) {
	if (!next_word(w) || !word_is(w, z)) stop(w->file, w->line, what, "");
}
static void key_part(const Words *w, Table *t, char *name) {
	if (t->npart == MOST_KEY_PARTS)
		stop(w->file, w->line, "too many parts in the primary key of", t->name);
	t->part[t->npart++] = name;
}
// w stands on PRIMARY that begins a line of the table: PRIMARY KEY (a, b)
static void table_key(Words *w, Table *t) {
	need(w, "KEY", "KEY expected after PRIMARY");
	need(w, "(", "( expected after PRIMARY KEY");
	while (next_word(w) && *w->word != ')')
		if (*w->word != ',') key_part(w, t, word_copy(w));
}
static void table_line(Words *w, Table *t) {
	bool constraint = word_is(w, "UNIQUE") || word_is(w, "CHECK") || word_is(w, "FOREIGN") ||
			  word_is(w, "CONSTRAINT");
	if (word_is(w, "PRIMARY")) {
		table_key(w, t);
	} else if (!constraint) {
		if (t->ncolumn == 256) stop(w->file, w->line, "too many columns in", t->name);
		t->column[t->ncolumn++] = word_copy(w);
	}
	while (w->depth > 1 || (*w->word != ',' && *w->word != ')')) {
		if (!next_word(w)) stop(w->file, w->line, "unfinished table", t->name);
		if (!constraint && w->depth == 1 && word_is(w, "PRIMARY"))
			key_part(w, t, t->column[t->ncolumn - 1]);
	}
}
static Table *find_table(const char *name) {
	for (int i = 0; i < ntable; i++)
		if (!table[i].gone && !strcmp(table[i].name, name)) return &table[i];
	return NULL;
}
static void create_table(Words *w, bool enduring) {
	int from = w->line;
	if (!next_word(w) || !good_name(word_copy(w)))
		stop(w->file, from, "a table needs a name of small letters", "");
	Table t = {.name = word_copy(w), .enduring = enduring};
	if (find_table(t.name)) stop(w->file, from, "second table named", t.name);
	need(w, "(", "( expected after the name of a table");
	do {
		if (!next_word(w)) stop(w->file, from, "unfinished table", t.name);
		table_line(w, &t);
	} while (*w->word == ',');
	need(w, "@STRICT", "@strict expected at the end of a table");
	if (!t.npart) stop(w->file, from, "no primary key in table", t.name);
	table = grow(table, ntable, sizeof *table);
	table[ntable++] = t;
}
static void alter_table(Words *w) {
	Table *t = next_word(w) ? find_table(word_copy(w)) : NULL;
	if (!t) stop(w->file, w->line, "ALTER of an unknown table", "");
	need(w, "ADD", "only ALTER TABLE … ADD COLUMN is known");
	need(w, "COLUMN", "only ALTER TABLE … ADD COLUMN is known");
	if (!next_word(w) || t->ncolumn == 256) stop(w->file, w->line, "too many columns in", t->name);
	t->column[t->ncolumn++] = word_copy(w);
}
static void drop_table(Words *w) {
	Table *t = next_word(w) ? find_table(word_copy(w)) : NULL;
	if (!t) stop(w->file, w->line, "DROP of an unknown table", "");
	t->gone = true;
}
static void read_tables(const Migration *m) {
	Words w = {.file = m->file, .at = m->text, .line = 1};
	bool start = true;
	while (next_word(&w)) {
		bool create = start && word_is(&w, "CREATE"), alter = start && word_is(&w, "ALTER"),
		     drop = start && word_is(&w, "DROP");
		start = *w.word == ';';
		if (!create && !alter && !drop) continue;
		bool enduring = w.enduring;
		w.enduring = false;
		if (!next_word(&w) || !word_is(&w, "TABLE")) continue;
		if (create) create_table(&w, enduring);
		if (alter) alter_table(&w);
		if (drop) drop_table(&w);
	}
}
static void read_migration(const char *file) {
	const char *base = strrchr(file, '/') + 1, *end = strrchr(base, '.');
	Migration m = {.number = (int)strtol(base, NULL, 10), .file = file};
	if (strspn(base, "0123456789") != 4 || base[4] != '_' || !m.number || !end || strcmp(end, ".sql"))
		stop(file, 0, "a migration is named NNNN_what.sql", "");
	m.name = copy(base, (size_t)(end - base));
	m.text = read_file(file);
	migration = grow(migration, nmigration, sizeof *migration);
	migration[nmigration++] = m;
}
static int by_number(const void *a, const void *b) {
	return ((const Migration *)a)->number - ((const Migration *)b)->number;
}
// FNV-1a: finds a file that was edited after it had been applied, which happens by mistake, not by malice.
static uint64_t checksum(const char *z) {
	uint64_t h = 0xcbf29ce484222325u;
	for (; *z; z++) h = (h ^ (unsigned char)*z) * 0x100000001b3u;
	return h;
}
static void write_table(FILE *f, const Table *t) {
	fprintf(f, "\t{\"%s\", %s, \"", t->name, t->enduring ? "true" : "false");
	for (int i = 0; i < t->npart; i++) fprintf(f, "%s%s", i ? ", " : "", t->part[i]);
	fprintf(f, "\", %d, {", t->npart);
	for (int i = 0; i < t->npart; i++) {
		int c = 0;
		while (c < t->ncolumn && strcmp(t->column[c], t->part[i]) != 0) c++;
		if (c == t->ncolumn) stop("schema", 0, "primary key names no column in", t->name);
		fprintf(f, "%s%d", i ? ", " : "", c);
	}
	fputs("}},\n", f);
}
static void write_schema(const char *folder) {
	if (nmigration) qsort(migration, (size_t)nmigration, sizeof *migration, by_number);
	for (int i = 0; i < nmigration; i++) {
		if (i && migration[i - 1].number == migration[i].number)
			stop(migration[i].file, 0, "number given twice, also in", migration[i - 1].file);
		read_tables(&migration[i]);
	}
	FILE *f = write_file(folder, "schema_all", ".c");
	fputs("#include \"db/db_engine.h\"\n\nconst DbMigration db_migrations[] = {\n", f);
	for (int i = 0; i < nmigration; i++) {
		fprintf(f, "\t{%d, \"%s\", \"%016llx\",", migration[i].number, migration[i].name,
			(unsigned long long)checksum(migration[i].text));
		write_literal(f, migration[i].text);
		fputs("},\n", f);
	}
	fprintf(f, "\t{0}};\nconst int db_nmigrations = %d;\n\nstatic const DbTable table[] = {\n",
		nmigration);
	int n = 0;
	for (int i = 0; i < ntable; i++)
		if (!table[i].gone) write_table(f, &table[i]), n++;
	fprintf(f, "\t{0}};\nconst DbTable *db_tables(ptrdiff_t *n) {\n\t*n = %d;\n\treturn table;\n}\n", n);
	close_file(f);
}

int main(int argc, char **argv) {
	if (argc < 2) {
		fputs("usage: sqlgen OUTDIR [FILE.sql]...\n", stderr);
		return 2;
	}
	for (int i = 2; i < argc; i++) {
		if (!strcmp(folder_of(argv[i]), "schema"))
			read_migration(argv[i]);
		else
			read_statements(argv[i]);
	}
	write_statements(argv[1]);
	write_headers(argv[1]);
	for (int i = 2; i < argc; i++)
		if (strcmp(folder_of(argv[i]), "schema") != 0) write_empty_header(argv[1], argv[i]);
	write_schema(argv[1]);
	return 0;
}
