/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The system M_k(u_k) = L_k m, log z(m, u_1..u_K) = log |z| + i arg z, and its root.
 *
 * 1. Newton for m and all w_k = log u_k at once. Every u_k depends on m only, so the linear system
 *    is solved by one elimination: with p_k = u_k M_k'(u_k) and r_k = M_k - L_k m,
 *      dm (d log z/dm + sum n_k L_k/p_k) = -(log z - target) + sum n_k r_k/p_k,
 *      dw_k = (L_k dm - r_k)/p_k.
 * 2. The root starts far out on the ray arg z = RAY, where m = m_1/z and u_k = mu_1/(L_k m); it is
 *    moved along the ray to |z| = lambda and along the arc to arg z = 0. The path lies in the upper
 *    half plane, where the root is analytic; a step that fails is halved.
 * 3. A root counts when it is certified: every u_k and, for gaussian layers, the point that plays
 *    the part of u for W^T W lie in the upper half plane, Im m < 0, and log z with principal
 *    logarithms is the target. These are the equations of a fixed point of an analytic map of the
 *    upper half plane to itself, which has one at most: no other branch passes.
 * 4. Since the certificate decides, neighbouring points may be reached along the real axis too.
 */
#include "network.h"

#include <math.h>
#include <stdlib.h>

static const long double RAY = 2.5L;

struct root *root_make(int n, mpfr_prec_t prec)
{
    struct root *root = calloc(1, sizeof(*root));
    root->n = n;
    mpc_init2(root->m, prec);
    for (int k = 0; k < n; k++)
        mpc_init2(root->w[k], prec);
    return root;
}

void root_free(struct root *root)
{
    mpc_clear(root->m);
    for (int k = 0; k < root->n; k++)
        mpc_clear(root->w[k]);
    free(root);
}

void root_set(struct root *to, const struct root *from)
{
    mpc_set(to->m, from->m, MPC_RNDNN);
    for (int k = 0; k < to->n; k++)
        mpc_set(to->w[k], from->w[k], MPC_RNDNN);
}

/* 1 + L_j m */
static void one_plus(const struct chain *chain, int j, const mpc_t m, mpc_t out)
{
    mpc_mul_fr(out, m, chain->ratio[j], MPC_RNDNN);
    mpc_add_ui(out, out, 1, MPC_RNDNN);
}

/* Step 3 without the value of log z. */
static bool certified(const struct chain *chain, const struct root *root)
{
    bool good = mpfr_sgn(mpc_imagref(root->m)) < 0;
    mpc_t a;
    mpfr_t before, here, pi, arg_m, least;
    mpc_init2(a, chain->rule->plan.prec);
    mpfr_inits2(chain->rule->plan.prec, before, here, pi, arg_m, least, (mpfr_ptr)0);
    mpfr_const_pi(pi, MPFR_RNDN);
    mpc_arg(arg_m, root->m, MPFR_RNDN);
    one_plus(chain, 0, root->m, a);
    mpc_arg(before, a, MPFR_RNDN);
    mpfr_mul_d(least, before, 1e-9, MPFR_RNDN);
    for (int k = 0; k < chain->n && good; k++) {
        mpfr_srcptr theta = mpc_imagref(root->w[k]);
        good = mpfr_sgn(theta) > 0 && mpfr_cmp(theta, pi) < 0;
        one_plus(chain, k + 1, root->m, a);
        mpc_arg(here, a, MPFR_RNDN);
        if (chain->stack->run[k].gaussian) { /* (1+m_(l-1)) (1+m_l)/m_l, first layer and others */
            for (int pass = 0; pass < 2; pass++) {
                mpfr_add(before, before, here, MPFR_RNDN);
                mpfr_sub(before, before, arg_m, MPFR_RNDN);
                /* 0 but for rounding where a single gaussian layer is all there is */
                if (pass == 0 || chain->stack->run[k].count > 1)
                    good = good && mpfr_cmp(before, least) > 0 && mpfr_cmp(before, pi) < 0;
                mpfr_set(before, here, MPFR_RNDN);
            }
        }
        mpfr_set(before, here, MPFR_RNDN);
    }
    mpc_clear(a);
    mpfr_clears(before, here, pi, arg_m, least, (mpfr_ptr)0);
    return good;
}

struct newton {
    struct chain *chain;
    struct root *root;
    mpc_t f, d, dm, a, b; /* residual of log z, its slope */
    mpc_t *p, *r;
};

/* u_k, M_k and M_k' of every run, collected into the reduced equation for dm. */
static void add_runs(struct newton *s)
{
    struct chain *chain = s->chain;
    mpc_t u, g;
    mpc_init2(u, chain->rule->plan.prec);
    mpc_init2(g, chain->rule->plan.prec);
    for (int k = 0; k < chain->n; k++) {
        mpc_exp(u, s->root->w[k], MPC_RNDNN);
        fj_precise_transform_exact(chain->law[k], u, s->r[k], g, s->p[k]);
        mpc_mul(s->p[k], s->p[k], u, MPC_RNDNN);
        if (mpfr_cmp_d(mpc_realref(s->r[k]), -0.5) < 0) { /* M = u g - 1 where 1 + M is small */
            mpc_mul(g, g, u, MPC_RNDNN);
            mpfr_sub_ui(mpc_realref(s->r[k]), mpc_realref(g), 1, MPFR_RNDN);
        }
        mpc_mul_fr(u, s->root->m, chain->ratio[k + 1], MPC_RNDNN);
        mpc_sub(s->r[k], s->r[k], u, MPC_RNDNN);
        mpc_ui_div(g, (unsigned long)chain->stack->run[k].count, s->p[k], MPC_RNDNN);
        mpc_mul(u, g, s->r[k], MPC_RNDNN);
        mpc_sub(s->f, s->f, u, MPC_RNDNN);
        mpc_mul_fr(g, g, chain->ratio[k + 1], MPC_RNDNN);
        mpc_add(s->d, s->d, g, MPC_RNDNN);
        mpc_mul_si(u, s->root->w[k], chain->stack->run[k].count, MPC_RNDNN);
        mpc_add(s->f, s->f, u, MPC_RNDNN);
    }
    mpc_clear(u);
    mpc_clear(g);
}

/* The terms of log z in m itself. */
static void add_factors(struct newton *s)
{
    struct chain *chain = s->chain;
    for (int j = 0; j <= chain->n; j++) {
        if (chain->power[j] == 0)
            continue;
        one_plus(chain, j, s->root->m, s->a);
        mpc_log(s->b, s->a, MPC_RNDNN);
        mpc_mul_si(s->b, s->b, chain->power[j], MPC_RNDNN);
        mpc_add(s->f, s->f, s->b, MPC_RNDNN);
        mpc_fr_div(s->b, chain->ratio[j], s->a, MPC_RNDNN);
        mpc_mul_si(s->b, s->b, chain->power[j], MPC_RNDNN);
        mpc_add(s->d, s->d, s->b, MPC_RNDNN);
    }
    mpc_log(s->b, s->root->m, MPC_RNDNN);
    mpc_mul_si(s->b, s->b, chain->depth - 1, MPC_RNDNN);
    mpc_add(s->f, s->f, s->b, MPC_RNDNN);
    mpc_ui_div(s->b, chain->depth - 1, s->root->m, MPC_RNDNN);
    mpc_add(s->d, s->d, s->b, MPC_RNDNN);
    mpfr_add(mpc_realref(s->f), mpc_realref(s->f), chain->constant, MPFR_RNDN);
}

static long double larger(long double a, const mpfr_t x, long double unit)
{
    return fmaxl(a, fabsl(mpfr_get_ld(x, MPFR_RNDN)) / unit);
}

/*
 * Applies the step, shortened so that nothing moves far and nothing leaves its half plane. Returns
 * its size, relative to the angles; NaN when it is not finite.
 */
static long double apply(struct newton *s)
{
    struct chain *chain = s->chain;
    struct root *root = s->root;
    long double size = 0, share = 1, modulus, pi = 3.14159265358979323846L;
    for (int k = 0; k < chain->n; k++) { /* r becomes dw */
        mpc_mul_fr(s->a, s->dm, chain->ratio[k + 1], MPC_RNDNN);
        mpc_sub(s->a, s->a, s->r[k], MPC_RNDNN);
        mpc_div(s->r[k], s->a, s->p[k], MPC_RNDNN);
        long double theta = mpfr_get_ld(mpc_imagref(root->w[k]), MPFR_RNDN);
        long double im = mpfr_get_ld(mpc_imagref(s->r[k]), MPFR_RNDN);
        size = larger(size, mpc_realref(s->r[k]), fminl(1, theta));
        size = larger(size, mpc_imagref(s->r[k]), fminl(theta, pi - theta));
        share = larger(share, mpc_realref(s->r[k]), 0.7L);
        share = fmaxl(share, fmaxl(-im / (0.75L * theta), im / (0.75L * (pi - theta))));
    }
    mpc_abs(mpc_realref(s->a), root->m, MPFR_RNDN);
    modulus = mpfr_get_ld(mpc_realref(s->a), MPFR_RNDN);
    mpc_abs(mpc_realref(s->a), s->dm, MPFR_RNDN);
    share = larger(share, mpc_realref(s->a), 0.7L * modulus);
    long double im_m = mpfr_get_ld(mpc_imagref(root->m), MPFR_RNDN);
    long double im_dm = mpfr_get_ld(mpc_imagref(s->dm), MPFR_RNDN);
    share = fmaxl(share, im_dm / (-0.75L * im_m));
    if (!isfinite(share) || !isfinite(size))
        return NAN;
    mpfr_set_ld(mpc_realref(s->b), share, MPFR_RNDN);
    for (int k = 0; k < chain->n; k++) {
        mpc_div_fr(s->r[k], s->r[k], mpc_realref(s->b), MPC_RNDNN);
        mpc_add(root->w[k], root->w[k], s->r[k], MPC_RNDNN);
    }
    mpc_div_fr(s->dm, s->dm, mpc_realref(s->b), MPC_RNDNN);
    mpc_add(root->m, root->m, s->dm, MPC_RNDNN);
    return size;
}

bool solve_at(struct chain *chain, const mpfr_t log_abs, const mpfr_t angle, struct root *root)
{
    mpfr_prec_t prec = chain->rule->plan.prec;
    struct newton s = {.chain = chain, .root = root};
    mpc_ptr own[5] = {s.f, s.d, s.dm, s.a, s.b};
    for (int i = 0; i < 5; i++)
        mpc_init2(own[i], prec);
    s.p = malloc(2 * chain->n * sizeof(*s.p));
    s.r = s.p + chain->n;
    for (int k = 0; k < 2 * chain->n; k++)
        mpc_init2(s.p[k], prec);
    bool rough = chain->rule == &rules[RULE_QUICK], found = false;
    long double enough = rough ? 1e-7L : 1e-30L, last = INFINITY;
    for (int round = 0; round < (rough ? 12 : 40) && !found && !chain_failed(chain); round++) {
        mpc_set_ui(s.d, 0, MPC_RNDNN);
        mpfr_neg(mpc_realref(s.f), log_abs, MPFR_RNDN);
        mpfr_neg(mpc_imagref(s.f), angle, MPFR_RNDN);
        add_factors(&s);
        add_runs(&s);
        mpc_div(s.dm, s.f, s.d, MPC_RNDNN);
        mpc_neg(s.dm, s.dm, MPC_RNDNN);
        long double size = apply(&s);
        if (isnan(size) || (rough && round > 6 && size > 0.5L && last > 0.5L))
            break;
        if (getenv("DBG2"))
            fprintf(stderr, "round %d size %Lg %d\n", round, size, chain_failed(chain));
        found = size < enough;
        last = size;
    }
    found = found && !chain_failed(chain) && certified(chain, root);
    for (int k = 0; k < 2 * chain->n; k++)
        mpc_clear(s.p[k]);
    free(s.p);
    for (int i = 0; i < 5; i++)
        mpc_clear(own[i]);
    return found;
}

static bool solve_near(struct chain *chain, long double log_abs, long double angle,
                       struct root *root)
{
    mpfr_t a, b;
    mpfr_inits2(chain->rule->plan.prec, a, b, (mpfr_ptr)0);
    mpfr_set_ld(a, log_abs, MPFR_RNDN);
    mpfr_set_ld(b, angle, MPFR_RNDN);
    struct root *start = root_make(root->n, chain->rule->plan.prec);
    root_set(start, root);
    bool good = solve_at(chain, a, b, root);
    if (!good) {
        root_set(root, start);
        chain_forgive(chain);
    }
    root_free(start);
    mpfr_clears(a, b, (mpfr_ptr)0);
    return good;
}

bool solve_far(struct chain *chain, struct root *root, long double *log_abs)
{
    /* log z = C + sum n_k log(mu_1/L_k) - log m, |u_k| at least 1e4 */
    long double c = mpfr_get_ld(chain->constant, MPFR_RNDN),
                log_m = -logl((long double)chain->depth) - 7;
    for (int k = 0; k < chain->n; k++) {
        long double unit = logl(mpfr_get_ld(chain->mu[k][0], MPFR_RNDN) /
                                mpfr_get_ld(chain->ratio[k + 1], MPFR_RNDN));
        c += chain->stack->run[k].count * unit;
        log_m = fminl(log_m, unit - 9);
    }
    *log_abs = c - log_m;
    mpfr_set_ld(mpc_realref(root->m), expl(log_m) * cosl(RAY), MPFR_RNDN);
    mpfr_set_ld(mpc_imagref(root->m), -expl(log_m) * sinl(RAY), MPFR_RNDN);
    for (int k = 0; k < chain->n; k++) {
        mpfr_set_ld(mpc_realref(root->w[k]),
                    logl(mpfr_get_ld(chain->mu[k][0], MPFR_RNDN) /
                         mpfr_get_ld(chain->ratio[k + 1], MPFR_RNDN)) -
                        log_m,
                    MPFR_RNDN);
        mpfr_set_ld(mpc_imagref(root->w[k]), RAY, MPFR_RNDN);
    }
    return solve_near(chain, *log_abs, RAY, root);
}

bool solve_ray(struct chain *chain, struct root *root, long double *log_abs, long double target)
{
    long double step = 2;
    while (*log_abs != target) {
        long double move = target - *log_abs;
        if (fabsl(move) > step)
            move = copysignl(step, move);
        if (solve_near(chain, *log_abs + move, RAY, root)) {
            *log_abs += move;
            step *= 1.5L;
        } else if ((step = fminl(step, fabsl(move)) / 2) < 1e-7L) {
            return false;
        }
    }
    return true;
}

static bool try_real(struct chain *chain, struct root *root, const mpfr_t target)
{
    mpfr_t zero;
    mpfr_init2(zero, chain->rule->plan.prec);
    mpfr_set_zero(zero, 1);
    struct root *start = root_make(root->n, chain->rule->plan.prec);
    root_set(start, root);
    bool good = solve_at(chain, target, zero, root);
    if (!good) {
        root_set(root, start);
        chain_forgive(chain);
    }
    root_free(start);
    mpfr_clear(zero);
    return good;
}

bool solve_arc(struct chain *chain, struct root *root, const mpfr_t target)
{
    long double angle = RAY, factor = 0.6L, log_abs = mpfr_get_ld(target, MPFR_RNDN);
    int tries = 0;
    while (angle > 1e-45L) {
        if (angle < 0.3L && ++tries % 3 == 0 && try_real(chain, root, target))
            return true;
        if (solve_near(chain, log_abs, angle * factor, root)) {
            angle *= factor;
            factor = fmaxl(factor * factor, angle < 1e-3L ? 0.02L : 0.3L);
        } else if ((factor = sqrtl(factor)) > 0.9999L) {
            return false;
        }
    }
    return false;
}

bool solve_along(struct chain *chain, struct root *root, long double from, const mpfr_t target)
{
    long double goal = mpfr_get_ld(target, MPFR_RNDN), step = fabsl(goal - from);
    int failures = 0;
    for (int round = 0; round < 25 && failures < 6; round++) {
        if (fabsl(goal - from) <= step) {
            if (try_real(chain, root, target))
                return true;
        } else if (solve_near(chain, from + copysignl(step, goal - from), 0, root)) {
            from += copysignl(step, goal - from);
            continue;
        }
        failures++;
        step /= 3;
    }
    return false;
}

void solve_values(struct chain *chain, const struct root *root, const mpfr_t s, mpfr_t density,
                  mpfr_t cdf)
{
    mpfr_t pi, a;
    mpc_t x, sum;
    mpfr_inits2(chain->rule->plan.prec, pi, a, (mpfr_ptr)0);
    mpc_init2(x, chain->rule->plan.prec);
    mpc_init2(sum, chain->rule->plan.prec);
    mpfr_const_pi(pi, MPFR_RNDN);
    mpfr_mul_si(density, mpc_imagref(root->m), -2, MPFR_RNDN);
    mpfr_div(density, density, pi, MPFR_RNDN);
    mpfr_div(density, density, s, MPFR_RNDN);
    /* (depth - 1) m + sum a_j (m - log(1+m_j)/L_j) + sum n_k E log(1 - t/u_k)/L_k */
    mpc_mul_si(sum, root->m, chain->depth - 1, MPC_RNDNN);
    for (int j = 0; j <= chain->n; j++) {
        one_plus(chain, j, root->m, x);
        mpc_log(x, x, MPC_RNDNN);
        mpc_div_fr(x, x, chain->ratio[j], MPC_RNDNN);
        mpc_sub(x, root->m, x, MPC_RNDNN);
        mpc_mul_si(x, x, chain->power[j], MPC_RNDNN);
        mpc_add(sum, sum, x, MPC_RNDNN);
    }
    mpc_t u;
    mpc_init2(u, chain->rule->plan.prec);
    for (int k = 0; k < chain->n; k++) {
        mpc_exp(u, root->w[k], MPC_RNDNN);
        fj_precise_transform_log(chain->law[k], u, x);
        mpc_mul_si(x, x, chain->stack->run[k].count, MPC_RNDNN);
        mpc_div_fr(x, x, chain->ratio[k + 1], MPC_RNDNN);
        mpc_add(sum, sum, x, MPC_RNDNN);
    }
    mpc_clear(u);
    mpfr_div(cdf, mpc_imagref(sum), pi, MPFR_RNDN);
    mpfr_ui_sub(cdf, 1, cdf, MPFR_RNDN);
    mpfr_clears(pi, a, (mpfr_ptr)0);
    mpc_clear(x);
    mpc_clear(sum);
}
