#include "match/clk.h"
#include "match/clk_file.h"
#include "vault/mac.h"
#include "vault/vault.h"
#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

static Arena arena;
static Why why;
static ClkSchema schema;
static ClkKeys keys;
static const Str secret = SLIT("an invented secret of one test");

#define GRAM(n, positional) "\"comparison\":{\"type\":\"ngram\",\"n\":" #n ",\"positional\":" #positional "}"
#define TEXT "\"format\":{\"type\":\"string\"}"
static const char features[] =
	"\"features\":[{\"identifier\":\"id\",\"ignored\":true},"
	"{\"identifier\":\"given\"," TEXT ",\"hashing\":{" GRAM(
		2,
		false) ",\"strategy\":{\"bitsPerFeature\":200},"
		       "\"hash\":{\"type\":\"blakeHash\"}}},"
		       "{\"identifier\":\"family\"," TEXT ",\"hashing\":{" GRAM(
			       2,
			       true) ",\"strategy\":{\"bitsPerToken\":40},"
				     "\"missingValue\":{\"sentinel\":\"NA\",\"replaceWith\":\"\"}}},"
				     "{\"identifier\":\"born\",\"format\":{\"type\":\"date\",\"format\":\"%d/"
				     "%m/%Y\"},\"hashing\":{" GRAM(
					     1,
					     true) ",\"strategy\":{\"bitsPerFeature\":100}}},"
						   "{\"identifier\":\"sex\",\"format\":{\"type\":\"enum\","
						   "\"values\":[\"f\",\"m\"]},\"hashing\":{"
						   "\"comparison\":{\"type\":\"exact\"},\"strategy\":{"
						   "\"bitsPerToken\":30}}},"
						   "{\"identifier\":\"place\"," TEXT ",\"hashing\":{" GRAM(
							   3,
							   false) ",\"strategy\":{\"bitsPerFeature\":64}}}]}";
static const char folded[] =
	"{\"version\":3,\"clkConfig\":{\"l\":256,\"xor_folds\":1,\"kdf\":{\"type\":\"HKDF\","
	"\"hash\":\"SHA256\",\"salt\":\"c2FsdA==\",\"info\":\"aW5mbw==\",\"keySize\":64}},";
static const char wide[] = "{\"version\":3,\"clkConfig\":{\"l\":1024,\"kdf\":{\"type\":\"HKDF\",\"hash\":"
			   "\"SHA512\",\"keySize\":32}},";
static const char people[] = "id,given,family,born,sex,place\n1,Namuna,Udaharan,03/02/2001,f,कल्पना\n"
			     "2,Benaam,NA,31/12/1999,m,Ga\n";

static int setup(void **state) {
	(void)state;
	arena = arena_new(64 << 20);
	return 0;
}
static int teardown(void **state) {
	(void)state;
	arena_free(&arena);
	return 0;
}
static void begin(const char *head, Str project) {
	Str json = str_fmt(&arena, "%s%s", head, features);
	if (clk_schema_read(&arena, &why, json, &schema) != OK) fail_msg("%s", why.msg);
	clk_keys(&arena, &schema, secret, project, &keys);
}
static Str hex_of(const uint8_t *bytes, int n) {
	Buf b = {.a = &arena};
	for (int i = 0; i < n; i++) buf_fmt(&b, "%02x", bytes[i]);
	return buf_str(&b);
}
static Faults faults;
static int32_t made;
static uint8_t *export_of(bool diffuse, const char *csv) {
	uint8_t *out = NULL;
	faults = (Faults){0};
	if (clk_export(&arena, &why, &keys, diffuse, str_of(csv), &faults, &out, &made) != OK) return NULL;
	return out;
}
static void same(const uint8_t *bytes, const char *hex) {
	assert_string_equal(str_z(&arena, hex_of(bytes, (int)strlen(hex) / 2)), hex);
}

// The expected bits of this file come from a second writing of the published rules, in another language with
// other libraries for HMAC and BLAKE2b.
static void the_bits_are_those_of_an_independent_writing(void **s) {
	(void)s;
	begin(folded, S("project one"));
	uint8_t *plain = export_of(false, people), *mixed = export_of(true, people);
	assert_int_equal(made, 2);
	assert_int_equal(faults.faults, 0);
	same(plain, "075160d94940406800830a8028d1443ba43942268c80c8244f40002872508911");
	same(mixed, "9b0c3b87d3a31451b77d5e6509d7b596478250d5f420371b52f2d3ec8c1e2d12");
	same(plain + 32, "06ceb2ab4792b2aedab46e1eaf491f7d1a121e27c7bda5960dc5f9b045a422d4");
	same(mixed + 32, "03aea1ff02954725ff46c7c5eac983bbf2997c4931893d8064c4a7eef464f44f");
	begin(wide, S("project one"));
	plain = export_of(false, people);
	same(plain, "8179b9cd5b6b5632aad469d3661a7fca272aba9167d5bf28400cae5ccf573ba30b1f438fddd60e9c"
		    "52eaefeb1554dbecea47b87d319b0a2098a5297d112aaeeb8acdf0739286740ba4453edbdefcf3e6"
		    "d5a709f1bff391f2a92842edb0974d13d17f3a69d82585e546af6fdaafbf6844003f5515c405c1dd"
		    "e7e5c2666f134212");
	same(plain + 128, "0018294028a34c2aae00014a0441003c41e0048826141690d622c0392c549de98c0840079c83dc84"
			  "8468a17c9116085402489a40522b830c5a2c22888040a0085d81200f014d52c07844f60a545800d8"
			  "92088325a520a0c39930080b4058192a007016cd8a1a806c6424020600508025267c26894404d71c"
			  "f4cd10eb25090447");
}

// RFC 5869, test case 1.
static void keys_are_derived_as_the_standard_says(void **s) {
	uint8_t in[22], salt[13], info[10], out[42];
	(void)s;
	memset(in, 0x0b, sizeof in);
	for (int i = 0; i < 13; i++) salt[i] = (uint8_t)i;
	for (int i = 0; i < 10; i++) info[i] = (uint8_t)(0xf0 + i);
	mac_hkdf(false, (Str){(const char *)in, 22}, (Str){(const char *)salt, 13},
		 (Str){(const char *)info, 10}, out, sizeof out);
	same(out, "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865");
}

static void the_same_row_has_the_same_bits_wherever_it_stands(void **s) {
	(void)s;
	begin(folded, S("project one"));
	Buf csv = {.a = &arena};
	buf_put(&csv, S("family,given,place,sex,born,id\n"));
	for (int i = 0; i < 60; i++)
		buf_fmt(&csv, "Udaharan%c,Namuna%c,Gaon,f,3/2/2001,%d\n", 'a' + i % 5, 'a' + i % 3, i);
	for (int diffuse = 0; diffuse < 2; diffuse++) {
		const uint8_t *clk = export_of(diffuse, str_z(&arena, buf_str(&csv)));
		assert_int_equal(made, 60);
		for (int i = 0; i < 60; i++)
			for (int j = 0; j < 60; j++)
				assert_int_equal(memcmp(clk + 32 * i, clk + 32 * j, 32) == 0,
						 i % 15 == j % 15);
	}
}

static int differing(const uint8_t *a, const uint8_t *b, int bytes) {
	int n = 0;
	for (int i = 0; i < bytes; i++) n += __builtin_popcount((unsigned)(a[i] ^ b[i]));
	return n;
}

static void another_project_mixes_otherwise_and_plain_bits_do_not_know_it(void **s) {
	(void)s;
	begin(wide, S("project one"));
	const uint8_t *plain = export_of(false, people), *mixed = export_of(true, people);
	uint8_t id[8];
	memcpy(id, keys.id, sizeof id);
	begin(wide, S("project two"));
	assert_memory_equal(plain, export_of(false, people), 128);
	assert_true(differing(mixed, export_of(true, people), 128) > 200);
	assert_memory_not_equal(id, keys.id, sizeof id);
}

// Linear: what differs in three places differs in what is drawn from them, and nowhere else.
static void diffusion_is_the_exclusive_or_of_three_different_bits(void **s) {
	uint8_t one[128] = {0}, two[128] = {0}, both[128], a[128], b[128], c[128];
	(void)s;
	begin(wide, S("project one"));
	for (int i = 0; i < 128; i++) {
		one[i] = (uint8_t)(i * 37);
		two[i] = (uint8_t)(i * i + 11);
		both[i] = one[i] ^ two[i];
	}
	clk_diffuse(&keys, one, a);
	clk_diffuse(&keys, two, b);
	clk_diffuse(&keys, both, c);
	for (int i = 0; i < 128; i++) assert_int_equal(a[i] ^ b[i], c[i]);
	for (int i = 0; i < 1024; i++) {
		const uint16_t *from = keys.from[i];
		assert_true(from[0] < 1024 && from[1] < 1024 && from[2] < 1024);
		assert_true(from[0] != from[1] && from[1] != from[2] && from[0] != from[2]);
	}
}

static void a_cell_that_does_not_fit_sets_no_bits_and_its_row_keeps_its_place(void **s) {
	(void)s;
	begin(folded, S("p"));
	static const char *const bad[] = {
		"2,Namuna,Udaharan,31/02/2001,f,Gaon", "2,Namuna,Udaharan,3-2-2001,f,Gaon",
		"2,Namuna,Udaharan,03/02/2001x,f,Gaon", "2,Namuna,Udaharan,03/02/2001,x,Gaon"};
	for (int i = 0; i < COUNT(bad); i++) {
		Str csv = str_fmt(&arena,
				  "id,given,family,born,sex,place\n%s\n1,Namuna,Udaharan,3/2/2001,f,G\n",
				  bad[i]);
		assert_non_null(export_of(true, str_z(&arena, csv)));
		assert_int_equal(made, 2);
		assert_int_equal(faults.faults, 1);
	}
}

static void a_row_that_cannot_be_read_stops_the_whole(void **s) {
	(void)s;
	begin(folded, S("p"));
	static const char *const bad[] = {"1,too,few\n", "1,a,b,3/2/2001,f,c,d\n", "1,\"a,b,3/2/2001,f,c\n"};
	for (int i = 0; i < COUNT(bad); i++) {
		Str csv = str_fmt(&arena, "id,given,family,born,sex,place\n%s2,a,b,3/2/2001,f,c\n", bad[i]);
		assert_null(export_of(true, str_z(&arena, csv)));
		assert_non_null(strstr(why.msg, "line 2"));
	}
	assert_null(export_of(true, "id,given,born,sex,place\n"));
	assert_non_null(strstr(why.msg, "family"));
}

static void values_are_made_alike_before_they_are_hashed(void **s) {
	ClkFeature f = {.format = CLK_INTEGER, .least = 0, .most = 99};
	Str v;
	(void)s;
	assert_null(clk_value(&arena, &f, S("+013"), &v));
	assert_true(str_eq(v, S("13")));
	static const char *const bad[] = {"", "+", "+-1", "-1", "100", "1a", "99999999999999999999"};
	for (int i = 0; i < COUNT(bad); i++) assert_non_null(clk_value(&arena, &f, str_of(bad[i]), &v));
	f = (ClkFeature){.format = CLK_STRING, .least = 2, .most = 3, .letters = CLK_UPPER};
	assert_null(clk_value(&arena, &f, S("ÄB"), &v));
	assert_non_null(clk_value(&arena, &f, S("äB"), &v));
	assert_non_null(clk_value(&arena, &f, S("A"), &v));
	assert_non_null(clk_value(&arena, &f, S("ABCD"), &v));
}

static void what_would_change_bits_and_is_not_made_here_is_refused_with_the_mend(void **s) {
	static const struct {
		const char *from, *to, *says;
	} t[] = {
		{"blakeHash", "doubleHash", "use blakeHash"},
		{"\"exact\"", "\"numeric\"", "use ngram or exact"},
		{"\"l\":256", "\"l\":300", "power of two"},
		{"\"l\":256", "\"l\":16384", "power of two"},
		{"xor_folds", "xorFolds", "known are"},
		{"\"version\":3", "\"version\":2", "version"},
		{"SHA256", "SHA1", "SHA256"},
		{"bitsPerToken", "k", "known are"},
		{"c2FsdA==", "c2Fs!", "base 64"},
		{"%d/%m/%Y", "%d/%b/%Y", "%Y, %m, %d"},
		{"%d/%m/%Y", "%d/%m", "once each"},
		{"{\"type\":\"string\"}", "{\"type\":\"string\",\"pattern\":\".\"}", "pattern"},
		{"{\"type\":\"string\"}", "{\"type\":\"string\",\"encoding\":\"utf-16\"}", "utf-8 or ascii"},
		{"\"type\":\"blakeHash\"", "\"type\":\"blakeHash\",\"prevent_singularity\":true",
		 "take it out"},
		{"\"type\":\"HKDF\"", "\"type\":\"legacy\"", "HKDF"},
		{"features\":[", "features\":[1,", "feature 1"},
	};
	(void)s;
	Str good = str_fmt(&arena, "%s%s", folded, features);
	for (int i = 0; i < COUNT(t); i++) {
		ptrdiff_t at = str_find(good, str_of(t[i].from));
		assert_true(at >= 0);
		Str rest = str_slice(good, at + (ptrdiff_t)strlen(t[i].from), good.n);
		Str bad = str_fmt(&arena, "%.*s%s%.*s", (int)at, good.p, t[i].to, (int)rest.n, rest.p);
		assert_int_equal(clk_schema_read(&arena, &why, bad, &schema), ERR_INVALID);
		if (!strstr(why.msg, t[i].says)) fail_msg("%s: %s", t[i].to, why.msg);
	}
	assert_int_equal(clk_schema_read(&arena, &why, S("{\n  x"), &schema), ERR_INVALID);
	assert_non_null(strstr(why.msg, "line 2, column"));
}

// A file of two strings, made at 0 and ending after `days`, signed.
static Str signed_file(int days, const char *rows) {
	static const uint8_t seed[32] = {7};
	uint8_t secret_key[64], public_key[32];
	Str signature = S(""), text = {0}, zeros = hex_of((const uint8_t[32]){0}, 32);
	signing_from(seed, secret_key, public_key);
	for (int i = 0; i < 2; i++) {
		text = str_fmt(
			&arena,
			"{\"header\":{\"project\":\"one\",\"schema\":\"%s\",\"key\":\"%.16s\","
			"\"made\":\"1970-01-01T00:00:00Z\",\"expires\":\"1970-%s\",\"rows\":2,"
			"\"diffusion\":3,\"anonymous\":false,\"public_key\":\"%s\",\"signature\":\"%s\"},"
			"\"clks\":[\n%s\n]}\n",
			str_z(&arena, zeros), str_z(&arena, zeros),
			days == 30 ? "01-31T00:00:00Z" : "02-01T00:00:00Z",
			str_z(&arena, hex_of(public_key, 32)), str_z(&arena, signature), rows);
		signature = base64_text(&arena, sign_with(&arena, secret_key, text));
	}
	return text;
}

static void a_file_of_bits_is_read_until_its_end_and_no_byte_of_it_may_change(void **s) {
	(void)s;
	ClkFile f;
	Str good = signed_file(30, "\"AAAAAAAAAAA=\",\n\"AAAAAAAAAAE=\"");
	if (clk_file_read(&arena, &why, good, 5, &f) != OK) fail_msg("%s", why.msg);
	assert_int_equal(f.rows, 2);
	assert_int_equal(f.bits, 64);
	assert_int_equal(clk_file_read(&arena, &why, good, 30 * 86400 - 1, &f), OK);
	assert_int_equal(clk_file_read(&arena, &why, good, 30 * 86400, &f), ERR_GONE);
	assert_int_equal(clk_file_read(&arena, &why, good, -3600, &f), ERR_INVALID); // made in the future
	assert_int_equal(clk_file_read(&arena, &why, signed_file(31, "\"AA==\",\"AA==\""), 5, &f),
			 ERR_INVALID);
	static const char *const rows[] = {"\"AA==\"", "\"AA==\",\"AAA=\"", "\"AA==\",5", "\"AA==\",\"A\"",
					   "\"AA==\",\"AA==\",\"AA==\""};
	for (int i = 0; i < COUNT(rows); i++)
		assert_int_equal(clk_file_read(&arena, &why, signed_file(30, rows[i]), 5, &f), ERR_INVALID);
	// An instant without its zone, in what nobody has signed yet.
	ptrdiff_t at = str_find(good, S("00:00:00Z"));
	Str bare = str_fmt(&arena, "%.*s%.*s", (int)at + 5, good.p, (int)(good.n - at - 9), good.p + at + 9);
	assert_int_equal(clk_file_read(&arena, &why, bare, 5, &f), ERR_INVALID);
	char *changed = str_z(&arena, good);
	for (ptrdiff_t i = 0; i < good.n; i++) {
		Arena before = arena;
		changed[i] ^= 1;
		assert_int_not_equal(clk_file_read(&arena, &why, (Str){changed, good.n}, 5, &f), OK);
		assert_int_not_equal(clk_file_read(&arena, &why, str_slice(good, 0, i), 5, &f), OK);
		changed[i] ^= 1;
		arena = before;
	}
}

int main(void) {
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_bits_are_those_of_an_independent_writing),
		cmocka_unit_test(keys_are_derived_as_the_standard_says),
		cmocka_unit_test(the_same_row_has_the_same_bits_wherever_it_stands),
		cmocka_unit_test(another_project_mixes_otherwise_and_plain_bits_do_not_know_it),
		cmocka_unit_test(diffusion_is_the_exclusive_or_of_three_different_bits),
		cmocka_unit_test(a_cell_that_does_not_fit_sets_no_bits_and_its_row_keeps_its_place),
		cmocka_unit_test(a_row_that_cannot_be_read_stops_the_whole),
		cmocka_unit_test(values_are_made_alike_before_they_are_hashed),
		cmocka_unit_test(a_file_of_bits_is_read_until_its_end_and_no_byte_of_it_may_change),
		cmocka_unit_test(what_would_change_bits_and_is_not_made_here_is_refused_with_the_mend),
	};
	return cmocka_run_group_tests(tests, setup, teardown);
}
