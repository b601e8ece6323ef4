// account.h - what a release costs: rho-zCDP, and what it means as (epsilon, delta).
//
// rho is counted in whole millionths of millionths, so that what is spent adds up exactly. Everything that is
// not whole is rounded against us. Conversion: Canonne, Kamath, Steinke 2020, corollary 13 (the least over
// alpha). A Gaussian of variance sigma^2 on what one person changes by at most 1 costs 1 / (2 sigma^2) (Bun,
// Steinke 2016; the discrete one costs no more).
#pragma once
#include "base/base.h"

typedef int64_t Rho; // 1e-12
#define RHO_ONE 1000000000000LL

// By zCDP alone, which holds for whatever is added up:
Rho account_rho(double epsilon, double delta); // the most that still is (epsilon, delta); 0 for none
double account_epsilon(Rho rho, double delta); // the least that holds
// The variance that costs at most `share`, as gauss.h takes it. ERR_INVALID: the share is too small to
// measure with.
MUST_USE Err account_variance(Why *why, Rho share, uint64_t *num, uint64_t *den);

// The tight way: everything measured is noise of this program, and each variance is greater by ACCOUNT_SMOOTH
// than the share asks for. Then all of it together, whatever was chosen on the way, tells no more than one
// Gaussian of mu = sqrt(2 rho) would, but for a delta of ACCOUNT_SLACK: docs/decisions/0012-composition.md
// has the proof. It is about a ninth to a seventh more rho for the same epsilon. As zCDP it costs rho, no
// more.
#define ACCOUNT_SMOOTH 3
#define ACCOUNT_SLACK 1e-17
typedef enum { COMPOSITION_ZCDP, COMPOSITION_TIGHT, COMPOSITION__N } Composition;
const char *account_composition(Composition c); // its name
bool account_composition_of(Str name, Composition *out); // false: there is none of that name
Rho account_rho_by(Composition c, double epsilon, double delta);
double account_epsilon_by(Composition c, Rho rho, double delta);
MUST_USE Err account_variance_by(Composition c, Why *why, Rho share, uint64_t *num, uint64_t *den);
