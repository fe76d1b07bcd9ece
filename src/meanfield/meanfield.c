/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where a network stands: its fixed point, and what follows from it.
 *
 * Homogeneous phi is solved by hand: the map is q -> A q + sigma_b^2 with A = sigma_w^2 mu1. For the rest length_map.c finds
 * the fixed points and the one in force, correlation.c the correlation map's in the chaotic phase. */
#include <float.h>
#include <math.h>
#include "detail.h"
#include "meanfield_internal.h"

/* chi counts as 1 within this many units of rounding, times what rounding of sigma_w, sigma_b moves chi by. */
static const double CRITICAL_ULPS = 16 * DBL_EPSILON;
/* The search for fixed points reaches so far. */
static const double SIGMA_MOST = 1e6;
/* sigma_b^2 below 0 by less than this many of its error estimates counts as 0. */
static const double NEGATIVE_ERRORS = 8;
/* Near q = 0 with slope 1 the next order decides stability; it is visible here. */
static const double Q_NEAR_ZERO = 1e-8;
/* How far critical points are looked for when the one asked for is infeasible. */
static const double SEARCH_RATIO = 1.25, SEARCH_MOST = 1e8;
/* Upwards it ends where one average takes so many evaluations (a bend far narrower than q). */
enum { DEAR = 10000 };

static void fill_nan(fj_meanfield *out)
{
    *out = (fj_meanfield){.sigma_w = NAN,
                          .sigma_b = NAN,
                          .q_star = NAN,
                          .chi = NAN,
                          .slope = NAN,
                          .searched_to = INFINITY};
    out->xi_q = out->xi_c = out->c_star = NAN;
}

static double depth_scale(double slope)
{
    return fabs(slope) < 1 ? -1 / log(fabs(slope)) : NAN;
}

static int valid(const fj_activation *a, double sigma_w, double sigma_b, double q)
{
    return a && sigma_w > 0 && isfinite(sigma_w) && sigma_b >= 0 && isfinite(sigma_b) && q >= 0 &&
           isfinite(q);
}

fj_status fj_length_map(const fj_activation *activation, double sigma_w, double sigma_b, double q,
                        double *q_next)
{
    if (!q_next)
        return FJ_INVALID;
    *q_next = NAN;
    if (!valid(activation, sigma_w, sigma_b, q))
        return FJ_INVALID;
    fj_recursion map = {activation, sigma_w * sigma_w, sigma_b * sigma_b};
    return fj_recursion_step(&map, q, q_next, NULL);
}

/* ---- the state at a given (sigma_w, sigma_b) ---- */

/* q -> A q + sigma_b^2: where it goes. */
static fj_status solve_homogeneous(const fj_recursion *map, double q0, fj_meanfield *out,
                                   fj_averages *averages, fj_detail *detail)
{
    fj_averages a;
    fj_status status = fj_averages_at(map->activation, 1, &a);
    *averages = a; /* only what does not depend on q is used */
    if (status != FJ_OK)
        return status;
    double factor = map->sigma_w2 * a.mu1, q = 0;
    const char *name = fj_activation_name(map->activation);
    int marginal = fabs(factor - 1) <= CRITICAL_ULPS;
    if (marginal && map->sigma_b2 > 0)
        return fj_fail(detail, FJ_NO_FIXED_POINT,
                       "%s with sigma_w = %.10g: q grows by sigma_b^2 = %g in every layer; take "
                       "sigma_b = 0 or sigma_w below %.10g",
                       name, out->sigma_w, map->sigma_b2, sqrt(1 / a.mu1));
    if (!marginal && factor > 1 && (map->sigma_b2 > 0 || q0 > 0))
        return fj_fail(detail, FJ_NO_FIXED_POINT,
                       "%s with sigma_w = %.10g: q grows by the factor sigma_w^2 E[phi'^2] = %.10g "
                       "in every layer; take sigma_w below %.10g",
                       name, out->sigma_w, factor, sqrt(1 / a.mu1));
    if (marginal) {
        factor = 1;
        q = q0; /* every q stays where it is */
    } else if (factor < 1) {
        q = map->sigma_b2 / (1 - factor);
    }
    out->stable = factor <= 1;
    out->fixed_point_count = 1;
    out->fixed_points[0] = (fj_fixed_point){q, factor, factor};
    return FJ_OK;
}

/* What a search takes besides the map. */
typedef struct search {
    fj_average_table *table;
    double q0;
    size_t index;         /* of the fixed point in force */
    fj_averages averages; /* there */
} search;

/* All fixed points of any other phi. */
static fj_status solve_general(const fj_recursion *map, search *at, fj_meanfield *out,
                               fj_detail *detail)
{
    fj_fixed_points points;
    double q0 = at->q0;
    const char *name = fj_activation_name(map->activation);
    fj_status status = fj_fixed_points_find(map, at->table, &points);
    if (status == FJ_OK) { /* they are told even if none of them is reached */
        out->fixed_point_count = points.count;
        out->searched_to = points.most;
        for (size_t i = 0; i < points.count; i++)
            out->fixed_points[i] = points.point[i];
        status = fj_fixed_points_reached(map, &points, q0, &at->index);
    }
    if (status == FJ_NO_FIXED_POINT && points.count == 1 && points.point[0].q == 0)
        return fj_fail(
            detail, status,
            "%s with sigma_w = %.10g, sigma_b = 0: q grows without bound, since its only "
            "fixed point, 0, repels; take a smaller sigma_w",
            name, out->sigma_w);
    if (status == FJ_NO_FIXED_POINT && points.count > 0)
        return fj_fail(
            detail, status,
            "%s with sigma_w = %.10g, sigma_b = %.10g: from q = %.10g on q grows without "
            "bound; start below q = %.10g or take a smaller sigma_w",
            name, out->sigma_w, out->sigma_b, q0, points.point[points.count - 1].q);
    if (status == FJ_NO_FIXED_POINT && isinf(points.growth))
        return fj_fail(detail, status,
                       "%s with sigma_w = %.10g, sigma_b = %.10g: q grows without bound, faster in "
                       "every layer; take a smaller sigma_w",
                       name, out->sigma_w, out->sigma_b);
    if (status == FJ_NO_FIXED_POINT)
        return fj_fail(
            detail, status,
            "%s with sigma_w = %.10g, sigma_b = %.10g: q grows without bound, in the end "
            "by the factor %.6g in every layer; take a smaller sigma_w",
            name, out->sigma_w, out->sigma_b, points.growth);
    if (status == FJ_NO_CONVERGENCE && isfinite(out->searched_to))
        return fj_fail(
            detail, status,
            "%s with sigma_w = %.10g, sigma_b = %.10g: from q = %.10g on no fixed point is reached "
            "below q = %.6g, and E[phi^2] is not resolved beyond, or not soon",
            name, out->sigma_w, out->sigma_b, q0, out->searched_to);
    if (status != FJ_OK)
        return fj_fail(
            detail, status,
            "%s with sigma_w = %.10g, sigma_b = %.10g: the fixed point of the length map "
            "was not found (%s)",
            name, out->sigma_w, out->sigma_b, fj_status_message(status));
    const fj_fixed_point *in_force = &points.point[at->index];
    at->averages = points.averages[at->index];
    out->stable = fabs(in_force->slope) < 1;
    if (in_force->q == 0 && fabs(in_force->slope - 1) <= CRITICAL_ULPS) {
        double next;
        status = fj_recursion_step(map, Q_NEAR_ZERO, &next, NULL);
        out->stable = status == FJ_OK && next <= Q_NEAR_ZERO;
    }
    return status;
}

/* chi = 1 up to what the rounding of sigma_w and sigma_b does to q* and with it to chi. */
static int is_critical(const fj_recursion *map, const fj_fixed_point *point, const fj_averages *a)
{
    double moved = 1;
    if (point->q > 0)
        moved += map->sigma_w2 * fabs(a->mu1_log_slope) / fmax(DBL_EPSILON, fabs(1 - point->slope));
    return fabs(point->chi - 1) <= CRITICAL_ULPS * moved;
}

static fj_status phase_find(const fj_recursion *map, const fj_fixed_point *point,
                            const fj_averages *averages, fj_meanfield *out)
{
    out->q_star = point->q;
    out->chi = point->chi;
    out->slope = point->slope;
    out->xi_q = depth_scale(point->slope);
    out->xi_c = NAN;
    out->c_star = 1;
    out->phase = FJ_PHASE_CRITICAL;
    if (is_critical(map, point, averages))
        return FJ_OK;
    out->phase = point->chi < 1 ? FJ_PHASE_ORDERED : FJ_PHASE_CHAOTIC;
    if (out->phase == FJ_PHASE_ORDERED) {
        out->xi_c = depth_scale(point->chi);
        return FJ_OK;
    }
    double slope;
    fj_status status = fj_correlation_fixed_point(map, point, averages, &out->c_star, &slope);
    out->xi_c = depth_scale(slope);
    return status;
}

fj_status fj_meanfield_find(const fj_recursion *map, fj_average_table *table, double q0,
                            fj_meanfield *out, fj_detail *detail)
{
    search at = {.table = table, .q0 = q0};
    fill_nan(out);
    fj_meanfield found = *out;
    found.sigma_w = sqrt(map->sigma_w2);
    found.sigma_b = sqrt(map->sigma_b2);
    fj_status status = fj_activation_is_homogeneous(map->activation)
                           ? solve_homogeneous(map, q0, &found, &at.averages, detail)
                           : solve_general(map, &at, &found, detail);
    *out = found;
    if (status != FJ_OK)
        return status;
    status = phase_find(map, &found.fixed_points[at.index], &at.averages, &found);
    *out = found;
    if (status != FJ_OK)
        return fj_fail(detail, status, "%s: the correlation map at q = %.10g was not resolved",
                       fj_activation_name(map->activation), found.q_star);
    return FJ_OK;
}

fj_status fj_meanfield_check(const fj_activation *activation, double sigma_w, double sigma_b,
                             double q0, fj_detail *detail)
{
    if (!valid(activation, sigma_w, sigma_b, q0))
        return fj_fail(
            detail, FJ_INVALID,
            "needs an activation, sigma_w > 0, sigma_b >= 0 and q0 >= 0, all finite; got "
            "sigma_w = %g, sigma_b = %g, q0 = %g",
            sigma_w, sigma_b, q0);
    if (sigma_w > SIGMA_MOST || sigma_b > SIGMA_MOST)
        return fj_fail(detail, FJ_INVALID,
                       "sigma_w = %g, sigma_b = %g: standard deviations above %g are not covered",
                       sigma_w, sigma_b, SIGMA_MOST);
    return FJ_OK;
}

fj_status fj_meanfield_solve(const fj_activation *activation, double sigma_w, double sigma_b,
                             double q0, fj_meanfield *out, fj_detail *detail)
{
    if (!out)
        return fj_fail(detail, FJ_INVALID, "no place for the mean field (out is NULL)");
    fill_nan(out);
    fj_status status = fj_meanfield_check(activation, sigma_w, sigma_b, q0, detail);
    if (status != FJ_OK)
        return status;
    fj_average_table table;
    fj_average_table_init(&table, activation);
    fj_recursion map = {activation, sigma_w * sigma_w, sigma_b * sigma_b};
    status = fj_meanfield_find(&map, &table, q0, out, detail);
    if (status == FJ_OK || status == FJ_NO_FIXED_POINT)
        out->sigma_w = sigma_w, out->sigma_b = sigma_b; /* not the root of the square */
    else
        fill_nan(out);
    return status;
}

/* ---- the critical line ---- */

/* The nearest larger, or else smaller, q on a grid where the critical line exists; 0 if none is found. */
static double feasible_near(const fj_activation *activation, double q)
{
    for (int side = 0; side < 2; side++) {
        double ratio = side == 0 ? SEARCH_RATIO : 1 / SEARCH_RATIO;
        fj_averages a;
        double p = q * ratio;
        while (p < SEARCH_MOST && p > 1 / SEARCH_MOST) {
            const fj_status status = fj_averages_at(activation, p, &a);
            if (status == FJ_OK && a.sigma_b2_critical >= 0)
                return p;
            if (side == 0 && (status != FJ_OK || a.evaluations > DEAR))
                break;
            p *= ratio;
        }
    }
    return 0;
}

static fj_status infeasible(const fj_activation *activation, double q, double sigma_b2,
                            fj_detail *detail)
{
    if (!detail) /* no one to tell where there is one */
        return FJ_INFEASIBLE;
    const char *name = fj_activation_name(activation);
    double near = feasible_near(activation, q);
    if (near > 0)
        return fj_fail(
            detail, FJ_INFEASIBLE,
            "%s has no critical point at q = %.10g: sigma_b^2 would be %.6g; there is one "
            "at q = %.3g",
            name, q, sigma_b2, near);
    return fj_fail(
        detail, FJ_INFEASIBLE,
        "%s has no critical point at q = %.10g: sigma_b^2 would be %.6g, and negative at "
        "every other q tried; give sigma_w and sigma_b instead",
        name, q, sigma_b2);
}

fj_status fj_meanfield_critical(const fj_activation *activation, double q, fj_meanfield *out,
                                fj_detail *detail)
{
    if (!out)
        return fj_fail(detail, FJ_INVALID, "no place for the mean field (out is NULL)");
    fill_nan(out);
    if (!activation || !(q > 0) || !isfinite(q))
        return fj_fail(detail, FJ_INVALID, "needs an activation and a finite q > 0, got q = %g", q);
    fj_averages a;
    fj_status status = fj_averages_at(activation, q, &a);
    if (status == FJ_OK && isinf(a.sigma_b2_critical)) /* constant around 0 */
        return infeasible(activation, q, a.sigma_b2_critical, detail);
    if (status == FJ_OK && !(a.mu1 > 0 && isfinite(1 / a.mu1)))
        status = FJ_RANGE;
    if (status != FJ_OK)
        return fj_fail(detail, status == FJ_INVALID ? FJ_RANGE : status,
                       "%s: the averages at q = %g were not obtained",
                       fj_activation_name(activation), q);
    double sigma_b2 = a.sigma_b2_critical;
    if (sigma_b2 < -NEGATIVE_ERRORS * a.sigma_b2_error - DBL_MIN) /* hard-tanh at small q */
        return infeasible(activation, q, sigma_b2, detail);
    out->sigma_w = sqrt(1 / a.mu1);
    out->sigma_b = sqrt(fmax(0, sigma_b2));
    out->q_star = q;
    out->chi = 1;
    out->slope = a.length_slope / a.mu1;
    /* a slope of 1 - 2q rounds to 1 for q near 0 */
    out->stable = fabs(out->slope) <= 1 + CRITICAL_ULPS;
    out->phase = FJ_PHASE_CRITICAL;
    out->xi_q = depth_scale(out->slope);
    out->c_star = 1;
    out->fixed_point_count = 1;
    out->fixed_points[0] = (fj_fixed_point){q, out->slope, 1};
    return FJ_OK;
}
