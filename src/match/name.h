// name.h - a person's name, in whatever script it was typed, as forms that can be compared.
//
// A name is cut into words; what is no name (honorifics, kinship, "late") is dropped, abbreviations are
// written out, and each word is romanised from Devanagari, Bengali, Gurmukhi, Urdu or Latin by the tables in
// name_tables.h. Each word has three forms, all in the letters a-z:
//   light     as it is read, with the commonest spellings made one (ee i, oo u, w v, ph f, x ks)
//   hard      what clerks confuse made one (aspirates, v b w, sh s, long and short, o and a, doubled letters)
//   skeleton  the consonants of the hard form, with the first vowel as one letter
// The typed spelling is never changed or kept here; that is the caller's. Text need not be valid UTF-8: bad
// bytes part words. Canonically equivalent texts give the same forms. Nothing here fails; forms live in the
// arena.
#pragma once
#include "base/base.h"

typedef struct {
	Str light, hard, skeleton; // none is empty
} NameForm;

#define NAME_WORDS 16 // of one name; more are not looked at
#define NAME_LETTERS 40 // of one form; the rest is not looked at
#define NAME_ALIASES 8

// The words of a name, in order. Returns how many were put out.
int name_forms(Arena *a, Str typed, NameForm out[], int max);

// Parts "Rekha alias Munni", "urf", "@", "a.k.a.", "उर्फ", "ওরফে", "عرف". The parts are slices of `typed`,
// trimmed, as typed. Returns how many, at most `max`; a text without any alias is one part, an empty one
// none.
int name_aliases(Str typed, Str out[], int max);

// How much alike two names are, 0 to 1. Words are paired whatever their order, an initial stands for a word
// that begins with it, and words written apart or together are the same name. Symmetric and deterministic. 0
// when one of them has no words.
double name_likeness(const NameForm *one, int none, const NameForm *two, int ntwo);

// Of two single words; what name_likeness weighs.
double name_word_likeness(const NameForm *one, const NameForm *two);

// Digits of any of the scripts as 0-9; everything else as it stands.
Str name_digits(Arena *a, Str typed);
