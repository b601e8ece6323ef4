#include "pack/pack_load.h"

static const Str kinds = SLIT("duty condition right definition prohibition sanction");

typedef struct {
	PackLoader *l;
	const PackTable *t;
	const PackRow *r;
	PackRule *rule;
} At;
#define CELL(name) pack_cell(at->t, at->r, S(name))

static void say(const At *at, Str column, const char *mend, const char *what) {
	pack_say(at->l, pack_place(at->t, at->r, column), mend, "%s", what);
}
static void need(const At *at, Str column) {
	if (!pack_cell(at->t, at->r, column).n) say(at, column, "Fill it in.", "The cell is empty.");
}

// supervisor@PT0H up@PT2H hub@P1D
static void read_rung(const At *at, Str word) {
	ptrdiff_t sign = str_find_char(word, '@');
	PackRung rung = {.step = str_slice(word, 0, sign < 0 ? word.n : sign)};
	Str after = sign < 0 ? S("") : str_slice(word, sign + 1, word.n);
	if (!pack_word_in(S("supervisor up hub"), rung.step)) {
		pack_say(at->l, pack_place(at->t, at->r, S("escalate")),
			 "Write supervisor, up or hub before the @.", "\"%.*s\" is no step of the ladder.",
			 SHOW(rung.step));
		return;
	}
	if (!duration_parse(after, &rung.after)) {
		pack_say(at->l, pack_place(at->t, at->r, S("escalate")),
			 "Write it as supervisor@PT0H up@PT2H hub@P1D.", "\"%.*s\" is not a duration.",
			 SHOW(after));
		return;
	}
	if (at->rule->nrung == COUNT(at->rule->rung)) {
		say(at, S("escalate"), "Leave some out.", "The ladder has more than six steps.");
		return;
	}
	at->rule->rung[at->rule->nrung++] = rung;
}
// Good enough to compare two durations; a month is 30 days, a working day one and a half.
static int64_t roughly(const Duration *d) {
	int64_t days = (int64_t)d->years * 365 + (int64_t)d->months * 30 + d->days +
		       (int64_t)d->working_days * 3 / 2;
	return days * 1440 + (int64_t)d->hours * 60 + d->minutes;
}
static void read_clock(const At *at) {
	PackRule *rule = at->rule;
	rule->has_clock = pack_duration(at->l, at->t, at->r, S("within"), &rule->within);
	rule->has_warn = pack_duration(at->l, at->t, at->r, S("warn"), &rule->warn);
	rule->at_once = rule->has_clock && duration_is_zero(&rule->within);
	if (str_eq(rule->kind, S("duty")) && !CELL("within").n)
		say(at, S("within"),
		    "Say by when: PT0H is at once. A row without a clock is a condition or a right.",
		    "A duty has no clock.");
	if (rule->at_once) {
		rule->within = at->l->pack->immediate;
		rule->has_warn = false;
	}
	if (rule->has_warn && rule->has_clock && roughly(&rule->warn) >= roughly(&rule->within))
		say(at, S("warn"), "Make it shorter than what stands in within.",
		    "The reminder would come after the deadline.");
	for (Str rest = CELL("escalate"), word; pack_word(&rest, &word);) read_rung(at, word);
}
static void read_rule(const At *at) {
	PackRule *rule = at->rule;
	*rule = (PackRule){.id = CELL("id"),
			   .jurisdiction = CELL("jurisdiction"),
			   .on = CELL("on"),
			   .who = CELL("who"),
			   .kind = CELL("kind"),
			   .then = CELL("then"),
			   .when_text = CELL("when"),
			   .instrument = CELL("instrument"),
			   .provision = CELL("provision"),
			   .confidence = CELL("confidence"),
			   .source = CELL("source"),
			   .pillar = CELL("pillar"),
			   .stage = CELL("stage"),
			   .output = CELL("output")};
	rule->when = pack_expr(at->l, at->t, at->r, S("when"), false);
	rule->owes = pack_label(at->l, at->t, at->r, S("owes"), true);
	rule->hint = pack_label(at->l, at->t, at->r, S("hint"), false);
	rule->travel = pack_yes(at->l, at->t, at->r, S("travel"));
	rule->consent = pack_yes(at->l, at->t, at->r, S("consent"));
	rule->active = pack_word_in(at->l->pack->jurisdictions, rule->jurisdiction);
	read_clock(at);
	static const Str needed[] = {SLIT("jurisdiction"), SLIT("on"),	       SLIT("who"),
				     SLIT("kind"),	   SLIT("confidence"), SLIT("instrument")};
	for (ptrdiff_t i = 0; i < COUNT(needed); i++) need(at, needed[i]);
	pack_check_word(at->l, at->t, at->r, S("kind"), kinds);
	pack_check_word(at->l, at->t, at->r, S("confidence"), S("V P K POLICY"));
	pack_check_word(at->l, at->t, at->r, S("pillar"), S("protection prosecution prevention partnership"));
}
static bool knows_fact(const void *with, Str name) {
	(void)with;
	return pack_word_in(S("child sex exploitation foreign disability capacity about screening bonded "
			      "missing channel in_case"),
			    name);
}
void pack_load_rules(PackLoader *l) {
	Str *name;
	Str folder = str_fmt(&l->work, "%.*s/playbooks", (int)l->folder.n, l->folder.p);
	for (ptrdiff_t i = 0, n = pack_list(l, folder, S(".csv"), &name); i < n; i++) {
		PackTable t;
		if (!pack_read_csv(l, str_fmt(&l->work, "playbooks/%.*s.csv", (int)name[i].n, name[i].p), &t))
			continue;
		pack_check_columns(l, &t,
				   S("id! jurisdiction! on! when! who! kind! within! warn travel consent "
				     "then owes! hint instrument! "
				     "provision! confidence! source pillar stage output escalate"));
		for (ptrdiff_t k = 0; k < t.nrow; k++) {
			At at = {l, &t, &t.row[k], NULL};
			at.rule = pack_claim(l, TABLE_RULE, &t, at.r, pack_cell(&t, at.r, S("id")));
			if (!at.rule) continue;
			read_rule(&at);
			pack_check_names(l, at.rule->when, pack_place(&t, at.r, S("when")), knows_fact, NULL);
		}
	}
}
