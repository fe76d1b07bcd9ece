/* SPDX-License-Identifier: GPL-3.0-or-later */
/* E log lambda = Re A(0), A(z) = E log(z - lambda) (src/THEORY.md 3.4, 3.6).
 *
 * 1. Finite only without mass at 0. Then m = -1 at z = 0, and every layer adds l_l + J_l at m_l = -N_0/N_l to log E[lambda]:
 *    l = log(m u/mu1) - log(1 + rho m), J = (E log(1 - t/u) + log(1 + rho m)/rho) N_l/N_0.
 * 2. Layers with N_l = N_0 and P(t > 0) = 1 have u = 0 there: l + J = E log(t/mu1) and what rho leaves.
 * 3. Where t has one value above 0, m u and E log(1 - t/u) are known; elsewhere u < 0 is the root of M(u) = m. */
#include <float.h>
#include <math.h>
#include <stdlib.h>
#include "average.h"
#include "bracket.h"
#include "detail.h"
#include "spectrum_internal.h"

/* log(1 - part), 1 - part given too */
static double log_left(double part, double left)
{
    return part < 0.5 ? log1p(-part) : log(left);
}

/* log(1 + rho m)/(rho scale) - log(1 + rho m) at m = -scale, with the limits at rho = 0 and at rho scale = 1. */
static double weights_part(const fj_group *g)
{
    if (g->rho == 0)
        return -1;
    const double part = g->rho * g->scale, wider = g->one_minus_rho + g->rho * g->full;
    return wider > 0 ? log_left(part, wider) * (1 / part - 1) : 0;
}

/* E log(t/mu1) of an origin, once it has been worked out. */
typedef struct mean_log {
    int known;
    fj_status status;
    double value;
} mean_log;

static const mean_log *mean_log_of(const fj_origin *o, mean_log *known)
{
    if (!known->known)
        known->status = fj_rule_mean_log(o->rule, &known->value);
    known->known = 1;
    return known;
}

typedef struct target {
    const fj_group *group;
    double m;
} target;

static double transform_miss(void *context, double log_r)
{
    const target *t = context;
    fj_resolvent at;
    fj_rule_resolvent_at(t->group->layers.rule, t->group->layers.second, CMPLX(log_r, M_PI),
                         CMPLX(0, exp(log_r / 2)), &at);
    return creal(at.m) - t->m;
}

/* l + J of a layer with an unknown u < 0, but for the weights' part. */
static fj_status implicit_part(const fj_group *g, const fj_origin *o, mean_log *known, double *out)
{
    target t = {g, -g->scale};
    double log_r, k;
    if (g->slack == 0) {
        const mean_log *of_t = mean_log_of(o, known);
        *out = of_t->status == FJ_OK ? of_t->value : NAN;
        /* phi' underflows where it matters: nothing else depends on it */
        return of_t->status == FJ_RANGE ? FJ_OK : of_t->status;
    }
    /* M(-r) = -E[t/(r + t)] lies between -mu1/r and 0, and tends to -P(t > 0) as r falls */
    const double high = log(o->mu1 / g->scale);
    double low = high - 1;
    while (transform_miss(&t, low) > 0 && low > high - 600)
        low -= 2 * (high - low);
    fj_status status = fj_bracket_root(transform_miss, &t, low, high, &log_r);
    if (status == FJ_OK)
        status = fj_mean_log_plus(o->activation, o->q, exp(log_r), &k);
    *out = status == FJ_OK ? log(g->scale / o->mu1) + log_r + k / g->scale : NAN;
    return status;
}

/* P(t = 0) > 0 somewhere, if only by a mass that underflows: then log lambda has no mean. */
static fj_status zero_mass_check(const fj_origin *o, mean_log *known, int *finite)
{
    const mean_log *of_t = mean_log_of(o, known);
    *finite = !(of_t->status == FJ_OK && isinf(of_t->value));
    return of_t->status == FJ_RANGE ? FJ_OK : of_t->status;
}

/* Without mass at 0; known: of every origin, scratch. */
static fj_status mean_log_find(const fj_gathered *g, mean_log *known, double *out,
                               fj_detail *detail)
{
    double sum = g->stack.log_mean;
    for (size_t i = 0; i < g->origins && g->square; i++) {
        int finite;
        fj_status status = zero_mass_check(&g->origin[i], &known[i], &finite);
        if (status != FJ_OK || !finite)
            return status == FJ_OK ? status
                                   : fj_fail(detail, status, "E log phi'^2 of %s at q = %g: %s",
                                             fj_activation_name(g->origin[i].activation),
                                             g->origin[i].q, fj_status_message(status));
    }
    for (size_t k = 0; k < g->stack.groups; k++) {
        const fj_group *group = &g->stack.group[k];
        const size_t i = g->origin_of[k];
        const fj_origin *o = &g->origin[i];
        double part = 0;
        fj_status status = FJ_OK;
        if (!group->is_explicit)
            status = implicit_part(group, o, &known[i], &part);
        else if (group->slack > 0) /* 1 + m/p = slack/p */
            part = log_left(group->scale / group->p, group->slack / group->p) *
                   (1 - group->p / group->scale);
        if (status != FJ_OK)
            return fj_fail(detail, status, "E log lambda of %s at q = %g: %s",
                           fj_activation_name(o->activation), o->q, fj_status_message(status));
        sum += group->count * (part + weights_part(group));
    }
    if (isfinite(sum))
        *out = sum;
    return FJ_OK;
}

fj_status fj_law_mean_log(const fj_gathered *g, double *out, fj_detail *detail)
{
    *out = NAN;
    if (g->stack.at_zero > 0)
        return FJ_OK;
    mean_log *known = calloc(g->origins + 1, sizeof *known);
    if (!known)
        return fj_fail(detail, FJ_NO_MEMORY, "no memory for a law");
    const fj_status status = mean_log_find(g, known, out, detail);
    free(known);
    return status;
}
