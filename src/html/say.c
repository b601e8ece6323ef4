#include "base/when.h"
#include "html/html.h"
#include "text.h"

enum { MINUTE = 60, HOUR = 60 * MINUTE, DAY = 24 * HOUR };

static const Text month_long[] = {
	T_html_january, T_html_february, T_html_march,	   T_html_april,   T_html_may,	    T_html_june,
	T_html_july,	T_html_august,	 T_html_september, T_html_october, T_html_november, T_html_december,
};
static const Text month_short[] = {
	T_html_jan, T_html_feb, T_html_mar, T_html_apr, T_html_may_short, T_html_jun,
	T_html_jul, T_html_aug, T_html_sep, T_html_oct, T_html_nov,	  T_html_dec,
};
_Static_assert(COUNT(month_long) == 12 && COUNT(month_short) == 12, "a year has twelve months");

static Str number(Cx *cx, int64_t n) { return str_fmt(cx->arena, "%lld", (long long)n); }
static Str plural(Cx *cx, Text t, int64_t n) { return text_plural(cx->arena, cx->lang, t, n, NULL, 0); }

Str say_date(Cx *cx, int64_t t) {
	Civil c = zone_civil(cx->zone, t);
	return say(cx, T_html_date, number(cx, c.day), text_in(cx->lang, month_long[c.month - 1]),
		   number(cx, c.year));
}

Str say_when(Cx *cx, int64_t t) {
	Civil c = zone_civil(cx->zone, t);
	Str day = number(cx, c.day), month = text_in(cx->lang, month_short[c.month - 1]);
	Str clock = str_fmt(cx->arena, "%02d:%02d", c.hour, c.minute);
	if (c.year == zone_civil(cx->zone, cx->now).year) return say(cx, T_html_when, day, month, clock);
	return say(cx, T_html_when_year, day, month, number(cx, c.year), clock);
}

Str say_span(Cx *cx, int64_t seconds) {
	if (seconds < 0) seconds = 0;
	if (seconds < MINUTE) return say(cx, T_html_span_moment);
	if (seconds < HOUR) return plural(cx, T_html_span_minutes, seconds / MINUTE);
	if (seconds >= DAY) return plural(cx, T_html_span_days, seconds / DAY);
	int64_t hours = seconds / HOUR, minutes = seconds % HOUR / MINUTE;
	if (!minutes) return plural(cx, T_html_span_hours, hours);
	return say(cx, T_html_span_hours_minutes, number(cx, hours), number(cx, minutes));
}

Str say_left(Cx *cx, int64_t due) {
	int64_t left = due - cx->now;
	if (left < 0) return say(cx, T_html_late_by, say_span(cx, -left));
	if (left >= 2 * DAY) return plural(cx, T_html_in_days, left / DAY);
	return say(cx, T_html_left, say_span(cx, left));
}
