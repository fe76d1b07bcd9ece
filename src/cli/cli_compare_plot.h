/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The picture of a comparison: histograms of the values and the density they should follow. */
#ifndef FJ_CLI_COMPARE_PLOT_H
#define FJ_CLI_COMPARE_PLOT_H

#include "output_plot.h"

/* log_s: all values, ascending or not. Returns an exit code. */
int cli_compare_draw(const out_compare *result, const fj_spectrum *law, const double *log_s,
                     size_t n, const out_target *target);

#endif
