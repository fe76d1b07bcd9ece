/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Expectations over a pair of preactivations: which route.
 *
 * 1. Odd and even phi: E[phi(u1) phi(u2)] is odd or even in c, so that c >= 0 is enough.
 * 2. c = 1 is known. Piecewise linear phi: one integral (pair_flat.c).
 * 3. The power series in c (pair_series.c) where its remainder is below rounding: smooth phi unless q is large, kinks
 *    unless c is near 1.
 * 4. Polar coordinates (pair_polar.c) where the origin is the only place that phi changes at.
 * 5. Nested integrals (pair_nested.c) for all else.
 * 6. Where so many of these were taken at one q that as many more would cost more than a table, a table. */
#include "pair.h"
#include <math.h>
#include "average_internal.h"

/* phi varies by a Taylor polynomial of degree 7 over this much of its scale. */
static const double NEAR = 0.06;

/* A table costs a few times as many. */
static const int INTEGRALS_MOST = 150;

static const double gauss4_x[2] = {0.8611363115940526, 0.3399810435848563};
static const double gauss4_w[2] = {0.3478548451374538, 0.6521451548625461};

fj_correlation fj_correlation_of(double c)
{
    if (!(c >= -1 && c <= 1))
        return (fj_correlation){NAN, NAN, NAN};
    return (fj_correlation){c, 1 - c, 1 + c};
}

fj_correlation fj_correlation_below_one(double distance)
{
    if (!(distance >= 0 && distance <= 2))
        return (fj_correlation){NAN, NAN, NAN};
    return (fj_correlation){1 - distance, distance, 2 - distance};
}

/* Adds the integrals of phi' and phi'' from x to x + length, where phi is smooth. */
static void stretch_add(const fj_activation *a, double x, double length, double *value,
                        double *slope)
{
    for (int i = 0; i < 4; i++) {
        double y = x + length / 2 * (1 + (i % 2 ? gauss4_x[i / 2] : -gauss4_x[i / 2]));
        *value += length / 2 * gauss4_w[i / 2] * fj_activation_slope(a, y);
        if (slope)
            *slope += length / 2 * gauss4_w[i / 2] * fj_activation_curvature(a, y);
    }
}

void fj_pair_difference(const fj_activation *a, double x, double shift, double *value,
                        double *slope)
{
    double scale = a->kind->scale ? fmin(1, a->kind->scale(a->parameter)) : 1;
    if (fabs(shift) > NEAR * scale) {
        *value = fj_activation_value(a, x + shift) - fj_activation_value(a, x);
        if (slope)
            *slope = fj_activation_slope(a, x + shift) - fj_activation_slope(a, x);
        return;
    }
    double kink[FJ_FLATS_MAX + FJ_PIECES_MAX], done = 0;
    size_t kinks = fj_activation_kinks(a, kink, sizeof kink / sizeof *kink);
    *value = 0;
    if (slope)
        *slope = 0;
    for (size_t i = 0; i < kinks; i++) {
        double at = kink[shift > 0 ? i : kinks - 1 - i], way = at - x;
        if (!(shift > 0 ? way > 0 && way < shift : way < 0 && way > shift))
            continue;
        double jump = fj_activation_slope(a, at) - fj_activation_slope(a, nextafter(at, -INFINITY));
        stretch_add(a, x + done, way - done, value, slope);
        if (slope)
            *slope += shift > 0 ? jump : -jump;
        done = way;
    }
    stretch_add(a, x + done, shift - done, value, slope);
}

void fj_pair_init(fj_pair *pair, const fj_activation *activation, double q,
                  const fj_averages *averages, size_t hint)
{
    pair->activation = activation;
    pair->q = q;
    pair->averages = *averages;
    pair->hermite_failed = pair->values_only = 0;
    pair->hermite.terms = 0;
    pair->integrals = 0;
    pair->table.state = FJ_PAIR_TABLE_NONE;
    if (hint > FJ_HERMITE_LEAST && activation->pieces > 0 &&
        fj_hermite_at(activation, q, averages->mu1, hint, &pair->hermite) != FJ_OK)
        pair->hermite_failed = 1;
}

fj_status fj_pair_integrate(const fj_pair *pair, const fj_correlation *c, fj_pair_values *out)
{
    const fj_activation *a = pair->activation;
    double kink = 0;
    size_t kinks = fj_activation_kinks(a, &kink, 1);
    int at_origin = kinks == 0 || (kinks == 1 && kink == 0);
    if (at_origin && a->kind->growth != FJ_GROWTH_PERIODIC && fj_pair_polar(pair, c, out) == FJ_OK)
        return FJ_OK;
    return fj_pair_nested(pair, c, out);
}

/* Does all that matters lie within the reach of the rules? Of an unbounded phi' it may not. */
static int within_reach(const fj_pair *pair)
{
    static const double REACH = 9.8, NEGLIGIBLE = 1e-14;
    const double x = REACH * sqrt(pair->q), density = exp(-REACH * REACH / 2);
    double worst = 0;
    if (!fj_activation_is_unbounded(pair->activation))
        return 1;
    for (int side = -1; side <= 1; side += 2) {
        const double v = fj_activation_value(pair->activation, side * x);
        const double s = fj_activation_slope(pair->activation, side * x);
        worst = fmax(worst, fmax(v * v / pair->averages.phi2, s * s / pair->averages.mu1));
    }
    return density * worst < NEGLIGIBLE;
}

static fj_status route(fj_pair *pair, const fj_correlation *c, fj_pair_values *out)
{
    const fj_activation *a = pair->activation;
    if (c->below == 0) {
        *out = (fj_pair_values){0, 2 * pair->averages.phi2, pair->averages.mu1};
        return FJ_OK;
    }
    if (!within_reach(pair))
        return FJ_NO_CONVERGENCE;
    if (a->pieces == 0)
        return fj_pair_flat(pair, c, out);
    if (!pair->hermite_failed && fj_pair_series(pair, c, out) == FJ_OK)
        return FJ_OK;
    if (pair->values_only && pair->table.state == FJ_PAIR_TABLE_NONE &&
        ++pair->integrals > INTEGRALS_MOST)
        fj_pair_table_make(pair);
    if (pair->values_only && pair->table.state == FJ_PAIR_TABLE_READY) {
        fj_pair_table_at(pair, c, out);
        return FJ_OK;
    }
    return fj_pair_integrate(pair, c, out);
}

fj_status fj_pair_at(fj_pair *pair, const fj_correlation *c, fj_pair_values *out)
{
    fj_parity parity = fj_activation_parity(pair->activation);
    int turned = c->c < 0 && parity != FJ_PARITY_NONE;
    fj_correlation mirrored = {-c->c, c->above, c->below};
    fj_pair_values v;
    fj_status status = route(pair, turned ? &mirrored : c, &v);
    *out = v;
    if (status != FJ_OK)
        *out = (fj_pair_values){NAN, NAN, NAN};
    else if (turned && parity == FJ_PARITY_ODD)
        *out = (fj_pair_values){v.together, v.apart, v.slope};
    else if (turned)
        out->slope = -v.slope;
    return status;
}
