#include "release/tree.h"

double tree_cells(const Codebook *book, Attributes of) {
	double cells = 1;
	for (Attributes left = of; left; left &= left - 1)
		cells *= book->attribute[__builtin_ctzll(left)].size;
	return cells;
}

double tree_largest(const Codebook *book, const Tree *tree) {
	double most = 0;
	for (int i = 0; i < tree->n; i++) {
		double cells = tree_cells(book, tree->clique[i]);
		if (cells > most) most = cells;
	}
	return most;
}

int tree_holding(const Tree *tree, Attributes group) {
	for (int i = 0; i < tree->n; i++)
		if ((tree->clique[i] & group) == group) return i;
	return -1;
}

// Takes the attributes away one by one; what each leaves with is a clique unless an earlier one holds it.
static void eliminate(const Codebook *book, Attributes *near, Tree *tree) {
	Attributes left = ~(Attributes)0 >> (64 - book->n);
	while (left) {
		int best = -1;
		double least = 0;
		for (Attributes l = left; l; l &= l - 1) {
			int i = __builtin_ctzll(l);
			double cells = tree_cells(book, near[i] & left);
			if (best >= 0 && cells >= least) continue;
			best = i;
			least = cells;
		}
		Attributes clique = near[best] & left;
		for (Attributes l = clique; l; l &= l - 1) near[__builtin_ctzll(l)] |= clique;
		if (tree_holding(tree, clique) < 0) tree->clique[tree->n++] = clique;
		left &= ~((Attributes)1 << best);
	}
}

// Prim's choice: of the cliques not yet in the tree the one that shares most with one that is.
static Tree joined(const Tree *loose) {
	Tree tree = {0};
	bool in[CODEBOOK_ATTRIBUTES] = {0};
	while (tree.n < loose->n) {
		int best = -1, parent = -1, most = -1;
		for (int i = 0; i < loose->n; i++) {
			if (in[i]) continue;
			if (best < 0) best = i;
			for (int p = 0; p < tree.n; p++) {
				int shared = __builtin_popcountll(loose->clique[i] & tree.clique[p]);
				if (shared == 0 || shared <= most) continue;
				most = shared;
				best = i;
				parent = p;
			}
		}
		if (best < 0) break;
		in[best] = true;
		tree.clique[tree.n] = loose->clique[best];
		tree.parent[tree.n++] = parent;
	}
	return tree;
}

Tree tree_over(const Codebook *book, const Attributes *group, ptrdiff_t groups) {
	Attributes near[CODEBOOK_ATTRIBUTES];
	for (int i = 0; i < book->n; i++) near[i] = (Attributes)1 << i;
	for (ptrdiff_t g = 0; g < groups; g++)
		for (Attributes l = group[g]; l; l &= l - 1) near[__builtin_ctzll(l)] |= group[g];
	Tree loose = {0};
	eliminate(book, near, &loose);
	return joined(&loose);
}
