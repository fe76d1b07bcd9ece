/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Making the Chebyshev series of a law along one interval.
 *
 * 1. Solve at the nodes of a patch. Nine nodes show whether seventeen will do; else halve the patch. A patch with many of the
 *    walk's stations is not tried.
 * 2. A patch at an edge continues evenly (F oddly) beyond it, so that no node comes so close to the edge that the rounding of log
 *    lambda shows; the value at the edge follows from the others.
 * 3. A patch is good when its last coefficients are below the rounding of its values, or halving no longer helps. One that is
 *    not good at the smallest size says so, and points in it are refused. */
#include <float.h>
#include <math.h>
#include <stdlib.h>
#include "chebyshev.h"
#include "patches.h"
#include "stations.h"

enum {
    DEGREE = FJ_PATCH_DEGREE,
    DEPTH_MAX = 30,
    DEPTH_HOPELESS = 15,
    PATCHES_MAX = 4000,
    NODES_MAX = 6000
};

/* Last coefficients of this size: seventeen nodes are as good as rounding; halved nodes that promise so. */
static const double GOOD = 2e-14, PROMISING = 3e-6;
/* More stations than this on a patch: it is not tried. */
enum { STATIONS_MOST = 12 };
/* The most that the derivative of F may differ from the density, relative, or a thousandth of that in mass. */
static const double INCONSISTENT = 1e-6;
/* The worst that a patch which halving does not better may be. */
static const double WORST = 1e-8;

typedef struct builder {
    fj_stations solver;
    size_t nodes; /* solved so far */
    fj_patches *out;
    fj_status status;
} builder;

typedef struct node {
    double log_density, cdf, error, rounding;
    double noise; /* of log_density, by the rounding of log lambda */
} node;

/* The value at the edge of a function that is even about it, from the nodes j = first, first + step, ... on one side: the
 * polynomial in tau^2 through them. */
static double even_limit(const node *at, size_t first, size_t step)
{
    double sum = 0;
    for (size_t j = first; j < first + DEGREE / 2; j += step) {
        const double xj = fj_chebyshev_point(j, DEGREE), yj = xj * xj;
        double weight = 1;
        for (size_t i = first; i < first + DEGREE / 2; i += step) {
            const double xi = fj_chebyshev_point(i, DEGREE), yi = xi * xi;
            if (i != j)
                weight *= yi / (yi - yj);
        }
        sum += weight * at[j].log_density;
    }
    return sum;
}

static node node_at(builder *b, double tau, double first, double last)
{
    double slope, factor;
    for (int side = FJ_LOW; side <= FJ_HIGH; side++) /* the density there: even_limit */
        if (b->out->edge[side] && tau == (side == FJ_LOW ? first : last))
            return (node){0, b->solver.stretch->end[side].cdf, 0, DBL_EPSILON, DBL_EPSILON};
    const double big_x = fj_patches_x_at(b->out, tau, &slope, &factor);
    b->nodes++;
    if (fj_stations_solve(&b->solver, big_x) != FJ_OK)
        return (node){NAN, NAN, NAN, NAN, NAN};
    const double complex m = b->solver.at.at.m, along = fj_quotient(m, b->solver.at.slope);
    const double rounding = b->solver.at.rounding + DBL_EPSILON * fabs(big_x);
    return (node){log(-cimag(m) / factor), b->solver.at.cdf,
                  2 * DBL_EPSILON * b->solver.at.argument * fabs(creal(along) / cimag(m)), rounding,
                  rounding * fabs(cimag(along) / cimag(m))};
}

/* The largest of the last coefficients, where the series has its tail. */
static double tail_of(const double *c, size_t n)
{
    return fmax(fabs(c[n]), fmax(fabs(c[n - 1]), fabs(c[n - 2])));
}

/* Fits a series to every `step`-th node; returns its tail relative to what the nodes are known to: above 1, not good. */
static double fit(const node *at, size_t step, fj_patch *out)
{
    double log_density[DEGREE + 1], cdf[DEGREE + 1], noise = 0;
    const size_t n = DEGREE / step;
    out->error = out->rounding = 0;
    for (size_t j = 0; j <= n; j++) {
        log_density[j] = at[j * step].log_density;
        cdf[j] = at[j * step].cdf;
        out->error = fmax(out->error, at[j * step].error);
        out->rounding = fmax(out->rounding, at[j * step].rounding);
        noise = fmax(noise, at[j * step].noise);
        if (isnan(log_density[j]) || isnan(cdf[j])) {
            out->error = INFINITY;
            return NAN;
        }
    }
    fj_chebyshev_fit(log_density, n, out->log_density);
    fj_chebyshev_fit(cdf, n, out->cdf);
    const double size = fabs(out->log_density[0]) + fabs(out->log_density[1]);
    noise += GOOD + out->error + DBL_EPSILON * size;
    const double tail = tail_of(out->log_density, n);
    out->error += tail;
    return fmax(tail / noise, tail_of(out->cdf, n) / GOOD);
}

/* Is the density the derivative of the distribution function? Both were computed by themselves. */
static int is_consistent(const fj_patches *p, const fj_patch *patch)
{
    static const double MIDDLE[] = {-0.45, 0.1, 0.55};
    const double half = (patch->to - patch->from) / 2;
    for (size_t i = 0; i < sizeof MIDDLE / sizeof *MIDDLE; i++) {
        double dx, factor, slope;
        const double tau = patch->from + half * (1 + MIDDLE[i]);
        double from, to;
        fj_patches_tau_range(p, &from, &to);
        if (tau < from || tau > to)
            continue; /* beyond an edge */
        fj_patches_x_at(p, tau, &dx, &factor);
        const double log_density = fj_chebyshev_at(patch->log_density, DEGREE, MIDDLE[i], NULL);
        const double density = factor * exp(log_density) / M_PI * dx * half;
        fj_chebyshev_at(patch->cdf, DEGREE, MIDDLE[i], &slope);
        if (!(fabs(density - slope) <= INCONSISTENT * (1e-3 + density)))
            return 0;
    }
    return 1;
}

static void patch_keep(builder *b, const fj_patch *patch)
{
    fj_patches *p = b->out;
    if (p->n == p->room) {
        size_t room = p->room ? 2 * p->room : 32;
        fj_patch *more = room > PATCHES_MAX ? NULL : realloc(p->patch, room * sizeof *more);
        if (!more) {
            b->status = room > PATCHES_MAX ? FJ_NO_CONVERGENCE : FJ_NO_MEMORY;
            return;
        }
        p->patch = more;
        p->room = room;
    }
    p->patch[p->n++] = *patch;
}

static size_t stations_in(const builder *b, double from, double to)
{
    double slope, factor;
    return fj_stations_below(b->solver.stretch, fj_patches_x_at(b->out, to, &slope, &factor)) -
           fj_stations_below(b->solver.stretch, fj_patches_x_at(b->out, from, &slope, &factor));
}

static void patch_build(builder *b, double from, double to, double first, double last, int depth,
                        double parent)
{
    node at[DEGREE + 1];
    fj_patch patch = {.from = from, .to = to, .error = NAN};
    const int least = depth == DEPTH_MAX || !(to - from > 1e-9 * (fabs(from) + fabs(to)));
    double misfit = INFINITY;
    patch.error = INFINITY;
    const int low = from == first && b->out->edge[FJ_LOW],
              high = to == last && b->out->edge[FJ_HIGH];
    const double length = to - from;
    if (!least && ((low && high) || stations_in(b, from, to) > STATIONS_MOST)) {
        patch_build(b, from + length / 2, to, first, last, depth + 1, parent);
        patch_build(b, from, from + length / 2, first, last, depth + 1, parent);
        return;
    }
    if (low)
        patch.from = from - length;
    if (high)
        patch.to = to + length;
    if (b->nodes > NODES_MAX) { /* it is not to be had: better told than waited for */
        patch.error = NAN;
        patch_keep(b, &patch);
        return;
    }
    for (size_t step = 2; step >= 1 && b->status == FJ_OK; step--) {
        for (size_t j = step == 2 ? 0 : 1; j <= DEGREE; j += 2) {
            const double x = fj_chebyshev_point(j, DEGREE);
            if ((low && j > DEGREE / 2) || (high && j < DEGREE / 2))
                continue; /* mirrored below */
            const double tau = low           ? from + length * x
                               : high        ? to + length * x
                               : j == 0      ? to
                               : j == DEGREE ? from
                                             : from + length * (1 + x) / 2;
            at[j] = node_at(b, tau, first, last);
        }
        for (size_t j = 0; j <= DEGREE && (low || high); j += step) {
            const node *edge = &at[DEGREE / 2], *image = &at[DEGREE - j];
            if (low ? j <= DEGREE / 2 : j >= DEGREE / 2)
                continue;
            at[j] = *image;
            at[j].cdf = 2 * edge->cdf - image->cdf;
        }
        if (low || high)
            at[DEGREE / 2].log_density = even_limit(at, low ? 0 : DEGREE / 2 + step, step);
        misfit = fit(at, step, &patch);
        if (step == 2 && !(misfit * GOOD < PROMISING) && !least)
            break;
        if (step == 2 && misfit < 1)
            misfit = NAN; /* the degree is fixed: take all nodes */
    }
    if (b->status != FJ_OK)
        return;
    /* where halving no longer helps, rounding is left */
    const int settled =
        misfit < 1 || (patch.error > parent / 4 && (patch.error < WORST || depth > DEPTH_HOPELESS));
    if (settled || least) {
        if ((!(misfit < 1) && !(patch.error < WORST)) || !is_consistent(b->out, &patch))
            patch.error = NAN;
        patch_keep(b, &patch);
        return;
    }
    const double middle = from + (to - from) / 2;
    patch_build(b, middle, to, first, last, depth + 1, patch.error);
    patch_build(b, from, middle, first, last, depth + 1, patch.error);
}

fj_status fj_patches_make(fj_path *path, const fj_stretch *stretch, fj_patches *out)
{
    builder b = {.solver = {.path = path, .stretch = stretch}, .out = out};
    *out = (fj_patches){.n = 0};
    for (int side = FJ_LOW; side <= FJ_HIGH; side++) {
        out->edge[side] = stretch->end[side].stop == FJ_STOP_EDGE   ? 1
                          : stretch->end[side].stop == FJ_STOP_POLE ? -1
                                                                    : 0;
        out->big_x[side] = stretch->end[side].big_x;
        out->faint[side] = stretch->end[side].stop == FJ_STOP_FAINT;
    }
    b.status = fj_station_init(&b.solver.at, path->stack);
    if (b.status == FJ_OK)
        b.status = fj_station_init(&b.solver.scratch, path->stack);
    if (b.status == FJ_OK) {
        double from, to;
        fj_patches_tau_range(out, &from, &to);
        patch_build(&b, from, to, from, to, 0, INFINITY);
        for (size_t i = 0; i < out->n / 2; i++) { /* made from above, where most of the law is */
            const fj_patch other = out->patch[out->n - 1 - i];
            out->patch[out->n - 1 - i] = out->patch[i];
            out->patch[i] = other;
        }
    }
    fj_station_free(&b.solver.at);
    fj_station_free(&b.solver.scratch);
    return b.status;
}
