/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "average.h"
#include <string.h>
#include "../table.h"

static fj_activation *make(const char *spec)
{
    fj_activation *a;
    ck_assert_int_eq(fj_activation_create(spec, &a, NULL), FJ_OK);
    return a;
}

static fj_averages averages(const fj_activation *a, double q)
{
    fj_averages out;
    fj_status status = fj_averages_at(a, q, &out);
    ck_assert_msg(status == FJ_OK, "%s at q = %g: %s", fj_activation_name(a), q,
                  fj_status_message(status));
    ck_assert_msg(out.error < 1e-14, "%s at q = %g: error %g", fj_activation_name(a), q, out.error);
    return out;
}

/* ---- closed forms ---- */

START_TEST(erf_is_exact)
{
    fj_activation *a = make("erf");
    for (double q = 1e-9; q < 1e7; q *= 1.7) {
        fj_averages v = averages(a, q);
        double c[4], b = M_PI * q / 2, log_t, one = 1 / sqrt(1 + M_PI * q);
        fj_assert_near(v.mu1, one, 2e-15, "mu1");
        fj_assert_near(v.mu2, 1 / sqrt(1 + 2 * M_PI * q), 2e-15, "mu2");
        fj_assert_near(v.phi2, 2 / M_PI * atan2(b, sqrt(1 + 2 * b)), 2e-15,
                       "E phi^2"); /* asin(b/(1 + b)) */
        fj_assert_near(v.phi_h, sqrt(q / (1 + b)), 2e-15, "E[h phi]");
        /* d/dq (2/pi) asin(b/(1 + b)) */
        fj_assert_near(v.length_slope, 1 / ((1 + b) * sqrt(1 + 2 * b)), 4e-15, "length slope");
        fj_assert_within(v.mu1_log_slope, -M_PI * q / 2 * one * one * one, 1e-15, "q dmu1/dq");
        ck_assert_int_eq(fj_mean_log_slope2(a, q, &log_t), FJ_OK);
        fj_assert_near(log_t, -M_PI * q / 2, 2e-15, "E log t");
        ck_assert_int_eq(fj_central_moments(a, q, 4, c), FJ_OK);
        /* mu2 - mu1^2 = mu1^2 mu2 (1/(mu1^2 ...)) without cancellation */
        double x = M_PI * q, root = sqrt(1 + 2 * x);
        fj_assert_near(c[2], x * x / (root * (1 + x) * (1 + x + root)), 1e-13, "Var t");
        ck_assert(c[0] == 1 && c[1] == 0);
    }
    fj_activation_destroy(a);
}
END_TEST

START_TEST(sin_is_exact)
{
    fj_activation *a = make("sin");
    for (double q = 1e-9; q < 1e9; q *= 1.9) {
        fj_averages v = averages(a, q);
        double log_t, series = 0, sign = -1;
        fj_assert_near(v.mu1, (1 + exp(-2 * q)) / 2, 2e-15, "mu1");
        fj_assert_near(v.mu2, (3 + 4 * exp(-2 * q) + exp(-8 * q)) / 8, 2e-15, "mu2");
        fj_assert_near(v.phi2, -expm1(-2 * q) / 2, 2e-15, "E phi^2");
        fj_assert_within(v.phi_h, sqrt(q) * exp(-q / 2), 2e-15, "E[h phi]");
        fj_assert_within(v.length_slope, exp(-2 * q), 2e-15, "length slope");
        ck_assert_int_eq(fj_mean_log_slope2(a, q, &log_t), FJ_OK);
        if (q < 0.02)
            continue; /* the Fourier series of log cos^2 converges too slowly */
        for (int k = 1; k < 200; k++, sign = -sign)
            series += sign * exp(-2.0 * k * k * q) / k;
        fj_assert_near(log_t, -2 * M_LN2 - 2 * series, 2e-13, "E log t");
    }
    fj_activation_destroy(a);
}
END_TEST

START_TEST(hard_tanh_is_exact)
{
    fj_activation *a = make("hard-tanh");
    for (double q = 1e-3; q < 1e6; q *= 1.6) {
        fj_averages v = averages(a, q);
        double c[6], k = 1 / sqrt(q), p = erf(k / M_SQRT2), out = erfc(k / M_SQRT2), log_t;
        double rim = 2 * k * exp(-k * k / 2) / sqrt(2 * M_PI);
        fj_assert_near(v.mu1, p, 4e-16, "p");
        fj_assert_within(v.phi2, q * (p - rim) + out, 4e-16 * (q * p + out), "E phi^2");
        fj_assert_within(v.length_slope, p - rim, 4e-16 * p, "length slope");
        fj_assert_within(v.sigma_b2_critical * p, q * rim - out, 4e-16 * (10 + k * k) * q * rim,
                         "sigma_b^2");
        ck_assert_int_eq(fj_central_moments(a, q, 6, c), FJ_OK);
        for (int n = 2; n < 6; n++)
            fj_assert_near(c[n], p * pow(out, n) + out * pow(-p, n), 1e-15 * (10 + k * k),
                           "central moment");
        ck_assert_int_eq(fj_mean_log_slope2(a, q, &log_t), FJ_OK);
        ck_assert(log_t == -INFINITY);
    }
    fj_activation_destroy(a);
}
END_TEST

START_TEST(homogeneous_is_exact_to_the_last_bit)
{
    fj_test_random r = fj_test_random_make();
    for (int i = 0; i < 200; i++) {
        double q = fj_test_loguniform(&r, 1e-8, 1e8), slope = fj_test_uniform(&r, 0, 2), c[3],
               log_t;
        char spec[64];
        snprintf(spec, sizeof spec, "leaky-relu:slope=%.17g", slope);
        fj_activation *leaky = make(spec), *relu = make("relu"), *linear = make("linear");
        fj_averages v = averages(relu, q);
        ck_assert(v.mu1 == 0.5 && v.mu2 == 0.5 && v.phi2 == q / 2 && v.length_slope == 0.5);
        ck_assert(v.sigma_b2_critical == 0 && v.mu1_log_slope == 0);
        fj_assert_near(v.mean_phi, sqrt(q / (2 * M_PI)), 4e-16, "E relu");
        v = averages(linear, q);
        ck_assert(v.mu1 == 1 && v.mu2 == 1 && v.phi2 == q && v.sigma_b2_critical == 0);
        v = averages(leaky, q);
        ck_assert(v.sigma_b2_critical == 0);
        fj_assert_near(v.mu1, (1 + slope * slope) / 2, 4e-16, "mu1");
        ck_assert_int_eq(fj_central_moments(leaky, q, 3, c), FJ_OK);
        fj_assert_near(c[2], pow((1 - slope * slope) / 2, 2), 4e-15, "Var t");
        ck_assert_int_eq(fj_mean_log_slope2(leaky, q, &log_t), FJ_OK);
        fj_assert_near(log_t, log(slope), 4e-15, "E log t");
        ck_assert_int_eq(fj_mean_log_slope2(relu, q, &log_t), FJ_OK);
        ck_assert(log_t == -INFINITY);
        fj_activation_destroy(leaky);
        fj_activation_destroy(relu);
        fj_activation_destroy(linear);
    }
}
END_TEST

START_TEST(tanh_keeps_its_digits_at_small_q)
{
    /* 30 digits, from the Taylor series of tanh: sigma_b^2 = 4 q^3/3 - 8 q^4 + ..., Var t = 8 q^2 - 112 q^3 + ... */
    fj_activation *a = make("tanh");
    double c[3], log_t;
    fj_averages v = averages(a, 1e-6);
    fj_assert_near(v.sigma_b2_critical, 1.33332533338319940e-18, 4e-15, "sigma_b^2");
    ck_assert_int_eq(fj_central_moments(a, 1e-6, 3, c), FJ_OK);
    fj_assert_near(c[2], 7.99988800127465284e-12, 4e-15, "Var t");
    ck_assert_int_eq(fj_mean_log_slope2(a, 1e-6, &log_t), FJ_OK);
    fj_assert_near(log_t, -1.9999990000013333e-6, 4e-15, "E log t");
    for (double q = 1e-30; q < 1e-8; q *= 10) {
        fj_assert_near(averages(a, q).sigma_b2_critical, 4 * q * q * q / 3, 7 * q + 1e-14,
                       "4 q^3/3");
        ck_assert_int_eq(fj_central_moments(a, q, 3, c), FJ_OK);
        fj_assert_near(c[2], 8 * q * q, 15 * q + 1e-14, "8 q^2");
    }
    fj_activation_destroy(a);
}
END_TEST

/* ---- properties of every activation ---- */

START_TEST(averages_are_consistent)
{
    fj_test_random r = fj_test_random_make();
    fj_activation_info info;
    ck_assert_int_eq(fj_activation_describe((size_t)_i, &info), FJ_OK);
    fj_activation *a = make(info.name);
    for (int i = 0; i < 60; i++) {
        double q = fj_test_loguniform(&r, 1e-6, 100), d = 1e-3, c[5], log_t, mu1;
        fj_averages v = averages(a, q), up = averages(a, q * (1 + d)),
                    down = averages(a, q * (1 - d));
        char what[96];
        snprintf(what, sizeof what, "%s, q = %.17g", info.name, q);
        ck_assert_msg(v.phi_h * v.phi_h <= v.phi2 * (1 + 1e-14), "%s: Bessel's inequality", what);
        ck_assert_msg(v.mu1 * v.mu1 <= v.mu2 * (1 + 1e-15), "%s: Jensen's inequality", what);
        fj_assert_within(v.sigma_b2_critical, q - v.phi2 / v.mu1, 1e-15 * (q + v.phi2 / v.mu1) * 4,
                         what);
        ck_assert_msg(v.sigma_b2_error <= 1e-13 * (q + v.phi2 / v.mu1), "%s: sigma_b^2 error %g",
                      what, v.sigma_b2_error);
        fj_assert_within((up.phi2 - down.phi2) / (2 * d * q), v.length_slope, 2e-6, what);
        fj_assert_within((up.mu1 - down.mu1) / (2 * d), v.mu1_log_slope, 2e-6, what);
        ck_assert_int_eq(fj_central_moments(a, q, 5, c), FJ_OK);
        fj_assert_within(c[2], v.mu2 - v.mu1 * v.mu1, 4e-15 * v.mu2, what);
        ck_assert_msg(c[3] * c[3] <= c[2] * c[4] * (1 + 1e-12), "%s: Cauchy's inequality", what);
        ck_assert_int_eq(fj_mean_log_slope2(a, q, &log_t), FJ_OK);
        ck_assert_msg(log_t <= log(v.mu1) + 1e-15, "%s: E log t above log E t", what);
        ck_assert_int_eq(fj_mean_slope2(a, q, &mu1), FJ_OK);
        fj_assert_within(mu1, v.mu1, 4 * DBL_EPSILON * v.mu1, what);
    }
    fj_activation_destroy(a);
}
END_TEST

START_TEST(zero_is_the_limit)
{
    fj_activation_info info;
    ck_assert_int_eq(fj_activation_describe((size_t)_i, &info), FJ_OK);
    fj_activation *a = make(info.name);
    double tiny = 1e-12, near = 1e-4, c0[4], c1[4], log0,
           log1; /* kinks at 0: the limit is approached like sqrt(q) */
    fj_averages zero = averages(a, 0), v = averages(a, tiny);
    fj_assert_within(v.mean_phi, zero.mean_phi, near, info.name);
    fj_assert_within(v.phi_h, zero.phi_h, near, info.name);
    fj_assert_within(v.mu1, zero.mu1, near, info.name);
    fj_assert_within(v.mu2, zero.mu2, near, info.name);
    fj_assert_within(v.length_slope, zero.length_slope, near, info.name);
    fj_assert_within(v.sigma_b2_critical, zero.sigma_b2_critical, near, info.name);
    ck_assert_int_eq(fj_central_moments(a, 0, 4, c0), FJ_OK);
    ck_assert_int_eq(fj_central_moments(a, tiny, 4, c1), FJ_OK);
    for (int k = 0; k < 4; k++)
        fj_assert_within(c1[k], c0[k], near, info.name);
    ck_assert_int_eq(fj_mean_log_slope2(a, 0, &log0), FJ_OK);
    ck_assert_int_eq(fj_mean_log_slope2(a, tiny, &log1), FJ_OK);
    if (strcmp(info.name, "hard-tanh") != 0) /* P(t = 0) > 0 for every q > 0 */
        fj_assert_within(log1, log0, near, info.name);
    fj_activation_destroy(a);
}
END_TEST

START_TEST(high_central_moments_are_moments)
{
    /* sum_k c_k x^k/k! against E exp(x (t - mu1)) is what one would like; the erf moments by the binomial formula do */
    enum { N = 40 };
    fj_activation *a = make("erf");
    double q = 0.8, c[N], mu1 = 1 / sqrt(1 + M_PI * q);
    ck_assert_int_eq(fj_central_moments(a, q, N, c), FJ_OK);
    for (int n = 2; n < N; n++) {
        double moment = 0, binomial = 1;
        for (int k = 0; k <= n; k++) {
            moment += binomial * c[k] * pow(mu1, n - k);
            binomial *= (double)(n - k) / (k + 1);
        }
        fj_assert_near(moment, 1 / sqrt(1 + n * M_PI * q), 2e-13, "E t^n");
    }
    fj_activation_destroy(a);
}
END_TEST

START_TEST(misuse_is_refused)
{
    fj_activation *a = make("tanh");
    fj_averages v;
    double c[2], log_t;
    const double wrong[] = {-1, NAN, INFINITY, 1e41};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        ck_assert_int_eq(fj_averages_at(a, wrong[i], &v), FJ_INVALID);
        ck_assert_int_eq(fj_central_moments(a, wrong[i], 2, c), FJ_INVALID);
        ck_assert_int_eq(fj_mean_log_slope2(a, wrong[i], &log_t), FJ_INVALID);
        ck_assert(isnan(log_t));
    }
    ck_assert_int_eq(fj_averages_at(NULL, 1, &v), FJ_INVALID);
    fj_activation_destroy(a);
}
END_TEST

/* ---- the reference table ---- */

/* data/critical.csv: 30 digits by another program, columns
 * activation,q,sigma_w2,sigma_b2,mu_1,mu_2,e_phi2,length_slope,mean_log_t; the slope is of the map on the critical
 * line, with sigma_w^2; mean_log_t is nan where it is not finite. */
START_TEST(reference_table)
{
    fj_table table = fj_table_read("critical");
    for (size_t row = 0; row < table.rows; row++) {
        const char *name = fj_table_text(&table, row, "activation");
        double q = fj_table_number(&table, row, "q"), log_t;
        double sigma_b2 = fj_table_number(&table, row, "sigma_b2");
        double length_slope = fj_table_number(&table, row, "length_slope");
        double mean_log_t = fj_table_number(&table, row, "mean_log_t");
        fj_activation *a = fj_table_activation(name);
        fj_averages v = averages(a, q);
        char what[160];
        snprintf(what, sizeof what, "%.60s, q = %.17g", name, q);
        fj_assert_near(1 / v.mu1, fj_table_number(&table, row, "sigma_w2"), 2e-15, what);
        fj_assert_within(v.sigma_b2_critical, sigma_b2,
                         v.sigma_b2_error + 4e-15 * fabs(sigma_b2) + 1e-25 * q, what);
        fj_assert_near(v.mu1, fj_table_number(&table, row, "mu_1"), 2e-15, what);
        fj_assert_near(v.mu2, fj_table_number(&table, row, "mu_2"), 2e-15, what);
        fj_assert_near(v.phi2, fj_table_number(&table, row, "e_phi2"), 2e-15, what);
        fj_assert_within(v.length_slope / v.mu1, length_slope, 4e-15 * fmax(1, fabs(length_slope)),
                         what);
        ck_assert_int_eq(fj_mean_log_slope2(a, q, &log_t), FJ_OK);
        if (isnan(mean_log_t))
            ck_assert_msg(log_t == -INFINITY, "%s: E log t = %g", what, log_t);
        else
            fj_assert_within(log_t, mean_log_t, 4e-15 * fabs(mean_log_t) + DBL_EPSILON, what);
        fj_activation_destroy(a);
    }
    ck_assert_msg(table.rows >= 10, "only %zu rows", table.rows);
    fj_table_free(&table);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("average");
    TCase *exact = tcase_create("closed forms"), *every = tcase_create("every activation");
    TCase *table = tcase_create("table");
    int kinds = (int)fj_activation_count();
    suite_add_tcase(suite, exact);
    tcase_add_test(exact, erf_is_exact);
    tcase_add_test(exact, sin_is_exact);
    tcase_add_test(exact, hard_tanh_is_exact);
    tcase_add_test(exact, homogeneous_is_exact_to_the_last_bit);
    tcase_add_test(exact, tanh_keeps_its_digits_at_small_q);
    suite_add_tcase(suite, every);
    tcase_add_loop_test(every, averages_are_consistent, 0, kinds);
    tcase_add_loop_test(every, zero_is_the_limit, 0, kinds);
    tcase_add_test(every, high_central_moments_are_moments);
    tcase_add_test(every, misuse_is_refused);
    suite_add_tcase(suite, table);
    tcase_add_test(table, reference_table);
    return fj_run_tap(suite);
}
