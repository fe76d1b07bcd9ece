/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Interpolation of a smooth function on [-1, 1] at Chebyshev-Lobatto points x_j = cos(pi j/n), j = 0..n. */
#ifndef FJ_NUMERIC_CHEBYSHEV_H
#define FJ_NUMERIC_CHEBYSHEV_H

#include <stddef.h>

double fj_chebyshev_point(size_t j, size_t n);

enum { FJ_CHEBYSHEV_MOST = 64 };

/* The n + 1 coefficients of the interpolating sum c[k] T_k(x) from the values at the points, n from 1 to
 * FJ_CHEBYSHEV_MOST. O(n^2). */
void fj_chebyshev_fit(const double *value, size_t n, double *c);

/* Weights of value and slope at x[i] in Hermite's polynomial of degree 2n - 1 through values and slopes at x[0..n-1], taken
 * at `at`. O(n). */
void fj_hermite_weights(const double *x, size_t n, size_t i, double at, double *weight,
                        double *weight_slope);

/* The 2n coefficients of that polynomial are sums over i of value[k] f(x_i) + slope[k] f'(x_i): those of x_i, 2n numbers each;
 * 2n <= FJ_CHEBYSHEV_MOST. O(n^2). */
void fj_chebyshev_hermite(const double *x, size_t n, size_t i, double *value, double *slope);

/* The n + 2 coefficients of an integral of sum c[k] T_k, k = 0..n, the constant one 0. O(n). */
void fj_chebyshev_integrate(const double *c, size_t n, double *integral);

/* The n + 1 coefficients of its derivative, the last one 0. O(n). */
void fj_chebyshev_differentiate(const double *c, size_t n, double *derivative);

/* The sum at x, and its derivative in x (NULL: not wanted). O(n). */
double fj_chebyshev_at(const double *c, size_t n, double x, double *slope);

#endif
