/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * log z(u) for L identical layers, and the bracket in theta. THEORY 3.1, 3.2.
 *
 * 1. log z = log((1+m)/m) + L [log chi + log(m u/mu_1) + (g-1) log(1+m)], in long double at large u with
 *    the logarithms of 1 + x that transform_quick.c prepares.
 * 2. d log z/d log u = [m + E y^2 - L (1+m) E y^2]/(m (1+m)) (gaussian), with E[(y-m)^2] for the second
 *    E y^2 (1+m) (orthogonal); y = t/(u-t).
 * 3. At fixed r = |u| the function arg z(r exp(i theta))/sin(theta) increases with theta in (0, pi).
 *    It is bracketed in psi = log tan(theta/2), so that theta near 0 or near pi keeps its digits,
 *    and closed in on by regula falsi (Illinois) with bisection as a fallback, in long double.
 */
#include "precise_internal.h"

#include <math.h>

/* theta from 1e-520, taken as outside below, to pi - 1e-30. */
static const long double PSI_LOW = -1200, PSI_HIGH = 70, PI = 3.14159265358979323846L;

void fj_precise_layers_init(fj_precise_layers *layers, const fj_precise_law *law, bool gaussian,
                            long depth)
{
    layers->gaussian = gaussian;
    layers->depth = depth;
    mpfr_inits2(law->rule->plan.prec, layers->sigma_w, layers->log_chi, (mpfr_ptr)0);
    mpfr_rec_sqrt(layers->sigma_w, law->mu_1, MPFR_RNDN);
    mpfr_set_zero(layers->log_chi, 1);
    layers->llog_chi = 0;
}

void fj_precise_layers_move(fj_precise_layers *layers, const fj_precise_law *law,
                            const mpfr_t sigma_w)
{
    mpfr_set(layers->sigma_w, sigma_w, MPFR_RNDN);
    mpfr_sqr(layers->log_chi, sigma_w, MPFR_RNDN);
    mpfr_mul(layers->log_chi, layers->log_chi, law->mu_1, MPFR_RNDN);
    mpfr_log(layers->log_chi, layers->log_chi, MPFR_RNDN);
    layers->llog_chi = mpfr_get_ld(layers->log_chi, MPFR_RNDN);
}

void fj_precise_layers_clear(fj_precise_layers *layers)
{
    mpfr_clears(layers->sigma_w, layers->log_chi, (mpfr_ptr)0);
}

/*
 * Adds factor * log(x). The argument is kept as a multiple of pi and a small rest, so that
 * arguments next to -pi cancel exactly and arg z keeps its digits when theta is tiny.
 */
static void quick_log(long double complex x, long factor, long double *re, long double *im,
                      long *turns)
{
    if (creall(x) < 0) {
        *turns += cimagl(x) > 0 ? factor : -factor;
        x = -x;
    }
    *re += factor * logl(hypotl(creall(x), cimagl(x)));
    *im += factor * atan2l(cimagl(x), creall(x));
}

/* The same in MPFR: sum += factor * log(x); x is destroyed. */
static void exact_log(mpc_t sum, mpc_t x, long factor, long *turns)
{
    if (mpfr_sgn(mpc_realref(x)) < 0) {
        *turns += mpfr_sgn(mpc_imagref(x)) > 0 ? factor : -factor;
        mpc_neg(x, x, MPC_RNDNN);
    }
    mpc_log(x, x, MPC_RNDNN);
    mpc_mul_si(x, x, factor, MPC_RNDNN);
    mpc_add(sum, sum, x, MPC_RNDNN);
}

/* The same for 1 + x, with the digits of a small x. */
static void quick_log1p(long double complex x, long factor, long double *re, long double *im,
                        long *turns)
{
    const long double a = creall(x), b = cimagl(x);
    if (a < -0.5L) {
        quick_log(1 + x, factor, re, im, turns);
        return;
    }
    *re += factor * 0.5L * log1pl(2 * a + a * a + b * b);
    *im += factor * atan2l(b, 1 + a);
}

void fj_precise_equation_quick(fj_precise_law *law, const fj_precise_layers *layers,
                               fj_precise_quick_point *p)
{
    const long double e = expl(-fabsl(p->psi)), r = expl(p->log_r);
    const long double c = (1 - e * e) / (1 + e * e), sine = 2 * e / (1 + e * e);
    const long double complex u = fj_make_complex(p->psi < 0 ? r * c : -r * c, r * sine);
    fj_precise_quick k;
    fj_precise_transform_quick(law, u, &k);
    long double re = 0, im = 0;
    long turns = 0;
    quick_log(k.one_m, 1, &re, &im, &turns);
    quick_log(k.m, -1, &re, &im, &turns);
    if (!k.near) {
        quick_log1p(layers->gaussian ? k.x : k.x_free, layers->depth, &re, &im, &turns);
    } else {
        quick_log(k.mu / law->lmu_1, layers->depth, &re, &im, &turns);
        if (!layers->gaussian)
            quick_log(k.one_m, -layers->depth, &re, &im, &turns);
    }
    p->log_z = fj_make_complex(re + layers->depth * layers->llog_chi, im + PI * turns);
    const long double complex spread = layers->gaussian ? k.y2 * k.one_m : k.variance;
    p->slope = (k.m_y2 - layers->depth * spread) / (k.m * k.one_m);
    p->m = k.m;
    p->one_m = k.one_m;
}

bool fj_precise_equation_bracket(fj_precise_law *law, const fj_precise_layers *layers,
                                 fj_precise_quick_point *p)
{
    fj_precise_quick_point low = *p, high, mid;
    long double f_low, f_high, step = 0.5L;
    fj_precise_equation_quick(law, layers, &low);
    high = low;
    while (cimagl(low.log_z) > 0) {
        high = low;
        if (low.psi <= PSI_LOW) /* theta below 1e-40: taken as outside */
            return false;
        low.psi = fmaxl(low.psi - step, PSI_LOW);
        step *= 2;
        fj_precise_equation_quick(law, layers, &low);
    }
    while (cimagl(high.log_z) <= 0) {
        low = high;
        if (high.psi > PSI_HIGH)
            return false;
        high.psi += step;
        step *= 2;
        fj_precise_equation_quick(law, layers, &high);
    }
    /* arg z / sin(theta), up to a factor 2 */
    f_low = cimagl(low.log_z) * coshl(low.psi);
    f_high = cimagl(high.log_z) * coshl(high.psi);
    int side = 0;
    for (int i = 0; i < 100 && high.psi - low.psi > 1e-14L; i++) {
        mid = low;
        mid.psi = (low.psi * f_high - high.psi * f_low) / (f_high - f_low);
        if (i % 6 == 5 || !(mid.psi > low.psi && mid.psi < high.psi))
            mid.psi = (low.psi + high.psi) / 2;
        fj_precise_equation_quick(law, layers, &mid);
        long double f = cimagl(mid.log_z) * coshl(mid.psi);
        if (fabsl(f) < 1e-17L * (fabsl(f_low) + fabsl(f_high)) || f == 0) {
            *p = mid;
            return !law->status;
        }
        if (f < 0) {
            low = mid;
            f_low = f;
            if (side == -1)
                f_high /= 2;
            side = -1;
        } else {
            high = mid;
            f_high = f;
            if (side == 1)
                f_low /= 2;
            side = 1;
        }
    }
    *p = low;
    return !law->status;
}

void fj_precise_equation_log_z(fj_precise_law *law, const fj_precise_layers *layers, const mpc_t u,
                               mpc_t log_z, mpc_t slope, mpc_t m, mpc_t one_m)
{
    mpfr_prec_t prec = law->rule->plan.prec;
    mpc_t a, b, dm;
    mpc_init2(a, prec);
    mpc_init2(b, prec);
    mpc_init2(dm, prec);
    fj_precise_transform_exact(law, u, m, one_m, slope ? dm : NULL);
    mpc_mul(one_m, one_m, u, MPC_RNDNN); /* 1 + m = u g, Im(1+m) = Im m */
    mpfr_set(mpc_imagref(one_m), mpc_imagref(m), MPFR_RNDN);
    if (slope) { /* u dm [1/(1+m) - 1/m + L (1/m + (g-1)/(1+m))] + L */
        mpc_mul(a, m, one_m, MPC_RNDNN);
        mpc_ui_div(a, 1, a, MPC_RNDNN);
        if (layers->gaussian) {
            mpc_ui_div(slope, layers->depth, m, MPC_RNDNN);
            mpc_sub(slope, slope, a, MPC_RNDNN);
        } else {
            mpc_mul_si(slope, a, layers->depth - 1, MPC_RNDNN);
        }
        mpc_mul(slope, slope, dm, MPC_RNDNN);
        mpc_mul(slope, slope, u, MPC_RNDNN);
        mpfr_add_si(mpc_realref(slope), mpc_realref(slope), layers->depth, MPFR_RNDN);
    }
    long turns = 0;
    mpc_set_ui(log_z, 0, MPC_RNDNN);
    mpc_mul(a, m, u, MPC_RNDNN); /* L (log(m u) - log mu_1) */
    exact_log(log_z, a, layers->depth, &turns);
    mpfr_mul_si(mpc_realref(b), law->log_mu_1, layers->depth, MPFR_RNDN);
    mpfr_sub(mpc_realref(log_z), mpc_realref(log_z), mpc_realref(b), MPFR_RNDN);
    mpfr_mul_si(mpc_realref(b), layers->log_chi, layers->depth, MPFR_RNDN);
    mpfr_add(mpc_realref(log_z), mpc_realref(log_z), mpc_realref(b), MPFR_RNDN);
    mpc_set(a, one_m, MPC_RNDNN); /* (1 + L (g-1)) log(1+m) */
    exact_log(log_z, a, layers->gaussian ? 1 : 1 - layers->depth, &turns);
    mpc_set(a, m, MPC_RNDNN);
    exact_log(log_z, a, -1, &turns);
    mpfr_const_pi(mpc_imagref(b), MPFR_RNDN);
    mpfr_mul_si(mpc_imagref(b), mpc_imagref(b), turns, MPFR_RNDN);
    mpfr_add(mpc_imagref(log_z), mpc_imagref(log_z), mpc_imagref(b), MPFR_RNDN);
    mpc_clear(a);
    mpc_clear(b);
    mpc_clear(dm);
}
