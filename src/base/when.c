#include "base/when.h"
#include <unicode/ucal.h>
#include <unicode/ustring.h>

#define DAY 86400

// ---- civil dates: Neri and Schneider, "Euclidean affine functions and their application to calendar
// algorithms", Software: Practice and Experience 2023; here in the plain era form of the same arithmetic.

static int64_t floor_div(int64_t a, int64_t b) { return a / b - (a % b < 0); }

int64_t days_from_civil(int year, int month, int day) {
	int64_t y = (int64_t)year - (month <= 2);
	int64_t era = floor_div(y, 400), yoe = y - era * 400;
	int64_t doy = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
	int64_t doe = yoe * 365 + yoe / 4 - yoe / 100 + doy;
	return era * 146097 + doe - 719468;
}

void civil_from_days(int64_t days, int *year, int *month, int *day) {
	int64_t z = days + 719468, era = floor_div(z, 146097), doe = z - era * 146097;
	int64_t yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
	int64_t doy = doe - (365 * yoe + yoe / 4 - yoe / 100), mp = (5 * doy + 2) / 153;
	*day = (int)(doy - (153 * mp + 2) / 5 + 1);
	*month = (int)(mp < 10 ? mp + 3 : mp - 9);
	*year = (int)(yoe + era * 400 + (*month <= 2));
}

int weekday_of(int64_t days) { return (int)(days + 4 - floor_div(days + 4, 7) * 7); }

static int month_days(int year, int month) {
	static const int length[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
	bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
	return length[month - 1] + (month == 2 && leap);
}

bool date_valid(int year, int month, int day) {
	return year >= 1 && year <= 9999 && month >= 1 && month <= 12 && day >= 1 &&
	       day <= month_days(year, month);
}

// ---- zones: the offsets of ICU's tz data between 1970 and 2100, read once
// ------------------------------------------

typedef struct {
	int64_t from; // instant from which `offset` holds
	int32_t offset; // seconds east of UTC
} Turn;
struct Zone {
	Str name;
	Turn *turn;
	ptrdiff_t n;
};

static int32_t offset_at(UCalendar *cal, double ms, UErrorCode *e) {
	ucal_setMillis(cal, ms, e);
	return (ucal_get(cal, UCAL_ZONE_OFFSET, e) + ucal_get(cal, UCAL_DST_OFFSET, e)) / 1000;
}

static void close_calendar(UCalendar **c) {
	if (*c) ucal_close(*c);
}

static bool read_turns(Arena *a, UCalendar *cal, Zone *z) {
	enum { MOST = 300 };
	UErrorCode e = U_ZERO_ERROR;
	z->turn = NEW(a, Turn, MOST);
	z->turn[z->n++] = (Turn){INT64_MIN, offset_at(cal, 0, &e)};
	UDate next = 0;
	ucal_setMillis(cal, 0, &e);
	while (z->n < MOST && ucal_getTimeZoneTransitionDate(cal, UCAL_TZ_TRANSITION_NEXT, &next, &e) &&
	       next < 4102444800000.0) {
		z->turn[z->n++] = (Turn){(int64_t)(next / 1000), offset_at(cal, next, &e)};
		if (U_FAILURE(e)) return false;
	}
	return U_SUCCESS(e);
}

Zone *zone_load(Arena *a, Str iana_name) {
	UChar wide[64], canonical[64];
	UBool known = 0;
	UErrorCode e = U_ZERO_ERROR;
	if (iana_name.n == 0 || iana_name.n >= 60) return NULL;
	u_uastrncpy(wide, str_z(a, iana_name), 63);
	(void)ucal_getCanonicalTimeZoneID(wide, -1, canonical, 63, &known, &e);
	if (U_FAILURE(e) || !known) return NULL;
	__attribute__((cleanup(close_calendar))) UCalendar *cal =
		ucal_open(wide, -1, "en", UCAL_GREGORIAN, &e);
	if (U_FAILURE(e)) return NULL;
	Zone *z = NEW(a, Zone, 1);
	z->name = str_dup(a, iana_name);
	return read_turns(a, cal, z) ? z : NULL;
}

Str zone_name(const Zone *z) { return z->name; }

static int32_t zone_offset(const Zone *z, int64_t t) {
	ptrdiff_t lo = 0, hi = z->n;
	while (hi - lo > 1) {
		ptrdiff_t mid = (lo + hi) / 2;
		if (z->turn[mid].from <= t)
			lo = mid;
		else
			hi = mid;
	}
	return z->turn[lo].offset;
}

static Civil civil_of(int64_t local) {
	Civil c = {0};
	int64_t days = floor_div(local, DAY), rest = local - days * DAY;
	civil_from_days(days, &c.year, &c.month, &c.day);
	c.hour = (int)(rest / 3600);
	c.minute = (int)(rest / 60 % 60);
	c.second = (int)(rest % 60);
	return c;
}

static int64_t seconds_of(const Civil *c) {
	return days_from_civil(c->year, c->month, c->day) * DAY + c->hour * 3600 + c->minute * 60 + c->second;
}

Civil zone_civil(const Zone *z, int64_t t) { return civil_of(t + zone_offset(z, t)); }

int64_t zone_instant(const Zone *z, const Civil *c) {
	int64_t local = seconds_of(c);
	// The offset before the wall time is tried first: it picks the first of two, and moves a missing time
	// forward.
	int32_t before = zone_offset(z, local - DAY), after = zone_offset(z, local + DAY);
	int64_t early = local - before, late = local - after;
	if (zone_offset(z, early) == before) return early;
	if (zone_offset(z, late) == after) return late;
	return early;
}

// ---- durations
// --------------------------------------------------------------------------------------------------

static bool take_number(Str *s, int64_t *v) {
	ptrdiff_t n = 0;
	while (n < s->n && n < 6 && s->p[n] >= '0' && s->p[n] <= '9') n++;
	if (!str_to_int(str_slice(*s, 0, n), v)) return false;
	*s = str_slice(*s, n, s->n);
	return true;
}

bool duration_parse(Str s, Duration *out) {
	Duration d = {0};
	// Designators in the order they must come; each at most once.
	struct {
		Str name;
		int32_t *to;
		bool time;
	} part[] = {
		{SLIT("Y"), &d.years, false},	      {SLIT("M"), &d.months, false},
		{SLIT("WD"), &d.working_days, false}, {SLIT("W"), NULL, false},
		{SLIT("D"), &d.days, false},	      {SLIT("H"), &d.hours, true},
		{SLIT("M"), &d.minutes, true},
	};
	ptrdiff_t at = 0;
	bool time = false, any = false;
	if (!str_starts(s, S("P"))) return false;
	for (s = str_slice(s, 1, s.n); s.n;) {
		if (!time && s.p[0] == 'T') {
			time = true;
			s = str_slice(s, 1, s.n);
			if (!s.n) return false;
		}
		int64_t v;
		if (!take_number(&s, &v)) return false;
		while (at < COUNT(part) && (part[at].time != time || !str_starts(s, part[at].name))) at++;
		if (at == COUNT(part)) return false;
		if (part[at].to)
			*part[at].to = (int32_t)v;
		else
			d.days = (int32_t)(v * 7);
		s = str_slice(s, part[at].name.n, s.n);
		at++;
		any = true;
	}
	if (!any) return false;
	*out = d;
	return true;
}

bool duration_is_zero(const Duration *d) {
	return !(d->years || d->months || d->days || d->working_days || d->hours || d->minutes);
}

bool calendar_works(const Calendar *c, int64_t day) {
	if (c->days_off & (1U << weekday_of(day))) return false;
	for (ptrdiff_t i = 0; i < c->nholiday && c->holiday[i] <= day; i++)
		if (c->holiday[i] == day) return false;
	return true;
}

static int64_t after_working_days(const Calendar *c, int64_t day, int n) {
	// A calendar without a working day would never end: ten years is the wall.
	for (int tries = 0; n > 0 && tries < 3660; tries++) n -= calendar_works(c, ++day);
	return day;
}

int64_t duration_after(const Zone *z, const Calendar *c, int64_t from, const Duration *d) {
	int64_t t = from;
	if (d->years || d->months || d->days || d->working_days) {
		Civil w = zone_civil(z, from);
		int months = w.year * 12 + w.month - 1 + d->years * 12 + d->months;
		w.year = months / 12;
		w.month = months % 12 + 1;
		if (w.day > month_days(w.year, w.month)) w.day = month_days(w.year, w.month);
		int64_t day = days_from_civil(w.year, w.month, w.day) + d->days;
		if (d->working_days) day = after_working_days(c, day, d->working_days);
		civil_from_days(day, &w.year, &w.month, &w.day);
		t = zone_instant(z, &w);
	}
	return t + (int64_t)d->hours * 3600 + (int64_t)d->minutes * 60;
}

// ---- as text
// -------------------------------------------------------------------------------------------------------

Str when_rfc3339(Arena *a, int64_t t) {
	Civil c = civil_of(t);
	return str_fmt(a, "%04d-%02d-%02dT%02d:%02d:%02dZ", c.year, c.month, c.day, c.hour, c.minute,
		       c.second);
}

Str when_date(Arena *a, int64_t days) {
	int y, m, d;
	civil_from_days(days, &y, &m, &d);
	return str_fmt(a, "%04d-%02d-%02d", y, m, d);
}

static bool digits(Str s, ptrdiff_t at, ptrdiff_t n, int *out) {
	*out = 0;
	if (at + n > s.n) return false;
	for (ptrdiff_t i = at; i < at + n; i++) {
		if (s.p[i] < '0' || s.p[i] > '9') return false;
		*out = *out * 10 + (s.p[i] - '0');
	}
	return true;
}

static bool sign_at(Str s, ptrdiff_t at, const char *one_of) {
	return at < s.n && s.p[at] && strchr(one_of, s.p[at]);
}

bool when_parse_date(Str s, int64_t *days) {
	int y, m, d;
	if (s.n != 10 || !digits(s, 0, 4, &y) || !digits(s, 5, 2, &m) || !digits(s, 8, 2, &d)) return false;
	if (!sign_at(s, 4, "-") || !sign_at(s, 7, "-") || !date_valid(y, m, d)) return false;
	*days = days_from_civil(y, m, d);
	return true;
}

// "Z", "+05:30", or nothing (wall time in z). at: where it begins.
static bool parse_offset(const Zone *z, Str s, ptrdiff_t at, const Civil *c, int64_t *out) {
	if (at == s.n) {
		*out = zone_instant(z, c);
		return true;
	}
	*out = seconds_of(c);
	if (at + 1 == s.n && sign_at(s, at, "Zz")) return true;
	int h, m;
	if (at + 6 != s.n || !sign_at(s, at, "+-") || !digits(s, at + 1, 2, &h) || !sign_at(s, at + 3, ":") ||
	    !digits(s, at + 4, 2, &m))
		return false;
	if (h > 23 || m > 59) return false;
	*out -= (s.p[at] == '-' ? -1 : 1) * (int64_t)(h * 3600 + m * 60);
	return true;
}

bool when_parse(const Zone *z, Str s, int64_t *out) {
	Civil c = {0};
	int64_t days;
	if (!when_parse_date(str_slice(s, 0, 10), &days)) return false;
	civil_from_days(days, &c.year, &c.month, &c.day);
	if (s.n == 10) {
		*out = zone_instant(z, &c);
		return true;
	}
	if (!sign_at(s, 10, "Tt ") || !digits(s, 11, 2, &c.hour) || !sign_at(s, 13, ":") ||
	    !digits(s, 14, 2, &c.minute))
		return false;
	ptrdiff_t at = 16;
	if (sign_at(s, at, ":")) {
		if (!digits(s, at + 1, 2, &c.second)) return false;
		at += 3;
		if (sign_at(s, at, "."))
			for (at++; at < s.n && s.p[at] >= '0' && s.p[at] <= '9'; at++) {}
	}
	if (c.hour > 23 || c.minute > 59 || c.second > 60) return false;
	return parse_offset(z, s, at, &c, out);
}
