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
// What the codebook says cannot go together must lie whole in one clique to be kept to: the groups of
// attributes for that, at most CODEBOOK_IMPOSSIBLE, less those that alone would make a clique of more than
// TREE_RULE_CELLS.
#define TREE_RULE_CELLS 10000
ptrdiff_t tree_rules(const Codebook *book, Attributes *group);
// The values of a cell of the table over `of`, ascending by attribute; the last attribute's lie next to each
// other.
void tree_values(const Codebook *book, Attributes of, ptrdiff_t cell, uint8_t *value);
int tree_holding(const Tree *tree, Attributes group); // the clique that holds it, or -1
