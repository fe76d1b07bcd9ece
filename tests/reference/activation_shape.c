/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Second derivatives, kinks, flat pieces, ranges and monotone pieces of the activations.
 *
 * Maximum of |phi'|: GELU at x = sqrt(2); SiLU where phi'' = 0 near 2.4, by bisection; everything
 * else at x = 0 or towards the end of the line. Zeros of phi' (GELU, SiLU): by bisection.
 */
#include "reference.h"

#include <math.h>

void activation_curvature(const struct activation *act, mpfr_t y, const mpfr_t x)
{
    mpfr_t a, b;
    mpfr_inits2(mpfr_get_prec(y), a, b, (mpfr_ptr)0);
    activation_slope(act, b, x);
    mpfr_set_zero(y, 1);
    switch (act->shape) {
    case SHAPE_LINEAR:
    case SHAPE_LEAKY:
    case SHAPE_HARD_TANH:
        break;
    case SHAPE_TANH: /* -2 phi phi' */
        activation_phi(act, a, x);
        mpfr_mul(y, a, b, MPFR_RNDN);
        mpfr_mul_si(y, y, -2, MPFR_RNDN);
        break;
    case SHAPE_ERF: /* -pi x phi' / 2 */
        mpfr_const_pi(a, MPFR_RNDN);
        mpfr_mul(a, a, x, MPFR_RNDN);
        mpfr_mul(y, a, b, MPFR_RNDN);
        mpfr_div_si(y, y, -2, MPFR_RNDN);
        break;
    case SHAPE_SIGMOID: /* -phi' tanh(x/2) */
        mpfr_div_2ui(a, x, 1, MPFR_RNDN);
        mpfr_tanh(a, a, MPFR_RNDN);
        mpfr_mul(y, a, b, MPFR_RNDN);
        mpfr_neg(y, y, MPFR_RNDN);
        break;
    case SHAPE_ARCTAN: /* -2 x phi'^2 */
        mpfr_sqr(y, b, MPFR_RNDN);
        mpfr_mul(y, y, x, MPFR_RNDN);
        mpfr_mul_si(y, y, -2, MPFR_RNDN);
        break;
    case SHAPE_SOFTSIGN: /* -+ 2 |phi'|^(3/2) */
        mpfr_sqrt(a, b, MPFR_RNDN);
        mpfr_mul(y, a, b, MPFR_RNDN);
        mpfr_mul_si(y, y, mpfr_sgn(x) > 0 ? -2 : 2, MPFR_RNDN);
        break;
    case SHAPE_SIN:
        mpfr_sin(y, x, MPFR_RNDN);
        mpfr_neg(y, y, MPFR_RNDN);
        break;
    case SHAPE_SOFTPLUS: /* s (1 - s), 1 - s(x) = s(-x) */
        mpfr_neg(a, x, MPFR_RNDN);
        activation_slope(act, y, a);
        mpfr_mul(y, y, b, MPFR_RNDN);
        break;
    case SHAPE_ELU:
        if (mpfr_sgn(x) <= 0)
            mpfr_set(y, b, MPFR_RNDN);
        break;
    case SHAPE_GELU: /* (2 - x^2) exp(-x^2/2) / sqrt(2 pi) */
        mpfr_const_pi(a, MPFR_RNDN);
        mpfr_mul_2ui(a, a, 1, MPFR_RNDN);
        mpfr_rec_sqrt(a, a, MPFR_RNDN);
        mpfr_sqr(b, x, MPFR_RNDN);
        mpfr_ui_sub(y, 2, b, MPFR_RNDN);
        mpfr_mul(y, y, a, MPFR_RNDN);
        mpfr_div_si(b, b, -2, MPFR_RNDN);
        mpfr_exp(b, b, MPFR_RNDN);
        mpfr_mul(y, y, b, MPFR_RNDN);
        break;
    case SHAPE_SILU: /* with k = s(1-s) = sech^2(x/2)/4: k (2 - x tanh(x/2)) */
        mpfr_div_2ui(a, x, 1, MPFR_RNDN);
        mpfr_tanh(b, a, MPFR_RNDN);
        mpfr_mul(b, b, x, MPFR_RNDN);
        mpfr_ui_sub(y, 2, b, MPFR_RNDN);
        mpfr_sech(a, a, MPFR_RNDN);
        mpfr_div_2ui(a, a, 1, MPFR_RNDN);
        mpfr_mul(y, y, a, MPFR_RNDN);
        mpfr_mul(y, y, a, MPFR_RNDN);
        break;
    }
    mpfr_clears(a, b, (mpfr_ptr)0);
}

int activation_kinks(const struct activation *act, double kinks[2])
{
    kinks[0] = 0;
    kinks[1] = 1;
    if (act->shape == SHAPE_HARD_TANH) {
        kinks[0] = -1;
        return 2;
    }
    return act->shape == SHAPE_LEAKY || act->shape == SHAPE_ELU || act->shape == SHAPE_SOFTSIGN;
}

int activation_atoms(const struct activation *act, const mpfr_t sqrt_q, mpfr_t *value, mpfr_t *mass)
{
    switch (act->shape) {
    case SHAPE_LINEAR:
        mpfr_set_ui(value[0], 1, MPFR_RNDN);
        mpfr_set_ui(mass[0], 1, MPFR_RNDN);
        return 1;
    case SHAPE_LEAKY:
        mpfr_set_d(value[0], act->slope, MPFR_RNDN);
        mpfr_sqr(value[0], value[0], MPFR_RNDN);
        mpfr_set_d(mass[0], 0.5, MPFR_RNDN);
        mpfr_set_ui(value[1], 1, MPFR_RNDN);
        mpfr_set_d(mass[1], 0.5, MPFR_RNDN);
        return 2;
    case SHAPE_HARD_TANH: /* P(|h| > 1/sqrt(q)) = erfc(1/sqrt(2 q)) */
        mpfr_set_zero(value[0], 1);
        mpfr_set_ui(value[1], 1, MPFR_RNDN);
        mpfr_sqr(mass[0], sqrt_q, MPFR_RNDN);
        mpfr_mul_2ui(mass[0], mass[0], 1, MPFR_RNDN);
        mpfr_rec_sqrt(mass[1], mass[0], MPFR_RNDN);
        mpfr_erfc(mass[0], mass[1], MPFR_RNDN);
        mpfr_erf(mass[1], mass[1], MPFR_RNDN);
        return 2;
    case SHAPE_ELU:
        mpfr_set_d(value[0], act->scale, MPFR_RNDN);
        mpfr_sqr(value[0], value[0], MPFR_RNDN);
        mpfr_set_d(mass[0], 0.5, MPFR_RNDN);
        return 1;
    default:
        return 0;
    }
}

/* Zero of phi' (second = false) or phi'' between a and b. */
static void bisect(const struct activation *act, bool second, double a, double b, mpfr_t out)
{
    mpfr_t lo, hi, y;
    mpfr_prec_t prec = mpfr_get_prec(out);
    mpfr_inits2(prec, lo, hi, y, (mpfr_ptr)0);
    mpfr_set_d(lo, a, MPFR_RNDN);
    mpfr_set_d(hi, b, MPFR_RNDN);
    (second ? activation_curvature : activation_slope)(act, y, lo);
    int sign = mpfr_sgn(y);
    for (long i = 0; i < (long)prec + 4; i++) {
        mpfr_add(out, lo, hi, MPFR_RNDN);
        mpfr_div_2ui(out, out, 1, MPFR_RNDN);
        (second ? activation_curvature : activation_slope)(act, y, out);
        mpfr_set(mpfr_sgn(y) == sign ? lo : hi, out, MPFR_RNDN);
    }
    mpfr_clears(lo, hi, y, (mpfr_ptr)0);
}

bool activation_range(const struct activation *act, mpfr_t low, mpfr_t high)
{
    mpfr_t x;
    mpfr_init2(x, mpfr_get_prec(high));
    mpfr_set_zero(low, 1);
    mpfr_set_ui(high, 1, MPFR_RNDN);
    if (act->shape == SHAPE_SIGMOID) {
        mpfr_set_d(high, 0.0625, MPFR_RNDN);
    } else if (act->shape == SHAPE_ELU) {
        mpfr_set_d(high, act->scale, MPFR_RNDN);
        mpfr_mul_d(high, high, act->slope, MPFR_RNDN);
        mpfr_sqr(high, high, MPFR_RNDN);
    } else if (act->shape == SHAPE_GELU || act->shape == SHAPE_SILU) {
        bisect(act, true, 1, 3, x);
        activation_slope(act, high, x);
        mpfr_sqr(high, high, MPFR_RNDN);
    }
    mpfr_clear(x);
    return act->smooth != SMOOTH_NONE;
}

int activation_breaks(const struct activation *act, double reach, mpfr_t *breaks)
{
    int n = 0;
    mpfr_set_d(breaks[n++], -reach, MPFR_RNDN);
    if (act->shape == SHAPE_SIN) { /* multiples of pi/2 */
        int k_max = (int)floor(reach / 1.5707963267948966);
        for (int k = -k_max; k <= k_max; k++) {
            mpfr_const_pi(breaks[n], MPFR_RNDN);
            mpfr_mul_si(breaks[n], breaks[n], k, MPFR_RNDN);
            mpfr_div_2ui(breaks[n], breaks[n], 1, MPFR_RNDN);
            n++;
        }
    } else if (act->shape == SHAPE_GELU || act->shape == SHAPE_SILU) {
        mpfr_t x;
        mpfr_init2(x, mpfr_get_prec(breaks[0]));
        bisect(act, true, 1, 3, x);
        mpfr_neg(breaks[n++], x, MPFR_RNDN);
        bisect(act, false, -2.2, 0, breaks[n++]);
        mpfr_set(breaks[n++], x, MPFR_RNDN);
        mpfr_clear(x);
        for (int i = 1; i < n; i++) /* beyond the reach: harmless, kept in order */
            if (mpfr_cmp_d(breaks[i], reach) > 0 || mpfr_cmp_d(breaks[i], -reach) < 0)
                mpfr_set_d(breaks[i], mpfr_sgn(breaks[i]) * reach, MPFR_RNDN);
    } else if (act->smooth != SMOOTH_WHOLE) {
        mpfr_set_zero(breaks[n++], 1);
    }
    mpfr_set_d(breaks[n++], reach, MPFR_RNDN);
    return n;
}
