// expr.h - the one expression language of packs: the XLSForm/ODK subset.
//
//   and or not()  = != < <= > >=  + - * div mod  ( )  'text' "text"  1 2.5  ${field}  .
//   selected(list, code) count-selected(list) if(c, a, b) coalesce(a, b) today() now() date(x)
//   string-length(s) regex(s, pattern) concat(…) int(x) number(x) once(x) true() false()
//
// Values are text, number (double), boolean, date-time; conversions follow XPath 1.0 as ODK applies it: '' is
// false, an empty field compares unequal to everything but '', arithmetic on what is no number gives NaN
// (which compares false). Compiled once, immutable, shared between threads; evaluation allocates in cx->arena
// only, and is bounded: 2,000 operations, depth 64, regular expressions of POSIX extended kind with at most
// 200 characters on at most 4,000. Source: ODK XForms specification, section "XPath functions"; XLSForm.org
// reference.
#pragma once
#include "base/base.h"

typedef struct Expr Expr;
typedef struct {
	int column; // from 1, in characters (not bytes)
	char say[160]; // plain English, with what was expected
} ExprError;
// NULL on error. `self_ok`: whether `.` means anything here. Names of ${fields} are checked by the caller
// with expr_names.
const Expr *expr_compile(Arena *a, Str source, bool self_ok, ExprError *error);
// Calls back once per ${name} with its column.
void expr_names(const Expr *e, void (*each)(void *with, Str name, int column), void *with);

typedef struct {
	void *with;
	bool (*get)(void *with, Str name,
		    Str *value); // false: no such field. select_multiple: codes with one space between
	Str self; // what `.` is
	Str once; // value the calculated field has already, for once()
} ExprScope;
bool expr_true(Cx *cx, const Expr *e, const ExprScope *s);
Str expr_text(Cx *cx, const Expr *e,
	      const ExprScope *s); // as XPath string(): 3 not 3.0; booleans 'true' 'false'
