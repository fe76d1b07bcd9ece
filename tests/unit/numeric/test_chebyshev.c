/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "chebyshev.h"
#include "../tap.h"

enum { MOST = 64 };

typedef struct function {
    const char *name;
    double (*at)(double), (*slope)(double);
    size_t n;     /* degree at which the series has converged */
    double error; /* of value; the slope may be n^2 times as far off */
} function;

static double minus_sin_3(double x)
{
    return -3 * sin(3 * x);
}

static double cos_3(double x)
{
    return cos(3 * x);
}

/* poles at +-2i: the terms fall like (2 + sqrt(5))^-n */
static double lorentz(double x)
{
    return 1 / (4 + x * x);
}

static double lorentz_slope(double x)
{
    return -2 * x / ((4 + x * x) * (4 + x * x));
}

static double gaussian(double x)
{
    return exp(-x * x + x);
}

static double gaussian_slope(double x)
{
    return (1 - 2 * x) * gaussian(x);
}

static const function functions[] = {
    {"exp", exp, exp, 18, 4e-15},
    {"cos 3x", cos_3, minus_sin_3, 24, 4e-15},
    {"1/(4 + x^2)", lorentz, lorentz_slope, 32, 1e-15},
    {"exp(x - x^2)", gaussian, gaussian_slope, 32, 8e-15},
};

static void fit(double (*f)(double), size_t n, double *c)
{
    double value[MOST + 1];
    for (size_t j = 0; j <= n; j++)
        value[j] = f(fj_chebyshev_point(j, n));
    fj_chebyshev_fit(value, n, c);
}

START_TEST(points_are_the_cosines)
{
    for (size_t n = 1; n <= 40; n++) {
        for (size_t j = 0; j <= n; j++) {
            const double x = fj_chebyshev_point(j, n);
            fj_assert_within(x, cos(M_PI * (double)j / (double)n), 5e-16, "point");
            ck_assert_msg(x == -fj_chebyshev_point(n - j, n), "n = %zu, j = %zu: not odd", n, j);
            ck_assert_msg(j == 0 || x < fj_chebyshev_point(j - 1, n), "n = %zu: not falling", n);
        }
        ck_assert_msg(fj_chebyshev_point(0, n) == 1, "n = %zu: first point", n);
    }
}
END_TEST

START_TEST(analytic_functions_and_their_slopes)
{
    const function *f = &functions[_i];
    double c[MOST + 1], slope;
    const double n2 = (double)(f->n * f->n);
    fit(f->at, f->n, c);
    for (int i = 0; i <= 400; i++) { /* both ends too */
        const double x = (i - 200) / 200.0;
        fj_assert_within(fj_chebyshev_at(c, f->n, x, &slope), f->at(x), f->error, f->name);
        fj_assert_within(slope, f->slope(x), n2 * f->error, f->name);
        fj_assert_within(fj_chebyshev_at(c, f->n, x, NULL), f->at(x), f->error, f->name);
    }
}
END_TEST

/* Half the degree must be seen to be too little: or the test above could not fail. */
START_TEST(the_error_falls_with_the_degree)
{
    const function *f = &functions[_i];
    double c[MOST + 1], before = INFINITY;
    for (size_t n = 4; n < f->n; n += 4) {
        double worst = 0;
        fit(f->at, n, c);
        for (int i = 0; i <= 100; i++)
            worst = fmax(
                worst, fabs(fj_chebyshev_at(c, n, (i - 50) / 50.0, NULL) - f->at((i - 50) / 50.0)));
        ck_assert_msg(worst < 0.5 * before || worst < f->error, "%s, n = %zu: %g after %g", f->name,
                      n, worst, before);
        ck_assert_msg(n > f->n / 2 || worst > 10 * f->error, "%s, n = %zu: %g", f->name, n, worst);
        before = worst;
    }
}
END_TEST

/* Degree n is exact, and degree n + 2 is read as its alias T_(n-2). */
START_TEST(degrees_are_exact_up_to_n)
{
    fj_test_random r = fj_test_random_make();
    for (size_t n = 1; n <= 20; n++) {
        double value[MOST + 1], want[MOST + 1], c[MOST + 1];
        for (size_t k = 0; k <= n; k++)
            want[k] = fj_test_uniform(&r, -1, 1);
        for (size_t j = 0; j <= n; j++) {
            value[j] = 0;
            for (size_t k = 0; k <= n; k++)
                value[j] += want[k] * cos(M_PI * (double)(j * k % (2 * n)) / (double)n);
        }
        fj_chebyshev_fit(value, n, c);
        for (size_t k = 0; k <= n; k++)
            fj_assert_within(c[k], want[k], 1e-14, "coefficient");
        if (n < 3)
            continue;
        for (size_t j = 0; j <= n; j++)
            value[j] = cos(M_PI * (double)(j * (n + 2) % (2 * n)) / (double)n);
        fj_chebyshev_fit(value, n, c);
        for (size_t k = 0; k <= n; k++)
            fj_assert_within(c[k], k == n - 2, 1e-14, "alias");
    }
}
END_TEST

START_TEST(interpolates_at_the_points)
{
    fj_test_random r = fj_test_random_make();
    for (size_t n = 1; n <= 20; n++) { /* any values: nothing smooth about them */
        double value[MOST + 1], c[MOST + 1];
        for (size_t j = 0; j <= n; j++)
            value[j] = fj_test_uniform(&r, -1, 1);
        fj_chebyshev_fit(value, n, c);
        for (size_t j = 0; j <= n; j++)
            fj_assert_within(fj_chebyshev_at(c, n, fj_chebyshev_point(j, n), NULL), value[j], 2e-14,
                             "value at a point");
    }
}
END_TEST

START_TEST(slopes_at_the_ends)
{
    /* T_k(+-1) = (+-1)^k, T_k'(+-1) = (+-1)^(k+1) k^2: whole numbers */
    for (size_t k = 0; k <= 20; k++) {
        double c[MOST + 1] = {0}, slope;
        const double sign = k % 2 ? -1 : 1, k2 = (double)(k * k);
        c[k] = 1;
        ck_assert_double_eq(fj_chebyshev_at(c, 20, 1, &slope), 1);
        ck_assert_double_eq(slope, k2);
        ck_assert_double_eq(fj_chebyshev_at(c, 20, -1, &slope), sign);
        ck_assert_double_eq(slope, -sign * k2);
    }
}
END_TEST

/* 2n - 1 degrees are exact from n values and slopes, wherever the points lie. */
START_TEST(values_and_slopes_are_exact_up_to_2n)
{
    fj_test_random r = fj_test_random_make();
    for (size_t n = 1; n <= 14; n++) {
        double want[MOST + 1], c[MOST + 1], x[MOST], value[MOST], slope[MOST];
        for (size_t k = 0; k < 2 * n; k++)
            want[k] = fj_test_uniform(&r, -1, 1);
        for (size_t j = 0; j < n; j++) {
            x[j] = cos(M_PI * ((double)j + fj_test_uniform(&r, 0.3, 0.7)) / (double)n);
            value[j] = fj_chebyshev_at(want, 2 * n - 1, x[j], &slope[j]);
        }
        for (size_t k = 0; k < 2 * n; k++)
            c[k] = 0;
        for (size_t j = 0; j < n; j++) {
            double by_value[MOST + 1], by_slope[MOST + 1];
            fj_chebyshev_hermite(x, n, j, by_value, by_slope);
            for (size_t k = 0; k < 2 * n; k++)
                c[k] += by_value[k] * value[j] + by_slope[k] * slope[j];
        }
        for (size_t k = 0; k < 2 * n; k++)
            fj_assert_within(c[k], want[k], 1e-10, "coefficient");
        const double at = fj_test_uniform(&r, -1.2, 1.2);
        double sum = 0;
        for (size_t j = 0; j < n; j++) {
            double by_value, by_slope;
            fj_hermite_weights(x, n, j, at, &by_value, &by_slope);
            sum += by_value * value[j] + by_slope * slope[j];
        }
        const double exact = fj_chebyshev_at(want, 2 * n - 1, at, NULL);
        fj_assert_within(sum, exact, 1e-10 * (1 + fabs(exact)), "value between and beyond");
    }
}
END_TEST

START_TEST(the_integral_has_that_slope)
{
    fj_test_random r = fj_test_random_make();
    for (size_t n = 0; n <= 24; n++) {
        double c[MOST + 1], integral[MOST + 1], slope;
        for (size_t k = 0; k <= n; k++)
            c[k] = fj_test_uniform(&r, -1, 1);
        fj_chebyshev_integrate(c, n, integral);
        ck_assert_double_eq(integral[0], 0);
        for (int i = 0; i < 20; i++) {
            const double x = fj_test_uniform(&r, -1, 1);
            fj_chebyshev_at(integral, n + 1, x, &slope);
            fj_assert_within(slope, fj_chebyshev_at(c, n, x, NULL), 1e-12, "slope of the integral");
        }
    }
}
END_TEST

START_TEST(the_derivative_is_the_slope)
{
    fj_test_random r = fj_test_random_make();
    for (size_t n = 0; n <= 24; n++) {
        double c[MOST + 1], derivative[MOST + 1], slope, size = 0; /* |T_k'| <= k^2 */
        for (size_t k = 0; k <= n; k++) {
            c[k] = fj_test_uniform(&r, -1, 1);
            size += fabs(c[k]) * (double)(k * k);
        }
        fj_chebyshev_differentiate(c, n, derivative);
        ck_assert_double_eq(derivative[n], 0);
        for (int i = 0; i < 20; i++) {
            const double x = fj_test_uniform(&r, -1, 1);
            fj_chebyshev_at(c, n, x, &slope);
            fj_assert_within(fj_chebyshev_at(derivative, n, x, NULL), slope,
                             32 * DBL_EPSILON * size, "derivative");
        }
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("chebyshev");
    TCase *tcase = tcase_create("chebyshev");
    const int n = (int)(sizeof functions / sizeof *functions);
    tcase_add_test(tcase, points_are_the_cosines);
    tcase_add_loop_test(tcase, analytic_functions_and_their_slopes, 0, n);
    tcase_add_loop_test(tcase, the_error_falls_with_the_degree, 0, n);
    tcase_add_test(tcase, degrees_are_exact_up_to_n);
    tcase_add_test(tcase, interpolates_at_the_points);
    tcase_add_test(tcase, slopes_at_the_ends);
    tcase_add_test(tcase, values_and_slopes_are_exact_up_to_2n);
    tcase_add_test(tcase, the_integral_has_that_slope);
    tcase_add_test(tcase, the_derivative_is_the_slope);
    suite_add_tcase(suite, tcase);
    return fj_run_tap(suite);
}
