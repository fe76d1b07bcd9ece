/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Exact moments of the law of lambda = s^2 for identical layers. */
#ifndef FJ_SPECTRUM_MOMENTS_H
#define FJ_SPECTRUM_MOMENTS_H

#include <stddef.h>
#include <freejac/network.h>

/* What the moments depend on. */
typedef struct fj_moments_input {
    fj_weights weights;
    double depth;          /* L >= 1, a whole number */
    double chi;            /* sigma_w^2 mu1 */
    double mu1;            /* E t > 0, t = phi'^2 */
    const double *central; /* E[(t - mu1)^k], k = 0..n */
} fj_moments_input;

/* m[k-1] = E[lambda^k], k = 1..n. FJ_RANGE if one overflows: it and those after it are +infinity. FJ_NO_MEMORY.
 * FJ_INVALID for a depth below 1, mu1 or chi not above 0. Cost: O(n^3), whatever the depth. */
fj_status fj_moments_exact(const fj_moments_input *input, size_t n, double *m);

#endif
