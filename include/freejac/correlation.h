/* SPDX-License-Identifier: GPL-3.0-or-later
 * freejac: how the correlation of two inputs travels through a wide network. */
#ifndef FREEJAC_CORRELATION_H
#define FREEJAC_CORRELATION_H

#include <freejac/activation.h>

#ifdef __cplusplus
extern "C" {
#endif

/* A correlation with its distances from both ends, each accurate where it is small: 1 - 1e-20 is not 1. Plain value. */
typedef struct fj_correlation {
    double c;     /* -1 <= c <= 1 */
    double below; /* 1 - c */
    double above; /* 1 + c */
} fj_correlation;

/* From c alone; all members NaN for c outside [-1, 1]. O(1). */
FJ_API fj_correlation fj_correlation_of(double c);

/* From distance = 1 - c, accurate where that is small; all members NaN for distance outside [0, 2]. O(1). */
FJ_API fj_correlation fj_correlation_below_one(double distance);

/* One step of the correlation map: both inputs have preactivations of variance q and correlation c, and
 *   *next = (sigma_w^2 E[phi(u1) phi(u2)] + sigma_b^2)/q_next,   q_next = sigma_w^2 E[phi(u1)^2] + sigma_b^2,
 *   u1 = sqrt(q) h1,  u2 = sqrt(q) (c h1 + sqrt(1 - c^2) h2),  h1, h2 ~ N(0,1) independent.
 * Dimensionless. q > 0 need not be a fixed point. 1 - c and 1 + c of the result come without cancellation, to about
 * 1e-13 relative; c itself to 1e-15 absolute. next may be the same object as c.
 * FJ_INVALID: an argument outside its domain (q <= 0, sigma_w <= 0, sigma_b < 0, not finite, c not in [-1, 1]), or a
 * q_next of 0. FJ_RANGE: overflow. FJ_NO_CONVERGENCE: the expectation was not resolved to 1e-11. *next is then NaN.
 * Cost: 10 to 500 microseconds; milliseconds for q > 5 with c near 1. Source: Poole et al. 2016, eq. 5. */
FJ_API fj_status fj_correlation_map(const fj_activation *activation, double sigma_w, double sigma_b,
                                    double q, const fj_correlation *c, fj_correlation *next);

#ifdef __cplusplus
}
#endif
#endif
