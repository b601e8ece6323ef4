// pack.h - a folder of tables that fits the hub to a country: forms, code lists, indicators, playbooks,
// areas, calendar.
//
// Read once at start into its own arena, then immutable and shared. A pack may extend another: rows of the
// same key replace, others add. docs/packs.md describes every file. `sangam pack check` prints every problem
// with file, row (as a spreadsheet counts), column and how to mend it. Reads CSV and .xlsx (sheets
// survey/choices/settings).
#pragma once
#include "base/base.h"
#include "base/lang.h"
#include "base/when.h"
#include "expr/expr.h"

typedef struct {
	Str file;
	int row; // 0: the file as a whole
	Str column; // header, may be empty; for expressions "when (column 14)"
	Str say, mend;
	bool warning; // does not stop loading
} PackProblem;
typedef struct {
	PackProblem *problem;
	ptrdiff_t n, cap;
	ptrdiff_t errors; // without warnings
	Arena arena; // made by pack_open, so that the problems outlive a pack that could not be taken
} PackProblems;
void pack_problems_free(PackProblems *p);
// packs/india/playbooks/child.csv: row 7, column within: "PT24" is not a duration. Write it as PT24H, P15D or
// P5WD.
void pack_problem_text(Arena *a, const PackProblem *p, Str *out);

typedef struct {
	Str code;
	Label label;
} PackCode; // kinds, dimensions, languages…
typedef struct {
	Str code, kind;
	Label label;
} PackRole;
typedef struct {
	int64_t order; // the smallest first
	Str kind;
	bool conflict, // asked when the usual ones are named in the report, or stand under a named one
		anywhere; // whatever area it is responsible for
} PackReceiver; // who a report goes to
typedef struct {
	Str code, parent, level;
	Label label;
} PackArea;
typedef struct {
	Str number;
	Label label, hint;
	Str confidence;
	int order;
} PackEmergency;
typedef struct {
	Str code, who, about, pillar;
	Label label, hint;
} PackEvent;
typedef struct {
	Str alpha2, alpha3;
	Label label;
} PackCountry;
typedef struct {
	Str code, list, dimension, element;
	Label label;
	char strength[4];
} PackIndicator; // adult_labour child_labour adult_sexual child_sexual: S M W or 0
typedef struct {
	Str code;
	Label label;
	Str element;
} PackDimension;
typedef struct {
	Str rule, profile;
	const Expr *condition;
	Str result, suggests;
	bool review;
} PackScoring;
typedef struct {
	Str code, rules;
	Label label;
} PackRight;
typedef struct {
	Str provision, confidence;
	Label label, hint;
	Str punishment, ipc_equivalent;
} PackOffence;
typedef struct {
	Str head, confidence;
	Label label;
	int64_t least, most;
} PackCompensation; // in the country's money
enum { PACK_LISTS = 5, PACK_LISTS_LEAST = 3 };
typedef struct {
	Str code, kinds; // kinds of stakeholder, with spaces between; *: all that no other list has
	Label label;
} PackList; // of people found by agencies of these kinds, to tell how many are never seen
typedef struct {
	Str step;
	Duration after;
} PackRung; // supervisor, up, hub
typedef struct {
	Str id, jurisdiction, on, who, kind, then;
	const Expr *when; // NULL: always
	Str when_text;
	Duration within, warn;
	bool has_clock, has_warn, at_once, travel, consent,
		active; // active: its jurisdiction is one of the pack's
	Label owes, hint;
	Str instrument, provision, confidence, source, pillar, stage, output;
	PackRung rung[6];
	int nrung;
} PackRule;

// ---- forms (XLSForm) ---------------------------------------------------------------------------
typedef enum { // what of XLSForm's types we take
	ASK_TEXT,
	ASK_LONG,
	ASK_INTEGER,
	ASK_DECIMAL,
	ASK_DATE,
	ASK_DATETIME,
	ASK_ONE,
	ASK_MANY,
	ASK_NOTE,
	ASK_CALCULATE,
	ASK_YES,
	ASK_FILE,
	ASK_GEOPOINT,
	ASK_GROUP,
	ASK_END
} AskKind; // ASK_YES: acknowledge
typedef struct {
	Str code;
	Label label;
} PackChoice;
typedef struct {
	Str name;
	AskKind kind;
	Label label, hint, constraint_message, required_message;
	bool required, in_group, repeats; // repeats: the group may be given several times; it is asked once
	int row; // of the sheet
	const Expr *relevant, *constraint, *calculation, *required_if;
	Str fallback; // default, when it is a plain value
	const Expr *fallback_expr; // default, when it is an expression such as today()
	Str appearance, klass, htcds, list;
	Str match; // what of a person this tells: a field of identity, or empty
	const PackChoice *choice; // of the list
	ptrdiff_t nchoice;
	Str calendar_note;
} PackAsk;
typedef struct {
	Str name, title, version;
	const PackAsk *ask;
	ptrdiff_t nask;
	Lang lang[LANG__N];
	int nlang;
} PackForm;

// Values of a form: one Str an ask, same index; ASK_MANY: codes with one space between; ASK_YES: "yes" or
// empty. An error is the pack's own message in cx->lang, or one of these words, for which the form layer has
// the sentence:
//   @required @integer @decimal @date @datetime @choice @geopoint @too_long @constraint
typedef struct {
	const PackForm *form;
	Str *value;
	Str *error; // filled by pack_form_check, empty when right
	bool *relevant; // filled by pack_form_check
	ptrdiff_t nerror;
} PackAnswers;
// A new sheet holds the plain defaults. What was posted is set over it, also what was left empty (browsers do
// not send boxes that are not ticked): an answer that was set is never replaced by a default.
PackAnswers pack_answers_on(Arena *a, const PackForm *f);
Str pack_answer(const PackAnswers *v, const char *name); // empty when there is no such ask or no value
bool pack_answer_set(const PackAnswers *v, Str name, Str value);
// What is wrong with one answer by its type, choices and constraint alone, whether or not it would be asked;
// empty when nothing is. Puts codes in the list's order. For what comes from other programs.
Str pack_answer_fault(Cx *cx, PackAnswers *v, ptrdiff_t ask);
// Defaults, calculations, relevance, required, type, choice and constraint, in the form's order; what is not
// relevant is emptied.
void pack_form_check(Cx *cx, PackAnswers *v);

struct Grants;
struct PackIndex; // pack_load.h
struct Pack {
	Arena arena;
	struct PackIndex *index; // every key of every table
	Str name, title, version, country, case_prefix, extends, jurisdictions;
	Zone *zone;
	Calendar calendar;
	Lang lang[LANG__N];
	int nlang;
	Duration immediate;
	PackCode *kind;
	ptrdiff_t nkind;
	PackCode *post;
	ptrdiff_t npost;
	PackRole *role;
	ptrdiff_t nrole;
	PackReceiver *receiver; // by order
	ptrdiff_t nreceiver;
	PackArea *area;
	ptrdiff_t narea;
	PackEmergency *emergency;
	ptrdiff_t nemergency;
	PackEvent *event;
	ptrdiff_t nevent;
	PackIndicator *indicator;
	ptrdiff_t nindicator;
	PackDimension *dimension;
	ptrdiff_t ndimension;
	PackScoring *scoring;
	ptrdiff_t nscoring;
	PackRight *right;
	ptrdiff_t nright;
	PackOffence *offence;
	ptrdiff_t noffence;
	PackCompensation *compensation;
	ptrdiff_t ncompensation;
	PackList *list;
	ptrdiff_t nlist; // 0, or PACK_LISTS_LEAST to PACK_LISTS
	PackRule *rule;
	ptrdiff_t nrule;
	PackForm *form;
	ptrdiff_t nform;
	PackCountry *country_list;
	ptrdiff_t ncountry;
	PackCode *language;
	ptrdiff_t nlanguage;
	struct {
		Str alias, field;
	} * alias;
	ptrdiff_t nalias; // htcds_aliases.csv
	struct {
		Str post, relation, acts, classes, basis;
		int row;
	} * grant;
	ptrdiff_t ngrant; // grants.csv as read; policy compiles it
	Str grants_file;
	const struct Grants *grants; // hung here by policy_compile
	int64_t *holiday;
	ptrdiff_t nholiday; // as read; calendar has them sorted
};
// Loads DIR/packs-style folder `dir` and what it extends (sibling folders). All problems are reported;
// ERR_INVALID when there is an error among them. The pack owns its arena: pack_close.
MUST_USE Err pack_open(Why *why, Str dir, PackProblems *problems, Pack **out);
void pack_close(Pack *p);

const PackForm *pack_form(const Pack *p, Str name); // NULL when absent
const PackArea *pack_area(const Pack *p, Str code);
const PackRole *pack_role(const Pack *p, Str code);
const PackEvent *pack_event(const Pack *p, Str code);
const PackRule *pack_rule(const Pack *p, Str id);
const PackCode *pack_kind(const Pack *p, Str code);
const PackIndicator *pack_indicator(const Pack *p, Str code);
bool pack_area_within(const Pack *p, Str area, Str in); // area is `in` or below it
Str pack_choice_label(const PackForm *f, Str ask, Str code, int lang); // the code itself when unknown
