/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Finding the whole law of layers that differ.
 *
 * 1. Start somewhere: continuation from far out (path.c) leads onto the curve, or into a gap.
 * 2. On the curve, step up and down in log lambda by Newton's method, keeping every solution as a station, until the density
 *    is below 1e-140, or the slope d log z/d log m points at an edge, which is then found on the real axis.
 * 3. In a gap all is real: step on until the slope points at the next edge, behind which the curve goes on; an atom, where m
 *    goes through infinity, is passed by reflection, and so is a place where m is 0.
 * 4. F is known in every gap without integration: when what is left beyond equals the atoms there, that side is done. */
#include "walk.h"
#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "real_axis.h"
#include "spectrum_internal.h"

/* -Im m/|m| below this: the density is not followed further, since products of two such would underflow. */
static const double FAINT = 1e-140;
/* Mass that counts as none. */
static const double NO_MASS = 1e-13;
/* Mass beyond a place where no step is possible that makes it the end. */
static const double FAINT_MASS = 1e-11;
/* First corrections of this size: the step may grow; beyond, it is taken again, shorter. */
static const double GOOD = 0.03, BAD = 0.2;
/* As near to a pole its expansion serves. */
static const double POLE_REACH = 1e-7;
/* Steps shorter than this, relative to log z: no further. */
static const double STEP_LEAST = 1e-11;
enum { STATIONS_MAX = 4000, STARTS = 12, GAP_STEPS = 400 };

enum { LOW, HIGH };

static int is_real(double complex z)
{
    return cimag(z) == 0;
}

static double big_x(const fj_station *s)
{
    return creal(s->log_z);
}

static fj_status stretch_add(fj_walk *w, fj_stretch *s, const fj_station *station, int side)
{
    if (s->stations == STATIONS_MAX)
        return FJ_NO_CONVERGENCE;
    if (s->stations == s->room) {
        size_t room = s->room ? 2 * s->room : 64;
        fj_station *more = realloc(s->station, room * sizeof *more);
        if (!more)
            return FJ_NO_MEMORY;
        s->station = more;
        s->room = room;
    }
    fj_station made;
    fj_status status = fj_station_init(&made, w->stack);
    if (status != FJ_OK)
        return status;
    fj_station_copy(station, &made, w->stack);
    size_t place = side == HIGH ? s->stations : 0;
    memmove(s->station + place + 1, s->station + place, (s->stations - place) * sizeof *s->station);
    s->station[place] = made;
    s->stations++;
    return FJ_OK;
}

/* ---- edges ---- */

/* How slope changes with log m between two solutions. */
static double complex bend_between(const fj_station *a, const fj_station *b)
{
    const double complex ratio = fj_quotient(a->at.m, b->at.m);
    double complex dmu = clog(ratio);
    if (fj_size(a->at.rest) < 0.1 * fj_size(a->at.m)) /* m hardly moves: by its step */
        dmu = fj_quotient(a->at.rest - b->at.rest, b->at.m);
    return fj_quotient(a->slope - b->slope, dmu);
}

/* From an edge to the point at `distance` in log lambda beside it, or nearer: on the real axis, or on the curve. sign: up or
 * down in lambda. */
static fj_status edge_leave_by(fj_walk *w, const fj_stretch_end *end, double sign, int real,
                               double distance, fj_station *out)
{
    const fj_station *edge = &end->edge;
    const double m = creal(edge->at.m), to_zero = fabs(creal(edge->at.rest) / m);
    const double dmu = fmin(sqrt(2 * distance / fabs(end->bend)), 0.1 * to_zero);
    /* m decreases with lambda in a gap; Im m < 0 on the curve */
    const double complex move = real ? -sign * copysign(dmu, m) : CMPLX(0, -copysign(dmu, m));
    fj_station_copy(edge, out, w->stack);
    for (size_t k = 0; k < w->stack->unknowns; k++) {
        const double complex dw = edge->dw[k] * move;
        fj_subordinate *u = &out->at.u[k];
        const double angle = real ? 0 : fabs(cimag(dw)); /* off the axis, upwards */
        u->w = CMPLX(creal(u->w) + creal(dw), u->left ? -angle : angle);
    }
    fj_stack_point_leave(&out->at, move);
    out->log_z = big_x(edge) + sign * fabs(end->bend) * dmu * dmu / 2;
    w->path.real = real;
    return fj_path_solve(&w->path, out);
}

static fj_status edge_leave(fj_walk *w, const fj_stretch_end *end, double sign, int real,
                            fj_station *out)
{
    fj_status status = FJ_NO_CONVERGENCE;
    for (double distance = real ? 1e-7 : 1e-4; distance > 1e-12 && status != FJ_OK;
         distance /= 30) {
        status = edge_leave_by(w, end, sign, real, distance, out);
        if (status == FJ_OK && real && !fj_real_is_gap(w->stack, out))
            status = FJ_NO_CONVERGENCE;
    }
    return status;
}

/* Does the slope at `at` point at an edge in direction `sign`, no further than `reach`? Then *edge is that edge. */
static int edge_try(fj_walk *w, const fj_station *at, double complex bend, double sign,
                    double reach, fj_stretch_end *end)
{
    const double complex to_edge = -fj_quotient(at->slope, bend);
    const double complex dx = to_edge * at->slope / 2;
    const double distance = sign * creal(dx);
    if (!(distance > 0) || distance > reach || fabs(cimag(dx)) > distance / 2)
        return 0;
    fj_station *edge = &end->edge;
    fj_station_copy(at, edge, w->stack);
    for (size_t k = 0; k < w->stack->unknowns; k++)
        edge->at.u[k].w += to_edge * at->dw[k] * at->slope;
    fj_stack_point_leave(&edge->at, to_edge);
    fj_real_snap(w->stack, edge);
    end->bend = creal(bend);
    const int found = fj_real_edge(&w->path, edge, &end->bend) == FJ_OK;
    w->path.real = is_real(at->at.m);
    const double off = sign * (big_x(edge) - big_x(at));
    if (!found || !(off > 0) || off > 4 * distance + 1e-9)
        return 0;
    /* on its other side it must lead out of the support, or onto the curve */
    const int to_curve = w->path.real;
    const int leads = edge_leave(w, end, sign, !to_curve, &w->next) == FJ_OK;
    w->path.real = to_curve;
    if (leads) {
        end->stop = FJ_STOP_EDGE;
        end->big_x = big_x(edge);
    }
    return leads;
}

/* ---- poles ---- */

/* The nearest place of an atom without mass, if it is as near to x as that; NaN if not. */
static double pole_near(const fj_walk *w, double x, double reach)
{
    for (size_t i = 0; i < w->places; i++)
        if (fabs(w->place[i] - x) < reach)
            return w->place[i];
    return NAN;
}

/* log of the mass of t next to u. */
static double mass_log(const fj_group *g, double x)
{
    const fj_mass *mass;
    const size_t n = fj_rule_masses(g->layers.rule, &mass);
    double best = INFINITY;
    for (size_t i = 0; i < n; i++)
        if (mass[i].t > 0 && fabs(log(mass[i].t) - x) < fabs(best - x))
            best = log(mass[i].t);
    return best;
}

/* From a solution beside a pole to the one as far on its other side: m and all log u_k - log a_k are odd series in the root of
 * the distance, real in the gap, m > 0 above it and < 0 below, imaginary on the curve. */
static fj_status pole_cross(fj_walk *w, const fj_station *from, double pole, int real,
                            fj_station *out)
{
    const double off = pole - big_x(from), sign = off > 0 ? 1 : -1;
    fj_station_copy(from, out, w->stack);
    out->log_z = pole + off;
    out->at.m = real ? CMPLX(sign * cabs(from->at.m), 0) : CMPLX(0, -cabs(from->at.m));
    out->at.rest = out->at.m + w->stack->above;
    for (size_t k = 0; k < w->stack->unknowns; k++) {
        const double log_a = mass_log(&w->stack->group[k], creal(from->at.u[k].w));
        const double distance = cabs(from->at.u[k].w - log_a);
        out->at.u[k] =
            (fj_subordinate){real ? CMPLX(log_a + sign * distance, 0) : CMPLX(log_a, distance), 0};
    }
    w->path.real = real;
    fj_status status = fj_path_solve(&w->path, out);
    return status == FJ_OK && real && !fj_real_is_gap(w->stack, out) ? FJ_NO_CONVERGENCE : status;
}

/* ---- on the curve ---- */

/* One step of the walk from w->at by `step` in log z into w->next. */
static int step_try(fj_walk *w, double step)
{
    const double complex dmu = fj_quotient(step, w->at.slope);
    fj_station_copy(&w->at, &w->next, w->stack);
    w->next.log_z = w->at.log_z + step;
    for (size_t k = 0; k < w->stack->unknowns; k++)
        fj_subordinate_move(&w->next.at.u[k], step * w->at.dw[k]);
    fj_stack_point_move(w->stack, &w->next.at, dmu);
    return fj_path_solve(&w->path, &w->next) == FJ_OK && w->path.first < BAD;
}

static int is_deep(const fj_walk *w, const fj_station *s)
{
    if (fj_size(s->at.rest) < 1e-280 || fabs(big_x(s)) > 1e17)
        return 1;
    for (size_t k = 0; k < w->stack->unknowns; k++)
        if (!s->at.u[k].left &&
            creal(s->at.u[k].w) < fj_rule_bottom(w->stack->group[k].layers.rule))
            return 1;
    return 0;
}

/* Follows the curve from the stretch's outermost station on that side to its end. */
static fj_status curve_follow(fj_walk *w, fj_stretch *s, int side)
{
    const double sign = side == HIGH ? 1 : -1;
    fj_stretch_end *end = &s->end[side];
    double h = 0.05;
    fj_status status = fj_station_init(&end->edge, w->stack);
    if (status != FJ_OK)
        return status;
    fj_station_copy(&s->station[side == HIGH ? s->stations - 1 : 0], &w->at, w->stack);
    w->path.real = 0;
    for (;;) {
        end->big_x = big_x(&w->at);
        const double visible = -cimag(w->at.at.m) / fj_size(w->at.at.m);
        end->stop = FJ_STOP_FAINT;
        if (!(visible > FAINT))
            return FJ_OK;
        end->stop = FJ_STOP_DEEP;
        if (is_deep(w, &w->at))
            return FJ_OK;
        if (s->stations > 1) {
            const fj_station *last = &s->station[side == HIGH ? s->stations - 2 : 1];
            if (edge_try(w, &w->at, bend_between(&w->at, last), sign, 2 * h, end))
                return FJ_OK;
        }
        end->stop = FJ_STOP_STUCK;
        const double pole = pole_near(w, end->big_x, POLE_REACH * (1 + fabs(end->big_x)));
        if (!isnan(pole) && sign * (pole - end->big_x) > 0 &&
            pole_cross(w, &w->at, pole, 1, &w->next) == FJ_OK) {
            end->stop = FJ_STOP_POLE;
            end->big_x = pole;
            return FJ_OK;
        }
        w->path.real = 0;
        if (h < STEP_LEAST * (1 + fabs(end->big_x)))
            return FJ_OK;
        if (!step_try(w, sign * h)) {
            h /= 3;
            continue;
        }
        if (w->path.first < GOOD)
            h *= 2;
        fj_station_copy(&w->next, &w->at, w->stack);
        status = stretch_add(w, s, &w->at, side);
        if (status != FJ_OK)
            return status;
    }
}

/* ---- in a gap ---- */

/* The mass of the atoms at or beyond log lambda = x in direction sign. */
static double atoms_beyond(const fj_walk *w, double x, double sign)
{
    double mass = 0;
    for (size_t i = 0; i < w->atoms; i++)
        if (sign * 2 * w->atom[i].log_s >= sign * x)
            mass += w->atom[i].mass;
    return mass;
}

/* Mass of the continuous part beyond x, where the distribution function is cdf. */
static double left_beyond(const fj_walk *w, double x, double cdf, double sign)
{
    return (sign > 0 ? 1 - cdf : cdf) - atoms_beyond(w, x, sign);
}

/* The next atom, or place of one without mass, from w->at in direction sign; NaN if there is none. */
static double next_place(const fj_walk *w, double sign)
{
    double best = NAN;
    for (size_t i = 0; i < w->atoms + w->places; i++) {
        const double x = i < w->atoms ? 2 * w->atom[i].log_s : w->place[i - w->atoms];
        if (isfinite(x) && sign * (x - big_x(&w->at)) > 0 && !(sign * (x - best) >= 0))
            best = x;
    }
    return best;
}

/* Past an atom close by: m and the distances of the u_k from the masses of t_k change their signs. */
static int atom_pass(fj_walk *w, double atom)
{
    fj_station_copy(&w->at, &w->next, w->stack);
    w->next.log_z = 2 * atom - big_x(&w->at);
    w->next.at.m = -w->at.at.m;
    w->next.at.rest = w->stack->above + w->next.at.m;
    for (size_t k = 0; k < w->stack->unknowns; k++)
        w->next.at.u[k].w += 2 * (atom - big_x(&w->at)) * w->at.dw[k];
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
    double h = 0.05;
    fj_station last;
    int have_last = 0, result = -1;
    if (fj_station_init(&last, w->stack) != FJ_OK)
        return -1;
    w->path.real = 1;
    for (int i = 0; i < GAP_STEPS; i++) {
        const double cdf = fj_real_cdf(w->stack, &w->at), x = big_x(&w->at);
        if (left_beyond(w, x, cdf, sign) < NO_MASS) {
            result = 0;
            break;
        }
        if (have_last && edge_try(w, &w->at, bend_between(&w->at, &last), sign, 2 * h, end)) {
            end->cdf = cdf;
            result = 1;
            break;
        }
        if (h < STEP_LEAST * (1 + fabs(x)))
            break;
        const double pole = pole_near(w, x, POLE_REACH * (1 + fabs(x)));
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
        if (!step_try(w, sign * most) || !fj_real_is_gap(w->stack, &w->next)) {
            h = most / 3;
            continue;
        }
        fj_station_copy(&w->at, &last, w->stack);
        have_last = 1;
        fj_station_copy(&w->next, &w->at, w->stack);
        if (w->path.first < GOOD)
            h *= 2;
    }
    fj_station_free(&last);
    return result;
}

/* ---- the whole law ---- */

/* A stretch with room for its stations, above or below the others. NULL: there are too many. */
static fj_stretch *stretch_open(fj_walk *w, int side)
{
    if (w->stretches == FJ_STRETCHES_MAX)
        return NULL;
    size_t place = side == HIGH ? w->stretches : 0;
    memmove(&w->stretch[place + 1], &w->stretch[place],
            (w->stretches - place) * sizeof *w->stretch);
    w->stretches++;
    w->stretch[place] = (fj_stretch){.stations = 0};
    return &w->stretch[place];
}

/* F at the outermost station, from the closed form; where it is faint that is the value in all that follows. */
static fj_status end_cdf(fj_walk *w, fj_stretch *s, int side)
{
    fj_stretch_end *end = &s->end[side];
    if (end->stop == FJ_STOP_EDGE) {
        fj_status status = edge_leave(w, end, side == HIGH ? 1 : -1, 1, &w->at);
        end->cdf = fj_real_cdf(w->stack, &w->at);
        return status;
    }
    const fj_station *last = &s->station[side == HIGH ? s->stations - 1 : 0];
    if (end->stop == FJ_STOP_POLE) {
        fj_status status = pole_cross(w, last, end->big_x, 1, &w->at);
        end->cdf = fj_real_cdf(w->stack, &w->at);
        return status;
    }
    fj_station_copy(last, &w->at, w->stack);
    w->path.real = 0;
    w->path.want_cdf = 1;
    fj_status status = fj_path_solve(&w->path, &w->at);
    w->path.want_cdf = 0;
    end->cdf = w->at.cdf;
    /* the density may vanish at a place like a power, where a u_k reaches the end of the law of its t */
    const double sign = side == HIGH ? 1 : -1;
    if (end->stop == FJ_STOP_STUCK && fabs(left_beyond(w, end->big_x, end->cdf, sign)) < FAINT_MASS)
        end->stop = FJ_STOP_FAINT;
    return status;
}

/* Beyond a faint or stuck end: tries further and further out for a place on the curve again. */
static int jump(fj_walk *w, double x, double sign)
{
    for (int i = 0; i < STARTS; i++) {
        const double there = x + sign * (1 + fabs(x)) * ldexp(1e-3, i);
        w->path.want_cdf = 0;
        if (fj_path_start(&w->path, &w->at, &w->next, there, 0) == FJ_OK &&
            -cimag(w->at.at.m) > FAINT * fj_size(w->at.at.m))
            return 1;
    }
    return 0;
}

/* From the gap that w->at is in to the curve behind its end in direction sign: 1 if there is one, 0 if nothing is left. */
static int gap_cross(fj_walk *w, double sign, fj_stretch_end *near, fj_status *status)
{
    const int found = gap_follow(w, sign, near);
    *status = found < 0 ? FJ_NO_CONVERGENCE : FJ_OK;
    if (found == 1 && near->stop == FJ_STOP_POLE) {
        *status = pole_cross(w, &w->at, near->big_x, 0, &w->next);
        fj_station_copy(&w->next, &w->at, w->stack);
    } else if (found == 1) {
        *status = edge_leave(w, near, sign, 0, &w->at);
    }
    return found == 1;
}

/* All that lies beyond the outermost stretch on that side; from an edge through the gap to the next edge, and so on. */
static fj_status side_walk(fj_walk *w, int side)
{
    const double sign = side == HIGH ? 1 : -1;
    for (;;) {
        fj_stretch *s = &w->stretch[side == HIGH ? w->stretches - 1 : 0];
        const fj_stretch_end *end = &s->end[side];
        fj_stretch_end near = {.stop = FJ_STOP_EDGE};
        if (left_beyond(w, end->big_x, end->cdf, sign) < NO_MASS || end->stop == FJ_STOP_DEEP)
            return FJ_OK;
        fj_status status = fj_station_init(&near.edge, w->stack);
        if (status != FJ_OK)
            return status;
        int found = 0;
        if (end->stop == FJ_STOP_EDGE ||
            end->stop == FJ_STOP_POLE) { /* w->at is in the gap, by end_cdf */
            found = gap_cross(w, sign, &near, &status);
        } else {
            found = jump(w, end->big_x, sign);
            near.stop = FJ_STOP_FAINT;
        }
        fj_stretch *next = found == 1 && status == FJ_OK ? stretch_open(w, side) : NULL;
        if (!next) {
            fj_station_free(&near.edge);
            return status != FJ_OK ? status : found == 1 ? FJ_NO_CONVERGENCE : FJ_OK;
        }
        status = stretch_add(w, next, &w->at, side);
        if (near.stop != FJ_STOP_FAINT) {
            next->end[!side] = near;
        } else {
            fj_station_free(&near.edge);
            if (status == FJ_OK)
                status = curve_follow(w, next, !side);
            if (status == FJ_OK)
                status = end_cdf(w, next, !side);
        }
        if (status == FJ_OK)
            status = curve_follow(w, next, side);
        if (status == FJ_OK)
            status = end_cdf(w, next, side);
        if (status != FJ_OK)
            return status;
    }
}

/* Where the support ends without a square-root edge: a real solution from outside is followed until some u_k meets the law
 * of its t. From above, z comes from infinity; from below, from 0, if lambda has no mass near it. */
static double limit_find(fj_walk *w, int side, double from)
{
    static const double FAR = 40, NEAR = 1e-12;
    const fj_stack *stack = w->stack;
    const double start = side == HIGH ? fmax(stack->log_mean, from) + FAR : from - FAR;
    const double sign = side == HIGH ? -1 : 1;
    w->path.real = 1;
    if (side == HIGH) {
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
        return side == HIGH ? INFINITY : -INFINITY;
    double h = 1;
    for (int i = 0; i < GAP_STEPS && h > NEAR * (1 + fabs(from)); i++) {
        if (step_try(w, sign * h) && fj_real_is_gap(stack, &w->next))
            fj_station_copy(&w->next, &w->at, stack);
        else
            h /= 2;
    }
    return big_x(&w->at);
}

/* A start that has ended in a gap: from there to the side where there is something. */
static int start_from_gap(fj_walk *w, double big_x_start)
{
    fj_stretch_end near = {.stop = FJ_STOP_EDGE};
    fj_status status = fj_station_init(&near.edge, w->stack);
    fj_real_snap(w->stack, &w->at);
    w->at.log_z = big_x_start;
    w->path.real = 1;
    int found = 0;
    if (status == FJ_OK && fj_path_solve(&w->path, &w->at) == FJ_OK &&
        fj_real_is_gap(w->stack, &w->at)) {
        const double cdf = fj_real_cdf(w->stack, &w->at);
        const double sign = left_beyond(w, big_x_start, cdf, -1) > NO_MASS ? -1 : 1;
        found = gap_cross(w, sign, &near, &status);
    }
    fj_station_free(&near.edge);
    return found && status == FJ_OK;
}

/* Onto the curve, somewhere: w->at. */
static fj_status start_find(fj_walk *w)
{
    /* where most of the law is likely to be, then all around */
    const double centre = w->stack->log_mean;
    for (int i = 0; i < 2 * STARTS; i++) {
        const double off = i == 0 ? 0 : (i % 2 ? -1 : 1) * ldexp(1e-2, i / 2);
        if (fj_path_start(&w->path, &w->at, &w->next, centre + off, 0) == FJ_OK &&
            -cimag(w->at.at.m) > FAINT * fj_size(w->at.at.m))
            return FJ_OK;
        if (start_from_gap(w, centre + off))
            return FJ_OK;
    }
    return FJ_NO_CONVERGENCE;
}

fj_status fj_walk_make(fj_walk *walk)
{
    const fj_stack *stack = walk->stack;
    if (1 - atoms_beyond(walk, -INFINITY, 1) < NO_MASS)
        return FJ_OK; /* atoms alone */
    fj_status status = fj_path_init(&walk->path, stack);
    if (status == FJ_OK)
        status = fj_station_init(&walk->at, stack);
    if (status == FJ_OK)
        status = fj_station_init(&walk->next, stack);
    if (status == FJ_OK)
        status = start_find(walk);
    if (status != FJ_OK)
        return status;
    fj_stretch *s = stretch_open(walk, HIGH);
    status = stretch_add(walk, s, &walk->at, HIGH);
    for (int side = LOW; side <= HIGH && status == FJ_OK; side++) {
        status = curve_follow(walk, s, side);
        if (status == FJ_OK)
            status = end_cdf(walk, s, side);
    }
    for (int side = LOW; side <= HIGH && status == FJ_OK; side++) {
        s = &walk->stretch[side == HIGH ? walk->stretches - 1 : 0];
        status = end_cdf(walk, s, side); /* puts walk->at there */
        if (status == FJ_OK)
            status = side_walk(walk, side);
        walk->limit[side] = side == HIGH ? INFINITY : -INFINITY;
        s = &walk->stretch[side == HIGH ? walk->stretches - 1 : 0];
        if (status == FJ_OK && s->end[side].stop > FJ_STOP_POLE)
            walk->limit[side] = limit_find(walk, side, s->end[side].big_x);
    }
    return status;
}

void fj_walk_free(fj_walk *walk)
{
    for (size_t i = 0; i < walk->stretches; i++) {
        fj_stretch *s = &walk->stretch[i];
        for (size_t k = 0; k < s->stations; k++)
            fj_station_free(&s->station[k]);
        free(s->station);
        fj_station_free(&s->end[LOW].edge);
        fj_station_free(&s->end[HIGH].edge);
    }
    fj_station_free(&walk->at);
    fj_station_free(&walk->next);
    if (walk->path.stack)
        fj_path_free(&walk->path);
    *walk = (fj_walk){.stretches = 0};
}
