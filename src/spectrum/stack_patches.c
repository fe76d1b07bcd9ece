/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Series of a law of layers that differ.
 *
 * 1. Nodes are solutions of the whole network, from guesses between those known (stations.c).
 * 2. In the bulk they are those of fewer layers (bulk.c). Each patch made there is checked by the whole network once, and its F now and
 *    then; from the first that is off on, the whole network is solved. */
#include <float.h>
#include <math.h>
#include <stdlib.h>
#include "chebyshev.h"
#include "patches.h"
#include "stations.h"

/* What a patch of the bulk may be off by where the whole network is solved: log density; and F, which is rounding's part of a sum
 * over all layers. */
static const double OFF = 5e-13, CDF_OFF = 1e-10;
/* Between places where F is checked in closed form, which costs more than all else there, no more than that mass lies: between them it is
 * integrated. */
static const double UNCHECKED = 0.125;
/* Below the bulk F is checked in closed form at the end of a patch where it has fallen to that part of what it was where it was checked last,
 * or where the density is known to less. */
static const double FALLEN = 0.25, WELL = 1e-11;
enum { NODES_MAX = 6000 };
/* Lengths that are tried behind a patch that is not resolved, times its own. */
static const double STRIDE = 16, ESCAPE = 2;

typedef struct stack_source {
    fj_patch_source source;
    fj_patches *out;
    fj_walk *walk;
    fj_stations *solver; /* one of these */
    fj_stations whole, reduced;
    fj_bulk *bulk;  /* NULL: the whole network everywhere */
    double change;  /* tau of where the bulk ends */
    double checked; /* F where it was found in closed form last */
    int goes_on;    /* is F known at the lower end of the last patch? */
    fj_station check;
} stack_source;

static fj_patch_node node(fj_patch_source *source, double tau, double *cdf)
{
    stack_source *s = (stack_source *)source;
    const fj_known *known;
    if (fj_stations_solve(s->solver, tau, cdf != NULL, &known) != FJ_OK)
        return (fj_patch_node){NAN, NAN, NAN, NAN, NAN};
    const double complex m = known->at.at.m, along = fj_quotient(m, known->at.slope);
    const double rounding = known->at.rounding + DBL_EPSILON * fabs(known->place.big_x);
    if (cdf)
        s->checked = *cdf = known->at.cdf;
    const double error = 2 * DBL_EPSILON * known->at.argument * fabs(creal(along) / cimag(m)) +
                         fj_station_blur(&known->at);
    return (fj_patch_node){known->log_im, known->dlog_im, error, rounding,
                           rounding * fabs(cimag(along) / cimag(m))};
}

static void kept(fj_patch_source *source, double to)
{
    fj_stations_forget(((stack_source *)source)->solver, to);
}

/* A patch from `to` downwards is from the bulk, or ends where that does. */
static double limit(fj_patch_source *source, double to)
{
    stack_source *s = (stack_source *)source;
    const int in_bulk = s->bulk && to > s->change;
    s->solver = in_bulk ? &s->reduced : &s->whole;
    s->source.continuous = in_bulk || s->goes_on;
    return in_bulk ? s->change : -INFINITY;
}

/* The walk's steps tell how fast all changes: a patch is some times as long as they are at its lower end, which is mostly the harder
 * one. */
static double likely(const fj_patch_source *source, double to, double length)
{
    static const double STEPS = 3, SHORTER = 0.8;
    enum { TRIES = 40 };
    const fj_stations *walked = ((const stack_source *)source)->solver;
    for (int i = 0; i < TRIES; i++, length *= SHORTER)
        if (length <= STEPS * fj_stations_spacing(walked, to - length))
            break;
    return length;
}

/* The whole network at the lowest solution that a patch of the bulk was made from: does the patch agree? What it is off by
 * becomes part of its error. */
static int bulk_agrees(stack_source *s, fj_patch *patch)
{
    const fj_known *known = fj_stations_above(s->solver, patch->from);
    fj_path *path = s->whole.path;
    if (!known || isnan(patch->error))
        return 0;
    const double tau = known->place.tau, half = (patch->to - patch->from) / 2,
                 x = (tau - (patch->from + half)) / half;
    const double cdf = fj_chebyshev_at(patch->cdf, FJ_PATCH_DEGREE, x, NULL);
    path->want_cdf = patch->from <= s->change || !(fabs(cdf - s->checked) < UNCHECKED);
    const int found = fj_bulk_expand(s->bulk, path, &known->at, &s->check) == FJ_OK;
    const double cdf_off = path->want_cdf ? s->check.cdf - cdf : 0;
    s->checked = path->want_cdf ? cdf : s->checked;
    path->want_cdf = 0;
    if (!found || fj_stations_put(&s->whole, &s->check) != FJ_OK)
        return 0;
    const double log_density = log(-cimag(s->check.at.m) / known->place.factor);
    const double off =
        fabs(fj_chebyshev_at(patch->log_density, FJ_PATCH_DEGREE, x, NULL) - log_density);
    patch->error += 2 * off;
    patch->cdf[0] += cdf_off;
    return off < OFF + patch->error / 4 && fabs(cdf_off) < CDF_OFF;
}

/* On without the bulk, from `to` downwards: its solutions there lead the whole network to its own. */
static void bulk_leave(stack_source *s, double to)
{
    enum { ABOVE = 2 };
    const fj_stretch *stretch = &s->bulk->walk.stretch[0];
    const double big_x = fj_patches_place(s->whole.patches, to).big_x;
    int above = 0;
    for (size_t i = 0; i < stretch->stations && above < ABOVE; i++) {
        const double here = creal(stretch->station[i].log_z);
        above += here > big_x;
        if (here > s->bulk->from && /* further down it has been followed itself */
            fj_bulk_expand(s->bulk, s->whole.path, &stretch->station[i], &s->check) == FJ_OK)
            (void)fj_stations_put(&s->whole, &s->check); /* one less will do */
    }
    s->bulk = NULL;
}

/* Is F known at the lower end of a patch of the whole network? Where it has fallen there, by the closed form. */
static int cdf_goes_on(stack_source *s, fj_patch *patch)
{
    double first, last;
    const fj_known *known;
    const double cdf = fj_chebyshev_at(patch->cdf, FJ_PATCH_DEGREE, -1, NULL);
    fj_patches_tau_range(s->whole.patches, &first, &last);
    if (isnan(patch->error) || isnan(cdf) || patch->from < first) /* beyond an edge */
        return 0;
    if (fabs(cdf) < FJ_PATCH_TAIL || (patch->error < WELL && cdf > FALLEN * s->checked))
        return 1;
    if (fj_stations_solve(s->solver, patch->from, 1, &known) != FJ_OK || isnan(known->at.cdf))
        return 0;
    s->checked = known->at.cdf;
    const double off = s->checked - cdf;
    if (fabs(off) > FJ_PATCH_SEAM)
        patch->error = NAN;
    patch->cdf[0] += off;
    return fabs(off) <= FJ_PATCH_SEAM;
}

static int agrees(fj_patch_source *source, fj_patch *patch)
{
    stack_source *s = (stack_source *)source;
    const int whole = s->solver == &s->whole;
    if (!whole && !bulk_agrees(s, patch)) {
        bulk_leave(s, patch->to);
        return 0;
    }
    s->goes_on = whole ? cdf_goes_on(s, patch) : 1;
    source->stays = s->goes_on;
    return 1;
}

/* Relative error of the nodes' slopes. */
static double slope_error(const fj_stack *stack)
{
    double error = DBL_EPSILON;
    for (size_t k = 0; k < stack->unknowns; k++)
        error = fmax(error, fj_rule_slope_error(stack->group[k].layers.rule));
    return error;
}

/* The ends of all stations' stretches are those of `out`. */
static fj_status source_init(stack_source *s, const fj_stretch *stretch)
{
    const fj_patches *out = s->out;
    fj_status status = fj_stations_init(&s->whole, &s->walk->path, stretch, out);
    s->solver = &s->whole;
    if (status != FJ_OK || !s->bulk)
        return status;
    fj_walk *reduced = &s->bulk->walk;
    reduced->path.spent = 0;
    s->change = fj_patches_tau(out, s->bulk->from);
    status = fj_stations_init(&s->reduced, &reduced->path, &reduced->stretch[0], out);
    return status == FJ_OK ? fj_station_init(&s->check, s->walk->stack) : status;
}

static int edge_of(const fj_stretch_end *end)
{
    return end->stop == FJ_STOP_EDGE ? 1 : end->stop == FJ_STOP_POLE ? -1 : 0;
}

/* More of a tail that waits. Others read where it ends once it is no longer open. */
static fj_status deepen(fj_patch_source *source)
{
    enum { STATIONS = 16 };
    stack_source *s = (stack_source *)source;
    fj_patches *out = s->out;
    fj_stop stop;
    const fj_status status = fj_walk_on(s->walk, &s->whole, STATIONS, &stop);
    out->lowest = creal(fj_stations_lowest(&s->whole)->at.log_z);
    out->faint[FJ_LOW] = stop == FJ_STOP_FAINT;
    atomic_store(&out->open, stop == FJ_STOP_LATER);
    return status;
}

static fj_status reserve(fj_patch_source *source)
{
    stack_source *s = (stack_source *)source;
    const fj_status status = fj_stations_reserve(&s->whole);
    return s->bulk && status == FJ_OK ? fj_stations_reserve(&s->reduced) : status;
}

static void release(fj_patch_source *source)
{
    stack_source *s = (stack_source *)source;
    fj_stations_free(&s->whole);
    fj_stations_free(&s->reduced);
    fj_station_free(&s->check);
    free(s);
}

fj_status fj_patches_make(fj_walk *walk, size_t stretch, fj_bulk *bulk, int at_once,
                          fj_patches *out)
{
    stack_source *s = malloc(sizeof *s);
    if (!s)
        return FJ_NO_MEMORY;
    const fj_stack *stack = walk->stack;
    *s = (stack_source){.source = {.node = node,
                                   .kept = kept,
                                   .limit = limit,
                                   .likely = likely,
                                   .agrees = agrees,
                                   .deepen = deepen,
                                   .reserve = reserve,
                                   .release = release,
                                   .slope_error = slope_error(stack),
                                   .nodes_most = NODES_MAX,
                                   .stride = STRIDE,
                                   .escape = ESCAPE,
                                   .failures_most = NODES_MAX},
                        .out = out,
                        .walk = walk,
                        .bulk = bulk,
                        .checked = NAN};
    double cdf[2];
    for (size_t k = 0; k < stack->groups; k++)
        out->accuracy = fmax(out->accuracy, fj_law_accuracy(&stack->group[k].layers));
    const fj_stretch_end *end = walk->stretch[stretch].end;
    for (int side = FJ_LOW; side <= FJ_HIGH; side++) {
        out->edge[side] = edge_of(&end[side]);
        out->big_x[side] = end[side].big_x;
        out->faint[side] = end[side].stop == FJ_STOP_FAINT;
        cdf[side] = end[side].cdf;
    }
    out->lowest = out->big_x[FJ_LOW];
    if (end[FJ_LOW].stop == FJ_STOP_LATER) {
        atomic_store(&out->open, 1);
        cdf[FJ_LOW] = stack->at_zero;
    }
    fj_status status = source_init(s, &walk->stretch[stretch]);
    if (status == FJ_OK)
        return fj_patches_fit(&s->source, cdf, at_once, out);
    release(&s->source);
    return status;
}
