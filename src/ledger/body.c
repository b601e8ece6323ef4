// A body is a run of fields: length of the name (1 byte), name, kind ('i' whole number, 's' text, 'b' bytes),
// length of the value (4 bytes, high byte first), value. A whole number is 8 bytes, high byte first. The
// first field of a name counts.
#include "ledger/ledger_inside.h"

typedef struct {
	Str name, value;
	char kind;
} Field;

static void put_number(Buf *b, uint64_t v, int bytes) {
	for (int i = bytes - 1; i >= 0; i--) buf_char(b, (char)(v >> (8 * i)));
}
static uint64_t get_number(const char *p, int bytes) {
	uint64_t v = 0;
	for (int i = 0; i < bytes; i++) v = v << 8 | (uint8_t)p[i];
	return v;
}

static void put_field(Body *body, const char *name, char kind, ptrdiff_t n) {
	ptrdiff_t length = (ptrdiff_t)strlen(name);
	ASSERT(length > 0 && length < 256 && n <= UINT32_MAX);
	buf_char(&body->b, (char)length);
	buf_put(&body->b, (Str){name, length});
	buf_char(&body->b, kind);
	put_number(&body->b, (uint64_t)n, 4);
}

Body body_on(Cx *cx) { return (Body){.b = {.a = cx->arena}}; }

void body_int(Body *b, const char *name, int64_t v) {
	put_field(b, name, 'i', 8);
	put_number(&b->b, (uint64_t)v, 8);
}
void body_str(Body *b, const char *name, Str v) {
	put_field(b, name, 's', v.n);
	buf_put(&b->b, v);
}
void body_bytes(Body *b, const char *name, Str v) {
	put_field(b, name, 'b', v.n);
	buf_put(&b->b, v);
}

// False at the end, and where the bytes are not a field.
static bool next_field(Str *rest, Field *f) {
	if (rest->n < 1) return false;
	ptrdiff_t length = (uint8_t)rest->p[0], head = 1 + length + 1 + 4;
	if (!length || rest->n < head) return false;
	uint64_t n = get_number(rest->p + head - 4, 4);
	if (n > (uint64_t)(rest->n - head)) return false;
	f->name = str_slice(*rest, 1, 1 + length);
	f->kind = rest->p[1 + length];
	f->value = str_slice(*rest, head, head + (ptrdiff_t)n);
	*rest = str_slice(*rest, head + (ptrdiff_t)n, rest->n);
	return f->kind != 'i' || n == 8;
}
static bool find_field(Str body, const char *name, Field *f) {
	Str wanted = str_of(name);
	while (next_field(&body, f))
		if (str_eq(f->name, wanted)) return true;
	return false;
}

bool body_has(Str body, const char *name) {
	Field f;
	return find_field(body, name, &f);
}
int64_t body_get_int(Str body, const char *name) {
	Field f;
	return find_field(body, name, &f) && f.kind == 'i' ? (int64_t)get_number(f.value.p, 8) : 0;
}
Str body_get_str(Str body, const char *name) {
	Field f;
	return find_field(body, name, &f) && f.kind != 'i' ? f.value : (Str){0};
}
