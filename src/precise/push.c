/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Depth 1 with orthogonal weights: s = sigma_w |phi'(sqrt(q) h)|, the push-forward of the gaussian.
 *
 * 1. Cut the line where phi' stops being monotone or changes sign.
 * 2. On each piece at most one h has |phi'| = y = s/sigma_w: bisection, then two steps of Newton; by the
 *    arccosine for sin.
 * 3. density = sum gaussian(h) / (sigma_w |phi''| sqrt(q)); cdf = P(|phi'| < y), with the flat
 *    pieces below y.
 */
#include "precise_internal.h"

#include <math.h>

/* x of sin at most: periods are counted one by one. */
static const double MOST_PERIODS = 3e5;

/* P(h < x/sqrt(q)) */
static void below(const fj_precise_law *law, const mpfr_t x, mpfr_t out)
{
    mpfr_t a;
    mpfr_init2(a, law->rule->plan.prec);
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
static void excess(const fj_precise_law *law, const mpfr_t x, const mpfr_t y, mpfr_t out)
{
    fj_precise_phi_slope(&law->phi, out, x);
    mpfr_abs(out, out, MPFR_RNDN);
    mpfr_sub(out, out, y, MPFR_RNDN);
}

/* x in (a, b) with |phi'(x)| = y; the signs at the ends differ. */
static void crossing(const fj_precise_law *law, const mpfr_t a, const mpfr_t b, const mpfr_t y,
                     mpfr_t x)
{
    mpfr_t low, high, f, d;
    mpfr_inits2(law->rule->plan.prec, low, high, f, d, (mpfr_ptr)0);
    if (law->phi.shape == FJ_SHAPE_SIN) { /* a multiple of pi, and the arccosine on either side */
        mpfr_acos(f, y, MPFR_RNDN);
        excess(law, a, y, d);
        if (mpfr_sgn(d) > 0)
            mpfr_add(x, a, f, MPFR_RNDN);
        else
            mpfr_sub(x, b, f, MPFR_RNDN);
        mpfr_clears(low, high, f, d, (mpfr_ptr)0);
        return;
    }
    mpfr_set(low, a, MPFR_RNDN);
    mpfr_set(high, b, MPFR_RNDN);
    excess(law, low, y, f);
    int sign = mpfr_sgn(f);
    for (long i = 0; i < (long)law->rule->plan.prec + 8; i++) {
        mpfr_add(x, low, high, MPFR_RNDN);
        mpfr_div_2ui(x, x, 1, MPFR_RNDN);
        excess(law, x, y, f);
        mpfr_set(mpfr_sgn(f) == sign ? low : high, x, MPFR_RNDN);
    }
    for (int i = 0; i < 2; i++) { /* bisection ends at absolute accuracy: finish relatively */
        excess(law, x, y, f);
        fj_precise_phi_slope(&law->phi, d, x);
        int side = mpfr_sgn(d);
        fj_precise_phi_curvature(&law->phi, d, x);
        mpfr_mul_si(d, d, side, MPFR_RNDN);
        if (mpfr_zero_p(d))
            break;
        mpfr_div(f, f, d, MPFR_RNDN);
        mpfr_sub(x, x, f, MPFR_RNDN);
    }
    mpfr_clears(low, high, f, d, (mpfr_ptr)0);
}

static void add_density(const fj_precise_law *law, const mpfr_t x, mpfr_t density)
{
    mpfr_t h, d;
    mpfr_inits2(law->rule->plan.prec, h, d, (mpfr_ptr)0);
    mpfr_div(h, x, law->sqrt_q, MPFR_RNDN);
    mpfr_sqr(h, h, MPFR_RNDN);
    mpfr_div_si(h, h, -2, MPFR_RNDN);
    mpfr_exp(h, h, MPFR_RNDN);
    fj_precise_phi_curvature(&law->phi, d, x);
    mpfr_div(h, h, d, MPFR_RNDN);
    mpfr_abs(h, h, MPFR_RNDN);
    mpfr_add(density, density, h, MPFR_RNDN);
    mpfr_clears(h, d, (mpfr_ptr)0);
}

/* Breaks of one piece between which |phi'| < y holds at one end or both; what it adds. */
static void add_piece(const fj_precise_law *law, mpfr_t *breaks, size_t i, size_t n, const mpfr_t y,
                      mpfr_t density, mpfr_t cdf)
{
    mpfr_t fa, fb, x;
    mpfr_inits2(law->rule->plan.prec, fa, fb, x, (mpfr_ptr)0);
    excess(law, breaks[i], y, fa);
    excess(law, breaks[i + 1], y, fb);
    const bool in_a = mpfr_sgn(fa) < 0, in_b = mpfr_sgn(fb) < 0;
    if (in_a || in_b) {
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
        below(law, fb, x);
        mpfr_add(cdf, cdf, x, MPFR_RNDN);
        below(law, fa, x);
        mpfr_sub(cdf, cdf, x, MPFR_RNDN);
    }
    mpfr_clears(fa, fb, x, (mpfr_ptr)0);
}

/* Beyond -reach and reach |phi'| stays on the side of y it is on at infinity. */
static double reach_for(const fj_precise_law *law, const mpfr_t y)
{
    enum { MOST = 1000 };
    /* |h| of more than this has no weight; for sin that is enough */
    const double far = law->rule->plan.reach + 16;
    double reach = far * fmax(mpfr_get_d(law->sqrt_q, MPFR_RNDN), 1e-3);
    if (law->phi.shape == FJ_SHAPE_SIN)
        return reach;
    const int right = law->smooth == FJ_SMOOTH_WHOLE ? -mpfr_cmp_ui(y, 1) : -1;
    mpfr_t x, f;
    mpfr_inits2(law->rule->plan.prec, x, f, (mpfr_ptr)0);
    for (int round = 0; round < MOST; round++) {
        mpfr_set_d(x, -reach, MPFR_RNDN);
        excess(law, x, y, f);
        bool good = mpfr_sgn(f) < 0;
        mpfr_neg(x, x, MPFR_RNDN);
        excess(law, x, y, f);
        good = good && (law->smooth == FJ_SMOOTH_NEGATIVE || right == 0 || mpfr_sgn(f) * right > 0);
        if (good)
            break;
        reach *= 2;
    }
    mpfr_clears(x, f, (mpfr_ptr)0);
    return reach;
}

/* The flat pieces with |phi'| <= y, up to rounding. */
static void add_masses(const fj_precise_law *law, const mpfr_t y, mpfr_t cdf)
{
    mpfr_t most;
    mpfr_init2(most, law->rule->plan.prec);
    mpfr_sqr(most, y, MPFR_RNDN);
    for (int i = 0; i < law->n_masses; i++)
        if (mpfr_cmp(law->value[i], most) <= 0 || fj_precise_near(law->value[i], most, law))
            mpfr_add(cdf, cdf, law->mass[i], MPFR_RNDN);
    mpfr_clear(most);
}

fj_status fj_precise_push_at(const fj_precise_law *law, const mpfr_t y, mpfr_t density, mpfr_t cdf)
{
    const mpfr_prec_t prec = law->rule->plan.prec;
    const double reach = reach_for(law, y);
    if (!isfinite(reach) || (law->phi.shape == FJ_SHAPE_SIN && reach > MOST_PERIODS))
        return FJ_NO_CONVERGENCE;
    mpfr_t *breaks, p;
    size_t n;
    if (fj_precise_phi_breaks(&law->phi, reach, prec, &breaks, &n) != FJ_OK)
        return FJ_NO_MEMORY;
    mpfr_init2(p, prec);
    mpfr_set_zero(density, 1);
    mpfr_set_zero(cdf, 1);
    for (size_t i = 0; i + 1 < n; i++) {
        if (law->smooth == FJ_SMOOTH_NEGATIVE && mpfr_sgn(breaks[i]) >= 0)
            break;
        if (mpfr_cmp(breaks[i], breaks[i + 1]) < 0)
            add_piece(law, breaks, i, n, y, density, cdf);
    }
    add_masses(law, y, cdf);
    mpfr_const_pi(p, MPFR_RNDN); /* density: 1/sqrt(2 pi) / sqrt(q) */
    mpfr_mul_2ui(p, p, 1, MPFR_RNDN);
    mpfr_rec_sqrt(p, p, MPFR_RNDN);
    mpfr_mul(density, density, p, MPFR_RNDN);
    mpfr_div(density, density, law->sqrt_q, MPFR_RNDN);
    mpfr_clear(p);
    fj_precise_array_free(breaks, n);
    return FJ_OK;
}
