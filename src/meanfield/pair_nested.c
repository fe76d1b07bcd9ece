/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Pairs by nested adaptive integrals, for any phi.
 *
 * 1. u2 = u1 + shift, shift = sqrt(q) (sqrt(1 - c^2) h2 - (1 - c) h1): the squares of phi(u2) - phi(u1) and of
 *    phi'(u2) - phi'(u1) are integrated, so that nothing has to be resolved relative to a sum that vanishes as c -> 1.
 * 2. E[phi'(u1) phi'(u2)] = E phi'^2 - E[(phi'(u1) - phi'(u2))^2]/2.
 * 3. Inner pieces end where u2 meets a kink, outer ones where u1 does. Around a kink of u1 there is a layer of the width
 *    of u2 given u1; outer panels begin there with that width and double. */
#include <float.h>
#include <math.h>
#include "average_internal.h"
#include "pair.h"

/* Beyond this the double integral over an oscillating phi takes seconds. */
static const double OSCILLATING_Q_MOST = 100;

enum { VALUES, SLOPES, PAIRED };

typedef struct nested {
    fj_view view;
    double below, s;       /* 1 - c, sqrt(1 - c^2) */
    double enough[PAIRED]; /* absolute errors of the inner integrals that the result cannot feel */
} nested;

typedef struct outer {
    const nested *n;
    double h1;
} outer;

/* The i-th interval between kinks, flats first. */
static void interval(const fj_activation *a, size_t i, double *from, double *to)
{
    *from = i < a->flats ? a->flat[i].from : a->piece[i - a->flats].from;
    *to = i < a->flats ? a->flat[i].to : a->piece[i - a->flats].to;
}

static void inner_integrand(const void *context, double h2, double *f)
{
    const outer *o = context;
    const nested *n = o->n;
    double root_q = n->view.root_q, values, slopes;
    fj_pair_difference(n->view.activation, root_q * o->h1, root_q * (n->s * h2 - n->below * o->h1),
                       &values, &slopes);
    f[VALUES] = values * values;
    f[SLOPES] = slopes * slopes;
}

/* Over h2 at the given h1. */
static fj_status inner_integrate(const outer *o, fj_gaussian_integral *total)
{
    const nested *n = o->n;
    const fj_activation *a = n->view.activation;
    double mean = o->h1 - n->below * o->h1, root_q = n->view.root_q;
    double centre = -mean / n->s, step = n->view.scale / (root_q * n->s);
    fj_status status = FJ_OK;
    for (size_t i = 0; i < a->flats + a->pieces && status == FJ_OK; i++) {
        double from, to;
        interval(a, i, &from, &to);
        from = (from / root_q - mean) / n->s;
        to = (to / root_q - mean) / n->s;
        if (from < to)
            status = fj_gaussian_integrate(inner_integrand, o, from, to, centre, step, total);
    }
    return status;
}

static void outer_integrand(const void *context, double h1, double *f)
{
    const nested *n = context;
    const outer o = {.n = n, .h1 = h1};
    if (n->s == 0) {
        inner_integrand(&o, 0, f);
        return;
    }
    fj_gaussian_integral total = {.n = PAIRED, .enough = {n->enough[VALUES], n->enough[SLOPES]}};
    fj_status status = inner_integrate(&o, &total);
    f[VALUES] = status == FJ_OK ? total.sum[VALUES] : NAN;
    f[SLOPES] = status == FJ_OK ? total.sum[SLOPES] : NAN;
}

/* Over one part of the axis, panels growing away from the kink at its end, if that is one. */
static fj_status outer_part(const nested *n, const double end[2], double kink,
                            fj_gaussian_integral *total)
{
    double step = n->view.scale / n->view.root_q, centre = 0;
    if (isfinite(kink)) {
        centre = kink;
        step = fmin(step, n->s); /* so far from the kink u2 may be on its other side */
    }
    return end[0] < end[1]
               ? fj_gaussian_integrate(outer_integrand, n, end[0], end[1], centre, step, total)
               : FJ_OK;
}

/* Over h1, each interval between kinks in two halves. */
static fj_status outer_integrate(const nested *n, fj_gaussian_integral *total)
{
    const fj_activation *a = n->view.activation;
    fj_status status = FJ_OK;
    for (size_t i = 0; i < a->flats + a->pieces && status == FJ_OK; i++) {
        double from, to;
        interval(a, i, &from, &to);
        from /= n->view.root_q, to /= n->view.root_q;
        double low = fmax(from, n->view.half_line ? 0 : -FJ_GAUSSIAN_REACH);
        double high = fmin(to, FJ_GAUSSIAN_REACH);
        double middle = isfinite(from) && isfinite(to) ? fmax(low, (from + to) / 2)
                        : isfinite(from)               ? high
                                                       : low;
        const double left[2] = {low, fmin(high, middle)}, right[2] = {fmax(low, middle), high};
        status = outer_part(n, left, from, total);
        if (status == FJ_OK)
            status = outer_part(n, right, to, total);
    }
    return status;
}

fj_status fj_pair_nested(const fj_pair *pair, const fj_correlation *c, fj_pair_values *out)
{
    nested n = {.below = c->below, .s = sqrt(c->below * c->above)};
    fj_status status = fj_view_init(pair->activation, pair->q, &n.view);
    int oscillating = pair->activation->kind->growth == FJ_GROWTH_PERIODIC;
    if (status != FJ_OK)
        return status;
    if (oscillating && pair->q > OSCILLATING_Q_MOST)
        return FJ_NO_CONVERGENCE;
    n.view.root_q = sqrt(pair->q); /* the view of a periodic phi may have lowered it */
    /* where phi saturates, the difference is nothing but rounding: judge by the size of the whole */
    const fj_averages *v = &pair->averages;
    n.enough[VALUES] = DBL_EPSILON * fmin(2 * pair->q * v->mu1 * fmax(n.below, DBL_MIN), v->phi2);
    n.enough[SLOPES] = DBL_EPSILON * v->mu1;
    fj_gaussian_integral total = {.n = PAIRED};
    status = outer_integrate(&n, &total);
    if (status == FJ_OK)
        status = fj_view_check(&total);
    double fold = n.view.half_line ? 2 : 1;
    out->apart = fold * total.sum[VALUES] / 2;
    out->together = 2 * v->phi2 - out->apart;
    out->slope = v->mu1 - fold * total.sum[SLOPES] / 2;
    return status;
}
