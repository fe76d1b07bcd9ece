/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Points over the support, never on its edges. */
#ifndef FJ_CLI_GRID_H
#define FJ_CLI_GRID_H

#include <freejac/spectrum.h>
#include <stdbool.h>
#include "output_lines.h"

typedef enum cli_grid_kind { CLI_GRID_LINEAR, CLI_GRID_LOG, CLI_GRID_AUTO } cli_grid_kind;

typedef struct cli_grid {
    bool logarithmic; /* x is the natural logarithm of s; else s itself */
    size_t count;
    double *x;                 /* ascending within an interval, intervals ascending */
    size_t *interval;          /* which one each point belongs to */
    double start, end;         /* natural logarithms of where the coverage begins and ends */
    bool cut_below, cut_above; /* the support goes on there */
} cli_grid;

/* The share of the mass a logarithmic table leaves out below. */
extern const double cli_grid_tail;

/* Spreads about n points over the intervals; logarithmic ones without a lower edge begin at the quantile of `tail`.
 * within_double: only where s itself can be a double. Returns FJ_OK or FJ_NO_MEMORY; free with cli_grid_free. */
fj_status cli_grid_make(const fj_spectrum *spectrum, cli_grid_kind kind, size_t n, double tail,
                        bool within_double, cli_grid *out);
void cli_grid_free(cli_grid *grid);

/* Natural logarithm of the p-quantile of the continuous part alone; NaN where it cannot be found. */
double cli_grid_quantile(const fj_spectrum *spectrum, double p);

#endif
