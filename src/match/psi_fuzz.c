// Any bytes as each of the four messages, with a good head put before them when the first byte says so.
#include "match/psi.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
	static Arena arena, kept;
	static PsiSide asker, holder;
	static Buf message[4];
	PsiPair *pairs;
	int32_t n;
	Why why = {0};
	if (!arena.beg) { // one good session, of which each run takes one step
		static const Str feature[] = {SLIT("re"), SLIT("ek"), SLIT("kh"), SLIT("ha")};
		const PsiRecord record[] = {{.feature = feature, .n = 4}, {0}};
		const PsiTerms terms = {.bytes = SLIT("fuzz"), .collisions = 3, .most = 10};
		arena = arena_new(64 << 20);
		kept = arena_new(16 << 20);
		for (int i = 0; i < 4; i++) message[i].a = &kept;
		ASSERT(psi_begin(&kept, &why, &terms, record, 1, &asker) == OK);
		ASSERT(psi_begin(&kept, &why, &terms, record, 2, &holder) == OK);
		psi_start(&asker, &message[0]);
		ASSERT(psi_answer(&holder, &why, buf_str(&message[0]), &message[1]) == OK);
		ASSERT(psi_ask(&asker, &why, buf_str(&message[1]), &message[2]) == OK);
		ASSERT(psi_reveal(&holder, &why, buf_str(&message[2]), &message[3], &pairs, &n) == OK);
	}
	arena_reset(&arena);
	if (!size || size > 1 << 16) return 0;
	PsiSide a = asker, b = holder;
	a.arena = b.arena = &arena;
	Buf out = {.a = &arena}, given = {.a = &arena};
	int step = data[0] & 3;
	if (data[0] & 4) buf_put(&given, str_slice(buf_str(&message[step]), 0, 42));
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
