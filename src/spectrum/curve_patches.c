/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Series of a law of identical layers, so that points asked again and again cost no evaluation.
 *
 * 1. Nodes are points as point.c solves them, from the anchors; slopes come from the same derivatives.
 * 2. Square-root ends are covered to the edge. Other ends have laws of their own (the density vanishes like any power, or diverges):
 *    a part of the interval next to them is left out, and so are tails where the density is next to nothing.
 * 3. F is the integral of the density from the upper end down. Every patch is checked between its nodes, F too. Where it is off, or could not be made, the law is solved for
 *    point by point as before: what is not covered costs time, not digits. */
#include <float.h>
#include <math.h>
#include <stdlib.h>
#include "chebyshev.h"
#include "patches.h"

/* The part of an interval that is left out at an end without a square root. */
static const double LEFT_OUT = 1e-3;
/* Tails below this part of the largest density at the anchors are left out. */
static const double FAINT = 1e-13;
/* What a patch may be off by between its nodes: log density, as a part of the law's accuracy; F, by rounding, and at all. */
static const double OFF = 0.3, CDF_OFF = 2e-15, CDF_LOST = 1e-9;
/* And as a part of the nodes' own estimate, where rounding of log z makes them noisy. It is in the last coefficients too, and in all
 * others: the series' error is so many times the largest of them. */
static const double NOISY = 0.2, TIMES = 12;
enum { LAST = 6 };
/* Where it is checked, on both sides of the middle of [-1, 1]. */
#define PLACE 0.37
/* Patches that hold a smaller part of tau and of s cost more than the points that most tables have there. */
static const double SHORT = 1.0 / 200;
/* Over what cannot be resolved in steps that grow so fast. */
static const double STRIDE = 8;
/* Nodes of a law; and patches that may fail, before the rest is left alone. */
enum { NODES_MAX = 800, FAILURES_MAX = 8 };

typedef struct curve_source {
    fj_patch_source source;
    const fj_layers *layers;
    const fj_branch *branch;
    const fj_patches *out;
} curve_source;

static fj_patch_node node(fj_patch_source *source, double tau, double *cdf)
{
    const curve_source *s = (const curve_source *)source;
    const fj_place place = fj_patches_place(s->out, tau);
    fj_tangent at;
    if (!fj_point_tangent(s->layers, s->branch, place.big_x, cdf, &at))
        return (fj_patch_node){NAN, NAN, NAN, NAN, NAN};
    return (fj_patch_node){log(M_PI * at.density / place.factor),
                           at.slope * place.slope - place.dlog_factor, at.error, at.rounding,
                           at.rounding * fabs(at.slope)};
}

/* F at x: where the integral from the upper end has gathered more than rounding, the closed form counts from here down. */
static int cdf_agrees(double x, double cdf, fj_patch *patch)
{
    const double off = cdf - fj_chebyshev_at(patch->cdf, FJ_PATCH_DEGREE, x, NULL);
    if (fabs(off) > CDF_OFF)
        patch->cdf[0] += off;
    return fabs(off) < CDF_LOST;
}

static int agrees(fj_patch_source *source, fj_patch *patch)
{
    static const double places[] = {PLACE, -PLACE};
    curve_source *s = (curve_source *)source;
    double from, to, last = 0;
    int good = !isnan(patch->error), cdf_known = 0;
    fj_patches_tau_range(s->out, &from, &to);
    for (size_t k = 0; k < LAST; k++)
        last = fmax(last, fabs(patch->log_density[FJ_PATCH_DEGREE - k]));
    patch->error += TIMES * last;
    for (size_t i = 0; i < sizeof places / sizeof *places && good; i++) {
        const double x = places[i], half = (patch->to - patch->from) / 2,
                     tau = patch->from + half * (1 + x);
        if (tau <= from || tau >= to) /* beyond an edge that it continues over */
            continue;
        double cdf;
        const fj_patch_node at = node(source, tau, cdf_known ? NULL : &cdf);
        const double off =
            fabs(fj_chebyshev_at(patch->log_density, FJ_PATCH_DEGREE, x, NULL) - at.log_density);
        patch->error += 4 * off;
        good = off < OFF * s->out->accuracy + NOISY * at.error &&
               (cdf_known || cdf_agrees(x, cdf, patch));
        cdf_known = 1;
    }
    if (!good)
        patch->error = NAN;
    return 1;
}

static double s_at(const fj_patches *p, double tau)
{
    return exp(fj_patches_place(p, tau).big_x / 2);
}

static int is_short(const fj_patch_source *source, double from, double to)
{
    const fj_patches *p = ((const curve_source *)source)->out;
    double first, last;
    fj_patches_tau_range(p, &first, &last);
    return to - from < SHORT * (last - first) &&
           s_at(p, to) - s_at(p, from) < SHORT * (s_at(p, last) - s_at(p, first));
}

static double density_at(const fj_layers *layers, const fj_anchor *anchor)
{
    fj_composed at;
    if (anchor->singular)
        return 0;
    fj_layers_compose(layers, CMPLX(anchor->x, anchor->theta), &at);
    return -cimag(at.at.m);
}

/* Of some twenty anchors, the one with the largest density. */
static size_t highest_anchor(const fj_layers *layers, const fj_branch *branch, double *density)
{
    const size_t step = branch->anchors / 20 + 1;
    size_t highest = 0;
    *density = 0;
    for (size_t i = step / 2; i < branch->anchors; i += step) {
        const double here = density_at(layers, &branch->anchor[i]);
        if (here > *density) {
            *density = here;
            highest = i;
        }
    }
    return highest;
}

/* The last anchor, on that side of the highest one, before the density has fallen far enough, by bisection. */
static size_t visible_end(const fj_layers *layers, const fj_branch *branch, int side)
{
    double density;
    size_t inner = highest_anchor(layers, branch, &density);
    size_t outer = side == FJ_LOW ? 0 : branch->anchors - 1;
    const double enough = FAINT * density;
    if (density_at(layers, &branch->anchor[outer]) >= enough)
        return outer;
    while (inner + 1 < outer || outer + 1 < inner) {
        const size_t middle = (inner + outer) / 2;
        if (density_at(layers, &branch->anchor[middle]) >= enough)
            inner = middle;
        else
            outer = middle;
    }
    return inner;
}

/* Where the series end on that side; F there in closed form. visible: the outermost anchors that count. */
static double end_set(const fj_layers *layers, const fj_branch *branch, int side,
                      const size_t visible[2], fj_patches *out)
{
    const fj_end end = side == FJ_LOW ? branch->low : branch->high;
    const double big_x = side == FJ_LOW ? branch->big_x_low : branch->big_x_high;
    double cdf = side == FJ_LOW ? branch->cdf_low : branch->cdf_high;
    out->edge[side] = end == FJ_END_SQUARE_ROOT;
    out->big_x[side] = big_x;
    if (out->edge[side])
        return cdf;
    const double sign = side == FJ_LOW ? 1 : -1,
                 least = LEFT_OUT * (branch->anchor[visible[FJ_HIGH]].big_x -
                                     branch->anchor[visible[FJ_LOW]].big_x);
    fj_tangent at;
    cdf = NAN;
    for (size_t i = visible[side]; isnan(cdf) && i != visible[!side];
         i = side == FJ_LOW ? i + 1 : i - 1) { /* the last may be lost */
        double place = branch->anchor[i].big_x;
        if (end == FJ_END_RANGE && sign * (place - big_x) < least)
            place = big_x + sign * least;
        out->big_x[side] = place;
        if (!fj_point_tangent(layers, branch, place, &cdf, &at))
            cdf = NAN;
    }
    return cdf;
}

fj_status fj_curve_series(const fj_layers *layers, fj_branch *branch)
{
    double cdf[2];
    if (branch->anchors < 2)
        return FJ_OK;
    fj_patches *out = calloc(1, sizeof *out);
    if (!out)
        return FJ_NO_MEMORY;
    out->accuracy = fj_law_accuracy(layers);
    const size_t visible[2] = {visible_end(layers, branch, FJ_LOW),
                               visible_end(layers, branch, FJ_HIGH)};
    for (int side = FJ_LOW; side <= FJ_HIGH; side++)
        cdf[side] = end_set(layers, branch, side, visible, out);
    out->lowest = out->big_x[FJ_LOW];
    curve_source s = {.source = {.node = node,
                                 .agrees = agrees,
                                 .is_short = is_short,
                                 .continuous = 1,
                                 .slope_error = fj_rule_slope_error(layers->rule),
                                 .nodes_most = NODES_MAX,
                                 .stride = STRIDE,
                                 .failures_most = FAILURES_MAX},
                      .layers = layers,
                      .branch = branch,
                      .out = out};
    fj_status status = FJ_NO_CONVERGENCE;
    if (out->big_x[FJ_LOW] < out->big_x[FJ_HIGH] && !isnan(cdf[FJ_LOW]) && !isnan(cdf[FJ_HIGH]))
        status = fj_patches_fit(&s.source, cdf, 1, out);
    if (status == FJ_OK) {
        branch->series = out;
        return FJ_OK;
    }
    fj_patches_free(out);
    free(out);
    return status == FJ_NO_MEMORY ? status : FJ_OK;
}
