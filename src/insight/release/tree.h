// tree.h - a junction tree: cliques of attributes such that every measured group of attributes lies whole in
// one of them, and cliques that share attributes agree along the tree.
//
// A group of attributes is a set of bits. Cliques stand so that a clique's parent comes before it.
#pragma once
#include "release/codebook.h"

typedef uint64_t Attributes; // bit i: the codebook's attribute i
typedef struct {
	Attributes clique[CODEBOOK_ATTRIBUTES];
	int parent[CODEBOOK_ATTRIBUTES]; // -1 for the root of each part; always less than the clique's own
					 // number
	int n;
} Tree;

double tree_cells(const Codebook *book, Attributes of); // of the table over these attributes; 1 for none
double tree_largest(const Codebook *book, const Tree *tree); // cells of the largest clique
// The smallest triangulation a greedy choice finds: next goes the attribute that makes the smallest clique,
// of equals the first. Attributes in no group become cliques of their own.
Tree tree_over(const Codebook *book, const Attributes *group, ptrdiff_t groups);
int tree_holding(const Tree *tree, Attributes group); // the clique that holds it, or -1
