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
#include "lanes.h"

void fj_patches_tau_range(const fj_patches *p, double *from, double *to)
{
    const double length = p->big_x[FJ_HIGH] - p->lowest;
    *from = p->edge[FJ_LOW] ? 0 : p->edge[FJ_HIGH] ? -sqrt(length) : p->lowest;
    *to = p->edge[FJ_LOW] && p->edge[FJ_HIGH] ? M_PI
          : p->edge[FJ_LOW]                   ? sqrt(length)
          : p->edge[FJ_HIGH]                  ? 0
                                              : p->big_x[FJ_HIGH];
}

double fj_patches_least(const fj_patches *p)
{
    double first, last;
    if (atomic_load(&p->open))
        return -INFINITY;
    fj_patches_tau_range(p, &first, &last);
    return first;
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

/* x, or the end of [low, high] that it lies beyond: faster than fmin and fmax, which are calls. */
static inline double within(double x, double low, double high)
{
    return x < low ? low : x > high ? high : x;
}

double fj_patches_tau(const fj_patches *p, double big_x)
{
    const double below = within(big_x - p->big_x[FJ_LOW], 0, INFINITY),
                 above = within(p->big_x[FJ_HIGH] - big_x, 0, INFINITY);
    if (p->edge[FJ_LOW] && p->edge[FJ_HIGH])
        return 2 * atan2(sqrt(below), sqrt(above));
    return p->edge[FJ_LOW] ? sqrt(below) : p->edge[FJ_HIGH] ? -sqrt(above) : big_x;
}

/* The three series at x in [-1, 1]: T_(k + 4) = 2 T_4 T_k - T_(k - 4) for four k at a time, since Clenshaw's recurrence waits for
 * its own last sum at each k. */
static inline __attribute__((always_inline)) void
sums_at(const fj_patch *patch, double x, double *log_density, double *slope, double *cdf)
{
    _Static_assert((FJ_PATCH_DEGREE + 1) % 4 == 0, "four at a time");
    const double t2 = 2 * x * x - 1, t3 = x * (2 * t2 - 1), t4 = 2 * t2 * t2 - 1;
    const fj_quad twice = FJ_QUAD_ALL(2 * t4);
    fj_quad before = {t4, t3, t2, x}, now = {1, x, t2, t3};
    fj_quad sum = FJ_QUAD_ALL(0), sum_slope = sum, sum_cdf = sum;
    for (size_t k = 0; k <= FJ_PATCH_DEGREE; k += 4) {
        fj_quad c, d, f;
        fj_quad_load(patch->log_density + k, &c);
        fj_quad_load(patch->slope + k, &d);
        fj_quad_load(patch->cdf + k, &f);
        sum += now * c;
        sum_slope += now * d;
        sum_cdf += now * f;
        const fj_quad next = twice * now - before;
        before = now;
        now = next;
    }
    *log_density = fj_quad_sum(&sum);
    *slope = fj_quad_sum(&sum_slope);
    *cdf = fj_quad_sum(&sum_cdf);
}

static void sums_anywhere(const fj_patch *patch, double x, double *log_density, double *slope,
                          double *cdf)
{
    sums_at(patch, x, log_density, slope, cdf);
}

#ifdef __x86_64__
__attribute__((target("avx2"))) static void
sums_by_avx2(const fj_patch *patch, double x, double *log_density, double *slope, double *cdf)
{
    sums_at(patch, x, log_density, slope, cdf);
}
#endif

static void series_at(const fj_patch *patch, double x, double *log_density, double *slope,
                      double *cdf)
{
#ifdef __x86_64__
    if (__builtin_cpu_supports("avx2"))
        sums_by_avx2(patch, x, log_density, slope, cdf);
    else
#endif
        sums_anywhere(patch, x, log_density, slope, cdf);
}

void fj_patches_point(const fj_patches *p, double big_x, double cdf_low, double cdf_high,
                      fj_law_point *out)
{
    *out = (fj_law_point){NAN, NAN, NAN, FJ_NO_CONVERGENCE};
    const double tau = fj_patches_tau(p, big_x);
    if (big_x < p->big_x[FJ_LOW] && atomic_load(&p->open))
        fj_patches_extend(p, tau);
    const int below = big_x < p->big_x[FJ_LOW] && !atomic_load(&p->open) && big_x < p->lowest;
    if (below || big_x > p->big_x[FJ_HIGH]) {
        if (p->faint[below ? FJ_LOW : FJ_HIGH])
            *out = (fj_law_point){0, below ? cdf_low : cdf_high, 0, FJ_OK};
        return;
    }
    fj_patches_extend(p, tau);
    const size_t n = atomic_load(&p->n);
    const fj_patch *patch = p->patch;
    size_t low = 0, high = n; /* the first that begins at or below tau is one of low .. high */
    while (low < high) {
        const size_t middle = (low + high) / 2;
        if (patch[middle].from <= tau)
            high = middle;
        else
            low = middle + 1;
    }
    if (low == n || isnan(patch[low].error))
        return;
    patch += low;
    const fj_place place = fj_patches_place(p, tau);
    double slope, log_density, cdf;
    const double inverse = 1 / (patch->to - patch->from);
    const double x = within((2 * tau - patch->from - patch->to) * inverse, -1, 1);
    series_at(patch, x, &log_density, &slope, &cdf);
    const double density = place.factor * exp(log_density) / M_PI;
    /* d log density/d log lambda: of the series, and of the factor next to an edge */
    double steep = fabs(slope * 2 * inverse) / place.slope;
    for (int side = FJ_LOW; side <= FJ_HIGH; side++)
        if (p->edge[side])
            steep += 0.5 / fabs(big_x - p->big_x[side]);
    const double error = p->accuracy + patch->error +
                         steep * (4 * patch->rounding + 4 * DBL_EPSILON * (1 + fabs(big_x)));
    out->cdf = within(cdf, cdf_low, cdf_high);
    if (fj_point_is_known(density, error))
        *out = (fj_law_point){density, out->cdf, error, FJ_OK};
}
