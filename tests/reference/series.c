/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Moments m_1..m_6 of lambda by power series.
 *
 * 1. With v = 1/u: m = mu_1 v + mu_2 v^2 + ...; x = 1/z = v X(v), and on the critical line
 *    log(1/X) = log(1+m) - log(m/v) + L [ log(m/(mu_1 v)) + (g-1) log(1+m) ].
 * 2. M(x) = sum of moments x^k equals m(v(x)); Lagrange: moment_k = [v^(k-1)] m'(v) X(v)^(-k) / k.
 */
#include "reference.h"

enum { N = 7 }; /* coefficients 0..6 */

static void multiply(mpfr_t *out, mpfr_t *a, mpfr_t *b, mpfr_prec_t prec)
{
    mpfr_t sum[N], p;
    mpfr_init2(p, prec);
    for (int k = 0; k < N; k++) {
        mpfr_init2(sum[k], prec);
        mpfr_set_zero(sum[k], 1);
        for (int i = 0; i <= k; i++) {
            mpfr_mul(p, a[i], b[k - i], MPFR_RNDN);
            mpfr_add(sum[k], sum[k], p, MPFR_RNDN);
        }
    }
    for (int k = 0; k < N; k++) {
        mpfr_set(out[k], sum[k], MPFR_RNDN);
        mpfr_clear(sum[k]);
    }
    mpfr_clear(p);
}

/* out = log a, a[0] = 1: k out_k = k a_k - sum_{0<i<k} i out_i a_(k-i) */
static void logarithm(mpfr_t *out, mpfr_t *a, mpfr_prec_t prec)
{
    mpfr_t p;
    mpfr_init2(p, prec);
    mpfr_set_zero(out[0], 1);
    for (int k = 1; k < N; k++) {
        mpfr_mul_si(out[k], a[k], k, MPFR_RNDN);
        for (int i = 1; i < k; i++) {
            mpfr_mul(p, out[i], a[k - i], MPFR_RNDN);
            mpfr_mul_si(p, p, i, MPFR_RNDN);
            mpfr_sub(out[k], out[k], p, MPFR_RNDN);
        }
        mpfr_div_si(out[k], out[k], k, MPFR_RNDN);
    }
    mpfr_clear(p);
}

/* out = exp(c a), a[0] = 0: k out_k = c sum_{0<i<=k} i a_i out_(k-i) */
static void exponential(mpfr_t *out, mpfr_t *a, long c, mpfr_prec_t prec)
{
    mpfr_t p;
    mpfr_init2(p, prec);
    mpfr_set_ui(out[0], 1, MPFR_RNDN);
    for (int k = 1; k < N; k++) {
        mpfr_set_zero(out[k], 1);
        for (int i = 1; i <= k; i++) {
            mpfr_mul(p, a[i], out[k - i], MPFR_RNDN);
            mpfr_mul_si(p, p, i * c, MPFR_RNDN);
            mpfr_add(out[k], out[k], p, MPFR_RNDN);
        }
        mpfr_div_si(out[k], out[k], k, MPFR_RNDN);
    }
    mpfr_clear(p);
}

void series_moments(const struct law *law, const struct network *net, mpfr_t *mu, mpfr_t *moment)
{
    mpfr_prec_t prec = law->rule->prec;
    mpfr_t ratio[N], one_m[N], a[N], b[N], dm[N], power;
    for (int k = 0; k < N; k++) {
        mpfr_inits2(prec, ratio[k], one_m[k], a[k], b[k], dm[k], (mpfr_ptr)0);
        /* m/(mu_1 v), 1 + m, m'; the seventh moment never reaches the result */
        if (k < 6)
            mpfr_div(ratio[k], mu[k], mu[0], MPFR_RNDN);
        else
            mpfr_set_zero(ratio[k], 1);
        if (k > 0)
            mpfr_set(one_m[k], mu[k - 1], MPFR_RNDN);
        else
            mpfr_set_ui(one_m[k], 1, MPFR_RNDN);
        if (k < 6)
            mpfr_mul_si(dm[k], mu[k], k + 1, MPFR_RNDN);
        else
            mpfr_set_zero(dm[k], 1);
    }
    mpfr_init2(power, prec);
    logarithm(a, ratio, prec);
    logarithm(b, one_m, prec);
    for (int k = 0; k < N; k++) { /* log(1/X) + log mu_1 */
        mpfr_mul_si(a[k], a[k], net->depth - 1, MPFR_RNDN);
        mpfr_mul_si(b[k], b[k], net->gaussian ? 1 : 1 - net->depth, MPFR_RNDN);
        mpfr_add(a[k], a[k], b[k], MPFR_RNDN);
    }
    for (int k = 1; k <= 6; k++) {
        exponential(b, a, k, prec);
        multiply(b, b, dm, prec);
        mpfr_pow_ui(power, mu[0], k, MPFR_RNDN);
        mpfr_div(moment[k - 1], b[k - 1], power, MPFR_RNDN);
        mpfr_div_si(moment[k - 1], moment[k - 1], k, MPFR_RNDN);
    }
    for (int k = 0; k < N; k++)
        mpfr_clears(ratio[k], one_m[k], a[k], b[k], dm[k], (mpfr_ptr)0);
    mpfr_clear(power);
}
