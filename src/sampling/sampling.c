/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Sampling: who does which sample, where results are kept, when to stop.
 *
 * 1. Everything is checked, then all memory is taken, then the work begins.
 * 2. Samples are divided among threads, each with a workspace of its own, as long as every thread has one to do; what is left
 *    over, and samples for which there are not enough workspaces, are done by all threads together, column by column, if
 *    that is faster.
 * 3. The calling thread works too; after each of its layers it asks the progress function. A thread that fails or is
 *    told to stop makes the others stop after their layer. */
#include <freejac/sampling.h>
#include <float.h>
#include <math.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <unistd.h>
#include "blas.h"
#include "detail.h"
#include "input.h"
#include "jacobian.h"
#include "memory.h"
#include "results.h"
#include "threads.h"

enum {
    THREADS_MOST = 64, /* callers for which Debian's OpenBLAS has buffers */
    SVD_LAYERS = 3     /* what singular values cost, in layers */
};

static const double BLAS_BYTES = 16e6; /* of OpenBLAS, for each calling thread */
static const double MEMORY_SHARE = 0.9;
static const double SAMPLES_MOST = 1e9;

/* The work, shared by all threads. */
typedef struct job {
    const fj_sampling_options *options;
    fj_plan plan;
    fj_source source;
    fj_cifar10 images;
    unsigned threads;
    size_t workspaces, apart; /* samples 0 .. apart-1 are done each by one thread */
    fj_workspace *workspace;
    double *input; /* N_0 for each workspace */
    fj_samples *samples;
    pthread_t caller;
    atomic_size_t next, done;
    atomic_int stop;
    pthread_mutex_t lock; /* of what follows */
    fj_status status;
    fj_detail detail;
} job;

fj_sampling_options fj_sampling_options_default(void)
{
    return (fj_sampling_options){.samples = 1, .seed = 1, .input = FJ_INPUT_GAUSSIAN};
}

static void job_fail(job *j, fj_status status, const char *text)
{
    pthread_mutex_lock(&j->lock);
    if (j->status == FJ_OK) {
        j->status = status;
        fj_fail(&j->detail, status, "%s", text);
    }
    pthread_mutex_unlock(&j->lock);
    atomic_store(&j->stop, 1);
}

static size_t work_count(const job *j)
{
    return fj_samples_count(j->samples) * ((size_t)j->plan.depth + SVD_LAYERS);
}

static int work_done(job *j, size_t layers)
{
    const size_t done = atomic_fetch_add(&j->done, layers) + layers;
    const fj_sampling_options *options = j->options;
    if (options->progress && pthread_equal(pthread_self(), j->caller) &&
        options->progress(options->progress_context, done, work_count(j)) != 0)
        job_fail(j, FJ_CANCELLED, "stopped by the progress function");
    return atomic_load(&j->stop);
}

static int layer_watch(void *context)
{
    return work_done(context, 1);
}

static void sample_do(job *j, size_t k, size_t place, unsigned threads)
{
    fj_sample *sample = fj_results_sample(j->samples, k);
    double *at = fj_results_of(j->samples, k), *input = j->input + place * sample->count;
    const uint64_t *layer;
    fj_samples_layers(j->samples, &layer);
    fj_record record = {.s = at,
                        .log_s = at + sample->count,
                        .layers = sample->layers,
                        .layer = layer,
                        .q = at + 2 * sample->count,
                        .chi = at + 2 * sample->count + sample->layers};
    const fj_crew crew = {threads, layer_watch, j};
    fj_detail detail = {""};
    fj_status status = fj_source_draw(&j->source, &j->plan, k, input, &detail);
    if (status == FJ_OK)
        status = fj_jacobian_sample(&j->plan, k, input, &crew, &j->workspace[place], &record);
    if (status == FJ_RANGE)
        fj_fail(&detail, status, "sample %zu left the range of floating point numbers", k);
    if (status != FJ_OK && status != FJ_CANCELLED)
        job_fail(j, status, detail.text[0] ? detail.text : fj_status_message(status));
    if (status != FJ_OK)
        return;
    sample->log_chi = record.log_chi;
    fj_results_finish_sample(sample, j->plan.outputs, record.rank);
    work_done(j, SVD_LAYERS);
}

/* A thread's share: samples until none is left. */
static void samples_do(void *context, size_t place)
{
    job *j = context;
    while (!atomic_load(&j->stop)) {
        const size_t k = atomic_fetch_add(&j->next, 1);
        if (k >= j->apart)
            return;
        sample_do(j, k, place, 1);
    }
}

/* How many samples are done apart, given room for `workspaces`. */
static size_t apart_find(const job *j, size_t samples)
{
    const size_t rest = samples % j->threads,
                 crew = j->threads < j->plan.chunks ? j->threads : j->plan.chunks;
    if (j->workspaces < j->threads && j->workspaces < samples)
        return 0;
    /* the rest apart takes as long as one sample; together, the products are divided but not the singular values */
    const double layers = (double)j->plan.depth,
                 together = (double)rest * (layers / (double)crew + SVD_LAYERS);
    return together < layers + SVD_LAYERS && j->plan.chunks > 1 ? samples - rest : samples;
}

static void job_run(job *j)
{
    fj_blas_hold();
    if (j->apart > 0) {
        const fj_work_plan plan = {.count = j->workspaces,
                                   .threads = (unsigned)j->workspaces,
                                   .work = samples_do,
                                   .context = j};
        fj_work_run(&plan);
    }
    for (size_t k = j->apart; k < fj_samples_count(j->samples) && !atomic_load(&j->stop); k++)
        sample_do(j, k, 0, j->threads);
    fj_blas_release();
}

static fj_status options_check(const fj_sampling_options *options, fj_detail *detail)
{
    if (options->samples < 1 || (double)options->samples > SAMPLES_MOST)
        return fj_fail(detail, FJ_INVALID, "samples = %zu must be from 1 to %.0e", options->samples,
                       SAMPLES_MOST);
    if (options->input != FJ_INPUT_GAUSSIAN && options->input != FJ_INPUT_CIFAR10)
        return fj_fail(detail, FJ_INVALID, "the input must be gaussian or images of CIFAR-10");
    if (options->input == FJ_INPUT_CIFAR10 && !options->directory)
        return fj_fail(detail, FJ_INVALID, "no directory of images given");
    if (!(options->memory >= 0))
        return fj_fail(detail, FJ_INVALID, "memory = %g must not be negative", options->memory);
    return FJ_OK;
}

static fj_status images_open(job *j, fj_detail *detail)
{
    if (j->options->input != FJ_INPUT_CIFAR10)
        return FJ_OK;
    if (j->plan.inputs > FJ_CIFAR10_NUMBERS)
        return fj_fail(detail, FJ_UNSUPPORTED,
                       "an image of CIFAR-10 has %d numbers, too few for %zu inputs",
                       FJ_CIFAR10_NUMBERS, j->plan.inputs);
    fj_cifar10_from_centre(j->source.order);
    j->source.images = &j->images;
    return fj_cifar10_open(j->options->directory, FJ_CIFAR10_TRAINING, &j->images, detail);
}

/* Decides how many workspaces there can be, and takes them and the room for results. */
static fj_status job_allocate(job *j, size_t samples, fj_detail *detail)
{
    const double each = fj_workspace_bytes(&j->plan) + (double)j->plan.inputs * sizeof(double),
                 fixed = (double)j->threads * BLAS_BYTES +
                         (double)samples * (double)(fj_results_numbers(&j->plan) + j->plan.inputs) *
                             sizeof(double),
                 allowed = j->options->memory > 0 ? j->options->memory
                                                  : MEMORY_SHARE * fj_memory_available(j->threads);
    if (each + fixed > allowed)
        return fj_fail(detail, FJ_NO_MEMORY,
                       "%zu %s of width %zu %s %.3g GB, and %.3g GB may be used: sample fewer or "
                       "narrower networks",
                       samples, samples == 1 ? "network" : "networks", j->plan.widest,
                       samples == 1 ? "needs" : "need", (each + fixed) / 1e9, allowed / 1e9);
    const size_t wanted = samples < j->threads ? samples : j->threads;
    j->workspaces = (double)wanted * each + fixed <= allowed ? wanted : 1;
    j->apart = apart_find(j, samples);
    if (j->apart == 0)
        j->workspaces = 1;
    fj_status status = fj_results_create(&j->plan, samples, &j->samples);
    j->workspace = calloc(j->workspaces, sizeof *j->workspace);
    j->input = calloc(j->workspaces, j->plan.inputs * sizeof *j->input);
    if (!j->workspace || !j->input)
        status = FJ_NO_MEMORY;
    for (size_t i = 0; i < j->workspaces && status == FJ_OK; i++)
        status = fj_workspace_create(&j->plan, &j->workspace[i]);
    if (status != FJ_OK)
        fj_fail(detail, status, "out of memory for %zu sampled networks", samples);
    return status;
}

static void job_free(job *j)
{
    for (size_t i = 0; j->workspace && i < j->workspaces; i++)
        fj_workspace_free(&j->workspace[i]);
    free(j->workspace);
    free(j->input);
    fj_cifar10_close(&j->images);
    fj_plan_free(&j->plan);
}

static unsigned threads_find(unsigned wanted)
{
    const long processors = sysconf(_SC_NPROCESSORS_ONLN);
    const unsigned threads = wanted ? wanted : processors > 0 ? (unsigned)processors : 1;
    return threads < THREADS_MOST ? threads : THREADS_MOST;
}

fj_status fj_samples_create(const fj_network *network, const fj_sampling_options *options,
                            fj_samples **out, fj_detail *detail)
{
    const fj_sampling_options standard = fj_sampling_options_default();
    job j = {.options = options ? options : &standard,
             .caller = pthread_self(),
             .lock = PTHREAD_MUTEX_INITIALIZER,
             .status = FJ_OK};
    if (!out)
        return fj_fail(detail, FJ_INVALID, "no place for the samples (out is NULL)");
    *out = NULL;
    j.threads = threads_find(j.options->threads);
    fj_status status = options_check(j.options, detail);
    if (status == FJ_OK)
        status = fj_plan_create(network, j.options->width, j.options->samples, &j.plan, detail);
    if (status != FJ_OK)
        return status;
    j.plan.seed = j.options->seed;
    status = images_open(&j, detail);
    if (status == FJ_OK)
        status = fj_blas_load(detail);
    if (status == FJ_OK)
        status = job_allocate(&j, j.options->samples, detail);
    if (status == FJ_OK) {
        job_run(&j);
        status = j.status;
        if (status != FJ_OK)
            fj_fail(detail, status, "%s", j.detail.text);
    }
    if (status == FJ_OK) {
        fj_results_finish(j.samples);
        *out = j.samples;
    } else {
        fj_samples_destroy(j.samples);
    }
    job_free(&j);
    return status;
}
