/* SPDX-License-Identifier: GPL-3.0-or-later */
/* `freejac spectrum --digits D`:
 *   1. read the options; what the user wrote as numbers stays text, and goes into the library as such;
 *   2. the network in double: for its messages, the grid of points, the picture and the plot;
 *   3. every number printed comes from the library's law in arbitrary precision, with some digits more, rounded where it is
 *      written: log10 s of a quantile near 1 needs them. */
#include "cli_precise.h"
#include "cli_message.h"
#include "cli_output.h"
#include "cli_picture.h"
#include "cli_precise_job.h"
#include <stdlib.h>
#include <string.h>

enum { DIGITS_MOST = FJ_PRECISE_DIGITS_MAX - CLI_PRECISE_GUARD };
static const double THREADS_MOST = 64;

static int options_read(const cli_run *run, cli_precise_job *j)
{
    static const cli_option_id others[] = {CLI_Q0, CLI_LAYER_WIDTHS, CLI_LAYERS};
    const char *activation = run->given[CLI_ACTIVATION];
    j->digits = 0;
    int code = cli_read_count(run, CLI_DIGITS, 1, DIGITS_MOST, &j->digits);
    if (code == CLI_DONE)
        code = cli_read_count(run, CLI_DIGITS_THREADS, 1, THREADS_MOST, &j->threads);
    for (size_t i = 0; code == CLI_DONE && i < sizeof others / sizeof *others; i++)
        if (run->given[others[i]])
            return cli_usage(run->command,
                             "--digits computes networks of identical layers only: drop --%s "
                             "'%.60s', or --digits",
                             cli_options[others[i]].name, run->given[others[i]]);
    if (code == CLI_DONE && activation && strncmp(activation, "expr:", 5) == 0)
        return cli_usage(run->command,
                         "--digits knows no formulas ('%.60s'): name a built-in activation, or "
                         "drop --digits",
                         activation);
    return code;
}

static int precise_build(const cli_run *run, cli_precise_job *j)
{
    const char *activation = run->given[CLI_ACTIVATION];
    const bool by_q = run->given[CLI_Q] || !run->given[CLI_SIGMA_W];
    char *q = cli_precise_plain(run->given[CLI_Q] ? run->given[CLI_Q] : by_q ? "1" : NULL);
    char *sigma_w = cli_precise_plain(run->given[CLI_SIGMA_W]),
         *sigma_b = cli_precise_plain(run->given[CLI_SIGMA_B]);
    /* the full name has defaults as decimals; parameters given stay as they were written */
    const fj_precise_network network = {
        .activation = strchr(activation, ':') ? activation : j->net.name,
        .weights = j->net.weights_kind,
        .depth = (uint64_t)j->net.depth,
        .q = q,
        .sigma_w = sigma_w,
        .sigma_b = sigma_b,
    };
    const fj_precise_options options = cli_precise_options(j);
    fj_detail detail = {""};
    fj_status status = FJ_NO_MEMORY;
    if ((q || !by_q) && (sigma_w || by_q) && (sigma_b || !run->given[CLI_SIGMA_B]))
        status = fj_precise_create(&network, &options, &j->precise, &detail);
    free(q);
    free(sigma_w);
    free(sigma_b);
    if (status != FJ_OK)
        return cli_fail("--digits %.0f, and %d in reserve: the law cannot be computed: %s",
                        j->digits, CLI_PRECISE_GUARD,
                        detail.text[0] ? detail.text : fj_status_message(status));
    j->result.where = fj_precise_where(j->precise);
    j->result.interval_count = fj_precise_intervals(j->precise, &j->result.intervals);
    j->result.atom_count = fj_precise_atoms(j->precise, &j->result.atoms);
    j->result.lambda = fj_precise_lambda(j->precise);
    return CLI_DONE;
}

/* The law in double where something is drawn from it; a table does without its picture. */
static int double_build(const cli_run *run, cli_precise_job *j)
{
    const cli_request *request = &j->law.request;
    const bool needed = request->at.count == 0 || request->plot;
    if (!needed && run->format != CLI_FORMAT_TABLE)
        return CLI_DONE;
    if (!needed) {
        (void)fj_spectrum_create(&j->net.network, &j->spectrum, NULL);
    } else {
        int code = cli_spectrum_build(&j->net, &j->spectrum);
        if (code != CLI_DONE)
            return code;
    }
    j->law.spectrum = j->spectrum;
    if (j->spectrum)
        cli_law_outline(&j->law);
    return CLI_DONE;
}

static int data_write(cli_run *run, cli_precise_job *j)
{
    FILE *stream = run->output.stream;
    switch (run->format) {
    case CLI_FORMAT_CSV:
        out_csv_precise(stream, &j->result);
        return CLI_DONE;
    case CLI_FORMAT_JSON:
        return cli_output_json(run, out_json_precise(&j->result, &run->notes));
    case CLI_FORMAT_TABLE:
        if (j->spectrum && cli_picture_make(j->spectrum, &j->law.result.picture) != FJ_OK)
            return cli_fail("out of memory");
        out_table_precise(stream, &j->result, cli_output_unicode());
    }
    return CLI_DONE;
}

/* 3. All numbers, and the outputs. */
static int make(cli_run *run, cli_precise_job *j)
{
    j->result.law = &j->law.result;
    j->result.digits = (size_t)j->digits;
    j->law.result.heading = cli_network_heading(run, &j->net);
    j->law.result.point = &j->net.point;
    int code = precise_build(run, j);
    if (code == CLI_DONE)
        code = double_build(run, j);
    if (code == CLI_DONE)
        code = cli_precise_moments(j);
    if (code == CLI_DONE)
        code = cli_precise_quantiles(run, j);
    if (code == CLI_DONE)
        code = cli_precise_points(run, j);
    if (code == CLI_DONE)
        code = cli_law_plot(&j->law);
    out_precise_count(&j->result);
    if (code == CLI_DONE)
        code = data_write(run, j);
    if (code == CLI_DONE)
        code = cli_law_finish(run, &j->law);
    if (code != CLI_DONE || j->result.failed == 0)
        return code;
    fprintf(stderr, "freejac: %zu number%s could not be established to %.0f digits; %s marked\n",
            j->result.failed, j->result.failed == 1 ? "" : "s", j->digits,
            j->result.failed == 1 ? "it is" : "they are");
    return CLI_PARTIAL;
}

int cli_precise_run(cli_run *run)
{
    cli_precise_job j = {.law = {.plot = {.slot = -1}}, .net = {.depth = 1}};
    int code = options_read(run, &j);
    if (code == CLI_DONE)
        code = cli_law_read(run, &j.law);
    if (code == CLI_DONE)
        code = cli_network_make(run, &j.net);
    if (code == CLI_DONE) {
        out_lines_add(&run->parameters, "digits: %.0f", j.digits);
        code = cli_law_open(run, &j.law);
    }
    if (code == CLI_DONE)
        code = make(run, &j);
    cli_precise_clear(&j);
    fj_precise_destroy(j.precise);
    cli_law_free(&j.law, code);
    fj_spectrum_destroy(j.spectrum);
    cli_network_free(&j.net);
    return code;
}
