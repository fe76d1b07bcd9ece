/* SPDX-License-Identifier: GPL-3.0-or-later */
/* `freejac spectrum --digits D`:
 *   1. read the options; what the user wrote as numbers stays text, and goes into the library as such;
 *   2. the network in double: for its messages, the grid of points, the picture and the plot;
 *   3. every number printed comes from the library's law in arbitrary precision, with GUARD digits more, rounded where it is
 *      written: log10 s of a quantile near 1 needs them. */
#include "cli_precise.h"
#include "cli_decimals.h"
#include "cli_law.h"
#include "cli_message.h"
#include "cli_output.h"
#include "cli_picture.h"
#include "cli_progress.h"
#include "output_decimal.h"
#include "output_precise.h"
#include <langinfo.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

_Static_assert((int)CLI_NUMBER_LONGEST <= (int)OUT_PRECISE_GIVEN,
               "room for what the user may give");
_Static_assert((int)FJ_PRECISE_DIGITS_MAX <= (int)OUT_PRECISE_GIVEN,
               "room for what the library gives");
enum { GUARD = 10, DIGITS_MOST = FJ_PRECISE_DIGITS_MAX - GUARD };
static const double THREADS_MOST = 64;

typedef struct job {
    cli_law law; /* in double; what was asked */
    cli_network net;
    fj_spectrum *spectrum;
    double digits, threads;
    fj_precise *precise;
    fj_precise_number *moments;
    out_precise_quantile *quantiles;
    char **p, **s; /* plain decimals: of --quantiles, of the points */
    fj_precise_point *points;
    out_precise result;
} job;

static int options_read(const cli_run *run, job *j)
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

/* A number as the user wrote it, without signs and zeros that say nothing; NULL without memory or for NULL. */
static char *plain(const char *text)
{
    char *out = text ? malloc(OUT_DECIMAL_ROOM(strlen(text))) : NULL;
    if (out)
        out_decimal_write(text, 0, out);
    return out;
}

/* Of a list; NULL without memory. */
static char **plain_list(const cli_list *list)
{
    char **out = calloc(list->count + 1, sizeof *out);
    for (size_t i = 0; out && i < list->count; i++)
        if (!(out[i] = plain(list->text[i]))) {
            cli_decimals_free(out, i);
            return NULL;
        }
    return out;
}

static fj_precise_options library_options(const job *j)
{
    fj_precise_options options = fj_precise_options_default();
    options.digits = (unsigned)j->digits + GUARD;
    options.threads = (unsigned)j->threads;
    return options;
}

static int precise_build(const cli_run *run, job *j)
{
    const char *activation = run->given[CLI_ACTIVATION];
    const bool by_q = run->given[CLI_Q] || !run->given[CLI_SIGMA_W];
    char *q = plain(run->given[CLI_Q] ? run->given[CLI_Q] : by_q ? "1" : NULL);
    char *sigma_w = plain(run->given[CLI_SIGMA_W]), *sigma_b = plain(run->given[CLI_SIGMA_B]);
    /* the full name has defaults as decimals; parameters given stay as they were written */
    const fj_precise_network network = {
        .activation = strchr(activation, ':') ? activation : j->net.name,
        .weights = j->net.weights_kind,
        .depth = (uint64_t)j->net.depth,
        .q = q,
        .sigma_w = sigma_w,
        .sigma_b = sigma_b,
    };
    const fj_precise_options options = library_options(j);
    fj_detail detail = {""};
    fj_status status = FJ_NO_MEMORY;
    if ((q || !by_q) && (sigma_w || by_q) && (sigma_b || !run->given[CLI_SIGMA_B]))
        status = fj_precise_create(&network, &options, &j->precise, &detail);
    free(q);
    free(sigma_w);
    free(sigma_b);
    if (status != FJ_OK)
        return cli_fail("--digits %.0f, and %d in reserve: the law cannot be computed: %s",
                        j->digits, GUARD, detail.text[0] ? detail.text : fj_status_message(status));
    j->result.where = fj_precise_where(j->precise);
    j->result.interval_count = fj_precise_intervals(j->precise, &j->result.intervals);
    j->result.atom_count = fj_precise_atoms(j->precise, &j->result.atoms);
    j->result.lambda = fj_precise_lambda(j->precise);
    return CLI_DONE;
}

/* The law in double where something is drawn from it; a table does without its picture. */
static int double_build(const cli_run *run, job *j)
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

static int moments_find(job *j)
{
    const size_t n = (size_t)j->law.request.moments;
    j->moments = calloc(n, sizeof *j->moments);
    fj_status status = j->moments ? fj_precise_moments(j->precise, n, j->moments) : FJ_NO_MEMORY;
    if (status != FJ_OK && status != FJ_NO_CONVERGENCE && status != FJ_RANGE)
        return cli_fail("--moments: %s", fj_status_message(status));
    j->result.moments = j->moments;
    j->result.moment_count = n;
    return CLI_DONE;
}

/* log10 of the quantiles, of those that are numbers, all at once. A logarithm near 0 is known to fewer digits. */
static fj_status logarithms_find(job *j, size_t count)
{
    const char **s = calloc(count, sizeof *s);
    fj_precise_point *at = calloc(count, sizeof *at);
    const fj_precise_options options = library_options(j);
    size_t n = 0;
    fj_status status = FJ_NO_MEMORY;
    if (s && at) {
        for (size_t i = 0; i < count; i++)
            if (out_precise_known(&j->quantiles[i].s))
                s[n++] = j->quantiles[i].s.text;
        status = fj_precise_eval(j->precise, s, n, &options, at, NULL);
    }
    n = 0;
    for (size_t i = 0; at && i < count; i++) {
        fj_precise_number *log10_s = &j->quantiles[i].log10_s;
        log10_s->status = j->quantiles[i].s.status;
        if (!out_precise_known(&j->quantiles[i].s))
            continue;
        *log10_s = at[n].log10_s;
        at[n++].log10_s = (fj_precise_number){0};
        const long lost = log10_s->text ? -out_decimal_exponent(log10_s->text) - GUARD + 1 : 0;
        if (lost > 0 && lost < (long)j->digits) {
            char rounded[OUT_PRECISE_ROOM];
            out_decimal_write(log10_s->text, (size_t)j->digits - (size_t)lost, rounded);
            memcpy(log10_s->text, rounded, strlen(rounded) + 1);
        }
    }
    if (at)
        fj_precise_points_clear(at, count);
    free(at);
    free(s);
    return status == FJ_NO_CONVERGENCE ? FJ_OK : status;
}

static int quantiles_find(const cli_run *run, job *j)
{
    const cli_list *asked = &j->law.request.quantiles;
    cli_progress bar;
    fj_status status = FJ_NO_MEMORY;
    j->p = plain_list(asked);
    j->quantiles = calloc(asked->count, sizeof *j->quantiles);
    if (!j->p || !j->quantiles)
        return cli_fail("out of memory");
    cli_progress_start(&bar, !run->given[CLI_QUIET], "quantiles");
    for (size_t i = 0; i < asked->count; i++) {
        j->quantiles[i].p = j->p[i];
        status = fj_precise_quantile(j->precise, j->p[i], &j->quantiles[i].s);
        if (status != FJ_OK && status != FJ_NO_CONVERGENCE && status != FJ_RANGE)
            break;
        cli_progress_show(&bar, i + 1, asked->count);
        status = FJ_OK;
    }
    cli_progress_end(&bar);
    if (status == FJ_OK)
        status = logarithms_find(j, asked->count);
    if (status != FJ_OK)
        return cli_fail("--quantiles: %s", fj_status_message(status));
    j->result.quantiles = j->quantiles;
    j->result.quantile_count = asked->count;
    return CLI_DONE;
}

static int progress_show(void *bar, size_t done, size_t count)
{
    cli_progress_show(bar, done, count);
    return 0;
}

static int points_find(cli_run *run, job *j)
{
    const cli_list *at = &j->law.request.at;
    const bool listed = at->count > 0;
    if (!listed && cli_law_grid(run, &j->law) != CLI_DONE)
        return CLI_FAILED;
    const size_t count = listed ? at->count : j->law.grid.count;
    j->s = listed ? plain_list(at) : cli_decimals_make(&j->law.grid);
    j->points = calloc(count + 1, sizeof *j->points);
    if (!j->s || !j->points)
        return cli_fail("out of memory: ask for fewer points");
    j->result.s = (const char *const *)j->s;
    j->result.points = j->points;
    j->result.point_count = count;
    j->result.points_listed = listed;
    cli_progress bar;
    fj_detail detail = {""};
    fj_precise_options options = library_options(j);
    options.progress = progress_show;
    options.progress_context = &bar;
    cli_progress_start(&bar, !run->given[CLI_QUIET], "points");
    fj_status status =
        fj_precise_eval(j->precise, j->result.s, count, &options, j->points, &detail);
    cli_progress_end(&bar);
    if (status != FJ_OK && status != FJ_NO_CONVERGENCE)
        return cli_fail("the law cannot be computed there: %s",
                        detail.text[0] ? detail.text : fj_status_message(status));
    for (size_t i = 0; listed && i < count; i++)
        if (out_decimal_exponent(j->s[i]) == -LONG_MAX) {
            out_lines_add(&run->notes, "s = 0 has no logarithm: log10_s and density_log10 are left "
                                       "out there");
            break;
        }
    return CLI_DONE;
}

static int data_write(cli_run *run, job *j)
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
        out_table_precise(stream, &j->result, strcmp(nl_langinfo(CODESET), "UTF-8") == 0);
    }
    return CLI_DONE;
}

/* 3. All numbers, and the outputs. */
static int make(cli_run *run, job *j)
{
    j->result.law = &j->law.result;
    j->result.digits = (size_t)j->digits;
    j->law.result.heading = cli_network_heading(run, &j->net);
    j->law.result.point = &j->net.point;
    int code = precise_build(run, j);
    if (code == CLI_DONE)
        code = double_build(run, j);
    if (code == CLI_DONE)
        code = moments_find(j);
    if (code == CLI_DONE)
        code = quantiles_find(run, j);
    if (code == CLI_DONE)
        code = points_find(run, j);
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
    job j = {.law = {.plot = {.slot = -1}}, .net = {.depth = 1}};
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
    if (j.moments)
        fj_precise_numbers_clear(j.moments, j.result.moment_count);
    free(j.moments);
    for (size_t i = 0; j.quantiles && i < j.law.request.quantiles.count; i++) {
        fj_precise_numbers_clear(&j.quantiles[i].s, 1);
        fj_precise_numbers_clear(&j.quantiles[i].log10_s, 1);
    }
    free(j.quantiles);
    if (j.points)
        fj_precise_points_clear(j.points, j.result.point_count);
    free(j.points);
    cli_decimals_free(j.p, j.law.request.quantiles.count);
    cli_decimals_free(j.s, j.result.point_count);
    fj_precise_destroy(j.precise);
    cli_law_free(&j.law, code);
    fj_spectrum_destroy(j.spectrum);
    cli_network_free(&j.net);
    return code;
}
