/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a Haar factor costs: reflectors applied in blocks, as freejac does, against what one would write first, QR of a
 * gaussian matrix (dgeqrf, dorgqr, signs fixed) and a product of matrices (dgemm).
 *
 * 1. Both multiply an N x N matrix, N = 400, by Haar matrices, in turns, so that both meet the same disturbances of a shared
 *    machine; gaussian numbers come from the same generator. Time is that of the clock on the wall, for one product.
 * 2. One thread; then all processors on one product: freejac's own threads over columns against OpenBLAS's; then one product
 *    for each processor, BLAS on one thread, which is how many samples are drawn.
 * 3. |Q^T Q - 1| is the error of both, lest speed be bought with accuracy. The product of gaussian layers and singular values
 *    are timed beside. */
#include "bench.h"
#include <cblas.h>
#include <lapack.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include "haar.h"
#include "threads.h"

enum { CHUNK = 256, PRODUCTS_MOST = 16, LAPACK_COLUMNS = 80, WIDTH = 400, WIDTH_SMOKE = 100 };

/* One product being made, in both ways. */
typedef struct product {
    size_t n;
    unsigned threads;
    fj_haar haar;
    fj_stream stream;
    double *p, *next, *q, *tau, *work, *scratch;
    lapack_int room;
} product;

static int product_make(product *x, size_t n, uint64_t sample)
{
    *x = (product){
        .n = n, .threads = 1, .stream = {.seed = 1, .sample = sample, .kind = FJ_STREAM_WEIGHTS}};
    x->room = (lapack_int)(LAPACK_COLUMNS * n);
    x->work = calloc(LAPACK_COLUMNS * n, sizeof(double));
    double **const arrays[] = {&x->haar.v, &x->p, &x->next, &x->q};
    int ok = 1;
    for (size_t i = 0; i < 4; i++)
        ok &= (*arrays[i] = calloc(n * n, sizeof(double))) != NULL;
    double **const columns[] = {&x->haar.tau, &x->haar.sign, &x->tau};
    for (size_t i = 0; i < 3; i++)
        ok &= (*columns[i] = calloc(n, sizeof(double))) != NULL;
    double **const blocks[] = {&x->haar.t, &x->scratch};
    ok &= x->work != NULL;
    for (size_t i = 0; i < 2; i++)
        ok &= (*blocks[i] = calloc(n * FJ_HAAR_BLOCK, sizeof(double))) != NULL;
    x->haar.size = x->haar.count = n;
    for (size_t i = 0; ok && i < n; i++)
        x->p[i * n + i] = 1;
    return ok;
}

static void product_free(product *x)
{
    double *const all[] = {x->haar.v, x->haar.tau, x->haar.sign, x->haar.t, x->p,
                           x->next,   x->q,        x->tau,       x->work,   x->scratch};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        free(all[i]);
}

static void draw(void *context, size_t block)
{
    product *x = context;
    fj_haar_draw(&x->haar, block, &x->stream);
}

static void apply(void *context, size_t chunk)
{
    product *x = context;
    const size_t n = x->n, first = chunk * CHUNK, columns = n - first < CHUNK ? n - first : CHUNK;
    for (size_t j = first; j < first + columns; j++)
        for (size_t i = 0; i < n; i++)
            x->p[j * n + i] *= x->haar.sign[i];
    fj_haar_apply(&x->haar, FJ_HAAR_PLAIN, n, x->p + first * n, n, columns,
                  x->scratch + first * FJ_HAAR_BLOCK);
}

static void by_reflectors(void *context, size_t index)
{
    product *x = (product *)context + index;
    fj_work_plan plan = {fj_haar_blocks(&x->haar), x->threads, draw, x, NULL, NULL};
    fj_work_run(&plan);
    plan.work = apply;
    plan.count = (x->n + CHUNK - 1) / CHUNK;
    fj_work_run(&plan);
    x->stream.layer++;
}

static void by_qr(void *context, size_t index)
{
    product *x = (product *)context + index;
    const lapack_int n = (lapack_int)x->n;
    lapack_int info;
    fj_stream_normals(&x->stream, x->n * x->n, x->q);
    LAPACK_dgeqrf(&n, &n, x->q, &n, x->tau, x->work, &x->room, &info);
    for (size_t i = 0; i < x->n; i++)
        x->haar.sign[i] = copysign(1, x->q[i * x->n + i]);
    LAPACK_dorgqr(&n, &n, &n, x->q, &n, x->tau, x->work, &x->room, &info);
    for (size_t j = 0; j < x->n; j++)
        cblas_dscal(n, x->haar.sign[j], x->q + j * x->n, 1);
    cblas_dgemm(CblasColMajor, CblasNoTrans, CblasNoTrans, n, n, n, 1, x->q, n, x->p, n, 0, x->next,
                n);
    double *swap = x->p;
    x->p = x->next;
    x->next = swap;
    x->stream.layer++;
}

static void by_gaussian(void *context, size_t index)
{
    product *x = (product *)context + index;
    const int n = (int)x->n;
    fj_stream_normals(&x->stream, x->n * x->n, x->q);
    cblas_dgemm(CblasColMajor, CblasNoTrans, CblasNoTrans, n, n, n, 1 / sqrt((double)n), x->q, n,
                x->p, n, 0, x->next, n);
}

/* |P^T P - 1|, the largest entry: what L orthogonal factors leave. */
static double defect(const product *x)
{
    const int n = (int)x->n;
    double worst = 0;
    cblas_dgemm(CblasColMajor, CblasTrans, CblasNoTrans, n, n, n, 1, x->p, n, x->p, n, 0, x->q, n);
    for (size_t i = 0; i < x->n * x->n; i++)
        worst = fmax(worst, fabs(x->q[i] - (i % (x->n + 1) == 0)));
    return worst;
}

static double values_time(product *x)
{
    const lapack_int n = (lapack_int)x->n, one = 1;
    lapack_int info, *integers = calloc(8 * x->n, sizeof *integers);
    double none = 0;
    const double start = bench_wall();
    memcpy(x->next, x->p, x->n * x->n * sizeof(double));
    if (integers)
        LAPACK_dgesdd("N", &n, &n, x->next, &n, x->tau, &none, &one, &none, &one, x->work, &x->room,
                      integers, &info);
    free(integers);
    return bench_wall() - start;
}

/* OpenBLAS's own threads go on looking for work for some ten milliseconds after they had some, on processors that others
 * could use. */
static void threads_settle(void)
{
    nanosleep(&(struct timespec){.tv_nsec = 100000000}, NULL);
}

/* `count` products at once, a turn of each way. */
static void race(bench *b, const char *what, product *ours, product *theirs, unsigned count,
                 unsigned threads)
{
    static fj_work *const work[] = {by_reflectors, by_qr, by_gaussian};
    static const char *const measure[] = {"reflectors", "QR, gemm", "gaussian"};
    for (unsigned i = 0; i < count; i++)
        ours[i].threads = count > 1 ? 1 : threads;
    fj_work_plan plan = {count, count, NULL, NULL, NULL, NULL};
    for (int k = 0; k < 3; k++) {
        /* freejac has BLAS on one thread; the others as many as they can use */
        openblas_set_num_threads(k == 0 || count > 1 ? 1 : (int)threads);
        threads_settle();
        plan.work = work[k];
        plan.context = k == 0 ? ours : theirs;
        const double start = bench_wall();
        fj_work_run(&plan);
        bench_add(b, what, measure[k], (bench_wall() - start) / count);
    }
}

static void races_run(bench *b, product *ours, product *theirs, unsigned all)
{
    char what[BENCH_TEXT];
    race(b, "one thread", ours, theirs, 1, 1);
    openblas_set_num_threads(1);
    const double ours_off = defect(&ours[0]), theirs_off = defect(&theirs[0]);
    bench_result *r = bench_add(b, "one thread", "values", values_time(&ours[0]));
    if (r) {
        r->error = ours_off;
        r->error_cdf = theirs_off;
    }
    snprintf(what, sizeof what, "%u threads on one product", all);
    race(b, what, ours, theirs, 1, all);
    snprintf(what, sizeof what, "%u products, one thread each", all);
    race(b, what, ours, theirs, all, all);
}

static int haar_run(bench *b)
{
    const size_t n = b->smoke ? WIDTH_SMOKE : WIDTH;
    const long processors = sysconf(_SC_NPROCESSORS_ONLN);
    const unsigned all = processors < 1               ? 1
                         : processors > PRODUCTS_MOST ? PRODUCTS_MOST
                                                      : (unsigned)processors;
    const int threads = openblas_get_num_threads();
    static product ours[PRODUCTS_MOST], theirs[PRODUCTS_MOST];
    int ok = 1;
    for (unsigned i = 0; i < all; i++)
        ok &= product_make(&ours[i], n, i) & product_make(&theirs[i], n, i);
    if (ok)
        races_run(b, ours, theirs, all);
    openblas_set_num_threads(threads);
    for (unsigned i = 0; i < all; i++) {
        product_free(&ours[i]);
        product_free(&theirs[i]);
    }
    return ok;
}

const bench_group bench_haar = {
    .name = "haar",
    .title = "one factor of width 400 (time on the wall); errors |Q^T Q - 1| of reflectors, of QR",
    .run = haar_run,
    .column = {{"reflectors", "ms"}, {"QR, gemm", "ms"}, {"gaussian", "ms"}, {"values", "ms"}},
    .errors = {"", "ours", "QR", ""},
};
