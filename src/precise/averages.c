/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The gaussian expectations that are asked for by name: moments of t, E phi^2 and its derivative, E log t.
 *
 * 1. Where t has point masses only, phi is piecewise linear and all of them are closed forms.
 * 2. Else by quadrature (line.c), with closed forms where they save digits (sin).
 */
#include "precise_internal.h"

static void powers_of_t(const fj_precise_law *law, const void *context, const mpfr_t h, mpfr_t *out)
{
    const size_t n = *(const size_t *)context;
    mpfr_t x;
    mpfr_init2(x, law->rule->plan.prec);
    mpfr_mul(x, h, law->sqrt_q, MPFR_RNDN);
    fj_precise_phi_slope(&law->phi, out[0], x);
    mpfr_sqr(out[0], out[0], MPFR_RNDN);
    for (size_t k = 1; k < n; k++)
        mpfr_mul(out[k], out[k - 1], out[0], MPFR_RNDN);
    mpfr_clear(x);
}

fj_status fj_precise_line_moments(const fj_precise_law *law, size_t n, mpfr_t *mu)
{
    if (law->smooth != FJ_SMOOTH_NONE)
        return fj_precise_line_expectation(law, powers_of_t, &n, law->smooth == FJ_SMOOTH_EVEN, n,
                                           mu);
    mpfr_t p;
    mpfr_init2(p, law->rule->plan.prec);
    for (size_t k = 0; k < n; k++) {
        mpfr_set_zero(mu[k], 1);
        for (int i = 0; i < law->n_masses; i++) {
            mpfr_pow_ui(p, law->value[i], k + 1, MPFR_RNDN);
            mpfr_mul(p, p, law->mass[i], MPFR_RNDN);
            mpfr_add(mu[k], mu[k], p, MPFR_RNDN);
        }
    }
    mpfr_clear(p);
    return FJ_OK;
}

static void central(const fj_precise_law *law, const void *context, const mpfr_t h, mpfr_t *out)
{
    const size_t one = 1;
    (void)context;
    powers_of_t(law, &one, h, out);
    mpfr_sub(out[0], out[0], law->mu_1, MPFR_RNDN);
    mpfr_sqr(out[0], out[0], MPFR_RNDN);
}

fj_status fj_precise_line_variance(const fj_precise_law *law, mpfr_t out)
{
    mpfr_t a[1];
    mpfr_init2(a[0], law->rule->plan.prec);
    fj_status status = FJ_OK;
    mpfr_set_zero(out, 1);
    if (law->smooth != FJ_SMOOTH_NONE) {
        status =
            fj_precise_line_expectation(law, central, NULL, law->smooth == FJ_SMOOTH_EVEN, 1, a);
        mpfr_set(out, a[0], MPFR_RNDN);
    } else if (law->n_masses == 2) { /* p (1 - p) (a - b)^2 */
        mpfr_sub(out, law->value[1], law->value[0], MPFR_RNDN);
        mpfr_sqr(out, out, MPFR_RNDN);
        mpfr_mul(out, out, law->mass[0], MPFR_RNDN);
        mpfr_mul(out, out, law->mass[1], MPFR_RNDN);
    }
    mpfr_clear(a[0]);
    return status;
}

static void lengths(const fj_precise_law *law, const void *context, const mpfr_t h, mpfr_t *out)
{
    mpfr_t x;
    (void)context;
    mpfr_init2(x, law->rule->plan.prec);
    mpfr_mul(x, h, law->sqrt_q, MPFR_RNDN);
    fj_precise_phi_value(&law->phi, out[0], x);
    fj_precise_phi_slope(&law->phi, out[1], x);
    mpfr_mul(out[1], out[1], out[0], MPFR_RNDN);
    mpfr_mul(out[1], out[1], h, MPFR_RNDN);
    mpfr_sqr(out[0], out[0], MPFR_RNDN);
    mpfr_clear(x);
}

/* phi piecewise linear: q mu_1, and for hard-tanh, a = 1/sqrt(q), with c = a sqrt(2/pi) exp(-a^2/2) the slope is
 * erf(a/sqrt 2) - c and E phi^2 is q times that and erfc(a/sqrt 2). */
static void lengths_of_masses(const fj_precise_law *law, mpfr_t phi2, mpfr_t slope)
{
    mpfr_set(slope, law->mu_1, MPFR_RNDN);
    mpfr_mul(phi2, law->mu_1, law->q, MPFR_RNDN);
    if (law->phi.shape != FJ_SHAPE_HARD_TANH || mpfr_zero_p(law->q))
        return;
    mpfr_t c, e;
    mpfr_inits2(law->rule->plan.prec, c, e, (mpfr_ptr)0);
    mpfr_ui_div(e, 1, law->q, MPFR_RNDN);
    mpfr_const_pi(c, MPFR_RNDN);
    mpfr_ui_div(c, 2, c, MPFR_RNDN);
    mpfr_mul(c, c, e, MPFR_RNDN);
    mpfr_sqrt(c, c, MPFR_RNDN);
    mpfr_div_si(e, e, -2, MPFR_RNDN);
    mpfr_exp(e, e, MPFR_RNDN);
    mpfr_mul(c, c, e, MPFR_RNDN);
    mpfr_sub(slope, slope, c, MPFR_RNDN);
    mpfr_fma(phi2, slope, law->q, law->mass[0], MPFR_RNDN);
    mpfr_clears(c, e, (mpfr_ptr)0);
}

fj_status fj_precise_line_lengths(const fj_precise_law *law, mpfr_t phi2, mpfr_t slope)
{
    if (law->smooth == FJ_SMOOTH_NONE) {
        lengths_of_masses(law, phi2, slope);
        return FJ_OK;
    }
    mpfr_t out[2];
    mpfr_inits2(law->rule->plan.prec, out[0], out[1], (mpfr_ptr)0);
    const bool even = law->smooth == FJ_SMOOTH_EVEN && law->phi.shape != FJ_SHAPE_SIGMOID;
    fj_status status = fj_precise_line_expectation(law, lengths, NULL, even, 2, out);
    mpfr_set(phi2, out[0], MPFR_RNDN);
    mpfr_div(slope, out[1], law->sqrt_q, MPFR_RNDN);
    if (law->phi.shape == FJ_SHAPE_SIN) { /* exp(-2 q): below the cancellation at large q */
        mpfr_mul_si(slope, law->q, -2, MPFR_RNDN);
        mpfr_exp(slope, slope, MPFR_RNDN);
    }
    mpfr_clears(out[0], out[1], (mpfr_ptr)0);
    return status;
}

static void log_t(const fj_precise_law *law, const void *context, const mpfr_t h, mpfr_t *out)
{
    mpfr_t x;
    (void)context;
    mpfr_init2(x, law->rule->plan.prec);
    mpfr_mul(x, h, law->sqrt_q, MPFR_RNDN);
    fj_precise_phi_slope(&law->phi, out[0], x);
    mpfr_abs(x, out[0], MPFR_RNDN);
    mpfr_log(out[0], x, MPFR_RNDN);
    mpfr_mul_2ui(out[0], out[0], 1, MPFR_RNDN);
    mpfr_clear(x);
}

/* E log cos^2(sqrt(q) h) = -2 log 2 - 2 sum_k (-1)^k exp(-2 k^2 q)/k; where q is so small that the sum would be
 * long, quadrature does. */
static bool mean_log_cosine(const fj_precise_law *law, mpfr_t out)
{
    enum { MOST = 3000 };
    mpfr_t a;
    bool done = false;
    mpfr_init2(a, law->rule->plan.prec);
    mpfr_const_log2(out, MPFR_RNDN);
    for (long k = 1; k < MOST && !done; k++) {
        mpfr_mul_si(a, law->q, -2 * k * k, MPFR_RNDN);
        mpfr_exp(a, a, MPFR_RNDN);
        done = mpfr_zero_p(a) || mpfr_get_exp(a) < -(long)law->rule->plan.prec;
        mpfr_div_si(a, a, k % 2 ? -k : k, MPFR_RNDN);
        mpfr_add(out, out, a, MPFR_RNDN);
    }
    mpfr_mul_si(out, out, -2, MPFR_RNDN);
    mpfr_clear(a);
    return done;
}

fj_status fj_precise_line_mean_log(const fj_precise_law *law, mpfr_t out)
{
    mpfr_set_nan(out);
    for (int i = 0; i < law->n_masses; i++)
        if (mpfr_zero_p(law->value[i]))
            return FJ_OK;
    if (law->smooth == FJ_SMOOTH_NONE) {
        mpfr_t a;
        mpfr_init2(a, law->rule->plan.prec);
        mpfr_set_zero(out, 1);
        for (int i = 0; i < law->n_masses; i++) {
            mpfr_log(a, law->value[i], MPFR_RNDN);
            mpfr_mul(a, a, law->mass[i], MPFR_RNDN);
            mpfr_add(out, out, a, MPFR_RNDN);
        }
        mpfr_clear(a);
        return FJ_OK;
    }
    if (law->phi.shape == FJ_SHAPE_SIN && mean_log_cosine(law, out))
        return FJ_OK;
    mpfr_t value[1];
    mpfr_init2(value[0], law->rule->plan.prec);
    fj_status status =
        fj_precise_line_expectation(law, log_t, NULL, law->smooth == FJ_SMOOTH_EVEN, 1, value);
    mpfr_set(out, value[0], MPFR_RNDN);
    mpfr_clear(value[0]);
    return status;
}
