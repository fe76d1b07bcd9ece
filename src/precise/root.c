/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The root u of log z(u) = 2 log s, and what follows from it. THEORY 3.2, 3.3.
 *
 * 1. In long double: log |z| increases with log r along the curve of real z. r is bracketed, for each r
 *    theta is (equation.c); from each point so found Newton in w = log u is tried, which soon succeeds.
 * 2. In MPFR: Newton from there, kept inside the upper half plane.
 * 3. The result counts when u is in the upper half plane and log z, with principal logarithms, is
 *    2 log s: by the monotonicity there is only one such u.
 * 4. density = -2 Im m / (pi s);  cdf = 1 + (arg(1+m) - L Im J)/pi with J = m + k (gaussian) or
 *    log(1+m) + k (orthogonal), k = E log(1-t/u).
 */
#include "precise_internal.h"

#include <math.h>

static const long double PI = 3.14159265358979323846L;

/* Newton in long double from *p; true when it arrived, and *p is the root. */
static bool quick_newton(fj_precise_law *law, const fj_precise_layers *layers, long double log_z,
                         fj_precise_quick_point *p)
{
    enum { MOST = 14 };
    static const long double ARRIVED = 1e-9L, FARTHEST = 3;
    fj_precise_quick_point at = *p;
    for (int round = 0; round < MOST; round++) {
        const long double complex step = (at.log_z - log_z) / at.slope;
        const long double theta = 2 * atanl(expl(at.psi));
        long double to = theta - cimagl(step);
        if (!(cabsl(step) < FARTHEST))
            return false;
        to = fminl(fmaxl(to, theta / 4), PI - (PI - theta) / 4);
        at.log_r -= creall(step);
        at.psi = logl(tanl(to / 2));
        fj_precise_equation_quick(law, layers, &at);
        if (fabsl(cimagl(step)) < ARRIVED * theta && fabsl(creall(step)) < ARRIVED) {
            *p = at;
            return law->status == FJ_OK;
        }
    }
    return false;
}

/* *p at log_r with its theta; *newton: the root itself was found from there. False: no theta. */
static bool try_radius(fj_precise_law *law, const fj_precise_layers *layers, long double log_r,
                       long double log_z, fj_precise_quick_point *p, bool *newton)
{
    fj_precise_quick_point at = {.log_r = log_r, .psi = p->psi};
    *newton = false;
    if (!fj_precise_equation_bracket(law, layers, &at) || !isfinite(creall(at.log_z)))
        return false;
    *p = at;
    *newton = quick_newton(law, layers, log_z, p);
    return true;
}

/* How far below the upper edge to look first: about as far in log r as the target is in log lambda. */
static long double first_step(fj_precise_law *quick, const fj_precise_layers *layers,
                              long double log_high, long double log_z)
{
    fj_precise_quick_point edge = {.log_r = log_high, .psi = -INFINITY};
    fj_precise_equation_quick(quick, layers, &edge);
    const long double step = (creall(edge.log_z) - log_z) / 2;
    return step > 0 && step < 1 ? step : 1;
}

bool fj_precise_root_start(fj_precise_law *quick, const fj_precise_layers *layers,
                           long double log_low, long double log_high, long double log_z,
                           fj_precise_quick_point *p)
{
    enum { MOST = 200 };
    static const long double AT_TOP = 1e-15L;
    long double low = log_low, high = log_high;
    long double step = isinf(low) ? first_step(quick, layers, log_high, log_z) : 0;
    bool newton = false;
    p->psi = -1;
    for (int round = 0; round < MOST && quick->status == FJ_OK; round++) {
        long double middle = (low + high) / 2;
        if (isinf(low)) {
            middle = high - step;
            step *= 2;
        }
        if (!try_radius(quick, layers, middle, log_z, p, &newton)) {
            /* at an end of the interval, within rounding or with theta below all bounds */
            const bool at_top =
                isinf(log_low) ? log_high - middle < AT_TOP : log_high - middle < middle - log_low;
            if (at_top)
                high = middle;
            else
                low = middle;
            p->psi = -1;
            continue;
        }
        if (newton)
            return true;
        if (creall(p->log_z) < log_z)
            low = middle;
        else
            high = middle;
        if (high - low < 1e-17L * (1 + fabsl(high)))
            return true;
    }
    return false;
}

void fj_precise_root_set(mpc_t w, const fj_precise_quick_point *p)
{
    mpfr_set_ld(mpc_realref(w), p->log_r, MPFR_RNDN);
    mpfr_set_ld(mpc_imagref(w), 2 * atanl(expl(p->psi)), MPFR_RNDN);
}

static void density_and_cdf(fj_precise_law *law, const fj_precise_layers *layers,
                            const mpfr_t log_z, const mpc_t u, const mpc_t m, const mpc_t one_m,
                            mpfr_t density, mpfr_t cdf)
{
    mpc_t k;
    mpfr_t a, pi;
    mpc_init2(k, law->rule->plan.prec);
    mpfr_inits2(law->rule->plan.prec, a, pi, (mpfr_ptr)0);
    mpfr_const_pi(pi, MPFR_RNDN);
    if (cdf) {
        fj_precise_transform_log(law, u, k);
        mpfr_atan2(a, mpc_imagref(one_m), mpc_realref(one_m), MPFR_RNDN);
        mpfr_add(cdf, mpc_imagref(k), layers->gaussian ? mpc_imagref(m) : a, MPFR_RNDN);
        mpfr_mul_si(cdf, cdf, layers->depth, MPFR_RNDN);
        mpfr_sub(cdf, a, cdf, MPFR_RNDN);
        mpfr_div(cdf, cdf, pi, MPFR_RNDN);
        mpfr_add_ui(cdf, cdf, 1, MPFR_RNDN);
        if (mpfr_zero_p(cdf)) /* all digits cancelled: no two precisions may agree on that */
            mpfr_set_ui_2exp(cdf, 1, -(mpfr_exp_t)law->rule->plan.prec, MPFR_RNDN);
    }
    mpfr_mul_si(density, mpc_imagref(m), -2, MPFR_RNDN);
    mpfr_div(density, density, pi, MPFR_RNDN);
    mpfr_div_2ui(a, log_z, 1, MPFR_RNDN); /* 1/s */
    mpfr_neg(a, a, MPFR_RNDN);
    mpfr_exp(a, a, MPFR_RNDN);
    mpfr_mul(density, density, a, MPFR_RNDN);
    mpfr_clears(a, pi, (mpfr_ptr)0);
    mpc_clear(k);
}

/* Takes the Newton step f, kept inside the upper half plane: at most 3/4 of the way to theta = 0 or pi. Returns its size
 * relative to theta. */
static long double take_step(mpc_t w, mpc_t f, mpfr_t scratch)
{
    const long double theta = mpfr_get_ld(mpc_imagref(w), MPFR_RNDN);
    const long double re = mpfr_get_ld(mpc_realref(f), MPFR_RNDN);
    const long double im = mpfr_get_ld(mpc_imagref(f), MPFR_RNDN);
    const long double share = fmaxl(im / (0.75L * theta), -im / (0.75L * (PI - theta)));
    if (share > 1) {
        mpfr_set_ld(scratch, share, MPFR_RNDN);
        mpc_div_fr(f, f, scratch, MPC_RNDNN);
    }
    mpc_sub(w, w, f, MPC_RNDNN);
    /* next to an edge theta is the square root of the distance to it; in a faint tail it is just small */
    return fmaxl(fabsl(re) / fminl(1, fmaxl(theta, 1e-12L)), fabsl(im) / theta);
}

bool fj_precise_root_solve(fj_precise_law *law, const fj_precise_layers *layers, const mpfr_t log_z,
                           mpc_t w, mpfr_t density, mpfr_t cdf)
{
    enum { MOST = 60 };
    const mpfr_prec_t prec = law->rule->plan.prec;
    /* a step below this leaves nothing to the next; the residual is then rounding, which is below that */
    const long double last_step = sqrtl(law->rule->plan.floor) * 1e-1L, residual = sqrtl(last_step);
    mpc_t u, f, slope, m, one_m;
    mpfr_t scratch;
    mpc_init2(u, prec);
    mpc_init2(f, prec);
    mpc_init2(slope, prec);
    mpc_init2(m, prec);
    mpc_init2(one_m, prec);
    mpfr_init2(scratch, prec);
    bool found = false, last = false;
    for (int round = 0; round < MOST && law->status == FJ_OK; round++) {
        mpc_exp(u, w, MPC_RNDNN);
        fj_precise_equation_log_z(law, layers, u, f, last ? NULL : slope, m, one_m);
        mpfr_sub(mpc_realref(f), mpc_realref(f), log_z, MPFR_RNDN);
        if (last) { /* residual small, its imaginary part against theta */
            const long double theta = mpfr_get_ld(mpc_imagref(w), MPFR_RNDN);
            const long double re = mpfr_get_ld(mpc_realref(f), MPFR_RNDN) / layers->depth;
            const long double im = mpfr_get_ld(mpc_imagref(f), MPFR_RNDN) / layers->depth;
            found = theta > 0 && theta < PI && fabsl(re) < residual && fabsl(im) < residual * theta;
            break;
        }
        mpc_div(f, f, slope, MPC_RNDNN);
        last = take_step(w, f, scratch) < last_step;
    }
    if (found)
        density_and_cdf(law, layers, log_z, u, m, one_m, density, cdf);
    mpc_clear(u);
    mpc_clear(f);
    mpc_clear(slope);
    mpc_clear(m);
    mpc_clear(one_m);
    mpfr_clear(scratch);
    return found && law->status == FJ_OK;
}
