// release.h - numbers that may be given to everybody, in which nobody is found.
//
// Steps: a declared codebook (codebook.h), people read by it (table.h), noisy tables of groups of attributes,
// one model that agrees with all of them (plan.h, tree.h, fit.h), and invented people from the model
// (rows.h). The unit is the person; neighbours add or remove one. Everything from the fit on works on noisy
// numbers alone and costs nothing. True counts reach no step but the measurement
// (measure.h), whose budget (account.h) is debited on the disk (spend.h) before its noise (gauss.h) is drawn.
#pragma once
#include "release/codebook.h"
#include "release/fit.h"
#include "release/invent.h"
#include "release/measure.h"
#include "release/plan.h"
#include "release/rows.h"
#include "release/spend.h"
#include "release/table.h"
#include "release/tree.h"
