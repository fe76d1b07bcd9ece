/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Edges of the spectrum in MPFR, from the places network_real.c found.
 *
 * 1. A turning point: secant on d log z/dm at real m, with Newton for every u_k inside.
 * 2. Where the law of t of one run ends before the turning point (softplus), that end is the edge.
 * 3. At infinite m the edge is a product of atoms.
 * 4. At an edge every argument is a multiple of pi, and the mass below is a sum of masses of t:
 *    F = 1 - sum a_j [1+m_j < 0]/L_j - sum n_k P(t_k > u_k > 0)/L_k.
 */
#include "network.h"

#include <math.h>
#include <stdlib.h>

/* Newton for the real u of run k at m; slope = u M_k'(u). */
static bool polish_u(struct chain *chain, int k, const mpfr_t m, mpc_t u, mpfr_t slope)
{
    mpfr_prec_t prec = chain->rule->plan.prec;
    mpc_t value, g, d;
    mpfr_t goal;
    mpc_init2(value, prec);
    mpc_init2(g, prec);
    mpc_init2(d, prec);
    mpfr_init2(goal, prec);
    mpfr_mul(goal, m, chain->ratio[k + 1], MPFR_RNDN);
    bool good = false;
    for (int round = 0; round < 30 && !good; round++) {
        fj_precise_transform_exact(chain->law[k], u, value, g, d);
        mpfr_mul(slope, mpc_realref(d), mpc_realref(u), MPFR_RNDN);
        mpfr_sub(mpc_realref(g), mpc_realref(value), goal, MPFR_RNDN);
        mpfr_div(mpc_realref(g), mpc_realref(g), mpc_realref(d), MPFR_RNDN);
        mpfr_sub(mpc_realref(u), mpc_realref(u), mpc_realref(g), MPFR_RNDN);
        good = mpfr_zero_p(mpc_realref(g)) ||
               mpfr_get_exp(mpc_realref(g)) < mpfr_get_exp(mpc_realref(u)) - 110;
    }
    mpc_clear(value);
    mpc_clear(g);
    mpc_clear(d);
    mpfr_clear(goal);
    return good;
}

/* All u, log z and d log z/dm at real m. */
static bool at_real(struct chain *chain, const mpfr_t m, mpc_t *u, mpfr_t log_z, mpfr_t slope)
{
    mpfr_t a, b;
    mpfr_inits2(chain->rule->plan.prec, a, b, (mpfr_ptr)0);
    mpfr_abs(a, m, MPFR_RNDN);
    mpfr_log(a, a, MPFR_RNDN);
    mpfr_mul_si(a, a, chain->depth - 1, MPFR_RNDN);
    mpfr_add(log_z, chain->constant, a, MPFR_RNDN);
    mpfr_si_div(slope, chain->depth - 1, m, MPFR_RNDN);
    bool good = true;
    for (int j = 0; j <= chain->n; j++) {
        if (chain->power[j] == 0)
            continue;
        mpfr_mul(a, m, chain->ratio[j], MPFR_RNDN);
        mpfr_add_ui(a, a, 1, MPFR_RNDN);
        mpfr_div(b, chain->ratio[j], a, MPFR_RNDN);
        mpfr_mul_si(b, b, chain->power[j], MPFR_RNDN);
        mpfr_add(slope, slope, b, MPFR_RNDN);
        mpfr_abs(a, a, MPFR_RNDN);
        mpfr_log(a, a, MPFR_RNDN);
        mpfr_mul_si(a, a, chain->power[j], MPFR_RNDN);
        mpfr_add(log_z, log_z, a, MPFR_RNDN);
    }
    for (int k = 0; k < chain->n && good; k++) {
        good = polish_u(chain, k, m, u[k], b);
        mpfr_div(b, chain->ratio[k + 1], b, MPFR_RNDN);
        mpfr_mul_si(b, b, chain->stack->run[k].count, MPFR_RNDN);
        mpfr_add(slope, slope, b, MPFR_RNDN);
        mpfr_abs(a, mpc_realref(u[k]), MPFR_RNDN);
        mpfr_log(a, a, MPFR_RNDN);
        mpfr_mul_si(a, a, chain->stack->run[k].count, MPFR_RNDN);
        mpfr_add(log_z, log_z, a, MPFR_RNDN);
    }
    mpfr_clears(a, b, (mpfr_ptr)0);
    return good && mpfr_number_p(log_z);
}

/* m at the upper end of the law of t of run k, which u[k] becomes. */
static void end_of_law(struct chain *chain, int k, mpc_t u, mpfr_t m)
{
    mpc_t value, g;
    mpc_init2(value, chain->rule->plan.prec);
    mpc_init2(g, chain->rule->plan.prec);
    fj_precise_phi_range(&chain->law[k]->phi, mpc_realref(u));
    fj_precise_transform_exact(chain->law[k], u, value, g, NULL);
    mpfr_div(m, mpc_realref(value), chain->ratio[k + 1], MPFR_RNDN);
    mpc_clear(value);
    mpc_clear(g);
}

/* Step 4. */
static void mass_below(struct chain *chain, const mpfr_t m, mpc_t *u, mpfr_t cdf)
{
    mpfr_t a;
    mpfr_init2(a, chain->rule->plan.prec);
    mpfr_set_ui(cdf, 1, MPFR_RNDN);
    for (int j = 0; j <= chain->n; j++) {
        mpfr_mul(a, m, chain->ratio[j], MPFR_RNDN);
        if (mpfr_cmp_si(a, -1) >= 0)
            continue;
        mpfr_si_div(a, chain->power[j], chain->ratio[j], MPFR_RNDN);
        mpfr_sub(cdf, cdf, a, MPFR_RNDN);
    }
    for (int k = 0; k < chain->n; k++) {
        const fj_precise_law *law = chain->law[k];
        if (mpfr_sgn(mpc_realref(u[k])) < 0)
            continue;
        /* the smooth part of t starts at 0: u > 0 lies above it */
        for (int i = 0; i < law->n_masses; i++) {
            if (mpfr_cmp(law->value[i], mpc_realref(u[k])) <= 0)
                continue;
            mpfr_mul_si(a, law->mass[i], chain->stack->run[k].count, MPFR_RNDN);
            mpfr_div(a, a, chain->ratio[k + 1], MPFR_RNDN);
            mpfr_sub(cdf, cdf, a, MPFR_RNDN);
        }
    }
    mpfr_clear(a);
}

static bool secant(struct chain *chain, const struct network_edge *edge, mpfr_t m, mpc_t *u,
                   mpfr_t log_z)
{
    mpfr_t before, d0, d1, step;
    mpfr_inits2(chain->rule->plan.prec, before, d0, d1, step, (mpfr_ptr)0);
    mpfr_set_ld(before, edge->m, MPFR_RNDN);
    mpfr_set_ld(m, edge->m * (1 + 1e-10L), MPFR_RNDN);
    bool good = at_real(chain, before, u, log_z, d0), done = false;
    for (int round = 0; round < 14 && good && !done; round++) {
        good = at_real(chain, m, u, log_z, d1);
        mpfr_sub(step, m, before, MPFR_RNDN);
        mpfr_sub(d0, d1, d0, MPFR_RNDN);
        if (mpfr_zero_p(d0) || mpfr_zero_p(step))
            break;
        mpfr_div(step, step, d0, MPFR_RNDN);
        mpfr_mul(step, step, d1, MPFR_RNDN);
        mpfr_set(before, m, MPFR_RNDN);
        mpfr_set(d0, d1, MPFR_RNDN);
        mpfr_sub(m, m, step, MPFR_RNDN);
        done = mpfr_zero_p(step) || mpfr_get_exp(step) < mpfr_get_exp(m) - 75;
    }
    good = good && done && at_real(chain, m, u, log_z, d1) &&
           fabsl(mpfr_get_ld(m, MPFR_RNDN) / edge->m - 1) < 1e-5L;
    mpfr_clears(before, d0, d1, step, (mpfr_ptr)0);
    return good;
}

/* The edge at infinite m: sigma_w^2 times an atom of t for every layer. */
static void infinite_edge(struct chain *chain, bool lower, mpfr_t m, mpc_t *u, mpfr_t log_z)
{
    mpfr_t a;
    mpfr_init2(a, chain->rule->plan.prec);
    mpfr_set_d(m, lower ? -1e200 : 1e200, MPFR_RNDN);
    mpfr_set_zero(log_z, 1);
    for (int k = 0; k < chain->n; k++) {
        const struct run *run = &chain->stack->run[k];
        const fj_precise_law *law = chain->law[k];
        for (int i = 0; i < law->n_masses; i++) {
            mpfr_div(a, mpc_realref(u[k]), law->value[i], MPFR_RNDN);
            if (fabsl(mpfr_get_ld(a, MPFR_RNDN) - 1) < 1e-15L) {
                mpfr_set(mpc_realref(u[k]), law->value[i], MPFR_RNDN);
                break;
            }
        }
        mpfr_set_d(a, run->sigma_w, MPFR_RNDN);
        mpfr_sqr(a, a, MPFR_RNDN);
        mpfr_mul(a, a, mpc_realref(u[k]), MPFR_RNDN);
        mpfr_log(a, a, MPFR_RNDN);
        mpfr_mul_si(a, a, run->count, MPFR_RNDN);
        mpfr_add(log_z, log_z, a, MPFR_RNDN);
        if (lower) /* below the atoms, for the mass */
            mpfr_nextbelow(mpc_realref(u[k]));
    }
    mpfr_clear(a);
}

bool real_polish(struct chain *chain, const struct network_edge *edge, mpfr_t s, mpfr_t cdf)
{
    mpfr_prec_t prec = chain->rule->plan.prec;
    mpfr_t m, slope;
    mpfr_inits2(prec, m, slope, (mpfr_ptr)0);
    mpc_t *u = malloc(chain->n * sizeof(*u));
    for (int k = 0; k < chain->n; k++) {
        mpc_init2(u[k], prec);
        mpc_set_ld(u[k], edge->u[k], MPC_RNDNN);
    }
    bool good;
    if (edge->end_of == INFINITE_M) {
        infinite_edge(chain, edge->lower, m, u, s);
        good = true;
    } else if (edge->end_of >= 0) {
        end_of_law(chain, edge->end_of, u[edge->end_of], m);
        good = at_real(chain, m, u, s, slope) && mpfr_sgn(slope) < 0;
    } else {
        good = secant(chain, edge, m, u, s);
    }
    good = good && fabsl(mpfr_get_ld(s, MPFR_RNDN) - edge->log_z) < 1e-7L;
    mass_below(chain, m, u, cdf);
    mpfr_div_2ui(s, s, 1, MPFR_RNDN);
    mpfr_exp(s, s, MPFR_RNDN);
    for (int k = 0; k < chain->n; k++)
        mpc_clear(u[k]);
    free(u);
    mpfr_clears(m, slope, (mpfr_ptr)0);
    return good && !chain_failed(chain);
}
