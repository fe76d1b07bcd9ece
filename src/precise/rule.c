/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Gauss-Legendre rules on [-1, 1] in MPFR, and how much of everything a wanted error needs.
 *
 * 1. Nodes: Newton on P_n from Tricomi's start, P_n by its recurrence, twice in long double, then
 *    with bits that double from step to step, in the end with 64 to spare. The rule is symmetric.
 * 2. Weights: 2 / ((1 - x^2) P_n'(x)^2).
 * 3. For the test of a panel, P_k(x_i) for three k: when the integrand's Legendre coefficients near
 *    k are below the tolerance, its ellipse of analyticity gives the n-point rule an error of about
 *    tolerance^(2n/k). An error of 10^-W with about W nodes leaves k near 30, whatever W.
 * 4. |h| is cut where the gaussian is 10^-W. The two runs differ in nodes, bits, panels and reach.
 */
#include "precise_internal.h"

#include <math.h>
#include <stdlib.h>

/* A Legendre coefficient is seen in long double down to this. */
static const long double TOLERANCE = 1e-17L;
static const double TOLERANCE_DIGITS = 17, SAFETY = 1.15, BITS_A_DIGIT = 3.3219281;

fj_precise_plan fj_precise_plan_for(double digits, int run)
{
    fj_precise_plan plan = {.tolerance = TOLERANCE};
    digits += 3 * run;
    plan.n = (int)ceil((run ? 1.25 : 1.1) * digits) + 8;
    const double test = 2 * TOLERANCE_DIGITS * plan.n / (SAFETY * digits);
    plan.test = (int)fmin(test, plan.n - 6);
    plan.prec = (mpfr_prec_t)ceil(digits * BITS_A_DIGIT) + (run ? 61 : 32);
    plan.panels = run ? 6 : 5;
    plan.reach = sqrt(2 * M_LN10 * (digits + 4));
    plan.floor = powl(10, -(long double)digits - 3);
    return plan;
}

/* P_n(x), P_(n-1)(x) */
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

static long double legendre_quick(int n, long double x, long double *before)
{
    long double p = x;
    *before = 1;
    for (int k = 2; k <= n; k++) {
        long double next = ((2 * k - 1) * x * p - (k - 1) * *before) / k;
        *before = p;
        p = next;
    }
    return p;
}

/* p = P_n(x), d = P_n'(x) = n (P_(n-1) - x P_n)/c, c = 1 - x^2 */
static void with_derivative(int n, const mpfr_t x, mpfr_t p, mpfr_t d, mpfr_t c)
{
    mpfr_t before;
    mpfr_init2(before, mpfr_get_prec(p));
    legendre(n, p, before, x);
    mpfr_sqr(c, x, MPFR_RNDN);
    mpfr_ui_sub(c, 1, c, MPFR_RNDN);
    mpfr_mul(d, x, p, MPFR_RNDN);
    mpfr_sub(d, before, d, MPFR_RNDN);
    mpfr_mul_si(d, d, n, MPFR_RNDN);
    mpfr_div(d, d, c, MPFR_RNDN);
    mpfr_clear(before);
}

/* Node i, from the left, and its weight. */
static void node_find(int n, int i, mpfr_prec_t last, mpfr_t node, mpfr_t weight)
{
    long double start = -cosl(acosl(-1) * (i + 0.75L) / (n + 0.5L)), before;
    for (int round = 0; round < 3; round++) {
        const long double p = legendre_quick(n, start, &before);
        start -= p * (1 - start * start) / (n * (before - start * p));
    }
    mpfr_t x, p, d, c;
    mpfr_init2(x, last);
    mpfr_set_ld(x, start, MPFR_RNDN);
    if (2 * i + 1 == n)
        mpfr_set_zero(x, 1);
    for (mpfr_prec_t prec = 100; 2 * i + 1 != n; prec *= 2) {
        const mpfr_prec_t bits = prec < last ? prec : last;
        mpfr_inits2(bits, p, d, c, (mpfr_ptr)0);
        with_derivative(n, x, p, d, c);
        mpfr_div(p, p, d, MPFR_RNDN);
        mpfr_sub(x, x, p, MPFR_RNDN);
        mpfr_clears(p, d, c, (mpfr_ptr)0);
        if (bits == last)
            break;
    }
    mpfr_inits2(last, p, d, c, (mpfr_ptr)0);
    with_derivative(n, x, p, d, c);
    mpfr_sqr(d, d, MPFR_RNDN);
    mpfr_mul(d, d, c, MPFR_RNDN);
    mpfr_ui_div(d, 2, d, MPFR_RNDN);
    mpfr_set(node, x, MPFR_RNDN);
    mpfr_set(weight, d, MPFR_RNDN);
    mpfr_clears(x, p, d, c, (mpfr_ptr)0);
}

fj_status fj_precise_rule_make(fj_precise_rule *rule, const fj_precise_plan *plan)
{
    const int n = plan->n;
    *rule = (fj_precise_rule){.plan = *plan};
    rule->node = fj_precise_array((size_t)n, plan->prec);
    rule->weight = fj_precise_array((size_t)n, plan->prec);
    rule->inverse_weight = malloc(4 * (size_t)n * sizeof *rule->inverse_weight);
    if (!rule->node || !rule->weight || !rule->inverse_weight) {
        fj_precise_rule_free(rule);
        return FJ_NO_MEMORY;
    }
    for (int j = 0; j < 3; j++)
        rule->legendre[j] = rule->inverse_weight + (j + 1) * (size_t)n;
    for (int i = 0; i < n; i++) {
        const int mirror = n - 1 - i;
        if (mirror >= i) {
            node_find(n, i, plan->prec + 64, rule->node[i], rule->weight[i]);
        } else {
            mpfr_neg(rule->node[i], rule->node[mirror], MPFR_RNDN);
            mpfr_set(rule->weight[i], rule->weight[mirror], MPFR_RNDN);
        }
        rule->inverse_weight[i] = 1 / mpfr_get_ld(rule->weight[i], MPFR_RNDN);
        for (int j = 0; j < 3; j++) {
            const int k = plan->test + j;
            long double before;
            rule->legendre[j][i] =
                (k + 0.5L) * legendre_quick(k, mpfr_get_ld(rule->node[i], MPFR_RNDN), &before);
        }
    }
    return FJ_OK;
}

void fj_precise_rule_free(fj_precise_rule *rule)
{
    fj_precise_array_free(rule->node, (size_t)rule->plan.n);
    fj_precise_array_free(rule->weight, (size_t)rule->plan.n);
    free(rule->inverse_weight);
    *rule = (fj_precise_rule){0};
}

mpfr_t *fj_precise_array(size_t n, mpfr_prec_t prec)
{
    mpfr_t *array = malloc((n ? n : 1) * sizeof *array);
    for (size_t i = 0; array && i < n; i++) {
        mpfr_init2(array[i], prec);
        mpfr_set_zero(array[i], 1);
    }
    return array;
}

void fj_precise_array_free(mpfr_t *array, size_t n)
{
    for (size_t i = 0; array && i < n; i++)
        mpfr_clear(array[i]);
    free(array);
}
