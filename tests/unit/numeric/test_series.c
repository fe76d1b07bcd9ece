/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "series.h"
#include "../tap.h"

enum { N = 24 };

static void random_series(fj_test_random *r, double *a, double first)
{
    a[0] = first;
    for (size_t k = 1; k < N; k++)
        a[k] = fj_test_uniform(r, -1, 1) / (double)(k * k);
}

static void assert_series(const double *got, const double *want, const char *what)
{
    for (size_t k = 0; k < N; k++)
        fj_assert_within(got[k], want[k], 1e-13 * (1 + fabs(want[k])), what);
}

START_TEST(logarithm_and_exponential_invert_each_other)
{
    fj_test_random r = fj_test_random_make();
    double a[N], b[N], c[N];
    random_series(&r, a, 1);
    fj_series_log(a, N, b);
    fj_series_exp(b, N, c);
    assert_series(c, a, "exp(log a)");
}
END_TEST

START_TEST(powers_agree_with_products_and_quotients)
{
    fj_test_random r = fj_test_random_make();
    double a[N], b[N], c[N], one[N] = {1};
    random_series(&r, a, 1);
    fj_series_power(a, 2, N, b);
    fj_series_multiply(a, a, N, c);
    assert_series(b, c, "a^2");
    fj_series_power(a, -1, N, b);
    fj_series_divide(one, a, N, c);
    assert_series(b, c, "a^-1");
    fj_series_power(a, 0.5, N, b);
    fj_series_multiply(b, b, N, c);
    assert_series(c, a, "sqrt(a)^2");
    fj_assert_within(fj_series_product_last(b, b, N), c[N - 1], 0, "last coefficient");
}
END_TEST

START_TEST(a_power_with_a_huge_exponent_is_the_binomial)
{
    /* (1 + x)^(10^7): coefficients by their own recurrence */
    double a[N] = {1, 1}, b[N], exponent = 1e7, want = 1;
    fj_series_power(a, exponent, N, b);
    for (size_t k = 0; k < N; k++) {
        fj_assert_near(b[k], want, 1e-14, "binomial");
        want *= (exponent - (double)k) / (double)(k + 1);
    }
}
END_TEST

START_TEST(reversion_of_known_functions)
{
    double a[N] = {0}, b[N], work[2 * N], sign = 1;
    for (size_t k = 1; k < N; k++)
        a[k] = 1; /* x/(1 - x), inverse x/(1 + x) */
    fj_series_revert(a, N, work, b);
    ck_assert(b[0] == 0);
    for (size_t k = 1; k < N; k++, sign = -sign)
        fj_assert_near(b[k], sign, 1e-12, "x/(1 + x)");
    double factorial = 1;
    for (size_t k = 1; k < N; k++)
        a[k] = 1 / (factorial *= (double)k); /* exp(x) - 1, inverse log(1 + x) */
    fj_series_revert(a, N, work, b);
    sign = 1;
    for (size_t k = 1; k < N; k++, sign = -sign)
        fj_assert_near(b[k], sign / (double)k, 1e-12, "log(1 + x)");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("series");
    TCase *tests = tcase_create("series");
    suite_add_tcase(suite, tests);
    tcase_add_test(tests, logarithm_and_exponential_invert_each_other);
    tcase_add_test(tests, powers_agree_with_products_and_quotients);
    tcase_add_test(tests, a_power_with_a_huge_exponent_is_the_binomial);
    tcase_add_test(tests, reversion_of_known_functions);
    return fj_run_tap(suite);
}
