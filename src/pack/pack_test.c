#include <archive.h>
#include <archive_entry.h>
#include <ftw.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>
#undef fail // cmocka's; base.h has its own

#include "pack/pack.h"

static Arena arena;
static char root[64]; // of the packs a test writes
static PackProblems problems;
static Pack *pack;
static Why why;

// ---- a small pack that is right ------------------------------------------------------------------
#define LABELS "label::English (en),label::Hindi (hi)"
static const struct {
	const char *file, *text;
} good[] = {
	{"pack.csv", "key,value\nname,base\ntitle,Base\nversion,1\nextends,\ncountry,IN\ntimezone,Asia/"
		     "Kolkata\nlanguages,en hi\n"
		     "jurisdictions,IN\ndays_off,sat sun\nimmediate,PT1H\ncase_prefix,B\n"},
	{"kinds.csv", "kind," LABELS "\npolice,Police,पुलिस\nngo,NGO,संस्था\n"},
	{"posts.csv", "post," LABELS "\nofficer,Officer,अधिकारी\n"},
	{"roles.csv", "role,kind," LABELS "\nstation,police,Station,थाना\nlead,,Lead,अगुआ\n"},
	{"receivers.csv", "order,kind,when,reach\n2,ngo,conflict,anywhere\n1,police,usual,area\n"},
	{"areas.csv",
	 "code,parent,level," LABELS "\nIN,,country,India,भारत\nIN-A,IN,state,A (demo),क (डेमो)\n"},
	{"calendar.csv", "date," LABELS ",confidence\n2026-10-02,Two,दो,K\n2026-01-26,One,एक,K\n"},
	{"emergency.csv", "number," LABELS ",order,confidence\n1098,Children,बच्चे,2,P\n112,Police,पुलिस,1,K\n"},
	{"events.csv", "event,who,about,pillar," LABELS
		       "\nfound,police,person,protection,Found,मिला\nproduced,*,person,,Produced,पेश\n"},
	{"grants.csv", "post,relation,acts,classes,basis\nofficer,lead,case_read,case "
		       "identity,own_work\nvisitor,nobody,visit,open,\n"},
	{"dimensions.csv", "dimension," LABELS ",element\nexploitation,Exploitation,शोषण,purpose\n"},
	{"indicators.csv", "code,list,dimension,element," LABELS
			   ",adult_labour,child_labour\nlocked,own,exploitation,means,Locked,बंद,S,\n"},
	{"scoring.csv", "rule,profile,condition,result,suggests,review\none,other,${exploitation} = 'yes' "
			"and ${strong} > 1,x,possible,yes\n"},
	{"playbooks/child.csv",
	 "id,jurisdiction,on,when,who,kind,within,warn,then,owes::English (en),owes::Hindi "
	 "(hi),instrument,provision,"
	 "confidence,escalate\n"
	 "A-1,IN,found,${child} = 'yes',station,duty,PT24H,PT18H,produced,Bring,लाएँ,Act,1,V,supervisor@PT0H "
	 "hub@P1D\n"
	 "A-2,XX,found,,lead,duty,PT0H,,,At once,तुरंत,Act,2,K,\n"},
	{"forms/tell.survey.csv",
	 "type,name," LABELS ",required,relevant,constraint,constraint_message::English "
	 "(en),appearance,calculation,default,class,htcds\n"
	 "text,where,Where?,कहाँ?,yes,,,,multiline,,,case,\n"
	 "integer,age,Age?,आयु?,,,. >= 0 and . < 120,Write the age.,,,,identity,\n"
	 "begin group,g,Child,बच्चा,,${age} < 18,,,,,,,\n"
	 "select_one yn,school,School?,स्कूल?,yes,,,,,,,case,\n"
	 "end group,,,,,,,,,,,,\n"
	 "select_multiple signs or_other,seen,Seen?,देखा?,,,,,,,,case,\n"
	 "acknowledge,ok,Right?,ठीक?,,,,,,,,,\n"
	 "date,day,Day?,दिन?,,,. <= today(),,,,today(),,\n"
	 "calculate,child,,,,,,,,\"if(${age} < 18, 'yes', 'no')\",,,\n"
	 "text,lang,Language?,भाषा?,,,,,,,hi,,\n"
	 "geopoint,place,Place?,जगह?,,,,,,,,,\n"
	 "decimal,pay,Pay?,वेतन?,,,,,,,,,\n"},
	{"forms/tell.choices.csv",
	 "list_name,name," LABELS
	 "\nyn,yes,Yes,हाँ\nyn,no,No,नहीं\nsigns,beds,Beds,बिस्तर\nsigns,locks,Locks,ताले\n"},
};

static void write_file(const char *folder, const char *file, const char *text, size_t n) {
	Str path = str_fmt(&arena, "%s/%s/%s", root, folder, file);
	char *z = str_z(&arena, path);
	for (char *slash = strchr(z + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		(void)mkdir(z, 0700);
		*slash = '/';
	}
	FILE *f = fopen(z, "wb");
	assert_non_null(f);
	assert_int_equal(fwrite(text, 1, n, f), n);
	assert_int_equal(fclose(f), 0);
}
static void put(const char *folder, const char *file, const char *text) {
	write_file(folder, file, text, strlen(text));
}
static void put_good(const char *folder) {
	for (ptrdiff_t i = 0; i < COUNT(good); i++) put(folder, good[i].file, good[i].text);
}
static Err open_pack(const char *folder) {
	return pack_open(&why, str_fmt(&arena, "%s/%s", root, folder), &problems, &pack);
}
static void show_problems(void) {
	for (ptrdiff_t i = 0; i < problems.n; i++) {
		Str line;
		pack_problem_text(&arena, &problems.problem[i], &line);
		print_error("  %.*s\n", (int)line.n, line.p);
	}
}
// What the small pack says when one of its files is replaced by `text`.
static void one_mistake(const char *file, const char *text, int row, const char *column, const char *say) {
	put_good("p");
	put("p", file, text);
	problems = (PackProblems){0};
	pack = NULL;
	(void)open_pack("p");
	bool found = false;
	for (ptrdiff_t i = 0; i < problems.n; i++) {
		const PackProblem *p = &problems.problem[i];
		Str end = str_fmt(&arena, "/%s", file);
		found = found ||
			(str_find(p->file, end) >= 0 && p->row == row && str_eq(p->column, str_of(column)) &&
			 str_find(p->say, str_of(say)) >= 0 && p->mend.n);
	}
	if (!found) {
		print_error("%s: row %d, column %s: no problem says \"%s\"\n", file, row, column, say);
		show_problems();
	}
	assert_true(found);
	pack_close(pack);
	pack_problems_free(&problems);
	pack = NULL;
}

static int group_setup(void **state) {
	(void)state;
	arena = arena_new(64 << 20);
	snprintf(root, sizeof root, "/tmp/sangam-pack-XXXXXX");
	return mkdtemp(root) ? 0 : -1;
}
static int remove_one(const char *path, const struct stat *st, int kind, struct FTW *where) {
	(void)st, (void)kind, (void)where;
	return remove(path);
}
static void remove_tree(const char *path) { (void)nftw(path, remove_one, 8, FTW_DEPTH | FTW_PHYS); }
static int group_teardown(void **state) {
	(void)state;
	remove_tree(root);
	arena_free(&arena);
	return 0;
}
static int setup(void **state) {
	(void)state;
	remove_tree(str_z(&arena, str_fmt(&arena, "%s/p", root)));
	problems = (PackProblems){0};
	pack = NULL;
	why = (Why){0};
	return 0;
}
static int teardown(void **state) {
	(void)state;
	pack_close(pack);
	pack_problems_free(&problems);
	return 0;
}

// ---- reading -------------------------------------------------------------------------------------
static void a_right_pack_is_read_whole(void **state) {
	(void)state;
	put_good("p");
	if (open_pack("p") != OK || problems.n) show_problems();
	assert_int_equal(problems.n, 0);
	assert_true(str_eq(pack->title, S("Base")));
	assert_int_equal(pack->calendar.days_off, 1 << 0 | 1 << 6);
	assert_int_equal(pack->calendar.nholiday, 2);
	assert_true(pack->calendar.holiday[0] < pack->calendar.holiday[1]);
	assert_true(str_eq(pack->emergency[0].number, S("112")));
	assert_int_equal(pack->ngrant, 2);
	assert_memory_equal(pack_indicator(pack, S("locked"))->strength, "S000", 4);
	assert_true(str_eq(pack_kind(pack, S("ngo"))->label.in[LANG_HI], S("संस्था")));
	assert_true(str_eq(pack_role(pack, S("station"))->kind, S("police")));
	assert_int_equal(pack->nreceiver, 2);
	assert_true(str_eq(pack->receiver[0].kind, S("police")) && !pack->receiver[0].conflict);
	assert_true(pack->receiver[1].conflict && pack->receiver[1].anywhere);
	assert_true(str_eq(pack_event(pack, S("found"))->who, S("police")));
	assert_true(pack_area_within(pack, S("IN-A"), S("IN")));
	assert_false(pack_area_within(pack, S("IN"), S("IN-A")));
	assert_null(pack_area(pack, S("nowhere")));
}
static void a_rule_has_its_clock_and_its_ladder(void **state) {
	(void)state;
	put_good("p");
	assert_int_equal(open_pack("p"), OK);
	const PackRule *one = pack_rule(pack, S("A-1")), *two = pack_rule(pack, S("A-2"));
	assert_true(one->active && one->has_clock && one->has_warn && !one->at_once);
	assert_int_equal(one->within.hours, 24);
	assert_int_equal(one->nrung, 2);
	assert_true(str_eq(one->rung[1].step, S("hub")));
	assert_int_equal(one->rung[1].after.days, 1);
	assert_true(two->at_once && !two->active);
	assert_int_equal(two->within.hours, 1); // the pack's "immediate"
}
static void a_pack_extends_another(void **state) {
	(void)state;
	put_good("base");
	put("child", "pack.csv", "key,value\nname,child\ntitle,Child\nextends,base\njurisdictions,XX\n");
	put("child", "kinds.csv", "kind," LABELS "\nngo,Voluntary,स्वयंसेवी\nhub,Hub,केंद्र\n");
	if (open_pack("child") != OK) show_problems();
	assert_int_equal(problems.errors, 0);
	assert_true(str_eq(pack->name, S("child")));
	assert_true(str_eq(pack->case_prefix, S("B")));
	assert_int_equal(pack->nkind, 3);
	assert_true(str_eq(pack_kind(pack, S("ngo"))->label.in[LANG_EN], S("Voluntary")));
	assert_false(pack_rule(pack, S("A-1"))->active);
	assert_true(pack_rule(pack, S("A-2"))->active);
}
static void packs_in_a_circle_are_refused(void **state) {
	(void)state;
	put("one", "pack.csv", "key,value\nextends,two\n");
	put("two", "pack.csv", "key,value\nextends,one\n");
	assert_int_equal(open_pack("one"), ERR_INVALID);
	assert_true(str_find(problems.problem[0].say, S("circle")) >= 0);
	assert_int_equal(problems.problem[0].row, 2);
}
static void no_pack_is_told_plainly(void **state) {
	(void)state;
	assert_int_equal(open_pack("nothing-here"), ERR_INVALID);
	assert_true(str_ends(problems.problem[0].file, S("nothing-here/pack.csv")));
	assert_null(pack);
}
static void a_problem_is_one_plain_line(void **state) {
	(void)state;
	PackProblem p = {.file = S("packs/india/playbooks/child.csv"),
			 .row = 7,
			 .column = S("within"),
			 .say = S("\"PT24\" is not a duration."),
			 .mend = S("Write it as PT24H, P15D or P5WD.")};
	Str line;
	pack_problem_text(&arena, &p, &line);
	assert_true(str_eq(
		line, S("packs/india/playbooks/child.csv: row 7, column within: \"PT24\" is not a duration. "
			"Write it as PT24H, P15D or P5WD.")));
}

// ---- mistakes ------------------------------------------------------------------------------------
static void mistakes_of_a_file_are_placed(void **state) {
	(void)state;
	one_mistake("kinds.csv", "kind," LABELS "\npolice,\"Police,पुलिस\nngo,NGO,संस्था\n", 2, "", "quote");
	one_mistake("kinds.csv", "kind," LABELS "\npolice,\"Police\"x,पुलिस\n", 2, "", "quote");
	one_mistake("kinds.csv", "kind," LABELS "\nngo,NGO,संस्था\n\npolice,Caf\xe9,पुलिस\n", 4,
		    "label::English (en)", "UTF-8");
	one_mistake("kinds.csv", "", 0, "", "empty");
	one_mistake("kinds.csv", "kind," LABELS "\npolice,Police,पुलिस,more\n", 2, "", "more cells");
	one_mistake("kinds.csv", "kind," LABELS ",colour\npolice,Police,पुलिस,red\n", 1, "colour",
		    "not known");
	one_mistake("kinds.csv", "kind,kind," LABELS "\npolice,x,Police,पुलिस\n", 1, "kind", "twice");
	one_mistake("kinds.csv", LABELS "\nPolice,पुलिस\n", 1, "kind", "missing");
	one_mistake("kinds.csv", "kind,label::Klingon (tlh)\npolice,x\n", 1, "label::Klingon (tlh)",
		    "not known");
	one_mistake("kinds.csv", "kind,label::English (en)\npolice,Police\n", 1, "label::Hindi (hi)",
		    "does not have it");
	one_mistake("kinds.csv", "kind," LABELS "\npolice,Police,\n", 2, "label::Hindi (hi)",
		    "translation is missing");
	one_mistake("kinds.csv", "kind," LABELS "\npolice,,पुलिस\n", 2, "label", "English");
	one_mistake("kinds.csv", "kind," LABELS "\npolice,,\n", 2, "label", "missing");
	one_mistake("kinds.csv", "kind," LABELS "\n,Police,पुलिस\n", 2, "kind", "no kind");
	one_mistake("kinds.csv", "kind," LABELS "\npolice,\"Two\nlines\",पुलिस\npolice,Police,पुलिस\n", 3,
		    "kind", "there already, in row 2");
	one_mistake("kinds.csv", "kind," LABELS "\n", 0, "", "missing or has no rows");
	one_mistake("kind.csv", "kind\n", 0, "", "No table");
}
static void mistakes_of_the_settings_are_placed(void **state) {
	(void)state;
#define SETTINGS "key,value\nname,b\ntitle,B\nversion,1\njurisdictions,IN\ncase_prefix,B\n"
	one_mistake("pack.csv", SETTINGS "timezone,Mars/Base\nlanguages,en\nimmediate,PT1H\n", 7, "value",
		    "time zone");
	one_mistake("pack.csv", SETTINGS "timezone,UTC\nlanguages,en xx\nimmediate,PT1H\n", 8, "value",
		    "language");
	one_mistake("pack.csv", SETTINGS "timezone,UTC\nlanguages,en\nimmediate,1H\n", 9, "value",
		    "duration");
	one_mistake("pack.csv", SETTINGS "timezone,UTC\nlanguages,en\nimmediate,PT1H\ndays_off,someday\n", 10,
		    "value", "day of the week");
	one_mistake("pack.csv", SETTINGS "timezone,UTC\nlanguages,en\nimmediate,PT1H\ncolour,red\n", 10,
		    "key", "no setting");
	one_mistake("pack.csv", SETTINGS "timezone,UTC\nlanguages,en\nimmediate,PT1H\nname,c\n", 10, "key",
		    "twice");
	one_mistake("pack.csv", SETTINGS "timezone,UTC\nlanguages,en\n", 0, "immediate", "missing");
	one_mistake("pack.csv", SETTINGS "timezone,UTC\nlanguages,en\nimmediate,PT1H\nextends,../x\n", 10,
		    "value", "not the name of a pack");
	one_mistake("pack.csv", SETTINGS "timezone,UTC\nlanguages,en\nimmediate,PT1H\ncountry,India\n", 10,
		    "value", "not in areas.csv");
	one_mistake("pack.csv", "key,value\ncase_prefix,way too long\n", 2, "value", "case number");
}
static void mistakes_between_tables_are_placed(void **state) {
	(void)state;
	one_mistake("emergency.csv", "number," LABELS ",order,confidence\n112x,Police,पुलिस,1,K\n", 2,
		    "number", "112x");
	one_mistake("receivers.csv", "order,kind,when,reach\n1,polize,usual,area\n", 2, "kind", "polize");
	one_mistake("receivers.csv", "order,kind,when,reach\n1,police,always,area\n", 2, "when", "always");
	one_mistake("receivers.csv", "order,kind,when,reach\nfirst,police,usual,area\n", 2, "order", "first");
	one_mistake("receivers.csv", "order,kind,when,reach\n", 0, "", "missing or has no rows");
	one_mistake("lists.csv", "list,kinds," LABELS "\na,police,A,क\nb,ngo,B,ख\nc,polize,C,ग\n", 4, "kinds",
		    "polize");
	one_mistake("lists.csv", "list,kinds," LABELS "\na,police,A,क\nb,ngo police,B,ख\nc,*,C,ग\n", 3,
		    "kinds", "already");
	one_mistake("lists.csv", "list,kinds," LABELS "\na,police,A,क\nb,*,B,ख\n", 3, "list", "fewer than 3");
	one_mistake("lists.csv", "list,kinds," LABELS "\na,police,A,क\nb+c,ngo,B,ख\nd,*,D,ग\n", 3, "list",
		    "cannot be");
	one_mistake("roles.csv", "role,kind," LABELS "\nstation,polize,S,थ\n", 2, "kind", "polize");
	one_mistake("areas.csv", "code,parent,level," LABELS "\nIN,,country,I,भ\nIN-A,XX,state,A,क\n", 3,
		    "parent", "XX");
	one_mistake("areas.csv", "code,parent,level," LABELS "\nA,B,state,A,क\nB,A,state,B,ख\n", 2, "parent",
		    "lies in itself");
	one_mistake("events.csv", "event,who,about," LABELS "\nfound,ghosts,person,F,म\n", 2, "who",
		    "ghosts");
	one_mistake("events.csv", "event,who,about," LABELS "\nfound,police,thing,F,म\n", 2, "about",
		    "thing");
	one_mistake("calendar.csv", "date," LABELS ",confidence\n2026-02-30,X,क,K\n", 2, "date",
		    "not a date");
	one_mistake("calendar.csv", "date," LABELS ",confidence\n2026-02-20,X,क,Z\n", 2, "confidence", "Z");
	one_mistake("emergency.csv", "number," LABELS ",order,confidence\n112,P,प,first,K\n", 2, "order",
		    "whole number");
	one_mistake("indicators.csv",
		    "code,list,dimension,element," LABELS ",adult_labour\nl,own,dimness,means,L,ब,S\n", 2,
		    "dimension", "dimness");
	one_mistake("indicators.csv",
		    "code,list,dimension,element," LABELS ",adult_labour\nl,own,exploitation,means,L,ब,X\n",
		    2, "adult_labour", "X");
	one_mistake("scoring.csv",
		    "rule,profile,condition,result,suggests,review\none,other,${x} = 1,r,,no\n", 2,
		    "condition (column 1)", "${x}");
	one_mistake("scoring.csv", "rule,profile,condition,result,suggests,review\none,other,1 = ,r,,no\n", 2,
		    "condition (column 4)", "ends");
	one_mistake("scoring.csv",
		    "rule,profile,condition,result,suggests,review\none,other,1 = 1,r,,maybe\n", 2, "review",
		    "maybe");
	one_mistake("rights.csv", "code,rules," LABELS "\nR1,A-9,R,अ\n", 2, "rules", "A-9");
	one_mistake("grants.csv", "post,relation,acts,classes,basis\nnobody,lead,case_read,case,own_work\n",
		    2, "post", "nobody");
	one_mistake("grants.csv",
		    "post,relation,acts,classes,basis\nofficer,friend,case_read,case,own_work\n", 2,
		    "relation", "friend");
	one_mistake("grants.csv",
		    "post,relation,acts,classes,basis\nofficer,lead,case_read,gossip,own_work\n", 2,
		    "classes", "gossip");
	one_mistake("grants.csv", "post,relation,acts,classes,basis\nofficer,lead,case_read,case,mood\n", 2,
		    "basis", "mood");
	one_mistake("compensation.csv", "head," LABELS ",min_inr,max_inr,confidence\nloss,L,ह,500,100,V\n", 2,
		    "max_inr", "less");
}
static void mistakes_of_a_playbook_are_placed(void **state) {
	(void)state;
#define RULES \
	"id,jurisdiction,on,when,who,kind,within,warn,travel,then,owes::English (en),owes::Hindi " \
	"(hi),instrument,provision,confidence,escalate\n"
	const char *file = "playbooks/child.csv";
	one_mistake(file, RULES "A,IN,lost,,station,duty,PT1H,,,,O,ओ,Act,1,V,\n", 2, "on", "lost");
	one_mistake(file, RULES "A,IN,found,,station,duty,PT1H,,,gone,O,ओ,Act,1,V,\n", 2, "then", "gone");
	one_mistake(file, RULES "A,IN,found,,nobody,duty,PT1H,,,,O,ओ,Act,1,V,\n", 2, "who", "nobody");
	one_mistake(file, RULES "A,IN,found,,station,dutty,PT1H,,,,O,ओ,Act,1,V,\n", 2, "kind", "dutty");
	one_mistake(file, RULES "A,IN,found,,station,duty,PT24,,,,O,ओ,Act,1,V,\n", 2, "within",
		    "\"PT24\" is not a duration");
	one_mistake(file, RULES "A,IN,found,,station,duty,,,,,O,ओ,Act,1,V,\n", 2, "within", "no clock");
	one_mistake(file, RULES "A,IN,found,,station,duty,PT24H,P2D,,,O,ओ,Act,1,V,\n", 2, "warn",
		    "after the deadline");
	one_mistake(file, RULES "A,IN,found,,station,duty,PT24H,,maybe,,O,ओ,Act,1,V,\n", 2, "travel",
		    "maybe");
	one_mistake(file, RULES "A,IN,found,,station,duty,PT24H,,,,O,ओ,Act,1,Q,\n", 2, "confidence", "Q");
	one_mistake(file, RULES "A,IN,found,,station,duty,PT24H,,,,O,ओ,Act,1,,\n", 2, "confidence", "empty");
	one_mistake(file, RULES "A,IN,found,,station,duty,PT24H,,,,O,ओ,Act,1,V,king@PT0H\n", 2, "escalate",
		    "king");
	one_mistake(file, RULES "A,IN,found,,station,duty,PT24H,,,,O,ओ,Act,1,V,hub@soon\n", 2, "escalate",
		    "soon");
	one_mistake(file, RULES "A,IN,found,${chlid} = 'yes',station,duty,PT24H,,,,O,ओ,Act,1,V,\n", 2,
		    "when (column 1)", "chlid");
	one_mistake(file, RULES "A,IN,found,'हाँ' = yes,station,duty,PT24H,,,,O,ओ,Act,1,V,\n", 2,
		    "when (column 9)", "stands alone");
	one_mistake(file,
		    RULES "A,IN,found,,station,duty,PT24H,,,,O,ओ,Act,1,V,\nA,IN,found,,station,duty,PT24H,,,,"
			  "O,ओ,Act,1,V,\n",
		    3, "id", "there already");
}
static void mistakes_of_a_form_are_placed(void **state) {
	(void)state;
#define SURVEY "type,name,label::English (en),label::Hindi (hi),relevant,constraint,calculation,class\n"
	const char *file = "forms/tell.survey.csv";
	one_mistake(file, SURVEY "txt,a,A,क,,,,\n", 2, "type", "txt");
	one_mistake(file, SURVEY ",a,A,क,,,,\n", 2, "type", "no type");
	one_mistake(file, SURVEY "start,a,,,,,,\n", 2, "type", "device");
	one_mistake(file, SURVEY "select_one colours,a,A,क,,,,\n", 2, "type", "colours");
	one_mistake(file, SURVEY "text,1a,A,क,,,,\n", 2, "name", "1a");
	one_mistake(file, SURVEY "text,a,A,क,,,,\ntext,a,B,ख,,,,\n", 3, "name", "row 2");
	one_mistake(file, SURVEY "text,a,,,,,,\n", 2, "label", "no label");
	one_mistake(file, SURVEY "text,a,A,क,${b} = 1,,,\n", 2, "relevant (column 1)", "${b}");
	one_mistake(file, SURVEY "text,a,A,क,. = 1,,,\n", 2, "relevant (column 1)", "constraint");
	one_mistake(file, SURVEY "text,a,A,क,,\"regex(., '[')\",,\n", 2, "constraint (column 10)",
		    "[ has no ]");
	one_mistake(file, SURVEY "calculate,a,,,,,,\n", 2, "calculation", "empty");
	one_mistake(file, SURVEY "text,a,A,क,,,,secret\n", 2, "class", "secret");
	one_mistake(file, SURVEY "begin group,g,G,ग,,,,\ntext,a,A,क,,,,\n", 2, "type", "never closed");
	one_mistake(file, SURVEY "text,a,A,क,,,,\nend group,,,,,,,\n", 3, "type", "Nothing that is open");
	one_mistake(file, SURVEY "begin group,g,G,ग,,,,\nend repeat,,,,,,,\n", 3, "type",
		    "Nothing that is open");
	one_mistake(file, "type,name,label::English (en),label::Hindi (hi),media::image\ntext,a,A,क,x\n", 1,
		    "media::image", "not used");
	one_mistake(file, "type,name,label::English (en),label::Hindi (hi),relevent\ntext,a,A,क,x\n", 1,
		    "relevent", "not known");
	const char *choices = "forms/tell.choices.csv";
	one_mistake(choices, "list_name,name," LABELS "\nyn,yes,Y,ह\nyn,yes,Y,ह\n", 3, "name", "already");
	one_mistake(choices, "list_name,name," LABELS "\nyn,very good,Y,ह\n", 2, "name", "space");
	one_mistake(choices, "list_name,name," LABELS "\n,yes,Y,ह\n", 2, "list_name", "empty");
}

// ---- forms ---------------------------------------------------------------------------------------
static PackAnswers answers;
static Cx cx;
static void open_form(void) {
	put_good("p");
	if (open_pack("p") != OK) show_problems();
	cx = (Cx){.arena = &arena, .zone = pack->zone, .pack = pack, .lang = LANG_EN};
	assert_true(when_parse(pack->zone, S("2026-11-24T10:00"), &cx.now));
	answers = pack_answers_on(&arena, pack_form(pack, S("tell")));
	assert_true(pack_answer_set(&answers, S("where"), S("District A")));
}
static void answer(const char *name, const char *value) {
	assert_true(pack_answer_set(&answers, str_of(name), str_of(value)));
}
static void error_is(const char *name, const char *error) {
	pack_form_check(&cx, &answers);
	for (ptrdiff_t i = 0; i < answers.form->nask; i++) {
		if (!str_eq(answers.form->ask[i].name, str_of(name))) continue;
		if (!str_eq(answers.error[i], str_of(error)))
			print_error("%s: \"%.*s\"\n", name, (int)answers.error[i].n, answers.error[i].p);
		assert_true(str_eq(answers.error[i], str_of(error)));
		return;
	}
	assert_true(!"the form has this question");
}
static void value_is(const char *name, const char *value) {
	pack_form_check(&cx, &answers);
	Str got = pack_answer(&answers, name);
	if (!str_eq(got, str_of(value))) print_error("%s: \"%.*s\"\n", name, (int)got.n, got.p);
	assert_true(str_eq(got, str_of(value)));
}
static void a_form_knows_its_questions(void **state) {
	(void)state;
	open_form();
	const PackForm *f = answers.form;
	assert_int_equal(f->nlang, 2);
	assert_int_equal(f->ask[0].kind, ASK_LONG);
	assert_true(f->ask[0].required);
	assert_true(f->ask[3].in_group && !f->ask[2].in_group);
	assert_int_equal(f->ask[3].nchoice, 2);
	assert_int_equal(f->ask[3].row, 5);
	assert_int_equal(f->ask[5].nchoice, 3); // or_other
	assert_true(str_eq(pack_choice_label(f, S("school"), S("no"), LANG_HI), S("नहीं")));
	assert_true(str_eq(pack_choice_label(f, S("school"), S("maybe"), LANG_HI), S("maybe")));
	assert_false(pack_answer_set(&answers, S("nothing"), S("x")));
}
static void answers_are_checked_by_type(void **state) {
	(void)state;
	open_form();
	error_is("where", "");
	answer("where", "  ");
	error_is("where", "@required");
	answer("age", "12.5");
	error_is("age", "@integer");
	answer("age", "130");
	error_is("age", "Write the age.");
	answer("age", "30");
	error_is("age", "");
	answer("day", "24.11.2026");
	error_is("day", "@date");
	answer("day", "2026-12-01");
	error_is("day", "@constraint");
	answer("seen", "beds ghosts");
	error_is("seen", "@choice");
	answer("ok", "perhaps");
	error_is("ok", "@choice");
	answer("place", "91 10");
	error_is("place", "@geopoint");
	answer("place", "26.85 80.95 0 4.5");
	error_is("place", "");
	answer("pay", "1e3");
	error_is("pay", "@decimal");
	answer("pay", "-12.50");
	error_is("pay", "");
	char *lengthy = NEW(&arena, char, 1002);
	memset(lengthy, 'x', 1001);
	answer("lang", lengthy);
	error_is("lang", "@too_long");
}
static void answers_are_put_right(void **state) {
	(void)state;
	open_form();
	value_is("lang", "hi"); // default
	value_is("day", "2026-11-24"); // default that is computed
	answer("seen", "locks  beds locks");
	value_is("seen", "beds locks");
	answer("ok", "on");
	value_is("ok", "yes");
	answer("age", " 17 ");
	value_is("age", "17");
	value_is("child", "yes");
	answer("lang", "");
	value_is("lang", "");
}
static void what_is_not_relevant_is_emptied_and_not_required(void **state) {
	(void)state;
	open_form();
	answer("age", "17");
	error_is("school", "@required");
	answer("school", "yes");
	answer("seen", "other");
	answer("seen_other", "A tattoo");
	value_is("school", "yes");
	value_is("seen_other", "A tattoo");
	answer("age", "30");
	answer("seen", "beds");
	value_is("school", "");
	value_is("seen_other", "");
	assert_int_equal(answers.nerror, 0);
}

// ---- workbooks -----------------------------------------------------------------------------------
static void add_member(struct archive *zip, const char *name, const char *text, size_t n) {
	struct archive_entry *e = archive_entry_new();
	archive_entry_set_pathname(e, name);
	archive_entry_set_size(e, (la_int64_t)n);
	archive_entry_set_filetype(e, AE_IFREG);
	archive_entry_set_perm(e, 0600);
	assert_int_equal(archive_write_header(zip, e), ARCHIVE_OK);
	assert_int_equal(archive_write_data(zip, text, n), n);
	archive_entry_free(e);
}
static void put_book(const char *sheet, size_t n) {
	static const char workbook[] = "<workbook xmlns:r='r'><sheets><sheet name='survey' sheetId='1' "
				       "r:id='rId1'/></sheets></workbook>";
	static const char rels[] =
		"<Relationships><Relationship Id='rId1' Target='worksheets/sheet1.xml'/></Relationships>";
	put_good("p");
	char *path = str_z(&arena, str_fmt(&arena, "%s/p/forms/book.xlsx", root));
	struct archive *zip = archive_write_new();
	archive_write_set_format_zip(zip);
	assert_int_equal(archive_write_open_filename(zip, path), ARCHIVE_OK);
	add_member(zip, "xl/workbook.xml", workbook, sizeof workbook - 1);
	add_member(zip, "xl/_rels/workbook.xml.rels", rels, sizeof rels - 1);
	add_member(zip, "xl/worksheets/sheet1.xml", sheet, n);
	assert_int_equal(archive_write_close(zip), ARCHIVE_OK);
	archive_write_free(zip);
}
#define CELL_TEXT(place, text) "<c r='" place "' t='inlineStr'><is><t>" text "</t></is></c>"
#define BOOK_HEAD \
	"<row r='1'>" CELL_TEXT("A1", "type") CELL_TEXT("B1", "name") CELL_TEXT("D1", "label") "</row>"
static void book(const char *rows) {
	Str sheet = str_fmt(&arena, "<worksheet><sheetData>%s</sheetData></worksheet>", rows);
	put_book(sheet.p, (size_t)sheet.n);
}
static void a_workbook_is_read_with_its_rows(void **state) {
	(void)state;
	book(BOOK_HEAD "<row r='4'>" CELL_TEXT("A4", "text") CELL_TEXT("B4", "where")
		     CELL_TEXT("D4", "Where?") "</row>"
					       "<row r='6'>" CELL_TEXT("A6", "nonsense")
						       CELL_TEXT("B6", "x") "</row>");
	assert_int_equal(open_pack("p"), ERR_INVALID);
	assert_int_equal(problems.errors, 1);
	for (ptrdiff_t i = 0; i < problems.n; i++) {
		if (problems.problem[i].warning) continue;
		assert_int_equal(problems.problem[i].row, 6);
		assert_true(str_ends(problems.problem[i].file, S("book.xlsx, sheet survey")));
	}
}
static void expect_refusal(const char *say) {
	assert_int_equal(open_pack("p"), ERR_INVALID);
	bool found = false;
	for (ptrdiff_t i = 0; i < problems.n; i++)
		found = found || str_find(problems.problem[i].say, str_of(say)) >= 0;
	if (!found) show_problems();
	assert_true(found);
}
static void entities_are_refused(void **state) {
	(void)state;
	static const char sheet[] =
		"<!DOCTYPE x [<!ENTITY a SYSTEM 'file:///etc/hostname'>]><worksheet><sheetData><row r='1'>"
		"<c r='A1' t='inlineStr'><is><t>&a;</t></is></c></row></sheetData></worksheet>";
	put_book(sheet, sizeof sheet - 1);
	expect_refusal("entities");
}
static void a_bomb_is_refused(void **state) {
	(void)state;
	size_t n = 21 << 20;
	char *zeros = NEW(&arena, char, (ptrdiff_t)n);
	memset(zeros, ' ', n);
	put_book(zeros, n);
	expect_refusal("too large when it is unpacked");
}
static void a_broken_workbook_is_refused(void **state) {
	(void)state;
	put_good("p");
	put("p", "forms/book.xlsx", "this is no workbook");
	expect_refusal("not an .xlsx workbook");
	pack_problems_free(&problems);
	put_book("<worksheet><sheetData><row>", 27);
	expect_refusal("well-formed");
}

// ---- the project's own packs ---------------------------------------------------------------------
static void open_own(const char *name) {
	const char *project = getenv("SANGAM_ROOT");
	assert_non_null(project);
	Err err = pack_open(&why, str_fmt(&arena, "%s/packs/%s", project, name), &problems, &pack);
	if (err != OK) show_problems();
	assert_int_equal(problems.errors, 0);
	assert_int_equal(err, OK);
}
static void our_international_pack_is_right(void **state) {
	(void)state;
	open_own("international");
	assert_non_null(pack_form(pack, S("tell")));
	assert_non_null(pack_form(pack, S("screening")));
}
static void the_form_of_htcds_loads_as_published(void **state) {
	(void)state;
	open_own("international");
	const PackForm *f = pack_form(pack, S("htcds"));
	assert_non_null(f);
	assert_int_equal(f->nask, 32);
	assert_true(str_eq(f->version, S("vSmt4GQA3C9uBMLPEVfgND")));
	assert_true(str_eq(pack_choice_label(f, S("prs_Citizenship"), S("NP"), LANG_EN), S("Nepal")));
	assert_true(str_eq(pack_choice_label(f, S("vic_Methods_of_Control"), S("DebtBondage"), LANG_EN),
			   S("Debt bondage")));
	assert_true(str_eq(f->ask[31].name, S("__version__")));
}
static void our_india_pack_has_every_rule(void **state) {
	(void)state;
	open_own("india");
	char *path = str_z(&arena, str_fmt(&arena, "%s/src/pack/rule_ids.txt", getenv("SANGAM_ROOT")));
	FILE *f = fopen(path, "r");
	assert_non_null(f);
	char line[200];
	int n = 0;
	while (fgets(line, sizeof line, f)) { // id, confidence and provision of the source, a tab between
		Str rest = str_trim(str_of(line)), id = {0}, confidence = {0};
		assert_true(str_cut(&rest, '\t', &id) && str_cut(&rest, '\t', &confidence));
		const PackRule *r = pack_rule(pack, id);
		if (!r) print_error("no rule %.*s\n", (int)id.n, id.p);
		assert_non_null(r);
		if (!str_eq(r->confidence, confidence) || !str_eq(r->provision, rest))
			print_error("%.*s: another confidence or provision\n", (int)id.n, id.p);
		assert_true(str_eq(r->confidence, confidence) && str_eq(r->provision, rest));
		n++;
	}
	(void)fclose(f);
	assert_int_equal(n, 94);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
int main(void) {
	const struct CMUnitTest tests[] = {
		TEST(a_right_pack_is_read_whole),
		TEST(a_rule_has_its_clock_and_its_ladder),
		TEST(a_pack_extends_another),
		TEST(packs_in_a_circle_are_refused),
		TEST(no_pack_is_told_plainly),
		TEST(a_problem_is_one_plain_line),
		TEST(mistakes_of_a_file_are_placed),
		TEST(mistakes_of_the_settings_are_placed),
		TEST(mistakes_between_tables_are_placed),
		TEST(mistakes_of_a_playbook_are_placed),
		TEST(mistakes_of_a_form_are_placed),
		TEST(a_form_knows_its_questions),
		TEST(answers_are_checked_by_type),
		TEST(answers_are_put_right),
		TEST(what_is_not_relevant_is_emptied_and_not_required),
		TEST(a_workbook_is_read_with_its_rows),
		TEST(entities_are_refused),
		TEST(a_bomb_is_refused),
		TEST(a_broken_workbook_is_refused),
		TEST(our_international_pack_is_right),
		TEST(the_form_of_htcds_loads_as_published),
		TEST(our_india_pack_has_every_rule),
	};
	return cmocka_run_group_tests(tests, group_setup, group_teardown);
}
