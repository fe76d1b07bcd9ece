/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "bracket.h"
#include "../tap.h"

static int evaluations;

static double cosine_minus_x(void *context, double x)
{
    (void)context;
    evaluations++;
    return cos(x) - x;
}

static double cube(void *context, double x)
{
    double root = *(double *)context, y = x - root;
    evaluations++;
    return y * y * y;
}

static double step(void *context, double x)
{
    return x < *(double *)context ? -1 : 1;
}

static double hole(void *context, double x)
{
    (void)context;
    return x == 0 || x == 1 ? x - 0.5 : NAN;
}

START_TEST(roots_are_found_to_the_last_digits)
{
    double root;
    evaluations = 0;
    ck_assert_int_eq(fj_bracket_root(cosine_minus_x, NULL, 0, 1, &root), FJ_OK);
    fj_assert_near(root, 0.73908513321516064166, 4e-16, "cos x = x");
    ck_assert_int_lt(evaluations, 15);
    ck_assert_int_eq(fj_bracket_root(cosine_minus_x, NULL, 1e6, -1e3, &root), FJ_OK);
    fj_assert_near(root, 0.73908513321516064166, 4e-16, "cos x = x from afar");
}
END_TEST

START_TEST(flat_and_broken_functions_end_too)
{
    fj_test_random r = fj_test_random_make();
    for (int i = 0; i < 100; i++) {
        double want = fj_test_loguniform(&r, 1e-12, 1e12), root;
        evaluations = 0;
        ck_assert_int_eq(fj_bracket_root(step, &want, 0, 1e13, &root), FJ_OK);
        fj_assert_near(root, want, 1e-15, "step");
        ck_assert_int_eq(fj_bracket_root(cube, &want, 0, 1e13, &root), FJ_OK);
        fj_assert_near(root, want, 1e-5, "triple root"); /* the cube underflows near it */
        ck_assert_int_lt(evaluations, 500);
    }
}
END_TEST

START_TEST(misuse_is_refused)
{
    double root = 0;
    ck_assert_int_eq(fj_bracket_root(cosine_minus_x, NULL, 1, 2, &root), FJ_INVALID);
    ck_assert(isnan(root));
    ck_assert_int_eq(fj_bracket_root(hole, NULL, 0, 1, &root), FJ_NO_CONVERGENCE);
    ck_assert(isnan(root));
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("bracket");
    TCase *tests = tcase_create("bracket");
    suite_add_tcase(suite, tests);
    tcase_add_test(tests, roots_are_found_to_the_last_digits);
    tcase_add_test(tests, flat_and_broken_functions_end_too);
    tcase_add_test(tests, misuse_is_refused);
    return fj_run_tap(suite);
}
