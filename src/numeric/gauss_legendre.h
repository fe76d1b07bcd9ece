/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The 20-point Gauss-Legendre rule, with what tells whether it resolved its integrand. */
#ifndef FJ_NUMERIC_GAUSS_LEGENDRE_H
#define FJ_NUMERIC_GAUSS_LEGENDRE_H

enum { FJ_GAUSS_HALF = 10, FJ_GAUSS_NODES = 2 * FJ_GAUSS_HALF };

/* A node x > 0 of the rule on (-1, 1) and its mirror image. */
typedef struct fj_gauss_node {
    double x, weight;
    double p18, p19; /* Legendre polynomials at x */
    double log_far,
        log_near; /* product weights of int_0^1 log(s) g(s) ds at s = (1 + x)/2 and s = (1 - x)/2 */
} fj_gauss_node;

extern const fj_gauss_node fj_gauss_legendre[FJ_GAUSS_HALF];

#endif
