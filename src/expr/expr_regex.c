#include "expr/expr_regex.h"

#include "base/utf8.h"

#define PATTERN_MAX 200
#define TEXT_MAX 4000
#define COUNT_MAX 64
#define STATES_MAX 1000
#define NESTED_MAX 20

// ---- the pattern as a tree ----------------------------------------------------------------------
typedef struct Range {
	int32_t from, to;
	struct Range *next;
} Range;
typedef struct {
	Range *range;
	bool negated;
} Set;
typedef enum {
	PART_EMPTY,
	PART_SIGN,
	PART_ANY,
	PART_SET,
	PART_START,
	PART_END,
	PART_SEQUENCE,
	PART_CHOICE,
	PART_REPEAT
} PartKind;
typedef struct Part {
	PartKind kind;
	int32_t sign;
	Set set;
	int min, max; // max -1: no end
	bool counted; // has {…} somewhere inside
	struct Part *a, *b;
} Part;

typedef struct {
	Arena *arena;
	Str text;
	ptrdiff_t at;
	int nested;
	const char *say;
} Reader;

static const struct {
	Str name;
	int32_t pair[8];
	int n;
	bool scripts; // and everything above ASCII
} class_table[] = {
	{SLIT("alpha"), {'A', 'Z', 'a', 'z'}, 2, true},
	{SLIT("digit"), {'0', '9'}, 1, false},
	{SLIT("alnum"), {'A', 'Z', 'a', 'z', '0', '9'}, 3, true},
	{SLIT("upper"), {'A', 'Z'}, 1, false},
	{SLIT("lower"), {'a', 'z'}, 1, false},
	{SLIT("space"), {'\t', '\r', ' ', ' '}, 2, false},
	{SLIT("blank"), {'\t', '\t', ' ', ' '}, 2, false},
	{SLIT("punct"), {'!', '/', ':', '@', '[', '`', '{', '~'}, 4, false},
	{SLIT("xdigit"), {'0', '9', 'A', 'F', 'a', 'f'}, 3, false},
	{SLIT("word"), {'A', 'Z', 'a', 'z', '0', '9', '_', '_'}, 4, true},
};

static Part *part_new(Reader *r, PartKind kind) {
	Part *p = NEW(r->arena, Part, 1);
	p->kind = kind;
	return p;
}
static Part *refuse(Reader *r, const char *say) {
	if (!r->say) r->say = say;
	r->at = r->text.n;
	return part_new(r, PART_EMPTY);
}
static bool at_end(const Reader *r) { return r->at >= r->text.n; }
static char peek(const Reader *r) { return at_end(r) ? '\0' : r->text.p[r->at]; }
static bool take(Reader *r, char c) {
	if (at_end(r) || r->text.p[r->at] != c) return false;
	r->at++;
	return true;
}

static void set_add(Reader *r, Set *s, int32_t from, int32_t to) {
	Range *range = NEW(r->arena, Range, 1);
	*range = (Range){from, to, s->range};
	s->range = range;
}
static bool set_add_class(Reader *r, Set *s, Str name) {
	for (ptrdiff_t i = 0; i < COUNT(class_table); i++) {
		if (!str_eq(class_table[i].name, name)) continue;
		for (int k = 0; k < class_table[i].n; k++)
			set_add(r, s, class_table[i].pair[2 * k], class_table[i].pair[2 * k + 1]);
		if (class_table[i].scripts) set_add(r, s, 0x80, 0x10FFFF);
		return true;
	}
	return false;
}
// \d \w \s, for which ODK's authors do not write the long POSIX names; empty when it is no such letter.
static Str class_of_letter(char c) {
	switch (c | 0x20) {
	case 'd':
		return S("digit");
	case 'w':
		return S("word");
	case 's':
		return S("space");
	}
	return S("");
}

static int32_t read_escaped(Reader *r) {
	int32_t sign = utf8_next(r->text, &r->at);
	if (sign == 'n') return '\n';
	if (sign == 't') return '\t';
	bool letter =
		(sign >= 'a' && sign <= 'z') || (sign >= 'A' && sign <= 'Z') || (sign >= '0' && sign <= '9');
	if (letter)
		refuse(r, "a backslash may stand before d, w, s, n, t and before signs, not before this "
			  "letter or digit");
	return sign;
}

static void read_set_class(Reader *r, Set *s) {
	Str rest = str_slice(r->text, r->at, r->text.n);
	ptrdiff_t close = str_find(rest, S(":]"));
	if (close < 0 || !set_add_class(r, s, str_slice(rest, 0, close))) {
		refuse(r, "the class in [[:…:]] is not one of alpha, digit, alnum, upper, lower, space, "
			  "blank, punct, xdigit");
		return;
	}
	r->at += close + 2;
}
static void read_set_range(Reader *r, Set *s) {
	int32_t from = take(r, '\\') ? read_escaped(r) : utf8_next(r->text, &r->at), to = from;
	bool range = peek(r) == '-' && r->at + 1 < r->text.n && r->text.p[r->at + 1] != ']';
	if (range) {
		r->at++;
		to = take(r, '\\') ? (at_end(r) ? 0 : read_escaped(r)) : utf8_next(r->text, &r->at);
	}
	if (to < from) refuse(r, "a range in [ ] runs backwards");
	set_add(r, s, from, to);
}
static Part *read_set(Reader *r) {
	Part *p = part_new(r, PART_SET);
	p->set.negated = take(r, '^');
	for (bool first = true;; first = false) {
		if (at_end(r)) return refuse(r, "a [ has no ]");
		if (!first && take(r, ']')) return p;
		if (str_starts(str_slice(r->text, r->at, r->text.n), S("[:"))) {
			r->at += 2;
			read_set_class(r, &p->set);
			continue;
		}
		bool letter_class =
			peek(r) == '\\' && r->at + 1 < r->text.n && class_of_letter(r->text.p[r->at + 1]).n;
		if (!letter_class) {
			if (peek(r) == '\\' && r->at + 1 >= r->text.n) return refuse(r, "a [ has no ]");
			read_set_range(r, &p->set);
			continue;
		}
		char c = r->text.p[r->at + 1];
		if (c < 'a') return refuse(r, "\\D, \\W and \\S cannot stand inside [ ]");
		set_add_class(r, &p->set, class_of_letter(c));
		r->at += 2;
	}
}

static Part *read_choice(Reader *r);
static Part *read_group(Reader *r) {
	if (peek(r) == '?') return refuse(r, "(?…) is not part of this kind of regular expression");
	if (++r->nested > NESTED_MAX) return refuse(r, "parentheses are nested too deep");
	Part *inside = read_choice(r);
	r->nested--;
	if (!take(r, ')')) return refuse(r, "a ( has no )");
	return inside;
}
static Part *read_one(Reader *r) {
	char c = peek(r);
	if (c == '*' || c == '+' || c == '?' || c == '{')
		return refuse(r, "*, +, ? or { has nothing before it to repeat");
	if (take(r, '(')) return read_group(r);
	if (take(r, '[')) return read_set(r);
	if (take(r, '.')) return part_new(r, PART_ANY);
	if (take(r, '^')) return part_new(r, PART_START);
	if (take(r, '$')) return part_new(r, PART_END);
	if (!take(r, '\\')) {
		Part *p = part_new(r, PART_SIGN);
		p->sign = utf8_next(r->text, &r->at);
		return p;
	}
	if (at_end(r)) return refuse(r, "a backslash stands at the very end");
	Str class_name = class_of_letter(peek(r));
	Part *p = part_new(r, class_name.n ? PART_SET : PART_SIGN);
	if (class_name.n) {
		p->set.negated = peek(r) < 'a';
		set_add_class(r, &p->set, class_name);
		r->at++;
	} else {
		p->sign = read_escaped(r);
	}
	return p;
}

static int read_number(Reader *r) { // -1: none; above the limit it stays there
	if (peek(r) < '0' || peek(r) > '9') return -1;
	int n = 0;
	while (peek(r) >= '0' && peek(r) <= '9') {
		n = n > COUNT_MAX ? n : n * 10 + (peek(r) - '0');
		r->at++;
	}
	return n;
}
static Part *read_count(Reader *r, Part *what) {
	Part *p = part_new(r, PART_REPEAT);
	p->a = what;
	p->min = read_number(r);
	p->max = p->min;
	if (p->min >= 0 && take(r, ',')) p->max = read_number(r);
	if (p->min < 0 || !take(r, '}')) return refuse(r, "a count is written {3}, {3,} or {3,8}");
	if (p->min > COUNT_MAX || p->max > COUNT_MAX) return refuse(r, "a count in { } is more than 64");
	if (p->max >= 0 && p->max < p->min) return refuse(r, "a count in { } runs backwards");
	if (what->counted) return refuse(r, "a count in { } stands inside another one");
	p->counted = true;
	return p;
}
static Part *read_repeated(Reader *r) {
	Part *p = read_one(r);
	for (;;) {
		char c = peek(r);
		if (c == '{') {
			r->at++;
			p = read_count(r, p);
			continue;
		}
		if (c != '*' && c != '+' && c != '?') return p;
		r->at++;
		Part *around = part_new(r, PART_REPEAT);
		around->a = p;
		around->min = c == '+';
		around->max = c == '?' ? 1 : -1;
		around->counted = p->counted;
		p = around;
	}
}
static Part *read_sequence(Reader *r) {
	Part *p = part_new(r, PART_EMPTY);
	while (!at_end(r) && peek(r) != '|' && peek(r) != ')') {
		Part *both = part_new(r, PART_SEQUENCE);
		both->a = p;
		both->b = read_repeated(r);
		both->counted = p->counted || both->b->counted;
		p = both;
	}
	return p;
}
static Part *read_choice(Reader *r) {
	Part *p = read_sequence(r);
	while (take(r, '|')) {
		Part *either = part_new(r, PART_CHOICE);
		either->a = p;
		either->b = read_sequence(r);
		either->counted = p->counted || either->b->counted;
		p = either;
	}
	return p;
}

// ---- the machine ---------------------------------------------------------------------------------
typedef enum {
	STEP_SIGN,
	STEP_ANY,
	STEP_SET,
	STEP_START,
	STEP_END,
	STEP_SPLIT,
	STEP_JUMP,
	STEP_MATCH
} StepKind;
typedef struct {
	StepKind kind;
	int32_t sign;
	const Set *set;
	int x, y; // where to go on
} Step;
struct ExprRegex {
	Step *step;
	int n;
};

static int emit(ExprRegex *m, Step s) {
	if (m->n >= STATES_MAX) return STATES_MAX - 1; // noticed by the caller: the machine is full
	m->step[m->n] = s;
	return m->n++;
}
static void emit_part(ExprRegex *m, const Part *p);
static void emit_optional(ExprRegex *m, const Part *p, bool again) {
	int split = emit(m, (Step){.kind = STEP_SPLIT});
	m->step[split].x = m->n;
	emit_part(m, p);
	if (again) emit(m, (Step){.kind = STEP_JUMP, .x = split});
	m->step[split].y = m->n;
}
static void emit_repeat(ExprRegex *m, const Part *p) {
	for (int i = 0; i < p->min; i++) emit_part(m, p->a);
	if (p->max < 0) emit_optional(m, p->a, true);
	for (int i = p->min; i < p->max; i++) emit_optional(m, p->a, false);
}
static void emit_choice(ExprRegex *m, const Part *p) {
	int split = emit(m, (Step){.kind = STEP_SPLIT});
	m->step[split].x = m->n;
	emit_part(m, p->a);
	int jump = emit(m, (Step){.kind = STEP_JUMP});
	m->step[split].y = m->n;
	emit_part(m, p->b);
	m->step[jump].x = m->n;
}
static void emit_part(ExprRegex *m, const Part *p) {
	if (m->n >= STATES_MAX) return;
	switch (p->kind) {
	case PART_EMPTY:
		return;
	case PART_SIGN:
		emit(m, (Step){.kind = STEP_SIGN, .sign = p->sign});
		return;
	case PART_ANY:
		emit(m, (Step){.kind = STEP_ANY});
		return;
	case PART_SET:
		emit(m, (Step){.kind = STEP_SET, .set = &p->set});
		return;
	case PART_START:
		emit(m, (Step){.kind = STEP_START});
		return;
	case PART_END:
		emit(m, (Step){.kind = STEP_END});
		return;
	case PART_SEQUENCE:
		emit_part(m, p->a);
		emit_part(m, p->b);
		return;
	case PART_CHOICE:
		emit_choice(m, p);
		return;
	case PART_REPEAT:
		emit_repeat(m, p);
		return;
	}
}

const ExprRegex *expr_regex_compile(Arena *a, Str pattern, const char **say) {
	if (!utf8_valid(pattern) || utf8_length(pattern) > PATTERN_MAX) {
		*say = "a pattern has at most 200 signs";
		return NULL;
	}
	Reader r = {.arena = a, .text = pattern};
	Part *whole = read_choice(&r);
	if (!r.say && !at_end(&r)) refuse(&r, "a ) has no (");
	if (r.say) {
		*say = r.say;
		return NULL;
	}
	Arena scratch = *a; // built twice: once to learn its size
	ExprRegex draft = {NEW(&scratch, Step, STATES_MAX), 0};
	emit_part(&draft, whole);
	emit(&draft, (Step){.kind = STEP_MATCH});
	if (draft.n >= STATES_MAX) {
		*say = "the pattern is too large once its counts are written out";
		return NULL;
	}
	ExprRegex *m = NEW(a, ExprRegex, 1);
	m->step = NEW(a, Step, draft.n);
	emit_part(m, whole);
	emit(m, (Step){.kind = STEP_MATCH});
	return m;
}

typedef struct {
	const ExprRegex *m;
	int *list, n; // states that wait for a sign
	int *mark; // by state: the position it was entered at, plus one
	int *todo;
} Run;

// Enters a state and all that can be reached from it without a sign.
static void enter(Run *run, int state, int position, bool last) {
	int ntodo = 0;
	run->todo[ntodo++] = state;
	while (ntodo) {
		int i = run->todo[--ntodo];
		if (run->mark[i] == position + 1) continue;
		run->mark[i] = position + 1;
		const Step *s = &run->m->step[i];
		switch (s->kind) {
		case STEP_JUMP:
			run->todo[ntodo++] = s->x;
			break;
		case STEP_SPLIT:
			run->todo[ntodo++] = s->y;
			run->todo[ntodo++] = s->x;
			break;
		case STEP_START:
			if (position == 0) run->todo[ntodo++] = i + 1;
			break;
		case STEP_END:
			if (last) run->todo[ntodo++] = i + 1;
			break;
		case STEP_SIGN:
		case STEP_ANY:
		case STEP_SET:
		case STEP_MATCH:
			run->list[run->n++] = i;
			break;
		}
	}
}
static bool in_set(const Set *s, int32_t sign) {
	for (const Range *r = s->range; r; r = r->next)
		if (sign >= r->from && sign <= r->to) return !s->negated;
	return s->negated;
}
static bool accepts(const Step *s, int32_t sign) {
	switch (s->kind) {
	case STEP_SIGN:
		return s->sign == sign;
	case STEP_ANY:
		return true;
	case STEP_SET:
		return in_set(s->set, sign);
	case STEP_START:
	case STEP_END:
	case STEP_SPLIT:
	case STEP_JUMP:
	case STEP_MATCH:
		return false;
	}
	return false;
}
bool expr_regex_match(Arena scratch, const ExprRegex *m, Str text) {
	if (!utf8_valid(text) || utf8_length(text) > TEXT_MAX) return false;
	int *mark = NEW(&scratch, int, m->n);
	int *todo = NEW(&scratch, int, 2 * m->n + 2);
	Run now = {m, NEW(&scratch, int, m->n), 0, mark, todo},
	    next = {m, NEW(&scratch, int, m->n), 0, mark, todo};
	ptrdiff_t at = 0;
	int position = 0;
	enter(&now, 0, position, text.n == 0);
	while (at < text.n && now.n) {
		int32_t sign = utf8_next(text, &at);
		position++;
		next.n = 0;
		for (int i = 0; i < now.n; i++)
			if (accepts(&m->step[now.list[i]], sign))
				enter(&next, now.list[i] + 1, position, at >= text.n);
		Run swap = now;
		now = next;
		next = swap;
	}
	if (at < text.n) return false;
	for (int i = 0; i < now.n; i++)
		if (m->step[now.list[i]].kind == STEP_MATCH) return true;
	return false;
}
