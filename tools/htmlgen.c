// htmlgen - compiles page templates. htmlgen OUTDIR src/room/page.html … writes OUTDIR/<room>_html.h and
// OUTDIR/html_all.c.
//
// A template is checked as it is read: fields, types, lists, the balance of elements, quoted attributes,
// addresses only in address attributes, nothing that the content security policy would refuse. What is wrong
// is said as file:line. The syntax is described in src/html/README.md.
#include "gen.h"

enum { FIELDS_MAX = 80, WORDS_MAX = 14, FRAMES_MAX = 24, OPEN_MAX = 48, NAME_MAX_ = 63 };

typedef enum { STR, INT, URL, BOOL, LIST, ONE, ITEM } Kind; // ITEM: the variable of an {each}
static const char *const kind_name[] = {"str", "int", "url", "bool", "list", "one", "item"};

typedef struct View View;
typedef struct {
	char *name, *of_name;
	Kind kind;
	View *of; // of lists and ones; NULL for a list of str
	bool quiet;
	int line;
} Field;
struct View {
	char *name, *snake, *doc, *room;
	const char *path;
	int line, mark;
	Field field[FIELDS_MAX];
	int nfield;
};
typedef struct {
	char *name, *room, *view_name, *open, *close;
	const char *path, *body;
	int body_line, view_line;
	View *view;
} Page;

static View **views;
static Page **pages;
static int nviews, npages;

// ---- names ---------------------------------------------------------------------------------------

static bool is_space(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

static bool in_words(const char *list, const char *word) {
	size_t n = strlen(word);
	for (const char *at = list; (at = strstr(at, word)); at++)
		if ((at == list || at[-1] == ' ') && (at[n] == ' ' || !at[n])) return true;
	return false;
}

static void check_name(const char *path, int line, const char *name) {
	static const char taken[] =
		"auto break case char const continue default do double else enum extern float for goto if "
		"inline int long register restrict return short signed sizeof static struct switch typedef "
		"union unsigned void volatile while bool true false h v j t tn end each in not";
	if (!islower((unsigned char)*name) || strlen(name) > NAME_MAX_)
		gen_die(path, line, "\"%s\" is no name: small letters, digits and _", name);
	for (const char *p = name; *p; p++)
		if (!islower((unsigned char)*p) && !isdigit((unsigned char)*p) && *p != '_')
			gen_die(path, line, "\"%s\" is no name: small letters, digits and _", name);
	if (in_words(taken, name))
		gen_die(path, line, "\"%s\" is a word of C or of the templates; choose another", name);
}

static char *snake(const char *name) {
	Bytes b = {0};
	for (const char *p = name; *p; p++) {
		if (p > name && isupper((unsigned char)*p) &&
		    (!isupper((unsigned char)p[-1]) || islower((unsigned char)p[1])))
			bytes_put(&b, "_", 1);
		bytes_fmt(&b, "%c", tolower((unsigned char)*p));
	}
	return b.p;
}

static View *view_named(const char *name) {
	for (int i = 0; i < nviews; i++)
		if (!strcmp(views[i]->name, name)) return views[i];
	return NULL;
}

static Page *page_named(const char *name) {
	for (int i = 0; i < npages; i++)
		if (!strcmp(pages[i]->name, name)) return pages[i];
	return NULL;
}

static Field *field_named(View *v, const char *name) {
	for (int i = 0; i < v->nfield; i++)
		if (!strcmp(v->field[i].name, name)) return &v->field[i];
	return NULL;
}

// ---- the head of a file: @view, @use, @open, @close ---------------------------------------------

// Takes words apart; a word in quotes keeps its quotes and its spaces.
static int words_of(const char *path, int line, char *text, char **word) {
	int n = 0;
	for (char *p = text;;) {
		while (is_space(*p)) *p++ = 0;
		if (!*p) return n;
		if (n == WORDS_MAX) gen_die(path, line, "too many words");
		word[n++] = p;
		char quote = *p == '"';
		if (quote) p++;
		while (*p && (quote ? *p != '"' : !is_space(*p))) p++;
		if (quote && !*p) gen_die(path, line, "a quote is not closed");
		if (quote) p++;
	}
}

static void read_field(View *v, int line, char **word, int n) {
	if (v->nfield == FIELDS_MAX) gen_die(v->path, line, "more than %d fields", FIELDS_MAX);
	Field f = {.name = word[0], .line = line};
	check_name(v->path, line, f.name);
	if (field_named(v, f.name)) gen_die(v->path, line, "field %s stands twice", f.name);
	if (n > 2 && !strcmp(word[n - 1], "quiet")) f.quiet = true, n--;
	int kind = 0;
	while (n >= 2 && kind < ITEM && strcmp(word[1], kind_name[kind])) kind++;
	if (n < 2 || kind == ITEM)
		gen_die(v->path, line, "field %s: expected str, int, url, bool, list or one", f.name);
	f.kind = (Kind)kind;
	bool holds = f.kind == LIST || f.kind == ONE;
	if (n != (holds ? 3 : 2))
		gen_die(v->path, line, "field %s: \"%s\" takes %s", f.name, word[1],
			holds ? "one view" : "nothing more");
	if (holds) f.of_name = word[2];
	v->field[v->nfield++] = f;
}

static View *view_new(const char *path, const char *room, int line, const char *name) {
	if (!isupper((unsigned char)*name))
		gen_die(path, line, "view \"%s\": names of views are written LikeThis", name);
	View *old = view_named(name);
	if (old) gen_die(path, line, "view %s stands already in %s:%d", name, old->path, old->line);
	View *v = gen_grow(NULL, sizeof *v);
	*v = (View){.name = gen_copy(name, strlen(name)),
		    .snake = snake(name),
		    .room = gen_copy(room, strlen(room)),
		    .path = path,
		    .line = line};
	views = gen_grow(views, sizeof *views * (size_t)(nviews + 1));
	return views[nviews++] = v;
}

// One line of the head. Returns the view that is being described, or NULL between views.
static View *read_head_line(Page *pg, View *v, int line, char *text) {
	char *word[WORDS_MAX];
	char *doc = v && !strncmp(text, "@doc ", 5) ? text + 5 : NULL;
	if (doc) return v->doc = doc, v;
	char *whole = gen_copy(text, strlen(text));
	int n = words_of(pg->path, line, text, word);
	if (n == 0) return v;
	if (v && !strcmp(word[0], "@end")) {
		if (!v->nfield) gen_die(pg->path, line, "view %s has no field", v->name);
		return NULL;
	}
	if (v && *word[0] != '@') return read_field(v, line, word, n), v;
	if (v) gen_die(pg->path, line, "expected @end of view %s", v->name);
	if (n == 2 && !strcmp(word[0], "@view")) {
		pg->view_name = word[1], pg->view_line = line;
		return view_new(pg->path, pg->room, line, word[1]);
	}
	if (n == 2 && !strcmp(word[0], "@use"))
		pg->view_name = word[1], pg->view_line = line;
	else if (n > 1 && !strcmp(word[0], "@open"))
		pg->open = whole + 6;
	else if (n > 1 && !strcmp(word[0], "@close"))
		pg->close = whole + 7;
	else
		gen_die(pg->path, line, "expected @view Name, @use Name, @open elements or @close elements");
	return NULL;
}

static void read_page(const char *path) {
	Bytes text = gen_read(path);
	Page *pg = gen_grow(NULL, sizeof *pg);
	*pg = (Page){.path = path, .name = gen_stem(path), .room = gen_parent(path), .open = "", .close = ""};
	check_name(path, 1, pg->name);
	if (strlen(text.p) != text.n) gen_die(path, 1, "holds a NUL byte");
	Page *old = page_named(pg->name);
	if (old) gen_die(path, 1, "a template of this name stands already in %s", old->path);
	View *v = NULL;
	char *p = text.p;
	int line = 1;
	while (*p) {
		char *start = p;
		while (is_space(*p) && *p != '\n') p++;
		if (!v && *p != '@' && *p != '\n') {
			p = start;
			break;
		}
		char *end = p + strcspn(p, "\n");
		char *one_line = gen_copy(p, (size_t)(end - p));
		v = read_head_line(pg, v, line++, one_line);
		p = *end ? end + 1 : end;
	}
	if (v) gen_die(path, v->line, "view %s has no @end", v->name);
	pg->body = p, pg->body_line = line;
	if (!pg->view_name) gen_die(path, line, "no @view and no @use");
	pages = gen_grow(pages, sizeof *pages * (size_t)(npages + 1));
	pages[npages++] = pg;
}

// ---- order: a view stands behind those it holds, a room behind the rooms it needs ----------------

static View **sorted;
static int nsorted;

static void sort_view(View *v, const Field *from, const View *holder) {
	if (v->mark == 2) return;
	if (v->mark == 1)
		gen_die(holder->path, from->line, "view %s holds itself, by way of %s", v->name,
			holder->name);
	v->mark = 1;
	for (int i = 0; i < v->nfield; i++) {
		Field *f = &v->field[i];
		if (!f->of_name || (f->kind == LIST && !strcmp(f->of_name, "str"))) continue;
		f->of = view_named(f->of_name);
		if (!f->of) gen_die(v->path, f->line, "no view is called %s", f->of_name);
		sort_view(f->of, f, v);
	}
	v->mark = 2;
	sorted[nsorted++] = v;
}

static void link_all(void) {
	sorted = gen_grow(NULL, sizeof *sorted * (size_t)(nviews + 1));
	for (int i = 0; i < nviews; i++) sort_view(views[i], NULL, NULL);
	for (int i = 0; i < npages; i++) {
		pages[i]->view = view_named(pages[i]->view_name);
		if (!pages[i]->view)
			gen_die(pages[i]->path, pages[i]->view_line, "no view is called %s",
				pages[i]->view_name);
	}
}

static bool room_needs(const char *room, const char *other) {
	if (!strcmp(room, other)) return false;
	for (int i = 0; i < nviews; i++)
		for (int k = 0; k < views[i]->nfield; k++) {
			const View *of = views[i]->field[k].of;
			if (of && !strcmp(views[i]->room, room) && !strcmp(of->room, other)) return true;
		}
	for (int i = 0; i < npages; i++)
		if (!strcmp(pages[i]->room, room) && !strcmp(pages[i]->view->room, other)) return true;
	return false;
}

static char **rooms;
static int nrooms;

static void collect_rooms(void) {
	rooms = gen_grow(NULL, sizeof *rooms * (size_t)(npages + 1));
	for (int i = 0; i < npages; i++) {
		int k = 0;
		while (k < nrooms && strcmp(rooms[k], pages[i]->room)) k++;
		if (k == nrooms) rooms[nrooms++] = pages[i]->room;
	}
}

// Room i leads to itself over others: their headers would include one another.
static void check_room(int i, int *mark) {
	if (mark[i] == 2) return;
	if (mark[i] == 1) gen_die(rooms[i], 0, "the views of this room and of another hold one another");
	mark[i] = 1;
	for (int k = 0; k < nrooms; k++)
		if (room_needs(rooms[i], rooms[k])) check_room(k, mark);
	mark[i] = 2;
}

// ---- headers and JSON ----------------------------------------------------------------------------

static void put_field(Bytes *out, const Field *f) {
	const char *of = f->of ? f->of->name : "Str";
	switch (f->kind) {
	case STR:
		bytes_fmt(out, "\tStr %s;\n", f->name);
		break;
	case INT:
		bytes_fmt(out, "\tint64_t %s;\n", f->name);
		break;
	case URL:
		bytes_fmt(out, "\tUrl %s;\n", f->name);
		break;
	case BOOL:
		bytes_fmt(out, "\tbool %s;\n", f->name);
		break;
	case ONE:
		bytes_fmt(out, "\tconst %s *%s; // may be NULL\n", of, f->name);
		break;
	case LIST:
		bytes_fmt(out, "\tstruct {\n\t\tconst %s *at;\n\t\tptrdiff_t n;\n\t} %s;\n", of, f->name);
		break;
	case ITEM:
		break;
	}
}

static void put_header(const char *dir, const char *room) {
	Bytes out = {0}, name = {0};
	bytes_fmt(&out,
		  "// Made by htmlgen from the templates of %s.\n#pragma once\n#include \"html/html.h\"\n",
		  room);
	for (int i = 0; i < nrooms; i++)
		if (room_needs(room, rooms[i])) bytes_fmt(&out, "#include \"%s_html.h\"\n", rooms[i]);
	for (int i = 0; i < nsorted; i++) {
		const View *v = sorted[i];
		if (strcmp(v->room, room)) continue;
		bytes_fmt(&out, "\n%s%s%stypedef struct {\n", v->doc ? "// " : "", v->doc ? v->doc : "",
			  v->doc ? "\n" : "");
		for (int k = 0; k < v->nfield; k++) put_field(&out, &v->field[k]);
		bytes_fmt(&out, "} %s;\nvoid json_%s(Json *j, const %s *v);\n", v->name, v->snake, v->name);
	}
	for (int i = 0; i < npages; i++) {
		const Page *pg = pages[i];
		if (strcmp(pg->room, room) || !*pg->body) continue;
		bytes_fmt(&out, "\nextern const Template TEMPLATE_%s;\nvoid html_%s(Html *h, const %s *v);\n",
			  pg->name, pg->name, pg->view->name);
	}
	bytes_fmt(&name, "%s_html.h", room);
	gen_write(dir, name.p, &out);
}

static void put_json_field(Bytes *out, const Field *f) {
	const char *n = f->name, *of = f->of ? f->of->snake : NULL;
	bytes_fmt(out, "\tjson_key(j, S(\"%s\"));\n", n);
	switch (f->kind) {
	case STR:
		bytes_fmt(out, "\tjson_str(j, v->%s);\n", n);
		break;
	case INT:
		bytes_fmt(out, "\tjson_int(j, v->%s);\n", n);
		break;
	case URL:
		bytes_fmt(out, "\tjson_str(j, v->%s.s);\n", n);
		break;
	case BOOL:
		bytes_fmt(out, "\tjson_bool(j, v->%s);\n", n);
		break;
	case ONE:
		bytes_fmt(out, "\tif (v->%s) json_%s(j, v->%s);\n\telse json_nil(j);\n", n, of, n);
		break;
	case LIST:
		bytes_fmt(out, "\tjson_open(j, '[');\n\tfor (ptrdiff_t i = 0; i < v->%s.n; i++) ", n);
		if (of)
			bytes_fmt(out, "json_%s(j, &v->%s.at[i]);\n", of, n);
		else
			bytes_fmt(out, "json_str(j, v->%s.at[i]);\n", n);
		bytes_fmt(out, "\tjson_close(j, ']');\n");
		break;
	case ITEM:
		break;
	}
}

static void put_json(Bytes *out, const View *v) {
	bytes_fmt(out, "\nvoid json_%s(Json *j, const %s *v)\n{\n\t(void)v;\n\tjson_open(j, '{');\n",
		  v->snake, v->name);
	for (int i = 0; i < v->nfield; i++)
		if (!v->field[i].quiet) put_json_field(out, &v->field[i]);
	bytes_fmt(out, "\tjson_close(j, '}');\n}\n");
}

// ---- the markup ------------------------------------------------------------------------------------

typedef enum { IN_TEXT, IN_TAG, IN_VALUE } Place;
typedef enum { GAP_NONE, GAP_DONE, GAP_KEEP } Gap; // white space here: never seen, already written, matters
typedef struct {
	Kind kind;
	View *of;
	char c[240]; // how C reaches it
} Value;
typedef struct {
	bool loop, other; // other: behind {else}
	char guard[240]; // the pointer known to be there
	bool guard_other;
	char var[NAME_MAX_ + 1];
	Value item;
	int line, nopen;
	Place place;
	Gap gap;
} Frame;
typedef struct {
	const Page *pg;
	const char *p;
	int line, said_line;
	Bytes *out, lit;
	Frame frame[FRAMES_MAX];
	int nframe;
	char open[OPEN_MAX][24];
	int nopen;
	Place place;
	Gap gap;
	bool space; // white space was read and not written
	char tag[24], attr[40];
	Bytes value; // literal part of the attribute's value so far
	bool address, address_given;
} Maker;

#define bad(m, ...) gen_die((m)->pg->path, (m)->line, __VA_ARGS__)

static const char void_tags[] = "area base br col embed hr img input link meta source track wbr";
static const char block_tags[] =
	"html head body title meta link script main header footer nav section article aside div p ul ol li "
	"dl dt dd h1 h2 "
	"h3 h4 h5 h6 form fieldset legend details summary table caption thead tbody tfoot tr th td "
	"select option optgroup br hr pre figure figcaption blockquote svg g path rect circle line text";
static const char address_attrs[] =
	"href action src formaction poster cite data ping background manifest srcset";

static void flush_literal(Maker *m) {
	for (size_t at = 0; at < m->lit.n;) { // compilers promise 4095 bytes a literal
		size_t n = m->lit.n - at < 1000 ? m->lit.n - at : 1000;
		bytes_fmt(m->out, "\thtml_lit(h, \"");
		gen_quote(m->out, m->lit.p + at, n);
		bytes_fmt(m->out, "\");\n");
		at += n;
	}
	m->lit.n = 0;
}

static void lit(Maker *m, const char *p, size_t n) { bytes_put(&m->lit, p, n); }

// Begins a statement; what the compiler finds wrong in it is reported for the template's line.
static Bytes *statement(Maker *m) {
	flush_literal(m);
	if (m->said_line != m->line) bytes_fmt(m->out, "#line %d \"%s\"\n", m->line, m->pg->path);
	m->said_line = -1;
	return m->out;
}

static bool inside(const Maker *m, const char *tags) {
	for (int i = 0; i < m->nopen; i++)
		if (in_words(tags, m->open[i])) return true;
	return false;
}

static void settle_space(Maker *m, bool block) {
	if (m->space && !block && m->gap == GAP_KEEP) lit(m, " ", 1), m->gap = GAP_DONE;
	m->space = false;
}

static bool guarded(const Maker *m, const char *c) {
	for (int i = 0; i < m->nframe; i++)
		if (!strcmp(m->frame[i].guard, c) && m->frame[i].other == m->frame[i].guard_other)
			return true;
	return false;
}

static const Frame *loop_named(const Maker *m, const char *var) {
	for (int i = m->nframe; i-- > 0;)
		if (m->frame[i].loop && !strcmp(m->frame[i].var, var)) return &m->frame[i];
	return NULL;
}

static Value member(Maker *m, const Value *of, const char *name) {
	if (of->kind != ITEM && of->kind != ONE)
		bad(m, "\".%s\": what stands before the point is %s", name, kind_name[of->kind]);
	if (of->kind == ONE && !guarded(m, of->c))
		bad(m, "\".%s\" may be absent: put it inside {if …} of what stands before the point", name);
	const Field *f = field_named(of->of, name);
	if (!f) bad(m, "view %s has no field \"%s\"", of->of->name, name);
	Value v = {.kind = f->kind, .of = f->of};
	if (snprintf(v.c, sizeof v.c, "%s->%s", of->c, name) >= (int)sizeof v.c) bad(m, "path too long");
	return v;
}

// "field", "item", "item.field", "one.field.field"
static Value value_of(Maker *m, const char *path) {
	char *text = gen_copy(path, strlen(path)), *save = NULL;
	char *word = strtok_r(text, ".", &save);
	if (!word) bad(m, "\"%s\" is no field", path);
	const Frame *loop = loop_named(m, word);
	Value v = {.kind = ITEM, .of = m->pg->view, .c = "v"};
	if (loop)
		v = loop->item;
	else
		v = member(m, &v, word);
	while ((word = strtok_r(NULL, ".", &save))) v = member(m, &v, word);
	return v;
}

static bool is_value(const Maker *m, const char *word) {
	char first[NAME_MAX_ + 1];
	size_t n = strcspn(word, ".");
	if (n >= sizeof first) return false;
	memcpy(first, word, n);
	first[n] = 0;
	return loop_named(m, first) || field_named(m->pg->view, first);
}

// ---- {if} {else} {each} {end}

static Frame *push_frame(Maker *m) {
	if (m->nframe == FRAMES_MAX) bad(m, "{if} and {each} are nested too deeply");
	Frame *f = &m->frame[m->nframe++];
	*f = (Frame){.line = m->line, .nopen = m->nopen, .place = m->place, .gap = m->gap};
	return f;
}

static void do_if(Maker *m, char **word, int n) {
	bool not = n == 3 && !strcmp(word[1], "not");
	if (n != (not ? 3 : 2)) bad(m, "expected {if field} or {if not field}");
	if (m->address) bad(m, "an address is one url: no {if} inside");
	Value v = value_of(m, word[n - 1]);
	static const char *const test[] = {[STR] = ".n > 0", [INT] = " != 0",	[URL] = ".s.n > 0",
					   [BOOL] = "",	     [LIST] = ".n > 0", [ONE] = " != NULL"};
	if (v.kind == ITEM) bad(m, "an item is always there");
	bytes_fmt(statement(m), "\tif (%s(%s%s)) {\n", not ? "!" : "", v.c, test[v.kind]);
	Frame *f = push_frame(m);
	if (v.kind != ONE) return;
	memcpy(f->guard, v.c, sizeof f->guard);
	f->guard_other = not ;
}

static void do_each(Maker *m, char **word, int n) {
	if (n != 4 || strcmp(word[2], "in")) bad(m, "expected {each item in list}");
	if (m->place != IN_TEXT) bad(m, "{each} inside a tag");
	Value list = value_of(m, word[3]);
	if (list.kind != LIST) bad(m, "\"%s\" is %s, not a list", word[3], kind_name[list.kind]);
	check_name(m->pg->path, m->line, word[1]);
	if (is_value(m, word[1])) bad(m, "\"%s\" is taken", word[1]);
	int i = m->nframe;
	bytes_fmt(statement(m),
		  "\tfor (ptrdiff_t i%d = 0; i%d < %s.n; i%d++) {\n\t\tconst %s *v_%s = "
		  "&%s.at[i%d];\n\t\t(void)v_%s;\n",
		  i, i, list.c, i, list.of ? list.of->name : "Str", word[1], list.c, i, word[1]);
	Frame *f = push_frame(m);
	f->loop = true;
	snprintf(f->var, sizeof f->var, "%s", word[1]);
	f->item = (Value){.kind = list.of ? ITEM : STR, .of = list.of};
	snprintf(f->item.c, sizeof f->item.c, list.of ? "v_%s" : "(*v_%s)", word[1]);
}

static Frame *check_frame(Maker *m, const char *what) {
	if (!m->nframe) bad(m, "{%s} without {if} or {each}", what);
	Frame *f = &m->frame[m->nframe - 1];
	if (m->place != f->place)
		bad(m, "{%s} is inside a tag, its beginning in line %d is not, or the other way round", what,
		    f->line);
	if (m->nopen > f->nopen) bad(m, "<%s> is open at {%s}", m->open[m->nopen - 1], what);
	if (m->nopen < f->nopen)
		bad(m, "an element that was open at line %d is closed before {%s}", f->line, what);
	return f;
}

static void do_else(Maker *m, char **word, int n) {
	if (n != 1) bad(m, "{%s} stands alone", word[0]);
	Frame *f = check_frame(m, "else");
	if (f->loop || f->other) bad(m, "{else} belongs to an {if}, once");
	bytes_fmt(statement(m), "\t} else {\n");
	f->other = true;
	Gap gap = m->gap;
	m->gap = f->gap;
	if (gap == GAP_KEEP) f->gap = gap;
}

static void do_end(Maker *m, char **word, int n) {
	if (n != 1) bad(m, "{%s} stands alone", word[0]);
	Frame *f = check_frame(m, "end");
	bytes_fmt(statement(m), "\t}\n");
	if (f->gap == GAP_KEEP) m->gap = GAP_KEEP;
	m->nframe--;
}

// ---- {t} {tn} {long} {field} {template}

static void put_argument(Maker *m, Bytes *out, const char *word) {
	if (*word == '"') {
		bytes_fmt(out, "S(\"");
		gen_quote(out, word + 1, strlen(word) - 2);
		bytes_fmt(out, "\"), ");
		return;
	}
	Value v = value_of(m, word);
	if (v.kind == STR)
		bytes_fmt(out, "%s, ", v.c);
	else if (v.kind == INT)
		bytes_fmt(out, "html_digits(h, %s), ", v.c);
	else
		bad(m, "\"%s\" is %s: a sentence takes str and int", word, kind_name[v.kind]);
}

static void do_sentence(Maker *m, char **word, int n, bool plural) {
	int first = plural ? 3 : 2;
	if (n < first) bad(m, plural ? "expected {tn key count …}" : "expected {t key …}");
	if (n - first > 9) bad(m, "a sentence takes at most nine words");
	if (m->address) bad(m, "an address is a url, not a sentence");
	check_name(m->pg->path, m->line, word[1]);
	Bytes call = {0};
	bytes_fmt(&call, "\thtml_%s(h, T_%s, ", plural ? "plural" : "say", word[1]);
	if (plural) {
		Value count = value_of(m, word[2]);
		if (count.kind != INT) bad(m, "\"%s\" is %s: a count is int", word[2], kind_name[count.kind]);
		bytes_fmt(&call, "%s, ", count.c);
	}
	if (n == first)
		bytes_fmt(&call, "NULL, 0);\n");
	else
		bytes_fmt(&call, "(const Str[]){");
	for (int i = first; i < n; i++) put_argument(m, &call, word[i]);
	if (n > first) bytes_fmt(&call, "}, %d);\n", n - first);
	bytes_put(statement(m), call.p, call.n);
	m->gap = GAP_KEEP;
}

// The address so far is a place in a page, a telephone number or a mailbox: plain text may follow.
static bool anchored(const Maker *m) {
	const char *begins = m->value.p;
	return m->value.n &&
	       (*begins == '#' || !strncmp(begins, "tel:", 4) || !strncmp(begins, "mailto:", 7));
}

static void do_field(Maker *m, const char *word) {
	Value v = value_of(m, word);
	if (v.kind == URL) {
		if (!m->address) bad(m, "\"%s\" is a url: it goes into href, action or src", word);
		if (m->value.n || m->address_given) bad(m, "\"%s\": an address begins with its url", word);
		bytes_fmt(statement(m), "\thtml_url(h, %s);\n", v.c);
		m->address_given = true;
		return;
	}
	if (m->address && !anchored(m))
		bad(m, "\"%s\" is %s: %s takes a url", word, kind_name[v.kind], m->attr);
	if (v.kind != STR && v.kind != INT) bad(m, "\"%s\" is %s and has no text", word, kind_name[v.kind]);
	bytes_fmt(statement(m), "\thtml_%s(h, %s);\n", v.kind == STR ? "text" : "int", v.c);
	m->gap = GAP_KEEP;
}

static void do_long(Maker *m, char **word, int n) {
	if (n != 2) bad(m, "expected {long field}");
	if (m->place != IN_TEXT || inside(m, "p textarea title pre"))
		bad(m, "{long} makes paragraphs: not here");
	Value v = value_of(m, word[1]);
	if (v.kind != STR) bad(m, "\"%s\" is %s, not str", word[1], kind_name[v.kind]);
	bytes_fmt(statement(m), "\thtml_long(h, %s);\n", v.c);
	m->gap = GAP_NONE;
}

static void do_call(Maker *m, const Page *to, char **word, int n) {
	if (n > 2) bad(m, "expected {%s what}", word[0]);
	if (m->place != IN_TEXT || inside(m, "textarea title"))
		bad(m, "a template goes between elements: {%s}", word[0]);
	if (!*to->body) bad(m, "%s holds a view and no markup", to->path);
	Value v = {.kind = ITEM, .of = m->pg->view, .c = "v"};
	if (n == 2) v = value_of(m, word[1]);
	if (v.kind == LIST) bad(m, "\"%s\" is a list: {each x in %s}{%s x}{end}", word[1], word[1], word[0]);
	if (v.kind != ITEM && v.kind != ONE) bad(m, "\"%s\" is %s, not a view", word[1], kind_name[v.kind]);
	if (v.of != to->view) bad(m, "{%s} shows a %s, this is a %s", word[0], to->view->name, v.of->name);
	Bytes *out = statement(m);
	if (v.kind == ONE)
		bytes_fmt(out, "\tif (%s) html_%s(h, %s);\n", v.c, to->name, v.c);
	else
		bytes_fmt(out, "\thtml_%s(h, %s);\n", to->name, v.c);
	m->gap = GAP_KEEP;
}

static void do_t(Maker *m, char **word, int n) { do_sentence(m, word, n, false); }
static void do_tn(Maker *m, char **word, int n) { do_sentence(m, word, n, true); }

static void do_words(Maker *m, char **word, int n) {
	static const struct {
		const char *word;
		bool in_tag; // may stand between attributes
		void (*run)(Maker *, char **, int);
	} words[] = {
		{"if", true, do_if},	  {"else", true, do_else}, {"end", true, do_end},
		{"each", false, do_each}, {"t", false, do_t},	   {"tn", false, do_tn},
		{"long", false, do_long},
	};
	size_t i = 0, count = sizeof words / sizeof *words;
	while (i < count && strcmp(word[0], words[i].word)) i++;
	if (m->place == IN_TAG && (i == count || !words[i].in_tag))
		bad(m, "inside a tag only {if}, {else} and {end}; a value goes between quotes");
	const Page *to = page_named(word[0]);
	if (i < count)
		words[i].run(m, word, n);
	else if (n == 1 && is_value(m, word[0]))
		do_field(m, word[0]);
	else if (to)
		do_call(m, to, word, n);
	else
		bad(m, "view %s has no field \"%s\", and no template has this name", m->pg->view->name,
		    word[0]);
}

static void read_braces(Maker *m) {
	if (m->p[1] == '{') {
		settle_space(m, false);
		lit(m, "{", 1);
		m->gap = GAP_KEEP;
		m->p += 2;
		return;
	}
	const char *end = m->p + 1;
	for (bool quote = false; *end && *end != '\n' && (quote || *end != '}'); end++)
		if (*end == '"') quote = !quote;
	if (*end != '}') bad(m, "{ without } in the same line ({{ writes a brace)");
	char *word[WORDS_MAX], *text = gen_copy(m->p + 1, (size_t)(end - m->p - 1));
	int n = words_of(m->pg->path, m->line, text, word);
	if (n == 0) bad(m, "{} is empty");
	m->p = end + 1;
	if (m->place != IN_VALUE) settle_space(m, m->place == IN_TAG);
	do_words(m, word, n);
}

// ---- elements

static size_t read_name(Maker *m, char *to, size_t cap, const char *what) {
	size_t n = 0;
	while (isalnum((unsigned char)m->p[n]) || m->p[n] == '-' || m->p[n] == ':' || m->p[n] == '_') n++;
	if (n == 0 || n >= cap) bad(m, "%s expected", what);
	memcpy(to, m->p, n);
	to[n] = 0;
	for (char *c = to; *c; c++)
		if (isupper((unsigned char)*c) && !inside(m, "svg"))
			bad(m, "\"%s\": tags and attributes in small letters", to);
	m->p += n;
	return n;
}

static void close_tag(Maker *m) {
	m->p += 2;
	char name[24];
	read_name(m, name, sizeof name, "name of the element");
	while (is_space(*m->p)) m->p++;
	if (*m->p++ != '>') bad(m, "</%s is not closed by >", name);
	if (!m->nopen) bad(m, "</%s> closes nothing", name);
	if (strcmp(m->open[m->nopen - 1], name))
		bad(m, "</%s> where </%s> is expected", name, m->open[m->nopen - 1]);
	if (m->nframe && m->nopen == m->frame[m->nframe - 1].nopen)
		bad(m, "</%s> closes an element opened before line %d's {", name,
		    m->frame[m->nframe - 1].line);
	bool block = in_words(block_tags, name);
	if (strcmp(name, "textarea") && strcmp(name, "pre")) settle_space(m, block);
	bytes_fmt(&m->lit, "</%s>", name);
	m->gap = block ? GAP_NONE : GAP_KEEP;
	m->nopen--;
}

static void open_tag(Maker *m) {
	m->p++;
	read_name(m, m->tag, sizeof m->tag, "name of an element (&lt; writes <)");
	if (in_words("style iframe object embed base", m->tag)) bad(m, "<%s> is not for our pages", m->tag);
	settle_space(m, in_words(block_tags, m->tag));
	bytes_fmt(&m->lit, "<%s", m->tag);
	m->place = IN_TAG;
}

static void skip_comment(Maker *m) {
	const char *end = strstr(m->p, "-->");
	if (!end) bad(m, "a comment is not closed");
	for (; m->p < end + 3; m->p++) m->line += *m->p == '\n';
}

static void declaration(Maker *m) {
	size_t n = strcspn(m->p, ">");
	if (strncmp(m->p, "<!doctype html>", 15)) bad(m, "only <!doctype html> and comments begin with <!");
	lit(m, m->p, n + 1);
	m->p += n + 1;
	m->gap = GAP_NONE;
}

static void end_of_tag(Maker *m) {
	bool empty = in_words(void_tags, m->tag);
	if (*m->p == '/') {
		if (m->p[1] != '>') bad(m, "/ inside a tag");
		if (!empty && !inside(m, "svg")) bad(m, "<%s/>: only void elements end so", m->tag);
		if (!empty) lit(m, "/", 1);
		m->p++, empty = true;
	}
	m->p++;
	lit(m, ">", 1);
	m->place = IN_TEXT;
	m->gap = in_words(block_tags, m->tag) ? GAP_NONE : GAP_KEEP;
	m->space = false;
	if (empty) return;
	if (m->nopen == OPEN_MAX) bad(m, "elements are nested too deeply");
	memcpy(m->open[m->nopen++], m->tag, sizeof m->tag);
	if (!strcmp(m->tag, "textarea")) lit(m, "\n", 1); // browsers swallow the first line end
	if (!strcmp(m->tag, "script") && strncmp(m->p, "</script>", 9))
		bad(m, "script inside the page: give it a src");
}

static void attribute(Maker *m) {
	read_name(m, m->attr, sizeof m->attr, "name of an attribute");
	if (!strncmp(m->attr, "on", 2) || in_words("style srcdoc", m->attr))
		bad(m, "attribute %s: no style and no script inside the page", m->attr);
	if (m->space) lit(m, " ", 1);
	m->space = false;
	lit(m, m->attr, strlen(m->attr));
	m->address = in_words(address_attrs, m->attr);
	if (*m->p != '=') {
		if (m->address) bad(m, "attribute %s has no value", m->attr);
		return;
	}
	if (m->p[1] != '"') bad(m, "attribute %s: its value goes between \" and \"", m->attr);
	m->p += 2;
	lit(m, "=\"", 2);
	m->place = IN_VALUE;
	m->value.n = 0;
	bytes_put(&m->value, "", 0);
	m->address_given = false;
}

static void step_tag(Maker *m) {
	char c = *m->p;
	if (is_space(c))
		m->line += c == '\n', m->space = true, m->p++;
	else if (c == '>' || c == '/')
		end_of_tag(m);
	else if (c == '{') {
		if (m->space) lit(m, " ", 1);
		m->space = false;
		read_braces(m);
	} else
		attribute(m);
}

static void end_of_value(Maker *m) {
	if (m->address && !m->address_given && !anchored(m))
		bad(m, "%s=\"%s\": addresses are urls of routes, #…, tel:… or mailto:…", m->attr, m->value.p);
	m->place = IN_TAG;
	m->address = false;
}

static void step_value(Maker *m) {
	char c = *m->p;
	if (c == '{') {
		read_braces(m);
		return;
	}
	m->line += c == '\n';
	m->p++;
	lit(m, &c, 1);
	if (c == '"') {
		end_of_value(m);
		return;
	}
	if (m->address && m->address_given && c != '#' && !anchored(m))
		bad(m, "behind a url only #… may stand");
	bytes_put(&m->value, &c, 1);
}

static void step_character(Maker *m) {
	char c = *m->p++;
	m->line += c == '\n';
	if (is_space(c) && !inside(m, "textarea pre")) {
		m->space = true;
		return;
	}
	settle_space(m, false);
	lit(m, &c, 1);
	m->gap = GAP_KEEP;
}

static void step_text(Maker *m) {
	if (*m->p == '{')
		read_braces(m);
	else if (!strncmp(m->p, "<!--", 4))
		skip_comment(m);
	else if (!strncmp(m->p, "<!", 2))
		declaration(m);
	else if (!strncmp(m->p, "</", 2))
		close_tag(m);
	else if (*m->p == '<')
		open_tag(m);
	else
		step_character(m);
}

// @open lists what the markup leaves open, outermost first; @close what it finds open, innermost first.
static void open_before(Maker *m) {
	char *word[WORDS_MAX], *text = gen_copy(m->pg->close, strlen(m->pg->close));
	int n = words_of(m->pg->path, 1, text, word);
	while (n-- > 0) snprintf(m->open[m->nopen++], sizeof m->open[0], "%s", word[n]);
}

static void check_open_after(Maker *m) {
	char *word[WORDS_MAX], *text = gen_copy(m->pg->open, strlen(m->pg->open));
	int n = words_of(m->pg->path, 1, text, word);
	if (m->place != IN_TEXT) bad(m, "the file ends inside <%s", m->tag);
	if (m->nframe) gen_die(m->pg->path, m->frame[m->nframe - 1].line, "{if} or {each} has no {end}");
	for (int i = 0; i < n || i < m->nopen; i++) {
		if (i >= n) bad(m, "<%s> is not closed", m->open[i]);
		if (i >= m->nopen || strcmp(word[i], m->open[i]))
			bad(m, "@open says <%s>, which is not open at the end", word[i]);
	}
}

static void make_page(const Page *pg, Bytes *out) {
	const char *view = pg->view->name;
	Maker *m = gen_grow(NULL, sizeof *m);
	*m = (Maker){.pg = pg, .p = pg->body, .line = pg->body_line, .said_line = -1, .out = out};
	bytes_fmt(out, "\nvoid html_%s(Html *h, const %s *v)\n{\n\t(void)v;\n", pg->name, view);
	open_before(m);
	while (*m->p) {
		if (m->place == IN_TEXT)
			step_text(m);
		else if (m->place == IN_TAG)
			step_tag(m);
		else
			step_value(m);
	}
	check_open_after(m);
	flush_literal(m);
	bytes_fmt(out, "}\nstatic void page_%s(Html *h, const void *v) { html_%s(h, v); }\n", pg->name,
		  pg->name);
	bytes_fmt(out, "static void data_%s(Json *j, const void *v) { json_%s(j, v); }\n", pg->name,
		  pg->view->snake);
	bytes_fmt(out, "const Template TEMPLATE_%s = {\"%s\", page_%s, data_%s};\n", pg->name, pg->name,
		  pg->name, pg->name);
	free(m);
}

int main(int argc, char **argv) {
	if (argc < 2) gen_die("usage", 0, "htmlgen OUTDIR template.html …");
	for (int i = 2; i < argc; i++) read_page(argv[i]);
	link_all();
	collect_rooms();
	int *mark = calloc((size_t)nrooms + 1, sizeof *mark);
	if (!mark) gen_die("generator", 0, "out of memory");
	for (int i = 0; i < nrooms; i++) check_room(i, mark);
	Bytes out = {0};
	bytes_fmt(&out, "// Made by htmlgen from every room's templates.\n#include \"html/html.h\"\n#include "
			"\"text.h\"\n");
	for (int i = 0; i < nrooms; i++) bytes_fmt(&out, "#include \"%s_html.h\"\n", rooms[i]);
	for (int i = 0; i < nviews; i++) put_json(&out, views[i]);
	for (int i = 0; i < npages; i++)
		if (*pages[i]->body) make_page(pages[i], &out);
	gen_write(argv[1], "html_all.c", &out);
	for (int i = 0; i < nrooms; i++) put_header(argv[1], rooms[i]);
	return 0;
}
