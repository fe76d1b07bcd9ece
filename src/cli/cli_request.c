/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The options of a law beside the network: which points, quantiles, moments, plot. */
#include "cli_request.h"
#include "cli_message.h"
#include "cli_plot.h"
#include <float.h>
#include <stdlib.h>
#include <string.h>

static const double POINTS_MOST = 10000000;     /* half a gigabyte of points */
static const double JSON_POINTS_MOST = 1000000; /* a JSON tree takes ten times as much */
static const double MOMENTS_MOST = 1000;        /* the series costs the cube of this */

static const char *const grid_words[] = {"linear", "log", "auto"};

static int points_read(const cli_run *run, cli_request *request)
{
    const char *at = run->given[CLI_AT];
    size_t grid = CLI_GRID_AUTO;
    int code = cli_read_count(run, CLI_POINTS, 1, POINTS_MOST, &request->points);
    if (code == CLI_DONE)
        code = cli_read_word(run, CLI_GRID, grid_words, 3, &grid);
    request->grid = (cli_grid_kind)grid;
    if (code != CLI_DONE)
        return code;
    if (at && (run->given[CLI_POINTS] || run->given[CLI_GRID]))
        return cli_usage(run->command, "--at gives the points itself: drop --%s",
                         run->given[CLI_POINTS] ? "points" : "grid");
    const cli_range singular_values = {0, DBL_MAX, false};
    if (at && at[0] == '@' && !at[1])
        return cli_usage(run->command, "--at: '@' needs a file name behind it");
    if (at && at[0] == '@')
        code = cli_read_file(CLI_AT, at + 1, singular_values, &request->at);
    else
        code = cli_read_list(run, CLI_AT, singular_values, &request->at);
    if (code != CLI_DONE)
        return code;
    double count = at ? (double)request->at.count : request->points;
    if (run->format == CLI_FORMAT_JSON && count > JSON_POINTS_MOST)
        return cli_usage(run->command,
                         "--%s: %.0f points are too many for JSON (at most %.0f): use csv",
                         at ? "at" : "points", count, JSON_POINTS_MOST);
    return CLI_DONE;
}

static int quantiles_read(const cli_run *run, cli_request *request)
{
    static const char *const usual[] = {"0.01", "0.1", "0.5", "0.9", "0.99"};
    int code = cli_read_list(run, CLI_QUANTILES, (cli_range){0, 1, false}, &request->quantiles);
    if (run->given[CLI_QUANTILES] || run->given[CLI_DIGITS]) /* those cost as much as a law each */
        return code;
    for (size_t i = 0; i < sizeof usual / sizeof *usual; i++)
        if (cli_list_add_text(&request->quantiles, strtod(usual[i], NULL), usual[i],
                              strlen(usual[i])) != 0)
            return cli_fail("out of memory");
    return code;
}

int cli_request_read(cli_run *run, cli_request *request)
{
    const bool keep = run->given[CLI_DIGITS] != NULL; /* numbers are meant as they are written */
    *request = (cli_request){
        .points = 400, .moments = 4, .at = {.keep = keep}, .quantiles = {.keep = keep}};
    int code = points_read(run, request);
    if (code == CLI_DONE)
        code = quantiles_read(run, request);
    if (code == CLI_DONE)
        code = cli_read_count(run, CLI_MOMENTS, 1, MOMENTS_MOST, &request->moments);
    if (code == CLI_DONE)
        code = cli_plot_read(run, &request->plot);
    return code;
}

void cli_request_describe(cli_run *run, const cli_request *request)
{
    if (request->at.count) {
        out_lines_add(&run->parameters, "at: %zu points", request->at.count);
    } else {
        out_lines_add(&run->parameters, "points: %.0f", request->points);
        out_lines_add(&run->parameters, "grid: %s", grid_words[request->grid]);
    }
}

void cli_request_free(cli_request *request)
{
    cli_list_free(&request->at);
    cli_list_free(&request->quantiles);
    *request = (cli_request){.points = 0};
}
