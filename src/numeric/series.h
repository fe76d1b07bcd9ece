/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Truncated power series: a[0..n-1] are the coefficients of 1, x, ..., x^(n-1). Arrays belong to the caller; out may not
 * alias an input. All O(n^2) but composition and reversion, O(n^3). */
#ifndef FJ_NUMERIC_SERIES_H
#define FJ_NUMERIC_SERIES_H

#include <stddef.h>

void fj_series_multiply(const double *a, const double *b, size_t n, double *out);

/* a/b, b[0] != 0 */
void fj_series_divide(const double *a, const double *b, size_t n, double *out);

/* a^exponent for a[0] = 1 and any real exponent. */
void fj_series_power(const double *a, double exponent, size_t n, double *out);

/* log a for a[0] = 1; exp a for any a. */
void fj_series_log(const double *a, size_t n, double *out);
void fj_series_exp(const double *a, size_t n, double *out);

/* The inverse function of a = x + a[2] x^2 + ...: a(out(x)) = x. work has room for 2 n. */
void fj_series_revert(const double *a, size_t n, double *work, double *out);

/* Coefficient n-1 of the product of a and b. */
double fj_series_product_last(const double *a, const double *b, size_t n);

#endif
