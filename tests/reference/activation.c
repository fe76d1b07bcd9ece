/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Activations in MPFR, real arguments only.
 *
 * 1. phi, phi' and phi'' from their defining formulas, arranged so that nothing cancels for large
 *    |x| (erfc instead of 1 - erf, exp(-|x|) instead of exp(|x|)).
 * 2. Flat pieces of phi are point masses of t = phi'^2, with erfc masses.
 * 3. The points between which phi' is monotone, for the push-forward law of depth 1.
 */
#include "reference.h"

#include <math.h>

const struct activation activations[] = {
    {"linear", SHAPE_LINEAR, SMOOTH_NONE, 1, 1, true},
    {"relu", SHAPE_LEAKY, SMOOTH_NONE, 1, 0, true},
    {"leaky-relu-0.01", SHAPE_LEAKY, SMOOTH_NONE, 1, 0.01, false},
    {"leaky-relu-0.3", SHAPE_LEAKY, SMOOTH_NONE, 1, 0.3, false},
    {"hard-tanh", SHAPE_HARD_TANH, SMOOTH_NONE, 1, 0, true},
    {"tanh", SHAPE_TANH, SMOOTH_EVEN, 1, 0, true},
    {"erf", SHAPE_ERF, SMOOTH_EVEN, 1, 0, true},
    {"sigmoid", SHAPE_SIGMOID, SMOOTH_EVEN, 1, 0, false},
    {"arctan", SHAPE_ARCTAN, SMOOTH_EVEN, 1, 0, false},
    {"softsign", SHAPE_SOFTSIGN, SMOOTH_EVEN, 1, 0, false},
    {"sin", SHAPE_SIN, SMOOTH_EVEN, 1, 0, false},
    {"softplus", SHAPE_SOFTPLUS, SMOOTH_WHOLE, 1, 0, false},
    {"elu", SHAPE_ELU, SMOOTH_NEGATIVE, 1, 1, false},
    {"elu-0.5", SHAPE_ELU, SMOOTH_NEGATIVE, 1, 0.5, false},
    {"selu", SHAPE_ELU, SMOOTH_NEGATIVE, 1.0507009873554805, 1.6732632423543772, false},
    {"gelu", SHAPE_GELU, SMOOTH_WHOLE, 1, 0, false},
    {"silu", SHAPE_SILU, SMOOTH_WHOLE, 1, 0, false},
};
const int n_activations = sizeof(activations) / sizeof(activations[0]);

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
static void gaussian(mpfr_t d, mpfr_t p, const mpfr_t x)
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
    mpfr_erfc(p, a, MPFR_RNDN);
    mpfr_div_2ui(p, p, 1, MPFR_RNDN);
    mpfr_clear(a);
}

void activation_phi(const struct activation *act, mpfr_t y, const mpfr_t x)
{
    mpfr_t a;
    mpfr_init2(a, mpfr_get_prec(y));
    switch (act->shape) {
    case SHAPE_LINEAR:
        mpfr_set(y, x, MPFR_RNDN);
        break;
    case SHAPE_LEAKY:
        mpfr_mul_d(y, x, mpfr_sgn(x) > 0 ? 1 : act->slope, MPFR_RNDN);
        break;
    case SHAPE_HARD_TANH:
        mpfr_set(y, x, MPFR_RNDN);
        if (mpfr_cmp_si(x, 1) > 0)
            mpfr_set_si(y, 1, MPFR_RNDN);
        if (mpfr_cmp_si(x, -1) < 0)
            mpfr_set_si(y, -1, MPFR_RNDN);
        break;
    case SHAPE_TANH:
        mpfr_tanh(y, x, MPFR_RNDN);
        break;
    case SHAPE_ERF:
        mpfr_const_pi(a, MPFR_RNDN);
        mpfr_sqrt(a, a, MPFR_RNDN);
        mpfr_div_2ui(a, a, 1, MPFR_RNDN);
        mpfr_mul(a, a, x, MPFR_RNDN);
        mpfr_erf(y, a, MPFR_RNDN);
        break;
    case SHAPE_SIGMOID:
        logistic(y, a, x);
        break;
    case SHAPE_ARCTAN:
        mpfr_atan(y, x, MPFR_RNDN);
        break;
    case SHAPE_SOFTSIGN:
        mpfr_abs(a, x, MPFR_RNDN);
        mpfr_add_ui(a, a, 1, MPFR_RNDN);
        mpfr_div(y, x, a, MPFR_RNDN);
        break;
    case SHAPE_SIN:
        mpfr_sin(y, x, MPFR_RNDN);
        break;
    case SHAPE_SOFTPLUS:
        mpfr_abs(a, x, MPFR_RNDN);
        mpfr_neg(a, a, MPFR_RNDN);
        mpfr_exp(a, a, MPFR_RNDN);
        mpfr_log1p(y, a, MPFR_RNDN);
        if (mpfr_sgn(x) > 0)
            mpfr_add(y, y, x, MPFR_RNDN);
        break;
    case SHAPE_ELU:
        if (mpfr_sgn(x) > 0) {
            mpfr_set(y, x, MPFR_RNDN);
        } else {
            mpfr_expm1(y, x, MPFR_RNDN);
            mpfr_mul_d(y, y, act->slope, MPFR_RNDN);
        }
        mpfr_mul_d(y, y, act->scale, MPFR_RNDN);
        break;
    case SHAPE_GELU:
        gaussian(a, y, x);
        mpfr_mul(y, y, x, MPFR_RNDN);
        break;
    case SHAPE_SILU:
        logistic(y, a, x);
        mpfr_mul(y, y, x, MPFR_RNDN);
        break;
    }
    mpfr_clear(a);
}

void activation_slope(const struct activation *act, mpfr_t y, const mpfr_t x)
{
    mpfr_t a;
    mpfr_init2(a, mpfr_get_prec(y));
    switch (act->shape) {
    case SHAPE_LINEAR:
        mpfr_set_ui(y, 1, MPFR_RNDN);
        break;
    case SHAPE_LEAKY:
        mpfr_set_d(y, mpfr_sgn(x) > 0 ? 1 : act->slope, MPFR_RNDN);
        break;
    case SHAPE_HARD_TANH:
        mpfr_set_ui(y, mpfr_cmp_si(x, -1) > 0 && mpfr_cmp_si(x, 1) < 0, MPFR_RNDN);
        break;
    case SHAPE_TANH:
        mpfr_sech(y, x, MPFR_RNDN);
        mpfr_sqr(y, y, MPFR_RNDN);
        break;
    case SHAPE_ERF:
        mpfr_const_pi(a, MPFR_RNDN);
        mpfr_div_2ui(a, a, 2, MPFR_RNDN);
        mpfr_mul(a, a, x, MPFR_RNDN);
        mpfr_mul(a, a, x, MPFR_RNDN);
        mpfr_neg(a, a, MPFR_RNDN);
        mpfr_exp(y, a, MPFR_RNDN);
        break;
    case SHAPE_SIGMOID:
        logistic(y, a, x);
        mpfr_mul(y, y, a, MPFR_RNDN);
        break;
    case SHAPE_ARCTAN:
        mpfr_sqr(a, x, MPFR_RNDN);
        mpfr_add_ui(a, a, 1, MPFR_RNDN);
        mpfr_ui_div(y, 1, a, MPFR_RNDN);
        break;
    case SHAPE_SOFTSIGN:
        mpfr_abs(a, x, MPFR_RNDN);
        mpfr_add_ui(a, a, 1, MPFR_RNDN);
        mpfr_sqr(a, a, MPFR_RNDN);
        mpfr_ui_div(y, 1, a, MPFR_RNDN);
        break;
    case SHAPE_SIN:
        mpfr_cos(y, x, MPFR_RNDN);
        break;
    case SHAPE_SOFTPLUS:
        logistic(y, a, x);
        break;
    case SHAPE_ELU:
        if (mpfr_sgn(x) > 0) {
            mpfr_set_ui(y, 1, MPFR_RNDN);
        } else {
            mpfr_exp(y, x, MPFR_RNDN);
            mpfr_mul_d(y, y, act->slope, MPFR_RNDN);
        }
        mpfr_mul_d(y, y, act->scale, MPFR_RNDN);
        break;
    case SHAPE_GELU:
        gaussian(a, y, x);
        mpfr_mul(a, a, x, MPFR_RNDN);
        mpfr_add(y, y, a, MPFR_RNDN);
        break;
    case SHAPE_SILU: /* s (1 + x (1 - s)) */
        logistic(y, a, x);
        mpfr_mul(a, a, x, MPFR_RNDN);
        mpfr_add_ui(a, a, 1, MPFR_RNDN);
        mpfr_mul(y, y, a, MPFR_RNDN);
        break;
    }
    mpfr_clear(a);
}
