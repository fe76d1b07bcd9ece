/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A network at one precision, and the desks of the threads.
 *
 * 1. A run: rule, q as read or polished from the sigmas, law of t, layers; its edges when they are needed.
 * 2. A desk holds what one thread needs: a law for long double, and for each level of precision two runs that
 *    differ in everything. All are made when first used and kept.
 */
#include "precise_internal.h"

#include <math.h>
#include <stdlib.h>

/* Digits of the runs of level 0 beyond those wanted; and the least that is worth while. */
static const double GUARD_DIGITS = 14, LEAST_DIGITS = 26;
/* For long double: coefficients of 18 nodes below 1e-8 leave an error of 1e-24. u - t is subtracted in all bits: far down a tail
 * u is within 1e-30 of the t. */
static const fj_precise_plan QUICK = {.n = 18,
                                      .test = 12,
                                      .prec = 256,
                                      .panels = 11,
                                      .reach = 14,
                                      .tolerance = 1e-8L,
                                      .floor = 1e-24L};

static fj_status run_fill(fj_precise_run *run, int which)
{
    const fj_precise_problem *problem = run->problem;
    mpfr_t q;
    mpfr_init2(q, run->rule.plan.prec);
    fj_status status = FJ_OK;
    if (problem->q)
        fj_precise_read(q, problem->q);
    else
        status = fj_precise_fixed_point_polish(problem, &run->rule, run->digits, which, q);
    if (status == FJ_OK) {
        run->law = fj_precise_law_make(&problem->spec, q, &run->rule);
        status = run->law ? run->law->status : FJ_NO_MEMORY;
    }
    if (run->law) {
        fj_precise_layers_init(&run->layers, run->law, problem->gaussian, problem->depth);
        if (!problem->q) {
            fj_precise_read(q, problem->sigma_w);
            fj_precise_layers_move(&run->layers, run->law, q);
        }
    }
    mpfr_clear(q);
    return status;
}

static fj_status run_make(fj_precise_run *run, const fj_precise_problem *problem,
                          const fj_precise_plan *plan, double digits, int which)
{
    *run = (fj_precise_run){.problem = problem, .digits = digits};
    fj_status status = fj_precise_rule_make(&run->rule, plan);
    if (status != FJ_OK)
        return status;
    for (int i = 0; i < FJ_PRECISE_EDGES_MAX; i++)
        mpfr_inits2(plan->prec, run->edge_u[i], run->edge_z[i], (mpfr_ptr)0);
    status = run_fill(run, which);
    if (status != FJ_OK)
        fj_precise_run_free(run);
    return status;
}

fj_status fj_precise_run_make(fj_precise_run *run, const fj_precise_problem *problem, double digits,
                              int which)
{
    const fj_precise_plan plan = fj_precise_plan_for(digits, which);
    return run_make(run, problem, &plan, digits, which);
}

void fj_precise_run_free(fj_precise_run *run)
{
    if (run->law)
        fj_precise_layers_clear(&run->layers);
    fj_precise_law_free(run->law);
    for (int i = 0; i < FJ_PRECISE_EDGES_MAX; i++)
        mpfr_clears(run->edge_u[i], run->edge_z[i], (mpfr_ptr)0);
    fj_precise_rule_free(&run->rule);
    *run = (fj_precise_run){0};
}

fj_status fj_precise_run_edges(fj_precise_run *run)
{
    const fj_precise_problem *problem = run->problem;
    for (int i = 0; i < problem->edges && !run->polished; i++)
        if (!fj_precise_edge_polish(run->law, &run->layers, &problem->edge[i], run->edge_u[i],
                                    run->edge_z[i], &run->bend[i]))
            return run->law->status != FJ_OK ? run->law->status : FJ_NO_CONVERGENCE;
    run->polished = true;
    return FJ_OK;
}

double fj_precise_level_digits(const fj_precise_problem *problem, int level)
{
    /* log z is a sum of L equal terms of the order 1/L */
    const double lost = 2 * log10((double)problem->depth);
    const double first = fmax(problem->digits + GUARD_DIGITS, LEAST_DIGITS) + lost;
    return first * (2 + level) / 2;
}

fj_status fj_precise_desk_pair(fj_precise_desk *desk, int level, fj_precise_run **pair)
{
    *pair = desk->pair[level];
    if (desk->has_pair[level])
        return FJ_OK;
    const double digits = fj_precise_level_digits(desk->problem, level);
    fj_status status = fj_precise_run_make(*pair, desk->problem, digits, 0);
    if (status != FJ_OK)
        return status;
    status = fj_precise_run_make(*pair + 1, desk->problem, digits, 1);
    if (status != FJ_OK)
        fj_precise_run_free(*pair);
    desk->has_pair[level] = status == FJ_OK;
    return status;
}

fj_status fj_precise_desk_make(const fj_precise_problem *problem, fj_precise_desk **out)
{
    *out = calloc(1, sizeof **out);
    if (!*out)
        return FJ_NO_MEMORY;
    (*out)->problem = problem;
    fj_status status = run_make(&(*out)->quick, problem, &QUICK, (double)-log10l(QUICK.floor), 0);
    if (status != FJ_OK) {
        free(*out);
        *out = NULL;
    }
    return status;
}

void fj_precise_desk_free(fj_precise_desk *desk)
{
    if (!desk)
        return;
    fj_precise_run_free(&desk->quick);
    for (int level = 0; level < FJ_PRECISE_LEVELS; level++)
        for (int which = 0; desk->has_pair[level] && which < 2; which++)
            fj_precise_run_free(&desk->pair[level][which]);
    free(desk);
}
