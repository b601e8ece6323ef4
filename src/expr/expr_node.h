// expr_node.h - the compiled form of an expression, between expr_parse.c, which makes it, and expr.c, which
// runs it.
//
// Only for this folder. A node that joins several parts (a + b - c) keeps them in one list, each with the
// operator before it, so that a long row of "or" is wide and not deep.
#pragma once
#include "expr/expr.h"
#include "expr/expr_regex.h"

#define EXPR_SOURCE_MAX 4000
#define EXPR_NODES_MAX 2000
#define EXPR_DEPTH_MAX 64

typedef enum { NODE_TEXT, NODE_NUMBER, NODE_FIELD, NODE_SELF, NODE_MINUS, NODE_JOIN, NODE_CALL } ExprNodeKind;
typedef enum {
	OP_NONE,
	OP_OR,
	OP_AND,
	OP_EQUAL,
	OP_UNEQUAL,
	OP_LESS,
	OP_LESS_EQUAL,
	OP_MORE,
	OP_MORE_EQUAL,
	OP_PLUS,
	OP_MINUS,
	OP_TIMES,
	OP_DIV,
	OP_MOD
} ExprOp;
typedef enum {
	FUNCTION_NOT,
	FUNCTION_SELECTED,
	FUNCTION_COUNT_SELECTED,
	FUNCTION_IF,
	FUNCTION_COALESCE,
	FUNCTION_TODAY,
	FUNCTION_NOW,
	FUNCTION_DATE,
	FUNCTION_STRING_LENGTH,
	FUNCTION_REGEX,
	FUNCTION_CONCAT,
	FUNCTION_INT,
	FUNCTION_NUMBER,
	FUNCTION_ONCE,
	FUNCTION_TRUE,
	FUNCTION_FALSE,
	FUNCTION__N
} ExprFunction;

typedef struct ExprNode {
	ExprNodeKind kind;
	ExprOp op; // what joins this part to the one before it
	ExprFunction function; // NODE_CALL
	int column;
	Str text; // NODE_TEXT, and the name of NODE_FIELD
	double number;
	const ExprRegex *regex; // of regex() whose pattern is written out
	struct ExprNode *first, *next; // parts or arguments
} ExprNode;
struct Expr {
	const ExprNode *root;
};
