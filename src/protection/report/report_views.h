// report_views.h - what the public and the members' pages of the room share; nobody else includes it.
#pragma once
#include "report/report.h"

// For the fields whose choices come from the pack or the directory.
void report_choose(Cx *cx, FormView *f, const char *field, const ChoiceView *at, ptrdiff_t n);
void report_set_value(Cx *cx, FormView *f, const char *field, Str value);
// Districts into `area`, listed agencies into `agency`.
MUST_USE Err report_fill_tell(Cx *cx, Req *rq, FormView *f);
// From the form `tell` and its fields; marks what is wrong and answers ERR_INVALID.
MUST_USE Err report_in_of(Cx *cx, Req *rq, ReportIn *in);
MUST_USE Err report_files_of(Cx *cx, Req *rq, const ReportFile **file, int *n);
Str report_about_said(Cx *cx, Str code);
Str report_area_said(Cx *cx, Str code);
Str report_state_said(Cx *cx, ReportState s);
Str report_channel_said(Cx *cx, Str code);

extern const Field report_tell_fields[];
enum { REPORT_TELL_FIELDS = 2 };
Page report_show_door, report_show_tell, report_run_tell, report_show_back, report_run_back, report_run_add,
	report_again_add;
