/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "moments.h"
#include "average.h"
#include "series.h"
#include "../tap.h"

enum { ORDER = 12 };

/* m of `order` moments for an activation at q, chi as given. */
static fj_status moments_of(const char *spec, double q, fj_weights weights, double depth,
                            double chi, size_t order, double *m)
{
    fj_activation *a;
    fj_averages averages;
    double central[64];
    ck_assert_int_eq(fj_activation_create(spec, &a, NULL), FJ_OK);
    ck_assert_int_eq(fj_averages_at(a, q, &averages), FJ_OK);
    ck_assert_int_eq(fj_central_moments(a, q, order + 1, central), FJ_OK);
    fj_activation_destroy(a);
    fj_moments_input input = {weights, depth, chi, averages.mu1, central};
    return fj_moments_exact(&input, order, m);
}

/* NUMBERS.md 3 */
static const struct {
    const char *spec;
    fj_weights weights;
    double depth, m[4];
} integers[] = {
    {"relu", FJ_WEIGHTS_GAUSSIAN, 1, {1, 3, 11, 45}},
    {"relu", FJ_WEIGHTS_GAUSSIAN, 2, {1, 5, 33, 249}},
    {"relu", FJ_WEIGHTS_GAUSSIAN, 10, {1, 21, 641, 23001}},
    {"relu", FJ_WEIGHTS_ORTHOGONAL, 2, {1, 3, 10, 35}},
    {"relu", FJ_WEIGHTS_ORTHOGONAL, 10, {1, 11, 166, 2891}},
    {"relu", FJ_WEIGHTS_ORTHOGONAL, 32, {1, 33, 1585, 89505}},
    {"linear", FJ_WEIGHTS_GAUSSIAN, 2, {1, 3, 12, 55}},
    {"linear", FJ_WEIGHTS_GAUSSIAN, 4, {1, 5, 35, 285}},
    {"linear", FJ_WEIGHTS_ORTHOGONAL, 7, {1, 1, 1, 1}},
};

START_TEST(relu_and_linear_moments_are_integers)
{
    double m[4];
    fj_status status =
        moments_of(integers[_i].spec, 1, integers[_i].weights, integers[_i].depth, 1, 4, m);
    ck_assert_int_eq(status, FJ_OK);
    for (int k = 0; k < 4; k++)
        fj_assert_near(m[k], integers[_i].m[k], 1e-15, integers[_i].spec);
}
END_TEST

START_TEST(fuss_catalan_at_every_depth)
{
    /* binom((L+1) k, k)/(L k + 1) */
    for (double depth = 1; depth <= 1e9; depth *= 10) {
        double m[ORDER];
        ck_assert_int_eq(moments_of("linear", 1, FJ_WEIGHTS_GAUSSIAN, depth, 1, ORDER, m), FJ_OK);
        for (int k = 1; k <= ORDER; k++) {
            double want = 1 / (depth * k + 1);
            for (int i = 0; i < k; i++)
                want *= ((depth + 1) * k - i) / (i + 1.0);
            fj_assert_near(m[k - 1], want, 1e-14, "Fuss-Catalan");
        }
    }
}
END_TEST

START_TEST(variances_of_deep_tanh)
{
    /* NUMBERS.md 3: depth 200, orthogonal; gaussian weights add 200 */
    static const double rows[][3] = {
        {1.0 / 64, 0.33787, 5e-6}, {0.025, 0.80005, 5e-6}, {0.1, 7.94182, 5e-6}};
    for (int i = 0; i < 3; i++) {
        double m[2];
        ck_assert_int_eq(moments_of("tanh", rows[i][0], FJ_WEIGHTS_ORTHOGONAL, 200, 1, 2, m),
                         FJ_OK);
        fj_assert_within(m[1] - 1, rows[i][1], rows[i][2], "orthogonal");
        ck_assert_int_eq(moments_of("tanh", rows[i][0], FJ_WEIGHTS_GAUSSIAN, 200, 1, 2, m), FJ_OK);
        fj_assert_within(m[1] - 1, 200 + rows[i][1], rows[i][2], "gaussian");
    }
}
END_TEST

START_TEST(one_orthogonal_layer_is_the_law_of_t)
{
    /* erf: E t^k = (1 + k pi q)^(-1/2) */
    double m[ORDER], q = 0.7, mu1 = 1 / sqrt(1 + M_PI * q);
    ck_assert_int_eq(moments_of("erf", q, FJ_WEIGHTS_ORTHOGONAL, 1, 1, ORDER, m), FJ_OK);
    for (int k = 1; k <= ORDER; k++)
        fj_assert_near(m[k - 1], 1 / sqrt(1 + k * M_PI * q) / pow(mu1, k), 4e-15, "erf, depth 1");
}
END_TEST

/* The same moments in the variable m: revert m(x), expand log(m z(m)), take coefficients of its exponential. */
static void by_reversion(const double *central, double mu1, double depth, double gaussian,
                         double *m)
{
    enum { N = ORDER + 1 };
    double a[N] = {1}, fraction[N] = {0}, of_x[N] = {0}, x[N], work[2 * N], ratio[N];
    for (int k = 0; k < N; k++) {
        double c = k < 2 ? 0 : central[k] / pow(mu1, k), next = central[k + 1] / pow(mu1, k + 1);
        a[k] += c;
        fraction[k] = k < 1 ? 0 : next;
        of_x[k] = k < 1 ? 0 : k == 1 ? 1 : c + (k > 2 ? central[k - 1] / pow(mu1, k - 1) : 0);
    }
    fj_series_revert(of_x, N, work, x);
    fj_series_divide(fraction, a, N, ratio);
    double composed[N] = {1}, power[N] = {1}, next[N]; /* 1 + ratio(x(m)) */
    for (int k = 1; k < N; k++) {
        fj_series_multiply(power, x, N, next);
        for (int j = 0; j < N; j++) {
            power[j] = next[j];
            composed[j] += ratio[k] * power[j];
        }
    }
    double linear[N] = {1, 1}, log_m[N], log_s[N], phi[N];
    fj_series_log(linear, N, log_m);
    fj_series_log(composed, N, log_s);
    for (int k = 1; k <= ORDER; k++) {
        for (int j = 0; j < N; j++)
            phi[j] = k * ((1 + depth * gaussian) * log_m[j] + depth * log_s[j]);
        fj_series_exp(phi, N, next);
        m[k - 1] = next[k - 1] / k;
    }
}

START_TEST(two_routes_agree)
{
    static const char *specs[] = {"tanh", "erf", "sin", "elu", "gelu", "hard-tanh", "softsign"};
    fj_test_random r = fj_test_random_make();
    for (size_t i = 0; i < sizeof specs / sizeof *specs; i++) {
        double q = fj_test_loguniform(&r, 1e-3, 3), depth = floor(fj_test_loguniform(&r, 30, 1e4));
        for (int gaussian = 0; gaussian < 2; gaussian++) {
            double m[ORDER], want[ORDER], central[ORDER + 2];
            fj_activation *a;
            fj_averages averages;
            ck_assert_int_eq(fj_activation_create(specs[i], &a, NULL), FJ_OK);
            ck_assert_int_eq(fj_averages_at(a, q, &averages), FJ_OK);
            ck_assert_int_eq(fj_central_moments(a, q, ORDER + 2, central), FJ_OK);
            fj_activation_destroy(a);
            fj_moments_input input = {gaussian ? FJ_WEIGHTS_GAUSSIAN : FJ_WEIGHTS_ORTHOGONAL, depth,
                                      1, averages.mu1, central};
            ck_assert_int_eq(fj_moments_exact(&input, ORDER, m), FJ_OK);
            by_reversion(central, averages.mu1, depth, gaussian, want);
            for (int k = 0; k < ORDER; k++)
                fj_assert_near(m[k], want[k], 1e-8, specs[i]); /* the other route loses digits */
            for (int k = 0; k < 3; k++)
                fj_assert_near(m[k], want[k], 1e-13, specs[i]);
        }
    }
}
END_TEST

START_TEST(chi_scales_and_range_is_kept)
{
    double m[ORDER], unit[ORDER], chi = 0.9;
    ck_assert_int_eq(moments_of("tanh", 0.5, FJ_WEIGHTS_GAUSSIAN, 100, 1, ORDER, unit), FJ_OK);
    ck_assert_int_eq(moments_of("tanh", 0.5, FJ_WEIGHTS_GAUSSIAN, 100, chi, ORDER, m), FJ_OK);
    for (int k = 0; k < ORDER; k++)
        fj_assert_near(m[k], unit[k] * pow(chi, 100 * (k + 1)), 1e-13, "chi^(L k)");
    /* m_k ~ (e L)^k: overflows at depth 1e6 near k = 50; the first ones must not */
    double many[60];
    ck_assert_int_eq(moments_of("linear", 1, FJ_WEIGHTS_GAUSSIAN, 1e6, 1, 60, many), FJ_RANGE);
    ck_assert(isfinite(many[40]) && isinf(many[59]) && many[59] > 0);
    /* coefficients near 1e300 times chi^(L k) near 1e-300: representable */
    chi = exp(-600.0 / 1e6 / 40);
    ck_assert_int_eq(moments_of("linear", 1, FJ_WEIGHTS_GAUSSIAN, 1e6, chi, 60, many), FJ_OK);
    ck_assert(isfinite(many[59]) && many[59] > 0);
    ck_assert_int_eq(moments_of("relu", 1, FJ_WEIGHTS_ORTHOGONAL, 1e6, 2, 3, m), FJ_RANGE);
    ck_assert_int_eq(moments_of("relu", 1, FJ_WEIGHTS_ORTHOGONAL, 1e6, 0.5, 3, m), FJ_OK);
    ck_assert(m[0] == 0);
}
END_TEST

START_TEST(a_wide_limit_of_small_q)
{
    /* NUMBERS.md 3, smooth limit at sigma_0^2 = 1: q ~ 1/sqrt(8 L); the next order is q ~ 1e-4 */
    static const double want[4] = {1, 2, 5.5, 17.6666667};
    double m[4], depth = 1e7, q = sqrt(1 / (8 * depth));
    ck_assert_int_eq(moments_of("tanh", q, FJ_WEIGHTS_ORTHOGONAL, depth, 1, 4, m), FJ_OK);
    for (int k = 0; k < 4; k++)
        fj_assert_near(m[k], want[k], 1e-2, "smooth limit");
}
END_TEST

START_TEST(misuse_is_refused)
{
    double m[2], central[3] = {1, 0, 0};
    fj_moments_input input = {FJ_WEIGHTS_GAUSSIAN, 0, 1, 1, central};
    ck_assert_int_eq(fj_moments_exact(&input, 2, m), FJ_INVALID);
    input.depth = 1;
    input.mu1 = 0;
    ck_assert_int_eq(fj_moments_exact(&input, 2, m), FJ_INVALID);
    input.mu1 = 1;
    input.chi = NAN;
    ck_assert_int_eq(fj_moments_exact(&input, 2, m), FJ_INVALID);
    input.chi = 1;
    ck_assert_int_eq(fj_moments_exact(&input, 0, m), FJ_OK);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("moments");
    TCase *tests = tcase_create("moments");
    suite_add_tcase(suite, tests);
    tcase_add_loop_test(tests, relu_and_linear_moments_are_integers, 0,
                        sizeof integers / sizeof *integers);
    tcase_add_test(tests, fuss_catalan_at_every_depth);
    tcase_add_test(tests, variances_of_deep_tanh);
    tcase_add_test(tests, one_orthogonal_layer_is_the_law_of_t);
    tcase_add_test(tests, two_routes_agree);
    tcase_add_test(tests, chi_scales_and_range_is_kept);
    tcase_add_test(tests, a_wide_limit_of_small_q);
    tcase_add_test(tests, misuse_is_refused);
    return fj_run_tap(suite);
}
