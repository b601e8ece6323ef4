// .xlsx is a ZIP of XML parts (ECMA-376). Only the cells' texts are read: no styles, no formulas, no links,
// no entities.
#include <archive.h>
#include <archive_entry.h>
#include <libxml/xmlreader.h>

#include "pack/pack_load.h"

#define MEMBERS_MAX 64
#define MEMBER_MAX (20 << 20) // bytes, unpacked
#define UNPACKED_MAX (40 << 20)
#define COLUMNS_MAX 1000
#define STRINGS_MAX PACK_CELLS_MAX
#define SPREADSHEET_END "Save it again as .xlsx with a spreadsheet program, or as CSV."

typedef struct {
	Str name, text;
} Member;
typedef struct {
	PackLoader *l;
	Str file;
	Member member[MEMBERS_MAX];
	int n;
	Str *shared; // shared strings
	ptrdiff_t nshared, cells, unpacked;
} Book;

static bool refuse(Book *b, const char *say) {
	pack_say(b->l, (PackPlace){.file = b->file}, SPREADSHEET_END, "%s", say);
	return false;
}

// ---- ZIP -----------------------------------------------------------------------------------------
static void free_archive(struct archive **a) {
	if (*a) (void)archive_read_free(*a);
}
static bool unpack(Book *b, struct archive *zip, Buf *out) {
	char part[16 * 1024];
	for (;;) {
		la_ssize_t n = archive_read_data(zip, part, sizeof part);
		if (n == 0) return true;
		if (n < 0) return refuse(b, "The workbook is damaged or locked with a password.");
		b->unpacked += n;
		if (out->n + n > MEMBER_MAX || b->unpacked > UNPACKED_MAX)
			return refuse(b, "The workbook is too large when it is unpacked.");
		buf_put(out, (Str){part, n});
	}
}
static bool wanted(Str name) {
	return str_eq(name, S("xl/workbook.xml")) || str_eq(name, S("xl/_rels/workbook.xml.rels")) ||
	       str_eq(name, S("xl/sharedStrings.xml")) ||
	       (str_starts(name, S("xl/worksheets/")) && str_ends(name, S(".xml")));
}
static bool open_book(Book *b, Str bytes) {
	__attribute__((cleanup(free_archive))) struct archive *zip = archive_read_new();
	struct archive_entry *entry;
	if (!zip || archive_read_support_format_zip(zip) != ARCHIVE_OK ||
	    archive_read_open_memory(zip, bytes.p, (size_t)bytes.n) != ARCHIVE_OK)
		return refuse(b, "The file is not an .xlsx workbook.");
	int members = 0, status;
	while ((status = archive_read_next_header(zip, &entry)) == ARCHIVE_OK || status == ARCHIVE_WARN) {
		if (++members > MEMBERS_MAX) return refuse(b, "The workbook has more than 64 parts.");
		Str name = str_of(archive_entry_pathname(entry));
		if (!wanted(name)) continue;
		Buf text = {.a = &b->l->work};
		if (!unpack(b, zip, &text)) return false;
		b->member[b->n++] = (Member){str_dup(&b->l->work, name), buf_str(&text)};
	}
	return status == ARCHIVE_EOF && b->n
		       ? true
		       : refuse(b, "The file is not an .xlsx workbook, or it is cut off.");
}
static const Member *member_of(const Book *b, Str name) {
	for (int i = 0; i < b->n; i++)
		if (str_eq(b->member[i].name, name)) return &b->member[i];
	return NULL;
}

// ---- XML -----------------------------------------------------------------------------------------
static void quiet(void *with, const char *msg, xmlParserSeverities severity, xmlTextReaderLocatorPtr at) {
	(void)with, (void)msg, (void)severity, (void)at;
}
static void free_reader(xmlTextReaderPtr *x) {
	if (*x) xmlFreeTextReader(*x);
}
#define READER __attribute__((cleanup(free_reader))) xmlTextReaderPtr
static xmlTextReaderPtr read_xml(const Member *m) {
	xmlTextReaderPtr x = xmlReaderForMemory(m->text.p, (int)m->text.n, NULL, NULL, XML_PARSE_NONET);
	if (x) xmlTextReaderSetErrorHandler(x, quiet, NULL);
	return x;
}
// The next node; false at the end. Parts of a workbook have no document type, and one that has is up to no
// good.
static bool next_node(Book *b, xmlTextReaderPtr x) {
	int got = x ? xmlTextReaderRead(x) : -1;
	if (got == 0) return false;
	if (got < 0) return refuse(b, "A part of the workbook is not well-formed XML.");
	int type = xmlTextReaderNodeType(x);
	if (type == XML_READER_TYPE_DOCUMENT_TYPE || type == XML_READER_TYPE_ENTITY_REFERENCE)
		return refuse(b, "The workbook declares XML entities, which no spreadsheet program does.");
	return true;
}
static bool is_element(xmlTextReaderPtr x, const char *name) {
	return xmlTextReaderNodeType(x) == XML_READER_TYPE_ELEMENT &&
	       xmlStrEqual(xmlTextReaderConstLocalName(x), BAD_CAST name);
}
static bool is_end(xmlTextReaderPtr x, const char *name) {
	return xmlTextReaderNodeType(x) == XML_READER_TYPE_END_ELEMENT &&
	       xmlStrEqual(xmlTextReaderConstLocalName(x), BAD_CAST name);
}
static Str attribute(Arena *a, xmlTextReaderPtr x, const char *name) {
	Str out = S("");
	while (xmlTextReaderMoveToNextAttribute(x) == 1) {
		const xmlChar *local = xmlTextReaderConstLocalName(x), *value = xmlTextReaderConstValue(x);
		bool qualified = strchr((const char *)xmlTextReaderConstName(x), ':') != NULL;
		bool same = xmlStrEqual(local, BAD_CAST name) ||
			    (qualified && strchr(name, ':') &&
			     xmlStrEqual(local, BAD_CAST strchr(name, ':') + 1));
		if (same && value) out = str_dup(a, str_of((const char *)value));
	}
	(void)xmlTextReaderMoveToElement(x);
	return out;
}
// The text of <t> and <v> inside an element, up to its end; phonetic readings (<rPh>) are left out.
static Str text_inside(Book *b, Arena *a, xmlTextReaderPtr x, const char *element) {
	Buf text = {.a = a};
	bool inside = false, phonetic = false;
	if (xmlTextReaderIsEmptyElement(x)) return S("");
	while (next_node(b, x) && !is_end(x, element)) {
		if (is_element(x, "rPh")) phonetic = !xmlTextReaderIsEmptyElement(x);
		if (is_end(x, "rPh")) phonetic = false;
		if (is_element(x, "t") || is_element(x, "v")) inside = !xmlTextReaderIsEmptyElement(x);
		if (is_end(x, "t") || is_end(x, "v")) inside = false;
		const xmlChar *value = inside && !phonetic ? xmlTextReaderConstValue(x) : NULL;
		if (value) buf_put(&text, str_of((const char *)value));
	}
	return buf_str(&text);
}

// ---- workbook ------------------------------------------------------------------------------------
static void read_shared(Book *b) {
	const Member *m = member_of(b, S("xl/sharedStrings.xml"));
	if (!m) return;
	READER x = read_xml(m);
	while (next_node(b, x)) {
		if (!is_element(x, "si") || b->nshared >= STRINGS_MAX) continue;
		Str s = text_inside(b, b->l->arena, x, "si");
		b->shared = pack_grow(&b->l->work, b->shared, b->nshared, sizeof s);
		b->shared[b->nshared++] = s;
	}
}
static Str sheet_relation(Book *b, Str sheet) {
	const Member *m = member_of(b, S("xl/workbook.xml"));
	if (!m) return S("");
	READER x = read_xml(m);
	Str id = S("");
	while (next_node(b, x)) {
		if (!is_element(x, "sheet")) continue;
		if (str_eq_nocase(str_trim(attribute(&b->l->work, x, "name")), sheet))
			id = attribute(&b->l->work, x, "r:id");
	}
	return id;
}
static const Member *sheet_member(Book *b, Str sheet) {
	Str id = sheet_relation(b, sheet), target = S("");
	const Member *m = member_of(b, S("xl/_rels/workbook.xml.rels"));
	if (!id.n || !m) return NULL;
	READER x = read_xml(m);
	while (next_node(b, x))
		if (is_element(x, "Relationship") && str_eq(attribute(&b->l->work, x, "Id"), id))
			target = attribute(&b->l->work, x, "Target");
	if (str_starts(target, S("/"))) return member_of(b, str_slice(target, 1, target.n));
	return member_of(b, str_fmt(&b->l->work, "xl/%.*s", (int)target.n, target.p));
}

// "AB12": column 27, row 12. false when it is no such thing.
static bool cell_place(Str s, int *column, int *row) {
	int c = 0, r = 0;
	ptrdiff_t i = 0;
	for (; i < s.n && s.p[i] >= 'A' && s.p[i] <= 'Z' && c < 100000; i++) c = c * 26 + (s.p[i] - 'A' + 1);
	for (; i < s.n && s.p[i] >= '0' && s.p[i] <= '9' && r < 10000000; i++) r = r * 10 + (s.p[i] - '0');
	if (i != s.n || c == 0 || r == 0) return false;
	*column = c - 1;
	*row = r;
	return true;
}
static Str cell_text(Book *b, xmlTextReaderPtr x, PackPlace at) {
	Str type = attribute(&b->l->work, x, "t"), s = text_inside(b, b->l->arena, x, "c");
	int64_t i;
	if (str_eq(type, S("s"))) return str_to_int(s, &i) && i >= 0 && i < b->nshared ? b->shared[i] : S("");
	if (str_eq(type, S("b"))) return str_eq(s, S("1")) ? S("true") : S("false");
	if (str_eq(type, S("e"))) {
		pack_say(b->l, at, "Mend the formula, or write the value.", "The cell holds the error %.*s.",
			 SHOW(s));
		return S("");
	}
	return s;
}
static void read_row(Book *b, xmlTextReaderPtr x, PackRows *rows, int number) {
	Str cell[COLUMNS_MAX] = {0};
	ptrdiff_t n = 0;
	while (next_node(b, x) && !is_end(x, "row")) {
		if (!is_element(x, "c")) continue;
		int column = (int)n, row = number;
		Str place = attribute(&b->l->work, x, "r");
		if (place.n && !cell_place(place, &column, &row)) column = COLUMNS_MAX;
		number = row;
		Str text = cell_text(b, x, (PackPlace){rows->t->file, number, place, false});
		if (column >= COLUMNS_MAX || !text.n) continue;
		if (cell[column].n == 0) b->cells++;
		cell[column] = text;
		if (column >= n) n = column + 1;
	}
	if (b->cells > PACK_CELLS_MAX || !n) return;
	pack_rows_add(rows, (PackRow){cell, number}, n);
}
static void read_sheet(Book *b, Str sheet, PackTable *out) {
	*out = (PackTable){
		.file = str_fmt(b->l->arena, "%.*s, sheet %.*s", (int)b->file.n, b->file.p, SHOW(sheet))};
	const Member *m = sheet_member(b, sheet);
	if (!m) return;
	READER x = read_xml(m);
	PackRows rows = {.l = b->l, .t = out};
	int number = 0;
	while (next_node(b, x)) {
		if (!is_element(x, "row")) continue;
		int64_t told;
		number++;
		if (str_to_int(attribute(&b->l->work, x, "r"), &told) && told > 0 && told < 10000000)
			number = (int)told;
		if (!xmlTextReaderIsEmptyElement(x)) read_row(b, x, &rows, number);
	}
	if (b->cells > PACK_CELLS_MAX) (void)refuse(b, "The workbook has more than 200,000 cells.");
}

void pack_read_xlsx(PackLoader *l, Str relative, PackTable *survey, PackTable *choices, PackTable *settings) {
	Arena kept = l->work; // what the workbook is unpacked into is used again for the next
	Book *b = NEW(&l->work, Book, 1);
	b->l = l;
	b->file = str_fmt(l->arena, "%.*s/%.*s", (int)l->folder.n, l->folder.p, (int)relative.n, relative.p);
	*survey = *choices = *settings = (PackTable){.file = b->file};
	Str bytes;
	if (pack_read_file(l, b->file, &bytes) && open_book(b, bytes)) {
		read_shared(b);
		read_sheet(b, S("survey"), survey);
		read_sheet(b, S("choices"), choices);
		read_sheet(b, S("settings"), settings);
		if (!survey->ncolumn) (void)refuse(b, "The workbook has no sheet \"survey\" with headings.");
	}
	l->work = kept;
}
