// when.h - instants, civil dates, durations, time zones. Instants are seconds since 1970-01-01 UTC.
//
// Civil arithmetic is proleptic Gregorian (ISO 8601). A Zone is read once from ICU's tz data and is
// immutable.
#pragma once
#include "base/base.h"

typedef struct {
	int year, month, day; // month 1..12
	int hour, minute, second;
} Civil;

int64_t days_from_civil(int year, int month, int day); // days since 1970-01-01
void civil_from_days(int64_t days, int *year, int *month, int *day);
int weekday_of(int64_t days); // 0 Sunday .. 6 Saturday
bool date_valid(int year, int month, int day);

// NULL when the name is not an IANA zone. Lives in the arena.
Zone *zone_load(Arena *a, Str iana_name);
Civil zone_civil(const Zone *z, int64_t t); // wall clock
int64_t zone_instant(
	const Zone *z,
	const Civil *c); // a wall time that does not exist moves forward; the first of two is taken
Str zone_name(const Zone *z);

// ISO 8601 duration with the working-day extension of our packs: PT24H, P2M, P1Y, P15D, P5WD, P1DT12H.
typedef struct {
	int32_t years, months, days, working_days, hours, minutes;
} Duration;
bool duration_parse(Str s, Duration *out); // false: not a duration; *out untouched
bool duration_is_zero(const Duration *d);

typedef struct {
	uint8_t days_off; // bit 0 Sunday .. bit 6 Saturday
	const int64_t *holiday; // sorted days since 1970
	ptrdiff_t nholiday;
} Calendar;
bool calendar_works(const Calendar *c, int64_t day);
// The moment a clock started at `from` runs out. Hours run on; days, months, years keep the wall time (end of
// the month is clamped: 31 Jan + P1M = 28/29 Feb); working days count days of the calendar after the first.
int64_t duration_after(const Zone *z, const Calendar *c, int64_t from, const Duration *d);

// RFC 3339 in UTC: 2026-11-23T21:58:00Z. parse also takes an offset, or a bare date (midnight in z), or
// YYYY-MM-DDTHH:MM as HTML forms send it (wall time in z). false: none of these.
Str when_rfc3339(Arena *a, int64_t t);
bool when_parse(const Zone *z, Str s, int64_t *out);
bool when_parse_date(Str s, int64_t *days); // YYYY-MM-DD
Str when_date(Arena *a, int64_t days); // YYYY-MM-DD
