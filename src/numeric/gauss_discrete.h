/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Gauss quadrature of a sum over points: fewer points that serve as well for smooth functions. */
#ifndef FJ_NUMERIC_GAUSS_DISCRETE_H
#define FJ_NUMERIC_GAUSS_DISCRETE_H

#include <freejac/status.h>
#include <stddef.h>

/* Nodes y and weights v > 0 with  sum_i w_i f(x_i) = sum_j v_j f(y_j)  for all polynomials f of degree below 2 *n. x: `points`
 * values, not all equal; w: their weights, above 0. *n is what is wanted, at most `points`, and becomes less where the points
 * are so close together that fewer nodes are exact to rounding. y, v: room for *n.
 * FJ_NO_MEMORY; FJ_NO_CONVERGENCE. O(*n^2 points). Source: Golub and Welsch 1969; the matrix by Lanczos's method. */
fj_status fj_gauss_discrete(const double *x, const double *w, size_t points, size_t *n, double *y,
                            double *v);

#endif
