/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The stable fixed point of the correlation map in the chaotic phase (Poole et al. 2016, eq. 5):
 *     f(c) = (sigma_w^2 E[phi(u1) phi(u2)] + sigma_b^2)/q,   u1 = sqrt(q) h1, u2 = sqrt(q) (c h1 + sqrt(1 - c^2) h2).
 *
 * 1. f is a power series in c with coefficients >= 0, f(1) = 1 and f'(1) = chi > 1: exactly one fixed point c* in [0, 1).
 * 2. With e = 1 - c, (1 - f)/(1 - c) = sigma_w^2 E[(phi(u1) - phi(u2))^2]/(2 q e) has no cancellation near c = 1; it
 *    decreases in e from chi at e = 0 to 1 - f(0) at e = 1, and c* is where it is 1.
 * 3. The slope is f'(c) = sigma_w^2 E[phi'(u1) phi'(u2)] = chi - sigma_w^2 E[(phi'(u1) - phi'(u2))^2]/2: both integrands are
 *    positive, so that nothing has to be resolved relative to a sum that vanishes.
 * 4. The double expectation is nested: inner pieces end where u2 meets a kink. */
#include <float.h>
#include <math.h>
#include "average_internal.h"
#include "bracket.h"
#include "meanfield_internal.h"

/* Beyond this the double integral over an oscillating phi takes seconds. */
static const double OSCILLATING_Q_MOST = 100;

enum { VALUES, SLOPES, PAIRED };

typedef struct pair {
    const fj_recursion *map;
    fj_view view;
    double q, chi, at_zero; /* f(0) */
    double e, s;            /* 1 - c, sqrt(1 - c^2) */
    double spread;          /* E[(phi1' - phi2')^2] at the last e */
    double enough[PAIRED];  /* absolute errors of the inner integrals that the result cannot feel */
    fj_status status;
} pair;

typedef struct outer {
    const pair *p;
    double h1, phi, slope;
} outer;

/* Integrates over all flats and pieces, where x = root_q (mean + deviation h). */
static fj_status axis_integrate(const fj_view *view, fj_integrand *f, const void *context,
                                double mean, double deviation, int half_line,
                                fj_gaussian_integral *total)
{
    const fj_activation *a = view->activation;
    double centre = -mean / deviation, step = view->scale / (view->root_q * deviation);
    fj_status status = FJ_OK;
    for (size_t i = 0; i < a->flats + a->pieces && status == FJ_OK; i++) {
        double from = i < a->flats ? a->flat[i].from : a->piece[i - a->flats].from;
        double to = i < a->flats ? a->flat[i].to : a->piece[i - a->flats].to;
        from = (from / view->root_q - mean) / deviation;
        to = (to / view->root_q - mean) / deviation;
        if (half_line)
            from = fmax(from, 0);
        if (from < to)
            status = fj_gaussian_integrate(f, context, from, to, centre, step, total);
    }
    return status;
}

static void inner_integrand(const void *context, double h2, double *f)
{
    const outer *o = context;
    const fj_view *view = &o->p->view;
    double x = view->root_q * (o->h1 - o->p->e * o->h1 + o->p->s * h2);
    double values = fj_activation_value(view->activation, x) - o->phi;
    double slopes = fj_activation_slope(view->activation, x) - o->slope;
    f[VALUES] = values * values;
    f[SLOPES] = slopes * slopes;
}

static void outer_integrand(const void *context, double h1, double *f)
{
    const pair *p = context;
    double x = p->view.root_q * h1;
    outer o = {.p = p, .h1 = h1};
    o.phi = fj_activation_value(p->view.activation, x);
    o.slope = fj_activation_slope(p->view.activation, x);
    fj_gaussian_integral total = {.n = PAIRED, .enough = {p->enough[VALUES], p->enough[SLOPES]}};
    fj_status status =
        axis_integrate(&p->view, inner_integrand, &o, h1 - p->e * h1, p->s, 0, &total);
    f[VALUES] = status == FJ_OK ? total.sum[VALUES] : NAN;
    f[SLOPES] = status == FJ_OK ? total.sum[SLOPES] : NAN;
}

/* (1 - f(c))/(1 - c) - 1 at c = 1 - e */
static double contraction(void *context, double e)
{
    pair *p = context;
    if (e <= 0)
        return p->chi - 1;
    p->e = e;
    p->s = sqrt(e * (2 - e));
    /* where phi saturates, phi1 - phi2 is nothing but rounding: judge by the size of the whole */
    p->enough[VALUES] = DBL_EPSILON * 2 * p->q * e / p->map->sigma_w2;
    p->enough[SLOPES] = DBL_EPSILON * p->chi / p->map->sigma_w2;
    fj_gaussian_integral total = {.n = PAIRED};
    fj_status status =
        axis_integrate(&p->view, outer_integrand, p, 0, 1, p->view.half_line, &total);
    if (status == FJ_OK)
        status = fj_view_check(&total);
    if (status != FJ_OK) {
        p->status = status;
        return NAN;
    }
    double fold = p->view.half_line ? 2 : 1;
    p->spread = fold * total.sum[SLOPES];
    return e < 1 ? p->map->sigma_w2 * fold * total.sum[VALUES] / (2 * p->q * e) - 1 : -p->at_zero;
}

fj_status fj_correlation_fixed_point(const fj_recursion *map, double q, double chi, double *c_star,
                                     double *slope)
{
    pair p = {.map = map, .q = q, .chi = chi};
    fj_averages a;
    *c_star = *slope = NAN;
    fj_status status = fj_averages_at(map->activation, q, &a);
    if (status == FJ_OK)
        status = fj_view_init(map->activation, q, &p.view);
    int oscillating = map->activation->kind->growth == FJ_GROWTH_PERIODIC;
    if (status != FJ_OK || q == 0 || (oscillating && q > OSCILLATING_Q_MOST))
        return status;
    p.view.root_q = sqrt(q); /* the view of a periodic phi may have lowered it */
    p.at_zero = (map->sigma_w2 * a.mean_phi * a.mean_phi + map->sigma_b2) / q;
    double e = 1;
    if (p.at_zero > 0)
        status = fj_bracket_root(contraction, &p, 0, 1, &e);
    if (status == FJ_OK) {
        contraction(&p, e);
        *c_star = 1 - e;
        *slope = fmax(0, chi - map->sigma_w2 * p.spread / 2);
    }
    return p.status != FJ_OK ? p.status : status;
}
