/* SPDX-License-Identifier: GPL-3.0-or-later
 * freejac: lengths, gains and correlations layer by layer, before a network has settled at its fixed point. */
#ifndef FREEJAC_TRAJECTORY_H
#define FREEJAC_TRAJECTORY_H

#include <stddef.h>
#include <stdint.h>
#include <freejac/activation.h>

#ifdef __cplusplus
extern "C" {
#endif

/* One layer; all dimensionless. */
typedef struct fj_layer {
    double q;           /* variance of its preactivations */
    double chi;         /* sigma_w^2 E[phi'(sqrt(q) h)^2], its mean squared gain */
    double c;           /* correlation of two inputs' preactivations */
    double one_minus_c; /* accurate also where c rounds to 1 */
} fj_layer;

/* Two inputs of equal length on their way through a network. It moves: one thread at a time. */
typedef struct fj_trajectory fj_trajectory;

/* Starts in layer 1 with q^1 = q0 and c^1 = c0; then, for l = 1, 2, ...
 *   q^(l+1) = sigma_w^2 E[phi(sqrt(q^l) h)^2] + sigma_b^2,
 *   c^(l+1) = (sigma_w^2 E[phi(u1) phi(u2)] + sigma_b^2)/q^(l+1)   (fj_correlation_map at q^l, c^l).
 * Where q^l has underflowed (sigma_b = 0, phi(0) = 0) c^l follows the map's limit as q -> 0.
 * sigma_w > 0, sigma_b, q0 >= 0, finite, and -1 <= c0 <= 1, else FJ_INVALID. FJ_NO_MEMORY.
 * Ownership: *out is the caller's, to be freed with fj_trajectory_destroy; NULL on failure; `activation` must outlive it.
 * O(1). Source: Poole et al. 2016, eqs. 3 and 5; Schoenholz et al. 2017. */
FJ_API fj_status fj_trajectory_create(const fj_activation *activation, double sigma_w,
                                      double sigma_b, double q0, double c0, fj_trajectory **out,
                                      fj_detail *detail);

/* Frees a trajectory; NULL does nothing. O(1). */
FJ_API void fj_trajectory_destroy(fj_trajectory *trajectory);

/* The next n layers, into layers[0..n-1]. FJ_OK; FJ_INVALID for NULL; or, with the numbers concerned and those of all later
 * layers NaN,
 * FJ_RANGE: q passed 1e40 (1e308 for homogeneous phi) or what it could be computed from;
 * FJ_NO_CONVERGENCE: an expectation was not resolved (only the correlations are NaN if that was theirs).
 * Cost of a layer: 5 to 25 microseconds while q moves and 10 to 500 more while c does; one once q has settled (4 for
 * piecewise linear phi; a tenth of a second in all to get there for other kinks), and nothing once both have. */
FJ_API fj_status fj_trajectory_next(fj_trajectory *trajectory, size_t n, fj_layer *layers);

/* Keeps q where it is in all layers to come, whatever the length map says: for a network placed at a fixed point, which
 * rounding would leave if it is unstable. O(1). */
FJ_API void fj_trajectory_hold(fj_trajectory *trajectory);

/* 1 if all layers to come equal the last one given, to double precision; else 0. O(1). */
FJ_API int fj_trajectory_settled(const fj_trajectory *trajectory);

#ifdef __cplusplus
}
#endif
#endif
