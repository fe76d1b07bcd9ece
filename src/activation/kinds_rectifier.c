/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The rectifiers: softplus, elu, selu, gelu, silu. See kinds.h. */
#include "kinds.h"
#include <math.h>

/* A parameter is kept this far from the values where the formulas degenerate. */
static const double PARAMETER_LEAST = 1e-3, PARAMETER_MOST = 1e3;

/* Klambauer et al. 2017, the fixed point (0, 1) of mean and variance */
static const double SELU_SCALE = 1.0507009873554805, SELU_ALPHA[1] = {1.6732632423543772};

static void shape_elu(fj_activation *a) /* selu too */
{
    fj_shape_add_piece(a, -INFINITY, 0);
    fj_shape_add_flat(a, 0, INFINITY, a->kind->slope(a->parameter, 1));
}

static double normal_density(double x)
{
    return exp(-x * x / 2) / sqrt(2 * M_PI);
}

static double normal_cdf(double x)
{
    return erfc(-x * M_SQRT1_2) / 2;
}

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

static double softplus_log_slope(const double *p, double x)
{
    return log_logistic(p[0] * x);
}

static double scale_softplus(const double *p)
{
    return M_PI / p[0];
}

static double elu_value(const double *p, double x)
{
    return x > 0 ? x : p[0] * expm1(x);
}

static double elu_slope(const double *p, double x)
{
    return x >= 0 ? 1 : p[0] * exp(x);
}

static double elu_curvature(const double *p, double x)
{
    return x >= 0 ? 0 : p[0] * exp(x);
}

/* of the piece that is no flat */
static double complex elu_continuation(const double *p, double at, double complex z)
{
    (void)at;
    return p[0] * cexp(z);
}

static double elu_log_slope(const double *p, double x)
{
    return x >= 0 ? 0 : log(p[0]) + x;
}

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

static double selu_curvature(const double *p, double x)
{
    (void)p;
    return SELU_SCALE * elu_curvature(SELU_ALPHA, x);
}

static double complex selu_continuation(const double *p, double at, double complex z)
{
    (void)p;
    return SELU_SCALE * elu_continuation(SELU_ALPHA, at, z);
}

static double selu_log_slope(const double *p, double x)
{
    (void)p;
    return log(SELU_SCALE) + elu_log_slope(SELU_ALPHA, x);
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

static double gelu_log_slope(const double *p, double x)
{
    if (x > -30)
        return log(fabs(gelu_slope(p, x)));
    /* Phi(x) = normal_density(x) (1 - 1/x^2 + 3/x^4 - ...)/|x|; the first term left out is 105/30^8 of it */
    double y = 1 / (x * x);
    return -x * x / 2 - log(2 * M_PI) / 2 + log(-x) + log1p(-y * (1 - y * (1 - y * (3 - 15 * y))));
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

static double silu_curvature(const double *p, double x)
{
    (void)p;
    return logistic_slope(x) * (2 - x * tanh(x / 2));
}

static double complex silu_continuation(const double *p, double at, double complex z)
{
    (void)p, (void)at;
    const double complex e = cexp(creal(z) < 0 ? z : -z);
    const double complex less = e / (1 + e),
                         more = 1 / (1 + e); /* of the logistic function and 1 less it */
    return creal(z) < 0 ? less * (1 + z * more) : more * (1 + z * less);
}

static double silu_log_slope(const double *p, double x)
{
    (void)p;
    return log_logistic(x) + log(fabs(1 + x * logistic(-x)));
}

/* ---- rows ---- */

const fj_activation_kind fj_kind_softplus = {
    KIND(softplus, "softplus", "log(1 + exp(beta x))/beta", "beta=1", "0 < phi'^2 < 1", NONE),
    .parameters = 1,
    .key = {"beta"},
    .initial = {1},
    .least = {PARAMETER_LEAST},
    .most = {PARAMETER_MOST},
    .curvature = softplus_curvature,
    .log_slope = softplus_log_slope,
    .shape = fj_shape_smooth,
    POLES(softplus, SINGULAR, scale_softplus)};

const fj_activation_kind fj_kind_elu = {
    KIND(elu, "elu", "x for x > 0, alpha (exp(x) - 1) for x <= 0", "alpha=1",
         "kink at 0; phi'^2 has an atom 1 of mass 1/2", NONE),
    .parameters = 1,
    .key = {"alpha"},
    .initial = {1},
    .least = {PARAMETER_LEAST},
    .most = {PARAMETER_MOST},
    .curvature = elu_curvature,
    .log_slope = elu_log_slope,
    .shape = shape_elu,
    .continuation = elu_continuation};

const fj_activation_kind fj_kind_selu = {
    KIND(selu, "selu", "1.0507 elu(x; alpha = 1.67326)", "",
         "kink at 0; phi'^2 has an atom 1.104 of mass 1/2 inside the range of the rest", NONE),
    .curvature = selu_curvature, .log_slope = selu_log_slope, .shape = shape_elu,
    .continuation = selu_continuation};

const fj_activation_kind fj_kind_gelu = {
    KIND(gelu, "gelu", "x (1 + erf(x/sqrt(2)))/2", "",
         "exact form; phi' changes sign, phi'^2 <= 1.275", NONE),
    .curvature = gelu_curvature, .log_slope = gelu_log_slope, .shape = fj_shape_smooth};

const fj_activation_kind fj_kind_silu = {
    KIND(silu, "silu", "x/(1 + exp(-x))", "", "phi' changes sign, phi'^2 <= 1.209", NONE),
    .curvature = silu_curvature, .log_slope = silu_log_slope, .shape = fj_shape_smooth,
    .continuation = silu_continuation};
