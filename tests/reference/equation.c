/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * log z(u) for L identical layers on the critical line, log sigma_w^2 = -log mu_1, and its root.
 * THEORY 3.1 to 3.3.
 *
 * 1. At fixed r = |u| the function arg z(r exp(i theta))/sin(theta) increases with theta in (0, pi).
 *    It is bracketed in psi = log tan(theta/2), so that theta near 0 or near pi keeps its digits,
 *    and closed in on by regula falsi (Illinois) with bisection as a fallback, in long double.
 * 2. At a given s, Newton in w = log u on log z = 2 log s, in MPFR, from that root.
 * 3. The result counts when u is in the upper half plane and log z, with principal logarithms, is
 *    2 log s: by the monotonicity there is only one such u.
 * 4. density = -2 Im m / (pi s);  cdf = 1 + (arg(1+m) - L Im J)/pi with J = m + k (gaussian) or
 *    log(1+m) + k (orthogonal), k = E log(1-t/u): THEORY 3.3 with its terms collected.
 */
#include "reference.h"

#include <math.h>

static const long double PSI_LOW = -92, PSI_HIGH = 70, PI = 3.14159265358979323846L;

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

void equation_quick(struct law *law, const struct network *net, struct quick_point *p)
{
    long double e = expl(-fabsl(p->psi)), r = expl(p->log_r);
    long double c = (1 - e * e) / (1 + e * e), sine = 2 * e / (1 + e * e);
    long double complex u = make_complex(p->psi < 0 ? r * c : -r * c, r * sine);
    struct quick k;
    transform_quick(law, u, &k);
    long double depth = net->depth, re = 0, im = 0;
    long turns = 0;
    quick_log(k.one_m, net->gaussian ? 1 : 1 - net->depth, &re, &im, &turns);
    quick_log(k.m, -1, &re, &im, &turns);
    quick_log(k.mu, net->depth, &re, &im, &turns);
    p->log_z = make_complex(re - depth * logl(law->lmu_1), im + PI * turns);
    /* 1/(1+m) - 1/m + L (1/m + (g-1)/(1+m)) without its cancellation at large m */
    long double complex a =
        net->gaussian ? depth / k.m - 1 / (k.m * k.one_m) : (depth - 1) / (k.m * k.one_m);
    p->slope = u * k.dm * a + depth;
    p->m = k.m;
    p->one_m = k.one_m;
}

bool equation_bracket(struct law *law, const struct network *net, struct quick_point *p)
{
    struct quick_point low = *p, high, mid;
    long double f_low, f_high, step = 0.5L;
    equation_quick(law, net, &low);
    high = low;
    while (cimagl(low.log_z) > 0) {
        high = low;
        if (low.psi <= PSI_LOW) /* theta below 1e-40: taken as outside */
            return false;
        low.psi = fmaxl(low.psi - step, PSI_LOW);
        step *= 2;
        equation_quick(law, net, &low);
    }
    while (cimagl(high.log_z) <= 0) {
        low = high;
        if (high.psi > PSI_HIGH)
            return false;
        high.psi += step;
        step *= 2;
        equation_quick(law, net, &high);
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
        equation_quick(law, net, &mid);
        long double f = cimagl(mid.log_z) * coshl(mid.psi);
        if (fabsl(f) < 1e-17L * (fabsl(f_low) + fabsl(f_high)) || f == 0) {
            *p = mid;
            return !law->failed;
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
    return !law->failed;
}

void equation_log_z(struct law *law, const struct network *net, const mpc_t u, mpc_t log_z,
                    mpc_t slope, mpc_t m, mpc_t one_m)
{
    mpfr_prec_t prec = law->rule->prec;
    mpc_t a, b, dm;
    mpc_init2(a, prec);
    mpc_init2(b, prec);
    mpc_init2(dm, prec);
    transform_exact(law, u, m, one_m, slope ? dm : NULL);
    mpc_mul(one_m, one_m, u, MPC_RNDNN); /* 1 + m = u g, Im(1+m) = Im m */
    mpfr_set(mpc_imagref(one_m), mpc_imagref(m), MPFR_RNDN);
    if (slope) { /* u dm [1/(1+m) - 1/m + L (1/m + (g-1)/(1+m))] + L */
        mpc_mul(a, m, one_m, MPC_RNDNN);
        mpc_ui_div(a, 1, a, MPC_RNDNN);
        if (net->gaussian) {
            mpc_ui_div(slope, net->depth, m, MPC_RNDNN);
            mpc_sub(slope, slope, a, MPC_RNDNN);
        } else {
            mpc_mul_si(slope, a, net->depth - 1, MPC_RNDNN);
        }
        mpc_mul(slope, slope, dm, MPC_RNDNN);
        mpc_mul(slope, slope, u, MPC_RNDNN);
        mpfr_add_si(mpc_realref(slope), mpc_realref(slope), net->depth, MPFR_RNDN);
    }
    long turns = 0;
    mpc_set_ui(log_z, 0, MPC_RNDNN);
    mpc_mul(a, m, u, MPC_RNDNN); /* L (log(m u) - log mu_1) */
    exact_log(log_z, a, net->depth, &turns);
    mpfr_mul_si(mpc_realref(b), law->log_mu_1, net->depth, MPFR_RNDN);
    mpfr_sub(mpc_realref(log_z), mpc_realref(log_z), mpc_realref(b), MPFR_RNDN);
    mpc_set(a, one_m, MPC_RNDNN); /* (1 + L (g-1)) log(1+m) */
    exact_log(log_z, a, net->gaussian ? 1 : 1 - net->depth, &turns);
    mpc_set(a, m, MPC_RNDNN);
    exact_log(log_z, a, -1, &turns);
    mpfr_const_pi(mpc_imagref(b), MPFR_RNDN);
    mpfr_mul_si(mpc_imagref(b), mpc_imagref(b), turns, MPFR_RNDN);
    mpfr_add(mpc_imagref(log_z), mpc_imagref(log_z), mpc_imagref(b), MPFR_RNDN);
    mpc_clear(a);
    mpc_clear(b);
    mpc_clear(dm);
}

static void density_and_cdf(struct law *law, const struct network *net, double s, const mpc_t u,
                            const mpc_t m, const mpc_t one_m, mpfr_t density, mpfr_t cdf)
{
    mpc_t k;
    mpfr_t a, pi;
    mpc_init2(k, law->rule->prec);
    mpfr_inits2(law->rule->prec, a, pi, (mpfr_ptr)0);
    transform_log(law, u, k);
    mpfr_const_pi(pi, MPFR_RNDN);
    mpfr_atan2(a, mpc_imagref(one_m), mpc_realref(one_m), MPFR_RNDN);
    mpfr_add(cdf, mpc_imagref(k), net->gaussian ? mpc_imagref(m) : a, MPFR_RNDN);
    mpfr_mul_si(cdf, cdf, net->depth, MPFR_RNDN);
    mpfr_sub(cdf, a, cdf, MPFR_RNDN);
    mpfr_div(cdf, cdf, pi, MPFR_RNDN);
    mpfr_add_ui(cdf, cdf, 1, MPFR_RNDN);
    mpfr_mul_si(density, mpc_imagref(m), -2, MPFR_RNDN);
    mpfr_div(density, density, pi, MPFR_RNDN);
    mpfr_div_d(density, density, s, MPFR_RNDN);
    mpfr_clears(a, pi, (mpfr_ptr)0);
    mpc_clear(k);
}

bool equation_solve(struct law *law, const struct network *net, double s, mpc_t w, mpfr_t density,
                    mpfr_t cdf)
{
    mpfr_prec_t prec = law->rule->prec;
    mpc_t u, f, slope, m, one_m;
    mpfr_t target;
    mpc_init2(u, prec);
    mpc_init2(f, prec);
    mpc_init2(slope, prec);
    mpc_init2(m, prec);
    mpc_init2(one_m, prec);
    mpfr_init2(target, prec);
    mpfr_set_d(target, s, MPFR_RNDN);
    mpfr_log(target, target, MPFR_RNDN);
    mpfr_mul_2ui(target, target, 1, MPFR_RNDN);
    bool found = false, last = false;
    for (int round = 0; round < 40 && !law->failed; round++) {
        long double theta = mpfr_get_ld(mpc_imagref(w), MPFR_RNDN), re, im;
        mpc_exp(u, w, MPC_RNDNN);
        equation_log_z(law, net, u, f, last ? NULL : slope, m, one_m);
        mpfr_sub(mpc_realref(f), mpc_realref(f), target, MPFR_RNDN);
        if (last) { /* residual small, its imaginary part against theta */
            re = mpfr_get_ld(mpc_realref(f), MPFR_RNDN) / net->depth;
            im = mpfr_get_ld(mpc_imagref(f), MPFR_RNDN) / net->depth;
            found = fabsl(re) < 1e-36L && fabsl(im) < 1e-32L * theta;
            break;
        }
        mpc_div(f, f, slope, MPC_RNDNN);
        re = mpfr_get_ld(mpc_realref(f), MPFR_RNDN);
        im = mpfr_get_ld(mpc_imagref(f), MPFR_RNDN);
        /* stay in the upper half plane: at most 3/4 of the way to theta = 0 or pi */
        long double share = fmaxl(im / (0.75L * theta), -im / (0.75L * (PI - theta)));
        if (share > 1) {
            mpfr_set_ld(mpc_realref(slope), share, MPFR_RNDN);
            mpc_div_fr(f, f, mpc_realref(slope), MPC_RNDNN);
        }
        mpc_sub(w, w, f, MPC_RNDNN);
        last = fabsl(re) < 1e-22L * fminl(1, theta) && fabsl(im) < 1e-22L * theta;
    }
    if (found)
        density_and_cdf(law, net, s, u, m, one_m, density, cdf);
    mpc_clear(u);
    mpc_clear(f);
    mpc_clear(slope);
    mpc_clear(m);
    mpc_clear(one_m);
    mpfr_clear(target);
    return found && !law->failed;
}
