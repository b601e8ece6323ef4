#include "match/link.h"

// Potentials u, v; way[j] is the column before j on the shortest path. Rows and columns count from 1.
void assign_best(Arena scratch, const double *gain, int rows, int columns, int *partner) {
	double *u = NEW(&scratch, double, rows + 1), *v = NEW(&scratch, double, columns + 1),
	       *least = NEW(&scratch, double, columns + 1);
	int *row_of = NEW(&scratch, int, columns + 1), *way = NEW(&scratch, int, columns + 1);
	bool *used = NEW(&scratch, bool, columns + 1);
	for (int i = 1; i <= rows; i++) {
		int j = 0;
		row_of[0] = i;
		for (int k = 0; k <= columns; k++) {
			least[k] = 1e300;
			used[k] = false;
		}
		do {
			int at = row_of[j], next = 0;
			double step = 1e300;
			used[j] = true;
			for (int k = 1; k <= columns; k++) {
				if (used[k]) continue;
				double cost = -gain[(ptrdiff_t)(at - 1) * columns + k - 1] - u[at] - v[k];
				if (cost < least[k]) {
					least[k] = cost;
					way[k] = j;
				}
				if (least[k] < step) {
					step = least[k];
					next = k;
				}
			}
			for (int k = 0; k <= columns; k++)
				if (used[k]) {
					u[row_of[k]] += step;
					v[k] -= step;
				} else
					least[k] -= step;
			j = next;
		} while (row_of[j]);
		for (; j; j = way[j]) row_of[j] = row_of[way[j]];
	}
	for (int k = 1; k <= columns; k++)
		if (row_of[k]) partner[row_of[k] - 1] = k - 1;
}
