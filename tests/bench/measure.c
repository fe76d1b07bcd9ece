/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a law costs, of any network.
 *
 * 1. Build it, then 1000 points evenly in log s between the 1e-4 quantile (the first one above a mass at 0) and the upper edge:
 *    "build"; "point", one of the 1000, with its part of preparing the law for them (fj_spectrum_prepare); "table", all
 *    together. Every round has a new law.
 * 2. The same points of the law that is there: "again". Then quantiles.
 * 3. Errors: the library's own largest estimate over the points, and the true ones at the rows of data/. */
#include "bench.h"
#include <math.h>
#include <stdlib.h>

typedef struct timed_law {
    const bench *b;
    const fj_network *network;
    fj_spectrum *law;
    double log_s[BENCH_POINTS];
    fj_spectrum_point point[BENCH_POINTS];
    double build, points, table;           /* seconds */
    double evaluations_build, evaluations; /* of building; of what was asked last */
} timed_law;

/* The places of the points. */
static int places_choose(timed_law *t)
{
    const fj_spectrum_interval *interval;
    const size_t intervals = fj_spectrum_intervals(t->law, &interval);
    double lowest = -INFINITY;
    for (int k = 0; k < 20 && !isfinite(lowest); k++)
        if (fj_spectrum_quantile(t->law, 1e-4 + 0.05 * k, &lowest) != FJ_OK)
            return 0;
    if (intervals == 0 || !isfinite(lowest))
        return 0;
    const double span = interval[intervals - 1].log_s_max - lowest;
    for (int i = 0; i < t->b->points; i++)
        t->log_s[i] = lowest + span * (i + 0.5) / t->b->points;
    return isfinite(span);
}

static int points_ask(void *context)
{
    timed_law *t = context;
    const double before = bench_evaluations();
    const int ok = fj_spectrum_eval_log(t->law, t->log_s, (size_t)t->b->points, t->point) == FJ_OK;
    t->evaluations = bench_evaluations() - before;
    return ok;
}

static int quantiles_ask(void *context)
{
    timed_law *t = context;
    const double before = bench_evaluations();
    double log_s;
    int ok = 1;
    for (int i = 0; ok && i < BENCH_QUANTILES; i++)
        ok = fj_spectrum_quantile(t->law, (i + 0.5) / BENCH_QUANTILES, &log_s) == FJ_OK;
    t->evaluations = bench_evaluations() - before;
    return ok;
}

/* A new law with its table. */
static int table_make(timed_law *t)
{
    fj_spectrum_destroy(t->law);
    const double before = bench_evaluations(), start = bench_cpu();
    if (fj_spectrum_create(t->network, &t->law, NULL) != FJ_OK)
        return 0;
    const double built = bench_cpu();
    t->evaluations_build = bench_evaluations() - before;
    if (fj_spectrum_prepare(t->law) != FJ_OK || !points_ask(t))
        return 0;
    const double end = bench_cpu();
    t->evaluations = bench_evaluations() - before - t->evaluations_build;
    t->build = fmin(t->build, built - start);
    t->points = fmin(t->points, end - built);
    t->table = fmin(t->table, end - start);
    return 1;
}

static void result_add(bench *b, const char *what, const char *measure, double seconds,
                       double evaluations)
{
    bench_result *r = bench_add(b, what, measure, seconds);
    if (r)
        r->evaluations = evaluations;
}

/* Steps 1 and 2; the results are added. */
static int all_time(bench *b, const char *what, timed_law *t)
{
    const double n = b->points;
    double spent = 0;
    for (int count = 0; bench_more(b, count, spent); count++) {
        const double start = bench_cpu();
        if (!table_make(t))
            return 0;
        spent += bench_cpu() - start;
    }
    result_add(b, what, "build", t->build, t->evaluations_build);
    result_add(b, what, "point", t->points / n, t->evaluations / n);
    result_add(b, what, "table", t->table, t->evaluations_build + t->evaluations);
    const double again = bench_best(b, points_ask, t) / n;
    result_add(b, what, "again", again, t->evaluations / n);
    const double quantile = bench_best(b, quantiles_ask, t) / BENCH_QUANTILES;
    result_add(b, what, "quantile", quantile, t->evaluations / BENCH_QUANTILES);
    return isfinite(again) && isfinite(quantile);
}

int bench_law_measure(bench *b, const char *what, const fj_network *network, const char *table,
                      const char *rows)
{
    timed_law *t = calloc(1, sizeof *t);
    if (!t) {
        bench_fail(b, what, "out of memory");
        return 0;
    }
    *t = (timed_law){.b = b, .network = network};
    t->build = t->points = t->table = INFINITY;
    fj_detail detail = {""};
    int ok = fj_spectrum_create(network, &t->law, &detail) == FJ_OK;
    if (!ok)
        bench_fail(b, what, detail.text);
    else if (!(ok = places_choose(t) && all_time(b, what, t)))
        bench_fail(b, what, "some point or quantile was not obtained");
    /* of the table's points, though each measure is of the same law */
    bench_result *r = ok ? (bench_result *)bench_find(b, b->group->name, what, "point") : NULL;
    if (r) {
        r->estimate = 0;
        for (int i = 0; i < b->points; i++)
            r->estimate = fmax(r->estimate, t->point[i].error);
        if (table && b->round == 0)
            bench_truth_law(b, t->law, table, rows, r);
    }
    fj_spectrum_destroy(t->law);
    free(t);
    return ok;
}
