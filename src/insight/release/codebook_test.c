#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#undef fail // cmocka's; base.h has its own

#include "release/person.h"

static Arena arena;
static Why why;

static int setup(void **state) {
	(void)state;
	arena = arena_new((ptrdiff_t)64 << 20);
	return 0;
}
static int teardown(void **state) {
	(void)state;
	arena_free(&arena);
	return 0;
}

static Codebook book_of(const char *json) {
	Codebook book;
	Err e = codebook_read(&arena, &why, str_of(json), &book);
	if (e != OK) print_error("%s\n", why.msg);
	assert_int_equal(e, OK);
	return book;
}
static Table table_of(const Codebook *book, const char *csv) {
	Table table;
	Err e = table_read(&arena, &why, str_of(csv), book, &table);
	if (e != OK) print_error("%s\n", why.msg);
	assert_int_equal(e, OK);
	return table;
}
static void is(const Codebook *book, const Table *table, int attribute, ptrdiff_t row, const char *label) {
	Str got = codebook_label(&arena, &book->attribute[attribute], table->column[attribute][row]);
	if (!str_eq(got, str_of(label))) print_error("%.*s, not %s\n", (int)got.n, got.p, label);
	assert_true(str_eq(got, str_of(label)));
}

static const char whole_book[] =
	"{\"name\":\"t\",\"version\":\"3\",\"unit\":\"who\",\"ignore\":[\"notes\"],\"attributes\":["
	"{\"name\":\"age\",\"bands\":[\"0-8\",\"9--17\",\"18+\"],\"values\":[\"?\",\"odd\"],\"missing\":\"?"
	"\","
	"\"other\":\"odd\",\"collapse\":\"first\",\"coarser\":{\"minor\":[\"0-8\",\"9--17\"],\"adult\":[\"18+"
	"\"],"
	"\"not said\":[\"?\",\"odd\"]}},"
	"{\"name\":\"year\",\"column\":\"registered\",\"years\":[2020,2022],\"values\":[\"before\"],"
	"\"other\":\"before\",\"collapse\":\"last\"},"
	"{\"name\":\"region\",\"label\":{\"en\":\"Region\",\"hi\":\"\xe0\xa4\x95\"},\"column\":\"country\","
	"\"values\":[{\"value\":\"South\",\"of\":[\"IN\",\"BD\"],\"label\":\"South "
	"Asia\"},{\"value\":\"Else\"},"
	"\"?\"],\"other\":\"Else\",\"missing\":\"?\",\"collapse\":\"specific\"},"
	"{\"name\":\"means\",\"split\":\";\",\"values\":[\"Debt\",\"Threats\",\"Other\"],\"other\":\"Other\"}"
	","
	"{\"name\":\"married\",\"values\":[\"no\",\"yes\"],\"collapse\":\"max\"}],"
	"\"impossible\":[{\"age\":[\"0-8\"],\"married\":\"yes\"}]}";
#define HEADER "who,notes,registered,age,means,country,married\n"

static void cells_become_bands_years_regions_and_bits(void **state) {
	(void)state;
	Codebook book = book_of(whole_book);
	assert_int_equal(book.n, 7);
	Table t = table_of(&book, HEADER "A,x,2021-05-06,8,Debt; Threats,IN,no\n"
					 "B,,2019,18,,FR,yes\n"
					 "C,,2022,,Strange,,no\n"
					 "D,,2020-01-01,9--17,Threats;;,South,no\n");
	is(&book, &t, 0, 0, "0-8");
	is(&book, &t, 0, 1, "18+");
	is(&book, &t, 0, 2, "?");
	is(&book, &t, 0, 3, "9--17");
	is(&book, &t, 1, 0, "2021");
	is(&book, &t, 1, 1, "before");
	is(&book, &t, 2, 0, "South");
	is(&book, &t, 2, 1, "Else");
	is(&book, &t, 2, 2, "?");
	assert_true(str_eq(book.attribute[3].name, S("means.Debt")));
	is(&book, &t, 3, 0, "1");
	is(&book, &t, 4, 0, "1");
	is(&book, &t, 5, 0, "0");
	is(&book, &t, 3, 1, "0");
	is(&book, &t, 5, 2, "1"); // a word that nobody declared is `other`
	is(&book, &t, 4, 3, "1");
	assert_true(str_eq(codebook_said(&arena, &book.attribute[2], 0, LANG_HI), S("South Asia")));
	assert_true(str_eq(codebook_title(&book.attribute[2], LANG_HI), S("\xe0\xa4\x95")));
	assert_true(str_eq(codebook_title(&book.attribute[3], LANG_EN), S("means: Debt")));
}

static void what_cannot_be_is_refused_by_line_and_known_to_the_fit(void **state) {
	(void)state;
	Codebook book = book_of(whole_book);
	Table t;
	assert_int_equal(
		table_read(&arena, &why, S(HEADER "A,,2020,20,,IN,yes\nB,,2020,3,,IN,yes\n"), &book, &t),
		ERR_INVALID);
	assert_non_null(strstr(why.msg, "line 3"));
	uint64_t both = (uint64_t)1 << 0 | (uint64_t)1 << 6;
	assert_true(codebook_impossible(&book, both, (const uint8_t[]){0, 1}));
	assert_false(codebook_impossible(&book, both, (const uint8_t[]){0, 0}));
	assert_false(codebook_impossible(&book, both, (const uint8_t[]){1, 1}));
	assert_false(codebook_impossible(&book, 1, (const uint8_t[]){0}));
	assert_true(codebook_impossible(&book, both | 2, (const uint8_t[]){0, 3, 1}));
}

static void several_rows_become_one_as_declared(void **state) {
	(void)state;
	Codebook book = book_of(whole_book);
	Table t = table_of(&book, HEADER "B,,2020,30,,IN,no\n"
					 "A,,2020,,Debt,FR,no\n"
					 "A,,2021,18,Threats,,yes\n"
					 "A,,2022,9,,IN,no\n");
	assert_int_equal(person_rows(&arena, &why, &book, &(PersonRule){true, 1}, &t), OK);
	assert_int_equal(t.rows, 2);
	ptrdiff_t a = t.column[3][0] ? 0 : 1; // she who was in debt; the order is nobody's
	is(&book, &t, 0, a, "?"); // first, whatever it is
	is(&book, &t, 1, a, "2022"); // last
	is(&book, &t, 2, a, "South"); // specific: neither missing nor other
	is(&book, &t, 4, a, "1"); // any
	is(&book, &t, 6, a, "yes"); // max
	Codebook silent = book_of("{\"unit\":\"w\",\"attributes\":[{\"name\":\"s\",\"values\":[\"f\"]}]}");
	t = table_of(&silent, "w,s\nA,f\n");
	assert_int_equal(person_rows(&arena, &why, &silent, &(PersonRule){true, 1}, &t), ERR_INVALID);
	assert_non_null(strstr(why.msg, "collapse"));
}

static ptrdiff_t count(const Table *t, int attribute, int value) {
	ptrdiff_t n = 0;
	for (ptrdiff_t r = 0; r < t->rows; r++) n += t->column[attribute][r] == value;
	return n;
}

// Every neighbour of a small table: whoever goes, each value's count changes by her kept rows and no more.
static void a_person_never_counts_more_than_promised(void **state) {
	(void)state;
	Codebook book =
		book_of("{\"unit\":\"w\",\"attributes\":[{\"name\":\"s\",\"values\":[\"f\",\"m\"]}]}");
	const char *with = "w,s\nA,f\nA,m\nB,f\nA,f\nA,m\nA,m\n", *without = "w,s\nB,f\n";
	bool seen[4] = {0};
	for (int turn = 0; turn < 200; turn++) {
		for (int most = 2; most <= 3; most++) {
			Table t = table_of(&book, with), u = table_of(&book, without);
			PersonRule rule = {false, most};
			assert_int_equal(person_rows(&arena, &why, &book, &rule, &t), OK);
			assert_int_equal(person_rows(&arena, &why, &book, &rule, &u), OK);
			assert_int_equal(t.rows - u.rows, most);
			if (most == 3) seen[count(&t, 0, 1)] = true;
		}
		arena_reset(&arena);
		book = book_of("{\"unit\":\"w\",\"attributes\":[{\"name\":\"s\",\"values\":[\"f\",\"m\"]}]}");
	}
	// Which of her rows are kept is left to chance: of two and three, one to three of the second kind.
	assert_true(!seen[0] && seen[1] && seen[2] && seen[3]);
	assert_int_equal(person_budget(900, 3), 100);
	assert_int_equal(person_budget(899, 3), 99); // down, against us
	Codebook plain = book_of("{\"s\":2}");
	Table t = table_of(&plain, "s\n0\n");
	assert_int_equal(person_rows(&arena, &why, &plain, &(PersonRule){false, 2}, &t), ERR_INVALID);
	assert_non_null(strstr(why.msg, "--person"));
}

static void a_column_that_may_be_missing_is_empty(void **state) {
	(void)state;
	Codebook book = book_of("{\"ignore\":[\"*\"],\"attributes\":[{\"name\":\"a\",\"values\":[\"x\",\"?\"]"
				",\"missing\":\"?\","
				"\"optional\":true},{\"name\":\"b\",\"values\":[\"y\"]}]}");
	Table t = table_of(&book, "notes,b\nz,y\n");
	is(&book, &t, 0, 0, "?");
	assert_int_equal(table_read(&arena, &why, S("a\nx\n"), &book, &t), ERR_INVALID);
	assert_non_null(strstr(why.msg, "column b"));
}

static void few_people_have_coarser_values(void **state) {
	(void)state;
	Codebook book = book_of(whole_book), coarse;
	Table t = table_of(&book, HEADER "A,,2020,8,,IN,no\nB,,2020,40,,IN,yes\nC,,2020,,,IN,no\n");
	assert_true(codebook_coarser(&arena, &book, &coarse));
	Table c = table_coarser(&arena, &book, &t);
	is(&coarse, &c, 0, 0, "minor");
	is(&coarse, &c, 0, 1, "adult");
	is(&coarse, &c, 0, 2, "not said");
	is(&coarse, &c, 1, 0, "2020");
	// Some minors may be married in this codebook: what is impossible of a part is not of the whole.
	assert_int_equal(coarse.nimpossible, 0);
	Codebook strict = book_of(
		"{\"attributes\":[{\"name\":\"a\",\"values\":[\"x\",\"y\",\"z\"],\"coarser\":{\"xy\":[\"x\","
		"\"y\"],\"z\":[\"z\"]}},{\"name\":\"b\",\"values\":[\"0\",\"1\"]}],"
		"\"impossible\":[{\"a\":[\"x\",\"y\"],\"b\":\"1\"}]}");
	assert_true(codebook_coarser(&arena, &strict, &coarse));
	assert_true(codebook_impossible(&coarse, 3, (const uint8_t[]){0, 1}));
	assert_false(codebook_impossible(&coarse, 3, (const uint8_t[]){1, 1}));
	Codebook none = book_of("{\"a\":2}");
	assert_false(codebook_coarser(&arena, &none, &coarse));
}

static void no_book(const char *attribute, const char *part) {
	Codebook book;
	Str json = str_fmt(&arena, "{\"attributes\":[{\"name\":\"a\",%s}]}", attribute);
	assert_int_not_equal(codebook_read(&arena, &why, json, &book), OK);
	if (!strstr(why.msg, part)) print_error("%s: %s\n", attribute, why.msg);
	assert_non_null(strstr(why.msg, part));
}

static void what_a_codebook_says_wrongly_is_named(void **state) {
	(void)state;
	no_book("\"values\":[\"x\"],\"bandz\":[]", "\"bandz\" means nothing");
	no_book("\"bands\":[\"x\"]", "band 1");
	no_book("\"bands\":[\"8-0\"]", "band 1");
	no_book("\"bands\":[\"0-8\",\"8+\"]", "overlap");
	no_book("\"years\":[2022,2020]", "years");
	no_book("\"years\":[1,900]", "1 to 256");
	no_book("\"values\":[{\"value\":\"x\",\"of\":[\"y\"]},\"y\"]", "two values");
	no_book("\"values\":[{\"value\":\"x\",\"label\":{\"zz\":\"?\"}}]", "label");
	no_book("\"values\":[\"x\"],\"collapse\":\"best\"", "collapse");
	no_book("\"values\":[\"x\"],\"collapse\":\"any\"", "split");
	no_book("\"values\":[\"x\",\"y\"],\"coarser\":{\"z\":[\"x\"]}", "leaves out");
	no_book("\"values\":[\"x\",\"y\"],\"coarser\":{\"z\":[\"x\",\"x\"]}", "twice");
	no_book("\"values\":[\"x\"],\"split\":\"--\"", "split");
	no_book("\"values\":[\"x\"]},{\"name\":\"b\",\"values\":[\"y\"]}],\"impossible\":[{\"a\":\"x\"}],"
		"\"about\":[{\"x\":1",
		"two attributes");
	no_book("\"values\":[\"x\"]}],\"impossible\":[{\"a\":\"x\",\"c\":\"y\"}],\"about\":[{\"x\":1",
		"no attribute");
	no_book("\"values\":[\"x\"]}],\"ignore\":[\"a\"],\"about\":[{\"x\":1", "ignore 1");
}

int main(void) {
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(cells_become_bands_years_regions_and_bits),
		cmocka_unit_test(what_cannot_be_is_refused_by_line_and_known_to_the_fit),
		cmocka_unit_test(several_rows_become_one_as_declared),
		cmocka_unit_test(a_person_never_counts_more_than_promised),
		cmocka_unit_test(a_column_that_may_be_missing_is_empty),
		cmocka_unit_test(few_people_have_coarser_values),
		cmocka_unit_test(what_a_codebook_says_wrongly_is_named),
	};
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, setup, teardown);
}
