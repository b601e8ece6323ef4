// Codes in words. What the pack names is the pack's to say.
#include "statistics/statistics_parts.h"
#include "text.h"

static const struct {
	By by;
	Str code;
	Text say;
} words[] = {
	{BY_AREA, SLIT("elsewhere"), T_statistics_elsewhere},
	{BY_EXPLOITATION, SLIT("several"), T_statistics_several},
	{BY_EXPLOITATION, SLIT("unlisted"), T_statistics_unlisted},
	{BY_AGE, SLIT("child"), T_statistics_child},
	{BY_AGE, SLIT("adult"), T_statistics_adult},
	{BY_AGE, SLIT("unlisted"), T_statistics_unknown},
	{BY_SEX, SLIT("female"), T_statistics_female},
	{BY_SEX, SLIT("male"), T_statistics_male},
	{BY_SEX, SLIT("trans"), T_statistics_trans},
	{BY_SEX, SLIT("other"), T_statistics_other_sex},
	{BY_SEX, SLIT("unlisted"), T_statistics_unknown},
	{BY_KIND, SLIT("unlisted"), T_statistics_other_kind},
	{BY_REPORT_STATE, SLIT("received"), T_statistics_report_received},
	{BY_REPORT_STATE, SLIT("acknowledged"), T_statistics_report_acknowledged},
	{BY_REPORT_STATE, SLIT("screened"), T_statistics_report_screened},
	{BY_REPORT_STATE, SLIT("case_opened"), T_statistics_report_case},
	{BY_REPORT_STATE, SLIT("closed"), T_statistics_report_closed},
	{BY_CASE_STATE, SLIT("open"), T_statistics_open},
	{BY_CASE_STATE, SLIT("closed"), T_statistics_closed},
	{BY_DONE, SLIT("in_time"), T_statistics_in_time},
	{BY_DONE, SLIT("late"), T_statistics_late},
	{BY_DONE, SLIT("not_yet"), T_statistics_not_yet},
	{BY_DONE, SLIT("excused"), T_statistics_excused},
	{BY_TAKEN, SLIT("in_time"), T_statistics_in_time},
	{BY_TAKEN, SLIT("late"), T_statistics_late},
	{BY_TAKEN, SLIT("never"), T_statistics_never},
};

static const Text months[] = {T_statistics_month_1,  T_statistics_month_2,  T_statistics_month_3,
			      T_statistics_month_4,  T_statistics_month_5,  T_statistics_month_6,
			      T_statistics_month_7,  T_statistics_month_8,  T_statistics_month_9,
			      T_statistics_month_10, T_statistics_month_11, T_statistics_month_12};

static Str area_said(Cx *cx, Str code) {
	const PackArea *a = pack_area(cx->pack, code);
	return a ? label_in(&a->label, cx->lang) : code;
}

static Str kind_said(Cx *cx, Str code) {
	const PackCode *k = pack_kind(cx->pack, code);
	return k ? label_in(&k->label, cx->lang) : code;
}

static Str month_said(Cx *cx, Str code) {
	int64_t m = 0;
	if (!str_to_int(str_slice(code, 5, 7), &m) || m < 1 || m > 12) return code;
	return say(cx, months[m - 1], str_slice(code, 0, 4));
}

static Str exploitation_said(Cx *cx, Str code) {
	const PackForm *f = pack_form(cx->pack, S("person"));
	return f ? pack_choice_label(f, S("exploitation"), code, cx->lang) : code;
}

// Each list by its name, with a plus between.
static Str lists_said(Cx *cx, Str code) {
	Buf b = {.a = cx->arena};
	Str one;
	if (str_eq(code, S("none"))) return text_in(cx->lang, T_statistics_on_no_list);
	while (str_cut(&code, '+', &one)) {
		if (b.n) buf_put(&b, S(" + "));
		Str said = one; // a list that the pack does not have any more
		for (ptrdiff_t i = 0; i < cx->pack->nlist; i++)
			if (str_eq(cx->pack->list[i].code, one))
				said = label_in(&cx->pack->list[i].label, cx->lang);
		buf_put(&b, said);
	}
	return buf_str(&b);
}

Str statistics_value_said(Cx *cx, By by, Str code) {
	for (ptrdiff_t i = 0; i < COUNT(words); i++)
		if (words[i].by == by && str_eq(words[i].code, code)) return text_in(cx->lang, words[i].say);
	switch (by) {
	case BY_AREA:
		return area_said(cx, code);
	case BY_MONTH:
		return month_said(cx, code);
	case BY_EXPLOITATION:
		return exploitation_said(cx, code);
	case BY_KIND:
		return kind_said(cx, code);
	case BY_LISTS:
		return lists_said(cx, code);
	case BY_NOTHING:
	case BY_REPORT_STATE:
	case BY_CASE_STATE:
	case BY_AGE:
	case BY_SEX:
	case BY_DONE:
	case BY_TAKEN:
	case BY__N:
		break;
	}
	return code;
}
