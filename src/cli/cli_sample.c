/* SPDX-License-Identifier: GPL-3.0-or-later */
/* `freejac sample`:
 *   1. read the options and open the output (wrong usage and wrong places are told first);
 *   2. draw the networks;
 *   3. means and deviations over networks, quantiles of all singular values together; write. */
#include "cli_message.h"
#include "cli_network.h"
#include "cli_numbers.h"
#include "cli_output.h"
#include "cli_progress.h"
#include "cli_sampling.h"
#include "output_csv.h"
#include "output_json.h"
#include "output_table.h"
#include <math.h>
#include <stdlib.h>

static const double JSON_VALUES_MOST = 1000000;

typedef struct sampled {
    cli_sampling sampling;
    cli_network net;
    cli_list p;
    fj_samples *samples;
    fj_layer *layers;
    out_quantile *quantiles;
    out_sample result;
} sampled;

static int quantiles_read(const cli_run *run, cli_list *p)
{
    static const double usual[] = {0.01, 0.1, 0.5, 0.9, 0.99};
    int code = cli_read_list(run, CLI_QUANTILES, (cli_range){0, 1, false}, p);
    if (run->given[CLI_QUANTILES])
        return code;
    for (size_t i = 0; i < sizeof usual / sizeof *usual; i++)
        if (cli_list_add(p, usual[i]) != 0)
            return cli_fail("out of memory");
    return code;
}

/* Mean and standard deviation of x[0..n-1]. */
static out_spread spread_of(const double *x, size_t n)
{
    double mean = 0, square = 0;
    for (size_t i = 0; i < n; i++)
        mean += x[i] / (double)n;
    for (size_t i = 0; i < n; i++)
        square += (x[i] - mean) * (x[i] - mean);
    return (out_spread){mean, n > 1 ? sqrt(square / (double)(n - 1)) : NAN};
}

/* One number of one network. */
static double number_of(const fj_sample *sample, int which)
{
    double m[2];
    if (which == OUT_SAMPLE_S_MAX)
        return sample->s[0];
    if (which == OUT_SAMPLE_S_MIN)
        return sample->noise && !sample->zeros ? NAN : sample->s[sample->count - 1];
    (void)fj_sample_moments(sample, 2, m); /* an infinite one is told as such */
    if (which == OUT_SAMPLE_MEAN)
        return m[0];
    /* free of the scale of s, which may leave the range of double */
    double first = 0, second = 0;
    for (size_t i = 0; i < sample->count - sample->zeros - sample->noise; i++) {
        const double lambda = exp(2 * (sample->log_s[i] - sample->log_s[0]));
        first += lambda;
        second += lambda * lambda;
    }
    return (double)sample->count * second / (first * first);
}

static int spreads_find(sampled *s)
{
    const size_t n = fj_samples_count(s->samples);
    double *x = calloc(n, sizeof *x);
    if (!x)
        return cli_fail("out of memory: ask for fewer --samples");
    for (int which = 0; which < OUT_SAMPLE_SPREADS; which++) {
        for (size_t k = 0; k < n; k++)
            x[k] = number_of(fj_samples_get(s->samples, k), which);
        s->result.spread[which] = spread_of(x, n);
    }
    free(x);
    return CLI_DONE;
}

/* The least value with at least the share p of all at or below it; none where rounding hides it. */
static int quantiles_find(sampled *s)
{
    const double *log_s;
    const size_t count = fj_samples_values(s->samples, &log_s);
    s->quantiles = calloc(s->p.count, sizeof *s->quantiles);
    if (!s->quantiles)
        return cli_fail("out of memory: ask for fewer --quantiles");
    for (size_t k = 0; k < fj_samples_count(s->samples); k++) {
        s->result.zeros += fj_samples_get(s->samples, k)->zeros;
        s->result.below_rounding += fj_samples_get(s->samples, k)->noise;
    }
    for (size_t i = 0; i < s->p.count; i++) {
        const double p = s->p.value[i], rank = ceil(p * (double)count);
        const size_t at = rank > 1 ? (size_t)rank - 1 : 0;
        const double value = exp(log_s[at]);
        s->quantiles[i] = (out_quantile){.p = p, .s = NAN, .log10_s = NAN};
        if (at < s->result.zeros) {
            s->quantiles[i].s = 0;
        } else if (at >= s->result.zeros + s->result.below_rounding) {
            s->quantiles[i].s = isnormal(value) ? value : NAN;
            s->quantiles[i].log10_s = log_s[at] / log(10);
        }
    }
    s->result.values = count;
    s->result.quantiles = s->quantiles;
    s->result.quantile_count = s->p.count;
    return CLI_DONE;
}

static int layers_find(sampled *s)
{
    const size_t n = fj_samples_count(s->samples);
    s->result.layer_count = fj_samples_layers(s->samples, &s->result.layer);
    s->layers = calloc(s->result.layer_count, sizeof *s->layers);
    if (!s->layers)
        return cli_fail("out of memory");
    for (size_t k = 0; k < n; k++) {
        const fj_sample *sample = fj_samples_get(s->samples, k);
        for (size_t i = 0; i < s->result.layer_count; i++) {
            s->layers[i].q += sample->q[i] / (double)n;
            s->layers[i].chi += sample->chi[i] / (double)n;
        }
    }
    s->result.layers = s->layers;
    return CLI_DONE;
}

/* What a reader of the values should know. */
static void values_note(cli_run *run, const sampled *s)
{
    const double *log_s;
    const size_t count = fj_samples_values(s->samples, &log_s);
    size_t out = 0;
    for (size_t i = s->result.zeros + s->result.below_rounding; i < count; i++)
        out += !isnormal(exp(log_s[i]));
    if (s->result.below_rounding > 0)
        out_lines_add(&run->notes,
                      "%zu of %zu singular values lie below the rounding of the largest of their "
                      "network: they are noise",
                      s->result.below_rounding, count);
    if (out > 0)
        out_lines_add(&run->notes,
                      "%zu of %zu singular values leave the range of double: they are given as 0 "
                      "or inf",
                      out, count);
}

static int data_write(cli_run *run, const out_sample *result)
{
    if (run->format == CLI_FORMAT_CSV)
        out_csv_sample(run->output.stream, result);
    else if (run->format == CLI_FORMAT_JSON)
        return cli_output_json(run, out_json_sample(result, &run->notes));
    else
        out_table_sample(run->output.stream, result);
    return CLI_DONE;
}

static int outputs_make(cli_run *run, sampled *s)
{
    int code = cli_output_open(run);
    if (code == CLI_DONE)
        code = cli_sampling_draw(run, &s->sampling, &s->net, &s->samples);
    if (code == CLI_DONE)
        code = spreads_find(s);
    if (code == CLI_DONE)
        code = quantiles_find(s);
    if (code == CLI_DONE)
        code = layers_find(s);
    if (code != CLI_DONE)
        return code;
    values_note(run, s);
    s->result.heading = cli_network_heading(run, &s->net);
    s->result.point = &s->net.point;
    s->result.samples = s->samples;
    s->result.width = (double)fj_samples_get(s->samples, 0)->count;
    s->result.seed = (double)s->sampling.options.seed;
    s->result.input = s->sampling.input;
    code = data_write(run, &s->result);
    return code == CLI_DONE ? cli_output_finish(run) : code;
}

static int size_check(const cli_run *run, const sampled *s)
{
    const double values =
        (double)s->sampling.options.samples * cli_sampling_inputs(&s->sampling, &s->net);
    if (run->format == CLI_FORMAT_JSON && values > JSON_VALUES_MOST)
        return cli_usage(
            run->command,
            "--samples: %.0f singular values are too many for JSON (at most %.0f): use "
            "csv",
            values, JSON_VALUES_MOST);
    return CLI_DONE;
}

int cli_run_sample(cli_run *run)
{
    sampled s = {.samples = NULL};
    int code = cli_sampling_read(run, &s.sampling);
    if (code == CLI_DONE)
        code = quantiles_read(run, &s.p);
    if (code == CLI_DONE)
        code = cli_network_make(run, &s.net);
    if (code == CLI_DONE)
        code = size_check(run, &s);
    if (code == CLI_DONE) {
        cli_sampling_describe(run, &s.sampling, &s.net);
        code = outputs_make(run, &s);
    }
    fj_samples_destroy(s.samples);
    free(s.layers);
    free(s.quantiles);
    cli_list_free(&s.p);
    cli_network_free(&s.net);
    return code;
}
