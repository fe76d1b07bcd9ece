/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a command that gives a law is asked to compute. */
#ifndef FJ_CLI_REQUEST_H
#define FJ_CLI_REQUEST_H

#include "cli_grid.h"
#include "cli_numbers.h"
#include "output_plot.h"

typedef struct cli_request {
    double points, moments; /* whole numbers */
    cli_grid_kind grid;
    cli_list at, quantiles; /* at: empty for a grid */
    out_plot_kind plot;
} cli_request;

/* Reads the options of the command and adds them to the run's parameters. Returns an exit code; free with
 * cli_request_free in any case. */
int cli_request_read(cli_run *run, cli_request *request);
void cli_request_free(cli_request *request);

/* The parameters as lines, defaults filled in. */
void cli_request_describe(cli_run *run, const cli_request *request);

#endif
