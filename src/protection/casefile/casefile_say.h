// casefile_say.h - the words for a case, and what the files of its pages share.
#pragma once
#include "casefile/casefile.h"
#include "casefile_html.h"
#include "text.h"

Str casefile_class_said(Cx *cx, Class k);
Str casefile_basis_said(Cx *cx, Str basis);
Str casefile_screening_said(Cx *cx, Str code);
Str casefile_state_said(Cx *cx, CaseState s);
Str casefile_reason_said(Cx *cx, Str why);
Str casefile_area_said(Cx *cx, Str area);
Str casefile_codes_said(Cx *cx, const char *ask, Str codes); // of the form `person`
Str casefile_capacity_said(Cx *cx, Str capacity);
Str casefile_child_said(Cx *cx, Str child); // empty for an adult
Str casefile_person_said(Cx *cx, Str label); // Person B
// Answers with a value, in the order of the form; labels in the reader's language.
ptrdiff_t casefile_facts_view(Cx *cx, const PackAnswers *v, const CaseFactView **out);
Str casefile_value_said(Cx *cx, const PackForm *f, const PackAsk *ask, Str value);
Str casefile_name_said(Cx *cx, const PackAnswers *v); // empty when no name is known or may be read

// casefile_view.c
Page casefile_show, casefile_show_person;
