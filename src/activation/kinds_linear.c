/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The piecewise linear ones: linear, relu, leaky-relu, hard-tanh. See kinds.h. */
#include "kinds.h"
#include <math.h>

/* ---- shapes ---- */

static void shape_linear(fj_activation *a)
{
    fj_shape_add_flat(a, -INFINITY, INFINITY, 1);
}

static void shape_leaky(fj_activation *a) /* relu too: its slope is 0 */
{
    if (a->kind->parameters && a->parameter[0] == 1) {
        shape_linear(a);
        return;
    }
    fj_shape_add_flat(a, -INFINITY, 0, a->kind->parameters ? a->parameter[0] : 0);
    fj_shape_add_flat(a, 0, INFINITY, 1);
}

static void shape_hard_tanh(fj_activation *a)
{
    fj_shape_add_flat(a, -INFINITY, -1, 0);
    fj_shape_add_flat(a, -1, 1, 1);
    fj_shape_add_flat(a, 1, INFINITY, 0);
}

/* ---- phi, phi', phi'' ---- */

static double zero(const double *p, double x)
{
    (void)p, (void)x;
    return 0;
}

static double linear_value(const double *p, double x)
{
    (void)p;
    return x;
}

static double linear_slope(const double *p, double x)
{
    (void)p, (void)x;
    return 1;
}

static double relu_value(const double *p, double x)
{
    (void)p;
    return x > 0 ? x : 0;
}

static double relu_slope(const double *p, double x)
{
    (void)p;
    return x >= 0;
}

static double leaky_value(const double *p, double x)
{
    return x > 0 ? x : p[0] * x;
}

static double leaky_slope(const double *p, double x)
{
    return x >= 0 ? 1 : p[0];
}

static double hard_tanh_value(const double *p, double x)
{
    (void)p;
    return fmax(-1, fmin(1, x));
}

static double hard_tanh_slope(const double *p, double x)
{
    (void)p;
    return x >= -1 && x < 1;
}

/* ---- rows ---- */

const fj_activation_kind fj_kind_linear = {KIND(linear, "linear", "x", "", "phi' = 1", ODD),
                                           .curvature = zero, .shape = shape_linear,
                                           .even_slope = 1, .homogeneous = 1};

const fj_activation_kind fj_kind_relu = {
    KIND(relu, "relu", "max(x, 0)", "", "kink at 0; phi'^2 has atoms 0 and 1, each of mass 1/2",
         NONE),
    .curvature = zero, .shape = shape_leaky, .homogeneous = 1};

const fj_activation_kind fj_kind_leaky = {
    KIND(leaky, "leaky-relu", "x for x > 0, slope*x for x <= 0", "slope=0.01",
         "kink at 0; phi'^2 has atoms slope^2 and 1, each of mass 1/2", NONE),
    .parameters = 1,
    .key = {"slope"},
    .initial = {0.01},
    .least = {0},
    .most = {1e3},
    .curvature = zero,
    .shape = shape_leaky,
    .homogeneous = 1};

const fj_activation_kind fj_kind_hard_tanh = {
    KIND(hard_tanh, "hard-tanh", "max(-1, min(1, x))", "",
         "kinks at -1 and 1; phi'^2 has atoms 0 and 1, the latter of mass erf(1/sqrt(2q))", ODD),
    .curvature = zero, .shape = shape_hard_tanh, .even_slope = 1};
