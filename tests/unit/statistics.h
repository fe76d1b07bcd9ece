/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Statistics of random numbers. Tests with a fixed seed are no gamble: they pass or fail for good. Their limits are those that
 * a correct program exceeds with the stated probability over all seeds. */
#ifndef FJ_TESTS_STATISTICS_H
#define FJ_TESTS_STATISTICS_H

#include <math.h>
#include <stddef.h>
#include <stdlib.h>
#include "tap.h"

/* |mean - expected| in standard errors that is exceeded with probability 6e-7 */
static const double fj_test_sigmas = 5;
/* Kolmogorov's D sqrt(n) that is exceeded with probability 2 exp(-2 x^2) = 7e-7 */
static const double fj_test_kolmogorov = 2.73;

static inline int fj_test_ascending(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* Mean of x[0..n-1] against what it should be, by the standard error of the sample itself. */
static inline void fj_assert_mean(const double *x, size_t n, double expected, const char *what)
{
    double mean = 0, square = 0;
    for (size_t i = 0; i < n; i++)
        mean += x[i] / (double)n;
    for (size_t i = 0; i < n; i++)
        square += (x[i] - mean) * (x[i] - mean) / (double)n;
    fj_assert_within(mean, expected, fj_test_sigmas * sqrt(square / (double)n), what);
}

/* Kolmogorov's distance of x[0..n-1], which is sorted, from a distribution function. */
static inline double fj_test_distance(double *x, size_t n, double (*cdf)(double))
{
    double distance = 0;
    qsort(x, n, sizeof *x, fj_test_ascending);
    for (size_t i = 0; i < n; i++) {
        const double f = cdf(x[i]);
        distance = fmax(distance, fmax(f - (double)i / (double)n, (double)(i + 1) / (double)n - f));
    }
    return distance;
}

static inline void fj_assert_law(double *x, size_t n, double (*cdf)(double), const char *what)
{
    fj_assert_within(fj_test_distance(x, n, cdf) * sqrt((double)n), 0, fj_test_kolmogorov, what);
}

/* Two samples of n each from one law: D sqrt(n/2). Both are sorted. */
static inline void fj_assert_same_law(double *x, double *y, size_t n, const char *what)
{
    double distance = 0;
    size_t i = 0, j = 0;
    qsort(x, n, sizeof *x, fj_test_ascending);
    qsort(y, n, sizeof *y, fj_test_ascending);
    while (i < n && j < n) {
        if (x[i] <= y[j])
            i++;
        else
            j++;
        distance = fmax(distance, fabs((double)i - (double)j) / (double)n);
    }
    fj_assert_within(distance * sqrt((double)n / 2), 0, fj_test_kolmogorov, what);
}

#endif
