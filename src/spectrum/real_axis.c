/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The real axis of layers that differ (src/THEORY.md 3.6).
 *
 * 1. Outside the support m is real and decreases with lambda, and every u_k is real, outside the law of t_k. Approached from
 *    the upper half plane, Im m -> -0: the arguments of the factors of z are 0 or -pi, that of (1 + m)/m is pi for
 *    -1 < m < 0; the gap is one of the law only if they add to 0.
 * 2. The distribution function is constant there: each Im J_k is pi times the mass of t_k above u_k, and turns of 1 + m.
 * 3. At an edge log z is stationary in log m: Newton's method for its slope, with the second derivatives that stack.c has anyway, the u_k
 *    following m in the same steps. */
#include "real_axis.h"
#include <float.h>
#include <math.h>

void fj_real_snap(const fj_stack *stack, fj_station *station)
{
    station->at.m = creal(station->at.m);
    station->at.rest = creal(station->at.rest);
    for (size_t k = 0; k < stack->unknowns; k++) {
        fj_subordinate *u = &station->at.u[k];
        if (fabs(cimag(u->w)) > M_PI_2)
            u->left = !u->left;
        u->w = creal(u->w);
    }
}

/* P(t_k > u_k), or -1 where u_k is inside a part of the range of t_k. */
static double mass_above(const fj_group *g, const fj_subordinate *at)
{
    const fj_mass *mass;
    const fj_part *part;
    double above = 0;
    const size_t n = fj_rule_masses(g->layers.rule, &mass);
    const size_t parts = fj_rule_parts(g->layers.rule, &part);
    if (at->left)
        return 0;
    const double u = exp(creal(at->w));
    for (size_t i = 0; i < n; i++)
        if (mass[i].t > u)
            above += mass[i].mass;
    for (size_t i = 0; i < parts; i++) {
        if (u >= part[i].least && u <= part[i].most)
            return -1;
        if (u < part[i].least)
            above += part[i].mass;
    }
    return above;
}

/* Is m_l such that a layer's 1 + rho m_l, or p + m_l, has turned? */
static int turned(double value)
{
    return value < 0;
}

int fj_real_is_gap(const fj_stack *stack, const fj_station *station)
{
    const double m = creal(station->at.m), rest = creal(station->at.rest);
    const double n = stack->at_zero + rest;
    if (m == 0 || !(creal(station->slope) * m < 0))
        return 0;
    double turns = m < 0 && n > 0;
    for (size_t k = 0; k < stack->groups; k++) {
        const fj_group *g = &stack->group[k];
        const double left = g->slack + g->scale * rest;
        if (g->rho > 0)
            turns += g->count * turned(g->one_minus_rho + g->rho * (g->full + g->scale * rest));
        if (g->is_explicit) {
            turns -= g->count * turned(left); /* m_l u_l = p + m_l */
            continue;
        }
        if (mass_above(g, &station->at.u[k]) < 0 || (m > 0 && station->at.u[k].left))
            return 0;
        turns -= g->count * (m < 0 && !station->at.u[k].left);
    }
    return turns == 0;
}

double fj_real_cdf(const fj_stack *stack, const fj_station *station)
{
    const double rest = creal(station->at.rest), n = stack->at_zero + rest;
    double cdf = 1 - turned(n);
    for (size_t k = 0; k < stack->groups; k++) {
        const fj_group *g = &stack->group[k];
        const double weight = g->count / g->scale;
        const double left = g->slack + g->scale * rest;
        if (g->is_explicit)
            cdf -= weight * g->p * turned(left);
        else
            cdf -= weight * mass_above(g, &station->at.u[k]);
        if (g->rho > 0)
            cdf +=
                weight * turned(g->one_minus_rho + g->rho * (g->full + g->scale * rest)) / g->rho;
    }
    return cdf;
}

/* The step dmu, with what every u_k misses: they move by miss_k + dmu gain_k. 0 where some M_k(u_k) has the other sign. */
static int edge_step(fj_path *path, fj_station *station, double dmu)
{
    static const double MOST = 1;
    for (size_t k = 0; k < path->stack->unknowns; k++) {
        const fj_follow *follow = &path->follow[k];
        const double step = creal(follow->miss) + dmu * creal(follow->gain);
        if (fabs(cimag(follow->miss)) > fj_size(follow->gain) || !isfinite(step))
            return 0;
        station->at.u[k].w += fmin(MOST, fmax(-MOST, step));
    }
    fj_stack_point_move(path->stack, &station->at, dmu);
    return 1;
}

fj_status fj_real_edge(fj_path *path, fj_station *station, double *bend)
{
    /* the slope is known to rounding: a smaller step changes nothing */
    static const double TOLERANCE = 1e-13, NEARLY = 1e-6, MISS = 1e-9, FIRST = 0.03;
    enum { STEPS = 60 };
    const double m = creal(station->at.m), rest = creal(station->at.rest);
    double before = INFINITY, miss_before = INFINITY;
    path->real = 1;
    for (int i = 0; i < STEPS; i++) {
        const fj_stack_value *value = &path->value;
        fj_stack_evaluate(path->stack, &station->at, 0, path->r, path->factor, &path->value,
                          path->follow);
        /* what changes little in log m may be a large part of m + above */
        const double unit = value->unit, room = 0.5 * unit, curve = 2 * creal(value->bend[2]);
        double dmu = -unit * (creal(value->slope) * unit + creal(value->bend[1])) / curve;
        if (!isfinite(dmu) || !isfinite(creal(value->log_z)))
            return FJ_NO_CONVERGENCE;
        dmu = fmin(room, fmax(-room, dmu));
        double miss = 0;
        for (size_t k = 0; k < path->stack->unknowns; k++)
            miss = fmax(miss, fabs(creal(path->follow[k].miss)));
        if (miss > FIRST) /* first onto the u_k of this m */
            dmu = 0;
        const double size = fabs(dmu);
        const int settled = size < TOLERANCE * unit || (size < NEARLY * unit && size >= before / 2);
        const int met = miss < MISS || (miss < NEARLY && miss >= miss_before / 2);
        const int last = settled && met && miss <= FIRST;
        if (!edge_step(path, station, last ? 0 : dmu))
            return FJ_NO_CONVERGENCE;
        if (last) {
            *bend = curve / (unit * unit);
            for (size_t k = 0; k < path->stack->unknowns; k++)
                station->dw[k] = creal(path->follow[k].gain);
            station->log_z = creal(value->log_z);
            station->slope = 0;
            station->rounding = value->rounding;
            const double moved = creal(station->at.m) / m, other = creal(station->at.rest) / rest;
            return moved > 0 && other > 0 && *bend != 0 ? FJ_OK : FJ_NO_CONVERGENCE;
        }
        before = miss > FIRST ? INFINITY : size;
        miss_before = miss;
    }
    return FJ_NO_CONVERGENCE;
}
