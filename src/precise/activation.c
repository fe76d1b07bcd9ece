/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Activations in MPFR, real arguments only.
 *
 * 1. phi, phi' and phi'' from their defining formulas, arranged so that nothing cancels for large
 *    |x| (erfc instead of 1 - erf, exp(-|x|) instead of exp(|x|)).
 * 2. Parameters are read from their texts at the precision asked for, SELU's come from closed forms.
 */
#include "precise_internal.h"

#include <math.h>

/* Bits of the table of erfc beyond those of the activation. */
enum { ERFC_SPARE = 72 };

static fj_precise_smooth smooth_part(fj_precise_shape shape)
{
    switch (shape) {
    case FJ_SHAPE_LINEAR:
    case FJ_SHAPE_LEAKY:
    case FJ_SHAPE_HARD_TANH:
        return FJ_SMOOTH_NONE;
    case FJ_SHAPE_ELU:
    case FJ_SHAPE_SELU:
        return FJ_SMOOTH_NEGATIVE;
    case FJ_SHAPE_SOFTPLUS:
    case FJ_SHAPE_GELU:
    case FJ_SHAPE_SILU:
        return FJ_SMOOTH_WHOLE;
    default:
        return FJ_SMOOTH_EVEN;
    }
}

/* alpha = -sqrt(2/pi)/(e c - 1) and scale = (1 - e c) sqrt(2 pi)/sqrt(2 erfc(sqrt 2) e^2 + pi c^2 e - 2 (2 + pi) c e' + pi + 2)
 * with c = erfc(1/sqrt 2) and e' = sqrt(e): mean 0 and variance 1 are then kept (Klambauer et al. 2017, eq. 14). */
static void selu_constants(mpfr_t alpha, mpfr_t scale)
{
    mpfr_t c, root_e, e, pi, a, sum;
    mpfr_prec_t prec = mpfr_get_prec(alpha) + 16;
    mpfr_inits2(prec, c, root_e, e, pi, a, sum, (mpfr_ptr)0);
    mpfr_const_pi(pi, MPFR_RNDN);
    mpfr_set_ui(e, 1, MPFR_RNDN);
    mpfr_exp(e, e, MPFR_RNDN);
    mpfr_sqrt(root_e, e, MPFR_RNDN);
    mpfr_sqrt_ui(a, 2, MPFR_RNDN);
    mpfr_erfc(sum, a, MPFR_RNDN);
    mpfr_ui_div(a, 1, a, MPFR_RNDN);
    mpfr_erfc(c, a, MPFR_RNDN);
    mpfr_mul(sum, sum, e, MPFR_RNDN); /* 2 erfc(sqrt 2) e^2 + pi + 2 */
    mpfr_mul(sum, sum, e, MPFR_RNDN);
    mpfr_mul_2ui(sum, sum, 1, MPFR_RNDN);
    mpfr_add(sum, sum, pi, MPFR_RNDN);
    mpfr_add_ui(sum, sum, 2, MPFR_RNDN);
    mpfr_mul(c, c, root_e, MPFR_RNDN); /* from here on c sqrt(e) */
    mpfr_sqr(a, c, MPFR_RNDN);
    mpfr_mul(a, a, pi, MPFR_RNDN);
    mpfr_add(sum, sum, a, MPFR_RNDN);
    mpfr_add_ui(a, pi, 2, MPFR_RNDN);
    mpfr_mul(a, a, c, MPFR_RNDN);
    mpfr_mul_2ui(a, a, 1, MPFR_RNDN);
    mpfr_sub(sum, sum, a, MPFR_RNDN);
    mpfr_ui_sub(c, 1, c, MPFR_RNDN);
    mpfr_mul_2ui(pi, pi, 1, MPFR_RNDN);
    mpfr_div(a, pi, sum, MPFR_RNDN);
    mpfr_sqrt(a, a, MPFR_RNDN);
    mpfr_mul(scale, a, c, MPFR_RNDN);
    mpfr_ui_div(a, 4, pi, MPFR_RNDN); /* 2/pi */
    mpfr_sqrt(a, a, MPFR_RNDN);
    mpfr_div(alpha, a, c, MPFR_RNDN);
    mpfr_clears(c, root_e, e, pi, a, sum, (mpfr_ptr)0);
}

void fj_precise_phi_init(fj_precise_phi *phi, const fj_precise_spec *spec, mpfr_prec_t prec)
{
    phi->shape = spec->shape;
    phi->smooth = smooth_part(spec->shape);
    phi->erfc = NULL;
    if (spec->shape == FJ_SHAPE_ERF || spec->shape == FJ_SHAPE_GELU)
        phi->erfc = fj_precise_erfc_make(prec + ERFC_SPARE);
    mpfr_init2(phi->parameter, prec);
    mpfr_init2(phi->scale, prec);
    mpfr_set_ui(phi->parameter, 1, MPFR_RNDN);
    mpfr_set_ui(phi->scale, 1, MPFR_RNDN);
    if (spec->parameter)
        fj_precise_read(phi->parameter, spec->parameter);
    if (spec->scale)
        fj_precise_read(phi->scale, spec->scale);
    if (spec->shape == FJ_SHAPE_SELU) {
        selu_constants(phi->parameter, phi->scale);
        phi->shape = FJ_SHAPE_ELU;
    }
}

void fj_precise_phi_clear(fj_precise_phi *phi)
{
    mpfr_clear(phi->parameter);
    mpfr_clear(phi->scale);
    fj_precise_erfc_free(phi->erfc);
}

bool fj_precise_phi_homogeneous(const fj_precise_phi *phi)
{
    return phi->shape == FJ_SHAPE_LINEAR || phi->shape == FJ_SHAPE_LEAKY;
}

/* y = 1/(1 + exp(-x)) and c = 1 - y, neither by subtraction. */
static void logistic(mpfr_t y, mpfr_t c, const mpfr_t x)
{
    mpfr_t e, d;
    mpfr_inits2(mpfr_get_prec(y), e, d, (mpfr_ptr)0);
    mpfr_abs(e, x, MPFR_RNDN);
    mpfr_neg(e, e, MPFR_RNDN);
    mpfr_exp(e, e, MPFR_RNDN);
    mpfr_add_ui(d, e, 1, MPFR_RNDN);
    bool positive = mpfr_sgn(x) >= 0;
    mpfr_ui_div(positive ? y : c, 1, d, MPFR_RNDN);
    mpfr_div(positive ? c : y, e, d, MPFR_RNDN);
    mpfr_clears(e, d, (mpfr_ptr)0);
}

/* d = exp(-x^2/2)/sqrt(2 pi) and p = P(h < x). */
static void gaussian(const fj_precise_phi *phi, mpfr_t d, mpfr_t p, const mpfr_t x)
{
    mpfr_t a;
    mpfr_init2(a, mpfr_get_prec(d));
    mpfr_const_pi(a, MPFR_RNDN);
    mpfr_mul_2ui(a, a, 1, MPFR_RNDN);
    mpfr_rec_sqrt(a, a, MPFR_RNDN);
    mpfr_sqr(d, x, MPFR_RNDN);
    mpfr_div_2ui(d, d, 1, MPFR_RNDN);
    mpfr_neg(d, d, MPFR_RNDN);
    mpfr_exp(d, d, MPFR_RNDN);
    mpfr_mul(d, d, a, MPFR_RNDN);
    mpfr_set_ui(a, 2, MPFR_RNDN);
    mpfr_rec_sqrt(a, a, MPFR_RNDN);
    mpfr_mul(a, a, x, MPFR_RNDN);
    mpfr_neg(a, a, MPFR_RNDN);
    fj_precise_erfc_at(phi->erfc, p, a);
    mpfr_div_2ui(p, p, 1, MPFR_RNDN);
    mpfr_clear(a);
}

void fj_precise_phi_value(const fj_precise_phi *phi, mpfr_t y, const mpfr_t x)
{
    mpfr_t a;
    mpfr_init2(a, mpfr_get_prec(y));
    switch (phi->shape) {
    case FJ_SHAPE_LINEAR:
        mpfr_set(y, x, MPFR_RNDN);
        break;
    case FJ_SHAPE_LEAKY:
        if (mpfr_sgn(x) > 0)
            mpfr_set(y, x, MPFR_RNDN);
        else
            mpfr_mul(y, x, phi->parameter, MPFR_RNDN);
        break;
    case FJ_SHAPE_HARD_TANH:
        mpfr_set(y, x, MPFR_RNDN);
        if (mpfr_cmp_si(x, 1) > 0)
            mpfr_set_si(y, 1, MPFR_RNDN);
        if (mpfr_cmp_si(x, -1) < 0)
            mpfr_set_si(y, -1, MPFR_RNDN);
        break;
    case FJ_SHAPE_TANH:
        mpfr_tanh(y, x, MPFR_RNDN);
        break;
    case FJ_SHAPE_ERF:
        mpfr_const_pi(a, MPFR_RNDN);
        mpfr_sqrt(a, a, MPFR_RNDN);
        mpfr_div_2ui(a, a, 1, MPFR_RNDN);
        mpfr_mul(a, a, x, MPFR_RNDN);
        if (mpfr_cmpabs_ui(a, 1) < 0) {
            mpfr_erf(y, a, MPFR_RNDN);
        } else {
            fj_precise_erfc_at(phi->erfc, y, a);
            mpfr_ui_sub(y, 1, y, MPFR_RNDN);
        }
        break;
    case FJ_SHAPE_SIGMOID:
        logistic(y, a, x);
        break;
    case FJ_SHAPE_ARCTAN:
        mpfr_atan(y, x, MPFR_RNDN);
        break;
    case FJ_SHAPE_SOFTSIGN:
        mpfr_abs(a, x, MPFR_RNDN);
        mpfr_add_ui(a, a, 1, MPFR_RNDN);
        mpfr_div(y, x, a, MPFR_RNDN);
        break;
    case FJ_SHAPE_SIN:
        mpfr_sin(y, x, MPFR_RNDN);
        break;
    case FJ_SHAPE_SOFTPLUS:
        mpfr_abs(a, x, MPFR_RNDN);
        mpfr_mul(a, a, phi->parameter, MPFR_RNDN);
        mpfr_neg(a, a, MPFR_RNDN);
        mpfr_exp(a, a, MPFR_RNDN);
        mpfr_log1p(y, a, MPFR_RNDN);
        mpfr_div(y, y, phi->parameter, MPFR_RNDN);
        if (mpfr_sgn(x) > 0)
            mpfr_add(y, y, x, MPFR_RNDN);
        break;
    case FJ_SHAPE_ELU:
    case FJ_SHAPE_SELU:
        if (mpfr_sgn(x) > 0) {
            mpfr_set(y, x, MPFR_RNDN);
        } else {
            mpfr_expm1(y, x, MPFR_RNDN);
            mpfr_mul(y, y, phi->parameter, MPFR_RNDN);
        }
        mpfr_mul(y, y, phi->scale, MPFR_RNDN);
        break;
    case FJ_SHAPE_GELU:
        gaussian(phi, a, y, x);
        mpfr_mul(y, y, x, MPFR_RNDN);
        break;
    case FJ_SHAPE_SILU:
        logistic(y, a, x);
        mpfr_mul(y, y, x, MPFR_RNDN);
        break;
    }
    mpfr_clear(a);
}

void fj_precise_phi_slope(const fj_precise_phi *phi, mpfr_t y, const mpfr_t x)
{
    mpfr_t a;
    mpfr_init2(a, mpfr_get_prec(y));
    switch (phi->shape) {
    case FJ_SHAPE_LINEAR:
        mpfr_set_ui(y, 1, MPFR_RNDN);
        break;
    case FJ_SHAPE_LEAKY:
        if (mpfr_sgn(x) > 0)
            mpfr_set_ui(y, 1, MPFR_RNDN);
        else
            mpfr_set(y, phi->parameter, MPFR_RNDN);
        break;
    case FJ_SHAPE_HARD_TANH:
        mpfr_set_ui(y, mpfr_cmp_si(x, -1) > 0 && mpfr_cmp_si(x, 1) < 0, MPFR_RNDN);
        break;
    case FJ_SHAPE_TANH:
        mpfr_sech(y, x, MPFR_RNDN);
        mpfr_sqr(y, y, MPFR_RNDN);
        break;
    case FJ_SHAPE_ERF:
        mpfr_const_pi(a, MPFR_RNDN);
        mpfr_div_2ui(a, a, 2, MPFR_RNDN);
        mpfr_mul(a, a, x, MPFR_RNDN);
        mpfr_mul(a, a, x, MPFR_RNDN);
        mpfr_neg(a, a, MPFR_RNDN);
        mpfr_exp(y, a, MPFR_RNDN);
        break;
    case FJ_SHAPE_SIGMOID:
        logistic(y, a, x);
        mpfr_mul(y, y, a, MPFR_RNDN);
        break;
    case FJ_SHAPE_ARCTAN:
        mpfr_sqr(a, x, MPFR_RNDN);
        mpfr_add_ui(a, a, 1, MPFR_RNDN);
        mpfr_ui_div(y, 1, a, MPFR_RNDN);
        break;
    case FJ_SHAPE_SOFTSIGN:
        mpfr_abs(a, x, MPFR_RNDN);
        mpfr_add_ui(a, a, 1, MPFR_RNDN);
        mpfr_sqr(a, a, MPFR_RNDN);
        mpfr_ui_div(y, 1, a, MPFR_RNDN);
        break;
    case FJ_SHAPE_SIN:
        mpfr_cos(y, x, MPFR_RNDN);
        break;
    case FJ_SHAPE_SOFTPLUS: {
        mpfr_t scaled;
        mpfr_init2(scaled, mpfr_get_prec(y));
        mpfr_mul(scaled, x, phi->parameter, MPFR_RNDN);
        logistic(y, a, scaled);
        mpfr_clear(scaled);
        break;
    }
    case FJ_SHAPE_ELU:
    case FJ_SHAPE_SELU:
        if (mpfr_sgn(x) > 0) {
            mpfr_set_ui(y, 1, MPFR_RNDN);
        } else {
            mpfr_exp(y, x, MPFR_RNDN);
            mpfr_mul(y, y, phi->parameter, MPFR_RNDN);
        }
        mpfr_mul(y, y, phi->scale, MPFR_RNDN);
        break;
    case FJ_SHAPE_GELU:
        gaussian(phi, a, y, x);
        mpfr_mul(a, a, x, MPFR_RNDN);
        mpfr_add(y, y, a, MPFR_RNDN);
        break;
    case FJ_SHAPE_SILU: /* s (1 + x (1 - s)) */
        logistic(y, a, x);
        mpfr_mul(a, a, x, MPFR_RNDN);
        mpfr_add_ui(a, a, 1, MPFR_RNDN);
        mpfr_mul(y, y, a, MPFR_RNDN);
        break;
    }
    mpfr_clear(a);
}
