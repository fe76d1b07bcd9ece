/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The public object: what is known of a law as a whole.
 *
 * 1. Texts are checked and kept; with the sigmas given, q* is looked for.
 * 2. Edges are found in long double.
 * 3. Groups of numbers are established one after the other: mean field, edges, atoms, mean and variance, E log lambda.
 */
#include "precise_internal.h"

#include <stdlib.h>
#include <string.h>
#include "detail.h"
#include "pool.h"

static const uint64_t DEPTH_MOST = 1000000000000000; /* 1e15 */
static const double SIGMA_MOST = 1e6;

fj_precise_options fj_precise_options_default(void)
{
    return (fj_precise_options){.digits = 30};
}

/* Reads a parameter: > 0, or >= 0. */
static fj_status check_number(const char *name, const char *text, bool zero_allowed, char **copy,
                              fj_detail *detail)
{
    mpfr_t x;
    mpfr_init2(x, 64);
    fj_status status = FJ_OK;
    if (!text || !fj_precise_read(x, text) || mpfr_sgn(x) < (zero_allowed ? 0 : 1))
        status = fj_fail(detail, FJ_INVALID, "%s = '%s' is no finite number %s 0", name,
                         text ? text : "", zero_allowed ? ">=" : ">");
    else if (strcmp(name, "q") != 0 && mpfr_cmp_d(x, SIGMA_MOST) > 0)
        status =
            fj_fail(detail, FJ_INVALID, "%s = %s: standard deviations above %g are not covered",
                    name, text, SIGMA_MOST);
    else if (!(*copy = strdup(text)))
        status = fj_fail(detail, FJ_NO_MEMORY, "no memory for a number");
    mpfr_clear(x);
    return status;
}

static fj_status problem_read(fj_precise_problem *problem, const fj_precise_network *network,
                              const fj_precise_options *options, fj_detail *detail)
{
    problem->digits = options->digits;
    problem->depth = (long)network->depth;
    problem->gaussian = network->weights == FJ_WEIGHTS_GAUSSIAN;
    if (options->digits < 1 || options->digits > FJ_PRECISE_DIGITS_MAX)
        return fj_fail(detail, FJ_INVALID, "digits = %u: from 1 to %d are possible",
                       options->digits, FJ_PRECISE_DIGITS_MAX);
    if (network->depth < 1 || network->depth > DEPTH_MOST)
        return fj_fail(detail, FJ_INVALID, "depth = %llu: from 1 to 1e15 layers are possible",
                       (unsigned long long)network->depth);
    if (network->weights != FJ_WEIGHTS_GAUSSIAN && network->weights != FJ_WEIGHTS_ORTHOGONAL)
        return fj_fail(detail, FJ_INVALID, "weights are gaussian or orthogonal");
    fj_status status =
        fj_precise_spec_read(network->activation, &problem->spec, &problem->copy, detail);
    if (status == FJ_OK && network->q)
        return check_number("q", network->q, false, &problem->q, detail);
    if (status == FJ_OK)
        status = check_number("sigma_w", network->sigma_w, false, &problem->sigma_w, detail);
    if (status == FJ_OK && network->sigma_b)
        status = check_number("sigma_b", network->sigma_b, true, &problem->sigma_b, detail);
    return status == FJ_OK ? fj_precise_fixed_point_find(problem, detail) : status;
}

/* ---- what is computed, group by group ---- */

enum { Q_STAR, SIGMA_W, SIGMA_B, CHI, SLOPE, N_WHERE };

static fj_status compute_where(void *infeasible, fj_precise_desk *desk, fj_precise_run *run,
                               mpfr_t *out)
{
    const fj_precise_problem *problem = run->problem;
    const fj_precise_law *law = run->law;
    mpfr_t phi2;
    (void)desk;
    mpfr_init2(phi2, run->rule.plan.prec);
    fj_status status = fj_precise_line_lengths(law, phi2, out[SLOPE]);
    mpfr_set(out[Q_STAR], law->q, MPFR_RNDN);
    mpfr_set(out[SIGMA_W], run->layers.sigma_w, MPFR_RNDN);
    mpfr_sqr(out[CHI], out[SIGMA_W], MPFR_RNDN);
    mpfr_mul(out[SLOPE], out[SLOPE], out[CHI], MPFR_RNDN);
    if (problem->q) { /* sigma_b^2 = q - sigma_w^2 E phi^2 */
        mpfr_mul(out[SIGMA_B], law->q, law->mu_1, MPFR_RNDN);
        mpfr_sub(out[SIGMA_B], out[SIGMA_B], phi2, MPFR_RNDN);
        mpfr_mul(out[SIGMA_B], out[SIGMA_B], out[CHI], MPFR_RNDN);
        if (fj_precise_phi_homogeneous(&law->phi))
            mpfr_set_zero(out[SIGMA_B], 1);
        *(bool *)infeasible = mpfr_sgn(out[SIGMA_B]) < 0;
        /* a negative one keeps its sign, so that the runs can agree on it */
        mpfr_set_ui(out[CHI], 1, MPFR_RNDN);
        if (!*(bool *)infeasible)
            mpfr_sqrt(out[SIGMA_B], out[SIGMA_B], MPFR_RNDN);
    } else {
        mpfr_mul(out[CHI], out[CHI], law->mu_1, MPFR_RNDN);
        mpfr_set_zero(out[SIGMA_B], 1);
        if (problem->sigma_b)
            fj_precise_read(out[SIGMA_B], problem->sigma_b);
    }
    mpfr_clear(phi2);
    return status;
}

static fj_status compute_edges(void *context, fj_precise_desk *desk, fj_precise_run *run,
                               mpfr_t *out)
{
    (void)context;
    (void)desk;
    fj_status status = fj_precise_run_edges(run);
    for (int i = 0; i < run->problem->edges && status == FJ_OK; i++) {
        fj_precise_root_exp(out[i], run->edge_z[i]);
    }
    return status;
}

/* Place and mass of what each mass of t leaves; 0 mass: nothing. */
static fj_status compute_atoms(void *context, fj_precise_desk *desk, fj_precise_run *run,
                               mpfr_t *out)
{
    (void)context;
    (void)desk;
    for (int i = 0; i < FJ_PRECISE_MASSES_MAX; i++) {
        mpfr_t *place = out + 2 * (size_t)i, *mass = place + 1;
        if (i < run->law->n_masses) {
            fj_precise_atom_of(run->law, &run->layers, i, *mass, *place);
        } else {
            mpfr_set_zero(*place, 1);
            mpfr_set_zero(*mass, 1);
        }
    }
    return FJ_OK;
}

/* chi^L, and chi^(2L) L (Var t/mu_1^2 + g) */
static fj_status compute_mean(void *context, fj_precise_desk *desk, fj_precise_run *run,
                              mpfr_t *out)
{
    const fj_precise_law *law = run->law;
    (void)context;
    (void)desk;
    fj_status status = fj_precise_line_variance(law, out[1]);
    mpfr_sqr(out[0], law->mu_1, MPFR_RNDN);
    mpfr_div(out[1], out[1], out[0], MPFR_RNDN);
    mpfr_add_ui(out[1], out[1], run->layers.gaussian, MPFR_RNDN);
    mpfr_mul_si(out[1], out[1], run->layers.depth, MPFR_RNDN);
    mpfr_mul_si(out[0], run->layers.log_chi, 2 * run->layers.depth, MPFR_RNDN);
    fj_precise_root_exp(out[0], out[0]);
    mpfr_mul(out[1], out[1], out[0], MPFR_RNDN);
    mpfr_mul(out[1], out[1], out[0], MPFR_RNDN);
    return status;
}

/* L (E log t + log sigma_w^2 - g) */
static fj_status compute_mean_log(void *context, fj_precise_desk *desk, fj_precise_run *run,
                                  mpfr_t *out)
{
    mpfr_t a;
    (void)context;
    (void)desk;
    mpfr_init2(a, run->rule.plan.prec);
    fj_status status = fj_precise_line_mean_log(run->law, out[0]);
    mpfr_log(a, run->layers.sigma_w, MPFR_RNDN);
    mpfr_mul_2ui(a, a, 1, MPFR_RNDN);
    mpfr_add(out[0], out[0], a, MPFR_RNDN);
    mpfr_sub_ui(out[0], out[0], run->layers.gaussian, MPFR_RNDN);
    mpfr_mul_si(out[0], out[0], run->layers.depth, MPFR_RNDN);
    mpfr_clear(a);
    return status;
}

/* ---- establishing them ---- */

static fj_status establish_where(fj_precise *p, fj_precise_desk *desk, fj_detail *detail)
{
    bool infeasible = false;
    fj_precise_meanfield *w = &p->where;
    fj_precise_number *out[N_WHERE] = {&w->q_star, &w->sigma_w, &w->sigma_b, &w->chi, &w->slope};
    fj_status status = fj_precise_establish(desk, compute_where, &infeasible, N_WHERE, out);
    if (status == FJ_OK && infeasible && w->sigma_b.status == FJ_OK)
        return fj_fail(detail, FJ_INFEASIBLE,
                       "no critical point at q = %s: sigma_b^2 would be %.40s", p->problem.q,
                       w->sigma_b.text);
    return status;
}

static fj_status establish_edges(fj_precise *p, fj_precise_desk *desk, fj_detail *detail)
{
    fj_precise_problem *problem = &p->problem;
    fj_precise_number number[FJ_PRECISE_EDGES_MAX], *out[FJ_PRECISE_EDGES_MAX];
    problem->edges = fj_precise_edges_find(desk->quick.law, &desk->quick.layers, problem->edge);
    if (desk->quick.law->status != FJ_OK)
        return fj_fail(detail, desk->quick.law->status, "the edges were not found");
    const size_t n = (size_t)problem->edges;
    for (size_t i = 0; i < n; i++)
        out[i] = &number[i];
    fj_status status = n ? fj_precise_establish(desk, compute_edges, NULL, n, out) : FJ_OK;
    p->interval = calloc(n + 1, sizeof *p->interval);
    if (!p->interval)
        status = FJ_NO_MEMORY;
    for (size_t i = 0; i < n && status == FJ_OK; i++) {
        if (number[i].status == FJ_NO_CONVERGENCE)
            status = fj_fail(detail, FJ_NO_CONVERGENCE, "an edge was not established to %u digits",
                             problem->digits);
        fj_precise_interval *here = &p->interval[p->intervals];
        const bool lower = problem->edge[i].lower;
        if (!lower && !here->s_min.text)
            here->s_min = (fj_precise_number){strdup("0"), FJ_OK};
        *(lower ? &here->s_min : &here->s_max) = number[i];
        number[i].text = NULL;
        p->intervals += !lower;
    }
    fj_precise_numbers_clear(number, status == FJ_OK ? 0 : n);
    return status;
}

static fj_status establish_atoms(fj_precise *p, fj_precise_desk *desk)
{
    fj_precise_number number[2 * FJ_PRECISE_MASSES_MAX], *out[2 * FJ_PRECISE_MASSES_MAX];
    for (int i = 0; i < 2 * FJ_PRECISE_MASSES_MAX; i++)
        out[i] = &number[i];
    const size_t n = sizeof number / sizeof *number;
    fj_status status = fj_precise_establish(desk, compute_atoms, NULL, n, out);
    for (size_t i = 0; i < n; i += 2) {
        const fj_precise_number *mass = &number[i + 1];
        if (status == FJ_OK && !(mass->text && strcmp(mass->text, "0") == 0))
            p->atom[p->atoms++] = (fj_precise_atom){number[i], *mass};
        else
            fj_precise_numbers_clear(&number[i], 2);
    }
    return status;
}

static fj_status establish_all(fj_precise *p, fj_detail *detail)
{
    fj_precise_desk *desk;
    fj_precise_number *mean[2] = {&p->summary.mean, &p->summary.variance},
                      *mean_log[1] = {&p->summary.mean_log};
    fj_status status = fj_precise_desk_take(p, &desk);
    if (status == FJ_OK)
        status = establish_where(p, desk, detail);
    if (status == FJ_OK)
        status = establish_edges(p, desk, detail);
    if (status == FJ_OK)
        status = establish_atoms(p, desk);
    if (status == FJ_OK)
        status = fj_precise_establish(desk, compute_mean, NULL, 2, mean);
    if (status == FJ_OK)
        status = fj_precise_establish(desk, compute_mean_log, NULL, 1, mean_log);
    fj_precise_desk_return(p, desk);
    return status;
}

fj_status fj_precise_create(const fj_precise_network *network, const fj_precise_options *options,
                            fj_precise **out, fj_detail *detail)
{
    if (!out)
        return fj_fail(detail, FJ_INVALID, "no place for the law (out is NULL)");
    *out = NULL;
    if (!network)
        return fj_fail(detail, FJ_INVALID, "no network given");
    const fj_precise_options by_default = fj_precise_options_default();
    fj_detail reason = {""};
    fj_precise *p = calloc(1, sizeof *p);
    if (!p)
        return fj_fail(detail, FJ_NO_MEMORY, "no memory for a law");
    mpfr_init2(p->problem.q_start, 64);
    fj_status status = fj_precise_pool_make(&p->pool);
    if (status == FJ_OK)
        status = problem_read(&p->problem, network, options ? options : &by_default, &reason);
    if (status == FJ_OK)
        status = establish_all(p, &reason);
    mpfr_free_cache2(MPFR_FREE_LOCAL_CACHE);
    if (status != FJ_OK) {
        fj_precise_destroy(p);
        return fj_fail(detail, status, "%s",
                       reason.text[0] ? reason.text : fj_status_message(status));
    }
    *out = p;
    return FJ_OK;
}

void fj_precise_destroy(fj_precise *p)
{
    if (!p)
        return;
    fj_precise_pool_free(p->pool);
    mpfr_clear(p->problem.q_start);
    free(p->problem.copy);
    free(p->problem.q);
    free(p->problem.sigma_w);
    free(p->problem.sigma_b);
    fj_precise_numbers_clear(&p->where.q_star, N_WHERE);
    for (size_t i = 0; p->interval && i < p->intervals + 1; i++)
        fj_precise_numbers_clear(&p->interval[i].s_min, 2);
    free(p->interval);
    for (size_t i = 0; i < p->atoms; i++)
        fj_precise_numbers_clear(&p->atom[i].s, 2);
    fj_precise_numbers_clear(&p->summary.mean, 3);
    free(p);
}

/* ---- queries ---- */

const fj_precise_meanfield *fj_precise_where(const fj_precise *precise)
{
    return precise ? &precise->where : NULL;
}

size_t fj_precise_intervals(const fj_precise *precise, const fj_precise_interval **intervals)
{
    if (intervals)
        *intervals = precise ? precise->interval : NULL;
    return precise ? precise->intervals : 0;
}

size_t fj_precise_atoms(const fj_precise *precise, const fj_precise_atom **atoms)
{
    if (atoms)
        *atoms = precise ? precise->atom : NULL;
    return precise ? precise->atoms : 0;
}

const fj_precise_summary *fj_precise_lambda(const fj_precise *precise)
{
    return precise ? &precise->summary : NULL;
}
