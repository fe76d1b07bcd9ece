/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * erfc at many arguments of one precision, where MPFR's own takes long.
 *
 * 1. erfc(x) = (2 x exp(-x^2)/pi) int_0^inf exp(-t^2)/(t^2 + x^2) dt, x > 0, by the trapezoidal rule with step d: the
 *    gaussian's own error is exp(-pi^2/d^2), relative.
 * 2. The pole at t = i x adds -2/(exp(2 pi x/d) - 1), while it lies below the saddle point pi/d (Hunter and Regan, Math.
 *    Comp. 26, 1972).
 * 3. exp(-k^2 d^2) is the same for all x: a table of about 0.75 numbers a digit. Below x = 1 MPFR's series is short.
 */
#include "precise_internal.h"

#include <math.h>
#include <stdlib.h>

struct fj_precise_erfc {
    size_t n;
    mpfr_prec_t prec;
    mpfr_t step, saddle;    /* d, pi/d */
    mpfr_t *weight, *place; /* exp(-k^2 d^2), k^2 d^2, k = 1..n */
};

fj_precise_erfc *fj_precise_erfc_make(mpfr_prec_t prec)
{
    fj_precise_erfc *table = calloc(1, sizeof *table);
    if (!table)
        return NULL;
    const double root = sqrt((double)(prec + 16) * M_LN2); /* pi/d, and where the sum ends */
    table->prec = prec;
    table->n = (size_t)ceil(root * root / M_PI) + 1;
    table->weight = fj_precise_array(table->n, prec);
    table->place = fj_precise_array(table->n, prec);
    mpfr_inits2(prec, table->step, table->saddle, (mpfr_ptr)0);
    mpfr_set_d(table->saddle, root, MPFR_RNDN);
    mpfr_const_pi(table->step, MPFR_RNDN);
    mpfr_div(table->step, table->step, table->saddle, MPFR_RNDN);
    if (!table->weight || !table->place) {
        fj_precise_erfc_free(table);
        return NULL;
    }
    for (size_t k = 0; k < table->n; k++) {
        mpfr_mul_ui(table->place[k], table->step, k + 1, MPFR_RNDN);
        mpfr_sqr(table->place[k], table->place[k], MPFR_RNDN);
        mpfr_neg(table->weight[k], table->place[k], MPFR_RNDN);
        mpfr_exp(table->weight[k], table->weight[k], MPFR_RNDN);
    }
    return table;
}

void fj_precise_erfc_free(fj_precise_erfc *table)
{
    if (!table)
        return;
    fj_precise_array_free(table->weight, table->n);
    fj_precise_array_free(table->place, table->n);
    mpfr_clears(table->step, table->saddle, (mpfr_ptr)0);
    free(table);
}

/* x > 0 */
static void by_table(const fj_precise_erfc *table, mpfr_t y, const mpfr_t x)
{
    mpfr_t square, sum, a;
    mpfr_inits2(table->prec, square, sum, a, (mpfr_ptr)0);
    mpfr_sqr(square, x, MPFR_RNDN);
    mpfr_mul_2ui(a, square, 1, MPFR_RNDN);
    mpfr_ui_div(sum, 1, a, MPFR_RNDN);
    for (size_t k = 0; k < table->n; k++) {
        mpfr_add(a, table->place[k], square, MPFR_RNDN);
        mpfr_div(a, table->weight[k], a, MPFR_RNDN);
        mpfr_add(sum, sum, a, MPFR_RNDN);
    }
    mpfr_mul(sum, sum, x, MPFR_RNDN); /* 2 d x exp(-x^2)/pi = 2 x exp(-x^2)/saddle */
    mpfr_mul_2ui(sum, sum, 1, MPFR_RNDN);
    mpfr_div(sum, sum, table->saddle, MPFR_RNDN);
    mpfr_neg(a, square, MPFR_RNDN);
    mpfr_exp(a, a, MPFR_RNDN);
    mpfr_mul(sum, sum, a, MPFR_RNDN);
    if (mpfr_cmp(x, table->saddle) < 0) {
        mpfr_mul(a, x, table->saddle, MPFR_RNDN); /* 2 pi x/d */
        mpfr_mul_2ui(a, a, 1, MPFR_RNDN);
        mpfr_expm1(a, a, MPFR_RNDN);
        mpfr_ui_div(a, 2, a, MPFR_RNDN);
        mpfr_sub(sum, sum, a, MPFR_RNDN);
    }
    mpfr_set(y, sum, MPFR_RNDN);
    mpfr_clears(square, sum, a, (mpfr_ptr)0);
}

void fj_precise_erfc_at(const fj_precise_erfc *table, mpfr_t y, const mpfr_t x)
{
    if (!table || mpfr_get_prec(y) + 8 > table->prec || mpfr_cmpabs_ui(x, 1) < 0) {
        mpfr_erfc(y, x, MPFR_RNDN);
        return;
    }
    mpfr_t a;
    mpfr_init2(a, mpfr_get_prec(y));
    mpfr_abs(a, x, MPFR_RNDN);
    by_table(table, y, a);
    if (mpfr_sgn(x) < 0)
        mpfr_ui_sub(y, 2, y, MPFR_RNDN);
    mpfr_clear(a);
}
