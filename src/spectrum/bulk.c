/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Finding out how far a reduced stack serves (reduce.c).
 *
 * 1. Walk along its law: one interval, with an upper edge, or it does not serve.
 * 2. At a station of that walk, the whole network's solution is a step of Newton's method away. Where both densities agree to
 *    rounding the reduced stack serves; bisection finds the lowest such station. Series made from the reduced stack are checked
 *    again, each (patches_build.c).
 * 3. Half of the law at least must lie above it; else more nodes are tried, once.
 * 4. Below it, and at the edge, it is the whole network that is followed. */
#include "bulk.h"
#include <float.h>
#include <math.h>
#include <stdlib.h>

/* log density may differ by that much, and by what rounding of log z explains. */
static const double AGREE = 4e-13, ROUNDINGS = 4;
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

/* Does station i of the reduced walk agree? Then *out is the whole network's. */
static int agrees(fj_bulk *bulk, fj_path *whole, size_t i, fj_station *out)
{
    fj_station *s = &bulk->walk.stretch[0].station[i];
    /* a walk leaves its stations as soon as they lead on */
    if (fj_path_solve(&bulk->walk.path, s) != FJ_OK)
        return 0;
    if (fj_bulk_expand(bulk, whole, s, out) != FJ_OK)
        return 0;
    const double off = fabs(log(cimag(out->at.m) / cimag(s->at.m)));
    return off < AGREE + ROUNDINGS * (noise_of(s) + noise_of(out));
}

/* The lowest station that agrees, with all checked above it; 0 where there is none. *out: the whole network's there. */
static int lowest_find(fj_bulk *bulk, fj_path *whole, fj_station *out, fj_station *scratch)
{
    fj_stretch *stretch = &bulk->walk.stretch[0];
    size_t good = stretch->stations - 1, bad = (size_t)-1; /* bad: below all */
    if (!agrees(bulk, whole, good, out))
        return 0;
    if (stretch->end[FJ_LOW].stop == FJ_STOP_FAINT) {
        bad = 0;
        if (agrees(bulk, whole, 0, scratch)) { /* on, then */
            const size_t before = stretch->stations;
            if (fj_walk_make_on(&bulk->walk) != FJ_OK)
                return 0;
            fj_station_copy(scratch, out, whole->stack);
            good = stretch->stations - before;
            bad = (size_t)-1;
        }
    }
    while (good - bad > 1) {
        const size_t middle = good - (good - bad) / 2;
        if (agrees(bulk, whole, middle, scratch)) {
            good = middle;
            fj_station_copy(scratch, out, whole->stack);
        } else {
            bad = middle;
        }
    }
    bulk->from = creal(out->log_z);
    if (good > 0)
        bulk->step = bulk->from - creal(bulk->walk.stretch[0].station[good - 1].log_z);
    return 1;
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
    fj_path path = {.stack = &g->stack};
    fj_station at = {.cdf = NAN}, scratch = {.cdf = NAN};
    int served = 0;
    *walk = (fj_walk){.stack = &bulk->reduction->stack,
                      .atom = whole->atom,
                      .atoms = whole->atoms,
                      .place = whole->place,
                      .places = whole->places,
                      .faint = FAINT};
    *status = fj_walk_make(walk);
    if (*status != FJ_OK || walk->stretches != 1 ||
        walk->stretch[0].end[FJ_HIGH].stop != FJ_STOP_EDGE)
        return 0;
    walk->path.real = walk->path.want_cdf = 0;
    *status = fj_path_init(&path, &g->stack);
    if (*status == FJ_OK)
        *status = fj_station_init(&at, &g->stack);
    if (*status == FJ_OK)
        *status = fj_station_init(&scratch, &g->stack);
    if (*status == FJ_OK && lowest_find(bulk, &path, &at, &scratch)) {
        path.want_cdf = 1;
        served = fj_path_solve(&path, &at) == FJ_OK && at.cdf < MOST;
    }
    if (served) {
        *status = below_make(bulk, whole, &at);
        served = *status == FJ_OK;
    }
    fj_station_free(&at);
    fj_station_free(&scratch);
    fj_path_free(&path);
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
