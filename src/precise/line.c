/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * E[f(h)] for several real functions of h at once.
 *
 * 1. The line is cut where the law of t is (fj_precise_cuts), at 0 first of all, where kinks are; even
 *    functions need one half of it. Outwards from 0, so that the scale is known early.
 * 2. A panel is halved until three high Legendre coefficients of every function are small against
 *    its largest value there, or its share is below the floor.
 * 3. The same for plain integrals over (0, 1).
 */
#include "precise_internal.h"

#include <math.h>
#include <stdlib.h>

enum { MAX_LEVEL = 8000 };

typedef struct line {
    const fj_precise_law *law;
    fj_precise_line_function *f;
    const void *context;
    size_t n;
    bool plain; /* an integral, no expectation */
    mpfr_t *value, *sum, *part;
    mpfr_t h, w, c;
    long double *scale;           /* sum of |f| over all accepted panels so far */
    long double *size, *top, *co; /* of the panel under test; three coefficients each */
    fj_status status;
} line;

static void test_node(line *l, int i)
{
    const fj_precise_rule *rule = l->law->rule;
    for (size_t j = 0; j < l->n; j++) {
        mpfr_mul(l->value[j], l->value[j], l->w, MPFR_RNDN);
        mpfr_add(l->part[j], l->part[j], l->value[j], MPFR_RNDN);
        const long double v = mpfr_get_ld(l->value[j], MPFR_RNDN);
        for (int k = 0; k < 3; k++)
            l->co[3 * j + k] += rule->legendre[k][i] * v;
        l->size[j] += fabsl(v);
        l->top[j] = fmaxl(l->top[j], fabsl(v) * rule->inverse_weight[i]);
    }
}

/* w = c exp(-h^2/2) */
static void gaussian_weight(line *l)
{
    mpfr_sqr(l->w, l->h, MPFR_RNDN);
    mpfr_div_si(l->w, l->w, -2, MPFR_RNDN);
    mpfr_exp(l->w, l->w, MPFR_RNDN);
    mpfr_mul(l->w, l->w, l->c, MPFR_RNDN);
}

/* The rule on the panel; true when it is accurate there, or its share does not count. */
static bool try_panel(line *l, const mpfr_t middle, const mpfr_t half)
{
    const fj_precise_rule *rule = l->law->rule;
    for (size_t j = 0; j < l->n; j++) {
        mpfr_set_zero(l->part[j], 1);
        l->size[j] = l->top[j] = l->co[3 * j] = l->co[3 * j + 1] = l->co[3 * j + 2] = 0;
    }
    for (int i = 0; i < rule->plan.n; i++) {
        mpfr_mul(l->h, rule->node[i], half, MPFR_RNDN);
        mpfr_add(l->h, l->h, middle, MPFR_RNDN);
        l->f(l->law, l->context, l->h, l->value);
        if (l->plain)
            mpfr_set_ui(l->w, 1, MPFR_RNDN);
        else
            gaussian_weight(l);
        mpfr_mul(l->w, l->w, half, MPFR_RNDN);
        mpfr_mul(l->w, l->w, rule->weight[i], MPFR_RNDN);
        test_node(l, i);
    }
    for (size_t j = 0; j < l->n; j++)
        for (int k = 0; k < 3; k++)
            if (fabsl(l->co[3 * j + k]) > rule->plan.tolerance * l->top[j] &&
                l->size[j] > rule->plan.floor * l->scale[j])
                return false;
    return true;
}

static void line_panel(line *l, const mpfr_t low, const mpfr_t high, int level)
{
    mpfr_t middle, half;
    mpfr_inits2(l->law->rule->plan.prec, middle, half, (mpfr_ptr)0);
    mpfr_add(middle, low, high, MPFR_RNDN);
    mpfr_div_2ui(middle, middle, 1, MPFR_RNDN);
    mpfr_sub(half, high, middle, MPFR_RNDN);
    const bool good = try_panel(l, middle, half);
    if (good || level >= MAX_LEVEL) {
        if (!good)
            l->status = FJ_NO_CONVERGENCE;
        for (size_t j = 0; j < l->n; j++) {
            mpfr_add(l->sum[j], l->sum[j], l->part[j], MPFR_RNDN);
            l->scale[j] += l->size[j];
        }
    } else {
        line_panel(l, low, middle, level + 1);
        line_panel(l, middle, high, level + 1);
    }
    mpfr_clears(middle, half, (mpfr_ptr)0);
}

/* Over the whole line, outwards from 0. */
static void whole_line(line *l, bool even)
{
    size_t n;
    mpfr_t low, high, *cut = fj_precise_cuts(l->law, &n);
    if (!cut) {
        l->status = FJ_NO_MEMORY;
        return;
    }
    mpfr_inits2(l->law->rule->plan.prec, low, high, (mpfr_ptr)0);
    for (int side = 1; side >= (even ? 1 : -1); side -= 2)
        for (size_t i = 0; i + 1 < n; i++) {
            mpfr_mul_si(low, cut[side < 0 ? i + 1 : i], side, MPFR_RNDN);
            mpfr_mul_si(high, cut[side < 0 ? i : i + 1], side, MPFR_RNDN);
            line_panel(l, low, high, 0);
        }
    mpfr_clears(low, high, (mpfr_ptr)0);
    fj_precise_array_free(cut, n);
}

/* Over (0, 1), from the right, since singularities are at 0. */
static void unit_interval(line *l)
{
    mpfr_t cut[3];
    for (int i = 0; i < 3; i++) {
        mpfr_init2(cut[i], l->law->rule->plan.prec);
        mpfr_set_d(cut[i], i / 2.0, MPFR_RNDN);
    }
    line_panel(l, cut[1], cut[2], 0);
    line_panel(l, cut[0], cut[1], 0);
    for (int i = 0; i < 3; i++)
        mpfr_clear(cut[i]);
}

static fj_status line_sum(line *l, bool even, mpfr_t *out)
{
    const mpfr_prec_t prec = l->law->rule->plan.prec;
    const size_t n = l->n;
    mpfr_t *numbers = fj_precise_array(3 * n, prec);
    long double *quick = calloc(6 * n, sizeof *quick);
    l->status = FJ_NO_MEMORY;
    if (numbers && quick) {
        l->status = FJ_OK;
        l->value = numbers, l->sum = numbers + n, l->part = numbers + 2 * n;
        l->scale = quick, l->size = quick + n, l->top = quick + 2 * n, l->co = quick + 3 * n;
        mpfr_inits2(prec, l->h, l->w, l->c, (mpfr_ptr)0);
        mpfr_const_pi(l->c, MPFR_RNDN); /* 1/sqrt(2 pi), twice when even */
        mpfr_mul_2ui(l->c, l->c, 1, MPFR_RNDN);
        mpfr_rec_sqrt(l->c, l->c, MPFR_RNDN);
        mpfr_mul_2ui(l->c, l->c, even, MPFR_RNDN);
        if (l->plain)
            unit_interval(l);
        else
            whole_line(l, even);
        mpfr_clears(l->h, l->w, l->c, (mpfr_ptr)0);
        for (size_t j = 0; j < n; j++) {
            mpfr_set(out[j], l->sum[j], MPFR_RNDN);
            if (!mpfr_number_p(out[j]) && l->status == FJ_OK)
                l->status = FJ_NO_CONVERGENCE;
        }
    }
    fj_precise_array_free(numbers, 3 * n);
    free(quick);
    return l->status;
}

fj_status fj_precise_line_expectation(const fj_precise_law *law, fj_precise_line_function *f,
                                      const void *context, bool even, size_t n, mpfr_t *out)
{
    line l = {.law = law, .f = f, .context = context, .n = n};
    return line_sum(&l, even, out);
}

fj_status fj_precise_line_integral(const fj_precise_law *law, fj_precise_line_function *f,
                                   const void *context, size_t n, mpfr_t *out)
{
    line l = {.law = law, .f = f, .context = context, .n = n, .plain = true};
    return line_sum(&l, false, out);
}
