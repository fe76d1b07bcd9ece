/* SPDX-License-Identifier: GPL-3.0-or-later */
/* All outputs of one law: every command whose result is a law of singular values makes them here. In order:
 * cli_law_read, the command's own options, cli_law_open, the command builds the law and fills what it knows of it into
 * `result` (heading, point, sections, title), cli_law_make, cli_law_free. */
#ifndef FJ_CLI_LAW_H
#define FJ_CLI_LAW_H

#include <freejac/spectrum.h>
#include "cli_request.h"
#include "output_result.h"

typedef struct cli_law {
    cli_request request;
    const fj_spectrum *spectrum; /* the command's */
    cli_grid grid;
    double *moments;
    out_quantile *quantiles;
    fj_spectrum_point *points;
    out_file plot;
    out_spectrum result;
} cli_law;

/* Reads the options that say what is computed; nothing is opened yet. Each returns an exit code. */
int cli_law_read(cli_run *run, cli_law *law);

/* Adds the request to the run's parameters and opens data and plot, so that a wrong place is told before the work. */
int cli_law_open(cli_run *run, cli_law *law);

/* Computes what was asked, draws the plot, writes the data in its form, and only then gives both their names. */
int cli_law_make(cli_run *run, const fj_spectrum *spectrum, cli_law *law);

/* Parts of it, for a law whose numbers come from elsewhere (cli_precise.c); law->spectrum is set. Edges and atoms; the grid asked for,
 * noting what it leaves out; the plot, into its temporary; giving data and plot their names. */
void cli_law_outline(cli_law *law);
int cli_law_grid(cli_run *run, cli_law *law);
int cli_law_plot(cli_law *law);
int cli_law_finish(cli_run *run, cli_law *law);

/* Notes what points leave out: at s = 0, and at an end of the support. */
void cli_law_ends_note(cli_run *run, bool at_zero, bool at_end);

/* code: what the command ends with; where it failed no plot is left. In any case, also after a failed read. */
void cli_law_free(cli_law *law, int code);

#endif
