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

Rho account_rho(double epsilon, double delta); // the most that still is (epsilon, delta); 0 for none
double account_epsilon(Rho rho, double delta); // the least that holds
// The variance that costs at most `share`, as gauss.h takes it. ERR_INVALID: the share is too small to
// measure with.
MUST_USE Err account_variance(Why *why, Rho share, uint64_t *num, uint64_t *den);
