/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The gaussian expectations that are asked for by name: moments of t, E phi^2 and its derivative, E log t.
 *
 * 1. Where t has point masses only, phi is piecewise linear and all of them are closed forms.
 * 2. Else by quadrature (line.c), with closed forms where they save digits (sin), and in a variable of its own where
 *    log t has a pole.
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

/* 2 log|phi'(x)| with the bits of x. */
static void log_t_at(const fj_precise_law *law, const mpfr_t x, mpfr_t out)
{
    mpfr_t a;
    mpfr_init2(a, mpfr_get_prec(x));
    fj_precise_phi_slope(&law->phi, a, x);
    mpfr_abs(a, a, MPFR_RNDN);
    mpfr_log(out, a, MPFR_RNDN);
    mpfr_mul_2ui(out, out, 1, MPFR_RNDN);
    mpfr_clear(a);
}

static void log_t(const fj_precise_law *law, const void *context, const mpfr_t h, mpfr_t *out)
{
    mpfr_t x;
    (void)context;
    mpfr_init2(x, law->rule->plan.prec);
    mpfr_mul(x, h, law->sqrt_q, MPFR_RNDN);
    log_t_at(law, x, out[0]);
    mpfr_clear(x);
}

/* ---- phi' with a zero x0 (GELU, SiLU) ----
 *
 * log t has a logarithm there. In xi, h - h0 = +- R xi^p, it becomes xi^(p-1) log xi, on which n nodes err like n^(-2p):
 * p grows with the digits. phi' next to x0 is formed with twice the bits, so that it keeps its digits. */

typedef struct around_zero {
    mpfr_t h0, reach; /* twice the bits */
    unsigned long power;
} around_zero;

static void log_t_around(const fj_precise_law *law, const void *context, const mpfr_t xi,
                         mpfr_t *out)
{
    const around_zero *at = context;
    mpfr_t v, h, x, a;
    mpfr_init2(v, law->rule->plan.prec);
    mpfr_pow_ui(v, xi, at->power, MPFR_RNDN);
    mpfr_mul(v, v, at->reach, MPFR_RNDN);
    /* bits that do not depend on where v is at large, so that nothing jumps by more than rounding */
    const mpfr_prec_t prec =
        mpfr_get_exp(v) > -30 ? law->rule->plan.prec + 40 : mpfr_get_prec(at->h0);
    mpfr_inits2(prec, h, x, a, (mpfr_ptr)0);
    mpfr_set_zero(out[0], 1);
    for (int side = -1; side <= 1; side += 2) {
        mpfr_mul_si(h, v, side, MPFR_RNDN);
        mpfr_add(h, h, at->h0, MPFR_RNDN);
        mpfr_mul(x, h, law->sqrt_q, MPFR_RNDN);
        log_t_at(law, x, a);
        mpfr_set_prec(x, law->rule->plan.prec);
        mpfr_sqr(x, h, MPFR_RNDN);
        mpfr_div_si(x, x, -2, MPFR_RNDN);
        mpfr_exp(x, x, MPFR_RNDN);
        mpfr_mul(a, a, x, MPFR_RNDN);
        mpfr_add(out[0], out[0], a, MPFR_RNDN);
        mpfr_set_prec(x, prec);
    }
    mpfr_const_pi(x, MPFR_RNDN); /* p R xi^(p-1)/sqrt(2 pi) */
    mpfr_mul_2ui(x, x, 1, MPFR_RNDN);
    mpfr_rec_sqrt(x, x, MPFR_RNDN);
    mpfr_div(v, v, xi, MPFR_RNDN);
    mpfr_mul(v, v, x, MPFR_RNDN);
    mpfr_mul_ui(v, v, at->power, MPFR_RNDN);
    mpfr_mul(out[0], out[0], v, MPFR_RNDN);
    mpfr_clears(v, h, x, a, (mpfr_ptr)0);
}

/* Returns whether phi' has a zero within the reach; then E log t is in out, if *status is FJ_OK. */
static bool mean_log_around(const fj_precise_law *law, mpfr_t *out, fj_status *status)
{
    around_zero at = {.power = 6 + (unsigned long)law->rule->plan.prec / 13};
    mpfr_inits2(2 * law->rule->plan.prec + 32, at.h0, at.reach, (mpfr_ptr)0);
    bool found = fj_precise_phi_zero(&law->phi, at.h0);
    if (found) {
        mpfr_div(at.h0, at.h0, law->sqrt_q, MPFR_RNDN);
        mpfr_abs(at.reach, at.h0, MPFR_RNDN);
        found = mpfr_cmp_d(at.reach, law->rule->plan.reach) < 0;
        mpfr_add_d(at.reach, at.reach, law->rule->plan.reach, MPFR_RNDN);
    }
    if (found)
        *status = fj_precise_line_integral(law, log_t_around, &at, 1, out);
    mpfr_clears(at.h0, at.reach, (mpfr_ptr)0);
    return found;
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
    fj_status status;
    if (!mean_log_around(law, value, &status))
        status =
            fj_precise_line_expectation(law, log_t, NULL, law->smooth == FJ_SMOOTH_EVEN, 1, value);
    mpfr_set(out, value[0], MPFR_RNDN);
    mpfr_clear(value[0]);
    return status;
}
