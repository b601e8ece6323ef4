// Which counts may be shown. How far a hidden one can move is a flow: with sums turned negative every row and
// every column adds up to nothing, so a change is a round trip between rows and columns over hidden cells,
// up one, down the next. That tells the exact bounds of what is possible, also in whole numbers.
#include "statistics/protect.h"

enum { NODES = PROTECT_ROWS + PROTECT_COLUMNS + 2, NO_NODE = -1, COST_SUM = 3 };

Counts counts_on(Arena *a, int rows, int columns) {
	ASSERT(rows > 0 && rows <= PROTECT_ROWS && columns > 0 && columns <= PROTECT_COLUMNS);
	ptrdiff_t n = (ptrdiff_t)(rows + 1) * (columns + 1);
	return (Counts){rows, columns, NEW(a, int64_t, n), NEW(a, uint8_t, n)};
}

void counts_add(Counts *c, int row, int column) {
	ASSERT(row >= 0 && row < c->rows && column >= 0 && column < c->columns);
	c->count[counts_at(c, row, column)]++;
	c->count[counts_at(c, row, c->columns)]++;
	c->count[counts_at(c, c->rows, column)]++;
	c->count[counts_at(c, c->rows, c->columns)]++;
}

static bool is_sum(const Counts *c, int row, int column) {
	return (row == c->rows) != (column == c->columns);
}

// ---- how far a cell can move
// ------------------------------------------------------------------------------

typedef struct {
	const Counts *c;
	int64_t *value; // as moved so far
} Moves;

// By how much a cell may go up or down. Small ones stay small: that is all that is known of them.
static int64_t room(const Moves *m, int at, bool up) {
	int state = m->c->state[at];
	if (state == CELL_SHOWN) return 0;
	if (!up) return m->value[at];
	return state == CELL_SMALL ? PROTECT_LEAST - 1 - m->value[at] : INT64_MAX / 4;
}

// From a row's node to a column's the cell rises, on the way back it falls; sums the other way round.
static int64_t step_room(const Moves *m, int from, int to, bool *up) {
	int rows = m->c->rows + 1;
	bool down_the_row = from < rows;
	if (down_the_row == (to < rows)) return 0;
	int row = down_the_row ? from : to, column = (down_the_row ? to : from) - rows;
	*up = down_the_row != is_sum(m->c, row, column);
	return room(m, counts_at(m->c, row, column), *up);
}

static int cell_between(const Counts *c, int from, int to) {
	int rows = c->rows + 1;
	return from < rows ? counts_at(c, from, to - rows) : counts_at(c, to, from - rows);
}

// The shortest way from one node to another that does not use the cell itself; false: there is none.
static bool find_way(const Moves *m, int from, int to, int but, int came[NODES]) {
	int queue[NODES], head = 0, tail = 0, nodes = m->c->rows + m->c->columns + 2;
	bool up;
	for (int i = 0; i < nodes; i++) came[i] = NO_NODE;
	came[from] = from;
	queue[tail++] = from;
	while (head < tail && came[to] == NO_NODE) {
		int at = queue[head++];
		for (int next = 0; next < nodes; next++) {
			if (came[next] != NO_NODE || step_room(m, at, next, &up) <= 0) continue;
			if (cell_between(m->c, at, next) == but) continue;
			came[next] = at;
			queue[tail++] = next;
		}
	}
	return came[to] != NO_NODE;
}

static int64_t narrowest(const Moves *m, const int *came, int from, int to, int64_t most) {
	bool up;
	for (int at = to; at != from; at = came[at]) {
		int64_t r = step_room(m, came[at], at, &up);
		if (r < most) most = r;
	}
	return most;
}

static void go(const Moves *m, const int *came, int from, int to, int64_t by) {
	bool up = false;
	for (int at = to; at != from; at = came[at]) {
		(void)step_room(m, came[at], at, &up);
		m->value[cell_between(m->c, came[at], at)] += up ? by : -by;
	}
}

// Whether the rest of the table can make up for this cell going up, or down, by so much.
static bool can_move(const Counts *c, int row, int column, bool up, int64_t by) {
	int64_t value[(PROTECT_ROWS + 1) * (PROTECT_COLUMNS + 1)];
	int came[NODES], this = counts_at(c, row, column);
	memcpy(value, c->count, sizeof *value * (size_t)(c->rows + 1) * (size_t)(c->columns + 1));
	Moves m = {c, value};
	int row_node = row, column_node = c->rows + 1 + column;
	bool forward = up != is_sum(c, row, column); // the cell itself is a step from its row to its column
	int from = forward ? column_node : row_node, to = forward ? row_node : column_node;
	while (by > 0 && find_way(&m, from, to, this, came)) {
		int64_t part = narrowest(&m, came, from, to, by);
		go(&m, came, from, to, part);
		by -= part;
	}
	return by == 0;
}

static bool is_free(const Counts *c, int row, int column) {
	int64_t n = c->count[counts_at(c, row, column)];
	return can_move(c, row, column, false, n) && can_move(c, row, column, true, PROTECT_LEAST - 1 - n);
}

// ---- what hides it
// ------------------------------------------------------------------------------------------------

static uint64_t draw(uint64_t *lot) { // splitmix64
	uint64_t z = (*lot += 0x9e3779b97f4a7c15U);
	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9U;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebU;
	return z ^ (z >> 31);
}

static bool is_whole(const Counts *c, int row, int column) { return row == c->rows && column == c->columns; }

typedef struct {
	int row, column; // the corner across from the cell
	int cost;
} Corner;

// A rectangle of hidden cells lets its corners move together; sums are dearer than cells.
static int corner_cost(const Counts *c, int row, int column, int row2, int column2) {
	const int at[3][2] = {{row, column2}, {row2, column}, {row2, column2}};
	int cost = 0;
	for (int i = 0; i < 3; i++) {
		if (is_whole(c, at[i][0], at[i][1])) return -1;
		if (c->state[counts_at(c, at[i][0], at[i][1])] != CELL_SHOWN) continue;
		if (c->columns == 1 && at[i][0] == c->rows) return -1; // the whole, once more
		cost += is_sum(c, at[i][0], at[i][1]) ? COST_SUM : 1;
	}
	return cost;
}

static int list_corners(const Counts *c, int row, int column, uint64_t *lot, Corner *out) {
	int n = 0;
	for (int r = 0; r <= c->rows; r++)
		for (int k = 0; k <= c->columns; k++) {
			if (r == row || k == column) continue;
			int cost = corner_cost(c, row, column, r, k);
			if (cost >= 0) out[n++] = (Corner){r, k, cost};
		}
	for (int i = n - 1; i > 0; i--) { // by lot among those that cost the same
		int j = (int)(draw(lot) % (uint64_t)(i + 1));
		Corner keep = out[i];
		out[i] = out[j];
		out[j] = keep;
	}
	return n;
}

static void set_hidden(Counts *c, const int *at, int n, uint8_t *kept) {
	for (int i = 0; i < n; i++) {
		kept[i] = c->state[at[i]];
		if (kept[i] == CELL_SHOWN) c->state[at[i]] = CELL_COVER;
	}
}

// Hides the cheapest rectangle that lets the cell move; false: none does.
static bool cover(Counts *c, int row, int column, uint64_t *lot) {
	Corner corner[(PROTECT_ROWS + 1) * (PROTECT_COLUMNS + 1)];
	int n = list_corners(c, row, column, lot, corner);
	for (int cost = 1; cost <= 3 * COST_SUM; cost++) // what costs nothing is hidden already
		for (int i = 0; i < n; i++) {
			if (corner[i].cost != cost) continue;
			const int at[3] = {counts_at(c, row, corner[i].column),
					   counts_at(c, corner[i].row, column),
					   counts_at(c, corner[i].row, corner[i].column)};
			uint8_t kept[3];
			set_hidden(c, at, 3, kept);
			if (is_free(c, row, column)) return true;
			for (int k = 0; k < 3; k++) c->state[at[k]] = kept[k];
		}
	return false;
}

static void hide_all(Counts *c) {
	for (int r = 0; r <= c->rows; r++)
		for (int k = 0; k <= c->columns; k++) {
			int at = counts_at(c, r, k);
			if (!is_whole(c, r, k) && c->state[at] == CELL_SHOWN) c->state[at] = CELL_COVER;
		}
}

static void mark_small(Counts *c) {
	for (int r = 0; r <= c->rows; r++)
		for (int k = 0; k <= c->columns; k++) {
			int at = counts_at(c, r, k);
			c->state[at] = c->count[at] < PROTECT_LEAST ? CELL_SMALL : CELL_SHOWN;
		}
	if (c->columns > 1) return;
	for (int r = 0; r < c->rows; r++) c->state[counts_at(c, r, 1)] = CELL_TWICE;
}

void counts_protect(Counts *c, uint64_t lot) {
	mark_small(c);
	if (c->state[counts_at(c, c->rows, c->columns)] == CELL_SMALL) {
		hide_all(c);
		return;
	}
	// Hiding more never takes room away, so what has been looked at stays free.
	for (int r = 0; r <= c->rows; r++)
		for (int k = 0; k <= c->columns; k++) {
			if (c->state[counts_at(c, r, k)] != CELL_SMALL || is_free(c, r, k)) continue;
			if (cover(c, r, k, &lot)) continue;
			hide_all(c);
			return;
		}
}
