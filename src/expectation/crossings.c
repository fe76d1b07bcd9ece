/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The real solutions of t(h) = value.
 *
 * 1. At real u inside the range of t the poles of 1/(u - t) on the axis are these solutions: take the poles found at
 *    u = value and keep the real ones. For even t both of each pair.
 * 2. On panels, a solution near a common end is found from both sides: keep those on their own panel, once. Two on one
 *    panel are two, however close (beside a zero of phi'). */
#include <float.h>
#include <math.h>
#include <stdlib.h>
#include "rule_internal.h"

/* A pole this close to the axis is on it; neighbours that close on two panels are one. */
static const double ON_AXIS = 1e-11;
/* log t on panels, by their polynomials, and from closed forms. */
static const double PANEL_ERROR = 2e-14, CLOSED_ERROR = 4 * DBL_EPSILON;

/* How many times that, next to the value that t tends to. */
static const double SETTLED = 8;

typedef struct found {
    fj_crossing at;
    size_t panel;
} found;

static int by_h(const void *a, const void *b)
{
    double x = ((const found *)a)->at.h, y = ((const found *)b)->at.h;
    return (x > y) - (x < y);
}

static int is_crossing(const fj_rule *rule, const fj_correction *pole)
{
    if (fabs(cimag(pole->h0)) > ON_AXIS)
        return 0;
    if (!rule->panel)
        return 1;
    const fj_panel *panel = &rule->panel[pole->panel];
    return fabs(creal(pole->h0) - panel->centre) <= panel->half * (1 + ON_AXIS);
}

size_t fj_rule_crossings(const fj_rule *rule, double log_t, fj_crossing *out, size_t room)
{
    fj_poles poles;
    found all[2 * FJ_POLES_MAX];
    size_t count = 0, kept = 0;
    poles.count = 0;
    poles.overflow = 0;
    if (!rule->has_range)
        return 0;
    const double root = exp(log_t / 2);
    if (rule->panel)
        fj_panels_poles(rule, log_t, root, &poles);
    else
        fj_trapezoid_poles(rule, log_t, root, FJ_H_END, &poles);
    if (poles.overflow)
        return room + 1;
    for (size_t i = 0; i < poles.count; i++) {
        const fj_correction *pole = &poles.pole[i];
        if (!is_crossing(rule, pole))
            continue;
        double slope = creal(pole->l1), bend = creal(pole->l2) - slope * slope;
        all[count++] = (found){{creal(pole->h0), slope, bend}, pole->panel};
        if (rule->even && !(rule->panel && rule->panel[pole->panel].central))
            all[count++] = (found){{-creal(pole->h0), -slope, bend}, pole->panel};
    }
    qsort(all, count, sizeof *all, by_h);
    for (size_t i = 0; i < count; i++) {
        if (i > 0 && all[i].panel != all[i - 1].panel &&
            all[i].at.h - all[i - 1].at.h <= ON_AXIS * (1 + fabs(all[i].at.h)))
            continue;
        if (kept < room)
            out[kept] = all[i].at;
        kept++;
    }
    return kept;
}

double fj_rule_log_t_error(const fj_rule *rule)
{
    return rule->panel ? PANEL_ERROR : CLOSED_ERROR;
}

/* Is log_t what t tends to on that side, within the error? Polynomials know nothing of the approach. Where phi' is constant
 * from some point on there is none. */
static int settles_at(const fj_rule *rule, double side, double log_t, double error)
{
    const fj_activation *a = rule->activation;
    if (!isinf(side < 0 ? a->piece[0].from : a->piece[a->pieces - 1].to))
        return 0;
    double slope = fj_activation_slope(rule->activation, side * rule->root_q * FJ_H_END);
    return fabs(2 * log(fabs(slope)) - log_t) < SETTLED * error;
}

int fj_rule_crossings_known(const fj_rule *rule, double log_t, double error, size_t n)
{
    if (rule->panel && (log_t < log(FJ_T_LEAST) || settles_at(rule, 1, log_t, error) ||
                        settles_at(rule, -1, log_t, error)))
        return 0;
    return fj_rule_crossings(rule, log_t - error, NULL, 0) == n &&
           fj_rule_crossings(rule, log_t + error, NULL, 0) == n;
}
