/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Laws of unequal layers: what they cost by the number of different layers, and that depth costs nothing.
 *
 * 1. tanh, orthogonal, q evenly from 0.02 to 0.3, in 1, 2, 5 .. 80 different layers, each with E[phi'^2] sigma_w^2 = 1.
 * 2. 10 different ones at depths 10, 1000, 1000000.
 * 3. 40 different ones of other activations; the forty of tanh-forty-q-g, whose law data/ holds; and forty by the length map, away from
 *    its fixed point. */
#include "bench.h"
#include "average.h"
#include <stdio.h>

static const double Q_LEAST = 0.02, Q_MOST = 0.3;

/* `depth` layers in `kinds` runs with q of their own. */
static fj_status network_make(const fj_activation *a, int kinds, uint64_t depth, fj_network *out)
{
    fj_status status = FJ_OK;
    fj_network_init(out, 1);
    for (int i = 0; i < kinds && status == FJ_OK; i++) {
        fj_meanfield point;
        const uint64_t from = depth * (uint64_t)i / (uint64_t)kinds,
                       to = depth * (uint64_t)(i + 1) / (uint64_t)kinds;
        const double q = Q_LEAST + (Q_MOST - Q_LEAST) * (i + 0.5) / kinds;
        status = fj_meanfield_critical(a, q, &point, NULL);
        const fj_network_run run = {a, FJ_WEIGHTS_ORTHOGONAL, to - from, point.sigma_w, 0, 1, q, 1};
        if (status == FJ_OK)
            status = fj_network_add(out, &run, NULL);
    }
    return status;
}

/* tests/reference's "1; tanh g 1 1.05 0.9 1; 39* tanh g 1 1.05 *0.93 1". */
static fj_status forty_make(const fj_activation *a, fj_network *out)
{
    fj_status status = FJ_OK;
    double q = 0.9;
    fj_network_init(out, 1);
    for (int i = 0; i < 40 && status == FJ_OK; i++, q *= 0.93) {
        fj_averages averages;
        status = fj_averages_at(a, q, &averages);
        const double chi = 1.05 * 1.05 * averages.mu1;
        const fj_network_run run = {a, FJ_WEIGHTS_GAUSSIAN, 1, 1.05, 0, 1, q, chi};
        if (status == FJ_OK)
            status = fj_network_add(out, &run, NULL);
    }
    return status;
}

/* Forty layers of weights 1.1 and biases 0.1, by the length map from q = 3. */
static fj_status map_make(const fj_activation *a, fj_network *out)
{
    const fj_network_run run = {a, FJ_WEIGHTS_ORTHOGONAL, 40, 1.1, 0.1, 1, 3, 1};
    fj_network_init(out, 1);
    return fj_network_follow(out, &run, NULL);
}

/* kinds: as many different ones, or one of these. */
enum { FORTY = 0, BY_MAP = -1 };

static void case_run(bench *b, const char *name, int kinds, uint64_t depth)
{
    char what[BENCH_TEXT];
    fj_activation *a = NULL;
    fj_network network = {0};
    fj_status status = fj_activation_create(name, &a, NULL);
    if (kinds > 0)
        snprintf(what, sizeof what, "%s orthogonal, %d different of %g", name, kinds,
                 (double)depth);
    else if (kinds == BY_MAP)
        snprintf(what, sizeof what, "%s orthogonal, 40 from q = 3", name);
    else
        snprintf(what, sizeof what, "tanh-forty-q-g");
    if (status == FJ_OK)
        status = kinds > 0         ? network_make(a, kinds, depth, &network)
                 : kinds == BY_MAP ? map_make(a, &network)
                                   : forty_make(a, &network);
    if (status != FJ_OK)
        bench_fail(b, what, fj_status_message(status));
    else
        bench_law_measure(b, what, &network, kinds == FORTY ? "network-points" : NULL,
                          "tanh-forty-q-g,");
    fj_network_clear(&network);
    fj_activation_destroy(a);
}

static int layers_run(bench *b)
{
    static const int kinds[] = {1, 2, 5, 10, 20, 40, 80};
    static const uint64_t depths[] = {1000, 1000000};
    static const char *const others[] = {"erf", "arctan",   "hard-tanh", "elu",  "selu",
                                         "sin", "softsign", "gelu",      "silu", "expr:x*tanh(x)"};
    static const char *const mapped[] = {"tanh", "sigmoid", "softplus", "gelu"};
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        case_run(b, "tanh", kinds[i], (uint64_t)kinds[i]);
    for (size_t i = 0; i < sizeof depths / sizeof *depths; i++)
        case_run(b, "tanh", 10, depths[i]);
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        case_run(b, others[i], 40, 40);
    for (size_t i = 0; i < sizeof mapped / sizeof *mapped; i++)
        case_run(b, mapped[i], BY_MAP, 40);
    case_run(b, "tanh", FORTY, 40);
    return 1;
}

const bench_group bench_layers = {
    .name = "layers",
    .title = "unequal layers, q from 0.02 to 0.3",
    .run = layers_run,
    .column =
        {{"build", "us"}, {"point", "ns"}, {"table", "us"}, {"again", "ns"}, {"quantile", "us"}},
    .errors = {"estimate", "density", "cdf", "of est."},
    .evaluations = 1,
};
