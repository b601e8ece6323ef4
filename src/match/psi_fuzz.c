// Any bytes as each of the four messages, with a good head put before them when the first byte says so.
#include "match/psi.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
	static Arena arena;
	if (!arena.beg) arena = arena_new(64 << 20);
	arena_reset(&arena);
	if (!size || size > 1 << 16) return 0;
	static const Str feature[] = {SLIT("re"), SLIT("ek"), SLIT("kh"), SLIT("ha")};
	const PsiRecord record[] = {{feature, 4}, {NULL, 0}};
	const PsiTerms terms = {.bytes = SLIT("fuzz"), .collisions = 3, .most = 10};
	Why why = {0};
	PsiSide a, b;
	PsiPair *pairs;
	int32_t n;
	ASSERT(psi_begin(&arena, &why, &terms, record, 1, &a) == OK &&
	       psi_begin(&arena, &why, &terms, record, 2, &b) == OK);
	Buf message[3] = {{.a = &arena}, {.a = &arena}, {.a = &arena}}, out = {.a = &arena};
	psi_start(&a, &message[0]);
	ASSERT(psi_answer(&b, &why, buf_str(&message[0]), &message[1]) == OK);
	ASSERT(psi_ask(&a, &why, buf_str(&message[1]), &message[2]) == OK);
	int step = data[0] & 3;
	bool head = data[0] & 4;
	Buf given = {.a = &arena};
	if (head && step < 3) buf_put(&given, str_slice(buf_str(&message[step]), 0, 42));
	if (head && step == 3) { // as the holder would begin it
		ASSERT(psi_reveal(&b, &why, buf_str(&message[2]), &given, &pairs, &n) == OK);
		given.n = 42;
	}
	buf_put(&given, (Str){(const char *)data + 1, (ptrdiff_t)size - 1});
	Err e = OK;
	switch (step) {
	case 0:
		b.answered = false;
		e = psi_answer(&b, &why, buf_str(&given), &out);
		break;
	case 1:
		e = psi_ask(&a, &why, buf_str(&given), &out);
		break;
	case 2:
		e = psi_reveal(&b, &why, buf_str(&given), &out, &pairs, &n);
		for (int32_t i = 0; e == OK && i < n; i++)
			ASSERT(pairs[i].own >= 0 && pairs[i].own < 2 && pairs[i].collisions >= 3);
		break;
	default:
		e = psi_learn(&a, &why, buf_str(&given), &pairs, &n);
		for (int32_t i = 0; e == OK && i < n; i++)
			ASSERT(pairs[i].own == 0 && pairs[i].collisions >= 3);
		break;
	}
	ASSERT(e == OK || e == ERR_INVALID || e == ERR_TOO_LARGE || e == ERR_CONFLICT);
	return 0;
}
