/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Sampled networks for people: what was drawn, what networks have in common and how they differ, quantiles of all their
 * singular values together, and how lengths moved along the layers. */
#include <inttypes.h>
#include <math.h>
#include "output_layers.h"
#include "output_table.h"

const char *const out_sample_keys[OUT_SAMPLE_SPREADS] = {
    [OUT_SAMPLE_S_MAX] = "s_max",
    [OUT_SAMPLE_S_MIN] = "s_min",
    [OUT_SAMPLE_MEAN] = "mean_lambda",
    [OUT_SAMPLE_RATIO] = "m2_over_m1_squared",
};

enum { ROWS_MOST = 8 };

static void sampling_write(FILE *stream, const out_sample *result)
{
    fputs("\nSampling\n", stream);
    fprintf(stream, "  %-18s%zu\n", "networks", fj_samples_count(result->samples));
    fprintf(stream, "  %-18s%.0f\n", "width", result->width);
    fprintf(stream, "  %-18s%s\n", "input", result->input);
    fprintf(stream, "  %-18s%.0f\n", "seed", result->seed);
}

static void spread_write(FILE *stream, const char *name, const out_spread *spread,
                         const char *missing)
{
    fprintf(stream, "  %-18s", name);
    if (isnan(spread->mean))
        fprintf(stream, "-                 %s\n", missing);
    else if (isnan(spread->deviation))
        fprintf(stream, "%.10g\n", spread->mean);
    else
        fprintf(stream, "%-18.10g%.3g\n", spread->mean, spread->deviation);
}

static void count_write(FILE *stream, const char *name, size_t count, const char *remark)
{
    if (count > 0)
        fprintf(stream, "  %-18s%-18zu%s\n", name, count, remark);
}

static void spreads_write(FILE *stream, const out_sample *result)
{
    const int several = fj_samples_count(result->samples) > 1;
    const char *dead = "a network has no singular value but 0";
    fprintf(stream, "\nSingular values s%s\n",
            several ? "   mean of networks  standard deviation" : "");
    spread_write(stream, "s_max", &result->spread[OUT_SAMPLE_S_MAX], dead);
    spread_write(stream, "s_min", &result->spread[OUT_SAMPLE_S_MIN], "hidden by rounding");
    spread_write(stream, "m1 = mean of s^2", &result->spread[OUT_SAMPLE_MEAN], dead);
    spread_write(stream, "m2/m1^2", &result->spread[OUT_SAMPLE_RATIO], dead);
    fprintf(stream, "  %-18s%zu\n", "values", result->values);
    count_write(stream, "zeros", result->zeros, "exactly 0: beyond what a layer passes on");
    count_write(stream, "below rounding", result->below_rounding, "noise, not singular values");
}

/* Some layers, the first and the last among them. */
static void layers_write(FILE *stream, const out_sample *result)
{
    const size_t n = result->layer_count, shown = n < ROWS_MOST ? n : ROWS_MOST;
    fputs("\nLayers\n  layer             q                 chi\n", stream);
    for (size_t i = 0; i < shown; i++) {
        const size_t at = shown > 1 ? i * (n - 1) / (shown - 1) : 0;
        fprintf(stream, "  %-18" PRIu64 "%-18.10g%.10g\n", result->layer[at], result->layers[at].q,
                result->layers[at].chi);
    }
}

void out_table_sample(FILE *stream, const out_sample *result)
{
    out_table_network(stream, &result->heading);
    out_table_point(stream, result->point, result->heading.missing);
    if (out_layers_differ(&result->heading))
        out_table_layers(stream, &result->heading);
    sampling_write(stream, result);
    spreads_write(stream, result);
    out_table_quantiles(stream, result->quantiles, result->quantile_count);
    layers_write(stream, result);
    fputs("\nAll singular values: --format csv or json, or -o FILE.csv.\n", stream);
}
