/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Lengths and correlations layer by layer.
 *
 * 1. Each layer: the averages at q^l give q^(l+1) and chi^l, a pair at q^l gives c^(l+1). 1 - c and 1 + c are carried
 *    along, so that an approach to 1 is followed as far as a double reaches.
 * 2. q is held once the map moves it by rounding only, unless the map's slope is so near 1 that such moves add up. The
 *    pair, with its Hermite coefficients, then serves for all layers to come. c is held likewise.
 * 3. Homogeneous phi: everything scales, the pair is taken at q = 1. For phi(0) = 0 the same is done below Q_FLOOR, where
 *    phi is its two slopes at the origin to double precision. */
#include <freejac/trajectory.h>
#include <float.h>
#include <math.h>
#include <stdlib.h>
#include "detail.h"
#include "meanfield_internal.h"

/* Kinked phi differ from their slopes at the origin by a factor 1 + O(sqrt(q)). */
static const double Q_FLOOR = 1e-36;
/* A move of q by less than this, relative, is rounding; moves that do not add up: slope at least this far from 1. */
static const double ROUNDING = 4 * DBL_EPSILON, MARGINAL = 1e-8;
/* Likewise of the distances of c from its ends, each of which is a quotient of sums. */
static const double C_ROUNDING = 8 * DBL_EPSILON;

struct fj_trajectory {
    fj_recursion map;
    int homogeneous, zero_at_zero; /* phi(0) = 0 */
    double q;
    fj_correlation c;
    fj_averages averages; /* at q, or at 1 for homogeneous phi */
    fj_pair pair;
    double pair_q; /* where the pair stands; NaN: nowhere yet */
    int started, q_held, c_held;
    fj_status lengths, correlations; /* FJ_OK until they fail for good */
};

fj_status fj_trajectory_create(const fj_activation *activation, double sigma_w, double sigma_b,
                               double q0, double c0, fj_trajectory **out, fj_detail *detail)
{
    if (!out)
        return fj_fail(detail, FJ_INVALID, "no place for the trajectory (out is NULL)");
    *out = NULL;
    fj_status status = fj_meanfield_check(activation, sigma_w, sigma_b, q0, detail);
    if (status != FJ_OK)
        return status;
    if (!(c0 >= -1 && c0 <= 1))
        return fj_fail(detail, FJ_INVALID, "c0 = %g is no correlation: it must be in [-1, 1]", c0);
    fj_trajectory *t = calloc(1, sizeof *t);
    if (!t)
        return fj_fail(detail, FJ_NO_MEMORY, "%s", fj_status_message(FJ_NO_MEMORY));
    t->map = (fj_recursion){activation, sigma_w * sigma_w, sigma_b * sigma_b};
    t->homogeneous = fj_activation_is_homogeneous(activation);
    t->zero_at_zero = fj_activation_value(activation, 0) == 0;
    t->q = q0;
    t->c = fj_correlation_of(c0);
    t->pair_q = NAN;
    *out = t;
    return FJ_OK;
}

void fj_trajectory_destroy(fj_trajectory *trajectory)
{
    free(trajectory);
}

void fj_trajectory_hold(fj_trajectory *trajectory)
{
    if (trajectory)
        trajectory->q_held = 1;
}

int fj_trajectory_settled(const fj_trajectory *t)
{
    int q_done = t->q_held || t->lengths != FJ_OK;
    int c_done = t->c_held || t->correlations != FJ_OK || t->lengths != FJ_OK;
    return q_done && c_done;
}

/* The averages at the present q; lengths fail where they cannot be had. */
static void averages_find(fj_trajectory *t)
{
    fj_status status = fj_averages_at(t->map.activation, t->homogeneous ? 1 : t->q, &t->averages);
    if (t->homogeneous && status == FJ_OK)
        t->averages.phi2 = t->q * t->averages.mu1;
    if (status == FJ_OK && !isfinite(t->q))
        status = FJ_RANGE;
    if (status != FJ_OK)
        t->lengths = status == FJ_INVALID ? FJ_RANGE : status; /* q beyond what is covered */
}

/* c of the next layer, from the present q. */
static fj_correlation correlation_next(fj_trajectory *t)
{
    fj_correlation next = {1, 0, 2};
    if (t->c.below == 0)
        return next;
    int scaled = t->homogeneous || (t->zero_at_zero && t->q < Q_FLOOR);
    double at = t->homogeneous ? 1 : scaled ? Q_FLOOR : t->q;
    if (t->q == 0 && (!scaled || t->map.sigma_b2 > 0))
        return next; /* without preactivations the inputs cannot differ */
    if (t->pair_q != at) {
        size_t hint = isnan(t->pair_q) ? 0 : t->pair.hermite.terms;
        fj_averages a = t->averages;
        if (scaled)
            t->correlations = fj_averages_at(t->map.activation, at, &a);
        fj_pair_init(&t->pair, t->map.activation, at, &a, hint);
        t->pair.values_only = 1;
        t->pair_q = at;
    }
    fj_recursion map = t->map;
    if (scaled && t->q > 0)
        map.sigma_b2 = map.sigma_b2 / t->q * at;
    fj_status status = t->correlations;
    if (status == FJ_OK)
        status = fj_correlation_step(&map, &t->pair, &t->c, &next);
    t->correlations = status;
    return status == FJ_OK ? next : (fj_correlation){NAN, NAN, NAN};
}

/* From layer l to l + 1. */
static void advance(fj_trajectory *t)
{
    if (!t->c_held && t->correlations == FJ_OK) {
        fj_correlation next = correlation_next(t);
        int same = fabs(next.below - t->c.below) <= C_ROUNDING * t->c.below &&
                   fabs(next.above - t->c.above) <= C_ROUNDING * t->c.above;
        if (t->q_held && same)
            t->c_held = 1;
        else
            t->c = next;
    }
    if (t->q_held)
        return;
    double next = t->map.sigma_w2 * t->averages.phi2 + t->map.sigma_b2;
    double slope = t->map.sigma_w2 * (t->homogeneous ? t->averages.mu1 : t->averages.length_slope);
    int rounding = fabs(next - t->q) <= ROUNDING * t->q && fabs(1 - slope) > MARGINAL;
    if (next == t->q || rounding) {
        t->q_held = 1;
        return;
    }
    t->q = next;
    averages_find(t);
}

fj_status fj_trajectory_next(fj_trajectory *t, size_t n, fj_layer *layers)
{
    if (!t || (n > 0 && !layers))
        return FJ_INVALID;
    for (size_t i = 0; i < n; i++) {
        if (!t->started)
            averages_find(t);
        else if (!fj_trajectory_settled(t))
            advance(t);
        t->started = 1;
        fj_layer *layer = &layers[i];
        *layer = (fj_layer){NAN, NAN, NAN, NAN};
        if (t->lengths != FJ_OK)
            continue;
        layer->q = t->q;
        layer->chi = t->map.sigma_w2 * t->averages.mu1;
        if (t->correlations == FJ_OK) {
            layer->c = t->c.c;
            layer->one_minus_c = t->c.below;
        }
    }
    return t->lengths != FJ_OK ? t->lengths : t->correlations;
}
