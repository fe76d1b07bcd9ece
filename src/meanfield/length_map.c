/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The length map and all its fixed points.
 *
 * 1. With f(q) = (sigma_w^2 E phi^2 + sigma_b^2)/q - 1, walk q upwards on a logarithmic grid whose averages are shared by
 *    all maps of one activation; every change of sign is a fixed point. Its place follows from the cubic through both
 *    ends with their slopes, and is finished by Newton inside the bracket, by Brent's method if that does not settle.
 * 2. Where |f| has a minimum between two grid points of equal sign (seen by the slope of f) near 0, go to it: the curve may
 *    touch or cross zero there.
 * 3. q = 0 is one more fixed point if sigma_b = 0 and phi(0) = 0.
 * 4. An increasing map moves q monotonically: the recursion from q0 reaches the next fixed point on the side that
 *    f(q0) points to. Otherwise it is iterated.
 * 5. Where phi(x) at tiny x is rounding alone (x - tanh(x), below q = 1e-9) grid points are skipped: phi is its first terms there, and
 *    the slope at q = 0 says where the map goes.
 * 6. Where averages cease to be resolved, at huge q (formulas that oscillate, or overflow as cosh(x) does), the walk ends. By 4 that
 *    does not matter to a recursion that has a fixed point to go to before. It ends sooner where f has been the same over two decades,
 *    far above all that is given, and each average takes as many evaluations as a whole law: what it costs goes like root q. */
#include <float.h>
#include <math.h>
#include "activation_internal.h"
#include "bracket.h"
#include "meanfield_internal.h"

/* Where sigma_b = 0 the map is sigma_w^2 phi'(0)^2 q (1 + O(q)): at 1e-14 the correction is still 50 ulp. The grid's five
 * points a decade cannot hide two crossings and a minimum: f varies over factors of e or more in q. */
static const int GRID_START = FJ_TABLE_FIRST;
/* Largest q looked at, in units of max(1, sigma_w^2 + sigma_b^2). */
static const double Q_MOST = 1e12, Q_LIMIT = 1e39;
/* How far up grid points may be skipped. */
static const double TINY = 1e-9;
/* Where the walk may end for the cost: beyond q of this size, in units of max(1, sigma_w^2 + sigma_b^2), where one average takes so many
 * evaluations, and f has changed by no more than this part of it over so many grid points. */
static const double FAR = 1e5, SETTLED_GROWTH = 0.05;
enum { COSTLY = 10000, SETTLED_POINTS = 2 * FJ_TABLE_PER_DECADE };
/* Below this |f| is rounding: no sign is taken from it, and a minimum there is a tangency. */
static const double NOISE = 4 * DBL_EPSILON;
/* q0 this close to a fixed point counts as that point. */
static const double SAME = 1e-12;
/* Newton in log q: a step this small, times the square root of the slope, leaves an error below rounding. */
static const double NEWTON_LAST = 1e-8;
enum { NEWTON_MAX = 20, CUBIC_STEPS = 40 };
/* The cubic stays this close to f, relative to f at the ends (seen: 2e-5); its minimum is looked for at so many places. */
static const double CUBIC_TRUST = 0.05;
enum { CUBIC_LOOKS = 8 };
/* An iteration of a map that is not monotone: it contracts or it never will. */
enum { STEPS_MAX = 2000 };
static const double SETTLED = 1e-6;

typedef struct scan {
    const fj_recursion *map;
    fj_average_table *table;
    fj_status status;
} scan;

typedef struct scan_point {
    double q, f, df, slope; /* df = d f/d log q, slope of the map */
    size_t evaluations;     /* that it took */
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

static scan_point point_of(scan *s, double q, fj_status status, const fj_averages *a)
{
    double next = status == FJ_OK ? s->map->sigma_w2 * a->phi2 + s->map->sigma_b2 : NAN;
    if (status == FJ_OK && !isfinite(next))
        status = FJ_RANGE;
    if (status != FJ_OK) {
        s->status = status;
        return (scan_point){q, NAN, NAN, NAN, 0};
    }
    double slope = s->map->sigma_w2 * a->length_slope;
    return (scan_point){q, next / q - 1, slope - next / q, slope, a->evaluations};
}

static scan_point look(scan *s, double q)
{
    fj_averages a;
    fj_status status = fj_averages_at(s->map->activation, q, &a);
    return point_of(s, q, status, &a);
}

/* At grid point i; below the table the averages are made anew. */
static scan_point look_at(scan *s, int i)
{
    const fj_averages *a = NULL;
    double q = fj_average_table_q(i);
    if (i < FJ_TABLE_FIRST)
        return look(s, q);
    fj_status status = fj_average_table_at(s->table, i, &a);
    return point_of(s, q, status, a);
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
    out->averages[out->count] = a;
    out->point[out->count++] =
        (fj_fixed_point){q, map->sigma_w2 * a.length_slope, map->sigma_w2 * a.mu1};
    return FJ_OK;
}

/* The cubic in log q through both points, with their slopes, at the part t of the way. */
static double cubic_at(scan_point low, scan_point high, double t)
{
    double width = log(high.q / low.q), u = 1 - t;
    return (low.f * (1 + 2 * t) + low.df * width * t) * u * u +
           (high.f * (1 + 2 * u) - high.df * width * u) * t * t;
}

/* Its root between two points of opposite sign, by bisection. */
static double cubic_root(scan_point low, scan_point high)
{
    double width = log(high.q / low.q), from = 0, to = 1;
    for (int i = 0; i < CUBIC_STEPS; i++) {
        double t = (from + to) / 2;
        if ((cubic_at(low, high, t) > 0) == (low.f > 0))
            from = t;
        else
            to = t;
    }
    return low.q * exp(width * (from + to) / 2);
}

/* Newton for f between low and high, where f changes its sign; 0 if it leaves them or does not settle. */
static int newton(scan *s, scan_point low, scan_point high, double *root)
{
    double q = cubic_root(low, high);
    for (int i = 0; i < NEWTON_MAX; i++) {
        scan_point at = look(s, q);
        double step = -at.f / at.df;
        if (!(fabs(step) < 1))
            return 0;
        double next = q * (1 + step);
        if (!(next > low.q && next < high.q))
            return 0;
        if (fabs(step) <= NEWTON_LAST * sqrt(fmin(1, fabs(at.df)))) {
            *root = next;
            return 1;
        }
        q = next;
    }
    return 0;
}

static fj_status crossing_add(scan *s, scan_point low, scan_point high, fj_fixed_points *out)
{
    double q;
    fj_status status = FJ_OK;
    if (!newton(s, low, high, &q) && s->status == FJ_OK)
        status = fj_bracket_root(excess, s, low.q, high.q, &q);
    if (s->status != FJ_OK)
        status = s->status;
    return status == FJ_OK ? point_add(s->map, q, out) : status;
}

/* Fixed points between two neighbours on the grid. */
static fj_status interval_add(scan *s, scan_point low, scan_point high, fj_fixed_points *out)
{
    if ((low.f > 0) != (high.f > 0))
        return crossing_add(s, low, high, out);
    double sign = low.f > 0 ? 1 : -1;
    if (!(sign * low.df < 0 && sign * high.df > 0))
        return FJ_OK;
    double nearest = INFINITY;
    for (int i = 1; i < CUBIC_LOOKS; i++)
        nearest = fmin(nearest, sign * cubic_at(low, high, (double)i / CUBIC_LOOKS));
    if (nearest > CUBIC_TRUST * (fabs(low.f) + fabs(high.f)))
        return FJ_OK;
    double q;
    fj_status status = fj_bracket_root(excess_slope, s, low.q, high.q, &q);
    if (status != FJ_OK)
        return s->status != FJ_OK ? s->status : status;
    scan_point least = look(s, q);
    if (fabs(least.f) <= NOISE)
        return point_add(s->map, q, out);
    if (sign * least.f > 0)
        return FJ_OK;
    status = crossing_add(s, low, least, out);
    return status == FJ_OK ? crossing_add(s, least, high, out) : status;
}

/* One more point of the walk. */
static fj_status walk(scan *s, scan_point now, scan_point *last, fj_fixed_points *out)
{
    fj_status status = FJ_OK;
    if (s->status != FJ_OK)
        return s->status;
    out->growth = 1 + now.f;
    if (now.slope < -NOISE * fmax(1, s->map->sigma_w2))
        out->monotone = 0;
    if (fabs(now.f) <= NOISE)
        return FJ_OK;
    if (!isnan(last->f))
        status = interval_add(s, *last, now, out);
    *last = now;
    return status;
}

/* Takes f at the next grid point: has it been like that at the last of them all? NaN: there were fewer. */
static int is_settled(double f, double before[SETTLED_POINTS])
{
    int same = 1;
    for (int i = SETTLED_POINTS - 1; i >= 0; i--) {
        same &= fabs(f - before[i]) <= SETTLED_GROWTH * fabs(f);
        before[i] = i > 0 ? before[i - 1] : f;
    }
    return same;
}

double fj_fixed_points_most(const fj_recursion *map)
{
    return fmin(Q_MOST * fmax(1, map->sigma_w2 + map->sigma_b2), Q_LIMIT);
}

fj_status fj_fixed_points_find(const fj_recursion *map, fj_average_table *table,
                               fj_fixed_points *out)
{
    scan s = {.map = map, .table = table};
    fj_status status = FJ_OK;
    scan_point last = {.f = NAN};
    int i = GRID_START;
    out->count = 0;
    out->monotone = 1;
    out->most = INFINITY;
    out->growth = NAN;
    if (map->sigma_b2 < DBL_MIN) {
        if (fj_activation_value(map->activation, 0) == 0)
            status = point_add(map, 0, out);
    } else { /* the map exceeds sigma_b^2: nothing below */
        status = walk(&s, look(&s, map->sigma_b2 / 2), &last, out);
        i = (int)ceil(log10(map->sigma_b2 / 2) * FJ_TABLE_PER_DECADE);
        while (fj_average_table_q(i) <= map->sigma_b2 / 2)
            i++;
    }
    double most = fj_fixed_points_most(map);
    const double far = FAR * fmax(1, map->sigma_w2 + map->sigma_b2);
    double before[SETTLED_POINTS];
    for (int k = 0; k < SETTLED_POINTS; k++)
        before[k] = NAN;
    for (; fj_average_table_q(i) < most && status == FJ_OK; i++) {
        const scan_point now = look_at(&s, i);
        status = walk(&s, now, &last, out);
        const int settled = is_settled(now.f, before);
        if (status == FJ_OK && settled && now.q > far && now.evaluations > COSTLY) {
            out->most = now.q;
            out->growth = NAN;
            return FJ_OK;
        }
        if (status == FJ_NO_CONVERGENCE && out->count == 1 && isnan(last.f) &&
            fj_average_table_q(i) < TINY)
            status = s.status = FJ_OK;
        if (status == FJ_RANGE && last.f > 0 && fj_activation_is_unbounded(map->activation)) {
            out->growth = INFINITY; /* faster than any power: no fixed point is left up there */
            return FJ_OK;
        }
    }
    if ((s.status == FJ_NO_CONVERGENCE || s.status == FJ_RANGE) && !isnan(last.f)) {
        while (out->count > 0 && out->point[out->count - 1].q > last.q)
            out->count--;
        out->most = last.q;
        out->growth = NAN;
        return FJ_OK;
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
    if (q0 > points->most)
        return FJ_NO_CONVERGENCE;
    if (!points->monotone)
        return iterate(map, points, q0, index);
    double next;
    fj_status status = fj_recursion_step(map, q0, &next, NULL);
    if (status != FJ_OK)
        return status;
    if (next > q0 && above == points->count && isfinite(points->most))
        return FJ_NO_CONVERGENCE;
    if (next >= q0 && above == points->count)
        return next == q0 && above > 0 ? (*index = above - 1, FJ_OK) : FJ_NO_FIXED_POINT;
    if (next < q0 && above == 0)
        return FJ_NO_CONVERGENCE;
    *index = next >= q0 ? above : above - 1;
    return FJ_OK;
}
