// The words for why two persons may be one.
#include "identity/identity_parts.h"
#include "text.h"

bool identity_probable(double weight) { return weight >= WEIGHT_PROBABLE; }

static const Text field_said[IDENTITY_FIELDS] = {
	T_identity_given,    T_identity_family, T_identity_name,  T_identity_guardian, T_identity_birth,
	T_identity_birth,    T_identity_birth,	T_identity_sex,	  T_identity_place,    T_identity_district,
	T_identity_postcode, T_identity_street, T_identity_phone, T_identity_email,    T_identity_identifier,
};

Str identity_field_said(Cx *cx, Str field) {
	for (int i = 0; i < IDENTITY_FIELDS; i++)
		if (str_eq(str_of(identity_field[i]), field)) return text_in(cx->lang, field_said[i]);
	return field;
}

static const Text level_said[LEVEL__N] = {T_identity_same, T_identity_sound, T_identity_one,  T_identity_two,
					  T_identity_part, T_identity_like,  T_identity_other};
// Of a birth the same signs mean something else.
static const Text birth_said[LEVEL__N] = {T_identity_same,	 T_identity_swapped, T_identity_one_digit,
					  T_identity_two_digits, T_identity_part,    T_identity_near,
					  T_identity_other};

static const double rare = 9; // bits that only a rare value gives

Str identity_word(Cx *cx, const IdentityWord *w) {
	bool birth = str_eq(w->field, S("birth_date"));
	Text t = (birth ? birth_said : level_said)[w->level];
	if (w->level == LEVEL_SAME && w->bits >= rare && !birth) t = T_identity_same_rare;
	return text_in(cx->lang, t);
}

static void put(Buf *b, Str sentence) {

	if (b->n) buf_put(b, S("; "));
	buf_put(b, sentence);
}

Str identity_why(Cx *cx, const IdentityHit *h) {
	Buf b = {.a = cx->arena};
	for (int i = 0; i < h->nword; i++)
		put(&b, say(cx, T_identity_word, identity_field_said(cx, h->word[i].field),
			    identity_word(cx, &h->word[i])));
	if (h->swapped) put(&b, text_in(cx->lang, T_identity_changed_about));
	if (h->twins) put(&b, text_in(cx->lang, T_identity_twins));
	if (h->names_alone) put(&b, text_in(cx->lang, T_identity_names_alone));
	return buf_str(&b);
}
