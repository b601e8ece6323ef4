// plan.h - which pairs of attributes are worth measuring, and how exactly each.
//
// What comes in is noisy already, so planning costs no privacy. A measured pair saves the distance it was off
// (its table from that of two independent attributes) and costs the error of its own noise, cells * sigma *
// sqrt(2/pi), of which the model takes a good part away. For pairs measured together under one budget that
// error is least, in closed form, when each gets a share that grows as cells^(2/3). Pairs are taken greedily
// while the difference rises and no clique of the junction tree grows beyond the bound; large tables are put
// back by penalties of several sizes, and the best plan of all is kept.
#pragma once
#include "release/tree.h"

// The model takes noise away: counts are not below 0, and tables that share attributes must agree. About so
// much of a table's noise is left in it; on the two public sets .5 to .8 give rows as good.
#define PLAN_LEAVES 0.6

typedef struct {
	Attributes of; // two attributes
	double off; // noisy L1 distance, in people; may be negative
	const int64_t
		*guess; // from what, in each cell; NULL: from what two independent attributes would have
} Candidate;
typedef struct {
	const Codebook *book;
	const Candidate *candidate;
	ptrdiff_t n;
	double rho; // of the measurements together, above 0
	double cells_most; // of one clique; pairs that alone have more are left out
	const Attributes *held; // what the cliques must hold besides
	ptrdiff_t nheld;
	double leaves; // what part of the noise the model leaves; 0 for the usual PLAN_LEAVES
} PlanAsk;
typedef struct {
	const Attributes *group;
	const double *share; // of rho; they sum to 1. Who spends must round each down to a rational.
	ptrdiff_t n;
	double gain; // people's L1 distance saved, for plan_pairs less the noise
} Plan;

// May be empty: then nothing is better than independence. The same asking gives the same plan.
Plan plan_pairs(Arena *a, const PlanAsk *ask);
// The pairs that join all attributes without a ring and are off most together (Kruskal 1956), each with the
// same share. An attribute whose pairs are all too large for `cells_most` stays alone.
Plan plan_tree(Arena *a, const PlanAsk *ask);
// Of a plan, in its order, the pairs that join attributes without a ring; each keeps its share.
Plan plan_forest(Arena *a, const Plan *plan, int attributes);
