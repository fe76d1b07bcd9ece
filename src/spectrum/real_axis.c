/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The real axis of layers that differ (src/THEORY.md 3.6).
 *
 * 1. Outside the support m is real and decreases with lambda, and every u_k is real, outside the law of t_k. Approached from
 *    the upper half plane, Im m -> -0: the arguments of the factors of z are 0 or -pi, that of (1 + m)/m is pi for
 *    -1 < m < 0; the gap is one of the law only if they add to 0.
 * 2. The distribution function is constant there: each Im J_k is pi times the mass of t_k above u_k, and turns of 1 + m.
 * 3. At an edge log z is stationary in log m: a secant search, the u_k following m at each trial. */
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

/* At the station's m: every u_k, then log z and its slope. */
static fj_status follow_m(fj_path *path, fj_station *station)
{
    static const double LAST_STEP = 1e-9;
    enum { STEPS = 30 };
    const size_t n = path->stack->unknowns;
    double before = INFINITY;
    for (int i = 0; i < STEPS; i++) {
        double size = 0;
        fj_stack_evaluate(path->stack, &station->at, 0, path->r, &path->value, path->follow);
        for (size_t k = 0; k < n; k++) {
            const fj_follow *follow = &path->follow[k];
            const int other_sign = fabs(cimag(follow->miss)) > fj_size(follow->gain);
            const double step = other_sign ? NAN : creal(follow->miss);
            const double bound = fmin(1, fmax(-1, step));
            station->at.u[k].w += isnan(step) ? NAN : bound;
            size = fmax(size, isnan(step) ? INFINITY : fabs(step));
        }
        station->log_z = creal(path->value.log_z);
        station->slope = creal(path->value.slope);
        if (!isfinite(creal(station->log_z)) || !isfinite(size))
            return FJ_NO_CONVERGENCE;
        if (size < LAST_STEP || (size < 1e-6 && size >= before / 2))
            return FJ_OK;
        before = size;
    }
    return FJ_NO_CONVERGENCE;
}

static void move_real(fj_path *path, fj_station *station, double dmu)
{
    for (size_t k = 0; k < path->stack->unknowns; k++)
        station->at.u[k].w += dmu * creal(path->follow[k].gain);
    fj_stack_point_move(path->stack, &station->at, dmu);
}

fj_status fj_real_edge(fj_path *path, fj_station *station, double *bend)
{
    /* the slope is known to rounding: a smaller step changes nothing */
    static const double TOLERANCE = 1e-13, NEARLY = 1e-6, NOISE = 1e-7;
    enum { STEPS = 40 };
    const double m = creal(station->at.m), rest = creal(station->at.rest);
    path->real = 1;
    fj_status status = follow_m(path, station);
    double before = INFINITY;
    for (int i = 0; i < STEPS && status == FJ_OK; i++) {
        const double slope = creal(station->slope);
        double dmu = -slope / *bend;
        /* what changes little in log m may be a large part of m + above */
        const double unit = fmin(1, fabs(creal(station->at.rest) / creal(station->at.m)));
        if (fabs(dmu) < TOLERANCE * unit ||
            (fabs(dmu) < NEARLY * unit && fabs(dmu) >= before / 2)) {
            for (size_t k = 0; k < path->stack->unknowns; k++)
                station->dw[k] = creal(path->follow[k].gain);
            station->slope = 0;
            station->rounding = path->value.rounding;
            const double moved = creal(station->at.m) / m, other = creal(station->at.rest) / rest;
            return moved > 0 && other > 0 ? FJ_OK : FJ_NO_CONVERGENCE;
        }
        const double room = 0.5 * unit;
        before = fabs(dmu);
        dmu = fmin(room, fmax(-room, dmu));
        move_real(path, station, dmu);
        status = follow_m(path, station);
        if (status == FJ_OK && fabs(dmu) > NOISE * unit)
            *bend = (creal(station->slope) - slope) / dmu;
        if (!isfinite(*bend) || *bend == 0)
            status = FJ_NO_CONVERGENCE;
    }
    return FJ_NO_CONVERGENCE;
}
