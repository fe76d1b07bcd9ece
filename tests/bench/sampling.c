/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a sampled network costs: tanh, N = 400, L = 10, on one thread, from drawing the weights to the singular values.
 *
 * 1. A product of two N x N matrices is 2 N^3 operations, of which a sample needs L: the time is divided by those, so that
 *    everything else (drawing, singular values) shows.
 * 2. OpenBLAS's own product (dgemm) of that size beside it: what the machine can do. */
#include "bench.h"
#include <cblas.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

enum { WIDTH = 400, LAYERS = 10, WIDTH_SMOKE = 100 };

static int sample_draw(void *context)
{
    const bench *b = ((void **)context)[0];
    const fj_network *network = ((void **)context)[1];
    fj_sampling_options options = fj_sampling_options_default();
    fj_samples *samples = NULL;
    options.width = b->smoke ? WIDTH_SMOKE : WIDTH;
    options.threads = 1;
    const fj_status status = fj_samples_create(network, &options, &samples, NULL);
    fj_samples_destroy(samples);
    return status == FJ_OK;
}

static void sample_run(bench *b, fj_weights weights, const char *what, double flops)
{
    fj_activation *activation = NULL;
    fj_meanfield point;
    fj_network network = {0};
    void *context[] = {b, &network};
    const int ok = fj_activation_create("tanh", &activation, NULL) == FJ_OK &&
                   fj_meanfield_critical(activation, 0.025, &point, NULL) == FJ_OK &&
                   fj_network_identical(activation, weights, LAYERS, &point, &network) == FJ_OK;
    const double time = ok ? bench_best(b, sample_draw, context) : NAN;
    bench_result *r = NULL;
    if (isnan(time))
        bench_fail(b, what, "no sample");
    else
        r = bench_add(b, what, "sample", time);
    if (r)
        r->flops = LAYERS * flops;
    fj_network_clear(&network);
    fj_activation_destroy(activation);
}

typedef struct product {
    int n;
    double *x; /* three matrices */
} product;

static int product_make(void *context)
{
    const product *p = context;
    double *a = p->x, *b = a + p->n * p->n, *c = b + p->n * p->n;
    cblas_dgemm(CblasColMajor, CblasNoTrans, CblasNoTrans, p->n, p->n, p->n, 1, a, p->n, b, p->n, 0,
                c, p->n);
    return 1;
}

static int sampling_run(bench *b)
{
    const int n = b->smoke ? WIDTH_SMOKE : WIDTH;
    const double flops = 2.0 * n * n * n;
    sample_run(b, FJ_WEIGHTS_ORTHOGONAL, "tanh orthogonal, 10 layers", flops);
    sample_run(b, FJ_WEIGHTS_GAUSSIAN, "tanh gaussian, 10 layers", flops);
    product p = {n, calloc(3 * (size_t)n * (size_t)n, sizeof(double))};
    if (!p.x)
        return 0;
    for (int i = 0; i < 3 * n * n; i++)
        p.x[i] = sin(i);
    const int threads = openblas_get_num_threads();
    openblas_set_num_threads(1);
    bench_result *r =
        bench_add(b, "OpenBLAS, one product", "sample", bench_best(b, product_make, &p));
    openblas_set_num_threads(threads);
    if (r)
        r->flops = flops;
    free(p.x);
    return 1;
}

const bench_group bench_sampling = {
    .name = "sampling",
    .title = "a sampled network of width 400, per operation of its products of matrices",
    .run = sampling_run,
    .column = {{"sample", "ms"}},
    .errors = {"", "", "", ""},
    .rate = 1,
};
