/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Moments of lambda by power series, to any order.
 *
 * 1. With v = 1/u: m = mu_1 v + mu_2 v^2 + ...; x = 1/z = v X(v), and
 *    log(1/X) = log(1+m) - log(m/v) + L [ log chi + log(m/(mu_1 v)) + (g-1) log(1+m) ].
 * 2. M(x) = sum of moments x^k equals m(v(x)); Lagrange: moment_k = [v^(k-1)] m'(v) X(v)^(-k) / k.
 */
#include "precise_internal.h"

/* k out_k = k a_k - sum_{0<i<k} i out_i a_(k-i) */
void fj_precise_series_log(mpfr_t *out, mpfr_t *a, size_t n)
{
    mpfr_t p;
    mpfr_init2(p, mpfr_get_prec(a[0]));
    mpfr_set_zero(out[0], 1);
    for (size_t k = 1; k < n; k++) {
        mpfr_mul_ui(out[k], a[k], k, MPFR_RNDN);
        for (size_t i = 1; i < k; i++) {
            mpfr_mul(p, out[i], a[k - i], MPFR_RNDN);
            mpfr_mul_ui(p, p, i, MPFR_RNDN);
            mpfr_sub(out[k], out[k], p, MPFR_RNDN);
        }
        mpfr_div_ui(out[k], out[k], k, MPFR_RNDN);
    }
    mpfr_clear(p);
}

/* k out_k = c sum_{0<i<=k} i a_i out_(k-i) */
void fj_precise_series_exp(mpfr_t *out, mpfr_t *a, long c, size_t n)
{
    mpfr_t p;
    mpfr_init2(p, mpfr_get_prec(a[0]));
    mpfr_set_ui(out[0], 1, MPFR_RNDN);
    for (size_t k = 1; k < n; k++) {
        mpfr_set_zero(out[k], 1);
        for (size_t i = 1; i <= k; i++) {
            mpfr_mul(p, a[i], out[k - i], MPFR_RNDN);
            mpfr_mul_si(p, p, (long)i * c, MPFR_RNDN);
            mpfr_add(out[k], out[k], p, MPFR_RNDN);
        }
        mpfr_div_ui(out[k], out[k], k, MPFR_RNDN);
    }
    mpfr_clear(p);
}

/* a = log(1/X) without its constant, L log chi - log mu_1; b is destroyed. */
static void log_inverse(const fj_precise_layers *layers, size_t n, mpfr_t *mu, mpfr_t *a, mpfr_t *b,
                        mpfr_t *scratch)
{
    for (size_t k = 0; k < n; k++)
        mpfr_div(scratch[k], mu[k], mu[0], MPFR_RNDN); /* m/(mu_1 v) */
    fj_precise_series_log(a, scratch, n);
    mpfr_set_ui(scratch[0], 1, MPFR_RNDN);
    for (size_t k = 1; k < n; k++)
        mpfr_set(scratch[k], mu[k - 1], MPFR_RNDN); /* 1 + m */
    fj_precise_series_log(b, scratch, n);
    for (size_t k = 0; k < n; k++) {
        mpfr_mul_si(a[k], a[k], layers->depth - 1, MPFR_RNDN);
        mpfr_mul_si(b[k], b[k], layers->gaussian ? 1 : 1 - layers->depth, MPFR_RNDN);
        mpfr_add(a[k], a[k], b[k], MPFR_RNDN);
    }
}

fj_status fj_precise_series_moments(const fj_precise_layers *layers, size_t n, mpfr_t *mu,
                                    mpfr_t *moment)
{
    const mpfr_prec_t prec = mpfr_get_prec(layers->log_chi);
    mpfr_t *a = fj_precise_array(3 * n, prec), p, factor;
    if (!a)
        return FJ_NO_MEMORY;
    mpfr_t *b = a + n, *scratch = a + 2 * n;
    mpfr_inits2(prec, p, factor, (mpfr_ptr)0);
    log_inverse(layers, n, mu, a, b, scratch);
    for (size_t k = 1; k <= n; k++) {
        fj_precise_series_exp(b, a, (long)k, n);
        mpfr_set_zero(moment[k - 1], 1);
        for (size_t i = 0; i < k; i++) { /* times m' = sum (i+1) mu_(i+1) v^i */
            mpfr_mul(p, mu[i], b[k - 1 - i], MPFR_RNDN);
            mpfr_mul_ui(p, p, i + 1, MPFR_RNDN);
            mpfr_add(moment[k - 1], moment[k - 1], p, MPFR_RNDN);
        }
        mpfr_mul_si(factor, layers->log_chi, layers->depth, MPFR_RNDN);
        mpfr_exp(factor, factor, MPFR_RNDN);
        mpfr_div(factor, factor, mu[0], MPFR_RNDN);
        mpfr_pow_ui(factor, factor, k, MPFR_RNDN);
        mpfr_mul(moment[k - 1], moment[k - 1], factor, MPFR_RNDN);
        mpfr_div_ui(moment[k - 1], moment[k - 1], k, MPFR_RNDN);
    }
    mpfr_clears(p, factor, (mpfr_ptr)0);
    fj_precise_array_free(a, 3 * n);
    return FJ_OK;
}
