/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A law as Chebyshev series: the coordinate, and a point.
 *
 * 1. In tau (patches.h) the distribution function and the logarithm of the density over its factor at the ends are smooth.
 * 2. A point is one search and two short sums; its error is the patch's own and what the rounding of log lambda brings, which
 *    grows towards edges. */
#include "patches.h"
#include <float.h>
#include <math.h>
#include <stdlib.h>
#include "chebyshev.h"

void fj_patches_tau_range(const fj_patches *p, double *from, double *to)
{
    const double length = p->big_x[FJ_HIGH] - p->big_x[FJ_LOW];
    *from = p->edge[FJ_LOW] ? 0 : p->edge[FJ_HIGH] ? -sqrt(length) : p->big_x[FJ_LOW];
    *to = p->edge[FJ_LOW] && p->edge[FJ_HIGH] ? M_PI
          : p->edge[FJ_LOW]                   ? sqrt(length)
          : p->edge[FJ_HIGH]                  ? 0
                                              : p->big_x[FJ_HIGH];
}

/* log lambda at tau; *slope = d log lambda/d tau; *factor: what the density is divided by. */
double fj_patches_x_at(const fj_patches *p, double tau, double *slope, double *factor)
{
    if (p->edge[FJ_LOW] && p->edge[FJ_HIGH]) {
        const double half = (p->big_x[FJ_HIGH] - p->big_x[FJ_LOW]) / 2;
        const double sine = sin(tau / 2), cosine = cos(tau / 2);
        *factor =
            (p->edge[FJ_LOW] > 0 ? sine : 1 / sine) * (p->edge[FJ_HIGH] > 0 ? cosine : 1 / cosine);
        *slope = 2 * half * sine * cosine;
        /* from the nearer end */
        return tau < M_PI_2 ? p->big_x[FJ_LOW] + 2 * half * sine * sine
                            : p->big_x[FJ_HIGH] - 2 * half * cosine * cosine;
    }
    *factor = p->edge[FJ_LOW] + p->edge[FJ_HIGH] > 0 ? fabs(tau) : 1 / fabs(tau);
    *slope = 2 * fabs(tau);
    if (p->edge[FJ_LOW])
        return p->big_x[FJ_LOW] + tau * tau;
    if (p->edge[FJ_HIGH])
        return p->big_x[FJ_HIGH] - tau * tau;
    *factor = *slope = 1;
    return tau;
}

static double tau_at(const fj_patches *p, double big_x)
{
    const double below = fmax(big_x - p->big_x[FJ_LOW], 0),
                 above = fmax(p->big_x[FJ_HIGH] - big_x, 0);
    if (p->edge[FJ_LOW] && p->edge[FJ_HIGH])
        return 2 * atan2(sqrt(below), sqrt(above));
    return p->edge[FJ_LOW] ? sqrt(below) : p->edge[FJ_HIGH] ? -sqrt(above) : big_x;
}

void fj_patches_free(fj_patches *patches)
{
    if (patches)
        free(patches->patch);
}

void fj_patches_point(const fj_patches *p, double big_x, double cdf_low, double cdf_high,
                      fj_law_point *out)
{
    *out = (fj_law_point){NAN, NAN, NAN, FJ_NO_CONVERGENCE};
    for (int side = FJ_LOW; side <= FJ_HIGH; side++)
        if (side == FJ_LOW ? big_x < p->big_x[FJ_LOW] : big_x > p->big_x[FJ_HIGH]) {
            if (p->faint[side])
                *out = (fj_law_point){0, side == FJ_LOW ? cdf_low : cdf_high, 0, FJ_OK};
            return;
        }
    const double tau = tau_at(p, big_x);
    size_t low = 0, high = p->n;
    while (high - low > 1) {
        const size_t middle = (low + high) / 2;
        if (p->patch[middle].from <= tau)
            low = middle;
        else
            high = middle;
    }
    const fj_patch *patch = &p->patch[low];
    if (isnan(patch->error))
        return;
    double dx, factor, slope;
    fj_patches_x_at(p, tau, &dx, &factor);
    const double x =
        fmin(1, fmax(-1, (2 * tau - patch->from - patch->to) / (patch->to - patch->from)));
    const double log_density = fj_chebyshev_at(patch->log_density, FJ_PATCH_DEGREE, x, &slope);
    const double density = factor * exp(log_density) / M_PI;
    const double cdf = fj_chebyshev_at(patch->cdf, FJ_PATCH_DEGREE, x, NULL);
    /* d log density/d log lambda: of the series, and of the factor next to an edge */
    double steep = fabs(slope * 2 / (patch->to - patch->from)) / dx;
    for (int side = FJ_LOW; side <= FJ_HIGH; side++)
        if (p->edge[side])
            steep += 0.5 / fabs(big_x - p->big_x[side]);
    const double error = FJ_ACCURACY + patch->error +
                         steep * (4 * patch->rounding + 4 * DBL_EPSILON * (1 + fabs(big_x)));
    if (fj_point_is_known(density, error))
        *out = (fj_law_point){density, fmin(fmax(cdf, cdf_low), cdf_high), error, FJ_OK};
}
