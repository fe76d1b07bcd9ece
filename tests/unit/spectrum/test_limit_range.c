/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The universal laws from their least parameter to their largest, far down their tails, and what is refused. */
#include <freejac/freejac.h>
#include "limit_law.h"

/* Everywhere from the least to the most: points near and far, in order, quantiles inverse to the cdf. */
START_TEST(whole_range)
{
    static const double sigmas[] = {1e-12, 1e-9, 1e-5, 0.03, 0.999999, 1, 1.000001, 7, 500, 1e5};
    fj_test_random random = fj_test_random_make();
    for (int which = FJ_LIMIT_SMOOTH; which <= FJ_LIMIT_RESNET; which++) {
        double sigma = sigmas[_i], before = -INFINITY;
        fj_spectrum *law =
            law_of((fj_limit_class)which, which == FJ_LIMIT_RESNET ? sigma * sigma / 2 : sigma);
        const fj_spectrum_interval *interval;
        const fj_spectrum_atom *atom;
        fj_spectrum_intervals(law, &interval);
        size_t atoms = fj_spectrum_atoms(law, &atom);
        double high = interval[0].log_s_max, low = interval[0].log_s_min;
        for (int k = 1; k < 300; k++) {
            double p = pow(fj_test_uniform(&random, 0.003, 1), 3), log_s;
            if (atoms && p > 1 - atom[0].mass)
                continue;
            ck_assert_int_eq(fj_spectrum_quantile(law, p, &log_s), FJ_OK);
            fj_spectrum_point point;
            ck_assert_int_eq(fj_spectrum_eval_log(law, &log_s, 1, &point), FJ_OK);
            ck_assert_msg(point.density_log10 > 0, "class %d, sigma_0 %g, p %g: density %g", which,
                          sigma, p, point.density_log10);
            /* log s is a double: the cdf moves by density times its unit */
            fj_assert_within(point.cdf, p, 1e-13 + point.density_log10 * fabs(log_s) * DBL_EPSILON,
                             "cdf of the quantile");
        }
        for (int k = 1; k < 400;
             k++) { /* towards the upper edge, and towards the lower or far down */
            double part = k / 400.0;
            double log_s =
                isfinite(low) ? low + (high - low) * part : high - 400 * pow(1 - part, 3);
            fj_spectrum_point point;
            ck_assert_int_eq(fj_spectrum_eval_log(law, &log_s, 1, &point), FJ_OK);
            ck_assert_msg(point.cdf >= before - 1e-15, "cdf falls at log s = %.17g", log_s);
            before = point.cdf;
        }
        fj_spectrum_destroy(law);
    }
}
END_TEST

/* Far down, where log lambda = theta cot theta + ... is followed in the small angle e = pi - theta: relative accuracy of
 * density and cdf, and of quantiles whose p is below rounding of 1. */
START_TEST(bernoulli_lower_tail)
{
    static const double sigmas[] = {1e-3, 0.5, 1, 3, 100};
    const double v = sigmas[_i] * sigmas[_i];
    fj_spectrum *law = law_of(FJ_LIMIT_BERNOULLI, sigmas[_i]);
    for (double e = 1e-2; e > 1e-30; e /= 7.3) {
        /* theta = pi - e: r = v sin e/(pi - e), log lambda = log r - (pi - e)/tan e, sin(theta) = sin e */
        double r = v * sin(e) / (M_PI - e), log_s = (log(r) - (M_PI - e) / tan(e)) / 2;
        double x = -r * cos(e) - 1, y = r * sin(e), density = y / (x * x + y * y) / M_PI;
        double f = (v * e + (1 - v) * atan2(y, 1 + r * cos(e))) / M_PI, quantile;
        fj_spectrum_point point;
        if (r > 0.3) /* no tail yet */
            continue;
        ck_assert_int_eq(fj_spectrum_eval_log(law, &log_s, 1, &point), FJ_OK);
        fj_assert_near(point.density_log10, 2 * M_LN10 * density, 1e-12, "density");
        fj_assert_near(point.cdf, f, 1e-12, "cdf");
        ck_assert_int_eq(fj_spectrum_quantile(law, f, &quantile), FJ_OK);
        fj_assert_near(quantile, log_s, 1e-12, "quantile");
    }
    fj_spectrum_destroy(law);
}
END_TEST

START_TEST(parameter_zero)
{
    for (int which = FJ_LIMIT_SMOOTH; which <= FJ_LIMIT_RESNET; which++) {
        fj_spectrum *law = law_of((fj_limit_class)which, 0);
        const fj_spectrum_atom *atom;
        const fj_spectrum_interval *interval;
        double m[3], log_s;
        ck_assert_uint_eq(fj_spectrum_intervals(law, &interval), 0);
        ck_assert_uint_eq(fj_spectrum_atoms(law, &atom), 1);
        ck_assert(atom[0].s == 1 && atom[0].mass == 1);
        ck_assert_int_eq(fj_spectrum_moments(law, 3, m), FJ_OK);
        ck_assert(m[0] == 1 && m[1] == 1 && m[2] == 1);
        ck_assert(fj_spectrum_variance(law) == 0 && fj_spectrum_mean_log(law) == 0);
        ck_assert_int_eq(fj_spectrum_quantile(law, 0.5, &log_s), FJ_OK);
        ck_assert(log_s == 0 && at(law, 0.999).cdf == 0 && at(law, 1).cdf == 1);
        fj_spectrum_destroy(law);
    }
}
END_TEST

START_TEST(moments_out_of_range)
{
    double m[1000];
    fj_spectrum *law = law_of(FJ_LIMIT_SMOOTH, 30);
    ck_assert_int_eq(fj_spectrum_moments(law, 1000, m), FJ_RANGE);
    ck_assert(isfinite(m[10]) && isinf(m[999]));
    for (int i = 1; i < 1000; i++)
        ck_assert(m[i] >= m[i - 1]);
    fj_spectrum_destroy(law);
    law = law_of(FJ_LIMIT_RESNET, 1000);
    ck_assert_int_eq(fj_spectrum_moments(law, 2, m), FJ_RANGE);
    ck_assert(isinf(fj_spectrum_mean(law)) && isinf(m[0]));
    fj_spectrum_destroy(law);
    law = law_of(FJ_LIMIT_SMOOTH, 0.5); /* far, and still finite */
    ck_assert_int_eq(fj_spectrum_moments(law, 400, m), FJ_OK);
    const fj_spectrum_interval *interval;
    fj_spectrum_intervals(law, &interval);
    double rate = log(m[399] / m[398]);
    ck_assert_msg(rate < 2 * interval[0].log_s_max && rate > 2 * interval[0].log_s_max - 0.01,
                  "moments grow like lambda_max^k: %.17g", rate);
    fj_spectrum_destroy(law);
}
END_TEST

START_TEST(refusals)
{
    static const double wrong[] = {-1, -1e-300, NAN, INFINITY, -INFINITY};
    static const double beyond[] = {1e-13, 1e-200, 2e5, 1e300};
    fj_spectrum *law = (fj_spectrum *)&law;
    fj_detail detail = {""};
    for (int which = FJ_LIMIT_SMOOTH; which <= FJ_LIMIT_RESNET; which++) {
        fj_limit_class limit_class = (fj_limit_class)which;
        for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
            ck_assert_int_eq(fj_limit_create(limit_class, wrong[i], &law, &detail), FJ_INVALID);
            ck_assert(law == NULL && detail.text[0] != '\0');
        }
        for (size_t i = 0; i < sizeof beyond / sizeof *beyond; i++) {
            double parameter = beyond[i];
            if (limit_class == FJ_LIMIT_RESNET)
                parameter = fmin(parameter * parameter, 1e300);
            if (parameter > 0)
                ck_assert_int_eq(fj_limit_create(limit_class, parameter, &law, &detail),
                                 FJ_UNSUPPORTED);
            ck_assert(law == NULL);
        }
    }
    ck_assert_int_eq(fj_limit_create((fj_limit_class)3, 1, &law, &detail), FJ_INVALID);
    ck_assert_int_eq(fj_limit_create(FJ_LIMIT_SMOOTH, 1, NULL, &detail), FJ_INVALID);
    ck_assert_int_eq(fj_limit_create(FJ_LIMIT_SMOOTH, -1, &law, NULL), FJ_INVALID);
    law = law_of(FJ_LIMIT_SMOOTH, 1);
    ck_assert(fj_spectrum_network(law) == NULL);
    fj_spectrum_destroy(law);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("limit_range");
    TCase *tcase = tcase_create("range");
    tcase_set_timeout(tcase, 60);
    tcase_add_loop_test(tcase, whole_range, 0, 10);
    tcase_add_loop_test(tcase, bernoulli_lower_tail, 0, 5);
    tcase_add_test(tcase, parameter_zero);
    tcase_add_test(tcase, moments_out_of_range);
    tcase_add_test(tcase, refusals);
    suite_add_tcase(suite, tcase);
    return fj_run_tap(suite);
}
