/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Making the Chebyshev series of a law along one interval, from nodes that others solve (stack_patches.c, curve_patches.c).
 *
 * 1. Solve at the eleven Lobatto points of a patch. Hermite's polynomial through value and slope of the logarithm of the density
 *    is its series, of degree 21. Its last coefficients tell whether it is too long, and how long the next one may be.
 * 2. A patch at an edge continues evenly beyond it, so that no node comes so close to the edge that the rounding of log lambda
 *    shows: six of twelve mirrored points, degree 23.
 * 3. The distribution function is the integral of the density, from one point of the patch where it is taken from its closed
 *    form; from the patch above where that is enough, as in a lower tail.
 * 4. Nodes whose errors differ by much do not share a patch: its error is that of the worst.
 * 5. Whoever gives the nodes may check a patch that is made, and refuse it. What follows when it is kept: patches_settle.c.
 * 6. A patch is good when its last coefficients are below the rounding of its values, or shortening no longer helps: then the better one is
 *    kept, since among noise patches would else get ever shorter, and all nodes be spent on a stretch of 1e-9. One that is not good at the
 *    smallest size says so, and points in it are refused. Those behind it may not be shortened to its size again: where noise goes on, as
 *    far up a tail, all nodes would be spent on it. */
#include <float.h>
#include <math.h>
#include <stdlib.h>
#include "chebyshev.h"
#include "patch_maker.h"

enum {
    DEGREE = FJ_PATCH_DEGREE,
    NODES = FJ_PATCH_NODES,
    MIRRORED = FJ_PATCH_MIRRORED,
    INTEGRAND = FJ_PATCH_INTEGRAND,
    CHECK = 5, /* the node between edges where F is taken from its closed form */
    PATCHES_LIKELY = 8,
    PATCHES_FEWEST = 4, /* where the source tells how long the first may be */
    TRIES_MAX = 40,
    TRIES_HOPELESS = 15
};

/* Last coefficients of this size are as good as rounding: lengths are chosen for it. What has come out so many times larger is not made
 * anew. */
static const double GOOD = 2e-14, NEARLY = 3;
/* As good as at the edge. */
static const double TINY = 1e-150;
/* Shorter patches, relative to where they are, are not tried. */
static const double SMALLEST = 1e-11;
/* A rest that is shorter than this part of a patch goes with it. */
static const double REST = 0.25;
/* Behind a patch that rounding decided, a misfit of this size is taken for as good. */
static const double AMONG_ROUNDING = 8;
/* The worst that a patch which shortening does not better may be; and one with so little mass that F is known all the same. */
static const double WORST = 1e-8, WORST_FAINT = 1e-6;
static const double TIMES_NOISE = 4;
/* Within a patch, whose error is that of its worst node, nodes' errors may differ by so much; what is above HOPELESS is as good as that. */
static const double SPREAD = 100, HOPELESS = 1;
/* Behind a patch that is known to no more than this, where all ceases to be solved is looked for in so few tries. */
static const double NEXT_TO_NOTHING = 0.01;
enum { TRIES_NEXT_TO_NOTHING = 3 };

typedef fj_patch_maker builder;
typedef fj_patch_node node;

/* The largest of the last coefficients, where the series has its tail: of an even function every other one is 0, and with slopes at
 * Chebyshev's points the last that is not is nearly so, whatever the function. */
static double tail_of(const double *c, size_t n)
{
    enum { LAST = 4 };
    double tail = fabs(c[n]);
    for (size_t k = 1; k < LAST; k++)
        tail = fmax(tail, fabs(c[n - k]));
    return tail;
}

/* The series of F, but for its constant: of the density along the patch, integrated. Returns its tail. */
static double integrate(const builder *b, fj_patch *patch)
{
    const fj_patch_tables *tables = b->tables;
    const fj_patches *p = b->out;
    double density[INTEGRAND + 1], c[INTEGRAND + 1], integral[INTEGRAND + 2];
    const double half = (patch->to - patch->from) / 2;
    double first, last;
    fj_patches_tau_range(p, &first, &last);
    for (size_t j = 0; j <= INTEGRAND; j++) {
        const double tau = patch->from + half * (1 + tables->point[j]);
        /* beyond an edge all continues evenly; on a pole, 0 times infinity */
        const double inside = p->edge[FJ_LOW] && tau < first   ? 2 * first - tau
                              : p->edge[FJ_HIGH] && tau > last ? 2 * last - tau
                                                               : tau;
        const double off = p->edge[FJ_LOW] ? fmax(inside, first + TINY) : inside;
        const fj_place place = fj_patches_place(p, p->edge[FJ_HIGH] ? fmin(off, last - TINY) : off);
        double log_density = 0;
        for (size_t k = 0; k <= DEGREE; k++)
            log_density += patch->log_density[k] * tables->chebyshev[j][k];
        density[j] = half * place.slope * place.factor / M_PI * exp(log_density);
    }
    for (size_t k = 0; k <= INTEGRAND; k++) {
        c[k] = 0;
        for (size_t j = 0; j <= INTEGRAND; j++)
            c[k] += tables->fit[k][j] * density[j];
    }
    fj_chebyshev_integrate(c, INTEGRAND, integral);
    double tail = 0;
    for (size_t k = 0; k <= DEGREE; k++)
        patch->cdf[k] = integral[k];
    for (size_t k = DEGREE; k <= INTEGRAND + 1; k++)
        tail = fmax(tail, fabs(integral[k]));
    return tail;
}

/* What the length may change by for the errors of nodes, between least and most. They grow like powers of lambda: by as much on any stretch
 * of that length. */
static double reach_of_errors(const builder *b, double least, double most)
{
    const double floor = b->out->accuracy,
                 times = (floor + fmin(most, HOPELESS)) / (floor + fmin(least, HOPELESS)),
                 reach = log(SPREAD) / log(times);
    return reach < 1 ? reach * reach : reach; /* whose root is taken (patch_length.c) */
}

/* Fits the series to the nodes; returns its tail relative to what the nodes are known to: above 1, not good. */
static double fit(builder *b, const fj_patch_kind *kind, const node *at, fj_patch *out)
{
    const size_t n = kind->n;
    double noise = 0, steepest = 0, least = INFINITY;
    const double half = (out->to - out->from) / 2;
    out->error = out->rounding = 0;
    b->reach = NAN;
    for (size_t j = 0; j < n; j++) {
        out->error = fmax(out->error, at[j].error);
        least = fmin(least, at[j].error);
        out->rounding = fmax(out->rounding, at[j].rounding);
        noise = fmax(noise, at[j].noise);
        steepest = fmax(steepest, fabs(half * at[j].slope));
        if (isnan(at[j].log_density) || isnan(at[j].slope)) {
            out->error = INFINITY;
            return NAN;
        }
    }
    for (size_t k = 0; k <= DEGREE; k++) {
        out->log_density[k] = 0;
        for (size_t j = 0; j < n; j++)
            out->log_density[k] +=
                kind->value[k][j] * at[j].log_density + kind->slope[k][j] * (half * at[j].slope);
    }
    const double size = fabs(out->log_density[0]) + fabs(out->log_density[1]);
    /* estimates of the nodes' errors are generous */
    noise = GOOD + (noise + out->error) / 16 + DBL_EPSILON * size;
    const double tail = tail_of(out->log_density, 2 * n - 1);
    /* errors of slopes may come to the law's own: steep patches are cut */
    const double by_slope = b->source->slope_error * steepest / 4, steep = b->out->accuracy;
    const double reach = reach_of_errors(b, least, out->error);
    b->reach =
        fmin(fmin(fj_patch_reach(out->log_density, 2 * n - 1, noise), steep / by_slope), reach);
    out->error += tail;
    out->error += by_slope;
    return fmax(fmax(tail / noise, integrate(b, out) / GOOD) / NEARLY,
                fmax(by_slope / steep, 1 / reach));
}

static void patch_keep(builder *b, const fj_patch *patch)
{
    if (b->made == FJ_PATCHES_MAX) {
        b->status = FJ_NO_CONVERGENCE;
        return;
    }
    fj_patch *now = &b->patch[b->made++];
    *now = *patch;
    fj_chebyshev_differentiate(now->log_density, DEGREE, now->slope);
    if (b->source->kept)
        b->source->kept(b->source, patch->to);
}

/* Solves at the nodes of a patch and fits it. `edge`: the end it continues beyond, or -1; known: F at its upper end within the
 * interval, or NaN. */
static double patch_fit(builder *b, int edge, double known, fj_patch *patch)
{
    const fj_patch_kind *kind = edge < 0 ? &b->tables->between : &b->tables->about_edge;
    const double *x = kind->x;
    node at[MIRRORED];
    double cdf = NAN;
    const double half = (patch->to - patch->from) / 2, centre = patch->from + half;
    const size_t n = kind->n;
    for (size_t i = 0; i < (edge < 0 ? n : n / 2); i++) {
        /* from the side of what is known already */
        const size_t j = edge == FJ_LOW ? i : edge == FJ_HIGH ? n - 1 - i : i;
        const int check = isnan(known) && j == (edge < 0 ? CHECK : edge == FJ_LOW ? 0 : n - 1);
        const double tau = j == 0 && edge < 0       ? patch->to
                           : j == n - 1 && edge < 0 ? patch->from
                                                    : centre + half * x[j];
        b->nodes++;
        at[j] = b->source->node(b->source, tau, check ? &cdf : NULL);
        if (isnan(at[j].log_density) || isnan(at[j].slope)) /* one that is not solved is enough */
            return NAN;
        if (edge >= 0) {
            at[n - 1 - j] = at[j];
            at[n - 1 - j].slope = -at[j].slope;
        }
    }
    const double misfit = fit(b, kind, at, patch);
    double at_check = edge < 0 ? x[CHECK] : edge == FJ_LOW ? 1 : -1;
    if (!isnan(known)) {
        cdf = known;
        at_check = edge == FJ_HIGH ? 0 : 1;
    }
    if (isfinite(patch->error))
        patch->cdf[0] = cdf - fj_patch_cdf(patch, at_check);
    return isnan(cdf) ? NAN : misfit;
}

/* F at `to`, from the patch above or the end of the interval; NaN where it is to be taken from its closed form. */
static double cdf_known(const builder *b, double to)
{
    double from, last;
    const int continuous = b->source->continuous;
    fj_patches_tau_range(b->out, &from, &last);
    const fj_patch *above = fj_patch_maker_last(b);
    if (!above)
        return continuous && to == last ? b->end_cdf[FJ_HIGH] : NAN;
    if (!(above->from == to) || isnan(above->error))
        return NAN;
    const double cdf = fj_patch_cdf(above, -1);
    return continuous || fabs(cdf) < FJ_PATCH_TAIL ? cdf : NAN;
}

/* May a patch that shortening does not better be kept? */
static int is_good_enough(const fj_patch *patch)
{
    const double mass = fabs(fj_patch_cdf(patch, 1) - fj_patch_cdf(patch, -1));
    return patch->error < WORST ||
           (patch->error < WORST_FAINT && mass * patch->error < FJ_PATCH_SEAM / 16);
}

static int is_shortest(const builder *b, double from, double to)
{
    const fj_patch_source *source = b->source;
    return !(to - from > SMALLEST * (fabs(from) + fabs(to))) || !(to - from > b->shortest) ||
           (source->is_short && source->is_short(source, from, to));
}

/* A patch that was tried. */
typedef struct attempt {
    fj_patch patch;
    double from;
} attempt;

/* One patch from `to` downwards, of about that length; returns its lower end, and in *length what the next one may have. */
static double patch_build(builder *b, double first, double last, double to, double *length)
{
    double least, most;
    fj_patches_tau_range(b->out, &least, &most);
    const int edge_low = b->out->edge[FJ_LOW] != 0 && first == least,
              high = to == last && b->out->edge[FJ_HIGH] != 0;
    attempt before = {.patch.error = INFINITY};
    for (int tries = 0;; tries++) {
        double from = to - *length;
        if (from - first < REST * *length) /* no small rest */
            from = high && edge_low ? first + (to - first) / 2 : first;
        const int low = from == first && edge_low;
        double size = to - from;
        const int smallest = tries == TRIES_MAX || is_shortest(b, from, to);
        fj_patch patch = {
            .from = low ? from - size : from, .to = high ? to + size : to, .error = INFINITY};
        const double misfit = patch_fit(b,
                                        low    ? FJ_LOW
                                        : high ? FJ_HIGH
                                               : -1,
                                        cdf_known(b, to), &patch) /
                              b->tolerance;
        /* where shortening no longer helps, rounding is left */
        const int settled = misfit < 1 || (patch.error > before.patch.error / 4 &&
                                           (is_good_enough(&patch) || tries > TRIES_HOPELESS));
        if (b->status != FJ_OK)
            return from;
        if (settled && !(misfit < 1) && before.patch.error <= patch.error &&
            is_good_enough(&before.patch)) {
            patch = before.patch;
            from = before.from;
            size = to - from;
        }
        /* behind a stretch where nothing can be solved: on in ever longer steps */
        const fj_patch *above = fj_patch_maker_last(b);
        const int lost = isnan(misfit) && (b->lost || (tries >= TRIES_NEXT_TO_NOTHING && above &&
                                                       above->error > NEXT_TO_NOTHING));
        if (settled || smallest || lost) {
            b->lost = isnan(misfit);
            if (!(misfit < 1)) /* the last coefficients may be less than all that noise has done */
                patch.error = is_good_enough(&patch) ? TIMES_NOISE * patch.error : NAN;
            patch_keep(b, &patch);
            if (misfit < 1) {
                b->tolerance = fmax(1, b->tolerance / 2);
                *length = fj_patch_length_next(&b->length, size, b->reach);
            } else { /* by rounding: it would have been as good when it was longer */
                b->tolerance = AMONG_ROUNDING;
                b->length.would_do = NAN;
                *length = 2 * size;
            }
            return from;
        }
        before = (attempt){patch, from};
        *length = fmax(fj_patch_length_shorter(size, b->reach, misfit), b->shortest);
        if (from == first) /* or the same rest would go with it again */
            *length = fmin(*length, size * (1 - REST));
    }
}

void fj_patch_next(fj_patch_maker *b)
{
    fj_patch_source *source = b->source;
    double first, last;
    fj_patches_tau_range(b->out, &first, &last);
    if (isnan(b->to)) {
        b->to = last;
        b->long_enough = (last - first) / (source->likely ? PATCHES_FEWEST : PATCHES_LIKELY);
    }
    if (b->to <= first && atomic_load(&b->out->open) && source->deepen) {
        b->status = source->deepen(source);
        fj_patches_tau_range(b->out, &first, &last);
        if (b->status != FJ_OK || b->to <= first)
            return;
    }
    const double to = b->to;
    if (b->nodes > source->nodes_most ||
        b->failures >
            source->failures_most) { /* it is not to be had: better told than waited for */
        const fj_patch rest = {.from = first, .to = to, .error = NAN};
        patch_keep(b, &rest);
        b->to = first;
        return;
    }
    const double limit = source->limit ? fmax(first, source->limit(source, to)) : first;
    if (source->likely)
        b->long_enough = source->likely(source, to, b->long_enough);
    const double from = patch_build(b, limit, last, to, &b->long_enough);
    if (b->status != FJ_OK)
        return;
    if (source->agrees && !source->agrees(source, &b->patch[b->made - 1]))
        b->made--; /* from other nodes, then */
    else
        b->to = from;
    b->shortest = 0;
    const fj_patch *now = fj_patch_maker_last(b);
    if (now && isnan(now->error)) {
        const double length = now->to - from;
        b->failures++;
        b->long_enough = fmax(b->long_enough, source->stride * length);
        b->shortest = source->escape * length;
    }
}
