/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Interpolation of a smooth function on [-1, 1] at Chebyshev-Lobatto points x_j = cos(pi j/n), j = 0..n. */
#ifndef FJ_NUMERIC_CHEBYSHEV_H
#define FJ_NUMERIC_CHEBYSHEV_H

#include <stddef.h>

double fj_chebyshev_point(size_t j, size_t n);

/* The n + 1 coefficients of the interpolating sum c[k] T_k(x) from the values at the points. O(n^2). */
void fj_chebyshev_fit(const double *value, size_t n, double *c);

/* The sum at x, and its derivative in x (NULL: not wanted). O(n). */
double fj_chebyshev_at(const double *c, size_t n, double x, double *slope);

#endif
