#include "match/psi.h"
#include "vault/vault.h"
#include <pthread.h>
#include <stdlib.h>

enum { MESSAGE_START = 1, MESSAGE_ANSWER, MESSAGE_ASK, MESSAGE_REVEAL };
enum { VERSION = 2, HEAD = 4 + 1 + 1 + 32 + 4 + 4 };

// ---- messages: "SPSI", version, kind, hash of the terms, records of the sender, entries ----------

static void put32(Buf *b, uint32_t v) {
	for (int shift = 24; shift >= 0; shift -= 8) buf_char(b, (char)(v >> shift & 255));
}
static int32_t get32(const char *p) {
	const uint8_t *u = (const uint8_t *)p;
	uint32_t v = (uint32_t)u[0] << 24 | (uint32_t)u[1] << 16 | (uint32_t)u[2] << 8 | u[3];
	return v > INT32_MAX ? -1 : (int32_t)v;
}

static void put_head(const PsiSide *s, int kind, int32_t entries, Buf *b) {
	buf_put(b, S("SPSI"));
	buf_char(b, VERSION);
	buf_char(b, (char)kind);
	buf_put(b, (Str){(const char *)s->about, sizeof s->about});
	put32(b, (uint32_t)s->nrecord);
	put32(b, (uint32_t)entries);
}

static Err get_head(const PsiSide *s, Why *why, Str m, int kind, int32_t *records, int32_t *entries) {
	if (m.n < HEAD || !str_starts(m, S("SPSI")))
		return fail(why, ERR_INVALID, "not a message of this kind");
	if (m.p[4] != VERSION)
		return fail(why, ERR_INVALID, "version %d of the message is not known", m.p[4]);
	if (m.p[5] != kind)
		return fail(why, ERR_INVALID, "a message of step %d is due, this is step %d", kind, m.p[5]);
	if (memcmp(m.p + 6, s->about, sizeof s->about) != 0)
		return fail(why, ERR_INVALID, "made under other terms than these");
	*records = get32(m.p + 38);
	*entries = get32(m.p + 42);
	if (*records < 0 || *entries < 0)
		return fail(why, ERR_INVALID, "a number in the message is too large");
	if (*records > s->terms.most)
		return fail(why, ERR_TOO_LARGE, "%d records, %lld are agreed", *records,
			    (long long)s->terms.most);
	return OK;
}

// ---- tokens -------------------------------------------------------------------------------------

static uint64_t mixed(uint64_t x) {
	x ^= x >> 30;
	x *= 0xBF58476D1CE4E5B9u;
	x ^= x >> 27;
	x *= 0x94D049BB133111EBu;
	return x ^ x >> 31;
}

static void put_tokens(PsiSide *s, int32_t record, const PsiRecord *r) {
	uint64_t least[PSI_BANDS * PSI_ROWS];
	for (int k = 0; k < PSI_BANDS * PSI_ROWS; k++) least[k] = UINT64_MAX;
	for (int i = 0; i < r->n; i++) {
		uint64_t h = 1469598103934665603u;
		for (ptrdiff_t at = 0; at < r->feature[i].n; at++)
			h = (h ^ (uint8_t)r->feature[i].p[at]) * 1099511628211u;
		for (int copy = r->weight ? r->weight[i] : 1; copy > 0; copy--, h = mixed(h))
			for (int k = 0; k < PSI_BANDS * PSI_ROWS; k++) {
				uint64_t v = mixed(h + (uint64_t)(k + 1) * 0x9E3779B97F4A7C15u);
				if (v < least[k]) least[k] = v;
			}
	}
	for (int band = 0; r->n && band < PSI_BANDS; band++) {
		uint8_t hash[32], number = (uint8_t)band;
		const Str part[] = {{(const char *)s->about, sizeof s->about},
				    {(const char *)&number, 1},
				    {(const char *)(least + (ptrdiff_t)band * PSI_ROWS), PSI_ROWS * 8}};
		PsiToken *t = &s->token[s->ntoken++];
		sha256_of(part, COUNT(part), hash);
		memcpy(t->token, hash, sizeof t->token);
		t->record = record;
	}
}

static int by_token(const void *x, const void *y) {
	const PsiToken *a = x, *b = y;
	int d = memcmp(a->token, b->token, sizeof a->token);
	return d ? d : (a->record > b->record) - (a->record < b->record);
}

// Fisher-Yates; the bias of the remainder is below one in 2^32.
static void shuffle(int32_t *at, int32_t n) {
	for (int32_t i = n - 1; i > 0; i--) {
		uint64_t r;
		random_bytes(&r, sizeof r);
		int32_t k = (int32_t)(r % (uint64_t)(i + 1)), keep = at[i];
		at[i] = at[k];
		at[k] = keep;
	}
}

static bool same_token(const PsiSide *s, int32_t x, int32_t y) {
	return memcmp(s->token[x].token, s->token[y].token, sizeof s->token[x].token) == 0;
}

// Sorted, without those that too many records have.
static void sort_tokens(PsiSide *s) {
	int32_t kept = 0;
	qsort(s->token, (size_t)s->ntoken, sizeof *s->token, by_token);
	for (int32_t i = 0, end; i < s->ntoken; i = end) {
		for (end = i + 1; end < s->ntoken && same_token(s, i, end);) end++;
		for (int32_t k = i; k < end && end - i <= PSI_COMMON; k++) s->token[kept++] = s->token[k];
	}
	s->ntoken = kept;
}

int64_t psi_step(int64_t n) {
	int64_t unit = 100;
	while (n > 10 * unit) unit *= 10;
	return n <= unit ? unit : (n + unit - 1) / unit * unit;
}

Err psi_begin(Arena *a, Why *why, const PsiTerms *terms, const PsiRecord *record, int32_t n, PsiSide *out) {
	if (terms->collisions < 1 || terms->collisions > PSI_BANDS || terms->most < 1 ||
	    terms->most > PSI_RECORDS)
		return fail(why, ERR_INVALID, "terms: collisions 1 to %d, records 1 to %d", PSI_BANDS,
			    PSI_RECORDS);
	if (n < 0 || n > terms->most)
		return fail(why, ERR_TOO_LARGE, "%d records, %lld are agreed", n, (long long)terms->most);
	int64_t told = psi_step(n) < terms->most ? psi_step(n) : terms->most;
	PsiSide s = {
		.arena = a, .terms = *terms, .nrecord = (int32_t)told, .npoint = (int32_t)told * PSI_BANDS};
	Str numbers = str_fmt(a, "sangam psi 2 %d %lld %d ", terms->collisions, (long long)terms->most,
			      terms->one_each);
	const Str part[] = {numbers, terms->bytes};
	sha256_of(part, COUNT(part), s.about);
	s.token = NEW(a, PsiToken, s.npoint + 1);
	s.first = NEW(a, int32_t, s.npoint + 1);
	s.asked = NEW(a, int32_t, s.nrecord + 1);
	s.handle = NEW(a, int32_t, s.nrecord + 1);
	for (int32_t i = 0; i < n; i++) put_tokens(&s, i, &record[i]);
	sort_tokens(&s);
	int32_t distinct = 0;
	for (int32_t i = 0; i < s.ntoken; i++)
		if (!i || !same_token(&s, i, i - 1)) s.first[distinct++] = i;
	for (int32_t i = distinct; i < s.npoint; i++) s.first[i] = -1;
	shuffle(s.first, s.npoint);
	for (int32_t i = 0; i < s.npoint; i++)
		if (s.first[i] >= 0) s.token[s.first[i]].place = i;
	for (int32_t i = 1; i < s.ntoken; i++)
		if (same_token(&s, i, i - 1)) s.token[i].place = s.token[i - 1].place;
	for (int32_t i = 0; i < s.nrecord; i++) s.handle[i] = i;
	shuffle(s.handle, s.nrecord);
	point_scalar_new(s.key);
	*out = s;
	return OK;
}

// The group's arithmetic leaves digits of the key below the frame of whoever called it.
static __attribute__((noinline)) void wipe_stack(void) {
	uint8_t below[32768];
	explicit_bzero(below, sizeof below);
}

void psi_end(PsiSide *s) {
	point_wipe(s->key);
	explicit_bzero(s->token, sizeof *s->token * (size_t)(s->npoint + 1));
	wipe_stack();
}

// ---- blinding: the whole cost of a session, shared out over threads --------------------------------

typedef struct {
	const PsiSide *side;
	const uint8_t *in; // the other side's points, or NULL: our own tokens
	uint8_t *out;
	int32_t from, to;
	bool bad; // one of them is no point
} Share;

static void *blind_share(void *with) {
	Share *h = with;
	for (int32_t i = h->from; i < h->to && !h->bad; i++) {
		const PsiSide *s = h->side;
		uint8_t at[POINT_BYTES], *out = h->out + (ptrdiff_t)i * POINT_BYTES;
		if (h->in) {
			h->bad = !point_times(s->key, h->in + (ptrdiff_t)i * POINT_BYTES, out);
		} else if (s->first[i] < 0) {
			point_any(out);
		} else {
			const PsiToken *t = &s->token[s->first[i]];
			point_of((Str){(const char *)t->token, sizeof t->token}, at);
			ASSERT(point_times(s->key, at, out));
		}
	}
	wipe_stack();
	return NULL;
}

// n points, one after another; false: one of `in` is no point. A thread that cannot be had is done without.
static bool blind(const PsiSide *s, const char *in, int32_t n, Str *points) {
	Share share[PSI_THREADS];
	pthread_t thread[PSI_THREADS];
	bool started[PSI_THREADS] = {0}, good = true;
	int threads = s->threads < 1 ? 1 : s->threads > PSI_THREADS ? PSI_THREADS : s->threads;
	uint8_t *out = NEW(s->arena, uint8_t, (ptrdiff_t)n * POINT_BYTES + 1);
	for (int i = 0; i < threads; i++) {
		int32_t from = (int32_t)((int64_t)n * i / threads),
			to = (int32_t)((int64_t)n * (i + 1) / threads);
		share[i] = (Share){s, (const uint8_t *)in, out, from, to, false};
		if (i) started[i] = pthread_create(&thread[i], NULL, blind_share, &share[i]) == 0;
	}
	for (int i = 0; i < threads; i++) {
		if (!started[i]) (void)blind_share(&share[i]);
	}
	for (int i = 0; i < threads; i++) {
		if (started[i]) (void)pthread_join(thread[i], NULL);
		good = good && !share[i].bad;
	}
	*points = (Str){(const char *)out, (ptrdiff_t)n * POINT_BYTES};
	return good;
}

static void put_own_points(const PsiSide *s, Buf *b) {
	Str points;
	ASSERT(blind(s, NULL, s->npoint, &points));
	buf_put(b, points);
}

void psi_start(PsiSide *s, Buf *message) {
	put_head(s, MESSAGE_START, s->npoint, message);
	put_own_points(s, message);
}

Err psi_answer(PsiSide *s, Why *why, Str start, Buf *message) {
	int32_t records, points;
	TRY(get_head(s, why, start, MESSAGE_START, &records, &points));
	if (s->answered) return fail(why, ERR_CONFLICT, "answered already; a session answers once");
	if (points != records * PSI_BANDS || start.n != HEAD + (ptrdiff_t)points * POINT_BYTES)
		return fail(why, ERR_INVALID, "the message is cut short or too long");
	Buf out = {.a = s->arena};
	put_head(s, MESSAGE_ANSWER, points, &out);
	Str twice;
	if (!blind(s, start.p + HEAD, points, &twice))
		return fail(why, ERR_INVALID, "not a point of the group");
	buf_put(&out, twice);
	put_own_points(s, &out);
	s->npeer = records;
	s->answered = true;
	buf_put(message, buf_str(&out));
	return OK;
}

// ---- the asker: which of its tokens the other has ------------------------------------------------

typedef struct {
	uint8_t point[POINT_BYTES];
	int32_t place;
} Twice;
static int by_point(const void *x, const void *y) {
	return memcmp(((const Twice *)x)->point, ((const Twice *)y)->point, POINT_BYTES);
}

Err psi_ask(PsiSide *s, Why *why, Str answer, Buf *message) {
	int32_t records, points;
	TRY(get_head(s, why, answer, MESSAGE_ANSWER, &records, &points));
	int32_t theirs = records * PSI_BANDS;
	if (points != s->npoint || answer.n != HEAD + ((ptrdiff_t)points + theirs) * POINT_BYTES)
		return fail(why, ERR_INVALID, "the message is cut short or too long");
	const char *mine = answer.p + HEAD, *other = mine + (ptrdiff_t)points * POINT_BYTES;
	Twice *twice = NEW(s->arena, Twice, theirs + 1);
	Str again;
	if (!blind(s, other, theirs, &again)) return fail(why, ERR_INVALID, "not a point of the group");
	for (int32_t i = 0; i < theirs; i++) {
		memcpy(twice[i].point, again.p + (ptrdiff_t)i * POINT_BYTES, POINT_BYTES);
		twice[i].place = i;
	}
	qsort(twice, (size_t)theirs, sizeof *twice, by_point);
	int32_t *hits = NEW(s->arena, int32_t, (ptrdiff_t)s->nrecord * PSI_BANDS + 1);
	int32_t *nhits = NEW(s->arena, int32_t, s->nrecord + 1);
	for (int32_t i = 0; i < s->ntoken; i++) {
		Twice key = {.place = 0};
		memcpy(key.point, mine + (ptrdiff_t)s->token[i].place * POINT_BYTES, POINT_BYTES);
		const Twice *hit = bsearch(&key, twice, (size_t)theirs, sizeof *twice, by_point);
		int32_t record = s->token[i].record;
		if (hit) hits[(ptrdiff_t)record * PSI_BANDS + nhits[record]++] = hit->place;
	}
	s->nasked = 0;
	for (int32_t i = 0; i < s->nrecord; i++)
		if (nhits[i] >= s->terms.collisions) s->asked[s->nasked++] = i;
	shuffle(s->asked, s->nasked);
	s->npeer = records;
	put_head(s, MESSAGE_ASK, s->nasked, message);
	for (int32_t i = 0; i < s->nasked; i++) {
		int32_t *list = hits + (ptrdiff_t)s->asked[i] * PSI_BANDS;
		shuffle(list, nhits[s->asked[i]]);
		buf_char(message, (char)nhits[s->asked[i]]);
		for (int32_t k = 0; k < nhits[s->asked[i]]; k++) put32(message, (uint32_t)list[k]);
	}
	return OK;
}

// ---- the holder: which of its records they are ---------------------------------------------------

typedef struct {
	Arena *arena;
	PsiPair *at;
	int32_t n, cap;
} Pairs;

static void put_pair(Pairs *p, PsiPair pair) {
	if (p->n == p->cap) {
		int32_t cap = p->cap ? p->cap * 2 : 64;
		PsiPair *more = NEW(p->arena, PsiPair, cap);
		if (p->n) memcpy(more, p->at, sizeof *more * (size_t)p->n);
		p->at = more;
		p->cap = cap;
	}
	p->at[p->n++] = pair;
}

static int by_value(const void *x, const void *y) {
	int32_t a = *(const int32_t *)x, b = *(const int32_t *)y;
	return (a > b) - (a < b);
}

// One asked record: every record of ours that has enough of the tokens at these places.
static Err reveal_one(const PsiSide *s, Why *why, int32_t asked, int32_t *place, int n, uint8_t *count,
		      Pairs *out) {
	qsort(place, (size_t)n, sizeof *place, by_value);
	for (int i = 0; i < n; i++) {
		if (place[i] < 0 || place[i] >= s->npoint || (i && place[i] == place[i - 1]))
			return fail(why, ERR_INVALID, "a token is named that was not sent, or twice");
	}
	for (int pass = 0; pass < 2; pass++) // count, then tell and forget
		for (int i = 0; i < n; i++)
			for (int32_t t = s->first[place[i]];
			     t >= 0 && t < s->ntoken && s->token[t].place == place[i]; t++) {
				int32_t r = s->token[t].record;
				if (pass == 0) {
					count[r]++;
					continue;
				}
				if (count[r] >= s->terms.collisions)
					put_pair(out, (PsiPair){r, asked, count[r]});
				count[r] = 0;
			}
	return OK;
}

static int by_collisions(const void *x, const void *y) {
	const PsiPair *a = x, *b = y;
	if (a->collisions != b->collisions) return a->collisions > b->collisions ? -1 : 1;
	// `other` is a shuffled number: the order tells nothing of this file.
	return a->other != b->other ? (a->other > b->other) - (a->other < b->other)
				    : (a->own > b->own) - (a->own < b->own);
}

// The pair with most collisions first; what stands in one is in no other.
static void keep_one_each(const PsiSide *s, int32_t asked, Pairs *p) {
	bool *own = NEW(s->arena, bool, s->nrecord + 1), *other = NEW(s->arena, bool, asked + 1);
	int32_t kept = 0;
	if (p->n) qsort(p->at, (size_t)p->n, sizeof *p->at, by_collisions);
	for (int32_t i = 0; i < p->n; i++) {
		PsiPair it = p->at[i];
		if (own[it.own] || other[it.other]) continue;
		own[it.own] = other[it.other] = true;
		p->at[kept++] = it;
	}
	p->n = kept;
}

Err psi_reveal(PsiSide *s, Why *why, Str ask, Buf *message, PsiPair **pairs, int32_t *npairs) {
	int32_t records, entries;
	TRY(get_head(s, why, ask, MESSAGE_ASK, &records, &entries));
	if (!s->answered || records != s->npeer || entries > records)
		return fail(why, ERR_INVALID, "it does not belong to the answer that was given");
	uint8_t *count = NEW(s->arena, uint8_t, s->nrecord + 1);
	Pairs found = {.arena = s->arena};
	ptrdiff_t at = HEAD;
	for (int32_t i = 0; i < entries; i++) {
		int32_t place[PSI_BANDS];
		int n = at < ask.n ? (uint8_t)ask.p[at++] : 0;
		if (n < s->terms.collisions || n > PSI_BANDS || at + (ptrdiff_t)n * 4 > ask.n)
			return fail(why, ERR_INVALID, "the message is cut short or asks for too little");
		for (int k = 0; k < n; k++, at += 4) place[k] = get32(ask.p + at);
		TRY(reveal_one(s, why, i, place, n, count, &found));
	}
	if (at != ask.n) return fail(why, ERR_INVALID, "the message is too long");
	if (s->terms.one_each) keep_one_each(s, entries, &found);
	put_head(s, MESSAGE_REVEAL, found.n, message);
	for (int32_t i = 0; i < found.n; i++) {
		put32(message, (uint32_t)found.at[i].other);
		put32(message, (uint32_t)s->handle[found.at[i].own]);
		buf_char(message, (char)found.at[i].collisions);
	}
	*pairs = found.at;
	*npairs = found.n;
	return OK;
}

Err psi_learn(PsiSide *s, Why *why, Str reveal, PsiPair **pairs, int32_t *npairs) {
	int32_t records, entries;
	TRY(get_head(s, why, reveal, MESSAGE_REVEAL, &records, &entries));
	if (records != s->npeer || reveal.n != HEAD + (ptrdiff_t)entries * 9)
		return fail(why, ERR_INVALID, "it does not belong to what was asked, or is cut short");
	PsiPair *out = NEW(s->arena, PsiPair, entries + 1);
	for (int32_t i = 0; i < entries; i++) {
		const char *p = reveal.p + HEAD + (ptrdiff_t)i * 9;
		int32_t asked = get32(p), handle = get32(p + 4), n = (uint8_t)p[8];
		if (asked < 0 || asked >= s->nasked || handle < 0 || handle >= records ||
		    n < s->terms.collisions || n > PSI_BANDS)
			return fail(why, ERR_INVALID, "pair %d is none that was asked about", i + 1);
		out[i] = (PsiPair){s->asked[asked], handle, n};
	}
	*pairs = out;
	*npairs = entries;
	return OK;
}
