#include "expr/expr.h"

#include <math.h>
#include <stdlib.h>

#include "base/utf8.h"
#include "base/when.h"
#include "expr/expr_node.h"

#define TEXT_MAX (64 * 1024) // what concat() may build

typedef enum { VALUE_TEXT, VALUE_NUMBER, VALUE_BOOL, VALUE_DATE, VALUE_INSTANT } ValueKind;
typedef struct {
	ValueKind kind;
	Str text;
	double number; // a date: days since 1970 on the zone's wall clock, with the part of the day
	int64_t instant; // VALUE_INSTANT
} Value;
typedef struct {
	Cx *cx;
	const ExprScope *scope;
} Run;

static Value text_value(Str s) { return (Value){.kind = VALUE_TEXT, .text = s}; }
static Value number_value(double n) { return (Value){.kind = VALUE_NUMBER, .number = n}; }
static Value bool_value(bool b) { return (Value){.kind = VALUE_BOOL, .number = b}; }
static bool is_empty(const Value *v) { return v->kind == VALUE_TEXT && v->text.n == 0; }

// ---- dates ---------------------------------------------------------------------------------------
static double wall_days(const Run *r, int64_t instant) {
	if (!r->cx->zone) return (double)instant / 86400.0; // UTC
	Civil c = zone_civil(r->cx->zone, instant);
	return (double)days_from_civil(c.year, c.month, c.day) +
	       (c.hour * 3600 + c.minute * 60 + c.second) / 86400.0;
}
static Value instant_value(const Run *r, int64_t instant) {
	return (Value){.kind = VALUE_INSTANT, .number = wall_days(r, instant), .instant = instant};
}
static bool text_days(const Run *r, Str s, double *days) {
	int64_t whole, instant;
	if (s.n < 10 || s.p[4] != '-') return false;
	if (when_parse_date(s, &whole)) {
		*days = (double)whole;
		return true;
	}
	if (!r->cx->zone || !when_parse(r->cx->zone, s, &instant)) return false;
	*days = wall_days(r, instant);
	return true;
}

// ---- conversions ---------------------------------------------------------------------------------
// XPath 1.0: an optional minus, digits, a point; no exponent, no plus.
static bool parse_number(Str s, double *out) {
	char z[48];
	ptrdiff_t digits = 0, points = 0;
	if (s.n == 0 || s.n >= (ptrdiff_t)sizeof z) return false;
	for (ptrdiff_t i = 0; i < s.n; i++) {
		bool digit = s.p[i] >= '0' && s.p[i] <= '9';
		digits += digit;
		points += s.p[i] == '.';
		if (!digit && s.p[i] != '.' && !(i == 0 && s.p[i] == '-')) return false;
	}
	if (digits == 0 || points > 1) return false;
	memcpy(z, s.p, (size_t)s.n);
	z[s.n] = '\0';
	*out = strtod(z, NULL);
	return true;
}
static double to_number(const Run *r, const Value *v) {
	if (v->kind != VALUE_TEXT) return v->number;
	double n;
	Str s = str_trim(v->text);
	return parse_number(s, &n) || text_days(r, s, &n) ? n : NAN;
}
static bool to_bool(const Value *v) {
	switch (v->kind) {
	case VALUE_TEXT:
		return v->text.n > 0;
	case VALUE_NUMBER:
		return v->number != 0 && !isnan(v->number);
	case VALUE_BOOL:
		return v->number != 0;
	case VALUE_DATE:
	case VALUE_INSTANT:
		return true;
	}
	return false;
}
static Str number_text(Arena *a, double n) {
	if (isnan(n)) return S("NaN");
	if (isinf(n)) return n > 0 ? S("Infinity") : S("-Infinity");
	if (n == trunc(n)) return fabs(n) < 1e15 ? str_fmt(a, "%lld", (long long)n) : str_fmt(a, "%.0f", n);
	Str s = str_fmt(a, "%.15g", n);
	if (str_find_char(s, 'e') < 0) return s;
	s = str_fmt(a, "%.20f", n); // XPath writes no exponent
	while (s.n > 1 && s.p[s.n - 1] == '0') s.n--;
	return s.p[s.n - 1] == '.' ? S("0") : s;
}
static Str to_text(const Run *r, const Value *v) {
	switch (v->kind) {
	case VALUE_TEXT:
		return v->text;
	case VALUE_NUMBER:
		return number_text(r->cx->arena, v->number);
	case VALUE_BOOL:
		return v->number != 0 ? S("true") : S("false");
	case VALUE_DATE:
		return when_date(r->cx->arena, (int64_t)v->number);
	case VALUE_INSTANT:
		return when_rfc3339(r->cx->arena, v->instant);
	}
	return S("");
}

// ---- operators -----------------------------------------------------------------------------------
// A boolean that was stored in a field comes back as its word, and must still equal itself.
static bool equals_bool(const Value *bool_side, const Value *other) {
	if (other->kind == VALUE_TEXT && str_eq(other->text, S("false"))) return bool_side->number == 0;
	return (bool_side->number != 0) == to_bool(other);
}
static bool equals(const Run *r, const Value *a, const Value *b) {
	if (is_empty(a) || is_empty(b)) return is_empty(a) && is_empty(b);
	if (a->kind == VALUE_BOOL) return equals_bool(a, b);
	if (b->kind == VALUE_BOOL) return equals_bool(b, a);
	if (a->kind == VALUE_TEXT && b->kind == VALUE_TEXT) return str_eq(a->text, b->text);
	return to_number(r, a) == to_number(r, b);
}
static Value apply(const Run *r, ExprOp op, const Value *a, const Value *b) {
	if (op == OP_EQUAL || op == OP_UNEQUAL) return bool_value(equals(r, a, b) == (op == OP_EQUAL));
	double x = to_number(r, a), y = to_number(r, b);
	switch (op) {
	case OP_LESS:
		return bool_value(x < y);
	case OP_LESS_EQUAL:
		return bool_value(x <= y);
	case OP_MORE:
		return bool_value(x > y);
	case OP_MORE_EQUAL:
		return bool_value(x >= y);
	case OP_PLUS:
		return number_value(x + y);
	case OP_MINUS:
		return number_value(x - y);
	case OP_TIMES:
		return number_value(x * y);
	case OP_DIV:
		return number_value(
			y == 0 ? (x == 0 || isnan(x) ? NAN : copysign(INFINITY, x) * copysign(1, y)) : x / y);
	case OP_MOD:
		return number_value(fmod(x, y));
	case OP_NONE:
	case OP_OR:
	case OP_AND: // decided by eval_join, without both sides
	case OP_EQUAL:
	case OP_UNEQUAL:
		break;
	}
	ASSERT(!"an operator that joins two values");
	return number_value(NAN);
}
static Value eval(const Run *r, const ExprNode *n);
static Value eval_join(const Run *r, const ExprNode *join) {
	Value v = eval(r, join->first);
	for (const ExprNode *part = join->first->next; part; part = part->next) {
		if (part->op == OP_OR || part->op == OP_AND) {
			if (to_bool(&v) == (part->op == OP_OR)) return bool_value(part->op == OP_OR);
			Value right = eval(r, part);
			v = bool_value(to_bool(&right));
			continue;
		}
		Value right = eval(r, part);
		v = apply(r, part->op, &v, &right);
	}
	return v;
}

// ---- functions -----------------------------------------------------------------------------------
static bool list_has(Str list, Str code) {
	Str part;
	if (code.n == 0) return false;
	while (str_cut(&list, ' ', &part))
		if (str_eq(part, code)) return true;
	return false;
}
static double list_count(Str list) {
	Str part;
	double n = 0;
	while (str_cut(&list, ' ', &part)) n += part.n > 0;
	return n;
}
static Value call_date(const Run *r, const ExprNode *call) {
	Value v = eval(r, call->first);
	double days = floor(to_number(r, &v));
	// Years 0001 to 9999: what a civil date can say.
	if (isnan(days) || days < -719162 || days > 2932896) return text_value(S(""));
	return (Value){.kind = VALUE_DATE, .number = days};
}
static Value call_regex(const Run *r, const ExprNode *call) {
	Value subject = eval(r, call->first), pattern = eval(r, call->first->next);
	const ExprRegex *regex = call->regex;
	const char *say;
	if (!regex) regex = expr_regex_compile(r->cx->arena, to_text(r, &pattern), &say);
	return bool_value(regex && expr_regex_match(*r->cx->arena, regex, to_text(r, &subject)));
}
static Value call_concat(const Run *r, const ExprNode *call) {
	Buf b = {.a = r->cx->arena};
	for (const ExprNode *n = call->first; n; n = n->next) {
		Value v = eval(r, n);
		Str s = to_text(r, &v);
		if (b.n + s.n <= TEXT_MAX) buf_put(&b, s);
	}
	return text_value(buf_str(&b));
}
static Value call_selected(const Run *r, const ExprNode *call) {
	Value list = eval(r, call->first), code = eval(r, call->first->next);
	return bool_value(list_has(to_text(r, &list), str_trim(to_text(r, &code))));
}
static Value call_if(const Run *r, const ExprNode *call) {
	const ExprNode *yes = call->first->next, *no = yes->next;
	Value condition = eval(r, call->first);
	return eval(r, to_bool(&condition) ? yes : no);
}
static Value call_coalesce(const Run *r, const ExprNode *call) {
	Value v = eval(r, call->first);
	return is_empty(&v) ? eval(r, call->first->next) : v;
}
static Value call_today(const Run *r) {
	return (Value){.kind = VALUE_DATE, .number = floor(wall_days(r, r->cx->now))};
}
static Value call_string_length(const Run *r, const ExprNode *call) {
	Value v = eval(r, call->first);
	Str s = to_text(r, &v);
	return number_value(utf8_valid(s) ? (double)utf8_length(s) : (double)s.n);
}
static Value eval_call(const Run *r, const ExprNode *call) {
	Value v;
	switch (call->function) {
	case FUNCTION_TRUE:
		return bool_value(true);
	case FUNCTION_FALSE:
		return bool_value(false);
	case FUNCTION_TODAY:
		return call_today(r);
	case FUNCTION_NOW:
		return instant_value(r, r->cx->now);
	case FUNCTION_DATE:
		return call_date(r, call);
	case FUNCTION_REGEX:
		return call_regex(r, call);
	case FUNCTION_CONCAT:
		return call_concat(r, call);
	case FUNCTION_SELECTED:
		return call_selected(r, call);
	case FUNCTION_IF:
		return call_if(r, call);
	case FUNCTION_COALESCE:
		return call_coalesce(r, call);
	case FUNCTION_STRING_LENGTH:
		return call_string_length(r, call);
	case FUNCTION_NOT:
		v = eval(r, call->first);
		return bool_value(!to_bool(&v));
	case FUNCTION_COUNT_SELECTED:
		v = eval(r, call->first);
		return number_value(list_count(to_text(r, &v)));
	case FUNCTION_INT:
		v = eval(r, call->first);
		return number_value(trunc(to_number(r, &v)));
	case FUNCTION_NUMBER:
		v = eval(r, call->first);
		return number_value(to_number(r, &v));
	case FUNCTION_ONCE:
		return r->scope->once.n ? text_value(r->scope->once) : eval(r, call->first);
	case FUNCTION__N:
		break;
	}
	ASSERT(!"a function of the table");
	return text_value(S(""));
}
static Value eval_field(const Run *r, Str name) {
	Str value = S("");
	bool known = r->scope->get && r->scope->get(r->scope->with, name, &value);
	return text_value(known ? value : S(""));
}
static Value eval(const Run *r, const ExprNode *n) {
	switch (n->kind) {
	case NODE_TEXT:
		return text_value(n->text);
	case NODE_NUMBER:
		return number_value(n->number);
	case NODE_FIELD:
		return eval_field(r, n->text);
	case NODE_SELF:
		return text_value(r->scope->self);
	case NODE_JOIN:
		return eval_join(r, n);
	case NODE_CALL:
		return eval_call(r, n);
	case NODE_MINUS:
		break;
	}
	Value v = eval(r, n->first);
	return number_value(-to_number(r, &v));
}

// ---- the door ------------------------------------------------------------------------------------
static void names_in(const ExprNode *n, void (*each)(void *with, Str name, int column), void *with) {
	if (n->kind == NODE_FIELD) each(with, n->text, n->column);
	for (const ExprNode *part = n->first; part; part = part->next) names_in(part, each, with);
}
void expr_names(const Expr *e, void (*each)(void *with, Str name, int column), void *with) {
	names_in(e->root, each, with);
}

bool expr_true(Cx *cx, const Expr *e, const ExprScope *s) {
	Arena scratch = *cx->arena; // nothing of the work outlives the answer
	Cx here = *cx;
	here.arena = &scratch;
	Value v = eval(&(Run){&here, s}, e->root);
	return to_bool(&v);
}
Str expr_text(Cx *cx, const Expr *e, const ExprScope *s) {
	Run r = {cx, s};
	Value v = eval(&r, e->root);
	return to_text(&r, &v);
}
