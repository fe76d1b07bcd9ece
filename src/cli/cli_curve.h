/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What gnuplot draws; independent of the points the user asked for. */
#ifndef FJ_CLI_CURVE_H
#define FJ_CLI_CURVE_H

#include <freejac/spectrum.h>
#include "output_result.h"

/* The curves for gnuplot. FJ_OK or FJ_NO_MEMORY; free with cli_curve_free in any case. */
fj_status cli_curve_make(const fj_spectrum *spectrum, out_curve *curve);
void cli_curve_free(out_curve *curve);

#endif
