/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How far out on the h axis nodes matter.
 *
 * 1. As far as the gaussian, and the gaussian times 1/t, which the lower tail needs, are above rounding relative to their
 *    largest values. Zeros of phi' on the way make 1/t infinite and mean nothing: take the largest t nearby.
 *    Where phi' is unbounded, the gaussian times t^2 too, which the second-order expectations need.
 * 2. Beyond, only poles matter, until t or the gaussian underflows, or t grows beyond FJ_T_MOST.
 * 3. Where phi' is constant there is nothing to see (it may be 0 there and not farther out), and nothing at all beyond the last
 *    place where it is not. */
#include <math.h>
#include "rule_internal.h"

static const double STEP = 0.25;

static double t_nearby(const fj_rule *rule, double h)
{
    const fj_activation_kind *kind = rule->activation->kind;
    double largest = 0;
    if (kind->poles && kind->growth != FJ_GROWTH_PERIODIC) { /* no zeros */
        const double slope = fj_activation_slope(rule->activation, rule->root_q * h);
        return slope * slope;
    }
    for (int i = -1; i <= 1; i++)
        largest =
            fmax(largest,
                 fabs(fj_activation_slope(rule->activation, rule->root_q * (h + i * STEP / 3))));
    return largest * largest;
}

/* Is t below FJ_T_LEAST? The same, but the first place where it is not decides. */
static int underflows(const fj_rule *rule, double h)
{
    for (int i = -1; i <= 1; i++) {
        const double slope =
            fj_activation_slope(rule->activation, rule->root_q * (h + i * STEP / 3));
        if (slope * slope >= FJ_T_LEAST)
            return 0;
    }
    return 1;
}

/* 1 in a piece where phi' varies, -1 in the outermost one on this side, 0 between pieces, -2 beyond all of them. */
static int place_of(const fj_rule *rule, double side, double h)
{
    const fj_activation *a = rule->activation;
    const double x = rule->root_q * h;
    for (size_t i = 0; i < a->pieces; i++) {
        const fj_piece *piece = &a->piece[side > 0 ? a->pieces - 1 - i : i];
        const double from = side > 0 ? piece->from : -piece->to;
        const double to = side > 0 ? piece->to : -piece->from;
        if (x > to)
            return i == 0 ? -2 : 0;
        if (x >= from)
            return i == 0 ? -1 : 1;
    }
    return 0;
}

/* Beyond the nodes, where only underflow matters: the first step from h on where t underflows in the outermost piece, the first beyond
 * all pieces, or FJ_H_END. In strides: where t has underflowed at the end of one, its steps are looked at. */
static double underflow_find(const fj_rule *rule, double side, double h)
{
    enum { STRIDE = 4 };
    const double long_step = STRIDE * STEP;
    for (; h + long_step < FJ_H_END; h += long_step)
        if (place_of(rule, side, h + long_step) == -2 || underflows(rule, side * (h + long_step)))
            break;
    for (; h < FJ_H_END; h += STEP) {
        const int place = place_of(rule, side, h);
        if (place == -2 || (place == -1 && underflows(rule, side * h)))
            return h;
    }
    return FJ_H_END;
}

double fj_nodes_reach(const fj_rule *rule, double side, double *last)
{
    *last = STEP;
    const int unbounded = fj_activation_is_unbounded(rule->activation);
    double largest = 1, end = -1;
    for (double h = STEP; h < FJ_H_END; h += STEP) {
        const int place = place_of(rule, side, h);
        if (place == -2) {
            *last = h;
            return end < 0 ? h : end;
        }
        if (place == 0)
            continue;
        if (end >= 0 && !unbounded) {
            *last = underflow_find(rule, side, h);
            return end;
        }
        double t = t_nearby(rule, side * h), term = exp(-h * h / 2) * (1 + rule->mu1 / t);
        if (unbounded) {
            const double above = t / rule->mu1;
            if (!(t < FJ_T_MOST))
                return end < 0 ? *last : end;
            term = exp(-h * h / 2) * (1 + rule->mu1 / t + above * above);
        }
        *last = h;
        if (isfinite(term) && term > largest)
            largest = term;
        if (end < 0 && h > FJ_GAUSSIAN_END && term < 1e-20 * largest)
            end = h;
        if (place == -1 && t < FJ_T_LEAST)
            return end < 0 ? h : end;
    }
    *last = FJ_H_END;
    return end < 0 ? FJ_H_END : end;
}
