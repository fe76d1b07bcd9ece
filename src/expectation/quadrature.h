/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Integrals against the gaussian density over parts of the real axis, many integrands at once. */
#ifndef FJ_EXPECTATION_QUADRATURE_H
#define FJ_EXPECTATION_QUADRATURE_H

#include <stddef.h>
#include <freejac/status.h>

enum { FJ_INTEGRANDS_MAX = 23 };

/* Beyond |h| = 10 the gaussian has mass 2e-23, below the rounding of any integral taken here. */
#define FJ_GAUSSIAN_REACH 10.0

/* exp(-h^2/2) underflows beyond. */
#define FJ_GAUSSIAN_FAR 38.0

/* Fills f[0..n-1] at h, without the gaussian density. */
typedef void fj_integrand(const void *context, double h, double *f);

/* Sums of int f(h) density(h) dh over the intervals added so far. Set n, `growing`, `noise` and `enough`, the rest 0. */
typedef struct fj_gaussian_integral {
    size_t n;
    int growing; /* f may grow without bound: go on until its integrals are complete, to FJ_GAUSSIAN_FAR at most */
    double enough
        [FJ_INTEGRANDS_MAX]; /* absolute error that will do: the rounding of an integrand that cancels */
    double
        noise; /* of f, relative, where it is more than rounding, else 0: then refining ends soon */
    double sum[FJ_INTEGRANDS_MAX];
    double magnitude[FJ_INTEGRANDS_MAX]; /* of |f|: rounding errors are a few ulp of this */
    double error[FJ_INTEGRANDS_MAX];     /* estimated truncation error */
    size_t evaluations;
} fj_gaussian_integral;

/* Adds the interval (from, to), cut at FJ_GAUSSIAN_REACH. The integrand is analytic inside and varies over distances
 * of max(step, |h - centre|) or more, or oscillates over shorter ones. FJ_RANGE if the integrand is not finite, or is growing and not complete at FJ_GAUSSIAN_FAR. */
fj_status fj_gaussian_integrate(fj_integrand *f, const void *context, double from, double to,
                                double centre, double step, fj_gaussian_integral *total);

/* The largest error relative to magnitude (0 where it is `enough`), the rounding of the sum included. */
double fj_gaussian_error(const fj_gaussian_integral *total);

/* End of the panel that starts at h: panels double in length away from centre, from `step` to a fixed limit, so that
 * both the integrand's feature at centre and the gaussian are resolved. */
double fj_gaussian_panel_end(double h, double to, double centre, double step);

/* P(from < h < to), relatively accurate in both tails. */
double fj_gaussian_mass(double from, double to);
double fj_gaussian_density(double h);

#endif
