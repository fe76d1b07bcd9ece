/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Everything about values and law in one pass:
 *   1. values of each sample in descending order, those that are 0 or below rounding counted;
 *   2. the distance as they are, without each sample's factor, and as if they were squares;
 *   3. moments, relative to the largest value so that only one factor can overflow;
 *   4. the largest value against edge and finite-width prediction. */
#include "comparison_internal.h"
#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

static const double KS_FIVE_PERCENT = 1.3581; /* Kolmogorov's law at 5%, times 1/sqrt(n) */

static int descending(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return (x < y) - (x > y);
}

static void explain(fj_detail *detail, const char *text)
{
    if (detail)
        snprintf(detail->text, sizeof detail->text, "%s", text);
}

/* Mean of s^(2k) of one sample over scale^(2k); hidden values count as 0. */
static double moment_of(const fj_value_set *set, int k, double log_scale)
{
    double sum = 0;
    for (size_t i = 0; i < set->count - set->zeros - set->noise; i++)
        sum += exp(2 * k * (set->log_s[i] - log_scale));
    return sum / (double)set->count;
}

static fj_status moments_find(const fj_spectrum *law, const fj_value_set *sets, size_t samples,
                              fj_comparison *out)
{
    double largest = -INFINITY;
    for (size_t k = 0; k < samples; k++)
        largest = fmax(largest, sets[k].log_s[0]);
    out->ratio = 0;
    for (int order = 1; order <= FJ_COMPARISON_MOMENTS; order++) {
        double sum = 0;
        for (size_t k = 0; k < samples && isfinite(largest); k++)
            sum += moment_of(&sets[k], order, largest) / (double)samples;
        out->moments[order - 1] = sum > 0 ? exp(2 * order * largest + log(sum)) : 0;
    }
    for (size_t k = 0; k < samples; k++) {
        const double first = moment_of(&sets[k], 1, sets[k].log_s[0]);
        out->ratio += moment_of(&sets[k], 2, sets[k].log_s[0]) / (first * first) / (double)samples;
    }
    fj_status status = fj_spectrum_moments(law, FJ_COMPARISON_MOMENTS, out->theory_moments);
    const double mean = fj_spectrum_mean(law);
    out->theory_ratio = 1 + fj_spectrum_variance(law) / (mean * mean);
    return status == FJ_RANGE ? FJ_OK : status; /* infinite ones say so themselves */
}

static void largest_find(const fj_value_set *sets, size_t samples, fj_comparison *out)
{
    double square = 0, factors = 0;
    out->s_max_mean = out->s_max_rescaled = out->log_factor_mean = 0;
    for (size_t k = 0; k < samples; k++) {
        out->s_max_mean += exp(sets[k].log_s[0]) / (double)samples;
        out->s_max_rescaled += exp(sets[k].log_s[0] - sets[k].log_factor) / (double)samples;
        out->log_factor_mean += sets[k].log_factor / (double)samples;
    }
    for (size_t k = 0; k < samples; k++) {
        square += pow(exp(sets[k].log_s[0]) - out->s_max_mean, 2);
        factors += pow(sets[k].log_factor - out->log_factor_mean, 2);
    }
    out->s_max_deviation = samples > 1 ? sqrt(square / (double)(samples - 1)) : NAN;
    out->log_factor_deviation = samples > 1 ? sqrt(factors / (double)(samples - 1)) : NAN;
}

/* Keeps the first thing that went wrong, but goes on: the numbers that need it are NaN. */
static void keep(fj_status *first, fj_status status)
{
    if (*first == FJ_OK)
        *first = status;
}

fj_status fj_comparison_make(const fj_spectrum *law, fj_value_set *sets, size_t samples,
                             fj_comparison *out, fj_detail *detail)
{
    double somewhere;
    fj_status status = FJ_OK;
    out->samples = samples;
    out->values = out->zeros = out->below_rounding = 0;
    for (size_t k = 0; k < samples; k++) {
        out->values += sets[k].count;
        out->zeros += sets[k].zeros;
        out->below_rounding += sets[k].noise;
        sets[k].log_factor = 0;
    }
    const double count = (double)out->values / (double)samples;
    out->ks_independent = KS_FIVE_PERCENT / sqrt((double)out->values);
    keep(&status, fj_comparison_distance(law, sets, samples, 1, &out->ks_distance, &out->ks_log_s,
                                         &out->on_atoms));
    keep(&status,
         fj_comparison_distance(law, sets, samples, 0.5, &out->ks_squares, &somewhere, NULL));
    keep(&status, fj_comparison_factors(law, sets, samples));
    keep(&status,
         fj_comparison_distance(law, sets, samples, 1, &out->ks_rescaled, &somewhere, NULL));
    keep(&status, fj_comparison_expect(law, count, out));
    keep(&status, moments_find(law, sets, samples, out));
    largest_find(sets, samples, out);
    keep(&status, fj_edge_predict(law, count, &out->edge));
    if (status == FJ_NO_CONVERGENCE)
        explain(detail, "some points or moments of the law were not obtained: what needs them is "
                        "missing");
    return status;
}

static fj_comparison nothing(void)
{
    fj_comparison out = {.ks_distance = NAN,
                         .ks_log_s = NAN,
                         .ks_independent = NAN,
                         .ks_expected = NAN,
                         .ks_rescaled = NAN,
                         .ks_squares = NAN};
    return out;
}

/* Copies, sorts and counts. */
static fj_status sets_make(const double *log_s, const size_t *count, size_t samples,
                           double **values, fj_value_set **sets)
{
    size_t n = 0;
    for (size_t k = 0; k < samples; k++) {
        if (count[k] == 0 || count[k] > SIZE_MAX / sizeof **values - n)
            return FJ_INVALID;
        n += count[k];
    }
    for (size_t i = 0; i < n; i++)
        if (isnan(log_s[i]) || log_s[i] == INFINITY)
            return FJ_INVALID;
    if (n == 0)
        return FJ_INVALID;
    *values = malloc(n * sizeof **values);
    *sets = calloc(samples, sizeof **sets);
    if (!*values || !*sets)
        return FJ_NO_MEMORY;
    double *at = *values;
    for (size_t k = 0; k < samples; at += count[k++], log_s += count[k - 1]) {
        fj_value_set *set = &(*sets)[k];
        for (size_t i = 0; i < count[k]; i++)
            at[i] = log_s[i];
        qsort(at, count[k], sizeof *at, descending);
        *set = (fj_value_set){.log_s = at, .count = count[k]};
        set->log_noise = at[0] + log(DBL_EPSILON * (double)count[k]);
        while (set->zeros < set->count && at[set->count - 1 - set->zeros] == -INFINITY)
            set->zeros++;
        while (set->zeros + set->noise < set->count &&
               !(at[set->count - 1 - set->zeros - set->noise] > set->log_noise))
            set->noise++;
    }
    return FJ_OK;
}

fj_status fj_compare_values(const fj_spectrum *law, const double *log_s, const size_t *count,
                            size_t samples, fj_comparison *out, fj_detail *detail)
{
    double *values = NULL;
    fj_value_set *sets = NULL;
    if (!out)
        return FJ_INVALID;
    *out = nothing();
    if (!law || !log_s || !count || samples == 0)
        return FJ_INVALID;
    fj_status status = sets_make(log_s, count, samples, &values, &sets);
    if (status == FJ_INVALID)
        explain(detail, "an empty sample, or a value that is NaN or infinite");
    if (status == FJ_OK)
        status = fj_comparison_make(law, sets, samples, out, detail);
    free(values);
    free(sets);
    return status;
}

fj_status fj_compare_samples(const fj_spectrum *law, const fj_samples *samples, fj_comparison *out,
                             fj_detail *detail)
{
    if (!out)
        return FJ_INVALID;
    *out = nothing();
    if (!law || !samples)
        return FJ_INVALID;
    const size_t n = fj_samples_count(samples);
    fj_value_set *sets = calloc(n, sizeof *sets);
    if (!sets)
        return FJ_NO_MEMORY;
    for (size_t k = 0; k < n; k++) {
        const fj_sample *sample = fj_samples_get(samples, k);
        sets[k] = (fj_value_set){.log_s = sample->log_s,
                                 .count = sample->count,
                                 .zeros = sample->zeros,
                                 .noise = sample->noise,
                                 .log_noise = sample->log_noise};
    }
    fj_status status = fj_comparison_make(law, sets, n, out, detail);
    free(sets);
    return status;
}

fj_status fj_compare_distance(const fj_spectrum *law, const double *log_s, const size_t *count,
                              size_t samples, double log_factor, double *distance)
{
    double *values = NULL, somewhere;
    fj_value_set *sets = NULL;
    if (!distance)
        return FJ_INVALID;
    *distance = NAN;
    if (!law || !log_s || !count || samples == 0 || !isfinite(log_factor))
        return FJ_INVALID;
    fj_status status = sets_make(log_s, count, samples, &values, &sets);
    for (size_t k = 0; status == FJ_OK && k < samples; k++)
        sets[k].log_factor = log_factor;
    if (status == FJ_OK)
        status = fj_comparison_distance(law, sets, samples, 1, distance, &somewhere, NULL);
    free(values);
    free(sets);
    return status;
}
