/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The correlation map and its stable fixed point in the chaotic phase (Poole et al. 2016, eq. 5):
 *     f(c) = (sigma_w^2 E[phi(u1) phi(u2)] + sigma_b^2)/q_next.
 *
 * 1. 1 - f and 1 + f are sums of positive terms, made from the pair's values without cancellation.
 * 2. At a fixed point q of the length map f is a power series in c with coefficients >= 0, f(1) = 1 and f'(1) = chi. If
 *    chi > 1 there is exactly one fixed point c* in [0, 1).
 * 3. With e = 1 - c, (1 - f)/e decreases in e from chi at e = 0 to 1 - f(0) at e = 1, and c* is where it is 1. */
#include <float.h>
#include <math.h>
#include "bracket.h"
#include "meanfield_internal.h"

fj_status fj_correlation_step(const fj_recursion *map, fj_pair *pair, const fj_correlation *c,
                              fj_correlation *next)
{
    fj_pair_values v;
    fj_status status = fj_pair_at(pair, c, &v);
    double whole = map->sigma_w2 * pair->averages.phi2 + map->sigma_b2;
    double below = map->sigma_w2 * v.apart / whole;
    double above = (map->sigma_w2 * v.together + 2 * map->sigma_b2) / whole;
    *next = (fj_correlation){NAN, NAN, NAN};
    if (status != FJ_OK)
        return status;
    if (!isfinite(below) || !isfinite(above))
        return FJ_RANGE;
    /* each by itself may round across an end */
    below = fmin(2, fmax(0, below));
    above = fmin(2, fmax(0, above));
    *next = (fj_correlation){below < above ? 1 - below : above - 1, below, above};
    return FJ_OK;
}

fj_status fj_correlation_map(const fj_activation *activation, double sigma_w, double sigma_b,
                             double q, const fj_correlation *c, fj_correlation *next)
{
    if (!next)
        return FJ_INVALID;
    fj_correlation from = c ? *c : (fj_correlation){NAN, NAN, NAN};
    *next = (fj_correlation){NAN, NAN, NAN};
    if (!activation || !(sigma_w > 0) || !isfinite(sigma_w) || !(sigma_b >= 0) ||
        !isfinite(sigma_b) || !(q > 0) || !isfinite(q))
        return FJ_INVALID;
    if (!(from.c >= -1 && from.c <= 1 && from.below >= 0 && from.above >= 0))
        return FJ_INVALID;
    fj_recursion map = {.activation = activation};
    map.sigma_w2 = sigma_w * sigma_w;
    map.sigma_b2 = sigma_b * sigma_b;
    fj_averages a;
    fj_pair pair;
    double q_next;
    fj_status status = fj_recursion_step(&map, q, &q_next, &a);
    if (status != FJ_OK)
        return status;
    if (!(q_next > 0))
        return FJ_INVALID;
    fj_pair_init(&pair, activation, q, &a, 0);
    return fj_correlation_step(&map, &pair, &from, next);
}

/* ---- the fixed point ---- */

typedef struct contraction {
    const fj_recursion *map;
    fj_pair *pair;
    double chi, at_zero; /* f(0) */
    double slope;        /* E[phi'(u1) phi'(u2)] at the last e */
    fj_status status;
} contraction;

/* (1 - f(c))/(1 - c) - 1 at c = 1 - e, e = root^2: nearly linear in root where kinks make it so in sqrt(e) */
static double excess(void *context, double root)
{
    contraction *f = context;
    double e = root * root;
    if (e <= 0)
        return f->chi - 1;
    fj_pair_values v;
    fj_correlation c = fj_correlation_below_one(e);
    f->status = fj_pair_at(f->pair, &c, &v);
    if (f->status != FJ_OK)
        return NAN;
    f->slope = v.slope;
    return e < 1 ? f->map->sigma_w2 * v.apart / (f->pair->q * e) - 1 : -f->at_zero;
}

fj_status fj_correlation_fixed_point(const fj_recursion *map, const fj_fixed_point *point,
                                     const fj_averages *averages, double *c_star, double *slope)
{
    fj_pair pair;
    *c_star = *slope = NAN;
    if (point->q == 0)
        return FJ_OK;
    fj_pair_init(&pair, map->activation, point->q, averages, 0);
    contraction f = {.map = map, .pair = &pair, .chi = point->chi};
    f.at_zero =
        (map->sigma_w2 * averages->mean_phi * averages->mean_phi + map->sigma_b2) / point->q;
    double root = 1;
    fj_status status = FJ_OK;
    pair.values_only = 1;
    if (f.at_zero > 0)
        status = fj_bracket_root(excess, &f, 0, 1, &root);
    pair.values_only = 0;
    if (status == FJ_OK && isfinite(excess(&f, root))) {
        *c_star = 1 - root * root;
        *slope = fmax(0, map->sigma_w2 * f.slope);
    }
    return f.status != FJ_OK ? f.status : status;
}
