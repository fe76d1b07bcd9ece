/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One gaussian expectation, of which laws are made.
 *
 * 1. E[t/(u - t)] with its derivatives in log u, at places around the range of t where poles count ("near"), and at places far
 *    from it ("far"); Im J there, which the distribution function needs ("potential"); all averages of phi and t at one q
 *    ("averages"); and the rule that serves one activation at one q ("rule").
 * 2. The true error is that of E[t/(u - t)], relative, at all rows of data/expectation.csv (of relu, which does not depend
 *    on q, those of 0.5). */
#include "bench.h"
#include "average.h"
#include "rule.h"
#include <math.h>

enum { PLACES = 16, REPEATS = 20 };

typedef struct timed_rule {
    const fj_activation *activation;
    double q, mu1, log_most;
    fj_rule *rule;
    int far;
} timed_rule;

static fj_resolvent at[PLACES];

/* From 3 below the largest log t to 1 above it, theta from 0.02 to 1.5; or 4 above it and more. */
static double complex place(const timed_rule *t, int i)
{
    const double part = (i + 0.5) / PLACES, along = fmod(7 * part, 1);
    return t->far ? CMPLX(t->log_most + 4 + 4 * along, 0.02 * pow(75, part))
                  : CMPLX(t->log_most - 3 + 4 * along, 0.02 * pow(75, part));
}

static int resolvents(void *context)
{
    const timed_rule *t = context;
    for (int k = 0; k < REPEATS; k++)
        for (int i = 0; i < PLACES; i++)
            fj_rule_resolvent(t->rule, FJ_SECOND_CENTRED, place(t, i), &at[i]);
    return isfinite(creal(at[0].m));
}

static int potentials(void *context)
{
    const timed_rule *t = context;
    double sum = 0;
    for (int k = 0; k < REPEATS; k++)
        for (int i = 0; i < PLACES; i++)
            sum += fj_rule_potential(t->rule, FJ_SECOND_CENTRED, &at[i]);
    return isfinite(sum);
}

static int averages(void *context)
{
    const timed_rule *t = context;
    fj_averages out;
    return fj_averages_at(t->activation, t->q, &out) == FJ_OK;
}

static int rules(void *context)
{
    timed_rule *t = context;
    fj_rule_destroy(t->rule);
    return fj_rule_create(t->activation, t->q, NULL, &t->rule) == FJ_OK;
}

/* The logarithm of the largest t, or where there is no such end, of E t. */
static double log_largest(const timed_rule *t)
{
    double least, most = 0;
    const fj_mass *mass;
    const size_t masses = fj_rule_masses(t->rule, &mass);
    if (!fj_rule_range(t->rule, &least, &most) && masses > 0)
        most = mass[masses - 1].t;
    return log(most > 0 && isfinite(most) ? most : t->mu1);
}

static void case_run(bench *b, const char *name, double q)
{
    timed_rule t = {.q = q};
    fj_averages average;
    const double n = PLACES * REPEATS;
    fj_activation *activation = NULL;
    fj_status status = fj_activation_create(name, &activation, NULL);
    if (status == FJ_OK)
        status = fj_averages_at(activation, q, &average);
    if (status == FJ_OK) {
        t.activation = activation;
        t.mu1 = average.mu1;
        status = fj_rule_create(activation, q, NULL, &t.rule);
    }
    if (status != FJ_OK) {
        bench_fail(b, name, fj_status_message(status));
    } else {
        t.log_most = log_largest(&t);
        const double near = bench_best(b, resolvents, &t) / n;
        bench_add(b, name, "potential", bench_best(b, potentials, &t) / n);
        bench_result *r = bench_add(b, name, "near", near);
        if (r)
            r->error = bench_truth_expectation(b, t.rule, name,
                                               fj_activation_is_homogeneous(activation) ? 0.5 : q);
        t.far = 1;
        bench_add(b, name, "far", bench_best(b, resolvents, &t) / n);
        bench_add(b, name, "averages", bench_best(b, averages, &t));
        bench_add(b, name, "rule", bench_best(b, rules, &t));
    }
    fj_rule_destroy(t.rule);
    fj_activation_destroy(activation);
}

static int expectation_run(bench *b)
{
    for (size_t i = 0; i < BENCH_KINDS; i++)
        case_run(b, bench_kinds[i].name, bench_kinds[i].q);
    return 1;
}

const bench_group bench_expectation = {
    .name = "expectation",
    .title = "E[t/(u - t)] with derivatives, t = phi'^2, and what belongs to it",
    .run = expectation_run,
    .column =
        {{"near", "ns"}, {"far", "ns"}, {"potential", "ns"}, {"averages", "us"}, {"rule", "us"}},
    .errors = {"", "resolvent", "", ""},
};
