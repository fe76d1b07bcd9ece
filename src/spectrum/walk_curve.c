/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Along the curve of one interval of the support.
 *
 * 1. Step up or down in log lambda by Newton's method, as far as it converges well, keeping every solution as a station.
 * 2. After each step see whether the slope points at an edge within reach.
 * 3. Stop there; where the density is fainter than FJ_WALK_FAINT; where u leaves what its rule follows, or what that is wrong by is
 *    all there is; or where no step is possible any more.
 * 4. Where next to no mass lies below, and nothing but a tail towards 0, stop until more is asked for. */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "stations.h"
#include "walk_internal.h"

enum { STATIONS_MAX = 4000 };

/* Steps begin with this: patches are made as long as they tell (stack_patches.c), so that it is better too long than too short. */
static const double FIRST_STEP = 0.2;
/* A first correction of this size: the step is taken again, shorter. */
static const double BAD = 0.2;
/* A station only has to lead on: to its cube, and its slope to its square, which guesses rest on. */
static const double ON_THE_WAY = 1e-4;
/* The mass that may wait. */
static const double LATER = 1e-12;
/* The last step may lead so far below FJ_WALK_FAINT. */
static const double BEYOND = 1e-6;
/* Below this log lambda no more than this probability is left to the tail. */
static const double FAR_DOWN = -1500, LITTLE = 1e-40;
/* Left of the axis u is followed to the exponential of this: |u|^2, scaled, underflows in sums over nodes at -700, and steps towards
 * that would get ever shorter. */
static const double LEFT_LEAST = -690;

/* -Im m/|m| */
static double visible(const fj_station *s)
{
    return -cimag(s->at.m) / fj_size(s->at.m);
}

/* Faint as it is, the density per unit s is not: it tends to a constant, or grows, towards s = 0. */
static int shows_in_s(const fj_station *s)
{
    static const double LOG_SHOWS = -140;
    return log(-cimag(s->at.m)) - fj_walk_x(s) / 2 > LOG_SHOWS;
}

/* From a guess: at once, or not at all. */
static int next_solve(fj_walk *w)
{
    w->path.first_most = BAD;
    fj_status status = fj_path_solve(&w->path, &w->next);
    w->path.first_most = INFINITY;
    return status == FJ_OK;
}

/* One step along the curve, from all that is known of it behind; 0 where Newton's method does not like it. */
static int step_along(fj_walk *w, const fj_stations *behind, double step)
{
    fj_station_copy(&w->at, &w->next, w->stack);
    w->next.log_z = w->at.log_z + step;
    return fj_stations_guess(behind, creal(w->next.log_z), &w->next.at) && next_solve(w);
}

/* One step of the walk from w->at by `step` in log z into w->next. */
int fj_walk_step(fj_walk *w, double step)
{
    const double complex dmu = fj_quotient(step, w->at.slope);
    fj_station_copy(&w->at, &w->next, w->stack);
    w->next.log_z = w->at.log_z + step;
    for (size_t k = 0; k < w->stack->unknowns; k++)
        fj_subordinate_move(&w->next.at.u[k], step * w->at.dw[k]);
    fj_stack_point_move(w->stack, &w->next.at, dmu);
    return next_solve(w);
}

fj_status fj_walk_station_add(fj_walk *w, fj_stretch *s, const fj_station *station, int side)
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
    size_t place = side == FJ_HIGH ? s->stations : 0;
    memmove(s->station + place + 1, s->station + place, (s->stations - place) * sizeof *s->station);
    s->station[place] = made;
    s->stations++;
    return FJ_OK;
}

void fj_walk_station_drop(fj_stretch *s, int side)
{
    s->stations--;
    const size_t place = side == FJ_HIGH ? s->stations : 0;
    fj_station_free(&s->station[place]);
    memmove(s->station + place, s->station + place + 1, (s->stations - place) * sizeof *s->station);
}

static int is_deep(const fj_walk *w, const fj_station *s)
{
    const double rest = fj_size(s->at.rest), x = fj_walk_x(s);
    /* beyond the range of double in s, only probabilities that matter are followed */
    if (rest < 1e-280 || fabs(x) > 1e17 || (x < FAR_DOWN && rest < LITTLE) ||
        fj_station_blur(s) > 1)
        return 1;
    for (size_t k = 0; k < w->stack->unknowns; k++) {
        const double bottom =
            s->at.u[k].left ? LEFT_LEAST : fj_rule_bottom(w->stack->group[k].layers.rule);
        if (creal(s->at.u[k].w) < bottom)
            return 1;
    }
    return 0;
}

/* How much longer the next step may be: guesses from several stations are off by a high power of it. */
static double growth(double first)
{
    static const double EASY = 1e-3;
    return first < EASY ? 2 : first < FJ_WALK_GOOD ? 1.3 : 1;
}

/* Is the mass below so little, where the density falls on like this power of lambda, or faster? */
static int may_wait(const fj_station *s)
{
    const double complex along = fj_quotient(s->at.m, s->slope);
    const double power = cimag(along) / cimag(s->at.m);
    return power > 0 && -cimag(s->at.m) < LATER * M_PI * power;
}

/* Does it end at w->at, edges and poles apart? Then *stop tells why. */
static int ends(const fj_walk *w, int side, fj_stop *stop)
{
    *stop = FJ_STOP_FAINT;
    if (!(visible(&w->at) > fj_walk_faint(w))) {
        if (side == FJ_LOW && w->faint == 0 && shows_in_s(&w->at))
            *stop = FJ_STOP_DEEP;
        return 1;
    }
    *stop = FJ_STOP_DEEP;
    return is_deep(w, &w->at);
}

/* One step of w->at by *h in direction sign, and how long the next may be. 0: it must be shorter. */
static int advance(fj_walk *w, const fj_stations *behind, double sign, double *h)
{
    /* where rounding is large several stations make it larger, the tangent does not */
    if (!step_along(w, behind, sign * *h) && !fj_walk_step(w, sign * *h)) {
        *h /= 3;
        return 0;
    }
    if (visible(&w->next) < fj_walk_faint(w) * BEYOND) { /* all of that would be followed */
        *h /= 2;
        return 0;
    }
    *h *= growth(w->path.first);
    fj_station_copy(&w->next, &w->at, w->stack);
    return 1;
}

static int is_shortest(const fj_walk *w, double h)
{
    return h < FJ_WALK_STEP_LEAST * (1 + fabs(fj_walk_x(&w->at)));
}

/* The rest of fj_walk_curve_follow: `behind` is what it steps on from. */
static fj_status curve_follow(fj_walk *w, fj_stretch *s, int side, fj_stations *behind)
{
    const double sign = side == FJ_HIGH ? 1 : -1;
    fj_stretch_end *end = &s->end[side];
    double h = fmax(FIRST_STEP, w->step);
    double refused = INFINITY; /* (walk_edge.c) */
    fj_station_copy(&s->station[side == FJ_HIGH ? s->stations - 1 : 0], &w->at, w->stack);
    w->path.real = 0;
    for (;;) {
        end->big_x = fj_walk_x(&w->at);
        if (ends(w, side, &end->stop))
            return FJ_OK;
        if (side == FJ_LOW && w->may_wait && may_wait(&w->at)) {
            end->stop = FJ_STOP_LATER;
            w->onward = h;
            w->spent = w->path.spent;
            return FJ_OK;
        }
        if (s->stations > 1) {
            const fj_station *last = &s->station[side == FJ_HIGH ? s->stations - 2 : 1];
            if (fj_walk_edge_try(w, &w->at, fj_walk_bend(&w->at, last), sign, 2 * h, &refused, end))
                return FJ_OK;
        }
        end->stop = FJ_STOP_STUCK;
        const double pole =
            fj_walk_pole_near(w, end->big_x, FJ_WALK_POLE_REACH * (1 + fabs(end->big_x)));
        if (!isnan(pole) && sign * (pole - end->big_x) > 0 &&
            fj_walk_pole_cross(w, &w->at, pole, 1, &w->next) == FJ_OK) {
            end->stop = FJ_STOP_POLE;
            end->big_x = pole;
            return FJ_OK;
        }
        w->path.real = 0;
        if (is_shortest(w, h))
            return FJ_OK;
        if (!advance(w, behind, sign, &h))
            continue;
        fj_status status = fj_walk_station_add(w, s, &w->at, side);
        if (status == FJ_OK)
            status = fj_stations_put(behind, &w->at);
        if (status != FJ_OK)
            return status;
        if (side == FJ_LOW && w->goes_on && !w->goes_on(w->context, &s->station[0])) {
            end->big_x = fj_walk_x(&w->at);
            end->stop = FJ_STOP_FAINT;
            return FJ_OK;
        }
    }
}

/* Follows the curve from the stretch's outermost station on that side to its end. */
fj_status fj_walk_curve_follow(fj_walk *w, fj_stretch *s, int side)
{
    fj_stretch_end *end = &s->end[side];
    const fj_patches plain = {.n = 0}; /* log lambda itself */
    fj_stations behind = {.n = 0};
    fj_status status = fj_station_init(&end->edge, w->stack);
    if (status == FJ_OK)
        status = fj_stations_init(&behind, &w->path, s, &plain);
    const double enough = w->path.enough;
    w->path.enough = ON_THE_WAY;
    if (status == FJ_OK)
        status = curve_follow(w, s, side, &behind);
    w->path.enough = enough;
    fj_stations_free(&behind);
    return status;
}

fj_status fj_walk_on(fj_walk *w, fj_stations *known, size_t most, fj_stop *stop)
{
    const double enough = w->path.enough;
    const size_t spent = w->path.spent;
    fj_status status = FJ_OK;
    fj_station_copy(&fj_stations_lowest(known)->at, &w->at, w->stack);
    w->path.enough = ON_THE_WAY;
    w->path.spent = w->spent;
    w->path.real = w->path.want_cdf = 0;
    while (most > 0 && status == FJ_OK && !ends(w, FJ_LOW, stop)) {
        *stop = FJ_STOP_STUCK;
        if (is_shortest(w, w->onward))
            break;
        if (!advance(w, known, -1, &w->onward))
            continue;
        status = fj_stations_put(known, &w->at);
        *stop = FJ_STOP_LATER;
        most--;
    }
    w->spent = w->path.spent;
    w->path.spent = spent;
    w->path.enough = enough;
    return status;
}
