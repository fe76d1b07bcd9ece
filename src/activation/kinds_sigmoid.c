/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The bounded ones: tanh, erf(sqrt(pi)/2 x), sigmoid, arctan, softsign, sin. See kinds.h. */
#include "kinds.h"
#include <math.h>

static double sech_square(double x)
{
    const double e = exp(-2 * fabs(x)), sum = 1 + e;
    return 4 * e / (sum * sum);
}

static void shape_softsign(fj_activation *a)
{
    fj_shape_add_piece(a, -INFINITY, 0);
    fj_shape_add_piece(a, 0, INFINITY);
}

static double tanh_value(const double *p, double x)
{
    (void)p;
    return tanh(x);
}

static double tanh_slope(const double *p, double x)
{
    (void)p;
    return sech_square(x);
}

static double tanh_curvature(const double *p, double x)
{
    return -2 * tanh(x) * tanh_slope(p, x);
}

static double tanh_log_slope(const double *p, double x)
{
    (void)p;
    double y = fabs(x); /* -2 log cosh */
    return y < 1 ? -log1p(sinh(y) * sinh(y)) : 2 * (M_LN2 - y - log1p(exp(-2 * y)));
}

static double scale_tanh(const double *p)
{
    (void)p;
    return M_PI / 2; /* poles of sech^4 */
}

static double erf_value(const double *p, double x)
{
    (void)p;
    return erf(sqrt(M_PI) / 2 * x);
}

static double erf_slope(const double *p, double x)
{
    (void)p;
    return exp(-M_PI / 4 * x * x);
}

static double erf_curvature(const double *p, double x)
{
    return -M_PI / 2 * x * erf_slope(p, x);
}

static double erf_log_slope(const double *p, double x)
{
    (void)p;
    return -M_PI / 4 * x * x;
}

static double scale_erf(const double *p)
{
    (void)p;
    return 1 / sqrt(M_PI); /* t = exp(-pi x^2/2) */
}

static double sigmoid_value(const double *p, double x)
{
    (void)p;
    return logistic(x);
}

static double sigmoid_slope(const double *p, double x)
{
    (void)p;
    return logistic_slope(x);
}

static double sigmoid_curvature(const double *p, double x)
{
    (void)p;
    return -tanh(x / 2) * logistic_slope(x);
}

static double sigmoid_log_slope(const double *p, double x)
{
    (void)p;
    return log_logistic(x) + log_logistic(-x);
}

static double scale_sigmoid(const double *p)
{
    (void)p;
    return M_PI;
}

static double arctan_value(const double *p, double x)
{
    (void)p;
    return atan(x);
}

static double arctan_slope(const double *p, double x)
{
    (void)p;
    return 1 / (1 + x * x);
}

static double arctan_curvature(const double *p, double x)
{
    double slope = arctan_slope(p, x);
    return -2 * x * slope * slope;
}

static double scale_arctan(const double *p)
{
    (void)p;
    return 1;
}

static double softsign_value(const double *p, double x)
{
    (void)p;
    return x / (1 + fabs(x));
}

static double softsign_slope(const double *p, double x)
{
    (void)p;
    return 1 / ((1 + fabs(x)) * (1 + fabs(x)));
}

static double softsign_curvature(const double *p, double x)
{
    return (x >= 0 ? -2 : 2) * softsign_slope(p, x) / (1 + fabs(x));
}

static double complex softsign_continuation(const double *p, double at, double complex z)
{
    (void)p;
    const double complex root = at < 0 ? 1 - z : 1 + z;
    return 1 / (root * root);
}

static double sin_value(const double *p, double x)
{
    (void)p;
    return sin(x);
}

static double sin_slope(const double *p, double x)
{
    (void)p;
    return cos(x);
}

static double sin_curvature(const double *p, double x)
{
    (void)p;
    return -sin(x);
}

static double scale_sin(const double *p)
{
    (void)p;
    return 0.5; /* t = (1 + cos 2x)/2 */
}

/* ---- rows ---- */

const fj_activation_kind fj_kind_tanh = {KIND(tanh, "tanh", "tanh(x)", "", "0 < phi'^2 <= 1", ODD),
                                         .curvature = tanh_curvature,
                                         .log_slope = tanh_log_slope,
                                         .shape = fj_shape_smooth,
                                         .even_slope = 1,
                                         POLES(sech, SINGULAR, scale_tanh)};

const fj_activation_kind fj_kind_erf = {KIND(erf, "erf", "erf(sqrt(pi)/2 x)", "",
                                             "0 < phi'^2 <= 1; its moments have closed forms", ODD),
                                        .curvature = erf_curvature,
                                        .log_slope = erf_log_slope,
                                        .shape = fj_shape_smooth,
                                        .even_slope = 1,
                                        POLES(erf, GAUSSIAN, scale_erf)};

const fj_activation_kind fj_kind_sigmoid = {
    KIND(sigmoid, "sigmoid", "1/(1 + exp(-x))", "", "0 < phi'^2 <= 1/16", NONE),
    .curvature = sigmoid_curvature,
    .log_slope = sigmoid_log_slope,
    .shape = fj_shape_smooth,
    .even_slope = 1,
    POLES(sech, SINGULAR, scale_sigmoid)};

const fj_activation_kind fj_kind_arctan = {
    KIND(arctan, "arctan", "arctan(x)", "", "0 < phi'^2 <= 1, algebraic tails", ODD),
    .curvature = arctan_curvature, .shape = fj_shape_smooth, .even_slope = 1,
    POLES(arctan, SINGULAR, scale_arctan)};

const fj_activation_kind fj_kind_softsign = {
    KIND(softsign, "softsign", "x/(1 + |x|)", "",
         "phi'' jumps at 0; 0 < phi'^2 <= 1, algebraic tails", ODD),
    .curvature = softsign_curvature, .shape = shape_softsign, .even_slope = 1,
    .continuation = softsign_continuation};

const fj_activation_kind fj_kind_sin = {
    KIND(sin, "sin", "sin(x)", "", "0 <= phi'^2 <= 1, periodic", ODD), .curvature = sin_curvature,
    .shape = fj_shape_smooth, .even_slope = 1, POLES(sin, PERIODIC, scale_sin)};
