/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Gauss-Legendre rules on [-1, 1] in MPFR, and the three precisions of the maker.
 *
 * 1. Nodes: Newton on P_n from Tricomi's start, P_n by its recurrence, with 64 bits to spare.
 * 2. Weights: 2 / ((1 - x^2) P_n'(x)^2).
 * 3. For the test of a panel, P_k(x_i) for three k: when the integrand's Legendre coefficients near
 *    k are below the tolerance, its ellipse of analyticity gives the n-point rule an error of about
 *    tolerance^(2n/k): 1e-40 for "fine", 1e-46 for "check".
 */
#include "reference.h"

#include <math.h>
#include <stdlib.h>

struct rule rules[N_RULES] = {
    {.name = "quick",
     .n = 18,
     .test = 12,
     .prec = 256,
     .panels = 22,
     .reach = 21,
     .tolerance = 1e-8L,
     .floor = 1e-22L},
    {.name = "fine",
     .n = 48,
     .test = 38,
     .prec = 208,
     .panels = 21,
     .reach = 21,
     .tolerance = 1e-17L,
     .floor = 1e-48L},
    {.name = "check",
     .n = 60,
     .test = 43,
     .prec = 272,
     .panels = 23,
     .reach = 22,
     .tolerance = 1e-17L,
     .floor = 1e-56L},
};

/* P_n(x), P_(n-1)(x). */
static void legendre(int n, mpfr_t p, mpfr_t before, const mpfr_t x)
{
    mpfr_t next;
    mpfr_init2(next, mpfr_get_prec(p));
    mpfr_set_ui(before, 1, MPFR_RNDN);
    mpfr_set(p, x, MPFR_RNDN);
    for (int k = 2; k <= n; k++) {
        mpfr_mul(next, x, p, MPFR_RNDN);
        mpfr_mul_si(next, next, 2 * k - 1, MPFR_RNDN);
        mpfr_mul_si(before, before, k - 1, MPFR_RNDN);
        mpfr_sub(next, next, before, MPFR_RNDN);
        mpfr_div_si(next, next, k, MPFR_RNDN);
        mpfr_swap(before, p);
        mpfr_swap(p, next);
    }
    mpfr_clear(next);
}

static void make_node(struct rule *rule, int i)
{
    int n = rule->n;
    mpfr_t x, p, before, d, c;
    mpfr_inits2(rule->prec + 64, x, p, before, d, c, (mpfr_ptr)0);
    mpfr_set_d(x, cos(M_PI * (i + 0.75) / (n + 0.5)), MPFR_RNDN);
    mpfr_neg(x, x, MPFR_RNDN);
    for (int round = 0; round < 9; round++) {
        legendre(n, p, before, x);
        mpfr_sqr(c, x, MPFR_RNDN); /* c = 1 - x^2, d = P' = n (P_(n-1) - x P_n) / c */
        mpfr_ui_sub(c, 1, c, MPFR_RNDN);
        mpfr_mul(d, x, p, MPFR_RNDN);
        mpfr_sub(d, before, d, MPFR_RNDN);
        mpfr_mul_si(d, d, n, MPFR_RNDN);
        mpfr_div(d, d, c, MPFR_RNDN);
        mpfr_div(p, p, d, MPFR_RNDN);
        mpfr_sub(x, x, p, MPFR_RNDN);
    }
    mpfr_sqr(d, d, MPFR_RNDN);
    mpfr_mul(d, d, c, MPFR_RNDN);
    mpfr_ui_div(d, 2, d, MPFR_RNDN);
    mpfr_set(rule->node[i], x, MPFR_RNDN);
    mpfr_set(rule->weight[i], d, MPFR_RNDN);
    rule->inverse_weight[i] = 1 / mpfr_get_ld(d, MPFR_RNDN);
    for (int j = 0; j < 3; j++) {
        int k = rule->test + j;
        legendre(k, p, before, x);
        rule->legendre[j][i] = (k + 0.5L) * mpfr_get_ld(p, MPFR_RNDN);
    }
    mpfr_clears(x, p, before, d, c, (mpfr_ptr)0);
}

void rules_make(void)
{
    for (int r = 0; r < N_RULES; r++) {
        struct rule *rule = &rules[r];
        rule->node = malloc(rule->n * sizeof(mpfr_t));
        rule->weight = malloc(rule->n * sizeof(mpfr_t));
        rule->inverse_weight = malloc(rule->n * sizeof(long double));
        for (int j = 0; j < 3; j++)
            rule->legendre[j] = malloc(rule->n * sizeof(long double));
        for (int i = 0; i < rule->n; i++) {
            mpfr_init2(rule->node[i], rule->prec);
            mpfr_init2(rule->weight[i], rule->prec);
            make_node(rule, i);
        }
    }
}

void rules_free(void)
{
    for (int r = 0; r < N_RULES; r++) {
        struct rule *rule = &rules[r];
        for (int i = 0; i < rule->n; i++)
            mpfr_clears(rule->node[i], rule->weight[i], (mpfr_ptr)0);
        free(rule->node);
        free(rule->weight);
        free(rule->inverse_weight);
        for (int j = 0; j < 3; j++)
            free(rule->legendre[j]);
    }
}
