/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The length map and all its fixed points.
 *
 * 1. With f(q) = (sigma_w^2 E phi^2 + sigma_b^2)/q - 1, walk q upwards on a logarithmic grid; every change of sign is a
 *    fixed point, found by Brent's method.
 * 2. Where |f| has a minimum between two grid points of equal sign (seen by the slope of f), go to it: the curve may
 *    touch or cross zero there.
 * 3. q = 0 is one more fixed point if sigma_b = 0 and phi(0) = 0.
 * 4. An increasing map moves q monotonically: the recursion from q0 reaches the next fixed point on the side that
 *    f(q0) points to. Otherwise it is iterated. */
#include <float.h>
#include <math.h>
#include "bracket.h"
#include "meanfield_internal.h"

/* f varies over factors of e or more in q; five points a decade cannot hide two crossings and a minimum. */
static const double GRID_PER_DECADE = 5;
/* Where sigma_b = 0 the map is sigma_w^2 phi'(0)^2 q (1 + O(q)): at 1e-14 the correction is still 50 ulp. */
static const double Q_LEAST = 1e-14;
/* Largest q looked at, in units of max(1, sigma_w^2 + sigma_b^2). */
static const double Q_MOST = 1e12, Q_LIMIT = 1e39;
/* Below this |f| is rounding: no sign is taken from it, and a minimum there is a tangency. */
static const double NOISE = 4 * DBL_EPSILON;
/* q0 this close to a fixed point counts as that point. */
static const double SAME = 1e-12;
/* An iteration of a map that is not monotone: it contracts or it never will. */
enum { STEPS_MAX = 2000 };
static const double SETTLED = 1e-6;

typedef struct scan {
    const fj_recursion *map;
    fj_status status;
} scan;

typedef struct scan_point {
    double q, f, df, slope; /* df = d f/d log q, slope of the map */
} scan_point;

fj_status fj_recursion_step(const fj_recursion *map, double q, double *next, fj_averages *averages)
{
    fj_averages own, *a = averages ? averages : &own;
    fj_status status = fj_averages_at(map->activation, q, a);
    *next = status == FJ_OK ? map->sigma_w2 * a->phi2 + map->sigma_b2 : NAN;
    if (status == FJ_OK && !isfinite(*next)) {
        *next = NAN;
        status = FJ_RANGE;
    }
    return status;
}

static scan_point look(scan *s, double q)
{
    fj_averages a;
    double next;
    fj_status status = fj_recursion_step(s->map, q, &next, &a);
    if (status != FJ_OK) {
        s->status = status;
        return (scan_point){q, NAN, NAN, NAN};
    }
    double slope = s->map->sigma_w2 * a.length_slope;
    return (scan_point){q, next / q - 1, slope - next / q, slope};
}

static double excess(void *context, double q)
{
    return look(context, q).f;
}

static double excess_slope(void *context, double q)
{
    return look(context, q).df;
}

static fj_status point_add(const fj_recursion *map, double q, fj_fixed_points *out)
{
    fj_averages a;
    fj_status status = fj_averages_at(map->activation, q, &a);
    if (status != FJ_OK)
        return status;
    if (out->count == FJ_FIXED_POINTS_MAX)
        return FJ_UNSUPPORTED;
    out->point[out->count++] =
        (fj_fixed_point){q, map->sigma_w2 * a.length_slope, map->sigma_w2 * a.mu1};
    return FJ_OK;
}

static fj_status crossing_add(scan *s, double low, double high, fj_fixed_points *out)
{
    double q;
    fj_status status = fj_bracket_root(excess, s, low, high, &q);
    if (s->status != FJ_OK)
        status = s->status;
    return status == FJ_OK ? point_add(s->map, q, out) : status;
}

/* Fixed points between two neighbours on the grid. */
static fj_status interval_add(scan *s, scan_point low, scan_point high, fj_fixed_points *out)
{
    if ((low.f > 0) != (high.f > 0))
        return crossing_add(s, low.q, high.q, out);
    double sign = low.f > 0 ? 1 : -1;
    if (!(sign * low.df < 0 && sign * high.df > 0))
        return FJ_OK;
    double q;
    fj_status status = fj_bracket_root(excess_slope, s, low.q, high.q, &q);
    if (status != FJ_OK)
        return s->status != FJ_OK ? s->status : status;
    double least = look(s, q).f;
    if (fabs(least) <= NOISE)
        return point_add(s->map, q, out);
    if (sign * least > 0)
        return FJ_OK;
    status = crossing_add(s, low.q, q, out);
    return status == FJ_OK ? crossing_add(s, q, high.q, out) : status;
}

fj_status fj_fixed_points_find(const fj_recursion *map, fj_fixed_points *out)
{
    scan s = {.map = map};
    fj_status status = FJ_OK;
    *out = (fj_fixed_points){.monotone = 1};
    if (map->sigma_b2 < DBL_MIN && fj_activation_value(map->activation, 0) == 0)
        status = point_add(map, 0, out);
    double q = map->sigma_b2 < DBL_MIN ? Q_LEAST : map->sigma_b2 / 2;
    double most = fmin(Q_MOST * fmax(1, map->sigma_w2 + map->sigma_b2), Q_LIMIT);
    scan_point last = {.f = NAN};
    while (q < most && status == FJ_OK) {
        scan_point now = look(&s, q);
        q *= pow(10, 1 / GRID_PER_DECADE);
        if (s.status != FJ_OK)
            return s.status;
        out->growth = 1 + now.f;
        if (now.slope < -NOISE * fmax(1, map->sigma_w2))
            out->monotone = 0;
        if (fabs(now.f) <= NOISE)
            continue;
        if (!isnan(last.f))
            status = interval_add(&s, last, now, out);
        last = now;
    }
    return status;
}

/* The recursion itself, for a map that turns back. */
static fj_status iterate(const fj_recursion *map, const fj_fixed_points *points, double q,
                         size_t *index)
{
    for (int step = 0; step < STEPS_MAX; step++) {
        double next;
        fj_status status = fj_recursion_step(map, q, &next, NULL);
        if (status == FJ_INVALID || status == FJ_RANGE)
            return FJ_NO_FIXED_POINT;
        if (status != FJ_OK)
            return status;
        for (size_t i = 0; i < points->count; i++) {
            const fj_fixed_point *point = &points->point[i];
            if (fabs(next - point->q) <= SETTLED * point->q && fabs(point->slope) < 1) {
                *index = i;
                return FJ_OK;
            }
        }
        q = next;
    }
    return FJ_NO_CONVERGENCE;
}

fj_status fj_fixed_points_reached(const fj_recursion *map, const fj_fixed_points *points, double q0,
                                  size_t *index)
{
    size_t above = 0; /* the first fixed point beyond q0 */
    for (; above < points->count && points->point[above].q <= q0; above++)
        ;
    for (size_t i = 0; i < points->count; i++)
        if (fabs(points->point[i].q - q0) <= SAME * q0) {
            *index = i;
            return FJ_OK;
        }
    if (!points->monotone)
        return iterate(map, points, q0, index);
    double next;
    fj_status status = fj_recursion_step(map, q0, &next, NULL);
    if (status != FJ_OK)
        return status;
    if (next >= q0 && above == points->count)
        return next == q0 && above > 0 ? (*index = above - 1, FJ_OK) : FJ_NO_FIXED_POINT;
    if (next < q0 && above == 0)
        return FJ_NO_CONVERGENCE;
    *index = next >= q0 ? above : above - 1;
    return FJ_OK;
}
