/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What sampling found: one block of numbers for all samples, the layers they were recorded at, and all singular values
 * together in order. */
#include "results.h"
#include <float.h>
#include <math.h>
#include <stdlib.h>

enum { LAYERS_MOST = 1000 };

struct fj_samples {
    size_t count, layers;
    fj_sample *sample;
    double *numbers; /* s, log_s, q, chi of sample 0, of sample 1, ... */
    uint64_t *layer;
    double *sorted; /* log_s of all samples, ascending */
};

void fj_samples_destroy(fj_samples *samples)
{
    if (!samples)
        return;
    free(samples->sample);
    free(samples->numbers);
    free(samples->layer);
    free(samples->sorted);
    free(samples);
}

size_t fj_samples_count(const fj_samples *samples)
{
    return samples->count;
}

const fj_sample *fj_samples_get(const fj_samples *samples, size_t i)
{
    return i < samples->count ? &samples->sample[i] : NULL;
}

fj_sample *fj_results_sample(fj_samples *samples, size_t i)
{
    return &samples->sample[i];
}

double *fj_results_of(fj_samples *samples, size_t i)
{
    return samples->numbers + (samples->sample[i].s - samples->numbers);
}

size_t fj_samples_layers(const fj_samples *samples, const uint64_t **layers)
{
    *layers = samples->layer;
    return samples->layers;
}

static size_t layers_recorded(const fj_plan *plan)
{
    return plan->depth < LAYERS_MOST ? (size_t)plan->depth : LAYERS_MOST;
}

size_t fj_results_numbers(const fj_plan *plan)
{
    return 2 * (plan->inputs + layers_recorded(plan));
}

fj_status fj_results_create(const fj_plan *plan, size_t count, fj_samples **out)
{
    const size_t layers = layers_recorded(plan), each = fj_results_numbers(plan);
    fj_samples *samples = calloc(1, sizeof *samples);
    *out = samples;
    if (!samples)
        return FJ_NO_MEMORY;
    samples->count = count;
    samples->layers = layers;
    samples->sample = calloc(count, sizeof *samples->sample);
    samples->numbers = calloc(count, each * sizeof *samples->numbers);
    samples->layer = calloc(layers, sizeof *samples->layer);
    samples->sorted = calloc(count, plan->inputs * sizeof *samples->sorted);
    if (!samples->sample || !samples->numbers || !samples->layer || !samples->sorted)
        return FJ_NO_MEMORY;
    for (size_t i = 0; i < layers; i++)
        samples->layer[i] =
            layers == plan->depth
                ? i + 1
                : 1 + (uint64_t)round((double)(plan->depth - 1) * (double)i / (double)(layers - 1));
    for (size_t k = 0; k < count; k++) {
        const double *at = samples->numbers + k * each;
        samples->sample[k] = (fj_sample){.count = plan->inputs,
                                         .layers = layers,
                                         .s = at,
                                         .log_s = at + plan->inputs,
                                         .q = at + 2 * plan->inputs,
                                         .chi = at + 2 * plan->inputs + layers};
    }
    return FJ_OK;
}

void fj_results_finish_sample(fj_sample *sample, size_t outputs, size_t rank)
{
    const double size = (double)(sample->count > outputs ? sample->count : outputs);
    sample->zeros = sample->count - rank;
    sample->log_noise = sample->log_s[0] + log(DBL_EPSILON * size);
    /* where all are 0 so is the bound */
    while (sample->noise < rank && !(sample->log_s[rank - 1 - sample->noise] > sample->log_noise))
        sample->noise++;
}

static int ascending(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

void fj_results_finish(fj_samples *samples)
{
    double *at = samples->sorted;
    for (size_t k = 0; k < samples->count; k++)
        for (size_t i = 0; i < samples->sample[k].count; i++)
            *at++ = samples->sample[k].log_s[i];
    qsort(samples->sorted, (size_t)(at - samples->sorted), sizeof *at, ascending);
}

size_t fj_samples_values(const fj_samples *samples, const double **log_s)
{
    *log_s = samples->sorted;
    return samples->count * samples->sample[0].count;
}

fj_status fj_sample_moments(const fj_sample *sample, size_t n, double *m)
{
    fj_status status = FJ_OK;
    const double largest = sample->log_s[0];
    for (size_t k = 1; k <= n; k++) {
        double sum = 0;
        /* by powers of s/s[0], so that one factor alone can overflow */
        for (size_t i = 0; i < sample->count - sample->zeros - sample->noise; i++)
            sum += exp(2 * (double)k * (sample->log_s[i] - largest));
        m[k - 1] = sum > 0 ? exp(2 * (double)k * largest + log(sum / (double)sample->count)) : 0;
        if (isinf(m[k - 1]))
            status = FJ_RANGE;
    }
    return status;
}
