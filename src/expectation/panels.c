/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Panels of Gauss-Legendre nodes for phi' that is smooth only between kinks or has no closed-form poles.
 *
 * 1. Cut each smooth piece of the h axis into panels, halving until on each one (a) a polynomial of degree 20 gives
 *    log t (or phi', near its zeros) to rounding (panel_fit.c), (b) at most one critical point of it lies within the ellipse where
 *    poles matter (panel_critical.c), and (c) the gaussian is resolved. Beyond the nodes, where poles matter near the axis only, (c) is
 *    not asked for of a panel on which log t is monotone and varies little.
 * 2. Put Gauss-Legendre nodes of 16 and of 20 points on every panel: their nodes interleave well, so that one of the two stays away
 *    from any given pole. panel_poles.c finds the poles and corrects for them. */
#include <float.h>
#include <math.h>
#include <stdlib.h>
#include "panel_polynomial.h"

/* A polynomial of log t that varies by no more is constant, or one of phi' relative to what it is resolved to; or by so many times
 * the noise of phi'. */
static const double FLAT = 1e-12, FLAT_NOISE = 4;
/* Relative to the size of phi' as a whole: below, it has nothing to do with a zero. */
static const double NEGLIGIBLE = 1e-60;
/* A half width is never above 1; but on a panel for poles only, log t may vary by this factor. */
static const double HALF_MOST = 1, HALF_LEAST = 1e-5, FACTOR_MOST = 2;
/* Relative to log t: what a callback or formula differs by from such a panel's polynomial at points that it was not made from. */
static const double SEEN = 1e-11;
/* t^2 resolved: log t varies by no more on the ellipse */
static const double GROWTH_MOST = 6;

typedef struct builder {
    fj_rule *rule;
    fj_panel *panel;
    size_t count;
    const fj_piece *piece;
    double flat;    /* a polynomial that varies less has no poles to speak of */
    int only_poles; /* panels without nodes from now on */
    fj_status status;
} builder;

/* Does t on (from, to) contribute to E t^2? */
static int t_matters(const fj_rule *rule, double from, double to)
{
    double nearest = from > 0 ? from : to < 0 ? -to : 0;
    double left = fj_activation_slope(rule->activation, rule->root_q * from);
    double right = fj_activation_slope(rule->activation, rule->root_q * to);
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

/* Is a panel for poles only as good as narrower ones would be? On the axis it is monotone, its error relative to what it is largest.
 * Of what is known by its values alone more of these are asked for. */
static int wide_serves(const fj_rule *rule, const fj_panel *panel)
{
    enum { LOOKS = 64 };
    const double left = fabs(fj_panel_value(panel, -1)), right = fabs(fj_panel_value(panel, 1));
    const double largest = fmax(1, fmax(left, right));
    if (!panel->logarithmic || panel->has_critical ||
        largest > FACTOR_MOST * fmax(1, fmin(left, right)))
        return 0;
    for (int i = 0; i < LOOKS && rule->activation->user; i++) {
        const double xi = 2 * (i + 0.5) / LOOKS - 1;
        const double slope = fj_activation_slope(rule->activation,
                                                 rule->root_q * (panel->centre + panel->half * xi));
        if (!(fabs(2 * log(fabs(slope)) - fj_panel_value(panel, xi)) <= SEEN * largest))
            return 0;
    }
    return 1;
}

static int is_flat(const builder *b, const fj_panel *panel)
{
    return panel->radius < b->flat * (panel->logarithmic ? 1 : panel->unit);
}

/* Conditions (a), (b), and that t^2 is resolved. */
static int fitted(const builder *b, double from, double to, fj_panel *panel)
{
    double c[FJ_PANEL_ROOM];
    if (!fj_panel_fit(b->rule, b->piece, b->only_poles && b->rule->activation->user, panel, c))
        return 0;
    fj_panel_bounds(panel, c);
    if (!is_flat(b, panel)) {
        const int critical = fj_panel_critical_count(c);
        if (critical != 0 && !(critical == 1 && fj_panel_critical_find(panel)))
            return 0;
    }
    return !(panel->radius > GROWTH_MOST && t_matters(b->rule, from, to));
}

static void keep(builder *b, const fj_panel *panel)
{
    if (b->count == FJ_PANELS_MAX) {
        b->status = FJ_NO_CONVERGENCE;
        return;
    }
    noise_note(b->rule, panel);
    b->panel[b->count++] = *panel;
}

static void build(builder *b, double from, double to)
{
    fj_panel panel = {.centre = from + (to - from) / 2,
                      .half = (to - from) / 2,
                      .far = b->only_poles,
                      .counts_to = INFINITY};
    if (b->status != FJ_OK)
        return;
    const double far = fmax(fabs(from), fabs(to));
    const int narrow = panel.half <= HALF_MOST && panel.half * far <= FJ_PANEL_GAUSSIAN;
    int fits = (narrow || b->only_poles) && fitted(b, from, to, &panel) &&
               (narrow || wide_serves(b->rule, &panel));
    if (!fits && panel.half > HALF_LEAST) {
        build(b, from, panel.centre);
        build(b, panel.centre, to);
        return;
    }
    if (!fits) {
        b->status = FJ_NO_CONVERGENCE;
        return;
    }
    if (b->only_poles && is_flat(b, &panel)) /* t is constant: no poles */
        return;
    if (panel.far)
        fj_panel_strip_bounds(&panel);
    keep(b, &panel);
}

/* Panels for the part of piece i within (from, to). */
static void build_part(builder *b, size_t i, double from, double to)
{
    const fj_piece *piece = &b->rule->activation->piece[i];
    b->piece = piece;
    from = fmax(from, piece->from / b->rule->root_q);
    to = fmin(to, piece->to / b->rule->root_q);
    if (from < to)
        build(b, from, to);
}

/* 0 is an end of panels, so that nodes are placed alike on both sides, but where phi' has a simple zero there (log(cosh(x)), x erf(x)).
 * Next to a panel's end the pole of a tiny u would be known relative to the panel only, and the logarithm of its distance from the end is
 * in the kernel: one panel has 0 in its middle. Returns its half width, or 0. */
static double centre_find(builder *b, const fj_piece *piece, double right, fj_panel *out)
{
    static const double SIMPLE = 0.1; /* of phi' at the end of the panel, by its slope at 0 */
    const fj_activation *a = b->rule->activation;
    const double root_q = b->rule->root_q,
                 most = fmin(fmin(HALF_MOST, right), fmin(-piece->from, piece->to) / root_q);
    b->piece = piece;
    for (double half = most; half > HALF_LEAST; half /= 2) {
        const double left_slope = fj_activation_slope(a, -root_q * half),
                     right_slope = fj_activation_slope(a, root_q * half),
                     least = fmin(fabs(left_slope), fabs(right_slope));
        if ((left_slope > 0) == (right_slope > 0) ||
            !(fabs(fj_activation_slope(a, 0)) < FJ_PANEL_TOUCH * least) ||
            !(fabs(fj_activation_curvature(a, 0)) * root_q * half > SIMPLE * least))
            return 0;
        *out = (fj_panel){.half = half, .central = 1, .counts_to = INFINITY};
        if (fitted(b, -half, half, out))
            return half;
    }
    return 0;
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

static fj_status nodes_fill(fj_rule *rule, int set)
{
    const fj_panel_tables *tables = fj_panel_tables_get();
    size_t order = fj_panels_order(set);
    fj_nodes *nodes = &rule->set[set];
    fj_status status = fj_nodes_create(nodes, rule->panels * order);
    if (status != FJ_OK)
        return status;
    for (size_t p = 0; p < rule->panels; p++)
        for (size_t i = 0; i < order; i++) {
            double h = rule->panel[p].centre + rule->panel[p].half * tables->legendre_x[set][i];
            fj_nodes_put(rule, nodes, p * order + i, h,
                         fj_panel_times(rule, p) * rule->panel[p].half *
                             tables->legendre_w[set][i] * exp(-h * h / 2) / sqrt(2 * M_PI));
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

fj_status fj_panels_create(fj_rule *rule)
{
    const fj_activation *a = rule->activation;
    builder b = {.rule = rule, .panel = malloc(FJ_PANELS_MAX * sizeof(fj_panel)), .status = FJ_OK};
    rule->panel = b.panel;
    b.flat = FLAT + FLAT_NOISE * fj_activation_noise(a);
    if (!b.panel)
        return FJ_NO_MEMORY;
    double far_right = 0, far_left = 0;
    const double right = side_reach(rule, 1, &far_right);
    const double left = rule->even ? 0 : -side_reach(rule, -1, &far_left);
    for (size_t i = 0; i < a->pieces; i++) {
        fj_panel centre = {.half = 0};
        const double half =
            centre_find(&b, &a->piece[i], rule->even ? right : fmin(right, -left), &centre);
        build_part(&b, i, left, -half);
        if (half > 0)
            keep(&b, &centre);
        build_part(&b, i, half, right);
    }
    rule->panels = b.count;
    b.only_poles = 1;
    for (size_t i = 0; i < a->pieces; i++) {
        build_part(&b, i, right, far_right);
        if (!rule->even)
            build_part(&b, i, -far_left, left);
    }
    rule->far = b.count - rule->panels;
    for (int s = 0; s < FJ_SETS && b.status == FJ_OK; s++)
        b.status = nodes_fill(rule, s);
    if (b.status == FJ_OK)
        zeros_note(rule);
    return b.status;
}
