/* SPDX-License-Identifier: GPL-3.0-or-later */
/* True errors, against the tables of data/.
 *
 * 1. The rows of a table that begin with the given text are those of one law, or of one expectation.
 * 2. What one rounding of s does to a density, |d log density/d log s| eps, by differences, is taken off; and what rounding
 *    chi to double does, which moves s by a quarter eps a layer. Of expectations, what one rounding of u and log u does. */
#include "bench.h"
#include "rule.h"
#include "steepness.h"
#include <complex.h>
#include <float.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

/* Calls row for each row that begins with `rows`, with what follows. */
static void table_scan(const bench *b, const char *table, const char *rows,
                       void (*row)(void *context, const char *rest), void *context)
{
    char path[4096], line[1024];
    const size_t length = strlen(rows);
    snprintf(path, sizeof path, "%s/%s.csv", b->data, table);
    FILE *file = fopen(path, "r");
    if (!file)
        return; /* main has said that there are no tables */
    while (fgets(line, sizeof line, file))
        if (strncmp(line, rows, length) == 0)
            row(context, line + length);
    fclose(file);
}

typedef struct law_truth {
    const fj_spectrum *law;
    double given; /* by how many eps rounding chi moves s */
    double density, cdf, ratio;
} law_truth;

static void law_row(void *context, const char *rest)
{
    law_truth *truth = context;
    double s, density, cdf;
    fj_spectrum_point point;
    if (sscanf(rest, "%lf,%lf,%lf", &s, &density, &cdf) != 3 ||
        fj_spectrum_eval(truth->law, &s, 1, &point) != FJ_OK) /* refused: no number, no error */
        return;
    const double off = fabs(point.density - density) / density;
    const double rounding = DBL_EPSILON * fj_steepness(truth->law, s, density),
                 given = truth->given * rounding;
    const double off_cdf = fabs(point.cdf - cdf) - DBL_EPSILON * (1 + truth->given) * s * density;
    truth->density = fmax(truth->density, fmax(0, off - given - rounding));
    truth->ratio = fmax(truth->ratio, fmax(0, off - given) / point.error);
    truth->cdf = fmax(truth->cdf, fmax(0, off_cdf));
}

void bench_truth_law(const bench *b, const fj_spectrum *law, const char *table, const char *rows,
                     bench_result *result)
{
    law_truth truth = {law, 0, NAN, NAN, NAN};
    const fj_network *network = fj_spectrum_network(law);
    for (size_t i = 0; i < network->runs; i++)
        if (network->run[i].chi != 1)
            truth.given += (double)network->run[i].count / 4;
    table_scan(b, table, rows, law_row, &truth);
    result->error = truth.density;
    result->error_cdf = truth.cdf;
    result->ratio = truth.ratio;
}

typedef struct expectation_truth {
    const fj_rule *rule;
    double worst;
} expectation_truth;

static void expectation_row(void *context, const char *rest)
{
    expectation_truth *truth = context;
    static fj_resolvent at;
    double u[2], m[2], dm[2];
    if (sscanf(rest, "%lf,%lf,%lf,%lf,%lf,%lf", &u[0], &u[1], &m[0], &m[1], &dm[0], &dm[1]) != 6)
        return;
    const double complex place = CMPLX(u[0], u[1]), w = clog(place), exact = CMPLX(m[0], m[1]);
    fj_rule_resolvent(truth->rule, FJ_SECOND_CENTRED, w, &at);
    const double rounding =
        DBL_EPSILON * (1 + cabs(w)) * cabs(place * CMPLX(dm[0], dm[1])) / cabs(exact);
    truth->worst = fmax(truth->worst, fmax(0, cabs(at.m - exact) / cabs(exact) - rounding));
}

double bench_truth_expectation(const bench *b, const struct fj_rule *rule, const char *name,
                               double q)
{
    char rows[BENCH_TEXT + 32];
    expectation_truth truth = {rule, NAN};
    snprintf(rows, sizeof rows, "%s,%.17g,", name, q);
    table_scan(b, "expectation", rows, expectation_row, &truth);
    return truth.worst;
}
