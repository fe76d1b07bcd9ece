/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the averages of an activation share: its geometry at one q. */
#ifndef FJ_EXPECTATION_AVERAGE_INTERNAL_H
#define FJ_EXPECTATION_AVERAGE_INTERNAL_H

#include "activation_internal.h"
#include "quadrature.h"

/* An activation seen through x = sqrt(q) h. */
typedef struct fj_view {
    const fj_activation *activation;
    double q, root_q;
    double
        scale; /* the x axis's unit: phi varies over distances of max(scale, |x|), or oscillates over scale */
    int smooth;    /* analytic on the whole axis */
    int half_line; /* integrands are even (or vanish by oddness): integrate h > 0, double */
    double noise;  /* of phi', relative, where it is more than rounding; else 0 */
    int narrow;    /* smooth, and q so small that Taylor coefficients of phi fall fast */
    int saturated; /* periodic phi at so large a q that no average depends on it any more; q is then lowered */
} fj_view;

/* FJ_INVALID unless 0 <= q <= 1e40. half_line is set where phi itself is odd or even. */
fj_status fj_view_init(const fj_activation *activation, double q, fj_view *view);

/* Adds the integrals over all pieces (not the flats), folded where half_line is set. */
fj_status fj_view_integrate(const fj_view *view, fj_integrand *f, const void *context,
                            fj_gaussian_integral *total);

/* FJ_NO_CONVERGENCE where the estimated error of the integrals is not acceptable. */
fj_status fj_view_check(const fj_gaussian_integral *total);

/* P(x in flat i) */
double fj_view_flat_mass(const fj_view *view, size_t i);

/* t(x) - t(0), relatively accurate at small |x| (narrow views only). */
double fj_view_deviation(const fj_view *view, double x);

/* log t(x), also where t underflows; -infinity at its zeros. */
double fj_view_log_t(const fj_view *view, double x);

#endif
