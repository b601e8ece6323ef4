// Any bytes as the message that is due; with the first byte odd, behind a good head.
#include "match/psi_channel.h"
#include "vault/vault.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
	static Arena arena, kept;
	static PsiChannel asker, holder;
	static Buf good;
	static const PsiAgreed agreed = {.purpose = SLIT("fuzz"),
					 .session = SLIT("1"),
					 .asker = SLIT("a"),
					 .holder = SLIT("b"),
					 .until = 1,
					 .fields = 1,
					 .collisions = 4,
					 .most = 10};
	Why why = {0};
	Str payload;
	if (!arena.beg) {
		arena = arena_new(1 << 20);
		kept = arena_new(1 << 20);
		good.a = &kept;
		signing_pair(asker.secret, holder.partner);
		signing_pair(holder.secret, asker.partner);
		psi_channel_begin(&kept, &agreed, true, &asker);
		psi_channel_begin(&kept, &agreed, false, &holder);
		psi_channel_wrap(&asker, &kept, S("payload"), &good);
	}
	arena_reset(&arena);
	if (!size || size > 1 << 12) return 0;
	PsiChannel c = holder;
	Buf given = {.a = &arena};
	if (data[0] & 1) buf_put(&given, str_slice(buf_str(&good), 0, data[0]));
	buf_put(&given, (Str){(const char *)data + 1, (ptrdiff_t)size - 1});
	Err e = psi_channel_open(&c, &why, &arena, buf_str(&given), &payload);
	ASSERT(e == ERR_INVALID || str_eq(buf_str(&given), buf_str(&good)));
	return 0;
}
