// belief.h - sums over a product of tables, without ever making the product (Shafer and Shenoy).
//
// Every group of attributes brings a table of factors; the product of all, summed over everything but one
// group, is that group's marginal. It is found clique by clique along a junction tree that holds every group:
// each clique's own product once, a message to its parent, and one back. Each cell is written once and read
// once. Sums are added in one fixed order, so the result is the same bit for bit with every compiler.
#pragma once
#include "release/tree.h"

typedef struct Belief Belief;

// The groups' tables lie as in marginals.h, attributes ascending. Tree and groups stay as they are while this
// lives.
Belief *belief_on(Arena *a, const Codebook *book, const Tree *tree, const Attributes *group,
		  ptrdiff_t groups);
// factor[g]: group g's table, not below 0, the greatest 1 or not far from it. marginal[g]: what comes out,
// summing to 1; NULL where nobody asks. Gives back the logarithm of the whole product's sum; -HUGE_VAL, and
// no marginals, when nothing is left of it.
double belief_spread(Belief *b, const double *const *factor, double *const *marginal);
// The cells of a clique after belief_spread, times `total`.
void belief_cells(const Belief *b, int clique, double total, double *out);
// The marginal of a group that the clique holds, from its cells.
void belief_sum(Arena scratch, const Codebook *book, Attributes clique, const double *cell, Attributes onto,
		double *out);
