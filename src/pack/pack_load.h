// pack_load.h - what the files of this folder share while a pack is read. Only for this folder.
//
// A sheet, whether from CSV or .xlsx, becomes a PackTable: headings and rows of clean text, each row with the
// number a spreadsheet shows. Every key of every table is an entry of one index, which finds what a row
// replaces, what is there twice and what a name refers to, and remembers file and row for the checks across
// tables.
#pragma once
#include "pack/pack.h"

#define PACK_FILE_MAX (8 << 20) // bytes of one file
#define PACK_FILES_MAX (24 << 20) // bytes of all files
#define PACK_CELLS_MAX 200000 // cells of one table
#define PACK_SEPARATORS_MAX 600000 // commas and line ends of all tables
#define PACK_EXPR_MAX 200000 // characters of all expressions
#define PACK_PROBLEMS_MAX 500

typedef enum {
	TABLE_KIND,
	TABLE_POST,
	TABLE_ROLE,
	TABLE_RECEIVER,
	TABLE_AREA,
	TABLE_DAY,
	TABLE_EMERGENCY,
	TABLE_EVENT,
	TABLE_RULE,
	TABLE_INDICATOR,
	TABLE_DIMENSION,
	TABLE_SCORING,
	TABLE_COUNTRY,
	TABLE_LANGUAGE,
	TABLE_RIGHT,
	TABLE_OFFENCE,
	TABLE_COMPENSATION,
	TABLE_ALIAS,
	TABLE_FORM,
	TABLE_GRANT,
	TABLE_LIST,
	TABLE__N
} PackTableKind;

// ---- sheets --------------------------------------------------------------------------------------
typedef struct {
	Str name; // as written
	Str base; // before "::", lower case: "label"
	int lang; // Lang, or -1: no language in the heading
	bool used; // some loader knows it
} PackColumn;
typedef struct {
	Str *cell; // as many as there are columns
	int number;
} PackRow;
typedef struct {
	Str file; // with the folder, and the sheet of a workbook
	PackColumn *column;
	ptrdiff_t ncolumn;
	PackRow *row;
	ptrdiff_t nrow;
} PackTable;

// ---- index ---------------------------------------------------------------------------------------
typedef struct {
	PackTableKind table;
	Str key;
	ptrdiff_t at; // in the pack's array
	int layer; // of the chain of packs, 0 the one that extends nothing
	Str file;
	int row;
} PackEntry;
struct PackIndex {
	PackEntry *entry;
	ptrdiff_t n;
	int32_t *slot; // entry + 1
	ptrdiff_t nslot;
};
const PackEntry *pack_index_find(const struct PackIndex *x, PackTableKind table, Str key);
PackEntry *pack_index_add(Arena *a, struct PackIndex *x, PackEntry e);

// ---- loader --------------------------------------------------------------------------------------
typedef struct {
	Pack *pack;
	Arena *arena; // the pack's
	Arena work; // given back when the pack is read
	PackProblems *problems;
	Str folder; // of this layer, with no slash at the end
	int layer;
	ptrdiff_t bytes, separators, expr_chars;
} PackLoader;

typedef struct {
	Str file;
	int row;
	Str column;
	bool warning;
} PackPlace;
static inline PackPlace pack_place(const PackTable *t, const PackRow *r, Str column) {
	return (PackPlace){t->file, r ? r->number : 1, column, false};
}
void pack_say(PackLoader *l, PackPlace at, const char *mend, const char *fmt, ...) PRINTF(4, 5);
#define SHOW(s) (int)((s).n > 60 ? 60 : (s).n), (s).p // for %.*s of what somebody wrote

// Makes room for one more at the end of an array that grows in the arena; arrays double.
void *pack_grow(Arena *a, void *array, ptrdiff_t n, ptrdiff_t size);
// Space, comma and semicolon separate words.
bool pack_word(Str *rest, Str *word);
bool pack_word_in(Str list, Str word);

// pack_table.c: false when there is no such file; what is wrong inside is told and left out.
bool pack_read_file(PackLoader *l, Str path, Str *out);
bool pack_read_csv(PackLoader *l, Str relative, PackTable *out);
void pack_read_xlsx(PackLoader *l, Str relative, PackTable *survey, PackTable *choices,
		    PackTable *settings); // pack_xlsx.c
// Rows as they come, the first the headings.
typedef struct {
	PackLoader *l;
	PackTable *t;
	bool headed;
} PackRows;
void pack_rows_add(PackRows *w, PackRow raw, ptrdiff_t n);
Str pack_cell(const PackTable *t, const PackRow *r, Str column); // empty when there is no such column
bool pack_has_column(const PackTable *t, Str column);
// `columns`: the headings the table may have, each with ! when it must be there: "kind! label!".
void pack_check_columns(PackLoader *l, const PackTable *t, Str columns);

// Reads cells, telling what is wrong with them.
Label pack_label(PackLoader *l, const PackTable *t, const PackRow *r, Str base, bool needed);
bool pack_duration(PackLoader *l, const PackTable *t, const PackRow *r, Str column, Duration *out);
bool pack_yes(PackLoader *l, const PackTable *t, const PackRow *r, Str column);
void pack_check_word(PackLoader *l, const PackTable *t, const PackRow *r, Str column,
		     Str allowed); // empty passes
typedef bool (*PackKnows)(const void *with, Str name);
const Expr *pack_expr(PackLoader *l, const PackTable *t, const PackRow *r, Str column, bool self_ok);
void pack_check_names(PackLoader *l, const Expr *e, PackPlace at, PackKnows knows, const void *with);
// The place of the row's key: that of the parent pack, which it replaces, or a new one. NULL when the key is
// empty or there twice.
void *pack_claim(PackLoader *l, PackTableKind kind, const PackTable *t, const PackRow *r, Str key);

void pack_load_tables(PackLoader *l); // pack_tables.c: the tables of one folder
void pack_settle_tables(PackLoader *l); // once, when all folders are read: order, and what is missing
void pack_load_rules(PackLoader *l); // pack_rules.c: playbooks
void pack_load_forms(PackLoader *l); // pack_form.c
void pack_check_all(PackLoader *l); // pack_check.c: what one table says of another
// Names in a folder that end so, sorted, without the ending.
ptrdiff_t pack_list(PackLoader *l, Str folder, Str ending, Str **out);
