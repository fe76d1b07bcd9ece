/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A network at one precision: the constants of log z, and the laws of t.
 *
 * 1. L_j = N_0/N_j from the widths, which are taken as the exact doubles they are.
 * 2. a_j and C as network.h has them.
 * 3. Runs of one activation and one q share one law, since its panels are worth keeping.
 */
#include "network.h"

#include <stdlib.h>

static void find_law(struct chain *chain, int k)
{
    const struct run *run = chain->stack->run;
    for (int i = 0; i < k; i++)
        if (run[i].act == run[k].act && run[i].q == run[k].q) {
            chain->law[k] = chain->law[i];
            for (int j = 0; j < N_MOMENTS; j++)
                mpfr_set(chain->mu[k][j], chain->mu[i][j], MPFR_RNDN);
            return;
        }
    chain->law[k] = law_make(run[k].act, run[k].q, chain->rule);
    chain->own[k] = 1;
    if (fj_precise_line_moments(chain->law[k], N_MOMENTS, chain->mu[k]) != FJ_OK)
        chain->law[k]->status = FJ_NO_CONVERGENCE;
}

static void add_run(struct chain *chain, int k)
{
    const struct run *run = &chain->stack->run[k];
    double before = k > 0 ? run[-1].width : chain->stack->width_0;
    bool narrowing = run->width < before;
    mpfr_t a, b;
    mpfr_inits2(chain->rule->plan.prec, a, b, (mpfr_ptr)0);
    mpfr_set_d(a, run->sigma_w, MPFR_RNDN);
    mpfr_sqr(a, a, MPFR_RNDN);
    mpfr_mul(a, a, chain->ratio[k + 1], MPFR_RNDN);
    mpfr_log(a, a, MPFR_RNDN);
    mpfr_mul_si(a, a, run->count, MPFR_RNDN);
    mpfr_add(chain->constant, chain->constant, a, MPFR_RNDN);
    if (run->gaussian || narrowing) { /* -log c, c = before / width */
        mpfr_set_d(a, run->width, MPFR_RNDN);
        mpfr_div_d(a, a, before, MPFR_RNDN);
        mpfr_log(a, a, MPFR_RNDN);
        mpfr_add(chain->constant, chain->constant, a, MPFR_RNDN);
    }
    if (!run->gaussian) {
        chain->power[k + 1] += narrowing - run->count;
        chain->power[k] -= narrowing;
    }
    chain->depth += run->count;
    mpfr_clears(a, b, (mpfr_ptr)0);
}

struct chain *chain_make(const struct stack *stack, const fj_precise_rule *rule)
{
    struct chain *chain = calloc(1, sizeof(*chain));
    chain->stack = stack;
    chain->rule = rule;
    chain->n = stack->n;
    mpfr_init2(chain->constant, rule->plan.prec);
    mpfr_set_zero(chain->constant, 1);
    for (int j = 0; j <= stack->n; j++) {
        mpfr_init2(chain->ratio[j], rule->plan.prec);
        mpfr_set_d(chain->ratio[j], stack->width_0, MPFR_RNDN);
        mpfr_div_d(chain->ratio[j], chain->ratio[j], j ? stack->run[j - 1].width : stack->width_0,
                   MPFR_RNDN);
    }
    chain->power[0] = 1;
    for (int k = 0; k < stack->n; k++) {
        for (int j = 0; j < N_MOMENTS; j++)
            mpfr_init2(chain->mu[k][j], rule->plan.prec);
        find_law(chain, k);
        add_run(chain, k);
    }
    return chain;
}

void chain_free(struct chain *chain)
{
    for (int k = 0; k < chain->n; k++) {
        if (chain->own[k])
            fj_precise_law_free(chain->law[k]);
        for (int j = 0; j < N_MOMENTS; j++)
            mpfr_clear(chain->mu[k][j]);
    }
    for (int j = 0; j <= chain->n; j++)
        mpfr_clear(chain->ratio[j]);
    mpfr_clear(chain->constant);
    free(chain);
}

void chain_trim(struct chain *chain)
{
    for (int k = 0; k < chain->n; k++)
        if (chain->own[k])
            fj_precise_law_trim(chain->law[k]);
}

bool chain_failed(const struct chain *chain)
{
    for (int k = 0; k < chain->n; k++)
        if (chain->law[k]->status != FJ_OK)
            return true;
    return false;
}

void chain_forgive(struct chain *chain)
{
    for (int k = 0; k < chain->n; k++)
        chain->law[k]->status = FJ_OK;
}
