// lang.h - the languages the program can speak. A language is offered when its catalogue is complete (textgen
// counts).
#pragma once
#include "base/base.h"
typedef enum { LANG_EN, LANG_HI, LANG_BN, LANG_NE, LANG_AR, LANG__N } Lang;
typedef struct {
	Str code; // ISO 639-1, also the html lang attribute
	Str english; // as XLSForm headers name it: "Hindi"
	Str own; // as its speakers write it
	bool right_to_left;
} LangInfo;
extern const LangInfo lang_info[LANG__N];
bool lang_from_code(Str code, Lang *out); // "hi", "hi-IN", "HI"
int lang_plural(Lang l,
		int64_t n); // 0 one, 1 other (CLDR cardinal rules folded to two forms; ar: 0 one, 1 other)

// A text in several languages, from a pack.
typedef struct {
	Str in[LANG__N];
} Label;
static inline Str label_in(const Label *l, int lang) { return l->in[lang].n ? l->in[lang] : l->in[LANG_EN]; }
