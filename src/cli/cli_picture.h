/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the picture in characters is drawn from; independent of the points the user asked for. */
#ifndef FJ_CLI_PICTURE_H
#define FJ_CLI_PICTURE_H

#include <freejac/spectrum.h>
#include "output_result.h"

/* Fills the picture. Leaves picture->drawn false where there is nothing to draw. FJ_OK or FJ_NO_MEMORY. */
fj_status cli_picture_make(const fj_spectrum *spectrum, out_picture *picture);

/* The share of the mass left out at the left of a logarithmic picture. */
extern const double cli_picture_tail;

/* log10 of s where a logarithmic picture begins; NaN where it cannot be found. */
double cli_picture_floor(const fj_spectrum *spectrum);

/* Edges of the law, atoms included, in x (s or log10 s); what lies below `floor` on the logarithmic axis counts as
 * floor, an atom there not at all. */
void cli_picture_range(const fj_spectrum *spectrum, bool logarithmic, double floor, double *from,
                       double *to);

/* The distribution function at x (s or log10 s); 0 for s < 0. */
double cli_picture_cdf(const fj_spectrum *spectrum, bool logarithmic, double x);

#endif
