/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Hermite coefficients of the slope of an activation: b_j = E[phi'(sqrt(q) h) he_j(h)], he_j = He_j/sqrt(j!). */
#ifndef FJ_EXPECTATION_HERMITE_H
#define FJ_EXPECTATION_HERMITE_H

#include <stddef.h>
#include <freejac/activation.h>

enum { FJ_HERMITE_MOST = 512, FJ_HERMITE_LEAST = 32 };

typedef struct fj_hermite {
    size_t terms;
    double square[FJ_HERMITE_MOST]; /* b_j^2 */
    double
        rest; /* E[phi'^2] - sum of the squares: what all further terms add up to (Parseval), >= 0 */
} fj_hermite;

/* The first `terms` (a power of two, FJ_HERMITE_LEAST to FJ_HERMITE_MOST) at 0 < q; mu1 = E[phi'(sqrt(q) h)^2]. Each b_j is
 * accurate to a few ulp of sqrt(mu1). FJ_NO_CONVERGENCE where q asks for more nodes than there is room for, or where the
 * squares exceed mu1. Cost: 40 to 4000 slopes and terms times as many multiplications, so 5 microseconds to some
 * hundred. */
fj_status fj_hermite_at(const fj_activation *activation, double q, double mu1, size_t terms,
                        fj_hermite *out);

#endif
