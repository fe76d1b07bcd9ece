/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the rows of the table of built-in activations share. Each family has its file: kinds_linear.c, kinds_sigmoid.c,
 * kinds_rectifier.c. */
#ifndef FJ_KINDS_H
#define FJ_KINDS_H

#include "activation_internal.h"
#include <math.h>

#define KIND(id, NAME, FORMULA, KEYS, REMARK, PARITY)                                              \
    .info = {NAME, FORMULA, KEYS, REMARK, FJ_PARITY_##PARITY}, .value = id##_value,                \
    .slope = id##_slope
#define POLES(f, g, s) .poles = fj_poles_##f, .growth = FJ_GROWTH_##g, .scale = s

extern const fj_activation_kind fj_kind_linear, fj_kind_relu, fj_kind_leaky, fj_kind_hard_tanh,
    fj_kind_tanh, fj_kind_erf, fj_kind_sigmoid, fj_kind_arctan, fj_kind_softsign, fj_kind_sin,
    fj_kind_softplus, fj_kind_elu, fj_kind_selu, fj_kind_gelu, fj_kind_silu;

/* phi' = slope on (from, to), or smooth there; from left to right. */
void fj_shape_add_flat(fj_activation *a, double from, double to, double slope);
void fj_shape_add_piece(fj_activation *a, double from, double to);
/* Smooth on the whole axis. */
void fj_shape_smooth(fj_activation *a);

/* ---- the logistic function ---- */

static inline double logistic(double x)
{
    double e = exp(-fabs(x));
    return (x >= 0 ? 1 : e) / (1 + e);
}

/* logistic(x) (1 - logistic(x)), without the cancellation at large |x| */
static inline double logistic_slope(double x)
{
    double e = exp(-fabs(x));
    return e / ((1 + e) * (1 + e));
}

static inline double log_logistic(double x)
{
    return fmin(x, 0) - log1p(exp(-fabs(x)));
}

#endif
