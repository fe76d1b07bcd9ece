/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Through a gap of the support, where all is real.
 *
 * 1. The distribution function is known there without integration: what is left beyond tells whether to go on at all.
 * 2. Step on until the slope points at the next edge, or a pole is near.
 * 3. Three places are passed by reflection, since a logarithm is infinite there: atoms (m infinite), m = 0 (some u infinite),
 *    and m = -P(lambda > 0) (some u may be 0). */
#include <math.h>
#include "real_axis.h"
#include "walk_internal.h"

enum { GAP_STEPS = 400 };

/* The mass of the atoms at or beyond log lambda = x in direction sign. */
double fj_walk_atoms_beyond(const fj_walk *w, double x, double sign)
{
    double mass = 0;
    for (size_t i = 0; i < w->atoms; i++)
        if (sign * 2 * w->atom[i].log_s >= sign * x)
            mass += w->atom[i].mass;
    return mass;
}

/* Mass of the continuous part beyond x, where the distribution function is cdf. */
double fj_walk_left_beyond(const fj_walk *w, double x, double cdf, double sign)
{
    return (sign > 0 ? 1 - cdf : cdf) - fj_walk_atoms_beyond(w, x, sign);
}

/* The next atom, or place of one without mass, from w->at in direction sign; NaN if there is none. */
static double next_place(const fj_walk *w, double sign)
{
    double best = NAN;
    for (size_t i = 0; i < w->atoms + w->places; i++) {
        const double x = i < w->atoms ? 2 * w->atom[i].log_s : w->place[i - w->atoms];
        if (isfinite(x) && sign * (x - fj_walk_x(&w->at)) > 0 && !(sign * (x - best) >= 0))
            best = x;
    }
    return best;
}

/* Past an atom close by: m and the distances of the u_k from the masses of t_k change their signs. */
static int atom_pass(fj_walk *w, double atom)
{
    fj_station_copy(&w->at, &w->next, w->stack);
    w->next.log_z = 2 * atom - fj_walk_x(&w->at);
    w->next.at.m = -w->at.at.m;
    w->next.at.rest = w->stack->above + w->next.at.m;
    for (size_t k = 0; k < w->stack->unknowns; k++)
        w->next.at.u[k].w += 2 * (atom - fj_walk_x(&w->at)) * w->at.dw[k];
    return fj_path_solve(&w->path, &w->next) == FJ_OK &&
           creal(w->next.at.m) * creal(w->at.at.m) < 0 && fj_real_is_gap(w->stack, &w->next);
}

static int is_near(double distance, double h)
{
    return distance > 0 && distance < 2 * h && distance < 0.05;
}

/* Past a place close by where m is 0: the u_k outside all of t_k go through infinity, the others go on. */
static int zero_pass(fj_walk *w)
{
    const double off =
        -2 * creal(w->at.slope); /* twice the way to it, by d log m = d log z/slope */
    fj_station_copy(&w->at, &w->next, w->stack);
    w->next.log_z = w->at.log_z + off;
    w->next.at.m = -w->at.at.m;
    w->next.at.rest = w->stack->above + w->next.at.m;
    for (size_t k = 0; k < w->stack->unknowns; k++) {
        fj_subordinate *u = &w->next.at.u[k];
        const fj_group *g = &w->stack->group[k];
        const double far = log(g->layers.mu1 / fabs(g->scale * creal(w->at.at.m)));
        if (fabs(creal(u->w) - far) < 0.5)
            u->left = !u->left;
        else
            u->w += off * w->at.dw[k];
    }
    return fj_path_solve(&w->path, &w->next) == FJ_OK &&
           creal(w->next.at.m) * creal(w->at.at.m) < 0 && fj_real_is_gap(w->stack, &w->next);
}

/* Past a place close by where m + above is 0, which only at z = 0 means anything. */
static int rest_pass(fj_walk *w, double to_place)
{
    fj_station_copy(&w->at, &w->next, w->stack);
    w->next.log_z = w->at.log_z + 2 * to_place;
    w->next.at.rest = -w->at.at.rest;
    w->next.at.m = w->next.at.rest - w->stack->above;
    for (size_t k = 0; k < w->stack->unknowns; k++) {
        const double way = creal(to_place * w->at.dw[k]);
        if (fabs(way) > 0.5) /* u_k goes through 0 there */
            w->next.at.u[k].left = !w->at.at.u[k].left;
        else
            w->next.at.u[k].w += 2 * way;
    }
    return fj_path_solve(&w->path, &w->next) == FJ_OK &&
           creal(w->next.at.rest) * creal(w->at.at.rest) < 0 && fj_real_is_gap(w->stack, &w->next);
}

/* Follows a gap from w->at until the next edge (1, *end is that) or until nothing is left beyond (0); -1: stuck. */
static int gap_follow(fj_walk *w, double sign, fj_stretch_end *end)
{
    double h = 0.05, refused = INFINITY;
    fj_station last;
    int have_last = 0, result = -1;
    if (fj_station_init(&last, w->stack) != FJ_OK)
        return -1;
    w->path.real = 1;
    for (int i = 0; i < GAP_STEPS; i++) {
        const double cdf = fj_real_cdf(w->stack, &w->at), x = fj_walk_x(&w->at);
        if (fj_walk_left_beyond(w, x, cdf, sign) < FJ_WALK_NO_MASS) {
            result = 0;
            break;
        }
        if (have_last &&
            fj_walk_edge_try(w, &w->at, fj_walk_bend(&w->at, &last), sign, 2 * h, &refused, end)) {
            end->cdf = cdf;
            result = 1;
            break;
        }
        if (h < FJ_WALK_STEP_LEAST * (1 + fabs(x)))
            break;
        const double pole = fj_walk_pole_near(w, x, FJ_WALK_POLE_REACH * (1 + fabs(x)));
        if (!isnan(pole) && sign * (pole - x) > 0) {
            end->stop = FJ_STOP_POLE;
            end->big_x = pole;
            end->cdf = cdf;
            result = 1;
            break;
        }
        const double atom = next_place(w, sign);
        if (fabs(atom - x) < 1e-3 && atom_pass(w, atom)) {
            fj_station_copy(&w->next, &w->at, w->stack);
            have_last = 0;
            continue;
        }
        /* d log m = d log z/slope */
        const double to_zero = -creal(w->at.slope);
        const double to_rest = to_zero * creal(w->at.at.rest) / creal(w->at.at.m);
        if ((is_near(sign * to_zero, h) && zero_pass(w)) ||
            (is_near(sign * to_rest, h) && rest_pass(w, to_rest))) {
            fj_station_copy(&w->next, &w->at, w->stack);
            have_last = 0;
            continue;
        }
        const double most = isnan(atom) ? h : fmin(h, 0.7 * fabs(atom - x));
        /* another value of F: a whole interval has been stepped over */
        if (!fj_walk_step(w, sign * most) || !fj_real_is_gap(w->stack, &w->next) ||
            fabs(fj_real_cdf(w->stack, &w->next) - cdf) > FJ_WALK_NO_MASS) {
            h = most / 3;
            continue;
        }
        fj_station_copy(&w->at, &last, w->stack);
        have_last = 1;
        fj_station_copy(&w->next, &w->at, w->stack);
        if (w->path.first < FJ_WALK_GOOD)
            h *= 2;
    }
    fj_station_free(&last);
    return result;
}

/* From the gap that w->at is in to the curve behind its end in direction sign: 1 if there is one, 0 if nothing is left. */
int fj_walk_gap_cross(fj_walk *w, double sign, fj_stretch_end *near, fj_status *status)
{
    const int found = gap_follow(w, sign, near);
    *status = FJ_OK;
    if (found == 1 && near->stop == FJ_STOP_POLE) {
        *status = fj_walk_pole_cross(w, &w->at, near->big_x, 0, &w->next);
        fj_station_copy(&w->next, &w->at, w->stack);
    } else if (found == 1) {
        *status = fj_walk_edge_leave(w, near, sign, 0, &w->at);
    }
    return found;
}

/* Where the support ends without a square-root edge: a real solution from outside is followed until some u_k meets the law
 * of its t. From above, z comes from infinity; from below, from 0, if lambda has no mass near it. */
double fj_walk_limit_find(fj_walk *w, int side, double from)
{
    static const double FAR = 40, NEAR = 2e-13;
    const fj_stack *stack = w->stack;
    for (size_t k = 0; k < stack->unknowns && side == FJ_LOW; k++) {
        const fj_part *part;
        const size_t parts = fj_rule_parts(stack->group[k].layers.rule, &part);
        if (stack->group[k].slack == 0 && parts > 0 && part[0].least == 0)
            return -INFINITY; /* u_k goes to 0, and would have to stay outside its law */
    }
    const double start = side == FJ_HIGH ? fmax(stack->log_mean, from) + FAR : from - FAR;
    const double sign = side == FJ_HIGH ? -1 : 1;
    w->path.real = 1;
    if (side == FJ_HIGH) {
        fj_stack_point *at = &w->at.at;
        at->m = exp(stack->log_mean - start);
        at->rest = stack->above + at->m;
        for (size_t k = 0; k < stack->unknowns; k++)
            at->u[k] = (fj_subordinate){
                log(stack->group[k].layers.mu1 / stack->group[k].scale / creal(at->m)), 0};
    } else {
        if (fj_path_start(&w->path, &w->at, &w->next, start, M_PI) != FJ_OK)
            return -INFINITY;
        w->at.at.rest = -w->at.at.rest; /* through 0 to the other side */
        w->at.at.m = w->at.at.rest - stack->above;
        for (size_t k = 0; k < stack->unknowns; k++) /* u_k = 0 there, or as before */
            if (stack->group[k].slack == 0)
                w->at.at.u[k].left = 0;
    }
    w->at.log_z = start;
    w->path.real = 1;
    if (fj_path_solve(&w->path, &w->at) != FJ_OK || !fj_real_is_gap(stack, &w->at))
        return side == FJ_HIGH ? INFINITY : -INFINITY;
    double h = 1;
    for (int i = 0; i < GAP_STEPS && h > NEAR * (1 + fabs(from)); i++) {
        if (fj_walk_step(w, sign * h) && fj_real_is_gap(stack, &w->next))
            fj_station_copy(&w->next, &w->at, stack);
        else
            h /= 2;
    }
    return fj_walk_x(&w->at);
}
