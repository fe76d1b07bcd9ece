/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Fixed points of formulas whose averages are out of the common: too many periods at large q, rounding or underflow at small q. */
#include <string.h>
#include "average.h"
#include "meanfield_make.h"

/* E[sin(sqrt(q) h)^2] by quadrature ends where there are too many periods; the fixed points below are found, and no more is said. */
START_TEST(oscillating_formulas)
{
    fj_activation *sin_ = make("sin"), *formula = make("expr:sin(x)");
    static const double places[][3] = {{0.9, 0.1, 1}, {1.4, 0.2, 0.01}, {0.7, 0, 1}, {3, 1, 50}};
    for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
        const double *at = places[i];
        fj_meanfield want = solve(sin_, at[0], at[1], at[2]);
        fj_meanfield m = solve(formula, at[0], at[1], at[2]);
        fj_assert_within(m.q_star, want.q_star, 1e-10 * want.q_star, "q*");
        fj_assert_within(m.chi, want.chi, 1e-10, "chi");
        fj_assert_within(m.slope, want.slope, 1e-10, "slope");
        ck_assert(isinf(want.searched_to) && m.searched_to > 1e5 && isfinite(m.searched_to));
        ck_assert_uint_eq(m.fixed_point_count, want.fixed_point_count);
    }
    fj_activation_destroy(sin_);
    fj_activation_destroy(formula);
    formula = make("expr:x+0.5*sin(3*x)"); /* grows without bound, but that is not seen */
    fj_meanfield m;
    fj_detail detail = {""};
    ck_assert_int_eq(fj_meanfield_solve(formula, 2, 0.1, 1, &m, &detail), FJ_NO_CONVERGENCE);
    ck_assert_msg(strstr(detail.text, "no fixed point is reached below") != NULL, "%s",
                  detail.text);
    ck_assert(isnan(m.q_star));
    ck_assert_int_eq(fj_meanfield_solve(formula, 0.9, 0.1, 1e11, &m, &detail), FJ_NO_CONVERGENCE);
    fj_activation_destroy(formula);
}
END_TEST

/* Where the map has grown by the same factor for long, and averages take ever more evaluations, no more fixed points are looked for; where
 * it has not, they are. */
START_TEST(far_fixed_points_of_oscillating_formulas)
{
    fj_activation *a = make("expr:x+0.3*sin(2*x)");
    for (double sigma_w = 0.9; sigma_w < 2; sigma_w += 0.6) {
        fj_meanfield m;
        const fj_status status = fj_meanfield_solve(a, sigma_w, 0.1, 1, &m, NULL);
        ck_assert_int_eq(status, sigma_w < 1 ? FJ_OK : FJ_NO_CONVERGENCE);
        if (status == FJ_OK)
            ck_assert(m.searched_to > 1e5 && m.searched_to < 1e6);
        ck_assert_int_eq(fj_meanfield_solve(a, sigma_w, 0.1, 1e6, &m, NULL), FJ_NO_CONVERGENCE);
    }
    fj_activation_destroy(a);
    a = make("expr:x+0.3*sin(2*x)"); /* sigma_b far out */
    const fj_meanfield wide = solve(a, 0.5, 3e3, 1);
    fj_assert_near(wide.q_star, 9e6 / 0.75, 1e-5, "sigma_b");
    fj_activation_destroy(a);
}
END_TEST

/* Formulas that overflow somewhere have the fixed points that they have before. */
START_TEST(formulas_that_overflow)
{
    static const struct {
        const char *formula, *other;
        int ends; /* the search does, where phi overflows; else it goes to 0 there */
    } pairs[] = {{"expr:log(cosh(x))", "expr:softplus(2*x)-x-log(2)", 1},
                 {"expr:sinh(x)/(1+cosh(x))", "expr:tanh(x/2)", 1},
                 {"expr:1/cosh(x)", "expr:2*exp(-abs(x))*sigmoid(2*abs(x))", 0},
                 {"expr:x/(exp(x)+exp(-x))", "expr:x*exp(-abs(x))*sigmoid(2*abs(x))", 0}};
    fj_activation *a = make(pairs[_i].formula), *other = make(pairs[_i].other);
    static const double places[][3] = {{1, 0.1, 1}, {0.6, 0.5, 30}, {0.5, 2, 0.01}};
    for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
        const double *at = places[i];
        const fj_meanfield m = solve(a, at[0], at[1], at[2]),
                           want = solve(other, at[0], at[1], at[2]);
        fj_assert_near(m.q_star, want.q_star, 1e-11, pairs[_i].formula);
        fj_assert_near(m.chi, want.chi, 1e-10, pairs[_i].formula);
        ck_assert_uint_eq(m.fixed_point_count, want.fixed_point_count);
        ck_assert_msg(pairs[_i].ends ? m.searched_to > 1e5 && m.searched_to < 1e7
                                     : isinf(m.searched_to),
                      "%s: %g", pairs[_i].formula, m.searched_to);
    }
    fj_activation_destroy(a);
    fj_activation_destroy(other);
}
END_TEST

/* phi constant all around 0, and not 0: at tiny q E[phi'^2] underflows, and the length map goes on. */
START_TEST(constant_around_the_origin)
{
    static const char *const formula[] = {"expr:min(max(x,0.5),2)",
                                          "expr:log1p(min(max(x,1.47),2.05)^2)",
                                          "expr:1+max(x-1,0)^2/(1+max(x,1))"};
    fj_activation *a = make(formula[_i]);
    for (double sigma_w = 0.1; sigma_w < 0.9; sigma_w += 0.19)
        for (double sigma_b = 0; sigma_b < 0.3; sigma_b += 0.1) {
            fj_meanfield point;
            fj_detail detail = {""};
            double next;
            ck_assert_msg(fj_meanfield_solve(a, sigma_w, sigma_b, 1, &point, &detail) == FJ_OK,
                          "%s", detail.text);
            ck_assert(point.stable && point.q_star > 0);
            ck_assert_int_eq(fj_length_map(a, sigma_w, sigma_b, point.q_star, &next), FJ_OK);
            fj_assert_near(next, point.q_star, 1e-12, formula[_i]);
        }
    const double value = fj_activation_value(a, 0);
    double next;
    fj_meanfield point;
    ck_assert_int_eq(fj_length_map(a, 0.7, 0.1, 1e-9, &next), FJ_OK);
    fj_assert_near(next, 0.49 * value * value + 0.01, 1e-14, formula[_i]);
    ck_assert_int_eq(fj_meanfield_critical(a, 1e-9, &point, NULL), FJ_INFEASIBLE);
    fj_activation_destroy(a);
}
END_TEST

START_TEST(origin_of_formulas)
{
    fj_meanfield m;
    /* x^3/3 next to 0, where its own rounding is larger */
    fj_activation *cubic = make("expr:x-tanh(x)");
    m = solve(cubic, 1.767, 0, 1);
    ck_assert(m.q_star == 0 && m.stable && m.chi == 0 && m.fixed_point_count == 2);
    double q = m.fixed_points[1].q, next;
    ck_assert_int_eq(fj_length_map(cubic, 1.767, 0, q, &next), FJ_OK);
    fj_assert_near(next, q, 1e-12, "the other fixed point");
    ck_assert(m.fixed_points[1].slope > 1);
    fj_activation_destroy(cubic);
    fj_activation *selu = make("selu");
    fj_detail detail = {""};
    ck_assert_int_eq(fj_meanfield_solve(selu, 2.8, 0, 1, &m, &detail), FJ_NO_FIXED_POINT);
    ck_assert_msg(strstr(detail.text, "only fixed point, 0, repels") != NULL, "%s", detail.text);
    fj_activation_destroy(selu);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("mean fields of formulas");
    TCase *tcase = tcase_create("given sigmas");
    tcase_set_timeout(tcase, 120);
    tcase_add_test(tcase, oscillating_formulas);
    tcase_add_test(tcase, far_fixed_points_of_oscillating_formulas);
    tcase_add_loop_test(tcase, formulas_that_overflow, 0, 4);
    tcase_add_loop_test(tcase, constant_around_the_origin, 0, 3);
    tcase_add_test(tcase, origin_of_formulas);
    suite_add_tcase(suite, tcase);
    return fj_run_tap(suite);
}
