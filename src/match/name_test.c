#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>
#undef fail // cmocka's; base.h has its own

#include "base/utf8.h"
#include "match/name.h"

static Arena arena;

static int setup(void **state) {
	(void)state;
	arena = arena_new(16 << 20);
	return 0;
}
static int teardown(void **state) {
	(void)state;
	arena_free(&arena);
	return 0;
}

static Str forms_text(Str typed, int which) {
	NameForm f[NAME_WORDS];
	int n = name_forms(&arena, typed, f, NAME_WORDS);
	Buf b = {.a = &arena};
	for (int i = 0; i < n; i++) {
		if (i) buf_char(&b, ' ');
		buf_put(&b, which == 0 ? f[i].light : which == 1 ? f[i].hard : f[i].skeleton);
	}
	return buf_str(&b);
}
static void reads(const char *typed, const char *light) {
	Str got = forms_text(str_of(typed), 0);
	if (!str_eq(got, str_of(light))) {
		print_error("%s is read %.*s, not %s\n", typed, (int)got.n, got.p, light);
		assert_true(!"see the line above");
	}
}
static void same_hard(const char *one, const char *two) {
	Str x = forms_text(str_of(one), 1), y = forms_text(str_of(two), 1);
	if (!str_eq(x, y)) {
		print_error("%s gives %.*s, %s gives %.*s\n", one, (int)x.n, x.p, two, (int)y.n, y.p);
		assert_true(!"see the line above");
	}
}
static double like(const char *one, const char *two) {
	NameForm x[NAME_WORDS], y[NAME_WORDS];
	int nx = name_forms(&arena, str_of(one), x, NAME_WORDS),
	    ny = name_forms(&arena, str_of(two), y, NAME_WORDS);
	double there = name_likeness(x, nx, y, ny), back = name_likeness(y, ny, x, nx);
	assert_true(there == back || (there - back < 1e-9 && back - there < 1e-9));
	assert_true(there >= 0 && there <= 1);
	return there;
}

static void names_are_read_in_every_script(void **s) {
	(void)s;
	reads("राजकुमार", "rajkumar");
	reads("सुनीता देवी", "sunita devi");
	reads("सिंह", "singh");
	reads("चन्द्र", "chandra");
	reads("सरस्वती", "sarasvati");
	reads("मीरा थापा", "mira thapa");
	reads("রেখা দাস", "rekha das");
	reads("ফাতেমা", "fatema");
	reads("ਸੁਖਦੀਪ", "sukhdip");
	reads("Sunīta Devī", "sunita devi");
	reads("Radhey Shyam", "radhe shyam");
}

static void what_is_no_name_is_dropped(void **s) {
	(void)s;
	reads("Late Shri Ram Lal", "ram lal");
	reads("स्व. श्री राम लाल", "ram lal");
	reads("মৃত রাম লাল", "ram lal");
	reads("প্রয়াত রাম লাল", "ram lal");
	reads("Rekha d/o Ram", "rekha ram");
	reads("Rekha S/O Ram", "rekha ram");
	reads("s/o", "");
	reads("Smt. Rekha wife of Ram", "rekha ram");
	reads("रेखा पुत्री राम", "rekha ram");
}

static void what_is_short_is_written_out(void **s) {
	(void)s;
	reads("Md. Karim", "mohamad karim");
	reads("Mohd Karim", "mohamad karim");
	reads("मो. करीम", "mohamad karim");
	reads("মোঃ করিম", "mohamad karim");
	reads("Mst Rahima", "mosamat rahima");
	reads("Ram Kr. Das", "ram kumar das");
	reads("Km. Rekha", "kumari rekha");
	reads("एस. के. दास", "s k das");
}

static void what_clerks_confuse_is_one_hard_form(void **s) {
	(void)s;
	static const char *const pair[][2] = {
		{"Laxmi", "Lakshmi"}, {"Lokkhi", "Lakshmi"},   {"Vishnu", "Bishnu"},
		{"Mohammed", "Md"},   {"Muhammad", "Mohamed"}, {"Chaudhary", "Choudhury"},
		{"Sk", "Sheikh"},     {"Poonam", "Punam"},     {"Seema", "Sima"},
		{"Asha", "Aasha"},    {"Zakir", "Jakir"},      {"Phatima", "Fatima"},
		{"Sarma", "Sharma"},  {"Datta", "Data"},       {"লক্ষ্মী", "लक्ष्मी"},
		{"विष्णु", "Bishnu"},   {"Pooja", "पूजा"},	       {"Khatoon", "খাতুন"},
	};
	for (ptrdiff_t i = 0; i < COUNT(pair); i++) same_hard(pair[i][0], pair[i][1]);
}

static void joiners_dots_and_composition_change_nothing(void **s) {
	(void)s;
	static const char *const same[][2] = {
		{"रा\u200dम", "राम"},
		{"रा\u200cम", "राम"},
		{"\u095b\u093e\u0915\u093f\u0930", "ज\u093cाकिर"},
		{"\u09dc\u09be", "ড\u09bcা"},
		{"\u09ae\u09c7\u09be", "\u09ae\u09cb"},
		{"Jose\u0301", "José"},
		{"D'Souza", "DSouza"},
	};
	for (ptrdiff_t i = 0; i < COUNT(same); i++) {
		Str x = forms_text(str_of(same[i][0]), 0), y = forms_text(str_of(same[i][1]), 0), clean;
		assert_true(x.n > 0 && str_eq(x, y));
		assert_true(utf8_clean(&arena, str_of(same[i][0]), &clean));
		assert_true(str_eq(x, forms_text(clean, 0)));
	}
}

static void bad_bytes_part_words(void **s) {
	(void)s;
	reads("ram\xff"
	      "das",
	      "ram das");
	reads("\xe0\xa4", "");
	reads("", "");
	reads("1234 ,,..", "");
	NameForm f[2];
	assert_int_equal(name_forms(&arena, S("a b c d"), f, 2), 2);
	assert_int_equal(name_forms(&arena, S("a b c d"), f, 0), 0);
}

static void aliases_keep_their_spelling(void **s) {
	(void)s;
	static const struct {
		const char *typed;
		int n;
		const char *part[3];
	} row[] = {
		{"Rekha alias Munni", 2, {"Rekha", "Munni"}},
		{"Rekha @ Munni@Guddi", 3, {"Rekha", "Munni", "Guddi"}},
		{"रेखा उर्फ मुन्नी", 2, {"रेखा", "मुन्नी"}},
		{"রেখা ওরফে মুন্নি", 2, {"রেখা", "মুন্নি"}},
		{"REKHA URF MUNNI", 2, {"REKHA", "MUNNI"}},
		{"Rekha (alias Munni)", 2, {"Rekha", "Munni"}},
		{"Rekha a.k.a. Munni", 2, {"Rekha", "Munni"}},
		{"Turfan Aliasgar", 1, {"Turfan Aliasgar"}},
		{"alias", 0, {NULL}},
		{"  ", 0, {NULL}},
	};
	for (ptrdiff_t i = 0; i < COUNT(row); i++) {
		Str part[NAME_ALIASES];
		int n = name_aliases(str_of(row[i].typed), part, NAME_ALIASES);
		if (n != row[i].n) print_error("%s: %d parts\n", row[i].typed, n);
		assert_int_equal(n, row[i].n);
		for (int k = 0; k < n; k++) assert_true(str_eq(part[k], str_of(row[i].part[k])));
	}
	Str part[NAME_ALIASES];
	assert_int_equal(name_aliases(S("a@b@c@d@e@f@g@h@i@j"), part, 20), NAME_ALIASES);
}

static void native_digits_become_ours(void **s) {
	(void)s;
	assert_true(str_eq(name_digits(&arena, S("१२/०३/২০১০ ੧ ۴ \xff")), S("12/03/2010 1 4 \xff")));
}

static void likeness_puts_the_same_name_first(void **s) {
	(void)s;
	assert_true(like("Sunita Devi", "सुनीता देवी") > 0.97);
	assert_true(like("Devi Sunita", "Sunita Devi") > 0.8);
	assert_true(like("Raj Kumar", "Rajkumar") > 0.85);
	assert_true(like("S. Devi", "Sunita Devi") > 0.6);
	assert_true(like("Sunita Devi", "Sunila Devi") < like("Sunita Devi", "Suneeta Debi"));
	assert_true(like("Ram", "Abdul Karim") < 0.4);
	assert_true(like("", "Ram") == 0);
}

int main(void) {
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_are_read_in_every_script),
		cmocka_unit_test(what_is_no_name_is_dropped),
		cmocka_unit_test(what_is_short_is_written_out),
		cmocka_unit_test(what_clerks_confuse_is_one_hard_form),
		cmocka_unit_test(joiners_dots_and_composition_change_nothing),
		cmocka_unit_test(bad_bytes_part_words),
		cmocka_unit_test(aliases_keep_their_spelling),
		cmocka_unit_test(native_digits_become_ours),
		cmocka_unit_test(likeness_puts_the_same_name_first),
	};
	return cmocka_run_group_tests(tests, setup, teardown);
}
