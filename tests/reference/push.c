/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Depth 1 with orthogonal weights: s = sigma_w |phi'(sqrt(q) h)|, the push-forward of the gaussian.
 *
 * 1. Cut the line where phi' stops being monotone or changes sign.
 * 2. On each piece at most one h has |phi'| = y = s sqrt(mu_1): bisection, then Newton kept inside
 *    the bracket.
 * 3. density = sum gaussian(h) sqrt(mu_1) / (|phi''| sqrt(q)); cdf = P(|phi'| < y), with the flat
 *    pieces below y.
 */
#include "reference.h"
#include <math.h>

bool push_has_continuous_part(const struct activation *act)
{
    return act->smooth != SMOOTH_NONE;
}

/* P(h < x/sqrt(q)) */
static void below(const struct law *law, const mpfr_t x, mpfr_t out)
{
    mpfr_t a;
    mpfr_init2(a, law->rule->prec);
    mpfr_sqr(a, law->sqrt_q, MPFR_RNDN);
    mpfr_mul_2ui(a, a, 1, MPFR_RNDN);
    mpfr_rec_sqrt(a, a, MPFR_RNDN);
    mpfr_mul(a, a, x, MPFR_RNDN);
    mpfr_neg(a, a, MPFR_RNDN);
    mpfr_erfc(out, a, MPFR_RNDN);
    mpfr_div_2ui(out, out, 1, MPFR_RNDN);
    mpfr_clear(a);
}

/* |phi'(x)| - y */
static void excess(const struct law *law, const mpfr_t x, const mpfr_t y, mpfr_t out)
{
    activation_slope(law->act, out, x);
    mpfr_abs(out, out, MPFR_RNDN);
    mpfr_sub(out, out, y, MPFR_RNDN);
}

/* x in (a, b) with |phi'(x)| = y; the signs at the ends differ. */
static void crossing(const struct law *law, const mpfr_t a, const mpfr_t b, const mpfr_t y,
                     mpfr_t x)
{
    mpfr_t low, high, f, d;
    mpfr_inits2(law->rule->prec, low, high, f, d, (mpfr_ptr)0);
    mpfr_set(low, a, MPFR_RNDN);
    mpfr_set(high, b, MPFR_RNDN);
    excess(law, low, y, f);
    int sign = mpfr_sgn(f);
    for (long i = 0; i < (long)law->rule->prec + 8; i++) {
        mpfr_add(x, low, high, MPFR_RNDN);
        mpfr_div_2ui(x, x, 1, MPFR_RNDN);
        excess(law, x, y, f);
        mpfr_set(mpfr_sgn(f) == sign ? low : high, x, MPFR_RNDN);
    }
    for (int i = 0; i < 2; i++) { /* bisection ends at absolute accuracy: finish relatively */
        excess(law, x, y, f);
        activation_slope(law->act, d, x);
        int side = mpfr_sgn(d);
        activation_curvature(law->act, d, x);
        mpfr_mul_si(d, d, side, MPFR_RNDN);
        if (mpfr_zero_p(d))
            break;
        mpfr_div(f, f, d, MPFR_RNDN);
        mpfr_sub(x, x, f, MPFR_RNDN);
    }
    mpfr_clears(low, high, f, d, (mpfr_ptr)0);
}

static void add_density(const struct law *law, const mpfr_t x, mpfr_t density)
{
    mpfr_t h, d;
    mpfr_inits2(law->rule->prec, h, d, (mpfr_ptr)0);
    mpfr_div(h, x, law->sqrt_q, MPFR_RNDN);
    mpfr_sqr(h, h, MPFR_RNDN);
    mpfr_div_si(h, h, -2, MPFR_RNDN);
    mpfr_exp(h, h, MPFR_RNDN);
    activation_curvature(law->act, d, x);
    mpfr_div(h, h, d, MPFR_RNDN);
    mpfr_abs(h, h, MPFR_RNDN);
    mpfr_add(density, density, h, MPFR_RNDN);
    mpfr_clears(h, d, (mpfr_ptr)0);
}

bool push_at(const struct law *law, const mpfr_t y, mpfr_t density, mpfr_t cdf)
{
    mpfr_prec_t prec = law->rule->prec;
    mpfr_t breaks[MAX_BREAKS], fa, fb, x, p;
    double reach = 36 * mpfr_get_d(law->sqrt_q, MPFR_RNDN);
    bool half = law->act->smooth == SMOOTH_NEGATIVE;
    if (law->act->shape ==
        SHAPE_SIN) /* a break every pi/2 on both sides; beyond q = 100 some tails are cut */
        reach = fmin(reach, (MAX_BREAKS - 8) * M_PI / 4);
    for (int i = 0; i < MAX_BREAKS; i++)
        mpfr_init2(breaks[i], prec);
    mpfr_inits2(prec, fa, fb, x, p, (mpfr_ptr)0);
    int n = activation_breaks(law->act, reach, breaks);
    mpfr_set_zero(density, 1);
    mpfr_set_zero(cdf, 1);
    for (int i = 0; i + 1 < n; i++) {
        if (half && mpfr_sgn(breaks[i]) >= 0)
            break;
        if (mpfr_cmp(breaks[i], breaks[i + 1]) >= 0)
            continue;
        excess(law, breaks[i], y, fa);
        excess(law, breaks[i + 1], y, fb);
        bool in_a = mpfr_sgn(fa) < 0, in_b = mpfr_sgn(fb) < 0;
        if (!in_a && !in_b)
            continue;
        mpfr_set(fa, breaks[i], MPFR_RNDN); /* the sub-interval where |phi'| < y */
        mpfr_set(fb, breaks[i + 1], MPFR_RNDN);
        if (in_a != in_b) {
            crossing(law, breaks[i], breaks[i + 1], y, x);
            add_density(law, x, density);
            mpfr_set(in_a ? fb : fa, x, MPFR_RNDN);
        }
        if (i == 0 && in_a) /* the tail beyond the reach */
            mpfr_set_inf(fa, -1);
        if (i + 2 == n && in_b)
            mpfr_set_inf(fb, 1);
        if (mpfr_sgn(fa) > 0) { /* upper tail: by reflection */
            mpfr_neg(x, fa, MPFR_RNDN);
            mpfr_neg(fa, fb, MPFR_RNDN);
            mpfr_set(fb, x, MPFR_RNDN);
        }
        below(law, fb, p);
        mpfr_add(cdf, cdf, p, MPFR_RNDN);
        below(law, fa, p);
        mpfr_sub(cdf, cdf, p, MPFR_RNDN);
    }
    for (int i = 0; i < law->n_atoms; i++) {
        mpfr_sqr(x, y, MPFR_RNDN);
        if (mpfr_cmp(law->value[i], x) < 0)
            mpfr_add(cdf, cdf, law->mass[i], MPFR_RNDN);
    }
    /* density: 1/sqrt(2 pi) / sqrt(q) */
    mpfr_const_pi(p, MPFR_RNDN);
    mpfr_mul_2ui(p, p, 1, MPFR_RNDN);
    mpfr_rec_sqrt(p, p, MPFR_RNDN);
    mpfr_mul(density, density, p, MPFR_RNDN);
    mpfr_div(density, density, law->sqrt_q, MPFR_RNDN);
    for (int i = 0; i < MAX_BREAKS; i++)
        mpfr_clear(breaks[i]);
    mpfr_clears(fa, fb, x, p, (mpfr_ptr)0);
    return mpfr_sgn(density) > 0;
}

bool push_density(const struct law *law, double s, mpfr_t density, mpfr_t cdf)
{
    mpfr_t root, y;
    mpfr_inits2(law->rule->prec, root, y, (mpfr_ptr)0);
    mpfr_sqrt(root, law->mu_1, MPFR_RNDN);
    mpfr_mul_d(y, root, s, MPFR_RNDN);
    bool good = push_at(law, y, density, cdf);
    mpfr_mul(density, density, root, MPFR_RNDN);
    mpfr_clears(root, y, (mpfr_ptr)0);
    return good;
}
