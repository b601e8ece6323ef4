// aim.h - the thorough method: pairs are looked at again when a model stands, after McKenna, Mullins, Sheldon
// and Miklau, "AIM: an adaptive and iterative mechanism for differentially private synthetic data" (2022).
//
// In each round all pairs are looked at: how far each is from what the model of all noisy tables so far says
// of it. So a pair that follows from others is seen to follow, and is not paid for. What is far enough off to
// be worth its noise (plan.h) is measured; in all rounds but the last only those of it that join attributes
// without a ring, because the rest may then follow. The last round spends what is left.
//
// AIM chooses one table a round by the exponential mechanism, and grows the budget of a round when an answer
// moves the model by no more than its noise. Here each look is at all pairs, with Gaussian noise of exact
// integers, and a round takes many: with this model (fit.h) that gives nearer rows, from the same budget
// (docs/bench-release.md). What a pair is off from are whole numbers made of noisy ones, so one person
// changes it by at most one.
#pragma once
#include "release/measure_parts.h"

enum { AIM_ATTRIBUTES = 15, AIM_ROUNDS = 2 };
// After the attributes' own tables and the total: looks for `choice` in all, and spends the rest.
MUST_USE Err aim_pairs(Measuring *m, Rho choice);
