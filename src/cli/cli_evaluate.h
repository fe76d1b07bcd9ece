/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The law at many points, with a progress bar where that takes long. */
#ifndef FJ_CLI_EVALUATE_H
#define FJ_CLI_EVALUATE_H

#include <freejac/spectrum.h>
#include <stdbool.h>

/* Fills out[n] at x[n]: s, or its natural logarithm. Points that fail carry their status; FJ_INVALID only for a
 * mistake of the caller. bar: a progress bar on stderr may be drawn. */
fj_status cli_evaluate(const fj_spectrum *spectrum, const double *x, size_t n, bool logarithmic,
                       bool bar, fj_spectrum_point *out);

#endif
