#include "base/lang.h"

const LangInfo lang_info[LANG__N] = {
	[LANG_EN] = {SLIT("en"), SLIT("English"), SLIT("English"), false},
	[LANG_HI] = {SLIT("hi"), SLIT("Hindi"), SLIT("हिन्दी"), false},
	[LANG_BN] = {SLIT("bn"), SLIT("Bengali"), SLIT("বাংলা"), false},
	[LANG_NE] = {SLIT("ne"), SLIT("Nepali"), SLIT("नेपाली"), false},
	[LANG_AR] = {SLIT("ar"), SLIT("Arabic"), SLIT("العربية"), true},
};

bool lang_from_code(Str code, Lang *out) {
	code = str_slice(code, 0, 2);
	for (int i = 0; i < LANG__N; i++)
		if (str_eq_nocase(lang_info[i].code, code)) {
			*out = (Lang)i;
			return true;
		}
	return false;
}

// CLDR cardinals: in Hindi and Bengali zero counts as one does.
int lang_plural(Lang l, int64_t n) {
	if (l == LANG_HI || l == LANG_BN) return n == 0 || n == 1 ? 0 : 1;
	return n == 1 ? 0 : 1;
}
