// Any bytes as a file of bit strings; when the first is odd, with that signature put into a good file.
#include "match/clk_file.h"
#include "vault/vault.h"

static Str good_file(Arena *a, Str made) {
	uint8_t secret[64], public_key[32], seed[32] = {1};
	signing_from(seed, secret, public_key);
	Buf key = {.a = a}, b[2] = {{.a = a}, {.a = a}};
	for (int i = 0; i < 32; i++) buf_fmt(&key, "%02x", public_key[i]);
	Str signature = S("");
	for (int i = 0; i < 2; i++) {
		buf_fmt(&b[i],
			"{\"header\":{\"project\":\"fuzz\",\"schema\":\"%064d\",\"key\":\"%016d\",\"made\":"
			"\"%.*s\","
			"\"expires\":\"1970-01-02T00:00:00Z\",\"rows\":1,\"diffusion\":3,\"anonymous\":false,"
			"\"public_key\":\"%.*s\",\"signature\":\"%.*s\"},\"clks\":[\n\"AAAAAAAAAAA=\"\n]}\n",
			0, 0, (int)made.n, made.p, (int)buf_str(&key).n, buf_str(&key).p, (int)signature.n,
			signature.p);
		signature = base64_text(a, sign_with(a, secret, buf_str(&b[i])));
	}
	return buf_str(&b[1]);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
	static Arena arena;
	if (!arena.beg) arena = arena_new((ptrdiff_t)1 << 26);
	arena_reset(&arena);
	if (size > 1 << 14) return 0;
	Str text = {(const char *)data, (ptrdiff_t)size};
	bool sign = size > 0 && (data[0] & 1) && size < 40;
	if (sign) text = good_file(&arena, str_slice(text, 1, text.n));
	Why why = {0};
	ClkFile f = {0};
	if (clk_file_read(&arena, &why, text, 1000, &f) != OK)
		ASSERT(why.msg[0] && !f.rows);
	else
		ASSERT(f.expires > 1000 && f.project.n);
	return 0;
}
