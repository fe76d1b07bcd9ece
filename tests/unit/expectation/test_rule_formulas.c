/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Expectations with 1/(u - t) in them for formulas whose t is out of the common: next to constant, next to nothing over a stretch,
 * constant between kinks. Against sums that need no poles, and the probabilities of all nodes against 1. */
#include <stdlib.h>
#include "rule_make.h"

/* A t that stays away from 0 and varies little: next to u = 0 E[u/(u - t)] is of the size of u, real and complex; of
 * 1 + E[t/(u - t)] nothing would be left there. */
START_TEST(far_series_next_to_zero)
{
    const double q = 0.5, step = 0.05;
    fj_activation *a = fj_test_make("expr:x+0.1*tanh(x)");
    double mu1;
    fj_rule *rule = make_rule(a, q, &mu1);
    for (double size = 0.3; size > 1e-200; size /= 7.3)
        for (int side = 0; side < 4; side++) {
            const double complex w = CMPLX(log(size), side == 0 ? 0 : M_PI - side);
            double complex n = 0;
            fj_resolvent at;
            for (int i = -240; i <= 240; i++) { /* poles of t are at least 2.2 from the axis */
                const double h = i * step, slope = fj_activation_slope(a, sqrt(q) * h);
                const double weight = step * exp(-h * h / 2) / sqrt(2 * M_PI);
                n += weight * (cexp(w) / (cexp(w) - slope * slope));
            }
            fj_rule_resolvent(rule, FJ_SECOND_RAW, w, &at);
            ck_assert(at.far);
            fj_assert_near(creal(at.n / n), 1, 1e-12, "E[u/(u - t)]");
            fj_assert_within(cimag(at.n / n), 0, 1e-12, "E[u/(u - t)]");
        }
    fj_rule_destroy(rule);
    fj_activation_destroy(a);
}
END_TEST

/* Where phi' is 1e-10 of its size all around it still has zeros, extrema and poles: at u so small that t is near u there alone. The
 * reference is a trapezoid as fine as the nearest pole needs. */
START_TEST(where_the_slope_is_faint)
{
    enum { NODES = 900000 };
    static const double Q = 0.27, END = 9, LOG_U[] = {-60, -58.16, -56.7, -55.3, -48.5};
    fj_activation *a = fj_test_make("expr:6.6*(x-0.749)*exp(-(6.6*(x-0.749))^2)*sin(x)^2");
    double *t = malloc((NODES + 1) * sizeof *t), *weight = malloc((NODES + 1) * sizeof *weight),
           mu1;
    fj_rule *rule = make_rule(a, Q, &mu1);
    ck_assert_ptr_nonnull(t);
    ck_assert_ptr_nonnull(weight);
    for (int i = 0; i <= NODES; i++) {
        const double h = END * (2.0 * i / NODES - 1), slope = fj_activation_slope(a, sqrt(Q) * h);
        t[i] = slope * slope;
        weight[i] = 2 * END / NODES * exp(-h * h / 2) / sqrt(2 * M_PI);
    }
    for (size_t k = 0; k < sizeof LOG_U / sizeof *LOG_U; k++)
        for (double angle = 0.6; angle < 3; angle += 0.77) {
            const double complex w = CMPLX(LOG_U[k], angle), u = cexp(w);
            double complex n = 0;
            char what[80];
            fj_resolvent at;
            for (int i = 0; i <= NODES; i++)
                n += weight[i] * (u / (u - t[i]));
            fj_rule_resolvent(rule, FJ_SECOND_RAW, w, &at);
            snprintf(what, sizeof what, "log u = %g + %g i", LOG_U[k], angle);
            fj_assert_within(cabs(at.n - n), 0, 1e-8, what);
        }
    fj_rule_destroy(rule);
    free(weight);
    free(t);
    fj_activation_destroy(a);
}
END_TEST

/* n and m are summed apart: n - m is the probability of all nodes and masses, whatever is constant where. */
START_TEST(nodes_have_probability_one)
{
    static const char *const specs[] = {
        "expr:where(x < -3, 0, where(x > 3, x, x*(x + 3)/6))",
        "expr:where(x > 2, 0, tanh(x) - tanh(2))",
        "expr:where(x < -1, 0, x*(x + 1)/2)",
        "expr:where(x > 1, (x - 1)^2/x, where(x < -1, (x + 1)^2/x, 0))",
        "expr:where(abs(x) > 2, 0, x^2 - 4)",
        "expr:x*exp(-x^2)",
        "expr:where(x < -1, x, where(x < 1, -1, tanh(x) - 1 - tanh(1)))",
    };
    for (double q = 0.1; q < 20; q *= 2.7) {
        fj_activation *a = fj_test_make(specs[_i]);
        double mu1;
        fj_rule *rule = make_rule(a, q, &mu1);
        for (double angle = 0.1; angle < 3; angle += 0.7) {
            fj_resolvent at;
            fj_rule_resolvent(rule, FJ_SECOND_RAW, CMPLX(log(mu1), angle), &at);
            fj_assert_within(cabs(at.n - at.m - 1), 0, 1e-13, specs[_i]);
        }
        fj_rule_destroy(rule);
        fj_activation_destroy(a);
    }
}
END_TEST

/* Above the largest t beside an extremum that two panels see, whose values of it differ by rounding: Im m is the angle times Re dm/dw, to
 * many digits of itself, however small. (Poles come in pairs, and what is left of two rounded ones once made a zero of Im log z.) */
START_TEST(imaginary_parts_beside_the_range)
{
    fj_activation *a = fj_test_make("expr:erf(x+2.94)*tanh(-x)");
    double mu1, low = -1e-3, high = 1e-3;
    fj_rule *rule = make_rule(a, 0.002345, &mu1);
    for (int i = 0; i < 100; i++) { /* where |phi'| is largest */
        const double third = (high - low) / 3;
        if (fabs(fj_activation_slope(a, low + third)) < fabs(fj_activation_slope(a, high - third)))
            low += third;
        else
            high -= third;
    }
    static fj_resolvent at, left, right;
    for (double above = 1e-4; above > 1e-11; above /= 10) {
        const double x = 2 * fj_activation_log_slope(a, low) + above, step = 1e-3 * above;
        fj_rule_resolvent(rule, FJ_SECOND_CENTRED, CMPLX(x - step, 1e-30), &left);
        fj_rule_resolvent(rule, FJ_SECOND_CENTRED, CMPLX(x + step, 1e-30), &right);
        const double slope = creal(right.m - left.m) / (2 * step);
        for (double angle = 1e-30; angle < 1e-9 * above; angle *= 10) {
            fj_rule_resolvent(rule, FJ_SECOND_CENTRED, CMPLX(x, angle), &at);
            fj_assert_near(cimag(at.m) / angle, creal(at.dm), 1e-12, "Im m");
            fj_assert_near(cimag(at.v) / angle, creal(at.dv), 1e-12, "Im v");
            if (above > 1e-8) /* a difference of what is known to rounding over `above` */
                fj_assert_near(creal(at.dm), slope, 1e-4, "Re dm/dw");
        }
    }
    fj_rule_destroy(rule);
    fj_activation_destroy(a);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("rules of formulas");
    TCase *tcase = tcase_create("formulas");
    tcase_set_timeout(tcase, 120);
    tcase_add_test(tcase, far_series_next_to_zero);
    tcase_add_test(tcase, where_the_slope_is_faint);
    tcase_add_test(tcase, imaginary_parts_beside_the_range);
    tcase_add_loop_test(tcase, nodes_have_probability_one, 0, 7);
    suite_add_tcase(suite, tcase);
    return fj_run_tap(suite);
}
