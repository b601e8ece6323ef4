#include "release/invent.h"
#include "release/merge.h"
#include "release/rows.h"
#include <math.h>

Err invent(Arena *a, Why *why, const Codebook *book, const Measures *from, uint64_t seed, Invented *out) {
	Merged *merged = NEW(a, Merged, 1);
	Model *model = NEW(a, Model, 1);
	merge(a, book, from->at, from->n, merged);
	FitAsk ask = {
		.book = &merged->book, .measured = merged->at, .nmeasured = from->n, .total = from->total};
	TRY(fit(a, why, &ask, model));
	Table rows = rows_make(a, model, (ptrdiff_t)llround(from->total), seed);
	*out = (Invented){merge_undo(a, merged, &rows, seed), model->settled};
	return OK;
}
