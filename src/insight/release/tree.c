#include "release/tree.h"
#include <math.h>

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

ptrdiff_t tree_rules(const Codebook *book, Attributes *group) {
	ptrdiff_t n = 0;
	for (int i = 0; i < book->nimpossible; i++) {
		group[n] = book->impossible[i].of;
		bool known = false;
		for (ptrdiff_t g = 0; g < n; g++) known = known || group[g] == group[n];
		if (known) continue;
		Tree tree = tree_over(book, group, n + 1);
		double cells = 0;
		for (int c = 0; c < tree.n; c++)
			if (__builtin_popcountll(tree.clique[c]) > 1)
				cells = fmax(cells, tree_cells(book, tree.clique[c]));
		n += cells <= TREE_RULE_CELLS;
	}
	return n;
}

void tree_values(const Codebook *book, Attributes of, ptrdiff_t cell, uint8_t *value) {
	for (int i = __builtin_popcountll(of) - 1; i >= 0; i--) {
		int last = 63 - __builtin_clzll(of), size = book->attribute[last].size;
		value[i] = (uint8_t)(cell % size);
		cell /= size;
		of &= ~((Attributes)1 << last);
	}
}
