/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Moments, E log lambda and atoms in closed form.
 *
 * 1. Moments: log z = -log m + f(m) with a power series f; Lagrange: m_k = [m^(k-1)] exp(k f)/k. In
 *    f, log(u m) of a layer as a series in its own m: with A(v) = sum mu_(i+1)/mu_1 v^i the
 *    coefficient j is -[v^j] A^(-j) / (j mu_1^j), again by Lagrange.
 * 2. E log lambda: the log-potential at z -> 0, where m = -1 (no mass at 0). A layer with L = 1 gives
 *    E log t, one with L < 1 the u < 0 at which its transform is -L.
 * 3. Atom at 0: 1 - min(1, min_l N_l P(t_l > 0)/N_0). Others only without gaussian layers: count
 *    dimensions. A layer of width N takes N (1 - p) of them, an orthogonal narrowing the difference
 *    of the widths; what is left of N_0 is the atom.
 */
#include "network.h"

#include <math.h>

typedef mpfr_t series[N_MOMENTS];

/* f += n log(u m) of run k as a series in m */
static void add_layers(struct chain *chain, int k, mpfr_t *f)
{
    series a, b;
    mpfr_t power, step;
    mpfr_inits2(chain->rule->plan.prec, power, step, (mpfr_ptr)0);
    for (int i = 0; i < N_MOMENTS; i++) {
        mpfr_inits2(chain->rule->plan.prec, a[i], b[i], (mpfr_ptr)0);
        mpfr_div(a[i], chain->mu[k][i], chain->mu[k][0], MPFR_RNDN);
    }
    fj_precise_series_log(b, a, N_MOMENTS);
    mpfr_div(step, chain->ratio[k + 1], chain->mu[k][0], MPFR_RNDN);
    mpfr_set_ui(power, 1, MPFR_RNDN);
    long n = chain->stack->run[k].count;
    for (int j = 1; j < N_MOMENTS; j++) {
        fj_precise_series_exp(a, b, -j, N_MOMENTS);
        mpfr_mul(power, power, step, MPFR_RNDN);
        mpfr_mul(a[j], a[j], power, MPFR_RNDN);
        mpfr_mul_si(a[j], a[j], -n, MPFR_RNDN);
        mpfr_div_si(a[j], a[j], j, MPFR_RNDN);
        mpfr_add(f[j], f[j], a[j], MPFR_RNDN);
    }
    mpfr_log(step, step, MPFR_RNDN); /* -log(mu_1/L) */
    mpfr_mul_si(step, step, -n, MPFR_RNDN);
    mpfr_add(f[0], f[0], step, MPFR_RNDN);
    for (int i = 0; i < N_MOMENTS; i++)
        mpfr_clears(a[i], b[i], (mpfr_ptr)0);
    mpfr_clears(power, step, (mpfr_ptr)0);
}

void exact_moments(struct chain *chain, mpfr_t *moment)
{
    series f, e;
    mpfr_t a;
    mpfr_init2(a, chain->rule->plan.prec);
    for (int i = 0; i < N_MOMENTS; i++) {
        mpfr_inits2(chain->rule->plan.prec, f[i], e[i], (mpfr_ptr)0);
        mpfr_set_zero(f[i], 1);
    }
    mpfr_set(f[0], chain->constant, MPFR_RNDN);
    for (int j = 0; j <= chain->n; j++) /* a_j log(1 + L_j m) */
        for (int i = 1; i < N_MOMENTS; i++) {
            mpfr_pow_ui(a, chain->ratio[j], i, MPFR_RNDN);
            mpfr_mul_si(a, a, i % 2 ? chain->power[j] : -chain->power[j], MPFR_RNDN);
            mpfr_div_si(a, a, i, MPFR_RNDN);
            mpfr_add(f[i], f[i], a, MPFR_RNDN);
        }
    for (int k = 0; k < chain->n; k++)
        add_layers(chain, k, f);
    for (int k = 1; k <= N_MOMENTS; k++) {
        fj_precise_series_exp(e, f, k, N_MOMENTS);
        mpfr_mul_si(a, f[0], k, MPFR_RNDN);
        mpfr_exp(a, a, MPFR_RNDN);
        mpfr_mul(a, a, e[k - 1], MPFR_RNDN);
        mpfr_div_si(moment[k - 1], a, k, MPFR_RNDN);
    }
    for (int i = 0; i < N_MOMENTS; i++)
        mpfr_clears(f[i], e[i], (mpfr_ptr)0);
    mpfr_clear(a);
}

/* (1 - 1/L) log(1 - L) - 1 */
static void psi(const mpfr_t ratio, mpfr_t out)
{
    mpfr_t a;
    mpfr_init2(a, mpfr_get_prec(out));
    mpfr_ui_sub(a, 1, ratio, MPFR_RNDN);
    if (mpfr_zero_p(a)) {
        mpfr_set_si(out, -1, MPFR_RNDN);
    } else {
        mpfr_neg(out, ratio, MPFR_RNDN);
        mpfr_log1p(out, out, MPFR_RNDN);
        mpfr_mul(out, out, a, MPFR_RNDN);
        mpfr_div(out, out, ratio, MPFR_RNDN);
        mpfr_neg(out, out, MPFR_RNDN);
        mpfr_sub_ui(out, out, 1, MPFR_RNDN);
    }
    mpfr_clear(a);
}

/* P(t = 0) of run k */
static void mass_at_zero(const struct chain *chain, int k, mpfr_t out)
{
    const fj_precise_law *law = chain->law[k];
    mpfr_set_zero(out, 1);
    for (int i = 0; i < law->n_masses; i++)
        if (mpfr_zero_p(law->value[i]))
            mpfr_set(out, law->mass[i], MPFR_RNDN);
}

/* E log(1 - t/u) at real u < 0, which is divided by L: to the last digit where t/u is small. */
static void log_part(fj_precise_law *law, const mpc_t u, mpc_t k)
{
    if (law->smooth != FJ_SMOOTH_NONE) {
        fj_precise_transform_log(law, u, k);
        return;
    }
    mpfr_ptr a = law->s[0];
    mpc_set_ui(k, 0, MPC_RNDNN);
    for (int i = 0; i < law->n_masses; i++) {
        mpfr_div(a, law->value[i], mpc_realref(u), MPFR_RNDN);
        mpfr_neg(a, a, MPFR_RNDN);
        mpfr_log1p(a, a, MPFR_RNDN);
        mpfr_mul(a, a, law->mass[i], MPFR_RNDN);
        mpfr_add(mpc_realref(k), mpc_realref(k), a, MPFR_RNDN);
    }
}

/* log|u| + log L - log(1-L) + (E log(1-t/u) + log(1-L))/L where the transform of run k is -L < -1 .. 0 */
static bool potential(struct chain *chain, int k, mpfr_t out)
{
    mpfr_prec_t prec = chain->rule->plan.prec;
    mpfr_t one, goal;
    mpc_t u, m, g, d;
    mpfr_inits2(prec, one, goal, (mpfr_ptr)0);
    mpc_init2(u, prec);
    mpc_init2(m, prec);
    mpc_init2(g, prec);
    mpc_init2(d, prec);
    mpfr_neg(goal, chain->ratio[k + 1], MPFR_RNDN);
    double low = -200, high = 200; /* u = -exp(x): M rises with x */
    for (int i = 0; i < 60; i++) {
        double x = (low + high) / 2;
        mpfr_set_d(mpc_realref(u), x, MPFR_RNDN);
        mpfr_set_zero(mpc_imagref(u), 1);
        mpfr_exp(mpc_realref(u), mpc_realref(u), MPFR_RNDN);
        mpfr_neg(mpc_realref(u), mpc_realref(u), MPFR_RNDN);
        fj_precise_transform_exact(chain->law[k], u, m, g, NULL);
        if (mpfr_cmp(mpc_realref(m), goal) < 0)
            low = x;
        else
            high = x;
    }
    bool good = low > -199 && high < 199;
    for (int i = 0; i < 8 && good; i++) {
        fj_precise_transform_exact(chain->law[k], u, m, g, d);
        mpfr_sub(one, mpc_realref(m), goal, MPFR_RNDN);
        mpfr_div(one, one, mpc_realref(d), MPFR_RNDN);
        mpfr_sub(mpc_realref(u), mpc_realref(u), one, MPFR_RNDN);
    }
    log_part(chain->law[k], u, g);
    mpfr_log1p(one, goal, MPFR_RNDN);
    mpfr_add(out, mpc_realref(g), one, MPFR_RNDN);
    mpfr_div(out, out, chain->ratio[k + 1], MPFR_RNDN);
    mpfr_sub(out, out, one, MPFR_RNDN);
    mpfr_mul(goal, goal, mpc_realref(u), MPFR_RNDN); /* L |u| */
    mpfr_log(goal, goal, MPFR_RNDN);
    mpfr_add(out, out, goal, MPFR_RNDN);
    mpfr_clears(one, goal, (mpfr_ptr)0);
    mpc_clear(u);
    mpc_clear(m);
    mpc_clear(g);
    mpc_clear(d);
    return good;
}

/* The same where 1 - L is just P(t = 0): u = 0, and log|u| cancels. */
static bool potential_at_zero(struct chain *chain, int k, mpfr_t out)
{
    const fj_precise_law *law = chain->law[k];
    mpfr_t a;
    mpfr_init2(a, chain->rule->plan.prec);
    mpfr_ui_sub(a, 1, chain->ratio[k + 1], MPFR_RNDN);
    mpfr_log(a, a, MPFR_RNDN);
    mpfr_div(out, a, chain->ratio[k + 1], MPFR_RNDN);
    mpfr_sub(out, out, a, MPFR_RNDN);
    mpfr_log(a, chain->ratio[k + 1], MPFR_RNDN);
    mpfr_add(out, out, a, MPFR_RNDN);
    for (int i = 0; i < law->n_masses; i++) {
        if (mpfr_zero_p(law->value[i]))
            continue;
        mpfr_log(a, law->value[i], MPFR_RNDN);
        mpfr_mul(a, a, law->mass[i], MPFR_RNDN);
        mpfr_div(a, a, chain->ratio[k + 1], MPFR_RNDN);
        mpfr_add(out, out, a, MPFR_RNDN);
    }
    mpfr_clear(a);
    return law->smooth == FJ_SMOOTH_NONE;
}

/* The part of run k that comes from W, without sigma_w. */
static void weights_part(const struct chain *chain, int k, mpfr_t out)
{
    const struct run *run = &chain->stack->run[k];
    double before = k > 0 ? run[-1].width : chain->stack->width_0;
    mpfr_t a;
    mpfr_init2(a, mpfr_get_prec(out));
    mpfr_set_zero(out, 1);
    if (run->gaussian || run->width < before) {
        mpfr_set_d(out, run->width, MPFR_RNDN);
        mpfr_div_d(out, out, before, MPFR_RNDN);
        mpfr_log(out, out, MPFR_RNDN);
        psi(chain->ratio[k + 1], a);
        mpfr_mul_si(a, a, run->gaussian ? run->count : 1, MPFR_RNDN);
        mpfr_add(out, out, a, MPFR_RNDN);
        if (!run->gaussian) {
            psi(chain->ratio[k], a);
            mpfr_sub(out, out, a, MPFR_RNDN);
        }
    }
    mpfr_clear(a);
}

bool exact_mean_log(struct chain *chain, mpfr_t out)
{
    mpfr_t a, b;
    mpfr_inits2(chain->rule->plan.prec, a, b, (mpfr_ptr)0);
    mpfr_set_zero(out, 1);
    bool good = true;
    for (int k = 0; k < chain->n && good; k++) {
        mass_at_zero(chain, k, a);
        mpfr_ui_sub(a, 1, a, MPFR_RNDN);
        if (mpfr_cmp(a, chain->ratio[k + 1]) < 0) { /* mass at 0 */
            mpfr_set_nan(out);
            break;
        }
        if (mpfr_cmp_ui(chain->ratio[k + 1], 1) == 0) {
            good = fj_precise_line_mean_log(chain->law[k], b) == FJ_OK;
        } else {
            good = mpfr_cmp(a, chain->ratio[k + 1]) > 0 ? potential(chain, k, b)
                                                        : potential_at_zero(chain, k, b);
        }
        mpfr_set_d(a, chain->stack->run[k].sigma_w, MPFR_RNDN);
        mpfr_sqr(a, a, MPFR_RNDN);
        mpfr_log(a, a, MPFR_RNDN);
        mpfr_add(b, b, a, MPFR_RNDN);
        mpfr_mul_si(b, b, chain->stack->run[k].count, MPFR_RNDN);
        mpfr_add(out, out, b, MPFR_RNDN);
        weights_part(chain, k, b);
        mpfr_add(out, out, b, MPFR_RNDN);
    }
    mpfr_clears(a, b, (mpfr_ptr)0);
    return good;
}

/* Mass and place of the atom that the atoms choice[k] of t make. */
static void one_atom(struct chain *chain, const int *choice, mpfr_t s, mpfr_t mass)
{
    const struct stack *stack = chain->stack;
    mpfr_t a;
    mpfr_init2(a, chain->rule->plan.prec);
    mpfr_set_d(mass, stack->width_0, MPFR_RNDN);
    mpfr_set_zero(s, 1);
    for (int k = 0; k < chain->n; k++) {
        const struct run *run = &stack->run[k];
        const fj_precise_law *law = chain->law[k];
        double before = k > 0 ? run[-1].width : stack->width_0;
        if (run->width < before) {
            mpfr_sub_d(mass, mass, before, MPFR_RNDN);
            mpfr_add_d(mass, mass, run->width, MPFR_RNDN);
        }
        mpfr_ui_sub(a, 1, law->mass[choice[k]], MPFR_RNDN);
        mpfr_mul_d(a, a, run->width, MPFR_RNDN);
        mpfr_mul_si(a, a, run->count, MPFR_RNDN);
        mpfr_sub(mass, mass, a, MPFR_RNDN);
        mpfr_sqrt(a, law->value[choice[k]], MPFR_RNDN);
        mpfr_mul_d(a, a, run->sigma_w, MPFR_RNDN);
        mpfr_log(a, a, MPFR_RNDN);
        mpfr_mul_si(a, a, run->count, MPFR_RNDN);
        mpfr_add(s, s, a, MPFR_RNDN);
    }
    mpfr_div_d(mass, mass, stack->width_0, MPFR_RNDN);
    mpfr_exp(s, s, MPFR_RNDN);
    mpfr_clear(a);
}

int exact_atoms(struct chain *chain, mpfr_t *s, mpfr_t *mass, int room)
{
    int n = 0, choice[MAX_RUNS] = {0};
    bool possible = true;
    mpfr_t a;
    mpfr_init2(a, chain->rule->plan.prec);
    mpfr_set_ui(mass[0], 1, MPFR_RNDN);
    for (int k = 0; k < chain->n; k++) {
        mass_at_zero(chain, k, a);
        mpfr_ui_sub(a, 1, a, MPFR_RNDN);
        mpfr_div(a, a, chain->ratio[k + 1], MPFR_RNDN);
        mpfr_min(mass[0], mass[0], a, MPFR_RNDN);
        possible = possible && chain->law[k]->n_masses > 0 && !chain->stack->run[k].gaussian;
    }
    mpfr_ui_sub(mass[0], 1, mass[0], MPFR_RNDN);
    mpfr_set_zero(s[0], 1);
    n = mpfr_sgn(mass[0]) > 0;
    while (possible && n < room) {
        bool positive = true;
        for (int k = 0; k < chain->n; k++)
            positive = positive && !mpfr_zero_p(chain->law[k]->value[choice[k]]);
        if (positive)
            one_atom(chain, choice, s[n], mass[n]);
        if (positive && mpfr_cmp_d(mass[n], 1e-40) > 0)
            n++;
        int k = 0;
        while (k < chain->n && ++choice[k] == chain->law[k]->n_masses)
            choice[k++] = 0;
        if (k == chain->n)
            break;
    }
    mpfr_clear(a);
    return n;
}
