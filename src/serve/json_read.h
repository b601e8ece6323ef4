// json_read.h - a request body in JSON: an object of names and values, taken like the fields of a form. The
// only place that reads JSON from a request. A list stands for a field that is sent several times; numbers
// and true become text.
#pragma once
#include "base/base.h"
// false: not an object, names twice, not UTF-8, or nested in a way no form is.
bool json_read(Arena *a, Str text, void (*each)(void *with, Str name, Str value), void *with);
