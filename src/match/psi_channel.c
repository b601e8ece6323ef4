#include "match/psi_channel.h"
#include "vault/vault.h"

enum { VERSION = 1, NONCE = 16, TERMS = PSI_AGREED_TERMS * 8, SIGNATURE = 64 };
enum { HEAD = 4 + 1 + 1 + NONCE + TERMS, LEAST = HEAD + SIGNATURE };

static const char *const term_names[PSI_AGREED_TERMS] = {
	"the purpose", "the session",	      "who asks",     "who answers",
	"the end",     "the fields compared", "--collisions", "--most",
};

static bool is_code(Str s) {
	for (ptrdiff_t i = 0; i < s.n; i++) {
		char c = s.p[i];
		bool good = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
			    c == '-' || c == '_' || (c == '.' && i);
		if (!good) return false;
	}
	return s.n > 0 && s.n <= PSI_WORD;
}

static bool is_name(Str s) {
	for (ptrdiff_t i = 0; i < s.n; i++)
		if ((unsigned char)s.p[i] < ' ' || s.p[i] == 127) return false;
	return s.n > 0 && s.n <= PSI_NAME;
}

Err psi_agreed_check(Why *why, const PsiAgreed *a) {
	if (!is_code(a->purpose) || !is_code(a->session))
		return fail(why, ERR_INVALID,
			    "--purpose and --session are words of letters, digits, - and _, up to %d signs",
			    PSI_WORD);
	if (!is_name(a->asker) || !is_name(a->holder) || str_eq(a->asker, a->holder))
		return fail(why, ERR_INVALID, "--me and --partner are two different names of up to %d bytes",
			    PSI_NAME);
	if (a->collisions < 1 || a->collisions > PSI_BANDS)
		return fail(why, ERR_INVALID, "--collisions is a number from 1 to %d", PSI_BANDS);
	if (a->most < 1 || a->most > PSI_RECORDS)
		return fail(why, ERR_INVALID, "--most is a number from 1 to %d", PSI_RECORDS);
	return OK;
}

static Str term_text(Arena *a, const PsiAgreed *g, int i) {
	switch (i) {
	case 0:
		return g->purpose;
	case 1:
		return g->session;
	case 2:
		return g->asker;
	case 3:
		return g->holder;
	case 4:
		return str_fmt(a, "%lld", (long long)g->until);
	case 5:
		return str_fmt(a, "%d %.*s", PSI_FEATURES, (int)psi_fields_say(a, g->fields).n,
			       psi_fields_say(a, g->fields).p);
	case 6:
		return str_fmt(a, "%d", g->collisions);
	default:
		return str_fmt(a, "%lld", (long long)g->most);
	}
}

Str psi_agreed_text(Arena *a, const PsiAgreed *g) {
	Buf b = {.a = a};
	for (int i = 0; i < PSI_AGREED_TERMS; i++) {
		Str t = term_text(a, g, i);
		buf_fmt(&b, "%d %td %.*s\n", i, t.n, (int)t.n, t.p);
	}
	return buf_str(&b);
}

void psi_channel_begin(Arena *a, const PsiAgreed *g, bool asks, PsiChannel *c) {
	uint8_t own[32], hash[32];
	signing_public(c->secret, own);
	Str mine = {(const char *)own, 32}, theirs = {(const char *)c->partner, 32};
	Str agreed = psi_agreed_text(a, g);
	const Str first[] = {S("sangam psi channel 1"), asks ? mine : theirs, asks ? theirs : mine, agreed};
	sha256_of(first, COUNT(first), c->chain);
	for (int i = 0; i < PSI_AGREED_TERMS; i++) {
		uint8_t number = (uint8_t)i;
		const Str part[] = {S("sangam psi term 1"),
				    {(const char *)&number, 1},
				    first[1],
				    first[2],
				    term_text(a, g, i)};
		sha256_of(part, COUNT(part), hash);
		memcpy(c->term[i], hash, sizeof c->term[i]);
	}
	c->step = 0;
}

// What is signed: everything that was said before, and this.
static Str to_sign(Arena *a, const PsiChannel *c, Str said) {
	uint8_t *hash = NEW(a, uint8_t, 32);
	const Str part[] = {S("sangam psi message 1"), {(const char *)c->chain, 32}, said};
	sha256_of(part, COUNT(part), hash);
	return (Str){(const char *)hash, 32};
}
static void chain_on(PsiChannel *c, Str message) {
	const Str part[] = {{(const char *)c->chain, 32}, message};
	uint8_t hash[32];
	sha256_of(part, COUNT(part), hash);
	memcpy(c->chain, hash, sizeof hash);
	c->step++;
}

void psi_channel_wrap(PsiChannel *c, Arena *a, Str payload, Buf *out) {
	ptrdiff_t from = out->n;
	uint8_t nonce[NONCE];
	random_bytes(nonce, sizeof nonce);
	buf_put(out, S("SPSC"));
	buf_char(out, VERSION);
	buf_char(out, (char)(c->step + 1));
	buf_put(out, (Str){(const char *)nonce, sizeof nonce});
	buf_put(out, (Str){(const char *)c->term, sizeof c->term});
	buf_put(out, payload);
	buf_put(out, sign_with(a, c->secret, to_sign(a, c, str_slice(buf_str(out), from, out->n))));
	chain_on(c, str_slice(buf_str(out), from, out->n));
}

static Err same_terms(const PsiChannel *c, Why *why, Str message) {
	const char *theirs = message.p + 4 + 1 + 1 + NONCE;
	char differ[160] = "";
	int n = 0;
	for (int i = 0; i < PSI_AGREED_TERMS; i++) {
		if (memcmp(c->term[i], theirs + (ptrdiff_t)i * 8, 8) == 0) continue;
		size_t at = strlen(differ);
		if (n++) memcpy(differ + at, ", ", 3), at += 2;
		memcpy(differ + at, term_names[i], strlen(term_names[i]) + 1);
	}
	if (n == PSI_AGREED_TERMS)
		return fail(
			why, ERR_INVALID,
			"made with other keys than yours and the partner's, or by another agreement: compare "
			"the public keys, and who asks");
	return n ? fail(why, ERR_INVALID, "the other side stated otherwise: %s", differ) : OK;
}

Err psi_channel_open(PsiChannel *c, Why *why, Arena *a, Str m, Str *payload) {
	if (m.n < LEAST || !str_starts(m, S("SPSC")))
		return fail(why, ERR_INVALID, "not a message of match psi, or cut short");
	if (m.p[4] != VERSION)
		return fail(why, ERR_INVALID, "made by another version of the program (%d)", m.p[4]);
	if (m.p[5] != c->step + 1)
		return fail(why, ERR_INVALID, "message %d is due, this is message %d", c->step + 1, m.p[5]);
	TRY(same_terms(c, why, m));
	Str said = str_slice(m, 0, m.n - SIGNATURE);
	if (!signature_right((Str){(const char *)c->partner, 32}, to_sign(a, c, said),
			     str_slice(m, m.n - SIGNATURE, m.n)))
		return fail(
			why, ERR_INVALID,
			"not signed by the partner for this place in this session: altered, cut short, or of "
			"another session");
	chain_on(c, m);
	*payload = str_slice(said, HEAD, said.n);
	return OK;
}
