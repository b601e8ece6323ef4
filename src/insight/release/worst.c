#include "release/worst.h"
#include "release/small.h"

static bool was_measured(const Measures *m, Attributes of) {
	for (ptrdiff_t t = 0; t < m->n; t++)
		if ((m->at[t].of & of) == of) return true;
	return false;
}

// The last look counts: it knew most.
static bool looked_again(const Measures *m, ptrdiff_t from) {
	for (ptrdiff_t i = from + 1; i < m->npair; i++)
		if (m->pair[i].of == m->pair[from].of) return true;
	return false;
}

static ptrdiff_t keep(Worst *out, ptrdiff_t n, Worst it) {
	if (n == WORST_MOST && it.people <= out[n - 1].people) return n;
	ptrdiff_t at = n < WORST_MOST ? n++ : n - 1;
	for (; at > 0 && out[at - 1].people < it.people; at--) out[at] = out[at - 1];
	out[at] = it;
	return n;
}

// A person who stands elsewhere is missing in one cell and too many in another: half the distance.
ptrdiff_t worst_pairs(const Measures *m, Worst out[WORST_MOST]) {
	ptrdiff_t n = 0;
	double within = SMALL_SURE * m->pair_sigma / 2;
	for (ptrdiff_t i = 0; i < m->npair; i++) {
		Worst it = {m->pair[i].of, m->pair[i].off / 2, within};
		if (it.people > within && !was_measured(m, it.of) && !looked_again(m, i))
			n = keep(out, n, it);
	}
	return n;
}
