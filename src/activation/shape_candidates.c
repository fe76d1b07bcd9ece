/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where an activation may change form.
 *
 * 1. Sample the axis: evenly near the origin, geometrically far out and towards 0.
 * 2. Formulas: the zeros of what the switches look at (abs, max, where..) and of what must not vanish (denominators, arguments
 *    of log..), by bisecting every change of sign, and by looking for a touch where the samples fall and rise again.
 * 3. Callbacks: where phi' or phi'' moves far between two samples, halve towards the larger half; a jump stays. */
#include <float.h>
#include <math.h>
#include "shape.h"

static const double LINEAR_REACH = 40, GROWTH = 1.2;

void fj_shape_candidate_add(fj_shape_finder *f, double x, int is_switch)
{
    for (size_t i = 0; i < f->count; i++)
        if (fabs(f->found[i].x - x) <= 4 * DBL_EPSILON * fabs(x)) {
            f->found[i].is_switch |= is_switch;
            return;
        }
    if (f->count == FJ_SHAPE_CANDIDATES) {
        f->overflow = 1;
        return;
    }
    f->found[f->count++] = (fj_shape_candidate){x, is_switch};
}

/* All samples, ascending; 0 is one. */
size_t fj_shape_grid(double *x)
{
    size_t n = 0;
    double side[FJ_SHAPE_GRID / 2];
    size_t half = 0;
    for (double s = FJ_SHAPE_FAR; s > LINEAR_REACH; s /= GROWTH)
        side[half++] = s;
    for (int k = (int)LINEAR_REACH * FJ_SHAPE_LINEAR; k > 0; k--)
        side[half++] = (double)k / FJ_SHAPE_LINEAR;
    for (double s = 0.7 / FJ_SHAPE_LINEAR; s > 1 / FJ_SHAPE_FAR; s /= 1.5)
        side[half++] = s;
    for (size_t i = 0; i < half; i++)
        x[n++] = -side[i];
    x[n++] = 0;
    for (size_t i = half; i-- > 0;)
        x[n++] = side[i];
    return n;
}

static fj_hazard hazard_at(const fj_shape_finder *f, size_t node, double x, long double *value)
{
    fj_jet all[FJ_NODES_MAX];
    fj_formula_jets(f->a->user->formula, x, all);
    return fj_formula_hazard(f->a->user->formula, node, all, value);
}

static int is_live(const fj_shape_finder *f, size_t node, double x)
{
    const fj_formula *formula = f->a->user->formula;
    const double beside = 1e-9 * (1 + fabs(x));
    fj_jet all[FJ_NODES_MAX];
    unsigned char live[FJ_NODES_MAX];
    for (int side = -1; side <= 1; side += 2) {
        fj_formula_jets(formula, x + side * beside, all);
        fj_formula_live(formula, all, live);
        if (live[node])
            return 1;
    }
    return 0;
}

static void zero_take(fj_shape_finder *f, size_t node, double x, fj_hazard hazard)
{
    if (is_live(f, node, x))
        fj_shape_candidate_add(f, x, hazard == FJ_HAZARD_SWITCH);
}

/* The change of sign between from and to, to the last bit. */
static void zero_between(fj_shape_finder *f, size_t node, double from, double to, fj_hazard hazard)
{
    long double value, at_from;
    (void)hazard_at(f, node, from, &at_from);
    for (;;) {
        const double middle = from + (to - from) / 2;
        if (!(middle > from && middle < to))
            break;
        (void)hazard_at(f, node, middle, &value);
        if (value == 0) {
            to = middle;
            break;
        }
        if ((value > 0) == (at_from > 0))
            from = middle;
        else
            to = middle;
    }
    zero_take(f, node, to, hazard);
}

/* |value| is least at the middle one of three samples: does it touch or cross zero there? */
static void zero_touched(fj_shape_finder *f, size_t node, double from, double to, fj_hazard hazard,
                         long double largest)
{
    const double golden = 0.381966011250105;
    const double low = from, high = to;
    long double value, at_low, at_high;
    (void)hazard_at(f, node, low, &value);
    const long double sign = value > 0 ? 1 : -1;
    double x1 = from + golden * (to - from), x2 = to - golden * (to - from);
    (void)hazard_at(f, node, x1, &at_low);
    (void)hazard_at(f, node, x2, &at_high);
    for (int i = 0; i < 60; i++) {
        if (sign * at_low < sign * at_high) {
            to = x2, x2 = x1, at_high = at_low;
            x1 = from + golden * (to - from);
            (void)hazard_at(f, node, x1, &at_low);
        } else {
            from = x1, x1 = x2, at_low = at_high;
            x2 = to - golden * (to - from);
            (void)hazard_at(f, node, x2, &at_high);
        }
    }
    if (sign * at_low < 0) {
        zero_between(f, node, low, x1, hazard);
        zero_between(f, node, x1, high, hazard);
    } else if (hazard == FJ_HAZARD_POLE && fabsl(at_low) < 1e-12L * largest) {
        zero_take(f, node, x1, hazard);
    }
}

typedef struct trail {
    long double before, now; /* the values at the last two samples */
} trail;

static void trail_step(fj_shape_finder *f, size_t node, trail *t, const double *x, size_t k,
                       long double value, fj_hazard hazard)
{
    if (k >= 1 && ((t->now < 0 && value > 0) || (t->now > 0 && value < 0))) {
        zero_between(f, node, x[k - 1], x[k], hazard);
    } else if (k >= 2 && t->now == 0 &&
               ((t->before < 0 || t->before > 0) && (value < 0 || value > 0))) {
        zero_take(f, node, x[k - 1], hazard);
    } else if (k >= 2 && t->now != 0 && (t->before > 0) == (t->now > 0) &&
               (value > 0) == (t->now > 0) && fabsl(t->now) < fabsl(t->before) &&
               fabsl(t->now) < fabsl(value) && isfinite(t->before) && isfinite(value)) {
        zero_touched(f, node, x[k - 2], x[k], hazard, fabsl(t->before) + fabsl(value));
    }
    t->before = t->now;
    t->now = value;
}

/* Step 1 for formulas. */
void fj_shape_formula_candidates(fj_shape_finder *f, const double *x, size_t n)
{
    const fj_formula *formula = f->a->user->formula;
    trail trails[FJ_NODES_MAX];
    fj_jet all[FJ_NODES_MAX];
    for (size_t i = 0; i < formula->count; i++)
        trails[i] = (trail){NAN, NAN};
    for (size_t k = 0; k < n && !f->overflow; k++) {
        fj_formula_jets(formula, x[k], all);
        for (size_t i = 0; i < formula->count; i++) {
            long double value;
            const fj_hazard hazard = fj_formula_hazard(formula, i, all, &value);
            if (hazard != FJ_HAZARD_NONE)
                trail_step(f, i, &trails[i], x, k, value, hazard);
        }
    }
}

/* phi' or phi'' at x */
static double derivative_at(const fj_shape_finder *f, int order, double x)
{
    const fj_activation_custom *c = &f->a->user->custom;
    return order == 1 ? c->slope(x, c->context) : c->curvature(x, c->context);
}

static void jump_between(fj_shape_finder *f, int order, double from, double to)
{
    double at_from = derivative_at(f, order, from), at_to = derivative_at(f, order, to);
    const double jump = fabs(at_to - at_from);
    while (to - from > 1e-13 * (fabs(from) + fabs(to))) {
        const double middle = from + (to - from) / 2;
        if (!(middle > from && middle < to))
            break;
        const double at_middle = derivative_at(f, order, middle);
        if (fabs(at_middle - at_from) > fabs(at_to - at_middle)) {
            to = middle;
            at_to = at_middle;
        } else {
            from = middle;
            at_from = at_middle;
        }
        if (!(fabs(at_to - at_from) > 0.3 * jump)) /* it is spread out: no jump */
            return;
    }
    fj_shape_candidate_add(f, fabs(to) < 1e-12 ? 0 : to, 0);
}

void fj_shape_custom_candidates(fj_shape_finder *f, const double *x, size_t n)
{
    const int orders = f->a->user->custom.curvature ? 2 : 1;
    for (int order = 1; order <= orders; order++) {
        double last = derivative_at(f, order, x[0]), largest = 0;
        for (size_t k = 0; k < n; k++)
            if (fabs(x[k]) < LINEAR_REACH && isfinite(derivative_at(f, order, x[k])))
                largest = fmax(largest, fabs(derivative_at(f, order, x[k])));
        for (size_t k = 1; k < n && !f->overflow; k++) {
            const double now = derivative_at(f, order, x[k]);
            if (fabs(now - last) > 1e-4 * largest)
                jump_between(f, order, x[k - 1], x[k]);
            last = now;
        }
    }
}
