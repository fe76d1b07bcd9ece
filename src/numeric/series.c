/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Power, logarithm and exponential by the recurrences that follow from differentiating (Knuth, The Art of Computer
 * Programming 2, section 4.7: with J. C. P. Miller's for powers); reversion by Lagrange's formula
 *     [x^k] a^{-1}(x) = [x^(k-1)] (x/a(x))^k / k. */
#include "series.h"
#include <math.h>

double fj_series_product_last(const double *a, const double *b, size_t n)
{
    double sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += a[i] * b[n - 1 - i];
    return sum;
}

void fj_series_multiply(const double *a, const double *b, size_t n, double *out)
{
    for (size_t k = 0; k < n; k++)
        out[k] = fj_series_product_last(a, b, k + 1);
}

void fj_series_divide(const double *a, const double *b, size_t n, double *out)
{
    for (size_t k = 0; k < n; k++) {
        double sum = a[k];
        for (size_t i = 1; i <= k; i++)
            sum -= b[i] * out[k - i];
        out[k] = sum / b[0];
    }
}

void fj_series_power(const double *a, double exponent, size_t n, double *out)
{
    for (size_t k = 0; k < n; k++) {
        double sum = 0;
        for (size_t i = 1; i <= k; i++)
            sum += (exponent * (double)i - (double)(k - i)) * a[i] * out[k - i];
        out[k] = k == 0 ? 1 : sum / (double)k;
    }
}

void fj_series_log(const double *a, size_t n, double *out)
{
    for (size_t k = 0; k < n; k++) {
        double sum = 0;
        for (size_t i = 1; i < k; i++)
            sum += (double)i * out[i] * a[k - i];
        out[k] = k == 0 ? 0 : a[k] - sum / (double)k;
    }
}

void fj_series_exp(const double *a, size_t n, double *out)
{
    for (size_t k = 0; k < n; k++) {
        double sum = 0;
        for (size_t i = 1; i <= k; i++)
            sum += (double)i * a[i] * out[k - i];
        out[k] = k == 0 ? exp(a[0]) : sum / (double)k;
    }
}

void fj_series_revert(const double *a, size_t n, double *work, double *out)
{
    double *steepness = work, *power = work + n; /* a/x and its powers */
    for (size_t k = 0; k < n; k++)
        steepness[k] = k + 1 < n ? a[k + 1] : 0;
    for (size_t k = 0; k < n; k++) {
        fj_series_power(steepness, -(double)k, k, power);
        out[k] = k == 0 ? 0 : power[k - 1] / (double)k;
    }
}
