/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Products of gaussian matrices of width ratio 0.8, what Chhaibi, Daouda and Kahn (2022) time Newton lilypads with; and what
 * sampling a network costs, which is what one does without the theory.
 *
 * 1. N_(l-1)/N_l = 0.8, weights of variance 1/N_l: sigma_w^2 = 0.8, as in data/network-layers.csv, which holds the depths
 *    5, 20, 40 and 500.
 * 2. One orthogonal tanh network, N = 1000, L = 100: sampled on one thread, on all, and its exact law. */
#include "bench.h"
#include <math.h>
#include <stdio.h>

static void product_run(bench *b, const fj_activation *linear, int depth)
{
    char what[BENCH_TEXT], rows[BENCH_TEXT + 2];
    const double sigma_w = sqrt(0.8);
    double width = 1;
    fj_network network;
    fj_status status = FJ_OK;
    snprintf(what, sizeof what, "linear-0.8-%d", depth);
    snprintf(rows, sizeof rows, "%s,", what);
    fj_network_init(&network, width);
    for (int l = 0; l < depth && status == FJ_OK; l++) {
        width *= 1.25;
        const fj_network_run run = {linear, FJ_WEIGHTS_GAUSSIAN, 1, sigma_w, 0, width,
                                    1,      sigma_w * sigma_w};
        status = fj_network_add(&network, &run, NULL);
    }
    if (status != FJ_OK)
        bench_fail(b, what, fj_status_message(status));
    else
        bench_law_measure(b, what, &network, "network-points", rows);
    fj_network_clear(&network);
}

static int products_run(bench *b)
{
    static const int depths[] = {5, 10, 20, 40, 80, 500};
    fj_activation *linear = NULL;
    if (fj_activation_create("linear", &linear, NULL) != FJ_OK)
        return 0;
    for (size_t i = 0; i < sizeof depths / sizeof *depths; i++)
        product_run(b, linear, depths[i]);
    fj_activation_destroy(linear);
    return 1;
}

const bench_group bench_products = {
    .name = "products",
    .title = "linear gaussian layers, N_(l-1)/N_l = 0.8",
    .run = products_run,
    .column =
        {{"build", "us"}, {"point", "ns"}, {"table", "us"}, {"again", "ns"}, {"quantile", "us"}},
    .errors = {"estimate", "density", "cdf", "of est."},
    .evaluations = 1,
};

static int peer_sample(bench *b, const fj_network *network, unsigned threads, const char *measure)
{
    fj_sampling_options options = fj_sampling_options_default();
    fj_samples *samples = NULL;
    options.width = b->smoke ? 100 : 1000;
    options.threads = threads;
    const double start = bench_wall();
    const fj_status status = fj_samples_create(network, &options, &samples, NULL);
    const double seconds = bench_wall() - start;
    if (status == FJ_OK)
        bench_add(b, "tanh orthogonal 100 q=0.025", measure, seconds);
    fj_samples_destroy(samples);
    return status == FJ_OK;
}

static int peer_run(bench *b)
{
    static const char what[] = "tanh orthogonal 100 q=0.025";
    fj_activation *activation = NULL;
    fj_meanfield point;
    fj_network network = {0};
    const int made =
        fj_activation_create("tanh", &activation, NULL) == FJ_OK &&
        fj_meanfield_critical(activation, 0.025, &point, NULL) == FJ_OK &&
        fj_network_identical(activation, FJ_WEIGHTS_ORTHOGONAL, 100, &point, &network) == FJ_OK;
    /* seconds long, so only in the first round */
    if (!made || (b->round == 0 && (!peer_sample(b, &network, 1, "one thread") ||
                                    !peer_sample(b, &network, 0, "all threads"))))
        bench_fail(b, what, "no sample");
    else
        bench_law_measure(b, what, &network, "spectrum",
                          "tanh,orthogonal,100,0.025000000000000001,");
    fj_network_clear(&network);
    fj_activation_destroy(activation);
    return 1;
}

const bench_group bench_peer = {
    .name = "peer",
    .title = "one network of width 1000 sampled once (time on the wall), and its law",
    .run = peer_run,
    .column = {{"one thread", "ms"}, {"all threads", "ms"}, {"build", "us"}, {"table", "us"}},
    .errors = {"estimate", "density", "cdf", "of est."},
};
