#include "kernel/marginals.h"

#define BLOCK 1024 // rows whose cell numbers are made together; they fit the first cache

ptrdiff_t marginal_cells(const int *size, int ways) {
	ptrdiff_t cells = 1;
	for (int i = 0; i < ways; i++) {
		cells *= size[i];
		if (cells > (ptrdiff_t)1 << 31) return -1;
	}
	return cells;
}

void marginal_count(const MarginalOf *of, ptrdiff_t rows, int64_t *cell) {
	uint32_t at[BLOCK];
	for (ptrdiff_t from = 0; from < rows; from += BLOCK) {
		ptrdiff_t n = rows - from < BLOCK ? rows - from : BLOCK;
		memset(at, 0, sizeof at);
		for (int way = 0; way < of->ways; way++) {
			const uint8_t *column = of->column[way] + from;
			uint32_t size = (uint32_t)of->size[way];
			for (ptrdiff_t i = 0; i < n; i++) at[i] = at[i] * size + column[i];
		}
		for (ptrdiff_t i = 0; i < n; i++) cell[at[i]]++;
	}
}
