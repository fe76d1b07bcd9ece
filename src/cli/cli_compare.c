/* SPDX-License-Identifier: GPL-3.0-or-later */
/* `freejac compare`:
 *   1. read the options and, with --values, the file; open the outputs;
 *   2. the law of the network, and values: sampled, or those of the file, which are N_0 of each network;
 *   3. compare; quantiles, atoms and drift beside the theory; the verdict; write. */
#include "cli_compare_plot.h"
#include "cli_message.h"
#include "cli_network.h"
#include "cli_numbers.h"
#include "cli_output.h"
#include "cli_plot.h"
#include "cli_sampling.h"
#include "cli_values.h"
#include "cli_verdict.h"
#include "output_csv.h"
#include "output_json.h"
#include "output_table.h"
#include <math.h>
#include <stdlib.h>

static const double ATOM = 1e-6;

typedef struct compared {
    cli_sampling sampling;
    cli_network net;
    cli_list p;
    cli_values values; /* of the file, or none */
    fj_spectrum *law;
    fj_samples *samples;
    double *all; /* all values, ascending */
    size_t count;
    out_quantile_pair *quantiles;
    double *shares;
    char verdict[256];
    out_lines reasons;
    out_plot_kind kind;
    out_file plot;
    bool partial;
    out_compare result;
} compared;

static int quantiles_read(const cli_run *run, cli_list *p)
{
    static const double usual[] = {0.01, 0.1, 0.25, 0.5, 0.75, 0.9, 0.99};
    int code = cli_read_list(run, CLI_QUANTILES, (cli_range){0, 1, false}, p);
    if (run->given[CLI_QUANTILES])
        return code;
    for (size_t i = 0; i < sizeof usual / sizeof *usual; i++)
        if (cli_list_add(p, usual[i]) != 0)
            return cli_fail("out of memory");
    return code;
}

/* With --values nothing is sampled. */
static int source_check(const cli_run *run)
{
    static const cli_option_id sampling[] = {CLI_WIDTH, CLI_SAMPLES, CLI_SEED, CLI_THREADS,
                                             CLI_INPUT};
    for (size_t i = 0; run->given[CLI_VALUES] && i < sizeof sampling / sizeof *sampling; i++)
        if (run->given[sampling[i]])
            return cli_usage(run->command,
                             "--%s and --values exclude each other: values from a "
                             "file are not sampled",
                             cli_options[sampling[i]].name);
    if (run->given[CLI_VALUES] && !*run->given[CLI_VALUES])
        return cli_usage(run->command, "--values: the file name is empty");
    return CLI_DONE;
}

/* A narrowing network has N_0 - N_L zeros that numerical libraries leave out: they are added where the numbers fit. */
static int zeros_add(cli_run *run, compared *c)
{
    const fj_network *network = &c->net.network;
    const double inputs = network->width, outputs = network->run[network->runs - 1].width;
    size_t added = 0, total = 0;
    if (!(outputs < inputs) || inputs != floor(inputs))
        return CLI_DONE;
    for (size_t k = 0; k < c->values.samples; k++)
        total += (double)c->values.count[k] == outputs ? (size_t)inputs : c->values.count[k];
    double *log_s = malloc((total + 1) * sizeof *log_s), *at = log_s;
    const double *from = c->values.log_s;
    if (!log_s)
        return cli_fail("out of memory");
    for (size_t k = 0; k < c->values.samples; k++) {
        const size_t own = c->values.count[k];
        for (size_t i = 0; i < own; i++)
            *at++ = *from++;
        if ((double)own != outputs)
            continue;
        for (size_t i = own; i < (size_t)inputs; i++, added++)
            *at++ = -INFINITY;
        c->values.count[k] = (size_t)inputs;
    }
    free(c->values.log_s);
    c->values.log_s = log_s;
    c->values.total = total;
    if (added)
        out_lines_add(
            &run->notes,
            "%.0f values a network are those on the narrow side: %zu zeros of the input's "
            "side were added",
            outputs, added);
    return CLI_DONE;
}

static int values_note(cli_run *run, const compared *c)
{
    const double inputs = c->net.network.width;
    for (size_t k = 0; k < c->values.samples && inputs > 1; k++)
        if ((double)c->values.count[k] != inputs) {
            out_lines_add(&run->notes,
                          "network %zu has %zu values where the input's width is %.10g: the law is "
                          "that of J^T J, zeros included",
                          k + 1, c->values.count[k], inputs);
            break;
        }
    return CLI_DONE;
}

static int ascending(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static int values_get(cli_run *run, compared *c)
{
    fj_detail detail = {""};
    fj_status status = fj_spectrum_create(&c->net.network, &c->law, &detail);
    if (status != FJ_OK)
        return cli_fail("no law was found: %s",
                        detail.text[0] ? detail.text : fj_status_message(status));
    int code = CLI_DONE;
    if (!run->given[CLI_VALUES])
        code = cli_sampling_draw(run, &c->sampling, &c->net, &c->samples);
    else {
        code = zeros_add(run, c);
        if (code == CLI_DONE)
            code = values_note(run, c);
    }
    if (code != CLI_DONE)
        return code;
    const double *log_s = c->values.log_s;
    c->count = c->samples ? fj_samples_values(c->samples, &log_s) : c->values.total;
    c->all = malloc((c->count + 1) * sizeof *c->all);
    if (!c->all)
        return cli_fail("out of memory");
    for (size_t i = 0; i < c->count; i++)
        c->all[i] = log_s[i];
    qsort(c->all, c->count, sizeof *c->all, ascending);
    return CLI_DONE;
}

static int law_compare(cli_run *run, compared *c)
{
    fj_detail detail = {""};
    fj_comparison *out = &c->result.comparison;
    /* the analyser loses c->all here, which cli_run_compare frees */
    /* NOLINTNEXTLINE(clang-analyzer-unix.Malloc) */
    fj_status status = c->samples ? fj_compare_samples(c->law, c->samples, out, &detail)
                                  : fj_compare_values(c->law, c->values.log_s, c->values.count,
                                                      c->values.samples, out, &detail);
    if (status == FJ_NO_CONVERGENCE) {
        c->partial = true;
        out_lines_add(&run->notes, "%s", detail.text);
    } else if (status != FJ_OK) {
        return cli_fail("nothing was compared: %s",
                        detail.text[0] ? detail.text : fj_status_message(status));
    }
    c->result.width = (double)c->count / (double)out->samples;
    return CLI_DONE;
}

/* The value of rank p n; NaN where rounding hides it. */
static int quantiles_find(compared *c)
{
    const fj_comparison *out = &c->result.comparison;
    c->quantiles = calloc(c->p.count, sizeof *c->quantiles);
    if (!c->quantiles && c->p.count)
        return cli_fail("out of memory: ask for fewer --quantiles");
    for (size_t i = 0; i < c->p.count; i++) {
        const double p = c->p.value[i], rank = ceil(p * (double)c->count);
        const size_t at = rank > 1 ? (size_t)rank - 1 : 0;
        double log_s = NAN;
        fj_status status = fj_spectrum_quantile(c->law, p, &log_s);
        c->partial |= status == FJ_NO_CONVERGENCE;
        const bool hidden = at >= out->zeros && at < out->zeros + out->below_rounding;
        c->quantiles[i] = (out_quantile_pair){p, hidden ? NAN : exp(c->all[at]),
                                              status == FJ_OK ? exp(log_s) : NAN};
    }
    c->result.quantiles = c->quantiles;
    c->result.quantile_count = c->p.count;
    return CLI_DONE;
}

static int atoms_find(compared *c)
{
    c->result.atom_count = fj_spectrum_atoms(c->law, &c->result.atoms);
    c->shares = calloc(c->result.atom_count + 1, sizeof *c->shares);
    if (!c->shares)
        return cli_fail("out of memory");
    for (size_t k = 0; k < c->result.atom_count; k++)
        for (size_t i = 0; i < c->count; i++)
            if (c->all[i] == c->result.atoms[k].log_s ||
                fabs(c->all[i] - c->result.atoms[k].log_s) <= ATOM)
                c->shares[k] += 1 / (double)c->count;
    c->result.atom_shares = c->shares;
    return CLI_DONE;
}

/* First, last, and the layer whose q is farthest from the theory's, in logarithms. */
static void drift_find(compared *c)
{
    const uint64_t *layers;
    const size_t n = c->samples ? fj_samples_layers(c->samples, &layers) : 0;
    double worst = -1;
    for (size_t i = 0; i < n; i++) {
        fj_layer_drift layer;
        if (fj_compare_layer(&c->net.network, c->samples, i, &layer) != FJ_OK)
            return;
        const double off = fabs(log(layer.q / layer.q_theory));
        if (i == 0)
            c->result.drift[OUT_DRIFT_FIRST] = c->result.drift[OUT_DRIFT_WORST] = layer;
        if (off > worst) {
            worst = off;
            c->result.drift[OUT_DRIFT_WORST] = layer;
        }
        c->result.drift[OUT_DRIFT_LAST] = layer;
    }
    c->result.drift_known = n > 0;
}

static int data_write(cli_run *run, const out_compare *result)
{
    if (run->format == CLI_FORMAT_CSV)
        out_csv_compare(run->output.stream, result);
    else if (run->format == CLI_FORMAT_JSON)
        return cli_output_json(run, out_json_compare(result, &run->notes));
    else
        out_table_compare(run->output.stream, result);
    return CLI_DONE;
}

static int outputs_make(cli_run *run, compared *c)
{
    int code = values_get(run, c);
    if (code == CLI_DONE)
        code = law_compare(run, c);
    if (code == CLI_DONE)
        code = quantiles_find(c);
    if (code == CLI_DONE)
        code = atoms_find(c);
    if (code != CLI_DONE)
        return code;
    drift_find(c);
    c->result.heading = cli_network_heading(run, &c->net);
    c->result.point = &c->net.point;
    c->result.values_file = run->given[CLI_VALUES];
    c->result.seed = (double)c->sampling.options.seed;
    c->result.input = c->sampling.input;
    cli_verdict_find(&c->result, c->law, c->verdict, sizeof c->verdict, &c->reasons);
    if (c->reasons.incomplete)
        return cli_fail("out of memory");
    if (c->kind != OUT_PLOT_NONE) {
        const out_target target = cli_plot_target(&c->plot, c->kind);
        code = cli_compare_draw(&c->result, c->law, c->all, c->count, &target);
    }
    if (code == CLI_DONE)
        code = data_write(run, &c->result);
    if (code == CLI_DONE)
        code = cli_output_finish(run);
    if (code == CLI_DONE && out_file_commit(&c->plot) != 0)
        code = cli_fail("--plot: %s", c->plot.problem);
    return code;
}

int cli_run_compare(cli_run *run)
{
    compared c = {.plot = {.slot = -1}};
    int code = source_check(run);
    if (code == CLI_DONE)
        code = cli_sampling_read(run, &c.sampling);
    if (code == CLI_DONE)
        code = quantiles_read(run, &c.p);
    if (code == CLI_DONE)
        code = cli_plot_read(run, &c.kind);
    if (code == CLI_DONE)
        code = cli_network_make(run, &c.net);
    if (code == CLI_DONE && run->given[CLI_VALUES]) {
        out_lines_add(&run->parameters, "values: %s", run->given[CLI_VALUES]);
        code = cli_values_read(run->given[CLI_VALUES], &c.values);
    } else if (code == CLI_DONE) {
        cli_sampling_describe(run, &c.sampling, &c.net);
    }
    if (code == CLI_DONE)
        code = cli_output_open(run);
    if (code == CLI_DONE)
        code = cli_plot_reserve(run, c.kind, &c.plot);
    if (code == CLI_DONE)
        code = outputs_make(run, &c);
    if (code != CLI_DONE)
        out_file_abandon(&c.plot);
    fj_spectrum_destroy(c.law);
    fj_samples_destroy(c.samples);
    cli_values_free(&c.values);
    free(c.all);
    free(c.quantiles);
    free(c.shares);
    cli_list_free(&c.p);
    out_lines_free(&c.reasons);
    cli_network_free(&c.net);
    return code == CLI_DONE && c.partial ? CLI_PARTIAL : code;
}
