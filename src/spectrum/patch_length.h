/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How long a patch may be, from how fast the coefficients of those before it fall. */
#ifndef FJ_SPECTRUM_PATCH_LENGTH_H
#define FJ_SPECTRUM_PATCH_LENGTH_H

#include <stddef.h>

/* By how much [-1, 1] may be stretched or must shrink for the sum of c[k] T_k, k = 0..last, to reach rounding, `noise`, with its
 * last coefficients. */
double fj_patch_reach(const double *c, size_t last, double noise);

/* What fj_patch_length_next keeps from patch to patch. NaN: nothing yet. */
typedef struct fj_patch_length {
    double would_do; /* the length that the last one could have had */
} fj_patch_length;

/* For the patch behind one of length `size` that was good. */
double fj_patch_length_next(fj_patch_length *length, double size, double reach);

/* For a patch of length `size` that was not. misfit, above 1: what it is off by in units of what is allowed; NaN: it could not be made. */
double fj_patch_length_shorter(double size, double reach, double misfit);

#endif
