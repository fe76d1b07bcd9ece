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

void fj_patches_tau_range(const fj_patches *p, double *from, double *to)
{
    const double length = p->big_x[FJ_HIGH] - p->big_x[FJ_LOW];
    *from = p->edge[FJ_LOW] ? 0 : p->edge[FJ_HIGH] ? -sqrt(length) : p->big_x[FJ_LOW];
    *to = p->edge[FJ_LOW] && p->edge[FJ_HIGH] ? M_PI
          : p->edge[FJ_LOW]                   ? sqrt(length)
          : p->edge[FJ_HIGH]                  ? 0
                                              : p->big_x[FJ_HIGH];
}

fj_place fj_patches_place(const fj_patches *p, double tau)
{
    if (p->edge[FJ_LOW] && p->edge[FJ_HIGH]) {
        const double length = p->big_x[FJ_HIGH] - p->big_x[FJ_LOW];
        const double sine = sin(tau / 2), cosine = cos(tau / 2);
        const double low = cosine / (2 * sine),
                     high = -sine / (2 * cosine); /* of their logarithms */
        return (fj_place){.tau = tau,
                          /* from the nearer end */
                          .big_x = tau < M_PI_2 ? p->big_x[FJ_LOW] + length * sine * sine
                                                : p->big_x[FJ_HIGH] - length * cosine * cosine,
                          .slope = length * sine * cosine,
                          .factor = (p->edge[FJ_LOW] > 0 ? sine : 1 / sine) *
                                    (p->edge[FJ_HIGH] > 0 ? cosine : 1 / cosine),
                          .root = sine * cosine,
                          .dlog_factor = p->edge[FJ_LOW] * low + p->edge[FJ_HIGH] * high,
                          .dlog_root = low + high};
    }
    const int edge = p->edge[FJ_LOW] + p->edge[FJ_HIGH];
    if (!edge)
        return (fj_place){tau, tau, 1, 1, 1, 0, 0};
    const double size = fabs(tau);
    return (fj_place){.tau = tau,
                      .big_x = p->edge[FJ_LOW] ? p->big_x[FJ_LOW] + tau * tau
                                               : p->big_x[FJ_HIGH] - tau * tau,
                      .slope = 2 * size,
                      .factor = edge > 0 ? size : 1 / size,
                      .root = size,
                      .dlog_factor = edge / tau,
                      .dlog_root = 1 / tau};
}

double fj_patches_tau(const fj_patches *p, double big_x)
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

/* The series at x, with the slope of the first: Clenshaw's recurrences side by side, for each waits for its own last sum. */
static void series_at(const fj_patch *patch, double x, double *log_density, double *slope,
                      double *cdf)
{
    const double *c = patch->log_density, *f = patch->cdf, x2 = 2 * x;
    double b1 = 0, b2 = 0, d1 = 0, d2 = 0, f1 = 0, f2 = 0;
    for (size_t k = FJ_PATCH_DEGREE; k > 0; k--) {
        const double d = x2 * d1 + (2 * b1 - d2), b = x2 * b1 + (c[k] - b2),
                     g = x2 * f1 + (f[k] - f2);
        d2 = d1, d1 = d;
        b2 = b1, b1 = b;
        f2 = f1, f1 = g;
    }
    *slope = b1 + x * d1 - d2;
    *log_density = c[0] + x * b1 - b2;
    *cdf = f[0] + x * f1 - f2;
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
    const double tau = fj_patches_tau(p, big_x);
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
    const fj_place place = fj_patches_place(p, tau);
    double slope, log_density, cdf;
    const double x =
        fmin(1, fmax(-1, (2 * tau - patch->from - patch->to) / (patch->to - patch->from)));
    series_at(patch, x, &log_density, &slope, &cdf);
    const double density = place.factor * exp(log_density) / M_PI;
    /* d log density/d log lambda: of the series, and of the factor next to an edge */
    double steep = fabs(slope * 2 / (patch->to - patch->from)) / place.slope;
    for (int side = FJ_LOW; side <= FJ_HIGH; side++)
        if (p->edge[side])
            steep += 0.5 / fabs(big_x - p->big_x[side]);
    const double error = p->accuracy + patch->error +
                         steep * (4 * patch->rounding + 4 * DBL_EPSILON * (1 + fabs(big_x)));
    if (fj_point_is_known(density, error))
        *out = (fj_law_point){density, fmin(fmax(cdf, cdf_low), cdf_high), error, FJ_OK};
}
