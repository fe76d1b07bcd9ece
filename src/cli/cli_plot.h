/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The option --plot, for every command that draws. */
#ifndef FJ_CLI_PLOT_H
#define FJ_CLI_PLOT_H

#include "cli_run.h"
#include "output_plot.h"

/* The kind of picture asked for; OUT_PLOT_NONE without --plot. Returns an exit code. */
int cli_plot_read(const cli_run *run, out_plot_kind *kind);

/* Reserves the temporary that is drawn into. Returns an exit code. */
int cli_plot_reserve(const cli_run *run, out_plot_kind kind, out_file *plot);

/* Where to draw: the temporary. */
out_target cli_plot_target(out_file *plot, out_plot_kind kind);

#endif
