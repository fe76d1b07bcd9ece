/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Moments, quantiles and points of a law in arbitrary precision: from the texts the user wrote to texts.
 *   1. log10 of quantiles comes from the law at them, all at once; what a logarithm near 0 does not have is cut off;
 *   2. points of a grid are short decimals (cli_decimals.c). */
#include "cli_decimals.h"
#include "cli_message.h"
#include "cli_precise_job.h"
#include "cli_progress.h"
#include "output_decimal.h"
#include <limits.h>
#include <stdlib.h>
#include <string.h>

_Static_assert((int)CLI_NUMBER_LONGEST <= (int)OUT_PRECISE_GIVEN,
               "room for what the user may give");
_Static_assert((int)FJ_PRECISE_DIGITS_MAX <= (int)OUT_PRECISE_GIVEN,
               "room for what the library gives");

fj_precise_options cli_precise_options(const cli_precise_job *j)
{
    fj_precise_options options = fj_precise_options_default();
    options.digits = (unsigned)j->digits + CLI_PRECISE_GUARD;
    options.threads = (unsigned)j->threads;
    return options;
}

/* A number as the user wrote it, without signs and zeros that say nothing; NULL without memory or for NULL. */
char *cli_precise_plain(const char *text)
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
        if (!(out[i] = cli_precise_plain(list->text[i]))) {
            cli_decimals_free(out, i);
            return NULL;
        }
    return out;
}

int cli_precise_moments(cli_precise_job *j)
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
static fj_status logarithms_find(cli_precise_job *j, size_t count)
{
    const char **s = calloc(count, sizeof *s);
    fj_precise_point *at = calloc(count, sizeof *at);
    const fj_precise_options options = cli_precise_options(j);
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
        const long lost =
            log10_s->text ? -out_decimal_exponent(log10_s->text) - CLI_PRECISE_GUARD + 1 : 0;
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

int cli_precise_quantiles(const cli_run *run, cli_precise_job *j)
{
    const cli_list *asked = &j->law.request.quantiles;
    cli_progress bar;
    fj_status status = FJ_NO_MEMORY;
    if (asked->count == 0)
        return CLI_DONE;
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

int cli_precise_points(cli_run *run, cli_precise_job *j)
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
    fj_precise_options options = cli_precise_options(j);
    options.progress = progress_show;
    options.progress_context = &bar;
    cli_progress_start(&bar, !run->given[CLI_QUIET], "points");
    fj_status status =
        fj_precise_eval(j->precise, j->result.s, count, &options, j->points, &detail);
    cli_progress_end(&bar);
    if (status != FJ_OK && status != FJ_NO_CONVERGENCE)
        return cli_fail("the law cannot be computed there: %s",
                        detail.text[0] ? detail.text : fj_status_message(status));
    bool at_zero = false, at_end = false;
    for (size_t i = 0; i < count; i++) {
        const fj_precise_point *point = &j->points[i];
        at_zero |= listed && out_decimal_exponent(j->s[i]) == -LONG_MAX;
        at_end |= point->density.status == FJ_RANGE;
    }
    cli_law_ends_note(run, at_zero, at_end);
    return CLI_DONE;
}

void cli_precise_clear(cli_precise_job *j)
{
    if (j->moments)
        fj_precise_numbers_clear(j->moments, j->result.moment_count);
    free(j->moments);
    for (size_t i = 0; j->quantiles && i < j->law.request.quantiles.count; i++) {
        fj_precise_numbers_clear(&j->quantiles[i].s, 1);
        fj_precise_numbers_clear(&j->quantiles[i].log10_s, 1);
    }
    free(j->quantiles);
    if (j->points)
        fj_precise_points_clear(j->points, j->result.point_count);
    free(j->points);
    cli_decimals_free(j->p, j->law.request.quantiles.count);
    cli_decimals_free(j->s, j->result.point_count);
}
