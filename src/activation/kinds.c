/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The table of built-in activations: phi, phi', phi'' on the real axis, where phi' is constant or smooth, and which
 * complex poles are known in closed form. To add one: three functions, a shape, a row in fj_activation_kinds, and a
 * row in the tests. */
#include "activation_internal.h"
#include <math.h>
#include <string.h>

/* A parameter is kept this far from the values where the formulas degenerate. */
static const double PARAMETER_LEAST = 1e-3, PARAMETER_MOST = 1e3;

/* ---- shapes ---- */

static void add_flat(fj_activation *a, double from, double to, double slope)
{
    a->flat[a->flats++] = (fj_flat){from, to, slope};
}

static void add_piece(fj_activation *a, double from, double to)
{
    a->piece[a->pieces++] = (fj_piece){.from = from, .to = to};
}

static void shape_smooth(fj_activation *a)
{
    add_piece(a, -INFINITY, INFINITY);
}

static void shape_linear(fj_activation *a)
{
    add_flat(a, -INFINITY, INFINITY, 1);
}

static void shape_leaky(fj_activation *a) /* relu too: its slope is 0 */
{
    if (a->kind->parameters && a->parameter[0] == 1) {
        shape_linear(a);
        return;
    }
    add_flat(a, -INFINITY, 0, a->kind->parameters ? a->parameter[0] : 0);
    add_flat(a, 0, INFINITY, 1);
}

static void shape_hard_tanh(fj_activation *a)
{
    add_flat(a, -INFINITY, -1, 0);
    add_flat(a, -1, 1, 1);
    add_flat(a, 1, INFINITY, 0);
}

static void shape_elu(fj_activation *a) /* selu too */
{
    add_piece(a, -INFINITY, 0);
    add_flat(a, 0, INFINITY, a->kind->slope(a->parameter, 1));
}

static void shape_softsign(fj_activation *a)
{
    add_piece(a, -INFINITY, 0);
    add_piece(a, 0, INFINITY);
}

/* ---- linear, relu, leaky-relu, hard-tanh ---- */

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

/* ---- tanh, sigmoid ---- */

static double sech(double x)
{
    return 1 / cosh(x);
}

static double tanh_value(const double *p, double x)
{
    (void)p;
    return tanh(x);
}

static double tanh_slope(const double *p, double x)
{
    (void)p;
    const double s = sech(x);
    return s * s;
}

static double tanh_curvature(const double *p, double x)
{
    return -2 * tanh(x) * tanh_slope(p, x);
}

static double logistic(double x)
{
    double e = exp(-fabs(x));
    return (x >= 0 ? 1 : e) / (1 + e);
}

/* logistic(x) (1 - logistic(x)), without the cancellation at large |x| */
static double logistic_slope(double x)
{
    double e = exp(-fabs(x));
    return e / ((1 + e) * (1 + e));
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

/* ---- erf(sqrt(pi)/2 x), arctan, softsign, sin ---- */

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

static double complex softsign_continuation(const double *p, double at, double complex z)
{
    (void)p;
    const double complex root = at < 0 ? 1 - z : 1 + z;
    return 1 / (root * root);
}

static double softsign_curvature(const double *p, double x)
{
    return (x >= 0 ? -2 : 2) * softsign_slope(p, x) / (1 + fabs(x));
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

/* ---- softplus, elu, selu ---- */

static double softplus_value(const double *p, double x)
{
    double y = p[0] * x;
    return (fmax(y, 0) + log1p(exp(-fabs(y)))) / p[0];
}

static double softplus_slope(const double *p, double x)
{
    return logistic(p[0] * x);
}

static double softplus_curvature(const double *p, double x)
{
    return p[0] * logistic_slope(p[0] * x);
}

static double elu_value(const double *p, double x)
{
    return x > 0 ? x : p[0] * expm1(x);
}

static double elu_slope(const double *p, double x)
{
    return x >= 0 ? 1 : p[0] * exp(x);
}

/* of the piece that is no flat */
static double complex elu_continuation(const double *p, double at, double complex z)
{
    (void)at;
    return p[0] * cexp(z);
}

static double elu_curvature(const double *p, double x)
{
    return x >= 0 ? 0 : p[0] * exp(x);
}

/* Klambauer et al. 2017, the fixed point (0, 1) of mean and variance */
static const double SELU_SCALE = 1.0507009873554805, SELU_ALPHA[1] = {1.6732632423543772};

static double selu_value(const double *p, double x)
{
    (void)p;
    return SELU_SCALE * elu_value(SELU_ALPHA, x);
}

static double selu_slope(const double *p, double x)
{
    (void)p;
    return SELU_SCALE * elu_slope(SELU_ALPHA, x);
}

static double complex selu_continuation(const double *p, double at, double complex z)
{
    (void)p;
    return SELU_SCALE * elu_continuation(SELU_ALPHA, at, z);
}

static double selu_curvature(const double *p, double x)
{
    (void)p;
    return SELU_SCALE * elu_curvature(SELU_ALPHA, x);
}

/* ---- gelu, silu ---- */

static double normal_density(double x)
{
    return exp(-x * x / 2) / sqrt(2 * M_PI);
}

static double normal_cdf(double x)
{
    return erfc(-x * M_SQRT1_2) / 2;
}

static double gelu_value(const double *p, double x)
{
    (void)p;
    return x * normal_cdf(x);
}

static double gelu_slope(const double *p, double x)
{
    (void)p;
    return normal_cdf(x) + x * normal_density(x);
}

static double gelu_curvature(const double *p, double x)
{
    (void)p;
    return fabs(x) < 1e3 ? (2 - x * x) * normal_density(x) : 0;
}

static double silu_value(const double *p, double x)
{
    (void)p;
    return x * logistic(x);
}

static double silu_slope(const double *p, double x)
{
    (void)p;
    return logistic(x) + x * logistic_slope(x);
}

static double complex silu_continuation(const double *p, double at, double complex z)
{
    (void)p, (void)at;
    const double complex e = cexp(creal(z) < 0 ? z : -z);
    const double complex less = e / (1 + e),
                         more = 1 / (1 + e); /* of the logistic function and 1 less it */
    return creal(z) < 0 ? less * (1 + z * more) : more * (1 + z * less);
}

static double silu_curvature(const double *p, double x)
{
    (void)p;
    return logistic_slope(x) * (2 - x * tanh(x / 2));
}

/* ---- log |phi'|, where phi' itself underflows ---- */

static double log_logistic(double x)
{
    return fmin(x, 0) - log1p(exp(-fabs(x)));
}

static double tanh_log_slope(const double *p, double x)
{
    (void)p;
    double y = fabs(x); /* -2 log cosh */
    return y < 1 ? -log1p(sinh(y) * sinh(y)) : 2 * (M_LN2 - y - log1p(exp(-2 * y)));
}

static double sigmoid_log_slope(const double *p, double x)
{
    (void)p;
    return log_logistic(x) + log_logistic(-x);
}

static double erf_log_slope(const double *p, double x)
{
    (void)p;
    return -M_PI / 4 * x * x;
}

static double softplus_log_slope(const double *p, double x)
{
    return log_logistic(p[0] * x);
}

static double elu_log_slope(const double *p, double x)
{
    return x >= 0 ? 0 : log(p[0]) + x;
}

static double selu_log_slope(const double *p, double x)
{
    (void)p;
    return log(SELU_SCALE) + elu_log_slope(SELU_ALPHA, x);
}

static double gelu_log_slope(const double *p, double x)
{
    if (x > -30)
        return log(fabs(gelu_slope(p, x)));
    /* Phi(x) = normal_density(x) (1 - 1/x^2 + 3/x^4 - ...)/|x|; the first term left out is 105/30^8 of it */
    double y = 1 / (x * x);
    return -x * x / 2 - log(2 * M_PI) / 2 + log(-x) + log1p(-y * (1 - y * (1 - y * (3 - 15 * y))));
}

static double silu_log_slope(const double *p, double x)
{
    (void)p;
    return log_logistic(x) + log(fabs(1 + x * logistic(-x)));
}

/* ---- how fast t varies off the axis ---- */

static double scale_tanh(const double *p)
{
    (void)p;
    return M_PI / 2; /* poles of sech^4 */
}

static double scale_sigmoid(const double *p)
{
    (void)p;
    return M_PI;
}

static double scale_arctan(const double *p)
{
    (void)p;
    return 1;
}

static double scale_softplus(const double *p)
{
    return M_PI / p[0];
}

static double scale_erf(const double *p)
{
    (void)p;
    return 1 / sqrt(M_PI); /* t = exp(-pi x^2/2) */
}

static double scale_sin(const double *p)
{
    (void)p;
    return 0.5; /* t = (1 + cos 2x)/2 */
}

#define KIND(id, NAME, FORMULA, KEYS, REMARK, PARITY)                                              \
    .info = {NAME, FORMULA, KEYS, REMARK, FJ_PARITY_##PARITY}, .value = id##_value,                \
    .slope = id##_slope
#define POLES(f, g, s) .poles = fj_poles_##f, .growth = FJ_GROWTH_##g, .scale = s

const fj_activation_kind fj_activation_kinds[] = {
    {KIND(linear, "linear", "x", "", "phi' = 1", ODD), .curvature = zero, .shape = shape_linear,
     .even_slope = 1, .homogeneous = 1},
    {KIND(relu, "relu", "max(x, 0)", "", "kink at 0; phi'^2 has atoms 0 and 1, each of mass 1/2",
          NONE),
     .curvature = zero, .shape = shape_leaky, .homogeneous = 1},
    {KIND(leaky, "leaky-relu", "x for x > 0, slope*x for x <= 0", "slope=0.01",
          "kink at 0; phi'^2 has atoms slope^2 and 1, each of mass 1/2", NONE),
     .parameters = 1, .key = {"slope"}, .initial = {0.01}, .least = {0}, .most = {1e3},
     .curvature = zero, .shape = shape_leaky, .homogeneous = 1},
    {KIND(hard_tanh, "hard-tanh", "max(-1, min(1, x))", "",
          "kinks at -1 and 1; phi'^2 has atoms 0 and 1, the latter of mass erf(1/sqrt(2q))", ODD),
     .curvature = zero, .shape = shape_hard_tanh, .even_slope = 1},
    {KIND(tanh, "tanh", "tanh(x)", "", "0 < phi'^2 <= 1", ODD), .curvature = tanh_curvature,
     .log_slope = tanh_log_slope, .shape = shape_smooth, .even_slope = 1,
     POLES(sech, SINGULAR, scale_tanh)},
    {KIND(erf, "erf", "erf(sqrt(pi)/2 x)", "", "0 < phi'^2 <= 1; its moments have closed forms",
          ODD),
     .curvature = erf_curvature, .log_slope = erf_log_slope, .shape = shape_smooth, .even_slope = 1,
     POLES(erf, GAUSSIAN, scale_erf)},
    {KIND(sigmoid, "sigmoid", "1/(1 + exp(-x))", "", "0 < phi'^2 <= 1/16", NONE),
     .curvature = sigmoid_curvature, .log_slope = sigmoid_log_slope, .shape = shape_smooth,
     .even_slope = 1, POLES(sech, SINGULAR, scale_sigmoid)},
    {KIND(arctan, "arctan", "arctan(x)", "", "0 < phi'^2 <= 1, algebraic tails", ODD),
     .curvature = arctan_curvature, .shape = shape_smooth, .even_slope = 1,
     POLES(arctan, SINGULAR, scale_arctan)},
    {KIND(softsign, "softsign", "x/(1 + |x|)", "",
          "phi'' jumps at 0; 0 < phi'^2 <= 1, algebraic tails", ODD),
     .curvature = softsign_curvature, .shape = shape_softsign, .even_slope = 1,
     .continuation = softsign_continuation},
    {KIND(sin, "sin", "sin(x)", "", "0 <= phi'^2 <= 1, periodic", ODD), .curvature = sin_curvature,
     .shape = shape_smooth, .even_slope = 1, POLES(sin, PERIODIC, scale_sin)},
    {KIND(softplus, "softplus", "log(1 + exp(beta x))/beta", "beta=1", "0 < phi'^2 < 1", NONE),
     .parameters = 1, .key = {"beta"}, .initial = {1}, .least = {PARAMETER_LEAST},
     .most = {PARAMETER_MOST}, .curvature = softplus_curvature, .log_slope = softplus_log_slope,
     .shape = shape_smooth, POLES(softplus, SINGULAR, scale_softplus)},
    {KIND(elu, "elu", "x for x > 0, alpha (exp(x) - 1) for x <= 0", "alpha=1",
          "kink at 0; phi'^2 has an atom 1 of mass 1/2", NONE),
     .parameters = 1, .key = {"alpha"}, .initial = {1}, .least = {PARAMETER_LEAST},
     .most = {PARAMETER_MOST}, .curvature = elu_curvature, .log_slope = elu_log_slope,
     .shape = shape_elu, .continuation = elu_continuation},
    {KIND(selu, "selu", "1.0507 elu(x; alpha = 1.67326)", "",
          "kink at 0; phi'^2 has an atom 1.104 of mass 1/2 inside the range of the rest", NONE),
     .curvature = selu_curvature, .log_slope = selu_log_slope, .shape = shape_elu,
     .continuation = selu_continuation},
    {KIND(gelu, "gelu", "x (1 + erf(x/sqrt(2)))/2", "",
          "exact form; phi' changes sign, phi'^2 <= 1.275", NONE),
     .curvature = gelu_curvature, .log_slope = gelu_log_slope, .shape = shape_smooth},
    {KIND(silu, "silu", "x/(1 + exp(-x))", "", "phi' changes sign, phi'^2 <= 1.209", NONE),
     .curvature = silu_curvature, .log_slope = silu_log_slope, .shape = shape_smooth,
     .continuation = silu_continuation},
};

const size_t fj_activation_kinds_count = sizeof fj_activation_kinds / sizeof *fj_activation_kinds;
