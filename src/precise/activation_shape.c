/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Second derivatives, kinks, flat pieces, ranges and monotone pieces of the activations.
 *
 * Maximum of |phi'|: GELU at x = sqrt(2); SiLU where phi'' = 0 near 2.4, by bisection; everything
 * else at x = 0 or towards the end of the line. Zeros of phi' (GELU, SiLU): by bisection.
 */
#include "precise_internal.h"

#include <math.h>

void fj_precise_phi_curvature(const fj_precise_phi *phi, mpfr_t y, const mpfr_t x)
{
    mpfr_t a, b;
    mpfr_inits2(mpfr_get_prec(y), a, b, (mpfr_ptr)0);
    fj_precise_phi_slope(phi, b, x);
    mpfr_set_zero(y, 1);
    switch (phi->shape) {
    case FJ_SHAPE_LINEAR:
    case FJ_SHAPE_LEAKY:
    case FJ_SHAPE_HARD_TANH:
        break;
    case FJ_SHAPE_TANH: /* -2 phi phi' */
        fj_precise_phi_value(phi, a, x);
        mpfr_mul(y, a, b, MPFR_RNDN);
        mpfr_mul_si(y, y, -2, MPFR_RNDN);
        break;
    case FJ_SHAPE_ERF: /* -pi x phi' / 2 */
        mpfr_const_pi(a, MPFR_RNDN);
        mpfr_mul(a, a, x, MPFR_RNDN);
        mpfr_mul(y, a, b, MPFR_RNDN);
        mpfr_div_si(y, y, -2, MPFR_RNDN);
        break;
    case FJ_SHAPE_SIGMOID: /* -phi' tanh(x/2) */
        mpfr_div_2ui(a, x, 1, MPFR_RNDN);
        mpfr_tanh(a, a, MPFR_RNDN);
        mpfr_mul(y, a, b, MPFR_RNDN);
        mpfr_neg(y, y, MPFR_RNDN);
        break;
    case FJ_SHAPE_ARCTAN: /* -2 x phi'^2 */
        mpfr_sqr(y, b, MPFR_RNDN);
        mpfr_mul(y, y, x, MPFR_RNDN);
        mpfr_mul_si(y, y, -2, MPFR_RNDN);
        break;
    case FJ_SHAPE_SOFTSIGN: /* -+ 2 |phi'|^(3/2) */
        mpfr_sqrt(a, b, MPFR_RNDN);
        mpfr_mul(y, a, b, MPFR_RNDN);
        mpfr_mul_si(y, y, mpfr_sgn(x) > 0 ? -2 : 2, MPFR_RNDN);
        break;
    case FJ_SHAPE_SIN:
        mpfr_sin(y, x, MPFR_RNDN);
        mpfr_neg(y, y, MPFR_RNDN);
        break;
    case FJ_SHAPE_SOFTPLUS: /* beta s (1 - s), 1 - s(x) = s(-x) */
        mpfr_neg(a, x, MPFR_RNDN);
        fj_precise_phi_slope(phi, y, a);
        mpfr_mul(y, y, b, MPFR_RNDN);
        mpfr_mul(y, y, phi->parameter, MPFR_RNDN);
        break;
    case FJ_SHAPE_ELU:
    case FJ_SHAPE_SELU:
        if (mpfr_sgn(x) <= 0)
            mpfr_set(y, b, MPFR_RNDN);
        break;
    case FJ_SHAPE_GELU: /* (2 - x^2) exp(-x^2/2) / sqrt(2 pi) */
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
    case FJ_SHAPE_SILU: /* with k = s(1-s) = sech^2(x/2)/4: k (2 - x tanh(x/2)) */
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

int fj_precise_phi_kinks(const fj_precise_phi *phi, int kinks[2])
{
    kinks[0] = 0;
    kinks[1] = 1;
    if (phi->shape == FJ_SHAPE_HARD_TANH) {
        kinks[0] = -1;
        return 2;
    }
    return phi->shape == FJ_SHAPE_LEAKY || phi->shape == FJ_SHAPE_ELU ||
           phi->shape == FJ_SHAPE_SOFTSIGN;
}

/* Masses 1/2 at a^2 and b^2, one of 1 where these are equal; a and b are destroyed. */
static int two_halves(mpfr_t a, mpfr_t b, mpfr_t *value, mpfr_t *mass)
{
    if (mpfr_cmpabs(a, b) > 0)
        mpfr_swap(a, b);
    const bool equal = mpfr_cmpabs(a, b) == 0;
    mpfr_sqr(value[0], a, MPFR_RNDN);
    mpfr_sqr(value[1], b, MPFR_RNDN);
    for (int i = 0; i < 2; i++) {
        mpfr_set_ui(mass[i], 1, MPFR_RNDN);
        if (!equal)
            mpfr_div_2ui(mass[i], mass[i], 1, MPFR_RNDN);
    }
    return equal ? 1 : 2;
}

/* q = 0: phi' on either side of 0. */
static int masses_at_zero(const fj_precise_phi *phi, mpfr_t *value, mpfr_t *mass)
{
    if (phi->shape == FJ_SHAPE_ELU) {
        mpfr_t a, b;
        mpfr_inits2(mpfr_get_prec(value[0]), a, b, (mpfr_ptr)0);
        mpfr_set(a, phi->scale, MPFR_RNDN);
        mpfr_mul(b, a, phi->parameter, MPFR_RNDN);
        const int n = two_halves(a, b, value, mass);
        mpfr_clears(a, b, (mpfr_ptr)0);
        return n;
    }
    mpfr_set_zero(value[1], 1);
    fj_precise_phi_slope(phi, value[0], value[1]);
    mpfr_sqr(value[0], value[0], MPFR_RNDN);
    mpfr_set_ui(mass[0], 1, MPFR_RNDN);
    return 1;
}

int fj_precise_phi_masses(const fj_precise_phi *phi, const mpfr_t sqrt_q, mpfr_t *value,
                          mpfr_t *mass)
{
    if (mpfr_zero_p(sqrt_q) && phi->shape != FJ_SHAPE_LEAKY)
        return masses_at_zero(phi, value, mass);
    switch (phi->shape) {
    case FJ_SHAPE_LINEAR:
        mpfr_set_ui(value[0], 1, MPFR_RNDN);
        mpfr_set_ui(mass[0], 1, MPFR_RNDN);
        return 1;
    case FJ_SHAPE_LEAKY: {
        mpfr_t a, b;
        mpfr_inits2(mpfr_get_prec(value[0]), a, b, (mpfr_ptr)0);
        mpfr_set(a, phi->parameter, MPFR_RNDN);
        mpfr_set_ui(b, 1, MPFR_RNDN);
        const int n = two_halves(a, b, value, mass);
        mpfr_clears(a, b, (mpfr_ptr)0);
        return n;
    }
    case FJ_SHAPE_HARD_TANH: /* P(|h| > 1/sqrt(q)) = erfc(1/sqrt(2 q)) */
        mpfr_set_zero(value[0], 1);
        mpfr_set_ui(value[1], 1, MPFR_RNDN);
        mpfr_sqr(mass[0], sqrt_q, MPFR_RNDN);
        mpfr_mul_2ui(mass[0], mass[0], 1, MPFR_RNDN);
        mpfr_rec_sqrt(mass[1], mass[0], MPFR_RNDN);
        mpfr_erfc(mass[0], mass[1], MPFR_RNDN);
        mpfr_erf(mass[1], mass[1], MPFR_RNDN);
        return 2;
    case FJ_SHAPE_ELU:
        mpfr_sqr(value[0], phi->scale, MPFR_RNDN);
        mpfr_set_d(mass[0], 0.5, MPFR_RNDN);
        return 1;
    default:
        return 0;
    }
}

/* Zero of phi' (second = false) or phi'' between a and b. */
static void bisect(const fj_precise_phi *phi, bool second, double a, double b, mpfr_t out)
{
    mpfr_t lo, hi, y;
    mpfr_prec_t prec = mpfr_get_prec(out);
    mpfr_inits2(prec, lo, hi, y, (mpfr_ptr)0);
    mpfr_set_d(lo, a, MPFR_RNDN);
    mpfr_set_d(hi, b, MPFR_RNDN);
    (second ? fj_precise_phi_curvature : fj_precise_phi_slope)(phi, y, lo);
    int sign = mpfr_sgn(y);
    for (long i = 0; i < (long)prec + 4; i++) {
        mpfr_add(out, lo, hi, MPFR_RNDN);
        mpfr_div_2ui(out, out, 1, MPFR_RNDN);
        (second ? fj_precise_phi_curvature : fj_precise_phi_slope)(phi, y, out);
        mpfr_set(mpfr_sgn(y) == sign ? lo : hi, out, MPFR_RNDN);
    }
    mpfr_clears(lo, hi, y, (mpfr_ptr)0);
}

/* Where phi' is largest, GELU at sqrt(2), SiLU near 2.4. */
static bool top(const fj_precise_phi *phi, mpfr_t x)
{
    if (phi->shape == FJ_SHAPE_GELU)
        mpfr_sqrt_ui(x, 2, MPFR_RNDN);
    else if (phi->shape == FJ_SHAPE_SILU)
        bisect(phi, true, 1, 3, x);
    else
        return false;
    return true;
}

bool fj_precise_phi_zero(const fj_precise_phi *phi, mpfr_t x)
{
    if (phi->shape != FJ_SHAPE_GELU && phi->shape != FJ_SHAPE_SILU)
        return false;
    bisect(phi, false, -2.2, 0, x);
    return true;
}

bool fj_precise_phi_range(const fj_precise_phi *phi, mpfr_t high)
{
    mpfr_t x;
    mpfr_init2(x, mpfr_get_prec(high));
    mpfr_set_ui(high, 1, MPFR_RNDN);
    if (phi->shape == FJ_SHAPE_SIGMOID) {
        mpfr_set_d(high, 0.0625, MPFR_RNDN);
    } else if (phi->shape == FJ_SHAPE_ELU) {
        mpfr_mul(high, phi->scale, phi->parameter, MPFR_RNDN);
        mpfr_sqr(high, high, MPFR_RNDN);
    } else if (top(phi, x)) {
        fj_precise_phi_slope(phi, high, x);
        mpfr_sqr(high, high, MPFR_RNDN);
    }
    mpfr_clear(x);
    return phi->smooth != FJ_SMOOTH_NONE;
}

fj_status fj_precise_phi_breaks(const fj_precise_phi *phi, double reach, mpfr_prec_t prec,
                                mpfr_t **breaks, size_t *n)
{
    const long quarters = phi->shape == FJ_SHAPE_SIN ? (long)floor(reach / M_PI_2) : 0;
    const size_t room = 5 + 2 * (size_t)quarters;
    mpfr_t *x = fj_precise_array(room, prec);
    size_t k = 0;
    *breaks = x;
    *n = 0;
    if (!x)
        return FJ_NO_MEMORY;
    mpfr_set_d(x[k++], -reach, MPFR_RNDN);
    if (phi->shape == FJ_SHAPE_SIN) { /* multiples of pi/2 */
        for (long i = -quarters; i <= quarters; i++) {
            mpfr_const_pi(x[k], MPFR_RNDN);
            mpfr_mul_si(x[k], x[k], i, MPFR_RNDN);
            mpfr_div_2ui(x[k], x[k], 1, MPFR_RNDN);
            k++;
        }
    } else if (top(phi, x[k])) {
        mpfr_set(x[k + 2], x[k], MPFR_RNDN);
        mpfr_neg(x[k], x[k], MPFR_RNDN);
        fj_precise_phi_zero(phi, x[k + 1]);
        k += 3;
        for (size_t i = 1; i < k; i++) /* beyond the reach: harmless, kept in order */
            if (mpfr_cmp_d(x[i], reach) > 0 || mpfr_cmp_d(x[i], -reach) < 0)
                mpfr_set_d(x[i], mpfr_sgn(x[i]) * reach, MPFR_RNDN);
    } else if (phi->smooth != FJ_SMOOTH_WHOLE) {
        mpfr_set_zero(x[k++], 1);
    }
    mpfr_set_d(x[k++], reach, MPFR_RNDN);
    *n = room; /* all of them, for the end of the array */
    for (; k < room; k++)
        mpfr_set_d(x[k], reach, MPFR_RNDN);
    return FJ_OK;
}
