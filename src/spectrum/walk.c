/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Finding the whole law of layers that differ.
 *
 * 1. Start somewhere: continuation from far out (path.c) leads onto the curve, or into a gap.
 * 2. On the curve, step up and down in log lambda by Newton's method, keeping every solution as a station, until the density
 *    is below 1e-140, or the slope d log z/d log m points at an edge, which is then found on the real axis.
 * 3. In a gap all is real: step on until the slope points at the next edge, behind which the curve goes on; an atom, where m
 *    goes through infinity, is passed by reflection, and so is a place where m is 0.
 * 4. F is known in every gap without integration: when what is left beyond equals the atoms there, that side is done. */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "real_axis.h"
#include "walk_internal.h"

/* A distribution function further outside [0, 1] is none: u_k is so near to the axis that its side is lost. */
static const double NO_CDF = 1e-9;
/* Below this |m + P(lambda > 0)| = |E[z/(z - lambda); lambda > 0]| no mass but that at 0 lies below. */
static const double NO_REST = 1e-20;
/* Mass beyond a place where no step is possible that makes it the end. */
static const double FAINT_MASS = 1e-11;
/* A density per unit log lambda that falls from there to nothing without more mass than that ends. */
static const double ENDS_AT = 1e-8;
/* So near the end of the support, relative to log z, a walk gets where the density vanishes there like a power. */
static const double AT_LIMIT = 1e-6;
/* Places to start from that are tried, on either side. */
enum { STARTS = 12 };

/* A stretch with room for its stations, above or below the others. NULL: there are too many. */
static fj_stretch *stretch_open(fj_walk *w, int side)
{
    if (w->stretches == FJ_STRETCHES_MAX)
        return NULL;
    size_t place = side == FJ_HIGH ? w->stretches : 0;
    memmove(&w->stretch[place + 1], &w->stretch[place],
            (w->stretches - place) * sizeof *w->stretch);
    w->stretches++;
    w->stretch[place] = (fj_stretch){.stations = 0};
    return &w->stretch[place];
}

static void stretch_free(fj_stretch *s)
{
    for (size_t k = 0; k < s->stations; k++)
        fj_station_free(&s->station[k]);
    free(s->station);
    fj_station_free(&s->end[FJ_LOW].edge);
    fj_station_free(&s->end[FJ_HIGH].edge);
}

/* F at the outermost station, from the closed form; where it is faint that is the value in all that follows. */
static fj_status end_cdf(fj_walk *w, fj_stretch *s, int side)
{
    fj_stretch_end *end = &s->end[side];
    if (end->stop == FJ_STOP_EDGE) {
        fj_status status = fj_walk_edge_leave(w, end, side == FJ_HIGH ? 1 : -1, 1, &w->at);
        end->cdf = fj_real_cdf(w->stack, &w->at);
        return status;
    }
    const fj_station *last = &s->station[side == FJ_HIGH ? s->stations - 1 : 0];
    if (end->stop == FJ_STOP_POLE) {
        fj_status status = fj_walk_pole_cross(w, last, end->big_x, 1, &w->at);
        end->cdf = fj_real_cdf(w->stack, &w->at);
        return status;
    }
    fj_status status = FJ_NO_CONVERGENCE;
    const size_t spent = w->path.spent;
    w->path.spent = 0; /* what is known so far is to be told, however long it took */
    w->path.real = 0;
    w->path.want_cdf = 1;
    while (s->stations > 0 && status != FJ_OK) { /* where it is stuck it may not be known either */
        fj_station_copy(&s->station[side == FJ_HIGH ? s->stations - 1 : 0], &w->at, w->stack);
        if (side == FJ_LOW && fj_size(w->at.at.rest) < NO_REST) { /* angles may have underflown */
            w->at.cdf = w->stack->at_zero;
            status = FJ_OK;
        } else {
            status = fj_path_solve(&w->path, &w->at);
        }
        if (status != FJ_OK || !(w->at.cdf > -NO_CDF && w->at.cdf < 1 + NO_CDF)) {
            fj_walk_station_drop(s, side);
            status = FJ_NO_CONVERGENCE;
            end->stop = FJ_STOP_STUCK;
        }
    }
    w->path.want_cdf = 0;
    w->path.spent += spent;
    end->cdf = w->at.cdf;
    end->big_x = fj_walk_x(&w->at);
    return status;
}

/* Beyond a faint or stuck end: tries further and further out for a place on the curve again. */
static int jump(fj_walk *w, double x, double sign)
{
    for (int i = 0; i < 2 * STARTS; i++) {
        const double there = x + sign * (1 + fabs(x)) * ldexp(1e-3, i);
        w->path.want_cdf = 0;
        if (fj_path_start(&w->path, &w->at, &w->next, there, 0) == FJ_OK &&
            -cimag(w->at.at.m) > FJ_WALK_FAINT * fj_size(w->at.at.m))
            return 1;
    }
    return 0;
}

/* A place that could not be passed one way may be passed the other: the outermost stretch takes the place of those it has
 * come over. */
static void overlap_drop(fj_walk *w, int side)
{
    const double sign = side == FJ_HIGH ? 1 : -1;
    while (w->stretches > 1) {
        const size_t outer = side == FJ_HIGH ? w->stretches - 1 : 0;
        const size_t inner = side == FJ_HIGH ? outer - 1 : 1;
        if (!(sign * (w->stretch[outer].end[!side].big_x - w->stretch[inner].end[side].big_x) < 0))
            return;
        stretch_free(&w->stretch[inner]);
        memmove(&w->stretch[inner], &w->stretch[inner + 1],
                (w->stretches - inner - 1) * sizeof *w->stretch);
        w->stretches--;
    }
}

/* Where nothing of an outermost stretch has been solved for it is none. */
static int stretch_forget(fj_walk *w, fj_stretch *s)
{
    if (s->stations > 0 || w->stretches < 2)
        return 0;
    const size_t place = (size_t)(s - w->stretch);
    stretch_free(s);
    memmove(s, s + 1, (w->stretches - place - 1) * sizeof *s);
    w->stretches--;
    return 1;
}

/* All that lies beyond the outermost stretch on that side; from an edge through the gap to the next edge, and so on. */
static fj_status side_walk(fj_walk *w, int side)
{
    const double sign = side == FJ_HIGH ? 1 : -1;
    for (;;) {
        fj_stretch *s = &w->stretch[side == FJ_HIGH ? w->stretches - 1 : 0];
        const fj_stretch_end *end = &s->end[side];
        fj_stretch_end near = {.stop = FJ_STOP_EDGE};
        const int asked_for = end->stop == FJ_STOP_FAINT && w->faint > 0;
        if (fj_walk_left_beyond(w, end->big_x, end->cdf, sign) < FJ_WALK_NO_MASS ||
            end->stop == FJ_STOP_DEEP || asked_for)
            return FJ_OK;
        fj_status status = fj_station_init(&near.edge, w->stack);
        if (status != FJ_OK)
            return status;
        int found = 0;
        if (end->stop == FJ_STOP_EDGE ||
            end->stop == FJ_STOP_POLE) { /* w->at is in the gap, by end_cdf */
            found = fj_walk_gap_cross(w, sign, &near, &status);
            if (found < 0) { /* where a u_k enters the law of its t */
                found = jump(w, fj_walk_x(&w->at), sign);
                near.stop = FJ_STOP_FAINT;
            }
        } else {
            found = jump(w, end->big_x, sign);
            near.stop = FJ_STOP_FAINT;
        }
        fj_stretch *next = found == 1 && status == FJ_OK ? stretch_open(w, side) : NULL;
        if (!next) {
            fj_station_free(&near.edge);
            return status != FJ_OK ? status : found == 1 ? FJ_NO_CONVERGENCE : FJ_OK;
        }
        status = fj_walk_station_add(w, next, &w->at, side);
        if (near.stop != FJ_STOP_FAINT) {
            next->end[!side] = near;
        } else {
            fj_station_free(&near.edge);
            if (status == FJ_OK)
                status = fj_walk_curve_follow(w, next, !side);
            if (status == FJ_OK)
                status = end_cdf(w, next, !side);
            overlap_drop(w, side);
            next = &w->stretch[side == FJ_HIGH ? w->stretches - 1 : 0];
        }
        if (status == FJ_OK)
            status = fj_walk_curve_follow(w, next, side);
        if (status == FJ_OK)
            status = end_cdf(w, next, side);
        if (status == FJ_NO_CONVERGENCE && stretch_forget(w, next)) /* what follows is not known */
            return FJ_OK;
        if (status != FJ_OK)
            return status;
    }
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
        const double sign = fj_walk_left_beyond(w, big_x_start, cdf, -1) > FJ_WALK_NO_MASS ? -1 : 1;
        found = fj_walk_gap_cross(w, sign, &near, &status) == 1;
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
            -cimag(w->at.at.m) > FJ_WALK_FAINT * fj_size(w->at.at.m))
            return FJ_OK;
        if (start_from_gap(w, centre + off))
            return FJ_OK;
    }
    return FJ_NO_CONVERGENCE;
}

static fj_status scratch_make(fj_walk *w)
{
    fj_status status = fj_path_init(&w->path, w->stack);
    if (status == FJ_OK)
        status = fj_station_init(&w->at, w->stack);
    return status == FJ_OK ? fj_station_init(&w->next, w->stack) : status;
}

/* Does the density end, or is it next to nothing, where a stretch is stuck? No mass is left beyond, and it falls in plain sight, or is faint
 * itself, or there is the end of the support: it may vanish there like a power, where a u_k reaches the end of the law of its t. Where it
 * has fallen so far that mass does not tell, it may go on. */
static int is_end(const fj_walk *w, const fj_stretch *s, int side)
{
    const fj_station *last = &s->station[side == FJ_HIGH ? s->stations - 1 : 0];
    const double im = -cimag(last->at.m), x = fj_walk_x(last), sign = side == FJ_HIGH ? 1 : -1;
    if (!(fabs(fj_walk_left_beyond(w, x, s->end[side].cdf, sign)) < FAINT_MASS))
        return 0;
    return im > ENDS_AT || im <= fj_walk_faint(w) * fj_size(last->at.m) ||
           fabs(w->limit[side] - x) <= AT_LIMIT * (1 + fabs(x));
}

/* All that lies beyond the outermost stretch, whose end there is known, and where the support ends. */
static fj_status side_finish(fj_walk *w, int side)
{
    fj_stretch *s = &w->stretch[side == FJ_HIGH ? w->stretches - 1 : 0];
    fj_status status = end_cdf(w, s, side); /* puts w->at there */
    if (status == FJ_OK && s->end[side].stop == FJ_STOP_LATER) {
        w->limit[side] = -INFINITY;
        return FJ_OK;
    }
    if (status == FJ_OK)
        status = side_walk(w, side);
    w->limit[side] = side == FJ_HIGH ? INFINITY : -INFINITY;
    s = &w->stretch[side == FJ_HIGH ? w->stretches - 1 : 0];
    w->path.spent = 0;
    if (status != FJ_OK || s->end[side].stop <= FJ_STOP_POLE)
        return status;
    w->limit[side] = fj_walk_limit_find(w, side, s->end[side].big_x);
    if (s->end[side].stop == FJ_STOP_STUCK && is_end(w, s, side))
        s->end[side].stop = FJ_STOP_FAINT;
    return FJ_OK;
}

fj_status fj_walk_make(fj_walk *walk)
{
    if (1 - fj_walk_atoms_beyond(walk, -INFINITY, 1) < FJ_WALK_NO_MASS)
        return FJ_OK; /* atoms alone */
    fj_status status = scratch_make(walk);
    if (status == FJ_OK)
        status = start_find(walk);
    if (status != FJ_OK)
        return status;
    fj_stretch *s = stretch_open(walk, FJ_HIGH);
    status = fj_walk_station_add(walk, s, &walk->at, FJ_HIGH);
    for (int side = FJ_LOW; side <= FJ_HIGH && status == FJ_OK; side++)
        status = fj_walk_curve_follow(walk, s, side);
    for (int side = FJ_LOW; side <= FJ_HIGH && status == FJ_OK; side++)
        status = side_finish(walk, side);
    return status;
}

fj_status fj_walk_make_below(fj_walk *walk, const fj_station *from, fj_stretch_end *high)
{
    fj_stretch *s = stretch_open(walk, FJ_HIGH);
    s->end[FJ_HIGH] = *high;
    fj_status status = scratch_make(walk);
    if (status == FJ_OK)
        status = fj_real_edge(&walk->path, &s->end[FJ_HIGH].edge, &s->end[FJ_HIGH].bend);
    if (status == FJ_OK)
        status = fj_walk_station_add(walk, s, from, FJ_LOW);
    s->end[FJ_HIGH].big_x = fj_walk_x(&s->end[FJ_HIGH].edge);
    if (status == FJ_OK)
        status = end_cdf(walk, s, FJ_HIGH);
    walk->limit[FJ_HIGH] = INFINITY;
    if (status == FJ_OK)
        status = fj_walk_curve_follow(walk, s, FJ_LOW);
    return status == FJ_OK ? side_finish(walk, FJ_LOW) : status;
}

fj_status fj_walk_make_on(fj_walk *walk)
{
    fj_station_free(&walk->stretch[0].end[FJ_LOW].edge);
    walk->faint = 0;
    return fj_walk_curve_follow(walk, &walk->stretch[0], FJ_LOW);
}

void fj_walk_free(fj_walk *walk)
{
    for (size_t i = 0; i < walk->stretches; i++)
        stretch_free(&walk->stretch[i]);
    fj_station_free(&walk->at);
    fj_station_free(&walk->next);
    if (walk->path.stack)
        fj_path_free(&walk->path);
    *walk = (fj_walk){.stretches = 0};
}
