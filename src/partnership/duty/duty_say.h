// duty_say.h - the words for a duty, for this room's pages.
#pragma once
#include "duty/duty_parts.h"
Str duty_title(Cx *cx, const Duty *d);
Str duty_event_said(Cx *cx, Str event);
Str duty_role_said(Cx *cx, Str who);
MUST_USE Err duty_agency(Cx *cx, StakeholderId who, Str *out);
Str duty_state_said(Cx *cx, DutyState s);
Str duty_tag(Cx *cx, const Duty *d);
Str duty_tone(Cx *cx, const Duty *d); // late soon done, or empty
Str duty_within(Cx *cx, const PackRule *r);
// A rule of the hub's own rests on no law and no source: pages say what it is, in the reader's language, and
// no more.
static inline bool duty_house_rule(const PackRule *r) { return str_eq(r->confidence, S("POLICY")); }
Str duty_provision(Cx *cx, const PackRule *r);
Str duty_unassigned_said(Cx *cx, const Duty *d);
Str duty_rung_said(Cx *cx, Str step);
Str duty_kind_said(Cx *cx, Str kind);
