/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Laws of equal layers: nine activations, both kinds of weights, three depths. */
#include "bench.h"
#include <stdio.h>
#include <string.h>

/* At depths 10 and, of the first four, 10^6 data/spectrum.csv has these laws. */
const bench_kind bench_kinds[BENCH_KINDS] = {
    {"tanh", 0.025, 0.4e-6},    {"erf", 0.025, 0.4e-6}, {"relu", 1, 0.4e-6},
    {"hard-tanh", 0.5, 0.4e-6}, {"elu", 0.5, 1e-6},     {"selu", 0.5, 1e-6},
    {"gelu", 0.5, 2e-6},        {"silu", 0.5, 2e-6},    {"expr:x*tanh(log(1+exp(x)))", 0.5, 2e-6},
};

static void case_run(bench *b, const fj_activation *activation, const char *name, double q,
                     fj_weights weights, uint64_t depth)
{
    char what[BENCH_TEXT], rows[BENCH_TEXT + 64];
    const char *kind = weights == FJ_WEIGHTS_GAUSSIAN ? "gaussian" : "orthogonal";
    fj_meanfield point;
    fj_network network = {0};
    fj_detail detail = {""};
    const unsigned long long layers = depth;
    snprintf(what, sizeof what, "%s %s %g q=%g", name, kind, (double)layers, q);
    snprintf(rows, sizeof rows, "%s,%s,%llu,%.17g,", name, kind, layers, q);
    if (fj_meanfield_critical(activation, q, &point, &detail) != FJ_OK ||
        fj_network_identical(activation, weights, depth, &point, &network) != FJ_OK)
        bench_fail(b, what, detail.text);
    else
        bench_law_measure(b, what, &network, "spectrum", rows);
    fj_network_clear(&network);
}

static int law_run(bench *b)
{
    static const uint64_t depths[] = {10, 200, 1000000};
    static const fj_weights weights[] = {FJ_WEIGHTS_ORTHOGONAL, FJ_WEIGHTS_GAUSSIAN};
    for (size_t i = 0; i < BENCH_KINDS; i++) {
        const char *name = bench_kinds[i].name;
        const double q = bench_kinds[i].q;
        fj_activation *activation = NULL;
        fj_detail detail = {""};
        if (fj_activation_create(name, &activation, &detail) != FJ_OK) {
            bench_fail(b, name, detail.text);
            continue;
        }
        for (size_t w = 0; w < 2; w++)
            for (size_t d = 0; d < 3; d++)
                case_run(b, activation, name, q, weights[w], depths[d]);
        if (strcmp(name, "tanh") == 0) /* where poles are near */
            case_run(b, activation, "tanh", 1, FJ_WEIGHTS_ORTHOGONAL, 200);
        fj_activation_destroy(activation);
    }
    return 1;
}

const bench_group bench_law = {
    .name = "law",
    .title = "equal layers on the critical line",
    .run = law_run,
    .column =
        {{"build", "us"}, {"point", "ns"}, {"table", "us"}, {"again", "ns"}, {"quantile", "us"}},
    .errors = {"estimate", "density", "cdf", "of est."},
    .evaluations = 1,
};
