#include "expr/expr_node.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/utf8.h"

// ---- words ---------------------------------------------------------------------------------------
typedef enum { WORD_END, WORD_TEXT, WORD_NUMBER, WORD_FIELD, WORD_NAME, WORD_DOT, WORD_SIGN } WordKind;
typedef struct {
	WordKind kind;
	Str text; // without quotes, without ${ }
	ptrdiff_t at; // byte in the source
} Word;

typedef struct {
	Arena *arena;
	Str source;
	ptrdiff_t at;
	Word word; // the one looked at
	bool self_ok, failed;
	int nodes, depth;
	ExprError *error;
} Parser;

static bool is_digit(char c) { return c >= '0' && c <= '9'; }
static bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }
static bool is_name(char c) { return is_letter(c) || is_digit(c) || c == '-'; }
static bool is_space(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }
static char char_at(const Parser *p, ptrdiff_t i) { return i < p->source.n ? p->source.p[i] : '\0'; }
static int column_of(const Parser *p, ptrdiff_t at) {
	return (int)utf8_length(str_slice(p->source, 0, at)) + 1;
}

// Only the first error counts: what follows it is usually its echo.
PRINTF(3, 4) static void refuse(Parser *p, ptrdiff_t at, const char *fmt, ...) {
	if (p->failed) return;
	p->failed = true;
	p->error->column = column_of(p, at);
	va_list args;
	va_start(args, fmt);
	vsnprintf(p->error->say, sizeof p->error->say, fmt, args);
	va_end(args);
}
#define SHOW(s) (int)((s).n > 40 ? 40 : (s).n), (s).p

static Word word_of(WordKind kind, Parser *p, ptrdiff_t from, ptrdiff_t to, ptrdiff_t begin) {
	return (Word){kind, str_slice(p->source, from, to), begin};
}
static Word read_text(Parser *p, char quote) {
	ptrdiff_t begin = p->at, close = begin + 1;
	while (close < p->source.n && p->source.p[close] != quote) close++;
	if (close >= p->source.n) {
		refuse(p, begin, "this text has no closing quote %c", quote);
		close = p->source.n;
	}
	p->at = close + 1;
	return word_of(WORD_TEXT, p, begin + 1, close, begin);
}
static Word read_number(Parser *p) {
	ptrdiff_t begin = p->at;
	while (is_digit(char_at(p, p->at))) p->at++;
	if (char_at(p, p->at) == '.') p->at++;
	while (is_digit(char_at(p, p->at))) p->at++;
	if (p->at - begin > 30) refuse(p, begin, "this number has more than 30 digits");
	if (is_name(char_at(p, p->at)) && char_at(p, p->at) != '-')
		refuse(p, begin, "a number is followed at once by a letter; put an operator between them");
	return word_of(WORD_NUMBER, p, begin, p->at, begin);
}
static Word read_field(Parser *p) {
	ptrdiff_t begin = p->at, from = begin + 2, close = from;
	while (is_name(char_at(p, close)) || char_at(p, close) == '.') close++;
	if (char_at(p, close) != '}')
		refuse(p, begin, "a field is written ${name}: letters, digits, _ - and . only, then }");
	else if (close == from || !is_letter(p->source.p[from]))
		refuse(p, begin, "the name in ${ } must begin with a letter");
	p->at = close + 1;
	return word_of(WORD_FIELD, p, from, close, begin);
}
static Word read_sign(Parser *p) {
	static const Str two[] = {SLIT("!="), SLIT("<="), SLIT(">=")};
	ptrdiff_t begin = p->at;
	Str rest = str_slice(p->source, begin, p->source.n);
	for (ptrdiff_t i = 0; i < COUNT(two); i++) {
		if (!str_starts(rest, two[i])) continue;
		p->at += 2;
		return word_of(WORD_SIGN, p, begin, p->at, begin);
	}
	if (memchr("=<>+-*(),", rest.p[0], 9)) {
		p->at++;
		return word_of(WORD_SIGN, p, begin, p->at, begin);
	}
	utf8_next(p->source, &p->at);
	Str sign = str_slice(p->source, begin, p->at);
	bool curly = str_starts(sign, S("\xE2\x80\x98")) || str_starts(sign, S("\xE2\x80\x99")) ||
		     str_starts(sign, S("\xE2\x80\x9C")) || str_starts(sign, S("\xE2\x80\x9D"));
	if (curly)
		refuse(p, begin, "curly quotes are not understood; type straight ones: 'text'");
	else if (rest.p[0] == '$')
		refuse(p, begin, "a field is written ${name}");
	else if (rest.p[0] == '/')
		refuse(p, begin, "division is written div");
	else if (rest.p[0] == '&' || rest.p[0] == '|')
		refuse(p, begin, "write the words and, or");
	else if (rest.p[0] == '!')
		refuse(p, begin, "write not(...) or !=");
	else
		refuse(p, begin, "the sign %.*s has no meaning here", SHOW(sign));
	return word_of(WORD_END, p, begin, begin, begin);
}
static void next_word(Parser *p) {
	while (is_space(char_at(p, p->at)) && p->at < p->source.n) p->at++;
	ptrdiff_t begin = p->at;
	if (p->at >= p->source.n || p->failed) {
		p->word = word_of(WORD_END, p, begin, begin, begin);
		return;
	}
	char c = p->source.p[p->at], after = char_at(p, p->at + 1);
	if (c == '\'' || c == '"')
		p->word = read_text(p, c);
	else if (is_digit(c) || (c == '.' && is_digit(after)))
		p->word = read_number(p);
	else if (c == '$' && after == '{')
		p->word = read_field(p);
	else if (c == '.') {
		p->at++;
		p->word = word_of(WORD_DOT, p, begin, p->at, begin);
	} else if (is_letter(c)) {
		while (is_name(char_at(p, p->at))) p->at++;
		p->word = word_of(WORD_NAME, p, begin, p->at, begin);
	} else
		p->word = read_sign(p);
}
static bool is_sign(const Parser *p, char c) {
	return p->word.kind == WORD_SIGN && p->word.text.n == 1 && p->word.text.p[0] == c;
}
static void expect_sign(Parser *p, char c, const char *why) {
	if (is_sign(p, c))
		next_word(p);
	else
		refuse(p, p->word.at, "expected %c %s", c, why);
}

// ---- grammar -------------------------------------------------------------------------------------
#define MANY 100
static const struct {
	Str name;
	int min, max; // arguments
} function_table[] = {
	[FUNCTION_NOT] = {SLIT("not"), 1, 1},
	[FUNCTION_SELECTED] = {SLIT("selected"), 2, 2},
	[FUNCTION_COUNT_SELECTED] = {SLIT("count-selected"), 1, 1},
	[FUNCTION_IF] = {SLIT("if"), 3, 3},
	[FUNCTION_COALESCE] = {SLIT("coalesce"), 2, 2},
	[FUNCTION_TODAY] = {SLIT("today"), 0, 0},
	[FUNCTION_NOW] = {SLIT("now"), 0, 0},
	[FUNCTION_DATE] = {SLIT("date"), 1, 1},
	[FUNCTION_STRING_LENGTH] = {SLIT("string-length"), 1, 1},
	[FUNCTION_REGEX] = {SLIT("regex"), 2, 2},
	[FUNCTION_CONCAT] = {SLIT("concat"), 1, MANY},
	[FUNCTION_INT] = {SLIT("int"), 1, 1},
	[FUNCTION_NUMBER] = {SLIT("number"), 1, 1},
	[FUNCTION_ONCE] = {SLIT("once"), 1, 1},
	[FUNCTION_TRUE] = {SLIT("true"), 0, 0},
	[FUNCTION_FALSE] = {SLIT("false"), 0, 0},
};
_Static_assert(COUNT(function_table) == FUNCTION__N, "a line for every function");

static const struct {
	Str word;
	ExprOp op;
	int level; // a higher one binds tighter
} op_table[] = {
	{SLIT("or"), OP_OR, 0},	     {SLIT("and"), OP_AND, 1},	     {SLIT("="), OP_EQUAL, 2},
	{SLIT("!="), OP_UNEQUAL, 2}, {SLIT("<"), OP_LESS, 3},	     {SLIT("<="), OP_LESS_EQUAL, 3},
	{SLIT(">"), OP_MORE, 3},     {SLIT(">="), OP_MORE_EQUAL, 3}, {SLIT("+"), OP_PLUS, 4},
	{SLIT("-"), OP_MINUS, 4},    {SLIT("*"), OP_TIMES, 5},	     {SLIT("div"), OP_DIV, 5},
	{SLIT("mod"), OP_MOD, 5},
};
#define LEVEL_TIGHTEST 5

static ExprNode *node_new(Parser *p, ExprNodeKind kind) {
	if (++p->nodes > EXPR_NODES_MAX) refuse(p, p->word.at, "the expression has more than 2,000 parts");
	ExprNode *n = NEW(p->arena, ExprNode, 1);
	n->kind = kind;
	n->column = column_of(p, p->word.at);
	return n;
}
static ExprOp op_here(const Parser *p, int level) {
	if (p->word.kind != WORD_SIGN && p->word.kind != WORD_NAME) return OP_NONE;
	for (ptrdiff_t i = 0; i < COUNT(op_table); i++)
		if (op_table[i].level == level && str_eq(op_table[i].word, p->word.text))
			return op_table[i].op;
	return OP_NONE;
}

static ExprNode *parse_level(Parser *p, int level);
static ExprNode *parse_whole(Parser *p) {
	if (++p->depth > EXPR_DEPTH_MAX) refuse(p, p->word.at, "the expression is nested more than 64 deep");
	ExprNode *n = p->failed ? node_new(p, NODE_TEXT) : parse_level(p, 0);
	p->depth--;
	return n;
}

static ExprFunction function_named(Parser *p, Str name) {
	for (int i = 0; i < FUNCTION__N; i++)
		if (str_eq(function_table[i].name, name)) return (ExprFunction)i;
	refuse(p, p->word.at, "there is no function %.*s()", SHOW(name));
	return FUNCTION__N;
}
static int parse_arguments(Parser *p, ExprNode *call) {
	int n = 0;
	ExprNode **end = &call->first;
	if (is_sign(p, ')')) return 0;
	for (;;) {
		*end = parse_whole(p);
		end = &(*end)->next;
		n++;
		if (p->failed || !is_sign(p, ',')) return n;
		next_word(p);
	}
}
static void check_arguments(Parser *p, const ExprNode *call, ptrdiff_t at, int n) {
	int min = function_table[call->function].min, max = function_table[call->function].max;
	if (n >= min && n <= max) return;
	Str name = function_table[call->function].name;
	if (max == MANY)
		refuse(p, at, "%.*s() takes from %d to %d values, not %d", SHOW(name), min, max, n);
	else
		refuse(p, at, "%.*s() takes %d value%s, not %d", SHOW(name), min, min == 1 ? "" : "s", n);
}
// A pattern that is written out is compiled now, so that its mistakes show when the pack is checked.
static void prepare_regex(Parser *p, ExprNode *call) {
	const ExprNode *pattern = call->first->next;
	if (pattern->kind != NODE_TEXT) return;
	const char *say = NULL;
	call->regex = expr_regex_compile(p->arena, pattern->text, &say);
	if (call->regex || p->failed) return;
	p->failed = true;
	p->error->column = pattern->column;
	snprintf(p->error->say, sizeof p->error->say, "the pattern is wrong: %s", say);
}
static ExprNode *parse_call(Parser *p) {
	ExprNode *call = node_new(p, NODE_CALL);
	Word name = p->word;
	call->function = function_named(p, name.text);
	next_word(p);
	if (!is_sign(p, '(')) {
		refuse(p, name.at, "after %.*s comes (; a text stands in quotes, a field is written ${%.*s}",
		       SHOW(name.text), SHOW(name.text));
		return call;
	}
	next_word(p);
	int n = parse_arguments(p, call);
	expect_sign(p, ')', "or , here");
	if (!p->failed) check_arguments(p, call, name.at, n);
	if (!p->failed && call->function == FUNCTION_REGEX) prepare_regex(p, call);
	return call;
}
static ExprNode *parse_number(Parser *p) {
	ExprNode *n = node_new(p, NODE_NUMBER);
	if (!p->failed) n->number = strtod(str_z(p->arena, p->word.text), NULL);
	next_word(p);
	return n;
}
static ExprNode *parse_literal(Parser *p, ExprNodeKind kind) {
	ExprNode *n = node_new(p, kind);
	n->text = str_dup(p->arena, p->word.text);
	next_word(p);
	return n;
}
static ExprNode *parse_name(Parser *p) {
	Str name = p->word.text;
	bool operator_word = str_eq(name, S("or")) || str_eq(name, S("and")) || str_eq(name, S("div")) ||
			     str_eq(name, S("mod"));
	if (operator_word) refuse(p, p->word.at, "expected a value before %.*s", SHOW(name));
	// A bare word is the commonest slip: say what it may have been meant to be.
	ptrdiff_t i = p->at;
	while (is_space(char_at(p, i)) && i < p->source.n) i++;
	if (char_at(p, i) != '(')
		refuse(p, p->word.at, "%.*s stands alone; a text is written '%.*s', a field ${%.*s}",
		       SHOW(name), SHOW(name), SHOW(name));
	return parse_call(p);
}
static ExprNode *parse_primary(Parser *p) {
	switch (p->word.kind) {
	case WORD_TEXT:
		return parse_literal(p, NODE_TEXT);
	case WORD_FIELD:
		return parse_literal(p, NODE_FIELD);
	case WORD_NUMBER:
		return parse_number(p);
	case WORD_NAME:
		return parse_name(p);
	case WORD_DOT:
		if (!p->self_ok)
			refuse(p, p->word.at,
			       ". means the answer itself; it has a meaning only in a constraint");
		return parse_literal(p, NODE_SELF);
	case WORD_END:
	case WORD_SIGN:
		break;
	}
	if (is_sign(p, '(')) {
		next_word(p);
		ExprNode *n = parse_whole(p);
		expect_sign(p, ')', "to close the parenthesis");
		return n;
	}
	if (p->word.kind == WORD_END)
		refuse(p, p->word.at, "the expression ends where a value is expected");
	else
		refuse(p, p->word.at, "expected a value before %.*s", SHOW(p->word.text));
	return node_new(p, NODE_TEXT);
}
static ExprNode *parse_unary(Parser *p) {
	if (!is_sign(p, '-')) return parse_primary(p);
	ExprNode *minus = node_new(p, NODE_MINUS);
	next_word(p);
	if (++p->depth > EXPR_DEPTH_MAX) refuse(p, p->word.at, "the expression is nested more than 64 deep");
	minus->first = p->failed ? node_new(p, NODE_TEXT) : parse_unary(p);
	p->depth--;
	return minus;
}
static ExprNode *parse_level(Parser *p, int level) {
	if (level > LEVEL_TIGHTEST) return parse_unary(p);
	ExprNode *first = parse_level(p, level + 1);
	ExprOp op = op_here(p, level);
	if (op == OP_NONE) return first;
	ExprNode *join = node_new(p, NODE_JOIN), *last = first;
	join->first = first;
	for (; op != OP_NONE && !p->failed; op = op_here(p, level)) {
		next_word(p);
		ExprNode *part = parse_level(p, level + 1);
		// A node found alone may be the very one of a parenthesis; its op is free, for only lists
		// look at it.
		part->op = op;
		last->next = part;
		last = part;
	}
	return join;
}

const Expr *expr_compile(Arena *a, Str source, bool self_ok, ExprError *error) {
	*error = (ExprError){0};
	Parser p = {.arena = a, .source = source, .self_ok = self_ok, .error = error};
	if (!utf8_valid(source)) {
		p.source.n = 0;
		refuse(&p, 0, "the expression is not valid UTF-8");
		return NULL;
	}
	if (utf8_length(source) > EXPR_SOURCE_MAX)
		refuse(&p, 0, "the expression is longer than 4,000 characters");
	next_word(&p);
	if (p.word.kind == WORD_END) refuse(&p, 0, "the expression is empty");
	Expr *e = NEW(a, Expr, 1);
	if (!p.failed) e->root = parse_whole(&p);
	if (!p.failed && p.word.kind != WORD_END)
		refuse(&p, p.word.at, "expected an operator (and, or, =, +, ...) before %.*s",
		       SHOW(p.word.text));
	return p.failed ? NULL : e;
}
