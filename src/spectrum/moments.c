/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Moments of any order by Lagrange inversion.
 *
 * Let z(m) be the inverse of M(z) = sum_k m_k/z^k. Lagrange inversion gives m_k = (1/k) [m^(k-1)] (m z(m))^k.
 * 1. Take x = mu1/(u - mu1) instead of m as the variable, u the layers' common subordination point. With c_k the central
 *    moments of t/mu1, everything is explicit and free of cancellation in x:
 *        A(x) = 1 + c2 x^2 + c3 x^3 + ...,   1 + m = (1 + x) A,   m/x = P(x) = 1 + c2 x + (c2 + c3) x^2 + ...,
 *        u/mu1 = (1 + x)/x,   m u/(mu1 (1 + m)) = P/A = 1 + (c2 x + c3 x^2 + ...)/A.
 * 2. THEORY 3.1 becomes, with g = 1 for gaussian, 0 for orthogonal weights,
 *        x z = chi^L (1 + x) A (P/A)^(L-1) [(1 + x) A]^(g L)/A = chi^L (1 + x)^(1 + g L) A^(g L) (P/A)^(L-1),
 *    and as a residue  m_k = (1/k) [x^(k-1)] (x z)^k m'(x).
 * 3. Powers of the three factors by recurrence; depth enters as an exponent only. For relu, A = 1/(1 - x^2) and
 *    P/A = 1 + x: every term is positive.
 * 4. x is scaled so that the coefficients fall like 1/k!, and the scale is put back with exponents kept apart, so that
 *    nothing overflows before the result does. */
#include "moments.h"
#include <math.h>
#include <stdlib.h>
#include "series.h"

/* A number as value * 2^exponent, 1/2 <= value < 1. */
typedef struct wide {
    double value;
    long exponent;
} wide;

/* Logarithm of the largest single factor put into a wide number; pow is correctly rounded there or nearly so. */
static const double LOG_FACTOR_MOST = 600;
/* Beyond this logarithm the result is certainly out of range: no coefficient makes up for it. */
static const double LOG_HOPELESS = 1e6;

typedef struct workspace {
    double *a, *ratio, *slope;             /* A, P/A, m'(x) in the scaled variable */
    double *binomial, *power, *part, *all; /* factors of (x z)^k and their products */
} workspace;

static void wide_multiply(wide *w, double factor)
{
    int shift;
    w->value = frexp(w->value * factor, &shift);
    w->exponent += shift;
}

/* Multiplies by base^exponent. */
static void wide_power(wide *w, double base, double exponent)
{
    double logarithm = exponent * log(base);
    if (base == 1 || exponent == 0)
        return;
    if (!(fabs(logarithm) < LOG_HOPELESS)) {
        w->value = logarithm > 0 ? INFINITY : 0;
        return;
    }
    int parts = 1 + (int)(fabs(logarithm) / LOG_FACTOR_MOST);
    double whole = floor(exponent / parts);
    for (int i = 1; i < parts; i++) {
        wide_multiply(w, pow(base, whole));
        exponent -= whole;
    }
    wide_multiply(w, pow(base, exponent));
}

static double wide_value(const wide *w)
{
    const long most = 4000; /* beyond the range of double; ldexp takes an int */
    long exponent = w->exponent > most ? most : w->exponent < -most ? -most : w->exponent;
    return ldexp(w->value, (int)exponent);
}

/* A, P/A and m' as series in y = scale x. */
static void series_make(const fj_moments_input *input, double scale, size_t n, workspace *w)
{
    double *fraction = w->part, mu = input->mu1, x = 1; /* x = scale^-k */
    for (size_t k = 0; k < n; k++) {
        double c = k < 2 ? 0 : input->central[k] / pow(mu, (double)k);
        double next = k < 1 ? 0 : input->central[k + 1] / pow(mu, (double)k + 1);
        w->a[k] = k == 0 ? 1 : c * x;
        fraction[k] = next * x; /* (A - 1)/x */
        /* m = x + (1 + x)(A - 1): coefficient k of m' is (k + 1)(c_(k+1) + c_k) */
        w->slope[k] = k == 0 ? 1 : (double)(k + 1) * (next + c) * x;
        x /= scale;
    }
    fj_series_divide(fraction, w->a, n, w->ratio);
    w->ratio[0] = 1;
}

/* (1/k) [y^(k-1)] of the k-th power of (x z)/chi^L, times m'. */
static double coefficient(const fj_moments_input *input, double scale, size_t k, workspace *w)
{
    double order = (double)k, depth = input->depth;
    double gaussian = input->weights == FJ_WEIGHTS_GAUSSIAN ? depth : 0;
    double power = order * (1 + gaussian);
    w->binomial[0] = 1;
    for (size_t i = 1; i < k; i++)
        w->binomial[i] = w->binomial[i - 1] * ((power - (double)i + 1) / ((double)i * scale));
    fj_series_power(w->ratio, order * (depth - 1), k, w->power);
    fj_series_multiply(w->binomial, w->power, k, w->all);
    if (gaussian > 0) {
        fj_series_power(w->a, order * gaussian, k, w->power);
        fj_series_multiply(w->all, w->power, k, w->part);
        return fj_series_product_last(w->part, w->slope, k) / order;
    }
    return fj_series_product_last(w->all, w->slope, k) / order;
}

fj_status fj_moments_exact(const fj_moments_input *input, size_t n, double *m)
{
    if (!(input->depth >= 1) || !(input->mu1 > 0) || !(input->chi > 0))
        return FJ_INVALID;
    enum { ARRAYS = 7 };
    double *memory = calloc(ARRAYS * (n + 1), sizeof *memory);
    if (!memory)
        return FJ_NO_MEMORY;
    workspace w;
    double **array[ARRAYS] = {&w.a, &w.ratio, &w.slope, &w.binomial, &w.power, &w.part, &w.all};
    for (size_t i = 0; i < ARRAYS; i++)
        *array[i] = memory + i * (n + 1);
    fj_status status = FJ_OK;
    for (size_t k = 1; k <= n; k++) {
        m[k - 1] = INFINITY;
        if (status != FJ_OK)
            continue;
        /* first coefficient of log (x z)^k: the size of the terms, at least k */
        double c2 = n > 1 ? input->central[2] / (input->mu1 * input->mu1) : 0;
        double gaussian = input->weights == FJ_WEIGHTS_GAUSSIAN ? input->depth : 0;
        double scale = (double)k * (1 + gaussian + (input->depth - 1) * c2);
        series_make(input, scale, k, &w);
        wide result = {1, 0};
        wide_multiply(&result, coefficient(input, scale, k, &w));
        wide_power(&result, scale, (double)k - 1);
        wide_power(&result, input->chi, input->depth * (double)k);
        m[k - 1] = wide_value(&result);
        if (!isfinite(m[k - 1]))
            status = FJ_RANGE;
    }
    for (size_t k = 0; k < n; k++)
        if (!isfinite(m[k]))
            m[k] = INFINITY;
    free(memory);
    return status;
}
