/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * E[f(h)] for real functions of h: the moments of t, E phi^2, E phi phi' h and E log t.
 *
 * 1. The line is cut at the kinks, then into the rule's panels.
 * 2. A panel is halved until three high Legendre coefficients of every component are small against
 *    the component's largest value there, or its share is below the floor. A logarithmic zero of
 *    phi' (GELU, SiLU, sin) is approached by halving until the floor is met.
 */
#include "reference.h"

#include <math.h>

enum { MAX_PARTS = 8, MAX_LEVEL = 400 };

struct line {
    const struct law *law;
    line_function *f;
    int n;
    mpfr_t value[MAX_PARTS], sum[MAX_PARTS], part[MAX_PARTS];
    mpfr_t h, w, c;
    long double scale[MAX_PARTS]; /* sum of |f| over all accepted panels so far */
    bool failed;
};

static void line_panel(struct line *l, const mpfr_t low, const mpfr_t high, int level)
{
    const struct rule *rule = l->law->rule;
    mpfr_t middle, half;
    mpfr_inits2(rule->prec, middle, half, (mpfr_ptr)0);
    mpfr_add(middle, low, high, MPFR_RNDN);
    mpfr_div_2ui(middle, middle, 1, MPFR_RNDN);
    mpfr_sub(half, high, middle, MPFR_RNDN);
    long double c[3][MAX_PARTS] = {{0}}, top[MAX_PARTS] = {0}, size[MAX_PARTS] = {0};
    for (int j = 0; j < l->n; j++)
        mpfr_set_zero(l->part[j], 1);
    for (int i = 0; i < rule->n; i++) {
        mpfr_mul(l->h, rule->node[i], half, MPFR_RNDN);
        mpfr_add(l->h, l->h, middle, MPFR_RNDN);
        l->f(l->law, l->h, l->value);
        mpfr_sqr(l->w, l->h, MPFR_RNDN);
        mpfr_div_si(l->w, l->w, -2, MPFR_RNDN);
        mpfr_exp(l->w, l->w, MPFR_RNDN);
        mpfr_mul(l->w, l->w, half, MPFR_RNDN);
        mpfr_mul(l->w, l->w, rule->weight[i], MPFR_RNDN);
        mpfr_mul(l->w, l->w, l->c, MPFR_RNDN);
        for (int j = 0; j < l->n; j++) {
            mpfr_mul(l->value[j], l->value[j], l->w, MPFR_RNDN);
            mpfr_add(l->part[j], l->part[j], l->value[j], MPFR_RNDN);
            long double v = mpfr_get_ld(l->value[j], MPFR_RNDN);
            for (int k = 0; k < 3; k++)
                c[k][j] += rule->legendre[k][i] * v;
            size[j] += fabsl(v);
            top[j] = fmaxl(top[j], fabsl(v) * rule->inverse_weight[i]);
        }
    }
    bool good = true;
    for (int j = 0; j < l->n; j++)
        for (int k = 0; k < 3; k++)
            if (fabsl(c[k][j]) > rule->tolerance * top[j] && size[j] > rule->floor * l->scale[j])
                good = false;
    if (good || level >= MAX_LEVEL) {
        l->failed |= !good;
        for (int j = 0; j < l->n; j++) {
            mpfr_add(l->sum[j], l->sum[j], l->part[j], MPFR_RNDN);
            l->scale[j] += size[j];
        }
    } else {
        line_panel(l, low, middle, level + 1);
        line_panel(l, middle, high, level + 1);
    }
    mpfr_clears(middle, half, (mpfr_ptr)0);
}

/* From a to b, both inside the reach, outwards from the side nearer 0. */
static void line_piece(struct line *l, const mpfr_t a, const mpfr_t b)
{
    const struct rule *rule = l->law->rule;
    mpfr_t low, high, step;
    mpfr_inits2(rule->prec, low, high, step, (mpfr_ptr)0);
    mpfr_sub(step, b, a, MPFR_RNDN);
    int n = (int)ceil(mpfr_get_d(step, MPFR_RNDN) * rule->panels / rule->reach);
    if (n < 1)
        n = 1;
    mpfr_div_si(step, step, n, MPFR_RNDN);
    for (int k = 0; k < n; k++) {
        int i = mpfr_sgn(a) < 0 ? n - 1 - k : k;
        mpfr_mul_si(low, step, i, MPFR_RNDN);
        mpfr_add(low, low, a, MPFR_RNDN);
        mpfr_add(high, low, step, MPFR_RNDN);
        line_panel(l, low, i == n - 1 ? b : high, 0);
    }
    mpfr_clears(low, high, step, (mpfr_ptr)0);
}

bool line_expectation(const struct law *law, line_function *f, int n, mpfr_t *out)
{
    struct line l = {.law = law, .f = f, .n = n};
    mpfr_prec_t prec = law->rule->prec;
    for (int j = 0; j < n; j++) {
        mpfr_inits2(prec, l.value[j], l.sum[j], l.part[j], (mpfr_ptr)0);
        mpfr_set_zero(l.sum[j], 1);
    }
    mpfr_inits2(prec, l.h, l.w, l.c, (mpfr_ptr)0);
    mpfr_const_pi(l.c, MPFR_RNDN);
    mpfr_mul_2ui(l.c, l.c, 1, MPFR_RNDN);
    mpfr_rec_sqrt(l.c, l.c, MPFR_RNDN);
    mpfr_t cut[6];
    double kinks[2];
    int n_kinks = activation_kinks(law->act, kinks), n_cuts = 0;
    for (int i = 0; i < 6; i++)
        mpfr_init2(cut[i], prec);
    mpfr_set_d(cut[n_cuts++], -law->rule->reach, MPFR_RNDN);
    if (n_kinks == 0 || kinks[0] == 0)
        mpfr_set_zero(cut[n_cuts++], 1);
    for (int i = 0; i < n_kinks; i++) {
        if (kinks[i] == 0)
            continue;
        mpfr_si_div(cut[n_cuts], (long)kinks[i], law->sqrt_q, MPFR_RNDN);
        if (mpfr_cmpabs(cut[n_cuts], cut[0]) < 0)
            n_cuts++;
    }
    if (n_cuts == 1)
        mpfr_set_zero(cut[n_cuts++], 1);
    mpfr_set_d(cut[n_cuts++], law->rule->reach, MPFR_RNDN);
    for (int pass = 0; pass < 2; pass++) /* the part right of 0 first: it sets the scale */
        for (int i = 0; i + 1 < n_cuts; i++)
            if ((mpfr_sgn(cut[i]) >= 0) == (pass == 0))
                line_piece(&l, cut[i], cut[i + 1]);
    for (int j = 0; j < n; j++) {
        mpfr_set(out[j], l.sum[j], MPFR_RNDN);
        mpfr_clears(l.value[j], l.sum[j], l.part[j], (mpfr_ptr)0);
    }
    for (int i = 0; i < 6; i++)
        mpfr_clear(cut[i]);
    mpfr_clears(l.h, l.w, l.c, (mpfr_ptr)0);
    return !l.failed;
}

static void powers_of_t(const struct law *law, const mpfr_t h, mpfr_t *out)
{
    mpfr_mul(out[1], h, law->sqrt_q, MPFR_RNDN);
    activation_slope(law->act, out[0], out[1]);
    mpfr_sqr(out[0], out[0], MPFR_RNDN);
    for (int k = 1; k < 6; k++)
        mpfr_mul(out[k], out[k - 1], out[0], MPFR_RNDN);
}

bool line_moments(const struct law *law, mpfr_t mu[6])
{
    if (law->act->smooth != SMOOTH_NONE)
        return line_expectation(law, powers_of_t, 6, mu);
    mpfr_t p;
    mpfr_init2(p, law->rule->prec);
    for (int k = 0; k < 6; k++) {
        mpfr_set_zero(mu[k], 1);
        for (int i = 0; i < law->n_atoms; i++) {
            mpfr_pow_ui(p, law->value[i], k + 1, MPFR_RNDN);
            mpfr_mul(p, p, law->mass[i], MPFR_RNDN);
            mpfr_add(mu[k], mu[k], p, MPFR_RNDN);
        }
    }
    mpfr_clear(p);
    return true;
}

static void lengths(const struct law *law, const mpfr_t h, mpfr_t *out)
{
    mpfr_t x;
    mpfr_init2(x, law->rule->prec);
    mpfr_mul(x, h, law->sqrt_q, MPFR_RNDN);
    activation_phi(law->act, out[0], x);
    activation_slope(law->act, out[1], x);
    mpfr_mul(out[1], out[1], out[0], MPFR_RNDN);
    mpfr_mul(out[1], out[1], h, MPFR_RNDN);
    mpfr_sqr(out[0], out[0], MPFR_RNDN);
    mpfr_clear(x);
}

bool line_lengths(const struct law *law, mpfr_t *phi2, mpfr_t *slope)
{
    mpfr_t out[2];
    mpfr_inits2(law->rule->prec, out[0], out[1], (mpfr_ptr)0);
    bool good = line_expectation(law, lengths, 2, out);
    mpfr_set(*phi2, out[0], MPFR_RNDN);
    mpfr_set(*slope, out[1], MPFR_RNDN);
    if (law->act->shape == SHAPE_SIN) { /* sqrt(q) exp(-2 q): below the cancellation at large q */
        mpfr_set_d(*slope, -2 * law->q, MPFR_RNDN);
        mpfr_exp(*slope, *slope, MPFR_RNDN);
        mpfr_mul(*slope, *slope, law->sqrt_q, MPFR_RNDN);
    }
    mpfr_clears(out[0], out[1], (mpfr_ptr)0);
    return good;
}

static void log_t(const struct law *law, const mpfr_t h, mpfr_t *out)
{
    mpfr_t x;
    mpfr_init2(x, law->rule->prec);
    mpfr_mul(x, h, law->sqrt_q, MPFR_RNDN);
    activation_slope(law->act, out[0], x);
    mpfr_abs(x, out[0], MPFR_RNDN);
    mpfr_log(out[0], x, MPFR_RNDN);
    mpfr_mul_2ui(out[0], out[0], 1, MPFR_RNDN);
    mpfr_clear(x);
}

/* E log cos^2(sqrt(q) h) = -2 log 2 - 2 sum_k (-1)^k exp(-2 k^2 q)/k */
static void mean_log_cosine(const struct law *law, mpfr_t out)
{
    mpfr_t a;
    mpfr_init2(a, law->rule->prec);
    mpfr_const_log2(out, MPFR_RNDN);
    for (long k = 1;; k++) {
        mpfr_set_d(a, law->q, MPFR_RNDN);
        mpfr_mul_si(a, a, -2 * k * k, MPFR_RNDN);
        if (mpfr_cmp_si(a, -200) < 0)
            break;
        mpfr_exp(a, a, MPFR_RNDN);
        mpfr_div_si(a, a, k % 2 ? -k : k, MPFR_RNDN);
        mpfr_add(out, out, a, MPFR_RNDN);
    }
    mpfr_mul_si(out, out, -2, MPFR_RNDN);
    mpfr_clear(a);
}

bool line_mean_log(const struct law *law, mpfr_t out)
{
    mpfr_set_nan(out);
    for (int i = 0; i < law->n_atoms; i++)
        if (mpfr_zero_p(law->value[i]))
            return true;
    if (law->act->shape == SHAPE_SIN) {
        mean_log_cosine(law, out);
        return true;
    }
    mpfr_t value[1];
    mpfr_init2(value[0], law->rule->prec);
    bool good = line_expectation(law, log_t, 1, value);
    mpfr_set(out, value[0], MPFR_RNDN);
    mpfr_clear(value[0]);
    return good;
}
