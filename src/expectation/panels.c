/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Panels of Gauss-Legendre nodes for phi' that is smooth only between kinks or has no closed-form poles.
 *
 * 1. Cut each smooth piece of the axis into panels until on each one (a) a polynomial of degree 20 gives log t (or phi', near its zeros) to
 *    rounding (panel_fit.c), (b) at most one critical point of it lies within the ellipse where poles matter (panel_critical.c), and (c)
 *    the gaussian is resolved. Beyond the nodes, where poles matter near the axis only, (c) is not asked for of a panel on which log t is
 *    monotone and varies little.
 * 2. Cuts are at round binary multiples of one length on the axis of x = sqrt(q) h, counted from 0 or a kink: most are the same for
 *    another q, and so are the polynomials between them (panel_shape.c).
 * 3. Put Gauss-Legendre nodes of 16 and of 20 points on every panel: their nodes interleave well, so that one of the two stays away
 *    from any given pole. panel_poles.c finds the poles and corrects for them. */
#include <float.h>
#include <math.h>
#include <stdlib.h>
#include "panel_polynomial.h"
#include "panel_shape.h"

/* Relative to the size of phi' as a whole: below, it has nothing to do with a zero. */
static const double NEGLIGIBLE = 1e-60;
/* A half width is never above: with wider ones there are fewer nodes, but more poles to correct for (measured: 40 layers of gelu, elu). */
static const double HALF_MOST = 0.75, HALF_LEAST = 1e-5;
/* t^2 resolved: log t, or phi' relative to what it is resolved to, varies by no more on the ellipse. */
static const double GROWTH_MOST = 6;
/* The gaussian beyond is below 1e-12: the rounding of x may show. */
static const double FAR_OUT = 7;
/* Where phi' is small all around, panels are cut to this half width to know it to its own size. */
static const double NARROW = 1.0 / 256;

/* sqrt(17)/4: zeros of phi' are likely to stand at round numbers, and not to be had at the end of a panel. */
static const double BASE = 1.0307764064044151;

typedef struct builder {
    fj_rule *rule;
    fj_panel_shapes *shapes;
    size_t count, room;
    fj_panel_shape **shape; /* of each panel */
    double size;            /* that of phi' as a whole */
    int only_poles;         /* panels without nodes from now on */
    fj_status status;
} builder;

/* What of a piece lies on one side of 0: x = inner + side d, 0 <= d <= length. */
typedef struct flank {
    size_t piece;
    double inner, side, length;
} flank;

/* Does t at x in (from, to) contribute to E t^2? */
static int t_matters(const fj_rule *rule, double from, double to)
{
    double nearest = (from > 0 ? from : to < 0 ? -to : 0) / rule->root_q;
    double left = fj_activation_slope(rule->activation, from);
    double right = fj_activation_slope(rule->activation, to);
    double most = fmax(left * left, right * right) / rule->mu1;
    return exp(-nearest * nearest / 2) * fmax(most, most * most) > 1e-18;
}

/* A panel of phi' itself: does phi' touch zero on or beside it, or have a zero at its end? Then puts down its rounding. */
static void noise_note(fj_rule *rule, const fj_panel *panel)
{
    const double left = fj_panel_value(panel, -1);
    const double right = fj_panel_value(panel, 1);
    double least = fmin(fabs(left), fabs(right));
    const double phi_noise = FJ_PANEL_NOISE + fj_activation_noise(rule->activation);
    if (panel->logarithmic)
        return;
    if (panel->has_critical && fabs(panel->critical) < FJ_PANEL_RHO / 2)
        least = fmin(least, fabs(fj_panel_value(panel, panel->critical)));
    /* beside larger values, that is: far out phi' may just underflow */
    const double here = fmax(fabs(left), fabs(right)), size = sqrt(rule->mu1);
    if (least < FJ_PANEL_TOUCH * here && here > NEGLIGIBLE * size)
        rule->noise = fmax(rule->noise, phi_noise * panel->unit);
}

static int more_room(builder *b)
{
    enum { FIRST = 32 };
    const size_t twice = b->room ? 2 * b->room : FIRST,
                 room = twice < FJ_PANELS_MAX ? twice : FJ_PANELS_MAX;
    if (room == b->room) {
        b->status = FJ_NO_CONVERGENCE;
        return 0;
    }
    fj_panel *panel = realloc(b->rule->panel, room * sizeof *panel);
    if (panel)
        b->rule->panel = panel;
    fj_panel_shape **shape = realloc(b->shape, room * sizeof(fj_panel_shape *));
    if (shape)
        b->shape = shape;
    if (panel && shape)
        b->room = room;
    else
        b->status = FJ_NO_MEMORY;
    return panel && shape;
}

/* Puts down the panel, in h, and what it was made from. */
static void keep(builder *b, fj_panel_shape *shape, const fj_panel *panel)
{
    fj_rule *rule = b->rule;
    if (b->count == b->room && !more_room(b))
        return;
    noise_note(rule, panel);
    b->shape[b->count] = shape;
    rule->panel[b->count++] = *panel;
}

/* The panel from x = from to x = to, in h; NULL where no polynomial serves, or it does not resolve t^2. */
static fj_panel_shape *fitted(builder *b, size_t piece, double from, double to, fj_panel *panel)
{
    const double root_q = b->rule->root_q, half = (to - from) / 2 / root_q,
                 centre = fabs(from + (to - from) / 2) / root_q;
    const fj_panel_key key = {.activation = b->rule->activation,
                              .piece = piece,
                              .from = from,
                              .to = to,
                              .size = b->size,
                              .far = b->only_poles,
                              .far_out = centre - half >= FAR_OUT,
                              .may_narrow = !b->only_poles && half > NARROW && centre < FAR_OUT};
    fj_panel_shape *shape = fj_panel_shape_get(b->shapes, &key);
    if (!shape)
        b->status = FJ_NO_MEMORY;
    if (!shape || !shape->fits)
        return NULL;
    *panel = shape->panel;
    panel->centre /= root_q;
    panel->half /= root_q;
    const double growth = panel->radius / (panel->logarithmic ? 1 : panel->unit);
    return growth > GROWTH_MOST && t_matters(b->rule, from, to) ? NULL : shape;
}

/* The largest of the lengths BASE 2^k that is not above x. */
static double round_below(double x)
{
    return ldexp(BASE, ilogb(x / BASE));
}

/* Where to cut (from, to): at the roundest multiple of such lengths that leaves no small rest. */
static double cut_find(double from, double to)
{
    static const double REST = 1.0 / 8, ROUNDING = 1e-6;
    const double least = REST * (to - from);
    for (double unit = round_below(to); unit > least; unit /= 2) {
        const double cut = (floor(from / unit + ROUNDING) + 1) * unit;
        if (cut - from >= least && to - cut >= least)
            return cut;
    }
    return from + (to - from) / 2;
}

/* Panels for d from `near` to `far`, ascending in x. */
static void build(builder *b, const flank *f, double near, double far)
{
    const double root_q = b->rule->root_q;
    const double end[2] = {f->inner + f->side * near, f->inner + f->side * far};
    const double from = fmin(end[0], end[1]), to = fmax(end[0], end[1]);
    const double half = (to - from) / 2 / root_q, most = fmax(fabs(from), fabs(to)) / root_q;
    fj_panel panel;
    fj_panel_shape *shape = NULL;
    if (b->status != FJ_OK)
        return;
    const int narrow = half <= HALF_MOST && half * most <= FJ_PANEL_GAUSSIAN;
    if (narrow || b->only_poles)
        shape = fitted(b, f->piece, from, to, &panel);
    const int serves = shape && (narrow || fj_panel_shape_is_wide(shape));
    if (b->status != FJ_OK)
        return;
    if (!serves && half > HALF_LEAST) {
        const double cut = cut_find(near, far);
        build(b, f, f->side > 0 ? near : cut, f->side > 0 ? cut : far);
        build(b, f, f->side > 0 ? cut : near, f->side > 0 ? far : cut);
        return;
    }
    if (!serves) {
        b->status = FJ_NO_CONVERGENCE;
        return;
    }
    if (b->only_poles && shape->is_flat) /* t is constant: no poles */
        return;
    if (panel.far)
        fj_panel_strip_bounds(&panel);
    keep(b, shape, &panel);
}

/* What of piece i lies on that side beyond |x| = half; 0: nothing. */
static int flank_of(const fj_activation *a, size_t i, double side, double half, flank *out)
{
    const fj_piece *piece = &a->piece[i];
    const double from = side > 0 ? piece->from : -piece->to,
                 to = side > 0 ? piece->to : -piece->from, inner = fmax(from, half);
    *out = (flank){.piece = i, .inner = side * inner, .side = side, .length = to - inner};
    return out->length > 0;
}

/* How far the nodes go on one side: up to h = reach, or somewhat farther; poles up to h = last. */
typedef struct side_ends {
    double reach, last;
} side_ends;

/* The d up to which there are nodes: that of `reach`, rounded up, or the end of the piece or of all. */
static double nodes_end(const builder *b, const flank *f, const side_ends *ends)
{
    const double root_q = b->rule->root_q, inner = f->side * f->inner;
    const double last = fmin(root_q * ends->last - inner, f->length),
                 reach = root_q * ends->reach - inner, unit = round_below(root_q);
    if (!(last > 0))
        return 0;
    const double end = ceil(reach / unit) * unit;
    return end > 0 ? fmin(end, last) : 0;
}

static void nodes_build(builder *b, size_t i, double side, double half, const side_ends *ends)
{
    flank f;
    if (!flank_of(b->rule->activation, i, side, half, &f))
        return;
    const double end = nodes_end(b, &f, ends);
    if (end > 0)
        build(b, &f, 0, end);
}

/* The d up to which poles matter: that of `last`, or somewhat farther, where t is there too. */
static double far_end(const builder *b, const flank *f, const side_ends *ends)
{
    enum { UNITS = 4 };
    const fj_activation *a = b->rule->activation;
    const double root_q = b->rule->root_q, last = root_q * ends->last - f->side * f->inner,
                 unit = UNITS * round_below(root_q), end = ceil(last / unit) * unit;
    if (ends->last < FJ_H_END || fj_activation_is_unbounded(a) || !(end < f->length))
        return last;
    const double slope = fj_activation_slope(a, f->inner + f->side * end);
    return slope * slope > FJ_T_LEAST ? end : last;
}

static void far_build(builder *b, size_t i, double side, double half, const side_ends *ends)
{
    flank f;
    if (!flank_of(b->rule->activation, i, side, half, &f))
        return;
    const double near = nodes_end(b, &f, ends), far = fmin(far_end(b, &f, ends), f.length);
    if (far > near)
        build(b, &f, near, far);
}

/* 0 is an end of panels, so that nodes are placed alike on both sides, but where phi' has a simple zero there (log(cosh(x)), x erf(x)).
 * Next to a panel's end the pole of a tiny u would be known relative to the panel only, and the logarithm of its distance from the end is
 * in the kernel: one panel has 0 in its middle. Returns its half width, or 0. */
static double centre_find(builder *b, size_t i, const side_ends ends[2])
{
    static const double SIMPLE = 0.1; /* of phi' at the end of the panel, by its slope at 0 */
    const fj_activation *a = b->rule->activation;
    const fj_piece *piece = &a->piece[i];
    const double root_q = b->rule->root_q,
                 right = b->rule->even ? ends[1].reach : fmin(ends[0].reach, ends[1].reach),
                 most = fmin(root_q * fmin(HALF_MOST, right), fmin(-piece->from, piece->to));
    if (!(most > 0))
        return 0;
    for (double half = round_below(most); half > root_q * HALF_LEAST; half /= 2) {
        const double left_slope = fj_activation_slope(a, -half),
                     right_slope = fj_activation_slope(a, half),
                     least = fmin(fabs(left_slope), fabs(right_slope));
        if ((left_slope > 0) == (right_slope > 0) ||
            !(fabs(fj_activation_slope(a, 0)) < FJ_PANEL_TOUCH * least) ||
            !(fabs(fj_activation_curvature(a, 0)) * half > SIMPLE * least))
            return 0;
        fj_panel panel;
        if (fitted(b, i, -half, half, &panel))
            return half;
    }
    return 0;
}

/* The panel around 0. */
static void centre_build(builder *b, size_t i, double half)
{
    fj_panel panel;
    fj_panel_shape *shape = fitted(b, i, -half, half, &panel);
    if (!shape) /* no memory: what centre_find found is there otherwise */
        return;
    panel.central = 1;
    keep(b, shape, &panel);
}

/* How far the nodes go on one side, 0 if phi' is constant there; beyond a point where t underflows, its probability is
 * put down as a mass at t = 0. (Where phi' is 0 for good from a kink on, that mass is there already.) */
static double side_reach(fj_rule *rule, double side, double *last)
{
    const fj_activation *a = rule->activation;
    *last = 0;
    const double outer = side < 0 ? -a->piece[0].from : a->piece[a->pieces - 1].to;
    if (outer <= 0)
        return 0;
    double end = fj_nodes_reach(rule, side, last);
    const double slope = fj_activation_slope(a, side * rule->root_q * end);
    if (isinf(outer) && end == *last && end < FJ_H_END && slope * slope < 1)
        rule->underflow += erfc(end * M_SQRT1_2) / (rule->even ? 1 : 2);
    return end;
}

static fj_status nodes_fill(fj_rule *rule, fj_panel_shape *const *shape, int set)
{
    const fj_panel_tables *tables = fj_panel_tables_get();
    const size_t order = fj_panels_order(set);
    fj_nodes *nodes = &rule->set[set];
    fj_status status = fj_nodes_create(nodes, rule->panels * order);
    if (status != FJ_OK)
        return status;
    for (size_t p = 0; shape && p < rule->panels; p++) { /* without panels there are no shapes */
        const fj_panel *panel = &rule->panel[p];
        const double part = fj_panel_times(rule, p) * panel->half / sqrt(2 * M_PI);
        fj_panel_shape_nodes(shape[p], &rule->view);
        for (size_t i = 0; i < order; i++) {
            const double h = panel->centre + panel->half * tables->legendre_x[set][i],
                         t = shape[p]->t[set][i];
            const size_t k = p * order + i;
            nodes->t[k] = t;
            nodes->e[k] = rule->view.narrow ? shape[p]->deviation[set][i] : t - rule->mu1;
            nodes->weight[k] = part * tables->legendre_w[set][i] * exp(-h * h / 2);
        }
    }
    return FJ_OK;
}

/* Zeros of phi' beside the axis, of a t that stays above 0: E[u/(u - t)] is of the size of u then, and at tiny u two poles stand at each
 * of them so close together that their corrections, of the size of root u, cancel to that. Puts down what rounding leaves. */
static void zeros_note(fj_rule *rule)
{
    const fj_activation *a = rule->activation;
    for (size_t i = 0; i < a->pieces; i++)
        if (a->piece[i].t_least == 0)
            return;
    static const double LOG_TINY = -600, ON_AXIS = 1e-9;
    fj_poles poles = {.count = 0};
    fj_panels_poles(rule, LOG_TINY, exp(LOG_TINY / 2), &poles);
    for (size_t i = 0; i < poles.count; i++) {
        const fj_correction *pole = &poles.pole[i];
        if (fabs(cimag(pole->h0)) < ON_AXIS)
            continue;
        /* of phi', and of the kernel, a difference of numbers of size 1 */
        const double phi_noise = FJ_PANEL_NOISE + fj_activation_noise(rule->activation);
        const double noise = phi_noise * fmin(1, cabs(pole->kernel)) + 2 * DBL_EPSILON;
        rule->noise = fmax(rule->noise, noise * cabs(pole->density) * sqrt(rule->mu1));
    }
}

/* sqrt(mu1), rounded up to a power of root 2. */
static double size_of(const fj_rule *rule)
{
    if (!(rule->mu1 > 0))
        return 0;
    const int power = (int)ceil(log2(rule->mu1)), half = (int)floor(power / 2.0);
    return ldexp(power % 2 ? M_SQRT2 : 1, half);
}

fj_status fj_panels_create(fj_rule *rule, fj_panel_shapes *shapes)
{
    const fj_activation *a = rule->activation;
    builder b = {.rule = rule, .shapes = shapes, .size = size_of(rule), .status = FJ_OK};
    side_ends ends[2] = {{0, 0}, {0, 0}};
    ends[1].reach = side_reach(rule, 1, &ends[1].last);
    if (!rule->even)
        ends[0].reach = side_reach(rule, -1, &ends[0].last);
    double half[FJ_PIECES_MAX] = {0};
    for (size_t i = 0; i < a->pieces && b.status == FJ_OK; i++) {
        half[i] = centre_find(&b, i, ends);
        if (!rule->even)
            nodes_build(&b, i, -1, half[i], &ends[0]);
        if (half[i] > 0)
            centre_build(&b, i, half[i]);
        nodes_build(&b, i, 1, half[i], &ends[1]);
    }
    rule->panels = b.count;
    b.only_poles = 1;
    for (size_t i = 0; i < a->pieces && b.status == FJ_OK; i++) {
        far_build(&b, i, 1, half[i], &ends[1]);
        if (!rule->even)
            far_build(&b, i, -1, half[i], &ends[0]);
    }
    rule->far = b.count - rule->panels;
    for (int s = 0; s < FJ_SETS && b.status == FJ_OK; s++)
        b.status = nodes_fill(rule, b.shape, s);
    free(b.shape);
    if (b.status == FJ_OK)
        zeros_note(rule);
    return b.status;
}
