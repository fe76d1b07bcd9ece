/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Gauss-Legendre nodes and weights of any order. */
#ifndef FJ_NUMERIC_LEGENDRE_RULE_H
#define FJ_NUMERIC_LEGENDRE_RULE_H

#include <stddef.h>

/* The n nodes on (-1, 1), ascending, and their weights, to a few units of rounding. O(n^2), no allocation. */
void fj_legendre_rule(size_t n, double *x, double *w);

#endif
