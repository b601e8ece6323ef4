#include "kernel/kernel.h"
#include "match/link.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

static Arena arena;
static int set_up(void **s) {
	(void)s;
	arena = arena_new((ptrdiff_t)4 << 30);
	return 0;
}
static int tear_down(void **s) {
	(void)s;
	arena_free(&arena);
	return 0;
}

static MatchSchema schema_of(const char *json) {
	MatchSchema s;
	Why why = {0};
	assert_int_equal(schema_read(&arena, &why, str_of(json), &s), OK);
	return s;
}

static const char people_json[] = "{\"id\":\"id\",\"fields\":{\"given\":\"given\",\"family\":\"family\","
				  "\"born\":\"birth_date\",\"place\":\"place\"}}";

// Invented people: every fourth has a second record with a letter wrong.
static Str made_up_people(int n, char side) {
	static const char *const given[] = {"Asha", "Bimla", "Chanda", "Deepa", "Esha", "Farida", "Gauri"};
	static const char *const family[] = {"Testwala", "Namuna", "Udaharan", "Kalpit", "Banavat"};
	Buf b = {.a = &arena};
	buf_put(&b, S("id,given,family,born,place\n"));
	for (int i = 0; i < n; i++) {
		const char *g = given[i % 7], *f = family[i / 7 % 5];
		buf_fmt(&b, "%c%d,%s,%s%c,%d-%02d-%02d,Gaon%d\n", side, i, g, f, 'a' + i / 35 % 20,
			1970 + i % 40, 1 + i % 12, 1 + i % 28, i % 17);
		if (i % 4 == 0)
			buf_fmt(&b, "%c%dx,%.*s%s,%s%c,%d-%02d-%02d,Gaon%d\n", side, i, 2, g, g + 1, f,
				'a' + i / 35 % 20, 1970 + i % 40, 1 + i % 12, 1 + i % 28, i % 17);
	}
	return buf_str(&b);
}

static People read_people(const MatchSchema *s, Str a, Str b, Faults *faults) {
	People p;
	Why why = {0};
	people_begin(&p, &arena, 2026, s);
	assert_int_equal(people_add(&p, &why, s, a, faults), OK);
	p.second = p.n;
	if (b.n) {
		p.two = true;
		assert_int_equal(people_add(&p, &why, s, b, faults), OK);
	}
	return p;
}

static Links linked(const People *p, int threads, double threshold, Assign assign) {
	Links l = {0};
	Why why = {0};
	LinkOptions how = {.threads = threads, .threshold = threshold, .assign = assign};
	assert_int_equal(link_people(p, &why, &how, &l), OK);
	return l;
}

static void ready_schemas_can_be_read(void **s) {
	(void)s;
	assert_true(ready_schemas >= 3);
	for (ptrdiff_t i = 0; i < ready_schemas; i++) assert_true(schema_of(ready_schema[i].json).n > 5);
	assert_true(schema_ready(S("febrl")).n > 0);
	assert_int_equal(schema_ready(S("nobody")).n, 0);
}

static void a_wrong_schema_says_where(void **s) {
	static const char *const wrong[] = {
		"",
		"[]",
		"{\"fields\":{\"a\":\"given\"}}",
		"{\"id\":\"a\",\"fields\":[]}",
		"{\"id\":\"a\",\"fields\":{\"b\":\"shoe_size\"}}",
		"{\"id\":\"a\",\"fields\":[{\"column\":\"b\",\"kind\":\"birth_date\",\"format\":\"day\"}]}",
	};
	(void)s;
	for (ptrdiff_t i = 0; i < COUNT(wrong); i++) {
		MatchSchema out;
		Why why = {0};
		assert_int_equal(schema_read(&arena, &why, str_of(wrong[i]), &out), ERR_INVALID);
		assert_true(str_starts(str_of(why.msg), S("schema: ")));
	}
}

static void dates_are_read_in_every_order(void **s) {
	static const struct {
		const char *text;
		DateOrder order;
		DateRead read;
		const char *digits;
	} d[] = {
		{"19081209", DATE_YMD, DATE_GOOD, "19081209"},
		{"27-08-1941", DATE_DMY, DATE_GOOD, "19410827"},
		{"08/27/1941", DATE_MDY, DATE_GOOD, "19410827"},
		{"1971-06-24", DATE_ANY, DATE_GOOD, "19710624"},
		{"24.6.1971", DATE_ANY, DATE_GOOD, "19710624"},
		{"24 Jun 1971", DATE_ANY, DATE_GOOD, "19710624"},
		{"1971-06-24T00:00", DATE_ANY, DATE_GOOD, "19710624"},
		{"24-06-71", DATE_DMY, DATE_GOOD, "19710624"},
		{"19451399", DATE_YMD, DATE_BAD, "19451399"},
		{"02-08-200q", DATE_DMY, DATE_BAD, "200q0802"},
		{"2023-02-29", DATE_ANY, DATE_BAD, "20230229"},
	};
	Birth b;
	(void)s;
	for (ptrdiff_t i = 0; i < COUNT(d); i++) {
		assert_int_equal(birth_read(str_of(d[i].text), d[i].order, 2026, &b), d[i].read);
		assert_memory_equal(b.digit, d[i].digits, 8);
	}
	assert_int_equal(birth_read(S("NA"), DATE_ANY, 2026, &b), DATE_MISSING);
	assert_int_equal(birth_read(S("long ago"), DATE_ANY, 2026, &b), DATE_BAD);
	assert_false(b.whole);
}

typedef struct {
	int n, line[8], column[8];
} Said;
static void note(void *with, int64_t line, int column, const char *what) {
	Said *s = with;
	assert_true(what[0] != '\0' && s->n < 8);
	s->line[s->n] = (int)line;
	s->column[s->n++] = column;
}

static void bad_rows_are_told_and_the_rest_goes_on(void **s) {
	(void)s;
	Said said = {0};
	Faults faults = {.say = note, .with = &said};
	MatchSchema sc = schema_of(people_json);
	People p = read_people(
		&sc,
		S("\xEF\xBB\xBFid,given,family,born,place\r\n1,Asha,Testwala,1999-13-01,X\r\n2,Bimla\r\n"
		  "3,\"Chanda,Namuna,1990-01-01,Y\r\n4,De\xFFpa,Namuna,1990-01-01,Y\r\n,Esha,Kalpit,,\r\n"
		  "6,\"Gau\"\"ri\",Kalpit,1980-02-03,\"Z\nZ\"\r\n"),
		(Str){0}, &faults);
	assert_int_equal(p.n, 3);
	assert_int_equal(said.n, 5);
	static const int lines[] = {2, 3, 4, 5, 6}, columns[] = {4, 2, 0, 2, 1};
	for (int i = 0; i < 5; i++) {
		assert_int_equal(said.line[i], lines[i]);
		if (columns[i]) assert_int_equal(said.column[i], columns[i]);
	}
}

static void threads_and_kernels_change_nothing(void **s) {
	(void)s;
	Faults faults = {0};
	MatchSchema sc = schema_of(people_json);
	People p = read_people(&sc, made_up_people(600, 'a'), (Str){0}, &faults);
	Links one = linked(&p, 1, 0, ASSIGN_BEST), many = linked(&p, 7, 0, ASSIGN_BEST);
	assert_int_equal(faults.faults, 0);
	assert_true(one.pairs.n >= 150);
	assert_int_equal(one.pairs.n, many.pairs.n);
	for (ptrdiff_t i = 0; i < one.pairs.n; i++) {
		// Member by member: the bytes between them are nobody's.
		const Pair *x = &one.pairs.at[i], *y = &many.pairs.at[i];
		assert_true(x->left == y->left && x->right == y->right && x->weight == y->weight &&
			    x->evidence == y->evidence && x->through == y->through);
	}
}

static bool holds(const Pairs *p, Pair it) {
	for (ptrdiff_t i = 0; i < p->n; i++)
		if (p->at[i].left == it.left && p->at[i].right == it.right && p->at[i].weight == it.weight)
			return true;
	return false;
}

static void a_higher_threshold_gives_a_part_of_a_lower(void **s) {
	static const Assign assigns[] = {ASSIGN_BEST, ASSIGN_GREEDY, ASSIGN_ALL};
	(void)s;
	Faults faults = {0};
	MatchSchema sc = schema_of(people_json);
	for (int two = 0; two < 2; two++) {
		People p = read_people(&sc, made_up_people(300, 'a'),
				       two ? made_up_people(200, 'b') : (Str){0}, &faults);
		for (ptrdiff_t i = 0; i < COUNT(assigns); i++) {
			Links before = linked(&p, 2, 0, assigns[i]);
			assert_true(before.pairs.n > 0);
			for (int t = 3; t < 40; t += 6) {
				Links now = linked(&p, 2, t, assigns[i]);
				assert_true(now.pairs.n <= before.pairs.n);
				for (ptrdiff_t k = 0; k < now.pairs.n; k++)
					assert_true(holds(&before.pairs, now.pairs.at[k]));
				before = now;
			}
		}
	}
}

static void one_partner_each(void **s) {
	(void)s;
	Faults faults = {0};
	MatchSchema sc = schema_of(people_json);
	People p = read_people(&sc, made_up_people(200, 'a'), made_up_people(200, 'b'), &faults);
	for (int greedy = 0; greedy < 2; greedy++) {
		Links l = linked(&p, 2, 0, greedy ? ASSIGN_GREEDY : ASSIGN_BEST);
		bool *seen = NEW(&arena, bool, p.n);
		assert_true(l.pairs.n >= 200);
		for (ptrdiff_t i = 0; i < l.pairs.n; i++) {
			assert_true(l.pairs.at[i].left < p.second && l.pairs.at[i].right >= p.second);
			assert_false(seen[l.pairs.at[i].left] || seen[l.pairs.at[i].right]);
			seen[l.pairs.at[i].left] = seen[l.pairs.at[i].right] = true;
		}
	}
}

static void the_best_partners_are_found(void **s) {
	// Greedy takes 10 and 1; best is 9 + 9.
	static const double gain[] = {10, 9, 0, 9, 1, 0};
	int partner[2];
	(void)s;
	assign_best(arena, gain, 2, 3, partner);
	assert_int_equal(partner[0], 1);
	assert_int_equal(partner[1], 0);
}

static void weight_is_symmetric(void **s) {
	(void)s;
	Faults faults = {0};
	Weights *w = NEW(&arena, Weights, 1);
	MatchSchema sc = schema_of(people_json);
	People p = read_people(&sc, made_up_people(60, 'a'), (Str){0}, &faults);
	weigh_learn(w, &p);
	for (int32_t i = 0; i < p.n; i++)
		for (int32_t j = 0; j < p.n; j++) {
			Weighed x, y;
			weigh(w, &p.person[i], &p.person[j], &x);
			weigh(w, &p.person[j], &p.person[i], &y);
			assert_true(x.weight == y.weight);
		}
}

static int least3(int a, int b, int c) {
	int m = a < b ? a : b;
	return m < c ? m : c;
}

// Optimal string alignment by its definition.
static int distance_of(Str a, Str b) {
	int d[70][70];
	for (int i = 0; i <= a.n; i++)
		for (int j = 0; j <= b.n; j++) {
			d[i][j] = i == 0   ? j
				  : j == 0 ? i
					   : least3(d[i - 1][j] + 1, d[i][j - 1] + 1,
						    d[i - 1][j - 1] + (a.p[i - 1] != b.p[j - 1]));
			if (i > 1 && j > 1 && a.p[i - 1] == b.p[j - 2] && a.p[i - 2] == b.p[j - 1] &&
			    d[i - 2][j - 2] + 1 < d[i][j])
				d[i][j] = d[i - 2][j - 2] + 1;
		}
	return d[a.n][b.n];
}

static void edit_distance_is_that_of_its_definition(void **s) {
	static const int most[] = {0, 1, 2, 5, 64};
	uint32_t state = 5;
	(void)s;
	for (int n = 0; n < 40000; n++) {
		char x[64] = {0}, y[64] = {0};
		ptrdiff_t size[2];
		for (int side = 0; side < 2; side++) {
			state = state * 1664525u + 1013904223u;
			size[side] = n % 50 == 0 ? 64 : state >> 28;
			for (ptrdiff_t i = 0; i < size[side]; i++) {
				state = state * 1664525u + 1013904223u;
				// Few letters, so that much agrees; some bytes that differ in the high bits
				// alone.
				(side ? y : x)[i] = (char)((n % 3 ? 'a' : 0xE0) + (int)(state >> 24) % 4 +
							   (n % 7 == 0 ? (int)(state >> 20 & 1) * 64 : 0));
			}
		}
		Str a = {x, size[0]}, b = {y, size[1]};
		int is = distance_of(a, b);
		for (ptrdiff_t i = 0; i < COUNT(most); i++)
			assert_int_equal(edit_distance(a, b, most[i]), is > most[i] ? most[i] + 1 : is);
	}
}

static Weighed verdict_of(const char *rows) {
	Faults faults = {0};
	Weights *w = NEW(&arena, Weights, 1);
	Weighed v;
	MatchSchema sc = schema_of(people_json);
	Str head = S("id,given,family,born,place\n"), made = made_up_people(200, 'm');
	Buf b = {.a = &arena};
	buf_put(&b, head);
	buf_put(&b, str_of(rows));
	buf_put(&b, str_slice(made, head.n, made.n));
	People p = read_people(&sc, buf_str(&b), (Str){0}, &faults);
	weigh_learn(w, &p);
	weigh(w, &p.person[0], &p.person[1], &v);
	return v;
}

static void twins_are_two_people(void **s) {
	(void)s;
	Weighed v = verdict_of("1,Ram,Yamaj,1999-05-06,Judwan\n2,Lakshman,Yamaj,1999-05-06,Judwan\n");
	assert_true(v.twins);
	assert_true(v.weight < WEIGHT_POSSIBLE);
	assert_true(v.evidence > WEIGHT_POSSIBLE); // what speaks for one person is not denied
}

static void rules_decide_and_evidence_orders(void **s) {
	(void)s;
	Faults faults = {0};
	MatchSchema sc = schema_of(people_json);
	Str made = made_up_people(2000, 'm'), head = S("id,given,family,born,place\n");
	Str rows = str_fmt(&arena,
			   "%.*s1,Ram,Yamaj,1999-05-06,Judwan\n2,Lakshman,Yamaj,1999-05-06,Judwan\n"
			   "3,Xerxesina,Quodlibet,,\n4,Xerxesina,Quodlibet,,\n%.*s",
			   (int)head.n, head.p, (int)(made.n - head.n), made.p + head.n);
	People p = read_people(&sc, rows, (Str){0}, &faults);
	Links all = linked(&p, 2, 0, ASSIGN_BEST), listed = linked(&p, 2, WEIGHT_POSSIBLE, ASSIGN_BEST);
	bool twins = false, names = false;
	for (ptrdiff_t i = 0; i < all.pairs.n; i++) {
		const Pair *it = &all.pairs.at[i];
		assert_true(it->evidence >= it->weight);
		assert_true(i == 0 || it->evidence <= it[-1].evidence);
		twins = twins || (it->left == 0 && it->right == 1 && it->evidence > WEIGHT_POSSIBLE);
	}
	for (ptrdiff_t i = 0; i < listed.pairs.n; i++) {
		const Pair *it = &listed.pairs.at[i];
		assert_false(it->left == 0 && it->right == 1); // twins: there, but nobody is asked about them
		names = names || (it->left == 2 && it->right == 3 && it->evidence >= WEIGHT_PROBABLE &&
				  strcmp(link_decision(it->weight), "possible") == 0);
	}
	assert_true(twins && names);
}

static void names_alone_are_never_probable(void **s) {
	(void)s;
	Weighed v = verdict_of("1,Xerxesina,Quodlibet,,\n2,Xerxesina,Quodlibet,,\n");
	assert_true(v.names_alone);
	assert_true(v.weight >= WEIGHT_POSSIBLE && v.weight < WEIGHT_PROBABLE);
}

static void names_changed_about_still_match(void **s) {
	(void)s;
	Weighed v = verdict_of(
		"1,Xerxesina,Quodlibet,1988-07-09,Gaon1\n2,Quodlibet,Xerxesina,1988-07-09,Gaon1\n");
	assert_true(v.swapped);
	assert_true(v.weight >= WEIGHT_PROBABLE);
}

static void siphash_is_as_published(void **s) {
	// Appendix A of the paper.
	FingerKey key;
	uint8_t in[15];
	(void)s;
	for (int i = 0; i < 16; i++) key.key[i] = (uint8_t)i;
	for (int i = 0; i < 15; i++) in[i] = (uint8_t)i;
	assert_true(siphash(&key, in, 15) == 0xa129ca6149be45e5u);
}

static void fingerprints_are_keyed_and_thin(void **s) {
	(void)s;
	Faults faults = {0};
	MatchSchema sc = schema_of(people_json);
	People p = read_people(&sc, made_up_people(50, 'a'), (Str){0}, &faults);
	const FingerKeys *one = finger_keys(&arena, S("0123456789abcdef"), 1),
			 *two = finger_keys(&arena, S("0123456789abcdef"), 2);
	for (int32_t i = 0; i < p.n; i++) {
		Finger a, b;
		finger_make(&p, &p.person[i], one, &a);
		finger_make(&p, &p.person[i], two, &b);
		assert_true(a.total > 100 && a.total < 270);
		uint32_t common = kernel_portable.common(a.word, b.word, FINGER_WORDS);
		assert_true(finger_dice(&a, &b, common) < .45);
		assert_true(finger_dice(&a, &a, a.total) == 1);
	}
}

static const char hub_json[] =
	"{\"id\":\"id\",\"fields\":{\"given\":\"given\",\"family\":\"family\",\"name\":\"name\","
	"\"born\":\"birth_date\",\"age\":\"age\",\"place\":\"place\",\"phone\":\"phone\","
	"\"number\":\"identifier\"}}";

// How alike the fingerprints of two rows are.
static double alike_of(const char *one, const char *two) {
	Faults faults = {0};
	MatchSchema sc = schema_of(hub_json);
	Str rows =
		str_fmt(&arena, "id,given,family,name,born,age,place,phone,number\n1,%s\n2,%s\n", one, two);
	People p = read_people(&sc, rows, (Str){0}, &faults);
	const FingerKeys *keys = finger_keys(&arena, S("0123456789abcdef"), 1);
	Finger a, b;
	assert_int_equal(p.n, 2);
	finger_make(&p, &p.person[0], keys, &a);
	finger_make(&p, &p.person[1], keys, &b);
	return finger_dice(&a, &b, kernel_portable.common(a.word, b.word, FINGER_WORDS));
}

static void an_age_meets_a_date_of_its_years(void **s) {
	(void)s;
	// The year now is 2026: 30 is 1996. No names, so that only the years speak.
	double same = alike_of(",,,,30,,,", ",,,1996-03-04,,,,"),
	       far = alike_of(",,,,30,,,", ",,,1975-03-04,,,,");
	double before = 1;
	assert_true(same == 1 && far < .2);
	for (int off = 1; off <= 2; off++) {
		for (int side = -1; side <= 1; side += 2) {
			Str born = str_fmt(&arena, ",,,%d-03-04,,,,", 1996 + side * off);
			double near = alike_of(",,,,30,,,", str_z(&arena, born));
			assert_true(near < before && near > far + .3);
		}
		before -= .1;
	}
	assert_true(alike_of("Asha,Testwala,,,30,,,", "Asha,Testwala,,1996-03-04,,,,") >
		    alike_of("Asha,Testwala,,,30,,,", "Asha,Testwala,,1975-03-04,,,,") + .1);
}

static void a_whole_name_meets_its_parts(void **s) {
	(void)s;
	assert_true(alike_of(",,Asha Testwala,,,,,", "Asha,Testwala,,,,,,") > .85);
	assert_true(alike_of(",,Testwala Asha,,,,,", "Asha,Testwala,,,,,,") > .85);
	assert_true(alike_of(",,Asha Testwala,,,,,", "Bimla,Namuna,,,,,,") < .4);
}

static void a_phone_number_alone_finds_its_owner(void **s) {
	(void)s;
	const char *her = "Asha,Testwala,,1996-03-04,,Gaon,98765 43210,";
	assert_true(alike_of(",,,,,,+91-9876543210,", her) > .95);
	assert_true(alike_of(",,,,,,०९८७६५ ४३२१०,", her) > .95);
	assert_true(alike_of(",,,,,,9876543211,", her) > .7); // one digit wrong
	assert_true(alike_of(",,,,,,7012345698,", her) < .3);
	assert_true(alike_of(",,,,,,,ab-12/34", "Asha,Testwala,,1996-03-04,,Gaon,98765 43210,AB 1234") > .95);
}

static void numbers_are_plain(void **s) {
	static const struct {
		MatchKind kind;
		const char *typed, *plain;
	} d[] = {
		{KIND_PHONE, "+91 98765-43210", "9876543210"},
		{KIND_PHONE, "(098765) 43210", "9876543210"},
		{KIND_PHONE, "৯৮৭৬৫ ৪৩২১০", "9876543210"},
		{KIND_PHONE, "1098", "1098"},
		{KIND_PHONE, " - ", ""},
		{KIND_IDENTIFIER, "FIR 12/2026", "fir122026"},
		{KIND_IDENTIFIER, "123456789012", "123456789012"},
	};
	const FingerKeys *keys = finger_keys(&arena, S("0123456789abcdef"), 1);
	(void)s;
	for (ptrdiff_t i = 0; i < COUNT(d); i++)
		assert_true(str_eq(number_plain(&arena, d[i].kind, str_of(d[i].typed)), str_of(d[i].plain)));
	uint64_t phone = finger_number(keys, KIND_PHONE, S("9876543210"));
	assert_true(phone == finger_number(keys, KIND_PHONE, S("9876543210")));
	assert_true(phone != finger_number(keys, KIND_PHONE, S("9876543211")));
	assert_true(phone != finger_number(keys, KIND_IDENTIFIER, S("9876543210")));
}

static void keys_are_of_instance_epoch_and_field(void **s) {
	(void)s;
	const FingerKeys *k[] = {finger_keys(&arena, S("an instance"), 1),
				 finger_keys(&arena, S("an instance"), 2),
				 finger_keys(&arena, S("another one"), 1)};
	const FingerKeys *again = finger_keys(&arena, S("an instance"), 1);
	assert_memory_equal(k[0], again, sizeof *again);
	for (int i = 0; i < COUNT(k) * FINGER_KEYS; i++)
		for (int j = 0; j < i; j++)
			assert_memory_not_equal(&k[i / FINGER_KEYS]->field[i % FINGER_KEYS],
						&k[j / FINGER_KEYS]->field[j % FINGER_KEYS],
						sizeof(FingerKey));
	// The table of pairs holds what siphash says.
	assert_true(k[0]->pair[FINGER_NAMES][1 * FINGER_SIGNS + 2] ==
		    siphash(&k[0]->field[FINGER_NAMES], "ab", 2));
	assert_true(k[0]->pair[FINGER_NAMES][1] == siphash(&k[0]->field[FINGER_NAMES], "^a", 2));
	assert_true(k[0]->pair[FINGER_NAMES][36 * FINGER_SIGNS] ==
		    siphash(&k[0]->field[FINGER_NAMES], "9$", 2));
}

int main(void) {
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ready_schemas_can_be_read),
		cmocka_unit_test(a_wrong_schema_says_where),
		cmocka_unit_test(dates_are_read_in_every_order),
		cmocka_unit_test(bad_rows_are_told_and_the_rest_goes_on),
		cmocka_unit_test(threads_and_kernels_change_nothing),
		cmocka_unit_test(a_higher_threshold_gives_a_part_of_a_lower),
		cmocka_unit_test(one_partner_each),
		cmocka_unit_test(the_best_partners_are_found),
		cmocka_unit_test(weight_is_symmetric),
		cmocka_unit_test(edit_distance_is_that_of_its_definition),
		cmocka_unit_test(twins_are_two_people),
		cmocka_unit_test(names_alone_are_never_probable),
		cmocka_unit_test(rules_decide_and_evidence_orders),
		cmocka_unit_test(names_changed_about_still_match),
		cmocka_unit_test(siphash_is_as_published),
		cmocka_unit_test(fingerprints_are_keyed_and_thin),
		cmocka_unit_test(keys_are_of_instance_epoch_and_field),
		cmocka_unit_test(an_age_meets_a_date_of_its_years),
		cmocka_unit_test(a_whole_name_meets_its_parts),
		cmocka_unit_test(a_phone_number_alone_finds_its_owner),
		cmocka_unit_test(numbers_are_plain),
	};
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
