/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Finding out how far a reduced stack serves (reduce.c).
 *
 * 1. Walk along its law: one interval, with an upper edge, or it does not serve.
 * 2. At a station of that walk, the whole network's solution is a step of Newton's method away. Where both densities agree to
 *    rounding the reduced stack serves. The way down ends where they no longer do, seen now and then, or where what lies below may
 *    wait; bisection finds the lowest station where they do. Series made from the reduced stack are checked again, each (patches_build.c).
 * 3. Half of the law at least must lie above it; else more nodes are tried, once.
 * 4. Below it, and at the edge, it is the whole network that is followed. */
#include "bulk.h"
#include <float.h>
#include <math.h>
#include <stdlib.h>

/* log density may differ by that much, and by what rounding of log z explains. */
static const double AGREE = 4e-13, ROUNDINGS = 4;
/* A step that is taken to second order, of a first one of this size, leaves less than that. */
static const double ENOUGH = 3e-6;
/* The first step below the bulk: this part of the reduced walk's there. */
static const double STEPS = 8;
/* Nodes added in the first try and the second. */
static const int MORE[] = {0, 6};
/* A reduced stack seldom serves where the density is fainter; it is followed further only where it still does there. */
static const double FAINT = 1e-14;
/* Mass that may lie below the bulk. */
static const double MOST = 0.5;

fj_status fj_bulk_expand(const fj_bulk *bulk, fj_path *whole, const fj_station *from,
                         fj_station *to)
{
    to->log_z = from->log_z;
    fj_reduction_expand(bulk->reduction, &from->at, &to->at);
    whole->real = 0;
    return fj_path_solve(whole, to);
}

/* By how much rounding of log z may move log(-Im m). */
static double noise_of(const fj_station *s)
{
    const double complex along = fj_quotient(s->at.m, s->slope);
    return (s->rounding + DBL_EPSILON * fabs(creal(s->log_z))) *
           fabs(cimag(along) / cimag(s->at.m));
}

/* One that looks for where the bulk ends. */
typedef struct search {
    fj_bulk *bulk;
    fj_path whole;
    fj_station at;      /* the whole network's solution where it was looked for last */
    double visible;     /* the density where it was looked for last on the way down, of -Im m/|m| */
    double lowest_good; /* log lambda of what was found there */
    int ended;          /* the lowest station of the walk was found not to agree */
} search;

/* Does a station of the reduced walk agree? Then s->at is the whole network's. */
static int agrees(search *s, fj_station *station)
{
    fj_path *path = &s->bulk->walk.path;
    const double enough = path->enough;
    /* a walk leaves its stations as soon as they lead on */
    path->enough = ENOUGH;
    const fj_status status = fj_path_solve(path, station);
    path->enough = enough;
    if (status != FJ_OK || fj_bulk_expand(s->bulk, &s->whole, station, &s->at) != FJ_OK)
        return 0;
    const double off = fabs(log(cimag(s->at.at.m) / cimag(station->at.m)));
    return off < AGREE + ROUNDINGS * (noise_of(station) + noise_of(&s->at));
}

/* On the way down a station is looked at wherever the density has fallen so far. */
static int goes_on(void *context, fj_station *station)
{
    static const double FALL = 1e-3;
    search *s = context;
    const double visible = -cimag(station->at.m) / fj_size(station->at.m);
    if (!(visible < FALL * s->visible))
        return 1;
    s->visible = visible;
    s->ended = !agrees(s, station);
    if (!s->ended)
        s->lowest_good = creal(station->log_z);
    return !s->ended;
}

/* The lowest station that agrees, into s->at; 0 where there is none. */
static int lowest_find(search *s)
{
    fj_bulk *bulk = s->bulk;
    fj_stretch *stretch = &bulk->walk.stretch[0];
    size_t good = stretch->stations - 1, bad = (size_t)-1; /* bad: below all */
    if (!agrees(s, &stretch->station[good]))
        return 0;
    while (good > 0 && creal(stretch->station[good].log_z) > s->lowest_good)
        good--;
    const fj_stop stop = stretch->end[FJ_LOW].stop;
    if (s->ended) {
        bad = 0;
    } else if (stop == FJ_STOP_FAINT || stop == FJ_STOP_LATER) {
        if (!agrees(s, &stretch->station[0])) {
            bad = 0;
        } else if (stop == FJ_STOP_LATER) {
            good = 0;
        } else { /* on, then */
            const size_t before = stretch->stations;
            bulk->walk.goes_on = NULL;
            if (fj_walk_make_on(&bulk->walk) != FJ_OK)
                return 0;
            good = stretch->stations - before;
        }
    }
    while (good - bad > 1) {
        const size_t middle = good - (good - bad) / 2;
        if (agrees(s, &stretch->station[middle]))
            good = middle;
        else
            bad = middle;
    }
    fj_station *lowest = &stretch->station[good];
    s->whole.want_cdf = 1;
    s->whole.enough = FJ_PATH_EXACT;
    const int found = fj_bulk_expand(bulk, &s->whole, lowest, &s->at) == FJ_OK;
    bulk->from = creal(lowest->log_z);
    const size_t beside = good > 0 ? good - 1 : 1;
    if (beside < stretch->stations)
        bulk->step = fabs(bulk->from - creal(stretch->station[beside].log_z));
    return found;
}

/* The walk of the whole network from `from` down; the edge above is near that of the reduced walk. */
static fj_status below_make(fj_bulk *bulk, fj_walk *whole, const fj_station *from)
{
    fj_stretch_end high = bulk->walk.stretch[0].end[FJ_HIGH];
    const fj_station *edge = &bulk->walk.stretch[0].end[FJ_HIGH].edge;
    fj_status status = fj_station_init(&high.edge, whole->stack);
    if (status != FJ_OK)
        return status;
    high.edge.log_z = edge->log_z;
    high.edge.slope = edge->slope;
    fj_reduction_expand(bulk->reduction, &edge->at, &high.edge.at);
    whole->step = bulk->step / STEPS; /* a tangent is all there is for the first */
    return fj_walk_make_below(whole, from, &high);
}

/* 1 where it serves and the whole walk is made. */
static int serves(const fj_gathered *g, fj_walk *whole, fj_bulk *bulk, fj_status *status)
{
    fj_walk *walk = &bulk->walk;
    search s = {.bulk = bulk,
                .whole = {.stack = &g->stack},
                .at = {.cdf = NAN},
                .visible = 1,
                .lowest_good = INFINITY};
    int served = 0;
    *walk = (fj_walk){.stack = &bulk->reduction->stack,
                      .atom = whole->atom,
                      .atoms = whole->atoms,
                      .place = whole->place,
                      .places = whole->places,
                      .faint = FAINT,
                      .may_wait = whole->may_wait,
                      .goes_on = goes_on,
                      .context = &s};
    *status = fj_path_init(&s.whole, &g->stack);
    s.whole.enough = ENOUGH;
    if (*status == FJ_OK)
        *status = fj_station_init(&s.at, &g->stack);
    if (*status == FJ_OK)
        *status = fj_walk_make(walk);
    if (*status == FJ_OK && walk->stretches == 1 &&
        walk->stretch[0].end[FJ_HIGH].stop == FJ_STOP_EDGE) {
        walk->path.real = walk->path.want_cdf = 0;
        served = lowest_find(&s) && s.at.cdf < MOST;
    }
    if (served) {
        *status = below_make(bulk, whole, &s.at);
        served = *status == FJ_OK;
    }
    walk->goes_on = NULL;
    walk->context = NULL;
    fj_station_free(&s.at);
    fj_path_free(&s.whole);
    return served;
}

fj_status fj_bulk_find(const fj_gathered *gathered, fj_walk *walk, fj_bulk *bulk)
{
    const fj_walk fresh = *walk;
    fj_status status = FJ_OK;
    for (size_t i = 0; i < sizeof MORE / sizeof *MORE && status != FJ_NO_MEMORY; i++) {
        *bulk = (fj_bulk){.reduction = NULL};
        status = fj_reduce(gathered, MORE[i], &bulk->reduction);
        if (!bulk->reduction)
            break;
        if (serves(gathered, walk, bulk, &status))
            return FJ_OK;
        fj_bulk_free(bulk);
        fj_walk_free(walk);
        *walk = fresh;
    }
    return status == FJ_NO_MEMORY ? status : FJ_OK;
}

void fj_bulk_free(fj_bulk *bulk)
{
    fj_walk_free(&bulk->walk);
    fj_reduction_destroy(bulk->reduction);
    *bulk = (fj_bulk){.reduction = NULL};
}
