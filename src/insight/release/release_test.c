#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>
#undef fail // cmocka's; base.h has its own

#include "kernel/marginals.h"
#include "release/measure.h"
#include "release/person.h"
#include "release/plan.h"
#include "release/rows.h"
#include "release/table.h"

static Arena arena;
static Why why;

static int setup(void **state) {
	(void)state;
	arena = arena_new((ptrdiff_t)1 << 30);
	return 0;
}
static int teardown(void **state) {
	(void)state;
	arena_free(&arena);
	return 0;
}

static Codebook book_of(const char *json) {
	Codebook book;
	assert_int_equal(codebook_read(&arena, &why, str_of(json), &book), OK);
	return book;
}
static Str file(const char *name) {
	const char *root = getenv("SANGAM_ROOT");
	ASSERT(root);
	FILE *f = fopen(str_z(&arena, str_fmt(&arena, "%s/tests/data/release/%s", root, name)), "rb");
	assert_non_null(f);
	char *p = NEW(&arena, char, 4 << 20);
	size_t n = fread(p, 1, 4 << 20, f);
	assert_int_equal(fclose(f), 0);
	return (Str){p, (ptrdiff_t)n};
}

// ---- the codebook and the people
// ----------------------------------------------------------------------------------------

static void no_codebook(const char *json, const char *part) {
	Codebook book;
	assert_int_not_equal(codebook_read(&arena, &why, str_of(json), &book), OK);
	if (!strstr(why.msg, part)) print_error("%s: %s\n", json, why.msg);
	assert_non_null(strstr(why.msg, part));
}

static void a_codebook_that_is_wrong_is_refused_with_its_place(void **state) {
	(void)state;
	no_codebook("{\"a\": 2,\n \"b\"}", "line 2");
	no_codebook("{\"a\": 2, \"a\": 3}", "duplicate");
	no_codebook("[]", "object");
	no_codebook("{}", "no attributes");
	no_codebook("{\"a\": 0}", "attribute a");
	no_codebook("{\"a\": 257}", "1 to 256");
	no_codebook("{\"a\": 2.5}", "1 to 256");
	no_codebook("{\"attributes\": [{\"name\": \"s\", \"values\": [\"f\", \"f\"]}]}", "twice");
	no_codebook("{\"attributes\": [{\"name\": \"s\", \"values\": [\"f\"], \"other\": \"x\"}]}",
		    "none of its values");
	no_codebook("{\"unit\": \"s\", \"attributes\": [{\"name\": \"s\", \"values\": [\"f\"]}]}", "unit");
}

static void wrong_table(const Codebook *book, const char *csv, const char *part) {
	Table table;
	assert_int_equal(table_read(&arena, &why, str_of(csv), book, &table), ERR_INVALID);
	if (!strstr(why.msg, part)) print_error("%s: %s\n", csv, why.msg);
	assert_non_null(strstr(why.msg, part));
}

static void a_wrong_cell_is_named_by_line_and_column(void **state) {
	(void)state;
	Codebook book = book_of("{\"a\": 2, \"b\": 3}");
	wrong_table(&book, "", "line 1");
	wrong_table(&book, "a,c\n0,0\n", "line 1, column 2");
	wrong_table(&book, "a\n0\n", "column b");
	wrong_table(&book, "a,b,a\n0,0,0\n", "twice");
	wrong_table(&book, "a,b\n0,1\n0,3\n", "line 3, column 2 (b): a value");
	wrong_table(&book, "a,b\n0,-1\n", "line 2, column 2");
	wrong_table(&book, "a,b\n0,\n", "an empty cell");
	wrong_table(&book, "a,b\n0\n", "line 2: 1 columns");
	wrong_table(&book, "a,b\n0,1\n0,\"1\n", "line 3: a quote");
}

static void wrong_persons(const Codebook *book, const char *csv, const char *part) {
	Table table;
	assert_int_equal(table_read(&arena, &why, str_of(csv), book, &table), OK);
	assert_int_equal(person_rows(&arena, &why, book, &(PersonRule){.most = 1}, &table), ERR_INVALID);
	assert_non_null(strstr(why.msg, part));
}

static void one_person_has_one_row(void **state) {
	(void)state;
	Codebook book = book_of("{\"unit\": \"who\", \"attributes\": [{\"name\": \"s\","
				"\"values\": [\"f\", \"m\", \"?\"], \"missing\": \"?\", \"other\": \"m\"}]}");
	wrong_table(&book, "s\nf\n", "who");
	wrong_persons(&book, "who,s\nX1,f\nX2,m\nX1,m\n", "line 4: the same person as in line 2");
	wrong_table(&book, "who,s\n,f\n", "nobody");
	Table table;
	assert_int_equal(table_read(&arena, &why, S("s,who\r\nf,X1\r\n,X2\r\nzzz,X3"), &book, &table), OK);
	assert_int_equal(person_rows(&arena, &why, &book, &(PersonRule){.most = 1}, &table), OK);
	assert_int_equal(table.rows, 3);
	assert_int_equal(table.column[0][0], 0);
	assert_int_equal(table.column[0][1], 2);
	assert_int_equal(table.column[0][2], 1);
}

// ---- the tree
// -----------------------------------------------------------------------------------------------------------

// Every group lies in a clique, and the cliques with an attribute hang together.
static void assert_junction_tree(const Codebook *book, const Tree *tree, const Attributes *group, int n) {
	for (int g = 0; g < n; g++) assert_true(tree_holding(tree, group[g]) >= 0);
	for (int i = 0; i < book->n; i++) {
		int tops = 0;
		for (int c = 0; c < tree->n; c++) {
			assert_true(tree->parent[c] < c);
			bool here = tree->clique[c] >> i & 1;
			bool above = tree->parent[c] >= 0 && (tree->clique[tree->parent[c]] >> i & 1);
			tops += here && !above;
		}
		assert_int_equal(tops, 1);
	}
}

static void whatever_is_measured_a_junction_tree_holds_it(void **state) {
	(void)state;
	Codebook book = book_of("{\"a\":2,\"b\":3,\"c\":4,\"d\":5,\"e\":2,\"f\":9,\"g\":2,\"h\":3}");
	uint64_t x = 1;
	for (int trial = 0; trial < 2000; trial++) {
		Attributes group[12];
		int n = trial % 13;
		for (int g = 0; g < n; g++) {
			x = x * 6364136223846793005u + 1442695040888963407u;
			group[g] = (Attributes)1 << (x >> 61) | (Attributes)1 << (x >> 40 & 7);
		}
		Tree tree = tree_over(&book, group, n);
		assert_junction_tree(&book, &tree, group, n);
	}
}

static void a_ring_of_four_is_cut_in_two(void **state) {
	(void)state;
	Codebook book = book_of("{\"a\":2,\"b\":2,\"c\":2,\"d\":2}");
	const Attributes ring[] = {3, 6, 12, 9};
	Tree tree = tree_over(&book, ring, 4);
	assert_int_equal(tree.n, 2);
	assert_true(tree_largest(&book, &tree) == 8);
}

// ---- fit and rows
// -------------------------------------------------------------------------------------------------------

static void independent_counts_give_their_product(void **state) {
	(void)state;
	Codebook book = book_of("{\"a\":2,\"b\":3}");
	const double a[] = {30, 70}, b[] = {20, 30, 50};
	const Measured m[] = {{1, a, 1}, {2, b, 2}};
	Model model;
	FitAsk ask = {&book, m, 2, 100, 1e-4, 1, 0};
	assert_int_equal(fit(&arena, &why, &ask, &model), OK);
	assert_true(model.settled);
	double got[3];
	fit_project(arena, &model, 1, got);
	assert_true(fabs(got[0] - 30) < 0.01 && fabs(got[1] - 70) < 0.01);
	fit_project(arena, &model, 2, got);
	assert_true(fabs(got[0] - 20) < 0.01 && fabs(got[2] - 50) < 0.01);
}

static void two_measurements_of_one_table_meet_by_their_precision(void **state) {
	(void)state;
	Codebook book = book_of("{\"a\":2}");
	const double one[] = {40, 60}, two[] = {60, 40};
	const Measured m[] = {{1, one, 1}, {1, two, 2}};
	Model model;
	FitAsk ask = {&book, m, 2, 100, 0.5, 40, 0};
	assert_int_equal(fit(&arena, &why, &ask, &model), OK);
	// (40 / 1 + 60 / 4) / (1 + 1 / 4)
	if (fabs(model.cell[0][0] - 44) >= 0.01) print_error("%f\n", model.cell[0][0]);
	assert_true(fabs(model.cell[0][0] - 44) < 0.01);
}

static void noisy_counts_below_nothing_become_nothing(void **state) {
	(void)state;
	Codebook book = book_of("{\"a\":3}");
	const double noisy[] = {-5, 45, 60};
	const Measured m[] = {{1, noisy, 1}};
	Model model;
	FitAsk ask = {&book, m, 1, 100, 1e-4, 1, 0};
	assert_int_equal(fit(&arena, &why, &ask, &model), OK);
	// The nearest point of the simplex.
	assert_true(model.cell[0][0] < 0.05 && fabs(model.cell[0][1] - 42.5) < 0.1);
}

static double distance(const int64_t *real, double nreal, const int64_t *made, double nmade,
		       ptrdiff_t cells) {
	double sum = 0;
	for (ptrdiff_t k = 0; k < cells; k++) sum += fabs((double)real[k] / nreal - (double)made[k] / nmade);
	return sum / 2;
}

static void exact_tables_of_real_people_are_met_by_model_and_rows(void **state) {
	(void)state;
	Codebook book;
	assert_int_equal(codebook_read(&arena, &why, file("acsma-domain.json"), &book), OK);
	Table real;
	assert_int_equal(table_read(&arena, &why, file("acsma.csv"), &book, &real), OK);
	assert_int_equal(real.rows, 7634);
	// A star around AGEP: every pair with it is measured, exactly.
	Measured m[CODEBOOK_ATTRIBUTES];
	int64_t *count[CODEBOOK_ATTRIBUTES];
	int n = 0;
	for (int i = 0; i < book.n; i++) {
		if (i == 1) continue;
		int low = i < 1 ? i : 1, high = i < 1 ? 1 : i;
		const uint8_t *const column[] = {real.column[low], real.column[high]};
		const int size[] = {book.attribute[low].size, book.attribute[high].size};
		ptrdiff_t cells = marginal_cells(size, 2);
		count[n] = NEW(&arena, int64_t, cells);
		double *as_double = NEW(&arena, double, cells);
		marginal_count(&(MarginalOf){column, size, 2}, real.rows, count[n]);
		for (ptrdiff_t k = 0; k < cells; k++) as_double[k] = (double)count[n][k];
		m[n++] = (Measured){(Attributes)1 << low | (Attributes)1 << high, as_double, 20};
	}
	Model model;
	FitAsk ask = {&book, m, n, (double)real.rows, 1e-3, 1, 0};
	assert_int_equal(fit(&arena, &why, &ask, &model), OK);
	Table made = rows_make(&arena, &model, 7634, 1), again = rows_make(&arena, &model, 7634, 1);
	for (int g = 0; g < n; g++) {
		int low = __builtin_ctzll(m[g].of), high = 63 - __builtin_clzll(m[g].of);
		const uint8_t *const column[] = {made.column[low], made.column[high]};
		const int size[] = {book.attribute[low].size, book.attribute[high].size};
		ptrdiff_t cells = marginal_cells(size, 2);
		int64_t *of_made = NEW(&arena, int64_t, cells);
		marginal_count(&(MarginalOf){column, size, 2}, made.rows, of_made);
		double off = distance(count[g], (double)real.rows, of_made, (double)made.rows, cells);
		if (off > 0.02)
			print_error("table %d: %f after %d rounds, loss %f\n", g, off, model.rounds,
				    model.loss);
		assert_true(off <= 0.02);
	}
	for (int i = 0; i < book.n; i++) assert_memory_equal(made.column[i], again.column[i], 7634);
}

// ---- the plan
// -----------------------------------------------------------------------------------------------------------

static const Candidate four_pairs[] = {{3, 500}, {6, 400}, {12, 300}, {9, -20}};

static void a_plan_takes_what_is_worth_its_noise_and_no_more(void **state) {
	(void)state;
	Codebook book = book_of("{\"a\":2,\"b\":3,\"c\":4,\"d\":5}");
	PlanAsk ask = {&book, four_pairs, 4, 1, 1000};
	Plan plan = plan_pairs(&arena, &ask);
	assert_int_equal(plan.n, 3);
	double shares = 0, noise = 0;
	for (ptrdiff_t i = 0; i < plan.n; i++) {
		shares += plan.share[i];
		noise += PLAN_LEAVES * tree_cells(&book, plan.group[i]) / sqrt(M_PI * plan.share[i]);
		assert_true(plan.group[i] != 9);
	}
	assert_true(fabs(shares - 1) < 1e-12);
	// The closed form is the sum of the tables' own errors.
	assert_true(fabs(plan.gain - (1200 - noise)) < 1e-6);
	ask.rho = 1e-9;
	assert_int_equal(plan_pairs(&arena, &ask).n, 0);
}

static void no_other_shares_of_the_budget_give_less_noise(void **state) {
	(void)state;
	Codebook book = book_of("{\"a\":2,\"b\":3,\"c\":4,\"d\":5}");
	PlanAsk ask = {&book, four_pairs, 2, 1, 1000};
	Plan plan = plan_pairs(&arena, &ask);
	assert_int_equal(plan.n, 2);
	double cells[] = {tree_cells(&book, plan.group[0]), tree_cells(&book, plan.group[1])};
	double best = 900 - plan.gain;
	for (int part = 1; part < 100; part++) {
		double share = part / 100.0;
		assert_true(PLAN_LEAVES *
				    (cells[0] / sqrt(M_PI * share) + cells[1] / sqrt(M_PI * (1 - share))) >=
			    best - 1e-9);
	}
}

static void no_clique_of_a_plan_is_beyond_the_bound(void **state) {
	(void)state;
	Codebook book = book_of("{\"a\":9,\"b\":9,\"c\":9}");
	const Candidate ring[] = {{3, 5000}, {6, 4000}, {5, 3000}};
	PlanAsk ask = {&book, ring, 3, 1, 100};
	assert_int_equal(plan_pairs(&arena, &ask).n, 2);
	ask.cells_most = 729;
	assert_int_equal(plan_pairs(&arena, &ask).n, 3);
	ask.cells_most = 80;
	assert_int_equal(plan_pairs(&arena, &ask).n, 0);
}

static void a_tree_spans_all_by_the_pairs_that_are_off_most(void **state) {
	(void)state;
	Codebook book = book_of("{\"a\":2,\"b\":3,\"c\":4,\"d\":5}");
	// a-b, b-c and a-c would be a ring; noise below 0 keeps nobody out.
	const Candidate six[] = {{3, 500}, {6, 400}, {5, 450}, {9, -20}, {10, -30}, {12, -25}};
	PlanAsk ask = {&book, six, 6, 1, 1000};
	Plan plan = plan_tree(&arena, &ask);
	assert_int_equal(plan.n, 3);
	assert_true(plan.group[0] == 3 && plan.group[1] == 5 && plan.group[2] == 9);
	for (int i = 0; i < 3; i++) assert_true(fabs(plan.share[i] - 1.0 / 3) < 1e-12);
	assert_true(fabs(plan.gain - 930) < 1e-9);
	// What is too large is left out, and d stays alone.
	ask.cells_most = 8;
	plan = plan_tree(&arena, &ask);
	assert_int_equal(plan.n, 2);
	assert_true(plan.group[0] == 3 && plan.group[1] == 5);
}

static void methods_have_names_and_share_the_budget_out(void **state) {
	(void)state;
	Method method;
	for (int i = 0; i < METHOD__N; i++) {
		assert_true(measure_method(str_of(measure_name((Method)i)), &method) && (int)method == i);
		assert_true(measure_least(method, RHO_ONE, 9) <= measure_one(method, RHO_ONE, 9));
	}
	assert_false(measure_method(S("mist"), &method) || measure_method(S(""), &method));
	assert_int_equal(measure_one(METHOD_SWIFT, RHO_ONE, 9), RHO_ONE / 100);
	assert_int_equal(measure_one(METHOD_MST, RHO_ONE, 9), RHO_ONE / 30);
}

int main(void) {
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_codebook_that_is_wrong_is_refused_with_its_place),
		cmocka_unit_test(a_wrong_cell_is_named_by_line_and_column),
		cmocka_unit_test(one_person_has_one_row),
		cmocka_unit_test(whatever_is_measured_a_junction_tree_holds_it),
		cmocka_unit_test(a_ring_of_four_is_cut_in_two),
		cmocka_unit_test(independent_counts_give_their_product),
		cmocka_unit_test(two_measurements_of_one_table_meet_by_their_precision),
		cmocka_unit_test(noisy_counts_below_nothing_become_nothing),
		cmocka_unit_test(exact_tables_of_real_people_are_met_by_model_and_rows),
		cmocka_unit_test(a_plan_takes_what_is_worth_its_noise_and_no_more),
		cmocka_unit_test(no_other_shares_of_the_budget_give_less_noise),
		cmocka_unit_test(no_clique_of_a_plan_is_beyond_the_bound),
		cmocka_unit_test(a_tree_spans_all_by_the_pairs_that_are_off_most),
		cmocka_unit_test(methods_have_names_and_share_the_budget_out),
	};
	return cmocka_run_group_tests(tests, setup, teardown);
}
